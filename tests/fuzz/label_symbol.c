/* Bar codes of whatever text. The input: symbology, level, then the text; of a GS1 code "01=0952...;10=ABC;...". */
#include "base/text.h"
#include "drivers/label/symbol.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>

#define TEXT_MAX     2000
#define ELEMENTS_MAX 16

static bool is_gs1(enum symbology symbology)
{
    return symbology == SYMBOL_GS1_128 || symbology == SYMBOL_GS1_DATA_MATRIX;
}

/* Cuts text into elements, which point into it. */
static size_t take_elements(char *text, struct gs1_element elements[ELEMENTS_MAX])
{
    size_t count = 0;
    for (char *rest = text; rest && count < ELEMENTS_MAX; count++) {
        char *element = strsep(&rest, ";"), *ai = strsep(&element, "=");
        elements[count] = (struct gs1_element){ai, element ? element : ""};
    }
    return count;
}

static void check_refusal(const struct label_fault *fault, int result)
{
    CLAIM(result == -EINVAL || result == -EOVERFLOW);
    CLAIM(strcmp(fault->code, result == -EINVAL ? LABEL_CHARACTER : LABEL_OVERFLOW) == 0);
    CLAIM(strcmp(fault->field, "code") == 0);
    CLAIM(*fault->error.text && text_is_utf8(fault->error.text, strlen(fault->error.text)));
}

static void check_symbol(const struct symbol *symbol)
{
    const struct dots *modules = &symbol->modules;
    CLAIM(modules->bits && (symbol->linear ? modules->height == 1 : modules->height > 1));
    CLAIM(dots_get(modules, 0, 0) || symbol->symbology == SYMBOL_GS1_DATA_MATRIX ||
          symbol->symbology == SYMBOL_DATA_MATRIX);
    CLAIM(*symbol->text && text_is_utf8(symbol->text, strlen(symbol->text)));
    CLAIM(*symbol->hri && text_is_utf8(symbol->hri, strlen(symbol->hri)));
    if (symbol->symbology == SYMBOL_CODE128 || symbol->symbology == SYMBOL_GS1_128)
        CLAIM((int)(symbol->codeword_count + 2) * 11 + 2 == modules->width);
    if (symbol->symbology == SYMBOL_QR)
        CLAIM(modules->width == 17 + 4 * symbol->version && modules->height == modules->width && symbol->mask < 8);
}

/* What a scanner reads makes the same symbol again, and nothing is left to be taken away. Not so the eight digits of a
 * UPC-E that are an EAN-8 too. */
static void check_again(const struct symbol_request *request, const struct symbol *symbol)
{
    struct symbol_request read = *request;
    struct symbol again;
    int64_t removed;
    read.text = symbol->text;
    if (symbol->symbology == SYMBOL_EAN && strlen(symbol->text) == 8)
        return;
    CLAIM(symbol_make(&read, &again, &removed, NULL) == 0 && removed == 0);
    CLAIM(strcmp(again.text, symbol->text) == 0 && again.modules.width == symbol->modules.width);
    CLAIM(memcmp(again.modules.bits, symbol->modules.bits, symbol->modules.stride * (size_t)symbol->modules.height) ==
          0);
    symbol_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    char text[TEXT_MAX + 1];
    struct gs1_element elements[ELEMENTS_MAX];
    struct symbol_request request = {.field = "code", .symbology = input_byte(&input) % SYMBOLOGIES};
    request.level = input_byte(&input) % 4;
    size_t length = input.left < TEXT_MAX ? input.left : TEXT_MAX;
    if (length > 0)
        memcpy(text, input.at, length);
    text[length] = '\0';
    request.text = is_gs1(request.symbology) ? NULL : text;
    request.elements = elements;
    request.element_count = request.text ? 0 : take_elements(text, elements);
    struct symbol symbol;
    struct label_fault fault = {0};
    int result = symbol_make(&request, &symbol, NULL, &fault);
    if (result) {
        check_refusal(&fault, result);
        return 0;
    }
    check_symbol(&symbol);
    if (request.text)
        check_again(&request, &symbol);
    symbol_done(&symbol);
    return 0;
}
