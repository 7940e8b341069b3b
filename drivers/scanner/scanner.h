/* A scanner's bytes become scans, and verdicts become what it waits to hear. Does no input or output of its own and
 * reads no clock: the owner feeds it and passes the time. */
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
    char answer[12];  /* serial: what it waits for after each scan: none, ack-nak or honeywell; "": none */
    bool tab_is_text; /* hid-keyboard: Tab belongs to the text; otherwise it ends a scan as Enter does */
    int64_t gap_ms;   /* silence after which half a scan is thrown away; 0: what suits the driver */
    /* hid-pos, and a hid-keyboard that numbers its reports: the report descriptor, lent for the call. */
    const uint8_t *descriptor;
    size_t descriptor_length;
};

/* What became of a scan, once its turn is over. */
enum scan_verdict {
    SCAN_ACCEPTED,  /* on disk, and good */
    SCAN_REFUSED,   /* on disk as refused: the wrong item */
    SCAN_NOT_SAVED, /* nothing is on disk: it must be scanned again */
};

#define SCANNER_GAP_MS_MAX 60000

struct scanner;

/* driver is "hid-keyboard", "hid-pos", "serial" or "ssi". -EINVAL with a sentence on a bad setting. The sink is copied.
 */
int scanner_new(const char *driver, const struct scanner_settings *settings, const struct scan_sink *sink,
                struct scanner **ret, struct error *error);
struct scanner *scanner_free(struct scanner *scanner);
DEFINE_CLEANUP(scanner_free, struct scanner *);

/* A stream (serial, ssi, hid-keyboard): any split of it gives the same scans. hid-pos: one report a call, with its id
 * in front if the device numbers its reports. now_us comes from one clock that never runs back. */
void scanner_feed(struct scanner *scanner, const void *bytes, size_t length, int64_t now_us);

/* When scanner_tick is due; INT64_MAX: not at all. Only a tick ends half a scan: an owner that was held up reads what
 * has come meanwhile first, and ticks when there is nothing left. */
int64_t scanner_deadline(const struct scanner *scanner);
void scanner_tick(struct scanner *scanner, int64_t now_us);

/* The verdict on each scan, in the order they were handed over. A scanner that waits to be told hears it through
 * sink.send; only now, so what it acknowledges is on disk. */
void scanner_answer(struct scanner *scanner, enum scan_verdict verdict);

/* True when the answer makes the scanner itself sound the good-read and the bad-read tone: the screen stays silent. */
bool scanner_beeps(const struct scanner *scanner);

/* The device went away: half a scan is thrown away, and no key is held any more. */
void scanner_reset(struct scanner *scanner);

#endif
