/* Suppliers' items, proposals with their reasons, and purchase orders from a draft to what came of them. Figures are
 * reckoned by hand. On both databases. */
#include "unit/orders_rig.h"

#include "sync/head-office/buying/purchases.h"
#include "sync/head-office/buying/supplier_items.h"
#include "sync/head-office/query.h"

#define DAY_US INT64_C(86400000000)

/* A forecast as it would have been made: so many pieces a day for 13 weeks, and how far it is off. */
static void forecast(struct shelf *shelf, const char *sku, const char *demand, int day_milli, int spread_milli)
{
    shelf_run(
        shelf,
        "DELETE FROM forecast_value WHERE sku = '%s'; DELETE FROM forecast WHERE sku = '%s';"
        "INSERT INTO forecast (sku, method, mase_milli, demand, period_days, from_day, to_day, periods, left_out,"
        " mean_milli, spread_milli, history, made_us) VALUES ('%s', 'ses', 800, '%s', 7, 20230906, 20231114, 10, 0,"
        " %d, %d, '[]', 0)",
        sku, sku, sku, demand, day_milli, spread_milli);
    for (int ahead = 1; ahead <= 13; ahead++)
        shelf_run(shelf,
                  "INSERT INTO forecast_value (sku, ahead, day, mean_milli, lower_milli, upper_milli) VALUES ('%s', %d,"
                  " 20231115, %d, 0, %d)",
                  sku, ahead, day_milli * 7, day_milli * 14);
}

/* Supplier S sells tea, cups and gifts; both sites are there, and hz is where bought goods come to. */
static int buying_open(void **state)
{
    shelf_open(state);
    struct shelf *shelf = *state;
    rig_import_good(&shelf->rig, "suppliers", NULL,
                    "code,name,lead_days,lead_spread_days,order_minor\nS,Sun Teas,9,2,20000\nW,West,4,0,0\n");
    rig_import_good(&shelf->rig, "supplier-items", NULL,
                    "supplier,sku,code,price_minor,least,pack,preferred\nS,T,TEA-9,500,50,24,yes\nS,C,,300,1,1,no\n"
                    "W,C,,250,1,1,no\nW,T,,400,1,1,no\n");
    assert_done(shelf, "setting.set", "{\"name\":\"purchase_site\",\"value\":\"hz\"}");
    return 0;
}
#define WHERE_BOUGHT(test) cmocka_unit_test_setup_teardown(test, buying_open, shelf_close)

static int64_t of_why(struct shelf *shelf, const char *sku, const char *member)
{
    char text[2049] = "";
    struct sql_query *row = sql_select(
        shelf->rig.office.sql, "SELECT why FROM purchase_proposal WHERE sku = ?1 AND state <> 'taken'", sql_text(sku));
    if (sql_next(row))
        sql_copy_text(row, 0, text, sizeof(text));
    assert_int_equal(sql_done(row), 0);
    json_t *why = json_loads(text, 0, NULL);
    assert_non_null(why);
    int64_t value = json_integer_value(json_object_get(why, member));
    json_decref(why);
    return value;
}

#define PROPOSED(shelf, sku, column)                                                                                   \
    shelf_number(shelf, "SELECT " column " FROM purchase_proposal WHERE sku = ?1 AND state <> 'taken'", sql_text(sku))

/* ---------------------------------------------------------------- proposals */

/* 10 a day, 9 days, off by 4 a day and 2 days: 129 (test_reorder.c); for a week more 70: up to 199. 60 lie there, 20 of
 * them promised, and an order waits for 45: 5 are owed. */
static void a_proposal_says_why(void **state)
{
    struct shelf *shelf = *state;
    forecast(shelf, "T", "smooth", 10000, 4000);
    shelf_stock(shelf, "hz", "T", 40);
    shelf_stock(shelf, "bj", "T", 20);
    shelf_order(shelf, "A", "T", 20, 0);
    shelf_audit(shelf);
    shelf_order(shelf, "B", "T", 45, 0);
    shelf_audit(shelf);
    assert_int_equal(shelf_held(shelf, "B", "short"), 1);
    assert_done(shelf, "purchase.propose", "{}");
    assert_int_equal(of_why(shelf, "T", "on_hand"), 60);
    assert_int_equal(of_why(shelf, "T", "promised"), 20);
    assert_int_equal(of_why(shelf, "T", "waiting"), 45);
    assert_int_equal(of_why(shelf, "T", "position"), -5);
    assert_int_equal(of_why(shelf, "T", "lead_demand"), 90);
    assert_int_equal(of_why(shelf, "T", "safety_stock"), 39);
    assert_int_equal(of_why(shelf, "T", "reorder_point"), 129);
    assert_int_equal(of_why(shelf, "T", "up_to"), 199);
    assert_int_equal(PROPOSED(shelf, "T", "quantity"), 216); /* 204 in packs of 24, which is more than 50 */
    assert_int_equal(PROPOSED(shelf, "T", "amount_minor"), 108000);
    assert_int_equal(PROPOSED(shelf, "T", "cover_milli"), -500);
    assert_said(shelf, "S", "SELECT supplier FROM purchase_proposal",
                SQL_NO_VALUES); /* preferred, though W is cheaper */
}

static void what_is_on_order_is_not_proposed_again(void **state)
{
    struct shelf *shelf = *state;
    forecast(shelf, "T", "smooth", 10000, 4000);
    assert_done(shelf, "purchase.propose", "{}");
    assert_done(shelf, "purchase.propose", "{}");
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM purchase_proposal", SQL_NO_VALUES), 1);
    assert_done(shelf, "purchase.accept", "{\"supplier\":\"S\"}");
    assert_int_equal(shelf_do(shelf, "purchase.accept", "{\"supplier\":\"S\"}", NULL), -ENOENT);
    assert_done(shelf, "purchase.propose", "{}");
    assert_int_equal(
        shelf_number(shelf, "SELECT count(*) FROM purchase_proposal WHERE state <> 'taken'", SQL_NO_VALUES), 0);
    assert_int_equal(shelf_number(shelf, "SELECT quantity FROM purchase_line WHERE number = 'PO-000001' AND sku = 'T'",
                                  SQL_NO_VALUES),
                     216);
    assert_done(shelf, "purchase.cancel", "{\"number\":\"PO-000001\"}");
    assert_done(shelf, "purchase.propose", "{}");
    assert_int_equal(PROPOSED(shelf, "T", "quantity"), 216);
}

/* Of an item's own plan, the cheapest supplier, a measured lead and a rare item. */
static void plans_and_suppliers_change_what_is_proposed(void **state)
{
    struct shelf *shelf = *state;
    forecast(shelf, "C", "smooth", 10000, 4000);
    forecast(shelf, "G", "smooth", 1000, 0);
    assert_done(shelf, "purchase.propose", "{}");
    assert_said(shelf, "W", "SELECT supplier FROM purchase_proposal WHERE sku = 'C'", SQL_NO_VALUES);
    assert_int_equal(of_why(shelf, "C", "reorder_point"), 54); /* 40 + 1.6449 * 8 = 53.2 */
    assert_said(shelf, "supplier", "SELECT state FROM purchase_proposal WHERE sku = 'G'", SQL_NO_VALUES);
    assert_done(shelf, "purchase.plan", "{\"sku\":\"C\",\"service_level\":9999,\"review_days\":14}");
    assert_done(shelf, "purchase.plan", "{\"sku\":\"G\",\"is_bought\":false}");
    assert_done(shelf, "purchase.propose", "{}");
    assert_int_equal(of_why(shelf, "C", "reorder_point"), 70); /* 40 + 3.719 * 8 = 69.75 */
    assert_int_equal(of_why(shelf, "C", "up_to"), 210);
    assert_int_equal(PROPOSED(shelf, "G", "count(*)"), 0);
    assert_int_equal(shelf_do(shelf, "purchase.plan", "{\"sku\":\"C\",\"service_level\":4000}", NULL), -EINVAL);
    assert_done(shelf, "supplier.item",
                "{\"supplier\":\"S\",\"sku\":\"C\",\"price_minor\":300,\"preferred\":true,"
                "\"lead_days\":20}");
    assert_done(shelf, "purchase.propose", "{\"sku\":\"C\"}");
    assert_int_equal(of_why(shelf, "C", "lead_days_milli"), 20000);
    forecast(shelf, "C", "lumpy", 100, 548); /* 2 in 20 days, which varies by 20 * 0.3 + 0.01 * 4 = 6.05 */
    assert_done(shelf, "purchase.plan", "{\"sku\":\"C\"}");
    assert_done(shelf, "purchase.propose", "{\"sku\":\"C\"}");
    assert_int_equal(of_why(shelf, "C", "reorder_point"), 7);
}

/* Tea lasts 1 day, cups 2, gifts 2 and lack more money's worth: tea 192 * 5.00 = 960.00 */
static void a_budget_goes_to_the_most_urgent(void **state)
{
    struct shelf *shelf = *state;
    assert_done(shelf, "supplier.item", "{\"supplier\":\"W\",\"sku\":\"G\",\"price_minor\":900}");
    forecast(shelf, "T", "smooth", 10000, 4000);
    forecast(shelf, "C", "smooth", 10000, 0); /* 40 for 4 days, up to 110: 90 pieces, 225.00 */
    forecast(shelf, "G", "smooth", 10000, 0); /* the same: 90 pieces, 810.00 */
    shelf_stock(shelf, "hz", "T", 10);
    shelf_stock(shelf, "hz", "C", 20);
    shelf_stock(shelf, "hz", "G", 20);
    assert_done(shelf, "purchase.propose", "{}");
    assert_int_equal(PROPOSED(shelf, "T", "place"), 1);
    assert_int_equal(PROPOSED(shelf, "G", "place"), 2);
    assert_int_equal(PROPOSED(shelf, "C", "place"), 3);
    assert_int_equal(PROPOSED(shelf, "G", "base_minor"), 81000);
    CLEANUP_BUF struct buf answer = {0};
    assert_int_equal(shelf_do(shelf, "purchase.propose", "{\"budget_minor\":140000}", &answer), 0);
    assert_string_equal(buf_text(&answer), "{\"looked\":3,\"proposed\":2,\"left_out\":1,\"base_minor\":118500}");
    assert_said(shelf, "budget", "SELECT state FROM purchase_proposal WHERE sku = 'G'", SQL_NO_VALUES);
    assert_done(shelf, "purchase.accept", "{\"supplier\":\"W\"}"); /* what fits alone */
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM purchase_line", SQL_NO_VALUES), 1);
    char fields[96];
    snprintf(fields, sizeof(fields), "{\"proposal\":%d,\"quantity\":5,\"number\":\"PO-000001\"}",
             (int)PROPOSED(shelf, "G", "id"));
    assert_done(shelf, "purchase.accept", fields);
    assert_int_equal(shelf_do(shelf, "purchase.accept", fields, NULL), -EALREADY);
    assert_int_equal(
        shelf_number(shelf, "SELECT quantity * 1000 + price_minor FROM purchase_line WHERE sku = 'G'", SQL_NO_VALUES),
        5900);
}

static void another_currency_needs_a_rate(void **state)
{
    struct shelf *shelf = *state;
    assert_done(shelf, "supplier.put", "{\"supplier\":\"US\",\"name\":\"Far\",\"currency\":\"USD\",\"lead_days\":30}");
    assert_done(shelf, "supplier.item", "{\"supplier\":\"US\",\"sku\":\"G\",\"price_minor\":100}");
    forecast(shelf, "G", "smooth", 1000, 0);
    assert_done(shelf, "purchase.propose", "{}");
    assert_said(shelf, "rate", "SELECT state FROM purchase_proposal", SQL_NO_VALUES);
    assert_done(shelf, "money.rate", "{\"currency\":\"USD\",\"day\":\"2023-01-01\",\"rate\":\"7\"}");
    assert_done(shelf, "purchase.propose", "{}");
    assert_said(shelf, "open", "SELECT state FROM purchase_proposal", SQL_NO_VALUES);
    assert_int_equal(PROPOSED(shelf, "G", "quantity"), 37);
    assert_int_equal(PROPOSED(shelf, "G", "base_minor"), 25900);
}

/* ---------------------------------------------------------------- purchase orders */

/* PO-1 of 60 teas and 10 cups, sent to hz. */
static void send_one(struct shelf *shelf)
{
    shelf_meet(shelf);
    assert_done(shelf, "purchase.put", "{\"number\":\"PO-1\",\"supplier\":\"S\",\"over_percent\":10}");
    assert_done(shelf, "purchase.line", "{\"number\":\"PO-1\",\"sku\":\"T\",\"quantity\":60}");
    assert_done(shelf, "purchase.line", "{\"number\":\"PO-1\",\"sku\":\"C\",\"quantity\":10,\"price_minor\":310}");
    assert_done(shelf, "purchase.send", "{\"number\":\"PO-1\"}");
}

static void arrives(struct shelf *shelf, const char *sku, int pieces, const char *damaged)
{
    char data[200];
    snprintf(
        data, sizeof(data),
        "{\"document\":\"PO-1\",\"sku\":\"%s\",\"quantity\":%d,\"from\":\"SUPPLIER\",\"to\":\"DOCK\",\"damaged\":%s,"
        "\"allowed\":false}",
        sku, pieces, damaged);
    shelf_happens(shelf, "hz", "receipt.line", data);
}

static void undone(struct shelf *shelf, const char *sku, int pieces)
{
    char data[240];
    snprintf(data, sizeof(data),
             "{\"undid\":\"receipt.line\",\"document\":\"PO-1\",\"sku\":\"%s\",\"quantity\":%d,\"from\":\"SUPPLIER\","
             "\"to\":\"DOCK\",\"damaged\":false,\"allowed\":false}",
             sku, pieces);
    shelf_happens(shelf, "hz", "scan.undone", data);
}

#define PO_STATE(shelf, expected)                                                                                      \
    assert_said(shelf, expected, "SELECT state FROM purchase WHERE number = 'PO-1'", SQL_NO_VALUES)

static int64_t sum_of(struct shelf *shelf, const char *column)
{
    CLEANUP_BUF struct buf json = {0};
    assert_int_equal(query_one(shelf->rig.office.sql, office_queries, "purchases", "PO-1", &json, &shelf->rig.error),
                     0);
    json_t *root = json_loads(buf_text(&json), 0, NULL);
    int64_t value = json_integer_value(json_object_get(json_object_get(root, "purchase"), column));
    json_decref(root);
    return value;
}

static int64_t differences(struct shelf *shelf)
{
    CLEANUP_BUF struct buf json = {0};
    assert_int_equal(
        query_list(shelf->rig.office.sql, office_queries, "purchase-differences", NULL, 0, &json, &shelf->rig.error),
        0);
    json_t *root = json_loads(buf_text(&json), 0, NULL);
    int64_t count = (int64_t)json_array_size(json_object_get(root, "rows"));
    json_decref(root);
    return count;
}

static void drafts_are_checked(void **state)
{
    struct shelf *shelf = *state;
    assert_int_equal(shelf_do(shelf, "purchase.put", "{\"supplier\":\"NO\"}", NULL), -ENOENT);
    assert_int_equal(shelf_do(shelf, "purchase.put", "{\"supplier\":\"S\",\"site\":\"no\"}", NULL), -ENOENT);
    assert_int_equal(shelf_do(shelf, "purchase.put", "{\"supplier\":\"S\",\"expected\":\"soon\"}", NULL), -EINVAL);
    assert_done(shelf, "purchase.put", "{\"supplier\":\"S\",\"expected\":\"2023-12-01\"}");
    assert_int_equal(shelf_do(shelf, "purchase.send", "{\"number\":\"PO-000001\"}", NULL), -EINVAL); /* no lines */
    assert_int_equal(shelf_do(shelf, "purchase.line", "{\"number\":\"PO-000001\",\"sku\":\"G\",\"quantity\":1}", NULL),
                     -ENOENT); /* no price */
    assert_done(shelf, "purchase.line", "{\"number\":\"PO-000001\",\"sku\":\"T\",\"quantity\":39}");
    assert_int_equal(shelf_do(shelf, "purchase.send", "{\"number\":\"PO-000001\"}", NULL), -EINVAL); /* 195.00 */
    assert_int_equal(shelf_do(shelf, "purchase.confirm", "{\"number\":\"PO-000001\"}", NULL), -EALREADY);
    assert_done(shelf, "purchase.send", "{\"number\":\"PO-000001\",\"small\":true}");
    assert_int_equal(shelf_do(shelf, "purchase.line", "{\"number\":\"PO-000001\",\"sku\":\"T\",\"quantity\":40}", NULL),
                     -EALREADY);
    assert_int_equal(shelf_do(shelf, "purchase.send", "{\"number\":\"PO-000001\",\"small\":true}", NULL), -EALREADY);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM feed WHERE type LIKE '%asn.upsert%'", SQL_NO_VALUES), 1);
    assert_int_equal(shelf_number(shelf, "SELECT expected_day FROM purchase", SQL_NO_VALUES), 20231201);
    assert_int_equal(shelf_number(shelf, "SELECT total_minor FROM cost_purchase", SQL_NO_VALUES), 19500);
}

static void what_came_moves_the_order(void **state)
{
    struct shelf *shelf = *state;
    send_one(shelf);
    PO_STATE(shelf, "sent");
    assert_int_equal(shelf_number(shelf, "SELECT expected_day FROM purchase", SQL_NO_VALUES), 20231124);
    assert_done(shelf, "purchase.confirm", "{\"number\":\"PO-1\",\"expected\":\"2023-11-30\"}");
    PO_STATE(shelf, "confirmed");
    arrives(shelf, "T", 25, "false");
    PO_STATE(shelf, "partly");
    assert_int_equal(sum_of(shelf, "on_order"), 45);
    undone(shelf, "T", 25);
    PO_STATE(shelf, "confirmed");
    arrives(shelf, "T", 58, "false");
    arrives(shelf, "T", 2, "true");
    assert_int_equal(sum_of(shelf, "on_order"), 10);
    assert_int_equal(differences(shelf), 1); /* damaged */
    arrives(shelf, "C", 11, "false");
    PO_STATE(shelf, "received");
    assert_int_equal(sum_of(shelf, "on_order"), 0);
    assert_int_equal(differences(shelf), 2); /* and one too many */
    assert_done(shelf, "purchase.settle", "{\"number\":\"PO-1\",\"sku\":\"C\"}");
    assert_int_equal(differences(shelf), 1);
    arrives(shelf, "C", 1, "false");
    assert_int_equal(differences(shelf), 2); /* another one */
    arrives(shelf, "G", 3, "false");         /* nobody ordered it */
    assert_int_equal(differences(shelf), 3);
    shelf_happens(shelf, "hz", "receipt.closed", "{\"document\":\"PO-1\",\"outcome\":\"over\",\"lines\":[]}");
    assert_done(shelf, "purchase.close", "{\"number\":\"PO-1\"}");
    PO_STATE(shelf, "closed");
    assert_said(shelf, "closed", "SELECT state FROM document WHERE number = 'PO-1'", SQL_NO_VALUES);
    assert_said(shelf, "site/hz", "SELECT who FROM purchase_history WHERE act = 'receive' ORDER BY id LIMIT 1",
                SQL_NO_VALUES);
}

static void what_is_short_is_given_up_when_the_site_is_done(void **state)
{
    struct shelf *shelf = *state;
    send_one(shelf);
    arrives(shelf, "T", 50, "false");
    shelf_happens(shelf, "hz", "receipt.closed", "{\"document\":\"PO-1\",\"outcome\":\"short\",\"lines\":[]}");
    PO_STATE(shelf, "received");
    assert_int_equal(sum_of(shelf, "given_up"), 20);
    assert_int_equal(sum_of(shelf, "on_order"), 0);
    assert_int_equal(differences(shelf), 2);
    assert_int_equal(shelf_do(shelf, "purchase.cancel", "{\"number\":\"PO-1\"}", NULL), -EALREADY);
}

static void what_comes_of_a_cancelled_order_is_told_of(void **state)
{
    struct shelf *shelf = *state;
    send_one(shelf);
    assert_done(shelf, "purchase.cancel", "{\"number\":\"PO-1\",\"note\":\"too dear\"}");
    assert_int_equal(differences(shelf), 0);
    arrives(shelf, "C", 4, "false");
    PO_STATE(shelf, "cancelled");
    assert_int_equal(differences(shelf), 1);
    assert_int_equal(sum_of(shelf, "received"), 4);
}

/* Another document's goods, another site's, a draft's: none of it is the order's. */
static void only_its_own_goods_count(void **state)
{
    struct shelf *shelf = *state;
    send_one(shelf);
    shelf_happens(shelf, "bj", "receipt.line",
                  "{\"document\":\"PO-1\",\"sku\":\"T\",\"quantity\":5,\"from\":\"SUPPLIER\",\"to\":\"D\",\"damaged\":"
                  "false,\"allowed\":false}");
    shelf_happens(shelf, "hz", "receipt.line",
                  "{\"document\":\"PO-2\",\"sku\":\"T\",\"quantity\":5,\"from\":\"SUPPLIER\",\"to\":\"D\",\"damaged\":"
                  "false,\"allowed\":false}");
    assert_int_equal(sum_of(shelf, "received"), 0);
    shelf_happens(
        shelf, "hz", "receipt.pallet",
        "{\"document\":\"PO-1\",\"plate\":null,\"from\":\"SUPPLIER\",\"quantity\":12,\"lines\":[{\"sku\":\"T\","
        "\"quantity\":8,\"to\":\"D\"},{\"sku\":\"C\",\"quantity\":4,\"to\":\"D\"}]}");
    assert_int_equal(sum_of(shelf, "received"), 12);
    PO_STATE(shelf, "partly");
}

/* ---------------------------------------------------------------- what always holds */

static uint64_t draw(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static void sums_of_a_purchase_always_hold(void **state)
{
    struct shelf *shelf = *state;
    uint64_t chance = 17;
    int came[2] = {0}, damaged[2] = {0};
    static const char *const skus[] = {"T", "C"};
    static const int ordered[] = {60, 10};
    send_one(shelf);
    for (int step = 0; step < 120; step++) {
        size_t i = draw(&chance) % 2;
        int pieces = 1 + (int)(draw(&chance) % 4);
        bool broken = draw(&chance) % 8 == 0, back = draw(&chance) % 4 == 0 && came[i] >= pieces;
        if (back)
            undone(shelf, skus[i], pieces);
        else
            arrives(shelf, skus[i], pieces, broken ? "true" : "false");
        came[i] += back ? -pieces : broken ? 0 : pieces;
        damaged[i] += !back && broken ? pieces : 0;
        if (step == 110)
            shelf_happens(shelf, "hz", "receipt.closed", "{\"document\":\"PO-1\",\"outcome\":\"\",\"lines\":[]}");
        int64_t open = 0;
        for (size_t k = 0; k < 2; k++) {
            int rest = ordered[k] - came[k] - damaged[k];
            open += rest > 0 ? rest : 0;
            assert_int_equal(shelf_number(shelf, "SELECT received * 1000 + damaged FROM purchase_line WHERE sku = ?1",
                                          sql_text(skus[k])),
                             came[k] * 1000 + damaged[k]);
        }
        assert_int_equal(sum_of(shelf, "on_order") + sum_of(shelf, "given_up"), open);
        if (step < 110 && open > 0)
            assert_int_equal(sum_of(shelf, "given_up"), 0);
    }
}

/* Three orders that took 5, 7 and 9 days: 7 in the mean, off by 2. */
static void the_lead_is_measured(void **state)
{
    struct shelf *shelf = *state;
    struct supplier_lead lead;
    assert_int_equal(supplier_lead_find(&shelf->rig.office, "S", &lead), 0);
    assert_int_equal(lead.days_milli * 10 + lead.measured, 90000);
    for (int i = 0; i < 3; i++)
        shelf_run(shelf,
                  "INSERT INTO purchase (number, supplier, site, state, currency, made_us, sent_us, received_us) VALUES"
                  " ('L%d', 'S', 'hz', 'received', 'CNY', 0, 0, %d * 86400000000)",
                  i, 5 + 2 * i);
    assert_int_equal(supplier_lead_find(&shelf->rig.office, "S", &lead), 0);
    assert_int_equal(lead.days_milli, 7000);
    assert_int_equal(lead.spread_milli, 2000);
    assert_int_equal(lead.measured, 3);
    assert_int_equal(supplier_lead_find(&shelf->rig.office, "NO", &lead), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHERE_BOUGHT(a_proposal_says_why),
        WHERE_BOUGHT(what_is_on_order_is_not_proposed_again),
        WHERE_BOUGHT(plans_and_suppliers_change_what_is_proposed),
        WHERE_BOUGHT(a_budget_goes_to_the_most_urgent),
        WHERE_BOUGHT(another_currency_needs_a_rate),
        WHERE_BOUGHT(drafts_are_checked),
        WHERE_BOUGHT(what_came_moves_the_order),
        WHERE_BOUGHT(what_is_short_is_given_up_when_the_site_is_done),
        WHERE_BOUGHT(what_comes_of_a_cancelled_order_is_told_of),
        WHERE_BOUGHT(only_its_own_goods_count),
        WHERE_BOUGHT(sums_of_a_purchase_always_hold),
        WHERE_BOUGHT(the_lead_is_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
