/* The service desk: a customer's question about an order is answered by rules, from what is known at this moment, and
 * names the rows that the answer rests on. What nobody wrote a rule for, what needs a decision and what is delicate is
 * handed over to a person as a ticket. Every question is kept with its answer.
 *
 * An answer holds nothing personal but what the asker has proved to know: with the number of the order alone, how far
 * it is; with the last digits of the receiver's telephone, too, carriers, waybills and amounts. Names, addresses and
 * telephones are in no answer. Who gives digits that are wrong learns as much as who names an order that does not
 * exist, and after a few of them in a day the order's digits are not looked at any more. */
#ifndef HEAD_OFFICE_SERVICE_H
#define HEAD_OFFICE_SERVICE_H

#include "base/buf.h"
#include "sync/head-office/office.h"

#define SERVICE_TAIL_MIN  4
#define SERVICE_WRONG_MAX 5 /* of an order, in a day */

enum service_proof { PROOF_NONE, PROOF_ORDER, PROOF_PROVED, PROOF_WRONG };

struct service_question {
    const char *order, *tail; /* "" where not given */
    int64_t person;           /* 0: not given. Names nobody's orders by itself */
    const char *text;
    const char *language; /* "en", "zh", or "auto": as it is asked */
    const char *who;      /* the program that asks for somebody */
};

#define SERVICE_SOURCES_MAX 8

struct service_answer {
    int64_t id, ticket; /* ticket 0: it was not handed over */
    const char *intent;
    bool chinese;
    enum service_proof proof;
    struct buf text;
    struct service_source {
        const char *kind; /* of row: "orders", "parcels", "events", "aftersales", "refunds-due", "invoices" */
        char code[65];
    } sources[SERVICE_SOURCES_MAX];
    size_t source_count;
};

/* Release with service_answer_done(). Inside a transaction. */
int service_ask(struct office *office, const struct service_question *question, struct service_answer *ret,
                struct error *error);
void service_answer_done(struct service_answer *answer);
#define CLEANUP_ANSWER CLEANUP(service_answer_done)

const char *service_proof_name(enum service_proof proof);

#endif
