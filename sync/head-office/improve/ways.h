/* How far a site's places are from its depot, as the site itself reckons it: along the aisles, from what the files of
 * locations and the site's settings aisle_length_mm and aisle_distance_mm say. */
#ifndef HEAD_OFFICE_WAYS_H
#define HEAD_OFFICE_WAYS_H

#include "base/sql.h"

#include <jansson.h>

/* The members of a row's attributes, which are kept without their braces. NULL: no memory, or no JSON. Given back by
 * json_decref(). */
json_t *ways_attributes(const char *members);

struct ways {
    int64_t length_mm, distance_mm; /* 0: not known */
};

int ways_open(struct sql *sql, const char *site, struct ways *ret);

/* false: it cannot be known. */
bool ways_reckon(const struct ways *ways, const json_t *attributes, int64_t *ret_mm);

/* One way of one place; -ENOENT: it cannot be known. */
int ways_distance(struct sql *sql, const char *site, const char *location, int64_t *ret_mm);

#endif
