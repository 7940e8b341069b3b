/* Every symbology: what it carries, what it refuses, and that a reader of other people's making reads it. */
#include "drivers/label/label.h"
#include "drivers/label/png.h"

#include "base/id.h"
#include "base/json.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zint.h>

#include <cmocka.h>

#define GS   "\x1D"
#define ZWSP "\xE2\x80\x8B"
#define RLO  "\xE2\x80\xAE"
#define ZWJ  "\xE2\x80\x8D"

static int make(enum symbology symbology, const char *text, struct symbol *ret, int64_t *ret_removed,
                struct label_fault *fault)
{
    struct symbol_request request = {.field = "code", .symbology = symbology, .text = text};
    return symbol_make(&request, ret, ret_removed, fault);
}

static void every_symbology_has_its_size_and_quiet_zone(void **state)
{
    (void)state;
    static const struct {
        enum symbology symbology;
        const char *text;
        int width, height, quiet_x, quiet_y;
        bool linear;
    } cases[] = {
        {SYMBOL_CODE128, "SF1", 6 * 11 + 2, 1, 10, 0, true}, /* start, three, check, stop */
        {SYMBOL_CODE128, "75431234567890", 10 * 11 + 2, 1, 10, 0, true},
        {SYMBOL_EAN, "6901234567892", 95, 1, 11, 0, true},
        {SYMBOL_EAN, "96385074", 67, 1, 7, 0, true},
        {SYMBOL_EAN, "012345678905", 95, 1, 9, 0, true},
        {SYMBOL_EAN, "04252614", 51, 1, 9, 0, true},
        {SYMBOL_ITF14, "19521234543210", 135, 1, 10, 0, true},
        {SYMBOL_QR, "SF1234567890123", 21, 21, 4, 4, false},
        {SYMBOL_DATA_MATRIX, "ABC", 10, 10, 1, 1, false},
        {SYMBOL_DATA_MATRIX, "A longer text makes it a larger square", 22, 22, 1, 1, false},
        {SYMBOL_DATA_MATRIX, "中文", 16, 16, 1, 1, false}, /* 8 by 32 would do */
        {SYMBOL_PDF417, "hello", 103, 6 * 3, 2, 2, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(symbol_done) struct symbol symbol = {0};
        int64_t removed = -1;
        assert_int_equal(make(cases[i].symbology, cases[i].text, &symbol, &removed, NULL), 0);
        assert_int_equal(symbol.symbology, cases[i].symbology);
        assert_int_equal(symbol.modules.width, cases[i].width);
        assert_int_equal(symbol.modules.height, cases[i].height);
        assert_int_equal(symbol.quiet_x, cases[i].quiet_x);
        assert_int_equal(symbol.quiet_y, cases[i].quiet_y);
        assert_int_equal(symbol.linear, cases[i].linear);
        assert_string_equal(symbol.text, cases[i].text);
        assert_int_equal(removed, 0);
    }
}

static void the_count_of_digits_says_which_code_it_is(void **state)
{
    (void)state;
    static const struct {
        enum symbology symbology;
        const char *given, *text, *hri;
    } cases[] = {
        {SYMBOL_EAN, "6901234567892", "6901234567892", "6 901234 567892"},
        {SYMBOL_EAN, "690123456789", "6901234567892", "6 901234 567892"}, /* no UPC-A: its check digit would be wrong */
        {SYMBOL_EAN, "09521234543213", "9521234543213", "9 521234 543213"},
        {SYMBOL_EAN, "012345678905", "012345678905", "0 12345 67890 5"},
        {SYMBOL_EAN, "01234567890", "012345678905", "0 12345 67890 5"},
        {SYMBOL_EAN, "96385074", "96385074", "9638 5074"},
        {SYMBOL_EAN, "9638507", "96385074", "9638 5074"},
        {SYMBOL_EAN, "01234084", "01234084", "0123 4084"}, /* a UPC-E as well */
        {SYMBOL_EAN, "04252614", "04252614", "0 425261 4"},
        {SYMBOL_EAN, "425261", "04252614", "0 425261 4"},
        {SYMBOL_EAN, "654321", "06543217", "0 654321 7"},
        {SYMBOL_EAN,
         "127"
         "453",
         "01274537", "0 127453 7"},
        {SYMBOL_EAN,
         "123"
         "454",
         "01234543", "0 123454 3"},
        {SYMBOL_EAN,
         "123"
         "457",
         "01234572", "0 123457 2"},
        {SYMBOL_ITF14, "19521234543210", "19521234543210", "19521234543210"},
        {SYMBOL_ITF14, "1952123454321", "19521234543210", "19521234543210"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(symbol_done) struct symbol symbol = {0};
        struct label_fault fault = {0};
        if (make(cases[i].symbology, cases[i].given, &symbol, NULL, &fault))
            fail_msg("%s: %s", cases[i].given, fault.error.text);
        assert_string_equal(symbol.text, cases[i].text);
        assert_string_equal(symbol.hri, cases[i].hri);
    }
}

static void refuse(const struct symbol_request *request, int result, const char *code, const char *sentence)
{
    struct symbol none = {0};
    struct label_fault fault = {0};
    int64_t removed = -1;
    assert_int_equal(symbol_make(request, &none, &removed, &fault), result);
    assert_string_equal(fault.code, code);
    assert_string_equal(fault.field, request->field);
    if (!strstr(fault.error.text, sentence))
        fail_msg("'%s' does not say '%s'", fault.error.text, sentence);
    assert_null(none.modules.bits);
    assert_int_equal(removed, -1);
}

static void what_cannot_be_carried_is_refused(void **state)
{
    (void)state;
    static const struct {
        enum symbology symbology;
        const char *text, *sentence;
    } cases[] = {
        {SYMBOL_EAN, "6901234567893", "check digit 3, but for EAN-13 it should be 2"},
        {SYMBOL_EAN, "96385075", "check digit 5, but for EAN-8 it should be 4"},
        {SYMBOL_EAN, "", "empty"},
        {SYMBOL_EAN, "12345", "5 digits"},
        {SYMBOL_EAN, "123456789", "9 digits"},
        {SYMBOL_EAN, "12345678901234", "14 digits"},
        {SYMBOL_EAN, "690123456789X", "contains \"X\""},
        {SYMBOL_EAN, "-901234567892", "contains \"-\""},
        {SYMBOL_EAN, "690123456789+12", "contains \"+\""}, /* an add-on, to libzint */
        {SYMBOL_ITF14, "19521234543211", "check digit 1, but for ITF-14 it should be 0"},
        {SYMBOL_ITF14, "195212345432", "12 digits"},
        {SYMBOL_ITF14, "195212345432100", "15 digits"},
        {SYMBOL_CODE128, "", "empty"},
        {SYMBOL_CODE128, ZWSP, "empty"},
        {SYMBOL_CODE128, "A" GS "1", "U+001D"},
        {SYMBOL_CODE128, "A\n", "U+000A"},
        {SYMBOL_CODE128, "A\x7F", "U+007F"},
        {SYMBOL_CODE128, "单号1", "contains \"单\", which Code 128 cannot carry"},
        {SYMBOL_CODE128, "\xC3", "UTF-8"},
        {SYMBOL_QR, "A\t", "U+0009"},
        {SYMBOL_QR, "\xED\xA0\x80", "UTF-8"},
        {SYMBOL_DATA_MATRIX, "A\xC2\x85", "U+0085"},
        {SYMBOL_PDF417, "A\x1B", "U+001B"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        refuse(&(struct symbol_request){.field = "waybill", .symbology = cases[i].symbology, .text = cases[i].text},
               -EINVAL, LABEL_CHARACTER, cases[i].sentence);
}

static void what_is_invisible_is_left_out_and_counted(void **state)
{
    (void)state;
    static const enum symbology kinds[] = {SYMBOL_CODE128, SYMBOL_QR, SYMBOL_DATA_MATRIX, SYMBOL_PDF417};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        CLEANUP(symbol_done) struct symbol symbol = {0}, plain = {0};
        int64_t removed = 0;
        assert_int_equal(make(kinds[i], ZWSP "A" RLO " 1" ZWJ "\xEF\xBB\xBF", &symbol, &removed, NULL), 0);
        assert_int_equal(removed, 4);
        assert_string_equal(symbol.text, "A 1");
        assert_int_equal(make(kinds[i], "A 1", &plain, NULL, NULL), 0);
        assert_memory_equal(symbol.modules.bits, plain.modules.bits,
                            plain.modules.stride * (size_t)plain.modules.height);
    }
}

static void what_is_too_long_is_an_overflow(void **state)
{
    (void)state;
    char text[SYMBOL_TEXT_MAX + 2];
    memset(text, 'a', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    for (enum symbology kind = 0; kind < SYMBOLOGIES; kind++)
        if (kind != SYMBOL_GS1_128 && kind != SYMBOL_GS1_DATA_MATRIX)
            refuse(&(struct symbol_request){.field = "code", .symbology = kind, .text = text}, -EOVERFLOW,
                   LABEL_OVERFLOW, "longer than");
    text[100] = '\0';
    refuse(&(struct symbol_request){.field = "code", .symbology = SYMBOL_CODE128, .text = text}, -EOVERFLOW,
           LABEL_OVERFLOW, "longer than Code 128");
    memset(text, '+', SYMBOL_TEXT_MAX); /* a QR code and Data Matrix hold more than PDF417 */
    text[SYMBOL_TEXT_MAX] = '\0';
    static const enum symbology kinds[] = {SYMBOL_QR, SYMBOL_DATA_MATRIX, SYMBOL_PDF417};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        CLEANUP(symbol_done) struct symbol symbol = {0};
        assert_int_equal(make(kinds[i], text, &symbol, NULL, NULL), 0);
    }
}

/* ---------------------------------------------------------------- Code 128 */

enum { SHIFT = 98, TO_C = 99, TO_B = 100, TO_A = 101, FNC1 = 102, START_A = 103, START_B, START_C };

/* ISO/IEC 15417, read by hand: what the words say, FNC1 as GS. */
static void say_words(const struct symbol *symbol, struct buf *out)
{
    char set = 0;
    bool shifted = false;
    for (size_t i = 0; i < symbol->codeword_count; i++) {
        int word = symbol->codewords[i];
        char now = !shifted ? set : set == 'A' ? 'B' : 'A';
        shifted = false;
        if (word >= START_A)
            set = (char)('A' + word - START_A);
        else if (word == FNC1)
            buf_puts(out, GS);
        else if (now == 'C' && word < 100)
            buf_printf(out, "%02d", word);
        else if (now != 'C' && word < 96 && (now == 'B' || word < 64))
            buf_putc(out, (char)(word + ' '));
        else if (word == SHIFT)
            shifted = true;
        else if (word == TO_C || (word == TO_B && set != 'B') || (word == TO_A && set != 'A'))
            set = word == TO_C ? 'C' : word == TO_B ? 'B' : 'A';
        else
            fail_msg("word %d in set %c", word, now);
    }
}

static void code_words_say_the_text(void **state)
{
    (void)state;
    struct random_seeded seed = {11};
    int made = 0;
    for (int i = 0; i < 2000; i++) {
        char text[41];
        size_t length = 1 + random_next(&seed) % 40;
        for (size_t k = 0; k < length; k++) { /* runs of digits among other characters */
            uint64_t r = random_next(&seed);
            bool digit = k && text[k - 1] >= '0' && text[k - 1] <= '9' ? r % 5 > 0 : r % 3 == 0;
            text[k] = (char)(digit ? '0' + (r >> 8) % 10 : ' ' + (r >> 8) % 95);
        }
        text[length] = '\0';
        CLEANUP(symbol_done) struct symbol symbol = {0};
        struct label_fault fault = {0};
        if (make(SYMBOL_CODE128, text, &symbol, NULL, &fault))
            fail_msg("%s: %s", text, fault.error.text);
        made++;
        assert_int_equal(symbol.modules.width, (int)(symbol.codeword_count + 2) * 11 + 2);
        CLEANUP_BUF struct buf said = {0};
        say_words(&symbol, &said);
        assert_string_equal(said.data, text);
    }
    assert_int_equal(made, 2000);
}

/* ---------------------------------------------------------------- GS1 */

static const struct gs1_element item[] = {{"01", "09521234543213"}, {"10", "ABC"}, {"17", "261231"}, {"21", "S(1)"}};

static void gs1_elements_stay_apart(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        CLEANUP(symbol_done) struct symbol symbol = {0};
        struct symbol_request request = {.field = "item",
                                         .symbology = i ? SYMBOL_GS1_DATA_MATRIX : SYMBOL_GS1_128,
                                         .elements = item,
                                         .element_count = COUNT(item)};
        assert_int_equal(symbol_make(&request, &symbol, NULL, NULL), 0);
        assert_string_equal(symbol.text, "010952123454321310ABC" GS "1726123121S(1)");
        assert_string_equal(symbol.hri, "(01)09521234543213(10)ABC(17)261231(21)S(1)");
        if (i)
            continue;
        CLEANUP_BUF struct buf said = {0};
        say_words(&symbol, &said);
        assert_string_equal(said.data, GS "010952123454321310ABC" GS "1726123121S(1)");
    }
}

/* One element, then a date: FNC1 stands between them just where the text says so. */
static void fnc1_stands_where_the_text_says(void **state)
{
    (void)state;
    static const struct gs1_element firsts[] = {{"00", "395212345678901236"},
                                                {"02", "09521234543213"},
                                                {"11", "261231"},
                                                {"20", "01"},
                                                {"240", "X"},
                                                {"3103", "001250"},
                                                {"37", "12"},
                                                {"3922", "1299"},
                                                {"400", "PO-1"},
                                                {"410", "9521234000006"},
                                                {"420", "200000"},
                                                {"422", "156"},
                                                {"7003", "2612312359"},
                                                {"8005", "001299"},
                                                {"99", "a_b"}};
    for (size_t i = 0; i < COUNT(firsts); i++) {
        struct gs1_element elements[] = {firsts[i], {"15", "261231"}};
        CLEANUP(symbol_done) struct symbol symbol = {0};
        struct label_fault fault = {0};
        struct symbol_request request = {
            .field = "item", .symbology = SYMBOL_GS1_128, .elements = elements, .element_count = 2};
        if (symbol_make(&request, &symbol, NULL, &fault))
            fail_msg("(%s): %s", firsts[i].ai, fault.error.text);
        CLEANUP_BUF struct buf said = {0};
        say_words(&symbol, &said);
        assert_string_equal(said.data + 1, symbol.text);
    }
}

static void gs1_rules_are_kept(void **state)
{
    (void)state;
    static const struct {
        struct gs1_element element;
        const char *sentence;
    } cases[] = {
        {{"01", "09521234543214"}, "(01) of item has a wrong check digit; it should be 3"},
        {{"01", "9521234543213"}, "(01) of item does not have the length"},
        {{"01", "0952123454321A"}, "(01) of item must consist of digits"},
        {{"17", "261331"}, "(17) of item is no date"},
        {{"05", "1"}, "(05) of item is no GS1 application identifier"},
        {{"1", "1"}, "not two to four digits"},
        {{"1]", "1"}, "not two to four digits"},
        {{"10", ""}, "(10) of item is empty"},
        {{"10", "A B"}, "(10) of item contains \" \""},
        {{"10", "A[17]261231"}, "(10) of item contains \"[\""},
        {{"10", "A" GS "17261231"}, "U+001D"},
        {{"10", "批号"}, "contains \"批\""},
        {{"10", "123456789012345678901"}, "(10) of item does not have the length"},
        {{"421", "99912"}, "(421) of item breaks a rule"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        for (int matrix = 0; matrix < 2; matrix++) {
            struct symbol_request request = {.field = "item",
                                             .symbology = matrix ? SYMBOL_GS1_DATA_MATRIX : SYMBOL_GS1_128,
                                             .elements = &cases[i].element,
                                             .element_count = 1};
            struct label_fault fault = {0};
            struct symbol none;
            assert_int_equal(symbol_make(&request, &none, NULL, &fault), -EINVAL);
            assert_string_equal(fault.code, LABEL_CHARACTER);
            assert_string_equal(fault.field, "item");
            if (!strstr(fault.error.text, cases[i].sentence))
                fail_msg("'%s' does not say '%s'", fault.error.text, cases[i].sentence);
        }
    refuse(&(struct symbol_request){.field = "item", .symbology = SYMBOL_GS1_128}, -EINVAL, LABEL_CHARACTER, "empty");
    struct gs1_element many[4];
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = (struct gs1_element){"99", "abcdefghijklmnopqrstuvwxyz"};
    refuse(
        &(struct symbol_request){
            .field = "item", .symbology = SYMBOL_GS1_128, .elements = many, .element_count = COUNT(many)},
        -EOVERFLOW, LABEL_OVERFLOW, "longer than GS1-128");
}

/* ---------------------------------------------------------------- QR */

/* libzint, told version, level and mask, makes the same modules: so they are what we say. */
static void qr_codes_know_their_mask(void **state)
{
    (void)state;
    static const int zint_levels[] = {[QR_MEDIUM] = 2, [QR_LOW] = 1, [QR_QUARTILE] = 3, [QR_HIGH] = 4};
    struct random_seeded seed = {5};
    unsigned masks = 0;
    for (int i = 0; i < 80; i++) {
        char text[101]; /* small letters alone are one run of bytes to both libraries */
        size_t length = 1 + (size_t)i + random_next(&seed) % 20;
        for (size_t k = 0; k < length; k++)
            text[k] = (char)('a' + random_next(&seed) % 26);
        text[length] = '\0';
        CLEANUP(symbol_done) struct symbol symbol = {0};
        struct symbol_request request = {
            .field = "qr", .symbology = SYMBOL_QR, .text = text, .level = (enum qr_level)(i % 4)};
        assert_int_equal(symbol_make(&request, &symbol, NULL, NULL), 0);
        masks |= 1U << symbol.mask;
        struct zint_symbol *zint = ZBarcode_Create();
        zint->symbology = BARCODE_QRCODE;
        zint->option_1 = zint_levels[symbol.level];
        zint->option_2 = symbol.version;
        zint->option_3 = (symbol.mask + 1) << 8;
        assert_int_equal(ZBarcode_Encode(zint, (const unsigned char *)text, 0), 0);
        assert_int_equal(zint->width, symbol.modules.width);
        int different = 0;
        for (int y = 0; y < zint->rows; y++)
            for (int x = 0; x < zint->width; x++)
                different += dots_get(&symbol.modules, x, y) != (zint->encoded_data[y][x / 8] >> (x % 8) & 1);
        ZBarcode_Delete(zint);
        assert_int_equal(different, 0);
    }
    assert_true(__builtin_popcount(masks) >= 6);
}

/* ---------------------------------------------------------------- read by others */

/* The first line of what zbarimg says of a picture. */
static void run_zbar(const char *path, char *line, size_t size)
{
    int said[2];
    assert_int_equal(pipe(said), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(said[1], STDOUT_FILENO);
        execlp("zbarimg", "zbarimg", "--quiet", "--nodbus", path, (char *)NULL);
        _exit(127);
    }
    close(said[1]);
    FILE *output = fdopen(said[0], "r");
    assert_non_null(output);
    if (!fgets(line, (int)size, output))
        line[0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    fclose(output);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void write_file(const char *path, const struct buf *content)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(content->data, 1, content->length, file), content->length);
    assert_int_equal(fclose(file), 0);
}

static void draw_as_png(const struct symbol_request *request, int turns, const char *path)
{
    CLEANUP(label_free_p) struct label *label = NULL;
    assert_int_equal(label_new(203, 900, 900, &label, NULL), 0);
    struct label_symbol symbol = {
        .request = *request, .box = {40, 40, 640, 640}, .least_module = 2, .most_module = 4, .turns = turns};
    struct label_fault fault = {0};
    symbol.request.field = "code";
    if (label_add_symbol(label, &symbol, NULL, &fault))
        fail_msg("%s", fault.error.text);
    CLEANUP(dots_done) struct dots page = {0};
    CLEANUP_BUF struct buf png = {0};
    assert_int_equal(label_draw(label, &page), 0);
    assert_int_equal(png_write(&page, 203, &png), 0);
    write_file(path, &png);
}

/* Turned all ways. Pictures and what they say stay in OUT/symbols, where tests/label/symbols.mjs reads them. */
static void others_read_them(void **state)
{
    (void)state;
    static const struct {
        struct symbol_request request;
        const char *zbar;  /* NULL: it does not know them */
        const char *zxing; /* format, AIM identifier, text */
    } cases[] = {
        {{.symbology = SYMBOL_CODE128, .text = "SF1234567890123"},
         "CODE-128:SF1234567890123",
         "Code128 ]C0 SF1234567890123"},
        {{.symbology = SYMBOL_CODE128, .text = "a ~^_\\\"7"}, "CODE-128:a ~^_\\\"7", "Code128 ]C0 a ~^_\\\"7"},
        {{.symbology = SYMBOL_GS1_128, .elements = item, .element_count = 2},
         "CODE-128:010952123454321310ABC",
         "Code128 ]C1 (01)09521234543213(10)ABC"},
        {{.symbology = SYMBOL_EAN, .text = "6901234567892"}, "EAN-13:6901234567892", "EAN13 ]E0 6901234567892"},
        {{.symbology = SYMBOL_EAN, .text = "012345678905"}, "EAN-13:0012345678905", "EAN13 ]E0 0012345678905"},
        {{.symbology = SYMBOL_EAN, .text = "96385074"}, "EAN-8:96385074", "EAN8 ]E4 96385074"},
        {{.symbology = SYMBOL_EAN, .text = "425261"}, "EAN-13:0042100005264", "UPCE ]E0 0042100005264"},
        {{.symbology = SYMBOL_ITF14, .text = "19521234543210"}, "I2/5:19521234543210", "ITF ]I1 19521234543210"},
        {{.symbology = SYMBOL_QR, .text = "张三 单号1"}, "QR-Code:张三 单号1", "QRCode ]Q1 张三 单号1"},
        {{.symbology = SYMBOL_QR, .text = "https://id.gs1.org/01/09521234543213", .level = QR_HIGH},
         "QR-Code:https://id.gs1.org/01/09521234543213",
         "QRCode ]Q1 https://id.gs1.org/01/09521234543213"},
        {{.symbology = SYMBOL_DATA_MATRIX, .text = "LOC-A01-02"}, NULL, "DataMatrix ]d1 LOC-A01-02"},
        {{.symbology = SYMBOL_DATA_MATRIX, .text = "单号 1é"}, NULL, "DataMatrix ]d1 单号 1é"},
        {{.symbology = SYMBOL_GS1_DATA_MATRIX, .elements = item, .element_count = COUNT(item)},
         NULL,
         "DataMatrix ]d2 (01)09521234543213(10)ABC(17)261231(21)S(1)"},
        {{.symbology = SYMBOL_PDF417, .text = "TOTE 17"}, NULL, "PDF417 ]L2 TOTE 17"},
        {{.symbology = SYMBOL_PDF417, .text = "单号 1é"}, NULL, "PDF417 ]L2 单号 1é"},
    };
    const char *out = getenv("OUT");
    CLEANUP_BUF struct buf folder = {0}, path = {0}, expected = {0};
    buf_printf(&folder, "%s/symbols", out ? out : "build");
    assert_true(mkdir(folder.data, 0755) == 0 || errno == EEXIST);
    json_open_object(&expected, NULL);
    for (size_t i = 0; i < 4 * COUNT(cases); i++) {
        char name[20], line[200];
        snprintf(name, sizeof(name), "%02zu-%zu.png", i / 4, i % 4);
        buf_clear(&path);
        buf_printf(&path, "%s/%s", folder.data, name);
        draw_as_png(&cases[i / 4].request, (int)(i % 4), path.data);
        json_text(&expected, name, cases[i / 4].zxing);
        if (!cases[i / 4].zbar)
            continue;
        run_zbar(path.data, line, sizeof(line));
        assert_string_equal(line, cases[i / 4].zbar);
    }
    json_close_object(&expected);
    buf_clear(&path);
    buf_printf(&path, "%s/expected.json", folder.data);
    write_file(path.data, &expected);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_symbology_has_its_size_and_quiet_zone),
        cmocka_unit_test(the_count_of_digits_says_which_code_it_is),
        cmocka_unit_test(what_cannot_be_carried_is_refused),
        cmocka_unit_test(what_is_invisible_is_left_out_and_counted),
        cmocka_unit_test(what_is_too_long_is_an_overflow),
        cmocka_unit_test(code_words_say_the_text),
        cmocka_unit_test(gs1_elements_stay_apart),
        cmocka_unit_test(fnc1_stands_where_the_text_says),
        cmocka_unit_test(gs1_rules_are_kept),
        cmocka_unit_test(qr_codes_know_their_mask),
        cmocka_unit_test(others_read_them),
    };
    return cmocka_run_group_tests_name("symbol", tests, NULL, NULL);
}
