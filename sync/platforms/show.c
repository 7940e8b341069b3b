#include "sync/platforms/show.h"

#include "base/clock.h"
#include "base/json.h"

/* Empty texts, zeroes and times that were not said are left out. */
static void show_text(struct buf *out, const char *key, const char *text)
{
    if (*text)
        json_text(out, key, text);
}

static void show_time(struct buf *out, const char *key, int64_t time_us)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format(time_us, text);
    show_text(out, key, time_us ? text : "");
}

static void show_number(struct buf *out, const char *key, int64_t number)
{
    if (number)
        json_int(out, key, number);
}

static void show_overlays(struct buf *out, unsigned overlays)
{
    static const char *const names[] = {"refunding", "refunded", "hold", "masked"};
    json_open_array(out, "overlays");
    for (size_t i = 0; i < COUNT(names); i++)
        if (overlays & 1u << i)
            json_text(out, NULL, names[i]);
    json_close_array(out);
}

static void show_line(struct buf *out, const struct platform_line *line)
{
    json_open_object(out, NULL);
    show_text(out, "id", line->id);
    show_text(out, "item", line->item);
    show_text(out, "sku", line->sku);
    show_text(out, "code", line->code);
    show_text(out, "title", line->title);
    show_text(out, "refund", line->refund);
    json_int(out, "quantity", line->quantity);
    json_int(out, "price", line->price_minor);
    json_int(out, "paid", line->paid_minor);
    json_bool(out, "shipped", line->shipped);
    show_overlays(out, line->overlays);
    json_close_object(out);
}

static void show_receiver(struct buf *out, const struct platform_order *order)
{
    json_open_object(out, "receiver");
    show_text(out, "name", order->name);
    show_text(out, "phone", order->phone);
    show_text(out, "province", order->province);
    show_text(out, "city", order->city);
    show_text(out, "district", order->district);
    show_text(out, "town", order->town);
    show_text(out, "address", order->address);
    show_text(out, "sealed", order->sealed);
    json_close_object(out);
}

static void show_order(struct buf *out, const struct platform_order *order)
{
    json_open_object(out, NULL);
    json_text(out, "id", order->id);
    show_text(out, "parent", order->parent);
    json_text(out, "status", order->status);
    json_text(out, "state", platform_state_name(order->state));
    show_overlays(out, order->overlays);
    show_time(out, "created", order->created_us);
    show_time(out, "paid_at", order->paid_us);
    show_time(out, "modified", order->modified_us);
    show_time(out, "ship_by", order->ship_by_us);
    json_text(out, "currency", order->currency);
    json_int(out, "goods", order->goods_minor);
    json_int(out, "freight", order->freight_minor);
    json_int(out, "discount", order->discount_minor);
    json_int(out, "platform_discount", order->platform_discount_minor);
    json_int(out, "paid", order->paid_minor);
    show_text(out, "buyer", order->buyer);
    show_text(out, "buyer_note", order->buyer_note);
    show_text(out, "seller_note", order->seller_note);
    show_text(out, "waybill", order->waybill);
    show_receiver(out, order);
    json_open_array(out, "lines");
    for (size_t i = 0; i < order->line_count; i++)
        show_line(out, &order->lines[i]);
    json_close_array(out);
    json_close_object(out);
}

static void show_refund(struct buf *out, const struct platform_refund *refund)
{
    static const char *const kinds[] = {"refund_only", "return", "exchange", "reissue", "repair"};
    static const char *const states[] = {"asked", "returning", "arrived", "done", "closed"};
    json_open_object(out, NULL);
    json_text(out, "id", refund->id);
    json_text(out, "order", refund->order);
    show_text(out, "line", refund->line);
    json_text(out, "status", refund->status);
    json_text(out, "kind", kinds[refund->kind]);
    json_text(out, "state", states[refund->state]);
    json_bool(out, "unknown", refund->unknown);
    json_bool(out, "shipped", refund->shipped);
    json_int(out, "amount", refund->amount_minor);
    show_number(out, "quantity", refund->quantity);
    show_time(out, "created", refund->created_us);
    show_time(out, "modified", refund->modified_us);
    show_text(out, "reason", refund->reason);
    show_text(out, "carrier", refund->carrier);
    show_text(out, "waybill", refund->waybill);
    json_close_object(out);
}

static void show_waybill(struct buf *out, const struct platform_waybill *waybill)
{
    json_open_object(out, NULL);
    json_text(out, "key", waybill->key);
    show_text(out, "number", waybill->number);
    show_text(out, "parent", waybill->parent);
    show_text(out, "sort_code", waybill->sort_code);
    show_text(out, "short_address", waybill->short_address);
    show_text(out, "package_center", waybill->package_center);
    json_text(out, "print_data", waybill->print_data);
    json_text(out, "fault", platform_class_name((enum platform_class)waybill->fault));
    show_text(out, "message", waybill->message);
    json_close_object(out);
}

static void show_carrier(struct buf *out, const struct platform_carrier *carrier)
{
    json_open_object(out, NULL);
    json_text(out, "code", carrier->code);
    json_text(out, "name", carrier->name);
    json_close_object(out);
}

static void show_bill(struct buf *out, const struct platform_bill *bill)
{
    json_open_object(out, NULL);
    json_text(out, "id", bill->id);
    show_text(out, "order", bill->order);
    show_text(out, "kind", bill->kind);
    show_text(out, "note", bill->note);
    json_int(out, "amount", bill->amount_minor);
    show_time(out, "time", bill->time_us);
    json_close_object(out);
}

static void show_stock(struct buf *out, const struct platform_stock_row *row)
{
    json_open_object(out, NULL);
    show_text(out, "item", row->item);
    show_text(out, "sku", row->sku);
    show_text(out, "code", row->code);
    json_int(out, "quantity", row->quantity);
    show_number(out, "price", row->price_minor);
    json_text(out, "fault", platform_class_name((enum platform_class)row->fault));
    json_close_object(out);
}

static void show_fault(struct buf *out, const struct platform_fault *fault)
{
    json_text(out, "class", platform_class_name(fault->class));
    show_number(out, "retry_s", fault->retry_s);
    show_text(out, "code", fault->code);
    show_text(out, "sub_code", fault->sub_code);
    show_text(out, "request", fault->request);
    show_text(out, "message", fault->message);
}

/* Of the lists the one that the verb fills is there. */
#define SHOW_ROWS(list, show)                                                                                          \
    do {                                                                                                               \
        if (answer->list) {                                                                                            \
            json_open_array(out, #list);                                                                               \
            for (size_t i = 0; i < answer->count; i++)                                                                 \
                show(out, &answer->list[i]);                                                                           \
            json_close_array(out);                                                                                     \
        }                                                                                                              \
    } while (0)

void platform_show(struct buf *out, const struct platform_fault *fault, const struct platform_answer *answer)
{
    json_open_object(out, NULL);
    show_fault(out, fault);
    SHOW_ROWS(orders, show_order);
    SHOW_ROWS(refunds, show_refund);
    SHOW_ROWS(waybills, show_waybill);
    SHOW_ROWS(carriers, show_carrier);
    SHOW_ROWS(bills, show_bill);
    SHOW_ROWS(stock, show_stock);
    show_time(out, "token_until", answer->tokens.expires_us);
    json_text(out, "cursor", answer->cursor);
    json_close_object(out);
}
