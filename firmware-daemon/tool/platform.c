/* What selling platforms want to be called with: their signatures, for whoever connects a system of their own, or
 * wonders why a platform refuses one. */
#include "sync/platforms/platform.h"
#include "base/file.h"
#include "sync/platforms/text_json.h"
#include "tool/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUESTION_MAX ((size_t)1 << 20)

static int read_question(json_t **ret, struct error *error)
{
    CLEANUP_BUF struct buf text = {.max = QUESTION_MAX};
    int result = file_read(stdin, &text);
    if (result)
        return error_set(error, result, "the standard input cannot be read: %s", strerror(-result));
    result = text_json_load(buf_text(&text), text.length, ret, error);
    if (result)
        return result;
    const json_t *params = json_object_get(*ret, "params"), *method = json_object_get(*ret, "sign_method");
    if (!json_is_string(json_object_get(*ret, "secret")) || !json_is_object(params) ||
        (method && !json_is_string(method) && !json_is_null(method)))
        return error_set(error, -EBADMSG,
                         "an object with the text secret, the object params and, where it is not the "
                         "platform's own, the text sign_method is wanted");
    return 0;
}

/* What is null is no parameter. true and false are signed as these words. */
static int take_params(json_t *params, struct platform_value *values, size_t *ret_count, struct error *error)
{
    const char *name;
    json_t *value;
    json_object_foreach(params, name, value)
    {
        if (json_is_object(value) || json_is_array(value))
            return error_set(error, -EBADMSG,
                             "\"%.60s\" is no text: of an object, give the text that is sent, as it is sent", name);
        if (!json_is_null(value))
            values[(*ret_count)++] = (struct platform_value){name, text_json_text(params, name)};
    }
    return 0;
}

static int sign(const struct platform *platform, json_t *question, struct buf *out, struct error *error)
{
    json_t *params = json_object_get(question, "params");
    CLEANUP(cleanup_free) struct platform_value *values = calloc(json_object_size(params) + 1, sizeof(*values));
    size_t count = 0;
    if (!values)
        return error_set(error, -ENOMEM, "there is no memory");
    int result = take_params(params, values, &count, error);
    if (!result)
        result = platform->sign(text_json_text(question, "secret"), text_json_text(question, "sign_method"), values,
                                count, out, error);
    return result;
}

enum exit_code command_platform_sign(struct command_call *call)
{
    const struct platform *platform = platform_find(call->words[0]);
    CLEANUP_TEXT_JSON json_t *question = NULL;
    CLEANUP_BUF struct buf out = {0};
    struct error error = {0};
    if (!platform || !platform->sign)
        return command_fail(EXIT_USAGE, "\"%s\" is none of taobao, jd, pdd, douyin and kuaishou", call->words[0]);
    int result = read_question(&question, &error);
    if (!result)
        result = sign(platform, question, &out, &error);
    if (result)
        return command_fail(EXIT_FAILED, "%s", *error.text ? error.text : strerror(-result));
    puts(buf_text(&out));
    return EXIT_GOOD;
}
