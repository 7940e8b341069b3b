/* CPCL: mobile printers of Zebra and their many clones. Everything goes as dots: how thick a line is to which side of
 * its place, and which subsets a bar code takes, is each printer's own affair. */
#include "drivers/label/cut.h"
#include "drivers/label/language.h"

#include <errno.h>
#include <inttypes.h>

#define PICTURE_COST  24 /* bytes of "CG 12 123 123 1234 " with its line end */
#define ROW_BYTES_MAX (DOTS_SIDE_MAX / 8)

/* CG takes bytes as they are, EG the same in hex, for lines on which only text gets through. 1 is black. */
static void put_picture(const struct cut *cut, const struct cut_piece *piece, bool hex, struct buf *out)
{
    uint8_t row[ROW_BYTES_MAX];
    int bytes = (piece->width + 7) / 8;
    buf_printf(out, "%s %d %d %d %d ", hex ? "EG" : "CG", bytes, piece->height, piece->x, piece->y);
    for (int y = 0; y < piece->height; y++) {
        cut_row(cut, piece, y, row);
        for (int i = 0; i < bytes && hex; i++)
            buf_printf(out, "%02X", row[i]);
        if (!hex)
            buf_put(out, row, (size_t)bytes);
    }
    buf_puts(out, "\r\n");
}

int cpcl_encode(const struct label *page, const struct label_printer *printer, int64_t copies, struct buf *out,
                struct label_fault *fault)
{
    CLEANUP(cut_free_p) struct cut *cut = NULL;
    int result = cut_page(page, &(struct cut_costs){.picture = PICTURE_COST}, &cut);
    if (!result) {
        int64_t dpi = page->dpi == 203 ? 200 : page->dpi; /* the resolution's name in the first line */
        buf_printf(out, "! 0 %" PRId64 " %" PRId64 " %d %" PRId64 "\r\nPAGE-WIDTH %d\r\n", dpi, dpi, page->height,
                   copies, page->width);
        for (size_t i = 0; i < cut->picture_count; i++)
            put_picture(cut, &cut->pictures[i], printer->text_only, out);
        buf_puts(out, page->media == MEDIA_CONTINUOUS ? "PRINT\r\n" : "FORM\r\nPRINT\r\n");
    }
    return result || out->failed ? language_no_memory(fault) : 0;
}
