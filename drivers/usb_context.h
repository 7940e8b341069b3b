/* The process's one libusb context, shared by all USB transports. Opens no device. */
#ifndef DRIVERS_USB_CONTEXT_H
#define DRIVERS_USB_CONTEXT_H

#include "base/error.h"

#include <libusb.h>

/* Counted: each get needs its put. */
int usb_context_get(libusb_context **ret, struct error *error);
void usb_context_put(void);

/* Readable when usb_context_run has work; holds libusb's own descriptors, its timer included. */
int usb_context_fd(void);

/* Lets libusb complete what is ready, and calls the callbacks of all transports. Waits for the first one at most
 * wait_ms. */
void usb_context_run(int wait_ms);

#endif
