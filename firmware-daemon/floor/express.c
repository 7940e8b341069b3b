/* Express orders 爆款: a wave of one piece or one item an order is packed straight out of its tote.
 *
 *   menu -> [wave tote] express.box -> express.item -> [express.weigh] -> express.label -> express.item ...
 *                                      -> [express.rest] -> menu
 *   no waybill number: express.park instead of express.label
 *
 * The item's next live order by cut-off is the one that gets the piece: its label comes, is stuck on and scanned back,
 * and only then the next piece is taken. One bench packs a wave. */
#include "floor/label.h"
#include "floor/parcel.h"
#include "floor/pick_bin.h"
#include "floor/wave.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct express {
    struct wave wave;
    struct lpn tote;
};

static int load(struct scan *scan, struct express *ret)
{
    int result = wave_load(scan->store, scan->session.wave, &ret->wave);
    return result ? result : lpn_load(scan->store, scan->session.tote, &ret->tote);
}

static int record_tote(struct scan *scan, const struct express *express, const char *type)
{
    json_text(record_start(scan), "wave", express->wave.number);
    json_text(&scan->data, "tote", express->tote.code);
    return record(scan, type, "wave", express->wave.number);
}

/* ---------------------------------------------------------------- the tote and the box */

static int check_wave(struct scan *scan, const struct wave *wave)
{
    if (strcmp(wave->kind, "express") != 0)
        return refuse_other_code(scan, "the put-wall", "播种墙");
    return wave->worker && wave->worker != scan->session.worker ? refuse_taken(scan, wave->worker) : 0;
}

int express_open(struct scan *scan, int64_t plate)
{
    struct express express = {0};
    struct wave_totals totals;
    int result = lpn_load(scan->store, plate, &express.tote);
    if (!result)
        result = wave_load(scan->store, express.tote.wave, &express.wave);
    if (!result)
        result = check_wave(scan, &express.wave);
    if (!result)
        result = wave_totals(scan->store, express.wave.id, &totals);
    if (!result)
        result = wave_set_worker(scan->store, express.wave.id, scan->session.worker);
    if (!result)
        result = record_tote(scan, &express, "express.started");
    if (!result && express.tote.location != LOCATION_BENCH)
        result = ledger_move_lpn(scan->store, scan->seq, plate, LOCATION_BENCH, "tote");
    if (!result)
        result = undo_border(scan);
    if (result)
        return result;
    scan->session.wave = express.wave.id;
    scan->session.tote = plate;
    go(scan, wave_wants_of(scan->store, express.wave.id, plate) ? "express.box" : "express.rest");
    struct answer *answer = accept_with(scan, DONE_EXPRESS_OPENED);
    answer_text(answer, "w", express.wave.number);
    answer_number(answer, "n", totals.picked - totals.packed);
    return 0;
}

static int accept_box(struct scan *scan)
{
    struct express express = {0};
    int result = load(scan, &express);
    json_text(record_start(scan), "wave", express.wave.number);
    json_text(&scan->data, "box", scan->text);
    if (!result)
        result = record(scan, "express.box", "wave", express.wave.number);
    if (!result)
        result = undo_allow(scan, "express.box");
    scan->session.box = scan->target.id;
    go(scan, "express.item");
    answer_text(accept_with(scan, DONE_EXPRESS_BOX), "b", scan->text);
    return result;
}

/* ---------------------------------------------------------------- on, or away */

static int leave(struct scan *scan)
{
    int result = wave_set_worker(scan->store, scan->session.wave, 0);
    leave_flow(scan);
    return result;
}

static int finish_tote(struct scan *scan)
{
    int result = lpn_assign(scan->store, scan->session.tote, 0);
    if (!result)
        result = ledger_move_lpn(scan->store, scan->seq, scan->session.tote, LOCATION_FLOOR, "tote");
    return result ? result : leave(scan);
}

/* The next piece, the rest that nobody wants, or the tote is empty. */
static int go_on(struct scan *scan)
{
    scan->session.order = scan->session.parcel = 0;
    if (lpn_is_empty(scan->store, scan->session.tote))
        return finish_tote(scan);
    bool wanted = wave_wants_of(scan->store, scan->session.wave, scan->session.tote);
    go(scan, wanted ? "express.item" : "express.rest");
    return 0;
}

static int skip(struct scan *scan)
{
    struct express express = {0};
    if (scan->session.order) /* a parcel is begun */
        return refuse_not_now(scan);
    int result = load(scan, &express);
    if (!result)
        result = record_tote(scan, &express, "express.left");
    if (!result)
        result = undo_border(scan);
    accept_with(scan, DONE_LEFT);
    return result ? result : leave(scan);
}

/* ---------------------------------------------------------------- a piece */

/* The order that is begun, before any other. */
static int check_begun(struct scan *scan, const struct goods *goods)
{
    struct order order;
    int result = order_load(scan->store, scan->session.order, &order);
    if (!result && order.cancelled)
        return refuse_cancelled(scan, &order);
    if (result || order_has_item(scan->store, order.id, goods->item.id))
        return result;
    return refuse_goods(scan, order.number, goods->item.name);
}

static int next_order(struct scan *scan, const struct goods *goods, struct order *ret)
{
    if (scan->session.order) {
        int result = check_begun(scan, goods);
        return result ? result : order_load(scan->store, scan->session.order, ret);
    }
    int result = express_order(scan->store, scan->session.wave, goods->item.id, scan->session.worker, ret);
    return result == -ENOENT ? refuse(scan, E23_NOT_NEEDED, "sku", goods->item.sku) : result;
}

/* The order is this bench's with its first piece. */
static int begin_order(struct scan *scan, const struct order *order)
{
    struct parcel parcel;
    int result = parcel_ensure(scan->store, order, &parcel);
    if (!result)
        result = order_set_state(scan->store, order->id, "packing", "");
    if (!result)
        result = order_set_worker(scan->store, order->id, scan->session.worker);
    scan->session.order = order->id;
    scan->session.parcel = parcel.id;
    return result;
}

static int load_parcel(struct scan *scan, struct order *order, struct parcel *parcel)
{
    int result = order_load(scan->store, scan->session.order, order);
    if (!result && order->cancelled)
        return refuse_cancelled(scan, order);
    if (!result)
        result = parcel_load(scan->store, scan->session.parcel, parcel);
    parcel->box = scan->session.box;
    return result;
}

/* All of the order is in the box: its label, or the parcel waits for a number. */
static int close_box(struct scan *scan)
{
    struct order order;
    struct parcel parcel;
    int result = load_parcel(scan, &order, &parcel);
    if (!result)
        result = label_number(scan, &order, &parcel);
    if (result != -ENOENT)
        return result ? result : label_begin(scan, &order, &parcel, "express.label");
    go(scan, "express.park");
    answer_text(accept_with(scan, DONE_EXPRESS_PARK), "o", order.number);
    return undo_border(scan);
}

static int finish_box(struct scan *scan)
{
    bool weighed = false;
    int result = weigh_wanted(scan, &weighed);
    if (result || !weighed)
        return result ? result : close_box(scan);
    result = parcel_set_box(scan->store, scan->session.parcel, scan->session.box);
    if (!result)
        result = undo_border(scan);
    go(scan, "express.weigh");
    return result;
}

static int take_item(struct scan *scan, const struct goods *goods)
{
    struct order order;
    bool complete;
    int result = next_order(scan, goods, &order);
    if (!result)
        result = begin_order(scan, &order);
    if (!result)
        result = pack_piece(scan, goods, &complete);
    if (result)
        return result;
    return complete ? finish_box(scan) : undo_allow(scan, "express.item");
}

/* The order's first piece had made it this bench's. */
static int undo_item(struct scan *scan, const struct action *action)
{
    if (action->before.order)
        return 0;
    int result = order_set_state(scan->store, scan->session.order, "picked", "");
    return result ? result : order_set_worker(scan->store, scan->session.order, 0);
}

/* ---------------------------------------------------------------- its weight */

static int take_weight(struct scan *scan, int64_t grams)
{
    struct order order;
    struct parcel parcel;
    int result = load_parcel(scan, &order, &parcel);
    if (!result)
        result = weigh_parcel(scan, &order, &parcel, grams);
    return result ? result : close_box(scan);
}

/* The scale is broken: only what a supervisor lets pass goes unweighed. */
static int skip_weight(struct scan *scan)
{
    struct order order;
    struct parcel parcel = {0};
    int result = load_parcel(scan, &order, &parcel);
    if (!result && !parcel.forced)
        return refuse(scan, E18_SUPERVISOR, NULL, NULL);
    return result ? result : close_box(scan);
}

/* ---------------------------------------------------------------- no number yet */

/* The parcel waits in a tote of its own, which is what can be scanned of it. */
static int accept_park(struct scan *scan)
{
    struct order order;
    struct parcel parcel;
    struct lpn tote;
    int result = lpn_load(scan->store, scan->target.id, &tote);
    if (!result)
        result = tote_check(scan, &tote, 0);
    if (!result)
        result = order_load(scan->store, scan->session.order, &order);
    if (!result)
        result = parcel_load(scan->store, scan->session.parcel, &parcel);
    parcel.box = scan->session.box;
    if (!result)
        result = label_park(scan, &order, &parcel, tote.code);
    if (!result)
        result = lpn_assign(scan->store, tote.id, order.id);
    return result ? result : go_on(scan);
}

/* ---------------------------------------------------------------- the label */

static int accept_label(struct scan *scan)
{
    struct order order;
    int result = label_confirm(scan, &order);
    return result ? result : go_on(scan);
}

/* A cancelled order's pieces are left over in the tote. */
static int leave_cancelled(struct scan *scan)
{
    struct express express = {0};
    struct order order;
    if (!scan->session.order)
        return refuse_not_now(scan);
    int result = order_load(scan->store, scan->session.order, &order);
    if (!result && !order.cancelled)
        return refuse_not_now(scan);
    if (!result)
        result = load(scan, &express);
    if (!result)
        result = parcel_unpack(scan, &order, &express.tote);
    if (!result)
        result = order_set_state(scan->store, order.id, "cancelled", "");
    if (!result)
        result = order_set_worker(scan->store, order.id, 0);
    if (!result)
        result = undo_border(scan);
    if (result)
        return result;
    answer_text(accept_with(scan, DONE_WAVE_UNPACKED), "o", order.number);
    return go_on(scan);
}

static int accept_rest(struct scan *scan)
{
    struct express express = {0};
    int result = load(scan, &express);
    if (!result)
        result = wave_bring_rest(scan, &express.wave, &express.tote);
    return result ? result : finish_tote(scan);
}

/* ---------------------------------------------------------------- what is shown */

static int show_order(struct scan *scan, struct view *view)
{
    struct order order;
    int result = order_load(scan->store, scan->session.order, &order);
    if (result)
        return result;
    show_packing_note(view, &order);
    view->cancelled = order.cancelled;
    if (view->cancelled) {
        answer_set(&view->prompt, ASK_WAVE_CANCELLED);
        answer_text(&view->prompt, "o", order.number);
    }
    return result;
}

static int show(struct scan *scan, struct view *view, const char *expect, enum message ask)
{
    struct express express = {0};
    struct wave_totals totals;
    int result = load(scan, &express);
    if (!result)
        result = wave_totals(scan->store, express.wave.id, &totals);
    if (result)
        return result;
    view->expect = expect;
    answer_set(&view->prompt, ask);
    answer_text(&view->prompt, "t", express.tote.code);
    answer_set(&view->details[0], NOTE_WAVE);
    answer_text(&view->details[0], "w", express.wave.number);
    answer_text(&view->details[0], "c", express.wave.carrier);
    answer_number(&view->details[0], "o", totals.orders);
    view->detail_count = 1;
    view->done = totals.packed;
    view->need = totals.picked;
    return scan->session.order ? show_order(scan, view) : 0;
}

static int show_box(struct scan *scan, struct view *view)
{
    return show(scan, view, "box", ASK_EXPRESS_BOX);
}

static int show_item(struct scan *scan, struct view *view)
{
    return show(scan, view, "item", ASK_SOW_ITEM);
}

static int show_park(struct scan *scan, struct view *view)
{
    return show(scan, view, "tote", ASK_EXPRESS_PARK);
}

static int show_rest(struct scan *scan, struct view *view)
{
    return show(scan, view, "location", ASK_REST);
}

static const struct command at_tote[] = {{.name = "SKIP", .run = skip}, {.name = NULL}};
static const struct command at_item[] = {
    {.name = "SKIP", .run = skip},
    {.name = "DONE", .run = leave_cancelled, .when_cancelled = true, .final = true},
    {.name = NULL}};
static int show_weight(struct scan *scan, struct view *view)
{
    struct view scale = {0};
    int result = show(scan, view, "weight", ASK_WAVE_TOTE);
    weigh_show(scan, &scale, scan->session.parcel);
    if (!view->cancelled)
        view->prompt = scale.prompt;
    return result;
}

static const struct command at_scale[] = {
    {.name = "FORCE", .run = force_ask},
    {.name = "SKIP", .run = skip_weight},
    {.name = "DONE", .run = leave_cancelled, .when_cancelled = true, .final = true},
    {.name = NULL}};
static const struct command at_label[] = {
    {.name = "REPRINT", .run = label_reprint},
    {.name = "DONE", .run = leave_cancelled, .when_cancelled = true, .final = true},
    {.name = NULL}};

static const struct step steps[] = {
    {"express.box", BIT(CODE_BOX), "the box", "包装箱", accept_box, show_box, .commands = at_tote},
    {"express.item", BIT(CODE_ITEM), "a piece from the tote", "箱内商品", bin_item, show_item, .commands = at_item,
     .take = take_item, .needs = plate_needs},
    {.name = "express.weigh",
     .what = "the weight, on the scale,",
     .what_zh = "秤上的重量",
     .weigh = take_weight,
     .show = show_weight,
     .commands = at_scale},
    {"express.park", BIT(CODE_TOTE), "a tote for the parcel", "暂存用周转箱", accept_park, show_park, .commands = NULL},
    {"express.label", BIT(CODE_WAYBILL), "the label", "面单", accept_label, label_show, .commands = at_label},
    {"express.rest", BIT(CODE_LOCATION), "the return shelf", "退货架", accept_rest, show_rest, .commands = at_tote},
    {.name = NULL},
};

static const struct undo undos[] = {
    {"express.box", "the box", "包装箱", NULL}, {"express.item", "the check", "核对", undo_item}, {.type = NULL}};

const struct flow express_flow = {.name = "express", .steps = steps, .undos = undos};
