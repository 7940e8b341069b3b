/* What a site's own template may not lose or cover of the shipped one of its name. */
#include "drivers/label/template_parts.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

/* ---------------------------------------------------------------- against the shipped one */

/* A code that is on every label, whatever the data says. */
static bool is_always(const struct element *element)
{
    return element->kind == ELEMENT_SYMBOL && !*element->when && !element->list && !element->is_stand_in &&
           strcmp(element->page, "all") == 0;
}

static bool is_same_code(const struct element *own, const struct element *shipped)
{
    return is_always(own) && own->symbology == shipped->symbology && strcmp(own->text, shipped->text) == 0 &&
           own->least_module >= shipped->least_module && (!own->instead_of_it || shipped->instead_of_it);
}

static bool has_code(const struct template *own, const struct element *shipped)
{
    for (size_t i = 0; i < own->count; i++)
        if (is_same_code(own->elements[i], shipped))
            return true;
    return false;
}

/* One that may give way to something else is no duty where the same code stands beside it that may not. */
static bool is_owed(const struct template *shipped, const struct element *code)
{
    for (size_t i = 0; i < shipped->count && code->instead_of_it; i++)
        if (shipped->elements[i] != code && !shipped->elements[i]->instead_of_it &&
            shipped->elements[i]->symbology == code->symbology && is_always(shipped->elements[i]) &&
            strcmp(shipped->elements[i]->text, code->text) == 0)
            return false;
    return is_always(code);
}

/* "waybill order|rma": each word between blanks must be there as it is. */
static bool has_word(const char *words, const char *word, size_t length)
{
    for (; *words; words += strspn(words, " ")) {
        size_t own = strcspn(words, " ");
        if (own == length && strncmp(words, word, length) == 0)
            return true;
        words += own;
    }
    return false;
}

static int keeps_needs(const struct template *own, const struct template *shipped, struct label_fault *fault)
{
    for (const char *word = shipped->needs; *word; word += strspn(word, " ")) {
        size_t length = strcspn(word, " ");
        if (!has_word(own->needs, word, length))
            return label_refuse(fault, -EINVAL, LABEL_TEMPLATE, "label",
                                "needs must still name %.*s, as in the built-in label", (int)length, word);
        word += length;
    }
    return 0;
}

static int refuse_in(struct label_fault *fault, const char *section, int result)
{
    if (fault)
        text_copy(fault->section, sizeof(fault->section), section);
    return result;
}

int template_keeps(const struct template *own, const struct template *shipped, struct label_fault *fault)
{
    int result = keeps_needs(own, shipped, fault);
    if (result)
        return refuse_in(fault, "label", result);
    for (size_t i = 0; i < shipped->count; i++) {
        const struct element *code = shipped->elements[i];
        if (is_owed(shipped, code) && !has_code(own, code))
            return refuse_in(
                fault, code->section,
                label_refuse(fault, -EINVAL, LABEL_TEMPLATE, code->section,
                             "it must stay as in the built-in label: [%s] with text = %s, always printed, its "
                             "narrowest bar at least %g mm",
                             code->section, code->text, code->least_module / 100.0));
    }
    return 0;
}

/* ---------------------------------------------------------------- on the label */

static struct label_box common(struct label_box a, struct label_box b)
{
    int left = a.x > b.x ? a.x : b.x, top = a.y > b.y ? a.y : b.y;
    int right = a.x + a.width < b.x + b.width ? a.x + a.width : b.x + b.width;
    int bottom = a.y + a.height < b.y + b.height ? a.y + a.height : b.y + b.height;
    return (struct label_box){left, top, right > left ? right - left : 0, bottom > top ? bottom - top : 0};
}

static bool is_room(struct label_box box)
{
    return box.width > 0 && box.height > 0;
}

static bool frame_enters(const struct label_element *frame, struct label_box room)
{
    const struct label_box box = frame->box;
    int thick = frame->thickness;
    const struct label_box lines[] = {{box.x, box.y, box.width, thick < box.height ? thick : box.height},
                                      {box.x, box.y + box.height - thick, box.width, thick},
                                      {box.x, box.y, thick < box.width ? thick : box.width, box.height},
                                      {box.x + box.width - thick, box.y, thick, box.height}};
    for (size_t i = 0; i < COUNT(lines); i++)
        if (is_room(common(lines[i], room)))
            return true;
    return false;
}

static bool dots_enter(const struct label_element *element, struct label_box room)
{
    const struct dots *dots = &element->dots;
    if (!dots->bits)
        return false;
    struct label_box both = common((struct label_box){element->x, element->y, dots->width, dots->height}, room);
    for (int y = both.y; y < both.y + both.height; y++)
        for (int x = both.x; x < both.x + both.width; x++)
            if (dots_get(dots, x - element->x, y - element->y))
                return true;
    return false;
}

static bool enters(const struct label_element *element, struct label_box room)
{
    return element->kind == LABEL_FRAME ? frame_enters(element, room) : dots_enter(element, room);
}

/* All of a code's box is its own: its quiet zones are in it. */
int template_clear_codes(const struct label *pages, struct label_fault *fault)
{
    for (const struct label *page = pages; page; page = page->next) {
        for (size_t i = 0; i < page->count; i++) {
            const struct label_element *code = &page->elements[i];
            for (size_t j = 0; code->kind == LABEL_SYMBOL && j < page->count; j++) {
                const struct label_element *other = &page->elements[j];
                if (j == i || !enters(other, code->box))
                    continue;
                const char *section = code->section ? code->section : "";
                return refuse_in(fault, section,
                                 label_refuse(fault, -EINVAL, LABEL_TEMPLATE, section,
                                              "[%s] is covered by [%s]: move one of them, or no scanner reads it",
                                              section, other->section ? other->section : ""));
            }
        }
    }
    return 0;
}
