/* Documents: what was announced, asked for or sent back, line by line; and the tasks that wait for somebody.
 * Does not move goods: done, damaged, settled, taken and put follow the ledger's moves. */
#ifndef STORE_DOCUMENT_H
#define STORE_DOCUMENT_H

#include "store/store.h"

struct document {
    int64_t id, worker, over_percent, rev;
    bool blind;
    char kind[12], number[STORE_CODE_MAX], state[12], outcome[32], partner[STORE_CODE_MAX], owner[STORE_CODE_MAX];
    char order_number[STORE_CODE_MAX], waybill[STORE_CODE_MAX];
};
int document_load(struct store *store, int64_t id, struct document *ret);
int document_find(struct store *store, const char *number, int64_t *ret);
/* -EEXIST when the number is taken. */
int document_insert(struct store *store, const struct document *document, int64_t *ret);
int document_set_state(struct store *store, int64_t id, const char *state, const char *outcome);
int document_set_waybill(struct store *store, int64_t id, const char *waybill, int64_t rev);
int document_set_worker(struct store *store, int64_t id, int64_t worker); /* 0: free for anybody */

struct document_line {
    int64_t id, document, line, item, expected, done, damaged, settled;
    char lot_code[STORE_CODE_MAX], expiry[12], sscc[20];
};
int document_line_load(struct store *store, int64_t id, struct document_line *ret);
int document_line_insert(struct store *store, const struct document_line *line, int64_t *ret);
/* Line by line in their order: the first after `after` (0: from the start). -ENOENT at the end. */
int document_line_after(struct store *store, int64_t document, int64_t after, struct document_line *ret);
/* The line for more of an item: of this lot before any, one with something open before a full one. -ENOENT */
int document_line_for(struct store *store, int64_t document, int64_t item, const char *lot, struct document_line *ret);
/* The line of an announced pallet; of documents that are open before others. -ENOENT */
int document_line_of_sscc(struct store *store, const char *sscc, struct document_line *ret);

struct document_totals {
    int64_t expected, done, damaged, settled; /* base units over all lines */
};
int document_totals(struct store *store, int64_t id, struct document_totals *ret);

struct task {
    int64_t id, priority, item, lot, quantity, taken, put, lpn, from_location, to_location, wave, worker;
    int64_t document; /* that the goods came with; 0: none */
    char kind[12], state[12], reason[32];
};
int task_load(struct store *store, int64_t id, struct task *ret);
/* -EEXIST when the same is planned already. */
int task_insert(struct store *store, const struct task *task, int64_t *ret);
int task_set_state(struct store *store, int64_t id, const char *state, const char *outcome);
/* For others again, as it was planned; cancelled where the same has been planned meanwhile. */
int task_give_back(struct store *store, int64_t id);
int task_set_worker(struct store *store, int64_t id, int64_t worker);
int task_set_target(struct store *store, int64_t id, int64_t to_location);
int task_set_plate(struct store *store, int64_t id, int64_t lpn);
/* The next of a kind that nobody has: by priority, then age. -ENOENT */
int task_next(struct store *store, const char *kind, int64_t *ret);
int task_of_plate(struct store *store, int64_t lpn, struct task *ret); /* open. -ENOENT */
int task_count_waiting(struct store *store, const char *kind, int64_t *ret);

#endif
