/* Goods in a bin whose books have none of them: a supervisor's badge books them, and the bin is counted.
 *
 *   menu -> found.location -> found.item -> found.badge -> menu */
#include "floor/rule.h"
#include "store/stock_count.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int found_start(struct scan *scan)
{
    return begin_work(scan, "found", "found.location", DONE_FOUND);
}

static int accept_location(struct scan *scan)
{
    struct location bin;
    int result = location_load(scan->store, scan->target.id, &bin);
    if (result)
        return result;
    if (!is_bin(&bin))
        return refuse_bin(scan, &bin);
    json_text(record_start(scan), "location", bin.code);
    result = record(scan, "found.located", "location", bin.code);
    if (!result)
        result = undo_allow(scan, "found.located");
    scan->session.location = bin.id;
    answer_text(accept_with(scan, DONE_AT_LOCATION), "l", bin.code);
    go(scan, "found.item");
    return result;
}

static void say(struct answer *answer, const struct goods *goods, int64_t quantity, const struct location *bin)
{
    answer_number(answer, "n", quantity);
    answer_text(answer, "i", goods->item.name);
    answer_text(answer, "l", bin->code);
}

/* Where the books have some, a count finds out the rest. */
static int check_books(struct scan *scan, const struct goods *goods, const struct location *bin)
{
    int64_t there;
    int result = ledger_on_hand(scan->store, goods->item.id, bin->id, &there);
    if (result || there == 0)
        return result;
    struct answer *answer = refusal(scan, E74_IN_BOOKS);
    say(answer, goods, there, bin);
    return FLOOR_REFUSED;
}

static int take(struct scan *scan, const struct goods *goods)
{
    struct location bin;
    int result = location_load(scan->store, scan->session.location, &bin);
    if (!result)
        result = check_books(scan, goods, &bin);
    if (!result)
        result = check_new_serial(scan, goods);
    if (result)
        return result;
    json_text(record_start(scan), "location", bin.code);
    goods_write(goods, &scan->data);
    result = record(scan, "found.described", "location", bin.code);
    if (!result)
        result = undo_allow(scan, "found.described");
    goods_keep(scan, goods);
    say(accept_with(scan, DONE_FOUND_ITEM), goods, goods->quantity, &bin);
    go(scan, "found.badge");
    return result;
}

static int arrive(struct scan *scan, const struct goods *goods, struct move *move)
{
    struct serial serial = {.item = move->item, .lot = move->lot, .location = move->from_location};
    text_copy(serial.code, sizeof(serial.code), goods->serial);
    return serial_arrive(scan->store, &serial, &move->serial);
}

static int post(struct scan *scan, const struct goods *goods, const struct location *bin, const struct worker *by)
{
    struct move move = {.item = goods->item.id,
                        .quantity = goods->quantity,
                        .weight_g = goods->weight_g,
                        .from_location = LOCATION_ADJUST,
                        .to_location = bin->id,
                        .reason = "found"};
    int result = goods_lot(scan, goods, &move.lot);
    if (!result)
        result = check_new_serial(scan, goods);
    if (!result && *goods->serial)
        result = arrive(scan, goods, &move);
    if (result)
        return result;
    json_text(record_start(scan), "location", bin->code);
    json_int(&scan->data, "delta", goods->quantity);
    goods_write(goods, &scan->data);
    json_text(&scan->data, "reason", "found");
    json_text(&scan->data, "supervisor", by->code);
    result = record(scan, "adjust.posted", "location", bin->code);
    return result ? result : ledger_move(scan->store, scan->seq, &move);
}

static int accept_badge(struct scan *scan)
{
    struct worker by;
    struct goods goods;
    struct location bin;
    int result = check_supervisor(scan, &by);
    if (!result)
        result = goods_kept(scan, &goods);
    if (!result)
        result = location_load(scan->store, scan->session.location, &bin);
    if (!result)
        result = check_books(scan, &goods, &bin);
    if (!result)
        result = post(scan, &goods, &bin, &by);
    if (!result)
        result = count_request(
            scan->store,
            &(struct stock_count){
                .location = bin.id, .item = goods.item.id, .source = "found", .blind = true, .priority = 3});
    if (!result)
        result = undo_border(scan);
    if (result)
        return result;
    say(accept_with(scan, DONE_FOUND_POSTED), &goods, goods.quantity, &bin);
    leave_flow(scan);
    return 0;
}

static int leave(struct scan *scan)
{
    return leave_work(scan, "found");
}

static int show_location(struct scan *scan, struct view *view)
{
    (void)scan;
    view->expect = "location";
    answer_set(&view->prompt, ASK_FOUND_LOCATION);
    return 0;
}

static int show_item(struct scan *scan, struct view *view)
{
    struct location bin;
    int result = location_load(scan->store, scan->session.location, &bin);
    view->expect = "item";
    answer_set(&view->prompt, ASK_FOUND_ITEM);
    answer_text(&view->prompt, "l", bin.code);
    return result;
}

static int show_badge(struct scan *scan, struct view *view)
{
    struct location bin;
    struct goods goods;
    int result = location_load(scan->store, scan->session.location, &bin);
    if (!result)
        result = goods_kept(scan, &goods);
    view->expect = "badge";
    answer_set(&view->prompt, ASK_SUPERVISOR);
    answer_set(&view->details[view->detail_count], DONE_FOUND_ITEM);
    say(&view->details[view->detail_count++], &goods, goods.quantity, &bin);
    return result;
}

static const struct command commands[] = {{.name = "DONE", .run = leave}, {.name = NULL}};

static const struct step steps[] = {
    {"found.location", BIT(CODE_LOCATION), "the place", "库位", accept_location, show_location, .commands = commands},
    {"found.item", BIT(CODE_ITEM), "the item", "商品", NULL, show_item, .commands = commands, .take = take,
     .needs = goods_needs_all},
    {"found.badge", BIT(CODE_BADGE), "a supervisor's badge", "主管工牌", accept_badge, show_badge,
     .commands = commands},
    {.name = NULL},
};

static const struct undo undos[] = {
    {"found.located", "the place", "库位", NULL}, {"found.described", "the goods", "商品", NULL}, {.type = NULL}};

const struct flow found_flow = {.name = "found", .steps = steps, .undos = undos};
