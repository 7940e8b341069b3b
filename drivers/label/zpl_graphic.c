#include "drivers/label/zpl.h"

#include <string.h>

/* Zebra, "Alternative data compression scheme": G to Y mean 1 to 19 times, g to z mean 20 to 400 times, they add up,
 * and the repeated hex digit follows; ',' fills the rest of the row with 0; ':' repeats the row above. The sign for
 * "fill with 1" is left out: not every interpreter knows it. */
#define REPEAT_ONES_MAX   19
#define REPEAT_TWENTY_MAX 400
#define HEX_ROW_MAX       (DOTS_SIDE_MAX / 4 + 2)

static void put_run(struct buf *out, char digit, size_t count)
{
    for (; count > REPEAT_TWENTY_MAX + REPEAT_ONES_MAX; count -= REPEAT_TWENTY_MAX) {
        buf_putc(out, 'z');
        buf_putc(out, digit);
    }
    if (count <= 2) {
        for (; count > 0; count--)
            buf_putc(out, digit);
        return;
    }
    if (count >= 20)
        buf_putc(out, (char)('g' + count / 20 - 1));
    if (count % 20)
        buf_putc(out, (char)('G' + count % 20 - 1));
    buf_putc(out, digit);
}

static void put_row(struct buf *out, const uint8_t *row, size_t stride)
{
    static const char hex[] = "0123456789ABCDEF";
    char digits[HEX_ROW_MAX];
    size_t length = 2 * stride;
    for (size_t i = 0; i < length; i++)
        digits[i] = hex[i % 2 ? row[i / 2] & 15 : row[i / 2] >> 4];
    for (size_t at = 0, run; at < length; at += run) {
        for (run = 1; at + run < length && digits[at + run] == digits[at]; run++)
            ;
        if (digits[at] == '0' && at + run == length)
            buf_putc(out, ',');
        else
            put_run(out, digits[at], run);
    }
}

void zpl_put_graphic(struct buf *out, const struct dots *dots)
{
    size_t total = dots->stride * (size_t)dots->height;
    buf_printf(out, "^GFA,%zu,%zu,%zu,", total, total, dots->stride);
    for (int y = 0; y < dots->height; y++) {
        const uint8_t *row = dots->bits + (size_t)y * dots->stride;
        if (y > 0 && memcmp(row, row - dots->stride, dots->stride) == 0)
            buf_putc(out, ':');
        else
            put_row(out, row, dots->stride);
    }
}
