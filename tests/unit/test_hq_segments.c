/* Customers that are spoken of together: fifths of recency, frequency and money, segments by rule and by hand, and that
 * nobody is written to who did not agree. On both databases. */
#include "unit/customers_rig.h"

#include "sync/head-office/customers/rfm.h"

#include <stdlib.h>

#define DAY_US (24 * HOUR_US)
#define PEOPLE 37

/* ---------------------------------------------------------------- fifths */

struct bought {
    char buyer[16];
    int64_t last_us, orders, paid;
};

static size_t many_orders(struct shelf *shelf, struct bought *people, struct random_seeded *seeded)
{
    int number = 0;
    shelf->rig.office.now_us += 100 * DAY_US;
    int64_t now_us = shelf->rig.office.now_us;
    for (size_t i = 0; i < PEOPLE; i++) {
        snprintf(people[i].buyer, sizeof(people[i].buyer), "b%d", (int)i);
        people[i].orders = 1 + (int64_t)(random_next(seeded) % 6);
        for (int64_t n = 0; n < people[i].orders; n++) {
            char order[24];
            int days = 1 + (int)(random_next(seeded) % 80), pieces = 1 + (int)(random_next(seeded) % 5);
            snprintf(order, sizeof(order), "N%d", number++);
            order_of(shelf, order, i % 2 ? "taobao" : "douyin", people[i].buyer, "", -days * 24 * 60);
            if (pieces > 1)
                shelf_line(shelf, order, 2, "C", pieces - 1);
            people[i].paid += pieces * 1000;
            if (now_us - days * DAY_US > people[i].last_us)
                people[i].last_us = now_us - days * DAY_US;
        }
    }
    work(shelf);
    return PEOPLE;
}

static int64_t fifth(const struct bought *people, size_t which, int64_t (*figure)(const struct bought *bought))
{
    int64_t behind = 0;
    for (size_t i = 0; i < PEOPLE; i++)
        behind += figure(&people[i]) < figure(&people[which]);
    return 1 + 5 * behind / PEOPLE;
}

static int64_t last_of(const struct bought *bought)
{
    return bought->last_us;
}

static int64_t orders_of(const struct bought *bought)
{
    return bought->orders;
}

static int64_t paid_of(const struct bought *bought)
{
    return bought->paid;
}

static void fifths_are_as_counted_by_hand(void **state)
{
    struct shelf *shelf = *state;
    struct random_seeded seeded = {.state = 5};
    struct bought people[PEOPLE] = {0};
    many_orders(shelf, people, &seeded);
    assert_done(shelf, "rfm.compute", "{\"days\": 90}");
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM rfm", SQL_NO_VALUES), PEOPLE);
    for (size_t i = 0; i < PEOPLE; i++) {
        const struct sql_value buyer = sql_text(people[i].buyer);
        int64_t r = fifth(people, i, last_of), f = fifth(people, i, orders_of), m = fifth(people, i, paid_of);
#define HIS(column)                                                                                                    \
    shelf_number(shelf,                                                                                                \
                 "SELECT r." column " FROM rfm r JOIN person_identity i ON i.person = r.person WHERE i.value = ?1",    \
                 buyer)
        assert_int_equal(HIS("recency"), r);
        assert_int_equal(HIS("frequency"), f);
        assert_int_equal(HIS("money"), m);
        assert_int_equal(HIS("paid_minor"), people[i].paid);
        size_t name = 0;
        while (rfm_names[name].high[0] != (r >= 4) || rfm_names[name].high[1] != (f >= 4) ||
               rfm_names[name].high[2] != (m >= 4))
            name++;
        assert_said(shelf, rfm_names[name].name,
                    "SELECT r.name FROM rfm r JOIN person_identity i ON i.person = r.person WHERE i.value = ?1", buyer);
    }
    assert_int_equal(shelf_number(shelf, "SELECT sum(persons) FROM rfm_group", SQL_NO_VALUES), PEOPLE);
    assert_int_equal(shelf_number(shelf, "SELECT sum(paid_minor) FROM rfm_group", SQL_NO_VALUES),
                     shelf_number(shelf, "SELECT sum(paid_minor) FROM orders", SQL_NO_VALUES));
}

static void only_the_period_and_the_currency_count(void **state)
{
    struct shelf *shelf = *state;
    order_of(shelf, "A", "taobao", "tb-1", "", -60);
    order_of(shelf, "B", "taobao", "tb-1", "", -3 * 24 * 60);
    order_of(shelf, "C", "taobao", "tb-2", "", -60);
    order_of(shelf, "D", "taobao", "tb-3", "", -60);
    shelf_run(shelf, "UPDATE orders SET currency = 'USD' WHERE number = 'C'; UPDATE orders SET state = 'closed' WHERE"
                     " number = 'D'");
    work(shelf);
    CLEANUP_BUF struct buf answer = {0};
    assert_int_equal(shelf_do(shelf, "rfm.compute", "{\"days\": 2}", &answer), 0);
    assert_string_equal(buf_text(&answer), "{\"currency\":\"CNY\",\"days\":2,\"persons\":1,\"other_orders\":1}");
    assert_int_equal(shelf_number(shelf, "SELECT orders FROM rfm", SQL_NO_VALUES), 1);
    assert_done(shelf, "rfm.compute", "{\"days\": 2, \"ago\": 2}");
    assert_int_equal(shelf_number(shelf, "SELECT paid_minor FROM rfm", SQL_NO_VALUES), 1000);
    assert_done(shelf, "rfm.compute", "{\"currency\": \"USD\"}");
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM rfm", SQL_NO_VALUES), 1);
}

/* ---------------------------------------------------------------- segments */

static int64_t members(struct shelf *shelf, const char *segment)
{
    char fields[128];
    snprintf(fields, sizeof(fields), "{\"segment\": \"%s\"}", segment);
    assert_done(shelf, "segment.refresh", fields);
    return shelf_number(shelf, "SELECT count(*) FROM segment_member WHERE segment = ?1", sql_text(segment));
}

static void a_rule_finds_whom_it_describes(void **state)
{
    struct shelf *shelf = *state;
    struct random_seeded seeded = {.state = 6};
    struct bought people[PEOPLE] = {0};
    many_orders(shelf, people, &seeded);
    order_of(shelf, "Z", "jd", "jd-1", "", -60);
    shelf_line(shelf, "Z", 2, "G", 1);
    work(shelf);
    assert_done(
        shelf, "segment.put",
        "{\"segment\": \"often\", \"name\": \"常客\", \"kind\": \"rule\", \"conditions\": [{\"field\": \"orders\","
        " \"operator\": \"at_least\", \"value\": 3}, {\"field\": \"platform\", \"operator\": \"has\", \"value\":"
        " \"douyin|jd\"}]}");
    int64_t expected = 0;
    for (size_t i = 0; i < PEOPLE; i += 2)
        expected += people[i].orders >= 3;
    assert_true(expected > 0);
    assert_int_equal(members(shelf, "often"), expected);
    assert_int_equal(shelf_number(shelf, "SELECT looked FROM segment WHERE code = 'often'", SQL_NO_VALUES), PEOPLE + 1);
    assert_done(
        shelf, "segment.put",
        "{\"segment\": \"gifts\", \"name\": \"x\", \"kind\": \"rule\", \"days\": 1, \"conditions\": [{\"field\":"
        " \"sku\", \"operator\": \"has\", \"value\": \"G\"}]}");
    assert_int_equal(members(shelf, "gifts"), 1);
    assert_done(shelf, "segment.put",
                "{\"segment\": \"gone\", \"name\": \"x\", \"kind\": \"rule\", \"conditions\": [{\"field\":"
                " \"days_since_last\", \"operator\": \"at_least\", \"value\": 40}]}");
    expected = 0;
    for (size_t i = 0; i < PEOPLE; i++)
        expected += people[i].last_us <= shelf->rig.office.now_us - 40 * DAY_US;
    assert_int_equal(members(shelf, "gone"), expected);
    assert_done(shelf, "rfm.compute", "{}");
    assert_done(shelf, "segment.put",
                "{\"segment\": \"best\", \"name\": \"x\", \"kind\": \"rfm\", \"rfm\": \"champion\"}");
    assert_int_equal(members(shelf, "best"),
                     shelf_number(shelf, "SELECT persons FROM rfm_group WHERE name = 'champion'", SQL_NO_VALUES));
    assert_done(shelf, "segment.put",
                "{\"segment\": \"both\", \"name\": \"x\", \"kind\": \"rule\", \"conditions\": [{\"field\": \"segment\","
                " \"operator\": \"has\", \"value\": \"best\"}, {\"field\": \"rfm\", \"operator\": \"has\", \"value\":"
                " \"champion\"}]}");
    assert_int_equal(members(shelf, "both"), members(shelf, "best"));
}

static void what_is_no_segment_is_refused(void **state)
{
    static const char *const wrong[] = {
        "{\"segment\": \"a\", \"name\": \"x\", \"kind\": \"rule\"}",
        "{\"segment\": \"a\", \"name\": \"x\", \"kind\": \"rfm\"}",
        "{\"segment\": \"a\", \"name\": \"x\", \"kind\": \"list\", \"rfm\": \"lost\"}",
        "{\"segment\": \"\", \"name\": \"x\", \"kind\": \"list\"}",
        "{\"segment\": \"a\", \"name\": \"x\", \"kind\": \"rule\", \"conditions\": [{\"field\": \"weather\", "
        "\"operator\":"
        " \"is\", \"value\": \"fine\"}]}",
        "{\"segment\": \"a\", \"name\": \"x\", \"kind\": \"rule\", \"conditions\": [{\"field\": \"orders\", "
        "\"operator\":"
        " \"at_least\", \"value\": \"many\"}]}",
        "{\"segment\": \"a\", \"name\": \"x\", \"kind\": \"rule\", \"conditions\": [{\"field\": \"orders\"}]}",
        "{\"segment\": \"a\", \"name\": \"x\", \"kind\": \"rule\", \"conditions\": \"x\"}"};
    struct shelf *shelf = *state;
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(shelf_do(shelf, "segment.put", wrong[i], NULL), -EINVAL);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM segment", SQL_NO_VALUES), 0);
    assert_int_equal(shelf_do(shelf, "segment.refresh", "{\"segment\": \"a\"}", NULL), -ENOENT);
    assert_done(shelf, "segment.put", "{\"segment\": \"r\", \"name\": \"x\", \"kind\": \"rfm\", \"rfm\": \"lost\"}");
    assert_int_equal(shelf_do(shelf, "segment.refresh", "{\"segment\": \"r\"}", NULL), -ENOENT);
    assert_int_equal(shelf_do(shelf, "segment.add", "{\"segment\": \"r\", \"person\": 1}", NULL), -EINVAL);
    assert_done(shelf, "segment.remove", "{\"segment\": \"r\"}");
}

/* ---------------------------------------------------------------- writing to them */

static int contacts(struct shelf *shelf, const char *channel, char *ret, size_t capacity)
{
    CLEANUP_BUF struct buf answer = {0};
    char fields[160];
    snprintf(fields, sizeof(fields), "{\"segment\": \"L\", \"channel\": \"%s\", \"purpose\": \"news\"}", channel);
    int result = shelf_do(shelf, "segment.contacts", fields, &answer);
    text_copy(ret, capacity, buf_text(&answer));
    return result;
}

static void nobody_is_written_to_who_did_not_agree(void **state)
{
    struct shelf *shelf = *state;
    char told[1024];
    order_of(shelf, "A", "taobao", "tb-1", PHONE, 1);
    order_of(shelf, "B", "douyin", "dy-1", "13912345671", 2);
    order_of(shelf, "C", "jd", "jd-1", "139****1234", 3);
    work(shelf);
    assert_done(shelf, "segment.put", "{\"segment\": \"L\", \"name\": \"x\", \"kind\": \"list\"}");
    for (int person = 1; person <= 3; person++) {
        char fields[64];
        snprintf(fields, sizeof(fields), "{\"segment\": \"L\", \"person\": %d}", person);
        assert_done(shelf, "segment.add", fields);
    }
    assert_int_equal(contacts(shelf, "sms", told, sizeof(told)), 0);
    assert_string_equal(told, "{\"contacts\":[],\"without_address\":0}");
    assert_done(shelf, "consent.set", "{\"person\": 1, \"channel\": \"sms\", \"given\": true, \"source\": \"form\"}");
    assert_done(shelf, "consent.set", "{\"person\": 3, \"channel\": \"sms\", \"given\": true, \"source\": \"form\"}");
    assert_int_equal(contacts(shelf, "sms", told, sizeof(told)), 0);
    assert_string_equal(told, "{\"contacts\":[{\"person\":1,\"address\":\"" PHONE "\"}],\"without_address\":1}");
    assert_int_equal(contacts(shelf, "email", told, sizeof(told)), 0);
    assert_string_equal(told, "{\"contacts\":[],\"without_address\":0}");
    assert_int_equal(contacts(shelf, "pigeon", told, sizeof(told)), -EINVAL);
    json_t *rows = asked(shelf, "contactable", "person", 1);
    assert_int_equal(json_array_size(rows), 1);
    json_decref(rows);
    shelf->rig.office.now_us += HOUR_US;
    assert_done(shelf, "consent.set", "{\"person\": 1, \"given\": false, \"source\": \"unsubscribed\"}");
    rows = asked(shelf, "contactable", "person", 1);
    assert_int_equal(json_array_size(rows), 0);
    json_decref(rows);
    assert_int_equal(contacts(shelf, "sms", told, sizeof(told)), 0);
    assert_string_equal(told, "{\"contacts\":[],\"without_address\":1}");
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM contact_list", SQL_NO_VALUES), 4);
    assert_int_equal(shelf_number(shelf, "SELECT sum(persons) FROM contact_list", SQL_NO_VALUES), 1);
}

/* A friend whom he sent something to did not agree to anything. */
static void a_friends_number_is_not_his(void **state)
{
    struct shelf *shelf = *state;
    char told[1024];
    order_of(shelf, "F", "taobao", "friend", PHONE, 1);
    order_of(shelf, "A", "taobao", "tb-1", "13912345671", 2);
    order_of(shelf, "B", "taobao", "tb-1", PHONE, 3);
    work(shelf);
    assert_done(shelf, "person.unmerge", "{\"merge\": 1, \"why\": \"a present\"}");
    assert_done(shelf, "segment.put", "{\"segment\": \"L\", \"name\": \"x\", \"kind\": \"list\"}");
    assert_done(shelf, "segment.add", "{\"segment\": \"L\", \"person\": 2}");
    assert_done(shelf, "consent.set", "{\"person\": 2, \"given\": true, \"source\": \"form\"}");
    assert_int_equal(contacts(shelf, "sms", told, sizeof(told)), 0);
    assert_string_equal(told, "{\"contacts\":[{\"person\":2,\"address\":\"13912345671\"}],\"without_address\":0}");
    assert_int_equal(contacts(shelf, "platform", told, sizeof(told)), 0);
    assert_string_equal(told, "{\"contacts\":[{\"person\":2,\"address\":\"taobao tb-1\"}],\"without_address\":0}");
}

/* Whatever was merged and said, in whatever order: whoever's last word is no, or who said nothing, is on no list. */
static void whoever_said_no_is_on_no_list(void **state)
{
    struct shelf *shelf = *state;
    struct random_seeded seeded = {.state = 9};
    int words[8] = {0}; /* by account: the time of the last word, below 0 a no */
    assert_done(shelf, "segment.put", "{\"segment\": \"L\", \"name\": \"x\", \"kind\": \"list\"}");
    for (int i = 1; i <= 8; i++) {
        char order[8], buyer[8], phone[16], fields[64];
        snprintf(order, sizeof(order), "N%d", i);
        snprintf(buyer, sizeof(buyer), "b%d", i);
        snprintf(phone, sizeof(phone), "1391234567%d", i);
        order_of(shelf, order, "taobao", buyer, phone, i);
        work(shelf);
        snprintf(fields, sizeof(fields), "{\"segment\": \"L\", \"person\": %d}", i);
        assert_done(shelf, "segment.add", fields);
    }
    for (int step = 1; step <= 60; step++) {
        char fields[160];
        int one = 1 + (int)(random_next(&seeded) % 8), other = 1 + (int)(random_next(&seeded) % 8);
        bool given = random_next(&seeded) % 2;
        shelf->rig.office.now_us += MINUTE_US;
        snprintf(fields, sizeof(fields), "{\"person\": %d, \"channel\": \"sms\", \"given\": %s, \"source\": \"x\"}",
                 one, given ? "true" : "false");
        assert_done(shelf, "consent.set", fields);
        words[one - 1] = given ? step : -step;
        snprintf(fields, sizeof(fields), "{\"person\": %d, \"other\": %d, \"why\": \"x\"}", one, other);
        if (step % 10 == 0)
            shelf_do(shelf, "person.merge", fields, NULL);
        char told[2048];
        assert_int_equal(contacts(shelf, "sms", told, sizeof(told)), 0);
        json_t *root = json_loads(told, 0, NULL);
        int64_t heads[8], agreed = 0;
        for (int i = 0; i < 8; i++)
            assert_int_equal(persons_head(shelf->rig.office.sql, i + 1, &heads[i]), 0);
        for (int64_t head = 1; head <= 8; head++) {
            int last = 0;
            for (int i = 0; i < 8; i++)
                last = heads[i] == head && abs(words[i]) > abs(last) ? words[i] : last;
            agreed += last > 0;
        }
        assert_int_equal(json_array_size(json_object_get(root, "contacts")), agreed);
        json_decref(root);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SHELF(fifths_are_as_counted_by_hand),          ON_SHELF(only_the_period_and_the_currency_count),
        ON_SHELF(a_rule_finds_whom_it_describes),         ON_SHELF(what_is_no_segment_is_refused),
        ON_SHELF(nobody_is_written_to_who_did_not_agree), ON_SHELF(a_friends_number_is_not_his),
        ON_SHELF(whoever_said_no_is_on_no_list),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
