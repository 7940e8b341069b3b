/* What lies in one bin, and which bins might take goods. Does not judge whether a bin may take them: floor/bin.c does.
 */
#ifndef STORE_BIN_H
#define STORE_BIN_H

#include "store/store.h"

/* Loose or on plates; what is promised or held counts too. */
struct bin_content {
    int64_t quantity;    /* base units of everything */
    int64_t load_g;      /* as far as weights are known */
    int64_t same;        /* base units of the item asked for */
    int64_t other_items; /* how many others there are */
    int64_t other_lots;  /* of the item, beside the lot asked for */
    bool other_owner;    /* some of it belongs to somebody else than the item */
};
int bin_content(struct store *store, int64_t location, int64_t item, int64_t lot, struct bin_content *ret);
/* What open tasks other than this one (0: all) will bring there. */
int bin_coming(struct store *store, int64_t location, int64_t task, int64_t *ret);

/* Where goods may go, best first. */
enum bin_rank { BIN_OWN_FACE, BIN_SAME_LOT, BIN_SAME_ITEM, BIN_EMPTY_OF_CLASS, BIN_EMPTY, BIN_SHARED, BIN_RANKS };

/* The bins of one rank along the walk, one a call. Those that another open task is going to fill are no longer empty.
 * -ENOENT at the end. */
struct bin_search {
    enum bin_rank rank;
    int64_t item, lot, task; /* task: whose own target does not count as taken */
    int64_t walk, id;        /* the last one; INT64_MIN, 0 before the first */
};
int bin_next(struct store *store, struct bin_search *search, int64_t *ret);

#endif
