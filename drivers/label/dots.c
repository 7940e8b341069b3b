#include "drivers/label/dots.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

int dots_init(struct dots *dots, int width, int height)
{
    if (width < 1 || height < 1 || width > DOTS_SIDE_MAX || height > DOTS_SIDE_MAX)
        return -EINVAL;
    size_t stride = ((size_t)width + 7) / 8;
    uint8_t *bits = calloc((size_t)height, stride);
    if (!bits)
        return -ENOMEM;
    *dots = (struct dots){.width = width, .height = height, .stride = stride, .bits = bits};
    return 0;
}

void dots_done(struct dots *dots)
{
    free(dots->bits);
    *dots = (struct dots){0};
}

static uint8_t *byte_of(const struct dots *dots, int x, int y)
{
    assert(x >= 0 && y >= 0 && x < dots->width && y < dots->height);
    return &dots->bits[(size_t)y * dots->stride + (size_t)x / 8];
}

void dots_set(struct dots *dots, int x, int y)
{
    *byte_of(dots, x, y) |= (uint8_t)(0x80 >> (x % 8));
}

bool dots_get(const struct dots *dots, int x, int y)
{
    return *byte_of(dots, x, y) & (0x80 >> (x % 8));
}

int dots_enlarge(const struct dots *dots, int factor, struct dots *ret)
{
    if (factor < 1 || factor > DOTS_SIDE_MAX)
        return -EINVAL;
    struct dots large;
    int result = dots_init(&large, dots->width * factor, dots->height * factor);
    if (result)
        return result;
    for (int y = 0; y < large.height; y++)
        for (int x = 0; x < large.width; x++)
            if (dots_get(dots, x / factor, y / factor))
                dots_set(&large, x, y);
    *ret = large;
    return 0;
}
