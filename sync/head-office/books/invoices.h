/* Invoices to buyers: a draft, issued under the next number of its series, taken back whole or in part by red ones
 * (红冲). A number is given in the transaction that issues, so that a series has no gaps, whatever is lost on the way.
 * What was issued stays as it is. Draws no paper. Amounts are minor units. All inside a transaction. */
#ifndef HEAD_OFFICE_INVOICES_H
#define HEAD_OFFICE_INVOICES_H

#include "sync/head-office/books/books.h"

#define INVOICE_SERIES "default"

struct invoice_wanted {
    const char *order, *series, *title, *tax_number;
    int64_t tax_rate; /* ten-thousandths of the net; -1: as the setting says */
};

/* Of an order: its lines as they were paid for, and its carriage. -ENOENT, -EEXIST: the order has one; -EINVAL. */
int invoice_draft(struct books *books, const struct invoice_wanted *wanted, int64_t *ret_id, struct error *error);

/* -EALREADY: it is no draft. */
int invoice_issue(struct books *books, int64_t id, int64_t *ret_number, struct error *error);
int invoice_drop(struct books *books, int64_t id, const char *why, struct error *error);

/* A red invoice for pieces of one line, or for all that is left (line 0), issued at once. -EALREADY, -EINVAL. */
int invoice_flush(struct books *books, int64_t id, int64_t line, int64_t quantity, const char *why, int64_t *ret_id,
                  struct error *error);

/* What is in an amount that includes tax. */
void invoice_split_tax(int64_t gross_minor, int64_t tax_rate, int64_t *ret_net, int64_t *ret_tax);

#endif
