/* The scan that a scanner waits to hear about: which it was, and whether its verdict came.
 * Sends nothing and knows no protocol: the decoder compares, and speaks. */
#ifndef DRIVERS_SCANNER_LAST_SCAN_H
#define DRIVERS_SCANNER_LAST_SCAN_H

#include "drivers/scanner/scan_charset.h"
#include "drivers/scanner/scanner.h"

/* Zero-initialised there was none. */
struct last_scan {
    size_t pending;            /* verdicts to come on scans handed over; the last of them is on this one */
    bool saved;                /* its verdict came, and it is on disk */
    size_t length;             /* 0: none, or it was not handed over */
    char bytes[SCAN_TEXT_MAX]; /* as they came, before any conversion */
};

/* scan_charset_end, and remembers it. */
bool last_scan_end(struct last_scan *last, struct scan_charset *charset, struct scan_text *text);

/* True when the text under way is the last scan once more, byte for byte. */
bool last_scan_is(const struct last_scan *last, const struct scan_text *text);

/* Takes the next verdict. True when it is the one that the scanner waits for. An older scan's is not: the scanner gave
 * that scan up when it sent the next one, and would take the answer for one to the next. */
bool last_scan_answer(struct last_scan *last, enum scan_verdict verdict);

#endif
