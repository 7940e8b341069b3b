/* What the files of this room share. Not for use outside web/. */
#ifndef WEB_INTERNAL_H
#define WEB_INTERNAL_H

#include "web/request.h"

#include <microhttpd.h>

#define WEB_NAME_SIZE 64
#define WEB_BEAT_S    5 /* the pages take a stream that is silent for longer as lost */

/* One port that is listened to, with TLS or without. */
struct web_door {
    struct web_server *server;
    struct MHD_Daemon *http; /* NULL: it is not open */
    sd_event_source *readable, *timer;
    bool secure;
};

enum { WEB_DOOR_PLAIN, WEB_DOOR_SECURE, WEB_DOORS };

struct web_server {
    struct web_door doors[WEB_DOORS];
    int secure_port; /* -1: none */
    const struct web_site *site;
    void *user;
    sd_event_source *resumed, *beat;
    struct list later;   /* struct web_request that a round had no time for, by .link */
    struct list waiting; /* struct web_request, by .link */
    int64_t round_us;    /* since when requests are handled without a look at the rest of the loop */
    int64_t priority;
    struct list streams; /* struct web_stream, by .link */
    size_t stream_count, streams_max;
    uint64_t last_number;
    bool closing;
    char host_name[WEB_NAME_SIZE]; /* this machine's, lower case */
};

/* ---- the loop (server.c) */

/* After MHD_suspend_connection(). */
void web_server_resume(struct web_server *server, struct MHD_Connection *connection);

/* ---- answers (answer.c) */

/* Adds the headers that every answer carries, queues it and lets go of it. */
bool web_answer_queue(struct web_request *request, int status, struct MHD_Response *response);

/* ---- what may be asked, and from where (guard.c) */

/* True when the request's page is ours. Otherwise .refused and .why are set. */
bool web_guard_passes(struct web_request *request);

/* "host", "host:80", "[::1]:80" -> the host alone. */
bool web_host_alone(const char *host, char out[WEB_NAME_SIZE]);

/* ---- with TLS or without (secure.c) */

/* True when it may be answered the way it was asked. Otherwise .refused is WEB_MOVED. */
bool web_secure_enough(struct web_request *request, const char *path);
bool web_answer_moved(struct web_request *request);

/* ---- routes (route.c) */

/* Finds the route and fills .id and .rest. Otherwise .refused and .why are set. */
bool web_route_find(struct web_request *request, const char *method, const char *path);

/* ---- live streams (stream.c) */

void web_streams_beat(struct web_server *server); /* one sign of life to every stream */
void web_streams_resume_all(struct web_server *server);

#endif
