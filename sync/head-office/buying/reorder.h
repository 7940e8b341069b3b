/* When and how much to buy again (补货点与安全库存). A reorder point covers what is asked for until goods come, and as
 * much more as makes it enough with the chance that is wanted (Silver, Pyke and Thomas, Inventory and Production
 * Management in Supply Chains, 4th edition, 2017, chapter 6: P1 service). Pure; pieces and days may be fractions, what
 * is answered is whole pieces. Does not know the database. */
#ifndef HEAD_OFFICE_REORDER_H
#define HEAD_OFFICE_REORDER_H

#include <stdbool.h>
#include <stdint.h>

struct reorder_item {
    double day_mean;               /* pieces asked for in a day, until the goods come */
    double day_spread;             /* standard deviation of what a day's forecast was wrong by */
    double lead_days, lead_spread; /* mean and standard deviation of the days from an order to its goods */
    double up_to_mean;             /* pieces of all days from now on until the goods after the next look come */
    double service;                /* the chance that it is enough until goods come: above 0.5, below 1 */
    bool rare;                     /* intermittent or lumpy: pieces are counted instead of taken as a normal share */
    int64_t position;              /* here, less what is promised and owed, and what is on order */
    int64_t least, pack;           /* an order is so many pieces at least, and of whole packs */
};

struct reorder_plan {
    int64_t lead_demand;  /* expected until goods come, rounded up */
    int64_t safety_stock; /* reorder_point - lead_demand */
    int64_t reorder_point;
    int64_t up_to;    /* the position that an order restores */
    int64_t quantity; /* to be ordered now; 0: there is enough */
};

void reorder_plan(const struct reorder_item *item, struct reorder_plan *ret);

/* At least so many pieces, and of whole packs; 0 stays 0. */
int64_t reorder_round(int64_t wanted, int64_t least, int64_t pack);

/* z below which a standard normal value lies with this chance, 0 < chance < 1: by a rational first guess (Abramowitz
 * and Stegun 26.2.23) and Newton steps on erfc(), to 1e-9 within 1e-12 < chance < 1 - 1e-12. */
double reorder_normal(double chance);

/* The least whole number that a count lies at or below with this chance. Of the same mean and variance: Poisson's, or a
 * negative binomial where it varies more; of large means normal. */
int64_t reorder_count(double mean, double variance, double chance);

#endif
