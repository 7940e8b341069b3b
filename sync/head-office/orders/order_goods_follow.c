/* Orders that wait follow what a listing means. */
#include "base/text.h"
#include "sync/head-office/buying/demand.h"
#include "sync/head-office/orders/exceptions.h"
#include "sync/head-office/orders/order_goods.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/stock/promises.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The lines of ours that are one of a platform's. */
struct group {
    char number[ORDERS_NUMBER_SIZE], state[ORDER_STATE_SIZE];
    char line[65], code[65], title[257];
    int64_t place, first, quantity, goods_minor, paid_minor, overlays;
    bool stays; /* some of it is refunded or a case of after-sales, or other orders do it */
};

struct following {
    struct office *office;
    const char *shop;
    const struct listing_seen *seen;
    const struct listing_meaning *meaning;
    struct listing_effect *effect;
    struct error *error;
    struct group *groups;
    size_t count, room;
};

/* ---------------------------------------------------------------- which */

static void take_group(struct sql_query *row, struct group *out)
{
    sql_copy_text(row, 0, out->number, sizeof(out->number));
    sql_copy_text(row, 1, out->state, sizeof(out->state));
    out->place = sql_get_int(row, 2);
    sql_copy_text(row, 3, out->line, sizeof(out->line));
    sql_copy_text(row, 4, out->code, sizeof(out->code));
    sql_copy_text(row, 5, out->title, sizeof(out->title));
    out->first = sql_get_int(row, 6);
    out->quantity = sql_get_int(row, 7);
    out->goods_minor = sql_get_int(row, 8);
    out->paid_minor = sql_get_int(row, 9);
    out->overlays = sql_get_int(row, 10);
    out->stays = sql_get_int(row, 11) != 0;
}

#define STAYS                                                                                                          \
    "CASE WHEN l.refunded > 0 OR l.source_order <> '' OR EXISTS (SELECT 1 FROM aftersale_line x JOIN aftersale a ON"   \
    " a.number = x.number WHERE a.order_number = l.number AND x.line = l.line) THEN 1 ELSE 0 END"
#define GROUPS(which)                                                                                                  \
    "SELECT l.number, o.state, l.place, max(l.platform_line), max(l.code), max(l.title), min(l.line), max(l.quantity " \
    "/ l.factor), sum(coalesce(l.goods_minor, l.price_minor * l.quantity)), sum(l.paid_minor), max(l.overlays),"       \
    " max(" STAYS ") FROM order_line l JOIN orders o ON o.number = l.number WHERE o.shop = ?1 AND l.platform_item ="   \
    " ?2 AND l.platform_sku = ?3 AND l.gift = 0 AND o.state IN ('pending_pay', 'audit', 'exception', 'reserved')"      \
    " AND " which " GROUP BY l.number, o.state, l.place ORDER BY l.number, l.place"
static const char unknown_groups[] = GROUPS("l.sku IS NULL AND ?4 = ?4 AND ?5 = ?5 AND ?6 = ?6");
static const char other_groups[] =
    GROUPS("(l.bundle <> ?5 OR (?5 = '' AND (coalesce(l.sku, '') <> ?4 OR l.factor <> ?6)))");

static int load_groups(struct following *following, bool unknown)
{
    const struct listing_meaning *meaning = following->meaning;
    struct sql_query *row =
        sql_select(following->office->sql, unknown ? unknown_groups : other_groups, sql_text(following->shop),
                   sql_text(following->seen->item), sql_text(following->seen->sku), sql_text(meaning->sku),
                   sql_text(meaning->bundle), sql_int(meaning->factor));
    bool fits = true;
    while (fits && sql_next(row)) {
        if (following->count == following->room) {
            size_t room = following->room > 0 ? following->room * 2 : 16;
            void *more = reallocarray(following->groups, room, sizeof(*following->groups));
            fits = more != NULL;
            following->groups = fits ? more : following->groups;
            following->room = fits ? room : following->room;
        }
        if (fits)
            take_group(row, &following->groups[following->count++]);
    }
    int failed = sql_done(row);
    return fits ? failed : -ENOMEM;
}

/* ---------------------------------------------------------------- one order */

/* What was promised of the goods of before is given back. *ret_expires_us: until when it was to be kept; 0 it was not.
 */
static int begin_order(struct following *following, const char *number, int64_t *ret_expires_us)
{
    struct sql *sql = following->office->sql;
    struct sql_query *row = sql_select(sql, "SELECT 1 FROM orders WHERE number = ?1" SQL_FOR_UPDATE, sql_text(number));
    sql_next(row);
    int result = sql_done(row);
    if (!result)
        result = sql_number(sql, ret_expires_us,
                            "SELECT coalesce(min(expires_us), 0) FROM reservation WHERE number = ?1", sql_text(number));
    return result ? result : promises_free(following->office, number);
}

static int rewrite(struct following *following, const struct group *group)
{
    struct sql *sql = following->office->sql;
    int64_t next = 0;
    const struct bought bought = {.place = group->place,
                                  .line = group->line,
                                  .item = following->seen->item,
                                  .sku = following->seen->sku,
                                  .code = group->code,
                                  .title = group->title,
                                  .quantity = group->quantity,
                                  .price_minor = group->goods_minor / group->quantity,
                                  .paid_minor = group->paid_minor,
                                  .overlays = group->overlays};
    int result = sql_run(sql,
                         "DELETE FROM order_line WHERE number = ?1 AND place = ?2 AND platform_item = ?3 AND"
                         " platform_sku = ?4 AND gift = 0",
                         sql_text(group->number), sql_int(group->place), sql_text(bought.item), sql_text(bought.sku));
    if (!result)
        result = sql_number(sql, &next, "SELECT coalesce(max(line), 0) + 1 FROM order_line WHERE number = ?1",
                            sql_text(group->number));
    next = next > group->first ? next : group->first + 1;
    following->effect->lines++;
    return result ? result
                  : order_goods_insert(following->office, following->shop, group->number, &bought, following->meaning,
                                       group->first, &next);
}

static int promise_again(struct following *following, const char *number, int64_t expires_us)
{
    struct settings settings;
    struct promise promise;
    if (expires_us <= following->office->now_us)
        return 0;
    int result = settings_load(following->office, &settings, following->error);
    if (!result)
        result =
            promises_make(following->office, number, expires_us, settings.silent_hours, &promise, following->error);
    return result == -EINVAL ? 0 : result; /* something in it is not known */
}

/* It is checked again, or kept for its buyer as before. */
static int end_order(struct following *following, const struct group *group, int64_t expires_us)
{
    if (strcmp(group->state, "pending_pay") == 0)
        return promise_again(following, group->number, expires_us);
    if (strcmp(group->state, "audit") == 0)
        return 0;
    if (strcmp(group->state, "exception") == 0)
        return exceptions_look_again(following->office, group->number, following->error);
    return order_life_act(following->office, group->number, ORDER_CHANGED, "", "goods", following->error);
}

static int follow_order(struct following *following, const struct group *groups, size_t count)
{
    int64_t expires_us = 0;
    size_t done = 0;
    int result = 0;
    for (size_t i = 0; i < count && !result; i++) {
        if (groups[i].stays) {
            following->effect->kept++;
            continue;
        }
        if (done++ == 0)
            result = begin_order(following, groups[i].number, &expires_us);
        if (!result)
            result = rewrite(following, &groups[i]);
    }
    if (result)
        return office_failed(following->office->sql, result, following->error);
    return done > 0 ? end_order(following, groups, expires_us) : 0;
}

/* ---------------------------------------------------------------- all of them */

/* An item that counts as the platform does is written where none was, also where other orders do the rest. */
static int name_item(struct following *following)
{
    struct office *office = following->office;
    const struct listing_seen *seen = following->seen;
    int result = sql_run(office->sql,
                         "UPDATE order_line SET sku = ?4 WHERE sku IS NULL AND platform_item = ?2 AND platform_sku = ?3"
                         " AND EXISTS (SELECT 1 FROM orders o WHERE o.number = order_line.number AND o.shop = ?1)",
                         sql_text(following->shop), sql_text(seen->item), sql_text(seen->sku),
                         sql_text(following->meaning->sku));
    following->effect->lines += result ? 0 : sql_changes(office->sql);
    if (result || sql_changes(office->sql) == 0)
        return result;
    return sql_run(
        office->sql,
        "INSERT INTO demand_due (number) SELECT DISTINCT l.number FROM order_line l JOIN orders o ON o.number"
        " = l.number WHERE l.sku = ?4 AND o.shop = ?1 AND l.platform_item = ?2 AND l.platform_sku = ?3",
        sql_text(following->shop), sql_text(seen->item), sql_text(seen->sku), sql_text(following->meaning->sku));
}

static int look_again(struct following *following)
{
    struct office *office = following->office;
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT DISTINCT o.number FROM orders o JOIN exception e ON e.number = o.number AND e.kind ="
                   " 'unmapped' AND e.released_us IS NULL WHERE o.shop = ?1 AND o.state = 'exception' AND EXISTS"
                   " (SELECT 1 FROM order_line l WHERE l.number = o.number AND l.platform_item = ?2 AND"
                   " l.platform_sku = ?3) ORDER BY o.number",
                   sql_text(following->shop), sql_text(following->seen->item), sql_text(following->seen->sku));
    int result = 0;
    while (!result && sql_next(row))
        result = exceptions_look_again(office, sql_get_text(row, 0), following->error);
    int failed = sql_done(row);
    return result || !failed ? result : office_failed(office->sql, failed, following->error);
}

static int follow_groups(struct following *following)
{
    int result = 0;
    for (size_t i = 0, end; i < following->count && !result; i = end) {
        for (end = i + 1; end < following->count; end++)
            if (strcmp(following->groups[end].number, following->groups[i].number) != 0)
                break;
        result = follow_order(following, &following->groups[i], end - i);
    }
    return result;
}

int order_goods_follow(struct office *office, const char *shop, const struct listing_seen *seen,
                       const struct listing_meaning *meaning, bool unknown, struct listing_effect *ret,
                       struct error *error)
{
    struct following following = {
        .office = office, .shop = shop, .seen = seen, .meaning = meaning, .effect = ret, .error = error};
    bool plain = *meaning->sku && meaning->factor == 1;
    int64_t before = ret->lines;
    int result = plain ? name_item(&following) : 0;
    if (!result && !(unknown && plain))
        result = load_groups(&following, unknown);
    if (result)
        office_failed(office->sql, result, error);
    else if (ret->lines > before)
        result = look_again(&following);
    if (!result)
        result = follow_groups(&following);
    free(following.groups);
    return result;
}
