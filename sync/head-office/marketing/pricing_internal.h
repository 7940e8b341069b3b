/* What the files of the pricing engine share: a question on its way through the stages. */
#ifndef HEAD_OFFICE_PRICING_INTERNAL_H
#define HEAD_OFFICE_PRICING_INTERNAL_H

#include "sync/head-office/marketing/pricing.h"

/* A campaign on its way through its stage. */
struct pricing_bid {
    const struct pricing_campaign *campaign;
    const char *code;
    int64_t minor, times;
};

struct pricing_state {
    const struct pricing_request *request;
    struct pricing *out;
    struct pricing_line lines[PRICING_LINES_MAX]; /* by their numbers */
    size_t count;
    int64_t left[PRICING_LINES_MAX]; /* what each costs by now */
    int64_t base[PRICING_LINES_MAX]; /* what it cost when the stage began */
    int64_t off[PRICING_LINES_MAX];
    struct pricing_bid *bids; /* of all stages, those that are good for somebody like this buyer */
    size_t bid_count;
    const char **groups; /* exclusive words that are taken */
    size_t group_count;
    bool failed; /* there is no memory */
};

/* Sorts the lines and the campaigns that are for this buyer here and now, and checks all numbers. -EINVAL, -ENOMEM. */
int pricing_open(struct pricing_state *work);

/* Notes why a campaign does not count. */
void pricing_pass(struct pricing_state *work, const struct pricing_bid *bid, enum pricing_why why, int64_t short_by);

#endif
