/* The way up: what a message changes, inside the turn's transaction. -EINVAL with a sentence undoes the message alone.
 */
#include "sync/head-office/assignments.h"
#include "sync/head-office/flags.h"
#include "sync/head-office/hub_internal.h"
#include "sync/head-office/parked.h"
#include "sync/head-office/waybills.h"
#include "sync/wire/line.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void owe(struct hub *hub, struct session *session)
{
    if (list_empty(&session->owed))
        list_append(&hub->owed, &session->owed);
}

/* ---------------------------------------------------------------- segments */

/* What a segment is being taken with. */
struct intake {
    struct hub *hub;
    struct session *session;
    char source[sizeof(WIRE_SITE_SOURCE) + WIRE_NAME_SIZE];
    struct site_row site;
    struct error *why;
    int64_t now_us;
    bool wants_waybill; /* an order may wait for a number that is in stock */
};

static int refuse(struct intake *intake, const char *sentence, int64_t seq)
{
    return error_set(intake->why, -EINVAL, "%s (event %" PRId64 "): nothing of the segment was taken", sentence, seq);
}

/* An event that is known must be the very same; anything else means that the box has two histories. */
static int compare(struct intake *intake, const struct wire_line *line)
{
    int64_t same;
    int result =
        sql_number(intake->hub->sql, &same, "SELECT line = ?4 FROM event WHERE site = ?1 AND epoch = ?2 AND seq = ?3",
                   sql_text(intake->session->site), sql_int(line->epoch), sql_int(line->seq),
                   sql_text_n(line->text, line->length));
    if (result == -ENOENT || (!result && !same))
        return refuse(intake,
                      "the box sent another event under a number that is taken: it was restored from a copy or"
                      " there are two of it; stop it and call support",
                      line->seq);
    return result;
}

/* Another site may be concerned: it is told, now if it is here. */
static int interpret(struct intake *intake, const struct wire_line *line)
{
    struct hub *hub = intake->hub;
    struct office office = {.sql = hub->sql, .random = hub->random, .now_us = intake->now_us};
    struct error why = {0};
    char to[PARKED_SITE_SIZE];
    int result = parked_or_done(&office, intake->session->site, line, to, &why);
    for (size_t i = 0; i < hub->session_count && !result; i++) {
        if (strcmp(hub->sessions[i]->site, to) != 0)
            continue;
        hub->sessions[i]->feeds = true;
        owe(hub, hub->sessions[i]);
    }
    return result == -EINVAL ? 0 : result; /* it is stored, and waits */
}

static int append(struct intake *intake, const struct wire_line *line)
{
    struct hub *hub = intake->hub;
    uint8_t hash[CHAIN_HASH_SIZE];
    memcpy(hash, intake->site.hash, sizeof(hash));
    chain_next(hash, line->epoch, line->seq, line->text, line->length);
    int result = sql_run(hub->sql,
                         "INSERT INTO event (site, epoch, seq, id, type, subject, time, line, hash)"
                         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                         sql_text(intake->session->site), sql_int(line->epoch), sql_int(line->seq), sql_text(line->id),
                         sql_text(line->type), sql_text(line->subject), sql_text(line->time),
                         sql_text_n(line->text, line->length), sql_blob(hash, sizeof(hash)));
    if (result == -EEXIST)
        return refuse(intake, "the box sent an event a second time under another number", line->seq);
    if (result)
        return result;
    result = flags_note(hub->sql, intake->session->site, line);
    if (!result)
        result = interpret(intake, line);
    if (!result) {
        intake->site.applied = line->seq;
        memcpy(intake->site.hash, hash, sizeof(hash));
    }
    intake->wants_waybill |= strcmp(line->type, "order.parked") == 0 || strcmp(line->type, "feed.parked") == 0;
    return result;
}

static int take_line(struct intake *intake, const struct wire_line *line, bool *ret_gap)
{
    if (strcmp(line->source, intake->source) != 0)
        return refuse(intake, "the box sent an event of another source", line->seq);
    if (line->epoch != intake->site.epoch)
        return refuse(intake, "the box is in another epoch than head office", line->seq);
    if (line->seq <= intake->site.applied)
        return compare(intake, line);
    *ret_gap = line->seq > intake->site.applied + 1;
    return *ret_gap ? 0 : append(intake, line);
}

static int take_lines(struct intake *intake, const struct message *message)
{
    struct wire_segment segment = {.at = message->bytes, .left = message->length};
    bool gap = false;
    for (;;) {
        CLEANUP_LINE struct wire_line line = {0};
        int more = wire_segment_next(&segment, &line, intake->why);
        if (more <= 0)
            return more < 0 ? -EINVAL : 0;
        int result = take_line(intake, &line, &gap);
        if (result || gap)
            return result;
    }
}

static int serve_waybills(struct intake *intake, int64_t now_us)
{
    struct hub *hub = intake->hub;
    struct office office = {.sql = hub->sql, .random = hub->random, .now_us = now_us};
    intake->session->feeds = true;
    return waybills_serve(&office, intake->session->site, intake->why);
}

int hub_take_segment(struct hub *hub, struct session *session, const struct message *message, int64_t now_us,
                     struct error *why)
{
    struct intake intake = {.hub = hub, .session = session, .why = why, .now_us = now_us};
    snprintf(intake.source, sizeof(intake.source), "%s%s", WIRE_SITE_SOURCE, session->site);
    int result = hub_load_site(hub, session->box, &intake.site);
    if (result)
        return result;
    if (!intake.site.met)
        return error_set(why, -EINVAL, "the box sent events before its hello");
    owe(hub, session);
    session->ack = true; /* also when nothing moves: it tells the site where to go on */
    result = take_lines(&intake, message);
    if (!result && intake.wants_waybill)
        result = serve_waybills(&intake, now_us);
    if (result)
        return result;
    return sql_run(hub->sql, "UPDATE site SET applied = ?2, last_seen_us = ?3, hash = ?4 WHERE id = ?1",
                   sql_text(session->site), sql_int(intake.site.applied), sql_int(now_us),
                   sql_blob(intake.site.hash, sizeof(intake.site.hash)));
}

/* ---------------------------------------------------------------- control */

static int renew_leases(struct hub *hub, struct session *session, int64_t now_us)
{
    struct office office = {.sql = hub->sql, .random = hub->random, .now_us = now_us};
    return session->ahead ? 0 : assignments_renew(&office, session->site);
}

static int take_hello(struct hub *hub, struct session *session, const struct wire_control *hello, int64_t now_us,
                      struct error *why)
{
    struct site_row site;
    int result = hub_load_site(hub, session->box, &site);
    if (result)
        return result;
    if (strcmp(hello->site, session->site) != 0)
        return error_set(why, -EINVAL, "the box says it belongs to site %s, but it is registered for %s", hello->site,
                         session->site);
    session->ahead = hello->feed_seq > site.feed_head;
    bool older = site.met && (hello->epoch != site.epoch || hello->last_seq < site.applied);
    if (session->ahead)
        error_set(why, 0,
                  "the box has changes that this database lost: it gets no more of them until head office's"
                  " database is repaired");
    else if (older)
        error_set(why, 0, "the box lost events that head office has: it was restored from an older copy");
    owe(hub, session);
    session->welcome = true;
    snprintf(session->nonce, sizeof(session->nonce), "%s", hello->nonce);
    result = renew_leases(hub, session, now_us);
    if (result)
        return result;
    return sql_run(hub->sql,
                   "UPDATE site SET epoch = coalesce(epoch, ?2), boot = ?3, last_seen_us = ?4, fault = ?6,"
                   " feed_acked = CASE WHEN ?5 <= feed_head THEN ?5 ELSE feed_acked END WHERE id = ?1",
                   sql_text(session->site), sql_int(hello->epoch), sql_int(hello->boot), sql_int(now_us),
                   sql_int(hello->feed_seq),
                   sql_text(session->ahead ? "ahead"
                            : older        ? "older_copy"
                                           : NULL));
}

static int take_fack(struct hub *hub, struct session *session, const struct wire_control *fack, struct error *why)
{
    struct site_row site;
    int result = hub_load_site(hub, session->box, &site);
    if (result)
        return result;
    if (strcmp(fack->gen, hub->gen) != 0)
        return error_set(why, -EINVAL, "the box acknowledges changes of another head office database");
    if (fack->seq > site.feed_head)
        return error_set(why, -EINVAL, "the box acknowledges changes that this database does not have");
    owe(hub, session);
    session->facked = true;
    return sql_run(hub->sql, "UPDATE site SET feed_acked = max(feed_acked, ?2) WHERE id = ?1", sql_text(session->site),
                   sql_int(fack->seq));
}

static int take_diverged(struct hub *hub, struct session *session, const struct wire_control *diverged,
                         struct error *why)
{
    if (strcmp(diverged->gen, hub->gen) != 0)
        return 0;
    error_set(why, 0,
              "the box has other events than head office under the same numbers: it was restored from an older"
              " copy, and went on with it");
    return sql_run(hub->sql, "UPDATE site SET fault = 'older_copy' WHERE id = ?1", sql_text(session->site));
}

int hub_take_control(struct hub *hub, struct session *session, const struct message *message, int64_t now_us,
                     struct error *why)
{
    struct wire_control control;
    int result = wire_control_parse(message->bytes, message->length, &control, why);
    if (result == -ENOTSUP) { /* of a newer version */
        why->text[0] = '\0';
        return 0;
    }
    if (result)
        return -EINVAL;
    switch (control.kind) {
    case WIRE_HELLO:
        return take_hello(hub, session, &control, now_us, why);
    case WIRE_FACK:
        return take_fack(hub, session, &control, why);
    case WIRE_DIVERGED:
        return take_diverged(hub, session, &control, why);
    default:
        return error_set(why, -EINVAL, "the box sent a message that only head office may send");
    }
}
