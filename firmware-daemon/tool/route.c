#include "plan/route.h"
#include "base/file.h"
#include "base/json.h"
#include "tool/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#define FILE_MAX ((size_t)8 << 20) /* bytes; ten times what the most picks need */

struct question {
    struct route_floor floor;
    struct route_place *picks;
    size_t count;
};

static void question_done(struct question *question)
{
    free(question->picks);
}

static void json_done(json_t **json)
{
    json_decref(*json);
}

/* ---------------------------------------------------------------- reading */

/* A number of an object; 3000.0 is 3000. optional: when it is left out, *ret stays as it is. where: "pick 3: the " */
static int read_number(const json_t *object, const char *where, const char *key, bool optional, int64_t *ret,
                       struct error *error)
{
    const json_t *value = json_object_get(object, key);
    if (!value && optional)
        return 0;
    if (!value)
        return error_set(error, -EINVAL, "%s\"%s\" is missing", where, key);
    double real = json_number_value(value);
    if (json_is_integer(value))
        *ret = json_integer_value(value);
    else if (json_is_real(value) && fabs(real) <= 1e15 && floor(real) >= real)
        *ret = (int64_t)real;
    else
        return error_set(error, -EINVAL, "%s\"%s\" must be a whole number", where, key);
    return 0;
}

static int read_pick(const json_t *object, size_t number, bool one_block, struct route_place *ret, struct error *error)
{
    char where[40];
    snprintf(where, sizeof(where), "pick %zu: ", number);
    if (!json_is_object(object))
        return error_set(error, -EINVAL, "%san object with aisle, block and position is wanted", where);
    int result = read_number(object, where, "aisle", false, &ret->aisle, error);
    if (!result)
        result = read_number(object, where, "block", one_block, &ret->block, error);
    if (!result)
        result = read_number(object, where, "position", false, &ret->position_mm, error);
    return result;
}

static int read_picks(const json_t *picks, struct question *question, struct error *error)
{
    if (!json_is_array(picks))
        return error_set(error, -EINVAL, "\"picks\" must be an array");
    question->count = json_array_size(picks);
    question->picks = calloc(question->count + 1, sizeof(*question->picks));
    if (!question->picks)
        return error_set(error, -ENOMEM, "there is no memory for the picks");
    for (size_t i = 0; i < question->count; i++) {
        int result = read_pick(json_array_get(picks, i), i, question->floor.blocks == 1, &question->picks[i], error);
        if (result)
            return result;
    }
    return 0;
}

static int read_question(const struct buf *text, struct question *question, struct error *error)
{
    json_error_t why;
    CLEANUP(json_done) json_t *root = json_loadb(buf_text(text), text->length, JSON_REJECT_DUPLICATES, &why);
    if (!root)
        return error_set(error, -EINVAL, "it is not JSON: line %d, column %d: %s", why.line, why.column, why.text);
    if (!json_is_object(root))
        return error_set(error, -EINVAL,
                         "an object with blocks, aisles, aisle_length, aisle_distance and picks is wanted");
    const struct {
        const char *key;
        int64_t *ret;
    } numbers[] = {{"blocks", &question->floor.blocks},
                   {"aisles", &question->floor.aisles},
                   {"aisle_length", &question->floor.aisle_length_mm},
                   {"aisle_distance", &question->floor.aisle_distance_mm}};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        int result = read_number(root, "", numbers[i].key, false, numbers[i].ret, error);
        if (result)
            return result;
    }
    int result = read_picks(json_object_get(root, "picks"), question, error);
    return result ? result : route_check(&question->floor, question->picks, question->count, error);
}

/* ---------------------------------------------------------------- answering */

static int answer(const struct question *question, struct buf *json)
{
    struct route best;
    CLEANUP(cleanup_free) size_t *order = calloc(question->count + 1, sizeof(*order));
    if (!order)
        return -ENOMEM;
    int result = route_best(&question->floor, question->picks, question->count, &best, order);
    if (result)
        return result;
    json_open_object(json, NULL);
    json_int(json, "length", best.length_mm);
    json_open_array(json, "order");
    for (size_t i = 0; i < question->count; i++)
        json_int(json, NULL, (int64_t)order[i]);
    json_close_array(json);
    json_text(json, "method", route_method_names[best.method]);
    json_open_object(json, "heuristics");
    for (enum route_method method = ROUTE_S_SHAPE; method < ROUTE_EXACT; method++) {
        int64_t length_mm;
        result = route_solve(&question->floor, question->picks, question->count, method, &length_mm, NULL);
        if (result)
            return result;
        json_int(json, route_method_names[method], length_mm);
    }
    json_close_object(json);
    json_close_object(json);
    return json->failed ? -ENOMEM : 0;
}

enum exit_code command_route(struct command_call *call)
{
    const char *path = call->words[0];
    bool piped = strcmp(path, "-") == 0;
    const char *name = piped ? "the standard input" : path;
    CLEANUP_BUF struct buf text = {.max = FILE_MAX}, json = {0};
    CLEANUP(question_done) struct question question = {0};
    struct error error;
    int result = piped ? file_read(stdin, &text) : file_load(path, &text);
    if (result == -EFBIG)
        return command_fail(EXIT_FAILED, "%s is larger than 8 MiB", name);
    if (result)
        return command_fail(EXIT_FAILED, "%s cannot be read: %s", name, strerror(-result));
    if (read_question(&text, &question, &error) != 0)
        return command_fail(EXIT_FAILED, "%s: %s", name, error.text);
    result = answer(&question, &json);
    if (result)
        return command_fail(EXIT_FAILED, "the tour cannot be planned: %s", strerror(-result));
    puts(buf_text(&json));
    return EXIT_GOOD;
}
