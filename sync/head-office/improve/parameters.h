/* How head office and its sites are set, and every change of it: what, from what to what, who, when. A site tells of
 * what its supervisors change; what head office tells a site is kept when it is told. */
#ifndef HEAD_OFFICE_PARAMETERS_H
#define HEAD_OFFICE_PARAMETERS_H

#include "sync/head-office/office.h"

#define PARAMETER_NAME_SIZE  65
#define PARAMETER_VALUE_SIZE 257

struct parameter {
    const char *site; /* "": head office */
    const char *name, *value, *who;
    int64_t time_us, day;
};

/* A change that changes nothing is none. 0 or a database's error. Inside a transaction. */
int parameters_changed(struct sql *sql, const struct parameter *change);

/* What counted until now, where nothing is known yet: so that the first change has something before it. */
int parameters_known(struct sql *sql, const char *site, const char *name, const char *value);

/* The same of head office or of what it knows of a site, now. */
int parameters_note(struct office *office, const char *site, const char *name, const char *value, const char *who,
                    struct error *error);

/* Tells a site how it is to work from now on. -ENOENT: there is no such site. Inside a transaction. */
int parameters_send(struct office *office, const char *site, const char *name, int64_t value, const char *who,
                    struct error *error);

#endif
