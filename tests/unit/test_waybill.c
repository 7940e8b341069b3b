/* Waybill numbers at the site: where a parcel's comes from, who waits for one, and that none comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "floor/waybill.h"
#include "floor_script.h"

#include <errno.h>
#include <unistd.h>

#define COUNT_OF(rig, where) number((rig), "SELECT count(*) FROM " where)

static void offer(struct site_rig *rig, const char *waybill, const char *order)
{
    char data[256];
    snprintf(data, sizeof(data), "{\"waybill\":\"%s\",\"carrier\":\"SF\",\"order\":\"%s\",\"rev\":1}", waybill, order);
    site_rig_change(rig, "waybill.pool", data);
}

static void voided(struct site_rig *rig, const char *waybill)
{
    char data[128];
    snprintf(data, sizeof(data), "{\"waybill\":\"%s\",\"rev\":2}", waybill);
    site_rig_change(rig, "waybill.voided", data);
}

static void cancel(struct site_rig *rig, const char *order)
{
    char data[128];
    snprintf(data, sizeof(data), "{\"order\":\"%s\",\"reason\":\"buyer\",\"rev\":2}", order);
    site_rig_change(rig, "order.cancel", data);
}

/* One mug, picked into a tote and checked at a station: the box comes next. */
static void bring_to_the_box(struct site_rig *rig, const char *station, const char *tote)
{
    const char *scans[] = {"CMD:PICK", "A-01", "MUG", tote, "STAGE-1", tote, "MUG"};
    for (size_t i = 0; i < COUNT(scans); i++) {
        site_rig_scan(rig, station, scans[i]);
        if (!rig->last.good)
            fail_msg("scan %s: %s", scans[i], message_def(rig->last.answer.message)->key);
    }
}

static void is_numbered(struct site_rig *rig, const char *order, const char *waybill)
{
    int64_t found = 0;
    sql_number(rig->store->sql, &found,
               "SELECT count(*) FROM orders o JOIN parcel p ON p.order_id = o.id JOIN waybill w ON w.parcel = p.id "
               "WHERE o.number = ?1 AND o.waybill = ?2 AND p.waybill = ?2 AND w.number = ?2 AND w.state = 'live'",
               sql_text(order), sql_text(waybill));
    if (found != 1)
        fail_msg("order %s does not have waybill %s", order, waybill);
}

static void its_own_number_before_a_free_one(void **state)
{
    struct site_rig *rig = *state;
    offer(rig, "SF-FREE", "");
    offer(rig, "SF-N2", "N2"); /* before its order */
    site_rig_order(rig, "N1", "", 1, 0);
    site_rig_order(rig, "N2", "", 1, 0);
    offer(rig, "SF-N1", "N1");
    PLAY(rig, {"B-1", "DONE", "menu"});
    bring_to_the_box(rig, STATION, "T-1");
    PLAY(rig, {"BOX-S", "DONE_PACKED", "pack.label"}, {"SF-FREE", "E01", "pack.label"},
         {"SF-N1", "DONE_LABELLED", "menu"});
    is_numbered(rig, "N1", "SF-N1");
    bring_to_the_box(rig, STATION, "T-2");
    PLAY(rig, {"BOX-S", "DONE_PACKED", "pack.label"}, {"SF-N2", "DONE_LABELLED", "menu"});
    site_rig_order(rig, "N3", "", 1, 0);
    bring_to_the_box(rig, STATION, "T-1");
    PLAY(rig, {"BOX-S", "DONE_PACKED", "pack.label"}, {"SF-FREE", "DONE_LABELLED", "menu"});
    assert_int_equal(COUNT_OF(rig, "waybill WHERE state = 'free'"), 0);
}

static void an_order_that_brings_its_number(void **state)
{
    struct site_rig *rig = *state;
    offer(rig, "SF-FREE", "");
    site_rig_order(rig, "N1", "SF1", 1, 0);
    PLAY(rig, {"B-1", "DONE", "menu"});
    bring_to_the_box(rig, STATION, "T-1");
    PLAY(rig, {"BOX-S", "DONE_PACKED", "pack.label"}, {"SF1", "DONE_LABELLED", "menu"});
    is_numbered(rig, "N1", "SF1");
    assert_int_equal(COUNT_OF(rig, "waybill WHERE state = 'free' AND number = 'SF-FREE'"), 1);
}

static void the_oldest_of_its_carrier(void **state)
{
    struct site_rig *rig = *state;
    site_rig_change(rig, "waybill.pool", "{\"waybill\":\"YT1\",\"carrier\":\"YTO\",\"rev\":1}");
    offer(rig, "SF-9", "");
    offer(rig, "SF-1", "");
    site_rig_order(rig, "N1", "", 1, 0);
    PLAY(rig, {"B-1", "DONE", "menu"});
    bring_to_the_box(rig, STATION, "T-1");
    PLAY(rig, {"BOX-S", "DONE_PACKED", "pack.label"});
    is_numbered(rig, "N1", "SF-9");
}

static void without_a_number_the_floor_goes_on(void **state)
{
    struct site_rig *rig = *state;
    CLEANUP_BUF struct buf view = {0};
    site_rig_order(rig, "N1", "", 1, 0);
    site_rig_order(rig, "N2", "SF2", 1, 0);
    PLAY(rig, {"B-1", "DONE", "menu"});
    bring_to_the_box(rig, STATION, "T-1");
    PLAY(rig, {"BOX-S", "DONE_PARKED", "menu"}, {"CMD:UNDO", "E25", "menu"}, {"T-1", "E15", "menu"});
    assert_int_equal(COUNT_OF(rig, "orders WHERE state = 'parked' AND reason = 'no waybill' AND worker IS NULL"), 1);
    assert_int_equal(COUNT_OF(rig, "journal WHERE type = 'order.parked' AND line LIKE '%BOX-S%no waybill%'"), 1);
    bring_to_the_box(rig, STATION, "T-2"); /* another's tote: the floor goes on */
    PLAY(rig, {"BOX-S", "DONE_PACKED", "pack.label"}, {"SF2", "DONE_LABELLED", "menu"});
    json_open_object(&view, NULL);
    assert_int_equal(floor_show(rig->store, STATION, &view), 0);
    assert_non_null(strstr(view.data, "1 closed boxes wait for a waybill"));

    offer(rig, "SF-1", "");
    is_numbered(rig, "N1", "SF-1");
    assert_int_equal(COUNT_OF(rig, "journal WHERE type = 'waybill.assigned' AND line LIKE '%N1-1%SF-1%'"), 1);
    assert_int_equal(COUNT_OF(rig, "print_job WHERE data LIKE '%SF-1%'"), 0); /* not before somebody stands there */
    buf_clear(&view);
    json_open_object(&view, NULL);
    assert_int_equal(floor_show(rig->store, STATION, &view), 0);
    assert_non_null(strstr(view.data, "fetch tote T-1"));
    PLAY(rig, {"T-1", "DONE_PACKED", "pack.label"}, {"CMD:UNDO", "E25", "pack.label"},
         {"SF-1", "DONE_LABELLED", "menu"}, {"GATE-SF", "DONE", "ship.parcel"}, {"SF-1", "DONE_LOADED", "ship.parcel"},
         {"CMD:DONE", "DONE_MANIFEST", "menu"});
    assert_int_equal(COUNT_OF(rig, "print_job WHERE parcel IS NOT NULL AND data LIKE '%SF-1%'"), 1);
    assert_int_equal(COUNT_OF(rig, "journal WHERE type = 'parcel.packed' AND line LIKE '%BOX-S%SF-1%'"), 1);
    assert_int_equal(COUNT_OF(rig, "lpn WHERE code = 'T-1' AND order_id IS NULL"), 1);
}

static void who_waited_longest_is_first(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "", 1, 0);
    site_rig_order(rig, "N2", "", 1, 0);
    site_rig_scan(rig, "other", "B-2");
    PLAY(rig, {"B-1", "DONE", "menu"});
    bring_to_the_box(rig, STATION, "T-1"); /* opened first, closed last */
    bring_to_the_box(rig, "other", "T-2");
    site_rig_scan(rig, "other", "BOX-S");
    PLAY(rig, {"BOX-S", "DONE_PARKED", "menu"});
    offer(rig, "SF-N9", "N9"); /* for an order that is not here: nobody else's */
    assert_int_equal(COUNT_OF(rig, "parcel WHERE waiting IS NOT NULL"), 2);
    offer(rig, "SF-1", "");
    is_numbered(rig, "N2", "SF-1");
    offer(rig, "SF-2", "N1");
    is_numbered(rig, "N1", "SF-2");
    /* Both benches see both totes; one fetches it. */
    PLAY(rig, {"T-2", "DONE_PACKED", "pack.label"});
    site_rig_scan(rig, "other", "T-2");
    assert_int_equal(rig->last.answer.message, E11_TAKEN);
    site_rig_scan(rig, "other", "T-1");
    assert_int_equal(rig->last.answer.message, DONE_PACKED);
    PLAY(rig, {"SF-2", "E05", "pack.label"}, {"SF-1", "DONE_LABELLED", "menu"});
}

static void two_packers_take_two_numbers(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "", 1, 0);
    site_rig_order(rig, "N2", "", 1, 0);
    offer(rig, "SF-1", "");
    site_rig_scan(rig, STATION, "B-1");
    site_rig_scan(rig, "other", "B-2");
    bring_to_the_box(rig, STATION, "T-1");
    bring_to_the_box(rig, "other", "T-2");
    /* In one turn: one finds the number, the other finds none. */
    for (int i = 0; i < 2; i++) {
        struct event event = {.kind = EVENT_SCAN};
        snprintf(event.station, sizeof(event.station), "%s", i ? "other" : STATION);
        site_rig_post(rig, &event, "BOX-S", strlen("BOX-S"));
    }
    site_rig_turn(rig);
    is_numbered(rig, "N1", "SF-1");
    assert_int_equal(rig->last.answer.message, DONE_PARKED);
    assert_int_equal(COUNT_OF(rig, "parcel WHERE waiting IS NOT NULL AND waybill IS NULL"), 1);
}

static void the_same_again_changes_nothing(void **state)
{
    struct site_rig *rig = *state;
    offer(rig, "SF-1", "");
    offer(rig, "SF-1", "");
    rig->feed_seq--; /* the very same change comes again */
    offer(rig, "SF-1", "");
    assert_int_equal(COUNT_OF(rig, "waybill"), 1);
    site_rig_order(rig, "N1", "", 1, 0);
    PLAY(rig, {"B-1", "DONE", "menu"});
    bring_to_the_box(rig, STATION, "T-1");
    PLAY(rig, {"BOX-S", "DONE_PACKED", "pack.label"});
    site_rig_order(rig, "N2", "", 1, 0);
    PLAY(rig, {"SF-1", "DONE", "menu"});
    bring_to_the_box(rig, STATION, "T-2");
    PLAY(rig, {"BOX-S", "DONE_PARKED", "menu"});
    offer(rig, "SF-1", ""); /* used: it is not handed out once more */
    is_numbered(rig, "N1", "SF-1");
    assert_int_equal(COUNT_OF(rig, "parcel WHERE waiting IS NOT NULL"), 1);
    assert_int_equal(COUNT_OF(rig, "parked"), 0);
}

static void what_clashes_is_parked(void **state)
{
    struct site_rig *rig = *state;
    static const char *const wrong[] = {
        "{\"waybill\":\"SF1\",\"carrier\":\"SF\",\"rev\":1}",                    /* N1 brought it */
        "{\"waybill\":\"SF1\",\"carrier\":\"SF\",\"order\":\"N2\",\"rev\":1}",   /* the same */
        "{\"waybill\":\"SF-2\",\"carrier\":\"YTO\",\"order\":\"N2\",\"rev\":1}", /* N2 goes with SF */
        "{\"waybill\":\"\",\"carrier\":\"SF\",\"rev\":1}",
        "{\"waybill\":\"SF 3\",\"carrier\":\"SF\",\"rev\":1}",
        "{\"waybill\":\"顺丰3\",\"carrier\":\"SF\",\"rev\":1}",
        "{\"waybill\":\"SF-4\",\"rev\":1}",
        "{\"waybill\":\"SF-4\",\"carrier\":\"SF\",\"opaque\":{},\"rev\":1}",
        "{\"waybill\":\"SF-4\",\"carrier\":\"SF\",\"opaque\":\"XA\",\"rev\":1}",
    };
    site_rig_order(rig, "N1", "SF1", 1, 0);
    site_rig_order(rig, "N2", "", 1, 0);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        site_rig_change(rig, "waybill.pool", wrong[i]);
        assert_int_equal(COUNT_OF(rig, "parked"), i + 1);
    }
    voided(rig, "SF-9"); /* nobody knows it */
    assert_int_equal(COUNT_OF(rig, "parked"), COUNT(wrong) + 1);
    assert_int_equal(COUNT_OF(rig, "parked WHERE why LIKE '%already belongs to something else%'"), 2);
    assert_int_equal(COUNT_OF(rig, "waybill"), 1);
    site_rig_change(rig, "waybill.pool", "{\"waybill\":\"SF-4\",\"carrier\":\"SF\",\"order\":null,\"opaque\":null}");
    site_rig_order(rig, "N3", "SF-4", 1, 0); /* an order brings a number that is in the pool */
    assert_int_equal(COUNT_OF(rig, "orders WHERE number = 'N3'"), 0);
}

static void what_the_platform_wants_is_on_the_label(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "", 1, 0);
    site_rig_order(rig, "N2", "", 1, 0);
    site_rig_change(rig, "waybill.pool",
                    "{\"waybill\":\"SF-1\",\"carrier\":\"SF\",\"order\":\"N1\",\"sort_code\":\"571-A1\","
                    "\"short_address\":\"西湖\",\"package_center\":\"杭州集包\",\"qr\":\"MMM={}\"}");
    site_rig_change(rig, "waybill.pool",
                    "{\"waybill\":\"SF-2\",\"carrier\":\"SF\",\"order\":\"N2\",\"opaque\":{\"language\":\"zpl\","
                    "\"bytes\":\"XlhBXlha\"}}");
    PLAY(rig, {"B-1", "DONE", "menu"});
    bring_to_the_box(rig, STATION, "T-1");
    PLAY(rig, {"BOX-S", "DONE_PACKED", "pack.label"}, {"SF-1", "DONE", "menu"});
    bring_to_the_box(rig, STATION, "T-2");
    PLAY(rig, {"BOX-S", "DONE_PACKED", "pack.label"});
    assert_int_equal(COUNT_OF(rig, "print_job WHERE id = 1 AND template = 'waybill-100x150' AND "
                                   "json_extract(data, '$.sort_code') = '571-A1' AND "
                                   "json_extract(data, '$.short_address') = '西湖' AND "
                                   "json_extract(data, '$.package_center') = '杭州集包' AND "
                                   "json_extract(data, '$.qr') = 'MMM={}'"),
                     1);
    assert_int_equal(COUNT_OF(rig, "print_job WHERE id = 2 AND template = 'opaque' AND "
                                   "data = '{\"language\":\"zpl\",\"bytes\":\"XlhBXlha\"}'"),
                     1);
    site_rig_print(rig, 2, "sending");
    site_rig_print(rig, 2, "unknown");
    PLAY(rig, {"CMD:REPRINT", "DONE_REPRINT", "pack.label"}, {"SF-2", "DONE", "menu"});
    assert_int_equal(COUNT_OF(rig, "print_job WHERE id = 3 AND template = 'opaque' AND copy = 2"), 1);
    assert_int_equal(COUNT_OF(rig,
                              "journal WHERE type = 'label.reprinted' AND json_extract(line, '$.actor') = 'u1' AND "
                              "json_extract(line, '$.data.reason') = 'asked by the packer'"),
                     1);
}

/* Only the platform's own component could draw it: the number goes on a label of ours, and what is sealed is kept. */
static void what_is_sealed_is_no_label(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "", 1, 0);
    site_rig_change(rig, "waybill.pool",
                    "{\"waybill\":\"SF-1\",\"carrier\":\"SF\",\"order\":\"N1\",\"opaque\":{\"component\":\"taobao\","
                    "\"sealed\":\"{\\\"encryptedData\\\":\\\"AES\\\"}\"}}");
    assert_int_equal(COUNT_OF(rig, "parked"), 0);
    assert_int_equal(COUNT_OF(rig, "waybill WHERE json_extract(json_extract(opaque, '$.sealed'), '$.encryptedData') ="
                                   " 'AES'"),
                     1);
    PLAY(rig, {"B-1", "DONE", "menu"});
    bring_to_the_box(rig, STATION, "T-1");
    PLAY(rig, {"BOX-S", "DONE_PACKED", "pack.label"}, {"SF-1", "DONE", "menu"});
    assert_int_equal(COUNT_OF(rig, "print_job WHERE id = 1 AND template = 'waybill-100x150'"), 1);
}

static void a_cancelled_order_gives_its_number_up(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "", 1, 0);
    offer(rig, "SF-1", "N1");
    PLAY(rig, {"B-1", "DONE", "menu"});
    bring_to_the_box(rig, STATION, "T-1");
    PLAY(rig, {"BOX-S", "DONE_PACKED", "pack.label"});
    cancel(rig, "N1");
    assert_int_equal(COUNT_OF(rig, "print_job WHERE state = 'void' AND reason = 'the order was cancelled'"), 1);
    assert_int_equal(COUNT_OF(rig, "waybill WHERE number = 'SF-1' AND state = 'void_pending'"), 1);
    assert_int_equal(COUNT_OF(rig, "journal WHERE type = 'label.voided' AND line LIKE '%N1-1%SF-1%'"), 1);
    assert_int_equal(COUNT_OF(rig, "journal WHERE line LIKE '%buyer%'"), 0); /* it might be somebody's name */
    site_rig_print(rig, 1, "sending");                                       /* the pump had asked for it already */
    assert_false(rig->last.good);
    PLAY(rig, {"SF-1", "E12", "pack.label"}, {"CMD:REPRINT", "E12", "pack.label"},
         {"CMD:DONE", "DONE_SHELVING", "parcel.shelf"}, {"RETURN-1", "DONE_SHELVED", "menu"});
    cancel(rig, "N1");
    offer(rig, "SF-1", "N1");
    voided(rig, "SF-1");
    voided(rig, "SF-1");
    assert_int_equal(COUNT_OF(rig, "waybill WHERE state = 'void'"), 1);
    assert_int_equal(COUNT_OF(rig, "journal WHERE type = 'label.voided'"), 1);
    assert_int_equal(COUNT_OF(rig, "parked"), 0);
}

static void a_label_under_way_comes_back_void(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 1, 0);
    PLAY(rig, {"B-1", "DONE", "menu"});
    bring_to_the_box(rig, STATION, "T-1");
    PLAY(rig, {"BOX-S", "DONE_PACKED", "pack.label"});
    site_rig_print(rig, 1, "sending");
    cancel(rig, "N1");
    assert_int_equal(COUNT_OF(rig, "print_job WHERE state = 'sending'"), 1);
    site_rig_print(rig, 1, "queued"); /* not one byte had left: now it need not */
    assert_int_equal(COUNT_OF(rig, "print_job WHERE state = 'void'"), 1);
}

static void a_labelled_parcel_is_cancelled(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 1, 0);
    PLAY(rig, {"B-1", "DONE", "menu"});
    bring_to_the_box(rig, STATION, "T-1");
    PLAY(rig, {"BOX-S", "DONE_PACKED", "pack.label"}, {"SF1", "DONE", "menu"});
    voided(rig, "SF1"); /* a parcel uses it */
    assert_int_equal(COUNT_OF(rig, "parked WHERE why LIKE '%still uses%'"), 1);
    cancel(rig, "N1");
    assert_int_equal(COUNT_OF(rig, "waybill WHERE number = 'SF1' AND state = 'void_pending'"), 1);
    assert_int_equal(COUNT_OF(rig, "print_job WHERE state = 'printed'"), 1); /* it did come out */
    PLAY(rig, {"GATE-SF", "DONE", "ship.parcel"}, {"SF1", "E12", "ship.parcel"});
}

static void who_is_cancelled_waits_no_more(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "", 1, 0);
    site_rig_order(rig, "N2", "", 1, 0);
    PLAY(rig, {"B-1", "DONE", "menu"});
    bring_to_the_box(rig, STATION, "T-1");
    PLAY(rig, {"BOX-S", "DONE_PARKED", "menu"});
    cancel(rig, "N1");
    offer(rig, "SF-1", "");
    assert_int_equal(COUNT_OF(rig, "waybill WHERE number = 'SF-1' AND state = 'free'"), 1);
    offer(rig, "SF-2", "N1"); /* too late, and nobody else's */
    assert_int_equal(COUNT_OF(rig, "waybill WHERE number = 'SF-2' AND state = 'void_pending'"), 1);
    assert_int_equal(COUNT_OF(rig, "journal WHERE type = 'label.voided' AND line LIKE '%\"parcel\":null%SF-2%'"), 1);
    PLAY(rig, {"T-1", "DONE_TO_SHELF", "parcel.shelf"}, {"RETURN-1", "DONE_SHELVED", "menu"});
    bring_to_the_box(rig, STATION, "T-2");
    PLAY(rig, {"BOX-S", "DONE_PACKED", "pack.label"});
    is_numbered(rig, "N2", "SF-1");
    offer(rig, "SF-3", "N2"); /* not needed any more */
    assert_int_equal(COUNT_OF(rig, "waybill WHERE number = 'SF-3' AND state = 'void_pending'"), 1);
}

static void head_office_takes_a_free_number_back(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 1, 0);
    voided(rig, "SF1");
    assert_int_equal(COUNT_OF(rig, "waybill WHERE number = 'SF1' AND state = 'void'"), 1);
    offer(rig, "SF-2", "N1"); /* instead */
    PLAY(rig, {"B-1", "DONE", "menu"});
    bring_to_the_box(rig, STATION, "T-1");
    PLAY(rig, {"BOX-S", "DONE_PACKED", "pack.label"});
    is_numbered(rig, "N1", "SF-2");
}

/* What no rule does, the schema refuses. */
static void a_number_never_goes_back(void **state)
{
    struct site_rig *rig = *state;
    struct sql *sql = rig->store->sql;
    site_rig_order(rig, "N1", "SF1", 1, 0);
    PLAY(rig, {"B-1", "DONE", "menu"});
    bring_to_the_box(rig, STATION, "T-1");
    PLAY(rig, {"BOX-S", "DONE_PACKED", "pack.label"});
    cancel(rig, "N1");
    assert_int_equal(sql_run(sql, "UPDATE waybill SET state = 'live'", SQL_NO_VALUES), -EPERM);
    assert_int_equal(sql_run(sql, "UPDATE waybill SET state = 'free', parcel = NULL", SQL_NO_VALUES), -EPERM);
    assert_int_equal(sql_run(sql, "UPDATE waybill SET parcel = NULL", SQL_NO_VALUES), -EPERM);
    assert_int_equal(sql_run(sql, "DELETE FROM waybill", SQL_NO_VALUES), -EPERM);
    voided(rig, "SF1");
    assert_int_equal(sql_run(sql, "UPDATE waybill SET state = 'void_pending'", SQL_NO_VALUES), -EPERM);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(its_own_number_before_a_free_one),
        TEST(an_order_that_brings_its_number),
        TEST(the_oldest_of_its_carrier),
        TEST(without_a_number_the_floor_goes_on),
        TEST(who_waited_longest_is_first),
        TEST(two_packers_take_two_numbers),
        TEST(the_same_again_changes_nothing),
        TEST(what_clashes_is_parked),
        TEST(what_the_platform_wants_is_on_the_label),
        TEST(what_is_sealed_is_no_label),
        TEST(a_cancelled_order_gives_its_number_up),
        TEST(a_label_under_way_comes_back_void),
        TEST(a_labelled_parcel_is_cancelled),
        TEST(who_is_cancelled_waits_no_more),
        TEST(head_office_takes_a_free_number_back),
        TEST(a_number_never_goes_back),
    };
    return cmocka_run_group_tests_name("waybill", tests, NULL, NULL);
}
