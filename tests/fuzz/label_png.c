/* A picture from elsewhere. The input: dithered or not, then the file. */
#include "drivers/label/png.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>

/* The spare bits of each row are white, as everybody relies on. */
static void check_dots(const struct dots *dots)
{
    CLAIM(dots->width > 0 && dots->width <= DOTS_SIDE_MAX && dots->height > 0 && dots->height <= DOTS_SIDE_MAX);
    CLAIM(dots->stride == ((size_t)dots->width + 7) / 8);
    uint8_t spare = (uint8_t)(dots->width % 8 ? 0xFF >> dots->width % 8 : 0);
    for (int y = 0; y < dots->height; y++)
        CLAIM((dots->bits[((size_t)y + 1) * dots->stride - 1] & spare) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    bool dither = input_byte(&input) & 1;
    struct dots dots, back;
    int result = png_read(input.at, input.left, dither, &dots);
    CLAIM(result == 0 || result == -EINVAL || result == -EOVERFLOW || result == -ENOMEM);
    if (result)
        return 0;
    check_dots(&dots);
    CLEANUP_BUF struct buf file = {0};
    CLAIM(png_write(&dots, 300, &file) == 0 && png_read(file.data, file.length, dither, &back) == 0);
    CLAIM(memcmp(back.bits, dots.bits, dots.stride * (size_t)dots.height) == 0);
    dots_done(&dots);
    dots_done(&back);
    return 0;
}
