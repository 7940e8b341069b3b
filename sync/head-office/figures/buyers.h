/* Which of its buyer's purchases each order is, and when the buyer bought next: kept with the orders and with what is
 * known of persons, so that new customers and repurchase are counted without going through everybody's orders. */
#ifndef HEAD_OFFICE_BUYERS_H
#define HEAD_OFFICE_BUYERS_H

#include "sync/head-office/figures/floor_work.h"

/* A person's accounts or orders have changed. person 0: nobody. Waits for nobody. Inside a transaction. */
int buyers_note(struct sql *sql, int64_t person);

/* Whose an order is changes now. Inside a transaction, before it does. */
int buyers_note_order(struct sql *sql, const char *number);

/* Orders that are known by this telephone alone are nobody's from now on. Inside a transaction, before. */
int buyers_note_phone(struct sql *sql, int64_t phone);

/* Looks at what was noted, and at orders that were closed or paid, up to about so many, in a transaction of its own. */
int buyers_work(struct office *office, int64_t most, struct figure_work *work, struct error *error);

#endif
