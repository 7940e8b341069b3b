#include "store/journal.h"

#include "base/clock.h"
#include "base/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES ((size_t)64 << 10)

/* The next place in the journal; its wall time never runs back, and is never earlier than this program, whatever the
 * clock does. */
static void take_place(struct store *store)
{
    int64_t now_ms = (store->stamp.wall_us > CLOCK_FLOOR_US ? store->stamp.wall_us : CLOCK_FLOOR_US) / 1000;
    store->end.seq++;
    store->end.wall_ms = now_ms > store->end.wall_ms ? now_ms : store->end.wall_ms + 1;
}

static void write_line(struct store *store, const char *type, const char *subject, const char *data, struct buf *line)
{
    char id[ID_TEXT_SIZE], time[CLOCK_TEXT_SIZE], name[96];
    id_new(&store->random, id);
    clock_format(store->end.wall_ms * 1000, time);
    json_open_object(line, NULL);
    json_text(line, "specversion", "1.0");
    json_text(line, "id", id);
    snprintf(name, sizeof(name), "//floorhand/site/%s", store->site);
    json_text(line, "source", name);
    snprintf(name, sizeof(name), "io.floorhand.%s.v1", type);
    json_text(line, "type", name);
    json_text(line, "subject", subject);
    json_text(line, "time", time);
    json_text(line, "datacontenttype", "application/json");
    snprintf(name, sizeof(name), "%010" PRId64 "-%016" PRId64, store->end.epoch, store->end.seq);
    json_text(line, "sequence", name);
    if (*store->stamp.worker_code)
        json_text(line, "actor", store->stamp.worker_code);
    if (*store->stamp.worker_code && store->stamp.stale)
        json_text(line, "roster", "stale");
    if (*store->stamp.station)
        json_text(line, "device", store->stamp.station);
    snprintf(name, sizeof(name), "%" PRId64, store->stamp.mono_us / 1000);
    json_text(line, "monoms", name);
    if (store->stamp.clock != CLOCK_SYNCED)
        json_text(line, "clk", store->stamp.clock == CLOCK_HOLDOVER ? "holdover" : "unset");
    json_raw(line, "data", data);
    json_close_object(line);
}

int journal_append(struct store *store, const char *type, const char *subject, const char *data, int64_t *ret_seq)
{
    CLEANUP_BUF struct buf line = {.max = LINE_MAX_BYTES};
    take_place(store);
    write_line(store, type, subject, data, &line);
    if (line.failed)
        return -EMSGSIZE;
    struct journal_end *end = &store->end;
    chain_next(end->hash, end->epoch, end->seq, line.data, line.length);
    int result = sql_run(store->sql, "INSERT INTO journal (seq, epoch, type, hash, line) VALUES (?1, ?2, ?3, ?4, ?5)",
                         sql_int(end->seq), sql_int(end->epoch), sql_text(type), sql_blob(end->hash, sizeof(end->hash)),
                         sql_text_n(line.data, line.length));
    if (!result && ret_seq)
        *ret_seq = store->end.seq;
    return result;
}

int journal_read(struct store *store, int64_t after, size_t lines_max, size_t bytes_max, struct buf *lines,
                 int64_t *ret_last)
{
    int64_t last = after;
    struct sql_query *query =
        sql_select(store->sql, "SELECT seq, line FROM journal WHERE seq > ?1 ORDER BY seq LIMIT ?2", sql_int(after),
                   sql_int((int64_t)lines_max));
    while (sql_next(query)) {
        size_t length;
        const char *line = sql_get_blob(query, 1, &length);
        if (last > after && lines->length + length + 1 > bytes_max)
            break;
        buf_put(lines, line, length);
        buf_putc(lines, '\n');
        last = sql_get_int(query, 0);
    }
    int result = sql_done(query);
    if (result)
        return result;
    if (lines->failed)
        return -ENOMEM;
    *ret_last = last;
    return 0;
}

int journal_hash(struct store *store, int64_t seq, uint8_t ret_hash[CHAIN_HASH_SIZE])
{
    int64_t epoch = 1;
    if (seq == 0) {
        int result = sql_number(store->sql, &epoch, "SELECT epoch FROM stream", SQL_NO_VALUES);
        chain_begin(ret_hash, store->site, epoch, 0, 0, NULL, "");
        return result;
    }
    struct sql_query *query = sql_select(store->sql, "SELECT hash FROM journal WHERE seq = ?1", sql_int(seq));
    bool found = sql_next(query);
    if (found) {
        size_t length;
        memcpy(ret_hash, sql_get_blob(query, 0, &length), CHAIN_HASH_SIZE);
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int journal_verify(struct store *store, int64_t *ret_bad)
{
    struct chain_walk walk = {.name = store->site};
    struct sql_query *query =
        sql_select(store->sql, "SELECT seq, epoch, line, hash FROM journal ORDER BY seq", SQL_NO_VALUES);
    while (!walk.bad && sql_next(query)) {
        size_t length, hash_length;
        const char *line = sql_get_blob(query, 2, &length);
        const void *hash = sql_get_blob(query, 3, &hash_length);
        chain_walk_take(&walk, sql_get_int(query, 1), sql_get_int(query, 0), line, length, hash, hash_length);
    }
    int result = sql_done(query);
    if (!result && !walk.bad)
        result = sql_number(store->sql, &walk.bad, "SELECT iif(last_hash = ?1 OR ?2 = 0, 0, last_seq) FROM stream",
                            sql_blob(walk.hash, sizeof(walk.hash)), sql_int(walk.seq));
    *ret_bad = walk.bad;
    return result;
}

int journal_undone_data(struct store *store, int64_t seq, struct buf *json)
{
    struct sql_query *query = sql_select(store->sql,
                                         "SELECT json_patch(json_extract(line, '$.data'), json_object('undid', type)) "
                                         "FROM journal WHERE seq = ?1",
                                         sql_int(seq));
    if (sql_next(query))
        buf_puts(json, sql_get_text(query, 0));
    return sql_done(query);
}

int journal_applied(struct store *store, int64_t seq)
{
    return sql_run(store->sql, "UPDATE stream SET applied_seq = min(?1, last_seq), applied_wall_ms = ?2", sql_int(seq),
                   sql_int(store->stamp.wall_us / 1000));
}

int journal_fed(struct store *store, int64_t feed_seq)
{
    return sql_run(store->sql, "UPDATE stream SET feed_seq = ?1 WHERE feed_seq < ?1", sql_int(feed_seq));
}

int journal_park(struct store *store, int64_t feed_seq, const char *why, const char *line, size_t length)
{
    return sql_run(store->sql, "INSERT OR REPLACE INTO parked (feed_seq, why, line) VALUES (?1, ?2, ?3)",
                   sql_int(feed_seq), sql_text(why), sql_text_n(line, length));
}

int journal_parked(struct store *store, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT count(*) FROM parked", SQL_NO_VALUES);
}

int journal_unpark(struct store *store, const char *type, const char *subject)
{
    return sql_run(store->sql, "DELETE FROM parked WHERE line ->> '$.type' = ?1 AND line ->> '$.subject' = ?2",
                   sql_text(type), sql_text(subject));
}

int journal_newest_parked(struct store *store, struct parked_change *ret, size_t max, size_t *ret_count)
{
    *ret_count = 0;
    struct sql_query *query =
        sql_select(store->sql, "SELECT feed_seq, line ->> '$.type', why FROM parked ORDER BY feed_seq DESC LIMIT ?1",
                   sql_int((int64_t)max));
    while (sql_next(query)) {
        struct parked_change *change = &ret[(*ret_count)++];
        change->feed_seq = sql_get_int(query, 0);
        sql_copy_text(query, 1, change->type, sizeof(change->type));
        sql_copy_text(query, 2, change->why, sizeof(change->why));
    }
    return sql_done(query);
}

int journal_waiting(struct store *store, int64_t *ret_count, int64_t *ret_oldest_wall_us)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT last_seq - applied_seq, coalesce(unixepoch((SELECT json_extract(line, '$.time') FROM journal "
        "WHERE seq = applied_seq + 1)), 0) FROM stream",
        SQL_NO_VALUES);
    if (sql_next(query)) {
        *ret_count = sql_get_int(query, 0);
        *ret_oldest_wall_us = sql_get_int(query, 1) * 1000000;
    }
    return sql_done(query);
}
