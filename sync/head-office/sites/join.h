/* A box is joined to a site: a code is made for it, good once and for some hours, and whoever brings its token gets a
 * certificate for the broker and the site's name. The box that was the site's before is fenced from then on. Does not
 * draw the code and does not listen: command_join.c, verbs_join.c and api/http_join.c do. */
#ifndef HEAD_OFFICE_JOIN_H
#define HEAD_OFFICE_JOIN_H

#include "base/certificate.h"
#include "sync/head-office/office.h"
#include "sync/wire/join.h"

#define JOIN_HOURS_MAX   168
#define JOIN_WHO_SIZE    65
#define JOIN_FORMER_DAYS 30 /* so long a box that was replaced may come to the broker, and be told so */

struct join_opened {
    char code[JOIN_TEXT_SIZE]; /* once, and never again: only its hash is kept */
    char box[WIRE_NAME_SIZE];  /* what the box will be called */
    int64_t until_us;
};

/* Earlier codes of the site that were not used are void. Inside a transaction. -ENOENT: no such site; -EPERM: a
 * setting is missing that says where boxes find head office or the broker. With a sentence. */
int join_open(struct office *office, const char *site, int64_t hours, const char *who, struct join_opened *ret,
              struct error *error);

/* What a box is told that has brought a token: all that it keeps but its key. */
struct join_grant {
    char site[WIRE_NAME_SIZE], box[WIRE_NAME_SIZE];
    char host[JOIN_HOST_SIZE]; /* the broker */
    int64_t port;
    struct buf authority, certificate; /* PEM; the caller's */
};

/* request: PKCS #10 for the box's own key. who: what the box calls itself. prefix: of the topics, "" for none. Inside a
 * transaction. -EACCES: the token was used, is over, or never was, and nobody learns which; -EBADMSG: the request. */
int join_take(struct office *office, const uint8_t token[JOIN_TOKEN], const struct buf *request, const char *who,
              const char *prefix, struct join_grant *ret, struct error *error);
void join_grant_done(struct join_grant *grant);

/* What head office's HTTPS shows from now on, for the codes that are made: kept as the setting join_key. Begins and
 * ends a transaction when it is another one. */
int join_shows(struct office *office, const struct buf *certificate, struct error *error);

#endif
