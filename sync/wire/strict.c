#include "sync/wire/strict.h"

#include "base/text.h"

#include <errno.h>

static int check_value(json_t *value, int depth, const char *what, struct error *error)
{
    if (json_is_real(value))
        return error_set(error, -EBADMSG, "%s has a number with a fraction; use whole numbers or text", what);
    bool nested = json_is_object(value) || json_is_array(value);
    if (nested && depth > WIRE_DEPTH_MAX)
        return error_set(error, -EBADMSG, "%s is nested deeper than %d levels", what, WIRE_DEPTH_MAX);
    int result = 0;
    const char *key;
    json_t *member;
    size_t i;
    json_object_foreach(value, key, member)
    {
        if (!result)
            result = check_value(member, depth + 1, what, error);
    }
    json_array_foreach(value, i, member)
    {
        if (!result)
            result = check_value(member, depth + 1, what, error);
    }
    return result;
}

int wire_strict_parse(const char *text, size_t length, size_t max, const char *what, json_t **ret, struct error *error)
{
    if (length > max)
        return error_set(error, -EMSGSIZE, "%s is longer than %zu bytes", what, max);
    if (!text_is_utf8(text, length))
        return error_set(error, -EBADMSG, "%s is not valid UTF-8", what);
    json_error_t why;
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &why);
    if (!json)
        return error_set(error, -EBADMSG, "%s is not JSON at byte %d: %s", what, why.position, why.text);
    int result = 0;
    if (!json_is_object(json))
        result = error_set(error, -EBADMSG, "%s is not a JSON object", what);
    else
        result = check_value(json, 1, what, error);
    if (result)
        json_decref(json);
    else
        *ret = json;
    return result;
}
