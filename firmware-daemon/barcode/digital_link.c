#include "barcode/digital_link.h"

#include "barcode/gs1.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define VALUE_MAX 120 /* bytes; no GS1 value is longer than 90 */
#define PAIRS_MAX 4   /* in the path: a key and its qualifiers */

struct span {
    const char *text;
    size_t length;
};

struct pair {
    struct span ai, value;
};

/* GS1 Digital Link: URI syntax 1.6, 4.4 to 4.9: each key and its qualifiers, in the order they must have; one
 * alternative or the other. */
static const struct key {
    const char *ai;
    const char *qualifiers[2];
} keys[] = {
    {"00", {"", ""}},       {"01", {"22 10 21", "235"}}, {"253", {"", ""}},        {"255", {"", ""}},
    {"401", {"", ""}},      {"402", {"", ""}},           {"414", {"254", "7040"}}, {"415", {"8020", ""}},
    {"417", {"7040", ""}},  {"8003", {"", ""}},          {"8004", {"7040", ""}},   {"8006", {"22 10 21", ""}},
    {"8010", {"8011", ""}}, {"8013", {"", ""}},          {"8017", {"8019", ""}},   {"8018", {"8019", ""}},
};

/* Identifiers that stand in a path only, or in no link at all. */
static const char no_attributes[] = "03 21 22 235 254 7040 7041 8011 8014 8019 8020 8200";

/* RFC 3986, of a whole link and of a host; a host with a user in front of it is nobody's label. */
static const char letters_and_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
static const char other_characters[] = "-._~:/?#[]@!$&'()*+,;=%", other_host_characters[] = "-.:[]";

static bool holds_only(const char *text, size_t length, const char *others)
{
    for (size_t i = 0; i < length; i++)
        if (!strchr(letters_and_digits, text[i]) && !strchr(others, text[i]))
            return false;
    return true;
}

static const struct key *find_key(struct span ai)
{
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (strlen(keys[i].ai) == ai.length && memcmp(keys[i].ai, ai.text, ai.length) == 0)
            return &keys[i];
    return NULL;
}

static const struct gs1_ai *find_ai(struct span span)
{
    const struct gs1_ai *ai = gs1_find(span.text, span.length);
    return ai && ai->digits == span.length ? ai : NULL;
}

/* Where in a list with blanks between the identifier stands; NULL when it does not. */
static const char *find_in(const char *list, struct span ai)
{
    for (const char *at = list; *at; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at, " ") == ai.length && memcmp(at, ai.text, ai.length) == 0)
            return at;
    return NULL;
}

static bool in_order(const char *qualifiers, const struct pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        qualifiers = find_in(qualifiers, pairs[i].ai);
        if (!qualifiers)
            return false;
        qualifiers += pairs[i].ai.length;
        qualifiers += *qualifiers == ' ';
    }
    return true;
}

/* Takes the last segment off the path. */
static bool pop_segment(struct span *path, struct span *ret)
{
    const char *slash = memrchr(path->text, '/', path->length);
    if (!slash)
        return false;
    size_t before = (size_t)(slash - path->text);
    *ret = (struct span){slash + 1, path->length - before - 1};
    path->length = before;
    return true;
}

/* From the end of the path back to its key: what stands before it is the resolver's own. The pairs end up in the
 * order of the path, from *ret_first to PAIRS_MAX. */
static const struct key *find_pairs(struct span path, struct pair pairs[PAIRS_MAX], size_t *ret_first)
{
    for (size_t i = PAIRS_MAX; i-- > 0;) {
        if (!pop_segment(&path, &pairs[i].value) || !pop_segment(&path, &pairs[i].ai))
            return NULL;
        *ret_first = i;
        const struct key *key = find_key(pairs[i].ai);
        if (key)
            return key;
    }
    return NULL;
}

static bool percent_decode(struct span span, bool in_query, char out[VALUE_MAX], size_t *ret_length)
{
    size_t length = 0;
    for (size_t i = 0; i < span.length; i++) {
        size_t decoded;
        if (length == VALUE_MAX)
            return false;
        out[length] = in_query && span.text[i] == '+' ? ' ' : span.text[i];
        if (span.text[i] == '%') {
            if (i + 2 >= span.length ||
                text_from_hex(span.text + i + 1, 2, (uint8_t *)out + length, 1, &decoded) != 0 || decoded != 1)
                return false;
            i += 2;
        }
        length++;
    }
    *ret_length = length;
    return true;
}

static bool add(struct barcode *barcode, const struct pair *pair, bool in_query)
{
    char decoded[VALUE_MAX];
    size_t length, position, count = barcode->count;
    const struct gs1_ai *definition = find_ai(pair->ai);
    if (!definition || !percent_decode(pair->value, in_query, decoded, &length))
        return false;
    if (gs1_value_fault(definition, decoded, length, &position)) {
        const struct gs1_part *first = &definition->parts[0];
        if (first->rule == GS1_CHECK_DIGIT && length >= first->max && text_all_digits(decoded, first->max) &&
            !barcode_check_digit_ok(decoded, first->max))
            barcode->flags |= BARCODE_BAD_CHECK_DIGIT;
        return false;
    }
    for (size_t i = 0; i < count; i++)
        if (strlen(barcode->elements[i].ai) == pair->ai.length &&
            memcmp(barcode->elements[i].ai, pair->ai.text, pair->ai.length) == 0)
            return false;
    return gs1_add_element(barcode, pair->ai.text, pair->ai.length, decoded, length) == 0;
}

/* What the qualifiers of this path could be, too, belongs into the path. */
static bool is_attribute(struct span ai, const char *qualifiers)
{
    return !find_in(no_attributes, ai) && !find_in(qualifiers, ai);
}

/* Names that are no number belong to the resolver and are left alone; numbers are GS1's. */
static bool add_query(struct barcode *barcode, const char *qualifiers, struct span query)
{
    const char *end = query.text + query.length;
    for (const char *at = query.text; at < end;) {
        const char *stop = memchr(at, '&', (size_t)(end - at));
        size_t length = (size_t)((stop ? stop : end) - at), name = strcspn(at, "=&#");
        struct pair pair = {{at, name}, {at + name + 1, length - name - 1}};
        if (name > 0 && name < length && text_all_digits(at, name) &&
            (!is_attribute(pair.ai, qualifiers) || !add(barcode, &pair, true)))
            return false;
        at += length + 1;
    }
    return true;
}

static bool add_all(struct barcode *barcode, struct span path, struct span query)
{
    struct pair pairs[PAIRS_MAX];
    size_t first;
    const struct key *key = find_pairs(path, pairs, &first);
    if (!key)
        return false;
    size_t count = PAIRS_MAX - first - 1;
    const char *qualifiers = key->qualifiers[0];
    if (!in_order(qualifiers, pairs + first + 1, count))
        qualifiers = key->qualifiers[1];
    if (!in_order(qualifiers, pairs + first + 1, count))
        return false;
    for (size_t i = first; i < PAIRS_MAX; i++)
        if (!add(barcode, &pairs[i], false))
            return false;
    return add_query(barcode, qualifiers, query);
}

bool digital_link_parse(struct barcode *barcode)
{
    const char *uri = barcode->text;
    size_t scheme = strncasecmp(uri, "https://", 8) == 0 ? 8 : strncasecmp(uri, "http://", 7) == 0 ? 7 : 0;
    size_t host = strcspn(uri + scheme, "/?#");
    if (scheme == 0 || host == 0 || !holds_only(uri, barcode->length, other_characters) ||
        !holds_only(uri + scheme, host, other_host_characters))
        return false;
    struct span path = {uri + scheme + host, strcspn(uri + scheme + host, "?#")};
    struct span query = {path.text + path.length, 0};
    if (*query.text == '?')
        query = (struct span){query.text + 1, strcspn(query.text + 1, "#")};
    if (!add_all(barcode, path, query)) {
        barcode->count = 0;
        return false;
    }
    barcode->kind = BARCODE_DIGITAL_LINK;
    gs1_take_gtin(barcode);
    return true;
}
