/* The bytes that reach a printer: only our own commands, whatever a customer wrote. */
#include "drivers/label/zpl.h"

#include "base/id.h"

#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct label *new_label(void)
{
    struct label *label = NULL;
    assert_int_equal(label_new(203, 1000, 1500, &label, NULL), 0);
    return label;
}

static void add_text(struct label *label, const char *text, int width)
{
    struct label_text element = {
        "text", text, {8, 16, width, 60}, {.height = 40, .least_height = 8, .by_printer = true}};
    assert_int_equal(label_add_text(label, &element, NULL), 0);
}

static void add_code128(struct label *label, const char *text)
{
    struct label_code128 code = {"code", text, {0, 0, 800, 100}, 1, 3};
    assert_int_equal(label_add_code128(label, &code, NULL), 0);
}

static void write_zpl(const struct label *label, struct buf *zpl)
{
    struct error error;
    buf_clear(zpl);
    assert_int_equal(zpl_from_label(label, 1, zpl, &error), 0);
}

/* The field data of the first ^FD. */
static void assert_field_data(const struct buf *zpl, const char *wanted)
{
    const char *data = strstr(buf_text(zpl), "^FD");
    assert_non_null(data);
    size_t length = strcspn(data + 3, "^~");
    assert_int_equal(length, strlen(wanted));
    assert_memory_equal(data + 3, wanted, length);
    assert_memory_equal(data + 3 + length, "^FS", 3);
}

static void a_format_sets_what_printers_keep(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    CLEANUP_BUF struct buf zpl = {0};
    assert_int_equal(label_add_frame(label, (struct label_box){1, 2, 30, 3}, 3, NULL), 0);
    assert_int_equal(zpl_from_label(label, 2, &zpl, NULL), 0);
    assert_string_equal(buf_text(&zpl), "^XA^CI28^PW800^LL1200^LH0,0^LS0^FWN^PON^PMN^LRN\n"
                                        "^FO1,2^GB30,3,3,B,0^FS\n"
                                        "^PQ2,0,0,N^XZ\n");
}

static void copies_have_bounds(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    CLEANUP_BUF struct buf zpl = {0};
    struct error error;
    assert_int_equal(zpl_from_label(label, 0, &zpl, &error), -EINVAL);
    assert_int_equal(zpl_from_label(label, ZPL_COPIES_MAX + 1, &zpl, &error), -EINVAL);
    assert_non_null(strstr(error.text, "1 to 99"));
    zpl.max = 20;
    assert_int_equal(zpl_from_label(label, 1, &zpl, &error), -ENOMEM);
}

static void the_printer_sets_plain_text(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    CLEANUP_BUF struct buf zpl = {0};
    add_text(label, "TB-1", 400);
    write_zpl(label, &zpl);
    assert_non_null(strstr(buf_text(&zpl), "^FT8,54^A0N,40,40^FH_^FDTB-1^FS\n"));
    assert_null(strstr(buf_text(&zpl), "^GF"));
}

static void signs_with_a_meaning_are_escaped(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    CLEANUP_BUF struct buf zpl = {0};
    add_text(label, "a^b~c_d\\e,f", 700);
    write_zpl(label, &zpl);
    assert_field_data(&zpl, "a_5Eb_7Ec_5Fd_5Ce_2Cf");
}

static void other_text_goes_as_dots(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int width;
    } cases[] = {{"张三", 400}, {"é", 400}, {"MMMMMMMMMM", 390}, {"0123456789", 239}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(label_free_p) struct label *label = new_label();
        CLEANUP_BUF struct buf zpl = {0};
        add_text(label, cases[i].text, cases[i].width);
        write_zpl(label, &zpl);
        assert_non_null(strstr(buf_text(&zpl), "^GFA,"));
        assert_null(strstr(buf_text(&zpl), "^FD"));
    }
}

/* Every prefix sign must begin one of our own commands, in their order: one format, closed once, at the end. */
static void assert_only_our_commands(const struct buf *zpl)
{
    static const char *const ours[] = {"XA", "CI", "PW", "LL", "LH", "LS", "FW", "PO", "PM", "LR", "FO",
                                       "FT", "A0", "FH", "FD", "FS", "GF", "GB", "BY", "BC", "PQ", "XZ"};
    int opened = 0, closed = 0;
    for (size_t i = 0; i < zpl->length; i++) {
        const char *at = zpl->data + i;
        assert_true(*at == '\n' || (*at >= ' ' && *at <= '~'));
        assert_int_not_equal(*at, '~');
        if (*at != '^')
            continue;
        bool known = false;
        for (size_t k = 0; k < COUNT(ours); k++)
            known = known || strncmp(at + 1, ours[k], 2) == 0;
        assert_true(known);
        opened += strncmp(at, "^XA", 3) == 0;
        closed += strncmp(at, "^XZ", 3) == 0;
    }
    assert_int_equal(opened, 1);
    assert_int_equal(closed, 1);
    assert_string_equal(zpl->data + zpl->length - 4, "^XZ\n");
}

static void customers_cannot_send_commands(void **state)
{
    (void)state;
    static const char *const attacks[] = {"Acme ^XZ^XA^FO0,0^FDHACKED^FS",
                                          "~JA~JR",
                                          "^JUS",
                                          "^FS^PQ99",
                                          ">;>8>9",
                                          "_5EXZ",
                                          "\x03\x02^XZ",
                                          "^CC!",
                                          "a\\&b",
                                          "葉區淺 ^XZ",
                                          "^GFA,1,1,1,"};
    for (size_t i = 0; i < COUNT(attacks); i++) {
        CLEANUP(label_free_p) struct label *label = new_label();
        CLEANUP_BUF struct buf zpl = {0};
        add_text(label, attacks[i], 780);
        if (!strpbrk(attacks[i], "\x03葉"))
            add_code128(label, attacks[i]);
        write_zpl(label, &zpl);
        assert_only_our_commands(&zpl);
        if (strstr(attacks[i], "HACKED"))
            assert_null(strstr(buf_text(&zpl), "^FDHACKED"));
    }
}

static void random_text_never_sends_commands(void **state)
{
    (void)state;
    struct random_seeded seed = {3};
    for (int i = 0; i < 200; i++) {
        char text[13];
        for (size_t k = 0; k < sizeof(text) - 1; k++)
            text[k] = (char)("^~_\\,>;:XZAFDS019 "[random_next(&seed) % 18]);
        text[sizeof(text) - 1] = '\0';
        text[0] = 'x';
        CLEANUP(label_free_p) struct label *label = new_label();
        CLEANUP_BUF struct buf zpl = {0};
        add_text(label, text, 780);
        add_code128(label, text);
        write_zpl(label, &zpl);
        assert_only_our_commands(&zpl);
    }
}

static void code128_names_its_subsets(void **state)
{
    (void)state;
    static const struct {
        const char *text, *data;
    } cases[] = {{"SF123", ">:SF123"},       {"75431234567890", ">;75431234567890"},
                 {"12345AB", ">;1234>65AB"}, {"123A", ">:123A"},
                 {"A>B", ">:A>0B"},          {"1234>8", ">;1234>6>08"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(label_free_p) struct label *label = new_label();
        CLEANUP_BUF struct buf zpl = {0};
        add_code128(label, cases[i].text);
        write_zpl(label, &zpl);
        assert_field_data(&zpl, cases[i].data);
    }
    CLEANUP(label_free_p) struct label *label = new_label();
    CLEANUP_BUF struct buf zpl = {0};
    add_code128(label, "A^B~C");
    write_zpl(label, &zpl);
    assert_non_null(strstr(buf_text(&zpl), "^FD>:A><B>=C^FS"));
}

static size_t read_number(const char **at)
{
    char *end;
    size_t number = strtoul(*at, &end, 10);
    assert_int_equal(*end, ',');
    *at = end + 1;
    return number;
}

/* A reader of the compression scheme, written from its description; returns what follows the data. */
static const char *read_graphic(const char *text, struct dots *ret)
{
    assert_memory_equal(text, "^GFA,", 5);
    const char *at = text + 5;
    size_t sent = read_number(&at), total = read_number(&at), row = 2 * read_number(&at), digits = 0;
    assert_int_equal(sent, total);
    row = row ? row : 2;
    char *hex = calloc(1, 2 * total + 1);
    assert_non_null(hex);
    for (size_t repeat = 0; digits < 2 * total; at++) {
        if (*at >= 'G' && *at <= 'Y') {
            repeat += (size_t)(*at - 'G' + 1);
        } else if (*at >= 'g' && *at <= 'z') {
            repeat += (size_t)(*at - 'g' + 1) * 20;
        } else if (*at == ',') {
            do
                hex[digits++] = '0';
            while (digits % row);
        } else if (*at == ':') {
            assert_true(digits >= row && digits % row == 0);
            memcpy(hex + digits, hex + digits - row, row);
            digits += row;
        } else {
            assert_true(isxdigit((unsigned char)*at));
            for (repeat = repeat ? repeat : 1; repeat > 0; repeat--) {
                assert_true(digits < 2 * total);
                hex[digits++] = *at;
            }
        }
    }
    assert_int_equal(dots_init(ret, (int)row * 4, (int)(2 * total / row)), 0);
    for (size_t used = 0; used < digits; used++) {
        int value = hex[used] <= '9' ? hex[used] - '0' : hex[used] - 'A' + 10;
        ret->bits[used / 2] |= (uint8_t)(used % 2 ? value : value << 4);
    }
    free(hex);
    return at;
}

static void graphics_survive_the_compression(void **state)
{
    (void)state;
    static const int widths[] = {1, 7, 8, 9, 100, 800, 1700, 3400, 8192};
    struct random_seeded seed = {11};
    for (size_t i = 0; i < COUNT(widths) * 4; i++) {
        struct dots dots, back;
        int width = widths[i % COUNT(widths)];
        uint64_t density = i / COUNT(widths); /* 0: white, 1: sparse, 2: half, 3: black */
        assert_int_equal(dots_init(&dots, width, 9), 0);
        for (int y = 0; y < 9; y++)
            for (int x = 0; x < width; x++)
                if (density == 3 || (y % 3 != 2 && density > 0 && random_next(&seed) % (density == 1 ? 97 : 2) == 0))
                    dots_set(&dots, x, y);
        CLEANUP_BUF struct buf zpl = {0};
        zpl_put_graphic(&zpl, &dots);
        assert_string_equal(read_graphic(buf_text(&zpl), &back), "");
        assert_int_equal(back.stride, dots.stride);
        assert_memory_equal(back.bits, dots.bits, dots.stride * 9);
        assert_null(strchr(buf_text(&zpl), '!'));
        assert_true(zpl.length < 40 + 2 * dots.stride * 9);
        dots_done(&dots);
        dots_done(&back);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_format_sets_what_printers_keep), cmocka_unit_test(copies_have_bounds),
        cmocka_unit_test(the_printer_sets_plain_text),      cmocka_unit_test(signs_with_a_meaning_are_escaped),
        cmocka_unit_test(other_text_goes_as_dots),          cmocka_unit_test(customers_cannot_send_commands),
        cmocka_unit_test(random_text_never_sends_commands), cmocka_unit_test(code128_names_its_subsets),
        cmocka_unit_test(graphics_survive_the_compression),
    };
    return cmocka_run_group_tests_name("zpl", tests, NULL, NULL);
}
