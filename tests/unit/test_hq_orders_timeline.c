/* What happened to an order, one thing after the other. */
#include "unit/orders_rig.h"

#include "sync/head-office/orders/order_timeline.h"

struct told {
    char text[40][512];
    size_t count;
};

static int take(void *user, const struct order_moment *moment)
{
    struct told *told = user;
    assert_true(told->count < COUNT(told->text));
    snprintf(told->text[told->count++], sizeof(told->text[0]), "%s|%s|%s|%s|%s", moment->site, moment->what,
             moment->who, moment->note, moment->chinese);
    return 0;
}

static void check_told(struct shelf *shelf, const char *number, const char *const *expected, size_t count)
{
    struct told told = {.count = 0};
    assert_int_equal(order_timeline(&shelf->rig.office, number, take, &told), 0);
    for (size_t i = 0; i < told.count || i < count; i++)
        if (i >= count || i >= told.count || strcmp(told.text[i], expected[i]) != 0)
            fail_msg("%zu of %zu: %s, expected %s", i + 1, told.count, i < told.count ? told.text[i] : "nothing",
                     i < count ? expected[i] : "nothing");
}

static void everything_is_told_in_its_order(void **state)
{
    struct shelf *shelf = *state;
    shelf->rig.office.now_us = INT64_C(1772615722000000); /* 2026-03-04T09:15:22Z */
    rig_run(&shelf->rig, "UPDATE site SET last_seen_us = 1772615722000000");
    shelf_meet(shelf);
    shelf_tells(shelf, "hz", "stock.imported", "location/A", "2026-03-04T09:00:00.000Z",
                "{\"location\":\"A\",\"sku\":\"T\",\"delta\":10}");
    shelf_order(shelf, "O", "T", 2, 0);
    shelf_order(shelf, "P", "T", 1, 0);
    shelf_audit(shelf);
    assert_done(shelf, "order.release", "{\"order\":\"O\"}");
    assert_done(shelf, "order.release", "{\"order\":\"P\"}");
    shelf_tells(shelf, "hz", "order.received", "order/O", "2026-03-04T09:15:23.000Z", "{\"order\":\"O\"}");
    shelf_tells(shelf, "hz", "order.received", "order/P", "2026-03-04T09:15:23.100Z", "{\"order\":\"P\"}");
    shelf_tells(
        shelf, "hz", "pick.batch", "wave/W", "2026-03-04T09:15:24.000Z",
        "{\"wave\":\"W\",\"sku\":\"T\",\"location\":\"A\",\"quantity\":3,\"lines\":[{\"order\":\"O\",\"line\":1,"
        "\"quantity\":2},{\"order\":\"P\",\"line\":1,\"quantity\":1}]}");
    shelf_tells(shelf, "hz", "wave.closed", "wave/W", "2026-03-04T09:15:24.500Z", "{\"wave\":\"W\"}");
    shelf->rig.office.now_us += 10 * INT64_C(1000000);
    /* the site's clock was set back: what came later is told later */
    shelf_tells(shelf, "hz", "slot.complete", "order/O", "2026-03-04T09:10:00.000Z",
                "{\"wave\":\"W\",\"order\":\"O\",\"slot\":\"S1\",\"pieces\":2}");
    shelf_tells(shelf, "hz", "parcel.packed", "parcel/O-1", "2026-03-04T09:15:40.000Z",
                "{\"order\":\"O\",\"parcel\":\"O-1\",\"box\":\"S\"}");
    shelf_tells(shelf, "hz", "made.up", "order/O", "2026-03-04T09:15:41.000Z", "{\"order\":\"O\"}");
    shelf_tells(shelf, "hz", "parcel.shipped", "parcel/O-1", "2026-03-04T09:16:00.000Z",
                "{\"order\":\"O\",\"parcel\":\"O-1\",\"waybill\":\"SF1\",\"manifest\":\"M1\",\"carrier\":\"SF\"}");
    assert_int_equal(order_life_act(&shelf->rig.office, "O", ORDER_FINISHED, "Wu", "signed for", &shelf->rig.error), 0);
    static const char *const expected[] = {
        "|reserved|||审核通过，已锁定库存",
        "|released|tester||已下发仓库",
        "hz|order.received|W1||仓库已接单",
        "hz|pick.batch|W1|sku T, quantity 2, location A|批量拣货",
        "hz|slot.complete|W1|slot S1|播种完成",
        "|finished|Wu|signed for|已完成",
        "hz|parcel.packed|W1|box S, parcel O-1|已打包",
        "hz|made.up|W1||made.up",
        "hz|parcel.shipped|W1|parcel O-1, waybill SF1, carrier SF, manifest M1|已交接快递",
    };
    check_told(shelf, "O", expected, COUNT(expected));
    static const char *const other[] = {
        "|reserved|||审核通过，已锁定库存",
        "|released|tester||已下发仓库",
        "hz|order.received|W1||仓库已接单",
        "hz|pick.batch|W1|sku T, quantity 1, location A|批量拣货",
    };
    check_told(shelf, "P", other, COUNT(other));
    struct told told = {.count = 0};
    assert_int_equal(order_timeline(&shelf->rig.office, "none", take, &told), -ENOENT);
}

static void it_can_be_had_as_json(void **state)
{
    struct shelf *shelf = *state;
    struct buf json = {0};
    shelf_order(shelf, "O", "T", 1, 0);
    assert_done(shelf, "order.close", "{\"order\":\"O\",\"reason\":\"no\"}");
    json_open_object(&json, NULL);
    assert_int_equal(order_timeline_write(&shelf->rig.office, "O", "timeline", &json), 0);
    json_close_object(&json);
    assert_string_equal(buf_text(&json),
                        "{\"timeline\":[{\"time\":\"2023-11-14T22:13:20.000Z\",\"site\":null,\"what\":\"closed\","
                        "\"english\":\"closed\",\"chinese\":\"已关闭\",\"who\":\"tester\",\"note\":\"no\"}]}");
    buf_done(&json);
}

/* Every act, and every event that moves an order, has words. */
static int has_words(void *user, const struct order_moment *moment)
{
    (void)user;
    if (strcmp(moment->english, moment->what) == 0 && strcmp(moment->chinese, moment->what) == 0)
        fail_msg("there are no words for %s", moment->what);
    return 0;
}

static void every_fact_has_words(void **state)
{
    struct shelf *shelf = *state;
    static const char *const facts[] = {ORDER_PAID,
                                        ORDER_HELD,
                                        ORDER_FREED,
                                        ORDER_CHANGED,
                                        ORDER_RESERVED,
                                        ORDER_RELEASED,
                                        ORDER_WITHDRAWN,
                                        ORDER_SHIPPED,
                                        ORDER_FINISHED,
                                        ORDER_CLOSED,
                                        ORDER_SPLIT,
                                        ORDER_MERGED,
                                        ORDER_RESTORED,
                                        "order.received",
                                        "order.allocated",
                                        "order.parked",
                                        "pick.line",
                                        "pick.short",
                                        "pick.staged",
                                        "slot.complete",
                                        "waybill.assigned",
                                        "parcel.packed",
                                        "label.printed",
                                        "parcel.unpacked",
                                        "parcel.shipped",
                                        "order.cancel_accepted",
                                        "order.cancel_rejected",
                                        "pick.batch",
                                        "batch.short",
                                        "pick.damaged",
                                        "pick.unpicked",
                                        "pick.returned",
                                        "label.voided",
                                        "scan.undone",
                                        "order.kicked"};
    shelf_order(shelf, "O", "T", 1, 0);
    for (size_t i = 0; i < COUNT(facts); i++)
        assert_int_equal(order_life_note(&shelf->rig.office, "O", facts[i], "", NULL, &shelf->rig.error), 0);
    assert_int_equal(order_timeline(&shelf->rig.office, "O", has_words, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SHELF(everything_is_told_in_its_order),
        ON_SHELF(it_can_be_had_as_json),
        ON_SHELF(every_fact_has_words),
    };
    return cmocka_run_group_tests_name("timelines of orders", tests, NULL, NULL);
}
