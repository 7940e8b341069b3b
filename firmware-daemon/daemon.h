/* The daemon as one object: store, turn, stations, printers, pages, and the link to head office, around one event loop.
 * Does not decide what an event means: floor/ does. */
#ifndef DAEMON_H
#define DAEMON_H

#include "config.h"

#include <systemd/sd-event.h>

#define DAEMON_AGAIN 2 /* what the loop ends with when the program must start once more: it has another site now */

/* Of the pages' requests, in the event loop: behind a turn whose events are new, before one that goes on with others.
 */
#define DAEMON_PAGES_PRIORITY 110

struct daemon;

/* Everything opened, nothing decided yet but the start itself. config is borrowed. */
int daemon_open(sd_event *event, const struct config *config, struct daemon **ret, struct error *error);
struct daemon *daemon_close(struct daemon *daemon);
DEFINE_CLEANUP(daemon_close, struct daemon *);

int daemon_port(const struct daemon *daemon);
int daemon_secure_port(const struct daemon *daemon); /* -1: there is no TLS */

#endif
