#include "base/file.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int file_read(FILE *file, struct buf *ret)
{
    char block[16384];
    size_t length;
    errno = 0;
    while (!ret->failed && (length = fread(block, 1, sizeof(block), file)) > 0)
        buf_put(ret, block, length);
    if (ferror(file))
        return errno ? -errno : -EIO;
    return ret->failed ? -EFBIG : 0;
}

int file_load(const char *path, struct buf *ret)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return -errno;
    int result = file_read(file, ret);
    fclose(file);
    return result;
}

bool file_folder(const char *path, char *ret, size_t capacity)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return text_copy_n(ret, capacity, ".", 1);
    return text_copy_n(ret, capacity, path, slash > path ? (size_t)(slash - path) : 1);
}

/* The entry of a folder is written by a sync of the folder. */
int file_settle_folder(const char *path)
{
    char folder[PATH_MAX];
    if (!file_folder(path, folder, sizeof(folder)))
        return -ENAMETOOLONG;
    int fd CLEANUP(cleanup_close) = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 || fsync(fd) != 0 ? -errno : 0;
}

static int write_synced(const char *path, const void *bytes, size_t length, mode_t mode)
{
    CLEANUP(cleanup_close) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode & 0600);
    if (fd < 0)
        return -errno;
    ssize_t written = fchmod(fd, mode) == 0 ? write(fd, bytes, length) : -1;
    if (written < 0 || fsync(fd) != 0)
        return -errno;
    return (size_t)written == length ? 0 : -ENOSPC;
}

int file_keep(const char *path, const void *bytes, size_t length, mode_t mode)
{
    CLEANUP_BUF struct buf beside = {0};
    buf_printf(&beside, "%s.new", path);
    if (beside.failed)
        return -ENOMEM;
    int result = write_synced(beside.data, bytes, length, mode);
    if (!result && rename(beside.data, path) != 0)
        result = -errno;
    if (result)
        unlink(beside.data);
    return result ? result : file_settle_folder(path);
}

int file_settle(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : -errno;
    int result = fsync(fd) == 0 ? 0 : -errno;
    if (!result) /* of what is read again nothing is lost when the kernel does not follow this advice */
        posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    close(fd);
    return result;
}

static int copy_bytes(int from, int to)
{
    char block[65536];
    ssize_t length;
    while ((length = read(from, block, sizeof(block))) > 0)
        for (ssize_t done = 0, part; done < length; done += part)
            if ((part = write(to, block + done, (size_t)(length - done))) < 0)
                return -errno;
    return length < 0 || fsync(to) != 0 ? -errno : 0;
}

int file_copy(const char *from, const char *to)
{
    int in CLEANUP(cleanup_close) = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return -errno;
    int out CLEANUP(cleanup_close) = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0)
        return -errno;
    int result = copy_bytes(in, out);
    if (result)
        unlink(to);
    return result;
}
