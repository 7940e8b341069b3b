#include "drivers/hid_report.h"

#include <errno.h>

/* USB HID 1.11, 6.2.2.2 to 6.2.2.8: the prefix of an item without its size bits. */
enum item_tag {
    MAIN_INPUT = 0x80,
    MAIN_OUTPUT = 0x90,
    MAIN_COLLECTION = 0xA0,
    MAIN_FEATURE = 0xB0,
    MAIN_END_COLLECTION = 0xC0,
    GLOBAL_USAGE_PAGE = 0x04,
    GLOBAL_LOGICAL_MINIMUM = 0x14,
    GLOBAL_LOGICAL_MAXIMUM = 0x24,
    GLOBAL_REPORT_SIZE = 0x74,
    GLOBAL_REPORT_ID = 0x84,
    GLOBAL_REPORT_COUNT = 0x94,
    GLOBAL_PUSH = 0xA4,
    GLOBAL_POP = 0xB4,
    LOCAL_USAGE = 0x08,
    LOCAL_USAGE_MINIMUM = 0x18,
    LOCAL_USAGE_MAXIMUM = 0x28,
    LOCAL_DELIMITER = 0xA8,
};

enum { ITEM_TYPE = 0x0C, ITEM_IS_MAIN = 0x00, ITEM_LONG = 0xFE, LONG_ITEM_HEAD = 3 };
enum { FIELD_CONSTANT = 1 << 0, FIELD_VARIABLE = 1 << 1 };
enum { STACK_MAX = 8, IDS = 256, KINDS = 3 };

#define REPORT_BITS_MAX (HID_REPORT_MAX * 8u)

struct item {
    uint8_t tag;
    size_t size; /* of its data, 0 to 4 bytes */
    uint32_t value;
    int32_t signed_value;
};

struct globals {
    uint16_t page;
    uint8_t report_id;
    uint32_t report_size, report_count;
    int32_t logical_min, logical_max;
};

/* A usage as its item gave it: one of four bytes brings its page along. */
struct usage {
    uint32_t value;
    bool whole;
};

struct locals {
    struct usage usages[HID_USAGES_MAX];
    size_t count;
    struct usage min, max;
    bool has_min, has_range; /* has_range: min and max are all that was named so far */
    bool in_set, set_taken;  /* between delimiters stand different names for one thing: the first is taken */
};

struct parser {
    struct globals globals, stack[STACK_MAX];
    size_t stacked;
    struct locals locals;
    size_t depth; /* of collections */
    uint32_t application;
    uint32_t used[KINDS][IDS]; /* bits of each report so far */
    struct hid_layout layout;
    size_t at; /* where the item begins, for sentences */
    struct error *error;
};

static int damaged(const struct parser *parser, int code, const char *what)
{
    return error_set(parser->error, code, "The device's report descriptor cannot be used: %s (byte %zu).", what,
                     parser->at);
}

/* ------------------------------------------------------------------------------------------------------- usages */

/* HID 1.11, 6.2.2.8: the page of a short usage is the one that holds when the main item comes. */
static uint32_t with_page(struct usage usage, uint16_t page)
{
    return usage.whole ? usage.value : HID_USAGE(page, usage.value);
}

static int add_usage(struct parser *parser, struct usage usage)
{
    struct locals *locals = &parser->locals;
    if (locals->count == HID_USAGES_MAX)
        return damaged(parser, -E2BIG, "one field has more usages than this program keeps");
    locals->usages[locals->count++] = usage;
    return 0;
}

/* A range that does not stand alone is written out, so that the order of the usages is kept. */
static int write_out_range(struct parser *parser)
{
    struct usage usage = parser->locals.min;
    uint32_t more = parser->locals.max.value - usage.value;
    int r = add_usage(parser, usage);
    for (; r == 0 && more > 0; more--) {
        usage.value++;
        r = add_usage(parser, usage);
    }
    parser->locals.has_range = false;
    return r;
}

static int take_usage(struct parser *parser, struct usage usage)
{
    struct locals *locals = &parser->locals;
    if (locals->in_set && locals->set_taken)
        return 0;
    locals->set_taken = true;
    int r = locals->has_range ? write_out_range(parser) : 0;
    return r < 0 ? r : add_usage(parser, usage);
}

static int begin_range(struct parser *parser, struct usage min)
{
    struct locals *locals = &parser->locals;
    int r = locals->has_range ? write_out_range(parser) : 0; /* its beginning is about to be overwritten */
    locals->min = min;
    locals->has_min = true;
    return r;
}

/* A page that one end of a range names holds for the other. */
static void agree_on_page(struct usage *min, struct usage *max)
{
    if (min->whole == max->whole)
        return;
    struct usage *other = min->whole ? max : min;
    other->value |= (min->whole ? min : max)->value & 0xFFFF0000;
    other->whole = true;
}

static int take_range(struct parser *parser, struct usage max)
{
    struct locals *locals = &parser->locals;
    if (!locals->has_min || (locals->in_set && locals->set_taken))
        return 0;
    locals->set_taken = true;
    locals->has_min = false;
    locals->max = max;
    agree_on_page(&locals->min, &locals->max);
    if (locals->max.value < locals->min.value)
        return damaged(parser, -EINVAL, "a range of usages ends before it begins");
    if (locals->count > 0)
        return write_out_range(parser);
    locals->has_range = true;
    return 0;
}

static int take_local(struct parser *parser, const struct item *item)
{
    struct locals *locals = &parser->locals;
    const struct usage usage = {item->value, item->size == 4};
    switch (item->tag) {
    case LOCAL_USAGE:
        return take_usage(parser, usage);
    case LOCAL_USAGE_MINIMUM:
        return begin_range(parser, usage);
    case LOCAL_USAGE_MAXIMUM:
        return take_range(parser, usage);
    case LOCAL_DELIMITER:
        locals->in_set = item->value == 1;
        locals->set_taken = false;
        return 0;
    default:
        return 0;
    }
}

/* ------------------------------------------------------------------------------------------------------- globals */

static int take_report_id(struct parser *parser, const struct item *item)
{
    if (item->value == 0 || item->value >= IDS)
        return damaged(parser, -EINVAL, "a report's number is not between 1 and 255");
    parser->globals.report_id = (uint8_t)item->value;
    parser->layout.numbered = true;
    return 0;
}

static int push(struct parser *parser)
{
    if (parser->stacked == STACK_MAX)
        return damaged(parser, -E2BIG, "it pushes its state too often");
    parser->stack[parser->stacked++] = parser->globals;
    return 0;
}

static int pop(struct parser *parser)
{
    if (parser->stacked == 0)
        return damaged(parser, -EINVAL, "it pops a state that it never pushed");
    parser->globals = parser->stack[--parser->stacked];
    return 0;
}

static int take_global(struct parser *parser, const struct item *item)
{
    struct globals *globals = &parser->globals;
    switch (item->tag) {
    case GLOBAL_USAGE_PAGE:
        globals->page = (uint16_t)item->value;
        return 0;
    case GLOBAL_LOGICAL_MINIMUM:
        globals->logical_min = item->signed_value;
        return 0;
    case GLOBAL_LOGICAL_MAXIMUM:
        globals->logical_max = item->signed_value;
        return 0;
    case GLOBAL_REPORT_SIZE:
        globals->report_size = item->value;
        return 0;
    case GLOBAL_REPORT_COUNT:
        globals->report_count = item->value;
        return 0;
    case GLOBAL_REPORT_ID:
        return take_report_id(parser, item);
    case GLOBAL_PUSH:
        return push(parser);
    case GLOBAL_POP:
        return pop(parser);
    default: /* physical values and units */
        return 0;
    }
}

/* --------------------------------------------------------------------------------------------------------- fields */

static void copy_usages(const struct parser *parser, struct hid_field *field)
{
    const struct locals *locals = &parser->locals;
    uint16_t page = parser->globals.page;
    if (locals->has_range) {
        field->usage_min = with_page(locals->min, page);
        field->usage_max = with_page(locals->max, page);
    }
    field->usage_count = locals->count;
    for (size_t i = 0; i < locals->count; i++)
        field->usages[i] = with_page(locals->usages[i], page);
}

static int add_field(struct parser *parser, enum hid_kind kind, uint32_t flags)
{
    const struct globals *globals = &parser->globals;
    uint32_t *used = &parser->used[kind][globals->report_id];
    if (globals->report_size == 0 || globals->report_count == 0)
        return 0; /* no bits, no field */
    if (globals->report_size > REPORT_BITS_MAX ||
        globals->report_count > (REPORT_BITS_MAX - *used) / globals->report_size)
        return damaged(parser, -E2BIG, "a report is longer than 4096 bytes");
    if (parser->layout.count == HID_FIELDS_MAX)
        return damaged(parser, -E2BIG, "it has more fields than this program keeps");
    struct hid_field *field = &parser->layout.fields[parser->layout.count++];
    *field = (struct hid_field){
        .kind = kind,
        .report_id = globals->report_id,
        .constant = flags & FIELD_CONSTANT,
        .array = !(flags & FIELD_VARIABLE),
        .bit = *used,
        .bits = globals->report_size,
        .count = globals->report_count,
        .logical_min = globals->logical_min,
        .logical_max = globals->logical_max,
        .application = parser->application,
    };
    copy_usages(parser, field);
    *used += globals->report_size * globals->report_count;
    return 0;
}

static void open_collection(struct parser *parser)
{
    const struct locals *locals = &parser->locals;
    if (parser->depth++ > 0)
        return;
    parser->application = 0;
    if (locals->count > 0 || locals->has_range)
        parser->application = with_page(locals->count > 0 ? locals->usages[0] : locals->min, parser->globals.page);
}

static int close_collection(struct parser *parser)
{
    if (parser->depth == 0)
        return damaged(parser, -EINVAL, "it closes a collection that it never opened");
    if (--parser->depth == 0)
        parser->application = 0;
    return 0;
}

static int take_main(struct parser *parser, const struct item *item)
{
    int r = 0;
    if (item->tag == MAIN_INPUT)
        r = add_field(parser, HID_INPUT, item->value);
    else if (item->tag == MAIN_OUTPUT)
        r = add_field(parser, HID_OUTPUT, item->value);
    else if (item->tag == MAIN_FEATURE)
        r = add_field(parser, HID_FEATURE, item->value);
    else if (item->tag == MAIN_COLLECTION)
        open_collection(parser);
    else if (item->tag == MAIN_END_COLLECTION)
        r = close_collection(parser);
    parser->locals = (struct locals){0};
    return r;
}

/* ---------------------------------------------------------------------------------------------------------- items */

static struct item read_item(const uint8_t *bytes, size_t size)
{
    struct item item = {.tag = bytes[0] & 0xFC, .size = size};
    for (size_t i = 0; i < size; i++)
        item.value |= (uint32_t)bytes[1 + i] << (8 * i);
    bool negative = size > 0 && bytes[size] & 0x80;
    uint32_t above = size < 4 && negative ? UINT32_MAX << (8 * size) : 0;
    item.signed_value = (int32_t)(item.value | above);
    return item;
}

/* The whole length of the item that begins there; 0: it is cut off. */
static size_t item_length(const uint8_t *bytes, size_t left)
{
    static const uint8_t sizes[] = {0, 1, 2, 4};
    size_t length = bytes[0] == ITEM_LONG ? LONG_ITEM_HEAD : 1u + sizes[bytes[0] & 3];
    if (bytes[0] == ITEM_LONG && left > 1)
        length += bytes[1];
    return length <= left ? length : 0;
}

static int take_item(struct parser *parser, const struct item *item)
{
    switch (item->tag & ITEM_TYPE) {
    case ITEM_IS_MAIN:
        return take_main(parser, item);
    case GLOBAL_USAGE_PAGE &ITEM_TYPE:
        return take_global(parser, item);
    case LOCAL_USAGE &ITEM_TYPE:
        return take_local(parser, item);
    default: /* reserved */
        return 0;
    }
}

static int parse(struct parser *parser, const uint8_t *descriptor, size_t length)
{
    while (parser->at < length) {
        const uint8_t *bytes = descriptor + parser->at;
        size_t item_size = item_length(bytes, length - parser->at);
        if (item_size == 0)
            return damaged(parser, -EINVAL, "it ends in the middle of an item");
        if (bytes[0] != ITEM_LONG) {
            const struct item item = read_item(bytes, item_size - 1);
            int r = take_item(parser, &item);
            if (r < 0)
                return r;
        }
        parser->at += item_size;
    }
    return parser->depth > 0 ? damaged(parser, -EINVAL, "it ends inside a collection") : 0;
}

int hid_layout_parse(const uint8_t *descriptor, size_t length, struct hid_layout *ret, struct error *error)
{
    struct parser parser = {.error = error};
    if (length == 0)
        return damaged(&parser, -EINVAL, "it is empty");
    if (length > HID_DESCRIPTOR_MAX)
        return damaged(&parser, -E2BIG, "it is longer than 4096 bytes");
    int r = parse(&parser, descriptor, length);
    if (r == 0)
        *ret = parser.layout;
    return r;
}
