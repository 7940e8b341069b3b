/* Bar codes that the printer draws itself. Only those of which the command says every bar: Code 128, code word by code
 * word, and ITF-14. The others go as dots:
 * - QR: ^BQ takes a mask, but not every printer obeys it, and another mask is another symbol.
 * - Data Matrix: ^BX chooses how it packs the data, and ^B7 too.
 * - EAN, UPC: makes differ in whether the guard bars are longer when nothing is written below. */
#include "drivers/label/zpl_parts.h"

#define MODULE_MAX 10 /* dots, ^BY */

/* ---------------------------------------------------------------- Code 128 */

enum { CODE_B = 100, FNC1 = 102, START_B = 104, START_C = 105 };

/* ZPL II guide, ^BC, mode N: each code word said one by one, so that the printer has nothing to choose. Signs with a
 * meaning of their own have codes (table 6). */
static const struct {
    uint8_t word;
    char subset, next; /* subset 0: in each; next 0: it stays */
    const char *said;
} invocations[] = {
    {START_B, 0, 'B', ">:"},   {START_C, 0, 'C', ">;"},   {FNC1, 0, 0, ">8"},        {CODE_B, 'C', 'B', ">6"},
    {'>' - ' ', 'B', 0, ">0"}, {'^' - ' ', 'B', 0, "><"}, {'~' - ' ', 'B', 0, ">="},
};

static bool say_invocation(uint8_t word, char *subset, struct buf *out)
{
    for (size_t i = 0; i < COUNT(invocations); i++) {
        if (invocations[i].word != word || (invocations[i].subset && invocations[i].subset != *subset))
            continue;
        buf_puts(out, invocations[i].said);
        *subset = invocations[i].next ? invocations[i].next : *subset;
        return true;
    }
    return false;
}

/* False for what not every interpreter takes as the guide has it: a way back from subset B into C (">5"), subset A, and
 * a single letter at the end behind an invocation. */
static bool say_code128(const struct label_element *element, struct buf *out)
{
    const struct symbol *symbol = &element->symbol;
    char subset = 0;
    bool invoked = false, alone = false; /* the word before was an invocation; this one is a letter behind it */
    buf_printf(out, "^BCN,%d,N,N,N,N^FD", element->bar_height);
    for (size_t i = 0; i < symbol->codeword_count; i++) {
        uint8_t word = symbol->codewords[i];
        bool invokes = say_invocation(word, &subset, out);
        alone = invoked && !invokes && subset == 'B';
        invoked = invokes;
        if (invokes)
            continue;
        if (subset == 'C' && word < 100)
            buf_printf(out, "%02d", word);
        else if (subset == 'B' && word < 95)
            buf_putc(out, (char)(word + ' '));
        else
            return false;
    }
    return !alone;
}

/* ---------------------------------------------------------------- ITF-14 */

#define ITF14_MODULES 135 /* of 14 digits, where a wide bar is three narrow ones */

static bool say_itf14(const struct label_element *element, struct buf *out)
{
    if (element->dots.width != ITF14_MODULES * element->module)
        return false;
    buf_printf(out, "^B2N,%d,N,N,N^FD%s", element->bar_height, element->symbol.text);
    return true;
}

/* ---------------------------------------------------------------- the choice */

static const struct {
    const char *word; /* of what a printer may lack */
    bool (*say)(const struct label_element *element, struct buf *out);
} commands[SYMBOLOGIES] = {
    [SYMBOL_CODE128] = {"code128", say_code128},
    [SYMBOL_GS1_128] = {"code128", say_code128},
    [SYMBOL_ITF14] = {"itf14", say_itf14},
};

bool zpl_put_symbol(const struct label_element *element, const struct label_printer *printer, struct buf *out)
{
    enum symbology kind = element->symbol.symbology;
    CLEANUP_BUF struct buf said = {0};
    if (!commands[kind].say || element->turns || element->module > MODULE_MAX ||
        language_lacks(printer, commands[kind].word))
        return false;
    buf_printf(&said, "^FO%d,%d^BY%d,3.0,%d", element->x, element->y, element->module, element->bar_height);
    if (!commands[kind].say(element, &said))
        return false;
    buf_put(out, said.data, said.length);
    buf_puts(out, "^FS\n");
    out->failed |= said.failed;
    return true;
}
