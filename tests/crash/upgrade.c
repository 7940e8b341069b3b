/* A power cut in the upgrade of a database: of a site, and of head office, that were filled by the first schemas alone.
 * The power fails at writes and syncs from the first of the upgrade to its last: the file must be wholly old or wholly
 * new, in its version and in every row, and the next start must bring it to the new schema with nothing missing. */
#include "crash.h"

#include "base/cleanup.h"
#include "base/id.h"
#include "store/journal.h"
#include "store/laws.h"
#include "store/store.h"
#include "sync/head-office/office.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILES_MAX 64 /* of a schema */

extern const struct embedded_file hq_schema[];

struct running { /* one of both */
    struct store *store;
    struct sql *sql;
};

struct house {
    const char *name, *filled, *file; /* filled: on disk 0; file: on disk 1 */
    const struct embedded_file *schema;
    int32_t application;
    int from[4]; /* schemas that it is upgraded from; what they lack is lost, what they alone have is said in was */
    const char *was, *own; /* own: takes back what a start writes itself, after the upgrade */
    const char *work;      /* counts what a day of work has left in the old one */
    int (*start)(struct running *running, const struct sql_options *options, struct error *error);
};

struct upgrade {
    const struct house *house;
    struct disk_image *old;
    int from, to, found; /* found: after the last cut */
    uint64_t old_hash, new_hash;
    int64_t operations, at; /* of a whole upgrade; where the power failed */
    enum disk_loss loss;
};

static const struct sql_options options = {.exclusive = true, .page_bytes = 1024, .cache_kib = 64};
static struct random_seeded seeded = {.state = 11};

static bool broken(const struct upgrade *upgrade, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool broken(const struct upgrade *upgrade, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("# %s, upgrade from schema %d to %d, power cut at write %" PRId64 " of %" PRId64 " (%s): ",
           upgrade->house->name, upgrade->from, upgrade->to, upgrade->at, upgrade->operations,
           disk_loss_name(upgrade->loss));
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    return false;
}

/* ---------------------------------------------------------------- both houses */

static int start_site(struct running *running, const struct sql_options *how, struct error *error)
{
    const struct store_settings settings = {
        .path = "1/site.db", .site = "hz-07", .box = "box-1", .options = how, .random = random_from_seed(&seeded)};
    return store_open(&settings, &running->store, error);
}

static int start_office(struct running *running, const struct sql_options *how, struct error *error)
{
    (void)how;
    const struct random_source random = random_from_seed(&seeded);
    return office_open("1/hq.db", NULL, &random, &running->sql, error);
}

static void stop(struct running *running)
{
    running->store = store_close(running->store);
    running->sql = sql_close(running->sql);
}

static const struct house houses[] = {
    {.name = "site",
     .filled = "site.db",
     .file = "1/site.db",
     .schema = store_schema,
     .application = STORE_APPLICATION,
     .from = {8, 11, 13},
     .was =
         "UPDATE orders SET receiver_name = '王小明', receiver_phone = '13812345678', receiver_address = 'Road ' || id",
     .own = "UPDATE stream SET boot = 0",
     .work =
         "SELECT min((SELECT count(*) FROM journal), (SELECT count(*) FROM move), 10 * (SELECT count(*) FROM orders))",
     .start = start_site},
    {.name = "head office",
     .filled = "hq.db",
     .file = "1/hq.db",
     .schema = hq_schema,
     .application = OFFICE_APPLICATION,
     .from = {12, 27},
     .own = "",
     .work = "SELECT count(*) FROM event",
     .start = start_office},
};

/* ---------------------------------------------------------------- an old database */

static int schema_number(const struct embedded_file *file)
{
    return (int)strtol(file->name, NULL, 10);
}

/* The first files, up to this schema. */
static const struct embedded_file *schema_up_to(const struct house *house, int number)
{
    static struct embedded_file files[FILES_MAX];
    size_t count = 0;
    for (const struct embedded_file *file = house->schema; file->name && schema_number(file) <= number; file++)
        files[count++] = *file;
    files[count] = (struct embedded_file){0};
    return files;
}

static int last_schema(const struct house *house)
{
    int last = 0;
    for (const struct embedded_file *file = house->schema; file->name; file++)
        last = schema_number(file);
    return last;
}

/* The texts that a SELECT yields, one after the other. */
static int collect(struct sql *sql, const char *select, struct buf *texts)
{
    struct sql_query *query = sql_select_values(sql, select, (struct sql_value[]){{0}});
    while (sql_next(query))
        buf_printf(texts, "%s;\n", sql_get_text(query, 0));
    return sql_done(query);
}

/* Every row that both schemas know goes into the old one as it is: no trigger may make more of it. */
static int copy_rows(struct sql *sql, const struct house *house, const char *was, struct error *error)
{
    CLEANUP_BUF struct buf drop = {0}, rows = {0}, triggers = {0};
    buf_printf(&drop, "PRAGMA foreign_keys = OFF; ATTACH '%s' AS today;", house->filled);
    int result = sql_script(sql, buf_text(&drop), error);
    if (!result)
        result = collect(sql, "SELECT 'DROP TRIGGER ' || name FROM main.sqlite_schema WHERE type = 'trigger'", &drop);
    if (!result)
        result = collect(sql, "SELECT sql FROM main.sqlite_schema WHERE type = 'trigger'", &triggers);
    if (!result)
        result =
            collect(sql,
                    "SELECT 'DELETE FROM main.' || t.name || '; INSERT INTO main.' || t.name || ' (' || columns || "
                    "') SELECT ' || columns || ' FROM today.' || t.name FROM (SELECT name, (SELECT "
                    "group_concat('\"' || o.name || '\"') FROM pragma_table_info(s.name, 'main') o JOIN "
                    "pragma_table_info(s.name, 'today') n ON n.name = o.name) AS columns FROM main.sqlite_schema s "
                    "WHERE type = 'table' AND name NOT LIKE 'sqlite%') t WHERE columns IS NOT NULL",
                    &rows);
    if (result)
        return error_set(error, result, "the old tables cannot be listed: %s", sql_message(sql));
    buf_consume(&drop, (size_t)(strchr(strchr(drop.data, ';') + 1, ';') + 1 - drop.data));
    buf_printf(&drop, "BEGIN; %s%s; COMMIT; %s", buf_text(&rows), was ? was : "", buf_text(&triggers));
    return sql_script(sql, buf_text(&drop), error);
}

static int64_t number(struct sql *sql, const char *text)
{
    int64_t value = -1;
    sql_number_values(sql, &value, text, (struct sql_value[]){{0}});
    return value;
}

static bool make_old(struct upgrade *upgrade)
{
    const struct house *house = upgrade->house;
    const char *was = upgrade->from < 12 ? house->was : NULL;
    CLEANUP(sql_close_p) struct sql *sql = NULL;
    struct error error = {0};
    if (sql_open(house->file, &options, &sql, &error) != 0 ||
        sql_migrate(sql, schema_up_to(house, upgrade->from), house->application, &error) != 0 ||
        copy_rows(sql, house, was, &error) != 0)
        return broken(upgrade, "an old database cannot be made: %s", error.text);
    if (number(sql, "SELECT count(*) FROM pragma_foreign_key_check") != 0 || number(sql, house->work) < 100)
        return broken(upgrade, "the old database that was made is none, or has no work in it");
    sql = sql_close(sql);
    disk_choose(1);
    upgrade->old = disk_image_take();
    return true;
}

/* ---------------------------------------------------------------- what is there */

/* Of what is one after the other in no order. */
static void add_text(uint64_t *hash, const char *text)
{
    uint64_t one = UINT64_C(0xCBF29CE484222325);
    for (; *text; text++)
        one = (one ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
    *hash += one;
}

static void add_rows(struct sql *sql, const char *select, uint64_t *hash)
{
    struct sql_query *query = sql_select_once(sql, select, (struct sql_value[]){{0}}, INT32_MAX);
    while (sql_next(query))
        add_text(hash, sql_get_text(query, 0));
    if (sql_done(query) != 0)
        *hash = 0;
}

/* Every row of every table, and the schema. */
static uint64_t content(struct sql *sql)
{
    uint64_t hash = 1;
    struct sql_query *query = sql_select(
        sql,
        "SELECT sql, iif(type = 'table', (SELECT 'SELECT ''' || s.name || ''' || ' || group_concat('quote(\"' || name "
        "|| "
        "'\")', ' || ') || ' FROM ' || s.name FROM pragma_table_info(s.name)), '') FROM sqlite_schema s WHERE name NOT "
        "LIKE 'sqlite%'",
        SQL_NO_VALUES);
    while (sql_next(query)) {
        add_text(&hash, sql_get_text(query, 0));
        if (*sql_get_text(query, 1))
            add_rows(sql, sql_get_text(query, 1), &hash);
    }
    return sql_done(query) == 0 ? hash : 0;
}

/* Without a start: what lies there, but for what starts themselves have written. */
static bool look(struct upgrade *upgrade, uint64_t *ret_hash)
{
    CLEANUP(sql_close_p) struct sql *sql = NULL;
    struct error error = {0};
    *ret_hash = 0;
    if (sql_open(upgrade->house->file, &options, &sql, &error) != 0)
        return broken(upgrade, "it cannot be opened: %s", error.text);
    if (number(sql, "SELECT integrity_check = 'ok' FROM pragma_integrity_check LIMIT 1") != 1)
        return broken(upgrade, "it is damaged");
    upgrade->found = (int)number(sql, "PRAGMA user_version");
    sql_script(sql, "BEGIN", NULL);
    sql_script(sql, upgrade->house->own, NULL);
    *ret_hash = content(sql);
    return sql_script(sql, "ROLLBACK", NULL) == 0;
}

static bool lawful(struct upgrade *upgrade, struct running *running)
{
    struct error error = {0};
    int64_t bad = 0;
    struct sql *sql = running->store ? running->store->sql : running->sql;
    if (number(sql, "SELECT count(*) FROM pragma_foreign_key_check") != 0)
        return broken(upgrade, "rows point to what is not there");
    if (!running->store)
        return true;
    if (journal_verify(running->store, &bad) != 0 || bad)
        return broken(upgrade, "the journal's chain is broken at number %" PRId64, bad);
    return laws_check(running->store, &error) == 0 || broken(upgrade, "%s", error.text);
}

/* ---------------------------------------------------------------- cuts */

static void put_disk(const struct disk_image *image, uint64_t seed)
{
    disk_empty(seed);
    disk_choose(1);
    disk_image_put(image);
}

/* The next start: everything of the old is there in the new. */
static bool go_on(struct upgrade *upgrade)
{
    struct running running = {0};
    struct error error = {0};
    uint64_t hash = 0;
    if (upgrade->house->start(&running, &options, &error) != 0)
        return broken(upgrade, "it does not start again: %s", error.text);
    bool well = lawful(upgrade, &running);
    stop(&running);
    if (!well || !look(upgrade, &hash))
        return false;
    if (upgrade->new_hash == 0)
        upgrade->new_hash = hash;
    return (upgrade->found == upgrade->to && hash != 0 && hash == upgrade->new_hash) ||
           broken(upgrade, "after the next start it is at schema %d and not what the upgrade makes", upgrade->found);
}

/* An upgrade that is not one transaction, as the product never does it: a file of the schema at a time. */
static void upgrade_in_parts(const struct upgrade *upgrade)
{
    CLEANUP(sql_close_p) struct sql *sql = NULL;
    if (sql_open(upgrade->house->file, &options, &sql, NULL) != 0)
        return;
    for (int part = upgrade->from + 1; part < upgrade->to; part++)
        sql_migrate(sql, schema_up_to(upgrade->house, part), upgrade->house->application, NULL);
}

static bool cut(struct upgrade *upgrade, const struct crash_options *how, struct crash_totals *totals)
{
    struct running running = {0};
    uint64_t hash;
    put_disk(upgrade->old, (uint64_t)(upgrade->at * LOSS_COUNT + upgrade->loss));
    disk_cut_after(upgrade->at);
    if (how->in_parts)
        upgrade_in_parts(upgrade);
    bool told = upgrade->house->start(&running, &options, NULL) == 0 && !disk_is_off();
    disk_turn_off();
    stop(&running);
    disk_power_on(upgrade->loss);
    totals->cuts++;
    totals->losses[upgrade->loss]++;
    struct disk_image *left = disk_image_take();
    bool well = look(upgrade, &hash);
    bool old = upgrade->found == upgrade->from && hash == upgrade->old_hash;
    bool new = upgrade->found == upgrade->to &&hash == upgrade->new_hash;
    if (well && !old && !new)
        well = broken(upgrade, "it is at schema %d, and neither the old database nor the new one", upgrade->found);
    if (well && told && !new)
        well = broken(upgrade, "the start had ended, and the database is the old one");
    totals->stayed_old += old;
    totals->became_new += new;
    put_disk(left, (uint64_t)upgrade->at);
    well = well && go_on(upgrade);
    disk_image_free(left);
    return well;
}

/* The whole upgrade first: what it makes, and how often it writes. */
static bool measure(struct upgrade *upgrade)
{
    put_disk(upgrade->old, 1);
    if (!look(upgrade, &upgrade->old_hash))
        return false;
    if (upgrade->found != upgrade->from || upgrade->old_hash == 0)
        return broken(upgrade, "the old database that was made is at schema %d", upgrade->found);
    put_disk(upgrade->old, 1);
    struct running running = {0};
    int64_t before = disk_counters()->operations;
    if (upgrade->house->start(&running, &options, NULL) != 0)
        return broken(upgrade, "the old database does not start");
    upgrade->operations = disk_counters()->operations - before;
    stop(&running);
    return go_on(upgrade);
}

static bool run_one(struct upgrade *upgrade, int64_t cuts, const struct crash_options *how, struct crash_totals *totals)
{
    bool well = make_old(upgrade) && measure(upgrade);
    for (int64_t i = 0; well && i < cuts; i++) {
        upgrade->at = 1 + i * upgrade->operations / (cuts - 1); /* the last: when the start has ended */
        upgrade->loss = (enum disk_loss)(i % LOSS_COUNT);
        well = cut(upgrade, how, totals);
    }
    if (well)
        printf("# %s from schema %d to %d: %" PRId64 " writes and syncs\n", upgrade->house->name, upgrade->from,
               upgrade->to, upgrade->operations);
    upgrade->old = disk_image_free(upgrade->old);
    return well;
}

/* A calm day of the site, and some hours of head office. */
static bool fill(struct disk_image *filled[COUNT(houses)])
{
    static const struct crash_options calm;
    struct crash_totals totals = {0};
    disk_empty(1);
    disk_choose(0);
    if (!crash_site_prepare())
        return false;
    filled[0] = disk_image_take();
    if (!crash_office_run(1, 25, &calm, &totals))
        return false;
    filled[1] = disk_image_take();
    return true;
}

bool crash_upgrades_run(int64_t cuts, const struct crash_options *how, struct crash_totals *totals)
{
    struct disk_image *filled[COUNT(houses)] = {0};
    bool well = fill(filled);
    for (size_t i = 0; i < COUNT(houses); i++) {
        for (const int *from = houses[i].from; well && *from; from++) {
            struct upgrade upgrade = {.house = &houses[i], .from = *from, .to = last_schema(&houses[i])};
            disk_empty(1);
            disk_choose(0);
            disk_image_put(filled[i]);
            well = run_one(&upgrade, cuts, how, totals);
        }
        disk_image_free(filled[i]);
    }
    return well;
}
