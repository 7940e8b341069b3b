/* A file of rows as somebody uploads it. First byte: bit 0, columns that are not known are passed over; bit 1, the next
 * line renames columns ("sku=Item no"). The rest is the file. */
#include "base/table.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>

#define NAME_MAX_BYTES 16

struct row {
    char sku[NAME_MAX_BYTES], note[NAME_MAX_BYTES], kind[8];
    int64_t quantity;
    bool urgent;
};

static const struct option_def columns[] = {
    {"sku", OPTION_TEXT_AT(struct row, sku), .help = "the item's number"},
    {"quantity", OPTION_NUMBER_AT(struct row, quantity), .min = 1, .max = 1000, .help = "how many"},
    {"kind", OPTION_CHOICE_AT(struct row, kind), .fallback = "a", .choices = "a|b", .help = "a or b"},
    {"urgent", OPTION_FLAG_AT(struct row, urgent), .fallback = "no", .help = "yes or no"},
    {"note", OPTION_TEXT_AT(struct row, note), .fallback = "", .help = "any text"},
    {0},
};

struct taken {
    int64_t rows, last_line;
};

/* Nothing that the table forbids ever comes through. */
static int take(void *user, void *data, int64_t line, const char **ret_column, struct error *error)
{
    struct taken *taken = user;
    const struct row *row = data;
    (void)ret_column;
    (void)error;
    CLAIM(*row->sku && strnlen(row->sku, sizeof(row->sku)) < sizeof(row->sku));
    CLAIM(strnlen(row->note, sizeof(row->note)) < sizeof(row->note));
    CLAIM(text_is_utf8(row->sku, strlen(row->sku)) && text_is_utf8(row->note, strlen(row->note)));
    CLAIM(row->quantity >= 1 && row->quantity <= 1000);
    CLAIM(strcmp(row->kind, "a") == 0 || strcmp(row->kind, "b") == 0);
    CLAIM(line >= taken->last_line); /* rows that a carriage return alone divides are on one line */
    taken->last_line = line;
    taken->rows++;
    return 0;
}

static void check(const struct table *table, const struct buf *text, const struct taken *taken)
{
    struct error error = {0};
    int64_t rows = -1;
    int result = table_read(table, "rows.csv", buf_text(text), text->length, &rows, &error);
    CLAIM(result == 0 || (result < 0 && *error.text && text_is_utf8(error.text, strlen(error.text))));
    CLAIM(result || rows == taken->rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    struct error error = {0};
    struct taken taken = {0};
    uint8_t way = input_byte(&input);
    CLEANUP_BUF struct buf names = {0}, text = {0};
    const uint8_t *end = way & 2 ? memchr(input.at, '\n', input.left) : NULL;
    if (end) {
        buf_put(&names, input.at, (size_t)(end - input.at));
        input.left -= (size_t)(end + 1 - input.at);
        input.at = end + 1;
    }
    buf_put(&text, input.at, input.left);
    int result = table_to_utf8("rows.csv", &text, &error);
    CLAIM(result == 0 || *error.text);
    CLAIM(result || text_is_utf8(buf_text(&text), text.length));
    struct row row;
    const struct table table = {.columns = columns,
                                .row = &row,
                                .row_size = sizeof(row),
                                .take = take,
                                .user = &taken,
                                .leaves_others = way & 1,
                                .names = end ? buf_text(&names) : NULL};
    if (!result)
        check(&table, &text, &taken);
    return 0;
}
