/* The site's side of the sync protocol (sync/site) between the daemon's turns, its database and floorhand-link: what
 * head office says becomes events, what turns commit is sent. Decides nothing. */
#ifndef UPLINK_H
#define UPLINK_H

#include "config.h"
#include "floor/event.h"
#include "sync_view.h"

#include <systemd/sd-event.h>

struct uplink;

struct uplink_ops {
    int (*post)(void *user, struct event *event, const void *bytes, size_t length); /* for the next turn. -EAGAIN */
    void (*changed)(void *user); /* what people see of the link may be another */
};

/* Everything is lent. Makes the box's key beside the database when there is none. With a sentence. */
int uplink_open(sd_event *event, struct store *store, const struct site_config *config, const struct uplink_ops *ops,
                void *user, struct uplink **ret, struct error *error);
struct uplink *uplink_free(struct uplink *uplink); /* NULL; accepts NULL */

/* Before a turn: what may wait for one, but is no reason for a commit of its own. */
void uplink_gather(struct uplink *uplink);

/* After a turn: there may be more to send. */
void uplink_committed(struct uplink *uplink);

/* What the site's steps hear of head office, as events for the next turn. post: -EAGAIN when its queue is full. */
typedef int uplink_post_fn(void *user, enum event_kind kind, int64_t number, const void *bytes, size_t length);
int uplink_post_word(uplink_post_fn *post, void *user, const struct site_word *word);
int uplink_post_grant(uplink_post_fn *post, void *user, int64_t epoch, const struct chain_mark *base,
                      const char *nonce);
int uplink_post_snapshot(uplink_post_fn *post, void *user, const struct site_snapshot *snapshot);

/* What the site's steps must know of a database after each commit. */
int uplink_read_committed(struct store *store, struct site_committed *ret);

int64_t uplink_boot(const struct uplink *uplink);
struct sync_view uplink_view(const struct uplink *uplink);

#endif
