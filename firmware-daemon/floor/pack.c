/* Pack check: the picked tote, every piece, the box, the label and its scan back.
 *
 *   menu -> pack.item ... -> pack.box -> pack.label -> menu
 *
 * A box that finds no waybill number is put aside with its tote, and the worker goes on at the menu. When its number
 * has come, the tote opens pack.label.
 *
 * A label is impossible before everything picked has been checked: the schema forbids it too. */
#include "floor/label.h"

#include "base/json.h"
#include "floor/waybill.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int check_open(struct scan *scan, const struct order *order, const struct lpn *tote)
{
    if (order->cancelled)
        return refuse_cancelled(scan, order);
    if (strcmp(order->state, "parked") == 0 && strcmp(order->reason, WAYBILL_NONE) == 0) {
        label_say_parked(refusal(scan, E15_WAYBILL), tote->code, order);
        return FLOOR_REFUSED;
    }
    if (order->worker && order->worker != scan->session.worker)
        return refuse_taken(scan, order->worker);
    if (strcmp(order->state, "picked") != 0 && strcmp(order->state, "packing") != 0)
        return refuse_other_code(scan, "PICK, to its end", "「拣货」并完成");
    return 0;
}

/* The parcel that is being built of an order; begun on first opening. */
static int ensure_parcel(struct store *store, const struct order *order, struct parcel *ret)
{
    int64_t lpn, id;
    int result = parcel_of_order(store, order->id, ret);
    if (result != -ENOENT)
        return result;
    result = lpn_of_parcel(store, order->id, order->number, &lpn);
    if (!result)
        result = parcel_insert(store, order->id, lpn, &id);
    return result ? result : parcel_load(store, id, ret);
}

static int begin_check(struct scan *scan, const struct order *order, const struct lpn *tote)
{
    struct totals totals;
    int result = order_totals(scan->store, order->id, &totals);
    if (result)
        return result;
    json_text(record_start(scan), "order", order->number);
    json_text(&scan->data, "tote", tote->code);
    result = record(scan, "pack.opened", "order", order->number);
    if (!result)
        result = undo_border(scan);
    go(scan, totals.packed < totals.picked ? "pack.item" : "pack.box");
    struct answer *answer = accept_with(scan, DONE_PACK_OPENED);
    answer_text(answer, "o", order->number);
    answer_number(answer, "n", totals.picked);
    return result;
}

int pack_open(struct scan *scan, int64_t tote_id)
{
    struct store *store = scan->store;
    struct lpn tote;
    struct order order;
    struct parcel parcel;
    int result = lpn_load(store, tote_id, &tote);
    if (!result && !tote.order)
        return refuse_other_code(scan, "PICK", "「拣货」");
    if (!result)
        result = order_load(store, tote.order, &order);
    if (!result)
        result = check_open(scan, &order, &tote);
    if (!result)
        result = ensure_parcel(store, &order, &parcel);
    if (!result)
        result = order_set_state(store, order.id, "packing", "");
    if (!result)
        result = order_set_worker(store, order.id, scan->session.worker);
    if (result)
        return result;
    scan->session.order = order.id;
    scan->session.tote = tote.id;
    scan->session.parcel = parcel.id;
    bool numbered = strcmp(parcel.state, "verified") == 0;
    return numbered ? label_begin(scan, &order, &parcel, "pack.label") : begin_check(scan, &order, &tote);
}

static int refuse_item(struct scan *scan, const struct order *order)
{
    struct totals totals;
    struct item item;
    int result = order_totals(scan->store, order->id, &totals);
    if (!result)
        result = item_load(scan->store, scan->target.id, &item);
    if (result)
        return result;
    if (order_has_item(scan->store, order->id, item.id)) {
        struct answer *answer = refusal(scan, E06_QUANTITY);
        answer_number(answer, "done", totals.packed);
        answer_number(answer, "need", totals.picked);
        return FLOOR_REFUSED;
    }
    struct answer *answer = refusal(scan, E05_ITEM);
    answer_text(answer, "exp", order->number);
    answer_text(answer, "got", item.name);
    return FLOOR_REFUSED;
}

/* Out of the tote, lot by lot, into the parcel, line by line: several lines may ask for the same item. */
static int check_pieces(struct scan *scan, const struct order *order, const struct parcel *parcel, int64_t quantity)
{
    struct store *store = scan->store;
    struct lpn tote;
    int result = lpn_load(store, scan->session.tote, &tote);
    while (!result && quantity > 0) {
        struct order_line line;
        struct move move = {.item = scan->target.id,
                            .from_location = tote.location,
                            .to_location = LOCATION_BENCH,
                            .from_lpn = tote.id,
                            .to_lpn = parcel->lpn,
                            .reason = "pack"};
        result = order_line_to_pack(store, order->id, scan->target.id, &line);
        if (!result)
            result = ledger_first_lot(store, move.item, move.from_location, move.from_lpn, &move.lot, &move.quantity);
        if (result == -ENOENT)
            return refuse_item(scan, order);
        if (result)
            return result;
        int64_t open = line.picked - line.packed;
        move.line = line.id;
        move.quantity = move.quantity < open ? move.quantity : open;
        move.quantity = move.quantity < quantity ? move.quantity : quantity;
        quantity -= move.quantity;
        result = ledger_move(store, scan->seq, &move);
    }
    return result;
}

static int accept_item(struct scan *scan)
{
    struct store *store = scan->store;
    struct order order;
    struct parcel parcel;
    struct item item;
    struct totals totals;
    int64_t quantity = scan_quantity(scan);
    int result = order_load(store, scan->session.order, &order);
    if (!result && order.cancelled)
        return refuse_cancelled(scan, &order);
    if (!result)
        result = parcel_load(store, scan->session.parcel, &parcel);
    if (!result)
        result = item_load(store, scan->target.id, &item);
    if (result)
        return result;
    json_text(record_start(scan), "order", order.number);
    json_text(&scan->data, "sku", item.sku);
    json_int(&scan->data, "quantity", quantity);
    result = record(scan, "pack.item", "order", order.number);
    if (!result)
        result = check_pieces(scan, &order, &parcel, quantity);
    if (!result)
        result = undo_allow(scan, "pack.item");
    if (!result)
        result = order_totals(store, order.id, &totals);
    if (result)
        return result;
    if (totals.packed == totals.picked)
        go(scan, "pack.box");
    struct answer *answer = accept_with(scan, DONE_CHECKED);
    answer_number(answer, "n", quantity);
    answer_text(answer, "i", item.name);
    return 0;
}

/* The box goes aside with its tote, which is what can be scanned of it. */
static int park(struct scan *scan, const struct order *order, const struct parcel *parcel)
{
    struct lpn tote;
    int result = lpn_load(scan->store, scan->session.tote, &tote);
    if (!result)
        result = label_park(scan, order, parcel, tote.code);
    if (!result)
        leave_flow(scan);
    return result;
}

static int accept_box(struct scan *scan)
{
    struct store *store = scan->store;
    struct order order;
    struct parcel parcel;
    int result = order_load(store, scan->session.order, &order);
    if (!result && order.cancelled)
        return refuse_cancelled(scan, &order);
    if (!result)
        result = parcel_load(store, scan->session.parcel, &parcel);
    if (result)
        return result;
    parcel.box = scan->target.id;
    result = label_number(scan, &order, &parcel);
    return result == -ENOENT ? park(scan, &order, &parcel)
           : result          ? result
                             : label_begin(scan, &order, &parcel, "pack.label");
}

/* The tote is empty and free. */
static int accept_label(struct scan *scan)
{
    struct order order;
    int result = label_confirm(scan, &order);
    if (!result)
        result = lpn_assign(scan->store, scan->session.tote, 0);
    if (!result)
        result = ledger_move_lpn(scan->store, scan->seq, scan->session.tote, LOCATION_FLOOR, "tote");
    if (!result)
        leave_flow(scan);
    return result;
}

/* Only a cancelled order can be left like this; its goods are on the return shelf then. */
static int leave_cancelled(struct scan *scan)
{
    struct order order;
    int result = order_load(scan->store, scan->session.order, &order);
    if (result)
        return result;
    if (!order.cancelled)
        return refuse_not_now(scan);
    json_text(record_start(scan), "order", order.number);
    json_text(&scan->data, "reason", "cancelled");
    result = record(scan, "order.parked", "order", order.number);
    if (!result)
        result = order_set_state(scan->store, order.id, "parked", "cancelled");
    if (!result)
        result = order_set_worker(scan->store, order.id, 0);
    if (!result)
        result = undo_border(scan);
    leave_flow(scan);
    accept_with(scan, DONE_LEFT);
    return result;
}

static int show_simple(struct scan *scan, struct view *view, const char *expect, enum message ask)
{
    struct order order;
    view->expect = expect;
    answer_set(&view->prompt, ask);
    return show_parcel_order(scan, view, &order);
}

static int show_item(struct scan *scan, struct view *view)
{
    return show_simple(scan, view, "item", ASK_PACK_ITEM);
}

static int show_box(struct scan *scan, struct view *view)
{
    return show_simple(scan, view, "box", ASK_BOX);
}

static const struct command at_bench[] = {{.name = "DONE", .run = leave_cancelled, .when_cancelled = true},
                                          {.name = NULL}};
static const struct command at_label[] = {{.name = "REPRINT", .run = label_reprint},
                                          {.name = "DONE", .run = leave_cancelled, .when_cancelled = true},
                                          {.name = NULL}};

static const struct step steps[] = {
    {"pack.item", BIT(CODE_ITEM), "each piece", "每件商品", accept_item, show_item, .commands = at_bench},
    {"pack.box", BIT(CODE_BOX), "the box", "包装箱", accept_box, show_box, .commands = at_bench},
    {"pack.label", BIT(CODE_WAYBILL), "the label", "面单", accept_label, label_show, .commands = at_label},
    {.name = NULL},
};
static const struct undo undos[] = {{"pack.item", "the check", "核对", NULL}, {.type = NULL}};

const struct flow pack_flow = {"pack", steps, undos};
