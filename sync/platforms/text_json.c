#include "sync/platforms/text_json.h"

#include "base/buf.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

/* ---------------------------------------------------------------- numbers become strings */

struct lexer {
    const char *at, *end;
    struct buf *out;
    struct error *error;
    int depth;
};

static bool is_digit(const struct lexer *lexer)
{
    return lexer->at < lexer->end && *lexer->at >= '0' && *lexer->at <= '9';
}

static bool take_digits(struct lexer *lexer)
{
    if (!is_digit(lexer))
        return false;
    while (is_digit(lexer))
        lexer->at++;
    return true;
}

static bool take_one_of(struct lexer *lexer, const char *characters)
{
    if (lexer->at >= lexer->end || !*lexer->at || !strchr(characters, *lexer->at))
        return false;
    lexer->at++;
    return true;
}

/* By JSON's own grammar: no leading zeroes, digits on both sides of the point. */
static bool take_number(struct lexer *lexer)
{
    take_one_of(lexer, "-");
    if (!take_one_of(lexer, "0") && !take_digits(lexer))
        return false;
    if (take_one_of(lexer, ".") && !take_digits(lexer))
        return false;
    if (take_one_of(lexer, "eE")) {
        take_one_of(lexer, "+-");
        if (!take_digits(lexer))
            return false;
    }
    return true;
}

/* A number must not become a member's name, which a string may be. */
static bool value_ends(const struct lexer *lexer)
{
    const char *at = lexer->at;
    while (at < lexer->end && *at && strchr(" \t\r\n", *at))
        at++;
    return at == lexer->end || *at == ',' || *at == ']' || *at == '}';
}

static int quote_number(struct lexer *lexer)
{
    const char *start = lexer->at;
    if (!take_number(lexer) || !value_ends(lexer))
        return error_set(lexer->error, -EBADMSG, "this is no JSON: it has a number that is none");
    buf_putc(lexer->out, '"');
    buf_put(lexer->out, start, (size_t)(lexer->at - start));
    buf_putc(lexer->out, '"');
    return 0;
}

/* ---------------------------------------------------------------- strings are mended */

static int hex_four(const struct lexer *lexer, const char *at)
{
    int value = 0;
    if (lexer->end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef0123456789ABCDEF", *digit = at[i] ? strchr(digits, at[i]) : NULL;
        if (!digit)
            return -1;
        value = value * 16 + (int)((digit - digits) % 16);
    }
    return value;
}

/* at stands on the backslash. A surrogate without its other half, and NUL, are replaced. */
static void copy_escape(struct lexer *lexer)
{
    int unit = lexer->end - lexer->at >= 6 && lexer->at[1] == 'u' ? hex_four(lexer, lexer->at + 2) : -1;
    size_t length = unit < 0 ? 2 : 6;
    bool wrong = unit == 0 || (unit >= 0xDC00 && unit <= 0xDFFF);
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        bool paired = lexer->end - lexer->at >= 12 && lexer->at[6] == '\\' && lexer->at[7] == 'u';
        int low = paired ? hex_four(lexer, lexer->at + 8) : -1;
        wrong = low < 0xDC00 || low > 0xDFFF;
        length = wrong ? 6 : 12;
    }
    if (length > (size_t)(lexer->end - lexer->at))
        length = (size_t)(lexer->end - lexer->at);
    if (wrong)
        buf_puts(lexer->out, "\\ufffd");
    else
        buf_put(lexer->out, lexer->at, length);
    lexer->at += length;
}

static void copy_string(struct lexer *lexer)
{
    buf_putc(lexer->out, *lexer->at++);
    while (lexer->at < lexer->end && *lexer->at != '"') {
        uint32_t character;
        size_t length = text_next_utf8(lexer->at, (size_t)(lexer->end - lexer->at), &character);
        if (*lexer->at == '\\') {
            copy_escape(lexer);
            continue;
        }
        if (length == 0 || character == 0)
            buf_puts(lexer->out, "\\ufffd");
        else
            buf_put(lexer->out, lexer->at, length);
        lexer->at += length ? length : 1;
    }
    if (lexer->at < lexer->end)
        buf_putc(lexer->out, *lexer->at++);
}

static int copy_all(struct lexer *lexer)
{
    int result = 0;
    while (!result && lexer->at < lexer->end) {
        char c = *lexer->at;
        if (c == '"') {
            copy_string(lexer);
        } else if (c == '-' || is_digit(lexer)) {
            result = quote_number(lexer);
        } else {
            lexer->depth += (c == '{' || c == '[') - (c == '}' || c == ']');
            if (lexer->depth > TEXT_JSON_DEPTH_MAX)
                result = error_set(lexer->error, -EBADMSG, "this is nested deeper than %d levels", TEXT_JSON_DEPTH_MAX);
            buf_putc(lexer->out, c);
            lexer->at++;
        }
    }
    return result;
}

int text_json_load(const char *text, size_t length, json_t **ret, struct error *error)
{
    CLEANUP_BUF struct buf quoted = {.max = 4 * TEXT_JSON_MAX};
    struct lexer lexer = {.at = text, .end = text + length, .out = &quoted, .error = error};
    json_error_t why;
    *ret = NULL;
    if (length > TEXT_JSON_MAX)
        return error_set(error, -EMSGSIZE, "this is longer than %zu bytes", TEXT_JSON_MAX);
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        lexer.at += 3; /* a byte order mark */
    int result = copy_all(&lexer);
    if (result)
        return result;
    if (quoted.failed)
        return error_set(error, -ENOMEM, "there is no memory for the answer");
    *ret = json_loadb(buf_text(&quoted), quoted.length, 0, &why);
    return *ret ? 0 : error_set(error, -EBADMSG, "this is no JSON: %s", why.text);
}

/* ---------------------------------------------------------------- members */

const json_t *text_json_at(const json_t *object, const char *path)
{
    while (object && *path) {
        size_t length = strcspn(path, ".");
        object = json_object_getn(object, path, length);
        path += length + (path[length] == '.');
    }
    return json_is_null(object) ? NULL : object;
}

const char *text_json_text(const json_t *object, const char *path)
{
    const json_t *value = text_json_at(object, path);
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    return json_is_string(value) ? json_string_value(value) : "";
}

bool text_json_true(const json_t *object, const char *path)
{
    const char *text = text_json_text(object, path);
    int64_t number;
    return strcmp(text, "true") == 0 || (decimal_to_whole(text, &number) == 0 && number != 0);
}

void read_text(struct text_reader *reader, const json_t *object, const char *path, char *out, size_t capacity)
{
    text_copy(out, capacity, reader->result ? "" : text_json_text(object, path));
}

void read_id(struct text_reader *reader, const json_t *object, const char *path, char *out, size_t capacity)
{
    const char *text = reader->result ? "" : text_json_text(object, path);
    bool none = strcmp(text, "0") == 0;
    if (!text_copy(out, capacity, none ? "" : text))
        reader->result =
            error_set(reader->error, -EBADMSG, "\"%s\" of this is longer than %zu bytes", path, capacity - 1);
}

static int64_t read_number(struct text_reader *reader, const json_t *object, const char *path,
                           int (*convert)(const char *text, int64_t *ret))
{
    const char *text = reader->result ? "" : text_json_text(object, path);
    int64_t number = 0;
    if (*text && convert(text, &number) != 0)
        reader->result =
            error_set(reader->error, -EBADMSG, "\"%s\" of the answer cannot be read: \"%.40s\"", path, text);
    return reader->result ? 0 : number;
}

int64_t read_yuan(struct text_reader *reader, const json_t *object, const char *path)
{
    return read_number(reader, object, path, decimal_to_minor);
}

int64_t read_yuan_float(struct text_reader *reader, const json_t *object, const char *path)
{
    return read_number(reader, object, path, decimal_near_minor);
}

int64_t read_fen(struct text_reader *reader, const json_t *object, const char *path)
{
    return read_number(reader, object, path, decimal_to_whole);
}

int64_t read_whole(struct text_reader *reader, const json_t *object, const char *path)
{
    return read_number(reader, object, path, decimal_to_whole);
}

int64_t read_time(struct text_reader *reader, const json_t *object, const char *path)
{
    return read_number(reader, object, path, text_to_time);
}

void read_required(struct text_reader *reader, const char *text, const char *name)
{
    if (!reader->result && !*text)
        reader->result = error_set(reader->error, -EBADMSG, "the answer has a row without \"%s\"", name);
}
