/* A packed parcel once more, by its waybill: its label again, its weight, or out of the box.
 *
 *   menu -> parcel.shown -> [parcel.weigh] -> menu
 *           parcel.shown -> [parcel.force] -> parcel.tote -> [parcel.shelf] -> menu
 *
 * An order that was cancelled is unpacked at once; any other wants a supervisor's word, and its pieces are in a tote
 * then, to be packed again under another number. */
#include "floor/parcel.h"
#include "floor/label.h"

#include "base/json.h"

#include <string.h>

static int record_opened(struct scan *scan, const struct order *order, const struct parcel *parcel)
{
    char name[PARCEL_NAME_MAX];
    parcel_name(order, name);
    json_text(record_start(scan), "order", order->number);
    json_text(&scan->data, "parcel", name);
    json_text(&scan->data, "waybill", parcel->waybill);
    int result = record(scan, "parcel.opened", "parcel", name);
    if (!result)
        result = undo_border(scan);
    struct answer *answer = accept_with(scan, DONE_PARCEL_OPENED);
    answer_text(answer, "w", parcel->waybill);
    answer_text(answer, "o", order->number);
    return result;
}

/* The tote it is packed from, while its label is not on it. */
static int resume(struct scan *scan, const struct order *order)
{
    int64_t tote;
    int result = lpn_of_order(scan->store, order->id, 0, &tote);
    return result ? result : pack_open(scan, tote);
}

int parcel_open(struct scan *scan, int64_t parcel_id)
{
    struct parcel parcel;
    struct order order;
    int result = parcel_load(scan->store, parcel_id, &parcel);
    if (!result)
        result = order_load(scan->store, parcel.order, &order);
    if (result)
        return result;
    if (strcmp(parcel.state, "handed") == 0)
        return return_of_parcel(scan, &parcel);
    if (order.worker && order.worker != scan->session.worker)
        return refuse_taken(scan, order.worker);
    if (strcmp(parcel.state, "unpacked") == 0)
        return refuse_cancelled(scan, &order);
    if (parcel.manifest)
        return refuse_other_code(scan, "the gate", "出口");
    if (strcmp(parcel.state, "labelled") != 0)
        return resume(scan, &order);
    scan->session.order = order.id;
    scan->session.parcel = parcel.id;
    if (order.cancelled)
        return shelve_begin(scan, &order, DONE_TO_SHELF);
    result = order_set_worker(scan->store, order.id, scan->session.worker);
    go(scan, "parcel.shown");
    return result ? result : record_opened(scan, &order, &parcel);
}

static int leave(struct scan *scan)
{
    struct order order;
    int result = order_load(scan->store, scan->session.order, &order);
    if (result)
        return result;
    if (order.cancelled)
        return shelve_begin(scan, &order, DONE_SHELVING);
    json_text(record_start(scan), "order", order.number);
    result = record(scan, "parcel.left", "order", order.number);
    if (!result)
        result = order_set_worker(scan->store, order.id, 0);
    if (!result)
        result = undo_border(scan);
    leave_flow(scan);
    accept_with(scan, DONE_LEFT);
    return result;
}

static int step_by(struct scan *scan, const char *step, enum message message, const struct worker *supervisor)
{
    json_text(record_start(scan), "step", step);
    if (supervisor)
        json_text(&scan->data, "supervisor", supervisor->code);
    int result = record(scan, "parcel.step", "worker", scan->worker.code);
    go(scan, step);
    accept_with(scan, message);
    return result ? result : undo_allow(scan, "parcel.step");
}

static int step_to(struct scan *scan, const char *step, enum message message)
{
    return step_by(scan, step, message, NULL);
}

static int to_scale(struct scan *scan)
{
    return step_to(scan, "parcel.weigh", DONE_TO_SCALE);
}

static int take_weight(struct scan *scan, int64_t grams)
{
    struct order order;
    struct parcel parcel;
    int result = order_load(scan->store, scan->session.order, &order);
    if (!result)
        result = parcel_load(scan->store, scan->session.parcel, &parcel);
    if (!result && order.cancelled)
        return refuse_cancelled(scan, &order);
    if (!result)
        result = weigh_parcel(scan, &order, &parcel, grams);
    if (!result)
        result = undo_border(scan);
    if (result)
        return result;
    go(scan, "parcel.shown");
    answer_number(accept_with(scan, DONE_WEIGHED), "g", grams);
    return 0;
}

/* Whatever it weighs passes now, and at the gate even unweighed. */
int weight_forced(struct scan *scan, const struct worker *supervisor)
{
    struct order order;
    char name[PARCEL_NAME_MAX];
    int result = order_load(scan->store, scan->session.order, &order);
    if (!result)
        result = parcel_force(scan->store, scan->session.parcel, supervisor->id);
    if (result)
        return result;
    parcel_name(&order, name);
    json_text(record_start(scan), "order", order.number);
    json_text(&scan->data, "parcel", name);
    json_text(&scan->data, "supervisor", supervisor->code);
    result = record(scan, "parcel.forced", "parcel", name);
    return result ? result : undo_allow(scan, "parcel.forced");
}

int undo_weight_forced(struct scan *scan, const struct action *action)
{
    (void)action;
    return parcel_force(scan->store, scan->session.parcel, 0);
}

int unpack_forced(struct scan *scan, const struct worker *supervisor)
{
    return step_by(scan, "parcel.tote", DONE_PASSED, supervisor);
}

static int show_parcel(struct scan *scan, struct view *view, enum message ask)
{
    struct order order = {0};
    struct parcel parcel = {0};
    answer_set(&view->prompt, ask);
    int result = show_parcel_order(scan, view, &order);
    if (!result)
        result = parcel_load(scan->store, scan->session.parcel, &parcel);
    answer_text(&view->prompt, "w", parcel.waybill);
    if (parcel.weight_g) {
        answer_set(&view->details[view->detail_count], NOTE_PARCEL_WEIGHT);
        answer_number(&view->details[view->detail_count++], "g", parcel.weight_g);
    }
    return result;
}

static int show_shown(struct scan *scan, struct view *view)
{
    view->expect = "command";
    return show_parcel(scan, view, ASK_PARCEL_WHAT);
}

static int show_weigh(struct scan *scan, struct view *view)
{
    struct order order;
    weigh_show(scan, view, scan->session.parcel);
    return show_parcel_order(scan, view, &order);
}

static const struct command at_parcel[] = {{.name = "REPRINT", .run = label_reprint},
                                           {.name = "WEIGH", .run = to_scale},
                                           {.name = "UNPACK", .run = force_ask},
                                           {.name = "DONE", .run = leave},
                                           {.name = NULL}};
static const struct command at_scale[] = {
    {.name = "FORCE", .run = force_ask}, {.name = "DONE", .run = leave}, {.name = NULL}};

static const struct step steps[] = {
    {.name = "parcel.shown",
     .what = "REPRINT, WEIGH, UNPACK or DONE",
     .what_zh = "「补打」「称重」「拆包」或「完成」",
     .show = show_shown,
     .commands = at_parcel},
    {.name = "parcel.weigh",
     .what = "the weight, on the scale,",
     .what_zh = "秤上的重量",
     .weigh = take_weight,
     .show = show_weigh,
     .commands = at_scale},
    {"parcel.force", BIT(CODE_BADGE), "a supervisor's badge", "主管工牌", force_accept, force_show, .commands = NULL},
    {"parcel.reprint", BIT(CODE_BADGE), "a supervisor's badge", "主管工牌", label_reprint_allowed, force_show,
     .commands = NULL},
    {"parcel.tote", BIT(CODE_TOTE), "an empty tote", "空周转箱", unpack_into, unpack_show, .commands = NULL},
    {"parcel.shelf", BIT(CODE_LOCATION), "the return shelf", "退货架", shelve_at, shelve_show, .commands = NULL},
    {.name = NULL},
};
static const struct undo undos[] = {{"supervisor.asked", "the question", "主管授权请求", NULL},
                                    {"parcel.forced", "the supervisor's word", "主管放行", undo_weight_forced},
                                    {"parcel.step", "the step", "操作", NULL},
                                    {.type = NULL}};

const struct flow parcel_flow = {.name = "parcel", .steps = steps, .undos = undos};
