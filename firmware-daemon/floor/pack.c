/* Pack check: the picked tote, every piece, the box, the label and its scan back.
 *
 *   menu -> pack.item ... -> pack.box -> pack.label -> menu
 *
 * A box that finds no waybill number is put aside with its tote, and the worker goes on at the menu. When its number
 * has come, the tote opens pack.label.
 *
 * A label is impossible before everything picked has been checked: the schema forbids it too. */
#include "floor/rule.h"

#include "base/json.h"
#include "floor/print.h"
#include "floor/waybill.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int refuse_cancelled(struct scan *scan, const struct order *order)
{
    return refuse(scan, E12_CANCELLED, "o", order->number);
}

/* Where a closed box without a number stands, and whose it is. */
static void say_no_waybill(struct answer *answer, const struct lpn *tote, const struct order *order)
{
    char slot[2 * STORE_CODE_MAX + 4];
    snprintf(slot, sizeof(slot), "%s (%s)", tote->code, order->number);
    answer_text(answer, "slot", slot);
}

static int check_open(struct scan *scan, const struct order *order, const struct lpn *tote)
{
    if (order->cancelled)
        return refuse_cancelled(scan, order);
    if (strcmp(order->state, "parked") == 0 && strcmp(order->reason, WAYBILL_NONE) == 0) {
        say_no_waybill(refusal(scan, E15_WAYBILL), tote, order);
        return FLOOR_REFUSED;
    }
    if (order->worker && order->worker != scan->session.worker) {
        struct worker other;
        int result = worker_load(scan->store, order->worker, &other);
        return result ? result : refuse(scan, E11_TAKEN, "u", other.name);
    }
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

static int close_parcel(struct scan *scan, const struct order *order, const struct parcel *parcel);

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
    return numbered ? close_parcel(scan, &order, &parcel) : begin_check(scan, &order, &tote);
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

/* What the label shows; only this goes to the printer, and only from the job's row. */
static int write_label(struct store *store, const struct order *order, int64_t parcel, int64_t copy, struct buf *data)
{
    json_open_object(data, NULL);
    json_text(data, "waybill", order->waybill);
    json_text(data, "carrier", order->carrier);
    json_text(data, "order", order->number);
    json_open_object(data, "receiver");
    json_text(data, "name", order->receiver_name);
    json_text(data, "phone", order->receiver_phone);
    json_text(data, "address", order->receiver_address);
    json_close_object(data);
    int result = waybill_write_print_data(store, parcel, data);
    json_int(data, "copy", copy);
    json_open_array(data, "items");
    if (!result)
        result = order_write_packed(store, order->id, data);
    json_close_array(data);
    json_close_object(data);
    return result;
}

/* A label that its platform has drawn goes as it is. */
static int queue_label(struct scan *scan, const struct order *order, int64_t copy, const char *reason)
{
    CLEANUP_BUF struct buf data = {0};
    char parcel[PARCEL_NAME_MAX], key[PARCEL_NAME_MAX + 32];
    parcel_name(order, parcel);
    snprintf(key, sizeof(key), "label:%s:%lld", parcel, (long long)copy);
    int result = waybill_opaque(scan->store, scan->session.parcel, &data);
    bool opaque = data.length > 0;
    if (!result && !opaque)
        result = write_label(scan->store, order, scan->session.parcel, copy, &data);
    if (result || data.failed)
        return result ? result : -ENOMEM;
    return print_job_queue(scan->store, &(struct print_request){.key = key,
                                                                .template = opaque ? "opaque" : "waybill-100x150",
                                                                .data = data.data,
                                                                .parcel = scan->session.parcel,
                                                                .copy = copy,
                                                                .reason = reason});
}

static int start_parcel_record(struct scan *scan, const struct order *order, const struct parcel *parcel)
{
    char name[PARCEL_NAME_MAX], box[STORE_CODE_MAX];
    int result = box_code(scan->store, parcel->box, box, sizeof(box));
    if (result)
        return result;
    parcel_name(order, name);
    json_text(record_start(scan), "order", order->number);
    json_text(&scan->data, "parcel", name);
    json_text(&scan->data, "box", box);
    return 0;
}

/* The box is closed and has its number: the label comes. */
static int close_parcel(struct scan *scan, const struct order *order, const struct parcel *parcel)
{
    char name[PARCEL_NAME_MAX];
    parcel_name(order, name);
    int result = start_parcel_record(scan, order, parcel);
    json_text(&scan->data, "waybill", order->waybill);
    if (!result)
        result = record(scan, "parcel.packed", "parcel", name);
    if (!result)
        result = queue_label(scan, order, 1, "");
    if (!result)
        result = undo_border(scan);
    go(scan, "pack.label");
    accept_with(scan, DONE_PACKED);
    return result;
}

static void leave(struct scan *scan)
{
    scan->session.order = scan->session.tote = scan->session.parcel = 0;
    go(scan, "menu");
}

/* The box is closed, and that stands; it goes aside with its tote, which is what can be scanned of it. */
static int park_parcel(struct scan *scan, const struct order *order, const struct parcel *parcel)
{
    struct store *store = scan->store;
    struct lpn tote;
    int result = lpn_load(store, scan->session.tote, &tote);
    if (!result)
        result = start_parcel_record(scan, order, parcel);
    json_text(&scan->data, "reason", WAYBILL_NONE);
    if (!result)
        result = record(scan, "order.parked", "order", order->number);
    if (!result)
        result = parcel_wait(store, parcel->id, parcel->box, scan->seq);
    if (!result)
        result = order_set_state(store, order->id, "parked", WAYBILL_NONE);
    if (!result)
        result = order_set_worker(store, order->id, 0);
    if (!result)
        result = undo_border(scan);
    if (result)
        return result;
    leave(scan);
    say_no_waybill(accept_with(scan, DONE_PARKED), &tote, order);
    return 0;
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
    result = waybill_take(store, &order, &parcel);
    if (result == -ENOENT)
        return park_parcel(scan, &order, &parcel);
    if (!result)
        result = parcel_verify(store, parcel.id, parcel.box, order.waybill);
    return result ? result : close_parcel(scan, &order, &parcel);
}

/* reason NULL: there is none to say. */
static int record_label(struct scan *scan, const char *type, const struct order *order, int64_t copy,
                        const char *reason)
{
    char parcel[PARCEL_NAME_MAX];
    parcel_name(order, parcel);
    json_text(record_start(scan), "order", order->number);
    json_text(&scan->data, "parcel", parcel);
    json_text(&scan->data, "waybill", order->waybill);
    json_int(&scan->data, "copy", copy);
    if (reason)
        json_text(&scan->data, "reason", reason);
    return record(scan, type, "parcel", parcel);
}

static int finish(struct scan *scan, const struct order *order)
{
    struct store *store = scan->store;
    int result = parcel_set_state(store, scan->session.parcel, "labelled");
    if (!result)
        result = order_set_state(store, order->id, "labelled", "");
    if (!result)
        result = order_set_worker(store, order->id, 0);
    if (!result)
        result = lpn_assign(store, scan->session.tote, 0);
    if (!result)
        result = ledger_move_lpn(store, scan->seq, scan->session.tote, LOCATION_FLOOR, "tote");
    leave(scan);
    return result;
}

/* The label's own code is the proof that it came out and sits on the right parcel. */
static int accept_label(struct scan *scan)
{
    struct store *store = scan->store;
    struct order order;
    struct print_job job;
    int result = order_load(store, scan->session.order, &order);
    if (!result && order.cancelled)
        return refuse_cancelled(scan, &order);
    if (!result && scan->target.id != scan->session.parcel) {
        struct answer *answer = refusal(scan, E05_ITEM);
        answer_text(answer, "exp", order.waybill);
        answer_text(answer, "got", scan->text);
        return FLOOR_REFUSED;
    }
    if (!result)
        result = print_job_of_parcel(store, scan->session.parcel, &job);
    if (!result)
        result = record_label(scan, "label.printed", &order, job.copy, NULL);
    if (!result)
        result = print_job_set_state(store, job.id, "printed", "");
    if (!result && !*job.proof)
        result = print_job_proved(store, job.id, "scan");
    if (!result)
        result = undo_border(scan);
    answer_text(accept_with(scan, DONE_LABELLED), "o", order.number);
    return result ? result : finish(scan, &order);
}

static int reprint(struct scan *scan)
{
    struct order order;
    struct print_job job;
    int result = order_load(scan->store, scan->session.order, &order);
    if (!result && order.cancelled)
        return refuse_cancelled(scan, &order);
    if (!result)
        result = print_job_of_parcel(scan->store, scan->session.parcel, &job);
    if (!result && (strcmp(job.state, "queued") == 0 || strcmp(job.state, "sending") == 0))
        return refuse_not_now(scan); /* one is on its way already */
    if (!result)
        result = record_label(scan, "label.reprinted", &order, job.copy + 1,
                              *job.reason ? job.reason : "asked by the packer");
    if (!result && strcmp(job.state, "printed") != 0) /* nothing more is done about it: the new one takes its place */
        result = print_job_set_state(scan->store, job.id, "void", "asked for again");
    if (!result)
        result = queue_label(scan, &order, job.copy + 1, "asked by the packer");
    answer_number(accept_with(scan, DONE_REPRINT), "n", job.copy + 1);
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
    leave(scan);
    accept_with(scan, DONE_LEFT);
    return result;
}

static int show_order(struct scan *scan, struct view *view, struct order *order)
{
    struct totals totals;
    int result = order_load(scan->store, scan->session.order, order);
    if (!result)
        result = order_totals(scan->store, order->id, &totals);
    if (result)
        return result;
    answer_set(&view->details[0], NOTE_ORDER);
    answer_text(&view->details[0], "o", order->number);
    answer_text(&view->details[0], "c", order->carrier);
    view->detail_count = 1;
    view->done = totals.packed;
    view->need = totals.picked;
    view->cancelled = order->cancelled;
    if (order->cancelled) {
        answer_set(&view->prompt, ASK_CANCELLED_PARCEL);
        answer_text(&view->prompt, "o", order->number);
    }
    return 0;
}

static int show_simple(struct scan *scan, struct view *view, const char *expect, enum message ask)
{
    struct order order;
    view->expect = expect;
    answer_set(&view->prompt, ask);
    return show_order(scan, view, &order);
}

static int show_item(struct scan *scan, struct view *view)
{
    return show_simple(scan, view, "item", ASK_PACK_ITEM);
}

static int show_box(struct scan *scan, struct view *view)
{
    return show_simple(scan, view, "box", ASK_BOX);
}

static int show_label(struct scan *scan, struct view *view)
{
    static const struct {
        const char *state;
        enum message ask;
    } asks[] = {{"queued", ASK_LABEL_WAITS}, {"unknown", ASK_LABEL_UNKNOWN}, {"failed", ASK_LABEL_FAILED}};
    struct order order;
    struct print_job job;
    int result = print_job_of_parcel(scan->store, scan->session.parcel, &job);
    if (result)
        return result;
    view->label = job;
    view->expect = "waybill";
    answer_set(&view->prompt, ASK_LABEL);
    for (size_t i = 0; i < COUNT(asks); i++)
        if (strcmp(asks[i].state, job.state) == 0)
            answer_set(&view->prompt, asks[i].ask);
    if (strcmp(job.reason, PRINT_LATE) == 0)
        answer_set(&view->prompt, ASK_LABEL_LATE);
    answer_text(&view->prompt, "why", job.reason);
    result = show_order(scan, view, &order);
    snprintf(view->code, sizeof(view->code), "%s", order.waybill);
    return result;
}

static const struct command at_bench[] = {{.name = "DONE", .run = leave_cancelled, .when_cancelled = true},
                                          {.name = NULL}};
static const struct command at_label[] = {{.name = "REPRINT", .run = reprint},
                                          {.name = "DONE", .run = leave_cancelled, .when_cancelled = true},
                                          {.name = NULL}};

static const struct step steps[] = {
    {"pack.item", BIT(CODE_ITEM), "each piece", "每件商品", accept_item, show_item, .commands = at_bench},
    {"pack.box", BIT(CODE_BOX), "the box", "包装箱", accept_box, show_box, .commands = at_bench},
    {"pack.label", BIT(CODE_WAYBILL), "the label", "面单", accept_label, show_label, .commands = at_label},
    {.name = NULL},
};
static const struct undo undos[] = {{"pack.item", "the check", "核对", NULL}, {.type = NULL}};

const struct flow pack_flow = {"pack", steps, undos};
