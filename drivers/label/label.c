#include "drivers/label/label.h"

#include "base/text.h"
#include "drivers/label/printable.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* A printer "of 203 dpi" has 8 dots a millimetre: 203.2. */
static int64_t dots_per_254_mm(int64_t dpi)
{
    return dpi == 203 ? 2032 : dpi * 10;
}

static int to_dots(int64_t dpi, int tenths)
{
    return (int)((tenths * dots_per_254_mm(dpi) + 1270) / 2540);
}

int label_new(int64_t dpi, int width_tenths, int height_tenths, struct label **ret, struct error *error)
{
    if (dpi == 0)
        dpi = LABEL_DPI_DEFAULT;
    if (dpi != 203 && dpi != 300 && dpi != 600)
        return error_set(error, -EINVAL, "label_dpi: %" PRId64 " dpi is not known; set 203, 300 or 600", dpi);
    int width = to_dots(dpi, width_tenths), height = to_dots(dpi, height_tenths);
    if (width_tenths < 1 || height_tenths < 1 || width > DOTS_SIDE_MAX || height > DOTS_SIDE_MAX)
        return error_set(error, -EINVAL, "label_size: a label cannot be %d by %d tenths of a millimetre", width_tenths,
                         height_tenths);
    struct label *label = calloc(1, sizeof(*label));
    if (!label)
        return error_set(error, -ENOMEM, "label_memory: there is no memory for a label; try again");
    label->dpi = dpi;
    label->width = width;
    label->height = height;
    *ret = label;
    return 0;
}

static void element_done(struct label_element *element)
{
    free(element->text);
    text_picture_done(&element->picture);
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

static int check_place(const struct label *label, const char *field, struct label_box box, struct error *error)
{
    if (label->count == LABEL_ELEMENTS_MAX)
        return error_set(error, -ENOSPC, "label_full: %s is one element too many; a label holds %d", field,
                         LABEL_ELEMENTS_MAX);
    if (box.x < 0 || box.y < 0 || box.width < 1 || box.height < 1 || box.width > label->width - box.x ||
        box.height > label->height - box.y)
        return error_set(error, -EINVAL, "label_box: the place of %s is not on the label; choose a larger label",
                         field);
    return 0;
}

static int no_memory(const char *field, struct error *error)
{
    return error_set(error, -ENOMEM, "label_memory: there is no memory to draw %s; try again", field);
}

static int does_not_fit(const char *field, struct error *error)
{
    return error_set(error, -EOVERFLOW, "label_overflow: %s does not fit on the label; shorten it", field);
}

/* What is kept of a text that may be cut. */
static size_t whole_prefix(const struct buf *text)
{
    return text->length > LABEL_TEXT_MAX ? text_whole_utf8(text->data, LABEL_TEXT_MAX) : text->length;
}

int label_add_text(struct label *label, const struct label_text *text, struct error *error)
{
    int result = check_place(label, text->field, text->box, error);
    if (result)
        return result;
    CLEANUP_BUF struct buf clean = {0};
    int64_t removed = 0;
    result = printable_text(text->text, &clean, &removed);
    if (result == -EINVAL)
        return error_set(error, result, "label_character: %s is not UTF-8 text", text->field);
    if (clean.length > LABEL_TEXT_MAX && !text->style.cut)
        return does_not_fit(text->field, error);
    struct label_element element = {.kind = LABEL_TEXT, .box = text->box, .style = text->style};
    element.text = result ? NULL : strndup(buf_text(&clean), whole_prefix(&clean));
    if (!element.text)
        return no_memory(text->field, error);
    result = text_raster(element.text, &text->style, text->box.width, text->box.height, &element.picture, error);
    if (result) {
        free(element.text);
        return result == -EOVERFLOW ? does_not_fit(text->field, error)
               : result == -ENOMEM  ? no_memory(text->field, error)
                                    : result;
    }
    label->elements[label->count++] = element;
    label->missing += element.picture.missing;
    label->removed += removed;
    return 0;
}

/* The widest module with which so many modules fit; below least when none does. */
static int widest_module(int modules, int room, int most)
{
    return room / modules < most ? room / modules : most;
}

int label_add_code128(struct label *label, const struct label_code128 *code, struct error *error)
{
    int result = check_place(label, code->field, code->box, error);
    if (!result)
        result = printable_check_code128(code->field, code->text, error);
    if (result)
        return result;
    struct label_element element = {.kind = LABEL_CODE128, .box = code->box};
    if (code128_plan(code->text, &element.plan))
        return does_not_fit(code->field, error);
    element.module = widest_module(element.plan.modules + 2 * CODE128_QUIET_ZONE, code->box.width, code->most_module);
    if (element.module < code->least_module)
        return does_not_fit(code->field, error);
    element.x = code->box.x + (code->box.width - element.plan.modules * element.module) / 2;
    element.text = strdup(code->text);
    if (!element.text)
        return no_memory(code->field, error);
    label->elements[label->count++] = element;
    return 0;
}

int label_add_qr(struct label *label, const struct label_qr *code, struct error *error)
{
    int result = check_place(label, code->field, code->box, error);
    if (!result)
        result = printable_check_qr(code->field, code->text, error);
    if (result)
        return result;
    struct dots modules = {0};
    result = qr_modules(code->text, code->level, &modules);
    if (result)
        return result == -ENOMEM ? no_memory(code->field, error) : does_not_fit(code->field, error);
    int room = code->box.width < code->box.height ? code->box.width : code->box.height;
    struct label_element element = {.kind = LABEL_QR, .box = code->box};
    element.module = widest_module(modules.width + 2 * QR_QUIET_ZONE, room, code->most_module);
    if (element.module < code->least_module) {
        dots_done(&modules);
        return does_not_fit(code->field, error);
    }
    result = dots_enlarge(&modules, element.module, &element.picture.dots);
    dots_done(&modules);
    element.text = result ? NULL : strdup(code->text);
    if (!element.text) {
        element_done(&element);
        return no_memory(code->field, error);
    }
    element.picture.x = (code->box.width - element.picture.dots.width) / 2;
    element.picture.y = (code->box.height - element.picture.dots.height) / 2;
    label->elements[label->count++] = element;
    return 0;
}

int label_add_frame(struct label *label, struct label_box box, int thickness, struct error *error)
{
    int result = check_place(label, "a frame", box, error);
    if (result)
        return result;
    label->elements[label->count++] =
        (struct label_element){.kind = LABEL_FRAME, .box = box, .thickness = thickness < 1 ? 1 : thickness};
    return 0;
}
