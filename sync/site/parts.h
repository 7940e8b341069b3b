/* What the two files of the site's steps use of each other: site.c (hello, events) and feed.c (changes). Not for
 * anybody else. */
#ifndef SITE_PARTS_H
#define SITE_PARTS_H

#include "sync/site/site.h"

/* Something answered -EAGAIN: the deadline comes soon. */
void site_retry_later(struct site *site, int64_t now_us);

int site_send_control(struct site *site, const struct wire_control *control, int64_t now_us);

/* Gives the received changes to the daemon, in order, as far as its queue takes them. */
void feed_deliver(struct site *site, int64_t now_us);

/* Tells head office which changes are committed, when that moved or head office seems not to know. */
void feed_confirm(struct site *site, int64_t now_us);

#endif
