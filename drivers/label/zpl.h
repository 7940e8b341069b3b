/* A label in ZPL II, the language of Zebra printers and their many clones. Does not send it.
 * What customers wrote reaches the printer as data only: escaped text, or dots. */
#ifndef LABEL_ZPL_H
#define LABEL_ZPL_H

#include "base/buf.h"
#include "drivers/label/label.h"

#define ZPL_COPIES_MAX 99

/* Appends one format per page. Sets everything that a printer keeps from format to format, and stores nothing in it.
 * -EINVAL with a sentence (copies), -ENOMEM when out is full; out is then worthless. */
int zpl_from_label(const struct label *label, int copies, struct buf *out, struct error *error);

/* "^GF" with the dots: ASCII hex under Zebra's "alternative data compression scheme", never longer than plain hex. */
void zpl_put_graphic(struct buf *out, const struct dots *dots);

#endif
