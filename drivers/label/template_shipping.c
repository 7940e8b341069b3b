#include "drivers/label/fields.h"
#include "drivers/label/layout.h"
#include "drivers/label/template_json.h"
#include "drivers/label/templates.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* All lengths below are tenths of a millimetre. */
#define PAGE_WIDTH  1000
#define PAGE_HEIGHT 1500

#define BARS                                                                                                           \
    (struct label_box)                                                                                                 \
    {                                                                                                                  \
        30, 345, 940, 170                                                                                              \
    }
#define QR_PLACE                                                                                                       \
    (struct label_box)                                                                                                 \
    {                                                                                                                  \
        690, 970, 280, 280                                                                                             \
    }

static const struct label_box frames[] = {
    {20, 20, 960, 1460},                                                            /* all of it */
    {20, 150, 960, 0},   {20, 330, 960, 0},  {20, 590, 960, 0},  {20, 855, 960, 0}, /* bands */
    {20, 960, 960, 0},   {20, 1380, 960, 0}, {680, 960, 0, 420},                    /* items | QR code */
};

/* What the slots print: the data, and what is derived from it. */
struct shipping_view {
    const char *carrier, *sort_code, *waybill, *receiver_name, *receiver_address, *sender_name, *order;
    const char *phone, *copy, *items_title, *units, *more;
};

#define VIEW(member) offsetof(struct shipping_view, member), NULL

static const struct layout_slot slots[] = {
    {"carrier", VIEW(carrier), {40, 25, 600, 120}, {.height = 80, .least_height = 35, .bold = true, .middle = true}},
    {"copy mark",
     VIEW(copy),
     {680, 40, 280, 90},
     {.height = 44, .least_height = 30, .align = TEXT_CENTRE, .bold = true, .middle = true, .inverse = true}},
    {"sort code",
     VIEW(sort_code),
     {40, 155, 920, 170},
     {.height = 130, .least_height = 50, .align = TEXT_CENTRE, .bold = true, .middle = true}},
    {"waybill",
     VIEW(waybill),
     {40, 520, 920, 66},
     {.height = 50, .least_height = 30, .align = TEXT_CENTRE, .bold = true, .middle = true}},
    {"receiver mark",
     0,
     "收",
     {20, 590, 110, 265},
     {.height = 76, .align = TEXT_CENTRE, .bold = true, .middle = true, .inverse = true}},
    {"receiver name",
     VIEW(receiver_name),
     {150, 600, 460, 75},
     {.height = 54, .least_height = 26, .bold = true, .wrap = true, .middle = true, .by_printer = true}},
    {"receiver phone",
     VIEW(phone),
     {620, 600, 340, 75},
     {.height = 50, .least_height = 28, .align = TEXT_RIGHT, .bold = true, .middle = true}},
    {"receiver address",
     VIEW(receiver_address),
     {150, 680, 810, 168},
     {.height = 44, .least_height = 24, .wrap = true, .middle = true}},
    {"sender mark", 0, "寄", {20, 855, 110, 105}, {.height = 50, .align = TEXT_CENTRE, .bold = true, .middle = true}},
    {"sender name",
     VIEW(sender_name),
     {150, 860, 810, 95},
     {.height = 38, .least_height = 24, .wrap = true, .cut = true, .middle = true}},
    {"items", VIEW(items_title), {40, 968, 630, 48}, {.height = 32, .bold = true, .middle = true}},
    {"items", VIEW(more), {40, 1332, 630, 44}, {.height = 30, .middle = true}},
    {"QR note",
     0,
     "扫码核对 Scan to check",
     {690, 1255, 280, 50},
     {.height = 26, .least_height = 20, .align = TEXT_CENTRE, .middle = true}},
    {"waybill",
     VIEW(waybill),
     {690, 1305, 280, 60},
     {.height = 30, .least_height = 16, .align = TEXT_CENTRE, .cut = true, .middle = true}},
    {"order mark", 0, "订单 Order", {40, 1385, 180, 90}, {.height = 30, .middle = true}},
    {"order number",
     VIEW(order),
     {225, 1385, 445, 90},
     {.height = 42, .least_height = 22, .bold = true, .middle = true, .by_printer = true}},
    {"units",
     VIEW(units),
     {690, 1385, 270, 90},
     {.height = 38, .least_height = 22, .align = TEXT_RIGHT, .bold = true, .middle = true}},
};

#define ITEM_FIRST 1018
#define ITEM_PITCH 45
#define ITEM_ROWS  8 /* of which the last gives way to "and n more" */

static const struct layout_slot item_slots[] = {
    {"item SKU", 0, NULL, {40, 0, 200, 42}, {.height = 30, .least_height = 18, .cut = true, .middle = true}},
    {"item name", 0, NULL, {250, 0, 320, 42}, {.height = 30, .least_height = 26, .cut = true, .middle = true}},
    {"item quantity",
     0,
     NULL,
     {580, 0, 90, 42},
     {.height = 32, .least_height = 18, .align = TEXT_RIGHT, .bold = true, .middle = true}},
};

static int add_item(struct label *label, const struct shipping_item *item, int row, struct error *error)
{
    char quantity[24];
    snprintf(quantity, sizeof(quantity), "×%" PRId64, item->quantity);
    const char *texts[COUNT(item_slots)] = {item->sku, item->name, quantity};
    for (size_t i = 0; i < COUNT(item_slots); i++) {
        struct layout_slot slot = item_slots[i];
        slot.box.y = ITEM_FIRST + row * ITEM_PITCH;
        int result = texts[i] ? layout_add_text(label, &slot, texts[i], error) : 0;
        if (result)
            return result;
    }
    return 0;
}

#define CHINA_PREFIX         "+86"
#define PHONE_DIGITS_MAX     24
#define EXTENSION_DIGITS_MAX 8
#define WHOLE_NUMBER_DIGITS  8 /* fewer are an area code or a short number */

/* The digits of text; once there are enough of them, up to what is neither a digit nor a sign used inside a number.
 * Returns how much was read. */
static size_t take_digits(const char *text, size_t enough, char *out, size_t max, size_t *ret_count)
{
    size_t at = 0, count = 0;
    for (; text[at] && (count < enough || strchr("0123456789 ().", text[at])); at++)
        if (text[at] >= '0' && text[at] <= '9' && count < max)
            out[count++] = text[at];
    *ret_count = count;
    return at;
}

void label_mask_phone(const char *phone, char out[MASKED_PHONE_SIZE])
{
    char digits[PHONE_DIGITS_MAX], extension[EXTENSION_DIGITS_MAX] = "";
    size_t count, extension_count = 0;
    if (strncmp(phone, CHINA_PREFIX, strlen(CHINA_PREFIX)) == 0)
        phone += strlen(CHINA_PREFIX);
    phone += take_digits(phone, WHOLE_NUMBER_DIGITS, digits, sizeof(digits), &count);
    if (*phone)
        take_digits(phone + 1, 1, extension, sizeof(extension), &extension_count);
    bool whole = count >= WHOLE_NUMBER_DIGITS;
    size_t first = whole ? 3 : 0, last = whole ? 4 : count >= 4 ? 2 : 0;
    snprintf(out, MASKED_PHONE_SIZE, "%.*s****%.*s%s%.*s", (int)first, digits, (int)last, digits + count - last,
             extension_count ? "-" : "", (int)extension_count, extension);
}

/* Texts that are derived, with room for them. */
struct derived {
    char phone[MASKED_PHONE_SIZE], copy[48], items_title[64], units[64], more[64];
};

static size_t rows_of_items(const struct shipping_label *data)
{
    size_t shown = data->item_count < ITEM_ROWS ? data->item_count : ITEM_ROWS;
    return shown == data->item_total ? shown : shown < ITEM_ROWS ? shown : ITEM_ROWS - 1;
}

static void derive(const struct shipping_label *data, struct derived *texts)
{
    *texts = (struct derived){0};
    if (data->receiver_phone && *data->receiver_phone)
        label_mask_phone(data->receiver_phone, texts->phone);
    if (data->copy > 1)
        snprintf(texts->copy, sizeof(texts->copy), "副本 COPY %" PRId64, data->copy);
    if (data->item_total == 0)
        return;
    snprintf(texts->items_title, sizeof(texts->items_title), "商品 Items (%zu)", data->item_total);
    snprintf(texts->units, sizeof(texts->units), "共 Total %" PRId64, data->unit_total);
    size_t hidden = data->item_total - rows_of_items(data);
    if (hidden > 0)
        snprintf(texts->more, sizeof(texts->more), "另有 %zu 种 +%zu more", hidden, hidden);
}

static int draw(const struct shipping_label *data, struct label *label, struct error *error)
{
    struct derived texts;
    derive(data, &texts);
    struct shipping_view view = {
        .carrier = data->carrier,
        .sort_code = data->sort_code,
        .waybill = data->waybill,
        .receiver_name = data->receiver_name,
        .receiver_address = data->receiver_address,
        .sender_name = data->sender_name,
        .order = data->order,
        .phone = texts.phone,
        .copy = texts.copy,
        .items_title = texts.items_title,
        .units = texts.units,
        .more = texts.more,
    };
    int result = layout_add_frames(label, frames, COUNT(frames), error);
    if (!result)
        result = layout_add_code128(label, "waybill", data->waybill, BARS, error);
    if (!result)
        result = layout_add_slots(label, slots, COUNT(slots), &view, error);
    for (size_t i = 0; i < rows_of_items(data) && !result; i++)
        result = add_item(label, &data->items[i], (int)i, error);
    if (!result)
        result = layout_add_qr(label, "QR code", data->qr && *data->qr ? data->qr : data->waybill, QR_PLACE, error);
    return result;
}

int shipping_label_draw(const struct shipping_label *data, int64_t dpi, struct label **ret, struct error *error)
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

#define FIELD(member) offsetof(struct shipping_label, member)

static const struct field_text fields[] = {
    {"waybill", FIELD(waybill), true},
    {"carrier", FIELD(carrier), true},
    {"order", FIELD(order), true},
    {"receiver.name", FIELD(receiver_name), true},
    {"receiver.address", FIELD(receiver_address), true},
    {"receiver.phone", FIELD(receiver_phone), false},
    {"sort_code", FIELD(sort_code), false},
    {"sender.name", FIELD(sender_name), false},
    {"qr", FIELD(qr), false},
};

static const struct field_text item_fields[] = {
    {"sku", offsetof(struct shipping_item, sku), true},
    {"name", offsetof(struct shipping_item, name), false},
};

#define QUANTITY_MAX 1000000000

static int read_items(const json_t *data, struct shipping_label *label, struct error *error)
{
    const json_t *items;
    int result = fields_read_array(data, "items", &items, error);
    if (result)
        return result;
    label->item_total = json_array_size(items);
    for (size_t i = 0; i < label->item_total; i++) {
        struct shipping_item item;
        const json_t *object = json_array_get(items, i);
        result = fields_read_texts(object, item_fields, COUNT(item_fields), &item, error);
        if (!result)
            result = fields_read_int(object, "quantity", 0, QUANTITY_MAX, 1, &item.quantity, error);
        if (result)
            return result;
        label->unit_total += item.quantity;
        if (label->item_count < SHIPPING_ITEMS_MAX)
            label->items[label->item_count++] = item;
    }
    return 0;
}

int shipping_label_from_json(const json_t *data, int64_t dpi, struct label **ret, struct error *error)
{
    struct shipping_label label = {0};
    int result = fields_read_texts(data, fields, COUNT(fields), &label, error);
    if (!result)
        result = fields_read_int(data, "copy", 0, 999, 1, &label.copy, error);
    if (!result)
        result = read_items(data, &label, error);
    return result ? result : shipping_label_draw(&label, dpi, ret, error);
}
