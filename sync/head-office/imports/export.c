#include "sync/head-office/imports/export.h"

#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define SHEET_ROWS_MAX 1000000 /* a sheet holds 1,048,576; what is more goes on in another */

struct export_sheet {
    char path[512], part[520], title[32];
    FILE *csv; /* NULL: a spreadsheet */
    lxw_workbook *book;
    lxw_worksheet *sheet;
    uint32_t row;
    uint16_t column;
    int sheets;
    bool failed;
};

/* ---------------------------------------------------------------- a file of rows */

static int next_sheet(struct export_sheet *sheet)
{
    char name[32];
    snprintf(name, sizeof(name), sheet->sheets > 0 ? "%.24s %d" : "%.24s", sheet->title, sheet->sheets + 1);
    sheet->sheet = workbook_add_worksheet(sheet->book, name);
    sheet->sheets++;
    sheet->row = 0;
    return sheet->sheet ? 0 : -ENOMEM;
}

int export_sheet_open(const char *path, const char *title, struct export_sheet **ret, struct error *error)
{
    const char *end = strrchr(path, '.');
    bool csv = end && strcmp(end, ".csv") == 0;
    if (!csv && !(end && strcmp(end, ".xlsx") == 0))
        return error_set(error, -EINVAL, "%s: the name must end in .csv or .xlsx", path);
    struct export_sheet *sheet = calloc(1, sizeof(*sheet));
    if (!sheet)
        return error_set(error, -ENOMEM, "there is no memory");
    bool fits = text_copy(sheet->path, sizeof(sheet->path), path);
    text_copy(sheet->title, sizeof(sheet->title), title);
    snprintf(sheet->part, sizeof(sheet->part), "%s.part", sheet->path);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    if (fits && csv)
        sheet->csv = fopen(sheet->part, "we");
    else if (fits)
        sheet->book = workbook_new_opt(sheet->part, &options);
    if (!sheet->csv && (!sheet->book || next_sheet(sheet) != 0)) {
        int result = error_set(error, -EIO, "%s cannot be written: %s", path, strerror(errno));
        export_sheet_drop(sheet);
        return result;
    }
    if (sheet->csv)
        fputs("\xEF\xBB\xBF", sheet->csv); /* so that spreadsheets read Chinese */
    *ret = sheet;
    return 0;
}

static void write_csv(FILE *csv, const char *text)
{
    bool quoted = text[strcspn(text, ",\"\r\n")] != '\0';
    if (!quoted) {
        fputs(text, csv);
        return;
    }
    fputc('"', csv);
    for (; *text; text++)
        fprintf(csv, "%s%c", *text == '"' ? "\"" : "", *text);
    fputc('"', csv);
}

int export_sheet_cell(struct export_sheet *sheet, const char *text, bool number)
{
    if (sheet->csv) {
        if (sheet->column > 0)
            fputc(',', sheet->csv);
        write_csv(sheet->csv, text);
    } else if (*text) {
        lxw_error failed = number ? worksheet_write_number(sheet->sheet, sheet->row, sheet->column, atof(text), NULL)
                                  : worksheet_write_string(sheet->sheet, sheet->row, sheet->column, text, NULL);
        sheet->failed |= failed != LXW_NO_ERROR;
    }
    sheet->column++;
    return sheet->failed ? -EIO : 0;
}

int export_sheet_end_row(struct export_sheet *sheet)
{
    if (sheet->csv)
        sheet->failed |= fputs("\r\n", sheet->csv) < 0;
    sheet->column = 0;
    if (++sheet->row == SHEET_ROWS_MAX && sheet->book)
        return next_sheet(sheet);
    return sheet->failed ? -EIO : 0;
}

static bool finish(struct export_sheet *sheet)
{
    bool whole = !sheet->failed;
    if (sheet->csv) {
        whole &= fflush(sheet->csv) == 0 && fsync(fileno(sheet->csv)) == 0;
        whole &= fclose(sheet->csv) == 0;
        sheet->csv = NULL;
    }
    if (sheet->book)
        whole &= workbook_close(sheet->book) == LXW_NO_ERROR;
    sheet->book = NULL;
    return whole;
}

int export_sheet_close(struct export_sheet *sheet, struct error *error)
{
    if (!sheet)
        return 0;
    bool whole = finish(sheet) && rename(sheet->part, sheet->path) == 0;
    int result =
        whole ? 0 : error_set(error, -EIO, "%s could not be written whole: look whether its disk is full", sheet->path);
    export_sheet_drop(sheet);
    return result;
}

void export_sheet_drop(struct export_sheet *sheet)
{
    if (!sheet)
        return;
    finish(sheet);
    unlink(sheet->part);
    free(sheet);
}

/* ---------------------------------------------------------------- the rows of a kind */

struct exporting {
    const struct import_kind *kind;
    struct export_sheet *sheet;
    int64_t rows;
};

static void cell_text(const json_t *value, char *out, size_t capacity)
{
    if (json_is_integer(value))
        snprintf(out, capacity, "%" PRId64, (int64_t)json_integer_value(value));
    else if (json_is_boolean(value))
        text_copy(out, capacity, json_is_true(value) ? "yes" : "no");
    else
        text_copy(out, capacity, json_is_string(value) ? json_string_value(value) : "");
}

static int write_header(struct exporting *exporting)
{
    int result = 0;
    for (const struct option_def *column = exporting->kind->columns; column->name && !result; column++)
        result = export_sheet_cell(exporting->sheet, column->name, false);
    return result ? result : export_sheet_end_row(exporting->sheet);
}

static int write_row(void *user, const char *key, const char *json, size_t length)
{
    (void)key;
    struct exporting *exporting = user;
    char text[2048];
    json_t *row = json_loadb(json, length, 0, NULL);
    int result = row ? 0 : -EBADMSG;
    for (const struct option_def *column = exporting->kind->columns; column->name && !result; column++) {
        cell_text(json_object_get(row, column->name), text, sizeof(text));
        result = export_sheet_cell(exporting->sheet, text, column->type == OPTION_NUMBER);
    }
    json_decref(row);
    exporting->rows++;
    return result ? result : export_sheet_end_row(exporting->sheet);
}

int export_file(struct office *office, const struct import_kind *kind, const char *site, const char *path,
                int64_t *ret_rows, struct error *error)
{
    struct exporting exporting = {.kind = kind};
    int result = export_sheet_open(path, kind->name, &exporting.sheet, error);
    if (result)
        return result;
    result = write_header(&exporting);
    if (!result)
        result = import_each(office, kind, site, write_row, &exporting, error);
    if (result) {
        export_sheet_drop(exporting.sheet);
        return *error->text ? result : error_set(error, result, "%s could not be written", path);
    }
    *ret_rows = exporting.rows;
    return export_sheet_close(exporting.sheet, error);
}
