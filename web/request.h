/* One HTTP request, as those who serve addresses see it: what was asked, and the ways to answer. */
#ifndef WEB_REQUEST_H
#define WEB_REQUEST_H

#include "base/embed.h"
#include "base/list.h"
#include "web/server.h"

#define WEB_SEGMENT_SIZE 257 /* what stands for "{}" or "{*}" in an address, terminated */
#define WEB_POLICY_SIZE  360

/* The statuses that this house uses. */
enum {
    WEB_OK = 200,
    WEB_FOUND = 302,
    WEB_MOVED = 307, /* the same, and not for ever */
    WEB_BAD_REQUEST = 400,
    WEB_UNAUTHORIZED = 401,
    WEB_FORBIDDEN = 403,
    WEB_NOT_FOUND = 404,
    WEB_METHOD_NOT_ALLOWED = 405,
    WEB_CONFLICT = 409,
    WEB_TOO_LARGE = 413,
    WEB_UNSUPPORTED_TYPE = 415,
    WEB_TOO_MANY = 429,
    WEB_MISDIRECTED = 421,
    WEB_INTERNAL = 500,
    WEB_UNAVAILABLE = 503,
    WEB_GATEWAY_TIMEOUT = 504,
};

struct web_route {
    const char *method;
    const char *pattern; /* "{}" stands for one segment, "{*}" at the end for all that is left */
    bool (*handle)(struct web_request *request);
    const char *body_type; /* NULL: takes no body */
    size_t body_max;
};

struct MHD_Connection;
struct MHD_Response;

struct web_request {
    struct web_server *server;
    void *user; /* as web_server_open() was given it */
    struct MHD_Connection *connection;
    const struct web_route *route;
    char id[WEB_SEGMENT_SIZE];   /* what stood for "{}" */
    char rest[WEB_SEGMENT_SIZE]; /* what stood for "{*}" */
    struct buf body;
    void *asker; /* for admits() and the routes; freed with the request */

    /* of the server alone */
    size_t received;              /* bytes of body seen, kept or not */
    int refused;                  /* HTTP status of the first fault; 0: none */
    struct error why;             /* its sentence */
    char allow[32];               /* with status 405 */
    bool secure;                  /* it came over TLS */
    char path[WEB_SEGMENT_SIZE];  /* with status 307: what was asked for */
    int64_t retry_s;              /* with status 429 and 503: when to ask again; 0: in a second */
    uint64_t number;              /* what web_server_answer() calls it */
    struct list link;             /* in the server's .later until it is handled, in .waiting while an answer is owed */
    int64_t waited_us;            /* since then, on the monotonic clock */
    bool due, handled, suspended; /* due: it has waited in .later */
};

/* ---- what was asked. NULL: there is none. */

const char *web_header(struct web_request *request, const char *name);
const char *web_value(struct web_request *request, const char *name); /* behind the "?" */

const char *web_cookie(struct web_request *request, const char *name);

/* Asked by a page of ours, or by no page at all. */
bool web_is_from_own_page(struct web_request *request);

/* Asked by a program of this machine. */
bool web_is_from_here(struct web_request *request);

/* Whose address the request came from: of IPv6 the network, as the rest is anybody's to choose; behind a proxy of this
 * machine what that says last in X-Forwarded-For. For comparing only. */
#define WEB_CLIENT_SIZE 48
void web_client(struct web_request *request, char ret[WEB_CLIENT_SIZE]);

/* All that stands behind the "?"; -EINVAL: more than there is room for, or one without "=". */
int web_values(struct web_request *request, struct web_value out[WEB_VALUES_MAX], size_t *ret_count);

/* ---- answers. A handler returns what one of these does; false ends the connection. */

/* The body is copied. */
bool web_answer(struct web_request *request, int status, const char *type, const char *body, size_t length);
bool web_answer_json(struct web_request *request, int status, const struct buf *json);
/* {"error": {"message": ...}} */
bool web_answer_error(struct web_request *request, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The status and sentence that stand for an -errno. */
bool web_answer_errno(struct web_request *request, int code);
/* With a cookie for our own pages that no script reads, for this visit; value "": it is gone. Only over TLS, if that is
 * how it was asked for, here or at a proxy (X-Forwarded-Proto). */
bool web_answer_cookie(struct web_request *request, const struct buf *json, const char *name, const char *value);
bool web_answer_redirect(struct web_request *request, const char *path);
bool web_answer_redirect_as(struct web_request *request, int status, const char *address);
/* One of the embedded files. A browser keeps it but asks each time whether it still stands. */
bool web_answer_file(struct web_request *request, int status, const struct embedded_file *files, const char *name);

/* The same for what is no embedded file: the body is copied. */
bool web_answer_kept(struct web_request *request, const char *type, const char *body, size_t length);

/* What is made while it is sent, as fast as the client takes it. more() puts a piece where there is none, perhaps an
 * empty one; 1: it was the last, -errno: the connection ends without it. Between two pieces the rest of the loop has
 * its turn. state is freed by free(), also when this fails. */
bool web_answer_pieces(struct web_request *request, const char *type, int (*more)(void *state, struct buf *piece),
                       void *state);

/* For admits(): what is answered in place of what was asked. Returns false. */
bool web_refuse(struct web_request *request, int status, const char *sentence);

/* An answer will follow by web_server_answer() under this number, perhaps before the handler returns true. */
uint64_t web_promise(struct web_request *request);
void web_promise_back(struct web_request *request); /* it will not: answer now */

/* Server-sent events of these channels (their names, with commas) from now on; the first one is given. */
bool web_stream_open(struct web_request *request, const char *channels, const char *event, const char *json,
                     size_t length);

/* A Content-Security-Policy that lets only our own files run, plus the import map of this page, by its hash; page NULL:
 * nothing at all may run. -ENOENT: there is no such page, or no import map in it. */
int web_policy(const struct embedded_file *files, const char *page, char out[WEB_POLICY_SIZE]);

#endif
