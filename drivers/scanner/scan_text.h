/* The scan that is being received: bounded text and the deadline of its next byte. Shared by all decoders.
 * Does not know how the bytes were sent, and reads no clock. */
#ifndef DRIVERS_SCANNER_SCAN_TEXT_H
#define DRIVERS_SCANNER_SCAN_TEXT_H

#include "drivers/scanner/scan_sink.h"

#include <stdbool.h>
#include <stdint.h>

struct scan_text {
    struct scan_sink sink;
    int64_t gap_us;
    int64_t now_us;      /* set by the owner before it feeds the decoder */
    int64_t deadline_us; /* INT64_MAX while no scan is under way */
    unsigned flags;      /* enum scan_flag, of the scan under way */
    size_t length;       /* all bytes of it; above SCAN_TEXT_MAX they are counted but not kept */
    char bytes[SCAN_TEXT_MAX];
};

void scan_text_init(struct scan_text *text, const struct scan_sink *sink, int64_t gap_us);
void scan_text_put(struct scan_text *text, const char *bytes, size_t length);

/* Something arrived that belongs to a scan and makes no byte by itself. */
void scan_text_touch(struct scan_text *text);

/* The terminator came: hands the scan over, or reports it as aborted when it was too long. Nothing when empty. True
 * when a scan was handed over. */
bool scan_text_end(struct scan_text *text);

/* Throws the scan away and reports it. Nothing when empty. */
void scan_text_abort(struct scan_text *text);

/* Throws the scan away without a word: it was handed over before. */
void scan_text_drop(struct scan_text *text);

#endif
