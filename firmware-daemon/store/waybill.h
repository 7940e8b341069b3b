/* Waybill numbers: free until a parcel takes them, then live, then void; and the closed boxes that wait for one.
 * Does not decide who gets which: floor/waybill.c does. */
#ifndef STORE_WAYBILL_H
#define STORE_WAYBILL_H

#include "base/buf.h"
#include "store/orders.h"
#include "store/parcel.h"

struct waybill {
    int64_t id, parcel; /* parcel 0: nobody's yet */
    char number[STORE_CODE_MAX], carrier[STORE_CODE_MAX], state[16];
    char order_number[STORE_CODE_MAX]; /* the only order that may use it; "": any of the carrier's */
};

/* As head office gives it. Texts that are not given are "". */
struct waybill_entry {
    const char *number, *carrier, *order_number;
    const char *sort_code, *short_address, *package_center, *qr;
    const char *opaque; /* JSON: the label as its platform has drawn it */
};
/* -EEXIST when the number is there with another carrier or order; when it is there with the same, *ret_new is false. */
int waybill_insert(struct store *store, const struct waybill_entry *entry, bool *ret_new);

int waybill_find(struct store *store, const char *number, struct waybill *ret);  /* -ENOENT */
int waybill_of_parcel(struct store *store, int64_t parcel, struct waybill *ret); /* the live one first. -ENOENT */
/* The number an order may take: the one it came with, its own, else the oldest of its carrier. -ENOENT */
int waybill_free_for(struct store *store, const struct order *order, struct waybill *ret);
/* The next number that an order has, or that no other may have, and that is free or live. -ENOENT at the end. */
int waybill_held_by(struct store *store, const struct order *order, struct waybill *ret);

/* The number becomes the parcel's and its order's. */
int waybill_use(struct store *store, const struct waybill *waybill, const struct parcel *parcel);
int waybill_set_state(struct store *store, int64_t id, const char *state);
/* A free number is void, and the order that came with it has none any more. */
int waybill_withdraw(struct store *store, const struct waybill *waybill);

/* The order has given up its number, and may get another. */
int waybill_detach(struct store *store, int64_t order);

/* What its platform wants on the label, as members of an open JSON object. */
int waybill_write_print_data(struct store *store, int64_t parcel, struct buf *json);
/* The label as its platform has drawn it, appended; nothing when there is none, nor when it is sealed for the
 * platform's own print component. */
int waybill_opaque(struct store *store, int64_t parcel, struct buf *ret);

/* The closed box that has waited longest for a number of a carrier, of one order (""; any). -ENOENT */
int waybill_waiting(struct store *store, const char *carrier, const char *order_number, int64_t *ret_parcel);
int waybill_count_waiting(struct store *store, int64_t *ret);
/* A closed box whose number has come since it was put aside: the tote it stands with. -ENOENT */
int waybill_come(struct store *store, char *ret_tote, size_t capacity);

#endif
