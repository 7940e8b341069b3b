/* Bytes from and to a device, whichever way it is plugged in, behind one pollable descriptor.
 * Never blocks, does not reconnect (the owner closes and opens again) and does not know what the bytes mean. */
#ifndef DRIVERS_TRANSPORT_H
#define DRIVERS_TRANSPORT_H

#include "base/cleanup.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Zero-initialised but for the address it holds the defaults. */
struct transport_settings {
    /* serial:/dev/ttyACM0           a serial port
     * stream:/path                  a pseudo-terminal or another character device, or a named pipe
     * unix:/path                    a local stream socket
     * tcp:192.168.1.20:9100         numeric address, [v6] in brackets, or localhost: a name could block
     * usb:05e0:1200[:SERIAL]        a USB boot keyboard, by vendor, product and serial number
     * usb-path:1-2.3                the same, by the port it is plugged into */
    char address[256];
    int64_t baud;      /* serial only, as the four below; 0: 9600 */
    int64_t data_bits; /* 5 to 8; 0: 8 */
    int64_t stop_bits; /* 1 or 2; 0: 1 */
    char parity[8];    /* none, even or odd; "": none */
    char flow[12];     /* none, rtscts or xonxoff; "": none */
};

struct transport;

/* -EINVAL: the settings are wrong. Anything else may pass by itself, so the owner tries again later: -ENODEV not
 * plugged in or nobody listening, -EAGAIN plugged in but not ready yet, -EACCES, -EBUSY. A TCP connection is still
 * being made when this returns 0; if it fails, transport_read says -ENODEV. */
int transport_open(const struct transport_settings *settings, struct transport **ret, struct error *error);
struct transport *transport_close(struct transport *transport);
DEFINE_CLEANUP(transport_close, struct transport *);

/* The descriptor stays the same until transport_close. On any event (hang-up and error included) call transport_read
 * until it says -EAGAIN. */
int transport_fd(const struct transport *transport);

/* The poll(2) events wanted now, apart from those of a writer that had -EAGAIN. May change with every call above. */
short transport_events(const struct transport *transport);

/* Bytes read; from USB one report of TRANSPORT_REPORT_SIZE bytes, which must fit. -EAGAIN: nothing now. -ENODEV: gone.
 */
ssize_t transport_read(struct transport *transport, void *bytes, size_t capacity);

/* Bytes accepted, perhaps fewer than given. -EAGAIN: none now, wait for POLLOUT. -ENODEV: gone. -ENOTSUP: a device that
 * only speaks. */
ssize_t transport_write(struct transport *transport, const void *bytes, size_t length);

#define TRANSPORT_REPORT_SIZE 8

#endif
