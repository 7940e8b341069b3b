/* Nobody signed in, and signed in with nothing begun: who are you, and what will you do? */
#include "floor/rule.h"
#include "floor/waybill.h"

#include "base/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

static int show_badge(struct scan *scan, struct view *view)
{
    (void)scan;
    view->expect = "badge";
    answer_set(&view->prompt, ASK_BADGE);
    return 0;
}

static int choose(struct scan *scan)
{
    if (scan->target.kind == CODE_TOTE)
        return pack_open(scan, scan->target.id);
    return ship_open(scan, scan->target.id);
}

/* The list again, as a copy; the doubtful one counts no more. */
static int reprint_list(struct scan *scan)
{
    struct store *store = scan->store;
    struct print_job job;
    CLEANUP_BUF struct buf data = {0};
    char key[32], number[24];
    int64_t id;
    int result = print_job_in_doubt(store, scan->event->station, &id);
    if (result == -ENOENT)
        return refuse_not_now(scan);
    if (!result)
        result = print_job_load(store, id, &job);
    if (!result)
        result = print_job_data(store, id, &data);
    if (result)
        return result;
    snprintf(number, sizeof(number), "%" PRId64, id);
    snprintf(key, sizeof(key), "again:%s", number);
    json_int(record_start(scan), "job", id);
    json_text(&scan->data, "template", job.template);
    json_int(&scan->data, "copy", job.copy + 1);
    result = record(scan, "list.reprinted", "job", number);
    if (!result)
        result = print_job_set_state(store, id, "void", "printed again");
    if (!result)
        result = print_job_queue(store, &(struct print_request){.key = key,
                                                                .template = job.template,
                                                                .data = data.data,
                                                                .copy = job.copy + 1,
                                                                .reason = "asked at the station"});
    answer_number(accept_with(scan, DONE_REPRINT), "n", job.copy + 1);
    return result;
}

/* A closed box whose number has come is to be fetched, the others may stand. */
static int show_waybills(struct scan *scan, struct view *view)
{
    char tote[STORE_CODE_MAX];
    int64_t waiting = 0;
    struct answer *detail = &view->details[view->detail_count];
    int result = waybill_come(scan->store, tote, sizeof(tote));
    if (!result) {
        answer_set(detail, NOTE_WAYBILL_CAME);
        answer_text(detail, "t", tote);
        view->detail_count++;
    }
    if (result != -ENOENT)
        return result;
    result = waybill_count_waiting(scan->store, &waiting);
    if (!result && waiting > 0) {
        answer_set(detail, NOTE_WAYBILL_WANTED);
        answer_number(detail, "n", waiting);
        view->detail_count++;
    }
    return result;
}

static int show_menu(struct scan *scan, struct view *view)
{
    int64_t waiting = 0, doubtful;
    int result = order_count_waiting(scan->store, &waiting);
    view->expect = "activity";
    answer_set(&view->prompt, ASK_ACTIVITY);
    answer_set(&view->details[0], NOTE_WAITING);
    answer_number(&view->details[0], "n", waiting);
    view->detail_count = 1;
    if (print_job_in_doubt(scan->store, scan->event->station, &doubtful) == 0)
        answer_set(&view->details[view->detail_count++], NOTE_LIST_IN_DOUBT);
    return result ? result : show_waybills(scan, view);
}

static const struct command menu_commands[] = {
    {.name = "PICK", .run = pick_start}, {.name = "REPRINT", .run = reprint_list}, {.name = NULL}};

const struct step menu_steps[] = {
    {.name = "badge",
     .accepts = BIT(CODE_BADGE),
     .what = "your badge",
     .what_zh = "工牌",
     .accept = sign_in,
     .show = show_badge},
    {.name = "menu",
     .accepts = BIT(CODE_TOTE) | BIT(CODE_LOCATION),
     .what = "PICK, a tote or a gate",
     .what_zh = "「拣货」、周转箱或出口",
     .accept = choose,
     .show = show_menu,
     .commands = menu_commands},
    {.name = NULL},
};
