#include "drivers/hotplug.h"

#include "drivers/inventory_watch.h"
#include "drivers/usb_context.h"

#include <errno.h>
#include <sys/epoll.h>

struct hotplug {
    int fd; /* an epoll descriptor: libusb's context and udev's news */
    bool has_usb, changed;
    struct inventory_watch *watch; /* NULL where udev does not run */
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
    hotplug->has_usb = usb_context_watch(on_usb, hotplug) == 0;
    if (hotplug->has_usb)
        watch(hotplug, usb_context_fd());
    /* Serial ports come later than the USB devices that they belong to, and their owner is set later still. */
    if (inventory_watch_new(&hotplug->watch, NULL) == 0)
        watch(hotplug, inventory_watch_fd(hotplug->watch));
    *ret = hotplug;
    return 0;
}

struct hotplug *hotplug_close(struct hotplug *hotplug)
{
    if (!hotplug)
        return NULL;
    if (hotplug->has_usb)
        usb_context_unwatch();
    inventory_watch_free(hotplug->watch);
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
    if (hotplug->watch && inventory_watch_changed(hotplug->watch))
        hotplug->changed = true;
    bool changed = hotplug->changed;
    hotplug->changed = false;
    return changed;
}
