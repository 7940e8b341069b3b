#include "sync/wire/control.h"

#include "base/cleanup.h"
#include "base/json.h"
#include "base/text.h"
#include "sync/wire/line.h"
#include "sync/wire/types.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct kind {
    const char *name; /* short type name */
    bool from_site;
};

static const struct kind kinds[] = {
    [WIRE_HELLO] = {"sync.hello", true},       [WIRE_FACK] = {"sync.fack", true},
    [WIRE_DIVERGED] = {"sync.diverged", true}, [WIRE_WELCOME] = {"sync.welcome", false},
    [WIRE_ACK] = {"sync.ack", false},          [WIRE_OFFICE] = {"sync.office", false},
    [WIRE_PRESENCE] = {"sync.presence", true},
};

enum field_type { FIELD_NAME, FIELD_NUMBER, FIELD_FLAG };

struct field {
    unsigned kinds; /* bit set of enum wire_kind */
    const char *name;
    enum field_type type;
    size_t offset, size;
    int64_t min, max; /* a number's range, a text's length */
};

#define IN(kind)   (1u << (WIRE_##kind))
#define AT(member) offsetof(struct wire_control, member), sizeof(((struct wire_control *)0)->member)

#define SEQ_MAX INT64_C(9999999999999999) /* sixteen digits: wire_sequence_write() */

static const struct field fields[] = {
    {IN(HELLO) | IN(WELCOME), "nonce", FIELD_NAME, AT(nonce), ID_TEXT_SIZE - 1, ID_TEXT_SIZE - 1},
    {IN(FACK) | IN(DIVERGED) | IN(WELCOME) | IN(ACK) | IN(OFFICE), "gen", FIELD_NAME, AT(gen), ID_TEXT_SIZE - 1,
     ID_TEXT_SIZE - 1},
    {IN(HELLO) | IN(PRESENCE), "site", FIELD_NAME, AT(site), 2, WIRE_NAME_MAX},
    {IN(HELLO), "box", FIELD_NAME, AT(box), 3, WIRE_NAME_MAX},
    {IN(HELLO) | IN(DIVERGED) | IN(WELCOME) | IN(ACK), "epoch", FIELD_NUMBER, AT(epoch), 1, UINT32_MAX},
    {IN(HELLO) | IN(DIVERGED), "last_seq", FIELD_NUMBER, AT(last_seq), 0, SEQ_MAX},
    {IN(HELLO), "feed_seq", FIELD_NUMBER, AT(feed_seq), 0, SEQ_MAX},
    {IN(HELLO), "boot", FIELD_NUMBER, AT(boot), 0, INT64_MAX},
    {IN(FACK), "seq", FIELD_NUMBER, AT(seq), 0, SEQ_MAX},
    {IN(WELCOME) | IN(ACK), "applied", FIELD_NUMBER, AT(applied), 0, SEQ_MAX},
    {IN(WELCOME), "applied_hash", FIELD_NAME, AT(applied_hash), CHAIN_TEXT_SIZE - 1, CHAIN_TEXT_SIZE - 1},
    {IN(WELCOME), "feed_head", FIELD_NUMBER, AT(feed_head), 0, SEQ_MAX},
    {IN(WELCOME), "window", FIELD_NUMBER, AT(window), 1, WIRE_WINDOW_MAX},
    {IN(WELCOME), "segment_max", FIELD_NUMBER, AT(segment_max), 1, WIRE_SEGMENT_LINES_MAX},
    {IN(WELCOME), "linger_ms", FIELD_NUMBER, AT(linger_ms), 0, WIRE_LINGER_MAX},
    {IN(OFFICE) | IN(PRESENCE), "online", FIELD_FLAG, AT(online), 0, 0},
    {IN(OFFICE), "since", FIELD_NAME, AT(since), CLOCK_TEXT_SIZE - 1, CLOCK_TEXT_SIZE - 1},
};

static void write_field(struct buf *out, const struct field *field, const struct wire_control *control)
{
    const char *member = (const char *)control + field->offset;
    int64_t number;
    switch (field->type) {
    case FIELD_NAME:
        json_text(out, field->name, member);
        break;
    case FIELD_NUMBER:
        memcpy(&number, member, sizeof(number));
        json_int(out, field->name, number);
        break;
    case FIELD_FLAG:
        json_bool(out, field->name, *(const bool *)(const void *)member);
        break;
    }
}

void wire_control_write(struct buf *out, const struct wire_control *control, const struct random_source *random)
{
    char id[ID_TEXT_SIZE], text[64];
    const struct kind *kind = &kinds[control->kind];
    id_new(random, id);
    json_open_object(out, NULL);
    json_text(out, "specversion", "1.0");
    json_text(out, "id", id);
    snprintf(text, sizeof(text), "%s%s", WIRE_SITE_SOURCE, control->site);
    json_text(out, "source", kind->from_site ? text : WIRE_OFFICE_SOURCE);
    snprintf(text, sizeof(text), "io.floorhand.%s.v1", kind->name);
    json_text(out, "type", text);
    json_text(out, "datacontenttype", "application/json");
    json_open_object(out, "data");
    for (size_t i = 0; i < COUNT(fields); i++)
        if (fields[i].kinds & 1u << control->kind)
            write_field(out, &fields[i], control);
    json_close_object(out);
    json_close_object(out);
}

static int read_text(const struct field *field, const json_t *value, char *member, const char *what,
                     struct error *error)
{
    size_t length = json_string_length(value);
    if (!json_is_string(value) || length < (size_t)field->min || length > (size_t)field->max)
        return error_set(error, -EBADMSG, "a %s needs \"%s\" as a text of %" PRId64 " to %" PRId64 " bytes", what,
                         field->name, field->min, field->max);
    text_copy_n(member, field->size, json_string_value(value), length);
    return 0;
}

static int read_field(const struct field *field, const json_t *data, struct wire_control *control, const char *what,
                      struct error *error)
{
    const json_t *value = json_object_get(data, field->name);
    char *member = (char *)control + field->offset;
    int64_t number = json_integer_value(value);
    switch (field->type) {
    case FIELD_NAME:
        return read_text(field, value, member, what, error);
    case FIELD_NUMBER:
        if (!json_is_integer(value) || number < field->min || number > field->max)
            return error_set(error, -EBADMSG, "a %s needs \"%s\" as a whole number from %" PRId64 " to %" PRId64, what,
                             field->name, field->min, field->max);
        memcpy(member, &number, sizeof(number));
        return 0;
    case FIELD_FLAG:
        if (!json_is_boolean(value))
            return error_set(error, -EBADMSG, "a %s needs \"%s\" as true or false", what, field->name);
        *(bool *)(void *)member = json_is_true(value);
        return 0;
    }
    return 0;
}

static int find_kind(const json_t *json, enum wire_kind *ret, struct error *error)
{
    const char *type = json_string_value(json_object_get(json, "type"));
    size_t length;
    const char *name = wire_type_name(type ? type : "", &length);
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (strlen(kinds[i].name) == length && memcmp(kinds[i].name, name, length) == 0) {
            *ret = (enum wire_kind)i;
            return 0;
        }
    }
    return error_set(error, -ENOTSUP, "a control message has a \"type\" that this version does not know: %.80s",
                     type ? type : "none");
}

/* The source says who speaks; a site's name is kept. */
static int read_source(const json_t *json, struct wire_control *control, struct error *error)
{
    const struct kind *kind = &kinds[control->kind];
    const char *source = json_string_value(json_object_get(json, "source"));
    const size_t prefix = strlen(WIRE_SITE_SOURCE);
    if (source && !kind->from_site && strcmp(source, WIRE_OFFICE_SOURCE) == 0)
        return 0;
    if (source && kind->from_site && strncmp(source, WIRE_SITE_SOURCE, prefix) == 0 && wire_site_ok(source + prefix)) {
        text_copy(control->site, sizeof(control->site), source + prefix);
        return 0;
    }
    return error_set(error, -EBADMSG, "a %s does not come from %s", kind->name,
                     kind->from_site ? "a site" : "head office");
}

static int read_control(const json_t *json, struct wire_control *control, struct error *error)
{
    const char *version = json_string_value(json_object_get(json, "specversion"));
    if (!version || strcmp(version, "1.0") != 0)
        return error_set(error, -EBADMSG, "a control message is not CloudEvents 1.0");
    int result = find_kind(json, &control->kind, error);
    if (!result)
        result = read_source(json, control, error);
    const json_t *data = json_object_get(json, "data");
    char source_site[WIRE_NAME_SIZE];
    memcpy(source_site, control->site, sizeof(source_site));
    for (size_t i = 0; !result && i < COUNT(fields); i++)
        if (fields[i].kinds & 1u << control->kind)
            result = read_field(&fields[i], data, control, kinds[control->kind].name, error);
    if (!result && strcmp(source_site, control->site) != 0)
        result = error_set(error, -EBADMSG, "a %s names another site than its source", kinds[control->kind].name);
    if (!result && kinds[control->kind].from_site && *control->box && !wire_box_ok(control->box))
        result = error_set(error, -EBADMSG, "a box's name is 3 to %d of a-z, 0-9 and '-'", WIRE_NAME_MAX);
    return result;
}

int wire_control_parse(const char *text, size_t length, struct wire_control *ret, struct error *error)
{
    json_t *json CLEANUP_JSON = NULL;
    int result = wire_strict_parse(text, length, WIRE_CONTROL_MAX, "a control message", &json, error);
    if (result)
        return result;
    struct wire_control control = {0};
    result = read_control(json, &control, error);
    if (!result)
        *ret = control;
    return result;
}
