/* Orders at head office for tests: on hub_rig.h, with stock, prices and receivers put there by SQL. Asserts by cmocka.
 */
#ifndef TESTS_ORDERS_RIG_H
#define TESTS_ORDERS_RIG_H

#include "unit/hub_rig.h"

#include "sync/head-office/orders/exceptions.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/orders/order_work.h"
#include "sync/head-office/stock/promises.h"
#include "sync/head-office/verb.h"

#include <errno.h>

#define MINUTE_US INT64_C(60000000)
#define HOUR_US   (60 * MINUTE_US)

struct shelf {
    struct rig rig;
    int64_t seq[2]; /* events of hz and bj */
};

static inline void shelf_run(struct shelf *shelf, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline void shelf_run(struct shelf *shelf, const char *format, ...)
{
    char text[2048];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    assert_in_range(length, 1, sizeof(text) - 1);
    if (sql_script(shelf->rig.office.sql, text, &shelf->rig.error) != 0)
        fail_msg("%s: %s", text, shelf->rig.error.text);
}

/* The one number of the one row; 0: there is none. */
#define shelf_number(shelf, text, ...) shelf_number_values(shelf, text, (struct sql_value[]){__VA_ARGS__, {0}})
static inline int64_t shelf_number_values(struct shelf *shelf, const char *text, const struct sql_value *values)
{
    int64_t number = 0;
    int result = sql_number_values(shelf->rig.office.sql, &number, text, values);
    if (result && result != -ENOENT)
        fail_msg("%s: %s", text, sql_message(shelf->rig.office.sql));
    return result ? 0 : number;
}

/* The one text of the one row; "": there is none. */
#define assert_said(shelf, expected, text, ...)                                                                        \
    shelf_assert_said(shelf, expected, text, (struct sql_value[]){__VA_ARGS__, {0}})
static inline void shelf_assert_said(struct shelf *shelf, const char *expected, const char *text,
                                     const struct sql_value *values)
{
    char said[513] = "";
    struct sql_query *row = sql_select_values(shelf->rig.office.sql, text, values);
    if (sql_next(row))
        sql_copy_text(row, 0, said, sizeof(said));
    assert_int_equal(sql_done(row), 0);
    assert_string_equal(said, expected);
}

#define assert_state(shelf, number, expected)                                                                          \
    assert_said(shelf, expected, "SELECT state FROM orders WHERE number = ?1", sql_text(number))
#define assert_site(shelf, number, expected)                                                                           \
    assert_said(shelf, expected, "SELECT site FROM orders WHERE number = ?1", sql_text(number))

/* Items T and C, shop "s"; both sites were heard. */
static inline int shelf_open(void **state)
{
    struct shelf *shelf = calloc(1, sizeof(*shelf));
    struct rig *rig = &shelf->rig;
    rig_open(rig);
    rig_import_good(rig, "items", NULL, "sku,name,weight_g\nT,tea,100\nC,cup,250\nG,gift,10\n");
    rig_run(rig, "UPDATE site SET last_seen_us = 1700000000000000;"
                 "INSERT INTO shop (code, platform, name) VALUES ('s', 'taobao', 'Tea')");
    *state = shelf;
    return 0;
}

static inline int shelf_close(void **state)
{
    struct shelf *shelf = *state;
    rig_close(&shelf->rig);
    free(shelf);
    return 0;
}
#define ON_SHELF(test) cmocka_unit_test_setup_teardown(test, shelf_open, shelf_close)

/* So many pieces lie there now. */
static inline void shelf_stock(struct shelf *shelf, const char *site, const char *sku, int pieces)
{
    shelf_run(shelf,
              "INSERT INTO stock (site, location, sku, quantity) VALUES ('%s', 'A', '%s', %d)"
              " ON CONFLICT (site, location, sku) DO UPDATE SET quantity = excluded.quantity",
              site, sku, pieces);
}

/* One more line of an order, at 10.00 a piece. */
static inline void shelf_line(struct shelf *shelf, const char *number, int line, const char *sku, int pieces)
{
    struct sql *sql = shelf->rig.office.sql;
    assert_int_equal(sql_run(sql,
                             "INSERT INTO order_line (number, line, sku, quantity, title, price_minor, paid_minor)"
                             " VALUES (?1, ?2, ?3, ?4, 'goods', 1000, ?4 * 1000)",
                             sql_text(number), sql_int(line), sql_text(sku), sql_int(pieces)),
                     0);
    assert_int_equal(sql_run(sql,
                             "UPDATE orders SET goods_minor = goods_minor + ?2 * 1000, paid_minor = paid_minor + ?2 *"
                             " 1000 WHERE number = ?1",
                             sql_text(number), sql_int(pieces)),
                     0);
}

/* An order of the shop without fault, of one line. It was paid at the minute, and no other has its receiver. */
static inline void shelf_order(struct shelf *shelf, const char *number, const char *sku, int pieces, int minute)
{
    assert_int_equal(
        sql_run(shelf->rig.office.sql,
                "INSERT INTO orders (number, platform, carrier, priority, receiver_name, receiver_phone,"
                " receiver_address, imported_us, shop, platform_order, paid_us, province, city) VALUES (?1, 'taobao',"
                " 'SF', 0, '张' || ?1, '13800000000', '文一西路 969 号', ?2, 's', ?1, ?2 + ?3 * 60000000, '浙江省',"
                " '杭州市')",
                sql_text(number), sql_int(shelf->rig.office.now_us), sql_int(minute)),
        0);
    shelf_line(shelf, number, 1, sku, pieces);
}

/* Exceptions of the kind that stand. */
static inline int64_t shelf_held(struct shelf *shelf, const char *number, const char *kind)
{
    return shelf_number(shelf, "SELECT count(*) FROM exception WHERE number = ?1 AND kind = ?2 AND released_us IS NULL",
                        sql_text(number), sql_text(kind));
}

static inline struct order_work shelf_audit(struct shelf *shelf)
{
    struct order_work done;
    if (order_work_audit(&shelf->rig.office, 100000, &done, &shelf->rig.error) != 0)
        fail_msg("%s", shelf->rig.error.text);
    return done;
}

/* Everything that head office does by itself. */
static inline struct order_work shelf_work(struct shelf *shelf)
{
    struct order_work done;
    if (order_work(&shelf->rig.office, 100000, &done, &shelf->rig.error) != 0)
        fail_msg("%s", shelf->rig.error.text);
    return done;
}

/* A verb with fields as JSON text; what it returned. The answer goes to ret, which may be NULL. */
static inline int shelf_do(struct shelf *shelf, const char *verb, const char *fields, struct buf *ret)
{
    struct buf answer = {0};
    json_error_t fault;
    json_t *root = json_loads(fields, 0, &fault);
    if (!root)
        fail_msg("%s: %s", fields, fault.text);
    shelf->rig.error.text[0] = '\0';
    int result = verb_do(&shelf->rig.office, verb, root, "tester", &answer, &shelf->rig.error);
    json_decref(root);
    if (ret)
        buf_put(ret, answer.data, answer.length);
    buf_done(&answer);
    return result;
}

#define assert_done(shelf, verb, fields)                                                                               \
    do {                                                                                                               \
        if (shelf_do(shelf, verb, fields, NULL) != 0)                                                                  \
            fail_msg("%s", (shelf)->rig.error.text);                                                                   \
    } while (0)

static inline int64_t shelf_left(struct shelf *shelf, const char *site, const char *sku)
{
    int64_t left;
    assert_int_equal(promises_left(&shelf->rig.office, site, sku, &left), 0);
    return left;
}

static inline void shelf_meet(struct shelf *shelf)
{
    rig_hello(&shelf->rig, "hz", "box-1", 0, 0);
    rig_hello(&shelf->rig, "bj", "box-2", 0, 0);
    rig_turn(&shelf->rig);
}

/* The same as the site's journal has it: what it is about, who did it, and when. */
static inline void shelf_tells(struct shelf *shelf, const char *site, const char *type, const char *subject,
                               const char *time, const char *data)
{
    struct buf segment = {0};
    char sequence[WIRE_SEQUENCE_SIZE];
    bool bj = strcmp(site, "bj") == 0;
    wire_sequence_write(sequence, 1, ++shelf->seq[bj]);
    buf_printf(&segment,
               "{\"specversion\":\"1.0\",\"id\":\"%s-%d\",\"source\":\"" WIRE_SITE_SOURCE "%s\",\"type\":"
               "\"io.floorhand.%s.v1\",\"subject\":\"%s\",\"time\":\"%s\",\"sequence\":\"%s\",\"actor\":\"W1\","
               "\"data\":%s}\n",
               site, (int)shelf->seq[bj], site, type, subject, time, sequence, data);
    rig_segment(&shelf->rig, bj ? "box-2" : "box-1", shelf->seq[bj], &segment);
    buf_done(&segment);
    rig_turn(&shelf->rig);
}

/* What a site reports. */
static inline void shelf_happens(struct shelf *shelf, const char *site, const char *type, const char *data)
{
    struct buf segment = {0};
    bool bj = strcmp(site, "bj") == 0;
    rig_put_event(&segment, site, 1, ++shelf->seq[bj], type, data);
    rig_segment(&shelf->rig, bj ? "box-2" : "box-1", shelf->seq[bj], &segment);
    buf_done(&segment);
    rig_turn(&shelf->rig);
    if (shelf_number(shelf, "SELECT count(*) FROM parked", SQL_NO_VALUES) > 0)
        fail_msg("%s %s was parked", type, data);
}

#endif
