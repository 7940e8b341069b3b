#include "tool/descriptor_file.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MAX = HID_DESCRIPTOR_MAX * 4 }; /* as hex, with blanks */

/* The bytes of a descriptor are never all text: it ends with a collection's end, C0. */
static bool is_hex(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!text[i] || !strchr("0123456789abcdefABCDEF \t\r\n", text[i]))
            return false;
    return true;
}

static int too_long(const char *path, struct error *error)
{
    return error_set(error, -E2BIG, "%s is no report descriptor: it is longer than %d bytes", path, HID_DESCRIPTOR_MAX);
}

static int from_hex(const char *path, const char *text, size_t length, struct descriptor_file *ret, struct error *error)
{
    int r = text_from_hex(text, length, ret->bytes, sizeof(ret->bytes), &ret->length);
    if (r == -ENOSPC)
        return too_long(path, error);
    return r < 0 ? error_set(error, r, "%s is no report descriptor: its hex does not end with a whole byte", path) : 0;
}

static int from_bytes(const char *path, const char *bytes, size_t length, struct descriptor_file *ret,
                      struct error *error)
{
    if (length > sizeof(ret->bytes))
        return too_long(path, error);
    memcpy(ret->bytes, bytes, length);
    ret->length = length;
    return 0;
}

static int read_file(const char *path, char bytes[FILE_MAX], size_t *ret_length, struct error *error)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return error_set(error, -errno, "%s cannot be read: %s", path, strerror(errno));
    size_t length = fread(bytes, 1, FILE_MAX, file);
    bool failed = ferror(file), more = length == FILE_MAX && fgetc(file) != EOF;
    fclose(file);
    if (failed)
        return error_set(error, -EIO, "%s cannot be read", path);
    *ret_length = length;
    return more ? too_long(path, error) : 0;
}

int descriptor_file_load(const char *path, struct descriptor_file *ret, struct error *error)
{
    char bytes[FILE_MAX];
    size_t length;
    int r = read_file(path, bytes, &length, error);
    if (r < 0)
        return r;
    if (length == 0)
        return error_set(error, -EINVAL, "%s is no report descriptor: it is empty", path);
    return is_hex(bytes, length) ? from_hex(path, bytes, length, ret, error)
                                 : from_bytes(path, bytes, length, ret, error);
}
