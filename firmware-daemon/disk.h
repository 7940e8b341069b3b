/* How full the disk of the database is, in steps, and a ballast file that is given up when it is full, so that what is
 * under way can still be written down. Looks every ten seconds, and when it is asked to after a commit that failed.
 * Does not say what may still be done: floor/disk.c does. */
#ifndef FLOORHAND_DISK_H
#define FLOORHAND_DISK_H

#include "base/buf.h"
#include "base/error.h"
#include "store/store.h"

#include <systemd/sd-event.h>

struct disk_space {
    int64_t total, free; /* bytes; free: for this user, as if the ballast lay there */
};

/* Full of a small disk is another figure than of a large one: a step is reached when less is free than so much of the
 * disk, and less than so many bytes. */
enum disk_step disk_step(const struct disk_space *space);

/* The ballast for a disk of this size: 64 MiB, or a fiftieth of it. */
int64_t disk_ballast(const struct disk_space *space);

/* Is there room for so many bytes more on the disk where this file will be, and for what the work needs meanwhile?
 * -ENOSPC with a sentence; what: "a copy of the database". A disk that cannot be asked has room: who writes will see.
 */
int disk_has_room(const char *path, int64_t bytes, const char *what, struct error *error);

struct disk;

/* Before the database is opened, which a full disk would not let be written: the ballast may be given up here. moved:
 * the step has changed, or is told for the first time. */
int disk_open(sd_event *event, const char *database, void (*moved)(void *user), void *user, struct disk **ret,
              struct error *error);
struct disk *disk_close(struct disk *disk);

/* Looks at once when more commits have failed than before. */
void disk_heed(struct disk *disk, int64_t failed_commits);
void disk_write(const struct disk *disk, struct buf *json); /* the member "disk" of an open object */
enum disk_step disk_now(const struct disk *disk);
int64_t disk_free_mib(const struct disk *disk);

#endif
