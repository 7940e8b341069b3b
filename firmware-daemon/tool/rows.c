#include "tool/rows.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "tool/columns.h"
#include "tool/daemon_client.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 64

/* ---------------------------------------------------------------- asking */

enum exit_code rows_fetch(const char *url, const char *kind, const struct words *filters, int64_t limit,
                          const char *after, json_t *rows, char **ret_next)
{
    const char *values[2 * WORDS_PAIRS_MAX + 5];
    char most[24];
    size_t count = 0;
    snprintf(most, sizeof(most), "%lld", (long long)(limit < ROWS_PAGE_MAX ? limit : ROWS_PAGE_MAX));
    for (size_t i = 0; filters && i < 2 * filters->count; i++)
        values[count++] = filters->pairs[i];
    values[count++] = "limit";
    values[count++] = most;
    if (after) {
        values[count++] = "after";
        values[count++] = after;
    }
    values[count] = NULL;
    CLEANUP_BUF struct buf answer = {0};
    enum exit_code code = daemon_fetch(url, (const char *const[]){kind, NULL}, values, &answer);
    if (code != EXIT_GOOD)
        return code;
    json_t *root = json_loadb(buf_text(&answer), answer.length, 0, NULL);
    json_array_extend(rows, json_object_get(root, "rows"));
    const char *next = json_string_value(json_object_get(root, "next"));
    *ret_next = next ? strdup(next) : NULL;
    json_decref(root);
    return EXIT_GOOD;
}

enum exit_code rows_visit(const char *url, const char *kind, const struct words *filters,
                          bool (*visit)(void *user, json_t *row), void *user)
{
    char *next = NULL;
    enum exit_code code;
    bool on = true;
    do {
        CLEANUP(cleanup_free) char *after = next;
        json_t *rows = json_array();
        next = NULL;
        code = rows_fetch(url, kind, filters, ROWS_PAGE_MAX, after, rows, &next);
        for (size_t i = 0; code == EXIT_GOOD && on && i < json_array_size(rows); i++)
            on = visit(user, json_array_get(rows, i));
        json_decref(rows);
    } while (code == EXIT_GOOD && on && next);
    free(next);
    return code;
}

/* ---------------------------------------------------------------- printing */

/* A line break in a value would tear the table. */
static char *plain(char *text)
{
    for (char *at = text; at && *at; at++)
        if ((unsigned char)*at < ' ')
            *at = ' ';
    return text;
}

char *rows_cell(const json_t *value)
{
    if (json_is_string(value))
        return plain(strdup(json_string_value(value)));
    if (json_is_integer(value)) {
        char number[24];
        snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return strdup(number);
    }
    if (json_is_boolean(value))
        return strdup(json_is_true(value) ? "yes" : "no");
    return !value || json_is_null(value) ? strdup("-") : json_dumps(value, JSON_COMPACT);
}

char *rows_heading(const char *name)
{
    char *heading = strdup(name);
    for (char *at = heading; at && *at; at++)
        *at = *at == '_' ? ' ' : (char)toupper((unsigned char)*at);
    return heading;
}

/* A column that no row has anything in only takes room. */
static bool is_used(json_t *rows, const char *name)
{
    size_t index;
    json_t *row;
    json_array_foreach(rows, index, row)
    {
        if (!json_is_null(json_object_get(row, name)))
            return true;
    }
    return false;
}

static size_t used_columns(json_t *rows, const char *names[COLUMNS_MAX])
{
    size_t count = 0;
    const char *name;
    json_t *value;
    json_object_foreach(json_array_get(rows, 0), name, value)
    {
        if (count < COLUMNS_MAX && is_used(rows, name))
            names[count++] = name;
    }
    return count;
}

void rows_print_table(json_t *rows)
{
    const char *names[COLUMNS_MAX];
    size_t columns = used_columns(rows, names), count = (json_array_size(rows) + 1) * columns;
    CLEANUP(cleanup_free) char **cells = calloc(count + 1, sizeof(*cells));
    bool whole = cells && columns > 0;
    for (size_t i = 0; cells && i < count; i++) {
        json_t *row = i < columns ? NULL : json_array_get(rows, i / columns - 1);
        cells[i] = row ? rows_cell(json_object_get(row, names[i % columns])) : rows_heading(names[i]);
        whole = whole && cells[i];
    }
    if (whole)
        columns_print((const char *const *)cells, columns, count / columns);
    for (size_t i = 0; cells && i < count; i++)
        free(cells[i]);
}

void rows_print_lines(json_t *rows)
{
    size_t index;
    json_t *row;
    json_array_foreach(rows, index, row)
    {
        json_dumpf(row, stdout, JSON_COMPACT);
        putchar('\n');
    }
}
