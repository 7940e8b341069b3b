/* Read-only questions about a database, put through tables (query_table.h): kinds of rows, their columns, their
 * filters. A book is a program's list of such tables. An answer is a page of rows. Knows no table of any database, and
 * nothing of who may ask what. */
#ifndef BASE_QUERY_H
#define BASE_QUERY_H

#include "base/buf.h"
#include "base/sql.h"

#define QUERY_ROWS_MAX     500               /* rows in one answer */
#define QUERY_ROWS_DEFAULT 100               /* where "limit" does not say */
#define QUERY_GIVEN_MAX    8                 /* filters in one question, "limit" and "after" included */
#define QUERY_BYTES_MAX    ((size_t)1 << 20) /* a page ends early behind so many */

/* What one answer looks through where a filter has no index: an answer may then hold few rows or none, and still say
 * where to go on. So no question, however put, keeps the other work waiting. */
#define QUERY_WINDOW 10000

struct query;

/* Chapters, ended by NULL; each is an array of struct query, ended by a kind of NULL. */
typedef const struct query *const query_book[];

struct query_given {
    const char *name, *value;
};

/* {"rows": [...], "next": "..." or null}; given: filters, "limit" and "after" (the "next" of the answer before).
 * -ENOENT: no such kind; -EINVAL: a filter or a value that is not known, and the sentence says what is; -ETIME: too
 * much to look through. */
int query_list(struct sql *sql, query_book book, const char *kind, const struct query_given *given, size_t count,
               struct buf *json, struct error *error);

/* One row and what belongs to it, each a list as above: {"order": {...}, "lines": {"rows": ...}, ...}.
 * -ENOENT: no such kind, or nothing of this code. */
int query_one(struct sql *sql, query_book book, const char *kind, const char *code, struct buf *json,
              struct error *error);

/* The sum of a column over all rows of a kind that filters leave, in groups: as adding up what query_list() tells. */
struct query_sums {
    const char *kind;
    const struct query_given *given; /* filters */
    size_t count;
    const char *value; /* a column of numbers; NULL: rows are counted */
    const char *by;    /* a column: a group for each of its values; NULL: one group, or by time */
    int64_t step_us;   /* by time: groups are that long by the key's first column; 0: not */
    int64_t ahead_us;  /* a group's number is (time + ahead) / step */
    int steps_max;     /* sql_select_once() */
};

/* Calls take with each group, in their order: text of a column of texts, otherwise NULL and a number; what it returns
 * other than 0 ends the call. -ENOENT, -EINVAL, -ETIME as query_list(). */
int query_sums(struct sql *sql, query_book book, const struct query_sums *asked,
               int (*take)(void *user, const char *text, int64_t number, int64_t sum), void *user, struct error *error);

/* What can be asked: [{"kind", "one", "singular", "filters": [...], "columns": [...], "types": [...], "with": [...],
 * "with_kinds": [...]}]. one: the filter that a code of query_one() stands for, and singular its row's name in that
 * answer, or null; types: of the columns, text, number, flag, time or json; with: the lists that belong to one row, and
 * of which kind each is. */
void query_catalogue(query_book book, struct buf *json);

/* All kinds of a book, one after the other; NULL behind the last. */
const struct query *query_at(query_book book, size_t index);
const struct query *query_find(query_book book, const char *kind); /* NULL: there is none */

#endif
