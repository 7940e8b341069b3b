/* A new head office for tests: its database, its hub, the boxes that speak with it, and what the hub sent and noted.
 * Asserts by cmocka. The database is SQLite's, in memory; where $HEAD_OFFICE_DATABASE names one of PostgreSQL, it is
 * another one of that server. */
#ifndef TESTS_HUB_RIG_H
#define TESTS_HUB_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/json.h"
#include "keep.h"
#include "sync/head-office/catalogue/catalogue.h"
#include "sync/head-office/imports/import.h"
#include "sync/head-office/office.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/sites/hub.h"
#include "sync/wire/control.h"
#include "sync/wire/line.h"
#include "sync/wire/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SENT_MAX 64

struct sent {
    char box[WIRE_NAME_SIZE];
    enum wire_channel channel;
    struct buf bytes;
};

#define RIG_BOXES 4
#define RIG_SEQ   320

/* A box as head office meets it: its key, its board and the chain of what it wrote. */
struct rig_box {
    char name[WIRE_NAME_SIZE], site[WIRE_NAME_SIZE], hardware[WIRE_HARDWARE_SIZE], gen[ID_TEXT_SIZE];
    struct wire_key key;
    int64_t epoch, known; /* hash is of the numbers up to known */
    uint8_t hash[RIG_SEQ][CHAIN_HASH_SIZE];
};

struct rig {
    struct office office;
    char database[512];  /* what office_open() takes */
    struct wire_key key; /* head office's */
    struct rig_box boxes[RIG_BOXES];
    struct hub *hub;
    struct random_seeded seeded;
    struct hub_settings settings;
    struct sent sent[SENT_MAX];
    size_t sent_count;
    char note[ERROR_TEXT_MAX];
    struct error error;
};

static void rig_on_send(void *user, const char *site, const char *box, enum wire_channel channel, const void *bytes,
                        size_t length)
{
    (void)site;
    struct rig *rig = user;
    assert_true(rig->sent_count < SENT_MAX);
    assert_false(sql_in_transaction(rig->office.sql)); /* never before the commit */
    struct sent *sent = &rig->sent[rig->sent_count++];
    *sent = (struct sent){.channel = channel};
    snprintf(sent->box, sizeof(sent->box), "%s", box);
    buf_put(&sent->bytes, bytes, length);
}

static void rig_on_note(void *user, const char *box, const char *sentence)
{
    (void)box;
    struct rig *rig = user;
    snprintf(rig->note, sizeof(rig->note), "%s", sentence);
}

static inline void rig_forget_sent(struct rig *rig)
{
    for (size_t i = 0; i < rig->sent_count; i++)
        buf_done(&rig->sent[i].bytes);
    rig->sent_count = 0;
    rig->note[0] = '\0';
}

static inline void rig_start_hub(struct rig *rig)
{
    static const struct hub_ops ops = {rig_on_send, rig_on_note};
    assert_int_equal(hub_new(rig->office.sql, &rig->office.random, &rig->settings, &ops, rig, &rig->hub, &rig->error),
                     0);
}

/* The program dies and starts again: what was not committed is gone. */
static inline void rig_crash(struct rig *rig)
{
    rig->hub = hub_free(rig->hub);
    rig_forget_sent(rig);
    rig_start_hub(rig);
}

static inline void rig_run_on(struct rig *rig, struct sql *sql, const char *script)
{
    if (sql_script(sql, script, &rig->error) != 0)
        fail_msg("%s: %s", script, rig->error.text);
}

static inline void rig_run(struct rig *rig, const char *sql)
{
    rig_run_on(rig, rig->office.sql, sql);
}

static inline struct sql *rig_open_postgres(struct rig *rig, const char *url)
{
    struct sql *sql = NULL;
    if (sql_open_postgres(url, NULL, &sql, &rig->error) != 0)
        fail_msg("%s", rig->error.text);
    return sql;
}

/* The URL with another database. */
static inline void rig_database_url(const char *url, const char *name, char *ret, size_t capacity)
{
    const char *host = strchr(url, '?');
    assert_non_null(host);
    const char *database = url + strlen("postgresql:///");
    snprintf(ret, capacity, "%.*s%s%s", (int)(database - url), url, name, host);
}

/* The database that others are copies of: every schema's script takes a second there. Nobody is connected to it. */
static inline void rig_make_model(struct rig *rig, struct sql *server, const char *url)
{
    extern const struct embedded_file hq_schema[];
    char path[512];
    int64_t there = 0;
    sql_number(server, &there, "SELECT count(*) FROM pg_database WHERE datname = 'model'", SQL_NO_VALUES);
    if (there > 0)
        return;
    rig_run_on(rig, server, "CREATE DATABASE model TEMPLATE template0");
    rig_database_url(url, "model", path, sizeof(path));
    struct sql *sql = rig_open_postgres(rig, path);
    if (sql_migrate(sql, hq_schema, OFFICE_APPLICATION, &rig->error) != 0)
        fail_msg("%s", rig->error.text);
    sql_close(sql);
}

/* Forgets what the test before left in PostgreSQL. */
static inline void rig_new_database(struct rig *rig)
{
    const char *url = getenv("HEAD_OFFICE_DATABASE");
    snprintf(rig->database, sizeof(rig->database), ":memory:");
    if (!url)
        return;
    struct sql *server = rig_open_postgres(rig, url);
    rig_run_on(rig, server, "SET lock_timeout = '30s'");
    rig_make_model(rig, server, url);
    rig_run_on(rig, server, "DROP DATABASE IF EXISTS test WITH (FORCE)");
    rig_run_on(rig, server, "CREATE DATABASE test TEMPLATE model STRATEGY FILE_COPY");
    sql_close(server);
    rig_database_url(url, "test", rig->database, sizeof(rig->database));
}

static inline void rig_make_box(struct rig *rig, size_t i, const char *site, const char *name)
{
    struct rig_box *box = &rig->boxes[i];
    box->epoch = 1;
    snprintf(box->name, sizeof(box->name), "%s", name);
    snprintf(box->site, sizeof(box->site), "%s", site);
    snprintf(box->hardware, sizeof(box->hardware), "%032x", (unsigned)i + 1);
    wire_key_new(&box->key, &rig->office.random);
    chain_begin(box->hash[0], site, 1, 0, 0, NULL, "");
}

static inline struct rig_box *rig_box(struct rig *rig, const char *name)
{
    for (size_t i = 0; i < RIG_BOXES; i++)
        if (strcmp(rig->boxes[i].name, name) == 0)
            return &rig->boxes[i];
    fail_msg("no box %s", name);
    return NULL;
}

/* Site "hz" with box "box-1", "bj" with "box-2"; nobody knows "box-9". */
static inline void rig_open(struct rig *rig)
{
    *rig = (struct rig){.seeded.state = 7};
    rig->settings = (struct hub_settings){4, 200, 50, 5000, 300000, 3000};
    rig->office.random = random_from_seed(&rig->seeded);
    rig->office.now_us = 1700000000000000;
    rig_new_database(rig);
    assert_int_equal(office_open(rig->database, NULL, &rig->office.random, &rig->office.sql, &rig->error), 0);
    rig_run(rig, "INSERT INTO site (id, name, box, added_us) VALUES ('hz', 'Hangzhou', 'box-1', 0),"
                 " ('bj', 'Beijing', 'box-2', 0)");
    assert_int_equal(office_key(rig->office.sql, &rig->key), 0);
    rig_make_box(rig, 0, "hz", "box-1");
    rig_make_box(rig, 1, "bj", "box-2");
    rig_make_box(rig, 2, "sh", "box-9");
    rig_start_hub(rig);
}

static inline void rig_close(struct rig *rig)
{
    keep_lines("feed", rig->office.sql, "SELECT line FROM feed ORDER BY site, seq");
    rig->hub = hub_free(rig->hub);
    rig_forget_sent(rig);
    sql_close(rig->office.sql);
}

static inline int64_t rig_count(struct rig *rig, const char *sql)
{
    struct sql_query *query = sql_select(rig->office.sql, sql, SQL_NO_VALUES);
    assert_true(sql_next(query));
    int64_t number = sql_get_int(query, 0);
    sql_done(query);
    return number;
}

static inline void rig_turn(struct rig *rig)
{
    rig_forget_sent(rig);
    assert_int_equal(hub_turn(rig->hub, rig->office.now_us, &rig->error), 0);
}

/* One event line of a site, with its '\n'. */
static inline void rig_put_event(struct buf *out, const char *site, int64_t epoch, int64_t seq, const char *type,
                                 const char *data)
{
    char sequence[WIRE_SEQUENCE_SIZE];
    wire_sequence_write(sequence, epoch, seq);
    buf_printf(
        out,
        "{\"specversion\":\"1.0\",\"id\":\"%s-%d-%d\",\"source\":\"" WIRE_SITE_SOURCE "%s\","
        "\"type\":\"io.floorhand.%s.v1\",\"time\":\"2026-03-04T09:15:22.481Z\",\"sequence\":\"%s\",\"data\":%s}\n",
        site, (int)epoch, (int)seq, site, type, sequence, data);
}

static inline void rig_receive(struct rig *rig, const char *box, enum wire_channel channel, const struct buf *bytes)
{
    assert_int_equal(hub_receive(rig->hub, box, channel, bytes->data, bytes->length), 0);
}

/* A control message of a box (control->box), which it signs. */
static inline void rig_receive_control(struct rig *rig, const struct wire_control *control)
{
    struct buf text = {0};
    wire_control_write(&text, control, &rig->office.random);
    wire_control_sign(&text, &rig_box(rig, control->box)->key);
    rig_receive(rig, control->box, WIRE_UP_CONTROL, &text);
    buf_done(&text);
}

static inline struct wire_control rig_control(struct rig *rig, enum wire_kind kind, const char *site, const char *box)
{
    struct wire_control control = {.kind = kind, .epoch = rig_box(rig, box)->epoch, .schema = WIRE_SCHEMA};
    snprintf(control.site, sizeof(control.site), "%s", site);
    snprintf(control.box, sizeof(control.box), "%s", box);
    id_new(&rig->office.random, control.nonce);
    return control;
}

/* The hash of a site's feed as this database has it; of a number that it does not have, another one. */
static inline void rig_feed_hash(struct rig *rig, const char *site, int64_t seq, char ret[CHAIN_TEXT_SIZE])
{
    uint8_t hash[CHAIN_HASH_SIZE] = {0};
    size_t length;
    struct sql_query *row =
        sql_select(rig->office.sql, "SELECT hash FROM feed WHERE site = ?1 AND seq = ?2", sql_text(site), sql_int(seq));
    if (seq == 0)
        chain_begin(hash, site, 0, 0, 0, NULL, "");
    else if (sql_next(row))
        memcpy(hash, sql_get_blob(row, 0, &length), sizeof(hash));
    sql_done(row);
    chain_text(hash, ret);
}

static inline struct wire_control rig_hello_of(struct rig *rig, const char *site, const char *box, int64_t last_seq,
                                               int64_t feed_seq)
{
    struct wire_control hello = rig_control(rig, WIRE_HELLO, site, box);
    hello.last_seq = last_seq;
    hello.feed_seq = feed_seq;
    hello.boot = 1;
    snprintf(hello.hardware, sizeof(hello.hardware), "%s", rig_box(rig, box)->hardware);
    snprintf(hello.gen, sizeof(hello.gen), "%s", rig_box(rig, box)->gen);
    rig_feed_hash(rig, site, feed_seq, hello.feed_hash);
    return hello;
}

static inline void rig_hello(struct rig *rig, const char *site, const char *box, int64_t last_seq, int64_t feed_seq)
{
    struct wire_control hello = rig_hello_of(rig, site, box, last_seq, feed_seq);
    rig_receive_control(rig, &hello);
}

static inline void rig_fack(struct rig *rig, const char *site, const char *box, int64_t seq)
{
    struct wire_control fack = rig_control(rig, WIRE_FACK, site, box);
    fack.seq = seq;
    assert_int_equal(office_gen(rig->office.sql, fack.gen), 0);
    rig_receive_control(rig, &fack);
}

/* What a box would have written under the numbers before this one, when a test never said. */
static inline void rig_know_until(struct rig_box *box, int64_t seq)
{
    assert_true(seq < RIG_SEQ);
    while (box->known < seq) {
        struct buf line = {0};
        box->known++;
        rig_put_event(&line, box->site, box->epoch, box->known, "pick.located", "{}");
        memcpy(box->hash[box->known], box->hash[box->known - 1], CHAIN_HASH_SIZE);
        chain_next(box->hash[box->known], box->epoch, box->known, line.data, line.length - 1);
        buf_done(&line);
    }
}

/* Lines from this number on, as a frame that the box has signed. They are the box's past from now on. */
static inline void rig_segment(struct rig *rig, const char *name, int64_t first, const struct buf *lines)
{
    struct rig_box *box = rig_box(rig, name);
    const struct wire_ends ends = {box->site, box->name};
    CLEANUP_RUN struct wire_run run = {.kind = WIRE_FRAME_UP, .epoch = box->epoch, .first_seq = first};
    struct buf frame = {0};
    rig_know_until(box, first - 1);
    memcpy(run.prev_hash, box->hash[first - 1], CHAIN_HASH_SIZE);
    buf_put(&run.lines, lines->data, lines->length);
    assert_int_equal(wire_run_write(&frame, &run, &ends, &box->key, 0, &rig->error), 0);
    for (int64_t seq = first; seq <= wire_run_last_seq(&run) && seq < RIG_SEQ; seq++)
        wire_run_hash(&run, seq, box->hash[seq]);
    if (wire_run_last_seq(&run) > box->known)
        box->known = wire_run_last_seq(&run);
    rig_receive(rig, name, WIRE_UP_SEGMENT, &frame);
    buf_done(&frame);
}

/* Head office has answered a probe: the box goes on in the epoch that it was granted, with the numbers it has. */
static inline void rig_go_on(struct rig *rig, const char *name, const struct wire_control *grant)
{
    struct rig_box *box = rig_box(rig, name);
    uint8_t base[CHAIN_HASH_SIZE];
    assert_true(chain_of_text(grant->base_hash, base));
    box->epoch = grant->epoch;
    box->known = grant->base_seq;
    chain_begin(box->hash[box->known], box->site, box->epoch, grant->base_epoch, grant->base_seq,
                grant->base_epoch ? base : NULL, grant->grant_nonce);
}

/* The control message of this kind among what was sent. */
static inline struct wire_control rig_answer(struct rig *rig, enum wire_kind kind)
{
    struct wire_control control = {0};
    uint8_t key[WIRE_PUBLIC_KEY];
    for (size_t i = 0; i < rig->sent_count; i++) {
        const struct sent *sent = &rig->sent[i];
        if (sent->channel != WIRE_DOWN_CONTROL)
            continue;
        assert_int_equal(wire_control_verify(sent->bytes.data, sent->bytes.length, key, &rig->error), 0);
        assert_memory_equal(key, wire_key_public(&rig->key), sizeof(key)); /* head office signs all it says */
        assert_int_equal(wire_control_parse(sent->bytes.data, sent->bytes.length, &control, &rig->error), 0);
        if (control.kind == kind)
            return control;
    }
    fail_msg("no such answer among %zu messages", rig->sent_count);
    return control;
}

static inline size_t rig_sent(const struct rig *rig, enum wire_channel channel)
{
    size_t count = 0;
    for (size_t i = 0; i < rig->sent_count; i++)
        count += rig->sent[i].channel == channel;
    return count;
}

/* What was sent, as its box opens it. Release with wire_run_done(). */
static inline void rig_open_run(struct rig *rig, size_t i, enum wire_frame_kind kind, struct wire_run *ret)
{
    const struct sent *sent = &rig->sent[i];
    const struct wire_ends ends = {rig_box(rig, sent->box)->site, hub_gen(rig->hub)};
    assert_int_equal(sent->channel, WIRE_DOWN_SEGMENT);
    if (wire_run_open(sent->bytes.data, sent->bytes.length, wire_key_public(&rig->key), &ends, kind, ret,
                      &rig->error) != 0)
        fail_msg("%s", rig->error.text);
}

static inline int rig_import(struct rig *rig, const char *kind, const char *site, const char *text,
                             struct import_result *ret)
{
    rig->error.text[0] = '\0';
    return import_text(&rig->office, import_find(kind), &(struct import_options){.site = site}, "FILE", text,
                       strlen(text), ret, &rig->error);
}

static inline void rig_import_good(struct rig *rig, const char *kind, const char *site, const char *text)
{
    struct import_result outcome;
    int result = rig_import(rig, kind, site, text, &outcome);
    if (result)
        print_error("%s\n", rig->error.text);
    assert_int_equal(result, 0);
}

/* What orders_release() returned; the sentence is in rig->error. */
static inline int rig_release(struct rig *rig, const char *site, const char *number)
{
    int64_t count = 0;
    return orders_release(&rig->office, site, number, "", &count, &rig->error);
}

/* Changes for hz, each a line of its own. */
static inline void rig_add_changes(struct rig *rig, int count)
{
    for (int i = 0; i < count; i++) {
        char row[64];
        snprintf(row, sizeof(row), "sku,name,weight_g\nS%d,tea,%d\n", i, (int)rig->seeded.state & 0xFFFF);
        rig_import_good(rig, "items", NULL, row);
    }
}

/* For tests of the protocol itself. */
static inline int rig_set_up(void **state)
{
    struct rig *rig = malloc(sizeof(*rig));
    rig_open(rig);
    *state = rig;
    return 0;
}

static inline int rig_tear_down(void **state)
{
    rig_close(*state);
    free(*state);
    return 0;
}

static inline void rig_send_events(struct rig *rig, const char *site, const char *box, int64_t first, int64_t last)
{
    struct buf segment = {0};
    for (int64_t seq = first; seq <= last; seq++)
        rig_put_event(&segment, site, 1, seq, "pick.located", "{}");
    rig_segment(rig, box, first, &segment);
    buf_done(&segment);
}

static inline void rig_meet(struct rig *rig)
{
    rig_hello(rig, "hz", "box-1", 0, 0);
    rig_turn(rig);
}

static inline int64_t rig_events(struct rig *rig)
{
    return rig_count(rig, "SELECT count(*) FROM event");
}

#define ON_RIG(test) cmocka_unit_test_setup_teardown(test, rig_set_up, rig_tear_down)

#endif
