/* What goes over the wire between the kernel's vhci_hcd and a device: the messages of USB/IP (the kernel's
 * Documentation/usb/usbip_protocol.rst), and the virtual ports a device is plugged into.
 * Does not know what a device answers. */
#ifndef EMULATOR_USBIP_H
#define EMULATOR_USBIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define USBIP_HEADER_SIZE  48
#define USBIP_TRANSFER_MAX ((size_t)4 << 20)

enum usbip_kind { USBIP_SUBMIT = 1, USBIP_UNLINK = 2 };

/* Both kinds of request, taken apart. */
struct usbip_request {
    enum usbip_kind kind;
    uint32_t number;
    uint8_t endpoint; /* its address: 0x80 and the number when it goes in */
    uint32_t length;  /* SUBMIT: of the transfer; the bytes follow when it goes out */
    uint8_t setup[8]; /* SUBMIT of endpoint 0 */
    uint32_t target;  /* UNLINK: the number of the request that is called back */
};

/* -EPROTO when it is no request that vhci_hcd sends. */
int usbip_parse(const uint8_t header[USBIP_HEADER_SIZE], struct usbip_request *ret);

/* status is 0 or -errno as the kernel names it. in may be NULL: then only the length is told (bytes that went out). */
int usbip_answer(int socket, uint32_t number, int status, size_t length, const void *in);
int usbip_answer_unlink(int socket, uint32_t number, int status);

enum usbip_speed { USBIP_FULL_SPEED = 2, USBIP_HIGH_SPEED = 3 };

/* Plugs in; the socket that speaks for the device is in ret. A port that is just being emptied is waited for. */
int usbip_plug(unsigned port, enum usbip_speed speed, int *ret);

/* True when the kernel has done with what was in the port before. */
bool usbip_port_free(unsigned port);

#endif
