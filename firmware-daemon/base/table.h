/* Reads a CSV file row by row into a struct, checking every cell against a table of columns. Does not store anything:
 * the first fault ends it with one sentence that names file, line and column. */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/buf.h"
#include "base/option.h"

#include <stdbool.h>

#define TABLE_FILE_MAX    ((size_t)64 << 20) /* bytes */
#define TABLE_COLUMNS_MAX 128                /* of a file; files of other systems are wide */

/* The columns are an option table (base/option.h). A column with a fallback may be left out, and its empty cells take
 * the fallback; a text column without one needs at least one character. .help ends the sentence "expected: ...". */
struct table {
    const struct option_def *columns;
    void *row; /* the struct the columns point into; filled anew for each row */
    size_t row_size;
    /* Takes a filled row. On failure it may name the column the sentence is about. */
    int (*take)(void *user, void *row, int64_t line, const char **ret_column, struct error *error);
    void *user;
    bool leaves_others; /* columns that are not in the table are passed over instead of refused */
    const char *names;  /* "sku=Item no,quantity=Qty": how the file calls them where it does otherwise; may be NULL */
    const struct table_map *map; /* how another system's file says all of it; may be NULL */
};

/* How the files of another system are to be read. As a file:
 *   [columns]        our column = theirs; what is not named is called as ours, and all else is passed over
 *   [constants]      our column = what it always is
 *   [values COLUMN]  their value = ours, where they differ */
struct table_map;

/* One sentence that names file and line when it cannot be read. columns: ours, for the check of their names. */
int table_map_load(const char *path, const struct option_def *columns, struct table_map **ret, struct error *error);
struct table_map *table_map_free(struct table_map *map);
DEFINE_CLEANUP(table_map_free, struct table_map *);

const char *table_map_column(const struct table_map *map, const char *theirs); /* ours; NULL: it is not named */
const char *table_map_theirs(const struct table_map *map, const char *ours);   /* NULL: it has no other name */
/* Whether ours comes from a column of another name or is constant: then a column called like it is none. */
bool table_map_names(const struct table_map *map, const char *ours);
const char *table_map_value(const struct table_map *map, const char *ours, const char *value); /* ours, or as it is */
/* Calls set for each constant, until one fails. */
int table_map_constants(const struct table_map *map, int (*set)(void *user, const char *ours, const char *value),
                        void *user);

/* The whole file as UTF-8: a byte order mark is dropped, GB18030 (what Chinese spreadsheets save) is converted. */
int table_load(const char *path, struct buf *ret, struct error *error);

/* The same for bytes that are already here. path only names the file in sentences. */
int table_to_utf8(const char *path, struct buf *text, struct error *error);

/* path only names the file in sentences. */
int table_read(const struct table *table, const char *path, const char *text, size_t length, int64_t *ret_rows,
               struct error *error);

/* "sku,name,weight_g[,gtin]" */
void table_list_columns(const struct option_def *columns, char *out, size_t capacity);

#endif
