#include "drivers/label/symbol.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

#define CODE128_SYMBOL_MODULES 11
#define CODE128_STOP_MODULES   13

#define DIGITS_WORTH_PAIRING 4 /* ISO/IEC 15417 annex E: fewer do not pay for the switch to subset B */

int code128_plan(const char *text, struct code128_plan *ret)
{
    size_t length = strlen(text);
    if (length > CODE128_TEXT_MAX)
        return -EOVERFLOW;
    if (length == 0)
        return -EINVAL;
    for (size_t i = 0; i < length; i++)
        if (text[i] < ' ' || text[i] > '~')
            return -EINVAL;
    size_t digits = strspn(text, "0123456789");
    bool only_pairs = digits == length && digits % 2 == 0;
    size_t paired = only_pairs || digits >= DIGITS_WORTH_PAIRING ? digits - digits % 2 : 0;
    size_t switches = paired > 0 && paired < length ? 1 : 0;
    size_t symbols = 1 + paired / 2 + switches + (length - paired) + 1; /* start, data, check */
    *ret = (struct code128_plan){.paired = paired,
                                 .modules = (int)symbols * CODE128_SYMBOL_MODULES + CODE128_STOP_MODULES};
    return 0;
}

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

int qr_modules(const char *text, enum qr_level level, struct dots *ret)
{
    static const QRecLevel levels[] = {
        [QR_MEDIUM] = QR_ECLEVEL_M, [QR_LOW] = QR_ECLEVEL_L, [QR_QUARTILE] = QR_ECLEVEL_Q, [QR_HIGH] = QR_ECLEVEL_H};
    if (strlen(text) > QR_TEXT_MAX)
        return -EOVERFLOW;
    QRcode *code = QRcode_encodeString(text, 0, levels[level], QR_MODE_8, 1);
    if (!code)
        return errno == ERANGE ? -EOVERFLOW : errno == ENOMEM ? -ENOMEM : -EINVAL;
    int result = from_qrcode(code, ret);
    QRcode_free(code);
    return result;
}
