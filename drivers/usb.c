#include "base/cleanup.h"
#include "base/text.h"
#include "drivers/driver.h"
#include "drivers/usb_context.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/* A boot keyboard (HID 1.11, appendix B) read through libusb: no kernel driver sees its keys. */

#define QUEUE_MAX        64 /* reports; while it is full the device is not asked for more */
#define PACKET_MAX       64 /* bytes of one interrupt transfer at full speed (USB 2.0, 5.7.3) */
#define CONTROL_MAX      1  /* bytes sent in one set-up step */
#define SETUP_TIMEOUT_MS 1000

struct usb {
    struct transport transport; /* first: the two are the same address */
    libusb_device_handle *handle;
    int interface;
    bool claimed;
    uint8_t endpoint; /* interrupt IN */
    uint16_t packet_size;
    int fd;     /* an epoll descriptor: the context's and queued */
    int queued; /* an eventfd: readable while there is something to read */
    struct libusb_transfer *control, *input;
    unsigned running; /* transfers that libusb holds */
    bool input_runs;
    bool closing, gone, stalled;
    size_t step; /* of the set-up */
    uint8_t control_bytes[LIBUSB_CONTROL_SETUP_SIZE + CONTROL_MAX];
    uint8_t packet[PACKET_MAX];
    uint8_t queue[QUEUE_MAX][TRANSPORT_REPORT_SIZE];
    size_t first, count;
};

/* ---------------------------------------------------------------- which device */

struct wanted {
    uint16_t vendor, product;
    const char *serial; /* "": any */
    const char *path;   /* NULL: by vendor and product */
};

#define PATH_SIZE 32

/* As the kernel names it: "1-2.3" is port 3 of the hub in port 2 of bus 1. "" for a root hub. */
static void device_path(libusb_device *device, char out[PATH_SIZE])
{
    uint8_t ports[7]; /* USB 3.0: at most seven tiers */
    int depth = libusb_get_port_numbers(device, ports, sizeof(ports));
    out[0] = '\0';
    size_t length = 0;
    for (int i = 0; i < depth && length < PATH_SIZE; i++)
        length += (size_t)(i == 0 ? snprintf(out, PATH_SIZE, "%u-%u", libusb_get_bus_number(device), ports[i])
                                  : snprintf(out + length, PATH_SIZE - length, ".%u", ports[i]));
}

/* From the kernel's memory: asking the device itself would block. */
static bool serial_is(const char *path, const char *serial)
{
    char name[64 + PATH_SIZE], line[128] = "";
    snprintf(name, sizeof(name), "/sys/bus/usb/devices/%s/serial", path);
    FILE *file = fopen(name, "re");
    if (!file)
        return false;
    if (!fgets(line, sizeof(line), file))
        line[0] = '\0';
    fclose(file);
    line[strcspn(line, "\n")] = '\0';
    return strcmp(line, serial) == 0;
}

static bool matches(libusb_device *device, const struct wanted *wanted)
{
    char path[PATH_SIZE];
    device_path(device, path);
    if (wanted->path)
        return strcmp(path, wanted->path) == 0;
    struct libusb_device_descriptor descriptor;
    return libusb_get_device_descriptor(device, &descriptor) == 0 && descriptor.idVendor == wanted->vendor &&
           descriptor.idProduct == wanted->product && (!*wanted->serial || serial_is(path, wanted->serial));
}

/* A reference that the caller gives back; NULL when it is not plugged in. */
static libusb_device *find_device(libusb_context *context, const struct wanted *wanted)
{
    libusb_device **devices, *found = NULL;
    ssize_t count = libusb_get_device_list(context, &devices);
    for (ssize_t i = 0; i < count && !found; i++)
        if (matches(devices[i], wanted))
            found = libusb_ref_device(devices[i]);
    if (count >= 0)
        libusb_free_device_list(devices, 1);
    return found;
}

static const struct libusb_endpoint_descriptor *interrupt_in(const struct libusb_interface_descriptor *interface)
{
    for (size_t i = 0; i < interface->bNumEndpoints; i++) {
        const struct libusb_endpoint_descriptor *endpoint = &interface->endpoint[i];
        if ((endpoint->bmAttributes & LIBUSB_TRANSFER_TYPE_MASK) == LIBUSB_TRANSFER_TYPE_INTERRUPT &&
            (endpoint->bEndpointAddress & LIBUSB_ENDPOINT_IN))
            return endpoint;
    }
    return NULL;
}

/* Fills in the first interface that is a boot keyboard. LIBUSB_ERROR_NOT_SUPPORTED when there is none; any
 * other libusb error when the device is not ready. */
static int find_keyboard(libusb_device *device, struct usb *usb)
{
    enum { SUBCLASS_BOOT = 1, PROTOCOL_KEYBOARD = 1 }; /* HID 1.11, 4.2 and 4.3 */
    struct libusb_config_descriptor *config;
    int r = libusb_get_active_config_descriptor(device, &config);
    if (r < 0)
        return r;
    r = LIBUSB_ERROR_NOT_SUPPORTED;
    for (size_t i = 0; i < config->bNumInterfaces && r < 0; i++) {
        if (config->interface[i].num_altsetting < 1)
            continue;
        const struct libusb_interface_descriptor *interface = &config->interface[i].altsetting[0];
        const struct libusb_endpoint_descriptor *endpoint = interrupt_in(interface);
        if (interface->bInterfaceClass != LIBUSB_CLASS_HID || interface->bInterfaceSubClass != SUBCLASS_BOOT ||
            interface->bInterfaceProtocol != PROTOCOL_KEYBOARD || !endpoint)
            continue;
        usb->interface = interface->bInterfaceNumber;
        usb->endpoint = endpoint->bEndpointAddress;
        uint16_t size = endpoint->wMaxPacketSize & 0x7FF;
        usb->packet_size = size < PACKET_MAX ? size : PACKET_MAX;
        r = 0;
    }
    libusb_free_config_descriptor(config);
    return r;
}

/* ---------------------------------------------------------------- transfers */

static void signal_owner(const struct usb *usb)
{
    eventfd_write(usb->queued, 1);
}

static void lose(struct usb *usb)
{
    usb->gone = true;
    signal_owner(usb);
}

static bool submit(struct usb *usb, struct libusb_transfer *transfer)
{
    if (libusb_submit_transfer(transfer) != LIBUSB_SUCCESS) {
        lose(usb);
        return false;
    }
    usb->running++;
    return true;
}

static void ask_for_input(struct usb *usb)
{
    if (!usb->closing && !usb->gone && !usb->input_runs && usb->count < QUEUE_MAX)
        usb->input_runs = submit(usb, usb->input);
}

static void queue_report(struct usb *usb, const uint8_t *bytes, size_t length)
{
    uint8_t *report = usb->queue[(usb->first + usb->count++) % QUEUE_MAX];
    memset(report, 0, TRANSPORT_REPORT_SIZE);
    memcpy(report, bytes, length < TRANSPORT_REPORT_SIZE ? length : TRANSPORT_REPORT_SIZE);
    signal_owner(usb);
}

/* An unplugged device may complete with an error of any kind: whatever is no report ends the transport, and its owner
 * opens it anew. A completion without bytes means nothing. */
static void LIBUSB_CALL input_done(struct libusb_transfer *transfer)
{
    struct usb *usb = transfer->user_data;
    usb->running--;
    usb->input_runs = false;
    if (transfer->status == LIBUSB_TRANSFER_COMPLETED) {
        if (transfer->actual_length > 0)
            queue_report(usb, usb->packet, (size_t)transfer->actual_length);
        ask_for_input(usb);
        return;
    }
    usb->stalled = transfer->status == LIBUSB_TRANSFER_STALL;
    lose(usb);
}

/* What a boot keyboard is told once (HID 1.11, 7.2). With all lamps off a scanner does not make up for CapsLock. */
static const struct setup_step {
    uint8_t request;
    uint16_t value;
    uint16_t length; /* of zero bytes that follow */
} setup_steps[] = {
    {0x0B, 0, 0},      /* SET_PROTOCOL: boot */
    {0x0A, 0, 0},      /* SET_IDLE: report changes only */
    {0x09, 0x0200, 1}, /* SET_REPORT: output report 0, the lamps */
};

static void next_step(struct usb *usb);

/* Keyboards stall requests that they do not know, and work all the same. */
static void LIBUSB_CALL control_done(struct libusb_transfer *transfer)
{
    struct usb *usb = transfer->user_data;
    usb->running--;
    if (transfer->status == LIBUSB_TRANSFER_NO_DEVICE)
        lose(usb);
    else if (!usb->closing)
        next_step(usb);
}

static void next_step(struct usb *usb)
{
    if (usb->step == COUNT(setup_steps)) {
        ask_for_input(usb);
        return;
    }
    const struct setup_step *step = &setup_steps[usb->step++];
    memset(usb->control_bytes, 0, sizeof(usb->control_bytes));
    libusb_fill_control_setup(usb->control_bytes, LIBUSB_REQUEST_TYPE_CLASS | LIBUSB_RECIPIENT_INTERFACE, step->request,
                              step->value, (uint16_t)usb->interface, step->length);
    libusb_fill_control_transfer(usb->control, usb->handle, usb->control_bytes, control_done, usb, SETUP_TIMEOUT_MS);
    submit(usb, usb->control);
}

/* ---------------------------------------------------------------- open and close */

/* libusb frees nothing that it still holds: both transfers come back before anything is given away. */
static void stop_transfers(struct usb *usb)
{
    usb->closing = true;
    if (usb->input_runs)
        libusb_cancel_transfer(usb->input);
    if (usb->running > usb->input_runs)
        libusb_cancel_transfer(usb->control);
    while (usb->running > 0)
        usb_context_run(SETUP_TIMEOUT_MS);
}

static void usb_close(struct transport *transport)
{
    struct usb *usb = (struct usb *)transport;
    if (usb->handle) {
        stop_transfers(usb);
        if (usb->stalled)
            libusb_clear_halt(usb->handle, usb->endpoint);
        if (usb->claimed)
            libusb_release_interface(usb->handle, usb->interface);
        libusb_close(usb->handle);
    }
    libusb_free_transfer(usb->control);
    libusb_free_transfer(usb->input);
    cleanup_close(&usb->fd);
    cleanup_close(&usb->queued);
    free(usb);
    usb_context_put();
}

/* Everything that needs no device; what was made is freed by usb_close. */
static int allocate(struct usb *usb)
{
    usb->fd = epoll_create1(EPOLL_CLOEXEC);
    usb->queued = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    usb->control = libusb_alloc_transfer(0);
    usb->input = libusb_alloc_transfer(0);
    if (usb->fd < 0 || usb->queued < 0 || !usb->control || !usb->input)
        return -ENOMEM;
    struct epoll_event event = {.events = EPOLLIN};
    if (epoll_ctl(usb->fd, EPOLL_CTL_ADD, usb->queued, &event) < 0 ||
        epoll_ctl(usb->fd, EPOLL_CTL_ADD, usb_context_fd(), &event) < 0)
        return -errno;
    return 0;
}

static int device_error(struct error *error, const char *where, int code)
{
    static const struct {
        int code, result;
        const char *fault;
    } faults[] = {
        {LIBUSB_ERROR_ACCESS, -EACCES, "may not be used: install the udev rule of this program"},
        {LIBUSB_ERROR_BUSY, -EBUSY, "is in use by another program: end that one"},
        {LIBUSB_ERROR_NOT_SUPPORTED, -ENOTSUP,
         "is no keyboard scanner: set it to keyboard mode, or use its serial port"},
        {LIBUSB_ERROR_NO_DEVICE, -ENODEV, "was unplugged: plug it in again"},
    };
    for (size_t i = 0; i < COUNT(faults); i++)
        if (faults[i].code == code)
            return error_set(error, faults[i].result, "The USB device %s %s.", where, faults[i].fault);
    return error_set(error, -EAGAIN, "The USB device %s is not ready yet (%s); it is tried again.", where,
                     libusb_error_name(code));
}

/* Until the kernel has configured a device that was just plugged in, its configuration and interfaces are not found:
 * that is "not ready yet", as is LIBUSB_ERROR_OTHER from taking the interface over from it. */
static int start(struct usb *usb, libusb_device *device)
{
    int r = find_keyboard(device, usb);
    if (r == 0)
        r = libusb_open(device, &usb->handle);
    if (r < 0)
        return r;
    libusb_set_auto_detach_kernel_driver(usb->handle, 1);
    r = libusb_claim_interface(usb->handle, usb->interface);
    if (r < 0)
        return r;
    usb->claimed = true;
    libusb_fill_interrupt_transfer(usb->input, usb->handle, usb->endpoint, usb->packet, usb->packet_size, input_done,
                                   usb, 0);
    next_step(usb);
    return 0;
}

static int open_wanted(const struct transport_ops *ops, const struct wanted *wanted, const char *where,
                       struct transport **ret, struct error *error)
{
    libusb_context *context;
    int r = usb_context_get(&context, error);
    if (r < 0)
        return r;
    struct usb *usb = calloc(1, sizeof(*usb));
    if (!usb) {
        usb_context_put();
        return error_set(error, -ENOMEM, "There is no memory left for another device.");
    }
    usb->transport.ops = ops;
    r = allocate(usb);
    libusb_device *device = NULL;
    if (r < 0)
        error_set(error, r, "There is no memory or descriptor left for another device.");
    else if (!(device = find_device(context, wanted)))
        r = error_set(error, -ENODEV, "The USB device %s is not there: plug it in and check its address.", where);
    else if ((r = start(usb, device)) < 0)
        r = device_error(error, where, r);
    if (device)
        libusb_unref_device(device);
    if (r < 0) {
        usb_close(&usb->transport);
        return r;
    }
    *ret = &usb->transport;
    return 0;
}

/* "05e0:1200" or "05e0:1200:SERIAL". */
static int usb_open(const char *where, const struct transport_settings *settings, struct transport **ret,
                    struct error *error)
{
    (void)settings;
    uint8_t vendor[2], product[2];
    size_t used;
    if (strlen(where) < 9 || where[4] != ':' || text_from_hex(where, 4, vendor, 2, &used) < 0 || used != 2 ||
        text_from_hex(where + 5, 4, product, 2, &used) < 0 || used != 2 || (where[9] && where[9] != ':'))
        return error_set(error, -EINVAL, "\"%s\" is no USB device: write vendor and product like usb:05e0:1200.",
                         where);
    const struct wanted wanted = {
        .vendor = (uint16_t)(vendor[0] << 8 | vendor[1]),
        .product = (uint16_t)(product[0] << 8 | product[1]),
        .serial = where[9] ? where + 10 : "",
    };
    return open_wanted(&usb_ops, &wanted, where, ret, error);
}

static int usb_path_open(const char *where, const struct transport_settings *settings, struct transport **ret,
                         struct error *error)
{
    (void)settings;
    if (strlen(where) >= PATH_SIZE || !strchr(where, '-') || where[strspn(where, "0123456789-.")])
        return error_set(error, -EINVAL, "\"%s\" is no USB port: write bus and ports like usb-path:1-2.3.", where);
    const struct wanted wanted = {.path = where};
    return open_wanted(&usb_path_ops, &wanted, where, ret, error);
}

/* ---------------------------------------------------------------- reports for the owner */

static int usb_fd(const struct transport *transport)
{
    return ((const struct usb *)transport)->fd;
}

static ssize_t usb_read(struct transport *transport, void *bytes, size_t capacity)
{
    struct usb *usb = (struct usb *)transport;
    assert(capacity >= TRANSPORT_REPORT_SIZE);
    usb_context_run(0);
    if (usb->count == 0 && usb->gone)
        return -ENODEV;
    if (usb->count == 0) {
        eventfd_t signals;
        eventfd_read(usb->queued, &signals);
        return -EAGAIN;
    }
    memcpy(bytes, usb->queue[usb->first], TRANSPORT_REPORT_SIZE);
    usb->first = (usb->first + 1) % QUEUE_MAX;
    usb->count--;
    ask_for_input(usb);
    return TRANSPORT_REPORT_SIZE;
}

#define USB_OPS .fd = usb_fd, .read = usb_read, .close = usb_close

const struct transport_ops usb_ops = {.scheme = "usb", .open = usb_open, USB_OPS};
const struct transport_ops usb_path_ops = {.scheme = "usb-path", .open = usb_path_open, USB_OPS};
