/* ESC/POS: receipt printers, and label printers that understand nothing else. The whole label goes as bands of dots,
 * from left to the last black dot: nothing else stands side by side in this language. */
#include "drivers/label/language.h"

#include <errno.h>
#include <string.h>

#define BAND_ROWS_MAX 256 /* what the smallest receive buffers take at once */
#define BAND_COST     8   /* bytes of GS v 0 without its dots */
#define ROW_BYTES_MAX (DOTS_SIDE_MAX / 8)
#define SHIFTS        8 /* dots that the label may be moved to the right */

static int bytes_inked(const struct dots *page, int y, int shift)
{
    for (int x = page->width - 1; x >= 0; x--)
        if (dots_get(page, x, y))
            return (x + shift) / 8 + 1;
    return 1; /* a band is at least a byte wide: white rows feed the paper, whatever its motion unit is */
}

static void make_row(const struct dots *page, int y, int shift, int bytes, uint8_t *out)
{
    memset(out, 0, (size_t)bytes);
    for (int x = 0; x < page->width && (x + shift) / 8 < bytes; x++)
        if (dots_get(page, x, y))
            out[(x + shift) / 8] |= (uint8_t)(0x80 >> ((x + shift) % 8));
}

struct band {
    int top, rows, bytes;
};

/* Rows go on in a band as long as that costs less than a new one. */
static struct band next_band(const struct dots *page, int top, int shift)
{
    struct band band = {top, 1, bytes_inked(page, top, shift)};
    while (top + band.rows < page->height && band.rows < BAND_ROWS_MAX) {
        int bytes = bytes_inked(page, top + band.rows, shift);
        int wasted = bytes > band.bytes ? (bytes - band.bytes) * band.rows : band.bytes - bytes;
        if (wasted > BAND_COST)
            break;
        band.bytes = bytes > band.bytes ? bytes : band.bytes;
        band.rows++;
    }
    return band;
}

static void put_bands(const struct dots *page, int shift, struct buf *out)
{
    uint8_t row[ROW_BYTES_MAX + 1];
    struct band band;
    for (int y = 0; y < page->height; y += band.rows) {
        band = next_band(page, y, shift);
        const char head[] = {0x1D,
                             'v',
                             '0',
                             0,
                             (char)(band.bytes % 256),
                             (char)(band.bytes / 256),
                             (char)(band.rows % 256),
                             (char)(band.rows / 256)};
        buf_put(out, head, sizeof(head));
        for (int i = 0; i < band.rows; i++) {
            make_row(page, y + i, shift, band.bytes, row);
            buf_put(out, row, (size_t)band.bytes);
        }
    }
}

/* A printer obeys its real-time commands inside dots too: DLE EOT makes it answer, DLE ENQ and DLE DC4 may drop what it
 * holds, or open a drawer. How bad it would be. */
static size_t harm_of(const struct buf *bytes)
{
    size_t harm = 0;
    for (size_t i = 0; i + 1 < bytes->length; i++)
        if (bytes->data[i] == 0x10)
            harm += bytes->data[i + 1] == 0x14 || bytes->data[i + 1] == 0x05 ? 1000 : bytes->data[i + 1] == 0x04;
    return harm;
}

/* The label is moved by up to 7 dots, a millimetre at 203 dpi, to where its dots say the least that could be taken for
 * a command. What is left after that are questions, whose answers nobody waits for. */
static void put_label(const struct dots *page, struct buf *out)
{
    CLEANUP_BUF struct buf best = {0};
    for (int shift = 0; shift < SHIFTS; shift++) {
        CLEANUP_BUF struct buf bytes = {0};
        put_bands(page, shift, &bytes);
        if (shift > 0 && harm_of(&bytes) >= harm_of(&best))
            continue;
        struct buf worse = best;
        best = bytes;
        bytes = worse;
        if (harm_of(&best) == 0)
            break;
    }
    buf_put(out, best.data, best.length);
    out->failed |= best.failed;
}

/* ESC @ forgets what was set before. Labels feed to their gap by a form feed; a strip without gaps is cut. */
int escpos_encode(const struct label *page, const struct label_printer *printer, int64_t copies, struct buf *out,
                  struct label_fault *fault)
{
    CLEANUP(dots_done) struct dots dots = {0};
    if (printer->text_only)
        return language_needs_bytes(fault);
    if (label_draw(page, &dots) != 0)
        return language_no_memory(fault);
    CLEANUP_BUF struct buf label = {0};
    buf_puts(&label, "\x1b@");
    put_label(&dots, &label);
    buf_puts(&label, page->media == MEDIA_CONTINUOUS ? "\x1dVB" : "\f");
    if (page->media == MEDIA_CONTINUOUS)
        buf_putc(&label, 0);
    for (int64_t copy = 0; copy < copies; copy++)
        buf_put(out, label.data, label.length);
    return label.failed || out->failed ? language_no_memory(fault) : 0;
}
