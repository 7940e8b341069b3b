#include "device.h"

extern const struct model keyboard_model;

const struct model *const models[] = {&keyboard_model, NULL};
