/* Disks in memory that lose power and fail: the VFS of every SQLite connection of this program once it is installed.
 * What is written is only safe after a sync, as POSIX has it: at a power cut any part of the rest may be there. One
 * connection at a time to a file: locks are always granted. Does not know what the files hold. */
#ifndef CRASH_DISK_H
#define CRASH_DISK_H

#include "base/id.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a power cut leaves of the writes, truncations and names that were not synced. */
enum disk_loss {
    LOSS_ALL,    /* nothing */
    LOSS_PREFIX, /* the first of them */
    LOSS_SUBSET, /* some of them, in any order */
    LOSS_TORN,   /* some, cut to pieces of 512 bytes: a piece is there, or not, or is noise */
    LOSS_NONE,   /* all of them */
    LOSS_COUNT
};
const char *disk_loss_name(enum disk_loss loss); /* "torn" */

enum disk_fault {
    FAULT_NONE,
    FAULT_NO_ROOM, /* writes find the disk full; syncs work */
    FAULT_SYNC,    /* only syncs fail. What one should have kept is kept or not then, and a later sync that succeeds
                    * does not say which: so it is with Linux */
    FAULT_IO,      /* everything fails */
    FAULT_COUNT
};

struct disk_counters {
    int64_t operations; /* that change something: opened anew, written, truncated, synced, deleted */
    int64_t writes, syncs, settled, failed; /* failed: operations and reads that a fault has hit */
    int64_t lost, torn;                     /* of what was not safe at a power cut */
};

/* From here on SQLite opens its files here. Empties the disk; everything random is drawn from the seed. */
void disk_install(uint64_t seed);
bool disk_is_installed(void);
void disk_empty(uint64_t seed);

/* There are four: the file "2/site.db" is on disk 2, what has no such name on disk 0. What is said here and below is of
 * the one that was chosen, or used by SQLite, last; at first disk 0. */
void disk_choose(size_t number);

/* Whether everything written is safe at once, which is much faster: for those whose power never fails. Before the first
 * file is opened there. Its databases have no WAL. */
void disk_be_safe(bool safe);

/* The power fails at the operation with this number, counted from now; 0: it does not fail. Nothing works after that
 * until disk_power_on(). */
void disk_cut_after(int64_t operations);
bool disk_is_off(void);
void disk_turn_off(void); /* now */
void disk_power_on(enum disk_loss loss);
/* The same when only the program died: the kernel still has what was written, and it is as unsafe as before. */
void disk_program_starts(void);

/* What base/file.h says of file_settle(), on this disk. */
int disk_settle(const char *name);

/* From the operation with this number on, counted from now, so many of those that the fault hits fail. */
void disk_fail_after(int64_t operations, int64_t many, enum disk_fault fault);

/* Keeps all that is there, and puts it back on a disk that disk_empty() has emptied. */
void disk_save_image(void);
void disk_load_image(void);

/* All that is there, as a thing of its own, and in the place of what is there. A connection to a safe disk stays good;
 * others must be closed before. Caller frees. */
struct disk_image *disk_image_take(void);
void disk_image_put(const struct disk_image *image);
struct disk_image *disk_image_free(struct disk_image *image); /* accepts NULL */

const struct disk_counters *disk_counters(void);  /* since the program began */
uint64_t disk_hash(void);                         /* of every operation since disk_empty(): equal for equal seeds */
void disk_note(const void *bytes, size_t length); /* into the hash */

#endif
