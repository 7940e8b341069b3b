/* What head office knows of a site that may have lost some of it: put together once, then sent line by line as it is
 * asked for. Holds what came of the events the site does not have, and all of its stock. */
#include "base/json.h"
#include "sync/head-office/office.h"
#include "sync/head-office/sites/feed.h"
#include "sync/head-office/sites/hub_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define RUN_BYTES ((size_t)96 << 10)

/* ---------------------------------------------------------------- putting it together */

struct making {
    struct office office;
    const char *site;
    int64_t seq;
    uint8_t hash[CHAIN_HASH_SIZE];
};

static int add_line(struct making *making, const char *type, const char *key, const char *data)
{
    CLEANUP_BUF struct buf line = {.max = FEED_LINE_MAX};
    const struct feed_change change = {.type = type, .key = key, .rev = 1, .data = data};
    feed_write_line(&line, &making->office, &change, ++making->seq);
    if (line.failed)
        return -EMSGSIZE;
    chain_next(making->hash, 0, making->seq, line.data, line.length);
    return sql_run(making->office.sql, "INSERT INTO snapshot_line (site, seq, line, hash) VALUES (?1, ?2, ?3, ?4)",
                   sql_text(making->site), sql_int(making->seq), sql_text_n(line.data, line.length),
                   sql_blob(making->hash, sizeof(making->hash)));
}

static int add_stock(struct making *making)
{
    struct sql_query *row = sql_select(
        making->office.sql, "SELECT location, sku, quantity FROM stock WHERE site = ?1 ORDER BY location, sku",
        sql_text(making->site));
    int result = 0;
    while (!result && sql_next(row)) {
        char key[160];
        CLEANUP_BUF struct buf data = {0};
        snprintf(key, sizeof(key), "location/%s", sql_get_text(row, 0));
        json_open_object(&data, NULL);
        json_text(&data, "location", sql_get_text(row, 0));
        json_text(&data, "sku", sql_get_text(row, 1));
        json_int(&data, "quantity", sql_get_int(row, 2));
        json_close_object(&data);
        result = add_line(making, "stock.standing", key, buf_text(&data));
    }
    int failed = sql_done(row);
    return result ? result : failed;
}

/* The orders that events are about which the site may not have. */
static int add_orders(struct making *making)
{
    struct sql_query *row = sql_select(
        making->office.sql,
        "SELECT number, state FROM orders WHERE site = ?1 AND 'order/' || number IN (SELECT subject FROM event v "
        "JOIN site s ON s.id = v.site JOIN epoch e ON e.site = s.id AND e.epoch = s.epoch WHERE v.site = ?1 AND "
        "v.epoch < s.epoch AND v.arrival > e.after_arrival) ORDER BY number",
        sql_text(making->site));
    int result = 0;
    while (!result && sql_next(row)) {
        char key[160];
        CLEANUP_BUF struct buf data = {0};
        snprintf(key, sizeof(key), "order/%s", sql_get_text(row, 0));
        json_open_object(&data, NULL);
        json_text(&data, "order", sql_get_text(row, 0));
        json_text(&data, "state", sql_get_text(row, 1));
        json_close_object(&data);
        result = add_line(making, "order.standing", key, buf_text(&data));
    }
    int failed = sql_done(row);
    return result ? result : failed;
}

/* In the transaction that looked at the site's row: nothing comes between. */
static int make(struct hub *hub, const struct session *session, const struct site_row *site, int64_t now_us)
{
    struct making making = {.office = {.sql = hub->sql, .random = hub->random, .now_us = now_us},
                            .site = session->site};
    char snap[ID_TEXT_SIZE];
    id_new(&hub->random, snap);
    chain_begin(making.hash, snap, 0, 0, 0, NULL, "");
    int result = sql_run(hub->sql, "DELETE FROM snapshot_line WHERE site = ?1", sql_text(session->site));
    if (!result)
        result = add_orders(&making);
    if (!result)
        result = add_stock(&making);
    if (!result)
        result = sql_run(hub->sql, "DELETE FROM snapshot WHERE site = ?1", sql_text(session->site));
    return result ? result
                  : sql_run(hub->sql,
                            "INSERT INTO snapshot (site, snap, epoch, applied, applied_hash, lines, hash) "
                            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                            sql_text(session->site), sql_text(snap), sql_int(site->epoch), sql_int(site->applied),
                            sql_blob(site->hash, sizeof(site->hash)), sql_int(making.seq),
                            sql_blob(making.hash, sizeof(making.hash)));
}

int hub_take_snap_ask(struct hub *hub, struct session *session, const struct wire_control *ask, int64_t now_us)
{
    struct site_row site;
    int64_t known = 0;
    int result = hub_load_site(hub, session->box, &site);
    if (!result)
        result = sql_number(hub->sql, &known, "SELECT count(*) FROM snapshot WHERE site = ?1 AND snap = ?2",
                            sql_text(session->site), sql_text(ask->snap));
    if (result || site.fence)
        return result;
    hub_owe(hub, session);
    session->snapshot = true;
    session->snap_seq = known ? ask->seq : 0;
    snprintf(session->nonce, sizeof(session->nonce), "%s", ask->nonce);
    return known ? 0 : make(hub, session, &site, now_us);
}

/* ---------------------------------------------------------------- sending it */

static int send_offer(struct hub *hub, const struct session *session, char ret_snap[ID_TEXT_SIZE], int64_t *ret_lines)
{
    struct wire_control offer = {.kind = WIRE_SNAP_OFFER};
    size_t length;
    struct sql_query *row =
        sql_select(hub->sql, "SELECT snap, epoch, applied, applied_hash, lines, hash FROM snapshot WHERE site = ?1",
                   sql_text(session->site));
    *ret_lines = 0;
    if (sql_next(row)) {
        sql_copy_text(row, 0, offer.snap, sizeof(offer.snap));
        offer.epoch = sql_get_int(row, 1);
        offer.applied = sql_get_int(row, 2);
        chain_text(sql_get_blob(row, 3, &length), offer.applied_hash);
        *ret_lines = offer.lines = sql_get_int(row, 4);
        chain_text(sql_get_blob(row, 5, &length), offer.lines_hash);
        snprintf(offer.gen, sizeof(offer.gen), "%s", hub->gen);
        snprintf(offer.nonce, sizeof(offer.nonce), "%s", session->nonce);
        snprintf(ret_snap, ID_TEXT_SIZE, "%s", offer.snap);
        if (session->snap_seq == 0)
            hub_send_control(hub, session, &offer);
    }
    return sql_done(row);
}

static int hash_before(struct hub *hub, const struct session *session, const char *snap, int64_t seq,
                       uint8_t ret_hash[CHAIN_HASH_SIZE])
{
    size_t length;
    if (seq == 0) {
        chain_begin(ret_hash, snap, 0, 0, 0, NULL, "");
        return 0;
    }
    struct sql_query *row = sql_select(hub->sql, "SELECT hash FROM snapshot_line WHERE site = ?1 AND seq = ?2",
                                       sql_text(session->site), sql_int(seq));
    bool found = sql_next(row);
    if (found)
        memcpy(ret_hash, sql_get_blob(row, 0, &length), CHAIN_HASH_SIZE);
    int failed = sql_done(row);
    return failed ? failed : found ? 0 : -ENOENT;
}

/* One run for each time it is asked: the site says when it can take more. */
int hub_send_snapshot(struct hub *hub, const struct session *session, int64_t now_us)
{
    CLEANUP_RUN struct wire_run run = {.kind = WIRE_FRAME_CHUNK, .first_seq = session->snap_seq + 1};
    char snap[ID_TEXT_SIZE] = "";
    int64_t lines = 0;
    int result = send_offer(hub, session, snap, &lines);
    if (result || session->snap_seq >= lines)
        return result;
    result = hash_before(hub, session, snap, session->snap_seq, run.prev_hash);
    if (result)
        return result;
    struct sql_query *row =
        sql_select(hub->sql, "SELECT line FROM snapshot_line WHERE site = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
                   sql_text(session->site), sql_int(session->snap_seq), sql_int(hub->settings.segment_max));
    while (sql_next(row)) {
        const char *line = sql_get_text(row, 0);
        if (run.lines.length > 0 && run.lines.length + strlen(line) + 1 > RUN_BYTES)
            break;
        buf_puts(&run.lines, line);
        buf_putc(&run.lines, '\n');
    }
    int failed = sql_done(row);
    return failed ? failed : hub_send_run(hub, session, &run, now_us);
}
