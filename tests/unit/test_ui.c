/* The web server over real loopback sockets: routes, refusals, waiting answers, live views, limits.
 * Does not test the pages' own code: tests/browser does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "ui/server.h"
#include "web/request.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define CLIENTS_MAX  2
#define PRIORITY     100
#define PATIENCE_US  INT64_C(10000000)
#define VIEW         "{\"id\":\"bench 1\",\"result\":null}"
#define SCAN_TYPE    "Content-Type: application/json\r\n"
#define CSV_TYPE     "Content-Type: text/csv\r\n"
#define SCAN_PATH    "/api/v1/stations/bench-1/scan"
#define EVENTS_PATH  "/api/v1/stations/bench-1/events"
#define FOREIGN_TYPE SCAN_TYPE "Origin: http://evil.example\r\n"

enum reply { REPLY_AT_ONCE, REPLY_LATER };

struct rig {
    sd_event *event;
    struct ui_server *server;
    const char *stations;
    enum reply reply;
    int result; /* of scan() and import() */
    uint64_t request;
    struct buf taken; /* the last scan or file */
    char kind[32];
    int calls;
    bool closed;     /* nobody is let in without a key */
    int64_t busy_us; /* give_stations() takes so long, and meanwhile something else comes up: */
    sd_event_source *other;
    int64_t others, seen[8]; /* how often that was seen to, and how often at each call */
};

/* ---------------------------------------------------------------- the source */

static int give_stations(void *user, struct buf *json)
{
    struct rig *rig = user;
    if (rig->other) {
        rig->seen[rig->calls++ % (int)COUNT(rig->seen)] = rig->others;
        sd_event_source_set_enabled(rig->other, SD_EVENT_ONESHOT);
    }
    for (int64_t until = clock_mono_us() + rig->busy_us; clock_mono_us() < until;)
        ;
    buf_puts(json, rig->stations);
    return 0;
}

static int give_station(void *user, const char *id, struct buf *json)
{
    (void)user;
    if (strcmp(id, "bench-1") != 0)
        return -ENOENT;
    buf_puts(json, VIEW);
    return 0;
}

static int give_status(void *user, struct buf *json)
{
    (void)user;
    buf_puts(json, "{\"up\":true}");
    return 0;
}

static int give_sync(void *user, struct buf *json)
{
    (void)user;
    buf_puts(json, "{\"state\":\"offline\"}");
    return 0;
}

static int take(struct rig *rig, const char *kind, const char *bytes, size_t length, uint64_t request)
{
    rig->calls++;
    if (rig->result < 0)
        return rig->result;
    text_copy(rig->kind, sizeof(rig->kind), kind);
    buf_clear(&rig->taken);
    buf_put(&rig->taken, bytes, length);
    rig->request = request;
    if (rig->reply == REPLY_AT_ONCE)
        ui_server_answer(rig->server, request, 200, "{\"n\":1}", 7);
    return 0;
}

static int give_devices(void *user, struct buf *json)
{
    (void)user;
    buf_puts(json, "[{\"id\":\"usb-path:1-2\"}]");
    return 0;
}

static int take_binding(void *user, const char *device, const char *role, const char *station, uint64_t request)
{
    char words[128];
    int length = snprintf(words, sizeof(words), "%s %s %s", device, role, station);
    return take(user, "bind", words, (size_t)length, request);
}

static int take_scan(void *user, const char *station, const char *text, size_t length, uint64_t request)
{
    return take(user, station, text, length, request);
}

static int take_import(void *user, const char *kind, const char *csv, size_t length, uint64_t request)
{
    return take(user, kind, csv, length, request);
}

static int take_ask(void *user, const struct ui_asker *asker, const char *verb, const char *json, size_t length,
                    uint64_t request)
{
    assert_int_equal(asker->worker, 1);
    return take(user, verb, json, length, request);
}

/* Tells what it was asked. */
static int give_rows(void *user, const char *kind, const char *code, const struct web_value *values, size_t count,
                     struct buf *json, struct error *error)
{
    (void)user;
    if (strcmp(kind, "cats") == 0)
        return -ENOENT;
    if (strcmp(code, "long") == 0)
        return -ETIME;
    if (count > 0 && strcmp(values[0].name, "colour") == 0)
        return error_set(error, -EINVAL, "No colour.");
    json_open_array(json, NULL);
    json_text(json, NULL, kind);
    json_text(json, NULL, code);
    for (size_t i = 0; i < count; i++)
        json_text(json, values[i].name, values[i].value);
    json_close_array(json);
    return 0;
}

static int give_picture(void *user, const struct ui_asker *asker, int64_t job, struct buf *png)
{
    (void)user;
    (void)asker;
    if (job == 8)
        return -ENOTSUP;
    if (job != 7)
        return -ENOENT;
    buf_put(png, "\x89PNG\0", 5);
    return 0;
}

static int give_item_picture(void *user, const char *sku, struct buf *bytes, const char **ret_type)
{
    (void)user;
    if (strcmp(sku, "MUG/1") != 0)
        return -ENOENT;
    buf_puts(bytes, "a picture");
    *ret_type = "image/webp";
    return 0;
}

static int take_label(void *user, const char *station, const char *json, size_t length, uint64_t request,
                      struct buf *fault)
{
    if (strstr(json, "nothing"))
        buf_puts(fault, "{\"error\":{\"code\":\"label_field\",\"field\":\"waybill\",\"message\":\"It is missing.\"}}");
    return fault->length > 0 ? -EINVAL : take(user, station, json, length, request);
}

static int admit(void *user, const struct ui_visitor *visitor, struct ui_asker *ret)
{
    const struct rig *rig = user;
    *ret = (struct ui_asker){.worker = 1};
    bool mine = visitor->key && strcmp(visitor->key, "mine") == 0;
    return rig->closed && !mine ? (visitor->token ? -EACCES : -EPERM) : 0;
}

static const struct ui_source source = {.admits = admit,
                                        .stations = give_stations,
                                        .station = give_station,
                                        .status = give_status,
                                        .sync = give_sync,
                                        .devices = give_devices,
                                        .picture = give_picture,
                                        .item_picture = give_item_picture,
                                        .label = take_label,
                                        .bind = take_binding,
                                        .scan = take_scan,
                                        .import = take_import,
                                        .query = give_rows,
                                        .ask = take_ask};

/* ---------------------------------------------------------------- a client in the same thread */

static int client_open(const struct rig *rig, int receive_buffer)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    if (receive_buffer > 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)ui_server_port(rig->server))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

static void turn(const struct rig *rig)
{
    assert_true(sd_event_run(rig->event, 5000) >= 0);
}

/* Sends all of it while the server runs, as long as the server takes it. */
static void client_send(const struct rig *rig, int fd, const char *bytes, size_t length)
{
    int64_t last = clock_mono_us() + PATIENCE_US;
    while (length > 0) {
        assert_true(clock_mono_us() < last);
        ssize_t sent = send(fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN)
            return;
        if (sent > 0)
            bytes += sent, length -= (size_t)sent;
        turn(rig);
    }
}

/* Reads until the text appears (NULL: until the end). False when the server closed before. */
static bool client_read(const struct rig *rig, int fd, const char *until, struct buf *ret)
{
    int64_t last = clock_mono_us() + PATIENCE_US;
    while (!until || !strstr(buf_text(ret), until)) {
        assert_true(clock_mono_us() < last);
        char bytes[4096];
        ssize_t got = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN))
            return !until;
        if (got > 0)
            buf_put(ret, bytes, (size_t)got);
        else
            turn(rig);
    }
    return true;
}

static void put_request(struct buf *out, const char *method, const char *path, const char *headers, size_t length)
{
    buf_printf(out, "%s %s HTTP/1.1\r\n%sConnection: close\r\n", method, path, headers);
    if (!strstr(headers, "Host:"))
        buf_puts(out, "Host: localhost\r\n");
    if (length > 0)
        buf_printf(out, "Content-Length: %zu\r\n", length);
    buf_puts(out, "\r\n");
}

static int status_of(const struct buf *answer)
{
    static const char version[] = "HTTP/1.1 ";
    const char *text = buf_text(answer);
    return strncmp(text, version, strlen(version)) == 0 ? (int)strtol(text + strlen(version), NULL, 10) : 0;
}

/* One request, whole answer in *ret. */
static int ask(const struct rig *rig, const char *method, const char *path, const char *headers, const char *body,
               size_t length, struct buf *ret)
{
    CLEANUP_BUF struct buf out = {0};
    put_request(&out, method, path, headers, length);
    buf_put(&out, body, length);
    CLEANUP(cleanup_close) int fd = client_open(rig, 0);
    client_send(rig, fd, buf_text(&out), out.length);
    buf_clear(ret);
    client_read(rig, fd, NULL, ret);
    return status_of(ret);
}

static int get(const struct rig *rig, const char *path, struct buf *ret)
{
    return ask(rig, "GET", path, "", "", 0, ret);
}

static int post(const struct rig *rig, const char *path, const char *headers, const char *body, struct buf *ret)
{
    return ask(rig, "POST", path, headers, body, strlen(body), ret);
}

static int open_events(const struct rig *rig, int receive_buffer)
{
    CLEANUP_BUF struct buf out = {0};
    put_request(&out, "GET", EVENTS_PATH, "", 0);
    int fd = client_open(rig, receive_buffer);
    client_send(rig, fd, buf_text(&out), out.length);
    return fd;
}

/* ---------------------------------------------------------------- rig */

static int set_up(void **state)
{
    static struct rig rig;
    rig = (struct rig){.stations = "[{\"id\":\"bench-1\",\"name\":\"Bench 1\"}]"};
    struct web_settings settings = {
        .address = "127.0.0.1", .port = 0, .clients_max = CLIENTS_MAX, .priority = PRIORITY};
    struct error error = {""};
    assert_int_equal(sd_event_new(&rig.event), 0);
    if (ui_server_open(rig.event, &settings, &source, &rig, &rig.server, &error) < 0)
        fail_msg("%s", error.text);
    *state = &rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    ui_server_close(rig->server);
    sd_event_unref(rig->event);
    buf_done(&rig->taken);
    return 0;
}

/* ---------------------------------------------------------------- tests */

static void reading(void **state)
{
    static const struct {
        const char *method, *path;
        int status;
        const char *holds;
    } cases[] = {
        {"GET", "/", 302, "Location: /station/bench-1\r\n"},
        {"GET", "/station/bench-1", 200, "<script type=\"importmap\">"},
        {"GET", "/station/nowhere", 404, "stations.js"},
        {"GET", "/assets/station.css", 200, "Content-Type: text/css"},
        {"GET", "/assets/preact.module.js", 200, "Content-Type: text/javascript"},
        {"GET", "/assets/secret", 404, "\"message\":"},
        {"GET", "/assets/../etc/passwd", 404, "\"message\":"},
        {"GET", "/api/v1/stations", 200, "\"name\":\"Bench 1\""},
        {"GET", "/api/v1/stations/bench-1", 200, VIEW},
        {"GET", "/api/v1/stations/bench%2D1", 200, VIEW},
        {"GET", "/api/v1/stations/nowhere", 404, "\"message\":"},
        {"GET", "/api/v1/stations/nowhere/events", 404, "\"message\":"},
        {"GET", "/api/v1/status", 200, "{\"up\":true}"},
        {"GET", "/api/v1/sync", 200, "{\"state\":\"offline\"}"},
        {"HEAD", "/api/v1/status", 200, "Content-Length: 11"},
        {"GET", "/api/v1/devices", 200, "[{\"id\":\"usb-path:1-2\"}]"},
        {"GET", "/api/v1/print-jobs/7/picture", 200, "PNG"},
        {"GET", "/api/v1/print-jobs/8/picture", 404, "made elsewhere"},
        {"GET", "/api/v1/print-jobs/9/picture", 404, "no print job"},
        {"GET", "/api/v1/print-jobs/x/picture", 404, "no print job"},
        {"GET", "/pictures/MUG%2F1", 200, "Content-Type: image/webp\r\n"},
        {"GET", "/pictures/MUG%2F1", 200, "a picture"},
        {"GET", "/pictures/PEN", 200, "Content-Type: image/svg+xml\r\n"},
        {"GET", "/manifest.webmanifest", 200, "Content-Type: application/manifest+json\r\n"},
        {"GET", "/keeper.js", 200, "Content-Type: text/javascript"},
        {"GET", "/assets/icon-192.png", 200, "Content-Type: image/png\r\n"},
        {"GET", "/api/v1/moves", 200, "[\"moves\",\"\"]"},
        {"GET", "/api/v1/moves?limit=5&lpn=T%201", 200, "[\"moves\",\"\",\"limit\":\"5\",\"lpn\":\"T 1\"]"},
        {"GET", "/api/v1/items/A%2F1", 200, "[\"items\",\"A/1\"]"},
        {"GET", "/api/v1/items/", 404, "\"message\":"},
        {"GET", "/api/v1/items/long", 413, "narrow it down"},
        {"GET", "/api/v1/cats", 404, "\"message\":"},
        {"GET", "/api/v1/items?colour=red", 400, "{\"error\":{\"message\":\"No colour.\",\"text\":{"},
        {"GET", "/api/v1/items?sku", 400, "name=value"},
        {"GET", "/api/v1/items?a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1", 400, "at most 8"},
        {"DELETE", "/api/v1/orders", 405, "Allow: GET\r\n"},
        {"GET", "/nothing", 404, "\"zh\":\"该地址没有内容。\"}}}"},
        {"DELETE", "/api/v1/status", 405, "Allow: GET\r\n"},
        {"GET", SCAN_PATH, 405, "Allow: POST\r\n"},
        {"OPTIONS", SCAN_PATH, 405, "Allow: POST\r\n"},
    };
    struct rig *rig = *state;
    CLEANUP_BUF struct buf answer = {0};
    for (size_t i = 0; i < COUNT(cases); i++) {
        int status = ask(rig, cases[i].method, cases[i].path, "", "", 0, &answer);
        if (status != cases[i].status || !strstr(buf_text(&answer), cases[i].holds))
            fail_msg("%s %s: %s", cases[i].method, cases[i].path, buf_text(&answer));
        assert_non_null(strstr(buf_text(&answer), "X-Content-Type-Options: nosniff"));
        assert_non_null(
            strstr(buf_text(&answer), "Content-Security-Policy: default-src 'none'; script-src 'self' 'sha256-"));
    }
    assert_int_equal(rig->calls, 0);
}

static void several_stations_are_listed(void **state)
{
    struct rig *rig = *state;
    CLEANUP_BUF struct buf answer = {0};
    rig->stations = "[{\"id\":\"a\"},{\"id\":\"b\"}]";
    assert_int_equal(get(rig, "/", &answer), 200);
    assert_non_null(strstr(buf_text(&answer), "stations.js"));
    rig->stations = "[{\"id\":\"a b/ü\"}]";
    assert_int_equal(get(rig, "/", &answer), 302);
    assert_non_null(strstr(buf_text(&answer), "Location: /station/a%20b%2F%C3%BC\r\n"));
}

static void unchanged_file_is_not_sent_again(void **state)
{
    struct rig *rig = *state;
    CLEANUP_BUF struct buf answer = {0}, headers = {0};
    assert_int_equal(get(rig, "/assets/station.js", &answer), 200);
    const char *etag = strstr(buf_text(&answer), "ETag: ") + strlen("ETag: ");
    buf_printf(&headers, "If-None-Match: %.*s\r\n", (int)strcspn(etag, "\r"), etag);
    assert_int_equal(ask(rig, "GET", "/assets/station.js", buf_text(&headers), "", 0, &answer), 304);
    assert_null(strstr(buf_text(&answer), "import"));
    assert_int_equal(ask(rig, "GET", "/assets/station.css", buf_text(&headers), "", 0, &answer), 200);
}

static void scan_is_handed_over(void **state)
{
    struct rig *rig = *state;
    CLEANUP_BUF struct buf answer = {0};
    assert_int_equal(post(rig, SCAN_PATH, SCAN_TYPE, "{\"text\":\"\\u001d红\"}", &answer), 200);
    assert_non_null(strstr(buf_text(&answer), "\r\n\r\n{\"n\":1}"));
    assert_string_equal(buf_text(&rig->taken), "\x1d红");
    assert_string_equal(rig->kind, "bench-1");
    assert_int_equal(post(rig, "/api/v1/import/stock", CSV_TYPE, "a,b\n1,2\n", &answer), 200);
    assert_string_equal(buf_text(&rig->taken), "a,b\n1,2\n");
    assert_string_equal(rig->kind, "stock");
    const char *label = "{\"template\":\"item\",\"data\":{},\"key\":\"k\"}";
    assert_int_equal(post(rig, "/api/v1/stations/bench-1/labels", SCAN_TYPE, label, &answer), 200);
    assert_string_equal(buf_text(&rig->taken), label);
    assert_string_equal(rig->kind, "bench-1");
    assert_int_equal(post(rig, "/api/v1/stations/bench-1/labels", SCAN_TYPE, "{\"nothing\":1}", &answer), 400);
    assert_non_null(strstr(buf_text(&answer), "\"field\":\"waybill\""));
    const char *binding = "{\"id\":\"usb-path:1-2\",\"role\":\"printer\",\"station\":\"bench-1\"}";
    assert_int_equal(post(rig, "/api/v1/devices/bind", SCAN_TYPE, binding, &answer), 200);
    assert_string_equal(buf_text(&rig->taken), "usb-path:1-2 printer bench-1");
    assert_int_equal(post(rig, "/api/v1/asks/wave.plan", SCAN_TYPE, "{\"n\":1}", &answer), 200);
    assert_string_equal(buf_text(&rig->taken), "{\"n\":1}");
    assert_string_equal(rig->kind, "wave.plan");
}

static void posts_are_refused(void **state)
{
    static const struct {
        const char *path, *headers, *body;
        int result, status;
    } cases[] = {
        {SCAN_PATH, SCAN_TYPE, "", 0, 400},
        {SCAN_PATH, SCAN_TYPE, "{", 0, 400},
        {SCAN_PATH, SCAN_TYPE, "[]", 0, 400},
        {SCAN_PATH, SCAN_TYPE, "{\"text\":5}", 0, 400},
        {SCAN_PATH, SCAN_TYPE, "{\"text\":\"\"}", 0, 400},
        {SCAN_PATH, SCAN_TYPE, "{\"text\":\"\xff\"}", 0, 400},
        {SCAN_PATH, "Content-Type: text/plain\r\n", "{\"text\":\"A\"}", 0, 415},
        {SCAN_PATH, "", "{\"text\":\"A\"}", 0, 415},
        {SCAN_PATH, SCAN_TYPE, "{\"text\":\"A\"}", -EAGAIN, 503},
        {SCAN_PATH, SCAN_TYPE, "{\"text\":\"A\"}", -ENOENT, 404},
        {SCAN_PATH, SCAN_TYPE, "{\"text\":\"A\"}", -EMSGSIZE, 413},
        {SCAN_PATH, SCAN_TYPE, "{\"text\":\"A\"}", -EIO, 500},
        {SCAN_PATH, FOREIGN_TYPE, "{\"text\":\"A\"}", 0, 403},
        {SCAN_PATH, SCAN_TYPE "Origin: null\r\n", "{\"text\":\"A\"}", 0, 403},
        {SCAN_PATH, SCAN_TYPE "Origin: http://localhost:1\r\n", "{\"text\":\"A\"}", 0, 403},
        {SCAN_PATH, SCAN_TYPE "Sec-Fetch-Site: cross-site\r\n", "{\"text\":\"A\"}", 0, 403},
        {SCAN_PATH, SCAN_TYPE "Host: evil.example\r\nOrigin: http://evil.example\r\n", "{\"text\":\"A\"}", 0, 421},
        {SCAN_PATH, SCAN_TYPE "Host:\r\n", "{\"text\":\"A\"}", 0, 400},
        {"/api/v1/devices/bind", SCAN_TYPE, "{\"id\":\"usb-path:1-2\"}", 0, 400},
        {"/api/v1/devices/bind", SCAN_TYPE, "{\"id\":\"a\",\"station\":\"b\"}", -ENODEV, 400},
        {"/api/v1/devices/bind", SCAN_TYPE, "{\"id\":\"a\",\"role\":\"spy\",\"station\":\"b\"}", 0, 400},
        {"/api/v1/devices/bind", SCAN_TYPE, "{\"id\":\"a\",\"role\":\"scale\",\"station\":\"b\"}", -EMSGSIZE, 413},
        {"/api/v1/asks/wave.plan", SCAN_TYPE, "[]", 0, 400},
        {"/api/v1/asks/wave.plan", SCAN_TYPE, "{\"a\":1,\"a\":2}", 0, 400},
        {"/api/v1/asks/wave.plan", FOREIGN_TYPE, "{}", 0, 403},
        {"/api/v1/asks/wave.plan", SCAN_TYPE, "{}", -EAGAIN, 503},
        {"/api/v1/import/secrets", CSV_TYPE, "a", 0, 404},
        {"/api/v1/import/orders", CSV_TYPE, "", 0, 400},
        {"/api/v1/import/orders", SCAN_TYPE, "a", 0, 415},
    };
    struct rig *rig = *state;
    CLEANUP_BUF struct buf answer = {0};
    for (size_t i = 0; i < COUNT(cases); i++) {
        rig->result = cases[i].result;
        rig->calls = 0;
        int status = post(rig, cases[i].path, cases[i].headers, cases[i].body, &answer);
        if (status != cases[i].status || !strstr(buf_text(&answer), "{\"error\":{\"message\":\""))
            fail_msg("case %zu: %s", i, buf_text(&answer));
        assert_int_equal(rig->calls, cases[i].result < 0 ? 1 : 0);
        assert_int_equal(strstr(buf_text(&answer), "Retry-After: ") != NULL, status == 503);
    }
}

static void own_pages_may_post(void **state)
{
    static const char *const headers[] = {
        SCAN_TYPE "Origin: http://localhost\r\n",
        SCAN_TYPE "Host: 10.0.0.7:8080\r\nOrigin: http://10.0.0.7:8080\r\n",
        SCAN_TYPE "Host: [::1]:8080\r\nOrigin: http://[::1]:8080\r\n",
        SCAN_TYPE "Sec-Fetch-Site: same-origin\r\n",
        "Content-Type: application/json; charset=utf-8\r\n",
    };
    struct rig *rig = *state;
    CLEANUP_BUF struct buf answer = {0};
    for (size_t i = 0; i < COUNT(headers); i++)
        if (post(rig, SCAN_PATH, headers[i], "{\"text\":\"A\"}", &answer) != 200)
            fail_msg("%s: %s", headers[i], buf_text(&answer));
}

static void bodies_have_limits(void **state)
{
    struct rig *rig = *state;
    CLEANUP_BUF struct buf answer = {0}, body = {.max = (size_t)32 << 20};
    buf_puts(&body, "{\"text\":\"");
    while (body.length < UI_SCAN_BODY_MAX - 2)
        buf_putc(&body, 'x');
    buf_puts(&body, "\"}");
    assert_int_equal(ask(rig, "POST", SCAN_PATH, SCAN_TYPE, body.data, body.length, &answer), 200);
    buf_putc(&body, ' ');
    assert_int_equal(ask(rig, "POST", SCAN_PATH, SCAN_TYPE, body.data, body.length, &answer), 413);
    while (body.length < UI_IMPORT_BODY_MAX)
        buf_putc(&body, 'x');
    assert_int_equal(ask(rig, "POST", "/api/v1/import/orders", CSV_TYPE, body.data, body.length, &answer), 200);
    assert_int_equal(rig->taken.length, UI_IMPORT_BODY_MAX);
    buf_putc(&body, 'x');
    assert_int_equal(ask(rig, "POST", "/api/v1/import/orders", CSV_TYPE, body.data, body.length, &answer), 413);
    assert_int_equal(rig->calls, 2);
    put_request(&answer, "POST", SCAN_PATH, SCAN_TYPE, (size_t)1 << 40);
    CLEANUP(cleanup_close) int fd = client_open(rig, 0);
    client_send(rig, fd, strstr(answer.data, "POST"), strlen(strstr(answer.data, "POST")));
    buf_clear(&answer);
    client_read(rig, fd, NULL, &answer);
    assert_int_equal(status_of(&answer), 413);
}

static void headers_have_limits(void **state)
{
    struct rig *rig = *state;
    CLEANUP_BUF struct buf answer = {0}, headers = {0};
    buf_puts(&headers, "X-Long: ");
    while (headers.length < 20000)
        buf_putc(&headers, 'x');
    buf_puts(&headers, "\r\n");
    assert_int_equal(ask(rig, "GET", "/api/v1/status", buf_text(&headers), "", 0, &answer), 431);
    assert_int_equal(get(rig, "/api/v1/status", &answer), 200);
}

static int begin_scan(struct rig *rig)
{
    static const char body[] = "{\"text\":\"A\"}";
    CLEANUP_BUF struct buf out = {0};
    put_request(&out, "POST", SCAN_PATH, SCAN_TYPE, strlen(body));
    buf_puts(&out, body);
    int fd = client_open(rig, 0);
    int before = rig->calls;
    client_send(rig, fd, buf_text(&out), out.length);
    while (rig->calls == before)
        turn(rig);
    return fd;
}

static void answer_may_come_later(void **state)
{
    struct rig *rig = *state;
    rig->reply = REPLY_LATER;
    CLEANUP(cleanup_close) int first = begin_scan(rig);
    uint64_t first_request = rig->request;
    CLEANUP(cleanup_close) int second = begin_scan(rig);
    CLEANUP_BUF struct buf answer = {0};
    assert_int_equal(get(rig, "/api/v1/status", &answer), 200); /* others are served meanwhile */
    ui_server_answer(rig->server, rig->request, 409, "{\"second\":1}", 12);
    buf_clear(&answer);
    client_read(rig, second, NULL, &answer);
    assert_int_equal(status_of(&answer), 409);
    assert_non_null(strstr(buf_text(&answer), "{\"second\":1}"));
    ui_server_answer(rig->server, rig->request, 200, "{}", 2); /* answered already: ignored */
    ui_server_answer(rig->server, first_request, 200, "{\"first\":1}", 11);
    buf_clear(&answer);
    client_read(rig, first, NULL, &answer);
    assert_non_null(strstr(buf_text(&answer), "{\"first\":1}"));
    assert_int_equal(rig->calls, 2);
}

static void client_may_leave_before_its_answer(void **state)
{
    struct rig *rig = *state;
    rig->reply = REPLY_LATER;
    int fd = begin_scan(rig);
    close(fd);
    turn(rig);
    ui_server_answer(rig->server, rig->request, 200, "{}", 2);
    CLEANUP_BUF struct buf answer = {0};
    assert_int_equal(get(rig, "/api/v1/status", &answer), 200);
    ui_server_answer(rig->server, rig->request, 200, "{}", 2);
    close(begin_scan(rig)); /* and one is left open for the end */
}

/* A status that HTTP does not have cannot be sent: the connection ends, but the scan is not made again. */
static void scan_is_never_made_twice(void **state)
{
    struct rig *rig = *state;
    rig->reply = REPLY_LATER;
    CLEANUP(cleanup_close) int fd = begin_scan(rig);
    ui_server_answer(rig->server, rig->request, 7, "{}", 2);
    CLEANUP_BUF struct buf answer = {0};
    client_read(rig, fd, NULL, &answer);
    assert_int_equal(answer.length, 0);
    assert_int_equal(rig->calls, 1);
}

static void events_follow_a_station(void **state)
{
    struct rig *rig = *state;
    CLEANUP(cleanup_close) int fd = open_events(rig, 0);
    CLEANUP_BUF struct buf seen = {0};
    assert_true(client_read(rig, fd, "event: view\ndata: " VIEW "\n\n", &seen));
    assert_non_null(strstr(buf_text(&seen), "Content-Type: text/event-stream"));
    ui_server_publish(rig->server, "bench-2", "{\"other\":1}", 11);
    ui_server_publish(rig->server, "bench-1", "{\"stale\":1}", 11);
    ui_server_publish(rig->server, "bench-1", "{\"n\":\n2}", 8);
    assert_true(client_read(rig, fd, "event: view\ndata: {\"n\":\ndata: 2}\n\n", &seen));
    assert_null(strstr(buf_text(&seen), "other"));
    assert_null(strstr(buf_text(&seen), "stale"));
    assert_true(client_read(rig, fd, "event: alive\ndata:\n\n", &seen));
}

/* A page that reads nothing costs no more memory, and then sees the newest view, not all of them. */
static void slow_reader_gets_the_newest(void **state)
{
    enum { ROUNDS = 400, LARGE = 50000 };
    struct rig *rig = *state;
    CLEANUP(cleanup_close) int fd = open_events(rig, 4096);
    CLEANUP_BUF struct buf view = {0}, seen = {.max = (size_t)64 << 20};
    for (int round = 1; round <= ROUNDS; round++) {
        buf_clear(&view);
        buf_printf(&view, "{\"round\":%d,\"fill\":\"%0*d\"}", round, LARGE, 0);
        ui_server_publish(rig->server, "bench-1", view.data, view.length);
        turn(rig);
    }
    char last[32];
    snprintf(last, sizeof(last), "{\"round\":%d,", ROUNDS);
    assert_true(client_read(rig, fd, last, &seen));
    size_t views = 0;
    for (const char *at = seen.data; (at = strstr(at, "{\"round\":")); at++)
        views++;
    assert_in_range(views, 1, ROUNDS / 4);
}

static void events_have_a_limit(void **state)
{
    struct rig *rig = *state;
    int fds[CLIENTS_MAX];
    CLEANUP_BUF struct buf seen = {0};
    for (size_t i = 0; i < COUNT(fds); i++) {
        fds[i] = open_events(rig, 0);
        buf_clear(&seen);
        assert_true(client_read(rig, fds[i], VIEW, &seen));
    }
    assert_int_equal(get(rig, EVENTS_PATH, &seen), 503);
    close(fds[0]);
    int64_t last = clock_mono_us() + PATIENCE_US;
    int again = -1;
    do { /* its place is free when the next view finds it gone */
        assert_true(clock_mono_us() < last);
        if (again >= 0)
            close(again);
        ui_server_publish(rig->server, "bench-1", VIEW, strlen(VIEW));
        turn(rig);
        again = open_events(rig, 0);
        buf_clear(&seen);
    } while (!client_read(rig, again, "event: view", &seen));
    close(again);
    close(fds[1]);
}

static int on_other(sd_event_source *other, void *user)
{
    (void)other;
    ((struct rig *)user)->others++;
    return 0;
}

/* However many ask at once, whatever else the loop has to do comes between. */
static void many_requests_leave_room(void **state)
{
    struct rig *rig = *state;
    int fds[5];
    CLEANUP_BUF struct buf request = {0};
    put_request(&request, "GET", "/api/v1/stations", "", 0);
    for (size_t i = 0; i < COUNT(fds); i++) {
        fds[i] = client_open(rig, 0);
        assert_int_equal(send(fds[i], buf_text(&request), request.length, 0), request.length);
    }
    rig->busy_us = 8000; /* longer than a round */
    assert_true(sd_event_add_defer(rig->event, &rig->other, on_other, rig) >= 0);
    for (size_t i = 0; i < COUNT(fds); i++) {
        CLEANUP_BUF struct buf answer = {0};
        assert_true(client_read(rig, fds[i], "Bench 1", &answer));
        close(fds[i]);
    }
    assert_int_equal(rig->calls, COUNT(fds));
    for (size_t i = 1; i < COUNT(fds); i++)
        assert_true(rig->seen[i] > rig->seen[i - 1]);
    rig->other = sd_event_source_disable_unref(rig->other);
}

static void bad_settings_are_explained(void **state)
{
    struct rig *rig = *state;
    struct ui_server *server = NULL;
    struct error error;
    struct web_settings settings = {.address = "box.local", .port = 0, .clients_max = 1};
    assert_int_equal(ui_server_open(rig->event, &settings, &source, rig, &server, &error), -EINVAL);
    assert_non_null(strstr(error.text, "use 127.0.0.1"));
    settings = (struct web_settings){.address = "127.0.0.1", .port = ui_server_port(rig->server), .clients_max = 1};
    assert_int_equal(ui_server_open(rig->event, &settings, &source, rig, &server, &error), -EADDRINUSE);
    assert_non_null(strstr(error.text, "choose another"));
    settings = (struct web_settings){.address = "192.0.2.1", .port = 0, .clients_max = 1};
    assert_int_equal(ui_server_open(rig->event, &settings, &source, rig, &server, &error), -EADDRNOTAVAIL);
    assert_null(server);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(reading),
        TEST(several_stations_are_listed),
        TEST(unchanged_file_is_not_sent_again),
        TEST(scan_is_handed_over),
        TEST(posts_are_refused),
        TEST(own_pages_may_post),
        TEST(bodies_have_limits),
        TEST(headers_have_limits),
        TEST(answer_may_come_later),
        TEST(client_may_leave_before_its_answer),
        TEST(scan_is_never_made_twice),
        TEST(events_follow_a_station),
        TEST(slow_reader_gets_the_newest),
        TEST(events_have_a_limit),
        TEST(many_requests_leave_room),
        TEST(bad_settings_are_explained),
    };
    return cmocka_run_group_tests_name("ui", tests, NULL, NULL);
}
