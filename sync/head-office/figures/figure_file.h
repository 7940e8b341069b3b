/* How commands and addresses ask for a figure, and its rows as a file. */
#ifndef HEAD_OFFICE_FIGURE_FILE_H
#define HEAD_OFFICE_FIGURE_FILE_H

#include "sync/head-office/figures/figure.h"

#define FIGURE_ASKED_MAX (4 + FIGURE_FILTERS)

/* from, to, by, limit and filters, by their names. */
struct figure_asked {
    char *names[FIGURE_ASKED_MAX], *values[FIGURE_ASKED_MAX]; /* owned */
    size_t count;
    char from[FIGURE_DAY_SIZE], to[FIGURE_DAY_SIZE];
};
void figure_asked_done(struct figure_asked *asked);
#define CLEANUP_ASKED CLEANUP(figure_asked_done)

/* -EINVAL: too many. */
int figure_asked_add(struct figure_asked *asked, const char *name, size_t length, const char *value,
                     struct error *error);

/* The question borrows from asked. Where the period is left out it is the last thirty days, today included. -ENOENT: no
 * such figure. */
int figure_asked_question(struct office *office, const char *name, struct figure_asked *asked,
                          struct figure_question *ret, struct error *error);

/* What figure_ask() answered as rows of a .csv or .xlsx: name, value, numerator, denominator; the whole last. */
int figure_file(const struct figure *figure, const struct buf *json, const char *path, struct error *error);

#endif
