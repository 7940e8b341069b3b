/* ZPL II: Zebra printers and their many clones. */
#include "drivers/label/language.h"
#include "drivers/label/zpl_graphic.h"

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

/* Only where the label allows it, the line is slow, and the text surely stays inside the box: it is not what a preview
 * shows. */
static bool sets_text(const struct label_element *element, const struct label_printer *printer)
{
    const struct text_style *style = &element->style;
    bool slow = printer->baud > 0 && printer->baud <= LABEL_SLOW_BAUD;
    if (element->kind != LABEL_TEXT || !slow || !style->by_printer || style->inverse || style->align != TEXT_LEFT ||
        element->turns || element->lines != 1 || element->shortened || language_lacks(printer, "fonts"))
        return false;
    int width = 0;
    for (const char *c = element->text; *c; c++) {
        if (*c < ' ' || *c > '~')
            return false;
        width += widest_in_font_0(*c) * element->text_height;
    }
    return width <= element->box.width * 100;
}

static void put_text(const struct label_element *element, struct buf *out)
{
    buf_printf(out, "^FT%d,%d^A0N,%d,%d", element->box.x, element->box.y + element->baseline, element->text_height,
               element->text_height);
    put_field_data(out, element->text);
}

/* ---------------------------------------------------------------- bars by the printer */

enum { CODE_C = 99, CODE_B = 100, CODE_A = 101, FNC1 = 102, START_A = 103, START_B = 104, START_C = 105 };

/* ZPL II guide, ^BC, mode N: each code word said one by one, so that the printer has nothing to choose. Signs with a
 * meaning of their own have codes (table 6). False: there is no way to say it. */
static bool say_codeword(uint8_t word, char *subset, struct buf *out)
{
    static const struct {
        uint8_t word;
        char subset, next; /* subset 0: in each; next 0: it stays */
        const char *said;
    } signs[] = {
        {START_A, 0, 'A', ">9"},   {START_B, 0, 'B', ">:"},   {START_C, 0, 'C', ">;"},   {FNC1, 0, 0, ">8"},
        {CODE_A, 'B', 'A', ">7"},  {CODE_A, 'C', 'A', ">7"},  {CODE_B, 'A', 'B', ">6"},  {CODE_B, 'C', 'B', ">6"},
        {CODE_C, 'A', 'C', ">5"},  {CODE_C, 'B', 'C', ">5"},  {'>' - ' ', 'B', 0, ">0"}, {'>' - ' ', 'A', 0, ">0"},
        {'^' - ' ', 'B', 0, "><"}, {'^' - ' ', 'A', 0, "><"}, {'~' - ' ', 'B', 0, ">="},
    };
    for (size_t i = 0; i < COUNT(signs); i++) {
        if (signs[i].word != word || (signs[i].subset && signs[i].subset != *subset))
            continue;
        buf_puts(out, signs[i].said);
        *subset = signs[i].next ? signs[i].next : *subset;
        return true;
    }
    if (*subset == 'C' && word < 100)
        buf_printf(out, "%02d", word);
    else if ((*subset == 'B' && word < 95) || (*subset == 'A' && word < 64))
        buf_putc(out, (char)(word + ' '));
    else
        return false;
    return true;
}

static bool say_code128(const struct label_element *element, struct buf *out)
{
    const struct symbol *symbol = &element->symbol;
    char subset = 0;
    buf_printf(out, "^FO%d,%d^BY%d,3.0,%d^BCN,%d,N,N,N,N^FD", element->x, element->y, element->module,
               element->bar_height, element->bar_height);
    for (size_t i = 0; i < symbol->codeword_count; i++)
        if (!say_codeword(symbol->codewords[i], &subset, out))
            return false;
    buf_puts(out, "^FS\n");
    return true;
}

/* Other symbols go as dots: which mask, scheme or guard bars a printer chooses is its own affair. */
static bool put_bars(const struct label_element *element, const struct label_printer *printer, struct buf *out)
{
    CLEANUP_BUF struct buf said = {0};
    bool code128 = element->kind == LABEL_SYMBOL && element->symbol.codeword_count > 0;
    if (!code128 || element->turns || element->module > 10 || language_lacks(printer, "code128") ||
        !say_code128(element, &said))
        return false;
    buf_put(out, said.data, said.length);
    return true;
}

static bool put_by_printer(const struct label_element *element, const struct label_printer *printer, struct buf *out)
{
    if (element->kind == LABEL_FRAME) {
        buf_printf(out, "^FO%d,%d^GB%d,%d,%d,B,0^FS\n", element->box.x, element->box.y, element->box.width,
                   element->box.height, element->thickness);
        return true;
    }
    if (sets_text(element, printer)) {
        put_text(element, out);
        return true;
    }
    return put_bars(element, printer, out);
}

/* ---------------------------------------------------------------- dots */

/* A part of the page that goes as one graphic. */
struct patch {
    int left, top, right, bottom; /* right and bottom are outside */
};

static struct patch patch_of(const struct label_element *element)
{
    return (struct patch){element->x, element->y, element->x + element->dots.width, element->y + element->dots.height};
}

static struct patch join(struct patch a, struct patch b)
{
    return (struct patch){a.left < b.left ? a.left : b.left, a.top < b.top ? a.top : b.top,
                          a.right > b.right ? a.right : b.right, a.bottom > b.bottom ? a.bottom : b.bottom};
}

static bool share_rows(struct patch a, struct patch b)
{
    return a.top < b.bottom && b.top < a.bottom;
}

struct patches {
    struct patch at[LABEL_ELEMENTS_MAX];
    size_t count;
};

/* Those that may be joined become one, until none may. */
static void join_patches(struct patches *patches, bool (*may)(struct patch a, struct patch b))
{
    for (size_t i = 0; i < patches->count; i++)
        for (size_t k = i + 1; k < patches->count; k++)
            if (may(patches->at[i], patches->at[k])) {
                patches->at[i] = join(patches->at[i], patches->at[k]);
                patches->at[k] = patches->at[--patches->count];
                k = i; /* it is larger now */
            }
}

static bool always(struct patch a, struct patch b)
{
    (void)a;
    (void)b;
    return true;
}

static int put_patch(const struct dots *page, struct patch patch, bool z64, struct buf *out)
{
    struct dots dots;
    int result = dots_init(&dots, patch.right - patch.left, patch.bottom - patch.top);
    if (result)
        return result;
    for (int y = patch.top; y < patch.bottom; y++)
        for (int x = patch.left; x < patch.right; x++)
            if (dots_get(page, x, y))
                dots_set(&dots, x - patch.left, y - patch.top);
    buf_printf(out, "^FO%d,%d", patch.left, patch.top);
    zpl_put_graphic(out, &dots, z64);
    buf_puts(out, "^FS\n");
    dots_done(&dots);
    return 0;
}

static int put_patches(const struct dots *page, const struct patches *patches, bool z64, struct buf *out)
{
    int result = 0;
    for (size_t i = 0; i < patches->count && !result; i++)
        result = put_patch(page, patches->at[i], z64, out);
    return result;
}

/* One graphic for each element, for each run of rows, or for all: whichever has the fewest bytes. A graphic has an
 * overhead, and white between two of them has another. */
static int put_dots(const struct dots *page, const struct patches *patches, bool z64, struct buf *out)
{
    bool (*const joins[])(struct patch a, struct patch b) = {NULL, share_rows, always};
    CLEANUP_BUF struct buf best = {0};
    for (size_t i = 0; i < COUNT(joins); i++) {
        CLEANUP_BUF struct buf bytes = {0};
        struct patches joined = *patches;
        if (joins[i])
            join_patches(&joined, joins[i]);
        int result = put_patches(page, &joined, z64, &bytes);
        if (result || bytes.failed)
            return result ? result : -ENOMEM;
        if (i == 0 || bytes.length < best.length) {
            struct buf longer = best;
            best = bytes;
            bytes = longer;
        }
    }
    buf_put(out, best.data, best.length);
    return 0;
}

/* ---------------------------------------------------------------- a page */

static int put_elements(const struct label *page, const struct label_printer *printer, struct buf *out)
{
    CLEANUP(dots_done) struct dots dots = {0};
    struct patches patches = {.count = 0};
    int result = dots_init(&dots, page->width, page->height);
    for (size_t i = 0; i < page->count && !result; i++) {
        const struct label_element *element = &page->elements[i];
        if (put_by_printer(element, printer, out) || !element->dots.bits)
            continue;
        dots_put(&dots, &element->dots, element->x, element->y);
        patches.at[patches.count++] = patch_of(element);
    }
    return result ? result : put_dots(&dots, &patches, !language_lacks(printer, "z64"), out);
}

int zpl_encode(const struct label *page, const struct label_printer *printer, int64_t copies, struct buf *out,
               struct label_fault *fault)
{
    put_setup(page, out);
    int result = put_elements(page, printer, out);
    buf_printf(out, "^PQ%" PRId64 ",0,0,N^XZ\n", copies);
    return result || out->failed
               ? label_refuse(fault, -ENOMEM, LABEL_MEMORY, NULL, "There is no memory for the label; try again")
               : 0;
}
