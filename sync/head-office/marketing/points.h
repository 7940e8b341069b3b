/* Members' points (积分): a ledger whose sum is never below nothing. Points that came expire; those that expire first
 * go first. What is to be taken back when there is none is owed, and is kept of what comes next. A member's row is
 * locked from the first change on. Does not decide who gets how many: order_points does. Inside a transaction. */
#ifndef HEAD_OFFICE_POINTS_H
#define HEAD_OFFICE_POINTS_H

#include "sync/head-office/marketing/members.h"

struct points_change {
    const char *member, *kind; /* kind: as the schema has them */
    int64_t points;            /* how many; above 0 */
    const char *order, *key;   /* "": none */
    const char *note, *who;    /* who: "" head office by itself */
};

/* Points that come, and when they expire. -EEXIST: the key was used. */
int points_add(struct office *office, const struct points_change *change, int64_t expires_us, struct error *error);

/* Points that go. -ERANGE with a sentence: there are not so many. -EEXIST: the key was used. */
int points_remove(struct office *office, const struct points_change *change, struct error *error);

/* As points_remove(), but what is not there is owed. */
int points_claim(struct office *office, const struct points_change *change, struct error *error);

/* What went by the entries of a kind for an order comes back with the days it had, until keep of it stay away; what
 * expires last comes first. *ret_points: so many came. */
int points_give_back(struct office *office, const char *order, const char *kind, int64_t keep, int64_t *ret_points,
                     struct error *error);

/* What has expired goes, of so many lots at most; *ret_more: there are more. */
int points_expire(struct office *office, int64_t most, bool *ret_more, struct error *error);

#endif
