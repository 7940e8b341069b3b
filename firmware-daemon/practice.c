#include "practice.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "disk.h"
#include "floor/floor.h"
#include "store/training.h"
#include "training/lesson.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PRIORITY_COPY 200 /* when nothing else waits */
#define STEP_PAGES    256 /* of 1 KiB: a step takes about a millisecond */
#define ORDERS_FIRST  6
#define PATH_SIZE     (256 + 24)

enum state { PRACTICE_OFF, PRACTICE_COPYING, PRACTICE_READY, PRACTICE_FAILED };

struct practice {
    sd_event *event;
    struct store *live;
    const struct config *config;
    const struct practice_ops *ops;
    void *user;
    enum state state;
    bool stations[CONFIG_STATIONS_MAX];
    bool begun; /* of the first practice_follow() on */
    struct sql_copy *copy;
    sd_event_source *step;
    int percent;
    struct store *store;
    struct turn *turn;
    struct lesson_set lessons;
    struct error error;
    char path[PATH_SIZE], copying[PATH_SIZE]; /* a copy that is whole, and one that is not yet */
};

/* ---------------------------------------------------------------- open and close */

static void end_copying(struct practice *practice)
{
    practice->step = sd_event_source_disable_unref(practice->step);
    practice->copy = sql_copy_end(practice->copy);
}

/* Nobody uses it any more when it goes. */
static void close_store(struct practice *practice)
{
    struct store *store = practice->store;
    practice->store = NULL;
    if (store)
        practice->ops->changed(practice->user);
    practice->turn = turn_free(practice->turn);
    store_close(store);
}

static void throw_away(struct practice *practice)
{
    end_copying(practice);
    close_store(practice);
    sql_remove(practice->path);
    sql_remove(practice->copying);
    practice->state = PRACTICE_OFF;
}

static void fail(struct practice *practice)
{
    log_warning("training: %s; its stations wait until LIVE is scanned there", practice->error.text);
    throw_away(practice);
    practice->state = PRACTICE_FAILED;
}

static int post(struct practice *practice, struct event *event, const struct buf *bytes)
{
    event_stamp(event);
    int result = event_set_bytes(event, bytes ? buf_text(bytes) : "", bytes ? bytes->length : 0);
    if (!result)
        result = turn_post(practice->turn, event);
    if (result)
        free(event->heap);
    return result;
}

/* As the site's own start: what was on its way to a printer is uncertain. Then something to do, when it is new. */
static int begin(struct practice *practice, bool fresh)
{
    struct event boot = {.kind = EVENT_BOOT}, orders = {.kind = EVENT_PRACTICE, .number = ORDERS_FIRST};
    CLEANUP_BUF struct buf stations = {0};
    config_write_stations(practice->config, &stations);
    int result = stations.failed ? -ENOMEM : post(practice, &boot, &stations);
    if (!result && fresh)
        result = post(practice, &orders, NULL);
    return result ? result : turn_take(practice->turn, &practice->error);
}

static int open_store(struct practice *practice, bool fresh)
{
    static const struct sql_options careless = {.exclusive = true, .careless = true, .cache_kib = 1024};
    const struct site_config *site = &practice->config->site;
    const struct store_settings settings = {.path = practice->path,
                                            .site = site->site,
                                            .box = site->box,
                                            .training = true,
                                            .options = &careless,
                                            .seal = practice->live->seal,
                                            .random = random_system};
    int result = store_open(&settings, &practice->store, &practice->error);
    if (!result && turn_new(practice->store, practice->ops->effect, practice->user, &practice->turn) != 0)
        result = error_set(&practice->error, -ENOMEM, "out of memory");
    if (!result)
        result = begin(practice, fresh);
    if (result)
        return result;
    practice->state = PRACTICE_READY;
    practice->ops->changed(practice->user);
    return 0;
}

/* ---------------------------------------------------------------- copying */

static int finish(struct practice *practice)
{
    end_copying(practice);
    int result = training_convert(practice->copying, &practice->error);
    if (!result && rename(practice->copying, practice->path) != 0)
        result = error_set(&practice->error, -errno, "%s cannot be made: %s", practice->path, strerror(errno));
    return result ? result : open_store(practice, true);
}

static int on_step(sd_event_source *source, void *user)
{
    (void)source;
    struct practice *practice = user;
    int result = sql_copy_step(practice->copy, STEP_PAGES, &practice->percent, &practice->error);
    if (result == 0)
        result = finish(practice);
    if (result < 0)
        fail(practice);
    return 0;
}

static int begin_copying(struct practice *practice)
{
    throw_away(practice);
    practice->percent = 0;
    int result = disk_has_room(practice->copying, sql_bytes(practice->live->sql),
                               "a copy of the database to practise on", &practice->error);
    if (!result)
        result = sql_copy_begin(practice->live->sql, practice->copying, &practice->copy, &practice->error);
    if (result)
        return result;
    result = sd_event_add_defer(practice->event, &practice->step, on_step, practice);
    if (result < 0)
        return error_set(&practice->error, result, "the event loop has no room");
    sd_event_source_set_priority(practice->step, PRIORITY_COPY);
    sd_event_source_set_enabled(practice->step, SD_EVENT_ON);
    practice->state = PRACTICE_COPYING;
    return 0;
}

void practice_follow(struct practice *practice)
{
    bool any = false, resumes = !practice->begun;
    practice->begun = true;
    for (size_t i = 0; i < practice->config->count; i++) {
        practice->stations[i] = training_has(practice->live, practice->config->stations[i].id) == 1;
        any |= practice->stations[i];
    }
    if (!any) {
        throw_away(practice);
        return;
    }
    if (practice->state == PRACTICE_READY || practice->state == PRACTICE_COPYING)
        return;
    if (resumes && access(practice->path, F_OK) == 0) {
        if (open_store(practice, false) == 0)
            return;
        log_warning("training: %s; a new copy is made", practice->error.text);
    }
    if (begin_copying(practice) != 0)
        fail(practice);
}

void practice_tell(struct practice *practice)
{
    struct lesson_passed passed;
    int64_t worker;
    while (practice->store && lesson_next_passed(&practice->lessons, practice->store, &passed, &worker) == 0)
        if (practice->ops->passed(practice->user, &passed) != 0 ||
            lesson_told(practice->store, worker, passed.lesson) != 0)
            return; /* after the next turn, then */
}

void practice_lost(struct practice *practice)
{
    if (begin_copying(practice) != 0)
        fail(practice);
}

/* ---------------------------------------------------------------- what others ask */

bool practice_has(const struct practice *practice, size_t station)
{
    return practice->stations[station];
}

struct store *practice_store(const struct practice *practice)
{
    return practice->store;
}

struct turn *practice_turn(const struct practice *practice)
{
    return practice->store ? practice->turn : NULL;
}

void practice_write(const struct practice *practice, struct buf *json)
{
    static const char *const states[] = {"off", "copying", "ready", "failed"};
    json_open_object(json, "training");
    json_text(json, "state", states[practice->state]);
    if (practice->state == PRACTICE_COPYING)
        json_int(json, "percent", practice->percent);
    if (practice->state == PRACTICE_FAILED)
        json_text(json, "why", practice->error.text);
    json_open_array(json, "stations");
    for (size_t i = 0; i < practice->config->count; i++)
        if (practice->stations[i])
            json_text(json, NULL, practice->config->stations[i].id);
    json_close_array(json);
    if (practice->store)
        lesson_write_all(&practice->lessons, practice->store, json);
    json_close_object(json);
}

int practice_write_lesson(const struct practice *practice, size_t station, struct buf *json)
{
    if (practice->store && practice->stations[station])
        return lesson_write(&practice->lessons, practice->store, practice->config->stations[station].id, json);
    json_text(json, "lesson", NULL);
    return 0;
}

int practice_new(sd_event *event, struct store *live, const struct config *config, const struct practice_ops *ops,
                 void *user, struct practice **ret, struct error *error)
{
    struct practice *practice = calloc(1, sizeof(*practice));
    if (!practice)
        return error_set(error, -ENOMEM, "out of memory");
    *practice = (struct practice){.event = event, .live = live, .config = config, .ops = ops, .user = user};
    snprintf(practice->path, sizeof(practice->path), "%s.training", config->site.database);
    snprintf(practice->copying, sizeof(practice->copying), "%s.copying", config->site.database);
    *ret = practice;
    return lesson_set_load(lesson_files, &practice->lessons, error);
}

/* The copy stays: after a restart its stations go on where they were. */
struct practice *practice_free(struct practice *practice)
{
    if (!practice)
        return NULL;
    end_copying(practice);
    sql_remove(practice->copying);
    practice->turn = turn_free(practice->turn);
    store_close(practice->store);
    lesson_set_done(&practice->lessons);
    free(practice);
    return NULL;
}
