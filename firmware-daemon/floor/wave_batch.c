/* Which orders go into one wave: of the most urgent those that save the most walking together, where it is known where
 * their bins are. */
#include "floor/walk.h"
#include "floor/wave.h"
#include "plan/batch.h"

#include <errno.h>
#include <stdlib.h>

#define WINDOW_MAX  200 /* orders that are looked at together: those of the next four waves */
#define SAVINGS_MAX 32  /* so many by savings: some 900 tours, planned in 7 ms (one block) to 35 ms; more by aisles */
#define PLACES_MAX  4000

struct window {
    struct route_floor floor;
    struct batch_order orders[WINDOW_MAX];
    struct route_place places[PLACES_MAX];
    struct picking_stop stops[PLACES_MAX];
};

/* -ENOENT: some of their bins are nowhere, or there are too many. */
static int load(struct store *store, const struct wave_candidate *candidates, size_t count, struct window *window)
{
    size_t used = 0, stops = 0;
    int result = walk_floor(store, &window->floor);
    for (size_t i = 0; i < count && !result; i++) {
        result = picking_order_stops(store, candidates[i].order, window->stops, PLACES_MAX - used, &stops);
        if (result)
            return result;
        window->orders[i] = (struct batch_order){.picks = window->places + used, .count = stops, .pieces = 1};
        for (size_t j = 0; j < stops; j++)
            window->places[used++] = walk_place(&window->floor, &window->stops[j]);
    }
    struct error error = {0};
    return result ? result : route_check(&window->floor, window->places, used, &error) == 0 ? 0 : -ENOENT;
}

/* By batch, and as urgent as before within one. */
static void sort(struct wave_candidate *candidates, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct wave_candidate moved = candidates[i];
        size_t at = i;
        for (; at > 0 && candidates[at - 1].batch > moved.batch; at--)
            candidates[at] = candidates[at - 1];
        candidates[at] = moved;
    }
}

static int batch_window(struct store *store, struct wave_candidate *candidates, size_t count, int64_t room,
                        size_t *number)
{
    size_t batch_of[WINDOW_MAX];
    struct batches batches;
    const struct batch_limits limits = {.orders = room, .pieces = WINDOW_MAX};
    CLEANUP(cleanup_free) struct window *window = malloc(sizeof(*window));
    int result = window ? load(store, candidates, count, window) : -ENOMEM;
    if (!result)
        result = (count <= SAVINGS_MAX ? batch_by_savings : batch_by_aisles)(&window->floor, window->orders, count,
                                                                             &limits, &batches, batch_of);
    if (result)
        return result;
    for (size_t i = 0; i < count; i++)
        candidates[i].batch = *number + batch_of[i];
    *number += batches.count;
    sort(candidates, count);
    return 0;
}

int wave_batch(struct store *store, struct wave_candidate *candidates, size_t count, int64_t room)
{
    size_t number = 1, width = 4 * (size_t)room;
    for (size_t done = 0; room > 1 && width <= WINDOW_MAX && count > (size_t)room && done < count; done += width) {
        size_t next = count - done < width ? count - done : width;
        int result = batch_window(store, candidates + done, next, room, &number);
        if (result)
            return result == -ENOENT ? 0 : result;
    }
    return 0;
}
