/* Dots as a ZPL graphic field, in the fewest bytes: compressed by zlib (Z64) or by Zebra's own scheme (ACS).
 * Does not place it. */
#ifndef LABEL_ZPL_GRAPHIC_H
#define LABEL_ZPL_GRAPHIC_H

#include "base/buf.h"
#include "drivers/label/dots.h"

/* "^GFA,…", without ^FS. z64: the printer knows it; otherwise ACS alone. out->failed when there is no memory. */
void zpl_put_graphic(struct buf *out, const struct dots *dots, bool z64);

#endif
