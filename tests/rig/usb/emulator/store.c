#include "store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

size_t store_length(const struct store *store)
{
    return store->end - store->begin;
}

const uint8_t *store_bytes(const struct store *store)
{
    return store->data + store->begin;
}

uint8_t *store_room(struct store *store, size_t length)
{
    if (store->begin > 0 && store->end + length > store->capacity) {
        memmove(store->data, store_bytes(store), store_length(store));
        store->end -= store->begin;
        store->begin = 0;
    }
    if (length > STORE_MAX - store->end)
        return NULL;
    if (store->end + length > store->capacity) {
        size_t capacity = 2 * (store->end + length);
        uint8_t *data = realloc(store->data, capacity);
        if (!data)
            return NULL;
        store->data = data;
        store->capacity = capacity;
    }
    return store->data + store->end;
}

void store_grow(struct store *store, size_t length)
{
    assert(length <= store->capacity - store->end);
    store->end += length;
}

bool store_put(struct store *store, const void *bytes, size_t length)
{
    uint8_t *room = store_room(store, length);
    if (!room)
        return false;
    if (length > 0)
        memcpy(room, bytes, length);
    store_grow(store, length);
    return true;
}

void store_take(struct store *store, size_t length)
{
    assert(length <= store_length(store));
    store->begin += length;
    if (store->begin == store->end)
        store->begin = store->end = 0;
}

void store_done(struct store *store)
{
    free(store->data);
    *store = (struct store){0};
}
