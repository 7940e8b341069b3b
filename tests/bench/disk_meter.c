#include "disk_meter.h"

#include "bench.h"

#include <sqlite3.h>
#include <unistd.h>

#define BLOCK 4096
#define SLOTS (1 << 17) /* a power of two, and some times what a checkpoint has of blocks */

static struct {
    uint64_t block; /* of one file: the descriptor is in the upper bits */
    uint32_t commit;
} seen[SLOTS];
static uint32_t commit = 1;
static size_t blocks; /* since the commit */
static int64_t bytes;

static void note(uint64_t block)
{
    size_t slot = block * UINT64_C(0x9E3779B97F4A7C15) >> 47;
    while (seen[slot].commit == commit && seen[slot].block != block)
        slot = (slot + 1) % SLOTS;
    if (seen[slot].commit == commit)
        return;
    seen[slot].block = block;
    seen[slot].commit = commit;
    bytes += BLOCK;
    must(++blocks < SLOTS ? 0 : -1, "more was written in one commit than can be counted");
}

void disk_meter_wrote(int fd, int64_t offset, size_t length)
{
    for (int64_t block = offset / BLOCK; block <= (offset + (int64_t)length - 1) / BLOCK; block++)
        note((uint64_t)fd << 48 | (uint64_t)block);
}

void disk_meter_commit(void)
{
    commit++;
    blocks = 0;
}

int64_t disk_meter_bytes(void)
{
    return bytes;
}

static ssize_t write_and_note(int fd, const void *data, size_t length, off_t offset)
{
    ssize_t written = pwrite(fd, data, length, offset);
    if (written > 0)
        disk_meter_wrote(fd, offset, (size_t)written);
    return written;
}

void disk_meter_install(void)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    static const char *const calls[] = {"pwrite", "pwrite64"}; /* off_t has 64 bits */
    _Static_assert(sizeof(off_t) == 8, "large files");
    for (int i = 0; i < 2; i++)
        must(vfs->xSetSystemCall(vfs, calls[i], (sqlite3_syscall_ptr)write_and_note) == SQLITE_NOTFOUND ? -1 : 0,
             "SQLite's writes cannot be counted");
}
