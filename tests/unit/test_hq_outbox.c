/* What platforms are told: once each, whatever becomes of the answer; and what listings may sell. */
#include "unit/shop_rig.h"

#include "sync/head-office/orders/order_work.h"
#include "sync/head-office/shops/shipments.h"

/* ---------------------------------------------------------------- shipments */

/* An order that is at hz, in one parcel or two, as far as the events of the site tell. */
static void pick_and_pack(struct shop_rig *rig, const char *id, int parcels)
{
    struct order_work done;
    char sql[512];
    fake_place(id);
    shop_rig_later(rig, 31);
    assert_int_equal(order_work_audit(&rig->rig.office, 10, &done, &rig->rig.error), 0);
    snprintf(sql, sizeof(sql),
             "UPDATE orders SET state = 'labelled' WHERE number = 's1-%s';"
             "UPDATE order_line SET picked = quantity, packed = quantity WHERE number = 's1-%s';"
             "INSERT INTO parcel (number, parcel, box) VALUES ('s1-%s', 'P-1', 'B')",
             id, id, id);
    rig_run(&rig->rig, sql);
    snprintf(sql, sizeof(sql), "INSERT INTO parcel (number, parcel, box) VALUES ('s1-%s', 'P-2', 'B')", id);
    if (parcels > 1)
        rig_run(&rig->rig, sql);
    rig_run(&rig->rig,
            "INSERT INTO assignment (number, site, feed_seq, lease_s, renewed_us) SELECT number, 'hz', 1, 0, 0"
            " FROM orders WHERE state = 'labelled' ON CONFLICT DO NOTHING");
}

static int64_t seq;

static void leave(struct shop_rig *rig, const char *id, const char *parcel, const char *waybill)
{
    char data[256];
    struct buf line = {0};
    rig_meet(&rig->rig);
    snprintf(data, sizeof(data),
             "{\"order\":\"s1-%s\",\"parcel\":\"%s\",\"waybill\":\"%s\",\"manifest\":\"M\",\"carrier\":\"SF\"}", id,
             parcel, waybill);
    rig_put_event(&line, "hz", 1, ++seq, "parcel.shipped", data);
    rig_segment(&rig->rig, "box-1", seq, &line);
    rig_turn(&rig->rig);
    buf_done(&line);
}

static void ship(struct shop_rig *rig, const char *id)
{
    seq = 0;
    pick_and_pack(rig, id, 1);
    leave(rig, id, "P-1", "SF100");
}

static void outbox_is(struct shop_rig *rig, const char *expected)
{
    shop_rig_text(rig, "SELECT state FROM outbox ORDER BY id DESC LIMIT 1", expected);
}

static void a_shipment_is_told_once(void **state)
{
    struct shop_rig *rig = *state;
    ship(rig, "1");
    outbox_is(rig, "waiting"); /* with the event, in one transaction */
    shop_rig_work(rig);
    outbox_is(rig, "done");
    const struct fake_call *call = fake_last(PLATFORM_SHIP);
    assert_string_equal(call->order, "1");
    assert_string_equal(call->waybill, "SF100");
    assert_true(call->whole && !call->extra && *call->key);
    assert_int_equal(shipments_tell(rig->rig.office.sql, "s1-1"), 0); /* as after a restored backup */
    shop_rig_later(rig, 100);
    assert_int_equal(fake.shipments, 1);
    shop_rig_text(rig, "SELECT state FROM orders", "shipped"); /* and what the platform says then changes nothing */
    fake.orders[0].order.state = PLATFORM_COMPLETED;
    fake.orders[0].order.modified_us = fake.now_us;
    shop_rig_later(rig, 31);
    shop_rig_text(rig, "SELECT state FROM orders", "finished");
    shop_rig_count(rig, "SELECT count(*) FROM attention", 0);
}

static void further_parcels_follow_the_first(void **state)
{
    struct shop_rig *rig = *state;
    seq = 0;
    pick_and_pack(rig, "1", 2);
    leave(rig, "1", "P-1", "SF100");
    shop_rig_count(rig, "SELECT count(*) FROM outbox", 0); /* it has not left as a whole */
    leave(rig, "1", "P-2", "SF101");
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_SHIP, .class = PLATFORM_OK, .times = 1};
    shop_rig_work(rig);
    assert_int_equal(fake.shipments, 0); /* the second does not overtake the first */
    shop_rig_later(rig, 10);
    assert_int_equal(fake.shipments, 2);
    assert_string_equal(fake_last(PLATFORM_SHIP)->waybill, "SF101");
    assert_true(fake_last(PLATFORM_SHIP)->extra);
    shop_rig_count(rig, "SELECT count(*) FROM outbox WHERE state = 'done'", 2);
}

static void a_lost_reply_is_read_back(void **state)
{
    struct shop_rig *rig = *state;
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_SHIP, .happens = true, .times = 1};
    ship(rig, "1");
    shop_rig_work(rig);
    outbox_is(rig, "uncertain");
    for (int i = 0; i < 5; i++)
        shop_rig_later(rig, 5);
    outbox_is(rig, "done");
    assert_int_equal(fake.shipments, 1);
    assert_int_equal(fake_called(PLATFORM_SHIP), 1);
}

static void what_did_not_happen_is_said_again(void **state)
{
    struct shop_rig *rig = *state;
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_SHIP, .times = 2};
    ship(rig, "1");
    for (int i = 0; i < 10; i++)
        shop_rig_later(rig, 5);
    outbox_is(rig, "done");
    assert_int_equal(fake.shipments, 1);
    assert_int_equal(fake_called(PLATFORM_SHIP), 3);
    for (size_t i = 0; i < fake.call_count; i++) /* the platform may know it by its key */
        if (fake.calls[i].verb == PLATFORM_SHIP)
            assert_string_equal(fake.calls[i].key, fake_last(PLATFORM_SHIP)->key);
    shop_rig_count(rig, "SELECT attempts FROM outbox", 3);
}

static void what_a_dead_program_had_begun_is_read_back(void **state)
{
    struct shop_rig *rig = *state;
    ship(rig, "1");
    rig_run(&rig->rig, "UPDATE outbox SET state = 'sending', attempts = 1;"
                       "UPDATE shop_health SET worker = 'dead', lease_us = 0");
    fake.orders[0].order.state = PLATFORM_SHIPPED; /* it had gone through */
    text_copy(fake.orders[0].order.waybill, 6, "SF100");
    shop_rig_work(rig);
    outbox_is(rig, "done");
    assert_int_equal(fake_called(PLATFORM_SHIP), 0);
}

static void what_was_shipped_otherwise_is_a_persons(void **state)
{
    struct shop_rig *rig = *state;
    ship(rig, "1");
    fake.orders[0].order.state = PLATFORM_SHIPPED;
    text_copy(fake.orders[0].order.waybill, 6, "YT999");
    shop_rig_work(rig);
    outbox_is(rig, "refused");
    shop_rig_text(rig, "SELECT said FROM outbox", "it was shipped with another waybill there: YT999");
    shop_rig_text(rig, "SELECT kind || ' ' || about FROM attention WHERE settled_us IS NULL", "not_told s1-1");
    text_copy(fake.orders[0].order.waybill, 6, "SF100"); /* somebody has put it right there */
    assert_int_equal(DO(rig, "outbox.retry", "id=1"), 0);
    shop_rig_work(rig);
    outbox_is(rig, "done");
    shop_rig_count(rig, "SELECT count(*) FROM attention WHERE settled_us IS NULL", 0);
    assert_int_equal(DO(rig, "outbox.retry", "id=1"), -EALREADY);
    assert_int_equal(DO(rig, "outbox.drop", "id=7"), -ENOENT);
}

static void what_is_refused_is_told_in_the_platforms_words(void **state)
{
    struct shop_rig *rig = *state;
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_SHIP, .class = PLATFORM_CONFLICT, .times = 1};
    ship(rig, "1"); /* a refund is asked for, say */
    shop_rig_work(rig);
    outbox_is(rig, "refused");
    shop_rig_text(rig, "SELECT class || ' ' || said FROM outbox", "conflict no, says it");
    assert_int_equal(fake_called(PLATFORM_SHIP), 1);
    assert_int_equal(DO(rig, "outbox.drop", "id=1", "reason=by phone"), 0);
    shop_rig_text(rig, "SELECT state || ' ' || said FROM outbox", "dropped by phone");
}

static void a_carrier_without_a_name_there_waits_for_one(void **state)
{
    struct shop_rig *rig = *state;
    rig_run(&rig->rig, "DELETE FROM shop_carrier");
    ship(rig, "1");
    shop_rig_work(rig);
    outbox_is(rig, "refused");
    assert_int_equal(fake_called(PLATFORM_SHIP), 0);
    assert_int_equal(DO(rig, "shop.carrier", "shop=s1", "carrier=SF", "code=505"), 0);
    shop_rig_work(rig);
    outbox_is(rig, "done");
}

static void a_throttled_write_waits_with_its_shop(void **state)
{
    struct shop_rig *rig = *state;
    ship(rig, "1");
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_SHIP, .class = PLATFORM_THROTTLED, .times = 1, .retry_s = 20};
    shop_rig_work(rig);
    outbox_is(rig, "waiting");
    shop_rig_later(rig, 19);
    assert_int_equal(fake_called(PLATFORM_SHIP), 1);
    shop_rig_later(rig, 2);
    outbox_is(rig, "done");
}

static void a_write_goes_on_with_a_fresh_token(void **state)
{
    struct shop_rig *rig = *state;
    ship(rig, "1");
    rig_run(&rig->rig, "UPDATE shop_account SET refresh_token = 'r'");
    text_copy(fake.token, sizeof(fake.token), "other");
    shop_rig_work(rig);
    outbox_is(rig, "done");
    assert_int_equal(fake_called(PLATFORM_TOKEN_REFRESH), 1);
    assert_int_equal(fake.shipments, 1);
}

/* Of Shopify's orders the lines are known by what was just read; WooCommerce takes a parcel of a cancelled one, too. */
static void an_order_is_looked_at_first_where_it_must_be(void **state)
{
    static const unsigned abilities[] = {PLATFORM_SHIPS_BY_RAW, PLATFORM_SHIPS_ANYTHING};
    struct shop_rig *rig = *state;
    seq = 0;
    for (int i = 0; i < (int)COUNT(abilities); i++) {
        char id[8];
        snprintf(id, sizeof(id), "%d", i + 1);
        fake_platform.caps.abilities = abilities[i];
        pick_and_pack(rig, id, 1);
        leave(rig, id, "P-1", "SF100");
        fake.faults[0] = (struct fake_fault){.verb = PLATFORM_ORDER, .class = PLATFORM_RETRY, .times = 1};
        shop_rig_work(rig);
        assert_int_equal(fake.shipments, i); /* nothing is said that was not looked at */
        shop_rig_later(rig, 5);
        outbox_is(rig, "done");
        assert_int_equal(fake.shipments, i + 1);
        assert_true(fake_last(PLATFORM_SHIP)->raw);
    }
    pick_and_pack(rig, "3", 1);
    leave(rig, "3", "P-1", "SF102");
    fake_order("3")->state = PLATFORM_CANCELLED;
    shop_rig_work(rig);
    outbox_is(rig, "refused");
    shop_rig_text(rig, "SELECT said FROM outbox WHERE state = 'refused'", "the order is cancelled there");
    assert_int_equal(fake.shipments, 2);
}

static void another_waybill_is_told(void **state)
{
    struct shop_rig *rig = *state;
    fake_platform.caps.abilities |= PLATFORM_SHIP_AMENDS;
    ship(rig, "1");
    shop_rig_work(rig);
    assert_int_equal(DO(rig, "order.waybill", "order=s1-1", "waybill=SF200"), 0);
    shop_rig_text(rig, "SELECT kind || ' ' || subject FROM outbox WHERE state = 'waiting'", "ship_amend s1-1");
    shop_rig_text(rig, "SELECT waybill FROM parcel", "SF200");
    assert_int_equal(DO(rig, "order.waybill", "order=s1-2", "waybill=SF200"), -ENOENT);
}

/* As when the last event of an order's parcels is taken. */
static void has_left(struct shop_rig *rig, const char *number, const char *waybill)
{
    char sql[512];
    snprintf(
        sql, sizeof(sql),
        "UPDATE orders SET state = 'shipped', site = 'hz' WHERE number = '%s';"
        "UPDATE order_line SET picked = quantity, packed = quantity, shipped = quantity WHERE number = '%s';"
        "INSERT INTO parcel (number, parcel, box, waybill, manifest, carrier) VALUES ('%s', 'P', 'B', '%s', 'M', 'SF')",
        number, number, number, waybill);
    rig_run(&rig->rig, sql);
    assert_int_equal(shipments_tell(rig->rig.office.sql, number), 0);
}

static void split(struct shop_rig *rig)
{
    fake_place("1")->order.line_count = 2;
    fake.orders[0].lines[1] =
        (struct platform_line){.id = "1-2", .item = "i2", .sku = "k2", .code = "B", .quantity = 3};
    shop_rig_later(rig, 1);
    assert_int_equal(DO(rig, "order.split", "order=s1-1", "parts=[[{\"line\":1,\"quantity\":2}]]"), 0);
}

static void each_part_is_told_with_its_lines(void **state)
{
    struct shop_rig *rig = *state;
    split(rig);
    has_left(rig, "s1-1-2", "SF2");
    shop_rig_text(
        rig, "SELECT subject || ' ' || body FROM outbox",
        "s1-1 {\"order\":\"1\",\"carrier\":\"SF\",\"waybill\":\"SF2\",\"lines\":[{\"line\":\"1-2\",\"quantity\":"
        "3}],\"whole\":false,\"extra\":false}");
    shop_rig_work(rig);
    assert_false(fake_last(PLATFORM_SHIP)->whole);
}

static void where_parts_cannot_be_told_the_next_is_a_further_parcel(void **state)
{
    struct shop_rig *rig = *state;
    fake_platform.caps.abilities &= ~(unsigned)PLATFORM_PART_SHIP;
    split(rig);
    has_left(rig, "s1-1-1", "SF1");
    shop_rig_work(rig);
    assert_true(fake_last(PLATFORM_SHIP)->whole && !fake_last(PLATFORM_SHIP)->extra);
    has_left(rig, "s1-1-2", "SF2");
    shop_rig_work(rig);
    assert_true(fake_last(PLATFORM_SHIP)->extra);
    assert_int_equal(fake.shipments, 2);
}

static void every_order_in_a_merged_parcel_is_told(void **state)
{
    struct shop_rig *rig = *state;
    fake_place("2");
    fake_place("3");
    shop_rig_later(rig, 1);
    assert_int_equal(DO(rig, "order.merge", "orders=[\"s1-2\",\"s1-3\"]"), 0);
    char merged[ORDERS_NUMBER_SIZE] = "";
    struct sql_query *row =
        sql_select(rig->rig.office.sql, "SELECT number FROM orders WHERE origin = 'merge'", SQL_NO_VALUES);
    if (sql_next(row))
        sql_copy_text(row, 0, merged, sizeof(merged));
    sql_done(row);
    has_left(rig, merged, "SF9");
    shop_rig_work(rig);
    assert_int_equal(fake.shipments, 2);
    shop_rig_count(rig,
                   "SELECT count(*) FROM outbox WHERE subject IN ('s1-2', 's1-3') AND state = 'done' AND body LIKE"
                   " '%\"whole\":true%'",
                   2);
}

static void what_became_of_a_part_of_a_line_is_a_persons_to_see(void **state)
{
    struct shop_rig *rig = *state;
    fake_place("1")->lines[0].quantity = 5;
    shop_rig_later(rig, 1);
    assert_int_equal(DO(rig, "order.split", "order=s1-1", "parts=[[{\"line\":1,\"quantity\":2}]]"), 0);
    has_left(rig, "s1-1-1", "SF1");
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_SHIP, .happens = true, .times = 1};
    shop_rig_work(rig);
    fake.orders[0].order.state = PLATFORM_PART_SHIPPED; /* of two by this parcel, or by somebody else's */
    *fake.orders[0].order.waybill = '\0';
    for (int i = 0; i < 5; i++)
        shop_rig_later(rig, 5);
    outbox_is(rig, "refused");
    assert_int_equal(fake_called(PLATFORM_SHIP), 1);
}

/* ---------------------------------------------------------------- what may be sold */

static void offer(struct shop_rig *rig)
{
    static const char *const skus[] = {"k1", "k2", "k3"};
    rig_run(&rig->rig,
            "INSERT INTO listing (shop, item, sku, our_sku, seen_us) VALUES ('s1', 'i1', 'k1', 'A', 0),"
            " ('s1', 'i1', 'k2', 'B', 0), ('s1', 'i2', 'k3', 'C', 0);"
            "UPDATE shop SET offers = 1, buffer = 1, ratio = 50; UPDATE listing SET buffer = 0, ratio = 100 WHERE sku ="
            " 'k3'");
    for (size_t i = 0; i < COUNT(skus); i++) {
        struct platform_stock_row *row = &fake.stock[fake.stock_count++];
        text_copy(row->sku, sizeof(row->sku), skus[i]);
        text_copy(row->item, sizeof(row->item), i < 2 ? "i1" : "i2");
    }
    shop_rig_reckon(rig);
}

static void stock_is(const char *sku, int64_t expected)
{
    assert_int_equal(fake_stock(sku)->quantity, expected);
}

static void a_share_of_what_can_be_promised_is_offered(void **state)
{
    struct shop_rig *rig = *state;
    offer(rig);
    shop_rig_work(rig);
    stock_is("k1", 4); /* (10 - 1) / 2, downwards */
    stock_is("k2", 4);
    stock_is("k3", 10);
    assert_int_equal(fake_called(PLATFORM_STOCK), 2); /* SKUs of one item together */
    shop_rig_reckon(rig);
    shop_rig_work(rig);
    assert_int_equal(fake.stock_writes, 3); /* nothing has changed */
    rig_run(&rig->rig, "UPDATE stock SET quantity = 1 WHERE sku = 'A'; UPDATE stock SET quantity = 6 WHERE sku = 'C'");
    shop_rig_reckon(rig);
    shop_rig_work(rig);
    stock_is("k1", 0);
    stock_is("k3", 6);
    assert_int_equal(fake.stock_writes, 5);
    shop_rig_count(rig, "SELECT sum(told) FROM stock_offer", 0 + 4 + 6);
    rig_run(&rig->rig, "UPDATE site SET last_seen_us = 1"); /* what lies at a silent site is nobody's to sell */
    shop_rig_reckon(rig);
    shop_rig_work(rig);
    stock_is("k3", 0);
}

static void an_order_takes_what_it_wants_off_the_offer(void **state)
{
    struct shop_rig *rig = *state;
    offer(rig);
    shop_rig_work(rig);
    fake_place("1")->lines[0].code[0] = 'C';
    fake.orders[0].lines[0].sku[1] = '3';
    fake.orders[0].lines[0].item[1] = '2';
    shop_rig_later(rig, 31);
    shop_rig_reckon(rig);
    shop_rig_work(rig);
    stock_is("k3", 8); /* though nobody has checked it yet */
}

/* The shop counts down what it sells: where our figure stays as it was, it must hear of it all the same. */
static void what_a_shop_has_sold_is_made_up_for(void **state)
{
    struct shop_rig *rig = *state;
    offer(rig);
    shop_rig_work(rig);
    stock_is("k1", 4); /* (10 - 1) / 2 */
    fake_place("1")->lines[0].quantity = 1;
    fake_stock("k1")->quantity = 3;
    shop_rig_later(rig, 31);
    shop_rig_reckon(rig);
    shop_rig_work(rig);
    stock_is("k1", 4); /* (9 - 1) / 2 */
    int writes = fake.stock_writes;
    shop_rig_later(rig, 31); /* it is read once more, and is the same */
    shop_rig_reckon(rig);
    shop_rig_work(rig);
    assert_int_equal(fake.stock_writes, writes);
}

static void only_the_last_figure_goes_out(void **state)
{
    struct shop_rig *rig = *state;
    offer(rig);
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_STOCK, .class = PLATFORM_OK, .times = 2}; /* lost, both */
    shop_rig_work(rig);
    rig_run(&rig->rig, "UPDATE stock SET quantity = 3 WHERE sku = 'C'");
    shop_rig_reckon(rig);
    rig_run(&rig->rig, "UPDATE stock SET quantity = 7 WHERE sku = 'C'");
    shop_rig_reckon(rig);
    for (int i = 0; i < 5; i++)
        shop_rig_later(rig, 5);
    stock_is("k3", 7);
    shop_rig_count(rig, "SELECT count(*) FROM outbox WHERE subject = 'i2/k3'",
                   1); /* what came to nothing is forgotten */
    shop_rig_count(rig, "SELECT version FROM stock_offer WHERE sku = 'k3'", 3);
    for (size_t i = 0; i < fake.call_count; i++)
        for (size_t j = 0; fake.calls[i].verb == PLATFORM_STOCK && j < fake.calls[i].stock_count; j++)
            assert_int_not_equal(fake.calls[i].stock[j].quantity, 3);
}

static void a_lost_figure_is_read_back(void **state)
{
    struct shop_rig *rig = *state;
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_STOCK, .happens = true, .times = 1};
    offer(rig);
    for (int i = 0; i < 5; i++)
        shop_rig_later(rig, 5);
    stock_is("k1", 4);
    stock_is("k2", 4);
    assert_int_equal(fake.stock_writes, 3);
    assert_int_equal(fake_called(PLATFORM_STOCK_READ), 1);
}

static void sell_one(struct rig *rig)
{
    (void)rig;
    fake_stock("k1")->quantity--;
}

static void a_platform_of_differences_is_told_the_difference(void **state)
{
    struct shop_rig *rig = *state;
    fake_platform.caps.abilities = PLATFORM_STOCK_DELTA;
    fake_platform.caps.stock_batch = 1;
    offer(rig);
    fake_stock("k1")->quantity = 7;
    fake_stock("k3")->quantity = 10;
    shop_rig_work(rig);
    stock_is("k1", 4);
    stock_is("k3", 10);
    assert_int_equal(fake.stock_writes, 2); /* what is right already is left alone */
    assert_true(fake_last(PLATFORM_STOCK)->delta);
    rig_run(&rig->rig, "UPDATE stock SET quantity = 21 WHERE sku = 'A'");
    shop_rig_reckon(rig);
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_STOCK, .happens = true, .times = 1}; /* the reply is lost */
    shop_rig_work(rig);
    sell_one(NULL);
    for (int i = 0; i < 5; i++)
        shop_rig_later(rig, 5);
    stock_is("k1", 10); /* not twice the difference: what is there is read before anything is said again */
}

static void some_rows_of_one_call(void **state)
{
    struct shop_rig *rig = *state;
    offer(rig);
    fake.stock_count = 2; /* k3 is not there any more */
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_STOCK, .class = PLATFORM_PARAMETER, .skip = 1, .times = 1};
    shop_rig_work(rig);
    shop_rig_count(rig, "SELECT count(*) FROM outbox WHERE state = 'done'", 2);
    shop_rig_text(rig, "SELECT subject || ' ' || state FROM outbox WHERE state <> 'done'", "i2/k3 refused");
    rig_run(&rig->rig, "UPDATE stock SET quantity = 2 WHERE sku = 'C'"); /* one that was refused holds up none */
    shop_rig_reckon(rig);
    shop_rig_work(rig);
    shop_rig_text(rig, "SELECT state FROM outbox ORDER BY id DESC LIMIT 1", "done");
}

static void a_shop_that_is_not_to_offer_offers_nothing(void **state)
{
    struct shop_rig *rig = *state;
    offer(rig);
    shop_rig_work(rig);
    rig_run(&rig->rig, "UPDATE shop SET offers = 0; UPDATE stock SET quantity = 0");
    shop_rig_reckon(rig);
    shop_rig_count(rig, "SELECT count(*) FROM outbox WHERE state = 'waiting'", 0);
}

/* ---------------------------------------------------------------- price and sale */

static void what_a_platform_cannot_do_is_said(void **state)
{
    struct shop_rig *rig = *state;
    rig_run(&rig->rig, "INSERT INTO listing (shop, item, sku, seen_us) VALUES ('s1', 'i1', 'k1', 0)");
    assert_int_equal(DO(rig, "listing.price", "shop=s1", "item=i1", "platform_sku=k1", "price_minor=1990"), 0);
    shop_rig_work(rig);
    shop_rig_text(rig, "SELECT state || ' ' || said FROM outbox",
                  "refused the platform does not let that be changed from outside");
    assert_int_equal(DO(rig, "listing.off", "shop=nobody", "item=i1"), -ENOENT);
    assert_int_equal(DO(rig, "listing.off", "shop=s1"), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SHOP(a_shipment_is_told_once),
        ON_SHOP(further_parcels_follow_the_first),
        ON_SHOP(a_lost_reply_is_read_back),
        ON_SHOP(what_did_not_happen_is_said_again),
        ON_SHOP(what_a_dead_program_had_begun_is_read_back),
        ON_SHOP(what_was_shipped_otherwise_is_a_persons),
        ON_SHOP(what_is_refused_is_told_in_the_platforms_words),
        ON_SHOP(a_carrier_without_a_name_there_waits_for_one),
        ON_SHOP(a_throttled_write_waits_with_its_shop),
        ON_SHOP(a_write_goes_on_with_a_fresh_token),
        ON_SHOP(an_order_is_looked_at_first_where_it_must_be),
        ON_SHOP(another_waybill_is_told),
        ON_SHOP(each_part_is_told_with_its_lines),
        ON_SHOP(where_parts_cannot_be_told_the_next_is_a_further_parcel),
        ON_SHOP(every_order_in_a_merged_parcel_is_told),
        ON_SHOP(what_became_of_a_part_of_a_line_is_a_persons_to_see),
        ON_SHOP(a_share_of_what_can_be_promised_is_offered),
        ON_SHOP(an_order_takes_what_it_wants_off_the_offer),
        ON_SHOP(what_a_shop_has_sold_is_made_up_for),
        ON_SHOP(only_the_last_figure_goes_out),
        ON_SHOP(a_lost_figure_is_read_back),
        ON_SHOP(a_platform_of_differences_is_told_the_difference),
        ON_SHOP(some_rows_of_one_call),
        ON_SHOP(a_shop_that_is_not_to_offer_offers_nothing),
        ON_SHOP(what_a_platform_cannot_do_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
