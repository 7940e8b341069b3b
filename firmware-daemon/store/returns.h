/* What a customer may send back of an order, what has come back, and what of it is still to be graded.
 * Does not move goods: the ledger does. */
#ifndef STORE_RETURNS_H
#define STORE_RETURNS_H

#include "base/buf.h"
#include "store/document.h"

/* The return of an order that is not closed. -ENOENT */
int return_of_order(struct store *store, const char *order_number, int64_t *ret);
/* The oldest that was received and nobody grades. -ENOENT */
int return_to_grade(struct store *store, int64_t *ret);
/* Where its goods lie. -ENOENT: nothing has come yet. */
int return_location(struct store *store, int64_t document, int64_t *ret);

/* Of one item of an order (0: of all): shipped, and come back under any document. */
struct return_room {
    int64_t shipped, returned;
};
int return_room(struct store *store, const char *order_number, int64_t item, struct return_room *ret);
/* Whether the order, or any ("") shipped this piece last. */
bool return_shipped_serial(struct store *store, const char *order_number, int64_t serial);

/* The line for more of an item; made where there is none. */
int return_line(struct store *store, int64_t document, int64_t item, int64_t *ret);

/* All that was shipped of the order comes back as it left, lot by lot, each with its serial numbers. */
int return_all(struct store *store, int64_t seq, const struct document *document, int64_t location);
/* What was shipped of it, as JSON elements {"sku", "quantity"} of an open array. */
int return_write_shipped(struct store *store, const char *order_number, struct buf *json);

/* Of one item: come back, and graded. */
int return_graded(struct store *store, int64_t document, int64_t item, int64_t *ret_done, int64_t *ret_graded);
/* A lot of an item that has come back and is not graded yet (lot -1: any). -ENOENT */
struct return_open {
    int64_t line, lot, quantity, weight_g;
};
int return_open_lot(struct store *store, int64_t document, int64_t item, int64_t lot, struct return_open *ret);

#endif
