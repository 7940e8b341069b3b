/* What the steps of a count share: the round and its end, what becomes of a difference. Not for use outside the counts.
 */
#ifndef FLOOR_COUNT_H
#define FLOOR_COUNT_H

#include "floor/rule.h"
#include "store/counted.h"

/* Nothing differs, or the books stand against it: what was held is free. state: matched, rejected. */
int count_end(struct store *store, const struct stock_count *count, const char *state);

/* The differences of the last round go into the ledger, by this supervisor's word (NULL: they are small). What the bin
 * can no longer cover of the promises is promised elsewhere. *ret false: the bin has changed too much meanwhile, and it
 * is counted again. */
int count_post(struct store *store, const struct stock_count *count, const struct worker *by, bool *ret);

/* Promises of this lot in this bin that what lies there no longer covers are given up: the goods come from elsewhere,
 * or the order waits. */
int count_give_up(struct store *store, int64_t item, int64_t lot, int64_t location);

#endif
