/* Whether a device that people name is in the list of models (drivers/model.h): by its make, and a word of its model.
 */
#ifndef HEAD_OFFICE_FIT_DEVICES_H
#define HEAD_OFFICE_FIT_DEVICES_H

#include "drivers/model.h"

struct fit_devices {
    struct model_set models;
};

int fit_devices_open(struct fit_devices *ret, struct error *error);
void fit_devices_close(struct fit_devices *devices);

/* "Zebra ZD410", "honeywell 1400G" */
bool fit_devices_know(const struct fit_devices *devices, const char *name);

#endif
