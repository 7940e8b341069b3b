#include "door.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "done_answer.h"
#include "floor/floor.h"
#include "floor/rights.h"
#include "floor/settings.h"
#include "pin_desk.h"
#include "store/catalog.h"
#include "store/pin.h"
#include "store/query.h"
#include "tool_key.h"
#include "visits.h"

#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_US   INT64_C(60000000)
#define PIN_WAIT_US MINUTE_US /* so long after the badge, the PIN may come */

/* A scan that passes with a PIN. */
struct asked {
    int64_t worker; /* 0: none */
    int64_t until_us;
    char scan[PIN_BYTES_MAX];
};

struct door {
    struct store *store;
    const struct config *config;
    const struct door_ops *ops;
    void *user;
    struct pin_desk *desk;
    char key[TOOL_KEY_SIZE]; /* "": there is none */
    struct visits visits;
    struct asked asked[CONFIG_STATIONS_MAX];
};

/* ---------------------------------------------------------------- open and close */

static void tried(void *user, struct pin_job *job);

int door_open(sd_event *event, struct store *store, const struct config *config, const struct door_ops *ops, void *user,
              struct door **ret, struct error *error)
{
    struct door *door = calloc(1, sizeof(*door));
    if (!door)
        return error_set(error, -ENOMEM, "out of memory");
    *door = (struct door){.store = store, .config = config, .ops = ops, .user = user};
    int result = pin_desk_new(event, tried, door, &door->desk, error);
    if (result) {
        door_close(door);
        return result;
    }
    if (config->site.sign_in_required && tool_key_make(config->site.tool_key, door->key) != 0)
        log_warning("%s cannot be written, so the tool floorhand is not let in on this box: see the option tool_key",
                    config->site.tool_key);
    *ret = door;
    return 0;
}

struct door *door_close(struct door *door)
{
    if (!door)
        return NULL;
    pin_desk_free(door->desk);
    sodium_memzero(door, sizeof(*door));
    free(door);
    return NULL;
}

/* ---------------------------------------------------------------- what a visitor may */

static int set_in(struct door *door, enum setting setting)
{
    int64_t value;
    return setting_get(door->store, setting, &value) == 0 ? (int)value : 0;
}

/* Who is signed in, as long as the badge is good. */
static int64_t worker_of(struct door *door, const struct ui_visitor *visitor, struct worker *ret)
{
    int64_t now_us = clock_mono_us();
    struct visit_limits limits = {.begun_us = now_us - set_in(door, SETTING_session_hours) * 60 * MINUTE_US,
                                  .used_us = now_us - set_in(door, SETTING_session_idle_min) * MINUTE_US};
    int64_t worker =
        visitor->token ? visits_find(&door->visits, visitor->token, &limits, now_us, visitor->attended) : 0;
    if (!worker)
        return 0;
    if (worker_load(door->store, worker, ret) == 0 && ret->active)
        return worker;
    visits_close(&door->visits, visitor->token);
    return 0;
}

static bool shows_key(const struct door *door, const struct ui_visitor *visitor)
{
    return *door->key && visitor->key && strlen(visitor->key) == strlen(door->key) &&
           sodium_memcmp(visitor->key, door->key, strlen(door->key)) == 0;
}

static void recognise(struct door *door, const struct ui_visitor *visitor, struct ui_asker *ret)
{
    struct worker worker;
    *ret = (struct ui_asker){.worker = worker_of(door, visitor, &worker)};
    if (ret->worker)
        ret->roles = site_role_bit(worker.role) | ROLE_STATION;
    else if (!door->config->site.sign_in_required || shows_key(door, visitor))
        ret->roles = ROLE_BOX | ROLE_STATION;
    else
        ret->roles = ROLE_STATION;
    ret->unproven = ret->roles == ROLE_STATION;
}

/* The board is asked for by itself, and followed. */
static bool shows_board(struct door *door, const struct ui_visitor *visitor, const char *kind)
{
    bool board = strcmp(kind, "board") == 0 || strcmp(visitor->route, "GET/api/v1/changes") == 0;
    return board && set_in(door, SETTING_board_public);
}

/* Addresses under which there are verbs, files and kinds of rows have a line for each of those instead. */
static const struct {
    const char *route, *lead;
    const struct site_right *table;
} within[] = {{"POST/api/v1/asks/{}", "", may_ask},
              {"POST/api/v1/import/{}", "import.", may_ask},
              {"GET/api/v1/{}", "", may_read},
              {"GET/api/v1/{}/{*}", "", may_read}};

static bool may(struct door *door, const struct ui_visitor *visitor, unsigned given)
{
    char name[80];
    if (!site_may(may_reach, visitor->route, given, false))
        return shows_board(door, visitor, "");
    for (size_t i = 0; i < COUNT(within); i++) {
        if (strcmp(within[i].route, visitor->route) != 0)
            continue;
        if (given & ROLE_BOX) /* who asks may stand in the request: the verb looks */
            return true;
        snprintf(name, sizeof(name), "%s%.60s", within[i].lead, visitor->id);
        return site_may(within[i].table, name, given, false) || shows_board(door, visitor, name);
    }
    return true;
}

int door_admits(struct door *door, const struct ui_visitor *visitor, struct ui_asker *ret)
{
    recognise(door, visitor, ret);
    if (may(door, visitor, ret->roles))
        return 0;
    return ret->worker ? -EACCES : -EPERM;
}

/* ---------------------------------------------------------------- what people are told */

int door_write_me(struct door *door, const struct ui_asker *asker, struct buf *json)
{
    struct worker worker = {0};
    bool named = asker->worker && worker_load(door->store, asker->worker, &worker) == 0;
    json_open_object(json, NULL);
    json_text(json, "sign_in", door->config->site.sign_in_required ? "required" : "open");
    json_text(json, "worker", named ? worker.code : NULL);
    json_text(json, "name", named ? worker.name : NULL);
    json_text(json, "role", named ? worker.role : NULL);
    json_bool(json, "board_public", set_in(door, SETTING_board_public));
    json_close_object(json);
    return 0;
}

static void refuse(struct door *door, uint64_t request, int status, const struct answer *answer)
{
    CLEANUP_BUF struct buf json = {0};
    struct effect effect = {.answer = *answer};
    done_answer_write(&effect, "", "", &json);
    ui_server_answer(door->ops->pages(door->user), request, status, json.data, json.length);
}

static void refuse_pin(struct door *door, uint64_t request, enum message message)
{
    struct answer answer;
    answer_set(&answer, message);
    refuse(door, request, message == E91_LOCKED ? 429 : 401, &answer);
}

/* ---------------------------------------------------------------- trying */

/* 0 and the job has the hash, "" when there is no such badge or no PIN. -EDQUOT: it is too early. */
static int prepare(struct door *door, int64_t worker, const char *text, struct pin_job *job)
{
    struct pin pin = {.hash = ""};
    door->store->stamp.mono_us = clock_mono_us();
    int result = worker ? pin_load(door->store, worker, &pin) : -ENOENT;
    if (result && result != -ENOENT)
        return result;
    text_copy(job->pin, sizeof(job->pin), text);
    text_copy(job->hash, sizeof(job->hash), pin.hash);
    job->event.kind = EVENT_PIN;
    job->event.number = result ? 0 : worker;
    return pin.wait_us ? -EDQUOT : 0;
}

int door_sign_in(struct door *door, const char *badge, const char *pin, uint64_t request)
{
    struct pin_job job = {.event = {.request = request}};
    int64_t worker = 0;
    int result = worker_find_badge(door->store, badge, &worker);
    if (result && result != -ENOENT)
        return result;
    if (!pin_is_one(pin))
        return -EINVAL;
    result = prepare(door, worker, pin, &job);
    if (result == -EDQUOT) { /* the rule says how long, and writes nothing */
        job.event.kind = EVENT_PIN;
        text_copy(job.event.name, sizeof(job.event.name), PIN_WRONG);
        result = door->ops->post(door->user, &job.event, "", 0);
    } else if (!result) {
        result = pin_desk_give(door->desk, &job);
    }
    sodium_memzero(&job, sizeof(job));
    return result;
}

void door_sign_out(struct door *door, const char *token)
{
    if (token)
        visits_close(&door->visits, token);
}

bool door_takes(struct door *door, size_t station, const struct event *event, const char *text, size_t length, int *ret)
{
    struct asked *asked = &door->asked[station];
    if (!asked->worker)
        return false;
    struct pin_job job = {.event = *event};
    char pin[PIN_SIZE];
    bool taken = clock_mono_us() < asked->until_us && text_copy_n(pin, sizeof(pin), text, length) && pin_is_one(pin);
    if (taken) {
        *ret = prepare(door, asked->worker, pin, &job);
        text_copy(job.bytes, sizeof(job.bytes), asked->scan);
        text_copy(job.event.name, sizeof(job.event.name), PIN_WRONG);
        if (*ret == -EDQUOT)
            *ret = door->ops->post(door->user, &job.event, job.bytes, strlen(job.bytes));
        else if (!*ret)
            *ret = pin_desk_give(door->desk, &job);
    }
    asked->worker = 0; /* another scan: it is not waited for any more */
    sodium_memzero(&job, sizeof(job));
    sodium_memzero(pin, sizeof(pin));
    return taken;
}

/* ---------------------------------------------------------------- making */

int door_set_pin(struct door *door, struct event *event, const char *text, size_t length)
{
    struct pin_job job = {.makes = true, .event = *event};
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    const char *pin = json_string_value(json_object_get(root, "pin"));
    bool good = pin && pin_is_one(pin) && !pin_is_easy(pin) && text_copy(job.pin, sizeof(job.pin), pin);
    json_object_del(root, "pin");
    size_t rest = good ? json_dumpb(root, job.bytes, sizeof(job.bytes), JSON_COMPACT) : 0;
    good = good && rest > 0 && rest < sizeof(job.bytes);
    json_decref(root);
    int result = good ? pin_desk_give(door->desk, &job) : -EINVAL;
    sodium_memzero(&job, sizeof(job));
    return result;
}

static int post_made(struct door *door, struct pin_job *job)
{
    json_t *root = json_loads(job->bytes, 0, NULL);
    json_object_set_new(root, "pin", json_string(job->hash));
    char *text = json_dumps(root, JSON_COMPACT);
    int result = text && job->good ? door->ops->post(door->user, &job->event, text, strlen(text)) : -ENOMEM;
    free(text);
    json_decref(root);
    return result;
}

/* A job is done, in the loop. */
static void tried(void *user, struct pin_job *job)
{
    struct door *door = user;
    struct event *event = &job->event;
    bool known = job->makes || event->number;
    int result = 0;
    if (job->makes)
        result = post_made(door, job);
    else if (known) {
        text_copy(event->name, sizeof(event->name), job->good ? PIN_RIGHT : PIN_WRONG);
        result = door->ops->post(door->user, event, job->bytes, strlen(job->bytes));
    } else {
        refuse_pin(door, event->request, E90_WRONG_PIN);
    }
    if (result)
        refuse(door, event->request, 503, &(struct answer){.message = E00_NOT_SAVED});
}

/* ---------------------------------------------------------------- after a turn */

static void let_in(struct door *door, const struct event *event)
{
    char token[VISIT_TOKEN_SIZE];
    CLEANUP_BUF struct buf json = {0};
    visits_open(&door->visits, event->number, clock_mono_us(), token);
    door_write_me(door, &(struct ui_asker){.worker = event->number}, &json);
    ui_server_let_in(door->ops->pages(door->user), event->request, json.data, json.length, token);
    sodium_memzero(token, sizeof(token));
}

/* At a page; false: at a station, which hears what it hears of every scan, but for a right one. */
static bool pin_heard(struct door *door, const struct event *event, const struct effect *effect)
{
    bool right = effect->good && effect->answer.message == DONE_PIN;
    if (*event->station && right) {
        struct event scan = {.kind = EVENT_SCAN,
                             .request = event->request,
                             .source = event->source,
                             .proved = event->number,
                             .device_fixed = event->device_fixed,
                             .number = (int64_t)event->length};
        text_copy(scan.station, sizeof(scan.station), event->station);
        text_copy(scan.device, sizeof(scan.device), event->device);
        return door->ops->post(door->user, &scan, event_bytes(event), event->length) == 0;
    }
    if (*event->station)
        return false;
    if (right)
        let_in(door, event);
    else
        refuse(door, event->request, effect->answer.message == E91_LOCKED ? 429 : 401, &effect->answer);
    return true;
}

static void end_visits(struct door *door, const struct event *event)
{
    int64_t worker;
    json_t *root = json_loadb(event_bytes(event), event->length, 0, NULL);
    const char *code = json_string_value(json_object_get(root, "worker"));
    if (code && worker_find(door->store, code, &worker) == 0)
        visits_close_all(&door->visits, worker);
    json_decref(root);
}

bool door_heard(struct door *door, size_t station, const struct event *event, const struct effect *effect)
{
    if (event->kind == EVENT_PIN)
        return pin_heard(door, event, effect);
    if (event->kind == EVENT_ASK && effect->good && strcmp(event->name, "worker.pin") == 0)
        end_visits(door, event); /* whoever knew the old one is out */
    if (event->kind != EVENT_SCAN || !effect->asks_pin || event->length >= PIN_BYTES_MAX)
        return false;
    struct asked *asked = &door->asked[station];
    *asked = (struct asked){.worker = effect->asks_pin, .until_us = clock_mono_us() + PIN_WAIT_US};
    text_copy_n(asked->scan, sizeof(asked->scan), event_bytes(event), event->length);
    return false;
}
