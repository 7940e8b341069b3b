#include "floor/pin.h"
#include "floor/ask.h"
#include "floor/rights.h"
#include "floor/settings.h"
#include "store/pin.h"

#include "base/json.h"

#include <errno.h>
#include <string.h>

#define MINUTE_US INT64_C(60000000)

int check_pin(struct scan *scan, const struct worker *worker)
{
    struct pin pin;
    int64_t wanted;
    int result = setting_get(scan->store, SETTING_override_pin, &wanted);
    if (result || !wanted || scan->store->training || scan->event->proved == worker->id)
        return result;
    result = pin_load(scan->store, worker->id, &pin);
    if (result == -ENOENT)
        return refuse(scan, E94_NO_PIN, "u", worker->name);
    scan->effect->asks_pin = worker->id;
    return result ? result : refuse(scan, E92_PIN, "u", worker->name);
}

/* ---------------------------------------------------------------- one that was tried */

static int note_locked(struct store *store, const struct worker *worker, const struct pin *pin)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_int(&data, "tries", pin->fails);
    json_int(&data, "minutes", pin_delay_us(pin->fails) / MINUTE_US);
    json_close_object(&data);
    return note(store, "worker.locked", "worker", worker->code, &data, NULL);
}

static int fail(struct store *store, const struct worker *worker, struct answer *answer)
{
    struct pin pin;
    int result = pin_failed(store, worker->id);
    if (!result)
        result = pin_load(store, worker->id, &pin);
    if (result)
        return result;
    answer_set(answer, pin.wait_us ? E91_LOCKED : E90_WRONG_PIN);
    answer_text(answer, "u", worker->name);
    answer_number(answer, "m", (pin.wait_us + MINUTE_US - 1) / MINUTE_US);
    return pin.wait_us ? note_locked(store, worker, &pin) : 0;
}

/* A page is opened: no station, so nothing else in the journal tells of it. */
static int note_admitted(struct store *store, const struct worker *worker)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "role", worker->role);
    json_close_object(&data);
    return note(store, "worker.admitted", "worker", worker->code, &data, NULL);
}

/* What is counted stands, so a wrong one is no event that failed: the answer tells. */
int pin_rule(struct store *store, const struct event *event, struct effect *effect)
{
    struct worker worker;
    struct pin pin;
    int result = worker_load(store, event->number, &worker);
    if (!result)
        result = pin_load(store, worker.id, &pin);
    if (result)
        return result;
    store->stamp.worker = worker.id;
    store->stamp.worker_code = worker.code;
    effect->shows = *event->station != '\0';
    if (pin.wait_us) { /* several were tried at the same time */
        answer_set(&effect->answer, E91_LOCKED);
        answer_text(&effect->answer, "u", worker.name);
        answer_number(&effect->answer, "m", (pin.wait_us + MINUTE_US - 1) / MINUTE_US);
        return 0;
    }
    if (strcmp(event->name, PIN_RIGHT) != 0 || !worker.active)
        return fail(store, &worker, &effect->answer);
    answer_set(&effect->answer, DONE_PIN);
    answer_text(&effect->answer, "u", worker.name);
    result = pin_forgive(store, worker.id);
    return result || *event->station ? result : note_admitted(store, &worker);
}

/* ---------------------------------------------------------------- a new one, and forgiving */

struct pin_fields {
    char worker[STORE_CODE_MAX], hash[PASSWORD_HASH_SIZE];
};

/* The PIN itself never comes here: the daemon has made its hash of it. */
static const struct option_def pin_fields[] = {
    {"worker", OPTION_TEXT_AT(struct pin_fields, worker), .help = "the worker's number"},
    {"pin", OPTION_PRIVATE_AT(struct pin_fields, hash), .help = "6 to 10 digits"},
    {0}};
static const struct option_def worker_fields[] = {
    {"worker", OPTION_TEXT_AT(struct pin_fields, worker), .help = "the worker's number"}, {0}};

static int find(struct ask *ask, struct worker *ret)
{
    const struct pin_fields *fields = ask->fields;
    int64_t id;
    int result = worker_find(ask->store, fields->worker, &id);
    if (result == -ENOENT)
        return ask_refuse(ask, E01_UNKNOWN, "c", fields->worker);
    return result ? result : worker_load(ask->store, id, ret);
}

static int tell(struct ask *ask, const struct worker *worker, const char *type, enum message done)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    int result = ask_record(ask, type, "worker", worker->code, &data);
    answer_text(ask_accept(ask, done), "u", worker->name);
    return result;
}

/* One's own, or anybody's for an administrator. */
static int set(struct ask *ask)
{
    const struct pin_fields *fields = ask->fields;
    struct worker worker;
    int result = find(ask, &worker);
    if (result)
        return result;
    if (ask->by.id && ask->by.id != worker.id && site_role_bit(ask->by.role) != ROLE_ADMIN)
        return ask_refuse(ask, E95_ROLE, NULL, NULL);
    result = pin_set(ask->store, worker.id, fields->hash);
    return result ? result : tell(ask, &worker, "worker.pin_changed", DONE_PIN_SET);
}

static int unlock(struct ask *ask)
{
    struct worker worker;
    int result = find(ask, &worker);
    if (!result)
        result = pin_forgive(ask->store, worker.id);
    return result ? result : tell(ask, &worker, "worker.unlocked", DONE_UNLOCKED);
}

const struct verb pin_verbs[] = {
    {"worker.pin", pin_fields, sizeof(struct pin_fields), set,
     "Set a worker's PIN: one's own, or as an administrator anybody's. It opens the pages, and forgets wrong tries."},
    {"worker.unlock", worker_fields, sizeof(struct pin_fields), unlock,
     "Let a worker try the PIN again at once, after too many wrong ones."},
    {0},
};
