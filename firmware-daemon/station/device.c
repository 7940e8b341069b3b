#include "station/device.h"

#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>

#define RETRY_US     1000000
#define READ_AT_ONCE 4096 /* bytes; small, so that one chatty line leaves room for the others */

struct device {
    sd_event *event;
    const char *what;
    struct transport_settings settings;
    const struct device_ops *ops;
    void *user;
    struct transport *transport; /* NULL while it is away */
    sd_event_source *io, *retry;
    bool wants_write, paused, told;
};

static void set_events(struct device *device)
{
    if (!device->io)
        return;
    short wanted = transport_events(device->transport);
    uint32_t events = (wanted & POLLIN ? EPOLLIN : 0u) | (wanted & POLLOUT ? EPOLLOUT : 0u);
    if (device->wants_write)
        events |= EPOLLOUT;
    if (device->paused)
        events &= ~(uint32_t)EPOLLIN;
    sd_event_source_set_io_events(device->io, events);
}

static void schedule_retry(struct device *device)
{
    sd_event_source_set_time_relative(device->retry, RETRY_US);
    sd_event_source_set_enabled(device->retry, SD_EVENT_ONESHOT);
}

static void lose(struct device *device)
{
    log_warning("%s at %s went away: it is tried again each second", device->what, device->settings.address);
    device->io = sd_event_source_disable_unref(device->io);
    device->transport = transport_close(device->transport);
    device->wants_write = false;
    device->told = true;
    schedule_retry(device);
    device->ops->gone(device->user);
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
    }
    return true;
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *user)
{
    (void)source;
    (void)fd;
    struct device *device = user;
    if (!read_some(device))
        return 0;
    if ((events & EPOLLOUT) && device->wants_write)
        device->ops->writable(device->user);
    if (device->transport)
        set_events(device);
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
    set_events(device);
    if (device->told)
        log_info("%s at %s is back", device->what, device->settings.address);
    device->told = false;
    sd_event_source_set_enabled(device->retry, SD_EVENT_OFF);
    device->ops->opened(device->user);
    return 0;
}

static void retry_later(struct device *device, const struct error *why)
{
    if (!device->told)
        log_warning("%s: %s", device->what, why->text);
    device->told = true;
    schedule_retry(device);
}

static int on_retry(sd_event_source *source, uint64_t now, void *user)
{
    (void)source;
    (void)now;
    struct error error = {0};
    if (try_open(user, &error) != 0)
        retry_later(user, &error);
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
    int result = sd_event_add_time_relative(event, &device->retry, CLOCK_MONOTONIC, RETRY_US, 1000, on_retry, device);
    if (result < 0) {
        device_close(device);
        return error_set(error, result, "no more timers can be had");
    }
    *ret = device; /* before opened() is called */
    result = try_open(device, error);
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
    transport_close(device->transport);
    free(device);
    return NULL;
}

bool device_is_open(const struct device *device)
{
    return device && device->transport;
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

void device_want_write(struct device *device, bool want)
{
    device->wants_write = want;
    set_events(device);
}

void device_pause(struct device *device, bool pause)
{
    if (!device || device->paused == pause)
        return;
    device->paused = pause;
    set_events(device);
}
