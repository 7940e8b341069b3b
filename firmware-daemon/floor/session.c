/* Sessions that somebody forgot: what a supervisor ends from elsewhere. */
#include "floor/ask.h"
#include "floor/pick_bin.h"
#include "floor/wave.h"
#include "store/document.h"

#include "base/json.h"

#include <errno.h>
#include <string.h>

struct worker_fields {
    char worker[STORE_CODE_MAX];
};

static const struct option_def worker_fields[] = {
    {"worker", OPTION_TEXT_AT(struct worker_fields, worker), .help = "the worker's number"}, {0}};

struct language_fields {
    char worker[STORE_CODE_MAX], language[3];
};

static const struct option_def language_fields[] = {
    {"worker", OPTION_TEXT_AT(struct language_fields, worker), .help = "the worker's number"},
    {"language", OPTION_CHOICE_AT(struct language_fields, language), .choices = "en|zh", .help = "en or zh"},
    {0}};

/* The worker that is named, and the session; refused when there is none. */
static int find_session(struct ask *ask, struct worker *ret_worker, struct session *ret)
{
    const struct worker_fields *fields = ask->fields;
    int64_t worker;
    int result = worker_find(ask->store, fields->worker, &worker);
    if (result == -ENOENT)
        return ask_refuse(ask, E01_UNKNOWN, "c", fields->worker);
    if (!result)
        result = worker_load(ask->store, worker, ret_worker);
    return result ? result : session_of_worker(ask->store, worker, ret);
}

static int sign_out(struct ask *ask)
{
    struct worker worker;
    struct session session = {0};
    char station[STORE_CODE_MAX];
    CLEANUP_BUF struct buf data = {0};
    int result = find_session(ask, &worker, &session);
    if (!result)
        result = session_station(ask->store, worker.id, station, sizeof(station));
    if (result == -ENOENT)
        return ask_refuse(ask, E63_NOT_SIGNED_IN, "u", worker.name);
    if (result)
        return result;
    json_open_object(&data, NULL);
    json_text(&data, "station", station);
    result = ask_record(ask, "worker.signed_out", "worker", worker.code, &data);
    answer_text(ask_accept(ask, DONE_SIGNED_OUT), "u", worker.name);
    return result ? result : session_sign_out(ask->store, worker.id);
}

/* What he has of orders, with empty hands: another goes on with it. */
static int let_go(struct ask *ask, const struct session *session)
{
    struct store *store = ask->store;
    int result = orders_let_go(store, session);
    return result ? result : session_save(store, &(struct session){.worker = session->worker, .step = "menu"});
}

/* A wave goes on where it was, with whoever takes it next; only what is in the hands is not to be left. */
static int release_wave(struct ask *ask, const struct worker *worker, const struct session *session)
{
    struct store *store = ask->store;
    struct wave wave;
    int64_t hand;
    CLEANUP_BUF struct buf data = {0};
    int result = wave_load(store, session->wave, &wave);
    if (!result)
        result = lpn_of_hand(store, worker->code, &hand);
    if (!result && (session->order || !lpn_is_empty(store, hand)))
        return ask_refuse(ask, E11_TAKEN, "u", worker->name);
    json_open_object(&data, NULL);
    json_text(&data, "wave", wave.number);
    json_text(&data, "worker", worker->code);
    if (!result)
        result = ask_record(ask, "lease.released", "wave", wave.number, &data);
    if (!result)
        result = wave_set_worker(store, wave.id, 0);
    struct answer *answer = ask_accept(ask, DONE_RELEASED);
    answer_text(answer, "o", wave.number);
    answer_text(answer, "u", worker->name);
    return result ? result : session_save(store, &(struct session){.worker = worker->id, .step = "menu"});
}

static int release(struct ask *ask)
{
    struct worker worker;
    struct session session = {0};
    struct order order = {0};
    CLEANUP_BUF struct buf data = {0};
    int64_t hand = 0;
    int result = find_session(ask, &worker, &session);
    if (!result && session.stock_count)
        return count_release(ask, &worker, &session);
    if (!result && (session.task || session.document))
        return lease_release_work(ask, &worker, &session);
    if (!result && wave_is_of(ask->store, session.wave, worker.id))
        return release_wave(ask, &worker, &session);
    if (!result && !session.order)
        return ask_refuse(ask, E64_HOLDS_NOTHING, "u", worker.name);
    if (!result)
        result = order_load(ask->store, session.order, &order);
    if (!result)
        result = lpn_of_hand(ask->store, worker.code, &hand);
    if (result)
        return result;
    if (strcmp(order.state, "picking") != 0 || order.cancelled || !lpn_is_empty(ask->store, hand))
        return ask_refuse(ask, E11_TAKEN, "u", worker.name); /* the goods are in those hands */
    json_open_object(&data, NULL);
    json_text(&data, "order", order.number);
    json_text(&data, "worker", worker.code);
    result = ask_record(ask, "lease.released", "order", order.number, &data);
    struct answer *answer = ask_accept(ask, DONE_RELEASED);
    answer_text(answer, "o", order.number);
    answer_text(answer, "u", worker.name);
    return result ? result : let_go(ask, &session);
}

/* What the page shows him in at whatever station; his own choice, so no row of the journal. */
static int choose_language(struct ask *ask)
{
    const struct language_fields *fields = ask->fields;
    struct worker worker;
    int64_t id;
    int result = worker_find(ask->store, fields->worker, &id);
    if (result == -ENOENT)
        return ask_refuse(ask, E01_UNKNOWN, "c", fields->worker);
    if (!result)
        result = worker_load(ask->store, id, &worker);
    if (!result)
        result = worker_set_language(ask->store, id, fields->language);
    if (result)
        return result;
    struct answer *answer = ask_accept(ask, DONE_LANGUAGE);
    answer_text(answer, "u", worker.name);
    answer_text(answer, "v", fields->language);
    return 0;
}

const struct verb session_verbs[] = {
    {"worker.language", language_fields, sizeof(struct language_fields), choose_language,
     "Keep the language in which a worker reads the pages: it follows the badge to every station of the site."},
    {"worker.sign_out", worker_fields, sizeof(struct worker_fields), sign_out,
     "End the session of a worker who went away without signing out; the work stays with the worker."},
    {"lease.release", worker_fields, sizeof(struct worker_fields), release,
     "Give the orders, document or count that a worker holds to whoever comes next, as long as nothing of them is in "
     "his hands."},
    {0},
};
