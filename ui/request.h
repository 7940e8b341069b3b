/* One HTTP request, and the server it belongs to, as the files of this room share them.
 * Not for use outside ui/: ui/server.h is what the daemon sees. */
#ifndef UI_REQUEST_H
#define UI_REQUEST_H

#include "base/list.h"
#include "ui/server.h"

#include <microhttpd.h>
#include <stdbool.h>

#define UI_ID_SIZE 64 /* a path segment in place of "{}", terminated */

struct ui_request;

struct ui_route {
    const char *method;
    const char *pattern; /* "{}" stands for one segment, "{*}" for all that is left */
    enum MHD_Result (*handle)(struct ui_request *request);
    const char *body_type; /* NULL: takes no body */
    size_t body_max;
};

struct ui_request {
    struct ui_server *server;
    struct MHD_Connection *connection;
    const struct ui_route *route;
    char id[UI_ID_SIZE];   /* what stood for "{}" */
    char rest[UI_ID_SIZE]; /* what stood for "{*}" */
    struct buf body;
    size_t received;   /* bytes of body seen, kept or not */
    int refused;       /* HTTP status of the first fault; 0: none */
    struct error why;  /* its sentence */
    char allow[32];    /* with status 405 */
    uint64_t number;   /* what the source calls it */
    struct list link;  /* in the server's .waiting while the source owes an answer */
    int64_t waited_us; /* since then, on the monotonic clock */
    bool handled, suspended;
};

struct ui_server {
    struct MHD_Daemon *http;
    const struct ui_source *source;
    void *user;
    sd_event_source *readable, *resumed, *timer, *beat;
    struct list waiting; /* struct ui_request, by .link */
    struct list streams; /* struct ui_stream, by .link */
    size_t stream_count, streams_max;
    uint64_t last_number;
    bool closing;
    char host_name[UI_ID_SIZE]; /* this machine's, lower case */
    char page_policy[320];      /* Content-Security-Policy of the pages */
};

/* ---- the loop (server.c) */

/* After MHD_suspend_connection(). */
void ui_server_resume(struct ui_server *server, struct MHD_Connection *connection);

/* ---- answers (answer.c). All of them return what an MHD access handler returns. */

/* The body is copied. */
enum MHD_Result ui_answer(struct ui_request *request, int status, const char *type, const char *body, size_t length);
enum MHD_Result ui_answer_json(struct ui_request *request, int status, const struct buf *json);
enum MHD_Result ui_answer_error(struct ui_request *request, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The status and sentence that stand for a source's -errno. */
enum MHD_Result ui_answer_errno(struct ui_request *request, int code);
enum MHD_Result ui_answer_redirect(struct ui_request *request, const char *path);
/* Adds the headers that every answer carries, queues it and lets go of it. */
enum MHD_Result ui_answer_queue(struct ui_request *request, int status, struct MHD_Response *response);

/* ---- what may be asked, and from where (guard.c) */

/* True when the request's page is ours. Otherwise .refused and .why are set. */
bool ui_guard_passes(struct ui_request *request);

/* ---- routes (routes.c) */

/* Finds the route and fills .id and .rest. Otherwise .refused and .why are set. */
bool ui_route_find(struct ui_request *request, const char *method, const char *path);

/* ---- pages (pages.c) */

int ui_pages_open(struct ui_server *server, struct error *error);
enum MHD_Result ui_pages_list(struct ui_request *request);
enum MHD_Result ui_pages_station(struct ui_request *request);
enum MHD_Result ui_pages_asset(struct ui_request *request);

/* ---- live views (events.c) */

#define UI_BEAT_S 5 /* the pages take a stream that is silent for longer as lost */

enum MHD_Result ui_events_open(struct ui_request *request);
void ui_events_beat(struct ui_server *server); /* one sign of life to every stream */
void ui_events_resume_all(struct ui_server *server);

#endif
