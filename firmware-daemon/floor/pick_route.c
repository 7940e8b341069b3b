/* In which order a worker walks past his bins: the shortest tour, where it is known where they are. */
#include "floor/pick_bin.h"
#include "floor/settings.h"
#include "floor/walk.h"

#include <errno.h>

#define STOPS_MAX 200 /* with more than these the walking sequence is as good */

int walk_floor(struct store *store, struct route_floor *ret)
{
    *ret = (struct route_floor){.blocks = 1, .aisles = 1};
    int result = setting_get(store, SETTING_aisle_length_mm, &ret->aisle_length_mm);
    if (!result)
        result = setting_get(store, SETTING_aisle_distance_mm, &ret->aisle_distance_mm);
    return !result && (!ret->aisle_length_mm || !ret->aisle_distance_mm) ? -ENOENT : result;
}

struct route_place walk_place(struct route_floor *floor, const struct picking_stop *stop)
{
    floor->aisles = stop->aisle >= floor->aisles ? stop->aisle + 1 : floor->aisles;
    floor->blocks = stop->block >= floor->blocks ? stop->block + 1 : floor->blocks;
    return (struct route_place){stop->aisle, stop->block, stop->position_mm};
}

struct tour {
    struct route_floor floor;
    struct picking_stop stops[STOPS_MAX];
    struct route_place places[STOPS_MAX];
    size_t order[STOPS_MAX], count;
};

/* -ENOENT: no tour can be had. */
static int solve(struct tour *tour)
{
    struct route_floor *floor = &tour->floor;
    struct route route;
    struct error error = {0};
    for (size_t i = 0; i < tour->count; i++)
        tour->places[i] = walk_place(floor, &tour->stops[i]);
    if (route_check(floor, tour->places, tour->count, &error) != 0)
        return -ENOENT;
    return route_best(floor, tour->places, tour->count, &route, tour->order);
}

/* What a tour gains by ending at the depot and beginning here, with this place. */
static int64_t gain_mm(const struct route_floor *floor, const struct route_place *here, const struct route_place *place)
{
    static const struct route_place depot;
    return route_distance_mm(floor, &depot, place) - route_distance_mm(floor, here, place);
}

/* Either way round is as short: from the depot it is gone as the walking sequence goes, else from the nearer end. */
static int is_backwards(struct store *store, const struct tour *tour, int64_t here, bool *ret)
{
    struct location bin = {0};
    size_t first = tour->order[0], last = tour->order[tour->count - 1];
    int result = here ? location_load(store, here, &bin) : 0;
    const struct route_floor *floor = &tour->floor;
    struct route_place place = {bin.aisle, bin.block < 0 ? 0 : bin.block, bin.position_mm};
    bool within = here && place.aisle >= 0 && place.aisle < floor->aisles && place.block < floor->blocks &&
                  place.position_mm >= 0 && place.position_mm <= floor->aisle_length_mm;
    if (!result)
        *ret = within ? gain_mm(floor, &place, &tour->places[last]) > gain_mm(floor, &place, &tour->places[first])
                      : first > last;
    return result;
}

int pick_plan_route(struct store *store, int64_t worker, int64_t here)
{
    struct tour tour = {0};
    bool back = false;
    int result = walk_floor(store, &tour.floor);
    if (!result)
        result = picking_stops(store, worker, tour.stops, STOPS_MAX, &tour.count);
    if (!result && tour.count > 1)
        result = solve(&tour);
    if (result == -ENOENT || (!result && tour.count <= 1))
        return picking_set_place(store, worker, 0, 0);
    if (!result)
        result = is_backwards(store, &tour, here, &back);
    for (size_t i = 0; i < tour.count && !result; i++) {
        size_t stop = tour.order[back ? tour.count - 1 - i : i];
        result = picking_set_place(store, worker, tour.stops[stop].location, (int64_t)i + 1);
    }
    return result;
}
