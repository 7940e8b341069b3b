/* Answers by rule, each from the rows of one order and those that stand for it. */
#ifndef HEAD_OFFICE_SERVICE_ANSWERS_H
#define HEAD_OFFICE_SERVICE_ANSWERS_H

#include "sync/head-office/customers/service.h"

struct service_about {
    struct office *office;
    struct service_answer *answer;
    char order[65];
    int64_t zone_minutes;
    bool is_withheld;      /* the platform keeps the receiver's telephone: nobody can prove to know it */
    const char *hand_over; /* why a person must see to it; NULL: that is the whole answer */
};

/* One of two sentences, in the language of the question. */
void service_say(struct service_about *about, const char *english, const char *chinese);
void service_rest_on(struct service_about *about, const char *kind, const char *code);

int service_answer_where(struct service_about *about);
int service_answer_address(struct service_about *about);
int service_answer_cancel(struct service_about *about);
int service_answer_refund(struct service_about *about);
int service_answer_invoice(struct service_about *about);

#endif
