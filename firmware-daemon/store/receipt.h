/* Receiving: what a document still lets in, which lines take it, and what is to be put away afterwards.
 * Does not move goods: the ledger does. */
#ifndef STORE_RECEIPT_H
#define STORE_RECEIPT_H

#include "store/document.h"
#include "store/store.h"

/* One item of a document, over all its lines: base units announced, and come so far, whole or damaged. */
struct receipt_item {
    int64_t expected, come;
    bool listed; /* it has a line */
};
int receipt_item(struct store *store, int64_t document, int64_t item, struct receipt_item *ret);

/* The next item of which something is still to come, by its line. -ENOENT when nothing is. */
int receipt_next(struct store *store, int64_t document, int64_t *ret_item);

/* A line that nobody announced, for a lot ("": any). */
int receipt_add_line(struct store *store, int64_t document, int64_t item, const char *lot_code, int64_t *ret);

/* The lines of one announced pallet, in their order: the first behind line `after`. -ENOENT at the end. */
int receipt_pallet_after(struct store *store, int64_t document, const char *sscc, int64_t after,
                         struct document_line *ret);

/* "short,over,damaged" as far as it applies, item by item; "" when all came as announced. */
#define RECEIPT_OUTCOME_MAX 32
int receipt_outcome(struct store *store, int64_t document, char out[RECEIPT_OUTCOME_MAX]);

/* Plates that were bound to the document and got nothing are free again. */
int receipt_free_plates(struct store *store, int64_t document);

/* Nobody has the document any more; one that brought nothing is as it was before anybody began. */
int receipt_give_back(struct store *store, int64_t document);

/* Putaway tasks for all that came in with the document and has none yet: one a plate, one a lot that lies loose. */
int receipt_plan_putaway(struct store *store, int64_t document);
/* The same for one plate. -EEXIST when it has an open task. */
int plate_plan_putaway(struct store *store, int64_t plate, int64_t *ret);

#endif
