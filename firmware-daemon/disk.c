#include "disk.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MIB              ((int64_t)1 << 20)
#define BALLAST_MAX      (64 * MIB)
#define BALLAST_SHARE    50
#define ROOM_SPARE       (64 * MIB) /* that the site's own database may need meanwhile */
#define LOOK_US          10000000
#define PATH_BYTES       4096
#define LOOK_ACCURACY_US 1000000

static const struct {
    int64_t percent, mib; /* less than both is free */
} steps[] = {[DISK_WARN] = {20, 4096}, [DISK_LOW] = {10, 2048}, [DISK_TIGHT] = {5, 1024}, [DISK_FULL] = {2, 256}};

struct disk {
    sd_event_source *timer;
    char folder[PATH_BYTES], ballast[PATH_BYTES];
    struct disk_space space;
    enum disk_step step;
    int64_t failed_commits; /* known of */
    void (*moved)(void *user);
    void *user;
};

enum disk_step disk_step(const struct disk_space *space)
{
    for (size_t step = COUNT(steps) - 1; step > DISK_ROOM; step--)
        if (space->free < space->total / 100 * steps[step].percent && space->free < steps[step].mib * MIB)
            return (enum disk_step)step;
    return DISK_ROOM;
}

int64_t disk_ballast(const struct disk_space *space)
{
    int64_t share = space->total / BALLAST_SHARE;
    return share < BALLAST_MAX ? share : BALLAST_MAX;
}

int disk_has_room(const char *path, int64_t bytes, const char *what, struct error *error)
{
    struct statvfs disk;
    char folder[PATH_BYTES];
    file_folder(path, folder, sizeof(folder));
    if (statvfs(folder, &disk) != 0 || (int64_t)disk.f_bavail * (int64_t)disk.f_frsize >= bytes + ROOM_SPARE)
        return 0;
    return error_set(error, -ENOSPC, "the disk has no room for %s: free %" PRId64 " MiB", what,
                     (bytes + ROOM_SPARE) / MIB + 1);
}

static bool has_ballast(const struct disk *disk)
{
    struct stat stat;
    return lstat(disk->ballast, &stat) == 0;
}

static int measure(struct disk *disk)
{
    struct statvfs stat;
    if (statvfs(disk->folder, &stat) != 0)
        return -errno;
    disk->space.total = (int64_t)stat.f_blocks * (int64_t)stat.f_frsize;
    disk->space.free = (int64_t)stat.f_bavail * (int64_t)stat.f_frsize;
    if (!has_ballast(disk))
        disk->space.free -= disk_ballast(&disk->space);
    if (disk->space.free < 0)
        disk->space.free = 0;
    return 0;
}

/* Whole or not at all. */
static void lay_ballast(const struct disk *disk)
{
    int fd CLEANUP(cleanup_close) = open(disk->ballast, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd >= 0 && posix_fallocate(fd, 0, disk_ballast(&disk->space)) != 0)
        unlink(disk->ballast);
}

static void trim_ballast(const struct disk *disk)
{
    if (disk->step == DISK_FULL && unlink(disk->ballast) == 0)
        log_error("the disk of %s is full: %" PRId64 " MiB of ballast are given up; free some space", disk->folder,
                  disk_ballast(&disk->space) / MIB);
    if (disk->step <= DISK_WARN && !has_ballast(disk))
        lay_ballast(disk);
}

static void look(struct disk *disk)
{
    enum disk_step before = disk->step;
    if (measure(disk) != 0)
        return;
    disk->step = disk_step(&disk->space);
    trim_ballast(disk);
    if (disk->step > before) {
        log_about((struct log_about){.event = "disk.level"});
        log_warning("the disk of %s has %" PRId64 " MiB left", disk->folder, disk_free_mib(disk));
    }
    if (disk->step != before && disk->moved)
        disk->moved(disk->user);
}

void disk_heed(struct disk *disk, int64_t failed_commits)
{
    if (disk->failed_commits != failed_commits)
        look(disk);
    disk->failed_commits = failed_commits;
}

void disk_write(const struct disk *disk, struct buf *json)
{
    json_open_object(json, "disk");
    json_text(json, "step", disk_step_name(disk->step));
    json_int(json, "free_mib", disk_free_mib(disk));
    json_close_object(json);
}

static int on_time(sd_event_source *source, uint64_t now, void *user)
{
    look(user);
    return sd_event_source_set_time(source, now + LOOK_US);
}

int disk_open(sd_event *event, const char *database, void (*moved)(void *user), void *user, struct disk **ret,
              struct error *error)
{
    struct disk *disk = calloc(1, sizeof(*disk));
    if (!disk)
        return error_set(error, -ENOMEM, "out of memory");
    file_folder(database, disk->folder, sizeof(disk->folder));
    snprintf(disk->ballast, sizeof(disk->ballast), "%s.ballast", database);
    look(disk);
    disk->moved = moved;
    disk->user = user;
    int result =
        sd_event_add_time_relative(event, &disk->timer, CLOCK_MONOTONIC, LOOK_US, LOOK_ACCURACY_US, on_time, disk);
    if (result >= 0)
        result = sd_event_source_set_enabled(disk->timer, SD_EVENT_ON);
    if (result < 0) {
        disk_close(disk);
        return error_set(error, result, "the event loop cannot be set up");
    }
    *ret = disk;
    return 0;
}

struct disk *disk_close(struct disk *disk)
{
    if (!disk)
        return NULL;
    sd_event_source_disable_unref(disk->timer);
    free(disk);
    return NULL;
}

enum disk_step disk_now(const struct disk *disk)
{
    return disk->step;
}

int64_t disk_free_mib(const struct disk *disk)
{
    return disk->space.free / MIB;
}
