/* How a scan that came as bytes is read: as UTF-8, otherwise as GB18030, otherwise not at all.
 * Does not know how the bytes were sent, nor what ended them. */
#ifndef DRIVERS_SCANNER_SCAN_CHARSET_H
#define DRIVERS_SCANNER_SCAN_CHARSET_H

#include "drivers/scanner/scan_text.h"

#include <iconv.h>

struct scan_charset {
    iconv_t gb18030; /* (iconv_t)-1: this system has no such table, so only UTF-8 is readable */
};

void scan_charset_init(struct scan_charset *charset);
void scan_charset_done(struct scan_charset *charset);

/* scan_text_end for bytes: converts them when they must be, reports what cannot be read as aborted. True when a
 * scan was handed over. */
bool scan_charset_end(struct scan_charset *charset, struct scan_text *text);

#endif
