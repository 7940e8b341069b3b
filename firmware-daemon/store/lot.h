/* Lots with their last days, and serial numbers with the place where each is.
 * Does not decide which lot goes first: the floor and the allocation of orders do. */
#ifndef STORE_LOT_H
#define STORE_LOT_H

#include "store/store.h"

struct lot {
    int64_t id, item;
    bool blocked;
    char code[STORE_CODE_MAX], expiry[12]; /* YYYY-MM-DD, or "" */
};
int lot_load(struct store *store, int64_t id, struct lot *ret);
int lot_find(struct store *store, int64_t item, const char *code, struct lot *ret); /* -ENOENT */
/* The lot of an item with this code: made when it is new; a last day is kept as first told. code "": lot 0. */
int lot_ensure(struct store *store, int64_t item, const char *code, const char *expiry, int64_t *ret);
int lot_set_blocked(struct store *store, int64_t id, bool blocked);
int lot_code(struct store *store, int64_t id, char *out, size_t capacity);
/* Days from the stamp's day to the lot's last one, negative when it is over; INT64_MAX without one. */
int lot_days_left(struct store *store, int64_t id, int64_t *ret);

struct serial {
    int64_t id, item, lot, location, lpn;
    char code[STORE_CODE_MAX];
};
int serial_find(struct store *store, int64_t item, const char *code, struct serial *ret); /* -ENOENT */
/* A number that was never seen here, at the place its first move will take it from. -EEXIST */
int serial_insert(struct store *store, const struct serial *serial, int64_t *ret);
/* A number that is known only when it leaves was found with other goods of its item. */
int serial_place(struct store *store, const struct serial *serial);
/* The number of a piece that is about to come in from a virtual place: made when it is new; its lot as told now.
 * -EEXIST when it is anywhere else. */
int serial_arrive(struct store *store, const struct serial *serial, int64_t *ret);

#endif
