#include "sync/wire/strict.h"

#include "base/buf.h"
#include "base/text.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct reader {
    const char *begin, *at, *end;
    const char *what;
    struct error *error;
    bool told; /* what is wrong; otherwise it is memory */
};

static bool refuse(struct reader *reader, const char *why)
{
    if (!reader->told)
        error_set(reader->error, -EBADMSG, "%s %s", reader->what, why);
    reader->told = true;
    return false;
}

static bool not_json(struct reader *reader, const char *why)
{
    char sentence[96];
    snprintf(sentence, sizeof(sentence), "is not JSON at byte %zu: %s", (size_t)(reader->at - reader->begin), why);
    return refuse(reader, sentence);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next character that is no space; '\0' at the end, or where there is one. */
static char peek(struct reader *reader)
{
    while (reader->at < reader->end && is_space(*reader->at))
        reader->at++;
    return reader->at < reader->end ? *reader->at : '\0';
}

static bool take(struct reader *reader, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0)
        return false;
    reader->at += length;
    return true;
}

/* ---------------------------------------------------------------- texts */

static const char bad_escape[] = "a text has an escape that is none";

/* The four digits behind \u. */
static bool read_unit(struct reader *reader, uint32_t *ret)
{
    uint8_t bytes[2];
    size_t count;
    if (reader->end - reader->at < 4 || text_from_hex(reader->at, 4, bytes, sizeof(bytes), &count) != 0 || count != 2)
        return false;
    reader->at += 4;
    *ret = (uint32_t)bytes[0] << 8 | bytes[1];
    return true;
}

/* One character, or two halves of one. */
static bool read_unicode(struct reader *reader, struct buf *out)
{
    uint32_t character, low;
    char bytes[4];
    if (!read_unit(reader, &character) || character == 0)
        return false;
    if (character >= 0xD800 && character <= 0xDBFF) {
        if (!take(reader, "\\u") || !read_unit(reader, &low) || low < 0xDC00 || low > 0xDFFF)
            return false;
        character = 0x10000 + ((character - 0xD800) << 10) + (low - 0xDC00);
    } else if (character >= 0xDC00 && character <= 0xDFFF)
        return false;
    buf_put(out, bytes, text_put_utf8(bytes, character));
    return true;
}

static bool read_escape(struct reader *reader, struct buf *out)
{
    static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char escape = reader->at < reader->end ? *reader->at++ : '\0';
    if (escape == 'u')
        return read_unicode(reader, out);
    const char *found = escape ? strchr(escapes, escape) : NULL;
    if (found)
        buf_putc(out, meanings[found - escapes]);
    return found;
}

/* Up to what ends a run of plain characters. */
static const char *plain_end(const struct reader *reader)
{
    const char *at = reader->at;
    while (at < reader->end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
        at++;
    return at;
}

/* A text, behind its first quote: in place where it has no escapes, otherwise written into scratch. */
static bool read_text(struct reader *reader, struct buf *scratch, const char **ret, size_t *ret_length)
{
    const char *start = reader->at, *end = plain_end(reader);
    *ret = start;
    *ret_length = (size_t)(end - start);
    while (end < reader->end && *end == '\\') {
        buf_put(scratch, reader->at, (size_t)(end - reader->at));
        reader->at = end + 1;
        if (!read_escape(reader, scratch))
            return not_json(reader, bad_escape);
        end = plain_end(reader);
    }
    if (end == reader->end || *end != '"') {
        reader->at = end;
        return not_json(reader, end == reader->end ? "a text has no end" : "a text has a control character");
    }
    if (reader->at != start) { /* it had escapes */
        buf_put(scratch, reader->at, (size_t)(end - reader->at));
        *ret = buf_text(scratch);
        *ret_length = scratch->length;
    }
    reader->at = end + 1;
    return !scratch->failed || not_json(reader, "there is no memory for it");
}

static json_t *read_string(struct reader *reader)
{
    CLEANUP_BUF struct buf scratch = {0};
    const char *text;
    size_t length;
    return read_text(reader, &scratch, &text, &length) ? json_stringn_nocheck(text, length) : NULL;
}

/* ---------------------------------------------------------------- numbers */

static json_t *read_number(struct reader *reader)
{
    bool negative = take(reader, "-");
    uint64_t value = 0, most = (uint64_t)INT64_MAX + negative;
    const char *digits = reader->at;
    for (; reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9'; reader->at++) {
        uint64_t digit = (uint64_t)(*reader->at - '0');
        if (value > (most - digit) / 10) {
            not_json(reader, "a number is longer than 64 bits");
            return NULL;
        }
        value = value * 10 + digit;
    }
    if (reader->at == digits || (*digits == '0' && reader->at > digits + 1)) {
        not_json(reader, "a value is missing, or none");
        return NULL;
    }
    if (reader->at < reader->end && (*reader->at == '.' || *reader->at == 'e' || *reader->at == 'E')) {
        refuse(reader, "has a number with a fraction; use whole numbers or text");
        return NULL;
    }
    return json_integer((json_int_t)(negative ? 0 - value : value));
}

/* ---------------------------------------------------------------- objects and lists */

static json_t *read_value(struct reader *reader, int depth);

/* What stands behind a member: a comma, and another one, or the end. */
static bool goes_on(struct reader *reader, char end, bool *ret_failed)
{
    char next = peek(reader);
    *ret_failed = next != ',' && next != end;
    if (*ret_failed)
        not_json(reader, "a comma or an end is missing");
    else
        reader->at++;
    return next == ',';
}

static bool read_member(struct reader *reader, json_t *object, int depth)
{
    CLEANUP_BUF struct buf scratch = {0};
    const char *key;
    size_t length, before = json_object_size(object);
    if (peek(reader) != '"')
        return not_json(reader, "a name is missing");
    reader->at++;
    if (!read_text(reader, &scratch, &key, &length))
        return false;
    if (peek(reader) != ':')
        return not_json(reader, "a colon is missing");
    reader->at++;
    json_t *value = read_value(reader, depth);
    if (!value || json_object_setn_new_nocheck(object, key, length, value) != 0)
        return false;
    return json_object_size(object) > before || not_json(reader, "a duplicate name");
}

static bool read_item(struct reader *reader, json_t *list, int depth)
{
    json_t *value = read_value(reader, depth);
    return value && json_array_append_new(list, value) == 0;
}

#define TEXT_OF(number) #number
#define DEPTH(number)   "is nested deeper than " TEXT_OF(number) " levels"

static json_t *read_nested(struct reader *reader, char end, int depth)
{
    if (depth > WIRE_DEPTH_MAX) {
        refuse(reader, DEPTH(WIRE_DEPTH_MAX));
        return NULL;
    }
    json_t *nested = end == '}' ? json_object() : json_array();
    reader->at++;
    if (nested && peek(reader) == end) {
        reader->at++;
        return nested;
    }
    bool failed = !nested;
    do
        failed = failed || !(end == '}' ? read_member : read_item)(reader, nested, depth + 1);
    while (!failed && goes_on(reader, end, &failed));
    if (!failed)
        return nested;
    json_decref(nested);
    return NULL;
}

static json_t *read_value(struct reader *reader, int depth)
{
    switch (peek(reader)) {
    case '{':
        return read_nested(reader, '}', depth);
    case '[':
        return read_nested(reader, ']', depth);
    case '"':
        reader->at++;
        return read_string(reader);
    default:
        return take(reader, "true")    ? json_true()
               : take(reader, "false") ? json_false()
               : take(reader, "null")  ? json_null()
                                       : read_number(reader);
    }
}

int wire_strict_parse(const char *text, size_t length, size_t max, const char *what, json_t **ret, struct error *error)
{
    struct reader reader = {.begin = text, .at = text, .end = text + length, .what = what, .error = error};
    if (length > max)
        return error_set(error, -EMSGSIZE, "%s is longer than %zu bytes", what, max);
    if (!text_is_utf8(text, length))
        return error_set(error, -EBADMSG, "%s is not valid UTF-8", what);
    json_t *json = read_value(&reader, 1);
    if (json && (peek(&reader) || reader.at < reader.end))
        not_json(&reader, "something follows it");
    else if (json && !json_is_object(json))
        refuse(&reader, "is not a JSON object");
    else if (json) {
        *ret = json;
        return 0;
    }
    json_decref(json);
    refuse(&reader, "is too large for the memory there is");
    return -EBADMSG;
}
