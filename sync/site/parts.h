/* What the files of the site's steps use of each other: site.c (hello, events), feed.c (changes), snapshot.c. Not for
 * anybody else. */
#ifndef SITE_PARTS_H
#define SITE_PARTS_H

#include "sync/site/site.h"

/* Something answered -EAGAIN: the deadline comes soon. */
void site_retry_later(struct site *site, int64_t now_us);

/* Signed, in this site's name. */
int site_send_control(struct site *site, struct wire_control *control, int64_t now_us);

/* The two do not have the same stream, though they thought so. */
void site_say_hello(struct site *site, int64_t due_us);

/* The feed goes on from what is committed. */
void feed_begin(struct site *site);

/* A frame of changes, when none waits. */
void feed_receive(struct site *site, const void *bytes, size_t length, int64_t now_us);

/* Gives the received changes to the daemon, in order, as far as its queue takes them. */
void feed_deliver(struct site *site, int64_t now_us);

/* Tells head office which changes are committed, when that moved or head office seems not to know. */
void feed_confirm(struct site *site, int64_t now_us);

/* A snapshot: asked for when one is wanted and head office has everything of before; taken line by line. */
void snapshot_offered(struct site *site, const struct wire_control *offer, int64_t now_us);
void snapshot_receive(struct site *site, const void *bytes, size_t length, int64_t now_us);
void snapshot_step(struct site *site, int64_t now_us);
int64_t snapshot_deadline(const struct site *site);

#endif
