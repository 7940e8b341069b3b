#include "sync/head-office/aftersales/aftersale_orders.h"

#include "base/text.h"
#include "sync/head-office/aftersales/aftersale_stop.h"
#include "sync/head-office/buying/demand.h"
#include "sync/head-office/customers/persons.h"
#include "sync/head-office/orders/exceptions.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Who gets it is as the last of the parts says; which order of the platform it is of, each line. */
static int put_head(struct office *office, const char *number, const char *origin, const char *first, int64_t pay_minor)
{
    int result = sql_run(
        office->sql,
        "INSERT INTO orders (number, platform, carrier, priority, receiver_name, receiver_phone, receiver_address,"
        " imported_us, shop, platform_status, placed_us, paid_us, ship_by_us, buyer, buyer_note,"
        " seller_note, province, city, district, sealed, overlays, currency, goods_minor, paid_minor, origin, of_order)"
        " SELECT ?1, platform, carrier, priority, receiver_name, receiver_phone, receiver_address, ?5, shop,"
        " platform_status, placed_us, paid_us,"
        " CASE WHEN ?2 = 'split' THEN ship_by_us END, buyer, buyer_note, seller_note, province, city, district, sealed,"
        " overlays & 8, currency, CAST(?4 AS BIGINT), CAST(?4 AS BIGINT), ?2, ?3 FROM orders WHERE number ="
        " coalesce((SELECT max(number) FROM " AFTERSALE_PARTS("?3") " parts), ?3)",
        sql_text(number), sql_text(origin), sql_text(first), sql_int(pay_minor), sql_int(office->now_us));
    if (!result)
        result = persons_note_order(office->sql, number);
    return result ? result : demand_note_order(office->sql, number);
}

static int check(struct office *office, const char *number, struct error *error)
{
    struct settings settings;
    bool passed;
    int result = settings_load(office, &settings, error);
    return result ? result : exceptions_audit(office, &settings, NULL, number, &passed, error);
}

/* ---------------------------------------------------------------- instead */

/* What is repaired is what came; all else is what was claimed. What the buyer pays on top stands at its first line. */
static int put_instead_lines(struct office *office, const struct aftersale *aftersale, const char *number)
{
    return sql_run(
        office->sql,
        "INSERT INTO order_line (number, line, sku, quantity, title, price_minor, paid_minor) SELECT ?2, x.line,"
        " coalesce(x.new_sku, x.sku), x.quantity, CASE WHEN x.new_sku IS NULL THEN coalesce(l.title, '') ELSE"
        " coalesce(i.name, '') END, 0, CASE WHEN x.line = (SELECT min(line) FROM aftersale_line WHERE number = ?1 AND"
        " quantity > 0) THEN (SELECT pay_minor FROM aftersale WHERE number = ?1) ELSE 0 END FROM aftersale_line x"
        " LEFT JOIN order_line l ON l.number = ?3 AND l.line = x.line LEFT JOIN item i ON i.sku = x.new_sku"
        " WHERE x.number = ?1 AND x.quantity > 0",
        sql_text(aftersale->number), sql_text(number), sql_text(aftersale->order));
}

int aftersale_send_instead(struct office *office, struct aftersale *aftersale, struct error *error)
{
    char number[ORDERS_NUMBER_SIZE];
    int64_t lines, pay;
    if (*aftersale->new_order || !text_is_listed("exchange,reissue,repair", aftersale->kind))
        return 0;
    int result =
        sql_number(office->sql, &lines, "SELECT count(*) FROM aftersale_line WHERE number = ?1 AND quantity > 0",
                   sql_text(aftersale->number));
    if (!result && lines == 0)
        return error_set(error, -EINVAL, "case \"%s\" names no pieces to send", aftersale->number);
    snprintf(number, sizeof(number), "%s-X", aftersale->number);
    if (!result)
        result = sql_number(office->sql, &pay, "SELECT pay_minor FROM aftersale WHERE number = ?1",
                            sql_text(aftersale->number));
    if (!result)
        result = put_head(office, number, aftersale->kind, aftersale->order, pay);
    if (!result)
        result = put_instead_lines(office, aftersale, number);
    if (!result)
        result = sql_run(office->sql, "UPDATE aftersale SET new_order = ?2 WHERE number = ?1",
                         sql_text(aftersale->number), sql_text(number));
    if (result)
        return office_failed(office->sql, result, error);
    text_copy(aftersale->new_order, sizeof(aftersale->new_order), number);
    return check(office, number, error);
}

/* ---------------------------------------------------------------- the rest */

/* An order that a site was made to stop is as if it had never been; one that somebody closed for another reason has
 * had its pieces. ?1: the order that was bought. */
#define DUE                                                                                                            \
    "(SELECT l.line, l.gift, l.quantity - (SELECT coalesce(sum(x.quantity), 0) FROM aftersale_line x JOIN aftersale a" \
    " ON a.number = x.number WHERE a.order_number = ?1 AND x.line = l.line AND a.goods = 'off' AND a.state ="          \
    " 'settled') - (SELECT coalesce(sum(p.quantity - p.refunded), 0) FROM order_line p JOIN orders o ON o.number ="    \
    " p.number WHERE o.replaced = 0 AND " AFTERSALE_PART_LINE(                                                         \
        "p", "?1", "l.line") " AND NOT EXISTS (SELECT 1 FROM"                                                          \
                             " aftersale_stop s WHERE s.order_number = p.number AND s.own = 1 AND s.state = "          \
                             "'stopped')) AS pieces"                                                                   \
                             " FROM order_line l WHERE l.number = ?1) due"

/* Something was stopped, and nothing about it is open any more. */
static int is_wanted(struct office *office, const char *first, int64_t *ret)
{
    return sql_number(
        office->sql, ret,
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM " DUE
        " WHERE pieces > 0 AND gift = 0) AND NOT EXISTS (SELECT 1 FROM aftersale"
        " WHERE order_number = ?1 AND goods = 'here' AND state NOT IN " AFTERSALE_DROPPED ") AND NOT EXISTS"
        " (SELECT 1 FROM aftersale_stop WHERE state = 'asked' AND order_number IN " AFTERSALE_PARTS(
            "?1") ")"
                  " AND EXISTS (SELECT 1 FROM aftersale_stop WHERE own = 1 AND state = 'stopped' AND order_number IN"
                  " " AFTERSALE_PARTS("?1") ") THEN 1 ELSE 0 END",
        sql_text(first));
}

/* "N1-R2" behind "N1-R1"; a number that would be too long is one of our own. */
static int next_number(struct office *office, const char *first, char out[ORDERS_NUMBER_SIZE])
{
    CLEANUP_BUF struct buf text = {0};
    int64_t taken = 1;
    int result = 0;
    for (int i = 1; taken && !result; i++) {
        if (strlen(first) + 8 > ORDERS_NUMBER_SIZE) {
            aftersale_number(office, out);
            return 0;
        }
        buf_clear(&text);
        buf_printf(&text, "%s-R%d", first, i);
        text_copy(out, ORDERS_NUMBER_SIZE, buf_text(&text));
        result = sql_number(office->sql, &taken, "SELECT count(*) FROM orders WHERE number = ?1", sql_text(out));
    }
    return result;
}

int aftersale_send_rest(struct office *office, const char *first, struct error *error)
{
    char number[ORDERS_NUMBER_SIZE];
    int64_t wanted;
    int result = is_wanted(office, first, &wanted);
    if (result)
        return office_failed(office->sql, result, error);
    if (!wanted)
        return 0;
    result = next_number(office, first, number);
    if (!result)
        result = put_head(office, number, "split", first, 0);
    if (!result)
        result = sql_run(office->sql,
                         "INSERT INTO order_line (number, line, sku, quantity, platform_line, platform_item,"
                         " platform_sku, code, title, price_minor, gift, bundle, factor, place,"
                         " source_order, source_line) SELECT ?2, b.line, b.sku, due.pieces,"
                         " b.platform_line, b.platform_item, b.platform_sku, b.code, b.title, b.price_minor, b.gift,"
                         " b.bundle, b.factor, b.place, b.number, b.line FROM " DUE
                         " JOIN order_line b ON b.number = ?1 AND b.line = due.line WHERE"
                         " due.pieces > 0",
                         sql_text(first), sql_text(number));
    return result ? office_failed(office->sql, result, error) : check(office, number, error);
}

int aftersale_forgo(struct office *office, const char *number, const char *reason, const char *who, struct error *error)
{
    char part[ORDERS_NUMBER_SIZE];
    int result = sql_run(office->sql, "UPDATE aftersale_stop SET own = 0 WHERE order_number = ?1", sql_text(number));
    if (!result)
        result = sql_run(office->sql, "UPDATE orders SET reason = ?2 WHERE number = ?1 AND reason = ?3",
                         sql_text(number), sql_text(reason), sql_text(AFTERSALE_STOP_BEFORE));
    for (bool found = true; found && !result;) {
        struct sql_query *row = sql_select(
            office->sql,
            "SELECT o.number FROM order_line l JOIN orders o ON o.number = l.number WHERE l.source_order = ?1 AND"
            " l.source_order <> '' AND o.replaced = 0 AND o.cancelling = 0 AND o.state NOT IN ('shipped', 'finished',"
            " 'closed') ORDER BY o.number LIMIT 1",
            sql_text(number));
        found = sql_next(row);
        if (found)
            sql_copy_text(row, 0, part, sizeof(part));
        result = sql_done(row);
        if (found && !result && (result = orders_cancel(office, part, reason, who, error)) != 0)
            return result;
    }
    return result ? office_failed(office->sql, result, error) : 0;
}
