#include "plan/batch.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define NO_BATCH SIZE_MAX

/* Batches in the making: each is named by one of its orders. */
struct batcher {
    const struct route_floor *floor;
    const struct batch_order *orders;
    size_t count;
    const struct batch_limits *limits;
    size_t *batch; /* by order */
    struct load {
        int64_t orders, pieces;
        size_t picks;
        int64_t length_mm;
    } * loads;                 /* by batch */
    struct route_place *picks; /* room for those of all orders */
};

static void batcher_done(struct batcher *batcher)
{
    free(batcher->batch);
    free(batcher->loads);
    free(batcher->picks);
}

static int batcher_open(struct batcher *batcher, size_t orders_max)
{
    if (batcher->limits->orders < 1 || batcher->limits->pieces < 1 || batcher->count > orders_max)
        return -EINVAL;
    size_t picks = 0;
    for (size_t i = 0; i < batcher->count; i++)
        picks += batcher->orders[i].count;
    batcher->batch = calloc(batcher->count + 1, sizeof(*batcher->batch));
    batcher->loads = calloc(batcher->count + 1, sizeof(*batcher->loads));
    batcher->picks = calloc(picks + 1, sizeof(*batcher->picks));
    if (!batcher->batch || !batcher->loads || !batcher->picks)
        return -ENOMEM;
    for (size_t i = 0; i < batcher->count; i++) {
        batcher->batch[i] = i;
        batcher->loads[i] = (struct load){1, batcher->orders[i].pieces, batcher->orders[i].count, 0};
    }
    return 0;
}

static bool fits(const struct batcher *batcher, size_t a, size_t b)
{
    const struct load *x = &batcher->loads[a], *y = &batcher->loads[b];
    return x->orders + y->orders <= batcher->limits->orders && x->pieces <= batcher->limits->pieces - y->pieces &&
           x->picks + y->picks <= ROUTE_PICKS_MAX;
}

static void join(struct batcher *batcher, size_t a, size_t b)
{
    struct load *into = &batcher->loads[a], *from = &batcher->loads[b];
    into->orders += from->orders;
    into->pieces += from->pieces;
    into->picks += from->picks;
    *from = (struct load){0};
    for (size_t i = 0; i < batcher->count; i++)
        if (batcher->batch[i] == b)
            batcher->batch[i] = a;
}

static bool is_batch(const struct batcher *batcher, size_t name)
{
    return batcher->loads[name].orders > 0;
}

/* Of one tour for both; the same batch twice is one. */
static int measure(const struct batcher *batcher, size_t a, size_t b, int64_t *ret_mm)
{
    size_t count = 0;
    struct route route;
    for (size_t i = 0; i < batcher->count; i++) {
        const struct batch_order *order = &batcher->orders[i];
        if ((batcher->batch[i] != a && batcher->batch[i] != b) || order->count == 0)
            continue;
        memcpy(batcher->picks + count, order->picks, order->count * sizeof(*order->picks));
        count += order->count;
    }
    int result = route_best(batcher->floor, batcher->picks, count, &route, NULL);
    if (!result)
        *ret_mm = route.length_mm;
    return result;
}

static void number_batches(const struct batcher *batcher, struct batches *ret, size_t *ret_batch)
{
    *ret = (struct batches){0};
    for (size_t i = 0; i < batcher->count; i++)
        ret_batch[i] = NO_BATCH;
    for (size_t i = 0; i < batcher->count; i++) {
        if (ret_batch[i] != NO_BATCH)
            continue;
        for (size_t j = i; j < batcher->count; j++)
            if (batcher->batch[j] == batcher->batch[i])
                ret_batch[j] = ret->count;
        ret->length_mm += batcher->loads[batcher->batch[i]].length_mm;
        ret->count++;
    }
}

/* ---------------------------------------------------------------- seed and further aisles */

#define IN_BATCH SIZE_MAX

struct seeding {
    struct batcher *batcher;
    size_t cells;
    bool *taken;  /* by order */
    size_t *seen; /* by cell: IN_BATCH, or the last look that saw it */
    size_t looks;
};

static void seeding_done(struct seeding *seeding)
{
    free(seeding->taken);
    free(seeding->seen);
}

static int seeding_open(struct batcher *batcher, struct seeding *seeding)
{
    seeding->batcher = batcher;
    seeding->cells = (size_t)(batcher->floor->aisles * batcher->floor->blocks);
    seeding->taken = calloc(batcher->count + 1, sizeof(*seeding->taken));
    seeding->seen = calloc(seeding->cells, sizeof(*seeding->seen));
    return seeding->taken && seeding->seen ? 0 : -ENOMEM;
}

/* Marks the aisles of an order, and returns how many of them were neither in the batch nor marked so before. */
static size_t mark_aisles(struct seeding *seeding, size_t order, size_t mark)
{
    const struct batch_order *candidate = &seeding->batcher->orders[order];
    size_t ret = 0;
    for (size_t i = 0; i < candidate->count; i++) {
        const struct route_place *pick = &candidate->picks[i];
        size_t *seen = &seeding->seen[pick->aisle * seeding->batcher->floor->blocks + pick->block];
        ret += *seen != IN_BATCH && *seen != mark;
        *seen = *seen == IN_BATCH ? IN_BATCH : mark;
    }
    return ret;
}

static void take(struct seeding *seeding, size_t seed, size_t order)
{
    seeding->taken[order] = true;
    mark_aisles(seeding, order, IN_BATCH);
    if (order != seed)
        join(seeding->batcher, seed, order);
}

static size_t find_seed(const struct seeding *seeding)
{
    const struct batcher *batcher = seeding->batcher;
    size_t ret = NO_BATCH;
    for (size_t i = 0; i < batcher->count; i++)
        if (!seeding->taken[i] && (ret == NO_BATCH || batcher->orders[i].pieces > batcher->orders[ret].pieces))
            ret = i;
    return ret;
}

static size_t find_nearest(struct seeding *seeding, size_t seed)
{
    size_t ret = NO_BATCH, fewest = SIZE_MAX;
    for (size_t i = 0; i < seeding->batcher->count; i++) {
        if (seeding->taken[i] || !fits(seeding->batcher, seed, i))
            continue;
        size_t further = mark_aisles(seeding, i, ++seeding->looks);
        if (further < fewest) {
            fewest = further;
            ret = i;
        }
    }
    return ret;
}

int batch_by_aisles(const struct route_floor *floor, const struct batch_order *orders, size_t count,
                    const struct batch_limits *limits, struct batches *ret, size_t *ret_batch)
{
    CLEANUP(batcher_done) struct batcher batcher = {floor, orders, count, limits, NULL, NULL, NULL};
    CLEANUP(seeding_done) struct seeding seeding = {0};
    int result = batcher_open(&batcher, BATCH_ORDERS_MAX);
    if (!result)
        result = seeding_open(&batcher, &seeding);
    for (size_t seed; !result && (seed = find_seed(&seeding)) != NO_BATCH;) {
        memset(seeding.seen, 0, seeding.cells * sizeof(*seeding.seen));
        for (size_t next = seed; next != NO_BATCH; next = find_nearest(&seeding, seed))
            take(&seeding, seed, next);
        result = measure(&batcher, seed, seed, &batcher.loads[seed].length_mm);
    }
    if (!result)
        number_batches(&batcher, ret, ret_batch);
    return result;
}

/* ---------------------------------------------------------------- savings */

#define NO_SAVING 0

struct savings {
    struct batcher *batcher;
    int64_t *mm; /* by two batches, the lower first */
};

static void savings_done(struct savings *savings)
{
    free(savings->mm);
}

static int64_t *saving_of(const struct savings *savings, size_t a, size_t b)
{
    return &savings->mm[a < b ? a * savings->batcher->count + b : b * savings->batcher->count + a];
}

/* What each other batch saves when it goes together with this one. */
static int look_from(struct savings *savings, size_t a, size_t first)
{
    const struct batcher *batcher = savings->batcher;
    for (size_t b = first; b < batcher->count; b++) {
        int64_t together = 0, *saving = saving_of(savings, a, b);
        *saving = NO_SAVING;
        if (b == a || !is_batch(batcher, b) || !fits(batcher, a, b))
            continue;
        int result = measure(batcher, a, b, &together);
        if (result)
            return result;
        *saving = batcher->loads[a].length_mm + batcher->loads[b].length_mm - together;
    }
    return 0;
}

static bool find_largest(const struct savings *savings, size_t *ret_a, size_t *ret_b)
{
    const struct batcher *batcher = savings->batcher;
    int64_t largest = NO_SAVING;
    for (size_t a = 0; a < batcher->count; a++) {
        for (size_t b = a + 1; b < batcher->count && is_batch(batcher, a); b++) {
            if (!is_batch(batcher, b) || *saving_of(savings, a, b) <= largest)
                continue;
            largest = *saving_of(savings, a, b);
            *ret_a = a;
            *ret_b = b;
        }
    }
    return largest > NO_SAVING;
}

static int join_by_savings(struct savings *savings)
{
    struct batcher *batcher = savings->batcher;
    int result = 0;
    for (size_t i = 0; i < batcher->count && !result; i++)
        result = measure(batcher, i, i, &batcher->loads[i].length_mm);
    for (size_t i = 0; i < batcher->count && !result; i++)
        result = look_from(savings, i, i + 1);
    for (size_t a, b; !result && find_largest(savings, &a, &b);) {
        int64_t together = batcher->loads[a].length_mm + batcher->loads[b].length_mm - *saving_of(savings, a, b);
        join(batcher, a, b);
        batcher->loads[a].length_mm = together;
        result = look_from(savings, a, 0);
    }
    return result;
}

int batch_by_savings(const struct route_floor *floor, const struct batch_order *orders, size_t count,
                     const struct batch_limits *limits, struct batches *ret, size_t *ret_batch)
{
    CLEANUP(batcher_done) struct batcher batcher = {floor, orders, count, limits, NULL, NULL, NULL};
    CLEANUP(savings_done) struct savings savings = {&batcher, NULL};
    int result = batcher_open(&batcher, BATCH_SAVINGS_MAX);
    if (result)
        return result;
    savings.mm = calloc(count * count + 1, sizeof(*savings.mm));
    result = savings.mm ? join_by_savings(&savings) : -ENOMEM;
    if (!result)
        number_batches(&batcher, ret, ret_batch);
    return result;
}
