/* Where things stand on a label, as tables in tenths of a millimetre. Does not know any template. */
#ifndef LABEL_LAYOUT_H
#define LABEL_LAYOUT_H

#include "drivers/label/label.h"

/* One text of a template: its box and the heights in its style are tenths of a millimetre. */
struct layout_slot {
    const char *field;
    size_t offset;     /* of a const char * in the template's data, when .fixed is NULL */
    const char *fixed; /* the same on every label */
    struct label_box box;
    struct text_style style;
};

/* Adds every slot whose text is neither NULL nor "". Errors as label_add_text. */
int layout_add_slots(struct label *label, const struct layout_slot *slots, size_t count, const void *data,
                     struct error *error);

/* One text at one place. */
int layout_add_text(struct label *label, const struct layout_slot *slot, const char *text, struct error *error);

/* Frames and, where a side is 0, lines; all of one thickness. */
int layout_add_frames(struct label *label, const struct label_box *boxes, size_t count, struct error *error);

/* A linear code is readable from this width of its narrowest bar on, and not better above that (tenths of a mm). */
#define LAYOUT_MODULE_LEAST 2
#define LAYOUT_MODULE_MOST  5
int layout_add_code128(struct label *label, const char *field, const char *text, struct label_box box,
                       struct error *error);
int layout_add_qr(struct label *label, const char *field, const char *text, struct label_box box, struct error *error);

#endif
