#include "device/usb_mock.h"

#include "base/text.h"
#include "device/usb_mock_ioctl.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static gboolean on_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, struct usb_mock *mock)
{
    (void)base;
    pthread_mutex_lock(&mock->lock);
    int code = usb_mock_ioctl(mock, umockdev_ioctl_client_get_request(client), umockdev_ioctl_client_get_arg(client));
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
        if (device->answers[i].type == 0x81 && device->answers[i].request == 0x06)
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
    mock->transfers = usb_mock_transfers_new();
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

void usb_mock_take_from_usbhid(struct usb_mock *mock)
{
    for (size_t i = 0; i < USB_MOCK_FILES_MAX; i++) {
        if (!mock->files[i] || !strstr(mock->files[i], "/0003:"))
            continue;
        umockdev_testbed_uevent(mock->bed, mock->files[i], "remove");
        umockdev_testbed_remove_device(mock->bed, mock->files[i]);
        g_free(mock->files[i]);
        mock->files[i] = NULL;
    }
}

void usb_mock_unplug(struct usb_mock *mock)
{
    pthread_mutex_lock(&mock->lock);
    mock->unplugged = true;
    usb_mock_serve(mock);
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
    for (size_t i = 0; i < USB_MOCK_FILES_MAX; i++)
        g_free(mock->files[i]);
    for (size_t i = 0; i < USB_MOCK_ENDPOINTS_MAX; i++)
        buf_done(&mock->endpoints[i].taken);
    buf_done(&mock->requests);
    pthread_mutex_destroy(&mock->lock);
    usb_mock_transfers_free(mock->transfers);
    free(mock);
}

struct usb_mock_endpoint *usb_mock_endpoint(struct usb_mock *mock, uint8_t number)
{
    size_t i = 0;
    while (i < USB_MOCK_ENDPOINTS_MAX - 1 && mock->endpoints[i].address && mock->endpoints[i].address != number)
        i++;
    mock->endpoints[i].address = number;
    return &mock->endpoints[i];
}

void usb_mock_give(struct usb_mock *mock, uint8_t number, const void *bytes, int length)
{
    pthread_mutex_lock(&mock->lock);
    struct usb_mock_endpoint *endpoint = usb_mock_endpoint(mock, number);
    struct usb_mock_input *input = &endpoint->inputs[(endpoint->first + endpoint->count++) % USB_MOCK_INPUTS_MAX];
    if (length > 0)
        memcpy(input->bytes, bytes, (size_t)length);
    input->length = length;
    usb_mock_serve(mock);
    pthread_mutex_unlock(&mock->lock);
}

bool usb_mock_waits(struct usb_mock *mock)
{
    pthread_mutex_lock(&mock->lock);
    bool waits = usb_mock_has_completed(mock);
    for (size_t i = 0; i < USB_MOCK_ENDPOINTS_MAX; i++)
        waits = waits || mock->endpoints[i].count > 0;
    pthread_mutex_unlock(&mock->lock);
    return waits;
}

void usb_mock_hold(struct usb_mock *mock, uint8_t number, bool holds)
{
    pthread_mutex_lock(&mock->lock);
    usb_mock_endpoint(mock, number)->holds = holds;
    usb_mock_serve(mock);
    pthread_mutex_unlock(&mock->lock);
}

size_t usb_mock_taken(struct usb_mock *mock, uint8_t number)
{
    pthread_mutex_lock(&mock->lock);
    size_t taken = usb_mock_endpoint(mock, number)->taken.length;
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
