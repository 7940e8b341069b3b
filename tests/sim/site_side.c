#include "sim.h"

#include "site_rig.h"
#include "store/journal.h"
#include "store/parcel.h"
#include "store/print_job.h"
#include "store/session.h"
#include "sync/site/site.h"
#include "uplink.h"

#include <errno.h>

#define STATIONS 3
#define JOBS_MAX 4096

struct site_side {
    struct sim *sim;
    struct store *store;
    struct turn *turn;
    struct random_seeded seeded;
    struct site sync;
    struct wire_key key;
    bool link_up;
    int64_t heard;               /* the highest journal row a good beep was heard for */
    int64_t asked_job, printing; /* the pump: a job whose "sending" is queued; a job whose bytes are leaving */
    bool out[JOBS_MAX];          /* per job: bytes of it have left the box */
};

static const char *const stations[STATIONS] = {"bench-1", "bench-2", "bench-3"};
static const char *const badges[STATIONS] = {"B-1", "B-2", "B-3"};

/* ---------------------------------------------------------------- events in, effects out */

static int post(struct site_side *side, struct event *event, const void *bytes, size_t length)
{
    event->wall_us = event->mono_us = side->sim->now_us;
    int result = event_set_bytes(event, bytes, length);
    if (!result)
        result = turn_post(side->turn, event);
    if (result)
        free(event->heap);
    return result;
}

static void post_print(struct site_side *side, int64_t job, const char *state)
{
    struct event event = print_event(&(struct print_report){.job = job, .state = state, .labels = 1, .odometer = -1});
    post(side, &event, "", 0);
}

static void heard_good(struct site_side *side, const struct event *event, const struct effect *effect)
{
    int64_t rows = 0;
    if (sql_in_transaction(side->store->sql))
        sim_fail(side->sim, "a good tone before the commit");
    sql_number(side->store->sql, &rows, "SELECT count(*) FROM journal WHERE seq = ?1", sql_int(effect->seq));
    if (effect->seq == 0 || rows != 1)
        sim_fail(side->sim, "a good tone for \"%s\" without its row", event_bytes(event));
    if (effect->seq > side->heard)
        side->heard = effect->seq;
    side->sim->count.good++;
}

static void on_effect(void *user, const struct event *event, const struct effect *effect)
{
    struct site_side *side = user;
    if (event->kind == EVENT_SCAN) {
        sim_note(side->sim, "%s \"%s\": %s", event->station, event_bytes(event),
                 message_def(effect->answer.message)->key);
        if (effect->good)
            heard_good(side, event, effect);
        else
            side->sim->count.refused++;
        if (effect->answer.message == E00_NOT_SAVED)
            sim_fail(side->sim, "\"%s\" broke a law of the store: %s", event_bytes(event),
                     sql_message(side->store->sql));
    }
    if (event->kind == EVENT_PRINT && event->number == side->asked_job) {
        side->asked_job = 0;
        if (effect->good && effect->job) { /* the first byte leaves now */
            side->printing = effect->job;
            if (side->out[effect->job % JOBS_MAX])
                sim_fail(side->sim, "job %lld is sent a second time", (long long)effect->job);
        }
    }
}

/* ---------------------------------------------------------------- sync */

static int sync_send(void *user, enum site_channel channel, const void *bytes, size_t length)
{
    struct site_side *side = user;
    if (!side->link_up)
        return -EAGAIN;
    network_send(side->sim->network, TO_OFFICE, channel == SITE_SEGMENT ? PORT_SEGMENT : PORT_CONTROL, bytes, length);
    return 0;
}

static int sync_read(void *user, int64_t after, size_t lines, size_t bytes, struct buf *out, int64_t *ret_last)
{
    struct site_side *side = user;
    return journal_read(side->store, after, lines, bytes, out, ret_last);
}

static int sync_hash(void *user, int64_t seq, uint8_t ret_hash[CHAIN_HASH_SIZE])
{
    struct site_side *side = user;
    return journal_hash(side->store, seq, ret_hash);
}

static int sync_marks(void *user, struct wire_marks *ret)
{
    struct site_side *side = user;
    return journal_marks(side->store, ret->at, WIRE_MARKS_MAX, &ret->count);
}

static int sync_feed_marks(void *user, struct wire_marks *ret)
{
    struct site_side *side = user;
    return journal_feed_marks(side->store, ret->at, WIRE_MARKS_MAX, &ret->count);
}

static int post_numbered(void *user, enum event_kind kind, int64_t number, const void *bytes, size_t length)
{
    struct event event = {.kind = kind, .number = number};
    return post(user, &event, bytes, length);
}

static int sync_told(void *user, const struct site_word *word)
{
    return uplink_post_word(post_numbered, user, word);
}

static int sync_granted(void *user, int64_t epoch, const struct chain_mark *base, const char *nonce)
{
    struct site_side *side = user;
    sim_note(side->sim, "epoch %lld goes on from %lld-%lld", (long long)epoch, (long long)base->epoch,
             (long long)base->seq);
    return uplink_post_grant(post_numbered, side, epoch, base, nonce);
}

static int sync_rewound(void *user, const struct chain_mark *base)
{
    struct event event = {.kind = EVENT_REWIND, .number = base->seq};
    return post(user, &event, base, sizeof(*base));
}

static int sync_snapshot_line(void *user, int64_t seq, const char *line, size_t length)
{
    struct event event = {.kind = EVENT_SNAPSHOT_LINE, .number = seq};
    return post(user, &event, line, length);
}

static int sync_snapshot_whole(void *user, const struct site_snapshot *snapshot)
{
    return uplink_post_snapshot(post_numbered, user, snapshot);
}

static int sync_change(void *user, int64_t feed_seq, const char *line, size_t length)
{
    struct event event = {.kind = EVENT_CHANGE, .number = feed_seq};
    return post(user, &event, line, length);
}

static void sync_in_step(void *user, bool in_step)
{
    struct event event = {.kind = EVENT_LINK, .number = in_step};
    post(user, &event, "", 0);
}

static void tell_sync(struct site_side *side)
{
    struct site_committed committed;
    uplink_read_committed(side->store, &committed);
    site_commit(&side->sync, &committed, side->sim->now_us);
}

/* ---------------------------------------------------------------- start, crash */

static int cut(void *user, enum turn_point point);

static void start(struct site_side *side)
{
    static const struct site_ops ops = {.send = sync_send,
                                        .read_journal = sync_read,
                                        .read_hash = sync_hash,
                                        .marks = sync_marks,
                                        .feed_marks = sync_feed_marks,
                                        .told = sync_told,
                                        .granted = sync_granted,
                                        .rewound = sync_rewound,
                                        .snapshot_line = sync_snapshot_line,
                                        .snapshot_whole = sync_snapshot_whole,
                                        .change = sync_change,
                                        .in_step = sync_in_step};
    struct event boot = {.kind = EVENT_BOOT};
    struct stream stream = {0};
    if (turn_new(side->store, on_effect, side, &side->turn) != 0)
        abort();
    turn_set_trap(side->turn, cut, side);
    sql_run(side->store->sql, "UPDATE stream SET boot = boot + 1", SQL_NO_VALUES);
    store_stream(side->store, &stream);
    site_init(&side->sync,
              &(struct site_settings){.site = side->sim->site_name,
                                      .box = side->sim->box_name,
                                      .hardware = side->sim->hardware,
                                      .key = side->key,
                                      .boot = stream.boot,
                                      .random = random_from_seed(&side->seeded)},
              &ops, side);
    post(side, &boot, "", 0);
    tell_sync(side);
    if (side->link_up)
        site_link_up(&side->sync, side->sim->now_us);
}

static void crash(struct site_side *side)
{
    struct stream stream = {0};
    side->sim->count.crashes++;
    store_rollback(side->store); /* what the power cut leaves: the last commit */
    turn_free(side->turn);
    site_done(&side->sync);
    side->asked_job = side->printing = 0;
    store_stream(side->store, &stream);
    sim_note(side->sim, "power cut: %lld rows are on disk", (long long)stream.last_seq);
    if (stream.last_seq < side->heard)
        sim_fail(side->sim, "row %lld was heard and is gone", (long long)side->heard);
    start(side);
}

static int cut(void *user, enum turn_point point)
{
    struct site_side *side = user;
    (void)point;
    return sim_chance(side->sim, DRAW_FAULTS, side->sim->healed ? 0 : side->sim->crashes / 3) ? TURN_TRAPPED : 0;
}

static void take_turn(struct site_side *side)
{
    struct error error = {0};
    int result = turn_take(side->turn, &error);
    if (result == TURN_TRAPPED)
        crash(side);
    else if (result)
        sim_fail(side->sim, "the store is beyond use: %s", error.text);
    else
        tell_sync(side);
}

/* ---------------------------------------------------------------- workers */

static bool text_from(struct site_side *side, const char *sql, int64_t number, char *out, size_t capacity)
{
    struct sql_query *query = sql_select_values(side->store->sql, sql, (struct sql_value[]){sql_int(number), {0}});
    bool found = sql_next(query);
    if (found)
        sql_copy_text(query, 0, out, capacity);
    sql_done(query);
    return found;
}

struct habit {
    const char *step;
    const char *sql; /* the right code; ?1 is what `key` names */
    const char *otherwise;
    size_t key; /* offset of an id in struct session */
};

#define KEY(member) offsetof(struct session, member)

static const struct habit habits[] = {
    {"pick.location", "SELECT l.code FROM allocation a JOIN location l ON l.id = a.location WHERE a.id = ?1", NULL,
     KEY(allocation)},
    {"pick.item", "SELECT i.sku FROM allocation a JOIN item i ON i.id = a.item WHERE a.id = ?1", NULL, KEY(allocation)},
    {"pick.tote",
     "SELECT code FROM lpn WHERE kind = 'tote' AND order_id IS NULL AND ?1 = ?1 "
     "AND id NOT IN (SELECT lpn FROM balance WHERE lpn <> 0 AND quantity > 0) LIMIT 1",
     "CMD:LOGOUT", KEY(order)},
    {"pick.stage", "SELECT iif(cancelled, 'RETURN-1', 'STAGE-1') FROM orders WHERE id = ?1", NULL, KEY(order)},
    {"pack.item",
     "SELECT iif(o.cancelled, 'CMD:DONE', i.sku) FROM order_line l JOIN item i ON i.id = l.item JOIN orders o ON "
     "o.id = l.order_id WHERE o.id = ?1 AND l.picked > l.packed LIMIT 1",
     "CMD:DONE", KEY(order)},
    {"pack.box", "SELECT iif(cancelled, 'CMD:DONE', 'BOX-S') FROM orders WHERE id = ?1", NULL, KEY(order)},
    {"pack.label", "SELECT iif(cancelled, 'CMD:DONE', waybill) FROM orders WHERE id = ?1", NULL, KEY(order)},
    {"parcel.shelf", "SELECT 'RETURN-1' WHERE ?1 = ?1", NULL, KEY(order)},
    {"parcel.shown", "SELECT 'CMD:DONE' WHERE ?1 = ?1", NULL, KEY(order)},
    {"ship.parcel",
     "SELECT p.waybill FROM parcel p JOIN orders o ON o.id = p.order_id WHERE p.state = 'labelled' AND p.manifest IS "
     "NULL "
     "AND o.cancelled = 0 AND ?1 = ?1 LIMIT 1",
     "CMD:DONE", KEY(manifest)},
};

static void menu_choice(struct site_side *side, char *out, size_t capacity)
{
    uint64_t mood = sim_draw(side->sim, DRAW_WORKERS, 3);
    if (mood == 0 &&
        text_from(side,
                  "SELECT t.code FROM lpn t JOIN orders o ON o.id = t.order_id WHERE o.state IN ('picked', "
                  "'packing') AND o.worker IS NULL AND o.cancelled = 0 AND ?1 = ?1 LIMIT 1",
                  0, out, capacity))
        return;
    if (mood == 1 &&
        text_from(side, "SELECT 'GATE-SF' FROM parcel WHERE state = 'labelled' AND ?1 = ?1 LIMIT 1", 0, out, capacity))
        return;
    snprintf(out, capacity, "CMD:PICK");
}

static void right_scan(struct site_side *side, size_t at, char *out, size_t capacity)
{
    struct session session;
    session_at_station(side->store, stations[at], &session);
    snprintf(out, capacity, "%s", badges[at]);
    if (!session.worker)
        return;
    if (strcmp(session.step, "menu") == 0)
        menu_choice(side, out, capacity);
    for (size_t i = 0; i < COUNT(habits); i++) {
        if (strcmp(habits[i].step, session.step) != 0)
            continue;
        int64_t key;
        memcpy(&key, (const char *)&session + habits[i].key, sizeof(key));
        if (!text_from(side, habits[i].sql, key, out, capacity))
            snprintf(out, capacity, "%s", habits[i].otherwise ? habits[i].otherwise : "CMD:LOGOUT");
    }
}

static void wrong_scan(struct site_side *side, char *out, size_t capacity)
{
    static const char *const codes[] = {"MUG",
                                        "PEN",
                                        "CAP",
                                        "9521234543213",
                                        "19521234543210",
                                        "A-01",
                                        "A-02",
                                        "A-03",
                                        "R-09",
                                        "STAGE-1",
                                        "RETURN-1",
                                        "GATE-SF",
                                        "T-1",
                                        "T-2",
                                        "T-3",
                                        "T-4",
                                        "BOX-S",
                                        "B-1",
                                        "B-2",
                                        "B-3",
                                        "SF1",
                                        "SF2",
                                        "SF3",
                                        "P1",
                                        "P2",
                                        "P3",
                                        "NOTHING",
                                        "CMD:UNDO",
                                        "CMD:UNDO",
                                        "CMD:UNDO",
                                        "CMD:SHORT",
                                        "CMD:DAMAGE",
                                        "CMD:SKIP",
                                        "CMD:DONE",
                                        "CMD:QTY:2",
                                        "CMD:QTY:3",
                                        "CMD:PICK",
                                        "CMD:REPRINT",
                                        "CMD:LOGOUT",
                                        "]C10109521234543214",
                                        "\x1d\x1d",
                                        "CMD:QTY:99",
                                        "95212345"};
    snprintf(out, capacity, "%s", codes[sim_draw(side->sim, DRAW_WORKERS, COUNT(codes))]);
}

static void somebody_scans(struct site_side *side)
{
    size_t at = sim_draw(side->sim, DRAW_WORKERS, STATIONS);
    struct event event = {.kind = EVENT_SCAN};
    char text[128];
    if (sim_chance(side->sim, DRAW_WORKERS, side->sim->wrong))
        wrong_scan(side, text, sizeof(text));
    else if (side->sim->pauses > 0 && sim_chance(side->sim, DRAW_WORKERS, side->sim->pauses))
        snprintf(text, sizeof(text), "CMD:LOGOUT");
    else
        right_scan(side, at, text, sizeof(text));
    snprintf(event.station, sizeof(event.station), "%s", stations[at]);
    side->sim->count.scans++;
    post(side, &event, text, strlen(text));
}

void site_side_count(struct site_side *side)
{
    struct event event = {.kind = EVENT_IMPORT, .name = "stock"};
    char csv[160];
    int least = side->sim->shelf;
    uint64_t more = (uint64_t)least * 3 / 2, spare = (uint64_t)least * 3 / 4;
    int length = snprintf(
        csv, sizeof(csv), "location,sku,quantity\nA-01,MUG,%d\nA-02,PEN,%d\nA-03,CAP,%d\nR-09,MUG,%d\n",
        least + (int)sim_draw(side->sim, DRAW_WORKERS, more), least + (int)sim_draw(side->sim, DRAW_WORKERS, more),
        least + (int)sim_draw(side->sim, DRAW_WORKERS, more), (int)sim_draw(side->sim, DRAW_WORKERS, spare));
    post(side, &event, csv, (size_t)length);
}

/* ---------------------------------------------------------------- the print pump, with a printer that fails */

static void pump(struct site_side *side)
{
    struct sim *sim = side->sim;
    if (side->printing) {
        static const char *const outcomes[] = {"queued", "unknown",
                                               "sent"}; /* unplugged at once, in the middle, done */
        uint64_t luck = sim->healed ? 9 : sim_draw(sim, DRAW_PRINTER, 10);
        const char *outcome = outcomes[luck < 2 ? luck : 2];
        side->out[side->printing % JOBS_MAX] = luck > 0;
        sim->count.labels += luck > 1;
        post_print(side, side->printing, outcome);
        side->printing = 0;
        return;
    }
    int64_t job, since_us;
    for (size_t i = 0; i < STATIONS && !side->asked_job; i++) {
        if (print_job_next(side->store, stations[i], &job, &since_us) == 0) {
            side->asked_job = job;
            post_print(side, job, "sending");
        }
    }
}

/* ---------------------------------------------------------------- the interface */

struct site_side *site_side_new(struct sim *sim)
{
    struct site_side *side = calloc(1, sizeof(*side));
    struct error error = {0};
    if (!side)
        abort();
    side->sim = sim;
    side->seeded.state = sim->seed * 5 + 2;
    struct random_source random = random_from_seed(&side->seeded);
    wire_key_new(&side->key, &random);
    static const struct sql_options memory = {.exclusive = true};
    struct store_settings settings = {.path = ":memory:",
                                      .site = sim->site_name,
                                      .box = sim->box_name,
                                      .options = &memory,
                                      .random = random_from_seed(&side->seeded)};
    if (store_open(&settings, &side->store, &error) != 0)
        sim_fail(sim, "the site does not open: %s", error.text);
    start(side);
    return side;
}

void site_side_free(struct site_side *side)
{
    turn_free(side->turn);
    site_done(&side->sync);
    store_close(side->store);
    free(side);
}

void site_side_step(struct site_side *side)
{
    struct sim *sim = side->sim;
    if (!sim->rested && sim_chance(sim, DRAW_WORKERS, 700))
        somebody_scans(side);
    if (!sim->rested && sim_chance(sim, DRAW_WORKERS, sim->counts))
        site_side_count(side);
    if (sim_chance(sim, DRAW_PRINTER, 400))
        pump(side);
    if (sim_chance(sim, DRAW_FAULTS, sim->healed ? 1000 : 600) && turn_waiting(side->turn) > 0)
        take_turn(side);
    if (site_deadline(&side->sync) <= sim->now_us)
        site_tick(&side->sync, sim->now_us);
    if (sim_chance(sim, DRAW_FAULTS, sim->healed ? 0 : sim->crashes / 10))
        crash(side);
}

void site_side_receive(struct site_side *side, enum port port, const void *bytes, size_t length)
{
    if (port == PORT_OFFICE)
        site_office_state(&side->sync, bytes, length, side->sim->now_us);
    else
        site_receive(&side->sync, port == PORT_SEGMENT ? SITE_SEGMENT : SITE_CONTROL, bytes, length, side->sim->now_us);
}

void site_side_link(struct site_side *side, bool up)
{
    side->link_up = up;
    if (up)
        site_link_up(&side->sync, side->sim->now_us);
    else
        site_link_down(&side->sync);
}

/* Each counts what must not be. */
static const struct {
    const char *law, *sql;
} waybill_laws[] = {
    {"a waybill number was on two parcels",
     "SELECT count(*) FROM (SELECT 1 FROM journal WHERE type IN ('parcel.packed', 'label.printed', 'waybill.assigned') "
     "GROUP BY json_extract(line, '$.data.waybill') HAVING count(DISTINCT json_extract(line, '$.data.parcel')) > 1)"},
    {"a parcel had two waybill numbers",
     "SELECT count(*) FROM (SELECT 1 FROM journal WHERE type IN ('parcel.packed', 'label.printed', 'waybill.assigned') "
     "GROUP BY json_extract(line, '$.data.parcel') HAVING count(DISTINCT json_extract(line, '$.data.waybill')) > 1)"},
    {"a parcel and the numbers do not agree whose is whose",
     "SELECT count(*) FROM parcel p FULL JOIN waybill w ON w.parcel = p.id WHERE p.waybill IS NOT w.number AND "
     "(p.waybill IS NOT NULL OR w.parcel IS NOT NULL)"},
    {"a number was used that is for another order",
     "SELECT count(*) FROM waybill w JOIN parcel p ON p.id = w.parcel JOIN orders o ON o.id = p.order_id "
     "WHERE w.order_number NOT IN ('', o.number) OR w.carrier <> o.carrier"},
    {"a box waits although there is a number for it",
     "SELECT count(*) FROM parcel p JOIN orders o ON o.id = p.order_id JOIN waybill w ON w.state = 'free' AND "
     "w.carrier = o.carrier AND w.order_number IN ('', o.number) WHERE p.waiting IS NOT NULL"},
    {"a box waits and its order is not parked, or the other way round",
     "SELECT count(*) FROM orders o LEFT JOIN parcel p ON p.order_id = o.id WHERE o.cancelled = 0 AND "
     "(p.waiting IS NOT NULL) <> (o.state = 'parked' AND o.reason = 'no waybill')"},
    {"a cancelled order keeps a number",
     "SELECT count(*) FROM orders o JOIN parcel p ON p.order_id = o.id JOIN waybill w ON w.parcel = p.id "
     "WHERE o.cancelled = 1 AND w.state = 'live'"},
    {"a label is queued whose number was given up",
     "SELECT count(*) FROM print_job j JOIN waybill w ON w.parcel = j.parcel WHERE j.state = 'queued' AND "
     "w.state <> 'live'"},
    {"a number was given up twice",
     "SELECT count(*) FROM (SELECT 1 FROM journal WHERE type = 'label.voided' GROUP BY json_extract(line, "
     "'$.data.waybill') HAVING count(*) > 1)"},
};

static void check_waybills(struct site_side *side)
{
    for (size_t i = 0; i < COUNT(waybill_laws); i++) {
        int64_t broken = -1;
        sql_number_values(side->store->sql, &broken, waybill_laws[i].sql, (struct sql_value[]){{0}});
        if (broken != 0)
            sim_fail(side->sim, "%s", waybill_laws[i].law);
    }
}

void site_side_check(struct site_side *side)
{
    struct error error = {0};
    int result = laws_check(side->store, &error);
    if (result)
        sim_fail(side->sim, "%s", error.text);
    check_waybills(side);
}

int64_t site_side_last_seq(struct site_side *side)
{
    return site_side_number(side, "SELECT last_seq FROM stream");
}

bool site_side_idle(struct site_side *side)
{
    return turn_waiting(side->turn) == 0 && !side->printing && !side->asked_job &&
           site_side_number(side, "SELECT count(*) FROM print_job WHERE state = 'queued'") == 0;
}

void site_side_line(struct site_side *side, int64_t seq, struct buf *out)
{
    int64_t last;
    journal_read(side->store, seq - 1, 1, 65536, out, &last);
    if (out->length > 0)
        out->data[--out->length] = '\0'; /* the newline */
}

int64_t site_side_number(struct site_side *side, const char *sql)
{
    int64_t value = 0;
    sql_number_values(side->store->sql, &value, sql, (struct sql_value[]){{0}});
    return value;
}

struct sql *site_side_sql(struct site_side *side)
{
    return side->store->sql;
}
