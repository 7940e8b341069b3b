#include "contestants.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

struct append_log {
    int fd;
    int64_t size;
};

struct append_log *append_log_open(const char *path)
{
    struct append_log *log = calloc(1, sizeof(*log));
    must(log ? 0 : -1, "out of memory");
    log->fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    must(log->fd < 0 ? -errno : 0, path);
    return log;
}

static void append(struct append_log *log, const struct work *work, struct range range)
{
    struct iovec parts[2 * PER_COMMIT];
    int count = 0;
    static char line_end[] = "\n";
    for (size_t i = 0; i < range.count; i++) {
        const struct bench_scan *scan = &work->scans[range.first + i];
        parts[count++] = (struct iovec){(void *)(uintptr_t)scan->line, scan->line_length};
        parts[count++] = (struct iovec){line_end, 1};
    }
    ssize_t written = writev(log->fd, parts, count);
    must(written < 0 ? -errno : 0, "the append log");
    disk_meter_wrote(log->fd, log->size, (size_t)written);
    log->size += written;
    must(fdatasync(log->fd) ? -errno : 0, "the append log");
}

void append_log_run(struct append_log *log, const struct work *work, struct range range, struct tally *tally)
{
    struct stopwatch watch = stopwatch_start();
    for (size_t done = 0; done < range.count; done += range.per_commit) {
        append(log, work, (struct range){.first = range.first + done, .count = range.per_commit});
        disk_meter_commit();
        stopwatch_lap(&watch, range.per_commit, tally);
    }
}

void append_log_close(struct append_log *log)
{
    close(log->fd);
    free(log);
}
