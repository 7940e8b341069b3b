/* Finds out whether anything accepts TCP connections at a host and port. Does not speak to it: libmosquitto's own
 * connect blocks for minutes on an address that does not answer. */
#ifndef MQTT_PROBE_H
#define MQTT_PROBE_H

#include "base/error.h"

#include <systemd/sd-event.h>

#define PROBE_ADDRESS_MS 5000 /* for each address of the host, one after the other */

struct probe;

/* done() is called once, from the event loop: 0, or -errno and a sentence. It may free the probe. Resolving the name
 * blocks.
 */
struct probe_ops {
    void (*done)(void *user, int result, const char *why);
};

int probe_new(sd_event *event, const char *host, int port, const struct probe_ops *ops, void *user, struct probe **ret,
              struct error *error);

/* Returns NULL; accepts NULL. */
struct probe *probe_free(struct probe *probe);

#endif
