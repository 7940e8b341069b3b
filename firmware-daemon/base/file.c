#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
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
