#include "sync/wire/run.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

int64_t wire_run_last_seq(const struct wire_run *run)
{
    return run->first_seq + run->count - 1;
}

void wire_run_done(struct wire_run *run)
{
    buf_done(&run->lines);
}

/* Along the chain, most lines at most; how many there were. The last one without a '\n' is none. */
static int64_t walk(const struct wire_run *run, int64_t most, uint8_t hash[CHAIN_HASH_SIZE], bool *ret_whole)
{
    const char *at = buf_text(&run->lines), *end = at + run->lines.length, *line_end;
    int64_t count = 0;
    memcpy(hash, run->prev_hash, CHAIN_HASH_SIZE);
    while (count < most && at < end && (line_end = memchr(at, '\n', (size_t)(end - at)))) {
        chain_next(hash, run->epoch, run->first_seq + count, at, (size_t)(line_end - at));
        at = line_end + 1;
        count++;
    }
    if (ret_whole)
        *ret_whole = at == end;
    return count;
}

void wire_run_hash(const struct wire_run *run, int64_t seq, uint8_t ret_hash[CHAIN_HASH_SIZE])
{
    walk(run, seq - run->first_seq + 1, ret_hash, NULL);
}

int wire_run_write(struct buf *out, struct wire_run *run, const struct wire_ends *ends, const struct wire_key *key,
                   int64_t sent_ms, struct error *error)
{
    run->count = walk(run, INT64_MAX, run->last_hash, NULL);
    struct wire_frame frame = {.kind = run->kind,
                               .epoch = run->epoch,
                               .count = run->count,
                               .first_seq = run->first_seq,
                               .sent_ms = sent_ms > 0 ? sent_ms : 0};
    wire_frame_name(frame.site, ends->site);
    wire_frame_name(frame.from, ends->from);
    wire_key_id(frame.key_id, wire_key_public(key));
    memcpy(frame.prev_hash, run->prev_hash, CHAIN_HASH_SIZE);
    memcpy(frame.last_hash, run->last_hash, CHAIN_HASH_SIZE);
    return wire_frame_write(out, &frame, run->lines.data, run->lines.length, key->secret, error);
}

static bool is_named(const uint8_t bytes[WIRE_FRAME_NAME], const char *name)
{
    uint8_t expected[WIRE_FRAME_NAME];
    wire_frame_name(expected, name);
    return memcmp(bytes, expected, sizeof(expected)) == 0;
}

static int check_ends(const struct wire_frame *frame, const struct wire_ends *ends, enum wire_frame_kind kind,
                      struct error *error)
{
    if (frame->kind != (int64_t)kind)
        return error_set(error, -EBADMSG, "a frame of kind %" PRId64 " came where kind %d belongs", frame->kind,
                         (int)kind);
    if (!is_named(frame->site, ends->site))
        return error_set(error, -EBADMSG, "a frame is for another site than %s", ends->site);
    if (ends->from && !is_named(frame->from, ends->from))
        return error_set(error, -EBADMSG, "a frame is from another sender than %s", ends->from);
    return 0;
}

int wire_run_open(const void *bytes, size_t length, const uint8_t public_key[WIRE_PUBLIC_KEY],
                  const struct wire_ends *ends, enum wire_frame_kind kind, struct wire_run *ret, struct error *error)
{
    struct wire_frame frame;
    uint8_t hash[CHAIN_HASH_SIZE];
    bool whole;
    int result = wire_frame_open(bytes, length, public_key, &frame, &ret->lines, error);
    if (!result)
        result = check_ends(&frame, ends, kind, error);
    if (result)
        return result;
    ret->kind = kind;
    ret->epoch = frame.epoch;
    ret->first_seq = frame.first_seq;
    ret->count = frame.count;
    memcpy(ret->prev_hash, frame.prev_hash, CHAIN_HASH_SIZE);
    memcpy(ret->last_hash, frame.last_hash, CHAIN_HASH_SIZE);
    if (walk(ret, INT64_MAX, hash, &whole) != frame.count || !whole)
        return error_set(error, -EBADMSG, "a frame has not the %" PRId64 " lines that it says", frame.count);
    if (memcmp(hash, frame.last_hash, CHAIN_HASH_SIZE) != 0)
        return error_set(error, -EBADMSG, "a frame's lines are not those of its hashes");
    return 0;
}
