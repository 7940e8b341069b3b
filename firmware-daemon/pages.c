/* What the pages and the tool ask of the daemon: what is there is written, what shall happen becomes an event. */
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "daemon_parts.h"
#include "floor/floor.h"
#include "floor/rights.h"
#include "floor/settings.h"
#include "label_request.h"
#include "pictures.h"
#include "store/board.h"
#include "store/figures.h"
#include "store/query.h"
#include "told.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
    return index < 0 ? index : daemon_write_view(user, (size_t)index, json);
}

static int source_trust(void *user, struct buf *json, struct buf *pem)
{
    struct daemon *daemon = user;
    return trust_invite(daemon->trust, ui_server_secure_port(daemon->ui), ui_server_port(daemon->ui), json, pem);
}

/* How the box is: its parts, as they are now. */
static struct watch watch_of(const struct daemon *daemon)
{
    return (struct watch){.config = daemon->config,
                          .store = daemon->store,
                          .turn = daemon->turn,
                          .board = daemon->board,
                          .uplink = daemon->uplink,
                          .practice = daemon->practice,
                          .disk = daemon->disk,
                          .trust = daemon->trust,
                          .care = daemon->care,
                          .counts = &daemon->counts,
                          .secure_port = ui_server_secure_port(daemon->ui),
                          .pages = ui_server_pages(daemon->ui)};
}

static int source_status(void *user, struct buf *json)
{
    json_open_object(json, NULL);
    struct watch watch = watch_of(user);
    int result = watch_write(&watch, json);
    json_close_object(json);
    return result;
}

static bool source_health(void *user, struct buf *json)
{
    struct watch watch = watch_of(user);
    return watch_health(&watch, json);
}

static int source_metrics(void *user, struct buf *text)
{
    struct watch watch = watch_of(user);
    return watch_metrics(&watch, text);
}

static int source_backup(void *user, struct error *error)
{
    return care_backup(((struct daemon *)user)->care, error);
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

/* Who may read the print jobs sees whom they name; a station's page does not. */
static int source_picture(void *user, const struct ui_asker *asker, int64_t job, struct buf *png)
{
    struct daemon *daemon = user;
    return plugboard_picture(daemon->board, job, !site_may(may_read, "print-jobs", asker->roles, false), png);
}

static int source_item_picture(void *user, const char *sku, struct buf *bytes, const char **ret_type)
{
    const struct daemon *daemon = user;
    return picture_read(daemon->config->site.pictures, sku, bytes, ret_type);
}

struct figures_of {
    struct daemon *daemon;
    struct figures figures;
};

static int source_figures(void *user, const char *kind, int64_t since_us, void **ret_state)
{
    struct daemon *daemon = user;
    struct figures_of *of = calloc(1, sizeof(*of));
    if (!of)
        return -ENOMEM;
    of->daemon = daemon;
    int result = figures_begin(daemon->store, kind, since_us, &of->figures);
    if (result)
        free(of);
    else
        *ret_state = of;
    return result;
}

static int source_figures_more(void *state, struct buf *csv)
{
    struct figures_of *of = state;
    int result = figures_more(of->daemon->store, &of->figures, csv);
    return result < 0 ? result : of->figures.over;
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
    struct watch watch = watch_of(daemon);
    int result = watch_write(&watch, json);
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
    return words.failed ? -ENOMEM : daemon_post_event(daemon, &event, buf_text(&words), words.length);
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
    return daemon_post_event(user, &event, device, strlen(device));
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
    return daemon_post_scanned(user, &event, text, length);
}

static int source_train(void *user, const char *station, bool training, uint64_t request)
{
    struct event event = {.kind = EVENT_TRAINING, .request = request, .number = training};
    return text_copy(event.station, sizeof(event.station), station) ? daemon_post_event(user, &event, "", 0)
                                                                    : -EMSGSIZE;
}

static int source_import(void *user, const char *kind, const char *csv, size_t length, uint64_t request)
{
    struct event event = {.kind = EVENT_IMPORT, .request = request};
    text_copy(event.name, sizeof(event.name), kind);
    return daemon_post_event(user, &event, csv, length);
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
                                           : daemon_post_event(daemon, &event, json, length);
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

const struct ui_source daemon_pages = {.admits = source_admits,
                                       .sign_in = source_sign_in,
                                       .sign_out = source_sign_out,
                                       .me = source_me,
                                       .rights = told_rights,
                                       .stations = source_stations,
                                       .station = source_station,
                                       .status = source_status,
                                       .health = source_health,
                                       .metrics = source_metrics,
                                       .backup = source_backup,
                                       .sync = source_sync,
                                       .devices = source_devices,
                                       .picture = source_picture,
                                       .item_picture = source_item_picture,
                                       .trust = source_trust,
                                       .query = source_query,
                                       .figures = source_figures,
                                       .figures_more = source_figures_more,
                                       .train = source_train,
                                       .label = source_label,
                                       .template = source_template,
                                       .preview = source_preview,
                                       .bind = source_bind,
                                       .scan = source_scan,
                                       .import = source_import,
                                       .ask = source_ask};
