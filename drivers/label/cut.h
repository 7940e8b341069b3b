/* A page in pieces, for languages that take dots raw: black rectangles that a printer draws by itself, and the smallest
 * pictures that hold all other dots. Does not know any language. */
#ifndef LABEL_CUT_H
#define LABEL_CUT_H

#include "drivers/label/label.h"

#define CUT_PIECES_MAX 600
#define CUT_BARS_MAX   (4 * LABEL_ELEMENTS_MAX)

/* Dots from the page's top left corner. */
struct cut_piece {
    int x, y, width, height;
};

struct cut {
    struct dots dots; /* what .pictures are taken from: the page without .bars */
    struct cut_piece bars[CUT_BARS_MAX], pictures[CUT_BARS_MAX + CUT_PIECES_MAX];
    size_t bar_count, picture_count;
    size_t pending; /* while it is cut: pieces that are still to be looked at */
};

struct cut_costs {
    int bar;     /* bytes of a command that draws a rectangle; 0: there is none */
    int picture; /* bytes of a command that draws a picture, without its dots */
};

/* Frames and linear symbols become bars where that is shorter. -ENOMEM. ret: cut_done, and free: it is large. */
int cut_page(const struct label *page, const struct cut_costs *costs, struct cut **ret);
struct cut *cut_free(struct cut *cut);
DEFINE_CLEANUP(cut_free, struct cut *);

/* Whole bytes for each row of a picture. */
int cut_bytes_wide(const struct cut_piece *picture);

/* The rows, one after the other, the most significant bit leftmost. black: the bit that is black; spare bits are white.
 */
void cut_put_dots(const struct cut *cut, const struct cut_piece *picture, int black, struct buf *out);

#endif
