#include "drivers/label/printable.h"

#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

/* Unicode 15: the shapeless characters of "Default_Ignorable_Code_Point" that carry no meaning on paper. The joiners
 * U+200C and U+200D stay in text, because Persian and Indic words are written with them. */
static const struct {
    uint32_t first, last;
} shapeless[] = {{0x00AD, 0x00AD}, {0x034F, 0x034F}, {0x061C, 0x061C},  {0x180E, 0x180E},
                 {0x200B, 0x200B}, {0x200E, 0x200F}, {0x202A, 0x202E},  {0x2060, 0x206F},
                 {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF}};

static bool is_shapeless(uint32_t c)
{
    for (size_t i = 0; i < COUNT(shapeless); i++)
        if (c >= shapeless[i].first && c <= shapeless[i].last)
            return true;
    return false;
}

static bool is_joiner(uint32_t c)
{
    return c == 0x200C || c == 0x200D;
}

/* C0, DEL, C1, and the two separators that break lines. */
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029;
}

int printable_text(const char *text, struct buf *out, int64_t *ret_removed)
{
    size_t length = strlen(text);
    if (!text_is_utf8(text, length))
        return -EINVAL;
    int64_t removed = 0;
    bool blank = false, started = false;
    uint32_t c;
    for (size_t used; (used = text_next_utf8(text, length, &c)) > 0; text += used, length -= used) {
        if (is_shapeless(c)) {
            removed++;
        } else if (c == ' ' || is_control(c)) {
            blank = started;
        } else {
            if (blank)
                buf_putc(out, ' ');
            buf_put(out, text, used);
            blank = false;
            started = true;
        }
    }
    *ret_removed = removed;
    return out->failed ? -ENOMEM : 0;
}

int printable_code(const char *field, const char *text, enum printable_set set, const char *carrier, struct buf *out,
                   int64_t *removed, struct label_fault *fault)
{
    size_t length = strlen(text);
    if (!text_is_utf8(text, length))
        return label_refuse(fault, -EINVAL, LABEL_CHARACTER, field, "%s is not UTF-8 text", field);
    int64_t count = 0;
    uint32_t c;
    for (size_t used; (used = text_next_utf8(text, length, &c)) > 0; text += used, length -= used) {
        if (is_control(c))
            return label_refuse(
                fault, -EINVAL, LABEL_CHARACTER, field,
                "%s contains the control character U+%04" PRIX32 ", which a code cannot carry; remove it", field, c);
        if (is_shapeless(c) || is_joiner(c)) {
            count++;
            continue;
        }
        if (c > 0x7E && set == PRINTABLE_ASCII)
            return label_refuse(
                fault, -EINVAL, LABEL_CHARACTER, field,
                "%s contains \"%.*s\", which %s cannot carry; use A-Z, 0-9 and common signs, or a QR code", field,
                (int)used, text, carrier);
        buf_put(out, text, used);
    }
    if (out->failed)
        return label_refuse(fault, -ENOMEM, LABEL_MEMORY, field, "there is no memory for %s; try again", field);
    if (out->length == 0)
        return label_refuse(fault, -EINVAL, LABEL_CHARACTER, field, "%s is empty, so there is nothing to scan", field);
    *removed += count;
    return 0;
}
