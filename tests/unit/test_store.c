/* The site's database: whose it is, what its schema refuses, what its laws notice, its journal, its promises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "site_rig.h"
#include "store/catalog.h"
#include "store/orders.h"
#include "store/parcel.h"
#include "store/stock_count.h"

#include <errno.h>
#include <jansson.h>

static int set_up(void **state)
{
    struct site_rig *rig = calloc(1, sizeof(*rig));
    *state = rig;
    int result = site_rig_open(rig, ":memory:", 1);
    if (!result)
        site_rig_fill(rig);
    return result;
}

static int tear_down(void **state)
{
    site_rig_close(*state);
    free(*state);
    return 0;
}

static int64_t number(struct site_rig *rig, const char *sql)
{
    int64_t value = -1;
    sql_number_values(rig->store->sql, &value, sql, (struct sql_value[]){{0}});
    return value;
}

static void run(struct site_rig *rig, const char *sql)
{
    if (sql_script(rig->store->sql, sql, &rig->error) != 0)
        fail_msg("%s", rig->error.text);
}

/* The schema says no, in SQLite's own words. */
static void expect_refused(struct site_rig *rig, const char *sql, const char *said)
{
    rig->error.text[0] = '\0';
    assert_true(sql_script(rig->store->sql, sql, &rig->error) < 0);
    if (!strstr(rig->error.text, said))
        fail_msg("%s\nlacks %s", rig->error.text, said);
}

/* ---------------------------------------------------------------- whose it is */

static int open_as(const char *path, const char *site, const char *box, struct store **ret, struct error *error)
{
    struct store_settings settings = {.path = path, .site = site, .box = box, .random = random_system};
    return store_open(&settings, ret, error);
}

static void belongs_to_one_site(void **state)
{
    (void)state;
    char folder[] = "/tmp/store-XXXXXX", path[64];
    struct error error = {0};
    struct stream stream;
    struct store *store = NULL;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/site.db", folder);
    for (int boot = 1; boot <= 3; boot++) {
        assert_int_equal(open_as(path, "hz-07", "box-1", &store, &error), 0);
        assert_int_equal(store_stream(store, &stream), 0);
        assert_int_equal(stream.boot, boot);
        assert_int_equal(stream.epoch, 1);
        store_close(store);
    }
    store = NULL;
    assert_int_equal(open_as(path, "bj-01", "box-1", &store, &error), -EINVAL);
    assert_null(store);
    assert_non_null(
        strstr(error.text, "belongs to site hz-07, box box-1, not to bj-01, box-1: name the right database"));
    assert_int_equal(open_as(path, "hz-07", "box-2", &store, &error), -EINVAL);
    assert_int_equal(open_as(path, "hz-07", "box-1", &store, &error), 0);
    assert_int_equal(store_stream(store, &stream), 0);
    assert_int_equal(stream.boot, 4); /* refused ones did not count */
    store_close(store);
    unlink(path);
    rmdir(folder);
}

/* ---------------------------------------------------------------- what the schema refuses */

static void ledger_and_journal_are_append_only(void **state)
{
    struct site_rig *rig = *state;
    expect_refused(rig, "UPDATE move SET quantity = quantity + 1", "the ledger is append-only");
    expect_refused(rig, "DELETE FROM move", "the ledger is append-only");
    expect_refused(rig, "UPDATE journal SET line = '{}'", "the journal is append-only");
    expect_refused(rig, "DELETE FROM journal WHERE seq = 1", "the journal stays until head office has it in a backup");
    assert_int_equal(laws_check(rig->store, &rig->error), 0);
}

/* Each word on its list, and no other; and none of the lists makes SQLite fill a table at every row. */
static void reasons_and_states_have_lists(void **state)
{
    struct site_rig *rig = *state;
    static const char *const reasons[] = {"import", "receive", "putaway",  "take", "replenish", "pick",  "unpick",
                                          "tote",   "sow",     "stage",    "pack", "unpack",    "ship",  "damage",
                                          "return", "grade",   "transfer", "send", "count",     "found", "scrap"};
    static const char *const states[] = {"received", "allocated", "picking",   "picked", "packing",
                                         "labelled", "handed",    "cancelled", "parked"};
    struct sql *sql = rig->store->sql;
    static const char move[] =
        "INSERT INTO move (seq, item, quantity, from_location, to_location, reason, wall_us, mono_us)"
        " SELECT 1, i.id, 1, 1, 2, ?1, 0, 0 FROM item i WHERE i.sku = 'MUG'";
    static const char order[] = "INSERT INTO orders (number, platform, state) VALUES (?1, 'taobao', ?1)";
    assert_int_equal(sql_run(sql, "SAVEPOINT lists", SQL_NO_VALUES), 0);
    for (size_t i = 0; i < COUNT(reasons); i++)
        assert_int_equal(sql_run(sql, move, sql_text(reasons[i])), 0);
    for (size_t i = 0; i < COUNT(states); i++)
        assert_int_equal(sql_run(sql, order, sql_text(states[i])), 0);
    assert_int_equal(sql_run(sql, move, sql_text("lost")), -EPERM);
    assert_int_equal(sql_run(sql, order, sql_text("lost")), -EPERM);
    run(rig, "ROLLBACK TO lists; RELEASE lists");
    assert_int_equal(number(rig, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
    assert_int_equal(number(rig, "SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%reason IN (%' AND name = 'move'"),
                     0);
    assert_int_equal(
        number(rig, "SELECT count(*) FROM sqlite_schema WHERE sql LIKE '% state IN (%' AND name = 'orders'"), 0);
}

static struct move mug_move(struct site_rig *rig, int64_t from, int64_t to, int64_t quantity)
{
    return (struct move){.item = number(rig, "SELECT id FROM item WHERE sku = 'MUG'"),
                         .quantity = quantity,
                         .from_location = from,
                         .to_location = to,
                         .reason = "import"};
}

static void balance_follows_moves(void **state)
{
    struct site_rig *rig = *state;
    int64_t a01 = number(rig, "SELECT id FROM location WHERE code = 'A-01'");
    int64_t a02 = number(rig, "SELECT id FROM location WHERE code = 'A-02'");
    static const char here[] = "SELECT quantity FROM balance b JOIN item i ON i.id = b.item JOIN location l ON l.id = "
                               "b.location WHERE sku = 'MUG' AND l.code = 'A-01'";
    struct move move = mug_move(rig, a01, a02, 20);
    assert_int_equal(ledger_move(rig->store, 1, &move), 0);
    assert_int_equal(number(rig, here), 0);
    move = mug_move(rig, a01, a02, 1); /* not one more than is there */
    assert_int_equal(ledger_move(rig->store, 1, &move), -EPERM);
    move = mug_move(rig, LOCATION_BENCH, a02, 1); /* nor from where none ever was */
    assert_int_equal(ledger_move(rig->store, 1, &move), -EPERM);
    move = mug_move(rig, a02, a01, 0);
    assert_int_equal(ledger_move(rig->store, 1, &move), -EPERM);
    move = mug_move(rig, a02, a02, 1);
    assert_int_equal(ledger_move(rig->store, 1, &move), -EPERM);
    move = mug_move(rig, a02, 9999, 1);
    assert_int_equal(ledger_move(rig->store, 1, &move), -EPERM);
    assert_int_equal(laws_check(rig->store, &rig->error), 0);
    expect_refused(rig, "UPDATE balance SET quantity = -1 WHERE physical", "CHECK");
}

static void no_label_before_verified(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "O-1", "SF1", 1, 0);
    run(rig, "INSERT INTO lpn (id, code, kind, location) VALUES (900, 'P-1', 'parcel', 7);"
             "INSERT INTO parcel (id, order_id, lpn) SELECT 900, id, 900 FROM orders WHERE number = 'O-1'");
    expect_refused(rig, "UPDATE parcel SET state = 'labelled' WHERE id = 900", "CHECK");
    expect_refused(rig, "UPDATE parcel SET state = 'verified', waybill = 'SF1' WHERE id = 900", "CHECK");
    assert_int_equal(parcel_set_state(rig->store, 900, "labelled"), -EPERM);
    int64_t box = number(rig, "SELECT id FROM box");
    assert_int_equal(parcel_verify(rig->store, 900, box, "SF1"), 0);
    assert_int_equal(parcel_set_state(rig->store, 900, "labelled"), 0);
    assert_int_equal(parcel_set_state(rig->store, 900, "handed"), -EPERM); /* on no manifest */
}

static void codes_and_promises_have_limits(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "O-1", "SF1", 2, 0);
    expect_refused(rig, "UPDATE allocation SET picked = 3", "CHECK");
    expect_refused(rig, "UPDATE order_line SET picked = 3", "CHECK");
    expect_refused(rig, "UPDATE order_line SET packed = 1", "CHECK");
    expect_refused(rig, "UPDATE stream SET applied_seq = last_seq + 1", "CHECK");
    expect_refused(rig,
                   "INSERT INTO stream (only_row, site, box, epoch, last_hash, feed_hash) VALUES (2, 'x', 'y', 1, "
                   "zeroblob(32), zeroblob(32))",
                   "CHECK");
    expect_refused(rig, "INSERT INTO item (sku, name) VALUES ('', 'x')", "CHECK");
    expect_refused(rig, "INSERT INTO lot (item, code, expiry) VALUES (1, 'L', 'soon')", "CHECK");
    expect_refused(rig, "INSERT INTO lot (item, code) VALUES (4711, 'L')", "FOREIGN KEY");
}

/* ---------------------------------------------------------------- what the laws notice */

/* Each breaks one law behind the schema's back. */
static void each_law_is_noticed(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "O-1", "SF1", 2, 0);
    site_rig_order(rig, "O-2", "SF2", 2, 0);
    static const struct {
        const char *damage, *law;
    } cases[] = {
        {"UPDATE balance SET quantity = quantity + 1 WHERE physical", "the moves of each item sum to zero"},
        {"UPDATE balance SET location = (SELECT id FROM location WHERE code = 'RETURN-1') WHERE location = "
         "(SELECT id FROM location WHERE code = 'R-09')",
         "balances equal a rebuild from the moves"},
        {"DROP TRIGGER move_is_final; UPDATE move SET quantity = 99 WHERE id = 1",
         "balances equal a rebuild from the moves"},
        {"DROP TRIGGER move_stays; PRAGMA ignore_check_constraints=ON; DELETE FROM move WHERE id = 1",
         "balances equal a rebuild from the moves"},
        {"PRAGMA ignore_check_constraints=ON; INSERT INTO move (seq, item, quantity, from_location, to_location, "
         "reason, "
         "wall_us, mono_us) SELECT 1, i.id, 9, 7, 3, 'import', 0, 0 FROM item i WHERE sku = 'PEN'",
         "no physical place holds less than nothing"},
        {"UPDATE allocation SET quantity = 21", "nothing is promised that a bin does not hold"},
        {"INSERT INTO move (seq, item, quantity, from_location, to_location, to_lpn, reason, wall_us, mono_us) "
         "SELECT 1, i.id, 1, 3, 7, (SELECT id FROM lpn WHERE code = 'T-1'), 'import', 0, 0 FROM item i WHERE "
         "sku = 'PEN'; UPDATE lpn SET location = 6 WHERE code = 'T-1'",
         "a plate's goods are where the plate is"},
        {"UPDATE order_line SET picked = 1 WHERE id = 1", "picked, sown, packed and shipped follow the moves"},
        {"INSERT INTO lpn (id, code, kind, location) VALUES (900, 'P-1', 'parcel', 7); INSERT INTO parcel (id, "
         "order_id, "
         "lpn) VALUES (900, 1, 900); INSERT INTO print_job (key, station, template, data, parcel, changed_us) VALUES "
         "('k', 's', 't', '{}', 900, 0)",
         "a label belongs to a verified parcel"},
        {"DROP TRIGGER journal_stays; DELETE FROM journal WHERE seq = 1 + (SELECT min(seq) FROM journal)",
         "the journal has no gap"},
        {"UPDATE stream SET last_seq = last_seq + 1", "the journal has no gap"},
        {"UPDATE orders SET worker = 1", "a worker has one order, but for a wave's"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (i > 0) { /* each on a fresh site: a pragma and a dropped trigger stay */
            site_rig_close(rig);
            assert_int_equal(site_rig_open(rig, ":memory:", 1), 0);
            site_rig_fill(rig);
            site_rig_order(rig, "O-1", "SF1", 2, 0);
            site_rig_order(rig, "O-2", "SF2", 2, 0);
        }
        assert_int_equal(laws_check(rig->store, &rig->error), 0);
        run(rig, cases[i].damage);
        assert_int_equal(laws_check(rig->store, &rig->error), -EBADMSG);
        if (!strstr(rig->error.text, cases[i].law))
            fail_msg("%s\nsaid: %s", cases[i].damage, rig->error.text);
    }
}

/* ---------------------------------------------------------------- the journal */

static const char *member(json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    if (!text)
        fail_msg("a line lacks %s", key);
    return text;
}

static void lines_are_cloud_events(void **state)
{
    struct site_rig *rig = *state;
    site_rig_scan(rig, "bench-1", "B-1");
    site_rig_scan(rig, "bench-1", "\xff\"\\\n坏");
    CLEANUP_BUF struct buf lines = {0};
    int64_t last = 0, expected = 0;
    assert_int_equal(journal_read(rig->store, 0, 1000, 1 << 20, &lines, &last), 0);
    for (char *at = lines.data, *end; (end = strchr(at, '\n')); at = end + 1) {
        json_error_t fault;
        json_t *line = json_loadb(at, (size_t)(end - at), JSON_REJECT_DUPLICATES, &fault);
        if (!line)
            fail_msg("%s: %.*s", fault.text, (int)(end - at), at);
        char sequence[40];
        snprintf(sequence, sizeof(sequence), "%010d-%016lld", 1, (long long)++expected);
        assert_string_equal(member(line, "sequence"), sequence);
        assert_string_equal(member(line, "specversion"), "1.0");
        assert_string_equal(member(line, "source"), "//floorhand/site/hz-07");
        assert_string_equal(member(line, "datacontenttype"), "application/json");
        assert_int_equal(strncmp(member(line, "type"), "io.floorhand.", 13), 0);
        assert_int_equal(strlen(member(line, "id")), ID_TEXT_SIZE - 1);
        assert_non_null(strchr(member(line, "subject"), '/'));
        assert_true(json_is_object(json_object_get(line, "data")));
        json_decref(line);
    }
    assert_int_equal(expected, last);
    assert_int_equal(expected, number(rig, "SELECT last_seq FROM stream"));
    assert_true(expected >= 5);
}

/* A box whose battery is empty starts in 1970; a clock may be set back: what is written still goes forward. */
static void time_never_runs_back(void **state)
{
    struct site_rig *rig = *state;
    static const int64_t clocks_us[] = {INT64_C(1774000500000000), INT64_C(1774000500000000), 0, 5000000,
                                        INT64_C(1774000400000000), INT64_C(1774000600000000), -1};
    for (size_t i = 0; i < COUNT(clocks_us); i++) {
        rig->store->stamp.wall_us = clocks_us[i];
        assert_int_equal(journal_append(rig->store, "test", "x/1", "{}", NULL), 0);
    }
    assert_int_equal(number(rig, "SELECT count(*) FROM journal a JOIN journal b ON b.seq = a.seq + 1 WHERE "
                                 "json_extract(b.line, '$.time') <= json_extract(a.line, '$.time')"),
                     0);
    assert_int_equal(number(rig, "SELECT count(*) FROM journal WHERE json_extract(line, '$.time') = "
                                 "'2026-03-20T09:56:40.000Z'"),
                     1); /* a clock that goes forward is believed */
}

static size_t count_lines(const struct buf *lines)
{
    size_t count = 0;
    for (size_t i = 0; i < lines->length; i++)
        count += lines->data[i] == '\n';
    return count;
}

static void reading_has_limits(void **state)
{
    struct site_rig *rig = *state;
    int64_t seq = 0, first = 0, last = 0;
    CLEANUP_BUF struct buf lines = {0};
    for (int i = 0; i < 10; i++) {
        assert_int_equal(journal_append(rig->store, "test", "x/1", "{\"n\":1}", &seq), 0);
        first = first ? first : seq;
    }
    assert_int_equal(journal_read(rig->store, first - 1, 4, 1 << 20, &lines, &last), 0);
    assert_int_equal(last, first + 3);
    assert_int_equal(count_lines(&lines), 4);
    size_t four = lines.length;
    buf_clear(&lines);
    assert_int_equal(journal_read(rig->store, first - 1, 100, four, &lines, &last), 0);
    assert_int_equal(last, first + 3);
    assert_int_equal(lines.length, four);
    buf_clear(&lines);
    assert_int_equal(journal_read(rig->store, first - 1, 100, four - 1, &lines, &last), 0);
    assert_int_equal(last, first + 2);
    buf_clear(&lines);
    assert_int_equal(journal_read(rig->store, first - 1, 100, 1, &lines, &last), 0); /* one always goes */
    assert_int_equal(last, first);
    buf_clear(&lines);
    assert_int_equal(journal_read(rig->store, seq, 100, 1 << 20, &lines, &last), 0);
    assert_int_equal(last, seq);
    assert_int_equal(lines.length, 0);
}

static void too_long_a_line_is_refused(void **state)
{
    struct site_rig *rig = *state;
    CLEANUP_BUF struct buf data = {0};
    buf_puts(&data, "{\"x\":\"");
    for (int i = 0; i < 70000; i++)
        buf_putc(&data, 'x');
    buf_puts(&data, "\"}");
    assert_int_equal(store_begin(rig->store), 0);
    assert_int_equal(journal_append(rig->store, "test", "x/1", buf_text(&data), NULL), -EMSGSIZE);
    store_rollback(rig->store); /* as the turn undoes a refused event: its number is not lost */
    assert_int_equal(laws_check(rig->store, &rig->error), 0);
}

static int acknowledge(struct site_rig *rig, int64_t applied)
{
    const struct acknowledged told = {.applied = applied, .gen = "aaaaaaaaaaaaaaaaaaaaaaaaaa", .key = {7}};
    return journal_acknowledged(rig->store, &told);
}

static void acknowledgements(void **state)
{
    struct site_rig *rig = *state;
    struct stream stream;
    int64_t count, oldest, written = number(rig, "SELECT last_seq FROM stream");
    assert_int_equal(journal_waiting(rig->store, &count, &oldest), 0);
    assert_int_equal(count, written);
    assert_true(oldest > INT64_C(1773999000000000) && oldest < INT64_C(1774001000000000));
    assert_int_equal(store_stream(rig->store, &stream), 0);
    assert_int_equal(stream.applied_wall_us, 0);
    rig->store->stamp.wall_us = INT64_C(1774000500000000);
    assert_int_equal(acknowledge(rig, written + 100), 0); /* never past what was written */
    assert_int_equal(store_stream(rig->store, &stream), 0);
    assert_int_equal(stream.applied_seq, written);
    assert_int_equal(stream.applied_wall_us, INT64_C(1774000500000000));
    assert_int_equal(journal_waiting(rig->store, &count, &oldest), 0);
    assert_int_equal(count, 0);
    assert_int_equal(oldest, 0);
    assert_int_equal(acknowledge(rig, 1), 0); /* head office was restored from a backup */
    assert_int_equal(store_stream(rig->store, &stream), 0);
    assert_int_equal(stream.applied_seq, 1);
    int64_t fed = stream.feed_seq;
    assert_string_equal(stream.office_gen, "aaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_int_equal(stream.office_key[0], 7);
    const struct acknowledged other = {.applied = 1, .key = {9}};
    assert_int_equal(journal_acknowledged(rig->store, &other), 0); /* the first key that is told is kept */
    assert_int_equal(store_stream(rig->store, &stream), 0);
    assert_int_equal(stream.office_key[0], 7);
    assert_int_equal(journal_fed(rig->store, fed - 1, "{}", 2), 0);
    assert_int_equal(store_stream(rig->store, &stream), 0);
    assert_int_equal(stream.feed_seq, fed);
}

/* ---------------------------------------------------------------- promises */

static void parked_changes_wait_until_they_are_said_again(void **state)
{
    struct site_rig *rig = *state;
    static const char line[] = "{\"type\":\"io.floorhand.%s.v1\",\"subject\":\"%s\"}";
    static const struct {
        int64_t seq;
        const char *type, *subject, *why;
    } changes[] = {{7, "item.upsert", "item/A", "first"},
                   {8, "order.release", "order/1", "second"},
                   {11, "item.upsert", "item/A", "third"},
                   {12, "item.upsert", "item/B", "fourth"}};
    struct parked_change newest[2];
    size_t count;
    int64_t all;
    assert_int_equal(journal_newest_parked(rig->store, newest, COUNT(newest), &count), 0);
    assert_int_equal(count, 0);
    for (size_t i = 0; i < COUNT(changes); i++) {
        char text[128];
        int length = snprintf(text, sizeof(text), line, changes[i].type, changes[i].subject);
        assert_int_equal(journal_park(rig->store, changes[i].seq, changes[i].why, text, (size_t)length), 0);
    }
    assert_int_equal(journal_newest_parked(rig->store, newest, COUNT(newest), &count), 0);
    assert_int_equal(count, 2);
    assert_int_equal(newest[0].feed_seq, 12);
    assert_string_equal(newest[0].type, "io.floorhand.item.upsert.v1");
    assert_string_equal(newest[1].why, "third");
    assert_int_equal(journal_unpark(rig->store, "io.floorhand.item.upsert.v1", "item/A"), 0);
    assert_int_equal(journal_parked(rig->store, &all), 0);
    assert_int_equal(all, 2);
    assert_int_equal(journal_unpark(rig->store, "io.floorhand.item.upsert.v1", "order/1"), 0);
    assert_int_equal(journal_parked(rig->store, &all), 0);
    assert_int_equal(all, 2);
}

/* Puts pieces of a lot of PEN into a bin. */
static void put_lot(struct site_rig *rig, const char *bin, const char *lot, const char *expiry, int quantity)
{
    char sql[700];
    snprintf(
        sql, sizeof(sql),
        "INSERT INTO lot (item, code, expiry) SELECT id, '%s', %s%s%s FROM item WHERE sku = 'PEN' ON CONFLICT DO "
        "NOTHING; INSERT INTO move (seq, item, lot, quantity, from_location, to_location, reason, wall_us, mono_us) "
        "SELECT 1, i.id, t.id, %d, 3, l.id, 'import', 0, 0 FROM item i JOIN lot t ON t.item = i.id AND t.code = "
        "'%s' JOIN location l ON l.code = '%s' WHERE i.sku = 'PEN'",
        lot, expiry ? "'" : "", expiry ? expiry : "NULL", expiry ? "'" : "", quantity, lot, bin);
    run(rig, sql);
}

/* "bin/lot*quantity" of an order's promises, in the order they were made. */
static void expect_promises(struct site_rig *rig, const char *order, const char *expected)
{
    struct sql_query *query = sql_select(
        rig->store->sql,
        "SELECT coalesce(group_concat(p, ' '), '') FROM (SELECT l.code || '/' || t.code || '*' || a.quantity "
        "AS p FROM allocation a JOIN order_line o ON o.id = a.line JOIN orders x ON x.id = o.order_id JOIN "
        "location l ON l.id = a.location JOIN lot t ON t.id = a.lot WHERE x.number = ?1 AND a.open > 0 "
        "ORDER BY a.id)",
        sql_text(order));
    assert_true(sql_next(query));
    assert_string_equal(sql_get_text(query, 0), expected);
    assert_int_equal(sql_done(query), 0);
}

static void which_bin_gives(void **state)
{
    struct site_rig *rig = *state; /* 20 pens without a lot in A-02 */
    put_lot(rig, "R-09", "LATE", "2027-06-01", 30);
    put_lot(rig, "A-01", "LATE", "2027-06-01", 4);
    put_lot(rig, "R-09", "EARLY", "2026-12-01", 3);
    put_lot(rig, "A-02", "NEVER", NULL, 50);
    site_rig_order(rig, "O-1", "SF1", 0, 2); /* earliest expiry, although its bin is the last of the walk */
    expect_promises(rig, "O-1", "R-09/EARLY*2");
    site_rig_order(rig, "O-2", "SF2", 0, 6); /* what is left of it; then one bin that has all, not the nearer one */
    expect_promises(rig, "O-2", "R-09/EARLY*1 R-09/LATE*5");
    site_rig_order(rig, "O-3", "SF3", 0, 4); /* both have all of it: the walk */
    expect_promises(rig, "O-3", "A-01/LATE*4");
    site_rig_order(rig, "O-4", "SF4", 0, 25); /* all that expires, before what does not */
    expect_promises(rig, "O-4", "R-09/LATE*25");
    site_rig_order(rig, "O-5", "SF5", 0, 60);
    expect_promises(rig, "O-5", "A-02/*20 A-02/NEVER*40");
    assert_int_equal(laws_check(rig->store, &rig->error), 0);
}

static void no_piece_is_promised_twice(void **state)
{
    struct site_rig *rig = *state; /* 20 + 10 mugs */
    for (int i = 1; i <= 4; i++) {
        char order[16], waybill[16];
        snprintf(order, sizeof(order), "O-%d", i);
        snprintf(waybill, sizeof(waybill), "SF%d", i);
        site_rig_order(rig, order, waybill, 9, 0);
    }
    assert_int_equal(number(rig, "SELECT sum(open) FROM allocation"), 27);
    assert_int_equal(number(rig, "SELECT count(*) FROM orders WHERE state = 'allocated'"), 3);
    assert_int_equal(number(rig, "SELECT min(quantity) >= 0 FROM free_stock"), 1);
    expect_promises(rig, "O-4", "");
    int64_t first;
    assert_int_equal(order_find(rig->store, "O-1", &first), 0);
    assert_int_equal(order_release_promises(rig->store, first), 0);
    int64_t fourth, missing = -1;
    assert_int_equal(order_find(rig->store, "O-4", &fourth), 0);
    assert_int_equal(order_allocate(rig->store, fourth, &missing), 0); /* what was given back serves another */
    assert_int_equal(missing, 0);
    int64_t location = number(rig, "SELECT id FROM location WHERE code = 'A-01'");
    int64_t mug = number(rig, "SELECT id FROM item WHERE sku = 'MUG'");
    assert_int_equal(ledger_hold_free(rig->store, mug, location, 0, "test"), 0);
    int64_t count; /* who holds asks for a count */
    assert_int_equal(
        stock_count_plan(rig->store, &(struct stock_count){.location = location, .source = "short"}, &count), 0);
    assert_int_equal(order_allocate(rig->store, first, &missing), 0); /* what is held is not free */
    assert_true(missing > 0);
    assert_int_equal(laws_check(rig->store, &rig->error), 0);
}

#define ON_RIG(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(belongs_to_one_site),
        ON_RIG(ledger_and_journal_are_append_only),
        ON_RIG(reasons_and_states_have_lists),
        ON_RIG(balance_follows_moves),
        ON_RIG(no_label_before_verified),
        ON_RIG(codes_and_promises_have_limits),
        ON_RIG(each_law_is_noticed),
        ON_RIG(lines_are_cloud_events),
        ON_RIG(time_never_runs_back),
        ON_RIG(reading_has_limits),
        ON_RIG(too_long_a_line_is_refused),
        ON_RIG(acknowledgements),
        ON_RIG(parked_changes_wait_until_they_are_said_again),
        ON_RIG(which_bin_gives),
        ON_RIG(no_piece_is_promised_twice),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
