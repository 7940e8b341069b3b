/* The way up: what a message changes, inside the turn's transaction. -EINVAL with a sentence undoes the message alone.
 */
#include "base/defect.h"
#include "sync/head-office/hub_internal.h"
#include "sync/head-office/orphans.h"
#include "sync/head-office/projection.h"
#include "sync/head-office/transfers.h"
#include "sync/head-office/waybills.h"
#include "sync/wire/line.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- segments */

/* What a segment is being taken with. */
struct intake {
    struct hub *hub;
    struct session *session;
    char source[sizeof(WIRE_SITE_SOURCE) + WIRE_NAME_SIZE];
    struct site_row site;
    struct wire_run run;
    struct error *why;
    int64_t now_us;
    bool wants_waybill; /* an order may wait for a number that is in stock */
};

static void done(struct intake *intake)
{
    wire_run_done(&intake->run);
}
#define CLEANUP_INTAKE CLEANUP(done)

static int refuse(struct intake *intake, const char *sentence, int64_t seq)
{
    return error_set(intake->why, -EINVAL, "%s (event %" PRId64 "): nothing of the segment was taken", sentence, seq);
}

static int park(struct intake *intake, const struct wire_line *line, const char *why)
{
    return sql_run(intake->hub->sql, "INSERT INTO parked (site, epoch, seq, why) VALUES (?1, ?2, ?3, ?4)",
                   sql_text(intake->session->site), sql_int(line->epoch), sql_int(line->seq), sql_text(why));
}

/* Another site is concerned: it is told, now if it is here. */
static int pass_on(struct intake *intake, const struct wire_line *line, struct error *why)
{
    struct hub *hub = intake->hub;
    struct office office = {.sql = hub->sql, .random = hub->random, .now_us = intake->now_us};
    char to[TRANSFER_SITE_MAX];
    int result = transfers_pass_on(&office, intake->session->site, line->type, line->data, to, why);
    for (size_t i = 0; i < hub->session_count && !result; i++) {
        if (strcmp(hub->sessions[i]->site, to) != 0)
            continue;
        hub->sessions[i]->feeds = true;
        hub_owe(hub, hub->sessions[i]);
    }
    return result;
}

/* What this database has lost comes back, and may concern every site. */
static int take_orphan(struct intake *intake, const struct wire_line *line, struct error *why)
{
    struct hub *hub = intake->hub;
    struct office office = {.sql = hub->sql, .random = hub->random, .now_us = intake->now_us};
    bool feeds = false;
    if (strcmp(line->type, "feed.orphaned") != 0)
        return 0;
    int result = orphans_take(&office, intake->session->site, line->data, &feeds, why);
    for (size_t i = 0; i < hub->session_count && !result && feeds; i++) {
        hub->sessions[i]->feeds = true;
        hub_owe(hub, hub->sessions[i]);
    }
    return result;
}

/* What it means; what cannot be interpreted is parked. */
static int interpret(struct intake *intake, const struct wire_line *line)
{
    struct error why = {0};
    int result = projection_apply(intake->hub->sql, intake->session->site, line, &why);
    if (!result)
        result = pass_on(intake, line, &why);
    if (!result)
        result = take_orphan(intake, line, &why);
    intake->wants_waybill |= strcmp(line->type, "order.parked") == 0 || strcmp(line->type, "feed.parked") == 0;
    return result == -EINVAL ? park(intake, line, why.text) : result;
}

/* A line that was written in an earlier epoch goes out again; head office may have had it before it was restored, or
 * from before the box was. It keeps its place in the chain and does nothing. */
static int is_here_already(struct intake *intake, const struct wire_line *line, int64_t *ret)
{
    *ret = 0;
    if (line->epoch == intake->run.epoch || DEFECT(12))
        return 0;
    return sql_number(intake->hub->sql, ret, "SELECT count(*) FROM event WHERE site = ?1 AND id = ?2 AND again = 0",
                      sql_text(intake->session->site), sql_text(line->id));
}

static int append(struct intake *intake, const struct wire_line *line)
{
    int64_t again;
    int result = is_here_already(intake, line, &again);
    if (result)
        return result;
    chain_next(intake->site.hash, intake->run.epoch, line->seq, line->text, line->length);
    result = sql_run(intake->hub->sql,
                     "INSERT INTO event (site, epoch, seq, id, type, subject, time, line, hash, again)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                     sql_text(intake->session->site), sql_int(intake->run.epoch), sql_int(line->seq),
                     sql_text(DEFECT(12) ? line->text : line->id), sql_text(line->type), sql_text(line->subject),
                     sql_text(line->time), sql_text_n(line->text, line->length),
                     sql_blob(intake->site.hash, CHAIN_HASH_SIZE), sql_int(again));
    if (result == -EEXIST)
        return refuse(intake, "the box sent an event a second time under another number", line->seq);
    if (!result && !again)
        result = interpret(intake, line);
    if (!result)
        intake->site.applied = line->seq;
    return result;
}

static int take_line(struct intake *intake, const struct wire_line *line)
{
    if (line->seq <= intake->site.applied)
        return DEFECT(9) ? interpret(intake, line) : 0;
    if (strcmp(line->source, intake->source) != 0)
        return refuse(intake, "the box sent an event of another source", line->seq);
    if (line->epoch < 1 || line->epoch > intake->run.epoch || line->seq != intake->site.applied + 1)
        return refuse(intake, "the box sent an event out of its place", line->seq);
    return append(intake, line);
}

static int take_lines(struct intake *intake)
{
    struct wire_segment segment = {.at = buf_text(&intake->run.lines), .left = intake->run.lines.length};
    for (;;) {
        CLEANUP_LINE struct wire_line line = {0};
        int more = wire_segment_next(&segment, &line, intake->why);
        if (more <= 0)
            return more < 0 ? -EINVAL : 0;
        int result = take_line(intake, &line);
        if (result)
            return result;
    }
}

/* Whether the run goes on from what is here: every line that both have must be the same one. */
static int compare(struct intake *intake, bool *ret_same)
{
    const struct wire_run *run = &intake->run;
    int64_t last = wire_run_last_seq(run), at = last < intake->site.applied ? last : intake->site.applied;
    uint8_t here[CHAIN_HASH_SIZE], there[CHAIN_HASH_SIZE];
    int result = 0;
    if (at == intake->site.applied)
        memcpy(here, intake->site.hash, sizeof(here));
    else
        result = hub_hash(intake->hub, intake->session->site, run->epoch, at, here);
    wire_run_hash(run, at, there);
    *ret_same = !result && (DEFECT(2) || memcmp(here, there, sizeof(here)) == 0);
    return result == -ENOENT ? 0 : result;
}

static int serve_waybills(struct intake *intake, int64_t now_us)
{
    struct hub *hub = intake->hub;
    struct office office = {.sql = hub->sql, .random = hub->random, .now_us = now_us};
    intake->session->feeds = true;
    return waybills_serve(&office, intake->session->site, intake->why);
}

/* Inside the transaction: the run, when it is the next one. */
static int take_run(struct intake *intake)
{
    struct session *session = intake->session;
    bool same = true;
    session->ack = true; /* also when nothing moves: it tells the site where to go on */
    if (intake->run.epoch != intake->site.epoch)
        session->fence = WIRE_FENCE_STALE;
    if (session->fence || intake->run.first_seq > intake->site.applied + 1)
        return 0;
    int result = compare(intake, &same);
    if (!result && !same)
        session->fence = WIRE_FENCE_FORK;
    if (result || !same)
        return result;
    result = take_lines(intake);
    return !result && intake->wants_waybill ? serve_waybills(intake, intake->now_us) : result;
}

int hub_take_segment(struct hub *hub, struct session *session, const struct message *message, int64_t now_us,
                     struct error *why)
{
    CLEANUP_INTAKE struct intake intake = {.hub = hub, .session = session, .why = why, .now_us = now_us};
    const struct wire_ends ends = {session->site, session->box};
    snprintf(intake.source, sizeof(intake.source), "%s%s", WIRE_SITE_SOURCE, session->site);
    int result = hub_load_site(hub, session->box, &intake.site);
    if (result)
        return result;
    if (!intake.site.met)
        return error_set(why, -EINVAL, "the box sent events before its hello");
    if (wire_run_open(message->bytes, message->length, intake.site.key, &ends, WIRE_FRAME_UP, &intake.run, why) != 0)
        return -EINVAL;
    hub_owe(hub, session);
    session->fence = intake.site.fence ? WIRE_FENCE_STALE : NULL; /* the hello that follows is told why */
    result = take_run(&intake);
    if (result || session->fence)
        return result;
    return sql_run(hub->sql, "UPDATE site SET applied = ?2, last_seen_us = ?3, hash = ?4 WHERE id = ?1",
                   sql_text(session->site), sql_int(intake.site.applied), sql_int(now_us),
                   sql_blob(intake.site.hash, sizeof(intake.site.hash)));
}
