/* Rules of one's own about orders: each has conditions, all of which must hold, and says one thing. It holds the order
 * back for a person, chooses who carries it, adds a gift, or says which site does it. Of carriers and sites the first
 * rule that fits counts, the highest priority first; of the others all do. How often each was good for an order is the
 * number of its rows in rule_hit. Does not know how an order is checked: exceptions does. */
#ifndef HEAD_OFFICE_RULES_H
#define HEAD_OFFICE_RULES_H

#include "sync/head-office/orders/rule_facts.h"
#include "sync/head-office/settings.h"

#include <jansson.h>

#define RULE_KINDS          "hold|carrier|gift|site"
#define RULE_NAME_SIZE      65
#define RULE_RESULT_SIZE    257
#define RULE_CONDITIONS_MAX 16
#define RULES_MAX           1000

struct rule {
    int64_t id;
    char name[RULE_NAME_SIZE], kind[8], result[RULE_RESULT_SIZE];
    int64_t priority, pieces, cap; /* cap 0: no end */
    bool active;
    size_t condition_count;
    struct fact_condition conditions[RULE_CONDITIONS_MAX];
};

/* Those that are active, in the order in which they are looked at. */
struct rules {
    struct rule **list;
    size_t count;
    bool blacklist; /* there is somebody on it */
};

int rules_load(struct office *office, struct rules *ret, struct error *error);
void rules_done(struct rules *rules);
#define CLEANUP_RULES CLEANUP(rules_done)

bool rules_have(const struct rules *rules, const char *kind);

/* The next one of the kind behind `after` that holds for the order; after NULL: from the beginning. NULL: none does. */
const struct rule *rules_next(const struct rules *rules, const char *kind, const struct rule *after,
                              const struct facts *facts);

int rules_hit(struct office *office, const struct rule *rule, const char *number);

/* ---------------------------------------------------------------- what people say */

/* A new one, or another form of the one of this name; conditions: a list of {"field", "operator", "value"}. -EINVAL,
 * -ENOENT with a sentence. Inside a transaction, as all of these. */
int rules_put(struct office *office, const struct rule *rule, const json_t *conditions, struct error *error);
int rules_switch(struct office *office, const char *name, bool active, struct error *error);
int rules_remove(struct office *office, const char *name, struct error *error); /* its hits are forgotten, too */

/* One rule, active or not. Release with free(). -ENOENT with a sentence. */
int rules_find(struct office *office, const char *name, struct rule **ret, struct error *error);
bool rule_holds(const struct rule *rule, const struct facts *facts);

/* ---------------------------------------------------------------- gifts */

/* Adds the gifts that the order is due, each once: lines without a price, of what is left of their cap and lies at some
 * site. Only to what was sold. */
int rules_give(struct office *office, const struct settings *settings, const struct rules *rules, const char *number,
               struct error *error);

/* Takes them off again: no site has the order with them. ret_any: there were some. */
int rules_take_back(struct office *office, const char *number, bool *ret_any);

#endif
