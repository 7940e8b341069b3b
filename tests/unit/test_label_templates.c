/* Templates from JSON: what is needed, what is left out, what is refused. */
#include "drivers/label/templates.h"

#include "base/buf.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SHIPPING                                                                                                       \
    "{\"waybill\":\"SF1234567890123\",\"carrier\":\"顺丰\",\"order\":\"TB-1\","                                      \
    "\"receiver\":{\"name\":\"张三\",\"address\":\"上海市\",\"phone\":\"13812341234\"}"

static int draw(const char *template_name, const char *json, struct label **ret, struct error *error)
{
    return label_from_json(template_name, json, strlen(json), 203, ret, error);
}

static bool has_text(const struct label *label, const char *text)
{
    for (size_t i = 0; i < label->count; i++)
        if (label->elements[i].text && strcmp(label->elements[i].text, text) == 0)
            return true;
    return false;
}

static const struct label_element *first_of(const struct label *label, enum label_kind kind)
{
    for (size_t i = 0; i < label->count; i++)
        if (label->elements[i].kind == kind)
            return &label->elements[i];
    return NULL;
}

static void wrong_data_is_refused_in_one_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *template_name, *json;
        int result;
        const char *says;
    } cases[] = {
        {"poster", "{}", -ENOENT, "there is no template \"poster\""},
        {"shipping", "", -EINVAL, "not JSON"},
        {"shipping", "[]", -EINVAL, "not a JSON object"},
        {"shipping", "{\"waybill\":1}", -EINVAL, "waybill is not text"},
        {"shipping", "{}", -EINVAL, "waybill is missing"},
        {"shipping", "{\"waybill\":\"A\",\"carrier\":\"\"}", -EINVAL, "carrier is missing"},
        {"shipping", "{\"waybill\":\"A\",\"carrier\":\"B\",\"order\":\"C\"}", -EINVAL, "receiver.name is missing"},
        {"shipping", "{\"waybill\":\"A\",\"carrier\":\"B\",\"order\":\"C\",\"receiver\":3}", -EINVAL,
         "receiver.name is missing"},
        {"shipping", SHIPPING ",\"items\":{}}", -EINVAL, "items is not a list"},
        {"shipping", SHIPPING ",\"items\":[3]}", -EINVAL, "entry 1 of items"},
        {"shipping", SHIPPING ",\"items\":[{}]}", -EINVAL, "sku is missing"},
        {"shipping", SHIPPING ",\"items\":[{\"sku\":\"A\",\"quantity\":-1}]}", -EINVAL, "quantity is not a whole"},
        {"shipping", SHIPPING ",\"copy\":1.5}", -EINVAL, "copy is not a whole number"},
        {"shipping", SHIPPING ",\"qr\":\"a\\u200bb\"}", -EINVAL, "QR code contains the invisible character U+200B"},
        {"manifest", "{\"manifest\":\"M1\"}", -EINVAL, "carrier is missing"},
        {"manifest", "{\"manifest\":\"M1\",\"carrier\":\"X\",\"parcels\":[{}]}", -EINVAL, "waybill is missing"},
        {"code", "{}", -EINVAL, "code is missing"},
        {"code", "{\"code\":\"a\\tb\"}", -EINVAL, "code contains the invisible character U+0009"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct label *label = NULL;
        struct error error = {{0}};
        assert_int_equal(draw(cases[i].template_name, cases[i].json, &label, &error), cases[i].result);
        if (!strstr(error.text, cases[i].says))
            fail_msg("case %zu says: %s", i, error.text);
        assert_null(label);
    }
}

static void a_shipping_label_shows_what_it_was_given(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = NULL;
    assert_int_equal(draw("shipping",
                          SHIPPING ",\"sort_code\":\"755W\",\"sender\":{\"name\":\"杭州仓\"},"
                                   "\"items\":[{\"sku\":\"A-1\",\"name\":\"杯子\",\"quantity\":2}]}",
                          &label, NULL),
                     0);
    assert_int_equal(label->width, 800);
    assert_int_equal(label->height, 1200);
    static const char *const texts[] = {"SF1234567890123", "顺丰", "TB-1", "张三", "上海市", "138****1234", "755W",
                                        "杭州仓",          "A-1",  "杯子", "×2"};
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_true(has_text(label, texts[i]));
    assert_false(has_text(label, "13812341234"));
    assert_string_equal(first_of(label, LABEL_CODE128)->text, "SF1234567890123");
    assert_string_equal(first_of(label, LABEL_QR)->text, "SF1234567890123");
    assert_int_equal(label->missing, 0);
}

static void a_copy_says_so(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *first = NULL, *second = NULL;
    assert_int_equal(draw("shipping", SHIPPING ",\"copy\":1}", &first, NULL), 0);
    assert_int_equal(draw("shipping", SHIPPING ",\"copy\":2,\"qr\":\"订单\"}", &second, NULL), 0);
    assert_false(has_text(first, "副本 COPY 1"));
    assert_true(has_text(second, "副本 COPY 2"));
    assert_string_equal(first_of(second, LABEL_QR)->text, "订单");
}

static void items_beyond_the_list_are_counted(void **state)
{
    (void)state;
    static const struct {
        int items;
        const char *last, *hidden, *more; /* what is shown last, what no more, and what is said about the rest */
    } cases[] = {{8, "S8", "S9", NULL}, {9, "S7", "S8", "另有 2 种 +2 more"}, {40, "S7", "S8", "另有 33 种 +33 more"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf json = {0};
        buf_puts(&json, SHIPPING ",\"items\":[");
        for (int k = 1; k <= cases[i].items; k++)
            buf_printf(&json, "%s{\"sku\":\"S%d\",\"quantity\":3}", k > 1 ? "," : "", k);
        buf_puts(&json, "]}");
        CLEANUP(label_free_p) struct label *label = NULL;
        assert_int_equal(draw("shipping", json.data, &label, NULL), 0);
        char total[32];
        snprintf(total, sizeof(total), "共 Total %d", cases[i].items * 3);
        assert_true(has_text(label, cases[i].last));
        assert_false(has_text(label, cases[i].hidden));
        assert_true(has_text(label, total));
        assert_true(!cases[i].more || has_text(label, cases[i].more));
    }
}

static void a_long_address_is_refused_not_lost(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf json = {0};
    buf_puts(&json,
             "{\"waybill\":\"A1\",\"carrier\":\"X\",\"order\":\"1\",\"receiver\":{\"name\":\"n\",\"address\":\"");
    for (int i = 0; i < 40; i++)
        buf_puts(&json, "上海市浦东新区");
    buf_puts(&json, "\"}}");
    struct label *label = NULL;
    struct error error;
    assert_int_equal(draw("shipping", json.data, &label, &error), -EOVERFLOW);
    assert_string_equal(error.text, "label_overflow: receiver address does not fit on the label; shorten it");
}

static void phones_are_masked(void **state)
{
    (void)state;
    static const struct {
        const char *phone, *masked;
    } cases[] = {{"13812341234", "138****1234"},
                 {"+86 138-1234-1234", "138****1234"},
                 {"+8613812341234", "138****1234"},
                 {"13812345678-1234", "138****5678-1234"},
                 {"0571-87654321", "057****4321"},
                 {"0571-87654321-801", "057****4321-801"},
                 {"87654321", "876****4321"},
                 {"95338", "****38"},
                 {"110", "****"},
                 {"", "****"},
                 {"电话13812341234转9", "138****1234-9"},
                 {"+1 (415) 555-0100", "141****0100"},
                 {"1234567890123456789012345678901234567890", "123****1234"},
                 {"12345678,1234567890123", "123****5678-12345678"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char masked[MASKED_PHONE_SIZE];
        label_mask_phone(cases[i].phone, masked);
        assert_string_equal(masked, cases[i].masked);
    }
}

static void a_manifest_takes_the_pages_it_needs(void **state)
{
    (void)state;
    static const struct {
        int parcels, pages;
    } cases[] = {{0, 1}, {1, 1}, {22, 1}, {23, 2}, {60, 3}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf json = {0};
        buf_puts(&json, "{\"manifest\":\"MF-1\",\"carrier\":\"顺丰\",\"gate\":\"G3\",\"parcels\":[");
        for (int k = 1; k <= cases[i].parcels; k++)
            buf_printf(&json, "%s{\"waybill\":\"W%d\",\"order\":\"单%d\"}", k > 1 ? "," : "", k, k);
        buf_puts(&json, "]}");
        CLEANUP(label_free_p) struct label *label = NULL;
        assert_int_equal(draw("manifest", json.data, &label, NULL), 0);
        int pages = 1;
        const struct label *last = label;
        for (; last->next; last = last->next)
            pages++;
        char waybill[16], total[32];
        snprintf(waybill, sizeof(waybill), "W%d", cases[i].parcels);
        snprintf(total, sizeof(total), "共 Total %d", cases[i].parcels);
        assert_int_equal(pages, cases[i].pages);
        assert_true(cases[i].parcels == 0 || has_text(last, waybill));
        assert_true(has_text(last, total) && has_text(label, "道口 Gate G3"));
    }
}

static void a_manifest_has_a_most(void **state)
{
    (void)state;
    CLEANUP(label_free_p) struct label *label = NULL;
    struct manifest_label data = {.manifest = "M", .carrier = "C", .parcel_count = MANIFEST_PARCELS_MAX + 1};
    struct error error;
    assert_int_equal(manifest_label_draw(&data, 203, &label, &error), -EOVERFLOW);
    assert_non_null(strstr(error.text, "at most 1000"));
}

static void a_code_becomes_bars_or_squares(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        enum label_kind kind;
    } cases[] = {{"{\"code\":\"A-01-02-03\",\"caption\":{\"en\":\"Bay\",\"zh\":\"货架\"}}", LABEL_CODE128},
                 {"{\"code\":\"货架一\"}", LABEL_QR},
                 {"{\"code\":\"a-code-that-is-much-too-long-for-bars-on-60-mm\"}", LABEL_QR}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(label_free_p) struct label *label = NULL;
        assert_int_equal(draw("code", cases[i].json, &label, NULL), 0);
        assert_non_null(first_of(label, cases[i].kind));
        assert_null(first_of(label, cases[i].kind == LABEL_QR ? LABEL_CODE128 : LABEL_QR));
    }
}

static void every_resolution_draws(void **state)
{
    (void)state;
    static const int64_t dpis[] = {203, 300, 600};
    for (size_t i = 0; i < COUNT(dpis); i++) {
        CLEANUP(label_free_p) struct label *label = NULL;
        assert_int_equal(label_from_json("shipping", SHIPPING "}", strlen(SHIPPING "}"), dpis[i], &label, NULL), 0);
        assert_int_equal(label->dpi, dpis[i]);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_data_is_refused_in_one_sentence),
        cmocka_unit_test(a_shipping_label_shows_what_it_was_given),
        cmocka_unit_test(a_copy_says_so),
        cmocka_unit_test(items_beyond_the_list_are_counted),
        cmocka_unit_test(a_long_address_is_refused_not_lost),
        cmocka_unit_test(phones_are_masked),
        cmocka_unit_test(a_manifest_takes_the_pages_it_needs),
        cmocka_unit_test(a_manifest_has_a_most),
        cmocka_unit_test(a_code_becomes_bars_or_squares),
        cmocka_unit_test(every_resolution_draws),
    };
    return cmocka_run_group_tests_name("label templates", tests, NULL, NULL);
}
