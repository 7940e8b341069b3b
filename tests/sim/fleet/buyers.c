/* What buyers do at the shops, and what the people do there who decide about refunds. They know what their shop shows,
 * and nothing of head office. */
#include "fleet.h"

#include <string.h>

static struct market *any_market(struct fleet *fleet)
{
    return &fleet->markets[fleet_draw(fleet, OF_BUYERS, (uint64_t)fleet->market_count)];
}

/* One order of the shop for which this holds; NULL: there is none. */
static struct market_order *any_order(struct market *market, bool (*fits)(const struct market_order *order))
{
    if (market->order_count == 0)
        return NULL;
    int first = (int)fleet_draw(market->fleet, OF_BUYERS, (uint64_t)market->order_count);
    for (int i = 0; i < market->order_count; i++) {
        struct market_order *order = &market->orders[(first + i) % market->order_count];
        if (fits(order))
            return order;
    }
    return NULL;
}

static bool is_unpaid(const struct market_order *order)
{
    return order->state == PLATFORM_UNPAID;
}

static bool is_open(const struct market_order *order)
{
    return order->state == PLATFORM_PAID;
}

static bool is_sent(const struct market_order *order)
{
    return order->state == PLATFORM_SHIPPED;
}

static bool is_paid_for(const struct market_order *order)
{
    return order->state == PLATFORM_PAID || order->state == PLATFORM_PART_SHIPPED || order->state == PLATFORM_SHIPPED;
}

/* ---------------------------------------------------------------- buying */

static void add_line(struct market *market, struct market_order *order, int sku)
{
    struct market_offer *offer = &market->offers[sku];
    int64_t pieces = 1 + (int64_t)fleet_draw(market->fleet, OF_BUYERS, 3);
    if (!offer->sold || offer->left < pieces)
        return;
    offer->left -= pieces;
    struct market_line *line = &order->lines[order->line_count++];
    *line = (struct market_line){.sku = sku, .quantity = pieces, .price_minor = 990 + 1000 * sku};
    line->paid_minor = pieces * line->price_minor - (int64_t)fleet_draw(market->fleet, OF_BUYERS, 100);
    order->goods_minor += pieces * line->price_minor;
    order->discount_minor += pieces * line->price_minor - line->paid_minor;
    order->paid_minor += line->paid_minor;
}

static void pay(struct market *market, struct market_order *order)
{
    order->state = PLATFORM_PAID;
    order->paid_us = market_now(market);
    market_touch(market, order);
}

static void buy(struct fleet *fleet)
{
    struct market *market = any_market(fleet);
    if (market->order_count == ORDERS_MAX)
        return;
    struct market_order *order = &market->orders[market->order_count];
    *order = (struct market_order){.number = market->order_count + 1, .state = PLATFORM_UNPAID};
    uint64_t first = fleet_draw(fleet, OF_BUYERS, SKUS);
    add_line(market, order, (int)first);
    if (fleet_chance(fleet, OF_BUYERS, 400))
        add_line(market, order, (int)(first + 1) % SKUS);
    if (order->line_count == 0)
        return;
    order->freight_minor = 600;
    order->paid_minor += 600;
    market->order_count++;
    fleet->count.orders++;
    order->created_us = market_now(market);
    market_touch(market, order);
    if (fleet_chance(fleet, OF_BUYERS, 600))
        pay(market, order);
    fleet_note(fleet, "%s: order %d is placed, %d of %s%s", market->code, order->number, (int)order->lines[0].quantity,
               sku_names[order->lines[0].sku], order->line_count > 1 ? " and more" : "");
}

static void pay_one(struct fleet *fleet)
{
    struct market *market = any_market(fleet);
    struct market_order *order = any_order(market, is_unpaid);
    if (order)
        pay(market, order);
}

/* ---------------------------------------------------------------- thinking again */

static void cancel(struct fleet *fleet)
{
    struct market *market = any_market(fleet);
    struct market_order *order = any_order(market, is_unpaid);
    if (!order)
        return;
    order->state = PLATFORM_CANCELLED;
    for (int i = 0; i < order->line_count; i++)
        market->offers[order->lines[i].sku].left += order->lines[i].quantity;
    market_touch(market, order);
    fleet->count.cancels++;
    fleet_note(fleet, "%s: order %d is cancelled", market->code, order->number);
}

static void change(struct fleet *fleet)
{
    struct market *market = any_market(fleet);
    struct market_order *order = any_order(market, is_open);
    if (!order)
        return;
    if (fleet_chance(fleet, OF_BUYERS, 700))
        order->address++;
    else
        order->hold = !order->hold;
    market_touch(market, order);
    fleet_note(fleet, "%s: order %d has another %s", market->code, order->number, order->hold ? "status" : "address");
}

static void complete(struct fleet *fleet)
{
    struct market *market = any_market(fleet);
    struct market_order *order = any_order(market, is_sent);
    if (!order)
        return;
    order->state = PLATFORM_COMPLETED;
    market_touch(market, order);
}

/* ---------------------------------------------------------------- refunds */

static void ask_refund(struct fleet *fleet)
{
    struct market *market = any_market(fleet);
    struct market_order *order = any_order(market, is_paid_for);
    if (!order || market->refund_count == REFUNDS_MAX)
        return;
    int at = (int)fleet_draw(fleet, OF_BUYERS, (uint64_t)order->line_count);
    struct market_line *line = &order->lines[at];
    if (line->refunding || line->refunded)
        return;
    struct market_refund *refund = &market->refunds[market->refund_count++];
    *refund = (struct market_refund){.number = market->refund_count,
                                     .order = order->number,
                                     .line = at,
                                     .state = PLATFORM_REFUND_ASKED,
                                     .shipped = line->shipped,
                                     .created_us = market_now(market),
                                     .modified_us = market_now(market),
                                     .amount_minor = line->paid_minor,
                                     .quantity = line->quantity};
    line->refunding = true;
    market_touch(market, order);
    fleet->count.refunds++;
    fleet_note(fleet, "%s: refund %d of order %d is asked for", market->code, refund->number, order->number);
}

/* An order of which all is given back before it left is over. */
static void give_back(struct market *market, struct market_order *order, struct market_line *line)
{
    bool all = true, any = false;
    (void)market;
    line->refunded = true;
    for (int i = 0; i < order->line_count; i++) {
        all = all && (order->lines[i].refunded || order->lines[i].shipped);
        any = any || order->lines[i].shipped;
    }
    if (all && order->state != PLATFORM_COMPLETED && order->state != PLATFORM_SHIPPED)
        order->state = any ? PLATFORM_SHIPPED : PLATFORM_CANCELLED;
}

static void decide(struct market *market, struct market_refund *refund, bool good)
{
    struct market_order *order = &market->orders[refund->order - 1];
    struct market_line *line = &order->lines[refund->line];
    int64_t now_us = market_now(market);
    refund->state = good ? PLATFORM_REFUND_DONE : PLATFORM_REFUND_CLOSED;
    refund->modified_us = now_us > refund->modified_us ? now_us : refund->modified_us + 1;
    line->refunding = false;
    if (good)
        give_back(market, order, line);
    market_touch(market, order);
    fleet_note(market->fleet, "%s: refund %d of order %d is %s", market->code, refund->number, refund->order,
               good ? "paid" : "refused");
}

static void decide_one(struct fleet *fleet)
{
    struct market *market = any_market(fleet);
    for (int i = 0; i < market->refund_count; i++)
        if (market->refunds[i].state == PLATFORM_REFUND_ASKED && fleet_chance(fleet, OF_BUYERS, 500)) {
            decide(market, &market->refunds[i], fleet_chance(fleet, OF_BUYERS, 700));
            return;
        }
}

void buyers_decide_all(struct fleet *fleet)
{
    for (int i = 0; i < fleet->market_count; i++) {
        struct market *market = &fleet->markets[i];
        for (int k = 0; k < market->refund_count; k++)
            if (market->refunds[k].state == PLATFORM_REFUND_ASKED)
                decide(market, &market->refunds[k], fleet_chance(fleet, OF_BUYERS, 700));
        for (int k = 0; k < market->order_count; k++) {
            struct market_order *order = &market->orders[k];
            if (order->hold) {
                order->hold = false;
                market_touch(market, order);
            }
        }
    }
}

/* ---------------------------------------------------------------- a step */

void buyers_step(struct fleet *fleet)
{
    const struct fleet_faults *faults = &fleet->faults;
    const struct {
        int per_mille;
        void (*happens)(struct fleet *fleet);
    } all[] = {{90, buy},
               {60, pay_one},
               {faults->cancel, cancel},
               {faults->change, change},
               {20, complete},
               {faults->refund, ask_refund},
               {faults->refund ? 40 : 0, decide_one}};
    for (size_t i = 0; i < COUNT(all); i++)
        if (fleet_chance(fleet, OF_BUYERS, all[i].per_mille))
            all[i].happens(fleet);
}
