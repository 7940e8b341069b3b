#include "base/json.h"
#include "base/metric.h"
#include "base/text.h"
#include "ui/station.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* Begins the wait for ui_server_answer(); the server suspends the connection when the answer is not there yet. */
static bool hand_over(struct web_request *request, int (*give)(struct web_request *, const void *, size_t),
                      const void *bytes, size_t length)
{
    web_promise(request);
    int r = give(request, bytes, length);
    if (r == 0)
        return true;
    web_promise_back(request);
    return web_answer_errno(request, r);
}

static int give_scan(struct web_request *request, const void *text, size_t length)
{
    struct ui_server *server = ui_of(request);
    return server->source->scan(server->user, request->id, text, length, request->number);
}

static bool post_scan(struct web_request *request)
{
    json_error_t fault;
    json_t *root = json_loadb(buf_text(&request->body), request->body.length, JSON_REJECT_DUPLICATES, &fault);
    json_t *text = json_object_get(root, "text");
    bool answered;
    if (json_string_length(text) == 0)
        answered =
            web_answer_error(request, WEB_BAD_REQUEST, "A scan is a JSON object with its text: {\"text\":\"...\"}.");
    else
        answered = hand_over(request, give_scan, json_string_value(text), json_string_length(text));
    json_decref(root);
    return answered;
}

/* The fault of a label has a field and a code: programs put those right that asked for it. */
static bool post_label(struct web_request *request)
{
    struct ui_server *server = ui_of(request);
    CLEANUP_BUF struct buf fault = {0};
    web_promise(request);
    int r = server->source->label(server->user, request->id, buf_text(&request->body), request->body.length,
                                  request->number, &fault);
    if (r == 0)
        return true;
    web_promise_back(request);
    return fault.length > 0 ? web_answer_json(request, WEB_BAD_REQUEST, &fault) : web_answer_errno(request, r);
}

static int give_training(struct web_request *request, const void *training, size_t length)
{
    (void)length;
    struct ui_server *server = ui_of(request);
    return server->source->train(server->user, request->id, *(const bool *)training, request->number);
}

static bool post_training(struct web_request *request)
{
    json_error_t fault;
    json_t *root = json_loadb(buf_text(&request->body), request->body.length, JSON_REJECT_DUPLICATES, &fault);
    json_t *training = json_object_get(root, "training");
    bool given = json_is_boolean(training), begins = json_is_true(training);
    json_decref(root);
    return given ? hand_over(request, give_training, &begins, sizeof(begins))
                 : web_answer_error(request, WEB_BAD_REQUEST,
                                    "A station practises or works: {\"training\":true} or {\"training\":false}.");
}

static int give_import(struct web_request *request, const void *csv, size_t length)
{
    struct ui_server *server = ui_of(request);
    return server->source->import(server->user, request->id, csv, length, request->number);
}

static bool post_import(struct web_request *request)
{
    static const char *const kinds[] = {"orders", "items", "stock", "locations", "workers"};
    size_t i = 0;
    while (i < COUNT(kinds) && strcmp(kinds[i], request->id) != 0)
        i++;
    if (i == COUNT(kinds))
        return web_answer_error(request, WEB_NOT_FOUND,
                                "Only orders, items, stock, locations and workers can be imported.");
    if (request->body.length == 0)
        return web_answer_error(request, WEB_BAD_REQUEST, "The file is empty: it needs at least its header line.");
    return hand_over(request, give_import, buf_text(&request->body), request->body.length);
}

static bool get_stations(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    int r = ui_of(request)->source->stations(ui_of(request)->user, &json);
    return r < 0 ? web_answer_errno(request, r) : web_answer_json(request, WEB_OK, &json);
}

static bool get_station(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {.max = UI_VIEW_MAX};
    int r = ui_of(request)->source->station(ui_of(request)->user, request->id, &json);
    return r < 0 ? web_answer_errno(request, r) : web_answer_json(request, WEB_OK, &json);
}

static bool get_view_stream(struct web_request *request)
{
    CLEANUP_BUF struct buf view = {.max = UI_VIEW_MAX};
    int r = ui_of(request)->source->station(ui_of(request)->user, request->id, &view);
    return r < 0 ? web_answer_errno(request, r)
                 : web_stream_open(request, request->id, "view", buf_text(&view), view.length);
}

/* Supervisors' pages, however many are open, leave room for the stations'. */
static bool get_changes(struct web_request *request)
{
    struct ui_server *server = ui_of(request);
    size_t open = web_server_listeners(server->web, UI_CHANGES);
    if (open > 0 && open >= server->changes_max)
        return web_answer_error(request, WEB_UNAVAILABLE,
                                "%zu pages follow what changes already: close one, or raise the option pages.", open);
    return web_stream_open(request, UI_CHANGES, "hello", "{}", 2);
}

static bool get_status(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    int r = ui_of(request)->source->status(ui_of(request)->user, &json);
    return r < 0 ? web_answer_errno(request, r) : web_answer_json(request, WEB_OK, &json);
}

/* ---------------------------------------------------------------- for those who watch the box */

static bool get_health(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    bool healthy = ui_of(request)->source->health(ui_of(request)->user, &json);
    json_close_object(&json);
    return web_answer_json(request, healthy ? WEB_OK : WEB_UNAVAILABLE, &json);
}

static bool get_metrics(struct web_request *request)
{
    CLEANUP_BUF struct buf text = {0};
    int r = ui_of(request)->source->metrics(ui_of(request)->user, &text);
    return r < 0 ? web_answer_errno(request, r)
                 : web_answer(request, WEB_OK, METRIC_CONTENT_TYPE, buf_text(&text), text.length);
}

/* Only from this machine: whoever may take the file away is logged in here. */
static bool post_backup(struct web_request *request)
{
    static const char begun[] = "{\"begun\":true}";
    struct error error = {0};
    if (!web_is_from_here(request))
        return web_answer_error(request, WEB_FORBIDDEN, "A backup is asked for on the box itself: floorhand backup.");
    int r = ui_of(request)->source->backup(ui_of(request)->user, &error);
    if (r < 0)
        return web_answer_error(request, r == -EBUSY ? WEB_CONFLICT : WEB_UNAVAILABLE, "%s", error.text);
    return web_answer(request, WEB_OK, "application/json", begun, sizeof(begun) - 1);
}

static bool get_sync(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    int r = ui_of(request)->source->sync(ui_of(request)->user, &json);
    return r < 0 ? web_answer_errno(request, r) : web_answer_json(request, WEB_OK, &json);
}

static bool get_devices(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    int r = ui_of(request)->source->devices(ui_of(request)->user, &json);
    return r < 0 ? web_answer_errno(request, r) : web_answer_json(request, WEB_OK, &json);
}

static bool get_picture(struct web_request *request)
{
    CLEANUP_BUF struct buf png = {.max = UI_PICTURE_MAX};
    int64_t job;
    int r = text_to_int(request->id, 1, INT64_MAX, &job);
    if (r == 0)
        r = ui_of(request)->source->picture(ui_of(request)->user, asker_of(request), job, &png);
    if (r == -ENOTSUP)
        return web_answer_error(
            request, WEB_NOT_FOUND,
            "This label was made elsewhere, as commands for its printer: there is no picture of it.");
    if (r < 0)
        return web_answer_error(request, WEB_NOT_FOUND, "There is no print job of this number that can be drawn.");
    return web_answer(request, WEB_OK, "image/png", png.data, png.length);
}

static bool get_template(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    int r = ui_of(request)->source->template(ui_of(request)->user, request->id, &json);
    return r < 0 ? web_answer_errno(request, r) : web_answer_json(request, WEB_OK, &json);
}

static bool post_preview(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {.max = 2 * UI_PICTURE_MAX};
    int r = ui_of(request)->source->preview(ui_of(request)->user, request->id, buf_text(&request->body),
                                            request->body.length, &json);
    if (r == -EINVAL)
        return web_answer_error(request, WEB_BAD_REQUEST,
                                "A preview is asked for with the template's text: {\"text\", \"data\" or \"of\"}.");
    return r < 0 ? web_answer_errno(request, r) : web_answer_json(request, WEB_OK, &json);
}

/* ?since=SECONDS of the Unix clock. */
static bool get_figures(struct web_request *request)
{
    const char *since = web_value(request, "since");
    int64_t seconds = 0;
    void *state = NULL;
    if (since && text_to_int(since, 0, INT64_MAX / 1000000, &seconds) != 0)
        return web_answer_error(request, WEB_BAD_REQUEST, "since is a time in seconds of the Unix clock.");
    int r = ui_of(request)->source->figures(ui_of(request)->user, request->id, seconds * 1000000, &state);
    return r < 0 ? web_answer_errno(request, r)
                 : web_answer_pieces(request, "text/csv", ui_of(request)->source->figures_more, state);
}

/* ---------------------------------------------------------------- questions */

static bool question(struct web_request *request, const char *kind, const char *code)
{
    struct ui_server *server = ui_of(request);
    struct web_value values[WEB_VALUES_MAX];
    size_t count = 0;
    struct error error = {""};
    CLEANUP_BUF struct buf json = {.max = UI_QUERY_MAX};
    if (web_values(request, values, &count) != 0)
        return web_answer_error(request, WEB_BAD_REQUEST, "A question has at most %d filters, each as name=value.",
                                WEB_VALUES_MAX);
    int r = server->source->query(server->user, kind, code, values, count, &json, &error);
    if (r < 0 && *error.text)
        return web_answer_error(request, WEB_BAD_REQUEST, "%s", error.text);
    return r < 0 ? web_answer_errno(request, r) : web_answer_json(request, WEB_OK, &json);
}

static bool get_rows(struct web_request *request)
{
    return question(request, request->id, "");
}

static bool get_row(struct web_request *request)
{
    return question(request, request->id, request->rest);
}

static int give_ask(struct web_request *request, const void *json, size_t length)
{
    struct ui_server *server = ui_of(request);
    return server->source->ask(server->user, asker_of(request), request->id, json, length, request->number);
}

static bool post_ask(struct web_request *request)
{
    json_error_t fault;
    json_t *root = json_loadb(buf_text(&request->body), request->body.length, JSON_REJECT_DUPLICATES, &fault);
    bool object = json_is_object(root);
    json_decref(root);
    return object ? hand_over(request, give_ask, buf_text(&request->body), request->body.length)
                  : web_answer_error(request, WEB_BAD_REQUEST, "What is asked for is a JSON object of its fields.");
}

/* ---------------------------------------------------------------- who is there */

struct credentials {
    const char *badge, *pin;
};

static int give_credentials(struct web_request *request, const void *credentials, size_t length)
{
    (void)length;
    const struct credentials *given = credentials;
    return ui_of(request)->source->sign_in(ui_of(request)->user, given->badge, given->pin, request->number);
}

static bool post_session(struct web_request *request)
{
    json_t *root = json_loadb(buf_text(&request->body), request->body.length, JSON_REJECT_DUPLICATES, NULL);
    struct credentials given = {json_string_value(json_object_get(root, "badge")),
                                json_string_value(json_object_get(root, "pin"))};
    bool answered = given.badge && given.pin ? hand_over(request, give_credentials, &given, sizeof(given))
                                             : web_answer_error(request, WEB_BAD_REQUEST, "Say \"badge\" and \"pin\".");
    json_decref(root);
    return answered;
}

static bool post_session_end(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    ui_of(request)->source->sign_out(ui_of(request)->user, web_cookie(request, UI_COOKIE));
    json_open_object(&json, NULL);
    json_close_object(&json);
    return web_answer_cookie(request, &json, UI_COOKIE, "");
}

static bool get_me(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    int r = ui_of(request)->source->me(ui_of(request)->user, asker_of(request), &json);
    return r < 0 ? web_answer_errno(request, r) : web_answer_json(request, WEB_OK, &json);
}

static bool get_rights(struct web_request *request)
{
    enum { ROUTES_MAX = 64 };
    char names[ROUTES_MAX][96];
    const char *routes[ROUTES_MAX];
    size_t count = 0;
    CLEANUP_BUF struct buf json = {0};
    for (const struct web_route *route = ui_routes; route->method && count < ROUTES_MAX; route++, count++) {
        snprintf(names[count], sizeof(names[count]), "%s%s", route->method, route->pattern);
        routes[count] = names[count];
    }
    json_open_object(&json, NULL);
    int r = ui_of(request)->source->rights(ui_of(request)->user, routes, count, &json);
    json_close_object(&json);
    return r < 0 ? web_answer_errno(request, r) : web_answer_json(request, WEB_OK, &json);
}

/* ---------------------------------------------------------------- devices */

static int give_binding(struct web_request *request, const void *words, size_t length)
{
    (void)length;
    struct ui_server *server = ui_of(request);
    const char *const *binding = words; /* device, role, station */
    return server->source->bind(server->user, binding[0], binding[1], binding[2], request->number);
}

static bool is_role(const char *role)
{
    return !*role || strcmp(role, "scanner") == 0 || strcmp(role, "printer") == 0 || strcmp(role, "scale") == 0;
}

static bool post_binding(struct web_request *request)
{
    static const char *const keys[] = {"id", "role", "station"};
    const char *words[COUNT(keys)];
    json_error_t fault;
    json_t *root = json_loadb(buf_text(&request->body), request->body.length, JSON_REJECT_DUPLICATES, &fault);
    bool whole = true;
    for (size_t i = 0; i < COUNT(keys); i++) {
        words[i] = json_string_value(json_object_get(root, keys[i]));
        whole = whole && ((words[i] && *words[i]) || strcmp(keys[i], "role") == 0);
    }
    words[1] = words[1] ? words[1] : "";
    bool answered;
    if (!whole || !is_role(words[1]))
        answered = web_answer_error(
            request, WEB_BAD_REQUEST,
            "A binding names a device's id, a station, and perhaps its role (scanner, printer or scale): "
            "{\"id\":\"...\",\"role\":\"...\",\"station\":\"...\"}.");
    else
        answered = hand_over(request, give_binding, words, sizeof(words));
    json_decref(root);
    return answered;
}

const struct web_route ui_routes[] = {
    {"GET", "/", ui_pages_list, NULL, 0},
    {"GET", "/station/{}", ui_pages_station, NULL, 0},
    {"GET", "/office", ui_pages_supervisor, NULL, 0},
    {"GET", "/assets/{}", ui_pages_asset, NULL, 0},
    {"GET", "/manifest.webmanifest", ui_pages_manifest, NULL, 0},
    {"GET", "/keeper.js", ui_pages_keeper, NULL, 0},
    {"GET", "/pictures/{*}", ui_pages_item, NULL, 0},
    {"GET", "/trust", ui_trust_page, NULL, 0},
    {"GET", "/trust/ca.crt", ui_trust_certificate, NULL, 0},
    {"GET", "/trust/trust.css", ui_trust_style, NULL, 0},
    {"GET", "/api/v1/trust", ui_trust_json, NULL, 0},
    {"GET", "/api/v1/stations", get_stations, NULL, 0},
    {"GET", "/api/v1/stations/{}", get_station, NULL, 0},
    {"GET", "/api/v1/stations/{}/events", get_view_stream, NULL, 0},
    {"POST", "/api/v1/stations/{}/scan", post_scan, "application/json", UI_SCAN_BODY_MAX},
    {"POST", "/api/v1/session", post_session, "application/json", UI_SCAN_BODY_MAX},
    {"POST", "/api/v1/session/end", post_session_end, "application/json", UI_SCAN_BODY_MAX},
    {"GET", "/api/v1/me", get_me, NULL, 0},
    {"GET", "/api/v1/rights", get_rights, NULL, 0},
    {"GET", "/health", get_health, NULL, 0},
    {"GET", "/metrics", get_metrics, NULL, 0},
    {"POST", "/api/v1/backup", post_backup, "application/json", UI_SCAN_BODY_MAX},
    {"GET", "/api/v1/status", get_status, NULL, 0},
    {"GET", "/api/v1/sync", get_sync, NULL, 0},
    {"GET", "/api/v1/changes", get_changes, NULL, 0},
    {"POST", "/api/v1/stations/{}/labels", post_label, "application/json", UI_LABEL_BODY_MAX},
    {"POST", "/api/v1/stations/{}/training", post_training, "application/json", UI_SCAN_BODY_MAX},
    {"GET", "/api/v1/print-jobs/{}/picture", get_picture, NULL, 0},
    {"GET", "/api/v1/label-templates/{}", get_template, NULL, 0},
    {"POST", "/api/v1/label-templates/{}/preview", post_preview, "application/json", UI_PREVIEW_BODY_MAX},
    {"GET", "/api/v1/figures/{}", get_figures, NULL, 0},
    {"GET", "/api/v1/devices", get_devices, NULL, 0},
    {"POST", "/api/v1/devices/bind", post_binding, "application/json", UI_SCAN_BODY_MAX},
    {"POST", "/api/v1/import/{}", post_import, "text/csv", UI_IMPORT_BODY_MAX},
    {"POST", "/api/v1/asks/{}", post_ask, "application/json", UI_ASK_BODY_MAX},
    {"GET", "/api/v1/{}", get_rows, NULL, 0}, /* behind all others: a kind of rows */
    {"GET", "/api/v1/{}/{*}", get_row, NULL, 0},
    {0},
};
