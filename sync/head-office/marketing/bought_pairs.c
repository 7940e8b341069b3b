#include "sync/head-office/marketing/bought_pairs.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- baskets */

static int grow(void **list, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return 0;
    size_t more = *room > 0 ? *room * 2 : 1024;
    void *grown = reallocarray(*list, more, size);
    if (!grown)
        return -ENOMEM;
    *list = grown;
    *room = more;
    return 0;
}

static size_t begin_of_last(const struct bought_baskets *baskets)
{
    return baskets->basket_count > 0 ? baskets->ends[baskets->basket_count - 1] : 0;
}

int bought_add(struct bought_baskets *baskets, uint32_t thing)
{
    int result = grow((void **)&baskets->things, baskets->count, &baskets->room, sizeof(*baskets->things));
    if (!result)
        baskets->things[baskets->count++] = thing;
    return result;
}

static int compare(const void *one, const void *other)
{
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    return a < b ? -1 : a > b;
}

/* Sorted, each once. What holds no pair, or is no basket of a person, is not kept. */
int bought_end(struct bought_baskets *baskets)
{
    size_t begin = begin_of_last(baskets), kept = begin;
    if (baskets->count > begin)
        qsort(baskets->things + begin, baskets->count - begin, sizeof(*baskets->things), compare);
    for (size_t i = begin; i < baskets->count; i++)
        if (kept == begin || baskets->things[kept - 1] != baskets->things[i])
            baskets->things[kept++] = baskets->things[i];
    bool good = kept - begin >= 2 && kept - begin <= BOUGHT_BASKET_MAX;
    baskets->count = good ? kept : begin;
    if (!good)
        return 0;
    int result = grow((void **)&baskets->ends, baskets->basket_count, &baskets->basket_room, sizeof(*baskets->ends));
    if (!result)
        baskets->ends[baskets->basket_count++] = kept;
    return result;
}

void bought_done(struct bought_baskets *baskets)
{
    free(baskets->things);
    free(baskets->ends);
    *baskets = (struct bought_baskets){0};
}

/* ---------------------------------------------------------------- counting */

/* Open addressing: a slot is empty where its count is 0. */
struct pair {
    uint32_t first, second;
    int64_t together;
};

struct table {
    struct pair *slots;
    size_t size, used, most; /* size: a power of two */
};

static bool count_pair(struct table *table, uint32_t first, uint32_t second)
{
    uint64_t mixed = ((uint64_t)first << 32 | second) * UINT64_C(0x9E3779B97F4A7C15);
    size_t at = (size_t)(mixed >> 20) & (table->size - 1);
    while (table->slots[at].together > 0 && (table->slots[at].first != first || table->slots[at].second != second))
        at = (at + 1) & (table->size - 1);
    if (table->slots[at].together == 0 && table->used++ == table->most)
        return false;
    table->slots[at] = (struct pair){first, second, table->slots[at].together + 1};
    return true;
}

/* The pairs whose first is from..below; false: they do not fit. */
static bool count_part(const struct bought_baskets *baskets, struct table *table, uint64_t from, uint64_t below)
{
    memset(table->slots, 0, table->size * sizeof(*table->slots));
    table->used = 0;
    size_t begin = 0;
    for (size_t b = 0; b < baskets->basket_count; begin = baskets->ends[b++])
        for (size_t i = begin; i < baskets->ends[b] && baskets->things[i] < below; i++)
            for (size_t j = i + 1; j < baskets->ends[b] && baskets->things[i] >= from; j++)
                if (!count_pair(table, baskets->things[i], baskets->things[j]))
                    return false;
    return true;
}

static int compare_pairs(const void *one, const void *other)
{
    const struct pair *a = one, *b = other;
    return a->first != b->first ? (a->first < b->first ? -1 : 1) : a->second < b->second ? -1 : a->second > b->second;
}

static int tell_part(struct table *table, int64_t least,
                     int (*tell)(void *user, uint32_t first, uint32_t second, int64_t together), void *user)
{
    size_t kept = 0;
    int result = 0;
    for (size_t i = 0; i < table->size; i++)
        if (table->slots[i].together >= least && table->slots[i].together > 0)
            table->slots[kept++] = table->slots[i];
    qsort(table->slots, kept, sizeof(*table->slots), compare_pairs);
    for (size_t i = 0; i < kept && !result; i++)
        result = tell(user, table->slots[i].first, table->slots[i].second, table->slots[i].together);
    return result;
}

int bought_pairs(const struct bought_baskets *baskets, uint32_t things, int64_t least, size_t table_max,
                 int (*tell)(void *user, uint32_t first, uint32_t second, int64_t together), void *user)
{
    struct table table = {.size = 32, .most = table_max};
    while (table.size < table_max * 2) /* half of the slots stay empty */
        table.size *= 2;
    table.slots = calloc(table.size, sizeof(*table.slots));
    if (!table.slots)
        return -ENOMEM;
    int result = 0;
    uint64_t step = things;
    for (uint64_t from = 0; from < things && !result;) {
        if (count_part(baskets, &table, from, from + step)) {
            result = tell_part(&table, least, tell, user);
            from += step;
        } else if (step > 1) {
            step /= 2;
        } else {
            result = -E2BIG; /* one thing alone stands beside more than fit */
        }
    }
    free(table.slots);
    return result;
}
