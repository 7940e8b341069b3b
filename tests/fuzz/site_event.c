/* What people, pages and files say to a site: lines, decided one after the other on a site with goods and orders that
 * is as it was again at the end. "S CODE": a scan at a bench; "T CODE": at another one; "A VERB {...}": what a
 * supervisor asks for; "I KIND TEXT": a file of rows, whose lines end with a tab; "W NUMBER": milligrams on the scale.
 * Whatever comes, it is taken, or refused and undone. The laws of the site are the simulators'. */
#include "base/text.h"
#include "tests/fuzz/floor_fuzz.h"
#include "tests/site_rig.h"

#define LINES_MAX 48

static struct site_rig *site(void)
{
    static struct site_rig rig;
    if (rig.store)
        return &rig;
    CLAIM(site_rig_open(&rig, ":memory:", 7) == 0);
    site_rig_fill(&rig);
    site_rig_change(&rig, "location.upsert", "{\"code\":\"DOCK-1\",\"kind\":\"dock\",\"walk\":70,\"rev\":1}");
    site_rig_change(&rig, "worker.upsert",
                    "{\"worker\":\"u9\",\"name\":\"B\",\"badge\":\"B-9\",\"role\":\"supervisor\",\"active\":true,"
                    "\"rev\":1}");
    site_rig_change(&rig, "asn.upsert",
                    "{\"number\":\"ASN-1\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":10}],\"rev\":1}");
    site_rig_order(&rig, "N1", "SF1", 2, 1);
    site_rig_order(&rig, "N2", "SF2", 1, 0);
    site_rig_order(&rig, "N3", "", 1, 0);
    return &rig;
}

/* "VERB {...}" and "KIND TEXT": the word goes into the event's name. Returns what is behind it. */
static const char *take_name(struct event *event, const char *text)
{
    size_t length = strcspn(text, " ");
    text_copy_n(event->name, sizeof(event->name), text, length);
    return text + length + (text[length] == ' ');
}

static void end_lines(char *text)
{
    for (; *text; text++)
        *text = *text == '\t' ? '\n' : *text;
}

/* False: such a line means nothing. */
static bool read_line(struct event *event, char *line, const char **ret_bytes)
{
    char kind = *line;
    *ret_bytes = kind ? line + 1 + (line[1] == ' ') : line;
    text_copy(event->station, sizeof(event->station), kind == 'T' ? "bench-2" : "bench-1");
    if (kind == 'S' || kind == 'T') {
        event->kind = EVENT_SCAN;
    } else if (kind == 'A') {
        event->kind = EVENT_ASK;
        *ret_bytes = take_name(event, *ret_bytes);
    } else if (kind == 'I') {
        event->kind = EVENT_IMPORT;
        *ret_bytes = take_name(event, *ret_bytes);
        end_lines(line + (*ret_bytes - line));
    } else if (kind == 'W') {
        event->kind = EVENT_WEIGHT;
        event->number = strtoll(*ret_bytes, NULL, 10);
    } else {
        return false;
    }
    return true;
}

static void take(struct store *store, const char *from, size_t length, int64_t number)
{
    char *line CLEANUP(cleanup_free) = strndup(from, length);
    const char *bytes;
    struct event event = {.wall_us = INT64_C(1774000100000000) + number * 1000, .mono_us = number * 1000};
    CLAIM(line);
    if (!read_line(&event, line, &bytes))
        return;
    CLAIM(event_set_bytes(&event, bytes, strlen(bytes)) == 0);
    fuzz_decide(store, &event);
    free(event.heap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct store *store = site()->store;
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
