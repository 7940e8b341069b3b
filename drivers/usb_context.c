#include "drivers/usb_context.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

static struct {
    unsigned users;
    libusb_context *context;
    int fd; /* an epoll descriptor */
    libusb_hotplug_callback_handle watch;
    void (*changed)(void *user);
    void *user;
} shared;

static void watch(int fd, short events, void *user)
{
    (void)user;
    struct epoll_event event = {.events = (events & POLLIN ? EPOLLIN : 0u) | (events & POLLOUT ? EPOLLOUT : 0u)};
    epoll_ctl(shared.fd, EPOLL_CTL_ADD, fd, &event);
}

static void unwatch(int fd, void *user)
{
    (void)user;
    epoll_ctl(shared.fd, EPOLL_CTL_DEL, fd, NULL);
}

static void watch_all(void)
{
    const struct libusb_pollfd **pollfds = libusb_get_pollfds(shared.context);
    for (size_t i = 0; pollfds && pollfds[i]; i++)
        watch(pollfds[i]->fd, pollfds[i]->events, NULL);
    libusb_free_pollfds(pollfds);
    libusb_set_pollfd_notifiers(shared.context, watch, unwatch, NULL);
}

int usb_context_get(libusb_context **ret, struct error *error)
{
    if (shared.users == 0) {
        shared.fd = epoll_create1(EPOLL_CLOEXEC);
        if (shared.fd < 0)
            return error_set(error, -errno, "USB cannot be used: there is no descriptor left for it.");
        if (libusb_init(&shared.context) != LIBUSB_SUCCESS) {
            close(shared.fd);
            return error_set(error, -ENODEV, "USB cannot be used: this machine has none, or it may not be read.");
        }
        assert(libusb_pollfds_handle_timeouts(shared.context)); /* Linux since 2.6.25: a timerfd is among them */
        watch_all();
    }
    shared.users++;
    *ret = shared.context;
    return 0;
}

void usb_context_put(void)
{
    assert(shared.users > 0);
    if (--shared.users > 0)
        return;
    libusb_set_pollfd_notifiers(shared.context, NULL, NULL, NULL);
    libusb_exit(shared.context);
    close(shared.fd);
}

static int LIBUSB_CALL on_hotplug(libusb_context *context, libusb_device *device, libusb_hotplug_event event,
                                  void *user)
{
    (void)context;
    (void)device;
    (void)event;
    (void)user;
    shared.changed(shared.user);
    return 0; /* go on watching */
}

int usb_context_watch(void (*changed)(void *user), void *user)
{
    libusb_context *context;
    int result = usb_context_get(&context, NULL);
    if (result)
        return result;
    shared.changed = changed;
    shared.user = user;
    if (libusb_hotplug_register_callback(context,
                                         LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT,
                                         LIBUSB_HOTPLUG_NO_FLAGS, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
                                         LIBUSB_HOTPLUG_MATCH_ANY, on_hotplug, NULL, &shared.watch) == LIBUSB_SUCCESS)
        return 0;
    usb_context_put();
    return -ENOTSUP;
}

void usb_context_unwatch(void)
{
    libusb_hotplug_deregister_callback(shared.context, shared.watch);
    usb_context_put();
}

int usb_context_fd(void)
{
    return shared.fd;
}

void usb_context_run(int wait_ms)
{
    struct timeval wait = {.tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000L};
    libusb_handle_events_timeout_completed(shared.context, &wait, NULL);
}
