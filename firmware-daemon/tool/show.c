/* What the site knows, as tables for people and JSON for programs. */
#include "base/text.h"
#include "tool/columns.h"
#include "tool/commands.h"
#include "tool/daemon_client.h"
#include "tool/words.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_MAX    500 /* rows that the daemon gives at once */
#define COLUMNS_MAX 64

const struct option_def show_options[] = {
    {"json", OPTION_FLAG_AT(struct tool_options, json), NULL, 0, 0, NULL, "one JSON object a line, for programs"},
    {"limit", OPTION_NUMBER_AT(struct tool_options, limit), "100", 1, 1000000, NULL, "rows to show at most"},
    DAEMON_URL_OPTION,
    {.name = NULL},
};

/* ---------------------------------------------------------------- cells */

/* A line break in a value would tear the table. */
static char *plain(char *text)
{
    for (char *at = text; at && *at; at++)
        if ((unsigned char)*at < ' ')
            *at = ' ';
    return text;
}

static char *cell_of(const json_t *value)
{
    char number[24];
    if (json_is_string(value))
        return plain(strdup(json_string_value(value)));
    if (json_is_integer(value)) {
        snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return strdup(number);
    }
    if (json_is_boolean(value))
        return strdup(json_is_true(value) ? "yes" : "no");
    return !value || json_is_null(value) ? strdup("-") : json_dumps(value, JSON_COMPACT);
}

static char *heading_of(const char *name)
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

static void print_rows(json_t *rows)
{
    const char *names[COLUMNS_MAX];
    size_t columns = used_columns(rows, names), count = (json_array_size(rows) + 1) * columns;
    CLEANUP(cleanup_free) char **cells = calloc(count + 1, sizeof(*cells));
    bool whole = cells;
    for (size_t i = 0; cells && i < count; i++) {
        json_t *row = i < columns ? NULL : json_array_get(rows, i / columns - 1);
        cells[i] = row ? cell_of(json_object_get(row, names[i % columns])) : heading_of(names[i]);
        whole = whole && cells[i];
    }
    if (whole)
        columns_print((const char *const *)cells, columns, count / columns);
    for (size_t i = 0; cells && i < count; i++)
        free(cells[i]);
}

/* ---------------------------------------------------------------- lists */

/* values: the filters as given, with room for four more. Adds the rows of a page; *ret_next is to be freed. */
static enum exit_code fetch_page(const struct command_call *call, const struct words *filters, const char *after,
                                 json_t *rows, char **ret_next)
{
    const char *values[2 * WORDS_PAIRS_MAX + 5];
    char limit[24];
    size_t count = 0;
    int64_t wanted = call->options.limit - (int64_t)json_array_size(rows);
    snprintf(limit, sizeof(limit), "%lld", (long long)(wanted < PAGE_MAX ? wanted : PAGE_MAX));
    for (size_t i = 0; i < 2 * filters->count; i++)
        values[count++] = filters->pairs[i];
    values[count++] = "limit";
    values[count++] = limit;
    if (after) {
        values[count++] = "after";
        values[count++] = after;
    }
    values[count] = NULL;
    CLEANUP_BUF struct buf answer = {0};
    enum exit_code code = daemon_fetch(call->options.url, (const char *const[]){call->words[0], NULL}, values, &answer);
    if (code != EXIT_GOOD)
        return code;
    json_t *root = json_loadb(buf_text(&answer), answer.length, 0, NULL);
    json_array_extend(rows, json_object_get(root, "rows"));
    const char *next = json_string_value(json_object_get(root, "next"));
    *ret_next = next ? strdup(next) : NULL;
    json_decref(root);
    return EXIT_GOOD;
}

static void print_lines(json_t *rows)
{
    size_t index;
    json_t *row;
    json_array_foreach(rows, index, row)
    {
        json_dumpf(row, stdout, JSON_COMPACT);
        putchar('\n');
    }
}

/* A page may hold few rows, or none, and still not be the last. */
static enum exit_code show_list(const struct command_call *call, const struct words *filters)
{
    json_t *rows = json_array();
    char *next = NULL;
    enum exit_code code;
    do {
        CLEANUP(cleanup_free) char *after = next;
        next = NULL;
        code = fetch_page(call, filters, after, rows, &next);
    } while (code == EXIT_GOOD && next && (int64_t)json_array_size(rows) < call->options.limit);
    if (code == EXIT_GOOD && call->options.json)
        print_lines(rows);
    else if (code == EXIT_GOOD && json_array_size(rows) == 0)
        puts("Nothing of that kind is there.");
    else if (code == EXIT_GOOD)
        print_rows(rows);
    if (code == EXIT_GOOD && next && !call->options.json)
        printf("There is more: --limit %lld\n", (long long)call->options.limit * 10);
    free(next);
    json_decref(rows);
    return code;
}

/* ---------------------------------------------------------------- one row, and what belongs to it */

static void print_section(const char *name, json_t *part)
{
    json_t *rows = json_object_get(part, "rows");
    CLEANUP(cleanup_free) char *heading = heading_of(name);
    printf("\n%s\n", heading ? heading : name);
    if (json_array_size(rows) > 0)
        print_rows(rows);
    else
        puts("-");
    if (json_is_string(json_object_get(part, "next")))
        puts("There is more.");
}

static void print_one(json_t *root)
{
    const char *name, *member;
    json_t *part, *value;
    json_object_foreach(root, name, part)
    {
        if (json_is_array(json_object_get(part, "rows"))) {
            print_section(name, part);
            continue;
        }
        json_object_foreach(part, member, value)
        {
            CLEANUP(cleanup_free) char *cell = cell_of(value);
            printf("%-18s %s\n", member, cell ? cell : "");
        }
    }
}

static enum exit_code show_one(const struct command_call *call)
{
    CLEANUP_BUF struct buf answer = {0};
    const char *const path[] = {call->words[0], call->words[1], NULL};
    enum exit_code code = daemon_fetch(call->options.url, path, NULL, &answer);
    json_t *root = code == EXIT_GOOD ? json_loadb(buf_text(&answer), answer.length, 0, NULL) : NULL;
    if (code == EXIT_GOOD && call->options.json)
        puts(buf_text(&answer));
    else if (code == EXIT_GOOD)
        print_one(root);
    json_decref(root);
    return code;
}

static enum exit_code show_kinds(const struct command_call *call)
{
    CLEANUP_BUF struct buf answer = {0};
    size_t index, at;
    json_t *query, *filter;
    enum exit_code code = daemon_fetch(call->options.url, (const char *const[]){"queries", NULL}, NULL, &answer);
    json_t *root = code == EXIT_GOOD ? json_loadb(buf_text(&answer), answer.length, 0, NULL) : NULL;
    if (code == EXIT_GOOD && call->options.json)
        puts(buf_text(&answer));
    json_array_foreach(call->options.json ? NULL : root, index, query)
    {
        printf("%-16s", json_string_value(json_object_get(query, "kind")));
        json_array_foreach(json_object_get(query, "filters"), at, filter) printf("%s=… ", json_string_value(filter));
        putchar('\n');
    }
    json_decref(root);
    return code;
}

enum exit_code command_show(struct command_call *call)
{
    struct words filters;
    struct error error;
    if (call->count == 0)
        return show_kinds(call);
    bool one = call->count > 1 && !strchr(call->words[1], '=');
    size_t taken = one ? 2 : 1;
    if (words_pairs(call->words + taken, call->count - taken, &filters, &error) < 0)
        return command_fail(EXIT_USAGE, "%s; see floorhand show --help", error.text);
    if (one && filters.count > 0)
        return command_fail(EXIT_USAGE, "one row is chosen by its code alone; see floorhand show --help");
    return one ? show_one(call) : show_list(call, &filters);
}
