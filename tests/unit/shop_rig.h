/* A shop on a platform that exists in memory only: what it has, what it was asked and told, and how the next call goes
 * wrong. It speaks no JSON: a request is what was wanted, and an answer is handed over as it is. Asserts by cmocka. */
#ifndef TESTS_SHOP_RIG_H
#define TESTS_SHOP_RIG_H

#include "unit/hub_rig.h"

#include "base/text.h"
#include "sync/head-office/shops/outbox.h"
#include "sync/head-office/shops/platform_orders.h"
#include "sync/head-office/shops/shop_work.h"
#include "sync/head-office/shops/stock_push.h"
#include "sync/head-office/verb.h"

#include <errno.h>

#define FAKE_ORDERS 40
#define FAKE_CALLS  1000
#define FAKE_PAGE   2
#define NOON_US     INT64_C(1700000000000000)
#define SECOND      INT64_C(1000000)

struct fake_order {
    struct platform_order order;
    struct platform_line lines[3];
};

struct fake_fault { /* how a call goes wrong */
    enum platform_verb verb;
    enum platform_class class; /* OK: the reply is lost, and nothing else */
    bool happens;              /* all the same */
    int skip;                  /* so many calls go well before */
    int times;
    int64_t retry_s;
};

struct fake_call {
    enum platform_verb verb;
    int64_t from_us, to_us, now_us;
    char cursor[PLATFORM_CURSOR_SIZE], order[PLATFORM_ID_SIZE], waybill[PLATFORM_CODE_SIZE];
    char currency[4], key[PLATFORM_ID_SIZE], token[PLATFORM_TOKEN_SIZE], shop[PLATFORM_ID_SIZE];
    struct platform_stock_row stock[4];
    size_t stock_count;
    struct platform_parcel parcels[10];
    size_t parcel_count;
    char sender[PLATFORM_LONG_SIZE], form[PLATFORM_LONG_SIZE], carrier[PLATFORM_CODE_SIZE];
    bool delta, extra, whole, raw;
};

struct fake_waybill { /* a number that it gave */
    char key[PLATFORM_ID_SIZE], number[PLATFORM_CODE_SIZE];
    bool cancelled, used;
};

static struct fake {
    struct fake_order orders[FAKE_ORDERS];
    size_t order_count;
    struct platform_refund refunds[4];
    size_t refund_count;
    struct platform_stock_row stock[8]; /* what the platform believes */
    size_t stock_count;
    struct fake_fault faults[8];
    struct fake_call calls[FAKE_CALLS];
    size_t call_count;
    struct fake_waybill waybills[20];
    size_t waybill_count;
    size_t waybill_quota;             /* numbers it still gives */
    char fails[PLATFORM_ID_SIZE];     /* it gives none to the parcel of this key */
    char repeats[PLATFORM_CODE_SIZE]; /* the number that it gives to everybody: it is out of its mind */
    char token[PLATFORM_TOKEN_SIZE];  /* the one that lets in; "": any */
    int tokens, shipments, stock_writes;
    int64_t now_us, ahead_us; /* our time; the platform's clock is so far ahead, and is told when it is not 0 */
    int page_limit;           /* 0: none. More pages than this are refused */
    struct platform_want want;
    const struct platform_shop *shop;
    struct platform_fault fault;
    struct platform_answer answer;
    void (*before)(struct rig *rig); /* what happens meanwhile, once */
    struct rig *rig;
} fake;

static struct platform fake_platform; /* below */

/* ---------------------------------------------------------------- what it does */

static inline struct platform_order *fake_order(const char *id)
{
    for (size_t i = 0; i < fake.order_count; i++)
        if (strcmp(fake.orders[i].order.id, id) == 0)
            return &fake.orders[i].order;
    return NULL;
}

static inline void fake_copy_order(struct platform_order *out, const struct fake_order *from)
{
    *out = from->order;
    out->lines = calloc(out->line_count + 1, sizeof(*out->lines));
    memcpy(out->lines, from->lines, out->line_count * sizeof(*out->lines));
    out->raw = strdup("{\"is\":\"raw\"}");
}

/* Page by page, by when they were modified. */
static inline void fake_orders(void)
{
    size_t skip = (size_t)atoi(fake.want.cursor) * FAKE_PAGE, left = 0;
    fake.answer.orders = calloc(FAKE_PAGE + 1, sizeof(*fake.answer.orders));
    for (size_t i = 0; i < fake.order_count; i++) {
        const struct fake_order *from = &fake.orders[i];
        if (from->order.modified_us < fake.want.from_us || from->order.modified_us >= fake.want.to_us)
            continue;
        if (skip > 0)
            skip--;
        else if (fake.answer.count < FAKE_PAGE)
            fake_copy_order(&fake.answer.orders[fake.answer.count++], from);
        else
            left++;
    }
    if (left > 0)
        snprintf(fake.answer.cursor, sizeof(fake.answer.cursor), "%d", atoi(fake.want.cursor) + 1);
    if (fake.page_limit > 0 && atoi(fake.want.cursor) >= fake.page_limit)
        fake.fault.class = PLATFORM_PARAMETER;
}

static inline void fake_refunds(void)
{
    fake.answer.refunds = calloc(fake.refund_count + 1, sizeof(*fake.answer.refunds));
    for (size_t i = 0; i < fake.refund_count; i++)
        if (fake.refunds[i].modified_us >= fake.want.from_us && fake.refunds[i].modified_us < fake.want.to_us)
            fake.answer.refunds[fake.answer.count++] = fake.refunds[i];
}

static inline void fake_one_order(void)
{
    fake.answer.orders = calloc(2, sizeof(*fake.answer.orders));
    struct platform_order *order = fake_order(fake.want.order);
    if (order)
        fake_copy_order(&fake.answer.orders[fake.answer.count++], (struct fake_order *)order);
    else
        fake.fault.class = PLATFORM_NOT_FOUND;
}

static inline void fake_ship(void)
{
    struct platform_order *order = fake_order(fake.want.shipment->order);
    if (!order)
        fake.fault.class = PLATFORM_NOT_FOUND;
    else if (order->state != PLATFORM_PAID && !fake.want.shipment->extra)
        fake.fault.class = PLATFORM_CONFLICT;
    else {
        order->state = PLATFORM_SHIPPED;
        order->modified_us = fake.now_us;
        if (!fake.want.shipment->extra)
            text_copy(order->waybill, sizeof(order->waybill), fake.want.shipment->waybill);
        fake.shipments++;
    }
}

static inline struct platform_stock_row *fake_stock(const char *sku)
{
    for (size_t i = 0; i < fake.stock_count; i++)
        if (strcmp(fake.stock[i].sku, sku) == 0)
            return &fake.stock[i];
    return NULL;
}

static inline void fake_set_stock(void)
{
    for (size_t i = 0; i < fake.want.stock_count; i++) {
        struct platform_stock_row *row = fake_stock(fake.want.stock[i].sku);
        if (!row)
            continue;
        row->quantity = (fake.want.delta ? row->quantity : 0) + fake.want.stock[i].quantity;
        fake.stock_writes++;
    }
}

static inline void fake_read_stock(void)
{
    fake.answer.stock = calloc(fake.stock_count + 1, sizeof(*fake.answer.stock));
    memcpy(fake.answer.stock, fake.stock, fake.stock_count * sizeof(*fake.stock));
    fake.answer.count = fake.stock_count;
}

static inline void fake_set_price(void)
{
    struct platform_stock_row *row = fake_stock(fake.want.stock[0].sku);
    if (row)
        row->price_minor = fake.want.stock[0].price_minor;
}

static inline void fake_set_sale(void)
{
    for (size_t i = 0; i < fake.stock_count; i++)
        if (strcmp(fake.stock[i].item, fake.want.stock[0].item) == 0)
            fake.stock[i].on_sale = fake.want.stock[0].on_sale;
}

static inline void fake_refresh(void)
{
    snprintf(fake.token, sizeof(fake.token), "token-%d", ++fake.tokens);
    text_copy(fake.answer.tokens.access, sizeof(fake.answer.tokens.access), fake.token);
    text_copy(fake.answer.tokens.refresh, sizeof(fake.answer.tokens.refresh), "refresh");
    fake.answer.tokens.expires_us = fake.now_us + 7200 * SECOND;
}

static inline struct fake_waybill *fake_waybill(const char *key)
{
    for (size_t i = fake.waybill_count; i-- > 0;)
        if (strcmp(fake.waybills[i].key, key) == 0 || strcmp(fake.waybills[i].number, key) == 0)
            return &fake.waybills[i];
    return NULL;
}

static inline struct fake_waybill *fake_give(const char *key)
{
    struct fake_waybill *known = fake_waybill(key);
    bool again = known && !known->cancelled && (fake_platform.caps.abilities & PLATFORM_WAYBILL_KEY) != 0;
    if (again || fake.waybill_count == fake.waybill_quota)
        return again ? known : NULL;
    assert_true(fake.waybill_count < COUNT(fake.waybills));
    struct fake_waybill *given = &fake.waybills[fake.waybill_count++];
    *given = (struct fake_waybill){.key = ""};
    text_copy(given->key, sizeof(given->key), key);
    if (*fake.repeats)
        text_copy(given->number, sizeof(given->number), fake.repeats);
    else
        snprintf(given->number, sizeof(given->number), "F%zu", fake.waybill_count);
    return given;
}

static inline void fake_waybills(void)
{
    bool apart = (fake_platform.caps.abilities & PLATFORM_PRINTS_APART) != 0;
    fake.answer.waybills = calloc(fake.want.parcel_count, sizeof(*fake.answer.waybills));
    fake.answer.count = fake.want.parcel_count;
    for (size_t i = 0; i < fake.answer.count; i++) {
        struct platform_waybill *row = &fake.answer.waybills[i];
        const struct platform_parcel *parcel = &fake.want.parcels[i];
        text_copy(row->key, sizeof(row->key), parcel->key);
        if (strcmp(parcel->address, "nowhere") == 0)
            fake.fault.class = PLATFORM_PARAMETER; /* of all of them */
        const struct fake_waybill *given = strcmp(parcel->key, fake.fails) == 0 ? NULL : fake_give(parcel->key);
        if (!given && !*fake.fails)
            fake.fault.class = PLATFORM_PERMISSION;
        else if (!given) {
            fake.fault.class = PLATFORM_PARTIAL;
            row->fault = PLATFORM_RETRY;
        } else {
            text_copy(row->number, sizeof(row->number), given->number);
            text_copy(row->sort_code, sizeof(row->sort_code), "571-A1");
            row->print_data = apart ? NULL : strdup("{\"encryptedData\":\"AES\"}");
        }
    }
}

static inline void fake_print(void)
{
    fake.answer.waybills = calloc(1, sizeof(*fake.answer.waybills));
    fake.answer.count = 1;
    text_copy(fake.answer.waybills->number, sizeof(fake.answer.waybills->number), fake.want.waybill);
    fake.answer.waybills->print_data = strdup("{\"encryptedData\":\"apart\"}");
}

static inline void fake_cancel(void)
{
    struct fake_waybill *waybill = fake_waybill(fake.want.waybill);
    if (!waybill)
        fake.fault.class = PLATFORM_NOT_FOUND;
    else if (waybill->used || waybill->cancelled)
        fake.fault.class = PLATFORM_CONFLICT;
    else
        waybill->cancelled = true;
}

static void (*const fake_does[PLATFORM_VERBS])(void) = {
    [PLATFORM_ORDERS] = fake_orders,         [PLATFORM_ORDER] = fake_one_order,
    [PLATFORM_REFUNDS] = fake_refunds,       [PLATFORM_SHIP] = fake_ship,
    [PLATFORM_STOCK] = fake_set_stock,       [PLATFORM_STOCK_READ] = fake_read_stock,
    [PLATFORM_TOKEN_REFRESH] = fake_refresh, [PLATFORM_WAYBILL_GET] = fake_waybills,
    [PLATFORM_WAYBILL_PRINT] = fake_print,   [PLATFORM_WAYBILL_CANCEL] = fake_cancel,
    [PLATFORM_PRICE] = fake_set_price,       [PLATFORM_LISTING] = fake_set_sale,
};

/* ---------------------------------------------------------------- how it is called */

static inline void fake_note_call(void)
{
    assert_true(fake.call_count < FAKE_CALLS);
    struct fake_call *call = &fake.calls[fake.call_count++];
    const struct platform_want *want = &fake.want;
    *call = (struct fake_call){.verb = want->verb,
                               .from_us = want->from_us,
                               .to_us = want->to_us,
                               .now_us = want->now_us,
                               .delta = want->delta,
                               .stock_count = want->stock_count};
    text_copy(call->cursor, sizeof(call->cursor), want->cursor);
    text_copy(call->order, sizeof(call->order), want->shipment ? want->shipment->order : want->order);
    text_copy(call->waybill, sizeof(call->waybill), want->shipment ? want->shipment->waybill : want->waybill);
    text_copy(call->key, sizeof(call->key), want->key);
    text_copy(call->currency, sizeof(call->currency), want->currency);
    text_copy(call->token, sizeof(call->token), fake.shop->access_token);
    text_copy(call->shop, sizeof(call->shop), fake.shop->id);
    call->extra = want->shipment && want->shipment->extra;
    call->whole = want->shipment && want->shipment->whole;
    call->raw = want->shipment && want->shipment->raw && strcmp(want->shipment->raw, "{\"is\":\"raw\"}") == 0;
    for (size_t i = 0; i < want->stock_count && i < COUNT(call->stock); i++)
        call->stock[i] = want->stock[i];
    call->parcel_count = want->parcel_count;
    for (size_t i = 0; i < want->parcel_count; i++)
        call->parcels[i] = want->parcels[i];
    text_copy(call->sender, sizeof(call->sender), want->sender ? want->sender->address : "");
    text_copy(call->form, sizeof(call->form), want->form);
    text_copy(call->carrier, sizeof(call->carrier), want->carrier);
}

static int fake_build(const struct platform_shop *shop, const struct platform_want *want, struct platform_request *out,
                      struct error *error)
{
    (void)error;
    if (!fake_does[want->verb])
        return -ENOTSUP;
    out->method = "POST";
    fake.want = *want;
    fake.shop = shop;
    return 0;
}

static inline struct fake_fault *fake_next_fault(void)
{
    for (size_t i = 0; i < COUNT(fake.faults); i++) {
        struct fake_fault *fault = &fake.faults[i];
        if (fault->times == 0 || fault->verb != fake.want.verb)
            continue;
        if (fault->skip-- > 0)
            return NULL;
        fault->skip = 0;
        fault->times--;
        return fault;
    }
    return NULL;
}

static int fake_exchange(struct platform_transport *transport, const struct platform_request *request, bool once,
                         struct platform_response *ret)
{
    (void)transport, (void)request, (void)once;
    *ret = (struct platform_response){.status = 200, .sent = true};
    buf_puts(&ret->body, "{}");
    fake.fault = (struct platform_fault){.class = PLATFORM_OK};
    fake.answer = (struct platform_answer){0};
    assert_false(sql_in_transaction(fake.rig->office.sql)); /* nothing is locked while a platform is waited for */
    fake_note_call();
    if (fake.before) {
        void (*before)(struct rig *) = fake.before;
        fake.before = NULL;
        before(fake.rig);
    }
    if (fake.ahead_us)
        ret->clock_us = (fake.now_us + fake.ahead_us) / SECOND * SECOND;
    const struct fake_fault *fault = fake_next_fault();
    if (*fake.token && fake.want.verb != PLATFORM_TOKEN_REFRESH && strcmp(fake.token, fake.shop->access_token) != 0)
        fake.fault.class = PLATFORM_AUTH_EXPIRED;
    else if (!fault || fault->happens)
        fake_does[fake.want.verb]();
    if (fault && fault->class == PLATFORM_OK)
        ret->status = 0;
    else if (fault)
        fake.fault =
            (struct platform_fault){.class = fault->class, .retry_s = fault->retry_s, .message = "no, says it"};
    if ((fake.fault.class != PLATFORM_OK && fake.fault.class != PLATFORM_PARTIAL) || ret->status == 0)
        platform_answer_done(&fake.answer);
    return 0;
}

static void fake_classify(const struct platform_want *want, const struct platform_response *response,
                          const json_t *root, struct platform_fault *ret)
{
    (void)want, (void)response, (void)root;
    *ret = fake.fault;
}

static int fake_read(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                     struct platform_answer *answer, struct error *error)
{
    (void)want, (void)response, (void)root, (void)error;
    *answer = fake.answer;
    fake.answer = (struct platform_answer){0};
    return 0;
}

static struct platform fake_platform = {.name = "fake",
                                        .title = "Fake",
                                        .gateway = "https://127.0.0.1",
                                        .build = fake_build,
                                        .classify = fake_classify,
                                        .read = fake_read};
static struct platform_transport fake_transport = {.exchange = fake_exchange};

static const struct platform *fake_find(const char *name)
{
    return strcmp(name, "fake") == 0 ? &fake_platform : NULL;
}

static int64_t fake_clock(void)
{
    return fake.now_us;
}

/* ---------------------------------------------------------------- the shop */

struct shop_rig {
    struct rig rig;
    struct shop_work work, other; /* two programs that speak for shops */
};

static inline void shop_rig_worker(struct shop_rig *rig, struct shop_work *work, const char *name)
{
    *work = (struct shop_work){
        .worker = {
            .office = &rig->rig.office, .transport = &fake_transport, .find = fake_find, .clock_us = fake_clock}};
    text_copy(work->worker.name, sizeof(work->worker.name), name);
}

/* Shop "s1" with items A, B and C, 10 pieces of each at hz; all of it runs. */
static inline void shop_rig_open(struct shop_rig *rig)
{
    rig_open(&rig->rig);
    fake = (struct fake){.now_us = NOON_US, .rig = &rig->rig, .waybill_quota = 1000};
    fake_platform.caps =
        (struct platform_caps){.abilities = PLATFORM_STOCK_SET | PLATFORM_REFRESHES | PLATFORM_MULTI_PARCEL |
                                            PLATFORM_PART_SHIP | PLATFORM_WAYBILLS | PLATFORM_WAYBILL_KEY,
                               .window_s = 1800,
                               .window_max_s = 86400,
                               .overlap_s = 300,
                               .history_s = 3600,
                               .page = FAKE_PAGE,
                               .stock_batch = 10,
                               .waybill_batch = 10};
    rig_import_good(&rig->rig, "items", NULL, "sku,name,weight_g\nA,tea,1\nB,cup,1\nC,soap,1\n");
    rig_run(&rig->rig, "UPDATE site SET last_seen_us = 1700000000000000;"
                       "INSERT INTO stock (site, location, sku, quantity) VALUES ('hz', 'A-01', 'A', 10),"
                       " ('hz', 'A-02', 'B', 10), ('hz', 'A-03', 'C', 10);"
                       "INSERT INTO shop (code, platform, name, running, carrier) VALUES ('s1', 'fake', 'S', 1, 'SF');"
                       "INSERT INTO shop_account (shop, app_key, app_secret, access_token, platform_shop) VALUES ('s1',"
                       " 'k', 's', 'first', 's1'); INSERT INTO shop_health (shop) VALUES ('s1');"
                       "INSERT INTO shop_carrier (shop, carrier, code) VALUES ('s1', 'SF', 'sf-there')");
    shop_rig_worker(rig, &rig->work, "one");
    shop_rig_worker(rig, &rig->other, "two");
}

static inline void shop_rig_close(struct shop_rig *rig)
{
    struct error error;
    shop_work_end(&rig->work, &error);
    shop_work_end(&rig->other, &error);
    rig_close(&rig->rig);
}

static int shop_rig_set_up(void **state)
{
    struct shop_rig *rig = malloc(sizeof(*rig));
    shop_rig_open(rig);
    *state = rig;
    return 0;
}

static int shop_rig_tear_down(void **state)
{
    shop_rig_close(*state);
    free(*state);
    return 0;
}
#define ON_SHOP(test) cmocka_unit_test_setup_teardown(test, shop_rig_set_up, shop_rig_tear_down)

/* One line of two pieces of A, 19.90 each, paid, modified now. */
static inline struct fake_order *fake_place(const char *id)
{
    assert_true(fake.order_count < FAKE_ORDERS);
    struct fake_order *placed = &fake.orders[fake.order_count++];
    *placed = (struct fake_order){.order = {.state = PLATFORM_PAID,
                                            .status = "TO_SHIP",
                                            .created_us = fake.now_us - SECOND,
                                            .paid_us = fake.now_us,
                                            .modified_us = fake.now_us,
                                            .currency = "CNY",
                                            .goods_minor = 3980,
                                            .freight_minor = 600,
                                            .discount_minor = 80,
                                            .paid_minor = 4500,
                                            .buyer = "b",
                                            .name = "张伟",
                                            .phone = "13800000000",
                                            .province = "浙江省",
                                            .city = "杭州市",
                                            .district = "余杭区",
                                            .address = "文一西路1号",
                                            .line_count = 1},
                                  .lines = {{.item = "i1",
                                             .sku = "k1",
                                             .code = "A",
                                             .title = "tea",
                                             .quantity = 2,
                                             .price_minor = 1990,
                                             .paid_minor = 3900}}};
    text_copy(placed->order.id, sizeof(placed->order.id), id);
    snprintf(placed->lines[0].id, sizeof(placed->lines[0].id), "%.60s-1", id);
    return placed;
}

/* Says what a platform says of an order, as if it had been read. */
static inline enum platform_taken shop_rig_say(struct shop_rig *rig, struct fake_order *said)
{
    const struct platform_source source = {"s1", "fake", "SF"};
    struct office *office = &rig->rig.office;
    struct settings settings;
    enum platform_taken taken;
    said->order.lines = said->lines;
    static char raw[] = "{\"is\":\"raw\"}";
    said->order.raw = raw;
    office->now_us = fake.now_us;
    assert_int_equal(settings_load(office, &settings, &rig->rig.error), 0);
    assert_int_equal(office_begin(office, &rig->rig.error), 0);
    int result = platform_orders_take(office, &settings, &source, &said->order, &taken, &rig->rig.error);
    if (result)
        fail_msg("%s", rig->rig.error.text);
    assert_int_equal(office_commit(office, &rig->rig.error), 0);
    return taken;
}

/* Until nothing more is to be done now. */
static inline void shop_rig_work(struct shop_rig *rig)
{
    struct shop_turn turn = {.shop = "x"};
    for (int i = 0; i < 300 && *turn.shop; i++)
        if (shop_work_turn(&rig->work, &turn, &rig->rig.error) != 0)
            fail_msg("%s", rig->rig.error.text);
    assert_string_equal(turn.shop, "");
}

static inline void shop_rig_later(struct shop_rig *rig, int64_t seconds)
{
    fake.now_us += seconds * SECOND;
    shop_rig_work(rig);
}

static inline void shop_rig_reckon(struct shop_rig *rig)
{
    int64_t count;
    bool more;
    rig->rig.office.now_us = fake.now_us;
    assert_int_equal(stock_push(&rig->rig.office, 24, &count, &more, &rig->rig.error), 0);
}

static inline size_t fake_called(enum platform_verb verb)
{
    size_t count = 0;
    for (size_t i = 0; i < fake.call_count; i++)
        count += fake.calls[i].verb == verb;
    return count;
}

static inline const struct fake_call *fake_last(enum platform_verb verb)
{
    for (size_t i = fake.call_count; i-- > 0;)
        if (fake.calls[i].verb == verb)
            return &fake.calls[i];
    fail_msg("there was no call %s", platform_verb_name(verb));
    return NULL;
}

static inline void shop_rig_text(struct shop_rig *rig, const char *sql, const char *expected)
{
    char got[512] = "(no row)";
    struct sql_query *query = sql_select_values(rig->rig.office.sql, sql, (struct sql_value[]){{0}});
    if (sql_next(query))
        sql_copy_text(query, 0, got, sizeof(got));
    assert_int_equal(sql_done(query), 0);
    if (strcmp(got, expected) != 0)
        fail_msg("%s\nis %s, not %s", sql, got, expected);
}

static inline void shop_rig_count(struct shop_rig *rig, const char *sql, int64_t expected)
{
    int64_t got = rig_count(&rig->rig, sql);
    if (got != expected)
        fail_msg("%s\nis %lld, not %lld", sql, (long long)got, (long long)expected);
}

/* "name=value" each, ended by NULL. Returns what the verb returned. */
static inline int shop_rig_do(struct shop_rig *rig, const char *verb, const char *const *fields)
{
    struct buf answer = {0};
    json_t *object = json_object();
    for (; *fields; fields++) {
        const char *equals = strchr(*fields, '=');
        json_object_setn_new(object, *fields, (size_t)(equals - *fields), json_string(equals + 1));
    }
    rig->rig.office.now_us = fake.now_us;
    int result = verb_do(&rig->rig.office, verb, object, "tester", &answer, &rig->rig.error);
    json_decref(object);
    buf_done(&answer);
    return result;
}
#define DO(rig, verb, ...) shop_rig_do(rig, verb, (const char *const[]){__VA_ARGS__, NULL})

#endif
