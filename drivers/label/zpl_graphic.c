#include "drivers/label/zpl_parts.h"

#include <libdeflate.h>
#include <sodium.h>
#include <stdlib.h>
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

static void put_acs(struct buf *out, const struct dots *dots)
{
    for (int y = 0; y < dots->height; y++) {
        const uint8_t *row = dots->bits + (size_t)y * dots->stride;
        if (y > 0 && memcmp(row, row - dots->stride, dots->stride) == 0)
            buf_putc(out, ':');
        else
            put_row(out, row, dots->stride);
    }
}

/* CRC-16 of polynomial 0x1021, beginning with 0, over the base64 text: as all graphics of carriers' labels have it. */
static unsigned crc_of(const char *text)
{
    unsigned crc = 0;
    for (; *text; text++) {
        crc ^= (unsigned)(unsigned char)*text << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 0x8000 ? (crc << 1 ^ 0x1021) & 0xFFFF : crc << 1;
    }
    return crc;
}

static void put_base64(struct buf *out, const void *bytes, size_t length)
{
    size_t size = sodium_base64_ENCODED_LEN(length, sodium_base64_VARIANT_ORIGINAL);
    char *text = malloc(size);
    if (!text) {
        out->failed = true;
        return;
    }
    sodium_bin2base64(text, size, bytes, length, sodium_base64_VARIANT_ORIGINAL);
    buf_printf(out, ":Z64:%s:%04X", text, crc_of(text));
    free(text);
}

/* libdeflate and not zlib: the same format in some six per cent less. */
static void put_z64(struct buf *out, const struct dots *dots, size_t total, int packing)
{
    struct libdeflate_compressor *packer = libdeflate_alloc_compressor(packing);
    size_t size = libdeflate_zlib_compress_bound(packer, total);
    void *packed = malloc(size);
    size_t length = packer && packed ? libdeflate_zlib_compress(packer, dots->bits, total, packed, size) : 0;
    if (length > 0)
        put_base64(out, packed, length);
    else
        out->failed = true;
    free(packed);
    libdeflate_free_compressor(packer);
}

void zpl_put_graphic(struct buf *out, const struct dots *dots, enum zpl_packing packing)
{
    CLEANUP_BUF struct buf acs = {0}, packed = {0};
    size_t total = dots->stride * (size_t)dots->height;
    put_acs(&acs, dots);
    if (packing)
        put_z64(&packed, dots, total, (int)packing);
    const struct buf *best = packing && packed.length < acs.length ? &packed : &acs;
    buf_printf(out, "^GFA,%zu,%zu,%zu,", total, total, dots->stride);
    buf_put(out, best->data, best->length);
    out->failed |= acs.failed || packed.failed;
}
