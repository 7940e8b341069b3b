/* A scanner's bytes become scans. Does no input of its own and reads no clock: the owner feeds it and passes the time.
 */
#ifndef DRIVERS_SCANNER_SCANNER_H
#define DRIVERS_SCANNER_SCANNER_H

#include "base/cleanup.h"
#include "base/error.h"
#include "drivers/scanner/scan_sink.h"

#include <stdbool.h>
#include <stdint.h>

/* Zero-initialised it holds the defaults. */
struct scanner_settings {
    char layout[8];   /* hid-keyboard: us, uk, de or fr; "": us */
    char suffix[8];   /* serial: any, cr, lf or crlf; "": any */
    bool tab_is_text; /* hid-keyboard: Tab belongs to the text; otherwise it ends a scan as Enter does */
    int64_t gap_ms;   /* silence after which half a scan is thrown away; 0: 1000 (hid-keyboard) or 200 (serial) */
};

#define SCANNER_GAP_MS_MAX 60000

struct scanner;

/* driver is "serial" or "hid-keyboard". -EINVAL with a sentence on a bad setting. The sink is copied. */
int scanner_new(const char *driver, const struct scanner_settings *settings, const struct scan_sink *sink,
                struct scanner **ret, struct error *error);
struct scanner *scanner_free(struct scanner *scanner);
DEFINE_CLEANUP(scanner_free, struct scanner *);

/* Any split of the stream gives the same scans. now_us comes from one clock that never runs back. */
void scanner_feed(struct scanner *scanner, const void *bytes, size_t length, int64_t now_us);

/* When scanner_tick is due; INT64_MAX: not at all. */
int64_t scanner_deadline(const struct scanner *scanner);
void scanner_tick(struct scanner *scanner, int64_t now_us);

/* The device went away: half a scan is thrown away, and no key is held any more. */
void scanner_reset(struct scanner *scanner);

#endif
