/* Pictures of the items, from a folder of the site's: SKU.jpg, SKU.png or SKU.webp. Does not draw, scale or keep any.
 */
#ifndef PICTURES_H
#define PICTURES_H

#include "base/buf.h"

/* Appends the picture's bytes, at most ret->max, and says its MIME type. folder "": there is none.
 * -ENOENT: there is no such file, its name would leave the folder, it is too large, or it is not what its name says. */
int picture_read(const char *folder, const char *sku, struct buf *ret, const char **ret_type);

#endif
