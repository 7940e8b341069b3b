/* What a segment can ask of a person: fields, as orders/rule_facts.h has operators. All persons are gone through in one
 * pass; nothing is kept of them. */
#ifndef HEAD_OFFICE_PERSON_FACTS_H
#define HEAD_OFFICE_PERSON_FACTS_H

#include "sync/head-office/orders/rule_facts.h"

extern const struct fact_field person_fields[]; /* ended by a name of NULL */

struct person_facts_asked {
    int64_t from_us,
        to_us;            /* what was bought in between counts; to_us is not in it, and days are counted back from it */
    const char *currency; /* orders in another one do not count */
};

/* take: with the facts by field, good for the call; what it returns other than 0 ends the pass. */
int person_facts_each(struct office *office, const struct person_facts_asked *asked,
                      int (*take)(void *user, int64_t person, const struct fact *facts), void *user);

#endif
