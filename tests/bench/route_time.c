#include "route_time.h"

#include "base/clock.h"
#include "plan/route.h"

#include <stdlib.h>

#define PICKS 100
#define TOURS 200

static struct route_place some_place(const struct route_floor *floor, unsigned *seed)
{
    return (struct route_place){rand_r(seed) % floor->aisles, rand_r(seed) % floor->blocks,
                                rand_r(seed) % (floor->aisle_length_mm + 1)};
}

double route_time_us(int64_t blocks)
{
    const struct route_floor floor = {blocks, 20, 15000, 3000};
    struct route_place picks[PICKS];
    size_t order[PICKS];
    unsigned seed = 1;
    int64_t took_us = 0;
    for (int tour = 0; tour < TOURS; tour++) {
        struct route route;
        for (size_t i = 0; i < PICKS; i++)
            picks[i] = some_place(&floor, &seed);
        int64_t start = clock_mono_us();
        if (route_best(&floor, picks, PICKS, &route, order) != 0)
            abort();
        took_us += clock_mono_us() - start;
    }
    return (double)took_us / TOURS;
}
