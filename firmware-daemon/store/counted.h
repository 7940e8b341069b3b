/* What the rounds of a count have found, and how it differs from the books. Does not decide what a difference means:
 * the floor does. Counts as a whole are in stock_count.h. */
#ifndef STORE_COUNTED_H
#define STORE_COUNTED_H

#include "base/buf.h"
#include "store/stock_count.h"

struct counted {
    int64_t count, item, lot, quantity, seq;
    const char *serial; /* "" */
};
/* A scan of the round; what the books have of it is kept beside. */
int counted_add(struct store *store, const struct counted *counted);
int counted_take_back(struct store *store, int64_t count, int64_t seq);
bool counted_serial(struct store *store, int64_t count, int64_t item, const char *serial); /* in this round */
int counted_pieces(struct store *store, int64_t count, int64_t *ret); /* in this round; -ENOENT: nothing was scanned */
/* Whether somebody moved the item into or out of the bin since it counts. */
int counted_touched(struct store *store, int64_t count, int64_t item, bool *ret);
/* What was scanned of the item up to this row counts no more. */
int counted_restart(struct store *store, int64_t count, int64_t item, int64_t seq, bool again);
/* An item that was moved, and was not scanned or differs. -ENOENT when all are sure. */
int counted_unsure(struct store *store, int64_t count, int64_t *ret);
/* What the books have that was not scanned yet, first along the SKUs. -ENOENT when all was. */
int counted_missing(struct store *store, int64_t count, int64_t *ret_item, int64_t *ret_quantity);
/* What the books have and nobody saw is counted as nothing. */
int counted_finish(struct store *store, int64_t count, int64_t seq);

struct count_difference {
    int64_t pieces, value_minor; /* sums of what is too much and what is missing; the value as far as it is known */
};
int count_difference(struct store *store, int64_t count, struct count_difference *ret);
/* Whether an earlier round found exactly the same differences. */
int count_agrees(struct store *store, int64_t count, bool *ret);
/* As an array "lines" of {"sku", "lot", "serial", "counted", "book"}, all or only what differs. */
int count_write(struct store *store, int64_t count, bool all, struct buf *json);
/* One difference after another, in their order; .item 0: from the start. -ENOENT at the end. */
struct count_variance {
    int64_t item, lot, quantity; /* quantity: counted less booked, never 0 */
    char serial[STORE_CODE_MAX];
};
int count_variance_after(struct store *store, int64_t count, struct count_variance *variance);
/* Whether the bin can still give what was found missing, and no number that was found too much is elsewhere. */
int count_can_post(struct store *store, int64_t count, bool *ret);

#endif
