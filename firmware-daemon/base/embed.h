/* Files of the source tree carried inside the program. Does not unpack or interpret them.
 * The Makefile makes one table per set, ended by a name of NULL. */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include <stddef.h>

struct embedded_file {
    const char *name; /* the file's own name, without its folder */
    const char *data; /* followed by a zero byte that length does not count */
    size_t length;
};

/* NULL when there is none. */
const struct embedded_file *embed_find(const struct embedded_file *table, const char *name);

#endif
