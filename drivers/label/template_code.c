#include "drivers/label/fields.h"
#include "drivers/label/layout.h"
#include "drivers/label/template_json.h"
#include "drivers/label/templates.h"

/* All lengths below are tenths of a millimetre. */
#define PAGE_WIDTH  600
#define PAGE_HEIGHT 400

#define VIEW(member) offsetof(struct code_label, member), NULL

/* Beside a linear code: captions on top, the code's text below. */
static const struct layout_slot wide_slots[] = {
    {"caption",
     VIEW(caption_zh),
     {20, 15, 560, 85},
     {.height = 66, .least_height = 28, .align = TEXT_CENTRE, .bold = true, .cut = true, .middle = true}},
    {"caption",
     VIEW(caption_en),
     {20, 100, 560, 55},
     {.height = 40, .least_height = 22, .align = TEXT_CENTRE, .cut = true, .middle = true}},
    {"code",
     VIEW(code),
     {20, 325, 560, 60},
     {.height = 46, .least_height = 20, .align = TEXT_CENTRE, .bold = true, .middle = true}},
};
#define WIDE_CODE                                                                                                      \
    (struct label_box)                                                                                                 \
    {                                                                                                                  \
        0, 160, PAGE_WIDTH, 160                                                                                        \
    }

/* Beside a QR code: everything to its right. */
static const struct layout_slot square_slots[] = {
    {"caption",
     VIEW(caption_zh),
     {310, 25, 270, 130},
     {.height = 52, .least_height = 26, .bold = true, .wrap = true, .cut = true, .middle = true}},
    {"caption",
     VIEW(caption_en),
     {310, 155, 270, 110},
     {.height = 34, .least_height = 22, .wrap = true, .cut = true, .middle = true}},
    {"code",
     VIEW(code),
     {310, 265, 270, 115},
     {.height = 34, .least_height = 18, .bold = true, .wrap = true, .cut = true, .middle = true}},
};
#define SQUARE_CODE                                                                                                    \
    (struct label_box)                                                                                                 \
    {                                                                                                                  \
        10, 55, 290, 290                                                                                               \
    }

static int draw(const struct code_label *data, struct label *label, struct error *error)
{
    if (layout_add_code128(label, "code", data->code, WIDE_CODE, NULL) == 0)
        return layout_add_slots(label, wide_slots, COUNT(wide_slots), data, error);
    int result = layout_add_qr(label, "code", data->code, SQUARE_CODE, error);
    return result ? result : layout_add_slots(label, square_slots, COUNT(square_slots), data, error);
}

int code_label_draw(const struct code_label *data, int64_t dpi, struct label **ret, struct error *error)
{
    CLEANUP(label_free_p) struct label *label = NULL;
    int result = label_new(dpi, PAGE_WIDTH, PAGE_HEIGHT, &label, error);
    if (!result)
        result = draw(data, label, error);
    if (result)
        return result;
    *ret = label;
    label = NULL;
    return 0;
}

static const struct field_text fields[] = {
    {"code", offsetof(struct code_label, code), true},
    {"caption.en", offsetof(struct code_label, caption_en), false},
    {"caption.zh", offsetof(struct code_label, caption_zh), false},
};

int code_label_from_json(const json_t *data, int64_t dpi, struct label **ret, struct error *error)
{
    struct code_label label = {0};
    int result = fields_read_texts(data, fields, COUNT(fields), &label, error);
    return result ? result : code_label_draw(&label, dpi, ret, error);
}
