/* Head office over HTTP, for programs of others and for pages: the tables of questions, the verbs, files, and what
 * changes, all by a key (keys.h). It works in serve's loop and between its turns: an answer is short, and a file is
 * taken in by a program beside it. With a certificate of its own it is served over TLS; without, that is a proxy's
 * matter. */
#ifndef HEAD_OFFICE_HTTP_H
#define HEAD_OFFICE_HTTP_H

#include "sync/head-office/office.h"

#include <systemd/sd-event.h>

struct office_http;

/* Lent for as long as it is open. */
struct office_http_place {
    const char *listen;            /* "127.0.0.1:8080", "[::1]:8080"; port 0: any free one */
    const char *certificate, *key; /* files (PEM), read again when they change; "": no TLS */
    const char *topic_prefix;      /* of the sites' topics, for boxes that join; "": none */
};

/* The office must outlive it, and is used with the time
 * of each request. database: as commands are given it, lent, too. */
int office_http_open(sd_event *event, const struct office_http_place *place, const char *database,
                     struct office *office, struct office_http **ret, struct error *error);
struct office_http *office_http_close(struct office_http *http);

/* A file is being taken in by a program of its own: whoever writes meanwhile is kept waiting until it is. */
bool office_http_imports(const struct office_http *http);

int office_http_port(const struct office_http *http);

/* How the server is otherwise, for those who watch it. */
struct office_state {
    bool connected;  /* to the broker */
    bool failing;    /* the last turn could not be saved */
    int64_t waiting; /* messages of sites */
};

/* Tells those who listen what has changed; at most so often as anybody can see. */
void office_http_tick(struct office_http *http, const struct office_state *state);

#endif
