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

/* The hash of the chain after this number in the epoch that is open; of the number that the epoch goes on from, the
 * hash it begins with. -ENOENT: there is no such row in it. */
int journal_hash(struct store *store, int64_t seq, uint8_t ret_hash[CHAIN_HASH_SIZE]);

/* Walks the whole chain. *ret_bad: the number of the first line that is not what its hash says, or is not there; 0: all
 * of it is as it was written. */
int journal_verify(struct store *store, int64_t *ret_bad);

/* The same of the changes from head office that are kept here. */
int journal_feed_verify(struct store *store, int64_t *ret_bad);

/* The rows as a walk takes them, and one of them; what it points to lives as long as the query stands on it. */
#define JOURNAL_CHAIN                                                                                                  \
    "SELECT seq, j.epoch, line, hash, nonce, base_epoch FROM journal j LEFT JOIN epoch e ON e.epoch = j.epoch AND "    \
    "e.base_seq + 1 = j.seq ORDER BY seq"
struct chain_row journal_chain_row(struct sql_query *query);

/* Places in the journal, the newest first, each twice as far back as the one before; at last the oldest that is known.
 */
int journal_marks(struct store *store, struct chain_mark *marks, size_t max, size_t *ret_count);

/* Head office has opened an epoch: it goes on from the base (epoch 0: from nothing), and every row after that goes out
 * once more, in it. Rows keep their numbers. -EINVAL: the base is not in this journal, or the epoch is not a later one.
 */
int journal_grant(struct store *store, int64_t epoch, const struct chain_mark *base, const char *nonce);

/* Deletes rows that are in a backup of head office's, are older than that and belong to nothing that is open: the
 * oldest first, rows_max at most. */
int journal_prune(struct store *store, int64_t before_wall_us, int64_t rows_max, int64_t *ret_rows);

/* The data of an event with "undid", its type, added: what scan.undone carries, and head office subtracts. */
int journal_undone_data(struct store *store, int64_t seq, struct buf *json);

/* What head office said of itself, at the stamp's time. */
struct acknowledged {
    int64_t applied;                    /* everything up to it is committed there: may move back */
    int64_t durable_epoch, durable_seq; /* everything up to it is in a backup; epoch 0: nothing */
    int64_t durable_feed;               /* the same of the changes */
    char gen[ID_TEXT_SIZE];
    uint8_t key[STORE_OFFICE_KEY]; /* the first that is told is kept */
};
int journal_acknowledged(struct store *store, const struct acknowledged *told);

/* The next one that answers is believed, with whatever key. */
int journal_forget_office(struct store *store);

/* The change from head office with this number, which follows the last one, is in the database (or parked). */
int journal_fed(struct store *store, int64_t feed_seq, const char *line, size_t length);

/* Places in the feed, as journal_marks(). */
int journal_feed_marks(struct store *store, struct chain_mark *marks, size_t max, size_t *ret_count);

/* Head office has lost the changes after this place: they are forgotten, so that what it sends next fits. -EINVAL: the
 * place is not in this feed. */
int journal_feed_rewind(struct store *store, const struct chain_mark *base);

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
