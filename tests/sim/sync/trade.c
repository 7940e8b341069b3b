/* The business of a seed of trade: orders are released, begun, cancelled and moved while sites come and go for hours.
 * No disk is put back there and no head office restored, so that what head office says of an order is true of all
 * sites. Every order is begun at one site alone, and never by one that head office has not got it with; every wish to
 * cancel gets one answer. */
#include "world.h"

#include "sync/head-office/imports/import.h"
#include "sync/head-office/orders/assignments.h"
#include "sync/head-office/orders/orders.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each worker begins one order, and so is not busy with another. */
void trade_write_workers(char *csv, size_t capacity)
{
    size_t length = (size_t)snprintf(csv, capacity, "worker,name,badge,role\n");
    for (int i = 0; i < TRADE_WORKERS && length < capacity; i++)
        length += (size_t)snprintf(csv + length, capacity - length, "u%d,worker %d,B-%d,picker\n", i, i, i);
}

void trade_begin(struct world *world)
{
    world->trade.orders = world->trade.workers = 0;
    memset(world->trade.cancels, 0, sizeof(world->trade.cancels));
    memset(world->trade.lent_again, 0, sizeof(world->trade.lent_again));
}

/* ---------------------------------------------------------------- head office */

static int release(struct world *world, struct error *error)
{
    struct office *office = &world->office;
    const char *site = site_names[world_draw(world, DRAW_TRADE, SITES)];
    char csv[256];
    struct import_result result;
    int64_t count;
    int number = world->trade.orders + 1;
    if (number == TRADE_ORDERS)
        return 0;
    snprintf(csv, sizeof(csv),
             "order,platform,carrier,waybill,priority,receiver_name,receiver_phone,receiver_address,sku,quantity\n"
             "N%d,taobao,SF,SF%d,0,Wang,13812345678,Hangzhou,MUG,1\n",
             number, number);
    int failed = import_text(office, import_find("orders"), &(struct import_options){.site = site}, "orders", csv,
                             strlen(csv), &result, error);
    if (!failed)
        failed = office_begin(office, error);
    if (failed)
        return failed;
    failed = orders_release(office, site, NULL, "", &count, error);
    if (failed) {
        office_rollback(office);
        return failed;
    }
    world->trade.orders = number;
    world_note(world, "order N%d is released to %s", number, site);
    return office_commit(office, error);
}

static int64_t asks(struct world *world, const char *number)
{
    int64_t asks = 0;
    sql_number(world->office.sql, &asks, "SELECT cancelling FROM orders WHERE number = ?1", sql_text(number));
    return asks;
}

/* What head office has heard to be begun it gives to nobody else. Of a silent site it may not have heard it: then the
 * order may be begun once more. */
static void given_away(struct world *world, int which, const char *from)
{
    int64_t begun = 0;
    char member[32];
    snprintf(member, sizeof(member), "\"order\":\"N%d\"", which);
    sql_number(world->office.sql, &begun,
               "SELECT count(*) FROM event WHERE type = 'pick.started' AND site = ?1 AND instr(line, ?2) > 0",
               sql_text(from), sql_text(member));
    if (begun)
        world_fail(world, "head office gives order N%d away, which it knows to be begun at %s", which, from);
    world->trade.lent_again[which]++;
    world->count.moved++;
}

static void site_of_order(struct world *world, const char *number, char out[WIRE_NAME_SIZE])
{
    struct sql_query *row =
        sql_select(world->office.sql, "SELECT site FROM orders WHERE number = ?1", sql_text(number));
    out[0] = '\0';
    if (sql_next(row))
        sql_copy_text(row, 0, out, WIRE_NAME_SIZE);
    sql_done(row);
}

/* -EALREADY, -EBUSY: it is too late for that, or too early. */
static int change_one(struct world *world, bool cancel, struct error *error)
{
    struct office *office = &world->office;
    char number[16];
    int late = (int)world_draw(world, DRAW_TRADE, 4); /* one of the last, which may not be begun yet */
    int which = late < world->trade.orders ? world->trade.orders - late : 1;
    const char *to = site_names[world_draw(world, DRAW_TRADE, SITES)];
    struct order_move move = {0};
    char from[WIRE_NAME_SIZE];
    snprintf(number, sizeof(number), "N%d", which);
    site_of_order(world, number, from);
    bool asked = asks(world, number);
    int result = office_begin(office, error);
    if (result)
        return result;
    result = cancel ? orders_cancel(office, number, "buyer", "anna", error)
                    : assignments_move(office, number, to, &move, error);
    world_note(world, "order %s: %s%s: %d", number, cancel ? "cancel" : "move to ", cancel ? "" : to, result);
    if (!result)
        result = office_commit(office, error);
    else
        office_rollback(office);
    if (!result && cancel && !asked && asks(world, number))
        world->trade.cancels[which]++;
    if (!result && move.done)
        given_away(world, which, from);
    return result == -EALREADY || result == -EBUSY ? 0 : result;
}

int trade_at_office(struct world *world, struct error *error)
{
    uint64_t luck = world_draw(world, DRAW_TRADE, 6);
    world->office.now_us = world->now_us;
    return luck < 2 || world->trade.orders == 0 ? release(world, error) : change_one(world, luck == 2, error);
}

/* ---------------------------------------------------------------- sites */

/* A worker who has not begun anything yet takes the next order that there is. */
void trade_at_site(struct box *box)
{
    struct world *world = box->world;
    char badge[16];
    if (world->trade.workers == TRADE_WORKERS)
        return;
    snprintf(badge, sizeof(badge), "B-%d", world->trade.workers++);
    box_scan(box, badge);
    box_scan(box, "CMD:PICK");
}

void trade_begun(struct box *box, const char *number)
{
    struct world *world = box->world;
    char site[WIRE_NAME_SIZE];
    site_of_order(world, number, site);
    world_note(world, "%s: order %s is begun", box->name, number);
    world->count.begun++;
    if (strcmp(site, box->name) != 0)
        world_fail(world, "%s has begun order %s, which head office has with %s", box->name, number, site);
}

/* ---------------------------------------------------------------- in calm, at the end */

/* How often each order was begun, and how often a site said whether it is cancelled. */
struct answers {
    int begun[TRADE_ORDERS], cancels[TRADE_ORDERS];
};

static void count_answers(struct world *world, struct answers *ret)
{
    struct sql_query *row =
        sql_select(world->office.sql,
                   "SELECT type = 'pick.started', line FROM event WHERE again = 0 AND type IN ('pick.started', "
                   "'order.cancel_accepted', 'order.cancel_rejected')",
                   SQL_NO_VALUES);
    while (sql_next(row)) {
        const char *order = strstr(sql_get_text(row, 1), "\"order\":\"N");
        long which = order ? strtol(order + strlen("\"order\":\"N"), NULL, 10) : 0;
        if (which > 0 && which < TRADE_ORDERS)
            (sql_get_int(row, 0) ? ret->begun : ret->cancels)[which]++;
    }
    sql_done(row);
}

void trade_check(struct world *world)
{
    struct answers answers = {0};
    int64_t waiting = 0;
    count_answers(world, &answers);
    for (int i = 1; i <= world->trade.orders; i++) {
        if (answers.begun[i] > 1 + world->trade.lent_again[i])
            world_fail(world, "order N%d was begun %d times", i, answers.begun[i]);
        if (answers.cancels[i] != world->trade.cancels[i])
            world_fail(world, "order N%d: %d wishes to cancel it and %d answers", i, world->trade.cancels[i],
                       answers.cancels[i]);
    }
    sql_number(world->office.sql, &waiting, "SELECT count(*) FROM orders WHERE cancelling = 1", SQL_NO_VALUES);
    if (waiting)
        world_fail(world, "of %d orders nobody says whether they are cancelled", (int)waiting);
}
