/* The table of questions: each can be put, in pages that are whole, with nobody's address, and none takes long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/query_table.h"
#include "floor_script.h"
#include "store/query.h"

#include <errno.h>
#include <jansson.h>

#define EACH_QUERY(query) for (const struct query *query = query_at(site_queries, 0); query; query = next_of(query))

#define MANY 300000 /* rows of each long table: a scan of one of them would pass the limit of steps */

static const struct query *next_of(const struct query *query)
{
    size_t i = 0;
    while (query_at(site_queries, i) != query)
        i++;
    return query_at(site_queries, i + 1);
}

static const struct query *query_of(const char *kind)
{
    const struct query *query = query_at(site_queries, 0);
    while (query && strcmp(query->kind, kind) != 0)
        query = next_of(query);
    return query;
}

static json_t *parsed(const struct buf *json)
{
    json_error_t fault;
    json_t *root = json_loadb(buf_text(json), json->length, JSON_REJECT_DUPLICATES, &fault);
    if (!root)
        fail_msg("%s: %s", fault.text, buf_text(json));
    return root;
}

/* given: name, value, name, value; ended by NULL. */
static json_t *list(struct site_rig *rig, const char *kind, const char *const *given)
{
    CLEANUP_BUF struct buf json = {0};
    struct error error = {0};
    struct query_given filters[QUERY_GIVEN_MAX] = {0};
    size_t count = 0;
    for (; given[2 * count]; count++)
        filters[count] = (struct query_given){given[2 * count], given[2 * count + 1]};
    int result = query_list(rig->store->sql, site_queries, kind, filters, count, &json, &error);
    if (result)
        fail_msg("%s %s: %d %s", kind, count ? given[0] : "", result, error.text);
    return parsed(&json);
}

#define LIST(rig, kind, ...) list((rig), (kind), (const char *const[]){__VA_ARGS__, NULL})

static json_t *one(struct site_rig *rig, const char *kind, const char *code)
{
    CLEANUP_BUF struct buf json = {0};
    struct error error = {0};
    assert_int_equal(query_one(rig->store->sql, site_queries, kind, code, &json, &error), 0);
    return parsed(&json);
}

static size_t rows_of(const json_t *page)
{
    return json_array_size(json_object_get(page, "rows"));
}

static const char *text_at(const json_t *page, size_t index, const char *column)
{
    const char *text = json_string_value(json_object_get(json_array_get(json_object_get(page, "rows"), index), column));
    return text ? text : "(null)";
}

static json_int_t number_at(const json_t *page, size_t index, const char *column)
{
    return json_integer_value(json_object_get(json_array_get(json_object_get(page, "rows"), index), column));
}

/* One order on its way to the gate, one that waits. */
static void work(struct site_rig *rig)
{
    site_rig_order(rig, "N1", "SF1", 2, 1);
    PLAY(rig, {"B-1", "DONE", "menu"}, {"CMD:PICK", "DONE", "pick.location"}, {"A-01", "DONE", "pick.item"},
         {"MUG", "DONE", "pick.item"}, {"MUG", "DONE", "pick.tote"}, {"T-1", "DONE", "pick.location"},
         {"A-02", "DONE", "pick.item"}, {"PEN", "DONE", "pick.stage"}, {"STAGE-1", "DONE", "menu"},
         {"T-1", "DONE", "pack.item"}, {"MUG", "DONE", "pack.item"}, {"MUG", "DONE", "pack.item"},
         {"PEN", "DONE", "pack.box"}, {"BOX-S", "DONE", "pack.label"}, {"SF1", "DONE", "menu"});
    site_rig_order(rig, "N2", "SF2", 3, 0);
}

/* ---------------------------------------------------------------- tests */

static void every_question_can_be_put(void **state)
{
    struct site_rig *rig = *state;
    work(rig);
    EACH_QUERY(query)
    {
        json_t *page = LIST(rig, query->kind, NULL);
        json_t *row = json_array_get(json_object_get(page, "rows"), 0);
        for (const struct query_column *column = query->columns; row && column->name; column++)
            assert_non_null(json_object_get(row, column->name));
        json_decref(page);
        for (const struct query_filter *a = query->filters; a->name; a++) {
            for (const struct query_filter *b = query->filters; b->name; b++)
                json_decref(
                    LIST(rig, query->kind, a->name, "1", b->name, "1", "after", query->key[1] ? "7.7.7.7" : "7"));
        }
        for (const struct query_section *section = query->sections; section && section->name; section++) {
            assert_non_null(query_of(section->kind));
            json_decref(LIST(rig, section->kind, section->filter, "1"));
        }
        assert_true(!query->one || query->singular);
    }
}

static void an_order_has_its_history(void **state)
{
    struct site_rig *rig = *state;
    work(rig);
    json_t *order = one(rig, "orders", "N1");
    json_t *row = json_object_get(order, "order");
    assert_string_equal(json_string_value(json_object_get(row, "state")), "labelled");
    assert_int_equal(json_integer_value(json_object_get(row, "packed")), 3);
    assert_true(json_is_false(json_object_get(row, "cancelled")));
    assert_int_equal(rows_of(json_object_get(order, "lines")), 2);
    assert_int_equal(rows_of(json_object_get(order, "allocations")), 2);
    assert_int_equal(rows_of(json_object_get(order, "print_jobs")), 1);
    assert_string_equal(text_at(json_object_get(order, "parcels"), 0, "parcel"), "N1-1");
    assert_string_equal(text_at(json_object_get(order, "waybills"), 0, "state"), "live");
    json_t *events = json_object_get(order, "events");
    assert_string_equal(text_at(events, rows_of(events) - 1, "type"), "order.received");
    assert_string_equal(text_at(events, 0, "worker"), "u1");
    assert_string_equal(text_at(json_object_get(order, "parcel_events"), 0, "type"), "label.printed");
    assert_true(rows_of(json_object_get(order, "moves")) >= 4);
    json_decref(order);
    json_t *parcel = one(rig, "parcels", "N1-1");
    assert_string_equal(json_string_value(json_object_get(json_object_get(parcel, "parcel"), "box")), "BOX-S");
    json_decref(parcel);
    json_t *place = one(rig, "locations", "A-01");
    assert_int_equal(number_at(json_object_get(place, "stock"), 0, "quantity"), 18);
    assert_int_equal(number_at(json_object_get(place, "stock"), 0, "free"), 15);
    assert_string_equal(text_at(json_object_get(place, "moves"), 0, "reason"), "pick");
    json_decref(place);
}

static void nobody_is_named(void **state)
{
    struct site_rig *rig = *state;
    work(rig);
    static const char *const secrets[] = {"小明", "13812345678", "西湖", "B-1"};
    CLEANUP_BUF struct buf all = {0};
    struct error error;
    EACH_QUERY(query)
    assert_int_equal(query_list(rig->store->sql, site_queries, query->kind, NULL, 0, &all, &error), 0);
    query_one(rig->store->sql, site_queries, "orders", "N1", &all, &error);
    query_one(rig->store->sql, site_queries, "workers", "u1", &all, &error);
    for (size_t i = 0; i < COUNT(secrets); i++)
        if (strstr(buf_text(&all), secrets[i]))
            fail_msg("%s stands in an answer", secrets[i]);
    assert_non_null(strstr(buf_text(&all), "\"receiver\":\"王*\",\"phone\":\"*5678\""));
}

static void filters_find(void **state)
{
    static const struct {
        const char *kind, *name, *value;
        size_t rows;
    } cases[] = {
        {"orders", "state", "allocated", 1}, {"orders", "waybill", "SF2", 1},
        {"orders", "order", "N9", 0},        {"items", "barcode", "19521234543210", 1},
        {"items", "name", "BLUE", 1},        {"items", "sku", "MUG", 1},
        {"stock", "sku", "PEN", 2},          {"stock", "location", "R-09", 1},
        {"stock", "lpn", "T-1", 0},          {"stock", "lpn", "", 0},
        {"locations", "kind", "face", 2},    {"workers", "station", STATION, 1},
        {"print-jobs", "parcel", "N1-1", 1}, {"print-jobs", "parcel", "N1-2", 0},
        {"lpns", "order", "N1", 1},          {"moves", "location", "R-09", 1},
        {"moves", "lpn", "T-1", 7},          {"moves", "reason", "stage", 2},
        {"journal", "type", "pick.line", 3}, {"journal", "subject", "order/N1", 14},
        {"workers", "role", "packer", 1},
    };
    struct site_rig *rig = *state;
    work(rig);
    for (size_t i = 0; i < COUNT(cases); i++) {
        json_t *page = LIST(rig, cases[i].kind, cases[i].name, cases[i].value);
        if (rows_of(page) != cases[i].rows)
            fail_msg("%s %s=%s: %zu rows", cases[i].kind, cases[i].name, cases[i].value, rows_of(page));
        assert_true(json_is_null(json_object_get(page, "next")));
        json_decref(page);
    }
}

static void what_is_not_known_is_refused(void **state)
{
    static const struct {
        const char *kind, *name, *value;
        int result;
        const char *word;
    } cases[] = {
        {"cats", "limit", "1", -ENOENT, ""},          {"orders", "colour", "red", -EINVAL, "order, waybill, worker"},
        {"orders", "limit", "0", -EINVAL, "500"},     {"orders", "limit", "501", -EINVAL, "500"},
        {"orders", "after", "x", -EINVAL, "next"},    {"orders", "after", "1.2", -EINVAL, "next"},
        {"stock", "after", "1.2.3", -EINVAL, "next"}, {"moves", "seq", "x", -EINVAL, "number"},
    };
    struct site_rig *rig = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf json = {0};
        struct error error = {0};
        struct query_given given = {cases[i].name, cases[i].value};
        assert_int_equal(query_list(rig->store->sql, site_queries, cases[i].kind, &given, 1, &json, &error),
                         cases[i].result);
        assert_non_null(strstr(error.text, cases[i].word));
    }
    CLEANUP_BUF struct buf json = {0};
    struct error error;
    assert_int_equal(query_one(rig->store->sql, site_queries, "orders", "N1", &json, &error), -ENOENT);
    assert_int_equal(query_one(rig->store->sql, site_queries, "moves", "1", &json, &error), -ENOENT);
    assert_int_equal(query_one(rig->store->sql, site_queries, "print-jobs", "x", &json, &error), -EINVAL);
}

static void script(struct site_rig *rig, const char *sql)
{
    struct error error;
    if (sql_script(rig->store->sql, sql, &error) != 0)
        fail_msg("%s", error.text);
}

#define NUMBERS(n) "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " n ") "

/* All rows of a kind, page by page; the pages it took. */
static size_t follow(struct site_rig *rig, const char *kind, const char *limit, const char *name, const char *value,
                     size_t *ret_rows)
{
    char after[96] = "";
    size_t pages = 0, rows = 0;
    for (bool more = true; more; pages++) {
        json_t *page = *after ? LIST(rig, kind, "limit", limit, name, value, "after", after)
                              : LIST(rig, kind, "limit", limit, name, value);
        const char *next = json_string_value(json_object_get(page, "next"));
        assert_true(pages < 10000);
        rows += rows_of(page);
        snprintf(after, sizeof(after), "%s", next ? next : "");
        more = next != NULL;
        json_decref(page);
    }
    *ret_rows = rows;
    return pages;
}

static void pages_hold_every_row_once(void **state)
{
    struct site_rig *rig = *state;
    script(rig,
           NUMBERS("250") "INSERT INTO item (sku, name) SELECT 'S-' || i, 'x' FROM n;" NUMBERS(
               "40") "INSERT INTO move (seq, item, quantity, from_location, to_location, reason, wall_us, mono_us) "
                     "SELECT 1, 1 + i % 7, 1, 3, 4 + (i % 2) * 4, 'import', i, i FROM n;");
    size_t rows;
    assert_int_equal(follow(rig, "items", "50", "name", "x", &rows), 6);
    assert_int_equal(rows, 250);
    int64_t balances = number(rig, "SELECT count(*) FROM balance WHERE quantity <> 0 AND physical = 1");
    assert_int_equal(number(rig, "SELECT count(DISTINCT item || '.' || location) FROM balance WHERE physical = 1"),
                     balances);
    json_t *whole = LIST(rig, "stock", NULL);
    assert_int_equal(rows_of(whole), balances);
    char after[96] = "";
    for (size_t i = 0; i < (size_t)balances; i++) { /* by a key of four columns, one at a time */
        json_t *page = *after ? LIST(rig, "stock", "limit", "1", "after", after) : LIST(rig, "stock", "limit", "1");
        assert_string_equal(text_at(page, 0, "sku"), text_at(whole, i, "sku"));
        assert_string_equal(text_at(page, 0, "location"), text_at(whole, i, "location"));
        snprintf(after, sizeof(after), "%s", json_string_value(json_object_get(page, "next")));
        json_decref(page);
    }
    json_decref(whole);
}

/* Each from n(i), the numbers to MANY. */
static const char *const long_tables[] = {
    "journal (seq, epoch, hash, type, line) SELECT 1000 + i, 1, zeroblob(32), iif(i = 5, 'rare', 'common'), "
    "'{\"subject\":\"order/' || (i % 3) || '\",\"data\":{}}'",
    "orders (number, state, carrier) SELECT 'M' || i, iif(i = 9, 'parked', 'handed'), 'SF'",
    "order_line (order_id, line, item, quantity) SELECT i, 1, 1, 1",
    "move (seq, item, quantity, from_location, to_location, reason, worker, wall_us, mono_us) "
    "SELECT 1000 + i, 1 + (i > 3), 1, 3, 4, 'import', 1, i, i",
    "lpn (code, kind, location) SELECT 'L' || i, 'tote', 6 + i % 2",
    "balance (location, lpn, item, lot, quantity, physical) SELECT 6 + i % 2, 9 + i, 3 + i / 50, 0, i % 2, 1",
    "task (kind, state, item, to_location) SELECT 'move', 'done', 1, 3",
    "serial (item, code, location) SELECT 1, i, 3",
    "print_job (key, station, template, data, changed_us) SELECT i, 's', 't', '', 0",
};

static void fill_long_tables(struct site_rig *rig)
{
    script(rig, "PRAGMA foreign_keys = OFF; DROP TRIGGER move_posts; BEGIN;");
    for (size_t i = 0; i < COUNT(long_tables); i++) {
        const char *select = strstr(long_tables[i], "SELECT");
        CLEANUP_BUF struct buf sql = {0};
        buf_printf(&sql, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) ", MANY);
        buf_printf(&sql, "INSERT INTO %.*s %s FROM n", (int)(select - long_tables[i]), long_tables[i], select);
        script(rig, buf_text(&sql));
    }
    script(rig, "COMMIT;");
}

/* However long the tables are, and whatever is asked, an answer looks at few rows, and the next goes on. */
static void no_question_takes_long(void **state)
{
    struct site_rig *rig = *state;
    fill_long_tables(rig);
    EACH_QUERY(query)
    {
        json_decref(LIST(rig, query->kind, "limit", "500"));
        for (const struct query_filter *filter = query->filters; filter->name; filter++)
            for (size_t i = 0; i < (filter->takes == QUERY_TAKES_NUMBER ? 1 : 4); i++)
                json_decref(LIST(rig, query->kind, filter->name,
                                 ((const char *const[]){"1", "handed", "MUG", "order/1"})[i], "limit", "500"));
    }
    size_t rows;
    size_t pages = follow(rig, "journal", "500", "type", "rare", &rows);
    assert_in_range(pages, MANY / QUERY_WINDOW, MANY / QUERY_WINDOW + 2);
    assert_int_equal(rows, 1);
    follow(rig, "orders", "500", "state", "parked", &rows);
    assert_int_equal(rows, 1);
    follow(rig, "moves", "1", "sku", "MUG", &rows);
    assert_int_equal(rows, 3 + 2); /* two of the stock that was imported */
}

static void the_catalogue_tells_all(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf json = {0};
    query_catalogue(site_queries, &json);
    json_t *root = parsed(&json);
    for (size_t i = 0; i < json_array_size(root); i++)
        assert_string_equal(json_string_value(json_object_get(json_array_get(root, i), "kind")),
                            query_at(site_queries, i)->kind);
    assert_null(query_at(site_queries, json_array_size(root)));
    json_decref(root);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_question_can_be_put),
        TEST(an_order_has_its_history),
        TEST(nobody_is_named),
        TEST(filters_find),
        TEST(what_is_not_known_is_refused),
        TEST(pages_hold_every_row_once),
        TEST(no_question_takes_long),
        cmocka_unit_test(the_catalogue_tells_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
