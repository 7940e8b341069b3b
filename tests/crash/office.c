/* Head office's database on disk.h: one site sends it the events of a real journal, and it sends changes. */
#include "crash.h"

#include "base/chain.h"
#include "base/cleanup.h"
#include "sync/head-office/imports/import.h"
#include "sync/head-office/office.h"
#include "sync/head-office/sites/hub.h"
#include "sync/wire/control.h"
#include "sync/wire/run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SITE        "hz-07"
#define BOX         "box-1"
#define SEGMENT_MAX 20

/* What the site was told, and so must be there for ever. */
struct told {
    int64_t applied, feed_head;
    uint64_t last_change; /* a hash of the change with the number feed_head */
};

struct head_office {
    struct wire_key box; /* what its site signs with */
    struct office office;
    struct hub *hub;
    struct random_seeded seeded, draws;
    const struct crash_options *how;
    struct crash_totals *totals;
    const struct crash_journal *journal;
    struct told told;
    uint64_t seed;
    int64_t cuts, items, pages, applied; /* applied: as the site last heard it */
    int64_t failed_before;               /* operations that a fault had hit when this step began */
    bool busy, broken;
};

static void law_broken(struct head_office *head, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void law_broken(struct head_office *head, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("# head office, seed %" PRIu64 ", after power cut %" PRId64 ": ", head->seed, head->cuts);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    head->broken = true;
}

/* Where the disk has power and did not fail just now, nothing may fail. Returns whether it did. */
static bool failed(struct head_office *head, int result, const char *what, const char *why)
{
    if (result && !disk_is_off() && disk_counters()->failed == head->failed_before)
        law_broken(head, "%s: %s", what, why);
    return result != 0;
}

static int number(struct head_office *head, int64_t *ret, const char *sql)
{
    *ret = 0;
    return sql_number_values(head->office.sql, ret, sql, (struct sql_value[]){{0}});
}

static uint64_t hash_of_change(struct head_office *head, int64_t seq)
{
    uint64_t hash = 1;
    struct sql_query *query =
        sql_select(head->office.sql, "SELECT line FROM feed WHERE site = '" SITE "' AND seq = ?1", sql_int(seq));
    if (sql_next(query))
        for (const char *at = sql_get_text(query, 0); *at; at++)
            hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001B3);
    sql_done(query);
    return hash;
}

/* ---------------------------------------------------------------- what head office says */

static void on_send(void *user, const char *site, const char *box, enum wire_channel channel, const void *bytes,
                    size_t length)
{
    (void)site;
    (void)box;
    struct head_office *head = user;
    struct wire_control control;
    int64_t feed_head;
    if (disk_is_off())
        return; /* nobody hears it */
    if (channel == WIRE_DOWN_SEGMENT) {
        if (number(head, &feed_head, "SELECT feed_head FROM site WHERE id = '" SITE "'") != 0)
            return;
        head->told.feed_head = feed_head;
        head->told.last_change = hash_of_change(head, feed_head);
        return;
    }
    if (wire_control_parse(bytes, length, &control, NULL) != 0 ||
        (control.kind != WIRE_ACK && control.kind != WIRE_WELCOME))
        return;
    disk_note(&control.applied, sizeof(control.applied));
    head->applied = control.applied;
    if (control.applied > head->told.applied)
        head->totals->acknowledged += control.applied - head->told.applied;
    head->told.applied = control.applied > head->told.applied ? control.applied : head->told.applied;
}

static void on_note(void *user, const char *box, const char *sentence)
{
    (void)box;
    struct head_office *head = user;
    if (head->how->trace)
        printf("head office notes: %s\n", sentence);
}

/* ---------------------------------------------------------------- start and end */

static void stop(struct head_office *head)
{
    head->hub = hub_free(head->hub);
    head->office.sql = sql_close(head->office.sql);
}

static void say_hello(struct head_office *head)
{
    CLEANUP_BUF struct buf text = {0};
    struct wire_control hello = {.kind = WIRE_HELLO,
                                 .site = SITE,
                                 .box = BOX,
                                 .epoch = 1,
                                 .last_seq = head->journal->rows,
                                 .boot = 1,
                                 .schema = WIRE_SCHEMA};
    uint8_t feed[CHAIN_HASH_SIZE];
    chain_begin(feed, SITE, 0, 0, 0, NULL, "");
    chain_text(feed, hello.feed_hash);
    snprintf(hello.hardware, sizeof(hello.hardware), "%032d", 1);
    id_new(&head->office.random, hello.nonce);
    wire_control_write(&text, &hello, &head->office.random);
    wire_control_sign(&text, &head->box);
    hub_receive(head->hub, BOX, WIRE_UP_CONTROL, text.data, text.length);
}

static int start(struct head_office *head, struct error *error)
{
    static const struct hub_settings settings = {
        .window = 4, .segment_max = SEGMENT_MAX, .linger_ms = 50, .resend_ms = 5000, .resend_cap_ms = 60000};
    static const struct hub_ops ops = {on_send, on_note};
    char checkpoints[64];
    head->busy = false;
    int result = office_open("hq.db", NULL, &head->office.random, &head->office.sql, error);
    if (result)
        return result;
    snprintf(checkpoints, sizeof(checkpoints), "PRAGMA wal_autocheckpoint=%" PRId64, head->pages);
    sql_script(head->office.sql, checkpoints, NULL);
    if (head->how->unsafe)
        sql_script(head->office.sql, "PRAGMA synchronous=NORMAL", NULL);
    result = sql_run(head->office.sql,
                     "INSERT OR IGNORE INTO site (id, name, box, added_us) VALUES ('" SITE "', 'x', '" BOX "', 0)",
                     SQL_NO_VALUES);
    if (result)
        return office_failed(head->office.sql, result, error);
    return hub_new(head->office.sql, &head->office.random, &settings, &ops, head, &head->hub, error);
}

/* ---------------------------------------------------------------- what must be true with the power back */

static void check_words(struct head_office *head, const char *sql, const char *right)
{
    char answer[200] = "";
    struct sql_query *query = sql_select_values(head->office.sql, sql, (struct sql_value[]){{0}});
    if (sql_next(query))
        sql_copy_text(query, 0, answer, sizeof(answer));
    int result = sql_done(query);
    bool right_answer = strcmp(answer, right) == 0; /* integrity_check tells of reads that failed in its answer */
    failed(head, result ? result : right_answer ? 0 : -EIO, sql, result ? sql_message(head->office.sql) : answer);
}

/* The events are the site's own, in order and without a gap, up to what the site was told and perhaps further. */
static void check_events(struct head_office *head)
{
    struct chain_walk walk = {.name = SITE};
    int64_t rows = 0;
    struct sql_query *query =
        sql_select(head->office.sql, "SELECT seq, epoch, line, hash FROM event ORDER BY arrival", SQL_NO_VALUES);
    while (!walk.bad && sql_next(query)) {
        size_t length, hash_length;
        const char *line = sql_get_blob(query, 2, &length);
        const void *hash = sql_get_blob(query, 3, &hash_length);
        int64_t seq = sql_get_int(query, 0);
        chain_walk_take(&walk, &(struct chain_row){.epoch = sql_get_int(query, 1),
                                                   .seq = seq,
                                                   .line = line,
                                                   .length = length,
                                                   .hash = hash,
                                                   .hash_length = hash_length,
                                                   .nonce = seq == 1 ? "" : NULL});
        size_t right;
        const char *own = crash_journal_line(head->journal, ++rows, &right);
        if (seq != rows || right != length || memcmp(own, line, length) != 0)
            walk.bad = rows;
    }
    if (failed(head, sql_done(query), "the events cannot be read", sql_message(head->office.sql)))
        return;
    if (walk.bad)
        law_broken(head, "event %" PRId64 " is not the site's, or the chain is broken there", walk.bad);
    int64_t applied, feed_head, changes;
    if (failed(head, number(head, &applied, "SELECT applied FROM site"), "the site", "") ||
        failed(head, number(head, &feed_head, "SELECT feed_head FROM site"), "the site", "") ||
        failed(head, number(head, &changes, "SELECT count(*) FROM feed"), "the feed", ""))
        return;
    if (applied != rows)
        law_broken(head, "%" PRId64 " events are applied, and %" PRId64 " are there", applied, rows);
    if (applied < head->told.applied)
        law_broken(head, "event %" PRId64 " was confirmed and is gone: the last one is %" PRId64, head->told.applied,
                   applied);
    if (changes != feed_head)
        law_broken(head, "the feed has %" PRId64 " changes, and the last one is number %" PRId64, changes, feed_head);
    if (head->told.feed_head > 0 &&
        (feed_head < head->told.feed_head || hash_of_change(head, head->told.feed_head) != head->told.last_change))
        law_broken(head, "change %" PRId64 " was sent and is gone, or is another one", head->told.feed_head);
    head->totals->rows += rows;
    disk_note(&rows, sizeof(rows));
}

static void check(struct head_office *head)
{
    check_words(head, "SELECT integrity_check FROM pragma_integrity_check LIMIT 1", "ok");
    check_words(head, "SELECT count(*) FROM pragma_foreign_key_check", "0");
    check_events(head);
}

/* ---------------------------------------------------------------- a day with a bad disk */

static uint64_t draw(struct head_office *head, uint64_t below)
{
    return random_next(&head->draws) % below;
}

/* Of the chain of the site's journal. */
static void hash_before(const struct head_office *head, int64_t before, uint8_t hash[CHAIN_HASH_SIZE])
{
    chain_begin(hash, SITE, 1, 0, 0, NULL, "");
    for (int64_t seq = 1; seq < before; seq++) {
        size_t length;
        const char *line = crash_journal_line(head->journal, seq, &length);
        chain_next(hash, 1, seq, line, length);
    }
}

static void send_segment(struct head_office *head)
{
    CLEANUP_RUN struct wire_run run = {.kind = WIRE_FRAME_UP, .epoch = 1};
    CLEANUP_BUF struct buf frame = {0};
    int64_t first = head->applied + 1 - (int64_t)draw(head, 3) * (head->applied > 2); /* some come again */
    for (int64_t seq = first; seq < first + 1 + (int64_t)draw(head, SEGMENT_MAX) && seq <= head->journal->rows; seq++) {
        size_t length;
        const char *line = crash_journal_line(head->journal, seq, &length);
        buf_put(&run.lines, line, length);
        buf_putc(&run.lines, '\n');
    }
    if (run.lines.length == 0)
        return;
    run.first_seq = first;
    hash_before(head, first, run.prev_hash);
    if (wire_run_write(&frame, &run, &(struct wire_ends){SITE, BOX}, &head->box, 0, NULL) == 0)
        hub_receive(head->hub, BOX, WIRE_UP_SEGMENT, frame.data, frame.length);
}

/* Somebody imports master data, which every site is told. */
static int import_item(struct head_office *head, struct error *error)
{
    char csv[128];
    struct import_result result;
    snprintf(csv, sizeof(csv), "sku,name,weight_g\nSKU-%" PRId64 ",Item,%d\n", ++head->items, (int)draw(head, 1000));
    int failure = import_text(&head->office, import_find("items"), &(struct import_options){.site = SITE}, "items", csv,
                              strlen(csv), &result, error);
    return failure ? failure : hub_send_changes(head->hub, head->office.now_us, error);
}

static bool step(struct head_office *head)
{
    struct error error = {0};
    head->failed_before = disk_counters()->failed;
    head->office.now_us += 10000;
    if (draw(head, 8) == 0 && failed(head, import_item(head, &error), "an import", error.text))
        return false;
    for (uint64_t segments = 1 + draw(head, 2); segments > 0; segments--)
        send_segment(head);
    int result = hub_turn(head->hub, head->office.now_us, &error);
    head->busy = true;
    head->totals->turns++;
    head->totals->not_saved += result && !disk_is_off();
    return !failed(head, result, "a turn", error.text) || draw(head, 2);
}

static void live(struct head_office *head)
{
    struct error error = {0};
    head->failed_before = disk_counters()->failed;
    if (failed(head, start(head, &error), "head office does not start", error.text))
        return;
    check(head);
    say_hello(head);
    if (failed(head, hub_turn(head->hub, head->office.now_us, &error), "the hello", error.text))
        return;
    while (!head->broken && !disk_is_off() && step(head)) {
        if (draw(head, 150) > 1)
            continue;
        if (draw(head, 2)) {
            head->totals->kills++;
            disk_turn_off();
            stop(head);
            disk_program_starts();
        }
        head->totals->stops++;
        return;
    }
}

static void live_once(struct head_office *head)
{
    crash_draw_fate(&head->draws, head->totals);
    live(head);
    if (!disk_is_off()) {
        stop(head);
        return;
    }
    stop(head);
    enum disk_loss loss = crash_next_loss(&head->draws);
    disk_power_on(loss);
    head->cuts++;
    head->totals->cuts++;
    head->totals->cuts_in_start += !head->busy;
    head->totals->losses[loss]++;
    if (head->how->trace)
        printf("power cut %" PRId64 ": %s, event %" PRId64 " and change %" PRId64 " are confirmed\n", head->cuts,
               disk_loss_name(loss), head->told.applied, head->told.feed_head);
}

bool crash_office_run(uint64_t seed, int64_t cuts, const struct crash_options *options, struct crash_totals *totals)
{
    static const int64_t pages[] = {8, 30, 100, 1000};
    struct head_office head = {.seed = seed, .how = options, .totals = totals, .journal = crash_site_journal()};
    head.seeded.state = seed * 11 + 5;
    head.draws.state = seed * 13 + 1;
    head.office.random = random_from_seed(&head.seeded);
    wire_key_new(&head.box, &head.office.random);
    head.office.now_us = INT64_C(1774000000000000);
    head.pages = pages[draw(&head, COUNT(pages))];
    disk_empty(seed);
    while (!head.broken && head.cuts < cuts)
        live_once(&head);
    return !head.broken;
}
