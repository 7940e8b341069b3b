/* What a worker who receives is shown. Blind, nothing of what is announced. */
#include "floor/receive.h"
#include "store/receipt.h"

#include <errno.h>

static int show_receipt(struct scan *scan, struct view *view, const char *expect, enum message prompt)
{
    struct receipt receipt;
    struct document_totals totals = {0};
    int result = receipt_load(scan, &receipt);
    if (!result)
        result = document_totals(scan->store, receipt.document.id, &totals);
    view->expect = expect;
    answer_set(&view->prompt, prompt);
    answer_text(&view->prompt, "d", receipt.document.number);
    answer_set(&view->details[0], NOTE_RECEIPT);
    answer_text(&view->details[0], "d", receipt.document.number);
    answer_text(&view->details[0], "p", receipt.document.partner);
    view->detail_count = 1;
    if (receipt.plate.id) {
        answer_set(&view->details[1], NOTE_ON_PLATE);
        answer_text(&view->details[1], "t", receipt.plate.code);
        view->detail_count = 2;
    }
    if (!receipt.document.blind) {
        view->done = totals.done + totals.damaged;
        view->need = totals.expected;
    }
    return result;
}

int receipt_show_dock(struct scan *scan, struct view *view)
{
    return show_receipt(scan, view, "location", ASK_DOCK);
}

int receipt_show_plate(struct scan *scan, struct view *view)
{
    return show_receipt(scan, view, "plate", ASK_RECEIPT_PLATE);
}

int receipt_show_item(struct scan *scan, struct view *view)
{
    struct receipt_item known = {0};
    struct item item;
    int64_t next;
    int result = show_receipt(scan, view, "item", ASK_RECEIPT_ITEM);
    if (!result && view->need > 0)
        result = receipt_next(scan->store, scan->session.document, &next);
    if (result || view->need == 0)
        return result == -ENOENT ? 0 : result;
    result = item_load(scan->store, next, &item);
    if (!result)
        result = receipt_item(scan->store, scan->session.document, next, &known);
    struct answer *detail = &view->details[view->detail_count++];
    answer_set(detail, NOTE_NEED);
    answer_number(detail, "n", known.expected - known.come);
    answer_text(detail, "i", item.name);
    return result;
}

int receipt_show_damaged(struct scan *scan, struct view *view)
{
    return show_receipt(scan, view, "item", ASK_RECEIPT_DAMAGED);
}

int receipt_show_badge(struct scan *scan, struct view *view)
{
    return show_receipt(scan, view, "badge", ASK_RECEIPT_BADGE);
}

int receipt_show_allowed(struct scan *scan, struct view *view)
{
    return show_receipt(scan, view, "item", ASK_RECEIPT_ALLOWED);
}

int receipt_show_confirm(struct scan *scan, struct view *view)
{
    int result = show_receipt(scan, view, "command", ASK_RECEIPT_SURE);
    if (view->need > view->done) {
        answer_set(&view->prompt, ASK_RECEIPT_SHORT);
        answer_number(&view->prompt, "n", view->need - view->done);
    }
    return result;
}
