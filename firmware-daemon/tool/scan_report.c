#include "tool/scan_report.h"

#include "barcode/barcode.h"
#include "base/json.h"
#include "drivers/scanner/scan_sink.h"

static void report_elements(const struct barcode *code, struct buf *out)
{
    json_open_array(out, "elements");
    for (size_t i = 0; i < code->count; i++) {
        const struct barcode_element *element = &code->elements[i];
        json_open_object(out, NULL);
        json_text(out, "ai", element->ai);
        json_text_n(out, "value", code->values + element->offset, element->length);
        json_close_object(out);
    }
    json_close_array(out);
}

static void report_in_store(const struct barcode *code, const char *format, struct buf *out)
{
    static const char *const names[] = {[BARCODE_MEASURE_WEIGHT_G] = "weight_g",
                                        [BARCODE_MEASURE_PRICE] = "price",
                                        [BARCODE_MEASURE_PIECES] = "pieces"};
    struct barcode_in_store number;
    if (code->kind != BARCODE_IN_STORE || barcode_in_store(format, code->text, &number) != 0) {
        json_text(out, "in_store", NULL);
        return;
    }
    json_open_object(out, "in_store");
    json_text(out, "item", number.item);
    if (number.measure != BARCODE_MEASURE_NONE)
        json_int(out, names[number.measure], number.value);
    json_close_object(out);
}

static void report_code(const struct barcode *code, const char *in_store, struct buf *out)
{
    json_open_object(out, NULL);
    json_text(out, "aim", *code->aim ? code->aim : NULL);
    json_text(out, "kind", barcode_kind_name(code->kind));
    report_elements(code, out);
    json_text(out, "gtin14", *code->gtin14 ? code->gtin14 : NULL);
    if (*code->addon)
        json_text(out, "addon", code->addon);
    if (*in_store)
        report_in_store(code, in_store, out);
    json_open_array(out, "flags");
    for (unsigned flag = 1; flag < BARCODE_FLAGS_END; flag <<= 1)
        if (code->flags & flag)
            json_text(out, NULL, barcode_flag_name(flag));
    json_close_array(out);
    json_close_object(out);
}

int scan_report_meaning(const char *text, size_t length, const char *in_store, struct buf *out)
{
    struct barcode code;
    struct barcode_error error;
    int r = barcode_parse(text, length, &code, &error);
    if (r == 0) {
        report_code(&code, in_store, out);
        return 0;
    }
    json_open_object(out, NULL);
    json_open_object(out, "error");
    json_text(out, "message", error.message);
    json_int(out, "position", (int64_t)error.position);
    json_close_object(out);
    json_close_object(out);
    return r;
}

void scan_report_scan(const char *text, size_t length, unsigned flags, struct buf *out)
{
    static const struct {
        unsigned flag;
        const char *name;
    } names[] = {{SCAN_CONVERTED, "converted"}, {SCAN_LOSSY, "lossy"}};
    size_t aim = barcode_aim_length(text, length);
    json_open_object(out, NULL);
    json_text_n(out, "text", text + aim, length - aim);
    if (aim > 0)
        json_text_n(out, "aim", text, aim);
    else
        json_text(out, "aim", NULL);
    json_open_array(out, "flags");
    for (size_t i = 0; i < COUNT(names); i++)
        if (flags & names[i].flag)
            json_text(out, NULL, names[i].name);
    json_close_array(out);
    json_close_object(out);
}

void scan_report_aborted(size_t length, struct buf *out)
{
    json_open_object(out, NULL);
    json_bool(out, "aborted", true);
    json_int(out, "length", (int64_t)length);
    json_close_object(out);
}
