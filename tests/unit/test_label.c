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
    const struct text_picture *picture = &element->picture;
    assert_true(picture->x >= 0 && picture->y >= 0);
    assert_true(picture->x + picture->dots.width <= element->box.width);
    assert_true(picture->y + picture->dots.height <= element->box.height);
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
    struct error error;
    struct label *none = NULL;
    assert_int_equal(label_new(180, 1000, 1500, &none, &error), -EINVAL);
    assert_non_null(strstr(error.text, "203, 300 or 600"));
    assert_int_equal(label_new(203, 0, 1500, &none, &error), -EINVAL);
    assert_int_equal(label_new(600, 100000, 1500, &none, &error), -EINVAL);
    assert_null(none);
}

static void chinese_text_becomes_dots(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    struct label_text text = {"receiver", "上海市浦东新区𠮷", {100, 100, 500, 60}, {.height = 40}};
    assert_int_equal(label_add_text(label, &text, NULL), 0);
    const struct text_picture *picture = &label->elements[0].picture;
    assert_true(black_dots(&picture->dots) > 1000);
    assert_true(picture->dots.width > 7 * 40); /* eight characters of 40 dots, less the white at both ends */
    assert_inside(&label->elements[0]);
    assert_int_equal(label->missing, 0);
    assert_int_equal(picture->lines, 1);
    assert_int_equal(picture->height, 40);
}

static void what_no_font_has_is_counted(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    struct label_text text = {"receiver", "王\xF3\xB0\x80\x80\xF3\xB0\x80\x81", {0, 0, 700, 60}, {.height = 40}};
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
                              {.height = 40}};
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
    struct error error;
    struct label_text text = {
        "receiver address", "上海市浦东新区世纪大道1788号", {0, 0, 300, 60}, {.height = 40, .least_height = 30}};
    assert_int_equal(label_add_text(label, &text, &error), -EOVERFLOW);
    assert_string_equal(error.text, "label_overflow: receiver address does not fit on the label; shorten it");
    text.box.width = 900;
    assert_int_equal(label_add_text(label, &text, &error), -EINVAL);
    assert_non_null(strstr(error.text, "receiver address"));
    assert_int_equal(label->count, 0);
}

static void text_shrinks_wraps_and_is_cut(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    struct label_text text = {
        "address", "上海市浦东新区世纪大道1788号", {0, 0, 300, 100}, {.height = 40, .least_height = 16}};
    assert_int_equal(label_add_text(label, &text, NULL), 0);
    text.style.wrap = true;
    assert_int_equal(label_add_text(label, &text, NULL), 0);
    text.style = (struct text_style){.height = 40, .least_height = 36, .cut = true};
    assert_int_equal(label_add_text(label, &text, NULL), 0);
    const struct text_picture *shrunk = &label->elements[0].picture, *wrapped = &label->elements[1].picture,
                              *cut = &label->elements[2].picture;
    assert_true(shrunk->height < 25 && shrunk->lines == 1 && !shrunk->shortened);
    assert_true(wrapped->height > 35 && wrapped->lines == 2 && !wrapped->shortened);
    assert_true(cut->height == 36 && cut->lines == 1 && cut->shortened);
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
    struct label_text text = {"name", endless.data, {0, 0, 800, 1200}, {.height = 40, .least_height = 1, .wrap = true}};
    assert_int_equal(label_add_text(label, &text, NULL), -EOVERFLOW);
    text.box.height = 60;
    text.style = (struct text_style){.height = 40, .cut = true};
    assert_int_equal(label_add_text(label, &text, NULL), 0);
    assert_int_equal(strlen(label->elements[0].text), LABEL_TEXT_MAX - LABEL_TEXT_MAX % 3);
    assert_true(label->elements[0].picture.shortened);
}

static void text_without_any_shape_prints_nothing(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    struct label_text text = {"name", "\xE2\x80\x8B ", {0, 0, 300, 60}, {.height = 40}};
    assert_int_equal(label_add_text(label, &text, NULL), 0);
    assert_string_equal(label->elements[0].text, "");
    assert_null(label->elements[0].picture.dots.bits);
}

static void text_is_aligned_in_its_box(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    struct label_text text = {"mark", "田田", {0, 0, 400, 200}, {.height = 40}};
    for (int align = TEXT_LEFT; align <= TEXT_RIGHT; align++) {
        text.style.align = (enum text_align)align;
        text.style.middle = align == TEXT_CENTRE;
        assert_int_equal(label_add_text(label, &text, NULL), 0);
    }
    const struct text_picture *left = &label->elements[0].picture, *centre = &label->elements[1].picture,
                              *right = &label->elements[2].picture;
    assert_true(left->x < 10 && left->y < 20);
    assert_in_range(centre->x, 155, 170);
    assert_in_range(centre->y, 75, 90);
    assert_true(right->x + right->dots.width > 390);
    text.style.inverse = true;
    assert_int_equal(label_add_text(label, &text, NULL), 0);
    const struct dots *black = &label->elements[3].picture.dots;
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
             .align = (enum text_align)((r >> 54) % 3)}};
        int result = label_add_text(label, &text, NULL);
        assert_true(result == 0 || result == -EOVERFLOW);
        if (result)
            continue;
        fitted++;
        assert_inside(&label->elements[0]);
    }
    assert_in_range(fitted, 200, 599);
}

static void code128_takes_the_widest_bars_that_fit(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    struct label_code128 code = {"waybill", "SF1234567890123", {20, 10, 760, 100}, 2, 5};
    assert_int_equal(label_add_code128(label, &code, NULL), 0);
    const struct label_element *element = &label->elements[0];
    assert_int_equal(element->plan.modules, 17 * 11 + 13); /* start, 15 characters, check, stop */
    assert_int_equal(element->module, 3);
    assert_int_equal(element->x, 20 + (760 - 600) / 2);
    struct error error;
    code.box.width = 2 * (200 + 20) - 1;
    assert_int_equal(label_add_code128(label, &code, &error), -EOVERFLOW);
    assert_non_null(strstr(error.text, "waybill does not fit"));
    code.box.width++;
    assert_int_equal(label_add_code128(label, &code, &error), 0);
}

static void code128_pairs_leading_digits(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t paired;
        int symbols; /* with start and check */
    } cases[] = {{"A", 0, 3},       {"1", 0, 3},    {"12", 2, 3},    {"123", 0, 5},   {"1234", 4, 4},
                 {"12345", 4, 6},   {"123A", 0, 6}, {"1234A", 4, 6}, {"A1234", 0, 7}, {"75431234567890", 14, 9},
                 {"123456B7", 6, 8}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct code128_plan plan;
        assert_int_equal(code128_plan(cases[i].text, &plan), 0);
        assert_int_equal(plan.paired, cases[i].paired);
        assert_int_equal(plan.modules, cases[i].symbols * 11 + 13);
    }
}

static void codes_refuse_what_cannot_be_scanned(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool qr_takes_it;
    } cases[] = {{"", false},
                 {"单号1", true},
                 {"A\x1D"
                  "1",
                  false},
                 {"A\n", false},
                 {"A\xE2\x80\x8B", false},
                 {"A\xE2\x80\xAE", false},
                 {"A\x7F", false},
                 {"é", true},
                 {"\xC3", false},
                 {"A\xE2\x80\x8D", false}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(label_free_p) struct label *label = new_label();
        struct error error = {{0}};
        struct label_code128 bars = {"waybill", cases[i].text, {0, 0, 700, 100}, 2, 5};
        assert_int_equal(label_add_code128(label, &bars, &error), -EINVAL);
        assert_non_null(strstr(error.text, "waybill"));
        struct label_qr squares = {"QR code", cases[i].text, {0, 0, 300, 300}, 3, 9, QR_MEDIUM};
        assert_int_equal(label_add_qr(label, &squares, &error), cases[i].qr_takes_it ? 0 : -EINVAL);
        assert_int_equal(label->count, cases[i].qr_takes_it);
    }
}

static void qr_code_has_its_quiet_zone(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    struct label_qr code = {"QR code", "SF1234567890123", {100, 100, 224, 260}, 3, 10, QR_MEDIUM};
    assert_int_equal(label_add_qr(label, &code, NULL), 0);
    const struct label_element *element = &label->elements[0];
    assert_int_equal(element->module, 7); /* 21 modules and two quiet zones of 4: 29 in 224 dots */
    assert_int_equal(element->picture.dots.width, 21 * 7);
    assert_true(element->picture.x >= 4 * 7 && element->picture.y >= 4 * 7);
    assert_true(dots_get(&element->picture.dots, 0, 0) && dots_get(&element->picture.dots, 7 * 7 - 1, 0));
    assert_false(dots_get(&element->picture.dots, 7 * 7, 0)); /* the white beside the finder */
    code.box.width = 29 * 3 - 1;
    assert_int_equal(label_add_qr(label, &code, NULL), -EOVERFLOW);
    char long_text[QR_TEXT_MAX + 2];
    memset(long_text, 'a', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    code = (struct label_qr){"QR code", long_text, {0, 0, 800, 800}, 3, 10, QR_MEDIUM};
    assert_int_equal(label_add_qr(label, &code, NULL), -EOVERFLOW);
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
        cmocka_unit_test(code128_takes_the_widest_bars_that_fit),
        cmocka_unit_test(code128_pairs_leading_digits),
        cmocka_unit_test(codes_refuse_what_cannot_be_scanned),
        cmocka_unit_test(qr_code_has_its_quiet_zone),
        cmocka_unit_test(a_full_label_says_so),
        cmocka_unit_test(a_box_must_be_on_the_label),
    };
    return cmocka_run_group_tests_name("label", tests, NULL, NULL);
}
