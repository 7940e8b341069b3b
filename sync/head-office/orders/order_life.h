/* The life of an order at head office, from the moment it is placed: one table of states, and one of steps. An act is
 * what head office decides; it is refused where it is not named for the order's state. A fact is what a site reports;
 * it cannot be refused, and leaves the state where it is not named for it. Does not decide what should happen. */
#ifndef HEAD_OFFICE_ORDER_LIFE_H
#define HEAD_OFFICE_ORDER_LIFE_H

#include "sync/head-office/office.h"

#define ORDER_STATE_SIZE 16

struct order_state {
    const char *name;
    const char *stage; /* as people count orders: a state of its own, or "floor" for all that a site works on */
    const char *english, *chinese;
};

extern const struct order_state order_states[]; /* in the order of a life; ended by a name of NULL */

#define ORDER_STATES                                                                                                   \
    "pending_pay|audit|exception|reserved|released|received|allocated|picking|short|parked|picked|packed|labelled|"    \
    "shipped|finished|closed"

/* What may happen to an order. The names of facts are those of events. */
#define ORDER_PAID       "paid"       /* pending_pay -> audit */
#define ORDER_HELD       "held"       /* an exception was raised */
#define ORDER_FREED      "freed"      /* the last exception is gone: it is looked at again */
#define ORDER_CHANGED    "changed"    /* the platform or a person changed it: it is looked at again */
#define ORDER_RESERVED   "reserved"   /* every check passed, and its stock is promised */
#define ORDER_RELEASED   "released"   /* it is in a site's feed */
#define ORDER_WITHDRAWN  "withdrawn"  /* the site has it no more, and nothing was done for it */
#define ORDER_SHIPPED    "shipped"    /* by somebody else: the platform says so */
#define ORDER_FINISHED   "finished"   /* the buyer has it, and may not send it back any more */
#define ORDER_CLOSED     "closed"     /* nothing will be done for it */
#define ORDER_CANCELLING "cancelling" /* its site was asked to let it be: a note, which moves nothing */
#define ORDER_SPLIT      "split"      /* others stand for it, parts of it: order_split.h */
#define ORDER_MERGED     "merged"     /* another stands for it and more */
#define ORDER_RESTORED   "restored"   /* none stands for it any more: it is looked at again */

#define ORDER_FORGOTTEN "forgotten" /* nobody knows any more who got it: a note, which moves nothing */

/* The state after it, or NULL: it is not named for this state. */
const char *order_life_after(const char *act, const char *state);

/* Does it, and writes it into the order's history. who: a person, or "" for head office itself; note may be NULL. What
 * leaves head office's hands has no exceptions any more. The order's row is locked until the end of the transaction.
 * -ENOENT, -EALREADY with a sentence. Inside a transaction. */
int order_life_act(struct office *office, const char *number, const char *act, const char *who, const char *note,
                   struct error *error);

/* Writes what was done with it into its history without moving it. Inside a transaction. */
int order_life_note(struct office *office, const char *number, const char *what, const char *who, const char *note,
                    struct error *error);

/* Refuses what order_life_act() would, and does nothing else. The order's row is locked from here on. */
int order_life_check(struct office *office, const char *number, const char *act, struct error *error);

const struct order_state *order_state_find(const char *name); /* NULL: there is none */

#endif
