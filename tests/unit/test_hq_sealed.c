/* Receivers at rest at head office: whatever way an order comes and goes, no table has a name, a telephone or an
 * address to read, and whoever must know them does; what was readable before is sealed, and sealed anew with a new key.
 */
#include "unit/personal.h"
#include "unit/shop_rig.h"

#include "base/file.h"
#include "sync/head-office/customers/persons.h"
#include "sync/head-office/orders/order_work.h"
#include "sync/head-office/query.h"
#include "sync/head-office/sealed.h"

#include <stdlib.h>
#include <unistd.h>

#define KEY_A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
#define KEY_B "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100\n"

static const char *const he[] = {"张伟", "13800000000", "文一西路1号", NULL};
static char folder[40], key_path[64];

static int seal(struct shop_rig *rig, const char *keys)
{
    unsetenv("CREDENTIALS_DIRECTORY");
    assert_int_equal(file_keep(key_path, keys, strlen(keys), 0600), 0);
    return sealed_begin(rig->rig.office.sql, "hq.db", key_path, &rig->rig.error);
}

static int set_up(void **state)
{
    snprintf(folder, sizeof(folder), "/tmp/hq-sealed-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(key_path, sizeof(key_path), "%s/receiver.key", folder);
    return shop_rig_set_up(state);
}

static int tear_down(void **state)
{
    unlink(key_path);
    rmdir(folder);
    return shop_rig_tear_down(state);
}
#define SEALED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#define MUST(...)                                                                                                      \
    do {                                                                                                               \
        if (DO(__VA_ARGS__) != 0)                                                                                      \
            fail_msg("%s", rig->rig.error.text);                                                                       \
    } while (0)

static void audit(struct shop_rig *rig)
{
    struct order_work done;
    rig->rig.office.now_us = fake.now_us;
    assert_int_equal(order_work_audit(&rig->rig.office, 100, &done, &rig->rig.error), 0);
}

/* As many as there are, one second after the other. */
static void place(struct shop_rig *rig, const char *id)
{
    assert_int_equal(shop_rig_say(rig, fake_place(id)), PLATFORM_NEW);
    fake.now_us += SECOND;
}

static void assert_holds(struct shop_rig *rig, const char *statement, const char *expected)
{
    struct sql_query *row = sql_select(rig->rig.office.sql, statement, SQL_NO_VALUES);
    assert_true(sql_next(row));
    if (!strstr(sql_get_text(row, 0), expected))
        fail_msg("%s lacks %s", sql_get_text(row, 0), expected);
    assert_int_equal(sql_done(row), 0);
}

static void asked(struct shop_rig *rig, const char *verb, const char *order, struct buf *ret)
{
    json_t *fields = json_pack("{s:s}", "order", order);
    if (verb_do(&rig->rig.office, verb, fields, "li", ret, &rig->rig.error) != 0)
        fail_msg("%s", rig->rig.error.text);
    json_decref(fields);
}

/* It was changed, and is checked once more. */
static void look_again(struct shop_rig *rig, const char *order)
{
    CLEANUP_BUF struct buf field = {0};
    buf_printf(&field, "order=%s", order);
    MUST(rig, "order.carrier", buf_text(&field), "carrier=SF");
    audit(rig);
}

/* ---------------------------------------------------------------- every way */

/* From a platform, a file and a program, corrected, split, merged, sent instead of another, asked a number for. */
static void orders_come_and_go(struct shop_rig *rig)
{
    MUST(rig, "waybill.account", "shop=s1", "carrier=SF", "form=http://form", "account=M1");
    MUST(rig, "site.sender", "site=hz", "name=W", "phone=0571", "province=浙江省", "city=杭州市",
         "address=仓前街道9号");
    place(rig, "1");
    place(rig, "2");
    place(rig, "3");
    rig_import_good(&rig->rig, "orders", NULL,
                    "order,platform,shop,carrier,receiver_name,receiver_phone,receiver_address,sku,quantity\n"
                    "F,file,s1,SF,张伟,13800000000,文一西路1号,B,1\nF,file,s1,SF,张伟,13800000000,文一西路1号,C,1\n");
    MUST(rig, "order.receiver", "order=F", "name=张伟", "phone=13800000000", "address=杭州文一西路1号");
    MUST(rig, "order.merge", "orders=[\"s1-2\",\"s1-3\"]");
    audit(rig);
    shop_rig_text(rig, "SELECT state FROM orders WHERE number = 's1-1'", "reserved");
    assert_int_equal(rig_release(&rig->rig, NULL, "s1-1"), 0);
    shop_rig_later(rig, 31); /* its number is asked for */
    rig_run(&rig->rig, "UPDATE orders SET state = 'shipped' WHERE number = 's1-1';"
                       "UPDATE order_line SET picked = quantity, packed = quantity, shipped = quantity WHERE number ="
                       " 's1-1'; INSERT INTO setting (name, value) VALUES ('exchange_ships_first', 'yes')");
}

/* To the only case. */
static void agree(struct shop_rig *rig)
{
    CLEANUP_BUF struct buf field = {0};
    struct sql_query *row = sql_select(rig->rig.office.sql, "SELECT number FROM aftersale", SQL_NO_VALUES);
    assert_true(sql_next(row));
    buf_printf(&field, "case=%s", sql_get_text(row, 0));
    assert_int_equal(sql_done(row), 0);
    MUST(rig, "aftersale.agree", buf_text(&field));
}

static void nobody_can_be_read_and_everybody_is_known(void **state)
{
    struct shop_rig *rig = *state;
    struct sql *sql = rig->rig.office.sql;
    CLEANUP_BUF struct buf shown = {0}, list = {0};
    assert_int_equal(seal(rig, KEY_A), 0);
    orders_come_and_go(rig);
    MUST(rig, "aftersale.open", "order=s1-1", "kind=exchange");
    agree(rig);
    shop_rig_count(rig, "SELECT count(*) FROM orders WHERE origin = 'exchange'", 1);
    MUST(rig, "blacklist.add", "field=phone", "value=13800000000", "why=w");
    assert_int_equal(sql_run(sql, "UPDATE orders SET state = 'audit' WHERE number = 'F'", SQL_NO_VALUES), 0);
    audit(rig);
    assert_words_stand(sql, he, "");

    asked(rig, "order.reveal", "s1-2-M", &shown);
    assert_non_null(strstr(buf_text(&shown), "\"name\":\"张伟\",\"phone\":\"13800000000\""));
    assert_holds(rig, "SELECT line FROM feed WHERE type = 'order.release'", "\"name\":\"张伟\"");
    assert_holds(rig, "SELECT receiver_address FROM orders WHERE origin = 'exchange'", "文一西路1号");
    assert_holds(rig, "SELECT print_data FROM waybill", "encryptedData");
    assert_holds(rig, "SELECT raw FROM platform_order", "{\"is\":\"raw\"}");
    const struct fake_call *call = fake_last(PLATFORM_WAYBILL_GET);
    assert_string_equal(call->parcels[0].name, "张伟");
    assert_string_equal(call->parcels[0].address, "文一西路1号");
    assert_holds(rig, "SELECT detail FROM exception WHERE kind = 'blacklist'", "phone 13800000000");
    const struct query_given given[] = {{"order", "F"}};
    assert_int_equal(query_list(sql, office_queries, "orders", given, 1, &list, &rig->rig.error), 0);
    assert_non_null(strstr(buf_text(&list), "\"receiver\":\"张*\",\"phone\":\"138****0000\""));
    assert_null(strstr(buf_text(&list), "13800000000"));
}

/* What is compared, without being read. */
static void orders_are_held_joined_and_found_by_what_is_sealed(void **state)
{
    struct shop_rig *rig = *state;
    struct persons_work persons;
    int64_t one = 0;
    assert_int_equal(seal(rig, KEY_A), 0);
    place(rig, "1");
    place(rig, "2");
    struct fake_order *third = fake_place("3"), *fourth = fake_place("4");
    text_copy(third->order.name, sizeof(third->order.name), "李雷");
    text_copy(third->order.phone, sizeof(third->order.phone), "13900000001");
    text_copy(fourth->order.address, sizeof(fourth->order.address), "余杭区1号"); /* no more than its parts */
    text_copy(fourth->order.phone, sizeof(fourth->order.phone), "13900000002");
    assert_int_equal(shop_rig_say(rig, third), PLATFORM_NEW);
    assert_int_equal(shop_rig_say(rig, fourth), PLATFORM_NEW);
    rig_run(&rig->rig, "INSERT INTO setting (name, value) VALUES ('merge_hours', '24')");
    audit(rig);
    shop_rig_count(rig, "SELECT count(*) FROM exception WHERE kind = 'merge'", 2);
    shop_rig_text(rig, "SELECT number FROM exception WHERE kind = 'address'", "s1-4");
    assert_int_equal(persons_work(&rig->rig.office, 100, &persons, &rig->rig.error), 0);
    assert_int_equal(persons_of_order(rig->rig.office.sql, "s1-1", &one), 0);
    shop_rig_count(rig, "SELECT count(DISTINCT phone) FROM person_order WHERE number IN ('s1-3', 's1-4')", 2);
    MUST(rig, "blacklist.add", "field=name", "value=李雷", "why=w");
    look_again(rig, "s1-3");
    assert_holds(rig, "SELECT detail FROM exception WHERE kind = 'blacklist'", "name 李雷");
    MUST(rig, "blacklist.remove", "field=name", "value=李雷");
    MUST(rig, "blacklist.add", "field=address", "value=西路1", "why=w");
    look_again(rig, "s1-3");
    assert_holds(rig, "SELECT detail FROM exception WHERE kind = 'blacklist' AND released_us IS NULL", "address 西路1");
    MUST(rig, "blacklist.remove", "field=address", "value=西路1");
    assert_int_equal(
        DO(rig, "rule.put", "name=r", "kind=hold", "result=look",
           "conditions=[{\"field\":\"phone\",\"operator\":\"begins\",\"value\":\"1390000\"},"
           "{\"field\":\"address\",\"operator\":\"contains\",\"value\":\"余杭区浙江省杭州市余杭区文一\"}]"),
        0);
    look_again(rig, "s1-3");
    shop_rig_text(rig, "SELECT number FROM exception WHERE kind = 'rule' AND released_us IS NULL", "s1-3");
}

/* ---------------------------------------------------------------- keys */

static void what_was_readable_is_sealed_and_sealed_anew(void **state)
{
    struct shop_rig *rig = *state;
    struct sql *sql = rig->rig.office.sql;
    orders_come_and_go(rig);
    rig_run(&rig->rig, "INSERT INTO blacklist (field, value, why, added_us, added_by, id) VALUES ('phone',"
                       " '13800000000', 'w', 1, 'li', 1), ('buyer', 'b', 'w', 1, 'li', 2);"
                       "INSERT INTO exception (number, kind, detail, raised_us) VALUES ('F', 'blacklist', 'phone"
                       " 13800000000', 1)");
    assert_words_stand(sql, he,
                       "blacklist.value exception.detail feed.line orders.receiver_address"
                       " orders.receiver_name orders.receiver_phone");
    assert_int_equal(seal(rig, KEY_A), 0);
    assert_words_stand(sql, he, "");
    shop_rig_count(rig, "SELECT count(*) FROM blacklist WHERE value = 'b'", 1);
    assert_holds(rig, "SELECT receiver_name FROM orders WHERE number = 'F'", "张伟");
    assert_int_equal(seal(rig, KEY_B), -EKEYREJECTED);
    assert_non_null(strstr(rig->rig.error.text, "put its receiver.key back"));
    assert_int_equal(seal(rig, KEY_B KEY_A), 0); /* from now on with B, and A is not needed any more */
    assert_int_equal(seal(rig, KEY_B), 0);
    assert_words_stand(sql, he, "");
    assert_holds(rig, "SELECT receiver_name FROM orders WHERE number = 'F'", "张伟");
    assert_holds(rig, "SELECT line FROM feed WHERE type = 'order.release'", "\"phone\":\"13800000000\"");
    shop_rig_count(rig, "SELECT count(DISTINCT receiver_phone) FROM orders", 1);
    unsetenv("FLOORHAND_RECEIVER_KEY");
    sql_seal(sql, NULL); /* a program without the key */
    assert_int_equal(sealed_begin(sql, "postgresql:///hq", "", &rig->rig.error), -EKEYREJECTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SEALED(nobody_can_be_read_and_everybody_is_known),
        SEALED(orders_are_held_joined_and_found_by_what_is_sealed),
        SEALED(what_was_readable_is_sealed_and_sealed_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
