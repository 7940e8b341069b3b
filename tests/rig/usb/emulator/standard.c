#include "device.h"

#include <errno.h>
#include <string.h>

/* The requests that every device answers on endpoint 0 (USB 2.0, 9.4). */

enum { CLEAR_FEATURE = 1, SET_FEATURE = 3, GET_DESCRIPTOR = 6, GET_CONFIGURATION = 8, SET_CONFIGURATION = 9 };
enum { DEVICE_TYPE = 1, CONFIG_TYPE = 2, STRING_TYPE = 3 };

static int copy_out(uint8_t *data, const struct setup *setup, const void *bytes, size_t length)
{
    size_t some = length < setup->length ? length : setup->length;
    memcpy(data, bytes, some);
    return (int)some;
}

static int answer_string(const struct device *device, const struct setup *setup, uint8_t *data)
{
    uint8_t bytes[2 + 2 * sizeof(device->strings[0])] = {4, STRING_TYPE, 0x09, 0x04}; /* English (United States) */
    size_t index = setup->value & 0xFF;
    if (index >= 4 || (index > 0 && !*device->strings[index]))
        return -EPIPE;
    if (index > 0) {
        size_t length = strlen(device->strings[index]);
        bytes[0] = (uint8_t)(2 + 2 * length);
        for (size_t i = 0; i < length; i++) {
            bytes[2 + 2 * i] = (uint8_t)device->strings[index][i];
            bytes[3 + 2 * i] = 0;
        }
    }
    return copy_out(data, setup, bytes, bytes[0]);
}

static int answer_descriptor(const struct device *device, const struct setup *setup, uint8_t *data)
{
    switch (setup->value >> 8) {
    case DEVICE_TYPE:
        return copy_out(data, setup, device->device, device->device_length);
    case CONFIG_TYPE:
        return copy_out(data, setup, device->config, device->config_length);
    case STRING_TYPE:
        return answer_string(device, setup, data);
    default:
        return -EPIPE;
    }
}

int device_standard(struct device *device, const struct setup *setup, uint8_t *data)
{
    static const uint8_t zeroes[2];
    switch (setup->request) {
    case GET_DESCRIPTOR:
        return answer_descriptor(device, setup, data);
    case SET_CONFIGURATION:
        for (unsigned i = 1; i < 16; i++) {
            device_unhalt(device, (uint8_t)i);
            device_unhalt(device, (uint8_t)(0x80 | i));
        }
        device->configuration = (uint8_t)setup->value;
        if (device->configuration && device->model->configured)
            device->model->configured(device);
        return 0;
    case GET_CONFIGURATION:
        return copy_out(data, setup, &device->configuration, 1);
    case CLEAR_FEATURE:
        if (setup->type == 0x02) /* ENDPOINT_HALT */
            device_unhalt(device, (uint8_t)setup->index);
        return 0;
    case SET_FEATURE:
        return 0;
    default: /* GET_STATUS, GET_INTERFACE, SET_INTERFACE */
        return setup->type & 0x80 ? copy_out(data, setup, zeroes, sizeof(zeroes)) : 0;
    }
}
