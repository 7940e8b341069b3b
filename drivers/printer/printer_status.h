/* What a printer says of itself, in each language: bytes in, one status out.
 * Pure. Does not ask (printer/talk.h does), and takes nothing that it does not understand for good news. */
#ifndef DRIVERS_PRINTER_STATUS_H
#define DRIVERS_PRINTER_STATUS_H

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum printer_state {
    PRINTER_UNKNOWN, /* it has not said, or nothing that can be read: never "ready" */
    PRINTER_READY,
    PRINTER_BUSY,
    PRINTER_PAUSED,
    PRINTER_ERROR,
};
const char *printer_state_name(enum printer_state state); /* "unknown", "ready", "busy", "paused", "error" */

enum printer_language {
    PRINTER_LANGUAGE_UNKNOWN,
    PRINTER_ZPL,
    PRINTER_TSPL,
    PRINTER_EPL,
    PRINTER_CPCL,
    PRINTER_ESCPOS,
    PRINTER_LANGUAGES
};
const char *printer_language_name(enum printer_language language); /* "zpl" … "unknown" */
enum printer_language printer_language_named(const char *name);    /* unknown when none has that name */

#define PRINTER_NOT_SAID (-1)

struct printer_status {
    enum printer_state state;
    bool paper_out, head_open, ribbon_out, paused;
    bool overheated, jammed, cutter_fault, memory_full, paper_low, label_waiting;
    bool other_fault;  /* an error bit that this version has no name for */
    int64_t formats;   /* labels waiting in the printer's buffer; PRINTER_NOT_SAID */
    int64_t remaining; /* labels of the batch still to come; PRINTER_NOT_SAID */
    int64_t odometer;  /* labels in its life; PRINTER_NOT_SAID */
};

/* The protocols of `floorhand printer decode`: zpl (~HS), hqes (~HQES), sgd, tspl (ESC ! ? and ESC ! S), epl, cpcl,
 * escpos (DLE EOT n and ASB), port-status. Whole answers; what is cut short or cannot be read is PRINTER_UNKNOWN.
 * -EINVAL: there is no such protocol. */
int printer_status_decode(const char *protocol, const void *bytes, size_t length, struct printer_status *ret);

/* {"state": …, "paper_out": …, …} as the value of key (NULL: alone); a number that was not said is null. */
void printer_status_json(const struct printer_status *status, const char *key, struct buf *json);

/* The IEEE 1284 device id, with or without its two length bytes. */
struct printer_identity {
    char manufacturer[64], model[64], serial[64];
    enum printer_language language; /* from CMD, else from the model's own words; several or none: unknown */
};
/* -EINVAL when there is no KEY:VALUE; in it. */
int printer_identity_parse(const void *bytes, size_t length, struct printer_identity *ret);

/* {"manufacturer": …, "model": …, "language": …}, and "serial" when it has one. */
void printer_identity_json(const struct printer_identity *identity, const char *key, struct buf *json);

#endif
