/* Which things stand together: by hand, and against counting without any cleverness; in as little memory as there is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/head-office/marketing/bought_pairs.h"
#include "unit/chance.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define THINGS  40
#define BASKETS 500

static int64_t told[THINGS][THINGS], plain[THINGS][THINGS];
static int64_t last_first, last_second;
static int tells;

static int tell(void *user, uint32_t first, uint32_t second, int64_t together)
{
    (void)user;
    assert_true(first < second && second < THINGS);
    assert_true(first > last_first || (first == last_first && second > last_second)); /* in their order, each once */
    last_first = first;
    last_second = second;
    told[first][second] = together;
    tells++;
    return 0;
}

static int tell_and_stop(void *user, uint32_t first, uint32_t second, int64_t together)
{
    (void)user;
    (void)first;
    (void)second;
    (void)together;
    return -EPERM;
}

static void begin(void)
{
    memset(told, 0, sizeof(told));
    last_first = last_second = -1;
    tells = 0;
}

static void fill(struct bought_baskets *baskets)
{
    memset(plain, 0, sizeof(plain));
    for (int b = 0; b < BASKETS; b++) {
        bool in[THINGS] = {false};
        int64_t count = chance(8);
        for (int64_t i = 0; i < count; i++) {
            int64_t thing = chance(chance(2) ? THINGS : 5);
            in[thing] = true;
            assert_int_equal(bought_add(baskets, (uint32_t)thing), 0);
        }
        assert_int_equal(bought_end(baskets), 0);
        for (int i = 0; i < THINGS; i++)
            for (int j = i + 1; j < THINGS; j++)
                plain[i][j] += in[i] && in[j];
    }
}

static void the_same_as_plain_counting(void **state)
{
    (void)state;
    static const size_t tables[] = {100000, 200, 64, THINGS};
    struct bought_baskets baskets = {0};
    fill(&baskets);
    for (size_t t = 0; t < COUNT(tables); t++)
        for (int64_t least = 1; least <= 5; least += 4) {
            begin();
            assert_int_equal(bought_pairs(&baskets, THINGS, least, tables[t], tell, NULL), 0);
            assert_true(tells > 3);
            for (int i = 0; i < THINGS; i++)
                for (int j = i + 1; j < THINGS; j++)
                    assert_int_equal(told[i][j], plain[i][j] >= least ? plain[i][j] : 0);
        }
    begin();
    assert_int_equal(bought_pairs(&baskets, THINGS, 1, 16, tell, NULL), -E2BIG); /* one stands beside more */
    assert_int_equal(bought_pairs(&baskets, THINGS, 1, 1000, tell_and_stop, NULL), -EPERM);
    bought_done(&baskets);
}

static void the_same_thing_twice_is_one(void **state)
{
    (void)state;
    static const uint32_t things[] = {7, 3, 7, 3, 3};
    struct bought_baskets baskets = {0};
    for (size_t i = 0; i < COUNT(things); i++)
        assert_int_equal(bought_add(&baskets, things[i]), 0);
    assert_int_equal(bought_end(&baskets), 0);
    assert_int_equal(bought_end(&baskets), 0); /* nothing */
    assert_int_equal(bought_add(&baskets, 7), 0);
    assert_int_equal(bought_end(&baskets), 0); /* alone */
    for (uint32_t i = 0; i <= BOUGHT_BASKET_MAX; i++)
        assert_int_equal(bought_add(&baskets, i), 0);
    assert_int_equal(bought_end(&baskets), 0); /* no shopping */
    assert_int_equal(baskets.basket_count, 1);
    begin();
    assert_int_equal(bought_pairs(&baskets, THINGS, 1, 16, tell, NULL), 0);
    assert_int_equal(tells, 1);
    assert_int_equal(told[3][7], 1);
    bought_done(&baskets);
}

static void nothing_is_nothing(void **state)
{
    (void)state;
    struct bought_baskets baskets = {0};
    begin();
    assert_int_equal(bought_pairs(&baskets, 0, 1, 16, tell, NULL), 0);
    assert_int_equal(bought_end(&baskets), 0);
    assert_int_equal(bought_pairs(&baskets, 5, 1, 16, tell, NULL), 0);
    assert_int_equal(tells, 0);
    bought_done(&baskets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_as_plain_counting),
        cmocka_unit_test(the_same_thing_twice_is_one),
        cmocka_unit_test(nothing_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
