#include "sync/platforms/members.h"

#include "base/json.h"
#include "base/text.h"

#include "sync/platforms/connector.h"

#include <errno.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)
#define ID_DIGITS 19

void json_text_if(struct buf *out, const char *key, const char *text)
{
    if (*text)
        json_text(out, key, text);
}

void json_id(struct buf *out, const char *key, const char *id)
{
    size_t length = strlen(id);
    bool number = length > 0 && length <= ID_DIGITS && text_all_digits(id, length) && (*id != '0' || length == 1);
    if (number)
        json_raw(out, key, id);
    else
        json_text(out, key, id);
}

int json_sorted(const struct buf *written, struct buf *out)
{
    if (written->failed)
        return -ENOMEM;
    json_t *root = json_loadb(buf_text(written), written->length, JSON_REJECT_DUPLICATES, NULL);
    char *text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
    int result = root ? -ENOMEM : -EINVAL;
    json_decref(root);
    if (!text)
        return result;
    buf_puts(out, text);
    free(text);
    return out->failed ? -ENOMEM : 0;
}

const json_t *row_with(const json_t *rows, const char *path, const char *value)
{
    const json_t *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        if (strcmp(text_json_text(row, path), value) == 0)
            return row;
    }
    return NULL;
}

const char *either_path(const json_t *object, const char *one, const char *other)
{
    return *text_json_text(object, one) ? one : other;
}

static void say_too_large(struct text_reader *reader)
{
    if (!reader->result)
        reader->result = error_set(reader->error, -EBADMSG, "the amounts of an order of the answer are too large");
}

int64_t line_gross(struct text_reader *reader, const struct platform_line *line)
{
    int64_t gross = 0;
    if (__builtin_mul_overflow(line->price_minor, line->quantity, &gross))
        say_too_large(reader);
    return gross;
}

void order_share_paid(struct text_reader *reader, struct platform_order *order, int64_t paid)
{
    int64_t whole = 0, before = 0, given = 0;
    bool failed = false;
    for (size_t i = 0; i < order->line_count; i++)
        failed |= __builtin_add_overflow(whole, order->lines[i].paid_minor, &whole);
    for (size_t i = 0; i < order->line_count && !failed; i++) {
        struct platform_line *line = &order->lines[i];
        int64_t product = 0;
        before += line->paid_minor;
        failed = __builtin_mul_overflow(paid, before, &product);
        line->paid_minor = whole > 0 ? product / whole - given : 0;
        given += line->paid_minor;
    }
    if (failed)
        say_too_large(reader);
}

void read_sealed(struct text_reader *reader, const json_t *row, const struct sealed_paths *paths,
                 struct platform_order *order)
{
    const char *name = text_json_text(row, paths->name), *phone = text_json_text(row, paths->phone);
    const char *address = text_json_text(row, paths->address);
    CLEANUP_BUF struct buf sealed = {0};
    if (!*name || !*phone || !*address)
        return;
    json_open_object(&sealed, NULL);
    json_text(&sealed, "name", name);
    json_text(&sealed, "phone", phone);
    json_text(&sealed, "address", address);
    json_close_object(&sealed);
    if (!text_copy(order->sealed, sizeof(order->sealed), buf_text(&sealed)) && !reader->result)
        reader->result = error_set(reader->error, -EBADMSG, "the receiver of order %s is too long", order->id);
}

json_t *sealed_of(const struct platform_parcel *parcel)
{
    return *parcel->sealed ? json_loads(parcel->sealed, 0, NULL) : NULL;
}

int64_t read_life(struct text_reader *reader, const json_t *object, const char *path, int64_t now_us)
{
    int64_t life_us, end_us;
    int64_t life_s = read_whole(reader, object, path);
    if (life_s <= 0 || __builtin_mul_overflow(life_s, SECOND_US, &life_us) ||
        __builtin_add_overflow(life_us, now_us, &end_us))
        return 0;
    return end_us;
}

void put_path(struct buf *url, const char *gateway, const char *method)
{
    buf_puts(url, gateway);
    buf_putc(url, '/');
    for (; *method; method++)
        buf_putc(url, *method == '.' ? '/' : *method);
}

enum platform_class refusal_class(const struct platform_want *want, const char *message)
{
    static const struct part_row words[] = {
        {"系统", PLATFORM_RETRY},         {"频繁", PLATFORM_THROTTLED},
        {"物流公司", PLATFORM_PARAMETER}, {"承运商", PLATFORM_PARAMETER},
        {"不存在", PLATFORM_NOT_FOUND},   {"参数", PLATFORM_PARAMETER},
        {"时间范围", PLATFORM_PARAMETER}, {"权限", PLATFORM_PERMISSION},
        {"库存不", PLATFORM_PERMANENT},   {.part = NULL},
    };
    return part_find(words, message, platform_verb_writes(want->verb) ? PLATFORM_CONFLICT : PLATFORM_RETRY);
}
