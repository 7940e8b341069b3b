/* What the writer of ZPL is made of. Does not concern anyone who wants a label in ZPL: see language.h. */
#ifndef LABEL_ZPL_PARTS_H
#define LABEL_ZPL_PARTS_H

#include "base/cleanup.h"
#include "drivers/label/language.h"

/* A symbol as the printer's own command. False, and nothing is written: the printer might print other modules than the
 * element's dots, or cannot at all. */
bool zpl_put_symbol(const struct label_element *element, const struct label_printer *printer, struct buf *out);

/* A part of the page that goes as one graphic. */
struct zpl_patch {
    int left, top, right, bottom; /* right and bottom are outside */
};

struct zpl_patches {
    struct zpl_patch at[LABEL_ELEMENTS_MAX];
    size_t count;
};

/* All black of the page, which lies in the patches; sorts them. z64: the printer knows zlib. -ENOMEM */
int zpl_put_dots(const struct dots *page, struct zpl_patches *patches, bool z64, struct buf *out);

/* "^GFA,…", without ^FS: compressed by zlib (Z64) or by Zebra's own scheme (ACS), whichever is shorter. out->failed
 * when there is no memory. */
void zpl_put_graphic(struct buf *out, const struct dots *dots, bool z64);

#endif
