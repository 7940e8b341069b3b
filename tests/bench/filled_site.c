#include "filled_site.h"

#include "site_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/fs.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FOLDER "build/"

/* In bulk: every item lies in one bin and one piece of it was sold. A move's number is its journal row's: the first
 * ones brought the stock, then each line of an order took four. ?1 items, ?2 locations. */
#define NUMBERS(last) "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < " last ") "
#define STAGE         "999"
#define BIN           "(1000 + (item - 1) * ?2 / ?1)"
static const struct {
    const char *what, *sql;
} steps[] = {
    {"items", NUMBERS("?1") "INSERT INTO item (id, sku, name, weight_g) SELECT i + 1, printf('SKU-%07d', i), "
                            "printf('An item of the catalogue, number %d', i), 100 + i % 900 FROM n"},
    {"barcodes", NUMBERS("?1") "INSERT INTO barcode (code, item) SELECT printf('0952%010d', i), i + 1 FROM n"},
    {"locations", NUMBERS("?2") "INSERT INTO location (id, code, kind, walk) SELECT 1000 + i, printf('A%03d-%03d', "
                                "i / 1000, i % 1000), 'face', i FROM n"},
    {"the stage", "INSERT INTO location (id, code, kind, walk) VALUES (" STAGE ", '" STAGE_CODE "', 'stage', 1000000)"},
    {"orders", NUMBERS("?1 / 5") "INSERT INTO orders (id, number, platform, carrier, state, name_mask, "
                                 "phone_mask, receiver) SELECT i + 1, printf('OLD-%08d', i), 'shop', 'SF', "
                                 "'handed', 'A*', '*0000', printf('~%0160d', i) FROM n"},
    {"lines", NUMBERS("?1") "INSERT INTO order_line (id, order_id, line, item, quantity, picked, packed, shipped) "
                            "SELECT i + 1, i / 5 + 1, i % 5 + 1, 1 + i * 61 % ?1, 1, 1, 1, 1 FROM n"},
    {"promises", "INSERT INTO allocation (id, line, location, item, quantity, picked) SELECT id, id, " BIN
                 ", item, 1, 1 FROM order_line ORDER BY id"},
    {"stock that came",
     "INSERT INTO move (id, seq, item, quantity, from_location, to_location, reason, wall_us, mono_us) SELECT item, "
     "item, item, 100, 1, " BIN ", 'import', 1700000000000000 + item, item FROM (SELECT id AS item FROM item ORDER BY "
     "id)"},
    {"stock that left",
     NUMBERS("4") "INSERT INTO move (id, seq, item, quantity, from_location, to_location, reason, line, allocation, "
                  "station, wall_us, mono_us) SELECT ?1 + 4 * line + i - 3, ?1 + 4 * line + i - 3, item, 1, CASE i "
                  "WHEN 0 THEN location WHEN 1 THEN 6 WHEN 2 THEN " STAGE " ELSE 7 END, CASE i WHEN 0 THEN 6 WHEN 1 "
                  "THEN " STAGE " WHEN 2 THEN 7 ELSE 2 END, CASE i WHEN 0 THEN 'pick' WHEN 1 THEN 'stage' WHEN 2 THEN "
                  "'pack' ELSE 'ship' END, line, iif(i = 0, id, NULL), 'bench-1', 1700000000000000 + line, line FROM "
                  "(SELECT * FROM allocation ORDER BY id) CROSS JOIN n"},
    {"balances",
     "WITH place (location, quantity) AS (VALUES (1, -100), (2, 1), (6, 99)) INSERT INTO balance (location, lpn, item, "
     "lot, quantity, physical) SELECT iif(location = 6, " BIN ", location), 0, item, 0, quantity, location = 6 FROM "
     "(SELECT id AS item FROM item ORDER BY id) CROSS JOIN place"},
    {"the journal",
     NUMBERS(
         "?1 * 5") "INSERT INTO journal (seq, epoch, type, hash, line) SELECT i + 1, 1, 'pick.line', zeroblob(32), "
                   "printf("
                   "'{\"specversion\":\"1.0\",\"id\":\"k3v7q2m9x4c8b1n6z5t0r2w7ya\",\"source\":\"//floorhand/site/"
                   "hz-07\",\"type\":\"io.floorhand.pick.line.v1\",\"subject\":\"order/OLD-%08d\",\"time\":"
                   "\"2026-03-20T09:15:22.481Z\",\"datacontenttype\":\"application/json\",\"sequence\":"
                   "\"0000000001-%016d\",\"actor\":\"w1\",\"device\":\"bench-1\",\"monoms\":\"%d\",\"data\":{"
                   "\"order\":\"OLD-%08d\",\"line\":1,\"sku\":\"SKU-%07d\",\"location\":\"A%03d-%03d\",\"quantity\":"
                   "1}}', i / 20, i + 1, i, i / 20, i % ?1, i % 1000, i % 1000) FROM n"},
    {"the stream", "UPDATE stream SET last_seq = ?1 * 5, applied_seq = ?1 * 5, last_wall_ms = 1773000000000"},
};

/* What must be true of a site, and so of one that was filled by other ways than its rules. */
static const char *const laws[] = {
    "SELECT count(*) FROM pragma_foreign_key_check",
    "SELECT count(*) FROM (SELECT item, location, lot, sum(quantity) AS sum FROM (SELECT item, lot, to_location AS "
    "location, quantity FROM move UNION ALL SELECT item, lot, from_location, -quantity FROM move) GROUP BY item, "
    "location, lot) m LEFT JOIN (SELECT item, location, lot, sum(quantity) AS sum FROM balance GROUP BY item, "
    "location, "
    "lot) b USING (item, location, lot) WHERE m.sum <> coalesce(b.sum, 0)",
    "SELECT last_seq - (SELECT max(seq) FROM journal) FROM stream",
};

static void run(sqlite3 *handle, const char *sql)
{
    must(sqlite3_exec(handle, sql, NULL, NULL, NULL), sqlite3_errmsg(handle));
}

static void run_step(sqlite3 *handle, const char *sql, const struct bench_size *size)
{
    sqlite3_stmt *statement;
    must(sqlite3_prepare_v2(handle, sql, -1, &statement, NULL), sqlite3_errmsg(handle));
    sqlite3_bind_int64(statement, 1, size->items); /* a step that does not ask for it refuses it */
    sqlite3_bind_int64(statement, 2, size->locations);
    must(sqlite3_step(statement) == SQLITE_DONE ? 0 : -1, sqlite3_errmsg(handle));
    sqlite3_finalize(statement);
}

/* Triggers and indexes would be kept row by row: they are taken away, and made again when the rows are there. */
#define KEPT                                                                                                           \
    " FROM sqlite_schema WHERE sql IS NOT NULL AND (type = 'trigger' OR (type = 'index' AND tbl_name IN ('move', "     \
    "'journal', "                                                                                                      \
    "'allocation', 'orders', 'order_line', 'balance')))"

static void each_text(sqlite3 *handle, const char *select, void (*visit)(sqlite3 *, const char *))
{
    static char texts[128][2048];
    size_t count = 0;
    sqlite3_stmt *statement;
    must(sqlite3_prepare_v2(handle, select, -1, &statement, NULL), sqlite3_errmsg(handle));
    while (sqlite3_step(statement) == SQLITE_ROW && count < COUNT(texts))
        snprintf(texts[count++], sizeof(texts[0]), "%s", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    for (size_t i = 0; i < count; i++)
        visit(handle, texts[i]);
}

static void say(int64_t start_us, const char *what)
{
    fprintf(stderr, "# %5.1f s  %s\n", (double)(clock_mono_us() - start_us) / 1e6, what);
}

static void fill_in_bulk(const char *path, const struct bench_size *size, int64_t start_us)
{
    sqlite3 *handle;
    must(sqlite3_open(path, &handle), path);
    run(handle, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA "
                "foreign_keys=OFF; PRAGMA cache_size=-262144; PRAGMA temp_store=MEMORY; BEGIN;"
                "CREATE TEMP TABLE kept AS SELECT sql, type, name" KEPT);
    each_text(handle, "SELECT printf('DROP %s %s', type, name) FROM temp.kept", run);
    for (size_t i = 0; i < COUNT(steps); i++) {
        say(start_us, steps[i].what);
        run_step(handle, steps[i].sql, size);
    }
    say(start_us, "indexes");
    each_text(handle, "SELECT sql FROM temp.kept", run);
    run(handle, "COMMIT");
    sqlite3_close(handle);
}

static void check_laws(sqlite3 *handle)
{
    for (size_t i = 0; i < COUNT(laws); i++) {
        sqlite3_stmt *statement;
        must(sqlite3_prepare_v2(handle, laws[i], -1, &statement, NULL), sqlite3_errmsg(handle));
        must(sqlite3_step(statement) == SQLITE_ROW ? 0 : -1, sqlite3_errmsg(handle));
        must(sqlite3_column_int(statement, 0), laws[i]);
        sqlite3_finalize(statement);
    }
}

/* Totes, workers and orders, as they come from head office; many to a turn. */
static void change(struct site_rig *rig, const char *type, const char *data)
{
    struct event event = {.kind = EVENT_CHANGE, .number = ++rig->feed_seq};
    char line[2048];
    snprintf(line, sizeof(line), "{\"type\":\"io.floorhand.%s.v1\",\"data\":%s}", type, data);
    must(site_rig_post(rig, &event, line, strlen(line)), "the queue is full");
    if (turn_waiting(rig->turn) >= 64)
        must(site_rig_turn(rig), rig->error.text);
}

static void release_order(struct site_rig *rig, int number, const struct bench_size *size)
{
    char text[1024];
    int length = snprintf(text, sizeof(text),
                          "{\"order\":\"NEW-%05d\",\"platform\":\"shop\",\"carrier\":\"SF\",\"priority\":0,"
                          "\"receiver\":{\"name\":\"A\",\"phone\":\"1\",\"address\":\"B\"},\"lines\":[",
                          number);
    for (int line = 0; line < LINES_PER_ORDER; line++) {
        int64_t item = (INT64_C(7919) * (number * LINES_PER_ORDER + line) + 13) % size->items;
        length +=
            snprintf(text + length, sizeof(text) - (size_t)length,
                     "%s{\"line\":%d,\"sku\":\"SKU-%07" PRId64 "\",\"quantity\":1}", line ? "," : "", line + 1, item);
    }
    snprintf(text + length, sizeof(text) - (size_t)length, "],\"rev\":1}");
    change(rig, "order.release", text);
}

static void open_for_work(const char *path, const struct bench_size *size, int orders)
{
    struct site_rig rig;
    char text[256];
    must(site_rig_open(&rig, path, 1), rig.error.text);
    for (int i = 0; i < size->stations; i++) {
        snprintf(text, sizeof(text),
                 "{\"worker\":\"w%d\",\"name\":\"Worker %d\",\"badge\":\"W-%d\",\"role\":\"picker\",\"rev\":1}", i, i,
                 i);
        change(&rig, "worker.upsert", text);
    }
    for (int i = 0; i < orders; i++) {
        snprintf(text, sizeof(text), "{\"code\":\"T-%05d\",\"kind\":\"tote\",\"rev\":1}", i);
        change(&rig, "barcode.upsert", text);
        release_order(&rig, i, size);
    }
    must(site_rig_turn(&rig), rig.error.text);
    int64_t ready = 0;
    must(sql_number(rig.store->sql, &ready, "SELECT count(*) FROM orders WHERE state = 'allocated'", SQL_NO_VALUES),
         "orders");
    must(ready == orders ? 0 : -1, "an order was not promised its stock");
    site_rig_close(&rig);
}

/* ---------------------------------------------------------------- kept from one run to the next */

static uint64_t hash_text(uint64_t hash, const char *text) /* FNV-1a */
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
    return hash;
}

/* Of the schema, the page size, what is filled in, and how much of it. */
static uint64_t hash_of(const char *empty, const struct bench_size *size, int orders)
{
    char text[128];
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    sqlite3 *handle;
    sqlite3_stmt *statement;
    must(sqlite3_open(empty, &handle), empty);
    must(sqlite3_prepare_v2(handle, "SELECT page_size, sql FROM pragma_page_size, sqlite_schema", -1, &statement, NULL),
         sqlite3_errmsg(handle));
    while (sqlite3_step(statement) == SQLITE_ROW)
        for (int i = 0; i < 2; i++)
            if (sqlite3_column_text(statement, i))
                hash = hash_text(hash, (const char *)sqlite3_column_text(statement, i));
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    for (size_t i = 0; i < COUNT(steps); i++)
        hash = hash_text(hash, steps[i].sql);
    snprintf(text, sizeof(text), "%" PRId64 " %" PRId64 " %d %d", size->items, size->locations, size->stations, orders);
    return hash_text(hash, text);
}

static void make_empty(const char *path)
{
    struct site_rig rig;
    unlink(path);
    must(site_rig_open(&rig, path, 1), rig.error.text);
    site_rig_close(&rig);
}

static void forget_others(const struct bench_size *size)
{
    char pattern[64];
    glob_t found;
    snprintf(pattern, sizeof(pattern), FOLDER "bench-%" PRId64 "-*.db", size->items);
    if (glob(pattern, 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++)
        unlink(found.gl_pathv[i]);
    globfree(&found);
}

void filled_site(const struct bench_size *size, int orders, char ret_path[FILLED_PATH_MAX])
{
    char fresh[FILLED_PATH_MAX];
    int64_t start_us = clock_mono_us();
    snprintf(fresh, sizeof(fresh), FOLDER "bench-fresh-%d.db", (int)getpid());
    make_empty(fresh);
    snprintf(ret_path, FILLED_PATH_MAX, FOLDER "bench-%" PRId64 "-%016" PRIx64 ".db", size->items,
             hash_of(fresh, size, orders));
    if (access(ret_path, R_OK) == 0) {
        fprintf(stderr, "# %s is there already\n", ret_path);
        unlink(fresh);
        return;
    }
    fprintf(stderr, "# %s is made: %" PRId64 " items, %" PRId64 " locations, %" PRId64 " rows of the journal\n",
            ret_path, size->items, size->locations, size->items * 5);
    forget_others(size);
    fill_in_bulk(fresh, size, start_us);
    sqlite3 *handle;
    must(sqlite3_open(fresh, &handle), fresh);
    if (size->items <= 10000)
        check_laws(handle);
    sqlite3_close(handle);
    say(start_us, "orders to pick");
    open_for_work(fresh, size, orders);
    must(rename(fresh, ret_path), ret_path);
    say(start_us, "all of it");
}

void filled_site_copy(const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    must(in >= 0 && out >= 0 ? 0 : -errno, to);
    if (ioctl(out, FICLONE, in) != 0) {
        ssize_t copied;
        while ((copied = copy_file_range(in, NULL, out, NULL, (size_t)1 << 30, 0)) > 0)
            ;
        must(copied < 0 ? -errno : 0, to);
    }
    must(fsync(out) ? -errno : 0, to); /* not while somebody is measured */
    close(in);
    close(out);
}
