#include "device/board_rig.h"

#include "base/clock.h"
#include "base/text.h"
#include "drivers/usb_context.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* ---------------------------------------------------------------- events */

static int post(struct board_rig *rig, struct event *event, const void *bytes, size_t length)
{
    event->wall_us = clock_wall_us();
    event->mono_us = clock_mono_us();
    int result = event_set_bytes(event, bytes, length);
    if (!result)
        result = turn_post(rig->turn, event);
    if (result)
        free(event->heap);
    else if (!rig->holds)
        sd_event_source_set_enabled(rig->take, SD_EVENT_ONESHOT);
    return result;
}

static struct event event_from(const struct reader *reader, enum event_kind kind, size_t length)
{
    const struct reader_settings *settings = reader_settings(reader);
    struct event event = {.kind = kind, .number = (int64_t)length, .device_fixed = settings->fixed};
    text_copy(event.station, sizeof(event.station), settings->station);
    text_copy(event.device, sizeof(event.device), settings->id);
    return event;
}

static int post_scan(void *user, const struct reader *reader, const char *text, size_t length)
{
    struct event event = event_from(reader, EVENT_SCAN, length);
    event.source = reader_number(reader);
    return post(user, &event, text, length);
}

static int post_aborted(void *user, const struct reader *reader, size_t length)
{
    struct event event = event_from(reader, EVENT_SCAN_ABORTED, length);
    return post(user, &event, "", 0);
}

static int post_print(void *user, const struct print_report *report)
{
    struct event event = print_event(report);
    return post(user, &event, report->why, strlen(report->why));
}

static void changed(void *user)
{
    ((struct board_rig *)user)->changes++;
}

void board_rig_bind(struct board_rig *rig, const char *device, const char *role, const char *station)
{
    struct event event = {.kind = EVENT_BIND};
    text_copy(event.name, sizeof(event.name), role);
    text_copy(event.station, sizeof(event.station), station);
    assert_int_equal(post(rig, &event, device, strlen(device)), 0);
}

/* ---------------------------------------------------------------- turns */

static enum scan_verdict verdict_of(const struct effect *effect)
{
    if (effect->answer.message == E00_NOT_SAVED)
        return SCAN_NOT_SAVED;
    return effect->good && message_def(effect->answer.message)->tone != TONE_BAD ? SCAN_ACCEPTED : SCAN_REFUSED;
}

static void on_effect(void *user, const struct event *event, const struct effect *effect)
{
    struct board_rig *rig = user;
    rig->rewires = rig->rewires || effect->rewires;
    if (event->kind == EVENT_PRINT)
        plugboard_marked(rig->board, event->number, effect->good, effect->answer.message != E00_NOT_SAVED);
    if (event->kind != EVENT_SCAN && event->kind != EVENT_SCAN_ABORTED)
        return;
    plugboard_answer(rig->board, event->source, verdict_of(effect));
    buf_printf(&rig->heard, "%s %s;", *event->station ? event->station : "-", message_def(effect->answer.message)->key);
}

static void weighed(void *user, size_t station, int64_t milligrams)
{
    struct board_rig *rig = user;
    struct event event = {.kind = EVENT_WEIGHT, .number = milligrams};
    text_copy(event.station, sizeof(event.station), rig->config.stations[station].id);
    post(rig, &event, "", 0);
}

static int on_take(sd_event_source *source, void *user)
{
    (void)source;
    struct board_rig *rig = user;
    assert_int_equal(turn_take(rig->turn, NULL), 0);
    if (rig->rewires)
        plugboard_rewire(rig->board);
    rig->rewires = false;
    plugboard_kick(rig->board);
    return 0;
}

void board_rig_hold(struct board_rig *rig, bool holds)
{
    rig->holds = holds;
    sd_event_source_set_enabled(rig->take, holds ? SD_EVENT_OFF : SD_EVENT_ONESHOT);
}

/* ---------------------------------------------------------------- open and close */

struct board_rig *board_rig_new(void)
{
    struct board_rig *rig = calloc(1, sizeof(*rig));
    assert_non_null(rig);
    rig->bed = usb_mock_bed_new();
    rig->seeded = (struct random_seeded){1};
    text_copy(rig->config.stations[0].id, sizeof(rig->config.stations[0].id), "bench-1");
    text_copy(rig->config.stations[1].id, sizeof(rig->config.stations[1].id), "bench-2");
    rig->config.count = 2;
    const struct store_settings settings = {
        .path = ":memory:", .site = "hz-07", .box = "box-1", .random = random_from_seed(&rig->seeded)};
    assert_int_equal(store_open(&settings, &rig->store, NULL), 0);
    assert_int_equal(turn_new(rig->store, on_effect, rig, &rig->turn), 0);
    assert_true(sd_event_new(&rig->event) >= 0);
    assert_true(sd_event_add_defer(rig->event, &rig->take, on_take, rig) >= 0);
    sd_event_source_set_priority(rig->take, 100);
    sd_event_source_set_enabled(rig->take, SD_EVENT_OFF);
    return rig;
}

void board_rig_start(struct board_rig *rig)
{
    static const char stations[] = "bench-1 \nbench-2 \n";
    static const struct plugboard_ops ops = {
        .scan = post_scan, .aborted = post_aborted, .print = post_print, .weighed = weighed, .changed = changed};
    struct error error;
    if (plugboard_open(rig->event, rig->store, &rig->config, &ops, rig, &rig->board, &error) != 0)
        fail_msg("%s", error.text);
    struct event boot = {.kind = EVENT_BOOT};
    assert_int_equal(post(rig, &boot, stations, strlen(stations)), 0);
}

void board_rig_free(struct board_rig *rig)
{
    if (!rig)
        return;
    plugboard_close(rig->board);
    sd_event_source_disable_unref(rig->take);
    sd_event_unref(rig->event);
    turn_free(rig->turn);
    store_close(rig->store);
    buf_done(&rig->heard);
    g_object_unref(rig->bed);
    free(rig);
}

void board_rig_run(struct board_rig *rig)
{
    usb_context_run(0);
    assert_true(sd_event_run(rig->event, 1000) >= 0);
}

/* ---------------------------------------------------------------- what came of it */

int64_t board_rig_rows(struct board_rig *rig, const char *type)
{
    int64_t rows = -1;
    assert_int_equal(sql_number(rig->store->sql, &rows, "SELECT count(*) FROM journal WHERE type = ?1", sql_text(type)),
                     0);
    return rows;
}

bool board_rig_lists(struct board_rig *rig, const char *device, const char *what)
{
    struct buf json CLEANUP_BUF = {0}, id CLEANUP_BUF = {0};
    plugboard_write_devices(rig->board, NULL, &json);
    buf_printf(&id, "{\"id\":\"%s\"", device);
    for (const char *at = buf_text(&json); (at = strstr(at, buf_text(&id))); at++) {
        const char *found = strstr(at, what);
        if (found && found < strchr(at, '}'))
            return true;
    }
    return false;
}
