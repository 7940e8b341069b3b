/* Bytes kept in order, put at the end and taken from the front; grows up to a bound. Does not know what they are. */
#ifndef EMULATOR_STORE_H
#define EMULATOR_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_MAX ((size_t)64 << 20)

/* Zero-initialised it is empty. */
struct store {
    uint8_t *data;
    size_t begin, end, capacity;
};

size_t store_length(const struct store *store);
const uint8_t *store_bytes(const struct store *store);

/* Room for length more bytes at the end, to be written by the caller and then kept by store_grow(); NULL beyond the
 * bound.
 */
uint8_t *store_room(struct store *store, size_t length);
void store_grow(struct store *store, size_t length);

/* False beyond the bound: nothing was put. */
bool store_put(struct store *store, const void *bytes, size_t length);
void store_take(struct store *store, size_t length);
void store_done(struct store *store);

#endif
