/* Head office's waybill numbers: the stock, who gets which, and what sites report of them. */
#include "unit/hub_rig.h"

#include "sync/head-office/orders/waybills.h"

#include <errno.h>

#define ORDER   "order,platform,carrier,waybill,priority,receiver_name,receiver_phone,receiver_address,sku,quantity\n"
#define WAYBILL "waybill,carrier,order,sort_code\n"

struct play {
    struct rig rig;
    int64_t seq;
};

static int open_play(void **state)
{
    struct play *play = calloc(1, sizeof(*play));
    struct rig *rig = &play->rig;
    rig_open(rig);
    rig_import_good(rig, "items", NULL, "sku,name,weight_g\nT,tea,1\n");
    rig_import_good(rig, "orders", NULL,
                    ORDER "O1,shop,SF,,0,a,b,c,T,1\nO2,shop,SF,,5,a,b,c,T,1\nO3,shop,YTO,,0,a,b,c,T,1\n"
                          "O4,shop,SF,W4,0,a,b,c,T,1\n");
    rig_hello(rig, "hz", "box-1", 0, 0);
    rig_turn(rig);
    *state = play;
    return 0;
}

static int close_play(void **state)
{
    struct play *play = *state;
    rig_close(&play->rig);
    free(play);
    return 0;
}

static void happens(struct play *play, const char *type, const char *data)
{
    struct buf segment = {0};
    rig_put_event(&segment, "hz", 1, ++play->seq, type, data);
    rig_segment(&play->rig, "box-1", play->seq, &segment);
    buf_done(&segment);
    rig_turn(&play->rig);
}

#define COUNT_OF(play, where) rig_count(&(play)->rig, "SELECT count(*) FROM " where)
#define POOL(order, waybill)                                                                                           \
    "feed WHERE site = 'hz' AND type = 'waybill.pool' AND key = 'waybill/" waybill "' AND "                            \
    "line LIKE '%\"data\":{\"waybill\":\"" waybill "\",%' AND line " order
#define FOR(order) "LIKE '%,\"order\":\"" order "\",%'"
#define FOR_ANY    "NOT LIKE '%\"order\":%'"

static void a_release_takes_a_number_along(void **state)
{
    struct play *play = *state;
    rig_import_good(&play->rig, "waybills", "hz", WAYBILL "S1,SF,,\nS2,SF,O2,571-A\nS3,SF,,\n");
    assert_int_equal(COUNT_OF(play, "waybill WHERE state = 'stock'"), 3);
    assert_int_equal(rig_release(&play->rig, "hz", NULL), 0);
    assert_int_equal(COUNT_OF(play, POOL(FOR("O1"), "S1")), 1);
    assert_int_equal(COUNT_OF(play, POOL(FOR("O2"), "S2") " AND line LIKE '%571-A%'"), 1);
    assert_int_equal(COUNT_OF(play, "feed WHERE type = 'waybill.pool'"), 2); /* O3 has none, O4 brings its own */
    assert_int_equal(COUNT_OF(play, "waybill WHERE state = 'stock' AND number = 'S3'"), 1);
    assert_int_equal(COUNT_OF(play, "feed r JOIN feed w ON w.seq > r.seq WHERE r.type = 'order.release' AND "
                                    "r.key = 'order/O1' AND w.key = 'waybill/S1'"),
                     1);
}

static void another_sites_stock_stays(void **state)
{
    struct play *play = *state;
    rig_import_good(&play->rig, "waybills", "bj", WAYBILL "S1,SF,,\n");
    assert_int_equal(rig_release(&play->rig, "hz", NULL), 0);
    assert_int_equal(COUNT_OF(play, "feed WHERE type = 'waybill.pool'"), 0);
    assert_int_equal(COUNT_OF(play, "waybill WHERE state = 'stock' AND site = 'bj'"), 1);
}

static void orders_that_wait_are_served_when_numbers_come(void **state)
{
    struct play *play = *state;
    assert_int_equal(rig_release(&play->rig, "hz", NULL), 0);
    happens(play, "order.received", "{\"order\":\"O1\"}");
    happens(play, "pick.staged", "{\"order\":\"O1\"}");
    happens(play, "order.parked", "{\"order\":\"O1\",\"reason\":\"no waybill\"}");
    assert_int_equal(COUNT_OF(play, "orders WHERE number = 'O1' AND state = 'parked'"), 1);
    rig_import_good(&play->rig, "waybills", "hz", WAYBILL "S1,SF,,\n");
    assert_int_equal(COUNT_OF(play, POOL(FOR("O1"), "S1")), 1); /* somebody stands there: before O2's priority */
    rig_import_good(&play->rig, "waybills", "hz", WAYBILL "S2,SF,,\nS3,SF,,\n");
    assert_int_equal(COUNT_OF(play, POOL(FOR("O2"), "S2")), 1);
    assert_int_equal(COUNT_OF(play, "waybill WHERE state = 'stock'"), 1);
    rig_import_good(&play->rig, "waybills", "hz", WAYBILL "S1,SF,,\nS2,SF,,\nS3,SF,,\n"); /* the same again */
    assert_int_equal(COUNT_OF(play, "feed WHERE type = 'waybill.pool'"), 2);
    happens(play, "waybill.assigned", "{\"order\":\"O1\",\"parcel\":\"O1-1\",\"waybill\":\"S1\",\"carrier\":\"SF\"}");
    assert_int_equal(COUNT_OF(play, "orders WHERE number = 'O1' AND state = 'picked'"), 1);
    assert_int_equal(COUNT_OF(play, "waybill WHERE number = 'S1' AND state = 'live'"), 1);
    happens(play, "parcel.packed", "{\"order\":\"O1\",\"parcel\":\"O1-1\",\"box\":\"S\",\"waybill\":\"S1\"}");
    assert_int_equal(COUNT_OF(play, "orders WHERE number = 'O1' AND state = 'packed'"), 1);
    assert_int_equal(COUNT_OF(play, "parked"), 0);
}

static void a_site_may_have_some_for_any(void **state)
{
    struct play *play = *state;
    struct error error = {0};
    int64_t count = -1;
    rig_import_good(&play->rig, "waybills", "hz", WAYBILL "S1,SF,O1,\nS2,SF,,\nS3,SF,,\nS4,SF,,\nY1,YTO,,\n");
    assert_int_equal(waybills_send(&play->rig.office, "hz", "SF", 2, &count, &error), 0);
    assert_int_equal(count, 2);
    assert_int_equal(COUNT_OF(play, POOL(FOR_ANY, "S2")), 1);
    assert_int_equal(waybills_send(&play->rig.office, "hz", "SF", 9, &count, &error), 0);
    assert_int_equal(count, 1);
    assert_int_equal(COUNT_OF(play, "waybill WHERE state = 'stock'"), 2); /* O1's own, and another carrier's */
    assert_int_equal(rig_release(&play->rig, "hz", "O2"), 0);
    happens(play, "parcel.packed", "{\"order\":\"O2\",\"parcel\":\"O2-1\",\"box\":\"S\",\"waybill\":\"S3\"}");
    assert_int_equal(COUNT_OF(play, "waybill WHERE number = 'S3' AND state = 'live' AND order_number = 'O2'"), 1);
}

static void a_number_ends_in_three_steps(void **state)
{
    struct play *play = *state;
    struct error error = {0};
    rig_import_good(&play->rig, "waybills", "hz", WAYBILL "S1,SF,,\nS9,SF,,\n");
    assert_int_equal(rig_release(&play->rig, "hz", "O1"), 0);
    assert_int_equal(waybills_void(&play->rig.office, "S1", &error), -EBUSY);
    happens(play, "label.voided",
            "{\"order\":\"O1\",\"parcel\":null,\"waybill\":\"S1\",\"carrier\":\"SF\",\"why\":\"x\"}");
    assert_int_equal(COUNT_OF(play, "waybill WHERE number = 'S1' AND state = 'void_pending'"), 1);
    assert_int_equal(waybills_void(&play->rig.office, "S1", &error), 0);
    assert_int_equal(waybills_void(&play->rig.office, "S1", &error), 0);
    assert_int_equal(COUNT_OF(play, "feed WHERE type = 'waybill.voided' AND key = 'waybill/S1'"), 1);
    happens(play, "label.voided",
            "{\"order\":\"O1\",\"parcel\":null,\"waybill\":\"S1\",\"carrier\":\"SF\",\"why\":\"x\"}");
    happens(play, "parcel.packed", "{\"order\":\"O1\",\"parcel\":\"O1-1\",\"box\":\"S\",\"waybill\":\"S1\"}");
    assert_int_equal(COUNT_OF(play, "waybill WHERE number = 'S1' AND state = 'void'"), 1); /* never back */
    assert_int_equal(waybills_void(&play->rig.office, "S9", &error), 0);                   /* the site never saw it */
    assert_int_equal(COUNT_OF(play, "feed WHERE type = 'waybill.voided'"), 1);
    assert_int_equal(waybills_void(&play->rig.office, "S7", &error), -ENOENT);
    /* One that its order brought. */
    assert_int_equal(rig_release(&play->rig, "hz", "O4"), 0);
    happens(play, "label.voided",
            "{\"order\":\"O4\",\"parcel\":\"O4-1\",\"waybill\":\"W4\",\"carrier\":\"SF\",\"why\":\"x\"}");
    assert_int_equal(COUNT_OF(play, "waybill WHERE number = 'W4' AND site = 'hz' AND state = 'void_pending'"), 1);
}

static void a_number_that_the_site_does_not_take(void **state)
{
    struct play *play = *state;
    char data[64];
    rig_import_good(&play->rig, "waybills", "hz", WAYBILL "S1,SF,,\nS2,SF,,\n");
    assert_int_equal(rig_release(&play->rig, "hz", "O1"), 0);
    int64_t seq = rig_count(&play->rig, "SELECT seq FROM feed WHERE site = 'hz' AND key = 'waybill/S1'");
    snprintf(data, sizeof(data), "{\"feed_seq\":%d,\"why\":\"x\"}", (int)seq - 1); /* the order: not our matter */
    happens(play, "feed.parked", data);
    assert_int_equal(COUNT_OF(play, "waybill WHERE state = 'sent'"), 1);
    snprintf(data, sizeof(data), "{\"feed_seq\":%d,\"why\":\"x\"}", (int)seq);
    happens(play, "feed.parked", data);
    assert_int_equal(COUNT_OF(play, "waybill WHERE state = 'refused'"), 1);
    assert_int_equal(COUNT_OF(play, POOL(FOR("O1"), "S2")), 1); /* its order gets another, at once */
    assert_int_equal(rig_sent(&play->rig, WIRE_DOWN_SEGMENT), 1);
    snprintf(data, sizeof(data), "{\"feed_seq\":%d,\"why\":\"x\"}", (int)seq + 1);
    happens(play, "feed.parked", data); /* nor that one: now there is none */
    assert_int_equal(COUNT_OF(play, "waybill WHERE state = 'refused'"), 2);
    rig_import_good(&play->rig, "waybills", "hz", WAYBILL "S3,SF,,\n");
    assert_int_equal(COUNT_OF(play, POOL(FOR("O1"), "S3")), 1);
    assert_int_equal(COUNT_OF(play, "parked"), 0);
}

static void files_with_faults(void **state)
{
    struct play *play = *state;
    static const struct {
        const char *rows, *words;
    } faults[] = {
        {"S 1,SF,,\n", "cannot stand on every label"},
        {"顺1,SF,,\n", "cannot stand on every label"},
        {"W4,SF,,\n", "brought waybill \"W4\""},
        {"S1,SF,O9,\n", "import the orders first"},
        {"S1,SF,O3,\n", "goes with YTO"},
        {"S1,SF,O4,\n", "has waybill W4"},
        {"S1,SF,,\nS1,SF,,\n", "already"},
        {"S0,YTO,,\n", "says otherwise"},
        {"S0,SF,,571\n", "says otherwise"},
        {",SF,,\n", "waybill"},
        {"S1,,,\n", "carrier"},
        {"S1,SF,O1,\nS2,SF,O3,\n", "line 3"},
    };
    rig_import_good(&play->rig, "waybills", "hz", WAYBILL "S0,SF,,\n");
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct import_result outcome;
        char text[128];
        snprintf(text, sizeof(text), WAYBILL "%s", faults[i].rows);
        assert_true(rig_import(&play->rig, "waybills", "hz", text, &outcome) < 0);
        if (!strstr(play->rig.error.text, faults[i].words))
            fail_msg("%s: %s", faults[i].rows, play->rig.error.text);
        assert_int_equal(COUNT_OF(play, "waybill"), 1);
    }
    assert_int_equal(rig_release(&play->rig, "bj", "O1"), 0);
    struct import_result outcome;
    assert_true(rig_import(&play->rig, "waybills", "hz", WAYBILL "S1,SF,O1,\n", &outcome) < 0);
    assert_non_null(strstr(play->rig.error.text, "at site bj"));
}

static void a_number_is_never_reported_of_two_orders(void **state)
{
    struct play *play = *state;
    rig_import_good(&play->rig, "waybills", "hz", WAYBILL "S1,SF,,\nS2,SF,,\n");
    rig_import_good(&play->rig, "waybills", "bj", WAYBILL "B1,SF,,\n");
    assert_int_equal(rig_release(&play->rig, "hz", "O2"), 0);
    assert_int_equal(rig_release(&play->rig, "hz", "O1"), 0);
    static const char *const wrong[] = {
        "{\"order\":\"O1\",\"parcel\":\"O1-1\",\"box\":\"S\",\"waybill\":\"S1\"}", /* on its way for O2 */
        "{\"order\":\"O1\",\"parcel\":\"O1-1\",\"box\":\"S\",\"waybill\":\"B1\"}", /* another site's */
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        happens(play, "parcel.packed", wrong[i]);
        assert_int_equal(COUNT_OF(play, "parked WHERE why LIKE 'waybill \"%\" is another order''s, or void'"), 1);
        rig_run(&play->rig, "DELETE FROM parked");
    }
    happens(play, "parcel.packed", "{\"order\":\"O2\",\"parcel\":\"O2-1\",\"box\":\"S\",\"waybill\":\"S1\"}");
    happens(play, "parcel.packed", "{\"order\":\"O2\",\"parcel\":\"O2-1\",\"box\":\"L\",\"waybill\":\"S1\"}");
    assert_int_equal(COUNT_OF(play, "parked"), 0); /* of the same order it may be said again */
    happens(play, "parcel.packed", "{\"order\":\"O1\",\"parcel\":\"O1-1\",\"box\":\"S\",\"waybill\":\"S1\"}");
    happens(play, "label.voided", "{\"order\":\"O1\",\"parcel\":\"O1-1\",\"waybill\":\"S1\",\"why\":\"x\"}");
    assert_int_equal(COUNT_OF(play, "parked"), 2);
    assert_int_equal(COUNT_OF(play, "waybill WHERE number = 'S1' AND state = 'live' AND order_number = 'O2'"), 1);
    assert_int_equal(COUNT_OF(play, "waybill WHERE number = 'B1' AND state = 'stock' AND site = 'bj'"), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_play, close_play)
    const struct CMUnitTest tests[] = {
        TEST(a_release_takes_a_number_along),
        TEST(another_sites_stock_stays),
        TEST(orders_that_wait_are_served_when_numbers_come),
        TEST(a_site_may_have_some_for_any),
        TEST(a_number_ends_in_three_steps),
        TEST(a_number_is_never_reported_of_two_orders),
        TEST(a_number_that_the_site_does_not_take),
        TEST(files_with_faults),
    };
    return cmocka_run_group_tests_name("head office's waybills", tests, NULL, NULL);
}
