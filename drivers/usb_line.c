#include "drivers/usb_line.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/* ---------------------------------------------------------------- which device */

/* As the kernel names it: "1-2.3" is port 3 of the hub in port 2 of bus 1. "" for a root hub. */
static void port_path(libusb_device *device, char out[USB_PORT_PATH_SIZE])
{
    uint8_t ports[7]; /* USB 3.0: at most seven tiers */
    int depth = libusb_get_port_numbers(device, ports, sizeof(ports));
    out[0] = '\0';
    size_t length = 0;
    for (int i = 0; i < depth && length < USB_PORT_PATH_SIZE; i++)
        length += (size_t)(i == 0 ? snprintf(out, USB_PORT_PATH_SIZE, "%u-%u", libusb_get_bus_number(device), ports[i])
                                  : snprintf(out + length, USB_PORT_PATH_SIZE - length, ".%u", ports[i]));
}

/* From the kernel's memory: asking the device itself would block. */
static bool serial_is(const char *path, const char *serial)
{
    char name[64 + USB_PORT_PATH_SIZE], line[128] = "";
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

static bool matches(libusb_device *device, const struct usb_wanted *wanted)
{
    char path[USB_PORT_PATH_SIZE];
    port_path(device, path);
    if (wanted->path)
        return strcmp(path, wanted->path) == 0;
    struct libusb_device_descriptor descriptor;
    return libusb_get_device_descriptor(device, &descriptor) == 0 && descriptor.idVendor == wanted->vendor &&
           descriptor.idProduct == wanted->product && (!*wanted->port || strcmp(path, wanted->port) == 0) &&
           (!*wanted->serial || serial_is(path, wanted->serial));
}

/* A reference that the caller gives back; NULL when it is not plugged in. */
static libusb_device *find_device(libusb_context *context, const struct usb_wanted *wanted)
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

int usb_find_path(const struct usb_wanted *wanted, char ret[USB_PORT_PATH_SIZE], struct error *error)
{
    libusb_context *context;
    int r = usb_context_get(&context, error);
    if (r < 0)
        return r;
    libusb_device *device = find_device(context, wanted);
    if (device)
        port_path(device, ret);
    else
        r = error_set(error, -ENODEV, "The USB device is not there: plug it in and check its address.");
    libusb_unref_device(device);
    usb_context_put();
    return r;
}

const struct libusb_endpoint_descriptor *usb_endpoint(const struct libusb_interface_descriptor *interface,
                                                      enum libusb_endpoint_transfer_type type,
                                                      enum libusb_endpoint_direction direction)
{
    for (size_t i = 0; i < interface->bNumEndpoints; i++) {
        const struct libusb_endpoint_descriptor *endpoint = &interface->endpoint[i];
        if ((endpoint->bmAttributes & LIBUSB_TRANSFER_TYPE_MASK) == type &&
            (endpoint->bEndpointAddress & LIBUSB_ENDPOINT_DIR_MASK) == direction)
            return endpoint;
    }
    return NULL;
}

/* ---------------------------------------------------------------- transfers */

void usb_line_signal(const struct usb_line *line)
{
    eventfd_write(line->signal, 1);
}

void usb_line_quiet(const struct usb_line *line)
{
    eventfd_t signals;
    eventfd_read(line->signal, &signals);
}

void usb_line_lose(struct usb_line *line)
{
    line->gone = true;
    usb_line_signal(line);
}

bool usb_line_submit(struct usb_line *line, struct libusb_transfer *transfer)
{
    if (libusb_submit_transfer(transfer) != LIBUSB_SUCCESS) {
        usb_line_lose(line);
        return false;
    }
    line->running++;
    return true;
}

void usb_line_returned(struct usb_line *line)
{
    line->running--;
}

static void LIBUSB_CALL control_done(struct libusb_transfer *transfer)
{
    struct usb_line *line = transfer->user_data;
    usb_line_returned(line);
    line->control_runs = false;
    if (transfer->status == LIBUSB_TRANSFER_NO_DEVICE)
        usb_line_lose(line);
    else if (!line->closing)
        line->answer(line, line->control_bytes + LIBUSB_CONTROL_SETUP_SIZE,
                     transfer->status == LIBUSB_TRANSFER_COMPLETED ? transfer->actual_length : -EPIPE);
}

bool usb_line_ask(struct usb_line *line, const struct usb_request *request, usb_answer_fn *answer)
{
    if (line->control_runs || line->gone || line->closing || request->length > USB_CONTROL_MAX)
        return false;
    memset(line->control_bytes, 0, sizeof(line->control_bytes));
    libusb_fill_control_setup(line->control_bytes, request->type, request->request, request->value, request->index,
                              request->length);
    if (request->data)
        memcpy(line->control_bytes + LIBUSB_CONTROL_SETUP_SIZE, request->data, request->length);
    libusb_fill_control_transfer(line->control, line->handle, line->control_bytes, control_done, line,
                                 USB_SETUP_WAIT_MS);
    line->answer = answer;
    line->control_runs = usb_line_submit(line, line->control);
    return line->control_runs;
}

/* ---------------------------------------------------------------- open and close */

/* Everything that needs no device; what was made is freed by usb_line_done. */
static int allocate(struct usb_line *line)
{
    line->fd = epoll_create1(EPOLL_CLOEXEC);
    line->signal = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    line->control = libusb_alloc_transfer(0);
    if (line->fd < 0 || line->signal < 0 || !line->control)
        return -ENOMEM;
    struct epoll_event event = {.events = EPOLLIN};
    if (epoll_ctl(line->fd, EPOLL_CTL_ADD, line->signal, &event) < 0 ||
        epoll_ctl(line->fd, EPOLL_CTL_ADD, usb_context_fd(), &event) < 0)
        return -errno;
    return 0;
}

static int device_error(struct error *error, const char *where, const char *not_supported, int code)
{
    const struct {
        int code, result;
        const char *fault;
    } faults[] = {
        {LIBUSB_ERROR_ACCESS, -EACCES, "may not be used: install the udev rule of this program"},
        {LIBUSB_ERROR_BUSY, -EBUSY, "is in use by another program: end that one"},
        {LIBUSB_ERROR_NOT_SUPPORTED, -ENOTSUP, not_supported},
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
static int claim(struct usb_line *line, libusb_device *device, usb_pick_fn *pick)
{
    struct libusb_config_descriptor *config;
    int r = libusb_get_active_config_descriptor(device, &config);
    if (r < 0)
        return r;
    r = pick(config, line);
    libusb_free_config_descriptor(config);
    if (r == 0)
        r = libusb_open(device, &line->handle);
    if (r < 0)
        return r;
    libusb_set_auto_detach_kernel_driver(line->handle, 1);
    r = libusb_claim_interface(line->handle, line->interface);
    if (r < 0)
        return r;
    line->claimed = true;
    return line->alternate ? libusb_set_interface_alt_setting(line->handle, line->interface, line->alternate) : 0;
}

int usb_line_open(struct usb_line *line, const struct usb_wanted *wanted, const char *where, const char *not_supported,
                  usb_pick_fn *pick, struct error *error)
{
    libusb_context *context;
    line->fd = line->signal = -1;
    int r = usb_context_get(&context, error);
    if (r < 0)
        return r;
    line->has_context = true;
    r = allocate(line);
    libusb_device *device = NULL;
    if (r < 0)
        error_set(error, r, "There is no memory or descriptor left for another device.");
    else if (!(device = find_device(context, wanted)))
        r = error_set(error, -ENODEV, "The USB device %s is not there: plug it in and check its address.", where);
    else if ((r = claim(line, device, pick)) < 0)
        r = device_error(error, where, not_supported, r);
    libusb_unref_device(device);
    return r;
}

void usb_line_stop(struct usb_line *line, void (*stop)(struct usb_line *line))
{
    if (!line->handle)
        return;
    line->closing = true;
    stop(line);
    if (line->control_runs)
        libusb_cancel_transfer(line->control);
    while (line->running > 0)
        usb_context_run(USB_SETUP_WAIT_MS);
}

void usb_line_done(struct usb_line *line)
{
    if (line->claimed)
        libusb_release_interface(line->handle, line->interface);
    if (line->handle)
        libusb_close(line->handle);
    libusb_free_transfer(line->control);
    cleanup_close(&line->fd);
    cleanup_close(&line->signal);
    if (line->has_context)
        usb_context_put();
}
