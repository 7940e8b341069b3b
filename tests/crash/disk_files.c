/* The files of disk.h, as SQLite sees them: a VFS. */
#include "disk_parts.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHARED_SIZE 32768

static bool is_installed;

struct file {
    sqlite3_file base;
    struct disk *disk;
    struct inode *inode;
    bool sync_folder; /* before the first sync of a journal its name is made safe: so does SQLite's own VFS */
    bool temporary;
};

/* Every call from SQLite begins here: what follows is of this file's disk. */
static struct file *file_of(sqlite3_file *base)
{
    struct file *file = (struct file *)base;
    disk = file->disk;
    return file;
}

/* ---------------------------------------------------------------- files */

static int on_close(sqlite3_file *base)
{
    struct file *file = file_of(base);
    if (file->temporary)
        disk_content_size(&file->inode->now, 0);
    return SQLITE_OK;
}

static int on_read(sqlite3_file *base, void *bytes, int amount, sqlite3_int64 offset)
{
    struct file *file = file_of(base);
    const struct content *content = &file->inode->now;
    if (disk->off)
        return SQLITE_IOERR_READ;
    if (disk_is_hit(READ))
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
    struct file *file = file_of(base);
    size_t length = (size_t)amount;
    if (!file->temporary && !disk->safe) {
        if (!disk_goes_well(GROW))
            return !disk->off && disk->fault == FAULT_NO_ROOM ? SQLITE_FULL : SQLITE_IOERR_WRITE;
        disk->counters.writes++;
        disk_note_numbers('W', offset, amount);
        disk_note(bytes, length);
        disk_pend((struct pending){
            .kind = WRITE, .inode = file->inode, .offset = (size_t)offset, .length = length, .bytes = bytes});
    }
    disk_content_write(&file->inode->now, (size_t)offset, bytes, length);
    return disk->off ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

static int on_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct file *file = file_of(base);
    if (!file->temporary && !disk->safe) {
        if (!disk_goes_well(SHRINK))
            return SQLITE_IOERR_TRUNCATE;
        disk_note_numbers('T', size, 0);
        disk_pend((struct pending){.kind = TRUNCATE, .inode = file->inode, .length = (size_t)size});
    }
    disk_content_size(&file->inode->now, (size_t)size);
    return disk->off ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

static int sync_folder(void)
{
    bool well = disk_goes_well(SYNC);
    if (disk->off)
        return SQLITE_IOERR_DIR_FSYNC;
    disk_settle_pending(NULL, disk_arrival(well));
    return well ? SQLITE_OK : SQLITE_IOERR_DIR_FSYNC;
}

static int on_sync(sqlite3_file *base, int flags)
{
    (void)flags;
    struct file *file = file_of(base);
    if (file->temporary || disk->safe)
        return SQLITE_OK;
    bool well = disk_goes_well(SYNC);
    disk->counters.syncs++;
    disk_note_numbers('S', well, 0);
    if (disk->off) /* the power failed in it: what it had to keep is still at risk */
        return SQLITE_IOERR_FSYNC;
    disk_settle_pending(file->inode, disk_arrival(well));
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
    *ret = (sqlite3_int64)file_of(base)->inode->now.length;
    return disk->off ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

static int on_lock(sqlite3_file *base, int level)
{
    file_of(base);
    (void)level;
    return disk->off ? SQLITE_IOERR_LOCK : SQLITE_OK;
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
    struct file *file = file_of(base);
    if (region >= SHARED_MAX || size != SHARED_SIZE)
        return SQLITE_IOERR_SHMMAP;
    void **at = &file->inode->shared[region];
    if (!*at && extend)
        *at = disk_must(calloc(1, SHARED_SIZE));
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
        disk_forget_shared(file_of(base)->inode);
    return SQLITE_OK;
}

#define METHODS                                                                                                        \
    .xClose = on_close, .xRead = on_read, .xWrite = on_write, .xTruncate = on_truncate, .xSync = on_sync,              \
    .xFileSize = on_size, .xLock = on_lock, .xUnlock = on_unlock, .xCheckReservedLock = on_check_lock,                 \
    .xFileControl = on_control, .xSectorSize = on_sector_size, .xDeviceCharacteristics = on_characteristics

static const sqlite3_io_methods methods = {.iVersion = 2,
                                           METHODS,
                                           .xShmMap = on_shared_map,
                                           .xShmLock = on_shared_lock,
                                           .xShmBarrier = on_shared_barrier,
                                           .xShmUnmap = on_shared_unmap};

/* Without shared memory there is no WAL: a safe disk needs none. */
static const sqlite3_io_methods plain_methods = {.iVersion = 1, METHODS};

int disk_settle(const char *name)
{
    const struct entry *entry = disk_entry(name, false);
    disk->counters.settled++;
    if (!entry || !entry->now)
        return disk->off ? -EIO : 0;
    bool well = disk_goes_well(SYNC);
    disk_note_numbers('F', entry - disk->entries, well);
    if (disk->off)
        return -EIO;
    disk_settle_pending(entry->now, disk_arrival(well));
    if (!well)
        return -EIO;
    disk_content_size(&entry->now->now, 0);
    disk_content_write(&entry->now->now, 0, entry->now->kept.bytes, entry->now->kept.length);
    return 0;
}

/* ---------------------------------------------------------------- the folder */

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *ret_flags)
{
    (void)vfs;
    struct file *file = (struct file *)base;
    memset(file, 0, sizeof(*file));
    if (name) /* a temporary file is on the disk of its database, which was used last */
        disk_choose_by_name(name);
    if (disk->off)
        return SQLITE_CANTOPEN;
    file->disk = disk;
    file->temporary = !name;
    struct entry *entry = name ? disk_entry(name, true) : NULL;
    if (entry && !entry->now) {
        if (!(flags & SQLITE_OPEN_CREATE) || !disk_goes_well(GROW))
            return SQLITE_CANTOPEN;
        disk_note_numbers('O', entry - disk->entries, 0);
        entry->now = disk_inode_new();
        if (!disk->safe)
            disk_pend((struct pending){.kind = NAME, .entry = entry, .inode = entry->now});
    }
    file->inode = entry ? entry->now : disk_inode_new();
    file->sync_folder = (flags & SQLITE_OPEN_CREATE) && (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL));
    file->base.pMethods = disk->safe ? &plain_methods : &methods;
    if (ret_flags)
        *ret_flags = flags;
    return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *vfs, const char *name, int safely)
{
    (void)vfs;
    struct entry *entry = disk_entry(name, false);
    if (!entry || !entry->now)
        return disk->off ? SQLITE_IOERR_DELETE : SQLITE_IOERR_DELETE_NOENT;
    if (disk->safe) {
        entry->now = NULL;
        return SQLITE_OK;
    }
    if (!disk_goes_well(DELETE))
        return SQLITE_IOERR_DELETE;
    disk_note_numbers('D', entry - disk->entries, safely);
    entry->now = NULL;
    disk_pend((struct pending){.kind = NAME, .entry = entry});
    return safely ? sync_folder() : disk->off ? SQLITE_IOERR_DELETE : SQLITE_OK;
}

static int on_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
    (void)vfs;
    const struct entry *entry = disk_entry(name, false);
    *ret = entry && entry->now && (flags != SQLITE_ACCESS_EXISTS || entry->now->now.length > 0);
    return disk->off ? SQLITE_IOERR_ACCESS : SQLITE_OK;
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
        out[i] = (char)random_next(&disk->salts);
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
    is_installed = true;
    disk_empty(seed);
}

bool disk_is_installed(void)
{
    return is_installed;
}
