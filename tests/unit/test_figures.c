/* A site's figures, written in pieces: every row is there once and whole, wherever the pieces meet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "site_rig.h"
#include "store/figures.h"

#include <errno.h>

#define ITEMS  300
#define ORDERS 900

/* Rows that no rule wrote: the schema's triggers would keep them from standing alone. An item lies in two bins, as two
 * lots in each, and on a bench. Every order leaves twice, with all others between; a third of what left second came
 * back. */
static const char rows[] =
    "PRAGMA foreign_keys = OFF; DELETE FROM location;"
    "INSERT INTO location (id, code, kind, walk) VALUES (101, 'A-1', 'face', 1), (102, 'A,2', 'face', 2), (103, "
    "'BENCH', 'pack', 3);"
    "WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO item (id, sku, name) SELECT i, "
    "'S-' || i, 'x' FROM n;"
    "INSERT INTO balance (location, lpn, item, lot, quantity, physical) SELECT l.id, 0, i.id, lot, i.id + lot, 1 FROM "
    "item i, location l, "
    "(SELECT 1 AS lot UNION ALL SELECT 2);"
    "WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) INSERT INTO orders (id, number, state) "
    "SELECT i, 'O-' || i, "
    "'handed' FROM n;"
    "INSERT INTO order_line (id, order_id, line, item, quantity) SELECT id, id, 1, id % 300 + 1, 9 FROM orders;"
    "INSERT INTO parcel (id, order_id, lpn, box, manifest, state, waybill) SELECT id, id, id, 1, 1, 'handed', 'W-' || "
    "id FROM orders;"
    "INSERT INTO move (id, seq, item, quantity, from_location, to_location, reason, line, wall_us, mono_us) SELECT id, "
    "id, item, 3, 101, 102, "
    "'ship', id, 1000 + id, 0 FROM order_line;"
    "INSERT INTO move (id, seq, item, quantity, from_location, to_location, reason, line, wall_us, mono_us) SELECT 900 "
    "+ id, id, item, 2, 101, "
    "102, 'ship', id, 2000 + id, 0 FROM order_line;"
    "INSERT INTO move (id, seq, item, quantity, from_location, to_location, reason, line, wall_us, mono_us, reverses) "
    "SELECT 1800 + id, id, "
    "item, 2, 102, 101, 'ship', id, 3000, 0, 900 + id FROM order_line WHERE id % 3 = 0;";

static int set_up(void **state)
{
    static struct site_rig rig;
    struct error error = {0};
    CLEANUP_BUF struct buf drops = {0};
    assert_int_equal(site_rig_open(&rig, ":memory:", 1), 0);
    struct sql_query *query =
        sql_select(rig.store->sql, "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND ?1", sql_int(1));
    while (sql_next(query))
        buf_printf(&drops, "DROP TRIGGER %s;", sql_get_text(query, 0));
    assert_int_equal(sql_done(query), 0);
    if (sql_script(rig.store->sql, buf_text(&drops), &error) != 0 || sql_script(rig.store->sql, rows, &error) != 0)
        fail_msg("%s", error.text);
    *state = &rig;
    return 0;
}

static int tear_down(void **state)
{
    site_rig_close(*state);
    return 0;
}

/* The whole file; how many pieces it came in. */
static int written(struct site_rig *rig, const char *kind, int64_t since_us, struct buf *csv)
{
    struct figures figures;
    int pieces = 0;
    assert_int_equal(figures_begin(rig->store, kind, since_us, &figures), 0);
    for (; !figures.over; pieces++)
        assert_int_equal(figures_more(rig->store, &figures, csv), 0);
    return pieces;
}

static int count(const struct buf *csv, const char *line)
{
    int found = 0;
    for (const char *at = buf_text(csv); (at = strstr(at, line)); at++)
        found++;
    return found;
}

static void assert_row(const struct buf *csv, const char *format, ...)
{
    char line[64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    if (count(csv, line) != 1)
        fail_msg("%d times: %s", count(csv, line), line);
}

static void test_stock(void **state)
{
    CLEANUP_BUF struct buf csv = {0};
    assert_in_range(written(*state, "stock", 0, &csv), 3, 100);
    assert_int_equal(count(&csv, "\n"), 1 + 2 * ITEMS);
    for (int i = 1; i <= ITEMS; i++) {
        assert_row(&csv, "\nA-1,S-%d,%d\n", i, 2 * i + 3);
        assert_row(&csv, "\n\"A,2\",S-%d,%d\n", i, 2 * i + 3);
    }
}

static void test_orders(void **state)
{
    CLEANUP_BUF struct buf csv = {0};
    assert_in_range(written(*state, "orders", 0, &csv), 3, 100);
    assert_int_equal(count(&csv, "\n"), 1 + ORDERS);
    for (int i = 1; i <= ORDERS; i++)
        assert_row(&csv, "\nO-%d,S-%d,%d\n", i, i % ITEMS + 1, i % 3 ? 5 : 3);
}

static void test_parcels(void **state)
{
    CLEANUP_BUF struct buf csv = {0};
    assert_in_range(written(*state, "parcels", 0, &csv), 3, 100);
    assert_int_equal(count(&csv, "\n"), 1 + ORDERS);
    for (int i = 1; i <= ORDERS; i++)
        assert_row(&csv, "\nW-%d,O-%d\n", i, i);
}

/* Of the second departures, those of the last hundred orders; before the first move nothing is left out, behind the
 * last all is. */
static void test_since(void **state)
{
    CLEANUP_BUF struct buf some = {0}, all = {0}, none = {0};
    written(*state, "parcels", 2801, &some);
    for (int i = 1; i <= ORDERS; i++)
        if (i > 800 || i % 3 == 0)
            assert_row(&some, "\nW-%d,O-%d\n", i, i);
    assert_int_equal(count(&some, "\n"), 1 + 100 + 800 / 3);
    written(*state, "parcels", 1, &all);
    assert_int_equal(count(&all, "\n"), 1 + ORDERS);
    written(*state, "parcels", 3001, &none);
    assert_string_equal(buf_text(&none), "waybill,order\n");
}

static void test_faults(void **state)
{
    struct site_rig *rig = *state;
    struct figures figures;
    struct buf small = {.max = 8};
    assert_int_equal(figures_begin(rig->store, "dreams", 0, &figures), -ENOENT);
    assert_int_equal(figures_begin(rig->store, "stock", 0, &figures), 0);
    assert_int_equal(figures_more(rig->store, &figures, &small), -EMSGSIZE);
    buf_done(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stock), cmocka_unit_test(test_orders),
                                       cmocka_unit_test(test_parcels), cmocka_unit_test(test_since),
                                       cmocka_unit_test(test_faults)};
    return cmocka_run_group_tests_name("figures", tests, set_up, tear_down);
}
