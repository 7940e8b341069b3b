/* What a print job looks like, for people: the very dots that its printer gets. Prints nothing. */
#ifndef STATION_PICTURE_H
#define STATION_PICTURE_H

#include "drivers/label/render.h"
#include "store/store.h"

/* The first pages below each other, as a PNG. -EINVAL: there is none. */
int picture_of_pages(const struct label *pages, struct buf *png);

/* Its pages below each other, as a PNG. -ENOENT no such job; -ENOTSUP it was made elsewhere, as commands for a printer;
 * -EINVAL and the others of render_pages(): it cannot be drawn. masked: for somebody who need not know the receiver. */
int picture_of_job(struct store *store, const struct template_set *templates, int64_t job, int64_t dpi,
                   enum label_tongue tongue, bool masked, struct buf *png);

#endif
