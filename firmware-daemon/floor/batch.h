/* What the files of batch picking share: the wave and the bin at hand (batch.c), what is missing there (batch_miss.c),
 * the totes (batch_tote.c). Does not sort what was picked: sow.c and express.c do. Not for use outside the floor. */
#ifndef FLOOR_BATCH_H
#define FLOOR_BATCH_H

#include "floor/pick_bin.h"
#include "floor/wave.h"

struct batch {
    struct wave wave;
    struct batch_bin bin;
    struct pick pick; /* one of the promises in the bin, for all that they have in common */
};
int batch_load(struct scan *scan, struct batch *ret);

/* On: into a tote with what is in the hands, to the next bin, to the place where the totes go; away from the wave when
 * nothing at all was picked. here: the bin where the worker stands, 0 when that does not matter. */
int batch_go_on(struct store *store, struct session *session, const char *worker_code, int64_t here);
int batch_find_next(struct store *store, struct session *session, int64_t here); /* the hands are empty */
void batch_leave(struct session *session);

/* A row with the bin alone / with goods ("amount" names how much), and for whom so much of them is: the row is written
 * before anything changes. */
int batch_record_at(struct scan *scan, const struct batch *batch, const char *type);
int batch_start_record(struct scan *scan, const struct batch *batch, const struct taking *taking, const char *amount);
int batch_write_lines(struct scan *scan, const struct batch *batch, const char *amount, int64_t quantity);
/* Records and takes goods that were found right. */
int batch_take(struct scan *scan, const struct batch *batch, const struct taking *taking);

/* Commands and steps. */
int batch_short(struct scan *scan);
int batch_damage(struct scan *scan);
int batch_take_damaged(struct scan *scan, const struct goods *goods);
int batch_skip_bin(struct scan *scan);
int batch_accept_tote(struct scan *scan);
int batch_undo_tote(struct scan *scan, const struct action *action);
int batch_full(struct scan *scan);
int batch_stop(struct scan *scan); /* the rest is left to others */
int batch_accept_stage(struct scan *scan);

#endif
