#include "web/server.h"

#include "base/clock.h"
#include "base/text.h"
#include "web/internal.h"
#include "web/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <string.h>
#include <strings.h>

#define DRAIN_MAX        ((size_t)16 << 20) /* body bytes read and dropped for a client that should hear why */
#define CONNECTION_POOL  ((size_t)16 << 10) /* bytes: request line and headers must fit */
#define IDLE_S           15u                /* a client that neither sends nor reads is let go */
#define SEND_BUFFER      (128 << 10)        /* bytes the kernel may hold for a page that does not read */
#define LOST_CLIENT_MS   30000              /* sent bytes not acknowledged for so long: the client is gone */
#define LISTEN_BACKLOG   64
#define SPARE_CONNECTION 16 /* beyond two for each open page: its stream and its scans */
#define SECOND_US        UINT64_C(1000000)
#define ROUND_US         INT64_C(2000) /* of handling requests, then the rest of the loop has its turn */
#define TIMER_ACCURACY_US                                                                                              \
    1 /* "at once" must not be a millisecond later: libmicrohttpd says so of what can be read on */

/* ---------------------------------------------------------------- one request */

bool web_refuse(struct web_request *request, int status, const char *sentence)
{
    request->refused = status;
    text_copy(request->why.text, sizeof(request->why.text), sentence);
    return false;
}

/* What the headers say about the body, before it comes. */
static void judge_body(struct web_request *request)
{
    if (!request->route->body_type)
        return;
    const char *type = web_header(request, "Content-Type");
    size_t wanted = strlen(request->route->body_type);
    if (!type || strncasecmp(type, request->route->body_type, wanted) != 0 || !strchr("; ", type[wanted]))
        web_refuse(request, WEB_UNSUPPORTED_TYPE,
                   strstr(request->route->body_type, "csv") ? "Send the file as Content-Type text/csv."
                                                            : "Send this as Content-Type application/json.");
}

static struct web_request *begin_request(struct web_door *door, struct MHD_Connection *connection, const char *method,
                                         const char *path)
{
    struct web_server *server = door->server;
    struct web_request *request = calloc(1, sizeof(*request));
    if (!request)
        return NULL;
    request->server = server;
    request->secure = door->secure;
    request->user = server->user;
    request->connection = connection;
    list_init(&request->link);
    if (web_route_find(request, method, path) && web_guard_passes(request) && web_secure_enough(request, path) &&
        (!server->site->admits || server->site->admits(request)))
        judge_body(request);
    request->body.max = request->route ? request->route->body_max : 0;
    return request;
}

static enum MHD_Result take_body(struct web_request *request, const char *bytes, size_t *length)
{
    request->received += *length;
    if (request->received > DRAIN_MAX)
        return MHD_NO;
    if (!request->refused && request->received > request->body.max)
        web_refuse(request, WEB_TOO_LARGE,
                   request->route->body_type ? "That is too long to be taken." : "This address takes no body.");
    if (!request->refused)
        buf_put(&request->body, bytes, *length);
    *length = 0;
    return MHD_YES;
}

static void suspend(struct web_request *request)
{
    request->suspended = true;
    MHD_suspend_connection(request->connection);
}

/* Many requests at once must not keep the rest of the program waiting: when a round is over, they wait in their order.
 */
static bool is_put_off(struct web_request *request)
{
    struct web_server *server = request->server;
    if (request->due || (list_empty(&server->later) && clock_mono_us() - server->round_us < ROUND_US))
        return false;
    list_append(&server->later, &request->link);
    suspend(request);
    sd_event_source_set_enabled(server->resumed, SD_EVENT_ONESHOT);
    return true;
}

static bool handle(struct web_request *request)
{
    if (request->refused == WEB_MOVED)
        return web_answer_moved(request);
    if (request->refused)
        return web_answer_error(request, request->refused, "%s", request->why.text);
    if (request->body.failed)
        return web_answer_errno(request, -ENOMEM);
    if (request->handled || request->server->closing) /* resumed with no answer: never do a thing twice */
        return false;
    if (is_put_off(request))
        return true;
    request->handled = true;
    bool handled = request->route->handle(request);
    buf_done(&request->body);
    if (!list_empty(&request->link)) {
        request->waited_us = clock_mono_us();
        suspend(request);
    }
    return handled;
}

/* A body too large even to be read and dropped: say so at once, which ends the connection. */
static bool declares_too_much(struct web_request *request)
{
    const char *declared = web_header(request, "Content-Length");
    return declared && strtoull(declared, NULL, 10) > DRAIN_MAX;
}

/* MHD calls it when the headers are there, for each piece of the body, and once more at its end. */
static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *path, const char *method,
                                  const char *version, const char *upload, size_t *upload_length, void **state)
{
    (void)version;
    struct web_request *request = *state;
    if (!request) {
        *state = request = begin_request(user, connection, method, path);
        if (!request)
            return MHD_NO;
        return !declares_too_much(request) || web_answer_errno(request, -EMSGSIZE) ? MHD_YES : MHD_NO;
    }
    if (*upload_length > 0)
        return take_body(request, upload, upload_length);
    return handle(request) ? MHD_YES : MHD_NO;
}

static void on_completed(void *user, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    (void)user;
    (void)connection;
    (void)code;
    struct web_request *request = *state;
    if (!request)
        return;
    list_remove(&request->link);
    buf_done(&request->body);
    free(request->asker);
    free(request);
    *state = NULL;
}

uint64_t web_promise(struct web_request *request)
{
    request->number = ++request->server->last_number;
    list_append(&request->server->waiting, &request->link);
    return request->number;
}

void web_promise_back(struct web_request *request)
{
    list_remove(&request->link);
    request->number = 0;
}

static struct web_request *take_waiting(struct web_server *server, uint64_t number)
{
    struct web_request *request;
    LIST_EACH(request, &server->waiting, struct web_request, link)
    if (request->number == number) {
        list_remove(&request->link);
        return request;
    }
    return NULL;
}

static void resume(struct web_request *request)
{
    if (!request->suspended)
        return;
    request->suspended = false;
    web_server_resume(request->server, request->connection);
}

static void answer(struct web_server *server, uint64_t number, int http_status, const char *type, const char *bytes,
                   size_t length)
{
    struct web_request *request = take_waiting(server, number);
    if (!request)
        return;
    web_answer(request, http_status, type, bytes, length);
    resume(request);
}

void web_server_answer(struct web_server *server, uint64_t number, int http_status, const char *json, size_t length)
{
    answer(server, number, http_status, "application/json", json, length);
}

void web_server_answer_cookie(struct web_server *server, uint64_t number, const char *json, size_t length,
                              const char *name, const char *value)
{
    struct web_request *request = take_waiting(server, number);
    CLEANUP_BUF struct buf body = {0};
    if (!request)
        return;
    buf_put(&body, json, length);
    web_answer_cookie(request, &body, name, value);
    resume(request);
}

void web_server_answer_file(struct web_server *server, uint64_t number, const char *type, const char *bytes,
                            size_t length)
{
    answer(server, number, WEB_OK, type, bytes, length);
}

static void give_up_waiting(struct web_server *server)
{
    int64_t now = clock_mono_us();
    struct web_request *request;
    LIST_EACH(request, &server->waiting, struct web_request, link)
    if (now - request->waited_us >= WEB_ANSWER_WAIT_S * (int64_t)SECOND_US) {
        list_remove(&request->link);
        web_answer_error(request, WEB_GATEWAY_TIMEOUT,
                         "No answer came in %d seconds: look at the screen before you scan again.", WEB_ANSWER_WAIT_S);
        resume(request);
    }
}

/* ---------------------------------------------------------------- in the event loop */

static void set_timer(struct web_door *door)
{
    MHD_UNSIGNED_LONG_LONG ms;
    if (MHD_get_timeout(door->http, &ms) != MHD_YES) {
        sd_event_source_set_enabled(door->timer, SD_EVENT_OFF);
        return;
    }
    sd_event_source_set_time_relative(door->timer, (uint64_t)ms * 1000);
    sd_event_source_set_enabled(door->timer, SD_EVENT_ONESHOT);
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *user)
{
    (void)source;
    (void)fd;
    (void)events;
    struct web_door *door = user;
    door->server->round_us = clock_mono_us();
    MHD_run(door->http);
    set_timer(door);
    return 0;
}

static void run_doors(struct web_server *server)
{
    for (size_t i = 0; i < WEB_DOORS; i++)
        if (server->doors[i].http) {
            MHD_run(server->doors[i].http);
            set_timer(&server->doors[i]);
        }
}

static void call_in(struct web_request *request)
{
    list_remove(&request->link);
    request->due = true;
    resume(request);
}

/* Those that were put off, one after the other, until this round is over, too. */
static int on_resumed(sd_event_source *source, void *user)
{
    struct web_server *server = user;
    server->round_us = clock_mono_us();
    do {
        if (!list_empty(&server->later))
            call_in(LIST_ITEM(server->later.next, struct web_request, link));
        run_doors(server);
    } while (!list_empty(&server->later) && clock_mono_us() - server->round_us < ROUND_US);
    return list_empty(&server->later) ? 0 : sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* MHD makes no descriptor ready for it when the loop is not its own: it is told to run. */
void web_server_resume(struct web_server *server, struct MHD_Connection *connection)
{
    MHD_resume_connection(connection);
    if (server->resumed)
        sd_event_source_set_enabled(server->resumed, SD_EVENT_ONESHOT);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *user)
{
    (void)usec;
    return on_readable(source, -1, 0, user);
}

static int on_beat(sd_event_source *source, uint64_t usec, void *user)
{
    (void)usec;
    struct web_server *server = user;
    web_streams_beat(server);
    give_up_waiting(server);
    sd_event_source_set_time_relative(source, WEB_BEAT_S * SECOND_US);
    return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int join_door(struct web_door *door, sd_event *event)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(door->http, MHD_DAEMON_INFO_EPOLL_FD);
    if (!info)
        return -ENOTSUP;
    int r = sd_event_add_io(event, &door->readable, info->epoll_fd, EPOLLIN, on_readable, door);
    if (r >= 0)
        r = sd_event_add_time_relative(event, &door->timer, CLOCK_BOOTTIME, 0, TIMER_ACCURACY_US, on_timer, door);
    if (r >= 0)
        r = sd_event_source_set_priority(door->readable, door->server->priority);
    return r < 0 ? r : sd_event_source_set_priority(door->timer, door->server->priority);
}

static int join_loop(struct web_server *server, sd_event *event)
{
    int r = sd_event_add_defer(event, &server->resumed, on_resumed, server);
    if (r >= 0)
        r = sd_event_source_set_priority(server->resumed, server->priority);
    for (size_t i = 0; r >= 0 && i < WEB_DOORS; i++)
        r = server->doors[i].http ? join_door(&server->doors[i], event) : 0;
    if (r >= 0)
        r = sd_event_add_time_relative(event, &server->beat, CLOCK_BOOTTIME, WEB_BEAT_S * SECOND_US, 0, on_beat,
                                       server);
    return r < 0 ? r : 0;
}

/* ---------------------------------------------------------------- open and close */

static int explain_bind(int code, const char *address, int64_t port, struct error *error)
{
    static const struct {
        int code;
        const char *advice;
    } known[] = {
        {-EADDRINUSE, "another program has this port: choose another one"},
        {-EADDRNOTAVAIL, "this machine does not have that address: see `ip address`"},
        {-EACCES, "this user may not take a port below 1024: choose a higher one"},
    };
    const char *advice = strerror(-code);
    for (size_t i = 0; i < COUNT(known); i++)
        if (known[i].code == code)
            advice = known[i].advice;
    return error_set(error, code, "Nothing can be served on %s port %" PRId64 ": %s.", address, port, advice);
}

static int listen_on(const struct web_settings *settings, int64_t number, struct error *error)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } to = {0};
    const char *address = settings->address[0] ? settings->address : "127.0.0.1";
    uint16_t port = htons((uint16_t)number);
    if (inet_pton(AF_INET, address, &to.v4.sin_addr) == 1) {
        to.v4.sin_family = AF_INET;
        to.v4.sin_port = port;
    } else if (inet_pton(AF_INET6, address, &to.v6.sin6_addr) == 1) {
        to.v6.sin6_family = AF_INET6;
        to.v6.sin6_port = port;
    } else {
        return error_set(error, -EINVAL, "\"%s\" is no IP address: use 127.0.0.1, or 0.0.0.0 for every network.",
                         address);
    }
    socklen_t length = to.any.sa_family == AF_INET ? sizeof(to.v4) : sizeof(to.v6);
    int fd = socket(to.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return explain_bind(-errno, address, number, error);
    /* Accepted sockets inherit all of these (tcp(7), socket(7)). */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &(int){SEND_BUFFER}, sizeof(int));
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &(unsigned){LOST_CLIENT_MS}, sizeof(unsigned));
    if (bind(fd, &to.any, length) < 0 || listen(fd, LISTEN_BACKLOG) < 0) {
        int r = -errno;
        close(fd);
        return explain_bind(r, address, number, error);
    }
    return fd;
}

static int port_of(const struct web_door *door)
{
    const union MHD_DaemonInfo *info = door->http ? MHD_get_daemon_info(door->http, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    return info ? info->port : -1;
}

/* MHD does not write to it. */
static void *tls_priorities(void)
{
    static char priorities[] = WEB_TLS_PRIORITIES;
    return priorities;
}

/* One list of options for both: those of TLS are left out by their end. connections: from one address; whoever opens
 * all of them and says nothing leaves as many to others. */
static struct MHD_Daemon *start_daemon(struct web_door *door, int fd, unsigned connections)
{
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (door->secure ? MHD_USE_TLS : 0u);
    const union { /* an item has room for a pointer to an object alone; POSIX has both of one size */
        int (*given)(gnutls_session_t, const gnutls_datum_t *, int, const gnutls_pk_algorithm_t *, int,
                     gnutls_pcert_st **, unsigned *, gnutls_privkey_t *);
        void *wanted;
    } callback = {.given = web_tls_retrieve};
    const struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    const struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_PRIORITIES, 0, tls_priorities()},
                                         {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, callback.wanted},
                                         {MHD_OPTION_END, 0, NULL}};
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, door, MHD_OPTION_LISTEN_SOCKET, fd,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_POOL, MHD_OPTION_CONNECTION_LIMIT,
                            2 * connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT, connections,
                            MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
                            MHD_OPTION_ARRAY, door->secure ? tls : none, MHD_OPTION_END);
}

static int open_door(struct web_server *server, size_t which, const struct web_settings *settings, struct error *error)
{
    struct web_door *door = &server->doors[which];
    *door = (struct web_door){.server = server, .secure = which == WEB_DOOR_SECURE};
    int fd = listen_on(settings, door->secure ? settings->secure_port : settings->port, error);
    if (fd < 0)
        return fd;
    door->http = start_daemon(door, fd, (unsigned)(2 * settings->clients_max + SPARE_CONNECTION));
    if (door->http)
        return 0;
    close(fd);
    return error_set(error, -ENOMEM, "The web server did not start: the machine is out of memory or open files.");
}

static int open_doors(struct web_server *server, const struct web_settings *settings, struct error *error)
{
    int r = settings->port < 0 ? 0 : open_door(server, WEB_DOOR_PLAIN, settings, error);
    server->secure_port = -1;
    if (r < 0 || !settings->pair)
        return r;
    r = web_tls_show(settings->pair, error);
    if (!r)
        r = open_door(server, WEB_DOOR_SECURE, settings, error);
    if (!r)
        server->secure_port = port_of(&server->doors[WEB_DOOR_SECURE]);
    return r;
}

static void learn_host_name(struct web_server *server)
{
    if (gethostname(server->host_name, sizeof(server->host_name) - 1) < 0)
        server->host_name[0] = '\0';
    server->host_name[strcspn(server->host_name, ".")] = '\0';
}

int web_server_open(sd_event *event, const struct web_settings *settings, const struct web_site *site, void *user,
                    struct web_server **ret, struct error *error)
{
    CLEANUP(web_server_close_p) struct web_server *server = calloc(1, sizeof(*server));
    if (!server)
        return -ENOMEM;
    server->site = site;
    server->user = user;
    server->streams_max = (size_t)settings->clients_max;
    server->priority = settings->priority;
    list_init(&server->later);
    list_init(&server->waiting);
    list_init(&server->streams);
    learn_host_name(server);
    int r = open_doors(server, settings, error);
    if (r < 0)
        return r;
    r = join_loop(server, event);
    if (r < 0)
        return error_set(error, r, "The web server did not start: %s.", strerror(-r));
    *ret = server;
    server = NULL;
    return 0;
}

static void close_door(struct web_door *door)
{
    if (door->http)
        MHD_stop_daemon(door->http); /* calls on_completed for each request; wants none suspended */
    sd_event_source_disable_unref(door->timer);
    sd_event_source_disable_unref(door->readable);
    if (door->secure)
        web_tls_done();
}

struct web_server *web_server_close(struct web_server *server)
{
    if (!server)
        return NULL;
    server->closing = true;
    struct web_request *request;
    LIST_EACH(request, &server->later, struct web_request, link)
    resume(request);
    LIST_EACH(request, &server->waiting, struct web_request, link)
    resume(request);
    web_streams_resume_all(server);
    for (size_t i = 0; i < WEB_DOORS; i++)
        close_door(&server->doors[i]);
    sd_event_source_disable_unref(server->beat);
    sd_event_source_disable_unref(server->resumed);
    free(server);
    return NULL;
}

int web_server_port(const struct web_server *server)
{
    return port_of(&server->doors[WEB_DOOR_PLAIN]);
}

int web_server_secure_port(const struct web_server *server)
{
    return server->secure_port;
}

int web_server_show(struct web_server *server, const struct web_pair *pair, struct error *error)
{
    (void)server;
    return web_tls_show(pair, error);
}
