/* Text of any script as printer dots, laid out inside a box of its own: Pango with its FreeType back end, on the two
 * font families that the appliance carries. Does not choose where the box is, and does not clean the text.
 * Several threads may use it; one of them draws, the others wait. */
#ifndef LABEL_TEXT_RASTER_H
#define LABEL_TEXT_RASTER_H

#include "base/error.h"
#include "drivers/label/dots.h"

enum text_align { TEXT_LEFT, TEXT_CENTRE, TEXT_RIGHT };

struct text_style {
    int height;       /* of the font's em square, dots */
    int least_height; /* it may shrink down to this; 0: it may not shrink */
    enum text_align align;
    bool bold;
    bool wrap;       /* into as many lines as the box holds */
    bool cut;        /* what is still too long ends with an ellipsis instead of being refused */
    bool middle;     /* centred from top to bottom; otherwise it starts at the top */
    bool inverse;    /* white on a black box */
    bool by_printer; /* the printer's own font will do, where the text surely fits */
};

struct text_picture {
    struct dots dots; /* only the inked part; no bits when nothing is inked */
    int x, y;         /* where .dots go inside the box */
    int height;       /* of the font, as it was chosen */
    int baseline;     /* of the first line, from the top of the box */
    int lines;
    bool shortened; /* it ends with an ellipsis */
    int missing;    /* characters that no font has; a framed number stands for each */
};

/* -EOVERFLOW when it does not fit at its least height, -ENOENT (with a sentence) when the fonts are not installed,
 * -ENOMEM. ret is the caller's: text_picture_done. */
int text_raster(const char *text, const struct text_style *style, int width, int height, struct text_picture *ret,
                struct error *error);
void text_picture_done(struct text_picture *picture);

/* From one baseline to the next, for a font of this height: CJK characters and Latin descenders both have room. */
int text_line_pitch(int font_height);

#endif
