/* A small world with a seed: one site, one head office, the broker between them, workers who err, power that fails.
 * The site's turn, floor, store and sync steps and head office's hub are the production code; time and faults are not.
 */
#ifndef SIM_H
#define SIM_H

#include "base/buf.h"
#include "base/error.h"
#include "base/id.h"
#include "base/sql.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Everything random is drawn from streams of one seed, one a subject: a draw for one does not shift the others. */
enum stream_of { DRAW_WORKERS, DRAW_FAULTS, DRAW_NETWORK, DRAW_PRINTER, DRAW_WAYBILLS, DRAW_STREAMS };

struct sim {
    uint64_t seed;
    const char *site_name, *box_name, *hardware;
    struct random_seeded draws[DRAW_STREAMS];
    int64_t now_us;
    bool trace, healed;                   /* healed: no more faults, so that everything must arrive */
    bool rested;                          /* nobody scans and nobody counts any more */
    int pauses;                           /* people leave what they are at so often, per mille of their scans */
    int counts, shelf;                    /* shelves are counted so often, per mille; and so much lies in one then, or
                                           * up to one and a half times as much */
    uint64_t hash;                        /* of everything that happened: equal for equal seeds */
    int loss, duplicates, crashes, wrong; /* per mille, drawn per seed */
    struct site_side *site;
    struct office_side *office;
    struct network *network;
    struct {
        int64_t scans, good, refused, crashes, lost, orders_shipped, labels, parked, voided;
    } count;
};

uint64_t sim_draw(struct sim *sim, enum stream_of stream, uint64_t below);
bool sim_chance(struct sim *sim, enum stream_of stream, int per_mille);

/* Says what happened: into the hash always, on standard output when tracing. */
void sim_note(struct sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* An invariant is broken: says it with the seed and ends the program. */
_Noreturn void sim_fail(struct sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- the site (site_side.c) */

enum port { PORT_SEGMENT, PORT_CONTROL, PORT_OFFICE };

struct site_side *site_side_new(struct sim *sim);
void site_side_free(struct site_side *side);
void site_side_step(struct site_side *side);  /* one thing: a scan, a print step, a turn, a timer, a crash */
void site_side_count(struct site_side *side); /* the shelves, as somebody finds them */
void site_side_receive(struct site_side *side, enum port port, const void *bytes, size_t length);
void site_side_link(struct site_side *side, bool up);
void site_side_check(struct site_side *side);
int64_t site_side_last_seq(struct site_side *side);
bool site_side_idle(struct site_side *side);
/* The journal line with a number, appended to out. */
void site_side_line(struct site_side *side, int64_t seq, struct buf *out);
int64_t site_side_number(struct site_side *side, const char *sql);
struct sql *site_side_sql(struct site_side *side);

/* ---- head office (office_side.c) */

struct office_side *office_side_new(struct sim *sim);
void office_side_free(struct office_side *side);
void office_side_release(struct office_side *side);  /* one more order for the site; sometimes a cancellation */
void office_side_waybills(struct office_side *side); /* some waybill numbers, or a given-up one made void */
void office_side_receive(struct office_side *side, enum port port, const void *bytes, size_t length);
void office_side_step(struct office_side *side);
void office_side_state(struct office_side *side, struct buf *out); /* its retained presence */
int64_t office_side_applied(struct office_side *side);
int64_t office_side_number(struct office_side *side, const char *sql);
void office_side_line(struct office_side *side, int64_t seq, struct buf *out);

/* ---- the broker between them (network.c): loses, repeats, delays, goes down */

enum direction { TO_OFFICE, TO_SITE };

struct network *network_new(struct sim *sim);
void network_free(struct network *network);
void network_send(struct network *network, enum direction direction, enum port port, const void *bytes, size_t length);
void network_step(struct network *network);
bool network_idle(const struct network *network);

#endif
