#include "drivers/label/code_sheet.h"

#include "base/json.h"
#include "drivers/label/png.h"
#include "drivers/label/symbol.h"

#include <errno.h>

#define MARGIN  2 /* modules around it on a terminal; cameras that read a screen need no more */
#define QUIET   4 /* on paper: ISO/IEC 18004, 9.1 */
#define DPI     203
#define FACTOR  8   /* dots of a module: a millimetre */
#define ROW_MAX 177 /* modules of the largest symbol: version 40 */

int code_sheet_make(const char *text, struct dots *ret)
{
    struct symbol symbol = {.symbology = SYMBOL_QR};
    struct label_fault fault;
    const struct symbol_request request = {.field = "code", .symbology = SYMBOL_QR, .text = text, .level = QR_MEDIUM};
    int result = symbol_make(&request, &symbol, NULL, &fault);
    if (result)
        return result == -ENOMEM ? result : -EINVAL;
    result = dots_cut(&symbol.modules, 0, 0, symbol.modules.width, symbol.modules.height, ret);
    symbol_done(&symbol);
    return result;
}

static bool is_dark(const struct dots *modules, int x, int y)
{
    return x >= 0 && y >= 0 && x < modules->width && y < modules->height && dots_get(modules, x, y);
}

void code_sheet_print(const struct dots *modules, FILE *out)
{
    static const char *const blocks[] = {"█", "▀", "▄", " "}; /* by which of the two are dark: lower, upper */
    for (int y = -MARGIN; y < modules->height + MARGIN; y += 2) {
        for (int x = -MARGIN; x < modules->width + MARGIN; x++)
            fputs(blocks[2 * is_dark(modules, x, y) + is_dark(modules, x, y + 1)], out);
        putc('\n', out);
    }
}

int code_sheet_png(const struct dots *modules, struct buf *out)
{
    struct dots sheet = {.width = 0}, large = {.width = 0};
    int result = dots_init(&sheet, modules->width + 2 * QUIET, modules->height + 2 * QUIET);
    if (!result) {
        dots_put(&sheet, modules, QUIET, QUIET);
        result = dots_enlarge(&sheet, FACTOR, &large);
    }
    if (!result)
        result = png_write(&large, DPI, out);
    dots_done(&sheet);
    dots_done(&large);
    return result;
}

void code_sheet_json(const struct dots *modules, const char *key, struct buf *json)
{
    char row[ROW_MAX + 1];
    json_open_array(json, key);
    for (int y = 0; y < modules->height; y++) {
        int x = 0;
        for (; x < modules->width && x < ROW_MAX; x++)
            row[x] = dots_get(modules, x, y) ? '1' : '0';
        row[x] = '\0';
        json_text(json, NULL, row);
    }
    json_close_array(json);
}
