/* Whether goods in the hand are right for a promise of stock: item, serial number, lot, quantity.
 *
 * Earliest expiry goes first: a lot that lasts longer than the promised one is refused unless a supervisor allows it.
 * A code without a lot is trusted where the bin holds only one. A serial number is what it is: it goes instead of any
 * other. */
#include "floor/pick_bin.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

/* The lot of a piece with a serial number is known; a bin that was promised without a lot is trusted. */
unsigned pick_needs(struct scan *scan, const struct item *item)
{
    struct allocation promise;
    if (allocation_load(scan->store, scan->session.allocation, &promise) != 0 || promise.item != item->id)
        return 0; /* the wrong item is refused without questions */
    unsigned needs = goods_needs_there(scan, item, promise.location, 0);
    return !promise.lot || (needs & NEEDS_SERIAL) ? needs & ~(unsigned)NEEDS_LOT : needs;
}

static int check_item(struct scan *scan, const struct pick *pick, const struct goods *goods)
{
    if (goods->item.id == pick->item.id)
        return 0;
    return refuse_goods(scan, pick->item.name, goods->item.name);
}

/* In this bin, loose: then its lot is known too. */
static int check_serial(struct scan *scan, const struct pick *pick, const struct goods *goods, struct taking *taking)
{
    struct serial serial;
    if (strcmp(pick->item.serials, "all") != 0)
        return 0;
    int result = serial_find(scan->store, pick->item.id, goods->serial, &serial);
    if (result == -ENOENT)
        return refuse(scan, E01_UNKNOWN, "c", goods->serial);
    if (result)
        return result;
    if (serial.location != pick->location.id || serial.lpn)
        return refuse_serial(scan, &serial);
    taking->serial = serial.id;
    taking->lot = serial.lot;
    text_copy(taking->serial_code, sizeof(taking->serial_code), serial.code);
    return 0;
}

static int refuse_lot(struct scan *scan, const struct pick *pick)
{
    char wanted[STORE_CODE_MAX];
    int result = lot_code(scan->store, pick->allocation.lot, wanted, sizeof(wanted));
    return result ? result : refuse(scan, E07_LOT, "exp", wanted);
}

/* Whichever lot it is, it must be good for this customer today. */
static int check_life(struct scan *scan, const struct pick *pick, const struct lot *lot)
{
    int64_t left, need = pick->item.life_out_days;
    if (pick->order.life_days > need)
        need = pick->order.life_days;
    if (lot->blocked)
        return refuse(scan, E21_LOT, "l", lot->code);
    int result = lot_days_left(scan->store, lot->id, &left);
    if (result || left >= need)
        return result;
    return refuse_life(scan, lot->code, left, need);
}

static bool lasts_longer(const struct lot *a, const struct lot *b)
{
    if (!*a->expiry || !*b->expiry)
        return *b->expiry && !*a->expiry;
    return strcmp(a->expiry, b->expiry) > 0;
}

/* Another lot than the promised one may go when it is free, and lasts no longer or was allowed. */
static int check_other_lot(struct scan *scan, const struct pick *pick, const struct lot *lot, int64_t quantity)
{
    struct lot promised;
    int64_t free = 0;
    int result = lot_load(scan->store, pick->allocation.lot, &promised);
    if (!result)
        result = ledger_free(scan->store, pick->item.id, pick->location.id, lot->id, &free);
    if (result)
        return result;
    bool allowed = scan->session.forced || !lasts_longer(lot, &promised);
    return allowed && free >= quantity ? 0 : refuse_lot(scan, pick);
}

/* Of which lot the goods are: as their serial number or code says, else the promised one. */
static int find_lot(struct scan *scan, const struct pick *pick, const struct goods *goods, struct taking *taking,
                    struct lot *ret)
{
    int result = 0;
    *ret = (struct lot){0};
    if (!taking->serial)
        taking->lot = pick->allocation.lot;
    if (!taking->serial && *goods->lot && (pick->allocation.lot || pick->item.lots)) {
        result = lot_find(scan->store, pick->item.id, goods->lot, ret);
        if (result == -ENOENT)
            return refuse_lot(scan, pick);
        taking->lot = ret->id;
    } else if (taking->lot) {
        result = lot_load(scan->store, taking->lot, ret);
    }
    text_copy(taking->lot_code, sizeof(taking->lot_code), ret->code);
    return result;
}

static int check_quantity(struct scan *scan, const struct pick *pick, int64_t quantity, int64_t most)
{
    struct totals totals;
    if (quantity <= most)
        return 0;
    int result = order_totals(scan->store, pick->order.id, &totals);
    if (result)
        return result;
    return refuse_over(scan, totals.picked, totals.picked + totals.open);
}

static int identify(struct scan *scan, const struct pick *pick, const struct goods *goods, struct taking *taking,
                    struct lot *lot)
{
    *taking = (struct taking){.quantity = goods->quantity, .weight_g = pick->item.by_weight ? goods->weight_g : 0};
    int result = check_item(scan, pick, goods);
    if (!result)
        result = check_serial(scan, pick, goods, taking);
    return result ? result : find_lot(scan, pick, goods, taking, lot);
}

int pick_check(struct scan *scan, const struct pick *pick, const struct goods *goods, int64_t most, struct taking *ret)
{
    struct taking taking;
    struct lot lot;
    int result = identify(scan, pick, goods, &taking, &lot);
    if (!result && taking.lot)
        result = check_life(scan, pick, &lot);
    if (!result && taking.lot != pick->allocation.lot)
        result = check_other_lot(scan, pick, &lot, goods->quantity);
    if (!result)
        result = check_quantity(scan, pick, goods->quantity, most);
    if (!result)
        *ret = taking;
    return result;
}

int pick_check_damaged(struct scan *scan, const struct pick *pick, const struct goods *goods, struct taking *ret)
{
    struct taking taking;
    struct lot lot;
    int64_t free = pick->allocation.open;
    int result = identify(scan, pick, goods, &taking, &lot);
    if (!result && taking.lot != pick->allocation.lot)
        result = ledger_free(scan->store, pick->item.id, pick->location.id, taking.lot, &free);
    if (!result)
        result = check_quantity(scan, pick, goods->quantity, free);
    if (!result)
        *ret = taking;
    return result;
}

int pick_write(struct scan *scan, const struct pick *pick, const struct taking *taking)
{
    struct buf *data = &scan->data;
    char lot[STORE_CODE_MAX];
    int result = lot_code(scan->store, taking ? taking->lot : pick->allocation.lot, lot, sizeof(lot));
    json_text(data, "order", pick->order.number);
    json_int(data, "line", pick->allocation.line_number);
    json_text(data, "sku", pick->item.sku);
    json_text(data, "location", pick->location.code);
    if (*lot)
        json_text(data, "lot", lot);
    if (taking && *taking->serial_code)
        json_text(data, "serial", taking->serial_code);
    if (taking && taking->weight_g)
        json_int(data, "weight_g", taking->weight_g);
    return result;
}

int pick_move(struct scan *scan, const struct pick *pick, const struct taking *taking, int64_t plate)
{
    int64_t allocation = pick->allocation.id;
    int result = 0;
    if (taking->lot != pick->allocation.lot)
        result = allocation_change_lot(scan->store, allocation, taking->lot, taking->quantity, &allocation);
    return result ? result
                  : ledger_move(scan->store, scan->seq,
                                &(struct move){.item = pick->item.id,
                                               .lot = taking->lot,
                                               .quantity = taking->quantity,
                                               .weight_g = taking->weight_g,
                                               .serial = taking->serial,
                                               .from_location = pick->location.id,
                                               .to_location = LOCATION_FLOOR,
                                               .to_lpn = plate,
                                               .reason = "pick",
                                               .line = pick->allocation.line,
                                               .allocation = allocation});
}
