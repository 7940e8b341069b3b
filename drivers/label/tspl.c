/* TSPL and TSPL2: TSC, and most label printers that are sold in China. */
#include "drivers/label/cut.h"
#include "drivers/label/language.h"

#include <errno.h>
#include <inttypes.h>

/* Bytes of "BITMAP 123,1234,12,123,0," with its line end, and of "BAR 123,1234,12,123". */
#define PICTURE_COST 28
#define BAR_COST     20

/* Everything that the label depends on. DIRECTION 0: as the picture is, head first. */
static void put_setup(const struct label *page, struct buf *out)
{
    static const char *const media[] = {[MEDIA_GAP] = "GAP", [MEDIA_MARK] = "BLINE", [MEDIA_CONTINUOUS] = "GAP"};
    int gap = page->media == MEDIA_CONTINUOUS ? 0 : page->gap_tenths;
    buf_printf(out,
               "SIZE %d.%d mm,%d.%d mm\r\n%s %d.%d mm,0 mm\r\nDIRECTION 0,0\r\nREFERENCE 0,0\r\nOFFSET 0 mm\r\nCLS\r\n",
               page->width_tenths / 10, page->width_tenths % 10, page->height_tenths / 10, page->height_tenths % 10,
               media[page->media], gap / 10, gap % 10);
}

/* Mode 0 overwrites, and 0 is black: pieces never overlap each other, and bars come after them. */
static void put_picture(const struct cut *cut, const struct cut_piece *piece, struct buf *out)
{
    buf_printf(out, "BITMAP %d,%d,%d,%d,0,", piece->x, piece->y, cut_bytes_wide(piece), piece->height);
    cut_put_dots(cut, piece, 0, out);
    buf_puts(out, "\r\n");
}

int tspl_encode(const struct label *page, const struct label_printer *printer, int64_t copies, struct buf *out,
                struct label_fault *fault)
{
    CLEANUP(cut_free_p) struct cut *cut = NULL;
    int result = cut_page(page, &(struct cut_costs){.bar = BAR_COST, .picture = PICTURE_COST}, &cut);
    if (!result && cut->picture_count > 0 && printer->text_only)
        return language_needs_bytes(fault);
    if (!result) {
        put_setup(page, out);
        for (size_t i = 0; i < cut->picture_count; i++)
            put_picture(cut, &cut->pictures[i], out);
        for (size_t i = 0; i < cut->bar_count; i++)
            buf_printf(out, "BAR %d,%d,%d,%d\r\n", cut->bars[i].x, cut->bars[i].y, cut->bars[i].width,
                       cut->bars[i].height);
        buf_printf(out, "PRINT 1,%" PRId64 "\r\n", copies);
    }
    return result || out->failed ? language_no_memory(fault) : 0;
}
