/* Lists of words in a text: what stands in one, and what one covers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/text.h"

static void words_are_listed(void **state)
{
    (void)state;
    assert_true(text_is_listed("3,8", "8"));
    assert_true(text_is_listed("*", "anything"));
    assert_false(text_is_listed("3,88", "8"));
    assert_false(text_is_listed("", ""));
}

static void words_are_covered(void **state)
{
    static const struct {
        const char *list, *word;
        bool covered;
    } cases[] = {
        {"orders", "orders", true},
        {"orders", "order", false},
        {"order", "orders", false},
        {"order.*", "order.", true},
        {"order.*", "order.close", true},
        {"order.*", "order", false},
        {"a, b*", "bc", true},
        {"a, b*", "cb", false},
        {"*", "anything", true},
        {"*", "", true},
        {"", "", false},
        {"", "x", false},
        {"*.close", "order.close", true},
        {"*.close", "order.closed", false},
        {"o*r*e", "order.close", true},
        {"o*x*e", "order.close", false},
        {"*aab", "aaaab", true},
        {"**", "x", true},
        {"a*,", "", false},
        {"order*close", "order.close", true},
        {"*a*", "bbb", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (text_is_covered(cases[i].list, cases[i].word) != cases[i].covered)
            fail_msg("%s and %s", cases[i].list, cases[i].word);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words_are_listed), cmocka_unit_test(words_are_covered)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
