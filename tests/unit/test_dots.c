/* Copies of dots, enlarged, scaled, turned and put onto others, against the same done one dot at a time. */
#include "drivers/label/dots.h"

#include "base/cleanup.h"
#include "base/id.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct dots noise(struct random_seeded *seed, int width, int height)
{
    struct dots dots;
    assert_int_equal(dots_init(&dots, width, height), 0);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            if (random_next(seed) & 1)
                dots_set(&dots, x, y);
    return dots;
}

static void assert_same(const struct dots *left, const struct dots *right)
{
    assert_int_equal(left->width, right->width);
    assert_int_equal(left->height, right->height);
    assert_memory_equal(left->bits, right->bits, left->stride * (size_t)left->height);
}

static void sides_have_bounds(void **state)
{
    (void)state;
    static const int sides[][2] = {{0, 1}, {1, 0}, {-1, 5}, {DOTS_SIDE_MAX + 1, 1}, {1, DOTS_SIDE_MAX + 1}};
    struct dots none = {0};
    for (size_t i = 0; i < COUNT(sides); i++)
        assert_int_equal(dots_init(&none, sides[i][0], sides[i][1]), -EINVAL);
    assert_null(none.bits);
    CLEANUP(dots_done) struct dots dots = {0};
    assert_int_equal(dots_init(&dots, 100, 1), 0);
    assert_int_equal(dots_enlarge(&dots, 82, &none), -EINVAL);
    assert_int_equal(dots_enlarge(&dots, 0, &none), -EINVAL);
    assert_int_equal(dots_scale(&dots, 0, 5, &none), -EINVAL);
}

static void a_picture_is_put_where_it_belongs(void **state)
{
    (void)state;
    struct random_seeded seed = {1};
    for (int i = 0; i < 500; i++) {
        int width = 1 + (int)(random_next(&seed) % 40), height = 1 + (int)(random_next(&seed) % 5);
        int x = (int)(random_next(&seed) % 20), y = (int)(random_next(&seed) % 4);
        int right = (int)(random_next(&seed) % 9), below = (int)(random_next(&seed) % 3); /* to spare */
        CLEANUP(dots_done) struct dots page = noise(&seed, x + width + right, y + height + below);
        CLEANUP(dots_done) struct dots picture = noise(&seed, width, height), expected = {0};
        assert_int_equal(dots_turn(&page, 0, &expected), 0);
        for (int row = 0; row < height; row++)
            for (int column = 0; column < width; column++)
                if (dots_get(&picture, column, row))
                    dots_set(&expected, x + column, y + row);
        dots_put(&page, &picture, x, y);
        assert_same(&page, &expected);
    }
}

static void a_part_is_filled(void **state)
{
    (void)state;
    CLEANUP(dots_done) struct dots dots = {0};
    assert_int_equal(dots_init(&dots, 30, 10), 0);
    dots_fill(&dots, 3, 2, 20, 5);
    for (int y = 0; y < 10; y++)
        for (int x = 0; x < 30; x++)
            assert_int_equal(dots_get(&dots, x, y), x >= 3 && x < 23 && y >= 2 && y < 7);
}

static void turns_go_clockwise(void **state)
{
    (void)state;
    struct random_seeded seed = {2};
    CLEANUP(dots_done) struct dots dots = noise(&seed, 19, 7), quarter = {0}, half = {0}, three = {0}, whole = {0};
    assert_int_equal(dots_turn(&dots, 1, &quarter), 0);
    for (int y = 0; y < 7; y++)
        for (int x = 0; x < 19; x++)
            assert_int_equal(dots_get(&quarter, 6 - y, x), dots_get(&dots, x, y));
    CLEANUP(dots_done) struct dots twice = {0}, thrice = {0};
    assert_int_equal(dots_turn(&quarter, 1, &twice), 0);
    assert_int_equal(dots_turn(&twice, 1, &thrice), 0);
    assert_int_equal(dots_turn(&thrice, 1, &whole), 0);
    assert_int_equal(dots_turn(&dots, 2, &half), 0);
    assert_int_equal(dots_turn(&dots, 3, &three), 0);
    assert_same(&twice, &half);
    assert_same(&thrice, &three);
    assert_same(&whole, &dots);
}

static void whole_factors_scale_like_enlarging(void **state)
{
    (void)state;
    struct random_seeded seed = {3};
    for (int factor = 1; factor < 6; factor++) {
        CLEANUP(dots_done) struct dots dots = noise(&seed, 21, 9), large = {0}, scaled = {0}, back = {0};
        assert_int_equal(dots_enlarge(&dots, factor, &large), 0);
        assert_int_equal(dots_scale(&dots, 21 * factor, 9 * factor, &scaled), 0);
        assert_same(&scaled, &large);
        assert_int_equal(dots_scale(&large, 21, 9, &back), 0);
        assert_same(&back, &dots);
    }
}

static void black_and_white_change_places(void **state)
{
    (void)state;
    for (int width = 1; width <= 17; width++) {
        CLEANUP(dots_done) struct dots dots = {0};
        assert_int_equal(dots_init(&dots, width, 3), 0);
        dots_set(&dots, width / 2, 1);
        dots_invert(&dots);
        for (int y = 0; y < 3; y++)
            for (int x = 0; x < width; x++)
                assert_int_equal(dots_get(&dots, x, y), x != width / 2 || y != 1);
        for (int y = 0; y < 3; y++)
            for (int spare = width; spare < (int)dots.stride * 8; spare++)
                assert_false(dots.bits[(size_t)y * dots.stride + (size_t)spare / 8] & (0x80 >> (spare % 8)));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sides_have_bounds),
        cmocka_unit_test(a_picture_is_put_where_it_belongs),
        cmocka_unit_test(a_part_is_filled),
        cmocka_unit_test(turns_go_clockwise),
        cmocka_unit_test(whole_factors_scale_like_enlarging),
        cmocka_unit_test(black_and_white_change_places),
    };
    return cmocka_run_group_tests_name("dots", tests, NULL, NULL);
}
