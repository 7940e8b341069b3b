/* A USB device as Linux shows it: its files in umockdev's test bed and its usbfs node, whose ioctls are answered here.
 * Knows no class of device: descriptors, answers and what the test gives make it a scanner or a printer. Does not wake
 * a poll(2) on its node, as the kernel would: whoever waits for it runs libusb again and again. */
#ifndef TESTS_DEVICE_USB_MOCK_H
#define TESTS_DEVICE_USB_MOCK_H

#include "base/buf.h"
#include "device/mock.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define USB_MOCK_ENDPOINTS_MAX 3
#define USB_MOCK_ANSWERS_MAX   4
#define USB_MOCK_TRANSFERS_MAX 8
#define USB_MOCK_INPUTS_MAX    256
#define USB_MOCK_INPUT_MAX     1024 /* bytes */
#define USB_MOCK_FILES_MAX     8

#define USB_MOCK_NEVER 1 /* a status: the transfer stays under way until it is cancelled or the device unplugged */

/* What becomes of a control request: a status as the kernel gives it (0, or -EPIPE for a stall), and bytes. A request
 * for data that has no answer stalls; one that brings data is accepted. */
struct usb_mock_answer {
    uint8_t type, request;
    int status;
    const void *bytes;
    size_t length;
};

/* Descriptors as hex, numbers with their low byte first (USB 2.0, 9.6; HID 1.11, 6.2.1). */
#define USB_MOCK_DEVICE(vendor, product)                                                                               \
    "1201100100000008" vendor product "0001"                                                                           \
    "01020301"
#define USB_MOCK_CONFIG(total_length, interfaces) "0902" total_length interfaces "0100A032"
#define USB_MOCK_INTERFACE(number, setting, endpoints, class_subclass_protocol)                                        \
    "0904" number setting endpoints class_subclass_protocol "00"
#define USB_MOCK_HID(report_length)                                                                                    \
    "092110010001"                                                                                                     \
    "22" report_length
#define USB_MOCK_ENDPOINT(address, type, packet_size) "0705" address type packet_size "0A"

/* A device that can be plugged in. */
struct usb_mock_device {
    const char *port;        /* "1-2" */
    unsigned number;         /* on its bus; another one each time it is plugged in */
    const char *serial;      /* NULL: none */
    const char *descriptors; /* hex: of the device, then of its configuration */
    struct usb_mock_answer answers[USB_MOCK_ANSWERS_MAX];
    bool usbhid_holds_it; /* then the kernel tells the report descriptor too: the answer to GET_DESCRIPTOR */
};

struct usb_mock_input {
    int length; /* below 0: a status to complete with */
    uint8_t bytes[USB_MOCK_INPUT_MAX];
};

struct usb_mock_endpoint {
    uint8_t address; /* 0: not used yet */
    struct usb_mock_input inputs[USB_MOCK_INPUTS_MAX];
    size_t first, count;
    size_t packet_size;             /* of an IN endpoint: longer inputs come in several packets; 0: each is one */
    struct buf taken;               /* of an OUT endpoint: all bytes */
    bool holds;                     /* an OUT endpoint: takes nothing for now */
    int fault;                      /* the status of all its OUT transfers */
    size_t takes_at_most;           /* of each transfer; 0: all of it */
    unsigned transfers;             /* OUT transfers that were submitted */
    unsigned at_once, most_at_once; /* OUT transfers under way */
    size_t longest;
};

struct usb_mock_transfer; /* one that libusb has submitted */

struct usb_mock {
    UMockdevTestbed *bed;
    UMockdevIoctlBase *ioctls;
    pthread_mutex_t lock; /* ioctls are answered in umockdev's thread */
    struct usb_mock_device device;
    char *files[USB_MOCK_FILES_MAX]; /* in /sys, the device's own first */
    struct usb_mock_transfer *transfers;
    unsigned completions;
    struct usb_mock_endpoint endpoints[USB_MOCK_ENDPOINTS_MAX];
    bool unplugged;
    int claim_fault, detach_fault; /* errno values; 0: none */
    unsigned claimed, held;        /* a bit for each interface that was claimed, and that is now */
    unsigned released;
    unsigned detached, reattached; /* the kernel's driver */
    struct buf
        requests; /* "type:request value index=DATA;" of every control transfer, "setting 0 1;", "clear halt 82;" */
};

/* An empty USB bus. */
UMockdevTestbed *usb_mock_bed_new(void);

/* Describes the device to umockdev, and with it to udev and libusb, which hear that it was added. The answers' bytes
 * are borrowed. */
struct usb_mock *usb_mock_plug_in(UMockdevTestbed *bed, const struct usb_mock_device *device);

/* usbhid lets go of it, as when a program has claimed it: the kernel tells its report descriptor no more. */
void usb_mock_take_from_usbhid(struct usb_mock *mock);

/* Its transfers end, its files go, udev and libusb hear that it was removed. It stays an answering corpse until it is
 * freed. */
void usb_mock_unplug(struct usb_mock *mock);
void usb_mock_free(struct usb_mock *mock);

/* Endpoints are numbered by their address, 0x81. The next transfer from that one; length below 0: it completes with
 * that status instead. */
void usb_mock_give(struct usb_mock *mock, uint8_t number, const void *bytes, int length);

/* What was given has not yet reached libusb. */
bool usb_mock_waits(struct usb_mock *mock);

/* For its settings and what it took; while a transport is open only between usb_mock_lock() and usb_mock_unlock(). */
struct usb_mock_endpoint *usb_mock_endpoint(struct usb_mock *mock, uint8_t number);

/* An OUT endpoint takes nothing, or takes again, what is under way first. */
void usb_mock_hold(struct usb_mock *mock, uint8_t number, bool holds);

/* Copies, for tests that look while transfers run. */
size_t usb_mock_taken(struct usb_mock *mock, uint8_t number);
bool usb_mock_was_asked(struct usb_mock *mock, const char *request);

/* Adds to what the test bed knows; fails the test when that is not understood. */
void usb_mock_describe(UMockdevTestbed *bed, const char *description);

#endif
