/* What a person here must see to: one table of states and what may be done in each. A ticket is opened when a question
 * is handed over; somebody takes it, answers it, closes it. All of it is in its history. */
#ifndef HEAD_OFFICE_TICKETS_H
#define HEAD_OFFICE_TICKETS_H

#include "sync/head-office/office.h"

struct ticket_new {
    const char *why;      /* it is handed over */
    const char *question; /* in the words of who asked */
    const char *language; /* "en" or "zh" */
    int64_t person;       /* 0: nobody knows */
    const char *order;    /* NULL: none */
};

int tickets_open(struct office *office, const struct ticket_new *ticket, int64_t *ret, struct error *error);

/* "take": note is who does it; "answer": note is the reply; "close", "reopen": note is why. -ENOENT, -EALREADY (its
 * state does not allow it), -EINVAL with a sentence. Inside a transaction, both. */
int tickets_act(struct office *office, int64_t ticket, const char *act, const char *who, const char *note,
                struct error *error);

#endif
