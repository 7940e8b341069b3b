#include "base/file.h"

#include <errno.h>

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
