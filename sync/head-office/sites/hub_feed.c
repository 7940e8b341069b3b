/* The way down: a window of segments for each site, sent again until they are acknowledged. */
#include "base/buf.h"
#include "sync/head-office/office.h"
#include "sync/head-office/orders/assignments.h"
#include "sync/head-office/sites/hub_internal.h"

#include <errno.h>
#include <string.h>

/* ---------------------------------------------------------------- one site's window */

void hub_feed_rewind(struct session *session, int64_t acked)
{
    session->sent = acked;
    session->in_flight = 0;
    session->due_us = HUB_NEVER;
}

static int64_t wait_us(const struct hub *hub, const struct session *session)
{
    int64_t wait = hub->settings.resend_ms;
    for (int i = 0; i < session->attempts && wait < hub->settings.resend_cap_ms; i++)
        wait *= 2;
    return 1000 * (wait < hub->settings.resend_cap_ms ? wait : hub->settings.resend_cap_ms);
}

void hub_feed_progress(struct hub *hub, struct session *session, int64_t acked, int64_t now_us)
{
    size_t done = 0;
    while (done < session->in_flight && session->ends[done] <= acked)
        done++;
    if (done > 0) {
        session->in_flight -= done;
        memmove(session->ends, session->ends + done, session->in_flight * sizeof(session->ends[0]));
        session->attempts = 0;
    }
    if (session->sent < acked)
        session->sent = acked;
    if (session->in_flight == 0)
        session->due_us = HUB_NEVER;
    else if (done > 0)
        session->due_us = now_us + wait_us(hub, session);
}

/* The lines after the last one sent, as many as a segment takes; run->count 0: none. */
static int cut_run(struct hub *hub, const struct session *session, struct wire_run *run)
{
    struct buf *segment = &run->lines;
    int result = hub_hash(hub, session->site, 0, session->sent, run->prev_hash);
    if (result)
        return result;
    run->first_seq = session->sent + 1;
    struct sql_query *row =
        sql_select(hub->sql, "SELECT seq, line FROM feed WHERE site = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
                   sql_text(session->site), sql_int(session->sent), sql_int(hub->settings.segment_max));
    while (sql_next(row)) {
        const char *line = sql_get_text(row, 1);
        size_t length = strlen(line);
        if (segment->length > 0 && segment->length + length + 1 > HUB_FEED_BYTES_MAX)
            break;
        buf_put(segment, line, length);
        buf_putc(segment, '\n');
        run->count++;
    }
    return sql_done(row);
}

/* What is cut counts as published before it leaves: a release that has not can still be given to another site. */
static int publish_run(struct hub *hub, const struct session *session, struct wire_run *run, int64_t now_us)
{
    int result = sql_run(hub->sql, SQL_BEGIN_ROWS, SQL_NO_VALUES);
    if (result)
        return result;
    result = cut_run(hub, session, run);
    if (!result)
        result = assignments_published(hub->sql, session->site, wire_run_last_seq(run), now_us);
    int ended = sql_run(hub->sql, result ? "ROLLBACK" : "COMMIT", SQL_NO_VALUES);
    return result ? result : ended;
}

int hub_feed_fill(struct hub *hub, struct session *session, const struct site_row *site, int64_t now_us)
{
    CLEANUP_RUN struct wire_run run = {.kind = WIRE_FRAME_DOWN};
    while (!session->apart && !site->former && session->in_flight < (size_t)hub->settings.window &&
           session->sent < site->feed_head) {
        run.count = 0;
        buf_clear(&run.lines);
        int result = publish_run(hub, session, &run, now_us);
        if (result || run.count == 0 || run.lines.failed)
            return result;
        result = hub_send_run(hub, session, &run, now_us);
        if (result)
            return result;
        session->sent = session->ends[session->in_flight++] = wire_run_last_seq(&run);
        if (session->due_us == HUB_NEVER)
            session->due_us = now_us + wait_us(hub, session);
    }
    return 0;
}

/* ---------------------------------------------------------------- all sites */

int hub_send_changes(struct hub *hub, int64_t now_us, struct error *error)
{
    struct sql_query *row = sql_select(
        hub->sql, "SELECT id, box, feed_head, feed_acked FROM site WHERE feed_head > feed_acked", SQL_NO_VALUES);
    int result = 0;
    while (!result && sql_next(row)) {
        struct session *session = hub_session(hub, sql_get_text(row, 0), sql_get_text(row, 1));
        if (!session) {
            result = -ENOMEM;
            break;
        }
        struct site_row site = {.feed_head = sql_get_int(row, 2), .feed_acked = sql_get_int(row, 3)};
        hub_feed_progress(hub, session, site.feed_acked, now_us);
        result = hub_feed_fill(hub, session, &site, now_us);
    }
    int failed = sql_done(row);
    result = result ? result : failed;
    return result ? office_failed(hub->sql, result, error) : 0;
}

int hub_resend(struct hub *hub, int64_t now_us, struct error *error)
{
    for (size_t i = 0; i < hub->session_count; i++) {
        struct session *session = hub->sessions[i];
        if (session->due_us > now_us)
            continue;
        struct site_row site;
        int result = hub_load_site(hub, session->box, &site);
        if (result == -ENOENT || (!result && site.former)) { /* it is no site's box any more */
            hub_feed_rewind(session, 0);
            continue;
        }
        if (result)
            return office_failed(hub->sql, result, error);
        session->attempts++;
        hub_feed_rewind(session, site.feed_acked);
        result = hub_feed_fill(hub, session, &site, now_us);
        if (result)
            return office_failed(hub->sql, result, error);
    }
    return 0;
}

int64_t hub_due_us(const struct hub *hub)
{
    int64_t due = HUB_NEVER;
    for (size_t i = 0; i < hub->session_count; i++)
        if (hub->sessions[i]->due_us < due)
            due = hub->sessions[i]->due_us;
    return due;
}
