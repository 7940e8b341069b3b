/* Numbers by chance that are the same in every run. Not for secrets. */
#ifndef TESTS_UNIT_CHANCE_H
#define TESTS_UNIT_CHANCE_H

#include <stdint.h>

static uint64_t chance_state = 0x5eed;

/* From 0, below the limit (xorshift64). */
static int64_t chance(int64_t below)
{
    chance_state ^= chance_state << 13;
    chance_state ^= chance_state >> 7;
    chance_state ^= chance_state << 17;
    return (int64_t)(chance_state % (uint64_t)below);
}

#endif
