/* What lies at a location, as a file or head office says. */
#include "floor/stock_set.h"

#include "base/json.h"
#include "base/text.h"
#include "floor/rule.h"

#include <errno.h>
#include <string.h>

static int fault(struct error *error, const char **ret_column, int result, const char *column, const char *sentence)
{
    *ret_column = column;
    return error_set(error, result, "%s", sentence);
}

static int post_difference(struct store *store, const struct stock_row *row, const struct move *place, int64_t delta)
{
    CLEANUP_BUF struct buf data = {0};
    struct move move = *place;
    int64_t seq;
    json_open_object(&data, NULL);
    json_text(&data, "location", row->location);
    json_text(&data, "sku", row->sku);
    json_int(&data, "delta", delta);
    if (*row->lot)
        json_text(&data, "lot", row->lot);
    if (*row->serial)
        json_text(&data, "serial", row->serial);
    json_close_object(&data);
    int result = note(store, "stock.imported", "location", row->location, &data, &seq);
    if (result)
        return result;
    move.quantity = delta > 0 ? delta : -delta;
    move.from_location = delta > 0 ? LOCATION_ADJUST : place->to_location;
    move.to_location = delta > 0 ? place->to_location : LOCATION_ADJUST;
    move.reason = "import";
    return ledger_move(store, seq, &move);
}

/* One piece with its number: it lies there already, or comes. */
static int set_piece(struct store *store, const struct stock_row *row, struct move *place, int64_t *changed,
                     const char **ret_column, struct error *error)
{
    struct serial known, serial = {.item = place->item, .lot = place->lot, .location = LOCATION_ADJUST};
    if (!*row->serial || row->quantity != 1)
        return fault(error, ret_column, -EINVAL, "serial",
                     "each piece of this item has a number: one row for each, with quantity 1");
    int result = serial_find(store, place->item, row->serial, &known);
    if (!result && known.location == place->to_location && !known.lpn)
        return 0;
    text_copy(serial.code, sizeof(serial.code), row->serial);
    result = serial_arrive(store, &serial, &place->serial);
    if (result == -EEXIST)
        return fault(error, ret_column, result, "serial", "the piece with this number is somewhere else");
    ++*changed;
    return result ? result : post_difference(store, row, place, 1);
}

/* The file says what lies there; the ledger gets the difference. What is promised cannot be taken away by a file. */
int stock_set(struct store *store, const struct stock_row *row, int64_t *changed, const char **ret_column,
              struct error *error)
{
    struct move place = {0};
    int64_t there, free;
    struct location location;
    struct item item;
    if (item_find(store, row->sku, &place.item) != 0 || item_load(store, place.item, &item) != 0)
        return fault(error, ret_column, -ENOENT, "sku", "no item has this number: import it first");
    if (location_find(store, row->location, &place.to_location) != 0 ||
        location_load(store, place.to_location, &location) != 0 ||
        (strcmp(location.kind, "face") != 0 && strcmp(location.kind, "reserve") != 0))
        return fault(error, ret_column, -ENOENT, "location",
                     "no face or reserve location has this code: import it first");
    int result = lot_ensure(store, place.item, row->lot, row->expiry, &place.lot);
    if (result == -EPERM)
        return fault(error, ret_column, -EINVAL, "expiry", "not a day: write it as 2026-12-31");
    if (!result && strcmp(item.serials, "all") == 0)
        return set_piece(store, row, &place, changed, ret_column, error);
    place.weight_g = item.by_weight && row->quantity > 0 ? row->weight_g : 0;
    if (!result)
        result = ledger_balance(store, place.item, place.to_location, 0, place.lot, &there);
    if (!result)
        result = ledger_free(store, place.item, place.to_location, place.lot, &free);
    if (!result && row->quantity < there - free)
        return fault(error, ret_column, -EBUSY, "quantity",
                     "orders are promised more than that from there: pick them first");
    if (result || row->quantity == there)
        return result;
    ++*changed;
    return post_difference(store, row, &place, row->quantity - there);
}
