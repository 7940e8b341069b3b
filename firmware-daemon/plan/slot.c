#include "plan/slot.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdbool.h>

static bool is_value(int64_t value)
{
    return value >= 0 && value <= SLOT_VALUE_MAX;
}

static bool are_items(const struct slot_item *items, size_t count)
{
    for (size_t i = 0; i < count && count <= SLOT_ITEMS_MAX; i++)
        if (!is_value(items[i].picks) || !is_value(items[i].cube_cm3))
            return false;
    return count <= SLOT_ITEMS_MAX;
}

/* ---------------------------------------------------------------- orders */

/* Something to sort: a / b goes up; 1 / 0 is the largest. */
struct key {
    int64_t a, b;
    size_t index;
};

static int by_ratio(const void *left, const void *right)
{
    const struct key *x = left, *y = right;
    int64_t xy = x->a * y->b, yx = y->a * x->b;
    if (xy != yx)
        return xy < yx ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static void sort_keys(struct key *keys, size_t count, size_t *ret_order)
{
    qsort(keys, count, sizeof(*keys), by_ratio);
    for (size_t i = 0; i < count; i++)
        ret_order[i] = keys[i].index;
}

int slot_rank(const struct slot_item *items, size_t count, size_t *ret_order)
{
    if (!are_items(items, count))
        return -EINVAL;
    CLEANUP(cleanup_free) struct key *keys = calloc(count + 1, sizeof(*keys));
    if (!keys)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) /* what needs no room, or has no picks, must still be a ratio */
        keys[i] = items[i].picks > 0 ? (struct key){items[i].cube_cm3, items[i].picks, i} : (struct key){1, 0, i};
    sort_keys(keys, count, ret_order);
    return 0;
}

int slot_classes(const struct slot_item *items, size_t count, char *ret_classes)
{
    if (!are_items(items, count))
        return -EINVAL;
    CLEANUP(cleanup_free) struct key *keys = calloc(count + 1, sizeof(*keys));
    CLEANUP(cleanup_free) size_t *order = calloc(count + 1, sizeof(*order));
    if (!keys || !order)
        return -ENOMEM;
    int64_t all = 0, before = 0;
    for (size_t i = 0; i < count; i++) {
        keys[i] = (struct key){-items[i].picks, 1, i};
        all += items[i].picks;
    }
    sort_keys(keys, count, order);
    for (size_t i = 0; i < count; i++) {
        int64_t picks = items[order[i]].picks;
        bool is_a = 100 * before < 80 * all, is_b = 100 * before < 95 * all;
        ret_classes[order[i]] = picks > 0 && is_a ? 'A' : picks > 0 && is_b ? 'B' : 'C';
        before += picks;
    }
    return 0;
}

/* ---------------------------------------------------------------- moves */

struct slotting {
    const struct slot_item *items;
    const struct slot_bin *bins;
    size_t item_count, bin_count;
    size_t *ranked, *nearest; /* items, bins */
    size_t *holds;            /* item, by bin */
    size_t *meant;            /* bin, by item */
    bool *used;               /* by bin */
};

static void slotting_done(struct slotting *slotting)
{
    free(slotting->ranked);
    free(slotting->nearest);
    free(slotting->holds);
    free(slotting->meant);
    free(slotting->used);
}

static int sort_bins(struct slotting *slotting)
{
    CLEANUP(cleanup_free) struct key *keys = calloc(slotting->bin_count + 1, sizeof(*keys));
    if (!keys)
        return -ENOMEM;
    for (size_t i = 0; i < slotting->bin_count; i++)
        keys[i] = (struct key){slotting->bins[i].distance_mm, 1, i};
    sort_keys(keys, slotting->bin_count, slotting->nearest);
    return 0;
}

static int place_items(struct slotting *slotting)
{
    for (size_t i = 0; i < slotting->bin_count; i++) {
        if (!is_value(slotting->bins[i].cube_cm3) || !is_value(slotting->bins[i].distance_mm))
            return -EINVAL;
        slotting->holds[i] = SLOT_NOTHING;
    }
    for (size_t i = 0; i < slotting->item_count; i++) {
        size_t bin = slotting->items[i].bin;
        if (bin >= slotting->bin_count || slotting->holds[bin] != SLOT_NOTHING)
            return -EINVAL;
        slotting->holds[bin] = i;
    }
    return 0;
}

static int slotting_open(struct slotting *slotting)
{
    if (slotting->bin_count > SLOT_BINS_MAX || !are_items(slotting->items, slotting->item_count))
        return -EINVAL;
    slotting->ranked = calloc(slotting->item_count + 1, sizeof(*slotting->ranked));
    slotting->nearest = calloc(slotting->bin_count + 1, sizeof(*slotting->nearest));
    slotting->holds = calloc(slotting->bin_count + 1, sizeof(*slotting->holds));
    slotting->meant = calloc(slotting->item_count + 1, sizeof(*slotting->meant));
    slotting->used = calloc(slotting->bin_count + 1, sizeof(*slotting->used));
    if (!slotting->ranked || !slotting->nearest || !slotting->holds || !slotting->meant || !slotting->used)
        return -ENOMEM;
    int result = place_items(slotting);
    if (!result)
        result = sort_bins(slotting);
    return result ? result : slot_rank(slotting->items, slotting->item_count, slotting->ranked);
}

static void choose_bins(struct slotting *slotting)
{
    size_t first = 0;
    for (size_t i = 0; i < slotting->item_count; i++) {
        size_t item = slotting->ranked[i];
        slotting->meant[item] = SLOT_NOTHING;
        while (first < slotting->bin_count && slotting->used[slotting->nearest[first]])
            first++;
        for (size_t j = first; j < slotting->bin_count && slotting->meant[item] == SLOT_NOTHING; j++) {
            size_t bin = slotting->nearest[j];
            if (slotting->used[bin] || slotting->bins[bin].cube_cm3 < slotting->items[item].cube_cm3)
                continue;
            slotting->meant[item] = bin;
            slotting->used[bin] = true;
        }
    }
}

/* False when it saves nothing, or the item that lies there has no room in the bin that gets free. */
static bool find_move(const struct slotting *slotting, size_t item, struct slot_move *ret)
{
    size_t from = slotting->items[item].bin, to = slotting->meant[item];
    if (to == SLOT_NOTHING || to == from)
        return false;
    size_t swapped = slotting->holds[to];
    int64_t picks = slotting->items[item].picks;
    if (swapped != SLOT_NOTHING) {
        if (slotting->items[swapped].cube_cm3 > slotting->bins[from].cube_cm3)
            return false;
        picks -= slotting->items[swapped].picks;
    }
    int64_t saved_mm = 2 * picks * (slotting->bins[from].distance_mm - slotting->bins[to].distance_mm);
    if (saved_mm > 0)
        *ret = (struct slot_move){item, from, to, swapped, saved_mm};
    return saved_mm > 0;
}

static int by_saving(const void *left, const void *right)
{
    const struct slot_move *x = left, *y = right;
    if (x->saved_mm != y->saved_mm)
        return x->saved_mm > y->saved_mm ? -1 : 1;
    return (x->item > y->item) - (x->item < y->item);
}

int slot_suggest(const struct slot_item *items, size_t item_count, const struct slot_bin *bins, size_t bin_count,
                 struct slot_move *ret_moves, size_t *ret_count)
{
    CLEANUP(slotting_done)
    struct slotting slotting = {.items = items, .bins = bins, .item_count = item_count, .bin_count = bin_count};
    size_t found = 0, kept = 0;
    int result = slotting_open(&slotting);
    if (result)
        return result;
    choose_bins(&slotting);
    for (size_t i = 0; i < item_count; i++)
        found += find_move(&slotting, i, &ret_moves[found]);
    qsort(ret_moves, found, sizeof(*ret_moves), by_saving);
    for (size_t i = 0; i < bin_count; i++)
        slotting.used[i] = false;
    for (size_t i = 0; i < found; i++) {
        const struct slot_move move = ret_moves[i];
        if (slotting.used[move.from] || slotting.used[move.to])
            continue;
        slotting.used[move.from] = slotting.used[move.to] = true;
        ret_moves[kept++] = move;
    }
    *ret_count = kept;
    return 0;
}
