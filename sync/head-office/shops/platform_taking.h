/* One order of a platform on its way into ours: what platform_orders knows of it, and what is done with that. */
#ifndef HEAD_OFFICE_PLATFORM_TAKING_H
#define HEAD_OFFICE_PLATFORM_TAKING_H

#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/shops/platform_orders.h"

#define DIGEST_SIZE  33
#define QUANTITY_MAX 1000000

struct taking {
    struct office *office;
    const struct settings *settings;
    const struct platform_source *source;
    const struct platform_order *order;
    struct platform_order *nobody;                         /* room for the order without its receiver */
    const struct platform_line *lines[PLATFORM_LINES_MAX]; /* in one order, however the platform named them */
    char number[ORDERS_NUMBER_SIZE];
    char hash[DIGEST_SIZE], receiver_hash[DIGEST_SIZE], lines_hash[DIGEST_SIZE];
    char before_receiver[DIGEST_SIZE], before_lines[DIGEST_SIZE]; /* "": nothing was said before */
    bool known;                                                   /* we have it */
    bool forgets_receiver;                                        /* the one before is known to be wrong */
    bool keeps_lines;                                             /* those of before stand */
    bool is_back;                                                 /* its site has given it back just now */

    /* while it is applied */
    char state[ORDER_STATE_SIZE]; /* ours, before */
    int64_t before_overlays;      /* ours, before */
    int64_t overlays;             /* ours, from now on */
    bool replaced;                /* other orders of ours do it: what it was split into, or merged with */
    bool changed_receiver, changed_lines, changed_else;
};

/* Whether nothing but rows of its own is needed to take it, however many others do the same at the time: no item is
 * promised and no site is told anything. Of an order that is new here. */
bool platform_taking_is_alone(const struct taking *taking);

/* -EINVAL, or what a constraint says: it cannot be taken as it is. */
int platform_taking_apply(struct taking *taking, struct error *error);

/* What our order says of receiver and lines. Each writes what changed of it, and says so. */
int platform_taking_receiver(struct taking *taking);
int platform_taking_lines(struct taking *taking);

/* The address as a label has it, with all its parts. */
void platform_taking_address(const struct platform_order *order, struct buf *out);

/* A site keeps an order that was asked back: where all of it is to be refunded, its parcel is stopped. */
int platform_taking_kept(struct office *office, const char *number, struct error *error);

#endif
