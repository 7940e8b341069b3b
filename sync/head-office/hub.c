#include "sync/head-office/hub.h"

#include "sync/head-office/hub_internal.h"
#include "sync/head-office/office.h"
#include "sync/head-office/projection.h"
#include "sync/wire/line.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct message {
    struct list link; /* in hub.messages */
    char box[WIRE_NAME_SIZE];
    enum wire_channel channel;
    size_t length;
    char bytes[];
};

/* ---------------------------------------------------------------- life */

int hub_new(struct sql *sql, const struct random_source *random, const struct hub_settings *settings,
            const struct hub_ops *ops, void *user, struct hub **ret, struct error *error)
{
    struct hub *hub = calloc(1, sizeof(*hub));
    if (!hub)
        return error_set(error, -ENOMEM, "out of memory");
    *hub = (struct hub){.sql = sql, .random = *random, .settings = *settings, .ops = ops, .user = user};
    list_init(&hub->messages);
    list_init(&hub->owed);
    int result = office_gen(sql, hub->gen);
    if (result) {
        hub_free(hub);
        return office_failed(sql, result, error);
    }
    *ret = hub;
    return 0;
}

static void forget_messages(struct hub *hub)
{
    struct message *message;
    LIST_EACH(message, &hub->messages, struct message, link)
    {
        list_remove(&message->link);
        free(message);
    }
    hub->waiting = 0;
}

static void forget_debts(struct hub *hub)
{
    struct session *session;
    LIST_EACH(session, &hub->owed, struct session, owed)
    {
        list_remove(&session->owed);
        session->welcome = session->ack = session->facked = false;
    }
}

static void roll_back(struct hub *hub)
{
    if (sql_in_transaction(hub->sql))
        sql_run(hub->sql, "ROLLBACK", SQL_NO_VALUES);
    forget_messages(hub);
    forget_debts(hub);
}

struct hub *hub_free(struct hub *hub)
{
    if (!hub)
        return NULL;
    roll_back(hub);
    for (size_t i = 0; i < hub->session_count; i++)
        free(hub->sessions[i]);
    free(hub->sessions);
    free(hub);
    return NULL;
}

/* ---------------------------------------------------------------- sessions */

struct session *hub_session(struct hub *hub, const char *site, const char *box)
{
    size_t low = 0, high = hub->session_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(hub->sessions[middle]->box, box);
        if (order == 0)
            return hub->sessions[middle];
        *(order < 0 ? &low : &high) = order < 0 ? middle + 1 : middle;
    }
    if (hub->session_count == hub->session_room) {
        size_t room = hub->session_room ? 2 * hub->session_room : 16;
        struct session **grown = reallocarray(hub->sessions, room, sizeof(*grown));
        if (!grown)
            return NULL;
        hub->sessions = grown;
        hub->session_room = room;
    }
    struct session *session = calloc(1, sizeof(*session));
    if (!session)
        return NULL;
    snprintf(session->site, sizeof(session->site), "%s", site);
    snprintf(session->box, sizeof(session->box), "%s", box);
    session->due_us = HUB_NEVER;
    list_init(&session->owed);
    memmove(hub->sessions + low + 1, hub->sessions + low, (hub->session_count - low) * sizeof(struct session *));
    hub->sessions[low] = session;
    hub->session_count++;
    return session;
}

static void owe(struct hub *hub, struct session *session)
{
    if (list_empty(&session->owed))
        list_append(&hub->owed, &session->owed);
}

int hub_load_site(struct hub *hub, const char *box, struct site_row *ret)
{
    struct sql_query *row =
        sql_select(hub->sql, "SELECT epoch, applied, feed_head, feed_acked FROM site WHERE box = ?1", sql_text(box));
    bool found = sql_next(row);
    if (found)
        *ret = (struct site_row){!sql_get_null(row, 0), sql_get_int(row, 0), sql_get_int(row, 1), sql_get_int(row, 2),
                                 sql_get_int(row, 3)};
    int failed = sql_done(row);
    return failed ? failed : found ? 0 : -ENOENT;
}

/* The registered site of a box; NULL and 0 when there is none. */
static int find_session(struct hub *hub, const char *box, struct session **ret)
{
    char site[WIRE_NAME_SIZE] = "";
    struct sql_query *row = sql_select(hub->sql, "SELECT id FROM site WHERE box = ?1", sql_text(box));
    if (sql_next(row))
        sql_copy_text(row, 0, site, sizeof(site));
    int failed = sql_done(row);
    if (failed)
        return failed;
    *ret = *site ? hub_session(hub, site, box) : NULL;
    return *site && !*ret ? -ENOMEM : 0;
}

/* ---------------------------------------------------------------- segments */

/* What a segment is being taken with. */
struct intake {
    struct hub *hub;
    struct session *session;
    char source[sizeof(WIRE_SITE_SOURCE) + WIRE_NAME_SIZE];
    struct site_row site;
    struct error *why;
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

static int park(struct intake *intake, const struct wire_line *line, const char *why)
{
    return sql_run(intake->hub->sql, "INSERT INTO parked (site, epoch, seq, why) VALUES (?1, ?2, ?3, ?4)",
                   sql_text(intake->session->site), sql_int(line->epoch), sql_int(line->seq), sql_text(why));
}

static int append(struct intake *intake, const struct wire_line *line)
{
    struct hub *hub = intake->hub;
    int result = sql_run(hub->sql,
                         "INSERT INTO event (site, epoch, seq, id, type, subject, time, line)"
                         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                         sql_text(intake->session->site), sql_int(line->epoch), sql_int(line->seq), sql_text(line->id),
                         sql_text(line->type), sql_text(line->subject), sql_text(line->time),
                         sql_text_n(line->text, line->length));
    if (result == -EEXIST)
        return refuse(intake, "the box sent an event a second time under another number", line->seq);
    if (result)
        return result;
    struct error why = {0};
    result = projection_apply(hub->sql, intake->session->site, line, &why);
    if (result == -EINVAL)
        result = park(intake, line, why.text);
    if (!result)
        intake->site.applied = line->seq;
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

static int take_segment(struct hub *hub, struct session *session, const struct message *message, int64_t now_us,
                        struct error *why)
{
    struct intake intake = {.hub = hub, .session = session, .why = why};
    snprintf(intake.source, sizeof(intake.source), "%s%s", WIRE_SITE_SOURCE, session->site);
    int result = hub_load_site(hub, session->box, &intake.site);
    if (result)
        return result;
    if (!intake.site.met)
        return error_set(why, -EINVAL, "the box sent events before its hello");
    owe(hub, session);
    session->ack = true; /* also when nothing moves: it tells the site where to go on */
    result = take_lines(&intake, message);
    if (result)
        return result;
    return sql_run(hub->sql, "UPDATE site SET applied = ?2, last_seen_us = ?3 WHERE id = ?1", sql_text(session->site),
                   sql_int(intake.site.applied), sql_int(now_us));
}

/* ---------------------------------------------------------------- control */

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
    if (session->ahead)
        error_set(why, 0,
                  "the box has changes that this database lost: it gets no more of them until head office's"
                  " database is repaired");
    else if (site.met && hello->epoch == site.epoch && hello->last_seq < site.applied)
        error_set(why, 0, "the box lost events that head office has: it was restored from an older copy");
    owe(hub, session);
    session->welcome = true;
    snprintf(session->nonce, sizeof(session->nonce), "%s", hello->nonce);
    return sql_run(hub->sql,
                   "UPDATE site SET epoch = coalesce(epoch, ?2), boot = ?3, last_seen_us = ?4,"
                   " feed_acked = CASE WHEN ?5 <= feed_head THEN ?5 ELSE feed_acked END WHERE id = ?1",
                   sql_text(session->site), sql_int(hello->epoch), sql_int(hello->boot), sql_int(now_us),
                   sql_int(hello->feed_seq));
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

static int take_control(struct hub *hub, struct session *session, const struct message *message, int64_t now_us,
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
    default:
        return error_set(why, -EINVAL, "the box sent a message that only head office may send");
    }
}

/* ---------------------------------------------------------------- the turn */

int hub_receive(struct hub *hub, const char *box, enum wire_channel channel, const void *bytes, size_t length)
{
    if ((channel != WIRE_UP_SEGMENT && channel != WIRE_UP_CONTROL) || !wire_box_ok(box))
        return -EPROTO;
    if (length > WIRE_SEGMENT_MAX)
        return -EMSGSIZE;
    if (hub->waiting >= HUB_MESSAGES_MAX)
        return -ENOBUFS;
    struct message *message = malloc(sizeof(*message) + length);
    if (!message)
        return -ENOMEM;
    snprintf(message->box, sizeof(message->box), "%s", box);
    message->channel = channel;
    message->length = length;
    if (length > 0)
        memcpy(message->bytes, bytes, length);
    list_append(&hub->messages, &message->link);
    hub->waiting++;
    return 0;
}

size_t hub_waiting(const struct hub *hub)
{
    return hub->waiting;
}

/* -EINVAL: this message is undone alone and the others stand. */
static int take_message(struct hub *hub, const struct message *message, int64_t now_us)
{
    struct error why = {0};
    struct session *session = NULL;
    int result = find_session(hub, message->box, &session);
    if (result)
        return result;
    if (!session) {
        hub->ops->note(hub->user, message->box,
                       "this box is not registered and gets no answer: add its site with \"floorhand-hq site add\"");
        return 0;
    }
    result = sql_run(hub->sql, "SAVEPOINT message", SQL_NO_VALUES);
    if (result)
        return result;
    result = message->channel == WIRE_UP_SEGMENT ? take_segment(hub, session, message, now_us, &why)
                                                 : take_control(hub, session, message, now_us, &why);
    if (*why.text)
        hub->ops->note(hub->user, message->box, why.text);
    if (result && result != -EINVAL)
        return result;
    if (result)
        result = sql_run(hub->sql, "ROLLBACK TO message", SQL_NO_VALUES);
    return result ? result : sql_run(hub->sql, "RELEASE message", SQL_NO_VALUES);
}

int hub_decide(struct hub *hub, int64_t now_us, struct error *error)
{
    int result = sql_run(hub->sql, "BEGIN IMMEDIATE", SQL_NO_VALUES);
    struct message *message;
    LIST_EACH(message, &hub->messages, struct message, link)
    {
        if (result)
            break;
        result = take_message(hub, message, now_us);
    }
    if (!result) {
        forget_messages(hub);
        return 0;
    }
    office_failed(hub->sql, result, error);
    roll_back(hub);
    return result;
}

static void send_control(struct hub *hub, const struct session *session, const struct wire_control *control)
{
    CLEANUP_BUF struct buf text = {.max = WIRE_CONTROL_MAX};
    wire_control_write(&text, control, &hub->random);
    if (!text.failed)
        hub->ops->send(hub->user, session->site, session->box, WIRE_DOWN_CONTROL, text.data, text.length);
}

static void answer(struct hub *hub, const struct session *session, const struct site_row *site, enum wire_kind kind)
{
    struct wire_control control = {
        .kind = kind,
        .epoch = site->epoch,
        .applied = site->applied,
        .feed_head = site->feed_head,
        .window = hub->settings.window,
        .segment_max = hub->settings.segment_max,
        .linger_ms = hub->settings.linger_ms,
    };
    snprintf(control.gen, sizeof(control.gen), "%s", hub->gen);
    snprintf(control.nonce, sizeof(control.nonce), "%s", session->nonce);
    send_control(hub, session, &control);
}

static int pay(struct hub *hub, struct session *session, int64_t now_us)
{
    struct site_row site;
    int result = hub_load_site(hub, session->box, &site);
    if (result)
        return result;
    if (session->welcome) {
        answer(hub, session, &site, WIRE_WELCOME);
        hub_feed_rewind(session, site.feed_acked);
        session->attempts = 0;
    }
    if (session->ack)
        answer(hub, session, &site, WIRE_ACK);
    if (session->facked)
        hub_feed_progress(hub, session, site.feed_acked, now_us);
    return session->welcome || session->facked ? hub_feed_fill(hub, session, &site, now_us) : 0;
}

int hub_commit(struct hub *hub, int64_t now_us, struct error *error)
{
    int result = sql_run(hub->sql, "COMMIT", SQL_NO_VALUES);
    struct session *session;
    LIST_EACH(session, &hub->owed, struct session, owed)
    if (!result)
        result = pay(hub, session, now_us);
    if (result)
        office_failed(hub->sql, result, error);
    if (result && sql_in_transaction(hub->sql))
        roll_back(hub);
    forget_debts(hub);
    return result;
}

int hub_turn(struct hub *hub, int64_t now_us, struct error *error)
{
    int result = hub_decide(hub, now_us, error);
    return result ? result : hub_commit(hub, now_us, error);
}
