/* Goods that buyers send back, story by story: announced and not, graded by a real site, and what is given or sent for
 * them. */
#include "unit/aftersales_story.h"

#include "sync/head-office/books/books.h"

/* ---------------------------------------------------------------- returns */

static void a_return_is_refunded_when_it_is_graded(void **state)
{
    struct company *company = *state;
    ship_two(company);
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"return\",\"reason\":\"too blue\"}");
    not_decided(company, "aftersale.settle", "", -EALREADY);
    decided(company, "aftersale.agree", "");
    CASE_SAYS(company, "state", "returning");
    CASE_SAYS(company, "site", "hz");
    not_decided(company, "aftersale.settle", "", -EPERM);
    sync_site(company, HZ);
    scan_at(company, last_case, "DONE_RETURN_OPENED", "return.item");
    PLAY(&company->sites[HZ], {"MUG", "DONE_RETURNED", "return.item"});
    up(company, HZ);
    CASE_SAYS(company, "state", "received");
    not_decided(company, "aftersale.settle", "", -EPERM);
    PLAY(&company->sites[HZ], {"CMD:UNDO", "DONE_UNDONE", "return.item"});
    up(company, HZ);
    CASE_SAYS(company, "state", "returning");
    PLAY(&company->sites[HZ], {"MUG", "DONE_RETURNED", "return.item"},
         {"CMD:DONE", "DONE_RETURN_RECEIVED", "return.grade"}, GRADE("MUG", "B", "b", "DMG-1", "menu"));
    up(company, HZ);
    CASE_SAYS(company, "state", "graded");
    assert_int_equal(at_office(company, "SELECT received * 100 + grade_b FROM aftersale_goods"), 101);
    not_decided(company, "aftersale.settle", ",\"amount_minor\":5401", -ERANGE);
    decided(company, "aftersale.settle", "");
    assert_int_equal(due(company, "N1"), 2700); /* one of the two came */
    OFFICE_SAYS(company, "SELECT reason FROM refund_due", "too blue");
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"return\"}");
    assert_int_equal(at_office(company, "SELECT quantity FROM aftersale_line ORDER BY number = "
                                        "(SELECT number FROM refund_due) LIMIT 1"),
                     1);
}

static void settings_may_refund_without_a_person(void **state)
{
    struct company *company = *state;
    ship_two(company);
    must(company, "setting.set", "{\"name\":\"refund_before_grading_minor\",\"value\":\"2700\"}");
    must(company, "setting.set", "{\"name\":\"refund_grades\",\"value\":\"A,B\"}");
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"return\",\"lines\":[{\"line\":1,\"quantity\":1}]}");
    decided(company, "aftersale.agree", "");
    CASE_SAYS(company, "state", "settled");
    assert_int_equal(due(company, "N1"), 2700);
    must(company, "setting.set", "{\"name\":\"refund_before_grading_minor\",\"value\":\"2699\"}");
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"return\",\"lines\":[{\"line\":1,\"quantity\":1}]}");
    decided(company, "aftersale.agree", "");
    CASE_SAYS(company, "state", "returning");
    sync_site(company, HZ);
    scan_at(company, last_case, "DONE_RETURN_OPENED", "return.item");
    PLAY(&company->sites[HZ], {"MUG", "DONE_RETURNED", "return.item"},
         {"CMD:DONE", "DONE_RETURN_RECEIVED", "return.grade"}, GRADE("MUG", "B", "b", "DMG-1", "menu"));
    up(company, HZ);
    CASE_SAYS(company, "state", "settled");
    assert_int_equal(due(company, "N1"), 5400);
}

static void a_bad_grade_waits_for_a_person(void **state)
{
    struct company *company = *state;
    ship_two(company);
    must(company, "setting.set", "{\"name\":\"refund_grades\",\"value\":\"A\"}");
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"return\",\"lines\":[{\"line\":1,\"quantity\":1}]}");
    decided(company, "aftersale.agree", "");
    sync_site(company, HZ);
    scan_at(company, last_case, "DONE_RETURN_OPENED", "return.item");
    PLAY(&company->sites[HZ], {"MUG", "DONE_RETURNED", "return.item"},
         {"CMD:DONE", "DONE_RETURN_RECEIVED", "return.grade"}, {"MUG", "DONE_INSPECTED", "return.mark"},
         {"CMD:GRADE:D", "DONE_GRADED", "menu"});
    up(company, HZ);
    CASE_SAYS(company, "state", "graded");
    decided(company, "aftersale.refuse", ",\"reason\":\"broken by the buyer\"");
    assert_int_equal(due(company, "N1"), 0);
}

/* The buyer says only later under which number it comes: the site is told, and finds it by that. */
static void the_waybill_is_known_later(void **state)
{
    struct company *company = *state;
    ship_two(company);
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"return\"}");
    decided(company, "aftersale.agree", "");
    sync_site(company, HZ);
    PLAY(&company->sites[HZ], {"CMD:RETURN", "DONE_RETURN_STARTED", "return.find"}, {"YT-7", "E01", "return.find"});
    decided(company, "aftersale.waybill", ",\"carrier\":\"YTO\",\"waybill\":\"YT-7\"");
    decided(company, "aftersale.waybill", ",\"carrier\":\"YTO\",\"waybill\":\"YT-7\"");
    assert_int_equal(at_office(company, "SELECT count(*) FROM feed WHERE type = 'return.expect'"), 2);
    sync_site(company, HZ);
    PLAY(&company->sites[HZ], {"YT-7", "DONE_RETURN_OPENED", "return.item"}, {"CMD:SKIP", "DONE_LEFT", "menu"});
    SITE_SAYS(company, HZ, "SELECT count(*) FROM document WHERE kind = 'return'", "1");
}

static void what_nobody_announced_gets_a_case(void **state)
{
    struct company *company = *state;
    ship_two(company);
    PLAY(&company->sites[HZ], {"SF-N1", "DONE_RETURN_OPENED", "return.item"}, {"MUG", "DONE_RETURNED", "return.item"});
    up(company, HZ);
    assert_int_equal(at_office(company, "SELECT count(*) FROM aftersale"), 1);
    assert_int_equal(at_office(company, "SELECT amount_minor FROM aftersale_line"), 2700);
    PLAY(&company->sites[HZ], {"MUG", "DONE_RETURNED", "return.item"},
         {"CMD:DONE", "DONE_RETURN_RECEIVED", "return.grade"}, {"CMD:QTY:2", "DONE_QUANTITY", "return.grade"},
         GRADE("MUG", "A", "a", "A-01", "menu"));
    up(company, HZ);
    OFFICE_SAYS(company, "SELECT state FROM aftersale", "graded");
    assert_int_equal(at_office(company, "SELECT amount_minor FROM aftersale_line"), 5400);
    struct sql_query *row = sql_select(company->office.office.sql, "SELECT number FROM aftersale", SQL_NO_VALUES);
    assert_true(sql_next(row));
    sql_copy_text(row, 0, last_case, sizeof(last_case));
    sql_done(row);
    decided(company, "aftersale.settle", ",\"amount_minor\":5000");
    assert_int_equal(due(company, "N1"), 5000);
}

/* The buyer has not waited for anybody's word. */
static void goods_that_come_before_the_word_are_counted_for_their_case(void **state)
{
    struct company *company = *state;
    ship_two(company);
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"return\",\"lines\":[{\"line\":1,\"quantity\":1}]}");
    PLAY(&company->sites[HZ], {"SF-N1", "DONE_RETURN_OPENED", "return.item"}, {"MUG", "DONE_RETURNED", "return.item"},
         {"CMD:DONE", "DONE_RETURN_RECEIVED", "return.grade"}, GRADE("MUG", "A", "a", "A-01", "menu"));
    up(company, HZ);
    CASE_SAYS(company, "state", "graded");
    assert_int_equal(at_office(company, "SELECT count(*) FROM aftersale"), 1);
    decided(company, "aftersale.settle", "");
    assert_int_equal(due(company, "N1"), 2700);
}

static void unclaimed_goods_find_their_order(void **state)
{
    struct company *company = *state;
    ship_two(company);
    PLAY(&company->sites[HZ], {"CMD:RETURN", "DONE_RETURN_STARTED", "return.find"},
         {"CMD:SKIP", "DONE_RETURN_OPENED", "return.item"}, {"MUG", "DONE_RETURNED", "return.item"},
         {"CMD:DONE", "DONE_RETURN_RECEIVED", "return.grade"}, GRADE("MUG", "A", "a", "A-01", "menu"));
    up(company, HZ);
    struct sql_query *row = sql_select(company->office.office.sql,
                                       "SELECT number FROM aftersale WHERE order_number IS NULL", SQL_NO_VALUES);
    assert_true(sql_next(row));
    sql_copy_text(row, 0, last_case, sizeof(last_case));
    sql_done(row);
    not_decided(company, "aftersale.settle", "", -EALREADY);
    not_decided(company, "aftersale.match", "", -EINVAL);
    not_decided(company, "aftersale.match", ",\"phone\":\"13900000000\"", -ENOENT);
    decided(company, "aftersale.match", ",\"phone\":\"13812345678\"");
    CASE_SAYS(company, "order", "N1");
    not_decided(company, "aftersale.match", ",\"waybill\":\"SF-N1\"", -EALREADY);
    decided(company, "aftersale.settle", "");
    assert_int_equal(due(company, "N1"), 2700);
    /* the other one was announced, and comes without its paper, too */
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"return\"}");
    decided(company, "aftersale.agree", "");
    char announced[AFTERSALE_NUMBER_SIZE];
    snprintf(announced, sizeof(announced), "%s", last_case);
    PLAY(&company->sites[HZ], {"CMD:RETURN", "DONE_RETURN_STARTED", "return.find"},
         {"CMD:SKIP", "DONE_RETURN_OPENED", "return.item"}, {"MUG", "DONE_RETURNED", "return.item"},
         {"CMD:DONE", "DONE_RETURN_RECEIVED", "return.grade"});
    sync_site(company, HZ);
    row = sql_select(company->office.office.sql, "SELECT number FROM aftersale WHERE order_number IS NULL",
                     SQL_NO_VALUES);
    assert_true(sql_next(row));
    sql_copy_text(row, 0, last_case, sizeof(last_case));
    sql_done(row);
    decided(company, "aftersale.match", ",\"waybill\":\"SF-N1\"");
    assert_string_equal(last_case, announced);
    CASE_SAYS(company, "state", "received");
    PLAY(&company->sites[HZ], GRADE("MUG", "B", "b", "DMG-1", "menu"));
    up(company, HZ);
    CASE_SAYS(company, "state", "graded");
    decided(company, "aftersale.settle", "");
    assert_int_equal(due(company, "N1"), 5400);
}

/* ---------------------------------------------------------------- something is sent instead */

static void an_exchange_sends_another_item_when_the_goods_are_back(void **state)
{
    struct company *company = *state;
    ship_two(company);
    must(company, "aftersale.open",
         "{\"order\":\"N1\",\"kind\":\"exchange\",\"lines\":[{\"line\":1,\"quantity\":2,\"new_sku\":\"PEN\"}]}");
    decided(company, "aftersale.agree", ",\"pay_minor\":300");
    CASE_SAYS(company, "new_order", "-");
    not_decided(company, "aftersale.settle", "", -EPERM);
    sync_site(company, HZ);
    scan_at(company, last_case, "DONE_RETURN_OPENED", "return.item");
    PLAY(&company->sites[HZ], {"MUG", "DONE_RETURNED", "return.item"},
         {"CMD:DONE", "DONE_RETURN_RECEIVED", "return.grade"}, GRADE("MUG", "A", "a", "A-01", "menu"));
    up(company, HZ);
    decided(company, "aftersale.settle", "");
    OFFICE_SAYS(company, "SELECT origin || '/' || state || '/' || of_order FROM orders WHERE number <> 'N1'",
                "exchange/reserved/N1");
    assert_int_equal(at_office(company, "SELECT paid_minor FROM orders WHERE number <> 'N1'"), 300);
    assert_int_equal(at_office(company, "SELECT paid_minor FROM order_line WHERE number <> 'N1'"), 300);
    OFFICE_SAYS(company, "SELECT sku FROM order_line WHERE number <> 'N1'", "PEN");
    assert_int_equal(at_office(company, "SELECT quantity FROM order_line WHERE number <> 'N1'"), 1); /* one came */
    assert_int_equal(due(company, "N1"), 0);
    not_decided(company, "aftersale.settle", "", -EALREADY);
}

static void an_exchange_may_be_sent_at_once(void **state)
{
    struct company *company = *state;
    ship_two(company);
    must(company, "setting.set", "{\"name\":\"exchange_ships_first\",\"value\":\"yes\"}");
    must(company, "aftersale.open",
         "{\"order\":\"N1\",\"kind\":\"exchange\",\"lines\":[{\"line\":1,\"quantity\":1,\"amount_minor\":200}]}");
    decided(company, "aftersale.agree", "");
    CASE_SAYS(company, "state", "returning");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number <> 'N1'", "reserved");
    sync_site(company, HZ);
    scan_at(company, last_case, "DONE_RETURN_OPENED", "return.item");
    PLAY(&company->sites[HZ], {"MUG", "DONE_RETURNED", "return.item"},
         {"CMD:DONE", "DONE_RETURN_RECEIVED", "return.grade"}, GRADE("MUG", "A", "a", "A-01", "menu"));
    up(company, HZ);
    decided(company, "aftersale.settle", "");
    assert_int_equal(at_office(company, "SELECT count(*) FROM orders"), 2);
    assert_int_equal(due(company, "N1"), 200); /* it was cheaper */
}

static void what_was_missing_is_sent_again(void **state)
{
    struct company *company = *state;
    ship_two(company);
    assert_int_equal(ask(company, "aftersale.open",
                         "{\"order\":\"N1\",\"kind\":\"reissue\",\"lines\":[{\"line\":1,\"quantity\":3}]}"),
                     -ERANGE);
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"reissue\",\"lines\":[{\"line\":1,\"quantity\":1}]}");
    decided(company, "aftersale.agree", "");
    CASE_SAYS(company, "state", "settled");
    OFFICE_SAYS(company, "SELECT origin || '/' || state FROM orders WHERE number <> 'N1'", "reissue/reserved");
    assert_int_equal(at_office(company, "SELECT paid_minor FROM orders WHERE number <> 'N1'"), 0);
    assert_int_equal(due(company, "N1"), 0);
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"return\"}"); /* both may still come back */
    assert_int_equal(at_office(company, "SELECT max(quantity) FROM aftersale_line"), 2);
}

static void what_is_repaired_goes_back_to_the_buyer(void **state)
{
    struct company *company = *state;
    ship_two(company);
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"repair\",\"lines\":[{\"line\":1,\"quantity\":1}]}");
    decided(company, "aftersale.agree", ",\"site\":\"bj\"");
    sync_site(company, BJ);
    SITE_SAYS(company, BJ, "SELECT order_number FROM document WHERE kind = 'return'", "N1");
    play_line(&company->sites[BJ], &(struct line){"B-1", "DONE_SIGNED_IN", "menu"});
    play_line(&company->sites[BJ], &(struct line){last_case, "DONE_RETURN_OPENED", "return.item"});
    PLAY(&company->sites[BJ], {"MUG", "DONE_RETURNED", "return.item"},
         {"CMD:DONE", "DONE_RETURN_RECEIVED", "return.grade"}, GRADE("MUG", "A", "a", "A-01", "menu"));
    up(company, BJ);
    CASE_SAYS(company, "state", "graded");
    decided(company, "aftersale.settle", "");
    OFFICE_SAYS(company, "SELECT origin || '/' || state FROM orders WHERE number <> 'N1'", "repair/reserved");
    OFFICE_SAYS(company, "SELECT sku FROM order_line WHERE number <> 'N1'", "MUG");
    assert_int_equal(due(company, "N1"), 0);
}

static void only_what_has_left_comes_back(void **state)
{
    struct company *company = *state;
    static const char *const kinds[] = {"return", "exchange", "reissue", "repair"};
    buy(company, "N1", 1, 0);
    for (size_t i = 0; i < COUNT(kinds); i++) {
        char fields[100];
        snprintf(fields, sizeof(fields), "{\"order\":\"N1\",\"kind\":\"%s\"}", kinds[i]);
        assert_int_equal(ask(company, "aftersale.open", fields), -EALREADY);
    }
    assert_int_equal(ask(company, "aftersale.open", "{\"order\":\"N9\",\"kind\":\"refund\"}"), -ENOENT);
    assert_int_equal(ask(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"refund\",\"freight_minor\":801}"),
                     -ERANGE);
    assert_int_equal(ask(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"gift\"}"), -EINVAL);
    assert_int_equal(ask(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"refund\",\"lines\":[{\"line\":1}]}"),
                     -EINVAL);
    assert_int_equal(at_office(company, "SELECT count(*) FROM aftersale"), 0);
}

/* ---------------------------------------------------------------- the books */

static int64_t balance(struct company *company, const char *account)
{
    int64_t minor = 0;
    assert_int_equal(sql_number(company->office.office.sql, &minor,
                                "SELECT coalesce(sum(base_minor), 0) FROM books_line WHERE account = ?1",
                                sql_text(account)),
                     0);
    return minor;
}

/* Twice: what is posted is posted once. */
static void post(struct company *company)
{
    struct rig *office = &company->office;
    CLEANUP_BUF struct buf wrong = {0};
    int64_t faults = 0;
    for (int i = 0; i < 2; i++)
        must(company, "money.post", "{\"most\":1000}");
    assert_int_equal(books_check(&office->office, &wrong, &faults, &office->error), 0);
    if (faults > 0)
        fail_msg("%s", buf_text(&wrong));
    assert_int_equal(at_office(company, "SELECT count(*) FROM books_trouble"), 0);
}

static void what_is_paid_back_is_posted_once(void **state)
{
    struct company *company = *state;
    ship_two(company);
    post(company);
    assert_int_equal(balance(company, BOOKS_RECEIVABLE), 6000 - 600 + 800);
    must(company, "aftersale.open",
         "{\"order\":\"N1\",\"kind\":\"refund\",\"freight_minor\":200,\"lines\":[{\"line\":1,\"quantity\":0,"
         "\"amount_minor\":500}]}");
    decided(company, "aftersale.agree", "");
    post(company);
    assert_int_equal(balance(company, BOOKS_REFUNDS), 0); /* it is due, and not paid */
    decided(company, "aftersale.paid", "");
    post(company);
    assert_int_equal(balance(company, BOOKS_REFUNDS), 700);
    assert_int_equal(balance(company, BOOKS_RECEIVABLE), 6200 - 700);
    assert_int_equal(at_office(company, "SELECT count(*) FROM books_entry WHERE kind = 'refund'"), 2);
    assert_int_equal(at_office(company, "SELECT sum(base_minor) FROM books_line"), 0);
    assert_int_equal(at_office(company, "SELECT booked FROM refund_due"), 1);
    OFFICE_SAYS(company, "SELECT sku FROM books_line WHERE account = '6001.02' AND base_minor = 500", "MUG");
}

static void what_never_left_was_never_sold(void **state)
{
    struct company *company = *state;
    buy(company, "N1", 3, 1);
    reserve(company, "N1");
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"refund\",\"freight_minor\":800}");
    decided(company, "aftersale.agree", "");
    decided(company, "aftersale.paid", "");
    CASE_SAYS(company, "goods", "off");
    post(company);
    assert_int_equal(balance(company, BOOKS_REFUNDS), 0);
    assert_int_equal(balance(company, BOOKS_RECEIVABLE), 0);
    assert_int_equal(at_office(company, "SELECT booked FROM refund_due"), 1);
}

/* The platform has paid while a bench has the goods: whether they were sold, the site says. */
static void a_refund_waits_for_what_becomes_of_the_goods(void **state)
{
    struct company *company = *state;
    struct platform_refund refund = refund_of("R-1", "L-N1-1", 5400, 2);
    floor_has(company, 2);
    PLAY(&company->sites[HZ], PICK_MUGS(2));
    up(company, HZ);
    take(company, &refund);
    say(company, &refund, PLATFORM_REFUND_DONE, 2000);
    OFFICE_SAYS(company, "SELECT state FROM refund_due", "paid");
    CASE_SAYS(company, "goods", "here");
    post(company);
    assert_int_equal(at_office(company, "SELECT booked FROM refund_due"), 0);
    sync_site(company, HZ);
    CASE_SAYS(company, "goods", "off");
    post(company);
    assert_int_equal(at_office(company, "SELECT booked FROM refund_due"), 1);
    assert_int_equal(balance(company, BOOKS_REFUNDS), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_return_is_refunded_when_it_is_graded),
        STORY(settings_may_refund_without_a_person),
        STORY(a_bad_grade_waits_for_a_person),
        STORY(the_waybill_is_known_later),
        STORY(what_nobody_announced_gets_a_case),
        STORY(goods_that_come_before_the_word_are_counted_for_their_case),
        STORY(unclaimed_goods_find_their_order),
        STORY(an_exchange_sends_another_item_when_the_goods_are_back),
        STORY(an_exchange_may_be_sent_at_once),
        STORY(what_was_missing_is_sent_again),
        STORY(what_is_repaired_goes_back_to_the_buyer),
        STORY(only_what_has_left_comes_back),
        STORY(what_is_paid_back_is_posted_once),
        STORY(what_never_left_was_never_sold),
        STORY(a_refund_waits_for_what_becomes_of_the_goods),
    };
    return cmocka_run_group_tests_name("returns", tests, NULL, NULL);
}
