/* GS1 Digital Link URIs (uncompressed, standard 1.2 to 1.6): their elements.
 * Does not resolve a link and does not read compressed ones: those stay plain text. */
#ifndef BARCODE_DIGITAL_LINK_H
#define BARCODE_DIGITAL_LINK_H

#include "barcode/barcode.h"

/* Reads barcode->text. True when it is a valid link: kind, elements, values and gtin14 are set. False when it is an
 * ordinary text: only BARCODE_BAD_CHECK_DIGIT may be set, for a link whose number has a wrong check digit. */
bool digital_link_parse(struct barcode *barcode);

#endif
