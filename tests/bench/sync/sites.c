/* Sites as they are, but for the floor and the link's process: the steps of sync/site on a journal of the store, and
 * sync/mqtt to a broker. What head office says of itself is committed as a turn commits it. */
#include "sync_bench.h"

#include "base/clock.h"
#include "store/journal.h"
#include "sync/mqtt/mqtt.h"
#include "sync/site/site.h"
#include "sync/wire/topic.h"
#include "uplink.h"

#include <errno.h>
#include <string.h>
#include <systemd/sd-event.h>

struct fleet;

struct box {
    struct fleet *fleet;
    struct store *store;
    struct site site;
    struct mqtt *mqtt;
    sd_event_source *timer, *turn;
    struct site_word word;
    bool done;
    char name[NAME_SIZE], box[NAME_SIZE];
    char up_segment[WIRE_TOPIC_SIZE], up_control[WIRE_TOPIC_SIZE], down[WIRE_TOPIC_SIZE];
    const char *subscriptions[3];
};

struct fleet {
    sd_event *event;
    struct box *boxes;
    int count, left;
    int64_t start_us; /* of the first segment; 0: none was sent yet */
    int64_t segments, bytes, answers;
};

static void plan(struct box *box)
{
    int64_t due_us = site_deadline(&box->site);
    sd_event_source_set_time(box->timer, (uint64_t)due_us);
    sd_event_source_set_enabled(box->timer, due_us == INT64_MAX ? SD_EVENT_OFF : SD_EVENT_ONESHOT);
}

/* ---------------------------------------------------------------- what the site's steps ask for */

static int on_send(void *user, enum site_channel channel, const void *bytes, size_t length)
{
    struct box *box = user;
    struct fleet *fleet = box->fleet;
    const char *topic = channel == SITE_SEGMENT ? box->up_segment : box->up_control;
    if (mqtt_publish(box->mqtt, topic, bytes, length, 1, false, NULL) != 0)
        return -EAGAIN;
    if (channel == SITE_CONTROL)
        return 0;
    fleet->start_us = fleet->start_us ? fleet->start_us : clock_mono_us();
    fleet->segments++;
    fleet->bytes += (int64_t)length;
    return 0;
}

static int read_lines(void *user, int64_t after, size_t lines, size_t bytes, struct buf *out, int64_t *ret_last)
{
    return journal_read(((struct box *)user)->store, after, lines, bytes, out, ret_last);
}

static int read_hash(void *user, int64_t seq, uint8_t ret_hash[CHAIN_HASH_SIZE])
{
    return journal_hash(((struct box *)user)->store, seq, ret_hash);
}

static int read_marks(void *user, struct wire_marks *ret)
{
    return journal_marks(((struct box *)user)->store, ret->at, WIRE_MARKS_MAX, &ret->count);
}

static int read_feed_marks(void *user, struct wire_marks *ret)
{
    return journal_feed_marks(((struct box *)user)->store, ret->at, WIRE_MARKS_MAX, &ret->count);
}

static int on_told(void *user, const struct site_word *word)
{
    struct box *box = user;
    box->word = *word;
    sd_event_source_set_enabled(box->turn, SD_EVENT_ONESHOT);
    return 0;
}

/* Nothing of this happens to a site that only catches up. */
static int on_granted(void *user, int64_t epoch, const struct chain_mark *base, const char *nonce)
{
    (void)user, (void)epoch, (void)base, (void)nonce;
    must(-EPROTO, "head office has granted an epoch");
    return 0;
}

static int on_rewound(void *user, const struct chain_mark *base)
{
    (void)user, (void)base;
    must(-EPROTO, "head office has lost changes");
    return 0;
}

static int on_line(void *user, int64_t seq, const char *line, size_t length)
{
    (void)user, (void)seq, (void)line, (void)length;
    must(-EPROTO, "head office has sent a change");
    return 0;
}

static int on_snapshot(void *user, const struct site_snapshot *snapshot)
{
    (void)user, (void)snapshot;
    must(-EPROTO, "head office has sent a snapshot");
    return 0;
}

static const struct site_ops site_ops = {.send = on_send,
                                         .read_journal = read_lines,
                                         .read_hash = read_hash,
                                         .marks = read_marks,
                                         .feed_marks = read_feed_marks,
                                         .told = on_told,
                                         .granted = on_granted,
                                         .rewound = on_rewound,
                                         .change = on_line,
                                         .snapshot_line = on_line,
                                         .snapshot_whole = on_snapshot};

/* ---------------------------------------------------------------- turns and time */

static void tell_committed(struct box *box)
{
    struct site_committed committed;
    must(uplink_read_committed(box->store, &committed), "the journal");
    site_commit(&box->site, &committed, clock_mono_us());
    if (!box->done && committed.applied_seq == committed.last_seq && committed.last_seq > 0) {
        box->done = true;
        if (--box->fleet->left == 0)
            sd_event_exit(box->fleet->event, 0);
    }
}

static int on_turn(sd_event_source *source, void *user)
{
    (void)source;
    struct box *box = user;
    const struct site_word *word = &box->word;
    struct acknowledged told = {word->applied, word->durable_epoch, word->durable_seq, word->durable_feed, "", {0}};
    snprintf(told.gen, sizeof(told.gen), "%s", word->gen);
    memcpy(told.key, word->key, sizeof(told.key));
    box->store->stamp.wall_us = clock_wall_us();
    must(store_begin(box->store), "begin");
    must(journal_acknowledged(box->store, &told), "what head office says");
    must(store_commit(box->store), "commit");
    tell_committed(box);
    plan(box);
    return 0;
}

static int on_timer(sd_event_source *source, uint64_t time_us, void *user)
{
    (void)source, (void)time_us;
    struct box *box = user;
    site_tick(&box->site, clock_mono_us());
    plan(box);
    return 0;
}

/* ---------------------------------------------------------------- the broker's side */

static void on_connected(void *user)
{
    struct box *box = user;
    site_link_up(&box->site, clock_mono_us());
    plan(box);
}

static void on_disconnected(void *user, const char *why)
{
    struct box *box = user;
    fprintf(stderr, "# %s: %s\n", box->name, why);
    site_link_down(&box->site);
    plan(box);
}

static void on_message(void *user, const char *topic, const void *payload, size_t length, bool retained)
{
    (void)retained;
    struct box *box = user;
    struct wire_topic parsed;
    int64_t now_us = clock_mono_us();
    if (wire_topic_parse(topic, &parsed) != 0)
        return;
    if (parsed.channel == WIRE_OFFICE_STATUS)
        site_office_state(&box->site, payload, length, now_us);
    else
        site_receive(&box->site, parsed.channel == WIRE_DOWN_SEGMENT ? SITE_SEGMENT : SITE_CONTROL, payload, length,
                     now_us);
    box->fleet->answers += parsed.channel == WIRE_DOWN_CONTROL;
    plan(box);
}

static void on_published(void *user, int mid, int reason_code)
{
    (void)mid;
    struct box *box = user;
    site_published(&box->site, reason_code, clock_mono_us());
    plan(box);
}

static void open_box(struct fleet *fleet, int number, int port)
{
    static const struct mqtt_ops ops = {on_connected, on_disconnected, on_message, on_published};
    struct box *box = &fleet->boxes[number];
    struct error error = {0};
    site_name(number, box->name);
    box_name(number, box->box);
    box->fleet = fleet;
    wire_topic_write(box->up_segment, WIRE_UP_SEGMENT, box->name, box->box);
    wire_topic_write(box->up_control, WIRE_UP_CONTROL, box->name, box->box);
    wire_topic_down_filter(box->down, box->name, box->box);
    box->subscriptions[0] = box->down;
    box->subscriptions[1] = WIRE_OFFICE_TOPIC;
    struct site_settings settings = {.site = box->name,
                                     .box = box->box,
                                     .hardware = "00000000000000000000000000000001",
                                     .boot = 1,
                                     .random = random_system};
    wire_key_new(&settings.key, &random_system);
    site_init(&box->site, &settings, &site_ops, box);
    must(sd_event_add_time(fleet->event, &box->timer, CLOCK_MONOTONIC, 0, 1000, on_timer, box) < 0, "a timer");
    must(sd_event_add_defer(fleet->event, &box->turn, on_turn, box) < 0, "a turn");
    sd_event_source_set_enabled(box->turn, SD_EVENT_OFF);
    tell_committed(box);
    const struct mqtt_settings mqtt = {.host = "127.0.0.1",
                                       .port = port,
                                       .client_id = box->box,
                                       .subscriptions = box->subscriptions,
                                       .backoff_base_ms = 50,
                                       .backoff_cap_ms = 400,
                                       .random = random_system};
    must(mqtt_new(fleet->event, &mqtt, &ops, box, &box->mqtt, &error), error.text);
}

static void close_box(struct box *box)
{
    mqtt_free(box->mqtt);
    site_done(&box->site);
    sd_event_source_disable_unref(box->timer);
    sd_event_source_disable_unref(box->turn);
    store_close(box->store);
}

int sites_run(int port, int sites, int64_t events, const char *path)
{
    struct fleet fleet = {.count = sites, .left = sites, .boxes = calloc((size_t)sites, sizeof(struct box))};
    must(fleet.boxes ? sd_event_new(&fleet.event) < 0 : -ENOMEM, "an event loop");
    for (int i = 0; i < sites; i++) {
        fleet.boxes[i].store = day_open(sites == 1 ? path : ":memory:", i);
        if (sites > 1)
            day_fill(fleet.boxes[i].store, events);
    }
    for (int i = 0; i < sites; i++)
        open_box(&fleet, i, port);
    must(sd_event_loop(fleet.event), "the event loop");
    double seconds = (double)(clock_mono_us() - fleet.start_us) / 1e6;
    for (int i = 0; i < sites; i++)
        close_box(&fleet.boxes[i]);
    sd_event_unref(fleet.event);
    free(fleet.boxes);
    printf("{\"seconds\": %.6f, \"segments\": %lld, \"bytes\": %lld, \"answers\": %lld}\n", seconds,
           (long long)fleet.segments, (long long)fleet.bytes, (long long)fleet.answers);
    return 0;
}
