/* Pictures for labels: from a file beside a template, or from base64 in the data. Does not scale them. */
#ifndef LABEL_TEMPLATE_PICTURE_H
#define LABEL_TEMPLATE_PICTURE_H

#include "drivers/label/dots.h"
#include "drivers/label/fault.h"

#include <jansson.h>

/* field: how a fault calls it. -EINVAL: no picture; -ENOMEM. ret: dots_done. */
int template_picture_load(const char *folder, const char *file, const char *field, bool dither, struct dots *ret,
                          struct label_fault *fault);
int template_picture_decode(const json_t *base64, const char *field, bool dither, struct dots *ret,
                            struct label_fault *fault);

/* The bytes of a base64 text, white space left out. -EINVAL when it is none, or holds none or more than max. */
int template_base64(const json_t *text, size_t max, struct buf *ret);

#endif
