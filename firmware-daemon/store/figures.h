/* What the site holds and has sent out, as a CSV file in the columns of an old system's: for a parallel run. Written in
 * pieces, between which the work goes on: each row is as it was when its piece was written. Does not compare: whoever
 * has the other file does. */
#ifndef STORE_FIGURES_H
#define STORE_FIGURES_H

#include "base/buf.h"
#include "store/store.h"

/* How far a file is written; owns nothing. */
struct figures {
    const struct figures_kind *kind;
    int64_t after_move; /* what was shipped up to it is left out */
    int64_t at[2];      /* the key behind which the next piece begins */
    bool begun, over;   /* over: all of it is written */
};

/* kind: stock ("location,sku,quantity": what lies in bins; what is in totes and on benches is in none), orders
 * ("order,sku,quantity": shipped) or parcels ("waybill,order": handed over). since_us: leaves out what was shipped
 * before; 0: nothing is left out. -ENOENT: no such kind. */
int figures_begin(struct store *store, const char *kind, int64_t since_us, struct figures *ret);

/* Appends the header's line, if it is the first piece, and a short time's rows; perhaps none. -EMSGSIZE: csv is full.
 */
int figures_more(struct store *store, struct figures *figures, struct buf *csv);

#endif
