#include "plan/tour_states.h"

#include <assert.h>
#include <string.h>

/* A code taken apart. */
struct ends {
    uint8_t part[TOUR_CROSS_MAX]; /* 0: the tour does not come there */
    bool odd[TOUR_CROSS_MAX];
};

static struct ends ends_of(uint16_t code)
{
    struct ends ends;
    for (int k = 0; k < TOUR_CROSS_MAX; k++) {
        uint8_t bits = code >> (4 * k) & 0xF;
        ends.part[k] = bits >> 1;
        ends.odd[k] = bits & 1;
    }
    return ends;
}

/* Parts are numbered again as they are met, so that equal classes have equal codes. */
static uint16_t code_of(const struct ends *ends)
{
    uint8_t number[2 * TOUR_CROSS_MAX + 1] = {0}, numbers = 0;
    unsigned code = 0;
    for (int k = 0; k < TOUR_CROSS_MAX; k++) {
        uint8_t part = ends->part[k];
        if (part && !number[part])
            number[part] = ++numbers;
        code |= (unsigned)(number[part] << 1 | ends->odd[k]) << (4 * k);
    }
    return (uint16_t)code;
}

static void reach(struct ends *ends, int64_t cross)
{
    if (!ends->part[cross])
        ends->part[cross] = (uint8_t)(TOUR_CROSS_MAX + 1 + cross);
}

static void join(struct ends *ends, int64_t cross)
{
    uint8_t from = ends->part[cross + 1], to = ends->part[cross];
    for (int k = 0; k < TOUR_CROSS_MAX; k++)
        if (ends->part[k] == from)
            ends->part[k] = to;
}

static uint16_t after_way(uint16_t code, int64_t block, enum cell_way way)
{
    struct ends ends = ends_of(code);
    if (way != WAY_NONE && way != WAY_BACK)
        reach(&ends, block);
    if (way != WAY_NONE && way != WAY_FRONT)
        reach(&ends, block + 1);
    if (way == WAY_ONCE || way == WAY_TWICE)
        join(&ends, block);
    if (way == WAY_ONCE) {
        ends.odd[block] = !ends.odd[block];
        ends.odd[block + 1] = !ends.odd[block + 1];
    }
    return code_of(&ends);
}

/* An odd end must be left once, an even one twice or not; every part must go on, because picks are still to come. */
static bool can_go_on(const struct ends *ends, unsigned crosses)
{
    unsigned parts = 0, kept = 0;
    for (int k = 0; k < TOUR_CROSS_MAX; k++) {
        bool on = crosses >> k & 1;
        if (on ? !ends->part[k] : ends->odd[k])
            return false;
        parts |= 1U << ends->part[k];
        kept |= on ? 1U << ends->part[k] : 0;
    }
    return (parts | 1U) == (kept | 1U);
}

static uint16_t after_going_on(uint16_t code, unsigned crosses)
{
    struct ends ends = ends_of(code);
    for (int k = 0; k < TOUR_CROSS_MAX; k++)
        if (!(crosses >> k & 1))
            ends.part[k] = 0;
    return code_of(&ends);
}

static uint8_t odd_ends(const struct ends *ends)
{
    unsigned ret = 0;
    for (int k = 0; k < TOUR_CROSS_MAX; k++)
        ret |= (unsigned)ends->odd[k] << k;
    return (uint8_t)ret;
}

static uint8_t state_of(struct tour_states *states, uint16_t code)
{
    size_t i = 0;
    while (i < states->count && states->code[i] != code)
        i++;
    if (i == states->count) {
        assert(states->count < TOUR_STATES_MAX);
        states->code[states->count++] = code;
    }
    return (uint8_t)i;
}

void tour_states_make(int64_t blocks, struct tour_states *ret)
{
    assert(blocks >= 1 && blocks <= ROUTE_EXACT_BLOCKS_MAX);
    const struct ends depot = {.part = {1}};
    ret->crosses = blocks + 1;
    ret->count = 0;
    memset(ret->onward, TOUR_NO_STATE, sizeof(ret->onward));
    state_of(ret, code_of(&depot));
    for (size_t state = 0; state < ret->count; state++) { /* grows while it is looked through */
        const uint16_t code = ret->code[state];
        const struct ends ends = ends_of(code);
        ret->odd[state] = odd_ends(&ends);
        for (int64_t block = 0; block < blocks; block++)
            for (enum cell_way way = WAY_NONE; way < CELL_WAYS; way++)
                ret->next[state][block][way] = state_of(ret, after_way(code, block, way));
        for (unsigned crosses = 1; crosses < 1U << ret->crosses; crosses++)
            if (can_go_on(&ends, crosses))
                ret->onward[state][crosses] = state_of(ret, after_going_on(code, crosses));
    }
}

int tour_times(const struct tour_states *states, size_t state, unsigned crosses)
{
    return 2 * __builtin_popcount(crosses) - __builtin_popcount(crosses & states->odd[state]);
}

bool tour_is_whole(const struct tour_states *states, size_t state)
{
    const struct ends ends = ends_of(states->code[state]);
    for (int k = 0; k < TOUR_CROSS_MAX; k++)
        if (ends.part[k] > 1 || ends.odd[k])
            return false;
    return true;
}
