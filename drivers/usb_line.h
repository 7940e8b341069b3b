/* An open interface of a USB device: found, claimed, its transfers counted, one pollable descriptor for its owner.
 * Shared by the USB transports; does not know what the bytes mean. */
#ifndef DRIVERS_USB_LINE_H
#define DRIVERS_USB_LINE_H

#include "drivers/driver.h"
#include "drivers/usb_context.h"

#include <stdbool.h>

#define USB_CONTROL_MAX    4096 /* bytes of one answer to a control request: HID's longest report descriptor */
#define USB_SETUP_WAIT_MS  1000
#define USB_PORT_PATH_SIZE 32

/* Which device: by the port it is plugged into, or by vendor, product and serial number. */
struct usb_wanted {
    uint16_t vendor, product;
    const char *serial; /* "": any */
    const char *port;   /* "": any */
    const char *path;   /* NULL: by vendor and product */
};

struct usb_line;

/* What came back for a control request; length below 0: refused. */
typedef void usb_answer_fn(struct usb_line *line, const uint8_t *bytes, int length);

struct usb_request {
    uint8_t type, request; /* as in USB 2.0, 9.3 */
    uint16_t value, index;
    uint16_t length;
    const uint8_t *data; /* of a request towards the device; NULL: zeros */
};

struct usb_line {
    struct transport transport; /* first: the two are the same address */
    libusb_device_handle *handle;
    int interface, alternate;
    bool has_context, claimed, closing, gone;
    bool ready;       /* set up */
    int fd;           /* an epoll descriptor: the context's and signal */
    int signal;       /* an eventfd: readable while the owner should look */
    unsigned running; /* transfers that libusb holds */
    struct libusb_transfer *control;
    bool control_runs;
    usb_answer_fn *answer;
    uint8_t control_bytes[LIBUSB_CONTROL_SETUP_SIZE + USB_CONTROL_MAX];
};

/* Looks at a device's interfaces and fills in .interface and .alternate and what else the transport needs.
 * LIBUSB_ERROR_NOT_SUPPORTED when it has none of its kind. */
typedef int usb_pick_fn(const struct libusb_config_descriptor *config, struct usb_line *line);

/* Finds the device, picks the interface, takes it from the kernel's driver and claims it. where: the address as the
 * user wrote it; kind: what it should be ("keyboard scanner"). After an error usb_line_done() is still due. */
int usb_line_open(struct usb_line *line, const struct usb_wanted *wanted, const char *where, const char *not_supported,
                  usb_pick_fn *pick, struct error *error);

/* Cancels what is under way, the transport's own transfers by stop: all of them have come back when it returns. */
void usb_line_stop(struct usb_line *line, void (*stop)(struct usb_line *line));

/* Gives everything back, the interface to the kernel's driver. Stopped before, and the transport's transfers freed:
 * each holds its device, and the context that the device belongs to may end here. Does not free the line. */
void usb_line_done(struct usb_line *line);

/* One at a time. False: the device is gone, or a request is under way. */
bool usb_line_ask(struct usb_line *line, const struct usb_request *request, usb_answer_fn *answer);

/* False: the device is gone. The transfer's callback says usb_line_returned() first. */
bool usb_line_submit(struct usb_line *line, struct libusb_transfer *transfer);
void usb_line_returned(struct usb_line *line);

void usb_line_signal(const struct usb_line *line); /* the owner should look */
void usb_line_quiet(const struct usb_line *line);  /* it has seen everything */
void usb_line_lose(struct usb_line *line);         /* the device is gone */

/* The endpoint of that type and direction; NULL: none. */
const struct libusb_endpoint_descriptor *usb_endpoint(const struct libusb_interface_descriptor *interface,
                                                      enum libusb_endpoint_transfer_type type,
                                                      enum libusb_endpoint_direction direction);

/* The port path of the wanted device as the kernel writes it, "1-2.3". -ENODEV */
int usb_find_path(const struct usb_wanted *wanted, char ret[USB_PORT_PATH_SIZE], struct error *error);

/* What the scheme usb: opens, by settings->role. */
int usb_hid_open(const struct usb_wanted *wanted, const char *where, bool boot_keyboard, struct transport **ret,
                 struct error *error);
int usb_printer_open(const struct usb_wanted *wanted, const char *where, bool reset, struct transport **ret,
                     struct error *error);

#endif
