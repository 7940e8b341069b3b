/* Which of the goods on a plate, or loose at the dock, are put away next, and how many. */
#include "floor/putaway.h"

#include "base/json.h"

#include <errno.h>
#include <string.h>

/* Several lots of an item on one plate look the same: the scan must tell which. Of pieces with numbers, some are named
 * one by one where not all of them go. */
unsigned putaway_needs(struct scan *scan, const struct item *item)
{
    struct putaway putaway;
    struct stack stack;
    int64_t count = 0;
    if (putaway_load(scan, &putaway) != 0 ||
        ledger_stack(scan->store, putaway.from.id, putaway.plate.id, item->id, -1, &stack, &count) != 0)
        return 0;
    bool numbers = strcmp(item->serials, "all") == 0 && !putaway.plate.id &&
                   stack.quantity > putaway.task.quantity - putaway.task.put;
    return (numbers ? NEEDS_SERIAL : 0) | (count < 2 ? 0 : item->lots ? NEEDS_LOT : item->expires ? NEEDS_EXPIRY : 0);
}

/* The stack that the goods belong to: of a plate any, else the task's. */
static int find_stack(struct scan *scan, const struct putaway *putaway, const struct goods *goods, struct stack *ret)
{
    int64_t lot = -1, count;
    bool loose = !putaway->plate.id;
    bool lots_told = *goods->lot || (goods->item.expires && *goods->expiry);
    int result = lots_told ? goods_lot(scan, goods, &lot) : 0;
    if (!result && loose && goods->item.id == putaway->task.item && !lots_told)
        lot = putaway->task.lot;
    if (!result)
        result = ledger_stack(scan->store, putaway->from.id, putaway->plate.id, goods->item.id, lot, ret, &count);
    bool other = loose && !result && (ret->item != putaway->task.item || ret->lot != putaway->task.lot);
    return other ? -ENOENT : result;
}

static int check_serial(struct scan *scan, const struct putaway *putaway, const struct goods *goods)
{
    struct serial serial;
    if (!*goods->serial || strcmp(goods->item.serials, "all") != 0)
        return 0;
    int result = serial_find(scan->store, goods->item.id, goods->serial, &serial);
    bool here = !result && serial.location == putaway->from.id && serial.lpn == putaway->plate.id;
    if (result == -ENOENT || (!result && !here))
        return refuse_goods(scan, *putaway->plate.code ? putaway->plate.code : putaway->from.code, goods->serial);
    return result;
}

/* One code means all there is of it; a pack, QTY or a serial number means so many. */
static int64_t pieces_meant(const struct putaway *putaway, const struct goods *goods, const struct stack *stack)
{
    int64_t most = stack->quantity, open = putaway->task.quantity - putaway->task.put;
    if (!putaway->plate.id && open < most)
        most = open;
    bool numbered = *goods->serial && strcmp(goods->item.serials, "all") == 0;
    return numbered ? 1 : goods->quantity > 1 ? goods->quantity : most;
}

static int check_pieces(struct scan *scan, const struct putaway *putaway, const struct stack *stack, int64_t quantity)
{
    int64_t open = putaway->task.quantity - putaway->task.put;
    int64_t most = putaway->plate.id || stack->quantity < open ? stack->quantity : open;
    if (quantity <= most)
        return 0;
    return refuse_over(scan, 0, most);
}

int putaway_take(struct scan *scan, const struct goods *goods)
{
    struct putaway putaway;
    struct stack stack = {0};
    bool numbered = *goods->serial && strcmp(goods->item.serials, "all") == 0;
    int result = putaway_load(scan, &putaway);
    if (!result && putaway.plate.id && strcmp(scan->session.step, "putaway.fetch") == 0)
        return refuse_goods(scan, putaway.plate.code, goods->item.name);
    if (!result)
        result = find_stack(scan, &putaway, goods, &stack);
    if (result == -ENOENT)
        return refuse_goods(scan, *putaway.plate.code ? putaway.plate.code : putaway.from.code, goods->item.name);
    int64_t quantity = pieces_meant(&putaway, goods, &stack);
    if (!result)
        result = check_serial(scan, &putaway, goods);
    if (!result)
        result = check_pieces(scan, &putaway, &stack, quantity);
    if (result)
        return result;
    json_int(record_start(scan), "task", putaway.task.id);
    json_text(&scan->data, "sku", goods->item.sku);
    json_int(&scan->data, "quantity", quantity);
    result = record(scan, "putaway.held", "item", goods->item.sku);
    if (!result)
        result = undo_allow(scan, "putaway.held");
    return result ? result : putaway_hold(scan, &putaway, &stack, quantity, numbered ? goods->serial : "");
}

/* Fewer of them go into this bin. */
int putaway_split(struct scan *scan)
{
    struct putaway putaway;
    struct stack stack;
    int64_t count;
    int result = putaway_load(scan, &putaway);
    if (!result && (scan->argument < 1 || scan->argument >= scan->session.pieces))
        return refuse_not_now(scan);
    if (!result && strcmp(putaway.item.serials, "all") == 0)
        return refuse(scan, E34_ONE_BY_ONE, "i", putaway.item.name);
    if (!result)
        result =
            ledger_stack(scan->store, putaway.from.id, putaway.plate.id, putaway.item.id, putaway.lot, &stack, &count);
    if (result)
        return result;
    json_int(record_start(scan), "task", putaway.task.id);
    json_text(&scan->data, "sku", putaway.item.sku);
    json_int(&scan->data, "quantity", scan->argument);
    result = record(scan, "putaway.held", "item", putaway.item.sku);
    if (!result)
        result = undo_allow(scan, "putaway.held");
    return result ? result : putaway_hold(scan, &putaway, &stack, scan->argument, "");
}
