/* Dots as a PNG picture and back. Does not scale. */
#ifndef LABEL_PNG_H
#define LABEL_PNG_H

#include "base/buf.h"
#include "drivers/label/dots.h"

#define PNG_FILE_MAX ((size_t)8 << 20)

/* One bit a dot, with the resolution in it. */
int png_write(const struct dots *dots, int64_t dpi, struct buf *out);

/* Any PNG: what is darker than half is black, what is transparent is white; greys become black where they are dark,
 * without dithering when threshold, else dithered. -EINVAL no PNG, -EOVERFLOW a side beyond DOTS_SIDE_MAX, -ENOMEM. */
int png_read(const void *bytes, size_t length, bool dither, struct dots *ret);

#endif
