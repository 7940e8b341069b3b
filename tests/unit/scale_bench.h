/* A scale's decoder on the bench: what it reads, as text. Knows no protocol. */
#ifndef TESTS_UNIT_SCALE_BENCH_H
#define TESTS_UNIT_SCALE_BENCH_H

#include "drivers/scale/scale.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A decoder and what came out of it, each reading ended by a semicolon. */
struct bench {
    struct scale *scale;
    struct buf out;
    size_t weights; /* readings with a weight or a count */
};

static inline void on_reading(void *user, const struct scale_reading *reading)
{
    struct bench *bench = user;
    bool stable = reading->state == SCALE_STABLE;
    assert_int_equal(stable, reading->has_weight || reading->has_count);
    assert_int_equal(reading->state == SCALE_ERROR, reading->why != NULL);
    bench->weights += stable;
    if (reading->has_weight)
        buf_printf(&bench->out, "%lld mg;", (long long)reading->milligrams);
    else if (reading->has_count)
        buf_printf(&bench->out, "%lld pieces;", (long long)reading->count);
    else
        buf_printf(&bench->out, "%s;", reading->why ? reading->why : scale_state_name(reading->state));
}

static inline void start(struct bench *bench, const char *protocol, const char *unit)
{
    *bench = (struct bench){0};
    struct scale_settings settings = {0};
    snprintf(settings.unit, sizeof(settings.unit), "%s", unit);
    const struct scale_sink sink = {on_reading, bench};
    assert_int_equal(scale_new(protocol, &settings, &sink, &bench->scale, NULL), 0);
}

static inline void stop(struct bench *bench)
{
    scale_free(bench->scale);
    buf_done(&bench->out);
}

#define CLEANUP_BENCH CLEANUP(stop)

static inline void feed_pieces(struct scale *scale, const void *bytes, size_t length, size_t piece)
{
    for (size_t at = 0; at < length; at += piece)
        scale_feed(scale, (const char *)bytes + at, piece < length - at ? piece : length - at);
}

/* Literals may hold zero bytes: the length is sizeof - 1. */
struct message {
    const char *bytes;
    size_t length;
    const char *out;
};
#define BYTES(literal) literal, sizeof(literal) - 1

#define UNREADABLE "unreadable: check its protocol, speed and parity;"
#define BAD_UNIT   "the unit is unknown, or no weight;"
#define NO_UNIT    "no unit: set the one that the scale shows;"
#define NO_UNIT_IN "no unit came with the weight;"
#define CHECKSUM   "wrong checksum: check cable and parity;"
#define TOO_LARGE  "the weight is too large to be true;"

static inline void check(const char *protocol, const char *unit, const struct message *messages, size_t count)
{
    static const size_t pieces[] = {1, 3, 8, 64, SIZE_MAX / 2};
    for (size_t i = 0; i < count; i++) {
        for (size_t p = 0; p < COUNT(pieces); p++) {
            struct bench bench CLEANUP_BENCH;
            start(&bench, protocol, unit);
            feed_pieces(bench.scale, messages[i].bytes, messages[i].length, pieces[p]);
            if (strcmp(buf_text(&bench.out), messages[i].out) != 0)
                fail_msg("%s, message %zu in pieces of %zu: \"%s\", not \"%s\"", protocol, i, pieces[p],
                         buf_text(&bench.out), messages[i].out);
        }
    }
}

#endif
