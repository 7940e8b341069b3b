/* The rules of the floor: one event against the store, inside the turn's transaction.
 * Calls no driver, network, screen, clock or log: time is in the event. */
#ifndef FLOOR_FLOOR_H
#define FLOOR_FLOOR_H

#include "floor/event.h"

#define FLOOR_REFUSED (-125) /* -ECANCELED: refused by a rule, ret->answer says why */

/* What time alone has brought about since the event before: it stands, whatever becomes of this one. */
int floor_before(struct store *store, const struct event *event);

/* 0 accepted; FLOOR_REFUSED; any other -errno: the store failed. Undo the savepoint unless 0. */
int floor_decide(struct store *store, const struct event *event, struct effect *ret);

/* What a refused event leaves behind: scan.rejected for a scan, a parked change for a change. After the undo. */
int floor_refused(struct store *store, const struct event *event, struct effect *effect);

/* Why a change is parked, as its row tells it, in Chinese. What is not one of the floor's reasons comes back as it is.
 */
const char *floor_parked_why_zh(const char *why);

/* The answer to every event of a turn whose commit failed. */
void floor_not_saved(struct effect *ret);

/* What a station's screen shows: one expected scan. JSON members of an open object: worker, flow, step, expect, prompt,
 * details, progress, label, commands, item, place. */
int floor_show(struct store *store, const char *station, struct buf *json);

/* The whole table of rights as an open object's members: "roles", and for each thing that is done "verbs", "files",
 * "activities", "commands" and "overrides" (steps that wait for a badge). A line: {"name", "roles", "strict"}. */
void floor_rights(struct buf *json);

/* What a supervisor can ask for, as an array: [{"verb", "help", "supervisor", "fields": [{"name", "type", ...}]}]. */
void floor_asks(struct buf *json);

#endif
