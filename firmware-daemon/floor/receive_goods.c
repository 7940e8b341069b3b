/* Goods that come in: what a document lets in, onto which lines, and pallets that were announced whole. */
#include "floor/receive.h"
#include "store/receipt.h"

#include "base/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One scan of goods on its way in. */
struct entry {
    const struct receipt *receipt;
    const struct goods *goods;
    bool damaged, allowed; /* allowed: a supervisor has let it in */
    int64_t lot, serial;
};

/* ---------------------------------------------------------------- what may come in */

static int refuse_stranger(struct scan *scan, const struct entry *entry)
{
    return refuse_goods(scan, entry->receipt->document.number, entry->goods->item.name);
}

/* Blind, whatever comes is counted; else only what was announced, and a little more. */
static int check_announced(struct scan *scan, const struct entry *entry)
{
    const struct document *document = &entry->receipt->document;
    struct receipt_item known = {0};
    if (*document->owner && strcmp(document->owner, entry->goods->item.owner) != 0)
        return refuse_stranger(scan, entry);
    if (document->blind || entry->allowed)
        return 0;
    int result = receipt_item(scan->store, document->id, entry->goods->item.id, &known);
    if (result)
        return result;
    if (!known.listed)
        return refuse_stranger(scan, entry);
    if (known.come + entry->goods->quantity <= known.expected + known.expected * document->over_percent / 100)
        return 0;
    return refuse_over(scan, known.come, known.expected);
}

/* Damaged goods may be old. */
static int check_life(struct scan *scan, const struct entry *entry)
{
    int64_t need = entry->goods->item.life_in_days, left = INT64_MAX;
    int result = entry->goods->item.expires ? lot_days_left(scan->store, entry->lot, &left) : 0;
    if (result || left >= need || entry->damaged || entry->allowed)
        return result;
    return refuse_life(scan, *entry->goods->lot ? entry->goods->lot : entry->goods->expiry, left, need);
}

static int refuse_known_serial(struct scan *scan, const struct entry *entry)
{
    struct serial known;
    int result = serial_find(scan->store, entry->goods->item.id, entry->goods->serial, &known);
    return result ? result : refuse_serial(scan, &known);
}

static int name_serial(struct scan *scan, struct entry *entry)
{
    const struct goods *goods = entry->goods;
    if (strcmp(goods->item.serials, "all") != 0)
        return 0;
    struct serial serial = {
        .item = goods->item.id, .lot = entry->lot, .location = receipt_source(&entry->receipt->document)};
    snprintf(serial.code, sizeof(serial.code), "%s", goods->serial);
    int result = serial_arrive(scan->store, &serial, &entry->serial);
    return result == -EEXIST ? refuse_known_serial(scan, entry) : result;
}

/* ---------------------------------------------------------------- onto the lines */

/* The line that takes more of it: one of its lot, else of any, else a new one. */
static int find_line(struct scan *scan, const struct entry *entry, struct document_line *ret)
{
    const struct goods *goods = entry->goods;
    int64_t document = entry->receipt->document.id, id;
    int result = document_line_for(scan->store, document, goods->item.id, goods->lot, ret);
    if (result != -ENOENT)
        return result;
    result = receipt_add_line(scan->store, document, goods->item.id, goods->lot, &id);
    return result ? result : document_line_load(scan->store, id, ret);
}

static int post(struct scan *scan, const struct entry *entry, const struct document_line *line, int64_t quantity,
                int64_t weight_g)
{
    const struct receipt *receipt = entry->receipt;
    return ledger_move(scan->store, scan->seq,
                       &(struct move){.item = entry->goods->item.id,
                                      .lot = entry->lot,
                                      .quantity = quantity,
                                      .weight_g = weight_g,
                                      .from_location = receipt_source(&receipt->document),
                                      .to_location = entry->damaged ? LOCATION_DAMAGED : receipt->dock.id,
                                      .to_lpn = entry->damaged ? 0 : receipt->plate.id,
                                      .reason = entry->damaged ? "damage" : "receive",
                                      .document_line = line->id,
                                      .serial = entry->serial});
}

/* Line by line up to what was announced; the last one takes what is more. */
static int post_all(struct scan *scan, const struct entry *entry)
{
    int64_t left = entry->goods->quantity, weight_g = entry->goods->item.by_weight ? entry->goods->weight_g : 0;
    while (left > 0) {
        struct document_line line;
        struct receipt_item all;
        int result = receipt_item(scan->store, entry->receipt->document.id, entry->goods->item.id, &all);
        if (!result)
            result = find_line(scan, entry, &line);
        if (result)
            return result;
        int64_t room = line.expected - line.done - line.damaged;
        bool last = all.expected - all.come <= room;
        int64_t quantity = room > 0 && room < left && !last ? room : left;
        int64_t grams = weight_g * quantity / left;
        result = post(scan, entry, &line, quantity, grams);
        if (result)
            return result;
        left -= quantity;
        weight_g -= grams;
    }
    return 0;
}

static int record_entry(struct scan *scan, const struct entry *entry)
{
    const struct receipt *receipt = entry->receipt;
    struct buf *data = record_start(scan);
    json_text(data, "document", receipt->document.number);
    goods_write(entry->goods, data);
    json_text(data, "from", receipt_source(&receipt->document) == LOCATION_TRANSIT ? "TRANSIT" : "SUPPLIER");
    json_text(data, "to", entry->damaged ? "DAMAGED" : receipt->dock.code);
    if (receipt->plate.id && !entry->damaged)
        json_text(data, "plate", receipt->plate.code);
    json_bool(data, "damaged", entry->damaged);
    json_bool(data, "allowed", entry->allowed);
    int result = record(scan, "receipt.line", "document", receipt->document.number);
    return result ? result : undo_allow(scan, "receipt.line");
}

static int take(struct scan *scan, const struct goods *goods, bool damaged, bool allowed)
{
    struct receipt receipt;
    struct entry entry = {.receipt = &receipt, .goods = goods, .damaged = damaged, .allowed = allowed};
    int result = receipt_load(scan, &receipt);
    if (!result)
        result = check_announced(scan, &entry);
    if (!result)
        result = goods_lot(scan, goods, &entry.lot);
    if (!result)
        result = check_life(scan, &entry);
    if (!result)
        result = name_serial(scan, &entry);
    if (!result)
        result = record_entry(scan, &entry);
    if (!result)
        result = post_all(scan, &entry);
    if (result)
        return result;
    go(scan, "receive.item");
    struct answer *answer = accept_with(scan, damaged ? DONE_RECEIVED_DAMAGED : DONE_RECEIVED);
    answer_number(answer, "n", goods->quantity);
    answer_text(answer, "i", goods->item.name);
    return 0;
}

int receipt_take(struct scan *scan, const struct goods *goods)
{
    return take(scan, goods, false, false);
}

int receipt_take_damaged(struct scan *scan, const struct goods *goods)
{
    return take(scan, goods, true, false);
}

int receipt_take_allowed(struct scan *scan, const struct goods *goods)
{
    return take(scan, goods, false, true);
}

/* ---------------------------------------------------------------- announced pallets */

static int refuse_received(struct scan *scan, const char *sscc)
{
    struct answer *answer = refusal(scan, E09_SERIAL);
    answer_text(answer, "s", sscc);
    answer_text(answer, "where", "received");
    answer_text(answer, "where_zh", "收货");
    return FLOOR_REFUSED;
}

/* A lot of a line, with its days; -ENODATA where something must still be read off the goods. */
static int lot_of_line(struct scan *scan, const struct document_line *line, const struct item *item, int64_t *ret)
{
    struct goods goods = {.item = *item};
    int64_t left = INT64_MAX;
    snprintf(goods.lot, sizeof(goods.lot), "%s", line->lot_code);
    snprintf(goods.expiry, sizeof(goods.expiry), "%s", line->expiry);
    if (strcmp(item->serials, "all") == 0 || item->by_weight || (item->lots && !*line->lot_code))
        return -ENODATA;
    int result = goods_lot(scan, &goods, ret);
    if (!result && item->expires)
        result = lot_days_left(scan->store, *ret, &left);
    return result ? result : item->expires && (left == INT64_MAX || left < item->life_in_days) ? -ENODATA : 0;
}

struct pallet {
    int64_t quantity, come;
    bool whole; /* all is known of its goods: no piece must be looked at */
};

static int examine(struct scan *scan, const struct receipt *receipt, const char *sscc, struct pallet *ret)
{
    struct document_line line = {0};
    int result;
    *ret = (struct pallet){.whole = true};
    while ((result = receipt_pallet_after(scan->store, receipt->document.id, sscc, line.line, &line)) == 0) {
        struct item item;
        int64_t lot;
        ret->quantity += line.expected;
        ret->come += line.done + line.damaged;
        result = item_load(scan->store, line.item, &item);
        if (!result)
            result = lot_of_line(scan, &line, &item, &lot);
        if (result && result != -ENODATA)
            return result;
        ret->whole = ret->whole && !result;
    }
    return result == -ENOENT ? 0 : result;
}

static int each_line(struct scan *scan, const struct receipt *receipt, const char *sscc,
                     int (*run)(struct scan *, const struct receipt *, const struct document_line *,
                                const struct item *, int64_t lot))
{
    struct document_line line = {0};
    int result;
    while ((result = receipt_pallet_after(scan->store, receipt->document.id, sscc, line.line, &line)) == 0) {
        struct item item;
        int64_t lot;
        result = item_load(scan->store, line.item, &item);
        if (!result)
            result = lot_of_line(scan, &line, &item, &lot);
        if (!result && line.expected > 0)
            result = run(scan, receipt, &line, &item, lot);
        if (result)
            return result;
    }
    return result == -ENOENT ? 0 : result;
}

static int write_line(struct scan *scan, const struct receipt *receipt, const struct document_line *line,
                      const struct item *item, int64_t lot)
{
    (void)lot;
    json_open_object(&scan->data, NULL);
    json_text(&scan->data, "sku", item->sku);
    json_int(&scan->data, "quantity", line->expected);
    json_text(&scan->data, "to", receipt->dock.code);
    if (*line->lot_code)
        json_text(&scan->data, "lot", line->lot_code);
    if (*line->expiry)
        json_text(&scan->data, "expiry", line->expiry);
    json_close_object(&scan->data);
    return 0;
}

static int post_line(struct scan *scan, const struct receipt *receipt, const struct document_line *line,
                     const struct item *item, int64_t lot)
{
    const struct goods goods = {.item = *item};
    const struct entry entry = {.receipt = receipt, .goods = &goods, .lot = lot};
    return post(scan, &entry, line, line->expected, 0);
}

static int take_whole(struct scan *scan, struct receipt *receipt, int64_t plate, const char *sscc, int64_t quantity)
{
    int result = receipt_check_plate(scan, receipt, plate);
    if (!result)
        result = lpn_load(scan->store, plate, &receipt->plate);
    if (result)
        return result;
    struct buf *data = record_start(scan);
    json_text(data, "document", receipt->document.number);
    json_text(data, "plate", sscc);
    json_text(data, "from", receipt_source(&receipt->document) == LOCATION_TRANSIT ? "TRANSIT" : "SUPPLIER");
    json_int(data, "quantity", quantity);
    json_open_array(data, "lines");
    result = each_line(scan, receipt, sscc, write_line);
    json_close_array(data);
    if (!result)
        result = record(scan, "receipt.pallet", "document", receipt->document.number);
    if (!result)
        result = receipt_hold_plate(scan, receipt, plate);
    if (!result)
        result = each_line(scan, receipt, sscc, post_line);
    if (!result)
        result = undo_allow(scan, "receipt.pallet");
    struct answer *answer = accept_with(scan, DONE_RECEIVED_PALLET);
    answer_text(answer, "t", sscc);
    answer_number(answer, "n", quantity);
    return result;
}

static int refuse_other_document(struct scan *scan, const struct receipt *receipt, int64_t other)
{
    struct document document;
    int result = document_load(scan->store, other, &document);
    if (result)
        return result;
    return refuse_goods(scan, receipt->document.number, document.number);
}

int receipt_take_pallet(struct scan *scan, const char *sscc)
{
    struct receipt receipt;
    struct document_line line;
    struct pallet pallet = {0};
    int64_t plate;
    int result = receipt_load(scan, &receipt);
    if (!result)
        result = document_line_of_sscc(scan->store, sscc, &line);
    bool announced = !result;
    if (announced && line.document != receipt.document.id)
        return refuse_other_document(scan, &receipt, line.document);
    if (announced)
        result = examine(scan, &receipt, sscc, &pallet);
    if (result && result != -ENOENT)
        return result;
    if (pallet.whole && pallet.come > 0 && pallet.come >= pallet.quantity)
        return refuse_received(scan, sscc);
    result = lpn_of_pallet(scan->store, sscc, receipt.dock.id, &plate);
    if (result)
        return result;
    return pallet.whole && pallet.come == 0 ? take_whole(scan, &receipt, plate, sscc, pallet.quantity)
                                            : receipt_bind(scan, &receipt, plate);
}
