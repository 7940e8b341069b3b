/* For tests of a site whose journal and feed are made up: what stands under each number, and the hashes of its chain.
 * Whoever asks for the same number gets the same line. */
#ifndef TESTS_SAME_PAST_H
#define TESTS_SAME_PAST_H

#include "sync/site/site.h"
#include "sync/wire/line.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SAME_PAST_SITE "hz-07"
#define SAME_PAST_MAX  4096

struct same_past {
    int64_t epoch;       /* 0: the feed of head office's changes */
    int64_t base, known; /* where the epoch begins, and up to where hash is known */
    uint8_t
        variant[SAME_PAST_MAX]; /* how often the line under a number was written anew, by an older copy that went on */
    uint8_t hash[SAME_PAST_MAX][CHAIN_HASH_SIZE];
};

/* The line under a number, with its '\n'. It was written in epoch 1, whatever epoch it travels in now. */
static inline void same_past_line(const struct same_past *past, struct buf *out, int64_t seq)
{
    char sequence[WIRE_SEQUENCE_SIZE];
    wire_sequence_write(sequence, past->epoch ? 1 : 0, seq);
    buf_printf(out,
               "{\"specversion\":\"1.0\",\"id\":\"%" PRId64
               "\",\"source\":\"%s\",\"type\":\"io.floorhand.pick.line.v1\","
               "\"sequence\":\"%s\",\"data\":{\"n\":%" PRId64 "}}\n",
               seq, past->epoch ? WIRE_SITE_SOURCE SAME_PAST_SITE : WIRE_OFFICE_SOURCE, sequence,
               10000 * (int64_t)past->variant[seq] + seq);
}

/* A copy from when this was the last number: other lines come after it. */
static inline void same_past_restore(struct same_past *past, int64_t last)
{
    past->known = past->known < last ? past->known : last;
    for (int64_t seq = last + 1; seq < SAME_PAST_MAX; seq++)
        past->variant[seq]++;
}

static inline void same_past_begin(struct same_past *past, int64_t epoch, const struct chain_mark *base,
                                   const char *nonce)
{
    past->epoch = epoch;
    past->base = past->known = base ? base->seq : 0;
    chain_begin(past->hash[past->base], SAME_PAST_SITE, epoch, base ? base->epoch : 0, past->base,
                base && base->epoch ? base->hash : NULL, nonce);
}

static inline const uint8_t *same_past_hash(struct same_past *past, int64_t seq)
{
    if (seq < past->base || seq >= SAME_PAST_MAX)
        abort();
    while (past->known < seq) {
        struct buf line = {0};
        past->known++;
        same_past_line(past, &line, past->known);
        memcpy(past->hash[past->known], past->hash[past->known - 1], CHAIN_HASH_SIZE);
        chain_next(past->hash[past->known], past->epoch, past->known, line.data, line.length - 1);
        buf_done(&line);
    }
    return past->hash[seq];
}

static inline void same_past_text(struct same_past *past, int64_t seq, char ret[CHAIN_TEXT_SIZE])
{
    chain_text(same_past_hash(past, seq), ret);
}

/* As a site reads its journal. */
static inline void same_past_read(struct same_past *past, int64_t after, int64_t last, size_t lines, size_t bytes,
                                  struct buf *ret_lines, int64_t *ret_last)
{
    *ret_last = after;
    while (*ret_last < last && *ret_last - after < (int64_t)lines && ret_lines->length < bytes)
        same_past_line(past, ret_lines, ++*ret_last);
}

/* Lines of the feed as a frame that head office has signed. */
static inline void same_past_frame(struct same_past *feed, struct buf *out, int64_t first, int64_t last,
                                   const char *gen, const struct wire_key *key)
{
    const struct wire_ends ends = {SAME_PAST_SITE, gen};
    struct wire_run run = {.kind = WIRE_FRAME_DOWN, .first_seq = first};
    memcpy(run.prev_hash, same_past_hash(feed, first - 1), sizeof(run.prev_hash));
    for (int64_t seq = first; seq <= last; seq++)
        same_past_line(feed, &run.lines, seq);
    if (wire_run_write(out, &run, &ends, key, 0, NULL) != 0)
        abort();
    wire_run_done(&run);
}

/* What a site sent, for head office to look at. */
static inline void same_past_open(const struct buf *frame, const char *box, const struct wire_key *key,
                                  struct wire_run *ret)
{
    const struct wire_ends ends = {SAME_PAST_SITE, box};
    if (wire_run_open(frame->data, frame->length, wire_key_public(key), &ends, WIRE_FRAME_UP, ret, NULL) != 0)
        abort();
}

static inline struct wire_key same_past_key(uint64_t seed)
{
    struct random_seeded seeded = {seed};
    struct random_source random = random_from_seed(&seeded);
    struct wire_key key;
    wire_key_new(&key, &random);
    return key;
}

#endif
