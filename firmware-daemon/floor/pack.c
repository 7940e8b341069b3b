/* Pack check: the picked tote or slot, every piece, the box, its weight, the label and its scan back.
 *
 *   menu -> pack.item ... -> pack.box -> [pack.weigh] -> pack.label -> [parcel.shelf] -> menu
 *
 * A box that finds no waybill number is put aside with its tote, and the worker goes on at the menu. When its number
 * has come, the tote opens pack.label. What a supervisor lets pass unpacked goes to the return shelf after the label.
 *
 * A label is impossible before everything picked has been checked: the schema forbids it too. */
#include "floor/label.h"
#include "floor/parcel.h"

#include "base/json.h"
#include "floor/waybill.h"

#include <errno.h>
#include <string.h>

static int check_open(struct scan *scan, const struct order *order, const struct lpn *tote)
{
    if (order->worker && order->worker != scan->session.worker)
        return refuse_taken(scan, order->worker);
    if (order->cancelled)
        return 0;
    if (strcmp(order->state, "parked") == 0 && strcmp(order->reason, WAYBILL_NONE) == 0) {
        label_say_parked(refusal(scan, E15_WAYBILL), tote->code, order);
        return FLOOR_REFUSED;
    }
    if (strcmp(order->state, "picked") != 0 && strcmp(order->state, "packing") != 0)
        return refuse_other_code(scan, "PICK, to its end", "「拣货」并完成");
    return 0;
}

int parcel_ensure(struct store *store, const struct order *order, struct parcel *ret)
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

static int record_opened(struct scan *scan, const struct order *order, const struct lpn *tote)
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

/* Where its parcel stands: pieces, a label that is still to come, or one that has come. */
static int open_parcel(struct scan *scan, const struct order *order, const struct lpn *tote)
{
    struct parcel parcel;
    struct print_job job = {0};
    int result = parcel_ensure(scan->store, order, &parcel);
    if (!result)
        result = order_set_state(scan->store, order->id, "packing", "");
    if (!result)
        result = order_set_worker(scan->store, order->id, scan->session.worker);
    if (result)
        return result;
    scan->session.parcel = parcel.id;
    if (strcmp(parcel.state, "verified") != 0)
        return record_opened(scan, order, tote);
    result = print_job_of_parcel(scan->store, parcel.id, &job);
    if (result == -ENOENT || strcmp(job.state, "void") == 0)
        return label_begin(scan, order, &parcel, "pack.label");
    if (!result)
        result = record_opened(scan, order, tote);
    go(scan, "pack.label");
    return result;
}

/* A cancelled order's goods are not packed, or not any longer. */
static int open_cancelled(struct scan *scan, const struct order *order)
{
    struct parcel parcel = {0};
    int result = parcel_of_order(scan->store, order->id, &parcel);
    if (result && result != -ENOENT)
        return result;
    bool unpacked = strcmp(parcel.state, "unpacked") == 0;
    scan->session.parcel = unpacked ? 0 : parcel.id;
    return shelve_begin(scan, order, DONE_TO_SHELF);
}

/* Its parcel is closed: what was not packed is still in it. */
static bool is_rest(const struct order *order)
{
    return strcmp(order->state, "labelled") == 0 || strcmp(order->state, "handed") == 0;
}

int pack_open(struct scan *scan, int64_t plate)
{
    struct store *store = scan->store;
    struct lpn tote;
    struct order order;
    int result = lpn_load(store, plate, &tote);
    if (!result && !tote.order)
        return refuse_other_code(scan, "PICK", "「拣货」");
    if (!result)
        result = order_load(store, tote.order, &order);
    if (result)
        return result;
    scan->session.order = order.id;
    scan->session.tote = tote.id;
    if (is_rest(&order) && !order.cancelled)
        return shelve_rest(scan, &order);
    result = check_open(scan, &order, &tote);
    if (result)
        return result;
    return order.cancelled ? open_cancelled(scan, &order) : open_parcel(scan, &order, &tote);
}

static int load(struct scan *scan, struct order *order, struct parcel *parcel)
{
    int result = order_load(scan->store, scan->session.order, order);
    if (!result && order->cancelled)
        return refuse_cancelled(scan, order);
    return result ? result : parcel_load(scan->store, scan->session.parcel, parcel);
}

/* Another tote of the same order: its pieces come next. */
static int accept_tote(struct scan *scan)
{
    struct order order, other = {0};
    struct parcel parcel;
    struct lpn tote;
    int result = load(scan, &order, &parcel);
    if (!result)
        result = lpn_load(scan->store, scan->target.id, &tote);
    if (result)
        return result;
    if (tote.order != order.id) {
        result = tote.order ? order_load(scan->store, tote.order, &other) : 0;
        struct answer *answer = refusal(scan, E10_TOTE);
        answer_text(answer, "t", tote.code);
        answer_text(answer, "o", tote.order ? other.number : "–");
        return result ? result : FLOOR_REFUSED;
    }
    json_text(record_start(scan), "order", order.number);
    json_text(&scan->data, "tote", tote.code);
    result = record(scan, "pack.opened", "order", order.number);
    scan->session.tote = tote.id;
    answer_text(accept_with(scan, DONE_PACK_TOTE), "t", tote.code);
    return result ? result : undo_allow(scan, "pack.opened");
}

/* ---------------------------------------------------------------- the box */

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

static int close_box(struct scan *scan, struct order *order, const struct parcel *parcel)
{
    int result = label_number(scan, order, parcel);
    if (result == -ENOENT)
        return park(scan, order, parcel);
    return result ? result : label_begin(scan, order, parcel, "pack.label");
}

static int go_to_scale(struct scan *scan, const struct order *order, const struct parcel *parcel)
{
    char box[STORE_CODE_MAX];
    int result = box_code(scan->store, parcel->box, box, sizeof(box));
    if (!result)
        result = parcel_set_box(scan->store, parcel->id, parcel->box);
    if (result)
        return result;
    json_text(record_start(scan), "order", order->number);
    json_text(&scan->data, "box", box);
    result = record(scan, "parcel.boxed", "order", order->number);
    go(scan, "pack.weigh");
    answer_text(accept_with(scan, DONE_BOXED), "b", box);
    return result ? result : undo_allow(scan, "parcel.boxed");
}

static int accept_box(struct scan *scan)
{
    struct order order;
    struct parcel parcel;
    bool weighed = false;
    int result = load(scan, &order, &parcel);
    if (!result)
        result = weigh_wanted(scan, &weighed);
    if (result)
        return result;
    parcel.box = scan->target.id;
    return weighed ? go_to_scale(scan, &order, &parcel) : close_box(scan, &order, &parcel);
}

static int undo_box(struct scan *scan, const struct action *action)
{
    (void)action;
    return parcel_set_box(scan->store, scan->session.parcel, 0);
}

/* ---------------------------------------------------------------- its weight */

static int take_weight(struct scan *scan, int64_t grams)
{
    struct order order;
    struct parcel parcel;
    int result = load(scan, &order, &parcel);
    if (!result)
        result = weigh_parcel(scan, &order, &parcel, grams);
    return result ? result : close_box(scan, &order, &parcel);
}

/* The scale is broken: only what a supervisor lets pass goes unweighed. */
static int skip_weight(struct scan *scan)
{
    struct order order;
    struct parcel parcel = {0};
    int result = load(scan, &order, &parcel);
    if (!result && !parcel.forced)
        return refuse(scan, E18_SUPERVISOR, NULL, NULL);
    return result ? result : close_box(scan, &order, &parcel);
}

/* Out of the box again: every piece is checked once more. */
static int reopen(struct scan *scan)
{
    struct order order;
    struct parcel parcel;
    int result = load(scan, &order, &parcel);
    if (result)
        return result;
    json_text(record_start(scan), "order", order.number);
    result = record(scan, "pack.reopened", "order", order.number);
    if (!result)
        result = ledger_unpack(scan->store, scan->seq, order.id, parcel.lpn, scan->session.tote);
    if (!result)
        result = parcel_reopen(scan->store, parcel.id);
    if (!result)
        result = undo_border(scan);
    go(scan, "pack.item");
    answer_text(accept_with(scan, DONE_REOPENED), "o", order.number);
    return result;
}

/* ---------------------------------------------------------------- a supervisor's word, the label, the end */

/* The parcel goes with what is in it. */
int pack_forced(struct scan *scan, const struct worker *supervisor)
{
    struct order order;
    struct parcel parcel;
    struct totals totals;
    char name[PARCEL_NAME_MAX];
    int result = load(scan, &order, &parcel);
    if (!result)
        result = order_totals(scan->store, order.id, &totals);
    if (result)
        return result;
    if (totals.packed == 0)
        return refuse_not_now(scan);
    parcel_name(&order, name);
    json_text(record_start(scan), "order", order.number);
    json_text(&scan->data, "parcel", name);
    json_text(&scan->data, "supervisor", supervisor->code);
    json_int(&scan->data, "unpacked", totals.picked - totals.packed);
    result = record(scan, "parcel.forced", "parcel", name);
    go(scan, "pack.box");
    return result ? result : undo_allow(scan, "pack.forced");
}

/* Its totes and slots are free, but for one that something is left in: *ret. */
static int free_totes(struct scan *scan, int64_t order, int64_t *ret)
{
    int64_t plate = 0;
    int result;
    *ret = 0;
    while ((result = lpn_of_order(scan->store, order, plate, &plate)) == 0) {
        struct lpn tote;
        result = lpn_load(scan->store, plate, &tote);
        if (!result && !lpn_is_empty(scan->store, plate)) {
            *ret = plate;
            continue;
        }
        if (!result)
            result = lpn_assign(scan->store, plate, 0);
        if (!result && strcmp(tote.kind, "tote") == 0)
            result = ledger_move_lpn(scan->store, scan->seq, plate, LOCATION_FLOOR, "tote");
        if (result)
            return result;
    }
    return result == -ENOENT ? 0 : result;
}

static int accept_label(struct scan *scan)
{
    struct order order;
    int64_t rest = 0;
    int result = label_confirm(scan, &order);
    if (!result)
        result = free_totes(scan, order.id, &rest);
    if (result)
        return result;
    scan->session.tote = rest;
    if (rest)
        return shelve_rest(scan, &order);
    leave_flow(scan);
    return 0;
}

static int leave_cancelled(struct scan *scan)
{
    struct order order;
    int result = order_load(scan->store, scan->session.order, &order);
    if (!result && !order.cancelled)
        return refuse_not_now(scan);
    return result ? result : shelve_begin(scan, &order, DONE_SHELVING);
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

static int show_weight(struct scan *scan, struct view *view)
{
    struct order order;
    weigh_show(scan, view, scan->session.parcel);
    return show_parcel_order(scan, view, &order);
}

#define WHEN_CANCELLED                                                                                                 \
    {.name = "DONE", .run = leave_cancelled, .when_cancelled = true, .final = true},                                   \
    {                                                                                                                  \
        .name = NULL                                                                                                   \
    }
static const struct command at_item[] = {{.name = "FORCE", .run = force_ask}, WHEN_CANCELLED};
static const struct command at_box[] = {WHEN_CANCELLED};
static const struct command at_scale[] = {{.name = "REOPEN", .run = reopen},
                                          {.name = "FORCE", .run = force_ask},
                                          {.name = "SKIP", .run = skip_weight},
                                          WHEN_CANCELLED};
static const struct command at_label[] = {{.name = "REPRINT", .run = label_reprint}, WHEN_CANCELLED};

static const struct step steps[] = {
    {.name = "pack.item",
     .accepts = BIT(CODE_ITEM) | BIT(CODE_TOTE),
     .what = "each piece",
     .what_zh = "每件商品",
     .accept = accept_tote,
     .take = pack_take,
     .needs = pack_needs,
     .show = show_item,
     .commands = at_item},
    {"pack.box", BIT(CODE_BOX), "the box", "包装箱", accept_box, show_box, .commands = at_box},
    {.name = "pack.weigh",
     .what = "the weight, on the scale,",
     .what_zh = "秤上的重量",
     .weigh = take_weight,
     .show = show_weight,
     .commands = at_scale},
    {"pack.label", BIT(CODE_WAYBILL), "the label", "面单", accept_label, label_show, .commands = at_label},
    {.name = NULL},
};
static const struct undo undos[] = {{"pack.item", "the check", "核对", NULL},
                                    {"pack.forced", "the supervisor's word", "主管放行", NULL},
                                    {"parcel.boxed", "the box", "包装箱", undo_box},
                                    {"pack.opened", "the tote", "周转箱", NULL},
                                    {.type = NULL}};

const struct flow pack_flow = {.name = "pack", .steps = steps, .undos = undos};
