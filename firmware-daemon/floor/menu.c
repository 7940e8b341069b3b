/* Nobody signed in, and signed in with nothing begun: who are you, and what will you do? */
#include "floor/print.h"
#include "floor/rule.h"
#include "floor/waybill.h"
#include "store/document.h"

#include "base/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int show_badge(struct scan *scan, struct view *view)
{
    (void)scan;
    view->expect = "badge";
    answer_set(&view->prompt, ASK_BADGE);
    return 0;
}

/* An order is packed once it is picked. */
static int choose_order(struct scan *scan, const struct lpn *lpn)
{
    struct order order;
    int result = order_load(scan->store, lpn->order, &order);
    if (result)
        return result;
    return strcmp(order.state, "picking") == 0 ? pick_open(scan, lpn->id) : pack_open(scan, lpn->id);
}

/* A plate is packed when it holds an order, goes on in its wave, or is put away; an empty pallet may be announced. */
static int choose_plate(struct scan *scan, int64_t plate)
{
    struct lpn lpn;
    struct document document = {0};
    int result = lpn_load(scan->store, plate, &lpn);
    if (!result && lpn.document)
        result = document_load(scan->store, lpn.document, &document);
    if (result)
        return result;
    if (strcmp(lpn.kind, "slot") == 0)
        return slot_open(scan, &lpn);
    if (lpn.order)
        return choose_order(scan, &lpn);
    if (lpn.wave)
        return express_open(scan, plate);
    if (strcmp(document.kind, "transfer") == 0)
        return transfer_open(scan, lpn.document);
    if (!lpn_is_empty(scan->store, plate))
        return putaway_open(scan, plate);
    return scan->target.kind == CODE_PALLET ? receive_plate(scan) : refuse_other_code(scan, "PICK", "「拣货」");
}

static int choose_location(struct scan *scan, int64_t place)
{
    struct location location;
    int64_t slot;
    int result = location_load(scan->store, place, &location);
    if (result)
        return result;
    if (strcmp(location.kind, "wall") == 0)
        return sow_open(scan, place);
    if (strcmp(location.kind, "wall_slot") == 0) {
        result = lpn_of_slot(scan->store, place, location.code, &slot);
        return result ? result : choose_plate(scan, slot);
    }
    return ship_open(scan, place);
}

static int choose_document(struct scan *scan, int64_t id)
{
    static const struct {
        const char *kind;
        int (*open)(struct scan *, int64_t);
    } kinds[] = {
        {"asn", receive_open}, {"arrival", receive_open}, {"transfer", transfer_open}, {"return", return_open}};
    struct document document;
    int result = document_load(scan->store, id, &document);
    for (size_t i = 0; i < COUNT(kinds) && !result; i++)
        if (strcmp(kinds[i].kind, document.kind) == 0)
            return kinds[i].open(scan, id);
    return result ? result : refuse_not_now(scan);
}

static int choose_sscc(struct scan *scan, int64_t none)
{
    (void)none;
    return receive_plate(scan);
}

static int choose(struct scan *scan)
{
    static int (*const opens[])(struct scan *, int64_t) = {
        [CODE_TOTE] = choose_plate,   [CODE_PALLET] = choose_plate,      [CODE_LOCATION] = choose_location,
        [CODE_WAYBILL] = parcel_open, [CODE_DOCUMENT] = choose_document, [CODE_SSCC] = choose_sscc,
    };
    return opens[scan->target.kind](scan, scan->target.id);
}

/* The list again, as a copy; the doubtful one counts no more. */
static int reprint_list(struct scan *scan)
{
    struct store *store = scan->store;
    struct print_job job;
    char key[32], number[24];
    int64_t id;
    int result = print_job_in_doubt(store, scan->event->station, &id);
    if (result == -ENOENT)
        return refuse_not_now(scan);
    if (!result)
        result = print_job_load(store, id, &job);
    if (result)
        return result;
    snprintf(number, sizeof(number), "%" PRId64, id);
    snprintf(key, sizeof(key), "again:%s", number);
    json_int(record_start(scan), "job", id);
    json_text(&scan->data, "template", job.template);
    json_int(&scan->data, "copy", job.copy + 1);
    result = record(scan, "list.reprinted", "job", number);
    if (!result)
        result = print_list_again(store, &job, key, "asked at the station");
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

static const struct command menu_commands[] = {{.name = "PICK", .run = pick_start},
                                               {.name = "CLUSTER", .run = cluster_start},
                                               {.name = "ZONE", .run = zone_start},
                                               {.name = "BATCH", .run = batch_start},
                                               {.name = "WAVE", .run = wave_start, .final = true},
                                               {.name = "RECEIVE", .run = receive_start},
                                               {.name = "PUTAWAY", .run = putaway_start},
                                               {.name = "REPLEN", .run = replenish_start},
                                               {.name = "MOVE", .run = move_start},
                                               {.name = "COUNT", .run = count_start},
                                               {.name = "RETURN", .run = return_start},
                                               {.name = "ALIAS", .run = alias_start},
                                               {.name = "FOUND", .run = found_start},
                                               {.name = "REVIEW", .run = count_review_start},
                                               {.name = "REPRINT", .run = reprint_list},
                                               {.name = "TRAIN", .run = training_start},
                                               {.name = NULL}};

static const struct step steps[] = {
    {.name = "badge",
     .accepts = BIT(CODE_BADGE),
     .what = "your badge",
     .what_zh = "工牌",
     .accept = sign_in,
     .show = show_badge},
    {.name = "menu",
     .accepts = BIT(CODE_TOTE) | BIT(CODE_PALLET) | BIT(CODE_LOCATION) | BIT(CODE_WAYBILL) | BIT(CODE_DOCUMENT) |
                BIT(CODE_SSCC),
     .what = "what you will do, a tote, a document or a gate",
     .what_zh = "作业、周转箱、单据或出口",
     .accept = choose,
     .show = show_menu,
     .commands = menu_commands},
    {.name = NULL},
};
static const struct undo undos[] = {
    {"scan.quantity", "the quantity", "数量", NULL}, {"work.started", "the beginning", "开始", NULL}, {.type = NULL}};

const struct flow menu_flow = {.name = "menu", .steps = steps, .undos = undos};
