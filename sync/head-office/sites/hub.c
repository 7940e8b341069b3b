#include "sync/head-office/sites/hub.h"

#include "base/defect.h"
#include "sync/head-office/flags.h"
#include "sync/head-office/office.h"
#include "sync/head-office/sites/hub_internal.h"
#include "sync/head-office/tenants/usage.h"
#include "sync/wire/line.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FENCE_RETRY_S 60
#define HELD_MAX      64

/* ---------------------------------------------------------------- life */

int hub_new(struct sql *sql, const struct random_source *random, const struct hub_settings *settings,
            const struct hub_ops *ops, void *user, struct hub **ret, struct error *error)
{
    struct hub *hub = calloc(1, sizeof(*hub));
    if (!hub)
        return error_set(error, -ENOMEM, "out of memory");
    *hub = (struct hub){.sql = sql, .random = *random, .settings = *settings, .ops = ops, .user = user};
    list_init(&hub->messages);
    list_init(&hub->held);
    list_init(&hub->owed);
    int result = office_gen(sql, hub->gen);
    if (!result)
        result = office_key(sql, &hub->key);
    if (result) {
        hub_free(hub);
        return office_failed(sql, result, error);
    }
    *ret = hub;
    return 0;
}

static void forget_all(struct list *messages)
{
    struct message *message;
    LIST_EACH(message, messages, struct message, link)
    {
        list_remove(&message->link);
        free(message);
    }
}

static void forget_messages(struct hub *hub)
{
    forget_all(&hub->messages);
    hub->waiting = 0;
}

static void forget_debts(struct hub *hub)
{
    struct session *session;
    LIST_EACH(session, &hub->owed, struct session, owed)
    {
        list_remove(&session->owed);
        session->welcome = session->grant = session->ack = session->facked = session->feeds = session->snapshot = false;
        session->fence = NULL;
    }
}

static void roll_back(struct hub *hub)
{
    if (sql_in_transaction(hub->sql))
        sql_run(hub->sql, "ROLLBACK", SQL_NO_VALUES);
    forget_messages(hub);
    forget_debts(hub);
    office_gen(hub->sql, hub->gen);
}

struct hub *hub_free(struct hub *hub)
{
    if (!hub)
        return NULL;
    roll_back(hub);
    forget_all(&hub->held);
    for (size_t i = 0; i < hub->session_count; i++)
        free(hub->sessions[i]);
    free(hub->sessions);
    free(hub);
    return NULL;
}

/* ---------------------------------------------------------------- sessions */

void hub_owe(struct hub *hub, struct session *session)
{
    if (list_empty(&session->owed))
        list_append(&hub->owed, &session->owed);
}

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

/* Of two boxes that fight for a name nothing is taken; a copy on other hardware is kept out by itself. */
static const char *fence_of(const char *fault)
{
    return strcmp(fault, WIRE_FENCE_CHURN) == 0 ? WIRE_FENCE_CHURN : NULL;
}

static bool copy_bytes(struct sql_query *row, int column, void *out, size_t size)
{
    size_t length;
    const void *bytes = sql_get_blob(row, column, &length);
    if (length == size)
        memcpy(out, bytes, size);
    return length == size;
}

/* Of a box, registered or former; and whether something of its site is parked. */
#define SITE_OF_BOX                                                                                                    \
    "SELECT epoch, applied, feed_head, feed_acked, hash, id, key, hardware, coalesce(fault, ''), durable_epoch, "      \
    "durable_seq, durable_feed, box, CASE WHEN EXISTS (SELECT 1 FROM parked p WHERE p.site = site.id) THEN 1 ELSE 0 "  \
    "END FROM site WHERE box = ?1 OR id = (SELECT site FROM former_box WHERE box = ?1)"

static void read_site(struct sql_query *row, const char *box, struct site_row *ret)
{
    *ret = (struct site_row){.epoch = sql_get_int(row, 0),
                             .applied = sql_get_int(row, 1),
                             .feed_head = sql_get_int(row, 2),
                             .feed_acked = sql_get_int(row, 3),
                             .fence = fence_of(sql_get_text(row, 8)),
                             .durable_epoch = sql_get_int(row, 9),
                             .durable_seq = sql_get_int(row, 10),
                             .durable_feed = sql_get_int(row, 11),
                             .parked = sql_get_int(row, 13)};
    sql_copy_text(row, 5, ret->id, sizeof(ret->id));
    ret->former = strcmp(sql_get_text(row, 12), box) != 0;
    if (ret->former)
        ret->fence = WIRE_FENCE_REPLACED;
    ret->met = copy_bytes(row, 6, ret->key, sizeof(ret->key));
    sql_copy_text(row, 7, ret->hardware, sizeof(ret->hardware));
    if (!copy_bytes(row, 4, ret->hash, sizeof(ret->hash)))
        chain_begin(ret->hash, ret->id, ret->epoch, 0, 0, NULL, "");
}

static int read_site_of(struct sql_query *row, const char *box, struct site_row *ret)
{
    bool found = sql_next(row);
    if (found)
        read_site(row, box, ret);
    int failed = sql_done(row);
    return failed ? failed : found ? 0 : -ENOENT;
}

int hub_load_site(struct hub *hub, const char *box, struct site_row *ret)
{
    return read_site_of(sql_select(hub->sql, SITE_OF_BOX, sql_text(box)), box, ret);
}

/* Nobody else takes anything of this site until the end of the transaction. */
static int lock_site(struct hub *hub, const char *box, struct site_row *ret)
{
    return read_site_of(sql_select(hub->sql, SITE_OF_BOX SQL_FOR_UPDATE, sql_text(box)), box, ret);
}

static int begin_of_epoch(struct hub *hub, const char *site, int64_t epoch, int64_t seq,
                          uint8_t ret_hash[CHAIN_HASH_SIZE])
{
    uint8_t base[CHAIN_HASH_SIZE];
    struct sql_query *row = sql_select(
        hub->sql, "SELECT base_epoch, base_hash, nonce FROM epoch WHERE site = ?1 AND epoch = ?2 AND base_seq = ?3",
        sql_text(site), sql_int(epoch), sql_int(seq));
    bool found = sql_next(row) && copy_bytes(row, 1, base, sizeof(base));
    if (found)
        chain_begin(ret_hash, site, epoch, sql_get_int(row, 0), seq, sql_get_int(row, 0) ? base : NULL,
                    sql_get_text(row, 2));
    int failed = sql_done(row);
    if (!failed && !found && epoch <= 1 && seq == 0) { /* the first one of all, and the feed */
        chain_begin(ret_hash, site, epoch, 0, 0, NULL, "");
        found = true;
    }
    return failed ? failed : found ? 0 : -ENOENT;
}

int hub_hash(struct hub *hub, const char *site, int64_t epoch, int64_t seq, uint8_t ret_hash[CHAIN_HASH_SIZE])
{
    struct sql_query *row =
        epoch
            ? sql_select(hub->sql, "SELECT hash FROM event WHERE site = ?1 AND epoch = ?2 AND seq = ?3", sql_text(site),
                         sql_int(epoch), sql_int(seq))
            : sql_select(hub->sql, "SELECT hash FROM feed WHERE site = ?1 AND seq = ?2", sql_text(site), sql_int(seq));
    bool found = sql_next(row) && copy_bytes(row, 0, ret_hash, CHAIN_HASH_SIZE);
    int failed = sql_done(row);
    return failed ? failed : found ? 0 : begin_of_epoch(hub, site, epoch, seq, ret_hash);
}

/* ---------------------------------------------------------------- the turn */

/* By box, so that several servers lock the sites' rows in one order; those of a box stay as they came. */
static struct list *place_in_queue(struct hub *hub, const char *box)
{
    struct list *next = &hub->messages;
    while (next->prev != &hub->messages && strcmp(LIST_ITEM(next->prev, struct message, link)->box, box) > 0)
        next = next->prev;
    return next;
}

int hub_receive(struct hub *hub, const char *box, enum wire_channel channel, const void *bytes, size_t length)
{
    if ((channel != WIRE_UP_SEGMENT && channel != WIRE_UP_CONTROL) || !wire_box_ok(box))
        return -EPROTO;
    if (length > WIRE_FRAME_MAX)
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
    message->held_since_us = 0;
    list_append(place_in_queue(hub, box), &message->link);
    hub->waiting++;
    return 0;
}

bool hub_holds(const struct hub *hub)
{
    return !list_empty(&hub->held);
}

/* Behind what came since: that may be what they wait for. */
static void try_held_again(struct hub *hub)
{
    struct message *message;
    LIST_EACH(message, &hub->held, struct message, link)
    {
        list_remove(&message->link);
        list_append(place_in_queue(hub, message->box), &message->link);
    }
    hub->held_count = 0;
}

/* The broker gives each server some of a site's segments, and those before this one may be in another's transaction. */
static void hold(struct hub *hub, struct message *message, int64_t now_us)
{
    if (message->held_since_us == 0)
        message->held_since_us = now_us;
    int64_t held_us = now_us - message->held_since_us;
    if (held_us < 0 || held_us >= hub->settings.early_ms * 1000 || hub->held_count == HELD_MAX)
        return;
    list_remove(&message->link);
    list_append(&hub->held, &message->link);
    hub->held_count++;
}

const char *hub_gen(const struct hub *hub)
{
    return hub->gen;
}

size_t hub_waiting(const struct hub *hub)
{
    return hub->waiting;
}

int64_t hub_taken(const struct hub *hub)
{
    return hub->taken;
}

/* A wrong message changes nothing but its count, and is never acknowledged. */
static int drop_message(struct hub *hub, const struct session *session)
{
    int result = sql_run(hub->sql, "ROLLBACK TO message", SQL_NO_VALUES);
    return result ? result
                  : sql_run(hub->sql, "UPDATE site SET dropped = dropped + 1 WHERE id = ?1", sql_text(session->site));
}

/* -EINVAL: this message is undone alone and the others stand. */
static int take_alone(struct hub *hub, struct session *session, const struct site_row *site,
                      const struct message *message, int64_t now_us)
{
    struct error why = {0};
    int result = sql_post(hub->sql, "SAVEPOINT message", SQL_NO_VALUES);
    if (result)
        return result;
    result = message->channel == WIRE_UP_SEGMENT ? hub_take_segment(hub, session, site, message, now_us, &why)
                                                 : hub_take_control(hub, session, message, now_us, &why);
    if (*why.text)
        hub->ops->note(hub->user, message->box, why.text);
    if (result && result != -EINVAL)
        return result;
    if (result)
        result = drop_message(hub, session);
    return result ? result : sql_post(hub->sql, "RELEASE message", SQL_NO_VALUES);
}

static int take_message(struct hub *hub, struct message *message, int64_t now_us)
{
    struct site_row site;
    int result = lock_site(hub, message->box, &site);
    if (result == -ENOENT) {
        hub->ops->note(hub->user, message->box,
                       "this box is not registered and gets no answer: add its site with \"floorhand-hq site add\"");
        return 0;
    }
    struct session *session = result ? NULL : hub_session(hub, site.id, message->box);
    if (!result && !session)
        result = -ENOMEM;
    if (result)
        return result;
    session->early = false;
    result = take_alone(hub, session, &site, message, now_us);
    if (!result && session->early)
        hold(hub, message, now_us);
    return result;
}

#ifdef FLOORHAND_DEFECTS
static int pay(struct hub *hub, struct session *session, int64_t now_us);

/* What head office must not do: answer before the commit. */
static void pay_early(struct hub *hub, int64_t now_us)
{
    struct session *session;
    LIST_EACH(session, &hub->owed, struct session, owed)
    {
        pay(hub, session, now_us);
    }
}
#endif

/* Last, so that the row that all servers share is locked for as short as can be. */
static int count_taken(struct hub *hub, int64_t now_us, struct error *error)
{
    struct office office = {.sql = hub->sql, .random = hub->random, .now_us = now_us};
    int result = hub->events > 0 ? usage_count_today(&office, USAGE_EVENTS, hub->events, error) : 0;
    return result || hub->labels == 0 ? result : usage_count_today(&office, USAGE_LABELS, hub->labels, error);
}

int hub_decide(struct hub *hub, int64_t now_us, struct error *error)
{
    int result = sql_run(hub->sql, SQL_BEGIN_ROWS, SQL_NO_VALUES);
    if (!result)
        result = flags_any_revoked(hub->sql, &hub->any_revoked);
    hub->events = hub->labels = 0;
    try_held_again(hub);
    struct message *message;
    LIST_EACH(message, &hub->messages, struct message, link)
    {
        if (result)
            break;
        result = take_message(hub, message, now_us);
    }
    if (!result)
        result = count_taken(hub, now_us, error);
#ifdef FLOORHAND_DEFECTS
    if (DEFECT(4) && !result)
        pay_early(hub, now_us);
#endif
    if (!result) {
        forget_messages(hub);
        hub->taken += hub->events;
        return 0;
    }
    office_failed(hub->sql, result, error);
    roll_back(hub);
    return result;
}

void hub_send_control(struct hub *hub, const struct session *session, struct wire_control *control)
{
    CLEANUP_BUF struct buf text = {.max = WIRE_CONTROL_MAX};
    snprintf(control->site, sizeof(control->site), "%s", session->site);
    wire_control_write(&text, control, &hub->random);
    wire_control_sign(&text, &hub->key);
    if (!text.failed)
        hub->ops->send(hub->user, session->site, session->box, WIRE_DOWN_CONTROL, text.data, text.length);
}

int hub_send_run(struct hub *hub, const struct session *session, struct wire_run *run, int64_t now_us)
{
    CLEANUP_BUF struct buf frame = {.max = WIRE_FRAME_MAX};
    const struct wire_ends ends = {session->site, hub->gen};
    int result = wire_run_write(&frame, run, &ends, &hub->key, now_us / 1000, NULL);
    if (!result)
        hub->ops->send(hub->user, session->site, session->box, WIRE_DOWN_SEGMENT, frame.data, frame.length);
    return result;
}

static void answer(struct hub *hub, const struct session *session, const struct site_row *site, enum wire_kind kind,
                   int64_t now_us)
{
    struct wire_control control = {
        .kind = kind,
        .epoch = site->epoch,
        .applied = site->applied,
        .durable_epoch = site->durable_epoch,
        .durable_seq = site->durable_seq,
        .durable_feed = site->durable_feed,
        .schema = WIRE_SCHEMA,
        .feed_head = site->feed_head,
        .feed_base = session->feed_base.seq,
        .window = hub->settings.window,
        .segment_max = hub->settings.segment_max,
        .linger_ms = hub->settings.linger_ms,
        .now_ms = now_us > 0 ? now_us / 1000 : 0,
    };
    snprintf(control.gen, sizeof(control.gen), "%s", hub->gen);
    chain_text(site->hash, control.applied_hash);
    chain_text(session->feed_base.hash, control.feed_hash);
    snprintf(control.nonce, sizeof(control.nonce), "%s", session->nonce);
    hub_send_control(hub, session, &control);
}

static void send_fence(struct hub *hub, const struct session *session, const struct site_row *site)
{
    struct wire_control fence = {.kind = WIRE_FENCE, .epoch = site->epoch, .retry_s = FENCE_RETRY_S};
    snprintf(fence.code, sizeof(fence.code), "%s", session->fence);
    snprintf(fence.nonce, sizeof(fence.nonce), "%s", session->fenced);
    hub_send_control(hub, session, &fence);
}

static int pay_feed(struct hub *hub, struct session *session, const struct site_row *site, int64_t now_us)
{
    if (session->welcome) {
        hub_feed_rewind(session, site->feed_acked);
        session->attempts = 0;
    }
    if (session->facked || session->feeds)
        hub_feed_progress(hub, session, site->feed_acked, now_us);
    return session->welcome || session->facked || session->feeds ? hub_feed_fill(hub, session, site, now_us) : 0;
}

static int pay(struct hub *hub, struct session *session, int64_t now_us)
{
    struct site_row site;
    int result = hub_load_site(hub, session->box, &site);
    if (result)
        return result;
    if (session->fence)
        send_fence(hub, session, &site);
    if (session->welcome)
        answer(hub, session, &site, WIRE_WELCOME, now_us);
    if (session->ack)
        answer(hub, session, &site, WIRE_ACK, now_us);
    if (session->grant)
        result = hub_send_grant(hub, session);
    if (!result && session->snapshot)
        result = hub_send_snapshot(hub, session, now_us);
    return result ? result : pay_feed(hub, session, &site, now_us);
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
