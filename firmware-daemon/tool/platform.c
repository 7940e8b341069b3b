/* What selling platforms want to be called with, and what they say: for whoever connects a system of their own, or
 * wonders why a platform refuses one. */
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "sync/platforms/call.h"
#include "sync/platforms/shop.h"
#include "sync/platforms/show.h"
#include "sync/platforms/text_json.h"
#include "tool/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUESTION_MAX ((size_t)1 << 20)
#define MINUTE_US    INT64_C(60000000)

/* ---------------------------------------------------------------- signing */

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

/* ---------------------------------------------------------------- trying */

const struct option_def platform_try_options[] = {
    {"shop", OPTION_TEXT_AT(struct tool_options, shop), "", 0, 0, NULL,
     "the file of the shop, a JSON object; - is standard input"},
    {"order", OPTION_TEXT_AT(struct tool_options, order), "", 0, 0, NULL, "the platform's number of an order"},
    {"minutes", OPTION_NUMBER_AT(struct tool_options, minutes), "30", 1, 1440, NULL,
     "how far back orders and refunds were modified"},
    {"cursor", OPTION_TEXT_AT(struct tool_options, cursor), "", 0, 0, NULL,
     "of the next page, as the answer before gave it"},
    {.name = NULL},
};

static int find_verb(const char *name, enum platform_verb *ret)
{
    static const enum platform_verb harmless[] = {PLATFORM_ORDERS, PLATFORM_ORDER, PLATFORM_REFUNDS, PLATFORM_CARRIERS};
    for (size_t i = 0; i < COUNT(harmless); i++)
        if (strcmp(platform_verb_name(harmless[i]), name) == 0) {
            *ret = harmless[i];
            return 0;
        }
    return -EINVAL;
}

static int read_shop(const char *path, struct platform_shop *ret, const struct platform **ret_platform,
                     struct error *error)
{
    CLEANUP_BUF struct buf text = {.max = QUESTION_MAX};
    CLEANUP_TEXT_JSON json_t *object = NULL;
    int result = strcmp(path, "-") == 0 ? file_read(stdin, &text) : file_load(path, &text);
    if (result)
        return error_set(error, result, "%s cannot be read: %s", path, strerror(-result));
    result = text_json_load(buf_text(&text), text.length, &object, error);
    if (!result)
        result = shop_of_json(object, ret, ret_platform, error);
    if (!result && (!*ret_platform || !(*ret_platform)->build))
        result = error_set(error, -EINVAL, "%s does not name a platform that can be called", path);
    return result;
}

static enum exit_code ask_platform(const struct platform *platform, const struct platform_shop *shop,
                                   const struct platform_want *want)
{
    CLEANUP(platform_answer_done) struct platform_answer answer = {0};
    CLEANUP_BUF struct buf out = {0};
    struct platform_transport *transport;
    struct platform_fault fault;
    struct error error = {0};
    int result = platform_curl_new(&(struct platform_curl_options){0}, &transport);
    if (result)
        return command_fail(EXIT_FAILED, "%s", strerror(-result));
    result = platform_call(platform, shop, want, transport, &answer, &fault, &error);
    platform_transport_free(transport);
    if (result == -ENOTSUP)
        return command_fail(EXIT_FAILED, "%s has no such call", platform->title);
    if (result)
        return command_fail(EXIT_FAILED, "%s", *error.text ? error.text : strerror(-result));
    platform_show(&out, &fault, &answer);
    puts(buf_text(&out));
    return fault.class == PLATFORM_OK ? EXIT_GOOD : EXIT_FAILED;
}

enum exit_code command_platform_try(struct command_call *call)
{
    const struct tool_options *options = &call->options;
    const struct platform *platform;
    struct platform_want want = {.now_us = clock_wall_us()};
    struct platform_shop shop;
    struct error error = {0};
    if (find_verb(call->words[0], &want.verb) != 0)
        return command_fail(EXIT_USAGE, "\"%s\" is none of orders, order, refunds and carriers", call->words[0]);
    if (!*options->shop || (want.verb == PLATFORM_ORDER && !*options->order))
        return command_fail(EXIT_USAGE,
                            "--shop must be given, and --order for one order; see floorhand platform try --help");
    if (read_shop(options->shop, &shop, &platform, &error) != 0)
        return command_fail(EXIT_FAILED, "%s", error.text);
    want.to_us = want.now_us;
    want.from_us = want.now_us - options->minutes * MINUTE_US;
    text_copy(want.order, sizeof(want.order), options->order);
    text_copy(want.cursor, sizeof(want.cursor), options->cursor);
    return ask_platform(platform, &shop, &want);
}
