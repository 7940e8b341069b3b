/* The turns of a program that speaks for shops: which is next, and what is done for it at once. Several programs may
 * work on one database: a shop is one's at a time. Does not wait and does not log. */
#ifndef HEAD_OFFICE_SHOP_WORK_H
#define HEAD_OFFICE_SHOP_WORK_H

#include "sync/head-office/shops/pull.h"

struct shop_memory { /* what is remembered of a shop */
    char code[SHOP_CODE_SIZE];
    struct pull pull;
    char trouble[SHOP_TROUBLE_SIZE]; /* after its last turn */
};

struct shop_work {
    struct shop_worker worker;
    struct shop_memory *shops;
    size_t shop_count;
};

struct shop_turn {
    char shop[SHOP_CODE_SIZE]; /* "": none had anything to do */
    struct pull_done orders, refunds;
    int64_t writes, refused;
    char trouble[SHOP_TROUBLE_SIZE]; /* of the shop, after it */
    bool other_trouble;              /* than after its turn before */
};

/* One shop's turn. What its platform says against it is no error. -ESTALE: the shop was another's by then. */
int shop_work_turn(struct shop_work *work, struct shop_turn *ret, struct error *error);

/* Lets go of every shop. */
int shop_work_end(struct shop_work *work, struct error *error);

#endif
