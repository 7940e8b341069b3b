/* Brings a CSV file into the database: all of it or nothing, and the same file twice changes nothing.
 * Does not decide what an order or an item means: orders and catalogue do. */
#ifndef HEAD_OFFICE_IMPORT_H
#define HEAD_OFFICE_IMPORT_H

#include "base/option.h"
#include "sync/head-office/office.h"

struct import_kind {
    const char *name; /* NULL ends import_kinds */
    const struct option_def *columns;
    size_t row_size;
    bool per_site;
    bool repeats; /* several rows are about one thing */
    /* Takes one row; the first column is then unique within a file, unless it repeats. NULL: orders, which are staged.
     */
    int (*put)(struct office *office, const char *site, const void *row, int64_t *changed, const char **ret_column,
               struct error *error);
    /* What follows from the whole file, in the same transaction; NULL: nothing. */
    int (*finish)(struct office *office, const char *site, struct error *error);
};

extern const struct import_kind import_kinds[];

const struct import_kind *import_find(const char *name); /* NULL when there is none */

struct import_result {
    int64_t rows, changed;
};

/* text is UTF-8 (table_load); path names the file in sentences; site may be NULL where the kind is not per site. */
int import_text(struct office *office, const struct import_kind *kind, const char *site, const char *path,
                const char *text, size_t length, struct import_result *ret, struct error *error);

#endif
