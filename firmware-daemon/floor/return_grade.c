/* Returned goods are graded: A goes back to a bin, B and C to where damaged goods lie, D is scrapped. */
#include "floor/return.h"
#include "store/returns.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define STEP_PUT "return.put_"

/* The grade that the step is about. */
static char grade_here(const struct scan *scan)
{
    return (char)(scan->session.step[strlen(STEP_PUT)] - 'a' + 'A');
}

/* ---------------------------------------------------------------- what it is */

unsigned grade_needs(struct scan *scan, const struct item *item)
{
    (void)scan;
    return strcmp(item->serials, "none") != 0 ? NEEDS_SERIAL : 0;
}

/* Not more than has come back and is not graded yet. */
static int check_open(struct scan *scan, const struct returning *returning, const struct goods *goods)
{
    int64_t done = 0, settled = 0;
    int result = return_graded(scan->store, returning->document.id, goods->item.id, &done, &settled);
    if (result)
        return result;
    if (done == 0)
        return refuse_goods(scan, returning->document.number, goods->item.name);
    if (settled + goods->quantity <= done)
        return 0;
    return refuse_over(scan, settled, done);
}

static int find_serial(struct scan *scan, const struct returning *returning, const struct goods *goods,
                       struct serial *ret)
{
    if (!*goods->serial)
        return 0;
    int result = serial_find(scan->store, goods->item.id, goods->serial, ret);
    if (result == -ENOENT)
        return refuse(scan, E01_UNKNOWN, "c", goods->serial);
    bool here = !result && ret->location == returning->place.id && ret->lpn == 0;
    return !result && !here ? refuse_serial(scan, ret) : result;
}

int grade_take(struct scan *scan, const struct goods *goods)
{
    struct returning returning;
    struct serial serial;
    int result = returning_load(scan, &returning);
    if (!result)
        result = check_open(scan, &returning, goods);
    if (!result)
        result = find_serial(scan, &returning, goods, &serial);
    if (result)
        return result;
    json_text(record_start(scan), "document", returning.document.number);
    goods_write(goods, &scan->data);
    result = record(scan, "return.inspected", "document", returning.document.number);
    if (!result)
        result = undo_allow(scan, "return.inspected");
    goods_keep(scan, goods);
    go(scan, "return.mark");
    answer_text(accept_with(scan, DONE_INSPECTED), "i", goods->item.name);
    return result;
}

/* ---------------------------------------------------------------- where it goes */

/* Lot by lot as it came back. */
static int post(struct scan *scan, const struct returning *returning, const struct goods *goods, int64_t place)
{
    struct serial serial = {.lot = -1};
    int result = find_serial(scan, returning, goods, &serial);
    for (int64_t left = goods->quantity; left > 0 && !result;) {
        struct return_open open;
        result = return_open_lot(scan->store, returning->document.id, goods->item.id, serial.lot, &open);
        if (result)
            return result;
        int64_t quantity = open.quantity < left ? open.quantity : left;
        left -= quantity;
        result = ledger_move(scan->store, scan->seq,
                             &(struct move){.item = goods->item.id,
                                            .lot = open.lot,
                                            .quantity = quantity,
                                            .weight_g = open.weight_g * quantity / open.quantity,
                                            .from_location = returning->place.id,
                                            .to_location = place,
                                            .reason = "grade",
                                            .document_line = open.line,
                                            .serial = serial.id});
    }
    return result;
}

/* The last piece is graded: the return is done. */
static int close_return(struct scan *scan, const struct returning *returning)
{
    int result = document_set_state(scan->store, returning->document.id, "closed", "");
    if (!result)
        result = document_set_worker(scan->store, returning->document.id, 0);
    if (result)
        return result;
    json_text(record_start(scan), "document", returning->document.number);
    json_text(&scan->data, "order", *returning->document.order_number ? returning->document.order_number : NULL);
    result = record(scan, "return.closed", "document", returning->document.number);
    if (!result)
        result = undo_border(scan);
    leave_flow(scan);
    return result;
}

static int go_on(struct scan *scan, const struct returning *returning)
{
    struct document_totals totals = {0};
    int result = document_totals(scan->store, returning->document.id, &totals);
    goods_forget(&scan->session);
    go(scan, "return.grade");
    return result || totals.settled < totals.done ? result : close_return(scan, returning);
}

static int settle(struct scan *scan, char grade, const struct location *place)
{
    struct returning returning;
    struct goods goods;
    char text[] = {grade, '\0'};
    int result = returning_load(scan, &returning);
    if (!result)
        result = goods_kept(scan, &goods);
    if (result)
        return result;
    json_text(record_start(scan), "document", returning.document.number);
    json_text(&scan->data, "order", *returning.document.order_number ? returning.document.order_number : NULL);
    goods_write(&goods, &scan->data);
    json_text(&scan->data, "grade", text);
    json_text(&scan->data, "from", returning.place.code);
    json_text(&scan->data, "location", place->code);
    json_bool(&scan->data, "sellable", grade == 'A');
    result = record(scan, "return.graded", "document", returning.document.number);
    if (!result)
        result = post(scan, &returning, &goods, place->id);
    if (!result)
        result = undo_allow(scan, "return.graded");
    struct answer *answer = accept_with(scan, DONE_GRADED);
    answer_text(answer, "i", goods.item.name);
    answer_text(answer, "g", text);
    answer_text(answer, "l", place->code);
    return result ? result : go_on(scan, &returning);
}

int grade_command(struct scan *scan)
{
    static const struct {
        const char *grade, *step;
    } grades[] = {{"A", STEP_PUT "a"}, {"B", STEP_PUT "b"}, {"C", STEP_PUT "c"}};
    struct location scrap;
    if (strcmp(scan->argument_text, "D") == 0) {
        int result = location_load(scan->store, LOCATION_SCRAP, &scrap);
        return result ? result : settle(scan, 'D', &scrap);
    }
    for (size_t i = 0; i < COUNT(grades); i++) {
        if (strcmp(grades[i].grade, scan->argument_text) != 0)
            continue;
        json_text(record_start(scan), "grade", scan->argument_text);
        int result = record(scan, "return.marked", "worker", scan->worker.code);
        go(scan, grades[i].step);
        answer_text(accept_with(scan, DONE_MARKED), "g", scan->argument_text);
        return result ? result : undo_allow(scan, "return.marked");
    }
    return refuse_other_code(scan, "GRADE A, B, C or D", "等级 A、B、C 或 D");
}

/* The lot that goes there first: the rules of a bin are asked for it. */
static int check_bin(struct scan *scan, const struct location *place)
{
    struct goods goods;
    struct serial serial = {.lot = -1};
    struct return_open open = {0};
    struct returning returning;
    int result = returning_load(scan, &returning);
    if (!result)
        result = goods_kept(scan, &goods);
    if (!result)
        result = find_serial(scan, &returning, &goods, &serial);
    if (!result)
        result = return_open_lot(scan->store, returning.document.id, goods.item.id, serial.lot, &open);
    return result ? result
                  : bin_refuses(scan->store, place, &goods.item, open.lot, goods.quantity, &scan->effect->answer);
}

int grade_put(struct scan *scan)
{
    struct location place;
    char grade = grade_here(scan);
    int result = location_load(scan->store, scan->target.id, &place);
    if (result)
        return result;
    if (grade == 'A' && !is_bin(&place))
        return refuse_bin(scan, &place);
    if (grade == 'A')
        result = check_bin(scan, &place);
    if (!result && grade != 'A' && strcmp(place.kind, "damage") != 0)
        return refuse_place(scan, "where damaged goods lie · 残次品区", place.code);
    return result ? result : settle(scan, grade, &place);
}

/* ---------------------------------------------------------------- what is shown */

static int show(struct scan *scan, struct view *view, const char *expect, enum message ask)
{
    struct returning returning;
    struct item item = {0};
    int result = returning_load(scan, &returning);
    if (!result && scan->session.item)
        result = item_load(scan->store, scan->session.item, &item);
    view->expect = expect;
    answer_set(&view->prompt, ask);
    answer_text(&view->prompt, "i", item.name);
    if (result)
        return result;
    returning_show(&returning, view);
    return returning_totals(scan, view, true);
}

int grade_show(struct scan *scan, struct view *view)
{
    return show(scan, view, "item", ASK_GRADE_ITEM);
}

int grade_show_mark(struct scan *scan, struct view *view)
{
    return show(scan, view, "grade", ASK_GRADE);
}

int grade_show_put(struct scan *scan, struct view *view)
{
    return show(scan, view, "location", grade_here(scan) == 'A' ? ASK_GRADED_BIN : ASK_GRADED_DAMAGED);
}
