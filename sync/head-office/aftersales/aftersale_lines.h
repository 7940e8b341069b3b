/* What an after-sales case claims: pieces and money, line by line of its order. Over all cases of an order never more
 * pieces than it had and never more money than was paid for it, the freight apart. Does not look at the case's state.
 */
#ifndef HEAD_OFFICE_AFTERSALE_LINES_H
#define HEAD_OFFICE_AFTERSALE_LINES_H

#include "sync/head-office/aftersales/aftersale_life.h"

#define AFTERSALE_SHARE (-1) /* as an amount: the pieces' share of what was paid */

struct aftersale_claim {
    int64_t line, quantity, amount_minor;
    char new_sku[65]; /* "": the same again */
};

/* Adds one line. -ENOENT: the order has no such line; -EINVAL: neither pieces nor money. -ERANGE: more than is left of
 * it, and the sentence says how much is. */
int aftersale_claim(struct office *office, const struct aftersale *aftersale, const struct aftersale_claim *claim,
                    struct error *error);

/* Every piece that is left for such a case, and its money. */
int aftersale_claim_all(struct office *office, struct aftersale *aftersale, struct error *error);

/* Freight to be given back with it; -ERANGE likewise. Called after the lines. */
int aftersale_claim_freight(struct office *office, struct aftersale *aftersale, int64_t freight_minor,
                            struct error *error);

/* Makes the lines anew of what the platform says of the case, as far as there is room for it; what is beyond that
 * becomes the case's trouble. Money that is less than what the pieces cost is money alone: the goods are still sent. */
int aftersale_claim_platform(struct office *office, struct aftersale *aftersale, struct error *error);

/* The same of what came back without having been announced. */
int aftersale_claim_goods(struct office *office, struct aftersale *aftersale, struct error *error);

/* What it comes to, with the freight. */
int aftersale_total(struct office *office, const struct aftersale *aftersale, int64_t *ret, struct error *error);

/* Cuts the claims to this sum, the last lines first and the freight before them. -ERANGE: it is more than is claimed.
 */
int aftersale_cut(struct office *office, struct aftersale *aftersale, int64_t total_minor, struct error *error);

/* Cuts the claims to the pieces that came back, and their share of the money. */
int aftersale_cut_to_goods(struct office *office, struct aftersale *aftersale, struct error *error);

#endif
