#include "plan/aisles.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

static int by_place(const void *left, const void *right)
{
    const struct stop *a = left, *b = right;
    if (a->cell != b->cell)
        return a->cell < b->cell ? -1 : 1;
    if (a->position_mm != b->position_mm)
        return a->position_mm < b->position_mm ? -1 : 1;
    return (a->pick > b->pick) - (a->pick < b->pick);
}

void aisles_done(struct aisles *aisles)
{
    free(aisles->stops);
    free(aisles->first);
    *aisles = (struct aisles){0};
}

int aisles_open(const struct route_floor *floor, const struct route_place *picks, size_t count, struct aisles *ret)
{
    int64_t used = 1;
    for (size_t i = 0; i < count; i++)
        used = picks[i].aisle >= used ? picks[i].aisle + 1 : used;
    size_t cells = (size_t)(used * floor->blocks);
    *ret = (struct aisles){.floor = floor, .count = count, .used = used};
    ret->stops = calloc(count + 1, sizeof(*ret->stops));
    ret->first = calloc(cells + 1, sizeof(*ret->first));
    if (!ret->stops || !ret->first)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        size_t cell = (size_t)(picks[i].aisle * floor->blocks + picks[i].block);
        ret->stops[i] = (struct stop){cell, picks[i].position_mm, i};
        ret->first[cell + 1]++;
    }
    for (size_t i = 0; i < cells; i++)
        ret->first[i + 1] += ret->first[i];
    qsort(ret->stops, count, sizeof(*ret->stops), by_place);
    return 0;
}

static size_t cell_index(const struct aisles *aisles, int64_t aisle, int64_t block)
{
    return (size_t)(aisle * aisles->floor->blocks + block);
}

struct cell aisles_cell(const struct aisles *aisles, int64_t aisle, int64_t block)
{
    size_t cell = cell_index(aisles, aisle, block), first = aisles->first[cell];
    return (struct cell){aisles->stops + first, aisles->first[cell + 1] - first, aisles->floor->aisle_length_mm};
}

int64_t cell_front_mm(const struct cell *cell, size_t n)
{
    return n > 0 ? 2 * cell->stops[n - 1].position_mm : 0;
}

int64_t cell_back_mm(const struct cell *cell, size_t n)
{
    return n > 0 ? 2 * (cell->length_mm - cell->stops[cell->count - n].position_mm) : 0;
}

/* ---------------------------------------------------------------- the picker */

int walk_open(const struct aisles *aisles, size_t *order, struct walk *ret)
{
    bool *taken = calloc(aisles->count + 1, sizeof(*taken));
    if (!taken)
        return -ENOMEM;
    *ret = (struct walk){.aisles = aisles, .taken = taken};
    ret->order = order;
    return 0;
}

void walk_done(struct walk *walk)
{
    free(walk->taken);
    *walk = (struct walk){0};
}

/* The first n stops of a cell as he meets them, from the front or from the back. */
static void take(struct walk *walk, int64_t block, size_t n, bool from_front)
{
    struct cell cell = aisles_cell(walk->aisles, walk->aisle, block);
    for (size_t i = 0; i < n; i++) {
        const struct stop *stop = &cell.stops[from_front ? i : cell.count - 1 - i];
        bool *taken = &walk->taken[stop - walk->aisles->stops];
        if (!*taken && walk->order)
            walk->order[walk->count] = stop->pick;
        walk->count += !*taken;
        *taken = true;
    }
}

void walk_along(struct walk *walk, int64_t aisle)
{
    int64_t aisles = aisle > walk->aisle ? aisle - walk->aisle : walk->aisle - aisle;
    walk->length_mm += aisles * walk->aisles->floor->aisle_distance_mm;
    walk->aisle = aisle;
}

void walk_through(struct walk *walk, int64_t block)
{
    assert(walk->cross == block || walk->cross == block + 1);
    bool from_front = walk->cross == block;
    take(walk, block, aisles_cell(walk->aisles, walk->aisle, block).count, from_front);
    walk->length_mm += walk->aisles->floor->aisle_length_mm;
    walk->cross = from_front ? block + 1 : block;
}

void walk_into(struct walk *walk, int64_t block, size_t n)
{
    assert(walk->cross == block || walk->cross == block + 1);
    bool from_front = walk->cross == block;
    struct cell cell = aisles_cell(walk->aisles, walk->aisle, block);
    take(walk, block, n, from_front);
    walk->length_mm += from_front ? cell_front_mm(&cell, n) : cell_back_mm(&cell, n);
}

bool walk_is_taken(const struct walk *walk, int64_t aisle, int64_t block)
{
    size_t cell = cell_index(walk->aisles, aisle, block);
    for (size_t i = walk->aisles->first[cell]; i < walk->aisles->first[cell + 1]; i++)
        if (!walk->taken[i])
            return false;
    return true;
}
