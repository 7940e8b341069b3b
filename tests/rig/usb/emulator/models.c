#include "device.h"

extern const struct model keyboard_model, pos_model, scale_model, acm_model, ftdi_model, printer_model;

const struct model *const models[] = {&keyboard_model, &pos_model,     &scale_model, &acm_model,
                                      &ftdi_model,     &printer_model, NULL};
