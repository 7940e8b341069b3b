/* What the files of head office's HTTP share. Not for use outside http*.c. */
#ifndef HEAD_OFFICE_HTTP_INTERNAL_H
#define HEAD_OFFICE_HTTP_INTERNAL_H

#include "base/certificate.h"
#include "sync/head-office/api/access.h"
#include "sync/head-office/api/http.h"
#include "sync/head-office/api/http_import.h"
#include "sync/head-office/api/http_meter.h"
#include "sync/head-office/api/http_tries.h"
#include "sync/head-office/sites/changes.h"
#include "web/request.h"

#define HTTP_ASK_BODY_MAX     ((size_t)256 << 10)
#define HTTP_SESSION_BODY_MAX ((size_t)4 << 10)
#define HTTP_IMPORT_BODY_MAX  ((size_t)8 << 20)
#define HTTP_ANSWER_MAX       ((size_t)8 << 20)

struct office_http {
    struct web_server *web;
    struct web_site site;
    struct office *office;
    struct http_import *import;
    struct http_figures *figures;
    struct http_meter meter;
    struct office_state state; /* as serve said it last */
    struct http_tries tries;
    int64_t joins_us; /* when a box's token may be tried next, monotonic */
    struct changes changes;
    int64_t look_us; /* when changes are looked for next */
    int64_t written; /* of the database, when it was told last that something was */
    int64_t rows_us; /* when that may be told next */
    bool listening;  /* changes are from when somebody began to listen */
    char policy[WEB_POLICY_SIZE];
    const struct office_http_place *place;
    struct certificate_pair pair; /* what is shown over TLS; empty: there is none */
    int64_t pair_us;              /* when its files are read again */
};

static inline struct office_http *http_of(struct web_request *request)
{
    return request->user;
}

static inline const struct asker *asker_of(struct web_request *request)
{
    return request->asker;
}

extern const struct web_route http_routes[];

/* http_figures.c; web: where the server will be. */
struct http_figures;
int http_figures_open(sd_event *event, const char *database, struct web_server **web, struct http_figures **ret);
struct http_figures *http_figures_close(struct http_figures *figures); /* what is being reckoned is given up */
bool http_get_figures(struct web_request *request);
bool http_get_figure(struct web_request *request);
bool http_get_compared(struct web_request *request);

extern const struct embedded_file office_files[]; /* made by the Makefile from ui/office and the npm modules */

bool http_is_open(const struct web_request *request); /* by everybody */

/* "This key may not look at keys.", or which site is meant. code: of access_read() or access_do(). */
bool http_forbid(struct web_request *request, int code, const char *what, const char *name);

/* http_watch.c */
bool http_get_health(struct web_request *request);
bool http_get_metrics(struct web_request *request);

/* http_session.c: people log in and out. */
bool http_post_session(struct web_request *request);
bool http_post_session_end(struct web_request *request);
bool http_post_password(struct web_request *request);
bool http_get_me(struct web_request *request);
bool http_get_roles(struct web_request *request);
const char *http_session_token(struct web_request *request); /* what the browser keeps; NULL: it has none. Lent. */
/* Who has not chosen a password yet may do nothing else. */
bool http_is_for_newcomers(const struct web_request *request);

bool http_post_join(struct web_request *request); /* http_join.c */

/* Somebody listens from now on. False: the database cannot be asked. */
bool http_listen(struct office_http *http);

/* A sentence with the status that stands for -errno. */
bool http_answer_fault(struct web_request *request, int code, const struct error *error);
int http_status_of(int code);

#endif
