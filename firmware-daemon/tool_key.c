#include "tool_key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The old file goes first: who has it open has nothing of the new one. */
static int write_key(const char *path, const char *key)
{
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0)
        return -errno;
    int result = 0;
    if (fchmod(fd, 0640) != 0 || write(fd, key, strlen(key)) != (ssize_t)strlen(key))
        result = errno ? -errno : -EIO;
    close(fd);
    return result;
}

int tool_key_make(const char *path, char ret[TOOL_KEY_SIZE])
{
    unsigned char bytes[32];
    randombytes_buf(bytes, sizeof(bytes));
    sodium_bin2base64(ret, TOOL_KEY_SIZE, bytes, sizeof(bytes), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof(bytes));
    int result = write_key(path, ret);
    if (result)
        *ret = '\0';
    return result;
}
