/* What disk.c and disk_files.c share: the disks, and what was done to them and is not safe yet. For these two alone. */
#ifndef CRASH_DISK_PARTS_H
#define CRASH_DISK_PARTS_H

#include "disk.h"

#define NAME_SIZE  64
#define FILES_MAX  8 /* names of a disk; a database has three */
#define DISKS_MAX  4
#define SHARED_MAX 16

struct content {
    uint8_t *bytes;
    size_t length, room;
};

/* A file without its name. */
struct inode {
    struct inode *next; /* of all there are */
    struct content now, kept;
    void *shared[SHARED_MAX]; /* what SQLite calls shared memory: it never reaches the disk */
};

/* A name of the one folder there is. */
struct entry {
    char name[NAME_SIZE];
    struct inode *now, *kept; /* NULL: no such file */
};

enum kind { WRITE, TRUNCATE, NAME };

/* What was done and is not safe yet, oldest first. */
struct pending {
    enum kind kind;
    struct inode *inode; /* of NAME: what the name stands for from now on; NULL: nothing */
    struct entry *entry; /* of NAME */
    size_t offset, length;
    const uint8_t *bytes; /* its own copy */
};

struct disk {
    struct inode *inodes;
    struct entry entries[FILES_MAX], image[FILES_MAX];
    struct pending *pending;
    size_t pending_count, pending_room;
    struct random_seeded draws, salts;
    bool off, safe;
    int64_t cut_at, fail_at; /* numbers of operations; 0: never */
    int64_t fail_left;       /* so many of those that the fault hits will still fail */
    enum disk_fault fault;
    uint64_t hash;
    struct disk_counters counters;
};
extern struct disk *disk; /* the one that is spoken of */

enum arrival { ARRIVES, ARRIVES_NOT, SOME_ARRIVE };

enum action { READ = 1, GROW = 2, SHRINK = 4, SYNC = 8, DELETE = 16 };

void *disk_must(void *memory); /* or the program ends */
void disk_note_numbers(int64_t what, int64_t offset, int64_t length);

void disk_content_size(struct content *content, size_t length);
void disk_content_write(struct content *content, size_t offset, const uint8_t *bytes, size_t length);

/* "2/site.db" is on disk 2, and a name without a number on disk 0. */
void disk_choose_by_name(const char *name);
struct entry *disk_entry(const char *name, bool make);
struct inode *disk_inode_new(void);
void disk_forget_shared(struct inode *inode);

void disk_pend(struct pending pending); /* with a copy of its bytes */
/* Takes what belongs to the inode out of what is pending, NULL: the names. */
void disk_settle_pending(const struct inode *inode, enum arrival arrival);
enum arrival disk_arrival(bool well); /* what a sync leaves: a failed one may have done all of its work */

/* Counts an operation that changes something. Whether it is done; when not, no more works, or this one fails. */
bool disk_goes_well(enum action action);
bool disk_is_hit(enum action action);

#endif
