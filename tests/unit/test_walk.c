/* The walk of an order: as short as the shortest tour past its bins, or along the walk of the bins where the building
 * is not known well enough. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "floor_script.h"
#include "plan/route.h"
#include "store/orders.h"
#include "store/walk.h"
#include "unit/chance.h"

#define BINS   12
#define LENGTH 10000
#define WIDTH  3000

static void change(struct site_rig *rig, const char *type, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void change(struct site_rig *rig, const char *type, const char *format, ...)
{
    char data[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(data, sizeof(data), format, arguments);
    va_end(arguments);
    site_rig_change(rig, type, data);
    assert_true(rig->last.good);
}

static void set(struct site_rig *rig, const char *name, int value)
{
    change(rig, "config.set", "{\"name\":\"%s\",\"value\":%d}", name, value);
}

static void know_the_aisles(struct site_rig *rig)
{
    set(rig, "aisle_length_mm", LENGTH);
    set(rig, "aisle_distance_mm", WIDTH);
}

/* Item S-i lies in bin L-i alone, which comes i-th on the walk. */
static void add_bin(struct site_rig *rig, int number, const struct route_place *place)
{
    change(rig, "item.upsert", "{\"sku\":\"S-%d\",\"name\":\"thing %d\",\"rev\":1}", number, number);
    change(rig, "location.upsert",
           "{\"code\":\"L-%d\",\"kind\":\"face\",\"walk\":%d,\"rev\":1,\"aisle\":%lld,\"block\":%lld,"
           "\"position_mm\":%lld}",
           number, number, (long long)place->aisle, (long long)place->block, (long long)place->position_mm);
}

static void add_stock(struct site_rig *rig, int first, int count)
{
    CLEANUP_BUF struct buf csv = {0};
    buf_puts(&csv, "location,sku,quantity\n");
    for (int i = first; i < first + count; i++)
        buf_printf(&csv, "L-%d,S-%d,10\n", i, i);
    site_rig_import(rig, "stock", buf_text(&csv));
    assert_true(rig->last.good);
}

/* A piece of each item, and so many of the first. */
static void add_order(struct site_rig *rig, const char *order, int count, int first)
{
    CLEANUP_BUF struct buf json = {0};
    buf_printf(&json, "{\"order\":\"%s\",\"platform\":\"shop\",\"carrier\":\"SF\",\"rev\":1,\"lines\":[", order);
    for (int i = 0; i < count; i++)
        buf_printf(&json, "%s{\"line\":%d,\"sku\":\"S-%d\",\"quantity\":%d}", i ? "," : "", i + 1, i, i ? 1 : first);
    buf_puts(&json, "]}");
    struct event event = {.kind = EVENT_CHANGE, .number = ++rig->feed_seq};
    CLEANUP_BUF struct buf line = {0};
    buf_printf(&line, "{\"type\":\"io.floorhand.order.release.v1\",\"data\":%s}", buf_text(&json));
    site_rig_post(rig, &event, buf_text(&line), line.length);
    site_rig_turn(rig);
    assert_true(rig->last.good);
}

/* A building in which the walk of the bins says nothing of where they are, and an order of all that lies there. */
static void build(struct site_rig *rig, int64_t blocks, struct route_place ret[BINS])
{
    for (int i = 0; i < BINS; i++) {
        ret[i] = (struct route_place){chance(6), chance(blocks), chance(LENGTH + 1)};
        add_bin(rig, i, &ret[i]);
    }
    add_stock(rig, 0, BINS);
    add_order(rig, "N1", BINS, 1);
}

static void start(struct site_rig *rig)
{
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE_PICK_STARTED", "pick.location"});
}

static int bin_of(struct site_rig *rig, int64_t allocation)
{
    int64_t bin = -1;
    assert_int_equal(sql_number(rig->store->sql, &bin,
                                "SELECT substr(p.code, 3) FROM allocation a JOIN location p ON p.id = a.location "
                                "WHERE a.id = ?1",
                                sql_int(allocation)),
                     0);
    return (int)bin;
}

/* Bin after bin as the order goes on; what stood there is given back. */
static size_t walked(struct site_rig *rig, int ret[BINS])
{
    size_t count = 0;
    int64_t allocation, order;
    assert_int_equal(order_find(rig->store, "N1", &order), 0);
    for (; allocation_next(rig->store, order, &allocation) == 0; count++) {
        assert_true(count < BINS);
        ret[count] = bin_of(rig, allocation);
        assert_int_equal(allocation_release(rig->store, allocation, 1), 0);
    }
    return count;
}

static int64_t length_of(const struct route_floor *floor, const struct route_place *places, const int *bins,
                         size_t count)
{
    const struct route_place depot = {0}, *at = &depot;
    int64_t length_mm = 0;
    for (size_t i = 0; i < count; i++) {
        length_mm += route_distance_mm(floor, at, &places[bins[i]]);
        at = &places[bins[i]];
    }
    return length_mm + route_distance_mm(floor, at, &depot);
}

static void assert_along_the_walk(struct site_rig *rig)
{
    int bins[BINS];
    assert_int_equal(number(rig, "SELECT count(*) FROM allocation WHERE place <> 0"), 0);
    assert_int_equal(walked(rig, bins), BINS);
    for (int i = 0; i < BINS; i++)
        assert_int_equal(bins[i], i);
}

/* ---------------------------------------------------------------- tests */

static void goes_the_shortest_tour(void **state)
{
    for (int64_t blocks = 1; blocks <= 3; blocks++) {
        struct site_rig *rig = *state;
        struct route_place places[BINS];
        struct route shortest;
        int bins[BINS];
        build(rig, blocks, places);
        know_the_aisles(rig);
        start(rig);
        struct route_floor floor = {blocks, 6, LENGTH, WIDTH};
        assert_int_equal(route_best(&floor, places, BINS, &shortest, NULL), 0);
        assert_int_equal(shortest.method, ROUTE_EXACT);
        assert_int_equal(walked(rig, bins), BINS);
        assert_int_equal(length_of(&floor, places, bins, BINS), shortest.length_mm);
        assert_true(length_of(&floor, places, (const int[BINS]){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, BINS) >
                    shortest.length_mm);
        tear_down(state);
        assert_int_equal(set_up(state), 0);
    }
}

static void follows_the_walk_without_settings(void **state)
{
    struct site_rig *rig = *state;
    struct route_place places[BINS];
    build(rig, 2, places);
    set(rig, "aisle_length_mm", LENGTH);
    start(rig);
    assert_along_the_walk(rig);
}

static void follows_the_walk_where_a_bin_is_not_known(void **state)
{
    struct site_rig *rig = *state;
    struct route_place places[BINS];
    build(rig, 2, places);
    know_the_aisles(rig);
    change(rig, "location.upsert", "{\"code\":\"L-7\",\"kind\":\"face\",\"walk\":7,\"rev\":9999}");
    start(rig);
    assert_along_the_walk(rig);
}

static void follows_the_walk_where_a_bin_lies_outside(void **state)
{
    struct site_rig *rig = *state;
    struct route_place places[BINS];
    build(rig, 2, places);
    know_the_aisles(rig);
    set(rig, "aisle_length_mm", 1);
    start(rig);
    assert_along_the_walk(rig);
}

/* Too many bins for a turn. */
static void follows_the_walk_of_a_long_order(void **state)
{
    struct site_rig *rig = *state;
    know_the_aisles(rig);
    for (int i = 0; i <= WALK_BINS_MAX; i++)
        add_bin(rig, i, &(struct route_place){WALK_BINS_MAX - i, 0, 500});
    add_stock(rig, 0, WALK_BINS_MAX);
    site_rig_import(rig, "stock", "location,sku,quantity\nL-200,S-0,10\n");
    add_order(rig, "N1", WALK_BINS_MAX, 1);
    add_order(rig, "N2", WALK_BINS_MAX, 12);
    start(rig);
    assert_int_equal(number(rig, "SELECT count(DISTINCT place) FROM allocation WHERE place <> 0"), WALK_BINS_MAX);
    site_rig_scan(rig, "bench-2", "B-2");
    site_rig_scan(rig, "bench-2", "CMD:PICK");
    assert_true(rig->last.good);
    assert_int_equal(number(rig, "SELECT count(*) FROM allocation WHERE open > 0"), 2 * WALK_BINS_MAX + 1);
    assert_int_equal(number(rig, "SELECT count(*) FROM allocation WHERE place <> 0"), WALK_BINS_MAX);
}

/* Three aisles; the worker stands in the last one when a bin turns out to be empty, and another is found next to it. */
static void goes_on_from_where_goods_are_missing(void **state)
{
    struct site_rig *rig = *state;
    const struct route_place places[] = {{1, 0, 100}, {0, 0, 100}, {3, 0, 100}};
    for (int i = 0; i < 3; i++)
        add_bin(rig, i, &places[i]);
    add_bin(rig, 3, &(struct route_place){2, 0, 100});
    add_stock(rig, 0, 3);
    add_order(rig, "N1", 3, 1);
    know_the_aisles(rig);
    start(rig); /* front ends of aisles 0, 1 and 3: out along them, or back */
    int64_t first = number(rig, "SELECT substr(p.code, 3) FROM allocation a JOIN location p ON p.id = a.location "
                                "ORDER BY a.place LIMIT 1");
    if (first == 1)
        PLAY(rig, {"CMD:SKIP", "DONE", "pick.location"}, {"CMD:SKIP", "DONE", "pick.location"});
    site_rig_import(rig, "stock", "location,sku,quantity\nL-3,S-2,10\n");
    PLAY(rig, {"L-2", "DONE", "pick.item"}, {"CMD:SHORT", "DONE", "pick.location"});
    int bins[BINS];
    int64_t order, places_known = number(rig, "SELECT count(*) FROM allocation WHERE open > 0 AND place = 0");
    assert_int_equal(places_known, 0);
    assert_int_equal(order_find(rig->store, "N1", &order), 0);
    sql_run(rig->store->sql, "UPDATE allocation SET skipped = 0", SQL_NO_VALUES);
    assert_int_equal(walked(rig, bins), 3);
    assert_int_equal(bins[0], 3);
    assert_int_equal(bins[1], 0);
    assert_int_equal(bins[2], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(goes_the_shortest_tour, set_up, tear_down),
        cmocka_unit_test_setup_teardown(follows_the_walk_without_settings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(follows_the_walk_where_a_bin_is_not_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(follows_the_walk_where_a_bin_lies_outside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(follows_the_walk_of_a_long_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(goes_on_from_where_goods_are_missing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
