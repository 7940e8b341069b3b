/* The members of an order that is told as JSON, as tables. */
#include "base/text.h"
#include "sync/head-office/orders/order_put.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MONEY_MAX 1000000000000 /* minor units */

enum kind { TEXT, MONEY, COUNT, TIME, FLAG, STATE };

struct member {
    const char *name;
    enum kind kind;
    size_t offset, size;
    bool needed;
    unsigned overlay; /* FLAG: the bit that it sets */
};

#define ORDER(member) offsetof(struct platform_order, member), sizeof(((struct platform_order *)0)->member)
#define LINE(member)  offsetof(struct platform_line, member), sizeof(((struct platform_line *)0)->member)

static const struct member order_members[] = {
    {"id", TEXT, ORDER(id), true, 0},
    {"status", TEXT, ORDER(status), false, 0},
    {"state", STATE, ORDER(state), true, 0},
    {"held", FLAG, ORDER(overlays), false, PLATFORM_HOLD},
    {"refunding", FLAG, ORDER(overlays), false, PLATFORM_REFUNDING},
    {"created", TIME, ORDER(created_us), false, 0},
    {"paid", TIME, ORDER(paid_us), false, 0},
    {"modified", TIME, ORDER(modified_us), true, 0},
    {"ship_by", TIME, ORDER(ship_by_us), false, 0},
    {"currency", TEXT, ORDER(currency), true, 0},
    {"goods_minor", MONEY, ORDER(goods_minor), true, 0},
    {"freight_minor", MONEY, ORDER(freight_minor), false, 0},
    {"discount_minor", MONEY, ORDER(discount_minor), false, 0},
    {"platform_discount_minor", MONEY, ORDER(platform_discount_minor), false, 0},
    {"paid_minor", MONEY, ORDER(paid_minor), true, 0},
    {"buyer", TEXT, ORDER(buyer), false, 0},
    {"buyer_note", TEXT, ORDER(buyer_note), false, 0},
    {"seller_note", TEXT, ORDER(seller_note), false, 0},
    {"name", TEXT, ORDER(name), true, 0},
    {"phone", TEXT, ORDER(phone), true, 0},
    {"province", TEXT, ORDER(province), false, 0},
    {"city", TEXT, ORDER(city), false, 0},
    {"district", TEXT, ORDER(district), false, 0},
    {"town", TEXT, ORDER(town), false, 0},
    {"address", TEXT, ORDER(address), true, 0},
    {0},
};

static const struct member line_members[] = {
    {"id", TEXT, LINE(id), true, 0},
    {"item", TEXT, LINE(item), false, 0},
    {"sku", TEXT, LINE(sku), false, 0},
    {"code", TEXT, LINE(code), false, 0},
    {"title", TEXT, LINE(title), false, 0},
    {"quantity", COUNT, LINE(quantity), true, 0},
    {"price_minor", MONEY, LINE(price_minor), true, 0},
    {"paid_minor", MONEY, LINE(paid_minor), true, 0},
    {"refunding", FLAG, LINE(overlays), false, PLATFORM_REFUNDING},
    {0},
};

static const struct {
    const char *name;
    enum platform_state state;
} states[] = {{"unpaid", PLATFORM_UNPAID}, {"paid", PLATFORM_PAID}, {"cancelled", PLATFORM_CANCELLED}};

/* "2026-03-04T09:15:22Z", with a fraction of a second or without. */
static bool read_time(const json_t *value, int64_t *ret)
{
    struct tm day = {0};
    const char *text = json_string_value(value);
    const char *end = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &day) : NULL;
    int64_t micros = 0, unit = 100000;
    if (end && *end == '.')
        for (end++; *end >= '0' && *end <= '9'; end++, unit /= 10)
            micros += (*end - '0') * unit;
    if (!end || strcmp(end, "Z") != 0)
        return false;
    *ret = (int64_t)timegm(&day) * 1000000 + micros;
    return true;
}

static bool read_number(const json_t *value, int64_t least, void *out)
{
    int64_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < least || number > MONEY_MAX)
        return false;
    memcpy(out, &number, sizeof(number));
    return true;
}

static bool read_state(const json_t *value, void *out)
{
    const char *text = json_string_value(value);
    for (size_t i = 0; text && i < COUNT(states); i++)
        if (strcmp(states[i].name, text) == 0) {
            memcpy(out, &states[i].state, sizeof(states[i].state));
            return true;
        }
    return false;
}

static bool read_value(const struct member *member, const json_t *value, char *target)
{
    char *out = target + member->offset;
    int64_t time_us;
    switch (member->kind) {
    case TEXT:
        return json_is_string(value) && strlen(json_string_value(value)) == json_string_length(value) &&
               text_copy(out, member->size, json_string_value(value));
    case MONEY:
        return read_number(value, 0, out);
    case COUNT:
        return read_number(value, 1, out);
    case TIME:
        if (!read_time(value, &time_us))
            return false;
        memcpy(out, &time_us, sizeof(time_us));
        return true;
    case FLAG:
        if (json_is_true(value))
            *(unsigned *)(void *)out |= member->overlay;
        return json_is_boolean(value);
    case STATE:
        return read_state(value, out);
    }
    return false;
}

static int refuse(const struct member *member, const char *where, struct error *error)
{
    static const char *const wanted[] = {[TEXT] = "a text that is not too long",
                                         [MONEY] = "a whole number of minor units, from 0",
                                         [COUNT] = "a whole number, from 1",
                                         [TIME] = "a time such as 2026-03-04T09:15:22Z",
                                         [FLAG] = "true or false",
                                         [STATE] = "unpaid, paid or cancelled"};
    return error_set(error, -EINVAL, "\"%s\" of %s is %s.", member->name, where, wanted[member->kind]);
}

/* also: a member that is read elsewhere. */
static int read_members(const struct member *table, const json_t *root, const char *also, const char *where,
                        char *target, struct error *error)
{
    const char *name;
    json_t *value;
    if (!json_is_object(root))
        return error_set(error, -EINVAL, "%s is a JSON object.", where);
    for (const struct member *member = table; member->name; member++) {
        value = json_object_get(root, member->name);
        if (value ? !read_value(member, value, target) : member->needed)
            return refuse(member, where, error);
    }
    json_object_foreach((json_t *)(uintptr_t)root, name, value)
    {
        const struct member *member = table;
        while (member->name && strcmp(member->name, name) != 0)
            member++;
        if (!member->name && (!also || strcmp(also, name) != 0))
            return error_set(error, -EINVAL, "%s has no \"%.40s\".", where, name);
    }
    return 0;
}

static int read_lines(const json_t *lines, struct platform_order *ret, struct error *error)
{
    size_t count = json_array_size(lines);
    if (count == 0 || count > PLATFORM_LINES_MAX)
        return error_set(error, -EINVAL, "An order has from 1 to %d \"lines\".", PLATFORM_LINES_MAX);
    ret->lines = calloc(count, sizeof(*ret->lines));
    if (!ret->lines)
        return error_set(error, -ENOMEM, "out of memory");
    ret->line_count = count;
    int result = 0;
    for (size_t i = 0; i < count && !result; i++) {
        char where[32];
        snprintf(where, sizeof(where), "line %zu", i + 1);
        result = read_members(line_members, json_array_get(lines, i), NULL, where, (char *)&ret->lines[i], error);
    }
    return result;
}

/* Every sum that can be made, so that a mistake in the program that tells is found there and not in the books. */
static int check_sums(const struct platform_order *order, struct error *error)
{
    int64_t goods = 0, paid = 0;
    for (size_t i = 0; i < order->line_count; i++) {
        const struct platform_line *line = &order->lines[i];
        int64_t whole;
        if (__builtin_mul_overflow(line->price_minor, line->quantity, &whole) || whole > MONEY_MAX)
            return error_set(error, -EINVAL, "Line %zu costs too much.", i + 1);
        goods += whole;
        paid += line->paid_minor;
    }
    int64_t due = order->goods_minor + order->freight_minor - order->discount_minor - order->platform_discount_minor;
    if (goods != order->goods_minor)
        return error_set(error, -EINVAL, "\"goods_minor\" is %lld, but prices and quantities of the lines make %lld.",
                         (long long)order->goods_minor, (long long)goods);
    if (due != order->paid_minor)
        return error_set(error, -EINVAL, "\"paid_minor\" is %lld, but goods and freight less both discounts make %lld.",
                         (long long)order->paid_minor, (long long)due);
    if (paid + order->freight_minor != order->paid_minor)
        return error_set(error, -EINVAL, "\"paid_minor\" is %lld, but that of the lines and freight make %lld.",
                         (long long)order->paid_minor, (long long)paid + (long long)order->freight_minor);
    return 0;
}

int order_put_read(const json_t *root, struct platform_order *ret, struct error *error)
{
    *ret = (struct platform_order){.line_count = 0};
    int result = read_members(order_members, root, "lines", "the order", (char *)ret, error);
    if (!result)
        result = read_lines(json_object_get(root, "lines"), ret, error);
    return result ? result : check_sums(ret, error);
}

void order_put_done(struct platform_order *order)
{
    free(order->lines);
    order->lines = NULL;
    order->line_count = 0;
}
