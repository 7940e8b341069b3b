/* A site's box: the production turn, rules, journal and protocol steps on a disk in memory. */
#include "world.h"

#include "base/defect.h"
#include "floor/floor.h"
#include "store/journal.h"
#include "uplink.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const site_names[SITES] = {"hz", "bj"};

static int post(void *user, enum event_kind kind, int64_t number, const void *bytes, size_t length)
{
    struct box *box = user;
    struct event event = {.kind = kind, .number = number};
    event.wall_us = event.mono_us = box->world->now_us;
    if (kind == EVENT_IMPORT)
        snprintf(event.name, sizeof(event.name), "stock");
    int result = event_set_bytes(&event, bytes, length);
    if (!result)
        result = turn_post(box->turn, &event);
    if (result)
        free(event.heap);
    return result;
}

/* ---------------------------------------------------------------- the ops */

static int on_send(void *user, enum site_channel channel, const void *bytes, size_t length)
{
    struct box *box = user;
    if (!box->linked)
        return -EAGAIN;
    broker_up(box->world, box, channel == SITE_SEGMENT ? PORT_SEGMENT : PORT_CONTROL, bytes, length);
    return 0;
}

static int on_read(void *user, int64_t after, size_t lines, size_t bytes, struct buf *out, int64_t *ret_last)
{
    struct box *box = user;
    if (after < box->pruned_seq)
        world_fail(box->world, "%s must send event %lld, which it has deleted", box->name, (long long)after + 1);
    return journal_read(box->store, after, lines, bytes, out, ret_last);
}

static int on_hash(void *user, int64_t seq, uint8_t ret_hash[CHAIN_HASH_SIZE])
{
    struct box *box = user;
    return journal_hash(box->store, seq, ret_hash);
}

static int on_marks(void *user, struct wire_marks *ret)
{
    struct box *box = user;
    return journal_marks(box->store, ret->at, WIRE_MARKS_MAX, &ret->count);
}

static int on_feed_marks(void *user, struct wire_marks *ret)
{
    struct box *box = user;
    return journal_feed_marks(box->store, ret->at, WIRE_MARKS_MAX, &ret->count);
}

static int on_told(void *user, const struct site_word *word)
{
    return uplink_post_word(post, user, word);
}

static int on_granted(void *user, int64_t epoch, const struct chain_mark *base, const char *nonce)
{
    struct box *box = user;
    world_note(box->world, "%s: epoch %lld goes on from %lld-%lld", box->name, (long long)epoch, (long long)base->epoch,
               (long long)base->seq);
    box->world->count.grants++;
    return uplink_post_grant(post, box, epoch, base, nonce);
}

static int on_rewound(void *user, const struct chain_mark *base)
{
    return post(user, EVENT_REWIND, base->seq, base, sizeof(*base));
}

static int on_change(void *user, int64_t feed_seq, const char *line, size_t length)
{
    return post(user, EVENT_CHANGE, feed_seq, line, length);
}

static int on_snapshot_line(void *user, int64_t seq, const char *line, size_t length)
{
    return post(user, EVENT_SNAPSHOT_LINE, seq, line, length);
}

static int on_snapshot_whole(void *user, const struct site_snapshot *snapshot)
{
    struct box *box = user;
    box->world->count.snapshots++;
    return uplink_post_snapshot(post, box, snapshot);
}

static void on_effect(void *user, const struct event *event, const struct effect *effect)
{
    struct box *box = user;
    if (effect->answer.message == E00_NOT_SAVED)
        world_fail(box->world, "%s: an event of kind %d was not saved: %s", box->name, (int)event->kind,
                   sql_message(box->store->sql));
}

static void tell(struct box *box)
{
    struct site_committed committed;
    uplink_read_committed(box->store, &committed);
    site_commit(&box->sync, &committed, box->world->now_us);
}

/* ---------------------------------------------------------------- start */

static const struct site_ops ops = {.send = on_send,
                                    .read_journal = on_read,
                                    .read_hash = on_hash,
                                    .marks = on_marks,
                                    .feed_marks = on_feed_marks,
                                    .told = on_told,
                                    .granted = on_granted,
                                    .rewound = on_rewound,
                                    .change = on_change,
                                    .snapshot_line = on_snapshot_line,
                                    .snapshot_whole = on_snapshot_whole};

void box_open(struct box *box, struct world *world, int site)
{
    static const struct sql_options memory = {.exclusive = true, .page_bytes = 1024};
    struct error error = {0};
    *box = (struct box){.world = world, .site = site, .seeded = {(uint64_t)site + 1}};
    snprintf(box->name, sizeof(box->name), "%s", site_names[site]);
    snprintf(box->box, sizeof(box->box), "box-%s", site_names[site]);
    snprintf(box->hardware, sizeof(box->hardware), "%032d", site);
    struct store_settings settings = {.path = ":memory:",
                                      .site = box->name,
                                      .box = box->box,
                                      .options = &memory,
                                      .random = random_from_seed(&box->seeded)};
    wire_key_new(&box->key, &settings.random);
    if (store_open(&settings, &box->store, &error) != 0) {
        fprintf(stderr, "%s\n", error.text);
        abort();
    }
}

static void start(struct box *box)
{
    int64_t boot = 0;
    const struct site_settings settings = {.site = box->name,
                                           .box = box->box,
                                           .hardware = box->hardware,
                                           .key = box->key,
                                           .boot = boot,
                                           .random = random_from_seed(&box->seeded)};
    if (turn_new(box->store, on_effect, box, &box->turn) != 0)
        abort();
    site_done(&box->sync);
    site_init(&box->sync, &settings, &ops, box);
    box->seen_seq = box_number(box, "SELECT last_seq FROM stream");
    box->pruned_seq = box_number(box, "SELECT pruned_seq FROM stream");
    tell(box);
    if (box->linked)
        site_link_up(&box->sync, box->world->now_us);
}

static void stop(struct box *box)
{
    if (!box->turn)
        return;
    store_rollback(box->store);
    box->turn = turn_free(box->turn);
}

void box_reset(struct box *box)
{
    stop(box);
    start(box);
}

/* A disk that lies has forgotten its last commits. */
static void forget_commits(struct box *box)
{
    size_t back = 1 + world_draw(box->world, DRAW_FAULTS, 2);
    if (DEFECT(10) && box->before[back])
        image_put(box->before[back], box->store->sql);
}

void box_cut_power(struct box *box)
{
    world_note(box->world, "%s%s: power cut", box->name, box->clone ? " (clone)" : "");
    box->world->count.box_crashes++;
    stop(box);
    forget_commits(box);
    start(box);
}

/* ---------------------------------------------------------------- work */

void box_work(struct box *box)
{
    /* So many that what two pasts of a disk have taken can never be more than there was. */
    int64_t there = box_number(box, "SELECT sum(quantity) FROM balance b JOIN location l ON l.id = b.location "
                                    "WHERE l.code = 'A-01'");
    char csv[96];
    int length = snprintf(csv, sizeof(csv), "location,sku,quantity\nA-01,MUG,%d\n",
                          there ? (int)there - 50 + (int)world_draw(box->world, DRAW_WORK, 100) : 1000000);
    post(box, EVENT_IMPORT, 0, csv, (size_t)length);
}

void box_prune(struct box *box)
{
    post(box, EVENT_PRUNE, box->world->now_us + 3600000000, "", 0);
}

static void remember_commit(struct box *box)
{
    if (!DEFECT(10))
        return;
    image_drop(&box->before[2]);
    box->before[2] = box->before[1];
    box->before[1] = box->before[0];
    box->before[0] = NULL;
    image_take(&box->before[0], box->store->sql);
}

void box_step(struct box *box)
{
    struct error error = {0};
    if (turn_waiting(box->turn) > 0) {
        if (turn_take(box->turn, &error) != 0)
            world_fail(box->world, "%s: %s", box->name, error.text);
        remember_commit(box);
        truth_learn(box);
        tell(box);
    }
    if (site_deadline(&box->sync) <= box->world->now_us)
        site_tick(&box->sync, box->world->now_us);
}

void box_receive(struct box *box, int port, const void *bytes, size_t length)
{
    if (port == PORT_OFFICE)
        site_office_state(&box->sync, bytes, length, box->world->now_us);
    else
        site_receive(&box->sync, port == PORT_SEGMENT ? SITE_SEGMENT : SITE_CONTROL, bytes, length, box->world->now_us);
}

void box_link(struct box *box, bool up)
{
    box->linked = up;
    if (up)
        site_link_up(&box->sync, box->world->now_us);
    else
        site_link_down(&box->sync);
}

int64_t box_number(struct box *box, const char *sql)
{
    int64_t value = 0;
    sql_number_values(box->store->sql, &value, sql, (struct sql_value[]){{0}});
    return value;
}

bool box_has(struct box *box, const char *id)
{
    int64_t found = 0;
    sql_number(box->store->sql, &found, "SELECT EXISTS (SELECT 1 FROM journal WHERE instr(line, ?1))", sql_text(id));
    return found != 0;
}
