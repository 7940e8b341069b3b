#include "drivers/label/text_raster.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangoft2.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define FAMILIES     "Noto Sans CJK SC, DejaVu Sans"
#define FIRST_FAMILY "Noto Sans CJK SC"
#define BLACK_FROM   112 /* of 255: a little below half, because thin strokes must not break at 203 dpi */
#define SHRINK_STEPS 16  /* of the full height */

/* Only these folders, whatever else is installed or configured, so that a label looks the same on every appliance. */
static const char font_config[] = "<?xml version=\"1.0\"?><fontconfig>"
                                  "<dir>/usr/share/fonts/opentype/noto</dir><dir>/usr/share/fonts/truetype/dejavu</dir>"
                                  "<cachedir>/var/cache/fontconfig</cachedir></fontconfig>";

/* Made once, kept until the program ends: one thread at a time draws with it. */
static PangoLayout *shared_layout;
static pthread_mutex_t layout_lock = PTHREAD_MUTEX_INITIALIZER;

static void close_layout(void)
{
    g_clear_object(&shared_layout);
}

static PangoFontMap *make_font_map(void)
{
    FcConfig *config = FcConfigCreate();
    if (!config || !FcConfigParseAndLoadFromMemory(config, (const FcChar8 *)font_config, FcTrue) ||
        !FcConfigSetCurrent(config)) { /* otherwise Pango loads the system's configuration beside this one */
        if (config)
            FcConfigDestroy(config);
        return NULL;
    }
    PangoFontMap *map = pango_ft2_font_map_new();
    pango_ft2_font_map_set_resolution(PANGO_FT2_FONT_MAP(map), 72, 72);
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), config);
    FcConfigDestroy(config);
    return map;
}

static bool has_family(PangoFontMap *map, const char *name)
{
    PangoFontFamily **families;
    int count;
    bool found = false;
    pango_font_map_list_families(map, &families, &count);
    for (int i = 0; i < count && !found; i++)
        found = strcmp(pango_font_family_get_name(families[i]), name) == 0;
    g_free(families);
    return found;
}

static int open_layout(struct error *error)
{
    if (shared_layout)
        return 0;
    PangoFontMap *map = make_font_map();
    if (!map || !has_family(map, FIRST_FAMILY)) {
        if (map)
            g_object_unref(map);
        return error_set(error, -ENOENT, "the font %s is missing; install the package fonts-noto-cjk", FIRST_FAMILY);
    }
    PangoContext *context = pango_font_map_create_context(map);
    pango_context_set_base_dir(context, PANGO_DIRECTION_LTR);
    pango_context_set_language(context, pango_language_from_string("zh-cn"));
    shared_layout = pango_layout_new(context);
    pango_layout_set_single_paragraph_mode(shared_layout, TRUE);
    pango_layout_set_wrap(shared_layout, PANGO_WRAP_WORD_CHAR);
    g_object_unref(context);
    g_object_unref(map);
    atexit(close_layout);
    return 0;
}

int text_line_pitch(int font_height)
{
    return (font_height * 6 + 4) / 5;
}

static int baseline_in_line(int font_height)
{
    return (font_height * 19 + 10) / 20;
}

/* One attempt at one font height. */
struct layout_try {
    PangoLayout *layout;
    const struct text_style *style;
    int width, height; /* of the box */
    int font_height;
    int top; /* of the first line */
    int lines;
    int missing; /* characters that no font has */
};

static void set_font(const struct layout_try *try)
{
    PangoFontDescription *font = pango_font_description_from_string(FAMILIES);
    pango_font_description_set_weight(font, try->style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font, try->font_height * PANGO_SCALE);
    pango_layout_set_font_description(try->layout, font);
    pango_font_description_free(font);
}

struct line_place {
    int x, baseline; /* of the line's origin, in the box */
    PangoRectangle ink;
};

static struct line_place place_line(const struct layout_try *try, int index, PangoLayoutLine *line)
{
    struct line_place place;
    PangoRectangle logical;
    pango_layout_line_get_pixel_extents(line, &place.ink, &logical);
    int slack = try->width - logical.width;
    place.x = try->style->align == TEXT_RIGHT ? slack : try->style->align == TEXT_CENTRE ? slack / 2 : 0;
    int right = place.x + place.ink.x + place.ink.width;
    if (right > try->width) /* a letter that leans out to the right */
        place.x -= right - try->width;
    if (place.x + place.ink.x < 0) /* or to the left */
        place.x = -place.ink.x;
    place.baseline = try->top + index * text_line_pitch(try->font_height) + baseline_in_line(try->font_height);
    return place;
}

/* The frame that stands for a missing character is taller than any letter: the box may cut it. */
static bool line_fits(const struct layout_try *try, const struct line_place *place)
{
    int left = place->x + place->ink.x, top = place->baseline + place->ink.y;
    bool high_enough = try->missing > 0 || (top >= 0 && top + place->ink.height <= try->height);
    return high_enough && left >= 0 && left + place->ink.width <= try->width;
}

/* Lays the text out at try->font_height; true when all of it is inside the box. */
static bool try_height(struct layout_try *try, bool cut)
{
    int pitch = text_line_pitch(try->font_height);
    int most_lines = try->style->wrap ? try->height / pitch : 1;
    if (try->height < pitch)
        return false;
    set_font(try);
    pango_layout_set_width(try->layout, try->style->wrap || cut ? try->width * PANGO_SCALE : -1);
    pango_layout_set_ellipsize(try->layout, cut ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
    pango_layout_set_height(try->layout, cut ? -most_lines : -1);
    try->lines = pango_layout_get_line_count(try->layout);
    try->missing = pango_layout_get_unknown_glyphs_count(try->layout);
    if (try->lines > most_lines)
        return false;
    try->top = try->style->middle ? (try->height - try->lines * pitch) / 2 : 0;
    for (int i = 0; i < try->lines; i++) {
        struct line_place place = place_line(try, i, pango_layout_get_line_readonly(try->layout, i));
        if (!line_fits(try, &place))
            return false;
    }
    return true;
}

/* The largest height at which it fits; then, if that is allowed, the least height with an ellipsis. */
static bool fit(struct layout_try *try)
{
    const struct text_style *style = try->style;
    int least = style->least_height && style->least_height < style->height ? style->least_height : style->height;
    int step = style->height / SHRINK_STEPS + 1;
    for (int height = style->height;; height = height - step > least ? height - step : least) {
        try->font_height = height;
        if (try_height(try, false))
            return true;
        if (height == least)
            return style->cut && try_height(try, true);
    }
}

static int paint(const struct layout_try *try, FT_Bitmap *ret)
{
    FT_Bitmap grey = {.rows = (unsigned)try->height,
                      .width = (unsigned)try->width,
                      .pitch = try->width,
                      .num_grays = 256,
                      .pixel_mode = FT_PIXEL_MODE_GRAY};
    grey.buffer = calloc((size_t)try->height, (size_t)try->width);
    if (!grey.buffer)
        return -ENOMEM;
    for (int i = 0; i < try->lines; i++) {
        PangoLayoutLine *line = pango_layout_get_line_readonly(try->layout, i);
        struct line_place place = place_line(try, i, line);
        pango_ft2_render_layout_line(&grey, line, place.x, place.baseline);
    }
    *ret = grey;
    return 0;
}

static bool is_blank(const uint8_t *row, size_t length)
{
    return length == 0 || (row[0] == 0 && memcmp(row, row + 1, length - 1) == 0);
}

/* bits are 0. */
static void to_row(const uint8_t *grey, int width, uint8_t *bits)
{
    for (int x = 0; x < width; x += 8) {
        unsigned byte = 0;
        if (x + 8 <= width && is_blank(grey + x, 8))
            continue;
        for (int bit = 0; bit < 8 && x + bit < width; bit++)
            byte |= grey[x + bit] >= BLACK_FROM ? 0x80u >> bit : 0;
        bits[x / 8] = (uint8_t)byte;
    }
}

/* All of the box as dots: page is white, and as large. */
static void to_dots(const FT_Bitmap *grey, bool inverse, struct dots *page)
{
    for (int y = 0; y < page->height; y++)
        to_row(grey->buffer + (size_t)y * (size_t)grey->pitch, page->width, page->bits + (size_t)y * page->stride);
    if (inverse)
        dots_invert(page);
}

/* The inked part, at .x and .y; nothing when nothing is inked. */
static int crop(const struct dots *page, struct text_picture *picture)
{
    CLEANUP(dots_done) struct dots columns = {0}; /* one row: black where any row is */
    int top = 0, bottom = page->height, left = 0, right = page->width;
    int result = dots_init(&columns, page->width, 1);
    if (result)
        return result;
    while (bottom > 0 && is_blank(page->bits + (size_t)(bottom - 1) * page->stride, page->stride))
        bottom--;
    if (bottom == 0)
        return 0;
    while (is_blank(page->bits + (size_t)top * page->stride, page->stride))
        top++;
    for (size_t i = (size_t)top * page->stride; i < (size_t)bottom * page->stride; i++)
        columns.bits[i % page->stride] |= page->bits[i];
    while (!dots_get(&columns, left, 0))
        left++;
    while (!dots_get(&columns, right - 1, 0))
        right--;
    picture->x = left;
    picture->y = top;
    return dots_cut(page, left, top, right - left, bottom - top, &picture->dots);
}

static int draw(const char *text, const struct text_style *style, int width, int height, struct text_picture *ret,
                struct error *error)
{
    int result = open_layout(error);
    if (result)
        return result;
    struct layout_try try = {.layout = shared_layout, .style = style, .width = width, .height = height};
    pango_layout_set_text(shared_layout, text, -1);
    if (!fit(&try))
        return -EOVERFLOW;
    struct text_picture picture = {.height = try.font_height,
                                   .baseline = try.top + baseline_in_line(try.font_height),
                                   .lines = try.lines,
                                   .shortened = pango_layout_is_ellipsized(shared_layout),
                                   .missing = try.missing};
    FT_Bitmap grey;
    CLEANUP(dots_done) struct dots page = {0};
    result = dots_init(&page, width, height);
    if (!result)
        result = paint(&try, &grey);
    if (result)
        return result;
    to_dots(&grey, style->inverse, &page);
    free(grey.buffer);
    result = crop(&page, &picture);
    if (!result)
        *ret = picture;
    return result;
}

int text_raster(const char *text, const struct text_style *style, int width, int height, struct text_picture *ret,
                struct error *error)
{
    pthread_mutex_lock(&layout_lock);
    int result = draw(text, style, width, height, ret, error);
    pthread_mutex_unlock(&layout_lock);
    return result;
}

void text_picture_done(struct text_picture *picture)
{
    dots_done(&picture->dots);
}
