/* Counts that differ too much to be posted by themselves: a supervisor who did not count them approves or rejects each,
 * at a station or by asking, or by asking has it counted once more. And plans of counts.
 *
 *   menu -> review.count -> review.count ... -> menu */
#include "floor/ask.h"
#include "floor/count.h"
#include "floor/pin.h"
#include "floor/settings.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- the decision */

enum decision { APPROVE, REJECT, RECOUNT };

/* In the journal, in this supervisor's name. */
static int note_decision(struct store *store, const struct stock_count *count, const struct worker *by,
                         const char *type, bool with_round)
{
    struct location bin;
    int result = location_load(store, count->location, &bin);
    if (result)
        return result;
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_int(&data, "count", count->id);
    json_text(&data, "location", bin.code);
    if (with_round)
        json_int(&data, "round", count->round);
    json_text(&data, "supervisor", by->code);
    json_close_object(&data);
    return note(store, type, "location", bin.code, &data, NULL);
}

static int approve(struct store *store, const struct stock_count *count, const struct worker *by, enum message *ret)
{
    bool posted = false;
    int result = count_post(store, count, by, &posted);
    *ret = posted ? DONE_COUNT_POSTED : DONE_COUNT_AGAIN;
    return result;
}

static int reject(struct store *store, const struct stock_count *count, const struct worker *by, enum message *ret)
{
    int result = note_decision(store, count, by, "count.rejected", false);
    *ret = DONE_COUNT_REJECTED;
    return result ? result : count_end(store, count, "rejected");
}

/* By somebody who has not counted it yet, however many rounds there were. What was held stays held. */
static int send_back(struct store *store, const struct stock_count *count, const struct worker *by, enum message *ret)
{
    int result = note_decision(store, count, by, "count.sent_back", true);
    *ret = DONE_COUNT_AGAIN;
    return result ? result : stock_count_end(store, count->id, "recount");
}

/* *ret: what is said. -EACCES when he counted it himself, -EBUSY when it is not his turn. */
static int decide(struct store *store, const struct stock_count *count, const struct worker *by, enum decision decision,
                  enum message *ret)
{
    static int (*const decisions[])(struct store *, const struct stock_count *, const struct worker *,
                                    enum message *) = {[APPROVE] = approve, [REJECT] = reject, [RECOUNT] = send_back};
    if (strcmp(count->state, "review") != 0)
        return -EBUSY;
    if (stock_count_did(store, count->id, by->id))
        return -EACCES;
    return decisions[decision](store, count, by, ret);
}

/* ---------------------------------------------------------------- at a station */

static int load(struct scan *scan, struct stock_count *count, struct location *bin)
{
    int result = stock_count_load(scan->store, scan->session.stock_count, count);
    return result ? result : location_load(scan->store, count->location, bin);
}

/* The first that waits after this one; the worker is at the menu when none does. */
static int go_on(struct scan *scan, int64_t after)
{
    int64_t id;
    int result = stock_count_review_after(scan->store, after, &id);
    if (result == -ENOENT) {
        leave_flow(scan);
        return 0;
    }
    if (!result)
        scan->session.stock_count = id;
    go(scan, "review.count");
    return result;
}

int count_review_start(struct scan *scan)
{
    int64_t first;
    int result = check_pin(scan, &scan->worker);
    if (!result)
        result = stock_count_review_after(scan->store, 0, &first);
    if (result == -ENOENT)
        return refuse(scan, E77_NO_REVIEW, NULL, NULL);
    if (!result)
        result = begin_work(scan, "review", "review.count", DONE_REVIEW);
    return result ? result : go_on(scan, 0);
}

static int settle(struct scan *scan, enum decision decision)
{
    struct stock_count count;
    struct location bin;
    struct count_difference difference = {0};
    enum message said = DONE_COUNT_REJECTED;
    int result = load(scan, &count, &bin);
    if (!result)
        result = count_difference(scan->store, count.id, &difference);
    if (!result)
        result = decide(scan->store, &count, &scan->worker, decision, &said);
    if (result == -EACCES)
        return refuse(scan, E18_SUPERVISOR, NULL, NULL);
    if (result == -EBUSY)
        return refuse_not_now(scan);
    if (!result)
        result = undo_border(scan);
    struct answer *answer = accept_with(scan, said);
    answer_text(answer, "l", bin.code);
    answer_number(answer, "n", difference.pieces);
    scan->effect->seq = scan->store->end.seq;
    return result ? result : go_on(scan, count.id);
}

static int approve_here(struct scan *scan)
{
    return settle(scan, APPROVE);
}

static int reject_here(struct scan *scan)
{
    return settle(scan, REJECT);
}

static int skip(struct scan *scan)
{
    struct stock_count count;
    struct location bin;
    int result = load(scan, &count, &bin);
    if (result)
        return result;
    json_text(record_start(scan), "location", bin.code);
    result = record(scan, "count.passed", "location", bin.code);
    if (!result)
        result = undo_allow(scan, "count.passed");
    answer_text(accept_with(scan, DONE_SKIPPED), "l", bin.code);
    return result ? result : go_on(scan, count.id);
}

static int leave(struct scan *scan)
{
    return leave_work(scan, "review");
}

static int show_count(struct scan *scan, struct view *view)
{
    struct stock_count count;
    struct location bin;
    struct item item;
    struct count_variance variance = {.serial = ""};
    int result = load(scan, &count, &bin);
    view->expect = "command";
    answer_set(&view->prompt, ASK_REVIEW);
    answer_text(&view->prompt, "l", bin.code);
    while (!result && view->detail_count < COUNT(view->details)) {
        result = count_variance_after(scan->store, count.id, &variance);
        if (!result)
            result = item_load(scan->store, variance.item, &item);
        if (result)
            break;
        struct answer *detail = &view->details[view->detail_count++];
        answer_set(detail, variance.quantity > 0 ? NOTE_TOO_MUCH : NOTE_MISSING);
        answer_number(detail, "n", variance.quantity > 0 ? variance.quantity : -variance.quantity);
        answer_text(detail, "i", item.name);
    }
    return result == -ENOENT ? 0 : result;
}

static const struct command commands[] = {{.name = "APPROVE", .run = approve_here, .final = true},
                                          {.name = "REJECT", .run = reject_here, .final = true},
                                          {.name = "SKIP", .run = skip},
                                          {.name = "DONE", .run = leave},
                                          {.name = NULL}};

static const struct step steps[] = {
    {"review.count", 0, "APPROVE or REJECT", "「批准」或「驳回」", NULL, show_count, .commands = commands},
    {.name = NULL},
};

static const struct undo undos[] = {{"count.passed", "the skipping", "跳过", NULL}, {.type = NULL}};

const struct flow review_flow = {.name = "review", .steps = steps, .undos = undos};

/* ---------------------------------------------------------------- by asking */

struct count_fields {
    int64_t count;
};
static const struct option_def count_fields[] = {
    {"count", OPTION_NUMBER_AT(struct count_fields, count), .min = 1, .max = INT64_MAX, .help = "the count's number"},
    {0}};

static int ask_decide(struct ask *ask, enum decision decision)
{
    const struct count_fields *fields = ask->fields;
    struct stock_count count;
    struct location bin;
    struct count_difference difference = {0};
    enum message said = DONE_COUNT_REJECTED;
    char number[24];
    snprintf(number, sizeof(number), "%lld", (long long)fields->count);
    int result = stock_count_load(ask->store, fields->count, &count);
    if (result == -ENOENT)
        return ask_refuse(ask, E01_UNKNOWN, "c", number);
    if (!result)
        result = location_load(ask->store, count.location, &bin);
    if (!result)
        result = count_difference(ask->store, count.id, &difference);
    if (!result)
        result = decide(ask->store, &count, &ask->by, decision, &said);
    if (result == -EACCES)
        return ask_refuse(ask, E18_SUPERVISOR, NULL, NULL);
    if (result == -EBUSY)
        return ask_refuse(ask, E25_NOT_NOW, "c", ask->event->name);
    struct answer *answer = ask_accept(ask, said);
    answer_text(answer, "l", bin.code);
    answer_number(answer, "n", difference.pieces);
    ask->effect->seq = ask->store->end.seq;
    return result;
}

static int ask_approve(struct ask *ask)
{
    return ask_decide(ask, APPROVE);
}

static int ask_reject(struct ask *ask)
{
    return ask_decide(ask, REJECT);
}

static int ask_recount(struct ask *ask)
{
    return ask_decide(ask, RECOUNT);
}

int count_release(struct ask *ask, const struct worker *worker, const struct session *session)
{
    struct store *store = ask->store;
    struct stock_count count;
    struct location bin;
    CLEANUP_BUF struct buf data = {0};
    int result = stock_count_load(store, session->stock_count, &count);
    if (!result)
        result = location_load(store, count.location, &bin);
    if (!result && count.worker != worker->id) /* a review is nobody's */
        return ask_refuse(ask, E64_HOLDS_NOTHING, "u", worker->name);
    if (result)
        return result;
    json_open_object(&data, NULL);
    json_text(&data, "location", bin.code);
    json_text(&data, "worker", worker->code);
    result = ask_record(ask, "lease.released", "location", bin.code, &data);
    if (!result)
        result = stock_count_skip(store, count.id);
    answer_text(ask_accept(ask, DONE_COUNT_RELEASED), "l", bin.code);
    return result ? result : session_save(store, &(struct session){.worker = worker->id, .step = "menu"});
}

struct plan_fields {
    char kind[12];
    int64_t limit;
};
static const struct option_def plan_fields[] = {
    {"kind", OPTION_CHOICE_AT(struct plan_fields, kind), .fallback = "cycle", .choices = "cycle|touched|random",
     .help = "cycle: what the calendar of the classes A, B and C says; touched: moved since the last count; random"},
    {"limit", OPTION_NUMBER_AT(struct plan_fields, limit), .fallback = "50", .min = 1, .max = 10000,
     .help = "so many bins at most"},
    {0}};

static int plan_cycle(struct store *store, int64_t limit, int64_t *ret)
{
    static const struct {
        const char *class;
        enum setting days;
    } classes[] = {{"A", SETTING_count_days_a}, {"B", SETTING_count_days_b}, {"C", SETTING_count_days_c}};
    int64_t total = 0;
    for (size_t i = 0; i < COUNT(classes) && total < limit; i++) {
        int64_t days, planned = 0;
        int result = setting_get(store, classes[i].days, &days);
        if (!result && days > 0)
            result = count_plan_class(store, classes[i].class, days, limit - total, &planned);
        if (result)
            return result;
        total += planned;
    }
    *ret = total;
    return 0;
}

static int ask_plan(struct ask *ask)
{
    static const struct {
        const char *kind;
        int (*plan)(struct store *store, int64_t limit, int64_t *ret);
    } kinds[] = {{"cycle", plan_cycle}, {"touched", count_plan_touched}, {"random", count_plan_random}};
    const struct plan_fields *fields = ask->fields;
    CLEANUP_BUF struct buf data = {0};
    int64_t planned = 0;
    int result = 0;
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (strcmp(kinds[i].kind, fields->kind) == 0)
            result = kinds[i].plan(ask->store, fields->limit, &planned);
    json_open_object(&data, NULL);
    json_text(&data, "kind", fields->kind);
    json_int(&data, "counts", planned);
    if (!result)
        result = ask_record(ask, "count.planned", "site", ask->store->site, &data);
    answer_number(ask_accept(ask, DONE_COUNTS_PLANNED), "n", planned);
    return result;
}

const struct verb count_verbs[] = {
    {"count.plan", plan_fields, sizeof(struct plan_fields), ask_plan, "Plan counts of bins."},
    {"count.approve", count_fields, sizeof(struct count_fields), ask_approve,
     "Post the differences of a count that waits for a supervisor."},
    {"count.reject", count_fields, sizeof(struct count_fields), ask_reject,
     "Let the books stand against a count that waits for a supervisor."},
    {"count.recount", count_fields, sizeof(struct count_fields), ask_recount,
     "Have a count that waits for a supervisor counted once more, by somebody else."},
    {0},
};
