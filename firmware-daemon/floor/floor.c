#include "floor/floor.h"

#include "base/json.h"
#include "base/text.h"
#include "floor/commands.h"
#include "floor/join.h"
#include "floor/wave.h"
#include "store/order_lease.h"
#include "store/touched.h"

#include <errno.h>

#include <stdio.h>
#include <string.h>

static int (*const rules[EVENT_KINDS])(struct store *, const struct event *, struct effect *) = {
    [EVENT_SCAN] = scan_rule,         [EVENT_SCAN_ABORTED] = scan_aborted_rule,
    [EVENT_CHANGE] = change_rule,     [EVENT_APPLIED] = applied_rule,
    [EVENT_PRINT] = print_rule,       [EVENT_IMPORT] = import_rule,
    [EVENT_BOOT] = boot_rule,         [EVENT_BIND] = bind_rule,
    [EVENT_LABEL] = label_rule,       [EVENT_WEIGHT] = weight_rule,
    [EVENT_TRAINING] = training_rule, [EVENT_PRACTICE] = practice_rule,
    [EVENT_ASK] = ask_rule,           [EVENT_LINK] = link_rule,
    [EVENT_DISK] = disk_rule,         [EVENT_GRANT] = grant_rule,
    [EVENT_REWIND] = rewind_rule,     [EVENT_SNAPSHOT_LINE] = snapshot_line_rule,
    [EVENT_SNAPSHOT] = snapshot_rule, [EVENT_PRUNE] = prune_rule,
    [EVENT_PASSED] = passed_rule,     [EVENT_PIN] = pin_rule,
    [EVENT_CHECKED] = checked_rule,   [EVENT_FORGET] = forget_rule,
    [EVENT_JOIN] = join_rule,
};

/* A time of day from before this program was written is no time of day: lots are judged by it. */
static int64_t wall_of(const struct event *event)
{
    return event->wall_us > CLOCK_FLOOR_US ? event->wall_us : CLOCK_FLOOR_US;
}

static void stamp(struct store *store, const struct event *event)
{
    store->stamp = (struct stamp){.wall_us = wall_of(event),
                                  .mono_us = event->mono_us,
                                  .clock = event->clock,
                                  .station = event->station,
                                  .worker_code = ""};
}

static int (*const followers[TOUCHED_KINDS])(struct store *, int64_t id) = {
    [TOUCHED_STOCK] = orders_allocate_waiting,
    [TOUCHED_FACE] = replenish_item,
    [TOUCHED_WAVE] = wave_close_if_done,
};

/* What follows from the event for others, until nothing is left that it touched. */
static int follow(struct store *store)
{
    enum touched touched;
    int64_t id;
    int result;
    while ((result = touched_take(store, &touched, &id)) == 0) {
        result = followers[touched](store, id);
        if (result)
            return result;
    }
    return result == -ENOENT ? 0 : result;
}

int floor_before(struct store *store, const struct event *event)
{
    int64_t over;
    stamp(store, event);
    int result = order_lease_over(store, &over);
    if (result)
        return result == -ENOENT ? 0 : result;
    result = store_save_point(store);
    if (!result)
        result = order_lease_sweep(store);
    if (!result)
        result = follow(store);
    return result ? result : store_keep(store);
}

int floor_decide(struct store *store, const struct event *event, struct effect *ret)
{
    stamp(store, event);
    *ret = (struct effect){0};
    int result = join_is_wanted(store, event->kind) ? FLOOR_REFUSED : rules[event->kind](store, event, ret);
    if (result == FLOOR_REFUSED && ret->answer.message == MESSAGE_NONE)
        answer_set(&ret->answer, E97_NO_SITE);
    if (!result)
        result = follow(store);
    ret->good = result == 0;
    if (result == -EMSGSIZE || result == -EKEYREJECTED) { /* a journal row longer than what can be sent; receiver.h */
        answer_set(&ret->answer, result == -EMSGSIZE ? E88_TOO_MUCH : E89_SEALED);
        return FLOOR_REFUSED;
    }
    if (result && result != FLOOR_REFUSED)
        floor_not_saved(ret);
    return result;
}

void floor_not_saved(struct effect *ret)
{
    *ret = (struct effect){0};
    answer_set(&ret->answer, E00_NOT_SAVED);
}

/* What looks like a code, and not like somebody's name or address on a stranger's QR. */
static bool is_code(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return text[i] == '\x1d';
    return length <= 64;
}

static int scan_rejected(struct store *store, const struct event *event, const struct answer *answer)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "code", message_def(answer->message)->code);
    if (event->kind == EVENT_WEIGHT)
        json_int(&data, "milligrams", event->number);
    else if (is_code(event_bytes(event), event->length))
        json_text_n(&data, "scan", event_bytes(event), event->length);
    else
        json_int(&data, "length", (int64_t)event->length);
    json_close_object(&data);
    return note_scan(store, "scan.rejected", event, &data);
}

int floor_refused(struct store *store, const struct event *event, struct effect *effect)
{
    stamp(store, event);
    if (effect->answer.message == E86_DISK_FULL)
        return 0; /* not even that is written */
    if (event->kind == EVENT_SCAN || event->kind == EVENT_WEIGHT) {
        int result = scan_rejected(store, event, &effect->answer);
        return result ? result : training_mistake(store, event, &effect->answer);
    }
    if (event->kind != EVENT_CHANGE)
        return 0;
    CLEANUP_BUF struct buf why = {0};
    answer_write(&effect->answer, false, &why);
    return change_refused(store, event, buf_text(&why));
}

static void show_answers(const struct view *view, struct buf *json)
{
    answer_json(&view->prompt, "prompt", json);
    json_open_array(json, "details");
    for (size_t i = 0; i < view->detail_count; i++)
        answer_json(&view->details[i], NULL, json);
    json_close_array(json);
    if (view->need == 0) {
        json_text(json, "progress", NULL);
        return;
    }
    json_open_object(json, "progress");
    json_int(json, "done", view->done);
    json_int(json, "need", view->need);
    json_close_object(json);
}

static void show_command(const char *name, bool final, struct buf *json)
{
    const struct command_words *words = command_words(name);
    json_open_object(json, NULL);
    json_text(json, "name", name);
    json_text(json, "en", words ? words->en : name);
    json_text(json, "zh", words ? words->zh : name);
    json_bool(json, "final", final);
    json_close_object(json);
}

static void show_commands(const struct step *step, const struct view *view, bool signed_in, bool training,
                          struct buf *json)
{
    json_open_array(json, "commands");
    for (const struct command *command = step->commands; command && command->name; command++)
        if (view->cancelled || !command->when_cancelled)
            show_command(command->name, command->final, json);
    if (signed_in) { /* good in every step */
        show_command("UNDO", false, json);
        show_command("LOGOUT", false, json);
    }
    if (training && strcmp(step->name, "menu") == 0)
        show_command(training_commands->name, false, json);
    if (training)
        show_command("LIVE", false, json);
    json_close_array(json);
}

static void show_step(const char *name, const struct view *view, struct buf *json)
{
    char flow[24];
    snprintf(flow, sizeof(flow), "%.*s", (int)strcspn(name, "."), name);
    json_text(json, "flow", flow);
    json_text(json, "step", name);
    json_open_object(json, "expect");
    json_text(json, "kind", view->expect);
    json_text(json, "code", *view->code ? view->code : NULL);
    json_close_object(json);
}

static void show_label(const struct print_job *job, struct buf *json)
{
    if (!job->id) {
        json_text(json, "label", NULL);
        return;
    }
    json_open_object(json, "label");
    json_int(json, "job", job->id);
    json_text(json, "state", job->state);
    json_text(json, "proof", *job->proof ? job->proof : NULL);
    json_int(json, "copy", job->copy);
    json_close_object(json);
}

/* A station that practises shows nothing of the site's own work, and one that has no site has none. */
static void show_waiting(const char *name, enum message prompt, struct buf *json)
{
    static const struct command none[] = {{.name = NULL}};
    const struct step waiting = {.name = name, .commands = none};
    struct view view = {.expect = prompt == ASK_JOIN ? "join" : "nothing"};
    answer_set(&view.prompt, prompt);
    json_text(json, "worker", NULL);
    show_step(waiting.name, &view, json);
    show_answers(&view, json);
    json_text(json, "item", NULL);
    json_text(json, "place", NULL);
    show_label(&view.label, json);
    show_commands(&waiting, &view, false, prompt == ASK_TRAINING, json);
}

static void show_worker(const struct worker *worker, struct buf *json)
{
    if (!worker->id) {
        json_text(json, "worker", NULL);
        return;
    }
    json_open_object(json, "worker");
    json_text(json, "id", worker->code);
    json_text(json, "name", worker->name);
    json_text(json, "language", *worker->language ? worker->language : NULL);
    json_close_object(json);
}

int floor_show(struct store *store, const char *station, struct buf *json)
{
    struct event event = {.kind = EVENT_SCAN};
    struct effect no_effect = {0};
    struct scan scan = {.store = store, .event = &event, .effect = &no_effect, .text = "", .argument_text = ""};
    struct view view = {0};
    text_copy(event.station, sizeof(event.station), station);
    int practises = store->training ? 0 : training_has(store, station);
    if (practises < 0)
        return practises;
    if (practises || store->unjoined) {
        show_waiting(practises ? "training" : "join", practises ? ASK_TRAINING : ASK_JOIN, json);
        return 0;
    }
    int result = session_at_station(store, station, &scan.session);
    if (!result && scan.session.worker)
        result = worker_load(store, scan.session.worker, &scan.worker);
    if (result)
        return result;
    const struct step *step = step_of(&scan.session);
    result = step->show(&scan, &view);
    if (result)
        return result;
    if (scan.session.quantity && view.detail_count < COUNT(view.details)) {
        struct answer *detail = &view.details[view.detail_count++];
        answer_set(detail, NOTE_NEXT_COUNTS);
        answer_number(detail, "n", scan.session.quantity);
    }
    show_worker(&scan.worker, json);
    show_step(step->name, &view, json);
    show_answers(&view, json);
    show_label(&view.label, json);
    show_commands(step, &view, scan.session.worker != 0, store->training, json);
    return show_meant(&scan, &view, json);
}
