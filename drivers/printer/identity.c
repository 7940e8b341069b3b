/* What a printer calls itself: the IEEE 1284 device id, KEY:VALUE;KEY:VALUE; behind two bytes of length. */
#include "base/cleanup.h"
#include "base/json.h"
#include "base/text.h"
#include "drivers/printer/printer_status.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#define WORD_MAX   32 /* characters of a key, or of a language's name */
#define FIELD_SIZE sizeof(((struct printer_identity *)0)->model)

/* Names of languages, and of what may stand beside one without being another; capitals and digits alone. */
#define NO_LANGUAGE PRINTER_LANGUAGES
static const struct {
    const char *name;
    enum printer_language language;
} language_names[] = {
    {"ZPL", PRINTER_ZPL},       {"ZPLII", PRINTER_ZPL},   {"ZPL2", PRINTER_ZPL},    {"TSPL", PRINTER_TSPL},
    {"TSPL2", PRINTER_TSPL},    {"TSPLII", PRINTER_TSPL}, {"TSPLEZ", PRINTER_TSPL}, {"EPL", PRINTER_EPL},
    {"EPL1", PRINTER_EPL},      {"EPL2", PRINTER_EPL},    {"EPLII", PRINTER_EPL},   {"CPCL", PRINTER_CPCL},
    {"ESCPOS", PRINTER_ESCPOS}, {"XML", NO_LANGUAGE},     {"SGD", NO_LANGUAGE},     {"PJL", NO_LANGUAGE},
    {"D4", NO_LANGUAGE},        {"12844", NO_LANGUAGE},
};

/* A run of characters inside the id. */
struct span {
    const char *at;
    size_t length;
};

static struct span trim(struct span span)
{
    while (span.length > 0 && isspace((unsigned char)*span.at)) {
        span.at++;
        span.length--;
    }
    while (span.length > 0 && isspace((unsigned char)span.at[span.length - 1]))
        span.length--;
    return span;
}

/* Takes what stands before the separator off the front, the separator with it. */
static struct span cut(struct span *rest, const char *separators)
{
    struct span head = {rest->at, 0};
    while (head.length < rest->length && !strchr(separators, rest->at[head.length]))
        head.length++;
    size_t used = head.length + (head.length < rest->length);
    rest->at += used;
    rest->length -= used;
    return head;
}

/* Letters and digits alone, in capitals: "ESC/POS" and "ZPL II" are written in many ways. "" when it is too long. */
static void plain_word(struct span span, char ret[WORD_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < span.length; i++) {
        if (!isalnum((unsigned char)span.at[i]))
            continue;
        if (count == WORD_MAX - 1) {
            count = 0;
            break;
        }
        ret[count++] = (char)toupper((unsigned char)span.at[i]);
    }
    ret[count] = '\0';
}

/* PRINTER_LANGUAGE_UNKNOWN: it is no name that this version knows. */
static enum printer_language language_of(struct span word)
{
    char plain[WORD_MAX];
    plain_word(word, plain);
    for (size_t i = 0; i < COUNT(language_names); i++)
        if (strcmp(language_names[i].name, plain) == 0)
            return language_names[i].language;
    return PRINTER_LANGUAGE_UNKNOWN;
}

/* Words apart, the one language that they name. strict: a word that is no known language is another language. */
static enum printer_language language_in(struct span text, const char *separators, bool strict)
{
    enum printer_language found = NO_LANGUAGE;
    while (text.length > 0) {
        struct span word = trim(cut(&text, separators));
        enum printer_language language = language_of(word);
        bool passes = language == NO_LANGUAGE || word.length == 0 || (!strict && language == PRINTER_LANGUAGE_UNKNOWN);
        if (passes || language == found)
            continue;
        if (found != NO_LANGUAGE || language == PRINTER_LANGUAGE_UNKNOWN)
            return PRINTER_LANGUAGE_UNKNOWN;
        found = language;
    }
    return found == NO_LANGUAGE ? PRINTER_LANGUAGE_UNKNOWN : found;
}

struct id {
    struct span manufacturer, model, serial, commands;
};

static const struct {
    const char *key;
    size_t field; /* offset of a span of struct id */
} keys[] = {
    {"MFG", offsetof(struct id, manufacturer)},    {"MANUFACTURER", offsetof(struct id, manufacturer)},
    {"MDL", offsetof(struct id, model)},           {"MODEL", offsetof(struct id, model)},
    {"CMD", offsetof(struct id, commands)},        {"COMMANDSET", offsetof(struct id, commands)},
    {"SN", offsetof(struct id, serial)},           {"SERN", offsetof(struct id, serial)},
    {"SERIALNUMBER", offsetof(struct id, serial)},
};

/* The first value of a key counts: what stands behind the id in a buffer that was not cleared does not. */
static void take_pair(struct span key, struct span value, struct id *id)
{
    char plain[WORD_MAX];
    plain_word(key, plain);
    for (size_t i = 0; i < COUNT(keys); i++) {
        struct span *field = (struct span *)((char *)id + keys[i].field);
        if (strcmp(keys[i].key, plain) == 0 && field->length == 0)
            *field = trim(value);
    }
}

/* The length in front is not believed: devices give it in the wrong order, without its own two bytes, or as zero. No
 * text begins with a control character, and no length of an id is without one. */
static struct span without_length(const char *bytes, size_t length)
{
    bool has_length = length >= 2 && ((unsigned char)bytes[0] < ' ' || (unsigned char)bytes[1] < ' ');
    struct span text = {bytes, length};
    if (has_length) {
        text.at += 2;
        text.length -= 2;
    }
    const char *end = memchr(text.at, '\0', text.length);
    if (end)
        text.length = (size_t)(end - text.at);
    return text;
}

static void copy(struct span span, char out[FIELD_SIZE])
{
    size_t count = 0;
    for (size_t i = 0; i < span.length && count < FIELD_SIZE - 1; i++)
        if ((unsigned char)span.at[i] >= ' ')
            out[count++] = span.at[i];
    if (count == FIELD_SIZE - 1) /* perhaps cut inside a character */
        count = text_whole_utf8(out, count);
    out[count] = '\0';
}

int printer_identity_parse(const void *bytes, size_t length, struct printer_identity *ret)
{
    struct id id = {0};
    bool any = false;
    if (length == 0)
        return -EINVAL;
    struct span rest = without_length(bytes, length);
    while (rest.length > 0) {
        struct span value = cut(&rest, ";");
        bool terminated = value.at + value.length < rest.at;
        const char *colon = memchr(value.at, ':', value.length);
        if (!colon)
            continue;
        struct span key = cut(&value, ":");
        any = any || (terminated && trim(key).length > 0);
        take_pair(key, value, &id);
    }
    if (!any)
        return -EINVAL;
    *ret = (struct printer_identity){.language = PRINTER_LANGUAGE_UNKNOWN};
    copy(id.manufacturer, ret->manufacturer);
    copy(id.model, ret->model);
    copy(id.serial, ret->serial);
    ret->language = id.commands.length > 0 ? language_in(id.commands, ",", true) : language_in(id.model, " _()", false);
    return 0;
}

void printer_identity_json(const struct printer_identity *identity, const char *key, struct buf *json)
{
    json_open_object(json, key);
    json_text(json, "manufacturer", identity->manufacturer);
    json_text(json, "model", identity->model);
    json_text(json, "language", printer_language_name(identity->language));
    if (*identity->serial)
        json_text(json, "serial", identity->serial);
    json_close_object(json);
}
