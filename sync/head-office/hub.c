#include "sync/head-office/hub.h"

#include "sync/head-office/hub_internal.h"
#include "sync/head-office/office.h"
#include "sync/wire/line.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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
        session->welcome = session->ack = session->facked = session->feeds = false;
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

/* Where the box is, or belongs, in the sorted array. */
static size_t place_of(const struct hub *hub, const char *box)
{
    size_t low = 0, high = hub->session_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(hub->sessions[middle]->box, box) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool make_room(struct hub *hub)
{
    if (hub->session_count < hub->session_room)
        return true;
    size_t room = hub->session_room ? 2 * hub->session_room : 16;
    struct session **grown = reallocarray(hub->sessions, room, sizeof(struct session *));
    if (!grown)
        return false;
    hub->sessions = grown;
    hub->session_room = room;
    return true;
}

struct session *hub_session(struct hub *hub, const char *site, const char *box)
{
    size_t place = place_of(hub, box);
    if (place < hub->session_count && strcmp(hub->sessions[place]->box, box) == 0)
        return hub->sessions[place];
    struct session *session = make_room(hub) ? calloc(1, sizeof(*session)) : NULL;
    if (!session)
        return NULL;
    snprintf(session->site, sizeof(session->site), "%s", site);
    snprintf(session->box, sizeof(session->box), "%s", box);
    session->due_us = HUB_NEVER;
    list_init(&session->owed);
    struct session **at = hub->sessions + place;
    memmove(at + 1, at, (hub->session_count - place) * sizeof(struct session *));
    *at = session;
    hub->session_count++;
    return session;
}

int hub_load_site(struct hub *hub, const char *box, struct site_row *ret)
{
    struct sql_query *row = sql_select(
        hub->sql, "SELECT epoch, applied, feed_head, feed_acked, hash, id FROM site WHERE box = ?1", sql_text(box));
    bool found = sql_next(row);
    if (found) {
        size_t length;
        const void *hash = sql_get_blob(row, 4, &length);
        *ret = (struct site_row){.met = !sql_get_null(row, 0),
                                 .epoch = sql_get_int(row, 0),
                                 .applied = sql_get_int(row, 1),
                                 .feed_head = sql_get_int(row, 2),
                                 .feed_acked = sql_get_int(row, 3)};
        if (length == sizeof(ret->hash))
            memcpy(ret->hash, hash, length);
        else
            chain_begin(ret->hash, sql_get_text(row, 5), ret->epoch, 0, 0, NULL, "");
    }
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

/* A wrong message changes nothing but its count, and is never acknowledged. */
static int drop_message(struct hub *hub, const struct session *session)
{
    int result = sql_run(hub->sql, "ROLLBACK TO message", SQL_NO_VALUES);
    return result ? result
                  : sql_run(hub->sql, "UPDATE site SET dropped = dropped + 1 WHERE id = ?1", sql_text(session->site));
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
    result = message->channel == WIRE_UP_SEGMENT ? hub_take_segment(hub, session, message, now_us, &why)
                                                 : hub_take_control(hub, session, message, now_us, &why);
    if (*why.text)
        hub->ops->note(hub->user, message->box, why.text);
    if (result && result != -EINVAL)
        return result;
    if (result)
        result = drop_message(hub, session);
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
    chain_text(site->hash, control.applied_hash);
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
    if (session->facked || session->feeds)
        hub_feed_progress(hub, session, site.feed_acked, now_us);
    return session->welcome || session->facked || session->feeds ? hub_feed_fill(hub, session, &site, now_us) : 0;
}

int hub_commit(struct hub *hub, int64_t now_us, struct error *error)
{
    int result = sql_run(hub->sql, "COMMIT", SQL_NO_VALUES);
    struct session *session;
    LIST_EACH(session, &hub->owed, struct session, owed)
    {
        if (!result)
            result = pay(hub, session, now_us);
    }
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
