/* The print ledger and the delivery of labels, driven line by line from outside: whoever drives it owns the time, the
 * printer and the cable, and sees what is sent. It plays the part of station/pump.c.
 *
 *   open LANGUAGE NOTICES      the printer is there; NOTICES 1: this line breaks when it loses its power
 *   gone                       it is not
 *   room N / pending N         bytes that the line takes from now on / has not given on yet of what was sent
 *   bytes HEX                  the printer says
 *   time US                    it is so late now
 *   job KEY HEX...             somebody asks for labels, one HEX each
 *   stop / kill                the box stops in an orderly way / loses its power, and starts again
 *   ledger                     job ID KEY STATE PROOF DONE, each
 *
 * Each is answered with any number of "send HEX" and, when the ledger has changed, "state ID KEY STATE PROOF DONE";
 * then "wake US" (-1: never) and ".". */
#include "base/cleanup.h"
#include "base/text.h"
#include "drivers/printer/delivery.h"
#include "floor/floor.h"
#include "floor/print.h"
#include "store/print_job.h"
#include "turn.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATION    "bench-1"
#define LINE_MAX_  ((size_t)1 << 20)
#define LABELS_MAX 8
#define JOBS_MAX   64
#define LIMIT_US   ((int64_t)900 * 1000 * 1000)

struct asked {
    char key[32];
    struct buf labels[LABELS_MAX];
    size_t count;
};

struct press {
    struct store *store;
    struct turn *turn;
    struct random_seeded seeded;
    struct delivery delivery;
    int64_t now_us, job;
    size_t room, pending;
    struct buf bytes;
    struct asked asked[JOBS_MAX];
    size_t asked_count;
};

static void fail(const char *what)
{
    fprintf(stderr, "floorhand-press: %s\n", what);
    exit(2);
}

static ssize_t line_write(void *user, const void *bytes, size_t length)
{
    struct press *press = user;
    size_t taken = length < press->room ? length : press->room;
    if (taken == 0)
        return -EAGAIN;
    fputs("send ", stdout);
    for (size_t i = 0; i < taken; i++)
        printf("%02x", ((const uint8_t *)bytes)[i]);
    putchar('\n');
    press->room -= taken;
    press->pending += taken;
    return (ssize_t)taken;
}

static size_t line_pending(void *user)
{
    return ((struct press *)user)->pending;
}

/* ---------------------------------------------------------------- the ledger */

static void post(struct press *press, struct event *event, const char *bytes)
{
    event->wall_us = 1700000000000000 + press->now_us;
    event->mono_us = press->now_us;
    if (event_set_bytes(event, bytes, strlen(bytes)) != 0 || turn_post(press->turn, event) != 0)
        fail("the queue of events is full");
}

static const struct asked *asked_as(const struct press *press, int64_t job)
{
    return &press->asked[job - 1];
}

static void write_rest(struct press *press)
{
    const struct asked *asked = asked_as(press, press->job);
    buf_clear(&press->bytes);
    for (size_t i = (size_t)press->delivery.done; i < asked->count; i++)
        buf_put(&press->bytes, asked->labels[i].data, asked->labels[i].length);
    delivery_write(&press->delivery, press->bytes.data, press->bytes.length, press->now_us);
}

static void say_job(const struct press *press, const char *word, int64_t id)
{
    struct print_job job;
    if (print_job_load(press->store, id, &job) != 0)
        fail("a job is not in the ledger");
    printf("%s %" PRId64 " %s %s %s %" PRId64 "\n", word, id, asked_as(press, id)->key, job.state,
           *job.proof ? job.proof : "-", job.done);
}

static void on_effect(void *user, const struct event *event, const struct effect *effect)
{
    struct press *press = user;
    if (event->kind == EVENT_PRINT && effect->good)
        say_job(press, "state", event->number);
    if (event->kind != EVENT_PRINT || event->number != press->job)
        return;
    if (delivery_marked(&press->delivery, effect->good, true, press->now_us))
        write_rest(press);
    else
        delivery_step(&press->delivery, press->now_us);
}

static void report(struct press *press)
{
    const struct delivery_report *said = delivery_report(&press->delivery);
    if (!said)
        return;
    struct event event = print_event(&(struct print_report){.job = press->job,
                                                            .state = said->state,
                                                            .proof = said->proof,
                                                            .printer = "press",
                                                            .labels = said->labels,
                                                            .done = said->done,
                                                            .odometer = said->odometer});
    post(press, &event, said->why);
    delivery_posted(&press->delivery);
}

static void take_job(struct press *press)
{
    int64_t since_us, job;
    if (print_job_next(press->store, STATION, &job, &since_us) != 0)
        return;
    delivery_release(&press->delivery);
    if (press->delivery.stage != DELIVERY_FREE)
        return;
    press->job = job;
    if (press->now_us - since_us >= LIMIT_US) {
        struct event event = print_event(&(struct print_report){.job = press->job, .state = "failed"});
        post(press, &event, PRINT_LATE);
    } else if (delivery_may_begin(&press->delivery, press->now_us)) {
        delivery_begin(&press->delivery, (int64_t)asked_as(press, press->job)->count, since_us + LIMIT_US,
                       press->now_us);
    }
}

/* Until nothing more follows from what happened. */
static void follow(struct press *press)
{
    delivery_step(&press->delivery, press->now_us);
    for (;;) {
        report(press);
        if (turn_waiting(press->turn) == 0)
            take_job(press);
        report(press);
        if (turn_waiting(press->turn) == 0)
            return;
        if (turn_take(press->turn, NULL) != 0)
            fail("a turn failed");
    }
}

static void boot(struct press *press)
{
    struct event event = {.kind = EVENT_BOOT};
    delivery_init(&press->delivery,
                  &(struct delivery_line){.write = line_write, .pending = line_pending, .user = press});
    post(press, &event, STATION " \n");
}

static void open_all(struct press *press)
{
    static const struct sql_options memory = {.exclusive = true};
    struct error error = {0};
    struct store_settings settings = {.path = ":memory:",
                                      .site = "hz-07",
                                      .box = "box-1",
                                      .options = &memory,
                                      .random = random_from_seed(&press->seeded)};
    if (store_open(&settings, &press->store, &error) != 0 ||
        turn_new(press->store, on_effect, press, &press->turn) != 0)
        fail(error.text);
    press->room = SIZE_MAX;
    boot(press);
}

/* ---------------------------------------------------------------- what the driver says */

static void do_open(struct press *press, char *words)
{
    char *rest = NULL, *language = strtok_r(words, " ", &rest), *notices = strtok_r(NULL, " ", &rest);
    if (!language || !notices)
        fail("open LANGUAGE NOTICES");
    delivery_opened(&press->delivery, printer_language_named(language), strcmp(notices, "0") != 0, press->now_us);
}

static void stands_alone(const char *words)
{
    if (*words)
        fail("this word stands alone");
}

static void do_gone(struct press *press, char *words)
{
    stands_alone(words);
    delivery_gone(&press->delivery, press->now_us);
}

static void do_room(struct press *press, char *words)
{
    press->room = strtoul(words, NULL, 10);
}

static void do_pending(struct press *press, char *words)
{
    press->pending = strtoul(words, NULL, 10);
}

static void from_hex(const char *hex, struct buf *out)
{
    uint8_t bytes[8192];
    size_t length;
    if (text_from_hex(hex, strlen(hex), bytes, sizeof(bytes), &length) != 0)
        fail("that is no hex");
    buf_put(out, bytes, length);
}

static void do_bytes(struct press *press, char *words)
{
    CLEANUP_BUF struct buf bytes = {0};
    from_hex(words, &bytes);
    delivery_feed(&press->delivery, bytes.data, bytes.length, press->now_us);
}

static void do_time(struct press *press, char *words)
{
    press->now_us = strtoll(words, NULL, 10);
}

static void do_job(struct press *press, char *words)
{
    CLEANUP_BUF struct buf line = {0};
    if (press->asked_count == JOBS_MAX)
        fail("too many jobs");
    struct asked *asked = &press->asked[press->asked_count++];
    char *rest = NULL, *key = strtok_r(words, " ", &rest);
    text_copy(asked->key, sizeof(asked->key), key);
    for (char *hex; asked->count < LABELS_MAX && (hex = strtok_r(NULL, " ", &rest));)
        from_hex(hex, &asked->labels[asked->count++]);
    struct event event = {.kind = EVENT_LABEL, .number = (int64_t)asked->count, .station = STATION};
    buf_printf(&line, "press\n%s\n{}", key);
    post(press, &event, buf_text(&line));
}

static void do_stop(struct press *press, char *words)
{
    stands_alone(words);
    delivery_stop(&press->delivery, press->now_us);
    follow(press);
    boot(press);
}

static void do_kill(struct press *press, char *words)
{
    stands_alone(words);
    boot(press);
}

static void do_ledger(struct press *press, char *words)
{
    stands_alone(words);
    for (size_t i = 0; i < press->asked_count; i++)
        say_job(press, "job", (int64_t)i + 1);
}

static void obey(struct press *press, char *line)
{
    static const struct {
        const char *word;
        void (*act)(struct press *press, char *words);
    } acts[] = {{"open", do_open},   {"gone", do_gone},    {"room", do_room}, {"pending", do_pending},
                {"bytes", do_bytes}, {"time", do_time},    {"job", do_job},   {"stop", do_stop},
                {"kill", do_kill},   {"ledger", do_ledger}};
    char *words = line + strcspn(line, " ");
    words += *words ? (*words = '\0', 1) : 0;
    for (size_t i = 0; i < COUNT(acts); i++)
        if (strcmp(acts[i].word, line) == 0) {
            acts[i].act(press, words);
            follow(press);
            return;
        }
    fail(line);
}

int main(void)
{
    static struct press press;
    CLEANUP(cleanup_free) char *line = malloc(LINE_MAX_);
    open_all(&press);
    while (line && fgets(line, LINE_MAX_, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        obey(&press, line);
        int64_t wake_us = delivery_deadline(&press.delivery, press.now_us);
        printf("wake %" PRId64 "\n.\n", wake_us == INT64_MAX ? -1 : wake_us);
        fflush(stdout);
    }
    for (size_t i = 0; i < press.asked_count; i++)
        for (size_t k = 0; k < press.asked[i].count; k++)
            buf_done(&press.asked[i].labels[k]);
    buf_done(&press.bytes);
    turn_free(press.turn);
    store_close(press.store);
    return 0;
}
