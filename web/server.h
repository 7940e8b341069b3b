/* A web server inside the event loop of its program: connections, whole requests, answers now or later, live streams,
 * embedded files. What is served is a table of routes (request.h). Does not know any address, nor who may ask what. */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include "base/buf.h"
#include "base/error.h"
#include "base/phrase.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#define WEB_ANSWER_WAIT_S 30                 /* a request not answered by then gets 504 */
#define WEB_STREAM_MAX    ((size_t)66 << 10) /* bytes that wait for one reader of a stream */

/* One of the values behind the "?" of an address. */
struct web_value {
    const char *name, *value;
};

#define WEB_VALUES_MAX 8

struct web_request;
struct web_route;

/* What is shown over TLS, PEM: a certificate, perhaps with those between it and its authority, and its key. */
struct web_pair {
    const char *certificate, *key;
};

struct web_settings {
    char address[64];            /* an IP address */
    int64_t port;                /* 0: any free one; negative: nothing without TLS */
    int64_t secure_port;         /* for TLS; 0: any free one. Only with a pair */
    const struct web_pair *pair; /* NULL: no TLS. Lent for web_server_open() */
    int64_t clients_max;         /* streams that may be open at the same time */
    int64_t priority;            /* in the event loop: sd_event_source_set_priority() */
};

/* What is served. It must outlive the server. */
struct web_site {
    const struct web_route *routes; /* the first that fits counts; ended by a method of NULL */
    /* Called when the headers are there, before the body comes. False: it has said why by web_refuse(). NULL: all may
     * ask. */
    bool (*admits)(struct web_request *request);
    const char *policy; /* the Content-Security-Policy of every answer */
    /* Asked for by any name rather than by an address or this machine's own name, and from pages of any origin: only
     * where each request says who asks, so that a page of others gains nothing. */
    bool any_host;
    /* This address, and what is behind it, is answered without TLS, too: how to trust it. NULL: none. Everything else
     * is sent to TLS where there is both, unless it is asked from this machine. */
    const char *open_path;
    const struct phrase *const *phrases; /* what its refusals are in Chinese; NULL: they are told in English alone */
};

extern const struct phrase web_phrases[]; /* of the server's own */

/* {"error": {"message", "text": {"en", "zh"}}}: how a refusal is told. books: NULL: there are none. */
void web_write_refusal(const struct phrase *const *books, const char *sentence, struct buf *json);

struct web_server;

int web_server_open(sd_event *event, const struct web_settings *settings, const struct web_site *site, void *user,
                    struct web_server **ret, struct error *error);
/* Open requests end without an answer. */
struct web_server *web_server_close(struct web_server *server);
DEFINE_CLEANUP(web_server_close, struct web_server *);

int web_server_port(const struct web_server *server);        /* without TLS; -1: there is none */
int web_server_secure_port(const struct web_server *server); /* with TLS; -1: there is none */

/* Another certificate for connections from now on. -EINVAL with a sentence: the one before stays. */
int web_server_show(struct web_server *server, const struct web_pair *pair, struct error *error);

/* To every stream that listens to this channel. newest: of events that a reader is too slow for only the
 * last is kept, so its streams must listen to nothing else; otherwise all are, and a reader for whom they grow too
 * many gets an event "lost" in their place. */
void web_server_publish(struct web_server *server, const char *channel, const char *event, const char *json,
                        size_t length, bool newest);

size_t web_server_streams(const struct web_server *server);                        /* that are open */
size_t web_server_listeners(const struct web_server *server, const char *channel); /* of them, to this channel */

/* A request that is no longer open (its client left, or it waited too long) is ignored. */
void web_server_answer(struct web_server *server, uint64_t number, int http_status, const char *json, size_t length);
/* With a cookie, as web_answer_cookie(). */
void web_server_answer_cookie(struct web_server *server, uint64_t number, const char *json, size_t length,
                              const char *name, const char *value);
void web_server_answer_file(struct web_server *server, uint64_t number, const char *type, const char *bytes,
                            size_t length);

#endif
