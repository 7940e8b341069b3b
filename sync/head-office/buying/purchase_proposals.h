/* What should be bought (采购建议): an item whose position is at or below its reorder point, from the supplier that is
 * preferred (else the cheapest), so much that it lasts until the goods after the next look come. What is on order
 * counts, also in drafts, so asking again proposes nothing twice. With a budget the most urgent come first: those that
 * last shortest, then those that lack most money's worth. All inside a transaction. */
#ifndef HEAD_OFFICE_PURCHASE_PROPOSALS_H
#define HEAD_OFFICE_PURCHASE_PROPOSALS_H

#include "sync/head-office/office.h"

/* open: to be taken; budget: it did not fit; supplier: nobody sells it; rate: its currency has none; taken. */
#define PURCHASE_PROPOSAL_STATES "open|budget|supplier|rate|taken"

struct purchase_wanted {
    const char *sku, *supplier; /* only these; "": all */
    int64_t budget_minor;       /* in base currency; 0: no end */
};

struct purchase_proposed {
    int64_t looked, proposed, left_out, base_minor; /* proposed and base_minor: of those that are open */
};

/* In place of those that were not taken. */
int purchase_propose(struct office *office, const struct purchase_wanted *wanted, struct purchase_proposed *ret,
                     struct error *error);

/* One proposal (id above 0), or all open ones of a supplier, become a draft; what is left out for the budget only when
 * it is named. pieces 0: as proposed. number "": a new draft. ret_taken: how many. */
struct purchase_accept {
    int64_t id, pieces;
    const char *supplier, *number, *site;
};
int purchase_accept(struct office *office, const struct purchase_accept *accept, const char *who, char ret_number[65],
                    int64_t *ret_taken, struct error *error);

#endif
