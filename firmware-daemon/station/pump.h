/* The print pump of one printer: takes committed jobs of its station, has them drawn, and delivered
 * (drivers/printer/delivery.h); carries what the delivery reports to the ledger, and the ledger's answer back. Lets
 * jobs wait while the printer is not well, and says why. Does not decide what is printed. */
#ifndef STATION_PUMP_H
#define STATION_PUMP_H

#include "drivers/printer/printer_status.h"
#include "floor/print.h"
#include "station/device.h"
#include "station/drawing.h"
#include "store/binding.h"

struct pump_settings {
    char id[BINDING_DEVICE_MAX]; /* the device's identity */
    char station[STORE_CODE_MAX];
    enum printer_language language; /* what it shall be spoken to in; unknown: by what it says of itself */
    enum printer_language usual;    /* when it says nothing of itself; unknown: then it prints nothing */
    int64_t dpi;
    int64_t job_limit_us; /* how long a label may wait until a person is asked whether it is still wanted */
    struct transport_settings line;
    const struct template_set *labels; /* outlives the pump, as does the press */
    struct beside *press;              /* draws */
    enum label_tongue tongue;
    char lacks[LABEL_LACKS_MAX]; /* what it cannot do (drivers/label/language.h) */
};

struct pump;

/* post queues the report as an EVENT_PRINT; -EAGAIN when the queue is full: the pump is kicked again. changed: what
 * pump_write_state() writes is different now. */
struct pump_ops {
    int (*post)(void *user, const struct print_report *report);
    void (*changed)(void *user);
};

/* The first one loads the fonts, so that the first label does not wait for them. */
int pump_open(sd_event *event, struct store *store, const struct pump_settings *settings, const struct pump_ops *ops,
              void *user, struct pump **ret, struct error *error);
/* Jobs of this copy of the database are printed too, as samples, when the store has none; NULL: there is no copy. */
void pump_practise(struct pump *pump, struct store *copy);
/* A job under way stays "sending" on disk, unless pump_stop() came before: at the next start it is uncertain. */
struct pump *pump_close(struct pump *pump);

/* The box stops in an orderly way: posts how the job under way stands. */
void pump_stop(struct pump *pump);

/* True while a job is under way: its printer must not be changed now. */
bool pump_is_busy(const struct pump *pump);

/* After each turn, and when the printer came back. */
void pump_kick(struct pump *pump);

/* The templates are others now: what is drawn and was not begun is drawn anew. */
void pump_redraw(struct pump *pump);

/* What became of a posted state: good, it is on disk; not good, a rule refused it, or (saved false) the commit failed.
 */
void pump_marked(struct pump *pump, int64_t job, bool good, bool saved);

const char *pump_id(const struct pump *pump);
const char *pump_language(const struct pump *pump); /* "unknown" while it is not known */
bool pump_is_open(const struct pump *pump);
const char *pump_fault(const struct pump *pump);
void pump_retry(struct pump *pump); /* something was plugged in */

/* {"state": "ready|busy|paused|error|unknown|offline|none", "proof": "odometer|status"|null, "text": {...}|null} as the
 * value of key; pump may be NULL. proof: what would prove a label now. */
void pump_write_state(const struct pump *pump, const char *key, struct buf *json);

#endif
