#include "sync/head-office/staff/trail.h"

#include "base/buf.h"
#include "base/json.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#define NAME "trail"

/* What is hashed of a line: all that its row says. */
static void write_line(struct buf *json, int64_t time_us, const char *who, const char *what, const char *about)
{
    buf_clear(json);
    json_open_object(json, NULL);
    json_int(json, "time_us", time_us);
    json_text(json, "who", who);
    json_text(json, "what", what);
    json_text(json, "about", about);
    json_close_object(json);
}

/* The last line's number and hash. Whoever comes next waits for the end of this transaction. */
static int take_head(struct office *office, int64_t *ret_seq, uint8_t ret_hash[CHAIN_HASH_SIZE])
{
    struct sql_query *row =
        sql_select(office->sql, "SELECT seq, hash FROM trail_head WHERE id = 1" SQL_FOR_UPDATE, SQL_NO_VALUES);
    size_t length = 0;
    const void *hash = NULL;
    chain_begin(ret_hash, NAME, 0, 0, 0, NULL, "");
    *ret_seq = 0;
    if (sql_next(row)) {
        *ret_seq = sql_get_int(row, 0);
        hash = sql_get_blob(row, 1, &length);
    }
    if (hash && length == CHAIN_HASH_SIZE)
        memcpy(ret_hash, hash, CHAIN_HASH_SIZE);
    return sql_done(row);
}

/* A long text by its hash. */
static const char *shortened(const char *about, struct buf *brief)
{
    uint8_t hash[CHAIN_HASH_SIZE];
    char text[CHAIN_TEXT_SIZE];
    if (strlen(about) <= TRAIL_ABOUT_MAX)
        return about;
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)about, strlen(about), NULL, 0);
    chain_text(hash, text);
    json_open_object(brief, NULL);
    json_text(brief, "blake2b_256", text);
    json_close_object(brief);
    return buf_text(brief);
}

int trail_add(struct office *office, const char *who, const char *what, const char *about, struct error *error)
{
    CLEANUP_BUF struct buf line = {0}, brief = {0};
    uint8_t hash[CHAIN_HASH_SIZE];
    int64_t seq = 0;
    int result = take_head(office, &seq, hash);
    about = shortened(about, &brief);
    write_line(&line, office->now_us, who, what, about);
    if (line.failed || brief.failed)
        return error_set(error, -ENOMEM, "out of memory");
    chain_next(hash, 0, ++seq, buf_text(&line), line.length);
    if (!result)
        result = sql_run(office->sql,
                         "INSERT INTO trail (seq, time_us, who, what, about, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                         sql_int(seq), sql_int(office->now_us), sql_text(who), sql_text(what), sql_text(about),
                         sql_blob(hash, sizeof(hash)));
    if (!result)
        result = sql_run(office->sql, "UPDATE trail_head SET seq = ?1, hash = ?2 WHERE id = 1", sql_int(seq),
                         sql_blob(hash, sizeof(hash)));
    return result ? office_failed(office->sql, result, error) : 0;
}

static void walk_rows(struct sql_query *row, struct chain_walk *walk)
{
    CLEANUP_BUF struct buf line = {0};
    while (!walk->bad && sql_next(row)) {
        size_t length = 0;
        const void *hash = sql_get_blob(row, 5, &length);
        write_line(&line, sql_get_int(row, 1), sql_get_text(row, 2), sql_get_text(row, 3), sql_get_text(row, 4));
        chain_walk_take(walk, &(struct chain_row){.seq = sql_get_int(row, 0),
                                                  .line = buf_text(&line),
                                                  .length = line.length,
                                                  .hash = hash,
                                                  .hash_length = length});
    }
}

int trail_verify(struct office *office, struct trail_verdict *ret, struct error *error)
{
    uint8_t head[CHAIN_HASH_SIZE];
    struct chain_walk walk = {.name = NAME};
    *ret = (struct trail_verdict){0};
    int result = take_head(office, &ret->last, head);
    if (result)
        return office_failed(office->sql, result, error);
    chain_begin(walk.hash, NAME, 0, 0, 0, NULL, "");
    struct sql_query *row =
        sql_select(office->sql, "SELECT seq, time_us, who, what, about, hash FROM trail ORDER BY seq", SQL_NO_VALUES);
    walk_rows(row, &walk);
    result = sql_done(row);
    if (result)
        return office_failed(office->sql, result, error);
    ret->lines = walk.lines;
    ret->bad = walk.bad;
    if (!ret->bad && (walk.lines != ret->last || !chain_walk_ends(&walk, head, sizeof(head))))
        ret->bad = (walk.lines < ret->last ? walk.lines : ret->last) + 1; /* some are gone, or were put behind */
    chain_text(head, ret->head);
    return 0;
}
