/* Labels that nobody may take for real ones: SAMPLE 样张 across every page, and no symbol that a scanner would read as
 * something real. Does not know why a label is a sample. */
#ifndef LABEL_SAMPLE_H
#define LABEL_SAMPLE_H

#include "drivers/label/label.h"

/* What a sample's symbols must begin with to stay readable: nothing real is called so. */
#define SAMPLE_PREFIX "TRAIN"

/* Marks the page and those after it. The errors of the builders; the pages are half marked then, and not to be
 * printed. */
int sample_mark(struct label *pages, struct label_fault *fault);

#endif
