/* Lines for the operator: the same one comes once a minute, however often it is said, and others are not held up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/log.h"

#include <stdio.h>

#define SECOND 1000000LL

static void the_same_line_comes_some_times_a_minute(void **state)
{
    (void)state;
    struct log_gate gate = {0};
    int held = -1;
    for (int i = 0; i < LOG_SAME_MAX; i++)
        assert_true(log_gate_passes(&gate, "the disk is full", 100 * SECOND, &held));
    assert_int_equal(held, 0);
    for (int i = 1; i <= 50; i++)
        assert_false(log_gate_passes(&gate, "the disk is full", (100 + i) * SECOND, &held));
    assert_true(log_gate_passes(&gate, "another", 110 * SECOND, &held));
    assert_true(log_gate_passes(&gate, "the disk is full", 161 * SECOND, &held));
    assert_int_equal(held, 50);
    for (int i = 1; i < LOG_SAME_MAX; i++)
        assert_true(log_gate_passes(&gate, "the disk is full", 162 * SECOND, &held));
    assert_false(log_gate_passes(&gate, "the disk is full", 162 * SECOND, &held));
}

static void many_lines_push_the_oldest_out(void **state)
{
    (void)state;
    struct log_gate gate = {0};
    int held;
    char text[32];
    for (int i = 0; i < 100; i++) {
        snprintf(text, sizeof(text), "line %d", i);
        assert_true(log_gate_passes(&gate, text, (100 + i) * SECOND / 10, &held));
    }
    for (int i = 1; i < LOG_SAME_MAX; i++)
        assert_true(log_gate_passes(&gate, "line 99", 20 * SECOND, &held));
    assert_false(log_gate_passes(&gate, "line 99", 20 * SECOND, &held));
    assert_true(log_gate_passes(&gate, "line 0", 20 * SECOND, &held));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_line_comes_some_times_a_minute),
        cmocka_unit_test(many_lines_push_the_oldest_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
