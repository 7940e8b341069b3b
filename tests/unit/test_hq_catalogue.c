/* The price list and what shops are told of it, what is on sale, what a listing may be, codes that floors have
 * proposed, and what can be looked at of all that. */
#include "unit/shop_rig.h"

#include "sync/head-office/catalogue/bundles.h"
#include "sync/head-office/catalogue/suggest.h"
#include "sync/head-office/query.h"
#include "sync/head-office/shops/listing_push.h"

/* Listings: i1/k1 is A, i1/k2 six C, i2/k3 the bundle SET of A and two B; the platform takes prices. */
static void sell(struct shop_rig *rig)
{
    fake_platform.caps.abilities |= PLATFORM_PRICES | PLATFORM_LISTINGS;
    rig_import_good(&rig->rig, "bundles", NULL, "bundle,sku,quantity,name\nSET,A,1,Tea set\nSET,B,2,\n");
    rig_import_good(&rig->rig, "listings", NULL,
                    "shop,item,platform_sku,sku,bundle,factor\ns1,i1,k1,A,,1\ns1,i1,k2,C,,6\ns1,i2,k3,,SET,1\n");
    assert_int_equal(DO(rig, "shop.set", "shop=s1", "prices=1"), 0);
    static const char *const skus[][2] = {{"i1", "k1"}, {"i1", "k2"}, {"i2", "k3"}};
    for (fake.stock_count = 0; fake.stock_count < COUNT(skus); fake.stock_count++) {
        text_copy(fake.stock[fake.stock_count].item, PLATFORM_ID_SIZE, skus[fake.stock_count][0]);
        text_copy(fake.stock[fake.stock_count].sku, PLATFORM_ID_SIZE, skus[fake.stock_count][1]);
    }
}

static void push(struct shop_rig *rig, int64_t expected)
{
    int64_t count;
    bool more;
    rig->rig.office.now_us = fake.now_us;
    assert_int_equal(listing_push(&rig->rig.office, &count, &more, &rig->rig.error), 0);
    assert_int_equal(count, expected);
    rig_run(&rig->rig, "UPDATE shop_health SET next_us = 0");
    shop_rig_work(rig);
}

static void price_is(const char *sku, int64_t minor)
{
    assert_int_equal(fake_stock(sku)->price_minor, minor);
}

/* ---------------------------------------------------------------- prices */

static void prices_of_the_list_are_told(void **state)
{
    struct shop_rig *rig = *state;
    sell(rig);
    push(rig, 0); /* what has no price keeps the one it has there */
    assert_int_equal(DO(rig, "price.set", "sku=A", "amount_minor=1000"), 0);
    assert_int_equal(DO(rig, "price.set", "sku=C", "amount_minor=300"), 0);
    assert_int_equal(DO(rig, "price.set", "bundle=SET", "amount_minor=2500"), 0);
    push(rig, 3);
    price_is("k1", 1000);
    price_is("k2", 1800);
    price_is("k3", 2500);
    assert_string_equal(fake_last(PLATFORM_PRICE)->currency, "CNY");
    push(rig, 0);
    assert_int_equal(fake_called(PLATFORM_PRICE), 3);
    assert_int_equal(DO(rig, "price.set", "sku=A", "shop=s1", "amount_minor=900"), 0); /* the shop's own goes first */
    push(rig, 1);
    price_is("k1", 900);
    shop_rig_text(rig, "SELECT value || ' ' || told || ' ' || version FROM listing_told WHERE sku = 'k1'", "900 900 2");
    rig_run(&rig->rig, "UPDATE shop SET prices = 0");
    assert_int_equal(DO(rig, "price.set", "sku=A", "shop=s1", "amount_minor=800"), 0);
    push(rig, 0);
}

static void a_price_begins_and_ends_at_its_time(void **state)
{
    struct shop_rig *rig = *state;
    sell(rig);
    fake.now_us = INT64_C(1763000000000000); /* 2025-11-13 10:13:20 in Beijing */
    assert_int_equal(DO(rig, "price.set", "sku=A", "amount_minor=1000"), 0);
    assert_int_equal(
        DO(rig, "price.set", "sku=A", "amount_minor=700", "from=2025-11-13 11:00:00", "to=2025-11-13 12:00:00"), 0);
    push(rig, 1);
    price_is("k1", 1000);
    fake.now_us += 2800 * SECOND - 1; /* 10:59:59.999999 */
    push(rig, 0);
    fake.now_us += 1;
    push(rig, 1);
    price_is("k1", 700);
    fake.now_us += 3600 * SECOND - 1;
    push(rig, 0);
    fake.now_us += 1;
    push(rig, 1);
    price_is("k1", 1000);
}

static void only_the_last_price_goes_out(void **state)
{
    struct shop_rig *rig = *state;
    int64_t count;
    bool more;
    sell(rig);
    for (int price = 1000; price <= 1002; price++) {
        char amount[32];
        snprintf(amount, sizeof(amount), "amount_minor=%d", price);
        assert_int_equal(DO(rig, "price.set", "sku=A", amount), 0);
        assert_int_equal(listing_push(&rig->rig.office, &count, &more, &rig->rig.error), 0);
    }
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_PRICE, .class = PLATFORM_OK, .happens = true, .times = 1};
    shop_rig_work(rig);
    shop_rig_later(rig, 30); /* the reply was lost: it is said again, and is the same */
    price_is("k1", 1002);
    assert_int_equal(fake_called(PLATFORM_PRICE), 2);
    shop_rig_count(rig, "SELECT count(*) FROM outbox WHERE kind = 'price' AND state = 'dropped'", 2);
    shop_rig_count(rig, "SELECT told FROM listing_told", 1002);
}

static void nothing_is_sold_below_its_floor(void **state)
{
    struct shop_rig *rig = *state;
    sell(rig);
    assert_int_equal(DO(rig, "price.floor", "sku=C", "amount_minor=250"), 0);
    assert_int_equal(DO(rig, "price.set", "sku=C", "amount_minor=249"), -ERANGE);
    assert_int_equal(DO(rig, "price.set", "sku=C", "amount_minor=250"), 0);
    assert_int_equal(DO(rig, "price.floor", "sku=C", "amount_minor=251"), -ERANGE);
    assert_int_equal(DO(rig, "listing.price", "shop=s1", "item=i1", "platform_sku=k2", "price_minor=1500"), -EPERM);
    rig_run(&rig->rig, "UPDATE shop SET prices = 0");
    assert_int_equal(DO(rig, "listing.price", "shop=s1", "item=i1", "platform_sku=k2", "price_minor=1499"), -ERANGE);
    assert_int_equal(DO(rig, "listing.price", "shop=s1", "item=i1", "platform_sku=k2", "price_minor=1500"), 0);
    shop_rig_work(rig);
    price_is("k2", 1500);
    assert_int_equal(DO(rig, "price.floor", "sku=C", "amount_minor=0"), 0);
    assert_int_equal(DO(rig, "price.set", "sku=C", "amount_minor=1"), 0);
    assert_int_equal(DO(rig, "price.set", "sku=C", "bundle=SET", "amount_minor=1"), -EINVAL);
    assert_int_equal(DO(rig, "price.set", "sku=nothing", "amount_minor=1"), -ENOENT);
    assert_int_equal(DO(rig, "price.set", "sku=A", "shop=none", "amount_minor=1"), -ENOENT);
    assert_int_equal(DO(rig, "price.set", "sku=A", "amount_minor=1", "from=tomorrow"), -EINVAL);
    assert_int_equal(DO(rig, "price.set", "sku=A", "amount_minor=1", "to=2020-01-01"), -EINVAL);
    assert_int_equal(DO(rig, "price.drop", "id=1"), 0);
    assert_int_equal(DO(rig, "price.drop", "id=1"), -ENOENT);
}

/* ---------------------------------------------------------------- on sale */

static void items_are_put_on_sale_and_taken_off(void **state)
{
    struct shop_rig *rig = *state;
    sell(rig);
    assert_int_equal(DO(rig, "listing.on", "shop=s1", "item=i1"), 0);
    shop_rig_work(rig);
    assert_true(fake_stock("k1")->on_sale && fake_stock("k2")->on_sale && !fake_stock("k3")->on_sale);
    assert_int_equal(DO(rig, "listing.off", "shop=s1", "item=i1"), 0);
    assert_int_equal(DO(rig, "listing.on", "shop=s1", "item=i1"), 0);
    assert_int_equal(DO(rig, "listing.off", "shop=s1", "item=i1"), 0);
    shop_rig_work(rig);
    assert_false(fake_stock("k1")->on_sale);
    assert_int_equal(fake_called(PLATFORM_LISTING), 2);
    shop_rig_text(rig, "SELECT value || ' ' || told || ' ' || version FROM listing_told WHERE kind = 'listing'",
                  "0 0 4");
    assert_int_equal(DO(rig, "listing.on", "shop=s1", "item=never"), -ENOENT);
    assert_int_equal(DO(rig, "listing.unmap", "shop=s1", "item=i1", "platform_sku=k2"), 0);
    assert_int_equal(DO(rig, "listing.on", "shop=s1", "item=i1"), -EINVAL); /* what would be sent? */
    assert_int_equal(DO(rig, "listing.off", "shop=s1", "item=i1"), 0);
}

/* ---------------------------------------------------------------- what it may be */

static void best_is(struct shop_rig *rig, const char *code, const char *title, const char *what, int64_t factor,
                    const char *why)
{
    struct suggestion found[3];
    size_t count = 0;
    const struct listing_seen seen = {"i9", "k9", code, title};
    assert_int_equal(sql_run(rig->rig.office.sql,
                             "INSERT INTO listing (shop, item, sku, code, title, seen_us) VALUES ('s1', 'i9', 'k9', ?1,"
                             " ?2, 0) ON CONFLICT (shop, item, sku) DO UPDATE SET code = ?1, title = ?2",
                             sql_text(code), sql_text(title)),
                     0);
    assert_int_equal(suggest(&rig->rig.office, "s1", &seen, COUNT(found), found, &count, &rig->rig.error), 0);
    if (!*what) {
        assert_int_equal(count, 0);
        return;
    }
    assert_true(count > 0);
    const struct listing_meaning *best = &found[0].meaning;
    assert_string_equal(*best->bundle ? best->bundle : best->sku, what);
    assert_int_equal(best->factor, factor);
    assert_string_equal(found[0].why, why);
    for (size_t i = 1; i < count; i++)
        assert_true(found[i].score <= found[i - 1].score);
}

static void a_listing_is_suggested_what_it_may_be_and_why(void **state)
{
    struct shop_rig *rig = *state;
    rig_import_good(&rig->rig, "items", NULL,
                    "sku,name,weight_g\nTS-RED-L,Shirt red L,1\nTS-RED-M,Shirt red M,1\nLJ,龙井茶叶,1\n");
    rig_import_good(&rig->rig, "barcodes", NULL, "code,kind,sku,factor\n6901234567892,item,LJ,6\n");
    rig_import_good(&rig->rig, "bundles", NULL, "bundle,sku,quantity,name\nSET-1,A,2,Gift box\n");
    best_is(rig, "ts red/m", "", "TS-RED-M", 1, "\"TS-RED-M\" is the code but for signs or capital letters");
    best_is(rig, "TS-RED-L*3", "", "TS-RED-L", 3, "the code is \"TS-RED-L\" with 3 pieces behind it");
    best_is(rig, "LJ x12", "", "LJ", 12, "the code is \"LJ\" with 12 pieces behind it");
    best_is(rig, "00006901234567892", "", "LJ", 6, "its barcode 6901234567892 is the code but for zeros in front");
    best_is(rig, "set1", "", "SET-1", 1, "\"SET-1\" is the code but for signs or capital letters");
    best_is(rig, "", "2024 new SHIRT, red, size L", "TS-RED-L", 1,
            "3 of 3 words of its name are in the title: shirt, red, l");
    best_is(rig, "", "新茶 明前龙井茶叶250克 包邮", "LJ", 1,
            "3 of 3 words of its name are in the title: 龙井, 井茶, 茶叶");
    best_is(rig, "", "Shirt", "", 0, ""); /* less than half of a name */
    best_is(rig, "nothing", "of that", "", 0, "");
    rig_run(&rig->rig, "INSERT INTO shop (code, platform, name) VALUES ('s2', 'fake', 'x'); INSERT INTO listing (shop,"
                       " item, sku, code, our_sku, factor, matched, seen_us) VALUES ('s2', 'x', 'x', 'OLD', 'A', 4,"
                       " 'person', 0)");
    best_is(rig, "OLD", "Gift box", "A", 4, "the same code means it in shop \"s2\"");
    assert_int_equal(DO(rig, "listing.suggest", "shop=s1", "item=i9", "platform_sku=k9"), 0);
    assert_int_equal(DO(rig, "listing.suggest", "shop=s1", "item=never"), -ENOENT);
}

/* ---------------------------------------------------------------- what can be looked at */

static json_t *look(struct shop_rig *rig, const char *kind)
{
    struct buf json = {0};
    if (query_list(rig->rig.office.sql, office_queries, kind, NULL, 0, &json, &rig->rig.error) != 0)
        fail_msg("%s: %s", kind, sql_message(rig->rig.office.sql));
    json_t *page = json_loadb(json.data, json.length, 0, NULL);
    assert_non_null(page);
    buf_done(&json);
    return page;
}

static void what_nobody_knows_stands_in_a_queue_with_the_orders_that_wait(void **state)
{
    struct shop_rig *rig = *state;
    sell(rig);
    for (int i = 0; i < 3; i++) {
        char id[4];
        snprintf(id, sizeof(id), "%d", i);
        struct fake_order *placed = fake_place(id);
        text_copy(placed->lines[0].sku, sizeof(placed->lines[0].sku), i < 2 ? "kx" : "ky");
        text_copy(placed->lines[0].code, sizeof(placed->lines[0].code), "unheard-of");
        shop_rig_say(rig, placed);
    }
    fake.orders[2].order.state = PLATFORM_CANCELLED;
    fake.orders[2].order.modified_us++;
    shop_rig_say(rig, &fake.orders[2]);
    json_t *page = look(rig, "unmapped"), *rows = json_object_get(page, "rows");
    assert_int_equal(json_array_size(rows), 2);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(rows, 0), "orders")), 2);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(rows, 0), "pieces")), 4);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(rows, 1), "orders")), 0);
    json_decref(page);
    static const char *const kinds[] = {"bundles", "bundle-parts", "listings", "prices", "proposed-barcodes", "shops"};
    for (size_t i = 0; i < COUNT(kinds); i++)
        json_decref(look(rig, kinds[i]));
}

static void a_bundle_can_be_promised_as_often_as_its_parts_make_it(void **state)
{
    struct shop_rig *rig = *state;
    sell(rig);
    rig_run(&rig->rig, "UPDATE stock SET quantity = 9 WHERE sku = 'B'");
    rig->rig.office.now_us = fake.now_us;
    struct sql_query *row = bundles_atp(&rig->rig.office, "", 86400);
    assert_true(sql_next(row));
    assert_string_equal(sql_get_text(row, 0), "SET");
    assert_int_equal(sql_get_int(row, 1), 4);
    assert_false(sql_next(row));
    assert_int_equal(sql_done(row), 0);
}

/* ---------------------------------------------------------------- codes of the floor */

static int64_t proposals[2];

static void propose(struct shop_rig *rig, const char *site, const char *code, const char *sku)
{
    struct buf line = {0};
    char data[128];
    bool bj = strcmp(site, "bj") == 0;
    snprintf(data, sizeof(data), "{\"code\":\"%s\",\"sku\":\"%s\",\"factor\":1,\"supervisor\":\"W9\"}", code, sku);
    rig_put_event(&line, site, 1, ++proposals[bj], "alias.proposed", data);
    rig_segment(&rig->rig, bj ? "box-2" : "box-1", proposals[bj], &line);
    rig_turn(&rig->rig);
    buf_done(&line);
}

static void codes_of_the_floor_are_answered(void **state)
{
    struct shop_rig *rig = *state;
    proposals[0] = proposals[1] = 0;
    rig_meet(&rig->rig);
    rig_hello(&rig->rig, "bj", "box-2", 0, 0);
    rig_turn(&rig->rig);
    propose(rig, "hz", "4006381333931", "A");
    propose(rig, "bj", "4006381333931", "B");
    propose(rig, "hz", "20123451", "C");
    shop_rig_count(rig, "SELECT count(*) FROM parked", 0);
    shop_rig_count(rig, "SELECT count(*) FROM proposed_barcode WHERE state = 'open'", 3);
    assert_int_equal(DO(rig, "barcode.accept", "site=bj", "code=20123451"), -ENOENT);
    assert_int_equal(DO(rig, "barcode.accept", "site=hz", "code=4006381333931"), 0);
    shop_rig_text(rig, "SELECT sku FROM barcode WHERE code = '4006381333931'", "A");
    shop_rig_count(rig, "SELECT count(*) FROM feed WHERE type = 'barcode.upsert' AND key = 'barcode/4006381333931'", 2);
    shop_rig_text(rig, "SELECT site || ' ' || rev FROM feed WHERE type = 'barcode.drop'", "bj 1");
    shop_rig_text(rig, "SELECT state FROM proposed_barcode WHERE site = 'bj'", "refused");
    assert_int_equal(DO(rig, "barcode.refuse", "site=hz", "code=20123451"), 0);
    assert_int_equal(DO(rig, "barcode.refuse", "site=hz", "code=20123451"), -ENOENT);
    propose(rig, "hz", "20123451", "C"); /* they try again */
    assert_int_equal(DO(rig, "barcode.refuse", "site=hz", "code=20123451"), 0);
    shop_rig_count(rig, "SELECT max(rev) FROM feed WHERE type = 'barcode.drop' AND site = 'hz'", 2);
    propose(rig, "bj", "4006381333931", "B"); /* it means something else everywhere */
    assert_int_equal(DO(rig, "barcode.accept", "site=bj", "code=4006381333931"), -EEXIST);
    propose(rig, "hz", "9001", "nothing");
    assert_int_equal(DO(rig, "barcode.accept", "site=hz", "code=9001"), -ENOENT);
    shop_rig_count(rig, "SELECT count(*) FROM proposed_barcode WHERE state = 'open'", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SHOP(prices_of_the_list_are_told),
        ON_SHOP(a_price_begins_and_ends_at_its_time),
        ON_SHOP(only_the_last_price_goes_out),
        ON_SHOP(nothing_is_sold_below_its_floor),
        ON_SHOP(items_are_put_on_sale_and_taken_off),
        ON_SHOP(a_listing_is_suggested_what_it_may_be_and_why),
        ON_SHOP(what_nobody_knows_stands_in_a_queue_with_the_orders_that_wait),
        ON_SHOP(a_bundle_can_be_promised_as_often_as_its_parts_make_it),
        ON_SHOP(codes_of_the_floor_are_answered),
    };
    return cmocka_run_group_tests_name("catalogue", tests, NULL, NULL);
}
