/* The web server of the appliance: the stations' pages, a small JSON interface and live views, inside the daemon's own
 * event loop. Does not write the store and decides nothing: a scan or an import is handed to the source, and answered
 * later. */
#ifndef UI_SERVER_H
#define UI_SERVER_H

#include "web/server.h"

#define UI_SCAN_BODY_MAX    ((size_t)16 << 10)  /* bytes of a posted scan, JSON included */
#define UI_IMPORT_BODY_MAX  ((size_t)8 << 20)   /* bytes of a posted CSV file */
#define UI_VIEW_MAX         ((size_t)64 << 10)  /* bytes of one station view */
#define UI_LABEL_BODY_MAX   ((size_t)6 << 20)   /* bytes of a label to be printed, with a picture in it */
#define UI_ASK_BODY_MAX     ((size_t)96 << 10)  /* bytes of what a supervisor asks for: a label's template is 32 KiB */
#define UI_PREVIEW_BODY_MAX ((size_t)160 << 10) /* bytes of a label's template and its data */
#define UI_QUERY_MAX        ((size_t)8 << 20)   /* bytes of the answer to a question */
#define UI_PICTURE_MAX      ((size_t)4 << 20)   /* bytes of a label's picture */
#define UI_ITEM_PICTURE_MAX ((size_t)512 << 10) /* bytes of an item's picture */

/* A request, before its body is there, as whoever judges it sees it. */
struct ui_visitor {
    const char *route; /* "GET/api/v1/{}": method and pattern */
    const char *id;    /* what stands for its first "{}" */
    const char *token; /* of the cookie; NULL: none */
    const char *key;   /* of the tool; NULL: none */
    bool attended;     /* somebody is at the page: it does not only look again by itself */
};

/* Who asks. */
struct ui_asker {
    int64_t worker; /* who has signed in; 0: nobody */
    unsigned roles; /* of the daemon's table of rights */
    bool unproven;  /* nobody has signed in, though people must */
};

/* What the daemon provides. Called in the thread of the event loop; what is passed in is lent for the call.
 * The docs/openapi.yaml gives the shape of each JSON value; base/json.h writes it. */
struct ui_source {
    /* -EPERM: nobody has signed in; -EACCES: not with this role. */
    int (*admits)(void *user, const struct ui_visitor *visitor, struct ui_asker *ret);
    /* As scan, and ui_server_let_in() when it is they. -EINVAL: it is no PIN. */
    int (*sign_in)(void *user, const char *badge, const char *pin, uint64_t request);
    void (*sign_out)(void *user, const char *token); /* NULL: nobody was signed in */
    int (*me)(void *user, const struct ui_asker *asker, struct buf *json);
    /* Who may what: members of an open object. */
    int (*rights)(void *user, const char *const *routes, size_t count, struct buf *json);
    int (*stations)(void *user, struct buf *json);                /* array of {"id","name"} */
    int (*station)(void *user, const char *id, struct buf *json); /* the view; -ENOENT */
    int (*status)(void *user, struct buf *json);                  /* an object */
    bool (*health)(void *user, struct buf *json);   /* members of an open object; true: it can do its work */
    int (*metrics)(void *user, struct buf *text);   /* Prometheus' text */
    int (*backup)(void *user, struct error *error); /* one is begun beside the work; -EBUSY, -ENOSPC, with a sentence */
    int (*sync)(void *user, struct buf *json);      /* how the site stands with head office */
    int (*devices)(void *user, struct buf *json);   /* array of devices */
    /* The label of a print job as a PNG; -ENOENT no such job, -ENOTSUP made elsewhere, -EINVAL it cannot be drawn. */
    int (*picture)(void *user, const struct ui_asker *asker, int64_t job, struct buf *png);
    /* What an item looks like, and of which type that is. -ENOENT: there is no such picture, or none that is good. */
    int (*item_picture)(void *user, const char *sku, struct buf *bytes, const char **ret_type);
    /* kind: stock, orders or parcels, as a CSV file; for web_answer_pieces(). -ENOENT no such kind. */
    int (*figures)(void *user, const char *kind, int64_t since_us, void **ret_state);
    int (*figures_more)(void *state, struct buf *csv);
    /* Why a browser may trust the box: "url", "fingerprint" and more; pem, if not NULL: its authority. -ENOENT: no TLS.
     */
    int (*trust)(void *user, struct buf *json, struct buf *pem);
    /* Rows of one kind, a page of them; code: one row and what belongs to it, "" for the list.
     * -ENOENT no such kind or row; -EINVAL, the sentence says what is not known; -ETIME it would take too long. */
    int (*query)(void *user, const char *kind, const char *code, const struct web_value *values, size_t count,
                 struct buf *json, struct error *error);
    /* role: scanner, printer or scale; "": what its model says, -ENODEV when none does. As scan. */
    int (*bind)(void *user, const char *device, const char *role, const char *station, uint64_t request);
    /* 0: queued, one ui_server_answer(request) follows (also allowed before this returns). Otherwise nothing follows:
     * -EAGAIN the queue is full, -ENOENT no such station, -EMSGSIZE too long, -EINVAL not to be understood. */
    int (*scan)(void *user, const char *station, const char *text, size_t length, uint64_t request);
    /* The station practises from now on, or works again. As scan; -ENOENT comes as the answer. */
    int (*train)(void *user, const char *station, bool training, uint64_t request);
    /* A label for the station's printer: {"template", "data", "key", "copies"}. As scan; -EINVAL with the fault of the
     * label as JSON in fault. */
    int (*label)(void *user, const char *station, const char *json, size_t length, uint64_t request, struct buf *fault);
    /* A label's template, with its text; -ENOENT. */
    int (*template)(void *user, const char *name, struct buf *json);
    /* How a text of it would be printed, with its faults; -EINVAL: it is not asked so. */
    int (*preview)(void *user, const char *name, const char *request, size_t length, struct buf *json);
    /* kind: orders, items, stock, locations or workers. As scan. */
    int (*import)(void *user, const char *kind, const char *csv, size_t length, uint64_t request);
    /* What a supervisor asks for, as a JSON object of its fields. As scan. */
    int (*ask)(void *user, const struct ui_asker *asker, const char *verb, const char *json, size_t length,
               uint64_t request);
};

struct ui_server;

/* The source must outlive the server. */
int ui_server_open(sd_event *event, const struct web_settings *settings, const struct ui_source *source, void *user,
                   struct ui_server **ret, struct error *error);
/* Open requests end without an answer. */
struct ui_server *ui_server_close(struct ui_server *server);
DEFINE_CLEANUP(ui_server_close, struct ui_server *);

int ui_server_port(const struct ui_server *server);
int ui_server_secure_port(const struct ui_server *server); /* -1: there is no TLS */
int ui_server_show(struct ui_server *server, const struct web_pair *pair, struct error *error); /* web_server_show() */

/* A new view for every page of that station. A page that reads slowly skips to the newest. */
void ui_server_publish(struct ui_server *server, const char *station, const char *json, size_t length);

/* Which kinds of rows have changed, for every page that listens: {"kinds": [...]}. */
void ui_server_tell(struct ui_server *server, const char *json, size_t length);
size_t ui_server_pages(const struct ui_server *server); /* that are open */
bool ui_server_tells(const struct ui_server *server);   /* some page does */

/* A request that is no longer open (its client left, or it waited too long) is ignored. */
void ui_server_answer(struct ui_server *server, uint64_t number, int http_status, const char *json, size_t length);

/* The answer to a sign_in: the browser keeps the token. */
void ui_server_let_in(struct ui_server *server, uint64_t number, const char *json, size_t length, const char *token);

#endif
