#include "sync/head-office/sites/projection.h"

#include "base/text.h"
#include "sync/head-office/buying/demand.h"
#include "sync/head-office/buying/purchase_receipts.h"
#include "sync/head-office/catalogue/proposals.h"
#include "sync/head-office/orders/assignments.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/orders/waybills.h"
#include "sync/head-office/shops/shipments.h"
#include "sync/head-office/shops/waybill_parcels.h"
#include "sync/head-office/stock/promises.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define QUANTITY_MAX 1000000000

struct work {
    struct sql *sql;
    const char *site;
    const json_t *data;
    const char *time; /* as the event has it */
    struct error *why;
    const char *order;            /* NULL: the event is about none */
    int sign;                     /* -1: it is being undone */
    char state[ORDER_STATE_SIZE]; /* of the order, before the event */
    bool stays;                   /* the order's state does not move */
    bool careful;                 /* what fails must be known at once */
    bool stray;                   /* the order was the site's once, and is another's by now */
};

/* A change whose rows nobody counts. */
#define CHANGE(work, text, ...)                                                                                        \
    ((work)->careful ? sql_run((work)->sql, text, __VA_ARGS__) : sql_post((work)->sql, text, __VA_ARGS__))

/* The same, of one row: careful, it is told what there is none of. */
#define CHANGE_ONE(work, what, text, ...)                                                                              \
    ((work)->careful ? changed_one((work), sql_run((work)->sql, text, __VA_ARGS__), what)                              \
                     : sql_post_one((work)->sql, text, __VA_ARGS__))

/* ---------------------------------------------------------------- members */

static int get_text(struct work *work, const char *name, const char **ret)
{
    const char *text = json_string_value(json_object_get(work->data, name));
    if (!text || !*text)
        return error_set(work->why, -EINVAL, "\"%s\" is missing or is no text", name);
    *ret = text;
    return 0;
}

static int get_number(struct work *work, const char *name, int64_t min, int64_t *ret)
{
    const json_t *value = json_object_get(work->data, name);
    if (!json_is_integer(value) || json_integer_value(value) < min || json_integer_value(value) > QUANTITY_MAX)
        return error_set(work->why, -EINVAL, "\"%s\" is missing or is no number from %lld to %d", name, (long long)min,
                         QUANTITY_MAX);
    *ret = json_integer_value(value);
    return 0;
}

/* Which line of an order or document it is about, and how much of it. */
static int get_line(struct work *work, int64_t *ret_line, const char *amount, int64_t min, int64_t *ret_amount)
{
    int result = get_number(work, "line", 1, ret_line);
    return result ? result : get_number(work, amount, min, ret_amount);
}

static int changed_one(struct work *work, int result, const char *what)
{
    if (result)
        return result;
    return sql_changes(work->sql) == 1 ? 0 : error_set(work->why, -EINVAL, "there is no such %s", what);
}

/* ---------------------------------------------------------------- what each event does */

static int add_at(struct work *work, const char *location, const char *sku, int64_t delta)
{
    return CHANGE(work,
                  "INSERT INTO stock (site, location, sku, quantity) VALUES (?1, ?2, ?3, ?4)"
                  " ON CONFLICT (site, location, sku) DO UPDATE SET quantity = stock.quantity + excluded.quantity",
                  sql_text(work->site), sql_text(location), sql_text(sku), sql_int(work->sign * delta));
}

/* `place` names the member that names the location. */
static int add_stock_at(struct work *work, const char *place, int64_t delta)
{
    const char *location, *sku;
    int result = get_text(work, place, &location);
    if (!result)
        result = get_text(work, "sku", &sku);
    return result ? result : add_at(work, location, sku, delta);
}

static int add_stock(struct work *work, int64_t delta)
{
    return add_stock_at(work, "location", delta);
}

static int move_stock(struct work *work, const char *from, const char *to)
{
    int64_t quantity;
    int result = get_number(work, "quantity", 1, &quantity);
    if (!result && from)
        result = add_stock_at(work, from, -quantity);
    return result || !to ? result : add_stock_at(work, to, quantity);
}

/* Of a purchase order it is what came of it. */
static int note_received(struct work *work, const char *document, const json_t *goods, bool damaged)
{
    const char *sku = json_string_value(json_object_get(goods, "sku"));
    int64_t pieces = work->sign * json_integer_value(json_object_get(goods, "quantity"));
    if (!document || !sku || pieces == 0)
        return 0;
    return purchase_receipts_take(work->sql, &(struct purchase_receipt){.site = work->site,
                                                                        .document = document,
                                                                        .sku = sku,
                                                                        .time = work->time,
                                                                        .received = damaged ? 0 : pieces,
                                                                        .damaged = damaged ? pieces : 0});
}

/* What came damaged is no stock that can be sold. */
static int receipt_line(struct work *work)
{
    bool damaged = json_is_true(json_object_get(work->data, "damaged"));
    int result = damaged ? 0 : move_stock(work, NULL, "to");
    return result
               ? result
               : note_received(work, json_string_value(json_object_get(work->data, "document")), work->data, damaged);
}

static int receipt_closed(struct work *work)
{
    const char *document;
    const char *outcome = json_string_value(json_object_get(work->data, "outcome"));
    int result = get_text(work, "document", &document);
    if (!result)
        result = CHANGE(work,
                        "UPDATE document SET state = 'closed', outcome = ?3 WHERE number = ?1 AND site = ?2 AND kind ="
                        " 'asn'",
                        sql_text(document), sql_text(work->site), sql_text(outcome ? outcome : ""));
    return result ? result : purchase_receipts_close(work->sql, work->site, document, work->time);
}

/* Line by line, each as a receipt of its own. */
static int receipt_pallet(struct work *work)
{
    const json_t *pallet = work->data;
    size_t index;
    json_t *line;
    int result = 0;
    json_array_foreach(json_object_get(pallet, "lines"), index, line)
    {
        work->data = line;
        result = move_stock(work, NULL, "to");
        if (!result)
            result = note_received(work, json_string_value(json_object_get(pallet, "document")), line, false);
        if (result)
            break;
    }
    work->data = pallet;
    return result;
}

/* What does not leave lies on the return shelf. */
static int pick_returned(struct work *work)
{
    const char *location, *sku;
    int64_t quantity;
    size_t index;
    json_t *line;
    int result = get_text(work, "location", &location);
    json_array_foreach(json_object_get(work->data, "lines"), index, line)
    {
        struct work member = *work;
        member.data = line;
        if (!result)
            result = get_text(&member, "sku", &sku);
        if (!result)
            result = get_number(&member, "quantity", 1, &quantity);
        if (!result)
            result = add_at(&member, location, sku, quantity);
    }
    return result;
}

static int put_away(struct work *work)
{
    return move_stock(work, "from", "to");
}

static int replen_item(struct work *work)
{
    return move_stock(work, "from", NULL);
}

static int replen_done(struct work *work)
{
    return move_stock(work, NULL, "to");
}

static int replen_returned(struct work *work)
{
    return move_stock(work, NULL, "from");
}

static int stock_imported(struct work *work)
{
    int64_t delta;
    int result = get_number(work, "delta", -QUANTITY_MAX, &delta);
    return result ? result : add_stock(work, delta);
}

static int goods_taken(struct work *work)
{
    return move_stock(work, "location", NULL);
}

/* Everything that a worker had in the hand lies in one place now. */
static int goods_put(struct work *work)
{
    const json_t *whole = work->data;
    const char *location, *sku;
    size_t index;
    json_t *line;
    int result = get_text(work, "location", &location);
    json_array_foreach(json_object_get(whole, "lines"), index, line)
    {
        int64_t quantity;
        work->data = line;
        if (!result)
            result = get_text(work, "sku", &sku);
        if (!result)
            result = get_number(work, "quantity", 1, &quantity);
        if (!result)
            result = add_at(work, location, sku, quantity);
    }
    work->data = whole;
    return result;
}

static int transfer_shipped(struct work *work)
{
    const char *number;
    int result = get_text(work, "document", &number);
    return result ? result
                  : sql_run(work->sql, "UPDATE document SET state = 'shipped' WHERE number = ?1 AND site = ?2",
                            sql_text(number), sql_text(work->site));
}

/* What leaves the bins is not to be taken out of them any more: both in one event, so that nothing counts twice. What
 * is put back of an order that is over is owed to nobody. */
static int open_reservation(struct work *work, int64_t line, int64_t delta)
{
    if (text_is_listed("shipped,finished,closed", work->state))
        return 0;
    return CHANGE(work, "UPDATE reservation SET left_open = left_open + ?3 WHERE number = ?1 AND line = ?2",
                  sql_text(work->order), sql_int(line), sql_int(work->sign * delta));
}

static int pick_line(struct work *work)
{
    int64_t line, quantity;
    int result = get_line(work, &line, "quantity", 1, &quantity);
    if (result)
        return result;
    result =
        CHANGE_ONE(work, "order line",
                   "UPDATE order_line SET picked = picked + ?3, missing ="
                   " CASE WHEN missing < quantity - picked - ?3 THEN missing ELSE quantity - picked - ?3 END WHERE "
                   "number = ?1 AND line = ?2",
                   sql_text(work->order), sql_int(line), sql_int(work->sign * quantity));
    if (!result)
        result = open_reservation(work, line, -quantity);
    return result ? result : add_stock(work, -quantity);
}

/* What is missing now: a line may be short at one location, and then again at the next. */
static int pick_short(struct work *work)
{
    int64_t line, missing;
    int result = get_line(work, &line, "missing", 0, &missing);
    if (result)
        return result;
    return CHANGE_ONE(work, "order line",
                      "UPDATE order_line SET missing = CASE WHEN ?3 < quantity - picked THEN ?3 ELSE quantity - picked "
                      "END WHERE number = ?1 AND line = ?2",
                      sql_text(work->order), sql_int(line), sql_int(work->sign > 0 ? missing : 0));
}

/* Goods that had been picked are in a location again. */
static int pick_unpicked(struct work *work)
{
    int64_t line, quantity;
    int result = get_line(work, &line, "quantity", 1, &quantity);
    if (result)
        return result;
    result =
        CHANGE_ONE(work, "order line", "UPDATE order_line SET picked = picked - ?3 WHERE number = ?1 AND line = ?2",
                   sql_text(work->order), sql_int(line), sql_int(quantity));
    if (!result)
        result = open_reservation(work, line, quantity);
    return result ? result : add_stock(work, quantity);
}

static int each_line(struct work *work, const char *event);

/* For several orders at once: what the event without a wave means, line by line. */
static int pick_batch(struct work *work)
{
    return each_line(work, "pick.line");
}

static int batch_short(struct work *work)
{
    return each_line(work, "pick.short");
}

static int of_another(struct work *work, int result, const char *waybill)
{
    return result == -EEXIST ? error_set(work->why, -EINVAL, "waybill \"%s\" is another order's, or void", waybill)
                             : result;
}

/* Line by line, what a supervisor let pass unpacked. */
static int leave_out(struct work *work)
{
    json_t *line;
    size_t index;
    int result = 0;
    json_array_foreach(json_object_get(work->data, "missing"), index, line)
    {
        struct work member = {.sql = work->sql, .data = line, .why = work->why};
        int64_t number, quantity;
        result = get_number(&member, "line", 1, &number);
        if (!result)
            result = get_number(&member, "quantity", 1, &quantity);
        if (!result)
            result = sql_run(work->sql,
                             "UPDATE order_line SET packed = CASE WHEN packed > ?3 THEN packed - ?3 ELSE 0 END WHERE "
                             "number = ?1 AND line = ?2",
                             sql_text(work->order), sql_int(number), sql_int(quantity));
        if (result)
            break;
    }
    return result;
}

static int parcel_packed(struct work *work)
{
    const char *parcel, *box;
    int result = get_text(work, "parcel", &parcel);
    if (!result)
        result = get_text(work, "box", &box);
    if (!result)
        result = CHANGE(work,
                        "INSERT INTO parcel (number, parcel, box) VALUES (?1, ?2, ?3)"
                        " ON CONFLICT (number, parcel) DO UPDATE SET box = excluded.box",
                        sql_text(work->order), sql_text(parcel), sql_text(box));
    const char *waybill = json_string_value(json_object_get(work->data, "waybill"));
    if (!result && waybill) /* older sites do not say it here */
        result = of_another(work, waybills_live(work->sql, work->site, waybill, work->order), waybill);
    if (!result)
        result = CHANGE(work, "UPDATE order_line SET packed = picked WHERE number = ?1", sql_text(work->order));
    return result ? result : leave_out(work);
}

/* Its goods are in a tote again; its number, if it had one, is given up by an event of its own. */
static int parcel_unpacked(struct work *work)
{
    const char *parcel;
    int result = get_text(work, "parcel", &parcel);
    if (!result)
        result = sql_run(work->sql, "UPDATE parcel SET waybill = NULL WHERE number = ?1 AND parcel = ?2",
                         sql_text(work->order), sql_text(parcel));
    return result ? result
                  : sql_run(work->sql, "UPDATE order_line SET packed = 0 WHERE number = ?1", sql_text(work->order));
}

/* What is as good as new can be sold again; all else only lies there. */
static int return_graded(struct work *work)
{
    int64_t quantity;
    int result = get_number(work, "quantity", 1, &quantity);
    return result || !json_is_true(json_object_get(work->data, "sellable")) ? result : add_stock(work, quantity);
}

static int label_printed(struct work *work)
{
    const char *parcel, *waybill;
    int64_t copy;
    int result = get_text(work, "parcel", &parcel);
    if (!result)
        result = get_text(work, "waybill", &waybill);
    if (!result)
        result = get_number(work, "copy", 1, &copy);
    if (result)
        return result;
    return CHANGE_ONE(work, "parcel",
                      "UPDATE parcel SET waybill = ?3, labels = CASE WHEN labels < ?4 THEN ?4 ELSE labels END WHERE "
                      "number = ?1 AND parcel = ?2",
                      sql_text(work->order), sql_text(parcel), sql_text(waybill), sql_int(copy));
}

/* Lines of which more has left than was ordered, over all sites: all rules have failed, and a person must know. */
static int raise_overship(struct work *work)
{
    return CHANGE(work,
                  "INSERT INTO overship (number, line, ordered, shipped) SELECT l.number, l.line, l.quantity,"
                  " l.shipped + s.shipped FROM order_line l JOIN (SELECT number, line, sum(shipped) AS shipped"
                  " FROM stray_line WHERE number = ?1 GROUP BY number, line) s ON s.number = l.number AND s.line ="
                  " l.line WHERE l.shipped + s.shipped > l.quantity"
                  " ON CONFLICT (number, line) DO UPDATE SET shipped = excluded.shipped",
                  sql_text(work->order));
}

/* The order is shipped when its last parcel is. */
static int parcel_shipped(struct work *work)
{
    const char *parcel, *waybill, *manifest, *carrier;
    int result = get_text(work, "parcel", &parcel);
    if (!result)
        result = get_text(work, "waybill", &waybill);
    if (!result)
        result = get_text(work, "manifest", &manifest);
    if (!result)
        result = get_text(work, "carrier", &carrier);
    if (result)
        return result;
    result = CHANGE_ONE(
        work, "parcel", "UPDATE parcel SET waybill = ?3, manifest = ?4, carrier = ?5 WHERE number = ?1 AND parcel = ?2",
        sql_text(work->order), sql_text(parcel), sql_text(waybill), sql_text(manifest), sql_text(carrier));
    int64_t left = 0;
    if (!result)
        result = sql_number(work->sql, &left, "SELECT count(*) FROM parcel WHERE number = ?1 AND manifest IS NULL",
                            sql_text(work->order));
    if (result)
        return result;
    work->stays = left > 0;
    if (left > 0)
        return 0;
    result = CHANGE(work, "UPDATE order_line SET shipped = packed WHERE number = ?1", sql_text(work->order));
    if (!result)
        result = promises_end(work->sql, work->order);
    if (!result)
        result = shipments_tell(work->sql, work->order);
    if (!result) /* it may have left with another number than was got for it */
        result = waybill_parcels_let_go(work->sql, work->order);
    return result ? result : raise_overship(work);
}

/* Goods that another site took for the order: they are gone from there, and the order's own figures stay. */
static int stray_pick(struct work *work, int sign)
{
    int64_t line, quantity;
    int result = get_line(work, &line, "quantity", 1, &quantity);
    if (!result)
        result =
            sql_run(work->sql,
                    "INSERT INTO stray_line (number, line, site, picked) VALUES (?1, ?2, ?3, ?4)"
                    " ON CONFLICT (number, line, site) DO UPDATE SET picked = stray_line.picked + excluded.picked",
                    sql_text(work->order), sql_int(line), sql_text(work->site), sql_int(sign * work->sign * quantity));
    return result ? result : add_stock(work, -sign * quantity);
}

static int stray_line(struct work *work)
{
    return stray_pick(work, 1);
}

static int stray_unpicked(struct work *work)
{
    return stray_pick(work, -1);
}

static int stray_shipped(struct work *work)
{
    int result = sql_run(work->sql, "UPDATE stray_line SET shipped = picked WHERE number = ?1 AND site = ?2",
                         sql_text(work->order), sql_text(work->site));
    return result ? result : raise_overship(work);
}

static int waybill_assigned(struct work *work)
{
    const char *waybill;
    int result = get_text(work, "waybill", &waybill);
    return result ? result : of_another(work, waybills_live(work->sql, work->site, waybill, work->order), waybill);
}

static int label_voided(struct work *work)
{
    const char *waybill;
    int result = get_text(work, "waybill", &waybill);
    return result ? result : of_another(work, waybills_given_up(work->sql, work->site, waybill, work->order), waybill);
}

static int feed_parked(struct work *work)
{
    int64_t seq;
    int result = get_number(work, "feed_seq", 1, &seq);
    return result ? result : waybills_refused(work->sql, work->site, seq);
}

static int order_parked(struct work *work)
{
    const char *reason;
    int result = get_text(work, "reason", &reason);
    if (!result)
        result = sql_run(work->sql, "UPDATE orders SET reason = ?2 WHERE number = ?1", sql_text(work->order),
                         sql_text(reason));
    return result || strcmp(reason, "lease") != 0 ? result : assignments_waits(work->sql, work->site, work->order);
}

/* A worker has it: what is begun is never taken away. An order that is unknown here has no lease either. */
static int order_begun(struct work *work)
{
    const char *number;
    int result = get_text(work, "order", &number);
    return result ? result : assignments_begun(work->sql, work->site, number);
}

static int cancel_accepted(struct work *work)
{
    int result = sql_run(work->sql, "UPDATE orders SET cancelling = 0 WHERE number = ?1", sql_text(work->order));
    if (!result)
        result = waybill_parcels_let_go(work->sql, work->order);
    return result ? result : promises_end(work->sql, work->order);
}

static int cancel_rejected(struct work *work)
{
    const char *stage;
    int result = get_text(work, "stage", &stage);
    return result ? result
                  : sql_run(work->sql,
                            "UPDATE orders SET cancelling = 0, reason = 'not cancelled: already ' || ?2"
                            " WHERE number = ?1",
                            sql_text(work->order), sql_text(stage));
}

static int alias_proposed(struct work *work)
{
    struct proposal proposal = {.site = work->site, .time = work->time};
    const char *supervisor = json_string_value(json_object_get(work->data, "supervisor"));
    proposal.supervisor = supervisor ? supervisor : "";
    int result = get_text(work, "code", &proposal.code);
    if (!result)
        result = get_text(work, "sku", &proposal.sku);
    if (!result)
        result = get_number(work, "factor", 1, &proposal.factor);
    return result ? result : proposals_take(work->sql, &proposal);
}

static int nothing_more(struct work *work)
{
    (void)work;
    return 0;
}

static const struct meaning {
    const char *event;
    int (*apply)(struct work *work);
    bool of_order, undoable;
} meanings[] = {
    {"order.received", nothing_more, .of_order = true},
    {"order.allocated", nothing_more, .of_order = true},
    {"order.parked", order_parked, .of_order = true},
    {"order.cancel_accepted", cancel_accepted, .of_order = true},
    {"order.cancel_rejected", cancel_rejected, .of_order = true},
    {"pick.started", order_begun, .of_order = false},
    {"pick.claimed", order_begun, .of_order = false},
    {"pick.line", pick_line, .of_order = true, .undoable = true},
    {"pick.short", pick_short, .of_order = true, .undoable = true},
    {"pick.damaged", goods_taken, .of_order = true, .undoable = true},
    {"pick.staged", nothing_more, .of_order = true},
    {"pick.batch", pick_batch, .undoable = true},
    {"pick.unpicked", pick_unpicked, .of_order = true},
    {"batch.short", batch_short, .of_order = false},
    {"batch.damaged", goods_taken, .of_order = false},
    {"slot.complete", nothing_more, .of_order = true},
    {"parcel.packed", parcel_packed, .of_order = true},
    {"parcel.unpacked", parcel_unpacked, .of_order = true},
    {"label.printed", label_printed, .of_order = true},
    {"parcel.shipped", parcel_shipped, .of_order = true},
    {"waybill.assigned", waybill_assigned, .of_order = true},
    {"label.voided", label_voided, .of_order = true},
    {"feed.parked", feed_parked, .of_order = false},
    {"return.received", nothing_more, .undoable = true}, /* aftersales.h */
    {"return.graded", return_graded, .undoable = true},
    {"return.closed", nothing_more, .of_order = false},
    {"stock.imported", stock_imported, .undoable = true},
    {"receipt.line", receipt_line, .undoable = true},
    {"receipt.pallet", receipt_pallet, .undoable = true},
    {"receipt.closed", receipt_closed, .undoable = false},
    {"pick.returned", pick_returned, .of_order = false},
    {"putaway.done", put_away, .undoable = true},
    {"replen.item", replen_item, .undoable = true},
    {"replen.done", replen_done, .undoable = true},
    {"replen.returned", replen_returned, .undoable = true},
    {"adjust.posted", stock_imported, .undoable = true},
    {"move.taken", goods_taken, .undoable = true},
    {"move.put", goods_put, .undoable = true},
    {"transfer.line", goods_taken, .undoable = true},
    {"transfer.shipped", transfer_shipped, .undoable = false},
    {"alias.proposed", alias_proposed, .of_order = false},
};

/* The facts of a site that had the order before: what left its bins, and what left its gate. */
static const struct {
    const char *event;
    int (*apply)(struct work *work);
} stray_meanings[] = {
    {"pick.line", stray_line},
    {"pick.damaged", goods_taken},
    {"pick.unpicked", stray_unpicked},
    {"parcel.shipped", stray_shipped},
};

/* ---------------------------------------------------------------- applying */

static int apply_stray(struct work *work, const char *event)
{
    for (size_t i = 0; i < COUNT(stray_meanings); i++)
        if (strcmp(stray_meanings[i].event, event) == 0)
            return stray_meanings[i].apply(work);
    return 0;
}

static const struct meaning *find_meaning(const char *event)
{
    for (size_t i = 0; event && i < COUNT(meanings); i++)
        if (strcmp(meanings[i].event, event) == 0)
            return &meanings[i];
    return NULL;
}

/* The order exists and is this site's. Two sites may report of it at once: one after the other. */
static int find_order(struct work *work)
{
    int result = get_text(work, "order", &work->order);
    if (result)
        return result;
    struct sql_query *row = sql_select(
        work->sql,
        "SELECT CASE WHEN coalesce(site, '') = ?2 THEN 1 WHEN EXISTS (SELECT 1 FROM assignment a WHERE a.number = "
        "o.number AND a.site = ?2) THEN 2 ELSE 0 END, state FROM orders o WHERE number = ?1" SQL_FOR_UPDATE,
        sql_text(work->order), sql_text(work->site));
    bool found = sql_next(row);
    int64_t ours = found ? sql_get_int(row, 0) : 0;
    if (found)
        sql_copy_text(row, 1, work->state, sizeof(work->state));
    result = sql_done(row);
    work->stray = ours == 2;
    if (!result && !found)
        return error_set(work->why, -EINVAL, "there is no order \"%s\"", work->order);
    return result || ours ? result : error_set(work->why, -EINVAL, "order \"%s\" is not with this site", work->order);
}

/* Nobody else has moved it since it was found: its site's row is locked. */
static int advance(struct work *work, const char *event)
{
    const char *after = order_life_after(event, work->state);
    if (!after)
        return 0;
    int result = CHANGE(work, "UPDATE orders SET state = ?2 WHERE number = ?1", sql_text(work->order), sql_text(after));
    return result || strcmp(after, "closed") != 0 ? result : demand_note_order(work->sql, work->order);
}

static int apply(struct work *work, const struct meaning *meaning)
{
    int result = meaning->of_order ? find_order(work) : 0;
    if (!result && work->stray)
        return apply_stray(work, meaning->event);
    if (!result)
        result = meaning->apply(work);
    if (result || !work->order || work->stays)
        return result;
    char event[48];
    snprintf(event, sizeof(event), "%s%s", meaning->event, work->sign < 0 ? " undone" : "");
    return advance(work, event);
}

/* By which an order's timeline finds what was done for it with others. */
static int note_wave(struct work *work, const char *order)
{
    const char *wave = json_string_value(json_object_get(work->data, "wave"));
    return !wave
               ? 0
               : CHANGE(work, "INSERT INTO order_wave (number, site, wave) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                        sql_text(order), sql_text(work->site), sql_text(wave));
}

static int each_line(struct work *work, const char *event)
{
    const struct meaning *meaning = find_meaning(event);
    const json_t *lines = json_object_get(work->data, "lines");
    if (!meaning)
        return error_set(work->why, -EINVAL, "\"%s\" says nothing of a line", event);
    int result = json_is_array(lines) ? 0 : error_set(work->why, -EINVAL, "\"lines\" is missing or is no list");
    for (size_t i = 0; i < json_array_size(lines) && !result; i++) {
        json_t *data = json_deep_copy(work->data);
        struct work line = *work;
        line.data = data;
        result = json_object_update(data, json_array_get(lines, i)) == 0 ? apply(&line, meaning) : -EINVAL;
        if (!result)
            result = note_wave(work, line.order);
        json_decref(data);
    }
    return result;
}

bool projection_knows(const struct wire_line *event)
{
    bool undone = strcmp(event->type, "scan.undone") == 0;
    return find_meaning(undone ? json_string_value(json_object_get(event->data, "undid")) : event->type) != NULL;
}

int projection_apply(struct sql *sql, const char *site, const struct wire_line *event, bool careful, struct error *why)
{
    bool undone = strcmp(event->type, "scan.undone") == 0;
    const char *type = undone ? json_string_value(json_object_get(event->data, "undid")) : event->type;
    const struct meaning *meaning = find_meaning(type);
    if (!meaning || (undone && !meaning->undoable))
        return 0;
    struct work work = {.sql = sql,
                        .site = site,
                        .data = event->data,
                        .time = event->time,
                        .why = why,
                        .sign = undone ? -1 : 1,
                        .careful = careful};
    int result = apply(&work, meaning);
    return result == -EPERM || result == -EEXIST
               ? error_set(why, -EINVAL, "its figures contradict what is known of the order")
               : result;
}
