/* Several orders that become one, and taking that back, and a split, too. */
#include "sync/head-office/buying/demand.h"
#include "sync/head-office/customers/persons.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/orders/order_split.h"
#include "sync/head-office/stock/promises.h"

#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- one promise for another */

/* Where an order is promised with all its lines; "": nowhere. */
static int load_whole_promise(struct office *office, const char *number, char ret_site[WIRE_NAME_SIZE])
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT min(r.site) FROM order_line l LEFT JOIN reservation r ON r.number = l.number AND r.line = l.line AND"
        " r.quantity = l.quantity WHERE l.number = ?1 HAVING count(*) = count(r.site) AND min(r.site) = max(r.site)",
        sql_text(number));
    *ret_site = '\0';
    if (sql_next(row))
        sql_copy_text(row, 0, ret_site, WIRE_NAME_SIZE);
    return sql_done(row);
}

/* All of these orders are promised whole at one site; "": they are not. */
static int load_common_site(struct office *office, const char (*numbers)[ORDERS_NUMBER_SIZE], size_t count,
                            char ret_site[WIRE_NAME_SIZE])
{
    char site[WIRE_NAME_SIZE];
    int result = load_whole_promise(office, numbers[0], ret_site);
    for (size_t i = 1; i < count && !result; i++) {
        result = load_whole_promise(office, numbers[i], site);
        if (strcmp(site, ret_site) != 0)
            *ret_site = '\0';
    }
    return result;
}

/* ---------------------------------------------------------------- merging */

static int check_partner(struct office *office, const char *first, const char *number, struct error *error)
{
    int64_t same = 0;
    int result = order_life_check(office, number, ORDER_MERGED, error);
    if (result)
        return result;
    result = sql_number(
        office->sql, &same,
        "SELECT CASE WHEN o.shop IS NULL OR o.shop <> f.shop OR o.currency <> f.currency OR o.platform <> f.platform "
        "THEN"
        " 1 WHEN (o.receiver_name, o.receiver_phone, o.receiver_address, o.province, o.city, o.district) IS DISTINCT "
        "FROM"
        " (f.receiver_name, f.receiver_phone, f.receiver_address, f.province, f.city, f.district) THEN 2 WHEN o.waybill"
        " IS NOT NULL THEN 3 WHEN o.origin NOT IN ('sale', 'split', 'merge') THEN 4 WHEN EXISTS (SELECT 1 FROM "
        "order_line"
        " l WHERE l.number = o.number AND l.sku IS NULL AND l.quantity > l.refunded) THEN 5 ELSE 0 END FROM orders o "
        "JOIN "
        "orders f"
        " ON f.number = ?2 WHERE o.number = ?1",
        sql_text(number), sql_text(first));
    if (result)
        return office_failed(office->sql, result, error);
    static const char *const reasons[] = {[1] = "is of another shop",
                                          [2] = "goes to another receiver",
                                          [3] = "has a waybill of its own",
                                          [4] = "was not sold",
                                          [5] = "has lines whose item is not known"};
    return same == 0 ? 0
                     : error_set(error, -EINVAL, "order \"%s\" %s: it cannot be merged with \"%s\"", number,
                                 reasons[same], first);
}

/* The one that was paid first gives its number. */
static int find_first(struct office *office, const char (*numbers)[ORDERS_NUMBER_SIZE], size_t count, size_t *ret)
{
    int64_t best = INT64_MAX;
    int result = 0;
    *ret = 0;
    for (size_t i = 0; i < count && !result; i++) {
        int64_t paid = INT64_MAX;
        result = sql_number(office->sql, &paid, "SELECT coalesce(paid_us, imported_us) FROM orders WHERE number = ?1",
                            sql_text(numbers[i]));
        result = result == -ENOENT ? 0 : result; /* that is said when it is looked at */
        if (paid < best) {
            best = paid;
            *ret = i;
        }
    }
    return result;
}

/* FIRST-M, or what is free behind it: those of a merge that was taken back stay. */
static int name_merged(struct office *office, const char *first, char ret[ORDERS_NUMBER_SIZE], struct error *error)
{
    int64_t taken = 1;
    for (int i = 1; taken > 0; i++) {
        char suffix[12] = "";
        if (i > 1)
            snprintf(suffix, sizeof(suffix), "%d", i);
        if (snprintf(ret, ORDERS_NUMBER_SIZE, "%s-M%s", first, suffix) >= ORDERS_NUMBER_SIZE)
            return error_set(error, -EINVAL, "the number of order \"%s\" is too long to be merged", first);
        int result = sql_number(office->sql, &taken, "SELECT count(*) FROM orders WHERE number = ?1", sql_text(ret));
        if (result)
            return office_failed(office->sql, result, error);
    }
    return 0;
}

/* Without lines, and with the first one's money. */
static int insert_merged(struct office *office, const char *first, const char *merged)
{
    return sql_run(
        office->sql,
        "INSERT INTO orders (number, platform, carrier, priority, receiver_name, receiver_phone,"
        " receiver_address, imported_us, shop, overlays, modified_us, placed_us, paid_us, ship_by_us, buyer,"
        " buyer_note, seller_note, province, city, district, sealed, currency, origin) SELECT ?2, platform,"
        " carrier, priority, receiver_name, receiver_phone, receiver_address, imported_us, shop, overlays & 8,"
        " modified_us, placed_us, paid_us, ship_by_us, buyer, '', '', province, city, district, sealed,"
        " currency, 'merge' FROM orders WHERE number = ?1",
        sql_text(first), sql_text(merged));
}

/* Its money and its notes are added; of two carriers none is the merged order's. */
static int add_money(struct office *office, const char *merged, const char *number)
{
    return sql_run(
        office->sql,
        "UPDATE orders SET goods_minor = orders.goods_minor + o.goods_minor, freight_minor = orders.freight_minor +"
        " o.freight_minor, discount_minor = orders.discount_minor + o.discount_minor, platform_discount_minor ="
        " orders.platform_discount_minor + o.platform_discount_minor, paid_minor = orders.paid_minor + o.paid_minor,"
        " priority = CASE WHEN o.priority > orders.priority THEN o.priority ELSE orders.priority END,"
        " ship_by_us = CASE WHEN orders.ship_by_us IS NULL OR o.ship_by_us < orders.ship_by_us THEN o.ship_by_us ELSE"
        " orders.ship_by_us END, carrier = CASE WHEN o.carrier = orders.carrier THEN o.carrier ELSE '' END,"
        " buyer_note = CASE WHEN o.buyer_note = '' THEN orders.buyer_note WHEN orders.buyer_note = '' THEN o.buyer_note"
        " ELSE orders.buyer_note || ' / ' || o.buyer_note END,"
        " seller_note = CASE WHEN o.seller_note = '' THEN orders.seller_note WHEN orders.seller_note = '' THEN"
        " o.seller_note ELSE orders.seller_note || ' / ' || o.seller_note END"
        " FROM orders o WHERE orders.number = ?1 AND o.number = ?2",
        sql_text(merged), sql_text(number));
}

static int add_lines(struct office *office, const char *merged, const char *number)
{
    return sql_run(
        office->sql,
        "INSERT INTO order_line (number, line, sku, quantity, platform_line, platform_item, platform_sku, code, title,"
        " price_minor, paid_minor, gift, bundle, factor, place, goods_minor, source_order, source_line) SELECT ?1, "
        "(SELECT coalesce(max(line), 0)"
        " FROM order_line WHERE number = ?1) + row_number() OVER (ORDER BY line), sku, quantity - refunded, "
        "platform_line,"
        " platform_item, platform_sku, code, title, price_minor, paid_minor, gift, bundle, factor, place, goods_minor *"
        " (quantity - refunded) / quantity, CASE WHEN source_order <> ''"
        " THEN source_order ELSE number END, coalesce(source_line, line) FROM order_line WHERE number = ?2 AND "
        "quantity >"
        " refunded",
        sql_text(merged), sql_text(number));
}

static int take_in(struct office *office, const char *merged, const char *number, const char *who, struct error *error)
{
    int result = add_money(office, merged, number);
    if (!result)
        result = add_lines(office, merged, number);
    if (!result)
        result = sql_run(office->sql, "UPDATE orders SET merged_into = ?2 WHERE number = ?1", sql_text(number),
                         sql_text(merged));
    if (result)
        return office_failed(office->sql, result, error);
    result = order_life_note(office, merged, "merged from", who, number, error);
    return result ? result : order_replace(office, number, ORDER_MERGED, merged, who, error);
}

static int check_lines(struct office *office, const char *merged, struct error *error)
{
    int64_t lines = 0;
    int result = sql_number(office->sql, &lines, "SELECT count(*) FROM order_line WHERE number = ?1", sql_text(merged));
    if (result)
        return office_failed(office->sql, result, error);
    return lines <= ORDERS_LINES_MAX
               ? 0
               : error_set(error, -E2BIG, "together they have more than %d lines", ORDERS_LINES_MAX);
}

static int check_partners(struct office *office, const char (*numbers)[ORDERS_NUMBER_SIZE], size_t count, size_t first,
                          struct error *error)
{
    if (count < 2 || count > MERGE_ORDERS_MAX)
        return error_set(error, -EINVAL, "2 to %d orders can be merged, not %zu", MERGE_ORDERS_MAX, count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++)
            if (strcmp(numbers[i], numbers[k]) == 0)
                return error_set(error, -EINVAL, "order \"%s\" is named twice", numbers[i]);
        int result = check_partner(office, numbers[first], numbers[i], error);
        if (result)
            return result;
    }
    return 0;
}

int order_merge(struct office *office, const char (*numbers)[ORDERS_NUMBER_SIZE], size_t count, const char *who,
                char ret_number[ORDERS_NUMBER_SIZE], struct error *error)
{
    char site[WIRE_NAME_SIZE];
    size_t first;
    int result = find_first(office, numbers, count, &first);
    if (result)
        return office_failed(office->sql, result, error);
    result = check_partners(office, numbers, count, first, error);
    if (!result)
        result = name_merged(office, numbers[first], ret_number, error);
    if (result)
        return result;
    result = load_common_site(office, numbers, count, site);
    if (!result)
        result = insert_merged(office, numbers[first], ret_number);
    if (!result)
        result = persons_note_order(office->sql, ret_number);
    if (!result)
        result = demand_note_order(office->sql, ret_number);
    if (result)
        return office_failed(office->sql, result, error);
    for (size_t i = 0; i < count && !result; i++)
        result = take_in(office, ret_number, numbers[(first + i) % count], who, error);
    if (!result)
        result = check_lines(office, ret_number, error);
    if (result || !*site)
        return result;
    result = promises_at(office, ret_number, site);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- taking back */

struct party {
    char numbers[MERGE_ORDERS_MAX][ORDERS_NUMBER_SIZE];
    size_t count;
};

static int read_party(struct office *office, struct sql_query *row, struct party *ret, struct error *error)
{
    ret->count = 0;
    while (ret->count < MERGE_ORDERS_MAX && sql_next(row))
        sql_copy_text(row, 0, ret->numbers[ret->count++], ORDERS_NUMBER_SIZE);
    int failed = sql_done(row);
    return failed ? office_failed(office->sql, failed, error) : 0;
}

/* No site has had it, and it is not replaced itself. */
static int check_untouched(struct office *office, const char *number, struct error *error)
{
    int64_t given = 0;
    int result = order_life_check(office, number, ORDER_SPLIT, error);
    if (result)
        return result;
    result = sql_number(office->sql, &given, "SELECT count(*) FROM assignment WHERE number = ?1", sql_text(number));
    if (result)
        return office_failed(office->sql, result, error);
    return given == 0 ? 0 : error_set(error, -EALREADY, "a site has had order \"%s\" already", number);
}

/* What came of it is no more; what was stands again. */
static int end_heir(struct office *office, const char *number, const char *who, struct error *error)
{
    int result = order_replace(office, number, ORDER_CLOSED, "taken back", who, error);
    if (result)
        return result;
    result = sql_run(office->sql, "UPDATE orders SET reason = 'undone' WHERE number = ?1", sql_text(number));
    return result ? office_failed(office->sql, result, error) : 0;
}

static int restore(struct office *office, const char *number, const char *site, const char *who, struct error *error)
{
    int result = order_life_act(office, number, ORDER_RESTORED, who, NULL, error);
    if (result)
        return result;
    result =
        sql_run(office->sql,
                "UPDATE orders SET replaced = 0, reason = NULL, merged_into = NULL, rev = rev + 1 WHERE number = ?1",
                sql_text(number));
    if (!result && *site)
        result = promises_at(office, number, site);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* heirs for those that were: each is the other's way back. */
static int swap(struct office *office, const struct party *heirs, const struct party *were, const char *who,
                struct error *error)
{
    char site[WIRE_NAME_SIZE];
    int result = 0;
    for (size_t i = 0; i < heirs->count && !result; i++)
        result = check_untouched(office, heirs->numbers[i], error);
    if (result)
        return result;
    result = load_common_site(office, (const char(*)[ORDERS_NUMBER_SIZE])heirs->numbers, heirs->count, site);
    if (result)
        return office_failed(office->sql, result, error);
    for (size_t i = 0; i < heirs->count && !result; i++)
        result = end_heir(office, heirs->numbers[i], who, error);
    for (size_t i = 0; i < were->count && !result; i++)
        result = restore(office, were->numbers[i], site, who, error);
    return result;
}

/* Lines that were changed since would be lost. */
static int check_same(struct office *office, const char *number, int64_t changed, int failed, struct error *error)
{
    if (failed)
        return office_failed(office->sql, failed, error);
    return changed == 0 ? 0 : error_set(error, -EALREADY, "what came of order \"%s\" was changed since", number);
}

static int undo_split(struct office *office, const char *number, const char *who, struct error *error)
{
    struct party parts, whole = {.count = 1};
    int64_t changed = 0;
    snprintf(whole.numbers[0], ORDERS_NUMBER_SIZE, "%s", number);
    int result =
        read_party(office,
                   sql_select(office->sql,
                              "SELECT number FROM orders WHERE of_order = ?1 AND origin = 'split' AND reason IS"
                              " DISTINCT FROM 'undone' ORDER BY number",
                              sql_text(number)),
                   &parts, error);
    if (result)
        return result;
    int failed =
        sql_number(office->sql, &changed,
                   "SELECT count(*) FROM order_line l WHERE l.number = ?1 AND l.quantity - l.refunded <> (SELECT "
                   "coalesce(sum(c.quantity - c.refunded), 0) FROM"
                   " order_line c JOIN orders o ON o.number = c.number WHERE o.of_order = ?1 AND o.origin = "
                   "'split' AND o.reason IS"
                   " DISTINCT FROM 'undone' AND c.line = l.line AND c.sku IS NOT DISTINCT FROM l.sku)",
                   sql_text(number));
    result = check_same(office, number, changed, failed, error);
    return result ? result : swap(office, &parts, &whole, who, error);
}

static int undo_merge(struct office *office, const char *number, const char *who, struct error *error)
{
    struct party were, merged = {.count = 1};
    int64_t changed = 0;
    snprintf(merged.numbers[0], ORDERS_NUMBER_SIZE, "%s", number);
    int result = read_party(
        office,
        sql_select(office->sql, "SELECT number FROM orders WHERE merged_into = ?1 ORDER BY number", sql_text(number)),
        &were, error);
    if (result)
        return result;
    int failed = sql_number(office->sql, &changed,
                            "SELECT count(*) FROM (SELECT sku, sum(n) AS n FROM (SELECT sku, quantity - refunded AS n "
                            "FROM order_line WHERE number = "
                            "?1"
                            " UNION ALL SELECT l.sku, l.refunded - l.quantity FROM order_line l JOIN orders o USING "
                            "(number) WHERE o.merged_into = ?1)"
                            " both_sides GROUP BY sku) sums WHERE n <> 0",
                            sql_text(number));
    result = check_same(office, number, changed, failed, error);
    return result ? result : swap(office, &merged, &were, who, error);
}

int order_undo(struct office *office, const char *number, const char *who, struct error *error)
{
    char origin[16] = "", reason[16] = "";
    bool replaced = false;
    struct sql_query *row = sql_select(
        office->sql, "SELECT origin, coalesce(reason, ''), replaced FROM orders WHERE number = ?1", sql_text(number));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, origin, sizeof(origin));
        sql_copy_text(row, 1, reason, sizeof(reason));
        replaced = sql_get_int(row, 2) != 0;
    }
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    if (!found)
        return error_set(error, -ENOENT, "there is no order \"%s\"", number);
    if (replaced && strcmp(reason, ORDER_SPLIT) == 0)
        return undo_split(office, number, who, error);
    if (!replaced && strcmp(origin, "merge") == 0)
        return undo_merge(office, number, who, error);
    return error_set(error, -EINVAL, "order \"%s\" was not split, and is not merged of others", number);
}

/* ---------------------------------------------------------------- what a platform's order lives on in */

int order_split_heirs(struct office *office, const char *number, int (*take)(void *user, const char *heir), void *user)
{
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT number FROM orders WHERE replaced = 0 AND number IN (SELECT CAST(?1 AS TEXT) UNION ALL "
                   "SELECT l.number FROM"
                   " order_line l WHERE l.source_order = ?1 AND l.source_order <> '') ORDER BY number",
                   sql_text(number));
    struct party heirs = {.count = 0};
    int result = 0;
    while (!result && sql_next(row)) {
        if (heirs.count == MERGE_ORDERS_MAX)
            result = -E2BIG;
        else
            sql_copy_text(row, 0, heirs.numbers[heirs.count++], ORDERS_NUMBER_SIZE);
    }
    int failed = sql_done(row);
    for (size_t i = 0; i < heirs.count && !result && !failed; i++)
        result = take(user, heirs.numbers[i]);
    return result ? result : failed;
}

struct cancelling {
    struct office *office;
    const char *number, *reason, *who;
    struct error *error;
    bool again; /* the order itself stands again */
};

/* A part is cancelled; a merge with others is taken back. */
static int cancel_heir(void *user, const char *heir)
{
    struct cancelling *cancelling = user;
    struct office *office = cancelling->office;
    int64_t others = 0;
    int result =
        sql_number(office->sql, &others, "SELECT count(*) FROM order_line WHERE number = ?1 AND source_order <> ?2",
                   sql_text(heir), sql_text(cancelling->number));
    if (result)
        return office_failed(office->sql, result, cancelling->error);
    if (others == 0)
        return orders_cancel(office, heir, cancelling->reason, cancelling->who, cancelling->error);
    result = order_undo(office, heir, cancelling->who, cancelling->error);
    cancelling->again |= !result;
    return result;
}

int order_split_cancel(struct office *office, const char *number, const char *reason, const char *who,
                       struct error *error)
{
    struct cancelling cancelling = {.office = office, .number = number, .reason = reason, .who = who, .error = error};
    int result = order_split_heirs(office, number, cancel_heir, &cancelling);
    return result || !cancelling.again ? result : orders_cancel(office, number, reason, who, error);
}
