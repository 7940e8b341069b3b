/* What a platform sells and what it is here: packs, bundles and their money, mapping by hand, and what follows of it
 * for orders, shipments, refunds and stock. */
#include "unit/shop_rig.h"

#include "sync/head-office/catalogue/listings.h"
#include "sync/head-office/orders/order_work.h"
#include "sync/head-office/shops/shipments.h"

/* The first column of all rows, with commas between. */
static void rows_are(struct shop_rig *rig, const char *sql, const char *expected)
{
    struct buf got = {0};
    struct sql_query *row = sql_select_values(rig->rig.office.sql, sql, (struct sql_value[]){{0}});
    while (sql_next(row))
        buf_printf(&got, "%s%s", got.length > 0 ? ", " : "", sql_get_text(row, 0));
    assert_int_equal(sql_done(row), 0);
    if (strcmp(buf_text(&got), expected) != 0)
        fail_msg("%s\nis %s, not %s", sql, buf_text(&got), expected);
    buf_done(&got);
}

static void lines_are(struct shop_rig *rig, const char *expected)
{
    rows_are(rig,
             "SELECT coalesce(sku, '?') || ' ' || quantity || ' ' || paid_minor FROM order_line WHERE number = 's1-1'"
             " ORDER BY line",
             expected);
}

static void import(struct shop_rig *rig, const char *kind, const char *text)
{
    rig_import_good(&rig->rig, kind, NULL, text);
}

/* SET is one A, which costs 1.00, and two B, which cost 1.50 each. */
static void set_of_two(struct shop_rig *rig)
{
    import(rig, "items", "sku,name,weight_g,cost_minor\nA,tea,1,100\nB,cup,1,150\nC,soap,1,\n");
    import(rig, "bundles", "bundle,sku,quantity,name\nSET,A,1,Tea set\nSET,B,2,\n");
}

static void audit(struct shop_rig *rig)
{
    struct order_work done;
    rig->rig.office.now_us = fake.now_us;
    assert_int_equal(order_work_audit(&rig->rig.office, 100, &done, &rig->rig.error), 0);
}

static struct fake_order *say(struct shop_rig *rig, const char *id, const char *code, int quantity)
{
    struct fake_order *placed = fake_place(id);
    text_copy(placed->lines[0].code, sizeof(placed->lines[0].code), code);
    placed->lines[0].quantity = quantity;
    placed->order.goods_minor = INT64_C(1990) * quantity;
    placed->order.discount_minor = INT64_C(1990) * quantity - 3900;
    shop_rig_say(rig, placed);
    return placed;
}

static void state_is(struct shop_rig *rig, const char *expected)
{
    shop_rig_text(rig, "SELECT state FROM orders WHERE number = 's1-1'", expected);
}

/* ---------------------------------------------------------------- lines */

static void a_bundle_is_its_parts_and_their_money_is_the_whole(void **state)
{
    struct shop_rig *rig = *state;
    set_of_two(rig);
    say(rig, "1", "SET", 3);
    lines_are(rig, "A 3 975, B 6 2925"); /* by 100 to 300 */
    shop_rig_text(rig,
                  "SELECT min(bundle) || ' ' || sum(goods_minor) || ' ' || count(DISTINCT platform_line) FROM"
                  " order_line",
                  "SET 5970 1");
    audit(rig);
    state_is(rig, "reserved");
    shop_rig_count(rig, "SELECT count(*) FROM reservation WHERE (sku, quantity) IN (('A', 3), ('B', 6))", 2);
}

static void what_cannot_be_shared_evenly_is_shared_to_the_cent(void **state)
{
    struct shop_rig *rig = *state;
    import(rig, "bundles", "bundle,sku,quantity,name\nTRIO,A,1,\nTRIO,B,1,\nTRIO,C,1,\n"); /* no item has a cost */
    struct fake_order *placed = say(rig, "1", "TRIO", 1);
    lines_are(rig, "A 1 1300, B 1 1300, C 1 1300");
    placed->lines[0].paid_minor = placed->order.paid_minor = 3901;
    placed->order.modified_us++;
    shop_rig_say(rig, placed); /* the same goods, a cent more */
    lines_are(rig, "A 1 1301, B 1 1300, C 1 1300");
    shop_rig_text(rig, "SELECT sum(goods_minor) || ' ' || min(goods_minor) FROM order_line", "1990 663");
    shop_rig_count(rig, "SELECT count(*) FROM order_line WHERE goods_minor < price_minor * quantity", 0);
}

static void prices_are_weights_before_costs(void **state)
{
    struct shop_rig *rig = *state;
    set_of_two(rig);
    assert_int_equal(DO(rig, "price.set", "sku=A", "amount_minor=3000"), 0);
    say(rig, "1", "SET", 1);
    lines_are(rig, "A 1 975, B 2 2925"); /* not all have a price */
    assert_int_equal(DO(rig, "price.set", "sku=B", "amount_minor=500"), 0);
    assert_int_equal(DO(rig, "price.set", "sku=A", "shop=s1", "amount_minor=2000"), 0);
    rig_run(&rig->rig, "DELETE FROM platform_order; DELETE FROM order_line; DELETE FROM orders");
    fake.order_count = 0;
    say(rig, "1", "SET", 1);
    lines_are(rig, "A 1 2600, B 2 1300");
}

static void a_pack_is_so_many_pieces(void **state)
{
    struct shop_rig *rig = *state;
    import(rig, "listings", "shop,item,platform_sku,sku,factor\ns1,i1,k1,C,6\n");
    struct fake_order *placed = say(rig, "1", "unheard-of", 1);
    lines_are(rig, "C 6 3900");
    shop_rig_text(rig, "SELECT price_minor || ' ' || goods_minor FROM order_line", "331 1990");
    placed->lines[0].price_minor = 2000;
    placed->order.modified_us++;
    shop_rig_say(rig, placed);
    shop_rig_text(rig, "SELECT price_minor || ' ' || goods_minor FROM order_line", "333 2000");
}

static void several_lines_keep_apart(void **state)
{
    struct shop_rig *rig = *state;
    set_of_two(rig);
    struct fake_order *placed = fake_place("1");
    placed->order.line_count = 2;
    text_copy(placed->lines[0].code, sizeof(placed->lines[0].code), "SET");
    placed->lines[1] = (struct platform_line){
        .id = "z", .item = "i2", .sku = "k2", .code = "SET", .quantity = 1, .price_minor = 400, .paid_minor = 400};
    shop_rig_say(rig, placed);
    rows_are(rig, "SELECT line || ':' || place || sku || quantity FROM order_line ORDER BY line",
             "1:1A2, 2:2A1, 3:1B4, 4:2B2");
    placed->lines[1].paid_minor = 360;
    placed->order.modified_us++;
    shop_rig_say(rig, placed);
    rows_are(rig, "SELECT paid_minor FROM order_line ORDER BY line", "975, 90, 2925, 270");
}

/* ---------------------------------------------------------------- mapping */

static void orders_that_wait_follow_what_a_person_says(void **state)
{
    struct shop_rig *rig = *state;
    set_of_two(rig);
    say(rig, "1", "unheard-of", 2);
    audit(rig);
    state_is(rig, "exception");
    assert_int_equal(DO(rig, "listing.map", "shop=s1", "item=i1", "platform_sku=k1", "bundle=SET"), 0);
    state_is(rig, "audit");
    lines_are(rig, "A 2 975, B 4 2925");
    audit(rig);
    state_is(rig, "reserved");
    assert_int_equal(DO(rig, "listing.map", "shop=s1", "item=i1", "platform_sku=k1", "sku=C", "factor=3"), 0);
    state_is(rig, "audit");
    lines_are(rig, "C 6 3900");
    shop_rig_count(rig, "SELECT count(*) FROM reservation", 0);
    audit(rig);
    assert_int_equal(DO(rig, "listing.unmap", "shop=s1", "item=i1", "platform_sku=k1"), 0);
    lines_are(rig, "? 2 3900");
    audit(rig);
    state_is(rig, "exception");
    shop_rig_text(rig, "SELECT sum(coalesce(goods_minor, price_minor * quantity)) || '' FROM order_line", "3980");
    fake_place("2");
    shop_rig_say(rig, &fake.orders[1]); /* its code is an item's, but a person has said no */
    shop_rig_count(rig, "SELECT count(*) FROM order_line WHERE number = 's1-2' AND sku IS NULL", 1);
}

static void what_a_site_has_stays(void **state)
{
    struct shop_rig *rig = *state;
    int64_t released;
    set_of_two(rig);
    say(rig, "1", "A", 2);
    audit(rig);
    rig_meet(&rig->rig);
    assert_int_equal(orders_release(&rig->rig.office, "hz", "s1-1", "", &released, &rig->rig.error), 0);
    assert_int_equal(DO(rig, "listing.map", "shop=s1", "item=i1", "platform_sku=k1", "bundle=SET"), 0);
    lines_are(rig, "A 2 3900");
    state_is(rig, "released");
}

static void an_unpaid_order_keeps_its_promise(void **state)
{
    struct shop_rig *rig = *state;
    set_of_two(rig);
    struct fake_order *placed = fake_place("1");
    placed->order.state = PLATFORM_UNPAID;
    placed->order.paid_us = 0;
    shop_rig_say(rig, placed);
    int64_t until_us = rig_count(&rig->rig, "SELECT min(expires_us) FROM reservation");
    assert_int_equal(DO(rig, "listing.map", "shop=s1", "item=i1", "platform_sku=k1", "bundle=SET"), 0);
    shop_rig_count(rig, "SELECT sum(quantity) FROM reservation", 6);
    shop_rig_count(rig, "SELECT min(expires_us) FROM reservation", until_us);
    state_is(rig, "pending_pay");
}

static void a_line_that_is_a_case_already_stays_and_is_told(void **state)
{
    struct shop_rig *rig = *state;
    set_of_two(rig);
    say(rig, "1", "A", 2);
    rig_run(&rig->rig, "UPDATE order_line SET refunded = 1");
    struct listing_effect effect;
    const struct listing_seen seen = {"i1", "k1", "", ""};
    const struct listing_meaning meaning = {.bundle = "SET", .factor = 1};
    assert_int_equal(listings_map(&rig->rig.office, "s1", &seen, &meaning, &effect, &rig->rig.error), 0);
    assert_int_equal(effect.kept, 1);
    lines_are(rig, "A 2 3900");
}

static void what_cannot_be_is_refused(void **state)
{
    struct shop_rig *rig = *state;
    struct import_result outcome;
    set_of_two(rig);
    say(rig, "1", "unheard-of", 1);
    assert_int_equal(DO(rig, "listing.map", "shop=s1", "item=i1", "platform_sku=k1"), -EINVAL);
    assert_int_equal(DO(rig, "listing.map", "shop=s1", "item=i1", "platform_sku=k1", "sku=A", "bundle=SET"), -EINVAL);
    assert_int_equal(DO(rig, "listing.map", "shop=s1", "item=i1", "platform_sku=k1", "bundle=SET", "factor=2"),
                     -EINVAL);
    assert_int_equal(DO(rig, "listing.map", "shop=s1", "item=i1", "platform_sku=k1", "bundle=NONE"), -ENOENT);
    assert_int_equal(DO(rig, "listing.unmap", "shop=s1", "item=never"), -ENOENT);
    assert_int_equal(DO(rig, "bundle.set", "bundle=A", "parts=[{\"sku\":\"B\",\"quantity\":1}]"), -EEXIST);
    assert_int_equal(DO(rig, "bundle.set", "bundle=X", "parts=[]"), -EINVAL);
    assert_int_equal(DO(rig, "bundle.set", "bundle=X", "parts=[{\"sku\":\"nothing\",\"quantity\":1}]"), -ENOENT);
    assert_int_equal(rig_import(&rig->rig, "items", NULL, "sku,name,weight_g\nSET,x,1\n", &outcome), -EEXIST);
    audit(rig); /* what it is must be known before it is split or merged */
    assert_int_equal(DO(rig, "order.split", "order=s1-1", "parts=[[{\"line\":1,\"quantity\":1}]]"), -EINVAL);
}

static void what_comes_by_file_twice_changes_nothing(void **state)
{
    struct shop_rig *rig = *state;
    struct import_result outcome;
    static const char bundles[] = "bundle,sku,quantity,name\nSET,A,1,Tea set\nSET,B,2,\n";
    static const char listings[] =
        "shop,item,platform_sku,sku,bundle,factor,code,title\ns1,i1,k1,,SET,1,x,Set\ns1,i2,,B,,1,,\ns1,i3,,,,1,A,tea\n";
    for (int again = 0; again < 2; again++) {
        assert_int_equal(rig_import(&rig->rig, "bundles", NULL, bundles, &outcome), 0);
        assert_int_equal(outcome.changed, again ? 0 : 2);
        assert_int_equal(rig_import(&rig->rig, "listings", NULL, listings, &outcome), 0);
        assert_int_equal(outcome.changed, again ? 0 : 3);
    }
    shop_rig_text(rig, "SELECT our_sku || ' ' || matched FROM listing WHERE item = 'i3'", "A code");
    assert_int_equal(rig_import(&rig->rig, "bundles", NULL, "bundle,sku,quantity\nSET,B,0\nSET,C,1\n", &outcome), 0);
    rows_are(rig, "SELECT sku FROM bundle_part ORDER BY sku", "A, C");
}

/* ---------------------------------------------------------------- stock */

static void offer_of(struct shop_rig *rig, int64_t pieces)
{
    shop_rig_reckon(rig);
    shop_rig_count(rig, "SELECT pieces FROM stock_offer", pieces);
}

static void a_bundle_is_offered_as_often_as_its_parts_make_it(void **state)
{
    struct shop_rig *rig = *state;
    set_of_two(rig);
    rig_run(&rig->rig, "UPDATE shop SET offers = 1");
    import(rig, "listings", "shop,item,platform_sku,sku,bundle,factor\ns1,i1,k1,,SET,1\n");
    offer_of(rig, 5); /* ten cups */
    rig_run(&rig->rig, "UPDATE stock SET quantity = 7 WHERE sku = 'B'");
    offer_of(rig, 3);
    rig_run(&rig->rig, "UPDATE stock SET quantity = 2 WHERE sku = 'A'");
    offer_of(rig, 2);
    assert_int_equal(DO(rig, "listing.map", "shop=s1", "item=i1", "platform_sku=k1", "sku=C", "factor=4"), 0);
    offer_of(rig, 2); /* ten pieces of soap in packs of four */
    assert_int_equal(DO(rig, "listing.offer", "shop=s1", "item=i1", "platform_sku=k1", "buffer=1"), 0);
    offer_of(rig, 1);
    assert_int_equal(DO(rig, "listing.unmap", "shop=s1", "item=i1", "platform_sku=k1"), 0);
    offer_of(rig, 0); /* nobody knows what would be sold */
}

/* ---------------------------------------------------------------- shipments and refunds */

static void left(struct shop_rig *rig, const char *number, const char *waybill)
{
    char sql[1024];
    snprintf(
        sql, sizeof(sql),
        "UPDATE orders SET state = 'labelled', site = 'hz' WHERE number = '%s';"
        "UPDATE order_line SET picked = quantity, packed = quantity, shipped = quantity WHERE number = '%s';"
        "INSERT INTO parcel (number, parcel, box, waybill, carrier, manifest) VALUES ('%s', 'P-1', 'B', '%s', 'SF',"
        " 'M')",
        number, number, number, waybill);
    rig_run(&rig->rig, sql);
    assert_int_equal(shipments_tell(rig->rig.office.sql, number), 0);
    snprintf(sql, sizeof(sql), "UPDATE orders SET state = 'shipped' WHERE number = '%s'", number);
    rig_run(&rig->rig, sql);
}

static void told(struct shop_rig *rig, int64_t rows, const char *lines)
{
    shop_rig_count(rig, "SELECT count(*) FROM outbox WHERE kind = 'ship'", rows);
    char sql[256];
    snprintf(sql, sizeof(sql),
             "SELECT CASE WHEN body LIKE '%%\"lines\":%s%%' THEN 'yes' ELSE body END FROM outbox WHERE"
             " kind = 'ship' ORDER BY id DESC LIMIT 1",
             lines);
    if (rows > 0)
        shop_rig_text(rig, sql, "yes");
}

static void a_bundle_has_left_when_its_last_part_has(void **state)
{
    struct shop_rig *rig = *state;
    set_of_two(rig);
    say(rig, "1", "SET", 2); /* lines 1: two A, 2: four B */
    audit(rig);
    assert_int_equal(DO(rig, "order.split", "order=s1-1",
                        "parts=[[{\"line\":1,\"quantity\":2},{\"line\":2,\"quantity\":1}],"
                        "[{\"line\":2,\"quantity\":1}],[{\"line\":2,\"quantity\":2}]]"),
                     0);
    shop_rig_text(rig, "SELECT sum(goods_minor) || ' ' || sum(paid_minor) FROM order_line WHERE number <> 's1-1'",
                  "3980 3900");
    left(rig, "s1-1-1", "SF1");
    told(rig, 0, "");
    left(rig, "s1-1-2", "SF2");
    told(rig, 1, "[{\"line\":\"1-1\",\"quantity\":1}]");
    left(rig, "s1-1-3", "SF3");
    told(rig, 2, "[{\"line\":\"1-1\",\"quantity\":1}]");
}

static void a_bundle_of_which_a_part_was_given_up_leaves_without_it(void **state)
{
    struct shop_rig *rig = *state;
    set_of_two(rig);
    say(rig, "1", "SET", 1);
    audit(rig);
    rig_run(&rig->rig,
            "UPDATE order_line SET refunded = 2 WHERE sku = 'B'; UPDATE orders SET state = 'labelled', site ="
            " 'hz'; UPDATE order_line SET picked = 1, packed = 1, shipped = 1 WHERE sku = 'A'; INSERT INTO"
            " parcel (number, parcel, box, waybill, carrier, manifest) VALUES ('s1-1', 'P', 'B', 'SF1', 'SF',"
            " 'M')");
    assert_int_equal(shipments_tell(rig->rig.office.sql, "s1-1"), 0);
    told(rig, 1, "[{\"line\":\"1-1\",\"quantity\":1}]");
}

static void a_pack_is_told_as_the_platform_counts_it(void **state)
{
    struct shop_rig *rig = *state;
    import(rig, "listings", "shop,item,platform_sku,sku,factor\ns1,i1,k1,C,5\n");
    say(rig, "1", "", 2);
    audit(rig);
    left(rig, "s1-1", "SF1");
    told(rig, 1, "[{\"line\":\"1-1\",\"quantity\":2}]");
}

static void a_refund_of_one_bundle_is_of_its_parts(void **state)
{
    struct shop_rig *rig = *state;
    set_of_two(rig);
    say(rig, "1", "SET", 3);
    fake.refunds[fake.refund_count++] = (struct platform_refund){.id = "r1",
                                                                 .order = "1",
                                                                 .line = "1-1",
                                                                 .state = PLATFORM_REFUND_ASKED,
                                                                 .quantity = 1,
                                                                 .amount_minor = 1300,
                                                                 .modified_us = fake.now_us};
    shop_rig_later(rig, 31);
    rows_are(rig, "SELECT sku || ' ' || quantity || ' ' || amount_minor FROM aftersale_line ORDER BY line",
             "A 1 325, B 2 975");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SHOP(a_bundle_is_its_parts_and_their_money_is_the_whole),
        ON_SHOP(what_cannot_be_shared_evenly_is_shared_to_the_cent),
        ON_SHOP(prices_are_weights_before_costs),
        ON_SHOP(a_pack_is_so_many_pieces),
        ON_SHOP(several_lines_keep_apart),
        ON_SHOP(orders_that_wait_follow_what_a_person_says),
        ON_SHOP(what_a_site_has_stays),
        ON_SHOP(an_unpaid_order_keeps_its_promise),
        ON_SHOP(a_line_that_is_a_case_already_stays_and_is_told),
        ON_SHOP(what_cannot_be_is_refused),
        ON_SHOP(what_comes_by_file_twice_changes_nothing),
        ON_SHOP(a_bundle_is_offered_as_often_as_its_parts_make_it),
        ON_SHOP(a_bundle_has_left_when_its_last_part_has),
        ON_SHOP(a_bundle_of_which_a_part_was_given_up_leaves_without_it),
        ON_SHOP(a_pack_is_told_as_the_platform_counts_it),
        ON_SHOP(a_refund_of_one_bundle_is_of_its_parts),
    };
    return cmocka_run_group_tests_name("goods", tests, NULL, NULL);
}
