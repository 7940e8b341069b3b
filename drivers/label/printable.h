/* Which characters may be printed. Does not draw and does not know a printer's commands. */
#ifndef LABEL_PRINTABLE_H
#define LABEL_PRINTABLE_H

#include "base/buf.h"
#include "drivers/label/fault.h"

#include <stdint.h>

/* Copies text for people to read: runs of blanks and control characters become one blank; characters that have no
 * shape of their own (zero width, direction marks) are left out and counted. -EINVAL when it is not UTF-8. */
int printable_text(const char *text, struct buf *out, int64_t *ret_removed);

enum printable_set { PRINTABLE_ASCII, PRINTABLE_UNICODE };

/* Copies what a bar code says: shapeless characters, here the joiners too, are left out and added to *removed; blanks
 * stay as they are. -EINVAL label_character: not UTF-8, nothing left, a control character, or one beyond the set;
 * carrier names in the sentence what cannot carry it ("Code 128"). -ENOMEM */
int printable_code(const char *field, const char *text, enum printable_set set, const char *carrier, struct buf *out,
                   int64_t *removed, struct label_fault *fault);

#endif
