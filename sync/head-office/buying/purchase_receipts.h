/* What came of purchase orders, from the events of sites. An event is applied once, in the transaction that takes it
 * in, so nothing is received twice. */
#ifndef HEAD_OFFICE_PURCHASE_RECEIPTS_H
#define HEAD_OFFICE_PURCHASE_RECEIPTS_H

#include "base/sql.h"

/* Pieces of an item came in under a document; below 0: that was taken back. A document that is no purchase order of the
 * site's is passed over. time: of the event. */
struct purchase_receipt {
    const char *site, *document, *sku, *time;
    int64_t received, damaged;
};
int purchase_receipts_take(struct sql *sql, const struct purchase_receipt *receipt);

/* Its site has closed the receipt: what did not come by then does not come. */
int purchase_receipts_close(struct sql *sql, const char *site, const char *document, const char *time);

#endif
