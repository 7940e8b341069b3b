#include "station/station.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct station {
    const struct station_config *config;
    const struct station_ops *ops;
    void *user;
    char what[80]; /* for the log */
    struct device *device;
    struct scanner *scanner;
    sd_event_source *gap;
    struct buf held; /* scans that found the queue full, each behind its size_t length; reading has stopped */
    struct {
        struct answer answer;
        bool good;
        char scan[128];
        int64_t number; /* 0: nothing was heard yet */
    } last;
};

/* What one read brought can still come: no more than that is read. */
static void hold(struct station *station, const char *text, size_t length)
{
    buf_put(&station->held, &length, sizeof(length));
    buf_put(&station->held, text, length);
    device_pause(station->device, true);
}

static void on_scan(void *user, const char *text, size_t length, unsigned flags)
{
    struct station *station = user;
    if (flags & SCAN_LOSSY)
        station->ops->post_aborted(station->user, station->config->id, length);
    else if (station->held.length > 0 ||
             station->ops->post_scan(station->user, station->config->id, text, length) == -EAGAIN)
        hold(station, text, length);
}

static void on_aborted(void *user, size_t length)
{
    struct station *station = user;
    station->ops->post_aborted(station->user, station->config->id, length);
}

static void arm_gap(struct station *station)
{
    int64_t deadline = scanner_deadline(station->scanner);
    if (deadline == INT64_MAX) {
        sd_event_source_set_enabled(station->gap, SD_EVENT_OFF);
        return;
    }
    sd_event_source_set_time(station->gap, (uint64_t)deadline);
    sd_event_source_set_enabled(station->gap, SD_EVENT_ONESHOT);
}

static void on_bytes(void *user, const void *bytes, size_t length)
{
    struct station *station = user;
    scanner_feed(station->scanner, bytes, length, clock_mono_us());
    arm_gap(station);
}

static int on_gap(sd_event_source *source, uint64_t now, void *user)
{
    (void)source;
    (void)now;
    struct station *station = user;
    scanner_tick(station->scanner, clock_mono_us());
    arm_gap(station);
    return 0;
}

static void on_opened(void *user)
{
    struct station *station = user;
    if (station->held.length > 0)
        device_pause(station->device, true);
}

static void on_gone(void *user)
{
    struct station *station = user;
    scanner_reset(station->scanner);
    arm_gap(station);
}

static const struct device_ops device_ops = {.opened = on_opened, .bytes = on_bytes, .gone = on_gone};

static int open_scanner(sd_event *event, struct station *station, struct error *error)
{
    const struct station_config *config = station->config;
    struct scanner_settings scanner = {.gap_ms = config->scanner_gap_ms};
    struct transport_settings line = {.baud = config->scanner_baud};
    text_copy(scanner.layout, sizeof(scanner.layout), config->layout);
    text_copy(scanner.suffix, sizeof(scanner.suffix), config->suffix);
    text_copy(line.address, sizeof(line.address), config->scanner);
    text_copy(line.parity, sizeof(line.parity), config->scanner_parity);
    text_copy(line.flow, sizeof(line.flow), config->scanner_flow);
    int result = scanner_new(config->scanner_driver, &scanner,
                             &(struct scan_sink){.scan = on_scan, .aborted = on_aborted, .user = station},
                             &station->scanner, error);
    if (!result && sd_event_add_time(event, &station->gap, CLOCK_BOOTTIME, 0, 1000, on_gap, station) < 0)
        result = error_set(error, -ENOMEM, "no more timers can be had");
    if (result)
        return result;
    sd_event_source_set_enabled(station->gap, SD_EVENT_OFF);
    return device_open(event, station->what, &line, &device_ops, station, &station->device, error);
}

int station_open(sd_event *event, const struct station_config *config, const struct station_ops *ops, void *user,
                 struct station **ret, struct error *error)
{
    struct station *station = calloc(1, sizeof(*station));
    if (!station)
        return error_set(error, -ENOMEM, "out of memory");
    station->config = config;
    station->ops = ops;
    station->user = user;
    snprintf(station->what, sizeof(station->what), "station %.40s, scanner", config->id);
    int result = *config->scanner ? open_scanner(event, station, error) : 0;
    if (result)
        station = station_close(station);
    else
        *ret = station;
    return result;
}

struct station *station_close(struct station *station)
{
    if (!station)
        return NULL;
    device_close(station->device);
    scanner_free(station->scanner);
    sd_event_source_disable_unref(station->gap);
    buf_done(&station->held);
    free(station);
    return NULL;
}

const struct station_config *station_config(const struct station *station)
{
    return station->config;
}

void station_heard(struct station *station, const struct event *event, const struct effect *effect)
{
    station->last.answer = effect->answer;
    station->last.good = effect->good && message_def(effect->answer.message)->tone != TONE_BAD;
    text_copy_n(station->last.scan, sizeof(station->last.scan), event_bytes(event), event->length);
    /* Counts over restarts too: a page tells a new result from the one it has by this number. */
    station->last.number = event->mono_us > station->last.number ? event->mono_us : station->last.number + 1;
}

void station_write_result(const struct station *station, const char *key, struct buf *json)
{
    if (station->last.number == 0) {
        json_text(json, key, NULL);
        return;
    }
    const char *code = message_def(station->last.answer.message)->code;
    json_open_object(json, key);
    json_bool(json, "good", station->last.good);
    json_text(json, "code", *code ? code : NULL);
    answer_json(&station->last.answer, "text", json);
    json_text(json, "scan", station->last.scan);
    json_int(json, "seq", station->last.number);
    json_close_object(json);
}

void station_resume(struct station *station)
{
    while (station->held.length > 0) {
        size_t length;
        memcpy(&length, station->held.data, sizeof(length));
        const char *text = station->held.data + sizeof(length);
        if (station->ops->post_scan(station->user, station->config->id, text, length) == -EAGAIN)
            return;
        buf_consume(&station->held, sizeof(length) + length);
    }
    device_pause(station->device, false);
}
