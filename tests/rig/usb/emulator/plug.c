#include "device.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A device is made: its descriptors from its model, then whatever the command wants wrong with them. */

const char *option_value(const struct options *options, const char *key, const char *fallback)
{
    for (size_t i = 0; i < options->count; i++)
        if (strcmp(options->list[i].key, key) == 0)
            return options->list[i].value;
    return fallback;
}

unsigned long option_number(const struct options *options, const char *key, unsigned long fallback)
{
    const char *value = option_value(options, key, NULL);
    return value ? strtoul(value, NULL, 0) : fallback;
}

static unsigned long option_hex(const struct options *options, const char *key, unsigned long fallback)
{
    const char *value = option_value(options, key, NULL);
    return value ? strtoul(value, NULL, 16) : fallback;
}

/* ---------------------------------------------------------------- descriptors */

void device_describe(struct device *device, const struct options *options, uint16_t vendor, uint16_t product,
                     uint16_t release, const char *product_name)
{
    unsigned long v = option_hex(options, "vid", vendor), p = option_hex(options, "pid", product);
    const char *serial = option_value(options, "serial", "");
    const uint8_t bytes[18] = {18,
                               1,
                               0x00,
                               0x02, /* USB 2.0 */
                               0,
                               0,
                               0,
                               64, /* of endpoint 0 */
                               (uint8_t)v,
                               (uint8_t)(v >> 8),
                               (uint8_t)p,
                               (uint8_t)(p >> 8),
                               (uint8_t)release,
                               (uint8_t)(release >> 8),
                               1,
                               2,
                               *serial ? 3 : 0,
                               1};
    memcpy(device->device, bytes, sizeof(bytes));
    device->device_length = sizeof(bytes);
    snprintf(device->strings[1], sizeof(device->strings[1]), "Rig");
    snprintf(device->strings[2], sizeof(device->strings[2]), "%s", product_name);
    snprintf(device->strings[3], sizeof(device->strings[3]), "%s", serial);
}

/* bytes: all descriptors that follow the nine of the configuration itself. */
void device_configure(struct device *device, const uint8_t *bytes, size_t length)
{
    unsigned interfaces = 0;
    for (size_t i = 0; i + 1 < length && bytes[i] > 0; i += bytes[i])
        interfaces += bytes[i + 1] == 4 && bytes[i + 3] == 0; /* one is counted by its first setting */
    size_t total = 9 + length;
    const uint8_t head[9] = {9, 2, (uint8_t)total, (uint8_t)(total >> 8), (uint8_t)interfaces, 1, 0, 0x80, 50};
    memcpy(device->config, head, sizeof(head));
    memcpy(device->config + 9, bytes, length);
    device->config_length = total;
}

void device_set_report(struct device *device, const uint8_t *bytes, size_t length)
{
    memcpy(device->report, bytes, length);
    device->report_length = length;
}

struct target {
    uint8_t *bytes;
    size_t *length, capacity;
};

/* "config:9:0403", "config:20", "report:8": the part, and what stands behind its colon. */
static int find_target(struct device *device, const char *text, struct target *ret, const char **ret_rest)
{
    const struct {
        const char *name;
        struct target target;
    } targets[] = {
        {"device:", {device->device, &device->device_length, sizeof(device->device)}},
        {"config:", {device->config, &device->config_length, sizeof(device->config)}},
        {"report:", {device->report, &device->report_length, sizeof(device->report)}},
    };
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        if (strncmp(text, targets[i].name, strlen(targets[i].name)) != 0)
            continue;
        *ret = targets[i].target;
        *ret_rest = text + strlen(targets[i].name);
        return 0;
    }
    return -EINVAL;
}

/* Writes hex over a descriptor; one that grows by it is answered longer. */
static int patch(const struct target *target, const char *text)
{
    char *hex;
    size_t at = strtoul(text, &hex, 10);
    if (*hex++ != ':')
        return -EINVAL;
    for (; hex[0] && hex[1]; hex += 2, at++) {
        char digits[3] = {hex[0], hex[1], '\0'};
        if (at >= target->capacity)
            return -E2BIG;
        target->bytes[at] = (uint8_t)strtoul(digits, NULL, 16);
        if (at >= *target->length)
            *target->length = at + 1;
    }
    return 0;
}

static int spoil(struct device *device, const struct option *option)
{
    struct target target;
    const char *rest;
    bool cut = strcmp(option->key, "cut") == 0;
    if (!cut && strcmp(option->key, "patch") != 0)
        return 0;
    if (find_target(device, option->value, &target, &rest) < 0)
        return -EINVAL;
    if (!cut)
        return patch(&target, rest);
    size_t length = strtoul(rest, NULL, 10);
    *target.length = length < *target.length ? length : *target.length;
    return 0;
}

/* ---------------------------------------------------------------- into the port */

static int make(struct device *device, const struct options *options)
{
    device->port = (unsigned)option_number(options, "port", 0);
    if (device->model->state_size > sizeof(device->state))
        return -E2BIG;
    int r = device->model->plug(device, options);
    for (size_t i = 0; i < options->count && r == 0; i++)
        r = spoil(device, &options->list[i]);
    return r;
}

int device_plug(const char *name, const struct model *model, const struct options *options, struct device **ret)
{
    struct device *device = calloc(1, sizeof(*device));
    if (!device)
        return -ENOMEM;
    snprintf(device->name, sizeof(device->name), "%s", name);
    device->model = model;
    device->socket = -1;
    int r = make(device, options);
    enum usbip_speed speed =
        strcmp(option_value(options, "speed", "full"), "high") == 0 ? USBIP_HIGH_SPEED : USBIP_FULL_SPEED;
    if (r == 0)
        r = usbip_plug(device->port, speed, &device->socket);
    if (r == 0)
        *ret = device;
    else
        device_free(device);
    return r;
}
