#include "drivers/label/symbol.h"

#include "drivers/label/printable.h"
#include "drivers/label/symbol_parts.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Quiet zones: ISO/IEC 15417 5.4 (10), 16390 and GS1 5.3.2.2 (10), 18004 6.3.8 (4), 16022 (1), 15438 5.8.3 (2);
 * EAN and UPC have theirs by the count of digits. */
static const struct {
    const char *name;
    bool linear;
    int quiet_x, quiet_y;
    enum printable_set set;
    text_maker *of_text;
    gs1_maker *of_elements; /* of such a one, of_text is NULL */
} symbologies[] = {
    [SYMBOL_CODE128] = {"Code 128", true, 10, 0, PRINTABLE_ASCII, symbol_code128, NULL},
    [SYMBOL_GS1_128] = {"GS1-128", true, 10, 0, PRINTABLE_ASCII, NULL, symbol_gs1_128},
    [SYMBOL_EAN] = {"an EAN or UPC code", true, 11, 0, PRINTABLE_ASCII, symbol_ean, NULL},
    [SYMBOL_ITF14] = {"ITF-14", true, 10, 0, PRINTABLE_ASCII, symbol_itf14, NULL},
    [SYMBOL_QR] = {"a QR code", false, 4, 4, PRINTABLE_UNICODE, symbol_qr, NULL},
    [SYMBOL_DATA_MATRIX] = {"Data Matrix", false, 1, 1, PRINTABLE_UNICODE, symbol_data_matrix, NULL},
    [SYMBOL_GS1_DATA_MATRIX] = {"GS1 Data Matrix", false, 1, 1, PRINTABLE_ASCII, NULL, symbol_gs1_data_matrix},
    [SYMBOL_PDF417] = {"PDF417", false, 2, 2, PRINTABLE_UNICODE, symbol_pdf417, NULL},
};
_Static_assert(COUNT(symbologies) == SYMBOLOGIES, "each has its line");

int symbol_no_memory(const char *field, struct label_fault *fault)
{
    return label_refuse(fault, -ENOMEM, LABEL_MEMORY, field, "there is no memory to draw %s; try again", field);
}

int symbol_too_long(const char *field, const char *carrier, struct label_fault *fault)
{
    return label_refuse(fault, -EOVERFLOW, LABEL_OVERFLOW, field, "%s is longer than %s can hold; shorten it", field,
                        carrier);
}

static int make(const struct symbol_request *request, struct symbol *symbol, int64_t *removed,
                struct label_fault *fault)
{
    enum symbology kind = request->symbology;
    if (symbologies[kind].of_elements)
        return symbologies[kind].of_elements(request, symbol, removed, fault);
    if (strlen(request->text) > SYMBOL_TEXT_MAX)
        return symbol_too_long(request->field, symbologies[kind].name, fault);
    CLEANUP_BUF struct buf clean = {0};
    int result = printable_code(request->field, request->text, symbologies[kind].set, symbologies[kind].name, &clean,
                                removed, fault);
    return result ? result : symbologies[kind].of_text(request, clean.data, symbol, fault);
}

int symbol_make(const struct symbol_request *request, struct symbol *ret, int64_t *ret_removed,
                struct label_fault *fault)
{
    enum symbology kind = request->symbology;
    struct symbol symbol = {.symbology = kind,
                            .linear = symbologies[kind].linear,
                            .quiet_x = symbologies[kind].quiet_x,
                            .quiet_y = symbologies[kind].quiet_y};
    int64_t removed = 0;
    int result = make(request, &symbol, &removed, fault);
    assert(result || symbol.text);
    if (!result && !symbol.hri && !(symbol.hri = strdup(symbol.text)))
        result = symbol_no_memory(request->field, fault);
    if (result) {
        symbol_done(&symbol);
        return result;
    }
    *ret = symbol;
    if (ret_removed)
        *ret_removed = removed;
    return 0;
}

void symbol_done(struct symbol *symbol)
{
    dots_done(&symbol->modules);
    free(symbol->text);
    free(symbol->hri);
    *symbol = (struct symbol){0};
}
