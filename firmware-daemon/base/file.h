/* All of a file into a buf. Does not say which file it was: the caller's sentence does. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"

#include <stdio.h>

/* To the end. -EFBIG: more than the buf's maximum; otherwise what reading failed with. */
int file_read(FILE *file, struct buf *ret);
int file_load(const char *path, struct buf *ret);

#endif
