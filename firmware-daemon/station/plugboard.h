/* Which scanner, printer and scale is plugged into which station: what the configuration names, what a label has bound,
 * and scanners that belong to no station yet. Watches devices come and go. Does not decide who belongs where: a rule
 * does, and its row says so. */
#ifndef STATION_PLUGBOARD_H
#define STATION_PLUGBOARD_H

#include "config.h"
#include "drivers/label/render.h"
#include "floor/event.h"
#include "station/pump.h"
#include "station/reader.h"

struct plugboard;

struct plugboard_ops {
    /* As reader_ops. The event's station, device and source are filled in from the reader. */
    int (*scan)(void *user, const struct reader *reader, const char *text, size_t length);
    int (*aborted)(void *user, const struct reader *reader, size_t length);
    int (*print)(void *user, const struct print_report *report); /* as pump_ops.post */
    /* Something lies still on a station's scale. */
    void (*weighed)(void *user, size_t station, int64_t milligrams);
    void (*changed)(void *user); /* what the stations show */
};

/* Opens what the configuration names; a wrong address or setting is an error. config is borrowed. */
int plugboard_open(sd_event *event, struct store *store, const struct config *config, const struct plugboard_ops *ops,
                   void *user, struct plugboard **ret, struct error *error);
struct plugboard *plugboard_close(struct plugboard *board);

/* The box stops in an orderly way: posts how the labels under way stand. */
void plugboard_stop(struct plugboard *board);

/* The bindings on disk have changed. */
void plugboard_rewire(struct plugboard *board);

/* The copy that stations practise on, whose labels are printed too, as samples; NULL: there is none. */
void plugboard_practise(struct plugboard *board, struct store *copy);

/* After each turn: labels that may be printed, scans that had to wait. */
void plugboard_kick(struct plugboard *board);

/* The verdict on a scan, for the scanner that sent it. True when that sounds the tone itself. */
bool plugboard_answer(struct plugboard *board, uint32_t source, enum scan_verdict verdict);

/* The station waits for a weight / has taken the one that was told; see weigher.h. */
void plugboard_ask_weight(struct plugboard *board, size_t station);
void plugboard_use_weight(struct plugboard *board, size_t station);

void plugboard_marked(struct plugboard *board, int64_t job, bool good, bool saved); /* as pump_marked */

/* What a plugged-in device is for, as its model says: scanner, printer or scale. NULL: nobody knows. */
const char *plugboard_role_of(const struct plugboard *board, const char *device);

/* "printer": {...}, "scale": {...} of the open object; station is the index in the configuration. */
void plugboard_write_station(const struct plugboard *board, size_t station, struct buf *json);

/* The picture of a print job as its station's printer gets it: picture.h says what comes of it. */
int plugboard_picture(const struct plugboard *board, int64_t job, bool masked, struct buf *png);

/* Could the station's printer print it? The faults of render_pages(); opaque commands are not looked into. */
int plugboard_check_label(const struct plugboard *board, size_t station, const struct render_job *job,
                          struct label_fault *fault);

/* What the printers print with; lent until the next turn. */
const struct template_set *plugboard_labels(const struct plugboard *board);
/* The site's own templates on disk have changed. */
void plugboard_relabel(struct plugboard *board);

/* [{"id", "kind", "driver", "station", "state", "fault"}] as the value of key: every device that is open, bound, or
 * waits to be bound. */
void plugboard_write_devices(struct plugboard *board, const char *key, struct buf *json);

#endif
