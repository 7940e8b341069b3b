/* A label as data: a page of known size with texts, symbols, frames and pictures, each inside a box of its own.
 * Everything is laid out and drawn when it is added, so a finished label can be printed: nothing leaves its box,
 * nothing is lost. Does not know a printer's language (language.h), nor where its texts come from (template.h). */
#ifndef LABEL_LABEL_H
#define LABEL_LABEL_H

#include "base/cleanup.h"
#include "drivers/label/fault.h"
#include "drivers/label/symbol.h"
#include "drivers/label/text_raster.h"

#define LABEL_ELEMENTS_MAX 400
#define LABEL_TEXT_MAX     1024 /* bytes of one text; a longer one does not fit anywhere, and is cut if it may be */
#define LABEL_PAGES_MAX    200
#define LABEL_DPI_DEFAULT  203

/* Dots from the label's top left corner. */
struct label_box {
    int x, y, width, height;
};

enum label_kind { LABEL_TEXT, LABEL_SYMBOL, LABEL_FRAME, LABEL_IMAGE };

struct label_element {
    enum label_kind kind;
    const char *section; /* of the template, which lends it: "text receiver"; NULL: it is of none */
    struct label_box box;
    /* What is printed, and the only thing a preview shows: turned already. A frame has no dots. */
    struct dots dots; /* no bits when nothing of it is black */
    int x, y;         /* of .dots, on the label */
    int turns;        /* quarter turns clockwise, 0 to 3 */
    /* What a printer may need to draw the same by itself, when .turns is 0. */
    char *text;                       /* text: cleaned; symbol: NULL, see .symbol.text */
    struct text_style style;          /* text */
    int text_height, baseline, lines; /* text: of its font; of its first line from the top of the box */
    bool shortened;                   /* text: it ends with an ellipsis */
    struct symbol symbol;             /* symbol, without its modules */
    int module, bar_height;           /* symbol: dots of a module; of a linear one's bars */
    int thickness;                    /* frame */
};

enum label_media { MEDIA_GAP, MEDIA_MARK, MEDIA_CONTINUOUS };

struct label {
    int64_t dpi;
    int width, height;               /* dots */
    int width_tenths, height_tenths; /* of a millimetre */
    enum label_media media;
    int gap_tenths; /* between labels */
    struct label_element elements[LABEL_ELEMENTS_MAX];
    size_t count;
    int64_t missing;    /* characters that no font has: each is a box */
    int64_t removed;    /* shapeless characters that were left out of texts and codes */
    bool built_in;      /* drawn by the template that is shipped, because the site's own could not be */
    struct label *next; /* the page after this one, owned */
};

/* dpi is 203, 300 or 600; 0 means 203. -EINVAL, -ENOMEM. */
int label_new(int64_t dpi, int width_tenths, int height_tenths, struct label **ret, struct label_fault *fault);

/* Frees the pages after it too. */
struct label *label_free(struct label *label);
DEFINE_CLEANUP(label_free, struct label *);

/* Tenths of a millimetre to dots, rounded. */
int label_mm(const struct label *label, int tenths);

/* A box of tenths of a millimetre; boxes that touch there also touch in dots. */
struct label_box label_box_mm(const struct label *label, struct label_box tenths);

/* The builders below: 0, or the label unchanged and a fault that names the field: -EOVERFLOW it does not fit,
 * -EINVAL a character or a box that cannot be, -ENOSPC the label is full, -ENOENT the fonts are missing, -ENOMEM. */

struct label_text {
    const char *field; /* how a fault calls it: "receiver.address" */
    const char *text;
    struct label_box box;
    struct text_style style;
    int turns; /* the text is laid out in a box of exchanged sides when odd */
};
int label_add_text(struct label *label, const struct label_text *text, struct label_fault *fault);

/* Bars only: the text below them is a label_text like any other. The widest module that fits is taken; the quiet zones
 * are inside the box, the symbol in its middle. *ret_hri (may be NULL) lends what people read until the label goes. */
struct label_symbol {
    struct symbol_request request;
    struct label_box box;
    int least_module, most_module; /* dots */
    int turns;
};
int label_add_symbol(struct label *label, const struct label_symbol *symbol, const char **ret_hri,
                     struct label_fault *fault);

/* A rectangle of lines inside the box; as thick as the box is flat, it is a line. */
int label_add_frame(struct label *label, struct label_box box, int thickness, struct label_fault *fault);

/* A picture scaled into the box, its sides in proportion, in the middle. Takes the dots: when it succeeds, *picture is
 * empty. */
int label_add_image(struct label *label, const char *field, struct dots *picture, struct label_box box,
                    struct label_fault *fault);

/* All of it as one picture: what a preview shows. ret: dots_done. -ENOMEM */
int label_draw(const struct label *label, struct dots *ret);

#endif
