/* The addresses of figures (figures/figure.h): whoever may look at the rows may look at their sums. */
#include "base/file.h"
#include "base/json.h"
#include "sync/head-office/api/http_internal.h"
#include "sync/head-office/figures/baseline.h"
#include "sync/head-office/figures/figure_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_TYPE_XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define FILE_TYPE_CSV  "text/csv"

/* A key of one shop needs rows that tell the shop: those that can be split by it. */
static bool may_look(const struct api_key *key, const struct figure *figure)
{
    for (int part = 0; part < FIGURE_PARTS && figure->parts[part].kind; part++)
        if (!keys_may_read(key, figure->parts[part].kind))
            return false;
    return !*key->shop || figure_splits(figure, "shop");
}

bool http_get_figures(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    json_open_array(&json, NULL);
    for (const struct figure *figure = figures; figure->name; figure++)
        if (may_look(key_of(request), figure))
            figure_write(figure, &json);
    json_close_array(&json);
    return web_answer_json(request, WEB_OK, &json);
}

/* The shop of a key is asked for in any case. */
static int read_asked(struct web_request *request, struct figure_asked *asked, const char **ret_format,
                      struct error *error)
{
    struct web_value values[WEB_VALUES_MAX];
    const char *shop = key_of(request)->shop;
    size_t count = 0;
    int result = web_values(request, values, &count);
    if (result)
        return error_set(error, -EINVAL, "A question has at most %d values, each as name=value.", WEB_VALUES_MAX);
    for (size_t i = 0; i < count && !result; i++) {
        if (strcmp(values[i].name, "format") == 0)
            *ret_format = values[i].value;
        else if (!*shop || strcmp(values[i].name, "shop") != 0)
            result = figure_asked_add(asked, values[i].name, strlen(values[i].name), values[i].value, error);
        else if (strcmp(values[i].value, shop) != 0)
            return error_set(error, -EACCES, "This key may not look at another shop.");
    }
    return result || !*shop ? result : figure_asked_add(asked, "shop", strlen("shop"), shop, error);
}

/* The writer of files writes files: one of our own, which is gone when it is answered. */
static bool answer_file(struct web_request *request, const struct figure *figure, const struct buf *json,
                        const char *format, struct error *error)
{
    char folder[] = "/tmp/floorhand-figure-XXXXXX", path[64];
    CLEANUP_BUF struct buf file = {.max = HTTP_ANSWER_MAX};
    bool csv = strcmp(format, "csv") == 0;
    if (!csv && strcmp(format, "xlsx") != 0)
        return web_answer_error(request, WEB_BAD_REQUEST, "format is json, xlsx or csv.");
    if (!mkdtemp(folder))
        return web_answer_error(request, WEB_UNAVAILABLE, "A file cannot be made just now.");
    snprintf(path, sizeof(path), "%s/figure.%s", folder, csv ? "csv" : "xlsx");
    int result = figure_file(figure, json, path, error);
    if (!result)
        result = file_load(path, &file);
    unlink(path);
    rmdir(folder);
    return result ? http_answer_fault(request, result, error)
                  : web_answer(request, WEB_OK, csv ? FILE_TYPE_CSV : FILE_TYPE_XLSX, file.data, file.length);
}

bool http_get_figure(struct web_request *request)
{
    const struct figure *figure = figure_find(request->id);
    const char *format = "json";
    struct figure_question question;
    struct error error = {0};
    CLEANUP_ASKED struct figure_asked asked = {.count = 0};
    CLEANUP_BUF struct buf json = {.max = HTTP_ANSWER_MAX};
    if (!figure)
        return web_answer_error(request, WEB_NOT_FOUND, "There is no figure \"%s\": see /api/v1/figures.", request->id);
    if (!may_look(key_of(request), figure))
        return web_answer_error(request, WEB_FORBIDDEN, "This key may not look at %s.", figure->name);
    int result = read_asked(request, &asked, &format, &error);
    if (!result)
        result = figure_asked_question(http_of(request)->office, figure->name, &asked, &question, &error);
    if (!result)
        result = figure_ask(http_of(request)->office, &question, &json, &error);
    if (result)
        return http_answer_fault(request, result, &error);
    if (strcmp(format, "json") != 0)
        return answer_file(request, figure, &json, format, &error);
    return web_answer_json(request, WEB_OK, &json);
}

/* A baseline is compared in figures of all kinds: no key of one shop. */
bool http_get_compared(struct web_request *request)
{
    struct error error = {0};
    CLEANUP_BUF struct buf json = {0};
    const char *from = web_value(request, "from"), *to = web_value(request, "to");
    if (!keys_may_read(key_of(request), "baselines") || *key_of(request)->shop)
        return web_answer_error(request, WEB_FORBIDDEN, "This key may not look at baselines.");
    int result = baseline_compare(http_of(request)->office, request->id, from ? from : "", to ? to : "", &json, &error);
    return result ? http_answer_fault(request, result, &error) : web_answer_json(request, WEB_OK, &json);
}
