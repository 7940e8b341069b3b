/* Receiving: an ASN, an arrival from another site, or goods that nobody announced.
 *
 *   menu -> [receive.dock] -> receive.plate -> receive.item ... -> [receive.confirm] -> menu
 *                               receive.item -> receive.damaged -> receive.item
 *                               receive.item -> receive.badge -> receive.allowed -> receive.item
 *
 * A document is open, then working, then closed; its worker has it alone, and it stays working when he leaves. Stock
 * comes in at each scan of goods: from the supplier (or from under way) onto the plate at the dock. */
#include "floor/receive.h"
#include "store/receipt.h"

#include "base/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int64_t receipt_source(const struct document *document)
{
    return strcmp(document->kind, "arrival") == 0 ? LOCATION_TRANSIT : LOCATION_SUPPLIER;
}

int receipt_load(struct scan *scan, struct receipt *ret)
{
    *ret = (struct receipt){0};
    int result = document_load(scan->store, scan->session.document, &ret->document);
    if (!result && scan->session.location)
        result = location_load(scan->store, scan->session.location, &ret->dock);
    if (!result && scan->session.plate)
        result = lpn_load(scan->store, scan->session.plate, &ret->plate);
    return result;
}

/* ---------------------------------------------------------------- opening */

static int refuse_closed(struct scan *scan, const struct document *document)
{
    struct answer *answer = refusal(scan, E09_SERIAL);
    answer_text(answer, "s", document->number);
    answer_text(answer, "where", "received");
    answer_text(answer, "where_zh", "收货");
    return FLOOR_REFUSED;
}

static int check_document(struct scan *scan, const struct document *document)
{
    if (document->worker && document->worker != scan->session.worker)
        return refuse_taken(scan, document->worker);
    bool open = strcmp(document->state, "open") == 0 || strcmp(document->state, "working") == 0;
    return open ? 0 : refuse_closed(scan, document);
}

int receive_open(struct scan *scan, int64_t document_id)
{
    struct store *store = scan->store;
    struct document document;
    int64_t docks = 0, dock = 0;
    int result = document_load(store, document_id, &document);
    if (!result)
        result = check_document(scan, &document);
    if (!result)
        result = location_count(store, "dock", &docks, &dock);
    if (!result && docks == 0)
        return refuse(scan, E04_NO_DOCK, NULL, NULL);
    if (!result)
        result = document_set_state(store, document_id, "working", "");
    if (!result)
        result = document_set_worker(store, document_id, scan->session.worker);
    if (result)
        return result;
    json_text(record_start(scan), "document", document.number);
    json_text(&scan->data, "kind", document.kind);
    result = record(scan, "receipt.opened", "document", document.number);
    if (!result)
        result = undo_border(scan);
    scan->session.document = document_id;
    scan->session.location = docks == 1 ? dock : 0;
    go(scan, docks == 1 ? "receive.plate" : "receive.dock");
    answer_text(accept_with(scan, DONE_RECEIPT), "d", document.number);
    return result;
}

/* Goods without a document: they get one of their own, on which nothing is expected. */
int receive_start(struct scan *scan)
{
    struct document document = {.kind = "asn", .blind = true};
    int64_t id;
    snprintf(document.number, sizeof(document.number), "BLIND-%" PRId64, scan->store->end.seq + 1);
    int result = document_insert(scan->store, &document, &id);
    return result ? result : receive_open(scan, id);
}

/* A pallet at the menu: its document is opened with it. */
int receive_plate(struct scan *scan)
{
    struct document_line line;
    struct lpn plate;
    const char *sscc = barcode_value(scan->code, "00");
    int result = 0;
    if (scan->target.kind == CODE_PALLET && (result = lpn_load(scan->store, scan->target.id, &plate)) == 0)
        sscc = plate.code;
    if (!result)
        result = sscc ? document_line_of_sscc(scan->store, sscc, &line) : -ENOENT;
    if (result == -ENOENT)
        return refuse_other_code(scan, "the document that it came with", "随货单据");
    if (!result)
        result = receive_open(scan, line.document);
    return result || !scan->session.location ? result : receipt_take_pallet(scan, sscc);
}

static int accept_dock(struct scan *scan)
{
    struct receipt receipt;
    struct location dock;
    int result = receipt_load(scan, &receipt);
    if (!result)
        result = location_load(scan->store, scan->target.id, &dock);
    if (result)
        return result;
    if (strcmp(dock.kind, "dock") != 0)
        return refuse_place(scan, "a dock · 月台", dock.code);
    json_text(record_start(scan), "document", receipt.document.number);
    json_text(&scan->data, "location", dock.code);
    result = record(scan, "receipt.dock", "document", receipt.document.number);
    if (!result)
        result = undo_allow(scan, "receipt.dock");
    scan->session.location = dock.id;
    go(scan, "receive.plate");
    answer_text(accept_with(scan, DONE_DOCK), "l", dock.code);
    return result;
}

/* ---------------------------------------------------------------- plates */

int receipt_check_plate(struct scan *scan, const struct receipt *receipt, int64_t plate_id)
{
    struct lpn plate;
    struct task task;
    int result = lpn_load(scan->store, plate_id, &plate);
    if (!result)
        result = task_of_plate(scan->store, plate_id, &task);
    if (result && result != -ENOENT)
        return result;
    bool idle = !plate.order && !plate.wave && !plate.document && lpn_is_empty(scan->store, plate_id);
    bool ours = plate.document == receipt->document.id && plate.location == receipt->dock.id;
    return result == -ENOENT && (idle || ours) ? 0 : refuse(scan, E10_PLATE, "t", plate.code);
}

int receipt_hold_plate(struct scan *scan, const struct receipt *receipt, int64_t plate)
{
    int result = ledger_move_lpn(scan->store, scan->seq, plate, receipt->dock.id, "receive");
    return result ? result : lpn_assign_document(scan->store, plate, receipt->document.id);
}

int receipt_bind(struct scan *scan, const struct receipt *receipt, int64_t plate_id)
{
    struct lpn plate;
    int result = receipt_check_plate(scan, receipt, plate_id);
    if (!result)
        result = lpn_load(scan->store, plate_id, &plate);
    if (result)
        return result;
    json_text(record_start(scan), "document", receipt->document.number);
    json_text(&scan->data, "plate", plate.code);
    json_text(&scan->data, "location", receipt->dock.code);
    result = record(scan, "receipt.plate", "document", receipt->document.number);
    if (!result)
        result = receipt_hold_plate(scan, receipt, plate_id);
    if (!result)
        result = undo_allow(scan, "receipt.plate");
    scan->session.plate = plate_id;
    go(scan, "receive.item");
    answer_text(accept_with(scan, DONE_RECEIPT_PLATE), "t", plate.code);
    return result;
}

static int accept_plate(struct scan *scan)
{
    struct receipt receipt;
    struct lpn plate;
    if (scan->target.kind == CODE_SSCC)
        return receipt_take_pallet(scan, barcode_value(scan->code, "00"));
    int result = receipt_load(scan, &receipt);
    if (!result)
        result = lpn_load(scan->store, scan->target.id, &plate);
    if (result)
        return result;
    return scan->target.kind == CODE_PALLET ? receipt_take_pallet(scan, plate.code)
                                            : receipt_bind(scan, &receipt, plate.id);
}

/* What is on a full plate may be put away while the rest comes in. */
static int fill_plate(struct scan *scan)
{
    struct receipt receipt;
    int64_t task;
    int result = receipt_load(scan, &receipt);
    if (result)
        return result;
    json_text(record_start(scan), "document", receipt.document.number);
    json_text(&scan->data, "plate", *receipt.plate.code ? receipt.plate.code : NULL);
    result = record(scan, "receipt.full", "document", receipt.document.number);
    if (!result && receipt.plate.id)
        result = plate_plan_putaway(scan->store, receipt.plate.id, &task);
    if (!result || result == -EEXIST) /* it is empty: another one is better */
        result = undo_allow(scan, "receipt.full");
    scan->session.plate = 0;
    go(scan, "receive.plate");
    answer_text(accept_with(scan, DONE_RECEIPT_FULL), "t", *receipt.plate.code ? receipt.plate.code : "–");
    return result;
}

/* ---------------------------------------------------------------- what the worker asks for */

static int ask(struct scan *scan, const char *step, const char *what, const char *what_zh)
{
    struct receipt receipt;
    int result = receipt_load(scan, &receipt);
    if (result)
        return result;
    json_text(record_start(scan), "document", receipt.document.number);
    json_text(&scan->data, "asked", what);
    result = record(scan, "receipt.asked", "document", receipt.document.number);
    if (!result)
        result = undo_allow(scan, "receipt.asked");
    go(scan, step);
    struct answer *answer = accept_with(scan, DONE_RECEIPT_ASKED);
    answer_text(answer, "what", what);
    answer_text(answer, "what_zh", what_zh);
    return result;
}

static int ask_loose(struct scan *scan)
{
    return ask(scan, "receive.item", "Without a plate", "不使用载具");
}

static int ask_damaged(struct scan *scan)
{
    return ask(scan, "receive.damaged", "The next goods are damaged", "下一件为残次品");
}

static int ask_allowed(struct scan *scan)
{
    return ask(scan, "receive.badge", "A supervisor must let it in", "需主管批准收货");
}

static int ask_back(struct scan *scan)
{
    return ask(scan, "receive.item", "Go on", "继续收货");
}

static int accept_badge(struct scan *scan)
{
    struct receipt receipt;
    struct worker supervisor;
    int result = check_supervisor(scan, &supervisor);
    if (!result)
        result = receipt_load(scan, &receipt);
    if (result)
        return result;
    json_text(record_start(scan), "document", receipt.document.number);
    json_text(&scan->data, "supervisor", supervisor.code);
    result = record(scan, "receipt.allowed", "document", receipt.document.number);
    if (!result)
        result = undo_allow(scan, "receipt.allowed");
    go(scan, "receive.allowed");
    struct answer *answer = accept_with(scan, DONE_RECEIPT_ASKED);
    answer_text(answer, "what", "The next goods may come in");
    answer_text(answer, "what_zh", "下一件准予收货");
    return result;
}

/* ---------------------------------------------------------------- the end */

static int leave(struct scan *scan)
{
    struct receipt receipt;
    int result = receipt_load(scan, &receipt);
    if (result)
        return result;
    json_text(record_start(scan), "document", receipt.document.number);
    result = record(scan, "receipt.left", "document", receipt.document.number);
    if (!result)
        result = receipt_give_back(scan->store, receipt.document.id);
    if (!result)
        result = undo_border(scan);
    leave_flow(scan);
    accept_with(scan, DONE_LEFT);
    return result;
}

static int write_lines(struct scan *scan, int64_t document)
{
    struct document_line line = {0};
    int result;
    json_open_array(&scan->data, "lines");
    while ((result = document_line_after(scan->store, document, line.line, &line)) == 0) {
        struct item item;
        result = item_load(scan->store, line.item, &item);
        if (result)
            return result;
        json_open_object(&scan->data, NULL);
        json_int(&scan->data, "line", line.line);
        json_text(&scan->data, "sku", item.sku);
        if (*line.lot_code)
            json_text(&scan->data, "lot", line.lot_code);
        json_int(&scan->data, "expected", line.expected);
        json_int(&scan->data, "received", line.done);
        json_int(&scan->data, "damaged", line.damaged);
        json_close_object(&scan->data);
    }
    json_close_array(&scan->data);
    return result == -ENOENT ? 0 : result;
}

/* Goods of another site that did not come stay under way, as a claim: nothing is moved for them. */
static int close_receipt(struct scan *scan)
{
    struct store *store = scan->store;
    struct receipt receipt;
    struct document_totals totals;
    char outcome[RECEIPT_OUTCOME_MAX] = "";
    int result = receipt_load(scan, &receipt);
    const struct document *document = &receipt.document;
    if (!result)
        result = document_totals(store, document->id, &totals);
    if (!result)
        result = receipt_outcome(store, document->id, outcome);
    if (result)
        return result;
    bool arrival = strcmp(document->kind, "arrival") == 0,
         nothing = totals.expected + totals.done + totals.damaged == 0;
    json_text(record_start(scan), "document", document->number);
    json_text(&scan->data, "outcome", outcome);
    result = write_lines(scan, document->id);
    if (!result)
        result = record(scan, arrival ? "transfer.received" : "receipt.closed", "document", document->number);
    if (!result)
        result = receipt_give_back(store, document->id);
    if (!result)
        result = document_set_state(store, document->id, nothing ? "cancelled" : "closed", outcome);
    if (!result)
        result = receipt_plan_putaway(store, document->id);
    if (!result)
        result = undo_border(scan);
    leave_flow(scan);
    struct answer *answer = accept_with(scan, *outcome ? DONE_RECEIPT_DIFFERS : DONE_RECEIPT_CLOSED);
    answer_text(answer, "d", document->number);
    answer_text(answer, "why", outcome);
    answer_text(answer, "why_zh", outcome);
    return result;
}

/* Short goods, and all that was counted blind, are asked about once more. */
static int finish(struct scan *scan)
{
    struct receipt receipt;
    char outcome[RECEIPT_OUTCOME_MAX] = "";
    int result = receipt_load(scan, &receipt);
    if (!result)
        result = receipt_outcome(scan->store, receipt.document.id, outcome);
    if (result)
        return result;
    return receipt.document.blind || strncmp(outcome, "short", 5) == 0
               ? ask(scan, "receive.confirm", "Close it?", "确认关闭?")
               : close_receipt(scan);
}

/* ---------------------------------------------------------------- the flow */

static const struct command at_dock[] = {{.name = "SKIP", .run = leave}, {.name = NULL}};
static const struct command at_plate[] = {{.name = "LOOSE", .run = ask_loose},
                                          {.name = "DONE", .run = finish},
                                          {.name = "SKIP", .run = leave},
                                          {.name = NULL}};
static const struct command at_item[] = {{.name = "FULL", .run = fill_plate},   {.name = "DAMAGE", .run = ask_damaged},
                                         {.name = "ALLOW", .run = ask_allowed}, {.name = "DONE", .run = finish},
                                         {.name = "SKIP", .run = leave},        {.name = NULL}};
static const struct command aside[] = {{.name = "SKIP", .run = ask_back}, {.name = NULL}};
static const struct command at_confirm[] = {
    {.name = "DONE", .run = close_receipt, .final = true}, {.name = "SKIP", .run = ask_back}, {.name = NULL}};

#define PLATES (BIT(CODE_TOTE) | BIT(CODE_PALLET) | BIT(CODE_SSCC))

static const struct step steps[] = {
    {"receive.dock", BIT(CODE_LOCATION), "the dock", "月台", accept_dock, receipt_show_dock, .commands = at_dock},
    {"receive.plate", PLATES, "a tote or pallet", "周转箱或托盘", accept_plate, receipt_show_plate,
     .commands = at_plate},
    {"receive.item", PLATES | BIT(CODE_ITEM), "the goods", "到货商品", accept_plate, receipt_show_item,
     .commands = at_item, .take = receipt_take, .needs = goods_needs_all},
    {"receive.damaged", BIT(CODE_ITEM), "the damaged goods", "残次商品", NULL, receipt_show_damaged, .commands = aside,
     .take = receipt_take_damaged, .needs = goods_needs_all},
    {"receive.badge", BIT(CODE_BADGE), "a supervisor's badge", "主管工牌", accept_badge, receipt_show_badge,
     .commands = aside},
    {"receive.allowed", BIT(CODE_ITEM), "the goods that are let in", "获准收货的商品", NULL, receipt_show_allowed,
     .commands = aside, .take = receipt_take_allowed, .needs = goods_needs_all},
    {"receive.confirm", 0, "DONE or SKIP", "「完成」或「跳过」", NULL, receipt_show_confirm, .commands = at_confirm},
    {.name = NULL},
};

/* Plates that have nothing on them belong to nobody again, but for the one that goods go onto now. */
static int undo_plate(struct scan *scan, const struct action *action)
{
    int64_t document = scan->session.document, before = action->before.document ? action->before.plate : 0;
    int result = receipt_free_plates(scan->store, document);
    return result || !before ? result : lpn_assign_document(scan->store, before, document);
}

static int undo_full(struct scan *scan, const struct action *action)
{
    struct task task;
    int result = action->before.plate ? task_of_plate(scan->store, action->before.plate, &task) : -ENOENT;
    if (result)
        return result == -ENOENT ? 0 : result;
    if (strcmp(task.state, "planned") != 0 || task.worker)
        return refuse_not_now(scan); /* somebody puts it away already */
    return task_set_state(scan->store, task.id, "cancelled", "");
}

/* A pallet that had opened its document gives it back. */
static int undo_pallet(struct scan *scan, const struct action *action)
{
    return action->before.document ? undo_plate(scan, action) : receipt_give_back(scan->store, scan->session.document);
}

static const struct undo undos[] = {{"receipt.dock", "the dock", "月台", NULL},
                                    {"receipt.plate", "the plate", "载具", undo_plate},
                                    {"receipt.full", "the full plate", "满载", undo_full},
                                    {"receipt.asked", "the command", "命令", NULL},
                                    {"receipt.allowed", "the badge", "主管授权", NULL},
                                    {"receipt.line", "the goods", "收货", NULL},
                                    {"receipt.pallet", "the pallet", "托盘", undo_pallet},
                                    {.type = NULL}};

const struct flow receive_flow = {.name = "receive", .steps = steps, .undos = undos, .needs_room = true};
