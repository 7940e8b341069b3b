#include "sync/head-office/shops/platform_orders.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/aftersales/refunds.h"
#include "sync/head-office/shops/attention.h"
#include "sync/head-office/shops/platform_taking.h"
#include "sync/head-office/tenants/usage.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAKE_AT_ONCE "20"

/* ---------------------------------------------------------------- what is the same */

static void digest(const struct buf *text, char out[DIGEST_SIZE])
{
    uint8_t hash[(DIGEST_SIZE - 1) / 2];
    crypto_generichash(hash, sizeof(hash), (const uint8_t *)buf_text(text), text->length, NULL, 0);
    for (size_t i = 0; i < sizeof(hash); i++)
        snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

static bool is_usable(const struct platform_order *order)
{
    bool whole = *order->name && *order->phone && *order->address;
    return (order->overlays & PLATFORM_MASKED) == 0 && (whole || *order->sealed);
}

/* "" when nothing of it could be sent anywhere. */
static void digest_receiver(const struct platform_order *order, char out[DIGEST_SIZE])
{
    CLEANUP_BUF struct buf text = {0};
    const char *const parts[] = {order->name,     order->phone, order->province, order->city,
                                 order->district, order->town,  order->address,  order->sealed};
    for (size_t i = 0; i < COUNT(parts); i++)
        json_text(&text, NULL, parts[i]);
    digest(&text, out);
    if (!is_usable(order))
        *out = '\0';
}

/* What would change what is taken off a shelf. */
static void digest_lines(const struct taking *taking, char out[DIGEST_SIZE])
{
    const struct platform_order *order = taking->order;
    CLEANUP_BUF struct buf text = {0};
    for (size_t i = 0; i < order->line_count; i++) {
        const struct platform_line *line = taking->lines[i];
        json_open_object(&text, NULL);
        json_text(&text, "id", line->id);
        json_text(&text, "item", line->item);
        json_text(&text, "sku", line->sku);
        json_text(&text, "code", line->code);
        json_int(&text, "quantity", line->quantity);
        json_close_object(&text);
    }
    digest(&text, out);
}

static void put_money(const struct taking *taking, struct buf *text)
{
    const struct platform_order *order = taking->order;
    const int64_t figures[] = {
        order->goods_minor, order->freight_minor, order->discount_minor, order->platform_discount_minor,
        order->paid_minor,  order->paid_us,       order->ship_by_us,     order->state,
        order->overlays};
    for (size_t i = 0; i < COUNT(figures); i++)
        json_int(text, NULL, figures[i]);
    for (size_t i = 0; i < order->line_count; i++) {
        json_int(text, NULL, taking->lines[i]->price_minor);
        json_int(text, NULL, taking->lines[i]->paid_minor);
        json_int(text, NULL, taking->lines[i]->overlays);
        json_bool(text, NULL, taking->lines[i]->shipped);
    }
}

static void digest_all(const struct taking *taking, char out[DIGEST_SIZE])
{
    CLEANUP_BUF struct buf text = {0};
    const struct platform_order *order = taking->order;
    const char *const parts[] = {taking->receiver_hash, taking->lines_hash, order->status,      order->currency,
                                 order->buyer,          order->buyer_note,  order->seller_note, order->waybill};
    for (size_t i = 0; i < COUNT(parts); i++)
        json_text(&text, NULL, parts[i]);
    put_money(taking, &text);
    digest(&text, out);
}

/* Platforms do not always name the lines in the same order. */
static int compare_lines(const void *one, const void *other)
{
    const struct platform_line *a = *(const struct platform_line *const *)one;
    const struct platform_line *b = *(const struct platform_line *const *)other;
    int result = strcmp(a->id, b->id);
    if (!result)
        result = strcmp(a->sku, b->sku);
    return result ? result : (a > b) - (a < b);
}

static void sort_lines(struct taking *taking)
{
    size_t count = taking->order->line_count < PLATFORM_LINES_MAX ? taking->order->line_count : PLATFORM_LINES_MAX;
    for (size_t i = 0; i < count; i++)
        taking->lines[i] = &taking->order->lines[i];
    qsort(taking->lines, count, sizeof(taking->lines[0]), compare_lines);
}

static void digest_order(struct taking *taking)
{
    sort_lines(taking);
    digest_receiver(taking->order, taking->receiver_hash);
    digest_lines(taking, taking->lines_hash);
    digest_all(taking, taking->hash);
}

/* ---------------------------------------------------------------- what was said before */

struct said {
    bool found, again, forgotten;
    int64_t modified_us;
    char hash[DIGEST_SIZE];
};

/* SHOP-ID; check() has it whether it fits. */
static void name_order(struct taking *taking)
{
    CLEANUP_BUF struct buf name = {0};
    buf_printf(&name, "%s-%s", taking->source->shop, taking->order->id);
    text_copy(taking->number, sizeof(taking->number), buf_text(&name));
}

/* Our order may have come from another system's file, under a number of its own. */
static int load_said(struct taking *taking, struct said *ret)
{
    struct sql_query *row = sql_select(taking->office->sql,
                                       "SELECT p.modified_us, p.hash, p.again, p.number, p.receiver, p.lines, o.number,"
                                       " o.forgotten FROM (SELECT CAST(?1 AS TEXT) AS"
                                       " shop, CAST(?2 AS TEXT) AS id) w LEFT JOIN platform_order p ON p.shop = w.shop "
                                       "AND p.id = w.id LEFT JOIN orders"
                                       " o ON o.shop = w.shop AND o.platform_order = w.id AND o.origin = 'sale'",
                                       sql_text(taking->source->shop), sql_text(taking->order->id));
    *ret = (struct said){0};
    if (sql_next(row)) {
        bool told = !sql_get_null(row, 3), here = !sql_get_null(row, 6);
        ret->found = !sql_get_null(row, 0);
        ret->modified_us = sql_get_int(row, 0);
        sql_copy_text(row, 1, ret->hash, sizeof(ret->hash));
        ret->again = sql_get_int(row, 2) != 0;
        taking->known = told || here;
        sql_copy_text(row, told ? 3 : 6, taking->number, sizeof(taking->number));
        sql_copy_text(row, 4, taking->before_receiver, told ? sizeof(taking->before_receiver) : 1);
        sql_copy_text(row, 5, taking->before_lines, told ? sizeof(taking->before_lines) : 1);
        ret->forgotten = sql_get_int(row, 7) == 2;
    }
    int failed = sql_done(row);
    if (!failed && !taking->known)
        name_order(taking);
    return failed;
}

static int write_said(const struct taking *taking, const char *trouble)
{
    const struct platform_order *order = taking->order;
    bool keeps = !*taking->receiver_hash && !taking->forgets_receiver;
    const char *receiver = keeps ? taking->before_receiver : taking->receiver_hash;
    return sql_post(
        taking->office->sql,
        "INSERT INTO platform_order (shop, id, number, modified_us, hash, receiver, lines, raw, taken_us, trouble,"
        " again)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (shop, id) DO UPDATE SET number ="
        " coalesce(excluded.number, platform_order.number), modified_us = excluded.modified_us, hash = excluded.hash,"
        " receiver = excluded.receiver, lines = excluded.lines, raw = excluded.raw, taken_us = excluded.taken_us,"
        " again = excluded.again, trouble = excluded.trouble",
        sql_text(taking->source->shop), sql_text(order->id), sql_text(*trouble ? NULL : taking->number),
        sql_int(order->modified_us), sql_text(taking->hash), sql_text(receiver),
        sql_text(taking->keeps_lines ? taking->before_lines : taking->lines_hash),
        sql_secret(order->raw ? order->raw : ""), sql_int(taking->office->now_us), sql_text(trouble),
        sql_int(taking->is_back));
}

/* ---------------------------------------------------------------- taking */

static int check(const struct taking *taking, struct error *error)
{
    const struct platform_order *order = taking->order;
    if (strlen(taking->source->shop) + 1 + strlen(order->id) >= sizeof(taking->number))
        return error_set(error, -EINVAL, "its number is too long");
    if (order->line_count == 0 || order->line_count > PLATFORM_LINES_MAX)
        return error_set(error, -EINVAL, "it has no lines, or too many");
    for (size_t i = 0; i < order->line_count; i++)
        if (order->lines[i].quantity < 1 || order->lines[i].quantity > QUANTITY_MAX)
            return error_set(error, -EINVAL, "line %s has no quantity that could be picked", order->lines[i].id);
    return 0;
}

static int check_quota(const struct taking *taking, struct error *error)
{
    return taking->known ? 0 : quota_check_orders(taking->office, taking->settings->utc_offset_min, 1, error);
}

/* What is wrong with one order is that order's matter: the others of the page are taken. */
static int take_alone(struct taking *taking, struct error *error)
{
    struct sql *sql = taking->office->sql;
    int result = check(taking, error);
    if (!result)
        result = check_quota(taking, error);
    if (result)
        return result;
    result = sql_post(sql, "SAVEPOINT platform_order", SQL_NO_VALUES);
    if (result)
        return office_failed(sql, result, error);
    result = platform_taking_apply(taking, error);
    if (!result) { /* what was posted and not told of yet */
        result = sql_await(sql);
        result = result ? office_failed(sql, result, error) : 0;
    }
    if (result == -EPERM || result == -EEXIST || result == -EALREADY || result == -ENOENT)
        result = -EINVAL;
    int ended = result == -EINVAL ? sql_run(sql, "ROLLBACK TO platform_order", SQL_NO_VALUES) : 0;
    if (!ended && (!result || result == -EINVAL))
        ended = sql_post(sql, "RELEASE platform_order", SQL_NO_VALUES);
    return ended ? office_failed(sql, ended, error) : result;
}

static int keep_not_taken(struct taking *taking, const char *why, struct error *error)
{
    int result = write_said(taking, why);
    if (!result)
        result = attention_raise(taking->office, taking->source->shop, taking->order->id, ATTENTION_NOT_TAKEN, why);
    return result ? office_failed(taking->office->sql, result, error) : 0;
}

static int keep_waiting(struct taking *taking, struct error *error)
{
    struct error why = *error;
    int result = keep_not_taken(taking, why.text, error);
    if (result)
        return result;
    result = sql_run(taking->office->sql,
                     "INSERT INTO order_waiting (shop, id, since_us) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                     sql_text(taking->source->shop), sql_text(taking->order->id), sql_int(taking->office->now_us));
    return result ? office_failed(taking->office->sql, result, error) : 0;
}

/* new_again: it could not be taken before. */
static int keep_taken(struct taking *taking, bool is_new, bool new_again, struct error *error)
{
    int result = write_said(taking, "");
    if (!result && new_again)
        result = attention_end(taking->office, taking->order->id, ATTENTION_NOT_TAKEN);
    if (result)
        return office_failed(taking->office->sql, result, error);
    return is_new ? refunds_order_came(taking->office, taking->source->shop, taking->order->id, error) : 0;
}

/* The same, said again at a later time: only that is written. */
static int keep_time(struct taking *taking, const struct said *said, struct error *error)
{
    if (taking->order->modified_us == said->modified_us)
        return 0;
    int result =
        sql_post(taking->office->sql, "UPDATE platform_order SET modified_us = ?3 WHERE shop = ?1 AND id = ?2",
                 sql_text(taking->source->shop), sql_text(taking->order->id), sql_int(taking->order->modified_us));
    return result ? office_failed(taking->office->sql, result, error) : 0;
}

/* Who got it was forgotten here: of what its platform still says the rest is taken. */
static void leave_out_receiver(struct taking *taking, struct platform_order *nobody)
{
    *nobody = *taking->order;
    char *const texts[] = {nobody->name,  nobody->phone,      nobody->district,    nobody->town,  nobody->address,
                           nobody->buyer, nobody->buyer_note, nobody->seller_note, nobody->sealed};
    for (size_t i = 0; i < COUNT(texts); i++)
        *texts[i] = '\0';
    nobody->raw = NULL;
    taking->order = nobody;
}

/* *ret_ends: nothing else is to be done with it. */
static int take_same(struct taking *taking, struct said *ret_said, bool *ret_ends, struct error *error)
{
    int result = load_said(taking, ret_said);
    if (result)
        return office_failed(taking->office->sql, result, error);
    *ret_ends = ret_said->found && taking->order->modified_us < ret_said->modified_us;
    if (*ret_ends)
        return 0;
    if (ret_said->forgotten)
        leave_out_receiver(taking, taking->nobody);
    digest_order(taking);
    *ret_ends = ret_said->found && !ret_said->again && strcmp(ret_said->hash, taking->hash) == 0;
    return *ret_ends ? keep_time(taking, ret_said, error) : 0;
}

int platform_orders_take(struct office *office, const struct settings *settings, const struct platform_source *source,
                         const struct platform_order *order, enum platform_taken *ret, struct error *error)
{
    struct platform_order nobody;
    struct taking taking = {
        .office = office, .settings = settings, .source = source, .order = order, .nobody = &nobody};
    struct said said;
    bool ends;
    *ret = PLATFORM_SAME;
    int result = take_same(&taking, &said, &ends, error);
    if (result || ends)
        return result;
    bool was_known = taking.known;
    result = take_alone(&taking, error);
    *ret = result == -EDQUOT ? PLATFORM_WAITS
           : result          ? PLATFORM_NOT_TAKEN
           : taking.known    ? PLATFORM_CHANGED
                             : PLATFORM_NEW;
    if (result == -EDQUOT)
        return keep_waiting(&taking, error);
    return result == -EINVAL ? keep_not_taken(&taking, error->text, error)
           : result          ? result
                             : keep_taken(&taking, !was_known, said.found && !was_known, error);
}

int platform_orders_take_beside(struct office *office, const struct settings *settings,
                                const struct platform_source *source, const struct platform_order *order,
                                enum platform_taken *ret, struct error *error)
{
    struct platform_order nobody;
    struct taking taking = {
        .office = office, .settings = settings, .source = source, .order = order, .nobody = &nobody};
    struct said said;
    bool ends;
    *ret = PLATFORM_SAME;
    int result = take_same(&taking, &said, &ends, error);
    if (result || ends)
        return result;
    *ret = PLATFORM_LATER;
    if (taking.known || said.found || !platform_taking_is_alone(&taking) || check(&taking, error) != 0 ||
        check_quota(&taking, error) != 0)
        return 0;
    *ret = PLATFORM_NEW;
    result = platform_taking_apply(&taking, error);
    if (result)
        return result;
    result = write_said(&taking, "");
    return result ? office_failed(office->sql, result, error) : 0;
}

int platform_orders_wake(struct office *office, const char *shop, struct error *error)
{
    struct settings settings;
    struct sql *sql = office->sql;
    int64_t waiting = 0;
    int result = sql_number(sql, &waiting, "SELECT count(*) FROM order_waiting WHERE shop = ?1", sql_text(shop));
    if (result || waiting == 0)
        return result ? office_failed(sql, result, error) : 0;
    result = settings_load(office, &settings, error);
    if (!result)
        result = quota_check_orders(office, settings.utc_offset_min, 1, error);
    if (!result)
        result = office_begin(office, error);
    if (result)
        return result == -EDQUOT ? 0 : result;
    result = sql_run(sql,
                     "UPDATE platform_order SET again = 1 WHERE shop = ?1 AND number IS NULL AND id IN (SELECT id FROM"
                     " order_waiting WHERE shop = ?1 ORDER BY since_us, id LIMIT " WAKE_AT_ONCE ")",
                     sql_text(shop));
    if (!result)
        result = sql_run(sql,
                         "DELETE FROM order_waiting WHERE shop = ?1 AND id IN (SELECT id FROM order_waiting WHERE shop"
                         " = ?1 ORDER BY since_us, id LIMIT " WAKE_AT_ONCE ")",
                         sql_text(shop));
    result = result ? office_failed(sql, result, error) : office_commit(office, error);
    office_rollback(office);
    return result;
}

int platform_orders_ask_again(struct sql *sql, const char *number)
{
    return sql_run(sql, "UPDATE platform_order SET again = 1 WHERE number = ?1", sql_text(number));
}
