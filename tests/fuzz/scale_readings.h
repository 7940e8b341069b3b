/* A scale on a fuzzer's bench: what it reads becomes a log, and every reading keeps the rules that all of them share.
 * Knows no protocol. */
#ifndef TESTS_FUZZ_SCALE_READINGS_H
#define TESTS_FUZZ_SCALE_READINGS_H

#include "base/text.h"
#include "drivers/scale/scale.h"
#include "tests/fuzz/fuzz.h"

struct weighing {
    struct scale *scale;
    struct buf log;
    size_t weights;
};

/* A weight only when it stands still, and a reason with every error. */
static inline void weighing_on_reading(void *user, const struct scale_reading *reading)
{
    struct weighing *weighing = user;
    CLAIM(reading->state >= SCALE_STABLE && reading->state <= SCALE_ERROR);
    CLAIM((reading->state == SCALE_STABLE) == (reading->has_weight || reading->has_count));
    CLAIM(!reading->has_weight || !reading->has_count);
    CLAIM((reading->state == SCALE_ERROR) == (reading->why != NULL));
    CLAIM(!reading->has_weight || reading->milligrams >= 0);
    CLAIM(!reading->has_count || reading->count >= 0);
    weighing->weights += reading->has_weight;
    scale_reading_json(reading, &weighing->log);
    buf_putc(&weighing->log, '\n');
}

/* False when the settings were refused, with a sentence. */
static inline bool weighing_begin(struct weighing *weighing, const char *protocol,
                                  const struct scale_settings *settings)
{
    const struct scale_sink sink = {weighing_on_reading, weighing};
    struct error error = {0};
    int r = scale_new(protocol, settings, &sink, &weighing->scale, &error);
    CLAIM(r == 0 || (r < 0 && *error.text));
    return r == 0;
}

static inline void weighing_end(struct weighing *weighing)
{
    scale_free(weighing->scale);
    buf_done(&weighing->log);
}

#define CLEANUP_WEIGHING CLEANUP(weighing_end)

static inline void weighing_read(struct weighing *weighing, struct input bytes, size_t piece)
{
    while (bytes.left > 0) {
        struct input read CLEANUP_INPUT = input_cut(&bytes, piece);
        scale_feed(weighing->scale, read.at, read.left);
    }
}

/* Plugged in anew, it weighs: half a kilogram, whatever came before. */
static inline void weighing_must_weigh(struct weighing *weighing, const void *bytes, size_t length)
{
    scale_reset(weighing->scale);
    buf_clear(&weighing->log);
    weighing_read(weighing, (struct input){bytes, length}, SIZE_MAX);
    CLAIM(strstr(buf_text(&weighing->log), "\"stable\",\"milligrams\":500000"));
}

#endif
