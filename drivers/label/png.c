#include "drivers/label/png.h"

#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- writing */

static void put_bytes(png_structp png, png_bytep bytes, size_t length)
{
    buf_put(png_get_io_ptr(png), bytes, length);
}

static void no_flush(png_structp png)
{
    (void)png;
}

static void give_up(png_structp png, png_const_charp text)
{
    (void)text;
    png_longjmp(png, 1);
}

static void say_nothing(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static png_uint_32 dots_per_metre(int64_t dpi)
{
    return dpi == 203 ? 8000 : (png_uint_32)((dpi * 10000 + 127) / 254);
}

static void write_rows(png_structp png, png_infop info, const struct dots *dots, int64_t dpi)
{
    png_uint_32 per_metre = dots_per_metre(dpi);
    png_set_IHDR(png, info, (png_uint_32)dots->width, (png_uint_32)dots->height, 1, PNG_COLOR_TYPE_GRAY,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_pHYs(png, info, per_metre, per_metre, PNG_RESOLUTION_METER);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    png_write_info(png, info);
    png_set_invert_mono(png); /* in a PNG, 1 is white */
    for (int y = 0; y < dots->height; y++)
        png_write_row(png, dots->bits + (size_t)y * dots->stride);
    png_write_end(png, info);
}

/* Apart, because a longjmp may spoil the variables of the function that it returns to. */
static bool write_all(png_structp png, png_infop info, const struct dots *dots, int64_t dpi)
{
    if (setjmp(png_jmpbuf(png)))
        return false;
    write_rows(png, info, dots, dpi);
    return true;
}

int png_write(const struct dots *dots, int64_t dpi, struct buf *out)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, give_up, say_nothing);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (png)
        png_set_write_fn(png, out, put_bytes, no_flush);
    bool ok = info && write_all(png, info, dots, dpi) && !out->failed;
    png_destroy_write_struct(&png, &info);
    return ok ? 0 : -ENOMEM;
}

/* ---------------------------------------------------------------- reading */

#define WHITE 255
#define HALF  128

/* One byte a dot, 0 is black; what is transparent shows white. */
static int read_greys(png_image *image, uint8_t **ret)
{
    static const png_color white = {WHITE, WHITE, WHITE};
    if (image->width > DOTS_SIDE_MAX || image->height > DOTS_SIDE_MAX ||
        (size_t)image->width * image->height > PNG_DOTS_MAX)
        return -EOVERFLOW;
    image->format = PNG_FORMAT_GRAY;
    uint8_t *greys = malloc((size_t)image->width * image->height);
    if (!greys)
        return -ENOMEM;
    if (!png_image_finish_read(image, &white, greys, 0, NULL)) {
        free(greys);
        return -EINVAL;
    }
    *ret = greys;
    return 0;
}

/* Floyd and Steinberg 1976: what a dot is too dark or too light goes on to its neighbours. carry: of this row and the
 * next, with one more at each end. */
static void dither_row(const uint8_t *greys, int y, int *carry[2], struct dots *dots)
{
    memset(carry[1], 0, sizeof(int) * ((size_t)dots->width + 2));
    for (int x = 0; x < dots->width; x++) {
        int grey = greys[x] + carry[0][x + 1] / 16;
        bool black = grey < HALF;
        if (black)
            dots_set(dots, x, y);
        int rest = grey - (black ? 0 : WHITE);
        carry[0][x + 2] += rest * 7;
        carry[1][x] += rest * 3;
        carry[1][x + 1] += rest * 5;
        carry[1][x + 2] += rest;
    }
}

static int dither_all(const uint8_t *greys, struct dots *dots)
{
    size_t count = (size_t)dots->width + 2;
    int *rows = calloc(2 * count, sizeof(*rows));
    if (!rows)
        return -ENOMEM;
    for (int y = 0; y < dots->height; y++) {
        int *carry[2] = {rows + (y % 2 ? count : 0), rows + (y % 2 ? 0 : count)};
        dither_row(greys + (size_t)y * (size_t)dots->width, y, carry, dots);
    }
    free(rows);
    return 0;
}

static void cut_at_half(const uint8_t *greys, struct dots *dots)
{
    for (int y = 0; y < dots->height; y++)
        for (int x = 0; x < dots->width; x++)
            if (greys[(size_t)y * (size_t)dots->width + (size_t)x] < HALF)
                dots_set(dots, x, y);
}

int png_read(const void *bytes, size_t length, bool dither, struct dots *ret)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (length > PNG_FILE_MAX)
        return -EOVERFLOW;
    if (!png_image_begin_read_from_memory(&image, bytes, length))
        return -EINVAL;
    CLEANUP(cleanup_free) uint8_t *greys = NULL;
    struct dots dots = {0};
    int result = read_greys(&image, &greys);
    png_image_free(&image);
    if (!result)
        result = dots_init(&dots, (int)image.width, (int)image.height);
    if (!result && dither)
        result = dither_all(greys, &dots);
    else if (!result)
        cut_at_half(greys, &dots);
    if (result)
        dots_done(&dots);
    else
        *ret = dots;
    return result;
}
