/* Which characters may be printed. Does not draw and does not know a printer's commands. */
#ifndef LABEL_PRINTABLE_H
#define LABEL_PRINTABLE_H

#include "base/buf.h"
#include "base/error.h"

#include <stdint.h>

/* Copies text for people to read: runs of blanks and control characters become one blank; characters that have no
 * shape of their own (zero width, direction marks) are left out and counted. -EINVAL when it is not UTF-8. */
int printable_text(const char *text, struct buf *out, int64_t *ret_removed);

/* A code must be scanned back exactly, so nothing is changed: what nobody could see or type refuses it.
 * -EINVAL with a sentence that names the field. */
int printable_check_qr(const char *field, const char *text, struct error *error);

/* As above, and only the printable characters of ASCII. */
int printable_check_code128(const char *field, const char *text, struct error *error);

#endif
