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
        cmocka_unit_test(a_full_label_says_so),
        cmocka_unit_test(a_box_must_be_on_the_label),
    };
    return cmocka_run_group_tests_name("label", tests, NULL, NULL);
}
