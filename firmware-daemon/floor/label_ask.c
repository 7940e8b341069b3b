/* A supervisor has a label or a list printed again, from any page. */
#include "floor/ask.h"
#include "floor/label.h"
#include "floor/parcel.h"
#include "floor/print.h"
#include "store/print_job.h"

#include "base/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ASKED "asked by a supervisor"

struct job_fields {
    int64_t job;
};

static const struct option_def job_fields[] = {
    {"job", OPTION_NUMBER_AT(struct job_fields, job), .min = 1, .max = INT64_MAX, .help = "the print job's number"},
    {0}};

static int refuse_again(struct ask *ask)
{
    return ask_refuse(ask, E25_NOT_NOW, "c", ask->event->name);
}

/* On its way, or another has taken its place. */
static bool is_over(const struct print_job *job)
{
    return strcmp(job->state, "queued") != 0 && strcmp(job->state, "sending") != 0 && strcmp(job->state, "void") != 0;
}

static int record_parcel(struct ask *ask, const struct order *order, int64_t copy)
{
    char name[PARCEL_NAME_MAX];
    CLEANUP_BUF struct buf data = {0};
    parcel_name(order, name);
    json_open_object(&data, NULL);
    json_text(&data, "order", order->number);
    json_text(&data, "parcel", name);
    json_text(&data, "waybill", order->waybill);
    json_int(&data, "copy", copy);
    json_text(&data, "reason", ASKED);
    json_text(&data, "supervisor", ask->by.code);
    return ask_record(ask, "label.reprinted", "parcel", name, &data);
}

/* The newest label of the parcel is asked for again, whichever of its jobs was named. */
static int print_parcel(struct ask *ask, int64_t parcel_id, int64_t *ret_copy)
{
    struct parcel parcel;
    struct order order;
    struct print_job job;
    int result = parcel_load(ask->store, parcel_id, &parcel);
    if (!result)
        result = order_load(ask->store, parcel.order, &order);
    if (!result)
        result = print_job_of_parcel(ask->store, parcel_id, &job);
    if (result)
        return result;
    if (order.cancelled || strcmp(parcel.state, "unpacked") == 0 || !is_over(&job))
        return refuse_again(ask);
    *ret_copy = job.copy + 1;
    result = record_parcel(ask, &order, *ret_copy);
    if (!result && strcmp(job.state, "printed") != 0)
        result = print_job_set_state(ask->store, job.id, "void", ASKED);
    return result ? result : label_queue(ask->store, parcel_id, &order, *ret_copy, ASKED);
}

static int print_list(struct ask *ask, const struct print_job *job, int64_t *ret_copy)
{
    char key[64], number[24];
    CLEANUP_BUF struct buf data = {0};
    if (!is_over(job))
        return refuse_again(ask);
    *ret_copy = job->copy + 1;
    snprintf(number, sizeof(number), "%" PRId64, job->id);
    json_open_object(&data, NULL);
    json_int(&data, "job", job->id);
    json_text(&data, "template", job->template);
    json_int(&data, "copy", *ret_copy);
    int result = ask_record(ask, "list.reprinted", "job", number, &data);
    snprintf(key, sizeof(key), "again:%s:%" PRId64, number, ask->store->end.seq);
    return result ? result : print_list_again(ask->store, job, key, ASKED);
}

/* The label goes to the printer of the station that it was made for. */
static int print_again(struct ask *ask)
{
    const struct job_fields *fields = ask->fields;
    struct print_job job;
    char number[24];
    int64_t copy = 0;
    snprintf(number, sizeof(number), "%" PRId64, fields->job);
    int result = print_job_load(ask->store, fields->job, &job);
    if (result == -ENOENT)
        return ask_refuse(ask, E01_UNKNOWN, "c", number);
    if (result)
        return result;
    ask->store->stamp.station = job.station;
    result = job.parcel ? print_parcel(ask, job.parcel, &copy) : print_list(ask, &job, &copy);
    ask->store->stamp.station = "";
    if (!result)
        answer_number(ask_accept(ask, DONE_REPRINT), "n", copy);
    return result;
}

const struct verb label_verbs[] = {
    {"label.again", job_fields, sizeof(struct job_fields), print_again,
     "Print a label or a list again, at the station it was made for."},
    {0},
};
