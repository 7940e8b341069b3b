#include "daemon.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "disk.h"
#include "done_answer.h"
#include "door.h"
#include "floor/floor.h"
#include "floor/settings.h"
#include "label_desk.h"
#include "label_request.h"
#include "lookout.h"
#include "pictures.h"
#include "practice.h"
#include "refresh.h"
#include "site_store.h"
#include "station/plugboard.h"
#include "station/station.h"
#include "store/board.h"
#include "store/figures.h"
#include "store/query.h"
#include "store/training.h"
#include "told.h"
#include "turn.h"
#include "uplink.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GATHER_US      10000 /* a turn is taken at the latest this long after its first event */
#define PRIORITY_TURN  100   /* after every ready source ... */
#define PRIORITY_FORCE -100  /* ... unless the queue is long or old */

struct daemon {
    sd_event *event;
    const struct config *config;
    struct store *store;
    struct turn *turn;
    struct ui_server *ui;
    struct uplink *uplink;
    sd_event_source *take, *late;
    struct refresh refresh;
    bool rewires;  /* a turn has bound a device to another station */
    bool relabels; /* a turn has changed a label's template */
    struct station stations[CONFIG_STATIONS_MAX];
    struct plugboard *board;
    struct label_desk desk;
    struct seal *seal; /* of receivers */
    struct practice *practice;
    struct disk *disk;
    struct door *door;
    struct lookout *lookout;
};

/* ---------------------------------------------------------------- events in */

/* What happens at a station that practises is decided in the copy it practises on, once there is one; so is what
 * becomes of that copy's labels. */
static struct store *store_at(const struct daemon *daemon, size_t station)
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

static int post(struct daemon *daemon, struct event *event, const void *bytes, size_t length)
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

/* What is scanned at a station, unless it is the PIN that the station waits for. */
static int post_scanned(struct daemon *daemon, struct event *event, const char *text, size_t length)
{
    int station = config_find_station(daemon->config, event->station), result;
    bool pin = station >= 0 && door_takes(daemon->door, (size_t)station, event, text, length, &result);
    return pin ? result : post(daemon, event, text, length);
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
    return post_scanned(user, &event, text, length);
}

static int post_aborted(void *user, const struct reader *reader, size_t length)
{
    struct event event = event_from(reader, EVENT_SCAN_ABORTED, length);
    return post(user, &event, "", 0);
}

static void post_weight(void *user, size_t station, int64_t milligrams)
{
    struct daemon *daemon = user;
    struct event event = {.kind = EVENT_WEIGHT, .number = milligrams};
    text_copy(event.station, sizeof(event.station), daemon->config->stations[station].id);
    post(daemon, &event, "", 0); /* a full queue: it is put on the scale again */
}

static int post_print(void *user, const struct print_report *report)
{
    struct event event = print_event(report);
    return post(user, &event, report->why, strlen(report->why));
}

static void disk_moved(void *user)
{
    struct daemon *daemon = user;
    struct event event = {.kind = EVENT_DISK, .number = disk_now(daemon->disk)};
    char free_mib[24];
    snprintf(free_mib, sizeof(free_mib), "%" PRId64, disk_free_mib(daemon->disk));
    post(daemon, &event, free_mib, strlen(free_mib)); /* a full queue: told at the next change */
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

static int write_view(struct daemon *daemon, size_t index, struct buf *json)
{
    const struct station_config *config = &daemon->config->stations[index];
    json_open_object(json, NULL);
    json_text(json, "id", config->id);
    json_text(json, "name", config->name);
    int result = floor_show(store_at(daemon, index), config->id, json);
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
    if (write_view(daemon, index, &json) == 0)
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

static int source_stations(void *user, struct buf *json)
{
    struct daemon *daemon = user;
    json_open_array(json, NULL);
    for (size_t i = 0; i < daemon->config->count; i++) {
        json_open_object(json, NULL);
        json_text(json, "id", daemon->config->stations[i].id);
        json_text(json, "name", daemon->config->stations[i].name);
        json_close_object(json);
    }
    json_close_array(json);
    return 0;
}

static int source_station(void *user, const char *id, struct buf *json)
{
    struct daemon *daemon = user;
    int index = config_find_station(daemon->config, id);
    return index < 0 ? index : write_view(user, (size_t)index, json);
}

/* The members of an open object that tell how the box is. */
static int write_health(struct daemon *daemon, struct buf *json)
{
    struct sync_view sync = uplink_view(daemon->uplink);
    json_text(json, "site", daemon->config->site.site);
    json_text(json, "box", daemon->config->site.box);
    json_int(json, "boot", uplink_boot(daemon->uplink));
    int result = sync_view_write(&sync, "sync", json);
    if (!result)
        result = told_roster(daemon->store, clock_mono_us(), json);
    disk_write(daemon->disk, json);
    turn_write(daemon->turn, json);
    practice_write(daemon->practice, json);
    json_open_array(json, "stations");
    for (size_t i = 0; i < daemon->config->count; i++) {
        json_open_object(json, NULL);
        json_text(json, "id", daemon->config->stations[i].id);
        json_text(json, "name", daemon->config->stations[i].name);
        plugboard_write_station(daemon->board, i, json);
        json_close_object(json);
    }
    json_close_array(json);
    plugboard_write_devices(daemon->board, "devices", json);
    return result;
}

static int source_status(void *user, struct buf *json)
{
    json_open_object(json, NULL);
    int result = write_health(user, json);
    json_close_object(json);
    return result;
}

static int source_sync(void *user, struct buf *json)
{
    struct sync_view sync = uplink_view(((struct daemon *)user)->uplink);
    return sync_view_write(&sync, NULL, json);
}

static int source_devices(void *user, struct buf *json)
{
    struct daemon *daemon = user;
    plugboard_write_devices(daemon->board, NULL, json);
    return 0;
}

static int source_picture(void *user, int64_t job, struct buf *png)
{
    struct daemon *daemon = user;
    return plugboard_picture(daemon->board, job, png);
}

static int source_item_picture(void *user, const char *sku, struct buf *bytes, const char **ret_type)
{
    const struct daemon *daemon = user;
    return picture_read(daemon->config->site.pictures, sku, bytes, ret_type);
}

static int source_figures(void *user, const char *kind, int64_t since_us, struct buf *csv)
{
    struct daemon *daemon = user;
    return figures_write(daemon->store, kind, since_us, csv);
}

static const struct label_desk *desk_of(struct daemon *daemon)
{
    daemon->desk = (struct label_desk){daemon->store, plugboard_labels(daemon->board)};
    return &daemon->desk;
}

static int source_template(void *user, const char *name, struct buf *json)
{
    return label_desk_one(desk_of(user), name, json);
}

static int source_preview(void *user, const char *name, const char *request, size_t length, struct buf *json)
{
    return label_desk_preview(desk_of(user), name, request, length, json);
}

static int tell_board(struct daemon *daemon, struct buf *json)
{
    int64_t now_us = clock_wall_us();
    char now[CLOCK_TEXT_SIZE];
    clock_format(now_us, now);
    json_open_object(json, NULL);
    json_text(json, "time", now);
    int result = write_health(daemon, json);
    if (!result)
        result = board_write(daemon->store, now_us, json);
    json_close_object(json);
    return result;
}

static int source_query(void *user, const char *kind, const char *code, const struct web_value *values, size_t count,
                        struct buf *json, struct error *error)
{
    struct daemon *daemon = user;
    struct query_given given[WEB_VALUES_MAX];
    lookout_asked(daemon->lookout, kind);
    if (!*code && strcmp(kind, "board") == 0)
        return tell_board(daemon, json);
    int told = *code ? -ENOENT : told_write(daemon->store, desk_of(daemon), kind, json);
    if (told != -ENOENT)
        return told;
    for (size_t i = 0; i < count; i++)
        given[i] = (struct query_given){values[i].name, values[i].value};
    return *code ? query_one(daemon->store->sql, site_queries, kind, code, json, error)
                 : query_list(daemon->store->sql, site_queries, kind, given, count, json, error);
}

static int source_label(void *user, const char *station, const char *json, size_t length, uint64_t request,
                        struct buf *fault_json)
{
    struct daemon *daemon = user;
    CLEANUP_BUF struct buf words = {0};
    struct label_fault fault = {.code = LABEL_DATA};
    struct event event = {.kind = EVENT_LABEL, .request = request};
    int index = config_find_station(daemon->config, station);
    if (index < 0)
        return index;
    bool sample = practice_has(daemon->practice, (size_t)index);
    int result =
        label_request_read(daemon->board, desk_of(daemon), (size_t)index, sample, json, length, &event, &words, &fault);
    if (result) {
        label_fault_json(&fault, fault_json);
        return -EINVAL;
    }
    text_copy(event.station, sizeof(event.station), station);
    return words.failed ? -ENOMEM : post(daemon, &event, buf_text(&words), words.length);
}

static int source_bind(void *user, const char *device, const char *role, const char *station, uint64_t request)
{
    struct daemon *daemon = user;
    struct event event = {.kind = EVENT_BIND, .request = request};
    if (!text_copy(event.station, sizeof(event.station), station) || strlen(device) >= BINDING_DEVICE_MAX)
        return -EMSGSIZE;
    if (!*role)
        role = plugboard_role_of(daemon->board, device);
    if (!role)
        return -ENODEV;
    text_copy(event.name, sizeof(event.name), role);
    return post(user, &event, device, strlen(device));
}

static int source_scan(void *user, const char *station, const char *text, size_t length, uint64_t request)
{
    struct daemon *daemon = user;
    if (config_find_station(daemon->config, station) < 0)
        return -ENOENT;
    if (length > SCAN_TEXT_MAX)
        return -EMSGSIZE;
    struct event event = {.kind = EVENT_SCAN, .request = request, .number = (int64_t)length};
    text_copy(event.station, sizeof(event.station), station);
    return post_scanned(user, &event, text, length);
}

static int source_train(void *user, const char *station, bool training, uint64_t request)
{
    struct event event = {.kind = EVENT_TRAINING, .request = request, .number = training};
    return text_copy(event.station, sizeof(event.station), station) ? post(user, &event, "", 0) : -EMSGSIZE;
}

static int source_import(void *user, const char *kind, const char *csv, size_t length, uint64_t request)
{
    struct event event = {.kind = EVENT_IMPORT, .request = request};
    text_copy(event.name, sizeof(event.name), kind);
    return post(user, &event, csv, length);
}

/* What no label can be printed with is refused before it comes to a rule, which draws nothing. */
static bool is_printable(struct daemon *daemon, const char *fields, size_t length, uint64_t request)
{
    struct label_fault fault;
    CLEANUP_BUF struct buf json = {0};
    if (label_desk_check(desk_of(daemon), fields, length, &fault) == 0)
        return true;
    label_fault_json(&fault, &json);
    ui_server_answer(daemon->ui, request, 400, json.data, json.length);
    return false;
}

static int source_ask(void *user, const struct ui_asker *asker, const char *verb, const char *json, size_t length,
                      uint64_t request)
{
    struct daemon *daemon = user;
    struct event event = {.kind = EVENT_ASK, .request = request, .asker = asker->worker, .unproven = asker->unproven};
    if (!text_copy(event.name, sizeof(event.name), verb))
        return -ENOENT;
    if (strcmp(verb, "template.save") == 0 && !is_printable(user, json, length, request))
        return 0;
    return strcmp(verb, "worker.pin") == 0 ? door_set_pin(daemon->door, &event, json, length)
                                           : post(daemon, &event, json, length);
}

static int source_admits(void *user, const struct ui_visitor *visitor, struct ui_asker *ret)
{
    return door_admits(((struct daemon *)user)->door, visitor, ret);
}

static int source_sign_in(void *user, const char *badge, const char *pin, uint64_t request)
{
    return door_sign_in(((struct daemon *)user)->door, badge, pin, request);
}

static void source_sign_out(void *user, const char *token)
{
    door_sign_out(((struct daemon *)user)->door, token);
}

static int source_me(void *user, const struct ui_asker *asker, struct buf *json)
{
    return door_write_me(((struct daemon *)user)->door, asker, json);
}

static const struct ui_source ui_source = {.admits = source_admits,
                                           .sign_in = source_sign_in,
                                           .sign_out = source_sign_out,
                                           .me = source_me,
                                           .rights = told_rights,
                                           .stations = source_stations,
                                           .station = source_station,
                                           .status = source_status,
                                           .sync = source_sync,
                                           .devices = source_devices,
                                           .picture = source_picture,
                                           .item_picture = source_item_picture,
                                           .query = source_query,
                                           .figures = source_figures,
                                           .train = source_train,
                                           .label = source_label,
                                           .template = source_template,
                                           .preview = source_preview,
                                           .bind = source_bind,
                                           .scan = source_scan,
                                           .import = source_import,
                                           .ask = source_ask};

/* ---------------------------------------------------------------- effects out */

static void answer_scan(struct daemon *daemon, const struct event *event, size_t index)
{
    static const char unreadable[] = "{\"error\":{\"message\":\"the database cannot be read: look at the box's log\"}}";
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    station_write_result(&daemon->stations[index], "result", &json);
    json_raw(&json, "view", "");
    int result = write_view(daemon, index, &json);
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
    int station = *event->station ? config_find_station(daemon->config, event->station) : 0;
    if (door_heard(daemon->door, station < 0 ? 0 : (size_t)station, event, effect))
        return;
    switch (event->kind) {
    case EVENT_PIN:
    case EVENT_SCAN:
    case EVENT_SCAN_ABORTED:
        hear(daemon, event, effect);
        if (effect->leaves)
            source_train(daemon, event->station, false, 0);
        break;
    case EVENT_WEIGHT:
        hear_weight(daemon, event, effect);
        break;
    case EVENT_IMPORT:
        answer_done(daemon, event, effect, "imported", event->name);
        break;
    case EVENT_ASK:
        answer_done(daemon, event, effect, "asked", event->name);
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
    case EVENT_CHANGE:
        if (!effect->good)
            log_warning("change %lld from head office is parked: head office must correct and send it again",
                        (long long)event->number);
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
    int result = turn_take(daemon->turn, &error);
    if (result) {
        log_error("%s; stopping, so that nothing is accepted that is not saved", error.text);
        return sd_event_exit(daemon->event, 1);
    }
    disk_heed(daemon->disk, turn_counters(daemon->turn)->failed_commits);
    if (take_practice(daemon) != 0)
        practice_lost(daemon->practice);
    after_turn(daemon);
    if (turn_waiting(daemon->turn) > 0 || practice_waits(daemon))
        sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
    return 0;
}

/* ---------------------------------------------------------------- open and close */

static int post_uplink(void *user, struct event *event, const void *bytes, size_t length)
{
    return post(user, event, bytes, length);
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
    return post(user, &event, passed, sizeof(*passed));
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

/* The start is an event too: it tells the rules which stations there are (floor/bind.c). */
static int post_boot(struct daemon *daemon)
{
    struct event event = {.kind = EVENT_BOOT};
    CLEANUP_BUF struct buf stations = {0};
    clock_boot_name(event.name, sizeof(event.name));
    config_write_stations(daemon->config, &stations);
    return stations.failed ? -ENOMEM : post(daemon, &event, buf_text(&stations), stations.length);
}

static int open_timers(struct daemon *daemon, struct error *error)
{
    int result = sd_event_add_defer(daemon->event, &daemon->take, on_take, daemon);
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
        result = site_store_open(config, &daemon->seal, &daemon->store, error);
    if (!result && turn_new(daemon->store, on_effect, daemon, &daemon->turn) != 0)
        result = error_set(error, -ENOMEM, "out of memory");
    if (!result)
        result = open_practice(daemon, error);
    if (!result)
        result = open_timers(daemon, error);
    if (!result)
        result = lookout_new(daemon->event, daemon->store, &daemon->ui, &daemon->lookout, error);
    if (!result)
        result = open_door(daemon, error);
    if (!result)
        result = ui_server_open(daemon->event, &config->ui, &ui_source, daemon, &daemon->ui, error);
    if (!result)
        result = open_uplink(daemon, error);
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
    uplink_free(daemon->uplink);
    ui_server_close(daemon->ui);
    sd_event_source_disable_unref(daemon->take);
    refresh_done(&daemon->refresh);
    sd_event_source_disable_unref(daemon->late);
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
