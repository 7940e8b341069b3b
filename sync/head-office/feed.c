#include "sync/head-office/feed.h"

#include "base/clock.h"
#include "base/json.h"
#include "sync/wire/line.h"
#include "sync/wire/topic.h"

#include <errno.h>
#include <stdio.h>

static void write_line(struct buf *line, struct office *office, const struct feed_change *change, int64_t seq)
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

int feed_append(struct office *office, const char *site, const struct feed_change *change)
{
    int64_t seq;
    int result =
        sql_number(office->sql, &seq, "UPDATE site SET feed_head = feed_head + 1 WHERE id = ?1 RETURNING feed_head",
                   sql_text(site));
    if (result)
        return result;
    CLEANUP_BUF struct buf line = {.max = FEED_LINE_MAX};
    write_line(&line, office, change, seq);
    if (line.failed)
        return -EMSGSIZE;
    return sql_run(office->sql, "INSERT INTO feed (site, seq, type, key, rev, line) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                   sql_text(site), sql_int(seq), sql_text(change->type), sql_text(change->key), sql_int(change->rev),
                   sql_text_n(line.data, line.length));
}

int feed_replace(struct office *office, const char *site, int64_t seq, const struct feed_change *change)
{
    CLEANUP_BUF struct buf line = {.max = FEED_LINE_MAX};
    write_line(&line, office, change, seq);
    if (line.failed)
        return -EMSGSIZE;
    return sql_run(office->sql, "UPDATE feed SET type = ?3, key = ?4, rev = ?5, line = ?6 WHERE site = ?1 AND seq = ?2",
                   sql_text(site), sql_int(seq), sql_text(change->type), sql_text(change->key), sql_int(change->rev),
                   sql_text_n(line.data, line.length));
}

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
