/* A code that joins this box to a site, from the scan to the new start: told apart from all other scans, so that its
 * word is in no journal; asked of the rules (floor/join.c); carried out by `floorhand join`, a process of its own that
 * speaks HTTPS and writes the files, while the loop goes on. Decides nothing but what a code is. */
#ifndef JOIN_DESK_H
#define JOIN_DESK_H

#include "config.h"
#include "floor/event.h"

#include <systemd/sd-event.h>

struct join_desk;

/* post: for the next turn, as daemon_post_event(). All is lent. */
typedef int join_desk_post_fn(void *user, struct event *event, const void *bytes, size_t length);
int join_desk_new(sd_event *event, const struct config *config, join_desk_post_fn *post, void *user,
                  struct join_desk **ret, struct error *error);
struct join_desk *join_desk_free(struct join_desk *desk); /* one under way is stopped */

/* False: it is no such code. Otherwise *ret says what became of the event. */
bool join_desk_takes(struct join_desk *desk, const struct event *event, const char *text, size_t length, int *ret);

/* After a turn: one that was allowed begins, and after one that is done the loop ends with DAEMON_AGAIN. */
void join_desk_heard(struct join_desk *desk, const struct event *event, const struct effect *effect);

#endif
