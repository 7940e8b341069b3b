/* The books: what is posted from facts, what goods cost, profit by every grouping. Figures are reckoned by hand, or
 * again by plain SQL and by piece in the test. */
#include "unit/money_rig.h"

#include "sync/head-office/business_day.h"
#include "sync/head-office/amount.h"

/* ---------------------------------------------------------------- sharing */

static uint64_t chance(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static void shares_add_up(void **unused)
{
    (void)unused;
    uint64_t state = 5;
    for (int round = 0; round < 2000; round++) {
        int64_t weights[12], shares[12], total = 0, sum = 0;
        size_t count = 1 + chance(&state) % 12;
        int64_t amount = (int64_t)(chance(&state) % 100000) - 50000;
        for (size_t i = 0; i < count; i++)
            total += weights[i] = (int64_t)(chance(&state) % 1000) * (round % 5 > 0);
        amount_share(amount, weights, count, shares);
        for (size_t i = 0; i < count; i++) {
            int64_t weight = total > 0 ? weights[i] : 1, all = total > 0 ? total : (int64_t)count;
            assert_true(llabs(shares[i] * all - amount * weight) < all);
            sum += shares[i];
        }
        assert_int_equal(sum, amount);
    }
}

static void large_products_are_exact(void **unused)
{
    (void)unused;
    assert_int_equal(amount_part(INT64_C(900000000000000007), 999999999999, 1000000000000), INT64_C(899999999999100006));
    assert_int_equal(amount_part(-7, 1, 2), -3);
    assert_int_equal(amount_round(-7, 1, 2), -4);
    assert_int_equal(amount_round(5, 1, 2), 3);
    assert_int_equal(amount_round(1, 1, 3), 0);
    assert_int_equal(amount_round(INT64_C(123456789012), 7123456, 1000000), INT64_C(879439004428));
}

static void days_begin_by_the_clock_of_the_business(void **unused)
{
    (void)unused;
    char day[BUSINESS_DAY_SIZE], next[BUSINESS_PERIOD_SIZE];
    int64_t us = 0;
    business_day(INT64_C(1772294399999999), 480, day); /* 2026-02-28T15:59:59.999999Z */
    assert_string_equal(day, "2026-02-28");
    business_day(INT64_C(1772294400000000), 480, day);
    assert_string_equal(day, "2026-03-01");
    business_day(-1, 0, day);
    assert_string_equal(day, "1969-12-31");
    assert_int_equal(business_time("2026-03-01 00:00:00", 480, &us), 0);
    assert_int_equal(us, INT64_C(1772294400000000));
    assert_int_equal(business_time("20260301", 480, &us), 0);
    assert_int_equal(us, INT64_C(1772294400000000));
    assert_int_equal(business_time("2026/3/1 0:00:01", 480, &us), 0);
    assert_int_equal(us, INT64_C(1772294401000000));
    assert_int_not_equal(business_time("2026-02-30", 480, &us), 0);
    assert_int_not_equal(business_time("2026-03-01 00:00:00x", 480, &us), 0);
    business_next_period("2026-12", next);
    assert_string_equal(next, "2027-01");
}

/* ---------------------------------------------------------------- sales */

/* goods 3 × 10.00 + 20.00, seller lets off 1.00, the platform 2.00, carriage 6.00: the platform owes 55.00 */
#define ORDER_1                                                                                                        \
    "O1,taobao,tb,9001,SF,,Li,1,Street,CNY,6.00,1.00,2.00,53.00,T,3,10.00,29.40\n"                                     \
    "O1,taobao,tb,9001,SF,,Li,1,Street,CNY,6.00,1.00,2.00,53.00,C,1,20.00,19.60\n"

static void an_order_is_posted_as_it_leaves(void **state)
{
    struct rig *rig = *state;
    ask(rig, "cost.purchase", "{\"document\":\"P1\",\"sku\":\"T\",\"quantity\":10,\"amount_minor\":4001}");
    event(rig, "receipt.line", "{\"document\":\"P1\",\"sku\":\"T\",\"quantity\":10,\"from\":\"D\",\"to\":\"A\"}");
    rig_import_good(rig, "orders", NULL, COLUMNS ORDER_1);
    post_all(rig);
    assert_int_equal(balance_of(rig, BOOKS_STOCK), 4001);
    assert_int_equal(balance_of(rig, BOOKS_UNINVOICED), -4001);
    leaves(rig, "O1", 1, 1);
    post_all(rig);
    /* a third of T's share, cut: sales 3000, discount 60, carriage 360 */
    assert_int_equal(balance_of(rig, BOOKS_SALES), -1000);
    assert_int_equal(balance_of(rig, BOOKS_DISCOUNTS), 20);
    assert_int_equal(balance_of(rig, BOOKS_CARRIAGE), -120);
    assert_int_equal(balance_of(rig, BOOKS_RECEIVABLE), 1100);
    assert_int_equal(balance_of(rig, BOOKS_COST), 400);
    leaves(rig, "O1", 1, 3);
    leaves(rig, "O1", 2, 1);
    post_all(rig);
    post_all(rig); /* once */
    assert_int_equal(balance_of(rig, BOOKS_SALES), -5000);
    assert_int_equal(balance_of(rig, BOOKS_DISCOUNTS), 100);
    assert_int_equal(balance_of(rig, BOOKS_CARRIAGE), -600);
    assert_int_equal(balance_of(rig, BOOKS_RECEIVABLE), 5500);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM books_entry WHERE kind = 'sale'"), 2);
    assert_int_equal(rig_count(rig, "SELECT value_minor FROM cost_item WHERE sku = 'T'"), 4001 - 400 - 800);
    assert_int_equal(rig_count(rig, "SELECT quantity FROM cost_item WHERE sku = 'C'"), -1); /* it never came */
}

static void refunds_and_returns(void **state)
{
    struct rig *rig = *state;
    ask(rig, "cost.usual", "{\"sku\":\"T\",\"amount_minor\":333}");
    event(rig, "stock.imported", "{\"location\":\"A\",\"sku\":\"T\",\"delta\":3}");
    post_all(rig);
    assert_int_equal(balance_of(rig, BOOKS_OPENING), -999);
    rig_import_good(rig, "orders", NULL, COLUMNS ORDER_1);
    leaves(rig, "O1", 1, 3);
    leaves(rig, "O1", 2, 1);
    post_all(rig);
    ask(rig, "money.refund", "{\"key\":\"R1\",\"order\":\"O1\",\"line\":1,\"amount_minor\":1000}");
    ask(rig, "money.refund", "{\"key\":\"R1\",\"order\":\"O1\",\"line\":1,\"amount_minor\":1000}");
    refused(rig, "money.refund", "{\"key\":\"R2\",\"order\":\"O1\",\"line\":7,\"amount_minor\":1}", "no line 7");
    refused(rig, "money.refund", "{\"key\":\"R2\",\"order\":\"O7\",\"amount_minor\":1}", "no order");
    assert_int_equal(balance_of(rig, BOOKS_REFUNDS), 1000);
    assert_int_equal(balance_of(rig, BOOKS_RECEIVABLE), 4500);
    event(rig, "return.graded",
          "{\"document\":\"X\",\"order\":\"O1\",\"sku\":\"T\",\"quantity\":1,\"grade\":\"A\","
          "\"from\":\"R\",\"location\":\"A\",\"sellable\":true}");
    event(rig, "return.graded",
          "{\"document\":\"X\",\"order\":\"O1\",\"sku\":\"T\",\"quantity\":1,\"grade\":\"D\","
          "\"from\":\"R\",\"location\":\"A\",\"sellable\":false}");
    post_all(rig);
    assert_int_equal(rig_count(rig, "SELECT value_minor FROM cost_item WHERE sku = 'T'"), 333);
    assert_int_equal(balance_of(rig, BOOKS_COST), 666);
    event(rig, "adjust.posted", "{\"location\":\"A\",\"delta\":-1,\"sku\":\"T\",\"quantity\":1,\"reason\":\"count\"}");
    post_all(rig);
    assert_int_equal(balance_of(rig, BOOKS_STOCK_GAIN), 333);
    event(rig, "scan.undone",
          "{\"undid\":\"adjust.posted\",\"location\":\"A\",\"delta\":-1,\"sku\":\"T\",\"quantity\":1}");
    post_all(rig);
    assert_int_equal(balance_of(rig, BOOKS_STOCK_GAIN), 0);
}

/* ---------------------------------------------------------------- cost */

#define RECEIPT(document, sku, pieces)                                                                                 \
    "{\"document\":\"" document "\",\"sku\":\"" sku "\",\"quantity\":" pieces ",\"from\":\"D\",\"to\":\"A\"}"
#define LOST(sku, pieces) "{\"location\":\"A\",\"delta\":-" pieces ",\"sku\":\"" sku "\",\"quantity\":" pieces "}"

static void two_receipts(struct rig *rig)
{
    ask(rig, "cost.purchase", "{\"document\":\"P1\",\"sku\":\"T\",\"quantity\":10,\"amount_minor\":1000}");
    ask(rig, "cost.purchase", "{\"document\":\"P2\",\"sku\":\"T\",\"quantity\":10,\"amount_minor\":1300}");
    event(rig, "receipt.line", RECEIPT("P1", "T", "10"));
    event(rig, "receipt.line", RECEIPT("P2", "T", "10"));
    event(rig, "adjust.posted", LOST("T", "12"));
    post_all(rig);
}

static void average_and_first_in_first_out(void **state)
{
    struct rig *rig = *state;
    two_receipts(rig);
    assert_int_equal(balance_of(rig, BOOKS_STOCK_GAIN), 1380); /* 2300 × 12 / 20 */
    assert_int_equal(balance_of(rig, BOOKS_STOCK), 920);
    /* the second receipt turns out to cost 200 more: 8 of its 10 may still be here */
    ask(rig, "cost.purchase", "{\"document\":\"P2\",\"sku\":\"T\",\"quantity\":10,\"amount_minor\":1500}");
    assert_int_equal(balance_of(rig, BOOKS_STOCK), 920 + 160);
    assert_int_equal(balance_of(rig, BOOKS_COST_CHANGE), 40);
    assert_int_equal(balance_of(rig, BOOKS_UNINVOICED), -2500);
    assert_books_hold(rig);
}

static void first_in_first_out(void **state)
{
    struct rig *rig = *state;
    ask(rig, "cost.method", "{\"sku\":\"T\",\"method\":\"fifo\"}");
    two_receipts(rig);
    assert_int_equal(balance_of(rig, BOOKS_STOCK_GAIN), 1260);
    ask(rig, "cost.purchase", "{\"document\":\"P1\",\"sku\":\"T\",\"quantity\":10,\"amount_minor\":1100}");
    assert_int_equal(balance_of(rig, BOOKS_STOCK), 1040); /* all of the first have left */
    assert_int_equal(balance_of(rig, BOOKS_COST_CHANGE), 100);
    ask(rig, "cost.method", "{\"sku\":\"T\",\"method\":\"average\"}");
    ask(rig, "cost.method", "{\"sku\":\"T\",\"method\":\"fifo\"}");
    assert_books_hold(rig);
    assert_int_equal(rig_count(rig, "SELECT sum(left_open) FROM cost_layer WHERE sku = 'T'"), 8);
}

/* Sold before it came: at a guess, then at what it cost. */
static void what_was_owed_gets_its_cost(void **state)
{
    struct rig *rig = *state;
    ask(rig, "cost.usual", "{\"sku\":\"T\",\"amount_minor\":90}");
    rig_import_good(rig, "orders", NULL, COLUMNS "O1,taobao,tb,9001,SF,,Li,1,S,CNY,0,0,0,30.00,T,3,10.00,30.00\n");
    leaves(rig, "O1", 1, 3);
    post_all(rig);
    assert_int_equal(balance_of(rig, BOOKS_COST), 270);
    assert_int_equal(balance_of(rig, BOOKS_STOCK), -270);
    refused(rig, "cost.method", "{\"sku\":\"T\",\"method\":\"fifo\"}", "sold than has come");
    ask(rig, "cost.purchase", "{\"document\":\"P1\",\"sku\":\"T\",\"quantity\":10,\"amount_minor\":1001}");
    event(rig, "receipt.line", RECEIPT("P1", "T", "2"));
    event(rig, "receipt.line", RECEIPT("P1", "T", "8"));
    post_all(rig);
    /* 200 for the first two, then 801 for eight, of which one: 100 */
    assert_int_equal(balance_of(rig, BOOKS_COST), 300);
    assert_int_equal(balance_of(rig, BOOKS_STOCK), 701);
    assert_int_equal(rig_count(rig, "SELECT value_minor FROM cost_sold WHERE order_number = 'O1'"), 300);
    assert_int_equal(
        rig_count(rig, "SELECT sum(base_minor) FROM books_line WHERE order_number = 'O1' AND account = '6401'"), 300);
}

/* A receipt that is taken back, and goods of others that were never bought. */
static void receipts_that_are_none(void **state)
{
    struct rig *rig = *state;
    ask(rig, "cost.usual", "{\"sku\":\"T\",\"amount_minor\":90}");
    rig_run(rig, "INSERT INTO document (number, kind, site) VALUES ('A1', 'arrival', 'hz')");
    rig_run(rig, "INSERT INTO document (number, kind, site, owner) VALUES ('A2', 'asn', 'hz', 'somebody')");
    event(rig, "receipt.line", RECEIPT("A1", "T", "2"));
    event(rig, "receipt.line", RECEIPT("A2", "T", "2"));
    post_all(rig);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM books_entry"), 0);
    event(rig, "receipt.line", RECEIPT("P1", "T", "2"));
    event(rig, "scan.undone", "{\"undid\":\"receipt.line\",\"document\":\"P1\",\"sku\":\"T\",\"quantity\":2}");
    post_all(rig);
    assert_int_equal(balance_of(rig, BOOKS_STOCK), 0);
    assert_int_equal(balance_of(rig, BOOKS_UNINVOICED), 0);
    event(rig, "receipt.pallet",
          "{\"document\":\"P1\",\"plate\":\"1\",\"from\":\"D\",\"quantity\":5,\"lines\":"
          "[{\"sku\":\"T\",\"quantity\":4,\"to\":\"A\"},{\"sku\":\"C\",\"quantity\":1,\"to\":\"A\"}]}");
    post_all(rig);
    assert_int_equal(balance_of(rig, BOOKS_STOCK), 360);
    assert_int_equal(rig_count(rig, "SELECT quantity FROM cost_item WHERE sku = 'C'"), 1);
}

/* ---------------------------------------------------------------- periods, currencies, hands */

static void a_closed_month_stays_as_it_was(void **state)
{
    struct rig *rig = *state;
    ask(rig, "cost.usual", "{\"sku\":\"T\",\"amount_minor\":90}");
    event_at(rig, "stock.imported", "2026-02-28T15:59:59.000Z", "{\"location\":\"A\",\"sku\":\"T\",\"delta\":3}");
    event_at(rig, "stock.imported", "2026-02-28T16:00:00.000Z", "{\"location\":\"A\",\"sku\":\"T\",\"delta\":4}");
    post_all(rig);
    assert_int_equal(rig_count(rig, "SELECT sum(debit_minor) FROM books_entry WHERE period = '2026-02'"), 270);
    refused(rig, "money.close", "{\"period\":\"2026-03\"}", "not over");
    refused(rig, "money.close", "{\"period\":\"2026-1\"}", "no month");
    ask(rig, "money.close", "{\"period\":\"2026-02\"}");
    refused(rig, "money.close", "{\"period\":\"2026-01\"}", "closed already");
    event_at(rig, "stock.imported", "2026-01-03T00:00:00.000Z", "{\"location\":\"A\",\"sku\":\"T\",\"delta\":1}");
    post_all(rig);
    assert_int_equal(rig_count(rig, "SELECT sum(debit_minor) FROM books_entry WHERE period = '2026-02'"), 270);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM books_entry WHERE day = '2026-01-03' AND period = '2026-03'"),
                     1);
}

static void a_currency_needs_a_rate(void **state)
{
    struct rig *rig = *state;
    rig_import_good(rig, "orders", NULL,
                    COLUMNS "O1,shopify,tb,9001,SF,,Li,1,S,USD,0,0,0,30.01,T,1,30.01,30.01\n"
                            "O2,taobao,tb,9002,SF,,Li,1,S,CNY,0,0,0,1.00,T,1,1.00,1.00\n");
    leaves(rig, "O1", 1, 1);
    leaves(rig, "O2", 1, 1);
    post_all(rig);
    assert_int_equal(balance_of(rig, BOOKS_SALES), -100); /* the other is not held up */
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM books_trouble WHERE why LIKE '%no rate of USD%'"), 1);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM order_line WHERE booked = 1"), 1);
    refused(rig, "money.rate", "{\"currency\":\"USD\",\"day\":\"2026-03-01\",\"rate\":\"7,1\"}", "no rate");
    ask(rig, "money.rate", "{\"currency\":\"USD\",\"day\":\"2026-03-01\",\"rate\":\"7.123456\"}");
    post_all(rig);
    assert_int_equal(balance_of(rig, BOOKS_SALES), -100 - 21377); /* 3001 × 7.123456 = 21377.49 */
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM books_trouble"), 0);
}

static void people_enter_and_take_back(void **state)
{
    struct rig *rig = *state;
    ask(rig, "money.entry",
        "{\"key\":\"1\",\"debit\":\"2202\",\"credit\":\"1002\",\"amount_minor\":500,\"note\":\"paid\"}");
    refused(rig, "money.entry",
            "{\"key\":\"1\",\"debit\":\"2202\",\"credit\":\"1002\",\"amount_minor\":500,\"note\":\"x\"}", "already");
    refused(rig, "money.entry",
            "{\"key\":\"2\",\"debit\":\"2202\",\"credit\":\"9\",\"amount_minor\":500,\"note\":\"x\"}", "accounts");
    refused(rig, "money.entry",
            "{\"key\":\"2\",\"debit\":\"1405\",\"credit\":\"1002\",\"amount_minor\":500,\"note\":\"x\"}",
            "follows from its moves");
    assert_int_equal(balance_of(rig, BOOKS_BANK), -500);
    ask(rig, "money.reverse", "{\"key\":\"person/1\",\"note\":\"wrong\"}");
    refused(rig, "money.reverse", "{\"key\":\"person/1\",\"note\":\"wrong\"}", "already");
    assert_int_equal(balance_of(rig, BOOKS_BANK), 0);
    assert_int_equal(asked(rig, "money.balance", "{}", "debit_minor"), 1000);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM books_entry WHERE who = 'li'"), 2);
}

/* ---------------------------------------------------------------- profit */

/* A random month, then every figure again: sums of the groups against the whole, and orders' sales against their rows.
 */
static void put_random_orders(struct rig *rig, uint64_t *seed, int count)
{
    static const char *const skus[] = {"T", "C", "G"}, *const shops[] = {"tb", "pd"};
    CLEANUP_BUF struct buf file = {0};
    buf_printf(&file, COLUMNS);
    for (int i = 0; i < count; i++) {
        size_t shop = chance(seed) % 2, lines = 1 + chance(seed) % 3;
        int freight = (int)(chance(seed) % 900), discount = (int)(chance(seed) % 300);
        for (size_t line = 0; line < lines; line++)
            buf_printf(&file, "N%d,%s,%s,%d,SF,,Li,1,S,CNY,%d.%02d,%d.%02d,0,1,%s,%d,%d.%02d,1\n", i,
                       shop ? "pdd" : "taobao", shops[shop], 5000 + i, freight / 100, freight % 100, discount / 100,
                       discount % 100, skus[line], (int)(1 + chance(seed) % 7), (int)(5 + chance(seed) % 40),
                       (int)(chance(seed) % 100));
    }
    rig_import_good(rig, "orders", NULL, buf_text(&file));
}

static void random_facts(struct rig *rig, uint64_t *seed, int count)
{
    for (int i = 0; i < count; i++) {
        char data[256], order[16];
        const char *sku = &"T\0C\0G"[2 * (chance(seed) % 3)];
        snprintf(order, sizeof(order), "N%d", (int)(chance(seed) % 40));
        switch (chance(seed) % 6) {
        case 0:
            snprintf(data, sizeof(data),
                     "{\"document\":\"D%d\",\"sku\":\"%s\",\"quantity\":%d,\"from\":\"D\",\"to\":\"A\"}",
                     (int)(chance(seed) % 5), sku, (int)(1 + chance(seed) % 30));
            event(rig, "receipt.line", data);
            break;
        case 1:
            snprintf(data, sizeof(data), "{\"location\":\"A\",\"delta\":%d,\"sku\":\"%s\",\"quantity\":1}",
                     (int)(chance(seed) % 7) - 3, sku);
            event(rig, "adjust.posted", data);
            break;
        case 2:
            snprintf(data, sizeof(data), "{\"document\":\"D%d\",\"sku\":\"%s\",\"quantity\":%d,\"amount_minor\":%d}",
                     (int)(chance(seed) % 5), sku, (int)(1 + chance(seed) % 50), (int)(chance(seed) % 20000));
            ask(rig, "cost.purchase", data);
            break;
        case 3:
            snprintf(
                data, sizeof(data),
                "{\"document\":\"X\",\"order\":\"%s\",\"sku\":\"%s\",\"quantity\":1,\"grade\":\"A\",\"sellable\":true}",
                order, sku);
            event(rig, "return.graded", data);
            break;
        case 4:
            snprintf(data, sizeof(data), "{\"key\":\"K%d-%d\",\"order\":\"%s\",\"amount_minor\":%d}", i,
                     (int)*seed & 255, order, (int)(chance(seed) % 2000));
            ask(rig, "money.refund", data);
            break;
        default:
            assert_int_equal(sql_run(rig->office.sql,
                                     "UPDATE order_line SET picked = quantity, packed = quantity, shipped = CASE WHEN"
                                     " shipped < quantity THEN shipped + 1 ELSE shipped END WHERE number = ?1",
                                     sql_text(order)),
                             0);
        }
        if (chance(seed) % 3 == 0)
            post_all(rig);
    }
    post_all(rig);
}

static int64_t sum_of_groups(struct rig *rig, const char *group, const char *member)
{
    char fields[64];
    int64_t sum = 0;
    size_t index;
    json_t *value;
    snprintf(fields, sizeof(fields), "{\"by\":\"%s\"}", group);
    json_t *answer = ask_as(rig, "", "money.profit", fields);
    assert_non_null(answer);
    json_array_foreach(json_object_get(answer, "groups"), index, value) sum +=
        json_integer_value(json_object_get(value, member));
    json_decref(answer);
    return sum;
}

static void every_grouping_adds_up(void **state)
{
    static const char *const groups[] = {"order", "sku", "shop", "platform", "site", "campaign", "account"};
    static const char *const parts[] = {"revenue_minor", "discounts_minor", "refunds_minor",
                                        "goods_minor",   "other_minor",     "profit_minor"};
    struct rig *rig = *state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        uint64_t chances = seed;
        if (seed == 1) {
            put_random_orders(rig, &chances, 40);
            ask(rig, "cost.method", "{\"sku\":\"C\",\"method\":\"fifo\"}");
            ask(rig, "money.campaign", "{\"order\":\"N1\",\"campaign\":\"double-11\"}");
        }
        random_facts(rig, &chances, 150);
    }
    rig_run(rig, "UPDATE order_line SET picked = quantity, packed = quantity, shipped = quantity WHERE number < 'N3'");
    post_all(rig);
    for (size_t part = 0; part < COUNT(parts); part++)
        for (size_t i = 0; i < COUNT(groups); i++)
            assert_int_equal(sum_of_groups(rig, groups[i], parts[part]), sum_of_groups(rig, "all", parts[part]));
    /* orders that left whole, reckoned again from their own rows */
    assert_int_equal(
        rig_count(rig,
                  "SELECT count(*) FROM orders o WHERE NOT EXISTS (SELECT 1 FROM order_line l WHERE l.number ="
                  " o.number AND l.shipped < l.quantity) AND goods_minor + freight_minor - discount_minor <> (SELECT"
                  " sum(l.base_minor) FROM books_line l JOIN books_entry e ON e.id = l.entry WHERE e.kind = 'sale'"
                  " AND l.order_number = o.number AND l.account = '1122')"),
        0);
    assert_true(rig_count(rig, "SELECT count(*) FROM orders o WHERE NOT EXISTS (SELECT 1 FROM order_line l WHERE"
                               " l.number = o.number AND l.shipped < l.quantity)") > 5);
    /* pieces: what came and was found, less what left and was lost */
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM cost_item i WHERE i.quantity <> (SELECT sum(l.quantity) FROM"
                                    " books_line l WHERE l.account = '1405' AND l.sku = i.sku)"),
                     0);
}

/* ---------------------------------------------------------------- by the site's own events */

static void a_parcel_that_ships_is_posted_with_its_box(void **state)
{
    struct rig *rig = *state;
    rig_import_good(rig, "orders", NULL, COLUMNS ORDER_1);
    rig_run(rig, "INSERT INTO parcel (number, parcel, box) VALUES ('O1', 'P1', 'S')");
    ask(rig, "money.packaging", "{\"box\":\"S\",\"amount_minor\":101}");
    leaves(rig, "O1", 1, 3);
    leaves(rig, "O1", 2, 1);
    event(rig, "parcel.shipped",
          "{\"order\":\"O1\",\"parcel\":\"P1\",\"waybill\":\"W\",\"manifest\":\"M\",\"carrier\":\"SF\"}");
    post_all(rig);
    assert_int_equal(rig_count(rig, "SELECT at_us FROM books_entry WHERE kind = 'sale'"), INT64_C(1772615722481000));
    assert_int_equal(balance_of(rig, BOOKS_PACKAGING), 101);
    assert_int_equal(rig_count(rig, "SELECT debit_minor FROM books_line WHERE account = '6601.03' AND sku = 'T'"), 61);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_add_up),
        cmocka_unit_test(large_products_are_exact),
        cmocka_unit_test(days_begin_by_the_clock_of_the_business),
        WITH_MONEY(an_order_is_posted_as_it_leaves),
        WITH_MONEY(refunds_and_returns),
        WITH_MONEY(average_and_first_in_first_out),
        WITH_MONEY(first_in_first_out),
        WITH_MONEY(what_was_owed_gets_its_cost),
        WITH_MONEY(receipts_that_are_none),
        WITH_MONEY(a_closed_month_stays_as_it_was),
        WITH_MONEY(a_currency_needs_a_rate),
        WITH_MONEY(people_enter_and_take_back),
        WITH_MONEY(every_grouping_adds_up),
        WITH_MONEY(a_parcel_that_ships_is_posted_with_its_box),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
