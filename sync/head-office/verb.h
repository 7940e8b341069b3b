/* What head office can be asked to do: verbs with fields, a table of them for each piece of business. Commands, the
 * pages and programs of others ask by the same tables. A verb is one transaction: all of it or nothing. What can be
 * looked at is elsewhere (query.h). What was done stands in the trail (staff/trail.h), in the same transaction. Does
 * not know who may ask what. */
#ifndef HEAD_OFFICE_VERB_H
#define HEAD_OFFICE_VERB_H

#include "base/buf.h"
#include "base/option.h"
#include "sync/head-office/office.h"

#include <jansson.h>

#define VERB_FIELDS_MAX 163840 /* bytes of a verb's struct */
#define VERB_VALUE_MAX  131072 /* of one field, as text */

struct verb_call {
    struct office *office;
    const char *who;    /* the person or program that asks */
    const void *fields; /* the verb's struct, filled and checked */
    struct buf *answer; /* an open JSON object, for what is worth telling */
};

/* Tables end with a name of NULL. */
struct office_verb {
    const char *name;                                        /* "order.confirm" */
    const struct option_def *fields;                         /* into the struct; a fallback of NULL: must be given */
    size_t size;                                             /* of the struct */
    int (*run)(struct verb_call *call, struct error *error); /* -errno with a sentence; inside a transaction */
    const char *english, *chinese;                           /* one sentence each */
};

/* A line of a chapter whose file has one struct fields for all its verbs. */
#define VERB(name, table, run, english, chinese)                                                                       \
    {                                                                                                                  \
        name, table, sizeof(struct fields), run, english, chinese                                                      \
    }

/* A new chapter is a line of verb.c. */
extern const struct office_verb order_verbs[], office_setting_verbs[], rule_verbs[], split_verbs[], aftersale_verbs[],
    shop_verbs[], money_verbs[], bill_verbs[], invoice_verbs[], api_verbs[], put_verbs[], waybill_verbs[],
    marketing_verbs[], member_verbs[], customer_verbs[], segment_verbs[], service_verbs[], goods_verbs[],
    buying_verbs[], figure_verbs[], improve_verbs[], rollout_verbs[], staff_verbs[], join_verbs[];

/* fields: a JSON object; numbers and flags in their own kind, or as text. The answer is a whole JSON object. -ENOENT:
 * no such verb, or what run() says; -EINVAL: a field that is not known, is missing or out of range, and the sentence
 * says what would be taken. */
int verb_do(struct office *office, const char *name, const json_t *fields, const char *who, struct buf *answer,
            struct error *error);

/* {"verb", "english", "chinese", "fields"} */
void verb_write(const struct office_verb *verb, struct buf *json);

/* All of them, one after the other; NULL behind the last. */
const struct office_verb *verb_at(size_t index);
const struct office_verb *verb_find(const char *name); /* NULL: there is none */

#endif
