/* The journal: what happened, in order, one CloudEvents line each; it is the outbox too.
 * Does not send anything: the uplink reads committed rows. */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "base/buf.h"
#include "store/store.h"

/* Appends one event with the store's stamp. type is the short name ("pick.line"); data is a complete JSON object,
 * without personal data: people and parcels are named by id. */
int journal_append(struct store *store, const char *type, const char *subject, const char *data, int64_t *ret_seq);

/* Lines after a sequence number, each ended by '\n', until either maximum would be passed. *ret_last = after when none.
 */
int journal_read(struct store *store, int64_t after, size_t lines_max, size_t bytes_max, struct buf *lines,
                 int64_t *ret_last);

/* Walks the whole chain. *ret_bad: the number of the first line that is not what its hash says, or is not there; 0: all
 * of it is as it was written. */
int journal_verify(struct store *store, int64_t *ret_bad);

/* The data of an event with "undid", its type, added: what scan.undone carries, and head office subtracts. */
int journal_undone_data(struct store *store, int64_t seq, struct buf *json);

/* Head office has committed everything up to seq, as it said at the stamp's time. Never moves past what was written;
 * may move back. */
int journal_applied(struct store *store, int64_t seq);

/* The change from head office with this number is in the database (or parked). */
int journal_fed(struct store *store, int64_t feed_seq);

/* Keeps a change that could not be applied, for a person to look at. */
int journal_park(struct store *store, int64_t feed_seq, const char *why, const char *line, size_t length);

/* Head office has said it again, and better: what was parked of the same type and subject waits no longer. */
int journal_unpark(struct store *store, const char *type, const char *subject);

/* Changes that wait for a person: how many, and the newest of them first. */
struct parked_change {
    int64_t feed_seq;
    char type[96]; /* as in the line: "io.floorhand.order.release.v1" */
    char why[160];
};
int journal_parked(struct store *store, int64_t *ret);
int journal_newest_parked(struct store *store, struct parked_change *ret, size_t max, size_t *ret_count);

/* Events not yet at head office, and the wall time of the oldest (0 when none). */
int journal_waiting(struct store *store, int64_t *ret_count, int64_t *ret_oldest_wall_us);

#endif
