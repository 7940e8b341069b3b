/* The shortest tour: aisle by aisle, the shortest partial tour of each class (tour_states.h). It comes out as a set of
 * ways with even ends everywhere, so there is a walk over each of them once (Hierholzer's). */
#include "plan/methods.h"

#include "base/cleanup.h"
#include "plan/tour_states.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#define NO_WAY INT64_MAX

/* What led to a state: the state before, and a way through a block or a set of cross-aisles to go on by. */
struct choice {
    uint8_t from, what;
};

struct tour {
    const struct aisles *aisles;
    struct tour_states states;
    int64_t blocks, crosses;
    int64_t best_mm[TOUR_STATES_MAX]; /* of the partial tours of each state, up to here */
    struct choice *trail;             /* by step and state; an aisle has a step for each block, and one to go on */
    uint8_t *ways;                    /* enum cell_way, by cell */
    uint8_t *through, *along;         /* times still to walk: a cell, and to the next aisle, by aisle and cross-aisle */
    bool *seen;                       /* by aisle and cross-aisle */
    uint32_t *open, *circuit;         /* aisle and cross-aisle as one number */
};

static void tour_done(struct tour *tour)
{
    free(tour->trail);
    free(tour->ways);
    free(tour->through);
    free(tour->along);
    free(tour->seen);
    free(tour->open);
    free(tour->circuit);
}

static int tour_open(const struct aisles *aisles, struct tour *tour)
{
    tour->aisles = aisles;
    tour->blocks = aisles->floor->blocks;
    tour->crosses = tour->blocks + 1;
    tour_states_make(tour->blocks, &tour->states);
    size_t cells = (size_t)(aisles->used * tour->blocks), ends = (size_t)(aisles->used * tour->crosses);
    size_t walks = 2 * (cells + ends) + 1; /* no way is walked more than twice */
    tour->trail = calloc(ends * tour->states.count, sizeof(*tour->trail));
    tour->ways = calloc(cells, sizeof(*tour->ways));
    tour->through = calloc(cells, sizeof(*tour->through));
    tour->along = calloc(ends, sizeof(*tour->along));
    tour->seen = calloc(ends, sizeof(*tour->seen));
    tour->open = calloc(walks, sizeof(*tour->open));
    tour->circuit = calloc(walks, sizeof(*tour->circuit));
    bool all = tour->trail && tour->ways && tour->through && tour->along && tour->seen && tour->open && tour->circuit;
    return all ? 0 : -ENOMEM;
}

/* ---------------------------------------------------------------- choosing the ways */

/* The stops before the largest gap between two picks; a cell with fewer than two has none: 0. */
static size_t stops_before_gap(const struct cell *cell)
{
    int64_t largest = -1;
    size_t ret = 0;
    for (size_t i = 1; i < cell->count; i++) {
        int64_t gap = cell->stops[i].position_mm - cell->stops[i - 1].position_mm;
        if (gap > largest) {
            largest = gap;
            ret = i;
        }
    }
    return ret;
}

static void measure_ways(const struct cell *cell, int64_t mm[CELL_WAYS])
{
    size_t front = stops_before_gap(cell);
    mm[WAY_NONE] = cell->count > 0 ? NO_WAY : 0;
    mm[WAY_ONCE] = cell->length_mm;
    mm[WAY_TWICE] = 2 * cell->length_mm;
    mm[WAY_FRONT] = cell->count > 0 ? cell_front_mm(cell, cell->count) : NO_WAY;
    mm[WAY_BACK] = cell->count > 0 ? cell_back_mm(cell, cell->count) : NO_WAY;
    mm[WAY_GAP] = front > 0 ? cell_front_mm(cell, front) + cell_back_mm(cell, cell->count - front) : NO_WAY;
}

struct step {
    const struct tour *tour;
    struct choice *trail; /* by state */
    int64_t best_mm[TOUR_STATES_MAX];
};

static struct step step_begin(const struct tour *tour, int64_t aisle, int64_t number)
{
    struct step step = {tour, tour->trail + (size_t)(aisle * tour->crosses + number) * tour->states.count, {0}};
    for (size_t i = 0; i < tour->states.count; i++)
        step.best_mm[i] = NO_WAY;
    return step;
}

static void step_offer(struct step *step, size_t from, size_t what, int64_t mm, uint8_t to)
{
    if (mm == NO_WAY || to == TOUR_NO_STATE || step->tour->best_mm[from] + mm >= step->best_mm[to])
        return;
    step->best_mm[to] = step->tour->best_mm[from] + mm;
    step->trail[to] = (struct choice){(uint8_t)from, (uint8_t)what};
}

static void step_through(struct tour *tour, int64_t aisle, int64_t block)
{
    struct step step = step_begin(tour, aisle, block);
    struct cell cell = aisles_cell(tour->aisles, aisle, block);
    int64_t mm[CELL_WAYS];
    measure_ways(&cell, mm);
    for (size_t state = 0; state < tour->states.count; state++)
        for (size_t way = 0; way < CELL_WAYS && tour->best_mm[state] != NO_WAY; way++)
            step_offer(&step, state, way, mm[way], tour->states.next[state][block][way]);
    memcpy(tour->best_mm, step.best_mm, sizeof(step.best_mm));
}

static void step_onward(struct tour *tour, int64_t aisle)
{
    struct step step = step_begin(tour, aisle, tour->blocks);
    for (size_t state = 0; state < tour->states.count; state++)
        for (unsigned set = 1; set < 1U << tour->crosses && tour->best_mm[state] != NO_WAY; set++)
            step_offer(&step, state, set,
                       tour_times(&tour->states, state, set) * tour->aisles->floor->aisle_distance_mm,
                       tour->states.onward[state][set]);
    memcpy(tour->best_mm, step.best_mm, sizeof(step.best_mm));
}

static size_t best_whole(const struct tour *tour)
{
    size_t ret = TOUR_NO_STATE;
    for (size_t state = 0; state < tour->states.count; state++)
        if (tour_is_whole(&tour->states, state) && tour->best_mm[state] != NO_WAY &&
            (ret == TOUR_NO_STATE || tour->best_mm[state] < tour->best_mm[ret]))
            ret = state;
    assert(ret != TOUR_NO_STATE);
    return ret;
}

/* From the last step back to the depot. */
static void read_trail(struct tour *tour, size_t state)
{
    static const uint8_t times_through[CELL_WAYS] = {[WAY_ONCE] = 1, [WAY_TWICE] = 2};
    size_t step = (size_t)(tour->aisles->used * tour->crosses) - 1; /* behind the last aisle is nothing to go on to */
    while (step-- > 0) {
        size_t aisle = step / (size_t)tour->crosses, number = step % (size_t)tour->crosses;
        const struct choice choice = tour->trail[step * tour->states.count + state];
        if (number < (size_t)tour->blocks) {
            tour->ways[aisle * (size_t)tour->blocks + number] = choice.what;
            tour->through[aisle * (size_t)tour->blocks + number] = times_through[choice.what];
        } else {
            for (int64_t cross = 0; cross < tour->crosses; cross++)
                tour->along[aisle * (size_t)tour->crosses + (size_t)cross] =
                    (uint8_t)tour_times(&tour->states, choice.from, choice.what & 1U << cross);
        }
        state = choice.from;
    }
}

static int64_t choose_ways(struct tour *tour)
{
    for (size_t state = 0; state < TOUR_STATES_MAX; state++)
        tour->best_mm[state] = state == TOUR_START_STATE ? 0 : NO_WAY;
    for (int64_t aisle = 0; aisle < tour->aisles->used; aisle++) {
        for (int64_t block = 0; block < tour->blocks; block++)
            step_through(tour, aisle, block);
        if (aisle + 1 < tour->aisles->used)
            step_onward(tour, aisle);
    }
    size_t state = best_whole(tour);
    read_trail(tour, state);
    return tour->best_mm[state];
}

/* ---------------------------------------------------------------- walking them */

/* Uses up one of the ways that are left at an end, and returns where it leads; the end itself when none is left. */
static uint32_t leave(struct tour *tour, uint32_t end)
{
    const uint32_t crosses = (uint32_t)tour->crosses;
    const size_t cross = end % crosses, block = end - end / crosses; /* at whose front it is */
    const struct {
        uint8_t *times;
        uint32_t to;
    } ways[] = {
        {cross + 1 < crosses ? &tour->through[block] : NULL, end + 1},
        {cross > 0 ? &tour->through[block - 1] : NULL, end - 1},
        {&tour->along[end], end + crosses},
        {end >= crosses ? &tour->along[end - crosses] : NULL, end - crosses},
    };
    for (size_t i = 0; i < COUNT(ways); i++) {
        if (ways[i].times && *ways[i].times > 0) {
            --*ways[i].times;
            return ways[i].to;
        }
    }
    return end;
}

/* Returns how many ends it has, the depot at its beginning and its end. */
static size_t find_circuit(struct tour *tour)
{
    size_t opened = 1, count = 0;
    tour->open[0] = 0;
    while (opened > 0) {
        uint32_t end = tour->open[opened - 1], to = leave(tour, end);
        if (to != end)
            tour->open[opened++] = to;
        else
            tour->circuit[count++] = tour->open[--opened];
    }
    return count;
}

/* Into the aisle on both sides, for what is not picked in passing through. */
static void pick_at_end(struct walk *walk, const struct tour *tour)
{
    if (walk->cross < tour->blocks) {
        struct cell cell = aisles_cell(walk->aisles, walk->aisle, walk->cross);
        uint8_t way = tour->ways[walk->aisle * tour->blocks + walk->cross];
        if (way == WAY_FRONT || way == WAY_GAP)
            walk_into(walk, walk->cross, way == WAY_GAP ? stops_before_gap(&cell) : cell.count);
    }
    if (walk->cross > 0) {
        struct cell cell = aisles_cell(walk->aisles, walk->aisle, walk->cross - 1);
        uint8_t way = tour->ways[walk->aisle * tour->blocks + walk->cross - 1];
        if (way == WAY_BACK || way == WAY_GAP)
            walk_into(walk, walk->cross - 1, cell.count - (way == WAY_GAP ? stops_before_gap(&cell) : 0));
    }
}

static void walk_circuit(struct walk *walk, struct tour *tour, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t end = tour->circuit[i];
        int64_t aisle = end / (uint32_t)tour->crosses, cross = end % (uint32_t)tour->crosses;
        if (cross != walk->cross)
            walk_through(walk, cross < walk->cross ? cross : walk->cross);
        else
            walk_along(walk, aisle);
        if (!tour->seen[end])
            pick_at_end(walk, tour);
        tour->seen[end] = true;
    }
}

int walk_exact(struct walk *walk)
{
    if (walk->aisles->floor->blocks > ROUTE_EXACT_BLOCKS_MAX)
        return -EOPNOTSUPP;
    CLEANUP(tour_done) struct tour tour = {0};
    int result = tour_open(walk->aisles, &tour);
    if (result)
        return result;
    int64_t length_mm = choose_ways(&tour);
    walk_circuit(walk, &tour, find_circuit(&tour));
    assert(walk->length_mm == length_mm);
    return 0;
}
