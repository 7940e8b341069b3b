#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "daemon_parts.h"
#include "done_answer.h"
#include "floor/floor.h"
#include "site_store.h"
#include "store/training.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GATHER_US      10000 /* a turn is taken at the latest this long after its first event */
#define PRIORITY_TURN  100   /* after every ready source but the pages' requests ... */
#define PRIORITY_REST  120   /* ... which go before what a turn has left over ... */
#define PRIORITY_FORCE -100  /* ... unless the queue is long or old */

/* ---------------------------------------------------------------- events in */

/* What happens at a station that practises is decided in the copy it practises on, once there is one; so is what
 * becomes of that copy's labels. */
struct store *daemon_store_at(const struct daemon *daemon, size_t station)
{
    struct store *copy = practice_store(daemon->practice);
    return copy && practice_has(daemon->practice, station) ? copy : daemon->store;
}

static struct turn *turn_for(const struct daemon *daemon, const struct event *event)
{
    struct turn *copy = practice_turn(daemon->practice);
    int station = -1;
    if (!copy)
        return daemon->turn;
    if (event->kind == EVENT_PRINT)
        return training_job(event->number) ? copy : daemon->turn;
    if (event->kind == EVENT_SCAN || event->kind == EVENT_SCAN_ABORTED || event->kind == EVENT_WEIGHT ||
        event->kind == EVENT_LABEL)
        station = config_find_station(daemon->config, event->station);
    return station >= 0 && practice_has(daemon->practice, (size_t)station) ? copy : daemon->turn;
}

/* Before each look at what is ready: whatever else keeps being ready, what waits is taken in time; and others have as
 * long before the turn goes on with what it left over. */
static int on_prepare(sd_event_source *take, void *user)
{
    const struct daemon *daemon = user;
    int64_t oldest = turn_oldest_us(daemon->turn), since = oldest > daemon->took_us ? oldest : daemon->took_us;
    bool waits = turn_waiting(daemon->turn) > 0 && clock_mono_us() - since >= GATHER_US;
    return waits ? sd_event_source_set_priority(take, PRIORITY_FORCE) : 0;
}

int daemon_post_event(struct daemon *daemon, struct event *event, const void *bytes, size_t length)
{
    event_stamp(event);
    struct turn *turn = turn_for(daemon, event);
    int result = event_set_bytes(event, bytes, length);
    if (!result)
        result = turn_post(turn, event);
    if (result) {
        free(event->heap);
        return result;
    }
    bool force = turn_waiting(turn) >= TURN_EVENTS_MAX || event->mono_us - turn_oldest_us(turn) >= GATHER_US;
    sd_event_source_set_priority(daemon->take, force ? PRIORITY_FORCE : PRIORITY_TURN);
    sd_event_source_set_enabled(daemon->take, SD_EVENT_ONESHOT);
    return 0;
}

/* What is scanned at a station, unless it is the PIN that the station waits for, or a code that joins the box. */
int daemon_post_scanned(struct daemon *daemon, struct event *event, const char *text, size_t length)
{
    int station = config_find_station(daemon->config, event->station), result;
    if (join_desk_takes(daemon->joins, event, text, length, &result))
        return result;
    bool pin = station >= 0 && door_takes(daemon->door, (size_t)station, event, text, length, &result);
    return pin ? result : daemon_post_event(daemon, event, text, length);
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
    return daemon_post_scanned(user, &event, text, length);
}

static int post_aborted(void *user, const struct reader *reader, size_t length)
{
    struct event event = event_from(reader, EVENT_SCAN_ABORTED, length);
    return daemon_post_event(user, &event, "", 0);
}

static void post_weight(void *user, size_t station, int64_t milligrams)
{
    struct daemon *daemon = user;
    struct event event = {.kind = EVENT_WEIGHT, .number = milligrams};
    text_copy(event.station, sizeof(event.station), daemon->config->stations[station].id);
    daemon_post_event(daemon, &event, "", 0); /* a full queue: it is put on the scale again */
}

static int post_print(void *user, const struct print_report *report)
{
    struct event event = print_event(report);
    return daemon_post_event(user, &event, report->why, strlen(report->why));
}

static void disk_moved(void *user)
{
    struct daemon *daemon = user;
    struct event event = {.kind = EVENT_DISK, .number = disk_now(daemon->disk)};
    char free_mib[24];
    snprintf(free_mib, sizeof(free_mib), "%" PRId64, disk_free_mib(daemon->disk));
    daemon_post_event(daemon, &event, free_mib, strlen(free_mib)); /* a full queue: told at the next change */
}

/* ---------------------------------------------------------------- what people see */

/* The screens are written anew when events begin to be late, though nothing happens then. */
static int write_link(struct daemon *daemon, struct buf *json)
{
    struct sync_view sync = uplink_view(daemon->uplink);
    int64_t late_us;
    int result = sync_view_write_link(&sync, json, &late_us);
    if (late_us >= 0)
        sd_event_source_set_time_relative(daemon->late, (uint64_t)late_us);
    sd_event_source_set_enabled(daemon->late, late_us >= 0 ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
    return result;
}

int daemon_write_view(struct daemon *daemon, size_t index, struct buf *json)
{
    const struct station_config *config = &daemon->config->stations[index];
    json_open_object(json, NULL);
    json_text(json, "id", config->id);
    json_text(json, "name", config->name);
    int result = floor_show(daemon_store_at(daemon, index), config->id, json);
    station_write_result(&daemon->stations[index], "result", json);
    result = result ? result : write_link(daemon, json);
    plugboard_write_station(daemon->board, index, json);
    json_bool(json, "training", practice_has(daemon->practice, index));
    if (!result)
        result = practice_write_lesson(daemon->practice, index, json);
    json_close_object(json);
    return result ? result : json->failed ? -ENOMEM : 0;
}

static void publish(void *user, size_t index)
{
    struct daemon *daemon = user;
    CLEANUP_BUF struct buf json = {0};
    if (daemon_write_view(daemon, index, &json) == 0)
        ui_server_publish(daemon->ui, daemon->config->stations[index].id, json.data, json.length);
}

static void view_changed(void *user)
{
    refresh_soon(&((struct daemon *)user)->refresh);
}

static int on_late(sd_event_source *source, uint64_t now, void *user)
{
    (void)source;
    (void)now;
    refresh_soon(&((struct daemon *)user)->refresh);
    return 0;
}

/* ---------------------------------------------------------------- effects out */

static void answer_scan(struct daemon *daemon, const struct event *event, size_t index)
{
    static const char unreadable[] = "{\"error\":{\"message\":\"the database cannot be read: look at the box's log\"}}";
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    station_write_result(&daemon->stations[index], "result", &json);
    json_raw(&json, "view", "");
    int result = daemon_write_view(daemon, index, &json);
    json_close_object(&json);
    if (result)
        ui_server_answer(daemon->ui, event->request, 500, unreadable, sizeof(unreadable) - 1);
    else
        ui_server_answer(daemon->ui, event->request, 200, json.data, json.length);
}

static void answer_done(struct daemon *daemon, const struct event *event, const struct effect *effect, const char *done,
                        const char *what)
{
    CLEANUP_BUF struct buf json = {0};
    done_answer_write(effect, done, what, &json);
    ui_server_answer(daemon->ui, event->request, effect->good ? 200 : 400, json.data, json.length);
}

static enum scan_verdict verdict_of(const struct effect *effect)
{
    if (effect->answer.message == E00_NOT_SAVED)
        return SCAN_NOT_SAVED;
    return effect->good && message_def(effect->answer.message)->tone != TONE_BAD ? SCAN_ACCEPTED : SCAN_REFUSED;
}

/* The scanner first: a good-read tone is waited for. */
static void hear(struct daemon *daemon, const struct event *event, const struct effect *effect)
{
    daemon->counts.scans[verdict_of(effect)]++;
    bool beeped = plugboard_answer(daemon->board, event->source, verdict_of(effect));
    int index = config_find_station(daemon->config, event->station);
    if (index < 0)
        return;
    station_heard(&daemon->stations[index], event, effect, beeped);
    publish(daemon, (size_t)index);
    if (effect->good && effect->weighs)
        plugboard_ask_weight(daemon->board, (size_t)index);
    if (event->request)
        answer_scan(daemon, event, (size_t)index);
}

/* Most weights are nobody's business. */
static void hear_weight(struct daemon *daemon, const struct event *event, const struct effect *effect)
{
    int index = config_find_station(daemon->config, event->station);
    if (index < 0 || !effect->shows)
        return;
    if (effect->good)
        plugboard_use_weight(daemon->board, (size_t)index);
    station_heard(&daemon->stations[index], event, effect, false);
    publish(daemon, (size_t)index);
}

static void on_effect(void *user, const struct event *event, const struct effect *effect)
{
    struct daemon *daemon = user;
    if (effect->shows)
        refresh_soon(&daemon->refresh);
    if (effect->rewires)
        daemon->rewires = true;
    if (effect->relabels)
        daemon->relabels = true;
    if (effect->trains)
        practice_follow(daemon->practice);
    join_desk_heard(daemon->joins, event, effect);
    int station = *event->station ? config_find_station(daemon->config, event->station) : 0;
    if (door_heard(daemon->door, station < 0 ? 0 : (size_t)station, event, effect))
        return;
    switch (event->kind) {
    case EVENT_PIN:
    case EVENT_JOIN:
    case EVENT_SCAN:
    case EVENT_SCAN_ABORTED:
        hear(daemon, event, effect);
        if (effect->leaves)
            daemon_pages.train(daemon, event->station, false, 0);
        break;
    case EVENT_WEIGHT:
        hear_weight(daemon, event, effect);
        break;
    case EVENT_IMPORT:
        answer_done(daemon, event, effect, "imported", event->name);
        break;
    case EVENT_ASK:
        answer_done(daemon, event, effect, "asked", event->name);
        care_look(daemon->care); /* the quiet hour may be another */
        break;
    case EVENT_LABEL:
        answer_done(daemon, event, effect, "printing", event->station);
        break;
    case EVENT_TRAINING:
        answer_done(daemon, event, effect, event->number ? "training" : "working", event->station);
        break;
    case EVENT_BIND:
        answer_done(daemon, event, effect, "bound", event_bytes(event));
        break;
    case EVENT_PRINT:
        plugboard_marked(daemon->board, event->number, effect->good, effect->answer.message != E00_NOT_SAVED);
        break;
    case EVENT_APPLIED: /* there is less to send */
        refresh_soon(&daemon->refresh);
        break;
    case EVENT_CHECKED:
        care_noted(daemon->care);
        break;
    case EVENT_CHANGE:
        if (!effect->good) {
            log_about((struct log_about){.event = "change.parked"});
            log_warning("change %lld from head office is parked: head office must correct and send it again",
                        (long long)event->number);
        }
        break;
    default:
        break;
    }
}

/* What committed rows set in motion: labels, events for head office, and scans that had to wait. */
static void after_turn(struct daemon *daemon)
{
    uplink_committed(daemon->uplink);
    lookout_turned(daemon->lookout);
    if (daemon->rewires)
        plugboard_rewire(daemon->board);
    daemon->rewires = false;
    if (daemon->relabels)
        plugboard_relabel(daemon->board); /* before the printers go on */
    daemon->relabels = false;
    plugboard_kick(daemon->board);
}

static bool practice_waits(const struct daemon *daemon)
{
    struct turn *turn = practice_turn(daemon->practice);
    return turn && turn_waiting(turn) > 0;
}

/* What goes wrong with the copy to practise on ends the practice, not the work. */
static int take_practice(struct daemon *daemon)
{
    struct error error = {0};
    bool waits = practice_waits(daemon);
    int result = waits ? turn_take(practice_turn(daemon->practice), &error) : 0;
    if (result)
        log_warning("training: %s", error.text);
    else if (waits)
        practice_tell(daemon->practice);
    return result;
}

static int on_take(sd_event_source *source, void *user)
{
    struct daemon *daemon = user;
    struct error error = {0};
    sd_event_source_set_priority(source, PRIORITY_TURN);
    uplink_gather(daemon->uplink);
    lookout_begin(daemon->lookout);
    size_t events = turn_waiting(daemon->turn);
    int64_t began_us = clock_mono_us();
    daemon->counts.failed_before = turn_counters(daemon->turn)->failed_commits;
    int result = turn_take(daemon->turn, &error);
    if (events > 0)
        metric_observe(&daemon->counts.turn, clock_mono_us() - began_us);
    if (result) {
        log_error("%s; stopping, so that nothing is accepted that is not saved", error.text);
        return sd_event_exit(daemon->event, 1);
    }
    disk_heed(daemon->disk, turn_counters(daemon->turn)->failed_commits);
    if (take_practice(daemon) != 0)
        practice_lost(daemon->practice);
    after_turn(daemon);
    daemon->took_us = clock_mono_us();
    sd_event_source_set_priority(source, PRIORITY_REST);
    if (turn_waiting(daemon->turn) > 0 || practice_waits(daemon))
        sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
    return 0;
}

/* ---------------------------------------------------------------- open and close */

static int post_uplink(void *user, struct event *event, const void *bytes, size_t length)
{
    return daemon_post_event(user, event, bytes, length);
}

static int open_uplink(struct daemon *daemon, struct error *error)
{
    static const struct uplink_ops ops = {.post = post_uplink, .changed = view_changed};
    return uplink_open(daemon->event, daemon->store, &daemon->config->site, &ops, daemon, &daemon->uplink, error);
}

static struct ui_server *pages_of(void *user)
{
    return ((struct daemon *)user)->ui;
}

static int open_door(struct daemon *daemon, struct error *error)
{
    static const struct door_ops ops = {.post = post_uplink, .pages = pages_of};
    return door_open(daemon->event, daemon->store, daemon->config, &ops, daemon, &daemon->door, error);
}

static int practice_passed(void *user, const struct lesson_passed *passed)
{
    struct event event = {.kind = EVENT_PASSED};
    return daemon_post_event(user, &event, passed, sizeof(*passed));
}

static void practice_changed(void *user)
{
    struct daemon *daemon = user;
    plugboard_practise(daemon->board, practice_store(daemon->practice));
    refresh_soon(&daemon->refresh);
}

static int open_practice(struct daemon *daemon, struct error *error)
{
    static const struct practice_ops ops = {
        .effect = on_effect, .changed = practice_changed, .passed = practice_passed};
    return practice_new(daemon->event, daemon->store, daemon->config, &ops, daemon, &daemon->practice, error);
}

static int open_board(struct daemon *daemon, struct error *error)
{
    static const struct plugboard_ops ops = {.scan = post_scan,
                                             .aborted = post_aborted,
                                             .print = post_print,
                                             .weighed = post_weight,
                                             .changed = view_changed};
    return plugboard_open(daemon->event, daemon->store, daemon->config, &ops, daemon, &daemon->board, error);
}

static int post_found(void *user, const struct upkeep_found *found)
{
    struct event event = {.kind = EVENT_CHECKED};
    return daemon_post_event(user, &event, found, sizeof(*found));
}

static bool moves(void *user)
{
    const struct daemon *daemon = user;
    int64_t began_us = turn_oldest_us(daemon->turn);
    return began_us == INT64_MAX || health_moves(clock_mono_us() - began_us);
}

static int open_care(struct daemon *daemon, struct error *error)
{
    turn_set_trap(daemon->turn, watch_turn, &daemon->counts);
    int result =
        care_open(daemon->event, daemon->store, &daemon->config->site, post_found, daemon, &daemon->care, error);
    if (result)
        return result;
    result = health_watch(daemon->event, moves, daemon, &daemon->watchdog);
    return result < 0 ? error_set(error, result, "systemd's watchdog cannot be answered") : 0;
}

/* The start is an event too: it tells the rules which stations there are (floor/bind.c). */
static int post_boot(struct daemon *daemon)
{
    struct event event = {.kind = EVENT_BOOT};
    CLEANUP_BUF struct buf stations = {0};
    clock_boot_name(event.name, sizeof(event.name));
    config_write_stations(daemon->config, &stations);
    return stations.failed ? -ENOMEM : daemon_post_event(daemon, &event, buf_text(&stations), stations.length);
}

static int open_timers(struct daemon *daemon, struct error *error)
{
    int result = sd_event_add_defer(daemon->event, &daemon->take, on_take, daemon);
    if (result >= 0)
        result = sd_event_source_set_prepare(daemon->take, on_prepare);
    if (result >= 0)
        result = refresh_init(&daemon->refresh, daemon->event);
    if (result >= 0)
        result = sd_event_add_time(daemon->event, &daemon->late, CLOCK_BOOTTIME, 0, 0, on_late, daemon);
    if (result < 0)
        return error_set(error, result, "the event loop cannot be set up");
    sd_event_source_set_enabled(daemon->take, SD_EVENT_OFF);
    sd_event_source_set_enabled(daemon->late, SD_EVENT_OFF);
    return 0;
}

static int open_parts(struct daemon *daemon, struct error *error)
{
    const struct site_config *config = &daemon->config->site;
    int result = disk_open(daemon->event, config->database, disk_moved, daemon, &daemon->disk, error);
    if (!result)
        result = site_store_open(daemon->event, config, &daemon->seal, &daemon->store, error);
    if (!result && turn_new(daemon->store, on_effect, daemon, &daemon->turn) != 0)
        result = error_set(error, -ENOMEM, "out of memory");
    if (!result)
        result = open_care(daemon, error);
    if (!result)
        result = open_practice(daemon, error);
    if (!result)
        result = open_timers(daemon, error);
    if (!result)
        result = lookout_new(daemon->event, daemon->store, &daemon->ui, &daemon->lookout, error);
    if (!result)
        result = open_door(daemon, error);
    if (!result)
        result = trust_serve(daemon->event, config, &daemon_pages, daemon, &daemon->trust, &daemon->ui, error);
    if (!result)
        result = open_uplink(daemon, error);
    if (!result)
        result = join_desk_new(daemon->event, daemon->config, post_uplink, daemon, &daemon->joins, error);
    if (!result)
        result = post_boot(daemon); /* before a printer takes a job: what is "sending" by then was cut off */
    if (!result)
        disk_moved(daemon); /* what the database says of it is as old as the last run */
    if (!result)
        result = open_board(daemon, error);
    if (!result)
        practice_follow(daemon->practice);
    return result;
}

int daemon_open(sd_event *event, const struct config *config, struct daemon **ret, struct error *error)
{
    struct daemon *daemon = calloc(1, sizeof(*daemon));
    if (!daemon)
        return error_set(error, -ENOMEM, "out of memory");
    daemon->event = event;
    daemon->config = config;
    daemon->refresh = (struct refresh){.count = config->count, .publish = publish, .user = daemon};
    int result = open_parts(daemon, error);
    if (result)
        daemon = daemon_close(daemon);
    else
        *ret = daemon;
    return result;
}

/* How the labels under way stand is written down, so that nobody is asked about one that is known. */
static void finish_labels(struct daemon *daemon)
{
    struct error error = {0};
    int result = 0;
    plugboard_stop(daemon->board);
    while (daemon->board && !result && turn_waiting(daemon->turn) > 0)
        result = turn_take(daemon->turn, &error);
    if (daemon->board)
        take_practice(daemon);
    if (result)
        log_error("%s; the labels under way are uncertain at the next start", error.text);
}

struct daemon *daemon_close(struct daemon *daemon)
{
    if (!daemon)
        return NULL;
    finish_labels(daemon);
    plugboard_close(daemon->board);
    door_close(daemon->door);
    join_desk_free(daemon->joins);
    uplink_free(daemon->uplink);
    ui_server_close(daemon->ui);
    trust_close(daemon->trust);
    sd_event_source_disable_unref(daemon->take);
    refresh_done(&daemon->refresh);
    sd_event_source_disable_unref(daemon->late);
    sd_event_source_disable_unref(daemon->watchdog);
    care_close(daemon->care);
    lookout_free(daemon->lookout);
    practice_free(daemon->practice);
    turn_free(daemon->turn);
    store_close(daemon->store);
    seal_free(daemon->seal);
    disk_close(daemon->disk);
    free(daemon);
    return NULL;
}

int daemon_port(const struct daemon *daemon)
{
    return ui_server_port(daemon->ui);
}

int daemon_secure_port(const struct daemon *daemon)
{
    return ui_server_secure_port(daemon->ui);
}
