#include "base/cleanup.h"
#include "drivers/driver.h"
#include "drivers/hid_report.h"
#include "drivers/scanner/scan_charset.h"

#include <errno.h>
#include <string.h>

/* HID Point of Sale Usage Tables 1.02, section 3; the same numbers stand in HID Usage Tables 1.5, page 8C. Sources that
 * are not these documents swap the two beeps: 85 is the error's, 86 the good read's. */
enum {
    USAGE_SOUND_ERROR_BEEP = HID_USAGE(HID_PAGE_BARCODE, 0x85),
    USAGE_SOUND_GOOD_READ_BEEP = HID_USAGE(HID_PAGE_BARCODE, 0x86),
    USAGE_SYMBOLOGY_IDENTIFIER_1 = HID_USAGE(HID_PAGE_BARCODE, 0xFB),
    USAGE_DECODED_DATA = HID_USAGE(HID_PAGE_BARCODE, 0xFE),
    USAGE_DECODED_DATA_CONTINUED = HID_USAGE(HID_PAGE_BARCODE, 0xFF),
    USAGE_BYTE_COUNT = HID_USAGE(0x01, 0x3B), /* of the decoded data in this report, on the generic desktop page */
};

enum { AIM_LENGTH = 3 };

/* One value in a report; field NULL: the device has none. */
struct place {
    const struct hid_field *field;
    uint32_t element;
};

struct hid_pos {
    struct scan_text *text;
    struct scan_charset charset;
    bool spoiled;          /* a report of the scan under way cannot be true: all of it is thrown away */
    bool named;            /* the scan under way began with an AIM identifier */
    struct hid_field data; /* the decoded data, seen as bytes */
    struct place byte_count, continued, aim[AIM_LENGTH], good_beep, error_beep;
    struct hid_layout layout; /* where the places point into */
};

/* ----------------------------------------------------------------------------------------------- the descriptor */

static void find_place(const struct hid_pos *pos, enum hid_kind kind, uint32_t usage, struct place *ret)
{
    const struct hid_layout *layout = &pos->layout;
    ret->field = kind == HID_INPUT ? hid_layout_find_in(layout, kind, pos->data.report_id, usage, &ret->element)
                                   : hid_layout_find(layout, kind, usage, &ret->element);
}

/* The data may share its field with what stands before it, and may be one long number. */
static bool find_data(struct hid_pos *pos)
{
    uint32_t first, after;
    const struct hid_field *field = hid_layout_find(&pos->layout, HID_INPUT, USAGE_DECODED_DATA, &first);
    if (!field || field->array || field->bits % 8 != 0)
        return false;
    for (after = first; hid_field_usage(field, after) == USAGE_DECODED_DATA;)
        after++;
    pos->data = *field;
    pos->data.bit += first * field->bits;
    pos->data.count = (after - first) * field->bits / 8;
    pos->data.bits = 8;
    pos->data.logical_min = 0;
    return true;
}

static int find_fields(struct hid_pos *pos, struct error *error)
{
    if (!find_data(pos))
        return error_set(error, -EINVAL,
                         "This device's report descriptor has no barcode in it (usage page 8C, decoded data FE): set "
                         "the scanner to HID POS with the barcode in its manual, or use the driver hid-keyboard.");
    find_place(pos, HID_INPUT, USAGE_BYTE_COUNT, &pos->byte_count);
    find_place(pos, HID_INPUT, USAGE_DECODED_DATA_CONTINUED, &pos->continued);
    for (uint32_t i = 0; i < AIM_LENGTH; i++)
        find_place(pos, HID_INPUT, USAGE_SYMBOLOGY_IDENTIFIER_1 + i, &pos->aim[i]);
    find_place(pos, HID_OUTPUT, USAGE_SOUND_GOOD_READ_BEEP, &pos->good_beep);
    find_place(pos, HID_OUTPUT, USAGE_SOUND_ERROR_BEEP, &pos->error_beep);
    return 0;
}

static int load_descriptor(struct hid_pos *pos, const struct scanner_settings *settings, struct error *error)
{
    if (!settings->descriptor)
        return error_set(error, -EINVAL,
                         "hid-pos reads a scanner by its report descriptor, and there is none: give the descriptor, or "
                         "set the scanner to keyboard mode and use the driver hid-keyboard.");
    int r = hid_layout_parse(settings->descriptor, settings->descriptor_length, &pos->layout, error);
    return r < 0 ? r : find_fields(pos, error);
}

static int pos_open(const struct scanner_settings *settings, struct scan_text *text, void **ret, struct error *error)
{
    struct hid_pos *pos = calloc(1, sizeof(*pos));
    if (!pos)
        return error_set(error, -ENOMEM, "There is no memory left for another scanner.");
    int r = load_descriptor(pos, settings, error);
    if (r < 0) {
        free(pos);
        return r;
    }
    pos->text = text;
    scan_charset_init(&pos->charset);
    *ret = pos;
    return 0;
}

static void pos_close(void *decoder)
{
    struct hid_pos *pos = decoder;
    scan_charset_done(&pos->charset);
    free(pos);
}

/* -------------------------------------------------------------------------------------------------------- reports */

struct report {
    const uint8_t *bytes;
    size_t length;
};

static int64_t value(const struct hid_pos *pos, struct place place, struct report report)
{
    return hid_field_value(&pos->layout, place.field, place.element, report.bytes, report.length);
}

/* How much of the data field the report holds; a device may cut its end off. */
static size_t data_present(const struct hid_pos *pos, struct report report)
{
    size_t before = pos->data.bit + (pos->layout.numbered ? 8u : 0u), bits = report.length * 8;
    size_t present = bits > before ? (bits - before) / 8 : 0;
    return present < pos->data.count ? present : pos->data.count;
}

/* The data's length. Without a count, zeros at the end are padding. */
static size_t data_length(struct hid_pos *pos, struct report report, const char *data)
{
    size_t length = data_present(pos, report);
    if (pos->byte_count.field) {
        int64_t count = value(pos, pos->byte_count, report);
        if (count >= 0 && (size_t)count <= length)
            return (size_t)count;
        pos->spoiled = true;
        return pos->data.count;
    }
    while (length > 0 && data[length - 1] == '\0')
        length--;
    return length;
}

/* The AIM identifier as serial scanners send it, in front of the text; nothing when the device leaves it empty. */
static void put_aim(struct hid_pos *pos, struct report report)
{
    char aim[AIM_LENGTH];
    for (size_t i = 0; i < AIM_LENGTH; i++) {
        if (!pos->aim[i].field)
            return;
        aim[i] = (char)value(pos, pos->aim[i], report);
        if (aim[i] <= ' ' || aim[i] > '~')
            return;
    }
    pos->named = aim[0] == ']';
    if (pos->named)
        scan_text_put(pos->text, aim, AIM_LENGTH);
}

static void drop_last(struct scan_text *text, char byte)
{
    if (text->length > 0 && text->length <= SCAN_TEXT_MAX && text->bytes[text->length - 1] == byte)
        text->length--;
}

/* A suffix (CR, LF or both) that the scanner was set up to add is no text, as on a serial line. */
static void end(struct hid_pos *pos)
{
    if (pos->spoiled) {
        scan_text_abort(pos->text);
    } else {
        drop_last(pos->text, '\n');
        drop_last(pos->text, '\r');
        if (pos->named && pos->text->length == AIM_LENGTH) /* a kind of code and no code */
            scan_text_drop(pos->text);
        else
            scan_charset_end(&pos->charset, pos->text);
    }
    pos->spoiled = pos->named = false;
}

/* A symbol that fills a report exactly ends with it, or with an empty one after it. */
static void take_report(struct hid_pos *pos, struct report report)
{
    char data[HID_REPORT_MAX];
    for (uint32_t i = 0; i < pos->data.count; i++)
        data[i] = (char)hid_field_value(&pos->layout, &pos->data, i, report.bytes, report.length);
    size_t length = data_length(pos, report, data);
    if (length > 0 && pos->text->length == 0)
        put_aim(pos, report);
    scan_text_put(pos->text, data, length);
    if (!pos->continued.field || value(pos, pos->continued, report) == 0)
        end(pos);
}

static void pos_feed(void *decoder, const uint8_t *bytes, size_t length)
{
    struct hid_pos *pos = decoder;
    if (length > 0 && (!pos->layout.numbered || bytes[0] == pos->data.report_id))
        take_report(pos, (struct report){bytes, length});
}

static void pos_interrupt(void *decoder)
{
    struct hid_pos *pos = decoder;
    pos->spoiled = pos->named = false;
}

/* ------------------------------------------------------------------------------------------------------- answers */

/* Only a scanner that can sound both tones speaks for the appliance: a good read that beeps and a bad one that does not
 * would be worse than silence. */
static bool pos_beeps(const void *decoder)
{
    const struct hid_pos *pos = decoder;
    return pos->good_beep.field && pos->error_beep.field && pos->text->sink.send;
}

/* One output report, its id in front when the device numbers them. An unnumbered one goes out as it is: the 0 that
 * hidraw and hidapi want in front belongs to their interface, not to the device. */
static void pos_answer(void *decoder, enum scan_verdict verdict)
{
    struct hid_pos *pos = decoder;
    if (!pos_beeps(pos))
        return;
    struct place beep = verdict == SCAN_ACCEPTED ? pos->good_beep : pos->error_beep;
    uint8_t report[1 + HID_REPORT_MAX] = {0};
    size_t length = hid_layout_report_size(&pos->layout, HID_OUTPUT, beep.field->report_id);
    if (pos->layout.numbered)
        report[0] = beep.field->report_id;
    if (beep.field->array)
        hid_field_put(&pos->layout, beep.field, 0, beep.field->logical_min + (int64_t)beep.element, report, length);
    else
        hid_field_put(&pos->layout, beep.field, beep.element, 1, report, length);
    pos->text->sink.send(pos->text->sink.user, report, length);
}

const struct scanner_ops hid_pos_ops = {
    .name = "hid-pos",
    .default_gap_ms = 1000,
    .open = pos_open,
    .feed = pos_feed,
    .interrupt = pos_interrupt,
    .answer = pos_answer,
    .beeps = pos_beeps,
    .close = pos_close,
};
