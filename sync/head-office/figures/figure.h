/* Figures (数据): each is a line of a table, and a sum over rows that can be looked at. A figure names kinds of the
 * query book with filters; its rows are those that the list of the kind shows with the same filters, so whoever adds
 * them up comes to the figure. A share keeps its two sums apart: shares of parts are never added. Reckons when it is
 * asked, and keeps nothing. */
#ifndef HEAD_OFFICE_FIGURE_H
#define HEAD_OFFICE_FIGURE_H

#include "base/query.h"
#include "sync/head-office/office.h"

#define FIGURE_PARTS     3 /* of one figure */
#define FIGURE_GIVEN     2 /* filters of a part */
#define FIGURE_DAY_SIZE  11
#define FIGURE_ROWS_MAX  1000
#define FIGURE_FILTERS   3 /* that may be asked for beside its own */
#define FIGURE_NAME_SIZE 41

/* Which rows of a part count, by the first column of the kind's key. */
enum figure_time {
    FIGURE_DURING, /* in the period */
    FIGURE_AT_END, /* all before its end */
    FIGURE_AT_BEGIN,
    FIGURE_ANY,
};

struct figure_part {
    const char *kind;  /* NULL: there is no such part */
    const char *value; /* the column that is summed; NULL: rows are counted */
    struct query_given given[FIGURE_GIVEN + 1];
    enum figure_time time;
};

/* What a value is: a whole number, of which so many make one of what people read. A share is
 * numerator * multiply / (denominator * divide). */
struct figure_unit {
    const char *name;
    int64_t multiply, divide;
    int digits; /* behind the point */
    bool percent;
};

struct figure {
    const char *name, *english, *chinese, *means, *means_chinese;
    const char *unit;
    const char *by; /* what it can be split by, with commas: day, week, month, or a column that all its kinds have */
    struct figure_part parts[FIGURE_PARTS]; /* the numerator, and what adds up to the denominator */
    bool less_is_better;
};

extern const struct figure figures[]; /* ended by a name of NULL */

const struct figure *figure_find(const char *name);           /* NULL: there is none */
const struct figure_unit *figure_unit_find(const char *name); /* never NULL for a figure's */

struct figure_question {
    const struct figure *figure;
    const char *from, *to; /* business days, both included */
    const char *by;        /* "": not split */
    int64_t limit;         /* rows that are told, the greatest; 0: 100. Periods are all told */
    struct query_given given[FIGURE_FILTERS];
    size_t count;
};

/* A numerator and a denominator, and the value that they come to; none: there is nothing to divide by. */
struct figure_value {
    int64_t numerator, denominator, value;
    bool none;
};

bool figure_splits(const struct figure *figure, const char *by);

/* The whole of the period. -EINVAL: a day or a filter that cannot be, and the sentence says what can. */
int figure_total(struct office *office, const struct figure_question *question, struct figure_value *ret,
                 struct error *error);

/* {"figure", "unit", "from", "to", "by", "value", "numerator", "denominator", "rows": [{"name", "value", "numerator",
 * "denominator", "rows": {"kind", "column", "filters"}, "of": [...]}], "left_out"}; the numerator's rows, and those of
 * the denominator. value null: there is nothing to divide by. */
int figure_ask(struct office *office, const struct figure_question *question, struct buf *json, struct error *error);

/* What figures there are: [{"figure", "english", "chinese", "means", "means_chinese", "unit", "by": [...], "kinds"}] */
void figure_list(struct buf *json);
void figure_write(const struct figure *figure, struct buf *json);

/* A value as people read it: "12.50". */
void figure_text(const struct figure_unit *unit, int64_t value, char *out, size_t capacity);

#endif
