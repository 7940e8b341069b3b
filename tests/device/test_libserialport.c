/* The serial transport through the real libserialport, on a mocked port. */
#include "base/buf.h"
#include "device/tty_mock.h"
#include "drivers/scanner/scanner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <cmocka.h>

static int plug_in(void **state)
{
    UMockdevTestbed *bed = umockdev_testbed_new();
    *state = tty_mock_plug_in(bed, "/devices/usb1/1-1/1-1:1.0", "ttyACM0");
    g_object_unref(bed);
    return 0;
}

static int pull_out(void **state)
{
    tty_mock_free(*state);
    return 0;
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

static void test_scan_arrives(void **state)
{
    const struct tty_mock *port = *state;
    const struct transport_settings settings = {.address = "serial:/dev/ttyACM0", .baud = 115200};
    struct transport *transport CLEANUP(transport_close_p) = NULL;
    struct error error = {0};
    if (transport_open(&settings, &transport, &error) < 0)
        fail_msg("%s", error.text);
    struct buf out CLEANUP_BUF = {0};
    const struct scan_sink sink = {.scan = on_scan, .aborted = on_aborted, .user = &out};
    struct scanner *scanner CLEANUP(scanner_free_p) = NULL;
    assert_int_equal(scanner_new("serial", &(struct scanner_settings){0}, &sink, &scanner, NULL), 0);
    char bytes[64];
    assert_int_equal(transport_read(transport, bytes, sizeof(bytes)), -EAGAIN);
    assert_int_equal(write(port->far_side,
                           "]C1010952\x1d"
                           "17\r\n",
                           14),
                     14);
    while (out.length == 0) {
        ssize_t length = mock_await_read(transport, bytes, sizeof(bytes));
        assert_true(length > 0);
        scanner_feed(scanner, bytes, (size_t)length, 0);
    }
    assert_string_equal(buf_text(&out), "[]C1010952\x1d"
                                        "17]");
}

/* Bytes that a terminal would take for line ends or flow control reach the printer as they are. */
static void test_label_is_sent_as_it_is(void **state)
{
    const struct tty_mock *port = *state;
    const struct transport_settings settings = {.address = "serial:/dev/ttyACM0", .flow = "rtscts"};
    struct transport *transport CLEANUP(transport_close_p) = NULL;
    assert_int_equal(transport_open(&settings, &transport, NULL), 0);
    static const char label[] = "^XA\n\x11\x13\x03\xFF\r^XZ";
    char bytes[64];
    assert_int_equal(transport_write(transport, label, sizeof(label)), sizeof(label));
    size_t length = 0;
    while (length < sizeof(label)) {
        ssize_t r = read(port->far_side, bytes + length, sizeof(bytes) - length);
        assert_true(r > 0);
        length += (size_t)r;
    }
    assert_memory_equal(bytes, label, sizeof(label));
}

static void test_line_settings_reach_the_port(void **state)
{
    const struct tty_mock *port = *state;
    static const struct {
        struct transport_settings settings;
        speed_t speed;
        tcflag_t control, input; /* a pseudo-terminal refuses parity and 7 bits */
    } cases[] = {
        {{.baud = 0}, B9600, 0, 0},
        {{.baud = 115200, .flow = "rtscts"}, B115200, CRTSCTS, 0},
        {{.baud = 19200, .stop_bits = 2}, B19200, CSTOPB, 0},
        {{.baud = 9600, .flow = "xonxoff"}, B9600, 0, IXON},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct transport_settings settings = cases[i].settings;
        strcpy(settings.address, "serial:/dev/ttyACM0");
        struct transport *transport CLEANUP(transport_close_p) = NULL;
        assert_int_equal(transport_open(&settings, &transport, NULL), 0);
        struct termios mode;
        assert_int_equal(tcgetattr(port->far_side, &mode), 0);
        assert_int_equal(cfgetispeed(&mode), cases[i].speed);
        assert_int_equal(mode.c_cflag & (CSTOPB | CRTSCTS), cases[i].control);
        assert_int_equal(mode.c_iflag & IXON, cases[i].input);
        assert_int_equal(mode.c_lflag & (ICANON | ECHO), 0);
    }
}

/* The kernel has no DTR/DSR flow control: the line is asked before each block, and nobody tells when it is up again. */
static void test_printer_that_drops_dtr_is_waited_for(void **state)
{
    struct tty_mock *port = *state;
    const struct transport_settings settings = {.address = "serial:/dev/ttyACM0", .flow = "dtrdsr"};
    struct transport *transport CLEANUP(transport_close_p) = NULL;
    assert_int_equal(transport_open(&settings, &transport, NULL), 0);
    static const char label[1000];
    assert_true(transport_write_polls(transport));
    ssize_t accepted = transport_write(transport, label, sizeof(label));
    assert_in_range(accepted, 1, 256); /* what may leave between two looks */
    port->modem_lines &= ~TIOCM_DSR;
    assert_int_equal(transport_write(transport, label, sizeof(label)), -EAGAIN);
    port->modem_lines |= TIOCM_DSR;
    char bytes[256];
    assert_int_equal(read(port->far_side, bytes, sizeof(bytes)), accepted);
    assert_in_range(transport_write(transport, label, sizeof(label)), 1, 256);
}

static void test_full_port_never_blocks(void **state)
{
    (void)state;
    const struct transport_settings settings = {.address = "serial:/dev/ttyACM0"};
    struct transport *transport CLEANUP(transport_close_p) = NULL;
    assert_int_equal(transport_open(&settings, &transport, NULL), 0);
    static const char block[4096];
    ssize_t accepted, total = 0;
    while ((accepted = transport_write(transport, block, sizeof(block))) > 0 && total < (1 << 24))
        total += accepted;
    assert_int_equal(accepted, -EAGAIN);
}

static void test_missing_port(void **state)
{
    (void)state;
    const struct transport_settings settings = {.address = "serial:/dev/ttyACM7"};
    struct transport *transport = NULL;
    struct error error = {0};
    assert_int_equal(transport_open(&settings, &transport, &error), -ENODEV);
    assert_non_null(strstr(error.text, "/dev/ttyACM7"));
    assert_null(transport);
}

int main(int count, char **arguments)
{
    (void)count;
    mock_begin(arguments);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_scan_arrives, plug_in, pull_out),
        cmocka_unit_test_setup_teardown(test_label_is_sent_as_it_is, plug_in, pull_out),
        cmocka_unit_test_setup_teardown(test_line_settings_reach_the_port, plug_in, pull_out),
        cmocka_unit_test_setup_teardown(test_printer_that_drops_dtr_is_waited_for, plug_in, pull_out),
        cmocka_unit_test_setup_teardown(test_full_port_never_blocks, plug_in, pull_out),
        cmocka_unit_test_setup_teardown(test_missing_port, plug_in, pull_out),
    };
    return cmocka_run_group_tests_name("libserialport", tests, NULL, NULL);
}
