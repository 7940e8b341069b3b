/* Reads the ZPL that we write: its graphics, frames and Code 128, written from the printer's manual. Fails the test at
 * what it does not know. Not a printer: tests/label has one of another's making. */
#ifndef TEST_ZPL_READER_H
#define TEST_ZPL_READER_H

#include "base/buf.h"
#include "drivers/label/dots.h"

#include <ctype.h>
#include <libdeflate.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static inline size_t zpl_number(const char **at, char end)
{
    char *after;
    size_t number = strtoul(*at, &after, 10);
    assert_true(after > *at && *after == end);
    *at = after + 1;
    return number;
}

static inline unsigned zpl_crc(const char *text, size_t length)
{
    unsigned crc = 0;
    for (size_t i = 0; i < length * 8; i++) {
        unsigned bit = (unsigned)text[i / 8] >> (7 - i % 8) & 1;
        crc = (crc << 1 ^ ((crc >> 15 ^ bit) & 1 ? 0x1021 : 0)) & 0xFFFF;
    }
    return crc;
}

/* ":Z64:" base64 ":" CRC; returns what follows. */
static inline const char *zpl_read_z64(const char *at, struct dots *dots)
{
    size_t length = strcspn(at, ":"), packed_length, total = dots->stride * (size_t)dots->height, unpacked;
    assert_int_equal(strtoul(at + length + 1, NULL, 16), zpl_crc(at, length));
    unsigned char *packed = malloc(length + 1);
    assert_non_null(packed);
    assert_int_equal(
        sodium_base642bin(packed, length + 1, at, length, NULL, &packed_length, NULL, sodium_base64_VARIANT_ORIGINAL),
        0);
    struct libdeflate_decompressor *reader = libdeflate_alloc_decompressor();
    assert_int_equal(libdeflate_zlib_decompress(reader, packed, packed_length, dots->bits, total, &unpacked), 0);
    assert_int_equal(unpacked, total);
    libdeflate_free_decompressor(reader);
    free(packed);
    return at + length + 5;
}

static inline void zpl_put_digit(struct dots *dots, size_t *used, char digit)
{
    assert_true(*used < 2 * dots->stride * (size_t)dots->height);
    int value = digit <= '9' ? digit - '0' : digit - 'A' + 10;
    dots->bits[*used / 2] |= (uint8_t)(*used % 2 ? value : value << 4);
    ++*used;
}

/* Zebra's "alternative data compression scheme"; returns what follows. */
static inline const char *zpl_read_acs(const char *at, struct dots *dots)
{
    size_t row = 2 * dots->stride, used = 0, repeat = 0;
    for (; used < row * (size_t)dots->height; at++) {
        if (*at >= 'G' && *at <= 'Y') {
            repeat += (size_t)(*at - 'G' + 1);
        } else if (*at >= 'g' && *at <= 'z') {
            repeat += (size_t)(*at - 'g' + 1) * 20;
        } else if (*at == ',') {
            used += row - used % row;
        } else if (*at == ':') {
            assert_true(used >= row && used % row == 0);
            memcpy(dots->bits + used / 2, dots->bits + used / 2 - dots->stride, dots->stride);
            used += row;
        } else {
            assert_true(isxdigit((unsigned char)*at));
            for (repeat = repeat ? repeat : 1; repeat > 0; repeat--)
                zpl_put_digit(dots, &used, *at);
        }
    }
    return at;
}

/* "^GFA,…"; returns what follows. ret: dots_done. */
static inline const char *zpl_read_graphic(const char *at, struct dots *ret)
{
    assert_memory_equal(at, "^GFA,", 5);
    at += 5;
    size_t sent = zpl_number(&at, ','), total = zpl_number(&at, ','), stride = zpl_number(&at, ',');
    assert_int_equal(sent, total);
    assert_int_equal(dots_init(ret, (int)stride * 8, (int)(total / stride)), 0);
    return strncmp(at, ":Z64:", 5) == 0 ? zpl_read_z64(at + 5, ret) : zpl_read_acs(at, ret);
}

/* "^GBwidth,height,thickness" */
static inline void zpl_draw_frame(const char *at, struct dots *page, int x, int y)
{
    int width = (int)zpl_number(&at, ','), height = (int)zpl_number(&at, ','), thick = (int)zpl_number(&at, '^');
    for (int row = 0; row < height; row++)
        for (int column = 0; column < width; column++)
            if (row < thick || row >= height - thick || column < thick || column >= width - thick)
                dots_set(page, x + column, y + row);
}

/* A label of graphics and frames alone. ret: dots_done. */
static inline void zpl_draw(const char *zpl, struct dots *ret)
{
    const char *at = strstr(zpl, "^PW") + 3;
    int width = (int)zpl_number(&at, '^');
    at += 2; /* LL */
    assert_int_equal(dots_init(ret, width, (int)zpl_number(&at, '^')), 0);
    while ((at = strstr(at, "^FO"))) {
        at += 3;
        int x = (int)zpl_number(&at, ','), y = (int)zpl_number(&at, '^');
        at--;
        if (strncmp(at, "^GB", 3) == 0) {
            zpl_draw_frame(at + 3, ret, x, y);
            continue;
        }
        struct dots part;
        assert_memory_equal(zpl_read_graphic(at, &part), "^FS\n", 4);
        for (int row = 0; row < part.height; row++)
            for (int column = 0; column < part.width; column++)
                if (dots_get(&part, column, row))
                    dots_set(ret, x + column, y + row);
        dots_done(&part);
    }
}

/* What the field data of a ^BC in mode N make a printer print; returns the count of code words. */
static inline size_t zpl_read_code128(const char *at, uint8_t *words)
{
    static const struct {
        char sign;
        int word; /* -1: another letter of the same subset, in .letter */
        char letter, subset;
    } signs[] = {{':', 104, 0, 'B'}, {';', 105, 0, 'C'}, {'8', 102, 0, 0}, {'6', 100, 0, 'B'},
                 {'0', -1, '>', 0},  {'<', -1, '^', 0},  {'=', -1, '~', 0}};
    char subset = 0;
    size_t count = 0;
    for (; *at != '^'; at++) {
        if (*at == '>') {
            at++;
            bool known = false;
            for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
                if (signs[i].sign != *at)
                    continue;
                known = true;
                words[count++] = (uint8_t)(signs[i].word < 0 ? signs[i].letter - ' ' : signs[i].word);
                subset = signs[i].subset ? signs[i].subset : subset;
            }
            assert_true(known);
        } else if (subset == 'C') {
            assert_true(isdigit((unsigned char)at[0]) && isdigit((unsigned char)at[1]));
            words[count++] = (uint8_t)((at[0] - '0') * 10 + at[1] - '0');
            at++;
        } else {
            assert_true(subset == 'B' && *at >= ' ' && *at <= '~');
            words[count++] = (uint8_t)(*at - ' ');
        }
    }
    return count;
}

#endif
