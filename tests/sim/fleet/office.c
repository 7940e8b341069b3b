/* Head office's programs on one database: the one that serves the sites, and those that speak for shops. They take
 * turns, and one runs while another waits for a platform. One that is killed leaves what it had committed. */
#include "fleet.h"

#include "base/text.h"
#include "sync/head-office/books/money_post.h"
#include "sync/head-office/imports/import.h"
#include "sync/head-office/orders/order_work.h"
#include "sync/head-office/settings.h"
#include "sync/head-office/shops/stock_push.h"
#include "sync/wire/control.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SILENT_HOURS 24
#define AT_ONCE      50

static const struct hub_settings settings = {
    .window = 4, .segment_max = 20, .linger_ms = 50, .resend_ms = 5000, .resend_cap_ms = 60000, .early_ms = 3000};

struct office_side { /* what tests/sim/network.c talks to */
    struct fleet_site *site;
};
static struct office_side sides[SITES_MAX];
static struct fleet *world;

/* ---------------------------------------------------------------- being killed */

/* Every commit asks here. Of a program that dies none succeeds any more. */
static int on_commit(void *user)
{
    struct fleet *fleet = world;
    (void)user;
    if (!fleet || !fleet->running)
        return 0;
    if (fleet->dies_in > 0 && --fleet->dies_in == 0)
        fleet->dying = true;
    return fleet->dying;
}

static int on_open(sqlite3 *sqlite, char **message, const struct sqlite3_api_routines *routines)
{
    (void)message, (void)routines;
    sqlite3_commit_hook(sqlite, on_commit, NULL);
    return SQLITE_OK;
}

bool office_dies(struct fleet *fleet)
{
    if (!fleet->calm && fleet_chance(fleet, OF_OFFICE, fleet->faults.office_killed))
        fleet->dying = true;
    return fleet->dying;
}

int office_fails(struct fleet *fleet, int result, const char *what, const struct error *error)
{
    if (result && !fleet->dying)
        fleet_fail(fleet, "head office cannot %s: %s", what, error->text);
    return result;
}

/* ---------------------------------------------------------------- the hub */

static void on_send(void *user, const char *site, const char *box, enum wire_channel channel, const void *bytes,
                    size_t length)
{
    struct fleet *fleet = user;
    (void)box;
    for (int i = 0; i < fleet->site_count; i++)
        if (strcmp(fleet->sites[i].name, site) == 0)
            network_send(fleet->sites[i].sim.network, TO_SITE,
                         channel == WIRE_DOWN_SEGMENT ? PORT_SEGMENT : PORT_CONTROL, bytes, length);
}

static void on_hub_note(void *user, const char *box, const char *sentence)
{
    fleet_note(user, "head office notes of %s: %s", box, sentence);
}

void office_side_receive(struct office_side *side, enum port port, const void *bytes, size_t length)
{
    hub_receive(side->site->fleet->programs[0].hub, side->site->box,
                port == PORT_SEGMENT ? WIRE_UP_SEGMENT : WIRE_UP_CONTROL, bytes, length);
}

void office_side_state(struct office_side *side, struct buf *out)
{
    struct fleet *fleet = side->site->fleet;
    struct program *program = &fleet->programs[0];
    struct wire_control state = {.kind = WIRE_OFFICE, .online = true};
    office_gen(fleet->sql, state.gen);
    clock_format(fleet->now_us + (int64_t)program->starts * 1000, state.since);
    wire_control_write(out, &state, &program->office.random);
}

static void tell_presence(struct fleet *fleet)
{
    for (int i = 0; i < fleet->site_count; i++) {
        struct buf state = {0};
        office_side_state(&sides[i], &state);
        network_send(fleet->sites[i].sim.network, TO_SITE, PORT_OFFICE, state.data, state.length);
        buf_done(&state);
    }
}

/* ---------------------------------------------------------------- starting a program */

static void start(struct fleet *fleet, struct program *program)
{
    static const struct hub_ops ops = {on_send, on_hub_note};
    struct error error = {0};
    int number = (int)(program - fleet->programs);
    program->starts++;
    program->office.sql = fleet->sql;
    program->office.random = random_from_seed(&fleet->seeded);
    program->office.now_us = fleet->now_us;
    if (program->serves) {
        int result = hub_new(fleet->sql, &program->office.random, &settings, &ops, fleet, &program->hub, &error);
        if (result)
            fleet_fail(fleet, "head office does not start: %s", error.text);
        return;
    }
    program->work.worker = (struct shop_worker){.office = &program->office,
                                                .transport = market_transport(fleet),
                                                .find = market_platform_find,
                                                .clock_us = NULL};
    snprintf(program->work.worker.name, sizeof(program->work.worker.name), "hq/%d.%d", number, program->starts);
}

static void forget(struct program *program)
{
    program->hub = hub_free(program->hub);
    free(program->work.shops);
    program->work = (struct shop_work){0};
}

static int64_t clock_of_fleet(void)
{
    return world->now_us;
}

static void bury(struct fleet *fleet, struct program *program)
{
    fleet_note(fleet, "program %d is killed", (int)(program - fleet->programs));
    fleet->count.kills++;
    office_rollback(&program->office);
    forget(program);
    fleet->dying = false;
    fleet->dies_in = 0;
    start(fleet, program);
    program->work.worker.clock_us = clock_of_fleet;
    if (program->serves)
        tell_presence(fleet);
}

/* ---------------------------------------------------------------- a step */

static int do_orders(struct fleet *fleet, struct program *program, struct error *error)
{
    struct order_work done;
    struct money_work money = {0};
    int result = order_work(&program->office, AT_ONCE, &done, error);
    if (!result)
        result = money_work(&program->office, AT_ONCE, &money, error);
    if (!fleet->dying)
        laws_after_promises(fleet);
    return result;
}

static void serve(struct fleet *fleet, struct program *program)
{
    struct error error = {0};
    int result = 0;
    if (hub_waiting(program->hub) > 0)
        result = office_fails(fleet, hub_turn(program->hub, fleet->now_us, &error), "take a turn", &error);
    laws_often(fleet);
    if (!result)
        result = office_fails(fleet, do_orders(fleet, program, &error), "see to its orders", &error);
    if (!result)
        result = office_fails(fleet, hub_send_changes(program->hub, fleet->now_us, &error), "send", &error);
    if (!result && hub_due_us(program->hub) <= fleet->now_us)
        office_fails(fleet, hub_resend(program->hub, fleet->now_us, &error), "send again", &error);
}

static void speak(struct fleet *fleet, struct program *program)
{
    struct error error = {0};
    struct shop_turn turn = {.shop = ""};
    int64_t count;
    bool more;
    int result =
        office_fails(fleet, stock_push(&program->office, SILENT_HOURS, &count, &more, &error), "reckon", &error);
    if (!result)
        result = shop_work_turn(&program->work, &turn, &error);
    office_rollback(&program->office);
    if (result != -ESTALE)
        office_fails(fleet, result, "speak for a shop", &error);
    if (!fleet->dying)
        laws_after_promises(fleet);
}

void office_run(struct fleet *fleet, struct program *program)
{
    bool dies = !fleet->calm && fleet_chance(fleet, OF_OFFICE, fleet->faults.office_killed);
    program->runs = true;
    fleet->running = program;
    fleet->dying = false;
    fleet->dies_in = dies ? 1 + (int)fleet_draw(fleet, OF_OFFICE, 12) : 0;
    program->office.now_us = fleet->now_us;
    if (program->serves)
        serve(fleet, program);
    else
        speak(fleet, program);
    if (fleet->dying)
        bury(fleet, program);
    fleet->running = NULL;
    fleet->dies_in = 0;
    program->runs = false;
}

void office_step(struct fleet *fleet)
{
    for (int i = 0; i <= WORKERS; i++)
        if (fleet->calm || fleet_chance(fleet, OF_OFFICE, i ? 250 : 600))
            office_run(fleet, &fleet->programs[i]);
}

/* ---------------------------------------------------------------- its beginning and its end */

static void import(struct fleet *fleet, const char *kind, const char *site, const char *csv)
{
    struct import_result result;
    struct error error = {0};
    if (import_text(&fleet->programs[0].office, import_find(kind), &(struct import_options){.site = site}, kind, csv,
                    strlen(csv), &result, &error) != 0)
        fleet_fail(fleet, "head office cannot import: %s", error.text);
}

static void import_numbers(struct fleet *fleet, int site)
{
    struct buf csv = {0};
    buf_puts(&csv, "waybill,carrier\n");
    for (int i = 0; i < 400; i++)
        buf_printf(&csv, "SF%d%04d,SF\n", site + 1, i);
    import(fleet, "waybills", fleet->sites[site].name, buf_text(&csv));
    buf_done(&csv);
}

static void import_all(struct fleet *fleet)
{
    import(fleet, "items", NULL,
           "sku,name,weight_g,gtin\nMUG,红色马克杯,350,9521234543213\nPEN,Blue pen,12,\nCAP,Cap,90,\n");
    import(fleet, "barcodes", NULL,
           "code,kind,sku,factor,weight_g,name\n19521234543210,item,MUG,6,0,\nBOX-S,box,,0,80,small\n"
           "T-1,tote,,0,0,\nT-2,tote,,0,0,\nT-3,tote,,0,0,\nT-4,tote,,0,0,\n");
    import(fleet, "workers", NULL,
           "worker,name,badge,role\nu1,李雷,B-1,picker\nu2,韩梅梅,B-2,packer\nu3,Jim,B-3,picker\n");
    for (int i = 0; i < fleet->site_count; i++) {
        import(fleet, "locations", fleet->sites[i].name,
               "code,kind,walk,carrier\nA-01,face,1,\nA-02,face,2,\nA-03,face,3,\nR-09,reserve,9,\nSTAGE-1,stage,50,\n"
               "RETURN-1,return,60,\nGATE-SF,gate,90,SF\n");
        import_numbers(fleet, i);
    }
}

static void put_settings(struct fleet *fleet)
{
    struct office *office = &fleet->programs[0].office;
    struct error error = {0};
    bool splits = fleet_chance(fleet, OF_OFFICE, 500);
    const char *const values[][2] = {
        {"audit_by_itself", "yes"}, {"release_by_itself", "yes"}, {"split_by_itself", splits ? "yes" : "no"}};
    for (size_t i = 0; i < COUNT(values); i++)
        if (settings_put(office, values[i][0], values[i][1], &error) != 0)
            fleet_fail(fleet, "head office cannot be set: %s", error.text);
}

void office_begin_world(struct fleet *fleet)
{
    struct error error = {0};
    world = fleet;
    sqlite3_auto_extension((void (*)(void))on_open);
    fleet->seeded.state = fleet->seed * 3 + 1;
    struct random_source random = random_from_seed(&fleet->seeded);
    if (office_open(":memory:", NULL, &random, &fleet->sql, &error) != 0)
        fleet_fail(fleet, "head office does not open: %s", error.text);
    fleet->programs[0].serves = true;
    fleet->programs[0].office = (struct office){.sql = fleet->sql, .random = random, .now_us = fleet->now_us};
    for (int i = 0; i < fleet->site_count; i++) {
        struct fleet_site *site = &fleet->sites[i];
        sides[i].site = site;
        site->sim.office = &sides[i];
        if (sql_run(fleet->sql, "INSERT INTO site (id, name, box, added_us) VALUES (?1, ?1, ?2, 0)",
                    sql_text(site->name), sql_text(site->box)) != 0)
            fleet_fail(fleet, "head office cannot have a site");
    }
    import_all(fleet);
    put_settings(fleet);
    market_begin(fleet);
    for (int i = 0; i <= WORKERS; i++) {
        start(fleet, &fleet->programs[i]);
        fleet->programs[i].work.worker.clock_us = clock_of_fleet;
    }
}

void office_end_world(struct fleet *fleet)
{
    for (int i = 0; i <= WORKERS; i++)
        forget(&fleet->programs[i]);
    fleet->sql = sql_close(fleet->sql);
}

int64_t office_number(struct fleet *fleet, const char *sql)
{
    int64_t value = 0;
    sql_number_values(fleet->sql, &value, sql, (struct sql_value[]){{0}});
    return value;
}
