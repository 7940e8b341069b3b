/* All of a file into a buf, and a file as the disk has it. Does not say which file it was: the caller's sentence does.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/* To the end. -EFBIG: more than the buf's maximum; otherwise what reading failed with. */
int file_read(FILE *file, struct buf *ret);
int file_load(const char *path, struct buf *ret);

/* The folder that a file of this path lies in, without a slash at its end: "." of a bare name, "/" of what lies at the
 * root. The path's own size is always enough, and at least 2. false: it does not fit, and ret is cut short. */
bool file_folder(const char *path, char *ret, size_t capacity);

/* A small file that must not be half: written beside its place, synced, and put there. After a power cut it is whole,
 * or what was there before is. mode: whatever the umask. */
int file_keep(const char *path, const void *bytes, size_t length, mode_t mode);

/* Writes what is only in the kernel's memory, and lets who reads the file next read it from the disk. After a write to
 * the disk that failed, Linux keeps showing what should have been written, and says of the next sync that all is well:
 * what is read then is gone when the power fails. 0, also when there is no such file; -errno when it cannot be written.
 */
int file_settle(const char *path);

/* The names in the folder that this file lies in are on the disk, too: after rename(2). */
int file_settle_folder(const char *path);

/* The bytes of one file as a new one, on the disk when this returns; what there is of it is removed on failure. */
int file_copy(const char *from, const char *to);

#endif
