#include "drivers/label/symbol.h"

#include "base/cleanup.h"

#include <assert.h>
#include <errno.h>
#include <qrencode.h>
#include <string.h>

#define CODE128_SYMBOL_MODULES 11
#define CODE128_STOP_MODULES   13

static size_t count_digits(const char *text)
{
    return strspn(text, "0123456789");
}

static void add_run(struct code128_plan *plan, char subset, size_t start, size_t length)
{
    struct code128_run *last = plan->run_count ? &plan->runs[plan->run_count - 1] : NULL;
    if (length == 0)
        return;
    if (last && last->subset == subset) {
        last->length = (uint8_t)(last->length + length);
        return;
    }
    assert(plan->run_count < CODE128_RUNS_MAX);
    plan->runs[plan->run_count++] = (struct code128_run){subset, (uint8_t)start, (uint8_t)length};
}

/* ISO/IEC 15417 annex E: digits go in pairs where that saves a symbol. At the start four digits pay, at the end four
 * (with one switch), in the middle six (with two). An odd digit stays on the side of the neighbouring letters. */
static size_t plan_digits(struct code128_plan *plan, const char *text, size_t at)
{
    size_t digits = count_digits(text + at);
    bool starts = at == 0, ends = text[at + digits] == '\0';
    size_t worth = starts && ends && digits % 2 == 0 ? 2 : starts || ends ? 4 : 6;
    size_t odd = digits % 2;
    if (digits < worth) {
        add_run(plan, 'B', at, digits);
    } else if (starts) {
        add_run(plan, 'C', at, digits - odd);
        add_run(plan, 'B', at + digits - odd, odd);
    } else {
        add_run(plan, 'B', at, odd);
        add_run(plan, 'C', at + odd, digits - odd);
    }
    return digits;
}

int code128_plan(const char *text, struct code128_plan *ret)
{
    size_t length = strlen(text);
    if (length > CODE128_TEXT_MAX)
        return -EOVERFLOW;
    if (length == 0)
        return -EINVAL;
    struct code128_plan plan = {0};
    for (size_t at = 0; at < length;) {
        if (text[at] < ' ' || text[at] > '~')
            return -EINVAL;
        if (count_digits(text + at) > 0) {
            at += plan_digits(&plan, text, at);
        } else {
            add_run(&plan, 'B', at, 1);
            at++;
        }
    }
    size_t symbols = plan.run_count + 1; /* the start, each switch, and the check symbol */
    for (size_t i = 0; i < plan.run_count; i++)
        symbols += plan.runs[i].length / (plan.runs[i].subset == 'C' ? 2U : 1U);
    plan.modules = (int)symbols * CODE128_SYMBOL_MODULES + CODE128_STOP_MODULES;
    *ret = plan;
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
