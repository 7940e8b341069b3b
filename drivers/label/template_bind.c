/* Texts with {bindings} and [optional parts], and conditions. */
#include "drivers/label/template_parts.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

static const char path_characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

/* Part of a text. */
struct span {
    const char *at;
    size_t length;
};

/* Takes what stands before the separator off the front, trimmed; false once nothing is left. */
static bool span_split(struct span *rest, const char *separator, struct span *ret)
{
    if (!rest->at)
        return false;
    const char *end = memmem(rest->at, rest->length, separator, strlen(separator));
    struct span part = {rest->at, end ? (size_t)(end - rest->at) : rest->length};
    *rest = end ? (struct span){end + strlen(separator), rest->length - part.length - strlen(separator)}
                : (struct span){NULL, 0};
    for (; part.length > 0 && *part.at == ' '; part.length--)
        part.at++;
    while (part.length > 0 && part.at[part.length - 1] == ' ')
        part.length--;
    *ret = part;
    return true;
}

static struct span span_of(const char *text)
{
    return (struct span){text, strlen(text)};
}

static int path_check(struct span path, struct error *error)
{
    if (path.length > 0 && path.length < TEMPLATE_PATH_MAX && strspn(path.at, path_characters) >= path.length)
        return 0;
    return error_set(error, -EINVAL, "\"%.*s\" names no data; a name looks like receiver.name", (int)path.length,
                     path.at);
}

static void path_copy(struct span path, char out[TEMPLATE_PATH_MAX])
{
    text_copy_n(out, TEMPLATE_PATH_MAX, path.at, path.length);
}

/* ---------------------------------------------------------------- pieces of a text */

enum piece_kind { PIECE_END, PIECE_PLAIN, PIECE_BINDING, PIECE_OPEN, PIECE_CLOSE };

struct piece {
    enum piece_kind kind;
    struct span text; /* of what is plain, or between the braces */
};

/* A backslash takes its meaning from the character after it. */
static struct piece piece_next(const char **at)
{
    const char *start = *at;
    size_t length = strcspn(start, "[]{\\");
    if (length == 0 && *start == '{') {
        length = strcspn(start + 1, "}");
        *at = start + 1 + length + (start[1 + length] == '}');
        return (struct piece){PIECE_BINDING, {start + 1, length}};
    }
    if (length == 0 && *start == '\\' && start[1]) {
        *at = start + 2;
        return (struct piece){PIECE_PLAIN, {start + 1, 1}};
    }
    enum piece_kind kind = length > 0      ? PIECE_PLAIN
                           : *start == '[' ? PIECE_OPEN
                           : *start == ']' ? PIECE_CLOSE
                           : *start        ? PIECE_PLAIN
                                           : PIECE_END;
    length += length == 0 && *start;
    *at = start + length;
    return (struct piece){kind, {start, length}};
}

/* ---------------------------------------------------------------- bindings: {a or b|filter|filter} */

static int binding_check(struct span text, struct error *error)
{
    struct span rest = text, paths, path, name;
    if (text.at[text.length] != '}')
        return error_set(error, -EINVAL, "a { has no }");
    span_split(&rest, "|", &paths);
    while (span_split(&paths, " or ", &path)) {
        int result = path_check(path, error);
        if (result)
            return result;
    }
    while (span_split(&rest, "|", &name))
        if (!filter_find(name.at, name.length))
            return error_set(error, -EINVAL, "there is no filter \"%.*s\"", (int)name.length, name.at);
    return 0;
}

/* The first path that yields something. A list or an object is passed over where another path follows or went before:
 * "{contents.name or contents}" takes either form. */
static int fill_first(const struct scope *scope, struct span paths, struct buf *out, char ret_path[TEMPLATE_PATH_MAX],
                      struct label_fault *fault)
{
    struct span path;
    bool several = memmem(paths.at, paths.length, " or ", 4) != NULL;
    while (out->length == 0 && span_split(&paths, " or ", &path)) {
        path_copy(path, ret_path);
        const json_t *value = several ? scope_find(scope, ret_path) : NULL;
        if (json_is_object(value) || (json_is_array(value) && json_is_object(json_array_get(value, 0))))
            continue;
        int result = scope_text(scope, ret_path, out, fault);
        if (result)
            return result;
    }
    return 0;
}

static int run_filter(const struct filter *filter, const char *path, struct buf *text, struct label_fault *fault)
{
    CLEANUP_BUF struct buf before = *text;
    *text = (struct buf){0};
    if (filter->run(buf_text(&before), text) == 0)
        return 0;
    return label_refuse(fault, -EINVAL, LABEL_FIELD, path, "%s is \"%.40s\"; write it as %s", path, buf_text(&before),
                        filter->wants);
}

static int fill_binding(const struct scope *scope, struct span text, struct buf *out, char ret_path[TEMPLATE_PATH_MAX],
                        struct label_fault *fault)
{
    CLEANUP_BUF struct buf value = {0};
    struct span rest = text, paths, name;
    span_split(&rest, "|", &paths);
    int result = fill_first(scope, paths, &value, ret_path, fault);
    while (!result && value.length > 0 && span_split(&rest, "|", &name))
        result = run_filter(filter_find(name.at, name.length), ret_path, &value, fault);
    if (!result)
        buf_put(out, buf_text(&value), value.length);
    return result;
}

/* ---------------------------------------------------------------- texts */

int pattern_check(const char *pattern, struct error *error)
{
    bool open = false;
    for (;;) {
        const struct piece piece = piece_next(&pattern);
        if (piece.kind == PIECE_OPEN ? open : piece.kind == PIECE_CLOSE && !open)
            return error_set(error, -EINVAL, "\"[\" and \"]\" must come in turn; write \\[ for the sign itself");
        if (piece.kind == PIECE_OPEN || piece.kind == PIECE_CLOSE)
            open = piece.kind == PIECE_OPEN;
        int result = piece.kind == PIECE_BINDING ? binding_check(piece.text, error) : 0;
        if (result)
            return result;
        if (piece.kind == PIECE_END)
            return open ? error_set(error, -EINVAL, "a [ has no ]") : 0;
    }
}

int pattern_fill(const struct scope *scope, const char *pattern, struct buf *out, char ret_field[LABEL_FIELD_MAX],
                 struct label_fault *fault)
{
    size_t optional = 0, most = 0;
    bool lacks = false;
    ret_field[0] = '\0';
    for (struct piece piece = piece_next(&pattern); piece.kind != PIECE_END; piece = piece_next(&pattern)) {
        size_t before = out->length;
        char path[TEMPLATE_PATH_MAX];
        int result = 0;
        if (piece.kind == PIECE_PLAIN)
            buf_put(out, piece.text.at, piece.text.length);
        else if (piece.kind == PIECE_BINDING)
            result = fill_binding(scope, piece.text, out, path, fault);
        if (result)
            return result;
        if (piece.kind == PIECE_BINDING && out->length - before > most) {
            most = out->length - before;
            text_copy(ret_field, LABEL_FIELD_MAX, path);
        }
        if (piece.kind == PIECE_OPEN) {
            optional = out->length;
            lacks = false;
        } else if (piece.kind == PIECE_BINDING && out->length == before) {
            lacks = true;
        } else if (piece.kind == PIECE_CLOSE && lacks) {
            out->length = optional;
            if (out->data)
                out->data[optional] = '\0';
        }
    }
    return out->failed ? label_refuse(fault, -ENOMEM, LABEL_MEMORY, NULL, "There is no memory for a label; try again")
                       : 0;
}

/* "(01)" at the start of an identifier; 0 when there is none. */
static size_t ai_length(const char *text)
{
    size_t digits = strspn(text + (*text == '('), "0123456789");
    return *text == '(' && digits >= 2 && digits <= 4 && text[1 + digits] == ')' ? digits : 0;
}

int gs1_parts_read(const char *text, struct gs1_part ret[TEMPLATE_GS1_MAX], size_t *ret_count, struct error *error)
{
    size_t count = 0;
    while (*text) {
        size_t digits = ai_length(text);
        if (digits == 0 || count == TEMPLATE_GS1_MAX)
            return error_set(error, -EINVAL, "a GS1 code is written (01){gtin}(10){lot}, of at most %d identifiers",
                             TEMPLATE_GS1_MAX);
        struct gs1_part *part = &ret[count++];
        text_copy_n(part->ai, sizeof(part->ai), text + 1, digits);
        text += digits + 2;
        size_t length = 0;
        while (text[length] && ai_length(text + length) == 0)
            length++;
        text_copy_n(part->pattern, sizeof(part->pattern), text, length);
        text += length;
    }
    *ret_count = count;
    return count ? 0 : error_set(error, -EINVAL, "a GS1 code is written (01){gtin}(10){lot}");
}

/* ---------------------------------------------------------------- conditions */

enum sign { SIGN_NONE, SIGN_EQUAL, SIGN_UNEQUAL, SIGN_LESS, SIGN_MORE, SIGN_AT_MOST, SIGN_AT_LEAST };

static const char *const signs[] = {[SIGN_EQUAL] = " = ", [SIGN_UNEQUAL] = " != ", [SIGN_LESS] = " < ",
                                    [SIGN_MORE] = " > ",  [SIGN_AT_MOST] = " <= ", [SIGN_AT_LEAST] = " >= "};

/* "copy", "not copy", "copy > 1" */
struct claim {
    bool negated;
    struct span path, value;
    enum sign sign;
};

static struct claim claim_read(struct span text)
{
    struct claim claim = {.negated = text.length > 4 && strncmp(text.at, "not ", 4) == 0};
    if (claim.negated)
        text = (struct span){text.at + 4, text.length - 4};
    for (enum sign sign = SIGN_EQUAL; sign < COUNT(signs) && !claim.sign; sign++)
        if (memmem(text.at, text.length, signs[sign], strlen(signs[sign])))
            claim.sign = sign;
    span_split(&text, claim.sign ? signs[claim.sign] : " ", &claim.path);
    if (claim.sign)
        claim.value = text;
    else if (text.at) /* a word too many: no path at all */
        claim.path.length = 0;
    return claim;
}

int condition_check(const char *condition, struct error *error)
{
    struct span terms = span_of(condition), term, text;
    while (*condition && span_split(&terms, " or ", &term)) {
        while (span_split(&term, " and ", &text)) {
            const struct claim claim = claim_read(text);
            if (path_check(claim.path, NULL) != 0 || (claim.sign && claim.value.length == 0))
                return error_set(error, -EINVAL, "\"%.*s\" is no condition; it looks like: copy > 1 and not gift",
                                 (int)text.length, text.at);
        }
    }
    return 0;
}

/* Numbers by their value where both are numbers, else as texts. */
static int compare(const char *left, const char *right)
{
    char *left_end, *right_end;
    double a = strtod(left, &left_end), b = strtod(right, &right_end);
    if (*left && *right && !*left_end && !*right_end)
        return a < b ? -1 : a > b;
    return strcmp(left, right);
}

static bool sign_holds(enum sign sign, int order)
{
    const bool holds[] = {[SIGN_NONE] = true,          [SIGN_EQUAL] = order == 0,
                          [SIGN_UNEQUAL] = order != 0, [SIGN_LESS] = order<0, [SIGN_MORE] = order> 0,
                          [SIGN_AT_MOST] = order <= 0, [SIGN_AT_LEAST] = order >= 0};
    return holds[sign];
}

static int claim_holds(const struct scope *scope, const struct claim *claim, bool *ret, struct label_fault *fault)
{
    char path[TEMPLATE_PATH_MAX], value[TEMPLATE_LINE_MAX];
    CLEANUP_BUF struct buf text = {0};
    path_copy(claim->path, path);
    text_copy_n(value, sizeof(value), claim->value.at ? claim->value.at : "", claim->value.length);
    const json_t *found = scope_find(scope, path);
    bool holds = json_is_object(found) || json_is_array(found);
    if (holds) {
        holds = json_object_size(found) + json_array_size(found) > 0 && !claim->sign;
    } else {
        int result = scope_text(scope, path, &text, fault);
        if (result)
            return result;
        holds = text.length > 0 && !json_is_false(found);
        /* What is missing is unequal to everything; no other comparison holds for it. */
        if (claim->sign)
            holds = text.length > 0 ? sign_holds(claim->sign, compare(text.data, value)) : claim->sign == SIGN_UNEQUAL;
    }
    *ret = holds != claim->negated;
    return 0;
}

int condition_holds(const struct scope *scope, const char *condition, bool *ret, struct label_fault *fault)
{
    struct span terms = span_of(condition), term, text;
    bool any = *condition == '\0';
    while (!any && span_split(&terms, " or ", &term)) {
        bool all = true;
        while (all && span_split(&term, " and ", &text)) {
            const struct claim claim = claim_read(text);
            int result = claim_holds(scope, &claim, &all, fault);
            if (result)
                return result;
        }
        any = all;
    }
    *ret = any;
    return 0;
}
