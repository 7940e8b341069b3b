/* Campaigns as rows: what runs, for whom, how often it may count. The terms of an old order stay as they were. Gifts
 * are rules about orders (orders/rules.h): a campaign of that kind keeps one. Does not reckon prices: pricing does.
 * Inside a transaction. */
#ifndef HEAD_OFFICE_CAMPAIGNS_H
#define HEAD_OFFICE_CAMPAIGNS_H

#include "sync/head-office/marketing/pricing.h"
#include "sync/head-office/office.h"

#define CAMPAIGN_KINDS     "item|threshold|coupon|freight|gift"
#define CAMPAIGN_NOTE_SIZE 201
#define CAMPAIGNS_MAX      1000 /* that run at a time */

/* Beside its terms. */
struct campaign_frame {
    const char *kind, *packing_note, *gift_sku; /* gift_sku: of a gift */
    int64_t limit_all, limit_person, spend_minor, gift_pieces, gift_cap;
};

/* A new one, or new terms of one that there is; one that was stopped goes on. -EINVAL with a sentence: it makes no
 * sense, or is of another kind; -ENOENT: there is no such item. */
int campaigns_put(struct office *office, const struct pricing_campaign *terms, const struct campaign_frame *frame,
                  struct error *error);

/* From now on it counts on no order. -ENOENT, -EALREADY. */
int campaigns_stop(struct office *office, const char *id, struct error *error);

struct campaigns {
    struct pricing_campaign *list;
    size_t count;
};

/* Those that a member ("": nobody known) may have at a time, as far as their limits let him. order: "", or one that was
 * priced already: its own count, limits or not, and no other that has limits. */
int campaigns_load(struct office *office, int64_t at_us, const char *member, const char *order, struct campaigns *ret,
                   struct error *error);

/* The latest terms of one, stopped or not. -ENOENT. */
int campaigns_find(struct office *office, const char *id, struct campaigns *ret, struct error *error);
void campaigns_done(struct campaigns *campaigns);
#define CLEANUP_CAMPAIGNS CLEANUP(campaigns_done)

#endif
