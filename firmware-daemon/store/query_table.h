/* The table of questions, as query.c runs it. Not for use outside these two files. */
#ifndef STORE_QUERY_TABLE_H
#define STORE_QUERY_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum query_type {
    QUERY_TEXT,
    QUERY_NUMBER,
    QUERY_FLAG, /* 0 or 1: false or true */
    QUERY_TIME, /* microseconds since 1970: RFC 3339 */
    QUERY_JSON, /* a whole value, as it is */
};

struct query_column {
    const char *name, *sql;
    enum query_type type;
};

/* A condition; each "?" stands for the value. With an index it finds its rows in the order of the key, or so few that
 * sorting them is nothing. Without one it says "+column", so that no other index is taken for it. */
struct query_filter {
    const char *name, *sql;
    bool number, indexed;
};

/* What belongs to one row: the list of another kind, with a filter whose value is before + code + behind. */
struct query_section {
    const char *name, *kind, *filter, *before, *behind;
};

#define QUERY_KEY_MAX 4

/* Tables end with a name of NULL. */
struct query {
    const char *kind, *singular;
    const char *from;               /* one table, and the name its columns go by */
    const char *key[QUERY_KEY_MAX]; /* integer columns by which rows are ordered and pages go on */
    bool newest_first;
    const char *always; /* a condition that holds for every row; NULL: none */
    const struct query_column *columns;
    const struct query_filter *filters;
    const char *one;                      /* the filter that names one row; NULL: rows have no code */
    const struct query_section *sections; /* NULL: none */
};

extern const struct query query_table[]; /* ended by a kind of NULL */

#endif
