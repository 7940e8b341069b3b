#include "drivers/label/label.h"

#include "base/text.h"
#include "drivers/label/printable.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_TENTHS_MAX 20000 /* so that dots can be counted in an int */

/* A printer "of 203 dpi" has 8 dots a millimetre: 203.2. */
static int64_t dots_per_254_mm(int64_t dpi)
{
    return dpi == 203 ? 2032 : dpi * 10;
}

static int to_dots(int64_t dpi, int tenths)
{
    return (int)((tenths * dots_per_254_mm(dpi) + 1270) / 2540);
}

int label_new(int64_t dpi, int width_tenths, int height_tenths, struct label **ret, struct label_fault *fault)
{
    if (dpi == 0)
        dpi = LABEL_DPI_DEFAULT;
    if (dpi != 203 && dpi != 300 && dpi != 600)
        return label_refuse(fault, -EINVAL, LABEL_SIZE, NULL, "%" PRId64 " dpi is not known; set 203, 300 or 600", dpi);
    if (width_tenths < 1 || height_tenths < 1 || width_tenths > LABEL_TENTHS_MAX || height_tenths > LABEL_TENTHS_MAX ||
        to_dots(dpi, width_tenths) > DOTS_SIDE_MAX || to_dots(dpi, height_tenths) > DOTS_SIDE_MAX)
        return label_refuse(fault, -EINVAL, LABEL_SIZE, NULL, "a label cannot be %d by %d tenths of a millimetre",
                            width_tenths, height_tenths);
    struct label *label = calloc(1, sizeof(*label));
    if (!label)
        return label_refuse(fault, -ENOMEM, LABEL_MEMORY, NULL, "there is no memory for a label; try again");
    label->dpi = dpi;
    label->width = to_dots(dpi, width_tenths);
    label->height = to_dots(dpi, height_tenths);
    label->width_tenths = width_tenths;
    label->height_tenths = height_tenths;
    *ret = label;
    return 0;
}

static void element_done(struct label_element *element)
{
    dots_done(&element->dots);
    free(element->text);
    symbol_done(&element->symbol);
}

struct label *label_free(struct label *label)
{
    while (label) {
        struct label *next = label->next;
        for (size_t i = 0; i < label->count; i++)
            element_done(&label->elements[i]);
        free(label);
        label = next;
    }
    return NULL;
}

int label_mm(const struct label *label, int tenths)
{
    return to_dots(label->dpi, tenths);
}

struct label_box label_box_mm(const struct label *label, struct label_box tenths)
{
    int x = label_mm(label, tenths.x), y = label_mm(label, tenths.y);
    return (struct label_box){x, y, label_mm(label, tenths.x + tenths.width) - x,
                              label_mm(label, tenths.y + tenths.height) - y};
}

static int check_place(const struct label *label, const char *field, struct label_box box, struct label_fault *fault)
{
    if (label->count == LABEL_ELEMENTS_MAX)
        return label_refuse(fault, -ENOSPC, LABEL_OVERFLOW, field, "%s is one element too many; a label holds %d",
                            field, LABEL_ELEMENTS_MAX);
    if (box.x < 0 || box.y < 0 || box.width < 1 || box.height < 1 || box.width > label->width - box.x ||
        box.height > label->height - box.y)
        return label_refuse(fault, -EINVAL, LABEL_TEMPLATE, field,
                            "the place of %s is not on the label; choose a larger label", field);
    return 0;
}

static int no_memory(const char *field, struct label_fault *fault)
{
    return label_refuse(fault, -ENOMEM, LABEL_MEMORY, field, "there is no memory to draw %s; try again", field);
}

static int does_not_fit(const char *field, struct label_fault *fault)
{
    return label_refuse(fault, -EOVERFLOW, LABEL_OVERFLOW, field, "%s does not fit on the label; shorten it", field);
}

/* The room that is laid out before it is turned into the box. */
static struct label_box upright(struct label_box box, int turns)
{
    return turns % 2 ? (struct label_box){0, 0, box.height, box.width}
                     : (struct label_box){0, 0, box.width, box.height};
}

/* Takes the dots that were drawn at x, y of an upright room, turned into the element's box. -ENOMEM */
static int turn_into_box(struct label_element *element, struct dots *drawn, int x, int y)
{
    if (!drawn->bits)
        return 0;
    struct label_box room = upright(element->box, element->turns);
    int right = room.width - x - drawn->width, below = room.height - y - drawn->height;
    const int turned_x[] = {x, below, right, y}, turned_y[] = {y, x, below, right};
    element->x = element->box.x + turned_x[element->turns];
    element->y = element->box.y + turned_y[element->turns];
    if (element->turns == 0) {
        element->dots = *drawn;
        *drawn = (struct dots){0};
        return 0;
    }
    return dots_turn(drawn, element->turns, &element->dots);
}

/* What is kept of a text that may be cut. */
static size_t whole_prefix(const struct buf *text)
{
    return text->length > LABEL_TEXT_MAX ? text_whole_utf8(text->data, LABEL_TEXT_MAX) : text->length;
}

static int clean_text(const struct label_text *text, char **ret, int64_t *ret_removed, struct label_fault *fault)
{
    CLEANUP_BUF struct buf clean = {0};
    int result = printable_text(text->text, &clean, ret_removed);
    if (result == -EINVAL)
        return label_refuse(fault, result, LABEL_CHARACTER, text->field, "%s is not UTF-8 text", text->field);
    if (clean.length > LABEL_TEXT_MAX && !text->style.cut)
        return does_not_fit(text->field, fault);
    char *copy = result ? NULL : strndup(buf_text(&clean), whole_prefix(&clean));
    if (!copy)
        return no_memory(text->field, fault);
    *ret = copy;
    return 0;
}

static int draw_text(const struct label_text *text, struct label_element *element, int *ret_missing,
                     struct label_fault *fault)
{
    struct label_box room = upright(text->box, text->turns);
    CLEANUP(text_picture_done) struct text_picture picture = {0};
    struct error why;
    int result = text_raster(element->text, &text->style, room.width, room.height, &picture, &why);
    if (result == -ENOENT)
        return label_refuse(fault, result, LABEL_FONTS, text->field, "%s", why.text);
    if (result == -EOVERFLOW)
        return does_not_fit(text->field, fault);
    if (!result)
        result = turn_into_box(element, &picture.dots, picture.x, picture.y);
    if (result)
        return no_memory(text->field, fault);
    element->text_height = picture.height;
    element->baseline = picture.baseline;
    element->lines = picture.lines;
    element->shortened = picture.shortened;
    *ret_missing = picture.missing;
    return 0;
}

int label_add_text(struct label *label, const struct label_text *text, struct label_fault *fault)
{
    struct label_element element = {.kind = LABEL_TEXT, .box = text->box, .style = text->style, .turns = text->turns};
    int64_t removed = 0;
    int missing = 0, result = check_place(label, text->field, text->box, fault);
    if (!result)
        result = clean_text(text, &element.text, &removed, fault);
    if (!result)
        result = draw_text(text, &element, &missing, fault);
    if (result) {
        element_done(&element);
        return result;
    }
    label->elements[label->count++] = element;
    label->missing += missing;
    label->removed += removed;
    return 0;
}

/* The widest module with which so many fit into the room; 0 when none does. */
static int widest_module(const struct symbol *symbol, struct label_box room, int most)
{
    int module = room.width / (symbol->modules.width + 2 * symbol->quiet_x);
    int high = symbol->linear ? module : room.height / (symbol->modules.height + 2 * symbol->quiet_y);
    module = high < module ? high : module;
    return module < most ? module : most;
}

static int draw_symbol(struct label_element *element, struct label_box room)
{
    struct dots drawn = {0};
    const struct symbol *symbol = &element->symbol;
    int result = symbol->linear
                     ? dots_scale(&symbol->modules, symbol->modules.width * element->module, room.height, &drawn)
                     : dots_enlarge(&symbol->modules, element->module, &drawn);
    if (!result)
        result = turn_into_box(element, &drawn, (room.width - drawn.width) / 2, (room.height - drawn.height) / 2);
    dots_done(&drawn);
    return result;
}

int label_add_symbol(struct label *label, const struct label_symbol *symbol, const char **ret_hri,
                     struct label_fault *fault)
{
    const char *field = symbol->request.field;
    struct label_element element = {.kind = LABEL_SYMBOL, .box = symbol->box, .turns = symbol->turns};
    struct label_box room = upright(symbol->box, symbol->turns);
    int64_t removed = 0;
    int result = check_place(label, field, symbol->box, fault);
    if (!result)
        result = symbol_make(&symbol->request, &element.symbol, &removed, fault);
    if (result)
        return result;
    element.module = widest_module(&element.symbol, room, symbol->most_module);
    element.bar_height = element.symbol.linear ? room.height : 0;
    if (element.module < symbol->least_module || element.module < 1)
        result = does_not_fit(field, fault);
    else if (draw_symbol(&element, room))
        result = no_memory(field, fault);
    if (result) {
        element_done(&element);
        return result;
    }
    dots_done(&element.symbol.modules);
    label->elements[label->count++] = element;
    label->removed += removed;
    if (ret_hri)
        *ret_hri = element.symbol.hri;
    return 0;
}

int label_add_frame(struct label *label, struct label_box box, int thickness, struct label_fault *fault)
{
    int result = check_place(label, "a frame", box, fault);
    if (result)
        return result;
    label->elements[label->count++] =
        (struct label_element){.kind = LABEL_FRAME, .box = box, .thickness = thickness < 1 ? 1 : thickness};
    return 0;
}

int label_add_image(struct label *label, const char *field, struct dots *picture, struct label_box box,
                    struct label_fault *fault)
{
    int result = check_place(label, field, box, fault);
    if (result)
        return result;
    struct label_element element = {.kind = LABEL_IMAGE, .box = box};
    int64_t width = box.width, height = width * picture->height / picture->width;
    if (height > box.height) {
        height = box.height;
        width = height * picture->width / picture->height;
    }
    if (width == picture->width && height == picture->height) {
        element.dots = *picture;
        *picture = (struct dots){0};
    } else if (dots_scale(picture, width > 1 ? (int)width : 1, height > 1 ? (int)height : 1, &element.dots)) {
        return no_memory(field, fault);
    }
    dots_done(picture);
    element.x = box.x + (box.width - element.dots.width) / 2;
    element.y = box.y + (box.height - element.dots.height) / 2;
    label->elements[label->count++] = element;
    return 0;
}

static void draw_frame(struct dots *page, struct label_box box, int thickness)
{
    int across = thickness < box.width ? thickness : box.width, down = thickness < box.height ? thickness : box.height;
    dots_fill(page, box.x, box.y, box.width, down);
    dots_fill(page, box.x, box.y + box.height - down, box.width, down);
    dots_fill(page, box.x, box.y, across, box.height);
    dots_fill(page, box.x + box.width - across, box.y, across, box.height);
}

int label_draw(const struct label *label, struct dots *ret)
{
    struct dots page;
    int result = dots_init(&page, label->width, label->height);
    if (result)
        return result;
    for (size_t i = 0; i < label->count; i++) {
        const struct label_element *element = &label->elements[i];
        if (element->kind == LABEL_FRAME)
            draw_frame(&page, element->box, element->thickness);
        else if (element->dots.bits)
            dots_put(&page, &element->dots, element->x, element->y);
    }
    *ret = page;
    return 0;
}
