/* Refunds at head office, story by story: head office and two sites with their real rules, before the goods are picked,
 * while a site works on them, and as platforms tell of them. What was bought is, at the end of each, what is sent and
 * what is given up; what was paid is what is kept and what is given back. */
#include "unit/aftersales_story.h"

#include "sync/head-office/orders/order_work.h"

/* ---------------------------------------------------------------- the table of steps */

static void a_step_that_is_not_named_is_refused(void **state)
{
    static const char *const legal[] = {
        "agreed asked",        "announced agreed",   "received asked",   "received agreed",   "received returning",
        "unreceived received", "graded received",    "settled agreed",   "settled returning", "settled received",
        "settled graded",      "paid asked",         "paid agreed",      "paid returning",    "paid received",
        "paid graded",         "refused asked",      "refused agreed",   "refused received",  "refused graded",
        "closed asked",        "closed agreed",      "closed returning", "withdrawn asked",   "withdrawn agreed",
        "withdrawn returning", "withdrawn received", "withdrawn graded", "withdrawn settled", "withdrawn refused",
        "reopened refused",    "reopened closed",    "resumed settled",  "resumed closed",
    };
    static const char *const acts[] = {"agreed", "announced", "received", "unreceived", "graded",   "settled",
                                       "paid",   "refused",   "closed",   "withdrawn",  "reopened", "resumed"};
    struct company *company = *state;
    struct rig *office = &company->office;
    buy(company, "N1", 1, 0);
    rig_run(office, "INSERT INTO aftersale (number, kind, order_number, asked_us, changed_us) VALUES ('AS1', 'return',"
                    " 'N1', 1, 1)");
    size_t allowed = 0;
    for (size_t i = 0; i < COUNT(acts); i++)
        for (const struct aftersale_word *from = aftersale_states; from->name; from++) {
            struct aftersale aftersale;
            char pair[40];
            bool is_legal = false;
            snprintf(pair, sizeof(pair), "%s %s", acts[i], from->name);
            for (size_t k = 0; k < COUNT(legal); k++)
                is_legal |= strcmp(legal[k], pair) == 0;
            assert_int_equal(aftersale_load(&office->office, "AS1", &aftersale, &office->error), 0);
            snprintf(aftersale.state, sizeof(aftersale.state), "%s", from->name);
            int64_t before = at_office(company, "SELECT count(*) FROM aftersale_history");
            int result = aftersale_act(&office->office, &aftersale, acts[i], "anna", NULL, &office->error);
            assert_int_equal(result, is_legal ? 0 : -EALREADY);
            assert_int_equal(at_office(company, "SELECT count(*) FROM aftersale_history") - before, is_legal ? 1 : 0);
            allowed += is_legal;
        }
    assert_int_equal(allowed, COUNT(legal));
    rig_run(office, "UPDATE aftersale SET state = 'closed'");
}

/* ---------------------------------------------------------------- before anything was picked */

static void a_refund_holds_its_order_until_it_is_decided(void **state)
{
    struct company *company = *state;
    buy(company, "N1", 3, 1);
    reserve(company, "N1");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "reserved");
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"refund\"}");
    CASE_SAYS(company, "goods", "here");
    OFFICE_SAYS(company, "SELECT kind FROM exception WHERE number = 'N1' AND released_us IS NULL", "refund");
    assert_int_equal(ask(company, "order.release", "{\"order\":\"N1\"}"), -EALREADY);
    not_decided(company, "aftersale.settle", "", -EALREADY); /* nobody has agreed */
    decided(company, "aftersale.refuse", ",\"reason\":\"no\"");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "reserved");
    not_decided(company, "aftersale.agree", "", -EALREADY);
    assert_int_equal(due(company, "N1"), 0);
}

static void a_whole_order_is_refunded_and_closed(void **state)
{
    struct company *company = *state;
    buy(company, "N1", 3, 1);
    reserve(company, "N1");
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"refund\",\"freight_minor\":800,\"key\":\"W1\"}");
    char first[AFTERSALE_NUMBER_SIZE];
    snprintf(first, sizeof(first), "%s", last_case);
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"refund\",\"freight_minor\":800,\"key\":\"W1\"}");
    assert_string_equal(last_case, first); /* the same wish */
    decided(company, "aftersale.agree", "");
    CASE_SAYS(company, "state", "settled");
    CASE_SAYS(company, "goods", "off");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "closed");
    assert_int_equal(due(company, "N1"), 9350); /* 90.00 + 5.00 - 9.50 + 8.00 */
    OFFICE_SAYS(company, "SELECT approved_by FROM refund_due", "anna");
    assert_int_equal(at_office(company, "SELECT coalesce(sum(left_open), 0) FROM reservation"), 0);
    not_decided(company, "aftersale.settle", "", -EALREADY);
    decided(company, "aftersale.paid", "");
    decided(company, "aftersale.paid", "");
    OFFICE_SAYS(company, "SELECT state FROM refund_due", "paid");
    assert_int_equal(ask(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"refund\"}"), -ERANGE);
}

/* What is left of it goes on, with what was paid for that. */
static void a_part_is_refunded_and_the_rest_is_sent(void **state)
{
    struct company *company = *state;
    buy(company, "N1", 3, 1);
    reserve(company, "N1");
    must(company, "aftersale.open",
         "{\"order\":\"N1\",\"kind\":\"refund\",\"lines\":[{\"line\":1,\"quantity\":1},{\"line\":2,\"quantity\":1}]}");
    decided(company, "aftersale.agree", "");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "reserved");
    assert_int_equal(due(company, "N1"), 2700 + 450);
    assert_int_equal(at_office(company, "SELECT sum(quantity) FROM reservation WHERE number = 'N1'"), 2);
    assert_int_equal(at_office(company, "SELECT count(*) FROM reservation WHERE number = 'N1'"), 1);
    hand_over(company, "N1");
    SITE_SAYS(company, HZ, "SELECT l.quantity FROM order_line l", "2");
    assert_int_equal(ask(company, "aftersale.open",
                         "{\"order\":\"N1\",\"kind\":\"refund\",\"lines\":[{\"line\":1,\"quantity\":3}]}"),
                     -ERANGE);
    assert_int_equal(ask(company, "aftersale.open",
                         "{\"order\":\"N1\",\"kind\":\"refund\",\"lines\":[{\"line\":2,\"quantity\":1}]}"),
                     -ERANGE);
}

static void money_alone_leaves_the_goods_where_they_are(void **state)
{
    struct company *company = *state;
    floor_has(company, 2);
    must(company, "aftersale.open",
         "{\"order\":\"N1\",\"kind\":\"refund\",\"lines\":[{\"line\":1,\"quantity\":0,\"amount_minor\":500}]}");
    assert_int_equal(at_office(company, "SELECT cancelling FROM orders WHERE number = 'N1'"), 0);
    decided(company, "aftersale.agree", "");
    assert_int_equal(due(company, "N1"), 500);
    PLAY(&company->sites[HZ], PICK_MUGS(2), PACK_MUGS(2), SHIP_IT);
    sync_site(company, HZ);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "shipped");
    assert_int_equal(ask(company, "aftersale.open",
                         "{\"order\":\"N1\",\"kind\":\"refund\",\"lines\":[{\"line\":1,\"quantity\":0,"
                         "\"amount_minor\":4901}]}"),
                     -ERANGE);
    must(company, "aftersale.open",
         "{\"order\":\"N1\",\"kind\":\"refund\",\"lines\":[{\"line\":1,\"quantity\":0,\"amount_minor\":4900}]}");
}

/* Whoever takes the last piece takes the last cent. */
static void shares_add_up_to_the_cent(void **state)
{
    struct company *company = *state;
    buy(company, "N1", 3, 0);
    rig_run(&company->office, "UPDATE order_line SET paid_minor = 1000; UPDATE orders SET paid_minor = 1800,"
                              " discount_minor = 8000");
    reserve(company, "N1");
    for (int i = 0; i < 3; i++) {
        must(company, "aftersale.open",
             "{\"order\":\"N1\",\"kind\":\"refund\",\"lines\":[{\"line\":1,\"quantity\":1}]}");
        decided(company, "aftersale.agree", "");
        assert_int_equal(due(company, "N1"), i < 2 ? 333 * (i + 1) : 1000);
    }
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "closed");
}

/* ---------------------------------------------------------------- after it was handed to a site */

static void a_refund_after_picking_stops_the_order_at_the_bench(void **state)
{
    struct company *company = *state;
    floor_has(company, 2);
    PLAY(&company->sites[HZ], PICK_MUGS(2));
    up(company, HZ);
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"refund\"}");
    assert_int_equal(at_office(company, "SELECT cancelling FROM orders WHERE number = 'N1'"), 1);
    decided(company, "aftersale.agree", "");
    CASE_SAYS(company, "state", "agreed"); /* no money before the answer */
    not_decided(company, "aftersale.settle", "", -EBUSY);
    down(company, HZ);
    PLAY(&company->sites[HZ], {"T-1", "DONE_TO_SHELF", "parcel.shelf"}, {"RETURN-1", "DONE_SHELVED", "menu"});
    up(company, HZ);
    CASE_SAYS(company, "state", "settled");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "closed");
    assert_int_equal(due(company, "N1"), 5400);
    assert_int_equal(at_office(company, "SELECT count(*) FROM orders"), 1);
}

static void a_refund_after_labelling_stops_the_parcel_at_the_gate(void **state)
{
    struct company *company = *state;
    floor_has(company, 2);
    PLAY(&company->sites[HZ], PICK_MUGS(2), PACK_MUGS(2));
    up(company, HZ);
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"refund\"}");
    down(company, HZ);
    PLAY(&company->sites[HZ], {"GATE-SF", "DONE_GATE", "ship.parcel"}, {"SF-N1", "E12", "ship.parcel"},
         {"CMD:SKIP", "DONE_LEFT", "menu"}, {"SF-N1", "DONE_TO_SHELF", "parcel.tote"},
         {"T-2", "DONE_UNPACKED", "parcel.shelf"}, {"RETURN-1", "DONE_SHELVED", "menu"});
    up(company, HZ);
    CASE_SAYS(company, "state", "asked"); /* stopped, and nobody has agreed yet */
    assert_int_equal(due(company, "N1"), 0);
    decided(company, "aftersale.agree", "");
    assert_int_equal(due(company, "N1"), 5400);
    assert_int_equal(at_office(company, "SELECT count(*) FROM orders"), 1);
}

static void what_is_left_of_a_stopped_order_is_sent_anew(void **state)
{
    struct company *company = *state;
    floor_has(company, 3);
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"refund\",\"lines\":[{\"line\":1,\"quantity\":1}]}");
    sync_site(company, HZ);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "closed");
    assert_int_equal(at_office(company, "SELECT count(*) FROM orders"), 1); /* not before it is decided */
    decided(company, "aftersale.agree", "");
    assert_int_equal(due(company, "N1"), 2700);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1-R1'", "reserved");
    OFFICE_SAYS(company, "SELECT source_order || '/' || source_line FROM order_line WHERE number = 'N1-R1'", "N1/1");
    OFFICE_SAYS(company, "SELECT quantity FROM order_line WHERE number = 'N1-R1'", "2");
    /* and of that one more */
    must(company, "aftersale.open",
         "{\"order\":\"N1-R1\",\"kind\":\"refund\",\"lines\":[{\"line\":1,\"quantity\":1}]}");
    CASE_SAYS(company, "order", "N1");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1-R1'", "exception");
    decided(company, "aftersale.agree", "");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1-R1'", "reserved");
    assert_int_equal(at_office(company, "SELECT quantity - refunded FROM order_line WHERE number = 'N1-R1'"), 1);
    assert_int_equal(due(company, "N1"), 5400);
    hand_over(company, "N1-R1");
    SITE_SAYS(company, HZ,
              "SELECT l.quantity FROM order_line l JOIN orders o ON o.id = l.order_id WHERE o.number ="
              " 'N1-R1'",
              "1");
    /* the last one, on the floor again, and then the buyer wants it after all */
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"refund\"}");
    sync_site(company, HZ);
    decided(company, "aftersale.close", "");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1-R1'", "closed");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1-R2'", "reserved");
    OFFICE_SAYS(company, "SELECT quantity FROM order_line WHERE number = 'N1-R2'", "1");
    assert_int_equal(due(company, "N1"), 5400);
}

static void a_refund_that_is_taken_back_before_the_answer_costs_only_the_picking(void **state)
{
    struct company *company = *state;
    floor_has(company, 2);
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"refund\"}");
    decided(company, "aftersale.close", "");
    assert_int_equal(at_office(company, "SELECT count(*) FROM orders"), 1);
    sync_site(company, HZ);
    OFFICE_SAYS(company, "SELECT state FROM orders ORDER BY number", "closed reserved");
    assert_int_equal(at_office(company, "SELECT quantity FROM order_line WHERE number = 'N1-R1'"), 2);
}

/* Somebody had closed the order as a whole: nothing of it is sent again. */
static void what_a_person_has_cancelled_stays_cancelled(void **state)
{
    struct company *company = *state;
    floor_has(company, 2);
    must(company, "order.close", "{\"order\":\"N1\"}");
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"refund\",\"lines\":[{\"line\":1,\"quantity\":1}]}");
    decided(company, "aftersale.agree", "");
    CASE_SAYS(company, "state", "agreed");
    sync_site(company, HZ);
    CASE_SAYS(company, "state", "settled");
    assert_int_equal(at_office(company, "SELECT count(*) FROM orders"), 1);
}

static void what_has_left_meanwhile_comes_back_as_a_return(void **state)
{
    struct company *company = *state;
    floor_has(company, 2);
    must(company, "aftersale.open", "{\"order\":\"N1\",\"kind\":\"refund\"}");
    decided(company, "aftersale.agree", "");
    PLAY(&company->sites[HZ], PICK_MUGS(2), PACK_MUGS(2), SHIP_IT);
    sync_site(company, HZ);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "shipped");
    CASE_SAYS(company, "state", "agreed");
    CASE_SAYS(company, "goods", "left");
    assert_int_equal(due(company, "N1"), 0);
    decided(company, "aftersale.agree", ",\"kind\":\"return\"");
    CASE_SAYS(company, "state", "returning");
    not_decided(company, "aftersale.agree", ",\"kind\":\"refund\"", -EALREADY);
    sync_site(company, HZ);
    scan_at(company, last_case, "DONE_RETURN_OPENED", "return.item");
    PLAY(&company->sites[HZ], {"CMD:INTACT", "DONE_RETURN_RECEIVED", "return.grade"},
         {"CMD:QTY:2", "DONE_QUANTITY", "return.grade"}, GRADE("MUG", "A", "a", "A-01", "menu"));
    up(company, HZ);
    CASE_SAYS(company, "state", "graded");
    decided(company, "aftersale.settle", "");
    assert_int_equal(due(company, "N1"), 5400);
}

/* ---------------------------------------------------------------- platforms */

static void a_platform_s_refund_is_followed(void **state)
{
    struct company *company = *state;
    buy(company, "N1", 3, 1);
    reserve(company, "N1");
    rig_run(&company->office, "UPDATE order_line SET overlays = 1 WHERE line = 1");
    struct platform_refund refund = refund_of("R1", "L-N1-1", 2700, 1);
    take(company, &refund);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "exception");
    say(company, &refund, PLATFORM_REFUND_DONE, 3000);
    CASE_SAYS(company, "state", "settled");
    OFFICE_SAYS(company, "SELECT state || '/' || paid_by FROM refund_due", "paid/platform");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "reserved");
    assert_int_equal(at_office(company, "SELECT sum(quantity) FROM reservation"), 3);
    /* what was said earlier arrives later, and what was said already again */
    int64_t rows = at_office(company, "SELECT count(*) FROM aftersale_history");
    say(company, &refund, PLATFORM_REFUND_ASKED, 2000);
    say(company, &refund, PLATFORM_REFUND_CLOSED, 2500);
    say(company, &refund, PLATFORM_REFUND_DONE, 3000);
    CASE_SAYS(company, "state", "settled");
    assert_int_equal(at_office(company, "SELECT count(*) FROM aftersale_history"), rows);
    assert_int_equal(at_office(company, "SELECT modified_us FROM aftersale"), 3000);
    assert_int_equal(due(company, "N1"), 2700);
    say(company, &refund, PLATFORM_REFUND_CLOSED, 4000); /* it has been paid */
    CASE_SAYS(company, "state", "settled");
    CASE_SAYS(company, "trouble", "the platform has closed it, though it is settled here");
}

static void the_buyer_takes_it_back_and_asks_again(void **state)
{
    struct company *company = *state;
    buy(company, "N1", 1, 0);
    reserve(company, "N1");
    struct platform_refund refund = refund_of("R1", "", 2700, 0);
    take(company, &refund);
    say(company, &refund, PLATFORM_REFUND_CLOSED, 999); /* it is older than what is known */
    CASE_SAYS(company, "state", "asked");
    say(company, &refund, PLATFORM_REFUND_CLOSED, 2000);
    CASE_SAYS(company, "state", "closed");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "reserved");
    say(company, &refund, PLATFORM_REFUND_ASKED, 2000); /* of the same second: nothing new */
    CASE_SAYS(company, "state", "closed");
    say(company, &refund, PLATFORM_REFUND_ASKED, 3000);
    CASE_SAYS(company, "state", "asked");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "exception");
    refund.amount_minor = 3500; /* with the freight, now */
    say(company, &refund, PLATFORM_REFUND_DONE, 4000);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "closed");
    assert_int_equal(due(company, "N1"), 3500);
    OFFICE_SAYS(company, "SELECT freight_minor FROM refund_due", "800");
}

static void a_status_that_is_not_known_pays_nothing(void **state)
{
    struct company *company = *state;
    buy(company, "N1", 1, 0);
    reserve(company, "N1");
    struct platform_refund refund = refund_of("R1", "", 2700, 0);
    refund.unknown = true;
    take(company, &refund);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "exception");
    not_decided(company, "aftersale.agree", "", -EPERM);
    refund.unknown = false;
    say(company, &refund, PLATFORM_REFUND_ASKED, 2000);
    CASE_SAYS(company, "trouble", "");
    decided(company, "aftersale.agree", "");
    assert_int_equal(due(company, "N1"), 2700);
    OFFICE_SAYS(company, "SELECT state FROM refund_due", "due");
    say(company, &refund, PLATFORM_REFUND_DONE, 3000);
    OFFICE_SAYS(company, "SELECT state FROM refund_due", "paid");
    assert_int_equal(due(company, "N1"), 2700);
}

/* Agreed to, and then the platform says what nobody understands: the site's answer does not pay it. */
static void what_is_no_longer_known_is_not_paid(void **state)
{
    struct company *company = *state;
    floor_has(company, 1);
    struct platform_refund refund = refund_of("R1", "", 2700, 0);
    take(company, &refund);
    decided(company, "aftersale.agree", "");
    refund.unknown = true;
    say(company, &refund, PLATFORM_REFUND_ASKED, 2000);
    sync_site(company, HZ);
    CASE_SAYS(company, "state", "agreed");
    not_decided(company, "aftersale.settle", "", -EPERM);
    assert_int_equal(due(company, "N1"), 0);
    refund.unknown = false;
    say(company, &refund, PLATFORM_REFUND_ASKED, 3000);
    CASE_SAYS(company, "state", "settled");
    assert_int_equal(due(company, "N1"), 2700);
}

static void a_refund_is_heard_of_before_its_order(void **state)
{
    struct company *company = *state;
    struct order_work done;
    struct rig *office = &company->office;
    struct platform_refund early = refund_of("R1", "L-N1-1", 2700, 1), gone = refund_of("R2", "L-N1-2", 450, 1);
    take(company, &early);
    CASE_SAYS(company, "order", "-");
    not_decided(company, "aftersale.agree", "", -EALREADY);
    say(company, &gone, PLATFORM_REFUND_DONE, 2000);
    CASE_SAYS(company, "state", "settled");
    buy(company, "N1", 2, 1);
    assert_int_equal(order_work(&office->office, 50, &done, &office->error), 0);
    OFFICE_SAYS(company, "SELECT state FROM aftersale ORDER BY platform_refund", "asked settled");
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "exception");
    assert_int_equal(due(company, "N1"), 450);
    assert_int_equal(at_office(company, "SELECT refunded FROM order_line WHERE line = 2"), 1);
    say(company, &early, PLATFORM_REFUND_CLOSED, 2000);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "reserved");
}

/* Less than the goods cost is money alone; more than was paid is never owed. */
static void a_platform_s_sums_stay_within_what_was_paid(void **state)
{
    struct company *company = *state;
    buy(company, "N1", 2, 1);
    reserve(company, "N1");
    struct platform_refund some = refund_of("R1", "L-N1-1", 500, 2), rest = refund_of("R2", "", 99999, 0);
    say(company, &some, PLATFORM_REFUND_DONE, 2000);
    assert_int_equal(at_office(company, "SELECT quantity FROM aftersale_line"), 0);
    assert_int_equal(at_office(company, "SELECT sum(refunded) FROM order_line"), 0);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "reserved");
    take(company, &rest);
    CASE_SAYS(company, "trouble", "the platform says 93849 more than is left of what was paid");
    say(company, &rest, PLATFORM_REFUND_DONE, 2000);
    assert_int_equal(due(company, "N1"), at_office(company, "SELECT paid_minor FROM orders"));
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "closed");
}

static void a_platform_s_return_comes_to_the_site_that_sent_it(void **state)
{
    struct company *company = *state;
    ship_two(company);
    struct platform_refund refund = refund_of("R1", "L-N1-1", 5400, 2);
    refund.kind = PLATFORM_RETURN;
    take(company, &refund);
    CASE_SAYS(company, "state", "asked");
    say(company, &refund, PLATFORM_REFUND_RETURNING, 2000);
    CASE_SAYS(company, "state", "returning");
    snprintf(refund.waybill, sizeof(refund.waybill), "YT-7");
    say(company, &refund, PLATFORM_REFUND_ARRIVED, 3000);
    sync_site(company, HZ);
    PLAY(&company->sites[HZ], {"YT-7", "DONE_RETURN_OPENED", "return.item"},
         {"CMD:INTACT", "DONE_RETURN_RECEIVED", "return.grade"}, {"CMD:QTY:2", "DONE_QUANTITY", "return.grade"},
         GRADE("MUG", "A", "a", "A-01", "menu"));
    up(company, HZ);
    CASE_SAYS(company, "state", "graded");
    say(company, &refund, PLATFORM_REFUND_DONE, 4000);
    CASE_SAYS(company, "state", "settled");
    assert_int_equal(due(company, "N1"), 5400);
}

static void what_is_due_is_void_when_the_platform_ends_it_and_what_is_paid_is_paid(void **state)
{
    struct company *company = *state;
    ship_two(company);
    struct platform_refund due_one = refund_of("R1", "L-N1-1", 500, 0), paid_one = refund_of("R2", "L-N1-1", 700, 0);
    take(company, &due_one);
    decided(company, "aftersale.agree", "");
    assert_int_equal(due(company, "N1"), 500);
    say(company, &due_one, PLATFORM_REFUND_CLOSED, 2000);
    CASE_SAYS(company, "state", "closed");
    assert_int_equal(due(company, "N1"), 0);
    say(company, &due_one, PLATFORM_REFUND_ASKED, 3000); /* and asks again */
    decided(company, "aftersale.agree", "");
    assert_int_equal(due(company, "N1"), 500);
    say(company, &due_one, PLATFORM_REFUND_CLOSED, 4000);
    take(company, &paid_one);
    decided(company, "aftersale.agree", "");
    decided(company, "aftersale.paid", "");
    say(company, &paid_one, PLATFORM_REFUND_CLOSED, 2000);
    CASE_SAYS(company, "state", "settled");
    assert_int_equal(due(company, "N1"), 700);
}

/* Which item is sent, a person says; the platform's further words do not make it forgotten. */
static void a_platform_s_exchange_is_for_the_item_that_a_person_says(void **state)
{
    struct company *company = *state;
    ship_two(company);
    struct platform_refund refund = refund_of("R1", "L-N1-1", 0, 1);
    refund.kind = PLATFORM_EXCHANGE;
    take(company, &refund);
    not_decided(company, "aftersale.agree", ",\"new_sku\":\"NIL\"", -ENOENT);
    decided(company, "aftersale.agree", ",\"new_sku\":\"PEN\"");
    say(company, &refund, PLATFORM_REFUND_RETURNING, 2000);
    sync_site(company, HZ);
    scan_at(company, last_case, "DONE_RETURN_OPENED", "return.item");
    PLAY(&company->sites[HZ], {"MUG", "DONE_RETURNED", "return.item"},
         {"CMD:DONE", "DONE_RETURN_RECEIVED", "return.grade"}, GRADE("MUG", "A", "a", "A-01", "menu"));
    up(company, HZ);
    decided(company, "aftersale.settle", "");
    OFFICE_SAYS(company,
                "SELECT l.sku || '/' || o.origin FROM order_line l JOIN orders o ON o.number = l.number WHERE"
                " o.number <> 'N1'",
                "PEN/exchange");
    OFFICE_SAYS(company, "SELECT coalesce(platform_order, '-') FROM orders WHERE number <> 'N1'", "-");
}

/* The platform has paid while the parcel was at the gate. */
static void a_platform_pays_before_the_site_has_answered(void **state)
{
    struct company *company = *state;
    floor_has(company, 2);
    struct platform_refund refund = refund_of("R1", "L-N1-1", 2700, 1);
    say(company, &refund, PLATFORM_REFUND_DONE, 2000);
    CASE_SAYS(company, "state", "settled");
    CASE_SAYS(company, "goods", "here");
    assert_int_equal(at_office(company, "SELECT cancelling FROM orders WHERE number = 'N1'"), 1);
    sync_site(company, HZ);
    CASE_SAYS(company, "goods", "off");
    OFFICE_SAYS(company, "SELECT number || '/' || state FROM orders ORDER BY number", "N1/closed N1-R1/reserved");
    assert_int_equal(at_office(company, "SELECT quantity FROM order_line WHERE number = 'N1-R1'"), 1);
}

static void goods_that_left_though_they_were_paid_back_are_a_trouble(void **state)
{
    struct company *company = *state;
    floor_has(company, 2);
    struct platform_refund refund = refund_of("R1", "", 5400, 0);
    say(company, &refund, PLATFORM_REFUND_DONE, 2000);
    PLAY(&company->sites[HZ], PICK_MUGS(2), PACK_MUGS(2), SHIP_IT);
    sync_site(company, HZ);
    CASE_SAYS(company, "state", "settled");
    CASE_SAYS(company, "goods", "left");
    CASE_SAYS(company, "trouble", "its goods had left already: let them come back, or refund them as they are");
}

/* ---------------------------------------------------------------- any number of cases */

/* Whatever is asked for, agreed, refused and taken back: what is kept, and what is given up, is what was bought. */
static void any_cases_conserve_pieces_and_money(void **state)
{
    struct company *company = *state;
    struct random_seeded seeded = {42};
    for (int order = 0; order < 12; order++) {
        char number[16], fields[200], sql[700];
        snprintf(number, sizeof(number), "N%d", order);
        buy(company, number, 1 + order % 4, order % 3);
        reserve(company, number);
        for (int i = 0; i < 8; i++) {
            uint64_t chance = random_next(&seeded);
            snprintf(
                fields, sizeof(fields),
                "{\"order\":\"%s\",\"kind\":\"refund\",\"freight_minor\":%d,\"lines\":[{\"line\":%d,\"quantity\":%d%s}"
                "]}",
                number, (int)((chance >> 8) % 3) * 200, (int)((chance >> 16) % 2) + 1, (int)((chance >> 24) % 3),
                (chance >> 32) % 3 == 0 ? ",\"amount_minor\":1000" : "");
            int result = ask(company, "aftersale.open", fields);
            if (result != 0 && result != -ERANGE && result != -ENOENT && result != -EINVAL)
                fail_msg("%s: %s", fields, company->office.error.text);
            static const char *const ends[] = {"aftersale.agree", "aftersale.refuse", "aftersale.close"};
            if (result == 0)
                decided(company, ends[(chance >> 40) % 3], "");
            check_sums(company);
        }
        /* every piece is given up, or still to be sent and promised */
        snprintf(
            sql, sizeof(sql),
            "SELECT count(*) FROM order_line l WHERE number = '%s' AND (refunded <> (SELECT coalesce(sum(quantity),"
            " 0) FROM aftersale_line x JOIN aftersale a ON a.number = x.number WHERE a.order_number = l.number AND"
            " x.line = l.line AND a.state = 'settled') OR quantity - refunded <> coalesce((SELECT r.left_open FROM"
            " reservation r WHERE r.number = l.number AND r.line = l.line), 0))",
            number);
        int64_t wrong = -1;
        assert_int_equal(sql_number_values(company->office.office.sql, &wrong, sql, (struct sql_value[]){{0}}), 0);
        assert_int_equal(wrong, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_step_that_is_not_named_is_refused),
        STORY(a_refund_holds_its_order_until_it_is_decided),
        STORY(a_whole_order_is_refunded_and_closed),
        STORY(a_part_is_refunded_and_the_rest_is_sent),
        STORY(money_alone_leaves_the_goods_where_they_are),
        STORY(shares_add_up_to_the_cent),
        STORY(a_refund_after_picking_stops_the_order_at_the_bench),
        STORY(a_refund_after_labelling_stops_the_parcel_at_the_gate),
        STORY(what_is_left_of_a_stopped_order_is_sent_anew),
        STORY(a_refund_that_is_taken_back_before_the_answer_costs_only_the_picking),
        STORY(what_a_person_has_cancelled_stays_cancelled),
        STORY(what_has_left_meanwhile_comes_back_as_a_return),
        STORY(a_platform_s_refund_is_followed),
        STORY(the_buyer_takes_it_back_and_asks_again),
        STORY(a_status_that_is_not_known_pays_nothing),
        STORY(what_is_no_longer_known_is_not_paid),
        STORY(a_refund_is_heard_of_before_its_order),
        STORY(a_platform_s_sums_stay_within_what_was_paid),
        STORY(a_platform_s_return_comes_to_the_site_that_sent_it),
        STORY(what_is_due_is_void_when_the_platform_ends_it_and_what_is_paid_is_paid),
        STORY(a_platform_s_exchange_is_for_the_item_that_a_person_says),
        STORY(a_platform_pays_before_the_site_has_answered),
        STORY(goods_that_left_though_they_were_paid_back_are_a_trouble),
        STORY(any_cases_conserve_pieces_and_money),
    };
    return cmocka_run_group_tests_name("refunds", tests, NULL, NULL);
}
