/* The put-wall, piece by piece: which slot it belongs in, and when a slot has all of its order. */
#include "floor/sow.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

static int find_slot(struct scan *scan, const struct sow *sow, struct sow_target *target)
{
    int64_t slot;
    int result = order_load(scan->store, target->need.order, &target->order);
    if (!result)
        result = sow_slot(scan->store, sow->wall.code, target->order.id, &slot);
    if (result == -ENOENT)
        return refuse(scan, E82_WALL_FULL, "w", sow->wall.code);
    return result ? result : location_load(scan->store, slot, &target->slot);
}

int sow_find_target(struct scan *scan, const struct sow *sow, int64_t item, int64_t quantity, struct sow_target *ret)
{
    int result = item_load(scan->store, item, &ret->item);
    if (!result)
        result = sow_need(scan->store, sow->wave.id, item, quantity, &ret->need);
    if (result == -ENOENT)
        return refuse(scan, E23_NOT_NEEDED, "sku", ret->item.sku);
    if (!result && quantity > ret->need.picked - ret->need.sown)
        return refuse_over(scan, ret->need.sown, ret->need.picked);
    return result ? result : find_slot(scan, sow, ret);
}

int sow_take_item(struct scan *scan, const struct goods *goods)
{
    struct sow sow = {0};
    struct sow_target target;
    int result = sow_load(scan, &sow);
    if (!result)
        result = sow_find_target(scan, &sow, goods->item.id, goods->quantity, &target);
    if (!result)
        result = plate_check(scan, goods, &sow.tote);
    if (result)
        return result;
    json_text(record_start(scan), "wave", sow.wave.number);
    json_text(&scan->data, "sku", goods->item.sku);
    json_int(&scan->data, "quantity", goods->quantity);
    json_text(&scan->data, "order", target.order.number);
    json_text(&scan->data, "slot", target.slot.code);
    result = record(scan, "sow.item", "wave", sow.wave.number);
    if (!result)
        result = undo_allow(scan, "sow.item");
    scan->session.item = goods->item.id;
    scan->session.pieces = goods->quantity;
    text_copy(scan->session.serial, sizeof(scan->session.serial), goods->serial);
    text_copy(scan->session.lot_code, sizeof(scan->session.lot_code), goods->lot);
    go(scan, "sow.slot");
    struct answer *answer = accept_with(scan, DONE_SLOT);
    answer_text(answer, "l", target.slot.code);
    answer_number(answer, "n", goods->quantity);
    return result;
}

static void empty_hand(struct session *session)
{
    session->item = session->pieces = 0;
    session->serial[0] = session->lot_code[0] = '\0';
}

static int put_in_slot(struct scan *scan, const struct sow *sow, const struct sow_target *target,
                       const struct lpn *slot)
{
    struct goods goods = {.item = target->item, .quantity = scan->session.pieces};
    text_copy(goods.serial, sizeof(goods.serial), scan->session.serial);
    text_copy(goods.lot, sizeof(goods.lot), scan->session.lot_code);
    int result = plate_give(scan, &goods,
                            &(struct move){.from_location = sow->tote.location,
                                           .from_lpn = sow->tote.id,
                                           .to_location = target->slot.id,
                                           .to_lpn = slot->id,
                                           .reason = "sow",
                                           .line = target->need.line});
    return result ? result : lpn_assign(scan->store, slot->id, target->order.id);
}

static int record_line(struct scan *scan, const struct sow *sow, const struct sow_target *target)
{
    json_text(record_start(scan), "wave", sow->wave.number);
    json_text(&scan->data, "order", target->order.number);
    json_text(&scan->data, "sku", target->item.sku);
    json_int(&scan->data, "quantity", scan->session.pieces);
    json_text(&scan->data, "tote", sow->tote.code);
    json_text(&scan->data, "slot", target->slot.code);
    if (*scan->session.serial)
        json_text(&scan->data, "serial", scan->session.serial);
    if (*scan->session.lot_code)
        json_text(&scan->data, "lot", scan->session.lot_code);
    return record(scan, "sow.line", "order", target->order.number);
}

/* All that the order can get lies in its slot: it may be packed. */
static int complete_order(struct store *store, const struct wave *wave, const struct order *order, bool *ret)
{
    CLEANUP_BUF struct buf data = {0};
    struct totals totals;
    char slot[STORE_CODE_MAX];
    int result = order_totals(store, order->id, &totals);
    if (result || strcmp(order->state, "picking") != 0 || totals.open > 0 || totals.picked == 0 ||
        totals.picked > totals.sown)
        return result;
    *ret = true;
    result = sow_slot_code(store, order->id, slot, sizeof(slot));
    json_open_object(&data, NULL);
    json_text(&data, "wave", wave->number);
    json_text(&data, "order", order->number);
    json_text(&data, "slot", slot);
    json_int(&data, "pieces", totals.picked);
    json_close_object(&data);
    if (!result)
        result = order_set_state(store, order->id, "picked", "");
    return result ? result : note(store, "slot.complete", "order", order->number, &data, NULL);
}

/* Behind the last piece of a slot or a tote UNDO does not go: somebody may be packing it already. */
static int settle(struct scan *scan, const struct sow *sow, const struct sow_target *target, int64_t slot)
{
    bool complete = false;
    int result = complete_order(scan->store, &sow->wave, &target->order, &complete);
    if (result)
        return result;
    bool empty = lpn_is_empty(scan->store, sow->tote.id);
    result = complete || empty ? undo_border(scan) : undo_allow(scan, "sow.line");
    answer_number(accept_with(scan, complete ? DONE_SLOT_COMPLETE : DONE_SOWN), "n", scan->session.pieces);
    answer_text(&scan->effect->answer, "l", target->slot.code);
    answer_text(&scan->effect->answer, "i", target->item.name);
    empty_hand(&scan->session);
    scan->session.plate = slot; /* what UNDO frees again */
    if (!result && empty)
        return sow_finish_tote(scan);
    sow_go_on(scan);
    return result;
}

int sow_accept_slot(struct scan *scan)
{
    struct sow sow = {0};
    struct sow_target target;
    struct lpn slot;
    int64_t plate;
    int result = sow_load(scan, &sow);
    if (!result)
        result = sow_find_target(scan, &sow, scan->session.item, scan->session.pieces, &target);
    if (!result && scan->target.id != target.slot.id)
        return refuse_place(scan, target.slot.code, scan->text);
    if (!result)
        result = lpn_of_slot(scan->store, target.slot.id, target.slot.code, &plate);
    if (!result)
        result = lpn_load(scan->store, plate, &slot);
    if (!result)
        result = record_line(scan, &sow, &target);
    if (!result)
        result = put_in_slot(scan, &sow, &target, &slot);
    return result ? result : settle(scan, &sow, &target, plate);
}

/* The first piece of an order had bound the slot. */
int sow_undo_line(struct scan *scan, const struct action *action)
{
    (void)action;
    bool first = lpn_is_empty(scan->store, scan->session.plate);
    return first ? lpn_assign(scan->store, scan->session.plate, 0) : 0;
}

/* The piece in the hand goes back into the tote. */
int sow_put_back(struct scan *scan)
{
    struct sow sow = {0};
    int result = sow_load(scan, &sow);
    if (!result)
        result = sow_record_tote(scan, &sow, "sow.put_back");
    if (!result)
        result = undo_border(scan);
    empty_hand(&scan->session);
    accept_with(scan, DONE_PUT_BACK);
    sow_go_on(scan);
    return result;
}

/* Orders that wait for nothing more after all. */
int sow_complete_orders(struct store *store, const struct wave *wave)
{
    struct order order;
    int64_t id = 0;
    bool complete;
    int result;
    while ((result = wave_order_after(store, wave->id, id, &id)) == 0) {
        result = order_load(store, id, &order);
        if (!result && !order.cancelled)
            result = complete_order(store, wave, &order, &complete);
        if (result)
            return result;
    }
    return result == -ENOENT ? 0 : result;
}
