/* Whoever got something is forgotten: in time and when somebody asks, wherever it stands; and what is counted stays. */
#include "unit/customers_rig.h"
#include "unit/personal.h"

#include "sync/head-office/customers/erase.h"
#include "sync/head-office/sites/feed.h"

#define DAY_US INT64_C(86400000000)

static const char *const he[] = {"王小明", PHONE, "西溪路 1 号", "余杭", "tb-wang", NULL};

/* ---------------------------------------------------------------- what there is of somebody */

static void ended(struct shelf *shelf, const char *number, const char *state)
{
    assert_int_equal(sql_run(shelf->rig.office.sql, "UPDATE orders SET state = ?2, site = 'hz' WHERE number = ?1",
                             sql_text(number), sql_text(state)),
                     0);
}

static void order_to_him(struct shelf *shelf, const char *number, const char *state)
{
    order_of(shelf, number, "taobao", "tb-wang", PHONE, 1);
    assert_int_equal(sql_run(shelf->rig.office.sql,
                             "UPDATE orders SET receiver_address = '西溪路 1 号', district = '余杭区', buyer_note = '给"
                             "王小明', seller_note = '王小明', packing_note = '王小明', province = '浙江省', city = "
                             "'杭州市' WHERE number = ?1",
                             sql_text(number)),
                     0);
    ended(shelf, number, state);
}

/* Everything that the house keeps of an order and its customer, each with his name in it. */
static void keep_all_of(struct shelf *shelf, const char *number)
{
    work(shelf);
    shelf_run(shelf,
              "INSERT INTO platform_order (shop, id, number, modified_us, hash, receiver, lines, raw, taken_us) VALUES"
              " ('s', '%s', '%s', 1, 'h', 'r', 'l', '{\"name\":\"王小明\"}', 1);"
              "INSERT INTO exception (number, kind, detail, raised_us) VALUES ('%s', 'blacklist', 'phone " PHONE
              "', 1);"
              "INSERT INTO waybill (number, site, carrier, order_number, state, print_data, drawn) VALUES ('W-%s',"
              " 'hz', 'SF', '%s', 'live', '王小明', '{\"bytes\":\"王小明\"}');"
              "INSERT INTO aftersale (number, kind, state, order_number, reason, asked_us, changed_us) VALUES ('S-%s',"
              " 'refund', 'settled', '%s', '王小明 does not want it', 1, 1);"
              "INSERT INTO aftersale_history (number, time_us, act, before, after, who, note) VALUES ('S-%s', 1,"
              " 'agreed', 'asked', 'agreed', 'li', 'told 王小明');"
              "INSERT INTO refund_due (number, order_number, currency, amount_minor, freight_minor, reason,"
              " approved_by, approved_us) VALUES ('S-%s', '%s', 'CNY', 300, 0, '王小明', 'li', 1)",
              number, number, number, number, number, number, number, number, number, number);
    shelf_run(shelf,
              "INSERT INTO customer (code, name, phone, email, address, district, note, person) SELECT 'C-%s',"
              " '王小明', '" PHONE
              "', 'x@tb-wang.cn', '西溪路 1 号', '余杭区', '王小明', person FROM person_order WHERE"
              " number = '%s';"
              "INSERT INTO contact (person, order_number, time_us, channel, direction, text, who) SELECT person,"
              " number, 1, 'phone', 'in', '王小明 called', 'li' FROM person_order WHERE number = '%s';"
              "INSERT INTO ticket (id, state, why, question, language, person, order_number, reply, opened_us,"
              " changed_us) SELECT 1, 'closed', 'w', 'I am 王小明', 'zh', person, number, 'Dear 王小明', 1, 1 FROM"
              " person_order WHERE number = '%s';"
              "INSERT INTO ticket_history (ticket, time_us, act, before, after, who, note) VALUES (1, 1, 'closed',"
              " 'open', 'closed', 'li', '王小明');"
              "INSERT INTO service_answer (time_us, who, language, question, intent, proof, asked_order, order_number,"
              " person, answer) SELECT 1, 'bot', 'zh', '我是王小明', 'where', 'none', number, number, person, '王小明'"
              " FROM person_order WHERE number = '%s'",
              number, number, number, number, number);
}

static void feed_of(struct shelf *shelf, const char *number)
{
    struct office *office = &shelf->rig.office;
    char key[64];
    snprintf(key, sizeof(key), "order/%s", number);
    struct feed_change change = {
        "order.release", key, 1,
        "{\"order\":\"O\",\"receiver\":{\"name\":\"王小明\"},\"packing_note\":\"王小明\",\"lines\":[],\"rev\":1}"};
    assert_int_equal(feed_append(office, "hz", &change), 0);
    snprintf(key, sizeof(key), "waybill/W-%s", number);
    change = (struct feed_change){"waybill.pool", key, 1, "{\"waybill\":\"W\",\"opaque\":{\"bytes\":\"王小明\"}}"};
    assert_int_equal(feed_append(office, "hz", &change), 0);
    shelf_run(shelf,
              "INSERT INTO assignment (number, site, feed_seq, lease_s, renewed_us) VALUES ('%s', 'hz', 1, 0, 1);"
              "UPDATE site SET feed_sent = feed_head, feed_acked = feed_head WHERE id = 'hz'",
              number);
}

/* ---------------------------------------------------------------- what is counted */

/* Sums over all that is counted, and over who bought what. */
static void count_all(struct shelf *shelf, struct buf *ret)
{
    static const char *const sums[] = {
        "SELECT coalesce(sum(paid_minor * 7 + goods_minor), 0) FROM orders",
        "SELECT coalesce(sum(quantity * 3 + price_minor), 0) FROM order_line",
        "SELECT coalesce(sum(amount_minor), 0) FROM refund_due",
        "SELECT count(*) FROM orders WHERE province = '浙江省' AND city = '杭州市'",
        "SELECT coalesce(sum(person), 0) FROM person_order",
        "SELECT count(DISTINCT head) * 1000 + count(*) FROM person",
        "SELECT count(*) FROM person_identity",
        "SELECT coalesce(sum(debit_minor), 0) FROM books_entry",
        "SELECT count(*) FROM contact",
        "SELECT count(*) FROM aftersale",
    };
    for (size_t i = 0; i < COUNT(sums); i++)
        buf_printf(ret, "%lld ", (long long)rig_count(&shelf->rig, sums[i]));
}

/* ---------------------------------------------------------------- stories */

static void an_order_that_is_forgotten_names_nobody_anywhere(void **state)
{
    struct shelf *shelf = *state;
    CLEANUP_BUF struct buf before = {0}, after = {0}, answer = {0};
    order_to_him(shelf, "O", "shipped");
    keep_all_of(shelf, "O");
    shelf_run(shelf, "UPDATE customer SET name = '', phone = '', email = '', address = '', district = '', note = '';"
                     "INSERT INTO blacklist (field, value, why, added_us, added_by, id) VALUES ('phone', '" PHONE
                     "', 'w', 1, 'li', 1);"
                     "INSERT INTO invoice (series, state, title, currency, made_us, who) VALUES ('A', 'draft',"
                     " '王小明', 'CNY', 1, 'li')");
    feed_of(shelf, "O");
    count_all(shelf, &before);
    assert_words_stand(shelf->rig.office.sql, he,
                       "aftersale.reason aftersale_history.note blacklist.value contact.text exception.detail"
                       " feed.line invoice.title orders.buyer orders.buyer_note orders.district orders.packing_note"
                       " orders.receiver_address orders.receiver_name orders.receiver_phone orders.seller_note"
                       " person_identity.value platform_order.raw refund_due.reason service_answer.answer"
                       " service_answer.question ticket.question ticket.reply ticket_history.note waybill.drawn"
                       " waybill.print_data");
    assert_int_equal(shelf_do(shelf, "order.forget", "{\"order\":\"O\"}", &answer), 0);
    assert_string_equal(buf_text(&answer), "{\"order\":\"O\",\"forgotten\":1,\"under_way\":0}");
    assert_words_stand(shelf->rig.office.sql, he, "blacklist.value invoice.title person_identity.value");
    assert_said(shelf, "0", "SELECT CAST(count(*) AS TEXT) FROM platform_order WHERE hash <> '' OR receiver <> ''",
                SQL_NO_VALUES);
    work(shelf); /* what was due to be looked at is not anybody else's now */
    count_all(shelf, &after);
    assert_string_equal(buf_text(&after), buf_text(&before));
    assert_said(shelf, "tester", "SELECT who FROM order_history WHERE number = 'O' AND act = 'forgotten'",
                SQL_NO_VALUES);
    assert_said(shelf, "{\"order\":\"O\"}", "SELECT about FROM trail WHERE what = 'order.forget'", SQL_NO_VALUES);
    assert_said(shelf, "hz order/O", "SELECT site || ' ' || key FROM feed WHERE type = 'order.forget'", SQL_NO_VALUES);
    assert_int_equal(shelf_do(shelf, "order.forget", "{\"order\":\"X\"}", NULL), -ENOENT);
}

static void a_customer_who_is_forgotten_is_nobody_and_bought_what_he_bought(void **state)
{
    struct shelf *shelf = *state;
    CLEANUP_BUF struct buf before = {0}, after = {0}, answer = {0};
    order_to_him(shelf, "O", "finished");
    order_to_him(shelf, "P", "closed");
    order_to_him(shelf, "Q", "audit"); /* under way */
    order_of(shelf, "Z", "taobao", "tb-li", "13912345699", 2);
    ended(shelf, "Z", "finished");
    keep_all_of(shelf, "O");
    shelf_run(shelf, "INSERT INTO segment (code, name, kind, currency) VALUES ('vip', 'vip', 'list', 'CNY');"
                     "INSERT INTO segment_member (segment, person, added_us, who) SELECT 'vip', person, 1, 'li' FROM"
                     " person_order WHERE number = 'O';"
                     "INSERT INTO person_consent (person, channel, given, source, who, time_us) SELECT person, 'sms',"
                     " 1, 'form of 王小明', 'li', 1 FROM person_order WHERE number = 'O'");
    count_all(shelf, &before);
    char fields[64];
    snprintf(fields, sizeof(fields), "{\"person\":%lld}", (long long)whose(shelf, "P"));
    assert_int_equal(shelf_do(shelf, "customer.forget", fields, &answer), 0);
    assert_non_null(strstr(buf_text(&answer), "\"forgotten\":2,\"under_way\":1"));
    assert_words_stand(shelf->rig.office.sql, he,
                       "orders.buyer orders.buyer_note orders.district orders.packing_note orders.receiver_address"
                       " orders.receiver_name orders.receiver_phone orders.seller_note");
    assert_said(shelf, "Q", "SELECT number FROM orders WHERE buyer = 'tb-wang'", SQL_NO_VALUES);
    assert_said(shelf, "13912345699", "SELECT receiver_phone FROM orders WHERE number = 'Z'", SQL_NO_VALUES);
    count_all(shelf, &after);
    assert_string_equal(buf_text(&after), buf_text(&before));
    assert_int_equal(rig_count(&shelf->rig, "SELECT count(*) FROM segment_member"), 0);
    ended(shelf, "Q", "shipped");
    struct erase_work done;
    assert_int_equal(erase_work(&shelf->rig.office, 50, &done, &shelf->rig.error), 0);
    assert_int_equal(done.orders, 1);
    assert_words_stand(shelf->rig.office.sql, he, "orders.receiver_name"); /* Z's: people share names */
    assert_int_equal(shelf_do(shelf, "customer.forget", "{\"person\":999999}", NULL), -ENOENT);
    int64_t before_him = whose(shelf, "O");
    order_to_him(shelf, "N", "audit"); /* who buys again is somebody new */
    work(shelf);
    assert_int_not_equal(whose(shelf, "N"), before_him);
    assert_int_equal(whose(shelf, "O"), before_him);
}

static int64_t forgotten_after(struct shelf *shelf, int64_t days)
{
    struct erase_work done;
    shelf->rig.office.now_us += days * DAY_US;
    if (erase_work(&shelf->rig.office, 50, &done, &shelf->rig.error) != 0)
        fail_msg("%s", shelf->rig.error.text);
    assert_false(done.more);
    return done.orders;
}

static void receivers_are_forgotten_in_time(void **state)
{
    struct shelf *shelf = *state;
    order_to_him(shelf, "A", "shipped");
    order_to_him(shelf, "B", "audit");
    order_to_him(shelf, "C", "closed");
    order_to_him(shelf, "D", "finished");
    shelf_run(shelf, "INSERT INTO aftersale (number, kind, state, order_number, asked_us, changed_us) VALUES ('S', "
                     "'return', 'returning', 'D', 1, 1);"
                     "INSERT INTO platform_order (shop, id, modified_us, hash, lines, raw, taken_us, trouble) VALUES"
                     " ('s', 'X', 1, 'h', 'l', '王小明', 1700000000000000, 'it has no lines')");
    assert_done(shelf, "setting.set", "{\"name\":\"receiver_days\",\"value\":\"30\"}");
    assert_int_equal(forgotten_after(shelf, 0), 0);
    assert_int_equal(forgotten_after(shelf, 29), 0);
    assert_int_equal(forgotten_after(shelf, 2), 2);
    assert_said(shelf, "", "SELECT receiver_name || receiver_phone FROM orders WHERE number = 'A'", SQL_NO_VALUES);
    assert_said(shelf, "王小明", "SELECT receiver_name FROM orders WHERE number = 'B'", SQL_NO_VALUES); /* under way */
    assert_said(shelf, "王小明", "SELECT receiver_name FROM orders WHERE number = 'D'", SQL_NO_VALUES); /* a return */
    assert_int_equal(rig_count(&shelf->rig, "SELECT count(*) FROM platform_order WHERE raw <> ''"), 0);
    assert_int_equal(rig_count(&shelf->rig, "SELECT count(*) FROM feed WHERE type = 'order.forget'"), 0);
    shelf_run(shelf, "UPDATE aftersale SET state = 'settled'");
    assert_int_equal(forgotten_after(shelf, 0), 1);
    ended(shelf, "B", "closed");
    assert_int_equal(forgotten_after(shelf, 0), 0);
    ended(shelf, "B", "audit"); /* it stands for itself again */
    assert_int_equal(forgotten_after(shelf, 31), 0);
    ended(shelf, "B", "shipped");
    assert_int_equal(forgotten_after(shelf, 0), 0);
    assert_done(shelf, "setting.set", "{\"name\":\"receiver_days\",\"value\":\"0\"}");
    assert_int_equal(forgotten_after(shelf, 3000), 0);
    assert_done(shelf, "setting.set", "{\"name\":\"receiver_days\",\"value\":\"180\"}");
    assert_int_equal(forgotten_after(shelf, 0), 1);
}

/* What was split and merged goes as one when somebody asks; in time each goes for itself, and what they stand for with
 * the last of them. */
static void parts_go_with_what_they_are_of(void **state)
{
    struct shelf *shelf = *state;
    CLEANUP_BUF struct buf answer = {0};
    shelf_stock(shelf, "hz", "T", 10);
    order_of(shelf, "O", "taobao", "tb-wang", PHONE, 1);
    shelf_line(shelf, "O", 2, "C", 1);
    assert_done(shelf, "order.split", "{\"order\":\"O\",\"parts\":[[{\"line\":1,\"quantity\":1}]]}");
    ended(shelf, "O-1", "shipped");
    assert_int_equal(forgotten_after(shelf, 0), 0);
    assert_int_equal(forgotten_after(shelf, 181), 1);
    assert_said(shelf, PHONE, "SELECT receiver_phone FROM orders WHERE number = 'O'", SQL_NO_VALUES);
    assert_said(shelf, PHONE, "SELECT receiver_phone FROM orders WHERE number = 'O-2'", SQL_NO_VALUES);
    ended(shelf, "O-2", "shipped");
    assert_int_equal(forgotten_after(shelf, 0), 0);
    assert_int_equal(forgotten_after(shelf, 181), 2);
    assert_said(shelf, "", "SELECT receiver_phone FROM orders WHERE number = 'O'", SQL_NO_VALUES);

    order_of(shelf, "P", "taobao", "tb-wang", PHONE, 1);
    order_of(shelf, "Q", "taobao", "tb-wang", PHONE, 2);
    assert_done(shelf, "order.merge", "{\"orders\":[\"P\",\"Q\"]}");
    ended(shelf, "P-M", "shipped");
    assert_int_equal(shelf_do(shelf, "order.forget", "{\"order\":\"Q\"}", &answer), 0);
    assert_non_null(strstr(buf_text(&answer), "\"forgotten\":3,\"under_way\":0"));
    work(shelf);
    assert_int_equal(rig_count(&shelf->rig, "SELECT count(*) FROM orders WHERE receiver_phone <> ''"), 0);
}

/* A line that its site has not confirmed keeps whom it names: the site is told what was hashed. */
static void a_line_names_him_until_its_site_has_it(void **state)
{
    struct shelf *shelf = *state;
    order_to_him(shelf, "O", "shipped");
    shelf_run(shelf, "INSERT INTO waybill (number, site, carrier, order_number, state) VALUES ('W-O', 'hz', 'SF', 'O',"
                     " 'live')");
    feed_of(shelf, "O");
    shelf_run(shelf, "UPDATE site SET feed_acked = feed_head - 1 WHERE id = 'hz'"); /* the waybill's is the last */
    assert_done(shelf, "order.forget", "{\"order\":\"O\"}");
    assert_said(shelf, "waybill.pool", "SELECT type FROM feed WHERE line LIKE '%王小明%'", SQL_NO_VALUES);
    shelf_run(shelf, "UPDATE site SET retired_us = 1 WHERE id = 'hz'"); /* it will never hear it */
    assert_int_equal(forgotten_after(shelf, 0), 0);
    assert_words_stand(shelf->rig.office.sql, he, "");
    assert_int_equal(rig_count(&shelf->rig, "SELECT count(*) FROM feed WHERE line LIKE '%\"lines\":[],\"rev\":1}}'"),
                     1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SHELF(an_order_that_is_forgotten_names_nobody_anywhere),
        ON_SHELF(a_customer_who_is_forgotten_is_nobody_and_bought_what_he_bought),
        ON_SHELF(receivers_are_forgotten_in_time),
        ON_SHELF(parts_go_with_what_they_are_of),
        ON_SHELF(a_line_names_him_until_its_site_has_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
