/* Orders as platforms tell them: what is stored, what is not done twice, and how an order of ours follows its platform.
 */
#include "unit/shop_rig.h"

#include "sync/head-office/orders/exceptions.h"
#include "sync/head-office/orders/order_work.h"

static void audit(struct shop_rig *rig)
{
    struct order_work done;
    rig->rig.office.now_us = fake.now_us;
    assert_int_equal(order_work_audit(&rig->rig.office, 100, &done, &rig->rig.error), 0);
}

static void state_is(struct shop_rig *rig, const char *expected)
{
    shop_rig_text(rig, "SELECT state FROM orders WHERE number = 's1-9007199254740993001'", expected);
}

#define ID "9007199254740993001" /* no double can hold it */

static struct fake_order *place(void)
{
    return fake_place(ID);
}

static void an_order_is_stored_as_it_was_said(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = place();
    said->order.line_count = 2;
    said->lines[1] = (struct platform_line){
        .id = "x", .item = "i9", .sku = "k9", .code = "?", .title = "lamp", .quantity = 1, .price_minor = 7};
    assert_int_equal(shop_rig_say(rig, said), PLATFORM_NEW);
    shop_rig_text(
        rig,
        "SELECT number || ' ' || platform || ' ' || platform_order || ' ' || state || ' ' || carrier || ' ' ||"
        " receiver_address || ' ' || province FROM orders",
        "s1-" ID " fake " ID " audit SF 浙江省杭州市余杭区文一西路1号 浙江省");
    shop_rig_count(rig, "SELECT paid_minor * 10000 + goods_minor FROM orders", 45003980);
    shop_rig_text(rig,
                  "SELECT sku || ' ' || quantity || ' ' || price_minor || ' ' || paid_minor FROM order_line"
                  " WHERE code = 'A'",
                  "A 2 1990 3900");
    shop_rig_count(rig, "SELECT count(*) FROM order_line WHERE sku IS NULL AND code = '?'", 1);
    shop_rig_text(rig, "SELECT raw FROM platform_order", "{\"is\":\"raw\"}");
    shop_rig_count(rig, "SELECT count(*) FROM listing WHERE our_sku IS NULL", 1);
}

static void what_is_said_twice_or_is_older_does_nothing(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = place(), before = *said;
    assert_int_equal(shop_rig_say(rig, said), PLATFORM_NEW);
    assert_int_equal(shop_rig_say(rig, said), PLATFORM_SAME);
    said->order.modified_us += SECOND; /* nothing but the time */
    assert_int_equal(shop_rig_say(rig, said), PLATFORM_SAME);
    text_copy(said->order.seller_note, sizeof(said->order.seller_note), "gift"); /* not the time: Douyin's notes */
    assert_int_equal(shop_rig_say(rig, said), PLATFORM_CHANGED);
    before.order.paid_minor = 1;
    assert_int_equal(shop_rig_say(rig, &before), PLATFORM_SAME);
    shop_rig_count(rig, "SELECT paid_minor FROM orders", 4500);
    shop_rig_text(rig, "SELECT seller_note FROM orders", "gift");
}

/* Its platform goes on telling who it was: of that nothing comes back. */
static void who_was_forgotten_is_not_told_again(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = place();
    CLEANUP_BUF struct buf answer = {0};
    shop_rig_say(rig, said);
    rig_run(&rig->rig, "UPDATE orders SET state = 'finished'");
    json_t *fields = json_pack("{s:s}", "order", "s1-" ID);
    assert_int_equal(verb_do(&rig->rig.office, "order.forget", fields, "li", &answer, &rig->rig.error), 0);
    json_decref(fields);
    said->order.modified_us += SECOND;
    said->order.paid_minor -= 100;
    text_copy(said->order.seller_note, sizeof(said->order.seller_note), "call Mr Wang");
    text_copy(said->order.phone, sizeof(said->order.phone), "13912345670");
    assert_int_equal(shop_rig_say(rig, said), PLATFORM_CHANGED);
    shop_rig_count(rig, "SELECT paid_minor FROM orders", 4400);
    shop_rig_text(rig,
                  "SELECT receiver_name || receiver_phone || receiver_address || district || buyer || seller_note ||"
                  " raw || receiver FROM orders o JOIN platform_order p ON p.number = o.number",
                  "");
    assert_int_equal(shop_rig_say(rig, said), PLATFORM_SAME);
}

static void lines_in_another_order_are_the_same(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = place();
    said->order.line_count = 2;
    said->lines[1] = (struct platform_line){.id = "0", .item = "i2", .sku = "k2", .code = "B", .quantity = 1};
    shop_rig_say(rig, said);
    struct platform_line first = said->lines[0];
    said->lines[0] = said->lines[1];
    said->lines[1] = first;
    said->order.modified_us += SECOND;
    assert_int_equal(shop_rig_say(rig, said), PLATFORM_SAME);
}

static void an_unpaid_order_keeps_its_stock_for_a_while(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = place();
    said->order.state = PLATFORM_UNPAID;
    said->order.paid_us = 0;
    shop_rig_say(rig, said);
    state_is(rig, "pending_pay");
    shop_rig_count(rig, "SELECT left_open FROM reservation WHERE expires_us = 1700000000000000 + 30 * 60000000", 2);
    text_copy(said->order.buyer_note, sizeof(said->order.buyer_note), "quick"); /* nothing that makes it longer */
    said->order.modified_us = fake.now_us += 1000 * SECOND;
    shop_rig_say(rig, said);
    shop_rig_count(rig, "SELECT count(*) FROM reservation WHERE expires_us = 1700000000000000 + 30 * 60000000", 1);
    said->order.state = PLATFORM_PAID;
    said->order.modified_us += SECOND;
    shop_rig_say(rig, said);
    state_is(rig, "audit");
    audit(rig);
    state_is(rig, "reserved");
    shop_rig_count(rig, "SELECT count(*) FROM reservation WHERE expires_us IS NULL", 1);
}

static void an_unpaid_order_whose_time_is_over_is_not_promised_anew(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = place();
    struct order_work done;
    said->order.state = PLATFORM_UNPAID;
    shop_rig_say(rig, said);
    rig->rig.office.now_us = fake.now_us += 1801 * SECOND;
    assert_int_equal(order_work(&rig->rig.office, 10, &done, &rig->rig.error), 0);
    shop_rig_count(rig, "SELECT count(*) FROM reservation", 0);
    text_copy(said->order.buyer_note, sizeof(said->order.buyer_note), "still there");
    said->order.modified_us = fake.now_us;
    shop_rig_say(rig, said);
    shop_rig_count(rig, "SELECT count(*) FROM reservation", 0);
}

static void a_status_that_nobody_knows_holds_it(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = place();
    said->order.state = PLATFORM_UNPAID;
    said->order.overlays = PLATFORM_HOLD;
    text_copy(said->order.status, sizeof(said->order.status), "WAIT_MOON");
    shop_rig_say(rig, said);
    state_is(rig, "pending_pay");
    shop_rig_count(rig, "SELECT count(*) FROM reservation", 0);
    shop_rig_text(rig, "SELECT kind || ' ' || detail FROM attention WHERE settled_us IS NULL",
                  "unknown_status WAIT_MOON");
    said->order.state = PLATFORM_PAID;
    said->order.overlays = 0;
    said->order.modified_us += SECOND;
    shop_rig_say(rig, said);
    state_is(rig, "audit");
    shop_rig_count(rig, "SELECT count(*) FROM attention WHERE settled_us IS NULL", 0);
    said->order.state = PLATFORM_UNPAID; /* and one that was well is held again */
    said->order.overlays = PLATFORM_HOLD;
    said->order.modified_us += SECOND;
    shop_rig_say(rig, said);
    audit(rig);
    state_is(rig, "exception");
    shop_rig_count(rig, "SELECT count(*) FROM exception WHERE kind = 'hold' AND released_us IS NULL", 1);
}

static void a_hold_comes_and_goes(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = place();
    said->order.overlays = PLATFORM_HOLD;
    shop_rig_say(rig, said);
    audit(rig);
    state_is(rig, "exception");
    said->order.overlays = 0;
    said->order.modified_us += SECOND;
    shop_rig_say(rig, said);
    audit(rig);
    state_is(rig, "reserved");
    said->order.overlays = PLATFORM_REFUNDING;
    said->lines[0].overlays = PLATFORM_REFUNDING;
    said->order.modified_us += SECOND;
    shop_rig_say(rig, said);
    audit(rig);
    state_is(rig, "exception");
    shop_rig_count(rig, "SELECT count(*) FROM exception WHERE kind = 'refund' AND released_us IS NULL", 1);
}

static void hide(struct fake_order *said)
{
    struct platform_order *order = &said->order;
    order->overlays |= PLATFORM_MASKED;
    text_copy(order->name, sizeof(order->name), "张*");
    text_copy(order->phone, sizeof(order->phone), "138****0000");
    text_copy(order->address, sizeof(order->address), "***");
    order->modified_us += SECOND;
}

static void a_hidden_receiver_never_replaces_a_good_one(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = place();
    shop_rig_say(rig, said);
    hide(said);
    shop_rig_say(rig, said);
    shop_rig_text(rig, "SELECT receiver_name || receiver_phone FROM orders WHERE overlays = 0", "张伟13800000000");
    *said->order.name = *said->order.phone = *said->order.address = '\0';
    *said->order.city = '\0';
    said->order.modified_us += SECOND;
    shop_rig_say(rig, said);
    shop_rig_text(rig, "SELECT receiver_name || city FROM orders WHERE overlays = 0", "张伟杭州市");
}

static void a_hidden_receiver_who_lives_elsewhere_now_holds_it(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = place();
    shop_rig_say(rig, said);
    hide(said);
    text_copy(said->order.city, sizeof(said->order.city), "宁波市");
    shop_rig_say(rig, said);
    audit(rig);
    shop_rig_count(rig, "SELECT count(*) FROM exception WHERE kind = 'address' AND released_us IS NULL", 1);
    shop_rig_text(rig, "SELECT receiver_name || city FROM orders", "张*宁波市");
    said->order.overlays = 0; /* until it is shown whole */
    text_copy(said->order.name, sizeof(said->order.name), "张伟");
    text_copy(said->order.phone, sizeof(said->order.phone), "139");
    text_copy(said->order.address, sizeof(said->order.address), "中山路2号");
    said->order.modified_us += SECOND;
    shop_rig_say(rig, said);
    audit(rig);
    state_is(rig, "reserved");
}

static void what_a_person_corrected_stands(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = place();
    shop_rig_say(rig, said);
    assert_int_equal(DO(rig, "order.receiver", "order=s1-" ID, "name=李", "phone=1", "address=杭州2号"), 0);
    text_copy(said->order.seller_note, sizeof(said->order.seller_note), "x");
    said->order.modified_us += SECOND;
    shop_rig_say(rig, said);
    shop_rig_text(rig, "SELECT receiver_name FROM orders", "李");
}

static void what_was_shipped_or_cancelled_elsewhere_ends_here(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = place();
    shop_rig_say(rig, said);
    audit(rig);
    said->order.state = PLATFORM_SHIPPED;
    said->order.modified_us += SECOND;
    shop_rig_say(rig, said);
    state_is(rig, "finished");
    shop_rig_count(rig, "SELECT count(*) FROM reservation", 0);
    struct fake_order *other = fake_place("2");
    shop_rig_say(rig, other);
    audit(rig);
    shop_rig_count(rig, "SELECT count(*) FROM reservation", 1);
    other->order.state = PLATFORM_CANCELLED;
    other->order.modified_us += SECOND;
    shop_rig_say(rig, other);
    shop_rig_text(rig, "SELECT state FROM orders WHERE number = 's1-2'", "closed");
    shop_rig_count(rig, "SELECT count(*) FROM reservation", 0);
    other->order.state = PLATFORM_PAID; /* they want it all the same */
    other->order.modified_us += SECOND;
    shop_rig_say(rig, other);
    shop_rig_text(rig, "SELECT kind || ' ' || about FROM attention", "closed_here s1-2");
}

static void other_goods_are_promised_anew(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = place();
    shop_rig_say(rig, said);
    audit(rig);
    state_is(rig, "reserved");
    said->lines[0].quantity = 5;
    said->order.line_count = 2;
    said->lines[1] = (struct platform_line){.id = "x", .item = "i2", .sku = "k2", .code = "B", .quantity = 1};
    said->order.modified_us += SECOND;
    shop_rig_say(rig, said);
    state_is(rig, "audit");
    shop_rig_count(rig, "SELECT count(*) FROM reservation", 0);
    audit(rig);
    shop_rig_count(rig, "SELECT sum(quantity) FROM reservation", 6);
    shop_rig_count(rig, "SELECT count(*) FROM order_line", 2);
}

/* ---------------------------------------------------------------- while a site has it */

static struct fake_order *release(struct shop_rig *rig)
{
    struct fake_order *said = place();
    shop_rig_say(rig, said);
    audit(rig);
    assert_int_equal(DO(rig, "order.release", "order=s1-" ID), 0);
    state_is(rig, "released");
    return said;
}

static void move(struct fake_order *said)
{
    text_copy(said->order.address, sizeof(said->order.address), "西湖路9号");
    said->order.modified_us += SECOND;
}

static void a_change_before_the_release_left_takes_it_back(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = release(rig);
    move(said);
    shop_rig_say(rig, said);
    state_is(rig, "audit");
    shop_rig_count(rig, "SELECT count(*) FROM attention WHERE settled_us IS NULL", 0);
    shop_rig_count(rig, "SELECT count(*) FROM platform_order WHERE again = 1", 1);
    audit(rig);
    assert_int_equal(DO(rig, "order.release", "order=s1-" ID), 0);
    shop_rig_count(rig, "SELECT count(*) FROM feed WHERE type = 'order.release' AND line LIKE '%西湖路9号%'", 1);
    shop_rig_count(rig, "SELECT count(*) FROM feed WHERE type = 'order.release' AND line LIKE '%文一西路%'", 0);
}

static void event(struct shop_rig *rig, int64_t seq, const char *type, const char *data)
{
    struct buf line = {0};
    rig_put_event(&line, "hz", 1, seq, type, data);
    rig_segment(&rig->rig, "box-1", seq, &line);
    rig_turn(&rig->rig);
    buf_done(&line);
}

static void sent(struct shop_rig *rig)
{
    rig_meet(&rig->rig);
    assert_int_equal(hub_send_changes(rig->rig.hub, fake.now_us, &rig->rig.error), 0);
}

static void a_change_later_asks_the_site(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = release(rig);
    sent(rig);
    move(said);
    shop_rig_say(rig, said);
    state_is(rig, "released");
    shop_rig_text(rig, "SELECT kind || ' ' || detail FROM attention WHERE settled_us IS NULL",
                  "changed_at_site receiver");
    shop_rig_count(rig, "SELECT count(*) FROM feed WHERE type = 'order.unassign'", 1);
    event(rig, 1, "order.released", "{\"order\":\"s1-" ID "\"}");
    state_is(rig, "audit");
    shop_rig_count(rig, "SELECT count(*) FROM attention WHERE settled_us IS NULL", 0);
    shop_rig_count(rig, "SELECT count(*) FROM orders WHERE site IS NULL", 1);
    audit(rig);
    state_is(rig, "reserved");
}

static void what_is_begun_stays_and_a_person_is_told(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = release(rig);
    sent(rig);
    move(said);
    shop_rig_say(rig, said);
    event(rig, 1, "order.kept", "{\"order\":\"s1-" ID "\",\"stage\":\"picking\"}");
    state_is(rig, "released");
    shop_rig_count(rig, "SELECT count(*) FROM attention WHERE settled_us IS NULL", 1);
    shop_rig_count(rig, "SELECT count(*) FROM feed WHERE type = 'order.cancel'", 0);
    assert_int_equal(DO(rig, "attention.settle", "id=1"), 0);
    assert_int_equal(DO(rig, "attention.settle", "id=1"), -ENOENT);
    shop_rig_text(rig, "SELECT settled_by FROM attention", "tester");
}

/* Head office hears of the refund itself, and after-sales asks the site to stop. */
static void a_refund_stops_the_parcel(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = release(rig);
    shop_rig_work(rig);
    sent(rig);
    said->order.overlays = said->lines[0].overlays = PLATFORM_REFUNDING;
    said->order.modified_us = fake.now_us += SECOND;
    fake.refunds[fake.refund_count++] = (struct platform_refund){
        .id = "r", .order = ID, .state = PLATFORM_REFUND_ASKED, .amount_minor = 3900, .modified_us = fake.now_us};
    shop_rig_later(rig, 31);
    shop_rig_count(rig, "SELECT count(*) FROM feed WHERE type = 'order.unassign'", 0);
    shop_rig_count(rig, "SELECT count(*) FROM feed WHERE type = 'order.cancel'", 1);
    shop_rig_count(rig, "SELECT count(*) FROM aftersale_stop WHERE order_number = 's1-" ID "'", 1);
}

/* It would use the old number, which is made void at the carrier, if it got the order once more. */
static void a_site_that_gives_an_order_back_gives_its_number_up(void **state)
{
    struct shop_rig *rig = *state;
    rig_import_good(&rig->rig, "waybills", "hz", "waybill,carrier\nW1,SF\nW2,SF\n");
    struct fake_order *said = release(rig);
    sent(rig);
    shop_rig_text(rig, "SELECT number FROM waybill WHERE state = 'sent'", "W1");
    move(said);
    shop_rig_say(rig, said);
    event(rig, 1, "order.released", "{\"order\":\"s1-" ID "\"}");
    shop_rig_text(rig, "SELECT number FROM waybill WHERE state = 'void_pending'", "W1");
    shop_rig_text(rig, "SELECT key FROM feed WHERE type = 'waybill.voided'", "waybill/W1");
    audit(rig);
    assert_int_equal(rig_release(&rig->rig, "hz", "s1-" ID), 0);
    shop_rig_text(rig, "SELECT number FROM waybill WHERE state = 'sent'", "W2");
}

/* The buyer asks for a refund and for another address, and the shop refuses the refund: the goods are sent after all.
 * A look for refunds that failed once does not mean that nothing is heard of them. */
static void a_refund_that_is_refused_is_no_cancellation(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = release(rig);
    shop_rig_work(rig);
    sent(rig);
    said->order.overlays = said->lines[0].overlays = PLATFORM_REFUNDING;
    move(said);
    rig_run(&rig->rig, "UPDATE pull SET failures = 1, said = 'busy' WHERE kind = 'refunds'");
    shop_rig_say(rig, said);
    event(rig, 1, "order.kept", "{\"order\":\"s1-" ID "\",\"stage\":\"picking\"}");
    shop_rig_count(rig, "SELECT count(*) FROM feed WHERE type = 'order.cancel'", 0);
    struct platform_refund *refund = &fake.refunds[fake.refund_count++];
    *refund = (struct platform_refund){
        .id = "r", .order = ID, .state = PLATFORM_REFUND_ASKED, .amount_minor = 3900, .modified_us = fake.now_us};
    shop_rig_later(rig, 31);
    shop_rig_count(rig, "SELECT own FROM aftersale_stop", 1);
    event(rig, 2, "order.cancel_accepted", "{\"order\":\"s1-" ID "\",\"stage\":\"picking\"}");
    refund->state = PLATFORM_REFUND_CLOSED;
    refund->modified_us = fake.now_us += SECOND;
    shop_rig_later(rig, 31);
    shop_rig_count(rig, "SELECT sum(quantity) FROM order_line JOIN orders USING (number) WHERE state <> 'closed'", 2);
}

/* The shop may not be asked for refunds: what the order says is all that is known. */
static void a_refund_of_all_of_it_stops_the_parcel(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = release(rig);
    sent(rig);
    said->order.overlays = said->lines[0].overlays = PLATFORM_REFUNDING;
    said->order.modified_us += SECOND;
    shop_rig_say(rig, said);
    shop_rig_count(rig, "SELECT count(*) FROM feed WHERE type = 'order.unassign'", 1);
    event(rig, 1, "order.kept", "{\"order\":\"s1-" ID "\",\"stage\":\"picking\"}");
    shop_rig_count(rig, "SELECT count(*) FROM feed WHERE type = 'order.cancel'", 1);
    shop_rig_count(rig, "SELECT cancelling FROM orders", 1);
    event(rig, 2, "order.cancel_accepted", "{\"order\":\"s1-" ID "\",\"stage\":\"picking\"}");
    state_is(rig, "closed");
    shop_rig_count(rig, "SELECT count(*) FROM reservation WHERE left_open > 0", 0);
    shop_rig_say(rig, said); /* then it is heard of after all, and refused at once */
    fake.refunds[fake.refund_count++] = (struct platform_refund){
        .id = "r", .order = ID, .state = PLATFORM_REFUND_CLOSED, .amount_minor = 3900, .modified_us = fake.now_us};
    shop_rig_later(rig, 31);
    shop_rig_count(rig, "SELECT sum(quantity) FROM order_line JOIN orders USING (number) WHERE state <> 'closed'", 2);
}

static void a_cancellation_asks_the_site(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = release(rig);
    said->order.state = PLATFORM_CANCELLED;
    said->order.modified_us += SECOND;
    shop_rig_say(rig, said);
    state_is(rig, "released");
    shop_rig_count(rig, "SELECT count(*) FROM feed WHERE type = 'order.cancel'", 1);
    said->order.modified_us += SECOND;
    text_copy(said->order.seller_note, sizeof(said->order.seller_note), "again");
    shop_rig_say(rig, said);
    shop_rig_count(rig, "SELECT count(*) FROM feed WHERE type = 'order.cancel'", 1);
}

static void other_goods_at_a_site_wait_until_it_is_back(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = release(rig);
    said->lines[0].quantity = 7;
    said->order.modified_us += SECOND;
    shop_rig_say(rig, said); /* the release had not left: it is back at once */
    state_is(rig, "audit");
    shop_rig_count(rig, "SELECT quantity FROM order_line", 2);
    audit(rig); /* and must not go out as it was */
    state_is(rig, "exception");
    shop_rig_work(rig); /* the platform is asked for it */
    assert_int_equal(fake_called(PLATFORM_ORDER), 1);
    shop_rig_count(rig, "SELECT quantity FROM order_line", 7);
    audit(rig);
    state_is(rig, "reserved");
}

/* ---------------------------------------------------------------- when others of ours do it */

static struct fake_order *split(struct shop_rig *rig)
{
    struct fake_order *said = place();
    shop_rig_say(rig, said);
    assert_int_equal(DO(rig, "order.split", "order=s1-" ID, "parts=[[{\"line\":1,\"quantity\":1}]]"), 0);
    audit(rig);
    shop_rig_count(rig, "SELECT count(*) FROM orders WHERE origin = 'split' AND state = 'reserved'", 2);
    return said;
}

static void what_was_split_follows_its_platform(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = split(rig);
    said->order.overlays = PLATFORM_HOLD;
    said->order.modified_us += SECOND;
    shop_rig_say(rig, said);
    audit(rig);
    shop_rig_count(rig, "SELECT count(*) FROM orders WHERE origin = 'split' AND state = 'exception'", 2);
    said->order.overlays = 0;
    move(said);
    shop_rig_say(rig, said);
    audit(rig);
    shop_rig_count(rig,
                   "SELECT count(*) FROM orders WHERE origin = 'split' AND state = 'reserved' AND receiver_address"
                   " LIKE '%西湖路9号'",
                   2);
    shop_rig_text(rig, "SELECT kind || ' ' || about FROM attention WHERE settled_us IS NULL", "changed_at_site s1-" ID);
    said->order.state = PLATFORM_CANCELLED;
    said->order.modified_us += SECOND;
    shop_rig_say(rig, said);
    shop_rig_count(rig, "SELECT count(*) FROM orders WHERE origin = 'split' AND state = 'closed'", 2);
    shop_rig_count(rig, "SELECT count(*) FROM reservation WHERE left_open > 0", 0);
}

static void what_was_split_and_shipped_elsewhere_is_told(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = split(rig);
    said->order.state = PLATFORM_SHIPPED;
    said->order.modified_us += SECOND;
    shop_rig_say(rig, said);
    shop_rig_text(rig, "SELECT kind FROM attention WHERE settled_us IS NULL", "shipped_elsewhere");
}

/* ---------------------------------------------------------------- what cannot be taken */

/* A buyer whose refund was refused asks once more, and that is heard of first. */
static void a_second_refund_claims_what_the_first_gave_free(void **state)
{
    struct shop_rig *rig = *state;
    place();
    shop_rig_work(rig);
    fake.refund_count = 2;
    fake.refunds[0] = (struct platform_refund){
        .id = "r1", .order = ID, .state = PLATFORM_REFUND_ASKED, .amount_minor = 3900, .modified_us = fake.now_us};
    shop_rig_later(rig, 31);
    fake.refunds[1] = fake.refunds[0];
    text_copy(fake.refunds[1].id, sizeof(fake.refunds[1].id), "r2");
    fake.refunds[1].modified_us = fake.now_us;
    shop_rig_later(rig, 31);
    shop_rig_count(rig, "SELECT count(*) FROM aftersale WHERE trouble <> ''", 1);
    fake.refunds[0].state = PLATFORM_REFUND_CLOSED;
    fake.refunds[0].modified_us = fake.now_us;
    shop_rig_later(rig, 31);
    fake.refunds[1].state = PLATFORM_REFUND_DONE;
    fake.refunds[1].modified_us = fake.now_us;
    shop_rig_later(rig, 31);
    shop_rig_count(rig, "SELECT sum(amount_minor) FROM refund_due WHERE state = 'paid'", 3900);
    shop_rig_count(rig, "SELECT count(*) FROM aftersale WHERE trouble <> ''", 0);
}

/* A window without orders is over, too: the order that the refund waits for is in one of the next. */
static void a_refund_that_came_first_stops_no_reading(void **state)
{
    struct shop_rig *rig = *state;
    fake.refunds[fake.refund_count++] = (struct platform_refund){.id = "r",
                                                                 .order = ID,
                                                                 .state = PLATFORM_REFUND_ASKED,
                                                                 .amount_minor = 3900,
                                                                 .modified_us = fake.now_us - SECOND};
    shop_rig_work(rig);
    shop_rig_count(rig, "SELECT count(*) FROM aftersale WHERE order_number IS NULL", 1);
    shop_rig_later(rig, 31);
    shop_rig_later(rig, 31);
    shop_rig_count(rig, "SELECT count(*) FROM pull WHERE failures > 0", 0);
    place();
    shop_rig_later(rig, 31);
    shop_rig_count(rig, "SELECT count(*) FROM aftersale WHERE order_number IS NULL", 0);
}

static void a_refund_that_came_first_holds_its_order(void **state)
{
    struct shop_rig *rig = *state;
    fake.refunds[fake.refund_count++] = (struct platform_refund){
        .id = "r", .order = ID, .state = PLATFORM_REFUND_ASKED, .amount_minor = 3900, .modified_us = fake.now_us};
    shop_rig_later(rig, 1);
    shop_rig_say(rig, place());
    audit(rig);
    shop_rig_count(rig, "SELECT count(*) FROM exception WHERE kind = 'refund' AND released_us IS NULL", 1);
}

static void what_cannot_be_taken_is_kept_and_told(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = place(), *good = fake_place("good");
    said->lines[0].quantity = 0;
    assert_int_equal(shop_rig_say(rig, said), PLATFORM_NOT_TAKEN);
    assert_int_equal(shop_rig_say(rig, good), PLATFORM_NEW);
    shop_rig_count(rig, "SELECT count(*) FROM orders", 1);
    shop_rig_count(rig, "SELECT count(*) FROM platform_order WHERE number IS NULL AND trouble <> '' AND raw <> ''", 1);
    shop_rig_text(rig, "SELECT kind || ' ' || about FROM attention WHERE settled_us IS NULL", "not_taken " ID);
    said->lines[0].quantity = 1;
    said->order.modified_us += SECOND;
    assert_int_equal(shop_rig_say(rig, said), PLATFORM_NEW);
    shop_rig_count(rig, "SELECT count(*) FROM attention WHERE settled_us IS NULL", 0);
    shop_rig_count(rig, "SELECT count(*) FROM orders", 2);
}

static void an_order_that_came_by_a_file_goes_on_under_its_number(void **state)
{
    struct shop_rig *rig = *state;
    rig_run(&rig->rig,
            "INSERT INTO orders (number, platform, carrier, priority, receiver_name, receiver_phone,"
            " receiver_address, imported_us, shop, platform_order) VALUES ('OLD-1', 'fake', 'YT', 0, 'x', '1',"
            " 'y', 0, 's1', '" ID "'); INSERT INTO order_line (number, line, sku, quantity) VALUES ('OLD-1', 1,"
            " 'C', 9)");
    struct fake_order *said = place();
    assert_int_equal(shop_rig_say(rig, said), PLATFORM_CHANGED);
    shop_rig_text(rig,
                  "SELECT number || ' ' || carrier || ' ' || receiver_name || ' ' || sku || ' ' || quantity FROM orders"
                  " JOIN order_line USING (number)",
                  "OLD-1 YT 张伟 A 2");
    shop_rig_text(rig, "SELECT number FROM platform_order", "OLD-1");
    assert_int_equal(shop_rig_say(rig, said), PLATFORM_SAME);
}

static void an_item_is_known_when_a_person_says_so(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = place();
    text_copy(said->lines[0].code, sizeof(said->lines[0].code), "unheard-of");
    shop_rig_say(rig, said);
    audit(rig);
    state_is(rig, "exception");
    assert_int_equal(DO(rig, "listing.map", "shop=s1", "item=i1", "platform_sku=k1", "sku=nothing"), -ENOENT);
    assert_int_equal(DO(rig, "listing.map", "shop=s1", "item=i1", "platform_sku=k1", "sku=C"), 0);
    audit(rig);
    state_is(rig, "reserved");
    shop_rig_text(rig, "SELECT sku FROM reservation", "C");
    text_copy(said->lines[0].code, sizeof(said->lines[0].code), "A"); /* what a person said stands */
    struct fake_order *next = fake_place("next");
    shop_rig_say(rig, next);
    shop_rig_text(rig, "SELECT sku FROM order_line WHERE number = 's1-next'", "C");
}

static void an_item_is_known_when_it_has_come(void **state)
{
    struct shop_rig *rig = *state;
    struct fake_order *said = place();
    text_copy(said->lines[0].code, sizeof(said->lines[0].code), "06901234567892");
    shop_rig_say(rig, said);
    rig_import_good(&rig->rig, "barcodes", NULL,
                    "code,kind,sku,factor,weight_g,name\n06901234567892,item,B,1,,\nBOX-OF-6,item,B,6,,\n");
    assert_int_equal(DO(rig, "listing.match", "shop=s1"), 0);
    shop_rig_text(rig, "SELECT sku FROM order_line", "B");
    struct fake_order *pack = fake_place("pack"); /* a box is six of them */
    text_copy(pack->lines[0].code, sizeof(pack->lines[0].code), "BOX-OF-6");
    text_copy(pack->lines[0].sku, sizeof(pack->lines[0].sku), "k6");
    shop_rig_say(rig, pack);
    shop_rig_text(rig, "SELECT sku || ' ' || quantity || ' ' || factor FROM order_line WHERE number = 's1-pack'",
                  "B 12 6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SHOP(an_order_is_stored_as_it_was_said),
        ON_SHOP(what_is_said_twice_or_is_older_does_nothing),
        ON_SHOP(who_was_forgotten_is_not_told_again),
        ON_SHOP(lines_in_another_order_are_the_same),
        ON_SHOP(an_unpaid_order_keeps_its_stock_for_a_while),
        ON_SHOP(an_unpaid_order_whose_time_is_over_is_not_promised_anew),
        ON_SHOP(a_status_that_nobody_knows_holds_it),
        ON_SHOP(a_hold_comes_and_goes),
        ON_SHOP(a_hidden_receiver_never_replaces_a_good_one),
        ON_SHOP(a_hidden_receiver_who_lives_elsewhere_now_holds_it),
        ON_SHOP(what_a_person_corrected_stands),
        ON_SHOP(what_was_shipped_or_cancelled_elsewhere_ends_here),
        ON_SHOP(other_goods_are_promised_anew),
        ON_SHOP(a_change_before_the_release_left_takes_it_back),
        ON_SHOP(a_change_later_asks_the_site),
        ON_SHOP(what_is_begun_stays_and_a_person_is_told),
        ON_SHOP(a_refund_stops_the_parcel),
        ON_SHOP(a_site_that_gives_an_order_back_gives_its_number_up),
        ON_SHOP(a_refund_that_is_refused_is_no_cancellation),
        ON_SHOP(a_refund_of_all_of_it_stops_the_parcel),
        ON_SHOP(a_cancellation_asks_the_site),
        ON_SHOP(other_goods_at_a_site_wait_until_it_is_back),
        ON_SHOP(what_was_split_follows_its_platform),
        ON_SHOP(what_was_split_and_shipped_elsewhere_is_told),
        ON_SHOP(a_second_refund_claims_what_the_first_gave_free),
        ON_SHOP(a_refund_that_came_first_stops_no_reading),
        ON_SHOP(a_refund_that_came_first_holds_its_order),
        ON_SHOP(what_cannot_be_taken_is_kept_and_told),
        ON_SHOP(an_order_that_came_by_a_file_goes_on_under_its_number),
        ON_SHOP(an_item_is_known_when_a_person_says_so),
        ON_SHOP(an_item_is_known_when_it_has_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
