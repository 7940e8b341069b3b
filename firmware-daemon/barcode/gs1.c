#include "barcode/gs1.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Digits of a lot that has no letters; characters of an identifier and its value: (422) with a country, not (20) with
 * any two digits. */
#define LIKELY_NUMBER_MIN  3
#define LIKELY_ELEMENT_MIN 6

static bool in_set(enum gs1_characters set, char c)
{
    if (c >= '0' && c <= '9')
        return true;
    if (c == '\0')
        return false;
    switch (set) {
    case GS1_DIGITS:
        return false;
    case GS1_SET_39:
        return (c >= 'A' && c <= 'Z') || strchr("#-/", c);
    case GS1_SET_64:
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || strchr("-_=", c);
    case GS1_SET_82:
        break;
    }
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || strchr("!\"%&'()*+,-./:;<=>?_", c);
}

static const char *set_fault(enum gs1_characters set)
{
    return set == GS1_DIGITS ? "must hold digits only" : "has a character that GS1 does not allow there";
}

const char *gs1_value_fault(const struct gs1_ai *ai, const char *value, size_t length, size_t *ret_position)
{
    size_t at = 0;
    for (const struct gs1_part *part = ai->parts; part < ai->parts + GS1_PARTS_MAX && part->max > 0; part++) {
        size_t left = length - at, take = left < part->max ? left : part->max;
        *ret_position = at;
        if (left == 0 && part->optional)
            break;
        for (size_t i = 0; i < take; i++) {
            if (!in_set(part->characters, value[at + i])) {
                *ret_position = at + i;
                return set_fault(part->characters);
            }
        }
        if (take < part->min)
            return length == 0 ? "must have a value" : "is too short";
        const char *fault = gs1_rule_fault(part->rule, value + at, take);
        if (fault)
            return fault;
        at += take;
    }
    *ret_position = at;
    return at == length ? NULL : "is too long: a separator is missing or the label is wrong";
}

/* One element of a string: where it stands and how it ended. */
struct piece {
    const struct gs1_ai *ai;
    size_t ai_start, start, length, next;
    bool separated; /* a separator followed */
};

static size_t longest(const struct gs1_ai *ai)
{
    size_t length = 0;
    for (const struct gs1_part *part = ai->parts; part < ai->parts + GS1_PARTS_MAX; part++)
        length += part->max;
    return length;
}

static bool is_variable(const struct gs1_ai *ai)
{
    for (const struct gs1_part *part = ai->parts; part < ai->parts + GS1_PARTS_MAX; part++)
        if (part->min != part->max || part->optional)
            return true;
    return false;
}

/* NULL, or what is wrong at *ret_position: with an .ai what is wrong with it, without one what the code has there. A
 * separator after a predefined length is needless and tolerated. */
static const char *next_piece(const char *text, size_t length, size_t at, struct piece *ret, size_t *ret_position)
{
    *ret = (struct piece){.ai_start = at, .ai = gs1_find(text + at, length - at)};
    *ret_position = at;
    if (text[at] == GS1_SEPARATOR)
        return "an empty element: two separators follow each other";
    if (!ret->ai)
        return "no application identifier that GS1 knows";
    ret->start = at + ret->ai->digits;
    size_t left = length - ret->start;
    const char *separator = memchr(text + ret->start, GS1_SEPARATOR, left);
    size_t end = separator ? (size_t)(separator - text - (ptrdiff_t)ret->start) : left;
    ret->length = ret->ai->predefined && longest(ret->ai) < end ? longest(ret->ai) : end;
    ret->next = ret->start + ret->length;
    ret->separated = ret->next < length && text[ret->next] == GS1_SEPARATOR;
    ret->next += ret->separated;
    const char *fault = gs1_value_fault(ret->ai, text + ret->start, ret->length, ret_position);
    *ret_position += ret->start;
    return fault;
}

/* Something a lot number is unlikely to look like by chance: a check digit or a date that is right, or a fixed length
 * behind an identifier of its own; a measure only with a 0 in front, as nearly all have. "21" and "10" prove nothing:
 * they are part of too many lots and years. */
static bool is_evidence(const struct piece *piece, const char *value)
{
    for (const struct gs1_part *part = piece->ai->parts; part < piece->ai->parts + GS1_PARTS_MAX; part++)
        if (part->rule == GS1_CHECK_DIGIT || part->rule == GS1_DATE || part->rule == GS1_DATE_DAY_OPEN ||
            part->rule == GS1_DATE_LONG || part->rule == GS1_DATE_HOUR)
            return true;
    bool is_measure = piece->ai->first >= 3100 && piece->ai->last < 3700;
    return !is_variable(piece->ai) && piece->ai->digits + piece->length >= LIKELY_ELEMENT_MIN &&
           (!is_measure || *value == '0');
}

static bool reads_as_elements(const char *text, size_t length)
{
    bool evidence = false;
    size_t position;
    struct piece piece;
    for (size_t at = 0; at < length; at = piece.next) {
        if (next_piece(text, length, at, &piece, &position))
            return false;
        evidence = evidence || is_evidence(&piece, text + piece.start);
    }
    return evidence;
}

/* "10ABC17261231" is a legal lot, and far likelier a lot and an expiry whose separator the printer forgot. What is left
 * of the value must be right too. A number that begins with a year, "2611051230", is a time of day: nothing is looked
 * for so near its front. */
static bool holds_elements(const struct gs1_ai *ai, const char *value, size_t length)
{
    size_t position;
    for (size_t at = text_all_digits(value, length) ? LIKELY_NUMBER_MIN : 1; at < length; at++)
        if (value[at] >= '0' && value[at] <= '9' && reads_as_elements(value + at, length - at) &&
            !gs1_value_fault(ai, value, at, &position))
            return true;
    return false;
}

int gs1_add_element(struct barcode *barcode, const char *ai, size_t ai_length, const char *value, size_t length)
{
    size_t used = 0;
    for (size_t i = 0; i < barcode->count; i++) {
        const struct barcode_element *other = &barcode->elements[i];
        used = other->offset + other->length + 1;
        bool same_ai = strlen(other->ai) == ai_length && memcmp(other->ai, ai, ai_length) == 0;
        if (same_ai && (other->length != length || memcmp(barcode->values + other->offset, value, length) != 0))
            return -EEXIST;
    }
    if (barcode->count == BARCODE_ELEMENTS_MAX || length + 1 > sizeof(barcode->values) - used)
        return -ENOSPC;
    struct barcode_element *element = &barcode->elements[barcode->count++];
    memcpy(element->ai, ai, ai_length);
    element->ai[ai_length] = '\0';
    element->offset = used;
    element->length = length;
    memcpy(barcode->values + used, value, length);
    barcode->values[used + length] = '\0';
    return 0;
}

void gs1_take_gtin(struct barcode *barcode)
{
    const char *gtin = barcode_value(barcode, "01");
    if (!gtin)
        gtin = barcode_value(barcode, "8006");
    if (!gtin)
        return;
    memcpy(barcode->gtin14, gtin, 14);
    barcode->gtin14[14] = '\0';
}

static int reject(struct barcode_error *error, const char *text, const struct piece *piece, const char *fault,
                  size_t position)
{
    if (!error)
        return -EBADMSG;
    size_t digits = piece->ai ? piece->ai->digits : 0;
    memcpy(error->ai, text + piece->ai_start, digits);
    error->ai[digits] = '\0';
    error->position = position;
    if (piece->ai)
        snprintf(error->message, sizeof(error->message), "GS1 element (%s) %s.", error->ai, fault);
    else
        snprintf(error->message, sizeof(error->message), "The GS1 code has %s, at byte %zu.", fault, position);
    return -EBADMSG;
}

int gs1_parse(const char *text, size_t length, size_t start, struct barcode *ret, struct barcode_error *error)
{
    struct piece piece = {.ai = NULL};
    size_t position = 0;
    for (size_t at = 0; at < length; at = piece.next) {
        const char *fault = next_piece(text, length, at, &piece, &position);
        int r = fault ? 0 : gs1_add_element(ret, text + at, piece.ai->digits, text + piece.start, piece.length);
        if (r == -EEXIST)
            fault = "is there twice with different values";
        else if (r == -ENOSPC)
            fault = "is one element too many";
        if (fault)
            return reject(error, text, &piece, fault, start + (r ? piece.ai_start : position));
    }
    if (is_variable(piece.ai) && !piece.separated && holds_elements(piece.ai, text + piece.start, piece.length))
        ret->flags |= BARCODE_POSSIBLE_MISSING_SEPARATOR;
    ret->kind = strcmp(ret->elements[0].ai, "00") == 0 ? BARCODE_SSCC : BARCODE_GS1;
    gs1_take_gtin(ret);
    return 0;
}
