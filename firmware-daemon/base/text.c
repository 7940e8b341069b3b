#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

size_t text_next_utf8(const char *text, size_t length, uint32_t *ret)
{
    if (length == 0)
        return 0;
    const unsigned char *p = (const unsigned char *)text;
    if (p[0] < 0x80) {
        *ret = p[0];
        return 1;
    }
    static const struct {
        unsigned char mask, lead;
        uint32_t least;
    } forms[] = {{0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};
    for (size_t form = 0; form < 3; form++) {
        if ((p[0] & forms[form].mask) != forms[form].lead)
            continue;
        size_t bytes = form + 2;
        if (length < bytes)
            return 0;
        uint32_t value = p[0] & (uint32_t)~forms[form].mask & 0xFF;
        for (size_t i = 1; i < bytes; i++) {
            if ((p[i] & 0xC0) != 0x80)
                return 0;
            value = value << 6 | (p[i] & 0x3F);
        }
        if (value < forms[form].least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
            return 0;
        *ret = value;
        return bytes;
    }
    return 0;
}

bool text_is_utf8(const char *text, size_t length)
{
    const char *end = text + length;
    uint32_t character;
    while (text < end) {
        size_t used = (unsigned char)*text < 0x80 ? 1 : text_next_utf8(text, (size_t)(end - text), &character);
        if (used == 0)
            return false;
        text += used;
    }
    return true;
}

size_t text_whole_utf8(const char *text, size_t length)
{
    size_t back = 0;
    while (back < length && back < 3 && ((unsigned char)text[length - 1 - back] & 0xC0) == 0x80)
        back++;
    if (back == length)
        return length;
    unsigned char lead = (unsigned char)text[length - 1 - back];
    size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    return want > back + 1 ? length - back - 1 : length;
}

size_t text_put_utf8(char out[4], uint32_t c)
{
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        c = 0xFFFD;
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t bytes = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = bytes - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(leads[bytes] | c);
    return bytes;
}

int text_to_int(const char *text, int64_t min, int64_t max, int64_t *ret)
{
    const char *digits = text + (text[0] == '-');
    if (!text_all_digits(digits, strlen(digits)) || !*digits)
        return -EINVAL;
    errno = 0;
    long long value = strtoll(text, NULL, 10);
    if (errno || value < min || value > max)
        return -ERANGE;
    *ret = value;
    return 0;
}

bool text_all_digits(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int text_from_hex(const char *text, size_t length, uint8_t *out, size_t capacity, size_t *ret_length)
{
    size_t count = 0;
    int high = -1;
    for (size_t i = 0; i < length; i++) {
        if (strchr(" \t\r\n", text[i]) && text[i])
            continue;
        int value = hex_value(text[i]);
        if (value < 0)
            return -EINVAL;
        if (high < 0) {
            high = value;
            continue;
        }
        if (count == capacity)
            return -ENOSPC;
        out[count++] = (uint8_t)(high << 4 | value);
        high = -1;
    }
    if (high >= 0)
        return -EINVAL;
    *ret_length = count;
    return 0;
}

bool text_copy_n(char *out, size_t capacity, const char *text, size_t length)
{
    size_t fits = length < capacity ? length : text_whole_utf8(text, capacity - 1);
    memcpy(out, text, fits);
    out[fits] = '\0';
    return fits == length;
}

bool text_copy(char *out, size_t capacity, const char *text)
{
    return text_copy_n(out, capacity, text, strlen(text));
}

bool text_is_listed(const char *list, const char *word)
{
    size_t length = strlen(word);
    if (strcmp(list, "*") == 0)
        return true;
    for (const char *at = list; *at; at += strspn(at, ", ")) {
        size_t listed = strcspn(at, ", ");
        if (listed == length && strncmp(at, word, length) == 0)
            return true;
        at += listed;
    }
    return false;
}

/* Where a "*" has led astray, it takes one letter more. */
static bool fits(const char *pattern, size_t length, const char *word)
{
    const char *end = pattern + length, *star = NULL, *from = word;
    while (*word) {
        if (pattern < end && *pattern == '*') {
            star = pattern++;
            from = word;
        } else if (pattern < end && *pattern == *word) {
            pattern++;
            word++;
        } else if (star) {
            pattern = star + 1;
            word = ++from;
        } else {
            return false;
        }
    }
    while (pattern < end && *pattern == '*')
        pattern++;
    return pattern == end;
}

bool text_is_covered(const char *list, const char *word)
{
    for (const char *at = list; *at; at += strspn(at, ", ")) {
        size_t listed = strcspn(at, ", ");
        if (listed > 0 && fits(at, listed, word))
            return true;
        at += listed;
    }
    return false;
}
