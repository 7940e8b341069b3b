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

/* How graphics are compressed: by Zebra's own scheme (ACS), or by zlib (Z64) where that is shorter. The numbers are
 * libdeflate's levels: the highest takes many times as long as the quick one, for six per cent less, which is worth it
 * where a byte takes a millisecond. */
enum zpl_packing { PACK_ACS = 0, PACK_QUICK = 6, PACK_HARDEST = 12 };

struct zpl_packer {
    struct libdeflate_compressor *z64, *trial; /* NULL: ACS only. trial: to compare with, quick */
};
/* -ENOMEM */
int zpl_packer_open(enum zpl_packing packing, struct zpl_packer *ret);
void zpl_packer_close(struct zpl_packer *packer);

/* "^GFA,…", without ^FS. out->failed when there is no memory. */
void zpl_put_graphic(struct buf *out, const struct dots *dots, const struct zpl_packer *packer);
/* How long it would be, nearly. -ENOMEM */
int zpl_graphic_cost(const struct dots *dots, const struct zpl_packer *packer, size_t *ret);

/* All black of the page, which lies in the patches; sorts them. -ENOMEM */
int zpl_put_dots(const struct dots *page, struct zpl_patches *patches, enum zpl_packing packing, struct buf *out);

#endif
