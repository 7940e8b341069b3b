/* One order that becomes several, and several that become one, before a site has them. What was is closed and stands in
 * nobody's way: it is marked as replaced, keeps its lines and money as a record, and is counted through what came of it
 * (WHERE replaced = 0 counts everything once). Every piece and every cent of it is in what came of it; promised stock
 * moves along. Each line knows the platform's order and line that it is of (order_line.source_order, source_line), so
 * that what is shipped can be told to each platform's order. All inside a transaction. */
#ifndef HEAD_OFFICE_ORDER_SPLIT_H
#define HEAD_OFFICE_ORDER_SPLIT_H

#include "sync/head-office/orders/orders.h"
#include "sync/head-office/settings.h"
#include "sync/wire/topic.h"

#define SPLIT_PARTS_MAX  16
#define MERGE_ORDERS_MAX 50

struct split_plan {
    size_t parts;
    char sites[SPLIT_PARTS_MAX][WIRE_NAME_SIZE]; /* "": not said */
    size_t line_count;
    struct split_line {
        int64_t line, quantity, goods, paid; /* goods: before discounts */
        int64_t share[SPLIT_PARTS_MAX];      /* pieces of each part: in sum the quantity */
    } lines[ORDERS_LINES_MAX];
};

/* The order's lines, and nothing shared out yet. -ENOENT, -EALREADY (a site has it, it is not paid), -EINVAL (it is not
 * known what was bought) with a sentence. */
int order_split_load(struct office *office, const char *number, struct split_plan *plan, struct error *error);

/* Makes an order of each part, numbered NUMBER-1, NUMBER-2 and so on; they are to be checked, and are promised where
 * the whole was, or at the plan's site. children may be NULL. -EINVAL with a sentence: a part is empty. */
int order_split(struct office *office, const char *number, const struct split_plan *plan, const char *who,
                char (*children)[ORDERS_NUMBER_SIZE], struct error *error);

/* Splits an order among sites that have all of it together, as few as it takes, the nearest first; the items' rows are
 * locked. *ret_done false: there is no such way, and nothing was done. */
int order_split_by_stock(struct office *office, const struct settings *settings, const char *number, bool *ret_done,
                         struct error *error);

/* Makes one order of several of one shop to one receiver; it has the number of the one that was paid first, with -M
 * behind it. -EINVAL with a sentence: they do not go together. */
int order_merge(struct office *office, const char (*numbers)[ORDERS_NUMBER_SIZE], size_t count, const char *who,
                char ret_number[ORDERS_NUMBER_SIZE], struct error *error);

/* What split and merge have in common: an order is counted through others from now on, by an act of order_life.h; what
 * it was promised is theirs, or free. by: those others, for its history. */
int order_replace(struct office *office, const char *number, const char *act, const char *by, const char *who,
                  struct error *error);

/* Takes a split (its first order's number) or a merge (the merged order's) back: what was is to be checked again, and
 * what came of it is closed. Only as long as no site has had any of it, and nothing of it was changed. */
int order_undo(struct office *office, const char *number, const char *who, struct error *error);

/* An order that others stand for is to be cancelled: they are, and a merge is taken back first. -EALREADY with a
 * sentence: it has gone too far. */
int order_split_cancel(struct office *office, const char *number, const char *reason, const char *who,
                       struct error *error);

/* Each order that a platform's order lives on in; itself, when nothing stands in its place. -errno of take() ends it.
 */
int order_split_heirs(struct office *office, const char *number, int (*take)(void *user, const char *heir), void *user);

#endif
