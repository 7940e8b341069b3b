#include "base/text.h"
#include "sync/site/parts.h"
#include "sync/wire/line.h"

#include <errno.h>
#include <string.h>

/* A change that was queued this long ago and is not committed was lost with its turn. */
#define STALL_US INT64_C(2000000)

#define NEVER_CONFIRMED (-1)

/* 0: go on with the next line; -EAGAIN: keep this one; otherwise the rest of the segment is of no use. */
static int take_change(struct site *site, const struct wire_line *line, int64_t now_us)
{
    if (strcmp(line->source, WIRE_OFFICE_SOURCE) != 0 || line->epoch != 0)
        return error_set(&site->fault, -EBADMSG, "a change does not come from head office");
    if (line->seq <= site->committed.feed_seq) {
        site->facked_seq = NEVER_CONFIRMED; /* head office sends it again: our word was lost */
        return 0;
    }
    if (line->seq <= site->queued_seq && now_us - site->queued_us >= STALL_US)
        site->queued_seq = site->committed.feed_seq;
    if (line->seq <= site->queued_seq)
        return 0;
    if (line->seq != site->queued_seq + 1)
        return -ESTALE; /* a gap: head office goes back to what was confirmed */
    int result = site->ops->change(site->user, line->seq, line->text, line->length);
    if (!result) {
        site->queued_seq = line->seq;
        site->queued_us = now_us;
    }
    return result;
}

void feed_deliver(struct site *site, int64_t now_us)
{
    struct wire_segment segment = {.at = buf_text(&site->changes), .left = site->changes.length};
    size_t taken = 0; /* bytes */
    int result;
    struct wire_line line;
    while ((result = wire_segment_next(&segment, &line, &site->fault)) == 1) {
        result = take_change(site, &line, now_us);
        wire_line_done(&line);
        if (result)
            break;
        taken = site->changes.length - segment.left;
    }
    if (result == -EAGAIN) {
        buf_consume(&site->changes, taken);
        site_retry_later(site, now_us);
    } else {
        buf_clear(&site->changes);
    }
}

void feed_confirm(struct site *site, int64_t now_us)
{
    if (site->facked_seq == site->committed.feed_seq)
        return;
    struct wire_control fack = {.kind = WIRE_FACK, .seq = site->committed.feed_seq};
    text_copy(fack.site, sizeof(fack.site), site->name);
    text_copy(fack.gen, sizeof(fack.gen), site->gen);
    if (site_send_control(site, &fack, now_us) == 0)
        site->facked_seq = site->committed.feed_seq;
}
