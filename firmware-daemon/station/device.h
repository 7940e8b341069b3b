/* A scanner's, printer's or scale's line that comes and goes: opened, opened again after it went, read and written from
 * the event loop. Does not know what the bytes mean. */
#ifndef STATION_DEVICE_H
#define STATION_DEVICE_H

#include "drivers/transport.h"

#include <stdbool.h>
#include <systemd/sd-event.h>

struct device_ops {
    void (*opened)(void *user); /* set up and ready; device_about() knows all */
    void (*bytes)(void *user, const void *bytes, size_t length);
    void (*writable)(void *user); /* after device_want_write() or device_want_drained(); may come too early */
    void (*gone)(void *user);     /* unplugged, or closed by the other side; only after opened */
};

struct device;

/* A wrong address is an error; a device that is not there yet is not: it is tried again, at once when something is
 * plugged in, else each second. `what` names it in the log and is borrowed, as the ops are. */
int device_open(sd_event *event, const char *what, const struct transport_settings *settings,
                const struct device_ops *ops, void *user, struct device **ret, struct error *error);
struct device *device_close(struct device *device);

bool device_is_open(const struct device *device);
struct transport_about device_about(const struct device *device); /* lent while it is open */

void device_ask_port(struct device *device); /* as transport_ask_port */

/* Why it is not open, one sentence; "" while it is. */
const char *device_fault(const struct device *device);

/* As transport_write; -ENODEV while it is away. user is a struct device: a printer_sink. */
ssize_t device_write(void *user, const void *bytes, size_t length);
/* As transport_pending; never 0 when the device went away, though gone() may still be to come. */
size_t device_pending(void *user);

void device_want_write(struct device *device, bool want); /* writable() again and again, when it takes bytes */
void device_want_drained(struct device *device);          /* writable() once, when pending bytes may have left */

/* Stops reading while the daemon's queue is full: the line's own flow control holds the sender back. */
void device_pause(struct device *device, bool pause);

/* Something was plugged in: a device that is away is tried at once. */
void device_retry(struct device *device);

/* Closes the line, dropping what it holds back, and opens it again; a printer is told to forget what it has of a job
 * that was cut off. gone() is not called. */
void device_reset(struct device *device);

#endif
