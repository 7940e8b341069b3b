/* The way up: what a message changes, inside the turn's transaction. -EINVAL with a sentence undoes the message alone.
 */
#include "base/defect.h"
#include "sync/head-office/flags.h"
#include "sync/head-office/orders/waybills.h"
#include "sync/head-office/sites/hub_internal.h"
#include "sync/head-office/sites/parked.h"
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
    bool wants_waybill;     /* an order may wait for a number that is in stock */
    bool fenced;            /* nothing of it is taken */
    bool careful;           /* each event alone: one of them may be not as it should be */
    int64_t events, labels; /* that are new */
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

/* What went wrong is a matter of one event, and not of the database. */
static bool is_of_event(int result)
{
    return result == -EINVAL || result == -EPERM || result == -EEXIST;
}

/* Other sites may be concerned: they are told, now if they are here. */
static int interpret(struct intake *intake, const struct wire_line *line)
{
    struct hub *hub = intake->hub;
    struct office office = {.sql = hub->sql, .random = hub->random, .now_us = intake->now_us};
    struct error why = {0};
    char to[PARKED_SITE_SIZE];
    int result = (intake->careful ? parked_or_done : parked_hope)(&office, intake->session->site, line, to, &why);
    for (size_t i = 0; *to && i < hub->session_count && !result; i++) {
        if (strcmp(to, PARKED_EVERY_SITE) != 0 && strcmp(hub->sessions[i]->site, to) != 0)
            continue;
        hub->sessions[i]->feeds = true;
        hub_owe(hub, hub->sessions[i]);
    }
    intake->wants_waybill |= strcmp(line->type, "order.parked") == 0 || strcmp(line->type, "feed.parked") == 0;
    return result == -EINVAL && intake->careful ? 0 : result; /* it is stored, and waits */
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

static int insert(struct intake *intake, const struct wire_line *line, int64_t again)
{
    static const char text[] = "INSERT INTO event (site, epoch, seq, id, type, subject, time, line, hash, again)"
                               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    const struct sql_value values[] = {sql_text(intake->session->site),
                                       sql_int(intake->run.epoch),
                                       sql_int(line->seq),
                                       sql_text(DEFECT(12) ? line->text : line->id),
                                       sql_text(line->type),
                                       sql_text(line->subject),
                                       sql_text(line->time),
                                       sql_text_n(line->text, line->length),
                                       sql_blob(intake->site.hash, CHAIN_HASH_SIZE),
                                       sql_int(again),
                                       SQL_NO_VALUES};
    return (intake->careful ? sql_run_values : sql_post_values)(intake->hub->sql, text, values);
}

static int append(struct intake *intake, const struct wire_line *line)
{
    int64_t again;
    int result = is_here_already(intake, line, &again);
    if (result)
        return result;
    chain_next(intake->site.hash, intake->run.epoch, line->seq, line->text, line->length);
    result = insert(intake, line, again);
    if (is_of_event(result) && !intake->careful)
        return result;
    if (result == -EEXIST)
        return refuse(intake, "the box sent an event a second time under another number", line->seq);
    struct wire_line labelled = *line; /* known by the epoch in which it came */
    labelled.epoch = intake->run.epoch;
    if (!result && !again)
        result = flags_note(intake->hub->sql, intake->session->site, &labelled, intake->hub->any_revoked);
    if (!result && !again)
        result = interpret(intake, &labelled);
    intake->events += !again;
    intake->labels += !again && strcmp(line->type, "label.printed") == 0;
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

static int take_lines(struct intake *intake, bool *ret_one_failed)
{
    struct wire_segment segment = {.at = buf_text(&intake->run.lines), .left = intake->run.lines.length};
    for (;;) {
        CLEANUP_LINE struct wire_line line = {0};
        int more = wire_segment_next(&segment, &line, intake->why);
        if (more <= 0)
            return more < 0 ? -EINVAL : 0;
        int result = take_line(intake, &line);
        *ret_one_failed = is_of_event(result);
        if (result)
            return result;
    }
}

/* Nearly always every event is as it should be: then none has a save point of its own, and none is waited for. When one
 * is not, the whole segment is taken once more, carefully. */
static int take_all(struct intake *intake)
{
    const struct site_row before = intake->site;
    struct sql *sql = intake->hub->sql;
    bool one_failed = false;
    intake->careful = before.parked;
    int result = take_lines(intake, &one_failed);
    if (intake->careful)
        return result;
    if (!result) {
        result = sql_await(sql);
        one_failed = is_of_event(result);
    }
    if (!one_failed)
        return result;
    intake->site = before;
    intake->events = intake->labels = 0;
    intake->careful = true;
    intake->why->text[0] = '\0';
    result = sql_run(sql, "ROLLBACK TO message", SQL_NO_VALUES);
    return result ? result : take_lines(intake, &one_failed);
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

static int fence(struct intake *intake, const char *code)
{
    intake->fenced = true;
    intake->session->ack = false;
    intake->session->fence = code;
    intake->session->fenced[0] = '\0';
    return 0;
}

/* Inside the transaction: the run, when it is the next one. */
static int take_run(struct intake *intake)
{
    struct session *session = intake->session;
    bool same = true;
    if (intake->site.fence || intake->run.epoch != intake->site.epoch)
        return fence(intake, WIRE_FENCE_STALE); /* the hello that follows is told more */
    session->ack = true;                        /* also when nothing moves: it tells the site where to go on */
    session->early = intake->run.first_seq > intake->site.applied + 1;
    if (session->early)
        return 0;
    int result = compare(intake, &same);
    if (!result && !same)
        return fence(intake, WIRE_FENCE_FORK);
    if (result)
        return result;
    if (wire_run_last_seq(&intake->run) <= intake->site.applied && !DEFECT(9))
        return 0; /* all of it is here */
    result = take_all(intake);
    return !result && intake->wants_waybill ? serve_waybills(intake, intake->now_us) : result;
}

int hub_take_segment(struct hub *hub, struct session *session, const struct site_row *site,
                     const struct message *message, int64_t now_us, struct error *why)
{
    CLEANUP_INTAKE struct intake intake = {.hub = hub, .session = session, .site = *site, .why = why, .now_us = now_us};
    const struct wire_ends ends = {session->site, session->box};
    snprintf(intake.source, sizeof(intake.source), "%s%s", WIRE_SITE_SOURCE, session->site);
    if (intake.site.former) { /* whatever it is: the hello that follows is told more */
        hub_owe(hub, session);
        return fence(&intake, WIRE_FENCE_STALE);
    }
    if (!intake.site.met)
        return error_set(why, -EINVAL, "the box sent events before its hello");
    if (wire_run_open(message->bytes, message->length, intake.site.key, &ends, WIRE_FRAME_UP, &intake.run, why) != 0)
        return -EINVAL;
    hub_owe(hub, session);
    int result = take_run(&intake);
    if (result || intake.fenced)
        return result;
    hub->events += intake.events;
    hub->labels += intake.labels;
    return sql_post(hub->sql, "UPDATE site SET applied = ?2, last_seen_us = ?3, hash = ?4 WHERE id = ?1",
                    sql_text(session->site), sql_int(intake.site.applied), sql_int(now_us),
                    sql_blob(intake.site.hash, sizeof(intake.site.hash)));
}
