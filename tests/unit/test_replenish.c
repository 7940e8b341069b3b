/* What a wave wants from the reserve is brought to the face, and its promises follow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "floor_script.h"

#include "floor/rule.h"
#include "store/replenish.h"

#include <errno.h>

#define OPEN_IN(code)                                                                                                  \
    "SELECT coalesce(sum(a.open), 0) FROM allocation a JOIN location l ON l.id = a.location WHERE l.code = '" code "'"

static void run(struct site_rig *rig, const char *sql)
{
    assert_int_equal(sql_run_values(rig->store->sql, sql, (struct sql_value[]){{0}}), 0);
}

/* Mugs have a face now; all there are lie in R-09 but for what is told. */
static struct site_rig *with_face(void **state, const char *stock)
{
    struct site_rig *rig = *state;
    site_rig_change(rig, "location.upsert",
                    "{\"code\":\"F-MUG\",\"kind\":\"face\",\"item\":\"MUG\",\"walk\":3,\"rev\":1}");
    site_rig_import(rig, "stock", stock);
    assert_true(rig->last.good);
    return rig;
}

/* All orders but N3 are in a wave: one without orders would be closed. */
static void into_wave(struct site_rig *rig)
{
    run(rig, "INSERT INTO wave (number, kind, state) VALUES ('W-1', 'discrete', 'released')");
    run(rig, "UPDATE orders SET wave = 1 WHERE number <> 'N3'");
}

static void test_promises_follow(void **state)
{
    struct site_rig *rig = with_face(state, "location,sku,quantity\nA-01,MUG,0\nR-09,MUG,20\n");
    site_rig_order(rig, "N1", "SF1", 2, 0);
    site_rig_order(rig, "N2", "SF2", 3, 0);
    site_rig_order(rig, "N3", "SF3", 4, 0); /* not in the wave */
    into_wave(rig);
    assert_int_equal(number(rig, OPEN_IN("R-09")), 9);
    assert_int_equal(replenish_for_wave(rig->store, 1), 0);
    assert_int_equal(number(rig, "SELECT quantity FROM task WHERE wave = 1 AND priority = 10"), 5);
    assert_int_equal(replenish_for_wave(rig->store, 1), 0); /* twice is once */
    assert_int_equal(number(rig, "SELECT count(*) FROM task"), 1);
    PLAY(rig, {"B-1", "DONE_SIGNED_IN", "menu"}, {"CMD:REPLEN", "DONE_REPLEN", "replen.source"},
         {"R-09", "DONE_AT_LOCATION", "replen.item"}, {"CMD:QTY:4", "DONE_QUANTITY", "replen.item"},
         {"MUG", "DONE_PICKED", "replen.item"}, {"CMD:DONE", "DONE_REPLEN_ENOUGH", "replen.face"},
         {"F-MUG", "DONE_PUT", "menu"});
    /* four came: both orders' promises fit only one after the other */
    assert_int_equal(number(rig, OPEN_IN("F-MUG")), 2);
    assert_int_equal(number(rig, OPEN_IN("R-09")), 7);
    PLAY(rig, {"CMD:UNDO", "E71", "menu"}, {"CMD:PICK", "DONE_PICK_STARTED", "pick.location"},
         {"F-MUG", "DONE_AT_LOCATION", "pick.item"});
}

/* Nobody who stands at the reserve is sent away, and what was promised stays promised. */
static void test_who_is_there_stays(void **state)
{
    struct site_rig *rig = with_face(state, "location,sku,quantity\nA-01,MUG,0\nR-09,MUG,20\n");
    site_rig_order(rig, "N1", "SF1", 2, 0);
    into_wave(rig);
    assert_int_equal(replenish_for_wave(rig->store, 1), 0);
    PLAY(rig, {"B-1", "DONE_SIGNED_IN", "menu"}, {"CMD:PICK", "DONE_PICK_STARTED", "pick.location"},
         {"R-09", "DONE_AT_LOCATION", "pick.item"}, {"B-2", "DONE_SIGNED_IN", "menu"},
         {"CMD:REPLEN", "DONE_REPLEN", "replen.source"}, {"R-09", "DONE_AT_LOCATION", "replen.item"},
         {"CMD:QTY:2", "DONE_QUANTITY", "replen.item"}, {"MUG", "DONE_PICKED", "replen.face"},
         {"F-MUG", "DONE_PUT", "menu"}, {"B-1", "DONE_SIGNED_IN", "pick.item"});
    assert_int_equal(number(rig, OPEN_IN("R-09")), 2);
    PLAY(rig, {"MUG", "DONE_PICKED", "pick.item"});
}

/* Stock that is promised to the last piece cannot be carried away for anybody. */
static void test_promised_stock_stays(void **state)
{
    struct site_rig *rig = with_face(state, "location,sku,quantity\nA-01,MUG,0\nR-09,MUG,5\n");
    site_rig_order(rig, "N1", "SF1", 5, 0);
    into_wave(rig);
    assert_int_equal(number(rig, OPEN_IN("R-09")), 5);
    assert_int_equal(replenish_for_wave(rig->store, 1), 0);
    assert_int_equal(number(rig, "SELECT count(*) FROM task"), 0);
}

/* A face that is low already is filled for the wave at once, and first. */
static void test_low_face_is_raised(void **state)
{
    struct site_rig *rig = with_face(state, "location,sku,quantity\nA-01,MUG,0\nR-09,MUG,40\n");
    int64_t count = 0;
    site_rig_change(rig, "location.upsert",
                    "{\"code\":\"F-MUG\",\"kind\":\"face\",\"item\":\"MUG\",\"walk\":3,\"face_min\":2,\"face_max\":6,"
                    "\"rev\":2}");
    site_rig_order(rig, "N1", "SF1", 9, 0);
    into_wave(rig);
    assert_int_equal(replenish_plan(rig->store, &count), 0);
    assert_int_equal(count, 1);
    assert_int_equal(number(rig, "SELECT quantity FROM task WHERE priority = 5"), 6);
    assert_int_equal(replenish_for_wave(rig->store, 1), 0);
    assert_int_equal(number(rig, "SELECT quantity FROM task WHERE wave = 1 AND priority = 10"), 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_promises_follow, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_who_is_there_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_promised_stock_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_low_face_is_raised, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
