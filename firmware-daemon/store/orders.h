/* Orders at the site, their lines, and the promises of stock to them (allocations, which are the pick lines).
 * Does not move stock: the ledger does. */
#ifndef STORE_ORDERS_H
#define STORE_ORDERS_H

#include "base/buf.h"
#include "store/receiver.h"

/* Reasons: of a parked order, its lease is over; of a cancelled one, head office has it elsewhere. */
#define ORDER_LEASE "lease"
#define ORDER_MOVED "moved"

struct order {
    int64_t id, worker, priority, wave, due_us, life_days, rev; /* due_us, life_days 0: none */
    bool cancelled;                                             /* head office has asked for it */
    bool refused;                                               /* each of its lines is, for want of stock */
    char owner[STORE_CODE_MAX], policy[8];
    char number[STORE_CODE_MAX], platform[32], carrier[STORE_CODE_MAX], waybill[STORE_CODE_MAX], state[16], reason[32];
    char packing_note[136]; /* for whoever packs it; "": nothing */
};

int order_load(struct store *store, int64_t id, struct order *ret);
int order_find(struct store *store, const char *number, int64_t *ret);

/* A new order with state received. -EEXIST when its number or waybill is taken. */
int order_insert(struct store *store, const struct order *order, const struct receiver *receiver, int64_t *ret_id);
int order_add_line(struct store *store, int64_t order, int64_t line, int64_t item, int64_t quantity);
/* One of which nothing is picked says something else: itself; that nothing more is wanted of its lines; a line, which
 * is wanted then. */
int order_change(struct store *store, int64_t id, const struct order *order, const struct receiver *receiver);
int order_end_lines(struct store *store, int64_t order);
int order_change_line(struct store *store, int64_t order, int64_t line, int64_t item, int64_t quantity);

int order_set_state(struct store *store, int64_t id, const char *state, const char *reason);
int order_set_worker(struct store *store, int64_t id, int64_t worker); /* 0: free for anybody */
/* Who is at an order that is nobody's as a whole: he has claimed lines of it, or brings its tote to the stage. -ENOENT
 */
int order_claimed(struct store *store, int64_t order, int64_t *ret_worker);
int order_set_cancelled(struct store *store, int64_t id);

/* The next order to pick: allocated, not cancelled, nobody's, in no wave but a released discrete one; by priority, then
 * age. -ENOENT when none waits. */
int order_next(struct store *store, int64_t *ret);
int order_count_waiting(struct store *store, int64_t *ret);

/* Promises free stock to every line of the order that still lacks some: earliest expiry first, of lots that are not
 * blocked and live long enough for item and customer; then along the walk.
 * *ret_missing: base units that no bin can give. */
int order_allocate(struct store *store, int64_t order, int64_t *ret_missing);

/* An item of which there is less to promise than an order in state received wants. -ENOENT: it can be had whole */
struct lack {
    int64_t item, pieces; /* pieces: all that it wants of it */
};
int order_lack(struct store *store, int64_t order, struct lack *ret);
int order_set_lack(struct store *store, int64_t order, const struct lack *lack);

/* Orders in state received that lack the item (0: that nobody tried yet) and want no more of it than is free: by
 * priority, then age, the first behind `after` (id 0: of all). -ENOENT */
struct waiting {
    int64_t id, priority;
};
int order_waiting_after(struct store *store, int64_t item, const struct waiting *after, struct waiting *ret);

/* The shortage policy: lines that lack something nobody has promised are refused, or all lines when one does. A line of
 * which something lies in its slot already is not refused alone. *ret: how many. */
int order_refuse_lacking(struct store *store, int64_t order, bool whole, int64_t *ret);
/* The refused lines as JSON elements {"line", "sku", "quantity", "picked"} of an open array. */
int order_write_refused(struct store *store, int64_t order, struct buf *json);
/* Gives back every promise of the order that was not picked. */
int order_release_promises(struct store *store, int64_t order);

struct allocation {
    int64_t id, order, line, line_number, location, item, lot, open; /* open: base units still to take here */
};
int allocation_load(struct store *store, int64_t id, struct allocation *ret);

/* The next bin to go to: along the walk, what was skipped last. -ENOENT when the order has nothing open. */
int allocation_next(struct store *store, int64_t order, int64_t *ret);
int allocation_skip(struct store *store, int64_t id);
int allocation_release(struct store *store, int64_t id, int64_t quantity);
int allocation_unclaim(struct store *store, int64_t worker); /* all that he has claimed and not picked */
int allocation_place(struct store *store, int64_t id, int64_t *ret_location);
/* Of an open promise, so much goes over to another lot in the same bin, as a promise of its own. */
int allocation_change_lot(struct store *store, int64_t id, int64_t lot, int64_t quantity, int64_t *ret);
/* What the moves of a journal row have picked, of one promise. */
int allocation_of_moves(struct store *store, int64_t seq, int64_t *ret, int64_t *ret_quantity);

/* Of what is promised of a lot in a bin, what is given up first: of an order nobody has begun, the least urgent, the
 * newest. -ENOENT when nothing is promised. */
int allocation_to_give_up(struct store *store, int64_t item, int64_t location, int64_t lot, int64_t *ret);

struct totals {
    int64_t ordered, picked, sown, packed, open; /* base units over all lines that are not refused */
    int64_t refused;                             /* picked for those that are */
};
int order_totals(struct store *store, int64_t order, struct totals *ret);

/* A line of the order that still has goods to pack of this item (picked > packed). -ENOENT when it has none. */
struct order_line {
    int64_t id, line, picked, packed;
};
int order_line_to_pack(struct store *store, int64_t order, int64_t item, struct order_line *ret);
/* The packed items as JSON elements {"sku", "name", "quantity"} of an open array. */
int order_write_packed(struct store *store, int64_t order, struct buf *json);

/* Picked and not packed, of one item. */
int order_to_pack(struct store *store, int64_t order, int64_t item, int64_t *ret);
/* What was picked and not packed as JSON elements {"line", "quantity"} of an open array. */
int order_write_missing(struct store *store, int64_t order, struct buf *json);
bool order_has_item(struct store *store, int64_t order, int64_t item);

#endif
