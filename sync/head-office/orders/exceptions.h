/* The check of an order before its stock leaves a shelf (审核): every reason why it must not be done by itself is an
 * exception, a row that names the rule it breaks and what releases it. What cures by itself is seen at the next check;
 * what a person must decide is confirmed, and not asked again for the same reason. An order is promised its stock even
 * while it is held: it is paid. Does not change the order but for its state and its promise. */
#ifndef HEAD_OFFICE_EXCEPTIONS_H
#define HEAD_OFFICE_EXCEPTIONS_H

#include "sync/head-office/orders/rules.h"
#include "sync/head-office/settings.h"

#define EXCEPTION_DETAIL_SIZE 257

struct exception_kind {
    const char *name;
    const char *english, *chinese;       /* what is wrong */
    const char *release_en, *release_zh; /* what releases it */
    bool confirmable;                    /* a person may say that it is right as it is */
};

extern const struct exception_kind exception_kinds[];               /* ended by a name of NULL */
const struct exception_kind *exception_kind_find(const char *name); /* NULL: there is none */

/* Checks one order in state audit: it is reserved or in exception afterwards, or was split (settings.split_by_itself).
 * Rules may choose its carrier and site and add gifts; rules NULL: those that the database has. -ENOENT, -EALREADY with
 * a sentence. Inside a transaction. */
int exceptions_audit(struct office *office, const struct settings *settings, const struct rules *rules,
                     const char *number, bool *ret_passed, struct error *error);

/* Keeps an order back that was audit or reserved, for a reason that is none of the checks'. kind is one of the table.
 * -ENOENT, -EALREADY with a sentence. Inside a transaction. */
int exceptions_hold(struct office *office, const char *number, const char *kind, const char *detail,
                    struct error *error);

/* A person confirms an exception: when it was the last one, the order is checked again. kind must be confirmable:
 * -EPERM with what releases it instead. -ENOENT: the order has none of that kind. -EINVAL: nobody is named. Inside a
 * transaction. */
int exceptions_confirm(struct office *office, const char *number, const char *kind, const char *who,
                       struct error *error);

/* Puts an order whose exceptions may be gone back to audit: after a map, a refund or an address has changed.
 * Nothing when it has no open one. Inside a transaction. */
int exceptions_look_again(struct office *office, const char *number, struct error *error);

/* The same of every order that has an open exception of a kind; rule NULL: whichever it is by. */
int exceptions_look_again_at(struct office *office, const char *kind, const char *rule, struct error *error);

#endif
