#include "drivers/label/symbol_parts.h"

#include <assert.h>
#include <errno.h>
#include <qrencode.h>
#include <string.h>

static const struct {
    QRecLevel level;
    int format_bits; /* ISO/IEC 18004 7.9.1 */
} levels[] = {[QR_MEDIUM] = {QR_ECLEVEL_M, 0},
              [QR_LOW] = {QR_ECLEVEL_L, 1},
              [QR_QUARTILE] = {QR_ECLEVEL_Q, 3},
              [QR_HIGH] = {QR_ECLEVEL_H, 2}};

static int from_qrcode(const QRcode *code, struct dots *ret)
{
    struct dots dots;
    int result = dots_init(&dots, code->width, code->width);
    if (result)
        return result;
    for (int y = 0; y < code->width; y++)
        for (int x = 0; x < code->width; x++)
            if (code->data[y * code->width + x] & 1)
                dots_set(&dots, x, y);
    *ret = dots;
    return 0;
}

/* ISO/IEC 18004 7.9.1: row 8 begins with two bits of the level and three of the mask, exclusive-ored with 10101. */
static int format_bits(const struct dots *modules)
{
    int bits = 0;
    for (int x = 0; x < 5; x++)
        bits = bits << 1 | dots_get(modules, x, 8);
    return bits ^ 0x15;
}

int symbol_qr(const struct symbol_request *request, const char *text, struct symbol *symbol, struct label_fault *fault)
{
    QRcode *code = QRcode_encodeString(text, 0, levels[request->level].level, QR_MODE_8, 1);
    if (!code && errno != ENOMEM)
        return symbol_too_long(request->field, "a QR code", fault);
    int result = code ? from_qrcode(code, &symbol->modules) : -ENOMEM;
    symbol->text = strdup(text);
    if (!result && symbol->text) {
        int bits = format_bits(&symbol->modules);
        assert(bits >> 3 == levels[request->level].format_bits);
        symbol->mask = bits & 7;
        symbol->version = code->version;
        symbol->level = request->level;
    }
    QRcode_free(code);
    return result || !symbol->text ? symbol_no_memory(request->field, fault) : 0;
}
