#include "sync/head-office/shops/shipments.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/aftersales/aftersale_life.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/shops/outbox.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define TARGETS_MAX 50
#define PARCELS_MAX 50

/* Of one shop and order of a platform the same waybill is told once. */
static void key_of(const char *kind, const char *shop, const char *order, const char *waybill, const char *before,
                   char out[OUTBOX_KEY_SIZE])
{
    uint8_t hash[16];
    CLEANUP_BUF struct buf text = {0};
    const char *const parts[] = {kind, shop, order, waybill, before};
    for (size_t i = 0; i < COUNT(parts); i++)
        json_text(&text, NULL, parts[i]);
    crypto_generichash(hash, sizeof(hash), (const uint8_t *)buf_text(&text), text.length, NULL, 0);
    for (size_t i = 0; i < sizeof(hash); i++)
        snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

/* ---------------------------------------------------------------- who is to hear of it */

/* An order of a platform of which there is something in the parcels. */
struct target {
    char shop[SHOP_CODE_SIZE], order[PLATFORM_ID_SIZE], number[ORDERS_NUMBER_SIZE];
};

/* The order that a line l was bought with, whatever was split and merged since. */
#define BOUGHT_WITH "CASE WHEN l.source_order <> '' THEN l.source_order ELSE l.number END"

static int find_targets(struct sql *sql, const char *number, struct target *out, size_t *ret_count)
{
    struct sql_query *row = sql_select(
        sql,
        "SELECT t.shop, t.platform_order, t.number FROM orders t WHERE t.number IN (SELECT " BOUGHT_WITH
        " FROM order_line"
        " l WHERE l.number = ?1) AND t.origin = 'sale' AND t.platform_order IS NOT NULL AND EXISTS (SELECT 1 FROM"
        " shop_account a WHERE a.shop = t.shop) ORDER BY t.number",
        sql_text(number));
    size_t count = 0;
    for (; count < TARGETS_MAX && sql_next(row); count++) {
        sql_copy_text(row, 0, out[count].shop, sizeof(out->shop));
        sql_copy_text(row, 1, out[count].order, sizeof(out->order));
        sql_copy_text(row, 2, out[count].number, sizeof(out->number));
    }
    *ret_count = count;
    return sql_done(row);
}

/* ---------------------------------------------------------------- what they hear */

struct sent_parcel {
    char waybill[PLATFORM_CODE_SIZE], carrier[65];
};

static int find_parcels(struct sql *sql, const char *number, struct sent_parcel *out, size_t *ret_count)
{
    struct sql_query *row = sql_select(sql,
                                       "SELECT coalesce(waybill, ''), coalesce(carrier, '') FROM parcel WHERE number ="
                                       " ?1 AND manifest IS NOT NULL ORDER BY parcel",
                                       sql_text(number));
    size_t count = 0;
    for (; count < PARCELS_MAX && sql_next(row); count++) {
        sql_copy_text(row, 0, out[count].waybill, sizeof(out->waybill));
        sql_copy_text(row, 1, out[count].carrier, sizeof(out->carrier));
    }
    *ret_count = count;
    return sql_done(row);
}

/* What is counted there, of a line b that was bought: what left with order ?1, and with others before it. Of a bundle
 * as many as all its parts make: a part of which nothing more is to come holds none of them up. Two orders that leave
 * at once count one after the other. */
#define HEIRS(what, which)                                                                                             \
    "(SELECT CAST(coalesce(sum(" what                                                                                  \
    "), 0) AS BIGINT) FROM order_line p JOIN orders o ON o.number = p.number WHERE " AFTERSALE_PART_LINE(              \
        "p", "b.number", "b.line") " AND " which ")"
#define LEFT_HERE   HEIRS("p.shipped", "o.number = ?1")
#define LEFT_BEFORE HEIRS("p.shipped", "o.number <> ?1 AND o.state IN ('shipped', 'finished')")
#define WANTED      HEIRS("p.quantity - p.refunded", "o.replaced = 0")
#define COUNTED(left)                                                                                                  \
    "CASE WHEN bundle <> '' AND " left " >= wanted THEN quantity / factor ELSE (" left ") / factor END"
static const char counted_lines[] =
    "SELECT platform_line, sum(now - before) FROM (SELECT place, platform_line, min(" COUNTED(
        "here + before") ") AS"
                         " now, min(" COUNTED(
                             "before") ") AS before, sum(here) AS here FROM (SELECT b.line, CASE WHEN b.bundle = '' "
                                       "THEN"
                                       " -b.line ELSE b.place END AS place, b.platform_line, b.bundle, b.quantity, "
                                       "b.factor, " LEFT_HERE " AS here, " LEFT_BEFORE " AS before, " WANTED
                                       " AS wanted FROM order_line b WHERE b.number = ?2 AND b.gift = 0 AND"
                                       " b.platform_line <> '') bought GROUP BY place, platform_line) counted WHERE "
                                       "here > 0 AND now > before GROUP BY"
                                       " platform_line ORDER BY platform_line";

static const char plain_lines[] =
    "SELECT l.platform_line, sum(l.shipped) FROM order_line l WHERE l.number = ?1 AND l.gift = 0 AND l.platform_line <>"
    " '' AND l.shipped > 0 AND " BOUGHT_WITH " = ?2 GROUP BY l.platform_line ORDER BY l.platform_line";

/* As the platform names and counts them. */
static int write_lines(struct sql *sql, const char *number, const struct target *target, bool counts, struct buf *out,
                       size_t *ret_count)
{
    struct sql_query *row =
        sql_select(sql, counts ? counted_lines : plain_lines, sql_text(number), sql_text(target->number));
    json_open_array(out, "lines");
    for (*ret_count = 0; sql_next(row); ++*ret_count) {
        json_open_object(out, NULL);
        json_text(out, "line", sql_get_text(row, 0));
        json_int(out, "quantity", sql_get_int(row, 1));
        json_close_object(out);
    }
    json_close_array(out);
    return sql_done(row);
}

/* Who counts what has left of a platform's order waits for whoever does so too. */
static int lock_target(struct sql *sql, const struct target *target)
{
    struct sql_query *row =
        sql_select(sql, "SELECT 1 FROM orders WHERE number = ?1" SQL_FOR_UPDATE, sql_text(target->number));
    sql_next(row);
    return sql_done(row);
}

/* The platform counts some of it in packs or bundles. */
static int has_parts(struct sql *sql, const char *number, const struct target *target, bool *ret)
{
    int64_t parts = 0;
    int result = sql_number(sql, &parts,
                            "SELECT count(*) FROM order_line l WHERE l.number = ?1 AND (l.bundle <> '' OR l.factor > 1)"
                            " AND l.shipped > 0 AND " BOUGHT_WITH " = ?2",
                            sql_text(number), sql_text(target->number));
    *ret = parts > 0;
    return result;
}

/* Nothing of what was bought is in another order, or was left behind. */
static int is_whole(struct sql *sql, const char *number, const struct target *target, bool *ret)
{
    int64_t missing = 0;
    int result =
        sql_number(sql, &missing,
                   "SELECT count(*) FROM order_line b WHERE b.number = ?2 AND b.gift = 0 AND b.quantity >"
                   " coalesce((SELECT sum(l.shipped) FROM order_line l WHERE l.number = ?1 AND ((l.number ="
                   " b.number AND l.line = b.line) OR (l.source_order = b.number AND l.source_line = b.line))),"
                   " 0)",
                   sql_text(number), sql_text(target->number));
    *ret = missing == 0;
    return result;
}

static void write_head(struct buf *out, const struct target *target, const struct sent_parcel *parcel)
{
    json_open_object(out, NULL);
    json_text(out, "order", target->order);
    json_text(out, "carrier", parcel->carrier);
    json_text(out, "waybill", parcel->waybill);
}

static int put(struct sql *sql, const struct target *target, const char *kind, const char *key, const struct buf *body)
{
    if (body->failed)
        return -ENOMEM;
    return outbox_put(
        sql, &(struct outbox_entry){
                 .shop = target->shop, .kind = kind, .subject = target->number, .key = key, .body = buf_text(body)});
}

/* first: with the order's goods; a further one is only another number. Where the rest of its packs and bundles leaves
 * with another order, that one tells. */
static int tell(struct sql *sql, const char *number, const struct target *target, const struct sent_parcel *parcel,
                bool first)
{
    char key[OUTBOX_KEY_SIZE];
    bool whole = true, parts = false;
    size_t lines = 0;
    CLEANUP_BUF struct buf body = {0};
    write_head(&body, target, parcel);
    int result = has_parts(sql, number, target, &parts);
    if (!result && parts)
        result = lock_target(sql, target);
    if (!result)
        result = write_lines(sql, number, target, parts, &body, &lines);
    if (!result)
        result = is_whole(sql, number, target, &whole);
    if (!result && parts && lines == 0 && !whole)
        return 0;
    json_bool(&body, "whole", whole);
    json_bool(&body, "extra", !first);
    json_close_object(&body);
    key_of("ship", target->shop, target->order, parcel->waybill, "", key);
    return result ? result : put(sql, target, "ship", key, &body);
}

int shipments_tell(struct sql *sql, const char *number)
{
    struct target targets[TARGETS_MAX];
    struct sent_parcel parcels[PARCELS_MAX];
    size_t target_count = 0, parcel_count = 0;
    int result = find_targets(sql, number, targets, &target_count);
    if (result || target_count == 0)
        return result;
    result = find_parcels(sql, number, parcels, &parcel_count);
    for (size_t i = 0; i < target_count; i++)
        for (size_t j = 0; j < parcel_count && !result; j++)
            result = tell(sql, number, &targets[i], &parcels[j], j == 0);
    return result;
}

/* ---------------------------------------------------------------- another waybill */

static int amend(struct office *office, const struct target *target, const struct sent_parcel *before,
                 const struct sent_parcel *now)
{
    char key[OUTBOX_KEY_SIZE];
    CLEANUP_BUF struct buf body = {0};
    write_head(&body, target, now);
    json_text(&body, "old_carrier", before->carrier);
    json_text(&body, "old_waybill", before->waybill);
    json_bool(&body, "whole", true);
    json_close_object(&body);
    key_of("ship_amend", target->shop, target->order, now->waybill, before->waybill, key);
    return put(office->sql, target, "ship_amend", key, &body);
}

int shipments_amend(struct office *office, const char *number, const char *carrier, const char *waybill,
                    struct error *error)
{
    struct target targets[TARGETS_MAX];
    struct sent_parcel parcels[PARCELS_MAX], now;
    size_t target_count = 0, parcel_count = 0;
    int result = find_targets(office->sql, number, targets, &target_count);
    if (!result)
        result = find_parcels(office->sql, number, parcels, &parcel_count);
    if (result)
        return office_failed(office->sql, result, error);
    if (target_count == 0)
        return error_set(error, -ENOENT, "there is no order \"%s\" of a platform", number);
    if (parcel_count != 1)
        return error_set(error, -EINVAL, "order \"%s\" has not left in one parcel: change it at the platform", number);
    text_copy(now.carrier, sizeof(now.carrier), *carrier ? carrier : parcels[0].carrier);
    text_copy(now.waybill, sizeof(now.waybill), waybill);
    for (size_t i = 0; i < target_count && !result; i++)
        result = amend(office, &targets[i], &parcels[0], &now);
    if (!result)
        result = sql_run(office->sql, "UPDATE parcel SET waybill = ?2, carrier = ?3 WHERE number = ?1",
                         sql_text(number), sql_text(now.waybill), sql_text(now.carrier));
    return result ? office_failed(office->sql, result, error) : 0;
}
