/* A character typed as a number on the keypad while Alt is held. Knows no key and no report. */
#ifndef DRIVERS_SCANNER_ALT_CODE_H
#define DRIVERS_SCANNER_ALT_CODE_H

#include <stdbool.h>
#include <stdint.h>

/* Zero-initialised it has no digit yet. */
struct alt_code {
    unsigned digits;
    bool leading_zero;
    uint32_t value;
};

void alt_code_digit(struct alt_code *code, unsigned digit);

/* The Unicode character the digits stand for, 0 when there is none. Below 32 always the control character; with a
 * leading zero Windows-1252, without one code page 437; from 256 on Unicode. Ready for the next number. */
uint32_t alt_code_take(struct alt_code *code);

#endif
