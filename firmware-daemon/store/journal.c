#include "store/journal.h"

#include "base/clock.h"
#include "base/defect.h"
#include "base/json.h"
#include "store/receiver.h"

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
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT e.epoch, base_epoch, base_seq, base_hash, nonce, (SELECT hash FROM journal WHERE seq = ?1), "
                   "pruned_seq, pruned_hash FROM epoch e JOIN stream s ON s.epoch = e.epoch",
                   sql_int(seq));
    size_t length;
    bool found = sql_next(query);
    int64_t base_seq = found ? sql_get_int(query, 2) : 0;
    if (found && seq == base_seq)
        chain_begin(ret_hash, store->site, sql_get_int(query, 0), sql_get_int(query, 1), base_seq,
                    sql_get_blob(query, 3, &length), sql_get_text(query, 4));
    else if (found && seq > base_seq && !sql_get_null(query, 5))
        memcpy(ret_hash, sql_get_blob(query, 5, &length), CHAIN_HASH_SIZE);
    else if (found && seq > base_seq && seq == sql_get_int(query, 6))
        memcpy(ret_hash, sql_get_blob(query, 7, &length), CHAIN_HASH_SIZE);
    else
        found = false;
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

/* Where the walk begins, and where it must end. */
static int begin_walk(struct store *store, struct chain_walk *walk, int64_t *ret_last)
{
    struct sql_query *query =
        sql_select(store->sql, "SELECT last_seq, pruned_seq, pruned_epoch, pruned_hash FROM stream", SQL_NO_VALUES);
    size_t length;
    if (sql_next(query)) {
        *ret_last = sql_get_int(query, 0);
        walk->seq = sql_get_int(query, 1);
        walk->epoch = sql_get_int(query, 2);
        if (walk->seq)
            memcpy(walk->hash, sql_get_blob(query, 3, &length), CHAIN_HASH_SIZE);
    }
    return sql_done(query);
}

int journal_verify(struct store *store, int64_t *ret_bad)
{
    struct chain_walk walk = {.name = store->site};
    int64_t last = 0;
    int result = begin_walk(store, &walk, &last);
    struct sql_query *query = sql_select(store->sql, JOURNAL_CHAIN, SQL_NO_VALUES);
    while (!walk.bad && sql_next(query)) {
        struct chain_row row = journal_chain_row(query);
        chain_walk_take(&walk, &row);
    }
    int done = sql_done(query);
    result = result ? result : done;
    if (!result && !walk.bad && walk.lines > 0)
        result = sql_number(store->sql, &walk.bad, "SELECT iif(last_hash = ?1, 0, last_seq) FROM stream",
                            sql_blob(walk.hash, sizeof(walk.hash)));
    if (!result && !walk.bad && walk.seq < last)
        walk.bad = walk.seq + 1;
    *ret_bad = walk.bad;
    return result;
}

/* A row whose number does not follow begins a chain of its own: what came before it was deleted or told anew. A change
 * of an order is kept without its receiver (receiver_strip()), so what its hash was made of is not here any more. */
int journal_feed_verify(struct store *store, int64_t *ret_bad)
{
    uint8_t hash[CHAIN_HASH_SIZE];
    int64_t last = 0, bad = 0;
    chain_begin(hash, store->site, 0, 0, 0, NULL, "");
    struct sql_query *query = sql_select(
        store->sql, "SELECT seq, line, hash, line LIKE '%\"type\":\"io.floorhand.order.%' FROM feed ORDER BY seq",
        SQL_NO_VALUES);
    while (!bad && sql_next(query)) {
        size_t length, hash_length;
        int64_t seq = sql_get_int(query, 0);
        const void *line = sql_get_blob(query, 1, &length), *kept = sql_get_blob(query, 2, &hash_length);
        if (seq == last + 1)
            chain_next(hash, 0, seq, line, length);
        else
            memcpy(hash, kept, sizeof(hash));
        if (memcmp(hash, kept, sizeof(hash)) != 0 && sql_get_int(query, 3) == 0)
            bad = seq;
        memcpy(hash, kept, sizeof(hash));
        last = seq;
    }
    int result = sql_done(query);
    if (!result && !bad && last)
        result = sql_number(store->sql, &bad, "SELECT iif(feed_seq = ?1 AND feed_hash <> ?2, ?1, 0) FROM stream",
                            sql_int(last), sql_blob(hash, sizeof(hash)));
    *ret_bad = bad;
    return result;
}

struct chain_row journal_chain_row(struct sql_query *query)
{
    struct chain_row row = {.epoch = sql_get_int(query, 1), .seq = sql_get_int(query, 0)};
    row.line = sql_get_blob(query, 2, &row.length);
    row.hash = sql_get_blob(query, 3, &row.hash_length);
    row.nonce = sql_get_null(query, 4) ? NULL : sql_get_text(query, 4);
    row.base_epoch = sql_get_int(query, 5);
    return row;
}

/* ---------------------------------------------------------------- epochs */

static void add_mark(struct sql_query *query, struct chain_mark *marks, size_t max, size_t *count)
{
    size_t length;
    if (*count == max)
        return;
    struct chain_mark *mark = &marks[(*count)++];
    mark->epoch = sql_get_int(query, 0);
    mark->seq = sql_get_int(query, 1);
    memcpy(mark->hash, sql_get_blob(query, 2, &length), CHAIN_HASH_SIZE);
}

/* The last row, and then twice as far back each time, down to the oldest. */
static int marks_of(struct store *store, const char *one, int64_t last, int64_t oldest, struct chain_mark *marks,
                    size_t max, size_t *count)
{
    int result = 0;
    for (int64_t back = 0, seq = last; seq >= oldest && !result; back = back ? 2 * back : 1) {
        seq = last - back;
        if (seq < oldest && (back == 0 || last - back / 2 == oldest))
            break;
        struct sql_query *query =
            sql_select_values(store->sql, one, (struct sql_value[]){sql_int(seq < oldest ? oldest : seq), {0}});
        if (sql_next(query))
            add_mark(query, marks, max, count);
        result = sql_done(query);
    }
    return result;
}

int journal_marks(struct store *store, struct chain_mark *marks, size_t max, size_t *ret_count)
{
    struct stream stream = {0};
    *ret_count = 0;
    int result = store_stream(store, &stream);
    if (!result)
        result = marks_of(store, "SELECT epoch, seq, hash FROM journal WHERE seq = ?1", stream.last_seq,
                          stream.pruned_seq + 1, marks, max - 1, ret_count);
    struct sql_query *query = sql_select(
        store->sql, "SELECT pruned_epoch, pruned_seq, pruned_hash FROM stream WHERE pruned_seq > 0", SQL_NO_VALUES);
    if (sql_next(query))
        add_mark(query, marks, max, ret_count);
    int done = sql_done(query);
    return result ? result : done;
}

/* The rows after the base, from now on in another epoch: their lines stay, their chain is another. */
static int relabel(struct store *store, int64_t epoch, int64_t base_seq)
{
    struct sql_query *query =
        sql_select(store->sql, "SELECT seq, line FROM journal WHERE seq > ?1 ORDER BY seq", sql_int(base_seq));
    int result = 0;
    while (!result && sql_next(query)) {
        size_t length;
        const char *line = sql_get_blob(query, 1, &length);
        chain_next(store->end.hash, epoch, sql_get_int(query, 0), line, length);
        result =
            sql_run(store->sql, "UPDATE journal SET epoch = ?2, hash = ?3 WHERE seq = ?1",
                    sql_int(sql_get_int(query, 0)), sql_int(epoch), sql_blob(store->end.hash, sizeof(store->end.hash)));
    }
    int done = sql_done(query);
    return result ? result : done;
}

int journal_grant(struct store *store, int64_t epoch, const struct chain_mark *base, const char *nonce)
{
    struct stream stream = {0};
    int64_t known = 0;
    int result = store_stream(store, &stream);
    if (!result)
        result = sql_number(store->sql, &known,
                            "SELECT ?1 = 0 OR (?2 = pruned_seq AND ?1 = pruned_epoch AND ?3 = pruned_hash) OR EXISTS "
                            "(SELECT 1 FROM journal WHERE seq = ?2 AND epoch = ?1 AND hash = ?3) FROM stream",
                            sql_int(base->epoch), sql_int(base->seq), sql_blob(base->hash, sizeof(base->hash)));
    if (result)
        return result;
    if (!known || epoch <= store->end.epoch || base->seq < stream.pruned_seq)
        return -EINVAL;
    chain_begin(store->end.hash, store->site, epoch, base->epoch, base->seq, base->epoch ? base->hash : NULL, nonce);
    store->end.epoch = epoch;
    result = sql_run(store->sql,
                     "INSERT INTO epoch (epoch, base_epoch, base_seq, base_hash, nonce) VALUES (?1, ?2, ?3, ?4, ?5)",
                     sql_int(epoch), sql_int(base->epoch), sql_int(base->seq), sql_blob(base->hash, sizeof(base->hash)),
                     sql_text(nonce));
    if (!result)
        result = relabel(store, epoch, base->seq);
    if (!result)
        result = sql_run(store->sql,
                         "UPDATE stream SET epoch = ?1, applied_seq = ?2, durable_seq = min(durable_seq, ?2), "
                         "reemit_seq = ?3, snapshot = 1, last_hash = ?4",
                         sql_int(epoch), sql_int(base->seq), sql_int(store->end.seq),
                         sql_blob(store->end.hash, sizeof(store->end.hash)));
    return result;
}

/* ---------------------------------------------------------------- deleting */

int journal_prune(struct store *store, int64_t before_wall_us, int64_t rows_max, int64_t *ret_rows)
{
    char before[CLOCK_TEXT_SIZE];
    int64_t last = 0;
    clock_format(before_wall_us, before);
    int result = sql_number(
        store->sql, &last,
        "SELECT coalesce(max(seq), 0) FROM (SELECT j.seq FROM journal j, stream s WHERE j.seq <= min(s.durable_seq, "
        "(SELECT coalesce(min(seq), s.durable_seq + 1) - 1 FROM stock_count WHERE state IN ('counting', 'recount', "
        "'review') AND "
        "seq > 0), "
        "(SELECT coalesce(min(waiting), s.durable_seq + 1) - 1 FROM parcel)) "
        "AND j.seq <= s.pruned_seq + ?2 AND j.line ->> '$.time' < ?1)",
        sql_text(before), sql_int(rows_max));
    *ret_rows = 0;
    if (result || last == 0)
        return result;
    result = sql_run(store->sql,
                     "UPDATE stream SET (pruned_epoch, pruned_hash, pruned_seq) = "
                     "(SELECT epoch, hash, seq FROM journal WHERE seq = ?1)",
                     sql_int(last));
    if (!result)
        result = sql_run(store->sql, "DELETE FROM journal WHERE seq <= ?1", sql_int(last));
    return result ? result : sql_number(store->sql, ret_rows, "SELECT changes()", SQL_NO_VALUES);
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

int journal_acknowledged(struct store *store, const struct acknowledged *told)
{
    /* Numbers go on through the epochs: of what was durable in an earlier one, the lines up to where a later one goes
     * on from it are this journal's too. */
    int result = sql_run(
        store->sql,
        "UPDATE stream SET applied_seq = min(?1, last_seq), applied_wall_ms = ?2, durable_seq = "
        "max(pruned_seq, min(?4, last_seq, coalesce((SELECT min(base_seq) FROM epoch WHERE epoch > ?3), "
        "?4))), office_gen = ?5, office_key = coalesce(office_key, ?6), "
        "feed_durable = min(?7, feed_seq)",
        sql_int(told->applied), sql_int(store->stamp.wall_us / 1000),
        sql_int(DEFECT(5) ? UINT32_MAX : told->durable_epoch), sql_int(DEFECT(5) ? told->applied : told->durable_seq),
        sql_text(told->gen), sql_blob(told->key, sizeof(told->key)), sql_int(told->durable_feed));
    return result
               ? result
               : sql_run(store->sql, "DELETE FROM feed WHERE seq < (SELECT feed_durable FROM stream)", SQL_NO_VALUES);
}

int journal_forget_office(struct store *store)
{
    return sql_run(store->sql, "UPDATE stream SET office_key = NULL, office_gen = ''", SQL_NO_VALUES);
}

/* ---------------------------------------------------------------- changes from head office */

int journal_fed(struct store *store, int64_t feed_seq, const char *line, size_t length)
{
    struct stream stream = {0};
    int result = store_stream(store, &stream);
    if (result || feed_seq <= stream.feed_seq)
        return result;
    CLEANUP_BUF struct buf kept = {0};
    chain_next(stream.feed_hash, 0, feed_seq, line, length);
    result = receiver_strip(line, length, &kept);
    if (result)
        return result;
    result = sql_run(store->sql, "UPDATE stream SET feed_seq = ?1, feed_hash = ?2", sql_int(feed_seq),
                     sql_blob(stream.feed_hash, sizeof(stream.feed_hash)));
    return result ? result
                  : sql_run(store->sql, "INSERT INTO feed (seq, hash, line) VALUES (?1, ?2, ?3)", sql_int(feed_seq),
                            sql_blob(stream.feed_hash, sizeof(stream.feed_hash)), sql_text_n(kept.data, kept.length));
}

int journal_feed_marks(struct store *store, struct chain_mark *marks, size_t max, size_t *ret_count)
{
    int64_t last = 0, oldest = 0;
    *ret_count = 0;
    int result = sql_number(store->sql, &last, "SELECT coalesce(max(seq), 0) FROM feed", SQL_NO_VALUES);
    if (!result)
        result = sql_number(store->sql, &oldest, "SELECT coalesce(min(seq), 1) FROM feed", SQL_NO_VALUES);
    return result
               ? result
               : marks_of(store, "SELECT 0, seq, hash FROM feed WHERE seq = ?1", last, oldest, marks, max, ret_count);
}

int journal_feed_rewind(struct store *store, const struct chain_mark *base)
{
    int64_t known = 0;
    uint8_t nothing[CHAIN_HASH_SIZE];
    chain_begin(nothing, store->site, 0, 0, 0, NULL, "");
    int result = sql_number(
        store->sql, &known, "SELECT (?1 = 0 AND ?2 = ?3) OR EXISTS (SELECT 1 FROM feed WHERE seq = ?1 AND hash = ?2)",
        sql_int(base->seq), sql_blob(base->hash, sizeof(base->hash)), sql_blob(nothing, sizeof(nothing)));
    if (result || !known)
        return result ? result : -EINVAL;
    result =
        sql_run(store->sql, "UPDATE stream SET feed_seq = ?1, feed_hash = ?2, feed_durable = min(feed_durable, ?1)",
                sql_int(base->seq), sql_blob(base->hash, sizeof(base->hash)));
    return result ? result : sql_run(store->sql, "DELETE FROM feed WHERE seq > ?1", sql_int(base->seq));
}

int journal_park(struct store *store, int64_t feed_seq, const char *why, const char *line, size_t length)
{
    CLEANUP_BUF struct buf kept = {0};
    int result = receiver_strip(line, length, &kept);
    return result ? result
                  : sql_run(store->sql, "INSERT OR REPLACE INTO parked (feed_seq, why, line) VALUES (?1, ?2, ?3)",
                            sql_int(feed_seq), sql_text(why), sql_text_n(kept.data, kept.length));
}

int journal_parked(struct store *store, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT count(*) FROM parked", SQL_NO_VALUES);
}

/* A line that is no JSON is kept, too, and has no members. */
#define PARKED(member) "iif(json_valid(line), line ->> '" member "', '')"

int journal_unpark(struct store *store, const char *type, const char *subject)
{
    return sql_run(store->sql, "DELETE FROM parked WHERE " PARKED("$.type") " = ?1 AND " PARKED("$.subject") " = ?2",
                   sql_text(type), sql_text(subject));
}

int journal_newest_parked(struct store *store, struct parked_change *ret, size_t max, size_t *ret_count)
{
    *ret_count = 0;
    struct sql_query *query =
        sql_select(store->sql, "SELECT feed_seq, " PARKED("$.type") ", why FROM parked ORDER BY feed_seq DESC LIMIT ?1",
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
