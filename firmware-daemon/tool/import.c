#include "tool/commands.h"
#include "tool/daemon_client.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX ((size_t)8 << 20) /* bytes; the daemon takes no more in one import */

static bool is_kind(const char *word)
{
    static const char *const kinds[] = {"orders", "items", "stock", "locations", "workers"};
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (strcmp(kinds[i], word) == 0)
            return true;
    return false;
}

static int read_file(const char *path, struct buf *ret, struct error *error)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return error_set(error, -errno, "%s cannot be read: %s", path, strerror(errno));
    char block[16384];
    size_t length;
    errno = 0;
    while (!ret->failed && (length = fread(block, 1, sizeof(block), file)) > 0)
        buf_put(ret, block, length);
    int fault = ferror(file) ? errno : 0;
    fclose(file);
    if (fault)
        return error_set(error, -fault, "%s cannot be read: %s", path, strerror(fault));
    if (ret->failed)
        return error_set(error, -EFBIG, "%s is larger than 8 MiB: split it into several files", path);
    if (ret->length == 0)
        return error_set(error, -ENODATA, "%s is empty: it needs a header line and at least one row", path);
    return 0;
}

enum exit_code command_import(struct command_call *call)
{
    const char *kind = call->words[0], *path = call->words[1];
    if (!is_kind(kind))
        return command_fail(EXIT_USAGE,
                            "orders, items, stock, locations and workers can be imported, not \"%s\"; see "
                            "floorhand import --help",
                            kind);
    CLEANUP_BUF struct buf csv = {.max = FILE_MAX};
    struct error error;
    if (read_file(path, &csv, &error) < 0)
        return command_fail(EXIT_FAILED, "%s", error.text);
    return daemon_post(call->options.url, (const char *const[]){"import", kind, NULL}, "text/csv", &csv, NULL);
}
