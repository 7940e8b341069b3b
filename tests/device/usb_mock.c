#include "device/usb_mock.h"

#include "base/text.h"

#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/ioctl.h>

#include <cmocka.h>

struct usb_mock_transfer {
    UMockdevIoctlData *urb, *buffer;
    uint8_t type, endpoint;
    int length;
    unsigned done; /* 0: under way; otherwise the order of completion */
};

enum { SETUP_SIZE = 8, DIRECTION_IN = 0x80, GET_DESCRIPTOR = 6 };

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

static void serve_in(struct usb_mock *mock, struct usb_mock_endpoint *endpoint, struct usb_mock_transfer *transfer)
{
    if (endpoint->count == 0)
        return;
    const struct usb_mock_input *input = &endpoint->inputs[endpoint->first];
    endpoint->first = (endpoint->first + 1) % USB_MOCK_INPUTS_MAX;
    endpoint->count--;
    if (input->length < 0)
        complete(mock, transfer, input->length);
    else
        complete_with(mock, transfer, 0, input->bytes, (size_t)input->length);
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

/* Goes on with all that is under way. */
static void serve(struct usb_mock *mock)
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
    serve(mock);
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
    if (transfer->buffer)
        umockdev_ioctl_data_unref(transfer->buffer);
    if (transfer->urb)
        umockdev_ioctl_data_unref(transfer->urb);
    *transfer = (struct usb_mock_transfer){0};
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
    mock->claimed |= 1u << interface;
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

static int answer(struct usb_mock *mock, gulong request, UMockdevIoctlData *argument)
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
        mock->released++;
        return 0;
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

static gboolean on_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, struct usb_mock *mock)
{
    (void)base;
    pthread_mutex_lock(&mock->lock);
    int code = answer(mock, umockdev_ioctl_client_get_request(client), umockdev_ioctl_client_get_arg(client));
    pthread_mutex_unlock(&mock->lock);
    umockdev_ioctl_client_complete(client, code ? -1 : 0, code);
    return TRUE;
}

/* ---------------------------------------------------------------- what /sys shows */

#define HUB_DESCRIPTORS                                                                                                \
    "12010002090000406B1D0200000601020001"                                                                             \
    "0902190001010000E00904000001090000000705810304000C"

UMockdevTestbed *usb_mock_bed_new(void)
{
    UMockdevTestbed *bed = umockdev_testbed_new();
    usb_mock_describe(bed, "P: /devices/usb1\nN: bus/usb/001/001\nE: DEVNAME=/dev/bus/usb/001/001\n"
                           "E: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nE: BUSNUM=001\nE: DEVNUM=001\nE: MAJOR=189\n"
                           "E: MINOR=0\nA: dev=189:0\nA: busnum=1\\n\nA: devnum=1\\n\nA: bDeviceClass=09\\n\n"
                           "A: bConfigurationValue=1\\n\nA: speed=480\\n\nH: descriptors=" HUB_DESCRIPTORS "\n");
    return bed;
}

void usb_mock_describe(UMockdevTestbed *bed, const char *description)
{
    GError *error = NULL;
    if (!umockdev_testbed_add_from_string(bed, description, &error))
        fail_msg("%s", error->message);
}

static void add_file(struct usb_mock *mock, const char *path, const struct buf *more)
{
    struct buf description CLEANUP_BUF = {0};
    buf_printf(&description, "P: %s\n%s\n", path, buf_text(more));
    usb_mock_describe(mock->bed, buf_text(&description));
    size_t i = 0;
    while (mock->files[i])
        i++;
    assert_true(i < USB_MOCK_FILES_MAX);
    mock->files[i] = g_strdup_printf("/sys%s", path);
}

/* HID 1.11, 7.1: the answer to GET_DESCRIPTOR of an interface. */
static const struct usb_mock_answer *report_descriptor(const struct usb_mock_device *device)
{
    for (size_t i = 0; i < USB_MOCK_ANSWERS_MAX; i++)
        if (device->answers[i].type == 0x81 && device->answers[i].request == GET_DESCRIPTOR)
            return &device->answers[i];
    return NULL;
}

static void add_hid(struct usb_mock *mock, const char *interface)
{
    struct buf more CLEANUP_BUF = {0};
    char path[128];
    const struct usb_mock_answer *answer = report_descriptor(&mock->device);
    snprintf(path, sizeof(path), "%s/0003:0000:0000.%04X", interface, mock->device.number);
    buf_puts(&more, "E: SUBSYSTEM=hid\nH: report_descriptor=");
    for (size_t i = 0; answer && i < answer->length; i++)
        buf_printf(&more, "%02X", ((const uint8_t *)answer->bytes)[i]);
    buf_putc(&more, '\n');
    if (answer)
        add_file(mock, path, &more);
}

/* USB 2.0, 9.6.5: number, setting, endpoints, class, subclass, protocol from the third byte on. */
static void add_interface(struct usb_mock *mock, const uint8_t *descriptor)
{
    struct buf more CLEANUP_BUF = {0};
    char path[96];
    bool hid = descriptor[5] == 3;
    snprintf(path, sizeof(path), "/devices/usb1/%s/%s:1.%u", mock->device.port, mock->device.port, descriptor[2]);
    buf_printf(&more,
               "E: DEVTYPE=usb_interface\nE: SUBSYSTEM=usb\nA: bInterfaceNumber=%02x\\n\nA: bInterfaceClass=%02x\\n\n"
               "A: bInterfaceSubClass=%02x\\n\nA: bInterfaceProtocol=%02x\\n\n",
               descriptor[2], descriptor[5], descriptor[6], descriptor[7]);
    if (hid && mock->device.usbhid_holds_it)
        buf_puts(&more, "L: driver=../../../../bus/usb/drivers/usbhid\n");
    add_file(mock, path, &more);
    if (hid && mock->device.usbhid_holds_it)
        add_hid(mock, path);
}

static void add_device(struct usb_mock *mock, const uint8_t *descriptor)
{
    const struct usb_mock_device *device = &mock->device;
    struct buf more CLEANUP_BUF = {0};
    char path[64];
    snprintf(path, sizeof(path), "/devices/usb1/%s", device->port);
    buf_printf(&more,
               "N: bus/usb/001/%03u\nE: DEVNAME=/dev/bus/usb/001/%03u\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\n"
               "E: BUSNUM=001\nE: DEVNUM=%03u\nE: MAJOR=189\nE: MINOR=%u\nA: dev=189:%u\nA: busnum=1\\n\nA: "
               "devnum=%u\\n\nA: bConfigurationValue=1\\n\nA: speed=12\\n\nA: bDeviceClass=%02x\\n\n"
               "A: idVendor=%02x%02x\\n\nA: idProduct=%02x%02x\\n\nH: descriptors=%s\n",
               device->number, device->number, device->number, device->number - 1, device->number - 1, device->number,
               descriptor[4], descriptor[9], descriptor[8], descriptor[11], descriptor[10], device->descriptors);
    if (device->serial)
        buf_printf(&more, "A: serial=%s\\n\n", device->serial);
    add_file(mock, path, &more);
}

/* ---------------------------------------------------------------- what tests do with it */

struct usb_mock *usb_mock_plug_in(UMockdevTestbed *bed, const struct usb_mock_device *device)
{
    struct usb_mock *mock = calloc(1, sizeof(*mock));
    assert_non_null(mock);
    mock->transfers = calloc(USB_MOCK_TRANSFERS_MAX, sizeof(*mock->transfers));
    assert_non_null(mock->transfers);
    pthread_mutex_init(&mock->lock, NULL);
    mock->bed = g_object_ref(bed);
    mock->device = *device;
    mock->ioctls = umockdev_ioctl_base_new();
    g_signal_connect(mock->ioctls, "handle-ioctl", G_CALLBACK(on_ioctl), mock);
    uint8_t bytes[1024];
    size_t length;
    assert_int_equal(text_from_hex(device->descriptors, strlen(device->descriptors), bytes, sizeof(bytes), &length), 0);
    add_device(mock, bytes);
    for (size_t at = 18; at + 9 <= length && bytes[at] > 0; at += bytes[at])
        if (bytes[at + 1] == 4 && bytes[at + 3] == 0) /* an interface, in its first setting */
            add_interface(mock, bytes + at);
    char node[32];
    snprintf(node, sizeof(node), "/dev/bus/usb/001/%03u", device->number);
    assert_true(umockdev_testbed_attach_ioctl(bed, node, mock->ioctls, NULL));
    umockdev_testbed_uevent(bed, mock->files[0], "add"); /* now it is whole */
    return mock;
}

void usb_mock_unplug(struct usb_mock *mock)
{
    pthread_mutex_lock(&mock->lock);
    mock->unplugged = true;
    serve(mock);
    pthread_mutex_unlock(&mock->lock);
    for (size_t i = USB_MOCK_FILES_MAX; i-- > 0;) {
        if (!mock->files[i])
            continue;
        umockdev_testbed_uevent(mock->bed, mock->files[i], "remove");
        umockdev_testbed_remove_device(mock->bed, mock->files[i]);
    }
}

void usb_mock_free(struct usb_mock *mock)
{
    if (!mock)
        return;
    g_object_unref(mock->ioctls);
    g_object_unref(mock->bed);
    for (size_t i = 0; i < USB_MOCK_TRANSFERS_MAX; i++)
        forget(&mock->transfers[i]);
    for (size_t i = 0; i < USB_MOCK_FILES_MAX; i++)
        g_free(mock->files[i]);
    for (size_t i = 0; i < USB_MOCK_ENDPOINTS_MAX; i++)
        buf_done(&mock->endpoints[i].taken);
    buf_done(&mock->requests);
    pthread_mutex_destroy(&mock->lock);
    free(mock->transfers);
    free(mock);
}

struct usb_mock_endpoint *usb_mock_endpoint(struct usb_mock *mock, uint8_t address)
{
    size_t i = 0;
    while (i < USB_MOCK_ENDPOINTS_MAX - 1 && mock->endpoints[i].address && mock->endpoints[i].address != address)
        i++;
    mock->endpoints[i].address = address;
    return &mock->endpoints[i];
}

void usb_mock_give(struct usb_mock *mock, uint8_t address, const void *bytes, int length)
{
    pthread_mutex_lock(&mock->lock);
    struct usb_mock_endpoint *endpoint = usb_mock_endpoint(mock, address);
    struct usb_mock_input *input = &endpoint->inputs[(endpoint->first + endpoint->count++) % USB_MOCK_INPUTS_MAX];
    if (length > 0)
        memcpy(input->bytes, bytes, (size_t)length);
    input->length = length;
    serve(mock);
    pthread_mutex_unlock(&mock->lock);
}

bool usb_mock_waits(struct usb_mock *mock)
{
    pthread_mutex_lock(&mock->lock);
    bool waits = first_done(mock) != NULL;
    for (size_t i = 0; i < USB_MOCK_ENDPOINTS_MAX; i++)
        waits = waits || mock->endpoints[i].count > 0;
    pthread_mutex_unlock(&mock->lock);
    return waits;
}

void usb_mock_hold(struct usb_mock *mock, uint8_t endpoint, bool holds)
{
    pthread_mutex_lock(&mock->lock);
    usb_mock_endpoint(mock, endpoint)->holds = holds;
    serve(mock);
    pthread_mutex_unlock(&mock->lock);
}

size_t usb_mock_taken(struct usb_mock *mock, uint8_t endpoint)
{
    pthread_mutex_lock(&mock->lock);
    size_t taken = usb_mock_endpoint(mock, endpoint)->taken.length;
    pthread_mutex_unlock(&mock->lock);
    return taken;
}

bool usb_mock_was_asked(struct usb_mock *mock, const char *request)
{
    pthread_mutex_lock(&mock->lock);
    bool asked = strstr(buf_text(&mock->requests), request) != NULL;
    pthread_mutex_unlock(&mock->lock);
    return asked;
}
