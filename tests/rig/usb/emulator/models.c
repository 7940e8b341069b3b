#include "device.h"

/* Every kind of device that can be plugged in. */

extern const struct model keyboard_model, pos_model, scale_model, acm_model, ftdi_model, printer_model;

const struct model *const models[] = {&keyboard_model, &pos_model,     &scale_model, &acm_model,
                                      &ftdi_model,     &printer_model, NULL};
