/* What the site holds and has sent out, as a CSV file in the columns of an old system's: for a parallel run.
 * Does not compare: whoever has the other file does. */
#ifndef STORE_FIGURES_H
#define STORE_FIGURES_H

#include "base/buf.h"
#include "store/store.h"

/* kind: stock ("location,sku,quantity": what lies in bins; what is in totes and on benches is in none), orders
 * ("order,sku,quantity": shipped) or parcels ("waybill,order": handed over). since_us: leaves out what was shipped
 * before; 0: nothing is left out. -ENOENT: no such kind. */
int figures_write(struct store *store, const char *kind, int64_t since_us, struct buf *csv);

#endif
