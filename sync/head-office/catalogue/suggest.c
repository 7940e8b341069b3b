#include "sync/head-office/catalogue/suggest.h"

#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_SIZE  257
#define WORDS_MOST 128

enum score { SAME_CODE = 100, ALIKE_CODE = 95, ALIKE_BARCODE = 90, PACK_CODE = 85, ALL_WORDS = 80 };
#define LEAST_WORDS 40 /* less than half of a name says nothing */

/* ---------------------------------------------------------------- words */

/* Letters and digits of ASCII are words; of other writing, which has no spaces, each two characters that follow one
 * another are one. */
struct words {
    char text[TEXT_SIZE];
    struct {
        const char *at;
        size_t length;
    } list[WORDS_MOST];
    size_t count;
};

static size_t bytes_of(const char *at)
{
    size_t length = 1;
    while ((at[length] & 0xC0) == 0x80)
        length++;
    return length;
}

static void add_word(struct words *words, const char *at, size_t length)
{
    for (size_t i = 0; i < words->count; i++)
        if (words->list[i].length == length && memcmp(words->list[i].at, at, length) == 0)
            return;
    if (words->count == WORDS_MOST)
        return;
    words->list[words->count].at = at;
    words->list[words->count++].length = length;
}

/* Full stops, brackets and spaces of Chinese text. */
static bool is_sign(const char *at)
{
    return memcmp(at, "\xE3\x80", 2) == 0 || memcmp(at, "\xEF\xBC", 2) == 0 || memcmp(at, "\xC2", 1) == 0;
}

static const char *add_run(struct words *words, const char *at)
{
    size_t length = bytes_of(at), next = 0;
    bool alone = true;
    for (; (at[length] & 0x80) && !is_sign(at + length); at += length, length = next) {
        next = bytes_of(at + length);
        add_word(words, at, length + next);
        alone = false;
    }
    if (alone)
        add_word(words, at, length);
    return at + length;
}

static void split_words(struct words *words, const char *text)
{
    text_copy(words->text, sizeof(words->text), text);
    words->count = 0;
    for (char *at = words->text; *at; at++)
        *at = (char)((*at & 0x80) ? *at : tolower((unsigned char)*at));
    for (const char *at = words->text; *at;) {
        const char *end = at;
        while (*end && !(*end & 0x80) && isalnum((unsigned char)*end))
            end++;
        if (end > at)
            add_word(words, at, (size_t)(end - at));
        else if (*at & 0x80)
            end = is_sign(at) ? at + bytes_of(at) : add_run(words, at);
        at = end > at ? end : at + 1;
    }
}

static bool has_word(const struct words *words, const char *at, size_t length)
{
    for (size_t i = 0; i < words->count; i++)
        if (words->list[i].length == length && memcmp(words->list[i].at, at, length) == 0)
            return true;
    return false;
}

/* ---------------------------------------------------------------- the best */

struct search {
    struct office *office;
    const char *shop;
    const struct listing_seen *seen;
    struct suggestion *out;
    size_t most, count;
    char code[65], title[TEXT_SIZE];
    char plain[65]; /* the code without signs, in small letters */
    char stem[65];  /* the code without its number of pieces; "": it has none */
    int64_t stem_factor;
    struct words words; /* of the title */
};

static bool is_same(const struct listing_meaning *one, const struct listing_meaning *other)
{
    return strcmp(one->sku, other->sku) == 0 && strcmp(one->bundle, other->bundle) == 0 && one->factor == other->factor;
}

/* In its place; of two of one meaning the better one stays. */
static void offer(struct search *search, const struct suggestion *suggestion)
{
    size_t at = 0, end = search->count;
    for (; at < search->count && search->out[at].score >= suggestion->score; at++)
        if (is_same(&search->out[at].meaning, &suggestion->meaning))
            return;
    for (size_t i = at; i < search->count; i++)
        if (is_same(&search->out[i].meaning, &suggestion->meaning))
            end = i;
    if (at == search->most)
        return;
    if (end == search->count && search->count == search->most)
        end = search->count - 1;
    else if (end == search->count)
        search->count++;
    memmove(&search->out[at + 1], &search->out[at], (end - at) * sizeof(*search->out));
    search->out[at] = *suggestion;
}

static struct suggestion begin(const char *sku, const char *bundle, int64_t factor, int64_t score)
{
    struct suggestion suggestion = {.meaning.factor = factor, .score = score};
    text_copy(suggestion.meaning.sku, sizeof(suggestion.meaning.sku), sku);
    text_copy(suggestion.meaning.bundle, sizeof(suggestion.meaning.bundle), bundle);
    return suggestion;
}

/* ---------------------------------------------------------------- by code */

static void make_plain(const char *code, char out[65])
{
    size_t length = 0;
    for (; *code && length < 64; code++)
        if ((*code & 0x80) || isalnum((unsigned char)*code))
            out[length++] = (char)((*code & 0x80) ? *code : tolower((unsigned char)*code));
    out[length] = '\0';
}

/* "TEA-1*6", "TEA-1 x6": six of TEA-1. */
static void find_stem(struct search *search)
{
    size_t length = strlen(search->code), digits = length;
    while (digits > 0 && isdigit((unsigned char)search->code[digits - 1]))
        digits--;
    int64_t factor = strtoll(search->code + digits, NULL, 10);
    size_t end = digits;
    if (digits == length || length - digits > 4 || factor < 2)
        return;
    if (end > 0 && strchr("*xX", search->code[end - 1]))
        end--;
    else if (end > 1 && memcmp(search->code + end - 2, "×", 2) == 0)
        end -= 2;
    else
        return;
    while (end > 0 && strchr(" -_", search->code[end - 1]))
        end--;
    search->stem_factor = factor;
    text_copy_n(search->stem, sizeof(search->stem), search->code, end);
}

static int offer_other_shops(struct search *search)
{
    struct sql_query *row =
        sql_select(search->office->sql,
                   "SELECT coalesce(our_sku, ''), coalesce(bundle, ''), factor, shop FROM listing WHERE code = ?1 AND"
                   " code <> '' AND (our_sku IS NOT NULL OR bundle IS NOT NULL) ORDER BY shop, item, sku LIMIT 20",
                   sql_text(search->code));
    while (sql_next(row)) {
        struct suggestion suggestion =
            begin(sql_get_text(row, 0), sql_get_text(row, 1), sql_get_int(row, 2), SAME_CODE);
        snprintf(suggestion.why, sizeof(suggestion.why), "the same code means it in shop \"%s\"", sql_get_text(row, 3));
        offer(search, &suggestion);
    }
    return sql_done(row);
}

static int offer_barcodes(struct search *search)
{
    size_t length = strlen(search->code);
    if (length < 6 || strspn(search->code, "0123456789") != length)
        return 0;
    struct sql_query *row =
        sql_select(search->office->sql,
                   "SELECT sku, code, factor FROM barcode WHERE kind = 'item' AND ltrim(code, '0') = ltrim(?1, '0')"
                   " ORDER BY code LIMIT 20",
                   sql_text(search->code));
    while (sql_next(row)) {
        struct suggestion suggestion = begin(sql_get_text(row, 0), "", sql_get_int(row, 2), ALIKE_BARCODE);
        snprintf(suggestion.why, sizeof(suggestion.why), "its barcode %s is the code but for zeros in front",
                 sql_get_text(row, 1));
        offer(search, &suggestion);
    }
    return sql_done(row);
}

/* ---------------------------------------------------------------- all that there is */

static void offer_by_code(struct search *search, const char *code, bool bundle)
{
    char plain[65];
    make_plain(code, plain);
    const char *sku = bundle ? "" : code, *set = bundle ? code : "";
    if (*plain && strcmp(plain, search->plain) == 0) {
        struct suggestion suggestion = begin(sku, set, 1, ALIKE_CODE);
        snprintf(suggestion.why, sizeof(suggestion.why), "\"%s\" is the code but for signs or capital letters", code);
        offer(search, &suggestion);
    }
    if (!bundle && *search->stem && strcmp(code, search->stem) == 0) {
        struct suggestion suggestion = begin(code, "", search->stem_factor, PACK_CODE);
        snprintf(suggestion.why, sizeof(suggestion.why), "the code is \"%s\" with %" PRId64 " pieces behind it", code,
                 search->stem_factor);
        offer(search, &suggestion);
    }
}

static void offer_by_name(struct search *search, const char *code, const char *name, bool bundle)
{
    struct words words;
    size_t common = 0, length = 0;
    char said[160] = "";
    split_words(&words, name);
    for (size_t i = 0; i < words.count; i++) {
        if (!has_word(&search->words, words.list[i].at, words.list[i].length))
            continue;
        if (length + words.list[i].length + 3 < sizeof(said))
            length += (size_t)snprintf(said + length, sizeof(said) - length, "%s%.*s", common > 0 ? ", " : "",
                                       (int)words.list[i].length, words.list[i].at);
        common++;
    }
    int64_t score = words.count > 0 ? (int64_t)(ALL_WORDS * common / words.count) : 0;
    if (score < LEAST_WORDS)
        return;
    struct suggestion suggestion = begin(bundle ? "" : code, bundle ? code : "", 1, score);
    snprintf(suggestion.why, sizeof(suggestion.why), "%zu of %zu words of its name are in the title: %s", common,
             words.count, said);
    offer(search, &suggestion);
}

static int offer_all(struct search *search)
{
    struct sql_query *row = sql_select(search->office->sql,
                                       "SELECT sku AS code, name, 0 AS bundle FROM item UNION ALL SELECT code, name, 1"
                                       " FROM bundle ORDER BY bundle, code",
                                       SQL_NO_VALUES);
    while (sql_next(row)) {
        bool bundle = sql_get_int(row, 2) != 0;
        offer_by_code(search, sql_get_text(row, 0), bundle);
        offer_by_name(search, sql_get_text(row, 0), sql_get_text(row, 1), bundle);
    }
    return sql_done(row);
}

/* ---------------------------------------------------------------- the whole */

static int load(struct search *search, struct error *error)
{
    struct sql_query *row =
        sql_select(search->office->sql, "SELECT code, title FROM listing WHERE shop = ?1 AND item = ?2 AND sku = ?3",
                   sql_text(search->shop), sql_text(search->seen->item), sql_text(search->seen->sku));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, search->code, sizeof(search->code));
        sql_copy_text(row, 1, search->title, sizeof(search->title));
    }
    int failed = sql_done(row);
    if (failed)
        return office_failed(search->office->sql, failed, error);
    return found ? 0
                 : error_set(error, -ENOENT, "shop \"%s\" has no listing \"%s\" \"%s\"", search->shop,
                             search->seen->item, search->seen->sku);
}

int suggest(struct office *office, const char *shop, const struct listing_seen *seen, size_t most,
            struct suggestion *out, size_t *ret_count, struct error *error)
{
    struct search search = {.office = office, .shop = shop, .seen = seen, .out = out, .most = most};
    int result = load(&search, error);
    if (result)
        return result;
    make_plain(search.code, search.plain);
    find_stem(&search);
    split_words(&search.words, search.title);
    result = offer_other_shops(&search);
    if (!result)
        result = offer_barcodes(&search);
    if (!result)
        result = offer_all(&search);
    *ret_count = search.count;
    return result ? office_failed(office->sql, result, error) : 0;
}
