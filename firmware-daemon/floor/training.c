/* Training: a station practises on a copy of the database until LIVE is scanned there. Which stations do is a row of
 * the site's own database, so that a power cut changes nothing of it; the rules of the flows are the same in the copy.
 */
#include "floor/rule.h"

#include "base/json.h"

#include <errno.h>
#include <string.h>

#define PRACTICE_ORDERS 6 /* made up when somebody asks for more */

/* Head office learns that a station practises; what it does there stays here. */
static int set(struct store *store, const char *station, bool training, struct effect *effect)
{
    CLEANUP_BUF struct buf data = {0};
    int result = station_exists(store, station);
    if (result == -ENOENT) {
        answer_set(&effect->answer, E31_NO_STATION);
        answer_text(&effect->answer, "s", station);
        return FLOOR_REFUSED;
    }
    json_open_object(&data, NULL);
    json_bool(&data, "training", training);
    json_close_object(&data);
    if (!result)
        result = training_set(store, station, training);
    if (!result)
        result = note(store, "station.training", "station", station, &data, NULL);
    answer_set(&effect->answer, training ? DONE_TRAINING : DONE_LIVE);
    answer_text(&effect->answer, "s", station);
    effect->trains = effect->shows = true;
    return result;
}

/* Nobody stays signed in where the site's own work is not seen any more. */
static int sign_out_there(struct store *store, const char *station)
{
    struct session session;
    int result = session_at_station(store, station, &session);
    return result || !session.worker ? result : session_sign_out(store, session.worker);
}

int training_rule(struct store *store, const struct event *event, struct effect *effect)
{
    int result = event->number ? sign_out_there(store, event->station) : 0;
    return result ? result : set(store, event->station, event->number != 0, effect);
}

/* Who practised with a badge of the copy's own is nobody's worker. */
int passed_rule(struct store *store, const struct event *event, struct effect *effect)
{
    (void)effect; /* nobody waits for it */
    struct lesson_passed passed;
    CLEANUP_BUF struct buf data = {0};
    int64_t worker;
    if (event->length != sizeof(passed))
        return -EINVAL;
    memcpy(&passed, event_bytes(event), sizeof(passed));
    int result = worker_find(store, passed.worker, &worker);
    if (result)
        return result == -ENOENT ? 0 : result;
    json_open_object(&data, NULL);
    json_text(&data, "worker", passed.worker);
    json_text(&data, "lesson", passed.lesson);
    json_int(&data, "steps", passed.steps);
    json_int(&data, "mistakes", passed.mistakes);
    json_close_object(&data);
    return note(store, "training.passed", "worker", passed.worker, &data, NULL);
}

static int make_up(struct store *store, int64_t orders, struct effect *effect)
{
    int64_t made = 0;
    int result = practice_make(store, orders, &made);
    answer_set(&effect->answer, made ? DONE_PRACTICE : E37_NO_PRACTICE);
    answer_number(&effect->answer, "n", made);
    effect->shows = true;
    return result || made ? result : FLOOR_REFUSED;
}

int practice_rule(struct store *store, const struct event *event, struct effect *effect)
{
    return store->training ? make_up(store, event->number, effect) : -EPERM;
}

/* At the menu, so with nothing begun: begins to practise. Who practises already gets more orders. */
int training_start(struct scan *scan)
{
    if (scan->store->training)
        return make_up(scan->store, PRACTICE_ORDERS, scan->effect);
    int result = set(scan->store, scan->event->station, true, scan->effect);
    return result ? result : session_sign_out(scan->store, scan->session.worker);
}

/* Another lesson is offered: not every site has what each needs. */
static int skip_lesson(struct scan *scan)
{
    json_close_object(record_start(scan));
    accept_with(scan, DONE_LESSON);
    int result = practised_add(scan->store, scan->session.worker, "menu", PRACTISED_SKIP);
    return result ? result
                  : note(scan->store, "training.skipped", "worker", scan->worker.code, &scan->data, &scan->seq);
}

const struct command training_commands[] = {{.name = "SKIP", .run = skip_lesson}, {.name = NULL}};

int training_guard(struct scan *scan, bool *ret_done)
{
    struct store *store = scan->store;
    bool live = strcmp(scan->text, "CMD:LIVE") == 0;
    int practises = store->training ? 1 : training_has(store, scan->event->station);
    if (practises < 0)
        return practises;
    *ret_done = live || (practises && !store->training);
    if (!*ret_done)
        return 0;
    if (!practises)
        return refuse_not_now(scan);
    if (!live)
        return refuse(scan, E36_TRAINING, NULL, NULL);
    if (!store->training)
        return set(store, scan->event->station, false, scan->effect);
    scan->effect->leaves = true;
    answer_text(accept_with(scan, DONE_LIVE), "s", scan->event->station);
    json_close_object(record_start(scan));
    return note(store, "training.left", "station", scan->event->station, &scan->data, &scan->seq);
}

int training_done_well(struct scan *scan)
{
    bool signed_in = scan->before.worker != 0;
    if (!scan->store->training || !scan->session.worker)
        return 0;
    return practised_add(scan->store, scan->session.worker, signed_in ? scan->before.step : "badge", "");
}

int training_mistake(struct store *store, const struct event *event, const struct answer *answer)
{
    struct session session;
    if (!store->training)
        return 0;
    int result = session_at_station(store, event->station, &session);
    if (result || !session.worker)
        return result;
    return practised_add(store, session.worker, session.step, message_def(answer->message)->code);
}
