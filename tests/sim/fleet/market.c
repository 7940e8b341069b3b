/* Shops on platforms, written from what a connector has to do (sync/platforms/platform.h): each has books of its own,
 * sells against what it was told, and its calls go wrong. A request is what was wanted and an answer is handed over as
 * it is: what lies between them, JSON and signatures, tests/platforms looks at. */
#include "fleet.h"

#include "base/text.h"
#include "sync/platforms/call.h"
#include "sync/platforms/connector.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 3

const char *const sku_names[SKUS] = {"MUG", "PEN", "CAP"};

/* The call that is under way: there is one at a time, but for those that other programs make meanwhile. */
struct call {
    const struct platform_want *want;
    struct market *market;
    char token[PLATFORM_TOKEN_SIZE];
    struct platform_fault fault;
    struct platform_answer answer;
};
static struct call call;
static struct fleet *world;

int64_t market_now(const struct market *market)
{
    return market->fleet->now_us + market->ahead_us;
}

void market_touch(struct market *market, struct market_order *order)
{
    int64_t now_us = market_now(market);
    order->modified_us = now_us > order->modified_us ? now_us : order->modified_us + 1;
}

/* ---------------------------------------------------------------- what is said of an order */

static const char *status_of(const struct market_order *order)
{
    static const char *const words[] = {
        [PLATFORM_UNPAID] = "WAIT_PAY", [PLATFORM_PAID] = "WAIT_SEND",     [PLATFORM_PART_SHIPPED] = "PART",
        [PLATFORM_SHIPPED] = "SENT",    [PLATFORM_COMPLETED] = "FINISHED", [PLATFORM_CANCELLED] = "CLOSED"};
    return order->hold ? "LOCKED" : words[order->state];
}

static void say_lines(const struct market_order *order, struct platform_order *out)
{
    out->lines = calloc((size_t)order->line_count, sizeof(*out->lines));
    out->line_count = (size_t)order->line_count;
    for (int i = 0; i < order->line_count; i++) {
        const struct market_line *line = &order->lines[i];
        struct platform_line *said = &out->lines[i];
        snprintf(said->id, sizeof(said->id), "%d-%d", order->number, i);
        snprintf(said->item, sizeof(said->item), "i%d", line->sku);
        snprintf(said->sku, sizeof(said->sku), "k%d", line->sku);
        text_copy(said->code, sizeof(said->code), sku_names[line->sku]);
        text_copy(said->title, sizeof(said->title), sku_names[line->sku]);
        said->quantity = line->quantity;
        said->price_minor = line->price_minor;
        said->paid_minor = line->paid_minor;
        said->shipped = line->shipped;
        said->overlays =
            (line->refunding ? (unsigned)PLATFORM_REFUNDING : 0) | (line->refunded ? (unsigned)PLATFORM_REFUNDED : 0);
    }
}

static void say_receiver(const struct market_order *order, struct platform_order *out)
{
    snprintf(out->buyer, sizeof(out->buyer), "b%d", order->number);
    snprintf(out->name, sizeof(out->name), "王%d", order->number);
    snprintf(out->phone, sizeof(out->phone), "138%08d", order->number);
    text_copy(out->province, sizeof(out->province), order->number % 2 ? "浙江省" : "广东省");
    text_copy(out->city, sizeof(out->city), "杭州市");
    text_copy(out->district, sizeof(out->district), "余杭区");
    snprintf(out->address, sizeof(out->address), "文一西路 %d 号 %d 室", 1 + order->number, order->address);
}

static void say_order(const struct market_order *order, struct platform_order *out)
{
    *out = (struct platform_order){.state = order->state,
                                   .overlays = order->hold ? (unsigned)PLATFORM_HOLD : 0,
                                   .created_us = order->created_us,
                                   .paid_us = order->paid_us,
                                   .modified_us = order->modified_us,
                                   .currency = "CNY",
                                   .goods_minor = order->goods_minor,
                                   .freight_minor = order->freight_minor,
                                   .discount_minor = order->discount_minor,
                                   .paid_minor = order->paid_minor};
    snprintf(out->id, sizeof(out->id), "%d", order->number);
    text_copy(out->status, sizeof(out->status), status_of(order));
    say_receiver(order, out);
    say_lines(order, out);
    order_take_lines(out);
    for (int i = 0; i < order->told_count; i++) {
        size_t length = strlen(out->waybill);
        snprintf(out->waybill + length, sizeof(out->waybill) - length, "%s%s", i ? "," : "", order->told[i]);
    }
    out->raw = strdup("{}");
}

static struct market_order *order_of(struct market *market, const char *id)
{
    int64_t number;
    bool known = text_to_int(id, 1, market->order_count, &number) == 0;
    return known ? &market->orders[number - 1] : NULL;
}

/* ---------------------------------------------------------------- lists, page by page */

static bool is_within(int64_t modified_us)
{
    return modified_us >= call.want->from_us && modified_us < call.want->to_us;
}

/* The page that is asked for, of `total` rows: those from *ret_first on, *ret_count of them. */
static void turn_page(size_t total, size_t *ret_first, size_t *ret_count)
{
    struct error error;
    struct page page;
    *ret_first = *ret_count = 0;
    if (page_of(call.want->cursor, &page, &error) != 0) {
        call.fault.class = PLATFORM_PARAMETER;
        return;
    }
    *ret_first = (size_t)(page.number - 1) * PAGE;
    if (*ret_first < total)
        *ret_count = total - *ret_first < PAGE ? total - *ret_first : PAGE;
    if (page_on(&page, (int64_t)total, *ret_count, *ret_first + *ret_count < total, PAGE, call.answer.cursor, &error) !=
        0)
        call.fault.class = PLATFORM_PARAMETER;
}

static int by_modified_order(const void *one, const void *other)
{
    const struct market_order *a = *(struct market_order *const *)one, *b = *(struct market_order *const *)other;
    return a->modified_us != b->modified_us ? (a->modified_us > b->modified_us) - (a->modified_us < b->modified_us)
                                            : a->number - b->number;
}

static void do_orders(struct market *market)
{
    struct market_order *found[ORDERS_MAX];
    size_t total = 0, first, count;
    for (int i = 0; i < market->order_count; i++)
        if (is_within(market->orders[i].modified_us))
            found[total++] = &market->orders[i];
    qsort(found, total, sizeof(found[0]), by_modified_order);
    turn_page(total, &first, &count);
    call.answer.orders = calloc(count + 1, sizeof(*call.answer.orders));
    for (size_t i = 0; i < count; i++)
        say_order(found[first + i], &call.answer.orders[i]);
    call.answer.count = count;
}

static void do_order(struct market *market)
{
    struct market_order *order = order_of(market, call.want->order);
    if (!order) {
        call.fault.class = PLATFORM_NOT_FOUND;
        return;
    }
    call.answer.orders = calloc(1, sizeof(*call.answer.orders));
    call.answer.count = 1;
    say_order(order, call.answer.orders);
}

static void say_refund(const struct market_refund *refund, struct platform_refund *out)
{
    static const char *const words[] = {[PLATFORM_REFUND_ASKED] = "WAIT_SELLER",
                                        [PLATFORM_REFUND_DONE] = "SUCCESS",
                                        [PLATFORM_REFUND_CLOSED] = "CLOSED"};
    *out = (struct platform_refund){.kind = PLATFORM_REFUND_ONLY,
                                    .state = refund->state,
                                    .shipped = refund->shipped,
                                    .amount_minor = refund->amount_minor,
                                    .quantity = refund->quantity,
                                    .created_us = refund->created_us,
                                    .modified_us = refund->modified_us,
                                    .reason = "not wanted"};
    snprintf(out->id, sizeof(out->id), "R%d", refund->number);
    snprintf(out->order, sizeof(out->order), "%d", refund->order);
    snprintf(out->line, sizeof(out->line), "%d-%d", refund->order, refund->line);
    text_copy(out->status, sizeof(out->status), words[refund->state]);
}

static int by_modified_refund(const void *one, const void *other)
{
    const struct market_refund *a = *(struct market_refund *const *)one, *b = *(struct market_refund *const *)other;
    return a->modified_us != b->modified_us ? (a->modified_us > b->modified_us) - (a->modified_us < b->modified_us)
                                            : a->number - b->number;
}

static void do_refunds(struct market *market)
{
    struct market_refund *found[REFUNDS_MAX];
    size_t total = 0, first, count;
    for (int i = 0; i < market->refund_count; i++)
        if (is_within(market->refunds[i].modified_us))
            found[total++] = &market->refunds[i];
    qsort(found, total, sizeof(found[0]), by_modified_refund);
    turn_page(total, &first, &count);
    call.answer.refunds = calloc(count + 1, sizeof(*call.answer.refunds));
    for (size_t i = 0; i < count; i++)
        say_refund(found[first + i], &call.answer.refunds[i]);
    call.answer.count = count;
}

/* ---------------------------------------------------------------- writes */

static bool can(const struct market *market, unsigned ability)
{
    return (market->platform->caps.abilities & ability) != 0;
}

static void ship_lines(struct market_order *order, const struct platform_shipment *shipment)
{
    for (int i = 0; i < order->line_count; i++) {
        char id[PLATFORM_ID_SIZE];
        bool named = shipment->whole;
        snprintf(id, sizeof(id), "%d-%d", order->number, i);
        for (size_t k = 0; k < shipment->line_count && !named; k++)
            named = strcmp(shipment->lines[k].line, id) == 0;
        order->lines[i].shipped |= named;
    }
    bool all = true;
    for (int i = 0; i < order->line_count; i++)
        all = all && (order->lines[i].shipped || order->lines[i].refunded);
    order->state = all ? PLATFORM_SHIPPED : PLATFORM_PART_SHIPPED;
}

/* What has gone is not to be shipped again: a further parcel is something else. */
static void do_ship(struct market *market)
{
    const struct platform_shipment *shipment = call.want->shipment;
    struct market_order *order = order_of(market, shipment->order);
    bool open = order && (order->state == PLATFORM_PAID || order->state == PLATFORM_PART_SHIPPED);
    bool gone = order && (order->state == PLATFORM_PART_SHIPPED || order->state == PLATFORM_SHIPPED);
    if (!order || order->told_count == PARCELS_MAX)
        call.fault.class = PLATFORM_NOT_FOUND;
    else if (shipment->extra ? !gone || !can(market, PLATFORM_MULTI_PARCEL) : !open)
        call.fault.class = PLATFORM_CONFLICT;
    else {
        text_copy(order->told[order->told_count++], PLATFORM_CODE_SIZE, shipment->waybill);
        if (!shipment->extra)
            ship_lines(order, shipment);
        market_touch(market, order);
        market->fleet->count.told++;
        fleet_note(market->fleet, "%s: order %d left with %s", market->code, order->number, shipment->waybill);
    }
}

static int sku_of(const char *name)
{
    int64_t sku;
    return *name == 'k' && text_to_int(name + 1, 0, SKUS - 1, &sku) == 0 ? (int)sku : -1;
}

static void set_offer(struct market *market, const struct platform_stock_row *row)
{
    int sku = sku_of(row->sku);
    if (sku < 0)
        return;
    struct market_offer *offer = &market->offers[sku];
    if (can(market, PLATFORM_STOCK_KEY) && strcmp(offer->key, call.want->key) == 0) {
        call.fault.class = PLATFORM_CONFLICT;
        return;
    }
    int64_t pieces = (call.want->delta ? offer->left : 0) + row->quantity;
    text_copy(offer->key, sizeof(offer->key), call.want->key);
    if (pieces < 0) {
        call.fault.class = PLATFORM_PARAMETER;
        return;
    }
    laws_of_told(market->fleet, market, sku, pieces);
    offer->left = pieces;
    fleet_note(market->fleet, "%s: offers %d of %s", market->code, (int)pieces, sku_names[sku]);
}

static void do_stock(struct market *market)
{
    for (size_t i = 0; i < call.want->stock_count; i++)
        set_offer(market, &call.want->stock[i]);
}

static void do_stock_read(struct market *market)
{
    call.answer.stock = calloc(SKUS, sizeof(*call.answer.stock));
    for (int i = 0; i < SKUS; i++) {
        struct platform_stock_row *row = &call.answer.stock[call.answer.count++];
        snprintf(row->item, sizeof(row->item), "i%d", i);
        snprintf(row->sku, sizeof(row->sku), "k%d", i);
        row->quantity = market->offers[i].left;
    }
}

static void write_token(const struct market *market, char out[PLATFORM_TOKEN_SIZE])
{
    snprintf(out, PLATFORM_TOKEN_SIZE, "token-%d", market->tokens);
}

static void do_refresh(struct market *market)
{
    market->tokens++;
    write_token(market, call.answer.tokens.access);
    text_copy(call.answer.tokens.refresh, sizeof(call.answer.tokens.refresh), "refresh");
    call.answer.tokens.expires_us = market_now(market) + 86400 * SECOND_US;
}

static void (*const deeds[PLATFORM_VERBS])(struct market *market) = {
    [PLATFORM_ORDERS] = do_orders,         [PLATFORM_ORDER] = do_order,
    [PLATFORM_REFUNDS] = do_refunds,       [PLATFORM_SHIP] = do_ship,
    [PLATFORM_STOCK] = do_stock,           [PLATFORM_STOCK_READ] = do_stock_read,
    [PLATFORM_TOKEN_REFRESH] = do_refresh,
};

/* ---------------------------------------------------------------- how a call goes */

static void meanwhile(struct fleet *fleet)
{
    struct call own = call;
    struct program *running = fleet->running;
    int dies_in = fleet->dies_in;
    if (fleet_chance(fleet, OF_OFFICE, fleet->faults.slow_office)) /* long enough for another to have the shop by now */
        fleet_set_time(fleet, fleet->now_us + SHOP_LEASE_US + (int64_t)fleet_draw(fleet, OF_TIME, 60) * SECOND_US);
    struct program *other = &fleet->programs[fleet_draw(fleet, OF_OFFICE, 1 + WORKERS)];
    if (!other->runs && fleet_chance(fleet, OF_OFFICE, 300))
        office_run(fleet, other);
    if (!fleet->calm && fleet_chance(fleet, OF_OFFICE, 200))
        buyers_step(fleet);
    fleet->running = running;
    fleet->dies_in = dies_in;
    fleet->dying = false;
    call = own;
}

/* Whether the platform does it; otherwise the response says why not. */
static bool is_reached(struct fleet *fleet, struct market *market, struct platform_response *ret)
{
    const struct fleet_faults *faults = &fleet->faults;
    char token[PLATFORM_TOKEN_SIZE];
    write_token(market, token);
    if (!fleet->calm && fleet_chance(fleet, OF_PLATFORMS, faults->platform_down))
        market->down_until_us = fleet->now_us + (int64_t)(1 + fleet_draw(fleet, OF_PLATFORMS, 900)) * SECOND_US;
    if (!fleet->calm && fleet->now_us < market->down_until_us) {
        *ret = (struct platform_response){.status = 0, .trouble = "nobody answers"};
        return false;
    }
    if (!fleet->calm && fleet_chance(fleet, OF_PLATFORMS, faults->lost_call)) {
        ret->status = 0;
        return false;
    }
    if (!fleet->calm && fleet_chance(fleet, OF_PLATFORMS, faults->token))
        market->tokens++;
    if (!fleet->calm && fleet_chance(fleet, OF_PLATFORMS, faults->throttle))
        call.fault = (struct platform_fault){.class = PLATFORM_THROTTLED, .retry_s = 5, .message = "too many calls"};
    else if (call.want->verb != PLATFORM_TOKEN_REFRESH && strcmp(token, call.token) != 0)
        call.fault = (struct platform_fault){.class = PLATFORM_AUTH_EXPIRED, .message = "the token is over"};
    return call.fault.class == PLATFORM_OK;
}

static void lose_answer(struct fleet *fleet, struct platform_response *ret)
{
    bool lost = !fleet->calm && fleet_chance(fleet, OF_PLATFORMS, fleet->faults.lost_reply);
    bool busy = !fleet->calm && fleet_chance(fleet, OF_PLATFORMS, fleet->faults.busy_platform);
    if (lost)
        ret->status = 0;
    else if (busy)
        call.fault = (struct platform_fault){.class = PLATFORM_RETRY, .message = "busy"};
    fleet->count.lost += lost || busy;
    if (lost || busy || call.fault.class != PLATFORM_OK)
        platform_answer_done(&call.answer);
}

static int exchange(struct platform_transport *transport, const struct platform_request *request, bool once,
                    struct platform_response *ret)
{
    struct fleet *fleet = world;
    struct market *market = call.market;
    (void)transport, (void)request, (void)once;
    if (sql_in_transaction(fleet->sql))
        fleet_fail(fleet, "a platform is called inside a transaction");
    *ret = (struct platform_response){.status = 200, .sent = true};
    call.fault = (struct platform_fault){.class = PLATFORM_OK};
    call.answer = (struct platform_answer){0};
    fleet->count.calls++;
    if (office_dies(fleet)) /* before it was sent */
        return -EIO;
    meanwhile(fleet);
    ret->clock_us = market_now(market) / SECOND_US * SECOND_US;
    enum platform_verb verb = call.want->verb;
    if (is_reached(fleet, market, ret))
        deeds[verb](market);
    fleet_note(fleet, "%s: %s %s %s: %s", market->code, platform_verb_name(verb), call.want->cursor, call.want->order,
               ret->status ? platform_class_name(call.fault.class) : "no answer");
    meanwhile(fleet);
    if (office_dies(fleet)) { /* when it was done */
        platform_answer_done(&call.answer);
        return -EIO;
    }
    lose_answer(fleet, ret);
    if (ret->status)
        buf_puts(&ret->body, "{}");
    return 0;
}

static int build(const struct platform_shop *shop, const struct platform_want *want, struct platform_request *out,
                 struct error *error)
{
    int64_t index;
    (void)error;
    if (!deeds[want->verb])
        return -ENOTSUP;
    if (text_to_int(shop->id, 0, world->market_count - 1, &index) != 0)
        return -EINVAL;
    out->method = "POST";
    call = (struct call){.want = want, .market = &world->markets[index]};
    text_copy(call.token, sizeof(call.token), shop->access_token);
    return 0;
}

static void classify(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                     struct platform_fault *ret)
{
    (void)want, (void)response, (void)root;
    *ret = call.fault;
}

static int read_answer(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                       struct platform_answer *answer, struct error *error)
{
    (void)want, (void)response, (void)root, (void)error;
    *answer = call.answer;
    call.answer = (struct platform_answer){0};
    return 0;
}

/* ---------------------------------------------------------------- the platforms, and the shops of a seed */

#define CAPS(has)                                                                                                      \
    {                                                                                                                  \
        .abilities = (has), .window_s = 1800, .window_max_s = 86400, .refund_window_max_s = 86400, .overlap_s = 300,   \
        .history_s = 30 * 86400, .clock_s = 600, .page = PAGE, .stock_batch = 10                                       \
    }
#define SIM_PLATFORM(word, has)                                                                                        \
    {                                                                                                                  \
        .name = (word), .title = (word), .gateway = "https://127.0.0.1", .caps = CAPS(has), .build = build,            \
        .classify = classify, .read = read_answer                                                                      \
    }

/* Each can what the others cannot. */
static const struct platform kinds[SHOPS_MAX] = {
    SIM_PLATFORM("market-a", PLATFORM_STOCK_SET | PLATFORM_STOCK_KEY | PLATFORM_PART_SHIP | PLATFORM_MULTI_PARCEL |
                                 PLATFORM_UNPAID_SEEN | PLATFORM_REFRESHES),
    SIM_PLATFORM("market-b", PLATFORM_STOCK_DELTA | PLATFORM_UNPAID_SEEN | PLATFORM_REFRESHES),
    SIM_PLATFORM("market-c", PLATFORM_STOCK_SET | PLATFORM_MULTI_PARCEL | PLATFORM_UNPAID_SEEN | PLATFORM_REFRESHES),
};

const struct platform *market_platform_find(const char *name)
{
    for (size_t i = 0; i < SHOPS_MAX; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

struct platform_transport *market_transport(struct fleet *fleet)
{
    static struct platform_transport transport = {.exchange = exchange};
    world = fleet;
    return &transport;
}

static void run(struct fleet *fleet, const char *text, const struct sql_value *values)
{
    if (sql_run_values(fleet->sql, text, values) != 0)
        fleet_fail(fleet, "%s: %s", text, sql_message(fleet->sql));
}
#define RUN(fleet, text, ...) run(fleet, text, (struct sql_value[]){__VA_ARGS__, {0}})

static void add_shop(struct fleet *fleet, struct market *market)
{
    char token[PLATFORM_TOKEN_SIZE], id[16];
    write_token(market, token);
    snprintf(id, sizeof(id), "%d", market->index);
    RUN(fleet,
        "INSERT INTO shop (code, platform, name, running, carrier, poll_s, offers, buffer, ratio) VALUES (?1, ?2, ?1, "
        "1,"
        " 'SF', 30, 1, ?3, ?4)",
        sql_text(market->code), sql_text(market->platform->name), sql_int((int64_t)fleet_draw(fleet, OF_PLATFORMS, 3)),
        sql_int(fleet_chance(fleet, OF_PLATFORMS, 600) ? 100 : 20 + (int64_t)fleet_draw(fleet, OF_PLATFORMS, 80)));
    RUN(fleet,
        "INSERT INTO shop_account (shop, app_key, app_secret, access_token, refresh_token, platform_shop) VALUES (?1, "
        "'k',"
        " 's', ?2, 'refresh', ?3)",
        sql_text(market->code), sql_text(token), sql_text(id));
    RUN(fleet, "INSERT INTO shop_health (shop) VALUES (?1)", sql_text(market->code));
    RUN(fleet, "INSERT INTO shop_carrier (shop, carrier, code) VALUES (?1, 'SF', 'sf')", sql_text(market->code));
    for (int i = 0; i < SKUS; i++) {
        snprintf(id, sizeof(id), "%d", i);
        if (market->offers[i].sold)
            RUN(fleet,
                "INSERT INTO listing (shop, item, sku, code, our_sku, matched, seen_us) VALUES (?1, 'i' || ?2, 'k' || "
                "?2,"
                " ?3, ?3, 'code', 0)",
                sql_text(market->code), sql_text(id), sql_text(sku_names[i]));
    }
}

void market_begin(struct fleet *fleet)
{
    fleet->market_count = 1 + (int)fleet_draw(fleet, OF_PLATFORMS, SHOPS_MAX);
    int first = (int)fleet_draw(fleet, OF_PLATFORMS, SHOPS_MAX);
    for (int i = 0; i < fleet->market_count; i++) {
        struct market *market = &fleet->markets[i];
        *market = (struct market){.fleet = fleet, .index = i, .platform = &kinds[(first + i) % SHOPS_MAX]};
        market->ahead_us = ((int64_t)fleet_draw(fleet, OF_PLATFORMS, 7) - 3) * SECOND_US;
        snprintf(market->code, sizeof(market->code), "s%d", i);
        for (int k = 0; k < SKUS; k++) /* every shop something, and some of it two shops */
            market->offers[k].sold = k % fleet->market_count == i || fleet_chance(fleet, OF_PLATFORMS, 300);
        add_shop(fleet, market);
    }
}
