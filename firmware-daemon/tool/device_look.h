/* What is plugged in, and who may and does hold it: the facts behind `floorhand device list` and `floorhand doctor`.
 * Reads /sys, /proc and the permissions of device nodes; opens no device and judges nothing. */
#ifndef TOOL_DEVICE_LOOK_H
#define TOOL_DEVICE_LOOK_H

#include "drivers/inventory.h"
#include "drivers/model.h"

#include "base/buf.h"
#include "base/cleanup.h"

#include <sys/types.h>

#define HOLDERS_MAX 4

enum permission { PERMISSION_GIVEN, PERMISSION_REFUSED, PERMISSION_NO_NODE };

struct holder {
    char program[16]; /* as /proc/PID/comm names it */
    int pid;
};

struct device_facts {
    const struct model *model;  /* NULL: nothing known, not even by class */
    enum permission permission; /* of the daemon's group; on a machine without that group, of this process */
    size_t holder_count;
    struct holder holders[HOLDERS_MAX]; /* programs that have the node open, as far as this process may see */
    char station[64], state[24];        /* what the daemon says; "": nothing */
};

struct device_look {
    struct model_set models;
    size_t count;
    struct plugged plugged[INVENTORY_MAX];
    struct device_facts facts[INVENTORY_MAX]; /* one for each of plugged */
};

int device_look_new(struct device_look **ret, struct error *error);
struct device_look *device_look_free(struct device_look *look);
DEFINE_CLEANUP(device_look_free, struct device_look *);

/* The last step of device_look_new(): every process that may be looked into, this one too. */
void device_look_find_holders(struct device_look *look);

/* Adds what the daemon answered to GET /api/v1/devices; what is not understood is left out. */
void device_look_add_stations(struct device_look *look, const struct buf *json);

/* Which node a driver opens: the tty of a serial line, otherwise that of the USB device. */
const char *device_node(const struct plugged *plugged);

/* False for devices that nobody would take for a scanner, printer or scale. */
bool device_is_of_interest(const struct device_look *look, size_t index);

/* "Zebra/Symbol scanner, CDC mode", "USB keyboard, perhaps a scanner (Logitech K120)" */
void device_what(const struct plugged *plugged, const struct model *model, char *out, size_t capacity);

/* The group that the udev rules give devices to; false when this machine has none of that name. */
#define DEVICE_GROUP "floorhand"
bool device_group(gid_t *ret);

/* The first line of a small file, without its end; "" when it cannot be read. */
void device_read_line(const char *path, char *out, size_t capacity);

#endif
