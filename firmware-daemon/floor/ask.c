/* A supervisor's asks: finds the verb, checks its fields and who asks, and runs it. */
#include "floor/ask.h"

#include "base/json.h"
#include "base/text.h"
#include "floor/rights.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* A flow adds its verbs here. */
/* clang-format off */
static const struct verb *const flows[] = {
    session_verbs,
    setting_verbs,
    replenish_verbs,
    count_verbs,
    wave_verbs,
    label_verbs,
    template_verbs,
    trial_verbs,
    pin_verbs,
};
/* clang-format on */

int ask_refuse(struct ask *ask, enum message message, const char *name, const char *value)
{
    answer_set(&ask->effect->answer, message);
    if (name)
        answer_text(&ask->effect->answer, name, value);
    return FLOOR_REFUSED;
}

struct answer *ask_accept(struct ask *ask, enum message message)
{
    ask->effect->shows = true;
    answer_set(&ask->effect->answer, message);
    return &ask->effect->answer;
}

int ask_record(struct ask *ask, const char *type, const char *subject_kind, const char *subject, struct buf *data)
{
    json_close_object(data);
    return note(ask->store, type, subject_kind, subject, data, &ask->effect->seq);
}

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < COUNT(flows); i++)
        for (const struct verb *verb = flows[i]; verb->name; verb++)
            if (strcmp(verb->name, name) == 0)
                return verb;
    return NULL;
}

const struct verb *floor_verb_at(size_t index)
{
    for (size_t i = 0; i < COUNT(flows); i++)
        for (const struct verb *verb = flows[i]; verb->name; verb++)
            if (index-- == 0)
                return verb;
    return NULL;
}

/* ---------------------------------------------------------------- who asks */

static int take_worker(struct ask *ask, int64_t worker)
{
    int result = worker_load(ask->store, worker, &ask->by);
    if (result)
        return result;
    if (!ask->by.active)
        return ask_refuse(ask, E28_REVOKED, NULL, NULL);
    ask->store->stamp.worker = ask->by.id;
    ask->store->stamp.worker_code = ask->by.code;
    return roster_look(ask->store);
}

/* A page where nobody need sign in tells it by the badge alone; another one must not. */
static int take_badge(struct ask *ask, const char *badge)
{
    int64_t worker;
    if (ask->event->unproven || ask->event->asker)
        return ask_refuse(ask, E61_NO_FIELD, "f", ASK_BADGE);
    int result = worker_find_badge(ask->store, badge, &worker);
    if (result == -ENOENT)
        return ask_refuse(ask, E01_UNKNOWN, "c", badge);
    return result ? result : take_worker(ask, worker);
}

/* Without a name a page at a station asks, or the box itself. */
static int check_rights(struct ask *ask, const char *verb)
{
    const struct site_right *right = site_right_find(may_ask, verb);
    unsigned given = ask->by.id ? site_role_bit(ask->by.role) : ask->event->unproven ? ROLE_STATION : ROLE_BOX;
    if (!site_may(may_ask, verb, given, false))
        return ask->by.id && !site_may(may_ask, verb, ROLE_SUPERVISOR, false)
                   ? ask_refuse(ask, E95_ROLE, NULL, NULL)
                   : ask_refuse(ask, E18_SUPERVISOR, NULL, NULL);
    bool alone = ask->by.id && right->fresh && ask->store->stamp.stale;
    return alone ? ask_refuse(ask, E93_STALE, NULL, NULL) : 0;
}

/* ---------------------------------------------------------------- the fields */

/* Says what would be taken. */
static int refuse_field(struct ask *ask, const struct verb *verb, const char *name)
{
    const struct option_def *field = verb->fields;
    char want[ANSWER_VALUE_MAX], want_zh[ANSWER_VALUE_MAX];
    while (field->name && strcmp(field->name, name) != 0)
        field++;
    if (!field->name)
        return ask_refuse(ask, E61_NO_FIELD, "f", name);
    switch (field->type) {
    case OPTION_TEXT:
    case OPTION_PRIVATE:
        snprintf(want, sizeof(want), "a text of 1 to %zu bytes", field->size - 1);
        snprintf(want_zh, sizeof(want_zh), "1 到 %zu 字节的文本", field->size - 1);
        break;
    case OPTION_NUMBER:
        snprintf(want, sizeof(want), "a whole number from %" PRId64 " to %" PRId64, field->min, field->max);
        snprintf(want_zh, sizeof(want_zh), "%" PRId64 " 到 %" PRId64 " 的整数", field->min, field->max);
        break;
    case OPTION_FLAG:
        snprintf(want, sizeof(want), "yes or no");
        snprintf(want_zh, sizeof(want_zh), "yes 或 no");
        break;
    case OPTION_CHOICE:
        snprintf(want, sizeof(want), "one of %s", field->choices);
        snprintf(want_zh, sizeof(want_zh), "%s 之一", field->choices);
        break;
    }
    ask_refuse(ask, E60_FIELD, "f", name);
    answer_text(&ask->effect->answer, "want", want);
    answer_text(&ask->effect->answer, "want_zh", want_zh);
    return FLOOR_REFUSED;
}

static int take_field(struct ask *ask, const struct verb *verb, const char *name, const json_t *value, void *fields)
{
    char text[ASK_FIELDS_MAX];
    bool readable = option_value_text(value, text, sizeof(text));
    if (readable && strcmp(name, ASK_BADGE) == 0)
        return take_badge(ask, text);
    bool taken = readable && *text && option_set(verb->fields, fields, name, text, NULL) == 0;
    return taken ? 0 : refuse_field(ask, verb, name);
}

static int take_fields(struct ask *ask, const struct verb *verb, json_t *root, void *fields)
{
    const char *name;
    json_t *value;
    int result = 0;
    option_defaults(verb->fields, fields);
    json_object_foreach(root, name, value)
    {
        result = take_field(ask, verb, name, value, fields);
        if (result)
            return result;
    }
    for (const struct option_def *field = verb->fields; field->name; field++)
        if (!field->fallback && !json_object_get(root, field->name))
            return refuse_field(ask, verb, field->name);
    return 0;
}

int ask_rule(struct store *store, const struct event *event, struct effect *effect)
{
    struct ask ask = {.store = store, .event = event, .effect = effect};
    const struct verb *verb = find_verb(event->name);
    if (!verb)
        return ask_refuse(&ask, E62_NO_VERB, "v", event->name);
    union {
        char bytes[ASK_FIELDS_MAX];
        int64_t aligned;
    } fields = {{0}};
    assert(verb->size <= sizeof(fields));
    json_t *root = json_loadb(event_bytes(event), event->length, JSON_REJECT_DUPLICATES, NULL);
    int result = event->asker ? take_worker(&ask, event->asker) : 0;
    if (!result)
        result = take_fields(&ask, verb, root, &fields);
    json_decref(root);
    if (!result)
        result = check_rights(&ask, verb->name);
    if (result)
        return result;
    ask.fields = &fields;
    return verb->run(&ask);
}

/* ---------------------------------------------------------------- what can be asked for */

void floor_asks(struct buf *json)
{
    json_open_array(json, NULL);
    for (size_t i = 0; i < COUNT(flows); i++) {
        for (const struct verb *verb = flows[i]; verb->name; verb++) {
            json_open_object(json, NULL);
            json_text(json, "verb", verb->name);
            json_text(json, "help", verb->help);
            json_bool(json, "supervisor", site_right_is_higher(may_ask, verb->name));
            option_write_json(verb->fields, "fields", json);
            json_close_object(json);
        }
    }
    json_close_array(json);
}
