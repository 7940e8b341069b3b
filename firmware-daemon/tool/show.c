/* What the site knows, as tables for people and JSON for programs. */
#include "tool/commands.h"
#include "tool/daemon_client.h"
#include "tool/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct option_def show_options[] = {
    {"json", OPTION_FLAG_AT(struct tool_options, json), NULL, 0, 0, NULL, "one JSON object a line, for programs"},
    {"limit", OPTION_NUMBER_AT(struct tool_options, limit), "100", 1, 1000000, NULL, "rows to show at most"},
    DAEMON_URL_OPTION,
    {.name = NULL},
};

/* ---------------------------------------------------------------- lists */

static enum exit_code show_list(const struct command_call *call, const struct words *filters)
{
    json_t *rows = json_array();
    char *next = NULL;
    enum exit_code code;
    do {
        CLEANUP(cleanup_free) char *after = next;
        next = NULL;
        code = rows_fetch(call->options.url, call->words[0], filters,
                          call->options.limit - (int64_t)json_array_size(rows), after, rows, &next);
    } while (code == EXIT_GOOD && next && (int64_t)json_array_size(rows) < call->options.limit);
    if (code == EXIT_GOOD && call->options.json)
        rows_print_lines(rows);
    else if (code == EXIT_GOOD && json_array_size(rows) == 0)
        puts("Nothing of that kind is there.");
    else if (code == EXIT_GOOD)
        rows_print_table(rows);
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
    CLEANUP(cleanup_free) char *heading = rows_heading(name);
    printf("\n%s\n", heading ? heading : name);
    if (json_array_size(rows) > 0)
        rows_print_table(rows);
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
            CLEANUP(cleanup_free) char *cell = rows_cell(value);
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
        json_array_foreach(json_object_get(query, "filters"), at, filter)
        {
            printf("%s=… ", json_string_value(filter));
        }
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
