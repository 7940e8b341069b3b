/* Who comes in at the box's pages and what they may there: people by badge and PIN, the tool by a key that only root
 * and the group of the daemon can read, a station's page as nobody. And the PIN that a badge at a station must be
 * followed by. What may be done is a table (floor/rights.h); what becomes of a PIN that was tried, a rule
 * (floor/pin.c). */
#ifndef DOOR_H
#define DOOR_H

#include "config.h"
#include "floor/event.h"

#include <systemd/sd-event.h>

struct door;

struct door_ops {
    int (*post)(void *user, struct event *event, const void *bytes, size_t length);
    struct ui_server *(*pages)(void *user);
};

int door_open(sd_event *event, struct store *store, const struct config *config, const struct door_ops *ops, void *user,
              struct door **ret, struct error *error);
struct door *door_close(struct door *door); /* what is being tried is given up */

/* As struct ui_source has them. */
int door_admits(struct door *door, const struct ui_visitor *visitor, struct ui_asker *ret);
int door_sign_in(struct door *door, const char *badge, const char *pin, uint64_t request);
void door_sign_out(struct door *door, const char *token);
int door_write_me(struct door *door, const struct ui_asker *asker, struct buf *json);

/* A new PIN: the event is an ask of worker.pin, and comes back with a hash in its place. As posting. */
int door_set_pin(struct door *door, struct event *event, const char *json, size_t length);

/* A scan is the PIN that the station waits for: it is tried, and ret is as of posting. false: it is none. */
bool door_takes(struct door *door, size_t station, const struct event *event, const char *text, size_t length,
                int *ret);

/* After a turn: a scan that wants a PIN, a PIN that was tried. true: the event has been seen to. */
bool door_heard(struct door *door, size_t station, const struct event *event, const struct effect *effect);

#endif
