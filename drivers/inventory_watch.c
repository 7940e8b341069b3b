#include "drivers/inventory_watch.h"

#include <errno.h>
#include <libudev.h>
#include <stdlib.h>

#define MESSAGES_MAX 256 /* taken at once: a device that comes and goes without end must not hold up the owner */

struct inventory_watch {
    struct udev *udev;
    struct udev_monitor *monitor;
};

static int start(struct inventory_watch *watch)
{
    static const char *const subsystems[] = {"usb", "tty", "hid"};
    watch->udev = udev_new();
    watch->monitor = watch->udev ? udev_monitor_new_from_netlink(watch->udev, "udev") : NULL;
    if (!watch->monitor)
        return -ENOMEM;
    int r = 0;
    for (size_t i = 0; i < COUNT(subsystems) && r >= 0; i++)
        r = udev_monitor_filter_add_match_subsystem_devtype(watch->monitor, subsystems[i], NULL);
    return r < 0 ? r : udev_monitor_enable_receiving(watch->monitor);
}

int inventory_watch_new(struct inventory_watch **ret, struct error *error)
{
    CLEANUP(inventory_watch_free_p) struct inventory_watch *watch = calloc(1, sizeof(*watch));
    int r = watch ? start(watch) : -ENOMEM;
    if (r < 0)
        return error_set(error, r, "Plugging in and pulling out cannot be noticed: udev cannot be listened to.");
    *ret = watch;
    watch = NULL;
    return 0;
}

struct inventory_watch *inventory_watch_free(struct inventory_watch *watch)
{
    if (watch && watch->monitor)
        udev_monitor_unref(watch->monitor);
    if (watch && watch->udev)
        udev_unref(watch->udev);
    free(watch);
    return NULL;
}

int inventory_watch_fd(const struct inventory_watch *watch)
{
    return udev_monitor_get_fd(watch->monitor);
}

bool inventory_watch_changed(struct inventory_watch *watch)
{
    bool changed = false;
    for (int i = 0; i < MESSAGES_MAX; i++) {
        errno = 0;
        struct udev_device *device = udev_monitor_receive_device(watch->monitor);
        if (!device && errno != ENOBUFS) /* ENOBUFS: messages were lost, which is news too */
            break;
        changed = true;
        if (device)
            udev_device_unref(device);
    }
    return changed;
}
