/* Transfers to another site: what is still to be picked, from which bin, and the goods as they leave.
 * Does not decide who works on one: the floor does. Documents in general are in store/document.h. */
#ifndef STORE_TRANSFER_H
#define STORE_TRANSFER_H

#include "base/buf.h"
#include "store/store.h"

struct transfer_pick {
    int64_t line, item, lot, location, open; /* open: base units of the line that are still to be taken */
};
/* The next line of a document that lacks something which is free in a bin, and that bin: earliest expiry first, then
 * the walk. line, bin 0: any. -ENOENT when nothing more can be had. */
int transfer_next(struct store *store, int64_t document, int64_t line, int64_t bin, struct transfer_pick *ret);

/* Plates with goods of a document that do not stand on a stage yet. */
int transfer_unstaged(struct store *store, int64_t document, int64_t *ret);

/* Everything of the document leaves under one row of the journal; its plates belong to nobody then. */
int transfer_send(struct store *store, int64_t seq, int64_t document);
/* What leaves, as an array "lines" of {"sku", "quantity", "lot", "expiry", "weight_g", "serials"}. */
int transfer_write(struct store *store, int64_t document, struct buf *json);

#endif
