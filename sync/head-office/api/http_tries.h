/* How often a password may be tried over HTTP: whoever guesses without a pause keeps nobody else from coming in, and
 * does not hold the server. Who is locked out for wrong ones is staff.h's matter. Does not answer. */
#ifndef HEAD_OFFICE_HTTP_TRIES_H
#define HEAD_OFFICE_HTTP_TRIES_H

#include "web/request.h"

/* A password takes 30 ms of the loop: in half a second one from each client, and four from all of them. */
#define HTTP_TRIES_US  INT64_C(500000)
#define HTTP_TRIES_MAX 4

/* The last that were let try, in turn. Zero: nobody yet. */
struct http_tries {
    struct http_try {
        char client[WEB_CLIENT_SIZE];
        int64_t at_us; /* monotonic; 0: none */
    } last[HTTP_TRIES_MAX];
    size_t next; /* the oldest */
};

/* client: as web_client() tells it. false: too soon, and it counts for nothing. */
bool http_tries_take(struct http_tries *tries, const char *client, int64_t mono_us);

#endif
