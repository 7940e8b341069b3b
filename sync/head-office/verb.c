#include "sync/head-office/verb.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/staff/trail.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct office_verb *verb_at(size_t index)
{
    static const struct office_verb *const chapters[] = {
        order_verbs,     office_setting_verbs, rule_verbs,     split_verbs,   aftersale_verbs, shop_verbs,
        money_verbs,     bill_verbs,           invoice_verbs,  api_verbs,     put_verbs,       waybill_verbs,
        marketing_verbs, member_verbs,         customer_verbs, segment_verbs, service_verbs,   goods_verbs,
        buying_verbs,    figure_verbs,         improve_verbs,  rollout_verbs, staff_verbs,     join_verbs};
    for (size_t i = 0; i < COUNT(chapters); i++)
        for (const struct office_verb *verb = chapters[i]; verb->name; verb++)
            if (index-- == 0)
                return verb;
    return NULL;
}

const struct office_verb *verb_find(const char *name)
{
    const struct office_verb *verb = NULL;
    for (size_t i = 0; (verb = verb_at(i)); i++)
        if (strcmp(verb->name, name) == 0)
            break;
    return verb;
}

void verb_write(const struct office_verb *verb, struct buf *json)
{
    json_open_object(json, NULL);
    json_text(json, "verb", verb->name);
    json_text(json, "english", verb->english);
    json_text(json, "chinese", verb->chinese);
    option_write_json(verb->fields, "fields", json);
    json_close_object(json);
}

/* A list or an object as its text. */
static bool value_text(const json_t *value, char *out, size_t capacity)
{
    if (!json_is_object(value) && !json_is_array(value))
        return option_value_text(value, out, capacity);
    size_t length = json_dumpb(value, out, capacity - 1, JSON_COMPACT);
    if (length == 0 || length >= capacity)
        return false;
    out[length] = '\0';
    return true;
}

static int take_fields(const struct office_verb *verb, const json_t *root, void *fields, struct error *error)
{
    const char *name;
    json_t *value;
    option_defaults(verb->fields, fields);
    json_object_foreach((json_t *)(uintptr_t)root, name, value)
    {
        char text[VERB_VALUE_MAX];
        if (json_is_null(value))
            continue;
        if (!value_text(value, text, sizeof(text)))
            return error_set(error, -EINVAL, "\"%s\" cannot be read: give it as a text or a number", name);
        int result = option_set(verb->fields, fields, name, text, error);
        if (result)
            return result == -ENOENT ? -EINVAL : result;
    }
    for (const struct option_def *field = verb->fields; field->name; field++)
        if (!field->fallback && !json_object_get(root, field->name))
            return error_set(error, -EINVAL, "\"%s\" needs \"%s\": %s", verb->name, field->name, field->help);
    return 0;
}

/* Its fields for the trail, as they were given; of what is private, that it was. */
static void write_about(const struct office_verb *verb, const json_t *root, struct buf *about)
{
    json_open_object(about, NULL);
    for (const struct option_def *field = verb->fields; field->name; field++) {
        char text[VERB_VALUE_MAX];
        const json_t *value = json_object_get(root, field->name);
        if (value && value_text(value, text, sizeof(text)))
            json_text(about, field->name, field->type == OPTION_PRIVATE ? "*" : text);
    }
    json_close_object(about);
}

static int run(struct verb_call *call, const struct office_verb *verb, const json_t *fields, struct error *error)
{
    CLEANUP_BUF struct buf about = {0};
    int result = office_begin(call->office, error);
    if (result)
        return result;
    result = verb->run(call, error);
    write_about(verb, fields, &about);
    if (!result)
        result = trail_add(call->office, call->who, verb->name, buf_text(&about), error);
    if (!result)
        result = office_commit(call->office, error);
    office_rollback(call->office);
    return result;
}

int verb_do(struct office *office, const char *name, const json_t *fields, const char *who, struct buf *answer,
            struct error *error)
{
    const struct office_verb *verb = verb_find(name);
    if (!verb)
        return error_set(error, -ENOENT, "nobody can be asked for \"%s\": \"floorhand-hq verbs\" lists what can be",
                         name);
    union {
        char bytes[VERB_FIELDS_MAX];
        int64_t aligned;
    } values = {{0}};
    assert(verb->size <= sizeof(values));
    int result = take_fields(verb, fields, &values, error);
    if (result)
        return result;
    struct verb_call call = {.office = office, .who = who, .fields = &values, .answer = answer};
    json_open_object(answer, NULL);
    result = run(&call, verb, fields, error);
    json_close_object(answer);
    return result;
}
