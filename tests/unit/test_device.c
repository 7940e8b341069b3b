/* A line that comes and goes, in the event loop: what is said of it when its other side is closed. */
#include "station/device.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define ROUNDS_MAX 100000

/* The other side is a local socket: what it has not read stays pending here. */
struct line {
    char folder[32], path[64];
    int listener, peer;
    sd_event *event;
    struct device *device;
    size_t opened, gone, received;
};

static void on_opened(void *user)
{
    struct line *line = user;
    line->opened++;
}

static void on_bytes(void *user, const void *bytes, size_t length)
{
    (void)bytes;
    struct line *line = user;
    line->received += length;
}

static void on_writable(void *user)
{
    (void)user;
}

static void on_gone(void *user)
{
    struct line *line = user;
    line->gone++;
}

static const struct device_ops ops = {.opened = on_opened, .bytes = on_bytes, .writable = on_writable, .gone = on_gone};

static void listen_there(struct line *line)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", line->path);
    line->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(line->listener, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(line->listener, 1), 0);
}

/* Sleeps in the loop until it has happened; a loop that turns without end fails. */
static void run_until(struct line *line, const size_t *counter, size_t wanted)
{
    for (int rounds = 0; *counter < wanted; rounds++) {
        assert_true(rounds < ROUNDS_MAX);
        assert_true(sd_event_run(line->event, UINT64_MAX) >= 0);
    }
}

static int set_up(void **state)
{
    struct line *line = calloc(1, sizeof(*line));
    struct transport_settings settings = {.role = TRANSPORT_PRINTER};
    struct error error = {0};
    *state = line;
    strcpy(line->folder, "/tmp/floorhand-device-XXXXXX");
    assert_non_null(mkdtemp(line->folder));
    snprintf(line->path, sizeof(line->path), "%s/line", line->folder);
    listen_there(line);
    snprintf(settings.address, sizeof(settings.address), "unix:%s", line->path);
    assert_true(sd_event_new(&line->event) >= 0);
    assert_int_equal(device_open(line->event, "printer", &settings, &ops, line, &line->device, &error), 0);
    run_until(line, &line->opened, 1);
    line->peer = accept4(line->listener, NULL, NULL, SOCK_CLOEXEC);
    return line->peer >= 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    struct line *line = *state;
    device_close(line->device);
    sd_event_unref(line->event);
    close(line->listener);
    close(line->peer);
    unlink(line->path);
    rmdir(line->folder);
    free(line);
    return 0;
}

static void what_is_not_read_is_pending(void **state)
{
    struct line *line = *state;
    char bytes[1000] = {0};
    assert_true(device_is_open(line->device));
    assert_int_equal(device_pending(line->device), 0);
    assert_int_equal(device_write(line->device, bytes, sizeof(bytes)), sizeof(bytes));
    assert_true(device_pending(line->device) > 0);
    assert_int_equal(read(line->peer, bytes, sizeof(bytes)), sizeof(bytes));
    assert_int_equal(device_pending(line->device), 0);
}

/* The kernel drops what was not read: that is no delivery, even before the loop has noticed. */
static void what_was_dropped_has_not_arrived(void **state)
{
    struct line *line = *state;
    char bytes[1000] = {0};
    assert_int_equal(device_write(line->device, bytes, sizeof(bytes)), sizeof(bytes));
    assert_int_equal(read(line->peer, bytes, 300), 300);
    close(line->peer);
    line->peer = -1;
    assert_true(device_pending(line->device) > 0);
    run_until(line, &line->gone, 1);
    assert_false(device_is_open(line->device));
    assert_int_equal(device_pending(line->device), 0);
    assert_int_equal(device_write(line->device, bytes, sizeof(bytes)), -ENODEV);
}

static void it_is_opened_again(void **state)
{
    struct line *line = *state;
    close(line->peer);
    run_until(line, &line->gone, 1);
    assert_true(*device_fault(line->device));
    run_until(line, &line->opened, 2);
    assert_true(device_is_open(line->device));
    assert_string_equal(device_fault(line->device), "");
    line->peer = accept4(line->listener, NULL, NULL, SOCK_CLOEXEC);
    assert_int_equal(write(line->peer, "hello", 5), 5);
    run_until(line, &line->received, 5);
}

/* device_reset() drops the line and says nothing of it. */
static void a_reset_is_no_loss(void **state)
{
    struct line *line = *state;
    char bytes[1000];
    assert_int_equal(device_write(line->device, "half a label", 12), 12);
    device_reset(line->device);
    assert_false(device_is_open(line->device));
    run_until(line, &line->opened, 2);
    assert_int_equal(line->gone, 0);
    assert_int_equal(device_pending(line->device), 0);
    assert_int_equal(read(line->peer, bytes, sizeof(bytes)), 12);
    assert_int_equal(read(line->peer, bytes, sizeof(bytes)), 0); /* the old line has an end */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_is_not_read_is_pending),
        TEST(what_was_dropped_has_not_arrived),
        TEST(it_is_opened_again),
        TEST(a_reset_is_no_loss),
    };
    return cmocka_run_group_tests_name("device", tests, NULL, NULL);
}
