/* The daemon's local socket for floorhand-link: its frames become steps of the site, what the site sends becomes
 * frames. Does not decide anything and does not log: ask site->fault and site->state. */
#ifndef SITE_PORT_H
#define SITE_PORT_H

#include "base/error.h"
#include "sync/site/site.h"

#include <systemd/sd-event.h>

struct site_port;

/* Listens at the path, whose access follows the umask; a socket left over by a dead daemon is replaced. The site is
 * lent and must be set up; from here on its time is driven by the event loop, with this priority. -ENAMETOOLONG,
 * -EADDRINUSE, others; with a sentence. */
int site_port_open(sd_event *event, int64_t priority, const char *path, struct site *site, struct site_port **ret,
                   struct error *error);

/* Returns NULL; accepts NULL. */
struct site_port *site_port_free(struct site_port *port);

/* For the site's ops. -EAGAIN without a link or when its socket is full: the site is asked again when it is not. */
int site_port_send(struct site_port *port, enum site_channel channel, const void *bytes, size_t length);

/* The link is there, whether or not it has a broker. */
bool site_port_linked(const struct site_port *port);

/* The link is there and connected to the broker. */
bool site_port_up(const struct site_port *port);

/* Until when the link's own certificate holds, microseconds since 1970; 0: it has none, or has not said so. */
int64_t site_port_certificate_until_us(const struct site_port *port);

/* Why not, as the link said it last; "" when it is up. */
const char *site_port_why(const struct site_port *port);

#endif
