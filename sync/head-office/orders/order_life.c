#include "sync/head-office/orders/order_life.h"

#include "base/text.h"
#include "sync/head-office/buying/demand.h"
#include "sync/head-office/shops/waybill_parcels.h"

#include <errno.h>
#include <string.h>

const struct order_state order_states[] = {
    {"pending_pay", "pending_pay", "to be paid", "待付款"},
    {"audit", "audit", "to be checked", "待审核"},
    {"exception", "exception", "held", "异常"},
    {"reserved", "reserved", "stock promised", "已配货"},
    {"released", "released", "sent to the site", "已下发"},
    {"received", "floor", "at the site", "仓库已接单"},
    {"allocated", "floor", "stock found", "已分配"},
    {"picking", "floor", "being picked", "拣货中"},
    {"short", "floor", "goods missing", "缺货"},
    {"parked", "floor", "parked", "挂起"},
    {"picked", "floor", "picked", "已拣货"},
    {"packed", "floor", "packed", "已打包"},
    {"labelled", "floor", "labelled", "已贴单"},
    {"shipped", "shipped", "shipped", "已发货"},
    {"finished", "finished", "finished", "已完成"},
    {"closed", "closed", "closed", "已关闭"},
    {0},
};

static const struct step {
    const char *what, *from, *to;
} steps[] = {
    /* acts */
    {ORDER_PAID, "pending_pay", "audit"},
    {ORDER_HELD, "audit,reserved", "exception"},
    {ORDER_FREED, "exception", "audit"},
    {ORDER_CHANGED, "audit,exception,reserved", "audit"},
    {ORDER_RESERVED, "audit", "reserved"},
    {ORDER_RELEASED, "audit,reserved", "released"},
    {ORDER_WITHDRAWN, "released,received,allocated,parked", "audit"},
    {ORDER_SHIPPED, "pending_pay,audit,exception,reserved", "finished"},
    {ORDER_FINISHED, "shipped", "finished"},
    {ORDER_CLOSED, "pending_pay,audit,exception,reserved,shipped,finished", "closed"},
    {ORDER_SPLIT, "audit,exception,reserved", "closed"},
    {ORDER_MERGED, "audit,exception,reserved", "closed"},
    {ORDER_RESTORED, "closed", "audit"},
    /* facts */
    {"order.received", "released", "received"},
    {"order.allocated", "released,received,short,parked", "allocated"},
    {"order.parked", "released,received,allocated,picking,picked,short", "parked"},
    {"pick.line", "released,received,allocated,parked", "picking"},
    {"pick.line undone", "picked", "picking"},
    {"pick.short", "released,received,allocated,picking,parked", "short"},
    {"pick.staged", "released,received,allocated,picking,short", "picked"},
    {"slot.complete", "picking,short", "picked"},
    {"waybill.assigned", "parked", "picked"},
    {"parcel.packed", "picking,picked,short", "packed"},
    {"label.printed", "packed", "labelled"},
    {"parcel.unpacked", "packed,labelled,parked", "picked"},
    {"parcel.shipped", "packed,labelled", "shipped"},
    {"order.cancel_accepted", "released,received,allocated,picking,short,parked,picked,packed,labelled", "closed"},
};

const char *order_life_after(const char *act, const char *state)
{
    for (size_t i = 0; i < COUNT(steps); i++)
        if (strcmp(steps[i].what, act) == 0 && text_is_listed(steps[i].from, state))
            return steps[i].to;
    return NULL;
}

const struct order_state *order_state_find(const char *name)
{
    for (const struct order_state *state = order_states; state->name; state++)
        if (strcmp(state->name, name) == 0)
            return state;
    return NULL;
}

static int write_history(struct office *office, const char *number, const char *act, const char *before,
                         const char *after, const char *who, const char *note)
{
    return sql_post(office->sql,
                    "INSERT INTO order_history (number, time_us, act, before, after, who, note)"
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    sql_text(number), sql_int(office->now_us), sql_text(act), sql_text(before), sql_text(after),
                    sql_text(who), sql_text(note ? note : ""));
}

int order_life_note(struct office *office, const char *number, const char *what, const char *who, const char *note,
                    struct error *error)
{
    int result =
        sql_run(office->sql,
                "INSERT INTO order_history (number, time_us, act, before, after, who, note)"
                " SELECT number, ?2, ?3, state, state, ?4, ?5 FROM orders WHERE number = ?1",
                sql_text(number), sql_int(office->now_us), sql_text(what), sql_text(who), sql_text(note ? note : ""));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* Where the order stands, and the state after the act. */
static int find_step(struct office *office, const char *number, const char *act, char ret_before[ORDER_STATE_SIZE],
                     const char **ret_after, struct error *error)
{
    char site[65] = "";
    *ret_before = '\0';
    struct sql_query *row = sql_select(
        office->sql, "SELECT state, coalesce(site, '') FROM orders WHERE number = ?1" SQL_FOR_UPDATE, sql_text(number));
    if (sql_next(row)) {
        sql_copy_text(row, 0, ret_before, ORDER_STATE_SIZE);
        sql_copy_text(row, 1, site, sizeof(site));
    }
    int result = sql_done(row);
    if (result)
        return office_failed(office->sql, result, error);
    if (!*ret_before)
        return error_set(error, -ENOENT, "there is no order \"%s\"", number);
    *ret_after = order_life_after(act, ret_before);
    if (*ret_after)
        return 0;
    return *site ? error_set(error, -EALREADY, "order \"%s\" is %s at site %s and cannot be %s", number, ret_before,
                             site, act)
                 : error_set(error, -EALREADY, "order \"%s\" is %s and cannot be %s", number, ret_before, act);
}

int order_life_check(struct office *office, const char *number, const char *act, struct error *error)
{
    char before[ORDER_STATE_SIZE];
    const char *after;
    return find_step(office, number, act, before, &after, error);
}

/* Exceptions are of orders that head office keeps back. */
static int end_exceptions(struct office *office, const char *number)
{
    return sql_post(office->sql, "UPDATE exception SET released_us = ?2 WHERE number = ?1 AND released_us IS NULL",
                    sql_text(number), sql_int(office->now_us));
}

/* What an order is not to be sent with any more: another site, another receiver, or nobody sends it. */
static const char lets_go[] =
    ORDER_CHANGED "," ORDER_WITHDRAWN "," ORDER_CLOSED "," ORDER_SPLIT "," ORDER_MERGED "," ORDER_SHIPPED;

/* By which what is asked of stock may change: it is paid or given up, or has other lines. */
static const char asks_anew[] = ORDER_PAID "," ORDER_CHANGED "," ORDER_RESERVED "," ORDER_CLOSED "," ORDER_SPLIT
                                           "," ORDER_MERGED "," ORDER_RESTORED;

int order_life_act(struct office *office, const char *number, const char *act, const char *who, const char *note,
                   struct error *error)
{
    char before[ORDER_STATE_SIZE];
    const char *after;
    int result = find_step(office, number, act, before, &after, error);
    if (result)
        return result;
    result = sql_post(office->sql, "UPDATE orders SET state = ?2 WHERE number = ?1", sql_text(number), sql_text(after));
    if (!result)
        result = write_history(office, number, act, before, after, who, note);
    if (!result && text_is_listed("released,finished,closed", after))
        result = end_exceptions(office, number);
    if (!result && text_is_listed(asks_anew, act))
        result = demand_note_order(office->sql, number);
    if (!result && text_is_listed(lets_go, act))
        result = waybill_parcels_let_go(office->sql, number);
    return result ? office_failed(office->sql, result, error) : 0;
}
