/* The shortest walk past the bins of one order, where the building is known well enough to have one. */
#include "floor/rule.h"

#include "floor/settings.h"
#include "plan/route.h"
#include "store/walk.h"

#include <errno.h>

struct tour {
    struct route_floor floor;
    struct walk_bin bins[WALK_BINS_MAX];
    struct route_place places[WALK_BINS_MAX];
    size_t order[WALK_BINS_MAX];
    size_t count;
};

static int load(struct store *store, int64_t order, struct tour *tour)
{
    int result = setting_get(store, SETTING_aisle_length_mm, &tour->floor.aisle_length_mm);
    if (!result)
        result = setting_get(store, SETTING_aisle_distance_mm, &tour->floor.aisle_distance_mm);
    if (!result)
        result = walk_bins(store, order, tour->bins, &tour->count);
    return result;
}

/* False when a bin is not known to lie within the aisles: there is no floor to walk on then. */
static bool lay_out(struct tour *tour)
{
    struct route_floor *floor = &tour->floor;
    if (!floor->aisle_length_mm || !floor->aisle_distance_mm || tour->count == 0)
        return false;
    floor->aisles = floor->blocks = 1;
    for (size_t i = 0; i < tour->count; i++) {
        const struct walk_bin *bin = &tour->bins[i];
        tour->places[i] = (struct route_place){bin->aisle, bin->block, bin->position_mm};
        if (bin->aisle >= floor->aisles)
            floor->aisles = bin->aisle + 1;
        if (bin->block >= floor->blocks)
            floor->blocks = bin->block + 1;
    }
    return route_check(floor, tour->places, tour->count, NULL) == 0;
}

/* A tour is as long either way round. Who is on the way already goes on at the nearer end: how much shorter the rest
 * gets when it begins here, and not at the depot, with this place. */
static int64_t spared_mm(const struct route_floor *floor, const struct route_place *here,
                         const struct route_place *place)
{
    static const struct route_place depot = {0};
    return route_distance_mm(floor, &depot, place) - route_distance_mm(floor, here, place);
}

static int is_backwards(struct store *store, const struct tour *tour, int64_t here, bool *ret)
{
    struct location location;
    int result = location_load(store, here, &location);
    if (result)
        return result;
    struct route_floor floor = tour->floor; /* this bin may lie beyond all others */
    floor.aisles = ROUTE_AISLES_MAX;
    floor.blocks = ROUTE_BLOCKS_MAX;
    struct route_place place = {location.aisle, location.block, location.position_mm};
    *ret = route_check(&floor, &place, 1, NULL) == 0 &&
           spared_mm(&floor, &place, &tour->places[tour->order[tour->count - 1]]) >
               spared_mm(&floor, &place, &tour->places[tour->order[0]]);
    return 0;
}

int walk_plan(struct store *store, int64_t order, int64_t here)
{
    struct tour tour = {0};
    struct route route;
    bool backwards = false;
    int result = load(store, order, &tour);
    if (result == -E2BIG || (!result && !lay_out(&tour)))
        return walk_clear(store, order);
    if (!result)
        result = route_best(&tour.floor, tour.places, tour.count, &route, tour.order);
    if (!result && here)
        result = is_backwards(store, &tour, here, &backwards);
    for (size_t i = 0; i < tour.count && !result; i++) {
        size_t bin = tour.order[backwards ? tour.count - 1 - i : i];
        result = walk_set_place(store, order, tour.bins[bin].location, (int64_t)i + 1);
    }
    return result;
}
