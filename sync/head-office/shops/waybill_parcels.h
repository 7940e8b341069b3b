/* Waybill numbers that platforms give (electronic waybills): who is asked for them, and one number for each parcel.
 * What is asked is a row of the outbox, in the transaction of what it follows from. Does not call a platform, and does
 * not send numbers to sites: orders/waybills.h does. */
#ifndef HEAD_OFFICE_WAYBILL_PARCELS_H
#define HEAD_OFFICE_WAYBILL_PARCELS_H

#include "sync/head-office/shops/shops.h"

#define WAYBILL_GET    "waybill_get" /* kinds of the outbox */
#define WAYBILL_PRINT  "waybill_print"
#define WAYBILL_CANCEL "waybill_cancel"

#define WAYBILL_WAITS_PRINT "print" /* for what is printed of it */
#define WAYBILL_WAITS_DRAWN "drawn" /* for its label, which somebody else draws */

#define WAYBILL_LACKS_SENDER "sender" /* site.sender says where a site's parcels come from, and it goes on */

/* ---------------------------------------------------------------- who is asked */

struct waybill_account { /* as in schema/012.sql */
    const char *shop, *carrier, *via, *code, *account, *form;
    bool early, drawn, active;
};
/* -ENOENT with a sentence: there is no such shop. Inside a transaction, as everything here. */
int waybill_parcels_set_account(struct office *office, const struct waybill_account *account, struct error *error);

/* What could not be asked for want of it is tried again. -ENOENT with a sentence. */
int waybill_parcels_set_sender(struct office *office, const char *site, const struct platform_sender *sender,
                               struct error *error);

/* ---------------------------------------------------------------- a parcel's number */

/* A number for the order's parcel from its own site is asked for, once. 0 also when it is on its way or there is one.
 * -ENOENT: nobody is asked for this order's numbers. */
int waybill_parcels_ask(struct office *office, const char *number);

/* What the platform gave. One that the order has no use for by now is given back. */
int waybill_parcels_got(struct office *office, const char *key, const struct platform_waybill *given, bool prints_apart,
                        struct error *error);

/* It is another parcel's, and must not go on this one. */
int waybill_parcels_taken(struct office *office, const char *key, const char *waybill, bool *ret);

/* What is printed of it, as the platform sealed it. */
int waybill_parcels_printed(struct office *office, const char *waybill, const char *print_data, struct error *error);

/* Its label, as drivers/label/render.h takes what was drawn elsewhere; "": it goes without. It goes to its site now,
 * where the order is there. -ENOENT, -EALREADY with a sentence. */
int waybill_parcels_drawn(struct office *office, const char *waybill, const char *drawn, struct error *error);

/* ---------------------------------------------------------------- no use for it */

/* The order has no use for numbers that no site was told of: they are given back, and none is asked for any more. */
int waybill_parcels_let_go(struct sql *sql, const char *number);

/* Numbers of the order that are void_pending are cancelled at the platform that gave them. */
int waybill_parcels_cancel(struct sql *sql, const char *number);

#endif
