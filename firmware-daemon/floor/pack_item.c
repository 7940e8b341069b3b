/* Pack check, piece by piece: out of the tote into the parcel, with the lot, serial number and weight that leave. */
#include "floor/parcel.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

struct piece {
    struct order order;
    struct parcel parcel;
    struct lpn tote;
    struct serial serial; /* id 0: its item has none */
};

static int load(struct scan *scan, struct piece *piece)
{
    struct store *store = scan->store;
    int result = order_load(store, scan->session.order, &piece->order);
    if (!result && piece->order.cancelled)
        return refuse_cancelled(scan, &piece->order);
    if (!result)
        result = parcel_load(store, scan->session.parcel, &piece->parcel);
    return result ? result : lpn_load(store, scan->session.tote, &piece->tote);
}

/* One that is asked for only when it leaves is followed no further than where it must be: with a customer, in a parcel,
 * or among what came back and nobody has graded. */
static int check_elsewhere(struct scan *scan, const struct serial *serial, bool followed)
{
    struct lpn plate;
    struct location place;
    int result = lpn_load(scan->store, serial->lpn, &plate);
    if (!result)
        result = location_load(scan->store, serial->location, &place);
    if (result)
        return result;
    bool bound = followed || place.id == LOCATION_CUSTOMER || strcmp(plate.kind, "parcel") == 0 ||
                 (!plate.id && strcmp(place.kind, "return") == 0);
    return bound ? refuse_serial(scan, serial) : 0;
}

/* The number of the piece, which comes out of this tote. */
static int find_serial(struct scan *scan, const struct goods *goods, struct piece *piece)
{
    struct store *store = scan->store;
    bool followed = strcmp(goods->item.serials, "all") == 0;
    struct serial *serial = &piece->serial;
    int64_t quantity;
    if (!*goods->serial)
        return 0;
    int result = serial_find(store, goods->item.id, goods->serial, serial);
    bool new = result == -ENOENT;
    if (new &&followed)
        return refuse(scan, E01_UNKNOWN, "c", goods->serial);
    if (!result && serial->lpn == piece->tote.id && serial->location == piece->tote.location)
        return 0;
    if (!result)
        result = check_elsewhere(scan, serial, followed);
    if (result && !new)
        return result;
    text_copy(serial->code, sizeof(serial->code), goods->serial);
    serial->item = goods->item.id;
    serial->location = piece->tote.location;
    serial->lpn = piece->tote.id;
    result = ledger_first_lot(store, serial->item, serial->location, serial->lpn, &serial->lot, &quantity);
    if (result)
        return result;
    return new ? serial_insert(store, serial, &serial->id) : serial_place(store, serial);
}

static int check_quantity(struct scan *scan, const struct goods *goods, const struct piece *piece)
{
    struct totals totals;
    int64_t open = 0;
    if (!order_has_item(scan->store, piece->order.id, goods->item.id))
        return refuse_goods(scan, piece->order.number, goods->item.name);
    int result = order_to_pack(scan->store, piece->order.id, goods->item.id, &open);
    if (!result)
        result = order_totals(scan->store, piece->order.id, &totals);
    if (result || goods->quantity <= open)
        return result;
    return refuse_over(scan, totals.packed, totals.picked);
}

/* The lot that the code says must be in the tote. */
static int check_lot(struct scan *scan, const struct goods *goods, const struct piece *piece, int64_t *ret)
{
    struct lot lot = {0};
    char there[STORE_CODE_MAX];
    int64_t first, quantity, held = 0;
    int result = lot_find(scan->store, goods->item.id, goods->lot, &lot);
    if (!result)
        result = ledger_balance(scan->store, goods->item.id, piece->tote.location, piece->tote.id, lot.id, &held);
    if (result && result != -ENOENT)
        return result;
    *ret = lot.id;
    if (held >= goods->quantity)
        return 0;
    result = ledger_first_lot(scan->store, goods->item.id, piece->tote.location, piece->tote.id, &first, &quantity);
    if (!result)
        result = lot_code(scan->store, first, there, sizeof(there));
    return result ? result : refuse(scan, E07_LOT, "exp", there);
}

/* What was caught when it was picked goes along; the last pieces of a lot take all that is left of it. */
static int weigh_piece(struct scan *scan, const struct goods *goods, struct move *move, int64_t held)
{
    int64_t caught = 0;
    if (!goods->item.by_weight)
        return 0;
    int result = ledger_weight(scan->store, move->item, move->from_location, move->from_lpn, move->lot, &caught);
    int64_t told = goods->weight_g * move->quantity / goods->quantity;
    if (caught <= 0)
        move->weight_g = told;
    else if (move->quantity == held)
        move->weight_g = caught;
    else
        move->weight_g = !told ? caught * move->quantity / held : told < caught ? told : caught;
    return result;
}

/* Line by line, lot by lot: several lines may ask for the same item. lot 0: whichever is there. */
static int move_pieces(struct scan *scan, const struct goods *goods, const struct piece *piece, int64_t lot)
{
    struct store *store = scan->store;
    int result = 0;
    for (int64_t left = goods->quantity; left > 0 && !result;) {
        struct order_line line;
        struct move move = {.item = goods->item.id,
                            .lot = lot,
                            .from_location = piece->tote.location,
                            .to_location = LOCATION_BENCH,
                            .from_lpn = piece->tote.id,
                            .to_lpn = piece->parcel.lpn,
                            .serial = piece->serial.id,
                            .reason = "pack"};
        int64_t held = left;
        result = order_line_to_pack(store, piece->order.id, move.item, &line);
        if (!result && lot)
            result = ledger_balance(store, move.item, move.from_location, move.from_lpn, lot, &held);
        if (!result && !lot)
            result = ledger_first_lot(store, move.item, move.from_location, move.from_lpn, &move.lot, &held);
        if (result)
            return result == -ENOENT ? refuse_other_code(scan, "the order's other tote", "该订单的另一周转箱") : result;
        int64_t open = line.picked - line.packed, smaller = open < held ? open : held;
        move.line = line.id;
        move.quantity = smaller < left ? smaller : left;
        left -= move.quantity;
        result = weigh_piece(scan, goods, &move, held);
        if (!result)
            result = ledger_move(store, scan->seq, &move);
    }
    return result;
}

/* What is not in the tote is refused, and needs nothing. */
unsigned pack_needs(struct scan *scan, const struct item *item)
{
    struct lpn tote;
    int64_t lot, quantity, caught = 0;
    unsigned needs = strcmp(item->serials, "none") != 0 ? NEEDS_SERIAL : 0;
    int result = lpn_load(scan->store, scan->session.tote, &tote);
    if (!result)
        result = ledger_first_lot(scan->store, item->id, tote.location, tote.id, &lot, &quantity);
    if (!result)
        result = ledger_weight(scan->store, item->id, tote.location, tote.id, lot, &caught);
    if (result)
        return 0;
    return item->by_weight && caught <= 0 ? needs | NEEDS_WEIGHT : needs;
}

int pack_piece(struct scan *scan, const struct goods *goods, bool *ret_complete)
{
    struct piece piece = {0};
    struct totals totals;
    int64_t lot = 0;
    int result = load(scan, &piece);
    if (!result)
        result = check_quantity(scan, goods, &piece);
    if (!result && *goods->lot)
        result = check_lot(scan, goods, &piece, &lot);
    if (!result)
        result = find_serial(scan, goods, &piece);
    if (result)
        return result;
    json_text(record_start(scan), "order", piece.order.number);
    json_text(&scan->data, "tote", piece.tote.code);
    goods_write(goods, &scan->data);
    result = record(scan, "pack.item", "order", piece.order.number);
    if (!result)
        result = move_pieces(scan, goods, &piece, piece.serial.id ? piece.serial.lot : lot);
    if (!result)
        result = order_totals(scan->store, piece.order.id, &totals);
    if (result)
        return result;
    *ret_complete = totals.packed == totals.picked;
    struct answer *answer = accept_with(scan, DONE_CHECKED);
    answer_number(answer, "n", goods->quantity);
    answer_text(answer, "i", goods->item.name);
    return 0;
}

int pack_take(struct scan *scan, const struct goods *goods)
{
    bool complete;
    int result = pack_piece(scan, goods, &complete);
    if (!result)
        result = undo_allow(scan, "pack.item");
    if (!result && complete)
        go(scan, "pack.box");
    return result;
}
