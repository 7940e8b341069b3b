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
    event.mono_us = box->world->now_us;
    event.wall_us = event.mono_us + box->clock_us;
    event.clock = box->clock_us ? CLOCK_UNSET : CLOCK_SYNCED;
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

/* Where there are orders: their leases begin when head office was heard. */
static void on_in_step(void *user, bool in_step)
{
    struct box *box = user;
    if (box->world->trades)
        post(box, EVENT_LINK, in_step ? 1 + box->sync.feed_head : 0, "", 0);
}

static void on_effect(void *user, const struct event *event, const struct effect *effect)
{
    struct box *box = user;
    disk_choose((size_t)box->number);
    if (effect->answer.message == E00_NOT_SAVED && !disk_is_off())
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
                                    .snapshot_whole = on_snapshot_whole,
                                    .in_step = on_in_step};

/* The daemon's database, on its disk as that is. A disk that loses power gets a short WAL, so that cuts hit the copying
 * of it too. */
static int mount(struct box *box)
{
    static const struct sql_options safe = {.page_bytes = 1024, .cache_kib = 4096};
    static const struct sql_options rough = {.exclusive = true, .page_bytes = 1024, .wal_kib = 64};
    struct error error = {0};
    struct store_settings settings = {.path = box->path,
                                      .site = box->name,
                                      .box = box->box,
                                      .options = box->world->rough ? &rough : &safe,
                                      .random = random_from_seed(&box->seeded)};
    int result = store_open(&settings, &box->store, &error);
    if (!result && !box->world->rough)
        result = sql_script(box->store->sql, "PRAGMA journal_mode=MEMORY", &error);
    disk_choose((size_t)box->number);
    if (result && !disk_is_off())
        world_fail(box->world, "%s does not start: %s", box->name, error.text);
    return result;
}

void box_belong(struct box *box, int site)
{
    box->site = site;
    snprintf(box->name, sizeof(box->name), "%s", site_names[site]);
    snprintf(box->box, sizeof(box->box), "box-%s", site_names[site]);
}

void box_open(struct box *box, struct world *world, int number)
{
    *box = (struct box){.world = world, .number = number, .seeded = {(uint64_t)number + 1}};
    box_belong(box, number < SITES ? number : 0);
    snprintf(box->path, sizeof(box->path), "%d/site.db", number);
    snprintf(box->hardware, sizeof(box->hardware), "%032d", number);
    struct random_source random = random_from_seed(&box->seeded);
    wire_key_new(&box->key, &random);
    disk_choose((size_t)number);
    disk_be_safe(true);
    if (mount(box) != 0)
        abort();
}

/* The machine has started, and not the daemon alone: a lease is no good without a clock that was kept. */
static void post_boot(struct box *box)
{
    struct event event = {.kind = EVENT_BOOT, .clock = box->clock_us ? CLOCK_UNSET : CLOCK_SYNCED};
    snprintf(event.name, sizeof(event.name), "start %lld", (long long)box->world->count.box_crashes);
    event.mono_us = box->world->now_us;
    event.wall_us = event.mono_us + box->clock_us;
    turn_post(box->turn, &event);
}

void box_start(struct box *box)
{
    const struct site_settings settings = {.site = box->name,
                                           .box = box->box,
                                           .hardware = box->hardware,
                                           .key = box->key,
                                           .random = random_from_seed(&box->seeded)};
    if (turn_new(box->store, on_effect, box, &box->turn) != 0)
        abort();
    site_done(&box->sync);
    site_init(&box->sync, &settings, &ops, box);
    if (box->world->trades)
        post_boot(box);
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

void box_take_image(struct box *box, struct disk_image **image)
{
    disk_image_free(*image);
    disk_choose((size_t)box->number);
    *image = disk_image_take();
}

/* On a safe disk the connection stays, and finds other content. */
static void put(struct box *box, const struct disk_image *image)
{
    stop(box);
    if (box->world->rough)
        box->store = store_close(box->store);
    disk_choose((size_t)box->number);
    disk_image_put(image);
    if (!box->store && mount(box) != 0)
        abort();
    memcpy(box->store->site, box->name, sizeof(box->name));
}

void box_put_image(struct box *box, const struct disk_image *image)
{
    put(box, image);
    truth_forget(box);
    box_start(box);
}

/* However the seed before ended: a start changes the database, and so the image is put a second time. */
static void change_disks(struct box *box, const struct disk_image *image)
{
    bool rough = box->world->rough;
    stop(box);
    box->store = store_close(box->store);
    disk_choose((size_t)box->number);
    disk_empty(box->world->seed * BOXES + (uint64_t)box->number);
    disk_be_safe(!rough);
    if (!rough)
        put(box, image);
}

void box_first(struct box *box, const struct disk_image *image, bool was_rough)
{
    if (box->number >= SITES)
        box_belong(box, 0);
    if (box->world->rough || was_rough)
        change_disks(box, image);
    if (box->number < SITES || !box->world->rough) /* a rough clone has no disk before it appears */
        put(box, image);
    box->seeded.state = box->world->seed * 5 + 2 + (uint64_t)box->number;
    if (box->number >= SITES)
        return;
    truth_forget(box);
    box_start(box);
}

/* A disk that lies has forgotten its last commits. */
static void forget_commits(struct box *box)
{
    size_t back = 1 + world_draw(box->world, DRAW_FAULTS, 2);
    if (DEFECT(10) && box->before[back])
        put(box, box->before[back]);
}

/* Of what was not synced some is lost, and now and then the power fails again while the daemon starts. */
static void lose_power(struct box *box)
{
    int again = (int)world_draw(box->world, DRAW_DISKS, 3);
    disk_choose((size_t)box->number);
    disk_turn_off();
    box->store = store_close(box->store);
    do {
        disk_choose((size_t)box->number);
        disk_power_on(world_loss(box->world));
        disk_cut_after(again-- > 0 ? 1 + (int64_t)world_draw(box->world, DRAW_DISKS, 30) : 0);
    } while (mount(box) != 0 && !*box->world->failure);
    disk_cut_after(0);
    if (!box->store)
        abort();
}

void box_cut_power(struct box *box)
{
    world_note(box->world, "%s%s: power cut", box->name, box->clone ? " (clone)" : "");
    box->world->count.box_crashes++;
    stop(box);
    if (box->world->rough)
        lose_power(box);
    forget_commits(box);
    truth_survived(box);
    truth_learn(box); /* a commit may have survived that nobody was told of */
    box_start(box);
}

/* ---------------------------------------------------------------- work */

/* So many that what two pasts of a disk have taken can never be more than there was. */
static void move_goods(struct box *box)
{
    int64_t there = box_number(box, "SELECT sum(quantity) FROM balance b JOIN location l ON l.id = b.location "
                                    "WHERE l.code = 'A-01'");
    char csv[96];
    int length = snprintf(csv, sizeof(csv), "location,sku,quantity\nA-01,MUG,%d\n",
                          there ? (int)there - 50 + (int)world_draw(box->world, DRAW_WORK, 100) : 1000000);
    post(box, EVENT_IMPORT, 0, csv, (size_t)length);
}

/* One to three things at once; goods are moved half of the times. */
void box_work(struct box *box)
{
    if (world_draw(box->world, DRAW_WORK, 2))
        move_goods(box);
    for (uint64_t more = 1 + world_draw(box->world, DRAW_WORK, 2); more > 0; more--)
        post(box, EVENT_SCAN_ABORTED, 3, "", 0);
}

void box_scan(struct box *box, const char *text)
{
    struct event event = {.kind = EVENT_SCAN, .clock = box->clock_us ? CLOCK_UNSET : CLOCK_SYNCED};
    snprintf(event.station, sizeof(event.station), "bench-1");
    event.mono_us = box->world->now_us;
    event.wall_us = event.mono_us + box->clock_us;
    if (event_set_bytes(&event, text, strlen(text)) == 0)
        turn_post(box->turn, &event);
}

void box_prune(struct box *box)
{
    post(box, EVENT_PRUNE, INT64_MAX / 2, "", 0); /* whatever the clock says */
}

static void remember_commit(struct box *box)
{
    if (!DEFECT(10))
        return;
    disk_image_free(box->before[2]);
    box->before[2] = box->before[1];
    box->before[1] = box->before[0];
    box->before[0] = NULL;
    box_take_image(box, &box->before[0]);
}

/* On a rough disk the power may fail in any write of it. True: it has. */
static bool take_turn(struct box *box)
{
    struct world *world = box->world;
    struct error error = {0};
    bool cut = world->rough && !world->calm && world_chance(world, DRAW_DISKS, 2 * world->faults.box_crash);
    disk_choose((size_t)box->number);
    disk_cut_after(cut ? 1 + (int64_t)world_draw(world, DRAW_DISKS, 80) : 0);
    int result = turn_take(box->turn, &error);
    disk_choose((size_t)box->number);
    if (disk_is_off())
        return true;
    disk_cut_after(0);
    if (result)
        world_fail(world, "%s: %s", box->name, error.text);
    return false;
}

void box_step(struct box *box)
{
    if (turn_waiting(box->turn) > 0) {
        if (take_turn(box)) {
            box_cut_power(box);
            return;
        }
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

bool box_has(struct box *box, const struct fact *fact)
{
    int64_t found = 0;
    sql_number(box->store->sql, &found, "SELECT instr(line, ?2) FROM journal WHERE seq = ?1", sql_int(fact->seq),
               sql_text(fact->id));
    return found != 0;
}
