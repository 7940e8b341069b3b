/* What stands before every topic of a connection, so that several head offices share one broker and none sees another's
 * topics: "t/acme" makes "t/acme/fh1/hq/st" of "fh1/hq/st". The protocol above does not know of it. Pure. */
#ifndef MQTT_PREFIX_H
#define MQTT_PREFIX_H

#include <stdbool.h>

#define MQTT_PREFIX_SIZE 65
#define MQTT_TOPIC_SIZE  512

/* Up to 64 of a-z, 0-9, '-' and '/' between them; "" is none. */
bool mqtt_prefix_ok(const char *prefix);

/* A topic, or a filter, as the broker is told it; of a shared subscription ("$share/GROUP/FILTER") it stands before the
 * filter. prefix NULL or "": none. Returns out, or topic where nothing is put before it; NULL: too long. */
const char *mqtt_prefix_put(const char *prefix, const char *topic, char out[MQTT_TOPIC_SIZE]);

/* A topic of the broker as the program knows it, within the given text; NULL: it is another head office's. */
const char *mqtt_prefix_strip(const char *prefix, const char *topic);

#endif
