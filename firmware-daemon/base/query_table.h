/* The tables of questions, as query.c runs them: for the files that write such tables, and for tests. */
#ifndef BASE_QUERY_TABLE_H
#define BASE_QUERY_TABLE_H

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

/* How a filter finds its rows: by looking at one after the other; by an index, in the order of the key, or so few that
 * sorting them is nothing; as a bound of the key's first column, a time that has an index: lists begin or end there,
 * and several such filters work together. Its value is given as RFC 3339. */
enum query_takes {
    QUERY_TAKES_TEXT,
    QUERY_TAKES_NUMBER,
    QUERY_TAKES_MASKED
}; /* masked: a text whose column is sql_masked() */
enum query_finds { QUERY_LOOKS, QUERY_BY_INDEX, QUERY_BOUNDS };

/* A condition; each "?" stands for the value. Without an index the column is hidden from indexes ("+column" of
 * SQLite's, "column || ''" where PostgreSQL reads it, too), so that none is taken for it. */
struct query_filter {
    const char *name, *sql;
    enum query_takes takes;
    enum query_finds indexed;
};

/* What belongs to one row: the list of another kind, with a filter whose value is before + code + behind. */
struct query_section {
    const char *name, *kind, *filter, *before, *behind;
};

#define QUERY_KEY_MAX      4
#define QUERY_KEY_TEXT_MAX 256 /* bytes of a text of a key, terminated */

/* Tables end with a name of NULL. */
struct query {
    const char *kind, *singular;
    const char *from;                /* one table, and the name its columns go by */
    const char *key[QUERY_KEY_MAX];  /* columns by which rows are ordered and pages go on */
    bool key_is_text[QUERY_KEY_MAX]; /* such a column holds text; otherwise whole numbers */
    bool newest_first;
    const char *always; /* a condition that holds for every row; NULL: none */
    const struct query_column *columns;
    const struct query_filter *filters;
    const char *one;                      /* the filter that names one row; NULL: rows have no code */
    const struct query_section *sections; /* NULL: none */
};

/* ---- words for tables */

#define TEXT(name, sql)                                                                                                \
    {                                                                                                                  \
        name, sql, QUERY_TEXT                                                                                          \
    }
#define NUMBER(name, sql)                                                                                              \
    {                                                                                                                  \
        name, sql, QUERY_NUMBER                                                                                        \
    }
#define FLAG(name, sql)                                                                                                \
    {                                                                                                                  \
        name, sql, QUERY_FLAG                                                                                          \
    }
#define TIME(name, sql)                                                                                                \
    {                                                                                                                  \
        name, sql, QUERY_TIME                                                                                          \
    }
#define JSON(name, sql)                                                                                                \
    {                                                                                                                  \
        name, sql, QUERY_JSON                                                                                          \
    }

#define BY_INDEX(name, sql)                                                                                            \
    {                                                                                                                  \
        name, sql, false, QUERY_BY_INDEX                                                                               \
    }
#define BY_LOOKING(name, sql)                                                                                          \
    {                                                                                                                  \
        name, sql, false, QUERY_LOOKS                                                                                  \
    }
#define BY_TIME(name, sql)                                                                                             \
    {                                                                                                                  \
        name, sql, true, QUERY_BOUNDS                                                                                  \
    }

#endif
