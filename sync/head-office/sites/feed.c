#include "sync/head-office/sites/feed.h"

#include "base/chain.h"
#include "base/clock.h"
#include "base/json.h"
#include "sync/wire/line.h"
#include "sync/wire/topic.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Which lines name somebody, and where. */
static const struct named {
    const char *type, *members[2];
} named[] = {
    {"order.release", {"receiver", "packing_note"}}, {"waybill.pool", {"opaque", NULL}}, /* a label */
};

static struct sql_value line_of(const char *type, struct buf *line)
{
    bool names = false;
    for (size_t i = 0; i < COUNT(named) && !names; i++)
        names = strcmp(named[i].type, type) == 0 && strstr(buf_text(line), named[i].members[0]);
    return names ? sql_secret(buf_text(line)) : sql_text_n(line->data, line->length);
}

void feed_write_line(struct buf *line, struct office *office, const struct feed_change *change, int64_t seq)
{
    char id[ID_TEXT_SIZE], time[CLOCK_TEXT_SIZE], type[80], sequence[WIRE_SEQUENCE_SIZE];
    id_new(&office->random, id);
    clock_format(office->now_us, time);
    snprintf(type, sizeof(type), "io.floorhand.%s.v1", change->type);
    wire_sequence_write(sequence, 0, seq);
    json_open_object(line, NULL);
    json_text(line, "specversion", "1.0");
    json_text(line, "id", id);
    json_text(line, "source", WIRE_OFFICE_SOURCE);
    json_text(line, "type", type);
    json_text(line, "subject", change->key);
    json_text(line, "time", time);
    json_text(line, "datacontenttype", "application/json");
    json_text(line, "sequence", sequence);
    json_raw(line, "data", change->data);
    json_close_object(line);
}

/* The next number of the feed, and the hash of its chain before it. Until the end of the transaction nobody else
 * appends. */
static int find_place(struct office *office, const char *site, int64_t *ret_seq, uint8_t ret_hash[CHAIN_HASH_SIZE])
{
    struct sql_query *row = sql_select(
        office->sql, "SELECT feed_head + 1, feed_hash FROM site WHERE id = ?1" SQL_FOR_UPDATE, sql_text(site));
    bool found = sql_next(row);
    if (found) {
        size_t length;
        const void *hash = sql_get_blob(row, 1, &length);
        *ret_seq = sql_get_int(row, 0);
        if (length == CHAIN_HASH_SIZE)
            memcpy(ret_hash, hash, length);
        else
            chain_begin(ret_hash, site, 0, 0, 0, NULL, "");
    }
    int failed = sql_done(row);
    return failed ? failed : found ? 0 : -ENOENT;
}

int feed_append(struct office *office, const char *site, const struct feed_change *change)
{
    int64_t seq;
    uint8_t hash[CHAIN_HASH_SIZE];
    int result = find_place(office, site, &seq, hash);
    if (result)
        return result;
    CLEANUP_BUF struct buf line = {.max = FEED_LINE_MAX};
    feed_write_line(&line, office, change, seq);
    if (line.failed)
        return -EMSGSIZE;
    chain_next(hash, 0, seq, line.data, line.length);
    result = sql_run(office->sql, "UPDATE site SET feed_head = ?3, feed_hash = ?2 WHERE id = ?1", sql_text(site),
                     sql_blob(hash, sizeof(hash)), sql_int(seq));
    if (result)
        return result;
    return sql_run(office->sql,
                   "INSERT INTO feed (site, seq, type, key, rev, line, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                   sql_text(site), sql_int(seq), sql_text(change->type), sql_text(change->key), sql_int(change->rev),
                   line_of(change->type, &line), sql_blob(hash, sizeof(hash)));
}

/* The hashes from this number on, after a line has become another. None of them has left. */
static int hash_again(struct office *office, const char *site, int64_t from)
{
    uint8_t hash[CHAIN_HASH_SIZE];
    chain_begin(hash, site, 0, 0, 0, NULL, "");
    struct sql_query *row =
        sql_select(office->sql, "SELECT seq, line, hash FROM feed WHERE site = ?1 AND seq >= ?2 ORDER BY seq",
                   sql_text(site), sql_int(from - 1));
    int result = 0;
    while (!result && sql_next(row)) {
        int64_t seq = sql_get_int(row, 0);
        size_t length;
        if (seq < from) {
            memcpy(hash, sql_get_blob(row, 2, &length), sizeof(hash));
            continue;
        }
        const char *line = sql_get_text(row, 1);
        chain_next(hash, 0, seq, line, strlen(line));
        result = sql_run(office->sql, "UPDATE feed SET hash = ?3 WHERE site = ?1 AND seq = ?2", sql_text(site),
                         sql_int(seq), sql_blob(hash, sizeof(hash)));
    }
    int failed = sql_done(row);
    if (!result && !failed)
        result = sql_run(office->sql, "UPDATE site SET feed_hash = ?2 WHERE id = ?1", sql_text(site),
                         sql_blob(hash, sizeof(hash)));
    return result ? result : failed;
}

int feed_replace(struct office *office, const char *site, int64_t seq, const struct feed_change *change)
{
    CLEANUP_BUF struct buf line = {.max = FEED_LINE_MAX};
    feed_write_line(&line, office, change, seq);
    if (line.failed)
        return -EMSGSIZE;
    int result =
        sql_run(office->sql, "UPDATE feed SET type = ?3, key = ?4, rev = ?5, line = ?6 WHERE site = ?1 AND seq = ?2",
                sql_text(site), sql_int(seq), sql_text(change->type), sql_text(change->key), sql_int(change->rev),
                line_of(change->type, &line));
    return result ? result : hash_again(office, site, seq);
}

/* ---------------------------------------------------------------- whom lines name */

#define FORGOTTEN_AT_ONCE 100

/* Appends the line without those members; one that cannot be read could name anybody. */
static int leave_out(const char *type, const char *line, struct buf *ret)
{
    json_t *root = json_loads(line, JSON_REJECT_DUPLICATES, NULL), *data = json_object_get(root, "data");
    for (size_t i = 0; i < COUNT(named); i++)
        for (size_t j = 0; strcmp(named[i].type, type) == 0 && j < COUNT(named[i].members); j++)
            if (named[i].members[j])
                json_object_del(data, named[i].members[j]);
    char *text = root ? json_dumps(root, JSON_COMPACT) : NULL;
    buf_puts(ret, text ? text : "{}");
    free(text);
    json_decref(root);
    return ret->failed ? -ENOMEM : 0;
}

static int forget_line(struct office *office, struct sql_query *row)
{
    CLEANUP_BUF struct buf line = {0};
    int result = leave_out(sql_get_text(row, 2), sql_get_text(row, 3), &line);
    return result ? result
                  : sql_run(office->sql, "UPDATE feed SET line = ?3, forgets = 2 WHERE site = ?1 AND seq = ?2",
                            sql_text(sql_get_text(row, 0)), sql_int(sql_get_int(row, 1)),
                            sql_text_n(line.data, line.length));
}

int feed_forget(struct office *office)
{
    int result = 0;
    for (int count = 1; count > 0 && !result;) {
        count = 0;
        struct sql_query *row = sql_select(
            office->sql,
            "SELECT f.site, f.seq, f.type, f.line FROM feed f JOIN site s ON s.id = f.site WHERE f.forgets = 1 AND"
            " (f.seq <= s.feed_acked OR s.retired_us IS NOT NULL) ORDER BY f.site, f.seq LIMIT ?1",
            sql_int(FORGOTTEN_AT_ONCE));
        for (; !result && sql_next(row); count++)
            result = forget_line(office, row);
        int failed = sql_done(row);
        result = result ? result : failed;
    }
    return result;
}

int feed_mend(struct office *office, const char *site, int64_t after)
{
    int64_t first;
    int result =
        sql_number(office->sql, &first, "SELECT min(seq) FROM feed WHERE site = ?1 AND seq > ?2 AND forgets = 2",
                   sql_text(site), sql_int(after));
    if (result)
        return result == -ENOENT ? 0 : result;
    result = hash_again(office, site, first);
    return result ? result
                  : sql_run(office->sql, "UPDATE feed SET forgets = 3 WHERE site = ?1 AND seq > ?2 AND forgets = 2",
                            sql_text(site), sql_int(after));
}

/* ---------------------------------------------------------------- all sites */

int feed_append_all(struct office *office, const struct feed_change *change)
{
    struct sql_query *sites = sql_select(office->sql, "SELECT id FROM site ORDER BY id", SQL_NO_VALUES);
    int result = 0;
    while (!result && sql_next(sites)) {
        char site[WIRE_NAME_SIZE];
        sql_copy_text(sites, 0, site, sizeof(site));
        result = feed_append(office, site, change);
    }
    int failed = sql_done(sites);
    return result ? result : failed;
}
