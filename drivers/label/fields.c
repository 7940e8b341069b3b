#include "drivers/label/fields.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* NULL when it is missing, null, or not below an object. */
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

int fields_read_texts(const json_t *data, const struct field_text *fields, size_t count, void *target,
                      struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        const json_t *value = find(data, fields[i].path);
        if (value && !json_is_string(value))
            return error_set(error, -EINVAL, "label_field: %s is not text; write it in quotes", fields[i].path);
        const char *text = json_string_value(value);
        if (fields[i].needed && (!text || !*text))
            return error_set(error, -EINVAL, "label_field: %s is missing; the label cannot be printed without it",
                             fields[i].path);
        memcpy((char *)target + fields[i].offset, &text, sizeof(text));
    }
    return 0;
}

int fields_read_int(const json_t *data, const char *path, int64_t min, int64_t max, int64_t fallback, int64_t *ret,
                    struct error *error)
{
    const json_t *value = find(data, path);
    if (!value) {
        *ret = fallback;
        return 0;
    }
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < min || number > max)
        return error_set(error, -EINVAL, "label_field: %s is not a whole number from %" PRId64 " to %" PRId64, path,
                         min, max);
    *ret = number;
    return 0;
}

int fields_read_array(const json_t *data, const char *path, const json_t **ret, struct error *error)
{
    const json_t *value = find(data, path);
    if (value && !json_is_array(value))
        return error_set(error, -EINVAL, "label_field: %s is not a list", path);
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!json_is_object(json_array_get(value, i)))
            return error_set(error, -EINVAL, "label_field: entry %zu of %s is not an object", i + 1, path);
    *ret = value;
    return 0;
}
