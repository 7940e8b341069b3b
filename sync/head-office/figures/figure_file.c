#include "sync/head-office/figures/figure_file.h"

#include "base/text.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/imports/export.h"
#include "sync/head-office/settings.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAYS_USUAL 30

/* ---------------------------------------------------------------- what was asked */

void figure_asked_done(struct figure_asked *asked)
{
    for (size_t i = 0; i < asked->count; i++) {
        free(asked->names[i]);
        free(asked->values[i]);
    }
}

int figure_asked_add(struct figure_asked *asked, const char *name, size_t length, const char *value,
                     struct error *error)
{
    if (asked->count == FIGURE_ASKED_MAX)
        return error_set(error, -EINVAL, "A figure is asked for with at most %d filters.", FIGURE_FILTERS);
    asked->names[asked->count] = strndup(name, length);
    asked->values[asked->count] = strdup(value);
    asked->count++;
    bool made = asked->names[asked->count - 1] && asked->values[asked->count - 1];
    return made ? 0 : error_set(error, -ENOMEM, "there is no memory");
}

static int usual_period(struct office *office, struct figure_asked *asked, struct error *error)
{
    struct settings settings;
    int result = settings_load(office, &settings, error);
    if (result)
        return result;
    business_day(office->now_us, settings.utc_offset_min, asked->to);
    business_day(office->now_us - (DAYS_USUAL - 1) * BUSINESS_DAY_US, settings.utc_offset_min, asked->from);
    return 0;
}

static int take(struct figure_question *question, const char *name, const char *value, struct error *error)
{
    if (strcmp(name, "from") == 0)
        question->from = value;
    else if (strcmp(name, "to") == 0)
        question->to = value;
    else if (strcmp(name, "by") == 0)
        question->by = value;
    else if (strcmp(name, "limit") == 0)
        return text_to_int(value, 1, FIGURE_ROWS_MAX, &question->limit) == 0
                   ? 0
                   : error_set(error, -EINVAL, "limit is a number from 1 to %d.", FIGURE_ROWS_MAX);
    else if (question->count == FIGURE_FILTERS)
        return error_set(error, -EINVAL, "A figure is asked for with at most %d filters.", FIGURE_FILTERS);
    else
        question->given[question->count++] = (struct query_given){name, value};
    return 0;
}

int figure_asked_question(struct office *office, const char *name, struct figure_asked *asked,
                          struct figure_question *ret, struct error *error)
{
    *ret = (struct figure_question){.figure = figure_find(name), .from = asked->from, .to = asked->to, .by = ""};
    if (!ret->figure)
        return error_set(error, -ENOENT, "there is no figure \"%.40s\": see the list of figures", name);
    int result = usual_period(office, asked, error);
    for (size_t i = 0; i < asked->count && !result; i++)
        result = take(ret, asked->names[i], asked->values[i], error);
    return result;
}

/* ---------------------------------------------------------------- as a file */

static void put_cell(struct export_sheet *sheet, const json_t *value, const struct figure_unit *unit)
{
    char text[32] = "";
    if (json_is_integer(value) && unit)
        figure_text(unit, json_integer_value(value), text, sizeof(text));
    else if (json_is_integer(value))
        snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    export_sheet_cell(sheet, text, true);
}

static void put_row(struct export_sheet *sheet, const struct figure *figure, const json_t *row)
{
    const char *name = json_string_value(json_object_get(row, "name"));
    export_sheet_cell(sheet, name ? name : "", false);
    put_cell(sheet, json_object_get(row, "value"), figure_unit_find(figure->unit));
    put_cell(sheet, json_object_get(row, "numerator"), NULL);
    put_cell(sheet, json_object_get(row, "denominator"), NULL);
    export_sheet_end_row(sheet);
}

static void put_head(struct export_sheet *sheet, const struct figure *figure, const json_t *answer)
{
    const char *by = json_string_value(json_object_get(answer, "by"));
    char title[160];
    snprintf(title, sizeof(title), "%s %s (%s)", figure->english, figure->chinese, figure->unit);
    export_sheet_cell(sheet, by ? by : "", false);
    export_sheet_cell(sheet, title, false);
    export_sheet_cell(sheet, "numerator 分子", false);
    export_sheet_cell(sheet, "denominator 分母", false);
    export_sheet_end_row(sheet);
}

int figure_file(const struct figure *figure, const struct buf *json, const char *path, struct error *error)
{
    struct export_sheet *sheet = NULL;
    size_t i;
    json_t *row, *answer = json_loadb(json->data, json->length, 0, NULL);
    int result =
        answer ? export_sheet_open(path, figure->name, &sheet, error) : error_set(error, -ENOMEM, "there is no memory");
    if (!result) {
        put_head(sheet, figure, answer);
        json_array_foreach(json_object_get(answer, "rows"), i, row) put_row(sheet, figure, row);
        put_row(sheet, figure, answer);
        result = export_sheet_close(sheet, error);
    }
    json_decref(answer);
    return result;
}
