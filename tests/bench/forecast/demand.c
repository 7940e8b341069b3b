/* floorhand-demand SERIES DAYS SEED [intermittent]: days of demand, series,period,value, the same for the same seed. A
 * quarter of the series each: smooth with a drift, with a strong week and a year, now and then, and now and then in
 * lumps, of which every fifth dies out or begins late. It knows nothing of how anybody forecasts. */
#include "base/id.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TURN 6.283185307179586

enum kind { SMOOTH, WEEKLY, RARE, LUMPY, KINDS };

/* What a series is like. */
struct likeness {
    enum kind kind;
    double level, drift, week[7], year, chance, lump;
    int first, last; /* day of it */
};

static double uniform(struct random_seeded *seeded)
{
    return ((double)(random_next(seeded) >> 11) + 0.5) / 9007199254740992.0;
}

static double between(struct random_seeded *seeded, double low, double high)
{
    return low + (high - low) * uniform(seeded);
}

static double normal(struct random_seeded *seeded)
{
    double far = sqrt(-2 * log(uniform(seeded)));
    return far * cos(TURN * uniform(seeded));
}

/* Knuth's for what is small, and the normal distribution's beyond. */
static int poisson(struct random_seeded *seeded, double mean)
{
    if (mean > 30) {
        double value = mean + sqrt(mean) * normal(seeded) + 0.5;
        return value > 0 ? (int)value : 0;
    }
    double least = exp(-mean), product = uniform(seeded);
    int count = 0;
    for (; product > least; count++)
        product *= uniform(seeded);
    return count;
}

static struct likeness draw(struct random_seeded *seeded, enum kind kind, int days)
{
    struct likeness like = {.kind = kind, .level = exp(between(seeded, 1, 5)), .last = days};
    like.drift = between(seeded, -0.0005, 0.001);
    for (int day = 0; day < 7; day++)
        like.week[day] = kind == SMOOTH ? 1 : between(seeded, 0.4, 1.6);
    like.year = kind == WEEKLY ? between(seeded, 0, 0.4) : 0;
    like.chance = exp(between(seeded, log(0.02), log(0.5)));
    like.lump = kind == LUMPY ? exp(between(seeded, 1, 3)) : between(seeded, 0, 2);
    bool changes = kind >= RARE && uniform(seeded) < 0.2;
    if (changes && uniform(seeded) < 0.5)
        like.last = (int)between(seeded, days * 0.6, days);
    else if (changes)
        like.first = (int)between(seeded, 0, days * 0.4);
    return like;
}

static int asked(struct random_seeded *seeded, const struct likeness *like, int day)
{
    if (day < like->first || day >= like->last)
        return 0;
    double season = like->week[day % 7] * (1 + like->year * sin(TURN * day / 365.25)), drift = 1 + like->drift * day;
    if (like->kind < RARE)
        return poisson(seeded, like->level * season * fmax(drift, 0.1) * exp(0.2 * normal(seeded)));
    if (uniform(seeded) > like->chance * season)
        return 0;
    return 1 + poisson(seeded, like->kind == LUMPY ? like->lump * exp(normal(seeded)) : like->lump);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "floorhand-demand SERIES DAYS SEED [intermittent]\n");
        return 2;
    }
    int series = atoi(argv[1]), days = atoi(argv[2]);
    bool rare = argc > 4 && strcmp(argv[4], "intermittent") == 0;
    struct random_seeded seeded = {.state = strtoull(argv[3], NULL, 10)};
    puts("series,period,value");
    for (int number = 0; number < series; number++) {
        enum kind kind = (enum kind)(rare ? RARE + number % 2 : number % KINDS);
        struct likeness like = draw(&seeded, kind, days);
        for (int day = 0; day < days; day++)
            printf("SKU-%06d,%d,%d\n", number + 1, day + 1, asked(&seeded, &like, day));
    }
    return ferror(stdout) ? 1 : 0;
}
