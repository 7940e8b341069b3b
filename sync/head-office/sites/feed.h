/* The change feed: what head office tells each site, as rows numbered without gaps inside the business transaction.
 * Does not send: the hub does. */
#ifndef HEAD_OFFICE_FEED_H
#define HEAD_OFFICE_FEED_H

#include "base/buf.h"
#include "sync/head-office/office.h"

#define FEED_LINE_MAX 60000 /* bytes of one line; the site reads at most 64 KiB */

/* A change carries the whole current value of (type, key); the newest rev wins. */
struct feed_change {
    const char *type; /* "item.upsert" */
    const char *key;  /* "item/SKU-1": the CloudEvents subject */
    int64_t rev;
    const char *data; /* a JSON object */
};

/* Appends to one site's feed. -EMSGSIZE when the line would be too long. Inside a transaction. */
int feed_append(struct office *office, const char *site, const struct feed_change *change);

/* A change as a line with this number, without a '\n'; line->failed when it would be too long. */
void feed_write_line(struct buf *line, struct office *office, const struct feed_change *change, int64_t seq);
/* Puts another change in the place of one that has not left yet; the site knows nothing of it. Inside a transaction. */
int feed_replace(struct office *office, const char *site, int64_t seq, const struct feed_change *change);

/* Leaves out of each line that is marked so (forgets = 1) whom it names, once its site has it or is no more. Lines keep
 * the hash of what the site has. Inside a transaction. */
int feed_forget(struct office *office);

/* A site that goes back to this number, as its disk was put back or is new, hears such lines as they are now: from here
 * on the hashes are those of what it hears. Inside a transaction that holds the site's row. */
int feed_mend(struct office *office, const char *site, int64_t after);

/* Appends to the feed of every site. */
int feed_append_all(struct office *office, const struct feed_change *change);

#endif
