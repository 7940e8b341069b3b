/* CPCL: mobile printers of Zebra and their many clones. Everything goes as dots: how thick a line is to which side of
 * its place, and which subsets a bar code takes, is each printer's own affair. */
#include "drivers/label/cut.h"
#include "drivers/label/language.h"

#include <errno.h>
#include <inttypes.h>

#define PICTURE_COST 24 /* bytes of "CG 12 123 123 1234 " with its line end */

/* CG takes bytes as they are, EG the same in hex, for lines on which only text gets through. 1 is black. */
static void put_picture(const struct cut *cut, const struct cut_piece *piece, bool hex, struct buf *out)
{
    CLEANUP_BUF struct buf dots = {0};
    cut_put_dots(cut, piece, 1, &dots);
    buf_printf(out, "%s %d %d %d %d ", hex ? "EG" : "CG", cut_bytes_wide(piece), piece->height, piece->x, piece->y);
    for (size_t i = 0; i < dots.length && hex; i++)
        buf_printf(out, "%02X", (uint8_t)dots.data[i]);
    if (!hex)
        buf_put(out, dots.data, dots.length);
    buf_puts(out, "\r\n");
    out->failed |= dots.failed;
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
