/* Numbers and units become milligrams. */
#include "drivers/scale/mass.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_units(void **state)
{
    (void)state;
    static const struct {
        const char *number, *unit;
        int64_t milligrams;
    } cases[] = {
        {"1", "kg", 1000000},
        {"1", "g", 1000},
        {"1", "mg", 1},
        {"1", "t", 1000000000},
        {"100", "lb", 45359237},
        {"1", "lb", 453592},   /* .37 */
        {"1.5", "lb", 680389}, /* 680388.555 */
        {"0.005", "lb", 2268}, /* 2267.96185 */
        {"1", "oz", 28350},    /* 28349.523125 */
        {"16", "oz", 453592},  /* a pound */
        {"1000000", "oz", 28349523125},
        {"10", "ozt", 311035}, /* 311034.768 */
        {"1", "ct", 200},
        {"0.0025", "ct", 1}, /* 0.5: away from zero */
        {"0.0024", "ct", 0},
        {"20", "dwt", 31103},   /* 31103.4768 */
        {"7000", "gr", 453592}, /* a pound */
        {"7000", "GN", 453592},
        {"1", "mom", 3750},
        {"1", "ton", 907184740},
        {"  12.340 ", " KG ", 12340000},
        {"+ 7.", "g", 7000},
        {".5", "g", 500},
        {"-0.5", "mg", -1}, /* half away from zero, below it too */
        {"0.499999999999999999", "mg", 0},
        {"9223372036854", "kg", 9223372036854000000},
        {"000000000000000000000001", "g", 1000},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct mass_number number;
        int64_t milligrams = 0;
        assert_int_equal(mass_number_parse(cases[i].number, strlen(cases[i].number), &number), 0);
        assert_int_equal(mass_milligrams(&number, mass_unit(cases[i].unit, strlen(cases[i].unit)), &milligrams), 0);
        assert_int_equal(milligrams, cases[i].milligrams);
    }
}

static void test_no_units(void **state)
{
    (void)state;
    static const char *const names[] = {"", " ", "k", "kgg", "tl", "tola", "%", "PC", "lb:oz", "k g"};
    for (size_t i = 0; i < COUNT(names); i++)
        assert_int_equal(mass_unit(names[i], strlen(names[i])), 0);
    assert_int_equal(mass_unit("kgX", 2), 1000000000000);
}

static void test_no_numbers(void **state)
{
    (void)state;
    static const char *const texts[] = {"",    " ",   "+",  "-",   ".",   "-.",    "1.2.3", "1,5", "1 2",
                                        "--1", "+-1", "1-", "1e3", "0x1", "1.5kg", "nan",   "\t1"};
    struct mass_number number = {.value = 77};
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_int_equal(mass_number_parse(texts[i], strlen(texts[i]), &number), -EINVAL);
    assert_int_equal(mass_number_parse("1234567890123456789", 19, &number), -ERANGE);
    assert_int_equal(mass_number_parse("0.0000000000000000001", 21, &number), -ERANGE);
    assert_int_equal(number.value, 77);
}

static void test_too_large(void **state)
{
    (void)state;
    int64_t milligrams = 77;
    const int64_t kg = mass_unit("kg", 2);
    assert_int_equal(mass_milligrams(&(struct mass_number){false, 9223372036855, 0}, kg, &milligrams), -ERANGE);
    assert_int_equal(mass_milligrams(&(struct mass_number){true, 9223372036855, 0}, kg, &milligrams), -ERANGE);
    assert_int_equal(mass_milligrams(&(struct mass_number){false, 999999999999999999, 18}, kg, &milligrams), -ERANGE);
    assert_int_equal(mass_milligrams(&(struct mass_number){false, 1, 18}, kg, &milligrams), -ERANGE);
    assert_int_equal(mass_milligrams(&(struct mass_number){false, 1, 19}, 1, &milligrams), -ERANGE);
    assert_int_equal(mass_milligrams(&(struct mass_number){false, 1, INT_MIN}, 1, &milligrams), -ERANGE);
    assert_int_equal(milligrams, 77);
    assert_int_equal(mass_milligrams(&(struct mass_number){false, 0, 18}, kg, &milligrams), 0);
    assert_int_equal(milligrams, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_no_units),
        cmocka_unit_test(test_no_numbers),
        cmocka_unit_test(test_too_large),
    };
    return cmocka_run_group_tests_name("scale mass", tests, NULL, NULL);
}
