/* A new head office for tests: its database, its hub, and what the hub sent and noted. Asserts by cmocka.
 * The database is SQLite's, in memory; where $HEAD_OFFICE_DATABASE names one of PostgreSQL, it is a schema there. */
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
#include "sync/head-office/catalogue.h"
#include "sync/head-office/hub.h"
#include "sync/head-office/import.h"
#include "sync/head-office/office.h"
#include "sync/head-office/orders.h"
#include "sync/wire/control.h"
#include "sync/wire/line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SENT_MAX 64

struct sent {
    char box[WIRE_NAME_SIZE];
    enum wire_channel channel;
    struct buf bytes;
};

struct rig {
    struct office office;
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

static inline void rig_run(struct rig *rig, const char *sql)
{
    assert_int_equal(sql_script(rig->office.sql, sql, &rig->error), 0);
}

/* Forgets what the test before left in PostgreSQL. ret_path: what to open. */
static inline void rig_new_database(struct rig *rig, char *ret_path, size_t capacity)
{
    const char *url = getenv("HEAD_OFFICE_DATABASE");
    snprintf(ret_path, capacity, "%s%s", url ? url : ":memory:", url ? "&options=-csearch_path%3Dtest" : "");
    if (!url)
        return;
    struct sql *sql = NULL;
    if (sql_open_postgres(url, NULL, &sql, &rig->error) != 0 ||
        sql_script(sql, "DROP SCHEMA IF EXISTS test CASCADE; CREATE SCHEMA test", &rig->error) != 0)
        fail_msg("%s", rig->error.text);
    sql_close(sql);
}

/* Site "hz" with box "box-1", "bj" with "box-2". */
static inline void rig_open(struct rig *rig)
{
    *rig = (struct rig){.seeded.state = 7};
    rig->settings = (struct hub_settings){4, 200, 50, 5000, 300000};
    rig->office.random = random_from_seed(&rig->seeded);
    rig->office.now_us = 1700000000000000;
    char path[512];
    rig_new_database(rig, path, sizeof(path));
    assert_int_equal(office_open(path, &rig->office.random, &rig->office.sql, &rig->error), 0);
    rig_run(rig, "INSERT INTO site (id, name, box, added_us) VALUES ('hz', 'Hangzhou', 'box-1', 0),"
                 " ('bj', 'Beijing', 'box-2', 0)");
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

static inline void rig_receive_control(struct rig *rig, const struct wire_control *control)
{
    struct buf text = {0};
    wire_control_write(&text, control, &rig->office.random);
    rig_receive(rig, control->box, WIRE_UP_CONTROL, &text);
    buf_done(&text);
}

static inline void rig_hello(struct rig *rig, const char *site, const char *box, int64_t last_seq, int64_t feed_seq)
{
    struct wire_control hello = {.kind = WIRE_HELLO, .epoch = 1, .last_seq = last_seq, .feed_seq = feed_seq, .boot = 1};
    snprintf(hello.site, sizeof(hello.site), "%s", site);
    snprintf(hello.box, sizeof(hello.box), "%s", box);
    id_new(&rig->office.random, hello.nonce);
    rig_receive_control(rig, &hello);
}

static inline void rig_fack(struct rig *rig, const char *site, const char *box, int64_t seq)
{
    struct wire_control fack = {.kind = WIRE_FACK, .seq = seq};
    snprintf(fack.site, sizeof(fack.site), "%s", site);
    snprintf(fack.box, sizeof(fack.box), "%s", box);
    assert_int_equal(office_gen(rig->office.sql, fack.gen), 0);
    rig_receive_control(rig, &fack);
}

/* The control message of this kind among what was sent. */
static inline struct wire_control rig_answer(struct rig *rig, enum wire_kind kind)
{
    struct wire_control control = {0};
    for (size_t i = 0; i < rig->sent_count; i++) {
        const struct sent *sent = &rig->sent[i];
        if (sent->channel != WIRE_DOWN_CONTROL)
            continue;
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

static inline int rig_import(struct rig *rig, const char *kind, const char *site, const char *text,
                             struct import_result *ret)
{
    rig->error.text[0] = '\0';
    return import_text(&rig->office, import_find(kind), site, "FILE", text, strlen(text), ret, &rig->error);
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
    return orders_release(&rig->office, site, number, &count, &rig->error);
}

#endif
