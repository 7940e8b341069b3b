/* Reads JSON that came over the network, strictly. Does not know any message. */
#ifndef WIRE_STRICT_H
#define WIRE_STRICT_H

#include "base/cleanup.h"
#include "base/error.h"

#include <jansson.h>
#include <stddef.h>

#define WIRE_DEPTH_MAX 8 /* objects and arrays inside each other, the outermost counted */

/* One JSON object: valid UTF-8, at most max bytes and WIRE_DEPTH_MAX deep, whole numbers of 64 bits, no duplicate keys,
 * no NUL. what ("a control message") begins the sentence. -EMSGSIZE too long, -EBADMSG anything else. */
int wire_strict_parse(const char *text, size_t length, size_t max, const char *what, json_t **ret, struct error *error);

static inline void wire_json_done(json_t **json)
{
    json_decref(*json);
}
#define CLEANUP_JSON CLEANUP(wire_json_done)

#endif
