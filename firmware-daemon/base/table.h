/* Reads a CSV file row by row into a struct, checking every cell against a table of columns. Does not store anything:
 * the first fault ends it with one sentence that names file, line and column. */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/buf.h"
#include "base/option.h"

#include <stdbool.h>

#define TABLE_FILE_MAX    ((size_t)64 << 20) /* bytes */
#define TABLE_COLUMNS_MAX 32

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
};

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
