/* A template and its data as labels. */
#include "drivers/label/template_parts.h"

#include "base/text.h"
#include "drivers/label/template_picture.h"

#include <errno.h>
#include <string.h>

struct drawing {
    const struct template *template;
    struct scope scope;
    struct label *label; /* the page */
    struct label_fault *fault;
    struct template_faults *all; /* what cannot be drawn is told here and left out; NULL: it ends the drawing */
};

/* Whether the drawing goes on behind a fault. */
static bool passes_over(struct drawing *drawing, int result)
{
    struct template_faults *all = drawing->all;
    if (!all || result == -ENOMEM)
        return false;
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->list[i].error.text, drawing->fault->error.text) == 0)
            return true;
    if (all->count < TEMPLATE_FAULTS_MAX)
        all->list[all->count++] = *drawing->fault;
    return true;
}

/* A length in hundredths of a millimetre, at least one dot. */
static int module_dots(const struct label *label, int hundredths)
{
    int dots = (label_mm(label, hundredths) + 5) / 10;
    return dots > 0 ? dots : 1;
}

/* Lengths that are not zero stay so. */
static int length_dots(const struct label *label, int tenths)
{
    int dots = label_mm(label, tenths);
    return tenths > 0 && dots == 0 ? 1 : dots;
}

/* What a fault calls it: the data that is in it, else the section. */
static const char *field_of(const struct element *element, const char *field)
{
    return *field ? field : element->section;
}

/* ---------------------------------------------------------------- texts */

static enum text_align align_of(const struct element *element)
{
    return strcmp(element->align, "right") == 0    ? TEXT_RIGHT
           : strcmp(element->align, "centre") == 0 ? TEXT_CENTRE
                                                   : TEXT_LEFT;
}

static const char *pattern_of(const struct drawing *drawing, const struct element *element)
{
    const char *own = drawing->scope.tongue == LABEL_ENGLISH ? element->text_en : element->text_zh;
    return *own ? own : element->text;
}

static int draw_text(struct drawing *drawing, const struct element *element, struct label_box box)
{
    char field[LABEL_FIELD_MAX];
    CLEANUP_BUF struct buf text = {0};
    int result = pattern_fill(&drawing->scope, pattern_of(drawing, element), &text, field, drawing->fault);
    if (result || text.length == 0)
        return result;
    const struct label *label = drawing->label;
    const struct label_text request = {.field = field_of(element, field),
                                       .text = text.data,
                                       .box = label_box_mm(label, box),
                                       .style = {.height = length_dots(label, element->height_tenths),
                                                 .least_height = length_dots(label, element->least_tenths),
                                                 .align = align_of(element),
                                                 .bold = element->bold,
                                                 .wrap = element->wrap,
                                                 .cut = strcmp(element->overflow, "ellipsis") == 0,
                                                 .middle = element->middle,
                                                 .inverse = element->inverse,
                                                 .by_printer = element->printer_font},
                                       .turns = element->turns};
    return label_add_text(drawing->label, &request, drawing->fault);
}

/* ---------------------------------------------------------------- symbols */

/* What goes into one symbol. */
struct symbol_data {
    struct gs1_part parts[TEMPLATE_GS1_MAX];
    struct buf values[TEMPLATE_GS1_MAX]; /* of what is not GS1, the first alone */
    struct gs1_element elements[TEMPLATE_GS1_MAX];
    size_t count; /* of .elements, or 1; 0: there is nothing to draw */
    char field[LABEL_FIELD_MAX];
};

static void symbol_data_done(struct symbol_data *data)
{
    for (size_t i = 0; i < COUNT(data->values); i++)
        buf_done(&data->values[i]);
}

static bool is_gs1(enum symbology symbology)
{
    return symbology == SYMBOL_GS1_128 || symbology == SYMBOL_GS1_DATA_MATRIX;
}

/* An identifier without a value is left out. */
static int fill_gs1(struct drawing *drawing, const struct element *element, struct symbol_data *data)
{
    size_t count = 0;
    gs1_parts_read(element->text, data->parts, &count, NULL);
    for (size_t i = 0; i < count; i++) {
        char field[LABEL_FIELD_MAX];
        int result = pattern_fill(&drawing->scope, data->parts[i].pattern, &data->values[i], field, drawing->fault);
        if (result)
            return result;
        if (data->values[i].length == 0)
            continue;
        data->elements[data->count++] = (struct gs1_element){data->parts[i].ai, data->values[i].data};
        if (!*data->field)
            text_copy(data->field, sizeof(data->field), field);
    }
    return 0;
}

static int fill_symbol(struct drawing *drawing, const struct element *element, struct symbol_data *data)
{
    if (is_gs1(element->symbology))
        return fill_gs1(drawing, element, data);
    int result = pattern_fill(&drawing->scope, element->text, &data->values[0], data->field, drawing->fault);
    data->count = !result && data->values[0].length > 0;
    return result;
}

static enum qr_level level_of(const struct element *element)
{
    static const char *const names[] = {
        [QR_MEDIUM] = "medium", [QR_LOW] = "low", [QR_QUARTILE] = "quartile", [QR_HIGH] = "high"};
    for (enum qr_level level = QR_MEDIUM; level <= QR_HIGH; level++)
        if (strcmp(element->level, names[level]) == 0)
            return level;
    return QR_MEDIUM;
}

/* Takes the strip of the letters off the box: below the symbol as it is read. */
static struct label_box take_strip(struct label_box *box, int strip, int turns)
{
    struct label_box letters = *box;
    if (turns % 2 == 0) {
        letters.height = strip;
        letters.y += turns == 0 ? box->height - strip : 0;
        box->y += turns == 2 ? strip : 0;
        box->height -= strip;
    } else {
        letters.width = strip;
        letters.x += turns == 3 ? box->width - strip : 0;
        box->x += turns == 1 ? strip : 0;
        box->width -= strip;
    }
    return letters;
}

static int add_hri(struct drawing *drawing, const struct element *element, struct label_box strip, const char *field,
                   const char *hri)
{
    const struct label *label = drawing->label;
    int height =
        length_dots(label, element->hri_tenths * 5 / 6); /* a line of text is a fifth higher than its letters */
    const struct label_text text = {
        .field = field,
        .text = hri,
        .box = label_box_mm(label, strip),
        .style = {.height = height, .least_height = height * 3 / 5, .align = TEXT_CENTRE, .middle = true},
        .turns = element->turns};
    return label_add_text(drawing->label, &text, drawing->fault);
}

static int add_symbol(struct drawing *drawing, const struct element *element, struct label_box box,
                      const struct symbol_data *data, const char **ret_hri, struct label_fault *fault)
{
    const struct label *label = drawing->label;
    bool gs1 = is_gs1(element->symbology);
    const struct label_symbol request = {.request = {.field = field_of(element, data->field),
                                                     .symbology = element->symbology,
                                                     .text = gs1 ? NULL : data->values[0].data,
                                                     .elements = gs1 ? data->elements : NULL,
                                                     .element_count = gs1 ? data->count : 0,
                                                     .level = level_of(element)},
                                         .box = label_box_mm(label, box),
                                         .least_module = module_dots(label, element->least_module),
                                         .most_module = module_dots(label, element->most_module),
                                         .turns = element->turns};
    return label_add_symbol(drawing->label, &request, ret_hri, fault);
}

static int draw_element(struct drawing *drawing, const struct element *element, int x, int y);

/* Another may stand in for a symbol that cannot carry the text or finds no room. When that fails too, its fault is said
 * only if it is about room: then it could have carried what the first could not. */
static int stand_in(struct drawing *drawing, const struct element *element, struct label_box box, int result,
                    const struct label_fault *first)
{
    if (element->instead_of_it && result != -ENOMEM) {
        int x = box.x - element->box.x, y = box.y - element->box.y;
        int other = draw_element(drawing, element->instead_of_it, x, y);
        if (other == 0 || (other == -EOVERFLOW && result != -EOVERFLOW))
            return other;
    }
    if (drawing->fault)
        *drawing->fault = *first;
    return result;
}

static int draw_symbol(struct drawing *drawing, const struct element *element, struct label_box box)
{
    CLEANUP(symbol_data_done) struct symbol_data data = {.count = 0};
    int result = fill_symbol(drawing, element, &data);
    if (result || data.count == 0)
        return result;
    const char *hri = NULL;
    struct label_fault fault;
    struct label_box bars = box, strip = {0};
    if (element->hri_tenths > 0)
        strip = take_strip(&bars, element->hri_tenths, element->turns);
    result = add_symbol(drawing, element, bars, &data, &hri, &fault);
    if (result)
        return stand_in(drawing, element, box, result, &fault);
    return element->hri_tenths ? add_hri(drawing, element, strip, field_of(element, data.field), hri) : 0;
}

/* ---------------------------------------------------------------- lines and pictures */

static int draw_frame(struct drawing *drawing, const struct element *element, struct label_box box)
{
    struct label_box dots = label_box_mm(drawing->label, box);
    int thickness = length_dots(drawing->label, element->thickness_tenths);
    dots.width += dots.width == 0;
    dots.height += dots.height == 0;
    return label_add_frame(drawing->label, dots, thickness, drawing->fault);
}

static int draw_image(struct drawing *drawing, const struct element *element, struct label_box box)
{
    struct dots picture = {0};
    const json_t *data = *element->data ? scope_find(&drawing->scope, element->data) : NULL;
    if (*element->data && !data)
        return 0;
    int result = *element->data
                     ? template_picture_decode(data, element->data, element->dither, &picture, drawing->fault)
                     : template_picture_load(drawing->template->folder, element->file, element->section,
                                             element->dither, &picture, drawing->fault);
    if (!result)
        result = label_add_image(drawing->label, *element->data ? element->data : element->section, &picture,
                                 label_box_mm(drawing->label, box), drawing->fault);
    dots_done(&picture);
    return result;
}

static int say_section(struct label_fault *fault, const struct element *element, int result)
{
    if (fault && !*fault->section)
        text_copy(fault->section, sizeof(fault->section), element->section);
    return result;
}

static int draw_element(struct drawing *drawing, const struct element *element, int x, int y)
{
    static int (*const draw[])(struct drawing *, const struct element *, struct label_box) = {
        [ELEMENT_TEXT] = draw_text, [ELEMENT_SYMBOL] = draw_symbol, [ELEMENT_LINE] = draw_frame,
        [ELEMENT_BOX] = draw_frame, [ELEMENT_IMAGE] = draw_image,
    };
    bool holds;
    int result = condition_holds(&drawing->scope, element->when, &holds, drawing->fault);
    if (result || !holds)
        return result;
    struct label_box box = element->box;
    struct label *label = drawing->label;
    size_t before = label->count;
    box.x += x;
    box.y += y;
    result = draw[element->kind](drawing, element, box);
    for (size_t i = before; i < label->count; i++)
        if (!label->elements[i].section)
            label->elements[i].section = element->section;
    return result ? say_section(drawing->fault, element, result) : 0;
}

/* ---------------------------------------------------------------- lists and pages */

static bool has_row_for_hidden(const struct template *template, const struct element *list)
{
    for (size_t i = 0; i < template->count; i++)
        if (template->elements[i]->list == list && template->elements[i]->for_hidden)
            return true;
    return false;
}

static size_t rows_of_page(const struct element *list)
{
    return (size_t)(list->box.height / list->pitch_tenths);
}

static int open_list(struct drawing *drawing, const struct element *list)
{
    const json_t *rows = scope_find(&drawing->scope, list->each);
    struct list_view view = {.list = list, .rows = json_is_array(rows) ? rows : NULL, .pages = 1};
    size_t room = rows_of_page(list);
    view.total = json_array_size(view.rows);
    if (strcmp(list->overflow, "pages") == 0)
        view.pages = view.total > room ? (view.total + room - 1) / room : 1;
    else if (view.total > room && strcmp(list->overflow, "refuse") == 0)
        return label_refuse(drawing->fault, -EOVERFLOW, LABEL_OVERFLOW, list->each,
                            "%s has %zu rows; there is room for %zu", list->each, view.total, room);
    else if (view.total > room)
        view.hidden = view.total - room + has_row_for_hidden(drawing->template, list);
    if (view.pages > LABEL_PAGES_MAX)
        return label_refuse(drawing->fault, -EOVERFLOW, LABEL_OVERFLOW, list->each,
                            "%s has %zu rows; there is room for %zu on %d pages", list->each, view.total,
                            room * LABEL_PAGES_MAX, LABEL_PAGES_MAX);
    drawing->scope.lists[drawing->scope.list_count++] = view;
    if (view.pages > drawing->scope.pages)
        drawing->scope.pages = view.pages;
    return 0;
}

static void turn_page(struct scope *scope, size_t page)
{
    scope->page = page;
    for (size_t i = 0; i < scope->list_count; i++) {
        struct list_view *view = &scope->lists[i];
        size_t room = rows_of_page(view->list), rows = view->total - view->hidden;
        view->first = (page - 1) * room;
        view->shown = view->first >= rows ? 0 : rows - view->first < room ? rows - view->first : room;
    }
}

static int draw_rows(struct drawing *drawing, const struct element *element)
{
    struct scope *scope = &drawing->scope;
    struct list_view *view = scope->lists;
    while (view->list != element->list)
        view++;
    const struct label_box *area = &view->list->box;
    if (element->for_hidden) {
        int y = area->y + (int)view->shown * view->list->pitch_tenths;
        return view->hidden && scope->page == 1 ? draw_element(drawing, element, area->x, y) : 0;
    }
    int result = 0;
    scope->list = view->list;
    for (size_t i = 0; i < view->shown && !result; i++) {
        scope->row = json_array_get(view->rows, view->first + i);
        scope->row_number = view->first + i + 1;
        result = draw_element(drawing, element, area->x, area->y + (int)i * view->list->pitch_tenths);
    }
    scope->list = NULL;
    scope->row = NULL;
    scope->row_number = 0;
    return result;
}

static bool is_on_page(const struct element *element, const struct scope *scope)
{
    if (element->kind == ELEMENT_LIST || element->is_stand_in)
        return false;
    return strcmp(element->page, "first") == 0  ? scope->page == 1
           : strcmp(element->page, "last") == 0 ? scope->page == scope->pages
                                                : true;
}

static int draw_page(struct drawing *drawing)
{
    static const char *const media[] = {[MEDIA_GAP] = "gap", [MEDIA_MARK] = "mark", [MEDIA_CONTINUOUS] = "continuous"};
    const struct template *template = drawing->template;
    for (enum label_media i = MEDIA_GAP; i <= MEDIA_CONTINUOUS; i++)
        if (strcmp(template->media, media[i]) == 0)
            drawing->label->media = i;
    drawing->label->gap_tenths = template->gap_tenths;
    int result = 0;
    for (size_t i = 0; i < template->count && !result; i++) {
        const struct element *element = template->elements[i];
        if (is_on_page(element, &drawing->scope))
            result = element->list ? draw_rows(drawing, element) : draw_element(drawing, element, 0, 0);
        if (result && passes_over(drawing, result))
            result = 0;
    }
    return result;
}

/* ---------------------------------------------------------------- all of it */

static bool is_given(const json_t *value)
{
    if (json_is_string(value))
        return json_string_length(value) > 0;
    return json_is_object(value) || json_is_array(value) ? json_object_size(value) + json_array_size(value) > 0
                                                         : value != NULL;
}

/* "waybill order|rma": of what stands between bars, one is enough. The first is what a fault names. */
static int check_needs(const struct drawing *drawing)
{
    for (const char *at = drawing->template->needs; *at; at += strspn(at, " ")) {
        char first[TEMPLATE_PATH_MAX] = "";
        bool given = false;
        for (bool more = true; more; at += more) {
            char path[TEMPLATE_PATH_MAX];
            size_t length = strcspn(at, " |");
            text_copy_n(path, sizeof(path), at, length);
            if (!*first)
                text_copy(first, sizeof(first), path);
            given = given || is_given(scope_find(&drawing->scope, path));
            at += length;
            more = *at == '|';
        }
        if (!given)
            return label_refuse(drawing->fault, -EINVAL, LABEL_FIELD, first,
                                "%s is missing; the label cannot be printed without it", first);
    }
    return 0;
}

static int prepare(struct drawing *drawing, const json_t *data)
{
    if (!json_is_object(data))
        return label_refuse(drawing->fault, -EINVAL, LABEL_DATA, NULL, "The data of a label must be a JSON object");
    int result = check_needs(drawing);
    if (result && passes_over(drawing, result))
        result = 0;
    for (size_t i = 0; i < drawing->template->count && !result; i++)
        if (drawing->template->elements[i]->kind == ELEMENT_LIST)
            result = open_list(drawing, drawing->template->elements[i]);
    return result;
}

static int draw_pages(struct drawing *drawing, int64_t dpi, struct label **ret)
{
    CLEANUP(label_free_p) struct label *first = NULL;
    struct label **next = &first;
    const struct template *template = drawing->template;
    int result = prepare(drawing, drawing->scope.data);
    for (size_t page = 1; page <= drawing->scope.pages && !result; page++) {
        turn_page(&drawing->scope, page);
        result = label_new(dpi, template->width_tenths, template->height_tenths, next, drawing->fault);
        if (result)
            break;
        drawing->label = *next;
        result = draw_page(drawing);
        next = &(*next)->next;
    }
    if (result)
        return result;
    *ret = first;
    first = NULL;
    return 0;
}

int template_draw(const struct template *template, const json_t *data, int64_t dpi, enum label_tongue tongue,
                  struct label **ret, struct label_fault *fault)
{
    struct drawing drawing = {
        .template = template, .scope = {.data = data, .tongue = tongue, .pages = 1}, .fault = fault};
    return draw_pages(&drawing, dpi, ret);
}

int template_draw_all(const struct template *template, const json_t *data, int64_t dpi, enum label_tongue tongue,
                      struct label **ret, struct template_faults *faults)
{
    struct label_fault fault;
    struct drawing drawing = {
        .template = template, .scope = {.data = data, .tongue = tongue, .pages = 1}, .fault = &fault, .all = faults};
    faults->count = 0;
    int result = draw_pages(&drawing, dpi, ret);
    if (result) {
        faults->count -= faults->count == TEMPLATE_FAULTS_MAX;
        faults->list[faults->count++] = fault;
    }
    return result;
}
