/* ZPL II: Zebra printers and their many clones. */
#include "drivers/label/zpl_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Everything that the label depends on is said in it: most settings outlive a format. ^JZY on purpose: a label that was
 * interrupted by a fault is printed again by the printer itself. The media (^MN) are left as they are: they belong to
 * the roll that somebody has put in and calibrated. */
static void put_setup(const struct label *page, struct buf *out)
{
    buf_printf(out, "^XA^CI28^PW%d^LL%d^LH0,0^LS0^FWN^PON^PMN^LRN^JZY\n", page->width, page->height);
}

static bool is_slow(const struct label_printer *printer)
{
    return printer->baud > 0 && printer->baud <= LABEL_SLOW_BAUD;
}

/* ---------------------------------------------------------------- text by the printer */

/* ^FH makes "_HH" one byte. Everything that could be a command, a delimiter or an escape goes that way. */
static void put_field_data(struct buf *out, const char *text)
{
    buf_puts(out, "^FH_^FD");
    for (; *text; text++) {
        if (*text < ' ' || *text > '~' || strchr("^~_\\,", *text))
            buf_printf(out, "_%02X", (unsigned char)*text);
        else
            buf_putc(out, *text);
    }
    buf_puts(out, "^FS\n");
}

/* How wide a character of the printer's font 0 may be at most, in hundredths of its height. The font is a condensed one
 * whose metrics differ between makes, so these are bounds with room to spare, not measures. */
static int widest_in_font_0(char c)
{
    if (strchr("MWmw@%", c))
        return 100;
    return c >= 'A' && c <= 'Z' ? 75 : 60;
}

static bool surely_fits(const struct label_element *element)
{
    int width = 0;
    for (const char *c = element->text; *c; c++) {
        if (*c < ' ' || *c > '~')
            return false;
        width += widest_in_font_0(*c) * element->text_height;
    }
    return width <= element->box.width * 100;
}

/* Only where the label allows it and the line is slow, because it is not what a preview shows. A block (^FB) has a
 * meaning of its own for backslashes. */
static bool sets_text(const struct label_element *element, const struct label_printer *printer)
{
    const struct text_style *style = &element->style;
    return element->kind == LABEL_TEXT && style->by_printer && is_slow(printer) && !language_lacks(printer, "fonts") &&
           !style->inverse && !element->turns && !element->shortened && element->lines == 1 &&
           (style->align == TEXT_LEFT || !strchr(element->text, '\\')) && surely_fits(element);
}

/* The printer alone knows how wide its letters are: what is not at the left is a block of one line. */
static void put_text(const struct label_element *element, struct buf *out)
{
    static const char sides[] = {[TEXT_LEFT] = 'L', [TEXT_CENTRE] = 'C', [TEXT_RIGHT] = 'R'};
    enum text_align align = element->style.align;
    buf_printf(out, "^FT%d,%d^A0N,%d,%d", element->box.x, element->box.y + element->baseline, element->text_height,
               element->text_height);
    if (align != TEXT_LEFT)
        buf_printf(out, "^FB%d,1,0,%c", element->box.width, sides[align]);
    put_field_data(out, element->text);
}

/* ---------------------------------------------------------------- what the printer does itself */

/* A printer would make the box as large as its line is thick. */
static void put_frame(const struct label_element *element, struct buf *out)
{
    const struct label_box *box = &element->box;
    int flat = box->width < box->height ? box->width : box->height;
    buf_printf(out, "^FO%d,%d^GB%d,%d,%d^FS\n", box->x, box->y, box->width, box->height,
               element->thickness < flat ? element->thickness : flat);
}

/* False: the element is left to the dots. */
static bool put_by_printer(const struct label_element *element, const struct label_printer *printer, struct buf *out)
{
    if (element->kind == LABEL_SYMBOL)
        return zpl_put_symbol(element, printer, out);
    if (element->kind == LABEL_FRAME)
        put_frame(element, out);
    else if (sets_text(element, printer))
        put_text(element, out);
    else
        return false;
    return true;
}

/* ---------------------------------------------------------------- a page */

static int put_elements(const struct label *page, const struct label_printer *printer, struct buf *out)
{
    CLEANUP(dots_done) struct dots dots = {0};
    struct zpl_patches patches = {.count = 0};
    int result = dots_init(&dots, page->width, page->height);
    for (size_t i = 0; i < page->count && !result; i++) {
        const struct label_element *element = &page->elements[i];
        if (put_by_printer(element, printer, out) || !element->dots.bits)
            continue;
        dots_put(&dots, &element->dots, element->x, element->y);
        patches.at[patches.count++] = (struct zpl_patch){element->x, element->y, element->x + element->dots.width,
                                                         element->y + element->dots.height};
    }
    enum zpl_packing packing = language_lacks(printer, "z64") ? PACK_ACS : is_slow(printer) ? PACK_HARDEST : PACK_QUICK;
    return result ? result : zpl_put_dots(&dots, &patches, packing, out);
}

int zpl_encode(const struct label *page, const struct label_printer *printer, int64_t copies, struct buf *out,
               struct label_fault *fault)
{
    put_setup(page, out);
    int result = put_elements(page, printer, out);
    buf_printf(out, "^PQ%" PRId64 ",0,0,N^XZ\n", copies);
    return result || out->failed ? language_no_memory(fault) : 0;
}
