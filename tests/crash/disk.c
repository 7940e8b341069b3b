#include "disk.h"

#include "base/cleanup.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR      512
#define NAME_SIZE   64
#define FILES_MAX   8 /* names; a database has three */
#define SHARED_MAX  16
#define SHARED_SIZE 32768

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
    uint8_t *bytes;
};

static struct {
    struct inode *inodes;
    struct entry entries[FILES_MAX], image[FILES_MAX];
    struct pending *pending;
    size_t pending_count, pending_room;
    struct random_seeded draws, salts;
    bool installed, off;
    int64_t cut_at, fail_at; /* numbers of operations; 0: never */
    int64_t fail_left;       /* so many of those that the fault hits will still fail */
    enum disk_fault fault;
    uint64_t hash;
    struct disk_counters counters;
} disk;

struct file {
    sqlite3_file base;
    struct inode *inode;
    bool sync_folder; /* before the first sync of a journal its name is made safe: so does SQLite's own VFS */
    bool temporary;
};

const char *disk_loss_name(enum disk_loss loss)
{
    static const char *const names[] = {"all lost", "prefix", "subset", "torn", "none lost"};
    return names[loss];
}

static uint64_t draw(uint64_t below)
{
    return random_next(&disk.draws) % below;
}

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

void disk_note(const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    uint64_t hash = disk.hash;
    for (; length >= 8; at += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, at, sizeof(word));
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    for (; length > 0; at++, length--)
        hash = (hash ^ *at) * UINT64_C(0x100000001B3);
    disk.hash = hash;
}

static void note_numbers(int64_t what, int64_t offset, int64_t length)
{
    const int64_t numbers[] = {what, offset, length};
    disk_note(numbers, sizeof(numbers));
}

/* ---------------------------------------------------------------- content */

static void content_size(struct content *content, size_t length)
{
    if (length > content->room) {
        content->room = length * 2;
        content->bytes = must(realloc(content->bytes, content->room));
    }
    if (length > content->length)
        memset(content->bytes + content->length, 0, length - content->length);
    content->length = length;
}

static void content_write(struct content *content, size_t offset, const uint8_t *bytes, size_t length)
{
    if (offset + length > content->length)
        content_size(content, offset + length);
    if (length > 0)
        memcpy(content->bytes + offset, bytes, length);
}

static struct inode *inode_new(void)
{
    struct inode *inode = must(calloc(1, sizeof(*inode)));
    inode->next = disk.inodes;
    disk.inodes = inode;
    return inode;
}

static void inode_forget_shared(struct inode *inode)
{
    for (size_t i = 0; i < SHARED_MAX; i++) {
        free(inode->shared[i]);
        inode->shared[i] = NULL;
    }
}

static void inode_free(struct inode *inode)
{
    inode_forget_shared(inode);
    free(inode->now.bytes);
    free(inode->kept.bytes);
    free(inode);
}

static struct entry *entry_of(const char *name, bool make)
{
    struct entry *free_entry = NULL;
    for (size_t i = 0; i < FILES_MAX; i++) {
        if (strcmp(disk.entries[i].name, name) == 0)
            return &disk.entries[i];
        if (!free_entry && !*disk.entries[i].name)
            free_entry = &disk.entries[i];
    }
    if (!make)
        return NULL;
    must(free_entry);
    snprintf(free_entry->name, sizeof(free_entry->name), "%s", name);
    return free_entry;
}

/* ---------------------------------------------------------------- what is not safe yet */

static struct pending *pend(struct pending pending)
{
    if (disk.pending_count == disk.pending_room) {
        disk.pending_room = disk.pending_room ? 2 * disk.pending_room : 256;
        disk.pending = must(reallocarray(disk.pending, disk.pending_room, sizeof(disk.pending[0])));
    }
    disk.pending[disk.pending_count] = pending;
    return &disk.pending[disk.pending_count++];
}

static void keep(const struct pending *pending)
{
    if (pending->kind == WRITE)
        content_write(&pending->inode->kept, pending->offset, pending->bytes, pending->length);
    else if (pending->kind == TRUNCATE)
        content_size(&pending->inode->kept, pending->length);
    else
        pending->entry->kept = pending->inode;
}

/* Some sectors of a write arrive, one may be noise; where none arrives the file may have grown all the same. */
static void keep_pieces(const struct pending *pending)
{
    disk.counters.torn++;
    size_t end = pending->offset + pending->length;
    for (size_t at = pending->offset, next; at < end; at = next) {
        next = (at / SECTOR + 1) * SECTOR;
        next = next < end ? next : end;
        uint64_t luck = draw(8);
        if (luck < 4)
            content_write(&pending->inode->kept, at, pending->bytes + (at - pending->offset), next - at);
        else if (luck == 4 && next > pending->inode->kept.length)
            content_size(&pending->inode->kept, next);
        else if (luck == 5) {
            uint8_t noise[SECTOR];
            for (size_t i = 0; i < SECTOR; i++)
                noise[i] = (uint8_t)draw(256);
            content_write(&pending->inode->kept, at, noise, next - at);
        }
    }
}

enum arrival { ARRIVES, ARRIVES_NOT, SOME_ARRIVE };

/* Takes what belongs to the inode out of the list, NULL: the names. */
static void settle(const struct inode *inode, enum arrival arrival)
{
    size_t left = 0;
    for (size_t i = 0; i < disk.pending_count; i++) {
        struct pending *pending = &disk.pending[i];
        if (inode ? pending->kind == NAME || pending->inode != inode : pending->kind != NAME) {
            disk.pending[left++] = *pending;
            continue;
        }
        if (arrival == ARRIVES || (arrival == SOME_ARRIVE && draw(2)))
            keep(pending);
        free(pending->bytes);
    }
    disk.pending_count = left;
}

/* What a sync leaves: a failed one may have done all of its work. */
static enum arrival arrival_after(bool well)
{
    return well ? ARRIVES : (enum arrival)draw(3);
}

/* Names are made and taken away in order: of each name the first changes are kept, or none. */
static bool name_is_lost(const struct pending *pending, bool lost[FILES_MAX])
{
    bool *flag = &lost[pending->entry - disk.entries];
    *flag = *flag || draw(2);
    return *flag;
}

static void lose(enum disk_loss loss)
{
    bool lost[FILES_MAX] = {0};
    size_t prefix = disk.pending_count ? draw(disk.pending_count + 1) : 0;
    for (size_t i = 0; i < disk.pending_count; i++) {
        struct pending *pending = &disk.pending[i];
        bool kept = loss == LOSS_NONE || (loss == LOSS_PREFIX && i < prefix);
        if (loss == LOSS_SUBSET || loss == LOSS_TORN)
            kept = pending->kind == NAME ? !name_is_lost(pending, lost) : draw(2);
        disk.counters.lost += !kept;
        if (kept && loss == LOSS_TORN && pending->kind == WRITE)
            keep_pieces(pending);
        else if (kept)
            keep(pending);
        free(pending->bytes);
    }
    disk.pending_count = 0;
}

/* ---------------------------------------------------------------- power */

/* Frees what no name stands for. */
static void sweep(void)
{
    for (struct inode **at = &disk.inodes; *at;) {
        struct inode *inode = *at;
        bool named = false;
        for (size_t i = 0; i < FILES_MAX; i++)
            named = named || disk.entries[i].kept == inode || disk.image[i].kept == inode;
        if (named) {
            at = &inode->next;
            continue;
        }
        *at = inode->next;
        inode_free(inode);
    }
}

void disk_power_on(enum disk_loss loss)
{
    lose(loss);
    for (size_t i = 0; i < FILES_MAX; i++) {
        struct entry *entry = &disk.entries[i];
        entry->now = entry->kept;
        if (!entry->kept) {
            entry->name[0] = '\0';
            continue;
        }
        inode_forget_shared(entry->now);
        content_size(&entry->now->now, 0);
        content_write(&entry->now->now, 0, entry->now->kept.bytes, entry->now->kept.length);
    }
    sweep();
    disk.off = false;
    disk.cut_at = disk.fail_at = 0;
    note_numbers('P', loss, 0);
}

void disk_program_starts(void)
{
    for (size_t i = 0; i < FILES_MAX; i++)
        if (disk.entries[i].now)
            inode_forget_shared(disk.entries[i].now);
    disk.off = false;
    disk.cut_at = disk.fail_at = 0;
    note_numbers('K', 0, 0);
}

void disk_empty(uint64_t seed)
{
    lose(LOSS_ALL);
    memset(disk.entries, 0, sizeof(disk.entries));
    sweep();
    disk.draws.state = seed * 3 + 1;
    disk.salts.state = seed * 5 + 2;
    disk.off = false;
    disk.cut_at = disk.fail_at = 0;
    disk.hash = seed;
    sqlite3_randomness(0, NULL); /* drawn anew from xRandomness */
}

void disk_save_image(void)
{
    disk_power_on(LOSS_NONE);
    memcpy(disk.image, disk.entries, sizeof(disk.image));
    memset(disk.entries, 0, sizeof(disk.entries));
}

void disk_load_image(void)
{
    for (size_t i = 0; i < FILES_MAX; i++) {
        if (!disk.image[i].kept)
            continue;
        struct entry *entry = entry_of(disk.image[i].name, true);
        entry->kept = inode_new();
        content_write(&entry->kept->kept, 0, disk.image[i].kept->kept.bytes, disk.image[i].kept->kept.length);
    }
    disk_power_on(LOSS_NONE);
}

void disk_cut_after(int64_t operations)
{
    disk.cut_at = operations ? disk.counters.operations + operations : 0;
}

void disk_turn_off(void)
{
    disk.off = true;
}

bool disk_is_off(void)
{
    return disk.off;
}

void disk_fail_after(int64_t operations, int64_t many, enum disk_fault fault)
{
    disk.fault = fault;
    disk.fail_at = operations ? disk.counters.operations + operations : 0;
    disk.fail_left = many;
}

const struct disk_counters *disk_counters(void)
{
    return &disk.counters;
}

uint64_t disk_hash(void)
{
    return disk.hash;
}

enum action { READ = 1, GROW = 2, SHRINK = 4, SYNC = 8, DELETE = 16 };

static bool is_hit(enum action action)
{
    static const unsigned hits[FAULT_COUNT] = {
        [FAULT_NO_ROOM] = GROW, [FAULT_SYNC] = SYNC, [FAULT_IO] = READ | GROW | SHRINK | SYNC | DELETE};
    bool hit =
        disk.fail_at && disk.counters.operations >= disk.fail_at && disk.fail_left > 0 && (hits[disk.fault] & action);
    disk.fail_left -= hit;
    disk.counters.failed += hit;
    return hit;
}

/* Counts an operation that changes something. Whether it is done; when not, no more works, or this one fails. */
static bool goes_well(enum action action)
{
    if (disk.off)
        return false;
    disk.counters.operations++;
    if (disk.cut_at && disk.counters.operations >= disk.cut_at)
        disk.off = true;
    return !is_hit(action);
}

/* ---------------------------------------------------------------- files */

static int on_close(sqlite3_file *base)
{
    struct file *file = (struct file *)base;
    if (file->temporary)
        content_size(&file->inode->now, 0);
    return SQLITE_OK;
}

static int on_read(sqlite3_file *base, void *bytes, int amount, sqlite3_int64 offset)
{
    struct file *file = (struct file *)base;
    const struct content *content = &file->inode->now;
    if (disk.off)
        return SQLITE_IOERR_READ;
    if (is_hit(READ))
        return SQLITE_IOERR_READ;
    size_t there = (size_t)offset < content->length ? content->length - (size_t)offset : 0;
    size_t length = (size_t)amount < there ? (size_t)amount : there;
    if (length > 0)
        memcpy(bytes, content->bytes + offset, length);
    if (length == (size_t)amount)
        return SQLITE_OK;
    memset((char *)bytes + length, 0, (size_t)amount - length);
    return SQLITE_IOERR_SHORT_READ;
}

static int on_write(sqlite3_file *base, const void *bytes, int amount, sqlite3_int64 offset)
{
    struct file *file = (struct file *)base;
    size_t length = (size_t)amount;
    if (!file->temporary) {
        if (!goes_well(GROW))
            return !disk.off && disk.fault == FAULT_NO_ROOM ? SQLITE_FULL : SQLITE_IOERR_WRITE;
        disk.counters.writes++;
        note_numbers('W', offset, amount);
        disk_note(bytes, length);
        struct pending *pending = pend((struct pending){
            .kind = WRITE, .inode = file->inode, .offset = (size_t)offset, .length = length, .bytes = malloc(length)});
        memcpy(must(pending->bytes), bytes, length);
    }
    content_write(&file->inode->now, (size_t)offset, bytes, length);
    return disk.off ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

static int on_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct file *file = (struct file *)base;
    if (!file->temporary) {
        if (!goes_well(SHRINK))
            return SQLITE_IOERR_TRUNCATE;
        note_numbers('T', size, 0);
        pend((struct pending){.kind = TRUNCATE, .inode = file->inode, .length = (size_t)size});
    }
    content_size(&file->inode->now, (size_t)size);
    return disk.off ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

static int sync_folder(void)
{
    bool well = goes_well(SYNC);
    if (disk.off)
        return SQLITE_IOERR_DIR_FSYNC;
    settle(NULL, arrival_after(well));
    return well ? SQLITE_OK : SQLITE_IOERR_DIR_FSYNC;
}

static int on_sync(sqlite3_file *base, int flags)
{
    (void)flags;
    struct file *file = (struct file *)base;
    if (file->temporary)
        return SQLITE_OK;
    bool well = goes_well(SYNC);
    disk.counters.syncs++;
    note_numbers('S', well, 0);
    if (disk.off) /* the power failed in it: what it had to keep is still at risk */
        return SQLITE_IOERR_FSYNC;
    settle(file->inode, arrival_after(well));
    if (!well)
        return SQLITE_IOERR_FSYNC;
    if (file->sync_folder) {
        file->sync_folder = false;
        return sync_folder();
    }
    return SQLITE_OK;
}

static int on_size(sqlite3_file *base, sqlite3_int64 *ret)
{
    *ret = (sqlite3_int64)((struct file *)base)->inode->now.length;
    return disk.off ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

static int on_lock(sqlite3_file *base, int level)
{
    (void)base;
    (void)level;
    return disk.off ? SQLITE_IOERR_LOCK : SQLITE_OK;
}

static int on_unlock(sqlite3_file *base, int level)
{
    (void)base;
    (void)level;
    return SQLITE_OK;
}

static int on_check_lock(sqlite3_file *base, int *ret)
{
    (void)base;
    *ret = 0;
    return SQLITE_OK;
}

static int on_control(sqlite3_file *base, int what, void *argument)
{
    (void)base;
    (void)what;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int on_sector_size(sqlite3_file *base)
{
    (void)base;
    return 4096;
}

/* As SQLite's own VFS says of Linux: a write does not harm what lies beside it. */
static int on_characteristics(sqlite3_file *base)
{
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int on_shared_map(sqlite3_file *base, int region, int size, int extend, void volatile **ret)
{
    struct file *file = (struct file *)base;
    if (region >= SHARED_MAX || size != SHARED_SIZE)
        return SQLITE_IOERR_SHMMAP;
    void **at = &file->inode->shared[region];
    if (!*at && extend)
        *at = must(calloc(1, SHARED_SIZE));
    *ret = *at;
    return SQLITE_OK;
}

static int on_shared_lock(sqlite3_file *base, int offset, int count, int flags)
{
    (void)base;
    (void)offset;
    (void)count;
    (void)flags;
    return SQLITE_OK;
}

static void on_shared_barrier(sqlite3_file *base)
{
    (void)base;
}

static int on_shared_unmap(sqlite3_file *base, int delete)
{
    if (delete)
        inode_forget_shared(((struct file *)base)->inode);
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {.iVersion = 2,
                                           .xClose = on_close,
                                           .xRead = on_read,
                                           .xWrite = on_write,
                                           .xTruncate = on_truncate,
                                           .xSync = on_sync,
                                           .xFileSize = on_size,
                                           .xLock = on_lock,
                                           .xUnlock = on_unlock,
                                           .xCheckReservedLock = on_check_lock,
                                           .xFileControl = on_control,
                                           .xSectorSize = on_sector_size,
                                           .xDeviceCharacteristics = on_characteristics,
                                           .xShmMap = on_shared_map,
                                           .xShmLock = on_shared_lock,
                                           .xShmBarrier = on_shared_barrier,
                                           .xShmUnmap = on_shared_unmap};

int disk_settle(const char *name)
{
    const struct entry *entry = entry_of(name, false);
    disk.counters.settled++;
    if (!entry || !entry->now)
        return disk.off ? -EIO : 0;
    bool well = goes_well(SYNC);
    note_numbers('F', entry - disk.entries, well);
    if (disk.off)
        return -EIO;
    settle(entry->now, arrival_after(well));
    if (!well)
        return -EIO;
    content_size(&entry->now->now, 0);
    content_write(&entry->now->now, 0, entry->now->kept.bytes, entry->now->kept.length);
    return 0;
}

/* ---------------------------------------------------------------- the folder */

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *ret_flags)
{
    (void)vfs;
    struct file *file = (struct file *)base;
    memset(file, 0, sizeof(*file));
    if (disk.off)
        return SQLITE_CANTOPEN;
    file->temporary = !name;
    struct entry *entry = name ? entry_of(name, true) : NULL;
    if (entry && !entry->now) {
        if (!(flags & SQLITE_OPEN_CREATE) || !goes_well(GROW))
            return SQLITE_CANTOPEN;
        note_numbers('O', entry - disk.entries, 0);
        entry->now = inode_new();
        pend((struct pending){.kind = NAME, .entry = entry, .inode = entry->now});
    }
    file->inode = entry ? entry->now : inode_new();
    file->sync_folder = (flags & SQLITE_OPEN_CREATE) && (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL));
    file->base.pMethods = &methods;
    if (ret_flags)
        *ret_flags = flags;
    return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *vfs, const char *name, int safely)
{
    (void)vfs;
    struct entry *entry = entry_of(name, false);
    if (!entry || !entry->now)
        return disk.off ? SQLITE_IOERR_DELETE : SQLITE_IOERR_DELETE_NOENT;
    if (!goes_well(DELETE))
        return SQLITE_IOERR_DELETE;
    note_numbers('D', entry - disk.entries, safely);
    entry->now = NULL;
    pend((struct pending){.kind = NAME, .entry = entry});
    return safely ? sync_folder() : disk.off ? SQLITE_IOERR_DELETE : SQLITE_OK;
}

static int on_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
    (void)vfs;
    const struct entry *entry = entry_of(name, false);
    *ret = entry && entry->now && (flags != SQLITE_ACCESS_EXISTS || entry->now->now.length > 0);
    return disk.off ? SQLITE_IOERR_ACCESS : SQLITE_OK;
}

static int on_full_name(sqlite3_vfs *vfs, const char *name, int capacity, char *out)
{
    (void)vfs;
    return snprintf(out, (size_t)capacity, "%s", name) < capacity ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int on_randomness(sqlite3_vfs *vfs, int length, char *out)
{
    (void)vfs;
    for (int i = 0; i < length; i++)
        out[i] = (char)random_next(&disk.salts);
    return length;
}

static int on_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    return microseconds;
}

static int on_time(sqlite3_vfs *vfs, double *ret)
{
    (void)vfs;
    *ret = 2461100.5;
    return SQLITE_OK;
}

static int on_last_error(sqlite3_vfs *vfs, int capacity, char *out)
{
    (void)vfs;
    if (capacity > 0)
        *out = '\0';
    return 0;
}

void disk_install(uint64_t seed)
{
    static sqlite3_vfs vfs = {.iVersion = 1,
                              .szOsFile = sizeof(struct file),
                              .mxPathname = NAME_SIZE - 1,
                              .zName = "crash",
                              .xOpen = on_open,
                              .xDelete = on_delete,
                              .xAccess = on_access,
                              .xFullPathname = on_full_name,
                              .xRandomness = on_randomness,
                              .xSleep = on_sleep,
                              .xCurrentTime = on_time,
                              .xGetLastError = on_last_error};
    if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
        abort();
    disk.installed = true;
    disk_empty(seed);
}

bool disk_is_installed(void)
{
    return disk.installed;
}
