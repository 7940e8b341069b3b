/* Bytes from and to a device, whichever way it is plugged in, behind one pollable descriptor.
 * Never blocks, does not reconnect (the owner closes and opens again) and does not know what the bytes mean. */
#ifndef DRIVERS_TRANSPORT_H
#define DRIVERS_TRANSPORT_H

#include "base/cleanup.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What the owner wants of a USB device: it decides which of its interfaces is opened. */
enum transport_role {
    TRANSPORT_KEYBOARD, /* a boot keyboard */
    TRANSPORT_HID,      /* any other HID interface: a point-of-sale scanner, a scale */
    TRANSPORT_PRINTER,  /* the printer class, or a serial adapter */
    TRANSPORT_SERIAL,   /* its serial port */
    TRANSPORT_ANY,      /* whichever it has, in this order: keyboard, other HID, serial port */
};

/* Zero-initialised but for the address it holds the defaults. */
struct transport_settings {
    /* serial:/dev/ttyACM0           a serial port
     * stream:/path                  a pseudo-terminal or another character device, or a named pipe
     * unix:/path                    a local stream socket
     * tcp:192.168.1.20:9100         numeric address, [v6] in brackets, or localhost: a name could block
     * usb:05e0:1200[:SERIAL]        a USB device, by vendor, product and serial number
     * usb-path:1-2.3                a USB device, by the port it is plugged into */
    char address[256];
    char port[32]; /* usb: only: where it must be plugged in as well, for twins with one serial number; "": anywhere */
    enum transport_role role; /* usb: and usb-path: only */
    bool reset;               /* a printer forgets what a job that was cut off has left in it, where it can */
    int64_t baud;             /* serial only, as the four below; 0: 9600 */
    int64_t data_bits;        /* 5 to 8; 0: 8 */
    int64_t stop_bits;        /* 1 or 2; 0: 1 */
    char parity[8];           /* none, even or odd; "": none */
    char flow[12];            /* none, rtscts, xonxoff or dtrdsr; "": none */
};

struct transport;

#define TRANSPORT_REPORT_MAX       1024 /* bytes of one HID report: the largest interrupt packet (USB 2.0, 5.7.3) */
#define TRANSPORT_BOOT_REPORT_SIZE 8    /* bytes of a boot keyboard's report (HID 1.11, appendix B) */
#define TRANSPORT_DEVICE_ID_MAX    1024

/* -EINVAL: the settings are wrong. Anything else may pass by itself, so the owner tries again later: -ENODEV not
 * plugged in or nobody listening, -EAGAIN plugged in but not ready yet, -EACCES, -EBUSY, -ENOTSUP no
 * such interface. A connection, or a USB device's set-up, is still being made when this returns 0: see
 * transport_ready(). */
int transport_open(const struct transport_settings *settings, struct transport **ret, struct error *error);
struct transport *transport_close(struct transport *transport);
DEFINE_CLEANUP(transport_close, struct transport *);

/* The descriptor stays the same until transport_close. On any event (hang-up and error included) call transport_read
 * until it says -EAGAIN. */
int transport_fd(const struct transport *transport);

/* 0: set up, and transport_about() knows all. -EAGAIN: not yet, ask again at the next event. -ENODEV: it failed. */
int transport_ready(struct transport *transport);

/* What it is and what it said of itself. Lent until transport_close; NULL and 0 where it says nothing. */
struct transport_about {
    enum transport_role role;  /* what was opened; TRANSPORT_SERIAL for whatever is a stream of bytes */
    const uint8_t *descriptor; /* HID report descriptor; NULL for a boot keyboard that takes the boot protocol */
    size_t descriptor_length;
    const uint8_t *device_id; /* IEEE 1284, as it came */
    size_t device_id_length;
    int port_status; /* GET_PORT_STATUS of a USB printer, as it last said (0 to 255); below 0: it has not */
};
struct transport_about transport_about(const struct transport *transport);

/* Asks a USB printer for its port's status, which transport_about() tells a little later. Nothing for all others. */
void transport_ask_port(struct transport *transport);

/* The poll(2) events wanted now, apart from those of a writer that had -EAGAIN. May change with every call above. */
short transport_events(const struct transport *transport);

/* Bytes read; from a HID device one report of at most TRANSPORT_REPORT_MAX bytes, which must fit. -EAGAIN: nothing now.
 * -ENODEV: gone. */
ssize_t transport_read(struct transport *transport, void *bytes, size_t capacity);

/* Bytes accepted, perhaps fewer than given. -EAGAIN: none now, wait for POLLOUT. -ENODEV: gone. -ENOTSUP: a device that
 * only speaks. */
ssize_t transport_write(struct transport *transport, const void *bytes, size_t length);

/* Bytes accepted that have not left this machine, as far as anybody can tell: what flow control holds back. */
size_t transport_pending(const struct transport *transport);

/* True when no descriptor tells that the device takes bytes again (DTR/DSR, and bytes that are pending): ask again
 * after TRANSPORT_POLL_US. */
bool transport_write_polls(const struct transport *transport);
#define TRANSPORT_POLL_US 20000

#endif
