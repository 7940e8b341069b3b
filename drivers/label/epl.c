/* EPL2: Eltron, and Zebra's printers before ZPL. */
#include "drivers/label/cut.h"
#include "drivers/label/language.h"

#include <errno.h>
#include <inttypes.h>

/* Bytes of "GW123,1234,12,123," with its line end, and of "LO123,1234,12,123". */
#define PICTURE_COST 20
#define BAR_COST     18

/* EPL2 manual 980352: an empty line ends what came before; N clears, q and Q are the sizes in dots, Z the direction, R
 * the home. */
static void put_setup(const struct label *page, struct buf *out)
{
    int gap = label_mm(page, page->gap_tenths);
    buf_printf(out, "\nN\nq%d\n", page->width);
    if (page->media == MEDIA_CONTINUOUS)
        buf_printf(out, "Q%d,0\n", page->height);
    else
        buf_printf(out, "Q%d,%s%d\n", page->height, page->media == MEDIA_MARK ? "B" : "", gap);
    buf_puts(out, "ZT\nR0,0\n");
}

static void put_picture(const struct cut *cut, const struct cut_piece *piece, struct buf *out)
{
    buf_printf(out, "GW%d,%d,%d,%d,", piece->x, piece->y, cut_bytes_wide(piece), piece->height);
    cut_put_dots(cut, piece, 0, out);
    buf_puts(out, "\n");
}

int epl_encode(const struct label *page, const struct label_printer *printer, int64_t copies, struct buf *out,
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
            buf_printf(out, "LO%d,%d,%d,%d\n", cut->bars[i].x, cut->bars[i].y, cut->bars[i].width, cut->bars[i].height);
        buf_printf(out, "P%" PRId64 "\n", copies);
    }
    return result || out->failed ? language_no_memory(fault) : 0;
}
