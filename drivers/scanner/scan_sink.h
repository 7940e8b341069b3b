/* Where a decoder hands its scans: a whole text, or the news that half a scan was thrown away.
 * Does not say what a code means, nor which scanner it came from. */
#ifndef DRIVERS_SCANNER_SCAN_SINK_H
#define DRIVERS_SCANNER_SCAN_SINK_H

#include <stddef.h>

/* Bytes: the most characters a QR code holds as letters and digits (ISO/IEC 18004, version 40-L). */
#define SCAN_TEXT_MAX 4296

enum scan_flag {
    SCAN_CONVERTED = 1 << 0, /* the bytes were no UTF-8 and were read as GB18030 */
    SCAN_LOSSY = 1 << 1,     /* a printing key had no character in the configured layout and is missing in the text */
};

struct scan_sink {
    /* UTF-8, 1 to SCAN_TEXT_MAX bytes, lent for the call and not terminated; may hold control characters, zero
     * included. */
    void (*scan)(void *user, const char *text, size_t length, unsigned flags);
    /* A scan that must not be acted on: cut short, too long or unreadable. length counts all its bytes. */
    void (*aborted)(void *user, size_t length);
    /* Bytes for the scanner: an acknowledgement, a beep. Lent for the call. NULL: nobody can speak to it (a capture).
     */
    void (*send)(void *user, const void *bytes, size_t length);
    void *user;
};

#endif
