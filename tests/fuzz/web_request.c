/* What comes in at the pages' port: bytes of one connection, as they come. Whatever they are, each answer is HTTP, what
 * is handed over is text, and the next visitor is served. What lies behind an address is site_event's and question's.
 */
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"
#include "ui/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define TURNS_MAX 64 /* of the loop, for one connection */

static struct {
    sd_event *event;
    struct ui_server *server;
} here;

/* ---------------------------------------------------------------- the daemon's side */

static void claim_text(const char *text)
{
    CLAIM(text && text_is_utf8(text, strlen(text)));
}

static int done(uint64_t request)
{
    ui_server_answer(here.server, request, 200, "{}", 2);
    return 0;
}

static int admits(void *user, const struct ui_visitor *visitor, struct ui_asker *ret)
{
    (void)user;
    CLAIM(strlen(visitor->route) > 0 && strlen(visitor->id) < 257);
    *ret = (struct ui_asker){.worker = 1};
    return visitor->token && *visitor->token == 'x' ? -EACCES : 0;
}

static int sign_in(void *user, const char *badge, const char *pin, uint64_t request)
{
    (void)user;
    claim_text(badge);
    claim_text(pin);
    return done(request);
}

static void sign_out(void *user, const char *token)
{
    (void)user;
    CLAIM(!token || strlen(token) < (1 << 14));
}

static int object(void *user, struct buf *json)
{
    (void)user;
    buf_puts(json, "{}");
    return 0;
}

static bool health(void *user, struct buf *json)
{
    (void)user;
    json_text(json, "a", "b");
    return true;
}

static int me(void *user, const struct ui_asker *asker, struct buf *json)
{
    CLAIM(asker->worker == 1);
    return object(user, json);
}

static int rights(void *user, const char *const *routes, size_t count, struct buf *json)
{
    (void)user;
    CLAIM(count > 0 && **routes);
    json_text(json, "a", "b");
    return 0;
}

static int of_id(void *user, const char *id, struct buf *json)
{
    CLAIM(*id && strlen(id) < 257);
    return strcmp(id, "bench-1") == 0 ? object(user, json) : -ENOENT;
}

static int backup(void *user, struct error *error)
{
    (void)user;
    return error_set(error, -EBUSY, "Busy.");
}

static int picture(void *user, const struct ui_asker *asker, int64_t job, struct buf *png)
{
    CLAIM(asker->worker == 1 && job > 0);
    return job == 7 ? object(user, png) : -ENOENT;
}

static int item_picture(void *user, const char *sku, struct buf *bytes, const char **ret_type)
{
    *ret_type = "image/png";
    return of_id(user, sku, bytes);
}

/* Three pieces, the second one empty. */
static int figures(void *user, const char *kind, int64_t since_us, void **ret_state)
{
    CLEANUP_BUF struct buf nothing = {0};
    CLAIM(since_us >= 0);
    int result = of_id(user, kind, &nothing);
    if (!result)
        *ret_state = calloc(1, sizeof(int));
    return result;
}

static int figures_more(void *state, struct buf *csv)
{
    int *said = state;
    if (*said != 1)
        buf_puts(csv, "location,sku,quantity\n");
    return ++*said == 3;
}

static int trust(void *user, struct buf *json, struct buf *pem)
{
    if (pem)
        object(user, pem);
    json_text(json, "url", "u");
    return 0;
}

static int query(void *user, const char *kind, const char *code, const struct web_value *values, size_t count,
                 struct buf *json, struct error *error)
{
    CLAIM(*kind && code && count <= WEB_VALUES_MAX);
    for (size_t i = 0; i < count; i++)
        CLAIM(values[i].name && values[i].value);
    return count == 3 ? error_set(error, -EINVAL, "No %s.", kind) : object(user, json);
}

static int bind_device(void *user, const char *device, const char *role, const char *station, uint64_t request)
{
    (void)user;
    claim_text(device);
    claim_text(role);
    claim_text(station);
    return done(request);
}

static int scan(void *user, const char *station, const char *text, size_t length, uint64_t request)
{
    (void)user;
    CLAIM(*station && length > 0 && text_is_utf8(text, length));
    return done(request);
}

static int train(void *user, const char *station, bool training, uint64_t request)
{
    (void)user;
    (void)training;
    return *station == 'b' ? done(request) : -ENOENT;
}

static int take_label(void *user, const char *station, const char *json, size_t length, uint64_t request,
                      struct buf *fault)
{
    (void)fault;
    return scan(user, station, length > 0 && text_is_utf8(json, length) ? json : "x", 1, request);
}

static int preview(void *user, const char *name, const char *request, size_t length, struct buf *json)
{
    (void)request;
    return length == 0 ? -EINVAL : of_id(user, name, json);
}

static int import(void *user, const char *kind, const char *csv, size_t length, uint64_t request)
{
    (void)user;
    (void)csv;
    CLAIM(length > 0);
    claim_text(kind);
    return done(request);
}

static int ask(void *user, const struct ui_asker *asker, const char *verb, const char *json, size_t length,
               uint64_t request)
{
    (void)user;
    json_t *root = json_loadb(json, length, JSON_REJECT_DUPLICATES, NULL);
    CLAIM(asker->worker == 1 && *verb && json_is_object(root));
    json_decref(root);
    return done(request);
}

static const struct ui_source source = {.admits = admits,
                                        .sign_in = sign_in,
                                        .sign_out = sign_out,
                                        .me = me,
                                        .rights = rights,
                                        .stations = object,
                                        .station = of_id,
                                        .status = object,
                                        .health = health,
                                        .metrics = object,
                                        .backup = backup,
                                        .sync = object,
                                        .devices = object,
                                        .picture = picture,
                                        .item_picture = item_picture,
                                        .figures = figures,
                                        .figures_more = figures_more,
                                        .trust = trust,
                                        .query = query,
                                        .bind = bind_device,
                                        .scan = scan,
                                        .train = train,
                                        .label = take_label,
                                        .template = of_id,
                                        .preview = preview,
                                        .import = import,
                                        .ask = ask};

/* ---------------------------------------------------------------- a visitor */

static void open_server(void)
{
    const struct web_settings settings = {.address = "127.0.0.1", .clients_max = 4, .secure_port = -1};
    struct error error = {0};
    CLAIM(sd_event_default(&here.event) >= 0);
    CLAIM(ui_server_open(here.event, &settings, &source, NULL, &here.server, &error) == 0);
}

static int visit_from(uint32_t address)
{
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(address)};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)ui_server_port(here.server))};
    const struct linger at_once = {.l_onoff = 1}; /* no port waits for the end of what is over */
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CLAIM(fd >= 0 && bind(fd, (const struct sockaddr *)&from, sizeof(from)) == 0);
    if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0) {
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
        return fd;
    }
    CLAIM(errno == EADDRNOTAVAIL || errno == EADDRINUSE);
    close(fd);
    return -1;
}

/* From another address each time: what is over keeps its ports for a minute. */
static int visit(void)
{
    static uint32_t visits;
    int fd = -1;
    for (int tries = 0; fd < 0 && tries < 1000; tries++)
        fd = visit_from(INADDR_LOOPBACK + 1 + visits++ % 1000);
    CLAIM(fd >= 0);
    return fd;
}

/* Sends, and reads until the server has closed, or has nothing more to say. */
static void talk(int fd, const void *bytes, size_t length, struct buf *heard)
{
    char piece[4096];
    CLAIM(send(fd, bytes, length, MSG_NOSIGNAL) == (ssize_t)length || errno == EPIPE || errno == ECONNRESET);
    shutdown(fd, SHUT_WR);
    for (int turn = 0, still = 0; turn < TURNS_MAX && still < 4; turn++) {
        still = sd_event_run(here.event, 0) > 0 ? 0 : still + 1;
        ssize_t got = recv(fd, piece, sizeof(piece), MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN))
            break;
        if (got > 0)
            buf_put(heard, piece, (size_t)got);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char good[] = "GET /api/v1/stations HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    static unsigned visits;
    CLEANUP_BUF struct buf heard = {0}, next = {0};
    if (!here.server)
        open_server();
    int fd = visit();
    talk(fd, data, size, &heard);
    close(fd);
    CLAIM(heard.length == 0 || strncmp(buf_text(&heard), "HTTP/1.", 7) == 0);
    if (visits++ % 64)
        return 0;
    fd = visit();
    talk(fd, good, sizeof(good) - 1, &next);
    close(fd);
    CLAIM(strncmp(buf_text(&next), "HTTP/1.1 200 ", 13) == 0);
    return 0;
}
