/* What happens at a bin, the same for every way of picking: goods are taken for a promise of stock, are missing,
 * damaged or put off; and the totes that picked goods go into.
 * Does not choose the next bin: each way of picking does (pick.c, cluster.c, zone.c, batch.c). */
#ifndef FLOOR_PICK_BIN_H
#define FLOOR_PICK_BIN_H

#include "floor/rule.h"

/* A promise of stock (a pick line) with all it is about. */
struct pick {
    struct order order;
    struct allocation allocation;
    struct item item;
    struct location location;
};
int pick_load(struct store *store, int64_t allocation, struct pick *ret);

/* What goods are, once they were found right for a promise. */
struct taking {
    int64_t quantity, weight_g, lot, serial;
    char lot_code[STORE_CODE_MAX], serial_code[STORE_CODE_MAX];
};

/* ---- a way of picking. Its steps are NAME.location, NAME.item, NAME.damaged and NAME.tote; session.allocation is the
 * promise at hand, session.tote what is picked into (0: the hands). */
struct pick_way {
    const char *name;
    int (*go_on)(struct scan *scan, int64_t here); /* to the next bin, or what comes behind the last; here: where the
                                                      worker stands, 0 when that does not matter */
    /* nothing of this order could be had: it is parked */
    int (*drop)(struct scan *scan, const struct order *order);
    /* the order the worker is at was cancelled; picked: something of it was taken. Only store, session and worker of
     * the scan are there */
    int (*stop)(struct scan *scan, const struct order *order, bool picked);
};
extern const struct pick_way pick_way, cluster_way, zone_way;

const struct pick_way *bin_way(const struct scan *scan);      /* that the worker is on */
const struct pick_way *bin_find_way(const struct scan *scan); /* NULL: he is on none */
void bin_go(struct scan *scan, const char *step);             /* of this way */
int bin_load(struct scan *scan, struct pick *ret);            /* the promise at hand */
int bin_settle(struct scan *scan, const struct pick *pick);   /* something was taken or is not wanted here any more: the
                                                                 same again, or into the tote with it, or on */
int bin_take_one(struct scan *scan, const struct pick *pick, const struct taking *taking);

int bin_arrive(struct scan *scan);                          /* NAME.location .accept: E04 */
int bin_take(struct scan *scan, const struct goods *goods); /* NAME.item .take */
int bin_take_damaged(struct scan *scan, const struct goods *goods);
int bin_item(struct scan *scan); /* .accept of a step with .take: never called */
int bin_short(struct scan *scan);
int bin_damage(struct scan *scan);
int bin_skip(struct scan *scan);
int lot_forced(struct scan *scan, const struct worker *supervisor); /* may take another lot than the promised one */
int bin_show_order(struct scan *scan, const struct order *order, struct view *view);
int bin_show_location(struct scan *scan, struct view *view);
int bin_show_item(struct scan *scan, struct view *view);
int bin_show_damaged(struct scan *scan, struct view *view);
int bin_undo_line(struct scan *scan, const struct action *action);
/* The commands of NAME.item. */
#define BIN_AT_ITEM                                                                                                    \
    {.name = "SHORT", .run = bin_short, .final = true}, {.name = "DAMAGE", .run = bin_damage, .final = true},          \
        {.name = "SKIP", .run = bin_skip},                                                                             \
    {                                                                                                                  \
        .name = "FORCE", .run = force_ask                                                                              \
    }

/* ---- the pieces of it, for a way that takes for several promises at once. Who calls them has recorded the scan. */

unsigned pick_needs(struct scan *scan, const struct item *item); /* of a step that takes for session.allocation */
int pick_check(struct scan *scan, const struct pick *pick, const struct goods *goods, int64_t most,
               struct taking *ret); /* E05 to E09, E21; most: base units that are wanted */
int pick_check_damaged(struct scan *scan, const struct pick *pick, const struct goods *goods, struct taking *ret);
/* "order", "line", "sku", "location", then what is known of the goods; taking may be NULL. */
int pick_write(struct scan *scan, const struct pick *pick, const struct taking *taking);
int pick_move(struct scan *scan, const struct pick *pick, const struct taking *taking, int64_t plate);
/* Gives missing pieces back, holds what nobody is promised in the bin, and asks for a count. */
int pick_miss(struct scan *scan, const struct pick *pick, int64_t missing);
/* The promise may be gone: on with what is left of it or of the order; an order that has nothing is parked. */
int pick_go_without(struct scan *scan, const struct pick *pick);

/* ---- totes (pick_tote.c) */

/* E10 unless the tote is free or holds this order; order 0: only a free one will do. */
int tote_check(struct scan *scan, const struct lpn *tote, int64_t order);
/* The order's from now on, on the way with the worker, together with what is in his hands. */
int tote_bind(struct scan *scan, const struct lpn *tote, int64_t order);
/* An order that was cancelled, or refused whole for want of stock: its goods go to the return shelf. */
bool tote_goes_back(const struct order *order);
enum message tote_ask_place(const struct order *order, enum message ask); /* ask: when it does not */
int tote_end_picking(struct store *store, const struct order *order);     /* its state, when all of it is put down */
/* Where the order's goods belong: E04, or E12 when it is cancelled. */
int tote_check_place(struct scan *scan, const struct order *order, const struct location *place);
/* Records and does it: onto the stage; of a cancelled order onto the return shelf, from where it is put away. After the
 * last tote the order is picked, and nobody's. */
int tote_put_down(struct scan *scan, const struct order *order, int64_t tote, const struct location *place, bool last);

/* ---- the steps around them, of a way on which a worker has one order at a time: session.order, in session.tote */

int tote_accept(struct scan *scan); /* binds it, then on */
int tote_stage(struct scan *scan);  /* puts it down: the order is picked, or back on the return shelf */
/* One tote goes to the stage before the rest: records it and answers. The caller goes to the step that asks where. */
int tote_unload_ask(struct scan *scan, const struct lpn *tote, enum message message);
int tote_full(struct scan *scan); /* FULL: it goes to the stage now (NAME.full), the order's next goods into another */
int tote_unload(struct scan *scan); /* there it is */
/* The way's .stop: what he has of the order goes to the return shelf. */
int tote_stop(struct scan *scan, const struct order *order, bool picked);
int tote_show(struct scan *scan, struct view *view);
int tote_show_full(struct scan *scan, struct view *view);
int tote_show_stage(struct scan *scan, struct view *view);
int tote_undo(struct scan *scan, const struct action *action);

/* Puts the bins of all that a worker has into the order of the shortest walk: when he begins (here 0), and from the bin
 * where he is when others come to it. */
int pick_plan_route(struct store *store, int64_t worker, int64_t here);

/* ---- leases */

int order_check_lease(struct scan *scan, const struct order *order); /* E11 */

/* All that a worker has of orders: nothing of it is lost. With empty hands only. */
int orders_let_go(struct store *store, const struct session *session);
int bin_leave(struct scan *scan); /* DONE between two bins */

#endif
