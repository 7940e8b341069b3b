/* A whole order as a program of others tells it: read from JSON into the words that all platforms share, and kept. The
 * same order told again does nothing twice. Does not look at whether it should be done: the audit does. */
#ifndef HEAD_OFFICE_ORDER_PUT_H
#define HEAD_OFFICE_ORDER_PUT_H

#include "sync/head-office/office.h"
#include "sync/platforms/platform.h"

/* -EINVAL with a sentence that names the member: unknown, missing, not of its kind, or sums that do not fit. The lines
 * are the caller's: order_put_done(). */
int order_put_read(const json_t *root, struct platform_order *ret, struct error *error);
void order_put_done(struct platform_order *order);

/* *ret_taken: "new", "changed" or "same"; ret_number: what it is called here. -ENOENT: no such shop; -EALREADY: it
 * cannot be taken as it is, and the sentence says why. Inside a transaction. */
int order_put_take(struct office *office, const char *shop, const struct platform_order *order, char ret_number[65],
                   const char **ret_taken, struct error *error);

#endif
