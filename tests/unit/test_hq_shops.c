/* Speaking for shops: windows of what was modified, whose shop it is, tokens, clocks, and platforms that want to be
 * left alone. */
#include "unit/shop_rig.h"

/* ---------------------------------------------------------------- windows */

static int64_t mark_s(struct shop_rig *rig)
{
    return rig_count(&rig->rig, "SELECT mark_us FROM pull WHERE kind = 'orders'") / SECOND;
}

static void everything_is_read_once_and_the_mark_follows(void **state)
{
    struct shop_rig *rig = *state;
    for (int i = 0; i < 7; i++) {
        char id[8];
        snprintf(id, sizeof(id), "%d", i);
        fake_place(id)->order.modified_us = NOON_US - (3500 - i * 500) * SECOND;
    }
    shop_rig_work(rig);
    shop_rig_count(rig, "SELECT count(*) FROM orders", 7);
    shop_rig_count(rig, "SELECT sum(paid_minor) FROM orders", 7 * 4500);
    assert_int_equal(mark_s(rig), NOON_US / SECOND);
    assert_int_equal(fake.calls[0].from_us, NOON_US - 3600 * SECOND); /* as old as the platform tells */
    size_t before = fake_called(PLATFORM_ORDERS);
    shop_rig_later(rig, 10); /* it is not time yet */
    assert_int_equal(fake_called(PLATFORM_ORDERS), before);
    fake_place("late")->order.modified_us = NOON_US - 100 * SECOND; /* seen late, within the overlap */
    shop_rig_later(rig, 21);
    shop_rig_count(rig, "SELECT count(*) FROM orders", 8);
    assert_int_equal(fake_last(PLATFORM_ORDERS)->from_us, NOON_US - 300 * SECOND);
    shop_rig_count(rig, "SELECT count(*) FROM order_history WHERE act = 'changed'", 0);
}

static void the_mark_moves_when_the_whole_window_is_stored(void **state)
{
    struct shop_rig *rig = *state;
    for (int i = 0; i < 6; i++) {
        char id[8];
        snprintf(id, sizeof(id), "%d", i);
        fake_place(id)->order.modified_us = NOON_US - (100 - i) * SECOND;
    }
    shop_rig_work(rig);
    rig_run(&rig->rig, "DELETE FROM platform_order; DELETE FROM order_line; DELETE FROM orders;"
                       "UPDATE pull SET mark_us = 1699999000000000, next_us = 0 WHERE kind = 'orders'");
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_ORDERS, .class = PLATFORM_RETRY, .skip = 2, .times = 1};
    rig_run(&rig->rig, "UPDATE shop_health SET next_us = 0");
    shop_rig_work(rig);
    shop_rig_count(rig, "SELECT count(*) FROM orders", 4); /* two pages are here, and the mark stays */
    assert_int_equal(mark_s(rig), 1699999000);
    shop_work_end(&rig->work, &rig->rig.error); /* the program dies: another one begins the window again */
    shop_rig_worker(rig, &rig->work, "three");
    fake.call_count = 0;
    shop_rig_later(rig, 10);
    assert_string_equal(fake.calls[0].cursor, "");
    shop_rig_count(rig, "SELECT count(*) FROM orders", 6);
    assert_true(mark_s(rig) > 1699999000);
    shop_rig_count(rig, "SELECT count(*) FROM order_history WHERE act <> 'paid'", 0);
}

static void modify_meanwhile(struct rig *rig)
{
    (void)rig;
    fake.orders[0].order.modified_us = fake.now_us + SECOND; /* it leaves the window, and another one moves up */
    text_copy(fake.orders[0].order.seller_note, 8, "moved");
}

static void an_order_that_moves_on_while_pages_are_read_comes_with_the_next_window(void **state)
{
    struct shop_rig *rig = *state;
    for (int i = 0; i < 3; i++) {
        char id[8];
        snprintf(id, sizeof(id), "%d", i);
        fake_place(id)->order.modified_us = NOON_US - (100 - i) * SECOND;
    }
    fake.before = modify_meanwhile;
    shop_rig_work(rig);
    shop_rig_later(rig, 31);
    shop_rig_count(rig, "SELECT count(*) FROM orders", 3);
    shop_rig_text(rig, "SELECT seller_note FROM orders WHERE number = 's1-0'", "moved");
}

static void what_is_too_much_is_halved(void **state)
{
    struct shop_rig *rig = *state;
    fake.page_limit = 3; /* pages of two, and many in one hour */
    for (int i = 0; i < 36; i++) {
        char id[8];
        snprintf(id, sizeof(id), "%d", i);
        fake_place(id)->order.modified_us = NOON_US - 10 * (36 - i) * SECOND;
    }
    for (int i = 0; i < 30; i++)
        shop_rig_later(rig, 60);
    shop_rig_count(rig, "SELECT count(*) FROM orders", 36);
    shop_rig_count(rig, "SELECT failures FROM pull WHERE kind = 'orders'", 0);
}

static void a_shop_may_look_back_less_than_it_could(void **state)
{
    struct shop_rig *rig = *state;
    fake_platform.caps.history_s = 90 * 86400;
    rig_run(&rig->rig, "UPDATE shop SET history_days = 3");
    shop_rig_work(rig);
    assert_int_equal(fake.calls[0].from_us, NOON_US - 3 * 86400 * SECOND);
    assert_true(fake_called(PLATFORM_ORDERS) <= 4 + 3); /* days at a time while it is far behind */
    assert_int_equal(mark_s(rig), NOON_US / SECOND);
}

static void refunds_are_kept_and_their_orders_looked_at(void **state)
{
    struct shop_rig *rig = *state;
    fake_place("1");
    shop_rig_later(rig, 1);
    fake.refunds[fake.refund_count++] = (struct platform_refund){
        .id = "r1", .order = "1", .state = PLATFORM_REFUND_ASKED, .amount_minor = 100, .modified_us = fake.now_us};
    fake.orders[0].order.overlays = fake.orders[0].lines[0].overlays = PLATFORM_REFUNDING; /* not modified by that */
    shop_rig_later(rig, 31);
    shop_rig_text(rig, "SELECT platform_state || ' ' || platform_minor || ' ' || order_number FROM aftersale",
                  "asked 100 s1-1");
    assert_int_equal(fake_called(PLATFORM_ORDER), 1);
    shop_rig_count(rig, "SELECT overlays FROM orders", PLATFORM_REFUNDING);
    fake.refunds[0].modified_us -= 10 * SECOND; /* older */
    fake.refunds[0].state = PLATFORM_REFUND_DONE;
    shop_rig_later(rig, 31);
    shop_rig_text(rig, "SELECT platform_state FROM aftersale", "asked");
}

static void put_beside(const char *id, enum platform_state state, int64_t quantity)
{
    struct fake_order *placed = fake_place(id);
    placed->order.modified_us -= SECOND; /* a window ends before now */
    placed->order.state = state;
    placed->lines[0].quantity = quantity;
}

/* What is new and paid is stored beside others; what is not so simple waits for none of it, and is taken all the same.
 */
static void a_page_of_everything_is_taken(void **state)
{
    struct shop_rig *rig = *state;
    put_beside("before", PLATFORM_PAID, 2);
    shop_rig_work(rig);
    fake.now_us += 31 * SECOND;
    fake.orders[0].order.modified_us = fake.now_us - SECOND;
    text_copy(fake.orders[0].order.seller_note, 8, "changed");
    put_beside("paid", PLATFORM_PAID, 2);
    put_beside("unpaid", PLATFORM_UNPAID, 1);
    put_beside("wrong", PLATFORM_PAID, 0);
    put_beside("gone", PLATFORM_CANCELLED, 1);
    put_beside("left", PLATFORM_SHIPPED, 1);
    shop_rig_work(rig);
    shop_rig_count(rig, "SELECT count(*) FROM orders", 5);
    shop_rig_text(rig, "SELECT state FROM orders WHERE number = 's1-paid'", "audit");
    shop_rig_text(rig, "SELECT state FROM orders WHERE number = 's1-gone'", "closed");
    shop_rig_text(rig, "SELECT state FROM orders WHERE number = 's1-left'", "finished");
    shop_rig_text(rig, "SELECT seller_note FROM orders WHERE number = 's1-before'", "changed");
    shop_rig_count(rig, "SELECT sum(quantity) FROM reservation WHERE number = 's1-unpaid'", 1);
    shop_rig_count(rig, "SELECT count(*) FROM platform_order WHERE id = 'wrong' AND number IS NULL", 1);
    shop_rig_count(rig, "SELECT count(*) FROM orders WHERE number NOT IN (SELECT code FROM person_due)", 0);
    shop_rig_count(rig, "SELECT count(*) FROM person_due WHERE code = 's1-before'", 2); /* it changed, too */
    assert_int_equal(mark_s(rig), NOON_US / SECOND + 31);
}

/* A refund that was told before its order is looked at with it, whatever else the page holds. */
static void a_refund_that_waits_gets_its_order(void **state)
{
    struct shop_rig *rig = *state;
    fake.refunds[fake.refund_count++] = (struct platform_refund){
        .id = "r1", .order = "1", .state = PLATFORM_REFUND_ASKED, .amount_minor = 100, .modified_us = NOON_US - SECOND};
    shop_rig_work(rig);
    shop_rig_count(rig, "SELECT count(*) FROM aftersale WHERE order_number IS NULL", 1);
    fake.now_us += 31 * SECOND;
    put_beside("1", PLATFORM_PAID, 1);
    put_beside("2", PLATFORM_PAID, 1);
    shop_rig_work(rig);
    shop_rig_text(rig, "SELECT order_number FROM aftersale", "s1-1");
    shop_rig_count(rig, "SELECT count(*) FROM orders", 2);
}

/* ---------------------------------------------------------------- whose it is */

static void a_shop_is_one_programs_at_a_time(void **state)
{
    struct shop_rig *rig = *state;
    char code[SHOP_CODE_SIZE];
    struct error *error = &rig->rig.error;
    rig->rig.office.now_us = NOON_US;
    assert_int_equal(shops_next(&rig->rig.office, "one", code, error), 0);
    assert_int_equal(shops_next(&rig->rig.office, "two", code, error), -ENOENT);
    assert_int_equal(shops_keep(&rig->rig.office, "two", "s1", error), -ESTALE);
    rig->rig.office.now_us += SHOP_LEASE_US; /* the first was too slow */
    assert_int_equal(shops_next(&rig->rig.office, "two", code, error), 0);
    assert_int_equal(shops_keep(&rig->rig.office, "one", "s1", error), -ESTALE);
    assert_int_equal(shops_keep(&rig->rig.office, "two", "s1", error), 0);
    assert_int_equal(shops_rest(&rig->rig.office, "two", "s1", 0, false, error), 0);
    assert_int_equal(shops_next(&rig->rig.office, "one", code, error), 0);
}

static void add_shop(struct shop_rig *rig, const char *code)
{
    char sql[512];
    snprintf(sql, sizeof(sql),
             "INSERT INTO shop (code, platform, name, running) VALUES ('%s', 'fake', 'S', 1);"
             "INSERT INTO shop_account (shop, app_key, app_secret, access_token, platform_shop) VALUES ('%s', 'k', 's',"
             " 'first', '%s'); INSERT INTO shop_health (shop) VALUES ('%s')",
             code, code, code, code);
    rig_run(&rig->rig, sql);
}

static void who_waits_longest_is_next(void **state)
{
    struct shop_rig *rig = *state;
    struct shop_turn turn;
    fake_platform.caps.history_s = 90 * 86400; /* more than one turn each */
    fake_platform.caps.window_max_s = 0;
    add_shop(rig, "s2");
    add_shop(rig, "s3");
    for (int i = 0; i < 9; i++, fake.now_us++) {
        char expected[] = {'s', (char)('1' + i % 3), '\0'};
        assert_int_equal(shop_work_turn(&rig->work, &turn, &rig->rig.error), 0);
        assert_string_equal(turn.shop, expected);
        assert_true(turn.orders.calls + turn.refunds.calls <= 8);
    }
}

static void a_shop_that_is_stopped_is_left_alone(void **state)
{
    struct shop_rig *rig = *state;
    assert_int_equal(DO(rig, "shop.stop", "shop=s1"), 0);
    shop_rig_work(rig);
    assert_int_equal(fake.call_count, 0);
    assert_int_equal(DO(rig, "shop.start", "shop=s1"), 0);
    shop_rig_work(rig);
    assert_true(fake.call_count > 0);
}

/* ---------------------------------------------------------------- what the platform says of the shop */

static void a_throttled_shop_waits_and_the_others_do_not(void **state)
{
    struct shop_rig *rig = *state;
    shop_rig_work(rig);
    add_shop(rig, "s2");
    fake.faults[0] =
        (struct fake_fault){.verb = PLATFORM_ORDERS, .class = PLATFORM_THROTTLED, .times = 1, .retry_s = 50};
    fake.call_count = 0;
    rig_run(&rig->rig,
            "UPDATE pull SET next_us = 0; UPDATE shop_health SET next_us = 0, served_us = 0 WHERE shop = 's1'");
    shop_rig_later(rig, 1);
    assert_string_equal(fake.calls[0].shop, "s1");
    for (size_t i = 1; i < fake.call_count; i++)
        assert_string_equal(fake.calls[i].shop, "s2");
    assert_true(fake.call_count > 1);
    size_t before = fake.call_count;
    rig_run(&rig->rig, "UPDATE shop SET running = 0 WHERE code = 's2'");
    shop_rig_later(rig, 48);
    assert_int_equal(fake.call_count, before);
    shop_rig_later(rig, 3);
    assert_true(fake.call_count > before);
    shop_rig_count(rig, "SELECT waits FROM shop_health WHERE shop = 's1'", 0);
}

/* Else two shops that share a limit keep step, and one of them finds each second taken. */
static void it_comes_back_at_no_fixed_instant(void **state)
{
    struct shop_rig *rig = *state;
    fake.faults[0] =
        (struct fake_fault){.verb = PLATFORM_ORDERS, .class = PLATFORM_THROTTLED, .times = 1000, .retry_s = 2};
    rig_run(&rig->rig, "CREATE TABLE seen (us INTEGER)");
    for (int i = 0; i < 30; i++) {
        shop_rig_later(rig, 3);
        rig_run(&rig->rig, "INSERT INTO seen SELECT wait_us % 1000000 FROM shop_health WHERE waits > 0");
    }
    shop_rig_count(rig, "SELECT count(DISTINCT us) > 5 FROM seen", 1);
}

static void it_waits_longer_each_time(void **state)
{
    struct shop_rig *rig = *state;
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_ORDERS, .class = PLATFORM_THROTTLED, .times = 1000};
    for (int i = 0; i < 3600; i++)
        shop_rig_later(rig, 1);
    assert_in_range(fake.call_count, 10, 40);
    fake.faults[0].times = 0;
    shop_rig_later(rig, 301);
    shop_rig_count(rig, "SELECT count(*) FROM shop_health WHERE waits = 0 AND trouble = ''", 1);
}

static void a_platform_that_cannot_be_reached_is_tried_again(void **state)
{
    struct shop_rig *rig = *state;
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_ORDERS, .class = PLATFORM_OK, .times = 4};
    shop_rig_work(rig);
    shop_rig_text(rig, "SELECT trouble FROM shop_health", "unreachable");
    for (int i = 0; i < 100; i++)
        shop_rig_later(rig, 1);
    shop_rig_text(rig, "SELECT trouble || said FROM shop_health", "");
    shop_rig_count(rig, "SELECT failures FROM pull WHERE kind = 'orders'", 0);
}

static void a_token_is_made_anew_once(void **state)
{
    struct shop_rig *rig = *state;
    rig_run(&rig->rig, "UPDATE shop_account SET refresh_token = 'r'");
    add_shop(rig, "s2");
    text_copy(fake.token, sizeof(fake.token), "something else");
    rig_run(&rig->rig, "UPDATE shop SET running = 0 WHERE code = 's2'");
    shop_rig_work(rig);
    assert_int_equal(fake_called(PLATFORM_TOKEN_REFRESH), 1);
    shop_rig_text(rig, "SELECT access_token || ' ' || refresh_token FROM shop_account WHERE shop = 's1'",
                  "token-1 refresh");
    assert_string_equal(fake_last(PLATFORM_ORDERS)->token, "token-1");
    assert_int_equal(mark_s(rig), NOON_US / SECOND);
    for (int i = 0; i < 700; i++) /* well before its end comes the next one, and only one */
        shop_rig_later(rig, 10);
    assert_int_equal(fake_called(PLATFORM_TOKEN_REFRESH), 2);
}

static void a_token_that_another_program_brought_is_used(void **state)
{
    struct shop_rig *rig = *state;
    rig_run(&rig->rig, "UPDATE shop_account SET refresh_token = 'r'");
    text_copy(fake.token, sizeof(fake.token), "theirs");
    struct shop shop;
    bool fresh = false;
    assert_int_equal(shops_load(&rig->rig.office, "s1", fake_find, &shop, &rig->rig.error), 0);
    rig_run(&rig->rig, "UPDATE shop_account SET access_token = 'theirs'");
    assert_int_equal(shop_renew(&rig->work.worker, &shop, &fresh, &rig->rig.error), 0);
    assert_true(fresh);
    assert_string_equal(shop.account.access_token, "theirs");
    assert_int_equal(fake.call_count, 0);
}

static void no_storm_of_refreshes(void **state)
{
    struct shop_rig *rig = *state;
    rig_run(&rig->rig, "UPDATE shop_account SET refresh_token = 'r'");
    text_copy(fake.token, sizeof(fake.token), "never");
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_TOKEN_REFRESH, .class = PLATFORM_OK, .times = 1000};
    for (int i = 0; i < 600; i++)
        shop_rig_later(rig, 1);
    assert_in_range(fake_called(PLATFORM_TOKEN_REFRESH), 2, 10);
}

static void a_shop_that_is_not_let_in_waits_for_a_person(void **state)
{
    struct shop_rig *rig = *state;
    text_copy(fake.token, sizeof(fake.token), "new");
    shop_rig_work(rig); /* there is no refresh token */
    shop_rig_text(rig, "SELECT trouble FROM shop_health", "auth");
    size_t before = fake.call_count;
    shop_rig_later(rig, 10000);
    assert_int_equal(fake.call_count, before);
    assert_int_equal(DO(rig, "shop.token", "shop=s1", "access=new", "expires_s=7200"), 0);
    shop_rig_work(rig);
    assert_true(fake.call_count > before);
    shop_rig_text(rig, "SELECT trouble FROM shop_health", "");
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_ORDERS, .class = PLATFORM_AUTH_REVOKED, .times = 1};
    shop_rig_later(rig, 31);
    shop_rig_text(rig, "SELECT trouble || ' ' || said FROM shop_health", "auth no, says it");
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_ORDERS, .class = PLATFORM_BAD_SIGN, .times = 1};
    assert_int_equal(DO(rig, "shop.token", "shop=s1", "access=new"), 0);
    shop_rig_later(rig, 31);
    shop_rig_text(rig, "SELECT trouble FROM shop_health", "sign");
    assert_int_equal(DO(rig, "shop.set", "shop=s1", "app_secret=right"), 0);
    shop_rig_later(rig, 31);
    shop_rig_text(rig, "SELECT trouble FROM shop_health", "");
    shop_rig_text(rig, "SELECT app_secret || app_key FROM shop_account", "rightk");
}

static void its_clock_is_learned(void **state)
{
    struct shop_rig *rig = *state;
    fake.ahead_us = -400 * SECOND;
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_ORDERS, .class = PLATFORM_CLOCK, .times = 1};
    shop_rig_work(rig);
    shop_rig_text(rig, "SELECT trouble FROM shop_health", "");
    assert_in_range(llabs(fake_last(PLATFORM_ORDERS)->now_us - (NOON_US - 400 * SECOND)), 0, SECOND);
    assert_in_range(llabs(mark_s(rig) - (NOON_US / SECOND - 400)), 0, 1);
    fake.ahead_us = 0; /* it says nothing of its time: then nobody can put it right */
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_ORDERS, .class = PLATFORM_CLOCK, .times = 1};
    shop_rig_later(rig, 31);
    shop_rig_text(rig, "SELECT trouble FROM shop_health", "clock");
}

static void what_it_may_not_do_stops_nothing_else(void **state)
{
    struct shop_rig *rig = *state;
    fake_place("1");
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_REFUNDS, .class = PLATFORM_PERMISSION, .times = 1000};
    shop_rig_later(rig, 1);
    shop_rig_later(rig, 31);
    shop_rig_count(rig, "SELECT count(*) FROM orders", 1);
    shop_rig_text(rig, "SELECT said FROM pull WHERE kind = 'refunds'", "no, says it ()");
    shop_rig_text(rig, "SELECT said FROM pull WHERE kind = 'orders'", "");
    assert_int_equal(fake_called(PLATFORM_REFUNDS), 1); /* not again and again */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SHOP(everything_is_read_once_and_the_mark_follows),
        ON_SHOP(the_mark_moves_when_the_whole_window_is_stored),
        ON_SHOP(an_order_that_moves_on_while_pages_are_read_comes_with_the_next_window),
        ON_SHOP(what_is_too_much_is_halved),
        ON_SHOP(a_shop_may_look_back_less_than_it_could),
        ON_SHOP(refunds_are_kept_and_their_orders_looked_at),
        ON_SHOP(a_page_of_everything_is_taken),
        ON_SHOP(a_refund_that_waits_gets_its_order),
        ON_SHOP(a_shop_is_one_programs_at_a_time),
        ON_SHOP(who_waits_longest_is_next),
        ON_SHOP(a_shop_that_is_stopped_is_left_alone),
        ON_SHOP(a_throttled_shop_waits_and_the_others_do_not),
        ON_SHOP(it_comes_back_at_no_fixed_instant),
        ON_SHOP(it_waits_longer_each_time),
        ON_SHOP(a_platform_that_cannot_be_reached_is_tried_again),
        ON_SHOP(a_token_is_made_anew_once),
        ON_SHOP(a_token_that_another_program_brought_is_used),
        ON_SHOP(no_storm_of_refreshes),
        ON_SHOP(a_shop_that_is_not_let_in_waits_for_a_person),
        ON_SHOP(its_clock_is_learned),
        ON_SHOP(what_it_may_not_do_stops_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
