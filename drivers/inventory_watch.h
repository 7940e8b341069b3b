/* Wakes its owner when something may have been plugged in or pulled out: a USB device, one of its interfaces, a tty.
 * Does not say what (inventory_read() does). It hears udev, after the rules have set permissions; where udev does not
 * run nothing is heard, so an owner looks by itself from time to time as well. */
#ifndef DRIVERS_INVENTORY_WATCH_H
#define DRIVERS_INVENTORY_WATCH_H

#include "base/cleanup.h"
#include "base/error.h"

#include <stdbool.h>

struct inventory_watch;

int inventory_watch_new(struct inventory_watch **ret, struct error *error);
struct inventory_watch *inventory_watch_free(struct inventory_watch *watch);
DEFINE_CLEANUP(inventory_watch_free, struct inventory_watch *);

/* Readable when inventory_watch_changed() has something to say. */
int inventory_watch_fd(const struct inventory_watch *watch);

/* True when something changed since it was last asked, also when the kernel had to drop messages. Never blocks; what is
 * left over after many messages keeps the descriptor readable. */
bool inventory_watch_changed(struct inventory_watch *watch);

#endif
