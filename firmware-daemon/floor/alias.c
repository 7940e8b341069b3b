/* A code that nobody knows becomes the name of an item, with a supervisor's badge, until head office says no.
 *
 *   menu -> alias.code -> alias.item -> alias.badge -> menu */
#include "floor/rule.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int alias_start(struct scan *scan)
{
    return begin_work(scan, "alias", "alias.code", DONE_ALIAS);
}

/* GTINs are kept in 14 digits, however they are printed: that is how a scan looks them up. */
static bool code_to_keep(const struct scan *scan, char out[STORE_CODE_MAX])
{
    char gtin14[15];
    if (*scan->code->gtin14)
        return text_copy(out, STORE_CODE_MAX, scan->code->gtin14);
    bool gtin = barcode_gtin14(scan->text, strlen(scan->text), gtin14) == 0;
    return text_copy(out, STORE_CODE_MAX, gtin ? gtin14 : scan->text);
}

static int accept_code(struct scan *scan)
{
    struct session *session = &scan->session;
    if (scan->target.kind != CODE_TEXT)
        return refuse(scan, E73_KNOWN_CODE, "c", scan->text);
    if (scan->code->flags & BARCODE_BAD_CHECK_DIGIT)
        return refuse(scan, E03_CHECK_DIGIT, NULL, NULL);
    if (barcode_value(scan->code, "00") || !code_to_keep(scan, session->code))
        return refuse_other_code(scan, "a code of an item", "商品条码");
    json_text(record_start(scan), "code", session->code);
    int result = record(scan, "alias.opened", "barcode", session->code);
    if (!result)
        result = undo_allow(scan, "alias.opened");
    answer_text(accept_with(scan, DONE_ALIAS_CODE), "c", session->code);
    go(scan, "alias.item");
    return result;
}

/* "{c} ... {n} × {i}" */
static void say(struct scan *scan, enum message message, const struct item *item)
{
    struct answer *answer = accept_with(scan, message);
    answer_text(answer, "c", scan->session.code);
    answer_number(answer, "n", scan->session.pieces);
    answer_text(answer, "i", item->name);
}

static int write_code(struct scan *scan, const struct item *item, const struct worker *by, const char *type)
{
    json_text(record_start(scan), "code", scan->session.code);
    json_text(&scan->data, "sku", item->sku);
    json_int(&scan->data, "factor", scan->session.pieces);
    if (by)
        json_text(&scan->data, "supervisor", by->code);
    return record(scan, type, "barcode", scan->session.code);
}

static int accept_item(struct scan *scan)
{
    struct item item;
    int result = item_load(scan->store, scan->target.id, &item);
    if (result)
        return result;
    scan->session.item = item.id;
    scan->session.pieces = scan_quantity(scan);
    result = write_code(scan, &item, NULL, "alias.named");
    if (!result)
        result = undo_allow(scan, "alias.named");
    say(scan, DONE_ALIAS_ITEM, &item);
    go(scan, "alias.badge");
    return result;
}

/* Head office may have given the code a meaning meanwhile. */
static int check_still_unknown(struct scan *scan)
{
    struct meaning meaning;
    size_t count;
    const char *code = scan->session.code;
    int result = catalog_find(scan->store, code, strlen(code) == 14 ? code : "", &meaning, 1, &count);
    return result ? result : count > 0 ? refuse(scan, E73_KNOWN_CODE, "c", code) : 0;
}

static int accept_badge(struct scan *scan)
{
    struct session *session = &scan->session;
    struct worker by;
    struct item item;
    int result = check_supervisor(scan, &by);
    if (!result)
        result = check_still_unknown(scan);
    if (!result)
        result = item_load(scan->store, session->item, &item);
    if (!result)
        result = write_code(scan, &item, &by, "alias.proposed");
    if (!result)
        result = barcode_propose(scan->store, session->code, session->item, session->pieces);
    if (!result)
        result = undo_border(scan);
    if (result)
        return result;
    say(scan, DONE_ALIAS_PROPOSED, &item);
    leave_flow(scan);
    return 0;
}

static int leave(struct scan *scan)
{
    return leave_work(scan, "alias");
}

static int show_code(struct scan *scan, struct view *view)
{
    (void)scan;
    view->expect = "code";
    answer_set(&view->prompt, ASK_ALIAS_CODE);
    return 0;
}

static int show_item(struct scan *scan, struct view *view)
{
    view->expect = "item";
    answer_set(&view->prompt, ASK_ALIAS_ITEM);
    answer_text(&view->prompt, "c", scan->session.code);
    return 0;
}

static int show_badge(struct scan *scan, struct view *view)
{
    struct item item;
    int result = item_load(scan->store, scan->session.item, &item);
    view->expect = "badge";
    answer_set(&view->prompt, ASK_SUPERVISOR);
    struct answer *detail = &view->details[view->detail_count++];
    answer_set(detail, DONE_ALIAS_ITEM);
    answer_text(detail, "c", scan->session.code);
    answer_number(detail, "n", scan->session.pieces);
    answer_text(detail, "i", item.name);
    return result;
}

static const struct command commands[] = {{.name = "DONE", .run = leave}, {.name = NULL}};

#define ANY_CODE                                                                                                       \
    (BIT(CODE_TEXT) | BIT(CODE_ITEM) | BIT(CODE_LOCATION) | BIT(CODE_TOTE) | BIT(CODE_PALLET) | BIT(CODE_BOX) |        \
     BIT(CODE_WAYBILL) | BIT(CODE_DOCUMENT))

static const struct step steps[] = {
    {"alias.code", ANY_CODE, "the new code", "新条码", accept_code, show_code, .commands = commands},
    {"alias.item", BIT(CODE_ITEM), "the item", "商品", accept_item, show_item, .commands = commands},
    {"alias.badge", BIT(CODE_BADGE), "a supervisor's badge", "主管工牌", accept_badge, show_badge,
     .commands = commands},
    {.name = NULL},
};

static const struct undo undos[] = {
    {"alias.opened", "the code", "条码", NULL}, {"alias.named", "the item", "商品", NULL}, {.type = NULL}};

const struct flow alias_flow = {.name = "alias", .steps = steps, .undos = undos};
