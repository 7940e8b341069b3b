/* Tells that something was plugged in or pulled out, through libusb and udev. Does not say what: inventory.h does. */
#ifndef DRIVERS_HOTPLUG_H
#define DRIVERS_HOTPLUG_H

#include "base/cleanup.h"
#include "base/error.h"

#include <stdbool.h>

struct hotplug;

/* A machine without USB, or without udev, is watched as far as it can be. */
int hotplug_open(struct hotplug **ret, struct error *error);
struct hotplug *hotplug_close(struct hotplug *hotplug);
DEFINE_CLEANUP(hotplug_close, struct hotplug *);

/* Readable when hotplug_changed() should be called. */
int hotplug_fd(const struct hotplug *hotplug);

/* True when something came or went since the last call. libusb tells of a device before the kernel has configured it,
 * and twice of one that came just now: look again a little later. */
bool hotplug_changed(struct hotplug *hotplug);

#endif
