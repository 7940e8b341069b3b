/* The bytes that reach a ZPL printer: the dots of the label, and only our own commands, whatever a customer wrote. */
#include "drivers/label/language.h"
#include "drivers/label/zpl_parts.h"

#include "base/id.h"
#include "zpl_reader.h"

#include <errno.h>
#include <stdio.h>

#define DOTS_ONLY "code128 itf14 fonts"

static struct label *new_label(void)
{
    struct label *label = NULL;
    assert_int_equal(label_new(203, 1000, 1500, &label, NULL), 0);
    return label;
}

static void add_styled(struct label *label, const char *text, struct label_box box, struct text_style style)
{
    struct label_text element = {.field = "text", .text = text, .box = box, .style = style};
    assert_int_equal(label_add_text(label, &element, NULL), 0);
}

static void add_text(struct label *label, const char *text, int width)
{
    add_styled(label, text, (struct label_box){8, 16, width, 60},
               (struct text_style){.height = 40, .least_height = 8, .by_printer = true});
}

static int add_symbol(struct label *label, enum symbology symbology, const char *text, int turns)
{
    struct label_symbol symbol = {.request = {.field = "code", .symbology = symbology, .text = text},
                                  .box = {0, 100, 800, turns % 2 ? 800 : 100},
                                  .least_module = 1,
                                  .most_module = 3,
                                  .turns = turns};
    return label_add_symbol(label, &symbol, NULL, NULL);
}

static void write_zpl(const struct label *label, int64_t baud, const char *lacks, struct buf *zpl)
{
    const struct label_printer printer = {.language = PRINTER_ZPL, .baud = baud, .lacks = lacks};
    struct label_fault fault;
    buf_clear(zpl);
    assert_int_equal(language_encode(label, &printer, 1, zpl, &fault), 0);
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

/* ---------------------------------------------------------------- a format */

static void a_format_sets_what_printers_keep(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    CLEANUP_BUF struct buf zpl = {0};
    const struct label_printer printer = {.language = PRINTER_ZPL};
    assert_int_equal(label_add_frame(label, (struct label_box){1, 2, 30, 3}, 3, NULL), 0);
    assert_int_equal(label_add_frame(label, (struct label_box){1, 2, 30, 2}, 3, NULL), 0);
    assert_int_equal(language_encode(label, &printer, 2, &zpl, NULL), 0);
    assert_string_equal(buf_text(&zpl), "^XA^CI28^PW800^LL1200^LH0,0^LS0^FWN^PON^PMN^LRN^JZY\n"
                                        "^FO1,2^GB30,3,3^FS\n"
                                        "^FO1,2^GB30,2,2^FS\n"
                                        "^PQ2,0,0,N^XZ\n");
}

static void copies_have_bounds(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    CLEANUP_BUF struct buf zpl = {0};
    const struct label_printer printer = {.language = PRINTER_ZPL};
    struct label_fault fault;
    assert_int_equal(language_encode(label, &printer, 0, &zpl, &fault), -EINVAL);
    assert_string_equal(fault.code, LABEL_SIZE);
    assert_int_equal(language_encode(label, &printer, LABEL_COPIES_MAX + 1, &zpl, &fault), -EINVAL);
    assert_non_null(strstr(fault.error.text, "1 to 999"));
    assert_int_equal(zpl.length, 0);
    assert_int_equal(language_encode(label, &printer, LABEL_COPIES_MAX, &zpl, &fault), 0);
    assert_non_null(strstr(buf_text(&zpl), "^PQ999,0,0,N^XZ"));
}

static void no_memory_is_said(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    const struct label_printer printer = {.language = PRINTER_ZPL};
    struct label_fault fault;
    add_text(label, "张三", 400);
    for (size_t max = 20; max < 300; max += 60) {
        CLEANUP_BUF struct buf zpl = {.max = max};
        assert_int_equal(language_encode(label, &printer, 1, &zpl, &fault), -ENOMEM);
        assert_string_equal(fault.code, LABEL_MEMORY);
    }
}

/* ---------------------------------------------------------------- letters of the printer */

static void the_printer_sets_plain_text_on_a_slow_line(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    CLEANUP_BUF struct buf zpl = {0};
    add_text(label, "TB-1", 400);
    write_zpl(label, LABEL_SLOW_BAUD, NULL, &zpl);
    assert_non_null(strstr(buf_text(&zpl), "^FT8,54^A0N,40,40^FH_^FDTB-1^FS\n"));
    assert_null(strstr(buf_text(&zpl), "^GF"));
    static const struct {
        int64_t baud;
        const char *lacks;
    } others[] = {{0, NULL}, {115200, NULL}, {9600, "z64 fonts"}};
    for (size_t i = 0; i < COUNT(others); i++) {
        write_zpl(label, others[i].baud, others[i].lacks, &zpl);
        assert_null(strstr(buf_text(&zpl), "^FD"));
        assert_non_null(strstr(buf_text(&zpl), "^GFA"));
    }
}

static void the_printer_centres_by_itself(void **state)
{
    (void)state;
    static const struct {
        enum text_align align;
        const char *text, *said; /* NULL: as dots, because the sign has a meaning in a block */
    } cases[] = {{TEXT_CENTRE, "TB-1", "^FT8,54^A0N,40,40^FB400,1,0,C^FH_^FDTB-1^FS\n"},
                 {TEXT_RIGHT, "TB-1", "^FT8,54^A0N,40,40^FB400,1,0,R^FH_^FDTB-1^FS\n"},
                 {TEXT_LEFT, "a\\b", "^FT8,54^A0N,40,40^FH_^FDa_5Cb^FS\n"},
                 {TEXT_RIGHT, "a\\&b", NULL}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(label_free_p) struct label *label = new_label();
        CLEANUP_BUF struct buf zpl = {0};
        add_styled(label, cases[i].text, (struct label_box){8, 16, 400, 60},
                   (struct text_style){.height = 40, .least_height = 8, .by_printer = true, .align = cases[i].align});
        write_zpl(label, 9600, NULL, &zpl);
        assert_non_null(strstr(buf_text(&zpl), cases[i].said ? cases[i].said : "^GFA"));
        assert_int_equal(strstr(buf_text(&zpl), "^FD") == NULL, cases[i].said == NULL);
    }
}

static void signs_with_a_meaning_are_escaped(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = new_label();
    CLEANUP_BUF struct buf zpl = {0};
    add_text(label, "a^b~c_d\\e,f", 700);
    write_zpl(label, 9600, NULL, &zpl);
    assert_field_data(&zpl, "a_5Eb_7Ec_5Fd_5Ce_2Cf");
}

static void other_text_goes_as_dots(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct text_style style;
        int width, turns;
    } cases[] = {{"张三", {.by_printer = true}, 400, 0},
                 {"é", {.by_printer = true}, 400, 0},
                 {"MMMMMMMMMM", {.by_printer = true}, 390, 0},
                 {"0123456789", {.by_printer = true}, 239, 0},
                 {"A", {.by_printer = false}, 400, 0},
                 {"A", {.by_printer = true, .inverse = true}, 400, 0},
                 {"A", {.by_printer = true}, 400, 2},
                 {"one two three", {.by_printer = true, .wrap = true}, 200, 0},
                 {"A text that is cut off at its end, whatever is done", {.by_printer = true, .cut = true}, 100, 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(label_free_p) struct label *label = new_label();
        CLEANUP_BUF struct buf zpl = {0};
        struct label_text text = {.field = "text",
                                  .text = cases[i].text,
                                  .box = {8, 16, cases[i].width, 120},
                                  .style = cases[i].style,
                                  .turns = cases[i].turns};
        text.style.height = 40;
        text.style.least_height = 8;
        assert_int_equal(label_add_text(label, &text, NULL), 0);
        write_zpl(label, 9600, NULL, &zpl);
        assert_non_null(strstr(buf_text(&zpl), "^GFA,"));
        assert_null(strstr(buf_text(&zpl), "^FD"));
    }
}

/* ---------------------------------------------------------------- injection */

/* Every prefix sign must begin one of our own commands, in their order: one format, closed once, at the end. */
static void assert_only_our_commands(const struct buf *zpl)
{
    static const char *const ours[] = {"XA", "CI", "PW", "LL", "LH", "LS", "FW", "PO", "PM", "LR", "JZ", "FO", "FT",
                                       "A0", "FB", "FH", "FD", "FS", "GF", "GB", "BY", "BC", "B2", "PQ", "XZ"};
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
    static const char *const attacks[] = {"Acme ^XZ^XA^FO0,0^FDHACKED^FS^XZ",
                                          "~JA~JR",
                                          "^JUS",
                                          "^FS^PQ99",
                                          ">;>8>9",
                                          "_5EXZ",
                                          "\x03\x02^XZ",
                                          "\r\n^XZ\r\n",
                                          "\x1B@\x10\x04\x01",
                                          "^CC!",
                                          "a\\&b",
                                          "\"PRINT 99\"",
                                          "葉區淺 ^XZ",
                                          "^GFA,1,1,1,"};
    static const int64_t speeds[] = {0, 9600};
    for (size_t i = 0; i < COUNT(attacks) * COUNT(speeds); i++) {
        const char *attack = attacks[i / COUNT(speeds)];
        CLEANUP(label_free_p) struct label *label = new_label();
        CLEANUP_BUF struct buf zpl = {0};
        add_text(label, attack, 780);
        bool carried = add_symbol(label, SYMBOL_CODE128, attack, 0) == 0;
        assert_int_equal(carried, !strpbrk(attack, "\x03\r\x1B葉"));
        write_zpl(label, speeds[i % COUNT(speeds)], NULL, &zpl);
        assert_only_our_commands(&zpl);
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
        assert_int_equal(add_symbol(label, SYMBOL_CODE128, text, 0), 0);
        write_zpl(label, i % 2 ? 9600 : 0, NULL, &zpl);
        assert_only_our_commands(&zpl);
    }
}

/* ---------------------------------------------------------------- symbols */

/* Word by word, or as dots; returns whether the printer draws it. */
static bool says_the_same_words(const struct label *label)
{
    const struct symbol *symbol = &label->elements[0].symbol;
    uint8_t words[2 * SYMBOL_CODEWORDS_MAX];
    CLEANUP_BUF struct buf zpl = {0};
    write_zpl(label, 0, NULL, &zpl);
    const char *data = strstr(buf_text(&zpl), "^FD");
    assert_int_equal(strstr(buf_text(&zpl), "^GFA") == NULL, data != NULL);
    if (!data)
        return false;
    assert_int_equal(zpl_read_code128(data + 3, words), symbol->codeword_count);
    assert_memory_equal(words, symbol->codewords, symbol->codeword_count);
    return true;
}

static void code128_says_each_code_word(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool said;
    } cases[] = {{"SF-A", true}, {"75431234567890", true}, {"12345ABC", true}, {"123456A", false},    {"A>BC", true},
                 {"A>B", false}, {"A^B~C~", true},         {">>>", true},      {"SF12345678", false}, {"B", false}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(label_free_p) struct label *label = new_label();
        assert_int_equal(add_symbol(label, SYMBOL_CODE128, cases[i].text, 0), 0);
        assert_int_equal(says_the_same_words(label), cases[i].said);
    }
    struct random_seeded seed = {5};
    int said = 0;
    for (int i = 0; i < 300; i++) {
        char text[20];
        size_t length = 1 + random_next(&seed) % (sizeof(text) - 1);
        for (size_t k = 0; k < length; k++)
            text[k] = (char)(random_next(&seed) % 2 ? '0' + random_next(&seed) % 10 : '!' + random_next(&seed) % 94);
        text[length] = '\0';
        CLEANUP(label_free_p) struct label *label = new_label();
        assert_int_equal(add_symbol(label, SYMBOL_CODE128, text, 0), 0);
        said += says_the_same_words(label);
    }
    assert_true(said > 50 && said < 300);
}

static void gs1_128_says_its_fnc1(void **state)
{
    (void)state;
    static const struct gs1_element elements[] = {{"01", "09521234543213"}, {"37", "12"}, {"10", "AB-C"}};
    struct label_symbol symbol = {
        .request = {.field = "code", .symbology = SYMBOL_GS1_128, .elements = elements, .element_count = 3},
        .box = {0, 100, 800, 100},
        .least_module = 1,
        .most_module = 3};
    CLEANUP(label_free_p) struct label *label = new_label();
    assert_int_equal(label_add_symbol(label, &symbol, NULL, NULL), 0);
    const uint8_t *words = label->elements[0].symbol.codewords;
    assert_true(words[1] == 102 && memchr(words + 2, 102, label->elements[0].symbol.codeword_count - 2));
    assert_true(says_the_same_words(label));
}

static void symbols_go_as_dots_where_the_printer_might_differ(void **state)
{
    (void)state;
    static const struct {
        enum symbology symbology;
        const char *text;
        int turns;
        const char *lacks, *command; /* NULL: dots */
    } cases[] = {
        {SYMBOL_CODE128, "SF123", 0, NULL, "^FO265,100^BY3,3.0,100^BCN,100,N,N,N,N^FD>:SF123^FS"},
        {SYMBOL_CODE128, "SF123", 0, "fonts code128", NULL},
        {SYMBOL_CODE128, "SF123", 1, NULL, NULL},
        {SYMBOL_ITF14, "1952123454321", 0, NULL, "^FO197,100^BY3,3.0,100^B2N,100,N,N,N^FD19521234543210^FS"},
        {SYMBOL_ITF14, "1952123454321", 0, "itf14", NULL},
        {SYMBOL_ITF14, "1952123454321", 3, NULL, NULL},
        {SYMBOL_EAN, "6901234567892", 0, NULL, NULL},
        {SYMBOL_QR, "SF123", 0, NULL, NULL},
        {SYMBOL_DATA_MATRIX, "SF123", 0, NULL, NULL},
        {SYMBOL_PDF417, "SF123", 0, NULL, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(label_free_p) struct label *label = new_label();
        CLEANUP_BUF struct buf zpl = {0};
        assert_int_equal(add_symbol(label, cases[i].symbology, cases[i].text, cases[i].turns), 0);
        write_zpl(label, 9600, cases[i].lacks, &zpl);
        assert_non_null(strstr(buf_text(&zpl), cases[i].command ? cases[i].command : "^GFA"));
        assert_int_equal(strstr(buf_text(&zpl), "^FD") == NULL, cases[i].command == NULL);
    }
}

/* ---------------------------------------------------------------- dots */

static void the_check_sum_is_that_of_others(void **state)
{
    (void)state;
    assert_int_equal(zpl_crc("//+AAYAB//8=", 12), 0x02EF);
    assert_int_equal(zpl_crc("eNr7/7+BsYHx/38AFv4E/w==", 24), 0xE762);
}

static void fill(struct dots *dots, uint64_t density, struct random_seeded *seed)
{
    for (int y = 0; y < dots->height; y++)
        for (int x = 0; x < dots->width; x++)
            if (density == 3 || (y % 3 != 2 && density > 0 && random_next(seed) % (density == 1 ? 97 : 2) == 0))
                dots_set(dots, x, y);
}

static void put_graphic(struct buf *zpl, const struct dots *dots, enum zpl_packing packing)
{
    CLEANUP(zpl_packer_close) struct zpl_packer packer;
    assert_int_equal(zpl_packer_open(packing, &packer), 0);
    zpl_put_graphic(zpl, dots, &packer);
}

static void graphics_survive_the_compression(void **state)
{
    (void)state;
    static const int widths[] = {1, 7, 8, 9, 100, 800, 1700, 3400, 8192};
    static const enum zpl_packing packings[] = {PACK_ACS, PACK_QUICK, PACK_HARDEST};
    struct random_seeded seed = {11};
    for (size_t i = 0; i < COUNT(widths) * 4 * COUNT(packings); i++) {
        CLEANUP(dots_done) struct dots dots = {0}, back = {0};
        CLEANUP_BUF struct buf zpl = {0};
        assert_int_equal(dots_init(&dots, widths[i % COUNT(widths)], 9), 0);
        fill(&dots, i / COUNT(widths) % 4, &seed); /* 0: white, 1: sparse, 2: half, 3: black */
        enum zpl_packing packing = packings[i / COUNT(widths) / 4];
        put_graphic(&zpl, &dots, packing);
        assert_string_equal(zpl_read_graphic(buf_text(&zpl), &back), "");
        assert_int_equal(back.stride, dots.stride);
        assert_memory_equal(back.bits, dots.bits, dots.stride * 9);
        assert_null(strchr(buf_text(&zpl), '!'));
        assert_true(zpl.length < 40 + 2 * dots.stride * 9);
        if (packing == PACK_ACS)
            assert_null(strstr(buf_text(&zpl), "Z64"));
    }
}

static void the_shorter_compression_is_taken(void **state)
{
    (void)state;
    static const struct {
        int width, height;
        uint64_t density;
        bool z64;
    } cases[] = {{400, 60, 0, true}, {400, 60, 1, true}, {400, 60, 2, true}, {16, 4, 0, false}, {16, 4, 3, false}};
    struct random_seeded seed = {17};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(dots_done) struct dots dots = {0};
        CLEANUP_BUF struct buf acs = {0}, best = {0};
        assert_int_equal(dots_init(&dots, cases[i].width, cases[i].height), 0);
        fill(&dots, cases[i].density, &seed);
        put_graphic(&acs, &dots, PACK_ACS);
        put_graphic(&best, &dots, PACK_HARDEST);
        assert_true(best.length <= acs.length);
        assert_int_equal(strstr(buf_text(&best), "Z64") != NULL, cases[i].z64);
    }
}

/* What a printer draws is what the preview shows, however the dots were joined into graphics. */
static void all_dots_arrive_where_they_belong(void **state)
{
    (void)state;
    static const char *const texts[] = {"张三 ^XZ", "T", "Floor", "上海市浦东新区世纪大道"};
    struct random_seeded seed = {23};
    for (int i = 0; i < 40; i++) {
        CLEANUP(label_free_p) struct label *label = new_label();
        for (uint64_t k = random_next(&seed) % 30; k > 0; k--) {
            struct label_box box = {(int)(random_next(&seed) % 500), (int)(random_next(&seed) % 1100), 300, 100};
            add_styled(label, texts[random_next(&seed) % COUNT(texts)], box,
                       (struct text_style){.height = (int)(20 + random_next(&seed) % 80), .least_height = 8});
            if (k % 4 == 0)
                assert_int_equal(label_add_frame(label, box, 1 + (int)(k % 3), NULL), 0);
        }
        assert_int_equal(add_symbol(label, SYMBOL_CODE128, "SF1234567890123", i % 4), 0);
        CLEANUP_BUF struct buf zpl = {0};
        CLEANUP(dots_done) struct dots wanted = {0}, drawn = {0};
        write_zpl(label, 0, i % 3 ? DOTS_ONLY : DOTS_ONLY " z64", &zpl);
        assert_int_equal(label_draw(label, &wanted), 0);
        zpl_draw(buf_text(&zpl), &drawn);
        assert_memory_equal(drawn.bits, wanted.bits, wanted.stride * (size_t)wanted.height);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_format_sets_what_printers_keep),
        cmocka_unit_test(copies_have_bounds),
        cmocka_unit_test(no_memory_is_said),
        cmocka_unit_test(the_printer_sets_plain_text_on_a_slow_line),
        cmocka_unit_test(the_printer_centres_by_itself),
        cmocka_unit_test(signs_with_a_meaning_are_escaped),
        cmocka_unit_test(other_text_goes_as_dots),
        cmocka_unit_test(customers_cannot_send_commands),
        cmocka_unit_test(random_text_never_sends_commands),
        cmocka_unit_test(code128_says_each_code_word),
        cmocka_unit_test(gs1_128_says_its_fnc1),
        cmocka_unit_test(symbols_go_as_dots_where_the_printer_might_differ),
        cmocka_unit_test(the_check_sum_is_that_of_others),
        cmocka_unit_test(graphics_survive_the_compression),
        cmocka_unit_test(the_shorter_compression_is_taken),
        cmocka_unit_test(all_dots_arrive_where_they_belong),
    };
    return cmocka_run_group_tests_name("zpl", tests, NULL, NULL);
}
