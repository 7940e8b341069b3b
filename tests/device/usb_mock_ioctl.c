#include "device/usb_mock_ioctl.h"

#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <stddef.h>
#include <sys/ioctl.h>

struct usb_mock_transfer {
    UMockdevIoctlData *urb, *buffer;
    uint8_t type, endpoint;
    int length;
    unsigned done; /* 0: under way; otherwise the order of completion */
};

enum { SETUP_SIZE = 8, DIRECTION_IN = 0x80 };

/* ---------------------------------------------------------------- transfers */

static void complete_at(struct usb_mock *mock, struct usb_mock_transfer *transfer, int status, int actual)
{
    umockdev_ioctl_data_update(transfer->urb, offsetof(struct usbdevfs_urb, status), (guint8 *)&status, sizeof(status));
    umockdev_ioctl_data_update(transfer->urb, offsetof(struct usbdevfs_urb, actual_length), (guint8 *)&actual,
                               sizeof(actual));
    transfer->done = ++mock->completions;
}

static void complete(struct usb_mock *mock, struct usb_mock_transfer *transfer, int status)
{
    complete_at(mock, transfer, status, 0);
}

/* Bytes from the device; no more than were asked for. */
static void complete_with(struct usb_mock *mock, struct usb_mock_transfer *transfer, size_t offset, const void *bytes,
                          size_t length)
{
    size_t room = (size_t)transfer->length - offset;
    int status = length > room && offset == 0 ? -EOVERFLOW : 0; /* a control transfer is cut, another one babbles */
    size_t given = length < room ? length : room;
    if (given > 0)
        umockdev_ioctl_data_update(transfer->buffer, offset, (guint8 *)(uintptr_t)bytes, (gint)given);
    complete_at(mock, transfer, status, (int)given);
}

static void answer_control(struct usb_mock *mock, struct usb_mock_transfer *transfer)
{
    const uint8_t *setup = transfer->buffer->data;
    bool in = setup[0] & DIRECTION_IN;
    buf_printf(&mock->requests, "%02x:%02x %04x %u", setup[0], setup[1], setup[2] | setup[3] << 8,
               setup[4] | setup[5] << 8);
    for (int i = SETUP_SIZE; !in && i < transfer->length; i++)
        buf_printf(&mock->requests, "%s%02x", i == SETUP_SIZE ? "=" : "", transfer->buffer->data[i]);
    buf_putc(&mock->requests, ';');
    const struct usb_mock_answer *answer = mock->device.answers;
    const struct usb_mock_answer *end = answer + USB_MOCK_ANSWERS_MAX;
    while (answer < end && (answer->type != setup[0] || answer->request != setup[1]))
        answer++;
    int status = answer < end ? answer->status : in ? -EPIPE : 0;
    if (status == USB_MOCK_NEVER)
        return;
    if (status || !in)
        complete_at(mock, transfer, status, status ? 0 : transfer->length - SETUP_SIZE);
    else
        complete_with(mock, transfer, SETUP_SIZE, answer->bytes, answer->length);
}

/* A transfer ends when it is full, or with a packet that is not. */
static void serve_in(struct usb_mock *mock, struct usb_mock_endpoint *endpoint, struct usb_mock_transfer *transfer)
{
    if (endpoint->count == 0)
        return;
    struct usb_mock_input *input = &endpoint->inputs[endpoint->first];
    int room = transfer->length;
    if (input->length < 0) {
        complete(mock, transfer, input->length);
    } else if (endpoint->packet_size && input->length > room && (size_t)room % endpoint->packet_size == 0) {
        complete_with(mock, transfer, 0, input->bytes, (size_t)room);
        input->length -= room;
        memmove(input->bytes, input->bytes + room, (size_t)input->length);
        return;
    } else {
        complete_with(mock, transfer, 0, input->bytes, (size_t)input->length);
    }
    endpoint->first = (endpoint->first + 1) % USB_MOCK_INPUTS_MAX;
    endpoint->count--;
}

static void serve_out(struct usb_mock *mock, struct usb_mock_endpoint *endpoint, struct usb_mock_transfer *transfer)
{
    if (endpoint->holds)
        return;
    size_t given = (size_t)transfer->length;
    size_t taken = endpoint->takes_at_most && endpoint->takes_at_most < given ? endpoint->takes_at_most : given;
    if (!endpoint->fault)
        buf_put(&endpoint->taken, transfer->buffer->data, taken);
    endpoint->at_once--;
    complete_at(mock, transfer, endpoint->fault, endpoint->fault ? 0 : (int)taken);
}

void usb_mock_serve(struct usb_mock *mock)
{
    for (size_t i = 0; i < USB_MOCK_TRANSFERS_MAX; i++) {
        struct usb_mock_transfer *transfer = &mock->transfers[i];
        if (!transfer->urb || transfer->done)
            continue;
        if (transfer->type != USBDEVFS_URB_TYPE_CONTROL) {
            struct usb_mock_endpoint *endpoint = usb_mock_endpoint(mock, transfer->endpoint);
            if (transfer->endpoint & DIRECTION_IN)
                serve_in(mock, endpoint, transfer);
            else if (!mock->unplugged)
                serve_out(mock, endpoint, transfer);
        }
        if (!transfer->done && mock->unplugged)
            complete(mock, transfer, -ESHUTDOWN);
    }
}

static void note_out(struct usb_mock_endpoint *endpoint, int length)
{
    endpoint->transfers++;
    endpoint->at_once++;
    if (endpoint->at_once > endpoint->most_at_once)
        endpoint->most_at_once = endpoint->at_once;
    if ((size_t)length > endpoint->longest)
        endpoint->longest = (size_t)length;
}

static int submit(struct usb_mock *mock, UMockdevIoctlData *argument)
{
    struct usb_mock_transfer *transfer = mock->transfers, *end = transfer + USB_MOCK_TRANSFERS_MAX;
    while (transfer < end && transfer->urb)
        transfer++;
    if (mock->unplugged || transfer == end)
        return ENODEV;
    UMockdevIoctlData *data = umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_urb), NULL);
    struct usbdevfs_urb raw;
    memcpy(&raw, data->data, sizeof(raw));
    *transfer = (struct usb_mock_transfer){
        .urb = data,
        .buffer =
            umockdev_ioctl_data_resolve(data, offsetof(struct usbdevfs_urb, buffer), (gsize)raw.buffer_length, NULL),
        .type = raw.type,
        .endpoint = raw.endpoint,
        .length = raw.buffer_length,
    };
    if (raw.type == USBDEVFS_URB_TYPE_CONTROL)
        answer_control(mock, transfer);
    else if (!(raw.endpoint & DIRECTION_IN))
        note_out(usb_mock_endpoint(mock, raw.endpoint), raw.buffer_length);
    usb_mock_serve(mock);
    return 0;
}

static struct usb_mock_transfer *first_done(struct usb_mock *mock)
{
    struct usb_mock_transfer *first = NULL;
    for (size_t i = 0; i < USB_MOCK_TRANSFERS_MAX; i++) {
        struct usb_mock_transfer *transfer = &mock->transfers[i];
        if (transfer->done && (!first || transfer->done < first->done))
            first = transfer;
    }
    return first;
}

static void forget(struct usb_mock_transfer *transfer)
{
    if (!transfer->urb)
        return;
    umockdev_ioctl_data_unref(transfer->buffer);
    umockdev_ioctl_data_unref(transfer->urb);
    *transfer = (struct usb_mock_transfer){0};
}

struct usb_mock_transfer *usb_mock_transfers_new(void)
{
    return calloc(USB_MOCK_TRANSFERS_MAX, sizeof(struct usb_mock_transfer));
}

void usb_mock_transfers_free(struct usb_mock_transfer *transfers)
{
    for (size_t i = 0; i < USB_MOCK_TRANSFERS_MAX; i++)
        forget(&transfers[i]);
    free(transfers);
}

bool usb_mock_has_completed(struct usb_mock *mock)
{
    return first_done(mock) != NULL;
}

static int reap(struct usb_mock *mock, UMockdevIoctlData *argument)
{
    struct usb_mock_transfer *transfer = first_done(mock);
    if (!transfer)
        return mock->unplugged ? ENODEV : EAGAIN;
    UMockdevIoctlData *pointer = umockdev_ioctl_data_resolve(argument, 0, sizeof(void *), NULL);
    umockdev_ioctl_data_set_ptr(pointer, 0, transfer->urb);
    umockdev_ioctl_data_unref(pointer);
    forget(transfer);
    return 0;
}

/* Here the argument itself is the transfer's address. */
static int discard(struct usb_mock *mock, const UMockdevIoctlData *argument)
{
    gulong address;
    memcpy(&address, argument->data, sizeof(address));
    for (size_t i = 0; i < USB_MOCK_TRANSFERS_MAX; i++) {
        struct usb_mock_transfer *transfer = &mock->transfers[i];
        if (!transfer->urb || transfer->done || transfer->urb->client_addr != address)
            continue;
        if (transfer->type != USBDEVFS_URB_TYPE_CONTROL && !(transfer->endpoint & DIRECTION_IN))
            usb_mock_endpoint(mock, transfer->endpoint)->at_once--;
        complete(mock, transfer, -ENOENT);
        return 0;
    }
    return mock->unplugged ? ENODEV : EINVAL;
}

/* ---------------------------------------------------------------- the other ioctls of usbfs */

static void read_argument(UMockdevIoctlData *argument, void *out, size_t size)
{
    UMockdevIoctlData *data = umockdev_ioctl_data_resolve(argument, 0, size, NULL);
    memcpy(out, data->data, size);
    umockdev_ioctl_data_unref(data);
}

static int tell_capabilities(UMockdevIoctlData *argument)
{
    uint32_t capabilities = USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
    UMockdevIoctlData *out = umockdev_ioctl_data_resolve(argument, 0, sizeof(capabilities), NULL);
    umockdev_ioctl_data_update(out, 0, (guint8 *)&capabilities, sizeof(capabilities));
    umockdev_ioctl_data_unref(out);
    return 0;
}

static int claim(struct usb_mock *mock, UMockdevIoctlData *argument)
{
    unsigned interface;
    read_argument(argument, &interface, sizeof(interface));
    if (mock->claim_fault)
        return mock->claim_fault;
    if (mock->held & 1u << interface)
        return EBUSY;
    mock->claimed |= 1u << interface;
    mock->held |= 1u << interface;
    return 0;
}

static int release(struct usb_mock *mock, UMockdevIoctlData *argument)
{
    unsigned interface;
    read_argument(argument, &interface, sizeof(interface));
    mock->held &= ~(1u << interface);
    mock->released++;
    return 0;
}

/* Tells only of an interface that a program holds: libusb leaves that one alone. */
static int tell_driver(const struct usb_mock *mock, UMockdevIoctlData *argument)
{
    struct usbdevfs_getdriver driver;
    read_argument(argument, &driver, sizeof(driver));
    if (!(mock->held & 1u << driver.interface))
        return ENODATA;
    strcpy(driver.driver, "usbfs");
    UMockdevIoctlData *out = umockdev_ioctl_data_resolve(argument, 0, sizeof(driver), NULL);
    umockdev_ioctl_data_update(out, 0, (guint8 *)&driver, sizeof(driver));
    umockdev_ioctl_data_unref(out);
    return 0;
}

/* Takes the interface from the kernel's driver, or gives it back. */
static int hand_over(struct usb_mock *mock, UMockdevIoctlData *argument)
{
    struct usbdevfs_ioctl order;
    read_argument(argument, &order, sizeof(order));
    if (order.ioctl_code == USBDEVFS_CONNECT)
        mock->reattached++;
    else if (mock->detach_fault)
        return mock->detach_fault;
    else
        mock->detached++;
    return 0;
}

static int set_interface(struct usb_mock *mock, UMockdevIoctlData *argument)
{
    struct usbdevfs_setinterface order;
    read_argument(argument, &order, sizeof(order));
    buf_printf(&mock->requests, "setting %u %u;", order.interface, order.altsetting);
    return 0;
}

static int clear_halt(struct usb_mock *mock, UMockdevIoctlData *argument)
{
    unsigned endpoint;
    read_argument(argument, &endpoint, sizeof(endpoint));
    buf_printf(&mock->requests, "clear halt %02x;", endpoint);
    return 0;
}

int usb_mock_ioctl(struct usb_mock *mock, gulong request, UMockdevIoctlData *argument)
{
    if (request == USBDEVFS_REAPURBNDELAY)
        return reap(mock, argument);
    if (request == USBDEVFS_DISCARDURB)
        return discard(mock, argument);
    if (mock->unplugged)
        return ENODEV;
    switch (request) {
    case USBDEVFS_GET_CAPABILITIES:
        return tell_capabilities(argument);
    case USBDEVFS_CLAIMINTERFACE:
        return claim(mock, argument);
    case USBDEVFS_RELEASEINTERFACE:
        return release(mock, argument);
    case USBDEVFS_GETDRIVER:
        return tell_driver(mock, argument);
    case USBDEVFS_SUBMITURB:
        return submit(mock, argument);
    case USBDEVFS_IOCTL:
        return hand_over(mock, argument);
    case USBDEVFS_SETINTERFACE:
        return set_interface(mock, argument);
    case USBDEVFS_CLEAR_HALT:
        return clear_halt(mock, argument);
    default:
        return ENOTTY;
    }
}
