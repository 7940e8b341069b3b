/* What head office knows of this site, after the site has told everything it knows itself: asked for, taken line by
 * line, taken over as one. What is lost on the way is asked for again, from the last line that is kept. */
#include "base/defect.h"
#include "sync/site/parts.h"
#include "sync/wire/line.h"

#include <errno.h>
#include <string.h>

#define QUIET_US INT64_C(5000000) /* nothing came: the last word was lost */

static bool is_offered(const struct site *site)
{
    return *site->offer.lines_hash != '\0';
}

/* The next one that is asked for is a new one. */
static void forget(struct site *site)
{
    site->offer = (struct wire_control){0};
    site->snap_seq = 0;
    site->snap_given = false;
}

/* Only then: otherwise it would hold less than this site knows, and what follows would count twice. */
static bool may_ask(const struct site *site)
{
    return site->committed.snapshot && (DEFECT(13) || site->acked_seq >= site->committed.reemit_seq);
}

static void ask(struct site *site, int64_t now_us)
{
    struct wire_control snap_ask = {.kind = WIRE_SNAP_ASK, .seq = is_offered(site) ? site->snap_seq : 0};
    memcpy(snap_ask.nonce, site->nonce, sizeof(snap_ask.nonce));
    memcpy(snap_ask.snap, is_offered(site) ? site->offer.snap : WIRE_NO_SNAP, sizeof(snap_ask.snap));
    if (site_send_control(site, &snap_ask, now_us) == 0)
        site->snap_us = now_us;
}

static bool is_right(const struct site *site, const struct wire_control *offer)
{
    return strcmp(offer->nonce, site->nonce) == 0 && strcmp(offer->gen, site->gen) == 0 &&
           offer->epoch == site->committed.epoch && (DEFECT(13) || offer->applied >= site->committed.reemit_seq) &&
           offer->applied <= site->committed.last_seq;
}

void snapshot_offered(struct site *site, const struct wire_control *offer, int64_t now_us)
{
    if (site->state != SITE_SYNC || !may_ask(site) || !is_right(site, offer))
        return;
    site->snap_us = now_us;
    if (strcmp(site->offer.snap, offer->snap) == 0)
        return;
    site->offer = *offer;
    site->snap_seq = 0;
    site->snap_given = false;
    chain_begin(site->snap_hash, offer->snap, 0, 0, 0, NULL, "");
}

static int give_line(struct site *site, const struct wire_line *line)
{
    if (line->seq <= site->snap_seq)
        return 0;
    if (line->seq != site->snap_seq + 1)
        return -EBADMSG;
    int result = site->ops->snapshot_line(site->user, line->seq, line->text, line->length);
    if (result)
        return result;
    chain_next(site->snap_hash, 0, line->seq, line->text, line->length);
    site->snap_seq = line->seq;
    return 0;
}

/* The daemon's queue may be full in the middle: the rest is asked for again. */
static void give_lines(struct site *site, const struct wire_run *run)
{
    struct wire_segment segment = {.at = buf_text(&run->lines), .left = run->lines.length};
    struct wire_line line;
    int result = 0;
    while (!result && wire_segment_next(&segment, &line, &site->fault) == 1) {
        result = give_line(site, &line);
        wire_line_done(&line);
    }
}

void snapshot_receive(struct site *site, const void *bytes, size_t length, int64_t now_us)
{
    const struct wire_ends ends = {site->name, site->gen};
    CLEANUP_RUN struct wire_run run = {0};
    uint8_t hash[CHAIN_HASH_SIZE];
    if (!is_offered(site) || site->snap_given ||
        wire_run_open(bytes, length, site->office_key, &ends, WIRE_FRAME_CHUNK, &run, &site->fault) != 0)
        return;
    if (run.first_seq > site->snap_seq + 1 || wire_run_last_seq(&run) <= site->snap_seq)
        return;
    wire_run_hash(&run, site->snap_seq, hash);
    if (memcmp(hash, site->snap_hash, sizeof(hash)) != 0)
        return; /* of another snapshot */
    give_lines(site, &run);
    if (site->snap_seq < site->offer.lines)
        ask(site, now_us);
}

static void give_whole(struct site *site, int64_t now_us)
{
    char hash[CHAIN_TEXT_SIZE];
    const struct site_snapshot whole = {site->offer.epoch, site->offer.applied, site->offer.lines};
    chain_text(site->snap_hash, hash);
    if (strcmp(hash, site->offer.lines_hash) != 0)
        forget(site);
    else if (site->ops->snapshot_whole(site->user, &whole) == 0)
        site->snap_given = true;
    site->snap_us = now_us;
}

void snapshot_step(struct site *site, int64_t now_us)
{
    if (!may_ask(site)) {
        forget(site);
        site->snap_us = 0;
        return;
    }
    bool quiet = site->snap_us == 0 || now_us - site->snap_us >= QUIET_US;
    if (quiet && (site->snap_given || site->committed.snapshot_line < site->snap_seq))
        forget(site); /* a turn was lost, or it was refused: from the beginning */
    if (is_offered(site) && site->snap_seq == site->offer.lines && !site->snap_given)
        give_whole(site, now_us);
    else if (quiet)
        ask(site, now_us);
}

int64_t snapshot_deadline(const struct site *site)
{
    return may_ask(site) ? site->snap_us + QUIET_US : INT64_MAX;
}
