/* The map of bins: picks are followed in windows that slide, bins and aisles tell what the moves say, a floor of
 * 200,000 bins takes no answer long, and what was written is told by the kinds that show it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "floor_script.h"
#include "store/changed.h"
#include "store/heat.h"
#include "store/query.h"

#include <jansson.h>

#define DAY_US (INT64_C(86400) * 1000000)
#define NOW    (100 * DAY_US)

static void script(struct site_rig *rig, const char *sql)
{
    struct error error;
    if (sql_script(rig->store->sql, sql, &error) != 0)
        fail_msg("%s", error.text);
}

static json_t *ask(struct site_rig *rig, const char *kind, const char *name, const char *value)
{
    CLEANUP_BUF struct buf json = {0};
    struct error error = {0};
    struct query_given given[] = {{name, value}, {"limit", "500"}};
    int result = query_list(rig->store->sql, site_queries, kind, name ? given : given + 1, name ? 2 : 1, &json, &error);
    if (result)
        fail_msg("%s %s: %d %s", kind, value, result, error.text);
    return json_loadb(buf_text(&json), json.length, 0, NULL);
}

/* Of the only row. */
static json_int_t number_of(struct site_rig *rig, const char *kind, const char *name, const char *value,
                            const char *column)
{
    json_t *page = ask(rig, kind, name, value), *rows = json_object_get(page, "rows");
    assert_int_equal(json_array_size(rows), 1);
    json_int_t found = json_integer_value(json_object_get(json_array_get(rows, 0), column));
    json_decref(page);
    return found;
}

static void assert_picks(struct site_rig *rig, const char *bin, int day, int week, int month)
{
    assert_int_equal(number_of(rig, "bins", "location", bin, "picks_day"), day);
    assert_int_equal(number_of(rig, "bins", "location", bin, "picks_week"), week);
    assert_int_equal(number_of(rig, "bins", "location", bin, "picks_month"), month);
}

static int follow(struct site_rig *rig, int64_t now_us)
{
    bool more = true;
    int steps = 0;
    for (; more; steps++)
        assert_int_equal(heat_step(rig->store, now_us, &more), 0);
    return steps;
}

/* One pick from A-01 on each of 40 days, the last one now. */
#define PICK_DAYS                                                                                                      \
    "DROP TRIGGER move_is_final; UPDATE move SET wall_us = 0;"                                                         \
    "WITH RECURSIVE n(i) AS (SELECT 39 UNION ALL SELECT i - 1 FROM n WHERE i > 0) INSERT INTO move (seq, item, "       \
    "quantity, from_location, to_location, reason, wall_us, mono_us) SELECT 1, item.id, 1, location.id, 6, 'pick', "   \
    "8640000000000 - i * 86400000000, 0 FROM n, item, location WHERE sku = 'MUG' AND location.code = 'A-01';"

/* ---------------------------------------------------------------- tests */

static void windows_slide(void **state)
{
    struct site_rig *rig = *state;
    script(rig, "UPDATE balance SET quantity = 100 WHERE lpn = 0 AND physical = 1;" PICK_DAYS);
    follow(rig, NOW);
    assert_picks(rig, "A-01", 2, 8, 29);
    assert_picks(rig, "A-02", 0, 0, 0);
    follow(rig, NOW + 3 * DAY_US);
    assert_picks(rig, "A-01", 0, 5, 26);
    follow(rig, NOW + 60 * DAY_US);
    assert_picks(rig, "A-01", 0, 0, 0);
}

static void what_is_taken_back_counts_no_more(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "N1", "SF1", 2, 0);
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"},
         {"MUG", "DONE", "pick.item"});
    follow(rig, rig->now_us);
    assert_picks(rig, "A-01", 1, 1, 1);
    PLAY(rig, {"MUG", "DONE", "pick.tote"});
    follow(rig, rig->now_us);
    assert_picks(rig, "A-01", 2, 2, 2);
    PLAY(rig, {"CMD:UNDO", "DONE", "pick.item"});
    follow(rig, rig->now_us);
    assert_picks(rig, "A-01", 1, 1, 1);
}

static void bins_tell_how_they_stand(void **state)
{
    struct site_rig *rig = *state;
    assert_int_equal(number_of(rig, "bins", "location", "A-01", "quantity"), 20);
    script(rig,
           "INSERT INTO hold (location, item, quantity, reason) SELECT l.id, i.id, 3, 'short' FROM location l, item i "
           "WHERE l.code = 'A-01' AND i.sku = 'MUG'");
    json_t *page = ask(rig, "bins", "location", "A-01");
    const json_t *row = json_array_get(json_object_get(page, "rows"), 0);
    assert_string_equal(json_string_value(json_object_get(row, "condition")), "held");
    assert_int_equal(json_integer_value(json_object_get(row, "held")), 3);
    json_decref(page);
    page = ask(rig, "bins", "sku", "MUG");
    assert_true(json_array_size(json_object_get(page, "rows")) >= 1);
    json_decref(page);
}

#define HALL                                                                                                           \
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199999) INSERT INTO location (code, "    \
    "kind, aisle, block, position_mm) SELECT 'H' || i, 'face', i / 1000, 0, i % 1000 FROM n;"                          \
    "INSERT INTO balance (location, lpn, item, lot, quantity, physical) SELECT l.id, 0, 1, 0, 5, 1 FROM location l "   \
    "WHERE l.code GLOB 'H*';"

/* Each answer within the steps that a question may take, and together everything. */
static void a_large_floor_is_looked_at_by_aisles(void **state)
{
    struct site_rig *rig = *state;
    script(rig, "BEGIN;" HALL "COMMIT;");
    CLEANUP_BUF struct buf json = {0};
    struct error error = {0};
    struct query_given given[] = {{"limit", "4"}};
    assert_int_equal(query_list(rig->store->sql, site_queries, "aisles", given, 1, &json, &error), 0);
    json_t *page = json_loadb(buf_text(&json), json.length, 0, NULL), *rows = json_object_get(page, "rows");
    assert_int_equal(json_array_size(rows), 4); /* the first: bins of no aisle */
    assert_int_equal(json_integer_value(json_object_get(json_array_get(rows, 1), "bins")), 1000);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(rows, 1), "quantity")), 5000);
    json_decref(page);
    page = ask(rig, "bins", "aisle", "199");
    assert_int_equal(json_array_size(json_object_get(page, "rows")), 500);
    assert_true(json_is_string(json_object_get(page, "next")));
    json_decref(page);
    assert_int_equal(number_of(rig, "aisles", "aisle", "7", "bins"), 1000);
    page = ask(rig, "bins", "aisle", "-1");
    assert_in_range(json_array_size(json_object_get(page, "rows")), 1, 50);
    json_decref(page);
}

static void many_moves_are_followed_a_few_at_a_time(void **state)
{
    struct site_rig *rig = *state;
    script(rig,
           "UPDATE balance SET quantity = 100000 WHERE lpn = 0 AND physical = 1;" PICK_DAYS
           "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO move (seq, "
           "item, quantity, from_location, to_location, reason, wall_us, mono_us) SELECT 1, item.id, 1, "
           "location.id, 6, 'pick', 8640000000000, 0 FROM n, item, location WHERE sku = 'MUG' AND location.code = "
           "'A-01';");
    assert_in_range(follow(rig, NOW), 20000 / HEAT_MOVES, 20000 / HEAT_MOVES + 3);
    assert_picks(rig, "A-01", 20002, 20008, 20029);
}

static void kinds_that_show_what_was_written_are_told(void **state)
{
    struct site_rig *rig = *state;
    struct changed *changed;
    CLEANUP_BUF struct buf json = {0};
    assert_int_equal(changed_new(rig->store, &changed), 0);
    site_rig_order(rig, "N1", "SF1", 1, 0);
    assert_false(changed_any(changed)); /* nobody listens */
    changed_listen(changed, true);
    site_rig_order(rig, "N2", "SF2", 1, 0);
    assert_true(changed_take(changed, &json));
    for (const char *const *kind =
             (const char *const[]){"\"orders\"", "\"lines\"", "\"allocations\"", "\"stock\"", "\"journal\"", NULL};
         *kind; kind++)
        if (!strstr(buf_text(&json), *kind))
            fail_msg("%s is not in %s", *kind, buf_text(&json));
    assert_null(strstr(buf_text(&json), "\"parked-changes\""));
    assert_null(strstr(buf_text(&json), "\"wave-rules\""));
    assert_false(changed_take(changed, &json));
    changed_listen(changed, false);
    site_rig_order(rig, "N3", "SF3", 1, 0);
    assert_false(changed_any(changed));
    changed_free(changed);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(windows_slide),
        TEST(what_is_taken_back_counts_no_more),
        TEST(bins_tell_how_they_stand),
        TEST(a_large_floor_is_looked_at_by_aisles),
        TEST(many_moves_are_followed_a_few_at_a_time),
        TEST(kinds_that_show_what_was_written_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
