/* What an order of a platform says of receiver and goods, as rows of ours. */
#include "base/buf.h"
#include "sync/head-office/orders/order_goods.h"
#include "sync/head-office/shops/attention.h"
#include "sync/head-office/shops/platform_taking.h"
#include "sync/head-office/stock/promises.h"

#include <string.h>

/* ---------------------------------------------------------------- the receiver */

/* Some platforms say the whole address, others what is below the district. */
void platform_taking_address(const struct platform_order *order, struct buf *out)
{
    const char *const parts[] = {order->province, order->city, order->district, order->town};
    bool whole = (*order->city && strstr(order->address, order->city)) ||
                 (*order->province && strncmp(order->address, order->province, strlen(order->province)) == 0);
    for (size_t i = 0; i < COUNT(parts) && !whole; i++)
        if (i == 0 || strcmp(parts[i], parts[i - 1]) != 0)
            buf_puts(out, parts[i]);
    buf_puts(out, order->address);
}

static int write_receiver(struct taking *taking)
{
    const struct platform_order *order = taking->order;
    CLEANUP_BUF struct buf address = {0};
    platform_taking_address(order, &address);
    return sql_post(taking->office->sql,
                    "UPDATE orders SET receiver_name = ?2, receiver_phone = ?3, receiver_address = ?4, province = ?5,"
                    " city = ?6, district = ?7, sealed = ?8, rev = rev + 1 WHERE number = ?1",
                    sql_text(taking->number), sql_masked(order->name), sql_masked(order->phone),
                    sql_secret(buf_text(&address)), sql_text(order->province), sql_text(order->city),
                    sql_text(order->district), sql_text(order->sealed));
}

/* What is still shown of a hidden receiver says that it is another one by now. */
static int is_elsewhere(struct taking *taking, bool *ret)
{
    const struct platform_order *order = taking->order;
    int64_t same = 1;
    int result = sql_number(
        taking->office->sql, &same,
        "SELECT count(*) FROM orders WHERE number = ?1 AND (?2 = '' OR province = '' OR province = ?2) AND (?3"
        " = '' OR city = '' OR city = ?3) AND (?4 = '' OR district = '' OR district = ?4)",
        sql_text(taking->number), sql_text(order->province), sql_text(order->city), sql_text(order->district));
    *ret = same == 0;
    return result;
}

int platform_taking_receiver(struct taking *taking)
{
    bool elsewhere = false, hidden = !*taking->receiver_hash;
    if (hidden && *taking->before_receiver) {
        int result = is_elsewhere(taking, &elsewhere);
        if (result)
            return result;
        if (!elsewhere) { /* the good one of before stands */
            taking->overlays &= ~(int64_t)PLATFORM_MASKED;
            return 0;
        }
        taking->forgets_receiver = true;
        taking->overlays |= PLATFORM_MASKED;
    }
    if (!hidden && strcmp(taking->receiver_hash, taking->before_receiver) == 0)
        return 0; /* what a person has corrected here stands, too */
    taking->changed_receiver = true;
    return write_receiver(taking);
}

/* ---------------------------------------------------------------- the goods */

static struct bought bought_of(const struct platform_line *line, size_t i)
{
    return (struct bought){.place = (int64_t)i + 1,
                           .line = line->id,
                           .item = line->item,
                           .sku = line->sku,
                           .code = line->code,
                           .title = line->title,
                           .quantity = line->quantity,
                           .price_minor = line->price_minor,
                           .paid_minor = line->paid_minor,
                           .overlays = line->overlays};
}

static int post_line(struct taking *taking, size_t i, int64_t number)
{
    const struct bought bought = bought_of(taking->lines[i], i);
    return order_goods_post(taking->office, taking->source->shop, taking->number, &bought, number);
}

static int match_line(struct taking *taking, size_t i, int64_t number, int64_t *next)
{
    const struct bought bought = bought_of(taking->lines[i], i);
    const struct listing_seen seen = {bought.item, bought.sku, bought.code, bought.title};
    struct listing_meaning meaning;
    int result = listings_find(taking->office, taking->source->shop, &seen, &meaning);
    return result || !listing_is_known(&meaning) ? result
                                                 : order_goods_replace(taking->office, taking->source->shop,
                                                                       taking->number, &bought, &meaning, number, next);
}

/* What is new in the shop, what nobody has said yet, and bundles: one look for all lines, as there is a way there and
 * back. The first line has the number base + 1. */
static int match_lines(struct taking *taking, int64_t base)
{
    size_t unmatched[PLATFORM_LINES_MAX], count = 0;
    int64_t next = base + (int64_t)taking->order->line_count + 1;
    struct sql_query *row =
        sql_select(taking->office->sql,
                   "SELECT line FROM order_line WHERE number = ?1 AND sku IS NULL AND line > ?2 ORDER BY line",
                   sql_text(taking->number), sql_int(base));
    while (sql_next(row) && count < PLATFORM_LINES_MAX)
        unmatched[count++] = (size_t)(sql_get_int(row, 0) - base - 1);
    int result = sql_done(row);
    for (size_t i = 0; i < count && !result; i++)
        result = match_line(taking, unmatched[i], base + (int64_t)unmatched[i] + 1, &next);
    return result;
}

/* Gifts that were added here stay, and keep their numbers. */
static int rewrite_lines(struct taking *taking)
{
    struct office *office = taking->office;
    int64_t base = 0;
    int result = taking->known ? promises_free(office, taking->number) : 0;
    if (!result && taking->known)
        result =
            sql_run(office->sql, "DELETE FROM order_line WHERE number = ?1 AND gift = 0", sql_text(taking->number));
    if (!result && taking->known)
        result = sql_number(office->sql, &base, "SELECT coalesce(max(line), 0) FROM order_line WHERE number = ?1",
                            sql_text(taking->number));
    for (size_t i = 0; i < taking->order->line_count && !result; i++)
        result = post_line(taking, i, base + (int64_t)i + 1);
    return result ? result : match_lines(taking, base);
}

/* The same goods: what was paid for them, and what lies over them. The nth line is still the nth. */
static int update_lines(struct taking *taking)
{
    int result = 0;
    for (size_t i = 0; i < taking->order->line_count && !result; i++) {
        const struct bought bought = bought_of(taking->lines[i], i);
        result = order_goods_update(taking->office, taking->source->shop, taking->number, &bought);
    }
    return result;
}

/* Pieces of it were given up for a refund: to count them anew would send them. */
static int has_refunds(struct taking *taking, bool *ret)
{
    int64_t lines = 0;
    int result =
        sql_number(taking->office->sql, &lines, "SELECT count(*) FROM order_line WHERE number = ?1 AND refunded > 0",
                   sql_text(taking->number));
    *ret = lines > 0;
    return result;
}

/* Goods of an order that a site has cannot be changed under it. */
int platform_taking_lines(struct taking *taking)
{
    bool same = taking->known && strcmp(taking->lines_hash, taking->before_lines) == 0, refunds = false;
    const char *stage = order_state_find(taking->state)->stage;
    bool at_site = strcmp(stage, "floor") == 0 || strcmp(stage, "released") == 0;
    taking->changed_lines = taking->known && !same;
    if (at_site && !same) {
        taking->keeps_lines = true;
        taking->overlays |= PLATFORM_HOLD; /* if it comes back, it waits until they are as they should be */
        return 0;
    }
    int result = taking->changed_lines ? has_refunds(taking, &refunds) : 0;
    if (result || refunds)
        return result ? result
                      : attention_raise(taking->office, taking->source->shop, taking->number, ATTENTION_CHANGED,
                                        "goods, and a part of them was refunded");
    return same ? update_lines(taking) : rewrite_lines(taking);
}
