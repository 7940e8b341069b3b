/* Whether a change has made things better: figures over equal windows of days before and after it, the day itself left
 * out. A window on fewer than half of whose days anything was done, or in which too little was, says nothing, and so
 * it is told. What else was different in the two windows nobody knows. */
#ifndef HEAD_OFFICE_MEASURE_H
#define HEAD_OFFICE_MEASURE_H

#include "sync/head-office/office.h"

#define MEASURE_DAYS 14 /* of a window, where nothing else is said */

#define MEASURE_FIGURES                                                                                                \
    "picks_per_hour|errors_per_1000|parcels_per_day|exceptions_per_day|walk_m_per_visit|pieces_per_visit"

struct measure_figure {
    const char *name;
    const char *above, *below; /* sums over the window; below "": days on which something was done */
    int64_t times;             /* above is counted so often: 100 for hundredths */
    int64_t least;             /* of what is below, or it says nothing */
    bool less_is_better;
    const char *english, *chinese;
};

/* Ends with a name of NULL. */
extern const struct measure_figure measure_figures[];
const struct measure_figure *measure_find(const char *name); /* NULL: there is none */

struct measure_asked {
    const char *of_change; /* parameter or improvement */
    int64_t id, day, days; /* of a window */
    const char *site;      /* "": all sites together */
};

/* Keeps what is measured of each figure by now. *ret_whole: the windows are over. Inside a transaction. */
int measure_change(struct office *office, const struct measure_asked *asked, int64_t zone_minutes, bool *ret_whole,
                   struct error *error);

/* Parameters' changes whose second window is over and that were not measured since; some of them. */
int measure_due(struct office *office, int64_t zone_minutes, struct error *error);

#endif
