#include "pictures.h"

#include "base/cleanup.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How a file of each kind begins: ISO/IEC 10918-1 (SOI), PNG 5.2, RFC 9649 2.3. */
static const struct kind {
    const char *ending, *type, *start;
    size_t length;
} kinds[] = {
    {"jpg", "image/jpeg", "\xff\xd8\xff", 3},
    {"png", "image/png", "\x89PNG\r\n\x1a\n", 8},
    {"webp", "image/webp", "RIFF", 4},
};

/* A name of the folder itself: nothing that leads elsewhere, and no hidden file. */
static bool is_plain(const char *sku)
{
    return *sku && *sku != '.' && !strchr(sku, '/');
}

/* A symbolic link could lead out of the folder; a pipe would be waited for. */
static FILE *open_plain(const char *path, size_t max)
{
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return NULL;
    bool good = fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size > 0 && (size_t)facts.st_size <= max;
    FILE *file = good ? fdopen(fd, "r") : NULL;
    if (!file)
        close(fd);
    return file;
}

static int read_kind(const char *path, const struct kind *kind, struct buf *ret)
{
    FILE *file = open_plain(path, ret->max);
    if (!file)
        return -ENOENT;
    int result = file_read(file, ret);
    fclose(file);
    bool good =
        !result && !ret->failed && ret->length > kind->length && memcmp(ret->data, kind->start, kind->length) == 0;
    return good ? 0 : -ENOENT;
}

int picture_read(const char *folder, const char *sku, struct buf *ret, const char **ret_type)
{
    char path[PATH_MAX];
    for (size_t i = 0; *folder && is_plain(sku) && i < COUNT(kinds); i++) {
        int length = snprintf(path, sizeof(path), "%s/%s.%s", folder, sku, kinds[i].ending);
        if (length > 0 && (size_t)length < sizeof(path) && read_kind(path, &kinds[i], ret) == 0) {
            *ret_type = kinds[i].type;
            return 0;
        }
        ret->length = 0;
        ret->failed = false;
    }
    return -ENOENT;
}
