/* One scan: who stands there, what the code means, and the step that takes it. */
#include "floor/rule.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int sign_in(struct scan *scan)
{
    struct store *store = scan->store;
    int64_t worker = scan->target.id;
    int result = worker_load(store, worker, &scan->worker);
    if (result)
        return result;
    if (!scan->worker.active)
        return refuse(scan, E28_REVOKED, NULL, NULL);
    store->stamp.worker = worker;
    store->stamp.worker_code = scan->worker.code;
    result = session_sign_in(store, worker, scan->event->station);
    if (!result)
        result = session_of_worker(store, worker, &scan->session);
    if (result)
        return result;
    json_text(record_start(scan), "station", scan->event->station);
    json_text(&scan->data, "step", scan->session.step);
    result = record(scan, "worker.signed_in", "worker", scan->worker.code);
    answer_text(accept_with(scan, DONE_SIGNED_IN), "u", scan->worker.name);
    return result;
}

static int sign_out(struct scan *scan)
{
    json_text(record_start(scan), "station", scan->event->station);
    int result = record(scan, "worker.signed_out", "worker", scan->worker.code);
    answer_text(accept_with(scan, DONE_SIGNED_OUT), "u", scan->worker.name);
    return result ? result : session_sign_out(scan->store, scan->session.worker);
}

static int quantity_command(struct scan *scan)
{
    if (scan->argument < 1 || scan->argument > 9999)
        return refuse_not_now(scan);
    scan->session.quantity = scan->argument;
    json_int(record_start(scan), "quantity", scan->argument);
    int result = record(scan, "scan.quantity", "worker", scan->worker.code);
    answer_number(accept_with(scan, DONE_QUANTITY), "n", scan->argument);
    return result ? result : undo_allow(scan, "scan.quantity");
}

static int undo_last(struct scan *scan)
{
    struct action action;
    int result = action_load(scan->store, scan->session.undo, &action);
    if (result == -ENOENT)
        return refuse_not_now(scan);
    buf_clear(&scan->data);
    if (!result)
        result = journal_undone_data(scan->store, action.seq, &scan->data);
    if (!result)
        result = note(scan->store, "scan.undone", "worker", scan->worker.code, &scan->data, &scan->seq);
    if (!result)
        result = ledger_reverse(scan->store, scan->seq, action.seq);
    bool promised = false;
    if (!result)
        result = ledger_overdrawn(scan->store, scan->seq, &promised);
    if (result == -EPERM || promised)
        return refuse(scan, E71_GONE_ON, NULL, NULL);
    const struct undo *undo = undo_of(action.type);
    if (!result && undo && undo->run)
        result = undo->run(scan, &action);
    if (result)
        return result;
    scan->session = action.before;
    scan->effect->seq = scan->seq;
    struct answer *answer = accept_with(scan, DONE_UNDONE);
    answer_text(answer, "what", undo ? undo->what : action.type);
    answer_text(answer, "what_zh", undo ? undo->what_zh : action.type);
    return 0;
}

/* Good in every step. */
static const struct command everywhere[] = {
    {.name = "UNDO", .run = undo_last}, {.name = "LOGOUT", .run = sign_out}, {.name = NULL}};

static const struct command *find_command(const struct command *commands, const char *name, size_t length)
{
    for (; commands && commands->name; commands++)
        if (strlen(commands->name) == length && strncmp(commands->name, name, length) == 0)
            return commands;
    return NULL;
}

/* "CMD:SHORT", "CMD:QTY:5". */
static int run_command(struct scan *scan, const struct step *step)
{
    const char *name = scan->text + strlen(COMMAND_PREFIX);
    if (!scan->session.worker)
        return refuse_other_code(scan, step->what, step->what_zh);
    size_t length = strcspn(name, ":");
    scan->argument_text = name[length] == ':' ? name + length + 1 : "";
    if (text_to_int(scan->argument_text, 1, 999999, &scan->argument) != 0)
        scan->argument = 0;
    const struct command *command = find_command(everywhere, name, length);
    if (!command)
        command = find_command(step->commands, name, length);
    if (!command && scan->store->training && strcmp(step->name, "menu") == 0)
        command = find_command(training_commands, name, length);
    if (!command && length == 3 && strncmp(name, "QTY", 3) == 0 && (step->accepts & BIT(CODE_ITEM)))
        return quantity_command(scan);
    if (!command)
        return refuse_not_now(scan);
    int result = rights_check_command(scan, command->name);
    return result ? result : command->run(scan);
}

static int refuse_code(struct scan *scan, const struct step *step, size_t meanings)
{
    if (meanings > 0)
        return refuse_other_code(scan, step->what, step->what_zh);
    if (scan->code->flags & BARCODE_BAD_CHECK_DIGIT)
        return refuse(scan, E03_CHECK_DIGIT, NULL, NULL);
    return refuse(scan, E01_UNKNOWN, "c", scan->text);
}

#define MEANINGS_MAX 8

/* A number of the shop's own is looked up by its item part, where the site has told its format. */
static int find_in_store(struct scan *scan, struct meaning *meanings, size_t *ret_count)
{
    char format[STORE_CODE_MAX], gtin14[15];
    struct barcode_in_store in_store;
    int result, place = 0;
    while ((result = catalog_in_store_format(scan->store, place++, format, sizeof(format))) == 0) {
        if (barcode_in_store(format, scan->text, &in_store) != 0)
            continue;
        if (in_store.measure == BARCODE_MEASURE_WEIGHT_G)
            scan->in_store.weight_g = in_store.value;
        if (in_store.measure == BARCODE_MEASURE_PIECES)
            scan->in_store.pieces = in_store.value;
        if (barcode_gtin14(in_store.item, strlen(in_store.item), gtin14) != 0)
            *gtin14 = '\0';
        return catalog_find(scan->store, in_store.item, gtin14, meanings, MEANINGS_MAX, ret_count);
    }
    return result == -ENOENT ? 0 : result;
}

/* The codes a scan is looked up by: its text, its GTIN in 14 digits (of a logistic label that of its contents), the
 * SSCC in it. Eight digits that are an EAN-8 and a UPC-E at once are looked up as both; where both are known the worker
 * is asked. */
static int find_meanings(struct scan *scan, struct meaning *meanings, size_t *ret_count)
{
    const struct barcode *code = scan->code;
    const char *sscc = barcode_value(code, "00");
    char ean[15], upc_a[13], upc[15];
    if ((code->flags & BARCODE_AMBIGUOUS_8) && barcode_gtin14(code->text, code->length, ean) == 0 &&
        barcode_expand_upc_e(code->text, code->length, upc_a) == 0 && barcode_gtin14(upc_a, 12, upc) == 0)
        return catalog_find(scan->store, ean, upc, meanings, MEANINGS_MAX, ret_count);
    const char *contents = barcode_value(code, "02"), *gtin = *code->gtin14 || !contents ? code->gtin14 : contents;
    int result = catalog_find(scan->store, sscc ? sscc : scan->text, gtin, meanings, MEANINGS_MAX, ret_count);
    if (!result && *ret_count == 0 && code->kind == BARCODE_IN_STORE)
        result = find_in_store(scan, meanings, ret_count);
    return result;
}

/* Of several meanings those items stay that belong to the owner whose order or document is worked on. */
static int narrow_meanings(struct scan *scan, struct meaning *meanings, size_t *count)
{
    char owner[STORE_CODE_MAX] = "";
    if (*count < 2 || *count > MEANINGS_MAX || (!scan->session.order && !scan->session.document))
        return 0;
    struct sql_query *query = sql_select(scan->store->sql,
                                         "SELECT owner FROM orders WHERE id = ?1 UNION ALL "
                                         "SELECT owner FROM document WHERE id = ?2",
                                         sql_ref(scan->session.order), sql_ref(scan->session.document));
    if (sql_next(query))
        sql_copy_text(query, 0, owner, sizeof(owner));
    int result = sql_done(query);
    return result || !*owner ? result : catalog_keep_owner(scan->store, owner, meanings, count);
}

/* A code that nothing here is named by may still be new: a pallet's SSCC, a lot, a serial number. */
static bool is_new(struct scan *scan, const struct step *step)
{
    bool sscc = barcode_value(scan->code, "00") && (step->accepts & BIT(CODE_SSCC));
    if (!sscc && !(step->accepts & BIT(CODE_TEXT)))
        return false;
    scan->target = (struct meaning){.kind = sscc ? CODE_SSCC : CODE_TEXT};
    return true;
}

/* Which items a code fits, so that the worker can scan the right one's SKU. */
static int refuse_ambiguous(struct scan *scan, const struct meaning *meanings, size_t count)
{
    CLEANUP_BUF struct buf names = {0};
    for (size_t i = 0; i < count && i < MEANINGS_MAX; i++) {
        struct item item;
        if (meanings[i].kind != CODE_ITEM || item_load(scan->store, meanings[i].id, &item) != 0)
            continue;
        buf_puts(&names, names.length ? ", " : "");
        buf_puts(&names, item.sku);
    }
    struct answer *answer = refusal(scan, E02_AMBIGUOUS);
    answer_text(answer, "c", scan->text);
    answer_number(answer, "n", (int64_t)count);
    answer_text(answer, "which", buf_text(&names));
    return FLOOR_REFUSED;
}

/* Leaves in scan->target the one meaning that this step accepts; asks when there are several, never takes the first. */
static int resolve(struct scan *scan, const struct step *step, unsigned accepts)
{
    struct meaning meanings[MEANINGS_MAX], fitting[MEANINGS_MAX];
    size_t count, fit = 0;
    int result = find_meanings(scan, meanings, &count);
    if (!result)
        result = narrow_meanings(scan, meanings, &count);
    if (result)
        return result;
    for (size_t i = 0; i < count && i < MEANINGS_MAX; i++)
        if (BIT(meanings[i].kind) & accepts)
            fitting[fit++] = meanings[i];
    if (fit > 1)
        return refuse_ambiguous(scan, fitting, fit);
    if (fit == 1)
        scan->target = fitting[0];
    else if (count > 0 || !is_new(scan, step))
        return refuse_code(scan, step, count);
    return 0;
}

/* Revoked while signed in: what is in hand stays with the worker until somebody else takes it over. */
static bool is_revoked(const struct scan *scan)
{
    return scan->session.worker && !scan->worker.active;
}

static int take_code(struct scan *scan, const struct step *step)
{
    int result = resolve(scan, step, step->accepts | BIT(CODE_BADGE));
    if (result)
        return result;
    if (scan->target.kind == CODE_BADGE && (!(step->accepts & BIT(CODE_BADGE)) || is_revoked(scan)))
        return sign_in(scan);
    if (is_revoked(scan))
        return refuse(scan, E28_REVOKED, NULL, NULL);
    return scan->target.kind == CODE_ITEM && step->take ? goods_begin(scan, step) : step->accept(scan);
}

/* Who stands at the station, and in which step. */
static int stand(struct scan *scan, const struct step **ret_step)
{
    struct store *store = scan->store;
    int result = session_at_station(store, scan->event->station, &scan->session);
    if (!result && scan->session.worker)
        result = worker_load(store, scan->session.worker, &scan->worker);
    if (result)
        return result;
    if (scan->session.worker) {
        store->stamp.worker = scan->session.worker;
        store->stamp.worker_code = scan->worker.code;
    }
    scan->before = scan->session;
    *ret_step = step_of(&scan->session);
    return roster_look(store);
}

static int save(struct scan *scan)
{
    if (!scan->session.worker)
        return 0;
    if (scan->session.quantity == scan->before.quantity && scan->target.kind == CODE_ITEM)
        scan->session.quantity = 0; /* QTY counts once */
    return session_equals(&scan->session, &scan->before) ? 0 : session_save(scan->store, &scan->session);
}

static int take(struct scan *scan)
{
    const struct step *step;
    int result = stand(scan, &step);
    if (result)
        return result;
    bool command = strncmp(scan->text, COMMAND_PREFIX, strlen(COMMAND_PREFIX)) == 0;
    bool leaves = strcmp(scan->text, COMMAND_PREFIX "LOGOUT") == 0;
    if (command && is_revoked(scan) && !leaves)
        return refuse(scan, E28_REVOKED, NULL, NULL);
    result = leaves ? 0 : roster_check(scan);
    if (result)
        return result;
    result = command ? run_command(scan, step) : take_code(scan, step);
    if (!result)
        result = disk_check_flow(scan);
    if (!result)
        result = rights_check_flow(scan);
    if (!result)
        result = training_done_well(scan);
    if (result)
        return result;
    scan->effect->weighs = step_of(&scan->session)->weigh != NULL;
    return save(scan);
}

static int refuse_syntax(struct scan *scan, const struct barcode_error *error)
{
    struct answer *answer = refusal(scan, E20_GS1);
    answer_number(answer, "pos", (int64_t)error->position);
    answer_text(answer, "ai", *error->ai ? error->ai : "–");
    return FLOOR_REFUSED;
}

int scan_rule(struct store *store, const struct event *event, struct effect *effect)
{
    struct barcode code;
    struct barcode_error error;
    struct scan scan = {
        .store = store, .event = event, .effect = effect, .code = &code, .text = "", .argument_text = "", .data = {0}};
    if (barcode_parse(event_bytes(event), event->length, &code, &error) != 0)
        return refuse_syntax(&scan, &error);
    scan.text = code.text;
    effect->shows = true;
    if (!disk_accepts(store, scan.text))
        return refuse(&scan, E86_DISK_FULL, NULL, NULL);
    if (is_binding_label(scan.text))
        return scan_binding_label(store, event, scan.text, effect);
    if (!*event->station)
        return refuse(&scan, E30_UNBOUND, NULL, NULL);
    bool done = false;
    int result = training_guard(&scan, &done);
    if (!result && !done)
        result = take(&scan);
    buf_done(&scan.data);
    return result;
}

int scan_aborted_rule(struct store *store, const struct event *event, struct effect *effect)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_int(&data, "length", event->number);
    json_close_object(&data);
    answer_set(&effect->answer, E26_DAMAGED_SCAN);
    return note_scan(store, "scan.aborted", event, &data);
}

/* Most weights are nobody's business: they leave nothing behind. */
int weight_rule(struct store *store, const struct event *event, struct effect *effect)
{
    static const struct barcode no_code;
    struct scan scan = {
        .store = store, .event = event, .effect = effect, .code = &no_code, .text = "", .argument_text = ""};
    const struct step *step;
    int practises = store->training ? 0 : training_has(store, event->station);
    int result = practises ? practises : stand(&scan, &step);
    if (practises > 0)
        return 0;
    if (result || !step->weigh)
        return result;
    effect->shows = true;
    result = step->weigh(&scan, (event->number + 500) / 1000);
    if (!result)
        result = save(&scan);
    buf_done(&scan.data);
    return result;
}
