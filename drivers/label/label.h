/* A label as data: a page of known size with text, codes and frames, each inside a box of its own.
 * Everything is laid out when it is added, so a finished label can be printed: nothing leaves its box, nothing is lost.
 * Does not know a printer's language. */
#ifndef LABEL_LABEL_H
#define LABEL_LABEL_H

#include "base/cleanup.h"
#include "drivers/label/symbol.h"
#include "drivers/label/text_raster.h"

#include <stdint.h>

#define LABEL_ELEMENTS_MAX 160
#define LABEL_TEXT_MAX     1024 /* bytes of one text; a longer one does not fit anywhere, and is cut if it may be */
#define LABEL_DPI_DEFAULT  203

/* Dots from the label's top left corner. */
struct label_box {
    int x, y, width, height;
};

enum label_kind { LABEL_TEXT, LABEL_CODE128, LABEL_QR, LABEL_FRAME };

struct label_element {
    enum label_kind kind;
    struct label_box box;
    char *text;                  /* cleaned text, or the code; NULL for a frame */
    struct text_style style;     /* text */
    struct text_picture picture; /* text, QR */
    struct code128_plan plan;    /* Code 128 */
    int module;                  /* Code 128, QR: dots of the narrowest bar */
    int x;                       /* Code 128: of its first bar */
    int thickness;               /* frame */
};

struct label {
    int64_t dpi;
    int width, height; /* dots */
    struct label_element elements[LABEL_ELEMENTS_MAX];
    size_t count;
    int64_t missing;    /* characters that no font has */
    int64_t removed;    /* shapeless characters that were left out of text */
    struct label *next; /* the page after this one, owned */
};

/* A page of tenths of a millimetre. dpi is 203, 300 or 600; 0 means 203. -EINVAL with a sentence, -ENOMEM. */
int label_new(int64_t dpi, int width_tenths, int height_tenths, struct label **ret, struct error *error);

/* Frees the pages after it too. */
struct label *label_free(struct label *label);
DEFINE_CLEANUP(label_free, struct label *);

/* Tenths of a millimetre to dots, rounded. */
int label_mm(const struct label *label, int tenths);

/* A box of tenths of a millimetre; boxes that touch there also touch in dots. */
struct label_box label_box_mm(const struct label *label, struct label_box tenths);

/* The builders below: 0, or the label unchanged and a sentence that names the field: -EOVERFLOW it does not fit,
 * -EINVAL a character or a box that cannot be, -ENOSPC the label is full, -ENOENT the fonts are missing, -ENOMEM. */

struct label_text {
    const char *field; /* how a sentence calls it: "receiver address" */
    const char *text;
    struct label_box box;
    struct text_style style;
};
int label_add_text(struct label *label, const struct label_text *text, struct error *error);

/* Bars only: the text below them is a label_text like any other. The widest module that fits is taken; the quiet zones
 * are inside the box, the bars in its middle. */
struct label_code128 {
    const char *field, *text;
    struct label_box box;
    int least_module, most_module; /* dots, at most 10 */
};
int label_add_code128(struct label *label, const struct label_code128 *code, struct error *error);

/* The same for a QR code. */
struct label_qr {
    const char *field, *text;
    struct label_box box;
    int least_module, most_module; /* dots */
    enum qr_level level;
};
int label_add_qr(struct label *label, const struct label_qr *code, struct error *error);

/* A rectangle of lines inside the box; as thick as the box is flat, it is a line. */
int label_add_frame(struct label *label, struct label_box box, int thickness, struct error *error);

#endif
