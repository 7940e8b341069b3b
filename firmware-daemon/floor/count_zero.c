/* The books say that a bin is empty now: whoever has just taken the last piece looks and says whether it is so.
 *
 *   some step -> [zero.bin] -> that step */
#include "floor/count.h"
#include "floor/settings.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>

int count_zero_check(struct scan *scan, int64_t location)
{
    struct session *session = &scan->session;
    int64_t wanted = 0, there = 0;
    int result = setting_get(scan->store, SETTING_zero_check, &wanted);
    if (!result)
        result = ledger_in_bin(scan->store, location, &there);
    if (result || !wanted || there > 0)
        return result;
    text_copy(session->back, sizeof(session->back), session->step);
    session->bin = location;
    go(scan, "zero.bin");
    return 0;
}

static void go_back(struct scan *scan)
{
    struct session *session = &scan->session;
    go(scan, session->back);
    *session->back = '\0';
    session->bin = 0;
}

static int declare_empty(struct scan *scan)
{
    struct location bin;
    int result = location_load(scan->store, scan->session.bin, &bin);
    if (result)
        return result;
    json_text(record_start(scan), "location", bin.code);
    json_text(&scan->data, "source", "zero");
    json_int(&scan->data, "round", 1);
    json_text(&scan->data, "outcome", "matched");
    json_open_array(&scan->data, "lines");
    json_close_array(&scan->data);
    result = record(scan, "count.recorded", "location", bin.code);
    if (!result)
        result = undo_allow(scan, "zero.empty");
    answer_text(accept_with(scan, DONE_ZERO_EMPTY), "l", bin.code);
    go_back(scan);
    return result;
}

static int doubt(struct scan *scan, const struct item *seen)
{
    struct location bin;
    int result = location_load(scan->store, scan->session.bin, &bin);
    if (result)
        return result;
    json_text(record_start(scan), "location", bin.code);
    if (seen)
        json_text(&scan->data, "sku", seen->sku);
    result = record(scan, "count.doubted", "location", bin.code);
    if (!result)
        result = count_request(
            scan->store, &(struct stock_count){.location = bin.id, .source = "zero", .blind = true, .priority = 4});
    if (!result)
        result = undo_border(scan);
    answer_text(accept_with(scan, DONE_ZERO_DOUBTED), "l", bin.code);
    go_back(scan);
    return result;
}

static int accept_item(struct scan *scan)
{
    struct item item;
    int result = item_load(scan->store, scan->target.id, &item);
    return result ? result : doubt(scan, &item);
}

static int declare_not_empty(struct scan *scan)
{
    return doubt(scan, NULL);
}

static int show_bin(struct scan *scan, struct view *view)
{
    struct location bin;
    int result = location_load(scan->store, scan->session.bin, &bin);
    view->expect = "command";
    answer_set(&view->prompt, ASK_ZERO);
    answer_text(&view->prompt, "l", bin.code);
    return result;
}

static const struct command commands[] = {
    {.name = "EMPTY", .run = declare_empty}, {.name = "NOTEMPTY", .run = declare_not_empty}, {.name = NULL}};

static const struct step steps[] = {
    {"zero.bin", BIT(CODE_ITEM), "EMPTY, or what still lies there", "「空」或剩余商品", accept_item, show_bin,
     .commands = commands},
    {.name = NULL},
};

static const struct undo undos[] = {{"zero.empty", "the empty bin", "空库位", NULL}, {.type = NULL}};

const struct flow zero_flow = {.name = "zero", .steps = steps, .undos = undos};
