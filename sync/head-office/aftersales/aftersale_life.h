/* The life of an after-sales case: one table of states and one of steps, as order_life.h has them for orders. A step
 * that is not named for the case's state is refused. Does not decide what should happen. */
#ifndef HEAD_OFFICE_AFTERSALE_LIFE_H
#define HEAD_OFFICE_AFTERSALE_LIFE_H

#include "sync/head-office/office.h"
#include "sync/head-office/orders/orders.h"
#include "sync/wire/topic.h"

#define AFTERSALE_NUMBER_SIZE 16
#define AFTERSALE_WORD_SIZE   12 /* kinds and states */

struct aftersale_word {
    const char *name, *english, *chinese;
};
extern const struct aftersale_word aftersale_states[], aftersale_kinds[]; /* ended by a name of NULL */

#define AFTERSALE_KINDS "refund|return|exchange|reissue|repair"
/* As conditions of SQL: nothing more will come of it; it may still be paid, and its order is held for it. */
#define AFTERSALE_OVER    "('settled', 'refused', 'closed')"
#define AFTERSALE_DROPPED "('refused', 'closed')"

/* A case is of the order that was bought, whatever that was split or merged into since (order_split.h). As a set of
 * SQL: the numbers of all that do parts of it now; and as a condition: order_line p is a line of it, or a part of that
 * line. Of orders with replaced = 1 nothing counts. */
#define AFTERSALE_PARTS(first)                                                                                         \
    "(SELECT number FROM orders WHERE replaced = 0 AND number = " first " UNION SELECT pl.number FROM order_line pl"   \
    " JOIN orders po ON po.number = pl.number WHERE po.replaced = 0 AND pl.source_order <> '' AND pl.source_order "    \
    "= " first ")"
#define AFTERSALE_PART_LINE(p, first, at)                                                                              \
    "((" p ".number = " first " AND " p ".line = " at ") OR (" p ".source_order <> '' AND " p ".source_order = " first \
    " AND " p ".source_line = " at "))"
/* The orders that a number (?1 or a column) was bought as. */
#define AFTERSALE_SOURCES(number)                                                                                      \
    "(SELECT CASE WHEN sl.source_order <> '' THEN sl.source_order ELSE sl.number END FROM order_line sl WHERE"         \
    " sl.number = " number ")"

/* The steps. */
#define AFTERSALE_AGREED     "agreed"     /* by a person, or at the platform */
#define AFTERSALE_ANNOUNCED  "announced"  /* its goods are expected at a site */
#define AFTERSALE_RECEIVED   "received"   /* some of them are there */
#define AFTERSALE_UNRECEIVED "unreceived" /* that was a mistake */
#define AFTERSALE_GRADED     "graded"     /* all that came was looked at */
#define AFTERSALE_SETTLED    "settled"    /* the buyer gets what was agreed */
#define AFTERSALE_PAID       "paid"       /* the platform has given the money back */
#define AFTERSALE_REFUSED    "refused"
#define AFTERSALE_CLOSED     "closed"    /* the buyer, or a person, takes it back */
#define AFTERSALE_WITHDRAWN  "withdrawn" /* the platform has ended it */
#define AFTERSALE_REOPENED   "reopened"  /* the buyer asks again */
#define AFTERSALE_RESUMED    "resumed"   /* its order has come, when the platform had ended it already */

struct aftersale {
    char number[AFTERSALE_NUMBER_SIZE];
    char kind[AFTERSALE_WORD_SIZE], state[AFTERSALE_WORD_SIZE], goods[8];
    char order[ORDERS_NUMBER_SIZE]; /* "": not known */
    char site[WIRE_NAME_SIZE], new_order[ORDERS_NUMBER_SIZE];
    char shop[65], platform_order[65], platform_line[65], platform_state[12];
    char waybill[65], reason[257], agreed_by[65];
    int64_t freight_minor, platform_minor, platform_pieces, modified_us, told;
};

/* The state after it, or NULL: it is not named for this state. */
const char *aftersale_after(const char *act, const char *state);

/* settled, refused or closed */
bool aftersale_is_over(const struct aftersale *aftersale);
/* Whether its goods are to come back. */
bool aftersale_returns(const struct aftersale *aftersale);

/* Locked until the end of the transaction. -ENOENT with a sentence. */
int aftersale_load(struct office *office, const char *number, struct aftersale *ret, struct error *error);

/* Does it, and writes it into the case's history. who: a person, "" for head office itself, "platform", "site/ID"; note
 * may be NULL. -EALREADY with a sentence: not in this state. */
int aftersale_act(struct office *office, struct aftersale *aftersale, const char *act, const char *who,
                  const char *note, struct error *error);
/* Does it where it is named for the state, and nothing otherwise. */
int aftersale_try(struct office *office, struct aftersale *aftersale, const char *act, const char *who,
                  const char *note, struct error *error);

/* A number that no other case has. */
void aftersale_number(struct office *office, char out[AFTERSALE_NUMBER_SIZE]);

/* It begins: in its history only. */
int aftersale_opened(struct office *office, const struct aftersale *aftersale, const char *who, struct error *error);

/* What a person must see to; "": nothing any more. */
int aftersale_trouble(struct office *office, const char *number, const char *sentence, struct error *error);

#endif
