/* A picture of printer dots, one bit each. Does not know what it shows or where it is printed. */
#ifndef LABEL_DOTS_H
#define LABEL_DOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DOTS_SIDE_MAX 8192

/* 1 is black, the most significant bit is leftmost, a row fills whole bytes and its spare bits are 0. */
struct dots {
    int width, height;
    size_t stride; /* bytes of one row */
    uint8_t *bits; /* stride * height; NULL when there is no dot at all */
};

/* All white. -EINVAL when a side is below 1 or above DOTS_SIDE_MAX, -ENOMEM. */
int dots_init(struct dots *dots, int width, int height);
void dots_done(struct dots *dots);

void dots_set(struct dots *dots, int x, int y);
bool dots_get(const struct dots *dots, int x, int y);

/* Each dot becomes a square of factor by factor dots. Errors as above. */
int dots_enlarge(const struct dots *dots, int factor, struct dots *ret);

/* A copy of other sides: what of it is shrunk becomes black when half of it is. Errors as above. */
int dots_scale(const struct dots *dots, int width, int height, struct dots *ret);

/* A copy turned clockwise by quarter turns, 0 to 3. Errors as above. */
int dots_turn(const struct dots *dots, int turns, struct dots *ret);

/* A copy of a part; all of it must be inside. -ENOMEM */
int dots_cut(const struct dots *dots, int x, int y, int width, int height, struct dots *ret);

/* Black is white, and white black. */
void dots_invert(struct dots *dots);

/* Black onto dots; all of it must be inside. */
void dots_fill(struct dots *dots, int x, int y, int width, int height);
void dots_put(struct dots *dots, const struct dots *picture, int x, int y);

#endif
