/* Waves: orders that are worked together, and the goods that are picked for them in sum. Does not decide which orders
 * belong together: wave_rule.h and the floor do. */
#ifndef STORE_WAVE_H
#define STORE_WAVE_H

#include "store/orders.h"

struct wave {
    int64_t id, worker; /* worker: who picks or sorts all of it; 0: nobody */
    char number[STORE_CODE_MAX], kind[12], state[12], policy[8], carrier[STORE_CODE_MAX], wall[STORE_CODE_MAX];
};
int wave_load(struct store *store, int64_t id, struct wave *ret);
int wave_find(struct store *store, const char *number, int64_t *ret); /* -ENOENT */
/* A draft; its number is made here. */
int wave_insert(struct store *store, const struct wave *wave, int64_t *ret);
int wave_set_state(struct store *store, int64_t id, const char *state);
int wave_set_worker(struct store *store, int64_t id, int64_t worker); /* 0: free for anybody */
bool wave_is_of(struct store *store, int64_t id, int64_t worker);
int wave_draft(struct store *store, int64_t *ret); /* the oldest draft. -ENOENT */

/* Over its orders that are not cancelled, and their lines that are not refused. */
struct wave_totals {
    int64_t orders, wanted, picked, sown, packed, open; /* base units; open: still to take out of bins */
};
int wave_totals(struct store *store, int64_t id, struct wave_totals *ret);

/* Its orders by id, after another. -ENOENT at the end. */
int wave_order_after(struct store *store, int64_t id, int64_t after, int64_t *ret);
/* Its orders that lack something of an item, or lack anything (item 0): the most urgent first. -ENOENT at the end. */
int wave_order_lacking(struct store *store, int64_t id, int64_t item, const struct order *after, struct order *ret);
int wave_set_picked(struct store *store, int64_t id); /* its orders that have all they can get */
/* Its live orders in state `from` go to state `to`. */
int wave_set_orders(struct store *store, int64_t id, const char *from, const char *to);
int order_set_wave(struct store *store, int64_t order, int64_t wave); /* 0: into none */

/* A released wave that is picked in sum, has open promises and is nobody's: the most urgent. -ENOENT */
int wave_to_batch(struct store *store, int64_t *ret);
/* It is under way and nothing of it is left to do: no order, no worker, no tote. -ENOENT: it is not so */
int wave_done(struct store *store, int64_t id);
int wave_is_empty(struct store *store, int64_t id, bool *ret); /* the same of this wave, whatever its state */
int wave_count_waiting(struct store *store, int64_t *ret);     /* released, to be picked in sum, nobody's */

/* ---- picked in sum: what one bin gives of one lot to all orders of the wave */

struct batch_bin {
    int64_t location, item, lot, open; /* open: base units over all orders */
};
/* A promise in the next bin: along the walk, what was skipped last. -ENOENT when nothing is open. */
int batch_next(struct store *store, int64_t wave, int64_t *ret_allocation);
/* The bin of a promise, which itself may be fulfilled. */
int batch_bin(struct store *store, int64_t wave, int64_t allocation, struct batch_bin *ret);
/* The promise in this bin that is served first: of the most urgent order. -ENOENT */
int batch_line(struct store *store, int64_t wave, const struct batch_bin *bin, struct allocation *ret);
/* All of them in that order: a query of promise, order number, line number, base units. */
struct sql_query *batch_lines(struct store *store, int64_t wave, const struct batch_bin *bin);
int batch_skip(struct store *store, int64_t wave, int64_t location);
int batch_release(struct store *store, int64_t wave,
                  int64_t item); /* gives back what is promised and not picked of it */

/* Its totes: the next with goods that stands in a place (0: anywhere), by id, after another. -ENOENT at the end. */
int wave_tote_after(struct store *store, int64_t wave, int64_t location, int64_t after, int64_t *ret);

/* ---- sorting: out of a wave's tote */

struct sow_need {
    int64_t order, line, sown, picked; /* of one line that still lacks some in its slot */
};
/* The line that gets an item: one that takes `quantity` before one that needs less, of an order that has a slot before
 * one that has none, of the most urgent. -ENOENT */
int sow_need(struct store *store, int64_t wave, int64_t item, int64_t quantity, struct sow_need *ret);
/* The order's slot at the wall, else the first free one. -ENOENT when there is none. */
int sow_slot(struct store *store, const char *wall, int64_t order, int64_t *ret_location);
/* The code of the order's slot. -ENOENT */
int sow_slot_code(struct store *store, int64_t order, char *out, size_t capacity);
/* A slot at the wall whose order nobody will pack. -ENOENT */
int sow_slot_to_clear(struct store *store, const char *wall, char *out, size_t capacity);
/* Whether anything in a tote is still wanted by a slot or, at the bench, by an order. */
bool wave_wants_of(struct store *store, int64_t wave, int64_t tote);
/* A line for which an item was picked and that has not got it in a slot or parcel: of a cancelled order or a refused
 * line first, then of the least urgent order. With the promise it was picked by, and how much. -ENOENT */
struct surplus {
    int64_t line, line_number, order, allocation, location, quantity;
};
int wave_surplus(struct store *store, int64_t wave, int64_t item, struct surplus *ret);

/* ---- at the bench */

/* The order that gets the next piece of an item: the first to leave that is nobody's or this worker's. -ENOENT */
int express_order(struct store *store, int64_t wave, int64_t item, int64_t worker, struct order *ret);

#endif
