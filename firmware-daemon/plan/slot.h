/* Where a SKU should lie: ABC classes, the cube-per-order index, and moves that save walking.
 * Does not know lots or rules of bins, and moves nothing: it suggests. */
#ifndef PLAN_SLOT_H
#define PLAN_SLOT_H

#include <stddef.h>
#include <stdint.h>

#define SLOT_ITEMS_MAX 20000
#define SLOT_BINS_MAX  20000
#define SLOT_VALUE_MAX 1000000000 /* of picks, cubes and distances */
#define SLOT_NOTHING   SIZE_MAX

/* A SKU that has one bin for itself. */
struct slot_item {
    int64_t picks;    /* times it was gone to, in the period that is looked at */
    int64_t cube_cm3; /* the room it needs in its bin */
    size_t bin;       /* where it lies */
};

struct slot_bin {
    int64_t cube_cm3;
    int64_t distance_mm; /* from the depot */
};

struct slot_move {
    size_t item, from, to; /* item and bins by index */
    size_t swapped;        /* the item that comes back, or SLOT_NOTHING when the bin is free */
    int64_t saved_mm;      /* there and back for all picks of the period, of both items */
};

/* The functions below return -EINVAL when a value is not within the limits, or a bin is not there or holds two items;
 * -ENOMEM. Of equal items and bins the first comes first. */

/* 'A' for the items with the most picks that make up the first 80 of 100 of all picks, 'B' for those of the next 15,
 * 'C' for the rest and whatever is never picked. */
int slot_classes(const struct slot_item *items, size_t count, char *ret_classes);

/* Indices of the items by cube-per-order index (Heskett 1963), room needed for each pick: the lowest should lie nearest
 * to the depot. What is never picked comes last. */
int slot_rank(const struct slot_item *items, size_t count, size_t *ret_order);

/* By rank each item is meant for the nearest bin that has room and is not yet meant for another; a move or a swap to it
 * is suggested when that saves walking. Each bin takes part in one move at most, so each move is good without the
 * others; the most saved comes first. ret_moves has room for as many as there are items. */
int slot_suggest(const struct slot_item *items, size_t item_count, const struct slot_bin *bins, size_t bin_count,
                 struct slot_move *ret_moves, size_t *ret_count);

#endif
