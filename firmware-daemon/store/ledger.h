/* The double-entry ledger of stock. Balances, picked, packed and shipped quantities follow from its moves (by triggers
 * in the schema); nobody writes them. Does not decide what may move: the floor does; the schema refuses what cannot be.
 */
#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include "base/buf.h"
#include "store/store.h"

struct move {
    int64_t item, lot, quantity; /* base units, at least 1 */
    int64_t weight_g;            /* of what is sold by weight, otherwise 0 */
    int64_t from_location, to_location;
    int64_t from_lpn, to_lpn;                      /* 0: loose */
    const char *reason;                            /* as the schema lists them */
    int64_t line, allocation, document_line, task; /* 0: none */
    int64_t serial;                                /* of the one piece; 0: none */
};

/* Posts with the store's stamp, under the journal row seq. -EPERM when the place does not hold that much, or not this
 * serial number. */
int ledger_move(struct store *store, int64_t seq, const struct move *move);

/* One lot of an item on one plate (0: loose) in one place. */
struct stack {
    int64_t item, lot, quantity, weight_g;
};
/* The first of a place's stacks on a plate, of one item (0: any, not of what is loose) and one lot
 * (-1: any), and how many fit. -ENOENT */
int ledger_stack(struct store *store, int64_t location, int64_t lpn, int64_t item, int64_t lot, struct stack *ret,
                 int64_t *ret_count);

/* Takes from a stack: its share of the weight goes along, and when it takes all, the serial numbers. -EINVAL when some
 * of the numbers of an item whose pieces are followed one by one would have to go and none is told. */
int ledger_move_stack(struct store *store, int64_t seq, const struct move *move);

/* The same of what nobody has looked at piece by piece: the first serial numbers that lie there go along. */
int ledger_move_some(struct store *store, int64_t seq, const struct move *move);

/* Everything on a plate goes to another plate, or with its plate to another location (which also sets the plate's), or
 * loose to a location; serial numbers go along. */
int ledger_move_contents(struct store *store, int64_t seq, int64_t from_lpn, int64_t to_lpn, const char *reason);
int ledger_put_loose(struct store *store, int64_t seq, int64_t from_lpn, int64_t to_location, const char *reason);
int ledger_move_lpn(struct store *store, int64_t seq, int64_t lpn, int64_t to_location, const char *reason);

/* What was packed of an order leaves for the customer / comes out again, onto another plate. */
int ledger_ship(struct store *store, int64_t seq, int64_t order, int64_t parcel_lpn);
int ledger_unpack(struct store *store, int64_t seq, int64_t order, int64_t parcel_lpn, int64_t to_lpn);

/* Posts the opposite of every move of journal row `undone`, newest first; a plate that was moved with its goods is back
 * where it was. -EPERM when the goods are no longer where they went. */
int ledger_reverse(struct store *store, int64_t seq, int64_t undone);

/* A lot of an item on a plate in a place, and how much of it. -ENOENT when there is none. */
int ledger_first_lot(struct store *store, int64_t item, int64_t location, int64_t lpn, int64_t *ret_lot,
                     int64_t *ret_quantity);

/* Any item and lot on a plate, and how much of it. -ENOENT: it is empty. */
int ledger_first_on_plate(struct store *store, int64_t lpn, int64_t *ret_item, int64_t *ret_lot, int64_t *ret_quantity);

/* Base units of one item on a plate. */
int ledger_item_on_plate(struct store *store, int64_t lpn, int64_t item, int64_t *ret);

/* Of one item loose in one place, over all lots. */
int ledger_on_hand(struct store *store, int64_t item, int64_t location, int64_t *ret);

/* Everything loose in a bin. */
int ledger_in_bin(struct store *store, int64_t location, int64_t *ret);

/* Of one item in one place: promised to orders, or held for a count. */
int ledger_promised(struct store *store, int64_t item, int64_t location, int64_t *ret);

/* What is free to be promised of one lot of an item in a bin. */
int ledger_free(struct store *store, int64_t item, int64_t location, int64_t lot, int64_t *ret);

/* How many lots of an item lie in one place. */
int ledger_count_lots(struct store *store, int64_t item, int64_t location, int64_t lpn, int64_t *ret);

/* The moves of one row of the journal, one by one: the first after .move (0: from the start). -ENOENT at the end. */
struct arrived {
    int64_t move, item, lot;
};
int ledger_arrived_after(struct store *store, int64_t seq, struct arrived *arrived);

/* The last move made before then on the wall clock; 0: none. Where that clock was put back, about there. */
int ledger_before(struct store *store, int64_t wall_us, int64_t *ret);

/* What is on a plate, as an array "lines" of {"sku", "quantity", "lot"}. */
int ledger_write_plate(struct store *store, int64_t lpn, struct buf *json);

/* Base units of everything on a plate. */
int ledger_on_plate(struct store *store, int64_t lpn, int64_t *ret);

/* The weight of so many pieces of a lot that lies loose in a bin: their share of what lies there. 0 where nothing is
 * sold by weight. */
int ledger_share_g(struct store *store, int64_t item, int64_t location, int64_t lot, int64_t pieces, int64_t *ret);

/* Whether a row of the journal took goods out of a bin that are promised or held there. */
int ledger_overdrawn(struct store *store, int64_t seq, bool *ret);

/* Of one lot on one plate (0: loose) in one place. */
int ledger_balance(struct store *store, int64_t item, int64_t location, int64_t lpn, int64_t lot, int64_t *ret);

/* The same, of what is sold by weight: in grams. */
int ledger_weight(struct store *store, int64_t item, int64_t location, int64_t lpn, int64_t lot, int64_t *ret);

/* Holds what is neither promised nor held of an item's lot in a bin. Who holds also asks for a count. */
int ledger_hold_free(struct store *store, int64_t item, int64_t location, int64_t lot, const char *reason);

#endif
