/* Sentences in Chinese: the one that fits best, with its words in place. */
#include "base/phrase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct phrase some[] = {
    {"order \"%\" is % and cannot be %", "订单“%1”为“%2”，不能变为“%3”"},
    {"%: %", "%1：%2"},
    {"closed", "已关闭"},
    {"% is left of %", "%2 还剩 %1"},
    {"100 % wool", "纯毛"},
    {0},
};
static const struct phrase others[] = {
    {"%, line %: %", "%1 第 %2 行：%3"}, {"the cell is empty", "单元格为空"}, {"loop %", "又%1"}, {0}};
static const struct phrase *const books[] = {some, others, NULL};

static void says(const char *english, const char *chinese)
{
    CLEANUP_BUF struct buf out = {0};
    phrase_chinese(books, english, &out);
    assert_string_equal(buf_text(&out), chinese);
}

static void words_stand_in_their_places(void **state)
{
    (void)state;
    says("order \"A 1\" is packed and cannot be split", "订单“A 1”为“packed”，不能变为“split”");
    says("3 is left of B", "B 还剩 3");
    says("order \"\" is  and cannot be ", "订单“”为“”，不能变为“”");
}

static void the_phrase_with_most_letters_is_taken(void **state)
{
    (void)state;
    says("a.csv, line 7: the cell is empty", "a.csv 第 7 行：单元格为空"); /* not "%: %", which fits, too */
    says("a.csv: the cell is empty", "a.csv：单元格为空");
}

static void words_are_looked_up_themselves(void **state)
{
    (void)state;
    says("order \"A\" is closed and cannot be split", "订单“A”为“已关闭”，不能变为“split”");
    says("loop loop loop loop loop x", "又又又loop loop x"); /* three deep, and no deeper */
}

static void what_is_in_no_book_stays_as_it_is(void **state)
{
    (void)state;
    says("", "");
    says("nobody knows this", "nobody knows this");
    says("订单", "订单");
}

static void the_terminal_says_its_language(void **state)
{
    (void)state;
    static const struct {
        const char *all, *messages, *lang;
        bool chinese;
    } cases[] = {
        {NULL, NULL, "zh_CN.UTF-8", true}, {NULL, NULL, "en_GB.UTF-8", false}, {"C", NULL, "zh_CN.UTF-8", false},
        {"", "zh_TW", "en_US", true},      {NULL, "de_DE", "zh_CN", false},    {NULL, NULL, NULL, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
        const char *const values[] = {cases[i].all, cases[i].messages, cases[i].lang};
        for (size_t j = 0; j < COUNT(names); j++)
            values[j] ? setenv(names[j], values[j], 1) : unsetenv(names[j]);
        assert_int_equal(phrase_terminal_is_chinese(), cases[i].chinese);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_stand_in_their_places),    cmocka_unit_test(the_phrase_with_most_letters_is_taken),
        cmocka_unit_test(words_are_looked_up_themselves), cmocka_unit_test(what_is_in_no_book_stays_as_it_is),
        cmocka_unit_test(the_terminal_says_its_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
