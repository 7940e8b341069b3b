/* The kinds of codes of the Simple Serial Interface as AIM identifiers. Knows no packet. */
#ifndef DRIVERS_SCANNER_SSI_CODE_H
#define DRIVERS_SCANNER_SSI_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "]C1", "" for a code that has none here. */
const char *ssi_code_aim(uint8_t code);

/* True when the data itself begins with the identifier: the scanner is set to send it. */
bool ssi_code_is_said(const char *aim, const uint8_t *data, size_t length);

#endif
