/* Brings a CSV file into the database: all of it or nothing, and the same file twice changes nothing.
 * Does not decide what an order or an item means: orders and catalogue do. */
#ifndef HEAD_OFFICE_IMPORT_H
#define HEAD_OFFICE_IMPORT_H

#include "base/option.h"
#include "base/table.h"
#include "sync/head-office/office.h"

/* The rows of a kind as they stand. Each is a JSON object of the columns that are not empty. */
struct import_rows {
    const char *sql; /* in the order of the key; ?1: the site, of a kind that is per site */
    const char
        *columns; /* what it yields: "sku,name,paid$,*"; "$": money in minor units; "*": a text of JSON members */
    int keys;     /* so many of them name a row */
};

struct import_kind {
    const char *name; /* NULL ends import_kinds */
    const struct option_def *columns;
    size_t row_size;
    bool per_site;
    int keys; /* so many of the columns, which stand first, name a row, and no two rows of a file; 0: several rows are
                 about one thing */
    /* Takes one row. NULL: orders, which are staged. */
    int (*put)(struct office *office, const char *site, const void *row, int64_t *changed, const char **ret_column,
               struct error *error);
    /* What follows from the whole file, in the same transaction; NULL: nothing. */
    int (*finish)(struct office *office, const char *site, struct error *error);
    struct import_rows rows;
};

extern const struct import_kind import_kinds[];

const struct import_kind *import_find(const char *name); /* NULL when there is none */

struct import_options {
    const char *site;            /* NULL where the kind is not per site */
    const struct table_map *map; /* how another system's file says it (base/table.h); NULL: as the kind does */
    bool try_only;               /* do all of it, tell what it would change, and undo it */
    int64_t row;                 /* of the table import, that waits for it; 0: it gets a new one */
    /* Called now and then while rows are taken, of about so many; NULL: nobody wants to know. */
    void (*progress)(void *user, int64_t done, int64_t total);
    bool report; /* tell what it changed, and what all rows of the kind come to */
    /* A row that is new, changed or gone, as one line of JSON: {"row", "is", "before", "after"}; lent for the call. */
    void (*difference)(void *user, const char *json);
    void *user;
};

struct import_result {
    int64_t rows, changed;
    int64_t new_rows, changed_rows, gone_rows; /* with report or try_only */
    int64_t content_rows;                      /* of the kind (and the site) afterwards */
    char content_hash[65];                     /* of all of them: BLAKE2b-256 of their lines, in hex */
};

/* text is UTF-8 (table_load); path names the file in sentences. */
int import_text(struct office *office, const struct import_kind *kind, const struct import_options *options,
                const char *path, const char *text, size_t length, struct import_result *ret, struct error *error);

/* About how many rows a file has: blank lines are counted, too. */
int64_t import_count(const char *text, size_t length);

/* What became of it, as a JSON object. */
void import_tell(const struct import_kind *kind, const struct import_options *options,
                 const struct import_result *outcome, struct buf *json);

/* Every row of a kind, in the order of its key, as a line of JSON; lent for the call. */
int import_each(struct office *office, const struct import_kind *kind, const char *site,
                int (*take)(void *user, const char *key, const char *json, size_t length), void *user,
                struct error *error);

#endif
