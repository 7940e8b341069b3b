#include "sync/head-office/orders/order_goods.h"

#include "base/buf.h"
#include "sync/head-office/amount.h"
#include "sync/head-office/catalogue/bundles.h"
#include "sync/head-office/catalogue/prices.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

/* ---------------------------------------------------------------- one line */

struct line {
    int64_t line, quantity, factor, price_minor, goods_minor, paid_minor;
    const char *sku, *bundle;
};

static int insert_line(struct office *office, const char *number, const struct bought *bought, const struct line *line)
{
    return sql_post(office->sql,
                    "INSERT INTO order_line (number, line, sku, quantity, platform_line, platform_item, platform_sku,"
                    " code, title, price_minor, paid_minor, overlays, bundle, factor, place, goods_minor) VALUES (?1,"
                    " ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
                    sql_text(number), sql_int(line->line), sql_text(*line->sku ? line->sku : NULL),
                    sql_int(line->quantity), sql_text(bought->line), sql_text(bought->item), sql_text(bought->sku),
                    sql_text(bought->code), sql_text(bought->title), sql_int(line->price_minor),
                    sql_int(line->paid_minor), sql_int(bought->overlays), sql_text(line->bundle), sql_int(line->factor),
                    sql_int(bought->place), line->goods_minor < 0 ? sql_null() : sql_int(line->goods_minor));
}

/* goods_minor negative: it is the price times the quantity. */
static int insert_item(struct office *office, const char *number, const struct bought *bought,
                       const struct listing_meaning *meaning, int64_t at)
{
    int64_t factor = meaning->factor > 1 ? meaning->factor : 1;
    const struct line line = {.line = at,
                              .quantity = bought->quantity * factor,
                              .factor = factor,
                              .price_minor = bought->price_minor / factor,
                              .goods_minor = factor > 1 ? bought->price_minor * bought->quantity : -1,
                              .paid_minor = bought->paid_minor,
                              .sku = meaning->sku,
                              .bundle = ""};
    return insert_line(office, number, bought, &line);
}

/* ---------------------------------------------------------------- a bundle's parts */

struct part {
    char sku[LISTINGS_SKU_SIZE];
    int64_t line, pieces; /* pieces in one bundle */
    int64_t price_minor, cost_minor;
    int64_t goods_minor, paid_minor; /* its share */
};

struct parts {
    struct part list[BUNDLES_PARTS_MAX];
    size_t count;
};

/* Of an item's attributes. */
static int64_t cost_of(const char *attributes)
{
    CLEANUP_BUF struct buf text = {0};
    buf_printf(&text, "{%s}", attributes);
    json_t *root = json_loadb(buf_text(&text), text.length, 0, NULL);
    int64_t cost = json_integer_value(json_object_get(root, "cost_minor"));
    json_decref(root);
    return cost;
}

static void take_part(struct sql_query *row, struct part *out)
{
    sql_copy_text(row, 0, out->sku, sizeof(out->sku));
    out->pieces = sql_get_int(row, 1);
    out->line = sql_get_int(row, 2);
    out->cost_minor = cost_of(sql_get_text(row, 3));
    out->price_minor = sql_get_int(row, 4);
}

#define WORTH(sku) ", i.attributes, coalesce(" PRICES_ROW("amount_minor", "p.sku = " sku, "?2", "?3") ", 0)"

static int load_parts(struct office *office, const char *shop, const char *bundle, struct parts *out)
{
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT b.sku, b.quantity, 0" WORTH("b.sku") " FROM bundle_part b JOIN item i ON i.sku = b.sku WHERE"
                                                                " b.bundle = ?1 ORDER BY b.sku",
                   sql_text(bundle), sql_text(shop), sql_int(office->now_us));
    for (out->count = 0; out->count < BUNDLES_PARTS_MAX && sql_next(row); out->count++)
        take_part(row, &out->list[out->count]);
    return sql_done(row);
}

static int load_lines(struct office *office, const char *shop, const char *number, int64_t place, struct parts *out)
{
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT l.sku, l.factor, l.line" WORTH("l.sku") " FROM order_line l JOIN item i ON i.sku = l.sku"
                                                                   " WHERE l.number = ?1 AND l.place = ?4 AND l.gift ="
                                                                   " 0 AND l.bundle <> '' ORDER BY l.line",
                   sql_text(number), sql_text(shop), sql_int(office->now_us), sql_int(place));
    for (out->count = 0; out->count < BUNDLES_PARTS_MAX && sql_next(row); out->count++)
        take_part(row, &out->list[out->count]);
    return sql_done(row);
}

static void share(struct parts *parts, const struct bought *bought)
{
    int64_t weights[BUNDLES_PARTS_MAX], goods[BUNDLES_PARTS_MAX], paid[BUNDLES_PARTS_MAX];
    bool priced = true, costed = true;
    for (size_t i = 0; i < parts->count; i++) {
        priced = priced && parts->list[i].price_minor > 0;
        costed = costed && parts->list[i].cost_minor > 0;
    }
    for (size_t i = 0; i < parts->count; i++) {
        const struct part *part = &parts->list[i];
        weights[i] = part->pieces * (priced ? part->price_minor : costed ? part->cost_minor : 1);
    }
    amount_share(bought->price_minor * bought->quantity, weights, parts->count, goods);
    amount_share(bought->paid_minor, weights, parts->count, paid);
    for (size_t i = 0; i < parts->count; i++) {
        parts->list[i].goods_minor = goods[i];
        parts->list[i].paid_minor = paid[i];
    }
}

static int insert_parts(struct office *office, const char *number, const struct bought *bought, const char *bundle,
                        const struct parts *parts, int64_t first, int64_t *next)
{
    int result = 0;
    for (size_t i = 0; i < parts->count && !result; i++) {
        const struct part *part = &parts->list[i];
        const struct line line = {.line = i == 0 ? first : (*next)++,
                                  .quantity = bought->quantity * part->pieces,
                                  .factor = part->pieces,
                                  .price_minor = part->goods_minor / (bought->quantity * part->pieces),
                                  .goods_minor = part->goods_minor,
                                  .paid_minor = part->paid_minor,
                                  .sku = part->sku,
                                  .bundle = bundle};
        result = insert_line(office, number, bought, &line);
    }
    return result;
}

int order_goods_insert(struct office *office, const char *shop, const char *number, const struct bought *bought,
                       const struct listing_meaning *meaning, int64_t first, int64_t *next)
{
    static const struct listing_meaning unknown = {.factor = 1};
    struct parts parts = {.count = 0};
    if (!*meaning->bundle)
        return insert_item(office, number, bought, meaning, first);
    int result = load_parts(office, shop, meaning->bundle, &parts);
    if (result)
        return result;
    if (parts.count == 0) /* nobody has said what is in it */
        return insert_item(office, number, bought, &unknown, first);
    share(&parts, bought);
    return insert_parts(office, number, bought, meaning->bundle, &parts, first, next);
}

int order_goods_post(struct office *office, const char *shop, const char *number, const struct bought *bought,
                     int64_t line)
{
    return sql_post(office->sql,
                    "INSERT INTO order_line (number, line, sku, quantity, platform_line, platform_item, platform_sku,"
                    " code, title, price_minor, paid_minor, overlays, factor, place, goods_minor) SELECT ?1, ?2,"
                    " l.our_sku, ?3 * coalesce(l.factor, 1), ?4, ?5, ?6, ?7, ?8, ?9 / coalesce(l.factor, 1), ?10, ?11,"
                    " coalesce(l.factor, 1), ?13, CASE WHEN l.factor > 1 THEN ?9 * ?3 END FROM (SELECT 1 AS one) line"
                    " LEFT JOIN listing l ON l.shop = ?12 AND l.item = ?5 AND l.sku = ?6 AND l.our_sku IS NOT NULL AND"
                    " (l.matched = 'person' OR ?7 = '' OR l.code = ?7)",
                    sql_text(number), sql_int(line), sql_int(bought->quantity), sql_text(bought->line),
                    sql_text(bought->item), sql_text(bought->sku), sql_text(bought->code), sql_text(bought->title),
                    sql_int(bought->price_minor), sql_int(bought->paid_minor), sql_int(bought->overlays),
                    sql_text(shop), sql_int(bought->place));
}

int order_goods_replace(struct office *office, const char *shop, const char *number, const struct bought *bought,
                        const struct listing_meaning *meaning, int64_t line, int64_t *next)
{
    int result = sql_post(office->sql, "DELETE FROM order_line WHERE number = ?1 AND line = ?2", sql_text(number),
                          sql_int(line));
    return result ? result : order_goods_insert(office, shop, number, bought, meaning, line, next);
}

static int update_part(struct office *office, const char *number, const struct bought *bought, const struct part *part)
{
    return sql_run(office->sql,
                   "UPDATE order_line SET price_minor = ?3 / quantity, goods_minor = ?3, paid_minor = ?4, overlays ="
                   " ?5, title = ?6 WHERE number = ?1 AND line = ?2",
                   sql_text(number), sql_int(part->line), sql_int(part->goods_minor), sql_int(part->paid_minor),
                   sql_int(bought->overlays), sql_text(bought->title));
}

int order_goods_update(struct office *office, const char *shop, const char *number, const struct bought *bought)
{
    struct parts parts = {.count = 0};
    int result =
        sql_run(office->sql,
                "UPDATE order_line SET price_minor = ?3 / factor, goods_minor = CASE WHEN factor > 1 THEN ?3 *"
                " ?8 END, paid_minor = ?4, overlays = ?5, title = ?6 WHERE number = ?1 AND place = ?2 AND gift"
                " = 0 AND bundle = '' AND platform_line = ?7",
                sql_text(number), sql_int(bought->place), sql_int(bought->price_minor), sql_int(bought->paid_minor),
                sql_int(bought->overlays), sql_text(bought->title), sql_text(bought->line), sql_int(bought->quantity));
    if (result || sql_changes(office->sql) > 0)
        return result;
    result = load_lines(office, shop, number, bought->place, &parts);
    share(&parts, bought);
    for (size_t i = 0; i < parts.count && !result; i++)
        result = update_part(office, number, bought, &parts.list[i]);
    return result;
}
