/* What is added to a label stays in its box, or is refused by name. */
#include "drivers/label/label.h"

#include "base/buf.h"
#include "base/id.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct label *new_label(void)
{
    struct label *label = NULL;
    assert_int_equal(label_new(203, 1000, 1500, &label, NULL), 0);
    return label;
}

/* Every inked dot is in the dots, and the dots are in the box. */
static void assert_inside(const struct label_element *element)
{
    const struct label_box *box = &element->box;
    assert_true(element->x >= box->x && element->y >= box->y);
    assert_true(element->x + element->dots.width <= box->x + box->width);
    assert_true(element->y + element->dots.height <= box->y + box->height);
}

static int black_dots(const struct dots *dots)
{
    int count = 0;
    for (int y = 0; y < dots->height; y++)
        for (int x = 0; x < dots->width; x++)
            count += dots_get(dots, x, y);
    return count;
}

static void millimetres_become_dots(void **state)
{
    (void)state;
    static const struct {
        int64_t dpi;
        int tenths, dots;
    } cases[] = {{203, 1000, 800}, {203, 1500, 1200}, {0, 760, 608}, {300, 1000, 1181}, {600, 254, 600}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(label_free_p) struct label *label = NULL;
        assert_int_equal(label_new(cases[i].dpi, cases[i].tenths, 500, &label, NULL), 0);
        assert_int_equal(label->width, cases[i].dots);
        assert_int_equal(label_mm(label, cases[i].tenths), cases[i].dots);
    }
    struct label_fault fault;
    struct label *none = NULL;
    assert_int_equal(label_new(180, 1000, 1500, &none, &fault), -EINVAL);
    assert_non_null(strstr(fault.error.text, "203, 300 or 600"));
    assert_int_equal(label_new(203, 0, 1500, &none, &fault), -EINVAL);
    assert_int_equal(label_new(600, 100000, 1500, &none, &fault), -EINVAL);
    assert_null(none);
}

static void chinese_text_becomes_dots(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    struct label_text text = {"receiver", "上海市浦东新区𠮷", {100, 100, 500, 60}, {.height = 40}, 0};
    assert_int_equal(label_add_text(label, &text, NULL), 0);
    const struct label_element *picture = &label->elements[0];
    assert_true(black_dots(&picture->dots) > 1000);
    assert_true(picture->dots.width > 7 * 40); /* eight characters of 40 dots, less the white at both ends */
    assert_inside(&label->elements[0]);
    assert_int_equal(label->missing, 0);
    assert_int_equal(picture->lines, 1);
    assert_int_equal(picture->text_height, 40);
}

static void what_no_font_has_is_counted(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    struct label_text text = {"receiver", "王\xF3\xB0\x80\x80\xF3\xB0\x80\x81", {0, 0, 700, 60}, {.height = 40}, 0};
    assert_int_equal(label_add_text(label, &text, NULL), 0);
    assert_int_equal(label->missing, 2);
    assert_inside(&label->elements[0]);
    text.text += strlen("王"); /* each is a frame to be seen */
    assert_int_equal(label_add_text(label, &text, NULL), 0);
    assert_true(black_dots(&label->elements[1].dots) > 2 * 2 * 30);
    assert_int_equal(label->missing, 4);
}

static void shapeless_characters_are_left_out(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    struct label_text text = {"receiver",
                              "\t A\xE2\x80\x8B"
                              "B\xE2\x80\xAE"
                              "C\xEF\xBB\xBF\n\x01 D ", /* ZWSP, RLO, BOM */
                              {0, 0, 700, 60},
                              {.height = 40},
                              0};
    assert_int_equal(label_add_text(label, &text, NULL), 0);
    assert_string_equal(label->elements[0].text, "ABC D");
    assert_int_equal(label->removed, 3);
    text.text = "\xFF";
    assert_int_equal(label_add_text(label, &text, NULL), -EINVAL);
    assert_int_equal(label->count, 1);
}

static void text_that_does_not_fit_is_refused_by_name(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    struct label_fault fault;
    struct label_text text = {
        "receiver address", "上海市浦东新区世纪大道1788号", {0, 0, 300, 60}, {.height = 40, .least_height = 30}, 0};
    assert_int_equal(label_add_text(label, &text, &fault), -EOVERFLOW);
    assert_string_equal(fault.error.text, "receiver address does not fit on the label; shorten it");
    text.box.width = 900;
    assert_int_equal(label_add_text(label, &text, &fault), -EINVAL);
    assert_non_null(strstr(fault.error.text, "receiver address"));
    assert_int_equal(label->count, 0);
}

static void text_shrinks_wraps_and_is_cut(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    struct label_text text = {
        "address", "上海市浦东新区世纪大道1788号", {0, 0, 300, 100}, {.height = 40, .least_height = 16}, 0};
    assert_int_equal(label_add_text(label, &text, NULL), 0);
    text.style.wrap = true;
    assert_int_equal(label_add_text(label, &text, NULL), 0);
    text.style = (struct text_style){.height = 40, .least_height = 36, .cut = true};
    assert_int_equal(label_add_text(label, &text, NULL), 0);
    const struct label_element *shrunk = &label->elements[0], *wrapped = &label->elements[1],
                               *cut = &label->elements[2];
    assert_true(shrunk->text_height < 25 && shrunk->lines == 1 && !shrunk->shortened);
    assert_true(wrapped->text_height > 35 && wrapped->lines == 2 && !wrapped->shortened);
    assert_true(cut->text_height == 36 && cut->lines == 1 && cut->shortened);
    for (size_t i = 0; i < label->count; i++)
        assert_inside(&label->elements[i]);
}

static void endless_text_is_cut_or_refused(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    CLEANUP_BUF struct buf endless = {0};
    for (int i = 0; i < 100000; i++)
        buf_puts(&endless, "长");
    struct label_text text = {
        "name", endless.data, {0, 0, 800, 1200}, {.height = 40, .least_height = 1, .wrap = true}, 0};
    assert_int_equal(label_add_text(label, &text, NULL), -EOVERFLOW);
    text.box.height = 60;
    text.style = (struct text_style){.height = 40, .cut = true};
    assert_int_equal(label_add_text(label, &text, NULL), 0);
    assert_int_equal(strlen(label->elements[0].text), LABEL_TEXT_MAX - LABEL_TEXT_MAX % 3);
    assert_true(label->elements[0].shortened);
}

static void text_without_any_shape_prints_nothing(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    struct label_text text = {"name", "\xE2\x80\x8B ", {0, 0, 300, 60}, {.height = 40}, 0};
    assert_int_equal(label_add_text(label, &text, NULL), 0);
    assert_string_equal(label->elements[0].text, "");
    assert_null(label->elements[0].dots.bits);
}

static void text_is_aligned_in_its_box(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    struct label_text text = {"mark", "田田", {0, 0, 400, 200}, {.height = 40}, 0};
    for (int align = TEXT_LEFT; align <= TEXT_RIGHT; align++) {
        text.style.align = (enum text_align)align;
        text.style.middle = align == TEXT_CENTRE;
        assert_int_equal(label_add_text(label, &text, NULL), 0);
    }
    const struct label_element *left = &label->elements[0], *centre = &label->elements[1], *right = &label->elements[2];
    assert_true(left->x < 10 && left->y < 20);
    assert_in_range(centre->x, 155, 170);
    assert_in_range(centre->y, 75, 90);
    assert_true(right->x + right->dots.width > 390);
    text.style.inverse = true;
    assert_int_equal(label_add_text(label, &text, NULL), 0);
    const struct dots *black = &label->elements[3].dots;
    assert_int_equal(black->width * black->height, 400 * 200);
    assert_true(black_dots(black) > 400 * 200 * 9 / 10);
}

static void nothing_ever_leaves_its_box(void **state)
{
    (void)state;
    static const char *const texts[] = {"Ag",        "ÅẤy",     "上海",   "jjjj___ffff",
                                        "(((WWW)))", "العربية", "ไทยที่นี่ปู่", "A long line of words that wraps, 也有中文。",
                                        "🙂",      "/\\|^~"};
    struct random_seeded seed = {7};
    int fitted = 0;
    for (int i = 0; i < 600; i++) {
        CLEANUP(label_free_p) struct label *label = new_label();
        uint64_t r = random_next(&seed);
        struct label_text text = {
            "text",
            texts[r % COUNT(texts)],
            {(int)(r >> 8) & 255, (int)(r >> 16) & 255, ((int)(r >> 24) & 255) + 1, ((int)(r >> 32) & 127) + 1},
            {.height = ((int)(r >> 40) & 63) + 6,
             .least_height = 6,
             .bold = r >> 50 & 1,
             .wrap = r >> 51 & 1,
             .cut = r >> 52 & 1,
             .middle = r >> 53 & 1,
             .align = (enum text_align)((r >> 54) % 3)},
            0};
        int result = label_add_text(label, &text, NULL);
        assert_true(result == 0 || result == -EOVERFLOW);
        if (result)
            continue;
        fitted++;
        if (label->elements[0].dots.bits)
            assert_inside(&label->elements[0]);
    }
    assert_in_range(fitted, 200, 599);
}

static const struct label_symbol waybill = {
    .request = {.field = "waybill", .symbology = SYMBOL_CODE128, .text = "SF1234567890123"},
    .box = {20, 10, 600, 100},
    .least_module = 2,
    .most_module = 5}; /* eleven words and two modules: 145; with quiet zones 165 */

static void symbols_take_the_widest_module_that_fits(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    struct label_symbol symbol = waybill;
    const char *hri = NULL;
    assert_int_equal(label_add_symbol(label, &symbol, &hri, NULL), 0);
    const struct label_element *element = &label->elements[0];
    assert_string_equal(hri, "SF1234567890123");
    assert_int_equal(element->module, 3);
    assert_int_equal(element->bar_height, 100);
    assert_int_equal(element->dots.width, 145 * 3);
    assert_int_equal(element->x, 20 + (600 - 145 * 3) / 2);
    assert_int_equal(element->y, 10);
    assert_null(element->symbol.modules.bits);
    symbol.most_module = 2;
    assert_int_equal(label_add_symbol(label, &symbol, NULL, NULL), 0);
    assert_int_equal(label->elements[1].module, 2);
    symbol.box.width = 2 * 165 - 1;
    struct label_fault fault;
    assert_int_equal(label_add_symbol(label, &symbol, &hri, &fault), -EOVERFLOW);
    assert_string_equal(fault.code, LABEL_OVERFLOW);
    assert_string_equal(fault.field, "waybill");
    assert_int_equal(label->count, 2);
    symbol.box.width++;
    assert_int_equal(label_add_symbol(label, &symbol, NULL, NULL), 0);
}

static void squares_fit_both_ways(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    struct label_symbol symbol = {.request = {.field = "qr", .symbology = SYMBOL_QR, .text = "SF1234567890123"},
                                  .box = {100, 100, 224, 260},
                                  .least_module = 3,
                                  .most_module = 10};
    assert_int_equal(label_add_symbol(label, &symbol, NULL, NULL), 0);
    const struct label_element *element = &label->elements[0];
    assert_int_equal(element->module, 7); /* 21 modules and two quiet zones of 4: 29 in 224 dots */
    assert_int_equal(element->dots.width, 21 * 7);
    assert_true(element->x >= 100 + 4 * 7 && element->y >= 100 + 4 * 7);
    assert_true(dots_get(&element->dots, 0, 0) && dots_get(&element->dots, 7 * 7 - 1, 0));
    assert_false(dots_get(&element->dots, 7 * 7, 0)); /* the white beside the finder */
    symbol.box.height = 29 * 3 - 1;
    assert_int_equal(label_add_symbol(label, &symbol, NULL, NULL), -EOVERFLOW);
    symbol.box.height++;
    assert_int_equal(label_add_symbol(label, &symbol, NULL, NULL), 0);
    assert_int_equal(label->elements[1].module, 3);
}

static void what_codes_leave_out_is_counted(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    struct label_symbol symbol = waybill;
    symbol.request.text = "SF\xE2\x80\x8B"
                          "12\xE2\x80\xAE";
    assert_int_equal(label_add_symbol(label, &symbol, NULL, NULL), 0);
    assert_int_equal(label->removed, 2);
    assert_string_equal(label->elements[0].symbol.text, "SF12");
    symbol.request.text = "SF\x02";
    assert_int_equal(label_add_symbol(label, &symbol, NULL, NULL), -EINVAL);
    assert_int_equal(label->removed, 2);
}

/* A text and a symbol that fill a label of 100 by 60 mm, or of 60 by 100 when they are turned by a quarter. */
static void draw_turned(int turns, struct dots *ret)
{
    int width = turns % 2 ? 600 : 1000, height = 1600 - width;
    CLEANUP(label_free_p) struct label *label = NULL;
    assert_int_equal(label_new(203, width, height, &label, NULL), 0);
    struct label_box box = {0, 0, label->width, label->height};
    struct label_text text = {"name", "张三 Agf", box, {.height = 60, .align = TEXT_RIGHT}, turns};
    struct label_symbol symbol = waybill;
    symbol.box = box;
    symbol.turns = turns;
    assert_int_equal(label_add_text(label, &text, NULL), 0);
    assert_int_equal(label_add_symbol(label, &symbol, NULL, NULL), 0);
    for (size_t i = 0; i < label->count; i++)
        assert_inside(&label->elements[i]);
    assert_int_equal(label_draw(label, ret), 0);
}

static void turned_elements_are_the_same_turned(void **state)
{
    (void)state;
    CLEANUP(dots_done) struct dots upright = {0};
    draw_turned(0, &upright);
    for (int turns = 1; turns < 4; turns++) {
        CLEANUP(dots_done) struct dots turned = {0}, expected = {0};
        draw_turned(turns, &turned);
        assert_int_equal(dots_turn(&upright, turns, &expected), 0);
        assert_int_equal(turned.width, expected.width);
        assert_memory_equal(turned.bits, expected.bits, expected.stride * (size_t)expected.height);
    }
}

static void frames_are_lines_inside_their_box(void **state)
{
    (void)state;
    static const struct {
        int width, height, thickness, black;
    } cases[] = {{100, 50, 2, 100 * 50 - 96 * 46},
                 {100, 1, 1, 100},
                 {1, 50, 1, 50},
                 {100, 4, 4, 400},
                 {100, 4, 9, 400},
                 {10, 10, 5, 100},
                 {10, 10, 0, 36}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(label_free_p) struct label *label = new_label();
        struct label_box box = {9, 5, cases[i].width, cases[i].height};
        assert_int_equal(label_add_frame(label, box, cases[i].thickness, NULL), 0);
        CLEANUP(dots_done) struct dots page = {0};
        assert_int_equal(label_draw(label, &page), 0);
        assert_int_equal(black_dots(&page), cases[i].black);
        for (int y = 0; y < page.height; y++)
            for (int x = 0; x < page.width; x++)
                if (dots_get(&page, x, y))
                    assert_true(x >= 9 && x < 9 + box.width && y >= 5 && y < 5 + box.height);
    }
}

static void pictures_keep_their_proportions(void **state)
{
    (void)state;
    static const struct {
        int width, height, box_width, box_height, drawn_width, drawn_height;
    } cases[] = {{80, 40, 80, 40, 80, 40},   {80, 40, 80, 200, 80, 40},    {80, 40, 40, 40, 40, 20},
                 {40, 80, 40, 40, 20, 40},   {80, 40, 400, 400, 400, 200}, {3000, 2, 100, 100, 100, 1},
                 {2, 3000, 100, 100, 1, 100}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(label_free_p) struct label *label = new_label();
        struct label_box box = {11, 7, cases[i].box_width, cases[i].box_height};
        struct dots picture;
        assert_int_equal(dots_init(&picture, cases[i].width, cases[i].height), 0);
        dots_fill(&picture, 0, 0, picture.width, picture.height);
        assert_int_equal(label_add_image(label, "logo", &picture, box, NULL), 0);
        assert_null(picture.bits);
        const struct label_element *element = &label->elements[0];
        assert_inside(element);
        assert_int_equal(element->dots.width, cases[i].drawn_width);
        assert_int_equal(element->dots.height, cases[i].drawn_height);
        assert_int_equal(black_dots(&element->dots), cases[i].drawn_width * cases[i].drawn_height);
    }
    CLEANUP(label_free_p) struct label *label = new_label();
    CLEANUP(dots_done) struct dots kept = {0};
    assert_int_equal(dots_init(&kept, 8, 8), 0);
    assert_int_equal(label_add_image(label, "logo", &kept, (struct label_box){790, 0, 20, 20}, NULL), -EINVAL);
    assert_non_null(kept.bits);
}

/* Whatever is added, the drawn label is white outside the boxes. */
static void nothing_is_drawn_outside_the_boxes(void **state)
{
    (void)state;
    static const char *const texts[] = {"Ag", "上海jfÅ", "6901234567892", "العربية 1", "\xF3\xB0\x80\x80"};
    struct random_seeded seed = {9};
    int drawn = 0;
    for (int i = 0; i < 300; i++) {
        CLEANUP(label_free_p) struct label *label = NULL;
        assert_int_equal(label_new(203, 400, 300, &label, NULL), 0);
        uint64_t r = random_next(&seed);
        struct label_box box = {(int)(r & 63), (int)(r >> 6 & 63), 1 + (int)(r >> 12 & 255), 1 + (int)(r >> 20 & 127)};
        int turns = (int)(r >> 28 & 3);
        const char *text = texts[(r >> 30) % COUNT(texts)];
        struct label_text words = {"words", text, box, {.height = 5 + (int)(r >> 40 & 63), .least_height = 5}, turns};
        words.style.inverse = r >> 48 & 1;
        words.style.wrap = r >> 49 & 1;
        struct label_symbol bars = {
            .request = {.field = "bars", .symbology = (enum symbology)((r >> 50) % SYMBOLOGIES), .text = text},
            .box = box,
            .least_module = 1,
            .most_module = 4,
            .turns = turns};
        static const struct gs1_element lot = {"10", "A1"};
        bars.request.elements = &lot;
        bars.request.element_count = 1;
        if (bars.request.symbology == SYMBOL_GS1_128 || bars.request.symbology == SYMBOL_GS1_DATA_MATRIX)
            bars.request.text = NULL;
        int result = i % 2 ? label_add_text(label, &words, NULL) : label_add_symbol(label, &bars, NULL, NULL);
        assert_true(result == 0 || result == -EOVERFLOW || (i % 2 == 0 && result == -EINVAL));
        CLEANUP(dots_done) struct dots page = {0};
        assert_int_equal(label_draw(label, &page), 0);
        drawn += result == 0;
        for (int y = 0; y < page.height; y++)
            for (int x = 0; x < page.width; x++)
                if (x < box.x || y < box.y || x >= box.x + box.width || y >= box.y + box.height)
                    assert_false(dots_get(&page, x, y));
    }
    assert_in_range(drawn, 80, 290);
}

static void a_full_label_says_so(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    struct label_box box = {0, 0, 10, 10};
    for (int i = 0; i < LABEL_ELEMENTS_MAX; i++)
        assert_int_equal(label_add_frame(label, box, 1, NULL), 0);
    assert_int_equal(label_add_frame(label, box, 1, NULL), -ENOSPC);
    assert_int_equal(label->count, LABEL_ELEMENTS_MAX);
}

static void a_box_must_be_on_the_label(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    static const struct label_box boxes[] = {{-1, 0, 5, 5},        {0, -1, 5, 5}, {796, 0, 5, 5},
                                             {0, 1196, 5, 5},      {0, 0, 0, 5},  {0, 0, 5, 0},
                                             {0, 0, INT32_MAX, 5}, {0, 0, -5, 5}, {INT32_MAX, 0, 5, 5}};
    for (size_t i = 0; i < COUNT(boxes); i++)
        assert_int_equal(label_add_frame(label, boxes[i], 1, NULL), -EINVAL);
    assert_int_equal(label_add_frame(label, (struct label_box){795, 1195, 5, 5}, 1, NULL), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(millimetres_become_dots),
        cmocka_unit_test(chinese_text_becomes_dots),
        cmocka_unit_test(what_no_font_has_is_counted),
        cmocka_unit_test(shapeless_characters_are_left_out),
        cmocka_unit_test(text_that_does_not_fit_is_refused_by_name),
        cmocka_unit_test(text_shrinks_wraps_and_is_cut),
        cmocka_unit_test(endless_text_is_cut_or_refused),
        cmocka_unit_test(text_without_any_shape_prints_nothing),
        cmocka_unit_test(text_is_aligned_in_its_box),
        cmocka_unit_test(nothing_ever_leaves_its_box),
        cmocka_unit_test(symbols_take_the_widest_module_that_fits),
        cmocka_unit_test(squares_fit_both_ways),
        cmocka_unit_test(what_codes_leave_out_is_counted),
        cmocka_unit_test(turned_elements_are_the_same_turned),
        cmocka_unit_test(frames_are_lines_inside_their_box),
        cmocka_unit_test(pictures_keep_their_proportions),
        cmocka_unit_test(nothing_is_drawn_outside_the_boxes),
        cmocka_unit_test(a_full_label_says_so),
        cmocka_unit_test(a_box_must_be_on_the_label),
    };
    return cmocka_run_group_tests_name("label", tests, NULL, NULL);
}
