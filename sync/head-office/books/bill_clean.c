/* What stands around the table of a bill, and what pads its cells. */
#include "base/decimal.h"
#include "base/text.h"
#include "sync/head-office/books/bills.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct line {
    const char *text;
    size_t length;
};

static bool contains(const struct line *line, const char *word, size_t length)
{
    return length > 0 && line->length >= length && memmem(line->text, line->length, word, length) != NULL;
}

/* A line that names all columns which the file must have. */
static bool is_header(const struct line *line, const struct bill_format *format, const struct table_map *map)
{
    for (const char *at = format->names; *at; at += strcspn(at, ","), at += *at == ',') {
        size_t ours = strcspn(at, "="), theirs = strcspn(at, ",") - ours - 1;
        char name[65];
        text_copy_n(name, sizeof(name), at, ours);
        const char *renamed = map ? table_map_theirs(map, name) : NULL;
        if (!contains(line, renamed ? renamed : at + ours + 1, renamed ? strlen(renamed) : theirs))
            return false;
    }
    return true;
}

/* "#收入合计：3笔，共12.30元" */
static int take_total(const struct line *line, const char *word, bool *ret_told, int64_t *ret, const char *name,
                      struct error *error)
{
    static const char before[] = "共", after[] = "元";
    char amount[33];
    if (!contains(line, word, strlen(word)))
        return 0;
    const char *from = memmem(line->text, line->length, before, strlen(before));
    const char *end = line->text + line->length;
    from = from ? from + strlen(before) : end;
    const char *to = memmem(from, (size_t)(end - from), after, strlen(after));
    if (!to || !text_copy_n(amount, sizeof(amount), from, (size_t)(to - from)) || decimal_to_minor(amount, ret) ||
        *ret < -INT64_MAX)
        return error_set(error, -EINVAL, "%s: the line of its total \"%s\" cannot be read", name, word);
    *ret = llabs(*ret);
    *ret_told = true;
    return 0;
}

static int take_remark(const struct line *line, const char *name, struct bill_totals *totals, struct error *error)
{
    int result = take_total(line, "收入合计", &totals->gains_told, &totals->gains, name, error);
    return result ? result : take_total(line, "支出合计", &totals->losses_told, &totals->losses, name, error);
}

/* Cells are padded with tabs, and begin with ` or ' so that spreadsheets leave their digits alone. */
static void put_cells(const struct line *line, struct buf *out)
{
    char last = ',';
    for (size_t i = 0; i < line->length; i++) {
        char c = line->text[i];
        bool pads = c == '\t' || c == '\r' || ((c == '`' || c == '\'') && (last == ',' || last == '"'));
        if (pads)
            continue;
        buf_put(out, &c, 1);
        last = c;
    }
    buf_put(out, "\n", 1);
}

static bool is_blank(const struct line *line)
{
    for (size_t i = 0; i < line->length; i++)
        if (!strchr("\t\r ,", line->text[i]))
            return false;
    return true;
}

int bill_clean(const struct bill_format *format, const struct table_map *map, const char *name, const char *text,
               size_t length, struct buf *out, struct bill_totals *ret, struct error *error)
{
    bool found = false;
    int result = 0;
    *ret = (struct bill_totals){0};
    for (size_t at = 0; at < length && !result;) {
        const char *end = memchr(text + at, '\n', length - at);
        struct line line = {text + at, end ? (size_t)(end - (text + at)) : length - at};
        at += line.length + 1;
        if (line.length > 0 && *line.text == '#')
            result = take_remark(&line, name, ret, error);
        else if (!is_blank(&line) && (found = found || is_header(&line, format, map)))
            put_cells(&line, out);
    }
    if (!result && !found)
        result = error_set(error, -EINVAL, "%s is no %s: no line of it names the columns %s", name, format->english,
                           format->names);
    return result || !out->failed ? result : error_set(error, -EFBIG, "%s is too large: split it", name);
}
