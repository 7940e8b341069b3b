/* What a path names: the data, the row of a list, or what follows from them. */
#include "drivers/label/template_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* NULL when it is missing, null, or below what is no object. */
static const json_t *find(const json_t *data, const char *path)
{
    for (;;) {
        size_t length = strcspn(path, ".");
        data = json_object_getn(data, path, length);
        if (path[length] == '\0')
            return json_is_null(data) ? NULL : data;
        path += length + 1;
    }
}

/* What follows "items." in "items.sku"; NULL when path does not begin with the list's name. */
static const char *below(const char *path, const char *list)
{
    size_t length = strlen(list);
    return strncmp(path, list, length) == 0 && path[length] == '.' ? path + length + 1 : NULL;
}

const json_t *scope_find(const struct scope *scope, const char *path)
{
    if (scope->list && strcmp(path, scope->list->each) == 0)
        return scope->row;
    const char *of_row = scope->list ? below(path, scope->list->each) : NULL;
    const json_t *found = of_row ? find(scope->row, of_row) : NULL;
    return found ? found : find(scope->data, path);
}

/* ---------------------------------------------------------------- what follows from the data */

static int not_a_number(const char *path, struct label_fault *fault)
{
    return label_refuse(fault, -EINVAL, LABEL_FIELD, path, "%s is not a number in every row", path);
}

static bool number_of(const json_t *value, double *ret)
{
    const char *text = json_string_value(value);
    char *end = NULL;
    *ret = text ? strtod(text, &end) : json_number_value(value);
    return text ? *text && !*end && isfinite(*ret) : json_is_number(value);
}

/* As people write it: no exponent, no zeros at the end. */
static void put_number(struct buf *out, double number)
{
    char text[64];
    int length = snprintf(text, sizeof(text), "%.6f", number);
    while (length > 1 && length < (int)sizeof(text) && text[length - 1] == '0')
        length--;
    length -= length > 0 && text[length - 1] == '.';
    buf_put(out, text, (size_t)length);
}

/* Nothing when no row has the member. */
static int put_sum(const json_t *rows, const char *path, const char *member, struct buf *out, struct label_fault *fault)
{
    double sum = 0;
    bool any = false;
    size_t i;
    const json_t *row;
    json_array_foreach(rows, i, row)
    {
        double number;
        const json_t *value = find(row, member);
        if (!value)
            continue;
        if (!number_of(value, &number) || fabs(sum + number) > 1e15)
            return not_a_number(path, fault);
        sum += number;
        any = true;
    }
    if (any)
        put_number(out, sum);
    return 0;
}

/* "items.count", "items.hidden", "items.sum.quantity"; -ENOENT when it is none of them. */
static int put_of_list(const struct scope *scope, const char *path, struct buf *out, struct label_fault *fault)
{
    char list[TEMPLATE_PATH_MAX];
    for (const char *dot = strchr(path, '.'); dot; dot = strchr(dot + 1, '.')) {
        snprintf(list, sizeof(list), "%.*s", (int)(dot - path), path);
        const json_t *rows = find(scope->data, list);
        if (!json_is_array(rows))
            continue;
        if (strcmp(dot, ".count") == 0)
            buf_printf(out, "%zu", json_array_size(rows));
        else if (strncmp(dot, ".sum.", 5) == 0)
            return put_sum(rows, path, dot + 5, out, fault);
        else if (strcmp(dot, ".hidden") != 0)
            return -ENOENT;
        for (size_t i = 0; i < scope->list_count && strcmp(dot, ".hidden") == 0; i++)
            if (strcmp(scope->lists[i].list->each, list) == 0 && scope->lists[i].hidden)
                buf_printf(out, "%zu", scope->lists[i].hidden);
        return 0;
    }
    return -ENOENT;
}

static bool put_of_page(const struct scope *scope, const char *path, struct buf *out)
{
    const struct {
        const char *name;
        size_t value;
    } numbers[] = {{"page", scope->page}, {"pages", scope->pages}, {"row", scope->row_number}};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        if (strcmp(path, numbers[i].name) == 0) {
            buf_printf(out, "%zu", numbers[i].value);
            return true;
        }
    }
    if (strcmp(path, "language") != 0)
        return false;
    buf_puts(out, scope->tongue == LABEL_ENGLISH ? "en" : "zh");
    return true;
}

/* ---------------------------------------------------------------- as text */

/* False when it is a list or an object. */
static bool put_scalar(const json_t *value, struct buf *out)
{
    if (json_is_string(value))
        buf_puts(out, json_string_value(value));
    else if (json_is_integer(value))
        buf_printf(out, "%" PRId64, (int64_t)json_integer_value(value));
    else if (json_is_real(value))
        put_number(out, json_real_value(value));
    else if (json_is_boolean(value))
        buf_puts(out, json_is_true(value) ? "yes" : "no");
    else
        return false;
    return true;
}

/* A list of texts is one text; false when there is something else in it. */
static bool put_list(const json_t *list, struct buf *out)
{
    size_t i;
    const json_t *value;
    json_array_foreach(list, i, value)
    {
        if (i > 0)
            buf_puts(out, ", ");
        if (!put_scalar(value, out))
            return false;
    }
    return true;
}

int scope_text(const struct scope *scope, const char *path, struct buf *out, struct label_fault *fault)
{
    const json_t *value = scope_find(scope, path);
    if (!value) {
        int result = put_of_page(scope, path, out) ? 0 : put_of_list(scope, path, out, fault);
        return result == -ENOENT ? 0 : result;
    }
    if (!(json_is_array(value) ? put_list(value, out) : put_scalar(value, out)))
        return label_refuse(fault, -EINVAL, LABEL_FIELD, path, "%s is not text; write it in quotes", path);
    return 0;
}
