#include "drivers/label/zpl.h"

#include <errno.h>
#include <string.h>

static void put_setup(const struct label *label, struct buf *out)
{
    buf_printf(out, "^XA^CI28^PW%d^LL%d^LH0,0^LS0^FWN^PON^PMN^LRN\n", label->width, label->height);
}

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

/* Text goes as dots unless the label allows the printer's font and it surely stays inside the box. */
static bool printer_can_set(const struct label_element *element)
{
    const struct text_picture *picture = &element->picture;
    const struct text_style *style = &element->style;
    if (!style->by_printer || style->inverse || style->align != TEXT_LEFT || picture->lines != 1 || picture->shortened)
        return false;
    int width = 0;
    for (const char *c = element->text; *c; c++) {
        if (*c < ' ' || *c > '~')
            return false;
        width += widest_in_font_0(*c) * picture->height;
    }
    return width <= element->box.width * 100;
}

static void put_dots(const struct label_element *element, struct buf *out)
{
    const struct text_picture *picture = &element->picture;
    if (!picture->dots.bits)
        return;
    buf_printf(out, "^FO%d,%d", element->box.x + picture->x, element->box.y + picture->y);
    zpl_put_graphic(out, &picture->dots);
    buf_puts(out, "^FS\n");
}

static void put_text(const struct label_element *element, struct buf *out)
{
    const struct text_picture *picture = &element->picture;
    if (!printer_can_set(element)) {
        put_dots(element, out);
        return;
    }
    buf_printf(out, "^FT%d,%d^A0N,%d,%d", element->box.x, element->box.y + picture->baseline, picture->height,
               picture->height);
    put_field_data(out, element->text);
}

/* In subset B the signs with a meaning of their own have codes (ZPL II guide, ^BC, table 6). */
static void put_subset_b(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '>')
            buf_puts(out, ">0");
        else if (*text == '^')
            buf_puts(out, "><");
        else if (*text == '~')
            buf_puts(out, ">=");
        else
            buf_putc(out, *text);
    }
}

/* Mode N: the data names its subsets, ">:" starts in B, ">;" in C, and ">6" goes on in B. Nothing needs ^FH then. */
static void put_code128(const struct label_element *element, struct buf *out)
{
    size_t paired = element->plan.paired;
    buf_printf(out, "^FO%d,%d^BY%d,3.0,%d^BCN,%d,N,N,N,N^FD", element->x, element->box.y, element->module,
               element->box.height, element->box.height);
    buf_puts(out, paired ? ">;" : ">:");
    buf_put(out, element->text, paired);
    if (paired && element->text[paired])
        buf_puts(out, ">6");
    put_subset_b(out, element->text + paired);
    buf_puts(out, "^FS\n");
}

static void put_frame(const struct label_element *element, struct buf *out)
{
    buf_printf(out, "^FO%d,%d^GB%d,%d,%d,B,0^FS\n", element->box.x, element->box.y, element->box.width,
               element->box.height, element->thickness);
}

int zpl_from_label(const struct label *label, int copies, struct buf *out, struct error *error)
{
    static void (*const put[])(const struct label_element *, struct buf *) = {
        [LABEL_TEXT] = put_text, [LABEL_CODE128] = put_code128, [LABEL_QR] = put_dots, [LABEL_FRAME] = put_frame};
    if (copies < 1 || copies > ZPL_COPIES_MAX)
        return error_set(error, -EINVAL, "label_copies: %d copies are not possible; ask for 1 to %d", copies,
                         ZPL_COPIES_MAX);
    for (; label; label = label->next) {
        put_setup(label, out);
        for (size_t i = 0; i < label->count; i++)
            put[label->elements[i].kind](&label->elements[i], out);
        buf_printf(out, "^PQ%d,0,0,N^XZ\n", copies);
    }
    return out->failed ? error_set(error, -ENOMEM, "label_memory: there is no memory for the label; try again") : 0;
}
