/* The tables of questions, as query.c runs them. Not for use outside query*.c. */
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

/* A new kind of rows is a line of one of these; they end with a kind of NULL. What they may show of people: query.h. */
extern const struct query order_queries[], stock_queries[], work_queries[], parcel_queries[];

/* All of them, one after the other; NULL behind the last. */
const struct query *query_at(size_t index);

/* ---- words for their columns and filters */

/* Where a row names another by its id, the answer has that one's code. */
#define SKU_OF(id)      "(SELECT sku FROM item WHERE id = " id ")"
#define LOCATION_OF(id) "(SELECT code FROM location WHERE id = " id ")"
#define LPN_OF(id)      "(SELECT nullif(code, '') FROM lpn WHERE id = " id ")"
#define LOT_OF(id)      "(SELECT nullif(code, '') FROM lot WHERE id = " id ")"
#define WORKER_OF(id)   "(SELECT code FROM worker WHERE id = " id ")"
#define ORDER_OF(id)    "(SELECT number FROM orders WHERE id = " id ")"
#define WAVE_OF(id)     "(SELECT number FROM wave WHERE id = " id ")"
#define PARCEL_OF(id)   "(SELECT o.number || '-1' FROM parcel p JOIN orders o ON o.id = p.order_id WHERE p.id = " id ")"

#define THE_ITEM     "(SELECT id FROM item WHERE sku = ?)"
#define THE_LOCATION "(SELECT id FROM location WHERE code = ?)"
#define THE_LPN      "(SELECT id FROM lpn WHERE code = ? AND code <> '')"
#define THE_WORKER   "(SELECT id FROM worker WHERE code = ?)"
#define THE_ORDER    "(SELECT id FROM orders WHERE number = ?)"
#define THE_LINES    "(SELECT id FROM order_line WHERE order_id = " THE_ORDER ")"
#define THE_WAVE     "(SELECT id FROM wave WHERE number = ?)"
#define THE_DOCUMENT "(SELECT id FROM document WHERE number = ?)"
#define THE_PARCEL   "(SELECT id FROM orders WHERE number = substr(?, 1, length(?) - 2) AND substr(?, -2) = '-1')"

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
        name, sql, false, true                                                                                         \
    }
#define BY_LOOKING(name, sql)                                                                                          \
    {                                                                                                                  \
        name, sql, false, false                                                                                        \
    }

#endif
