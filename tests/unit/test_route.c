/* Tours: the exact one against every order of visiting on a graph of its own making, the heuristics against the walk
 * that their order needs, and lengths of thousands of larger tours against each other. */
#include "base/cleanup.h"
#include "plan/route.h"
#include "unit/chance.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PICKS_MAX  400
#define JUDGED_MAX 13

struct case_ {
    struct route_floor floor;
    struct route_place picks[PICKS_MAX];
    size_t count;
};

/* Ends, equal places and short aisles come often: that is where faults are. */
static int64_t chance_position(int64_t length)
{
    switch (chance(6)) {
    case 0:
        return 0;
    case 1:
        return length;
    case 2:
        return chance(5) * length / 4;
    default:
        return chance(length + 1);
    }
}

static void make_case(struct case_ *ret, int64_t blocks, int64_t aisles_max, size_t picks_max)
{
    ret->floor = (struct route_floor){.blocks = blocks,
                                      .aisles = 1 + chance(aisles_max),
                                      .aisle_length_mm = 1 + chance(chance(2) ? 20 : 30000),
                                      .aisle_distance_mm = chance(chance(2) ? 12 : 6000)};
    ret->count = (size_t)chance((int64_t)picks_max + 1);
    for (size_t i = 0; i < ret->count; i++) {
        ret->picks[i] = (struct route_place){chance(ret->floor.aisles), chance(blocks),
                                             chance_position(ret->floor.aisle_length_mm)};
        if (i > 0 && chance(8) == 0)
            ret->picks[i] = ret->picks[i - 1];
    }
}

/* ---------------------------------------------------------------- an independent judge */

/* Every meeting of an aisle and a cross-aisle, the picks behind them; distances by Floyd and Warshall. */
#define NODES_MAX 64
#define FAR       (INT64_MAX / 4)

static int64_t graph[NODES_MAX][NODES_MAX];

static void edge(size_t a, size_t b, int64_t mm)
{
    if (mm < graph[a][b])
        graph[a][b] = graph[b][a] = mm;
}

static size_t meeting(const struct route_floor *floor, int64_t aisle, int64_t cross)
{
    return (size_t)(aisle * (floor->blocks + 1) + cross);
}

static size_t make_graph(const struct case_ *c)
{
    const struct route_floor *floor = &c->floor;
    const size_t meetings = meeting(floor, floor->aisles, 0), nodes = meetings + c->count;
    assert_true(nodes <= NODES_MAX);
    for (size_t i = 0; i < nodes; i++)
        for (size_t j = 0; j < nodes; j++)
            graph[i][j] = i == j ? 0 : FAR;
    for (int64_t aisle = 0; aisle < floor->aisles; aisle++) {
        for (int64_t cross = 0; cross <= floor->blocks; cross++) {
            if (aisle > 0)
                edge(meeting(floor, aisle - 1, cross), meeting(floor, aisle, cross), floor->aisle_distance_mm);
            if (cross > 0)
                edge(meeting(floor, aisle, cross - 1), meeting(floor, aisle, cross), floor->aisle_length_mm);
        }
    }
    for (size_t i = 0; i < c->count; i++) {
        const struct route_place *a = &c->picks[i];
        edge(meetings + i, meeting(floor, a->aisle, a->block), a->position_mm);
        edge(meetings + i, meeting(floor, a->aisle, a->block + 1), floor->aisle_length_mm - a->position_mm);
        for (size_t j = 0; j < i; j++)
            if (c->picks[j].aisle == a->aisle && c->picks[j].block == a->block)
                edge(meetings + i, meetings + j, llabs(a->position_mm - c->picks[j].position_mm));
    }
    for (size_t k = 0; k < nodes; k++)
        for (size_t i = 0; i < nodes; i++)
            for (size_t j = 0; j < nodes; j++)
                if (graph[i][k] + graph[k][j] < graph[i][j])
                    graph[i][j] = graph[i][k] + graph[k][j];
    return meetings;
}

/* Shortest over every order of visiting, by sets of what was visited. */
static int64_t shortest_of_all(const struct case_ *c, size_t first)
{
    static int64_t best[1 << JUDGED_MAX][JUDGED_MAX];
    if (c->count == 0)
        return 0;
    const size_t sets = (size_t)1 << c->count;
    for (size_t set = 1; set < sets; set++) {
        for (size_t last = 0; last < c->count; last++) {
            best[set][last] = FAR;
            if (!(set >> last & 1))
                continue;
            size_t before = set & ~((size_t)1 << last);
            if (before == 0)
                best[set][last] = graph[0][first + last];
            for (size_t i = 0; i < c->count; i++)
                if (before >> i & 1 && best[before][i] + graph[first + i][first + last] < best[set][last])
                    best[set][last] = best[before][i] + graph[first + i][first + last];
        }
    }
    int64_t ret = FAR;
    for (size_t last = 0; last < c->count; last++)
        if (best[sets - 1][last] + graph[first + last][0] < ret)
            ret = best[sets - 1][last] + graph[first + last][0];
    return ret;
}

static int64_t length_on_graph(const struct case_ *c, size_t first, const size_t *order)
{
    size_t at = 0;
    int64_t mm = 0;
    for (size_t i = 0; i < c->count; i++) {
        mm += graph[at][first + order[i]];
        at = first + order[i];
    }
    return mm + graph[at][0];
}

static int64_t length_of_order(const struct case_ *c, const size_t *order)
{
    struct route_place at = {0};
    int64_t mm = 0;
    for (size_t i = 0; i < c->count; i++) {
        mm += route_distance_mm(&c->floor, &at, &c->picks[order[i]]);
        at = c->picks[order[i]];
    }
    return mm + route_distance_mm(&c->floor, &at, &(struct route_place){0});
}

static void assert_permutation(const struct case_ *c, const size_t *order)
{
    bool there[PICKS_MAX] = {false};
    for (size_t i = 0; i < c->count; i++) {
        assert_true(order[i] < c->count);
        assert_false(there[order[i]]);
        there[order[i]] = true;
    }
}

static int64_t solve(const struct case_ *c, enum route_method method, size_t *order)
{
    int64_t mm = -1, again = -1;
    assert_int_equal(route_check(&c->floor, c->picks, c->count, NULL), 0);
    assert_int_equal(route_solve(&c->floor, c->picks, c->count, method, &mm, order), 0);
    assert_int_equal(route_solve(&c->floor, c->picks, c->count, method, &again, NULL), 0);
    assert_int_equal(mm, again);
    assert_permutation(c, order);
    return mm;
}

/* ---------------------------------------------------------------- tests */

static void judge(int64_t blocks, int64_t aisles, size_t picks, int cases)
{
    static struct case_ c;
    size_t order[PICKS_MAX];
    for (int i = 0; i < cases; i++) {
        make_case(&c, blocks, aisles, picks);
        const size_t first = make_graph(&c);
        const int64_t shortest = shortest_of_all(&c, first);
        assert_int_equal(solve(&c, ROUTE_EXACT, order), shortest);
        assert_int_equal(length_on_graph(&c, first, order), shortest);
        assert_int_equal(length_of_order(&c, order), shortest);
        for (enum route_method method = ROUTE_S_SHAPE; method < ROUTE_EXACT; method++) {
            const int64_t mm = solve(&c, method, order);
            assert_true(mm >= shortest);
            assert_true(mm >= length_on_graph(&c, first, order));
            assert_int_equal(length_on_graph(&c, first, order), length_of_order(&c, order));
        }
    }
}

static void test_one_block_is_shortest(void **state)
{
    (void)state;
    chance_state = 0x5eed1;
    judge(1, 9, 9, 10000);
}

static void test_two_blocks_are_shortest(void **state)
{
    (void)state;
    chance_state = 0x5eed2;
    judge(2, 9, 9, 10000);
}

static void test_three_blocks_are_shortest(void **state)
{
    (void)state;
    chance_state = 0x5eed3;
    judge(3, 6, 9, 2000);
}

/* Several picks in most aisles. */
static void test_full_aisles_are_shortest(void **state)
{
    (void)state;
    chance_state = 0x5eed7;
    for (int64_t blocks = 1; blocks <= ROUTE_EXACT_BLOCKS_MAX; blocks++)
        judge(blocks, 5 - blocks, JUDGED_MAX, 200);
}

static void test_no_heuristic_is_shorter(void **state)
{
    (void)state;
    static struct case_ c;
    size_t order[PICKS_MAX];
    chance_state = 0x5eed4;
    for (int i = 0; i < 6000; i++) {
        make_case(&c, 1 + i % 3, 20, 100);
        const int64_t shortest = solve(&c, ROUTE_EXACT, order);
        assert_int_equal(length_of_order(&c, order), shortest);
        for (enum route_method method = ROUTE_S_SHAPE; method < ROUTE_EXACT; method++) {
            const int64_t mm = solve(&c, method, order);
            assert_true(mm >= shortest);
            assert_true(mm >= length_of_order(&c, order));
        }
    }
}

static void test_many_blocks_take_the_best_heuristic(void **state)
{
    (void)state;
    static struct case_ c;
    size_t order[PICKS_MAX], other[PICKS_MAX];
    chance_state = 0x5eed5;
    for (int i = 0; i < 300; i++) {
        struct route best;
        make_case(&c, ROUTE_EXACT_BLOCKS_MAX + 1 + chance(4), 20, 100);
        assert_int_equal(route_solve(&c.floor, c.picks, c.count, ROUTE_EXACT, &best.length_mm, NULL), -EOPNOTSUPP);
        assert_int_equal(route_best(&c.floor, c.picks, c.count, &best, order), 0);
        assert_int_equal(best.length_mm, solve(&c, best.method, other));
        assert_memory_equal(order, other, c.count * sizeof(*order));
        for (enum route_method method = ROUTE_S_SHAPE; method < ROUTE_EXACT; method++)
            assert_true(solve(&c, method, other) >= best.length_mm);
    }
}

static void test_known_lengths(void **state)
{
    (void)state;
    static struct case_ c = {
        .floor = {1, 3, 10000, 3000}, .picks = {{0, 0, 9000}, {1, 0, 8000}, {2, 0, 1000}}, .count = 3};
    size_t order[3];
    assert_int_equal(solve(&c, ROUTE_S_SHAPE, order), 2 * 10000 + 2 * 6000 + 2 * 1000);
    assert_int_equal(solve(&c, ROUTE_LARGEST_GAP, order), 2 * 10000 + 2 * 6000 + 2 * 2000);
    assert_int_equal(solve(&c, ROUTE_COMBINED, order), 2 * 10000 + 2 * 6000 + 2 * 1000);
    assert_int_equal(solve(&c, ROUTE_EXACT, order), 2 * 10000 + 2 * 6000 + 2 * 1000);
}

static void test_edges(void **state)
{
    (void)state;
    const struct {
        struct case_ c;
        int64_t mm;
    } cases[] = {
        {{.floor = {1, 1, 1000, 0}}, 0},
        {{.floor = {2, 5, 1000, 300}}, 0},
        {{.floor = {1, 5, 1000, 300}, .picks = {{0, 0, 0}}, .count = 1}, 0},
        {{.floor = {1, 5, 1000, 300}, .picks = {{4, 0, 0}}, .count = 1}, 2400},
        {{.floor = {1, 5, 1000, 300}, .picks = {{4, 0, 1000}}, .count = 1}, 4400},
        {{.floor = {1, 1, 1000, 300}, .picks = {{0, 0, 700}, {0, 0, 700}, {0, 0, 200}}, .count = 3}, 1400},
        {{.floor = {2, 1, 1000, 300}, .picks = {{0, 1, 0}, {0, 0, 1000}}, .count = 2}, 2000},
        {{.floor = {2, 1, 1000, 300}, .picks = {{0, 1, 1000}}, .count = 1}, 4000},
        {{.floor = {2, 1000, ROUTE_MM_MAX, ROUTE_MM_MAX}, .picks = {{999, 1, ROUTE_MM_MAX}}, .count = 1},
         INT64_C(2) * 1001 * ROUTE_MM_MAX},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t order[PICKS_MAX];
        for (enum route_method method = ROUTE_S_SHAPE; method < ROUTE_METHODS; method++)
            assert_int_equal(solve(&cases[i].c, method, order), cases[i].mm);
    }
}

static void test_the_largest(void **state)
{
    (void)state;
    const struct route_floor floor = {2, ROUTE_AISLES_MAX, ROUTE_MM_MAX, ROUTE_MM_MAX};
    CLEANUP(cleanup_free) struct route_place *picks = calloc(ROUTE_PICKS_MAX, sizeof(*picks));
    CLEANUP(cleanup_free) size_t *order = calloc(ROUTE_PICKS_MAX, sizeof(*order));
    chance_state = 0x5eed6;
    for (size_t i = 0; i < ROUTE_PICKS_MAX; i++)
        picks[i] = (struct route_place){chance(ROUTE_AISLES_MAX), chance(2), chance(ROUTE_MM_MAX + 1)};
    assert_int_equal(route_check(&floor, picks, ROUTE_PICKS_MAX, NULL), 0);
    int64_t shortest, mm;
    assert_int_equal(route_solve(&floor, picks, ROUTE_PICKS_MAX, ROUTE_EXACT, &shortest, order), 0);
    for (enum route_method method = ROUTE_S_SHAPE; method < ROUTE_EXACT; method++) {
        assert_int_equal(route_solve(&floor, picks, ROUTE_PICKS_MAX, method, &mm, order), 0);
        assert_true(mm >= shortest);
    }
}

static void test_what_cannot_be_walked(void **state)
{
    (void)state;
    const struct {
        struct route_floor floor;
        struct route_place pick;
        const char *text;
    } cases[] = {
        {{0, 1, 1000, 1000}, {0, 0, 0}, "blocks must be from 1 to 10, not 0"},
        {{1, 1001, 1000, 1000}, {0, 0, 0}, "aisles must be from 1 to 1000, not 1001"},
        {{1, 1, 0, 1000}, {0, 0, 0}, "aisle_length must be from 1 to 1000000000000, not 0"},
        {{1, 1, 1000, -1}, {0, 0, 0}, "aisle_distance must be from 0 to 1000000000000, not -1"},
        {{1, 2, 1000, 1000}, {2, 0, 0}, "pick 0: the aisle must be from 0 to 1, not 2"},
        {{1, 2, 1000, 1000}, {1, 1, 0}, "pick 0: the block must be from 0 to 0, not 1"},
        {{2, 2, 1000, 1000}, {1, 1, 1001}, "pick 0: the position must be from 0 to 1000, not 1001"},
        {{2, 2, 1000, 1000}, {1, 1, -1}, "pick 0: the position must be from 0 to 1000, not -1"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error error;
        assert_int_equal(route_check(&cases[i].floor, &cases[i].pick, 1, &error), -EINVAL);
        assert_string_equal(error.text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_block_is_shortest),
        cmocka_unit_test(test_two_blocks_are_shortest),
        cmocka_unit_test(test_three_blocks_are_shortest),
        cmocka_unit_test(test_full_aisles_are_shortest),
        cmocka_unit_test(test_no_heuristic_is_shorter),
        cmocka_unit_test(test_many_blocks_take_the_best_heuristic),
        cmocka_unit_test(test_known_lengths),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_the_largest),
        cmocka_unit_test(test_what_cannot_be_walked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
