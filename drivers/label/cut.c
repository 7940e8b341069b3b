#include "drivers/label/cut.h"

#include <errno.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- bars */

static bool add_bar(struct cut *cut, int x, int y, int width, int height)
{
    if (cut->bar_count == COUNT(cut->bars))
        return false;
    if (width > 0 && height > 0)
        cut->bars[cut->bar_count++] = (struct cut_piece){x, y, width, height};
    return true;
}

static bool frame_bars(struct cut *cut, const struct label_element *element)
{
    const struct label_box *box = &element->box;
    int thickness = element->thickness;
    if (2 * thickness >= box->height || 2 * thickness >= box->width)
        return add_bar(cut, box->x, box->y, box->width, box->height);
    int inner = box->height - 2 * thickness;
    return add_bar(cut, box->x, box->y, box->width, thickness) &&
           add_bar(cut, box->x, box->y + box->height - thickness, box->width, thickness) &&
           add_bar(cut, box->x, box->y + thickness, thickness, inner) &&
           add_bar(cut, box->x + box->width - thickness, box->y + thickness, thickness, inner);
}

/* All rows of a linear symbol are alike, or all columns when it is turned. */
static bool symbol_bars(struct cut *cut, const struct label_element *element)
{
    const struct dots *dots = &element->dots;
    bool upright = element->turns % 2 == 0;
    int length = upright ? dots->width : dots->height;
    for (int at = 0, run; at < length; at += run) {
        bool black = upright ? dots_get(dots, at, 0) : dots_get(dots, 0, at);
        for (run = 1; at + run < length; run++)
            if ((upright ? dots_get(dots, at + run, 0) : dots_get(dots, 0, at + run)) != black)
                break;
        bool fits = !black || (upright ? add_bar(cut, element->x + at, element->y, run, dots->height)
                                       : add_bar(cut, element->x, element->y + at, dots->width, run));
        if (!fits)
            return false;
    }
    return true;
}

/* True when all of the element is in the bars then. */
static bool put_bars(struct cut *cut, const struct label_element *element, int cost)
{
    size_t before = cut->bar_count;
    bool linear = element->kind == LABEL_SYMBOL && element->symbol.linear && element->dots.bits;
    bool put =
        (element->kind == LABEL_FRAME && frame_bars(cut, element)) || (cost > 0 && linear && symbol_bars(cut, element));
    size_t raw = element->dots.stride * (size_t)element->dots.height;
    bool shorter = element->kind == LABEL_FRAME || (cut->bar_count - before) * (size_t)cost < raw;
    if (!put || !shorter)
        cut->bar_count = before;
    return put && shorter;
}

/* Frames first: for them there is always room. */
static void put_elements(struct cut *cut, const struct label *page, const struct cut_costs *costs)
{
    for (size_t i = 0; i < page->count; i++)
        if (page->elements[i].kind == LABEL_FRAME)
            put_bars(cut, &page->elements[i], costs->bar);
    for (size_t i = 0; i < page->count; i++) {
        const struct label_element *element = &page->elements[i];
        if (element->dots.bits && !put_bars(cut, element, costs->bar))
            dots_put(&cut->dots, &element->dots, element->x, element->y);
    }
}

/* ---------------------------------------------------------------- pictures */

static bool row_is_blank(const struct dots *dots, const struct cut_piece *piece, int y)
{
    for (int x = piece->x; x < piece->x + piece->width; x++)
        if (dots_get(dots, x, piece->y + y))
            return false;
    return true;
}

static bool column_is_blank(const struct dots *dots, const struct cut_piece *piece, int x)
{
    for (int y = piece->y; y < piece->y + piece->height; y++)
        if (dots_get(dots, piece->x + x, y))
            return false;
    return true;
}

typedef bool line_is_blank(const struct dots *dots, const struct cut_piece *piece, int at);

struct gap {
    int at, size;
};

/* The widest run of blank lines that has something on both sides; the blank ones at the ends. */
static struct gap widest_gap(const struct dots *dots, const struct cut_piece *piece, line_is_blank *is_blank,
                             int length, int *ret_first, int *ret_last)
{
    struct gap widest = {0, 0};
    int last = -1;
    *ret_first = length;
    for (int at = 0; at < length; at++) {
        if (is_blank(dots, piece, at))
            continue;
        if (last < 0)
            *ret_first = at;
        else if (at - last - 1 > widest.size)
            widest = (struct gap){last + 1, at - last - 1};
        last = at;
    }
    *ret_last = last;
    return widest;
}

static int bytes_wide(int width)
{
    return (width + 7) / 8;
}

/* Cut where the white between two parts costs more than another command, again and again. */
static void cut_piece(struct cut *cut, struct cut_piece piece, int cost)
{
    int first, last;
    struct gap rows = widest_gap(&cut->dots, &piece, row_is_blank, piece.height, &first, &last);
    if (last < 0)
        return;
    piece.y += first;
    piece.height = last - first + 1;
    rows.at -= first;
    struct gap columns = widest_gap(&cut->dots, &piece, column_is_blank, piece.width, &first, &last);
    piece.x += first;
    piece.width = last - first + 1;
    columns.at -= first;
    int saved_rows = rows.size * bytes_wide(piece.width), saved_columns = columns.size / 8 * piece.height;
    bool full = cut->picture_count + cut->pending + 2 > CUT_PIECES_MAX;
    if (full || (saved_rows <= cost && saved_columns <= cost)) {
        cut->pictures[cut->picture_count++] = piece;
        return;
    }
    struct cut_piece before = piece, after = piece;
    if (saved_rows > saved_columns) {
        before.height = rows.at;
        after.y += rows.at + rows.size;
        after.height -= rows.at + rows.size;
    } else {
        before.width = columns.at;
        after.x += columns.at + columns.size;
        after.width -= columns.at + columns.size;
    }
    cut->pending++;
    cut_piece(cut, before, cost);
    cut->pending--;
    cut_piece(cut, after, cost);
}

/* Without a command for rectangles each goes as a picture of its own: a frame would hold all white inside it. */
static void draw_bars(struct cut *cut)
{
    for (size_t i = 0; i < cut->bar_count; i++) {
        const struct cut_piece *bar = &cut->bars[i];
        dots_fill(&cut->dots, bar->x, bar->y, bar->width, bar->height);
        cut->pictures[cut->picture_count++] = *bar;
    }
    cut->bar_count = 0;
}

int cut_page(const struct label *page, const struct cut_costs *costs, struct cut **ret)
{
    CLEANUP(cut_free_p) struct cut *cut = calloc(1, sizeof(*cut));
    if (!cut || dots_init(&cut->dots, page->width, page->height) != 0)
        return -ENOMEM;
    put_elements(cut, page, costs);
    cut_piece(cut, (struct cut_piece){0, 0, page->width, page->height}, costs->picture);
    if (costs->bar == 0)
        draw_bars(cut);
    *ret = cut;
    cut = NULL;
    return 0;
}

struct cut *cut_free(struct cut *cut)
{
    if (cut)
        dots_done(&cut->dots);
    free(cut);
    return NULL;
}

int cut_bytes_wide(const struct cut_piece *picture)
{
    return bytes_wide(picture->width);
}

void cut_put_dots(const struct cut *cut, const struct cut_piece *picture, int black, struct buf *out)
{
    for (int y = 0; y < picture->height; y++)
        for (int x = 0; x < picture->width; x += 8) {
            unsigned byte = 0;
            for (int bit = 0; bit < 8 && x + bit < picture->width; bit++)
                if (dots_get(&cut->dots, picture->x + x + bit, picture->y + y))
                    byte |= 0x80u >> bit;
            buf_putc(out, (char)(black ? byte : ~byte));
        }
}
