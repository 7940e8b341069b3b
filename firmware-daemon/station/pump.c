#include "station/pump.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "drivers/label/templates.h"
#include "drivers/label/zpl.h"
#include "drivers/printer/printer.h"
#include "store/parcel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* IDLE -> ASKED (that it is being sent is queued as an event) -> WRITING -> REPORTING (the queue is full) -> REPORTED
 * (the outcome is queued) -> IDLE */
enum stage { IDLE, ASKED, WRITING, REPORTING, REPORTED };

struct pump {
    struct store *store;
    const struct station_config *config;
    const struct pump_ops *ops;
    void *user;
    char what[80];
    struct device *device;
    sd_event_source *stall; /* wakes a writer whose printer takes nothing */
    enum stage stage;
    int64_t job;
    struct buf bytes; /* of the job that is being sent */
    struct printer_writer writer;
    const char *outcome, *why; /* to be reported; literals */
};

static void report(struct pump *pump)
{
    if (pump->ops->post(pump->user, pump->job, pump->outcome, pump->why) != 0)
        return; /* the queue is full: the next kick tries again */
    pump->stage = REPORTED;
    pump->ops->changed(pump->user);
}

static void finish(struct pump *pump, const char *outcome, const char *why)
{
    if (device_is_open(pump->device))
        device_want_write(pump->device, false);
    sd_event_source_set_enabled(pump->stall, SD_EVENT_OFF);
    pump->stage = REPORTING;
    pump->outcome = outcome;
    pump->why = why;
    report(pump);
}

/* Not one byte out: it can wait for the printer. Some bytes out: nobody knows. */
static void give_up(struct pump *pump, const char *why)
{
    bool untouched = printer_writer_sent(&pump->writer) == 0;
    log_warning("%s: %s; job %lld is %s", pump->what, why, (long long)pump->job, untouched ? "kept" : "uncertain");
    finish(pump, untouched ? "queued" : "unknown", why);
}

static void write_on(struct pump *pump)
{
    int result = printer_writer_step(&pump->writer, device_write, device_pending, pump->device, clock_mono_us());
    if (pump->stage != WRITING) /* the device went away inside the write */
        return;
    if (result == 0) {
        finish(pump, "sent", "");
    } else if (result == -EAGAIN) {
        device_want_write(pump->device, printer_writer_wants_room(&pump->writer));
        if (!printer_writer_wants_room(&pump->writer))
            device_want_drained(pump->device);
        sd_event_source_set_time(pump->stall, (uint64_t)printer_writer_deadline(&pump->writer));
        sd_event_source_set_enabled(pump->stall, SD_EVENT_ONESHOT);
    } else {
        give_up(pump, result == -ETIMEDOUT ? "the printer takes no data: is it paused or out of paper?"
                                           : "the printer went away");
    }
}

static void on_writable(void *user)
{
    struct pump *pump = user;
    if (pump->stage == WRITING)
        write_on(pump);
}

static int on_stall(sd_event_source *source, uint64_t now, void *user)
{
    (void)source;
    (void)now;
    on_writable(user);
    return 0;
}

static void on_opened(void *user)
{
    struct pump *pump = user;
    pump->ops->changed(pump->user);
    pump_kick(pump);
}

static void on_gone(void *user)
{
    struct pump *pump = user;
    if (pump->stage == WRITING)
        give_up(pump, "the printer went away");
    pump->ops->changed(pump->user);
}

static void on_bytes(void *user, const void *bytes, size_t length)
{
    (void)user; /* what the printer says is read, so that it never blocks, but proves nothing yet */
    (void)bytes;
    (void)length;
}

static const struct device_ops device_ops = {
    .opened = on_opened, .bytes = on_bytes, .writable = on_writable, .gone = on_gone};

int pump_open(sd_event *event, struct store *store, const struct station_config *config, const struct pump_ops *ops,
              void *user, struct pump **ret, struct error *error)
{
    struct pump *pump = calloc(1, sizeof(*pump));
    if (!pump)
        return error_set(error, -ENOMEM, "out of memory");
    pump->store = store;
    pump->config = config;
    pump->ops = ops;
    pump->user = user;
    snprintf(pump->what, sizeof(pump->what), "station %.40s, printer", config->id);
    struct transport_settings line = {.baud = config->printer_baud};
    text_copy(line.address, sizeof(line.address), config->printer);
    text_copy(line.parity, sizeof(line.parity), config->printer_parity);
    text_copy(line.flow, sizeof(line.flow), config->printer_flow);
    int result = sd_event_add_time(event, &pump->stall, CLOCK_BOOTTIME, 0, 10000, on_stall, pump);
    if (result < 0)
        result = error_set(error, result, "no more timers can be had");
    else
        sd_event_source_set_enabled(pump->stall, SD_EVENT_OFF);
    *ret = pump;
    if (result >= 0)
        result = device_open(event, pump->what, &line, &device_ops, pump, &pump->device, error);
    if (result < 0)
        *ret = pump_close(pump);
    return result < 0 ? result : 0;
}

struct pump *pump_close(struct pump *pump)
{
    if (!pump)
        return NULL;
    device_close(pump->device);
    sd_event_source_disable_unref(pump->stall);
    buf_done(&pump->bytes);
    free(pump);
    return NULL;
}

void pump_warm_up(void)
{
    static const char sample[] =
        "{\"waybill\":\"W1\",\"carrier\":\"SF\",\"order\":\"N1\",\"receiver\":{\"name\":\"名\","
        "\"address\":\"地址 1\"},\"items\":[{\"sku\":\"S\",\"name\":\"品\",\"quantity\":1}]}";
    struct label *label = NULL;
    struct error error;
    if (label_from_json("shipping", sample, sizeof(sample) - 1, 0, &label, &error) != 0)
        log_warning("labels cannot be drawn: %s", error.text);
    label_free(label);
}

/* The job's own data makes the bytes, so that a reprint years later is the same label. */
static int render(struct pump *pump, struct error *error)
{
    struct print_job job;
    CLEANUP_BUF struct buf data = {0};
    CLEANUP(label_free_p) struct label *label = NULL;
    int result = print_job_load(pump->store, pump->job, &job);
    if (!result)
        result = print_job_data(pump->store, pump->job, &data);
    if (result)
        return error_set(error, result, "the job cannot be read");
    result = label_from_json(job.template, buf_text(&data), data.length, pump->config->printer_dpi, &label, error);
    buf_clear(&pump->bytes);
    if (!result && label->missing > 0)
        log_warning("%s: job %lld has %lld characters that no font has: they are printed as boxes", pump->what,
                    (long long)pump->job, (long long)label->missing);
    return result ? result : zpl_from_label(label, 1, &pump->bytes, error);
}

void pump_kick(struct pump *pump)
{
    struct error error = {0};
    if (pump->stage == REPORTING)
        report(pump);
    if (pump->stage != IDLE || !device_is_open(pump->device) ||
        print_job_next(pump->store, pump->config->id, &pump->job) != 0)
        return;
    bool printable = render(pump, &error) == 0;
    if (!printable)
        log_error("%s: job %lld cannot be printed: %s", pump->what, (long long)pump->job, error.text);
    if (pump->ops->post(pump->user, pump->job, printable ? "sending" : "failed", error.text) == 0 && printable)
        pump->stage = ASKED;
}

static void start(struct pump *pump)
{
    pump->stage = WRITING;
    printer_writer_init(&pump->writer, pump->bytes.data, pump->bytes.length, clock_mono_us());
    write_on(pump);
    pump->ops->changed(pump->user);
}

void pump_marked(struct pump *pump, int64_t job, bool good, bool saved)
{
    if (job != pump->job)
        return;
    if (pump->stage == ASKED && good) {
        start(pump);
    } else if (pump->stage == ASKED) {
        pump->stage = IDLE;
    } else if (pump->stage == REPORTED) {
        pump->stage = saved ? IDLE : REPORTING;
    }
}

void pump_write_state(const struct pump *pump, const char *key, struct buf *json)
{
    json_open_object(json, key);
    struct answer trouble;
    if (!pump) {
        json_text(json, "state", "none");
    } else if (device_is_open(pump->device)) {
        json_text(json, "state", pump->stage == WRITING ? "busy" : "unknown"); /* silence is not readiness */
    } else {
        json_text(json, "state", "offline");
        answer_set(&trouble, E14_PRINTER);
        answer_text(&trouble, "why", "off or unplugged");
        answer_text(&trouble, "why_zh", "未连接或已关机");
        answer_json(&trouble, "text", json);
    }
    json_close_object(json);
}
