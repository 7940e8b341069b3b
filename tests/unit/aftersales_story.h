/* A shop whose buyers want something back: the company, orders with money, verbs that are asked, and what always holds.
 * Asserts by cmocka. */
#ifndef TESTS_AFTERSALES_STORY_H
#define TESTS_AFTERSALES_STORY_H

#include "unit/company.h"

#include "sync/head-office/aftersales/aftersale_life.h"
#include "sync/head-office/aftersales/aftersales.h"
#include "sync/head-office/verb.h"

#include <errno.h>

/* ---------------------------------------------------------------- asking */

static char last_case[AFTERSALE_NUMBER_SIZE];

static inline int ask(struct company *company, const char *verb, const char *fields)
{
    CLEANUP_BUF struct buf answer = {0};
    struct rig *office = &company->office;
    json_t *root = json_loads(fields, 0, NULL);
    assert_non_null(root);
    office->error.text[0] = '\0';
    int result = verb_do(&office->office, verb, root, "anna", &answer, &office->error);
    json_decref(root);
    root = result ? NULL : json_loads(buf_text(&answer), 0, NULL);
    const char *number = json_string_value(json_object_get(root, "case"));
    if (number)
        snprintf(last_case, sizeof(last_case), "%s", number);
    json_decref(root);
    return result;
}

static inline void must(struct company *company, const char *verb, const char *fields)
{
    if (ask(company, verb, fields) != 0)
        fail_msg("%s %s: %s", verb, fields, company->office.error.text);
}

/* Of the last case: more: "" or further fields, ',"amount_minor":1'. */
static inline int decide(struct company *company, const char *verb, const char *more)
{
    char fields[256];
    snprintf(fields, sizeof(fields), "{\"case\":\"%s\"%s}", last_case, more);
    return ask(company, verb, fields);
}

static inline void decided(struct company *company, const char *verb, const char *more)
{
    if (decide(company, verb, more) != 0)
        fail_msg("%s %s: %s", verb, more, company->office.error.text);
}

/* It is refused, and nothing has changed. */
static inline void not_decided(struct company *company, const char *verb, const char *more, int code)
{
    int64_t before = at_office(company, "SELECT count(*) FROM aftersale_history") +
                     at_office(company, "SELECT count(*) FROM order_history") +
                     at_office(company, "SELECT count(*) FROM refund_due");
    assert_int_equal(decide(company, verb, more), code);
    assert_true(company->office.error.text[0] != '\0');
    assert_int_equal(at_office(company, "SELECT count(*) FROM aftersale_history") +
                         at_office(company, "SELECT count(*) FROM order_history") +
                         at_office(company, "SELECT count(*) FROM refund_due"),
                     before);
}

#define CASE_SAYS(company, column, expected)                                                                           \
    do {                                                                                                               \
        char case_text[200];                                                                                           \
        case_column((company), (column), case_text);                                                                   \
        assert_string_equal(case_text, (expected));                                                                    \
    } while (0)

static inline void case_column(struct company *company, const char *column, char out[200])
{
    struct sql_query *row = sql_select(company->office.office.sql,
                                       "SELECT kind, state, goods, trouble, coalesce(order_number, '-'),"
                                       " coalesce(new_order, '-'), site FROM aftersale WHERE number = ?1",
                                       sql_text(last_case));
    static const char *const names[] = {"kind", "state", "goods", "trouble", "order", "new_order", "site"};
    assert_true(sql_next(row));
    for (size_t i = 0; i < COUNT(names); i++)
        if (strcmp(names[i], column) == 0)
            sql_copy_text(row, (int)i, out, 200);
    assert_int_equal(sql_done(row), 0);
}

static inline int64_t due(struct company *company, const char *number)
{
    int64_t minor;
    assert_int_equal(sql_number(company->office.office.sql, &minor,
                                "SELECT coalesce(sum(amount_minor), 0) FROM refund_due WHERE order_number = ?1 AND"
                                " state IN ('due', 'paid')",
                                sql_text(number)),
                     0);
    return minor;
}

/* ---------------------------------------------------------------- the world */

static inline int open_shop(void **state)
{
    company_open(state);
    struct company *company = *state;
    rig_run(&company->office, "INSERT INTO shop (code, platform, name) VALUES ('TB', 'taobao', 'Mugs and more');"
                              "INSERT INTO site_region (site, province, rank) VALUES ('hz', '', 0), ('bj', '', 1)");
    rig_import_good(&company->office, "locations", "hz", "code,kind,walk,carrier\nDMG-1,damage,70,\n");
    sync_site(company, HZ);
    last_case[0] = '\0';
    return 0;
}

/* What always holds, whatever the story was. */
static inline void check_sums(struct company *company)
{
    static const char *const none[] = {
        /* never more money than was paid, in sum and line by line */
        "SELECT count(*) FROM orders o WHERE paid_minor < (SELECT coalesce(sum(amount_minor), 0) FROM refund_due d "
        "WHERE"
        " d.order_number = o.number AND d.state <> 'void')",
        "SELECT count(*) FROM order_line l WHERE paid_minor < (SELECT coalesce(sum(x.amount_minor), 0) FROM"
        " aftersale_line x JOIN aftersale a ON a.number = x.number WHERE a.order_number = l.number AND x.line = l.line"
        " AND a.state NOT IN ('refused', 'closed'))",
        /* never more pieces than were bought */
        "SELECT count(*) FROM order_line l WHERE quantity < (SELECT coalesce(sum(x.quantity), 0) FROM aftersale_line x"
        " JOIN aftersale a ON a.number = x.number WHERE a.order_number = l.number AND x.line = l.line AND a.kind <>"
        " 'reissue' AND a.state NOT IN ('refused', 'closed'))",
        /* nothing is promised to what is closed, and nothing that was given up */
        "SELECT count(*) FROM reservation r JOIN orders o ON o.number = r.number WHERE r.left_open > 0 AND o.state ="
        " 'closed'",
        "SELECT count(*) FROM reservation r JOIN order_line l ON l.number = r.number AND l.line = r.line WHERE"
        " r.left_open > l.quantity - l.refunded",
        "SELECT count(*) FROM parked",
        "SELECT count(*) FROM overship",
    };
    for (size_t i = 0; i < COUNT(none); i++) {
        struct sql *sql = company->office.office.sql;
        int64_t count = -1;
        assert_int_equal(sql_number_values(sql, &count, none[i], (struct sql_value[]){{0}}), 0);
        if (count != 0)
            fail_msg("%d of: %s", (int)count, none[i]);
    }
}

static inline int close_shop(void **state)
{
    check_sums(*state);
    return company_close(state);
}

/* Mugs at 30.00 and pens at 5.00, freight 8.00; each line has 10 % off, and is paid so. */
static inline void buy(struct company *company, const char *number, int mugs, int pens)
{
    char sql[2048];
    int goods = mugs * 3000 + pens * 500;
    snprintf(sql, sizeof(sql),
             "INSERT INTO orders (number, platform, carrier, waybill, priority, receiver_name, receiver_phone,"
             " receiver_address, imported_us, shop, platform_order, goods_minor, freight_minor, discount_minor,"
             " paid_minor) VALUES ('%s', 'taobao', 'SF', 'SF-%s', 0, '王小明', '13812345678', '杭州市西湖区', 1, 'TB',"
             " 'P-%s', %d, 800, %d, %d);",
             number, number, number, goods, goods / 10, goods + 800 - goods / 10);
    rig_run(&company->office, sql);
    for (int i = 0; i < 2; i++) {
        int pieces = i == 0 ? mugs : pens, price = i == 0 ? 3000 : 500;
        snprintf(sql, sizeof(sql),
                 "INSERT INTO order_line (number, line, sku, quantity, platform_line, title, price_minor, paid_minor)"
                 " VALUES ('%s', %d, '%s', %d, 'L-%s-%d', '%s', %d, %d)",
                 number, i + 1, i == 0 ? "MUG" : "PEN", pieces, number, i + 1, i == 0 ? "Mug" : "Pen", price,
                 pieces * price - pieces * price / 10);
        if (pieces > 0)
            rig_run(&company->office, sql);
    }
}

static inline void reserve(struct company *company, const char *number)
{
    char fields[100];
    snprintf(fields, sizeof(fields), "{\"order\":\"%s\"}", number);
    must(company, "order.audit", fields);
}

static inline void hand_over(struct company *company, const char *number)
{
    char fields[100];
    snprintf(fields, sizeof(fields), "{\"order\":\"%s\"}", number);
    must(company, "order.release", fields);
    sync_site(company, HZ);
}

static inline void floor_has(struct company *company, int mugs)
{
    buy(company, "N1", mugs, 0);
    reserve(company, "N1");
    hand_over(company, "N1");
}

#define PICK_MUGS(n)                                                                                                   \
    {"B-1", "DONE_SIGNED_IN", "menu"}, {"CMD:PICK", "DONE_PICK_STARTED", "pick.location"},                             \
        {"A-01", "DONE_AT_LOCATION", "pick.item"}, {"CMD:QTY:" #n, "DONE_QUANTITY", "pick.item"},                      \
        {"MUG", "DONE_PICKED", "pick.tote"}, {"T-1", "DONE_TOTE", "pick.stage"},                                       \
    {                                                                                                                  \
        "STAGE-1", "DONE_STAGED", "menu"                                                                               \
    }
#define PACK_MUGS(n)                                                                                                   \
    {"T-1", "DONE_PACK_OPENED", "pack.item"}, {"CMD:QTY:" #n, "DONE_QUANTITY", "pack.item"},                           \
        {"MUG", "DONE_CHECKED", "pack.box"}, {"BOX-S", "DONE_PACKED", "pack.label"},                                   \
    {                                                                                                                  \
        "SF-N1", "DONE_LABELLED", "menu"                                                                               \
    }
#define GRADE(piece, grade, letter, place, then)                                                                       \
    {piece, "DONE_INSPECTED", "return.mark"}, {"CMD:GRADE:" grade, "DONE_MARKED", "return.put_" letter},               \
    {                                                                                                                  \
        place, "DONE_GRADED", then                                                                                     \
    }

/* Two mugs have been shipped. */
static inline void ship_two(struct company *company)
{
    floor_has(company, 2);
    PLAY(&company->sites[HZ], PICK_MUGS(2), PACK_MUGS(2), SHIP_IT);
    sync_site(company, HZ);
    OFFICE_SAYS(company, "SELECT state FROM orders WHERE number = 'N1'", "shipped");
}

static inline void scan_at(struct company *company, const char *scan, const char *answer, const char *step)
{
    play_line(&company->sites[HZ], &(struct line){scan, answer, step});
}

/* ---------------------------------------------------------------- what a platform says */

static inline struct platform_refund refund_of(const char *id, const char *line, int64_t minor, int64_t pieces)
{
    struct platform_refund refund = {.kind = PLATFORM_REFUND_ONLY,
                                     .state = PLATFORM_REFUND_ASKED,
                                     .amount_minor = minor,
                                     .quantity = pieces,
                                     .created_us = 1000,
                                     .modified_us = 1000};
    snprintf(refund.id, sizeof(refund.id), "%s", id);
    snprintf(refund.order, sizeof(refund.order), "P-N1");
    snprintf(refund.line, sizeof(refund.line), "%s", line);
    return refund;
}

static inline void take(struct company *company, const struct platform_refund *refund)
{
    struct rig *office = &company->office;
    assert_int_equal(office_begin(&office->office, &office->error), 0);
    if (aftersales_take(&office->office, "TB", refund, &office->error) != 0)
        fail_msg("%s", office->error.text);
    assert_int_equal(office_commit(&office->office, &office->error), 0);
    struct sql_query *row =
        sql_select(office->office.sql, "SELECT number FROM aftersale WHERE platform_refund = ?1", sql_text(refund->id));
    assert_true(sql_next(row));
    sql_copy_text(row, 0, last_case, sizeof(last_case));
    sql_done(row);
}

static inline void say(struct company *company, struct platform_refund *refund, enum platform_refund_state what,
                       int64_t modified_us)
{
    refund->state = what;
    refund->modified_us = modified_us;
    take(company, refund);
}

#define STORY(test) cmocka_unit_test_setup_teardown(test, open_shop, close_shop)

#endif
