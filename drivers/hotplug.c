#include "drivers/hotplug.h"

#include "drivers/usb_context.h"

#include <errno.h>
#include <libudev.h>
#include <sys/epoll.h>

struct hotplug {
    int fd; /* an epoll descriptor: libusb's context and udev's monitor */
    bool has_usb, changed;
    struct udev *udev;
    struct udev_monitor *monitor;
};

static void on_usb(void *user)
{
    struct hotplug *hotplug = user;
    hotplug->changed = true;
}

static void watch(struct hotplug *hotplug, int fd)
{
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(hotplug->fd, EPOLL_CTL_ADD, fd, &event);
}

static void watch_usb(struct hotplug *hotplug)
{
    hotplug->has_usb = usb_context_watch(on_usb, hotplug) == 0;
    if (!hotplug->has_usb)
        return;
    watch(hotplug, usb_context_fd());
}

/* Serial ports come later than the USB devices that they belong to, and their owner is set later still: udev's own
 * event comes when all of that is done. */
static void watch_udev(struct hotplug *hotplug)
{
    hotplug->udev = udev_new();
    hotplug->monitor = hotplug->udev ? udev_monitor_new_from_netlink(hotplug->udev, "udev") : NULL;
    if (!hotplug->monitor || udev_monitor_filter_add_match_subsystem_devtype(hotplug->monitor, "tty", NULL) < 0 ||
        udev_monitor_filter_add_match_subsystem_devtype(hotplug->monitor, "usb", "usb_device") < 0 ||
        udev_monitor_enable_receiving(hotplug->monitor) < 0)
        return;
    watch(hotplug, udev_monitor_get_fd(hotplug->monitor));
}

int hotplug_open(struct hotplug **ret, struct error *error)
{
    struct hotplug *hotplug = calloc(1, sizeof(*hotplug));
    if (!hotplug)
        return error_set(error, -ENOMEM, "out of memory");
    hotplug->fd = epoll_create1(EPOLL_CLOEXEC);
    if (hotplug->fd < 0) {
        free(hotplug);
        return error_set(error, -errno, "There is no descriptor left to watch for devices.");
    }
    watch_usb(hotplug);
    watch_udev(hotplug);
    *ret = hotplug;
    return 0;
}

struct hotplug *hotplug_close(struct hotplug *hotplug)
{
    if (!hotplug)
        return NULL;
    if (hotplug->has_usb)
        usb_context_unwatch();
    udev_monitor_unref(hotplug->monitor);
    udev_unref(hotplug->udev);
    close(hotplug->fd);
    free(hotplug);
    return NULL;
}

int hotplug_fd(const struct hotplug *hotplug)
{
    return hotplug->fd;
}

bool hotplug_changed(struct hotplug *hotplug)
{
    if (hotplug->has_usb)
        usb_context_run(0);
    struct udev_device *device;
    while (hotplug->monitor && (device = udev_monitor_receive_device(hotplug->monitor))) {
        udev_device_unref(device);
        hotplug->changed = true;
    }
    bool changed = hotplug->changed;
    hotplug->changed = false;
    return changed;
}
