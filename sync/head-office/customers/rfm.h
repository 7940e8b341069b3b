/* How lately (recency), how often (frequency) and for how much (money) each person bought within a period, in fifths:
 * 5 is the best. Persons with the same figure are in the same fifth. Each is reckoned when it is asked for, from the
 * orders themselves, and stays to be looked at until the next time. Names follow from a table: high is 4 or 5. */
#ifndef HEAD_OFFICE_RFM_H
#define HEAD_OFFICE_RFM_H

#include "sync/head-office/office.h"

struct rfm_name {
    const char *name;
    int high[3]; /* recency, frequency, money: 1 high, 0 not */
    const char *english, *chinese;
};
extern const struct rfm_name rfm_names[]; /* ended by a name of NULL */

#define RFM_NAMES "champion|promising|loyal|new|at_risk|cooling|lost_value|lost"

struct rfm_asked {
    int64_t from_us, to_us; /* what was bought in between; to_us is not in it */
    const char *currency;   /* orders in another one do not count */
    const char *who;
};

/* Inside a transaction. */
int rfm_compute(struct office *office, const struct rfm_asked *asked, int64_t *ret_persons, int64_t *ret_other_orders,
                struct error *error);

#endif
