/* What head office may have a site do: lines of changes, one after the other, decided on a site of their own that is
 * taken back at the end. Whatever a line holds it is applied or refused, the laws of the site hold, and refusing keeps
 * it. */
#include "floor/event.h"
#include "floor/floor.h"
#include "store/laws.h"
#include "store/store.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>

#define LINES_MAX 12

static struct random_seeded seeded = {7};

static struct store *site(void)
{
    static struct store *store;
    struct error error = {0};
    const struct store_settings settings = {
        .path = ":memory:", .site = "hz-07", .box = "box-1", .random = random_from_seed(&seeded)};
    if (!store)
        CLAIM(store_open(&settings, &store, &error) == 0);
    return store;
}

/* As a turn does it: in a savepoint; what is refused is undone, and kept aside. */
static void take(struct store *store, const char *line, size_t length, int64_t number)
{
    struct event event = {.kind = EVENT_CHANGE,
                          .number = number,
                          .wall_us = INT64_C(1774000000000000),
                          .heap = strndup(line, length),
                          .length = length};
    struct effect effect = {0};
    CLAIM(event.heap);
    CLAIM(store_save_point(store) == 0);
    int result = floor_decide(store, &event, &effect);
    CLAIM(result <= 0 || result == FLOOR_REFUSED);
    CLAIM(result != -EIO && result != -ENOMEM);
    if (result) {
        CLAIM(store_undo(store) == 0);
        CLAIM(store_save_point(store) == 0);
        CLAIM(floor_refused(store, &event, &effect) == 0);
    }
    CLAIM(store_keep(store) == 0);
    free(event.heap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct store *store = site();
    const char *at = (const char *)data, *end = at + size;
    int64_t number = 0;
    struct error error = {0};
    CLAIM(store_begin(store) == 0);
    while (at < end && number < LINES_MAX) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((stop ? stop : end) - at);
        take(store, at, length, ++number);
        at += length + 1;
    }
    if (laws_check(store, &error) != 0) {
        fprintf(stderr, "%s\n", error.text);
        abort();
    }
    store_rollback(store);
    return 0;
}
