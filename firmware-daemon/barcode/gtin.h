/* Numbers of the retail symbologies: EAN-8, EAN-13, UPC-A, UPC-E, ITF-14 and their meaning.
 * Does not look at element strings. */
#ifndef BARCODE_GTIN_H
#define BARCODE_GTIN_H

#include "barcode/barcode.h"

/* Reads barcode->aim and ->text; sets kind, flags and gtin14 where the text is such a number. */
void gtin_classify(struct barcode *barcode);

#endif
