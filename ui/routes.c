#include "base/json.h"
#include "base/text.h"
#include "ui/request.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

/* Begins the wait for ui_server_answer(); the server suspends the connection when the answer is not there yet. */
static enum MHD_Result hand_over(struct ui_request *request, int (*give)(struct ui_request *, const void *, size_t),
                                 const void *bytes, size_t length)
{
    struct ui_server *server = request->server;
    request->number = ++server->last_number;
    list_append(&server->waiting, &request->link);
    int r = give(request, bytes, length);
    if (r == 0)
        return MHD_YES;
    list_remove(&request->link);
    request->number = 0;
    return ui_answer_errno(request, r);
}

static int give_scan(struct ui_request *request, const void *text, size_t length)
{
    struct ui_server *server = request->server;
    return server->source->scan(server->user, request->id, text, length, request->number);
}

static enum MHD_Result post_scan(struct ui_request *request)
{
    json_error_t fault;
    json_t *root = json_loadb(buf_text(&request->body), request->body.length, JSON_REJECT_DUPLICATES, &fault);
    json_t *text = json_object_get(root, "text");
    enum MHD_Result answered;
    if (json_string_length(text) == 0)
        answered = ui_answer_error(request, MHD_HTTP_BAD_REQUEST,
                                   "A scan is a JSON object with its text: {\"text\":\"...\"}.");
    else
        answered = hand_over(request, give_scan, json_string_value(text), json_string_length(text));
    json_decref(root);
    return answered;
}

/* The fault of a label has a field and a code: programs put those right that asked for it. */
static enum MHD_Result post_label(struct ui_request *request)
{
    struct ui_server *server = request->server;
    CLEANUP_BUF struct buf fault = {0};
    request->number = ++server->last_number;
    list_append(&server->waiting, &request->link);
    int r = server->source->label(server->user, request->id, buf_text(&request->body), request->body.length,
                                  request->number, &fault);
    if (r == 0)
        return MHD_YES;
    list_remove(&request->link);
    request->number = 0;
    return fault.length > 0 ? ui_answer_json(request, MHD_HTTP_BAD_REQUEST, &fault) : ui_answer_errno(request, r);
}

static int give_training(struct ui_request *request, const void *training, size_t length)
{
    (void)length;
    struct ui_server *server = request->server;
    return server->source->train(server->user, request->id, *(const bool *)training, request->number);
}

static enum MHD_Result post_training(struct ui_request *request)
{
    json_error_t fault;
    json_t *root = json_loadb(buf_text(&request->body), request->body.length, JSON_REJECT_DUPLICATES, &fault);
    json_t *training = json_object_get(root, "training");
    bool given = json_is_boolean(training), begins = json_is_true(training);
    json_decref(root);
    return given ? hand_over(request, give_training, &begins, sizeof(begins))
                 : ui_answer_error(request, MHD_HTTP_BAD_REQUEST,
                                   "A station practises or works: {\"training\":true} or {\"training\":false}.");
}

static int give_import(struct ui_request *request, const void *csv, size_t length)
{
    struct ui_server *server = request->server;
    return server->source->import(server->user, request->id, csv, length, request->number);
}

static enum MHD_Result post_import(struct ui_request *request)
{
    static const char *const kinds[] = {"orders", "items", "stock", "locations", "workers"};
    size_t i = 0;
    while (i < COUNT(kinds) && strcmp(kinds[i], request->id) != 0)
        i++;
    if (i == COUNT(kinds))
        return ui_answer_error(request, MHD_HTTP_NOT_FOUND,
                               "Only orders, items, stock, locations and workers can be imported.");
    if (request->body.length == 0)
        return ui_answer_error(request, MHD_HTTP_BAD_REQUEST, "The file is empty: it needs at least its header line.");
    return hand_over(request, give_import, buf_text(&request->body), request->body.length);
}

static enum MHD_Result get_stations(struct ui_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    int r = request->server->source->stations(request->server->user, &json);
    return r < 0 ? ui_answer_errno(request, r) : ui_answer_json(request, MHD_HTTP_OK, &json);
}

static enum MHD_Result get_station(struct ui_request *request)
{
    CLEANUP_BUF struct buf json = {.max = UI_VIEW_MAX};
    int r = request->server->source->station(request->server->user, request->id, &json);
    return r < 0 ? ui_answer_errno(request, r) : ui_answer_json(request, MHD_HTTP_OK, &json);
}

static enum MHD_Result get_status(struct ui_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    int r = request->server->source->status(request->server->user, &json);
    return r < 0 ? ui_answer_errno(request, r) : ui_answer_json(request, MHD_HTTP_OK, &json);
}

static enum MHD_Result get_sync(struct ui_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    int r = request->server->source->sync(request->server->user, &json);
    return r < 0 ? ui_answer_errno(request, r) : ui_answer_json(request, MHD_HTTP_OK, &json);
}

static enum MHD_Result get_devices(struct ui_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    int r = request->server->source->devices(request->server->user, &json);
    return r < 0 ? ui_answer_errno(request, r) : ui_answer_json(request, MHD_HTTP_OK, &json);
}

static enum MHD_Result get_picture(struct ui_request *request)
{
    CLEANUP_BUF struct buf png = {.max = UI_PICTURE_MAX};
    int64_t job;
    int r = text_to_int(request->id, 1, INT64_MAX, &job);
    if (r == 0)
        r = request->server->source->picture(request->server->user, job, &png);
    if (r == -ENOTSUP)
        return ui_answer_error(
            request, MHD_HTTP_NOT_FOUND,
            "This label was made elsewhere, as commands for its printer: there is no picture of it.");
    if (r < 0)
        return ui_answer_error(request, MHD_HTTP_NOT_FOUND, "There is no print job of this number that can be drawn.");
    return ui_answer(request, MHD_HTTP_OK, "image/png", png.data, png.length);
}

/* ?since=SECONDS of the Unix clock. */
static enum MHD_Result get_figures(struct ui_request *request)
{
    CLEANUP_BUF struct buf csv = {.max = UI_FIGURES_MAX};
    const char *since = MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, "since");
    int64_t seconds = 0;
    if (since && text_to_int(since, 0, INT64_MAX / 1000000, &seconds) != 0)
        return ui_answer_error(request, MHD_HTTP_BAD_REQUEST, "since is a time in seconds of the Unix clock.");
    int r = request->server->source->figures(request->server->user, request->id, seconds * 1000000, &csv);
    if (r == -EMSGSIZE)
        return ui_answer_error(request, MHD_HTTP_CONTENT_TOO_LARGE, "That is too much: ask with since.");
    return r < 0 ? ui_answer_errno(request, r) : ui_answer(request, MHD_HTTP_OK, "text/csv", csv.data, csv.length);
}

/* ---------------------------------------------------------------- questions */

struct values {
    struct ui_value values[UI_VALUES_MAX];
    size_t count;
    bool failed; /* too many, or one without "=" */
};

static enum MHD_Result take_value(void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    struct values *values = user;
    values->failed |= values->count == UI_VALUES_MAX || !value;
    if (!values->failed)
        values->values[values->count++] = (struct ui_value){name, value};
    return values->failed ? MHD_NO : MHD_YES;
}

static enum MHD_Result question(struct ui_request *request, const char *kind, const char *code)
{
    struct ui_server *server = request->server;
    struct values values = {.count = 0};
    struct error error = {""};
    CLEANUP_BUF struct buf json = {.max = UI_QUERY_MAX};
    MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, take_value, &values);
    if (values.failed)
        return ui_answer_error(request, MHD_HTTP_BAD_REQUEST, "A question has at most %d filters, each as name=value.",
                               UI_VALUES_MAX);
    int r = server->source->query(server->user, kind, code, values.values, values.count, &json, &error);
    if (r < 0 && *error.text)
        return ui_answer_error(request, MHD_HTTP_BAD_REQUEST, "%s", error.text);
    return r < 0 ? ui_answer_errno(request, r) : ui_answer_json(request, MHD_HTTP_OK, &json);
}

static enum MHD_Result get_rows(struct ui_request *request)
{
    return question(request, request->id, "");
}

static enum MHD_Result get_row(struct ui_request *request)
{
    return question(request, request->id, request->rest);
}

static int give_ask(struct ui_request *request, const void *json, size_t length)
{
    struct ui_server *server = request->server;
    return server->source->ask(server->user, request->id, json, length, request->number);
}

static enum MHD_Result post_ask(struct ui_request *request)
{
    json_error_t fault;
    json_t *root = json_loadb(buf_text(&request->body), request->body.length, JSON_REJECT_DUPLICATES, &fault);
    bool object = json_is_object(root);
    json_decref(root);
    return object ? hand_over(request, give_ask, buf_text(&request->body), request->body.length)
                  : ui_answer_error(request, MHD_HTTP_BAD_REQUEST, "What is asked for is a JSON object of its fields.");
}

/* ---------------------------------------------------------------- devices */

static int give_binding(struct ui_request *request, const void *words, size_t length)
{
    (void)length;
    struct ui_server *server = request->server;
    const char *const *binding = words; /* device, role, station */
    return server->source->bind(server->user, binding[0], binding[1], binding[2], request->number);
}

static bool is_role(const char *role)
{
    return !*role || strcmp(role, "scanner") == 0 || strcmp(role, "printer") == 0 || strcmp(role, "scale") == 0;
}

static enum MHD_Result post_binding(struct ui_request *request)
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
    enum MHD_Result answered;
    if (!whole || !is_role(words[1]))
        answered = ui_answer_error(
            request, MHD_HTTP_BAD_REQUEST,
            "A binding names a device's id, a station, and perhaps its role (scanner, printer or scale): "
            "{\"id\":\"...\",\"role\":\"...\",\"station\":\"...\"}.");
    else
        answered = hand_over(request, give_binding, words, sizeof(words));
    json_decref(root);
    return answered;
}

static const struct ui_route routes[] = {
    {"GET", "/", ui_pages_list, NULL, 0},
    {"GET", "/station/{}", ui_pages_station, NULL, 0},
    {"GET", "/assets/{}", ui_pages_asset, NULL, 0},
    {"GET", "/api/v1/stations", get_stations, NULL, 0},
    {"GET", "/api/v1/stations/{}", get_station, NULL, 0},
    {"GET", "/api/v1/stations/{}/events", ui_events_open, NULL, 0},
    {"POST", "/api/v1/stations/{}/scan", post_scan, "application/json", UI_SCAN_BODY_MAX},
    {"GET", "/api/v1/status", get_status, NULL, 0},
    {"GET", "/api/v1/sync", get_sync, NULL, 0},
    {"POST", "/api/v1/stations/{}/labels", post_label, "application/json", UI_LABEL_BODY_MAX},
    {"POST", "/api/v1/stations/{}/training", post_training, "application/json", UI_SCAN_BODY_MAX},
    {"GET", "/api/v1/print-jobs/{}/picture", get_picture, NULL, 0},
    {"GET", "/api/v1/figures/{}", get_figures, NULL, 0},
    {"GET", "/api/v1/devices", get_devices, NULL, 0},
    {"POST", "/api/v1/devices/bind", post_binding, "application/json", UI_SCAN_BODY_MAX},
    {"POST", "/api/v1/import/{}", post_import, "text/csv", UI_IMPORT_BODY_MAX},
    {"POST", "/api/v1/asks/{}", post_ask, "application/json", UI_ASK_BODY_MAX},
    {"GET", "/api/v1/{}", get_rows, NULL, 0}, /* behind all others: a kind of rows */
    {"GET", "/api/v1/{}/{*}", get_row, NULL, 0},
};

static bool matches(struct ui_request *request, const char *pattern, const char *path)
{
    while (*pattern) {
        if (strcmp(pattern, "{*}") == 0)
            return *path && text_copy(request->rest, sizeof(request->rest), path);
        if (strncmp(pattern, "{}", 2) == 0) {
            size_t length = strcspn(path, "/");
            if (length == 0 || !text_copy_n(request->id, sizeof(request->id), path, length))
                return false;
            pattern += 2;
            path += length;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return *path == '\0';
}

bool ui_route_find(struct ui_request *request, const char *method, const char *path)
{
    bool head = strcmp(method, MHD_HTTP_METHOD_HEAD) == 0; /* MHD leaves out the body by itself */
    for (size_t i = 0; i < COUNT(routes); i++) {
        if (!matches(request, routes[i].pattern, path))
            continue;
        request->route = &routes[i];
        if (strcmp(routes[i].method, head ? "GET" : method) == 0)
            return true;
        request->refused = MHD_HTTP_METHOD_NOT_ALLOWED;
        text_copy(request->allow, sizeof(request->allow), routes[i].method);
        error_set(&request->why, 0, "This address only takes %s.", routes[i].method);
        return false;
    }
    request->refused = MHD_HTTP_NOT_FOUND;
    error_set(&request->why, 0, "There is nothing at this address.");
    return false;
}
