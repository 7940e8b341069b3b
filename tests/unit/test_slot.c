/* Slotting: classes and ranks of small known houses, and of chance ones that every move may be made and saves what it
 * says. */
#include "base/cleanup.h"
#include "plan/slot.h"
#include "unit/chance.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BINS_MAX 60

static void test_classes(void **state)
{
    (void)state;
    const struct {
        int64_t picks[6];
        const char *classes;
    } cases[] = {
        {{500, 300, 150, 50, 0, 0}, "AABCCC"}, {{0, 50, 150, 300, 500, 0}, "CCBAAC"},
        {{790, 10, 100, 50, 49, 1}, "ACABBC"}, /* 79 of 100 are reached before the 100, 89 and 94 before the others */
        {{1, 0, 0, 0, 0, 0}, "ACCCCC"},        {{0, 0, 0, 0, 0, 0}, "CCCCCC"},
        {{1, 1, 1, 1, 1, 1}, "AAAAAB"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct slot_item items[6] = {{0}};
        char classes[7] = "";
        for (size_t j = 0; j < 6; j++)
            items[j].picks = cases[i].picks[j];
        assert_int_equal(slot_classes(items, 6, classes), 0);
        assert_string_equal(classes, cases[i].classes);
    }
}

static void test_rank(void **state)
{
    (void)state;
    const struct slot_item items[] = {{10, 1000, 0}, {0, 1, 0}, {10, 500, 0}, {1, 10, 0},
                                      {3, 30, 0},    {0, 0, 0}, {7, 0, 0}};
    size_t order[7];
    assert_int_equal(slot_rank(items, 7, order), 0);
    assert_memory_equal(order, ((const size_t[]){6, 3, 4, 2, 0, 1, 5}), sizeof(order));
}

static void assert_moves(const struct slot_item *items, size_t item_count, const struct slot_bin *bins,
                         size_t bin_count, const struct slot_move *wanted, size_t wanted_count)
{
    struct slot_move moves[BINS_MAX];
    size_t count;
    assert_int_equal(slot_suggest(items, item_count, bins, bin_count, moves, &count), 0);
    assert_int_equal(count, wanted_count);
    for (size_t i = 0; i < wanted_count; i++) {
        assert_int_equal(moves[i].item, wanted[i].item);
        assert_int_equal(moves[i].from, wanted[i].from);
        assert_int_equal(moves[i].to, wanted[i].to);
        assert_int_equal(moves[i].swapped, wanted[i].swapped);
        assert_int_equal(moves[i].saved_mm, wanted[i].saved_mm);
    }
}

static void test_moves(void **state)
{
    (void)state;
    const struct slot_bin bins[] = {{100, 5000}, {100, 1000}, {10, 500}, {100, 9000}};
    /* much picked lies far, little picked near: they swap, and the one small place stays free for what fits */
    const struct slot_item swap[] = {{2, 50, 1}, {30, 50, 3}};
    assert_moves(swap, 2, bins, 4, (const struct slot_move[]){{1, 3, 1, 0, INT64_C(2) * 28 * 8000}}, 1);
    /* to free bins, the most saved first */
    const struct slot_item two[] = {{4, 5, 3}, {40, 50, 0}};
    assert_moves(two, 2, bins, 4,
                 (const struct slot_move[]){{1, 0, 1, SLOT_NOTHING, INT64_C(2) * 40 * 4000},
                                            {0, 3, 2, SLOT_NOTHING, INT64_C(2) * 4 * 8500}},
                 2);
    /* no room for what would come back */
    const struct slot_item wide[] = {{1, 90, 1}, {9, 9, 2}, {50, 50, 0}};
    const struct slot_bin narrow[] = {{50, 5000}, {100, 1000}, {10, 500}};
    assert_moves(wide, 3, narrow, 3, NULL, 0);
    /* all is well */
    const struct slot_item well[] = {{9, 9, 2}, {8, 50, 1}};
    assert_moves(well, 2, bins, 4, NULL, 0);
}

static size_t make_house(struct slot_item *items, struct slot_bin *bins, size_t *ret_items)
{
    const size_t bin_count = 1 + (size_t)chance(BINS_MAX), item_count = (size_t)chance((int64_t)bin_count + 1);
    for (size_t i = 0; i < bin_count; i++)
        bins[i] = (struct slot_bin){10 + chance(50), chance(30) * 1000};
    for (size_t i = 0; i < item_count; i++) /* in some bin each, none twice */
        items[i] = (struct slot_item){chance(100), chance(bins[bin_count - 1 - i].cube_cm3 + 1), bin_count - 1 - i};
    *ret_items = item_count;
    return bin_count;
}

static int64_t walking(const struct slot_item *items, size_t count, const struct slot_bin *bins)
{
    int64_t ret = 0;
    for (size_t i = 0; i < count; i++)
        ret += 2 * items[i].picks * bins[items[i].bin].distance_mm;
    return ret;
}

/* Make all moves, each time from what was suggested at once, until there are none. */
static void test_every_move_saves(void **state)
{
    (void)state;
    struct slot_item items[BINS_MAX];
    struct slot_bin bins[BINS_MAX];
    struct slot_move moves[BINS_MAX];
    size_t made = 0;
    for (int i = 0; i < 500; i++) {
        size_t item_count, count, rounds = 0, bin_count = make_house(items, bins, &item_count);
        do {
            assert_true(rounds++ < 100);
            assert_int_equal(slot_suggest(items, item_count, bins, bin_count, moves, &count), 0);
            for (size_t j = 0; j < count; j++) {
                int64_t before = walking(items, item_count, bins);
                assert_int_equal(items[moves[j].item].bin, moves[j].from);
                assert_true(j == 0 || moves[j].saved_mm <= moves[j - 1].saved_mm);
                for (size_t k = 0; k < item_count; k++)
                    assert_int_equal(items[k].bin == moves[j].to, k == moves[j].swapped);
                if (moves[j].swapped != SLOT_NOTHING)
                    items[moves[j].swapped].bin = moves[j].from;
                items[moves[j].item].bin = moves[j].to;
                for (size_t k = 0; k < item_count; k++)
                    assert_true(items[k].cube_cm3 <= bins[items[k].bin].cube_cm3);
                assert_true(moves[j].saved_mm > 0);
                assert_int_equal(before - walking(items, item_count, bins), moves[j].saved_mm);
            }
            made += count;
        } while (count > 0);
    }
    assert_true(made > 500);
}

static void test_what_is_refused(void **state)
{
    (void)state;
    const struct slot_bin bins[] = {{10, 10}, {10, 20}}, far[] = {{10, 10}, {10, SLOT_VALUE_MAX + 1}};
    const struct slot_item good[] = {{1, 1, 0}, {1, 1, 1}}, same[] = {{1, 1, 0}, {1, 1, 0}}, away[] = {{1, 1, 2}},
                           less[] = {{-1, 1, 0}};
    struct slot_move moves[2];
    size_t count, order[2];
    char classes[2];
    assert_int_equal(slot_suggest(good, 2, bins, 2, moves, &count), 0);
    assert_int_equal(slot_suggest(good, 2, far, 2, moves, &count), -EINVAL);
    assert_int_equal(slot_suggest(same, 2, bins, 2, moves, &count), -EINVAL);
    assert_int_equal(slot_suggest(away, 1, bins, 2, moves, &count), -EINVAL);
    assert_int_equal(slot_suggest(less, 1, bins, 2, moves, &count), -EINVAL);
    assert_int_equal(slot_rank(less, 1, order), -EINVAL);
    assert_int_equal(slot_classes(less, 1, classes), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes),         cmocka_unit_test(test_rank),
        cmocka_unit_test(test_moves),           cmocka_unit_test(test_every_move_saves),
        cmocka_unit_test(test_what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
