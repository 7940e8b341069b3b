/* Read-only questions about what the site knows, as tables (query_*.c): kinds of rows, their columns, filters.
 * Does not show receivers: names and telephone numbers are masked, addresses are not there. */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include "base/buf.h"
#include "store/store.h"

#define QUERY_ROWS_MAX     500               /* rows in one answer */
#define QUERY_ROWS_DEFAULT 100               /* where "limit" does not say */
#define QUERY_GIVEN_MAX    8                 /* filters in one question, "limit" and "after" included */
#define QUERY_BYTES_MAX    ((size_t)1 << 20) /* a page ends early behind so many */

/* What one answer looks through where a filter has no index: an answer may then hold few rows or none, and still say
 * where to go on. So no question, however put, keeps the floor waiting. */
#define QUERY_WINDOW 10000

struct query_given {
    const char *name, *value;
};

/* {"rows": [...], "next": "..." or null}; given: filters, "limit" and "after" (the "next" of the answer before).
 * -ENOENT: no such kind; -EINVAL: a filter or a value that is not known, and the sentence says what is; -ETIME: too
 * much to look through. */
int query_list(struct store *store, const char *kind, const struct query_given *given, size_t count, struct buf *json,
               struct error *error);

/* One row and what belongs to it, each a list as above: {"order": {...}, "lines": {"rows": ...}, ...}.
 * -ENOENT: no such kind, or nothing of this code. */
int query_one(struct store *store, const char *kind, const char *code, struct buf *json, struct error *error);

/* What can be asked: [{"kind", "one", "filters": [...], "columns": [...], "with": [...]}]; one: the filter that a code
 * of query_one() stands for, or null. */
void query_catalogue(struct buf *json);

#endif
