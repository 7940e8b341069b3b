/* Whether a person may be written to, for each way of writing. Nothing said means no. Of what all the accounts of a
 * person said the last word counts, of two at the same time the refusal; a file's consent never overrules a person's
 * refusal. Every word is kept. */
#ifndef HEAD_OFFICE_CONSENT_H
#define HEAD_OFFICE_CONSENT_H

#include "base/buf.h"
#include "sync/head-office/office.h"

#define CONSENT_CHANNELS     "sms|phone|email|platform|post"
#define CONSENT_CHANNEL_SIZE 9

/* The condition that it is the last word of its channel: a row c of person_consent, said for person q. */
#define CONSENT_LAST                                                                                                   \
    "NOT EXISTS (SELECT 1 FROM person_consent d JOIN person e ON e.id = d.person WHERE e.head = q.head AND d.channel " \
    "="                                                                                                                \
    " c.channel AND (d.time_us > c.time_us OR (d.time_us = c.time_us AND (d.given < c.given OR (d.given = c.given AND" \
    " d.id > c.id)))))"

struct consent_word {
    int64_t person;
    const char *channel; /* one of CONSENT_CHANNELS; NULL: each of them */
    bool given;
    const char *source; /* how it was said */
    const char *who;
};

/* -ENOENT, -EINVAL with a sentence. Inside a transaction. */
int consent_say(struct office *office, const struct consent_word *word, struct error *error);

/* A customer's file said yes or no, and had said otherwise before. Inside a transaction. */
int consent_of_file(struct office *office, const char *code, struct error *error);

int consent_is_given(struct sql *sql, int64_t person, const char *channel, bool *ret);

/* The ways of writing that he agreed to, as an array of the open object json. */
int consent_tell(struct sql *sql, int64_t person, const char *name, struct buf *json);

#endif
