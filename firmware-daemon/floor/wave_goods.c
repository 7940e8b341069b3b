/* Goods on a wave's tote: given out piece by piece, or back to where they are kept when nobody wants them. */
#include "floor/wave.h"

#include "base/json.h"
#include "floor/pick_bin.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

unsigned plate_needs(struct scan *scan, const struct item *item)
{
    (void)scan;
    return strcmp(item->serials, "all") == 0 ? NEEDS_SERIAL : 0;
}

static int refuse_not_in(struct scan *scan, const struct goods *goods, int64_t plate)
{
    struct lpn lpn;
    int result = lpn_load(scan->store, plate, &lpn);
    return result ? result : refuse_goods(scan, lpn.code, goods->item.name);
}

/* The one piece with this number. */
static int find_serial(struct scan *scan, const struct goods *goods, int64_t location, int64_t plate,
                       struct serial *ret)
{
    int result = serial_find(scan->store, goods->item.id, goods->serial, ret);
    if (result == -ENOENT)
        return refuse(scan, E01_UNKNOWN, "c", goods->serial);
    if (result)
        return result;
    return ret->location == location && ret->lpn == plate ? 0 : refuse_serial(scan, ret);
}

static bool has_serial(const struct goods *goods)
{
    return strcmp(goods->item.serials, "all") == 0;
}

static int give_serial(struct scan *scan, const struct goods *goods, struct move *move)
{
    struct serial serial;
    int result = find_serial(scan, goods, move->from_location, move->from_lpn, &serial);
    if (result)
        return result;
    move->serial = serial.id;
    move->lot = serial.lot;
    move->quantity = goods->quantity;
    return ledger_move(scan->store, scan->seq, move);
}

/* The lot that a code says must be on the plate: E07 tells which is. */
static int check_lot(struct scan *scan, const struct goods *goods, const struct lpn *plate)
{
    struct lot lot = {0};
    char there[STORE_CODE_MAX];
    int64_t first, quantity, held = 0;
    int result = lot_find(scan->store, goods->item.id, goods->lot, &lot);
    if (!result)
        result = ledger_balance(scan->store, goods->item.id, plate->location, plate->id, lot.id, &held);
    if ((result && result != -ENOENT) || held >= goods->quantity)
        return result;
    result = ledger_first_lot(scan->store, goods->item.id, plate->location, plate->id, &first, &quantity);
    if (!result)
        result = lot_code(scan->store, first, there, sizeof(there));
    return result ? result : refuse(scan, E07_LOT, "exp", there);
}

int plate_check(struct scan *scan, const struct goods *goods, const struct lpn *plate)
{
    struct serial serial;
    int64_t there;
    if (has_serial(goods))
        return find_serial(scan, goods, plate->location, plate->id, &serial);
    int result = ledger_item_on_plate(scan->store, plate->id, goods->item.id, &there);
    if (!result && there < goods->quantity)
        return refuse_not_in(scan, goods, plate->id);
    return result || !*goods->lot ? result : check_lot(scan, goods, plate);
}

/* Of the lot that is said, else of any that is there. */
static int next_part(struct scan *scan, const struct goods *goods, struct move *part, int64_t *ret_there)
{
    struct lot lot;
    if (!*goods->lot)
        return ledger_first_lot(scan->store, part->item, part->from_location, part->from_lpn, &part->lot, ret_there);
    int result = lot_find(scan->store, part->item, goods->lot, &lot);
    if (!result)
        result = ledger_balance(scan->store, part->item, part->from_location, part->from_lpn, lot.id, ret_there);
    part->lot = lot.id;
    return result ? result : *ret_there > 0 ? 0 : -ENOENT;
}

int plate_give(struct scan *scan, const struct goods *goods, const struct move *move)
{
    struct move part = *move;
    int64_t left = goods->quantity, there;
    part.item = goods->item.id;
    if (has_serial(goods))
        return give_serial(scan, goods, &part);
    while (left > 0) {
        int result = next_part(scan, goods, &part, &there);
        if (result == -ENOENT)
            return refuse_not_in(scan, goods, part.from_lpn);
        part.quantity = there < left ? there : left;
        left -= part.quantity;
        if (!result)
            result = ledger_move_some(scan->store, scan->seq, &part);
        if (result)
            return result;
    }
    return 0;
}

int refuse_plate(struct scan *scan, const struct lpn *plate)
{
    struct order order = {0};
    struct wave wave = {0};
    int result = 0;
    if (plate->order)
        result = order_load(scan->store, plate->order, &order);
    else if (plate->wave)
        result = wave_load(scan->store, plate->wave, &wave);
    struct answer *answer = refusal(scan, E10_TOTE);
    answer_text(answer, "t", plate->code);
    answer_text(answer, "o", plate->order ? order.number : plate->wave ? wave.number : "–");
    return result ? result : FLOOR_REFUSED;
}

/* The bin has given less than was thought: what nobody is promised there waits for a count. */
static int miss(struct scan *scan, int64_t allocation)
{
    struct pick pick;
    int result = pick_load(scan->store, allocation, &pick);
    return result ? result : pick_miss(scan, &pick, 0);
}

static int note_unpicked(struct scan *scan, const struct surplus *surplus, const struct move *move)
{
    CLEANUP_BUF struct buf data = {0};
    struct order order;
    struct item item;
    struct location place;
    int result = order_load(scan->store, surplus->order, &order);
    if (!result)
        result = item_load(scan->store, move->item, &item);
    if (!result)
        result = location_load(scan->store, move->to_location, &place);
    if (result)
        return result;
    json_open_object(&data, NULL);
    json_text(&data, "order", order.number);
    json_int(&data, "line", surplus->line_number);
    json_text(&data, "sku", item.sku);
    json_text(&data, "location", place.code);
    json_int(&data, "quantity", move->quantity);
    json_close_object(&data);
    return note(scan->store, "pick.unpicked", "order", order.number, &data, NULL);
}

/* As much as one promise had been picked for. */
static int give_back_one(struct scan *scan, struct move *move, int64_t wave, int64_t place, int64_t *left)
{
    struct surplus surplus;
    int result = wave_surplus(scan->store, wave, move->item, &surplus);
    if (result)
        return result == -ENOENT ? -EBADMSG : result; /* a tote holds what was picked for its wave, no more */
    move->quantity = surplus.quantity < *left ? surplus.quantity : *left;
    move->to_location = place ? place : surplus.location;
    move->line = surplus.line;
    move->allocation = surplus.allocation;
    *left -= move->quantity;
    result = ledger_move_some(scan->store, scan->seq, move);
    if (!result)
        result = note_unpicked(scan, &surplus, move);
    return result || place ? result : miss(scan, surplus.allocation);
}

int wave_give_back(struct scan *scan, const struct lpn *tote, int64_t place)
{
    struct move move = {.from_location = tote->location, .from_lpn = tote->id, .reason = "unpick"};
    int64_t left;
    int result;
    while ((result = ledger_first_on_plate(scan->store, tote->id, &move.item, &move.lot, &left)) == 0)
        while (left > 0) {
            result = give_back_one(scan, &move, tote->wave, place, &left);
            if (result)
                return result;
        }
    return result == -ENOENT ? 0 : result;
}

int wave_bring_rest(struct scan *scan, const struct wave *wave, const struct lpn *tote)
{
    struct location place;
    int result = location_load(scan->store, scan->target.id, &place);
    if (!result && strcmp(place.kind, "return") != 0)
        return refuse_place(scan, "the return shelf · 退货架", place.code);
    json_text(record_start(scan), "wave", wave->number);
    json_text(&scan->data, "tote", tote->code);
    json_text(&scan->data, "location", place.code);
    if (!result)
        result = ledger_write_plate(scan->store, tote->id, &scan->data);
    if (!result)
        result = record(scan, "wave.rest", "wave", wave->number);
    if (!result)
        result = wave_give_back(scan, tote, place.id);
    if (!result)
        result = undo_border(scan);
    answer_text(accept_with(scan, DONE_WAVE_RETURNED), "l", place.code);
    return result;
}
