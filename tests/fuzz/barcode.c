/* What a scanned code means. The input is the code. */
#include "barcode/barcode.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>

static void check_elements(const struct barcode *barcode)
{
    CLAIM(barcode->count <= BARCODE_ELEMENTS_MAX);
    for (size_t i = 0; i < barcode->count; i++) {
        const struct barcode_element *element = &barcode->elements[i];
        size_t digits = strlen(element->ai);
        CLAIM(digits >= 2 && digits <= 4 && text_all_digits(element->ai, digits));
        CLAIM(element->offset < sizeof(barcode->values) && element->length < sizeof(barcode->values) - element->offset);
        CLAIM(strlen(barcode->values + element->offset) == element->length);
        CLAIM(barcode_value(barcode, element->ai) != NULL);
    }
}

static void check_gtin(const struct barcode *barcode)
{
    char again[15];
    if (!*barcode->gtin14)
        return;
    CLAIM(strlen(barcode->gtin14) == 14 && barcode_check_digit_ok(barcode->gtin14, 14));
    CLAIM(barcode_gtin14(barcode->gtin14, 14, again) == 0 && strcmp(again, barcode->gtin14) == 0);
    CLAIM(barcode_item_gtin(barcode->gtin14, again) < 0 || barcode_check_digit_ok(again, 14));
}

static void check_measures(const struct barcode *barcode)
{
    int64_t number = 0;
    char date[11];
    int r = barcode_weight_g(barcode, &number);
    CLAIM(r == 0 ? number > 0 && number < 1000000000 : r == -ENOENT || r == -ERANGE);
    r = barcode_gross_weight_g(barcode, &number);
    CLAIM(r == 0 ? number > 0 && number < 1000000000 : r == -ENOENT || r == -ERANGE);
    r = barcode_count(barcode, &number);
    CLAIM(r == 0 ? number > 0 && number < 100000000 : r == -ENOENT || r == -ERANGE);
    r = barcode_expiry(barcode, 2026, date);
    CLAIM(r == -ENOENT || r == -EINVAL || (r == 0 && strlen(date) == 10)); /* 29 February is not of every century */
    CLAIM((barcode_lot(barcode) != NULL) == (barcode_value(barcode, "10") != NULL));
    CLAIM((barcode_serial(barcode) != NULL) == (barcode_value(barcode, "21") != NULL));
}

/* The code as a number of the shop, and as the shop's format. */
static void check_in_store(const struct barcode *barcode)
{
    static const char *const formats[] = {"20IIIIIWWWWWC", "02IIIIIVPPPPC", "2IIIIIVQQQQC", "2IIIIIIC"};
    struct barcode_in_store number, again;
    for (size_t i = 0; i < COUNT(formats); i++) {
        int r = barcode_in_store(formats[i], barcode->text, &number);
        CLAIM(r == 0 || r == -ENOENT || r == -EBADMSG);
        if (r < 0)
            continue;
        CLAIM(strlen(number.item) == strlen(formats[i]) && barcode_check_digit_ok(number.item, strlen(number.item)));
        CLAIM(number.value >= 0 && number.value <= 99999);
        if (number.value == 0) /* what an item is looked up by is a number of its own, verifiers of 0 being 0 */
            CLAIM(barcode_in_store(formats[i], number.item, &again) == 0 && strcmp(again.item, number.item) == 0);
    }
    bool is_format = barcode_in_store_format_fault(barcode->text) == NULL;
    int r = barcode_in_store(barcode->text, "2012345015005", &number);
    CLAIM(is_format == (r != -EINVAL));
}

static void check_barcode(const struct barcode *barcode, size_t size)
{
    size_t addon = strlen(barcode->addon);
    CLAIM(addon == 0 || ((addon == 2 || addon == 5) && addon < barcode->length));
    CLAIM(barcode->kind < BARCODE_KINDS && *barcode_kind_name(barcode->kind));
    CLAIM(barcode->flags < BARCODE_FLAGS_END);
    CLAIM(*barcode->aim == '\0' || barcode_aim_length(barcode->aim, strlen(barcode->aim)) == 3);
    CLAIM(barcode->length > 0 && barcode->length <= size);
    CLAIM(strlen(barcode->text) == barcode->length && text_is_utf8(barcode->text, barcode->length));
    CLAIM(!(barcode->flags & BARCODE_BAD_CHECK_DIGIT) || barcode->kind == BARCODE_PLAIN);
    CLAIM(!(barcode->flags & BARCODE_AMBIGUOUS_8) || !*barcode->gtin14);
    CLAIM(barcode->kind != BARCODE_SSCC || barcode_value(barcode, "00"));
    check_elements(barcode);
    check_gtin(barcode);
    check_measures(barcode);
    check_in_store(barcode);
}

/* Read once more, the code means the same; unless a separator at its end, which tells that it is GS1, was taken off. */
static void check_again(const struct barcode *barcode, size_t size)
{
    static char code[3 + BARCODE_TEXT_MAX + 1];
    static struct barcode again;
    int length = snprintf(code, sizeof(code), "%s%s", barcode->aim, barcode->text);
    if ((size_t)length != size)
        return;
    CLAIM(barcode_parse(code, (size_t)length, &again, NULL) == 0);
    CLAIM(again.kind == barcode->kind && again.flags == barcode->flags && again.count == barcode->count);
    CLAIM(strcmp(again.text, barcode->text) == 0 && strcmp(again.gtin14, barcode->gtin14) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct barcode barcode;
    struct barcode_error error = {0};
    int r = barcode_parse((const char *)data, size, &barcode, &error);
    CLAIM(r == 0 || r == -EBADMSG);
    if (r < 0) {
        CLAIM(*error.message && error.position <= size);
        return 0;
    }
    check_barcode(&barcode, size);
    check_again(&barcode, size);
    return 0;
}
