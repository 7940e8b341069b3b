/* Bar codes as plans and dots: which subsets a Code 128 uses, which squares of a QR code are black.
 * Does not place them and does not check which characters may be printed (printable.h does). */
#ifndef LABEL_SYMBOL_H
#define LABEL_SYMBOL_H

#include "drivers/label/dots.h"

#define CODE128_TEXT_MAX   64
#define CODE128_QUIET_ZONE 10 /* modules kept white left and right (ISO/IEC 15417, 4.4) */
#define QR_QUIET_ZONE      4  /* modules kept white all around (ISO/IEC 18004, 6.3.8) */
#define QR_TEXT_MAX        1024

/* Leading digits in subset C, two in a symbol; everything after them in subset B. Subset C in mid-text would save a
 * little more width, but not every printer follows that switch: some print another code instead. */
struct code128_plan {
    size_t paired; /* leading digits in subset C, even */
    int modules;   /* with start, check and stop, without quiet zones */
};

/* -EOVERFLOW when longer than CODE128_TEXT_MAX, -EINVAL when empty or not printable ASCII. */
int code128_plan(const char *text, struct code128_plan *ret);

enum qr_level { QR_MEDIUM, QR_LOW, QR_QUARTILE, QR_HIGH };

/* One dot per module, without quiet zone; UTF-8 goes in as bytes. -EOVERFLOW when it is longer than QR_TEXT_MAX or than
 * a QR code of this level can hold, -ENOMEM. */
int qr_modules(const char *text, enum qr_level level, struct dots *ret);

#endif
