/* A scale's bytes become readings. Does no input or output of its own: the owner feeds it, and sends what
 * scale_question() says as often as it wants to know. Never guesses: what is not a stable weight in a known unit is a
 * state, not a weight.
 */
#ifndef DRIVERS_SCALE_SCALE_H
#define DRIVERS_SCALE_SCALE_H

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum scale_state {
    SCALE_STABLE, /* the only state with a weight or a count */
    SCALE_MOTION,
    SCALE_UNDER_ZERO,
    SCALE_OVER_RANGE,
    SCALE_BUSY,  /* it cannot weigh now: warming up, zeroing, in its menu */
    SCALE_ERROR, /* a fault of the scale, an answer that cannot be read, or no unit; .why says which */
};
const char *
scale_state_name(enum scale_state state); /* "stable", "motion", "under_zero", "over_range", "busy", "error" */

struct scale_reading {
    enum scale_state state;
    bool has_weight, has_count;
    int64_t milligrams; /* exact; a value finer than a milligram is rounded half away from zero */
    int64_t count;      /* pieces, from a counting scale */
    const char *why;    /* a literal of a few words, with SCALE_ERROR; otherwise NULL */
};

/* {"state": …, "milligrams": n or null, "count": n or null}, and "why" with an error. */
void scale_reading_json(const struct scale_reading *reading, struct buf *json);

/* Zero-initialised it holds the defaults. */
struct scale_settings {
    char unit[4];              /* kg, g, lb or oz, for a protocol that sends none; "": then there is no weight */
    const uint8_t *descriptor; /* hid: the report descriptor, lent for the call; NULL: the usual layout is taken */
    size_t descriptor_length;
};

struct scale_sink {
    void (*reading)(void *user, const struct scale_reading *reading); /* lent for the call */
    void *user;
};

struct scale;

/* protocol is hid, mt-sics, toledo-8217, toledo-continuous, a-and-d or cas. -EINVAL with a sentence on a bad setting.
 */
int scale_new(const char *protocol, const struct scale_settings *settings, const struct scale_sink *sink,
              struct scale **ret, struct error *error);
struct scale *scale_free(struct scale *scale);
DEFINE_CLEANUP(scale_free, struct scale *);

/* A serial line: any split of the stream gives the same readings. hid: one report a call, id in front. */
void scale_feed(struct scale *scale, const void *bytes, size_t length);

/* What asks it for a reading; NULL when it speaks by itself. A literal. */
const char *scale_question(const struct scale *scale, size_t *ret_length);

/* The device went away: half a message is forgotten. */
void scale_reset(struct scale *scale);

#endif
