/* One order into several, several into one: whatever is done, every piece and every cent is in exactly one order that
 * counts, and what was promised stays promised. */
#include "unit/orders_rig.h"

#include "sync/head-office/orders/assignments.h"
#include "sync/head-office/orders/order_money.h"
#include "sync/head-office/orders/order_split.h"
#include "unit/chance.h"

/* ---------------------------------------------------------------- money */

static void cents_go_where_they_are_due(void **state)
{
    (void)state;
    static const struct {
        int64_t total, weights[4], expected[4];
    } cases[] = {
        {100, {1, 1, 1, 0}, {34, 33, 33, 0}},
        {-100, {1, 1, 1, 0}, {-34, -33, -33, 0}},
        {5, {0, 0, 0, 0}, {2, 1, 1, 1}},
        {7, {3, 2, 1, 1}, {3, 2, 1, 1}},
        {1, {1, 5, 2, 1}, {0, 1, 0, 0}},
        {0, {1, 2, 3, 4}, {0, 0, 0, 0}},
        {10, {333, 333, 334, 0}, {3, 3, 4, 0}},
        {INT64_C(1000000000000),
         {INT64_C(1000000000000), INT64_C(2000000000000), 0, 1},
         {333333333333, 666666666667, 0, 0}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t out[4];
        money_share(cases[i].total, cases[i].weights, 4, out);
        assert_memory_equal(out, cases[i].expected, sizeof(out));
    }
}

/* Each share is less than a cent away from what is due, and together they are the total. */
static void try_share(void)
{
    int64_t weights[8], out[8], sum = 0, weight = 0, total = chance(100000) - 20000;
    size_t count = 1 + (size_t)chance(8);
    for (size_t i = 0; i < count; i++)
        weight += weights[i] = chance(4) == 0 ? 0 : chance(5000);
    money_share(total, weights, count, out);
    for (size_t i = 0; i < count; i++) {
        sum += out[i];
        int64_t by = weight > 0 ? weight : (int64_t)count, off = out[i] * by - total * (weight > 0 ? weights[i] : 1);
        assert_in_range(off + by, 1, 2 * by - 1);
    }
    assert_int_equal(sum, total);
}

static int64_t off_of(const struct order_money *money)
{
    return money->goods + money->freight - money->discount - money->platform_discount - money->paid;
}

/* An order of lines that add up, in parts: each adds up, too. */
static void try_split_money(void)
{
    struct money_part parts[6];
    struct order_money whole = {.freight = chance(3) == 0 ? 0 : chance(2000)}, out[6], sum = {0};
    size_t count = 2 + (size_t)chance(5);
    int64_t let_off = 0, lines = 0;
    for (size_t i = 0; i < count; i++) {
        parts[i] = (struct money_part){.goods = chance(5) == 0 ? 0 : chance(30000), .pieces = 1 + chance(9)};
        int64_t off = parts[i].goods > 0 ? chance(parts[i].goods + 1) : 0;
        parts[i].lines = parts[i].goods - off;
        whole.goods += parts[i].goods;
        let_off += off;
        lines += parts[i].lines;
    }
    whole.discount = let_off > 0 ? chance(let_off + 1) : 0;
    whole.platform_discount = let_off - whole.discount;
    whole.paid = lines + whole.freight;
    order_money_split(&whole, parts, count, out);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(off_of(&out[i]), 0);
        assert_int_equal(out[i].goods, parts[i].goods);
        assert_int_equal(out[i].paid, parts[i].lines + out[i].freight);
        assert_true(out[i].discount >= 0 && out[i].platform_discount >= 0 && out[i].freight >= 0);
        sum =
            (struct order_money){sum.goods + out[i].goods, sum.freight + out[i].freight, sum.discount + out[i].discount,
                                 sum.platform_discount + out[i].platform_discount, sum.paid + out[i].paid};
    }
    assert_memory_equal(&sum, &whole, sizeof(sum));
}

/* An order that does not add up, or whose lines say nothing: nothing is lost of it all the same. */
static void try_split_odd_money(void)
{
    struct money_part parts[6] = {0};
    struct order_money whole = {chance(10000), chance(900), chance(500), chance(500), chance(10000)}, out[6], sum = {0};
    size_t count = 2 + (size_t)chance(5);
    if (chance(2) == 0)
        whole.paid -= -off_of(&whole);
    for (size_t i = 0; i < count; i++)
        parts[i] =
            (struct money_part){.goods = chance(2) * chance(4000), .lines = chance(9000), .pieces = 1 + chance(9)};
    order_money_split(&whole, parts, count, out);
    for (size_t i = 0; i < count; i++) {
        assert_true(off_of(&whole) != 0 || off_of(&out[i]) == 0);
        sum =
            (struct order_money){sum.goods + out[i].goods, sum.freight + out[i].freight, sum.discount + out[i].discount,
                                 sum.platform_discount + out[i].platform_discount, sum.paid + out[i].paid};
    }
    assert_memory_equal(&sum, &whole, sizeof(sum));
}

static void no_cent_is_lost(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        try_share();
        try_split_money();
        try_split_odd_money();
    }
}

/* ---------------------------------------------------------------- splitting */

/* As people write it: parts of lines. */
static void an_order_is_split_by_hand(void **state)
{
    struct shelf *shelf = *state;
    struct buf answer = {0};
    shelf_stock(shelf, "hz", "T", 9);
    shelf_stock(shelf, "hz", "C", 9);
    shelf_order(shelf, "O", "T", 3, 0);
    shelf_line(shelf, "O", 2, "C", 2);
    rig_run(
        &shelf->rig,
        "UPDATE orders SET freight_minor = 100, discount_minor = 7, paid_minor = 5093, buyer_note = '轻放';"
        "UPDATE order_line SET platform_line = 'P-' || line, paid_minor = CASE line WHEN 1 THEN 2994 ELSE 1999 END");
    shelf_audit(shelf);
    assert_int_equal(shelf_do(shelf, "order.split",
                              "{\"order\":\"O\",\"parts\":[[{\"line\":1,\"quantity\":1}],"
                              "[{\"line\":1,\"quantity\":1},{\"line\":2,\"quantity\":1}]]}",
                              &answer),
                     0);
    assert_string_equal(buf_text(&answer), "{\"orders\":[\"O-1\",\"O-2\",\"O-3\"]}");
    buf_done(&answer);
    assert_state(shelf, "O", "closed");
    assert_said(shelf, "split", "SELECT reason FROM orders WHERE number = 'O' AND replaced = 1", SQL_NO_VALUES);
    static const struct {
        const char *number;
        int64_t pieces, goods, freight, discount, paid;
    } parts[] = {{"O-1", 1, 1000, 20, 2, 1018}, {"O-2", 2, 2000, 40, 2, 2038}, {"O-3", 2, 2000, 40, 3, 2037}};
    for (size_t i = 0; i < COUNT(parts); i++) {
        const struct sql_value number = sql_text(parts[i].number);
        assert_int_equal(shelf_number(shelf, "SELECT sum(quantity) FROM order_line WHERE number = ?1", number),
                         parts[i].pieces);
        assert_int_equal(shelf_number(shelf, "SELECT goods_minor FROM orders WHERE number = ?1", number),
                         parts[i].goods);
        assert_int_equal(shelf_number(shelf, "SELECT freight_minor FROM orders WHERE number = ?1", number),
                         parts[i].freight);
        assert_int_equal(shelf_number(shelf, "SELECT discount_minor FROM orders WHERE number = ?1", number),
                         parts[i].discount);
        assert_int_equal(shelf_number(shelf, "SELECT paid_minor FROM orders WHERE number = ?1", number), parts[i].paid);
        assert_said(shelf, "轻放", "SELECT buyer_note FROM orders WHERE number = ?1 AND of_order = 'O' AND shop = 's'",
                    number);
    }
    assert_int_equal(shelf_number(shelf,
                                  "SELECT count(*) FROM order_line WHERE source_order = 'O' AND source_line = line AND"
                                  " platform_line = 'P-' || line",
                                  SQL_NO_VALUES),
                     5);
    assert_int_equal(shelf_left(shelf, "hz", "T"), 6); /* the promise has moved along */
    assert_int_equal(shelf_left(shelf, "hz", "C"), 7);
    struct order_work done = shelf_audit(shelf);
    assert_int_equal(done.audited, 3);
    assert_int_equal(done.held, 0);
    assert_int_equal(shelf_left(shelf, "hz", "T"), 6);
    /* and further */
    assert_done(shelf, "order.split", "{\"order\":\"O-2\",\"parts\":[[{\"line\":1,\"quantity\":1}]]}");
    assert_said(shelf, "O", "SELECT source_order FROM order_line WHERE number = 'O-2-1'", SQL_NO_VALUES);
}

static void what_cannot_be_split_is_refused(void **state)
{
    struct shelf *shelf = *state;
    static const struct {
        const char *parts, *sentence;
    } wrong[] = {
        {"[]", "2 to 16 parts"},
        {"[[{\"line\":1,\"quantity\":3}]]", "2 to 16 parts"},
        {"[[{\"line\":1,\"quantity\":4}],[]]", "line 1 has 3 pieces"},
        {"[[{\"line\":1,\"quantity\":2}],[{\"line\":1,\"quantity\":2}]]", "the parts have 4"},
        {"[[{\"line\":1,\"quantity\":0}]]", "line 1 has 3 pieces"},
        {"[[{\"line\":9,\"quantity\":1}]]", "a line that the order does not have"},
        {"[[],[{\"line\":1,\"quantity\":1}]]", "part 1 of order \"O\" is empty"},
        {"[5]", "is a list of up to 16 lists"},
        {"{\"line\":1}", "is no list"},
    };
    shelf_order(shelf, "O", "T", 3, 0);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        char fields[256];
        snprintf(fields, sizeof(fields), "{\"order\":\"O\",\"parts\":%s}", wrong[i].parts);
        assert_true(shelf_do(shelf, "order.split", fields, NULL) < 0);
        if (!strstr(shelf->rig.error.text, wrong[i].sentence))
            fail_msg("%s: %s", wrong[i].parts, shelf->rig.error.text);
    }
    assert_state(shelf, "O", "audit");
    for (const struct order_state *at = order_states; at->name; at++) {
        assert_int_equal(
            sql_run(shelf->rig.office.sql, "UPDATE orders SET state = ?1, site = 'hz'", sql_text(at->name)), 0);
        int result = shelf_do(shelf, "order.split", "{\"order\":\"O\",\"parts\":[]}", NULL);
        bool waits =
            strcmp(at->name, "audit") == 0 || strcmp(at->name, "exception") == 0 || strcmp(at->name, "reserved") == 0;
        assert_int_equal(result, waits ? -EINVAL : -EALREADY);
    }
    assert_int_equal(shelf_do(shelf, "order.split", "{\"order\":\"X\",\"parts\":[]}", NULL), -ENOENT);
}

/* No site has all of it: as few sites as it takes, the nearest first, and nobody else gets what they need for it. */
static void an_order_is_split_among_sites_by_itself(void **state)
{
    struct shelf *shelf = *state;
    assert_done(shelf, "site.region", "{\"site\":\"hz\",\"rank\":1}");
    assert_done(shelf, "site.region", "{\"site\":\"bj\",\"rank\":2}");
    shelf_stock(shelf, "hz", "T", 5);
    shelf_stock(shelf, "bj", "T", 3);
    shelf_stock(shelf, "bj", "C", 4);
    shelf_order(shelf, "O", "T", 5, 0);
    shelf_line(shelf, "O", 2, "C", 4);
    shelf_line(shelf, "O", 3, "T", 2); /* of T seven in all */
    shelf_audit(shelf);
    assert_state(shelf, "O", "exception");
    assert_done(shelf, "setting.set", "{\"name\":\"split_by_itself\",\"value\":true}");
    assert_done(shelf, "order.audit", "{\"order\":\"O\"}");
    assert_state(shelf, "O", "closed");
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM orders WHERE of_order = 'O'", SQL_NO_VALUES), 2);
    assert_site(shelf, "O-1", "bj"); /* which has most of it */
    assert_site(shelf, "O-2", "hz");
    assert_int_equal(shelf_left(shelf, "hz", "T") + shelf_left(shelf, "bj", "T"), 1);
    assert_int_equal(shelf_left(shelf, "bj", "C"), 0);
    shelf_order(shelf, "P", "T", 2, -1); /* paid earlier, and too late */
    struct order_work done = shelf_audit(shelf);
    assert_int_equal(done.held, 1);
    assert_state(shelf, "O-1", "reserved");
    assert_state(shelf, "O-2", "reserved");
    assert_state(shelf, "P", "exception");
}

/* Something is nowhere, something else is wrong, or a rule names the site: it stays whole. */
static void what_would_not_help_is_not_split(void **state)
{
    struct shelf *shelf = *state;
    assert_done(shelf, "setting.set", "{\"name\":\"split_by_itself\",\"value\":true}");
    shelf_stock(shelf, "hz", "T", 5);
    shelf_stock(shelf, "bj", "C", 5);
    shelf_order(shelf, "NOWHERE", "T", 1, 0);
    shelf_line(shelf, "NOWHERE", 2, "C", 6);
    shelf_order(shelf, "HELD", "T", 1, 0);
    shelf_line(shelf, "HELD", 2, "C", 1);
    shelf_order(shelf, "SITE", "T", 1, 0);
    shelf_line(shelf, "SITE", 2, "C", 1);
    rig_run(&shelf->rig, "UPDATE orders SET receiver_phone = '' WHERE number = 'HELD'");
    assert_done(shelf, "rule.put",
                "{\"name\":\"r\",\"kind\":\"site\",\"result\":\"hz\",\"conditions\":[{\"field\":\"receiver\","
                "\"operator\":\"is\",\"value\":\"张SITE\"}]}");
    assert_int_equal(shelf_audit(shelf).held, 3);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM orders", SQL_NO_VALUES), 3);
    assert_done(shelf, "order.confirm", "{\"order\":\"HELD\",\"kind\":\"address\"}");
    shelf_audit(shelf);
    shelf_audit(shelf);
    assert_state(shelf, "HELD", "closed"); /* nothing but stock was wanting any more */
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM orders WHERE state = 'reserved'", SQL_NO_VALUES), 2);
}

/* ---------------------------------------------------------------- merging */

static void to_one_receiver(struct shelf *shelf)
{
    rig_run(&shelf->rig, "UPDATE orders SET receiver_name = '张' WHERE origin = 'sale'");
}

static void orders_to_one_receiver_are_merged(void **state)
{
    struct shelf *shelf = *state;
    struct buf answer = {0};
    shelf_stock(shelf, "hz", "T", 9);
    shelf_stock(shelf, "hz", "C", 9);
    shelf_order(shelf, "B", "T", 2, 5);
    shelf_order(shelf, "A", "C", 1, 9);
    shelf_line(shelf, "A", 2, "T", 1);
    to_one_receiver(shelf);
    rig_run(&shelf->rig, "UPDATE orders SET buyer_note = number, priority = CASE number WHEN 'A' THEN 3 ELSE 0 END;"
                         "UPDATE orders SET ship_by_us = 5, carrier = 'YT' WHERE number = 'A';"
                         "INSERT INTO setting (name, value) VALUES ('merge_hours', '24')");
    shelf_audit(shelf);
    assert_int_equal(shelf_held(shelf, "A", "merge") + shelf_held(shelf, "B", "merge"), 2);
    assert_int_equal(shelf_do(shelf, "order.merge", "{\"orders\":[\"A\",\"B\"]}", &answer), 0);
    assert_string_equal(buf_text(&answer), "{\"order\":\"B-M\"}"); /* B was paid first */
    buf_done(&answer);
    assert_state(shelf, "A", "closed");
    assert_said(shelf, "merged",
                "SELECT reason FROM orders WHERE number = 'B' AND replaced = 1 AND merged_into = 'B-M'", SQL_NO_VALUES);
    assert_int_equal(shelf_held(shelf, "A", "merge") + shelf_held(shelf, "B", "merge"), 0);
    assert_said(shelf, "B / A",
                "SELECT buyer_note FROM orders WHERE number = 'B-M' AND goods_minor = 4000 AND paid_minor = 4000"
                " AND priority = 3 AND ship_by_us = 5 AND carrier = '' AND origin = 'merge'",
                SQL_NO_VALUES);
    assert_int_equal(
        shelf_number(shelf,
                     "SELECT count(*) FROM order_line WHERE number = 'B-M' AND ((line = 1 AND source_order = 'B'"
                     " AND source_line = 1) OR (line > 1 AND source_order = 'A' AND source_line = line - 1))",
                     SQL_NO_VALUES),
        3);
    assert_int_equal(shelf_left(shelf, "hz", "T"), 6); /* the promises have moved along */
    assert_int_equal(shelf_left(shelf, "hz", "C"), 8);
    assert_done(shelf, "order.carrier", "{\"order\":\"B-M\",\"carrier\":\"SF\"}");
    assert_int_equal(shelf_audit(shelf).held, 0);
    assert_state(shelf, "B-M", "reserved");
    assert_int_equal(shelf_left(shelf, "hz", "T"), 6);
}

static void what_does_not_go_together_is_not_merged(void **state)
{
    struct shelf *shelf = *state;
    static const struct {
        const char *harm, *orders, *sentence;
    } wrong[] = {
        {NULL, "[\"A\"]", "2 to 50"},
        {NULL, "[\"A\",\"A\"]", "named twice"},
        {NULL, "[\"A\",7]", "no order's number"},
        {NULL, "\"A\"", "is a list"},
        {NULL, "[\"A\",\"X\"]", "there is no order"},
        {"UPDATE orders SET receiver_phone = '1' WHERE number = 'B'", "[\"A\",\"B\"]", "another receiver"},
        {"UPDATE orders SET city = '1' WHERE number = 'B'", "[\"A\",\"B\"]", "another receiver"},
        {"UPDATE orders SET shop = NULL WHERE number = 'B'", "[\"A\",\"B\"]", "another shop"},
        {"UPDATE orders SET currency = 'USD' WHERE number = 'B'", "[\"A\",\"B\"]", "another shop"},
        {"UPDATE orders SET waybill = 'W' WHERE number = 'B'", "[\"A\",\"B\"]", "waybill of its own"},
        {"UPDATE orders SET origin = 'exchange' WHERE number = 'B'", "[\"A\",\"B\"]", "was not sold"},
        {"UPDATE orders SET state = 'released', site = 'hz' WHERE number = 'B'", "[\"A\",\"B\"]", "cannot be merged"},
        {"UPDATE orders SET state = 'pending_pay' WHERE number = 'B'", "[\"A\",\"B\"]", "cannot be merged"},
    };
    shelf_order(shelf, "A", "T", 1, 0);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        char fields[128];
        rig_run(&shelf->rig, "DELETE FROM order_line WHERE number = 'B'; DELETE FROM orders WHERE number = 'B'");
        shelf_order(shelf, "B", "T", 1, 1);
        to_one_receiver(shelf);
        if (wrong[i].harm)
            rig_run(&shelf->rig, wrong[i].harm);
        snprintf(fields, sizeof(fields), "{\"orders\":%s}", wrong[i].orders);
        assert_true(shelf_do(shelf, "order.merge", fields, NULL) < 0);
        if (!strstr(shelf->rig.error.text, wrong[i].sentence))
            fail_msg("%s: %s", wrong[i].harm ? wrong[i].harm : fields, shelf->rig.error.text);
    }
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM orders", SQL_NO_VALUES), 2);
}

/* ---------------------------------------------------------------- back again */

static void both_can_be_taken_back_until_a_site_has_them(void **state)
{
    struct shelf *shelf = *state;
    struct order_move move;
    shelf_stock(shelf, "hz", "T", 3);
    shelf_stock(shelf, "bj", "T", 1);
    shelf_order(shelf, "O", "T", 3, 0);
    shelf_order(shelf, "P", "T", 1, 1);
    shelf_audit(shelf);
    assert_done(shelf, "order.split", "{\"order\":\"O\",\"parts\":[[{\"line\":1,\"quantity\":1}]]}");
    shelf_audit(shelf);
    assert_done(shelf, "order.undo", "{\"order\":\"O\"}");
    assert_int_equal(shelf_left(shelf, "hz", "T"), 0); /* nobody could come between */
    shelf_audit(shelf);
    assert_state(shelf, "O", "reserved");
    assert_said(shelf, "undone", "SELECT reason FROM orders WHERE number = 'O-1' AND state = 'closed' AND replaced = 1",
                SQL_NO_VALUES);
    assert_int_equal(shelf_do(shelf, "order.undo", "{\"order\":\"O\"}", NULL), -EINVAL);
    assert_int_equal(shelf_do(shelf, "order.undo", "{\"order\":\"O-1\"}", NULL), -EINVAL);
    assert_int_equal(shelf_do(shelf, "order.undo", "{\"order\":\"X\"}", NULL), -ENOENT);

    to_one_receiver(shelf); /* one at hz, one at bj: promised anew */
    assert_done(shelf, "order.merge", "{\"orders\":[\"O\",\"P\"]}");
    assert_int_equal(shelf_audit(shelf).held, 1);
    assert_done(shelf, "order.undo", "{\"order\":\"O-M\"}");
    shelf_audit(shelf);
    assert_state(shelf, "O", "reserved");
    assert_state(shelf, "P", "reserved");

    assert_done(shelf, "order.split", "{\"order\":\"O\",\"parts\":[[{\"line\":1,\"quantity\":1}]]}"); /* O-3, O-4 */
    shelf_audit(shelf);
    assert_done(shelf, "order.release", "{\"order\":\"O-3\"}");
    assert_int_equal(shelf_do(shelf, "order.undo", "{\"order\":\"O\"}", NULL), -EALREADY);
    assert_state(shelf, "O-4", "reserved");
    assert_int_equal(office_begin(&shelf->rig.office, &shelf->rig.error), 0); /* given to another: a site has had it */
    assert_int_equal(assignments_move(&shelf->rig.office, "O-3", "bj", &move, &shelf->rig.error), 0);
    assert_int_equal(office_commit(&shelf->rig.office, &shelf->rig.error), 0);
    rig_run(&shelf->rig, "UPDATE orders SET state = 'reserved' WHERE number = 'O-3'");
    assert_int_equal(shelf_do(shelf, "order.undo", "{\"order\":\"O\"}", NULL), -EALREADY);
    assert_non_null(strstr(shelf->rig.error.text, "has had order \"O-3\""));
}

static void what_was_changed_since_is_not_thrown_away(void **state)
{
    struct shelf *shelf = *state;
    shelf_order(shelf, "O", "T", 3, 0);
    shelf_order(shelf, "P", "T", 1, 0);
    shelf_order(shelf, "Q", "T", 1, 0);
    to_one_receiver(shelf);
    assert_done(shelf, "order.split", "{\"order\":\"O\",\"parts\":[[{\"line\":1,\"quantity\":1}]]}");
    assert_done(shelf, "order.merge", "{\"orders\":[\"P\",\"Q\"]}");
    rig_run(&shelf->rig,
            "UPDATE order_line SET quantity = 1 WHERE number = 'O-2'; UPDATE order_line SET quantity = 5 WHERE number ="
            " 'P-M' AND line = 1");
    assert_int_equal(shelf_do(shelf, "order.undo", "{\"order\":\"O\"}", NULL), -EALREADY);
    assert_int_equal(shelf_do(shelf, "order.undo", "{\"order\":\"P-M\"}", NULL), -EALREADY);
}

/* The platform cancels its own order: whatever it has become. */
static void a_cancellation_reaches_what_came_of_it(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 9);
    for (int i = 0; i < 4; i++)
        shelf_order(shelf, (const char *[]){"O", "P", "Q", "R"}[i], "T", 2, i);
    to_one_receiver(shelf);
    shelf_audit(shelf);
    assert_done(shelf, "order.split", "{\"order\":\"O\",\"parts\":[[{\"line\":1,\"quantity\":1}]]}");
    assert_done(shelf, "order.close", "{\"order\":\"O\",\"reason\":\"cancelled\"}");
    assert_said(shelf, "cancelled", "SELECT reason FROM orders WHERE number = 'O-2' AND state = 'closed'",
                SQL_NO_VALUES);
    assert_int_equal(shelf_left(shelf, "hz", "T"), 3);

    assert_done(shelf, "order.merge", "{\"orders\":[\"P\",\"Q\",\"R\"]}");
    assert_done(shelf, "order.close", "{\"order\":\"Q\",\"reason\":\"cancelled\"}");
    assert_state(shelf, "P-M", "closed");
    assert_said(shelf, "cancelled",
                "SELECT reason FROM orders WHERE number = 'Q' AND state = 'closed' AND replaced = 0", SQL_NO_VALUES);
    assert_state(shelf, "P", "audit"); /* the others go on */
    assert_state(shelf, "R", "audit");
    assert_int_equal(shelf_left(shelf, "hz", "T"), 5);
    assert_done(shelf, "order.merge", "{\"orders\":[\"P\",\"R\"]}");
    shelf_audit(shelf);
    assert_done(shelf, "order.release", "{\"order\":\"P-M2\"}");
    assert_int_equal(shelf_do(shelf, "order.close", "{\"order\":\"R\"}", NULL), -EALREADY);
    assert_state(shelf, "P-M2", "released");
}

/* What the platform says of its order and line holds back what came of it. */
static void a_hold_reaches_what_came_of_it(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 9);
    shelf_order(shelf, "O", "T", 2, 0);
    assert_done(shelf, "order.split", "{\"order\":\"O\",\"parts\":[[{\"line\":1,\"quantity\":1}]]}");
    rig_run(&shelf->rig,
            "UPDATE orders SET overlays = 4 WHERE number = 'O'; UPDATE order_line SET overlays = 1 WHERE number = 'O'");
    shelf_audit(shelf);
    assert_int_equal(
        shelf_held(shelf, "O-1", "hold") + shelf_held(shelf, "O-1", "refund") + shelf_held(shelf, "O-2", "hold"), 3);
    rig_run(&shelf->rig,
            "UPDATE orders SET overlays = 0 WHERE number = 'O'; UPDATE order_line SET overlays = 0 WHERE number = 'O'");
    assert_done(shelf, "order.audit", "{\"order\":\"O-1\"}");
    assert_state(shelf, "O-1", "reserved");
}

/* ---------------------------------------------------------------- at random */

#define LIVE "o.replaced = 0"

struct totals {
    int64_t goods, freight, discount, platform_discount, paid, pieces, lines_paid, reserved;
};

static struct totals load_totals(struct shelf *shelf)
{
    struct totals totals = {0};
    struct sql_query *row =
        sql_select(shelf->rig.office.sql,
                   "SELECT (SELECT sum(goods_minor) FROM orders o WHERE " LIVE
                   "), (SELECT sum(freight_minor) FROM orders o WHERE " LIVE
                   "), (SELECT sum(discount_minor) FROM orders o WHERE " LIVE
                   "), (SELECT sum(platform_discount_minor) FROM orders o WHERE " LIVE
                   "), (SELECT sum(paid_minor) FROM orders o WHERE " LIVE
                   "), (SELECT sum(quantity) FROM order_line JOIN orders o USING"
                   " (number) WHERE " LIVE
                   "), (SELECT sum(l.paid_minor) FROM order_line l JOIN orders o USING (number) WHERE " LIVE
                   "), (SELECT coalesce(sum(left_open), 0) FROM reservation)",
                   SQL_NO_VALUES);
    assert_true(sql_next(row));
    int64_t *into[] = {&totals.goods, &totals.freight, &totals.discount,   &totals.platform_discount,
                       &totals.paid,  &totals.pieces,  &totals.lines_paid, &totals.reserved};
    for (size_t i = 0; i < COUNT(into); i++)
        *into[i] = sql_get_int(row, (int)i);
    assert_int_equal(sql_done(row), 0);
    return totals;
}

/* What is left of a platform's line w in orders that count. */
#define OF_LINE                                                                                                        \
    " FROM order_line l JOIN orders o USING (number) WHERE " LIVE                                                      \
    " AND CASE WHEN l.source_order <> '' THEN l.source_order ELSE l.number END = w.number AND coalesce(l.source_line," \
    " l.line) = w.line)"

/* The laws: each order that counts adds up, its lines too; each line of each platform's order is there with all its
 * pieces and all its money; promises are of lines that are. */
static void check_laws(struct shelf *shelf)
{
    static const char *const faults[] = {
        "SELECT count(*) FROM orders o WHERE paid_minor <> goods_minor + freight_minor - discount_minor -"
        " platform_discount_minor OR paid_minor <> freight_minor + (SELECT sum(l.paid_minor) FROM order_line l WHERE"
        " l.number = o.number) OR goods_minor <> (SELECT sum(l.price_minor * l.quantity) FROM order_line l WHERE"
        " l.number = o.number)",
        "SELECT count(*) FROM orders s JOIN order_line w ON w.number = s.number WHERE s.origin = 'sale' AND (w.quantity"
        " IS DISTINCT FROM (SELECT sum(l.quantity)" OF_LINE
        " OR w.paid_minor IS DISTINCT FROM (SELECT sum(l.paid_minor)" OF_LINE ")",
        "SELECT count(*) FROM reservation r JOIN orders o USING (number) JOIN order_line l ON l.number = r.number AND"
        " l.line = r.line WHERE o.replaced = 1 OR r.quantity <> l.quantity OR r.left_open <> l.quantity OR o.site <>"
        " r.site",
    };
    for (size_t i = 0; i < COUNT(faults); i++)
        if (shelf_number(shelf, faults[i], SQL_NO_VALUES) != 0)
            fail_msg("%s", faults[i]);
}

static void random_orders(struct shelf *shelf, int count)
{
    char number[8];
    for (int i = 0; i < count; i++) {
        snprintf(number, sizeof(number), "O%d", i);
        shelf_order(shelf, number, "T", 1 + (int)chance(7), i);
        for (int line = 2; line <= 1 + (int)chance(4); line++)
            shelf_line(shelf, number, line, chance(2) ? "C" : "T", 1 + (int)chance(5));
        /* prices, what was let off each line, who bore it, and freight */
        assert_int_equal(sql_run(shelf->rig.office.sql,
                                 "UPDATE order_line SET price_minor = 1 + (?2 * line) % 997, paid_minor = quantity * "
                                 "(1 + (?2 * line) % 997) -"
                                 " (?3 * line) % (quantity + 1) WHERE number = ?1",
                                 sql_text(number), sql_int(chance(5000)), sql_int(chance(100))),
                         0);
        assert_int_equal(sql_run(shelf->rig.office.sql,
                                 "UPDATE orders SET receiver_name = '张', freight_minor = ?2, goods_minor = (SELECT "
                                 "sum(quantity * price_minor) FROM"
                                 " order_line l WHERE l.number = orders.number), paid_minor = ?2 + (SELECT "
                                 "sum(l.paid_minor) FROM order_line l WHERE"
                                 " l.number = orders.number) WHERE number = ?1",
                                 sql_text(number), sql_int(chance(900))),
                         0);
        assert_int_equal(sql_run(shelf->rig.office.sql,
                                 "UPDATE orders SET discount_minor = (goods_minor + freight_minor - paid_minor) * ?2 / "
                                 "10, platform_discount_minor ="
                                 " goods_minor + freight_minor - paid_minor - (goods_minor + freight_minor - "
                                 "paid_minor) * ?2 / 10 WHERE number = ?1",
                                 sql_text(number), sql_int(chance(11))),
                         0);
    }
}

/* The numbers of orders that a question finds. */
static size_t some(struct shelf *shelf, const char *question, char (*out)[ORDERS_NUMBER_SIZE], size_t room)
{
    size_t count = 0;
    struct sql_query *row = sql_select_values(shelf->rig.office.sql, question, (struct sql_value[]){{0}});
    while (count < room && sql_next(row))
        sql_copy_text(row, 0, out[count++], ORDERS_NUMBER_SIZE);
    assert_int_equal(sql_done(row), 0);
    return count;
}

static int random_split(struct shelf *shelf, const char *number)
{
    struct split_plan *plan = malloc(sizeof(*plan));
    assert_int_equal(order_split_load(&shelf->rig.office, number, plan, &shelf->rig.error), 0);
    plan->parts = 2 + (size_t)chance(3);
    for (size_t i = 0; i < plan->line_count; i++)
        for (int64_t piece = 0; piece < plan->lines[i].quantity; piece++)
            plan->lines[i].share[chance((int64_t)plan->parts)]++;
    int result = order_split(&shelf->rig.office, number, plan, "tester", NULL, &shelf->rig.error);
    free(plan);
    return result;
}

/* One act, in a transaction. What is refused changes nothing. Returns whether it was done. */
static bool random_act(struct shelf *shelf)
{
    char live[40][ORDERS_NUMBER_SIZE], merged[ORDERS_NUMBER_SIZE];
    size_t count = some(shelf, "SELECT number FROM orders WHERE replaced = 0 ORDER BY number", live, COUNT(live));
    struct office *office = &shelf->rig.office;
    int result;
    assert_int_equal(office_begin(office, &shelf->rig.error), 0);
    switch (chance(3)) {
    case 0:
        result = random_split(shelf, live[chance((int64_t)count)]);
        break;
    case 1:
        for (size_t i = count - 1; i > 0; i--) { /* in any order, two to four of them */
            size_t other = (size_t)chance((int64_t)i + 1);
            char kept[ORDERS_NUMBER_SIZE];
            memcpy(kept, live[i], sizeof(kept));
            memcpy(live[i], live[other], sizeof(kept));
            memcpy(live[other], kept, sizeof(kept));
        }
        count = count < 4 ? count : (size_t)(2 + chance(3));
        result =
            order_merge(office, (const char(*)[ORDERS_NUMBER_SIZE])live, count, "tester", merged, &shelf->rig.error);
        break;
    default:
        count = some(
            shelf,
            "SELECT number FROM orders WHERE reason = 'split' OR (origin = 'merge' AND replaced = 0) ORDER BY number",
            live, COUNT(live));
        result = count == 0 ? -EINVAL : order_undo(office, live[chance((int64_t)count)], "tester", &shelf->rig.error);
    }
    if (result)
        office_rollback(office);
    else
        assert_int_equal(office_commit(office, &shelf->rig.error), 0);
    return result == 0;
}

static void nothing_is_lost_in_any_order(void **state)
{
    int64_t done = 0, moved = 0;
    for (int round = 0; round < (getenv("HEAD_OFFICE_DATABASE") ? 6 : 110); round++) {
        struct shelf *shelf = *state;
        random_orders(shelf, 3 + (int)chance(4));
        check_laws(shelf);
        shelf_stock(shelf, "hz", "T", 1000 * (int)chance(2));
        shelf_stock(shelf, "hz", "C", 1000);
        shelf_audit(shelf);
        struct totals before = load_totals(shelf);
        for (int i = 0; i < 30; i++) {
            done += random_act(shelf);
            check_laws(shelf);
            struct totals after = load_totals(shelf);
            if (before.reserved != before.pieces) /* only what is promised whole moves along */
                after.reserved = before.reserved;
            else
                moved++;
            assert_memory_equal(&after, &before, sizeof(after));
            if (chance(6) == 0)
                shelf_audit(shelf);
        }
        shelf_close(state);
        shelf_open(state);
    }
    print_message("%d splits, merges and ways back; %d times with promises\n", (int)done, (int)moved);
    assert_true(done > (getenv("HEAD_OFFICE_DATABASE") ? 50 : 1500));
    assert_true(moved > (getenv("HEAD_OFFICE_DATABASE") ? 10 : 400));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cents_go_where_they_are_due),
        cmocka_unit_test(no_cent_is_lost),
        ON_SHELF(an_order_is_split_by_hand),
        ON_SHELF(what_cannot_be_split_is_refused),
        ON_SHELF(an_order_is_split_among_sites_by_itself),
        ON_SHELF(what_would_not_help_is_not_split),
        ON_SHELF(orders_to_one_receiver_are_merged),
        ON_SHELF(what_does_not_go_together_is_not_merged),
        ON_SHELF(both_can_be_taken_back_until_a_site_has_them),
        ON_SHELF(what_was_changed_since_is_not_thrown_away),
        ON_SHELF(a_cancellation_reaches_what_came_of_it),
        ON_SHELF(a_hold_reaches_what_came_of_it),
        ON_SHELF(nothing_is_lost_in_any_order),
    };
    return cmocka_run_group_tests_name("orders split and merged", tests, NULL, NULL);
}
