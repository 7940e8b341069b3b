/* floorhand-crew: one floor a seed, every flow at once; the first law that breaks is told with its seed. */
#include "crew.h"

#include "base/text.h"
#include "store/journal.h"
#include "store/laws.h"
#include "store/print_job.h"

#include <inttypes.h>
#include <stdarg.h>

#define CHECKS      50   /* of all laws in a run, at least; each reads the whole database */
#define CHECK_EVERY 500  /* steps, in a short one */
#define FUTILE_MAX  4000 /* scans of one worker without one that is accepted: there is no way out of where he is */

uint64_t crew_draw(struct crew *crew, enum stream_of stream, uint64_t below)
{
    return random_next(&crew->draws[stream]) % below;
}

bool crew_chance(struct crew *crew, enum stream_of stream, int per_mille)
{
    return crew_draw(crew, stream, 1000) < (uint64_t)per_mille;
}

_Noreturn void crew_fail(struct crew *crew, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("not ok - seed %" PRIu64 ", step %" PRId64 ": ", crew->seed, crew->steps);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n# make crew SEED=%" PRIu64 " shows every step\n", crew->seed);
    exit(1);
}

int64_t crew_number(struct crew *crew, const char *sql)
{
    int64_t value = 0;
    sql_number_values(crew->rig.store->sql, &value, sql, (struct sql_value[]){{0}});
    return value;
}

static void check(struct crew *crew)
{
    struct error error = {0};
    if (laws_check(crew->rig.store, &error) != 0)
        crew_fail(crew, "%s", error.text);
}

/* ---------------------------------------------------------------- effects */

static struct crew *crew_of(void *user)
{
    return (struct crew *)((char *)user - offsetof(struct crew, rig));
}

static void on_effect(void *user, const struct event *event, const struct effect *effect)
{
    struct crew *crew = crew_of(user);
    site_rig_on_effect(user, event, effect);
    if (effect->answer.message == E00_NOT_SAVED)
        crew_fail(crew, "\"%s\" at %s broke a law of the store: %s", event_bytes(event), event->station,
                  sql_message(crew->rig.store->sql));
    if (event->kind != EVENT_SCAN)
        return;
    if (crew->trace) {
        struct session session;
        session_at_station(crew->rig.store, event->station, &session);
        printf("%s %s: %s -> %s\n", event->station, event_bytes(event), message_def(effect->answer.message)->key,
               session.worker ? session.step : "-");
    }
    size_t worker = (size_t)(event->station[2] - '1');
    crew->good += effect->good;
    crew->refused += !effect->good;
    crew->futile[worker] = effect->good ? 0 : crew->futile[worker] + 1;
    if (effect->good && effect->seq == 0)
        crew_fail(crew, "a good tone for \"%s\" without a row", event_bytes(event));
    if (effect->good && effect->seq > crew->heard)
        crew->heard = effect->seq;
}

/* ---------------------------------------------------------------- power cuts */

static int cut(void *user, enum turn_point point)
{
    struct crew *crew = user;
    (void)point;
    return crew_chance(crew, DRAW_FAULTS, crew->crashes) ? TURN_TRAPPED : 0;
}

static void start(struct crew *crew)
{
    struct event boot = {.kind = EVENT_BOOT};
    if (turn_new(crew->rig.store, on_effect, &crew->rig, &crew->rig.turn) != 0)
        abort();
    site_rig_post(&crew->rig, &boot, "", 0);
}

static void crash(struct crew *crew)
{
    crew->restarts++;
    store_rollback(crew->rig.store);
    turn_free(crew->rig.turn);
    int64_t last = crew_number(crew, "SELECT last_seq FROM stream");
    if (last < crew->heard)
        crew_fail(crew, "row %" PRId64 " was heard and is gone", crew->heard);
    if (crew->trace)
        printf("power cut\n");
    start(crew);
    turn_set_trap(crew->rig.turn, cut, crew);
}

static void take_turn(struct crew *crew)
{
    int result = turn_take(crew->rig.turn, &crew->rig.error);
    if (result == TURN_TRAPPED)
        crash(crew);
    else if (result)
        crew_fail(crew, "the store is beyond use: %s", crew->rig.error.text);
}

/* ---------------------------------------------------------------- a step */

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
    if (crew->futile[worker] > FUTILE_MAX) {
        struct session session;
        session_at_station(crew->rig.store, crew_station(worker), &session);
        crew_fail(crew, "worker %zu finds no way out of %s", worker + 1, session.step);
    }
}

/* The printers print at once. */
static void print(struct crew *crew)
{
    int64_t job, since_us;
    for (size_t i = 0; i < CREW_WORKERS; i++) {
        if (print_job_next(crew->rig.store, crew_station(i), &job, &since_us) != 0)
            continue;
        static const char *const states[] = {"sending", "sent"};
        for (size_t j = 0; j < COUNT(states); j++) {
            struct event event =
                print_event(&(struct print_report){.job = job, .state = states[j], .labels = 1, .odometer = -1});
            site_rig_post(&crew->rig, &event, "", 0);
        }
    }
}

static void step(struct crew *crew)
{
    crew->steps++;
    turn_set_trap(crew->rig.turn, NULL,
                  NULL); /* what comes from outside is not lost here: the link would bring it again */
    take_turn(crew);
    crew_world_step(crew);
    turn_set_trap(crew->rig.turn, cut, crew);
    somebody_scans(crew);
    if (crew_chance(crew, DRAW_FAULTS, 100))
        print(crew);
    if (crew_chance(crew, DRAW_FAULTS, 700))
        take_turn(crew);
    if (crew->steps % crew->check_every == 0)
        check(crew);
}

static void run(struct crew *crew, uint64_t seed, int64_t steps, bool trace)
{
    *crew = (struct crew){.seed = seed, .trace = trace};
    crew->check_every = steps / CHECKS > CHECK_EVERY ? steps / CHECKS : CHECK_EVERY;
    for (size_t i = 0; i < DRAW_STREAMS; i++)
        crew->draws[i].state = seed * 0x9E3779B9u + i;
    crew->wrong = 10 + (int)crew_draw(crew, DRAW_FAULTS, 200);
    crew->crashes = seed % 4 == 0 ? 0 : (int)crew_draw(crew, DRAW_FAULTS, 12);
    if (site_rig_open(&crew->rig, ":memory:", seed) != 0)
        crew_fail(crew, "%s", crew->rig.error.text);
    turn_free(crew->rig.turn);
    start(crew);
    crew_world_fill(crew);
    while (crew->steps < steps)
        step(crew);
    turn_set_trap(crew->rig.turn, NULL, NULL);
    take_turn(crew);
    check(crew);
    int64_t bad = 0;
    if (journal_verify(crew->rig.store, &bad) != 0 || bad)
        crew_fail(crew, "the journal's chain is broken at number %" PRId64, bad);
}

/* How often each thing happened, over all seeds. */
struct tally {
    char type[40];
    int64_t count;
};

static size_t add_up(struct crew *crew, struct tally *tallies, size_t count, size_t capacity)
{
    struct sql_query *query =
        sql_select(crew->rig.store->sql,
                   "SELECT iif(type = 'scan.rejected', json_extract(line, '$.data.code'), type) AS what, "
                   "count(*) FROM journal GROUP BY what ORDER BY what",
                   SQL_NO_VALUES);
    while (sql_next(query)) {
        const char *type = sql_get_text(query, 0);
        size_t i = 0;
        while (i < count && strcmp(tallies[i].type, type) != 0)
            i++;
        if (i == count && count < capacity)
            text_copy(tallies[count++].type, sizeof(tallies[0].type), type);
        if (i < count)
            tallies[i].count += sql_get_int(query, 1);
    }
    sql_done(query);
    return count;
}

static int by_type(const void *a, const void *b)
{
    return strcmp(((const struct tally *)a)->type, ((const struct tally *)b)->type);
}

int main(int argc, char **argv)
{
    int64_t seeds = 20, seed = 0, steps = 5000;
    bool trace = false, right = true;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--trace") == 0)
            trace = true;
        else if (strcmp(argv[i], "--seeds") == 0 && i + 1 < argc)
            right = text_to_int(argv[++i], 1, 100000000, &seeds) == 0 && right;
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            right = text_to_int(argv[++i], 1, INT64_MAX, &seed) == 0 && right;
        else if (strcmp(argv[i], "--steps") == 0 && i + 1 < argc)
            right = text_to_int(argv[++i], 1, 100000000, &steps) == 0 && right;
        else
            right = false;
    }
    if (!right) {
        fprintf(stderr, "usage: floorhand-crew [--seeds N | --seed N] [--steps N] [--trace]\n");
        return 2;
    }
    static struct tally tallies[200];
    static struct crew crew;
    size_t count = 0;
    int64_t total = 0, good = 0, restarts = 0;
    for (int64_t i = seed ? seed : 1; i <= (seed ? seed : seeds); i++) {
        run(&crew, (uint64_t)i, steps, trace);
        count = add_up(&crew, tallies, count, COUNT(tallies));
        total += crew.steps;
        good += crew.good;
        restarts += crew.restarts;
        site_rig_close(&crew.rig);
        if (i % 10 == 0)
            fprintf(stderr, "# %" PRId64 " of %" PRId64 " seeds\n", i, seed ? seed : seeds);
    }
    qsort(tallies, count, sizeof(tallies[0]), by_type);
    printf("# %" PRId64 " steps, %" PRId64 " good scans, %" PRId64 " power cuts;", total, good, restarts);
    for (size_t i = 0; i < count; i++)
        printf(" %s %" PRId64, tallies[i].type, tallies[i].count);
    printf("\nok 1 - every flow at once, %" PRId64 " steps a seed\n1..1\n", steps);
    return 0;
}
