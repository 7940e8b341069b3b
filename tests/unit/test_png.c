/* Dots survive a PNG; any other PNG becomes dots or is refused. */
#include "drivers/label/png.h"

#include "base/id.h"

#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    static const int sides[][2] = {{1, 1}, {7, 3}, {8, 8}, {9, 2}, {608, 40}, {DOTS_SIDE_MAX, 1}};
    struct random_seeded seed = {3};
    for (size_t i = 0; i < COUNT(sides); i++) {
        CLEANUP(dots_done) struct dots dots = {0}, back = {0};
        assert_int_equal(dots_init(&dots, sides[i][0], sides[i][1]), 0);
        for (int y = 0; y < dots.height; y++)
            for (int x = 0; x < dots.width; x++)
                if (random_next(&seed) & 1)
                    dots_set(&dots, x, y);
        CLEANUP_BUF struct buf file = {0};
        assert_int_equal(png_write(&dots, 203, &file), 0);
        assert_int_equal(png_read(file.data, file.length, i % 2, &back), 0);
        assert_int_equal(back.width, dots.width);
        assert_int_equal(back.height, dots.height);
        assert_memory_equal(back.bits, dots.bits, dots.stride * (size_t)dots.height);
    }
}

static void the_resolution_is_in_the_file(void **state)
{
    (void)state;
    CLEANUP(dots_done) struct dots dots = {0};
    assert_int_equal(dots_init(&dots, 8, 8), 0);
    static const struct {
        int64_t dpi;
        uint8_t per_metre[4];
    } cases[] = {
        {203, {0, 0, 0x1F, 0x40}}, {300, {0, 0, 0x2E, 0x23}}, {600, {0, 0, 0x5C, 0x46}}}; /* 8000, 11811, 23622 */
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf file = {0};
        assert_int_equal(png_write(&dots, cases[i].dpi, &file), 0);
        const char *mark = memmem(file.data, file.length, "pHYs", 4);
        assert_non_null(mark);
        assert_memory_equal(mark + 4, cases[i].per_metre, 4);
        assert_memory_equal(mark + 8, cases[i].per_metre, 4);
        assert_int_equal(mark[12], 1); /* metres */
    }
}

static void too_small_a_buf_is_said(void **state)
{
    (void)state;
    CLEANUP(dots_done) struct dots dots = {0};
    assert_int_equal(dots_init(&dots, 100, 100), 0);
    CLEANUP_BUF struct buf file = {.max = 50};
    assert_int_equal(png_write(&dots, 203, &file), -ENOMEM);
}

/* A PNG of one colour, of libpng's own making. */
static void put_png(struct buf *out, int width, int height, const uint8_t rgba[4])
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .format = PNG_FORMAT_RGBA,
                       .width = (png_uint_32)width,
                       .height = (png_uint_32)height};
    size_t size = (size_t)width * (size_t)height * 4;
    uint8_t *pixels = malloc(size);
    assert_non_null(pixels);
    for (size_t i = 0; i < size; i++)
        pixels[i] = rgba[i % 4];
    png_alloc_size_t length = 0;
    assert_true(png_image_write_to_memory(&image, NULL, &length, 0, pixels, 0, NULL));
    char *bytes = malloc(length);
    assert_non_null(bytes);
    assert_true(png_image_write_to_memory(&image, bytes, &length, 0, pixels, 0, NULL));
    buf_put(out, bytes, length);
    free(bytes);
    free(pixels);
}

static int count_black(const struct dots *dots)
{
    int count = 0;
    for (int y = 0; y < dots->height; y++)
        for (int x = 0; x < dots->width; x++)
            count += dots_get(dots, x, y);
    return count;
}

static void colours_become_black_and_white(void **state)
{
    (void)state;
    static const struct {
        uint8_t rgba[4];
        bool dither;
        int least, most; /* black ones of 10,000 */
    } cases[] = {
        {{0, 0, 0, 255}, false, 10000, 10000},
        {{255, 255, 255, 255}, false, 0, 0},
        {{0, 0, 0, 0}, false, 0, 0},
        {{0, 0, 0, 30}, false, 0, 0},
        {{127, 127, 127, 255}, false, 10000, 10000},
        {{128, 128, 128, 255}, false, 0, 0},
        {{200, 0, 0, 255}, false, 10000, 10000},
        {{255, 255, 0, 255}, false, 0, 0},
        {{0, 0, 0, 255}, true, 10000, 10000},
        {{255, 255, 255, 255}, true, 0, 0},
        {{64, 64, 64, 255}, true, 7300, 7700},
        {{128, 128, 128, 255}, true, 4900, 5100},
        {{230, 230, 230, 255}, true, 850, 1100},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf file = {0};
        put_png(&file, 100, 100, cases[i].rgba);
        CLEANUP(dots_done) struct dots dots = {0};
        assert_int_equal(png_read(file.data, file.length, cases[i].dither, &dots), 0);
        assert_in_range(count_black(&dots), cases[i].least, cases[i].most);
    }
}

static void what_is_no_picture_is_refused(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf file = {0};
    put_png(&file, 100, 100, (const uint8_t[]){10, 200, 30, 255});
    struct dots none = {0};
    assert_int_equal(png_read("", 0, false, &none), -EINVAL);
    assert_int_equal(png_read("^XA^XZ", 6, false, &none), -EINVAL);
    for (size_t length = 0; length < 70; length++) /* the header and part of the dots */
        assert_int_equal(png_read(file.data, length, false, &none), -EINVAL);
    assert_int_equal(png_read(file.data, PNG_FILE_MAX + 1, false, &none), -EOVERFLOW);
    CLEANUP_BUF struct buf wide = {0}, huge = {0};
    put_png(&wide, DOTS_SIDE_MAX + 1, 1, (const uint8_t[]){0, 0, 0, 255});
    assert_int_equal(png_read(wide.data, wide.length, false, &none), -EOVERFLOW);
    put_png(&huge, DOTS_SIDE_MAX, (int)(PNG_DOTS_MAX / DOTS_SIDE_MAX) + 1, (const uint8_t[]){0, 0, 0, 255});
    assert_int_equal(png_read(huge.data, huge.length, false, &none), -EOVERFLOW);
    assert_null(none.bits);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),  cmocka_unit_test(the_resolution_is_in_the_file),
        cmocka_unit_test(too_small_a_buf_is_said),       cmocka_unit_test(colours_become_black_and_white),
        cmocka_unit_test(what_is_no_picture_is_refused),
    };
    return cmocka_run_group_tests_name("png", tests, NULL, NULL);
}
