/* The process's one libusb context, shared by all USB transports. Opens no device. */
#ifndef DRIVERS_USB_CONTEXT_H
#define DRIVERS_USB_CONTEXT_H

#include "base/error.h"

#include <libusb.h>

/* Counted: each get needs its put. */
int usb_context_get(libusb_context **ret, struct error *error);
void usb_context_put(void);

/* Has changed() called, by usb_context_run(), when a device came or went: also before the kernel has configured it, and
 * perhaps twice. One watcher in a process. Holds the context until usb_context_unwatch(). */
int usb_context_watch(void (*changed)(void *user), void *user);
void usb_context_unwatch(void);

/* Readable when usb_context_run has work; holds libusb's own descriptors, its timer included. */
int usb_context_fd(void);

/* Lets libusb complete what is ready, and calls the callbacks of all transports. Waits for the first one at most
 * wait_ms. */
void usb_context_run(int wait_ms);

#endif
