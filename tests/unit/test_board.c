/* What a board tells of people: what each did in the last hour, told again and again while moves come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "site_rig.h"
#include "store/board.h"

#include <jansson.h>

#define MINUTE INT64_C(60000000)
#define NOW    (1000 * MINUTE)

/* Rows that no rule wrote: the schema's triggers would keep them from standing alone. */
static const char rows[] =
    "PRAGMA foreign_keys = OFF;"
    "INSERT INTO worker (id, code, name, badge, role) VALUES (1, 'w1', 'A', 'B1', 'picker'), (2, 'w2', 'B', 'B2', "
    "'packer');"
    "INSERT INTO session (worker, station, step) VALUES (1, 's1', 'menu'), (2, 's2', 'menu');"
    "INSERT INTO journal (seq, epoch, type, hash, line) VALUES (1, 1, 'worker.signed_in', "
    "zeroblob(32), "
    "'{\"time\":\"first\",\"subject\":\"worker/w1\"}'), (2, 1, 'worker.signed_in', zeroblob(32), "
    "'{\"time\":\"then\",\"subject\":\"worker/w1\"}')";

static void script(struct site_rig *rig, const char *sql)
{
    struct error error;
    if (sql_script(rig->store->sql, sql, &error) != 0)
        fail_msg("%s: %s", sql, error.text);
}

static void drop_triggers(struct site_rig *rig)
{
    CLEANUP_BUF struct buf drops = {0};
    struct sql_query *query =
        sql_select(rig->store->sql, "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND ?1", sql_int(1));
    while (sql_next(query))
        buf_printf(&drops, "DROP TRIGGER %s;", sql_get_text(query, 0));
    assert_int_equal(sql_done(query), 0);
    script(rig, buf_text(&drops));
}

/* A worker's move, so many minutes ago. reverses: a move's number, 0: none. */
static void move(struct site_rig *rig, int worker, const char *reason, int quantity, int minutes_ago, int reverses)
{
    char text[512];
    snprintf(text, sizeof(text),
             "INSERT INTO move (seq, item, quantity, from_location, to_location, reason, worker, wall_us, mono_us, "
             "reverses) VALUES (1, 1, %d, "
             "1, 2, '%s', %d, %lld, 0, nullif(%d, 0))",
             quantity, reason, worker, (long long)(NOW - minutes_ago * MINUTE), reverses);
    script(rig, text);
}

static json_t *people(struct site_rig *rig, int64_t now_us)
{
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    assert_int_equal(board_write(rig->store, now_us, &json), 0);
    json_close_object(&json);
    json_t *root = json_loadb(buf_text(&json), json.length, 0, NULL),
           *found = json_incref(json_object_get(root, "workers"));
    json_decref(root);
    assert_int_equal(json_array_size(found), 2);
    return found;
}

static void assert_pieces(struct site_rig *rig, int64_t now_us, int first, int second)
{
    json_t *told = people(rig, now_us);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(told, 0), "pieces")), first);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(told, 1), "pieces")), second);
    json_decref(told);
}

static void test_the_hour(void **state)
{
    struct site_rig rig;
    (void)state;
    assert_int_equal(site_rig_open(&rig, ":memory:", 1), 0);
    drop_triggers(&rig);
    script(&rig, rows);
    move(&rig, 1, "pick", 100, 90, 0); /* too long ago */
    move(&rig, 1, "pick", 4, 50, 0);
    move(&rig, 2, "ship", 8, 40, 0); /* no work of that kind */
    move(&rig, 2, "pack", 2, 30, 0);
    assert_pieces(&rig, NOW, 4, 2);
    assert_pieces(&rig, NOW, 4, 2);
    move(&rig, 1, "pick", 16, 0, 0);
    move(&rig, 1, "pick", 4, 0, 2); /* the second one taken back */
    assert_pieces(&rig, NOW, 16, 2);
    move(&rig, 1, "pick", 1, 0, 0); /* in a minute that was told already */
    assert_pieces(&rig, NOW, 17, 2);
    assert_pieces(&rig, NOW + 15 * MINUTE, 13, 2); /* it is out of sight, its taking back is not */
    assert_pieces(&rig, NOW + 45 * MINUTE, 13, 0);
    assert_pieces(&rig, NOW + 90 * MINUTE, 0, 0);
    json_t *told = people(&rig, NOW);
    assert_string_equal(json_string_value(json_object_get(json_array_get(told, 0), "since")), "then");
    json_decref(told);
    site_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_hour)};
    return cmocka_run_group_tests_name("board", tests, NULL, NULL);
}
