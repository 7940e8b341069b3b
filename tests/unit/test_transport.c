/* Transports over what every machine has: pseudo-terminals, pipes, local and TCP sockets. */
#include "drivers/driver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>

#include <cmocka.h>

#define CLEANUP_TRANSPORT CLEANUP(transport_close_p)
#define CLEANUP_FD        CLEANUP(cleanup_close)
#define WAIT_MS           2000

static int open_address(const char *address, struct transport **ret, struct error *error)
{
    struct transport_settings settings = {0};
    snprintf(settings.address, sizeof(settings.address), "%s", address);
    return transport_open(&settings, ret, error);
}

/* Waits as an owner does, then reads until there is something else than -EAGAIN. */
static ssize_t await_read(struct transport *transport, void *bytes, size_t capacity)
{
    for (int rounds = 0; rounds < 10; rounds++) {
        ssize_t r = transport_read(transport, bytes, capacity);
        struct pollfd poller = {.fd = transport_fd(transport), .events = transport_events(transport)};
        if (r != -EAGAIN || poll(&poller, 1, WAIT_MS) == 0)
            return r;
    }
    return -EAGAIN;
}

static void expect_bytes(struct transport *transport, const char *text)
{
    char bytes[64];
    assert_int_equal(await_read(transport, bytes, sizeof(bytes)), strlen(text));
    assert_memory_equal(bytes, text, strlen(text));
}

/* Both directions over an open connection whose other side is peer. */
static void exchange(struct transport *transport, int peer)
{
    char bytes[64];
    assert_int_equal(transport_read(transport, bytes, sizeof(bytes)), -EAGAIN);
    assert_int_equal(write(peer, "ABC\r\n\x11\x13\x03", 8), 8);
    expect_bytes(transport, "ABC\r\n\x11\x13\x03");
    assert_int_equal(transport_events(transport), POLLIN);
    assert_int_equal(transport_write(transport, "^XA\n\r\x04", 6), 6);
    assert_int_equal(read(peer, bytes, sizeof(bytes)), 6);
    assert_memory_equal(bytes, "^XA\n\r\x04", 6);
}

static void test_pty_is_raw_and_goes_when_its_other_side_does(void **state)
{
    (void)state;
    int master, slave;
    char name[64], address[80], byte;
    assert_int_equal(openpty(&master, &slave, name, NULL, NULL), 0);
    snprintf(address, sizeof(address), "stream:%s", name);
    struct transport *transport CLEANUP_TRANSPORT = NULL;
    assert_int_equal(open_address(address, &transport, NULL), 0);
    close(slave);
    exchange(transport, master);
    close(master);
    assert_int_equal(await_read(transport, &byte, 1), -ENODEV);
    assert_int_equal(transport_write(transport, "x", 1), -ENODEV);
}

static void test_full_device_never_blocks(void **state)
{
    (void)state;
    int master CLEANUP_FD = -1, slave CLEANUP_FD = -1;
    char name[64], address[80], block[4096] = {0};
    assert_int_equal(openpty(&master, &slave, name, NULL, NULL), 0);
    snprintf(address, sizeof(address), "stream:%s", name);
    struct transport *transport CLEANUP_TRANSPORT = NULL;
    assert_int_equal(open_address(address, &transport, NULL), 0);
    ssize_t accepted, total = 0;
    while ((accepted = transport_write(transport, block, sizeof(block))) > 0 && total < (1 << 24))
        total += accepted;
    assert_int_equal(accepted, -EAGAIN);
}

static void test_named_pipe(void **state)
{
    (void)state;
    char folder[] = "/tmp/transport-XXXXXX", path[64], address[80];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/pipe", folder);
    snprintf(address, sizeof(address), "stream:%s", path);
    assert_int_equal(mkfifo(path, 0600), 0);
    struct transport *transport CLEANUP_TRANSPORT = NULL;
    assert_int_equal(open_address(address, &transport, NULL), 0);
    int writer CLEANUP_FD = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    assert_int_equal(write(writer, "scan", 4), 4);
    expect_bytes(transport, "scan");
    unlink(path);
    rmdir(folder);
}

static void test_local_socket(void **state)
{
    (void)state;
    char folder[] = "/tmp/transport-XXXXXX", address[128], byte;
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    assert_non_null(mkdtemp(folder));
    snprintf(local.sun_path, sizeof(local.sun_path), "%s/socket", folder);
    snprintf(address, sizeof(address), "unix:%s/socket", folder);
    struct transport *transport CLEANUP_TRANSPORT = NULL;
    struct error error = {0};
    assert_int_equal(open_address(address, &transport, &error), -ENODEV);
    assert_null(transport);
    int listener CLEANUP_FD = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&local, sizeof(local)), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(open_address(address, &transport, NULL), 0);
    int peer = accept(listener, NULL, NULL);
    exchange(transport, peer);
    close(peer);
    assert_int_equal(await_read(transport, &byte, 1), -ENODEV);
    assert_int_equal(transport_write(transport, "x", 1), -ENODEV);
    unlink(local.sun_path);
    rmdir(folder);
}

static int listen_on_loopback(char address[64])
{
    struct sockaddr_in local = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(local);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&local, size), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&local, &size), 0);
    snprintf(address, 64, "tcp:localhost:%u", ntohs(local.sin_port));
    return listener;
}

static void test_tcp(void **state)
{
    (void)state;
    char address[64], byte;
    int listener = listen_on_loopback(address);
    struct transport *transport CLEANUP_TRANSPORT = NULL;
    assert_int_equal(open_address(address, &transport, NULL), 0);
    assert_int_equal(transport_events(transport), POLLOUT);
    int peer = accept(listener, NULL, NULL);
    exchange(transport, peer);
    close(peer);
    assert_int_equal(await_read(transport, &byte, 1), -ENODEV);
    close(listener);
}

static void test_tcp_without_listener_is_gone(void **state)
{
    (void)state;
    char address[64], byte;
    close(listen_on_loopback(address));
    struct transport *transport CLEANUP_TRANSPORT = NULL;
    int r = open_address(address, &transport, NULL);
    if (r == 0)
        r = (int)await_read(transport, &byte, 1);
    assert_int_equal(r, -ENODEV);
}

/* Wrong settings are told apart from devices that are just not there, and both say what to do. */
static void test_bad_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        int code;
        const char *says;
    } cases[] = {
        {"", -EINVAL, "not understood"},
        {"/dev/ttyACM0", -EINVAL, "write serial:/dev/ttyACM0"},
        {"bluetooth:00", -EINVAL, "not understood"},
        {"stream:/nowhere/at/all", -ENODEV, "plug it in"},
        {"stream:Makefile", -EINVAL, "is no device"},
        {"unix:", -EINVAL, "path"},
        {"unix:/nowhere", -ENODEV, "plug it in"},
        {"tcp:printer.local:9100", -EINVAL, "192.168.1.20:9100"},
        {"tcp:10.0.0.1", -EINVAL, "192.168.1.20:9100"},
        {"tcp:10.0.0.1:0", -EINVAL, "192.168.1.20:9100"},
        {"tcp:[::1:9100", -EINVAL, "192.168.1.20:9100"},
        {"usb:05e0", -EINVAL, "usb:05e0:1200"},
        {"usb:05e0:12000", -EINVAL, "usb:05e0:1200"},
        {"usb:zzzz:1200", -EINVAL, "usb:05e0:1200"},
        {"usb-path:../../etc", -EINVAL, "usb-path:1-2.3"},
        {"usb-path:", -EINVAL, "usb-path:1-2.3"},
        {"serial:/dev/ttyNOT0", -ENODEV, "plug it in"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct transport *transport CLEANUP_TRANSPORT = NULL;
        struct error error = {0};
        assert_int_equal(open_address(cases[i].address, &transport, &error), cases[i].code);
        assert_non_null(strstr(error.text, cases[i].says));
        assert_null(transport);
    }
}

static void test_bad_serial_settings(void **state)
{
    (void)state;
    static const struct transport_settings cases[] = {{.parity = "mark"}, {.flow = "dsrdtr"}, {.baud = -1},
                                                      {.baud = 10000000}, {.data_bits = 9},   {.stop_bits = 3}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct transport_settings settings = cases[i];
        snprintf(settings.address, sizeof(settings.address), "serial:/dev/ttyS0");
        struct transport *transport CLEANUP_TRANSPORT = NULL;
        struct error error = {0};
        assert_int_equal(transport_open(&settings, &transport, &error), -EINVAL);
        assert_non_null(strstr(error.text, "A serial port"));
    }
}

/* A transport that only speaks, and wants nothing but to be read. */
static int mute_fd(const struct transport *transport)
{
    (void)transport;
    return 0;
}

static void test_optional_operations(void **state)
{
    (void)state;
    static const struct transport_ops mute_ops = {.scheme = "mute", .fd = mute_fd};
    struct transport mute = {&mute_ops};
    assert_int_equal(transport_write(&mute, "x", 1), -ENOTSUP);
    assert_int_equal(transport_events(&mute), POLLIN);
    assert_null(transport_close(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pty_is_raw_and_goes_when_its_other_side_does),
        cmocka_unit_test(test_full_device_never_blocks),
        cmocka_unit_test(test_named_pipe),
        cmocka_unit_test(test_local_socket),
        cmocka_unit_test(test_tcp),
        cmocka_unit_test(test_tcp_without_listener_is_gone),
        cmocka_unit_test(test_bad_addresses),
        cmocka_unit_test(test_bad_serial_settings),
        cmocka_unit_test(test_optional_operations),
    };
    return cmocka_run_group_tests_name("transport", tests, NULL, NULL);
}
