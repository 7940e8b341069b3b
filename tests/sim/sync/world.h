/* Sites, a head office and a broker in one process, with the production code of both sides of the protocol: journal,
 * turn and rules of a site, its protocol steps, the hub. What is made up is the time, the broker and what goes wrong:
 * power cuts, restored and cloned disks, a head office that falls back to its backup. A schedule is trouble, then calm,
 * in which everything must come to the same end; a seed is some schedules, one after the other. */
#ifndef SIM_SYNC_WORLD_H
#define SIM_SYNC_WORLD_H

#include "base/buf.h"
#include "base/id.h"
#include "store/store.h"
#include "sync/head-office/hub.h"
#include "sync/head-office/office.h"
#include "sync/site/site.h"
#include "turn.h"

#define SITES     2
#define BOXES     (SITES + 1) /* the last one is a clone, while there is one */
#define FACTS_MAX 512

enum subject { DRAW_FAULTS, DRAW_WORK, DRAW_NETWORK, DRAW_BOXES, DRAW_OFFICE, DRAWS };

/* What a schedule may have, each drawn on or off by its seed, and then how often, per mille of the steps. */
struct faults {
    int drop, duplicate, delay, broker_restart, box_crash, office_crash, image, restore_image, clone, backup,
        restore_office, prune, idle;
};

void image_take(void **image, struct sql *sql);
void image_put(void *image, struct sql *sql);
void image_drop(void **image);

/* Something that happened at a site and was committed there: so many pieces more or less in its one bin. */
struct fact {
    char id[ID_TEXT_SIZE];
    int site;
    int64_t pieces;
    bool deleted;   /* by the site, because head office said it may */
    bool destroyed; /* no disk has it any more */
    bool cloned;    /* at a clone: head office must not learn of it */
};

struct box {
    struct world *world;
    int site;
    bool lives, clone, linked;
    char name[WIRE_NAME_SIZE], box[WIRE_NAME_SIZE], hardware[WIRE_HARDWARE_SIZE];
    struct wire_key key;
    struct store *store;
    struct turn *turn;
    struct site sync;
    struct random_seeded seeded;
    void *image, *before[3]; /* of its disk; before: of its last commits, for a disk that forgets them */
    int64_t seen_seq;        /* journal rows that the truth knows */
    int64_t pruned_seq;
};

struct world {
    uint64_t seed, hash;
    int schedule;     /* of the seed */
    int steps;        /* of trouble in a schedule */
    unsigned without; /* faults that are switched off: bits of kinds[] in main.c */
    bool trace, calm;
    bool unknowing; /* head office fell back to its backup, and nobody said so */
    int defect;
    int64_t now_us;
    struct random_seeded draws[DRAWS];
    struct faults faults;
    struct box boxes[BOXES];
    struct office office;
    struct random_seeded office_seeded;
    struct hub *hub;
    void *backup;
    int office_starts;
    struct broker *broker;
    struct fact facts[FACTS_MAX];
    size_t fact_count;
    void *first_office, *first_boxes[SITES];
    struct {
        int64_t schedules, facts, drops, duplicates, box_crashes, office_crashes, broker_restarts, images, clones,
            restores, grants, snapshots, destroyed, pruned;
    } count;
    char failure[256]; /* "" while every invariant holds */
};

uint64_t world_draw(struct world *world, enum subject subject, uint64_t below);
bool world_chance(struct world *world, enum subject subject, int per_mille);
void world_note(struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));
void world_fail(struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3))); /* the first counts */

/* ---- box.c */
void box_open(struct box *box, struct world *world, int site);
void box_reset(struct box *box); /* its disk is another one: the daemon starts on it */
void box_cut_power(struct box *box);
void box_step(struct box *box);
void box_work(struct box *box);
void box_prune(struct box *box);
void box_receive(struct box *box, int port, const void *bytes, size_t length);
void box_link(struct box *box, bool up);
int64_t box_number(struct box *box, const char *sql);
bool box_has(struct box *box, const char *id);

/* ---- office.c */
void office_side_open(struct world *world);
void office_side_start(struct world *world); /* a new process on the database as it is */
void office_side_step(struct world *world);
void office_side_change(struct world *world); /* one more change for every site */
void office_side_backup(struct world *world);
void office_side_restore(struct world *world, bool knowingly);
void office_side_claim(struct world *world, int site);
void office_side_presence(struct world *world, struct buf *out);
int64_t office_side_number(struct world *world, int site, const char *sql); /* ?1: the site */
bool office_side_has(struct world *world, const char *id);

/* ---- broker.c */
enum { PORT_SEGMENT, PORT_CONTROL, PORT_OFFICE };
void broker_open(struct world *world);
void broker_reset(struct world *world);
void broker_up(struct world *world, struct box *from, int port, const void *bytes, size_t length);
void broker_down(struct world *world, const char *box, int port, const void *bytes, size_t length);
void broker_step(struct world *world);
void broker_restart(struct world *world);
int64_t broker_due(const struct world *world); /* INT64_MAX: nothing is on its way */

/* ---- truth.c */
void truth_learn(struct box *box);              /* what its turns have committed */
void truth_lost(struct world *world, int site); /* after a disk was overwritten */
void truth_check(struct world *world);          /* in calm, at the end */
void truth_check_always(struct world *world);

extern const char *const site_names[SITES];

#endif
