/* Rules of one's own: what they ask of an order, and what follows: held, carried, given, sent to a site. */
#include "unit/orders_rig.h"

#include "sync/head-office/orders/rules.h"

/* A rule by the verb; more: members of it. */
static void put_rule(struct shelf *shelf, const char *name, const char *kind, const char *result,
                     const char *conditions, const char *more)
{
    char fields[2048];
    snprintf(fields, sizeof(fields), "{\"name\":\"%s\",\"kind\":\"%s\",\"result\":\"%s\",\"conditions\":[%s]%s}", name,
             kind, result, conditions, more);
    assert_done(shelf, "rule.put", fields);
}

#define IF(field, operator, value) "{\"field\":\"" field "\",\"operator\":\"" operator"\",\"value\":\"" value "\"}"

/* ---------------------------------------------------------------- conditions */

/* Of an order of T×3 and C×1, paid at 01:30 UTC, which is half past nine in China. */
static const struct question {
    const char *field, *operator, * value;
    bool holds;
} questions[] = {
    {"platform", "is", "taobao", true},
    {"platform", "is", "jd|taobao", true},
    {"platform", "is", "jd|taoba", false},
    {"platform", "is_not", "jd|pdd", true},
    {"platform", "is_not", "jd|taobao", false},
    {"shop", "is", "s", true},
    {"origin", "is", "sale", true},
    {"currency", "is", "CNY", true},
    {"carrier", "is", "SF", true},
    {"site", "is", "", true},
    {"site", "is_not", "", false},
    {"receiver", "begins", "李|张", true},
    {"receiver", "begins", "O", false},
    {"phone", "begins", "138", true},
    {"province", "is", "浙江省", true},
    {"city", "is", "宁波市|杭州市", true},
    {"district", "is", "", true},
    {"address", "contains", "新疆|西路", true},
    {"address", "contains", "浙江省杭州市文一", true},
    {"address", "contains", "新疆|西藏", false},
    {"address", "contains", "", false}, /* an empty word stands nowhere */
    {"address", "contains_not", "新疆|西藏", true},
    {"buyer", "is", "", true},
    {"buyer_note", "contains", "gift", false},
    {"seller_note", "contains_not", "gift", true},
    {"priority", "is", "0", true},
    {"goods_minor", "at_least", "4000", true},
    {"goods_minor", "at_least", "4001", false},
    {"goods_minor", "at_most", "4000", true},
    {"goods_minor", "at_most", "3999", false},
    {"freight_minor", "is", "0|800", true},
    {"freight_minor", "is_not", "0|800", false},
    {"paid_minor", "is", "4000", true},
    {"weight_g", "is", "550", true},
    {"pieces", "is", "4", true},
    {"lines", "is", "2", true},
    {"hour", "is", "9", true},
    {"hour", "is", "1|8|10", false},
    {"placed_s", "at_least", "1700000000", true},
    {"placed_s", "at_most", "1699999999", false},
    {"segment", "has", "gold|tea", true},
    {"segment", "has", "te|silver", false},
    {"segment", "has_not", "silver", true},
    {"sku", "has", "X|C", true},
    {"sku", "has", "X|Y", false},
    {"sku", "has", "", false},
    {"sku", "has_not", "X|Y", true},
    {"sku", "has_not", "T", false},
    {"sku", "only", "T|C|X", true},
    {"sku", "only", "T|X", false},
    {"sku", "only", "C", false},
    {"title", "contains", "ood", true},
    {"title", "has", "ood", false},
    {"title", "has", "goods", true},
};

static void each_condition_asks_what_it_says(void **state)
{
    struct shelf *shelf = *state;
    struct facts facts;
    shelf_order(shelf, "O", "T", 3, 0);
    shelf_line(shelf, "O", 2, "C", 1);
    rig_run(&shelf->rig, "UPDATE orders SET paid_us = 1700011800000000"); /* 2023-11-15 01:30 UTC */
    rig_run(&shelf->rig, "INSERT INTO member (member, level, joined_us) VALUES ('M', 'gold', 0);"
                         "INSERT INTO member_segment (member, segment) VALUES ('M', 'tea'), ('M', 'cups');"
                         "INSERT INTO order_marketing (number, member) VALUES ('O', 'M')");
    assert_int_equal(facts_load(&shelf->rig.office, "O", 480, &facts), 0);
    for (size_t i = 0; i < COUNT(questions); i++) {
        const struct question *asked = &questions[i];
        struct fact_condition condition;
        if (fact_condition_make(asked->field, asked->operator, asked->value, &condition, &shelf->rig.error) != 0)
            fail_msg("%s", shelf->rig.error.text);
        if (fact_condition_holds(&condition, &facts) != asked->holds)
            fail_msg("%s %s %s: %d expected", asked->field, asked->operator, asked->value, asked->holds);
    }
    facts_done(&facts);
    for (const struct fact_field *field = fact_fields; field->name; field++) {
        bool asked = false;
        for (size_t i = 0; i < COUNT(questions); i++)
            asked |= strcmp(questions[i].field, field->name) == 0;
        if (!asked)
            fail_msg("nothing is asked of %s", field->name);
    }
    assert_int_equal(facts_load(&shelf->rig.office, "none", 480, &facts), -ENOENT);
    facts_done(&facts);
}

static void what_makes_no_sense_is_refused(void **state)
{
    struct shelf *shelf = *state;
    static const struct {
        const char *fields, *sentence;
    } wrong[] = {
        {"{\"name\":\"\",\"kind\":\"hold\"}", "needs a name"},
        {"{\"name\":\"R\",\"kind\":\"other\"}", "hold|carrier|gift|site"},
        {"{\"name\":\"R\",\"kind\":\"carrier\"}", "there is no carrier \"\""},
        {"{\"name\":\"R\",\"kind\":\"gift\",\"result\":\"X\"}", "there is no item \"X\""},
        {"{\"name\":\"R\",\"kind\":\"site\",\"result\":\"sh\"}", "there is no site \"sh\""},
        {"{\"name\":\"R\",\"kind\":\"hold\",\"conditions\":\"[\"}", "is no JSON"},
        {"{\"name\":\"R\",\"kind\":\"hold\",\"conditions\":{\"field\":\"sku\"}}", "are no list"},
        {"{\"name\":\"R\",\"kind\":\"hold\",\"conditions\":[1]}", "the 1. is not"},
        {"{\"name\":\"R\",\"kind\":\"hold\",\"conditions\":[" IF("colour", "is", "red") "]}", "no \"colour\""},
        {"{\"name\":\"R\",\"kind\":\"hold\",\"conditions\":[" IF("sku", "at_least", "1") "]}", "cannot be asked"},
        {"{\"name\":\"R\",\"kind\":\"hold\",\"conditions\":[" IF("pieces", "at_least", "many") "]}", "is a number"},
        {"{\"name\":\"R\",\"kind\":\"hold\",\"conditions\":[" IF("pieces", "at_least", "1|2") "]}", "is a number"},
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_true(shelf_do(shelf, "rule.put", wrong[i].fields, NULL) < 0);
        if (!strstr(shelf->rig.error.text, wrong[i].sentence))
            fail_msg("%s: %s", wrong[i].fields, shelf->rig.error.text);
    }
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM rule", SQL_NO_VALUES), 0);
    assert_int_equal(shelf_do(shelf, "rule.remove", "{\"name\":\"R\"}", NULL), -ENOENT);
    assert_int_equal(shelf_do(shelf, "rule.switch", "{\"name\":\"R\",\"active\":true}", NULL), -ENOENT);
    assert_int_equal(shelf_do(shelf, "blacklist.add", "{\"field\":\"phone\",\"value\":\"\"}", NULL), -EINVAL);
    assert_int_equal(shelf_do(shelf, "blacklist.remove", "{\"field\":\"phone\",\"value\":\"1\"}", NULL), -ENOENT);
}

/* ---------------------------------------------------------------- holding back */

static void every_rule_that_holds_says_so(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 9);
    put_rule(shelf, "much", "hold", "多件订单", IF("pieces", "at_least", "3"), "");
    put_rule(shelf, "west", "hold", "偏远", IF("province", "is", "新疆") "," IF("pieces", "at_least", "1"), "");
    put_rule(shelf, "tea", "hold", "", IF("sku", "has", "T"), "");
    put_rule(shelf, "off", "hold", "", "", ",\"active\":false");
    shelf_order(shelf, "O", "T", 3, 0);
    shelf_audit(shelf);
    assert_int_equal(shelf_held(shelf, "O", "rule"), 2);
    assert_said(shelf, "多件订单", "SELECT detail FROM exception WHERE rule = 'much'", SQL_NO_VALUES);
    assert_int_equal(shelf_left(shelf, "hz", "T"), 6);       /* it keeps its stock meanwhile */
    assert_done(shelf, "rule.remove", "{\"name\":\"tea\"}"); /* which lets go what it held */
    shelf_audit(shelf);
    assert_int_equal(shelf_held(shelf, "O", "rule"), 1);
    assert_done(shelf, "order.confirm", "{\"order\":\"O\",\"kind\":\"rule\"}");
    shelf_audit(shelf);
    assert_state(shelf, "O", "reserved");
    put_rule(shelf, "much", "hold", "多件订单", IF("pieces", "at_least", "9"), "");
    shelf_order(shelf, "P", "T", 3, 0);
    put_rule(shelf, "p", "hold", "", IF("receiver", "is", "张P"), "");
    shelf_audit(shelf);
    assert_int_equal(shelf_held(shelf, "P", "rule"), 1);
    assert_done(shelf, "rule.switch", "{\"name\":\"p\",\"active\":false}");
    shelf_audit(shelf);
    assert_state(shelf, "P", "reserved");
    assert_int_equal(shelf_number(shelf,
                                  "SELECT count(*) FROM rule_hit h JOIN rule r ON r.id = h.rule WHERE r.name ="
                                  " 'much'",
                                  SQL_NO_VALUES),
                     1);
}

static void the_blacklist_holds_until_it_is_confirmed(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 9);
    shelf_order(shelf, "O", "T", 1, 0);
    shelf_order(shelf, "P", "T", 1, 0);
    assert_done(shelf, "blacklist.add", "{\"field\":\"phone\",\"value\":\"13800000000\",\"why\":\"never paid\"}");
    shelf_audit(shelf);
    assert_int_equal(shelf_held(shelf, "O", "blacklist") + shelf_held(shelf, "P", "blacklist"), 2);
    assert_done(shelf, "order.confirm", "{\"order\":\"O\",\"kind\":\"blacklist\"}");
    shelf_audit(shelf);
    assert_state(shelf, "O", "reserved");
    assert_state(shelf, "P", "exception");
    assert_done(shelf, "blacklist.remove", "{\"field\":\"phone\",\"value\":\"13800000000\"}");
    shelf_audit(shelf);
    assert_state(shelf, "P", "reserved");
}

/* ---------------------------------------------------------------- carriers and sites */

#define assert_carrier(shelf, number, expected)                                                                        \
    assert_said(shelf, expected, "SELECT carrier FROM orders WHERE number = ?1", sql_text(number))

static void the_first_rule_that_fits_chooses_the_carrier(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 99);
    put_rule(shelf, "rest", "carrier", "YT", "", "");
    put_rule(shelf, "heavy", "carrier", "DB", IF("weight_g", "at_least", "500"), ",\"priority\":5");
    put_rule(shelf, "near", "carrier", "ZT", IF("site", "is", "hz") "," IF("province", "is", "浙江省"),
             ",\"priority\":9");
    static const struct {
        const char *number, *province, *carrier, *expected;
        int pieces;
    } cases[] = {{"A", "浙江省", "", "ZT", 9},
                 {"B", "河北省", "", "DB", 5},
                 {"C", "河北省", "", "YT", 4},
                 {"D", "浙江省", "SF", "SF", 9}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        shelf_order(shelf, cases[i].number, "T", cases[i].pieces, 0);
        assert_int_equal(sql_run(shelf->rig.office.sql,
                                 "UPDATE orders SET province = ?2, carrier = ?3 WHERE number = ?1",
                                 sql_text(cases[i].number), sql_text(cases[i].province), sql_text(cases[i].carrier)),
                         0);
    }
    shelf_audit(shelf);
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_carrier(shelf, cases[i].number, cases[i].expected);
        assert_state(shelf, cases[i].number, "reserved");
    }
    /* a rule's choice follows the order; a person's stays */
    assert_done(shelf, "order.receiver",
                "{\"order\":\"A\",\"name\":\"张\",\"phone\":\"13911111111\",\"address\":\"中山路 1 号\","
                "\"province\":\"河北省\"}");
    assert_done(shelf, "order.carrier", "{\"order\":\"B\",\"carrier\":\"DB\"}");
    put_rule(shelf, "heavy", "carrier", "DB", IF("weight_g", "at_least", "900"), ",\"priority\":5");
    shelf_audit(shelf);
    assert_carrier(shelf, "A", "DB");
    assert_carrier(shelf, "B", "DB");
    assert_int_equal(shelf_number(shelf,
                                  "SELECT count(*) FROM rule_hit h JOIN rule r ON r.id = h.rule WHERE r.kind ="
                                  " 'carrier' AND number = 'B'",
                                  SQL_NO_VALUES),
                     0);
}

static void an_order_without_a_carrier_waits_for_one(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 9);
    shelf_order(shelf, "O", "T", 1, 0);
    shelf_order(shelf, "P", "T", 1, 0);
    rig_run(&shelf->rig, "UPDATE orders SET carrier = ''");
    shelf_audit(shelf);
    assert_int_equal(shelf_held(shelf, "O", "carrier"), 1);
    assert_done(shelf, "order.carrier", "{\"order\":\"O\",\"carrier\":\"SF\"}");
    shelf_audit(shelf);
    assert_state(shelf, "O", "reserved");
    assert_int_equal(shelf_held(shelf, "P", "carrier"), 1);
    put_rule(shelf, "all", "carrier", "YT", "", "");
    shelf_audit(shelf);
    assert_state(shelf, "P", "reserved");
    assert_carrier(shelf, "P", "YT");
    assert_carrier(shelf, "O", "SF");
}

/* It waits for that site, though another has it; and for any when the rule is gone. */
static void a_rule_says_which_site_does_it(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 9);
    shelf_stock(shelf, "bj", "T", 1);
    put_rule(shelf, "north", "site", "bj", IF("province", "is", "浙江省"), "");
    shelf_order(shelf, "O", "T", 1, 0);
    shelf_order(shelf, "P", "T", 2, 1);
    shelf_audit(shelf);
    assert_site(shelf, "O", "bj");
    assert_int_equal(shelf_held(shelf, "P", "short"), 1);
    for (int i = 0; i < 3; i++) /* what hz has is nothing to it */
        assert_int_equal(shelf_audit(shelf).retried, 0);
    shelf_stock(shelf, "bj", "T", 3);
    shelf_audit(shelf);
    assert_site(shelf, "P", "bj");
    shelf_order(shelf, "Q", "T", 4, 2);
    shelf_audit(shelf);
    assert_done(shelf, "rule.remove", "{\"name\":\"north\"}");
    shelf_audit(shelf);
    assert_site(shelf, "Q", "hz");
    put_rule(shelf, "north", "site", "bj", IF("pieces", "is", "4"), "");
    shelf_stock(shelf, "bj", "T", 9);
    assert_done(shelf, "order.carrier", "{\"order\":\"Q\",\"carrier\":\"YT\"}"); /* looked at again, it moves */
    shelf_audit(shelf);
    assert_site(shelf, "Q", "bj");
    assert_int_equal(shelf_left(shelf, "hz", "T"), 9);
}

/* ---------------------------------------------------------------- gifts */

static int64_t given(struct shelf *shelf)
{
    int64_t lines =
        shelf_number(shelf, "SELECT coalesce(sum(quantity), 0) FROM order_line WHERE gift = 1", SQL_NO_VALUES);
    assert_int_equal(lines, shelf_number(shelf, "SELECT coalesce(sum(pieces), 0) FROM rule_hit", SQL_NO_VALUES));
    return lines;
}

static void a_gift_goes_along_once(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 9);
    shelf_stock(shelf, "hz", "G", 9);
    put_rule(shelf, "two for much", "gift", "G", IF("paid_minor", "at_least", "3000"), ",\"pieces\":2");
    shelf_order(shelf, "O", "T", 3, 0);
    shelf_order(shelf, "P", "T", 2, 0);
    shelf_audit(shelf);
    assert_int_equal(given(shelf), 2);
    assert_int_equal(shelf_left(shelf, "hz", "G"), 7);
    assert_int_equal(
        shelf_number(shelf, "SELECT price_minor + paid_minor FROM order_line WHERE gift = 1", SQL_NO_VALUES), 0);
    assert_int_equal(shelf_number(shelf, "SELECT paid_minor FROM orders WHERE number = 'O'", SQL_NO_VALUES), 3000);
    for (int i = 0; i < 3; i++) { /* looked at again and again */
        assert_done(shelf, "order.carrier", "{\"order\":\"O\",\"carrier\":\"SF\"}");
        shelf_audit(shelf);
    }
    assert_int_equal(given(shelf), 2);
    assert_state(shelf, "O", "reserved");
    assert_said(shelf, "two for much: 2 G", "SELECT note FROM order_history WHERE act = 'gift'", SQL_NO_VALUES);
    /* the platform's lines were written anew: it still is the order's, and no second one is given */
    rig_run(&shelf->rig,
            "DELETE FROM reservation WHERE number = 'O'; DELETE FROM order_line WHERE number = 'O' AND gift = 1");
    assert_done(shelf, "order.carrier", "{\"order\":\"O\",\"carrier\":\"SF\"}");
    shelf_audit(shelf);
    assert_int_equal(given(shelf), 2);
}

/* Three orders, a cap of two; when one is closed its gift can be given again. */
static void no_more_is_given_than_the_cap(void **state)
{
    struct shelf *shelf = *state;
    char number[8];
    shelf_stock(shelf, "hz", "T", 99);
    shelf_stock(shelf, "hz", "G", 99);
    put_rule(shelf, "few", "gift", "G", "", ",\"cap\":5,\"pieces\":2");
    for (int i = 0; i < 10; i++) {
        snprintf(number, sizeof(number), "O%d", i);
        shelf_order(shelf, number, "T", 1, i);
    }
    shelf_audit(shelf);
    assert_int_equal(given(shelf), 4); /* a fifth piece is half a gift */
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM orders WHERE state = 'reserved'", SQL_NO_VALUES), 10);
    assert_done(shelf, "order.close", "{\"order\":\"O0\"}");
    shelf_order(shelf, "LATE", "T", 1, 50);
    shelf_order(shelf, "LATER", "T", 1, 51);
    shelf_audit(shelf);
    assert_int_equal(
        shelf_number(shelf, "SELECT count(*) FROM order_line WHERE gift = 1 AND number = 'LATE'", SQL_NO_VALUES), 1);
    assert_int_equal(
        shelf_number(shelf, "SELECT count(*) FROM order_line WHERE gift = 1 AND number = 'LATER'", SQL_NO_VALUES), 0);
}

/* A gift that is nowhere, or at another site than the goods, keeps no order waiting. */
static void no_order_waits_for_a_gift(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 9);
    put_rule(shelf, "none", "gift", "G", "", ",\"cap\":5");
    shelf_order(shelf, "O", "T", 1, 0);
    shelf_audit(shelf);
    assert_state(shelf, "O", "reserved");
    shelf_stock(shelf, "bj", "G", 9);
    shelf_order(shelf, "P", "T", 1, 0);
    shelf_audit(shelf);
    assert_state(shelf, "P", "reserved");
    assert_site(shelf, "P", "hz");
    assert_int_equal(given(shelf), 0);
    shelf_stock(shelf, "bj", "T", 9);
    shelf_order(shelf, "Q", "T", 1, 0); /* where both are */
    shelf_audit(shelf);
    assert_site(shelf, "Q", "bj");
    assert_int_equal(given(shelf), 1);
}

static void only_what_was_sold_gets_gifts(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 9);
    shelf_stock(shelf, "hz", "G", 9);
    put_rule(shelf, "all", "gift", "G", "", "");
    shelf_order(shelf, "O", "T", 1, 0);
    rig_run(&shelf->rig, "UPDATE orders SET origin = 'reissue'");
    shelf_audit(shelf);
    assert_int_equal(given(shelf), 0);
}

/* ---------------------------------------------------------------- trying */

static void a_rule_can_be_tried(void **state)
{
    struct shelf *shelf = *state;
    struct buf answer = {0};
    for (int i = 0; i < 4; i++)
        shelf_order(shelf, (const char *[]){"A", "B", "C", "D"}[i], "T", i + 1, i);
    put_rule(shelf, "much", "hold", "", IF("pieces", "at_least", "3") "," IF("sku", "has", "T"), ",\"active\":false");
    assert_int_equal(shelf_do(shelf, "rule.test", "{\"name\":\"much\"}", &answer), 0);
    assert_string_equal(buf_text(&answer),
                        "{\"orders\":[\"C\",\"D\"],\"name\":\"much\",\"looked\":4,\"matched\":2,\"hits\":0,"
                        "\"given\":0}");
    buf_clear(&answer);
    assert_int_equal(shelf_do(shelf, "rule.test", "{\"name\":\"much\",\"order\":\"A\"}", &answer), 0);
    assert_non_null(strstr(buf_text(&answer),
                           "\"value\":\"3\",\"holds\":false},{\"field\":\"sku\",\"operator\":\"has\",\"value\":"
                           "\"T\",\"holds\":true}]"));
    buf_done(&answer);
    assert_int_equal(shelf_do(shelf, "rule.test", "{\"name\":\"much\",\"order\":\"X\"}", NULL), -ENOENT);
    assert_int_equal(shelf_do(shelf, "rule.test", "{\"name\":\"none\"}", NULL), -ENOENT);
}

/* The check as a whole, without a trace, counts every rule. */
static void trying_the_check_counts_every_rule(void **state)
{
    struct shelf *shelf = *state;
    struct order_audit_hit hits[ORDER_AUDIT_HITS_MAX];
    size_t count = 0;
    int64_t orders = 0, passed = 0;
    shelf_stock(shelf, "hz", "T", 99);
    shelf_stock(shelf, "hz", "G", 2);
    put_rule(shelf, "hold it", "hold", "", IF("pieces", "is", "3"), "");
    put_rule(shelf, "carry it", "carrier", "YT", IF("pieces", "at_least", "2"), "");
    put_rule(shelf, "give it", "gift", "G", "", "");
    put_rule(shelf, "do it", "site", "hz", IF("pieces", "is", "2"), "");
    for (int i = 0; i < 3; i++)
        shelf_order(shelf, (const char *[]){"A", "B", "C"}[i], "T", i + 1, i);
    rig_run(&shelf->rig, "UPDATE orders SET carrier = ''");
    assert_int_equal(order_audit_try(&shelf->rig.office, hits, &count, &orders, &passed, &shelf->rig.error), 0);
    static const struct order_audit_hit expected[] = {
        {"carrier", "carry it", 2}, {"gift", "give it", 2}, {"rule", "hold it", 1}, {"site", "do it", 1}};
    assert_int_equal(orders, 3);
    for (size_t i = 0; i < COUNT(expected); i++) {
        bool found = false;
        for (size_t k = 0; k < count; k++)
            found |= strcmp(hits[k].kind, expected[i].kind) == 0 && strcmp(hits[k].rule, expected[i].rule) == 0 &&
                     hits[k].orders == expected[i].orders;
        if (!found)
            fail_msg("%s %s %d is not among %zu hits", expected[i].kind, expected[i].rule, (int)expected[i].orders,
                     count);
    }
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM rule_hit", SQL_NO_VALUES), 0);
    assert_int_equal(given(shelf), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SHELF(each_condition_asks_what_it_says),
        ON_SHELF(what_makes_no_sense_is_refused),
        ON_SHELF(every_rule_that_holds_says_so),
        ON_SHELF(the_blacklist_holds_until_it_is_confirmed),
        ON_SHELF(the_first_rule_that_fits_chooses_the_carrier),
        ON_SHELF(an_order_without_a_carrier_waits_for_one),
        ON_SHELF(a_rule_says_which_site_does_it),
        ON_SHELF(a_gift_goes_along_once),
        ON_SHELF(no_more_is_given_than_the_cap),
        ON_SHELF(no_order_waits_for_a_gift),
        ON_SHELF(only_what_was_sold_gets_gifts),
        ON_SHELF(a_rule_can_be_tried),
        ON_SHELF(trying_the_check_counts_every_rule),
    };
    return cmocka_run_group_tests_name("rules about orders", tests, NULL, NULL);
}
