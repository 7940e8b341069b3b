/* Sites as they are, but for the floor and the link's process: the steps of sync/site on a journal of the store, and
 * sync/mqtt to a broker. What head office says of itself is committed as a turn commits it. */
#include "box.h"

#include "base/clock.h"
#include "store/journal.h"
#include "sync/wire/control.h"
#include "uplink.h"

#include <errno.h>
#include <string.h>

void box_plan(struct box *box)
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
    box->has_word = true;
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

static void on_in_step(void *user, bool in_step)
{
    struct box *box = user;
    if (box->fleet->in_step)
        box->fleet->in_step(box, in_step);
}

/* A change is kept as the floor's own rules keep it, but means nothing here. */
static int on_change(void *user, int64_t seq, const char *line, size_t length)
{
    struct box *box = user;
    box->store->stamp.wall_us = clock_wall_us();
    must(store_begin(box->store), "begin");
    must(journal_fed(box->store, seq, line, length), "a change");
    must(store_commit(box->store), "commit");
    sd_event_source_set_enabled(box->turn, SD_EVENT_ONESHOT); /* the steps are on the stack: they hear of it later */
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
                                         .change = on_change,
                                         .snapshot_line = on_line,
                                         .snapshot_whole = on_snapshot,
                                         .in_step = on_in_step};

/* ---------------------------------------------------------------- turns and time */

void box_committed(struct box *box)
{
    struct site_committed committed;
    must(uplink_read_committed(box->store, &committed), "the journal");
    site_commit(&box->site, &committed, clock_mono_us());
    box->fleet->committed(box, &committed);
}

static void store_word(struct box *box)
{
    const struct site_word *word = &box->word;
    struct acknowledged told = {word->applied, word->durable_epoch, word->durable_seq, word->durable_feed, "", {0}};
    snprintf(told.gen, sizeof(told.gen), "%s", word->gen);
    memcpy(told.key, word->key, sizeof(told.key));
    box->store->stamp.wall_us = clock_wall_us();
    must(store_begin(box->store), "begin");
    must(journal_acknowledged(box->store, &told), "what head office says");
    must(store_commit(box->store), "commit");
    box->has_word = false;
}

static int on_turn(sd_event_source *source, void *user)
{
    (void)source;
    struct box *box = user;
    if (box->has_word)
        store_word(box);
    box_committed(box);
    box_plan(box);
    return 0;
}

static int on_timer(sd_event_source *source, uint64_t time_us, void *user)
{
    (void)source, (void)time_us;
    struct box *box = user;
    site_tick(&box->site, clock_mono_us());
    box_plan(box);
    return 0;
}

/* ---------------------------------------------------------------- the broker's side */

static void on_connected(void *user)
{
    struct box *box = user;
    box->connected_us = clock_mono_us();
    mqtt_publish(box->mqtt, box->status, box->online.data, box->online.length, 1, true, &box->presence_mid);
    site_link_up(&box->site, clock_mono_us());
    box_plan(box);
}

static void on_disconnected(void *user, const char *why)
{
    struct box *box = user;
    if (!box->fleet->in_step) /* nobody has asked for it */
        fprintf(stderr, "# %s: %s\n", box->name, why);
    site_link_down(&box->site);
    box_plan(box);
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
    box_plan(box);
}

static void on_published(void *user, int mid, int reason_code)
{
    struct box *box = user;
    if (mid == box->presence_mid) /* that nobody reads it says nothing about head office */
        return;
    site_published(&box->site, reason_code, clock_mono_us());
    box_plan(box);
}

static void write_presence(struct buf *out, const char *site, bool online)
{
    struct wire_control presence = {.kind = WIRE_PRESENCE, .online = online};
    snprintf(presence.site, sizeof(presence.site), "%s", site);
    wire_control_write(out, &presence, &random_system);
}

static void name_box(struct box *box, int number)
{
    site_name(number, box->name);
    box_name(number, box->box);
    wire_topic_write(box->up_segment, WIRE_UP_SEGMENT, box->name, box->box);
    wire_topic_write(box->up_control, WIRE_UP_CONTROL, box->name, box->box);
    wire_topic_write(box->status, WIRE_STATUS, box->name, box->box);
    wire_topic_down_filter(box->down, box->name, box->box);
    box->subscriptions[0] = box->down;
    box->subscriptions[1] = WIRE_OFFICE_TOPIC;
    write_presence(&box->online, box->name, true);
    write_presence(&box->offline, box->name, false);
}

void box_open(struct fleet *fleet, int number, int port)
{
    static const struct mqtt_ops ops = {on_connected, on_disconnected, on_message, on_published};
    struct box *box = &fleet->boxes[number];
    struct error error = {0};
    box->fleet = fleet;
    name_box(box, number);
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
    box_committed(box);
    const struct mqtt_settings mqtt = {.host = "127.0.0.1",
                                       .port = port,
                                       .client_id = box->box,
                                       .subscriptions = box->subscriptions,
                                       .will = {box->status, box->offline.data, box->offline.length},
                                       .backoff_base_ms = fleet->backoff_base_ms,
                                       .backoff_cap_ms = fleet->backoff_cap_ms,
                                       .random = random_system};
    must(mqtt_new(fleet->event, &mqtt, &ops, box, &box->mqtt, &error), error.text);
}

void box_close(struct box *box)
{
    mqtt_free(box->mqtt);
    site_done(&box->site);
    buf_done(&box->online);
    buf_done(&box->offline);
    sd_event_source_disable_unref(box->timer);
    sd_event_source_disable_unref(box->turn);
    store_close(box->store);
}
