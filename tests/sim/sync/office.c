/* Head office: the production hub on a database in memory, its backups and what they bring back. */
#include "world.h"

#include "base/defect.h"
#include "base/text.h"
#include "sync/head-office/imports/import.h"
#include "sync/head-office/sites/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct hub_settings settings = {
    .window = 3, .segment_max = 5, .linger_ms = 50, .resend_ms = 5000, .resend_cap_ms = 60000};

static void on_send(void *user, const char *site, const char *box, enum wire_channel channel, const void *bytes,
                    size_t length)
{
    (void)site;
    broker_down(user, box, channel == WIRE_DOWN_SEGMENT ? PORT_SEGMENT : PORT_CONTROL, bytes, length);
}

static void on_note(void *user, const char *box, const char *sentence)
{
    world_note(user, "head office notes of %s: %s", box, sentence);
}

static void crash(struct world *world);

/* A failure is a power cut where the disk has lost its power. */
static bool failed(struct world *world, int result, const char *what, const struct error *error)
{
    world->office_changed = true;
    if (result >= 0)
        return false;
    disk_choose(OFFICE_DISK);
    if (disk_is_off())
        crash(world);
    else
        world_fail(world, "head office %s: %s", what, error->text);
    return true;
}

static int import(struct world *world, const char *kind, const char *site, const char *csv, struct error *error)
{
    struct import_result result;
    world->office.now_us = world->now_us;
    return import_text(&world->office, import_find(kind), &(struct import_options){.site = site}, kind, csv,
                       strlen(csv), &result, error);
}

/* ---------------------------------------------------------------- start */

static int mount(struct world *world)
{
    struct error error = {0};
    int result = office_open("3/hq.db", NULL, &world->office.random, &world->office.sql, &error);
    if (!result && !world->rough)
        result = sql_script(world->office.sql, "PRAGMA journal_mode=MEMORY", &error);
    else if (!result)
        result = sql_script(world->office.sql, "PRAGMA wal_autocheckpoint=30", &error);
    disk_choose(OFFICE_DISK);
    if (result && !disk_is_off())
        world_fail(world, "head office does not start: %s", error.text);
    return result;
}

/* A new process on the database as it is. */
static void start(struct world *world)
{
    static const struct hub_ops ops = {on_send, on_note};
    struct error error = {0};
    world->hub = hub_free(world->hub);
    world->office_starts++;
    world->office_changed = true;
    struct hub_settings own = settings;
    own.early_ms = world->seed % 4 == 0 ? 3000 : 0; /* as one of several servers, and alone */
    if (hub_new(world->office.sql, &world->office.random, &own, &ops, world, &world->hub, &error) != 0)
        abort();
}

static void put(struct world *world, const struct disk_image *image)
{
    world->hub = hub_free(world->hub);
    if (world->rough)
        world->office.sql = sql_close(world->office.sql);
    disk_choose(OFFICE_DISK);
    disk_image_put(image);
    if (!world->office.sql && mount(world) != 0)
        abort();
}

/* However the seed before ended: a start changes the database, and so the image is put a second time. */
void office_side_first(struct world *world, bool was_rough)
{
    world->hub = hub_free(world->hub);
    if (world->rough || was_rough) {
        world->office.sql = sql_close(world->office.sql);
        disk_choose(OFFICE_DISK);
        disk_empty(world->seed);
        disk_be_safe(!world->rough);
        if (!world->rough)
            put(world, world->first_office);
    }
    put(world, world->first_office);
    world->office_seeded.state = world->seed * 3 + 1;
    world->office_starts = 0;
    start(world);
}

void office_side_open(struct world *world)
{
    struct error error = {0};
    world->office_seeded.state = 77;
    world->office.random = random_from_seed(&world->office_seeded);
    world->office.now_us = world->now_us;
    disk_choose(OFFICE_DISK);
    disk_be_safe(true);
    if (mount(world) != 0)
        abort();
    for (int i = 0; i < SITES; i++)
        sql_run(world->office.sql, "INSERT INTO site (id, name, box, added_us) VALUES (?1, ?1, 'box-' || ?1, 0)",
                sql_text(site_names[i]));
    if (import(world, "items", NULL, "sku,name,weight_g\nMUG,mug,350\n", &error) != 0)
        abort();
    for (int i = 0; i < SITES; i++)
        if (import(world, "locations", site_names[i], "code,kind,walk\nA-01,face,1\n", &error) != 0)
            abort();
    char workers[2048];
    trade_write_workers(workers, sizeof(workers));
    if (import(world, "workers", NULL, workers, &error) != 0)
        abort();
    sql_run(world->office.sql, "UPDATE site SET lease_s = 3600", SQL_NO_VALUES);
    start(world);
}

/* ---------------------------------------------------------------- work */

static void send_changes(struct world *world)
{
    struct error error = {0};
    failed(world, hub_send_changes(world->hub, world->now_us, &error), "cannot send", &error);
}

void office_side_change(struct world *world)
{
    struct error error = {0};
    char csv[80];
    snprintf(csv, sizeof(csv), "sku,name,weight_g\nMUG,mug,%d\n", 1 + (int)world_draw(world, DRAW_OFFICE, 100000));
    if (!failed(world, import(world, "items", NULL, csv, &error), "cannot import", &error))
        send_changes(world);
}

void office_side_trade(struct world *world)
{
    struct error error = {0};
    if (!failed(world, trade_at_office(world, &error), "cannot trade", &error))
        send_changes(world);
}

/* A new process, whose presence everybody is told. */
static void start_again(struct world *world)
{
    start(world);
    for (int i = 0; i < SITES; i++) {
        struct buf presence = {0};
        office_side_presence(world, &presence);
        broker_down(world, world->boxes[i].box, PORT_OFFICE, presence.data, presence.length);
        buf_done(&presence);
    }
    send_changes(world);
}

static void lose_power(struct world *world)
{
    int again = (int)world_draw(world, DRAW_DISKS, 3);
    disk_choose(OFFICE_DISK);
    disk_turn_off();
    world->hub = hub_free(world->hub);
    world->office.sql = sql_close(world->office.sql);
    do {
        disk_choose(OFFICE_DISK);
        disk_power_on(world_loss(world));
        disk_cut_after(again-- > 0 ? 1 + (int64_t)world_draw(world, DRAW_DISKS, 30) : 0);
    } while (mount(world) != 0 && !*world->failure);
    disk_cut_after(0);
    if (!world->office.sql)
        abort();
}

static void crash(struct world *world)
{
    world_note(world, "head office crashes");
    world->count.office_crashes++;
    if (world->rough)
        lose_power(world);
    start_again(world);
}

static void take_turn(struct world *world, int crashes)
{
    struct error error = {0};
    int result = hub_decide(world->hub, world->now_us, &error);
    if (result == 0 && world_chance(world, DRAW_FAULTS, 4 * crashes)) {
        crash(world); /* before the commit */
        return;
    }
    if (result == 0)
        result = hub_commit(world->hub, world->now_us, &error);
    failed(world, result, "cannot take a turn", &error);
}

void office_side_step(struct world *world)
{
    struct error error = {0};
    int crashes = world->calm ? 0 : world->faults.office_crash;
    bool cut = world->rough && world_chance(world, DRAW_DISKS, 2 * crashes);
    disk_choose(OFFICE_DISK);
    disk_cut_after(cut ? 1 + (int64_t)world_draw(world, DRAW_DISKS, 60) : 0);
    if (hub_waiting(world->hub) > 0)
        take_turn(world, crashes);
    if (hub_due_us(world->hub) <= world->now_us)
        failed(world, hub_resend(world->hub, world->now_us, &error), "cannot send again", &error);
    disk_choose(OFFICE_DISK);
    disk_cut_after(0);
    if (world_chance(world, DRAW_FAULTS, crashes))
        crash(world);
}

/* As "floorhand-hq backup" does: what a verified backup holds, sites may delete. */
void office_side_backup(struct world *world)
{
    world_note(world, "head office is backed up");
    disk_image_free(world->backup);
    disk_choose(OFFICE_DISK);
    world->backup = disk_image_take();
    sql_run(world->office.sql, "UPDATE site SET durable_epoch = epoch, durable_seq = applied, durable_feed = feed_head",
            SQL_NO_VALUES);
}

void office_side_restore(struct world *world, bool knowingly)
{
    char gen[ID_TEXT_SIZE];
    world_note(world, "head office falls back to its backup%s", knowingly ? "" : ", and nobody says so");
    world->count.restores++;
    put(world, world->backup);
    if (knowingly && !DEFECT(7))
        office_renew_gen(world->office.sql, &world->office.random, gen);
    start_again(world);
    if (!knowingly)
        text_copy(world->unknowing, sizeof(world->unknowing), hub_gen(world->hub));
    truth_count_anew(world);
    truth_lost(world);
}

void office_side_claim(struct world *world, int site)
{
    world_note(world, "a person claims %s", site_names[site]);
    world->office_changed = true;
    sql_run(world->office.sql,
            "UPDATE site SET key = NULL, hardware = NULL, fault = NULL, claimed_us = ?2 WHERE id = ?1",
            sql_text(site_names[site]), sql_int(world->now_us));
}

void office_side_presence(struct world *world, struct buf *out)
{
    struct wire_control state = {.kind = WIRE_OFFICE, .online = true};
    office_gen(world->office.sql, state.gen);
    clock_format(world->now_us + (int64_t)world->office_starts * 1000, state.since);
    wire_control_write(out, &state, &world->office.random);
}

int64_t office_side_number(struct world *world, int site, const char *sql)
{
    int64_t value = 0;
    sql_number_values(world->office.sql, &value, sql, (struct sql_value[]){sql_text(site_names[site]), {0}});
    return value;
}
