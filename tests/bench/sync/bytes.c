#include "sync_bench.h"

#include "base/cleanup.h"
#include "store/journal.h"
#include "sync/wire/run.h"
#include "sync/wire/topic.h"

#include <string.h>

/* MQTT 5.0, 3.3: kind, three bytes of length, the topic with its length, the packet's number, no properties. */
static size_t publish_bytes(const char *topic, size_t payload)
{
    return 1 + 3 + 2 + strlen(topic) + 2 + 1 + payload;
}

static double bytes_of_event(struct store *store, size_t lines, size_t segments)
{
    char topic[WIRE_TOPIC_SIZE];
    struct wire_key key;
    size_t bytes = 0;
    int64_t after = 0, last;
    wire_key_new(&key, &random_system);
    wire_topic_write(topic, WIRE_UP_SEGMENT, "site-000", "box-000");
    for (size_t i = 0; i < segments; i++) {
        CLEANUP_BUF struct buf frame = {0};
        CLEANUP_RUN struct wire_run run = {.kind = WIRE_FRAME_UP, .epoch = 1, .first_seq = after + 1};
        const struct wire_ends ends = {"site-000", "box-000"};
        must(journal_read(store, after, lines, SIZE_MAX, &run.lines, &last), "the journal");
        must(wire_run_write(&frame, &run, &ends, &key, 1, NULL), "a frame");
        bytes += publish_bytes(topic, frame.length);
        after = last;
    }
    return (double)bytes / (double)after;
}

int bytes_print(const char *path)
{
    struct store *store = day_open(path, 0);
    printf("{\"200\": %.2f, \"20\": %.2f, \"1\": %.2f}\n", bytes_of_event(store, 200, 5), bytes_of_event(store, 20, 50),
           bytes_of_event(store, 1, 1000));
    store_close(store);
    return 0;
}
