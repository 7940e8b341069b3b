/* Dots as a PNG picture and back. Does not scale. */
#ifndef LABEL_PNG_H
#define LABEL_PNG_H

#include "base/buf.h"
#include "drivers/label/dots.h"

#define PNG_FILE_MAX ((size_t)8 << 20)  /* bytes */
#define PNG_DOTS_MAX ((size_t)32 << 20) /* of a picture that is read: 100 by 180 mm at 600 dpi are 10 million */

/* One bit a dot, with the resolution in it. -ENOMEM */
int png_write(const struct dots *dots, int64_t dpi, struct buf *out);

/* Any PNG; what is transparent is white. Without dither, what is darker than half is black; with it, greys become a
 * pattern of dots. -EINVAL no PNG, -EOVERFLOW it is larger than PNG_FILE_MAX, PNG_DOTS_MAX or, at a side,
 * DOTS_SIDE_MAX; -ENOMEM. */
int png_read(const void *bytes, size_t length, bool dither, struct dots *ret);

#endif
