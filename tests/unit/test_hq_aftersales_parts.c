/* After-sales of orders that were split or merged: a case is of the order that was bought, and reaches its pieces where
 * they are by now. */
#include "unit/aftersales_story.h"

static void say_done(struct company *company, const char *id, const char *order, const char *line, int64_t minor,
                     int64_t pieces)
{
    struct platform_refund refund = refund_of(id, line, minor, pieces);
    snprintf(refund.order, sizeof(refund.order), "%s", order);
    say(company, &refund, PLATFORM_REFUND_DONE, 2000);
}

/* One mug in N1-1, the others in N1-2, both checked. */
static void buy_and_split(struct company *company, int mugs)
{
    buy(company, "N1", mugs, 0);
    reserve(company, "N1");
    must(company, "order.split", "{\"order\":\"N1\",\"parts\":\"[[{\\\"line\\\":1,\\\"quantity\\\":1}]]\"}");
    reserve(company, "N1-1");
    reserve(company, "N1-2");
}

/* N1 has one mug and N2 two; they go together. */
static void buy_and_merge(struct company *company)
{
    buy(company, "N1", 1, 0);
    buy(company, "N2", 2, 0);
    rig_run(&company->office, "UPDATE orders SET waybill = NULL");
    reserve(company, "N1");
    reserve(company, "N2");
    must(company, "order.merge", "{\"orders\":\"[\\\"N1\\\",\\\"N2\\\"]\"}");
    reserve(company, "N1-M");
}

static void what_nobody_has_begun_is_given_up_first(void **state)
{
    struct company *company = *state;
    buy_and_split(company, 4);
    hand_over(company, "N1-1");
    say_done(company, "R1", "P-N1", "L-N1-1", 5400, 2);
    CASE_SAYS(company, "goods", "off");
    assert_int_equal(at_office(company, "SELECT cancelling FROM orders WHERE number = 'N1-1'"), 0);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1-2'", "reserved");
    assert_int_equal(at_office(company, "SELECT refunded FROM order_line WHERE number = 'N1-2'"), 2);
    say_done(company, "R2", "P-N1", "L-N1-1", 5400, 2);
    CASE_SAYS(company, "goods", "here");
    assert_int_equal(at_office(company, "SELECT cancelling FROM orders WHERE number = 'N1-1'"), 1);
    sync_site(company, HZ);
    CASE_SAYS(company, "goods", "off");
    OFFICE_SAYS(company, "SELECT DISTINCT state FROM orders", "closed");
    assert_int_equal(due(company, "N1"), 10800);
    assert_int_equal(at_office(company, "SELECT count(*) FROM orders"), 3);
}

static void a_part_is_asked_for_by_its_own_number(void **state)
{
    struct company *company = *state;
    buy_and_split(company, 3);
    must(company, "aftersale.open", "{\"order\":\"N1-2\",\"kind\":\"refund\"}");
    CASE_SAYS(company, "order", "N1");
    assert_int_equal(at_office(company, "SELECT quantity FROM aftersale_line"), 2);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number LIKE 'N1-%' ORDER BY number", "exception exception");
    decided(company, "aftersale.agree", "");
    assert_int_equal(due(company, "N1"), 5400);
    assert_int_equal(at_office(company, "SELECT sum(quantity - refunded) FROM order_line WHERE number LIKE 'N1-%'"), 1);
    assert_int_equal(ask(company, "order.undo", "{\"order\":\"N1\"}"), -EALREADY);
    assert_int_equal(ask(company, "aftersale.open",
                         "{\"order\":\"N1-1\",\"kind\":\"refund\",\"lines\":[{\"line\":1,\"quantity\":2}]}"),
                     -ERANGE);
    assert_int_equal(ask(company, "aftersale.open",
                         "{\"order\":\"N1-1\",\"kind\":\"refund\",\"lines\":[{\"line\":9,\"quantity\":1}]}"),
                     -ENOENT);
}

static void what_was_given_up_is_in_no_part(void **state)
{
    struct company *company = *state;
    buy(company, "N1", 3, 1);
    reserve(company, "N1");
    must(company, "aftersale.open",
         "{\"order\":\"N1\",\"kind\":\"refund\",\"lines\":[{\"line\":1,\"quantity\":1},{\"line\":2,\"quantity\":1}]}");
    decided(company, "aftersale.agree", "");
    must(company, "order.split", "{\"order\":\"N1\",\"parts\":\"[[{\\\"line\\\":1,\\\"quantity\\\":1}]]\"}");
    assert_int_equal(at_office(company, "SELECT sum(quantity) FROM order_line WHERE number LIKE 'N1-%'"), 2);
    must(company, "order.undo", "{\"order\":\"N1\"}");
    reserve(company, "N1");
    assert_int_equal(at_office(company, "SELECT sum(left_open) FROM reservation WHERE number = 'N1'"), 2);
}

/* No site has all of it; what is left of it is split by itself. */
static void what_is_left_is_split_by_itself(void **state)
{
    struct company *company = *state;
    must(company, "setting.set", "{\"name\":\"split_by_itself\",\"value\":\"yes\"}");
    buy(company, "N1", 30, 1);
    must(company, "aftersale.open",
         "{\"order\":\"N1\",\"kind\":\"refund\",\"lines\":[{\"line\":1,\"quantity\":1},{\"line\":2,\"quantity\":1}]}");
    OFFICE_SAYS(company, "SELECT kind FROM exception WHERE released_us IS NULL ORDER BY kind", "refund short");
    decided(company, "aftersale.agree", "");
    assert_int_equal(due(company, "N1"), 2700 + 450);
    OFFICE_SAYS(company, "SELECT DISTINCT origin FROM orders WHERE replaced = 0", "split");
    assert_int_equal(at_office(company,
                               "SELECT sum(l.quantity - l.refunded) FROM order_line l JOIN orders o ON o.number"
                               " = l.number WHERE o.replaced = 0"),
                     29);
    assert_int_equal(at_office(company, "SELECT sum(paid_minor) FROM orders WHERE replaced = 0") -
                         at_office(company, "SELECT paid_minor FROM orders WHERE number = 'N1'"),
                     0);
}

static void a_refund_of_one_takes_its_pieces_out_of_what_was_merged(void **state)
{
    struct company *company = *state;
    buy_and_merge(company);
    struct platform_refund refund = refund_of("R1", "", 2700, 0);
    take(company, &refund);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1-M'", "exception");
    assert_int_equal(ask(company, "aftersale.open", "{\"order\":\"N1-M\",\"kind\":\"refund\"}"), -EINVAL);
    say(company, &refund, PLATFORM_REFUND_DONE, 2000);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1-M'", "reserved");
    OFFICE_SAYS(company,
                "SELECT source_order || ':' || (quantity - refunded) FROM order_line WHERE number = 'N1-M' ORDER BY"
                " source_order",
                "N1:0 N2:2");
    assert_int_equal(due(company, "N1"), 2700);
    assert_int_equal(due(company, "N2"), 0);
}

static void the_other_one_of_a_stopped_merger_is_sent_alone(void **state)
{
    struct company *company = *state;
    buy_and_merge(company);
    hand_over(company, "N1-M");
    struct platform_refund refund = refund_of("R1", "", 2700, 0);
    take(company, &refund);
    sync_site(company, HZ);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number IN ('N1-M', 'N2-R1') ORDER BY number",
                "closed reserved");
    OFFICE_SAYS(company, "SELECT source_order || ':' || quantity FROM order_line WHERE number = 'N2-R1'", "N2:2");
    say(company, &refund, PLATFORM_REFUND_CLOSED, 2000); /* and the buyer wants it after all */
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1-R1'", "reserved");
    assert_int_equal(at_office(company, "SELECT sum(left_open) FROM reservation"), 3);
}

static void what_comes_back_of_a_part_is_known_at_its_site(void **state)
{
    struct company *company = *state;
    buy_and_split(company, 3);
    hand_over(company, "N1-1");
    PLAY(&company->sites[HZ], PICK_IT, PACK_IT, {"SF-N1", "DONE_LABELLED", "menu"}, SHIP_IT);
    sync_site(company, HZ);
    assert_int_equal(ask(company, "aftersale.open",
                         "{\"order\":\"N1\",\"kind\":\"return\",\"lines\":[{\"line\":1,\"quantity\":2}]}"),
                     -ERANGE); /* one has left */
    must(company, "aftersale.open", "{\"order\":\"N1-1\",\"kind\":\"return\"}");
    CASE_SAYS(company, "order", "N1");
    decided(company, "aftersale.agree", "");
    sync_site(company, HZ);
    SITE_SAYS(company, HZ, "SELECT order_number FROM document WHERE kind = 'return'", "N1-1");
    PLAY(&company->sites[HZ], {"SF-N1", "DONE_RETURN_OPENED", "return.item"},
         {"CMD:INTACT", "DONE_RETURN_RECEIVED", "return.grade"}, GRADE("MUG", "A", "a", "A-01", "menu"));
    up(company, HZ);
    CASE_SAYS(company, "state", "graded");
    decided(company, "aftersale.settle", "");
    assert_int_equal(due(company, "N1"), 2700);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1-2'", "reserved");
}

static void unclaimed_goods_of_a_part_are_of_what_was_bought(void **state)
{
    struct company *company = *state;
    buy_and_split(company, 3);
    hand_over(company, "N1-1");
    PLAY(&company->sites[HZ], PICK_IT, PACK_IT, {"SF-N1", "DONE_LABELLED", "menu"}, SHIP_IT,
         {"CMD:RETURN", "DONE_RETURN_STARTED", "return.find"}, {"CMD:SKIP", "DONE_RETURN_OPENED", "return.item"},
         {"MUG", "DONE_RETURNED", "return.item"}, {"CMD:DONE", "DONE_RETURN_RECEIVED", "return.grade"},
         GRADE("MUG", "A", "a", "A-01", "menu"));
    sync_site(company, HZ);
    struct sql_query *row = sql_select(company->office.office.sql, "SELECT number FROM aftersale", SQL_NO_VALUES);
    assert_true(sql_next(row));
    sql_copy_text(row, 0, last_case, sizeof(last_case));
    sql_done(row);
    decided(company, "aftersale.match", ",\"order\":\"P-N1\"");
    CASE_SAYS(company, "order", "N1");
    decided(company, "aftersale.settle", "");
    assert_int_equal(due(company, "N1"), 2700);
}

/* Somebody wants nothing of it any more. */
static void a_closed_order_sends_no_rest(void **state)
{
    struct company *company = *state;
    floor_has(company, 3);
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"refund\",\"lines\":[{\"line\":1,\"quantity\":1}]}");
    must(company, "order.close", "{\"order\":\"N1\"}");
    sync_site(company, HZ);
    decided(company, "aftersale.agree", "");
    assert_int_equal(at_office(company, "SELECT count(*) FROM orders"), 1);
}

static void a_rest_is_closed_with_its_order(void **state)
{
    struct company *company = *state;
    floor_has(company, 3);
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"refund\",\"lines\":[{\"line\":1,\"quantity\":1}]}");
    sync_site(company, HZ);
    decided(company, "aftersale.agree", "");
    OFFICE_SAYS(company, "SELECT state FROM orders ORDER BY number", "closed reserved");
    must(company, "order.close", "{\"order\":\"N1\"}");
    OFFICE_SAYS(company, "SELECT state FROM orders ORDER BY number", "closed closed");
}

/* A gift goes with what was bought, and with nothing else. */
static void a_gift_alone_is_not_sent(void **state)
{
    struct company *company = *state;
    buy(company, "N1", 1, 1);
    rig_run(&company->office, "UPDATE order_line SET gift = 1, paid_minor = 0, platform_line = '' WHERE line = 2");
    reserve(company, "N1");
    say_done(company, "R1", "P-N1", "L-N1-1", 2700, 1);
    OFFICE_SAYS(company, "SELECT state FROM orders", "closed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(what_nobody_has_begun_is_given_up_first),
        STORY(a_part_is_asked_for_by_its_own_number),
        STORY(what_was_given_up_is_in_no_part),
        STORY(what_is_left_is_split_by_itself),
        STORY(a_refund_of_one_takes_its_pieces_out_of_what_was_merged),
        STORY(the_other_one_of_a_stopped_merger_is_sent_alone),
        STORY(what_comes_back_of_a_part_is_known_at_its_site),
        STORY(unclaimed_goods_of_a_part_are_of_what_was_bought),
        STORY(a_closed_order_sends_no_rest),
        STORY(a_rest_is_closed_with_its_order),
        STORY(a_gift_alone_is_not_sent),
    };
    return cmocka_run_group_tests_name("after-sales of parts", tests, NULL, NULL);
}
