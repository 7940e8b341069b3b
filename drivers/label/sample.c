#include "drivers/label/sample.h"

#include <errno.h>
#include <string.h>

#define FIELD        "the mark of a sample"
#define WORDS        "SAMPLE 样张   SAMPLE 样张"
#define LINE_TENTHS  90  /* height of a line of it */
#define PITCH_TENTHS 250 /* from one to the next; closer on a small label, which has at least two */
#define GRAIN        2   /* dots of a square of the grey: less would burn away on thermal paper */
#define CROSS_PART   7   /* a crossed out symbol's strokes are this part of its shorter side */
#define HATCH_PART   3   /* of it is black */

#define STRIPE_MODULES 4

static bool stays(const struct label_element *element)
{
    return strncmp(element->symbol.text, SAMPLE_PREFIX, strlen(SAMPLE_PREFIX)) == 0;
}

/* ---------------------------------------------------------------- symbols */

/* Strokes from corner to corner: no corner that a reader looks for is whole. */
static void cross(struct dots *dots)
{
    int width = dots->width, height = dots->height;
    int thick = (width < height ? width : height) / CROSS_PART;
    int across = thick < width ? thick + 1 : width;
    for (int y = 0; y < height; y++) {
        int x = (int)((int64_t)y * (width - across) / height);
        dots_fill(dots, x, y, across, 1);
        dots_fill(dots, width - across - x, y, across, 1);
    }
}

/* Slanting stripes, wider than any white bar: no line that a reader takes, wherever and however, is whole. */
static void hatch(struct dots *dots, int stripe)
{
    for (int y = 0; y < dots->height; y++)
        for (int x = 0; x < dots->width; x++)
            if ((x + y) / stripe % HATCH_PART == 0)
                dots_set(dots, x, y);
}

/* It goes as dots, whatever commands the printer has for symbols. */
static void void_symbol(struct label_element *element)
{
    cross(&element->dots);
    hatch(&element->dots, STRIPE_MODULES * element->module);
    symbol_done(&element->symbol);
    element->kind = LABEL_IMAGE;
    element->turns = 0;
}

/* ---------------------------------------------------------------- the words */

/* Grey, so that what lies below can be read. */
static void thin_out(struct dots *dots)
{
    for (int y = 0; y < dots->height; y++)
        for (int x = 0; x < dots->width; x++)
            if ((x / GRAIN + y / GRAIN) % 2)
                dots->bits[(size_t)y * dots->stride + (size_t)x / 8] &= (uint8_t) ~(0x80U >> x % 8);
}

static void leave_free(struct dots *dots, int left, int top, const struct label_box *box)
{
    for (int y = box->y - top < 0 ? 0 : box->y - top; y < dots->height && y < box->y + box->height - top; y++)
        for (int x = box->x - left < 0 ? 0 : box->x - left; x < dots->width && x < box->x + box->width - left; x++)
            dots->bits[(size_t)y * dots->stride + (size_t)x / 8] &= (uint8_t) ~(0x80U >> x % 8);
}

static int draw_words(const struct label *page, int height, struct text_picture *ret, struct label_fault *fault)
{
    struct error why;
    const struct text_style style = {.height = height * 3 / 4, .least_height = 8, .bold = true, .align = TEXT_CENTRE};
    int result = text_raster(WORDS, &style, page->width, height, ret, &why);
    if (result == -ENOENT)
        return label_refuse(fault, result, LABEL_FONTS, FIELD, "%s", why.text);
    if (result == -EOVERFLOW)
        return label_refuse(fault, result, LABEL_OVERFLOW, FIELD, "the label is too small for %s", FIELD);
    return result ? label_refuse(fault, result, LABEL_MEMORY, FIELD, "there is no memory for %s", FIELD) : 0;
}

static int add_line(struct label *page, int top, int height, struct label_fault *fault)
{
    CLEANUP(text_picture_done) struct text_picture words = {0};
    int result = draw_words(page, height, &words, fault);
    if (result)
        return result;
    int left = words.x;
    top += words.y;
    thin_out(&words.dots);
    for (size_t i = 0; i < page->count; i++)
        if (page->elements[i].kind == LABEL_SYMBOL)
            leave_free(&words.dots, left, top, &page->elements[i].box);
    const struct label_box box = {left, top, words.dots.width, words.dots.height};
    return label_add_image(page, FIELD, &words.dots, box, fault);
}

static int mark_page(struct label *page, struct label_fault *fault)
{
    int height = label_mm(page, LINE_TENTHS), pitch = label_mm(page, PITCH_TENTHS), result = 0;
    for (size_t i = 0; i < page->count; i++)
        if (page->elements[i].kind == LABEL_SYMBOL && !stays(&page->elements[i]))
            void_symbol(&page->elements[i]);
    pitch = pitch < page->height / 2 ? pitch : page->height / 2;
    height = height < pitch / 2 ? height : pitch / 2;
    for (int top = (pitch - height) / 2; top + height <= page->height && !result; top += pitch)
        result = add_line(page, top, height, fault);
    return result;
}

int sample_mark(struct label *pages, struct label_fault *fault)
{
    int result = 0;
    for (struct label *page = pages; page && !result; page = page->next)
        result = mark_page(page, fault);
    return result;
}
