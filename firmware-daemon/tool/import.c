#include "base/file.h"
#include "tool/commands.h"
#include "tool/daemon_client.h"

#include <errno.h>
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
    int result = file_load(path, ret);
    if (result == -EFBIG)
        return error_set(error, result, "%s is larger than 8 MiB: split it into several files", path);
    if (result)
        return error_set(error, result, "%s cannot be read: %s", path, strerror(-result));
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
