/* Persons across platforms. Each account is a person of its own for good; that two of them are one is an edge between
 * them, with the identity or the sentence by which that is known, and can be taken off again: then everything is as it
 * was, since nothing but the heads was changed. A person's head is the least number of those that edges connect.
 *
 * An order is the person's whose account bought it, or else whose e-mail address or telephone stands in it. What else
 * stands in it and is known from another person joins the two, unless a person took them apart before, or the telephone
 * is several people's: more than a few accounts of one platform had orders sent to it (setting
 * person_phone_accounts). Then what it had joined is taken apart.
 *
 * Everything that changes persons first holds person_guard's row: persons_hold(). */
#ifndef HEAD_OFFICE_PERSONS_H
#define HEAD_OFFICE_PERSONS_H

#include "sync/head-office/customers/identity.h"

/* An order, or a customer of a file, came or changed: it is looked at soon. Waits for nobody. Inside a transaction. */
int persons_note_order(struct sql *sql, const char *number);
int persons_note_customer(struct sql *sql, const char *code);

struct persons_work {
    int64_t looked;
    bool more; /* there is more to look at now */
};

/* Looks at what was noted, up to so many, in transactions of its own. */
int persons_work(struct office *office, int64_t most, struct persons_work *ret, struct error *error);

/* The same within the caller's transaction. accounts: the setting person_phone_accounts. */
int persons_work_within(struct office *office, int64_t most, int64_t accounts, int64_t *ret_looked,
                        struct error *error);

/* Nobody else changes persons until the end of the transaction. */
int persons_hold(struct sql *sql);

/* At once. accounts: the setting. Both hold; inside a transaction. */
int persons_attach_order(struct office *office, const char *number, int64_t accounts);
int persons_attach_customer(struct office *office, const char *code, int64_t accounts);

/* The head of a person. -ENOENT. */
int persons_head(struct sql *sql, int64_t person, int64_t *ret);

/* The head of whose the order is. -ENOENT: nobody knows, or it was not looked at yet. */
int persons_of_order(struct sql *sql, const char *number, int64_t *ret);

/* The head of who is known by it, -ENOENT. */
int persons_of_identity(struct sql *sql, const struct identity *identity, int64_t *ret);

/* ---------------------------------------------------------------- one and the same */

struct person_link {
    int64_t one, other;
    int64_t identity;   /* 0: a person said so */
    const char *source; /* the order or customer, or "" */
    const char *why, *who;
};

/* -ENOENT, -EALREADY with a sentence. Inside a transaction, both. */
int persons_merge(struct office *office, const struct person_link *link, int64_t *ret_merge, struct error *error);
int persons_unmerge(struct office *office, int64_t merge, const char *why, const char *who, struct error *error);

#endif
