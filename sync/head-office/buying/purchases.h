/* Purchase orders (采购单), from a draft until all of it came or is given up. Sending one makes the document that its
 * site receives under the same number, and tells the books what its goods cost, all in one transaction. What came
 * follows from the site's events (purchase_receipts.h). Does not decide what to buy: purchase_proposals does. Every
 * function inside a transaction; -errno with a sentence. */
#ifndef HEAD_OFFICE_PURCHASES_H
#define HEAD_OFFICE_PURCHASES_H

#include "sync/head-office/office.h"

#define PURCHASE_NUMBER_SIZE 65

/* Not to be changed once it is sent: draft; on its way: sent, confirmed, partly; over: received, closed, cancelled. */
#define PURCHASE_STATES "draft|sent|confirmed|partly|received|closed|cancelled"

/* Pieces of a line l of purchase p that are still to come. */
#define PURCHASE_ON_ORDER                                                                                              \
    "CASE WHEN p.state IN ('draft', 'sent', 'confirmed', 'partly') AND l.quantity > l.received + l.damaged THEN"       \
    " l.quantity - l.received - l.damaged ELSE 0 END"

/* Pieces that did not come, and will not any more. */
#define PURCHASE_GIVEN_UP                                                                                              \
    "CASE WHEN p.state IN ('received', 'closed', 'cancelled') AND l.quantity > l.received + l.damaged THEN"            \
    " l.quantity - l.received - l.damaged ELSE 0 END"

struct purchase_head {
    char number[PURCHASE_NUMBER_SIZE];  /* "": the next of the series */
    char supplier[65], site[65];        /* site "": as is set, or the only one */
    int64_t over_percent, expected_day; /* a day like 20261127; 0: nobody knows */
    char note[257];
};

/* A new draft, or other words for one. ret_number gets its number. */
int purchases_put(struct office *office, const struct purchase_head *head, const char *who,
                  char ret_number[PURCHASE_NUMBER_SIZE], struct error *error);

/* So many pieces of an item in a draft; 0 takes it out. price_minor below 0: what the supplier asks for it. */
int purchases_line(struct office *office, const char *number, const char *sku, int64_t quantity, int64_t price_minor,
                   struct error *error);

/* Another price for goods of one that was sent: the books are put right. */
int purchases_price(struct office *office, const char *number, const char *sku, int64_t price_minor, const char *who,
                    struct error *error);

/* small: also below the smallest order that the supplier takes. */
int purchases_send(struct office *office, const char *number, bool small, const char *who, struct error *error);

/* The supplier has said that it will come; expected_day 0: as before. */
int purchases_confirm(struct office *office, const char *number, int64_t expected_day, const char *who,
                      struct error *error);

/* Nothing came of it, and nothing will. The site keeps the document: goods that come after all are told of. */
int purchases_cancel(struct office *office, const char *number, const char *who, const char *note, struct error *error);

/* What did not come is given up. */
int purchases_close(struct office *office, const char *number, const char *who, const char *note, struct error *error);

/* A person has seen to a line's difference; another one, and it is told of again. */
int purchases_settle(struct office *office, const char *number, const char *sku, const char *who, struct error *error);

/* Writes what was done into its history. before and after: states. */
int purchases_note(struct office *office, const char *number, const char *act, const char *before, const char *after,
                   const char *who, const char *note);

#endif
