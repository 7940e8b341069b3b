/* What lies still on a scale is told once, and again only while nobody has used it. */
#include "station/steady.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static bool still(struct steady *steady, int64_t milligrams)
{
    return steady_take(steady,
                       &(struct scale_reading){.state = SCALE_STABLE, .has_weight = true, .milligrams = milligrams});
}

static bool otherwise(struct steady *steady, enum scale_state state)
{
    return steady_take(steady, &(struct scale_reading){.state = state});
}

static void place(struct steady *steady, int64_t milligrams)
{
    assert_false(still(steady, milligrams));
    assert_false(still(steady, milligrams));
    assert_true(still(steady, milligrams));
    assert_int_equal(steady->placed, milligrams);
}

static void three_that_agree(void **state)
{
    (void)state;
    struct steady steady = {0};
    assert_false(still(&steady, 430000));
    assert_false(still(&steady, 430000));
    assert_false(still(&steady, 431000));
    assert_false(still(&steady, 430000));
    assert_false(otherwise(&steady, SCALE_MOTION));
    assert_false(still(&steady, 430000));
    assert_false(still(&steady, 430000));
    assert_true(still(&steady, 430000));
    for (int i = 0; i < 5; i++)
        assert_false(still(&steady, 430000));
}

static void once_a_placing(void **state)
{
    (void)state;
    struct steady steady = {0};
    place(&steady, 430000);
    assert_false(otherwise(&steady, SCALE_MOTION)); /* somebody touched it */
    for (int i = 0; i < 5; i++)
        assert_false(still(&steady, 430400));
    place(&steady, 780000); /* something more */
    assert_false(still(&steady, 0));
    place(&steady, 780000); /* lifted and put back */
    assert_false(otherwise(&steady, SCALE_UNDER_ZERO));
    place(&steady, 780000);
}

static void an_empty_pan_that_drifts_is_nothing(void **state)
{
    (void)state;
    struct steady steady = {0};
    for (int i = 0; i < 5; i++)
        assert_false(still(&steady, 999));
    for (int i = 0; i < 5; i++)
        assert_false(still(&steady, -20000));
    assert_false(otherwise(&steady, SCALE_ERROR));
    place(&steady, 1000);
}

static void what_nobody_used_may_be_asked_for(void **state)
{
    (void)state;
    struct steady steady = {0};
    assert_int_equal(steady_unused(&steady), 0);
    place(&steady, 430000);
    assert_int_equal(steady_unused(&steady), 430000);
    assert_false(otherwise(&steady, SCALE_MOTION));
    assert_int_equal(steady_unused(&steady), 0);
    for (int i = 0; i < 3; i++)
        still(&steady, 430000);
    assert_int_equal(steady_unused(&steady), 430000);
    steady.used = true;
    assert_int_equal(steady_unused(&steady), 0);
    place(&steady, 800000);
    assert_int_equal(steady_unused(&steady), 800000);
    still(&steady, 0);
    assert_int_equal(steady_unused(&steady), 0);
}

/* Then it is asked more often, so that a short empty pan is seen. */
static void what_was_used_waits_for_an_empty_pan(void **state)
{
    (void)state;
    struct steady steady = {0};
    assert_false(steady_waits_for_lift(&steady));
    place(&steady, 430000);
    assert_false(steady_waits_for_lift(&steady)); /* it is waited for itself */
    steady.used = true;
    assert_true(steady_waits_for_lift(&steady));
    assert_false(otherwise(&steady, SCALE_MOTION)); /* touched, not taken off */
    assert_true(steady_waits_for_lift(&steady));
    assert_false(still(&steady, 0)); /* one reading is enough */
    assert_false(steady_waits_for_lift(&steady));
    place(&steady, 430000); /* the next of that weight */
    assert_false(steady_waits_for_lift(&steady));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_that_agree),
        cmocka_unit_test(once_a_placing),
        cmocka_unit_test(an_empty_pan_that_drifts_is_nothing),
        cmocka_unit_test(what_nobody_used_may_be_asked_for),
        cmocka_unit_test(what_was_used_waits_for_an_empty_pan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
