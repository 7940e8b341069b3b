#include "sync/head-office/orders/orders.h"

#include "base/decimal.h"
#include "sync/head-office/buying/demand.h"
#include "sync/head-office/catalogue/catalogue.h"
#include "sync/head-office/customers/persons.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/settings.h"
#include "sync/head-office/stock/promises.h"
#include "sync/head-office/tenants/usage.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* What all lines of an order share, in the tables of what comes in and of orders. */
#define SHARED                                                                                                         \
    "platform, carrier, waybill, priority, receiver_name, receiver_phone, receiver_address, shop, platform_order,"     \
    " province, city, district, buyer, buyer_note, currency, freight_minor, discount_minor, platform_discount_minor,"  \
    " paid_minor"
#define OF(table)                                                                                                      \
    table ".platform, " table ".carrier, " table ".waybill, " table ".priority, " table ".receiver_name, " table       \
          ".receiver_phone, " table ".receiver_address, " table ".shop, " table ".platform_order, " table              \
          ".province, " table ".city, " table ".district, " table ".buyer, " table ".buyer_note, " table               \
          ".currency, " table ".freight_minor, " table ".discount_minor, " table ".platform_discount_minor, " table    \
          ".paid_minor"

/* What the orders of a file say, until the whole file is known to be right. */
static const char stage_tables[] =
    "CREATE TEMP TABLE IF NOT EXISTS incoming (number TEXT PRIMARY KEY, file_line INTEGER NOT NULL, state TEXT,"
    " platform TEXT, carrier TEXT, waybill TEXT, priority INTEGER, receiver_name TEXT, receiver_phone TEXT,"
    " receiver_address TEXT, shop TEXT, platform_order TEXT, province TEXT, city TEXT, district TEXT, buyer TEXT,"
    " buyer_note TEXT, currency TEXT, freight_minor INTEGER, discount_minor INTEGER, platform_discount_minor INTEGER,"
    " paid_minor INTEGER, lines INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TEMP TABLE IF NOT EXISTS incoming_line (number TEXT, line INTEGER, sku TEXT, quantity INTEGER,"
    " price_minor INTEGER, paid_minor INTEGER, PRIMARY KEY (number, line)) STRICT;"
    "DELETE FROM incoming; DELETE FROM incoming_line;";

int orders_stage_open(struct office *office, struct error *error)
{
    return sql_script(office->sql, stage_tables, error);
}

/* ---------------------------------------------------------------- amounts */

#define AMOUNT_MAX INT64_C(1000000000000) /* minor units: what is reckoned of it fits */

enum amount { FREIGHT, DISCOUNT, PLATFORM_DISCOUNT, PAID, PRICE, LINE_PAID, AMOUNTS };

static int read_amounts(const struct order_row *row, int64_t amounts[AMOUNTS], const char **ret_column,
                        struct error *error)
{
    const struct {
        const char *column, *text;
    } texts[AMOUNTS] = {
        {"freight", row->freight}, {"discount", row->discount}, {"platform_discount", row->platform_discount},
        {"paid", row->paid},       {"price", row->price},       {"line_paid", row->line_paid}};
    for (size_t i = 0; i < AMOUNTS; i++) {
        *ret_column = texts[i].column;
        if (decimal_to_minor(texts[i].text, &amounts[i]) != 0 || amounts[i] < 0 || amounts[i] > AMOUNT_MAX)
            return error_set(error, -EINVAL, "\"%s\" is no amount: write it as 105.80, up to 10000000000",
                             texts[i].text);
    }
    *ret_column = NULL;
    return 0;
}

/* What a file calls shipped is done with here; what is on another system's floor waits to be done on ours. */
static const char *stage_state(const char *state)
{
    static const char *const kept[] = {"pending_pay", "finished", "closed"};
    for (size_t i = 0; i < COUNT(kept); i++)
        if (strcmp(kept[i], state) == 0)
            return kept[i];
    return strcmp(state, "shipped") == 0 ? "finished" : "audit";
}

/* ---------------------------------------------------------------- a row */

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

static int stage_order(struct office *office, const struct order_row *row, const int64_t amounts[AMOUNTS],
                       int64_t file_line, struct error *error)
{
    const struct sql_value values[] = {sql_text(row->order),
                                       sql_int(file_line),
                                       sql_text(stage_state(row->state)),
                                       sql_text(row->platform),
                                       sql_text(row->carrier),
                                       sql_text(or_null(row->waybill)),
                                       sql_int(row->priority),
                                       sql_masked(row->receiver_name),
                                       sql_masked(row->receiver_phone),
                                       sql_secret(row->receiver_address),
                                       sql_text(or_null(row->shop)),
                                       sql_text(or_null(row->platform_order)),
                                       sql_text(row->province),
                                       sql_text(row->city),
                                       sql_text(row->district),
                                       sql_text(row->buyer),
                                       sql_text(row->buyer_note),
                                       sql_text(row->currency),
                                       sql_int(amounts[FREIGHT]),
                                       sql_int(amounts[DISCOUNT]),
                                       sql_int(amounts[PLATFORM_DISCOUNT]),
                                       sql_int(amounts[PAID]),
                                       {0}};
    int result = sql_run_values(office->sql,
                                "INSERT INTO incoming (number, file_line, state, " SHARED
                                ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
                                " ?18, ?19, ?20, ?21, ?22) ON CONFLICT DO NOTHING",
                                values);
    if (result)
        return office_failed(office->sql, result, error);
    int64_t other;
    result = sql_number_values(office->sql, &other,
                               "SELECT file_line FROM incoming WHERE number = ?1 AND ?2 > 0 AND (state, " SHARED
                               ") IS DISTINCT FROM (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
                               " ?18, ?19, ?20, ?21, ?22)",
                               values);
    if (result == -ENOENT)
        return 0;
    if (result)
        return office_failed(office->sql, result, error);
    return error_set(error, -EINVAL,
                     "order \"%s\" says otherwise in line %" PRId64
                     ": all but the item, its quantity and its price must"
                     " be the same in all its rows",
                     row->order, other);
}

static int check_shop(struct office *office, const struct order_row *row, const char **ret_column, struct error *error)
{
    int64_t found;
    int result =
        *row->shop ? sql_number(office->sql, &found, "SELECT 1 FROM shop WHERE code = ?1", sql_text(row->shop)) : 0;
    if (result && result != -ENOENT)
        return office_failed(office->sql, result, error);
    *ret_column = result ? "shop" : NULL;
    return result ? error_set(error, -ENOENT, "there is no shop \"%s\": add it first", row->shop) : 0;
}

int orders_stage_row(struct office *office, const struct order_row *row, int64_t file_line, const char **ret_column,
                     struct error *error)
{
    if (!catalogue_has_item(office->sql, row->sku)) {
        *ret_column = "sku";
        return error_set(error, -ENOENT, "there is no item \"%s\": import the items first", row->sku);
    }
    int64_t amounts[AMOUNTS];
    int result = read_amounts(row, amounts, ret_column, error);
    if (!result)
        result = check_shop(office, row, ret_column, error);
    if (!result)
        result = stage_order(office, row, amounts, file_line, error);
    if (result)
        return result;
    int64_t line;
    result = sql_number(office->sql, &line, "UPDATE incoming SET lines = lines + 1 WHERE number = ?1 RETURNING lines",
                        sql_text(row->order));
    if (!result && line > ORDERS_LINES_MAX)
        return error_set(error, -E2BIG, "order \"%s\" has more than %d lines: split it", row->order, ORDERS_LINES_MAX);
    if (!result)
        result = sql_run(office->sql,
                         "INSERT INTO incoming_line (number, line, sku, quantity, price_minor, paid_minor)"
                         " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                         sql_text(row->order), sql_int(line), sql_text(row->sku), sql_int(row->quantity),
                         sql_int(amounts[PRICE]), sql_int(amounts[LINE_PAID]));
    return result ? office_failed(office->sql, result, error) : 0;
}

static int store_order(struct office *office, const char *number)
{
    int result = sql_run(
        office->sql,
        "INSERT INTO orders (number, state, imported_us, " SHARED ") SELECT number, state, ?2, " SHARED
        " FROM incoming WHERE number = ?1 ON CONFLICT (number) DO UPDATE SET platform = excluded.platform,"
        " carrier = excluded.carrier, waybill = excluded.waybill, priority = excluded.priority,"
        " receiver_name = excluded.receiver_name, receiver_phone = excluded.receiver_phone,"
        " receiver_address = excluded.receiver_address, shop = excluded.shop, platform_order = excluded.platform_order,"
        " province = excluded.province, city = excluded.city, district = excluded.district, buyer = excluded.buyer,"
        " buyer_note = excluded.buyer_note, currency = excluded.currency, freight_minor = excluded.freight_minor,"
        " discount_minor = excluded.discount_minor, platform_discount_minor = excluded.platform_discount_minor,"
        " paid_minor = excluded.paid_minor, rev = orders.rev + 1",
        sql_text(number), sql_int(office->now_us));
    if (!result)
        result = sql_run(office->sql, "DELETE FROM order_line WHERE number = ?1", sql_text(number));
    if (!result)
        result = sql_run(office->sql,
                         "INSERT INTO order_line (number, line, sku, quantity, price_minor, paid_minor)"
                         " SELECT number, line, sku, quantity, price_minor, paid_minor FROM incoming_line"
                         " WHERE number = ?1",
                         sql_text(number));
    return result ? result
                  : sql_run(office->sql,
                            "UPDATE orders SET goods_minor = (SELECT sum(price_minor * quantity) FROM order_line"
                            " WHERE number = ?1) WHERE number = ?1",
                            sql_text(number));
}

static int take_order(struct office *office, struct sql_query *order, int64_t *changed, int64_t *new,
                      struct error *error)
{
    const char *number = sql_get_text(order, 0), *state = sql_get_text(order, 2);
    bool is_new = *state == '\0', same = sql_get_int(order, 3) != 0;
    if (!is_new && same)
        return 0;
    if (!is_new && !order_life_after(ORDER_CHANGED, state))
        return error_set(error, -EALREADY,
                         "line %" PRId64 ": order \"%s\" is already %s and this file says otherwise: give the new order"
                         " another number",
                         sql_get_int(order, 1), number, state);
    ++*changed;
    *new += is_new;
    int result = is_new ? 0 : order_life_act(office, number, ORDER_CHANGED, "", "by a file", error);
    if (result)
        return result;
    result = is_new ? 0 : promises_free(office, number);
    if (!result)
        result = store_order(office, number);
    if (!result)
        result = persons_note_order(office->sql, number);
    if (!result)
        result = demand_note_order(office->sql, number);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* All of the file or nothing. */
static int count_new(struct office *office, int64_t new, struct error *error)
{
    struct settings settings;
    if (new == 0)
        return 0;
    int result = settings_load(office, &settings, error);
    if (!result)
        result = quota_check_orders(office, settings.utc_offset_min, new, error);
    return result ? result : usage_count_today(office, USAGE_ORDERS, new, error);
}

int orders_stage_take(struct office *office, int64_t *changed, struct error *error)
{
    int64_t new = 0;
    struct sql_query *order = sql_select(
        office->sql,
        "SELECT i.number, i.file_line, o.state,"
        " (" OF("o") ") IS NOT DISTINCT FROM (" OF(
            "i") ")"
                 " AND i.lines = (SELECT count(*) FROM order_line l WHERE l.number = i.number)"
                 " AND NOT EXISTS (SELECT 1 FROM incoming_line n LEFT JOIN order_line l"
                 "  ON l.number = n.number AND l.line = n.line"
                 "  WHERE n.number = i.number AND (n.sku, n.quantity, n.price_minor, n.paid_minor) IS DISTINCT FROM"
                 "  (l.sku, l.quantity, l.price_minor, l.paid_minor))"
                 " FROM incoming i LEFT JOIN orders o ON o.number = i.number ORDER BY i.file_line",
        SQL_NO_VALUES);
    int result = 0;
    while (!result && sql_next(order))
        result = take_order(office, order, changed, &new, error);
    int failed = sql_done(order);
    return result ? result : failed ? office_failed(office->sql, failed, error) : count_new(office, new, error);
}
