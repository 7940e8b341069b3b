/* Goods in the hand: an item, and what its code did not say of it. A step that takes goods is given them whole: lot,
 * last day, serial number and weight are asked for here, one scan each, and the worker is then back where it was.
 *
 *   some step -> [goods.lot] -> [goods.expiry] -> [goods.serial] -> [goods.weight] -> that step */
#include "floor/rule.h"

#include "base/json.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LOT_MAX 20 /* characters of a lot or serial number (GS1 General Specifications, AI 10 and 21) */

unsigned goods_needs_all(struct scan *scan, const struct item *item)
{
    (void)scan;
    return (item->lots ? NEEDS_LOT : 0) | (item->expires ? NEEDS_EXPIRY : 0) |
           (strcmp(item->serials, "all") == 0 ? NEEDS_SERIAL : 0) | (item->by_weight ? NEEDS_WEIGHT : 0);
}

/* ---------------------------------------------------------------- what a code says */

static int64_t weight_said(const struct scan *scan)
{
    int64_t grams;
    return barcode_weight_g(scan->code, &grams) == 0 ? grams : scan->in_store.weight_g;
}

static int64_t pieces_said(const struct scan *scan)
{
    int64_t count;
    if (barcode_count(scan->code, &count) == 0)
        return count;
    return scan->in_store.pieces ? scan->in_store.pieces : 1;
}

/* The year that GS1 dates are nearest to. */
static int year_of(const struct scan *scan)
{
    int64_t days = scan->store->stamp.wall_us / INT64_C(86400000000);
    return (int)(1970 + days * 400 / 146097); /* the calendar repeats after 400 years */
}

static void note_text(char *out, size_t capacity, const char *value)
{
    if (value && !*out)
        text_copy(out, capacity, value);
}

/* A lot or serial number that may have swallowed what stands behind it is not believed: it is asked for by itself. */
static bool doubtful(const struct scan *scan)
{
    return scan->code->flags & BARCODE_POSSIBLE_MISSING_SEPARATOR;
}

/* Into the session, what this code says and was not told before. */
static void note_said(struct scan *scan)
{
    struct session *session = &scan->session;
    char date[11];
    if (!doubtful(scan)) {
        note_text(session->lot_code, sizeof(session->lot_code), barcode_lot(scan->code));
        note_text(session->serial, sizeof(session->serial), barcode_serial(scan->code));
    }
    if (barcode_expiry(scan->code, year_of(scan), date) == 0)
        note_text(session->expiry, sizeof(session->expiry), date);
    if (!session->weight_g)
        session->weight_g = weight_said(scan);
}

/* ---------------------------------------------------------------- asking */

static const struct {
    unsigned need;
    const char *step;
} asks[] = {{NEEDS_LOT, "goods.lot"},
            {NEEDS_EXPIRY, "goods.expiry"},
            {NEEDS_SERIAL, "goods.serial"},
            {NEEDS_WEIGHT, "goods.weight"}};

static unsigned told(const struct session *session)
{
    return (*session->lot_code ? NEEDS_LOT : 0) | (*session->expiry ? NEEDS_EXPIRY : 0) |
           (*session->serial ? NEEDS_SERIAL : 0) | (session->weight_g ? NEEDS_WEIGHT : 0);
}

/* A lot's last day is known from the first time. */
static int recall_expiry(struct scan *scan)
{
    struct session *session = &scan->session;
    struct lot lot;
    if (!*session->lot_code || *session->expiry)
        return 0;
    int result = lot_find(scan->store, session->item, session->lot_code, &lot);
    if (!result)
        text_copy(session->expiry, sizeof(session->expiry), lot.expiry);
    return result == -ENOENT ? 0 : result;
}

void goods_forget(struct session *session)
{
    session->item = session->pieces = session->weight_g = 0;
    *session->lot_code = *session->expiry = *session->serial = *session->back = '\0';
}

static void describe(const struct session *session, struct goods *goods)
{
    goods->quantity = session->pieces;
    goods->weight_g = session->weight_g;
    text_copy(goods->lot, sizeof(goods->lot), session->lot_code);
    text_copy(goods->expiry, sizeof(goods->expiry), session->expiry);
    text_copy(goods->serial, sizeof(goods->serial), session->serial);
}

static int hand_over(struct scan *scan, const struct step *step, const struct item *item)
{
    struct session *session = &scan->session;
    struct goods goods = {.item = *item};
    describe(session, &goods);
    go(scan, step->name);
    goods_forget(session);
    return step->take(scan, &goods);
}

static int record_described(struct scan *scan, const struct item *item)
{
    const struct session *session = &scan->session;
    struct buf *data = record_start(scan);
    json_text(data, "sku", item->sku);
    json_int(data, "quantity", session->pieces);
    if (*session->lot_code)
        json_text(data, "lot", session->lot_code);
    if (*session->expiry)
        json_text(data, "expiry", session->expiry);
    if (*session->serial)
        json_text(data, "serial", session->serial);
    if (session->weight_g)
        json_int(data, "weight_g", session->weight_g);
    int result = record(scan, "goods.described", "item", item->sku);
    accept_with(scan, doubtful(scan) ? DONE_DOUBTFUL : DONE_DESCRIBED);
    answer_text(&scan->effect->answer, "i", item->name);
    return result ? result : undo_allow(scan, "goods.described");
}

static const struct step *step_back(struct scan *scan)
{
    struct session there = scan->session;
    text_copy(there.step, sizeof(there.step), scan->session.back);
    return step_of(&there);
}

/* Asks for the first thing that is missing; hands the goods over when nothing is. */
static int go_on(struct scan *scan)
{
    const struct step *step = step_back(scan);
    struct item item;
    int result = recall_expiry(scan);
    if (!result)
        result = item_load(scan->store, scan->session.item, &item);
    if (result)
        return result;
    unsigned missing = (step->needs ? step->needs(scan, &item) : 0) & ~told(&scan->session);
    if ((missing & NEEDS_SERIAL) && scan->session.pieces > 1)
        return refuse(scan, E34_ONE_BY_ONE, "i", item.name);
    for (size_t i = 0; i < COUNT(asks); i++) {
        if (missing & asks[i].need) {
            go(scan, asks[i].step);
            return record_described(scan, &item);
        }
    }
    return hand_over(scan, step, &item);
}

int goods_begin(struct scan *scan, const struct step *step)
{
    struct session *session = &scan->session;
    goods_forget(session);
    text_copy(session->back, sizeof(session->back), step->name);
    session->item = scan->target.id;
    session->pieces = scan_quantity(scan) * pieces_said(scan);
    note_said(scan);
    return go_on(scan);
}

/* ---------------------------------------------------------------- the answers */

static bool fits(const char *text)
{
    return *text && strlen(text) <= LOT_MAX;
}

static int accept_lot(struct scan *scan)
{
    note_said(scan);
    if (!*scan->session.lot_code) {
        if (!fits(scan->text))
            return refuse_other_code(scan, "the lot", "批次");
        text_copy(scan->session.lot_code, sizeof(scan->session.lot_code), scan->text);
    }
    return go_on(scan);
}

static int accept_serial(struct scan *scan)
{
    note_said(scan);
    if (!*scan->session.serial) {
        if (!fits(scan->text))
            return refuse_other_code(scan, "the serial number", "序列号");
        text_copy(scan->session.serial, sizeof(scan->session.serial), scan->text);
    }
    return go_on(scan);
}

/* 261231, 20261231, 2026-12-31: what people have printed beside a code that does not say it. */
static int read_date(struct scan *scan, const char *text)
{
    char digits[9], date[11];
    size_t count = 0;
    for (; *text; text++) {
        if (*text == '-' || *text == '/' || *text == '.')
            continue;
        if (!isdigit((unsigned char)*text) || count == 8)
            return -EINVAL;
        digits[count++] = *text;
    }
    digits[count] = '\0';
    int result = -EINVAL;
    if (count == 6)
        result = barcode_date(digits, year_of(scan), date);
    if (count == 8) {
        char year[5] = {digits[0], digits[1], digits[2], digits[3], '\0'};
        int64_t number;
        result = text_to_int(year, 1970, 2199, &number);
        if (!result)
            result = barcode_date(digits + 2, (int)number, date);
    }
    if (!result)
        text_copy(scan->session.expiry, sizeof(scan->session.expiry), date);
    return result;
}

static int accept_expiry(struct scan *scan)
{
    note_said(scan);
    if (!*scan->session.expiry && read_date(scan, scan->text) != 0)
        return refuse_other_code(scan, "the expiry date, as 20261231", "有效期(如 20261231)");
    return go_on(scan);
}

static int expiry_command(struct scan *scan)
{
    if (read_date(scan, scan->argument_text) != 0)
        return refuse_other_code(scan, "the expiry date, as 20261231", "有效期(如 20261231)");
    return go_on(scan);
}

static int take_weight(struct scan *scan, int64_t grams)
{
    if (grams <= 0)
        return refuse_other_code(scan, "the weight", "重量");
    scan->session.weight_g = grams;
    return go_on(scan);
}

static int accept_weight(struct scan *scan)
{
    return take_weight(scan, weight_said(scan));
}

static int weight_command(struct scan *scan)
{
    return take_weight(scan, scan->argument);
}

/* ---------------------------------------------------------------- what is shown */

static int show(struct scan *scan, struct view *view, const char *expect, enum message ask)
{
    struct item item;
    int result = item_load(scan->store, scan->session.item, &item);
    if (result)
        return result;
    view->expect = expect;
    answer_set(&view->prompt, ask);
    answer_text(&view->prompt, "i", item.name);
    snprintf(view->code, sizeof(view->code), "%s", item.sku);
    return 0;
}

static int show_lot(struct scan *scan, struct view *view)
{
    return show(scan, view, "lot", ASK_LOT);
}

static int show_expiry(struct scan *scan, struct view *view)
{
    return show(scan, view, "expiry", ASK_EXPIRY);
}

static int show_serial(struct scan *scan, struct view *view)
{
    return show(scan, view, "serial", ASK_SERIAL);
}

static int show_weight(struct scan *scan, struct view *view)
{
    return show(scan, view, "weight", ASK_WEIGHT);
}

static const struct command at_expiry[] = {{.name = "EXPIRY", .run = expiry_command}, {.name = NULL}};
static const struct command at_weight[] = {{.name = "WEIGHT", .run = weight_command}, {.name = NULL}};

static const struct step steps[] = {
    {"goods.lot", BIT(CODE_TEXT), "the lot", "批次", accept_lot, show_lot, .commands = NULL},
    {"goods.expiry", BIT(CODE_TEXT), "the expiry date", "有效期", accept_expiry, show_expiry, .commands = at_expiry},
    {"goods.serial", BIT(CODE_TEXT), "the serial number", "序列号", accept_serial, show_serial, .commands = NULL},
    {"goods.weight", BIT(CODE_TEXT), "the weight", "重量", accept_weight, show_weight, .commands = at_weight,
     .weigh = take_weight},
    {.name = NULL},
};
static const struct undo undos[] = {{"goods.described", "what was told of the goods", "商品信息", NULL},
                                    {.type = NULL}};

const struct flow goods_flow = {.name = "goods", .steps = steps, .undos = undos};

/* ---------------------------------------------------------------- for the flows */

int goods_lot(struct scan *scan, const struct goods *goods, int64_t *ret)
{
    bool dated = goods->item.expires && !*goods->lot; /* a lot that nobody named is all of its last day */
    return lot_ensure(scan->store, goods->item.id, dated ? goods->expiry : goods->lot, goods->expiry, ret);
}

void goods_write(const struct goods *goods, struct buf *data)
{
    json_text(data, "sku", goods->item.sku);
    json_int(data, "quantity", goods->quantity);
    if (*goods->lot)
        json_text(data, "lot", goods->lot);
    if (*goods->expiry)
        json_text(data, "expiry", goods->expiry);
    if (*goods->serial)
        json_text(data, "serial", goods->serial);
    if (goods->weight_g)
        json_int(data, "weight_g", goods->weight_g);
}

void goods_keep(struct scan *scan, const struct goods *goods)
{
    struct session *session = &scan->session;
    session->item = goods->item.id;
    session->pieces = goods->quantity;
    session->weight_g = goods->weight_g;
    text_copy(session->lot_code, sizeof(session->lot_code), goods->lot);
    text_copy(session->expiry, sizeof(session->expiry), goods->expiry);
    text_copy(session->serial, sizeof(session->serial), goods->serial);
}

int goods_kept(struct scan *scan, struct goods *ret)
{
    describe(&scan->session, ret);
    return item_load(scan->store, scan->session.item, &ret->item);
}
