/* Waybill numbers as the floor's rules use them: taken by parcels, handed to those that wait, given up.
 * Does not print labels. Not for use outside the floor. */
#ifndef FLOOR_WAYBILL_H
#define FLOOR_WAYBILL_H

#include "store/waybill.h"

/* Why an order is parked whose box is closed and has no number. */
#define WAYBILL_NONE "no waybill"

/* Head office gives a number. The longest waiting parcel that may use it gets it. The same again changes nothing.
 * -EEXIST: the number is another's already. -EINVAL: its order goes with another carrier. */
int waybill_enter(struct store *store, const struct waybill_entry *entry);

/* The parcel's number, into order->waybill: the one it has, or one that it takes now. -ENOENT: there is none. */
int waybill_take(struct store *store, struct order *order, const struct parcel *parcel);

/* The order is not wanted: its numbers are given up, and its labels that wait are not printed. */
int waybill_give_up(struct store *store, const struct order *order, const char *why);
bool waybill_given_up(struct store *store, int64_t parcel);

/* Head office has had a number made void. -EBUSY: a parcel still uses it. */
int waybill_voided(struct store *store, const char *number);

#endif
