#include "drivers/label/zpl_parts.h"

#include <errno.h>
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
#define ACS_LENGTH_MAX(dots)                                                                                           \
    ((2 * (dots)->stride + 1) * (size_t)(dots)->height) /* no run is longer than its digits                            \
                                                         */

struct acs {
    char *at, *end; /* what does not fit is left away: .full */
    bool full;
};

static void put(struct acs *acs, char sign)
{
    if (acs->at < acs->end)
        *acs->at++ = sign;
    else
        acs->full = true;
}

static void put_run(struct acs *acs, char digit, size_t count)
{
    for (; count > REPEAT_TWENTY_MAX + REPEAT_ONES_MAX; count -= REPEAT_TWENTY_MAX) {
        put(acs, 'z');
        put(acs, digit);
    }
    if (count >= 20)
        put(acs, (char)('g' + count / 20 - 1));
    if (count > 2 && count % 20)
        put(acs, (char)('G' + count % 20 - 1));
    if (count == 2)
        put(acs, digit);
    if (count > 0)
        put(acs, digit);
}

static void put_row(struct acs *acs, const uint8_t *row, size_t stride)
{
    static const char hex[] = "0123456789ABCDEF";
    char digits[HEX_ROW_MAX];
    size_t length = 2 * stride;
    for (size_t i = 0; i < stride; i++) {
        digits[2 * i] = hex[row[i] >> 4];
        digits[2 * i + 1] = hex[row[i] & 15];
    }
    for (size_t at = 0, run; at < length; at += run) {
        for (run = 1; at + run < length && digits[at + run] == digits[at]; run++)
            ;
        if (digits[at] == '0' && at + run == length)
            put(acs, ',');
        else
            put_run(acs, digits[at], run);
    }
}

/* Into room for size signs; how many there are, or SIZE_MAX when they do not fit. */
static size_t put_acs(char *room, size_t size, const struct dots *dots)
{
    struct acs acs = {room, room + size, false};
    for (int y = 0; y < dots->height && !acs.full; y++) {
        const uint8_t *row = dots->bits + (size_t)y * dots->stride;
        if (y > 0 && memcmp(row, row - dots->stride, dots->stride) == 0)
            put(&acs, ':');
        else
            put_row(&acs, row, dots->stride);
    }
    return acs.full ? SIZE_MAX : (size_t)(acs.at - room);
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

static size_t z64_length(size_t packed)
{
    return sodium_base64_ENCODED_LEN(packed, sodium_base64_VARIANT_ORIGINAL) - 1 + strlen(":Z64::0000");
}

static void put_z64(struct buf *out, const void *bytes, size_t length)
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

/* ---------------------------------------------------------------- both ways */

int zpl_packer_open(enum zpl_packing packing, struct zpl_packer *ret)
{
    *ret = (struct zpl_packer){0};
    if (packing == PACK_ACS)
        return 0;
    ret->trial = libdeflate_alloc_compressor(PACK_QUICK);
    ret->z64 = packing == PACK_QUICK ? ret->trial : libdeflate_alloc_compressor((int)packing);
    if (ret->z64 && ret->trial)
        return 0;
    zpl_packer_close(ret);
    return -ENOMEM;
}

void zpl_packer_close(struct zpl_packer *packer)
{
    if (packer->z64 != packer->trial)
        libdeflate_free_compressor(packer->z64);
    libdeflate_free_compressor(packer->trial);
    *packer = (struct zpl_packer){0};
}

/* The shorter of both. libdeflate and not zlib: the same format in some six per cent less. */
struct packed {
    char *acs;
    void *z64;
    size_t acs_length, z64_bytes;
};

static void packed_done(struct packed *packed)
{
    free(packed->acs);
    free(packed->z64);
}

/* ACS is given up where it gets longer than Z64. */
static int pack(const struct dots *dots, struct libdeflate_compressor *packer, struct packed *ret)
{
    size_t total = dots->stride * (size_t)dots->height, room = ACS_LENGTH_MAX(dots);
    if (packer) {
        size_t size = libdeflate_zlib_compress_bound(packer, total);
        ret->z64 = malloc(size);
        ret->z64_bytes = ret->z64 ? libdeflate_zlib_compress(packer, dots->bits, total, ret->z64, size) : 0;
        if (ret->z64_bytes == 0)
            return -ENOMEM;
        room = z64_length(ret->z64_bytes);
    }
    ret->acs = malloc(room);
    if (!ret->acs)
        return -ENOMEM;
    ret->acs_length = put_acs(ret->acs, room, dots);
    return 0;
}

void zpl_put_graphic(struct buf *out, const struct dots *dots, const struct zpl_packer *packer)
{
    CLEANUP(packed_done) struct packed packed = {0};
    size_t total = dots->stride * (size_t)dots->height;
    buf_printf(out, "^GFA,%zu,%zu,%zu,", total, total, dots->stride);
    if (pack(dots, packer->z64, &packed) != 0)
        out->failed = true;
    else if (packed.acs_length == SIZE_MAX)
        put_z64(out, packed.z64, packed.z64_bytes);
    else
        buf_put(out, packed.acs, packed.acs_length);
}

int zpl_graphic_cost(const struct dots *dots, const struct zpl_packer *packer, size_t *ret)
{
    CLEANUP(packed_done) struct packed packed = {0};
    int result = pack(dots, packer->trial, &packed);
    if (!result)
        *ret = packed.acs_length == SIZE_MAX ? z64_length(packed.z64_bytes) : packed.acs_length;
    return result;
}
