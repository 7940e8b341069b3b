/* A whole floor with a seed: many workers at all flows at once, who err, take back and are cut off by power failures;
 * the turn, the floor and the store are the production code. Does not simulate head office or the link: tests/sim does.
 */
#ifndef CREW_H
#define CREW_H

#include "site_rig.h"

#include "floor/rule.h"

enum { CREW_WORKERS = 8 };

/* Everything random is drawn from streams of one seed: a draw for one does not shift the others. */
enum stream_of { DRAW_WORKERS, DRAW_WORLD, DRAW_FAULTS, DRAW_STREAMS };

struct crew {
    struct site_rig rig;
    uint64_t seed;
    struct random_seeded draws[DRAW_STREAMS];
    bool trace;
    int wrong, crashes;              /* per mille, drawn per seed */
    int64_t heard;                   /* the highest journal row that a good tone was heard for */
    int64_t futile[CREW_WORKERS];    /* scans of a worker since one of his was accepted */
    int64_t orders, documents, days; /* made so far */
    int64_t waybills, fresh;         /* so are these; fresh: lots, serial numbers and codes */
    int64_t steps, good, refused, restarts, check_every;
};

uint64_t crew_draw(struct crew *crew, enum stream_of stream, uint64_t below);
bool crew_chance(struct crew *crew, enum stream_of stream, int per_mille);

/* A law is broken: says it with the seed and ends the program. */
_Noreturn void crew_fail(struct crew *crew, const char *format, ...) __attribute__((format(printf, 2, 3)));

const char *crew_station(size_t worker);
const char *crew_badge(size_t worker);

/* A text or number that SQL yields: false when it yields none. ?1 is `number`. */
bool crew_text(struct crew *crew, const char *sql, int64_t number, char *out, size_t capacity);
int64_t crew_number(struct crew *crew, const char *sql);

/* The site's master data and first stock (world.c). */
void crew_world_fill(struct crew *crew);
/* What head office and the outside do: orders, announcements, cancellations, another day. */
void crew_world_step(struct crew *crew);

/* What a worker scans next, right or wrong; false: the scale of the station tells *ret_grams instead (worker.c). */
bool crew_next_scan(struct crew *crew, size_t worker, char *out, size_t capacity, int64_t *ret_grams);

#endif
