/* What a person should look at while everything goes on: things at a platform that head office cannot put right, and
 * that nothing waits for. What an order waits for is an exception. A matter is raised once, and ends by itself when it
 * is no more, or when a person says so. */
#ifndef HEAD_OFFICE_ATTENTION_H
#define HEAD_OFFICE_ATTENTION_H

#include "sync/head-office/office.h"

struct attention_kind {
    const char *name;
    const char *english, *chinese; /* what it is, and what to do */
};

extern const struct attention_kind attention_kinds[]; /* ended by a name of NULL */

#define ATTENTION_UNKNOWN_STATUS "unknown_status"
#define ATTENTION_CHANGED        "changed_at_site"
#define ATTENTION_ELSEWHERE      "shipped_elsewhere"
#define ATTENTION_LATE           "cancelled_late"
#define ATTENTION_CLOSED_HERE    "closed_here"
#define ATTENTION_NOT_TAKEN      "not_taken"
#define ATTENTION_NOT_TOLD       "not_told"
#define ATTENTION_NO_WAYBILL     "no_waybill"
#define ATTENTION_NOT_VOID       "not_void"

/* about: an order's number, or the platform's where it has none here; a listing's item and SKU. One that stands already
 * gets the new detail. Inside a transaction, as all of it. */
int attention_raise(struct office *office, const char *shop, const char *about, const char *kind, const char *detail);

/* It is no more. Nothing when it was not raised. */
int attention_end(struct office *office, const char *about, const char *kind);

/* A person has seen to it. -ENOENT with a sentence: there is no open one of this number. */
int attention_settle(struct office *office, int64_t id, const char *who, struct error *error);

#endif
