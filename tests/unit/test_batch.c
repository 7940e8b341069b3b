/* Orders that go together: the limits hold, every order is in one batch, and no walk is longer than one by one. */
#include "base/cleanup.h"
#include "plan/batch.h"
#include "unit/chance.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ORDERS_MAX 30
#define LINES_MAX  6

typedef int batch_method(const struct route_floor *floor, const struct batch_order *orders, size_t count,
                         const struct batch_limits *limits, struct batches *ret, size_t *ret_batch);

static batch_method *const methods[] = {batch_by_aisles, batch_by_savings};

struct day {
    struct route_floor floor;
    struct route_place places[ORDERS_MAX][LINES_MAX];
    struct batch_order orders[ORDERS_MAX];
    size_t count;
    struct batch_limits limits;
};

static void make_day(struct day *ret)
{
    ret->floor = (struct route_floor){1 + chance(2), 1 + chance(12), 100 + chance(20000), chance(5000)};
    ret->limits = (struct batch_limits){1 + chance(6), 1 + chance(40)};
    ret->count = (size_t)chance(ORDERS_MAX + 1);
    for (size_t i = 0; i < ret->count; i++) {
        ret->orders[i] = (struct batch_order){ret->places[i], (size_t)chance(LINES_MAX + 1), 1 + chance(15)};
        for (size_t j = 0; j < ret->orders[i].count; j++)
            ret->places[i][j] = (struct route_place){chance(ret->floor.aisles), chance(ret->floor.blocks),
                                                     chance(ret->floor.aisle_length_mm + 1)};
    }
}

/* One tour for the orders of a batch, or (NULL) for one order. */
static int64_t walk(const struct day *day, const size_t *batch, size_t which)
{
    struct route_place picks[ORDERS_MAX * LINES_MAX];
    size_t count = 0;
    int64_t mm;
    for (size_t i = 0; i < day->count; i++)
        for (size_t j = 0; j < day->orders[i].count && (batch ? batch[i] : i) == which; j++)
            picks[count++] = day->orders[i].picks[j];
    assert_int_equal(route_solve(&day->floor, picks, count, ROUTE_EXACT, &mm, NULL), 0);
    return mm;
}

static void assert_batches(const struct day *day, const struct batches *batches, const size_t *batch)
{
    int64_t together = 0, one_by_one = 0;
    size_t first = 0;
    for (size_t i = 0; i < day->count; i++) {
        assert_true(batch[i] <= first);
        first += batch[i] == first;
        one_by_one += walk(day, NULL, i);
    }
    assert_int_equal(first, batches->count);
    for (size_t which = 0; which < batches->count; which++) {
        int64_t orders = 0, pieces = 0;
        for (size_t i = 0; i < day->count; i++) {
            orders += batch[i] == which;
            pieces += batch[i] == which ? day->orders[i].pieces : 0;
        }
        assert_true(orders <= day->limits.orders);
        assert_true(pieces <= day->limits.pieces || orders == 1);
        together += walk(day, batch, which);
    }
    assert_int_equal(batches->length_mm, together);
    assert_true(together <= one_by_one);
}

static void test_limits_hold_and_no_walk_is_longer(void **state)
{
    (void)state;
    static struct day day;
    for (int i = 0; i < 300; i++) {
        make_day(&day);
        for (size_t method = 0; method < COUNT(methods); method++) {
            struct batches batches, again;
            size_t batch[ORDERS_MAX], batch_again[ORDERS_MAX];
            assert_int_equal(methods[method](&day.floor, day.orders, day.count, &day.limits, &batches, batch), 0);
            assert_int_equal(methods[method](&day.floor, day.orders, day.count, &day.limits, &again, batch_again), 0);
            assert_int_equal(batches.count, again.count);
            assert_memory_equal(batch, batch_again, day.count * sizeof(*batch));
            assert_batches(&day, &batches, batch);
        }
    }
}

/* Aisles 0, 3, 0, 3, and 0 with most pieces, two orders a batch. */
static void test_what_lies_together_goes_together(void **state)
{
    (void)state;
    const struct route_floor floor = {1, 4, 10000, 3000};
    const struct route_place near[] = {{0, 0, 5000}, {0, 0, 6000}}, far[] = {{3, 0, 5000}, {3, 0, 6000}};
    const struct batch_order orders[] = {{near, 2, 2}, {far, 2, 3}, {near, 1, 1}, {far, 1, 1}, {near + 1, 1, 9}};
    const struct {
        batch_method *method;
        size_t batch[5];
        int64_t mm;
    } cases[] = {
        /* 4 begins and takes 0; 1 begins and takes 3 */
        {batch_by_aisles, {0, 1, 2, 1, 0}, 12000 + 30000 + 10000},
        /* 1 and 3 save 28 m; 0 and 4 save 12 m */
        {batch_by_savings, {0, 1, 2, 1, 0}, 12000 + 30000 + 10000},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct batches batches;
        size_t batch[5];
        const struct batch_limits limits = {2, 100};
        assert_int_equal(cases[i].method(&floor, orders, 5, &limits, &batches, batch), 0);
        assert_int_equal(batches.count, 3);
        assert_memory_equal(batch, cases[i].batch, sizeof(batch));
        assert_int_equal(batches.length_mm, cases[i].mm);
    }
}

static void test_fewest_further_aisles_join_first(void **state)
{
    (void)state;
    const struct route_floor floor = {1, 6, 10000, 3000};
    const struct route_place seed[] = {{0, 0, 1}, {1, 0, 1}, {2, 0, 1}};
    const struct route_place two[] = {{3, 0, 1}, {4, 0, 1}, {0, 0, 1}}, one[] = {{5, 0, 1}, {5, 0, 2}, {5, 0, 3}};
    const struct batch_order orders[] = {{two, 3, 3}, {one, 3, 3}, {seed, 3, 4}};
    const struct batch_limits limits = {2, 100};
    struct batches batches;
    size_t batch[3];
    assert_int_equal(batch_by_aisles(&floor, orders, 3, &limits, &batches, batch), 0);
    assert_memory_equal(batch, ((const size_t[]){0, 1, 1}), sizeof(batch));
}

/* By aisles the second order adds one, whichever was looked at before; by savings all save the same. */
static void test_each_order_is_looked_at_alike(void **state)
{
    (void)state;
    const struct route_floor floor = {1, 6, 10000, 3000};
    const struct route_place there = {0, 0, 1}, wider[] = {{0, 0, 1}, {3, 0, 1}};
    const struct batch_order orders[] = {{&there, 1, 9}, {wider, 2, 1}, {&there, 1, 1}, {&there, 1, 1}};
    const struct batch_limits limits = {2, 100};
    for (size_t method = 0; method < COUNT(methods); method++) {
        struct batches batches;
        size_t batch[4];
        const size_t wanted[][4] = {{0, 1, 0, 1}, {0, 0, 1, 1}};
        assert_int_equal(methods[method](&floor, orders, 4, &limits, &batches, batch), 0);
        assert_memory_equal(batch, wanted[method], sizeof(batch));
    }
}

static void test_first_of_equal_savings(void **state)
{
    (void)state;
    const struct route_floor floor = {1, 6, 10000, 3000};
    const struct route_place place = {2, 0, 5000};
    const struct batch_order orders[] = {{&place, 1, 1}, {&place, 1, 1}, {&place, 1, 1}};
    const struct batch_limits limits = {2, 100};
    struct batches batches;
    size_t batch[3];
    assert_int_equal(batch_by_savings(&floor, orders, 3, &limits, &batches, batch), 0);
    assert_memory_equal(batch, ((const size_t[]){0, 0, 1}), sizeof(batch));
}

static void test_pieces_are_a_limit(void **state)
{
    (void)state;
    const struct route_floor floor = {1, 4, 10000, 3000};
    const struct route_place place = {2, 0, 5000};
    const struct batch_order orders[] = {{&place, 1, 50}, {&place, 1, 6}, {&place, 1, 5}, {&place, 1, 4}};
    const struct batch_limits limits = {4, 10};
    for (size_t method = 0; method < COUNT(methods); method++) {
        struct batches batches;
        size_t batch[4];
        assert_int_equal(methods[method](&floor, orders, 4, &limits, &batches, batch), 0);
        assert_int_equal(batches.count, 3);
        assert_int_equal(batch[0], 0); /* more than a picker can take: alone */
        assert_int_equal(batches.length_mm, 3 * 22000);
    }
}

static void test_what_is_refused(void **state)
{
    (void)state;
    const struct route_floor floor = {1, 4, 10000, 3000};
    static const struct batch_order orders[BATCH_ORDERS_MAX + 1];
    static size_t batch[BATCH_ORDERS_MAX + 1];
    struct batches batches;
    for (size_t method = 0; method < COUNT(methods); method++) {
        assert_int_equal(methods[method](&floor, orders, 1, &(struct batch_limits){0, 1}, &batches, batch), -EINVAL);
        assert_int_equal(methods[method](&floor, orders, 1, &(struct batch_limits){1, 0}, &batches, batch), -EINVAL);
        assert_int_equal(
            methods[method](&floor, orders, BATCH_ORDERS_MAX + 1, &(struct batch_limits){1, 1}, &batches, batch),
            -EINVAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_hold_and_no_walk_is_longer),
        cmocka_unit_test(test_what_lies_together_goes_together),
        cmocka_unit_test(test_fewest_further_aisles_join_first),
        cmocka_unit_test(test_each_order_is_looked_at_alike),
        cmocka_unit_test(test_first_of_equal_savings),
        cmocka_unit_test(test_pieces_are_a_limit),
        cmocka_unit_test(test_what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
