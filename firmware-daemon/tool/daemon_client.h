/* Asks the daemon over HTTP and prints its answer. Does not interpret the answer, except to tell an error from success.
 */
#ifndef TOOL_DAEMON_CLIENT_H
#define TOOL_DAEMON_CLIENT_H

#include "base/buf.h"
#include "tool/command.h"

/* Without --url the environment's FLOORHAND_URL counts, then the daemon on this machine. */
#define DAEMON_URL "http://127.0.0.1:8480"
/* What lets the tool in on the box itself; otherwise the file that FLOORHAND_KEY names. */
#define DAEMON_KEY "/run/floorhand/tool.key"
#define DAEMON_URL_OPTION                                                                                              \
    {                                                                                                                  \
        "url", OPTION_TEXT_AT(struct tool_options, url), NULL, 0, 0, NULL,                                             \
            "the daemon's address; otherwise FLOORHAND_URL of the environment, or " DAEMON_URL                         \
    }

/* path: the segments after /api/v1, ended by NULL. The answer is printed on success; on failure one sentence says why.
 * ret_answer may be NULL. */
enum exit_code daemon_get(const char *url, const char *const *path);
enum exit_code daemon_post(const char *url, const char *const *path, const char *type, const struct buf *body,
                           struct buf *ret_answer);

/* Behind the "?" of an address: names and values by turns, ended by NULL; NULL: none. The answer is not printed. */
enum exit_code daemon_fetch(const char *url, const char *const *path, const char *const *values, struct buf *ret);
enum exit_code daemon_send(const char *url, const char *const *path, const char *type, const struct buf *body,
                           struct buf *ret);

/* The same question for those who can do without the answer: says nothing and does not wait long. -ENOTCONN: nobody
 * answers; -ENOENT: the answer is no success. ret is written on success only. */
int daemon_look(const char *url, const char *const *path, struct buf *ret);

/* The same of an address outside the API: "/metrics". An answer of 503 is one, too. */
int daemon_look_at(const char *url, const char *path, struct buf *ret);

/* The address that counts: the given one, the environment's, or the daemon on this machine. */
const char *daemon_address(const char *given_url);

#endif
