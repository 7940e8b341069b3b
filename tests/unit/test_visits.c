/* Who is signed in at the pages: how long, how many, and by what. */
#include "visits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE INT64_C(60000000)
#define HOUR   (60 * MINUTE)

static struct visits visits;

/* At this time, with 15 minutes unused and 12 hours in all. */
static int64_t find(const char *token, int64_t now_us, bool noted)
{
    const struct visit_limits limits = {.begun_us = now_us - 12 * HOUR, .used_us = now_us - 15 * MINUTE};
    return visits_find(&visits, token, &limits, now_us, noted);
}

static int setup(void **state)
{
    (void)state;
    visits = (struct visits){0};
    return 0;
}

static void a_visit_ends_when_it_is_not_used(void **state)
{
    (void)state;
    char token[VISIT_TOKEN_SIZE];
    visits_open(&visits, 7, HOUR, token);
    assert_int_equal(find(token, HOUR + 14 * MINUTE, true), 7);
    assert_int_equal(find(token, HOUR + 28 * MINUTE, true), 7); /* it was used in between */
    assert_int_equal(find(token, HOUR + 44 * MINUTE, true), 0);
    assert_int_equal(find(token, HOUR + 28 * MINUTE, true), 0); /* it does not come back */
}

static void what_a_page_asks_by_itself_does_not_keep_it(void **state)
{
    (void)state;
    char token[VISIT_TOKEN_SIZE];
    visits_open(&visits, 7, HOUR, token);
    for (int minute = 1; minute <= 15; minute++)
        assert_int_equal(find(token, HOUR + minute * MINUTE, false), 7);
    assert_int_equal(find(token, HOUR + 16 * MINUTE, false), 0);
}

static void a_visit_ends_in_any_case(void **state)
{
    (void)state;
    char token[VISIT_TOKEN_SIZE];
    visits_open(&visits, 7, HOUR, token);
    for (int64_t now_us = HOUR; now_us <= 13 * HOUR; now_us += 10 * MINUTE)
        assert_int_equal(find(token, now_us, true), 7);
    assert_int_equal(find(token, 13 * HOUR + MINUTE, true), 0);
}

static void nobody_comes_in_by_another_text(void **state)
{
    (void)state;
    char token[VISIT_TOKEN_SIZE], other[VISIT_TOKEN_SIZE];
    assert_int_equal(find("", 0, true), 0);
    visits_open(&visits, 7, HOUR, token);
    assert_int_equal(strlen(token), VISIT_TOKEN_SIZE - 1);
    memcpy(other, token, sizeof(other));
    other[20] = other[20] == 'A' ? 'B' : 'A';
    assert_int_equal(find(other, HOUR, true), 0);
    assert_int_equal(find("", HOUR, true), 0);
    visits_open(&visits, 7, HOUR, other);
    assert_string_not_equal(token, other);
    /* what is kept is not what a browser shows */
    for (size_t i = 0; i + sizeof(token) < sizeof(visits); i++)
        assert_int_not_equal(memcmp((char *)&visits + i, token, 16), 0);
}

static void the_one_that_was_not_used_for_longest_makes_room(void **state)
{
    (void)state;
    char tokens[VISITS_MAX + 1][VISIT_TOKEN_SIZE];
    for (int i = 0; i < VISITS_MAX; i++)
        visits_open(&visits, i + 1, HOUR + i, tokens[i]);
    assert_int_equal(find(tokens[0], HOUR + MINUTE, true), 1);
    visits_open(&visits, 100, HOUR + MINUTE, tokens[VISITS_MAX]);
    assert_int_equal(find(tokens[1], HOUR + MINUTE, true), 0);
    assert_int_equal(find(tokens[0], HOUR + MINUTE, true), 1);
    assert_int_equal(find(tokens[VISITS_MAX], HOUR + MINUTE, true), 100);
}

static void all_of_one_person_end_together(void **state)
{
    (void)state;
    char one[VISIT_TOKEN_SIZE], two[VISIT_TOKEN_SIZE], other[VISIT_TOKEN_SIZE];
    visits_open(&visits, 7, HOUR, one);
    visits_open(&visits, 8, HOUR, other);
    visits_open(&visits, 7, HOUR, two);
    visits_close_all(&visits, 7);
    assert_int_equal(find(one, HOUR, true), 0);
    assert_int_equal(find(two, HOUR, true), 0);
    assert_int_equal(find(other, HOUR, true), 8);
    visits_close(&visits, other);
    assert_int_equal(find(other, HOUR, true), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_visit_ends_when_it_is_not_used, setup),
        cmocka_unit_test_setup(what_a_page_asks_by_itself_does_not_keep_it, setup),
        cmocka_unit_test_setup(a_visit_ends_in_any_case, setup),
        cmocka_unit_test_setup(nobody_comes_in_by_another_text, setup),
        cmocka_unit_test_setup(the_one_that_was_not_used_for_longest_makes_room, setup),
        cmocka_unit_test_setup(all_of_one_person_end_together, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
