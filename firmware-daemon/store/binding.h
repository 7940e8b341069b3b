/* Which device belongs to which station. Does not know what is plugged in. */
#ifndef STORE_BINDING_H
#define STORE_BINDING_H

#include "store/store.h"

#define BINDING_DEVICE_MAX 160 /* bytes of a device's identity, with the terminator */
#define BINDING_ROLE_MAX   12

struct binding {
    char device[BINDING_DEVICE_MAX], role[BINDING_ROLE_MAX], station[STORE_CODE_MAX];
};

/* -ENOENT: it belongs to no station. */
int binding_of(struct store *store, const char *device, struct binding *ret);

/* Replaces the device's own binding, and for a printer or a scale the station's former one. */
int binding_set(struct store *store, const struct binding *binding);

/* All of them, at most capacity. */
int binding_list(struct store *store, struct binding *ret, size_t capacity, size_t *ret_count);

/* The stations of the configuration. */
int station_forget_all(struct store *store);
int station_add(struct store *store, const char *code, bool has_printer, bool has_scale);
int station_exists(struct store *store, const char *code);     /* 0, -ENOENT */
bool station_has_scale(struct store *store, const char *code); /* by the configuration, or bound */
/* role: printer or scale. 1 when the configuration names the station's, 0 when not. */
int station_is_fixed(struct store *store, const char *code, const char *role);

#endif
