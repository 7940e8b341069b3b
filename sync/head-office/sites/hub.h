/* Head office's side of the sync protocol, as pure steps over its database: messages in, one transaction, messages out.
 * Opens no socket, reads no clock and writes no log. What the events mean is projection's, what the feed holds is
 * feed's. */
#ifndef HEAD_OFFICE_HUB_H
#define HEAD_OFFICE_HUB_H

#include "base/id.h"
#include "base/sql.h"
#include "sync/wire/topic.h"

#define HUB_MESSAGES_MAX   256 /* waiting, and taken in one transaction */
#define HUB_FEED_BYTES_MAX ((size_t)96 << 10)
#define HUB_NEVER          INT64_MAX

struct hub_settings {
    int64_t window;        /* segments unacknowledged at once, in both directions; 1 to 64 */
    int64_t segment_max;   /* lines of a segment, in both directions; 1 to 200 */
    int64_t linger_ms;     /* how long a site waits for more events before it sends */
    int64_t resend_ms;     /* first wait for the acknowledgement of changes; doubles without one */
    int64_t resend_cap_ms; /* and its longest */
    int64_t early_ms; /* how long a segment waits here for the one it follows, which another server may be taking; 0:
                         not at all, as there is none */
};

struct hub_ops {
    void (*send)(void *user, const char *site, const char *box, enum wire_channel channel, const void *bytes,
                 size_t length);
    /* Something a person should know: one sentence. It carries nobody's data. */
    void (*note)(void *user, const char *box, const char *sentence);
};

struct hub;

/* Everything is lent for as long as the hub lives. The hub keeps nothing that the database does not have but what is in
 * flight: a new one goes on where the last transaction ended. */
int hub_new(struct sql *sql, const struct random_source *random, const struct hub_settings *settings,
            const struct hub_ops *ops, void *user, struct hub **ret, struct error *error);

/* Rolls an open transaction back. Returns NULL; accepts NULL. */
struct hub *hub_free(struct hub *hub);

/* Keeps a copy of a message until the next turn. -ENOBUFS: take a turn first. -EMSGSIZE, -EPROTO: not for head office.
 */
int hub_receive(struct hub *hub, const char *box, enum wire_channel channel, const void *bytes, size_t length);
size_t hub_waiting(const struct hub *hub);

/* Segments that came before those they follow: the next turns try them again. So one is due soon, though nothing waits.
 */
bool hub_holds(const struct hub *hub);

/* Events of sites that turns took in since it was opened: how busy it is. */
int64_t hub_taken(const struct hub *hub);

/* Who this database is: another after a turn that found that it was restored. */
const char *hub_gen(const struct hub *hub);

/* A turn takes all waiting messages in one transaction and only then answers. On an error nothing was changed and the
 * messages are dropped: their senders will repeat them. The two halves are apart so that a crash between them can be
 * tried: hub_free() in place of hub_commit(). */
int hub_decide(struct hub *hub, int64_t now_us, struct error *error);
int hub_commit(struct hub *hub, int64_t now_us, struct error *error);
int hub_turn(struct hub *hub, int64_t now_us, struct error *error);

/* Sends what the feeds hold and the windows allow: at the start, and when another connection has committed. */
int hub_send_changes(struct hub *hub, int64_t now_us, struct error *error);

/* Sends again what was not acknowledged in time. Call it when hub_due_us() has come; HUB_NEVER: nothing is in flight.
 */
int hub_resend(struct hub *hub, int64_t now_us, struct error *error);
int64_t hub_due_us(const struct hub *hub);

#endif
