/* Bar codes as modules: libqrencode makes QR codes, libzint all others. Checks that a symbology can carry what it is
 * given. Does not place or enlarge them; does not know a printer. */
#ifndef LABEL_SYMBOL_H
#define LABEL_SYMBOL_H

#include "drivers/label/dots.h"
#include "drivers/label/fault.h"

enum symbology {
    SYMBOL_CODE128,
    SYMBOL_GS1_128,
    SYMBOL_EAN, /* EAN-13, EAN-8, UPC-A or UPC-E, by the count of digits; a missing check digit is added */
    SYMBOL_ITF14,
    SYMBOL_QR,
    SYMBOL_DATA_MATRIX,
    SYMBOL_GS1_DATA_MATRIX,
    SYMBOL_PDF417,
    SYMBOLOGIES
};

enum qr_level { QR_MEDIUM, QR_LOW, QR_QUARTILE, QR_HIGH };

#define SYMBOL_TEXT_MAX      1024 /* bytes */
#define SYMBOL_CODEWORDS_MAX 80   /* of a Code 128 */

/* One AI and its value. The value never becomes another AI, whatever stands in it. */
struct gs1_element {
    const char *ai; /* "01" */
    const char *value;
};

struct symbol_request {
    const char *field; /* how a fault calls it */
    enum symbology symbology;
    const char *text; /* UTF-8; NULL for the two GS1 symbologies, which take: */
    const struct gs1_element *elements;
    size_t element_count;
    enum qr_level level; /* QR */
};

struct symbol {
    enum symbology symbology;
    struct dots modules;                     /* one dot a module, no quiet zones; one row when it is linear */
    bool linear;                             /* its bars are as high as the label wants */
    int quiet_x, quiet_y;                    /* modules kept white at each side */
    char *text;                              /* what a scanner reads: with check digit; FNC1 inside is GS (0x1D) */
    char *hri;                               /* for people: "(01)09521234543213(10)ABC", "6 901234 567892" */
    uint8_t codewords[SYMBOL_CODEWORDS_MAX]; /* Code 128, GS1-128: start to the last before the check word */
    size_t codeword_count;
    int version, mask; /* QR: 1 to 40, 0 to 7 */
    enum qr_level level;
};

/* What nobody could see or type (zero width, direction marks) is left out and counted in *ret_removed, which may be
 * NULL. -EINVAL label_character: the symbology cannot carry it, or a check digit, length or GS1 rule is broken;
 * -EOVERFLOW label_overflow: more than the symbology holds. ret: symbol_done. */
int symbol_make(const struct symbol_request *request, struct symbol *ret, int64_t *ret_removed,
                struct label_fault *fault);
void symbol_done(struct symbol *symbol);

#endif
