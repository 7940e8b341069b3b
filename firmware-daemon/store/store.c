#include "store/store.h"

#include "base/text.h"
#include "store/board.h"
#include "store/heat.h"
#include "store/receiver.h"
#include "store/touched.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A scan changes a dozen rows, most on pages of their own: small pages and a long WAL spare the flash
 * (docs/performance.md).
 */
static const struct sql_options durable = {.exclusive = true, .page_bytes = 1024, .cache_kib = 4096, .wal_kib = 8192};

/* The row of this database, made on first use; another site's database is refused. */
static int claim(struct store *store, const struct store_settings *settings, struct error *error)
{
    uint8_t hash[CHAIN_HASH_SIZE], feed[CHAIN_HASH_SIZE];
    chain_begin(hash, settings->site, 1, 0, 0, NULL, "");
    chain_begin(feed, settings->site, 0, 0, 0, NULL, "");
    int result = settings->renamed ? sql_run(store->sql, "UPDATE stream SET box = ?1 WHERE site = ?2",
                                             sql_text(settings->box), sql_text(settings->site))
                                   : 0;
    if (!result)
        result = sql_run(store->sql,
                         "INSERT OR IGNORE INTO stream (only_row, site, box, epoch, last_hash, feed_hash) VALUES (1, "
                         "?1, ?2, 1, ?3, ?4)",
                         sql_text(settings->site), sql_text(settings->box), sql_blob(hash, sizeof(hash)),
                         sql_blob(feed, sizeof(feed)));
    if (!result)
        result = sql_run(store->sql,
                         "INSERT OR IGNORE INTO epoch (epoch, base_epoch, base_seq, base_hash, nonce) "
                         "VALUES (1, 0, 0, zeroblob(32), '')",
                         SQL_NO_VALUES);
    if (result)
        return error_set(error, result, "%s cannot be written: %s", store->path, sql_message(store->sql));
    CLEANUP_QUERY struct sql_query *query =
        sql_select(store->sql, "SELECT site, box, training FROM stream", SQL_NO_VALUES);
    if (!sql_next(query))
        return error_set(error, -EBADMSG, "%s has lost its stream row: restore the last backup", store->path);
    bool same_box = settings->renamed || strcmp(sql_get_text(query, 1), settings->box) == 0;
    if (strcmp(sql_get_text(query, 0), settings->site) != 0 || !same_box)
        return error_set(error, -EINVAL, "%s belongs to site %s, box %s, not to %s, %s: name the right database",
                         store->path, sql_get_text(query, 0), sql_get_text(query, 1), settings->site, settings->box);
    bool training = sql_get_int(query, 2) != 0;
    if (training && !settings->training)
        return error_set(error, -EINVAL, "%s is a copy for training, and not the site's database: name the right one",
                         store->path);
    if (!training && settings->training)
        return error_set(error, -EINVAL, "%s is no copy for training: nobody may practise on it", store->path);
    return 0;
}

#define WHOLE_CHECK_MAX ((int64_t)16 << 20) /* bytes that are checked in a tenth of a second */

/* A power cut is undone by the WAL, whose frames carry check sums; what is looked for here is a file that was damaged
 * by other means. A large one is not read through before every start of work: what no scan can do without is checked,
 * and that both ledgers end where the stream says. floorhandd --check-database reads the rest. */
static int check_for_start(struct store *store, struct error *error)
{
    static const char *const vital[] = {"stream", "session", "worker", "station", "binding"};
    if (sql_bytes(store->sql) <= WHOLE_CHECK_MAX)
        return sql_check(store->sql, error);
    for (size_t i = 0; i < COUNT(vital); i++) {
        int result = sql_check_table(store->sql, vital[i], error);
        if (result)
            return result;
    }
    int64_t agree = 0;
    int result =
        sql_number(store->sql, &agree,
                   "SELECT last_seq = (SELECT coalesce(max(seq), pruned_seq) FROM journal) AND last_seq >= (SELECT "
                   "coalesce(max(seq), 0) FROM move) FROM stream",
                   SQL_NO_VALUES);
    if (result || !agree)
        return error_set(error, -EBADMSG,
                         "%s is damaged (its journal does not end where it should): keep it aside for inspection and "
                         "restore the last backup",
                         store->path);
    return 0;
}

static int open_sql(struct store *store, struct error *error)
{
    int result = sql_open(store->path, &store->options, &store->sql, error);
    if (result)
        return result;
    result = sql_overwrite(store->sql, true); /* what a schema moves is not left behind */
    if (!result)
        result = sql_migrate(store->sql, store_schema, STORE_APPLICATION, error);
    if (!result) /* what is temporary is never on the disk; not before, for a schema may sort a whole table */
        result = sql_script(store->sql, "PRAGMA temp_store = MEMORY", error);
    if (!result)
        result = touched_start(store, error);
    result = result ? result : heat_start(store, error);
    return result ? result : board_start(store, error);
}

/* Last: nothing else has the WAL while a start works in it. */
static int tend_wal(struct store *store, struct error *error)
{
    return store->event ? sql_wal_open(store->sql, store->event, &store->wal, error) : 0;
}

int store_open(const struct store_settings *settings, struct store **ret, struct error *error)
{
    CLEANUP(store_close_p) struct store *store = calloc(1, sizeof(*store));
    if (!store)
        return error_set(error, -ENOMEM, "out of memory");
    store->path = settings->path;
    store->options = settings->options ? *settings->options : durable;
    store->event = settings->event;
    store->options.own_process = store->event != NULL;
    store->options.exclusive &= !store->event;
    store->random = settings->random;
    store->seal = settings->seal;
    store->stamp = (struct stamp){.station = "", .worker_code = ""};
    store->training = settings->training;
    store->unjoined = settings->unjoined;
    text_copy(store->site, sizeof(store->site), settings->site);
    int result = open_sql(store, error);
    if (!result)
        result = check_for_start(store, error);
    if (!result)
        result = claim(store, settings, error);
    if (result)
        return result;
    result = receivers_seal_all(store);
    if (!result)
        result = sql_overwrite(store->sql, false);
    if (!result)
        result = sql_run(store->sql, "UPDATE stream SET boot = boot + 1", SQL_NO_VALUES);
    if (result)
        return error_set(error, result, "%s cannot be written: %s", store->path, sql_message(store->sql));
    result = tend_wal(store, error);
    if (result)
        return result;
    *ret = store;
    store = NULL;
    return 0;
}

static void close_sql(struct store *store)
{
    store->wal = sql_wal_close(store->wal);
    store->sql = sql_close(store->sql);
}

struct store *store_close(struct store *store)
{
    if (store)
        close_sql(store);
    free(store);
    return NULL;
}

static int read_end(struct store *store)
{
    struct sql_query *query = sql_select(
        store->sql, "SELECT epoch, last_seq, last_wall_ms, turn, disk, last_hash FROM stream", SQL_NO_VALUES);
    if (sql_next(query)) {
        size_t length;
        store->end = (struct journal_end){
            .epoch = sql_get_int(query, 0), .seq = sql_get_int(query, 1), .wall_ms = sql_get_int(query, 2)};
        memcpy(store->end.hash, sql_get_blob(query, 5, &length), sizeof(store->end.hash));
        store->turn = sql_get_int(query, 3) + 1;
        store->disk = (enum disk_step)sql_get_int(query, 4);
    }
    return sql_done(query);
}

int store_begin(struct store *store)
{
    store->turn = INT64_MAX; /* no database holds it: a turn that could not begin has not survived */
    int result = sql_run(store->sql, "BEGIN IMMEDIATE", SQL_NO_VALUES);
    if (!result)
        result = read_end(store);
    return result ? result : touched_begin(store);
}

int store_commit(struct store *store)
{
    int result = sql_run(store->sql,
                         "UPDATE stream SET last_seq = ?1, last_wall_ms = ?2, turn = ?3, last_hash = ?4, "
                         "written_bytes = max(written_bytes, ?5)",
                         sql_int(store->end.seq), sql_int(store->end.wall_ms), sql_int(store->turn),
                         sql_blob(store->end.hash, sizeof(store->end.hash)), sql_int(store->written_bytes));
    return result ? result : sql_run(store->sql, "COMMIT", SQL_NO_VALUES);
}

void store_rollback(struct store *store)
{
    if (sql_in_transaction(store->sql))
        sql_run(store->sql, "ROLLBACK", SQL_NO_VALUES);
}

int store_save_point(struct store *store)
{
    store->kept_end = store->end;
    store->kept_move = store->last_move;
    return sql_run(store->sql, "SAVEPOINT event", SQL_NO_VALUES);
}

int store_keep(struct store *store)
{
    return sql_run(store->sql, "RELEASE event", SQL_NO_VALUES);
}

int store_undo(struct store *store)
{
    store->end = store->kept_end;
    store->last_move = store->kept_move;
    int result = sql_run(store->sql, "ROLLBACK TO event", SQL_NO_VALUES);
    return result ? result : store_keep(store);
}

int store_reopen(struct store *store, bool *ret_survived, struct error *error)
{
    store_rollback(store);
    close_sql(store);
    int result = open_sql(store, error);
    if (result)
        return result;
    int64_t turn;
    result = sql_number(store->sql, &turn, "SELECT turn FROM stream", SQL_NO_VALUES);
    if (result)
        return error_set(error, result, "%s cannot be read: %s", store->path, sql_message(store->sql));
    *ret_survived = turn >= store->turn;
    return tend_wal(store, error);
}

int store_stream(struct store *store, struct stream *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT epoch, last_seq, applied_seq, feed_seq, boot, linked, coalesce(applied_wall_ms, 0), durable_seq, "
        "pruned_seq, reemit_seq, snapshot, office_gen, feed_hash, office_key FROM stream",
        SQL_NO_VALUES);
    if (sql_next(query)) {
        size_t length;
        *ret = (struct stream){.epoch = sql_get_int(query, 0),
                               .last_seq = sql_get_int(query, 1),
                               .applied_seq = sql_get_int(query, 2),
                               .feed_seq = sql_get_int(query, 3),
                               .boot = sql_get_int(query, 4),
                               .linked = sql_get_int(query, 5) != 0,
                               .applied_wall_us = sql_get_int(query, 6) * 1000,
                               .durable_seq = sql_get_int(query, 7),
                               .pruned_seq = sql_get_int(query, 8),
                               .reemit_seq = sql_get_int(query, 9),
                               .snapshot = sql_get_int(query, 10) != 0,
                               .met = !sql_get_null(query, 13)};
        sql_copy_text(query, 11, ret->office_gen, sizeof(ret->office_gen));
        memcpy(ret->feed_hash, sql_get_blob(query, 12, &length), sizeof(ret->feed_hash));
        if (ret->met)
            memcpy(ret->office_key, sql_get_blob(query, 13, &length), sizeof(ret->office_key));
    }
    return sql_done(query);
}

int store_set_linked(struct store *store, bool linked)
{
    return sql_run(store->sql, "UPDATE stream SET linked = ?1", sql_int(linked));
}

const char *disk_step_name(enum disk_step step)
{
    static const char *const names[] = {
        [DISK_ROOM] = "room", [DISK_WARN] = "warn", [DISK_LOW] = "low", [DISK_TIGHT] = "tight", [DISK_FULL] = "full"};
    return names[step];
}

int store_set_disk(struct store *store, enum disk_step step)
{
    store->disk = step;
    return sql_run(store->sql, "UPDATE stream SET disk = ?1", sql_int(step));
}
