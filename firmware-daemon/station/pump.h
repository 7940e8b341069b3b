/* The print pump of one station: takes committed jobs, has them marked as sending, only then sends, then has the
 * outcome marked. Does not decide what is printed, and never prints a job twice by itself. */
#ifndef STATION_PUMP_H
#define STATION_PUMP_H

#include "config.h"
#include "floor/event.h"
#include "station/device.h"
#include "store/store.h"

struct pump;

/* post queues an EVENT_PRINT (job, new state, why); -EAGAIN when the queue is full: the pump is kicked again. changed:
 * what pump_write_state() writes is different now. */
struct pump_ops {
    int (*post)(void *user, int64_t job, const char *state, const char *why);
    void (*changed)(void *user);
};

int pump_open(sd_event *event, struct store *store, const struct station_config *config, const struct pump_ops *ops,
              void *user, struct pump **ret, struct error *error);
struct pump *pump_close(struct pump *pump);

/* Loads the fonts, so that the first label does not hold up a turn; says so when they are missing. */
void pump_warm_up(void);

/* After each turn, and when the printer came back. */
void pump_kick(struct pump *pump);

/* What became of a posted state: good, it is on disk; not good, a rule refused it, or (saved false) the commit failed.
 */
void pump_marked(struct pump *pump, int64_t job, bool good, bool saved);

/* {"state": "unknown|offline|busy|none", "text": {...}|null} as the value of key; pump may be NULL. */
void pump_write_state(const struct pump *pump, const char *key, struct buf *json);

#endif
