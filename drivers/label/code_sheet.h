/* A QR code by itself, without a label around it: as text for a terminal, as a picture for a page or a sheet of paper.
 */
#ifndef LABEL_CODE_SHEET_H
#define LABEL_CODE_SHEET_H

#include "base/buf.h"
#include "drivers/label/dots.h"

#include <stdio.h>

/* The code's modules, without a quiet zone; dots_done(). -EINVAL: the text cannot be one; -ENOMEM. */
int code_sheet_make(const char *text, struct dots *ret);

/* Two rows of modules are one line of text, with a margin. The light ones are drawn: most terminals are dark. */
void code_sheet_print(const struct dots *modules, FILE *out);

/* With a quiet zone, 203 dots per inch, each module a millimetre wide. -ENOMEM */
int code_sheet_png(const struct dots *modules, struct buf *out);

/* The rows as a JSON array of texts, "1" for dark, for a page that draws it. */
void code_sheet_json(const struct dots *modules, const char *key, struct buf *json);

#endif
