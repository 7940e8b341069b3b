#include "drivers/label/dots.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static uint8_t *row_of(const struct dots *dots, int y)
{
    return dots->bits + (size_t)y * dots->stride;
}

static uint8_t *byte_of(const struct dots *dots, int x, int y)
{
    assert(x >= 0 && y >= 0 && x < dots->width && y < dots->height);
    return row_of(dots, y) + x / 8;
}

/* The dots of a row's last byte. */
static uint8_t last_byte(const struct dots *dots)
{
    return (uint8_t)(0xFF << (dots->stride * 8 - (size_t)dots->width));
}

void dots_set(struct dots *dots, int x, int y)
{
    *byte_of(dots, x, y) |= (uint8_t)(0x80 >> (x % 8));
}

bool dots_get(const struct dots *dots, int x, int y)
{
    return *byte_of(dots, x, y) & (0x80 >> (x % 8));
}

static void repeat_row(struct dots *dots, int from, int to)
{
    memcpy(row_of(dots, to), row_of(dots, from), dots->stride);
}

int dots_enlarge(const struct dots *dots, int factor, struct dots *ret)
{
    if (factor < 1 || factor > DOTS_SIDE_MAX)
        return -EINVAL;
    struct dots large;
    int result = dots_init(&large, dots->width * factor, dots->height * factor);
    if (result)
        return result;
    for (int y = 0; y < dots->height; y++) {
        for (int x = 0; x < dots->width; x++)
            if (dots_get(dots, x, y))
                dots_fill(&large, x * factor, y * factor, factor, 1);
        for (int copy = 1; copy < factor; copy++)
            repeat_row(&large, y * factor, y * factor + copy);
    }
    *ret = large;
    return 0;
}

void dots_fill(struct dots *dots, int x, int y, int width, int height)
{
    for (int row = y; row < y + height; row++)
        for (int column = x; column < x + width; column++)
            dots_set(dots, column, row);
}

void dots_invert(struct dots *dots)
{
    for (int y = 0; y < dots->height; y++) {
        uint8_t *row = row_of(dots, y);
        for (size_t i = 0; i < dots->stride; i++)
            row[i] = (uint8_t)~row[i];
        row[dots->stride - 1] &= last_byte(dots);
    }
}

void dots_put(struct dots *dots, const struct dots *picture, int x, int y)
{
    assert(x >= 0 && y >= 0 && picture->width <= dots->width - x && picture->height <= dots->height - y);
    int shift = x % 8;
    for (int row = 0; row < picture->height; row++) {
        const uint8_t *from = row_of(picture, row);
        uint8_t *to = row_of(dots, y + row) + x / 8;
        for (size_t i = 0; i < picture->stride; i++) {
            to[i] |= (uint8_t)(from[i] >> shift);
            uint8_t rest = (uint8_t)(from[i] << (8 - shift));
            if (rest) /* black, so there is a byte for it */
                to[i + 1] |= rest;
        }
    }
}

int dots_cut(const struct dots *dots, int x, int y, int width, int height, struct dots *ret)
{
    assert(x >= 0 && y >= 0 && width <= dots->width - x && height <= dots->height - y);
    struct dots part;
    int result = dots_init(&part, width, height);
    if (result)
        return result;
    int shift = x % 8;
    size_t first = (size_t)x / 8;
    for (int row = 0; row < height; row++) {
        const uint8_t *from = row_of(dots, y + row);
        uint8_t *to = row_of(&part, row);
        for (size_t i = 0; i < part.stride; i++) {
            unsigned pair = (unsigned)from[first + i] << 8;
            pair |= first + i + 1 < dots->stride ? from[first + i + 1] : 0;
            to[i] = (uint8_t)(pair >> (8 - shift));
        }
        to[part.stride - 1] &= last_byte(&part);
    }
    *ret = part;
    return 0;
}

int dots_turn(const struct dots *dots, int turns, struct dots *ret)
{
    int last_x = dots->width - 1, last_y = dots->height - 1;
    struct dots turned;
    int result =
        turns % 2 ? dots_init(&turned, dots->height, dots->width) : dots_init(&turned, dots->width, dots->height);
    if (result)
        return result;
    for (int y = 0; y <= last_y; y++)
        for (int x = 0; x <= last_x; x++)
            if (dots_get(dots, x, y)) {
                int turned_x[] = {x, last_y - y, last_x - x, y}, turned_y[] = {y, x, last_y - y, last_x - x};
                dots_set(&turned, turned_x[turns], turned_y[turns]);
            }
    *ret = turned;
    return 0;
}

/* True when at least half of the dots of a part are black. */
static bool mostly_black(const struct dots *dots, int left, int top, int right, int bottom)
{
    int black = 0;
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++)
            black += dots_get(dots, x, y);
    return 2 * black >= (right - left) * (bottom - top);
}

static void scale_row(const struct dots *dots, int top, int bottom, int y, struct dots *scaled)
{
    for (int x = 0; x < scaled->width; x++) {
        int left = x * dots->width / scaled->width, right = (x + 1) * dots->width / scaled->width;
        if (mostly_black(dots, left, top, right > left ? right : left + 1, bottom))
            dots_set(scaled, x, y);
    }
}

int dots_scale(const struct dots *dots, int width, int height, struct dots *ret)
{
    struct dots scaled;
    int result = dots_init(&scaled, width, height);
    if (result)
        return result;
    for (int y = 0, above = -1; y < height; y++) {
        int top = y * dots->height / height, bottom = (y + 1) * dots->height / height;
        if (bottom <= top + 1 && top == above) { /* of the same row as the one above it */
            repeat_row(&scaled, y - 1, y);
            continue;
        }
        above = bottom <= top + 1 ? top : -1;
        scale_row(dots, top, bottom > top ? bottom : top + 1, y, &scaled);
    }
    *ret = scaled;
    return 0;
}
