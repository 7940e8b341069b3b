#include "station/weigher.h"

#include "station/steady.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASK_US 400000 /* between two questions */
/* While a parcel is taken off and the next laid on: an empty pan lasts no longer than a hand takes. */
#define ASK_LIFT_US 100000

struct weigher {
    struct weigher_settings settings;
    const struct weigher_ops *ops;
    void *user;
    char what[BINDING_DEVICE_MAX + 16];
    struct device *device;
    struct scale *scale;
    struct error fault;
    sd_event_source *timer; /* asks, and notices that a reading has grown old */
    bool has_reading, was_fresh;
    struct scale_reading reading;
    int64_t reading_us, asked_us;
    struct steady steady;
};

static bool is_fresh(const struct weigher *weigher)
{
    return weigher->has_reading && clock_mono_us() - weigher->reading_us < WEIGHER_FRESH_US;
}

static bool same(const struct scale_reading *a, const struct scale_reading *b)
{
    return a->state == b->state && a->has_weight == b->has_weight && a->milligrams == b->milligrams &&
           a->has_count == b->has_count && a->count == b->count;
}

static void on_reading(void *user, const struct scale_reading *reading)
{
    struct weigher *weigher = user;
    bool was_fresh = is_fresh(weigher), news = !was_fresh || !same(&weigher->reading, reading);
    weigher->has_reading = weigher->was_fresh = true;
    weigher->reading = *reading;
    weigher->reading_us = clock_mono_us();
    if (!was_fresh)
        weigher->steady = (struct steady){0};
    if (news)
        weigher->ops->changed(weigher->user);
    if (steady_take(&weigher->steady, reading))
        weigher->ops->weighed(weigher->user, weigher, weigher->steady.placed);
}

static void on_bytes(void *user, const void *bytes, size_t length)
{
    struct weigher *weigher = user;
    if (weigher->scale)
        scale_feed(weigher->scale, bytes, length);
}

/* Not before the last one was answered, unless that has taken long. One that finds no room is asked again the next
 * time. */
static void ask(struct weigher *weigher)
{
    size_t length = 0;
    int64_t now_us = clock_mono_us();
    const char *question = weigher->scale ? scale_question(weigher->scale, &length) : NULL;
    bool is_due = weigher->reading_us >= weigher->asked_us || now_us - weigher->asked_us >= ASK_US;
    if (!question || !is_due || !device_is_open(weigher->device))
        return;
    weigher->asked_us = now_us;
    device_write(weigher->device, question, length);
}

static int on_timer(sd_event_source *source, uint64_t now, void *user)
{
    (void)now;
    struct weigher *weigher = user;
    ask(weigher);
    if (weigher->was_fresh && !is_fresh(weigher)) {
        weigher->was_fresh = false;
        weigher->ops->changed(weigher->user);
    }
    sd_event_source_set_time_relative(source, steady_waits_for_lift(&weigher->steady) ? ASK_LIFT_US : ASK_US);
    return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int set_decoder(struct weigher *weigher, const struct transport_about *about, struct error *error)
{
    struct scale_settings settings = weigher->settings.scale;
    settings.descriptor = about->descriptor;
    settings.descriptor_length = about->descriptor_length;
    weigher->scale = scale_free(weigher->scale);
    return scale_new(weigher->settings.protocol, &settings, &(struct scale_sink){on_reading, weigher}, &weigher->scale,
                     error);
}

static void on_opened(void *user)
{
    struct weigher *weigher = user;
    const struct transport_about about = device_about(weigher->device);
    *weigher->fault.text = '\0';
    if (set_decoder(weigher, &about, &weigher->fault) != 0)
        log_warning("%s: %s", weigher->what, weigher->fault.text);
    weigher->ops->changed(weigher->user);
}

static void on_gone(void *user)
{
    struct weigher *weigher = user;
    weigher->has_reading = weigher->was_fresh = false;
    weigher->steady = (struct steady){0};
    if (weigher->scale)
        scale_reset(weigher->scale);
    weigher->ops->changed(weigher->user);
}

static const struct device_ops device_ops = {.opened = on_opened, .bytes = on_bytes, .gone = on_gone};

int weigher_open(sd_event *event, const struct weigher_settings *settings, const struct weigher_ops *ops, void *user,
                 struct weigher **ret, struct error *error)
{
    struct weigher *weigher = calloc(1, sizeof(*weigher));
    if (!weigher)
        return error_set(error, -ENOMEM, "out of memory");
    weigher->settings = *settings;
    weigher->settings.line.role = strcmp(settings->protocol, "hid") == 0 ? TRANSPORT_HID : TRANSPORT_SERIAL;
    weigher->ops = ops;
    weigher->user = user;
    snprintf(weigher->what, sizeof(weigher->what), "scale %s", settings->id);
    int result = set_decoder(weigher, &(struct transport_about){0}, error); /* a wrong setting is said at the start */
    if (!result &&
        sd_event_add_time_relative(event, &weigher->timer, CLOCK_MONOTONIC, ASK_US, 0, on_timer, weigher) < 0)
        result = error_set(error, -ENOMEM, "no more timers can be had");
    if (!result)
        result =
            device_open(event, weigher->what, &weigher->settings.line, &device_ops, weigher, &weigher->device, error);
    if (result)
        weigher = weigher_close(weigher);
    else
        *ret = weigher;
    return result;
}

struct weigher *weigher_close(struct weigher *weigher)
{
    if (!weigher)
        return NULL;
    device_close(weigher->device);
    scale_free(weigher->scale);
    sd_event_source_disable_unref(weigher->timer);
    free(weigher);
    return NULL;
}

const char *weigher_id(const struct weigher *weigher)
{
    return weigher->settings.id;
}

bool weigher_is_open(const struct weigher *weigher)
{
    return device_is_open(weigher->device) && weigher->scale;
}

const char *weigher_fault(const struct weigher *weigher)
{
    return *weigher->fault.text ? weigher->fault.text : device_fault(weigher->device);
}

void weigher_retry(struct weigher *weigher)
{
    device_retry(weigher->device);
}

void weigher_use(struct weigher *weigher)
{
    weigher->steady.used = true;
}

void weigher_ask(struct weigher *weigher)
{
    int64_t milligrams = is_fresh(weigher) ? steady_unused(&weigher->steady) : 0;
    if (milligrams)
        weigher->ops->weighed(weigher->user, weigher, milligrams);
}

void weigher_write_state(const struct weigher *weigher, const char *key, struct buf *json)
{
    const char *state = "none";
    if (weigher)
        state = !weigher_is_open(weigher) ? "offline"
                : !is_fresh(weigher)      ? "unknown"
                                          : scale_state_name(weigher->reading.state);
    bool weighs = weigher && is_fresh(weigher) && weigher->reading.has_weight;
    json_open_object(json, key);
    json_text(json, "state", state);
    if (weighs)
        json_int(json, "milligrams", weigher->reading.milligrams);
    else
        json_text(json, "milligrams", NULL);
    json_close_object(json);
}
