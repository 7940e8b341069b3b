/* What is counted of the sites' days, once for each event and in the order they came: pieces and ways of picking, scans
 * that were refused, parcels; what a site has shown that it can do; how its settings changed; what people practised.
 * Counts alone: what they mean is figures.h. Never changes anything else. */
#ifndef HEAD_OFFICE_IMPROVE_H
#define HEAD_OFFICE_IMPROVE_H

#include "sync/head-office/business_day.h"
#include "sync/head-office/office.h"
#include "sync/wire/line.h"

struct improve_work {
    int64_t counted; /* events */
    bool more;       /* there are more now */
};

/* Counts up to so many events, then measures the changes whose time has come (measure.h); a transaction of its own. */
int improve_work(struct office *office, int64_t most, struct improve_work *ret, struct error *error);
int improve_work_inside(struct office *office, int64_t most, struct improve_work *ret,
                        struct error *error); /* of yours */

/* ---------------------------------------------------------------- for the files of this folder */

/* One event that is counted. */
struct counting {
    struct sql *sql;
    const char *site;
    const struct wire_line *event;
    const char *type;   /* of what was taken back, where it was */
    const char *worker; /* "": nobody's */
    int64_t arrival, at_us, day, hour;
    int sign; /* -1: it is taken back */
};

/* "" and 0 where the event has no such member. */
const char *counting_text(const struct counting *counting, const char *name);
int64_t counting_number(const struct counting *counting, const char *name);

/* Results of the database. */
int improve_count_picks(const struct counting *counting);
int improve_count_day(const struct counting *counting);
int improve_keep_facts(const struct counting *counting);

#endif
