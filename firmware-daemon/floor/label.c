/* A closed box and its label: number, print job, reprint, scan back; or put aside until a number has come. */
#include "floor/label.h"

#include "base/json.h"
#include "base/text.h"
#include "floor/print.h"
#include "floor/settings.h"
#include "floor/waybill.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int label_number(struct scan *scan, struct order *order, const struct parcel *parcel)
{
    int result = waybill_take(scan->store, order, parcel);
    return result ? result : parcel_verify(scan->store, parcel->id, parcel->box, order->waybill);
}

void label_say_parked(struct answer *answer, const char *where, const struct order *order)
{
    char slot[2 * STORE_CODE_MAX + 4];
    snprintf(slot, sizeof(slot), "%s (%s)", where, order->number);
    answer_text(answer, "slot", slot);
}

/* What the label shows; only this goes to the printer, and only from the job's row. */
int label_write(struct store *store, const struct order *order, int64_t parcel, int64_t copy, struct buf *data)
{
    struct receiver receiver;
    int result = receiver_load(store, order->number, &receiver);
    if (result)
        return result;
    json_open_object(data, NULL);
    json_text(data, "waybill", order->waybill);
    json_text(data, "carrier", order->carrier);
    json_text(data, "order", order->number);
    json_open_object(data, "receiver");
    json_text(data, "name", receiver.name);
    json_text(data, "phone", receiver.phone);
    json_text(data, "address", receiver.address);
    json_close_object(data);
    result = waybill_write_print_data(store, parcel, data);
    json_int(data, "copy", copy);
    json_open_array(data, "items");
    if (!result)
        result = order_write_packed(store, order->id, data);
    json_close_array(data);
    json_close_object(data);
    return result;
}

/* A label that its platform has drawn goes as it is. */
int label_queue(struct store *store, int64_t parcel, const struct order *order, int64_t copy, const char *reason)
{
    CLEANUP_BUF struct buf data = {0};
    char name[PARCEL_NAME_MAX], key[PARCEL_NAME_MAX + 32];
    parcel_name(order, name);
    snprintf(key, sizeof(key), "label:%s:%lld", name, (long long)copy);
    int result = waybill_opaque(store, parcel, &data);
    bool opaque = data.length > 0;
    if (!result && !opaque)
        result = label_write(store, order, parcel, copy, &data);
    if (result || data.failed)
        return result ? result : -ENOMEM;
    return print_job_queue(store, &(struct print_request){.key = key,
                                                          .template = opaque ? "opaque" : "waybill-100x150",
                                                          .data = data.data,
                                                          .parcel = parcel,
                                                          .copy = copy,
                                                          .reason = reason});
}

/* What a supervisor let pass unpacked, line by line. */
static int write_missing(struct scan *scan, const struct order *order)
{
    CLEANUP_BUF struct buf missing = {0};
    json_open_array(&missing, NULL);
    int result = order_write_missing(scan->store, order->id, &missing);
    bool none = missing.length <= 1;
    json_close_array(&missing);
    if (!result && !none)
        json_raw(&scan->data, "missing", buf_text(&missing));
    return result ? result : missing.failed ? -ENOMEM : 0;
}

static int start_parcel_record(struct scan *scan, const struct order *order, const struct parcel *parcel)
{
    char name[PARCEL_NAME_MAX], box[STORE_CODE_MAX];
    int result = box_code(scan->store, parcel->box, box, sizeof(box));
    if (result)
        return result;
    parcel_name(order, name);
    json_text(record_start(scan), "order", order->number);
    json_text(&scan->data, "parcel", name);
    json_text(&scan->data, "box", box);
    return write_missing(scan, order);
}

/* A parcel that was packed before had labels already. */
static int next_copy(struct scan *scan, int64_t *ret)
{
    struct print_job job = {0};
    int result = print_job_of_parcel(scan->store, scan->session.parcel, &job);
    *ret = job.copy + 1;
    return result == -ENOENT ? 0 : result;
}

/* Whether it may be cancelled at head office, and nobody here knows. */
static int write_offline(struct scan *scan)
{
    struct stream stream = {0};
    int result = store_stream(scan->store, &stream);
    if (!stream.linked)
        json_bool(&scan->data, "closed_offline", true);
    return result;
}

int label_begin(struct scan *scan, const struct order *order, const struct parcel *parcel, const char *step)
{
    char name[PARCEL_NAME_MAX];
    int64_t copy;
    parcel_name(order, name);
    int result = start_parcel_record(scan, order, parcel);
    json_text(&scan->data, "waybill", order->waybill);
    if (!result)
        result = write_offline(scan);
    if (!result)
        result = record(scan, "parcel.packed", "parcel", name);
    if (!result)
        result = next_copy(scan, &copy);
    if (!result)
        result = label_queue(scan->store, scan->session.parcel, order, copy, "");
    if (!result)
        result = undo_border(scan);
    go(scan, step);
    accept_with(scan, DONE_PACKED);
    return result;
}

int label_park(struct scan *scan, const struct order *order, const struct parcel *parcel, const char *where)
{
    struct store *store = scan->store;
    int result = start_parcel_record(scan, order, parcel);
    json_text(&scan->data, "reason", WAYBILL_NONE);
    if (!result)
        result = record(scan, "order.parked", "order", order->number);
    if (!result)
        result = parcel_wait(store, parcel->id, parcel->box, scan->seq);
    if (!result)
        result = order_set_state(store, order->id, "parked", WAYBILL_NONE);
    if (!result)
        result = order_set_worker(store, order->id, 0);
    if (!result)
        result = undo_border(scan);
    label_say_parked(accept_with(scan, DONE_PARKED), where, order);
    return result;
}

/* reason, by NULL: there is none to say. */
static int record_label(struct scan *scan, const char *type, const struct order *order, int64_t copy,
                        const char *reason, const struct worker *by)
{
    char parcel[PARCEL_NAME_MAX];
    parcel_name(order, parcel);
    json_text(record_start(scan), "order", order->number);
    json_text(&scan->data, "parcel", parcel);
    json_text(&scan->data, "waybill", order->waybill);
    json_int(&scan->data, "copy", copy);
    if (reason)
        json_text(&scan->data, "reason", reason);
    if (by)
        json_text(&scan->data, "supervisor", by->code);
    return record(scan, type, "parcel", parcel);
}

/* The label's own code is the proof that it came out and sits on the right parcel. */
int label_confirm(struct scan *scan, struct order *ret)
{
    struct store *store = scan->store;
    struct print_job job;
    int result = order_load(store, scan->session.order, ret);
    if (!result && ret->cancelled)
        return refuse_cancelled(scan, ret);
    if (!result && scan->target.id != scan->session.parcel)
        return refuse_goods(scan, ret->waybill, scan->text);
    if (!result)
        result = print_job_of_parcel(store, scan->session.parcel, &job);
    if (!result)
        result = record_label(scan, "label.printed", ret, job.copy, NULL, NULL);
    if (!result)
        result = print_job_set_state(store, job.id, "printed", "");
    if (!result && !*job.proof)
        result = print_job_proved(store, job.id, "scan");
    if (!result)
        result = parcel_set_state(store, scan->session.parcel, "labelled");
    if (!result)
        result = order_set_state(store, ret->id, "labelled", "");
    if (!result)
        result = order_set_worker(store, ret->id, 0);
    if (!result)
        result = undo_border(scan);
    answer_text(accept_with(scan, DONE_LABELLED), "o", ret->number);
    return result;
}

/* The order whose label is asked for again, and its newest job. One that is on its way already is not asked for again.
 */
static int load_again(struct scan *scan, struct order *order, struct print_job *job)
{
    int result = order_load(scan->store, scan->session.order, order);
    if (!result && order->cancelled)
        return refuse_cancelled(scan, order);
    if (!result)
        result = print_job_of_parcel(scan->store, scan->session.parcel, job);
    if (!result && (strcmp(job->state, "queued") == 0 || strcmp(job->state, "sending") == 0))
        return refuse_not_now(scan);
    return result;
}

/* by NULL: nobody had to allow it. */
static int print_again(struct scan *scan, const struct worker *by)
{
    struct order order;
    struct print_job job;
    int result = load_again(scan, &order, &job);
    if (!result)
        result = record_label(scan, "label.reprinted", &order, job.copy + 1,
                              *job.reason ? job.reason : "asked by the packer", by);
    if (!result && strcmp(job.state, "printed") != 0) /* nothing more is done about it: the new one takes its place */
        result = print_job_set_state(scan->store, job.id, "void", "asked for again");
    if (!result)
        result = label_queue(scan->store, scan->session.parcel, &order, job.copy + 1, "asked by the packer");
    answer_number(accept_with(scan, DONE_REPRINT), "n", job.copy + 1);
    return result;
}

/* A second copy may go onto a second parcel: where a badge may have been revoked meanwhile, two people answer for it.
 */
int label_reprint(struct scan *scan)
{
    struct order order;
    struct print_job job;
    int64_t wanted;
    int result = load_again(scan, &order, &job);
    if (!result)
        result = setting_get(scan->store, SETTING_reprint_badge, &wanted);
    if (result)
        return result;
    if (!wanted && !scan->store->stamp.stale)
        return print_again(scan, NULL);
    result = force_ask(scan);
    go(scan, "parcel.reprint");
    return result;
}

int label_reprint_allowed(struct scan *scan)
{
    struct worker by;
    char back[sizeof(scan->session.back)];
    int result = check_supervisor(scan, &by);
    if (result)
        return result;
    text_copy(back, sizeof(back), scan->session.back);
    *scan->session.back = '\0';
    go(scan, back);
    return print_again(scan, &by);
}

void show_packing_note(struct view *view, const struct order *order)
{
    if (!*order->packing_note)
        return;
    answer_set(&view->details[view->detail_count], NOTE_PACKING);
    answer_text(&view->details[view->detail_count++], "note", order->packing_note);
}

int show_parcel_order(struct scan *scan, struct view *view, struct order *ret)
{
    struct totals totals;
    int result = order_load(scan->store, scan->session.order, ret);
    if (!result)
        result = order_totals(scan->store, ret->id, &totals);
    if (result)
        return result;
    answer_set(&view->details[0], NOTE_ORDER);
    answer_text(&view->details[0], "o", ret->number);
    answer_text(&view->details[0], "c", ret->carrier);
    view->detail_count = 1;
    show_packing_note(view, ret);
    view->done = totals.packed;
    view->need = totals.picked;
    view->cancelled = ret->cancelled;
    if (ret->cancelled) {
        answer_set(&view->prompt, ASK_CANCELLED_PARCEL);
        answer_text(&view->prompt, "o", ret->number);
    }
    return 0;
}

int label_show(struct scan *scan, struct view *view)
{
    static const struct {
        const char *state;
        enum message ask;
    } asks[] = {{"queued", ASK_LABEL_WAITS}, {"unknown", ASK_LABEL_UNKNOWN}, {"failed", ASK_LABEL_FAILED}};
    struct order order;
    struct print_job job;
    int result = print_job_of_parcel(scan->store, scan->session.parcel, &job);
    if (result)
        return result;
    view->label = job;
    view->expect = "waybill";
    answer_set(&view->prompt, ASK_LABEL);
    for (size_t i = 0; i < COUNT(asks); i++)
        if (strcmp(asks[i].state, job.state) == 0)
            answer_set(&view->prompt, asks[i].ask);
    if (strcmp(job.reason, PRINT_LATE) == 0)
        answer_set(&view->prompt, ASK_LABEL_LATE);
    answer_text(&view->prompt, "why", job.reason);
    result = show_parcel_order(scan, view, &order);
    snprintf(view->code, sizeof(view->code), "%s", order.waybill);
    return result;
}
