/* What the words of a template say: lengths, texts, conditions, and which section means which. */
#include "drivers/label/template_read.h"

#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define MM_MAX 2000

/* "12.25" to hundredths of a millimetre. */
static int mm_read(const char **at, int *ret)
{
    const char *text = *at + strspn(*at, " ");
    size_t whole = strspn(text, "0123456789"), digits = 0;
    if (whole == 0 || whole > 4)
        return -EINVAL;
    int value = 0;
    for (size_t i = 0; i < whole; i++)
        value = value * 10 + (*text++ - '0');
    value *= 100;
    if (*text == '.') {
        digits = strspn(++text, "0123456789");
        if (digits < 1 || digits > 2)
            return -EINVAL;
        value += digits == 1 ? (text[0] - '0') * 10 : (text[0] - '0') * 10 + text[1] - '0';
        text += digits;
    }
    if ((*text && *text != ' ') || value > MM_MAX * 100)
        return -EINVAL;
    *at = text;
    *ret = value;
    return 0;
}

/* All of text: count lengths, by blanks. */
static int mms_read(const char *text, size_t count, int *ret)
{
    for (size_t i = 0; i < count; i++)
        if (mm_read(&text, &ret[i]) != 0)
            return -EINVAL;
    return text[strspn(text, " ")] ? -EINVAL : 0;
}

/* Like mms_read, to tenths. */
static int tenths_read(const char *text, size_t count, int *ret)
{
    int result = mms_read(text, count, ret);
    for (size_t i = 0; i < count && !result; i++)
        ret[i] = (ret[i] + 5) / 10;
    return result;
}

/* ---------------------------------------------------------------- one element */

static int check_length(struct reading *reading, const struct element *element, const char *key, const char *text,
                        int least, int *ret)
{
    if (tenths_read(text, 1, ret) == 0 && *ret >= least)
        return 0;
    return reading_refuse(reading, element->section, key, "%s must be a length in mm, such as 3.5; it is \"%s\"", key,
                          text);
}

static int check_place(struct reading *reading, struct element *element)
{
    int side[4];
    bool flat = element->kind == ELEMENT_LINE;
    if (tenths_read(element->at, COUNT(side), side) != 0)
        return reading_refuse(reading, element->section, "at",
                              "at must be left, top, width and height in mm, such as 5 10.5 60 8; it is \"%s\"",
                              element->at);
    if (flat ? (side[2] == 0) == (side[3] == 0) : side[2] == 0 || side[3] == 0)
        return reading_refuse(reading, element->section, "at",
                              flat ? "of a line either the width or the height is 0" : "the box has no room");
    element->box = (struct label_box){side[0], side[1], side[2], side[3]};
    return 0;
}

static int check_module(struct reading *reading, struct element *element)
{
    int modules[2];
    if (mms_read(element->module, 2, modules) != 0 || modules[0] < 5 || modules[0] > modules[1])
        return reading_refuse(reading, element->section, "module",
                              "module must be the narrowest and the widest bar in mm, such as 0.25 0.5; it is \"%s\"",
                              element->module);
    element->least_module = modules[0];
    element->most_module = modules[1];
    return 0;
}

static int check_pattern(struct reading *reading, const struct element *element, const char *key, const char *text)
{
    struct error why;
    return pattern_check(text, &why) == 0 ? 0 : reading_refuse(reading, element->section, key, "%s", why.text);
}

static int check_text(struct reading *reading, struct element *element)
{
    int result = check_length(reading, element, "height", element->height, 1, &element->height_tenths);
    if (!result && *element->least)
        result = check_length(reading, element, "least", element->least, 1, &element->least_tenths);
    if (!result && element->least_tenths > element->height_tenths)
        result = reading_refuse(reading, element->section, "least", "least is more than height");
    if (!result)
        result = check_pattern(reading, element, "text", element->text);
    if (!result)
        result = check_pattern(reading, element, "text.en", element->text_en);
    if (!result)
        result = check_pattern(reading, element, "text.zh", element->text_zh);
    if (!result && !*element->text && (!*element->text_en || !*element->text_zh))
        result = reading_refuse(reading, element->section, "text", "there is no text, or not in both languages");
    return result;
}

static int check_symbol(struct reading *reading, struct element *element)
{
    bool gs1 = element->symbology == SYMBOL_GS1_128 || element->symbology == SYMBOL_GS1_DATA_MATRIX;
    struct error why;
    struct gs1_part parts[TEMPLATE_GS1_MAX];
    size_t count;
    int result = check_module(reading, element);
    if (!result)
        result = check_length(reading, element, "hri", element->hri, 0, &element->hri_tenths);
    int side = element->turns % 2 ? element->box.width : element->box.height;
    if (!result && element->hri_tenths >= side)
        result = reading_refuse(reading, element->section, "hri", "the letters leave no room for the symbol");
    if (!result && !*element->text)
        result = reading_refuse(reading, element->section, "text", "there is no text");
    if (!result)
        result = check_pattern(reading, element, "text", element->text);
    if (!result && gs1 && gs1_parts_read(element->text, parts, &count, &why) != 0)
        result = reading_refuse(reading, element->section, "text", "%s", why.text);
    return result;
}

static int check_image(struct reading *reading, struct element *element)
{
    if (!*element->file == !*element->data)
        return reading_refuse(reading, element->section, "file", "an image has either a file or data");
    if (strchr(element->file, '/') || *element->file == '.')
        return reading_refuse(reading, element->section, "file", "file must be the name of a PNG beside the template");
    return 0;
}

static int check_list(struct reading *reading, struct element *element)
{
    int result = check_length(reading, element, "pitch", element->pitch, 1, &element->pitch_tenths);
    if (!result && element->pitch_tenths > element->box.height)
        result = reading_refuse(reading, element->section, "pitch", "there is no room for one row");
    if (!result && !*element->each)
        result = reading_refuse(reading, element->section, "each", "each must name the data that holds the list");
    return result;
}

static int check_frame(struct reading *reading, struct element *element)
{
    int result = check_length(reading, element, "thickness", element->thickness, 1, &element->thickness_tenths);
    if (result || element->kind == ELEMENT_BOX)
        return result;
    if (element->box.width == 0)
        element->box.width = element->thickness_tenths;
    else
        element->box.height = element->thickness_tenths;
    return 0;
}

static int check_itself(struct reading *reading, struct element *element)
{
    static int (*const checks[])(struct reading *, struct element *) = {
        [ELEMENT_TEXT] = check_text, [ELEMENT_SYMBOL] = check_symbol, [ELEMENT_LINE] = check_frame,
        [ELEMENT_BOX] = check_frame, [ELEMENT_IMAGE] = check_image,   [ELEMENT_LIST] = check_list};
    struct error why;
    element->turns = (int)strtol(element->turn, NULL, 10) / 90;
    int result = check_place(reading, element);
    if (!result && condition_check(element->when, &why) != 0)
        result = reading_refuse(reading, element->section, "when", "%s", why.text);
    return result ? result : checks[element->kind](reading, element);
}

/* ---------------------------------------------------------------- one among others */

static struct element *find(const struct template *template, const char *name, size_t length, bool list)
{
    for (size_t i = 0; i < template->count; i++) {
        struct element *element = template->elements[i];
        if (strlen(element->name) == length && strncmp(element->name, name, length) == 0 &&
            (element->kind == ELEMENT_LIST) == list)
            return element;
    }
    return NULL;
}

static int check_names(struct reading *reading, struct element *element)
{
    const struct template *template = reading->template;
    for (size_t i = 0; template->elements[i] != element; i++)
        if (strcmp(template->elements[i]->name, element->name) == 0)
            return reading_refuse(reading, element->section, NULL, "there is another section named %s", element->name);
    if (*element->in) {
        size_t length = strlen(element->in), more = strlen(".more");
        element->for_hidden = length > more && strcmp(element->in + length - more, ".more") == 0;
        element->list = find(template, element->in, length - (element->for_hidden ? more : 0), true);
        if (!element->list)
            return reading_refuse(reading, element->section, "in", "there is no section [list %s]", element->in);
    }
    if (!*element->instead)
        return 0;
    struct element *other = find(template, element->instead, strlen(element->instead), false);
    if (!other || other == element || *other->instead)
        return reading_refuse(reading, element->section, "instead",
                              "instead must name another section that has no instead itself");
    element->instead_of_it = other;
    other->is_stand_in = true;
    return 0;
}

static int check_room(struct reading *reading, const struct element *element)
{
    const struct template *template = reading->template;
    const struct element *list = element->list;
    int width = list ? list->box.width : template->width_tenths;
    int height = list ? list->pitch_tenths : template->height_tenths;
    if (element->box.x + element->box.width <= width && element->box.y + element->box.height <= height)
        return 0;
    return reading_refuse(reading, element->section, "at", "it leaves the %s, which is %g by %g mm",
                          list ? "row" : "label", width / 10.0, height / 10.0);
}

static int check_label(struct reading *reading)
{
    struct template *template = reading->template;
    int size[2];
    if (tenths_read(template->size, 2, size) != 0 || size[0] == 0 || size[1] == 0)
        return reading_refuse(reading, "label", "size",
                              "size must be width and height in mm, such as 100 150; it is \"%s\"", template->size);
    if (tenths_read(template->gap, 1, &template->gap_tenths) != 0)
        return reading_refuse(reading, "label", "gap", "gap must be a length in mm, such as 2");
    if (!*template->title_en || !*template->title_zh)
        return reading_refuse(reading, "label", NULL, "it needs a title.en and a title.zh");
    template->width_tenths = size[0];
    template->height_tenths = size[1];
    return 0;
}

int template_check(struct reading *reading)
{
    const struct template *template = reading->template;
    size_t lists = 0;
    int result = check_label(reading);
    for (size_t i = 0; i < template->count && !result; i++) {
        struct element *element = template->elements[i];
        result = check_itself(reading, element);
        lists += element->kind == ELEMENT_LIST;
        if (!result && lists > TEMPLATE_LISTS_MAX)
            result =
                reading_refuse(reading, element->section, NULL, "a label has at most %d lists", TEMPLATE_LISTS_MAX);
    }
    for (size_t i = 0; i < template->count && !result; i++)
        result = check_names(reading, template->elements[i]);
    for (size_t i = 0; i < template->count && !result; i++)
        result = check_room(reading, template->elements[i]);
    return result;
}
