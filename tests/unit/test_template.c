/* Templates: every fault of a file is named, texts and conditions say what the data says, lists fill rows and pages. */
#include "drivers/label/template.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LABEL "[label]\ntitle.en = T\ntitle.zh = 题\nsize = 100 50\n"

static struct template *parse(const char *text)
{
    struct template *template = NULL;
    struct label_fault fault;
    if (template_parse("test", text, strlen(text), &template, &fault) != 0)
        fail_msg("%s: %s", fault.field, fault.error.text);
    /* cppcheck-suppress CastIntegerToAddressAtReturn ; it takes a struct of this name, a word of C++, for a number */
    return template;
}

static int draw(const char *text, const char *json, enum label_tongue tongue, struct label **ret,
                struct label_fault *fault)
{
    CLEANUP(template_free_p) struct template *template = parse(text);
    json_t *data = json_loads(json, 0, NULL);
    assert_non_null(data);
    int result = template_draw(template, data, 203, tongue, ret, fault);
    json_decref(data);
    return result;
}

/* ---------------------------------------------------------------- faults of a file */

static void a_fault_in_a_template_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *field, *says;
    } cases[] = {
        {"", "label", "test.label has no section [label]"},
        {"[label]\nsize = 100 50\n", "label", "line 1, [label]: it needs a title.en and a title.zh"},
        {"[label]\ntitle.en = T\ntitle.zh = T\nsize = 100\n", "label",
         "line 4, [label]: size must be width and height"},
        {"[label]\ntitle.en = T\ntitle.zh = T\nsize = 100 5x\n", "label", "size must be"},
        {LABEL "gap = wide\n", "label", "line 5, [label]: gap must be"},
        {LABEL "media = roll\n", "label", "line 5: media must be one of gap|mark|continuous"},
        {LABEL "colour = red\n", "label", "line 5: there is no option \"colour\""},
        {LABEL "[poem x]\n", "label", "line 5: there is no section [poem x]"},
        {LABEL "[text a]\nat = 1 1 1 1\ntext = A\nfont = B\n", "text a", "line 8: there is no option \"font\""},
        {LABEL "nonsense\n", "label", "line 5: not \"name = value\""},
        {LABEL "[text a]\ntext = A\n", "text a", "line 5, [text a]: at must be left, top, width and height"},
        {LABEL "[text a]\nat = 1 2 3\ntext = A\n", "text a", "line 6, [text a]: at must be"},
        {LABEL "[text a]\nat = 1 2 3 0\ntext = A\n", "text a", "line 6, [text a]: the box has no room"},
        {LABEL "[text a]\nat = 90 1 10.1 5\ntext = A\n", "text a", "it leaves the label, which is 100 by 50 mm"},
        {LABEL "[text a]\nat = 1 1 10 5\n", "text a", "line 5, [text a]: there is no text, or not in both languages"},
        {LABEL "[text a]\nat = 1 1 10 5\ntext.en = A\n", "text a", "not in both languages"},
        {LABEL "[text a]\nat = 1 1 10 5\ntext = A\nheight = x\n", "text a",
         "line 8, [text a]: height must be a length"},
        {LABEL "[text a]\nat = 1 1 10 5\ntext = A\nleast = 9\n", "text a", "least is more than height"},
        {LABEL "[text a]\nat = 1 1 10 5\ntext = {a\n", "text a", "line 7, [text a]: a { has no }"},
        {LABEL "[text a]\nat = 1 1 10 5\ntext = {}\n", "text a", "names no data"},
        {LABEL "[text a]\nat = 1 1 10 5\ntext = {a b}\n", "text a", "\"a b\" names no data"},
        {LABEL "[text a]\nat = 1 1 10 5\ntext = {a|shout}\n", "text a", "there is no filter \"shout\""},
        {LABEL "[text a]\nat = 1 1 10 5\ntext = [a [b]]\n", "text a", "must come in turn"},
        {LABEL "[text a]\nat = 1 1 10 5\ntext = [a\n", "text a", "a [ has no ]"},
        {LABEL "[text a]\nat = 1 1 10 5\ntext = a]\n", "text a", "must come in turn"},
        {LABEL "[text a]\nat = 1 1 10 5\ntext = A\nwhen = a b\n", "text a", "\"a b\" is no condition"},
        {LABEL "[text a]\nat = 1 1 10 5\ntext = A\nwhen = a and > 1\n", "text a", "is no condition"},
        {LABEL "[text a]\nat = 1 1 10 5\ntext = A\nturn = 45\n", "text a", "turn must be one of 0|90|180|270"},
        {LABEL "[text a]\nat = 1 1 10 5\ntext = A\n[line a]\nat = 1 9 9 0\n", "line a", "another section named a"},
        {LABEL "[text a]\nat = 1 1 10 5\ntext = A\nin = rows\n", "text a", "there is no section [list rows]"},
        {LABEL "[line a]\nat = 1 1 10 5\n", "line a", "either the width or the height is 0"},
        {LABEL "[box a]\nat = 1 1 10 5\nthickness = 0\n", "box a", "thickness must be a length"},
        {LABEL "[code128 a]\nat = 1 1 10 5\n", "code128 a", "there is no text"},
        {LABEL "[code128 a]\nat = 1 1 9 5\ntext = A\nmodule = 1\n", "code128 a", "module must be the narrowest and"},
        {LABEL "[code128 a]\nat = 1 1 9 5\ntext = A\nmodule = 1 0.2\n", "code128 a", "module must be"},
        {LABEL "[code128 a]\nat = 1 1 9 5\ntext = A\nhri = 5\n", "code128 a", "leave no room for the symbol"},
        {LABEL "[code128 a]\nat = 1 1 9 5\ntext = A\ninstead = b\n", "code128 a", "instead must name another section"},
        {LABEL "[code128 a]\nat = 1 1 9 5\ntext = A\ninstead = a\n", "code128 a", "instead must name another section"},
        {LABEL "[gs1-128 a]\nat = 1 1 9 5\ntext = 01{gtin}\n", "gs1-128 a",
         "a GS1 code is written (01){gtin}(10){lot}"},
        {LABEL "[image a]\nat = 1 1 9 5\n", "image a", "either a file or data"},
        {LABEL "[image a]\nat = 1 1 9 5\nfile = ../a.png\n", "image a", "the name of a PNG beside the template"},
        {LABEL "[list a]\nat = 1 1 9 5\neach = a\n", "list a", "pitch must be a length"},
        {LABEL "[list a]\nat = 1 1 9 5\neach = a\npitch = 6\n", "list a", "there is no room for one row"},
        {LABEL "[list a]\nat = 1 1 9 5\npitch = 2\n", "list a", "each must name the data"},
        {LABEL "[list a]\nat = 1 1 9 5\neach = a\npitch = 2\n[text b]\nin = a\nat = 0 0 9 3\ntext = B\n", "text b",
         "line 11, [text b]: it leaves the row, which is 9 by 2 mm"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct template *template = NULL;
        struct label_fault fault = {.code = ""};
        int result = template_parse("test", cases[i].text, strlen(cases[i].text), &template, &fault);
        if (result != -EINVAL || strcmp(fault.code, LABEL_TEMPLATE) != 0 || strcmp(fault.field, cases[i].field) != 0 ||
            !strstr(fault.error.text, cases[i].says))
            fail_msg("case %zu, %d: %s [%s] %s", i, result, fault.code, fault.field, fault.error.text);
        assert_null(template);
        CLEANUP_BUF struct buf chinese = {0};
        label_fault_chinese(fault.error.text, &chinese);
        if (strcmp(buf_text(&chinese), fault.error.text) == 0 || strstr(buf_text(&chinese), "must"))
            fail_msg("case %zu has no Chinese: %s", i, buf_text(&chinese));
    }
}

static void a_template_is_text_with_a_good_name(void **state)
{
    (void)state;
    struct template *template = NULL;
    struct label_fault fault;
    assert_int_equal(template_parse("no good", LABEL, strlen(LABEL), &template, &fault), -EINVAL);
    assert_int_equal(template_parse("../x", LABEL, strlen(LABEL), &template, &fault), -EINVAL);
    assert_int_equal(template_parse("test", "\xff", 1, &template, &fault), -EINVAL);
    assert_int_equal(template_parse("test", "a\0b", 3, &template, &fault), -EINVAL);
    assert_int_equal(template_parse("test", LABEL, strlen(LABEL), &template, NULL), 0);
    assert_string_equal(template_about(template).title_zh, "题");
    assert_int_equal(template_about(template).width_tenths, 1000);
    template_free(template);
}

static void every_cut_of_a_template_is_read_or_refused(void **state)
{
    (void)state;
    for (const struct embedded_file *file = label_templates; file->name; file++) {
        for (size_t length = 0; length < file->length; length += 7) {
            struct template *template = NULL;
            struct label_fault fault;
            if (template_parse("test", file->data, length, &template, &fault) != 0)
                assert_string_equal(fault.code, LABEL_TEMPLATE);
            template_free(template);
        }
    }
}

/* ---------------------------------------------------------------- texts */

/* What a text of one element says; "" when it is not drawn. */
static void text_of(const char *pattern, const char *json, enum label_tongue tongue, char *out, size_t capacity)
{
    char text[512];
    CLEANUP(label_free_p) struct label *label = NULL;
    struct label_fault fault;
    snprintf(text, sizeof(text), LABEL "[text a]\nat = 0 0 100 50\nheight = 3\nwrap = yes\n%s\n", pattern);
    if (draw(text, json, tongue, &label, &fault) != 0)
        snprintf(out, capacity, "%s %s: %s", fault.code, fault.field, fault.error.text);
    else
        snprintf(out, capacity, "%s", label->count ? label->elements[0].text : "");
}

static void a_text_says_what_the_data_says(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *json, *text;
    } cases[] = {
        {"text = plain", "{}", "plain"},
        {"text = {a}", "{\"a\":\"x\"}", "x"},
        {"text = {a}", "{}", ""},
        {"text = {a}", "{\"a\":null}", ""},
        {"text = {a.b.c}", "{\"a\":{\"b\":{\"c\":7}}}", "7"},
        {"text = {a.b}", "{\"a\":\"x\"}", ""},
        {"text = {a}", "{\"a\":-12}", "-12"},
        {"text = {a}", "{\"a\":1.50}", "1.5"},
        {"text = {a}", "{\"a\":true}", "yes"},
        {"text = {a}", "{\"a\":[\"x\",2]}", "x, 2"},
        {"text = {a}", "{\"a\":{}}", "label_field a: a is not text; write it in quotes"},
        {"text = {a}", "{\"a\":[{}]}", "label_field a: a is not text; write it in quotes"},
        {"text = {a or b}", "{\"b\":\"y\"}", "y"},
        {"text = {a or b}", "{\"a\":\"\",\"b\":\"y\"}", "y"},
        {"text = {a.name or a}", "{\"a\":\"x\"}", "x"},
        {"text = {a.name or a}", "{\"a\":{\"name\":\"n\"}}", "n"},
        {"text = {a.name or a}", "{\"a\":{\"code\":\"n\"}}", ""},
        {"text = A[ {a}]B", "{\"a\":1}", "A 1B"},
        {"text = A[ {a}]B", "{}", "AB"},
        {"text = A[ {a} {b}]B", "{\"a\":1}", "AB"},
        {"text = [x{a}][y{b}]", "{\"b\":1}", "y1"},
        {"text = \\[\\{a\\}\\] \\\\", "{}", "[{a}] \\"},
        {"text.en = E\ntext.zh = Z", "{}", "Z"},
        {"text = T\ntext.en = E", "{}", "T"},
        {"text = {a|phone}", "{\"a\":\"13812341234\"}", "138****1234"},
        {"text = {a|phone}", "{\"a\":\"+86 138-1234-1234\"}", "138****1234"},
        {"text = {a|phone}", "{\"a\":\"13812341234-8021\"}", "138****1234-8021"},
        {"text = {a|phone}", "{\"a\":\"138****1234\"}", "138****1234"},
        {"text = {a|phone}", "{\"a\":\"110\"}", "****"},
        {"text = {a|name}", "{\"a\":\"张晓明\"}", "张*"},
        {"text = {a|name}", "{\"a\":\"John Smith\"}", "J*"},
        {"text = {a|date}", "{\"a\":\"2026-03-04T17:15:00Z\"}", "2026-03-04"},
        {"text = {a|date}", "{\"a\":\"2026-02\"}", "2026-02"},
        {"text = {a|date}", "{\"a\":\"260304\"}", "2026-03-04"},
        {"text = {a|date}", "{\"a\":20240229}", "2024-02-29"},
        {"text = {a|date}", "{\"a\":\"2026-02-29\"}",
         "label_field a: a is \"2026-02-29\"; write it as a date such as 2026-12-31"},
        {"text = {a|date}", "{\"a\":\"soon\"}", "label_field a: a is \"soon\"; write it as a date such as 2026-12-31"},
        {"text = {a|yymmdd}", "{\"a\":\"2026-12-31\"}", "261231"},
        {"text = {a|yymmdd}", "{\"a\":\"2026-12\"}", "261200"},
        {"text = {a|gtin14}", "{\"a\":\"9521234543213\"}", "09521234543213"},
        {"text = {a|gtin14}", "{\"a\":\"12345\"}",
         "label_field a: a is \"12345\"; write it as a GTIN of 8, 12, 13 or 14 digits"},
        {"text = {a|groups}", "{\"a\":\"1234567890\"}", "1234 5678 90"},
        {"text = {a|name|upper}", "{\"a\":\"xyz\"}", "X*"},
        {"text = {a|upper}", "{}", ""},
        {"text = {a.count} {a.sum.n}", "{\"a\":[{\"n\":2},{\"n\":\"1.5\"},{}]}", "3 3.5"},
        {"text = {a.sum.n}", "{\"a\":[{}]}", ""},
        {"text = {a.sum.n}", "{\"a\":[{\"n\":\"two\"}]}", "label_field a.sum.n: a.sum.n is not a number in every row"},
        {"text = {page}/{pages} {language}", "{}", "1/1 zh"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[512];
        text_of(cases[i].pattern, cases[i].json, LABEL_CHINESE, text, sizeof(text));
        if (strcmp(text, cases[i].text) != 0)
            fail_msg("case %zu, %s of %s: \"%s\"", i, cases[i].pattern, cases[i].json, text);
    }
    char text[64];
    text_of("text.en = E\ntext.zh = Z", "{}", LABEL_ENGLISH, text, sizeof(text));
    assert_string_equal(text, "E");
}

static void a_condition_decides(void **state)
{
    (void)state;
    static const struct {
        const char *when, *json;
        bool holds;
    } cases[] = {
        {"a", "{\"a\":\"x\"}", true},
        {"a", "{}", false},
        {"a", "{\"a\":\"\"}", false},
        {"a", "{\"a\":false}", false},
        {"a", "{\"a\":0}", true},
        {"a", "{\"a\":[]}", false},
        {"a", "{\"a\":[1]}", true},
        {"a", "{\"a\":{\"b\":1}}", true},
        {"not a", "{}", true},
        {"not a", "{\"a\":1}", false},
        {"a > 1", "{\"a\":2}", true},
        {"a > 1", "{\"a\":1}", false},
        {"a > 9", "{\"a\":\"10\"}", true},
        {"a > 1", "{}", false},
        {"a <= 1", "{\"a\":1}", true},
        {"a >= 2", "{\"a\":1}", false},
        {"a < 1", "{}", false},
        {"a != x", "{}", true},
        {"a = x", "{\"a\":\"x\"}", true},
        {"a = x y", "{\"a\":\"x y\"}", true},
        {"a != x", "{\"a\":\"x\"}", false},
        {"not a = x", "{\"a\":\"y\"}", true},
        {"a and b", "{\"a\":1}", false},
        {"a and b", "{\"a\":1,\"b\":1}", true},
        {"a or b", "{\"b\":1}", true},
        {"a or b", "{}", false},
        {"a and b or c", "{\"c\":1}", true},
        {"a and not b or c", "{\"a\":1}", true},
        {"page = 1 and pages = 1", "{}", true},
        {"language = zh", "{}", true},
        {"a.count > 1", "{\"a\":[1,2]}", true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char pattern[128], text[64];
        snprintf(pattern, sizeof(pattern), "text = T\nwhen = %s", cases[i].when);
        text_of(pattern, cases[i].json, LABEL_CHINESE, text, sizeof(text));
        if (strcmp(text, cases[i].holds ? "T" : "") != 0)
            fail_msg("case %zu: %s of %s", i, cases[i].when, cases[i].json);
    }
}

/* ---------------------------------------------------------------- what is drawn */

static size_t count_text(const struct label *label, const char *text)
{
    size_t count = 0;
    for (size_t i = 0; i < label->count; i++)
        count += label->elements[i].text && strcmp(label->elements[i].text, text) == 0;
    return count;
}

static const struct label_element *first_of(const struct label *label, enum label_kind kind)
{
    for (size_t i = 0; i < label->count; i++)
        if (label->elements[i].kind == kind)
            return &label->elements[i];
    return NULL;
}

static void what_is_needed_must_be_there(void **state)
{
    (void)state;
    static const char text[] = LABEL "needs = a.b c|d\n[text x]\nat = 0 0 9 9\ntext = X\n";
    static const struct {
        const char *json, *field;
    } cases[] = {{"{}", "a.b"},
                 {"{\"a\":{\"b\":\"\"}}", "a.b"},
                 {"{\"a\":{\"b\":1}}", "c"},
                 {"{\"a\":{\"b\":1},\"c\":[]}", "c"},
                 {"{\"a\":{\"b\":1},\"c\":1}", NULL},
                 {"{\"a\":{\"b\":1},\"d\":1}", NULL}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(label_free_p) struct label *label = NULL;
        struct label_fault fault;
        int result = draw(text, cases[i].json, LABEL_CHINESE, &label, &fault);
        assert_int_equal(result, cases[i].field ? -EINVAL : 0);
        if (cases[i].field) {
            assert_string_equal(fault.code, LABEL_FIELD);
            assert_string_equal(fault.field, cases[i].field);
            assert_null(label);
        }
    }
}

static void what_does_not_fit_names_its_data(void **state)
{
    (void)state;
    static const char text[] = LABEL "[text x]\nat = 0 0 20 5\nheight = 4\ntext = No. {order} {receiver.name}\n";
    struct label *label = NULL;
    struct label_fault fault;
    assert_int_equal(draw(text, "{\"order\":\"1\",\"receiver\":{\"name\":\"Maximilian Featherstonehaugh\"}}",
                          LABEL_CHINESE, &label, &fault),
                     -EOVERFLOW);
    assert_string_equal(fault.code, LABEL_OVERFLOW);
    assert_string_equal(fault.field, "receiver.name");
    assert_null(label);
}

static void another_symbol_stands_in(void **state)
{
    (void)state;
    static const char text[] = LABEL "[code128 bars]\nat = 0 0 60 20\ntext = {code}\ninstead = square\n"
                                     "[qr square]\nat = 0 0 60 20\ntext = {code}\n";
    static const struct {
        const char *json;
        enum symbology symbology;
    } cases[] = {{"{\"code\":\"A-1\"}", SYMBOL_CODE128},
                 {"{\"code\":\"货位\"}", SYMBOL_QR},
                 {"{\"code\":\"A-VERY-LONG-CODE-THAT-NEEDS-FAR-TOO-MANY-BARS-FOR-SIXTY-MILLIMETRES\"}", SYMBOL_QR}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(label_free_p) struct label *label = NULL;
        assert_int_equal(draw(text, cases[i].json, LABEL_CHINESE, &label, NULL), 0);
        assert_int_equal(label->count, 1);
        assert_int_equal(label->elements[0].symbol.symbology, cases[i].symbology);
    }
}

static void gs1_elements_without_a_value_are_left_out(void **state)
{
    (void)state;
    static const char text[] = LABEL "[gs1-128 bars]\nat = 0 0 100 20\nhri = 4\n"
                                     "text = (01){gtin|gtin14}(17){expiry|yymmdd}(10){lot}\n";
    CLEANUP(label_free_p) struct label *all = NULL, *some = NULL, *none = NULL;
    assert_int_equal(
        draw(text, "{\"gtin\":\"9521234543213\",\"expiry\":\"2026-12-31\",\"lot\":\"A1\"}", LABEL_CHINESE, &all, NULL),
        0);
    assert_string_equal(all->elements[0].symbol.hri, "(01)09521234543213(17)261231(10)A1");
    assert_int_equal(count_text(all, "(01)09521234543213(17)261231(10)A1"), 1);
    assert_int_equal(draw(text, "{\"gtin\":\"9521234543213\",\"lot\":\"A1\"}", LABEL_CHINESE, &some, NULL), 0);
    assert_string_equal(some->elements[0].symbol.hri, "(01)09521234543213(10)A1");
    assert_int_equal(draw(text, "{}", LABEL_CHINESE, &none, NULL), 0);
    assert_int_equal(none->count, 0);
}

/* A value that looks like a further identifier stays a value, or is refused. */
static void a_value_is_never_a_gs1_element(void **state)
{
    (void)state;
    static const char text[] = LABEL "[gs1-128 bars]\nat = 0 0 100 20\ntext = (01){gtin}(10){lot}\n";
    CLEANUP(label_free_p) struct label *label = NULL;
    struct label_fault fault;
    int result = draw(text, "{\"gtin\":\"09521234543213\",\"lot\":\"A(21)9\"}", LABEL_CHINESE, &label, &fault);
    if (result == 0)
        assert_string_equal(label->elements[0].symbol.text, "010952123454321310A(21)9");
    else
        assert_string_equal(fault.field, "lot");
    struct label *other = NULL;
    assert_int_equal(draw(text, "{\"gtin\":\"09521234543213\",\"lot\":\"A[21]9\"}", LABEL_CHINESE, &other, &fault),
                     -EINVAL);
    assert_string_equal(fault.code, LABEL_CHARACTER);
}

static void letters_below_a_symbol_follow_its_turn(void **state)
{
    (void)state;
    static const struct {
        const char *turn;
        int x, y; /* of the letters' box against the symbol's: -1 before, 1 behind, 0 level */
    } cases[] = {{"0", 0, 1}, {"90", -1, 0}, {"180", 0, -1}, {"270", 1, 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[512];
        CLEANUP(label_free_p) struct label *label = NULL;
        snprintf(text, sizeof(text), LABEL "[code128 a]\nat = 5 5 40 40\ntext = 12\nhri = 4\nturn = %s\n",
                 cases[i].turn);
        assert_int_equal(draw(text, "{}", LABEL_CHINESE, &label, NULL), 0);
        const struct label_box *symbol = &label->elements[0].box, *letters = &label->elements[1].box;
        assert_int_equal((letters->x > symbol->x) - (letters->x < symbol->x), cases[i].x);
        assert_int_equal((letters->y > symbol->y) - (letters->y < symbol->y), cases[i].y);
        assert_true(letters->x + letters->width <= symbol->x || symbol->x + symbol->width <= letters->x ||
                    letters->y + letters->height <= symbol->y || symbol->y + symbol->height <= letters->y);
    }
}

/* ---------------------------------------------------------------- lists */

static void rows_json(size_t count, struct buf *json)
{
    buf_puts(json, "{\"items\":[");
    for (size_t i = 1; i <= count; i++)
        buf_printf(json, "%s{\"sku\":\"S%zu\",\"quantity\":2}", i > 1 ? "," : "", i);
    buf_puts(json, "]}");
}

#define LIST(overflow)                                                                                                 \
    LABEL "[list l]\neach = items\nat = 5 5 90 20\npitch = 5\noverflow = " overflow "\n"                               \
          "[text sku]\nin = l\nat = 0 0 50 5\ntext = {row} {items.sku}\n"                                              \
          "[text more]\nin = l.more\nat = 0 0 50 5\ntext = +{items.hidden}\n"                                          \
          "[text foot]\nat = 0 40 50 5\npage = last\ntext = {items.count}/{items.sum.quantity} {page}/{pages}\n"       \
          "[text first]\nat = 50 40 50 5\npage = first\ntext = first\n"

static void rows_that_find_no_room_are_counted(void **state)
{
    (void)state;
    static const struct {
        size_t rows;
        const char *shown, *hidden, *more, *foot;
    } cases[] = {{0, NULL, "1 S1", NULL, "0 1/1"},
                 {4, "4 S4", "5 S5", NULL, "4/8 1/1"},
                 {5, "3 S3", "4 S4", "+2", "5/10 1/1"},
                 {40, "3 S3", "4 S4", "+37", "40/80 1/1"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf json = {0};
        CLEANUP(label_free_p) struct label *label = NULL;
        rows_json(cases[i].rows, &json);
        assert_int_equal(draw(LIST("more"), json.data, LABEL_CHINESE, &label, NULL), 0);
        assert_null(label->next);
        if (cases[i].shown)
            assert_int_equal(count_text(label, cases[i].shown), 1);
        assert_int_equal(count_text(label, cases[i].hidden), 0);
        if (cases[i].more)
            assert_int_equal(count_text(label, cases[i].more), 1);
        if (cases[i].rows)
            assert_int_equal(count_text(label, cases[i].foot), 1);
    }
}

static void one_row_gives_way_as_well(void **state)
{
    (void)state;
    static const char text[] = LABEL "[list l]\neach = items\nat = 5 5 90 5\npitch = 5\noverflow = more\n"
                                     "[text sku]\nin = l\nat = 0 0 50 5\ntext = {items.sku}\n"
                                     "[text more]\nin = l.more\nat = 0 0 50 5\ntext = +{items.hidden}\n";
    CLEANUP_BUF struct buf json = {0};
    CLEANUP(label_free_p) struct label *label = NULL;
    rows_json(2, &json);
    assert_int_equal(draw(text, json.data, LABEL_CHINESE, &label, NULL), 0);
    assert_int_equal(label->count, 1);
    assert_string_equal(label->elements[0].text, "+2");
}

static void rows_go_on_on_further_pages(void **state)
{
    (void)state;
    static const size_t cases[] = {0, 4, 5, 8, 9, 800};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf json = {0};
        CLEANUP(label_free_p) struct label *label = NULL;
        rows_json(cases[i], &json);
        assert_int_equal(draw(LIST("pages"), json.data, LABEL_CHINESE, &label, NULL), 0);
        size_t pages = 0, rows = 0;
        for (const struct label *page = label; page; page = page->next) {
            assert_int_equal(count_text(page, "first"), pages == 0);
            for (size_t k = rows + 1; k <= rows + 4 && k <= cases[i]; k++) {
                char text[32];
                snprintf(text, sizeof(text), "%zu S%zu", k, k);
                assert_int_equal(count_text(page, text), 1);
            }
            rows += 4;
            pages++;
            char foot[48];
            snprintf(foot, sizeof(foot), "%zu/%zu %zu/%zu", cases[i], cases[i] * 2, pages, (cases[i] + 3) / 4);
            assert_int_equal(count_text(page, foot), !page->next && cases[i] > 0);
        }
        assert_int_equal(pages, cases[i] ? (cases[i] + 3) / 4 : 1);
    }
}

static void too_many_rows_are_refused(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf five = {0}, many = {0};
    struct label *label = NULL;
    struct label_fault fault;
    rows_json(5, &five);
    assert_int_equal(draw(LIST("refuse"), five.data, LABEL_CHINESE, &label, &fault), -EOVERFLOW);
    assert_string_equal(fault.field, "items");
    rows_json(801, &many);
    assert_int_equal(draw(LIST("pages"), many.data, LABEL_CHINESE, &label, &fault), -EOVERFLOW);
    assert_string_equal(fault.code, LABEL_OVERFLOW);
    assert_null(label);
}

static void rows_may_be_plain_texts(void **state)
{
    (void)state;
    static const char text[] = LABEL "[list l]\neach = contents\nat = 5 5 90 20\npitch = 5\n"
                                     "[text name]\nin = l\nat = 0 0 50 5\ntext = {contents.name or contents}\n";
    CLEANUP(label_free_p) struct label *label = NULL, *none = NULL;
    assert_int_equal(draw(text, "{\"contents\":[\"cups\",{\"name\":\"socks\"}]}", LABEL_CHINESE, &label, NULL), 0);
    assert_int_equal(count_text(label, "cups") + count_text(label, "socks"), 2);
    assert_int_equal(draw(text, "{\"contents\":\"cups\"}", LABEL_CHINESE, &none, NULL), 0);
    assert_int_equal(none->count, 0);
}

static void a_line_is_as_thick_as_it_says(void **state)
{
    (void)state;
    static const char text[] =
        LABEL "[line a]\nat = 5 5 50 0\nthickness = 0.5\n[box b]\nat = 5 10 50 20\nthickness = 1\n";
    CLEANUP(label_free_p) struct label *label = NULL;
    assert_int_equal(draw(text, "{}", LABEL_CHINESE, &label, NULL), 0);
    assert_int_equal(first_of(label, LABEL_FRAME)->box.height, 4);
    assert_int_equal(label->elements[1].thickness, 8);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_in_a_template_is_named),
        cmocka_unit_test(a_template_is_text_with_a_good_name),
        cmocka_unit_test(every_cut_of_a_template_is_read_or_refused),
        cmocka_unit_test(a_text_says_what_the_data_says),
        cmocka_unit_test(a_condition_decides),
        cmocka_unit_test(what_is_needed_must_be_there),
        cmocka_unit_test(what_does_not_fit_names_its_data),
        cmocka_unit_test(another_symbol_stands_in),
        cmocka_unit_test(gs1_elements_without_a_value_are_left_out),
        cmocka_unit_test(a_value_is_never_a_gs1_element),
        cmocka_unit_test(letters_below_a_symbol_follow_its_turn),
        cmocka_unit_test(rows_that_find_no_room_are_counted),
        cmocka_unit_test(one_row_gives_way_as_well),
        cmocka_unit_test(rows_go_on_on_further_pages),
        cmocka_unit_test(too_many_rows_are_refused),
        cmocka_unit_test(rows_may_be_plain_texts),
        cmocka_unit_test(a_line_is_as_thick_as_it_says),
    };
    return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
