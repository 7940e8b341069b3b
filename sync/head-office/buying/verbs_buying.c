/* What head office is asked about forecasts, suppliers' items and purchase orders. */
#include "base/json.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/buying/demand.h"
#include "sync/head-office/buying/forecasts.h"
#include "sync/head-office/buying/purchase_proposals.h"
#include "sync/head-office/buying/purchases.h"
#include "sync/head-office/buying/supplier_items.h"
#include "sync/head-office/verb.h"

#include <errno.h>
#include <string.h>

struct fields {
    char number[PURCHASE_NUMBER_SIZE], sku[65], supplier[65], site[65], kind[16], from[11], to[11], expected[11];
    char note[257];
    int64_t quantity, price_minor, budget_minor, over_percent, proposal;
    bool small;
    struct supplier supplier_row;
    struct supplier_item item;
    struct item_plan plan;
};

#define TEXT(member)   OPTION_TEXT_AT(struct fields, member)
#define NUMBER(member) OPTION_NUMBER_AT(struct fields, member)
#define FLAG(member)   OPTION_FLAG_AT(struct fields, member)
#define MONEY_MAX      INT64_C(1000000000000)
#define PIECES_MAX     1000000000
#define ORDER                                                                                                          \
    {                                                                                                                  \
        "number", TEXT(number), .help = "the purchase order's number"                                                  \
    }
#define SKU                                                                                                            \
    {                                                                                                                  \
        "sku", TEXT(sku), .help = "the item"                                                                           \
    }
#define ONE_SKU                                                                                                        \
    {                                                                                                                  \
        "sku", TEXT(sku), .fallback = "", .help = "this item alone; left out: all"                                     \
    }
#define NOTE                                                                                                           \
    {                                                                                                                  \
        "note", TEXT(note), .fallback = "", .help = "why, for people"                                                  \
    }
#define EXPECTED                                                                                                       \
    {                                                                                                                  \
        "expected", TEXT(expected), .fallback = "", .help = "the day on which the goods are to come, as 2026-11-27"    \
    }

static const struct option_def run_fields[] = {ONE_SKU, {0}};
static const struct option_def mark_fields[] = {
    {"sku", TEXT(sku), .fallback = "", .help = "this item; left out: all that were ever asked for"},
    {"kind", OPTION_CHOICE_AT(struct fields, kind), .choices = "out|campaign|usual",
     .help = "out: nothing could be sold; campaign: more was asked for than usual; usual: neither"},
    {"from", TEXT(from), .help = "the first day, as 2026-11-27"},
    {"to", TEXT(to), .fallback = "", .help = "the last day; left out: that day alone"},
    {0}};
static const struct option_def supplier_fields[] = {
    {"supplier", TEXT(supplier_row.code), .help = "the supplier's number"},
    {"name", TEXT(supplier_row.name), .help = "the supplier's name"},
    {"contact", TEXT(supplier_row.contact), .fallback = "", .help = "who answers there"},
    {"phone", TEXT(supplier_row.phone), .fallback = "", .help = "the telephone number"},
    {"email", TEXT(supplier_row.email), .fallback = "", .help = "the e-mail address"},
    {"address", TEXT(supplier_row.address), .fallback = "", .help = "the address in one line"},
    {"currency", TEXT(supplier_row.currency), .fallback = "CNY", .help = "the currency as three letters"},
    {"lead_days", NUMBER(supplier_row.lead_days), .fallback = "0", .max = 3650,
     .help = "days from an order to its goods, until they are measured"},
    {"lead_spread_days", NUMBER(supplier_row.lead_spread_days), .fallback = "0", .max = 3650,
     .help = "by how many days that differs, as a standard deviation"},
    {"terms_days", NUMBER(supplier_row.terms_days), .fallback = "0", .max = 3650,
     .help = "days from the goods to the payment"},
    {"order_minor", NUMBER(supplier_row.order_minor), .fallback = "0", .max = MONEY_MAX,
     .help = "the smallest order that is taken, in minor units"},
    {"note", TEXT(supplier_row.note), .fallback = "", .help = "anything else"},
    {0}};
static const struct option_def item_fields[] = {
    {"supplier", TEXT(item.supplier), .help = "the supplier's number"},
    {"sku", TEXT(item.sku), .help = "the item"},
    {"code", TEXT(item.code), .fallback = "", .help = "what the supplier calls it"},
    {"price_minor", NUMBER(item.price_minor), .max = MONEY_MAX, .help = "of one piece, in the supplier's currency"},
    {"least", NUMBER(item.least), .fallback = "1", .min = 1, .max = PIECES_MAX, .help = "pieces of an order, at least"},
    {"pack", NUMBER(item.pack), .fallback = "1", .min = 1, .max = PIECES_MAX,
     .help = "pieces of a pack: whole ones are bought"},
    {"preferred", FLAG(item.preferred), .fallback = "no", .help = "it is bought here, and not where it is cheapest"},
    {"lead_days", NUMBER(item.lead_days), .fallback = "0", .max = 3650,
     .help = "days from an order to the goods; 0: as of the supplier's others"},
    {0}};
static const struct option_def drop_fields[] = {
    {"supplier", TEXT(supplier), .help = "the supplier's number"}, SKU, {0}};
static const struct option_def plan_fields[] = {
    {"sku", TEXT(plan.sku), .help = "the item"},
    {"is_bought", FLAG(plan.bought), .fallback = "yes", .help = "no: it is never proposed"},
    {"service_level", NUMBER(plan.service_level), .fallback = "0", .max = 9999,
     .help = "the chance that it is enough until goods come, in ten-thousandths, above 5000; 0: as is set"},
    {"review_days", NUMBER(plan.review_days), .fallback = "0", .max = 365,
     .help = "days from one look to the next; 0: as is set"},
    {0}};
static const struct option_def propose_fields[] = {
    ONE_SKU,
    {"supplier", TEXT(supplier), .fallback = "", .help = "what this supplier sells alone; left out: all"},
    {"budget_minor", NUMBER(budget_minor), .fallback = "0", .max = MONEY_MAX,
     .help = "what may be spent, in minor units of the base currency; 0: no end"},
    {0}};
static const struct option_def accept_fields[] = {
    {"proposal", NUMBER(proposal), .fallback = "0", .max = INT64_MAX, .help = "its number; 0: all of the supplier"},
    {"supplier", TEXT(supplier), .fallback = "", .help = "the supplier of which all open ones are taken"},
    {"quantity", NUMBER(quantity), .fallback = "0", .max = PIECES_MAX, .help = "pieces; 0: as proposed"},
    {"number", TEXT(number), .fallback = "", .help = "the draft they go into; left out: a new one"},
    {"site", TEXT(site), .fallback = "", .help = "where the goods come to; left out: as is set"},
    {0}};
static const struct option_def put_fields[] = {
    {"number", TEXT(number), .fallback = "", .help = "its number; left out: the next one"},
    {"supplier", TEXT(supplier), .help = "whom it is to"},
    {"site", TEXT(site), .fallback = "", .help = "where the goods come to; left out: as is set"},
    {"over_percent", NUMBER(over_percent), .fallback = "0", .max = 1000, .help = "how much more may come"},
    EXPECTED,
    NOTE,
    {0}};
static const struct option_def line_fields[] = {
    ORDER,
    SKU,
    {"quantity", NUMBER(quantity), .max = PIECES_MAX, .help = "pieces; 0: it is taken out"},
    {"price_minor", NUMBER(price_minor), .fallback = "-1", .min = -1, .max = MONEY_MAX,
     .help = "of one piece, in minor units; -1: what the supplier asks"},
    {0}};
static const struct option_def price_fields[] = {
    ORDER, SKU, {"price_minor", NUMBER(price_minor), .max = MONEY_MAX, .help = "of one piece, in minor units"}, {0}};
static const struct option_def send_fields[] = {
    ORDER,
    {"small", FLAG(small), .fallback = "no", .help = "also below the smallest order that the supplier takes"},
    {0}};
static const struct option_def confirm_fields[] = {ORDER, EXPECTED, {0}};
static const struct option_def end_fields[] = {ORDER, NOTE, {0}};
static const struct option_def settle_fields[] = {ORDER, SKU, {0}};

/* "": 0 */
static int read_day(const char *text, int64_t *ret, struct error *error)
{
    *ret = *text ? business_day_read(text) : 0;
    return !*text || *ret > 0 ? 0 : error_set(error, -EINVAL, "\"%s\" is no day: say it like 2026-11-27", text);
}

/* ---------------------------------------------------------------- forecasts */

static int run_forecast(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int64_t counted = 0;
    json_text(call->answer, "sku", fields->sku);
    if (!*fields->sku) {
        json_text(call->answer, "state", "asked");
        return forecasts_ask(call->office, call->who, error);
    }
    int result = demand_work_inside(call->office, &counted, error);
    json_text(call->answer, "state", "done");
    return result ? result : forecasts_make_one(call->office, fields->sku, error);
}

static int mark(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int64_t from = 0, to = 0;
    json_text(call->answer, "sku", fields->sku);
    int result = read_day(fields->from, &from, error);
    if (!result)
        result = read_day(*fields->to ? fields->to : fields->from, &to, error);
    return result ? result : demand_mark(call->office, fields->sku, from, to, fields->kind, call->who, error);
}

/* ---------------------------------------------------------------- suppliers and what they sell */

static int put_supplier(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    const char *column = "";
    int64_t changed = 0;
    json_text(call->answer, "supplier", fields->supplier_row.code);
    int result = partners_put_supplier(call->office, NULL, &fields->supplier_row, &changed, &column, error);
    json_bool(call->answer, "changed", changed > 0);
    return result;
}

static int put_item(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    const char *column = "";
    int64_t changed = 0;
    json_text(call->answer, "sku", fields->item.sku);
    int result = supplier_items_put(call->office, NULL, &fields->item, &changed, &column, error);
    json_bool(call->answer, "changed", changed > 0);
    return result;
}

static int drop_item(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "sku", fields->sku);
    return supplier_items_drop(call->office, fields->supplier, fields->sku, error);
}

static int plan_item(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "sku", fields->plan.sku);
    if (fields->plan.service_level > 0 && fields->plan.service_level <= 5000)
        return error_set(error, -EINVAL, "a service level is above 5000 ten-thousandths");
    return supplier_items_plan(call->office, &fields->plan, error);
}

/* ---------------------------------------------------------------- proposals */

static int propose(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    const struct purchase_wanted wanted = {fields->sku, fields->supplier, fields->budget_minor};
    struct purchase_proposed done = {0};
    int result = purchase_propose(call->office, &wanted, &done, error);
    json_int(call->answer, "looked", done.looked);
    json_int(call->answer, "proposed", done.proposed);
    json_int(call->answer, "left_out", done.left_out);
    json_int(call->answer, "base_minor", done.base_minor);
    return result;
}

static int accept(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    const struct purchase_accept wanted = {.id = fields->proposal,
                                           .pieces = fields->quantity,
                                           .supplier = fields->supplier,
                                           .number = fields->number,
                                           .site = fields->site};
    char number[PURCHASE_NUMBER_SIZE] = "";
    int64_t taken = 0;
    if (fields->quantity > 0 && fields->proposal == 0)
        return error_set(error, -EINVAL, "\"quantity\" is for one proposal: say which");
    int result = purchase_accept(call->office, &wanted, call->who, number, &taken, error);
    json_text(call->answer, "number", number);
    json_int(call->answer, "taken", taken);
    return result;
}

/* ---------------------------------------------------------------- purchase orders */

static int put(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct purchase_head head = {.over_percent = fields->over_percent};
    char number[PURCHASE_NUMBER_SIZE] = "";
    memcpy(head.number, fields->number, sizeof(head.number));
    memcpy(head.supplier, fields->supplier, sizeof(head.supplier));
    memcpy(head.site, fields->site, sizeof(head.site));
    memcpy(head.note, fields->note, sizeof(head.note));
    int result = read_day(fields->expected, &head.expected_day, error);
    if (!result)
        result = purchases_put(call->office, &head, call->who, number, error);
    json_text(call->answer, "number", number);
    return result;
}

static int set_line(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "number", fields->number);
    return purchases_line(call->office, fields->number, fields->sku, fields->quantity, fields->price_minor, error);
}

static int set_price(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "number", fields->number);
    return purchases_price(call->office, fields->number, fields->sku, fields->price_minor, call->who, error);
}

static int send(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "number", fields->number);
    return purchases_send(call->office, fields->number, fields->small, call->who, error);
}

static int confirm(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int64_t expected = 0;
    json_text(call->answer, "number", fields->number);
    int result = read_day(fields->expected, &expected, error);
    return result ? result : purchases_confirm(call->office, fields->number, expected, call->who, error);
}

static int cancel(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "number", fields->number);
    return purchases_cancel(call->office, fields->number, call->who, fields->note, error);
}

static int close_order(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "number", fields->number);
    return purchases_close(call->office, fields->number, call->who, fields->note, error);
}

static int settle(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "number", fields->number);
    return purchases_settle(call->office, fields->number, fields->sku, call->who, error);
}

const struct office_verb buying_verbs[] = {
    VERB("forecast.run", run_fields, run_forecast, "Forecast an item now, or have all forecast by the server",
         "生成需求预测"),
    VERB("forecast.mark", mark_fields, mark, "Say that days tell nothing of what is usually asked for",
         "标记缺货或大促日期"),
    VERB("supplier.put", supplier_fields, put_supplier, "Add a supplier, or change one", "新增或修改供应商"),
    VERB("supplier.item", item_fields, put_item, "Say what a supplier asks for an item", "设置供应商商品"),
    VERB("supplier.drop_item", drop_fields, drop_item, "Say that a supplier does not sell an item", "删除供应商商品"),
    VERB("purchase.plan", plan_fields, plan_item, "Say how an item is kept in stock", "设置商品补货参数"),
    VERB("purchase.propose", propose_fields, propose, "Reckon what should be bought now", "生成采购建议"),
    VERB("purchase.accept", accept_fields, accept, "Make a draft of what is proposed", "采纳采购建议"),
    VERB("purchase.put", put_fields, put, "Make a purchase order, or change a draft", "新建或修改采购单"),
    VERB("purchase.line", line_fields, set_line, "Put an item into a draft, or take it out", "设置采购明细"),
    VERB("purchase.send", send_fields, send, "Send a purchase order: its site is told what comes", "下达采购单"),
    VERB("purchase.confirm", confirm_fields, confirm, "Note that the supplier has confirmed it", "确认采购单"),
    VERB("purchase.price", price_fields, set_price, "Correct what goods cost that were ordered", "修改采购价格"),
    VERB("purchase.cancel", end_fields, cancel, "Cancel a purchase order of which nothing came", "取消采购单"),
    VERB("purchase.close", end_fields, close_order, "Give up what did not come of a purchase order", "关闭采购单"),
    VERB("purchase.settle", settle_fields, settle, "Say that somebody has seen to a difference", "处理到货差异"),
    {0},
};
