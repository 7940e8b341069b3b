#include "sync/head-office/buying/reorder.h"

#include <math.h>

#define ALMOST    1e-9   /* what a fraction may be off by reckoning */
#define COUNT_MAX 2000.0 /* means above are as good as normal */
#define STEPS     4

static const double root_of_two = 1.41421356237309504880;
static const double root_of_two_pi = 2.50662827463100050242;

/* The first guess is off by 4.5e-4 at most; each step doubles the digits. */
double reorder_normal(double chance)
{
    double tail = chance < 0.5 ? chance : 1 - chance;
    double t = sqrt(-2 * log(tail));
    double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    for (int i = 0; i < STEPS; i++) {
        double above = 0.5 * erfc(z / root_of_two), density = exp(-z * z / 2) / root_of_two_pi;
        z += (above - tail) / density;
    }
    return chance < 0.5 ? -z : z;
}

static int64_t whole_above(double pieces)
{
    double up = ceil(pieces - ALMOST);
    return up > 0 ? (int64_t)up : 0;
}

int64_t reorder_count(double mean, double variance, double chance)
{
    if (mean <= 0)
        return 0;
    if (mean > COUNT_MAX)
        return whole_above(mean + reorder_normal(chance) * sqrt(variance));
    bool poisson = variance <= mean * (1 + ALMOST);
    double size = poisson ? 0 : mean * mean / (variance - mean);
    double share = poisson ? 0 : mean / (size + mean); /* of the negative binomial: P(x + 1) / P(x) tends to it */
    double likelihood = poisson ? -mean : size * log(1 - share), sum = exp(likelihood);
    int64_t count = 0;
    double most = mean + 40 * sqrt(variance > mean ? variance : mean) + 40;
    while (sum < chance - ALMOST && (double)count < most) {
        double n = (double)count;
        likelihood += poisson ? log(mean / (n + 1)) : log(share * (size + n) / (n + 1));
        sum += exp(likelihood);
        count++;
    }
    return count;
}

int64_t reorder_round(int64_t wanted, int64_t least, int64_t pack)
{
    if (wanted <= 0)
        return 0;
    int64_t pieces = wanted < least ? least : wanted;
    return (pieces + pack - 1) / pack * pack;
}

void reorder_plan(const struct reorder_item *item, struct reorder_plan *ret)
{
    double mean = item->day_mean * item->lead_days;
    double variance = item->lead_days * item->day_spread * item->day_spread +
                      item->day_mean * item->day_mean * item->lead_spread * item->lead_spread;
    int64_t expected = whole_above(mean);
    int64_t point = item->rare ? reorder_count(mean, variance, item->service)
                               : whole_above(mean + reorder_normal(item->service) * sqrt(variance));
    point = point < expected ? expected : point;
    int64_t up_to = whole_above(item->up_to_mean) + point - expected;
    up_to = up_to < point ? point : up_to;
    int64_t wanted = item->position <= point && item->day_mean > 0 ? up_to - item->position : 0;
    *ret = (struct reorder_plan){.lead_demand = expected,
                                 .safety_stock = point - expected,
                                 .reorder_point = point,
                                 .up_to = up_to,
                                 .quantity = reorder_round(wanted, item->least, item->pack)};
}
