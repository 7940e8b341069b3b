/* Orders from their import to the decision which site does them, and their cancellation. Does not follow the work on
 * the floor: projection does. */
#ifndef HEAD_OFFICE_ORDERS_H
#define HEAD_OFFICE_ORDERS_H

#include "sync/head-office/office.h"

#define ORDERS_NUMBER_SIZE 65
#define ORDERS_LINES_MAX   400 /* of one order: its release must fit a line of the feed */

struct order_row { /* one line of an order, with what all lines of the order share; amounts as decimal texts */
    char order[ORDERS_NUMBER_SIZE];
    char platform[65], shop[65], platform_order[65], state[16], carrier[65], waybill[65]; /* waybill "": none yet */
    int64_t priority;
    char receiver_name[257], receiver_phone[65], receiver_address[513], province[65], city[65], district[65];
    char buyer[257], buyer_note[513], currency[4], freight[24], discount[24], platform_discount[24], paid[24];
    char sku[65];
    int64_t quantity;
    char price[24], line_paid[24];
};

/* An import is staged row by row and then taken as a whole, all inside one transaction. Lines are numbered from 1 in
 * the order they stand in the file. An order that is already known and says the same is left alone; one that says
 * something else is replaced unless it was released. file_line is for the sentence. */
int orders_stage_open(struct office *office, struct error *error);
int orders_stage_row(struct office *office, const struct order_row *row, int64_t file_line, const char **ret_column,
                     struct error *error);
int orders_stage_take(struct office *office, int64_t *changed, struct error *error);

/* Hands orders to a site. number NULL: every order that waits. site NULL: the one that the order's stock is promised
 * at; otherwise that one does it, whatever its stock. -ENOENT, -EALREADY, -EINVAL (it lacks what a site needs to know)
 * with a sentence. who: a person, or "" for head office itself. Inside a transaction. */
int orders_release(struct office *office, const char *site, const char *number, const char *who, int64_t *ret_count,
                   struct error *error);

/* Cancels an order that waits; asks the site about one that was released. Asking again changes nothing. who: a person,
 * "platform", or "" for head office itself: it stands in the order's history. */
int orders_cancel(struct office *office, const char *number, const char *reason, const char *who, struct error *error);

#endif
