/* Marketing at head office: campaigns, coupons, points, gifts, orders that are priced here, what is given back of them,
 * and what a campaign brought. Figures are worked out by hand. */
#include "unit/orders_rig.h"

#include "base/text.h"
#include "sync/head-office/marketing/coupons.h"
#include "sync/head-office/marketing/order_points.h"
#include "sync/head-office/marketing/points.h"
#include "unit/chance.h"

#define DAY_US (24 * HOUR_US)

/* A number of the verb's answer; "a.b": of an object in it. */
static int64_t answered(struct shelf *shelf, const char *verb, const char *fields, const char *name)
{
    CLEANUP_BUF struct buf answer = {0};
    if (shelf_do(shelf, verb, fields, &answer) != 0)
        fail_msg("%s %s: %s", verb, fields, shelf->rig.error.text);
    json_t *root = json_loads(buf_text(&answer), 0, NULL);
    assert_non_null(root);
    const json_t *value = json_object_get(root, name);
    if (!json_is_integer(value))
        fail_msg("%s: no number \"%s\" in %s", verb, name, buf_text(&answer));
    int64_t number = json_integer_value(value);
    json_decref(root);
    return number;
}

#define assert_refused(shelf, verb, fields, code, sentence)                                                            \
    do {                                                                                                               \
        assert_int_equal(shelf_do(shelf, verb, fields, NULL), code);                                                   \
        if (!strstr((shelf)->rig.error.text, sentence))                                                                \
            fail_msg("%s", (shelf)->rig.error.text);                                                                   \
    } while (0)

/* An order of the own shop "own": pieces of T at 100.00 and of C at 50.00. more: fields of the verb. */
static int price_order(struct shelf *shelf, const char *id, int t, int c, const char *more, struct buf *ret)
{
    char fields[2048], lines[512] = "";
    size_t at = 0;
    if (t > 0)
        at = (size_t)snprintf(lines, sizeof(lines),
                              "{\"id\":\"a\",\"code\":\"T\",\"title\":\"tea\",\"quantity\":%d,\"price_minor\":10000}",
                              t);
    if (c > 0)
        snprintf(lines + at, sizeof(lines) - at,
                 "%s{\"id\":\"b\",\"code\":\"C\",\"title\":\"cup\",\"quantity\":%d,\"price_minor\":5000}",
                 t > 0 ? "," : "", c);
    snprintf(fields, sizeof(fields),
             "{\"shop\":\"own\",\"order\":{\"id\":\"%s\",\"state\":\"paid\",\"modified\":\"2023-11-14T22:00:00Z\","
             "\"created\":\"2023-11-14T22:00:00Z\",\"paid\":\"2023-11-14T22:00:00Z\",\"currency\":\"CNY\","
             "\"freight_minor\":1000,\"name\":\"张\",\"phone\":\"13800000000\",\"address\":\"文一西路 969 号\","
             "\"province\":\"浙江省\",\"city\":\"杭州市\",\"lines\":[%s]}%s}",
             id, lines, more);
    return shelf_do(shelf, "price.order", fields, ret);
}

static void ordered(struct shelf *shelf, const char *id, int t, int c, const char *more)
{
    if (price_order(shelf, id, t, c, more, NULL) != 0)
        fail_msg("%s", shelf->rig.error.text);
}

static int64_t of_order(struct shelf *shelf, const char *number, const char *column)
{
    return shelf_number(
        shelf,
        "SELECT CASE ?2 WHEN 'paid_minor' THEN paid_minor WHEN 'discount_minor' THEN discount_minor WHEN"
        " 'freight_minor' THEN freight_minor END FROM orders WHERE number = ?1",
        sql_text(number), sql_text(column));
}

static int open_shop(void **state)
{
    int result = shelf_open(state);
    struct shelf *shelf = *state;
    assert_done(shelf, "shop.add_own", "{\"shop\":\"own\",\"platform\":\"own\",\"name\":\"Own\"}");
    rig_run(&shelf->rig, "UPDATE shop SET carrier = 'SF' WHERE code = 'own'");
    return result;
}
#define IN_SHOP(test) cmocka_unit_test_setup_teardown(test, open_shop, shelf_close)

static void work(struct shelf *shelf)
{
    struct marketing_work done;
    do {
        if (marketing_work(&shelf->rig.office, 100, &done, &shelf->rig.error) != 0)
            fail_msg("%s", shelf->rig.error.text);
    } while (done.more);
}

/* It reaches the buyer, and the time for sending back is over. */
static void finish(struct shelf *shelf, const char *number)
{
    shelf_run(shelf,
              "UPDATE order_line SET picked = quantity, packed = quantity, shipped = quantity WHERE number = '%s'",
              number);
    shelf_run(shelf, "UPDATE orders SET state = 'finished', site = 'hz' WHERE number = '%s'", number);
    work(shelf);
}

static int64_t points_of(struct shelf *shelf, const char *member)
{
    return shelf_number(shelf, "SELECT points FROM member WHERE member = ?1", sql_text(member));
}

/* Ledger, lots and balance of every member are the same, and none is below nothing. */
static void assert_points_add_up(struct shelf *shelf)
{
    assert_int_equal(
        shelf_number(
            shelf,
            "SELECT count(*) FROM member m WHERE m.points <> (SELECT coalesce(sum(points), 0) FROM points_entry"
            " e WHERE e.member = m.member) OR m.points <> (SELECT coalesce(sum(left_open), 0) FROM points_lot l"
            " WHERE l.member = m.member) OR m.points < 0 OR m.owed < 0 OR (m.owed > 0 AND m.points > 0)",
            SQL_NO_VALUES),
        0);
    assert_int_equal(shelf_number(shelf,
                                  "SELECT count(*) FROM points_lot l WHERE l.points - l.left_open <> (SELECT"
                                  " coalesce(sum(u.points), 0) FROM points_use u WHERE u.lot = l.id)",
                                  SQL_NO_VALUES),
                     0);
}

#define THRESHOLD                                                                                                      \
    "{\"campaign\":\"300-50\",\"kind\":\"threshold\",\"value\":5000,\"threshold\":30000,\"english\":\"300 less 50\","  \
    "\"chinese\":\"满300减50\",\"packing_note\":\"put the leaflet in 放入传单\"}"

/* ---------------------------------------------------------------- prices of orders */

static void an_order_is_priced_and_remembers_why(void **state)
{
    struct shelf *shelf = *state;
    assert_done(shelf, "campaign.put", THRESHOLD);
    assert_done(shelf, "campaign.put",
                "{\"campaign\":\"free\",\"kind\":\"freight\",\"benefit\":\"price\",\"threshold\":20000}");
    /* 2 × 100.00 + 2 × 50.00 = 300.00 less 50.00: 33.33 and 16.67, by the largest remainder. */
    assert_int_equal(answered(shelf, "price.quote",
                              "{\"shop\":\"own\",\"freight_minor\":1000,\"lines\":[{\"sku\":\"T\",\"quantity\":2,"
                              "\"price_minor\":10000},{\"sku\":\"C\",\"quantity\":2,\"price_minor\":5000}]}",
                              "paid_minor"),
                     25000);
    ordered(shelf, "1", 2, 2, "");
    assert_int_equal(of_order(shelf, "own-1", "paid_minor"), 25000);
    assert_int_equal(of_order(shelf, "own-1", "discount_minor"), 5000);
    assert_int_equal(of_order(shelf, "own-1", "freight_minor"), 0);
    assert_int_equal(
        shelf_number(shelf, "SELECT paid_minor FROM order_line WHERE number = 'own-1' AND sku = 'T'", SQL_NO_VALUES),
        20000 - 3333);
    assert_int_equal(shelf_number(shelf,
                                  "SELECT sum(amount_minor) FROM order_adjustment WHERE number = 'own-1' AND campaign ="
                                  " '300-50'",
                                  SQL_NO_VALUES),
                     5000);
    assert_said(shelf, "300-50", "SELECT campaign FROM order_campaign WHERE number = 'own-1'", SQL_NO_VALUES);
    assert_int_equal(
        shelf_number(shelf, "SELECT count(*) FROM order_marketing WHERE explained LIKE '%满300减50%'", SQL_NO_VALUES),
        1);
}

/* Whatever has become of the campaigns meanwhile. */
static void told_again_it_costs_the_same(void **state)
{
    struct shelf *shelf = *state;
    CLEANUP_BUF struct buf answer = {0};
    assert_done(shelf, "campaign.put", THRESHOLD);
    ordered(shelf, "1", 3, 0, "");
    shelf->rig.office.now_us += HOUR_US;
    assert_done(shelf, "campaign.stop", "{\"campaign\":\"300-50\"}");
    assert_int_equal(price_order(shelf, "1", 3, 0, "", &answer), 0);
    assert_non_null(strstr(buf_text(&answer), "\"taken\":\"same\""));
    assert_int_equal(of_order(shelf, "own-1", "paid_minor"), 26000);
    assert_int_equal(price_order(shelf, "1", 2, 0, "", NULL), -EALREADY);
    ordered(shelf, "2", 3, 0, "");
    assert_int_equal(of_order(shelf, "own-2", "paid_minor"), 31000);
    assert_refused(shelf, "campaign.stop", "{\"campaign\":\"300-50\"}", -ENOENT, "could be stopped");
    shelf->rig.office.now_us += HOUR_US;
    assert_done(shelf, "campaign.put", THRESHOLD); /* it goes on */
    ordered(shelf, "3", 3, 0, "");
    assert_int_equal(of_order(shelf, "own-3", "paid_minor"), 26000);
}

static void campaigns_are_for_some_and_so_often(void **state)
{
    struct shelf *shelf = *state;
    assert_done(shelf, "campaign.put",
                "{\"campaign\":\"gold\",\"kind\":\"item\",\"benefit\":\"rate\",\"value\":1000,\"segments\":\"gold\","
                "\"limit_person\":1,\"limit_all\":2}");
    assert_done(shelf, "member.put", "{\"member\":\"ann\",\"segments\":\"gold,tea\"}");
    assert_done(shelf, "member.put", "{\"member\":\"bob\",\"segments\":\"tea\"}");
    assert_done(shelf, "member.put", "{\"member\":\"cid\",\"segments\":\"gold\"}");
    assert_done(shelf, "member.put", "{\"member\":\"dan\",\"segments\":\"gold\"}");
    ordered(shelf, "1", 1, 0, ",\"member\":\"bob\"");
    ordered(shelf, "2", 1, 0, ",\"member\":\"ann\"");
    ordered(shelf, "3", 1, 0, ",\"member\":\"ann\"");
    ordered(shelf, "4", 1, 0, ",\"member\":\"cid\"");
    ordered(shelf, "5", 1, 0, ",\"member\":\"dan\"");
    assert_int_equal(of_order(shelf, "own-1", "discount_minor"), 0);
    assert_int_equal(of_order(shelf, "own-2", "discount_minor"), 1000);
    assert_int_equal(of_order(shelf, "own-3", "discount_minor"), 0); /* once a person */
    assert_int_equal(of_order(shelf, "own-4", "discount_minor"), 1000);
    assert_int_equal(of_order(shelf, "own-5", "discount_minor"), 0); /* twice in all */
    assert_done(shelf, "order.close", "{\"order\":\"own-2\",\"reason\":\"no\"}");
    work(shelf);
    ordered(shelf, "6", 1, 0, ",\"member\":\"ann\""); /* the closed one counts no more */
    assert_int_equal(of_order(shelf, "own-6", "discount_minor"), 1000);
}

static void what_makes_no_sense_is_refused(void **state)
{
    struct shelf *shelf = *state;
    static const struct {
        const char *verb, *fields, *sentence;
    } wrong[] = {
        {"campaign.put", "{\"campaign\":\"\",\"kind\":\"item\"}", "needs an id"},
        {"campaign.put", "{\"campaign\":\"a,b\",\"kind\":\"item\"}", "no comma"},
        {"campaign.put", "{\"campaign\":\"a\",\"kind\":\"gift\"}", "gift_sku"},
        {"campaign.put", "{\"campaign\":\"a\",\"kind\":\"gift\",\"gift_sku\":\"X\"}", "no item \"X\""},
        {"campaign.put", "{\"campaign\":\"a\",\"kind\":\"threshold\",\"benefit\":\"price\"}", "carriage alone"},
        {"campaign.put", "{\"campaign\":\"a\",\"kind\":\"item\",\"benefit\":\"rate\",\"value\":10001}", "at most"},
        {"campaign.put", "{\"campaign\":\"a\",\"kind\":\"item\",\"begins\":\"soon\"}", "is a time"},
        {"campaign.put", "{\"campaign\":\"a\",\"kind\":\"item\",\"begins\":\"2026-01-02\",\"ends\":\"2026-01-01\"}",
         "before it has begun"},
        {"coupon.issue", "{\"campaign\":\"none\"}", "no campaign \"none\""},
        {"coupon.void", "{\"code\":\"X\"}", "no coupon"},
        {"price.quote", "{\"lines\":[]}", "cannot be priced"},
        {"price.quote", "{\"lines\":[{\"sku\":\"T\"}]}", "\"quantity\""},
        {"price.quote", "{\"lines\":[{\"sku\":\"T\",\"quantity\":1,\"price_minor\":5}],\"coupons\":\"X\"}",
         "no coupon"},
        {"price.quote", "{\"lines\":[{\"sku\":\"T\",\"quantity\":1,\"price_minor\":5}],\"points\":5}",
         "say \"member\""},
        {"price.order", "{\"shop\":\"own\",\"order\":{}}", "the order"},
        {"points.adjust", "{\"member\":\"ann\",\"points\":-5,\"note\":\"x\"}", "has 0 points"},
        {"points.adjust", "{\"member\":\"ann\",\"points\":0,\"note\":\"x\"}", "more or less"},
        {"member.order", "{\"member\":\"ann\",\"order\":\"none\"}", "no order \"none\""},
        {"campaign.test", "{\"campaign\":\"none\"}", "no campaign"},
        {"campaign.report", "{\"campaign\":\"none\"}", "no campaign"},
        {"campaign.offers", "{\"member\":\"none\"}", "no member"},
        {"price.floor", "{\"sku\":\"X\",\"amount_minor\":1}", "no item"},
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_true(shelf_do(shelf, wrong[i].verb, wrong[i].fields, NULL) < 0);
        if (!strstr(shelf->rig.error.text, wrong[i].sentence))
            fail_msg("%s %s: %s", wrong[i].verb, wrong[i].fields, shelf->rig.error.text);
    }
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM campaign", SQL_NO_VALUES), 0);
    assert_done(shelf, "campaign.put", "{\"campaign\":\"a\",\"kind\":\"item\"}");
    assert_refused(shelf, "campaign.put", "{\"campaign\":\"a\",\"kind\":\"coupon\"}", -EINVAL, "another kind");
    assert_refused(shelf, "coupon.issue", "{\"campaign\":\"a\"}", -ENOENT, "kind coupon");
}

/* ---------------------------------------------------------------- coupons */

static void a_coupon_is_used_once(void **state)
{
    struct shelf *shelf = *state;
    assert_done(shelf, "campaign.put", "{\"campaign\":\"ten\",\"kind\":\"coupon\",\"value\":1000,\"threshold\":10000}");
    assert_done(shelf, "coupon.issue", "{\"campaign\":\"ten\",\"code\":\"TEN\"}");
    assert_refused(shelf, "coupon.issue", "{\"campaign\":\"ten\",\"code\":\"TEN\"}", -EEXIST, "already");
    ordered(shelf, "0", 0, 1, ",\"coupons\":\"TEN\""); /* 50.00 are too little for it: it stays good */
    ordered(shelf, "1", 1, 0, ",\"coupons\":\"TEN\"");
    assert_int_equal(of_order(shelf, "own-0", "discount_minor"), 0);
    assert_int_equal(of_order(shelf, "own-1", "discount_minor"), 1000);
    assert_int_equal(price_order(shelf, "2", 1, 0, ",\"coupons\":\"TEN\"", NULL), -EALREADY);
    assert_non_null(strstr(shelf->rig.error.text, "has been used"));
    ordered(shelf, "1", 1, 0, ",\"coupons\":\"TEN\""); /* told again */
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM coupon_use", SQL_NO_VALUES), 1);
    assert_done(shelf, "order.close", "{\"order\":\"own-1\",\"reason\":\"no\"}");
    work(shelf);
    ordered(shelf, "2", 1, 0, ",\"coupons\":\"TEN\"");
    assert_int_equal(of_order(shelf, "own-2", "discount_minor"), 1000);
}

static void limits_of_coupons(void **state)
{
    struct shelf *shelf = *state;
    assert_done(shelf, "campaign.put", "{\"campaign\":\"ten\",\"kind\":\"coupon\",\"value\":1000}");
    assert_done(shelf, "coupon.issue", "{\"campaign\":\"ten\",\"code\":\"ALL\",\"uses\":3,\"per_person\":1}");
    assert_done(shelf, "coupon.issue", "{\"campaign\":\"ten\",\"code\":\"ANN\",\"member\":\"ann\"}");
    assert_done(shelf, "coupon.issue",
                "{\"campaign\":\"ten\",\"code\":\"OLD\",\"expires\":\"2023-11-15 06:00:00\"}"); /* now is 06:13 */
    assert_done(shelf, "coupon.redeem", "{\"code\":\"ALL\",\"order\":\"x1\",\"member\":\"ann\"}");
    assert_done(shelf, "coupon.redeem", "{\"code\":\"ALL\",\"order\":\"x1\",\"member\":\"ann\"}");
    assert_refused(shelf, "coupon.redeem", "{\"code\":\"ALL\",\"order\":\"x2\",\"member\":\"ann\"}", -EALREADY,
                   "has used");
    assert_refused(shelf, "coupon.redeem", "{\"code\":\"ALL\",\"order\":\"x2\"}", -EALREADY, "for members");
    assert_refused(shelf, "coupon.redeem", "{\"code\":\"ANN\",\"order\":\"x2\",\"member\":\"bob\"}", -EALREADY,
                   "another member's");
    assert_refused(shelf, "coupon.redeem", "{\"code\":\"OLD\",\"order\":\"x2\"}", -EALREADY, "expired");
    assert_done(shelf, "coupon.redeem", "{\"code\":\"ALL\",\"order\":\"x3\",\"member\":\"bob\"}");
    assert_done(shelf, "coupon.redeem", "{\"code\":\"ALL\",\"order\":\"x4\",\"member\":\"cid\"}");
    assert_refused(shelf, "coupon.redeem", "{\"code\":\"ALL\",\"order\":\"x5\",\"member\":\"dan\"}", -EALREADY,
                   "has been used");
    assert_done(shelf, "coupon.void", "{\"code\":\"ANN\"}");
    assert_refused(shelf, "coupon.redeem", "{\"code\":\"ANN\",\"order\":\"x6\",\"member\":\"ann\"}", -EALREADY, "void");
    assert_done(shelf, "coupon.issue", "{\"campaign\":\"ten\",\"count\":1000}");
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM coupon WHERE length(code) = 12", SQL_NO_VALUES), 1000);
}

/* ---------------------------------------------------------------- points */

/* To the only case there is. */
static void agree(struct shelf *shelf)
{
    shelf_run(shelf, "UPDATE aftersale SET state = 'asked'");
    CLEANUP_BUF struct buf fields = {0};
    char number[65] = "";
    struct sql_query *row = sql_select(shelf->rig.office.sql, "SELECT number FROM aftersale", SQL_NO_VALUES);
    assert_true(sql_next(row));
    sql_copy_text(row, 0, number, sizeof(number));
    sql_done(row);
    buf_printf(&fields, "{\"case\":\"%s\"}", number);
    assert_done(shelf, "aftersale.agree", buf_text(&fields));
}

static void points_are_earned_spent_and_taken_back(void **state)
{
    struct shelf *shelf = *state;
    assert_done(shelf, "setting.set", "{\"name\":\"points_earn\",\"value\":\"100\"}");       /* a point for 1.00 */
    assert_done(shelf, "setting.set", "{\"name\":\"points_worth_minor\",\"value\":\"10\"}"); /* worth 0.10 */
    assert_done(shelf, "setting.set", "{\"name\":\"points_rate\",\"value\":\"5000\"}");
    ordered(shelf, "1", 2, 0, ",\"member\":\"ann\""); /* 200.00 of goods */
    assert_int_equal(points_of(shelf, "ann"), 0);
    finish(shelf, "own-1");
    work(shelf);
    assert_int_equal(points_of(shelf, "ann"), 200);
    ordered(shelf, "2", 1, 0, ",\"member\":\"ann\",\"points\":150"); /* 15.00 off 100.00 */
    assert_int_equal(of_order(shelf, "own-2", "paid_minor"), 8500 + 1000);
    assert_int_equal(points_of(shelf, "ann"), 50);
    assert_int_equal(price_order(shelf, "3", 1, 0, ",\"member\":\"ann\",\"points\":51", NULL), -ERANGE);
    finish(shelf, "own-2"); /* 85 more */
    assert_int_equal(points_of(shelf, "ann"), 135);
    /* Both pieces of the first come back: of 200 points 135 are there, 65 are owed. */
    assert_done(shelf, "aftersale.open",
                "{\"order\":\"own-1\",\"kind\":\"refund\",\"reason\":\"broken\","
                "\"lines\":[{\"line\":1,\"quantity\":0,\"amount_minor\":20000}]}");
    agree(shelf);
    assert_int_equal(shelf_number(shelf, "SELECT amount_minor FROM refund_due WHERE state = 'due'", SQL_NO_VALUES),
                     20000);
    assert_int_equal(points_of(shelf, "ann"), 0);
    assert_int_equal(shelf_number(shelf, "SELECT owed FROM member WHERE member = 'ann'", SQL_NO_VALUES), 65);
    ordered(shelf, "4", 1, 0, ",\"member\":\"ann\"");
    finish(shelf, "own-4"); /* 100 more, less what is owed */
    assert_int_equal(points_of(shelf, "ann"), 35);
    assert_points_add_up(shelf);
}

static void points_of_a_closed_order_come_back_and_old_ones_expire(void **state)
{
    struct shelf *shelf = *state;
    assert_done(shelf, "setting.set", "{\"name\":\"points_worth_minor\",\"value\":\"10\"}");
    assert_done(shelf, "setting.set", "{\"name\":\"points_days\",\"value\":\"10\"}");
    assert_done(shelf, "points.adjust", "{\"member\":\"ann\",\"points\":100,\"note\":\"hello\",\"key\":\"k\"}");
    assert_done(shelf, "points.adjust", "{\"member\":\"ann\",\"points\":100,\"note\":\"hello\",\"key\":\"k\"}");
    assert_int_equal(points_of(shelf, "ann"), 100);
    shelf->rig.office.now_us += 5 * DAY_US;
    assert_done(shelf, "points.adjust", "{\"member\":\"ann\",\"points\":40,\"note\":\"again\"}");
    ordered(shelf, "1", 1, 0, ",\"member\":\"ann\",\"points\":120"); /* the older ones first */
    assert_int_equal(points_of(shelf, "ann"), 20);
    assert_done(shelf, "order.close", "{\"order\":\"own-1\",\"reason\":\"no\"}");
    work(shelf);
    assert_int_equal(points_of(shelf, "ann"), 140);
    shelf->rig.office.now_us += 6 * DAY_US;
    work(shelf);
    assert_int_equal(points_of(shelf, "ann"), 40);
    shelf->rig.office.now_us += 5 * DAY_US;
    work(shelf);
    assert_int_equal(points_of(shelf, "ann"), 0);
    assert_points_add_up(shelf);
}

static void levels_follow_what_was_kept(void **state)
{
    struct shelf *shelf = *state;
    assert_done(shelf, "setting.set", "{\"name\":\"points_earn\",\"value\":\"100\"}");
    assert_done(shelf, "member.level", "{\"level\":\"gold\",\"from_minor\":20000,\"earn_rate\":15000}");
    assert_done(shelf, "member.level", "{\"level\":\"silver\",\"from_minor\":10000}");
    ordered(shelf, "1", 1, 0, ",\"member\":\"ann\"");
    finish(shelf, "own-1");
    assert_said(shelf, "silver", "SELECT level FROM member WHERE member = 'ann'", SQL_NO_VALUES);
    ordered(shelf, "2", 1, 0, ",\"member\":\"ann\"");
    finish(shelf, "own-2");
    assert_said(shelf, "gold", "SELECT level FROM member WHERE member = 'ann'", SQL_NO_VALUES);
    ordered(shelf, "3", 1, 0, ",\"member\":\"ann\"");
    finish(shelf, "own-3"); /* at one and a half */
    assert_int_equal(points_of(shelf, "ann"), 100 + 100 + 150);
    assert_points_add_up(shelf);
}

/* Whatever is done with points, in whatever order. */
static void points_are_never_below_nothing(void **state)
{
    struct shelf *shelf = *state;
    struct office *office = &shelf->rig.office;
    int64_t refused = 0;
    assert_int_equal(office_begin(office, &shelf->rig.error), 0);
    for (int i = 0; i < 4; i++) {
        char member[8];
        snprintf(member, sizeof(member), "m%d", i);
        assert_int_equal(members_join(office, member, &shelf->rig.error), 0);
    }
    for (int i = 0; i < 600; i++) {
        char member[8], order[16];
        bool more;
        int64_t given;
        int result = 0;
        snprintf(member, sizeof(member), "m%d", (int)chance(4));
        snprintf(order, sizeof(order), "o%d-%s", (int)chance(20), member);
        struct points_change change = {member, "earn", chance(50) + 1, order, "", "", ""};
        office->now_us += chance(DAY_US);
        switch (chance(6)) {
        case 0:
        case 1:
            result = points_add(office, &change, office->now_us + chance(20 * DAY_US), &shelf->rig.error);
            break;
        case 2:
            change.kind = "spend";
            result = points_remove(office, &change, &shelf->rig.error);
            refused += result == -ERANGE;
            result = result == -ERANGE ? 0 : result;
            break;
        case 3:
            change.kind = "take_back";
            result = points_claim(office, &change, &shelf->rig.error);
            break;
        case 4:
            result = points_give_back(office, order, "spend", chance(30), &given, &shelf->rig.error);
            break;
        default:
            result = points_expire(office, chance(5), &more, &shelf->rig.error);
        }
        assert_int_equal(result, 0);
        if (i % 20 == 0)
            assert_int_equal(shelf_number(shelf,
                                          "SELECT count(*) FROM member m WHERE m.points <> (SELECT"
                                          " coalesce(sum(left_open), 0) FROM points_lot l WHERE l.member = m.member) OR"
                                          " m.points <> (SELECT coalesce(sum(e.points), 0) FROM points_entry e WHERE"
                                          " e.member = m.member) OR m.points < 0",
                                          SQL_NO_VALUES),
                             0);
    }
    assert_true(refused > 10);
    assert_int_equal(office_commit(office, &shelf->rig.error), 0);
}

/* ---------------------------------------------------------------- gifts, and what the packer is told */

static void gifts_have_an_end_and_reach_the_packer(void **state)
{
    struct shelf *shelf = *state;
    shelf_stock(shelf, "hz", "T", 99);
    shelf_stock(shelf, "hz", "G", 99);
    assert_done(shelf, "campaign.put", THRESHOLD);
    assert_done(shelf, "campaign.put",
                "{\"campaign\":\"cup\",\"kind\":\"gift\",\"gift_sku\":\"G\",\"gift_pieces\":2,\"gift_cap\":4,"
                "\"threshold\":20000,\"skus\":\"T,X\",\"shops\":\"own\",\"begins\":\"2023-11-01\",\"packing_note\":"
                "\"wrap the gift 包好赠品\"}");
    ordered(shelf, "0", 1, 0, "");
    for (int i = 1; i <= 3; i++) {
        char id[4];
        snprintf(id, sizeof(id), "%d", i);
        ordered(shelf, id, 4, 0, "");
    }
    assert_done(shelf, "order.packing_note", "{\"order\":\"own-1\",\"text\":\"by hand\"}");
    shelf_audit(shelf);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM order_line WHERE gift = 1", SQL_NO_VALUES), 2);
    assert_int_equal(
        shelf_number(shelf, "SELECT sum(quantity) FROM order_line WHERE sku = 'G' AND number = 'own-0'", SQL_NO_VALUES),
        0);
    assert_state(shelf, "own-1", "reserved");
    assert_int_equal(rig_release(&shelf->rig, NULL, "own-1"), 0);
    assert_int_equal(rig_release(&shelf->rig, NULL, "own-0"), 0);
    assert_int_equal(shelf_number(shelf,
                                  "SELECT count(*) FROM feed WHERE line LIKE '%\"packing_note\":\"by hand; put the"
                                  " leaflet in 放入传单; wrap the gift 包好赠品\"%'",
                                  SQL_NO_VALUES),
                     1);
    assert_int_equal(shelf_number(shelf, "SELECT count(*) FROM feed WHERE line LIKE '%packing_note%'", SQL_NO_VALUES),
                     1);
    assert_refused(shelf, "order.packing_note", "{\"order\":\"own-1\",\"text\":\"late\"}", -ENOENT, "without a site");
    assert_done(shelf, "campaign.stop", "{\"campaign\":\"cup\"}");
    assert_int_equal(shelf_number(shelf, "SELECT active FROM rule WHERE name = 'campaign/cup'", SQL_NO_VALUES), 0);
}

/* ---------------------------------------------------------------- parts that are given back */

/* What is claimed for some pieces of an order. */
static int64_t refund(struct shelf *shelf, const char *order, const char *lines)
{
    static const char claimed[] = "SELECT coalesce(sum(amount_minor), 0) FROM aftersale_line";
    char fields[512];
    int64_t before = rig_count(&shelf->rig, claimed);
    snprintf(fields, sizeof(fields), "{\"order\":\"%s\",\"kind\":\"return\",\"reason\":\"broken\",\"lines\":[%s]}",
             order, lines);
    assert_done(shelf, "aftersale.open", fields);
    return rig_count(&shelf->rig, claimed) - before;
}

/* 2 × 100.00 and 2 × 50.00 less 50.00 cost 250.00. A cup comes back: the rest would have cost 250.00 without the
 * reduction, so that nothing is due. Then a tea: the rest, 150.00, leaves 100.00. Then the rest: 150.00. */
static void what_is_kept_costs_what_it_would_have_cost(void **state)
{
    struct shelf *shelf = *state;
    assert_done(shelf, "campaign.put", THRESHOLD);
    ordered(shelf, "1", 2, 2, "");
    ordered(shelf, "2", 4, 2, ""); /* 500.00 less 50.00 */
    shelf->rig.office.now_us += HOUR_US;
    assert_done(shelf, "campaign.stop", "{\"campaign\":\"300-50\"}");
    finish(shelf, "own-1");
    finish(shelf, "own-2");
    assert_int_equal(refund(shelf, "own-1", "{\"line\":2,\"quantity\":1}"), 0);
    assert_int_equal(refund(shelf, "own-1", "{\"line\":1,\"quantity\":1}"), 8333); /* no more than was paid for it */
    assert_int_equal(refund(shelf, "own-1", "{\"line\":1,\"quantity\":1},{\"line\":2,\"quantity\":1}"), 25000 - 8333);
    /* 400.00 are kept, which are reduced, too: 450.00 - 350.00 = 100.00, of which 90.00 were paid for the cups. */
    assert_int_equal(refund(shelf, "own-2", "{\"line\":2,\"quantity\":2}"), 9000);
    /* 200.00 are kept: 450.00 - 90.00 - 200.00 = 160.00, of which 180.00 were paid. */
    assert_int_equal(refund(shelf, "own-2", "{\"line\":1,\"quantity\":2}"), 16000);
    assert_int_equal(refund(shelf, "own-2", "{\"line\":1,\"quantity\":2}"), 45000 - 9000 - 16000);
    assert_int_equal(shelf_number(shelf, "SELECT sum(amount_minor) FROM aftersale_line", SQL_NO_VALUES), 25000 + 45000);
}

/* 100.00 and 50.00, half of it paid with points of 0.10. The tea comes back: the cup takes 25.00 in points, so 500 of
 * 750 points come back, those that expire last; and of 75.00 that were paid the cup would have cost 25.00. */
static void points_stay_spent_for_what_is_kept(void **state)
{
    struct shelf *shelf = *state;
    assert_done(shelf, "setting.set", "{\"name\":\"points_worth_minor\",\"value\":\"10\"}");
    assert_done(shelf, "setting.set", "{\"name\":\"points_rate\",\"value\":\"5000\"}");
    assert_done(shelf, "points.adjust", "{\"member\":\"ann\",\"points\":400,\"note\":\"first\"}");
    shelf->rig.office.now_us += DAY_US;
    assert_done(shelf, "points.adjust", "{\"member\":\"ann\",\"points\":600,\"note\":\"later\"}");
    ordered(shelf, "1", 1, 1, ",\"member\":\"ann\",\"points\":1000");
    assert_int_equal(of_order(shelf, "own-1", "paid_minor"), 7500 + 1000);
    assert_int_equal(points_of(shelf, "ann"), 250);
    finish(shelf, "own-1");
    assert_int_equal(points_of(shelf, "ann"), 250);
    assert_int_equal(refund(shelf, "own-1", "{\"line\":1,\"quantity\":1}"), 5000);
    shelf_run(shelf, "UPDATE aftersale SET kind = 'refund'");
    agree(shelf);
    assert_int_equal(points_of(shelf, "ann"), 750);
    assert_int_equal(shelf_number(shelf, "SELECT left_open FROM points_lot ORDER BY expires_us LIMIT 1", SQL_NO_VALUES),
                     150);
    assert_points_add_up(shelf);
}

/* ---------------------------------------------------------------- what it brought */

/* Two orders of 4 × 100.00 less 50.00 and one that was closed; one piece of tea costs 30.00; one order gives back
 * 350.00 + 0 of carriage. */
static void a_campaign_is_reckoned_up(void **state)
{
    struct shelf *shelf = *state;
    assert_done(
        shelf, "campaign.put",
        "{\"campaign\":\"sale\",\"kind\":\"threshold\",\"value\":5000,\"threshold\":30000,\"platform_rate\":2000,"
        "\"spend_minor\":3000}");
    shelf_run(shelf, "INSERT INTO cost_item (sku, method, usual_minor) VALUES ('T', 'average', 3000)");
    ordered(shelf, "1", 4, 0, "");
    ordered(shelf, "2", 4, 0, "");
    ordered(shelf, "3", 4, 0, "");
    ordered(shelf, "4", 1, 0, ""); /* it did not count on this one */
    assert_done(shelf, "order.close", "{\"order\":\"own-3\",\"reason\":\"no\"}");
    work(shelf);
    shelf_run(shelf,
              "INSERT INTO aftersale (number, kind, state, order_number, asked_us, changed_us) VALUES ('A', 'refund',"
              " 'settled', 'own-2', 0, 0); INSERT INTO refund_due (number, order_number, currency, amount_minor,"
              " freight_minor, reason, approved_by, approved_us) VALUES ('A', 'own-2', 'CNY', 7000, 0, '', 'x', 0)");
    static const struct {
        const char *name;
        int64_t figure;
    } expected[] = {
        {"orders", 2},
        {"revenue_minor", 2 * (40000 - 5000 + 1000 + 1000)}, /* goods, reduction, carriage, the platform's part */
        {"refunds_minor", 7000},
        {"goods_minor", 2 * 4 * 3000},
        {"gifts_minor", 0},
        {"spend_minor", 3000},
        {"result_minor", 74000 - 7000 - 24000 - 3000},
        {"let_off_minor", 2 * 4000},
        {"platform_minor", 2 * 1000},
        {"roi_rate", 36364}, /* 400.00 / 110.00 = 3.63636 */
        {"uncosted_lines", 0},
    };
    for (size_t i = 0; i < COUNT(expected); i++) {
        int64_t said = answered(shelf, "campaign.report", "{\"campaign\":\"sale\"}", expected[i].name);
        if (said != expected[i].figure)
            fail_msg("%s: %lld", expected[i].name, (long long)said);
    }
    assert_int_equal(answered(shelf, "campaign.report", "{\"campaign\":\"sale\",\"from\":\"2023-11-16\"}", "orders"),
                     0);
    assert_int_equal(answered(shelf, "campaign.report",
                              "{\"campaign\":\"sale\",\"from\":\"2023-11-15\",\"to\":\"2023-11-15\"}", "orders"),
                     2);
    assert_int_equal(answered(shelf, "campaign.test", "{\"campaign\":\"sale\"}", "matched"), 3);
    assert_int_equal(answered(shelf, "campaign.test", "{\"campaign\":\"sale\"}", "off_minor"), 3 * 5000);
    assert_int_equal(answered(shelf, "campaign.test", "{\"campaign\":\"sale\",\"order\":\"own-4\"}", "matched"), 0);
}

/* ---------------------------------------------------------------- bought together */

static void what_is_bought_together_is_offered(void **state)
{
    struct shelf *shelf = *state;
    CLEANUP_BUF struct buf answer = {0};
    /* Of 10 orders 6 have tea, 5 have cups, 4 have both: lift 4 × 10 / (6 × 5) = 1.3333. Gifts do not count. */
    for (int i = 0; i < 10; i++) {
        char number[8];
        snprintf(number, sizeof(number), "N%d", i);
        shelf_order(shelf, number, i < 6 ? "T" : i == 6 ? "C" : "G", 1, i);
        if (i < 4)
            shelf_line(shelf, number, 2, "C", 3);
    }
    shelf_run(shelf, "INSERT INTO order_line (number, line, sku, quantity, gift) VALUES ('N5', 9, 'G', 1, 1)");
    assert_int_equal(answered(shelf, "recommend.make", "{\"orders\":4,\"lift\":13333}", "kept"), 2);
    assert_int_equal(shelf_number(shelf,
                                  "SELECT count(*) FROM bought_together WHERE sku = 'T' AND other = 'C' AND orders = 4"
                                  " AND of_sku = 6 AND of_other = 5 AND of_all = 10 AND confidence = 6666 AND lift ="
                                  " 13333 AND place = 1",
                                  SQL_NO_VALUES),
                     1);
    assert_int_equal(answered(shelf, "recommend.make", "{\"orders\":5}", "kept"), 0);
    assert_int_equal(answered(shelf, "recommend.make", "{\"orders\":2,\"lift\":13334}", "kept"), 0);
    assert_int_equal(answered(shelf, "recommend.make", "{\"orders\":2}", "kept"), 2);
    assert_done(shelf, "campaign.put", "{\"campaign\":\"all\",\"kind\":\"item\",\"value\":5}");
    assert_done(shelf, "campaign.put", "{\"campaign\":\"tea\",\"kind\":\"item\",\"value\":5,\"segments\":\"tea\"}");
    assert_done(shelf, "campaign.put", "{\"campaign\":\"vip\",\"kind\":\"item\",\"value\":5,\"segments\":\"vip\"}");
    assert_done(shelf, "campaign.put", "{\"campaign\":\"ten\",\"kind\":\"coupon\",\"value\":5}");
    assert_done(shelf, "coupon.issue", "{\"campaign\":\"ten\",\"code\":\"MINE\",\"member\":\"ann\"}");
    assert_done(shelf, "member.put", "{\"member\":\"ann\",\"segments\":\"tea\"}");
    assert_done(shelf, "member.order", "{\"member\":\"ann\",\"order\":\"N5\"}");
    assert_refused(shelf, "member.order", "{\"member\":\"bob\",\"order\":\"N5\"}", -EALREADY, "another member's");
    assert_int_equal(shelf_do(shelf, "campaign.offers", "{\"member\":\"ann\"}", &answer), 0);
    const char *tea = strstr(buf_text(&answer), "\"campaign\":\"tea\""), *all = strstr(buf_text(&answer), "\"all\"");
    assert_true(tea && all && tea < all);
    assert_null(strstr(buf_text(&answer), "\"vip\""));
    assert_non_null(strstr(buf_text(&answer), "\"code\":\"MINE\""));
    assert_non_null(strstr(buf_text(&answer), "\"sku\":\"C\",\"with\":\"T\""));
    assert_non_null(strstr(buf_text(&answer), "\"person\":null,\"may_write\":[]"));
}

/* A member is the person who bought his last order, until there is a customer of his number. */
static void a_member_is_a_person(void **state)
{
    struct shelf *shelf = *state;
    CLEANUP_BUF struct buf answer = {0};
    shelf_order(shelf, "N1", "T", 1, 0);
    assert_done(shelf, "member.order", "{\"member\":\"ann\",\"order\":\"N1\"}");
    shelf_run(shelf, "INSERT INTO person (id, head, made_us) VALUES (7, 7, 0), (8, 7, 0), (9, 9, 0)");
    shelf_run(shelf, "INSERT INTO person_order (number, person) VALUES ('N1', 8)");
    assert_done(shelf, "segment.put", "{\"segment\":\"vip\",\"name\":\"VIP\",\"kind\":\"list\"}");
    assert_done(shelf, "segment.add", "{\"segment\":\"vip\",\"person\":8}");
    assert_done(shelf, "campaign.put", "{\"campaign\":\"vip\",\"kind\":\"item\",\"value\":5,\"segments\":\"vip\"}");
    assert_done(shelf, "consent.set", "{\"person\":8,\"channel\":\"sms\",\"given\":true,\"source\":\"form\"}");
    assert_int_equal(shelf_do(shelf, "campaign.offers", "{\"member\":\"ann\"}", &answer), 0);
    assert_non_null(strstr(buf_text(&answer), "\"person\":7,\"may_write\":[\"sms\"]"));
    assert_non_null(strstr(buf_text(&answer), "\"segment\":\"vip\""));
    shelf_run(shelf,
              "INSERT INTO person_identity (person, kind, scope, value, first_us) VALUES (9, 'code', '', 'ann', 0)");
    buf_clear(&answer);
    assert_int_equal(shelf_do(shelf, "campaign.offers", "{\"member\":\"ann\"}", &answer), 0);
    assert_non_null(strstr(buf_text(&answer), "\"person\":9,\"may_write\":[]"));
    assert_null(strstr(buf_text(&answer), "\"segment\":\"vip\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SHOP(an_order_is_priced_and_remembers_why),
        IN_SHOP(told_again_it_costs_the_same),
        IN_SHOP(campaigns_are_for_some_and_so_often),
        IN_SHOP(what_makes_no_sense_is_refused),
        IN_SHOP(a_coupon_is_used_once),
        IN_SHOP(limits_of_coupons),
        IN_SHOP(points_are_earned_spent_and_taken_back),
        IN_SHOP(points_of_a_closed_order_come_back_and_old_ones_expire),
        IN_SHOP(points_stay_spent_for_what_is_kept),
        IN_SHOP(levels_follow_what_was_kept),
        IN_SHOP(points_are_never_below_nothing),
        IN_SHOP(gifts_have_an_end_and_reach_the_packer),
        IN_SHOP(what_is_kept_costs_what_it_would_have_cost),
        IN_SHOP(a_campaign_is_reckoned_up),
        IN_SHOP(what_is_bought_together_is_offered),
        IN_SHOP(a_member_is_a_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
