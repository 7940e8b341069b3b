/* Sites, a head office and a broker in one process, with the production code of both sides of the protocol: journal,
 * turn and rules of a site, its protocol steps, the hub. What is made up is the time, the broker and what goes wrong:
 * power cuts, restored and cloned disks, a head office that falls back to its backup. A schedule is trouble, then calm,
 * in which everything must come to the same end; a seed is some schedules, one after the other. */
#ifndef SIM_SYNC_WORLD_H
#define SIM_SYNC_WORLD_H

#include "base/buf.h"
#include "base/id.h"
#include "crash/disk.h"
#include "store/store.h"
#include "sync/head-office/office.h"
#include "sync/head-office/sites/hub.h"
#include "sync/site/site.h"
#include "turn.h"

#define SITES       2
#define BOXES       (SITES + 1) /* the last one is a clone, while there is one */
#define OFFICE_DISK BOXES       /* a box has the disk of its number */
#define FACTS_MAX   4000        /* of a seed */
#define FACT_SLOTS  8192

#define TRADE_ORDERS  200 /* of a seed, and how many workers begin one */
#define TRADE_WORKERS 40

#define WORLD_START_US INT64_C(1774000000000000)

enum subject { DRAW_FAULTS, DRAW_WORK, DRAW_NETWORK, DRAW_BOXES, DRAW_OFFICE, DRAW_DISKS, DRAW_TRADE, DRAWS };

/* What a schedule may have, each drawn on or off by its seed, and then how often, per mille of the steps. */
struct faults {
    int drop, duplicate, delay, broker_restart, box_crash, office_crash, image, restore_image, clone, backup,
        restore_office, prune, idle, clock;
};

/* A line that was committed in a journal. */
struct fact {
    char id[ID_TEXT_SIZE];
    uint64_t hash; /* of its bytes */
    int site;
    int64_t seq;
    int64_t pieces; /* so many more or less in the site's one bin */
    int times;      /* it is so often at head office */
    bool deleted;   /* by the site, because head office said it may */
    bool destroyed; /* no disk has it any more */
    bool cloned;    /* at a clone: head office must not learn of it */
};

struct box {
    struct world *world;
    int number, site;
    bool lives, clone, linked;
    char path[16];
    char name[WIRE_NAME_SIZE], box[WIRE_NAME_SIZE], hardware[WIRE_HARDWARE_SIZE];
    struct wire_key key;
    struct store *store;
    struct turn *turn;
    struct site sync;
    struct random_seeded seeded;
    struct disk_image *image, *before[3]; /* of its disk; before: of its last commits, for a disk that forgets them */
    int64_t clock_us;                     /* so wrong is its time of day */
    int64_t seen_seq, pruned_seq;         /* journal rows that the truth knows */
    struct fact *seen_fact;               /* the last of them; NULL: of another past */
    uint8_t seen_hash[CHAIN_HASH_SIZE];   /* of the journal as it is */
    char seen_time[CLOCK_TEXT_SIZE];      /* of the last of them */
};

struct world {
    uint64_t seed, hash;
    int schedule;     /* of the seed */
    int steps;        /* of trouble in a schedule */
    unsigned without; /* faults that are switched off: bits, as in fault_names */
    bool trace, calm;
    bool trades; /* this seed has orders, and no restores */
    bool rough;  /* the disks of this seed lose what was not synced; those of others are safe, and cheap */
    char unknowing[ID_TEXT_SIZE]; /* head office of this name fell back to its backup, and nobody said so; "": none */
    int defect;
    int64_t now_us;
    struct random_seeded draws[DRAWS];
    struct faults faults;
    int64_t pace_us; /* a step takes about so long */
    int busy;        /* so often something happens at a site, per mille of the steps */
    bool slow;       /* where there is delay, every message has it; otherwise some, and much of it */
    struct box boxes[BOXES];
    struct office office;
    struct random_seeded office_seeded;
    struct hub *hub;
    struct disk_image *backup;
    int office_starts;
    bool office_changed; /* since the truth looked */
    struct site_standing {
        int64_t epoch, applied, feed_head;
        bool met;
        uint8_t hash[CHAIN_HASH_SIZE], feed_hash[CHAIN_HASH_SIZE];
    } standing[SITES]; /* of each site, at head office */
    struct tally {
        int64_t arrival; /* what came later is not counted yet */
        int64_t stock[SITES];
        struct place {
            int64_t epoch, seq;
        } last[SITES];
    } first, tally; /* of the events at head office; first: as the seed began */
    struct broker *broker;
    struct fact facts[FACTS_MAX];
    size_t fact_count;
    short slots[FACT_SLOTS]; /* 1 + the fact's index, by the hash of its id; 0: free */
    struct disk_image *first_office, *first_boxes[SITES];
    struct {
        int orders, workers;          /* that there were */
        int cancels[TRADE_ORDERS];    /* wishes of which the site was asked, by order */
        int lent_again[TRADE_ORDERS]; /* to another site, because its site was silent for too long */
    } trade;
    struct {
        int64_t begun, moved, schedules, facts, drops, duplicates, box_crashes, office_crashes, broker_restarts, images,
            clones, restores, grants, snapshots, destroyed, pruned;
    } count;
    char failure[256]; /* "" while every invariant holds */
};

uint64_t world_draw(struct world *world, enum subject subject, uint64_t below);
bool world_chance(struct world *world, enum subject subject, int per_mille);
void world_note(struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));
void world_fail(struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3))); /* the first counts */
uint64_t world_hash(uint64_t hash, const void *bytes, size_t length);
enum disk_loss world_loss(struct world *world);

/* ---- schedule.c */
enum { FAULT_KINDS = 14 };
extern const char *const fault_names[FAULT_KINDS];
void schedule_open_world(struct world *world); /* everybody has met everybody: what all seeds begin with */
bool schedule_run(struct world *world, uint64_t seed);

/* ---- box.c */
void box_open(struct box *box, struct world *world, int number);
void box_belong(struct box *box, int site);
void box_first(struct box *box, const struct disk_image *image, bool was_rough); /* the disk of a seed's beginning */
void box_take_image(struct box *box, struct disk_image **image);
void box_put_image(struct box *box, const struct disk_image *image); /* the daemon starts on it */
void box_start(struct box *box);
void box_cut_power(struct box *box);
void box_step(struct box *box);
void box_work(struct box *box);
void box_scan(struct box *box, const char *text);
void box_prune(struct box *box);
void box_receive(struct box *box, int port, const void *bytes, size_t length);
void box_link(struct box *box, bool up);
int64_t box_number(struct box *box, const char *sql);
bool box_has(struct box *box, const struct fact *fact);

/* ---- office.c */
void office_side_open(struct world *world);
void office_side_first(struct world *world, bool was_rough); /* as a seed begins */
void office_side_step(struct world *world);
void office_side_change(struct world *world); /* one more change for every site */
void office_side_trade(struct world *world);
void office_side_backup(struct world *world);
void office_side_restore(struct world *world, bool knowingly);
void office_side_claim(struct world *world, int site);
void office_side_presence(struct world *world, struct buf *out);
int64_t office_side_number(struct world *world, int site, const char *sql); /* ?1: the site */

/* ---- quick.c */
void quick_set_up(void); /* before the first database */

/* ---- trade.c */
void trade_write_workers(char *csv, size_t capacity);
void trade_begin(struct world *world); /* a seed */
int trade_at_office(struct world *world, struct error *error);
void trade_at_site(struct box *box);
void trade_begun(struct box *box, const char *number); /* as the journal says */
void trade_check(struct world *world);

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
void truth_begin(struct world *world);      /* a seed */
void truth_count_anew(struct world *world); /* head office's database is another one */
void truth_forget(struct box *box);         /* its disk is another one */
void truth_learn(struct box *box);          /* what its turns have committed */
void truth_survived(struct box *box);       /* a power cut */
bool truth_settled(struct world *world);
void truth_lost(struct world *world);  /* after a disk was overwritten */
void truth_check(struct world *world); /* in calm, at the end */
void truth_check_always(struct world *world);

extern const char *const site_names[SITES];

#endif
