/* A file that is brought over HTTP, taken in by a program of its own ("floorhand-hq import"), so that the loop goes on:
 * in one transaction, whole or not at all, and if head office stops meanwhile nothing of it is there. One file at a
 * time. How far it is, is read in the list "imports"; what became of it, there and in the answer to the request. */
#ifndef HEAD_OFFICE_HTTP_IMPORT_H
#define HEAD_OFFICE_HTTP_IMPORT_H

#include "sync/head-office/imports/import.h"

#include <systemd/sd-event.h>

struct http_import;

/* code: 0 or -errno, with a sentence. json: what is answered when it is 0, lent for the call. */
typedef void http_import_end(void *user, uint64_t number, int code, const struct error *error, const char *json);

/* database: as commands are given it; office: for the list of imports, lent. */
int http_import_open(sd_event *event, const char *database, struct office *office, http_import_end *end, void *user,
                     struct http_import **ret, struct error *error);
struct http_import *http_import_close(struct http_import *import); /* what is taken in just now is given up */

/* Nobody else can write meanwhile: whoever tries is kept waiting. */
bool http_import_runs(const struct http_import *import);

struct http_import_file {
    const struct import_kind *kind;
    const char *site;       /* "": none */
    const char *name, *who; /* for people */
    bool try_only;
    const struct buf *bytes; /* as they came; read before the call returns */
    uint64_t number;         /* for the end */
};
/* -EBUSY: another file is being taken in. */
int http_import_start(struct http_import *import, const struct http_import_file *file, struct error *error);

#endif
