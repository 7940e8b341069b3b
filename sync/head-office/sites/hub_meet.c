/* Who speaks, and whether both sides have the same past: hello, probe, grant. */
#include "base/defect.h"
#include "sync/head-office/office.h"
#include "sync/head-office/orders/assignments.h"
#include "sync/head-office/sites/feed.h"
#include "sync/head-office/sites/hub_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define HOUR_US    INT64_C(3600000000)
#define GRANTS_MAX 3 /* in an hour: more, and two boxes fight for one name */

/* ---------------------------------------------------------------- hello */

/* The first hello of a site tells which box it is: from then on it is this one and no other. */
static int get_to_know(struct hub *hub, const struct session *session, const struct wire_control *hello,
                       const uint8_t key[WIRE_PUBLIC_KEY])
{
    return sql_run(hub->sql, "UPDATE site SET key = ?2, hardware = ?3 WHERE id = ?1", sql_text(session->site),
                   sql_blob(key, WIRE_PUBLIC_KEY), sql_text(hello->hardware));
}

static int set_fault(struct hub *hub, const struct session *session, const char *fault)
{
    return sql_run(hub->sql, "UPDATE site SET fault = ?2 WHERE id = ?1", sql_text(session->site), sql_text(fault));
}

/* The answer names the hello or the probe that it answers: boxes of one name hear it all, and only one is meant. What
 * is owed to another of them stays owed. */
static void refuse(struct session *session, const char *nonce, const char *code)
{
    session->fence = code;
    snprintf(session->fenced, sizeof(session->fenced), "%s", nonce);
}

static int raise_fault(struct hub *hub, struct session *session, const struct wire_control *message, const char *code,
                       const char *sentence, struct error *why)
{
    error_set(why, 0, "%s", sentence);
    refuse(session, message->nonce, code);
    return set_fault(hub, session, code);
}

/* *ret false: it was refused. */
static int may_come_in(struct hub *hub, struct session *session, const struct site_row *site,
                       const struct wire_control *hello, const uint8_t key[WIRE_PUBLIC_KEY], bool *ret,
                       struct error *why)
{
    *ret = false;
    if (site->former) {
        refuse(session, hello->nonce, site->fence);
        return 0;
    }
    *ret = !site->met;
    if (!site->met)
        return get_to_know(hub, session, hello, key);
    if (memcmp(site->key, key, WIRE_PUBLIC_KEY) != 0)
        return raise_fault(hub, session, hello, WIRE_FENCE_CLONE,
                           "another box than the registered one says it is this site's (another key): if it replaces "
                           "it, say so with \"floorhand-hq site claim\"",
                           why);
    if (!DEFECT(3) && strcmp(site->hardware, hello->hardware) != 0)
        return raise_fault(hub, session, hello, WIRE_FENCE_CLONE,
                           "the box's disk runs in another board than before: if it replaces the old one, say so with "
                           "\"floorhand-hq site claim\"; if there are two now, stop one",
                           why);
    *ret = !site->fence;
    if (site->fence) /* until a person has said which of the two is right */
        refuse(session, hello->nonce, site->fence);
    return 0;
}

/* The site has seen more of this database than it holds: it is an older copy, whatever it says. */
static bool has_lost(const struct hub *hub, const struct session *session, const struct site_row *site,
                     const struct wire_control *hello)
{
    return !DEFECT(7) && strcmp(hello->gen, hub->gen) == 0 &&
           (session->feed_base.seq < 0 || (hello->epoch == site->epoch && hello->applied > site->applied));
}

/* The mark, when it is this side's too; otherwise seq is -1. */
static int find_feed_base(struct hub *hub, struct session *session, const struct chain_mark *mark)
{
    uint8_t here[CHAIN_HASH_SIZE];
    int result = hub_hash(hub, session->site, 0, mark->seq, here);
    session->feed_base = *mark;
    if (result || memcmp(here, mark->hash, sizeof(here)) != 0)
        session->feed_base.seq = -1;
    return result == -ENOENT ? 0 : result;
}

/* It may hear lines again that name nobody by now. */
static int mend_feed(struct hub *hub, const struct session *session, int64_t now_us)
{
    struct office office = {.sql = hub->sql, .random = hub->random, .now_us = now_us};
    return feed_mend(&office, session->site, session->feed_base.seq);
}

static int renew_leases(struct hub *hub, const struct session *session, int64_t now_us)
{
    struct office office = {.sql = hub->sql, .random = hub->random, .now_us = now_us};
    return session->apart ? 0 : assignments_renew(&office, session->site);
}

static int keep_hello(struct hub *hub, const struct session *session, const struct wire_control *hello, int64_t now_us)
{
    return sql_run(hub->sql,
                   "UPDATE site SET boot = ?2, last_seen_us = ?3, feed_acked = CASE WHEN ?4 >= 0 THEN ?4 "
                   "ELSE feed_acked END WHERE id = ?1",
                   sql_text(session->site), sql_int(hello->boot), sql_int(now_us), sql_int(session->feed_base.seq));
}

static int take_hello(struct hub *hub, struct session *session, const struct wire_control *hello,
                      const uint8_t key[WIRE_PUBLIC_KEY], int64_t now_us, struct error *why)
{
    struct site_row site;
    struct chain_mark mark = {.seq = hello->feed_seq};
    int result = hub_load_site(hub, session->box, &site);
    if (result)
        return result;
    if (strcmp(hello->site, session->site) != 0)
        return error_set(why, -EINVAL, "the box says it belongs to site %s, but it is registered for %s", hello->site,
                         session->site);
    hub_owe(hub, session);
    bool welcome = false;
    result = may_come_in(hub, session, &site, hello, key, &welcome, why);
    if (result || !welcome)
        return result;
    snprintf(session->nonce, sizeof(session->nonce), "%s", hello->nonce);
    if (!chain_of_text(hello->feed_hash, mark.hash))
        return error_set(why, -EINVAL, "the box sent a hello without a hash");
    session->welcome = true;
    result = find_feed_base(hub, session, &mark);
    session->apart = session->feed_base.seq < 0;
    if (!result && !session->apart)
        result = mend_feed(hub, session, now_us);
    if (!result && has_lost(hub, session, &site, hello)) {
        error_set(why, 0,
                  "this database is an older copy than the box has known: the sites are asked for what it lost");
        result = office_renew_gen(hub->sql, &hub->random, hub->gen);
    }
    if (!result)
        result = renew_leases(hub, session, now_us);
    return result ? result : keep_hello(hub, session, hello, now_us);
}

/* ---------------------------------------------------------------- probe and grant */

/* The newest of the marks that is here with the same hash; epoch 0 and the number before the oldest line when none is.
 */
static int find_base(struct hub *hub, const struct session *session, const struct wire_control *probe,
                     struct chain_mark *ret)
{
    uint8_t here[CHAIN_HASH_SIZE];
    *ret = (struct chain_mark){.seq = probe->oldest - 1};
    for (size_t i = 0; i < probe->marks.count; i++) {
        const struct chain_mark *mark = &probe->marks.at[i];
        int result = mark->epoch ? hub_hash(hub, session->site, mark->epoch, mark->seq, here) : -ENOENT;
        if (result && result != -ENOENT)
            return result;
        if (!result && memcmp(here, mark->hash, sizeof(here)) == 0) {
            *ret = *mark;
            return 0;
        }
    }
    return 0;
}

/* Everything that came after the base, of whatever epoch, the box may not have. */
static int open_epoch(struct hub *hub, const struct session *session, int64_t epoch, const struct chain_mark *base,
                      int64_t now_us)
{
    char nonce[ID_TEXT_SIZE];
    uint8_t hash[CHAIN_HASH_SIZE];
    id_new(&hub->random, nonce);
    chain_begin(hash, session->site, epoch, base->epoch, base->seq, base->epoch ? base->hash : NULL, nonce);
    int result =
        sql_run(hub->sql,
                "INSERT INTO epoch (site, epoch, base_epoch, base_seq, base_hash, nonce, after_arrival, "
                "opened_us, probe) VALUES (?1, ?2, ?3, ?4, ?5, ?6, coalesce((SELECT arrival FROM event WHERE "
                "site = ?1 AND epoch = ?3 AND seq = ?4), 0), ?7, ?8)",
                sql_text(session->site), sql_int(epoch), sql_int(base->epoch), sql_int(base->seq),
                sql_blob(base->hash, sizeof(base->hash)), sql_text(nonce), sql_int(now_us), sql_text(session->nonce));
    return result ? result
                  : sql_run(hub->sql, "UPDATE site SET epoch = ?2, applied = ?3, hash = ?4 WHERE id = ?1",
                            sql_text(session->site), sql_int(epoch), sql_int(base->seq), sql_blob(hash, sizeof(hash)));
}

/* What the site has deleted, because a backup held it, and this database does not hold: it was restored from an older
 * one, or set up anew. */
static int note_loss(struct hub *hub, const struct session *session, int64_t seq, struct error *why)
{
    error_set(why, 0, "events up to number %lld of this site are neither there nor here: restore the last backup",
              (long long)seq);
    return sql_run(hub->sql, "UPDATE site SET lost_seq = ?2 WHERE id = ?1", sql_text(session->site), sql_int(seq));
}

static int grant(struct hub *hub, struct session *session, const struct site_row *site,
                 const struct wire_control *probe, int64_t now_us, struct error *why)
{
    int64_t grants = 0, answered = 0;
    struct chain_mark base;
    int result = sql_number(hub->sql, &grants,
                            "SELECT count(*) FROM epoch e JOIN site s ON s.id = e.site WHERE e.site = ?1 AND "
                            "opened_us > ?2 AND opened_us > claimed_us",
                            sql_text(session->site), sql_int(now_us - HOUR_US));
    if (!result)
        result = sql_number(hub->sql, &answered, "SELECT count(*) FROM epoch WHERE site = ?1 AND probe = ?2",
                            sql_text(session->site), sql_text(probe->nonce));
    if (result || answered)
        return result; /* a grant is never repeated: when it is lost, another hello and another number follow */
    if (grants >= GRANTS_MAX)
        return raise_fault(hub, session, probe, WIRE_FENCE_CHURN,
                           "the box changes its past again and again: there are two of it; stop one, then say "
                           "\"floorhand-hq site claim\"",
                           why);
    if (!result)
        result = find_base(hub, session, probe, &base);
    if (result)
        return result;
    session->grant = true;
    if (base.epoch == 0 && base.seq > 0)
        result = note_loss(hub, session, base.seq, why);
    if (result)
        return result;
    return open_epoch(hub, session, (site->epoch > probe->epoch ? site->epoch : probe->epoch) + 1, &base, now_us);
}

int hub_send_grant(struct hub *hub, const struct session *session)
{
    struct wire_control message = {.kind = WIRE_GRANT};
    snprintf(message.nonce, sizeof(message.nonce), "%s", session->nonce);
    struct sql_query *row =
        sql_select(hub->sql,
                   "SELECT e.epoch, base_epoch, base_seq, base_hash, nonce FROM epoch e JOIN site s "
                   "ON s.id = e.site AND s.epoch = e.epoch WHERE s.id = ?1",
                   sql_text(session->site));
    if (sql_next(row)) {
        size_t length;
        message.epoch = sql_get_int(row, 0);
        message.base_epoch = sql_get_int(row, 1);
        message.base_seq = sql_get_int(row, 2);
        chain_text(sql_get_blob(row, 3, &length), message.base_hash);
        sql_copy_text(row, 4, message.grant_nonce, sizeof(message.grant_nonce));
        hub_send_control(hub, session, &message);
    }
    return sql_done(row);
}

/* The places of the feed: the newest that both have, or its very beginning. */
static int agree_on_feed(struct hub *hub, struct session *session, const struct wire_control *probe)
{
    for (size_t i = 0; i < probe->feed_marks.count; i++) {
        int result = find_feed_base(hub, session, &probe->feed_marks.at[i]);
        if (result || session->feed_base.seq >= 0)
            return result;
    }
    session->feed_base = (struct chain_mark){0};
    return hub_hash(hub, session->site, 0, 0, session->feed_base.hash);
}

static int take_probe(struct hub *hub, struct session *session, const struct wire_control *probe, int64_t now_us,
                      struct error *why)
{
    struct site_row site;
    int result = hub_load_site(hub, session->box, &site);
    if (result)
        return result;
    hub_owe(hub, session);
    if (site.fence) {
        refuse(session, probe->nonce, site.fence);
        return 0;
    }
    snprintf(session->nonce, sizeof(session->nonce), "%s", probe->nonce);
    if (probe->feed_marks.count == 0)
        return grant(hub, session, &site, probe, now_us, why);
    session->welcome = true;
    return agree_on_feed(hub, session, probe);
}

/* ---------------------------------------------------------------- the rest */

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
    hub_owe(hub, session);
    session->facked = true;
    return sql_run(hub->sql,
                   "UPDATE site SET feed_acked = CASE WHEN feed_acked < ?2 THEN ?2 ELSE feed_acked END WHERE id = ?1",
                   sql_text(session->site), sql_int(fack->seq));
}

/* But for a hello, which may bring a new key, only what the registered key has signed is parsed. */
static int check_writer(struct hub *hub, const struct session *session, const uint8_t key[WIRE_PUBLIC_KEY],
                        bool *ret_known)
{
    struct site_row site;
    int result = hub_load_site(hub, session->box, &site);
    *ret_known = !result && site.met && !site.former && memcmp(site.key, key, WIRE_PUBLIC_KEY) == 0;
    return result;
}

int hub_take_control(struct hub *hub, struct session *session, const struct message *message, int64_t now_us,
                     struct error *why)
{
    struct wire_control control;
    uint8_t key[WIRE_PUBLIC_KEY];
    bool known = false;
    if (wire_control_verify(message->bytes, message->length, key, why) != 0)
        return -EINVAL;
    int result = check_writer(hub, session, key, &known);
    if (result)
        return result;
    result = wire_control_parse(message->bytes, message->length, &control, why);
    if (result == -ENOTSUP) { /* of a newer version */
        why->text[0] = '\0';
        return 0;
    }
    if (result)
        return -EINVAL;
    if (control.kind == WIRE_HELLO)
        return take_hello(hub, session, &control, key, now_us, why);
    if (!known || strcmp(control.site, session->site) != 0)
        return error_set(why, -EINVAL, "the box sent a message that another key has signed");
    switch (control.kind) {
    case WIRE_PROBE:
        return take_probe(hub, session, &control, now_us, why);
    case WIRE_FACK:
        return take_fack(hub, session, &control, why);
    case WIRE_SNAP_ASK:
        return hub_take_snap_ask(hub, session, &control, now_us);
    default:
        return error_set(why, -EINVAL, "the box sent a message that only head office may send");
    }
}
