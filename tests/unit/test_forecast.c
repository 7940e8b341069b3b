/* Forecasts: what must come out of series whose future is known, and what must never come out of any. How good they are
 * on real series is measured beside R (make bench-forecast). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "plan/forecast.h"
#include "plan/minimum.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#define VALUES_MAX 1200

static struct forecast make(const double *values, size_t count, size_t period, size_t horizon)
{
    struct forecast forecast = {0};
    const struct forecast_request request = {values, count, period, horizon, 0.95};
    assert_int_equal(forecast_make(&request, &forecast), 0);
    for (size_t i = 0; i < horizon; i++) {
        assert_true(isfinite(forecast.mean[i]) && isfinite(forecast.lower[i]) && isfinite(forecast.upper[i]));
        assert_true(forecast.lower[i] <= forecast.mean[i] && forecast.mean[i] <= forecast.upper[i]);
    }
    return forecast;
}

static void near(double value, double expected, double within)
{
    if (!(fabs(value - expected) <= within))
        fail_msg("%g is not within %g of %g", value, within, expected);
}

/* A small generator: the same series everywhere. */
static double noise(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*state >> 40) / (double)(1 << 24) - 0.5;
}

static void what_never_changes_goes_on(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 3, 7, 50};
    for (size_t c = 0; c < COUNT(counts); c++) {
        double values[50];
        for (size_t i = 0; i < counts[c]; i++)
            values[i] = 42;
        struct forecast forecast = make(values, counts[c], 7, 5);
        for (size_t i = 0; i < 5; i++)
            near(forecast.mean[i], 42, 1e-6);
        forecast_done(&forecast);
    }
}

static void a_line_goes_on(void **state)
{
    (void)state;
    double values[60];
    for (size_t i = 0; i < 60; i++)
        values[i] = 100 + 3 * (double)i;
    struct forecast forecast = make(values, 60, 1, 10);
    for (size_t i = 0; i < 10; i++)
        near(forecast.mean[i], 100 + 3 * (60 + (double)i), 2);
    assert_true(forecast.mase < 0.2);
    forecast_done(&forecast);
}

/* By shares and by differences, with noise that is a tenth of the season. */
static void seasons_come_again(void **state)
{
    (void)state;
    for (int shares = 0; shares < 2; shares++) {
        double values[120], next[12];
        uint64_t seed = 7;
        for (size_t i = 0; i < 132; i++) {
            double level = 200 + (double)i, turn = sin((double)(i % 12) / 12 * 6.283185307);
            double value = shares ? level * (1 + 0.4 * turn) : level + 80 * turn;
            if (i < 120)
                values[i] = value + 10 * noise(&seed);
            else
                next[i - 120] = value;
        }
        struct forecast forecast = make(values, 120, 12, 12);
        for (size_t i = 0; i < 12; i++) {
            near(forecast.mean[i], next[i], 12);
            assert_true(forecast.lower[i] < next[i] + 12 && forecast.upper[i] > next[i] - 12);
        }
        assert_true(forecast.mase < 0.6);
        assert_true(forecast.method >= FORECAST_SEASONAL_NAIVE);
        forecast_done(&forecast);
    }
}

/* Three pieces about every fifth period: a mean of 0.6, and never below nothing. */
static void what_is_asked_for_now_and_then(void **state)
{
    (void)state;
    double values[400];
    uint64_t seed = 3;
    for (size_t i = 0; i < 400; i++)
        values[i] = noise(&seed) < -0.3 ? 3 : 0;
    assert_int_equal(forecast_demand(values, 400), FORECAST_INTERMITTENT);
    struct forecast forecast = make(values, 400, 1, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_true(forecast.lower[i] >= 0);
        assert_true(forecast.mean[i] >= 0 && forecast.mean[i] < 1.5);
    }
    forecast_done(&forecast);
}

static void kinds_of_demand(void **state)
{
    (void)state;
    static const double smooth[] = {5, 6, 5, 4, 5, 6}, erratic[] = {1, 20, 1, 1, 30, 2}, rare[] = {0, 4, 0, 0, 4, 0},
                        lumpy[] = {0, 1, 0, 0, 40, 0, 2, 0};
    assert_int_equal(forecast_demand(smooth, COUNT(smooth)), FORECAST_SMOOTH);
    assert_int_equal(forecast_demand(erratic, COUNT(erratic)), FORECAST_ERRATIC);
    assert_int_equal(forecast_demand(rare, COUNT(rare)), FORECAST_INTERMITTENT);
    assert_int_equal(forecast_demand(lumpy, COUNT(lumpy)), FORECAST_LUMPY);
}

/* Whatever the series: finite, in order, not below nothing where nothing ever was, and the same the next time. */
static void any_series_has_a_forecast(void **state)
{
    (void)state;
    uint64_t seed = 11;
    for (size_t round = 0; round < 120; round++) {
        double values[VALUES_MAX], scale = pow(10, (double)(round % 9) - 3);
        size_t count = 1 + round * 7 % 90, period = 1 + round % 14;
        bool below = round % 3 == 0;
        for (size_t i = 0; i < count; i++) {
            double value = noise(&seed) + (below ? 0 : 0.5);
            values[i] = round % 5 == 1 && value < 0.8 ? 0 : value * scale;
        }
        struct forecast first = make(values, count, period, 13), second = make(values, count, period, 13);
        assert_int_equal(first.method, second.method);
        assert_memory_equal(first.mean, second.mean, 13 * sizeof(*first.mean));
        for (size_t i = 0; i < 13 && !below; i++)
            assert_true(first.lower[i] >= 0);
        forecast_done(&first);
        forecast_done(&second);
    }
}

static void what_cannot_be_forecast_is_refused(void **state)
{
    (void)state;
    struct forecast forecast;
    const double values[] = {1, NAN, 3}, good[] = {1, 2, 3}, huge[] = {1, -1e16, 3};
    assert_int_equal(forecast_make(&(struct forecast_request){huge, 3, 1, 1, 0.9}, &forecast), -EINVAL);
    assert_int_equal(forecast_make(&(struct forecast_request){values, 3, 1, 1, 0.9}, &forecast), -EINVAL);
    assert_int_equal(forecast_make(&(struct forecast_request){good, 0, 1, 1, 0.9}, &forecast), -EINVAL);
    assert_int_equal(forecast_make(&(struct forecast_request){good, 3, 1, 0, 0.9}, &forecast), -EINVAL);
    assert_int_equal(forecast_make(&(struct forecast_request){good, 3, 1, 1, 1}, &forecast), -EINVAL);
}

static double valley(const double *numbers, void *user)
{
    (void)user;
    double x = numbers[0], y = numbers[1];
    return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x); /* Rosenbrock 1960: the lowest point is (1, 1) */
}

static void the_lowest_point_is_found(void **state)
{
    (void)state;
    double numbers[2] = {-1.2, 1};
    static const double steps[2] = {0.5, 0.5};
    near(minimum_find(valley, NULL, numbers, steps, 2, 1000), 0, 1e-6);
    near(numbers[0], 1, 1e-2);
    near(numbers[1], 1, 1e-2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_never_changes_goes_on),
        cmocka_unit_test(a_line_goes_on),
        cmocka_unit_test(seasons_come_again),
        cmocka_unit_test(what_is_asked_for_now_and_then),
        cmocka_unit_test(kinds_of_demand),
        cmocka_unit_test(any_series_has_a_forecast),
        cmocka_unit_test(what_cannot_be_forecast_is_refused),
        cmocka_unit_test(the_lowest_point_is_found),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("forecast", tests, NULL, NULL);
}
