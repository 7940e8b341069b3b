/* Coupons (优惠券): codes that open a campaign to whoever shows them. How often each may be used is counted under the
 * lock of its row, so that of two orders that show the last use at once one is refused. Inside a transaction. */
#ifndef HEAD_OFFICE_COUPONS_H
#define HEAD_OFFICE_COUPONS_H

#include "sync/head-office/marketing/pricing.h"
#include "sync/head-office/office.h"

#define COUPONS_AT_ONCE    1000
#define COUPONS_SHOWN_SIZE 1024 /* of codes set apart by commas */

struct coupon_terms {
    const char *campaign, *code, *member;     /* code "": codes are made up; member "": whoever shows it */
    int64_t uses_max, per_person, expires_us; /* per_person 0: as often as in all; expires_us 0: with the campaign */
};

/* One coupon; ret_code: what it is called. -ENOENT, -EINVAL, -EEXIST with a sentence. */
int coupons_issue(struct office *office, const struct coupon_terms *terms, const char *who,
                  char ret_code[PRICING_ID_SIZE], struct error *error);

/* What of "CODE,CODE" a member may use now, for pricing; the first that he may not use is an error: -ENOENT, -EALREADY
 * with a sentence. Nothing is used yet. */
int coupons_show(struct office *office, const char *codes, const char *member,
                 struct pricing_coupon ret[PRICING_COUPONS_MAX], size_t *ret_count, struct error *error);

/* Uses one for an order; the same again does nothing. Errors as coupons_show(). */
int coupons_redeem(struct office *office, const char *code, const char *number, const char *member,
                   struct error *error);

/* It cannot be used any more; orders that have used it keep what they have. -ENOENT, -EALREADY. */
int coupons_void(struct office *office, const char *code, struct error *error);

/* An order was closed: its coupons can be used again. */
int coupons_give_back(struct office *office, const char *number);

#endif
