/* Power cuts of a real kernel's file system: every write that it sent to its disk is in a log that QEMU's driver
 * blklogwrites wrote (the format of the kernel's Documentation/admin-guide/device-mapper/log-writes.rst), and any
 * moment of it can be made again. Does not start QEMU: tests/rig/powercut does. */
#include "crash.h"

#include "base/cleanup.h"
#include "base/id.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR    512
#define BLOCK     4096 /* what a disk writes whole */
#define LOG_MAGIC UINT64_C(0x6a736677736872)
#define TOLD_MARK UINT64_C(0x646c6f747270) /* "prtold" */
#define DATABASE  "site.db"

/* ---------------------------------------------------------------- working */

/* One sector behind the file system, in the machine's own byte order: it is read on the same machine. */
struct note {
    uint64_t mark;
    struct crash_told told;
};

struct notebook {
    int fd;
    int64_t offset;
};

static void write_note(void *user, const struct crash_told *told)
{
    struct notebook *notebook = user;
    struct note note = {.mark = TOLD_MARK, .told = *told};
    static _Alignas(BLOCK) uint8_t sector[SECTOR]; /* as O_DIRECT wants it */
    memcpy(sector, &note, sizeof(note));
    if (pwrite(notebook->fd, sector, SECTOR, notebook->offset) != SECTOR) {
        perror("the note of what was told");
        exit(1);
    }
}

int replay_work(const char *folder, const char *device, int64_t offset, int64_t steps,
                const struct crash_options *options)
{
    char database[256];
    struct notebook notebook = {.fd = open(device, O_WRONLY | O_DIRECT | O_DSYNC | O_CLOEXEC), .offset = offset};
    snprintf(database, sizeof(database), "%s/%s", folder, DATABASE);
    if (notebook.fd < 0) {
        perror(device);
        return 1;
    }
    write_note(&notebook, &(struct crash_told){0}); /* from here on the power may fail */
    bool well = crash_site_work(database, 1, steps, options, write_note, &notebook);
    close(notebook.fd);
    return !well;
}

/* ---------------------------------------------------------------- the log */

struct entry {
    uint64_t offset, length; /* bytes of the device */
    const uint8_t *bytes;
    bool flush;
};

struct log {
    const uint8_t *at; /* all of it */
    size_t length, sector;
    uint64_t left; /* entries */
    size_t next;
};

static uint64_t number_at(const uint8_t *at)
{
    uint64_t number;
    memcpy(&number, at, sizeof(number));
    return le64toh(number);
}

static bool log_open(struct log *log, const char *path)
{
    struct stat stat;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &stat) != 0)
        return false;
    *log = (struct log){.length = (size_t)stat.st_size};
    log->at = mmap(NULL, log->length, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (log->at == MAP_FAILED || log->length < SECTOR || number_at(log->at) != LOG_MAGIC)
        return false;
    log->left = number_at(log->at + 16);
    log->sector = (size_t)(number_at(log->at + 24) & UINT32_MAX);
    log->next = log->sector;
    return log->sector >= SECTOR;
}

static bool log_read(struct log *log, struct entry *ret)
{
    enum { FLUSH = 1, DISCARD = 4 }; /* a write that is forced to the disk (2) is taken for any other */
    if (log->left == 0 || log->next + log->sector > log->length)
        return false;
    const uint8_t *head = log->at + log->next;
    uint64_t flags = number_at(head + 16);
    *ret = (struct entry){.offset = number_at(head) * log->sector,
                          .length = number_at(head + 8) * log->sector,
                          .bytes = head + log->sector,
                          .flush = (flags & FLUSH) != 0};
    if (flags & DISCARD)
        ret->length = 0;
    log->next += log->sector + ret->length;
    log->left--;
    return log->next <= log->length;
}

/* ---------------------------------------------------------------- cuts */

struct player {
    const struct replay *replay;
    const struct crash_options *options;
    struct random_seeded draws;
    uint8_t *safe, *image; /* what a flush made safe; the file behind the loop device */
    struct entry *waiting; /* written since */
    size_t count, room;
    struct crash_told told; /* up to here */
    int64_t cuts, entries, flushes, notes;
    int64_t losses[LOSS_COUNT];
    bool broken;
};

static uint64_t draw(struct player *player, uint64_t below)
{
    return random_next(&player->draws) % below;
}

static void apply(const struct player *player, uint8_t *to, const struct entry *entry)
{
    uint64_t bytes = (uint64_t)player->replay->bytes;
    if (entry->offset >= bytes)
        return;
    uint64_t room = bytes - entry->offset;
    memcpy(to + entry->offset, entry->bytes, entry->length < room ? entry->length : room);
}

/* Blocks of it arrive, others do not. */
static void apply_some(struct player *player, uint8_t *to, const struct entry *entry)
{
    for (uint64_t at = 0; at < entry->length; at += BLOCK) {
        uint64_t left = entry->length - at;
        struct entry block = {
            .offset = entry->offset + at, .length = left < BLOCK ? left : BLOCK, .bytes = entry->bytes + at};
        if (draw(player, 2))
            apply(player, to, &block);
    }
}

/* The image that a cut now would leave. */
static void make_image(struct player *player, enum disk_loss loss)
{
    for (int64_t at = 0; at < player->replay->bytes; at += BLOCK)
        if (memcmp(player->image + at, player->safe + at, BLOCK) != 0)
            memcpy(player->image + at, player->safe + at, BLOCK);
    size_t prefix = draw(player, player->count + 1);
    for (size_t i = 0; i < player->count; i++) {
        const struct entry *entry = &player->waiting[i];
        bool kept =
            loss == LOSS_NONE || (loss == LOSS_PREFIX && i < prefix) || (loss >= LOSS_SUBSET && draw(player, 2));
        if (kept && loss == LOSS_TORN)
            apply_some(player, player->image, entry);
        else if (kept)
            apply(player, player->image, entry);
    }
}

static void cut(struct player *player)
{
    const struct replay *replay = player->replay;
    char database[256];
    enum disk_loss loss = crash_next_loss(&player->draws);
    snprintf(database, sizeof(database), "%s/%s", replay->folder, DATABASE);
    make_image(player, loss);
    player->losses[loss]++;
    if (++player->cuts % 500 == 0)
        printf("# %" PRId64 " of %" PRId64 " power cuts\n", player->cuts, replay->cuts);
    if (mount(replay->device, replay->folder, "ext4", 0, "") != 0) {
        printf("# after %" PRId64 " writes (%s): the file system cannot be mounted: %s\n", player->entries,
               disk_loss_name(loss), strerror(errno));
        player->broken = true;
        return;
    }
    if (!crash_site_judge(database, &player->told)) {
        printf("# after %" PRId64 " writes (%s)\n", player->entries, disk_loss_name(loss));
        player->broken = true;
    }
    if (umount(replay->folder) != 0) {
        printf("# the file system cannot be unmounted: %s\n", strerror(errno));
        player->broken = true;
    }
}

static void take_entry(struct player *player, const struct entry *entry)
{
    struct note note = {0};
    player->entries++;
    if (entry->length >= sizeof(note) && entry->offset >= (uint64_t)player->replay->bytes)
        memcpy(&note, entry->bytes, sizeof(note));
    if (note.mark == TOLD_MARK) {
        player->told = note.told;
        player->notes++;
    }
    if (entry->length > 0) {
        if (player->count == player->room) {
            player->room = player->room ? 2 * player->room : 256;
            player->waiting = reallocarray(player->waiting, player->room, sizeof(player->waiting[0]));
            if (!player->waiting)
                abort();
        }
        player->waiting[player->count++] = *entry;
    }
    if (!entry->flush)
        return;
    player->flushes++;
    for (size_t i = 0; i < player->count; i++)
        apply(player, player->safe, &player->waiting[i]);
    player->count = 0;
}

/* Cuts where they are due, spread over the log from the first note on; more than one at an entry leave different
 * images. */
static void play(struct player *player, struct log *log)
{
    struct entry entry;
    uint64_t all = 0, first = 0, number = 0;
    for (struct log counted = *log; log_read(&counted, &entry); all++)
        if (!first && entry.offset >= (uint64_t)player->replay->bytes && entry.length > 0)
            first = all;
    while (!player->broken && log_read(log, &entry)) {
        take_entry(player, &entry);
        number++;
        while (number > first && !player->broken &&
               (uint64_t)player->cuts * (all - first) < (number - first) * (uint64_t)player->replay->cuts)
            cut(player);
    }
}

static uint8_t *map(int fd, int64_t bytes)
{
    return mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd, 0);
}

static bool open_all(struct player *player, struct log *log)
{
    const struct replay *replay = player->replay;
    int fd = open(replay->image, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return false;
    player->image = map(fd, replay->bytes);
    player->safe = map(-1, replay->bytes);
    close(fd);
    return player->image != MAP_FAILED && player->safe != MAP_FAILED && log_open(log, replay->log);
}

int replay_judge(const struct replay *replay, const struct crash_options *options)
{
    struct log log;
    struct player player = {.replay = replay, .options = options, .draws.state = 1};
    if (!open_all(&player, &log)) {
        printf("# %s or %s cannot be read: %s\n", replay->log, replay->image, strerror(errno));
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    play(&player, &log);
    free(player.waiting);
    printf("# %" PRId64 " power cuts (", player.cuts);
    for (enum disk_loss loss = 0; loss < LOSS_COUNT; loss++)
        printf("%s%s %" PRId64, loss ? ", " : "", disk_loss_name(loss), player.losses[loss]);
    printf(") in %" PRId64 " writes and flushes, %" PRId64 " of them flushes; up to row %" PRId64
           ", confirmed in %" PRId64 " steps\n",
           player.entries, player.flushes, player.told.seq, player.notes);
    bool enough = player.cuts > 0 && player.notes > 0;
    return !enough || player.broken != options->unsafe;
}
