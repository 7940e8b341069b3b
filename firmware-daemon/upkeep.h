/* The care of the database beside the work: a copy page by page between the turns, which a process of its own reads
 * whole (store/backup.h), by night in the quiet hour, or when a person asks; it is kept as a backup, or thrown away.
 * And what the database's disk has been given to write, and says of its own wear. Decides nothing about the work, and
 * puts nothing back: restore.c does. */
#ifndef UPKEEP_H
#define UPKEEP_H

#include "config.h"
#include "store/upkeep.h"

#include <systemd/sd-event.h>

struct care;

/* found: the database was read whole, for EVENT_CHECKED; -EAGAIN: again later. */
typedef int care_found_fn(void *user, const struct upkeep_found *found);

/* Everything is lent; store: where the open store is kept. */
int care_open(sd_event *event, struct store *store, const struct site_config *config, care_found_fn *found, void *user,
              struct care **ret, struct error *error);
struct care *care_close(struct care *care); /* what is under way is given up, and what there is of it removed */

/* Looks whether the nightly reading is due; done every minute by itself. */
void care_look(struct care *care);

/* What was found is written down. */
void care_noted(struct care *care);

/* Makes a backup beside the database, DATABASE.backup, for whoever shall take it away. -EBUSY: something is under way;
 * -ENOSPC: no room. With a sentence. */
int care_backup(struct care *care, struct error *error);

/* What the disk says of itself, where the kernel tells: eMMC (JEDEC 84-B51, 7.4.80: EXT_CSD 267 to 269). */
struct disk_wear {
    int life_percent; /* used at most; -1: not told. Above 100: more than it was made for */
    int pre_eol;      /* of the spare blocks: 1 normal, 2 four fifths are used, 3 nine tenths; 0: not told */
};
/* sys: "/sys" */
void disk_wear_read(const char *sys, dev_t disk, struct disk_wear *ret);

/* In how many days the disk will have written what its maker says that it may, at the pace so far; -1: not known. */
int64_t disk_wear_days(int64_t endurance_bytes, const struct upkeep *upkeep, int64_t now_us);

struct care_view {
    struct upkeep known; /* written_bytes: up to now */
    struct disk_wear wear;
    int64_t wear_days; /* -1: not known */
    int64_t wal_bytes, database_bytes;
    bool backup_wanted; /* by night */
    bool failed;        /* the last try was not finished; .why: the sentence */
    const char *why;
};
int care_view(struct care *care, struct care_view *ret);

/* "upkeep" of the open object. */
int care_write(struct care *care, struct buf *json);

#endif
