/* After-sales (售后): refunds, returns, exchanges, reissues and repairs, each case a document with a life of its own
 * beside its order's. What platforms say of refunds and what sites report of goods comes in here; what people decide is
 * aftersale_decide.h. Does not pay anybody and does not answer platforms: a refund that is due is a row for whoever
 * pays. All of it inside a transaction. */
#ifndef HEAD_OFFICE_AFTERSALES_H
#define HEAD_OFFICE_AFTERSALES_H

#include "sync/head-office/office.h"
#include "sync/platforms/platform.h"
#include "sync/wire/line.h"

/* What a platform says of one refund: the case of that shop and id is made or brought up to it. Said again it changes
 * nothing; what was modified earlier than what is known is passed over. Its order may be unknown yet: the case waits
 * for it. An open refund holds its order back, or stops it at its site. -ENOENT with a sentence: there is no such
 * shop. */
int aftersales_take(struct office *office, const char *shop, const struct platform_refund *refund, struct error *error);

/* The order of a platform's case has come by now: what would have followed does. */
int aftersales_find_order(struct office *office, const char *number, struct error *error);

/* A site's event that projection has taken: goods that came back, and answers to requests to stop. -EINVAL with a
 * sentence: it cannot be interpreted. */
int aftersales_heard(struct office *office, const char *site, const struct wire_line *event, struct error *why);

#endif
