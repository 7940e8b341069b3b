/* The crew of tests/sim/crew at work on a site whose disk is disk.h. */
#include "crash.h"

#include "sim/crew/crew.h"

#include "base/cleanup.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>

#define DATABASE      "site.db"
#define CALM_STEPS    600
#define STEPS_A_SHIFT 60 /* then the daemon stops in order, and starts again */

/* What was told to somebody, and so must be there for ever: the end of the journal as head office may have read it, and
 * the last change that head office was told is kept. */
struct told {
    int64_t seq, feed_seq;
    uint8_t hash[CHAIN_HASH_SIZE];
};
static_assert(sizeof(((struct crash_told *)0)->hash) == CHAIN_HASH_SIZE, "crash.h has the same hash");

struct site {
    struct crew crew; /* first: the crew's code knows only this */
    struct sql_options options;
    const struct crash_options *how;
    struct crash_totals *totals;
    struct random_seeded draws;
    struct told told;
    const char *database;
    void (*say)(void *user, const struct crash_told *told); /* NULL: nobody asks */
    void *say_user;
    int64_t failed_before; /* operations that a fault had hit when this step began */
    bool filled, busy;     /* the first stock is there; the first turn after a start has been taken */
    bool beyond_use;       /* the turn said that the daemon must stop */
    bool broken;           /* a law is broken */
    jmp_buf out;           /* of a step in which the power failed, the disk failed or a law broke */
};

static struct site *site_of(struct crew *crew)
{
    return (struct site *)crew;
}

/* ---------------------------------------------------------------- what the crew's code asks for */

uint64_t crew_draw(struct crew *crew, enum stream_of stream, uint64_t below)
{
    return random_next(&crew->draws[stream]) % below;
}

bool crew_chance(struct crew *crew, enum stream_of stream, int per_mille)
{
    return crew_draw(crew, stream, 1000) < (uint64_t)per_mille;
}

static void print_where(struct site *site, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));
static void print_where(struct site *site, const char *format, va_list arguments)
{
    printf("# site, seed %" PRIu64 ", after power cut %" PRId64 ": ", site->crew.seed, site->crew.restarts);
    vprintf(format, arguments);
    printf("\n");
}

/* What must never be. */
_Noreturn static void law_broken(struct site *site, const char *format, ...) __attribute__((format(printf, 2, 3)));
_Noreturn static void law_broken(struct site *site, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_where(site, format, arguments);
    va_end(arguments);
    site->broken = true;
    longjmp(site->out, 1);
}

/* What must not be where the disk has power and did not fail just now. */
_Noreturn void crew_fail(struct crew *crew, const char *format, ...)
{
    struct site *site = site_of(crew);
    if (!disk_is_off() && disk_counters()->failed == site->failed_before) {
        va_list arguments;
        va_start(arguments, format);
        print_where(site, format, arguments);
        va_end(arguments);
        site->broken = true;
    }
    longjmp(site->out, 1);
}

int64_t crew_number(struct crew *crew, const char *sql)
{
    int64_t value = -1;
    if (sql_number_values(crew->rig.store->sql, &value, sql, (struct sql_value[]){{0}}) != 0)
        crew_fail(crew, "%s: %s", sql, sql_message(crew->rig.store->sql));
    return value;
}

/* ---------------------------------------------------------------- effects */

/* Everything that is committed may be on its way to head office. */
static void tell(struct site *site)
{
    struct store *store = site->crew.rig.store;
    struct stream stream = {0};
    struct told told = {0};
    if (store_stream(store, &stream) != 0 || journal_hash(store, stream.last_seq, told.hash) != 0 || disk_is_off())
        return;
    told.seq = stream.last_seq;
    told.feed_seq = stream.feed_seq;
    if (site->say && told.seq != site->told.seq) {
        struct crash_told said = {.seq = told.seq};
        memcpy(said.hash, told.hash, sizeof(said.hash));
        site->say(site->say_user, &said);
    }
    site->told = told;
}

static void on_effect(void *user, const struct event *event, const struct effect *effect)
{
    struct crew *crew = (struct crew *)((char *)user - offsetof(struct crew, rig));
    struct site *site = site_of(crew);
    if (disk_is_off())
        return; /* nobody hears it */
    site_rig_on_effect(user, event, effect);
    disk_note(&effect->seq, sizeof(effect->seq));
    if (effect->answer.message == E00_NOT_SAVED) {
        site->totals->not_saved++;
        site->beyond_use = site->beyond_use || !crew->rig.store->sql;
        if (!site->beyond_use && crew_number(crew, "SELECT last_seq FROM stream") != site->told.seq)
            law_broken(site, "\"%s\" was said to be not saved, and is", event_bytes(event));
        return;
    }
    tell(site);
    if (event->kind != EVENT_SCAN)
        return;
    crew->good += effect->good;
    site->totals->good += effect->good;
    if (site->how->trace)
        printf("%s %s: %s, row %" PRId64 "\n", event->station, event_bytes(event),
               message_def(effect->answer.message)->key, effect->seq);
    if (effect->good && (effect->seq == 0 || effect->seq > site->told.seq))
        law_broken(site, "a good tone for \"%s\" without a row", event_bytes(event));
}

/* ---------------------------------------------------------------- start and end of the daemon */

static void stop(struct site *site)
{
    struct site_rig *rig = &site->crew.rig;
    rig->turn = turn_free(rig->turn);
    rig->store = store_close(rig->store);
}

/* 0, or what store_open() said. */
static int start(struct site *site)
{
    struct site_rig *rig = &site->crew.rig;
    struct store_settings settings = {.path = site->database,
                                      .site = "hz-07",
                                      .box = "box-1",
                                      .options = &site->options,
                                      .random = random_from_seed(&rig->seeded)};
    struct event boot = {.kind = EVENT_BOOT};
    site->busy = site->beyond_use = false;
    int result = store_open(&settings, &rig->store, &rig->error);
    if (result)
        return result;
    if (site->how->unsafe)
        sql_script(rig->store->sql, "PRAGMA synchronous=NORMAL", NULL);
    if (turn_new(rig->store, on_effect, rig, &rig->turn) != 0)
        abort();
    return site_rig_post(rig, &boot, "", 0);
}

/* ---------------------------------------------------------------- what must be true with the power back */

static void check_words(struct site *site, const char *sql, const char *right)
{
    char answer[200] = "";
    crew_text(&site->crew, sql, 0, answer, sizeof(answer));
    if (strcmp(answer, right) == 0)
        return;
    if (disk_counters()->failed != site->failed_before) /* integrity_check tells of such reads in its answer */
        crew_fail(&site->crew, "%s: %s", sql, answer);
    law_broken(site, "%s: %s", sql, answer);
}

static void check_told(struct site *site)
{
    struct store *store = site->crew.rig.store;
    struct stream stream = {0};
    uint8_t hash[CHAIN_HASH_SIZE];
    if (store_stream(store, &stream) != 0)
        crew_fail(&site->crew, "the stream is gone: %s", sql_message(store->sql));
    if (stream.last_seq < site->told.seq)
        law_broken(site, "row %" PRId64 " was confirmed and is gone: the last one is %" PRId64, site->told.seq,
                   stream.last_seq);
    if (stream.feed_seq < site->told.feed_seq)
        law_broken(site, "change %" PRId64 " was confirmed and is gone", site->told.feed_seq);
    int result = journal_hash(store, site->told.seq, hash);
    if (result && result != -ENOENT)
        crew_fail(&site->crew, "the journal cannot be read: %s", sql_message(store->sql));
    if (site->told.seq > 0 && (result || memcmp(hash, site->told.hash, sizeof(hash)) != 0))
        law_broken(site, "the journal up to row %" PRId64 " is not the one that was confirmed", site->told.seq);
    site->totals->rows += stream.last_seq;
    disk_note(&stream.last_seq, sizeof(stream.last_seq));
}

static void check(struct site *site)
{
    struct store *store = site->crew.rig.store;
    struct error error = {0};
    int64_t bad = 0;
    check_words(site, "SELECT integrity_check FROM pragma_integrity_check WHERE ?1 = 0 LIMIT 1", "ok");
    check_words(site, "SELECT count(*) FROM pragma_foreign_key_check WHERE ?1 = 0", "0");
    check_told(site);
    if (journal_verify(store, &bad) != 0)
        crew_fail(&site->crew, "the journal cannot be read: %s", sql_message(store->sql));
    if (bad)
        law_broken(site, "the journal's chain is broken at number %" PRId64, bad);
    int result = laws_check(store, &error);
    if (result == -EBADMSG)
        law_broken(site, "%s", error.text);
    if (result)
        crew_fail(&site->crew, "%s", error.text);
}

/* ---------------------------------------------------------------- a day with a bad disk */

static bool happens(struct site *site, int per_mille)
{
    return random_next(&site->draws) % 1000 < (uint64_t)per_mille;
}

static void cut_power(struct site *site)
{
    enum disk_loss loss = crash_next_loss(&site->draws);
    disk_turn_off();
    stop(site);
    disk_power_on(loss);
    site->crew.restarts++;
    site->totals->cuts++;
    site->totals->cuts_in_start += !site->busy;
    site->totals->losses[loss]++;
    if (site->how->trace)
        printf("power cut %" PRId64 ": %s\n", site->crew.restarts, disk_loss_name(loss));
}

static void kill_program(struct site *site)
{
    disk_turn_off();
    stop(site);
    disk_program_starts();
    site->totals->kills++;
    if (site->how->trace)
        printf("killed\n");
}

/* A failing disk is only of interest where there is work on it. */
static void draw_fate(struct site *site)
{
    if (site->filled)
        crash_draw_fate(&site->draws, site->totals);
    else
        crash_draw_cut(&site->draws);
}

static void take_turn(struct site *site)
{
    struct site_rig *rig = &site->crew.rig;
    int64_t opened = disk_counters()->settled, refused = turn_counters(rig->turn)->failed_commits;
    if (turn_take(rig->turn, &rig->error) != 0)
        site->beyond_use = true;
    bool asked = disk_counters()->settled != opened;
    site->totals->survived += asked && turn_counters(rig->turn)->failed_commits == refused;
    site->busy = true;
    site->totals->turns++;
}

static void somebody_scans(struct crew *crew)
{
    size_t worker = crew_draw(crew, DRAW_WORKERS, CREW_WORKERS);
    struct event event = {.kind = EVENT_SCAN};
    char text[256];
    int64_t grams = 0;
    if (!crew_next_scan(crew, worker, text, sizeof(text), &grams)) {
        event.kind = EVENT_WEIGHT;
        event.number = grams * 1000;
        *text = '\0';
    }
    snprintf(event.station, sizeof(event.station), "%s", crew_station(worker));
    site_rig_post(&crew->rig, &event, text, strlen(text));
}

/* Head office sends on from the last change that is kept. */
static void some_happenings(struct site *site)
{
    struct crew *crew = &site->crew;
    crew->rig.feed_seq = crew_number(crew, "SELECT feed_seq FROM stream");
    if (site->filled) {
        crew_world_step(crew);
        return;
    }
    crew_world_fill(crew);
    site->filled = !disk_is_off();
}

static void step(struct site *site)
{
    struct crew *crew = &site->crew;
    site->failed_before = disk_counters()->failed;
    crew->steps++;
    take_turn(site);
    if (site->beyond_use || disk_is_off())
        return;
    some_happenings(site);
    for (int scans = 1 + (int)(random_next(&site->draws) % 3); scans > 0 && !disk_is_off(); scans--)
        somebody_scans(crew);
}

/* From a start to an end of whatever kind. */
static void live(struct site *site)
{
    site->failed_before = disk_counters()->failed;
    int result = start(site);
    if (result)
        crew_fail(&site->crew, "the database cannot be opened: %s", site->crew.rig.error.text);
    if (disk_is_off())
        return;
    check(site);
    tell(site);
    while (!disk_is_off() && !site->beyond_use) {
        step(site);
        if (happens(site, 4))
            kill_program(site);
        else if (happens(site, 6)) {
            stop(site);
            site->totals->stops++;
        } else
            continue;
        return;
    }
    site->totals->beyond_use += site->beyond_use && !disk_is_off();
}

/* Whatever ended it, the daemon is not running afterwards. */
static void live_once(struct site *site)
{
    if (setjmp(site->out) == 0)
        live(site);
    if (disk_is_off())
        cut_power(site);
    else
        stop(site);
}

static void begin(struct site *site, uint64_t seed)
{
    static const int64_t wal_kib[] = {16, 64, 256, 8192};
    struct crew *crew = &site->crew;
    crew->seed = seed;
    site->database = site->database ? site->database : DATABASE;
    crew->rig.seeded.state = seed;
    crew->rig.now_us = INT64_C(1774000000000000);
    for (size_t i = 0; i < DRAW_STREAMS; i++)
        crew->draws[i].state = seed * 0x9E3779B9u + i;
    site->draws.state = seed * 7 + 3;
    crew->wrong = 10 + (int)(random_next(&site->draws) % 200);
    /* As the store has it, but that the WAL is worked in more often. */
    site->options = (struct sql_options){.exclusive = true,
                                         .page_bytes = 1024,
                                         .cache_kib = 4096,
                                         .wal_kib = wal_kib[random_next(&site->draws) % COUNT(wal_kib)]};
}

static struct crash_journal calm_journal;

const struct crash_journal *crash_site_journal(void)
{
    return &calm_journal;
}

const char *crash_journal_line(const struct crash_journal *journal, int64_t seq, size_t *ret_length)
{
    *ret_length = journal->offsets[seq] - journal->offsets[seq - 1] - 1;
    return journal->lines + journal->offsets[seq - 1];
}

static void keep_journal(struct site *site)
{
    struct buf lines = {0};
    struct stream stream;
    if (store_stream(site->crew.rig.store, &stream) != 0 ||
        journal_read(site->crew.rig.store, 0, SIZE_MAX >> 1, SIZE_MAX, &lines, &calm_journal.rows) != 0 ||
        calm_journal.rows != stream.last_seq)
        crew_fail(&site->crew, "the journal cannot be read");
    calm_journal.lines = lines.data;
    calm_journal.offsets = calloc((size_t)calm_journal.rows + 1, sizeof(calm_journal.offsets[0]));
    if (!calm_journal.offsets)
        abort();
    for (size_t at = 0, row = 0; at < lines.length; at++)
        if (lines.data[at] == '\n')
            calm_journal.offsets[++row] = at + 1;
}

static void prepare(struct site *site)
{
    if (setjmp(site->out) != 0)
        return;
    if (start(site) != 0)
        crew_fail(&site->crew, "the database cannot be opened: %s", site->crew.rig.error.text);
    crew_world_fill(&site->crew);
    stop(site);
    disk_save_image();
    disk_load_image();
    if (start(site) != 0)
        crew_fail(&site->crew, "the database cannot be opened: %s", site->crew.rig.error.text);
    site->filled = true;
    while (site->crew.steps < CALM_STEPS)
        step(site);
    keep_journal(site);
}

bool crash_site_prepare(void)
{
    static const struct crash_options calm;
    struct crash_totals totals = {0};
    struct site *site = calloc(1, sizeof(*site));
    if (!site)
        abort();
    site->how = &calm;
    site->totals = &totals;
    begin(site, 1);
    disk_empty(1);
    prepare(site);
    stop(site);
    bool well = !site->broken;
    free(site);
    return well;
}

bool crash_site_run(uint64_t seed, int64_t cuts, const struct crash_options *options, struct crash_totals *totals)
{
    struct site *site = calloc(1, sizeof(*site));
    if (!site)
        abort();
    site->how = options;
    site->totals = totals;
    begin(site, seed);
    disk_empty(seed);
    site->filled = seed % 8 != 0;
    if (site->filled)
        disk_load_image();
    while (!site->broken && site->crew.restarts < cuts) {
        draw_fate(site);
        live_once(site);
    }
    bool well = !site->broken;
    free(site);
    return well;
}

/* ---------------------------------------------------------------- on a real file system */

static void work(struct site *site, int64_t steps)
{
    if (setjmp(site->out) != 0)
        return;
    while (site->crew.steps < steps) {
        if (start(site) != 0)
            crew_fail(&site->crew, "the database cannot be opened: %s", site->crew.rig.error.text);
        tell(site);
        do
            step(site);
        while (site->crew.steps % STEPS_A_SHIFT != 0);
        stop(site);
    }
}

bool crash_site_work(const char *database, uint64_t seed, int64_t steps, const struct crash_options *options,
                     void (*say)(void *user, const struct crash_told *told), void *user)
{
    struct crash_totals totals = {0};
    struct site *site = calloc(1, sizeof(*site));
    if (!site)
        abort();
    site->database = database;
    site->say = say;
    site->say_user = user;
    site->how = options;
    site->totals = &totals;
    begin(site, seed);
    site->options.wal_kib = 256;
    work(site, steps);
    stop(site);
    bool well = !site->broken;
    free(site);
    return well;
}

static void judge(struct site *site)
{
    if (setjmp(site->out) != 0)
        return;
    if (start(site) != 0)
        crew_fail(&site->crew, "the database cannot be opened: %s", site->crew.rig.error.text);
    check(site);
}

bool crash_site_judge(const char *database, const struct crash_told *told)
{
    static const struct crash_options calm;
    struct crash_totals totals = {0};
    struct site *site = calloc(1, sizeof(*site));
    if (!site)
        abort();
    site->database = database;
    site->how = &calm;
    site->totals = &totals;
    begin(site, 1);
    site->told.seq = told->seq;
    memcpy(site->told.hash, told->hash, sizeof(site->told.hash));
    judge(site);
    stop(site);
    bool well = !site->broken;
    free(site);
    return well;
}
