#include "sync/head-office/shops/stock_push.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/shops/outbox.h"
#include "sync/head-office/stock/atp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE 500

struct change {
    char shop[SHOP_CODE_SIZE], item[PLATFORM_ID_SIZE], sku[PLATFORM_ID_SIZE], code[PLATFORM_CODE_SIZE];
    int64_t pieces, version;
};

/* What is offered of m.pieces that its parts make, at a listing l of a shop s; of one that means nothing any more,
 * nothing. */
#define BUFFER "coalesce(l.buffer, s.buffer)"
#define OFFER                                                                                                          \
    "(CASE WHEN m.pieces > " BUFFER " THEN m.pieces - " BUFFER " ELSE 0 END) * coalesce(l.ratio, s.ratio) / 100"
static const char changed_offers[] = ATP_OF(
    "IN (SELECT sku FROM listing_part)") ", made AS (SELECT p.shop, p.item, p.platform_sku, min(a.pieces /"
                                         " p.pieces) AS pieces FROM listing_part p JOIN atp a ON a.sku = p.sku GROUP "
                                         "BY p.shop, p.item, p.platform_sku)"
                                         " SELECT l.shop, l.item, l.sku, l.code, " OFFER
                                         ", coalesce(f.version, 0) FROM listing l JOIN shop s ON s.code ="
                                         " l.shop AND s.running = 1 AND s.offers = 1 LEFT JOIN made m ON m.shop = "
                                         "l.shop AND m.item = l.item AND"
                                         " m.platform_sku = l.sku LEFT JOIN stock_offer f ON f.shop = l.shop AND "
                                         "f.item = l.item AND f.sku = l.sku WHERE"
                                         " (m.pieces IS NOT NULL OR f.pieces <> 0) AND f.pieces IS DISTINCT FROM " OFFER
                                         " ORDER BY l.shop, l.item, l.sku LIMIT ?3";

static int find_changes(struct office *office, int64_t silent_hours, struct change *out, size_t *ret_count)
{
    struct sql_query *row = sql_select(office->sql, changed_offers, sql_int(office->now_us),
                                       sql_int(silent_hours * 3600), sql_int(AT_ONCE));
    size_t count = 0;
    for (; count < AT_ONCE && sql_next(row); count++) {
        struct change *change = &out[count];
        sql_copy_text(row, 0, change->shop, sizeof(change->shop));
        sql_copy_text(row, 1, change->item, sizeof(change->item));
        sql_copy_text(row, 2, change->sku, sizeof(change->sku));
        sql_copy_text(row, 3, change->code, sizeof(change->code));
        change->pieces = sql_get_int(row, 4);
        change->version = sql_get_int(row, 5);
    }
    *ret_count = count;
    return sql_done(row);
}

static int put(struct office *office, const struct change *change)
{
    char key[ID_TEXT_SIZE], subject[OUTBOX_SUBJECT_SIZE];
    CLEANUP_BUF struct buf body = {0};
    json_open_object(&body, NULL);
    json_text(&body, "item", change->item);
    json_text(&body, "sku", change->sku);
    json_text(&body, "code", change->code);
    json_int(&body, "pieces", change->pieces);
    json_close_object(&body);
    id_new(&office->random, key);
    snprintf(subject, sizeof(subject), "%s/%s", change->item, change->sku);
    return outbox_put(office->sql, &(struct outbox_entry){.shop = change->shop,
                                                          .kind = "stock",
                                                          .subject = subject,
                                                          .key = key,
                                                          .version = change->version + 1,
                                                          .made_us = office->now_us,
                                                          .body = buf_text(&body)});
}

/* Another program may have been faster: then it is its figure that goes out, and the next look finds what differs. */
static int write_change(struct office *office, const struct change *change)
{
    int result =
        sql_run(office->sql,
                "INSERT INTO stock_offer (shop, item, sku, pieces, version) VALUES (?1, ?2, ?3, ?4, 1) ON CONFLICT"
                " (shop, item, sku) DO UPDATE SET pieces = excluded.pieces, version = stock_offer.version + 1 WHERE"
                " stock_offer.version = ?5",
                sql_text(change->shop), sql_text(change->item), sql_text(change->sku), sql_int(change->pieces),
                sql_int(change->version));
    return result || sql_changes(office->sql) == 0 ? result : put(office, change);
}

static int write_changes(struct office *office, const struct change *changes, size_t count, struct error *error)
{
    int result = sql_run(office->sql, SQL_BEGIN_ROWS, SQL_NO_VALUES);
    for (size_t i = 0; i < count && !result; i++)
        result = write_change(office, &changes[i]);
    if (result)
        office_failed(office->sql, result, error);
    else
        result = office_commit(office, error);
    office_rollback(office);
    return result;
}

int stock_push(struct office *office, int64_t silent_hours, int64_t *ret_count, bool *ret_more, struct error *error)
{
    CLEANUP(cleanup_free) struct change *changes = calloc(AT_ONCE, sizeof(*changes));
    size_t count = 0;
    if (!changes)
        return error_set(error, -ENOMEM, "there is no memory");
    int result = find_changes(office, silent_hours, changes, &count);
    *ret_count = (int64_t)count;
    *ret_more = count == AT_ONCE;
    if (result)
        return office_failed(office->sql, result, error);
    return count > 0 ? write_changes(office, changes, count, error) : 0;
}

/* ---------------------------------------------------------------- what the platform has counted itself */

void stock_sold_done(struct stock_sold *sold)
{
    free(sold->rows);
    *sold = (struct stock_sold){0};
}

static int add_row(struct stock_sold *sold, const struct platform_line *line)
{
    if (sold->count == sold->room) {
        size_t room = sold->room > 0 ? sold->room * 2 : 16;
        void *rows = reallocarray(sold->rows, room, sizeof(*sold->rows));
        if (!rows)
            return -ENOMEM;
        sold->rows = rows;
        sold->room = room;
    }
    struct stock_sold_row *row = &sold->rows[sold->count++];
    text_copy(row->item, sizeof(row->item), line->item);
    text_copy(row->sku, sizeof(row->sku), line->sku);
    return 0;
}

/* What was shipped was counted when it was bought. */
int stock_sold_add(struct stock_sold *sold, const struct platform_order *order)
{
    bool counts =
        order->state == PLATFORM_UNPAID || order->state == PLATFORM_PAID || order->state == PLATFORM_CANCELLED;
    int result = 0;
    for (size_t i = 0; i < order->line_count && counts && !result; i++)
        result = add_row(sold, &order->lines[i]);
    return result;
}

static int by_key(const void *one, const void *other)
{
    const struct stock_sold_row *a = one, *b = other;
    int result = strcmp(a->item, b->item);
    return result ? result : strcmp(a->sku, b->sku);
}

/* In the order in which a reckoning goes through them, so that two never wait for each other. */
int stock_sold_write(struct office *office, const char *shop, struct stock_sold *sold)
{
    int result = 0;
    if (sold->count > 1)
        qsort(sold->rows, sold->count, sizeof(*sold->rows), by_key);
    for (size_t i = 0; i < sold->count && !result; i++)
        if (i == 0 || by_key(&sold->rows[i - 1], &sold->rows[i]) != 0)
            result =
                sql_post(office->sql, "UPDATE stock_offer SET pieces = -1 WHERE shop = ?1 AND item = ?2 AND sku = ?3",
                         sql_text(shop), sql_text(sold->rows[i].item), sql_text(sold->rows[i].sku));
    return result;
}
