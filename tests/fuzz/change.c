/* What head office may have a site do: lines of changes, one after the other, decided on a site that is as it was again
 * at the end. Whatever a line holds, it is applied, or refused and kept aside. The laws of the site are the
 * simulators'. */
#include "store/journal.h"
#include "tests/fuzz/floor_fuzz.h"

#define LINES_MAX 12

static struct store *site(void)
{
    static struct random_seeded seeded = {7};
    static struct store *store;
    struct error error = {0};
    const struct store_settings settings = {
        .path = ":memory:", .site = "hz-07", .box = "box-1", .random = random_from_seed(&seeded)};
    if (!store)
        CLAIM(store_open(&settings, &store, &error) == 0);
    return store;
}

static void take(struct store *store, const char *line, size_t length, int64_t number)
{
    struct event event = {.kind = EVENT_CHANGE, .number = number, .wall_us = INT64_C(1774000000000000)};
    char *bytes CLEANUP(cleanup_free) = malloc(length ? length : 1); /* a sanitizer sees one byte too many */
    int64_t before, after;
    struct stream stream = {0};
    CLAIM(bytes);
    memcpy(bytes, line, length);
    event.heap = bytes;
    event.length = length;
    CLAIM(journal_parked(store, &before) == 0);
    bool applied = fuzz_decide(store, &event);
    CLAIM(journal_parked(store, &after) == 0 && store_stream(store, &stream) == 0);
    CLAIM(applied ? after <= before : after == before + 1);
    CLAIM(stream.feed_seq == number); /* the next one can come */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct store *store = site();
    const char *at = (const char *)data, *end = at + size;
    CLAIM(store_begin(store) == 0);
    for (int64_t number = 1; at < end && number <= LINES_MAX; number++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((stop ? stop : end) - at);
        take(store, at, length, number);
        at += length + (stop ? 1 : 0);
    }
    store_rollback(store);
    return 0;
}
