#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
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

static int write_whole(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0)
            return -errno;
        bytes += written;
        length -= (size_t)written;
    }
    return fsync(fd) == 0 ? 0 : -errno;
}

/* That a name stands for another file is in the folder. */
static int sync_folder(const char *path)
{
    char copy[4096];
    snprintf(copy, sizeof(copy), "%s", path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int result = fsync(fd) == 0 ? 0 : -errno;
    close(fd);
    return result;
}

int file_replace(const char *path, const void *bytes, size_t length, unsigned mode)
{
    char beside[4096];
    if ((size_t)snprintf(beside, sizeof(beside), "%s.new", path) >= sizeof(beside))
        return -ENAMETOOLONG;
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode & 0600);
    if (fd < 0)
        return -errno;
    int result = fchmod(fd, mode) == 0 ? write_whole(fd, bytes, length) : -errno;
    close(fd);
    if (!result && rename(beside, path) != 0)
        result = -errno;
    if (result)
        unlink(beside);
    return result ? result : sync_folder(path);
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
