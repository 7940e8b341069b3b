#include "sync/head-office/shops/shops.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_FIRST_US SHOP_SECOND_US
#define WAIT_MOST_US  (300 * SHOP_SECOND_US)
#define AHEAD_SAME_US (2 * SHOP_SECOND_US) /* a Date header has whole seconds, and travels */
#define HEARD_SAME_US (10 * SHOP_SECOND_US)

const struct shop_trouble shop_troubles[] = {
    {SHOP_TROUBLE_AUTH, true, "the platform does not let head office in any more: authorise the shop anew (shop.token)",
     "平台授权失效，请重新授权"},
    {SHOP_TROUBLE_SIGN, true, "the platform does not take the signature: correct the secret (shop.set)",
     "签名错误，请检查密钥"},
    {SHOP_TROUBLE_CLOCK, false, "the platform takes its clock and ours to differ: look at the time of this machine",
     "时间偏差，请检查服务器时间"},
    {SHOP_TROUBLE_UNREACHABLE, false, "the platform does not answer as it should: it is tried again",
     "平台无响应，正在重试"},
    {0},
};

const struct shop_trouble *shop_trouble_find(const char *name)
{
    for (const struct shop_trouble *trouble = shop_troubles; trouble->name; trouble++)
        if (strcmp(trouble->name, name) == 0)
            return trouble;
    return NULL;
}

/* ---------------------------------------------------------------- transactions */

/* Rows of shops alone: programs work beside each other. */
static int begin(struct office *office, struct error *error)
{
    int result = sql_run(office->sql, SQL_BEGIN_ROWS, SQL_NO_VALUES);
    return result ? office_failed(office->sql, result, error) : 0;
}

static int end(struct office *office, int result, struct error *error)
{
    if (result)
        office_failed(office->sql, result, error);
    else
        result = office_commit(office, error);
    office_rollback(office);
    return result;
}

/* ---------------------------------------------------------------- the account */

static void take_account(struct sql_query *row, struct shop *shop)
{
    struct platform_shop *account = &shop->account;
    const struct {
        char *out;
        size_t capacity;
    } texts[] = {
        {account->id, sizeof(account->id)},
        {account->gateway, sizeof(account->gateway)},
        {account->app_key, sizeof(account->app_key)},
        {account->app_secret, sizeof(account->app_secret)},
        {account->sign_secret, sizeof(account->sign_secret)},
        {account->push_secret, sizeof(account->push_secret)},
        {account->sign_method, sizeof(account->sign_method)},
        {account->place, sizeof(account->place)},
        {account->access_token, sizeof(account->access_token)},
        {account->refresh_token, sizeof(account->refresh_token)},
        {shop->carrier, sizeof(shop->carrier)},
        {shop->trouble, sizeof(shop->trouble)},
    };
    int64_t *const numbers[] = {&shop->poll_s,          &shop->history_s, &shop->expires_us, &shop->refreshed_us,
                                &shop->refresh_next_us, &shop->waits,     &shop->ahead_us};
    for (size_t i = 0; i < COUNT(texts); i++)
        sql_copy_text(row, (int)i, texts[i].out, texts[i].capacity);
    for (size_t i = 0; i < COUNT(numbers); i++)
        *numbers[i] = sql_get_int(row, (int)(COUNT(texts) + i));
}

int shops_load(struct office *office, const char *code, shops_find *find, struct shop *ret, struct error *error)
{
    char platform[65] = "";
    *ret = (struct shop){0};
    text_copy(ret->code, sizeof(ret->code), code);
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT a.platform_shop, a.gateway, a.app_key, a.app_secret, a.sign_secret, a.push_secret, a.sign_method,"
        " a.place, a.access_token, a.refresh_token, s.carrier, h.trouble, s.poll_s, s.history_days * 86400, "
        "a.expires_us,"
        " a.refreshed_us, a.refresh_next_us, h.waits, h.ahead_us, s.platform FROM shop s JOIN shop_account a ON a.shop "
        "="
        " s.code JOIN shop_health h ON h.shop = s.code WHERE s.code = ?1",
        sql_text(code));
    if (sql_next(row)) {
        take_account(row, ret);
        sql_copy_text(row, 19, platform, sizeof(platform));
    }
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    ret->platform = find(platform);
    return ret->platform ? 0 : error_set(error, -ENOENT, "there is no shop \"%s\" on a platform", code);
}

int shops_add(struct office *office, const char *code, const char *platform, const char *name, struct error *error)
{
    int result = sql_run(office->sql, "INSERT INTO shop (code, platform, name) VALUES (?1, ?2, ?3)", sql_text(code),
                         sql_text(platform), sql_text(name));
    if (result == -EEXIST)
        return error_set(error, result, "there is a shop \"%s\" already: shop.set changes it", code);
    if (!result)
        result = sql_run(office->sql, "INSERT INTO shop_account (shop, app_key, app_secret) VALUES (?1, '', '')",
                         sql_text(code));
    if (!result)
        result = sql_run(office->sql, "INSERT INTO shop_health (shop) VALUES (?1)", sql_text(code));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* A person has changed what was wrong: it is tried at once. */
static int try_again(struct office *office, const char *code)
{
    return sql_run(
        office->sql,
        "UPDATE shop_health SET trouble = '', said = '', wait_us = 0, waits = 0, next_us = 0 WHERE shop = ?1",
        sql_text(code));
}

int shops_set_account(struct office *office, const char *code, const struct shop_account *account, struct error *error)
{
    int result = sql_run(office->sql,
                         "UPDATE shop_account SET platform_shop = coalesce(nullif(?2, ''), platform_shop), gateway ="
                         " coalesce(nullif(?3, ''), gateway), app_key = coalesce(nullif(?4, ''), app_key), app_secret ="
                         " coalesce(nullif(?5, ''), app_secret), sign_secret = coalesce(nullif(?6, ''), sign_secret),"
                         " push_secret = coalesce(nullif(?7, ''), push_secret), sign_method = coalesce(nullif(?8, ''),"
                         " sign_method), place = coalesce(nullif(?9, ''), place) WHERE shop = ?1",
                         sql_text(code), sql_text(account->platform_shop), sql_text(account->gateway),
                         sql_text(account->app_key), sql_text(account->app_secret), sql_text(account->sign_secret),
                         sql_text(account->push_secret), sql_text(account->sign_method), sql_text(account->place));
    result = office_changed(office->sql, result, "shop", code, error);
    if (result)
        return result;
    result = try_again(office, code);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* A platform that is spoken to by others may be able to do anything. */
static int check_prices_can_follow(struct office *office, const char *code, struct error *error)
{
    const struct platform *platform = NULL;
    struct sql_query *row = sql_select(office->sql, "SELECT platform FROM shop WHERE code = ?1", sql_text(code));
    if (sql_next(row))
        platform = platform_find(sql_get_text(row, 0));
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    return !platform || (platform->caps.abilities & PLATFORM_PRICES)
               ? 0
               : error_set(error, -EINVAL, "%s does not let prices be changed from outside", platform->title);
}

int shops_set_rules(struct office *office, const char *code, const struct shop_rules *rules, struct error *error)
{
    int result = rules->prices == 1 ? check_prices_can_follow(office, code, error) : 0;
    if (result)
        return result;
    result = sql_run(office->sql,
                     "UPDATE shop SET name = coalesce(nullif(?2, ''), name), carrier = coalesce(nullif(?3, ''),"
                     " carrier), poll_s = CASE WHEN ?4 > 0 THEN ?4 ELSE poll_s END, history_days = CASE WHEN ?5 >= 0"
                     " THEN ?5 ELSE history_days END, offers = CASE WHEN ?6 >= 0 THEN ?6 ELSE offers END, buffer ="
                     " CASE WHEN ?7 >= 0 THEN ?7 ELSE buffer END, ratio = CASE WHEN ?8 >= 0 THEN ?8 ELSE ratio END,"
                     " prices = CASE WHEN ?9 >= 0 THEN ?9 ELSE prices END WHERE code = ?1",
                     sql_text(code), sql_text(rules->name), sql_text(rules->carrier), sql_int(rules->poll_s),
                     sql_int(rules->history_days), sql_int(rules->offers), sql_int(rules->buffer),
                     sql_int(rules->ratio), sql_int(rules->prices));
    return office_changed(office->sql, result, "shop", code, error);
}

int shops_set_running(struct office *office, const char *code, bool running, struct error *error)
{
    int result = sql_run(office->sql,
                         "UPDATE shop SET running = ?2 WHERE code = ?1 AND EXISTS (SELECT 1 FROM shop_account a WHERE"
                         " a.shop = code)",
                         sql_text(code), sql_int(running));
    result = office_changed(office->sql, result, "shop on a platform", code, error);
    if (result)
        return result;
    result = try_again(office, code);
    return result ? office_failed(office->sql, result, error) : 0;
}

int shops_set_tokens(struct office *office, const char *code, const struct platform_tokens *tokens, struct error *error)
{
    int result = sql_run(office->sql,
                         "UPDATE shop_account SET access_token = ?2, refresh_token = coalesce(nullif(?3, ''),"
                         " refresh_token), expires_us = ?4, refresh_expires_us = CASE WHEN ?5 > 0 THEN ?5 ELSE"
                         " refresh_expires_us END, refreshed_us = ?6, refresh_next_us = ?7 WHERE shop = ?1",
                         sql_text(code), sql_text(tokens->access), sql_text(tokens->refresh),
                         sql_int(tokens->expires_us), sql_int(tokens->refresh_expires_us), sql_int(office->now_us),
                         sql_int(office->now_us + SHOP_REFRESH_AGAIN_US));
    result = office_changed(office->sql, result, "shop", code, error);
    if (result)
        return result;
    result = try_again(office, code);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- whose it is */

/* What stops is named here once more: a statement is a literal. */
#define NOT_STOPPED "h.trouble NOT IN ('auth', 'sign')"

static int find_next(struct office *office, const char *worker, char ret_code[SHOP_CODE_SIZE])
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT h.shop FROM shop_health h JOIN shop s ON s.code = h.shop WHERE s.running = 1"
        " AND " NOT_STOPPED
        " AND h.wait_us <= ?1 AND (h.worker = ?2 OR h.lease_us <= ?1) AND (h.next_us <= ?1 OR EXISTS"
        " (SELECT 1 FROM outbox o WHERE o.shop = h.shop AND o.state IN ('waiting', 'sending', 'uncertain') AND"
        " o.next_us <= ?1)) ORDER BY h.served_us, h.shop LIMIT 1",
        sql_int(office->now_us), sql_text(worker));
    bool found = sql_next(row);
    if (found)
        sql_copy_text(row, 0, ret_code, SHOP_CODE_SIZE);
    int failed = sql_done(row);
    return failed ? failed : found ? 0 : -ENOENT;
}

int shops_next(struct office *office, const char *worker, char ret_code[SHOP_CODE_SIZE], struct error *error)
{
    int result = sql_run(office->sql, SQL_BEGIN, SQL_NO_VALUES);
    if (!result)
        result = find_next(office, worker, ret_code);
    if (result == -ENOENT) {
        office_rollback(office);
        return result;
    }
    if (!result)
        result = sql_run(
            office->sql, "UPDATE shop_health SET worker = ?2, lease_us = ?3, served_us = ?4 WHERE shop = ?1",
            sql_text(ret_code), sql_text(worker), sql_int(office->now_us + SHOP_LEASE_US), sql_int(office->now_us));
    return end(office, result, error);
}

int shops_keep(struct office *office, const char *worker, const char *code, struct error *error)
{
    int result =
        sql_run(office->sql, "UPDATE shop_health SET lease_us = ?3 WHERE shop = ?1 AND worker = ?2 AND lease_us > ?4",
                sql_text(code), sql_text(worker), sql_int(office->now_us + SHOP_LEASE_US), sql_int(office->now_us));
    if (result)
        return office_failed(office->sql, result, error);
    return sql_changes(office->sql) == 1
               ? 0
               : error_set(error, -ESTALE, "shop \"%s\" is another program's by now: this one was too slow", code);
}

int shops_rest(struct office *office, const char *worker, const char *code, int64_t next_us, bool keep,
               struct error *error)
{
    int result = sql_run(office->sql,
                         "UPDATE shop_health SET next_us = ?3, lease_us = CASE WHEN ?4 = 1 THEN lease_us ELSE 0 END,"
                         " worker = CASE WHEN ?4 = 1 THEN worker ELSE '' END WHERE shop = ?1 AND worker = ?2",
                         sql_text(code), sql_text(worker), sql_int(next_us), sql_int(keep));
    return result ? office_failed(office->sql, result, error) : 0;
}

int shops_free(struct office *office, const char *worker, struct error *error)
{
    int result =
        sql_run(office->sql, "UPDATE shop_health SET worker = '', lease_us = 0 WHERE worker = ?1", sql_text(worker));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- how it goes */

static int write_trouble(struct office *office, struct shop *shop, const char *trouble, const char *said)
{
    bool same = strcmp(shop->trouble, trouble) == 0;
    text_copy(shop->trouble, sizeof(shop->trouble), trouble);
    return sql_run(office->sql,
                   "UPDATE shop_health SET trouble = ?2, said = ?3, since_us = CASE WHEN ?4 = 1 THEN since_us ELSE ?5"
                   " END WHERE shop = ?1",
                   sql_text(shop->code), sql_text(trouble), sql_text(said), sql_int(same), sql_int(office->now_us));
}

int shops_set_trouble(struct office *office, struct shop *shop, const char *trouble, const char *said,
                      struct error *error)
{
    int result = begin(office, error);
    return result ? result : end(office, write_trouble(office, shop, trouble, said), error);
}

/* Twice as long each time, up to the most, and not all at once: a half to the whole of it. */
static int64_t back_off(struct office *office, int64_t times)
{
    int64_t most = WAIT_FIRST_US << (times < 12 ? times : 12);
    uint32_t chance;
    if (most > WAIT_MOST_US)
        most = WAIT_MOST_US;
    office->random.fill(office->random.user, &chance, sizeof(chance));
    return most / 2 + (int64_t)(chance % (uint32_t)(most / 2 + 1));
}

/* As long as the platform says, and up to a second more: of shops that share an application, and its limit, one would
 * find each second taken by another, were it always there at the same instant. */
static int64_t as_told(struct office *office, int64_t seconds)
{
    uint32_t chance;
    office->random.fill(office->random.user, &chance, sizeof(chance));
    return seconds * SHOP_SECOND_US + (int64_t)(chance % SHOP_SECOND_US);
}

static int note_wait(struct office *office, struct shop *shop, const struct platform_fault *fault)
{
    int64_t wait_us = fault->retry_s > 0 ? as_told(office, fault->retry_s) : back_off(office, shop->waits);
    shop->waits++;
    shop->left_alone = true;
    return sql_run(office->sql, "UPDATE shop_health SET wait_us = ?2, waits = ?3 WHERE shop = ?1", sql_text(shop->code),
                   sql_int(office->now_us + wait_us), sql_int(shop->waits));
}

static int note_well(struct office *office, struct shop *shop)
{
    bool clears = *shop->trouble && !shop_trouble_find(shop->trouble)->stops;
    if (clears)
        *shop->trouble = '\0';
    shop->waits = 0;
    return sql_run(office->sql,
                   "UPDATE shop_health SET heard_us = ?2, waits = 0, trouble = CASE WHEN ?3 = 1 THEN '' ELSE trouble"
                   " END, said = CASE WHEN ?3 = 1 THEN '' ELSE said END WHERE shop = ?1 AND (heard_us < ?4 OR waits > 0"
                   " OR ?3 = 1)",
                   sql_text(shop->code), sql_int(office->now_us), sql_int(clears),
                   sql_int(office->now_us - HEARD_SAME_US));
}

/* The platform's clock, as its answers tell it. */
static int note_clock(struct office *office, struct shop *shop, const struct platform_fault *fault, int64_t local_us)
{
    int64_t ahead_us = fault->clock_us + SHOP_SECOND_US / 2 - local_us;
    if (fault->clock_us == 0 || llabs(ahead_us - shop->ahead_us) < AHEAD_SAME_US)
        return 0;
    shop->ahead_us = ahead_us;
    return sql_run(office->sql, "UPDATE shop_health SET ahead_us = ?2 WHERE shop = ?1", sql_text(shop->code),
                   sql_int(ahead_us));
}

/* What a class says of the whole shop; the others are a matter of the one call. AUTH_EXPIRED is cured by a fresh token,
 * and is one's trouble only when there is none. */
static const char *trouble_of(enum platform_class class)
{
    switch (class) {
    case PLATFORM_AUTH_REVOKED:
        return SHOP_TROUBLE_AUTH;
    case PLATFORM_BAD_SIGN:
        return SHOP_TROUBLE_SIGN;
    case PLATFORM_CLOCK:
        return SHOP_TROUBLE_CLOCK;
    case PLATFORM_RETRY:
    case PLATFORM_UNCERTAIN:
        return SHOP_TROUBLE_UNREACHABLE;
    default:
        return NULL;
    }
}

static int note(struct office *office, struct shop *shop, const struct platform_fault *fault, int64_t local_us)
{
    const char *trouble = trouble_of(fault->class);
    int64_t ahead_us = shop->ahead_us;
    int result = note_clock(office, shop, fault, local_us);
    bool corrected = fault->class == PLATFORM_CLOCK && shop->ahead_us != ahead_us;
    if (!result &&
        (fault->class == PLATFORM_THROTTLED || (trouble && !shop_trouble_find(trouble)->stops && !corrected)))
        result = note_wait(office, shop, fault);
    if (!result && trouble && !corrected)
        result = write_trouble(office, shop, trouble, fault->message);
    if (!result && fault->class == PLATFORM_OK)
        result = note_well(office, shop);
    return result;
}

int shops_note(struct office *office, struct shop *shop, const struct platform_fault *fault, int64_t local_us,
               struct error *error)
{
    int result = begin(office, error);
    return result ? result : end(office, note(office, shop, fault, local_us), error);
}

/* ---------------------------------------------------------------- what carriers are called */

int shops_set_carrier(struct office *office, const char *code, const char *carrier, const char *name,
                      struct error *error)
{
    int result =
        sql_run(office->sql,
                "INSERT INTO shop_carrier (shop, carrier, code) VALUES (?1, ?2, ?3) ON CONFLICT (shop, carrier)"
                " DO UPDATE SET code = excluded.code",
                sql_text(code), sql_text(carrier), sql_text(name));
    result = office_named(office->sql, result, "shop", code, error);
    if (result)
        return result;
    result = sql_run(office->sql,
                     "UPDATE outbox SET state = 'waiting', next_us = 0, ended_us = NULL WHERE shop = ?1 AND state ="
                     " 'refused' AND class = 'carrier'",
                     sql_text(code));
    return result ? office_failed(office->sql, result, error) : 0;
}

int shops_carrier_code(struct office *office, const char *code, const char *carrier, char *out, size_t capacity)
{
    struct sql_query *row = sql_select(office->sql, "SELECT code FROM shop_carrier WHERE shop = ?1 AND carrier = ?2",
                                       sql_text(code), sql_text(carrier));
    *out = '\0';
    if (sql_next(row))
        sql_copy_text(row, 0, out, capacity);
    return sql_done(row);
}
