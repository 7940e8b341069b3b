/* The USB transport through the real libusb, on a mocked keyboard scanner. */
#include "base/buf.h"
#include "device/mock.h"
#include "drivers/scanner/scanner.h"

#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>

#include <cmocka.h>

#define HUB_DESCRIPTORS                                                                                                \
    "12010002090000406B1D0200000601020001"                                                                             \
    "0902190001010000E00904000001090000000705810304000C"
/* Two interfaces: a point-of-sale one (HID, but no boot keyboard), which must be left alone, and a boot keyboard whose
 * interrupt endpoint is 0x82. */
#define SCANNER_DESCRIPTORS                                                                                            \
    "1201100100000008E0050012000101020301"                                                                             \
    "09024200020100A032"                                                                                               \
    "0904000001030001000921100100012241000705810308000A"                                                               \
    "0904010001030101000921100100012241000705820308000A"

#define SCANNER(port, number, minor, serial)                                                                           \
    "P: /devices/usb1/1-" port "\nN: bus/usb/001/" number "\nE: DEVNAME=/dev/bus/usb/001/" number                      \
    "\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nE: BUSNUM=001\nE: DEVNUM=" number "\nE: MAJOR=189\nE: MINOR=" minor    \
    "\nA: dev=189:" minor "\nA: busnum=1\\n\nA: devnum=" number "\\n\nA: bConfigurationValue=1\\n\nA: speed=12\\n\n"   \
    "A: serial=" serial "\\n\nH: descriptors=" SCANNER_DESCRIPTORS "\n"

static const char bus_description[] =
    "P: /devices/usb1\nN: bus/usb/001/001\nE: DEVNAME=/dev/bus/usb/001/001\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\n"
    "E: BUSNUM=001\nE: DEVNUM=001\nE: MAJOR=189\nE: MINOR=0\nA: dev=189:0\nA: busnum=1\\n\nA: devnum=1\\n\n"
    "A: bConfigurationValue=1\\n\nA: speed=480\\n\nH: descriptors=" HUB_DESCRIPTORS "\n";
#define URBS_MAX    4
#define REPORTS_MAX 256

/* One transfer that libusb has submitted. */
struct urb {
    UMockdevIoctlData *urb, *buffer;
    bool done;
};

/* The scanner as the kernel would show it. Its ioctls are answered in umockdev's thread. */
struct device {
    UMockdevTestbed *bed; /* shared with the other devices of a test */
    UMockdevIoctlBase *ioctls;
    pthread_mutex_t lock;
    struct urb urbs[URBS_MAX];
    uint8_t reports[REPORTS_MAX][8];
    int lengths[REPORTS_MAX]; /* below 0: a status to complete with */
    size_t first, count;
    bool unplugged;
    int claim_fault, detach_fault; /* errno values; 0: none */
    unsigned claimed;              /* a bit for each interface */
    unsigned released;
    unsigned detached, reattached; /* the kernel's driver */
    struct buf requests;           /* "type:request value index;" of every control transfer */
};

static void complete_urb(struct urb *urb, int status, const void *bytes, int length)
{
    int actual = length;
    if (length > 0)
        umockdev_ioctl_data_update(urb->buffer, 0, (guint8 *)(uintptr_t)bytes, length);
    umockdev_ioctl_data_update(urb->urb, offsetof(struct usbdevfs_urb, status), (guint8 *)&status, sizeof(status));
    umockdev_ioctl_data_update(urb->urb, offsetof(struct usbdevfs_urb, actual_length), (guint8 *)&actual,
                               sizeof(actual));
    urb->done = true;
}

/* Gives a parked interrupt transfer the next report, or the unplugging. */
static void serve_input(struct device *device)
{
    for (size_t i = 0; i < URBS_MAX; i++) {
        struct urb *urb = &device->urbs[i];
        if (!urb->urb || urb->done)
            continue;
        if (device->count > 0) {
            int length = device->lengths[device->first];
            complete_urb(urb, length < 0 ? length : 0, device->reports[device->first], length < 0 ? 0 : length);
            device->first = (device->first + 1) % REPORTS_MAX;
            device->count--;
        } else if (device->unplugged) {
            complete_urb(urb, -ESHUTDOWN, NULL, 0);
        }
    }
}

static int submit_urb(struct device *device, UMockdevIoctlData *argument)
{
    struct urb *urb = device->urbs;
    while (urb < device->urbs + URBS_MAX && urb->urb)
        urb++;
    if (device->unplugged || urb == device->urbs + URBS_MAX)
        return ENODEV;
    UMockdevIoctlData *data = umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_urb), NULL);
    struct usbdevfs_urb raw;
    memcpy(&raw, data->data, sizeof(raw));
    *urb = (struct urb){.urb = data,
                        .buffer = umockdev_ioctl_data_resolve(data, offsetof(struct usbdevfs_urb, buffer),
                                                              (gsize)raw.buffer_length, NULL)};
    if (raw.type == USBDEVFS_URB_TYPE_CONTROL) {
        const uint8_t *setup = urb->buffer->data;
        buf_printf(&device->requests, "%02x:%02x %04x %u;", setup[0], setup[1], setup[2] | setup[3] << 8, setup[4]);
        complete_urb(urb, setup[1] == 0x0A ? -EPIPE : 0, NULL, 0); /* it stalls SET_IDLE, as many do */
    } else if (raw.endpoint != 0x82) {
        return EINVAL;
    } else {
        serve_input(device);
    }
    return 0;
}

static int reap_urb(struct device *device, UMockdevIoctlData *argument)
{
    for (size_t i = 0; i < URBS_MAX; i++) {
        struct urb *urb = &device->urbs[i];
        if (!urb->done)
            continue;
        UMockdevIoctlData *pointer = umockdev_ioctl_data_resolve(argument, 0, sizeof(void *), NULL);
        umockdev_ioctl_data_set_ptr(pointer, 0, urb->urb);
        umockdev_ioctl_data_unref(pointer);
        umockdev_ioctl_data_unref(urb->buffer);
        umockdev_ioctl_data_unref(urb->urb);
        *urb = (struct urb){0};
        return 0;
    }
    return device->unplugged ? ENODEV : EAGAIN;
}

static int discard_urb(struct device *device)
{
    for (size_t i = 0; i < URBS_MAX; i++)
        if (device->urbs[i].urb && !device->urbs[i].done)
            complete_urb(&device->urbs[i], -ENOENT, NULL, 0);
    return 0;
}

static int claim(struct device *device, UMockdevIoctlData *argument)
{
    UMockdevIoctlData *number = umockdev_ioctl_data_resolve(argument, 0, sizeof(unsigned), NULL);
    unsigned interface;
    memcpy(&interface, number->data, sizeof(interface));
    umockdev_ioctl_data_unref(number);
    if (device->claim_fault)
        return device->claim_fault;
    device->claimed |= 1u << interface;
    return 0;
}

/* Takes the interface from the kernel's driver, or gives it back. */
static int hand_over(struct device *device, UMockdevIoctlData *argument)
{
    UMockdevIoctlData *data = umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_ioctl), NULL);
    struct usbdevfs_ioctl order;
    memcpy(&order, data->data, sizeof(order));
    umockdev_ioctl_data_unref(data);
    if (order.ioctl_code == USBDEVFS_CONNECT)
        device->reattached++;
    else if (device->detach_fault)
        return device->detach_fault;
    else
        device->detached++;
    return 0;
}

static int answer(struct device *device, gulong request, UMockdevIoctlData *argument)
{
    switch (request) {
    case USBDEVFS_GET_CAPABILITIES: {
        uint32_t capabilities = USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
        UMockdevIoctlData *out = umockdev_ioctl_data_resolve(argument, 0, sizeof(capabilities), NULL);
        umockdev_ioctl_data_update(out, 0, (guint8 *)&capabilities, sizeof(capabilities));
        umockdev_ioctl_data_unref(out);
        return 0;
    }
    case USBDEVFS_CLAIMINTERFACE:
        return claim(device, argument);
    case USBDEVFS_RELEASEINTERFACE:
        device->released++;
        return 0;
    case USBDEVFS_SUBMITURB:
        return submit_urb(device, argument);
    case USBDEVFS_REAPURBNDELAY:
        return reap_urb(device, argument);
    case USBDEVFS_DISCARDURB:
        return discard_urb(device);
    case USBDEVFS_IOCTL:
        return hand_over(device, argument);
    case USBDEVFS_CLEAR_HALT:
        buf_puts(&device->requests, "clear halt;");
        return 0;
    default:
        return ENOTTY;
    }
}

static gboolean on_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, struct device *device)
{
    (void)base;
    pthread_mutex_lock(&device->lock);
    int code = answer(device, umockdev_ioctl_client_get_request(client), umockdev_ioctl_client_get_arg(client));
    pthread_mutex_unlock(&device->lock);
    umockdev_ioctl_client_complete(client, code ? -1 : 0, code);
    return TRUE;
}

static void bed_add(UMockdevTestbed *bed, const char *description)
{
    GError *error = NULL;
    if (!umockdev_testbed_add_from_string(bed, description, &error))
        fail_msg("%s", error->message);
}

static struct device *device_new(UMockdevTestbed *bed, const char *description, const char *node)
{
    struct device *device = calloc(1, sizeof(*device));
    assert_non_null(device);
    pthread_mutex_init(&device->lock, NULL);
    device->bed = g_object_ref(bed);
    device->ioctls = umockdev_ioctl_base_new();
    g_signal_connect(device->ioctls, "handle-ioctl", G_CALLBACK(on_ioctl), device);
    bed_add(bed, description);
    assert_true(umockdev_testbed_attach_ioctl(bed, node, device->ioctls, NULL));
    return device;
}

static void device_free(struct device *device)
{
    g_object_unref(device->ioctls);
    g_object_unref(device->bed);
    buf_done(&device->requests);
    pthread_mutex_destroy(&device->lock);
    free(device);
}

static int plug_in(void **state)
{
    UMockdevTestbed *bed = umockdev_testbed_new();
    bed_add(bed, bus_description);
    *state = device_new(bed, SCANNER("2", "007", "6", "S1234567"), "/dev/bus/usb/001/007");
    g_object_unref(bed);
    return 0;
}

static int pull_out(void **state)
{
    device_free(*state);
    return 0;
}

/* length below 0: the transfer completes with that status instead. */
static void send_report(struct device *device, const uint8_t *report, int length)
{
    pthread_mutex_lock(&device->lock);
    size_t at = (device->first + device->count++) % REPORTS_MAX;
    if (report && length > 0)
        memcpy(device->reports[at], report, (size_t)length);
    device->lengths[at] = length;
    serve_input(device);
    pthread_mutex_unlock(&device->lock);
}

static void tap(struct device *device, uint8_t modifiers, uint8_t key)
{
    send_report(device, (const uint8_t[8]){modifiers, 0, key}, 8);
    send_report(device, (const uint8_t[8]){0}, 8);
}

static void unplug(struct device *device)
{
    pthread_mutex_lock(&device->lock);
    device->unplugged = true;
    serve_input(device);
    pthread_mutex_unlock(&device->lock);
}

static struct transport *open_address(const char *address)
{
    struct transport_settings settings = {0};
    struct transport *transport;
    struct error error = {0};
    strcpy(settings.address, address);
    if (transport_open(&settings, &transport, &error) < 0)
        fail_msg("%s", error.text);
    return transport;
}

static void on_scan(void *user, const char *text, size_t length, unsigned flags)
{
    (void)flags;
    buf_printf(user, "[%.*s]", (int)length, text);
}

static void on_aborted(void *user, size_t length)
{
    buf_printf(user, "<%zu>", length);
}

/* Every way to name it; in the end nothing is left running, and the kernel's driver has it back. */
static void test_reports_become_a_scan(void **state)
{
    struct device *device = *state;
    static const char *const addresses[] = {"usb:05e0:1200", "usb:05E0:1200:S1234567", "usb-path:1-2"};
    for (size_t i = 0; i < COUNT(addresses); i++) {
        struct transport *transport = open_address(addresses[i]);
        struct buf out CLEANUP_BUF = {0};
        const struct scan_sink sink = {on_scan, on_aborted, NULL, &out};
        struct scanner *scanner CLEANUP(scanner_free_p) = NULL;
        assert_int_equal(scanner_new("hid-keyboard", &(struct scanner_settings){0}, &sink, &scanner, NULL), 0);
        tap(device, 0x02, 0x04);
        tap(device, 0, 0x1E);
        tap(device, 0x01, 0x30);
        tap(device, 0, 0x28);
        while (out.length == 0) {
            uint8_t report[TRANSPORT_REPORT_SIZE];
            assert_int_equal(mock_await_read(transport, report, sizeof(report)), sizeof(report));
            scanner_feed(scanner, report, sizeof(report), 0);
        }
        assert_string_equal(buf_text(&out), "[A1\x1d]");
        assert_int_equal(transport_write(transport, "x", 1), -ENOTSUP);
        transport_close(transport);
        assert_int_equal(device->claimed, 1u << 1);
        assert_int_equal(device->released, i + 1);
        assert_int_equal(device->detached, i + 1);
        assert_int_equal(device->reattached, i + 1);
        assert_null(device->urbs[0].urb);
    }
}

/* Boot protocol, no repeats, lamps off: once each, to the keyboard's interface, though one of them stalls. */
static void test_keyboard_is_set_up_once(void **state)
{
    struct device *device = *state;
    struct transport *transport CLEANUP(transport_close_p) = open_address("usb:05e0:1200");
    uint8_t report[TRANSPORT_REPORT_SIZE];
    tap(device, 0, 0x04);
    assert_int_equal(mock_await_read(transport, report, sizeof(report)), sizeof(report));
    assert_string_equal(buf_text(&device->requests), "21:0b 0000 1;21:0a 0000 1;21:09 0200 1;");
}

static void test_unplugged(void **state)
{
    struct device *device = *state;
    struct transport *transport CLEANUP(transport_close_p) = open_address("usb:05e0:1200");
    uint8_t report[TRANSPORT_REPORT_SIZE];
    send_report(device, NULL, 0); /* a completion without bytes is no report */
    tap(device, 0, 0x04);
    assert_int_equal(mock_await_read(transport, report, sizeof(report)), sizeof(report));
    assert_int_equal(report[2], 0x04);
    assert_int_equal(mock_await_read(transport, report, sizeof(report)), sizeof(report));
    unplug(device);
    assert_int_equal(mock_await_read(transport, report, sizeof(report)), -ENODEV);
    assert_int_equal(transport_read(transport, report, sizeof(report)), -ENODEV);
}

/* EPROTO is what an unplugging looks like first. A stall is cleared, so that the next opening does not meet it again.
 */
static void test_faults_end_the_transport(void **state)
{
    struct device *device = *state;
    static const int faults[] = {-EPROTO, -EILSEQ, -EPIPE, -EOVERFLOW};
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct transport *transport = open_address("usb:05e0:1200");
        uint8_t report[TRANSPORT_REPORT_SIZE];
        send_report(device, NULL, faults[i]);
        assert_int_equal(mock_await_read(transport, report, sizeof(report)), -ENODEV);
        buf_clear(&device->requests);
        transport_close(transport);
        assert_string_equal(buf_text(&device->requests), faults[i] == -EPIPE ? "clear halt;" : "");
    }
}

/* The queue is bounded: a scanner that nobody reads waits, and loses nothing. */
static void test_unread_reports_wait(void **state)
{
    struct device *device = *state;
    struct transport *transport CLEANUP(transport_close_p) = open_address("usb:05e0:1200");
    enum { REPORTS = 200 };
    for (int i = 0; i < REPORTS; i++)
        send_report(device, (const uint8_t[8]){0, 0, (uint8_t)i}, 8);
    for (int i = 0; i < REPORTS; i++) {
        uint8_t report[TRANSPORT_REPORT_SIZE];
        assert_int_equal(mock_await_read(transport, report, sizeof(report)), sizeof(report));
        assert_int_equal(report[2], i);
    }
}

/* A report is not yet in the transport's queue. */
static bool waits(struct device *device)
{
    pthread_mutex_lock(&device->lock);
    bool waiting = device->count > 0;
    for (size_t i = 0; i < URBS_MAX; i++)
        waiting = waiting || device->urbs[i].done;
    pthread_mutex_unlock(&device->lock);
    return waiting;
}

/* Reading one transport completes transfers of all: the other one is woken all the same. */
static void test_two_scanners(void **state)
{
    struct device *device = *state;
    struct device *other = device_new(device->bed, SCANNER("3", "008", "7", "S7777777"), "/dev/bus/usb/001/008");
    struct transport *first = open_address("usb:05e0:1200:S1234567"), *second = open_address("usb-path:1-3");
    uint8_t report[TRANSPORT_REPORT_SIZE];
    send_report(other, (const uint8_t[8]){0, 0, 0x05}, 8);
    struct pollfd woken = {.fd = transport_fd(second), .events = POLLIN};
    for (int i = 0; i < 1000 && waits(other); i++)
        assert_int_equal(transport_read(first, report, sizeof(report)), -EAGAIN);
    assert_int_equal(transport_read(first, report, sizeof(report)), -EAGAIN);
    assert_int_equal(poll(&woken, 1, 0), 1);
    assert_int_equal(woken.revents, POLLIN);
    assert_int_equal(transport_read(second, report, sizeof(report)), sizeof(report));
    assert_int_equal(report[2], 0x05);
    assert_int_equal(transport_read(second, report, sizeof(report)), -EAGAIN);
    assert_int_equal(poll(&woken, 1, 0), 0);
    transport_close(first);
    send_report(other, (const uint8_t[8]){0, 0, 0x06}, 8);
    assert_int_equal(mock_await_read(second, report, sizeof(report)), sizeof(report));
    assert_int_equal(report[2], 0x06);
    transport_close(second);
    device_free(other);
}

/* A device that the kernel has not configured yet is tried again later; one that is not there, or is none, is told
 * apart. */
static void test_what_cannot_be_opened(void **state)
{
    struct device *device = *state;
    static const struct {
        const char *address;
        int claim_fault, detach_fault, code;
        const char *says;
    } cases[] = {
        {"usb:05e0:1200", ENOENT, 0, -EAGAIN, "not ready yet"},
        {"usb:05e0:1200", 0, EHOSTUNREACH, -EAGAIN, "not ready yet"},
        {"usb:05e0:1200", EBUSY, 0, -EBUSY, "another program"},
        {"usb:05e0:1201", 0, 0, -ENODEV, "plug it in"},
        {"usb:05e0:1200:S7654321", 0, 0, -ENODEV, "plug it in"},
        {"usb-path:1-3", 0, 0, -ENODEV, "plug it in"},
        {"usb:1d6b:0002", 0, 0, -ENOTSUP, "keyboard mode"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct transport_settings settings = {0};
        struct transport *transport = NULL;
        struct error error = {0};
        strcpy(settings.address, cases[i].address);
        device->claim_fault = cases[i].claim_fault;
        device->detach_fault = cases[i].detach_fault;
        assert_int_equal(transport_open(&settings, &transport, &error), cases[i].code);
        assert_non_null(strstr(error.text, cases[i].says));
        assert_null(transport);
    }
    device->claim_fault = device->detach_fault = 0;
    transport_close(open_address("usb:05e0:1200"));
}

int main(int count, char **arguments)
{
    (void)count;
    mock_begin(arguments);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reports_become_a_scan, plug_in, pull_out),
        cmocka_unit_test_setup_teardown(test_keyboard_is_set_up_once, plug_in, pull_out),
        cmocka_unit_test_setup_teardown(test_unplugged, plug_in, pull_out),
        cmocka_unit_test_setup_teardown(test_faults_end_the_transport, plug_in, pull_out),
        cmocka_unit_test_setup_teardown(test_unread_reports_wait, plug_in, pull_out),
        cmocka_unit_test_setup_teardown(test_two_scanners, plug_in, pull_out),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_opened, plug_in, pull_out),
    };
    return cmocka_run_group_tests_name("libusb", tests, NULL, NULL);
}
