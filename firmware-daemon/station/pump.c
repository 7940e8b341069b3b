#include "station/pump.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "drivers/printer/delivery.h"
#include "floor/messages.h"
#include "store/print_job.h"
#include "store/training.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT_US ((int64_t)500 * 1000) /* between looks at the port of a printer that says nothing */

struct pump {
    struct pump_settings settings;
    struct store *store, *copy; /* copy: to practise on; NULL: none */
    const struct pump_ops *ops;
    void *user;
    char what[BINDING_DEVICE_MAX + STORE_CODE_MAX + 24];
    struct device *device;
    sd_event_source *timer; /* the delivery's deadline, a mute printer's port, the next job's last moment */
    struct delivery delivery;
    struct printer_status port; /* of a mute printer on USB: what its port says */
    int64_t job;                /* that is being delivered */
    int64_t late_us;            /* when the next job will have waited too long */
    struct drawing *drawing;    /* of the next job; NULL: none yet */
    struct buf bytes;           /* of the job that is being sent */
};

/* ---------------------------------------------------------------- how the printer is */

static void arm(struct pump *pump)
{
    int64_t now_us = clock_mono_us(), due = delivery_deadline(&pump->delivery, now_us);
    if (pump->delivery.open && pump->delivery.talk.mute && due > now_us + PORT_US)
        due = now_us + PORT_US;
    due = pump->late_us < due ? pump->late_us : due;
    if (due == INT64_MAX) {
        sd_event_source_set_enabled(pump->timer, SD_EVENT_OFF);
        return;
    }
    sd_event_source_set_time(pump->timer, (uint64_t)(due > 0 ? due : 0));
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

static enum printer_language find_language(const struct pump *pump)
{
    const struct transport_about about = device_about(pump->device);
    struct printer_identity identity = {.language = PRINTER_LANGUAGE_UNKNOWN};
    if (pump->settings.language != PRINTER_LANGUAGE_UNKNOWN)
        return pump->settings.language;
    printer_identity_parse(about.device_id, about.device_id_length, &identity);
    return identity.language != PRINTER_LANGUAGE_UNKNOWN ? identity.language : pump->settings.usual;
}

/* A serial line, or a socket to another program, stays up while the printer behind it starts anew. */
static bool notices_loss(const struct pump *pump)
{
    const char *address = pump->settings.line.address;
    return strncmp(address, "usb", 3) == 0 || strncmp(address, "tcp:", 4) == 0;
}

static ssize_t write_line(void *user, const void *bytes, size_t length)
{
    struct pump *pump = user;
    return device_write(pump->device, bytes, length);
}

static size_t pending_on_line(void *user)
{
    struct pump *pump = user;
    return device_pending(pump->device);
}

/* ---------------------------------------------------------------- the ledger */

static void report(struct pump *pump)
{
    const struct delivery_report *said = delivery_report(&pump->delivery);
    if (!said)
        return;
    const struct print_report print = {.job = pump->job,
                                       .state = said->state,
                                       .why = said->why,
                                       .proof = said->proof,
                                       .printer = pump->settings.id,
                                       .labels = said->labels,
                                       .done = said->done,
                                       .odometer = said->odometer};
    if (pump->ops->post(pump->user, &print) != 0)
        return; /* the queue is full: the next kick tries again */
    delivery_posted(&pump->delivery);
    if (*said->why) {
        log_about(
            (struct log_about){.event = "label.doubt", .station = pump->settings.station, .device = pump->settings.id});
        log_warning("%s: %s; job %lld is %s", pump->what, said->why, (long long)pump->job, said->state);
    }
}

/* ---------------------------------------------------------------- what happens */

/* After everything that may have moved the delivery on. */
static void follow(struct pump *pump, bool changed)
{
    report(pump);
    if (pump->delivery.open && device_is_open(pump->device)) {
        device_want_write(pump->device, delivery_wants_room(&pump->delivery));
        if (delivery_wants_drained(&pump->delivery))
            device_want_drained(pump->device);
    }
    arm(pump);
    if (changed)
        pump->ops->changed(pump->user);
}

static void step(struct pump *pump)
{
    bool stuck = delivery_is_stuck(&pump->delivery, clock_mono_us());
    enum delivery_stage before = pump->delivery.stage;
    bool changed = delivery_step(&pump->delivery, clock_mono_us());
    if (before == DELIVERY_WRITING && pump->delivery.stage == DELIVERY_OVER)
        device_reset(pump->device); /* it takes nothing: what the line still holds must not run into the next label */
    if (pump->delivery.open && !device_is_open(pump->device))
        delivery_gone(&pump->delivery, clock_mono_us());
    follow(pump, changed || stuck);
}

static void on_writable(void *user)
{
    step(user);
}

static int on_timer(sd_event_source *source, uint64_t now, void *user)
{
    (void)source;
    (void)now;
    struct pump *pump = user;
    step(pump);
    if (pump->delivery.open &&
        pump->delivery.talk.mute) /* before a label is sent to what has just turned out to be mute */
        look_at_port(pump);
    pump_kick(pump);
    return 0;
}

static void on_opened(void *user)
{
    struct pump *pump = user;
    pump_redraw(pump); /* it may be spoken to in another language now */
    pump->port = (struct printer_status){0};
    device_ask_port(pump->device); /* known by the time that it turns out to be mute */
    delivery_opened(&pump->delivery, find_language(pump), notices_loss(pump), clock_mono_us());
    follow(pump, true);
    pump_kick(pump);
}

static void on_gone(void *user)
{
    struct pump *pump = user;
    delivery_gone(&pump->delivery, clock_mono_us());
    follow(pump, true);
}

static void on_bytes(void *user, const void *bytes, size_t length)
{
    struct pump *pump = user;
    bool changed = delivery_feed(&pump->delivery, bytes, length, clock_mono_us());
    step(pump);
    if (changed)
        pump->ops->changed(pump->user);
    pump_kick(pump);
}

static const struct device_ops device_ops = {
    .opened = on_opened, .bytes = on_bytes, .writable = on_writable, .gone = on_gone};

/* ---------------------------------------------------------------- open and close */

/* Loads the fonts, once; says so when they are missing. */
static void warm_up(const struct template_set *labels)
{
    static bool warm;
    static const char sample[] = "{\"waybill\":\"W1\",\"carrier\":\"SF\",\"receiver\":{\"address\":\"地址 1\"}}";
    const struct render_job job = {.template_name = "waybill-100x150", .json = sample, .length = sizeof(sample) - 1};
    struct label *label = NULL;
    struct label_fault fault;
    if (warm)
        return;
    warm = true;
    if (render_pages(labels, &job, 0, &label, &fault) != 0)
        log_warning("labels cannot be drawn: %s", fault.error.text);
    label_free(label);
}

int pump_open(sd_event *event, struct store *store, const struct pump_settings *settings, const struct pump_ops *ops,
              void *user, struct pump **ret, struct error *error)
{
    struct pump *pump = calloc(1, sizeof(*pump));
    if (!pump)
        return error_set(error, -ENOMEM, "out of memory");
    warm_up(settings->labels);
    pump->settings = *settings;
    pump->settings.line.role = TRANSPORT_PRINTER;
    pump->store = store;
    pump->ops = ops;
    pump->user = user;
    pump->late_us = INT64_MAX;
    delivery_init(&pump->delivery,
                  &(struct delivery_line){.write = write_line, .pending = pending_on_line, .user = pump});
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

void pump_practise(struct pump *pump, struct store *copy)
{
    pump->copy = copy;
}

struct pump *pump_close(struct pump *pump)
{
    if (!pump)
        return NULL;
    pump_redraw(pump);
    device_close(pump->device);
    sd_event_source_disable_unref(pump->timer);
    buf_done(&pump->bytes);
    free(pump);
    return NULL;
}

void pump_stop(struct pump *pump)
{
    delivery_stop(&pump->delivery, clock_mono_us());
    report(pump);
}

static struct label_printer printer_of(const struct pump *pump)
{
    const struct transport_settings *line = &pump->settings.line;
    bool serial = strncmp(line->address, "serial:", strlen("serial:")) == 0;
    return (struct label_printer){.language = pump->delivery.talk.language,
                                  .dpi = pump->settings.dpi,
                                  .baud = serial ? line->baud : 0,
                                  .text_only = strcmp(line->flow, "xonxoff") == 0,
                                  .lacks = pump->settings.lacks};
}

/* ---------------------------------------------------------------- drawing */

/* The job's own data makes the bytes, so that a reprint years later is the same label. */
static int load_request(const struct pump *pump, int64_t first, struct print_job *job, struct buf *data,
                        struct render_job *ret)
{
    struct store *store = training_job(pump->job) ? pump->copy : pump->store;
    int result = store ? print_job_load(store, pump->job, job) : -ENOENT;
    if (!result)
        result = print_job_data(store, pump->job, data);
    *ret = (struct render_job){.template_name = job->template,
                               .json = buf_text(data),
                               .length = data->length,
                               .tongue = pump->settings.tongue,
                               .copies = job->copies,
                               .first = first,
                               .sample = training_job(pump->job)};
    return result;
}

static void say_how(const struct pump *pump, const struct rendered *rendered)
{
    if (rendered->built_in)
        log_warning("%s: the site's own label cannot show job %lld (%s): the built-in one was printed", pump->what,
                    (long long)pump->job, rendered->why.error.text);
    if (rendered->missing > 0)
        log_warning("%s: job %lld has %lld characters that no font has: they are printed as boxes", pump->what,
                    (long long)pump->job, (long long)rendered->missing);
}

/* What is drawn becomes what is sent. */
static int use(struct pump *pump, int drawn, struct rendered *rendered, const struct label_fault *fault,
               struct error *error)
{
    if (drawn)
        return error_set(error, drawn, "%s: %s", fault->code, fault->error.text);
    say_how(pump, rendered);
    buf_done(&pump->bytes);
    pump->bytes = rendered->bytes;
    rendered->bytes = (struct buf){0};
    return 0;
}

/* The rest of a job that was cut off: seldom, and so in the loop. */
static int draw_rest(struct pump *pump, struct error *error)
{
    struct print_job job;
    struct render_job request;
    struct label_fault fault;
    CLEANUP_BUF struct buf data = {0};
    CLEANUP(rendered_done) struct rendered rendered = {0};
    const struct label_printer printer = printer_of(pump);
    if (load_request(pump, pump->delivery.done, &job, &data, &request) != 0)
        return error_set(error, -ENOENT, "the job cannot be read");
    int result = render_job(pump->settings.labels, &request, &printer, &rendered, &fault);
    return use(pump, result, &rendered, &fault, error);
}

static void on_drawn(void *user)
{
    pump_kick(user);
}

/* Has the next job drawn, as long as it is not. -EAGAIN: it is under way. */
static int draw(struct pump *pump, struct error *error)
{
    struct print_job job;
    struct render_job request;
    CLEANUP_BUF struct buf data = {0};
    const struct label_printer printer = printer_of(pump);
    const struct drawing_place place = {pump->settings.press, pump->settings.labels, on_drawn, pump};
    if (load_request(pump, 0, &job, &data, &request) != 0)
        return error_set(error, -ENOENT, "the job cannot be read");
    if (pump->drawing && !drawing_is_of(pump->drawing, pump->job, &data))
        pump_redraw(pump);
    if (!pump->drawing && drawing_begin(&place, pump->job, &request, &printer, &pump->drawing) != 0)
        return error_set(error, -ENOMEM, "there is no memory for a label");
    return drawing_is_ready(pump->drawing) ? 0 : -EAGAIN;
}

/* Ready, it is taken. */
static int take_drawing(struct pump *pump, int64_t *ret_labels, struct error *error)
{
    struct label_fault fault;
    CLEANUP(rendered_done) struct rendered rendered = {0};
    int result = drawing_take(pump->drawing, &rendered, &fault);
    *ret_labels = rendered.total;
    pump_redraw(pump);
    return use(pump, result, &rendered, &fault, error);
}

void pump_redraw(struct pump *pump)
{
    pump->drawing = drawing_drop(pump->drawing);
}

static bool can_draw(const struct pump *pump)
{
    return language_can_draw(pump->delivery.talk.language);
}

static bool is_well(const struct pump *pump)
{
    return can_draw(pump) && pump->port.state != PRINTER_ERROR;
}

static void fail(struct pump *pump, const char *why)
{
    log_about(
        (struct log_about){.event = "label.failed", .station = pump->settings.station, .device = pump->settings.id});
    log_error("%s: job %lld cannot be printed: %s", pump->what, (long long)pump->job, why);
    pump->ops->post(pump->user, &(struct print_report){.job = pump->job, .state = "failed", .why = why});
}

static int next_job(const struct pump *pump, int64_t *ret, int64_t *ret_since_us)
{
    int result = print_job_next(pump->store, pump->settings.station, ret, ret_since_us);
    if (result == -ENOENT && pump->copy)
        result = print_job_next(pump->copy, pump->settings.station, ret, ret_since_us);
    return result;
}

/* A job that has waited too long is not printed any more when its printer comes back: a person is asked. */
static void take_job(struct pump *pump)
{
    struct error error = {0};
    int64_t now_us = clock_mono_us(), since_us, labels, job;
    pump->late_us = INT64_MAX;
    if (next_job(pump, &job, &since_us) != 0)
        return;
    delivery_release(&pump->delivery);
    if (pump->delivery.stage != DELIVERY_FREE)
        return;
    pump->job = job;
    if (now_us - since_us >= pump->settings.job_limit_us) {
        fail(pump, PRINT_LATE);
        return;
    }
    pump->late_us = since_us + pump->settings.job_limit_us;
    if (!is_well(pump) || !device_is_open(pump->device))
        return;
    bool may_begin = delivery_may_begin(&pump->delivery, now_us); /* it is asked while the label is drawn */
    if (!may_begin && pump->drawing)
        return;
    int result = draw(pump, &error);
    if (result == -EAGAIN || (!result && !may_begin))
        return;
    if (result || take_drawing(pump, &labels, &error) != 0) {
        fail(pump, error.text);
        return;
    }
    delivery_begin(&pump->delivery, labels, pump->late_us, now_us);
    pump->late_us = INT64_MAX;
}

void pump_kick(struct pump *pump)
{
    if (pump->delivery.stage == DELIVERY_FREE || pump->delivery.stage == DELIVERY_PROVING)
        take_job(pump);
    follow(pump, false);
}

void pump_marked(struct pump *pump, int64_t job, bool good, bool saved)
{
    struct error error = {0};
    if (job != pump->job)
        return;
    if (!delivery_marked(&pump->delivery, good, saved, clock_mono_us())) {
        step(pump);
        return;
    }
    bool drawn = pump->delivery.done == 0 || draw_rest(pump, &error) == 0;
    delivery_write(&pump->delivery, drawn ? pump->bytes.data : NULL, pump->bytes.length, clock_mono_us());
    follow(pump, true);
}

/* ---------------------------------------------------------------- what others ask */

bool pump_is_busy(const struct pump *pump)
{
    return pump && delivery_is_busy(&pump->delivery);
}

const char *pump_id(const struct pump *pump)
{
    return pump->settings.id;
}

const char *pump_language(const struct pump *pump)
{
    return printer_language_name(pump->delivery.talk.language);
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
    const struct printer_status *said = pump->delivery.talk.mute ? &pump->port : &pump->delivery.talk.status;
    bool known = device_is_open(pump->device);
    const bool holds[COUNT(troubles)] = {
        !known,
        known && pump->delivery.talk.language == PRINTER_LANGUAGE_UNKNOWN,
        pump->delivery.held_back || delivery_is_stuck(&pump->delivery, clock_mono_us()),
        said->head_open,
        said->paper_out,
        said->ribbon_out,
        said->jammed,
        said->cutter_fault,
        said->overheated,
        said->memory_full,
        said->paused,
        said->state == PRINTER_ERROR,
        pump->delivery.talk.answers && pump->delivery.talk.status.state == PRINTER_UNKNOWN &&
            !pump->delivery.talk.asked,
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
    if (pump->delivery.stage == DELIVERY_WRITING)
        return "busy";
    if (pump->delivery.held_back || !can_draw(pump))
        return "unknown";
    if (pump->delivery.talk.mute && pump->port.state == PRINTER_ERROR)
        return "error";
    return printer_state_name(pump->delivery.talk.mute ? PRINTER_UNKNOWN : pump->delivery.talk.status.state);
}

void pump_write_state(const struct pump *pump, const char *key, struct buf *json)
{
    json_open_object(json, key);
    json_text(json, "state", pump ? state_name(pump) : "none");
    json_text(json, "proof", pump ? delivery_proof(&pump->delivery, clock_mono_us()) : NULL);
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
