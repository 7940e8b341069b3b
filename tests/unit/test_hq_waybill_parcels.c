/* Waybill numbers that a platform gives: asked for with the order, one for each parcel whatever happens to the calls,
 * sent to the site with what is printed, and given back when nobody needs them. */
#include "unit/shop_rig.h"

#include "sync/head-office/orders/order_work.h"
#include "sync/head-office/orders/waybills.h"
#include "sync/head-office/shops/waybill_parcels.h"

static void account(struct shop_rig *rig)
{
    assert_int_equal(DO(rig, "waybill.account", "shop=s1", "carrier=SF", "form=http://form", "account=M1"), 0);
    assert_int_equal(DO(rig, "site.sender", "site=hz", "name=W", "phone=0571", "province=浙江省", "city=杭州市",
                        "address=仓前街道9号"),
                     0);
}

static void place(struct shop_rig *rig, const char *id)
{
    struct order_work done;
    fake_place(id);
    shop_rig_later(rig, 31);
    rig->rig.office.now_us = fake.now_us;
    assert_int_equal(order_work_audit(&rig->rig.office, 10, &done, &rig->rig.error), 0);
}

static void release(struct shop_rig *rig, const char *number)
{
    rig->rig.office.now_us = fake.now_us;
    if (rig_release(&rig->rig, NULL, number) != 0)
        fail_msg("%s", rig->rig.error.text);
}

/* An order that is at hz, and its number is asked for. */
static void order(struct shop_rig *rig, const char *id)
{
    char number[32];
    place(rig, id);
    snprintf(number, sizeof(number), "s1-%s", id);
    release(rig, number);
}

static int64_t seq;

static void happens(struct shop_rig *rig, const char *type, const char *data)
{
    struct buf line = {0};
    rig_meet(&rig->rig);
    rig_put_event(&line, "hz", 1, ++seq, type, data);
    rig_segment(&rig->rig, "box-1", seq, &line);
    rig_turn(&rig->rig);
    rig->rig.sent_count = 0;
    buf_done(&line);
}

static void told(struct shop_rig *rig, const char *type, const char *waybill, const char *part, int64_t times)
{
    int64_t got = -1;
    assert_int_equal(sql_number(rig->rig.office.sql, &got,
                                "SELECT count(*) FROM feed WHERE site = 'hz' AND type = ?1 AND key = 'waybill/' || ?2"
                                " AND line LIKE '%' || ?3 || '%'",
                                sql_text(type), sql_text(waybill), sql_text(part)),
                     0);
    if (got != times)
        fail_msg("%s of %s with %s: %d times, not %d", type, waybill, part, (int)got, (int)times);
}

static void number_is(struct shop_rig *rig, const char *waybill, const char *expected)
{
    char state[16] = "(none)";
    struct sql_query *row =
        sql_select(rig->rig.office.sql, "SELECT state FROM waybill WHERE number = ?1", sql_text(waybill));
    if (sql_next(row))
        sql_copy_text(row, 0, state, sizeof(state));
    assert_int_equal(sql_done(row), 0);
    if (strcmp(state, expected) != 0)
        fail_msg("number %s is %s, not %s", waybill, state, expected);
}

static void nothing_is_open(struct shop_rig *rig)
{
    shop_rig_count(rig, "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending', 'uncertain')", 0);
    shop_rig_count(rig, "SELECT count(*) FROM attention WHERE settled_us IS NULL", 0);
}

/* ---------------------------------------------------------------- asked for */

static void a_number_is_asked_for_at_release(void **state)
{
    struct shop_rig *rig = *state;
    account(rig);
    place(rig, "1");
    shop_rig_count(rig, "SELECT count(*) FROM waybill_parcel", 0);
    release(rig, "s1-1");
    shop_rig_text(rig, "SELECT kind || ' ' || key || ' ' || state FROM outbox", "waybill_get s1-1-1 waiting");
    told(rig, "waybill.pool", "F1", "", 0);
    shop_rig_work(rig);
    const struct fake_call *call = fake_last(PLATFORM_WAYBILL_GET);
    assert_string_equal(call->parcels[0].key, "s1-1-1");
    assert_string_equal(call->parcels[0].order, "1");
    assert_string_equal(call->parcels[0].address, "文一西路1号");
    assert_string_equal(call->parcels[0].goods, "tea");
    assert_int_equal(call->parcels[0].pieces, 2);
    assert_string_equal(call->sender, "仓前街道9号");
    assert_string_equal(call->form, "http://form");
    assert_string_equal(call->carrier, "sf-there");
    told(rig, "waybill.pool", "F1", "\"order\":\"s1-1\",\"sort_code\":\"571-A1\"", 1);
    told(rig, "waybill.pool", "F1", "\"opaque\":{\"component\":\"fake\",\"sealed\":\"{", 1);
    number_is(rig, "F1", "sent");
    rig->rig.error.text[0] = '\0';
    assert_int_equal(waybills_serve(&rig->rig.office, "hz", &rig->rig.error), 0); /* it has one */
    shop_rig_later(rig, 60);
    assert_int_equal(fake_called(PLATFORM_WAYBILL_GET), 1);
    nothing_is_open(rig);
}

static void a_shop_may_want_it_when_the_stock_is_promised(void **state)
{
    struct shop_rig *rig = *state;
    struct order_work done;
    account(rig);
    assert_int_equal(DO(rig, "waybill.account", "shop=s1", "carrier=SF", "early=yes"), 0);
    place(rig, "1");
    for (int i = 0; i < 2; i++)
        assert_int_equal(order_work(&rig->rig.office, 10, &done, &rig->rig.error), 0);
    shop_rig_count(rig, "SELECT count(*) FROM waybill_parcel", 1);
    shop_rig_work(rig);
    number_is(rig, "F1", "stock");
    release(rig, "s1-1");
    number_is(rig, "F1", "sent");
    assert_int_equal(fake_called(PLATFORM_WAYBILL_GET), 1);
}

static void parcels_go_in_one_call(void **state)
{
    struct shop_rig *rig = *state;
    account(rig);
    for (int i = 1; i <= 4; i++)
        order(rig, (const char[]){(char)('0' + i), '\0'});
    rig_run(&rig->rig, "UPDATE outbox SET state = 'waiting'"); /* as if all had come at once */
    assert_int_equal(fake.waybill_count, 3); /* the calls between the orders have done three of them */
    rig_run(&rig->rig, "UPDATE outbox SET next_us = 0");
    shop_rig_work(rig);
    assert_int_equal(fake_last(PLATFORM_WAYBILL_GET)->parcel_count, 4);
    assert_int_equal(fake.waybill_count, 4); /* and those that were asked for again are the same */
    shop_rig_count(rig, "SELECT count(*) FROM waybill", 4);
    shop_rig_count(rig, "SELECT count(DISTINCT order_number) FROM waybill", 4);
    shop_rig_count(rig, "SELECT count(*) FROM feed WHERE type = 'waybill.pool'", 4);
    nothing_is_open(rig);
}

static void a_file_is_asked_where_no_platform_is(void **state)
{
    struct shop_rig *rig = *state;
    rig_import_good(&rig->rig, "waybills", "hz", "waybill,carrier\nP1,SF\nP2,SF\n");
    order(rig, "1");
    number_is(rig, "P1", "sent");
    account(rig);
    order(rig, "2"); /* the pool is for those whom nobody else gives any */
    number_is(rig, "P2", "stock");
    assert_int_equal(DO(rig, "waybill.account", "shop=s1", "carrier=SF", "active=no"), 0);
    shop_rig_work(rig);
    order(rig, "3");
    number_is(rig, "P2", "sent");
}

/* ---------------------------------------------------------------- what goes wrong */

static void a_lost_reply_gives_no_second_number(void **state)
{
    struct shop_rig *rig = *state;
    account(rig);
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_WAYBILL_GET, .happens = true, .times = 2};
    order(rig, "1");
    shop_rig_work(rig);
    shop_rig_text(rig, "SELECT state FROM outbox", "uncertain");
    for (int i = 0; i < 6; i++)
        shop_rig_later(rig, 5);
    assert_int_equal(fake_called(PLATFORM_WAYBILL_GET), 3);
    assert_int_equal(fake.waybill_count, 1);
    number_is(rig, "F1", "sent");
    nothing_is_open(rig);
}

static void where_a_key_is_no_promise_a_person_looks(void **state)
{
    struct shop_rig *rig = *state;
    fake_platform.caps.abilities &= ~(unsigned)PLATFORM_WAYBILL_KEY;
    account(rig);
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_WAYBILL_GET, .happens = true, .times = 1};
    order(rig, "1");
    for (int i = 0; i < 6; i++)
        shop_rig_later(rig, 5);
    assert_int_equal(fake_called(PLATFORM_WAYBILL_GET), 1);
    shop_rig_text(rig, "SELECT kind || ' ' || about FROM attention WHERE settled_us IS NULL", "no_waybill s1-1");
    rig_import_good(&rig->rig, "waybills", "hz", "waybill,carrier,order\nF1,SF,s1-1\n"); /* he has seen it there */
    assert_int_equal(DO(rig, "outbox.drop", "id=1"), 0);
    number_is(rig, "F1", "sent");
    assert_int_equal(waybills_serve(&rig->rig.office, "hz", &rig->rig.error), 0);
    shop_rig_count(rig, "SELECT count(*) FROM waybill_parcel", 1);
}

static void one_of_several_fails(void **state)
{
    struct shop_rig *rig = *state;
    account(rig);
    text_copy(fake.fails, sizeof(fake.fails), "s1-2-1");
    for (int i = 1; i <= 3; i++)
        place(rig, (const char[]){(char)('0' + i), '\0'});
    for (int i = 1; i <= 3; i++)
        release(rig, (const char[]){'s', '1', '-', (char)('0' + i), '\0'});
    shop_rig_work(rig);
    assert_int_equal(fake_last(PLATFORM_WAYBILL_GET)->parcel_count, 3);
    shop_rig_count(rig, "SELECT count(*) FROM waybill WHERE state = 'sent' AND order_number IN ('s1-1', 's1-3')", 2);
    shop_rig_count(rig, "SELECT count(*) FROM attention", 0); /* it may come right by itself */
    for (int i = 0; i < 30; i++)
        shop_rig_later(rig, 10);
    shop_rig_text(rig, "SELECT kind || ' ' || about FROM attention WHERE settled_us IS NULL", "no_waybill s1-2");
    *fake.fails = '\0';
    shop_rig_later(rig, 600);
    shop_rig_count(rig, "SELECT count(*) FROM waybill WHERE state = 'sent' AND order_number = 's1-2'", 1);
    nothing_is_open(rig);
}

static void one_wrong_address_does_not_keep_the_others(void **state)
{
    struct shop_rig *rig = *state;
    account(rig);
    for (int i = 1; i <= 3; i++)
        place(rig, (const char[]){(char)('0' + i), '\0'});
    for (int i = 1; i <= 3; i++)
        release(rig, (const char[]){'s', '1', '-', (char)('0' + i), '\0'});
    rig_run(&rig->rig, "UPDATE orders SET receiver_address = 'nowhere' WHERE number = 's1-2'");
    shop_rig_work(rig);
    shop_rig_count(rig, "SELECT count(*) FROM waybill WHERE state = 'sent' AND order_number <> 's1-2'", 2);
    shop_rig_text(rig, "SELECT kind || ' ' || about FROM attention WHERE settled_us IS NULL", "no_waybill s1-2");
    shop_rig_text(rig, "SELECT key FROM outbox WHERE state = 'refused'", "s1-2-1");
}

static void a_quota_that_is_used_up_is_waited_for(void **state)
{
    struct shop_rig *rig = *state;
    account(rig);
    fake.waybill_quota = 0;
    order(rig, "1");
    shop_rig_work(rig);
    shop_rig_text(rig, "SELECT kind || ' ' || about FROM attention WHERE settled_us IS NULL", "no_waybill s1-1");
    shop_rig_text(rig, "SELECT state || ' ' || class FROM outbox", "waiting permission");
    fake.waybill_quota = 5;
    shop_rig_later(rig, 600);
    number_is(rig, "F1", "sent");
    nothing_is_open(rig);
}

static void a_number_is_never_two_parcels(void **state)
{
    struct shop_rig *rig = *state;
    account(rig);
    text_copy(fake.repeats, sizeof(fake.repeats), "TWICE");
    order(rig, "1");
    shop_rig_work(rig);
    number_is(rig, "TWICE", "sent");
    order(rig, "2");
    shop_rig_work(rig);
    shop_rig_text(rig, "SELECT state || ' ' || said FROM outbox WHERE key = 's1-2-1'",
                  "refused it gave number TWICE, which is another parcel's");
    shop_rig_text(rig, "SELECT order_number FROM waybill", "s1-1");
    shop_rig_count(rig, "SELECT count(*) FROM feed WHERE type = 'waybill.pool'", 1);
}

static void a_site_without_a_sender_waits_for_one(void **state)
{
    struct shop_rig *rig = *state;
    assert_int_equal(DO(rig, "waybill.account", "shop=s1", "carrier=SF"), 0);
    assert_int_equal(DO(rig, "waybill.account", "shop=s9", "carrier=SF"), -ENOENT);
    order(rig, "1");
    shop_rig_work(rig);
    assert_int_equal(fake_called(PLATFORM_WAYBILL_GET), 0);
    shop_rig_text(rig, "SELECT state || ' ' || class FROM outbox", "refused sender");
    account(rig);
    shop_rig_work(rig);
    number_is(rig, "F1", "sent");
    nothing_is_open(rig);
}

/* ---------------------------------------------------------------- what is printed */

static void what_is_printed_may_be_asked_for_apart(void **state)
{
    struct shop_rig *rig = *state;
    fake_platform.caps.abilities |= PLATFORM_PRINTS_APART;
    account(rig);
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_WAYBILL_PRINT, .class = PLATFORM_RETRY, .times = 1};
    order(rig, "1");
    shop_rig_work(rig);
    number_is(rig, "F1", "stock");
    shop_rig_text(rig, "SELECT waits FROM waybill", "print");
    shop_rig_later(rig, 10);
    assert_string_equal(fake_last(PLATFORM_WAYBILL_PRINT)->waybill, "F1");
    told(rig, "waybill.pool", "F1", "apart", 1);
    nothing_is_open(rig);
}

static void a_label_may_be_drawn_elsewhere(void **state)
{
    struct shop_rig *rig = *state;
    account(rig);
    assert_int_equal(DO(rig, "waybill.account", "shop=s1", "carrier=SF", "drawn=yes"), 0);
    order(rig, "1");
    order(rig, "2");
    shop_rig_work(rig);
    shop_rig_count(rig, "SELECT count(*) FROM waybill WHERE state = 'stock' AND waits = 'drawn'", 2);
    assert_int_equal(waybills_serve(&rig->rig.office, "hz", &rig->rig.error), 0);
    assert_int_equal(DO(rig, "waybill.print_data", "waybill=F1"), 0);
    assert_int_equal(DO(rig, "waybill.drawn", "waybill=F1"), -EINVAL);
    assert_int_equal(DO(rig, "waybill.drawn", "waybill=F9", "language=zpl", "bytes=XlhB"), -ENOENT);
    assert_int_equal(DO(rig, "waybill.drawn", "waybill=F1", "language=zpl", "bytes=XlhBXlha"), 0);
    told(rig, "waybill.pool", "F1", "\"opaque\":{\"language\":\"zpl\",\"bytes\":\"XlhBXlha\",\"labels\":1}", 1);
    assert_int_equal(DO(rig, "waybill.drawn", "waybill=F1", "language=zpl", "bytes=XlhB"), -EALREADY);
    assert_int_equal(DO(rig, "waybill.send", "waybill=F2"), 0);
    number_is(rig, "F2", "sent");
}

/* ---------------------------------------------------------------- given back */

static void a_number_that_its_site_gave_up_is_cancelled(void **state)
{
    struct shop_rig *rig = *state;
    account(rig);
    order(rig, "1");
    shop_rig_work(rig);
    seq = 0;
    happens(rig, "label.voided",
            "{\"order\":\"s1-1\",\"parcel\":null,\"waybill\":\"F1\",\"carrier\":\"SF\",\"why\":\"x\"}");
    number_is(rig, "F1", "void_pending");
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_WAYBILL_CANCEL, .happens = true, .times = 1};
    shop_rig_work(rig);
    shop_rig_later(rig, 10); /* it is cancelled already, says the platform */
    assert_true(fake.waybills[0].cancelled);
    assert_int_equal(fake_called(PLATFORM_WAYBILL_CANCEL), 2);
    number_is(rig, "F1", "void");
    told(rig, "waybill.voided", "F1", "", 1);
    assert_int_equal(waybills_serve(&rig->rig.office, "hz", &rig->rig.error), 0); /* the parcel gets another */
    shop_rig_work(rig);
    shop_rig_text(rig, "SELECT key FROM waybill_parcel WHERE waybill = 'F2'", "s1-1-2");
    number_is(rig, "F2", "sent");
    nothing_is_open(rig);
}

static void what_is_on_its_way_is_not_cancelled(void **state)
{
    struct shop_rig *rig = *state;
    account(rig);
    order(rig, "1");
    shop_rig_work(rig);
    fake.waybills[0].used = true;
    seq = 0;
    happens(rig, "label.voided",
            "{\"order\":\"s1-1\",\"parcel\":null,\"waybill\":\"F1\",\"carrier\":\"SF\",\"why\":\"x\"}");
    shop_rig_work(rig);
    number_is(rig, "F1", "void_pending");
    shop_rig_text(rig, "SELECT kind || ' ' || about FROM attention WHERE settled_us IS NULL", "not_void s1-1");
    told(rig, "waybill.voided", "F1", "", 0);
}

/* "Conflict" may be the answer to what was asked before and got none: not of an order that has gone. */
static void nor_when_the_first_answer_was_lost(void **state)
{
    struct shop_rig *rig = *state;
    account(rig);
    order(rig, "1");
    shop_rig_work(rig);
    fake.waybills[0].used = true;
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_WAYBILL_CANCEL, .happens = true, .times = 1};
    seq = 0;
    happens(rig, "label.voided",
            "{\"order\":\"s1-1\",\"parcel\":null,\"waybill\":\"F1\",\"carrier\":\"SF\",\"why\":\"x\"}");
    rig_run(&rig->rig, "UPDATE orders SET state = 'finished' WHERE number = 's1-1'");
    shop_rig_work(rig);
    shop_rig_later(rig, 10);
    assert_int_equal(fake_called(PLATFORM_WAYBILL_CANCEL), 2);
    number_is(rig, "F1", "void_pending");
    shop_rig_text(rig, "SELECT kind || ' ' || about FROM attention WHERE settled_us IS NULL", "not_void s1-1");
}

static void an_order_that_is_closed_gives_its_number_back(void **state)
{
    struct shop_rig *rig = *state;
    struct order_work done;
    account(rig);
    assert_int_equal(DO(rig, "waybill.account", "shop=s1", "carrier=SF", "early=yes"), 0);
    place(rig, "1");
    assert_int_equal(order_work(&rig->rig.office, 10, &done, &rig->rig.error), 0);
    shop_rig_work(rig);
    number_is(rig, "F1", "stock");
    assert_int_equal(orders_cancel(&rig->rig.office, "s1-1", "x", "w", &rig->rig.error), 0);
    number_is(rig, "F1", "void_pending");
    shop_rig_work(rig);
    number_is(rig, "F1", "void");
    assert_true(fake.waybills[0].cancelled);
    told(rig, "waybill.voided", "F1", "", 0); /* no site knows of it */
    place(rig, "2");                          /* one that nobody has asked the platform for yet */
    assert_int_equal(order_work(&rig->rig.office, 10, &done, &rig->rig.error), 0);
    assert_int_equal(orders_cancel(&rig->rig.office, "s1-2", "x", "w", &rig->rig.error), 0);
    shop_rig_work(rig);
    assert_int_equal(fake.waybill_count, 1);
}

static void cancel_meanwhile(struct rig *rig)
{
    assert_int_equal(orders_cancel(&rig->office, "s1-1", "x", "w", &rig->error), 0);
}

static void one_that_comes_too_late_is_given_back(void **state)
{
    struct shop_rig *rig = *state;
    struct order_work done;
    account(rig);
    assert_int_equal(DO(rig, "waybill.account", "shop=s1", "carrier=SF", "early=yes"), 0);
    place(rig, "1");
    assert_int_equal(order_work(&rig->rig.office, 10, &done, &rig->rig.error), 0);
    fake.faults[0] = (struct fake_fault){.verb = PLATFORM_WAYBILL_GET, .class = PLATFORM_RETRY, .times = 1};
    shop_rig_work(rig);
    fake.before = cancel_meanwhile; /* while it is asked for */
    shop_rig_later(rig, 20);
    number_is(rig, "F1", "void");
    assert_true(fake.waybills[0].cancelled);
    shop_rig_count(rig, "SELECT count(*) FROM feed WHERE type LIKE 'waybill.%'", 0);
    nothing_is_open(rig);
}

static void another_site_gets_another_number(void **state)
{
    struct shop_rig *rig = *state;
    struct order_work done;
    account(rig);
    assert_int_equal(
        DO(rig, "site.sender", "site=bj", "name=B", "phone=010", "province=北京", "city=北京市", "address=东路1号"), 0);
    assert_int_equal(DO(rig, "waybill.account", "shop=s1", "carrier=SF", "early=yes"), 0);
    place(rig, "1");
    assert_int_equal(order_work(&rig->rig.office, 10, &done, &rig->rig.error), 0);
    shop_rig_work(rig);
    assert_int_equal(rig_release(&rig->rig, "bj", "s1-1"), 0);
    shop_rig_work(rig);
    assert_string_equal(fake_last(PLATFORM_WAYBILL_GET)->sender, "东路1号");
    assert_string_equal(fake_last(PLATFORM_WAYBILL_GET)->parcels[0].key, "s1-1-2");
    number_is(rig, "F1", "void");
    shop_rig_text(rig, "SELECT site || ' ' || state FROM waybill WHERE number = 'F2'", "bj sent");
    nothing_is_open(rig);
}

/* ---------------------------------------------------------------- what the platform hears */

static void the_number_that_was_printed_is_told(void **state)
{
    struct shop_rig *rig = *state;
    account(rig);
    order(rig, "1");
    shop_rig_work(rig);
    seq = 0;
    happens(rig, "order.received", "{\"order\":\"s1-1\"}");
    happens(rig, "parcel.packed", "{\"order\":\"s1-1\",\"parcel\":\"s1-1-1\",\"box\":\"S\"}");
    happens(rig, "label.printed", "{\"order\":\"s1-1\",\"parcel\":\"s1-1-1\",\"waybill\":\"HAND1\",\"copy\":1}");
    happens(rig, "parcel.shipped",
            "{\"order\":\"s1-1\",\"parcel\":\"s1-1-1\",\"waybill\":\"HAND1\",\"manifest\":\"M\",\"carrier\":\"SF\"}");
    shop_rig_work(rig);
    assert_string_equal(fake_last(PLATFORM_SHIP)->waybill, "HAND1"); /* a person has used one of another pad */
    assert_int_equal(fake.shipments, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SHOP(a_number_is_asked_for_at_release),
        ON_SHOP(a_shop_may_want_it_when_the_stock_is_promised),
        ON_SHOP(parcels_go_in_one_call),
        ON_SHOP(a_file_is_asked_where_no_platform_is),
        ON_SHOP(a_lost_reply_gives_no_second_number),
        ON_SHOP(where_a_key_is_no_promise_a_person_looks),
        ON_SHOP(one_of_several_fails),
        ON_SHOP(one_wrong_address_does_not_keep_the_others),
        ON_SHOP(a_quota_that_is_used_up_is_waited_for),
        ON_SHOP(a_number_is_never_two_parcels),
        ON_SHOP(a_site_without_a_sender_waits_for_one),
        ON_SHOP(what_is_printed_may_be_asked_for_apart),
        ON_SHOP(a_label_may_be_drawn_elsewhere),
        ON_SHOP(a_number_that_its_site_gave_up_is_cancelled),
        ON_SHOP(what_is_on_its_way_is_not_cancelled),
        ON_SHOP(nor_when_the_first_answer_was_lost),
        ON_SHOP(an_order_that_is_closed_gives_its_number_back),
        ON_SHOP(one_that_comes_too_late_is_given_back),
        ON_SHOP(another_site_gets_another_number),
        ON_SHOP(the_number_that_was_printed_is_told),
    };
    return cmocka_run_group_tests_name("waybill numbers that platforms give", tests, NULL, NULL);
}
