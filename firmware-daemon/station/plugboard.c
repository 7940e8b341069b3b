#include "station/plugboard.h"

#include "base/beside.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "drivers/hotplug.h"
#include "drivers/inventory.h"
#include "drivers/model.h"
#include "station/label_set.h"
#include "station/manner.h"
#include "station/picture.h"
#include "store/print_job.h"
#include "store/training.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define READERS_MAX  (CONFIG_STATIONS_MAX + INVENTORY_MAX)
#define BINDINGS_MAX 256
#define SETTLE_US    30000 /* after something was plugged in: the kernel and udev are not through with it */

/* A scanner, and where it was when it was opened: its identity may change when its twin is plugged in, its place not.
 */
struct slot {
    struct reader *reader;
    char port[32];
};

struct plugboard {
    sd_event *event;
    struct store *store, *copy; /* copy: that stations practise on; NULL: none */
    const struct config *config;
    const struct plugboard_ops *ops;
    void *user;
    struct model_set models;
    struct template_set labels; /* changed while the press pauses: it draws with them */
    struct beside *press;
    struct hotplug *hotplug;
    sd_event_source *changes, *settle;
    struct slot slots[READERS_MAX];
    size_t slot_count;
    uint32_t last_number;
    struct pump *pumps[CONFIG_STATIONS_MAX]; /* by the station's place in the configuration; NULL: none */
    struct weigher *weighers[CONFIG_STATIONS_MAX];
    /* Where the bound ones were plugged in when they were opened, and so known; "": nowhere. */
    char printer_ports[CONFIG_STATIONS_MAX][32], scale_ports[CONFIG_STATIONS_MAX][32];
    bool rewire_later; /* a printer was at work */
    struct binding bindings[BINDINGS_MAX];
    size_t binding_count;
    struct plugged plugged[INVENTORY_MAX];
    size_t plugged_count;
};

/* ---------------------------------------------------------------- what is what */

static bool answers_to(const struct plugged *plugged, const char *address)
{
    return *address && inventory_find(plugged, 1, address) != NULL;
}

/* The configuration has the last word on what it names. */
static bool is_configured(const struct plugboard *board, const struct plugged *plugged)
{
    for (size_t i = 0; i < board->config->count; i++) {
        const struct station_config *station = &board->config->stations[i];
        if (answers_to(plugged, station->scanner) || answers_to(plugged, station->printer) ||
            answers_to(plugged, station->scale))
            return true;
    }
    return false;
}

static const struct binding *find_binding(const struct plugboard *board, const char *device)
{
    for (size_t i = 0; i < board->binding_count; i++)
        if (strcmp(board->bindings[i].device, device) == 0)
            return &board->bindings[i];
    return NULL;
}

static const char *bound_to(const struct plugboard *board, const char *station, const char *role)
{
    for (size_t i = 0; i < board->binding_count; i++)
        if (strcmp(board->bindings[i].station, station) == 0 && strcmp(board->bindings[i].role, role) == 0)
            return board->bindings[i].device;
    return "";
}

static const struct plugged *find_plugged(const struct plugboard *board, const char *address)
{
    return inventory_find(board->plugged, board->plugged_count, address);
}

/* What is opened though nobody has bound it: only what is known to be a scanner. A keyboard may be a person's, and a
 * port that nobody knows is not probed. */
static bool is_scanner(const struct plugged *plugged, const struct model *model)
{
    if (plugged->kinds & PLUGGED_HID_BARCODE)
        return true;
    return model && !model_is_generic(model) && strcmp(model->kind, "scanner") == 0 &&
           strcmp(model->driver, "none") != 0 && *model_driver(model, plugged);
}

static struct manner manner_of(const struct plugboard *board, const char *id)
{
    return (struct manner){
        .config = board->config, .models = &board->models, .plugged = find_plugged(board, id), .id = id};
}

/* ---------------------------------------------------------------- scanners */

static int reader_scan(void *user, const struct reader *reader, const char *text, size_t length)
{
    struct plugboard *board = user;
    return board->ops->scan(board->user, reader, text, length);
}

static int reader_aborted(void *user, const struct reader *reader, size_t length)
{
    struct plugboard *board = user;
    return board->ops->aborted(board->user, reader, length);
}

static int add_reader(struct plugboard *board, const struct reader_settings *settings, const char *port,
                      struct error *error)
{
    static const struct reader_ops ops = {.scan = reader_scan, .aborted = reader_aborted};
    if (board->slot_count == READERS_MAX)
        return error_set(error, -ENOSPC, "more than %d scanners", READERS_MAX);
    struct slot *slot = &board->slots[board->slot_count];
    board->last_number = board->last_number % 0xFFFF + 1;
    int result = reader_open(board->event, board->last_number, settings, &ops, board, &slot->reader, error);
    if (result)
        return result;
    text_copy(slot->port, sizeof(slot->port), port);
    board->slot_count++;
    return 0;
}

static void drop_reader(struct plugboard *board, size_t index)
{
    reader_close(board->slots[index].reader);
    board->slots[index] = board->slots[--board->slot_count];
}

/* The one that is open in its place, else the one that has its identity; -1. */
static int find_slot(const struct plugboard *board, const struct plugged *plugged)
{
    int named = -1;
    for (size_t i = 0; i < board->slot_count; i++) {
        const struct slot *slot = &board->slots[i];
        if (*plugged->port && strcmp(slot->port, plugged->port) == 0 && reader_is_open(slot->reader))
            return (int)i;
        if (strcmp(reader_settings(slot->reader)->id, plugged->id) == 0)
            named = (int)i;
    }
    return named;
}

/* It is plugged in elsewhere now, or in the same port there is something else, or the same scanner in another mode. */
static bool has_changed(const struct plugboard *board, const struct slot *slot, const struct plugged *plugged)
{
    const struct manner manner = manner_of(board, plugged->id);
    return !reader_is_open(slot->reader) &&
           (strcmp(slot->port, plugged->port) != 0 ||
            strcmp(reader_settings(slot->reader)->driver, manner_of_scanner(&manner, "").driver) != 0);
}

/* An open scanner goes by the name it had when it was opened, which its scans bear too: that its twin came or went is
 * no change of its own. */
static void wire_scanner(struct plugboard *board, const struct plugged *plugged)
{
    int at = find_slot(board, plugged);
    if (at >= 0 && has_changed(board, &board->slots[at], plugged)) {
        drop_reader(board, (size_t)at);
        at = -1;
    }
    const char *id = at >= 0 ? reader_settings(board->slots[at].reader)->id : plugged->id;
    const struct binding *binding = find_binding(board, id);
    bool bound =
        binding && strcmp(binding->role, "scanner") == 0 && config_find_station(board->config, binding->station) >= 0;
    const char *station = bound ? binding->station : "";
    if (at >= 0) {
        reader_bind(board->slots[at].reader, station);
        text_copy(board->slots[at].port, sizeof(board->slots[at].port), plugged->port);
        return;
    }
    if (binding ? !bound : !is_scanner(plugged, model_find(&board->models, plugged)))
        return;
    const struct manner manner = manner_of(board, plugged->id);
    const struct reader_settings settings = manner_of_scanner(&manner, station);
    struct error error;
    if (add_reader(board, &settings, plugged->port, &error) != 0)
        log_warning("scanner %s cannot be used: %s", plugged->id, error.text);
}

/* Addresses that are in no inventory: only whoever bound such a scanner knows that there is one. */
static void wire_unlisted_scanner(struct plugboard *board, const struct binding *binding)
{
    static const char *const schemes[] = {"stream:", "unix:", "tcp:"};
    struct plugged unlisted = {.port = ""};
    for (size_t i = 0; i < COUNT(schemes); i++)
        if (strncmp(binding->device, schemes[i], strlen(schemes[i])) == 0)
            text_copy(unlisted.id, sizeof(unlisted.id), binding->device);
    if (*unlisted.id && strcmp(binding->role, "scanner") == 0 && !is_configured(board, &unlisted))
        wire_scanner(board, &unlisted);
}

/* What belongs to no station and is gone leaves nothing behind. */
static void drop_strangers(struct plugboard *board)
{
    for (size_t i = board->slot_count; i-- > 0;) {
        const struct reader_settings *settings = reader_settings(board->slots[i].reader);
        if (!settings->fixed && !*settings->station && !reader_is_open(board->slots[i].reader) &&
            !find_plugged(board, settings->id))
            drop_reader(board, i);
    }
}

/* ---------------------------------------------------------------- printers and scales */

static int pump_post(void *user, const struct print_report *report)
{
    struct plugboard *board = user;
    return board->ops->print(board->user, report);
}

static void changed(void *user)
{
    struct plugboard *board = user;
    board->ops->changed(board->user);
}

static enum label_tongue tongue_of(const struct station_config *station)
{
    return strcmp(station->label_language, "en") == 0 ? LABEL_ENGLISH : LABEL_CHINESE;
}

static int open_pump(struct plugboard *board, size_t station, const struct pump_settings *settings, struct error *error)
{
    static const struct pump_ops ops = {.post = pump_post, .changed = changed};
    struct pump_settings own = *settings;
    own.job_limit_us = board->config->site.label_limit_s * 1000000;
    own.labels = &board->labels;
    own.press = board->press;
    own.tongue = tongue_of(&board->config->stations[station]);
    int result = pump_open(board->event, board->store, &own, &ops, board, &board->pumps[station], error);
    if (!result)
        pump_practise(board->pumps[station], board->copy);
    return result;
}

/* Where it was when it was opened; or it is nowhere now, and may come back there. */
static bool is_in_place(const struct plugboard *board, const char *device, const char port[32])
{
    const struct plugged *plugged = find_plugged(board, device);
    return !plugged || strcmp(plugged->port, port) == 0;
}

static void note_place(const struct plugboard *board, const char *device, char port[32])
{
    const struct plugged *plugged = find_plugged(board, device);
    text_copy(port, 32, plugged ? plugged->port : "");
}

static void wire_printer(struct plugboard *board, size_t index)
{
    const struct station_config *station = &board->config->stations[index];
    struct pump *pump = board->pumps[index];
    const char *device = bound_to(board, station->id, "printer");
    bool same = strcmp(pump ? pump_id(pump) : "", device) == 0;
    if (*station->printer || (same && is_in_place(board, device, board->printer_ports[index])))
        return;
    if (pump_is_busy(pump)) { /* its label first */
        board->rewire_later = true;
        return;
    }
    board->pumps[index] = pump_close(pump);
    note_place(board, device, board->printer_ports[index]);
    if (!*device)
        return;
    const struct manner manner = manner_of(board, device);
    const struct pump_settings settings = manner_of_printer(&manner, station->id);
    struct error error;
    if (open_pump(board, index, &settings, &error) != 0)
        log_warning("printer %s cannot be used: %s", device, error.text);
}

static void weighed(void *user, const struct weigher *weigher, int64_t milligrams)
{
    struct plugboard *board = user;
    for (size_t i = 0; i < board->config->count; i++)
        if (board->weighers[i] == weigher)
            board->ops->weighed(board->user, i, milligrams);
}

void plugboard_ask_weight(struct plugboard *board, size_t station)
{
    if (board->weighers[station])
        weigher_ask(board->weighers[station]);
}

void plugboard_use_weight(struct plugboard *board, size_t station)
{
    if (board->weighers[station])
        weigher_use(board->weighers[station]);
}

static int open_weigher(struct plugboard *board, size_t station, const struct weigher_settings *settings,
                        struct error *error)
{
    static const struct weigher_ops ops = {.changed = changed, .weighed = weighed};
    return weigher_open(board->event, settings, &ops, board, &board->weighers[station], error);
}

static void wire_scale(struct plugboard *board, size_t index)
{
    const struct station_config *station = &board->config->stations[index];
    struct weigher *weigher = board->weighers[index];
    const char *device = bound_to(board, station->id, "scale");
    bool same = strcmp(weigher ? weigher_id(weigher) : "", device) == 0;
    if (*station->scale || (same && is_in_place(board, device, board->scale_ports[index])))
        return;
    board->weighers[index] = weigher_close(weigher);
    note_place(board, device, board->scale_ports[index]);
    if (!*device)
        return;
    const struct manner manner = manner_of(board, device);
    const struct weigher_settings settings = manner_of_scale(&manner);
    struct error error;
    if (open_weigher(board, index, &settings, &error) != 0)
        log_warning("scale %s cannot be used: %s", device, error.text);
}

/* ---------------------------------------------------------------- all of it */

void plugboard_stop(struct plugboard *board)
{
    for (size_t i = 0; board && i < board->config->count; i++)
        if (board->pumps[i])
            pump_stop(board->pumps[i]);
}

void plugboard_rewire(struct plugboard *board)
{
    struct error error;
    board->rewire_later = false;
    if (inventory_read(board->plugged, INVENTORY_MAX, &board->plugged_count, &error) != 0)
        log_warning("what is plugged in cannot be told: %s", error.text);
    if (binding_list(board->store, board->bindings, BINDINGS_MAX, &board->binding_count) != 0)
        return; /* the database is in trouble: everything stays as it is */
    drop_strangers(board);
    for (size_t i = 0; i < board->plugged_count; i++)
        if (!is_configured(board, &board->plugged[i]))
            wire_scanner(board, &board->plugged[i]);
    for (size_t i = 0; i < board->binding_count; i++)
        wire_unlisted_scanner(board, &board->bindings[i]);
    for (size_t i = 0; i < board->config->count; i++) {
        wire_printer(board, i);
        wire_scale(board, i);
    }
    changed(board);
}

static void retry_all(struct plugboard *board)
{
    for (size_t i = 0; i < board->slot_count; i++)
        reader_retry(board->slots[i].reader);
    for (size_t i = 0; i < board->config->count; i++) {
        if (board->pumps[i])
            pump_retry(board->pumps[i]);
        if (board->weighers[i])
            weigher_retry(board->weighers[i]);
    }
}

static int on_settled(sd_event_source *source, uint64_t now, void *user)
{
    (void)source;
    (void)now;
    plugboard_rewire(user);
    retry_all(user);
    return 0;
}

static int on_change(sd_event_source *source, int fd, uint32_t events, void *user)
{
    (void)source;
    (void)fd;
    (void)events;
    struct plugboard *board = user;
    if (!hotplug_changed(board->hotplug))
        return 0;
    sd_event_source_set_time_relative(board->settle, SETTLE_US);
    return sd_event_source_set_enabled(board->settle, SD_EVENT_ONESHOT);
}

static int watch(struct plugboard *board, struct error *error)
{
    int result = hotplug_open(&board->hotplug, error);
    if (result)
        return result;
    result = sd_event_add_io(board->event, &board->changes, hotplug_fd(board->hotplug), EPOLLIN, on_change, board);
    if (result >= 0)
        result =
            sd_event_add_time_relative(board->event, &board->settle, CLOCK_MONOTONIC, SETTLE_US, 0, on_settled, board);
    return result < 0 ? error_set(error, result, "devices cannot be watched") : 0;
}

static int open_configured(struct plugboard *board, size_t index, struct error *error)
{
    const struct station_config *station = &board->config->stations[index];
    const struct reader_settings scanner = manner_of_station_scanner(station);
    const struct pump_settings printer = manner_of_station_printer(station);
    const struct weigher_settings scale = manner_of_station_scale(station);
    int result = *station->scanner ? add_reader(board, &scanner, "", error) : 0;
    if (!result && *station->printer)
        result = open_pump(board, index, &printer, error);
    if (!result && *station->scale)
        result = open_weigher(board, index, &scale, error);
    return result;
}

int plugboard_open(sd_event *event, struct store *store, const struct config *config, const struct plugboard_ops *ops,
                   void *user, struct plugboard **ret, struct error *error)
{
    struct plugboard *board = calloc(1, sizeof(*board));
    if (!board)
        return error_set(error, -ENOMEM, "out of memory");
    board->event = event;
    board->store = store;
    board->config = config;
    board->ops = ops;
    board->user = user;
    *ret = board; /* before a device calls back */
    int result = model_set_load(device_models, &board->models, error);
    if (!result)
        result = label_set_load(store, config->site.labels, &board->labels, error);
    if (!result)
        result = beside_new(event, &board->press, error);
    if (!result)
        result = watch(board, error);
    for (size_t i = 0; i < config->count && !result; i++)
        result = open_configured(board, i, error);
    if (result)
        *ret = plugboard_close(board);
    else
        plugboard_rewire(board);
    return result;
}

struct plugboard *plugboard_close(struct plugboard *board)
{
    if (!board)
        return NULL;
    for (size_t i = 0; i < board->slot_count; i++)
        reader_close(board->slots[i].reader);
    for (size_t i = 0; i < CONFIG_STATIONS_MAX; i++) {
        pump_close(board->pumps[i]);
        weigher_close(board->weighers[i]);
    }
    beside_free(board->press);
    sd_event_source_disable_unref(board->changes);
    sd_event_source_disable_unref(board->settle);
    hotplug_close(board->hotplug);
    model_set_done(&board->models);
    template_set_done(&board->labels);
    free(board);
    return NULL;
}

void plugboard_kick(struct plugboard *board)
{
    if (board->rewire_later)
        plugboard_rewire(board);
    for (size_t i = 0; i < board->config->count; i++)
        if (board->pumps[i])
            pump_kick(board->pumps[i]);
    for (size_t i = 0; i < board->slot_count; i++)
        reader_resume(board->slots[i].reader);
}

bool plugboard_answer(struct plugboard *board, uint32_t source, enum scan_verdict verdict)
{
    for (size_t i = 0; source && i < board->slot_count; i++)
        if (reader_number(board->slots[i].reader) == source)
            return reader_answer(board->slots[i].reader, verdict);
    return false;
}

void plugboard_marked(struct plugboard *board, int64_t job, bool good, bool saved)
{
    for (size_t i = 0; i < board->config->count; i++)
        if (board->pumps[i])
            pump_marked(board->pumps[i], job, good, saved);
}

const char *plugboard_role_of(const struct plugboard *board, const char *device)
{
    /* An open one may have been known by its report descriptor alone, which the kernel tells no more. */
    for (size_t i = 0; i < board->slot_count; i++)
        if (strcmp(reader_settings(board->slots[i].reader)->id, device) == 0)
            return "scanner";
    const struct plugged *plugged = find_plugged(board, device);
    const struct model *model = plugged ? model_find(&board->models, plugged) : NULL;
    bool sure = model && !(model_is_generic(model) && (plugged->kinds & PLUGGED_SERIAL));
    return sure ? model->kind : NULL;
}

/* ---------------------------------------------------------------- what people see */

void plugboard_write_station(const struct plugboard *board, size_t station, struct buf *json)
{
    pump_write_state(board->pumps[station], "printer", json);
    weigher_write_state(board->weighers[station], "scale", json);
}

struct listed {
    const char *id, *kind, *driver, *station, *state, *fault;
};

static void write_listed(const struct listed *listed, struct buf *json)
{
    json_open_object(json, NULL);
    json_text(json, "id", listed->id);
    json_text(json, "kind", listed->kind);
    json_text(json, "driver", listed->driver && *listed->driver ? listed->driver : NULL);
    json_text(json, "station", listed->station && *listed->station ? listed->station : NULL);
    json_text(json, "state", listed->state);
    json_text(json, "fault", listed->fault && *listed->fault ? listed->fault : NULL);
    json_close_object(json);
}

static const char *open_or_away(bool open)
{
    return open ? "open" : "away";
}

static bool is_in_use(const struct plugboard *board, const struct plugged *plugged)
{
    if (is_configured(board, plugged) || find_slot(board, plugged) >= 0)
        return true;
    const struct binding *binding = find_binding(board, plugged->id);
    return binding && config_find_station(board->config, binding->station) >= 0;
}

/* Scanners that belong to a station and have not been seen since the start. */
static void write_absent(const struct plugboard *board, struct buf *json)
{
    for (size_t i = 0; i < board->binding_count; i++) {
        const struct binding *binding = &board->bindings[i];
        bool known = strcmp(binding->role, "scanner") != 0 || config_find_station(board->config, binding->station) < 0;
        for (size_t j = 0; j < board->slot_count && !known; j++)
            known = strcmp(reader_settings(board->slots[j].reader)->id, binding->device) == 0;
        if (!known)
            write_listed(
                &(struct listed){
                    .id = binding->device, .kind = "scanner", .station = binding->station, .state = "away"},
                json);
    }
}

static void write_unused(const struct plugboard *board, struct buf *json)
{
    for (size_t i = 0; i < board->plugged_count; i++) {
        const struct plugged *plugged = &board->plugged[i];
        const struct model *model = model_find(&board->models, plugged);
        if (!is_in_use(board, plugged) && model)
            write_listed(
                &(struct listed){
                    .id = plugged->id, .kind = model->kind, .driver = model_driver(model, plugged), .state = "unused"},
                json);
    }
}

int plugboard_check_label(const struct plugboard *board, size_t station, const struct render_job *job,
                          struct label_fault *fault)
{
    const struct station_config *config = &board->config->stations[station];
    CLEANUP(label_free_p) struct label *pages = NULL;
    struct render_job drawn = *job;
    drawn.tongue = tongue_of(config);
    int result = render_pages(&board->labels, &drawn, config->printer_dpi, &pages, fault);
    return result == -ENOTSUP ? 0 : result;
}

const struct template_set *plugboard_labels(const struct plugboard *board)
{
    return &board->labels;
}

void plugboard_relabel(struct plugboard *board)
{
    struct error error = {""};
    beside_pause(board->press);
    if (label_set_load(board->store, board->config->site.labels, &board->labels, &error) != 0)
        log_error("%s: labels are printed as before", error.text);
    beside_resume(board->press);
    for (size_t i = 0; i < board->config->count; i++)
        if (board->pumps[i])
            pump_redraw(board->pumps[i]);
}

void plugboard_practise(struct plugboard *board, struct store *copy)
{
    if (!board)
        return;
    board->copy = copy;
    for (size_t i = 0; i < board->config->count; i++)
        if (board->pumps[i])
            pump_practise(board->pumps[i], copy);
}

int plugboard_picture(const struct plugboard *board, int64_t job, bool masked, struct buf *png)
{
    struct print_job row;
    struct store *store = training_job(job) ? board->copy : board->store;
    int result = store ? print_job_load(store, job, &row) : -ENOENT;
    for (size_t i = 0; i < board->config->count && !result; i++) {
        const struct station_config *station = &board->config->stations[i];
        if (strcmp(station->id, row.station) == 0)
            return picture_of_job(store, &board->labels, job, station->printer_dpi, tongue_of(station), masked, png);
    }
    return result ? result : -ENOENT;
}

void plugboard_write_devices(struct plugboard *board, const char *key, struct buf *json)
{
    json_open_array(json, key);
    for (size_t i = 0; i < board->slot_count; i++) {
        const struct reader *reader = board->slots[i].reader;
        const struct reader_settings *settings = reader_settings(reader);
        const bool waits = reader_is_open(reader) && !*settings->station;
        write_listed(&(struct listed){settings->id, "scanner", reader_driver(reader), settings->station,
                                      waits ? "unbound" : open_or_away(reader_is_open(reader)), reader_fault(reader)},
                     json);
    }
    for (size_t i = 0; i < board->config->count; i++) {
        const char *station = board->config->stations[i].id;
        const struct pump *pump = board->pumps[i];
        const struct weigher *weigher = board->weighers[i];
        if (pump)
            write_listed(&(struct listed){pump_id(pump), "printer", pump_language(pump), station,
                                          open_or_away(pump_is_open(pump)), pump_fault(pump)},
                         json);
        if (weigher)
            write_listed(&(struct listed){weigher_id(weigher), "scale", NULL, station,
                                          open_or_away(weigher_is_open(weigher)), weigher_fault(weigher)},
                         json);
    }
    write_absent(board, json);
    write_unused(board, json);
    json_close_array(json);
}
