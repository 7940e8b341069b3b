/* The tables a driver fills in, and the registries that name every driver.
 * Not for users of drivers: they include scanner/scanner.h, scale/scale.h and transport.h. */
#ifndef DRIVERS_DRIVER_H
#define DRIVERS_DRIVER_H

#include "drivers/scale/scale.h"
#include "drivers/scanner/scan_text.h"
#include "drivers/scanner/scanner.h"
#include "drivers/transport.h"

#include <stdint.h>

/* A decoder: bytes in, scan_text_put and scan_text_end out. The text lives as long as the decoder. */
struct scanner_ops {
    const char *name;
    int64_t default_gap_ms;
    int (*open)(const struct scanner_settings *settings, struct scan_text *text, void **ret, struct error *error);
    void (*feed)(void *decoder, const uint8_t *bytes, size_t length);
    void (*interrupt)(void *decoder); /* the scan was cut short: forget what it left behind */
    void (*reset)(void *decoder);     /* optional: the device went away; called after interrupt */
    void (*answer)(void *decoder, enum scan_verdict verdict); /* optional; speaks through text->sink.send */
    bool (*beeps)(const void *decoder);                       /* optional: false */
    void (*close)(void *decoder);
};

extern const struct scanner_ops *const scanner_registry[]; /* ends with NULL */
extern const struct scanner_ops hid_keyboard_ops, hid_pos_ops, serial_frame_ops, ssi_ops;

/* A scale's protocol: bytes in, readings out. */
struct scale_ops {
    const char *name;
    int (*open)(const struct scale_settings *settings, const struct scale_sink *sink, void **ret, struct error *error);
    void (*feed)(void *decoder, const uint8_t *bytes, size_t length);
    void (*reset)(void *decoder); /* optional: nothing is remembered from one message to the next */
    const char *question;         /* optional: it speaks by itself */
    size_t question_length;
    void (*close)(void *decoder);
};

extern const struct scale_ops *const scale_registry[]; /* ends with NULL */
extern const struct scale_ops hid_scale_ops, mt_sics_ops, toledo_8217_ops, toledo_continuous_ops, a_and_d_ops, cas_ops;

/* A transport: its own struct begins with struct transport, and open sets .ops. */
struct transport_ops {
    const char *scheme; /* what stands before the first ':' of an address; open gets what follows */
    int (*open)(const char *where, const struct transport_settings *settings, struct transport **ret,
                struct error *error);
    int (*ready)(struct transport *transport);                                     /* optional: 0 */
    void (*about)(const struct transport *transport, struct transport_about *ret); /* optional: says nothing */
    void (*ask_port)(struct transport *transport);                                 /* optional */
    int (*fd)(const struct transport *transport);
    short (*events)(const struct transport *transport); /* optional: POLLIN */
    ssize_t (*read)(struct transport *transport, void *bytes, size_t capacity);
    ssize_t (*write)(struct transport *transport, const void *bytes, size_t length); /* optional: -ENOTSUP */
    size_t (*pending)(const struct transport *transport);                            /* optional: 0 */
    bool (*write_polls)(const struct transport *transport);                          /* optional: false */
    void (*close)(struct transport *transport);
};

struct transport {
    const struct transport_ops *ops;
};

extern const struct transport_ops *const transport_registry[]; /* ends with NULL */
extern const struct transport_ops serial_ops, stream_ops, unix_ops, tcp_ops, usb_ops, usb_path_ops;
extern const struct transport_ops usb_hid_ops, usb_printer_ops; /* without a scheme: usb.c opens them */

#endif
