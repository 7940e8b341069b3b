/* In which order a worker walks past his bins: the shortest tour, where it is known where they are. */
#include "floor/pick_bin.h"
#include "floor/settings.h"
#include "plan/route.h"
#include "store/picking.h"

#include <errno.h>

#define STOPS_MAX 200 /* with more than these the walking sequence is as good */

/* -ENOENT: this floor does not say how large it is. */
static int load_floor(struct store *store, struct route_floor *ret)
{
    *ret = (struct route_floor){.blocks = 1, .aisles = 1};
    int result = setting_get(store, SETTING_aisle_length_mm, &ret->aisle_length_mm);
    if (!result)
        result = setting_get(store, SETTING_aisle_distance_mm, &ret->aisle_distance_mm);
    return !result && (!ret->aisle_length_mm || !ret->aisle_distance_mm) ? -ENOENT : result;
}

/* -ENOENT: no tour can be had. */
static int solve(struct store *store, const struct picking_stop *stops, size_t count, size_t *order)
{
    struct route_place picks[STOPS_MAX];
    struct route_floor floor;
    struct route route;
    struct error error = {0};
    int result = load_floor(store, &floor);
    if (result)
        return result;
    for (size_t i = 0; i < count; i++) {
        picks[i] = (struct route_place){stops[i].aisle, stops[i].block, stops[i].position_mm};
        floor.aisles = stops[i].aisle >= floor.aisles ? stops[i].aisle + 1 : floor.aisles;
        floor.blocks = stops[i].block >= floor.blocks ? stops[i].block + 1 : floor.blocks;
    }
    if (route_check(&floor, picks, count, &error) != 0)
        return -ENOENT;
    return route_best(&floor, picks, count, &route, order);
}

int pick_plan_route(struct store *store, int64_t worker)
{
    struct picking_stop stops[STOPS_MAX];
    size_t order[STOPS_MAX], count = 0;
    int result = picking_stops(store, worker, stops, STOPS_MAX, &count);
    if (!result && count > 1)
        result = solve(store, stops, count, order);
    if (result == -ENOENT || count <= 1)
        return result && result != -ENOENT ? result : picking_set_place(store, worker, 0, 0);
    bool back = order[0] > order[count - 1]; /* either way round is as short: as the walking sequence goes */
    for (size_t i = 0; i < count && !result; i++)
        result = picking_set_place(store, worker, stops[order[back ? count - 1 - i : i]].location, (int64_t)i + 1);
    return result;
}
