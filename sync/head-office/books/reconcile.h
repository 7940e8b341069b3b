/* Bills against our own books (对账): which order each row is about, whether it says what we say, and why not. What is
 * certain is posted: money that a platform paid out, its fees, what a carrier wants. A difference stays open in the
 * receivable until a person forces it. Done again, it comes to the same. Does not read files: bills.h does. */
#ifndef HEAD_OFFICE_RECONCILE_H
#define HEAD_OFFICE_RECONCILE_H

#include "sync/head-office/books/books.h"

#define RECONCILE_BUCKETS "fee|rounding|timing|other"

struct reconcile_done {
    int64_t rows, posted;
};

/* The rows of a shop's or carrier's month, and of what else there is of their orders. Inside a transaction. */
int reconcile_run(struct books *books, const char *party, const char *period, struct reconcile_done *ret,
                  struct error *error);

/* A person says that a row is all right, and into which bucket what is left over goes: it is posted to that account
 * ("timing": nothing is, it comes later). -ENOENT, -EALREADY with a sentence. */
int reconcile_force(struct books *books, int64_t row, const char *bucket, const char *why, struct error *error);

/* What the month comes to, as members of the open object: rows and sums of each state and bucket, and the orders that
 * left and that the platform does not tell of. */
int reconcile_report(struct books *books, const char *party, const char *period, struct buf *json, struct error *error);

/* A row in the books: bill_post.c. */
struct bill_stored {
    int64_t id, at_us, amount_minor, residue_minor;
    char party[BOOKS_TEXT_SIZE], meaning[16], order[BOOKS_TEXT_SIZE], currency[8], state[16], reference[129];
};
int bill_post(struct books *books, const struct bill_stored *row, bool *ret_posted, struct error *error);
int bill_post_forced(struct books *books, const struct bill_stored *row, const char *bucket, const char *why,
                     struct error *error);

#endif
