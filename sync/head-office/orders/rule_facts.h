/* What a rule can ask of an order: fields and operators, each a table. A condition is a field, an operator and a value;
 * a value may be several, set apart by "|". Does not know what follows from it: rules does. */
#ifndef HEAD_OFFICE_RULE_FACTS_H
#define HEAD_OFFICE_RULE_FACTS_H

#include "base/buf.h"
#include "sync/head-office/office.h"

#define RULE_VALUE_SIZE 513

enum fact_type { FACT_TEXT = 1, FACT_NUMBER = 2, FACT_LIST = 4 };

struct fact_field {
    const char *name;
    enum fact_type type;
    const char *english, *chinese;
};

extern const struct fact_field fact_fields[]; /* ended by a name of NULL */

/* Of an order, or of what else has fields. */
struct fact {
    int64_t number;
    size_t text;    /* where it begins in facts.texts */
    const char *at; /* there; of a list each entry stands between line breaks */
};

struct fact_operator {
    const char *name;
    unsigned types; /* enum fact_type it is good for */
    bool (*holds)(const struct fact *fact, const char *value);
    const char *english, *chinese;
};

extern const struct fact_operator fact_operators[]; /* ended by a name of NULL */

struct fact_condition {
    const struct fact_field *field;
    const struct fact_operator *operator;
    char value[RULE_VALUE_SIZE];
};

/* -EINVAL with a sentence: there is no such field or operator, they do not fit, or the value is no number. */
int fact_condition_make(const char *field, const char *operator, const char * value, struct fact_condition *ret,
                        struct error *error);

/* The same of what has these fields, which end with a name of NULL; thing: "a person", for the sentence. */
int fact_condition_of(const struct fact_field *fields, const char *thing, const char *field, const char *operator,
                      const char * value, struct fact_condition *ret, struct error *error);

/* fact: of the condition's field. */
bool fact_holds(const struct fact_condition *condition, const struct fact *fact);

/* An order's facts. Release with facts_done(). */
struct facts {
    struct fact *values; /* by field */
    struct buf texts;
};

/* offset_min: minutes by which the clock of the hour stands before UTC. -ENOENT: there is no such order. */
int facts_load(struct office *office, const char *number, int64_t offset_min, struct facts *ret);
void facts_done(struct facts *facts);
#define CLEANUP_FACTS CLEANUP(facts_done)

bool fact_condition_holds(const struct fact_condition *condition, const struct facts *facts);

#endif
