/* When and how much to buy: figures that were reckoned by hand or by other programs, and what holds for any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "sync/head-office/buying/reorder.h"

#include <math.h>

static void near(double value, double expected, double within)
{
    if (!(fabs(value - expected) <= within))
        fail_msg("%.12g is not within %g of %.12g", value, within, expected);
}

static uint64_t draw(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* ---------------------------------------------------------------- the normal distribution */

/* The values are those of Python's statistics.NormalDist, which is Wichura's AS241. */
static void the_normal_quantile_is_exact(void **unused)
{
    (void)unused;
    static const struct {
        double chance, z;
    } known[] = {{0.5, 0},
                 {0.95, 1.6448536269514715},
                 {0.975, 1.9599639845400536},
                 {0.99, 2.3263478740408408},
                 {0.9999, 3.719016485455709},
                 {0.75, 0.6744897501960818},
                 {0.000001, -4.753424308822899},
                 {0.3, -0.5244005127080409}};
    for (size_t i = 0; i < COUNT(known); i++)
        near(reorder_normal(known[i].chance), known[i].z, 1e-9);
}

static void the_normal_quantile_is_the_inverse(void **unused)
{
    (void)unused;
    for (double chance = 0.0005; chance < 1; chance += 0.0005)
        near(0.5 * erfc(-reorder_normal(chance) / sqrt(2)), chance, 1e-12);
}

/* ---------------------------------------------------------------- counts */

/* Poisson: sums of e^-m m^k / k! by hand; negative binomial: the same sums with (r, p) of the mean and variance. */
static void counts_are_quantiles(void **unused)
{
    (void)unused;
    assert_int_equal(reorder_count(2, 2, 0.95), 5); /* P(X <= 4) = 0.947, P(X <= 5) = 0.983 */
    assert_int_equal(reorder_count(0.5, 0.1, 0.99), 3);
    assert_int_equal(reorder_count(10, 10, 0.90), 14);
    assert_int_equal(reorder_count(2, 6, 0.95), 7);
    assert_int_equal(reorder_count(1.5, 9, 0.99), 14);
    assert_int_equal(reorder_count(30, 90, 0.975), 51);
    assert_int_equal(reorder_count(0, 0, 0.99), 0);
    assert_int_equal(reorder_count(0.2, 0.5, 0.6), 0);
    assert_int_equal(reorder_count(1000000, 1000000, 0.95), 1001645);
}

/* ---------------------------------------------------------------- plans */

static struct reorder_plan plan(struct reorder_item item)
{
    struct reorder_plan out;
    reorder_plan(&item, &out);
    return out;
}

/* 10 a day for 9 days, the forecast off by 4 a day, the supplier by 2 days: sqrt(9 * 16 + 100 * 4) = 23.32; with 95 %
 * 1.6449 * 23.32 = 38.36; 90 + 38.36 = 128.36. A week later 70 more. */
static void a_reorder_point_by_hand(void **unused)
{
    (void)unused;
    struct reorder_item item = {.day_mean = 10,
                                .day_spread = 4,
                                .lead_days = 9,
                                .lead_spread = 2,
                                .up_to_mean = 160,
                                .service = 0.95,
                                .position = 129,
                                .least = 1,
                                .pack = 1};
    struct reorder_plan out = plan(item);
    assert_int_equal(out.lead_demand, 90);
    assert_int_equal(out.reorder_point, 129);
    assert_int_equal(out.safety_stock, 39);
    assert_int_equal(out.up_to, 199);
    assert_int_equal(out.quantity, 70);
    item.position = 130;
    assert_int_equal(plan(item).quantity, 0);
    item.position = -5;
    item.pack = 24;
    assert_int_equal(plan(item).quantity, 216); /* 204 in packs of 24 */
    item.position = 129;
    item.least = 100;
    assert_int_equal(plan(item).quantity, 120);
}

/* 0.1 a day for 20 days: 2 in the mean; it varies by 0.1 + ... : 20 * 0.3 = 6 with a spread of sqrt(0.3) a day. */
static void a_rare_item_is_counted(void **unused)
{
    (void)unused;
    struct reorder_item item = {.day_mean = 0.1,
                                .day_spread = sqrt(0.3),
                                .lead_days = 20,
                                .up_to_mean = 2.7,
                                .service = 0.95,
                                .rare = true,
                                .least = 1,
                                .pack = 1};
    struct reorder_plan out = plan(item);
    assert_int_equal(out.lead_demand, 2);
    assert_int_equal(out.reorder_point, 7);
    assert_int_equal(out.up_to, 3 + 7 - 2);
    item.day_mean = item.up_to_mean = 0;
    assert_int_equal(plan(item).quantity, 0);
}

static void rounding_goes_up(void **unused)
{
    (void)unused;
    assert_int_equal(reorder_round(0, 10, 12), 0);
    assert_int_equal(reorder_round(1, 10, 12), 12);
    assert_int_equal(reorder_round(12, 1, 12), 12);
    assert_int_equal(reorder_round(13, 1, 12), 24);
    assert_int_equal(reorder_round(5, 25, 10), 30);
}

static void plans_keep_their_promises(void **unused)
{
    (void)unused;
    uint64_t state = 11;
    for (int round = 0; round < 20000; round++) {
        struct reorder_item item = {.day_mean = (double)(draw(&state) % 3000) / 100,
                                    .day_spread = (double)(draw(&state) % 1000) / 100,
                                    .lead_days = (double)(draw(&state) % 600) / 10,
                                    .lead_spread = (double)(draw(&state) % 50) / 10,
                                    .service = 0.5001 + (double)(draw(&state) % 4998) / 10000,
                                    .rare = draw(&state) % 2 == 0,
                                    .position = (int64_t)(draw(&state) % 2000) - 500,
                                    .least = 1 + (int64_t)(draw(&state) % 50),
                                    .pack = 1 + (int64_t)(draw(&state) % 30)};
        item.up_to_mean = item.day_mean * (item.lead_days + 7);
        struct reorder_plan out = plan(item), better;
        assert_true(out.safety_stock >= 0 && out.up_to >= out.reorder_point);
        assert_int_equal(out.quantity % item.pack, 0);
        if (out.quantity > 0) {
            assert_true(item.position <= out.reorder_point && out.quantity >= item.least);
            assert_true(item.position + out.quantity >= out.up_to);
        } else {
            assert_true(item.position > out.reorder_point || item.day_mean == 0 || item.position >= out.up_to);
        }
        item.service = 0.9999;
        better = plan(item);
        assert_true(better.reorder_point >= out.reorder_point);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_normal_quantile_is_exact), cmocka_unit_test(the_normal_quantile_is_the_inverse),
        cmocka_unit_test(counts_are_quantiles),         cmocka_unit_test(a_reorder_point_by_hand),
        cmocka_unit_test(a_rare_item_is_counted),       cmocka_unit_test(rounding_goes_up),
        cmocka_unit_test(plans_keep_their_promises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
