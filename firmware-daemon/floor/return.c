/* Returns: received as they come, graded, and only then stock again.
 *
 *   menu -> [return.find] -> [return.place] -> return.item ... -> return.grade -> return.mark -> return.put_a, _b, _c
 *           return.item -> return.grade (refused by the customer, untouched: one scan)           -> return.grade ... ->
 * menu
 *
 * A return is known by its number, the waybill it comes under, or the waybill it left under; what nobody has announced
 * gets a number here. States of its document: open -> working -> received -> closed, when all of it is graded. */
#include "floor/return.h"
#include "store/returns.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int returning_load(struct scan *scan, struct returning *ret)
{
    struct store *store = scan->store;
    *ret = (struct returning){0};
    int result = document_load(store, scan->session.document, &ret->document);
    if (!result && scan->session.location)
        result = location_load(store, scan->session.location, &ret->place);
    if (result || !*ret->document.order_number)
        return result;
    result = order_find(store, ret->document.order_number, &ret->order);
    return result == -ENOENT ? 0 : result;
}

static struct buf *start(struct scan *scan, const struct returning *returning)
{
    struct buf *data = record_start(scan);
    json_text(data, "document", returning->document.number);
    json_text(data, "order", *returning->document.order_number ? returning->document.order_number : NULL);
    return data;
}

/* ---------------------------------------------------------------- which one */

int return_start(struct scan *scan)
{
    return begin_work(scan, "return", "return.find", DONE_RETURN_STARTED);
}

/* Its place is where the first of it was laid, the only one there is, or asked for. */
static int find_place(struct scan *scan)
{
    int64_t count = 0, first = 0;
    int result = return_location(scan->store, scan->session.document, &scan->session.location);
    if (result != -ENOENT)
        return result;
    result = location_count(scan->store, "return", &count, &first);
    scan->session.location = count == 1 ? first : 0;
    return result;
}

int return_open(struct scan *scan, int64_t document)
{
    struct store *store = scan->store;
    struct returning returning;
    scan->session.document = document;
    int result = find_place(scan);
    if (!result)
        result = returning_load(scan, &returning);
    if (result)
        return result;
    if (returning.document.worker && returning.document.worker != scan->session.worker)
        return refuse_taken(scan, returning.document.worker);
    bool received = strcmp(returning.document.state, "received") == 0;
    start(scan, &returning);
    result = record(scan, "return.opened", "document", returning.document.number);
    if (!result)
        result = document_set_worker(store, document, scan->session.worker);
    if (!result && !received)
        result = document_set_state(store, document, "working", "");
    if (!result)
        result = undo_border(scan);
    go(scan, received ? "return.grade" : scan->session.location ? "return.item" : "return.place");
    answer_text(accept_with(scan, DONE_RETURN_OPENED), "d", returning.document.number);
    return result;
}

/* What nobody has announced: under a number of its own. */
static int open_new(struct scan *scan, const char *prefix, const struct order *order)
{
    struct document document = {0};
    struct stream stream;
    int64_t id;
    int result = store_stream(scan->store, &stream);
    if (result)
        return result;
    text_copy(document.kind, sizeof(document.kind), "return");
    snprintf(document.number, sizeof(document.number), "%s-%" PRId64, prefix, scan->store->end.seq + 1);
    if (order) {
        text_copy(document.order_number, sizeof(document.order_number), order->number);
        text_copy(document.owner, sizeof(document.owner), order->owner);
    }
    result = document_insert(scan->store, &document, &id);
    return result ? result : return_open(scan, id);
}

int return_of_parcel(struct scan *scan, const struct parcel *parcel)
{
    struct order order;
    struct return_room room = {0};
    int64_t document;
    int result = order_load(scan->store, parcel->order, &order);
    if (!result && strcmp(parcel->state, "handed") != 0)
        return refuse_other_code(scan, "it at the bench", "打包台");
    if (!result)
        result = return_of_order(scan->store, order.number, &document);
    if (result != -ENOENT)
        return result ? result : return_open(scan, document);
    result = return_room(scan->store, order.number, 0, &room);
    if (result || room.returned < room.shipped)
        return result ? result : open_new(scan, "RETURN", &order);
    return refuse_over(scan, room.returned, room.shipped);
}

static int accept_paper(struct scan *scan)
{
    struct document document;
    struct parcel parcel;
    int result;
    if (scan->target.kind == CODE_WAYBILL) {
        result = parcel_load(scan->store, scan->target.id, &parcel);
        return result ? result : return_of_parcel(scan, &parcel);
    }
    result = document_load(scan->store, scan->target.id, &document);
    if (!result && strcmp(document.kind, "return") != 0)
        return refuse_other_code(scan, "a return", "退货单");
    return result ? result : return_open(scan, document.id);
}

static int open_unclaimed(struct scan *scan)
{
    return open_new(scan, "UNCLAIMED", NULL);
}

static int open_next(struct scan *scan)
{
    int64_t document;
    int result = return_to_grade(scan->store, &document);
    if (result == -ENOENT)
        return refuse_not_now(scan);
    return result ? result : return_open(scan, document);
}

static int leave_find(struct scan *scan)
{
    return leave_work(scan, "return");
}

static int accept_place(struct scan *scan)
{
    struct returning returning;
    scan->session.location = scan->target.id;
    int result = returning_load(scan, &returning);
    if (result)
        return result;
    if (strcmp(returning.place.kind, "return") != 0)
        return refuse_place(scan, "a return shelf · 退货架", returning.place.code);
    json_text(start(scan, &returning), "location", returning.place.code);
    result = record(scan, "return.placed", "document", returning.document.number);
    go(scan, "return.item");
    answer_text(accept_with(scan, DONE_AT_LOCATION), "l", returning.place.code);
    return result ? result : undo_allow(scan, "return.placed");
}

/* ---------------------------------------------------------------- what comes back */

static int refuse_stranger(struct scan *scan, const struct returning *returning, const struct goods *goods)
{
    const struct document *document = &returning->document;
    return refuse_goods(scan, *document->order_number ? document->order_number : document->number, goods->item.name);
}

/* No more than was shipped; of an order that is not known here, no more than was announced. */
static int check_room(struct scan *scan, const struct returning *returning, const struct goods *goods)
{
    struct return_room room = {0};
    struct document_totals totals = {0};
    struct document_line line = {0};
    int result = document_totals(scan->store, returning->document.id, &totals);
    if (!result && returning->order) {
        result = return_room(scan->store, returning->document.order_number, goods->item.id, &room);
    } else if (!result && totals.expected > 0) {
        result = document_line_for(scan->store, returning->document.id, goods->item.id, goods->lot, &line);
        room = (struct return_room){.shipped = line.expected, .returned = line.done};
    } else {
        return result;
    }
    if ((!result && room.shipped == 0) || result == -ENOENT)
        return refuse_stranger(scan, returning, goods);
    if (result || room.returned + goods->quantity <= room.shipped)
        return result;
    return refuse_over(scan, room.returned, room.shipped);
}

static int refuse_not_shipped(struct scan *scan, const struct serial *serial, const struct returning *returning)
{
    struct answer *answer = refusal(scan, E09_SERIAL);
    answer_text(answer, "s", serial->code);
    answer_text(answer, "where", "shipped, but not with this order");
    answer_text(answer, "where_zh", "随其他订单出库");
    (void)returning;
    return FLOOR_REFUSED;
}

/* The piece is one that was shipped, with this order where the order is known. Its lot is the one it left with. */
static int find_serial(struct scan *scan, const struct returning *returning, const struct goods *goods,
                       struct move *move)
{
    struct serial serial = {.item = goods->item.id, .lot = move->lot, .location = LOCATION_CUSTOMER};
    if (!*goods->serial)
        return 0;
    int result = serial_find(scan->store, goods->item.id, goods->serial, &serial);
    if (result == -ENOENT && returning->order)
        return refuse(scan, E01_UNKNOWN, "c", goods->serial);
    if (result == -ENOENT) {
        text_copy(serial.code, sizeof(serial.code), goods->serial);
        return serial_arrive(scan->store, &serial, &move->serial);
    }
    if (!result && serial.location != LOCATION_CUSTOMER)
        return refuse_serial(scan, &serial);
    if (!result && returning->order && !return_shipped_serial(scan->store, returning->document.order_number, serial.id))
        return refuse_not_shipped(scan, &serial, returning);
    move->serial = serial.id;
    move->lot = serial.lot;
    return result;
}

static unsigned needs(struct scan *scan, const struct item *item)
{
    unsigned all = goods_needs_all(scan, item);
    return strcmp(item->serials, "none") != 0 ? all | NEEDS_SERIAL : all;
}

static int take(struct scan *scan, const struct goods *goods)
{
    struct returning returning;
    struct move move = {.item = goods->item.id,
                        .quantity = goods->quantity,
                        .weight_g = goods->item.by_weight ? goods->weight_g : 0,
                        .from_location = LOCATION_CUSTOMER,
                        .to_location = scan->session.location,
                        .reason = "return"};
    int result = returning_load(scan, &returning);
    if (!result)
        result = check_room(scan, &returning, goods);
    if (!result)
        result = goods_lot(scan, goods, &move.lot);
    if (!result)
        result = find_serial(scan, &returning, goods, &move);
    if (!result)
        result = return_line(scan->store, returning.document.id, goods->item.id, &move.document_line);
    if (result)
        return result;
    goods_write(goods, start(scan, &returning));
    json_text(&scan->data, "location", returning.place.code);
    json_bool(&scan->data, "sellable", false);
    result = record(scan, "return.received", "document", returning.document.number);
    if (!result)
        result = ledger_move(scan->store, scan->seq, &move);
    if (!result)
        result = undo_allow(scan, "return.received");
    struct answer *answer = accept_with(scan, DONE_RETURNED);
    answer_number(answer, "n", goods->quantity);
    answer_text(answer, "i", goods->item.name);
    return result;
}

static int to_grading(struct scan *scan, const struct returning *returning, const char *undo)
{
    int result = document_set_state(scan->store, returning->document.id, "received", "");
    if (!result)
        result = undo ? undo_allow(scan, undo) : undo_border(scan);
    go(scan, "return.grade");
    answer_text(accept_with(scan, DONE_RETURN_RECEIVED), "d", returning->document.number);
    return result;
}

/* The customer refused it, and it was never opened: all of it is back at one scan. */
static int take_intact(struct scan *scan)
{
    struct returning returning;
    struct return_room room = {0};
    int result = returning_load(scan, &returning);
    if (!result)
        result = return_room(scan->store, returning.document.order_number, 0, &room);
    if (result)
        return result;
    if (!returning.order || room.shipped == 0 || room.returned > 0)
        return refuse_not_now(scan);
    json_bool(start(scan, &returning), "intact", true);
    json_int(&scan->data, "quantity", room.shipped);
    json_text(&scan->data, "location", returning.place.code);
    json_bool(&scan->data, "sellable", false);
    json_open_array(&scan->data, "lines");
    result = return_write_shipped(scan->store, returning.document.order_number, &scan->data);
    json_close_array(&scan->data);
    if (!result)
        result = record(scan, "return.received", "document", returning.document.number);
    if (!result)
        result = return_all(scan->store, scan->seq, &returning.document, returning.place.id);
    return result ? result : to_grading(scan, &returning, "return.intact");
}

static int undo_intact(struct scan *scan, const struct action *action)
{
    (void)action;
    return document_set_state(scan->store, scan->session.document, "working", "");
}

/* Whoever scans it next goes on with it. */
static int leave(struct scan *scan)
{
    struct returning returning;
    struct document_totals totals = {0};
    int result = returning_load(scan, &returning);
    if (!result)
        result = document_totals(scan->store, returning.document.id, &totals);
    if (result)
        return result;
    start(scan, &returning);
    result = record(scan, "return.left", "document", returning.document.number);
    if (!result)
        result = document_set_worker(scan->store, returning.document.id, 0);
    if (!result && totals.done == 0)
        result = document_set_state(scan->store, returning.document.id, "open", "");
    if (!result)
        result = undo_border(scan);
    leave_flow(scan);
    accept_with(scan, DONE_LEFT);
    return result;
}

static int finish_receiving(struct scan *scan)
{
    struct returning returning;
    struct document_totals totals = {0};
    int result = returning_load(scan, &returning);
    if (!result)
        result = document_totals(scan->store, returning.document.id, &totals);
    if (!result && totals.done == 0)
        return leave(scan);
    if (result)
        return result;
    json_int(start(scan, &returning), "pieces", totals.done);
    result = record(scan, "return.complete", "document", returning.document.number);
    return result ? result : to_grading(scan, &returning, NULL);
}

/* ---------------------------------------------------------------- what is shown */

void returning_show(const struct returning *returning, struct view *view)
{
    struct answer *detail = &view->details[view->detail_count++];
    answer_set(detail, NOTE_RETURN);
    answer_text(detail, "d", returning->document.number);
    answer_text(detail, "o", *returning->document.order_number ? returning->document.order_number : "–");
}

int returning_totals(struct scan *scan, struct view *view, bool graded)
{
    struct document_totals totals = {0};
    int result = document_totals(scan->store, scan->session.document, &totals);
    view->done = graded ? totals.settled : totals.done;
    view->need = graded ? totals.done : totals.expected;
    return result;
}

static int show_find(struct scan *scan, struct view *view)
{
    (void)scan;
    view->expect = "document";
    answer_set(&view->prompt, ASK_RETURN_PAPER);
    return 0;
}

static int show_document(struct scan *scan, struct view *view, const char *expect, enum message ask)
{
    struct returning returning;
    int result = returning_load(scan, &returning);
    view->expect = expect;
    answer_set(&view->prompt, ask);
    if (result)
        return result;
    returning_show(&returning, view);
    return returning_totals(scan, view, false);
}

static int show_place(struct scan *scan, struct view *view)
{
    return show_document(scan, view, "location", ASK_RETURN_PLACE);
}

static int show_item(struct scan *scan, struct view *view)
{
    return show_document(scan, view, "item", ASK_RETURN_ITEM);
}

static const struct command at_find[] = {{.name = "SKIP", .run = open_unclaimed},
                                         {.name = "NEXT", .run = open_next},
                                         {.name = "DONE", .run = leave_find},
                                         {.name = NULL}};
static const struct command at_place[] = {{.name = "SKIP", .run = leave}, {.name = NULL}};
static const struct command at_item[] = {{.name = "DONE", .run = finish_receiving, .final = true},
                                         {.name = "INTACT", .run = take_intact},
                                         {.name = "SKIP", .run = leave},
                                         {.name = NULL}};
static const struct command at_mark[] = {{.name = "GRADE", .run = grade_command}, {.name = NULL}};

#define PUT(grade)                                                                                                     \
    {                                                                                                                  \
        "return.put_" grade, BIT(CODE_LOCATION), "the place", "库位", grade_put, grade_show_put, .commands = NULL      \
    }

static const struct step steps[] = {
    {"return.find", BIT(CODE_DOCUMENT) | BIT(CODE_WAYBILL), "the return's waybill", "退货面单", accept_paper, show_find,
     .commands = at_find},
    {"return.place", BIT(CODE_LOCATION), "the return shelf", "退货架", accept_place, show_place, .commands = at_place},
    {.name = "return.item",
     .accepts = BIT(CODE_ITEM),
     .what = "each piece",
     .what_zh = "每件商品",
     .take = take,
     .needs = needs,
     .show = show_item,
     .commands = at_item},
    {.name = "return.grade",
     .accepts = BIT(CODE_ITEM),
     .what = "each piece",
     .what_zh = "每件商品",
     .take = grade_take,
     .needs = grade_needs,
     .show = grade_show,
     .commands = at_place},
    {.name = "return.mark", .what = "its grade", .what_zh = "等级", .show = grade_show_mark, .commands = at_mark},
    PUT("a"),
    PUT("b"),
    PUT("c"),
    {.name = NULL},
};
static const struct undo undos[] = {{"return.placed", "the place", "库位", NULL},
                                    {"return.received", "the piece", "退货", NULL},
                                    {"return.intact", "the return", "原单退回", undo_intact},
                                    {"return.inspected", "the piece", "商品", NULL},
                                    {"return.marked", "the grade", "等级", NULL},
                                    {"return.graded", "the grading", "定级", NULL},
                                    {.type = NULL}};

const struct flow return_flow = {.name = "return", .steps = steps, .undos = undos};
