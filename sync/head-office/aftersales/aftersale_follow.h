/* What follows from where an after-sales case stands: its order is held or let go, a site is told to expect goods, what
 * is sent instead becomes an order, what is owed becomes a row. Asked again it does what is left. Does not move the
 * case on a person's behalf but where a setting says so. Inside a transaction. */
#ifndef HEAD_OFFICE_AFTERSALE_FOLLOW_H
#define HEAD_OFFICE_AFTERSALE_FOLLOW_H

#include "sync/head-office/aftersales/aftersale_life.h"
#include "sync/head-office/settings.h"

int aftersale_follow(struct office *office, struct aftersale *aftersale, struct error *error);

/* Settles it and does all of that. amount_minor: less than what is claimed; AFTERSALE_SHARE: what is claimed, and of
 * goods that came back those that came. -EPERM with a sentence: it is too early. -EBUSY: a site is still to answer. */
int aftersale_settle_now(struct office *office, struct aftersale *aftersale, const struct settings *settings,
                         int64_t amount_minor, const char *who, const char *note, struct error *error);

#endif
