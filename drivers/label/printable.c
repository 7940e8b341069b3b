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

int printable_check_qr(const char *field, const char *text, struct error *error)
{
    size_t length = strlen(text);
    if (!text_is_utf8(text, length))
        return error_set(error, -EINVAL, "label_character: %s is not UTF-8 text", field);
    if (length == 0)
        return error_set(error, -EINVAL, "label_character: %s is empty, so there is nothing to scan", field);
    uint32_t c;
    for (size_t used; (used = text_next_utf8(text, length, &c)) > 0; text += used, length -= used)
        if (is_control(c) || is_shapeless(c) || is_joiner(c))
            return error_set(error, -EINVAL,
                             "label_character: %s contains the invisible character U+%04" PRIX32 "; remove it", field,
                             c);
    return 0;
}

int printable_check_code128(const char *field, const char *text, struct error *error)
{
    int result = printable_check_qr(field, text, error);
    if (result)
        return result;
    uint32_t c;
    for (size_t used, length = strlen(text); (used = text_next_utf8(text, length, &c)) > 0;
         text += used, length -= used)
        if (c > 0x7E)
            return error_set(error, -EINVAL,
                             "label_character: %s contains \"%.*s\", which Code 128 cannot carry; use A-Z, 0-9 and "
                             "common signs, or a QR code",
                             field, (int)used, text);
    return 0;
}
