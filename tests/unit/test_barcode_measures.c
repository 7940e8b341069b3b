#include "barcode/barcode.h"
#include "base/cleanup.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct barcode code;

static void parse(const char *text)
{
    struct barcode_error error;
    if (barcode_parse(text, strlen(text), &code, &error) != 0)
        fail_msg("%s: %s", text, error.message);
}

#define UNTOUCHED -77

static void test_weights(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int result;
        int64_t net;
        int gross_result;
        int64_t gross;
    } weights[] = {
        {"]C13103001250", 0, 1250, -ENOENT, UNTOUCHED},
        {"]C13100000012", 0, 12000, -ENOENT, UNTOUCHED},
        {"]C13100999999", 0, 999999000, -ENOENT, UNTOUCHED},
        {"]C13102012345", 0, 123450, -ENOENT, UNTOUCHED},
        {"]C13105999999", 0, 10000, -ENOENT, UNTOUCHED}, /* 9.99999 kg */
        {"]C13104000005", 0, 1, -ENOENT, UNTOUCHED},     /* half a gram */
        {"]C13104000014", 0, 1, -ENOENT, UNTOUCHED},
        {"]C13104000015", 0, 2, -ENOENT, UNTOUCHED},
        {"]C13104000004", -ERANGE, UNTOUCHED, -ENOENT, UNTOUCHED},
        {"]C13103000000", -ERANGE, UNTOUCHED, -ENOENT, UNTOUCHED},
        {"]C13200000001", 0, 454, -ENOENT, UNTOUCHED}, /* 453.59237 g */
        {"]C13202000100", 0, 454, -ENOENT, UNTOUCHED},
        {"]C13200999999", 0, 453591916, -ENOENT, UNTOUCHED},       /* 453591916.40763 g */
        {"]C13205000110", -ERANGE, UNTOUCHED, -ENOENT, UNTOUCHED}, /* 0.4990 g */
        {"]C13205000111", 0, 1, -ENOENT, UNTOUCHED},               /* 0.5035 g */
        {"]C13302000250", -ENOENT, UNTOUCHED, 0, 2500},
        {"]C13401000100", -ENOENT, UNTOUCHED, 0, 4536},
        {"]C13202000100"
         "3103000450"
         "3301000010",
         0, 450, 0, 1000}, /* of two units kilograms */
        {"https://example.com/01/99521234543216?3103=000195", 0, 195, -ENOENT, UNTOUCHED},
        {"]C110A", -ENOENT, UNTOUCHED, -ENOENT, UNTOUCHED},
        {"9521234543213", -ENOENT, UNTOUCHED, -ENOENT, UNTOUCHED},
        {"]C13110001250", -ENOENT, UNTOUCHED, -ENOENT, UNTOUCHED}, /* a length */
    };
    for (size_t i = 0; i < COUNT(weights); i++) {
        int64_t net = UNTOUCHED, gross = UNTOUCHED;
        parse(weights[i].text);
        if (barcode_weight_g(&code, &net) != weights[i].result || net != weights[i].net)
            fail_msg("%s: net %lld", weights[i].text, (long long)net);
        if (barcode_gross_weight_g(&code, &gross) != weights[i].gross_result || gross != weights[i].gross)
            fail_msg("%s: gross %lld", weights[i].text, (long long)gross);
    }
}

static void test_counts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int result;
        int64_t count;
    } counts[] = {
        {"]C13012", 0, 12},
        {"]C13799999999", 0, 99999999},
        {"]C130012\x1D"
         "3704",
         0, 12},
        {"]C10209521234543213"
         "3012\x1D"
         "3704",
         0, 4},
        {"]C1300", -ERANGE, UNTOUCHED},
        {"]C137000", -ERANGE, UNTOUCHED},
        {"]C110A", -ENOENT, UNTOUCHED},
    };
    for (size_t i = 0; i < COUNT(counts); i++) {
        int64_t count = UNTOUCHED;
        parse(counts[i].text);
        if (barcode_count(&code, &count) != counts[i].result || count != counts[i].count)
            fail_msg("%s: %lld", counts[i].text, (long long)count);
    }
}

static void test_lot_serial_expiry(void **state)
{
    (void)state;
    char date[11] = "unchanged";
    parse("]d2010952123454321317261200"
          "10L7\x1D"
          "21S1");
    assert_string_equal(barcode_lot(&code), "L7");
    assert_string_equal(barcode_serial(&code), "S1");
    assert_int_equal(barcode_expiry(&code, 2026, date), 0);
    assert_string_equal(date, "2026-12-31");
    parse("]d215270115"
          "17261231");
    assert_int_equal(barcode_expiry(&code, 2026, date), 0);
    assert_string_equal(date, "2026-12-31");
    parse("]d215270115"
          "70032701101430");
    assert_int_equal(barcode_expiry(&code, 2026, date), 0);
    assert_string_equal(date, "2027-01-10");
    parse("]d215270115");
    assert_int_equal(barcode_expiry(&code, 2026, date), 0);
    assert_string_equal(date, "2027-01-15");
    parse("]d211260101");
    assert_int_equal(barcode_expiry(&code, 2026, date), -ENOENT);
    assert_string_equal(date, "2027-01-15");
    assert_null(barcode_lot(&code));
    assert_null(barcode_serial(&code));
}

static void test_addon(void **state)
{
    (void)state;
    static const struct {
        const char *text, *addon, *gtin14;
    } addons[] = {
        {"]E3977123456789812", "12", "09771234567898"},
        {"]E3978030640615751999", "51999", "09780306406157"},
        {"]E304210000526412", "12", "00042100005264"},
        {"]E304210000526412345", "12345", "00042100005264"},
        {"]E30425261412", "12", "00042100005264"},
        {"]E09780306406157", "", "09780306406157"},
        {"]E112", "", ""},
    };
    for (size_t i = 0; i < COUNT(addons); i++) {
        parse(addons[i].text);
        assert_string_equal(code.addon, addons[i].addon);
        assert_string_equal(code.gtin14, addons[i].gtin14);
    }
}

/* The two examples of General Specifications, 7.9.3 and 7.9.4; and each wrong digit is found. */
static void test_verifiers(void **state)
{
    (void)state;
    assert_int_equal(barcode_measure_check_digit("2875", 4), '9');
    assert_int_equal(barcode_measure_check_digit("14685", 5), '6');
    assert_int_equal(barcode_measure_check_digit("00000", 5), '0');
    assert_int_equal(barcode_measure_check_digit("123", 3), '\0');
    assert_int_equal(barcode_measure_check_digit("123456", 6), '\0');
    for (size_t n = 4; n <= 5; n++) {
        for (int number = 0; number < 10000; number += 7) {
            char right[16];
            snprintf(right, sizeof(right), "%0*d", (int)n, number);
            char verifier = barcode_measure_check_digit(right, n);
            for (size_t at = 0; at < n; at++) {
                char wrong[16];
                memcpy(wrong, right, sizeof(wrong));
                wrong[at] = wrong[at] == '9' ? '0' : (char)(wrong[at] + 1);
                assert_int_not_equal(barcode_measure_check_digit(wrong, n), verifier);
            }
        }
    }
}

static void test_in_store(void **state)
{
    (void)state;
    static const struct {
        const char *format, *code;
        int result;
        const char *item;
        enum barcode_measure measure;
        int64_t value;
    } numbers[] = {
        {"20IIIIIWWWWWC", "2012345015005", 0, "2012345000001", BARCODE_MEASURE_WEIGHT_G, 1500},
        {"20IIIIIWWWWWC", "2012345000001", 0, "2012345000001", BARCODE_MEASURE_WEIGHT_G, 0},
        {"20IIIIIWWWWWC", "2012345999992", 0, "2012345000001", BARCODE_MEASURE_WEIGHT_G, 99999},
        {"20IIIIIWWWWWC", "2012345015006", -EBADMSG, NULL, 0, 0},
        {"20IIIIIWWWWWC", "2112345015008", -ENOENT, NULL, 0, 0},
        {"20IIIIIWWWWWC", "201234501500", -ENOENT, NULL, 0, 0},
        {"20IIIIIWWWWWC", "20123450150A1", -ENOENT, NULL, 0, 0},
        {"22IIIIIPPPPPC", "2200017012999", 0, "2200017000002", BARCODE_MEASURE_PRICE, 1299},
        {"28IIIIIQQQQQC", "2800001000126", 0, "2800001000003", BARCODE_MEASURE_PIECES, 12},
        {"02IIIIIVPPPPC", "0212345928752", 0, "0212345000007", BARCODE_MEASURE_PRICE, 2875},
        {"02IIIIIVPPPPC", "212345928752", 0, "0212345000007", BARCODE_MEASURE_PRICE, 2875},
        {"2IIIIIVPPPPC", "212345928752", 0, "212345000007", BARCODE_MEASURE_PRICE, 2875},
        {"2IIIIIVPPPPC", "0212345928752", 0, "212345000007", BARCODE_MEASURE_PRICE, 2875},
        {"02IIIIIVPPPPC", "0212345828755", -EBADMSG, NULL, 0, 0},
        {"21IIIIVWWWWWC", "2112346146859", 0, "2112340000003", BARCODE_MEASURE_WEIGHT_G, 14685},
        {"29IIIIIIIIIIC", "2901234567896", 0, "2901234567896", BARCODE_MEASURE_NONE, 0},
        {"2IIIIIIC", "20123451", 0, "20123451", BARCODE_MEASURE_NONE, 0},
        {"20IIIIIWWWWWW", "2012345015001", 0, "2012345000000", BARCODE_MEASURE_WEIGHT_G, 15001},
    };
    for (size_t i = 0; i < COUNT(numbers); i++) {
        struct barcode_in_store number = {.item = "unchanged"};
        int r = barcode_in_store(numbers[i].format, numbers[i].code, &number);
        if (r != numbers[i].result)
            fail_msg("%s %s: %d", numbers[i].format, numbers[i].code, r);
        assert_string_equal(number.item, r == 0 ? numbers[i].item : "unchanged");
        if (r != 0)
            continue;
        assert_int_equal(number.measure, numbers[i].measure);
        assert_int_equal(number.value, numbers[i].value);
    }
}

static void test_in_store_formats(void **state)
{
    (void)state;
    static const struct {
        const char *format, *fault;
    } formats[] = {
        {"20IIIIIWWWWWC", NULL},
        {"2IIIIIVPPPPC", NULL},
        {"2IIIIIIC", NULL},
        {"", "places"},
        {"20IIIIWWWWWC0", "end"},
        {"20IIIIIWWWWW", NULL},
        {"20IIIIIWWWWWCC", "places"},
        {"20IIIIIwwwwwC", "letters"},
        {"IIIIIIIWWWWWC", "begin"},
        {"20WWWWWWWWWWC", "item"},
        {"20IIWWWWIIIIC", "one place"},
        {"20IIIIWWPPPPC", "one of"},
        {"20IIIIICWWWWW", "end"},
        {"20IIIIVVWWWWC", "one V"},
        {"20IIIIIIVWWWC", "one V"},
        {"20IIIIIIIIIVC", "one V"},
        {"20IIIVWWWWWWC", "one V"},
    };
    for (size_t i = 0; i < COUNT(formats); i++) {
        struct barcode_in_store number;
        const char *fault = barcode_in_store_format_fault(formats[i].format);
        assert_int_equal(fault == NULL, formats[i].fault == NULL);
        if (!fault || !formats[i].fault)
            continue;
        if (!strstr(fault, formats[i].fault))
            fail_msg("%s %s", formats[i].format, fault);
        assert_int_equal(barcode_in_store(formats[i].format, "2012345015001", &number), -EINVAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights),           cmocka_unit_test(test_counts),
        cmocka_unit_test(test_lot_serial_expiry), cmocka_unit_test(test_addon),
        cmocka_unit_test(test_verifiers),         cmocka_unit_test(test_in_store),
        cmocka_unit_test(test_in_store_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
