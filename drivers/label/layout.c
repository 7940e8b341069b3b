#include "drivers/label/layout.h"

#define LINE_TENTHS     3
#define QR_MODULE_LEAST 3
#define QR_MODULE_MOST  10

int layout_add_text(struct label *label, const struct layout_slot *slot, const char *text, struct error *error)
{
    struct text_style style = slot->style;
    style.height = label_mm(label, style.height);
    style.least_height = label_mm(label, style.least_height);
    return label_add_text(
        label,
        &(struct label_text){.field = slot->field, .text = text, .box = label_box_mm(label, slot->box), .style = style},
        error);
}

int layout_add_slots(struct label *label, const struct layout_slot *slots, size_t count, const void *data,
                     struct error *error)
{
    int result = 0;
    for (size_t i = 0; i < count && !result; i++) {
        const void *member = (const char *)data + slots[i].offset;
        const char *text = slots[i].fixed ? slots[i].fixed : *(const char *const *)member;
        if (text && *text)
            result = layout_add_text(label, &slots[i], text, error);
    }
    return result;
}

int layout_add_frames(struct label *label, const struct label_box *boxes, size_t count, struct error *error)
{
    int thickness = label_mm(label, LINE_TENTHS), result = 0;
    for (size_t i = 0; i < count && !result; i++) {
        struct label_box box = label_box_mm(label, boxes[i]);
        box.width = box.width ? box.width : thickness;
        box.height = box.height ? box.height : thickness;
        result = label_add_frame(label, box, thickness, error);
    }
    return result;
}

int layout_add_code128(struct label *label, const char *field, const char *text, struct label_box box,
                       struct error *error)
{
    return label_add_code128(label,
                             &(struct label_code128){.field = field,
                                                     .text = text,
                                                     .box = label_box_mm(label, box),
                                                     .least_module = label_mm(label, LAYOUT_MODULE_LEAST),
                                                     .most_module = label_mm(label, LAYOUT_MODULE_MOST)},
                             error);
}

int layout_add_qr(struct label *label, const char *field, const char *text, struct label_box box, struct error *error)
{
    return label_add_qr(label,
                        &(struct label_qr){.field = field,
                                           .text = text,
                                           .box = label_box_mm(label, box),
                                           .least_module = label_mm(label, QR_MODULE_LEAST),
                                           .most_module = label_mm(label, QR_MODULE_MOST)},
                        error);
}
