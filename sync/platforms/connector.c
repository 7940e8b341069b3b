#include "sync/platforms/connector.h"

#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)
#define PAGES_MAX 10000

/* ---------------------------------------------------------------- tables */

const struct status_row *status_find(const struct status_row *table, const char *status)
{
    for (; table->status; table++)
        if (strcmp(table->status, status) == 0)
            return table;
    return NULL;
}

void status_take(const struct status_row *table, struct platform_order *order)
{
    const struct status_row *row = status_find(table, order->status);
    order->state = row ? row->state : PLATFORM_UNPAID;
    order->overlays |= row ? row->overlays : (unsigned)PLATFORM_HOLD;
}

int word_find(const struct word_row *table, const char *name, int otherwise)
{
    for (; table->name; table++)
        if (strcmp(table->name, name) == 0)
            return table->value;
    return otherwise;
}

enum platform_class code_find(const struct code_row *table, const char *code)
{
    int64_t number;
    if (text_to_int(code, INT64_MIN, INT64_MAX, &number) != 0)
        return PLATFORM_RETRY;
    for (; table->from || table->to; table++)
        if (number >= table->from && number <= table->to)
            return table->class;
    return PLATFORM_RETRY;
}

enum platform_class part_find(const struct part_row *table, const char *text, enum platform_class otherwise)
{
    for (; table->part; table++)
        if (strstr(text, table->part))
            return table->class;
    return otherwise;
}

/* ---------------------------------------------------------------- pages */

int page_of(const char *cursor, struct page *ret, struct error *error)
{
    *ret = (struct page){.number = 1, .first = !*cursor, .forward = *cursor == '+'};
    if (*cursor && text_to_int(cursor + ret->forward, 1, PAGES_MAX, &ret->number) != 0)
        return error_set(error, -EINVAL, "\"%.20s\" is no cursor of this platform", cursor);
    return 0;
}

int page_on(const struct page *page, int64_t total, size_t rows, bool has_next, int page_size,
            char cursor[PLATFORM_CURSOR_SIZE], struct error *error)
{
    bool untold = page->forward || (page->first && total <= 0 && (rows > 0 || has_next));
    int64_t pages = (total + page_size - 1) / page_size;
    int64_t next = untold ? (has_next ? page->number + 1 : 0) : page->first ? pages : page->number - 1;
    *cursor = '\0';
    if (total < 0 || next > PAGES_MAX)
        return error_set(error, -EBADMSG, "the answer has more than %d pages", PAGES_MAX);
    if (next > 1 || (next == 1 && !page->first))
        snprintf(cursor, PLATFORM_CURSOR_SIZE, "%s%" PRId64, untold ? "+" : "", next);
    return 0;
}

int window_of(const struct platform_want *want, int64_t max_s, int64_t *ret_from_s, int64_t *ret_to_s,
              struct error *error)
{
    if (want->from_us < 0 || want->to_us <= want->from_us)
        return error_set(error, -EINVAL, "the window ends before it begins");
    if (want->to_us - want->from_us > max_s * SECOND_US)
        return error_set(error, -EINVAL, "the window is longer than %" PRId64 " s, which this platform refuses", max_s);
    *ret_from_s = want->from_us / SECOND_US;
    *ret_to_s = want->to_us / SECOND_US;
    return 0;
}

/* ---------------------------------------------------------------- rows */

static void *new_rows(struct text_reader *reader, size_t count, size_t max, size_t size)
{
    void *rows = count <= max && !reader->result ? calloc(count + 1, size) : NULL;
    if (!rows && !reader->result)
        reader->result =
            error_set(reader->error, -EBADMSG, "the answer has %zu rows where at most %zu are read", count, max);
    return rows;
}

void *rows_new(struct text_reader *reader, struct platform_answer *answer, size_t count, size_t max, size_t size)
{
    void *rows = new_rows(reader, count, max, size);
    answer->count = rows ? count : 0;
    return rows;
}

bool lines_new(struct text_reader *reader, struct platform_order *order, size_t count)
{
    order->lines = new_rows(reader, count, PLATFORM_LINES_MAX, sizeof(*order->lines));
    order->line_count = order->lines ? count : 0;
    return order->line_count > 0;
}

void order_keep_raw(struct text_reader *reader, struct platform_order *order, const json_t *row)
{
    order->raw = json_dumps(row, JSON_COMPACT | JSON_ENCODE_ANY);
    if (!order->raw && !reader->result)
        reader->result = error_set(reader->error, -EBADMSG, "an order of the answer cannot be kept");
}

int64_t read_end(struct text_reader *reader, const json_t *object, int64_t now_us, const char *seconds,
                 const char *moment)
{
    int64_t left_s = read_whole(reader, object, seconds), left_us;
    if (left_s > 0 && !__builtin_mul_overflow(left_s, SECOND_US, &left_us) &&
        !__builtin_add_overflow(now_us, left_us, &left_us))
        return left_us;
    return read_time(reader, object, moment);
}

void order_take_lines(struct platform_order *order)
{
    size_t refunded = 0;
    for (size_t i = 0; i < order->line_count; i++) {
        order->overlays |= order->lines[i].overlays & (unsigned)(PLATFORM_REFUNDING | PLATFORM_HOLD);
        refunded += (order->lines[i].overlays & (unsigned)PLATFORM_REFUNDED) != 0;
    }
    if (order->line_count == 0)
        order->overlays |= (unsigned)PLATFORM_HOLD;
    else if (refunded == order->line_count)
        order->overlays |= (unsigned)PLATFORM_REFUNDED;
}

bool is_hidden(const char *text)
{
    return !*text || strchr(text, '*') || *text == '~';
}
