/* Customers at head office for tests: orders of accounts at platforms, and what lists say of whose they are. On
 * orders_rig.h. Asserts by cmocka. */
#ifndef TESTS_CUSTOMERS_RIG_H
#define TESTS_CUSTOMERS_RIG_H

#include "unit/orders_rig.h"

#include "base/text.h"
#include "sync/head-office/customers/persons.h"
#include "sync/head-office/query.h"

#include <jansson.h>

#define PHONE "13912345670"

/* An order that was paid for at the minute. */
static inline void order_of(struct shelf *shelf, const char *number, const char *platform, const char *buyer,
                            const char *phone, int minute)
{
    assert_int_equal(
        sql_run(
            shelf->rig.office.sql,
            "INSERT INTO orders (number, platform, carrier, priority, receiver_name, receiver_phone,"
            " receiver_address, imported_us, shop, platform_order, paid_us, buyer) VALUES (?1, ?2, 'SF', 0, '王小明',"
            " ?4, 'x', ?5, 's', ?1, CAST(?5 AS BIGINT) + ?6 * 60000000, ?3)",
            sql_text(number), sql_text(platform), sql_text(buyer), sql_text(phone), sql_int(shelf->rig.office.now_us),
            sql_int(minute)),
        0);
    shelf_line(shelf, number, 1, "T", 1);
    assert_int_equal(persons_note_order(shelf->rig.office.sql, number), 0);
}

static inline void work(struct shelf *shelf)
{
    struct persons_work done;
    if (persons_work(&shelf->rig.office, INT64_MAX, &done, &shelf->rig.error) != 0)
        fail_msg("%s", shelf->rig.error.text);
    assert_false(done.more);
}

/* 0: nobody knows. */
static inline int64_t whose(struct shelf *shelf, const char *number)
{
    int64_t person = 0;
    int result = persons_of_order(shelf->rig.office.sql, number, &person);
    assert_true(result == 0 || result == -ENOENT);
    return result ? 0 : person;
}

static inline json_t *asked(struct shelf *shelf, const char *kind, const char *filter, int64_t person)
{
    CLEANUP_BUF struct buf json = {0};
    char code[24];
    snprintf(code, sizeof(code), "%lld", (long long)person);
    const struct query_given given[] = {{filter, code}};
    if (query_list(shelf->rig.office.sql, office_queries, kind, given, 1, &json, &shelf->rig.error) != 0)
        fail_msg("%s: %s", kind, shelf->rig.error.text);
    json_t *page = json_loads(buf_text(&json), 0, NULL);
    json_t *rows = json_incref(json_object_get(page, "rows"));
    json_decref(page);
    return rows;
}

static inline int64_t number_of(const json_t *rows, size_t row, const char *column)
{
    const json_t *value = json_object_get(json_array_get(rows, row), column);
    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

static inline const char *text_of(const json_t *rows, size_t row, const char *column)
{
    const char *text = json_string_value(json_object_get(json_array_get(rows, row), column));
    return text ? text : "";
}

#endif
