/* Head office: the production hub on a database in memory, its backups and what they bring back. */
#include "world.h"

#include "base/defect.h"
#include "sync/head-office/feed.h"
#include "sync/head-office/import.h"

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

void office_side_start(struct world *world)
{
    static const struct hub_ops ops = {on_send, on_note};
    struct error error = {0};
    world->hub = hub_free(world->hub);
    world->office_starts++;
    if (hub_new(world->office.sql, &world->office.random, &settings, &ops, world, &world->hub, &error) != 0)
        abort();
}

static void import(struct world *world, const char *kind, const char *site, const char *csv)
{
    struct import_result result;
    struct error error = {0};
    world->office.now_us = world->now_us;
    if (import_text(&world->office, import_find(kind), &(struct import_options){.site = site}, kind, csv, strlen(csv),
                    &result, &error) != 0) {
        fprintf(stderr, "%s\n", error.text);
        abort();
    }
}

void office_side_open(struct world *world)
{
    struct error error = {0};
    world->office_seeded.state = 77;
    world->office.random = random_from_seed(&world->office_seeded);
    world->office.now_us = world->now_us;
    if (office_open(":memory:", &world->office.random, &world->office.sql, &error) != 0)
        abort();
    for (int i = 0; i < SITES; i++)
        sql_run(world->office.sql, "INSERT INTO site (id, name, box, added_us) VALUES (?1, ?1, 'box-' || ?1, 0)",
                sql_text(site_names[i]));
    import(world, "items", NULL, "sku,name,weight_g\nMUG,mug,350\n");
    for (int i = 0; i < SITES; i++)
        import(world, "locations", site_names[i], "code,kind,walk\nA-01,face,1\n");
    office_side_start(world);
}

static void send_changes(struct world *world)
{
    struct error error = {0};
    if (hub_send_changes(world->hub, world->now_us, &error) != 0)
        world_fail(world, "head office cannot send: %s", error.text);
}

void office_side_change(struct world *world)
{
    char csv[80];
    snprintf(csv, sizeof(csv), "sku,name,weight_g\nMUG,mug,%d\n", 1 + (int)world_draw(world, DRAW_OFFICE, 100000));
    import(world, "items", NULL, csv);
    send_changes(world);
}

/* A new process, whose presence everybody is told. */
static void start_again(struct world *world)
{
    office_side_start(world);
    for (int i = 0; i < SITES; i++) {
        struct buf presence = {0};
        office_side_presence(world, &presence);
        broker_down(world, world->boxes[i].box, PORT_OFFICE, presence.data, presence.length);
        buf_done(&presence);
    }
    send_changes(world);
}

static void crash(struct world *world)
{
    world_note(world, "head office crashes");
    world->count.office_crashes++;
    start_again(world);
}

void office_side_step(struct world *world)
{
    struct error error = {0};
    int crashes = world->calm ? 0 : world->faults.office_crash;
    int result = hub_waiting(world->hub) > 0 ? hub_decide(world->hub, world->now_us, &error) : 1;
    if (result == 0 && world_chance(world, DRAW_FAULTS, 4 * crashes)) {
        crash(world); /* before the commit */
        return;
    }
    if (result == 0)
        result = hub_commit(world->hub, world->now_us, &error);
    if (result < 0)
        world_fail(world, "head office's turn failed: %s", error.text);
    if (hub_due_us(world->hub) <= world->now_us && hub_resend(world->hub, world->now_us, &error) != 0)
        world_fail(world, "head office cannot send again: %s", error.text);
    if (world_chance(world, DRAW_FAULTS, crashes))
        crash(world);
}

/* As "floorhand-hq backup" does: what a verified backup holds, sites may delete. */
void office_side_backup(struct world *world)
{
    world_note(world, "head office is backed up");
    image_take(&world->backup, world->office.sql);
    sql_run(world->office.sql, "UPDATE site SET durable_epoch = epoch, durable_seq = applied, durable_feed = feed_head",
            SQL_NO_VALUES);
}

void office_side_restore(struct world *world, bool knowingly)
{
    char gen[ID_TEXT_SIZE];
    world_note(world, "head office falls back to its backup%s", knowingly ? "" : ", and nobody says so");
    world->count.restores++;
    world->unknowing |= !knowingly;
    world->hub = hub_free(world->hub);
    image_put(world->backup, world->office.sql);
    if (knowingly && !DEFECT(7))
        office_renew_gen(world->office.sql, &world->office.random, gen);
    start_again(world);
    for (int i = 0; i < SITES; i++)
        truth_lost(world, i);
}

void office_side_claim(struct world *world, int site)
{
    world_note(world, "a person claims %s", site_names[site]);
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

bool office_side_has(struct world *world, const char *id)
{
    int64_t found = 0;
    sql_number(world->office.sql, &found, "SELECT EXISTS (SELECT 1 FROM event WHERE id = ?1)", sql_text(id));
    if (DEFECT(12))
        sql_number(world->office.sql, &found, "SELECT EXISTS (SELECT 1 FROM event WHERE instr(line, ?1))",
                   sql_text(id));
    return found != 0;
}
