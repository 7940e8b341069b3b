#include "base/text.h"
#include "drivers/label/fields.h"
#include "drivers/label/layout.h"
#include "drivers/label/template_json.h"
#include "drivers/label/templates.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* All lengths below are tenths of a millimetre. */
#define PAGE_WIDTH  1000
#define PAGE_HEIGHT 1500
#define ROWS        22 /* of parcels on a page */
#define ROW_FIRST   465
#define ROW_PITCH   41

static const struct label_box frames[] = {
    {20, 20, 960, 1460}, {20, 125, 960, 0}, {20, 330, 960, 0}, {20, 415, 960, 0}, {20, 460, 960, 0}, {20, 1375, 960, 0},
};

#define BARS                                                                                                           \
    (struct label_box)                                                                                                 \
    {                                                                                                                  \
        30, 138, 940, 125                                                                                              \
    }

/* What the slots print on one page. */
struct manifest_view {
    const char *manifest, *carrier, *gate, *closed_at, *page, *count;
};

#define VIEW(member) offsetof(struct manifest_view, member), NULL

static const struct layout_slot slots[] = {
    {"title", 0, "交接清单 Manifest", {40, 25, 700, 95}, {.height = 66, .bold = true, .middle = true}},
    {"page", VIEW(page), {750, 25, 210, 95}, {.height = 42, .align = TEXT_RIGHT, .middle = true}},
    {"manifest",
     VIEW(manifest),
     {40, 266, 920, 60},
     {.height = 44, .least_height = 24, .align = TEXT_CENTRE, .bold = true, .middle = true}},
    {"carrier",
     VIEW(carrier),
     {40, 335, 330, 76},
     {.height = 46, .least_height = 24, .bold = true, .cut = true, .middle = true}},
    {"gate", VIEW(gate), {380, 335, 200, 76}, {.height = 34, .least_height = 20, .cut = true, .middle = true}},
    {"closing time",
     VIEW(closed_at),
     {590, 335, 370, 76},
     {.height = 32, .least_height = 18, .align = TEXT_RIGHT, .cut = true, .middle = true}},
    {"column", 0, "运单 Waybill", {130, 418, 400, 40}, {.height = 26, .middle = true}},
    {"column", 0, "订单 Order", {560, 418, 400, 40}, {.height = 26, .middle = true}},
    {"count", VIEW(count), {40, 1380, 330, 95}, {.height = 40, .least_height = 24, .bold = true, .middle = true}},
    {"signature", 0, "司机签收 Driver", {390, 1380, 570, 95}, {.height = 30, .middle = true}},
};

static const struct layout_slot row_slots[] = {
    {"parcel number", 0, NULL, {30, 0, 80, 40}, {.height = 28, .align = TEXT_RIGHT, .middle = true}},
    {"parcel waybill",
     0,
     NULL,
     {130, 0, 420, 40},
     {.height = 30, .least_height = 16, .bold = true, .middle = true, .by_printer = true}},
    {"parcel order",
     0,
     NULL,
     {560, 0, 400, 40},
     {.height = 30, .least_height = 16, .cut = true, .middle = true, .by_printer = true}},
};

static int add_row(struct label *label, const struct manifest_label *data, size_t index, struct error *error)
{
    char number[24];
    snprintf(number, sizeof(number), "%zu", index + 1);
    const char *texts[COUNT(row_slots)] = {number, data->parcels[index].waybill, data->parcels[index].order};
    for (size_t i = 0; i < COUNT(row_slots); i++) {
        struct layout_slot slot = row_slots[i];
        slot.box.y = ROW_FIRST + (int)(index % ROWS) * ROW_PITCH;
        int result = texts[i] ? layout_add_text(label, &slot, texts[i], error) : 0;
        if (result)
            return result;
    }
    return 0;
}

static size_t pages_of(const struct manifest_label *data)
{
    return data->parcel_count ? (data->parcel_count + ROWS - 1) / ROWS : 1;
}

static int draw_page(const struct manifest_label *data, size_t page, struct label *label, struct error *error)
{
    char page_text[48], count[64], gate[128] = "";
    snprintf(page_text, sizeof(page_text), "%zu / %zu", page + 1, pages_of(data));
    snprintf(count, sizeof(count), "共 Total %" PRId64, data->count);
    if (data->gate && *data->gate)
        snprintf(gate, sizeof(gate), "道口 Gate %s", data->gate);
    gate[text_whole_utf8(gate, strlen(gate))] = '\0';
    struct manifest_view view = {data->manifest, data->carrier, gate, data->closed_at, page_text, count};
    int result = layout_add_frames(label, frames, COUNT(frames), error);
    if (!result)
        result = layout_add_code128(label, "manifest", data->manifest, BARS, error);
    if (!result)
        result = layout_add_slots(label, slots, COUNT(slots), &view, error);
    size_t end = (page + 1) * ROWS < data->parcel_count ? (page + 1) * ROWS : data->parcel_count;
    for (size_t i = page * ROWS; i < end && !result; i++)
        result = add_row(label, data, i, error);
    return result;
}

int manifest_label_draw(const struct manifest_label *data, int64_t dpi, struct label **ret, struct error *error)
{
    CLEANUP(label_free_p) struct label *first = NULL;
    struct label **next = &first;
    if (data->parcel_count > MANIFEST_PARCELS_MAX)
        return error_set(error, -EOVERFLOW, "label_overflow: parcels has %zu entries; a manifest prints at most %d",
                         data->parcel_count, MANIFEST_PARCELS_MAX);
    for (size_t page = 0; page < pages_of(data); page++) {
        int result = label_new(dpi, PAGE_WIDTH, PAGE_HEIGHT, next, error);
        if (!result)
            result = draw_page(data, page, *next, error);
        if (result)
            return result;
        next = &(*next)->next;
    }
    *ret = first;
    first = NULL;
    return 0;
}

#define FIELD(member) offsetof(struct manifest_label, member)

static const struct field_text fields[] = {
    {"manifest", FIELD(manifest), true},
    {"carrier", FIELD(carrier), true},
    {"gate", FIELD(gate), false},
    {"closed_at", FIELD(closed_at), false},
};

static const struct field_text parcel_fields[] = {
    {"waybill", offsetof(struct manifest_parcel, waybill), true},
    {"order", offsetof(struct manifest_parcel, order), false},
};

int manifest_label_from_json(const json_t *data, int64_t dpi, struct label **ret, struct error *error)
{
    struct manifest_label label = {0};
    const json_t *list;
    int result = fields_read_texts(data, fields, COUNT(fields), &label, error);
    if (!result)
        result = fields_read_array(data, "parcels", &list, error);
    if (result)
        return result;
    label.parcel_count = json_array_size(list);
    result = fields_read_int(data, "count", 0, INT32_MAX, (int64_t)label.parcel_count, &label.count, error);
    if (result)
        return result;
    CLEANUP(cleanup_free) struct manifest_parcel *parcels = calloc(label.parcel_count + 1, sizeof(*parcels));
    if (!parcels)
        return error_set(error, -ENOMEM, "label_memory: there is no memory for the manifest; try again");
    for (size_t i = 0; i < label.parcel_count && !result; i++)
        result = fields_read_texts(json_array_get(list, i), parcel_fields, COUNT(parcel_fields), &parcels[i], error);
    label.parcels = parcels;
    return result ? result : manifest_label_draw(&label, dpi, ret, error);
}
