/* What head office is asked to do with orders. */
#include "base/json.h"
#include "sync/head-office/catalogue/catalogue.h"
#include "sync/head-office/customers/erase.h"
#include "sync/head-office/orders/exceptions.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/orders/order_work.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/shops/waybill_parcels.h"
#include "sync/head-office/stock/promises.h"
#include "sync/head-office/verb.h"

#include <errno.h>

/* One struct for all of them: most say which order, and why. */
struct fields {
    char order[ORDERS_NUMBER_SIZE], reason[257], kind[16];
    char site[CATALOGUE_CODE_SIZE], carrier[CATALOGUE_CODE_SIZE];
    char name[257], phone[65], address[513], province[65], city[65], district[65];
};

#define TEXT(member)    OPTION_TEXT_AT(struct fields, member)
#define PRIVATE(member) OPTION_PRIVATE_AT(struct fields, member)
#define ORDER                                                                                                          \
    {                                                                                                                  \
        "order", TEXT(order), .help = "the order's number"                                                             \
    }

static const struct option_def order_fields[] = {ORDER, {0}};
static const struct option_def reason_fields[] = {
    ORDER, {"reason", TEXT(reason), .fallback = "", .help = "why, for people"}, {0}};
static const struct option_def confirm_fields[] = {
    ORDER,
    {"kind", TEXT(kind), .help = "which exception is all right: address, amount, blacklist, merge or rule"},
    {0}};
static const struct option_def release_fields[] = {
    ORDER,
    {"site", TEXT(site), .fallback = "", .help = "this site, whatever its stock; else where its stock is promised"},
    {0}};
static const struct option_def carrier_fields[] = {ORDER, {"carrier", TEXT(carrier), .help = "who carries it"}, {0}};
static const struct option_def receiver_fields[] = {ORDER,
                                                    {"name", PRIVATE(name), .help = "the receiver"},
                                                    {"phone", PRIVATE(phone), .help = "the receiver's telephone"},
                                                    {"address", PRIVATE(address), .help = "street and house"},
                                                    {"province", TEXT(province), .fallback = "", .help = "province"},
                                                    {"city", TEXT(city), .fallback = "", .help = "city"},
                                                    {"district", TEXT(district), .fallback = "", .help = "district"},
                                                    {0}};

static int tell_state(struct verb_call *call, const char *number, struct error *error)
{
    struct sql_query *row = sql_select(
        call->office->sql, "SELECT state, coalesce(site, ''), carrier FROM orders WHERE number = ?1", sql_text(number));
    json_text(call->answer, "order", number);
    if (sql_next(row)) {
        json_text(call->answer, "state", sql_get_text(row, 0));
        json_text(call->answer, "stage", order_state_find(sql_get_text(row, 0))->stage);
        json_text(call->answer, "site", sql_get_text(row, 1));
        json_text(call->answer, "carrier", sql_get_text(row, 2));
    }
    int failed = sql_done(row);
    return failed ? office_failed(call->office->sql, failed, error) : 0;
}

static int audit(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct settings settings;
    bool passed;
    int result = settings_load(call->office, &settings, error);
    if (!result)
        result = exceptions_look_again(call->office, fields->order, error);
    if (!result)
        result = exceptions_audit(call->office, &settings, NULL, fields->order, &passed, error);
    return result ? result : tell_state(call, fields->order, error);
}

static int confirm(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int result = exceptions_confirm(call->office, fields->order, fields->kind, call->who, error);
    return result ? result : tell_state(call, fields->order, error);
}

static int release(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int64_t count;
    int result =
        orders_release(call->office, *fields->site ? fields->site : NULL, fields->order, call->who, &count, error);
    return result ? result : tell_state(call, fields->order, error);
}

static int close_order(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int result = orders_cancel(call->office, fields->order, fields->reason, call->who, error);
    return result ? result : tell_state(call, fields->order, error);
}

/* What a label will say can be changed until a site has it. */
static int check_waits(struct verb_call *call, const char *number, struct error *error)
{
    return order_life_act(call->office, number, ORDER_CHANGED, call->who, NULL, error);
}

static int set_carrier(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int result = check_waits(call, fields->order, error);
    if (result)
        return result;
    result = sql_run(call->office->sql, "UPDATE orders SET carrier = ?2 WHERE number = ?1", sql_text(fields->order),
                     sql_text(fields->carrier));
    if (!result) /* no rule has chosen it */
        result = sql_run(call->office->sql,
                         "DELETE FROM rule_hit WHERE number = ?1 AND rule IN (SELECT id FROM rule WHERE kind ="
                         " 'carrier')",
                         sql_text(fields->order));
    return result ? office_failed(call->office->sql, result, error) : tell_state(call, fields->order, error);
}

static int set_receiver(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int result = check_waits(call, fields->order, error);
    if (result)
        return result;
    result = sql_run(call->office->sql,
                     "UPDATE orders SET receiver_name = ?2, receiver_phone = ?3, receiver_address = ?4, province = ?5,"
                     " city = ?6, district = ?7, sealed = '', overlays = overlays & ~8 WHERE number = ?1",
                     sql_text(fields->order), sql_masked(fields->name), sql_masked(fields->phone),
                     sql_secret(fields->address), sql_text(fields->province), sql_text(fields->city),
                     sql_text(fields->district));
    if (!result) /* it is for another receiver */
        result = waybill_parcels_let_go(call->office->sql, fields->order);
    return result ? office_failed(call->office->sql, result, error) : tell_state(call, fields->order, error);
}

static int forget(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int64_t orders = 0, wait = 0;
    int result = erase_order(call->office, fields->order, call->who, &orders, &wait, error);
    json_text(call->answer, "order", fields->order);
    json_int(call->answer, "forgotten", orders);
    json_int(call->answer, "under_way", wait);
    return result;
}

const struct office_verb order_verbs[] = {
    VERB("order.audit", order_fields, audit, "Check an order and promise its stock", "审核订单并锁定库存"),
    VERB("order.confirm", confirm_fields, confirm, "Say that an exception is all right", "人工确认异常"),
    VERB("order.release", release_fields, release, "Hand an order to its site", "下发订单到仓库"),
    VERB("order.close", reason_fields, close_order, "Cancel an order, or ask its site to", "关闭订单"),
    VERB("order.carrier", carrier_fields, set_carrier, "Choose who carries an order", "指定快递"),
    VERB("order.receiver", receiver_fields, set_receiver, "Correct an order's receiver", "修改收货信息"),
    VERB("order.forget", order_fields, forget, "Delete an order's receiver", "删除收货信息"),
    {0},
};
