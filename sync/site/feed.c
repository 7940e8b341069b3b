/* Changes from head office, down to the daemon. */
#include "sync/site/parts.h"
#include "sync/wire/line.h"

#include <errno.h>
#include <string.h>

/* A change that was queued this long ago and is not committed was lost with its turn. */
#define STALL_US INT64_C(2000000)

#define NEVER_CONFIRMED (-1)

void feed_begin(struct site *site)
{
    site->queued_seq = site->committed.feed_seq;
    memcpy(site->queued_hash, site->committed.feed_hash, sizeof(site->queued_hash));
}

/* A frame that goes on from another feed than this one: head office was restored, or never was ours. */
static bool goes_on(struct site *site, const struct wire_run *run)
{
    uint8_t hash[CHAIN_HASH_SIZE];
    wire_run_hash(run, site->queued_seq, hash);
    return memcmp(hash, site->queued_hash, sizeof(hash)) == 0;
}

void feed_receive(struct site *site, const void *bytes, size_t length, int64_t now_us)
{
    const struct wire_ends ends = {site->name, site->gen};
    struct wire_run *run = &site->run;
    site->run_taken = 0;
    if (now_us - site->queued_us >= STALL_US)
        feed_begin(site);
    if (wire_run_open(bytes, length, site->office_key, &ends, WIRE_FRAME_DOWN, run, &site->fault) != 0) {
        buf_clear(&run->lines);
        return;
    }
    if (wire_run_last_seq(run) <= site->committed.feed_seq)
        site->facked_seq = NEVER_CONFIRMED; /* head office sends it again: our word was lost */
    bool is_next = run->first_seq <= site->queued_seq + 1 && wire_run_last_seq(run) > site->queued_seq;
    if (is_next && !goes_on(site, run))
        site_say_hello(site, now_us);
    if (!is_next || site->state != SITE_SYNC) /* known, or after a gap: head office goes back to what was confirmed */
        buf_clear(&run->lines);
}

/* 0: go on with the next line; -EAGAIN: keep this one; otherwise the rest of the segment is of no use. */
static int take_change(struct site *site, const struct wire_line *line, int64_t now_us)
{
    if (strcmp(line->source, WIRE_OFFICE_SOURCE) != 0 || line->epoch != 0)
        return error_set(&site->fault, -EBADMSG, "a change does not come from head office");
    if (line->seq <= site->queued_seq)
        return 0;
    if (line->seq != site->queued_seq + 1)
        return error_set(&site->fault, -EBADMSG, "a change has another number than its place in the frame");
    int result = site->ops->change(site->user, line->seq, line->text, line->length);
    if (!result) {
        chain_next(site->queued_hash, 0, line->seq, line->text, line->length);
        site->queued_seq = line->seq;
        site->queued_us = now_us;
    }
    return result;
}

void feed_deliver(struct site *site, int64_t now_us)
{
    struct wire_segment segment = {.at = buf_text(&site->run.lines) + site->run_taken,
                                   .left = site->run.lines.length - site->run_taken};
    int result;
    struct wire_line line;
    while ((result = wire_segment_next(&segment, &line, &site->fault)) == 1) {
        result = take_change(site, &line, now_us);
        wire_line_done(&line);
        if (result)
            break;
        site->run_taken = site->run.lines.length - segment.left;
    }
    if (result == -EAGAIN)
        site_retry_later(site, now_us);
    else
        buf_clear(&site->run.lines);
    if (site->run.lines.length == 0)
        site->run_taken = 0;
}

void feed_confirm(struct site *site, int64_t now_us)
{
    if (site->facked_seq == site->committed.feed_seq)
        return;
    struct wire_control fack = {.kind = WIRE_FACK, .seq = site->committed.feed_seq};
    memcpy(fack.gen, site->gen, sizeof(fack.gen));
    if (site_send_control(site, &fack, now_us) == 0)
        site->facked_seq = site->committed.feed_seq;
}
