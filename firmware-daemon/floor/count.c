/* Counts of bins, blind or not; one that differs from the books is counted again by somebody else.
 *
 *   menu -> count.location -> count.item ... -> [the bin again] -> the next count, or menu
 *
 * A count is planned, counting, then matched, posted (the difference is small), recount (for another worker), or review
 * (two have found the same: a supervisor approves or rejects it, see count_review.c). Nothing is locked: who picks from
 * the bin meanwhile makes the counter begin with that item again (E17). */
#include "floor/count.h"
#include "floor/settings.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct work {
    struct stock_count count;
    struct location bin;
    struct item item; /* that alone is counted; id 0: everything */
};

static int load(struct scan *scan, struct work *work)
{
    *work = (struct work){0};
    if (!scan->session.stock_count)
        return 0;
    int result = stock_count_load(scan->store, scan->session.stock_count, &work->count);
    if (!result)
        result = location_load(scan->store, work->count.location, &work->bin);
    if (!result && work->count.item)
        result = item_load(scan->store, work->count.item, &work->item);
    return result;
}

int count_request(struct store *store, const struct stock_count *count)
{
    struct location bin;
    struct item item = {0};
    int64_t id;
    int result = stock_count_plan(store, count, &id);
    if (result || !id)
        return result;
    result = location_load(store, count->location, &bin);
    if (!result && count->item)
        result = item_load(store, count->item, &item);
    if (result)
        return result;
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "location", bin.code);
    if (count->item)
        json_text(&data, "sku", item.sku);
    json_text(&data, "reason", count->source);
    json_close_object(&data);
    return note(store, "count.requested", "location", bin.code, &data, NULL);
}

/* ---------------------------------------------------------------- which count */

/* The next one becomes this worker's. -ENOENT when none waits for him. */
static int take_next(struct scan *scan)
{
    struct work work;
    int64_t id;
    int result = stock_count_next(scan->store, scan->session.worker, &id);
    if (result)
        return result;
    scan->session.stock_count = id;
    result = stock_count_set_worker(scan->store, id, scan->session.worker);
    if (!result)
        result = load(scan, &work);
    if (result)
        return result;
    json_text(record_start(scan), "location", work.bin.code);
    json_text(&scan->data, "source", work.count.source);
    go(scan, "count.location");
    return record(scan, "count.started", "location", work.bin.code);
}

int count_start(struct scan *scan)
{
    struct work work;
    int result = take_next(scan);
    if (result == -ENOENT)
        return begin_work(scan, "count", "count.location", DONE_COUNT_ANY);
    if (!result)
        result = load(scan, &work);
    if (!result)
        result = undo_allow(scan, "count.started");
    answer_text(accept_with(scan, DONE_COUNT_STARTED), "l", work.bin.code);
    return result;
}

/* The count of the bin that was scanned: the one in hand, one that is open there, or one of the worker's own. */
static int choose(struct scan *scan, const struct work *work, const struct location *bin, struct stock_count *ret)
{
    struct store *store = scan->store;
    int64_t id = work->count.id;
    int result = 0;
    if (!id || work->count.location != bin->id) {
        result = stock_count_at(store, bin->id, &id);
        if (result == -ENOENT && work->count.id)
            return refuse_place(scan, work->bin.code, bin->code);
        if (result == -ENOENT)
            result = stock_count_plan(
                store, &(struct stock_count){.location = bin->id, .source = "worker", .blind = true}, &id);
    }
    if (!result && !id) /* what is open there waits for a supervisor */
        return refuse(scan, E76_COUNTED_BY_YOU, "l", bin->code);
    if (!result)
        result = stock_count_load(store, id, ret);
    if (!result && ret->worker && ret->worker != scan->session.worker)
        return refuse_taken(scan, ret->worker);
    if (!result && stock_count_did(store, id, scan->session.worker))
        return refuse(scan, E76_COUNTED_BY_YOU, "l", bin->code);
    if (!result && work->count.id && work->count.id != id)
        result = stock_count_set_worker(store, work->count.id, 0);
    return result ? result : stock_count_set_worker(store, id, scan->session.worker);
}

static int accept_location(struct scan *scan)
{
    struct work work;
    struct location bin;
    struct stock_count count;
    int result = load(scan, &work);
    if (!result)
        result = location_load(scan->store, scan->target.id, &bin);
    if (!result && !is_bin(&bin))
        return refuse_bin(scan, &bin);
    if (!result)
        result = choose(scan, &work, &bin, &count);
    if (result)
        return result;
    json_text(record_start(scan), "location", bin.code);
    json_text(&scan->data, "source", count.source);
    json_int(&scan->data, "round", count.round + 1);
    result = record(scan, "count.located", "location", bin.code);
    if (!result)
        result = stock_count_begin(scan->store, count.id, scan->seq);
    if (!result) /* to another bin's count than the one in hand there is no way back */
        result = work.count.id == count.id ? undo_allow(scan, "count.located") : undo_border(scan);
    scan->session.stock_count = count.id;
    scan->session.location = bin.id;
    answer_text(accept_with(scan, DONE_AT_LOCATION), "l", bin.code);
    go(scan, "count.item");
    return result;
}

/* ---------------------------------------------------------------- what lies there */

static unsigned needs(struct scan *scan, const struct item *item)
{
    return goods_needs_all(scan, item) & ~(unsigned)NEEDS_WEIGHT; /* pieces are counted, and share the weight */
}

/* Somebody took of it or put to it: what was scanned of it counts no more. */
static int begin_again(struct scan *scan, const struct work *work, const struct item *item, bool again)
{
    json_text(record_start(scan), "location", work->bin.code);
    json_text(&scan->data, "sku", item->sku);
    int result = record(scan, "count.moved", "location", work->bin.code);
    if (!result)
        result = counted_restart(scan->store, work->count.id, item->id, scan->seq, again);
    if (!result)
        result = undo_allow(scan, "count.moved");
    answer_text(accept_with(scan, E17_MOVED), "sku", item->sku);
    return result;
}

static int refuse_item(struct scan *scan, const struct work *work, const struct item *got)
{
    return refuse_goods(scan, work->item.name, got->name);
}

/* A piece by its number: once in a round, and nowhere else by the books. Its lot is known, if it is. */
static int check_serial(struct scan *scan, const struct work *work, const struct goods *goods, int64_t *lot)
{
    struct serial serial;
    if (!*goods->serial)
        return 0;
    if (counted_serial(scan->store, work->count.id, goods->item.id, goods->serial)) {
        struct answer *answer = refusal(scan, E09_SERIAL);
        answer_text(answer, "s", goods->serial);
        answer_text(answer, "where", "counted");
        answer_text(answer, "where_zh", "盘点");
        return FLOOR_REFUSED;
    }
    int result = serial_find(scan->store, goods->item.id, goods->serial, &serial);
    if (result)
        return result == -ENOENT ? 0 : result;
    bool here = serial.location == work->bin.id && serial.lpn == 0;
    if (!here && serial.location != LOCATION_ADJUST)
        return refuse_serial(scan, &serial);
    if (here)
        *lot = serial.lot;
    return 0;
}

static int add(struct scan *scan, const struct work *work, const struct goods *goods, int64_t lot)
{
    json_text(record_start(scan), "location", work->bin.code);
    json_int(&scan->data, "round", work->count.round);
    goods_write(goods, &scan->data);
    int result = record(scan, "count.item", "location", work->bin.code);
    if (!result)
        result = counted_add(scan->store, &(struct counted){.count = work->count.id,
                                                            .item = goods->item.id,
                                                            .lot = lot,
                                                            .quantity = goods->quantity,
                                                            .seq = scan->seq,
                                                            .serial = goods->serial});
    return result ? result : undo_allow(scan, "count.item");
}

static int take(struct scan *scan, const struct goods *goods)
{
    struct work work;
    int64_t lot = 0;
    bool touched = false;
    int result = load(scan, &work);
    if (!result && work.item.id && work.item.id != goods->item.id)
        return refuse_item(scan, &work, &goods->item);
    if (!result)
        result = goods_lot(scan, goods, &lot);
    if (!result)
        result = check_serial(scan, &work, goods, &lot);
    if (!result)
        result = counted_touched(scan->store, work.count.id, goods->item.id, &touched);
    if (!result && touched)
        return begin_again(scan, &work, &goods->item, true);
    if (!result)
        result = add(scan, &work, goods, lot);
    if (result)
        return result;
    struct answer *answer = accept_with(scan, DONE_COUNTED);
    answer_number(answer, "n", goods->quantity);
    answer_text(answer, "i", goods->item.name);
    return 0;
}

/* ---------------------------------------------------------------- the end of a round */

/* matched, approved (small enough for anybody whose badge is surely good), review, recount. */
static int judge(struct scan *scan, const struct stock_count *count, const struct count_difference *difference,
                 const char **ret)
{
    int64_t pieces, value, rounds;
    bool agrees = false, can = false;
    int result = setting_get(scan->store, SETTING_count_pieces, &pieces);
    if (!result)
        result = setting_get(scan->store, SETTING_count_value, &value);
    if (!result)
        result = setting_get(scan->store, SETTING_count_rounds, &rounds);
    if (!result)
        result = count_agrees(scan->store, count->id, &agrees);
    if (!result)
        result = count_can_post(scan->store, count->id, &can);
    if (result)
        return result;
    bool small = difference->pieces <= pieces && difference->value_minor <= value;
    if (difference->pieces == 0)
        *ret = "matched";
    else if (count->round == 1 && small && can)
        *ret = scan->store->stamp.stale ? "review" : "approved";
    else
        *ret = agrees || count->round >= rounds ? "review" : "recount";
    return 0;
}

static int settle(struct scan *scan, const struct stock_count *count, const char *outcome, enum message *ret_said)
{
    bool posted;
    if (strcmp(outcome, "matched") == 0) {
        *ret_said = DONE_COUNT_MATCHED;
        return count_end(scan->store, count, "matched");
    }
    if (strcmp(outcome, "approved") == 0) {
        *ret_said = DONE_COUNT_POSTED;
        return count_post(scan->store, count, NULL, &posted);
    }
    *ret_said = strcmp(outcome, "review") == 0 ? DONE_COUNT_REVIEW : DONE_COUNT_AGAIN;
    return stock_count_end(scan->store, count->id, outcome);
}

static int record_round(struct scan *scan, const struct work *work, const char *outcome)
{
    json_int(record_start(scan), "count", work->count.id);
    json_text(&scan->data, "location", work->bin.code);
    json_text(&scan->data, "source", work->count.source);
    json_int(&scan->data, "round", work->count.round);
    json_text(&scan->data, "outcome", outcome);
    int result = count_write(scan->store, work->count.id, true, &scan->data);
    return result ? result : record(scan, "count.recorded", "location", work->bin.code);
}

static int end_round(struct scan *scan, const struct work *work)
{
    struct count_difference difference = {0};
    enum message said = DONE_COUNT_AGAIN;
    const char *outcome = "";
    int64_t row = scan->store->end.seq + 1; /* of count.recorded, which tells of them */
    int result = counted_finish(scan->store, work->count.id, row);
    if (!result)
        result = count_difference(scan->store, work->count.id, &difference);
    if (!result)
        result = judge(scan, &work->count, &difference, &outcome);
    if (!result)
        result = record_round(scan, work, outcome);
    if (!result)
        result = settle(scan, &work->count, outcome, &said);
    if (!result)
        result = undo_border(scan);
    if (result)
        return result;
    struct answer *answer = accept_with(scan, said);
    answer_text(answer, "l", work->bin.code);
    answer_number(answer, "n", difference.pieces);
    leave_flow(scan);
    result = take_next(scan);
    return result == -ENOENT ? 0 : result;
}

static int accept_bin(struct scan *scan)
{
    struct work work;
    struct item item;
    int64_t pieces, unsure;
    int result = load(scan, &work);
    if (result)
        return result;
    if (scan->target.id != work.bin.id)
        return refuse_place(scan, work.bin.code, scan->text);
    result = counted_unsure(scan->store, work.count.id, &unsure);
    if (!result)
        result = item_load(scan->store, unsure, &item);
    if (!result)
        return begin_again(scan, &work, &item, false);
    if (result != -ENOENT)
        return result;
    result = counted_pieces(scan->store, work.count.id, &pieces);
    if (result == -ENOENT) /* a place that was read twice is no count */
        return refuse_other_code(scan, "what lies there, or EMPTY", "库内商品或「空」");
    return result ? result : end_round(scan, &work);
}

static int declare_empty(struct scan *scan)
{
    struct work work;
    int64_t pieces;
    int result = load(scan, &work);
    if (!result)
        result = counted_pieces(scan->store, work.count.id, &pieces);
    if (result == -ENOENT)
        return end_round(scan, &work);
    return result ? result : refuse_not_now(scan);
}

static int put_off(struct scan *scan)
{
    int result = scan->session.stock_count ? stock_count_skip(scan->store, scan->session.stock_count) : 0;
    return result ? result : leave_work(scan, "count");
}

/* ---------------------------------------------------------------- what is shown */

static int show_location(struct scan *scan, struct view *view)
{
    struct work work;
    int64_t waiting = 0;
    int result = load(scan, &work);
    if (!result)
        result = stock_count_waiting(scan->store, scan->session.worker, &waiting);
    view->expect = "location";
    snprintf(view->code, sizeof(view->code), "%s", work.bin.code);
    answer_set(&view->prompt, work.count.id ? ASK_LOCATION : ASK_COUNT_ANY);
    answer_text(&view->prompt, "l", work.bin.code);
    answer_set(&view->details[0], NOTE_COUNTS);
    answer_number(&view->details[0], "n", waiting);
    view->detail_count = 1;
    return result;
}

/* Who does not count blind is told what comes next. */
static int show_expected(struct scan *scan, const struct work *work, struct view *view)
{
    struct item item;
    int64_t id, quantity;
    int result = work->count.blind ? -ENOENT : counted_missing(scan->store, work->count.id, &id, &quantity);
    if (!result)
        result = item_load(scan->store, id, &item);
    if (result)
        return result == -ENOENT ? 0 : result;
    struct answer *detail = &view->details[view->detail_count++];
    answer_set(detail, NOTE_NEED);
    answer_number(detail, "n", quantity);
    answer_text(detail, "i", item.name);
    return 0;
}

static int show_item(struct scan *scan, struct view *view)
{
    struct work work;
    int64_t pieces = 0;
    int result = load(scan, &work);
    if (!result)
        result = counted_pieces(scan->store, work.count.id, &pieces);
    if (result && result != -ENOENT)
        return result;
    view->expect = "item";
    snprintf(view->code, sizeof(view->code), "%s", work.item.sku);
    answer_set(&view->prompt, work.item.id ? ASK_COUNT_THIS : ASK_COUNT_ITEM);
    answer_text(&view->prompt, "l", work.bin.code);
    answer_text(&view->prompt, "i", work.item.name);
    answer_set(&view->details[0], NOTE_COUNTED);
    answer_number(&view->details[0], "n", pieces);
    view->detail_count = 1;
    return show_expected(scan, &work, view);
}

static const struct command at_location[] = {{.name = "SKIP", .run = put_off}, {.name = NULL}};
static const struct command at_item[] = {
    {.name = "EMPTY", .run = declare_empty, .final = true}, {.name = "SKIP", .run = put_off}, {.name = NULL}};

static const struct step steps[] = {
    {"count.location", BIT(CODE_LOCATION), "the bin", "库位", accept_location, show_location, .commands = at_location},
    {"count.item", BIT(CODE_ITEM) | BIT(CODE_LOCATION), "what lies there, or the bin again", "库内商品或再扫库位",
     accept_bin, show_item, .commands = at_item, .take = take, .needs = needs},
    {.name = NULL},
};

static int undo_started(struct scan *scan, const struct action *action)
{
    (void)action;
    return stock_count_set_worker(scan->store, scan->session.stock_count, 0);
}

static int undo_located(struct scan *scan, const struct action *action)
{
    (void)action;
    return stock_count_unbegin(scan->store, scan->session.stock_count);
}

static int undo_counted(struct scan *scan, const struct action *action)
{
    return counted_take_back(scan->store, scan->session.stock_count, action->seq);
}

static const struct undo undos[] = {{"count.started", "the count", "盘点", undo_started},
                                    {"count.located", "the place", "库位", undo_located},
                                    {"count.item", "the piece", "盘点数", undo_counted},
                                    {"count.moved", "the new beginning", "重盘", undo_counted},
                                    {.type = NULL}};

const struct flow count_flow = {.name = "count", .steps = steps, .undos = undos, .needs_room = true};
