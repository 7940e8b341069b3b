#include "sync/wire/control.h"

#include "base/cleanup.h"
#include "base/json.h"
#include "base/text.h"
#include "sync/wire/line.h"
#include "sync/wire/types.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

struct kind {
    const char *name; /* short type name */
    bool from_site;
};

static const struct kind kinds[] = {
    [WIRE_HELLO] = {"sync.hello", true},
    [WIRE_PROBE] = {"sync.probe", true},
    [WIRE_FACK] = {"sync.fack", true},
    [WIRE_SNAP_ASK] = {"sync.snap_ask", true},
    [WIRE_WELCOME] = {"sync.welcome", false},
    [WIRE_ACK] = {"sync.ack", false},
    [WIRE_FENCE] = {"sync.fence", false},
    [WIRE_GRANT] = {"sync.grant", false},
    [WIRE_SNAP_OFFER] = {"sync.snap_offer", false},
    [WIRE_OFFICE] = {"sync.office", false},
    [WIRE_PRESENCE] = {"sync.presence", true},
};

enum field_type { FIELD_NAME, FIELD_NUMBER, FIELD_FLAG, FIELD_MARKS };

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

#define ID_LENGTH   (ID_TEXT_SIZE - 1)
#define HASH_LENGTH (CHAIN_TEXT_SIZE - 1)
#define UP_KINDS    (IN(HELLO) | IN(PROBE) | IN(FACK) | IN(SNAP_ASK))
#define DOWN_KINDS  (IN(WELCOME) | IN(ACK) | IN(FENCE) | IN(GRANT) | IN(SNAP_OFFER))

static const struct field fields[] = {
    {IN(HELLO) | IN(PROBE) | IN(SNAP_ASK) | IN(WELCOME) | IN(GRANT) | IN(SNAP_OFFER), "nonce", FIELD_NAME, AT(nonce),
     ID_LENGTH, ID_LENGTH},
    {IN(FENCE), "nonce", FIELD_NAME, AT(nonce), 0, ID_LENGTH}, /* "": it answers no hello */
    {IN(FACK) | IN(WELCOME) | IN(ACK) | IN(SNAP_OFFER) | IN(OFFICE), "gen", FIELD_NAME, AT(gen), ID_LENGTH, ID_LENGTH},
    {IN(HELLO), "gen", FIELD_NAME, AT(gen), 0, ID_LENGTH}, /* "": none has been met */
    {UP_KINDS | DOWN_KINDS | IN(PRESENCE), "site", FIELD_NAME, AT(site), 2, WIRE_NAME_MAX},
    {IN(HELLO), "box", FIELD_NAME, AT(box), 3, WIRE_NAME_MAX},
    {IN(HELLO), "hardware", FIELD_NAME, AT(hardware), WIRE_HARDWARE_SIZE - 1, WIRE_HARDWARE_SIZE - 1},
    {IN(HELLO) | IN(PROBE) | IN(WELCOME) | IN(ACK) | IN(FENCE) | IN(GRANT) | IN(SNAP_OFFER), "epoch", FIELD_NUMBER,
     AT(epoch), 1, UINT32_MAX},
    {IN(HELLO) | IN(PROBE), "last_seq", FIELD_NUMBER, AT(last_seq), 0, SEQ_MAX},
    {IN(HELLO), "feed_seq", FIELD_NUMBER, AT(feed_seq), 0, SEQ_MAX},
    {IN(HELLO) | IN(WELCOME), "feed_hash", FIELD_NAME, AT(feed_hash), HASH_LENGTH, HASH_LENGTH},
    {IN(HELLO), "boot", FIELD_NUMBER, AT(boot), 0, INT64_MAX},
    {IN(HELLO) | IN(WELCOME), "schema", FIELD_NUMBER, AT(schema), 1, INT32_MAX},
    {IN(PROBE), "oldest", FIELD_NUMBER, AT(oldest), 1, SEQ_MAX},
    {IN(PROBE), "marks", FIELD_MARKS, AT(marks), 0, 0},
    {IN(PROBE), "feed_marks", FIELD_MARKS, AT(feed_marks), 0, 0},
    {IN(FACK) | IN(SNAP_ASK), "seq", FIELD_NUMBER, AT(seq), 0, SEQ_MAX},
    {IN(HELLO) | IN(WELCOME) | IN(ACK) | IN(SNAP_OFFER), "applied", FIELD_NUMBER, AT(applied), 0, SEQ_MAX},
    {IN(WELCOME) | IN(ACK) | IN(SNAP_OFFER), "applied_hash", FIELD_NAME, AT(applied_hash), HASH_LENGTH, HASH_LENGTH},
    {IN(WELCOME) | IN(ACK), "durable_epoch", FIELD_NUMBER, AT(durable_epoch), 0, UINT32_MAX},
    {IN(WELCOME) | IN(ACK), "durable_seq", FIELD_NUMBER, AT(durable_seq), 0, SEQ_MAX},
    {IN(WELCOME) | IN(ACK), "durable_feed", FIELD_NUMBER, AT(durable_feed), 0, SEQ_MAX},
    {IN(WELCOME), "feed_head", FIELD_NUMBER, AT(feed_head), 0, SEQ_MAX},
    {IN(WELCOME), "feed_base", FIELD_NUMBER, AT(feed_base), -1, SEQ_MAX},
    {IN(WELCOME), "window", FIELD_NUMBER, AT(window), 1, WIRE_WINDOW_MAX},
    {IN(WELCOME), "segment_max", FIELD_NUMBER, AT(segment_max), 1, WIRE_SEGMENT_LINES_MAX},
    {IN(WELCOME), "linger_ms", FIELD_NUMBER, AT(linger_ms), 0, WIRE_LINGER_MAX},
    {IN(WELCOME), "now_ms", FIELD_NUMBER, AT(now_ms), 0, INT64_MAX},
    {IN(FENCE), "code", FIELD_NAME, AT(code), 1, WIRE_CODE_SIZE - 1},
    {IN(FENCE), "retry_s", FIELD_NUMBER, AT(retry_s), 0, 86400},
    {IN(GRANT), "base_epoch", FIELD_NUMBER, AT(base_epoch), 0, UINT32_MAX},
    {IN(GRANT), "base_seq", FIELD_NUMBER, AT(base_seq), 0, SEQ_MAX},
    {IN(GRANT), "base_hash", FIELD_NAME, AT(base_hash), HASH_LENGTH, HASH_LENGTH},
    {IN(GRANT), "grant_nonce", FIELD_NAME, AT(grant_nonce), ID_LENGTH, ID_LENGTH},
    {IN(SNAP_ASK) | IN(SNAP_OFFER), "snap", FIELD_NAME, AT(snap), ID_LENGTH, ID_LENGTH},
    {IN(SNAP_OFFER), "lines", FIELD_NUMBER, AT(lines), 0, SEQ_MAX},
    {IN(SNAP_OFFER), "lines_hash", FIELD_NAME, AT(lines_hash), HASH_LENGTH, HASH_LENGTH},
    {IN(OFFICE) | IN(PRESENCE), "online", FIELD_FLAG, AT(online), 0, 0},
    {IN(OFFICE), "since", FIELD_NAME, AT(since), CLOCK_TEXT_SIZE - 1, CLOCK_TEXT_SIZE - 1},
};

/* As [[epoch, number, "hash"], ...]. */
static void write_marks(struct buf *out, const char *name, const struct wire_marks *marks)
{
    char hash[CHAIN_TEXT_SIZE];
    json_open_array(out, name);
    for (size_t i = 0; i < marks->count; i++) {
        chain_text(marks->at[i].hash, hash);
        json_open_array(out, NULL);
        json_int(out, NULL, marks->at[i].epoch);
        json_int(out, NULL, marks->at[i].seq);
        json_text(out, NULL, hash);
        json_close_array(out);
    }
    json_close_array(out);
}

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
    case FIELD_MARKS:
        write_marks(out, field->name, (const struct wire_marks *)(const void *)member);
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

static bool read_mark(const json_t *value, struct chain_mark *ret)
{
    const json_t *epoch = json_array_get(value, 0), *seq = json_array_get(value, 1);
    const char *hash = json_string_value(json_array_get(value, 2));
    ret->epoch = json_integer_value(epoch);
    ret->seq = json_integer_value(seq);
    return json_array_size(value) == 3 && json_is_integer(epoch) && json_is_integer(seq) && hash && ret->epoch >= 0 &&
           ret->epoch <= UINT32_MAX && ret->seq >= 0 && ret->seq <= SEQ_MAX && chain_of_text(hash, ret->hash);
}

static int read_marks(const struct field *field, const json_t *value, struct wire_marks *ret, const char *what,
                      struct error *error)
{
    bool right = json_is_array(value) && json_array_size(value) <= WIRE_MARKS_MAX;
    ret->count = right ? json_array_size(value) : 0;
    for (size_t i = 0; i < ret->count && right; i++)
        right = read_mark(json_array_get(value, i), &ret->at[i]);
    return right ? 0
                 : error_set(error, -EBADMSG, "a %s needs \"%s\" as at most %d of [epoch, number, hash]", what,
                             field->name, WIRE_MARKS_MAX);
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
    case FIELD_MARKS:
        return read_marks(field, value, (struct wire_marks *)(void *)member, what, error);
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
    if (!result && kinds[control->kind].from_site && strcmp(source_site, control->site) != 0)
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

/* ---------------------------------------------------------------- signed: ,"key":"<64>","sig":"<128>"} at the end */

#define KEY_BEGIN  ",\"key\":\""
#define SIG_BEGIN  "\",\"sig\":\""
#define SIG_END    "\"}"
#define KEY_DIGITS (2 * (size_t)WIRE_PUBLIC_KEY)
#define SIG_DIGITS (2 * (size_t)WIRE_SIGNATURE)

void wire_control_sign(struct buf *text, const struct wire_key *key)
{
    char key_text[KEY_DIGITS + 1], sig_text[SIG_DIGITS + 1];
    uint8_t signature[WIRE_SIGNATURE];
    if (text->failed || text->length == 0)
        return;
    text->length--; /* its closing brace */
    sodium_bin2hex(key_text, sizeof(key_text), wire_key_public(key), WIRE_PUBLIC_KEY);
    buf_printf(text, KEY_BEGIN "%s", key_text);
    crypto_sign_detached(signature, NULL, (const uint8_t *)buf_text(text), text->length, key->secret);
    sodium_bin2hex(sig_text, sizeof(sig_text), signature, sizeof(signature));
    buf_printf(text, SIG_BEGIN "%s" SIG_END, sig_text);
}

static bool read_hex(const char *text, size_t digits, uint8_t *ret)
{
    size_t length;
    return sodium_hex2bin(ret, digits / 2, text, digits, NULL, &length, NULL) == 0 && length == digits / 2;
}

/* Cuts text that must stand at the end off. */
static bool cut(const char *text, size_t *length, const char *end)
{
    size_t size = strlen(end);
    if (*length < size || memcmp(text + *length - size, end, size) != 0)
        return false;
    *length -= size;
    return true;
}

int wire_control_verify(const char *text, size_t length, uint8_t ret_public_key[WIRE_PUBLIC_KEY], struct error *error)
{
    uint8_t signature[WIRE_SIGNATURE];
    size_t left = length;
    if (length > WIRE_CONTROL_MAX)
        return error_set(error, -EMSGSIZE, "a control message is longer than %zu bytes", WIRE_CONTROL_MAX);
    bool right =
        cut(text, &left, SIG_END) && left > SIG_DIGITS && read_hex(text + left - SIG_DIGITS, SIG_DIGITS, signature);
    left -= right ? SIG_DIGITS : 0;
    right = right && cut(text, &left, SIG_BEGIN);
    size_t is_signed = left;
    right = right && left > KEY_DIGITS && read_hex(text + left - KEY_DIGITS, KEY_DIGITS, ret_public_key);
    left -= right ? KEY_DIGITS : 0;
    if (!right || !cut(text, &left, KEY_BEGIN))
        return error_set(error, -EBADMSG, "a control message is not signed");
    if (crypto_sign_verify_detached(signature, (const uint8_t *)text, is_signed, ret_public_key) != 0)
        return error_set(error, -EKEYREJECTED, "a control message's signature is not by the key that it names");
    return 0;
}
