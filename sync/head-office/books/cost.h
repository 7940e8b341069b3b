/* What goods cost: by the average of all pieces, or first in, first out, as is set for each item. Every call moves
 * pieces and value together and writes nothing into the books: it adds the lines to an entry that are its own doing (a
 * cost that turned out otherwise), and tells the value of the rest. Amounts are in base currency. Inside a
 * transaction. */
#ifndef HEAD_OFFICE_COST_H
#define HEAD_OFFICE_COST_H

#include "sync/head-office/books/books.h"

/* What came. key: of the fact. */
struct cost_receipt {
    const char *key, *sku, *document, *site, *party;
    int64_t at_us, quantity, value_minor;
};

/* Pieces that were sold before they came get the cost they turn out to have: entry gets lines for the difference. */
int cost_receive(struct books *books, const struct cost_receipt *receipt, struct books_entry *entry,
                 struct error *error);

/* What leaves, for the account that bears it. More than there is goes at the last known cost, and is owed. */
int cost_issue(struct books *books, const char *account, int64_t quantity, const struct books_of *of,
               int64_t *ret_value_minor, struct error *error);

/* Goods of an order line that came back, at what they had cost; without an order, at what the item costs now. */
int cost_return(struct books *books, const char *key, int64_t at_us, int64_t quantity, const struct books_of *of,
                struct books_entry *entry, int64_t *ret_value_minor, struct error *error);

/* What the pieces of a document are known to cost from now on. What came already is put right: the part that is still
 * here in its value, the rest as a change of cost; an entry is posted for it. */
int cost_purchase(struct books *books, const char *document, const char *sku, int64_t quantity, int64_t total_minor,
                  const char *currency, struct error *error);

/* What so many pieces of a document, or of an item that comes without one, are expected to cost. */
int cost_expect(struct books *books, const char *document, const char *sku, const char *day, int64_t quantity,
                int64_t *ret_value_minor, struct error *error);

/* What one piece costs where nothing else is known. */
int cost_usual(struct books *books, const char *sku, int64_t minor, struct error *error);

/* "average" or "fifo" from now on; what is there keeps its value. -EBUSY: pieces are owed. */
int cost_method(struct books *books, const char *sku, const char *method, struct error *error);

#endif
