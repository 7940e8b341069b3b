#include "barcode/barcode.h"

#include "barcode/digital_link.h"
#include "barcode/gs1.h"
#include "barcode/gtin.h"

#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LAYOUT_SUSPECT_MIN 8 /* characters: a GTIN-8 */

static int reject(struct barcode_error *error, size_t position, const char *message)
{
    if (error) {
        snprintf(error->message, sizeof(error->message), "%s", message);
        error->position = position;
        error->ai[0] = '\0';
    }
    return -EBADMSG;
}

/* Control characters that real codes hold: text lines, and the separators of ISO/IEC 15434 envelopes. */
static bool is_allowed(uint32_t character)
{
    static const char controls[] = "\t\n\r\x04\x1C\x1D\x1E\x1F";
    if (character >= 0x20)
        return character < 0x7F || character > 0x9F;
    return character != 0 && strchr(controls, (int)character);
}

static int check_characters(const char *text, size_t length, struct barcode_error *error)
{
    uint32_t character = 0;
    for (size_t at = 0; at < length;) {
        size_t used = text_next_utf8(text + at, length - at, &character);
        if (used == 0)
            return reject(error, at, "The scan is not UTF-8 text: set the scanner to send UTF-8, or check its cable.");
        if (!is_allowed(character))
            return reject(error, at, "The scan holds a control character no code may hold: check the scanner's setup.");
        at += used;
    }
    return 0;
}

size_t barcode_aim_length(const char *text, size_t length)
{
    bool has = length >= 3 && text[0] == ']' && isalpha((unsigned char)text[1]) && isalnum((unsigned char)text[2]);
    return has ? 3 : 0;
}

/* FNC1 in front; ]d5, ]Q4 and ]J4 with ECI (ISO/IEC 15424). */
static bool aim_says_gs1(const char *aim)
{
    static const char carriers[][4] = {"]C1", "]e0", "]d2", "]d5", "]Q3", "]Q4", "]J1", "]J4"};
    for (size_t i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++)
        if (strcmp(aim, carriers[i]) == 0)
            return true;
    return false;
}

/* ISO/IEC 15434: such an envelope holds separators and is no GS1 element string. */
static bool is_envelope(const char *text)
{
    return strncmp(text, "[)>", 3) == 0;
}

/* Without AIM prefix or separator only a whole, valid string counts that begins with a GTIN, or is an SSCC. */
static bool take_unmarked_gs1(struct barcode *barcode)
{
    const char *text = barcode->text;
    bool gtin = barcode->length >= 16 && memcmp(text, "01", 2) == 0 && barcode_check_digit_ok(text + 2, 14);
    bool sscc = barcode->length == 20 && memcmp(text, "00", 2) == 0 && barcode_check_digit_ok(text + 2, 18);
    if (!gtin && !sscc)
        return false;
    if (gs1_parse(text, barcode->length, 0, barcode, NULL) == 0)
        return true;
    barcode->kind = BARCODE_PLAIN;
    barcode->flags = 0;
    barcode->count = 0;
    return false;
}

/* What the ten digits become when the scanner types for one keyboard layout and the computer reads another. */
static bool is_layout_suspect(const char *text, size_t length)
{
    static const char *const digit_rows[] = {
        "à&é\"'(-è_ç", /* French, unshifted */
        ")!@#$%^&*(",  /* US, shifted */
        ")!\"£$%^&*(", /* UK, shifted */
        "=!\"§$%&/()", /* German, shifted */
    };
    for (size_t row = 0; row < sizeof(digit_rows) / sizeof(digit_rows[0]); row++) {
        size_t at = 0, characters = 0, used = 1;
        uint32_t character;
        for (; at < length && used > 0; at += used, characters++) {
            char one[5] = "";
            used = text_next_utf8(text + at, length - at, &character);
            memcpy(one, text + at, used);
            if (!strstr(digit_rows[row], one))
                break;
        }
        if (at == length && characters >= LAYOUT_SUSPECT_MIN)
            return true;
    }
    return false;
}

static void classify(struct barcode *barcode)
{
    bool unmarked = !barcode->aim[0] || barcode->aim[1] == 'X';
    if (digital_link_parse(barcode))
        return;
    gtin_classify(barcode);
    if (barcode->kind != BARCODE_PLAIN || (unmarked && take_unmarked_gs1(barcode)))
        return;
    if (is_layout_suspect(barcode->text, barcode->length))
        barcode->flags |= BARCODE_LAYOUT_SUSPECT;
}

int barcode_parse(const char *text, size_t length, struct barcode *ret, struct barcode_error *error)
{
    size_t start = barcode_aim_length(text, length);
    if (length - start > BARCODE_TEXT_MAX)
        return reject(error, start + BARCODE_TEXT_MAX, "The scan is longer than any code: scan one code at a time.");
    int r = check_characters(text, length, error);
    if (r != 0)
        return r;
    memcpy(ret->aim, text, start);
    ret->aim[start] = '\0';
    bool leading_separator = start == 0 && length > 0 && text[0] == GS1_SEPARATOR;
    start += leading_separator;
    if (start == length)
        return reject(error, start, "The scan is empty: scan the code again.");
    ret->kind = BARCODE_PLAIN;
    ret->flags = 0;
    ret->gtin14[0] = '\0';
    ret->addon[0] = '\0';
    ret->count = 0;
    ret->length = length - start;
    memcpy(ret->text, text + start, ret->length);
    ret->text[ret->length] = '\0';

    bool inner_separator = !ret->aim[0] && !is_envelope(ret->text) && strchr(ret->text, GS1_SEPARATOR);
    if (!leading_separator && !inner_separator && !aim_says_gs1(ret->aim)) {
        classify(ret);
        return 0;
    }
    r = gs1_parse(ret->text, ret->length, start, ret, error);
    if (r == 0 && ret->text[ret->length - 1] == GS1_SEPARATOR)
        ret->text[--ret->length] = '\0';
    return r;
}

const char *barcode_value(const struct barcode *barcode, const char *ai)
{
    for (size_t i = 0; i < barcode->count; i++)
        if (strcmp(barcode->elements[i].ai, ai) == 0)
            return barcode->values + barcode->elements[i].offset;
    return NULL;
}

const char *barcode_kind_name(enum barcode_kind kind)
{
    static const char *const names[BARCODE_KINDS] = {"plain",        "gtin", "gs1",     "sscc",
                                                     "digital_link", "isbn", "in_store"};
    return names[kind];
}

const char *barcode_flag_name(enum barcode_flag flag)
{
    switch (flag) {
    case BARCODE_POSSIBLE_MISSING_SEPARATOR:
        return "possible_missing_separator";
    case BARCODE_AMBIGUOUS_8:
        return "ambiguous_8";
    case BARCODE_BAD_CHECK_DIGIT:
        return "bad_check_digit";
    case BARCODE_LAYOUT_SUSPECT:
        break;
    }
    return "layout_suspect";
}
