#include "sim.h"

#include "sync/head-office/imports/import.h"
#include "sync/head-office/office.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/orders/waybills.h"
#include "sync/head-office/sites/hub.h"
#include "sync/wire/control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct office_side {
    struct sim *sim;
    struct random_seeded seeded;
    struct office office;
    struct hub *hub;
    int orders, numbers;
    int restarts;
    char since[CLOCK_TEXT_SIZE];
};

static const struct hub_settings settings = {
    .window = 4, .segment_max = 20, .linger_ms = 50, .resend_ms = 5000, .resend_cap_ms = 60000};

static void on_send(void *user, const char *site, const char *box, enum wire_channel channel, const void *bytes,
                    size_t length)
{
    (void)site;
    (void)box;
    struct office_side *side = user;
    network_send(side->sim->network, TO_SITE, channel == WIRE_DOWN_SEGMENT ? PORT_SEGMENT : PORT_CONTROL, bytes,
                 length);
}

static void on_note(void *user, const char *box, const char *sentence)
{
    (void)box;
    struct office_side *side = user;
    sim_note(side->sim, "head office notes: %s", sentence);
}

static void start(struct office_side *side)
{
    static const struct hub_ops ops = {on_send, on_note};
    struct error error = {0};
    clock_format(side->sim->now_us, side->since);
    if (hub_new(side->office.sql, &side->office.random, &settings, &ops, side, &side->hub, &error) != 0)
        sim_fail(side->sim, "head office does not start: %s", error.text);
}

static void import(struct office_side *side, const char *kind, const char *csv)
{
    struct import_result result;
    struct error error = {0};
    side->office.now_us = side->sim->now_us;
    if (import_text(&side->office, import_find(kind), &(struct import_options){.site = "hz-07"}, kind, csv, strlen(csv),
                    &result, &error) != 0)
        sim_fail(side->sim, "head office cannot import: %s", error.text);
}

struct office_side *office_side_new(struct sim *sim)
{
    struct office_side *side = calloc(1, sizeof(*side));
    struct error error = {0};
    if (!side)
        abort();
    side->sim = sim;
    side->seeded.state = sim->seed * 3 + 1;
    side->office.random = random_from_seed(&side->seeded);
    side->office.now_us = sim->now_us;
    if (office_open(":memory:", NULL, &side->office.random, &side->office.sql, &error) != 0 ||
        sql_run(side->office.sql, "INSERT INTO site (id, name, box, added_us) VALUES ('hz-07', 'Hangzhou', 'box-1', 0)",
                SQL_NO_VALUES) != 0)
        sim_fail(sim, "head office does not open: %s", error.text);
    import(side, "items", "sku,name,weight_g,gtin\nMUG,红色马克杯,350,9521234543213\nPEN,Blue pen,12,\nCAP,Cap,90,\n");
    import(side, "barcodes",
           "code,kind,sku,factor,weight_g,name\n19521234543210,item,MUG,6,0,\nBOX-S,box,,0,80,small\n"
           "T-1,tote,,0,0,\nT-2,tote,,0,0,\nT-3,tote,,0,0,\nT-4,tote,,0,0,\n");
    import(side, "locations",
           "code,kind,walk,carrier\nA-01,face,1,\nA-02,face,2,\nA-03,face,3,\nR-09,reserve,9,\nSTAGE-1,stage,50,\n"
           "RETURN-1,return,60,\nGATE-SF,gate,90,SF\n");
    import(side, "workers", "worker,name,badge,role\nu1,李雷,B-1,picker\nu2,韩梅梅,B-2,packer\nu3,Jim,B-3,picker\n");
    start(side);
    return side;
}

void office_side_free(struct office_side *side)
{
    hub_free(side->hub);
    sql_close(side->office.sql);
    free(side);
}

static void send_changes(struct office_side *side)
{
    struct error error = {0};
    if (hub_send_changes(side->hub, side->sim->now_us, &error) != 0)
        sim_fail(side->sim, "head office cannot send: %s", error.text);
}

static void cancel_one(struct office_side *side)
{
    struct error error = {0};
    char number[16];
    snprintf(number, sizeof(number), "N%d", 1 + (int)sim_draw(side->sim, DRAW_WORKERS, (uint64_t)side->orders));
    if (office_begin(&side->office, &error) != 0)
        sim_fail(side->sim, "%s", error.text);
    int result = orders_cancel(&side->office, number, "buyer", "anna", &error);
    sim_note(side->sim, "cancel %s: %d", number, result);
    if (result == 0 && office_commit(&side->office, &error) == 0)
        return;
    office_rollback(&side->office);
}

void office_side_release(struct office_side *side)
{
    struct sim *sim = side->sim;
    struct error error = {0};
    char csv[1024];
    int number = ++side->orders, length = snprintf(csv, sizeof(csv), "%s",
                                                   "order,platform,carrier,waybill,priority,receiver_name,"
                                                   "receiver_phone,receiver_address,sku,quantity\n");
    static const char *const skus[] = {"MUG", "PEN", "CAP"};
    char waybill[16] = "";
    if (!sim_chance(sim, DRAW_WAYBILLS, 500)) /* the others take a number from a pool */
        snprintf(waybill, sizeof(waybill), "SF%d", number);
    int lines = 1 + (int)sim_draw(sim, DRAW_WORKERS, 3);
    for (int i = 0; i < lines; i++)
        length +=
            snprintf(csv + length, sizeof(csv) - (size_t)length, "N%d,taobao,SF,%s,%d,王小明,13812345678,杭州,%s,%d\n",
                     number, waybill, number % 3, skus[i], 1 + (int)sim_draw(sim, DRAW_WORKERS, 4));
    import(side, "orders", csv);
    int64_t count;
    if (office_begin(&side->office, &error) != 0 ||
        orders_release(&side->office, "hz-07", NULL, "", &count, &error) != 0 ||
        office_commit(&side->office, &error) != 0)
        sim_fail(sim, "head office cannot release: %s", error.text);
    sim_note(sim, "order N%d released", number);
    if (sim_chance(sim, DRAW_WORKERS, 120))
        cancel_one(side);
    send_changes(side);
}

/* Now and then a few, so that some boxes find none; at the end enough for all. Some are for any parcel of the site. */
static void bring_numbers(struct office_side *side)
{
    struct sim *sim = side->sim;
    struct error error = {0};
    struct buf csv = {0};
    int count = sim->healed ? 200 : 1 + (int)sim_draw(sim, DRAW_WAYBILLS, 3);
    bool again = side->numbers > 0 && sim_chance(sim, DRAW_WAYBILLS, 200); /* the last one of the file before */
    buf_puts(&csv, "waybill,carrier\n");
    for (int i = again ? 0 : 1; i <= count; i++)
        buf_printf(&csv, "P%d,SF\n", side->numbers + i);
    side->numbers += count;
    import(side, "waybills", buf_text(&csv));
    buf_done(&csv);
    int64_t sent = 0;
    if (sim->healed || sim_chance(sim, DRAW_WAYBILLS, 400))
        if (office_begin(&side->office, &error) != 0 ||
            waybills_send(&side->office, "hz-07", "SF", 200, &sent, &error) != 0 ||
            office_commit(&side->office, &error) != 0)
            sim_fail(sim, "head office cannot send numbers: %s", error.text);
    sim_note(sim, "%d waybill numbers, %d of them for any parcel", count, (int)sent);
}

/* The carrier has made the oldest number void that the site gave up. */
static void make_one_void(struct office_side *side)
{
    struct error error = {0};
    char number[64] = "";
    struct sql_query *row = sql_select(
        side->office.sql, "SELECT number FROM waybill WHERE state = 'void_pending' ORDER BY id LIMIT 1", SQL_NO_VALUES);
    if (sql_next(row))
        sql_copy_text(row, 0, number, sizeof(number));
    sql_done(row);
    if (!*number)
        return;
    if (office_begin(&side->office, &error) != 0 || waybills_void(&side->office, number, &error) != 0 ||
        office_commit(&side->office, &error) != 0)
        sim_fail(side->sim, "head office cannot make %s void: %s", number, error.text);
    sim_note(side->sim, "%s is void", number);
}

void office_side_waybills(struct office_side *side)
{
    side->office.now_us = side->sim->now_us;
    if (side->sim->healed || sim_chance(side->sim, DRAW_WAYBILLS, 600))
        bring_numbers(side);
    else
        make_one_void(side);
    send_changes(side);
}

void office_side_receive(struct office_side *side, enum port port, const void *bytes, size_t length)
{
    hub_receive(side->hub, "box-1", port == PORT_SEGMENT ? WIRE_UP_SEGMENT : WIRE_UP_CONTROL, bytes, length);
}

/* The program ends and starts again: what was not committed is gone. */
static void crash(struct office_side *side)
{
    sim_note(side->sim, "head office crashes");
    side->sim->count.crashes++;
    side->restarts++;
    hub_free(side->hub);
    start(side);
    struct buf state = {0};
    office_side_state(side, &state);
    network_send(side->sim->network, TO_SITE, PORT_OFFICE, state.data, state.length);
    buf_done(&state);
}

void office_side_step(struct office_side *side)
{
    struct sim *sim = side->sim;
    struct error error = {0};
    int crashes = sim->healed ? 0 : sim->crashes;
    if (hub_waiting(side->hub) > 0) {
        int result = hub_decide(side->hub, sim->now_us, &error);
        if (!result && sim_chance(sim, DRAW_FAULTS, crashes)) {
            crash(side);
            return;
        }
        if (!result)
            result = hub_commit(side->hub, sim->now_us, &error);
        if (result)
            sim_fail(sim, "head office's turn failed: %s", error.text);
    }
    if (hub_due_us(side->hub) <= sim->now_us && hub_resend(side->hub, sim->now_us, &error) != 0)
        sim_fail(sim, "head office cannot send again: %s", error.text);
    if (sim_chance(sim, DRAW_FAULTS, crashes / 4))
        crash(side);
}

void office_side_state(struct office_side *side, struct buf *out)
{
    struct wire_control state = {.kind = WIRE_OFFICE, .online = true};
    office_gen(side->office.sql, state.gen);
    /* Two starts in one millisecond must differ. */
    clock_format(side->sim->now_us + (int64_t)side->restarts * 1000, state.since);
    wire_control_write(out, &state, &side->office.random);
}

int64_t office_side_number(struct office_side *side, const char *sql)
{
    int64_t value = 0;
    sql_number_values(side->office.sql, &value, sql, (struct sql_value[]){{0}});
    return value;
}

int64_t office_side_applied(struct office_side *side)
{
    return office_side_number(side, "SELECT applied FROM site");
}

void office_side_line(struct office_side *side, int64_t seq, struct buf *out)
{
    struct sql_query *query = sql_select(side->office.sql, "SELECT line FROM event WHERE seq = ?1", sql_int(seq));
    if (sql_next(query))
        buf_puts(out, sql_get_text(query, 0));
    sql_done(query);
}
