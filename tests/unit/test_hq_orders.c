/* The life of orders at head office: what may happen to one in each state, what keeps one back and what lets it go, and
 * whose the stock is. */
#include "unit/orders_rig.h"

#include "sync/head-office/orders/assignments.h"

/* ---------------------------------------------------------------- the life */

static const char *const acts[] = {ORDER_PAID,     ORDER_HELD,      ORDER_FREED,   ORDER_CHANGED,  ORDER_RESERVED,
                                   ORDER_RELEASED, ORDER_WITHDRAWN, ORDER_SHIPPED, ORDER_FINISHED, ORDER_CLOSED,
                                   ORDER_SPLIT,    ORDER_MERGED,    ORDER_RESTORED};

/* Every act in every state, as people would draw it; "-" is refused. */
static const char *const drawn[] = {
    /* clang-format off */
    /* from       paid   held      freed changed reserved released withdrawn shipped  finished closed split  merged restored */
    "pending_pay  audit  -         -     -       -        -        -         finished -        closed -      -      -",
    "audit        -      exception -     audit   reserved released -         finished -        closed closed closed -",
    "exception    -      -         audit audit   -        -        -         finished -        closed closed closed -",
    "reserved     -      exception -     audit   -        released -         finished -        closed closed closed -",
    "released     -      -         -     -       -        -        audit     -        -        -      -      -      -",
    "received     -      -         -     -       -        -        audit     -        -        -      -      -      -",
    "allocated    -      -         -     -       -        -        audit     -        -        -      -      -      -",
    "picking      -      -         -     -       -        -        -         -        -        -      -      -      -",
    "short        -      -         -     -       -        -        -         -        -        -      -      -      -",
    "parked       -      -         -     -       -        -        audit     -        -        -      -      -      -",
    "picked       -      -         -     -       -        -        -         -        -        -      -      -      -",
    "packed       -      -         -     -       -        -        -         -        -        -      -      -      -",
    "labelled     -      -         -     -       -        -        -         -        -        -      -      -      -",
    "shipped      -      -         -     -       -        -        -         -        finished closed -      -      -",
    "finished     -      -         -     -       -        -        -         -        -        closed -      -      -",
    "closed       -      -         -     -       -        -        -         -        -        -      -      -      audit",
    /* clang-format on */
};

static void put_state(struct shelf *shelf, const char *state)
{
    assert_int_equal(
        sql_run(shelf->rig.office.sql, "UPDATE orders SET state = ?1, site = 'hz' WHERE number = 'O'", sql_text(state)),
        0);
}

static void try_act(struct shelf *shelf, const char *act, const char *state, const char *after)
{
    bool refused = strcmp(after, "-") == 0;
    int64_t told = shelf_number(shelf, "SELECT count(*) FROM order_history", SQL_NO_VALUES);
    put_state(shelf, state);
    shelf->rig.error.text[0] = '\0';
    int result = order_life_act(&shelf->rig.office, "O", act, "", NULL, &shelf->rig.error);
    if (result != (refused ? -EALREADY : 0))
        fail_msg("%s in %s: %d %s", act, state, result, shelf->rig.error.text);
    assert_state(shelf, "O", refused ? state : after);
    assert_int_equal(refused, *shelf->rig.error.text != '\0');
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM order_history", SQL_NO_VALUES), told + !refused);
}

static void every_act_is_done_or_refused(void **state)
{
    struct shelf *shelf = *state;
    shelf_order(shelf, "O", "T", 1, 0);
    for (size_t i = 0; i < COUNT(drawn); i++) {
        char row[200], *rest = row;
        snprintf(row, sizeof(row), "%s", drawn[i]);
        const char *before = strtok_r(rest, " ", &rest);
        assert_string_equal(before, order_states[i].name);
        for (size_t a = 0; a < COUNT(acts); a++)
            try_act(shelf, acts[a], before, strtok_r(rest, " ", &rest));
    }
    assert_null(order_states[COUNT(drawn)].name);
    assert_int_equal(sql_run(shelf->rig.office.sql, "UPDATE orders SET state = 'lost'", SQL_NO_VALUES), -EPERM);
    assert_int_equal(order_life_act(&shelf->rig.office, "none", ORDER_PAID, "", NULL, &shelf->rig.error), -ENOENT);
}

/* A fact cannot be refused: where it is not named it leaves the state alone. No act goes by a fact's name. */
static void facts_lead_only_where_they_are_named(void **state)
{
    (void)state;
    static const char *const facts[] = {
        "order.received", "order.allocated",       "order.parked",  "pick.line",        "pick.short",
        "pick.staged",    "slot.complete",         "parcel.packed", "label.printed",    "parcel.unpacked",
        "parcel.shipped", "order.cancel_accepted", "pick.located",  "waybill.assigned", "pick.line undone"};
    for (size_t f = 0; f < COUNT(facts); f++)
        for (const struct order_state *from = order_states; from->name; from++) {
            const char *after = order_life_after(facts[f], from->name);
            if (after && !order_state_find(after))
                fail_msg("%s leads to %s, which is no state", facts[f], after);
            bool at_a_site = strcmp(from->stage, "floor") == 0 || strcmp(from->name, "released") == 0;
            if (after && !at_a_site)
                fail_msg("%s moves an order that is %s", facts[f], from->name);
        }
    assert_null(order_life_after("pick.located", "allocated"));
}

static void what_leaves_head_office_has_no_exceptions(void **state)
{
    struct shelf *shelf = *state;
    shelf_order(shelf, "O", "T", 1, 0);
    shelf_audit(shelf);
    assert_int_equal(shelf_held(shelf, "O", "short"), 1);
    assert_done(shelf, "order.close", "{\"order\":\"O\",\"reason\":\"not wanted\"}");
    assert_state(shelf, "O", "closed");
    assert_int_equal(shelf_held(shelf, "O", "short"), 0);
    shelf_stock(shelf, "hz", "T", 5); /* and is not served any more */
    assert_int_equal(shelf_audit(shelf).retried, 0);
}

/* ---------------------------------------------------------------- exceptions */

/* What is wrong with the order, and what cures it, as SQL on order 'O'. */
static const struct fault {
    const char *kind, *detail, *harm, *cure;
    bool confirmed; /* in place of a cure */
} faults[] = {
    {"unmapped", "M-1", "UPDATE order_line SET sku = NULL, code = 'M-1' WHERE number = 'O'",
     "UPDATE order_line SET sku = 'T' WHERE number = 'O'", false},
    {"hold", "LOCKED", "UPDATE orders SET overlays = 4, platform_status = 'LOCKED' WHERE number = 'O'",
     "UPDATE orders SET overlays = 0 WHERE number = 'O'", false},
    {"refund", "", "UPDATE orders SET overlays = 1 WHERE number = 'O'",
     "UPDATE orders SET overlays = 0 WHERE number = 'O'", false},
    {"refund", "goods", "UPDATE order_line SET overlays = 1 WHERE number = 'O'",
     "UPDATE order_line SET overlays = 0 WHERE number = 'O'", false},
    {"address", "phone", "UPDATE orders SET receiver_phone = '' WHERE number = 'O'",
     "UPDATE orders SET receiver_phone = '13900000000' WHERE number = 'O'", false},
    {"address", "name", "UPDATE orders SET receiver_name = '' WHERE number = 'O'", NULL, true},
    {"address", "address", "UPDATE orders SET receiver_address = '号' WHERE number = 'O'",
     "UPDATE orders SET receiver_address = '文三路 1 号' WHERE number = 'O'", false},
    {"address", "address", "UPDATE orders SET overlays = 8 WHERE number = 'O'",
     "UPDATE orders SET sealed = 'cipher' WHERE number = 'O'", false},
    {"address", "address", "UPDATE orders SET receiver_address = '浙江省杭州市 1' WHERE number = 'O'",
     "UPDATE orders SET receiver_address = '浙江省杭州市文三路 1 号' WHERE number = 'O'", false},
    {"address", "province", "UPDATE orders SET province = '折江省' WHERE number = 'O'",
     "UPDATE orders SET province = '黑龙江' WHERE number = 'O'", false},
    {"address", "province", "UPDATE orders SET province = '折江省' WHERE number = 'O'",
     "UPDATE orders SET province = 'Ontario' WHERE number = 'O'", false},
    {"blacklist", "phone 13800000000",
     "INSERT INTO blacklist (field, value, why, added_us, added_by) VALUES ('phone', '13800000000', '', 0, '')",
     "DELETE FROM blacklist", false},
    {"blacklist", "address 西路",
     "INSERT INTO blacklist (field, value, why, added_us, added_by) VALUES ('address', '西路', '', 0, '')", NULL, true},
    {"blacklist", "name 张O",
     "INSERT INTO blacklist (field, value, why, added_us, added_by) VALUES ('name', '张O', '', 0, '')",
     "UPDATE orders SET receiver_name = '李' WHERE number = 'O'", false},
    {"carrier", "", "UPDATE orders SET carrier = '' WHERE number = 'O'",
     "UPDATE orders SET carrier = 'YT' WHERE number = 'O'", false},
    {"amount", "3000", "UPDATE orders SET discount_minor = 1 WHERE number = 'O'",
     "UPDATE orders SET discount_minor = 0 WHERE number = 'O'", false},
    {"amount", "3000", "INSERT INTO setting (name, value) VALUES ('amount_limit_minor', '2999')", NULL, true},
    {"merge", "P",
     "INSERT INTO setting (name, value) VALUES ('merge_hours', '1');"
     "UPDATE orders SET receiver_name = 'X' WHERE number IN ('O', 'P')",
     "UPDATE orders SET receiver_name = 'Y' WHERE number = 'P'", false},
    {"merge", "P",
     "INSERT INTO setting (name, value) VALUES ('merge_hours', '1');"
     "UPDATE orders SET receiver_name = 'X' WHERE number IN ('O', 'P')",
     NULL, true},
    {"short", "T 3", "UPDATE stock SET quantity = 2", "UPDATE stock SET quantity = 3", false},
};

static void confirm(struct shelf *shelf, const char *number, const char *kind)
{
    char fields[128];
    snprintf(fields, sizeof(fields), "{\"order\":\"%s\",\"kind\":\"%s\"}", number, kind);
    assert_done(shelf, "order.confirm", fields);
}

static void try_fault(struct shelf *shelf, const struct fault *fault)
{
    rig_run(&shelf->rig, fault->harm);
    shelf_audit(shelf);
    if (shelf_held(shelf, "O", fault->kind) != 1)
        fail_msg("no exception %s after %s", fault->kind, fault->harm);
    assert_state(shelf, "O", "exception");
    assert_said(shelf, fault->detail, "SELECT detail FROM exception WHERE number = 'O' AND kind = ?1",
                sql_text(fault->kind));
    const struct exception_kind *kind = exception_kind_find(fault->kind);
    assert_non_null(kind);
    assert_true(kind->confirmable || !fault->confirmed);
    if (fault->confirmed)
        confirm(shelf, "O", fault->kind);
    else {
        rig_run(&shelf->rig, fault->cure);
        assert_done(shelf, "order.audit", "{\"order\":\"O\"}");
    }
    shelf_audit(shelf);
    assert_int_equal(shelf_held(shelf, "O", fault->kind), 0);
    assert_state(shelf, "O", "reserved");
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM exception WHERE number = 'O'", SQL_NO_VALUES), 1);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM exception WHERE released_by = 'tester'", SQL_NO_VALUES),
                     fault->confirmed);
}

static void each_fault_is_found_and_cured(void **state)
{
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct shelf *shelf = *state;
        shelf_stock(shelf, "hz", "T", 3);
        shelf_order(shelf, "O", "T", 3, 0);
        shelf_order(shelf, "P", "T", 1, 100000);
        rig_run(&shelf->rig, "UPDATE orders SET state = 'exception' WHERE number = 'P'");
        try_fault(shelf, &faults[i]);
        shelf_close(state);
        shelf_open(state);
    }
}

/* An order without fault is checked once more when it was changed: what was confirmed is not asked again, but something
 * else is. */
static void what_was_confirmed_is_not_asked_again(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 9);
    shelf_order(shelf, "O", "T", 1, 0);
    rig_run(&shelf->rig, "UPDATE orders SET discount_minor = 1");
    shelf_audit(shelf);
    assert_int_equal(shelf_held(shelf, "O", "amount"), 1);
    confirm(shelf, "O", "amount");
    shelf_audit(shelf);
    assert_state(shelf, "O", "reserved");
    assert_done(shelf, "order.carrier", "{\"order\":\"O\",\"carrier\":\"YT\"}");
    shelf_audit(shelf);
    assert_state(shelf, "O", "reserved");
    rig_run(&shelf->rig, "UPDATE orders SET paid_minor = 998");
    assert_done(shelf, "order.carrier", "{\"order\":\"O\",\"carrier\":\"SF\"}");
    shelf_audit(shelf);
    assert_int_equal(shelf_held(shelf, "O", "amount"), 1);
    assert_int_equal(exceptions_confirm(&shelf->rig.office, "O", "amount", "", &shelf->rig.error), -EINVAL);
    assert_int_equal(shelf_do(shelf, "order.confirm", "{\"order\":\"O\",\"kind\":\"short\"}", NULL), -EPERM);
    assert_int_equal(shelf_do(shelf, "order.confirm", "{\"order\":\"O\",\"kind\":\"address\"}", NULL), -ENOENT);
    assert_int_equal(shelf_do(shelf, "order.confirm", "{\"order\":\"O\",\"kind\":\"none\"}", NULL), -ENOENT);
}

/* What an open exception says is what is wrong now, and only that is confirmed. */
static void an_exception_tells_what_is_wrong_now(void **state)
{
    struct shelf *shelf = *state;
    shelf_order(shelf, "O", "T", 3, 0);
    shelf_audit(shelf);
    assert_said(shelf, "T 3", "SELECT detail FROM exception WHERE released_us IS NULL", SQL_NO_VALUES);
    shelf_line(shelf, "O", 2, "C", 1);
    shelf_stock(shelf, "hz", "T", 3);
    shelf_audit(shelf);
    assert_said(shelf, "C 1", "SELECT detail FROM exception WHERE released_us IS NULL", SQL_NO_VALUES);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM exception", SQL_NO_VALUES), 1);
}

/* Several at once: it goes when the last one is gone, and keeps its stock meanwhile: it is paid. */
static void all_exceptions_must_go(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 1);
    shelf_order(shelf, "O", "T", 1, 0);
    rig_run(&shelf->rig, "UPDATE orders SET receiver_name = '', discount_minor = 5");
    shelf_audit(shelf);
    assert_int_equal(shelf_held(shelf, "O", "address") + shelf_held(shelf, "O", "amount"), 2);
    assert_int_equal(shelf_left(shelf, "hz", "T"), 0);
    confirm(shelf, "O", "amount");
    shelf_audit(shelf);
    assert_state(shelf, "O", "exception");
    confirm(shelf, "O", "address");
    shelf_audit(shelf);
    assert_state(shelf, "O", "reserved");
    assert_site(shelf, "O", "hz");
}

/* Between the choice of an order and its check it was closed: nothing of it is promised. */
static void only_what_is_to_be_checked_is_checked(void **state)
{
    struct shelf *shelf = *state;
    struct settings settings;
    bool passed = false;
    shelf_stock(shelf, "hz", "T", 1);
    shelf_order(shelf, "O", "T", 1, 0);
    assert_int_equal(settings_load(&shelf->rig.office, &settings, &shelf->rig.error), 0);
    for (const struct order_state *at = order_states; at->name; at++) {
        put_state(shelf, at->name);
        if (strcmp(at->name, "audit") == 0)
            continue;
        assert_int_equal(exceptions_audit(&shelf->rig.office, &settings, NULL, "O", &passed, &shelf->rig.error),
                         -EALREADY);
        assert_int_equal(shelf_number(shelf,
                                      "SELECT (SELECT count(*) FROM reservation) + (SELECT count(*) FROM"
                                      " exception)",
                                      SQL_NO_VALUES),
                         0);
    }
    assert_int_equal(exceptions_audit(&shelf->rig.office, &settings, NULL, "none", &passed, &shelf->rig.error),
                     -ENOENT);
}

/* ---------------------------------------------------------------- which site */

static void the_nearest_site_does_it(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 9);
    shelf_stock(shelf, "bj", "T", 9);
    assert_done(shelf, "site.region", "{\"site\":\"hz\",\"province\":\"浙江省\",\"rank\":1}");
    assert_done(shelf, "site.region", "{\"site\":\"hz\",\"rank\":9}");
    assert_done(shelf, "site.region", "{\"site\":\"bj\",\"rank\":5}");
    shelf_order(shelf, "O", "T", 1, 0);
    shelf_order(shelf, "P", "T", 1, 0);
    rig_run(&shelf->rig, "UPDATE orders SET province = '河北省' WHERE number = 'P'");
    shelf_audit(shelf);
    assert_site(shelf, "O", "hz");
    assert_site(shelf, "P", "bj");
}

static void among_equals_the_least_busy_does_it(void **state)
{
    struct shelf *shelf = *state;
    char number[8];
    shelf_stock(shelf, "hz", "T", 99);
    shelf_stock(shelf, "bj", "T", 99);
    assert_done(shelf, "site.capacity", "{\"site\":\"hz\",\"orders\":30}");
    assert_done(shelf, "site.capacity", "{\"site\":\"bj\",\"orders\":10}");
    for (int i = 0; i < 20; i++) {
        snprintf(number, sizeof(number), "O%02d", i);
        shelf_order(shelf, number, "T", 1, i);
    }
    shelf_audit(shelf);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM orders WHERE site = 'hz'", SQL_NO_VALUES), 15);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM orders WHERE site = 'bj'", SQL_NO_VALUES), 5);
}

/* The nearest is full: the next one; all are full: the nearest all the same. */
static void a_full_site_is_passed_over(void **state)
{
    struct shelf *shelf = *state;
    char number[8];
    shelf_stock(shelf, "hz", "T", 99);
    shelf_stock(shelf, "bj", "T", 99);
    assert_done(shelf, "site.region", "{\"site\":\"hz\",\"rank\":1}");
    assert_done(shelf, "site.region", "{\"site\":\"bj\",\"rank\":2}");
    assert_done(shelf, "site.capacity", "{\"site\":\"hz\",\"orders\":2}");
    assert_done(shelf, "site.capacity", "{\"site\":\"bj\",\"orders\":3}");
    for (int i = 0; i < 7; i++) {
        snprintf(number, sizeof(number), "O%d", i);
        shelf_order(shelf, number, "T", 1, i);
    }
    shelf_audit(shelf);
    static const char *const expected[] = {"hz", "hz", "bj", "bj", "bj", "hz", "hz"};
    for (int i = 0; i < 7; i++) {
        snprintf(number, sizeof(number), "O%d", i);
        assert_site(shelf, number, expected[i]);
    }
}

/* Nothing is promised of a site that is not heard; when it is heard again who waits is served. */
static void a_silent_site_promises_nothing(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "bj", "T", 9);
    rig_run(&shelf->rig, "UPDATE site SET last_seen_us = 1700000000000000 - 25 * 3600000000 WHERE id = 'bj'");
    shelf_order(shelf, "O", "T", 1, 0);
    assert_int_equal(shelf_audit(shelf).held, 1);
    for (int i = 0; i < 3; i++) /* and is not tried again and again */
        assert_int_equal(shelf_audit(shelf).retried, 0);
    rig_run(&shelf->rig, "UPDATE site SET last_seen_us = 1700000000000000");
    shelf_audit(shelf);
    assert_site(shelf, "O", "bj");
}

/* Each item is somewhere, but not all of it at one site: it waits whole, and goes when one site has all. */
static void an_order_is_promised_whole(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 9);
    shelf_stock(shelf, "bj", "C", 9);
    shelf_order(shelf, "O", "T", 2, 0);
    shelf_line(shelf, "O", 2, "C", 1);
    shelf_line(shelf, "O", 3, "T", 1); /* lines of one item count together */
    shelf_audit(shelf);
    assert_int_equal(shelf_held(shelf, "O", "short"), 1);
    assert_said(shelf, "", "SELECT detail FROM exception", SQL_NO_VALUES);
    assert_int_equal(shelf_left(shelf, "hz", "T"), 9);
    shelf_stock(shelf, "bj", "T", 2);
    for (int i = 0; i < 3; i++)
        assert_int_equal(shelf_audit(shelf).retried, 0);
    shelf_stock(shelf, "bj", "T", 3);
    shelf_audit(shelf);
    assert_state(shelf, "O", "reserved");
    assert_site(shelf, "O", "bj");
    assert_int_equal(shelf_left(shelf, "bj", "T"), 0);
    assert_int_equal(shelf_left(shelf, "bj", "C"), 8);
}

/* What lies damaged, comes back or stands at the gate is nobody's to promise. */
static void only_good_stock_is_promised(void **state)
{
    struct shelf *shelf = *state;
    rig_import_good(&shelf->rig, "locations", "hz",
                    "code,kind,walk\nF,face,1\nD,damage,2\nR,return,3\nG,gate,4\nS,stage,5\n");
    rig_run(&shelf->rig,
            "INSERT INTO stock (site, location, sku, quantity) VALUES ('hz', 'F', 'T', 1), ('hz', 'D', 'T', 10),"
            " ('hz', 'R', 'T', 100), ('hz', 'G', 'T', 1000), ('hz', 'S', 'T', 10000)");
    assert_int_equal(shelf_left(shelf, "hz", "T"), 10001);
}

/* ---------------------------------------------------------------- how much */

/* A thousand orders on a hundred pieces: exactly so many are promised, who paid first first; then the others in turn.
 */
static void a_thousand_orders_share_a_hundred_pieces(void **state)
{
    struct shelf *shelf = *state;
    char number[8];
    shelf_stock(shelf, "hz", "T", 60);
    shelf_stock(shelf, "bj", "T", 40);
    for (int i = 0; i < 1000; i++) { /* the last of them by number paid first */
        snprintf(number, sizeof(number), "O%03d", i);
        shelf_order(shelf, number, "T", 1, 1000 - i);
    }
    struct order_work done = shelf_audit(shelf);
    assert_int_equal(done.audited, 1000);
    assert_int_equal(done.held, 900);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM orders WHERE state = 'reserved'", SQL_NO_VALUES), 100);
    assert_int_equal(shelf_number(shelf, "SELECT sum(left_open) FROM reservation", SQL_NO_VALUES), 100);
    assert_said(shelf, "O900", "SELECT min(number) FROM orders WHERE state = 'reserved'", SQL_NO_VALUES);
    assert_int_equal(shelf_audit(shelf).retried, 0);
    for (int pieces = 45, first = 900 - 5; pieces <= 60; pieces += 5, first -= 5) { /* five more each time */
        shelf_stock(shelf, "bj", "T", pieces);
        done = shelf_audit(shelf);
        assert_int_equal(done.retried, 5); /* nobody else is disturbed */
        snprintf(number, sizeof(number), "O%03d", first);
        assert_said(shelf, number, "SELECT min(number) FROM orders WHERE state = 'reserved'", SQL_NO_VALUES);
    }
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM orders WHERE state = 'reserved'", SQL_NO_VALUES), 120);
    rig_run(&shelf->rig, "UPDATE orders SET priority = 5 WHERE number = 'O000'"); /* paid last, and goes first */
    shelf_stock(shelf, "bj", "T", 61);
    shelf_audit(shelf);
    assert_state(shelf, "O000", "reserved");
}

/* Who wants more than there is does not keep those waiting who want less; and is served when there is enough. */
static void large_orders_wait_without_blocking(void **state)
{
    struct shelf *shelf = *state;
    shelf_order(shelf, "BIG", "T", 10, 0);
    shelf_order(shelf, "SMALL", "T", 2, 1);
    shelf_audit(shelf);
    shelf_stock(shelf, "hz", "T", 3);
    assert_int_equal(shelf_audit(shelf).retried, 1);
    assert_state(shelf, "SMALL", "reserved");
    shelf_stock(shelf, "hz", "T", 12);
    shelf_audit(shelf);
    assert_state(shelf, "BIG", "reserved");
    assert_int_equal(shelf_left(shelf, "hz", "T"), 0);
    for (int i = 0; i < 4; i++)
        shelf_order(shelf, (const char *[]){"A", "B", "C", "D"}[i], "T", i == 3 ? 1 : 2, 10 + i);
    shelf_audit(shelf);
    shelf_stock(shelf, "hz", "T", 15);
    assert_int_equal(shelf_audit(shelf).retried, 1); /* A, and what is left is enough for D */
    assert_int_equal(shelf_audit(shelf).retried, 1);
    assert_state(shelf, "A", "reserved");
    assert_state(shelf, "D", "reserved");
}

static void hold_unpaid(struct shelf *shelf, const char *number)
{
    struct promise promise;
    assert_int_equal(sql_run(shelf->rig.office.sql,
                             "UPDATE orders SET state = 'pending_pay', paid_us = NULL WHERE number = ?1",
                             sql_text(number)),
                     0);
    assert_int_equal(office_begin(&shelf->rig.office, &shelf->rig.error), 0);
    assert_int_equal(promises_make(&shelf->rig.office, number, shelf->rig.office.now_us + 30 * MINUTE_US, 24, &promise,
                                   &shelf->rig.error),
                     0);
    assert_int_equal(office_commit(&shelf->rig.office, &shelf->rig.error), 0);
    assert_string_equal(promise.site, "hz");
}

static void stock_of_unpaid_orders_is_freed_in_time(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 2);
    shelf_order(shelf, "PAID", "T", 1, 0);
    shelf_order(shelf, "LATE", "T", 1, 0);
    hold_unpaid(shelf, "PAID");
    hold_unpaid(shelf, "LATE");
    assert_int_equal(shelf_left(shelf, "hz", "T"), 0);
    assert_int_equal(order_life_act(&shelf->rig.office, "PAID", ORDER_PAID, "", NULL, &shelf->rig.error), 0);
    shelf->rig.office.now_us += 29 * MINUTE_US;
    assert_int_equal(shelf_work(shelf).expired, 0);
    shelf->rig.office.now_us += MINUTE_US; /* the paid one is not checked yet, and keeps what it has */
    assert_int_equal(shelf_work(shelf).expired, 1);
    assert_int_equal(shelf_work(shelf).expired, 0);
    assert_int_equal(shelf_left(shelf, "hz", "T"), 1);
    assert_site(shelf, "LATE", "");
    assert_state(shelf, "LATE", "pending_pay");
    shelf_audit(shelf);
    assert_state(shelf, "PAID", "reserved");
    assert_int_equal(
        shelf_number(shelf, "SELECT count(*) FROM reservation WHERE expires_us IS NOT NULL", SQL_NO_VALUES), 0);
}

/* Lines that were changed, added or taken off after the promise are promised, and nothing else is. */
static void a_promise_follows_the_lines(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 5);
    shelf_stock(shelf, "hz", "C", 5);
    shelf_order(shelf, "O", "T", 2, 0);
    shelf_audit(shelf);
    rig_run(&shelf->rig, "UPDATE order_line SET quantity = 4, price_minor = 500 WHERE number = 'O'");
    shelf_line(shelf, "O", 2, "C", 1);
    assert_done(shelf, "order.carrier", "{\"order\":\"O\",\"carrier\":\"YT\"}");
    shelf_audit(shelf);
    assert_state(shelf, "O", "reserved");
    assert_int_equal(shelf_left(shelf, "hz", "T"), 1);
    assert_int_equal(shelf_left(shelf, "hz", "C"), 4);
}

#define LINE_OF(order) "{\"order\":\"" order "\",\"line\":1,\"sku\":\"T\",\"location\":\"A\",\"quantity\":"

/* What is picked leaves the bin and the promise at once: what is left to sell stays the same. */
static void hands_do_not_change_what_can_be_sold(void **state)
{
    struct shelf *shelf = *state;
    shelf_meet(shelf);
    shelf_happens(shelf, "hz", "stock.imported", "{\"location\":\"A\",\"sku\":\"T\",\"delta\":10}");
    shelf_order(shelf, "O", "T", 4, 0);
    shelf_audit(shelf);
    assert_done(shelf, "order.release", "{\"order\":\"O\"}");
    assert_said(shelf, "tester", "SELECT who FROM order_history WHERE act = 'released'", SQL_NO_VALUES);
    assert_int_equal(shelf_left(shelf, "hz", "T"), 6);
    shelf_happens(shelf, "hz", "order.received", "{\"order\":\"O\"}");
    shelf_happens(shelf, "hz", "pick.line", LINE_OF("O") "3}");
    assert_int_equal(shelf_left(shelf, "hz", "T"), 6);
    shelf_happens(shelf, "hz", "scan.undone",
                  "{\"undid\":\"pick.line\",\"order\":\"O\",\"line\":1,\"sku\":\"T\","
                  "\"location\":\"A\",\"quantity\":3}");
    assert_int_equal(shelf_left(shelf, "hz", "T"), 6);
    shelf_happens(shelf, "hz", "pick.line", LINE_OF("O") "4}");
    shelf_happens(shelf, "hz", "pick.unpicked", LINE_OF("O") "1}");
    assert_int_equal(shelf_left(shelf, "hz", "T"), 6);
    assert_int_equal(orders_cancel(&shelf->rig.office, "O", "not wanted", "anna", &shelf->rig.error), 0);
    assert_int_equal(shelf_left(shelf, "hz", "T"), 6); /* asked, and not answered */
    shelf_happens(shelf, "hz", "order.cancel_accepted", "{\"order\":\"O\"}");
    assert_int_equal(shelf_left(shelf, "hz", "T"), 7); /* three are still in a tote */
    shelf_happens(shelf, "hz", "pick.unpicked", LINE_OF("O") "3}");
    assert_int_equal(shelf_left(shelf, "hz", "T"), 10);
}

static void a_moved_order_owes_at_the_other_site(void **state)
{
    struct shelf *shelf = *state;
    struct order_move move;
    shelf_stock(shelf, "hz", "T", 10);
    shelf_stock(shelf, "bj", "T", 1);
    shelf_order(shelf, "O", "T", 4, 0);
    shelf_audit(shelf);
    assert_done(shelf, "order.release", "{\"order\":\"O\"}");
    assert_int_equal(office_begin(&shelf->rig.office, &shelf->rig.error), 0);
    assert_int_equal(assignments_move(&shelf->rig.office, "O", "bj", &move, &shelf->rig.error), 0);
    assert_int_equal(office_commit(&shelf->rig.office, &shelf->rig.error), 0);
    assert_true(move.done);
    assert_site(shelf, "O", "bj");
    assert_int_equal(shelf_left(shelf, "hz", "T"), 10);
    assert_int_equal(shelf_left(shelf, "bj", "T"), -3);
}

static void shipped_goods_are_owed_to_nobody(void **state)
{
    struct shelf *shelf = *state;
    shelf_meet(shelf);
    shelf_happens(shelf, "hz", "stock.imported", "{\"location\":\"A\",\"sku\":\"T\",\"delta\":10}");
    shelf_order(shelf, "O", "T", 4, 0);
    shelf_audit(shelf);
    assert_done(shelf, "order.release", "{\"order\":\"O\"}");
    shelf_happens(shelf, "hz", "pick.line", LINE_OF("O") "3}"); /* one is missing, and it goes all the same */
    shelf_happens(shelf, "hz", "pick.short",
                  "{\"order\":\"O\",\"line\":1,\"sku\":\"T\",\"location\":\"A\",\"missing\":1}");
    shelf_happens(shelf, "hz", "parcel.packed", "{\"order\":\"O\",\"parcel\":\"P\",\"box\":\"S\"}");
    assert_int_equal(shelf_left(shelf, "hz", "T"), 6);
    shelf_happens(shelf, "hz", "parcel.shipped",
                  "{\"order\":\"O\",\"parcel\":\"P\",\"waybill\":\"W\",\"manifest\":\"M\",\"carrier\":\"SF\"}");
    assert_int_equal(shelf_left(shelf, "hz", "T"), 7);
    assert_state(shelf, "O", "shipped");
}

/* A person says which site: it owes what it does not have, and nobody else is promised of it. */
static void a_person_may_release_what_is_not_there(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 1);
    shelf_order(shelf, "O", "T", 3, 0);
    shelf_order(shelf, "P", "T", 1, 1);
    assert_int_equal(shelf_do(shelf, "order.release", "{\"order\":\"O\"}", NULL), -EINVAL);
    assert_done(shelf, "order.release", "{\"order\":\"O\",\"site\":\"hz\"}");
    assert_int_equal(shelf_left(shelf, "hz", "T"), -2);
    shelf_audit(shelf);
    assert_int_equal(shelf_held(shelf, "P", "short"), 1);
    assert_int_equal(shelf_do(shelf, "order.release", "{\"order\":\"P\",\"site\":\"hz\"}", NULL), -EALREADY);
}

/* ---------------------------------------------------------------- by itself */

static void what_the_settings_allow_is_done_alone(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 2);
    shelf_stock(shelf, "bj", "C", 2);
    shelf_order(shelf, "A", "T", 1, 0);
    shelf_order(shelf, "B", "C", 1, 1);
    assert_int_equal(shelf_work(shelf).audited, 0);
    assert_done(shelf, "setting.set", "{\"name\":\"audit_by_itself\",\"value\":true}");
    assert_int_equal(shelf_work(shelf).audited, 2);
    assert_int_equal(shelf_work(shelf).released, 0);
    assert_done(shelf, "setting.set", "{\"name\":\"release_by_itself\",\"value\":true}");
    assert_int_equal(shelf_work(shelf).released, 2);
    assert_state(shelf, "A", "released");
    assert_said(shelf, "order/B", "SELECT key FROM feed WHERE site = 'bj' AND type = 'order.release'", SQL_NO_VALUES);
}

/* One order that no site can be told does not keep the others. */
static void an_order_that_cannot_go_is_put_aside(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 9);
    shelf_order(shelf, "BAD", "T", 1, 0);
    shelf_order(shelf, "GOOD", "T", 1, 1);
    rig_run(&shelf->rig,
            "INSERT INTO setting (name, value) VALUES ('audit_by_itself', 'yes'), ('release_by_itself', 'yes')");
    shelf_audit(shelf);
    rig_run(&shelf->rig, "UPDATE orders SET carrier = '' WHERE number = 'BAD'"); /* after its check */
    assert_int_equal(shelf_work(shelf).released, 1);
    assert_state(shelf, "GOOD", "released");
    assert_int_equal(shelf_held(shelf, "BAD", "unfit"), 1);
    assert_state(shelf, "BAD", "exception");
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM order_history WHERE number = 'BAD' AND act = 'released'",
                                  SQL_NO_VALUES),
                     0);
    assert_done(shelf, "order.carrier", "{\"order\":\"BAD\",\"carrier\":\"YT\"}");
    shelf_work(shelf);
    assert_state(shelf, "BAD", "released");
}

/* What the check would find, without a trace; exceptions that stood before are not counted. */
static void the_check_can_be_tried(void **state)
{
    struct shelf *shelf = *state;
    struct order_audit_hit hits[ORDER_AUDIT_HITS_MAX];
    size_t count = 0;
    int64_t orders = 0, passed = 0;
    shelf_order(shelf, "OLD", "T", 1, 0);
    shelf_audit(shelf);
    shelf_stock(shelf, "hz", "C", 2);
    shelf_order(shelf, "A", "C", 1, 1);
    shelf_order(shelf, "B", "C", 1, 2);
    shelf_order(shelf, "C", "C", 1, 3);
    rig_run(&shelf->rig, "UPDATE orders SET receiver_phone = '' WHERE number IN ('B', 'C')");
    assert_int_equal(order_audit_try(&shelf->rig.office, hits, &count, &orders, &passed, &shelf->rig.error), 0);
    assert_int_equal(orders, 3);
    assert_int_equal(passed, 1);
    assert_int_equal(count, 2);
    assert_string_equal(hits[0].kind, "address");
    assert_int_equal(hits[0].orders, 2);
    assert_string_equal(hits[1].kind, "short");
    assert_int_equal(hits[1].orders, 1);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM orders WHERE state = 'audit'", SQL_NO_VALUES), 3);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM exception WHERE released_us IS NULL", SQL_NO_VALUES), 1);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM reservation", SQL_NO_VALUES), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SHELF(every_act_is_done_or_refused),
        ON_SHELF(facts_lead_only_where_they_are_named),
        ON_SHELF(what_leaves_head_office_has_no_exceptions),
        ON_SHELF(each_fault_is_found_and_cured),
        ON_SHELF(what_was_confirmed_is_not_asked_again),
        ON_SHELF(an_exception_tells_what_is_wrong_now),
        ON_SHELF(all_exceptions_must_go),
        ON_SHELF(only_what_is_to_be_checked_is_checked),
        ON_SHELF(the_nearest_site_does_it),
        ON_SHELF(among_equals_the_least_busy_does_it),
        ON_SHELF(a_full_site_is_passed_over),
        ON_SHELF(a_silent_site_promises_nothing),
        ON_SHELF(an_order_is_promised_whole),
        ON_SHELF(only_good_stock_is_promised),
        ON_SHELF(a_thousand_orders_share_a_hundred_pieces),
        ON_SHELF(large_orders_wait_without_blocking),
        ON_SHELF(stock_of_unpaid_orders_is_freed_in_time),
        ON_SHELF(a_promise_follows_the_lines),
        ON_SHELF(hands_do_not_change_what_can_be_sold),
        ON_SHELF(a_moved_order_owes_at_the_other_site),
        ON_SHELF(shipped_goods_are_owed_to_nobody),
        ON_SHELF(a_person_may_release_what_is_not_there),
        ON_SHELF(what_the_settings_allow_is_done_alone),
        ON_SHELF(an_order_that_cannot_go_is_put_aside),
        ON_SHELF(the_check_can_be_tried),
    };
    return cmocka_run_group_tests_name("orders of head office", tests, NULL, NULL);
}
