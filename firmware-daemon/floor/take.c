/* Goods that are taken from where they lie: which lot and which piece it is, and whether they are free to go. */
#include "floor/rule.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

unsigned goods_needs_there(struct scan *scan, const struct item *item, int64_t location, int64_t lpn)
{
    int64_t lots = 0;
    ledger_count_lots(scan->store, item->id, location, lpn, &lots);
    return (lots > 1 ? NEEDS_LOT : 0) | (strcmp(item->serials, "all") == 0 ? NEEDS_SERIAL : 0) |
           (item->by_weight ? NEEDS_WEIGHT : 0);
}

static int refuse_amount(struct scan *scan, const struct goods *goods, int64_t location, int64_t free)
{
    struct location place;
    int result = location_load(scan->store, location, &place);
    struct answer *answer = refusal(scan, E70_NOT_FREE);
    answer_number(answer, "n", free);
    answer_text(answer, "i", goods->item.name);
    answer_text(answer, "l", place.code);
    return result ? result : FLOOR_REFUSED;
}

int refuse_serial(struct scan *scan, const struct serial *serial)
{
    struct location place;
    char where[STORE_CODE_MAX + 8], where_zh[STORE_CODE_MAX + 8];
    int result = location_load(scan->store, serial->location, &place);
    if (result)
        return result;
    bool gone = serial->location == LOCATION_CUSTOMER;
    snprintf(where, sizeof(where), gone ? "shipped" : "in %s", place.code);
    snprintf(where_zh, sizeof(where_zh), gone ? "出库" : "在 %s", place.code);
    struct answer *answer = refusal(scan, E09_SERIAL);
    answer_text(answer, "s", serial->code);
    answer_text(answer, "where", where);
    answer_text(answer, "where_zh", where_zh);
    return FLOOR_REFUSED;
}

/* The lot that was said, the only one there, or that of the piece. */
static int find_lot(struct scan *scan, const struct goods *goods, const struct move *move, int64_t *ret)
{
    struct lot lot;
    int64_t there;
    if (!*goods->lot)
        return ledger_first_lot(scan->store, goods->item.id, move->from_location, move->from_lpn, ret, &there);
    int result = lot_find(scan->store, goods->item.id, goods->lot, &lot);
    if (!result)
        *ret = lot.id;
    return result;
}

static int find_serial(struct scan *scan, const struct goods *goods, struct move *move)
{
    struct serial serial;
    if (!*goods->serial || strcmp(goods->item.serials, "all") != 0)
        return 0;
    int result = serial_find(scan->store, goods->item.id, goods->serial, &serial);
    if (result == -ENOENT)
        return refuse(scan, E01_UNKNOWN, "c", goods->serial);
    if (result)
        return result;
    if (serial.location != move->from_location || serial.lpn != move->from_lpn)
        return refuse_serial(scan, &serial);
    move->serial = serial.id;
    move->lot = serial.lot;
    return 0;
}

int goods_from(struct scan *scan, const struct goods *goods, struct move *move)
{
    int64_t there = 0;
    move->item = goods->item.id;
    move->quantity = goods->quantity;
    move->weight_g = goods->weight_g;
    int result = find_lot(scan, goods, move, &move->lot);
    if (result == -ENOENT)
        return refuse_amount(scan, goods, move->from_location, 0);
    if (!result)
        result = find_serial(scan, goods, move);
    if (!result)
        result = move->from_lpn
                     ? ledger_balance(scan->store, move->item, move->from_location, move->from_lpn, move->lot, &there)
                     : ledger_free(scan->store, move->item, move->from_location, move->lot, &there);
    if (result)
        return result;
    return there >= goods->quantity ? 0 : refuse_amount(scan, goods, move->from_location, there < 0 ? 0 : there);
}

bool is_bin(const struct location *location)
{
    return strcmp(location->kind, "face") == 0 || strcmp(location->kind, "reserve") == 0;
}

int refuse_bin(struct scan *scan, const struct location *got)
{
    return refuse_place(scan, "a bin · 货位", got->code);
}

int check_new_serial(struct scan *scan, const struct goods *goods)
{
    struct serial serial;
    if (!*goods->serial)
        return 0;
    int result = serial_find(scan->store, goods->item.id, goods->serial, &serial);
    if (result)
        return result == -ENOENT ? 0 : result;
    return serial.location == LOCATION_ADJUST ? 0 : refuse_serial(scan, &serial);
}
