/* From facts to the books: what left, came, came back, was found or lost, and what was refunded. Each fact is posted
 * once, however often it is told; one that comes late counts in the first month that is open. Reads facts where they
 * are (order lines, events of sites); amounts of platforms' bills are reconcile.h's. */
#ifndef HEAD_OFFICE_MONEY_POST_H
#define HEAD_OFFICE_MONEY_POST_H

#include "sync/head-office/books/books.h"

/* ---------------------------------------------------------------- by itself */

struct money_work {
    int64_t posted, troubles;
    bool more; /* there are more facts now */
};

/* Takes up to so many events, and orders whose lines were not posted; a transaction of its own. What cannot be posted
 * (a currency without a rate) is kept as trouble and tried again, and stops nothing else. */
int money_work(struct office *office, int64_t most, struct money_work *ret, struct error *error);
int money_work_inside(struct office *office, int64_t most, struct money_work *ret, struct error *error); /* of yours */

/* ---------------------------------------------------------------- fact by fact, inside a transaction */

/* What left of an order and is not in the books. *ret_posted: there was something. */
int money_post_shipped(struct books *books, const char *order, int64_t at_us, bool *ret_posted, struct error *error);

/* What one event of a site means for the books; most mean nothing. */
struct wire_line;
int money_post_event(struct books *books, const char *site, const struct wire_line *event, bool *ret_posted,
                     struct error *error);

/* What a buyer gets back, and the platform will keep. line 0: the whole order. key: of the refund, once. */
int money_post_refund(struct books *books, const char *key, const char *order, int64_t line, int64_t amount_minor,
                      int64_t at_us, struct error *error);

/* What after-sales has paid for a case (refund_due), line by line, once. What was given up before it left was never
 * sold, and is no entry. *ret_posted: there was something. */
int money_post_due(struct books *books, const char *number, bool *ret_posted, struct error *error);

/* An expense of an order, shared by its lines: lines for the entry, of account. order "": of none. */
int money_share_expense(struct books *books, struct books_entry *entry, const char *account, const char *order,
                        int64_t line, const char *currency, int64_t amount_minor, const struct books_of *of,
                        struct error *error);

#endif
