/* The site's database, opened, and the transaction of a turn. The tables' own functions are in the other headers of
 * this room. Does not decide anything: the floor's rules do. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/chain.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/seal.h"
#include "base/sql.h"
#include "base/sql_wal.h"

#include <stdbool.h>
#include <stdint.h>

#define STORE_CODE_MAX 64 /* bytes of a SKU, a place, a badge, an order number, a waybill, with the terminator */
#define STORE_NAME_MAX 128

#define STORE_OFFICE_KEY 32 /* bytes of head office's public key */

/* Rows that the schema itself brings. */
enum {
    LOCATION_SUPPLIER = 1,
    LOCATION_CUSTOMER,
    LOCATION_ADJUST,
    LOCATION_SCRAP,
    LOCATION_TRANSIT,
    LOCATION_FLOOR,
    LOCATION_BENCH,
    LOCATION_DAMAGED
};

/* Who is doing what is being written, and when: set before each event, copied into moves and journal rows. */
struct stamp {
    int64_t wall_us, mono_us;
    enum clock_trust clock; /* of wall_us */
    bool stale;             /* who may work here was heard from head office too long ago */
    const char *station;    /* "" when no station is concerned */
    int64_t worker;         /* 0: nobody */
    const char *worker_code;
};

/* Where the journal will go on: read when a turn begins, written once when it commits. */
struct journal_end {
    int64_t epoch, seq, wall_ms;
    uint8_t hash[CHAIN_HASH_SIZE];
};

/* How full the disk is: what it means for the work is in docs/architecture.md. */
enum disk_step { DISK_ROOM, DISK_WARN, DISK_LOW, DISK_TIGHT, DISK_FULL };
const char *disk_step_name(enum disk_step step); /* "tight" */

struct store {
    struct sql *sql;
    struct sql_wal *wal; /* NULL: commits work it in */
    sd_event *event;
    const char *path;
    struct sql_options options;
    const struct seal *seal; /* of what is personal (receiver.h) */
    struct random_source random;
    struct stamp stamp;
    char site[STORE_CODE_MAX];
    bool unjoined;                    /* the box has no site yet: nothing is worked here */
    bool training;                    /* a copy to practise on: nothing in it counts, nothing of it leaves the site */
    struct journal_end end, kept_end; /* kept_end: as it was at the save point */
    int64_t last_move, kept_move;     /* the last that was looked at (touched.h) */
    enum disk_step disk;
    int64_t written_bytes; /* to the disk, as far as it is known: goes with the next commit, which costs no page more */
    int64_t turn;          /* the turn that is open; after a failed commit it tells whether the commit survived */
};

#define STORE_APPLICATION 0x466C5334 /* "FlS4": a Floorhand site, in the head of its file */

extern const struct embedded_file store_schema[];

struct store_settings {
    const char *path; /* ":memory:" for a simulation */
    const char *site, *box;
    bool training; /* what is opened must be a copy to practise on (training.h); otherwise it must be none */
    bool unjoined; /* the box has no site yet */
    bool renamed;  /* the box may have another name than before: head office has given it one */
    const struct sql_options *options; /* NULL: exclusive, durable */
    sd_event *event;                   /* beside whose loop the WAL is worked in (base/sql_wal.h); NULL: by commits */
    const struct seal *seal;           /* NULL: receivers are readable, as in a simulation */
    struct random_source random;
};

/* Opens, migrates, checks whose database it is, and counts a boot. Settings are borrowed for the store's life. */
int store_open(const struct store_settings *settings, struct store **ret, struct error *error);
struct store *store_close(struct store *store);
DEFINE_CLEANUP(store_close, struct store *);

int store_begin(struct store *store);
int store_commit(struct store *store);
void store_rollback(struct store *store);

/* One event inside the turn. */
int store_save_point(struct store *store);
int store_keep(struct store *store);
int store_undo(struct store *store);

/* After a failed commit: drops the connection, opens again, and tells whether that turn is in the database after all.
 * SQLite may report an error for a commit that reached the disk. */
int store_reopen(struct store *store, bool *ret_survived, struct error *error);

struct stream {
    int64_t epoch, last_seq, applied_seq, feed_seq, boot;
    int64_t applied_wall_us; /* when head office's word for applied_seq came; 0: never yet */
    bool linked;             /* head office hears this site */
    int64_t durable_seq;     /* in a backup of head office's */
    int64_t pruned_seq;      /* the journal begins after it */
    int64_t reemit_seq;      /* the last event that was there when the epoch was granted */
    bool snapshot;           /* head office may know more of this site than this database */
    char office_gen[ID_TEXT_SIZE];
    uint8_t feed_hash[CHAIN_HASH_SIZE];
    bool met; /* head office has answered once: */
    uint8_t office_key[STORE_OFFICE_KEY];
};
int store_stream(struct store *store, struct stream *ret);
int store_set_linked(struct store *store, bool linked);
int store_set_disk(struct store *store, enum disk_step step);

#endif
