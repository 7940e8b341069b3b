/* The USB transport through the real libusb, on a mocked keyboard scanner. */
#include "device/usb_mock.h"
#include "drivers/scanner/scanner.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

enum { KEYBOARD_IN = 0x82, SET_IDLE = 0x0A };

/* Two interfaces: a point-of-sale one (HID, but no boot keyboard), which must be left alone, and a boot keyboard whose
 * interrupt endpoint is 0x82. It stalls SET_IDLE, as many do. */
static const struct usb_mock_device keyboard = {
    .port = "1-2",
    .number = 7,
    .serial = "S1234567",
    .descriptors = "1201100100000008E0050012000101020301"
                   "09024200020100A032"
                   "0904000001030001000921100100012241000705810308000A"
                   "0904010001030101000921100100012241000705820308000A",
    .answers = {{0x21, SET_IDLE, -EPIPE, NULL, 0}},
};

static int plug_in(void **state)
{
    UMockdevTestbed *bed = usb_mock_bed_new();
    *state = usb_mock_plug_in(bed, &keyboard);
    g_object_unref(bed);
    return 0;
}

static int pull_out(void **state)
{
    usb_mock_free(*state);
    return 0;
}

/* length below 0: the transfer completes with that status instead. */
static void send_report(struct usb_mock *device, const uint8_t *report, int length)
{
    usb_mock_give(device, KEYBOARD_IN, report, length);
}

static void tap(struct usb_mock *device, uint8_t modifiers, uint8_t key)
{
    send_report(device, (const uint8_t[8]){modifiers, 0, key}, 8);
    send_report(device, (const uint8_t[8]){0}, 8);
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
    struct usb_mock *device = *state;
    static const char *const addresses[] = {"usb:05e0:1200", "usb:05E0:1200:S1234567", "usb-path:1-2"};
    for (size_t i = 0; i < COUNT(addresses); i++) {
        struct transport *transport = open_address(addresses[i]);
        struct buf out CLEANUP_BUF = {0};
        const struct scan_sink sink = {.scan = on_scan, .aborted = on_aborted, .user = &out};
        struct scanner *scanner CLEANUP(scanner_free_p) = NULL;
        assert_int_equal(scanner_new("hid-keyboard", &(struct scanner_settings){0}, &sink, &scanner, NULL), 0);
        tap(device, 0x02, 0x04);
        tap(device, 0, 0x1E);
        tap(device, 0x01, 0x30);
        tap(device, 0, 0x28);
        while (out.length == 0) {
            uint8_t report[TRANSPORT_REPORT_MAX];
            assert_int_equal(mock_await_read(transport, report, sizeof(report)), TRANSPORT_BOOT_REPORT_SIZE);
            scanner_feed(scanner, report, TRANSPORT_BOOT_REPORT_SIZE, 0);
        }
        assert_string_equal(buf_text(&out), "[A1\x1d]");
        assert_int_equal(transport_write(transport, "x", 1), -ENOTSUP);
        transport_close(transport);
        assert_int_equal(device->claimed, 1u << 1);
        assert_int_equal(device->released, i + 1);
        assert_int_equal(device->detached, i + 1);
        assert_int_equal(device->reattached, i + 1);
        assert_false(usb_mock_waits(device));
    }
}

/* Boot protocol, no repeats, lamps off: once each, to the keyboard's interface, though one of them stalls. */
static void test_keyboard_is_set_up_once(void **state)
{
    struct usb_mock *device = *state;
    struct transport *transport CLEANUP(transport_close_p) = open_address("usb:05e0:1200");
    uint8_t report[TRANSPORT_REPORT_MAX];
    tap(device, 0, 0x04);
    assert_int_equal(mock_await_read(transport, report, sizeof(report)), TRANSPORT_BOOT_REPORT_SIZE);
    assert_string_equal(buf_text(&device->requests), "81:06 2200 1;21:0b 0000 1;21:0a 0000 1;21:09 0200 1=00;");
}

static void test_unplugged(void **state)
{
    struct usb_mock *device = *state;
    struct transport *transport CLEANUP(transport_close_p) = open_address("usb:05e0:1200");
    uint8_t report[TRANSPORT_REPORT_MAX];
    send_report(device, NULL, 0); /* a completion without bytes is no report */
    tap(device, 0, 0x04);
    assert_int_equal(mock_await_read(transport, report, sizeof(report)), TRANSPORT_BOOT_REPORT_SIZE);
    assert_int_equal(report[2], 0x04);
    assert_int_equal(mock_await_read(transport, report, sizeof(report)), TRANSPORT_BOOT_REPORT_SIZE);
    usb_mock_unplug(device);
    assert_int_equal(mock_await_read(transport, report, sizeof(report)), -ENODEV);
    assert_int_equal(transport_read(transport, report, sizeof(report)), -ENODEV);
}

/* EPROTO is what an unplugging looks like first. A stall is cleared, so that the next opening does not meet it again.
 */
static void test_faults_end_the_transport(void **state)
{
    struct usb_mock *device = *state;
    static const int faults[] = {-EPROTO, -EILSEQ, -EPIPE, -EOVERFLOW};
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct transport *transport = open_address("usb:05e0:1200");
        uint8_t report[TRANSPORT_REPORT_MAX];
        send_report(device, NULL, faults[i]);
        assert_int_equal(mock_await_read(transport, report, sizeof(report)), -ENODEV);
        buf_clear(&device->requests);
        transport_close(transport);
        assert_string_equal(buf_text(&device->requests), faults[i] == -EPIPE ? "clear halt 82;" : "");
    }
}

/* The queue is bounded: a scanner that nobody reads waits, and loses nothing. */
static void test_unread_reports_wait(void **state)
{
    struct usb_mock *device = *state;
    struct transport *transport CLEANUP(transport_close_p) = open_address("usb:05e0:1200");
    enum { REPORTS = 200 };
    for (int i = 0; i < REPORTS; i++)
        send_report(device, (const uint8_t[8]){0, 0, (uint8_t)i}, 8);
    for (int i = 0; i < REPORTS; i++) {
        uint8_t report[TRANSPORT_REPORT_MAX];
        assert_int_equal(mock_await_read(transport, report, sizeof(report)), TRANSPORT_BOOT_REPORT_SIZE);
        assert_int_equal(report[2], i);
    }
}

/* Reading one transport completes transfers of all: the other one is woken all the same. */
static void test_two_scanners(void **state)
{
    struct usb_mock *device = *state;
    struct usb_mock_device twin = keyboard;
    twin.port = "1-3";
    twin.number = 8;
    twin.serial = "S7777777";
    struct usb_mock *other = usb_mock_plug_in(device->bed, &twin);
    struct transport *first = open_address("usb:05e0:1200:S1234567"), *second = open_address("usb-path:1-3");
    uint8_t report[TRANSPORT_REPORT_MAX];
    send_report(other, (const uint8_t[8]){0, 0, 0x05}, 8);
    struct pollfd woken = {.fd = transport_fd(second), .events = POLLIN};
    for (int i = 0; i < 1000 && usb_mock_waits(other); i++)
        assert_int_equal(transport_read(first, report, sizeof(report)), -EAGAIN);
    assert_int_equal(transport_read(first, report, sizeof(report)), -EAGAIN);
    assert_int_equal(poll(&woken, 1, 0), 1);
    assert_int_equal(woken.revents, POLLIN);
    assert_int_equal(transport_read(second, report, sizeof(report)), TRANSPORT_BOOT_REPORT_SIZE);
    assert_int_equal(report[2], 0x05);
    assert_int_equal(transport_read(second, report, sizeof(report)), -EAGAIN);
    assert_int_equal(poll(&woken, 1, 0), 0);
    transport_close(first);
    send_report(other, (const uint8_t[8]){0, 0, 0x06}, 8);
    assert_int_equal(mock_await_read(second, report, sizeof(report)), TRANSPORT_BOOT_REPORT_SIZE);
    assert_int_equal(report[2], 0x06);
    transport_close(second);
    usb_mock_free(other);
}

/* A device that the kernel has not configured yet is tried again later; one that is not there, or is none, is told
 * apart. */
static void test_what_cannot_be_opened(void **state)
{
    struct usb_mock *device = *state;
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
