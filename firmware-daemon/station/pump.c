#include "station/pump.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "drivers/label/language.h"
#include "drivers/printer/printer.h"
#include "drivers/printer/talk.h"
#include "floor/messages.h"
#include "store/parcel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define FRESH_US ((int64_t)1000 * 1000) /* a status that is younger needs no new question before a job */
#define LOOK_US                                                                                                        \
    ((int64_t)500 * 1000) /* between looks at a line that flow control holds, or at a mute printer's port              \
                           */

/* IDLE -> ASKED (that it is being sent is queued as an event) -> WRITING -> REPORTING (the queue is full) -> REPORTED
 * (the outcome is queued) -> IDLE */
enum stage { IDLE, ASKED, WRITING, REPORTING, REPORTED };

struct pump {
    struct pump_settings settings;
    struct store *store;
    const struct pump_ops *ops;
    void *user;
    char what[BINDING_DEVICE_MAX + STORE_CODE_MAX + 24];
    struct device *device;
    sd_event_source *timer; /* the next question, the answer's time-out, a writer whose printer takes nothing */
    struct printer_talk talk;
    struct printer_status port; /* of a mute printer on USB: what its port says */
    bool held_back;             /* flow control holds what was sent: it does not listen */
    enum stage stage;
    int64_t job;
    struct buf bytes; /* of the job that is being sent */
    struct printer_writer writer;
    const char *outcome, *why; /* to be reported; literals */
};

/* ---------------------------------------------------------------- how the printer is */

static void arm(struct pump *pump)
{
    int64_t due = printer_talk_deadline(&pump->talk);
    if (pump->stage == WRITING)
        due = printer_writer_deadline(&pump->writer);
    else if (!device_is_open(pump->device))
        due = INT64_MAX;
    else if (pump->held_back || pump->talk.mute)
        due = clock_mono_us() + LOOK_US;
    else if (!pump->talk.asked)
        due = pump->talk.next_us;
    if (due == INT64_MAX) {
        sd_event_source_set_enabled(pump->timer, SD_EVENT_OFF);
        return;
    }
    sd_event_source_set_time(pump->timer, (uint64_t)due);
    sd_event_source_set_enabled(pump->timer, SD_EVENT_ONESHOT);
}

/* Its port says little and often lies, but when it says "no paper" there is none. */
static void look_at_port(struct pump *pump)
{
    const struct transport_about about = device_about(pump->device);
    const struct printer_status before = pump->port;
    uint8_t byte = (uint8_t)about.port_status;
    pump->port = (struct printer_status){0};
    if (about.port_status >= 0)
        printer_status_decode("port-status", &byte, 1, &pump->port);
    device_ask_port(pump->device);
    if (before.state != pump->port.state || before.paper_out != pump->port.paper_out)
        pump->ops->changed(pump->user);
}

/* True while flow control holds back what was sent: then silence means nothing, and no question is added to it. */
static bool is_held_back(struct pump *pump, int64_t now_us)
{
    bool holds = device_pending(pump->device) > 0;
    bool was = pump->held_back;
    pump->held_back = holds;
    if (was && !holds)
        printer_talk_begin(&pump->talk, pump->talk.language, now_us);
    if (was != holds)
        pump->ops->changed(pump->user);
    return holds;
}

/* Never while a job is being written: the question would stand in the middle of it. */
static void converse(struct pump *pump)
{
    int64_t now_us = clock_mono_us();
    size_t length;
    if (pump->stage == WRITING || !device_is_open(pump->device))
        return;
    bool answer_is_due = now_us >= printer_talk_deadline(&pump->talk) || (!pump->talk.asked && !pump->talk.mute);
    if (answer_is_due && is_held_back(pump, now_us)) {
        arm(pump);
        return;
    }
    if (printer_talk_tick(&pump->talk, now_us))
        pump->ops->changed(pump->user);
    if (pump->talk.mute)
        look_at_port(pump);
    const char *question = printer_talk_question(&pump->talk, now_us, &length);
    if (question)
        device_write(pump->device, question, length);
    arm(pump);
}

static bool is_well(const struct pump *pump)
{
    return !pump->held_back && pump->port.state != PRINTER_ERROR && printer_talk_may_print(&pump->talk);
}

static enum printer_language find_language(const struct pump *pump)
{
    const struct transport_about about = device_about(pump->device);
    struct printer_identity identity = {.language = PRINTER_LANGUAGE_UNKNOWN};
    if (pump->settings.language != PRINTER_LANGUAGE_UNKNOWN)
        return pump->settings.language;
    printer_identity_parse(about.device_id, about.device_id_length, &identity);
    return identity.language != PRINTER_LANGUAGE_UNKNOWN ? identity.language : pump->settings.usual;
}

/* ---------------------------------------------------------------- sending */

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
    pump->stage = REPORTING;
    pump->outcome = outcome;
    pump->why = why;
    printer_talk_want(&pump->talk, clock_mono_us());
    arm(pump);
    report(pump);
}

/* Not one byte out: it can wait for the printer. Some bytes out: nobody knows; what the line still holds of them is
 * thrown away, so that it does not run into the next label. */
static void give_up(struct pump *pump, const char *why)
{
    bool untouched = printer_writer_sent(&pump->writer) == 0;
    log_warning("%s: %s; job %lld is %s", pump->what, why, (long long)pump->job, untouched ? "kept" : "uncertain");
    device_reset(pump->device);
    finish(pump, untouched ? "queued" : "unknown", why);
    pump->ops->changed(pump->user);
}

static void write_on(struct pump *pump)
{
    int result = printer_writer_step(&pump->writer, device_write, device_pending, pump->device, clock_mono_us());
    if (pump->stage != WRITING) /* the device went away inside the write */
        return;
    if (result == 0) {
        finish(pump, "sent", "");
    } else if (result == -EAGAIN) {
        bool wants_room = printer_writer_wants_room(&pump->writer);
        device_want_write(pump->device, wants_room);
        if (!wants_room)
            device_want_drained(pump->device);
        arm(pump);
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

static int on_timer(sd_event_source *source, uint64_t now, void *user)
{
    (void)source;
    (void)now;
    struct pump *pump = user;
    if (pump->stage == WRITING) {
        write_on(pump);
        return 0;
    }
    converse(pump);
    pump_kick(pump);
    return 0;
}

static void on_opened(void *user)
{
    struct pump *pump = user;
    pump->held_back = false;
    pump->port = (struct printer_status){0};
    printer_talk_begin(&pump->talk, find_language(pump), clock_mono_us());
    device_ask_port(pump->device); /* known by the time that it turns out to be mute */
    pump->ops->changed(pump->user);
    converse(pump);
    pump_kick(pump);
}

static void on_gone(void *user)
{
    struct pump *pump = user;
    if (pump->stage == WRITING)
        give_up(pump, "the printer went away");
    arm(pump);
    pump->ops->changed(pump->user);
}

static void on_bytes(void *user, const void *bytes, size_t length)
{
    struct pump *pump = user;
    if (!printer_talk_feed(&pump->talk, bytes, length, clock_mono_us()))
        return;
    arm(pump);
    pump->ops->changed(pump->user);
    pump_kick(pump);
}

static const struct device_ops device_ops = {
    .opened = on_opened, .bytes = on_bytes, .writable = on_writable, .gone = on_gone};

/* ---------------------------------------------------------------- open and close */

int pump_open(sd_event *event, struct store *store, const struct pump_settings *settings, const struct pump_ops *ops,
              void *user, struct pump **ret, struct error *error)
{
    struct pump *pump = calloc(1, sizeof(*pump));
    if (!pump)
        return error_set(error, -ENOMEM, "out of memory");
    pump->settings = *settings;
    pump->settings.line.role = TRANSPORT_PRINTER;
    pump->store = store;
    pump->ops = ops;
    pump->user = user;
    snprintf(pump->what, sizeof(pump->what), "station %s, printer %s", settings->station, settings->id);
    int result = sd_event_add_time(event, &pump->timer, CLOCK_BOOTTIME, 0, 10000, on_timer, pump);
    if (result < 0)
        result = error_set(error, result, "no more timers can be had");
    else
        sd_event_source_set_enabled(pump->timer, SD_EVENT_OFF);
    *ret = pump;
    if (result >= 0)
        result = device_open(event, pump->what, &pump->settings.line, &device_ops, pump, &pump->device, error);
    if (result < 0)
        *ret = pump_close(pump);
    return result < 0 ? result : 0;
}

struct pump *pump_close(struct pump *pump)
{
    if (!pump)
        return NULL;
    device_close(pump->device);
    sd_event_source_disable_unref(pump->timer);
    buf_done(&pump->bytes);
    free(pump);
    return NULL;
}

/* The job's own data makes the bytes, so that a reprint years later is the same label. */
static int render(struct pump *pump, struct error *error)
{
    struct print_job job;
    CLEANUP_BUF struct buf data = {0};
    int result = print_job_load(pump->store, pump->job, &job);
    if (!result)
        result = print_job_data(pump->store, pump->job, &data);
    if (result)
        return error_set(error, result, "the job cannot be read");
    return error_set(error, -ENOTSUP, "labels cannot be drawn yet");
}

/* Labels are drawn in ZPL only, so far. */
static bool can_draw(const struct pump *pump)
{
    return pump->talk.language == PRINTER_ZPL;
}

/* A job is marked as sending only when the printer has just said that it is well, or is known to say nothing. */
static void take_job(struct pump *pump)
{
    struct error error = {0};
    if (!can_draw(pump) || print_job_next(pump->store, pump->settings.station, &pump->job) != 0)
        return;
    bool asks = !pump->talk.mute && !pump->talk.asked && !pump->held_back;
    if (asks && clock_mono_us() - pump->talk.asked_us > FRESH_US) {
        printer_talk_want(&pump->talk, clock_mono_us());
        converse(pump);
    }
    if (!device_is_open(pump->device) || !is_well(pump))
        return;
    bool printable = render(pump, &error) == 0;
    if (!printable)
        log_error("%s: job %lld cannot be printed: %s", pump->what, (long long)pump->job, error.text);
    if (pump->ops->post(pump->user, pump->job, printable ? "sending" : "failed", error.text) == 0 && printable)
        pump->stage = ASKED;
}

void pump_kick(struct pump *pump)
{
    if (pump->stage == REPORTING)
        report(pump);
    if (pump->stage == IDLE && device_is_open(pump->device))
        take_job(pump);
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

/* ---------------------------------------------------------------- what others ask */

bool pump_is_busy(const struct pump *pump)
{
    return pump && pump->stage != IDLE;
}

const char *pump_id(const struct pump *pump)
{
    return pump->settings.id;
}

const char *pump_language(const struct pump *pump)
{
    return printer_language_name(pump->talk.language);
}

bool pump_is_open(const struct pump *pump)
{
    return device_is_open(pump->device);
}

const char *pump_fault(const struct pump *pump)
{
    return device_fault(pump->device);
}

void pump_retry(struct pump *pump)
{
    device_retry(pump->device);
}

struct trouble {
    const char *why, *why_zh;
};

/* The first that holds is said: what a hand can put right comes first. */
static const struct trouble *find_trouble(const struct pump *pump)
{
    static const struct trouble troubles[] = {
        {"off or unplugged", "未连接或已关机"},
        {"its language is not known: set it in the configuration", "未知打印语言,请在配置中指定"},
        {"labels are drawn in ZPL only: use another printer", "目前仅支持 ZPL 打印机"},
        {"it takes no data: look for paper, a pause, a loose cable", "不接收数据:请检查纸张、暂停键和连接线"},
        {"close its head", "请合上打印头"},
        {"put in paper", "请装纸"},
        {"put in a ribbon", "请装碳带"},
        {"clear the paper jam", "请清除卡纸"},
        {"free its cutter", "请清理切刀"},
        {"too hot: let it cool", "过热,请等待冷却"},
        {"its memory is full", "内存已满"},
        {"it is paused: press its button", "已暂停:请按打印机按钮"},
        {"it has a fault: look at it", "有故障,请查看打印机"},
        {"it has stopped answering: look for paper, ribbon and head", "停止应答:请检查纸张、碳带和打印头"},
    };
    const struct printer_status *said = pump->talk.mute ? &pump->port : &pump->talk.status;
    bool known = device_is_open(pump->device);
    const bool holds[COUNT(troubles)] = {
        !known,
        known && pump->talk.language == PRINTER_LANGUAGE_UNKNOWN,
        known && !can_draw(pump),
        pump->held_back,
        said->head_open,
        said->paper_out,
        said->ribbon_out,
        said->jammed,
        said->cutter_fault,
        said->overheated,
        said->memory_full,
        said->paused,
        said->state == PRINTER_ERROR,
        pump->talk.answers && pump->talk.status.state == PRINTER_UNKNOWN && !pump->talk.asked,
    };
    for (size_t i = 0; i < COUNT(troubles); i++)
        if (holds[i])
            return &troubles[i];
    return NULL;
}

/* Silence is not readiness. */
static const char *state_name(const struct pump *pump)
{
    if (!device_is_open(pump->device))
        return "offline";
    if (pump->stage == WRITING)
        return "busy";
    if (pump->held_back || !can_draw(pump))
        return "unknown";
    if (pump->talk.mute && pump->port.state == PRINTER_ERROR)
        return "error";
    return printer_state_name(pump->talk.mute ? PRINTER_UNKNOWN : pump->talk.status.state);
}

void pump_write_state(const struct pump *pump, const char *key, struct buf *json)
{
    json_open_object(json, key);
    json_text(json, "state", pump ? state_name(pump) : "none");
    const struct trouble *trouble = pump ? find_trouble(pump) : NULL;
    struct answer answer;
    if (trouble) {
        answer_set(&answer, E14_PRINTER);
        answer_text(&answer, "why", trouble->why);
        answer_text(&answer, "why_zh", trouble->why_zh);
        answer_json(&answer, "text", json);
    } else {
        json_text(json, "text", NULL);
    }
    json_close_object(json);
}
