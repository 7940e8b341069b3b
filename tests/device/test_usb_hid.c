/* HID devices that are no boot keyboard, through the real libusb on mocked ones. */
#include "device/usb_mock.h"
#include "drivers/scanner/scanner.h"
#include "drivers/usb_context.h"
#include "unit/hid_descriptors.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

enum { FROM_INTERFACE = 0x81, TO_INTERFACE = 0x21, GET_DESCRIPTOR = 0x06, SET_PROTOCOL = 0x0B };
enum { POS_IN = 0x82, POS_OUT = 0x03, KEYBOARD_IN = 0x81 };

#define DEVICE USB_MOCK_DEVICE("2E0C", "E10B")
#define KEYBOARD                                                                                                       \
    USB_MOCK_INTERFACE("00", "00", "01", "030101") USB_MOCK_HID("1500") USB_MOCK_ENDPOINT("81", "03", "0800")
#define POS(hid)          USB_MOCK_INTERFACE("01", "00", "01", "030000") hid USB_MOCK_ENDPOINT("82", "03", "4000")
#define HID_OF_POS        USB_MOCK_HID("6A00") /* of pos_descriptor */
#define ALONE(length, it) DEVICE USB_MOCK_CONFIG(length, "01") it

_Static_assert(sizeof(pos_descriptor) == 0x6A, "the HID descriptors above say so");

#define TELLS_POS                                                                                                      \
    {                                                                                                                  \
        FROM_INTERFACE, GET_DESCRIPTOR, 0, pos_descriptor, sizeof(pos_descriptor)                                      \
    }

/* A keyboard and a point of sale scanner in one, as scanners are that can be either. */
static const struct usb_mock_device both = {
    .port = "1-2",
    .number = 7,
    .descriptors = DEVICE USB_MOCK_CONFIG("3B00", "02") KEYBOARD POS(HID_OF_POS),
    .answers = {TELLS_POS},
};

static const struct usb_mock_device pos = {
    .port = "1-2",
    .number = 7,
    .descriptors = ALONE("2200", POS(HID_OF_POS)),
    .answers = {TELLS_POS},
};

static const struct usb_mock_device pos_with_out = {
    .port = "1-2",
    .number = 7,
    .descriptors = ALONE("2900", USB_MOCK_INTERFACE("01", "00", "02", "030000") HID_OF_POS USB_MOCK_ENDPOINT(
                                     "82", "03", "4000") USB_MOCK_ENDPOINT("03", "03", "4000")),
    .answers = {TELLS_POS},
};

/* ---------------------------------------------------------------- the bench */

struct bench {
    struct usb_mock *device;
    struct transport *transport;
    struct error error;
    int result; /* of the opening */
};

static void plug_in(struct bench *bench, const struct usb_mock_device *device)
{
    UMockdevTestbed *bed = usb_mock_bed_new();
    bench->device = usb_mock_plug_in(bed, device);
    g_object_unref(bed);
}

static void open_as(struct bench *bench, enum transport_role role)
{
    const struct transport_settings settings = {.address = "usb-path:1-2", .role = role};
    bench->transport = NULL;
    bench->result = transport_open(&settings, &bench->transport, &bench->error);
}

static int await_ready(struct bench *bench)
{
    int r = -EAGAIN;
    for (int i = 0; r == -EAGAIN && i < MOCK_WAIT_MS; i++)
        r = transport_ready(bench->transport);
    return r;
}

static void start(struct bench *bench, const struct usb_mock_device *device, enum transport_role role)
{
    plug_in(bench, device);
    open_as(bench, role);
    if (bench->result < 0)
        fail_msg("%s", bench->error.text);
    assert_int_equal(await_ready(bench), 0);
}

static void stop(struct bench *bench)
{
    transport_close(bench->transport);
    usb_mock_free(bench->device);
    *bench = (struct bench){0};
}

/* A test that fails leaves nothing to the next one. */
static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct bench));
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    stop(*state);
    free(*state);
    return 0;
}

static void expect_report(struct bench *bench, const void *bytes, size_t length)
{
    uint8_t report[TRANSPORT_REPORT_MAX];
    assert_int_equal(mock_await_read(bench->transport, report, sizeof(report)), length);
    assert_memory_equal(report, bytes, length);
}

/* Reads nothing, so that what is under way goes on, until the report is taken. */
static ssize_t await_write(struct bench *bench, const void *bytes, size_t length)
{
    uint8_t report[TRANSPORT_REPORT_MAX];
    ssize_t r = -EAGAIN;
    for (int i = 0; r == -EAGAIN && i < MOCK_WAIT_MS; i++) {
        assert_int_equal(transport_read(bench->transport, report, sizeof(report)), -EAGAIN);
        r = transport_write(bench->transport, bytes, length);
    }
    return r;
}

static bool await_request(struct bench *bench, const char *request)
{
    for (int i = 0; i < MOCK_WAIT_MS && !usb_mock_was_asked(bench->device, request); i++)
        transport_ready(bench->transport);
    return usb_mock_was_asked(bench->device, request);
}

/* ---------------------------------------------------------------- which interface, and its descriptor */

static void test_the_interface_that_is_no_keyboard(void **state)
{
    struct bench *bench = *state;
    start(bench, &both, TRANSPORT_HID);
    const struct transport_about about = transport_about(bench->transport);
    assert_int_equal(bench->device->claimed, 1u << 1);
    assert_int_equal(about.role, TRANSPORT_HID);
    assert_int_equal(about.descriptor_length, sizeof(pos_descriptor));
    assert_memory_equal(about.descriptor, pos_descriptor, sizeof(pos_descriptor));
    assert_int_equal(about.device_id_length, 0);
    assert_int_equal(about.port_status, -1);
    assert_string_equal(buf_text(&bench->device->requests), "81:06 2200 1;21:0a 0000 1;");
}

static void test_any_takes_the_keyboard_first(void **state)
{
    static const struct {
        const struct usb_mock_device *device;
        unsigned claimed;
        enum transport_role role;
    } cases[] = {{&both, 1u << 0, TRANSPORT_KEYBOARD}, {&pos, 1u << 1, TRANSPORT_HID}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench *bench = *state;
        start(bench, cases[i].device, TRANSPORT_ANY);
        assert_int_equal(bench->device->claimed, cases[i].claimed);
        assert_int_equal(transport_about(bench->transport).role, cases[i].role);
        stop(bench);
    }
}

/* Then its reports are what its descriptor says they are. */
static void test_keyboard_without_boot_protocol(void **state)
{
    static const uint8_t descriptor[] = {0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x85, 0x03, 0xC0};
    const struct usb_mock_device device = {
        .port = "1-2",
        .number = 7,
        .descriptors = ALONE("2200", KEYBOARD),
        .answers = {{FROM_INTERFACE, GET_DESCRIPTOR, 0, descriptor, sizeof(descriptor)},
                    {TO_INTERFACE, SET_PROTOCOL, -EPIPE, NULL, 0}},
    };
    struct bench *bench = *state;
    start(bench, &device, TRANSPORT_KEYBOARD);
    const struct transport_about about = transport_about(bench->transport);
    assert_int_equal(about.role, TRANSPORT_KEYBOARD);
    assert_int_equal(about.descriptor_length, sizeof(descriptor));
    assert_memory_equal(about.descriptor, descriptor, sizeof(descriptor));
    usb_mock_give(bench->device, KEYBOARD_IN, "\x03\x00\x04", 3);
    expect_report(bench, "\x03\x00\x04", 3);
}

static void test_keyboard_with_boot_protocol(void **state)
{
    struct bench *bench = *state;
    start(bench, &both, TRANSPORT_KEYBOARD);
    assert_null(transport_about(bench->transport).descriptor);
    usb_mock_give(bench->device, KEYBOARD_IN, "\x00\x00\x04", 3);
    expect_report(bench, "\x00\x00\x04\x00\x00\x00\x00\x00", TRANSPORT_BOOT_REPORT_SIZE);
}

/* No descriptor is no fault of the transport's: the decoder says what it misses. */
static void test_without_a_descriptor(void **state)
{
    static const struct {
        const char *descriptors;
        int status;
        const char *requests;
    } cases[] = {
        {ALONE("2200", POS(HID_OF_POS)), -EPIPE, "81:06 2200 1;21:0a 0000 1;"},
        {ALONE("2200", POS(USB_MOCK_HID("0000"))), 0, "21:0a 0000 1;"},
        {ALONE("2200", POS(USB_MOCK_HID("FFFF"))), 0, "21:0a 0000 1;"},
        {ALONE("2200", POS("092110010001236A00")), 0, "21:0a 0000 1;"}, /* of another descriptor */
        {ALONE("2100", POS("0821100100012200")), 0, "21:0a 0000 1;"},   /* cut short */
        {ALONE("1B00", POS("0221")), 0, "21:0a 0000 1;"},
        {ALONE("1900", POS("")), 0, "21:0a 0000 1;"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct usb_mock_device device = pos;
        device.descriptors = cases[i].descriptors;
        device.answers[0].status = cases[i].status;
        struct bench *bench = *state;
        start(bench, &device, TRANSPORT_HID);
        assert_null(transport_about(bench->transport).descriptor);
        assert_int_equal(transport_about(bench->transport).descriptor_length, 0);
        assert_string_equal(buf_text(&bench->device->requests), cases[i].requests);
        usb_mock_give(bench->device, POS_IN, "\x01", 1);
        expect_report(bench, "\x01", 1);
        stop(bench);
    }
}

static void test_short_descriptor(void **state)
{
    struct usb_mock_device device = pos;
    device.answers[0].length = 10;
    struct bench *bench = *state;
    start(bench, &device, TRANSPORT_HID);
    assert_int_equal(transport_about(bench->transport).descriptor_length, 10);
}

/* A configuration that cannot be read may be one that is not whole yet. */
static void test_broken_configuration(void **state)
{
    struct usb_mock_device device = pos;
    device.descriptors = ALONE("2200", POS("002110010001226A00"));
    struct bench *bench = *state;
    plug_in(bench, &device);
    open_as(bench, TRANSPORT_HID);
    assert_int_equal(bench->result, -EAGAIN);
    assert_non_null(strstr(bench->error.text, "not ready yet"));
    assert_int_equal(bench->device->claimed, 0);
}

static void test_no_hid(void **state)
{
    static const struct {
        enum transport_role role;
        int code;
        const char *says;
    } cases[] = {
        {TRANSPORT_HID, -ENOTSUP, "HID POS mode"},
        {TRANSPORT_KEYBOARD, -ENOTSUP, "keyboard mode"},
        {TRANSPORT_ANY, -EAGAIN, "no serial port"},
    };
    static const struct usb_mock_device camera = {
        .port = "1-2",
        .number = 7,
        .descriptors =
            ALONE("1900", USB_MOCK_INTERFACE("00", "00", "01", "0E0100") USB_MOCK_ENDPOINT("81", "03", "4000")),
    };
    struct bench *bench = *state;
    plug_in(bench, &camera);
    for (size_t i = 0; i < COUNT(cases); i++) {
        open_as(bench, cases[i].role);
        assert_int_equal(bench->result, cases[i].code);
        assert_non_null(strstr(bench->error.text, cases[i].says));
        assert_null(bench->transport);
    }
}

static void test_unplugged_during_the_set_up(void **state)
{
    struct usb_mock_device device = pos;
    device.answers[0].status = USB_MOCK_NEVER;
    struct bench *bench = *state;
    plug_in(bench, &device);
    open_as(bench, TRANSPORT_HID);
    assert_int_equal(bench->result, 0);
    assert_true(await_request(bench, "81:06 2200 1;"));
    assert_int_equal(transport_ready(bench->transport), -EAGAIN);
    assert_int_equal(transport_write(bench->transport, "x", 1), -EAGAIN);
    usb_mock_unplug(bench->device);
    assert_int_equal(await_ready(bench), -ENODEV);
    assert_int_equal(transport_write(bench->transport, "x", 1), -ENODEV);
}

static void run_for_a_while(void)
{
    for (int i = 0; i < 40; i++) {
        usb_context_run(0);
        poll(NULL, 0, 5); /* the mocked descriptors wake nobody */
    }
}

/* It was quicker than its owner: half a scan is still told of. */
static void test_unplugged_before_its_owner_looked(void **state)
{
    struct bench *bench = *state;
    static const uint8_t report[] = {2, 1, 'A'};
    plug_in(bench, &pos);
    open_as(bench, TRANSPORT_HID);
    usb_mock_give(bench->device, POS_IN, report, sizeof(report));
    run_for_a_while();
    usb_mock_unplug(bench->device);
    run_for_a_while();
    assert_int_equal(transport_ready(bench->transport), 0);
    expect_report(bench, report, sizeof(report));
    uint8_t rest[TRANSPORT_REPORT_MAX];
    assert_int_equal(mock_await_read(bench->transport, rest, sizeof(rest)), -ENODEV);
}

/* ---------------------------------------------------------------- reports */

static void test_reports_of_every_length(void **state)
{
    static const int lengths[] = {1, 8, 9, 63, 64};
    uint8_t report[64];
    for (size_t i = 0; i < sizeof(report); i++)
        report[i] = (uint8_t)(i + 1);
    struct bench *bench = *state;
    start(bench, &pos, TRANSPORT_HID);
    for (size_t i = 0; i < COUNT(lengths); i++)
        usb_mock_give(bench->device, POS_IN, report, lengths[i]);
    for (size_t i = 0; i < COUNT(lengths); i++)
        expect_report(bench, report, (size_t)lengths[i]);
}

/* A slow device's packets have eight bytes. */
static void test_a_report_longer_than_a_packet(void **state)
{
    static const struct usb_mock_device slow = {
        .port = "1-2",
        .number = 7,
        .descriptors = ALONE("2200", USB_MOCK_INTERFACE("00", "00", "01", "030000") USB_MOCK_HID("2000")
                                         USB_MOCK_ENDPOINT("82", "03", "0800")),
        .answers = {{FROM_INTERFACE, GET_DESCRIPTOR, 0, pos_small_descriptor, sizeof(pos_small_descriptor)}},
    };
    struct bench *bench = *state;
    start(bench, &slow, TRANSPORT_HID);
    usb_mock_endpoint(bench->device, POS_IN)->packet_size = 8;
    usb_mock_give(bench->device, POS_IN, "12345678\x01", 9);
    usb_mock_give(bench->device, POS_IN, "90\0\0\0\0\0\0\0", 9);
    expect_report(bench, "12345678\x01", 9);
    expect_report(bench, "90\0\0\0\0\0\0\0", 9);
}

static void test_a_report_through_the_control_pipe(void **state)
{
    struct bench *bench = *state;
    start(bench, &pos, TRANSPORT_HID);
    assert_int_equal(transport_write(bench->transport, "", 0), -EINVAL);
    assert_int_equal(transport_write(bench->transport, "\x04\x40", 2), 2);
    assert_int_equal(transport_write(bench->transport, "\x04\x20", 2), -EAGAIN);
    assert_int_equal(await_write(bench, "\x04\x20", 2), 2);
    assert_true(await_request(bench, "21:09 0204 1=0440;21:09 0204 1=0420;"));
}

/* A beep that is refused is no fault: scans still come. */
static void test_a_report_through_its_own_endpoint(void **state)
{
    uint8_t too_long[TRANSPORT_REPORT_MAX + 1] = {0};
    struct bench *bench = *state;
    start(bench, &pos_with_out, TRANSPORT_HID);
    usb_mock_hold(bench->device, POS_OUT, true);
    assert_int_equal(transport_write(bench->transport, too_long, sizeof(too_long)), -EINVAL);
    assert_int_equal(transport_write(bench->transport, "\x04\x40", 2), 2);
    for (int i = 0; i < 100; i++) {
        uint8_t report[TRANSPORT_REPORT_MAX];
        assert_int_equal(transport_read(bench->transport, report, sizeof(report)), -EAGAIN);
        assert_int_equal(transport_write(bench->transport, "\x04\x20", 2), -EAGAIN);
    }
    usb_mock_hold(bench->device, POS_OUT, false);
    assert_int_equal(await_write(bench, "\x04\x20", 2), 2);
    usb_mock_endpoint(bench->device, POS_OUT)->fault = -EPIPE;
    assert_int_equal(await_write(bench, "\x04\x10", 2), 2);
    usb_mock_endpoint(bench->device, POS_OUT)->fault = 0;
    assert_int_equal(await_write(bench, "\x04\x08", 2), 2);
    usb_mock_give(bench->device, POS_IN, "\x02", 1);
    expect_report(bench, "\x02", 1);
    assert_int_equal(usb_mock_endpoint(bench->device, POS_OUT)->most_at_once, 1);
    assert_false(usb_mock_was_asked(bench->device, "21:09"));
}

/* ---------------------------------------------------------------- with its decoder */

static void on_scan(void *user, const char *text, size_t length, unsigned flags)
{
    (void)flags;
    struct bench *bench = user;
    buf_printf(&bench->device->requests, "[%.*s]", (int)length, text);
}

static void on_aborted(void *user, size_t length)
{
    (void)user;
    fail_msg("%zu bytes are lost", length);
}

static void on_send(void *user, const void *bytes, size_t length)
{
    const struct bench *bench = user;
    assert_int_equal(transport_write(bench->transport, bytes, length), length);
}

static void test_a_scan_and_its_beep(void **state)
{
    struct bench *bench = *state;
    start(bench, &pos, TRANSPORT_HID);
    const struct transport_about about = transport_about(bench->transport);
    const struct scanner_settings settings = {.descriptor = about.descriptor,
                                              .descriptor_length = about.descriptor_length};
    const struct scan_sink sink = {on_scan, on_aborted, on_send, bench};
    struct scanner *scanner CLEANUP(scanner_free_p) = NULL;
    assert_int_equal(scanner_new("hid-pos", &settings, &sink, &scanner, NULL), 0);
    assert_true(scanner_beeps(scanner));
    uint8_t report[64] = {2, 3, ']', 'E', '0', 'A', '1', 'B'};
    buf_clear(&bench->device->requests);
    usb_mock_give(bench->device, POS_IN, report, sizeof(report));
    expect_report(bench, report, sizeof(report));
    scanner_feed(scanner, report, sizeof(report), 0);
    assert_string_equal(buf_text(&bench->device->requests), "[]E0A1B]");
    scanner_answer(scanner, SCAN_ACCEPTED);
    assert_true(await_request(bench, "[]E0A1B]21:09 0204 1=0440;"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int count, char **arguments)
{
    (void)count;
    mock_begin(arguments);
    const struct CMUnitTest tests[] = {
        TEST(test_the_interface_that_is_no_keyboard),
        TEST(test_any_takes_the_keyboard_first),
        TEST(test_keyboard_without_boot_protocol),
        TEST(test_keyboard_with_boot_protocol),
        TEST(test_without_a_descriptor),
        TEST(test_short_descriptor),
        TEST(test_broken_configuration),
        TEST(test_no_hid),
        TEST(test_unplugged_during_the_set_up),
        TEST(test_unplugged_before_its_owner_looked),
        TEST(test_reports_of_every_length),
        TEST(test_a_report_longer_than_a_packet),
        TEST(test_a_report_through_the_control_pipe),
        TEST(test_a_report_through_its_own_endpoint),
        TEST(test_a_scan_and_its_beep),
    };
    return cmocka_run_group_tests_name("usb_hid", tests, NULL, NULL);
}
