#include "station/device.h"

#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>

#define RETRY_FIRST_US 20000 /* doubled each time up to RETRY_US: what was just plugged in is ready soon */
#define RETRY_US       1000000
#define READ_AT_ONCE   4096 /* bytes; small, so that one chatty line leaves room for the others */
_Static_assert(READ_AT_ONCE >= TRANSPORT_REPORT_MAX, "a report must fit");

struct device {
    sd_event *event;
    const char *what;
    struct transport_settings settings;
    const struct device_ops *ops;
    void *user;
    struct transport *transport; /* NULL while it is away */
    bool ready;
    sd_event_source *io, *retry, *poll;
    uint64_t retry_us;
    bool wants_write, wants_drained, paused;
    struct error fault; /* why it is away; "" while nothing was said about it in the log */
};

static void set_events(struct device *device)
{
    if (!device->io)
        return;
    short wanted = transport_events(device->transport);
    uint32_t events = (wanted & POLLIN ? EPOLLIN : 0u) | (wanted & POLLOUT ? EPOLLOUT : 0u);
    bool polls = device->wants_drained || (device->wants_write && transport_write_polls(device->transport));
    if (device->wants_write && !polls)
        events |= EPOLLOUT;
    if (device->paused)
        events &= ~(uint32_t)EPOLLIN;
    sd_event_source_set_io_events(device->io, events);
    if (polls)
        sd_event_source_set_time_relative(device->poll, TRANSPORT_POLL_US);
    sd_event_source_set_enabled(device->poll, polls ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static void schedule_retry(struct device *device, uint64_t after_us)
{
    device->retry_us = after_us;
    sd_event_source_set_time_relative(device->retry, after_us);
    sd_event_source_set_enabled(device->retry, SD_EVENT_ONESHOT);
}

static void let_go(struct device *device)
{
    device->io = sd_event_source_disable_unref(device->io);
    device->transport = transport_close(device->transport);
    device->wants_write = device->wants_drained = device->ready = false;
    sd_event_source_set_enabled(device->poll, SD_EVENT_OFF);
}

static void lose(struct device *device)
{
    bool was_ready = device->ready;
    let_go(device);
    if (!*device->fault.text) {
        error_set(&device->fault, 0, "it went away: plug it in again, or switch it on");
        log_about((struct log_about){.event = "device.away", .device = device->settings.address});
        log_warning("%s at %s went away: it is tried again until it is back", device->what, device->settings.address);
    }
    schedule_retry(device, was_ready ? RETRY_FIRST_US : RETRY_US);
    if (was_ready)
        device->ops->gone(device->user);
}

/* False while it is being set up, and when that failed. */
static bool become_ready(struct device *device)
{
    if (device->ready)
        return true;
    int result = transport_ready(device->transport);
    if (result == -EAGAIN) {
        set_events(device);
        return false;
    }
    if (result < 0) {
        lose(device);
        return false;
    }
    device->ready = true;
    device->settings.reset = false;
    device->retry_us = RETRY_FIRST_US;
    if (*device->fault.text) {
        log_about((struct log_about){.event = "device.back", .device = device->settings.address});
        log_info("%s at %s is back", device->what, device->settings.address);
    }
    *device->fault.text = '\0';
    device->ops->opened(device->user);
    return device->transport != NULL;
}

/* False when the device is gone. */
static bool read_some(struct device *device)
{
    char bytes[READ_AT_ONCE];
    for (int rounds = 0; rounds < 8 && !device->paused; rounds++) {
        ssize_t length = transport_read(device->transport, bytes, sizeof(bytes));
        if (length == -EAGAIN)
            return true;
        if (length <= 0) {
            lose(device);
            return false;
        }
        device->ops->bytes(device->user, bytes, (size_t)length);
        if (!device->transport)
            return false;
    }
    return true;
}

static void write_some(struct device *device)
{
    device->wants_drained = false;
    device->ops->writable(device->user);
    if (device->transport)
        set_events(device);
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *user)
{
    (void)source;
    (void)fd;
    (void)events; /* one descriptor of libusb's stands for everything: whatever woke us, all is looked at */
    struct device *device = user;
    if (!become_ready(device) || !read_some(device))
        return 0;
    if (device->wants_write || device->wants_drained)
        write_some(device);
    else
        set_events(device);
    return 0;
}

static int on_poll(sd_event_source *source, uint64_t now, void *user)
{
    (void)source;
    (void)now;
    struct device *device = user;
    if (device->ready && (device->wants_write || device->wants_drained))
        write_some(device);
    return 0;
}

static int try_open(struct device *device, struct error *error)
{
    int result = transport_open(&device->settings, &device->transport, error);
    if (result)
        return result;
    result = sd_event_add_io(device->event, &device->io, transport_fd(device->transport), EPOLLIN, on_io, device);
    if (result < 0) {
        device->transport = transport_close(device->transport);
        return error_set(error, result, "no more descriptors can be watched");
    }
    sd_event_source_set_enabled(device->retry, SD_EVENT_OFF);
    set_events(device);
    become_ready(device);
    return 0;
}

static void retry_later(struct device *device, const struct error *why)
{
    if (!*device->fault.text) {
        log_about((struct log_about){.event = "device.fault", .device = device->settings.address});
        log_warning("%s: %s", device->what, why->text);
    }
    device->fault = *why;
    schedule_retry(device, device->retry_us * 2 < RETRY_US ? device->retry_us * 2 : RETRY_US);
}

static int on_retry(sd_event_source *source, uint64_t now, void *user)
{
    (void)source;
    (void)now;
    struct device *device = user;
    struct error error = {0};
    if (!device->transport && try_open(device, &error) != 0)
        retry_later(device, &error);
    return 0;
}

/* Both stay off until they are wanted. */
static int add_timers(struct device *device)
{
    int result =
        sd_event_add_time_relative(device->event, &device->retry, CLOCK_MONOTONIC, RETRY_US, 1000, on_retry, device);
    if (result >= 0)
        result =
            sd_event_add_time_relative(device->event, &device->poll, CLOCK_MONOTONIC, RETRY_US, 1000, on_poll, device);
    if (result < 0)
        return result;
    sd_event_source_set_enabled(device->retry, SD_EVENT_OFF);
    sd_event_source_set_enabled(device->poll, SD_EVENT_OFF);
    return 0;
}

int device_open(sd_event *event, const char *what, const struct transport_settings *settings,
                const struct device_ops *ops, void *user, struct device **ret, struct error *error)
{
    struct device *device = calloc(1, sizeof(*device));
    if (!device)
        return error_set(error, -ENOMEM, "out of memory");
    device->event = event;
    device->what = what;
    device->settings = *settings;
    device->ops = ops;
    device->user = user;
    device->retry_us = RETRY_FIRST_US;
    if (add_timers(device) < 0) {
        device_close(device);
        return error_set(error, -ENOMEM, "no more timers can be had");
    }
    *ret = device; /* before opened() is called */
    int result = try_open(device, error);
    if (result == -EINVAL)
        *ret = device_close(device);
    else if (result)
        retry_later(device, error);
    return result == -EINVAL ? result : 0;
}

struct device *device_close(struct device *device)
{
    if (!device)
        return NULL;
    sd_event_source_disable_unref(device->io);
    sd_event_source_disable_unref(device->retry);
    sd_event_source_disable_unref(device->poll);
    transport_close(device->transport);
    free(device);
    return NULL;
}

bool device_is_open(const struct device *device)
{
    return device && device->ready;
}

struct transport_about device_about(const struct device *device)
{
    return device_is_open(device) ? transport_about(device->transport) : (struct transport_about){.port_status = -1};
}

void device_ask_port(struct device *device)
{
    if (device_is_open(device))
        transport_ask_port(device->transport);
}

const char *device_fault(const struct device *device)
{
    return device->fault.text;
}

ssize_t device_write(void *user, const void *bytes, size_t length)
{
    struct device *device = user;
    if (!device_is_open(device))
        return -ENODEV;
    ssize_t written = transport_write(device->transport, bytes, length);
    if (written == -ENODEV)
        lose(device);
    return written;
}

static bool has_hung_up(const struct device *device)
{
    struct pollfd poller = {.fd = transport_fd(device->transport), .events = 0};
    return poll(&poller, 1, 0) > 0;
}

/* What the other side dropped when it went away is no longer pending, and has not arrived. */
size_t device_pending(void *user)
{
    const struct device *device = user;
    if (!device_is_open(device))
        return 0;
    size_t pending = transport_pending(device->transport);
    return pending > 0 || !has_hung_up(device) ? pending : 1;
}

void device_want_write(struct device *device, bool want)
{
    device->wants_write = want;
    if (!want)
        device->wants_drained = false;
    set_events(device);
}

void device_want_drained(struct device *device)
{
    device->wants_drained = true;
    set_events(device);
}

void device_pause(struct device *device, bool pause)
{
    if (!device || device->paused == pause)
        return;
    device->paused = pause;
    set_events(device);
}

void device_retry(struct device *device)
{
    if (!device->transport)
        schedule_retry(device, RETRY_FIRST_US);
}

void device_reset(struct device *device)
{
    if (!device->transport)
        return;
    let_go(device);
    device->settings.reset = true;
    schedule_retry(device, RETRY_FIRST_US);
}
