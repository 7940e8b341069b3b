/* Printers on USB, through the real libusb on mocked ones. */
#include "device/tty_mock.h"
#include "device/usb_mock.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

enum { FROM_INTERFACE = 0xA1, TO_INTERFACE = 0x21, TO_OTHER = 0x23 };
enum { GET_DEVICE_ID = 0, GET_PORT_STATUS = 1, SOFT_RESET = 2 };
enum { IN = 0x81, OUT = 0x01 };
#define BLOCK 16384

#define DEVICE         USB_MOCK_DEVICE("5F0A", "8001")
#define BULK_OUT       USB_MOCK_ENDPOINT("01", "02", "4000")
#define BULK_IN        USB_MOCK_ENDPOINT("81", "02", "4000")
#define ONE_WAY(alt)   USB_MOCK_INTERFACE("00", alt, "01", "070101") BULK_OUT
#define BOTH_WAYS(alt) USB_MOCK_INTERFACE("00", alt, "02", "070102") BULK_OUT BULK_IN
#define PACKETS(alt)   USB_MOCK_INTERFACE("00", alt, "02", "070103") BULK_OUT BULK_IN

static const char device_id[] = "\x00\x1FMFG:Zebra;CMD:ZPL;MDL:ZD220;";
#define DEVICE_ID_LENGTH (sizeof(device_id) - 1)

#define PRINTER(length, interfaces)                                                                                    \
    {                                                                                                                  \
        .port = "1-2", .number = 7, .descriptors = DEVICE USB_MOCK_CONFIG(length, "01") interfaces,                    \
        .answers = {                                                                                                   \
            {FROM_INTERFACE, GET_DEVICE_ID, 0, device_id, DEVICE_ID_LENGTH},                                           \
            {FROM_INTERFACE, GET_PORT_STATUS, 0, "\x38", 1},                                                           \
        },                                                                                                             \
    }

static const struct usb_mock_device printer = PRINTER("2000", BOTH_WAYS("00"));
static const struct usb_mock_device one_way = PRINTER("1900", ONE_WAY("00"));

/* ---------------------------------------------------------------- the bench */

struct bench {
    struct usb_mock *device;
    struct tty_mock *tty;
    struct transport *transport;
    struct error error;
    int result; /* of the opening */
};

static void open_printer(struct bench *bench, bool reset)
{
    const struct transport_settings settings = {.address = "usb:0a5f:0180", .role = TRANSPORT_PRINTER, .reset = reset};
    bench->transport = NULL;
    bench->result = transport_open(&settings, &bench->transport, &bench->error);
}

static void plug_in(struct bench *bench, const struct usb_mock_device *device)
{
    UMockdevTestbed *bed = usb_mock_bed_new();
    bench->device = usb_mock_plug_in(bed, device);
    g_object_unref(bed);
}

static int await_ready(struct bench *bench)
{
    int r = -EAGAIN;
    for (int i = 0; r == -EAGAIN && i < MOCK_WAIT_MS; i++)
        r = transport_ready(bench->transport);
    return r;
}

static void start(struct bench *bench, const struct usb_mock_device *device, bool reset)
{
    plug_in(bench, device);
    open_printer(bench, reset);
    if (bench->result < 0)
        fail_msg("%s", bench->error.text);
    assert_int_equal(await_ready(bench), 0);
}

static void stop(struct bench *bench)
{
    transport_close(bench->transport);
    tty_mock_free(bench->tty);
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

static ssize_t read_once(struct bench *bench)
{
    char bytes[4096];
    return transport_read(bench->transport, bytes, sizeof(bytes));
}

/* Nothing is to be read; what is under way goes on meanwhile. */
static bool await_drained(struct bench *bench)
{
    for (int i = 0; i < MOCK_WAIT_MS && transport_pending(bench->transport) > 0; i++)
        assert_int_equal(read_once(bench), -EAGAIN);
    return transport_pending(bench->transport) == 0;
}

static void expect_gone(struct bench *bench)
{
    char byte;
    assert_int_equal(mock_await_read(bench->transport, &byte, 1), -ENODEV);
    assert_int_equal(transport_write(bench->transport, "x", 1), -ENODEV);
}

static const char *taken(struct bench *bench)
{
    return buf_text(&usb_mock_endpoint(bench->device, OUT)->taken);
}

/* ---------------------------------------------------------------- set-up */

static void test_the_best_setting(void **state)
{
    static const struct {
        struct usb_mock_device device;
        const char *requests;
        bool speaks;
    } cases[] = {
        {PRINTER("2000", BOTH_WAYS("00")), "a1:00 0000 0;", true},
        {PRINTER("1900", ONE_WAY("00")), "a1:00 0000 0;", false},
        {PRINTER("4E00", ONE_WAY("00") BOTH_WAYS("01") PACKETS("02")), "setting 0 1;a1:00 0000 1;", true},
        {PRINTER("4E00", PACKETS("00") BOTH_WAYS("01") ONE_WAY("02")), "setting 0 1;a1:00 0000 1;", true},
        {PRINTER("3000", PACKETS("00") ONE_WAY("01")), "setting 0 1;a1:00 0000 1;", false},
        /* both ways, but without a way out */
        {PRINTER("2900", ONE_WAY("00") USB_MOCK_INTERFACE("00", "01", "01", "070102") BULK_IN), "a1:00 0000 0;", false},
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        start(bench, &cases[i].device, false);
        assert_string_equal(buf_text(&bench->device->requests), cases[i].requests);
        usb_mock_give(bench->device, IN, "hello", 5);
        char bytes[16];
        ssize_t said = cases[i].speaks ? mock_await_read(bench->transport, bytes, sizeof(bytes)) : read_once(bench);
        assert_int_equal(said, cases[i].speaks ? 5 : -EAGAIN);
        stop(bench);
    }
}

static void test_no_printer(void **state)
{
    static const struct usb_mock_device cases[] = {
        PRINTER("2000", PACKETS("00")),
        PRINTER("1900", USB_MOCK_INTERFACE("00", "00", "01", "070102") BULK_IN),
        PRINTER("1900", USB_MOCK_INTERFACE("00", "00", "01", "FF0102") BULK_OUT),
        PRINTER("1200", USB_MOCK_INTERFACE("00", "00", "00", "070101")),
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        plug_in(bench, &cases[i]);
        open_printer(bench, false);
        assert_int_equal(bench->result, -ENOTSUP);
        assert_non_null(strstr(bench->error.text, "is no printer"));
        assert_null(bench->transport);
        stop(bench);
    }
}

static void test_what_it_says_of_itself(void **state)
{
    struct bench *bench = *state;
    start(bench, &printer, false);
    struct transport_about about = transport_about(bench->transport);
    assert_int_equal(about.role, TRANSPORT_PRINTER);
    assert_int_equal(about.device_id_length, DEVICE_ID_LENGTH);
    assert_memory_equal(about.device_id, device_id, DEVICE_ID_LENGTH);
    assert_int_equal(about.port_status, -1);
    transport_ask_port(bench->transport);
    for (int i = 0; i < MOCK_WAIT_MS && about.port_status < 0; i++) {
        assert_int_equal(read_once(bench), -EAGAIN);
        about = transport_about(bench->transport);
    }
    assert_int_equal(about.port_status, 0x38);
    assert_true(usb_mock_was_asked(bench->device, "a1:01 0000 0;"));
}

/* One that does not know the questions prints all the same. */
static void test_what_it_does_not_say(void **state)
{
    struct bench *bench = *state;
    struct usb_mock_device device = printer;
    device.answers[0].status = -EPIPE;
    device.answers[1].status = -EPIPE;
    start(bench, &device, false);
    assert_int_equal(transport_about(bench->transport).device_id_length, 0);
    transport_ask_port(bench->transport);
    transport_write(bench->transport, "^XA", 3);
    assert_true(await_drained(bench));
    assert_int_equal(transport_about(bench->transport).port_status, -1);
    assert_string_equal(taken(bench), "^XA");
}

/* Class 1.1 resets the interface, class 1.0 "other": whichever the printer takes, and only when a job was cut off. */
static void test_soft_reset(void **state)
{
    static const struct {
        bool reset;
        struct usb_mock_answer first, second;
        const char *requests;
    } cases[] = {
        {false, {0}, {0}, "a1:00 0000 0;"},
        {true, {0}, {0}, "a1:00 0000 0;21:02 0000 0;"},
        {true, {TO_INTERFACE, SOFT_RESET, -EPIPE, NULL, 0}, {0}, "a1:00 0000 0;21:02 0000 0;23:02 0000 0;"},
        {true,
         {TO_INTERFACE, SOFT_RESET, -EPIPE, NULL, 0},
         {TO_OTHER, SOFT_RESET, -EPIPE, NULL, 0},
         "a1:00 0000 0;21:02 0000 0;23:02 0000 0;"},
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct usb_mock_device device = printer;
        device.answers[2] = cases[i].first;
        device.answers[3] = cases[i].second;
        start(bench, &device, cases[i].reset);
        assert_string_equal(buf_text(&bench->device->requests), cases[i].requests);
        stop(bench);
    }
}

static void test_unplugged_during_the_set_up(void **state)
{
    struct bench *bench = *state;
    struct usb_mock_device device = printer;
    device.answers[0].status = USB_MOCK_NEVER;
    plug_in(bench, &device);
    open_printer(bench, false);
    assert_int_equal(transport_ready(bench->transport), -EAGAIN);
    assert_int_equal(transport_write(bench->transport, "x", 1), -EAGAIN);
    usb_mock_unplug(bench->device);
    assert_int_equal(await_ready(bench), -ENODEV);
    expect_gone(bench);
}

/* ---------------------------------------------------------------- bytes to the printer */

static void test_writes_in_blocks(void **state)
{
    static char job[2 * BLOCK + 100];
    for (size_t i = 0; i < sizeof(job); i++)
        job[i] = (char)(i * 7 + i / 251);
    struct bench *bench = *state;
    start(bench, &printer, false);
    struct usb_mock_endpoint *out = usb_mock_endpoint(bench->device, OUT);
    for (size_t sent = 0; sent < sizeof(job);) {
        size_t block = sizeof(job) - sent < BLOCK ? sizeof(job) - sent : BLOCK;
        usb_mock_hold(bench->device, OUT, true);
        assert_int_equal(transport_write(bench->transport, job + sent, sizeof(job) - sent), block);
        assert_int_equal(transport_write(bench->transport, job, 1), -EAGAIN);
        assert_int_equal(read_once(bench), -EAGAIN);
        assert_int_equal(transport_pending(bench->transport), block);
        usb_mock_hold(bench->device, OUT, false);
        assert_true(await_drained(bench));
        sent += block;
    }
    assert_int_equal(out->most_at_once, 1);
    assert_int_equal(out->transfers, 3);
    assert_int_equal(out->longest, BLOCK);
    assert_int_equal(out->taken.length, sizeof(job));
    assert_memory_equal(out->taken.data, job, sizeof(job));
}

/* Whatever has become of the bytes: the owner is told that the printer is gone, and only a stall is cleared. */
static void test_faults_while_writing(void **state)
{
    static const struct {
        int fault;
        bool clears;
    } cases[] = {{-EPIPE, true}, {-EPROTO, false}, {-EOVERFLOW, false}};
    struct bench *bench = *state;
    plug_in(bench, &printer);
    for (size_t i = 0; i < COUNT(cases); i++) {
        open_printer(bench, false);
        assert_int_equal(await_ready(bench), 0);
        usb_mock_endpoint(bench->device, OUT)->fault = cases[i].fault;
        buf_clear(&bench->device->requests);
        assert_int_equal(transport_write(bench->transport, "^XA", 3), 3);
        expect_gone(bench);
        assert_int_equal(transport_pending(bench->transport), 3);
        bench->transport = transport_close(bench->transport);
        assert_string_equal(buf_text(&bench->device->requests), cases[i].clears ? "clear halt 01;" : "");
        assert_int_equal(bench->device->released, i + 1);
    }
}

/* What a printer takes in part it gets the rest of: nothing is lost, nothing comes twice. */
static void test_takes_a_part(void **state)
{
    struct bench *bench = *state;
    start(bench, &printer, false);
    usb_mock_endpoint(bench->device, OUT)->takes_at_most = 2;
    assert_int_equal(transport_write(bench->transport, "^XA^XZ\n", 7), 7);
    assert_true(await_drained(bench));
    assert_string_equal(taken(bench), "^XA^XZ\n");
}

static void test_unplugged_in_the_middle_of_a_write(void **state)
{
    struct bench *bench = *state;
    start(bench, &printer, false);
    usb_mock_hold(bench->device, OUT, true);
    assert_int_equal(transport_write(bench->transport, "^XA^XZ", 6), 6);
    assert_int_equal(read_once(bench), -EAGAIN);
    usb_mock_unplug(bench->device);
    expect_gone(bench);
    assert_int_equal(transport_pending(bench->transport), 6);
    assert_string_equal(taken(bench), "");
}

/* Out of paper it refuses every packet, without end; no time-out cuts the label. Closing takes back what it holds. */
static void test_takes_nothing(void **state)
{
    struct bench *bench = *state;
    start(bench, &printer, false);
    usb_mock_hold(bench->device, OUT, true);
    assert_int_equal(transport_write(bench->transport, "^XA^XZ", 6), 6);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(read_once(bench), -EAGAIN);
        assert_int_equal(transport_write(bench->transport, "^XA^XZ", 6), -EAGAIN);
    }
    assert_int_equal(transport_pending(bench->transport), 6);
    bench->transport = transport_close(bench->transport);
    assert_int_equal(usb_mock_endpoint(bench->device, OUT)->at_once, 0);
    assert_int_equal(usb_mock_endpoint(bench->device, OUT)->transfers, 1);
    assert_int_equal(bench->device->reattached, 1);
}

static void test_one_way(void **state)
{
    struct bench *bench = *state;
    start(bench, &one_way, false);
    assert_int_equal(transport_write(bench->transport, "^XA", 3), 3);
    assert_true(await_drained(bench));
    assert_string_equal(taken(bench), "^XA");
    assert_int_equal(read_once(bench), -EAGAIN);
    usb_mock_unplug(bench->device);
    transport_write(bench->transport, "^XZ", 3); /* it is noticed by writing, as nobody listens */
    expect_gone(bench);
}

/* ---------------------------------------------------------------- bytes from it */

static void test_reads(void **state)
{
    struct bench *bench = *state;
    start(bench, &printer, false);
    char bytes[16];
    usb_mock_give(bench->device, IN, NULL, 0); /* no news */
    usb_mock_give(bench->device, IN,
                  "\x02"
                  "030,0,0",
                  8);
    assert_int_equal(mock_await_read(bench->transport, bytes, 3), 3);
    assert_memory_equal(bytes,
                        "\x02"
                        "03",
                        3);
    assert_int_equal(mock_await_read(bench->transport, bytes, sizeof(bytes)), 5);
    assert_memory_equal(bytes, "0,0,0", 5);
    assert_int_equal(read_once(bench), -EAGAIN);
}

/* What nobody reads stays with the printer, and nothing of it is lost. */
static void test_unread_answers_wait(void **state)
{
    enum { ANSWERS = 40, SIZE = 512 };
    struct bench *bench = *state;
    start(bench, &printer, false);
    char answer[SIZE];
    for (int i = 0; i < ANSWERS; i++) {
        memset(answer, 'a' + i % 26, SIZE);
        usb_mock_give(bench->device, IN, answer, SIZE);
    }
    for (int i = 0; i < 500; i++)
        assert_int_equal(transport_ready(bench->transport), 0);
    assert_true(usb_mock_waits(bench->device));
    for (int i = 0; i < ANSWERS; i++) {
        size_t length = 0;
        while (length < SIZE) {
            ssize_t r = mock_await_read(bench->transport, answer + length, SIZE - length);
            assert_true(r > 0);
            length += (size_t)r;
        }
        for (size_t at = 0; at < SIZE; at++)
            assert_int_equal(answer[at], 'a' + i % 26);
    }
    assert_int_equal(read_once(bench), -EAGAIN);
}

static void test_refuses_to_be_read(void **state)
{
    struct bench *bench = *state;
    start(bench, &printer, false);
    usb_mock_give(bench->device, IN, NULL, -EPIPE);
    for (int i = 0; i < MOCK_WAIT_MS && usb_mock_waits(bench->device); i++)
        assert_int_equal(read_once(bench), -EAGAIN);
    assert_int_equal(read_once(bench), -EAGAIN);
    assert_int_equal(transport_write(bench->transport, "^XA", 3), 3);
    assert_true(await_drained(bench));
    assert_string_equal(taken(bench), "^XA");
}

/* EPROTO is what an unplugging looks like first. What it had said before is still read. */
static void test_faults_while_reading(void **state)
{
    static const int faults[] = {-EPROTO, -EILSEQ, -EOVERFLOW, -ESHUTDOWN};
    struct bench *bench = *state;
    plug_in(bench, &printer);
    for (size_t i = 0; i < COUNT(faults); i++) {
        char bytes[8];
        open_printer(bench, false);
        assert_int_equal(await_ready(bench), 0);
        usb_mock_give(bench->device, IN, "last", 4);
        usb_mock_give(bench->device, IN, NULL, faults[i]);
        assert_int_equal(mock_await_read(bench->transport, bytes, sizeof(bytes)), 4);
        expect_gone(bench);
        bench->transport = transport_close(bench->transport);
    }
}

/* ---------------------------------------------------------------- a printer behind a serial adapter */

static const struct usb_mock_device adapter = {
    .port = "1-2",
    .number = 7,
    .descriptors = DEVICE USB_MOCK_CONFIG("2000", "01") USB_MOCK_INTERFACE("00", "00", "02", "FF0102") BULK_OUT BULK_IN,
};

static void test_serial_adapter(void **state)
{
    struct bench *bench = *state;
    plug_in(bench, &adapter);
    open_printer(bench, false);
    assert_int_equal(bench->result, -ENOTSUP); /* its port comes a little later */
    bench->tty = tty_mock_plug_in(bench->device->bed, "/devices/usb1/1-2/1-2:1.0", "ttyUSB3");
    open_printer(bench, false);
    if (bench->result < 0)
        fail_msg("%s", bench->error.text);
    assert_int_equal(bench->device->claimed, 0);
    assert_int_equal(transport_about(bench->transport).role, TRANSPORT_SERIAL);
    assert_int_equal(transport_write(bench->transport, "^XA", 3), 3);
    char bytes[8];
    assert_int_equal(read(bench->tty->far_side, bytes, sizeof(bytes)), 3);
    assert_memory_equal(bytes, "^XA", 3);
    assert_int_equal(write(bench->tty->far_side, "\r\n", 2), 2);
    assert_int_equal(mock_await_read(bench->transport, bytes, sizeof(bytes)), 2);
    assert_memory_equal(bytes, "\r\n", 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int count, char **arguments)
{
    (void)count;
    mock_begin(arguments);
    const struct CMUnitTest tests[] = {
        TEST(test_the_best_setting),
        TEST(test_no_printer),
        TEST(test_what_it_says_of_itself),
        TEST(test_what_it_does_not_say),
        TEST(test_soft_reset),
        TEST(test_unplugged_during_the_set_up),
        TEST(test_writes_in_blocks),
        TEST(test_faults_while_writing),
        TEST(test_takes_a_part),
        TEST(test_unplugged_in_the_middle_of_a_write),
        TEST(test_takes_nothing),
        TEST(test_one_way),
        TEST(test_reads),
        TEST(test_unread_answers_wait),
        TEST(test_refuses_to_be_read),
        TEST(test_faults_while_reading),
        TEST(test_serial_adapter),
    };
    return cmocka_run_group_tests_name("usb_printer", tests, NULL, NULL);
}
