/* What a question wants, by the words in it: a table of words in both languages. Does not answer. */
#ifndef HEAD_OFFICE_SERVICE_INTENTS_H
#define HEAD_OFFICE_SERVICE_INTENTS_H

#include <stdbool.h>

struct service_about;

struct service_intent {
    const char *name;
    const char *const *words; /* small letters; ended by NULL */
    bool delicate;            /* a person answers it, whatever is known */
    /* Writes the answer; NULL: nothing can be said by rule. */
    int (*answer)(struct service_about *about);
};

/* The first of the table whose words stand in the text: what must not be answered by a machine comes first, a wish
 * before a question. Never NULL: the last is "unknown". */
const struct service_intent *service_intent_of(const char *text);

bool service_is_chinese(const char *text);

#endif
