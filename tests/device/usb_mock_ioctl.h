/* The ioctls of a mocked device's usbfs node, and its transfers. For usb_mock.c alone; its lock is held meanwhile. */
#ifndef TESTS_DEVICE_USB_MOCK_IOCTL_H
#define TESTS_DEVICE_USB_MOCK_IOCTL_H

#include "device/usb_mock.h"

/* 0 or an errno value. */
int usb_mock_ioctl(struct usb_mock *mock, gulong request, UMockdevIoctlData *argument);

/* Goes on with all that is under way. */
void usb_mock_serve(struct usb_mock *mock);

/* Something waits to be reaped. */
bool usb_mock_has_completed(struct usb_mock *mock);

struct usb_mock_transfer *usb_mock_transfers_new(void);
void usb_mock_transfers_free(struct usb_mock_transfer *transfers);

#endif
