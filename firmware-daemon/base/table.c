#include "base/table.h"

#include "base/text.h"

#include <csv.h>
#include <errno.h>
#include <iconv.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CELL_MAX 1024 /* bytes */

struct reading {
    const struct table *table;
    const char *path;
    const struct option_def *order[TABLE_COLUMNS_MAX]; /* the file's columns, as its first row names them */
    size_t columns, cell;
    int64_t line, rows;
    bool header_read;
    int result;
    struct error *error;
};

/* ---------------------------------------------------------------- the bytes */

static int64_t line_of(const char *text, size_t at)
{
    int64_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += text[i] == '\n';
    return line;
}

static int convert_gb18030(const char *path, struct buf *text, struct error *error)
{
    iconv_t converter = iconv_open("UTF-8", "GB18030");
    if (converter == (iconv_t)-1)
        return error_set(error, -ENOTSUP, "%s is not UTF-8 and this system cannot convert it: save it as UTF-8", path);
    size_t left = text->length, capacity = text->length * 4, room = capacity;
    CLEANUP(cleanup_free) char *out = malloc(capacity + 1);
    char *from = text->data, *to = out;
    size_t converted = out ? iconv(converter, &from, &left, &to, &room) : (size_t)-1;
    iconv_close(converter);
    if (converted == (size_t)-1)
        return error_set(error, -EILSEQ, "%s, line %" PRId64 ": neither UTF-8 nor GB18030 text: save it as UTF-8", path,
                         line_of(text->data, text->length - left));
    buf_clear(text);
    buf_put(text, out, capacity - room);
    return 0;
}

static int read_all(const char *path, struct buf *text, struct error *error)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(error, -errno, "cannot read %s: %s", path, strerror(errno));
    char block[65536];
    size_t got;
    while (!text->failed && (got = fread(block, 1, sizeof(block), file)) > 0)
        buf_put(text, block, got);
    bool failed = ferror(file);
    fclose(file);
    if (failed)
        return error_set(error, -EIO, "cannot read %s: it is a folder, or its disk fails", path);
    if (text->failed)
        return error_set(error, -EFBIG, "%s is larger than %zu MiB: split it", path, TABLE_FILE_MAX >> 20);
    return 0;
}

int table_to_utf8(const char *path, struct buf *text, struct error *error)
{
    const char *zero = text->length ? memchr(text->data, '\0', text->length) : NULL;
    if (zero)
        return error_set(error, -EINVAL, "%s, line %" PRId64 ": not a text file: export it as CSV", path,
                         line_of(text->data, (size_t)(zero - text->data)));
    if (text->length >= 3 && memcmp(text->data, "\xEF\xBB\xBF", 3) == 0)
        buf_consume(text, 3);
    if (text_is_utf8(buf_text(text), text->length))
        return 0;
    text->max = 4 * TABLE_FILE_MAX;
    return convert_gb18030(path, text, error);
}

int table_load(const char *path, struct buf *ret, struct error *error)
{
    buf_clear(ret);
    ret->max = TABLE_FILE_MAX;
    int result = read_all(path, ret, error);
    return result ? result : table_to_utf8(path, ret, error);
}

/* ---------------------------------------------------------------- the first row */

void table_list_columns(const struct option_def *columns, char *out, size_t capacity)
{
    struct buf list = {0};
    for (const struct option_def *column = columns; column->name; column++)
        buf_printf(&list, column->fallback ? "[%s%s]" : "%s%s", column == columns ? "" : ",", column->name);
    text_copy(out, capacity, buf_text(&list));
    buf_done(&list);
}

static const struct option_def *find_column(const struct option_def *columns, const char *name)
{
    for (; columns->name; columns++)
        if (strcmp(columns->name, name) == 0)
            return columns;
    return NULL;
}

static int header_error(struct reading *reading, const char *what, const char *name)
{
    char expected[200];
    table_list_columns(reading->table->columns, expected, sizeof(expected));
    return error_set(reading->error, -EINVAL, "%s, line %" PRId64 ": %s column \"%s\"; expected %s", reading->path,
                     reading->line, what, name, expected);
}

/* Of "sku=Item no,quantity=Qty", the column that the file calls so. */
static const struct option_def *find_renamed(const struct table *table, const char *name)
{
    for (const char *at = table->names; at && *at; at += strcspn(at, ","), at += *at == ',') {
        size_t length = strcspn(at, ","), ours = strcspn(at, "=,");
        char column[64];
        if (ours < length && length - ours - 1 == strlen(name) && strncmp(at + ours + 1, name, strlen(name)) == 0 &&
            text_copy_n(column, sizeof(column), at, ours))
            return find_column(table->columns, column);
    }
    const char *ours = table->map ? table_map_column(table->map, name) : NULL;
    if (!ours && table->map && table_map_names(table->map, name))
        return NULL;
    return find_column(table->columns, ours ? ours : name);
}

static bool is_constant(const struct table *table, const char *name)
{
    return table->map && table_map_names(table->map, name) && !table_map_theirs(table->map, name);
}

static void take_header_cell(struct reading *reading, const char *name)
{
    const struct option_def *column = find_renamed(reading->table, name);
    bool passes = reading->table->leaves_others || reading->table->map;
    if ((!column && !passes) || reading->columns == TABLE_COLUMNS_MAX) {
        reading->result = header_error(reading, "unknown", name);
        return;
    }
    for (size_t i = 0; column && i < reading->columns; i++)
        if (reading->order[i] == column)
            reading->result = header_error(reading, "there is a second", name);
    reading->order[reading->columns++] = column;
}

static void end_header(struct reading *reading)
{
    reading->header_read = true;
    for (const struct option_def *column = reading->table->columns; column->name; column++) {
        bool found = column->fallback != NULL || is_constant(reading->table, column->name);
        for (size_t i = 0; i < reading->columns; i++)
            found |= reading->order[i] == column;
        if (!found) {
            reading->result = header_error(reading, "there is no", column->name);
            return;
        }
    }
}

/* ---------------------------------------------------------------- the other rows */

static int cell_error(struct reading *reading, const char *column, const char *why)
{
    return error_set(reading->error, -EINVAL, "%s, line %" PRId64 ", column %s: %s", reading->path, reading->line,
                     column, why);
}

static int check_cell(const struct option_def *column, const char *text, struct error *why)
{
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7F)
            return error_set(why, -EINVAL, "there is a line break or control character in the cell; expected %s",
                             column->help);
    if (!*text)
        return error_set(why, -EINVAL, "the cell is empty; expected %s", column->help);
    return 0;
}

static void take_cell(struct reading *reading, const char *text, size_t length)
{
    if (reading->cell >= reading->columns) {
        reading->cell++; /* counted, so that the end of the row can say how many */
        return;
    }
    const struct option_def *column = reading->order[reading->cell++];
    struct error why = {0};
    if (!column)
        return;
    if (reading->table->map) {
        text = table_map_value(reading->table->map, column->name, text);
        length = strlen(text);
    }
    if (length == 0 && column->fallback)
        return;
    reading->result =
        length > CELL_MAX ? error_set(&why, -ERANGE, "longer than %d bytes", CELL_MAX) : check_cell(column, text, &why);
    if (!reading->result && option_set(column, reading->table->row, column->name, text, &why))
        reading->result = -EINVAL;
    if (reading->result)
        cell_error(reading, column->name, why.text);
}

static void end_row(struct reading *reading)
{
    struct error why = {0};
    if (reading->cell != reading->columns) {
        reading->result = error_set(reading->error, -EINVAL,
                                    "%s, line %" PRId64 ": the row has %zu cells and the first row names %zu columns",
                                    reading->path, reading->line, reading->cell, reading->columns);
        return;
    }
    const char *column = NULL;
    reading->result = reading->table->take(reading->table->user, reading->table->row, reading->line, &column, &why);
    if (reading->result && column)
        cell_error(reading, column, why.text);
    else if (reading->result)
        error_set(reading->error, reading->result, "%s, line %" PRId64 ": %s", reading->path, reading->line, why.text);
    reading->rows++;
}

static int set_constant(void *user, const char *ours, const char *value)
{
    struct reading *reading = user;
    struct error why = {0};
    int result = option_set(reading->table->columns, reading->table->row, ours, value, &why);
    return result ? cell_error(reading, ours, why.text) : 0;
}

static void start_row(struct reading *reading)
{
    reading->cell = 0;
    memset(reading->table->row, 0, reading->table->row_size);
    option_defaults(reading->table->columns, reading->table->row);
    if (reading->table->map && !reading->result)
        reading->result = table_map_constants(reading->table->map, set_constant, reading);
}

/* ---------------------------------------------------------------- libcsv */

static void on_cell(void *bytes, size_t length, void *user)
{
    struct reading *reading = user;
    if (reading->result)
        return;
    const char *text = bytes ? bytes : "";
    if (!reading->header_read)
        take_header_cell(reading, text);
    else
        take_cell(reading, text, length);
}

static void on_row(int terminator, void *user)
{
    (void)terminator;
    struct reading *reading = user;
    if (reading->result)
        return;
    if (!reading->header_read)
        end_header(reading);
    else
        end_row(reading);
    start_row(reading);
}

static int parse_error(struct reading *reading)
{
    return error_set(reading->error, -EINVAL,
                     "%s, line %" PRId64 ": a quotation mark is not closed or stands inside a cell", reading->path,
                     reading->line);
}

int table_read(const struct table *table, const char *path, const char *text, size_t length, int64_t *ret_rows,
               struct error *error)
{
    struct reading reading = {.table = table, .path = path, .error = error};
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL))
        return error_set(error, -ENOMEM, "out of memory");
    start_row(&reading);
    for (size_t at = 0; at < length && !reading.result;) { /* line by line, so that a fault knows its line */
        const char *end = memchr(text + at, '\n', length - at);
        size_t size = end ? (size_t)(end - (text + at)) + 1 : length - at;
        reading.line++;
        if (csv_parse(&parser, text + at, size, on_cell, on_row, &reading) != size && !reading.result)
            reading.result = parse_error(&reading);
        at += size;
    }
    if (!reading.result && csv_fini(&parser, on_cell, on_row, &reading) != 0 && !reading.result)
        reading.result = parse_error(&reading);
    csv_free(&parser);
    if (!reading.result && !reading.header_read)
        reading.result = error_set(error, -EINVAL, "%s is empty: its first row must name the columns", path);
    if (reading.result)
        return reading.result;
    *ret_rows = reading.rows;
    return 0;
}
