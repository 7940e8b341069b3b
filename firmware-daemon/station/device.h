/* A scanner or printer line that comes and goes: opened, opened again after it went, read and written from the event
 * loop. Does not know what the bytes mean. */
#ifndef STATION_DEVICE_H
#define STATION_DEVICE_H

#include "drivers/transport.h"

#include <stdbool.h>
#include <systemd/sd-event.h>

struct device_ops {
    void (*opened)(void *user);
    void (*bytes)(void *user, const void *bytes, size_t length);
    void (*writable)(void *user); /* after device_want_write() */
    void (*gone)(void *user);     /* unplugged, or closed by the other side */
};

struct device;

/* A wrong address is an error; a device that is not there yet is not: it is tried again each second. `what` names it in
 * the log and is borrowed, as the ops are. */
int device_open(sd_event *event, const char *what, const struct transport_settings *settings,
                const struct device_ops *ops, void *user, struct device **ret, struct error *error);
struct device *device_close(struct device *device);

bool device_is_open(const struct device *device);
/* As transport_write; -ENODEV while it is away. user is a struct device: a printer_sink. */
ssize_t device_write(void *user, const void *bytes, size_t length);
void device_want_write(struct device *device, bool want);

/* Stops reading while the daemon's queue is full: the line's own flow control holds the sender back. */
void device_pause(struct device *device, bool pause);

#endif
