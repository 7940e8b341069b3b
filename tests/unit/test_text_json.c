/* Numbers come through as they were written, what is no JSON is refused, and texts become money and times exactly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"
#include "sync/platforms/text_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static json_t *load(const char *text)
{
    json_t *root = NULL;
    struct error error = {0};
    int result = text_json_load(text, strlen(text), &root, &error);
    assert_true(result == 0 ? root != NULL : root == NULL && *error.text);
    return root;
}

static void numbers_stay_what_they_were(void **state)
{
    (void)state;
    static const char *const numbers[] = {"0",     "-0",  "9007199254740993", "12345678901234567890123", "19.90",
                                          "1e400", "1E2", "-0.10e-3",         "1.7976931348623157e+308"};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        char text[128];
        snprintf(text, sizeof(text), "\xEF\xBB\xBF {\"a\" : [ %s , {\"b\":%s}], \"c\":%s\n}", numbers[i], numbers[i],
                 numbers[i]);
        json_t *root = load(text);
        assert_string_equal(text_json_text(root, "c"), numbers[i]);
        assert_string_equal(json_string_value(json_array_get(json_object_get(root, "a"), 0)), numbers[i]);
        json_decref(root);
    }
}

static void what_is_no_json_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",           "1",          "\"a\"",     "{",          "{\"a\":1", "{\"a\":01}", "{\"a\":1.}",     "{\"a\":.5}",
        "{\"a\":+1}", "{\"a\":1e}", "{\"a\":-}", "{\"a\":1x}", "{1:2}",    "{1 :2}",     "{\"a\":1\"b\"}", "[1 2]",
        "[1,]",       "{\"a\":\"",  "[\"\\",     "[\"\\u12",   "[0x10]",   "[NaN]",      "<html></html>",  "[1]]"};
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_null(load(wrong[i]));
}

static void digits_in_strings_are_left_alone(void **state)
{
    (void)state;
    json_t *root = load("{\"1\":\"a \\\"2\\\" 3 \\\\\",\"b\":\"-4\"}");
    assert_string_equal(text_json_text(root, "1"), "a \"2\" 3 \\");
    assert_string_equal(text_json_text(root, "b"), "-4");
    json_decref(root);
}

/* A title that was cut in the middle of a character does not cost the order. */
static void broken_characters_are_mended(void **state)
{
    (void)state;
    static const char *const broken[][2] = {
        {"[\"a\\ud83d\"]", "a\uFFFD"},   {"[\"\\ud83d\\ude00\"]", "\U0001F600"},
        {"[\"\\ude00b\"]", "\uFFFDb"},   {"[\"\\ud83d\\u0041\"]", "\uFFFDA"},
        {"[\"a\\u0000b\"]", "a\uFFFDb"}, {"[\"\xE8\x8C\"]", "\uFFFD\uFFFD"},
        {"[\"\xFF\\n\"]", "\uFFFD\n"},   {"[\"\\uD83D\\uD83D\\uDE00\"]", "\uFFFD\U0001F600"},
    };
    for (size_t i = 0; i < COUNT(broken); i++) {
        json_t *root = load(broken[i][0]);
        assert_string_equal(json_string_value(json_array_get(root, 0)), broken[i][1]);
        json_decref(root);
    }
    json_t *root = NULL;
    assert_int_equal(text_json_load("[\"a\0b\"]", 7, &root, NULL), 0);
    assert_string_equal(json_string_value(json_array_get(root, 0)), "a\uFFFDb");
    json_decref(root);
}

static void depth_and_size_have_limits(void **state)
{
    (void)state;
    char *text = calloc(1, TEXT_JSON_MAX + 2);
    json_t *root;
    assert_non_null(text);
    memset(text, '[', TEXT_JSON_DEPTH_MAX);
    memset(text + TEXT_JSON_DEPTH_MAX, ']', TEXT_JSON_DEPTH_MAX);
    assert_int_equal(text_json_load(text, 2 * (size_t)TEXT_JSON_DEPTH_MAX, &root, NULL), 0);
    json_decref(root);
    memset(text, '[', TEXT_JSON_DEPTH_MAX + 1);
    assert_int_equal(text_json_load(text, 2 * (size_t)TEXT_JSON_DEPTH_MAX + 1, &root, NULL), -EBADMSG);
    memset(text, ' ', TEXT_JSON_MAX + 1);
    memcpy(text, "[]", 2);
    assert_int_equal(text_json_load(text, TEXT_JSON_MAX, &root, NULL), 0);
    json_decref(root);
    assert_int_equal(text_json_load(text, TEXT_JSON_MAX + 1, &root, NULL), -EMSGSIZE);
    free(text);
}

/* ---------------------------------------------------------------- money */

struct amount {
    const char *text;
    int64_t minor;
};

static void decimals_are_exact(void **state)
{
    (void)state;
    static const struct amount good[] = {
        {"0", 0},
        {"-0", 0},
        {"0.00", 0},
        {"19.9", 1990},
        {"-0.01", -1},
        {"1e2", 10000},
        {"1.5e1", 1500},
        {"1E+2", 10000},
        {"1e-2", 1},
        {"100e-4", 1},
        {"1.230000", 123},
        {"007.5", 750},
        {"0e99", 0},
        {"0e-99", 0},
        {"0.1e1", 100},
        {"92233720368547758.07", INT64_MAX},
        {"-92233720368547758.08", INT64_MIN},
    };
    static const struct amount wrong[] = {
        {"", -EINVAL},
        {"-", -EINVAL},
        {".5", -EINVAL},
        {"5.", -EINVAL},
        {"1,5", -EINVAL},
        {"1 ", -EINVAL},
        {"+1", -EINVAL},
        {"0x1", -EINVAL},
        {"1e", -EINVAL},
        {"1e+-2", -EINVAL},
        {"0.001", -EINVAL},
        {"1e-3", -EINVAL},
        {"0.30000000000000004", -EINVAL},
        {"nan", -EINVAL},
        {"1e20", -ERANGE},
        {"1e500", -ERANGE},
        {"92233720368547758.08", -ERANGE},
        {"-92233720368547758.09", -ERANGE},
        {"11111111111111111111111111111111111111111111111111111111111111111", -ERANGE},
    };
    int64_t minor = 7;
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(decimal_to_minor(wrong[i].text, &minor), wrong[i].minor);
    assert_int_equal(minor, 7);
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_int_equal(decimal_to_minor(good[i].text, &minor), 0);
        assert_int_equal(minor, good[i].minor);
    }
}

static void noise_of_floats_is_not_money(void **state)
{
    (void)state;
    static const struct amount good[] = {
        {"0.30000000000000004", 30},
        {"29.999999999999996", 3000},
        {"-0.30000000000000004", -30},
        {"1.005e2", 10050},
        {"0.99999999", 100},
        {"1e-15", 0},
        {"-29.999999999999996", -3000},
        {"19.9", 1990},
        {"0.0000000049999", 0},
    };
    static const char *const wrong[] = {"0.005",      "0.29999", "0.300001",
                                        "0.12345678", "1e-3",    "92233720368547758.0799999999"};
    int64_t minor;
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_int_equal(decimal_near_minor(good[i].text, &minor), 0);
        assert_int_equal(minor, good[i].minor);
    }
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_not_equal(decimal_near_minor(wrong[i], &minor), 0);
}

static void yuan_are_written_and_read_again(void **state)
{
    (void)state;
    static const struct amount written[] = {{"0.00", 0},
                                            {"0.01", 1},
                                            {"-0.10", -10},
                                            {"123.45", 12345},
                                            {"92233720368547758.07", INT64_MAX},
                                            {"-92233720368547758.08", INT64_MIN}};
    for (size_t i = 0; i < COUNT(written); i++) {
        char text[DECIMAL_SIZE];
        int64_t minor;
        decimal_from_minor(written[i].minor, text);
        assert_string_equal(text, written[i].text);
        assert_int_equal(decimal_to_minor(text, &minor), 0);
        assert_int_equal(minor, written[i].minor);
    }
}

static void whole_numbers(void **state)
{
    (void)state;
    int64_t number;
    assert_int_equal(decimal_to_whole("3.0", &number), 0);
    assert_int_equal(number, 3);
    assert_int_equal(decimal_to_whole("1e2", &number), 0);
    assert_int_equal(number, 100);
    assert_int_equal(decimal_to_whole("3.5", &number), -EINVAL);
    assert_int_equal(decimal_to_whole("9223372036854775808", &number), -ERANGE);
}

/* ---------------------------------------------------------------- times */

#define US INT64_C(1000000)

static void times_are_chinas(void **state)
{
    (void)state;
    static const struct amount good[] = {
        {"2024-06-01 08:11:41", INT64_C(1717200701) * US},
        {"2024-06-01 08:11:41.683", INT64_C(1717200701) * US},
        {"2024-02-29 00:00:00", INT64_C(1709136000) * US},
        {"1970-01-01 08:00:01", US},
        {"1970-01-01 00:00:00", 0},
        {"0001-01-01 00:00:00", 0},
        {"0000-00-00 00:00:00", 0},
        {"1717200701", INT64_C(1717200701) * US},
        {"1717200701000", INT64_C(1717200701) * US},
        {"1717200701123", INT64_C(1717200701123) * 1000},
        {"0", 0},
        {"9999-12-31 23:59:59", INT64_C(253402271999) * US},
    };
    static const char *const wrong[] = {"",
                                        "2023-02-29 00:00:00",
                                        "2024-13-01 00:00:00",
                                        "2024-06-31 00:00:00",
                                        "2024-06-01 24:00:00",
                                        "2024-06-01T08:11:41",
                                        "2024-06-01",
                                        "2024-06-01 08:11:41Z",
                                        "-5",
                                        "999999999999999"};
    int64_t us;
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_int_equal(text_to_time(good[i].text, &us), 0);
        assert_int_equal(us, good[i].minor);
    }
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(text_to_time(wrong[i], &us), -EINVAL);
}

static void a_time_is_written_and_read_again(void **state)
{
    (void)state;
    char text[TEXT_TIME_SIZE];
    time_to_text(INT64_C(1717200701) * US, text);
    assert_string_equal(text, "2024-06-01 08:11:41");
    for (int64_t s = 1; s < INT64_C(253402271999); s += INT64_C(8380703) + s / 7) {
        int64_t us;
        time_to_text(s * US, text);
        assert_int_equal(text_to_time(text, &us), 0);
        assert_int_equal(us, s * US);
    }
}

/* ---------------------------------------------------------------- rows */

static void a_row_is_read_until_it_is_wrong(void **state)
{
    (void)state;
    struct error error = {0};
    struct text_reader reader = {.error = &error};
    char id[8], text[8];
    json_t *root = load("{\"a\":{\"id\":1234567,\"none\":null,\"zero\":0},\"long\":12345678,\"t\":true,\"f\":\"false\","
                        "\"name\":\"红茶红茶\",\"n\":\"x\"}");
    READ_ID(&reader, root, "a.id", id);
    assert_string_equal(id, "1234567");
    READ_ID(&reader, root, "a.zero", id);
    assert_string_equal(id, "");
    READ_ID(&reader, root, "a.none.deeper", id);
    assert_string_equal(id, "");
    READ_TEXT(&reader, root, "name", text);
    assert_string_equal(text, "红茶");
    assert_int_equal(read_yuan(&reader, root, "a.none"), 0);
    assert_true(text_json_true(root, "t") && text_json_true(root, "a.id"));
    assert_true(!text_json_true(root, "f") && !text_json_true(root, "a.zero") && !text_json_true(root, "gone"));
    assert_int_equal(reader.result, 0);
    READ_ID(&reader, root, "long", id);
    assert_int_equal(reader.result, -EBADMSG);
    assert_non_null(strstr(error.text, "\"long\""));
    assert_int_equal(read_whole(&reader, root, "a.id"), 0);
    reader.result = 0;
    read_whole(&reader, root, "n");
    assert_int_equal(reader.result, -EBADMSG);
    reader.result = 0;
    read_required(&reader, "", "tid");
    assert_int_equal(reader.result, -EBADMSG);
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_stay_what_they_were),
        cmocka_unit_test(what_is_no_json_is_refused),
        cmocka_unit_test(digits_in_strings_are_left_alone),
        cmocka_unit_test(broken_characters_are_mended),
        cmocka_unit_test(depth_and_size_have_limits),
        cmocka_unit_test(decimals_are_exact),
        cmocka_unit_test(noise_of_floats_is_not_money),
        cmocka_unit_test(yuan_are_written_and_read_again),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(times_are_chinas),
        cmocka_unit_test(a_time_is_written_and_read_again),
        cmocka_unit_test(a_row_is_read_until_it_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
