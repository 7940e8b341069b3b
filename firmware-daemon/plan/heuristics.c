/* The three heuristics, for any number of blocks as Roodbergen & De Koster (2001) extend them: up the first aisle with
 * a pick to the farthest block that has one, then block by block back to the front. They differ in how a block is
 * walked. */
#include "plan/methods.h"

#include <errno.h>
#include <stdlib.h>

/* The aisles of a block in which picks are left, in the order of walking: left to right or right to left. */
struct row {
    int64_t block, aisles[ROUTE_AISLES_MAX];
    size_t count;
};

/* Walks a block from its front or its back, ends at its front. */
typedef void row_walk(struct walk *walk, const struct row *row);

static struct cell row_cell(const struct walk *walk, const struct row *row, size_t i)
{
    return aisles_cell(walk->aisles, row->aisles[i], row->block);
}

static bool is_at_front(const struct walk *walk, const struct row *row)
{
    return walk->cross == row->block;
}

static void find_row(const struct walk *walk, int64_t block, struct row *ret)
{
    ret->block = block;
    ret->count = 0;
    for (int64_t aisle = 0; aisle < walk->aisles->used; aisle++)
        if (!walk_is_taken(walk, aisle, block))
            ret->aisles[ret->count++] = aisle;
    if (ret->count == 0)
        return;
    int64_t first = ret->aisles[0], last = ret->aisles[ret->count - 1];
    if (llabs(walk->aisle - last) >= llabs(walk->aisle - first))
        return;
    for (size_t i = 0, j = ret->count - 1; i < j; i++, j--) {
        int64_t aisle = ret->aisles[i];
        ret->aisles[i] = ret->aisles[j];
        ret->aisles[j] = aisle;
    }
}

static int64_t farthest_block(const struct aisles *aisles)
{
    int64_t farthest = 0;
    for (size_t i = 0; i < aisles->count; i++) {
        int64_t block = (int64_t)aisles->stops[i].cell % aisles->floor->blocks;
        farthest = block > farthest ? block : farthest;
    }
    return farthest;
}

static int walk_rows(struct walk *walk, row_walk *walk_row)
{
    const struct aisles *aisles = walk->aisles;
    if (aisles->count == 0)
        return 0;
    struct row row;
    int64_t block = farthest_block(aisles);
    walk_along(walk, (int64_t)aisles->stops[0].cell / aisles->floor->blocks);
    for (int64_t near = 0; near < block; near++)
        walk_through(walk, near);
    for (; block >= 0; block--) {
        find_row(walk, block, &row);
        if (row.count > 0)
            walk_row(walk, &row);
        else if (!is_at_front(walk, &row))
            walk_through(walk, block);
    }
    walk_along(walk, 0);
    return 0;
}

/* ---------------------------------------------------------------- S-shape */

/* Every aisle from end to end, but in and out of the last one where that leads to the front. */
static void row_s_shape(struct walk *walk, const struct row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        walk_along(walk, row->aisles[i]);
        if (i + 1 == row->count && is_at_front(walk, row))
            walk_into(walk, row->block, row_cell(walk, row, i).count);
        else
            walk_through(walk, row->block);
    }
}

int walk_s_shape(struct walk *walk)
{
    return walk_rows(walk, row_s_shape);
}

/* ---------------------------------------------------------------- largest gap */

/* How many stops lie before the largest gap between two picks, or between a pick and an end. */
static size_t stops_before_gap(const struct cell *cell)
{
    int64_t largest = -1, before = 0;
    size_t ret = 0;
    for (size_t i = 0; i <= cell->count; i++) {
        int64_t here = i < cell->count ? cell->stops[i].position_mm : cell->length_mm;
        if (here - before > largest) {
            largest = here - before;
            ret = i;
        }
        before = here;
    }
    return ret;
}

/* Along one side of the block, into each aisle as far as its largest gap. */
static void walk_dip(struct walk *walk, const struct row *row, size_t i)
{
    struct cell cell = row_cell(walk, row, i);
    size_t front = stops_before_gap(&cell), n = is_at_front(walk, row) ? front : cell.count - front;
    if (n == 0)
        return;
    walk_along(walk, row->aisles[i]);
    walk_into(walk, row->block, n);
}

/* From the front: through the first aisle, along the back, through the last one, back along the front. From the back
 * the first aisle is one of the others. */
static void row_largest_gap(struct walk *walk, const struct row *row)
{
    size_t last = row->count - 1, first = 0;
    if (is_at_front(walk, row)) {
        walk_along(walk, row->aisles[0]);
        if (last == 0) {
            walk_into(walk, row->block, row_cell(walk, row, 0).count);
            return;
        }
        walk_through(walk, row->block);
        first = 1;
    }
    for (size_t i = first; i < last; i++)
        walk_dip(walk, row, i);
    walk_along(walk, row->aisles[last]);
    walk_through(walk, row->block);
    for (size_t i = last; i > first; i--)
        walk_dip(walk, row, i - 1);
}

int walk_largest_gap(struct walk *walk)
{
    return walk_rows(walk, row_largest_gap);
}

/* ---------------------------------------------------------------- combined */

enum side { FRONT, BACK };

/* Each aisle from end to end or in and out, whichever makes the block shortest. */
static void row_combined(struct walk *walk, const struct row *row)
{
    bool through[ROUTE_AISLES_MAX][2];
    int64_t best[2] = {0, INT64_MAX / 2}; /* from either side of the next aisle to the end, which is at the front */
    for (size_t i = row->count; i > 0; i--) {
        struct cell cell = row_cell(walk, row, i - 1);
        const int64_t into[2] = {cell_front_mm(&cell, cell.count), cell_back_mm(&cell, cell.count)};
        int64_t now[2];
        for (enum side side = FRONT; side <= BACK; side++) {
            int64_t cross = cell.length_mm + best[!side], stay = into[side] + best[side];
            through[i - 1][side] = cross < stay;
            now[side] = cross < stay ? cross : stay;
        }
        best[FRONT] = now[FRONT];
        best[BACK] = now[BACK];
    }
    for (size_t i = 0; i < row->count; i++) {
        walk_along(walk, row->aisles[i]);
        if (through[i][is_at_front(walk, row) ? FRONT : BACK])
            walk_through(walk, row->block);
        else
            walk_into(walk, row->block, row_cell(walk, row, i).count);
    }
}

int walk_combined(struct walk *walk)
{
    return walk_rows(walk, row_combined);
}
