/* Two files of figures beside each other: what is told as equal, different, missing, and the sums of it. */
#include "tool/variance.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct variance_file file(const char *text)
{
    return (struct variance_file){.path = "a.csv", .text = text, .length = strlen(text)};
}

static void find(enum variance_kind kind, const char *here, const char *there, struct variance *ret)
{
    struct error error = {0};
    const struct variance_file ours = file(here), theirs = file(there);
    if (variance_find(kind, &ours, &theirs, ret, &error) != 0)
        fail_msg("%s", error.text);
}

static const struct variance_row *row_of(const struct variance *variance, const char *place, const char *sku)
{
    for (size_t i = 0; i < variance->count; i++)
        if (strcmp(variance->rows[i].place, place) == 0 && strcmp(variance->rows[i].sku, sku) == 0)
            return &variance->rows[i];
    fail_msg("no row %s %s", place, sku);
    return NULL;
}

static void test_stock(void **state)
{
    (void)state;
    CLEANUP(variance_done) struct variance variance = {0};
    find(VARIANCE_STOCK, "location,sku,quantity\nA,S1,10\nB,S1,5\nC,S2,3\nD,S4,1\n",
         "quantity,sku,location,lot\n4,S1,A,x\n4,S1,A,y\n7,S1,B,\n3,S2,C,\n9,S3,E,\n0,S9,F,\n", &variance);
    assert_int_equal(variance.count, 6);
    assert_int_equal(row_of(&variance, "A", "S1")->verdict, VARIANCE_DIFFERENT);
    assert_int_equal(row_of(&variance, "A", "S1")->there, 8); /* two lots of one bin add up */
    assert_int_equal(row_of(&variance, "B", "S1")->verdict, VARIANCE_DIFFERENT);
    assert_int_equal(row_of(&variance, "C", "S2")->verdict, VARIANCE_MATCHING);
    assert_int_equal(row_of(&variance, "D", "S4")->verdict, VARIANCE_MISSING_THERE);
    assert_int_equal(row_of(&variance, "E", "S3")->verdict, VARIANCE_MISSING_HERE);
    assert_int_equal(row_of(&variance, "F", "S9")->verdict, VARIANCE_MATCHING); /* none is as good as no row */
    assert_int_equal(variance_accuracy(&variance), 3333);
    assert_int_equal(variance.here, 19);
    assert_int_equal(variance.there, 27);
    assert_int_equal(variance.sum_count, 3); /* S2 and S9 are right */
    assert_string_equal(variance.sums[0].sku, "S1");
    assert_int_equal(variance.sums[0].here, variance.sums[0].there);
    assert_int_equal(variance.sums[0].places, 2);
    assert_string_equal(variance.sums[1].sku, "S3");
    assert_int_equal(variance.sums[1].there, 9);
    assert_string_equal(variance.sums[2].sku, "S4");
}

static void test_parcels(void **state)
{
    (void)state;
    CLEANUP(variance_done) struct variance variance = {0};
    find(VARIANCE_PARCELS, "waybill,order\nW1,O1\nW2,O2\nW3,O3\n", "order,waybill\nO1,W1\nO9,W2\nO4,W4\n", &variance);
    assert_int_equal(row_of(&variance, "W1", "")->verdict, VARIANCE_MATCHING);
    assert_int_equal(row_of(&variance, "W2", "")->verdict, VARIANCE_DIFFERENT);
    assert_int_equal(row_of(&variance, "W3", "")->verdict, VARIANCE_MISSING_THERE);
    assert_int_equal(row_of(&variance, "W4", "")->verdict, VARIANCE_MISSING_HERE);
    assert_int_equal(variance.sum_count, 0);
    assert_int_equal(variance_accuracy(&variance), 2500);
}

static void test_nothing_to_compare(void **state)
{
    (void)state;
    CLEANUP(variance_done) struct variance variance = {0};
    find(VARIANCE_ORDERS, "order,sku,quantity\n", "order,sku,quantity\n", &variance);
    assert_int_equal(variance.count, 0);
    assert_int_equal(variance_accuracy(&variance), 10000);
}

/* One thing in a hundred thousand is wrong: that is not all of it. */
static void test_accuracy_never_flatters(void **state)
{
    (void)state;
    struct variance variance = {.count = 100000};
    variance.verdicts[VARIANCE_MATCHING] = 99999;
    assert_int_equal(variance_accuracy(&variance), 9999);
}

static void test_renamed_columns(void **state)
{
    (void)state;
    CLEANUP(variance_done) struct variance variance = {0};
    struct error error = {0};
    const struct variance_file ours = file("location,sku,quantity\nA,S1,1\n");
    struct variance_file theirs = file("库位,Item no,Qty,sku\nA,S1,1,not this\n");
    theirs.names = "location=库位,sku=Item no,quantity=Qty";
    assert_int_equal(variance_find(VARIANCE_STOCK, &ours, &theirs, &variance, &error), -EINVAL);
    assert_non_null(strstr(error.text, "second column \"sku\"")); /* whose is it? */
    theirs = file("库位,Item no,Qty\nA,S1,1\n");
    theirs.names = "location=库位,sku=Item no,quantity=Qty";
    assert_int_equal(variance_find(VARIANCE_STOCK, &ours, &theirs, &variance, &error), 0);
    assert_int_equal(variance_accuracy(&variance), 10000);
    theirs.names = "location=库位,sku=Item no";
    struct variance none = {0};
    assert_int_equal(variance_find(VARIANCE_STOCK, &ours, &theirs, &none, &error), -EINVAL);
    assert_non_null(strstr(error.text, "quantity"));
}

static void test_writes_what_differs(void **state)
{
    (void)state;
    CLEANUP(variance_done) struct variance variance = {0};
    CLEANUP_BUF struct buf json = {0}, text = {0};
    find(VARIANCE_STOCK, "location,sku,quantity\nA,S1,2\nB,S2,5\n", "location,sku,quantity\nA,S1,2\nB,S2,4\n",
         &variance);
    variance_write_json(&variance, &json);
    assert_string_equal(
        buf_text(&json),
        "{\"kind\":\"stock\",\"accuracy\":50.00,\"totals\":{\"compared\":2,\"matching\":1,\"different\":1,"
        "\"missing_here\":0,\"missing_there\":0,\"here\":7,\"there\":6,\"difference\":1},\"rows\":[{\"location\":\"B\","
        "\"sku\":\"S2\",\"here\":5,\"there\":4,\"difference\":1,\"verdict\":\"different\"}],\"skus\":[{\"sku\":\"S2\","
        "\"here\":5,\"there\":4,\"difference\":1,\"places\":1}]}");
    variance_write_text(&variance, &text);
    assert_non_null(strstr(buf_text(&text), "accuracy 50.00 %"));
    assert_null(strstr(buf_text(&text), "S1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stock),
        cmocka_unit_test(test_parcels),
        cmocka_unit_test(test_nothing_to_compare),
        cmocka_unit_test(test_accuracy_never_flatters),
        cmocka_unit_test(test_renamed_columns),
        cmocka_unit_test(test_writes_what_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
