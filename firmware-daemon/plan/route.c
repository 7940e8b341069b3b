#include "plan/route.h"

#include "base/cleanup.h"
#include "plan/methods.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>

const char *const route_method_names[ROUTE_METHODS] = {"s_shape", "largest_gap", "combined", "exact"};

static int (*const methods[ROUTE_METHODS])(struct walk *walk) = {walk_s_shape, walk_largest_gap, walk_combined,
                                                                 walk_exact};

/* ---------------------------------------------------------------- what can be walked */

static int check_range(const char *what, int64_t value, int64_t min, int64_t max, struct error *error)
{
    if (value >= min && value <= max)
        return 0;
    return error_set(error, -EINVAL, "%s must be from %" PRId64 " to %" PRId64 ", not %" PRId64, what, min, max, value);
}

static int check_pick(const struct route_floor *floor, const struct route_place *pick, size_t number,
                      struct error *error)
{
    const struct {
        const char *what;
        int64_t value, max;
    } limits[] = {
        {"aisle", pick->aisle, floor->aisles - 1},
        {"block", pick->block, floor->blocks - 1},
        {"position", pick->position_mm, floor->aisle_length_mm},
    };
    for (size_t i = 0; i < COUNT(limits); i++)
        if (limits[i].value < 0 || limits[i].value > limits[i].max)
            return error_set(error, -EINVAL, "pick %zu: the %s must be from 0 to %" PRId64 ", not %" PRId64, number,
                             limits[i].what, limits[i].max, limits[i].value);
    return 0;
}

int route_check(const struct route_floor *floor, const struct route_place *picks, size_t count, struct error *error)
{
    int result = check_range("blocks", floor->blocks, 1, ROUTE_BLOCKS_MAX, error);
    if (!result)
        result = check_range("aisles", floor->aisles, 1, ROUTE_AISLES_MAX, error);
    if (!result)
        result = check_range("aisle_length", floor->aisle_length_mm, 1, ROUTE_MM_MAX, error);
    if (!result)
        result = check_range("aisle_distance", floor->aisle_distance_mm, 0, ROUTE_MM_MAX, error);
    if (!result && count > ROUTE_PICKS_MAX)
        result = error_set(error, -EINVAL, "a tour has at most %d picks, not %zu", ROUTE_PICKS_MAX, count);
    for (size_t i = 0; i < count && !result; i++)
        result = check_pick(floor, &picks[i], i, error);
    return result;
}

/* ---------------------------------------------------------------- tours */

int route_solve(const struct route_floor *floor, const struct route_place *picks, size_t count,
                enum route_method method, int64_t *ret_length_mm, size_t *ret_order)
{
    CLEANUP(aisles_done) struct aisles aisles = {0};
    CLEANUP(walk_done) struct walk walk = {0};
    int result = aisles_open(floor, picks, count, &aisles);
    if (!result)
        result = walk_open(&aisles, ret_order, &walk);
    if (!result)
        result = methods[method](&walk);
    if (result)
        return result;
    assert(walk.count == count && walk.aisle == 0 && walk.cross == 0);
    *ret_length_mm = walk.length_mm;
    return 0;
}

int route_best(const struct route_floor *floor, const struct route_place *picks, size_t count, struct route *ret,
               size_t *ret_order)
{
    struct route best = {.method = ROUTE_EXACT};
    int result = route_solve(floor, picks, count, ROUTE_EXACT, &best.length_mm, ret_order);
    if (result == -EOPNOTSUPP) {
        best.length_mm = INT64_MAX;
        for (enum route_method method = ROUTE_S_SHAPE; method < ROUTE_EXACT; method++) {
            int64_t length_mm;
            result = route_solve(floor, picks, count, method, &length_mm, NULL);
            if (result)
                return result;
            if (length_mm < best.length_mm)
                best = (struct route){method, length_mm};
        }
        result = route_solve(floor, picks, count, best.method, &best.length_mm, ret_order);
    }
    if (!result)
        *ret = best;
    return result;
}

/* ---------------------------------------------------------------- distances */

static int64_t distance(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

int64_t route_distance_mm(const struct route_floor *floor, const struct route_place *a, const struct route_place *b)
{
    int64_t from = a->block * floor->aisle_length_mm + a->position_mm;
    int64_t to = b->block * floor->aisle_length_mm + b->position_mm;
    if (a->aisle == b->aisle)
        return distance(from, to);
    int64_t best = INT64_MAX;
    for (int64_t cross = 0; cross <= floor->blocks; cross++) {
        int64_t at = cross * floor->aisle_length_mm, mm = distance(from, at) + distance(at, to);
        best = mm < best ? mm : best;
    }
    return best + distance(a->aisle, b->aisle) * floor->aisle_distance_mm;
}
