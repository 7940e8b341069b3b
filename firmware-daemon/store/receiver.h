/* Who gets an order: kept sealed (base/seal.h), shown as a mask, opened for the label alone, and forgotten in time.
 * Labels' data are sealed and forgotten with it. Moves, journal and parcels name nobody and stay as they are. */
#ifndef STORE_RECEIVER_H
#define STORE_RECEIVER_H

#include "store/store.h"

struct receiver {
    char name[STORE_NAME_MAX], phone[STORE_CODE_MAX], address[320]; /* all "": nobody is known */
};

/* What stands in an order's row: sealed for the order of this number, and as people may see it. */
struct receiver_row {
    struct buf sealed; /* given back with receiver_row_done() */
    char name_mask[8], phone_mask[8];
};
int receiver_write(struct store *store, const char *order_number, const struct receiver *receiver,
                   struct receiver_row *ret);
void receiver_row_done(struct receiver_row *row);

/* Of an order's row. -EKEYREJECTED: forgotten, or sealed with another key than this box has. */
int receiver_load(struct store *store, const char *order_number, struct receiver *ret);

/* A line from head office without its receiver, appended: what is kept to be told again needs none. */
int receiver_strip(const char *line, size_t length, struct buf *ret);

/* Label data, for the job or waybill number of this key. */
int receiver_seal_label(struct store *store, const char *key, const char *data, struct buf *ret);
int receiver_open_label(struct store *store, const char *key, const char *data, struct buf *ret);

/* Label data as those may see it who need not know the receiver: 张*, *1234, no address. */
int receiver_mask_label(struct buf *data);

/* An order's receiver and the data of its labels. 0 also when nothing was left of them. */
int receiver_forget(struct store *store, int64_t order);

/* Whether the next one has anything to do. */
bool receivers_are_before(struct store *store, int64_t wall_us);

/* Of orders that ended before this time and labels without an order that were asked for before it, so many at most.
 * *ret_count: orders and labels that were forgotten. */
int receivers_forget_before(struct store *store, int64_t wall_us, int64_t most, int64_t *ret_count);

/* What was readable before receivers were sealed is sealed, once. Outside a turn. */
int receivers_seal_all(struct store *store);

#endif
