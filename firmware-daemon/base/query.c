#include "base/query.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/query_table.h"
#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX  1000000 /* of one statement: what the window and a usual page do not reach */
#define VALUES_MAX (QUERY_GIVEN_MAX + 2 * QUERY_KEY_MAX + 2)

union key_value {
    int64_t number;
    char text[QUERY_KEY_TEXT_MAX];
};

struct cursor {
    union key_value key[QUERY_KEY_MAX];
    bool set;
};

struct question {
    struct sql *sql;
    const struct query *query;
    struct {
        const struct query_filter *filter;
        const char *text;
        int64_t number;
    } given[QUERY_GIVEN_MAX];
    size_t count, bounds;               /* bounds: how many of them are of the key */
    const struct query_filter *leading; /* of those given: the one whose index finds the rows; NULL: the key's */
    int64_t limit;
    struct cursor after, until; /* until: the last row this page may look at */
};

/* ---------------------------------------------------------------- what was asked */

const struct query *query_at(query_book book, size_t index)
{
    for (size_t i = 0; book[i]; i++)
        for (const struct query *query = book[i]; query->kind; query++)
            if (index-- == 0)
                return query;
    return NULL;
}

const struct query *query_find(query_book book, const char *kind)
{
    const struct query *query = NULL;
    for (size_t i = 0; (query = query_at(book, i)); i++)
        if (strcmp(query->kind, kind) == 0)
            break;
    return query;
}

static bool bounds(const struct query_filter *filter)
{
    return filter->indexed == QUERY_BOUNDS;
}

static const struct query_filter *find_filter(const struct query *query, const char *name)
{
    for (const struct query_filter *filter = query->filters; filter->name; filter++)
        if (strcmp(filter->name, name) == 0)
            return filter;
    return NULL;
}

static int refuse_filter(const struct query *query, const char *name, struct error *error)
{
    CLEANUP_BUF struct buf names = {0};
    for (const struct query_filter *filter = query->filters; filter->name; filter++)
        buf_printf(&names, "%s, ", filter->name);
    return error_set(error, -EINVAL, "%s cannot be asked for by \"%.40s\", but by %slimit and after.", query->kind,
                     name, buf_text(&names));
}

/* ---- where to go on: "17.3.0.2", the key of the last row of the page before. What could be taken for something else
 * in an address or in the cursor itself stands as "~" and two hex digits, an empty text as "~" alone. */

static void write_key_text(const char *text, struct buf *out)
{
    if (!*text)
        buf_putc(out, '~');
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        bool plain = (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') || *c == '-';
        buf_printf(out, plain ? "%c" : "~%02X", *c);
    }
}

static void write_cursor(const struct query *query, const struct cursor *cursor, struct buf *out)
{
    for (size_t i = 0; i < QUERY_KEY_MAX && query->key[i]; i++) {
        buf_puts(out, i ? "." : "");
        if (query->key_is_text[i])
            write_key_text(cursor->key[i].text, out);
        else
            buf_printf(out, "%lld", (long long)cursor->key[i].number);
    }
}

static int read_key_text(const char *text, size_t length, char out[QUERY_KEY_TEXT_MAX])
{
    size_t count = 0;
    if (length == 1 && *text == '~')
        length = 0;
    else if (length == 0)
        return -EINVAL;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = (uint8_t)text[i];
        size_t digits;
        if (text[i] == '~' && (i + 2 >= length || text_from_hex(text + i + 1, 2, &byte, 1, &digits) != 0 || !byte))
            return -EINVAL;
        i += text[i] == '~' ? 2 : 0;
        if (count == QUERY_KEY_TEXT_MAX - 1)
            return -EINVAL;
        out[count++] = (char)byte;
    }
    out[count] = '\0';
    return text_is_utf8(out, count) ? 0 : -EINVAL;
}

static int read_key_number(const char *text, size_t length, int64_t *ret)
{
    char number[24];
    return text_copy_n(number, sizeof(number), text, length) ? text_to_int(number, INT64_MIN, INT64_MAX, ret) : -EINVAL;
}

static int read_cursor(const struct query *query, const char *text, struct cursor *ret)
{
    ret->set = false;
    for (size_t i = 0; i < QUERY_KEY_MAX && query->key[i]; i++) {
        size_t length = strcspn(text, ".");
        if ((query->key_is_text[i] ? read_key_text(text, length, ret->key[i].text)
                                   : read_key_number(text, length, &ret->key[i].number)) != 0)
            return -EINVAL;
        text += length;
        bool last = i + 1 == QUERY_KEY_MAX || !query->key[i + 1];
        if (last != (*text == '\0'))
            return -EINVAL;
        text += !last;
    }
    ret->set = true;
    return 0;
}

static int take_given(struct question *question, const struct query_given *given, struct error *error)
{
    const struct query *query = question->query;
    if (strcmp(given->name, "limit") == 0)
        return text_to_int(given->value, 1, QUERY_ROWS_MAX, &question->limit) == 0
                   ? 0
                   : error_set(error, -EINVAL, "limit is a number from 1 to %d.", QUERY_ROWS_MAX);
    if (strcmp(given->name, "after") == 0)
        return read_cursor(query, given->value, &question->after) == 0
                   ? 0
                   : error_set(error, -EINVAL, "after is what an answer of this kind gave as next.");
    const struct query_filter *filter = find_filter(query, given->name);
    if (!filter)
        return refuse_filter(query, given->name, error);
    if (!text_is_utf8(given->value, strlen(given->value)))
        return error_set(error, -EINVAL, "%s is given in letters that are not UTF-8.", filter->name);
    question->given[question->count].filter = filter;
    question->given[question->count].text = given->value;
    if (bounds(filter) && clock_parse(given->value, &question->given[question->count].number) != 0)
        return error_set(error, -EINVAL, "%s is a time of UTC, as 2026-03-04T09:15:22Z.", filter->name);
    if (filter->takes == QUERY_TAKES_NUMBER && !bounds(filter) &&
        text_to_int(given->value, INT64_MIN, INT64_MAX, &question->given[question->count].number) != 0)
        return error_set(error, -EINVAL, "%s is a number.", filter->name);
    question->count++;
    question->bounds += bounds(filter);
    if (filter->indexed && !bounds(filter) && (!question->leading || filter < question->leading))
        question->leading = filter; /* the table has the sharpest first */
    return 0;
}

static int read_question(struct question *question, const struct query_given *given, size_t count, struct error *error)
{
    assert(question->query);
    if (count > QUERY_GIVEN_MAX)
        return error_set(error, -EINVAL, "At most %d filters can be given at once.", QUERY_GIVEN_MAX);
    question->limit = QUERY_ROWS_DEFAULT;
    int result = 0;
    for (size_t i = 0; i < count && !result; i++)
        result = take_given(question, &given[i], error);
    return result;
}

/* ---------------------------------------------------------------- as a statement */

struct statement {
    struct buf text;
    struct sql_value values[VALUES_MAX + 1];
    size_t count;
};

static void statement_done(struct statement *statement)
{
    buf_done(&statement->text);
}

/* Each "?" of the condition becomes the number of the value. */
static void put_condition(struct statement *statement, const char *sql, struct sql_value value)
{
    statement->values[statement->count++] = value;
    buf_puts(&statement->text, " AND (");
    for (; *sql; sql++)
        if (*sql == '?')
            buf_printf(&statement->text, "?%zu", statement->count);
        else
            buf_putc(&statement->text, *sql);
    buf_putc(&statement->text, ')');
}

static void put_key(struct statement *statement, const struct query *query, const char *behind)
{
    for (size_t i = 0; i < QUERY_KEY_MAX && query->key[i]; i++)
        buf_printf(&statement->text, "%s%s%s", i ? ", " : "", query->key[i], behind);
}

static void put_bound(struct statement *statement, const struct query *query, const struct cursor *cursor,
                      const char *comparison)
{
    if (!cursor->set)
        return;
    buf_puts(&statement->text, " AND (");
    put_key(statement, query, "");
    buf_printf(&statement->text, ") %s (", comparison);
    size_t first = statement->count + 1;
    for (size_t i = 0; i < QUERY_KEY_MAX && query->key[i]; i++) {
        statement->values[statement->count++] =
            query->key_is_text[i] ? sql_text(cursor->key[i].text) : sql_int(cursor->key[i].number);
        buf_printf(&statement->text, "%s?%zu", i ? ", " : "", statement->count);
    }
    buf_putc(&statement->text, ')');
    /* Where the columns are of several tables, no index is found for all of them together. */
    if (query->key[1])
        buf_printf(&statement->text, " AND %s %.1s= ?%zu", query->key[0], comparison, first);
}

/* whole: every condition; otherwise only what an index finds. */
static void put_conditions(struct statement *statement, const struct question *question, bool whole)
{
    const struct query *query = question->query;
    buf_printf(&statement->text, " FROM %s WHERE 1 = 1", query->from);
    for (size_t i = 0; i < question->count; i++) {
        const struct query_filter *filter = question->given[i].filter;
        assert(filter);
        if (whole || filter == question->leading || bounds(filter))
            put_condition(statement, filter->sql,
                          filter->takes == QUERY_TAKES_NUMBER   ? sql_int(question->given[i].number)
                          : filter->takes == QUERY_TAKES_MASKED ? sql_masked(question->given[i].text)
                                                                : sql_text(question->given[i].text));
    }
    if (whole && query->always)
        buf_printf(&statement->text, " AND %s", query->always);
}

static void put_rows(struct statement *statement, const struct question *question, bool whole)
{
    const struct query *query = question->query;
    put_conditions(statement, question, whole);
    put_bound(statement, query, &question->after, query->newest_first ? "<" : ">");
    put_bound(statement, query, &question->until, query->newest_first ? ">=" : "<=");
    buf_puts(&statement->text, " ORDER BY ");
    put_key(statement, query, query->newest_first ? " DESC" : "");
}

/* A text that is too long for a cursor ends the answer: never a page that begins at another row. */
static void read_row_key(const struct query *query, struct sql_query *row, struct cursor *ret)
{
    ret->set = true;
    for (int i = 0; i < QUERY_KEY_MAX && query->key[i]; i++) {
        if (!query->key_is_text[i])
            ret->key[i].number = sql_get_int(row, i);
        else if (!text_copy(ret->key[i].text, QUERY_KEY_TEXT_MAX, sql_get_text(row, i)))
            ret->set = false;
    }
}

/* Where rows must be looked at one by one, no more than the window's. */
static int find_window(struct question *question)
{
    size_t by_index = question->bounds + (question->leading ? 1 : 0);
    if (question->count == by_index && !question->query->always)
        return 0;
    CLEANUP(statement_done) struct statement statement = {0};
    buf_puts(&statement.text, "SELECT ");
    put_key(&statement, question->query, "");
    put_rows(&statement, question, false);
    buf_printf(&statement.text, " LIMIT 1 OFFSET %d", QUERY_WINDOW - 1);
    struct sql_query *rows = sql_select_once(question->sql, buf_text(&statement.text), statement.values, STEPS_MAX);
    question->until.set = false;
    if (sql_next(rows))
        read_row_key(question->query, rows, &question->until);
    return sql_done(rows);
}

/* ---------------------------------------------------------------- the answer */

static void write_value(const struct query_column *column, struct sql_query *row, int index, struct buf *json)
{
    char time[CLOCK_TEXT_SIZE];
    if (sql_get_null(row, index)) {
        json_text(json, column->name, NULL);
        return;
    }
    switch (column->type) {
    case QUERY_TEXT:
        json_text(json, column->name, sql_get_text(row, index));
        break;
    case QUERY_NUMBER:
        json_int(json, column->name, sql_get_int(row, index));
        break;
    case QUERY_FLAG:
        json_bool(json, column->name, sql_get_int(row, index) != 0);
        break;
    case QUERY_TIME:
        clock_format(sql_get_int(row, index), time);
        json_text(json, column->name, time);
        break;
    case QUERY_JSON:
        json_raw(json, column->name, sql_get_text(row, index));
        break;
    }
}

static void write_row(const struct query *query, struct sql_query *row, const char *key, struct buf *json)
{
    int index = 0;
    while (index < QUERY_KEY_MAX && query->key[index])
        index++;
    json_open_object(json, key);
    for (const struct query_column *column = query->columns; column->name; column++, index++)
        write_value(column, row, index, json);
    json_close_object(json);
}

static void write_next(const struct query *query, const struct cursor *cursor, struct buf *json)
{
    CLEANUP_BUF struct buf text = {0};
    if (cursor->set)
        write_cursor(query, cursor, &text);
    json_text(json, "next", cursor->set ? buf_text(&text) : NULL);
}

static struct sql_query *select_rows(struct statement *statement, const struct question *question)
{
    buf_puts(&statement->text, "SELECT ");
    put_key(statement, question->query, "");
    for (const struct query_column *column = question->query->columns; column->name; column++)
        buf_printf(&statement->text, ", %s", column->sql);
    put_rows(statement, question, true);
    buf_printf(&statement->text, " LIMIT %lld", (long long)question->limit);
    return sql_select_once(question->sql, buf_text(&statement->text), statement->values, STEPS_MAX);
}

static int write_page(struct question *question, const char *key, struct buf *json)
{
    const struct query *query = question->query;
    CLEANUP(statement_done) struct statement statement = {0};
    struct cursor last = {0};
    int64_t count = 0;
    size_t begun = json->length;
    int result = find_window(question);
    if (result)
        return result;
    struct sql_query *rows = select_rows(&statement, question);
    json_open_object(json, key);
    json_open_array(json, "rows");
    bool full = false;
    while (!full && sql_next(rows)) {
        write_row(query, rows, NULL, json);
        read_row_key(query, rows, &last);
        full = ++count == question->limit || json->length - begun > QUERY_BYTES_MAX;
    }
    json_close_array(json);
    write_next(query, full ? &last : &question->until, json);
    json_close_object(json);
    result = sql_done(rows);
    return result ? result : json->failed ? -ENOMEM : 0;
}

int query_list(struct sql *sql, query_book book, const char *kind, const struct query_given *given, size_t count,
               struct buf *json, struct error *error)
{
    struct question question = {.sql = sql, .query = query_find(book, kind)};
    if (!question.query)
        return -ENOENT;
    int result = read_question(&question, given, count, error);
    return result ? result : write_page(&question, NULL, json);
}

/* ---------------------------------------------------------------- sums */

static const struct query_column *find_column(const struct query *query, const char *name)
{
    for (const struct query_column *column = query->columns; column->name; column++)
        if (strcmp(column->name, name) == 0)
            return column;
    return NULL;
}

static void put_groups(struct statement *statement, const struct query *query, const struct query_column *by,
                       const struct query_sums *asked)
{
    if (by) {
        buf_puts(&statement->text, by->sql);
    } else if (asked->step_us) {
        statement->values[statement->count++] = sql_int(asked->ahead_us);
        statement->values[statement->count++] = sql_int(asked->step_us);
        buf_printf(&statement->text, "(%s + ?1) / ?2", query->key[0]);
    } else {
        buf_puts(&statement->text, "0");
    }
}

static struct sql_query *select_sums(struct statement *statement, const struct question *question,
                                     const struct query_column *by, const struct query_column *value,
                                     const struct query_sums *asked)
{
    buf_puts(&statement->text, "SELECT ");
    put_groups(statement, question->query, by, asked);
    if (value)
        buf_printf(&statement->text, ", CAST(coalesce(sum(%s), 0) AS BIGINT)", value->sql);
    else
        buf_puts(&statement->text, ", count(*)");
    put_conditions(statement, question, true);
    buf_puts(&statement->text, " GROUP BY 1 ORDER BY 1");
    return sql_select_once(question->sql, buf_text(&statement->text), statement->values, asked->steps_max);
}

int query_sums(struct sql *sql, query_book book, const struct query_sums *asked,
               int (*take)(void *user, const char *text, int64_t number, int64_t sum), void *user, struct error *error)
{
    struct question question = {.sql = sql, .query = query_find(book, asked->kind)};
    if (!question.query)
        return -ENOENT;
    const struct query_column *by = asked->by ? find_column(question.query, asked->by) : NULL;
    const struct query_column *value = asked->value ? find_column(question.query, asked->value) : NULL;
    if ((asked->by && !by) || (asked->value && !value))
        return error_set(error, -EINVAL, "%s have no column \"%s\".", asked->kind,
                         asked->by ? asked->by : asked->value);
    int result = read_question(&question, asked->given, asked->count, error);
    if (result)
        return result;
    CLEANUP(statement_done) struct statement statement = {0};
    bool text = by && by->type == QUERY_TEXT;
    struct sql_query *rows = select_sums(&statement, &question, by, value, asked);
    while (!result && sql_next(rows))
        result = take(user, text ? sql_get_text(rows, 0) : NULL, text ? 0 : sql_get_int(rows, 0), sql_get_int(rows, 1));
    int failed = sql_done(rows);
    return result ? result : failed;
}

/* ---------------------------------------------------------------- one row, and what belongs to it */

static int write_section(struct sql *sql, query_book book, const struct query_section *section, const char *code,
                         struct buf *json)
{
    CLEANUP_BUF struct buf value = {0};
    struct question question = {.sql = sql, .query = query_find(book, section->kind)};
    buf_printf(&value, "%s%s%s", section->before ? section->before : "", code, section->behind ? section->behind : "");
    int result = read_question(&question, &(struct query_given){section->filter, buf_text(&value)}, 1, NULL);
    return result ? result : write_page(&question, section->name, json);
}

int query_one(struct sql *sql, query_book book, const char *kind, const char *code, struct buf *json,
              struct error *error)
{
    struct question question = {.sql = sql, .query = query_find(book, kind)};
    if (!question.query || !question.query->one)
        return -ENOENT;
    int result = read_question(&question, &(struct query_given){question.query->one, code}, 1, error);
    if (result)
        return result;
    CLEANUP(statement_done) struct statement statement = {0};
    struct sql_query *rows = select_rows(&statement, &question);
    bool found = sql_next(rows);
    json_open_object(json, NULL);
    if (found)
        write_row(question.query, rows, question.query->singular, json);
    result = sql_done(rows);
    if (!result && !found)
        return -ENOENT;
    for (const struct query_section *section = question.query->sections; section && section->name && !result; section++)
        result = write_section(sql, book, section, code, json);
    json_close_object(json);
    return result ? result : json->failed ? -ENOMEM : 0;
}

/* ---------------------------------------------------------------- what can be asked */

static void put_names(const char *key, const struct query_column *columns, bool types, struct buf *json)
{
    static const char *const names[] = {[QUERY_TEXT] = "text",
                                        [QUERY_NUMBER] = "number",
                                        [QUERY_FLAG] = "flag",
                                        [QUERY_TIME] = "time",
                                        [QUERY_JSON] = "json"};
    json_open_array(json, key);
    for (const struct query_column *column = columns; column->name; column++)
        json_text(json, NULL, types ? names[column->type] : column->name);
    json_close_array(json);
}

static void put_query(const struct query *query, struct buf *json)
{
    json_open_object(json, NULL);
    json_text(json, "kind", query->kind);
    json_text(json, "one", query->one);
    json_text(json, "singular", query->one ? query->singular : NULL);
    json_open_array(json, "filters");
    for (const struct query_filter *filter = query->filters; filter->name; filter++)
        json_text(json, NULL, filter->name);
    json_close_array(json);
    put_names("columns", query->columns, false, json);
    put_names("types", query->columns, true, json);
    json_open_array(json, "with");
    for (const struct query_section *section = query->sections; section && section->name; section++)
        json_text(json, NULL, section->name);
    json_close_array(json);
    json_open_array(json, "with_kinds");
    for (const struct query_section *section = query->sections; section && section->name; section++)
        json_text(json, NULL, section->kind);
    json_close_array(json);
    json_close_object(json);
}

void query_catalogue(query_book book, struct buf *json)
{
    const struct query *query;
    json_open_array(json, NULL);
    for (size_t i = 0; (query = query_at(book, i)); i++)
        put_query(query, json);
    json_close_array(json);
}
