/* floorhand-hq import, export. */
#include "base/json.h"
#include "base/table.h"
#include "sync/head-office/command.h"
#include "sync/head-office/imports/export.h"
#include "sync/head-office/imports/import.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int find_kind(struct call *call, const char *name, const struct import_kind **ret, struct error *error)
{
    CLEANUP_BUF struct buf names = {0};
    *ret = import_find(name);
    for (const struct import_kind *kind = import_kinds; kind->name; kind++)
        buf_printf(&names, "%s%s", kind == import_kinds ? "" : ", ", kind->name);
    if (!*ret)
        return error_set(error, COMMAND_USAGE, "\"%s\" cannot be imported: it is one of %s", name, buf_text(&names));
    if (!(*ret)->per_site && *call->options.site)
        return error_set(error, COMMAND_USAGE, "%s are the same at every site: leave --site out", name);
    return (*ret)->per_site ? command_choose_site(call, error) : 0;
}

#define TOLD_MOST 200 /* differences that the program that started this one is told: its page shows no more */

static void print_difference(void *user, const char *json)
{
    (void)user;
    puts(json);
}

/* user: how many were told. */
static void print_some_differences(void *user, const char *json)
{
    int *told = user;
    if ((*told)++ < TOLD_MOST)
        puts(json);
}

/* For the program that started this one (api/http_import.c). */
static void print_progress(void *user, int64_t done, int64_t total)
{
    (void)user;
    printf("{\"done\":%" PRId64 ",\"total\":%" PRId64 "}\n", done, total);
    fflush(stdout);
}

static void print_outcome(const struct import_kind *kind, const struct import_options *options,
                          const struct import_result *outcome)
{
    CLEANUP_BUF struct buf json = {0};
    import_tell(kind, options, outcome, &json);
    command_print(&json);
}

int command_import_file(struct call *call, const char *kind_name, const char *path, struct error *error)
{
    const struct import_kind *kind;
    CLEANUP(table_map_free_p) struct table_map *map = NULL;
    CLEANUP_BUF struct buf text = {0};
    int result = find_kind(call, kind_name, &kind, error);
    if (!result && *call->options.map)
        result = table_map_load(call->options.map, kind->columns, &map, error);
    if (!result)
        result = table_load(path, &text, error);
    if (result)
        return result;
    const struct command_options *given = &call->options;
    int told = 0;
    struct import_options options = {.site = given->site,
                                     .map = map,
                                     .try_only = given->try_only,
                                     .row = given->row,
                                     .progress = given->progress ? print_progress : NULL,
                                     .report = given->report,
                                     .difference = given->progress ? print_some_differences : print_difference,
                                     .user = &told};
    struct import_result outcome;
    result = import_text(&call->office, kind, &options, *given->name ? given->name : path, buf_text(&text), text.length,
                         &outcome, error);
    if (!result)
        print_outcome(kind, &options, &outcome);
    return result;
}

int command_office_import(struct call *call, struct error *error)
{
    return command_import_file(call, call->arguments[0], call->arguments[1], error);
}

/* ---------------------------------------------------------------- export */

static int export_one(struct call *call, const struct import_kind *kind, const char *site, const char *path,
                      struct error *error)
{
    int64_t rows;
    int result = export_file(&call->office, kind, site, path, &rows, error);
    if (result)
        return result;
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_text(&json, "exported", kind->name);
    json_text(&json, "file", path);
    json_int(&json, "rows", rows);
    json_close_object(&json);
    command_print(&json);
    return 0;
}

/* items.csv, locations-hz.csv */
static int export_kind(struct call *call, const struct import_kind *kind, const char *folder, struct error *error)
{
    char sites[64][WIRE_NAME_SIZE];
    size_t count = 0;
    struct sql_query *row = sql_select(call->office.sql, "SELECT id FROM site ORDER BY id", SQL_NO_VALUES);
    while (kind->per_site && count < COUNT(sites) && sql_next(row))
        sql_copy_text(row, 0, sites[count++], sizeof(sites[0]));
    int result = sql_done(row);
    if (result)
        return office_failed(call->office.sql, result, error);
    for (size_t i = 0; i < (kind->per_site ? count : 1) && !result; i++) {
        CLEANUP_BUF struct buf path = {0};
        const char *site = kind->per_site ? sites[i] : NULL;
        buf_printf(&path, "%s/%s%s%s.%s", folder, kind->name, site ? "-" : "", site ? site : "", call->options.format);
        result = export_one(call, kind, site, buf_text(&path), error);
    }
    return result;
}

int command_export(struct call *call, struct error *error)
{
    const char *name = call->arguments[0], *path = call->arguments[1];
    if (strcmp(name, "all") == 0) {
        int result = 0;
        for (const struct import_kind *kind = import_kinds; kind->name && !result; kind++)
            result = export_kind(call, kind, path, error);
        return result;
    }
    const struct import_kind *kind;
    int result = find_kind(call, name, &kind, error);
    return result ? result : export_one(call, kind, kind->per_site ? call->options.site : NULL, path, error);
}
