/* A site, and a head office, on a disk that loses power and fails (disk.h): what each of them does, and what must be
 * true when the power is back. The turn, the floor, the store and the hub are the production code. */
#ifndef CRASH_CRASH_H
#define CRASH_CRASH_H

#include "disk.h"

#include <stdbool.h>
#include <stdint.h>

struct crash_options {
    bool unsafe;   /* synchronous=NORMAL, as the product never has it: commits are lost, and this must be noticed */
    bool in_parts; /* an upgrade of several transactions, as the product never has it: this must be noticed, too */
    bool trace;
};

struct crash_totals {
    int64_t cuts, cuts_in_start; /* the second: before the first turn after a start */
    int64_t kills, stops, faults;
    int64_t not_saved, survived, beyond_use; /* survived: commits that were said to have failed, and had not */
    int64_t turns, good, rows;               /* rows: of a journal that were there after a cut */
    int64_t acknowledged;                    /* events that head office said it has */
    int64_t stayed_old, became_new;          /* databases after a cut in an upgrade */
    int64_t losses[LOSS_COUNT];
};

/* One seed's life: ends after so many power cuts. False: a law is broken, and it is said on standard output. */
bool crash_site_run(uint64_t seed, int64_t cuts, const struct crash_options *options, struct crash_totals *totals);
bool crash_office_run(uint64_t seed, int64_t cuts, const struct crash_options *options, struct crash_totals *totals);

/* Upgrades from older schemas, of a site and of head office: so many power cuts in each, 2 at least, spread over all
 * its writes and syncs. In place of crash_site_prepare(). */
bool crash_upgrades_run(int64_t cuts, const struct crash_options *options, struct crash_totals *totals);

/* Once, before the first run: the image of a disk with a site that has its first stock, and a journal. */
bool crash_site_prepare(void);

/* A journal that a site wrote in a calm hour, for a head office to be told. */
struct crash_journal {
    char *lines;     /* each ended by '\n' */
    size_t *offsets; /* rows + 1 of them */
    int64_t rows;
};
const struct crash_journal *crash_site_journal(void);
const char *crash_journal_line(const struct crash_journal *journal, int64_t seq, size_t *ret_length);

/* ---- the same site on a real file system (replay.c, site.c); the disk of disk.h is not installed then */

/* What somebody was told: the end of the journal. */
struct crash_told {
    int64_t seq;
    uint8_t hash[32];
};

/* Works so many steps on a new database; everything that is told goes to `say`, which must not come back before it is
 * where nothing takes it back. */
bool crash_site_work(const char *database, uint64_t seed, int64_t steps, const struct crash_options *options,
                     void (*say)(void *user, const struct crash_told *told), void *user);

/* Opens it and checks everything. False: a law is broken, and it is said on standard output. */
bool crash_site_judge(const char *database, const struct crash_told *told);

/* Works in the folder; what is told is written behind the file system on the device that holds it, from this byte on.
 */
int replay_work(const char *folder, const char *device, int64_t offset, int64_t steps,
                const struct crash_options *options);

/* For each of so many cuts in the log that QEMU's blklogwrites wrote of that device: makes the image that would have
 * been left, mounts it from the loop device and judges. The exit code; with `unsafe`, a commit must be missing. */
struct replay {
    const char *log, *image, *device, *folder; /* image: the file behind the loop device */
    int64_t bytes;                             /* of the file system; what is told lies behind it */
    int64_t cuts;
};
int replay_judge(const struct replay *replay, const struct crash_options *options);

/* What the disk will do in the next hours: lose its power, and perhaps fail before. */
void crash_draw_fate(struct random_seeded *draws, struct crash_totals *totals);
void crash_draw_cut(struct random_seeded *draws); /* only the first */
enum disk_loss crash_next_loss(struct random_seeded *draws);

#endif
