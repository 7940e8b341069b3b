/* A stored print job becomes bytes: what was made elsewhere passes as it is, what is out already is left away. */
#include "drivers/label/png.h"
#include "drivers/label/render.h"

#include <errno.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static struct template_set set;

static int load_set(void **state)
{
    (void)state;
    struct label_fault fault;
    return template_set_load(NULL, &set, &fault);
}

static int free_set(void **state)
{
    (void)state;
    template_set_done(&set);
    return 0;
}

static int render(const char *name, const char *json, int64_t copies, int64_t first, struct rendered *ret,
                  struct label_fault *fault)
{
    const struct render_job job = {
        .template_name = name, .json = json, .length = strlen(json), .copies = copies, .first = first};
    const struct label_printer printer = {.language = PRINTER_ZPL};
    return render_job(&set, &job, &printer, ret, fault);
}

/* "^XA^XZ" is XlhBXlha. */
#define OPAQUE(rest) "{\"language\":\"zpl\",\"bytes\":\"XlhBXlha\"" rest "}"

static void commands_from_elsewhere_pass_as_they_are(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        int64_t copies, first, labels, total;
        const char *bytes;
    } cases[] = {
        {OPAQUE(""), 0, 0, 1, 1, "^XA^XZ"},
        {OPAQUE(",\"labels\":1"), 2, 0, 2, 2, "^XA^XZ^XA^XZ"},
        {OPAQUE(",\"labels\":3"), 2, 3, 3, 6, "^XA^XZ"},
        {OPAQUE(""), 2, 2, 0, 2, ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(rendered_done) struct rendered rendered = {0};
        assert_int_equal(render("opaque", cases[i].json, cases[i].copies, cases[i].first, &rendered, NULL), 0);
        assert_string_equal(buf_text(&rendered.bytes), cases[i].bytes);
        assert_int_equal(rendered.labels, cases[i].labels);
        assert_int_equal(rendered.total, cases[i].total);
    }
}

static void commands_for_nobody_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name, *json;
        int64_t first;
        int result;
        const char *code, *field;
    } cases[] = {
        {"opaque", "{\"language\":\"tspl\",\"bytes\":\"XlhB\"}", 0, -EINVAL, LABEL_FIELD, "language"},
        {"opaque", "{\"bytes\":\"XlhB\"}", 0, -EINVAL, LABEL_FIELD, "language"},
        {"opaque", "{\"language\":\"zpl\",\"bytes\":\"no base64!\"}", 0, -EINVAL, LABEL_FIELD, "bytes"},
        {"opaque", "{\"language\":\"zpl\",\"bytes\":7}", 0, -EINVAL, LABEL_FIELD, "bytes"},
        {"opaque", OPAQUE(",\"labels\":0"), 0, -EINVAL, LABEL_FIELD, "labels"},
        {"opaque", OPAQUE(",\"labels\":1000"), 0, -EINVAL, LABEL_FIELD, "labels"},
        {"opaque", OPAQUE(",\"labels\":\"1\""), 0, -EINVAL, LABEL_FIELD, "labels"},
        {"opaque", OPAQUE(",\"labels\":3"), 1, -EINVAL, LABEL_DATA, ""},
        {"opaque", "{\"picture\":\"XlhB\",\"width\":100,\"height\":50}", 0, -EINVAL, LABEL_FIELD, "picture"},
        {"opaque", "{\"picture\":\"XlhB\",\"width\":100}", 0, -EINVAL, LABEL_FIELD, "height"},
        {"opaque", "{}", 0, -EINVAL, LABEL_FIELD, "width"},
        {"poster", "{}", 0, -ENOENT, LABEL_TEMPLATE, ""},
        {"badge", "[]", 0, -EINVAL, LABEL_DATA, ""},
        {"badge", "{\"code\":\"a\\u0000b\"}", 0, -EINVAL, LABEL_DATA, ""},
        {"badge", "", 0, -EINVAL, LABEL_DATA, ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rendered rendered = {0};
        struct label_fault fault = {.code = ""};
        int result = render(cases[i].name, cases[i].json, 1, cases[i].first, &rendered, &fault);
        if (result != cases[i].result || strcmp(fault.code, cases[i].code) != 0 ||
            strcmp(fault.field, cases[i].field) != 0)
            fail_msg("case %zu, %d: %s [%s] %s", i, result, fault.code, fault.field, fault.error.text);
        assert_null(rendered.bytes.data);
    }
}

static void put_picture(struct buf *json)
{
    CLEANUP(dots_done) struct dots dots = {0};
    CLEANUP_BUF struct buf png = {0};
    char base64[1024];
    assert_int_equal(dots_init(&dots, 100, 50), 0);
    for (int i = 0; i < 50; i++)
        dots_set(&dots, i, i);
    assert_int_equal(png_write(&dots, 203, &png), 0);
    sodium_bin2base64(base64, sizeof(base64), (const unsigned char *)png.data, png.length,
                      sodium_base64_VARIANT_ORIGINAL);
    buf_printf(json, "{\"picture\":\"%s\",\"width\":50,\"height\":25}", base64);
}

static void a_picture_from_elsewhere_is_a_label(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf json = {0};
    CLEANUP(label_free_p) struct label *label = NULL;
    put_picture(&json);
    const struct render_job job = {.template_name = RENDER_OPAQUE, .json = json.data, .length = json.length};
    assert_int_equal(render_pages(&set, &job, 203, &label, NULL), 0);
    assert_int_equal(label->width, 400);
    assert_int_equal(label->count, 1);
    assert_int_equal(label->elements[0].kind, LABEL_IMAGE);
    assert_int_equal(label->elements[0].box.width, 400);
}

static void commands_from_elsewhere_have_no_preview(void **state)
{
    (void)state;
    struct label *label = NULL;
    const struct render_job job = {.template_name = RENDER_OPAQUE, .json = OPAQUE(""), .length = strlen(OPAQUE(""))};
    assert_int_equal(render_pages(&set, &job, 203, &label, NULL), -ENOTSUP);
    assert_null(label);
}

static void what_is_out_already_is_left_away(void **state)
{
    (void)state;
    static const char json[] =
        "{\"order\":\"1\",\"items\":[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}]}";
    size_t length = 0;
    if (!language_can_draw(PRINTER_ZPL))
        skip();
    for (int64_t first = 0; first <= 6; first++) { /* 2 pages, 3 copies of each */
        CLEANUP(rendered_done) struct rendered rendered = {0};
        assert_int_equal(render("packing-slip", json, 3, first, &rendered, NULL), 0);
        assert_int_equal(rendered.labels, 6 - first);
        assert_int_equal(rendered.total, 6);
        assert_true(first == 0 || rendered.bytes.length <= length);
        length = rendered.bytes.length;
    }
    assert_int_equal(length, 0);
}

/* ---------------------------------------------------------------- a user's folder */

static void write_file(const char *path, const char *text, size_t length)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static void a_template_brings_its_picture(void **state)
{
    (void)state;
    static const char text[] = "[label]\ntitle.en = T\ntitle.zh = T\nsize = 50 25\n"
                               "[image logo]\nat = 0 0 50 25\nfile = logo.png\n"
                               "[image own]\nat = 0 0 50 25\ndata = photo.png\n";
    char folder[] = "/tmp/test_render.XXXXXX", path[64], picture[64];
    CLEANUP(dots_done) struct dots dots = {0};
    CLEANUP_BUF struct buf png = {0};
    CLEANUP(template_free_p) struct template *template = NULL;
    CLEANUP(label_free_p) struct label *label = NULL;
    struct label_fault fault;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/logo.label", folder);
    snprintf(picture, sizeof(picture), "%s/logo.png", folder);
    write_file(path, text, sizeof(text) - 1);
    assert_int_equal(template_load(path, &template, &fault), 0);
    json_t *data = json_object();
    assert_int_equal(template_draw(template, data, 203, LABEL_CHINESE, &label, &fault), -EINVAL);
    assert_string_equal(fault.field, "image logo");
    assert_int_equal(dots_init(&dots, 10, 5), 0);
    dots_set(&dots, 0, 0);
    assert_int_equal(png_write(&dots, 203, &png), 0);
    write_file(picture, png.data, png.length);
    assert_int_equal(template_draw(template, data, 203, LABEL_CHINESE, &label, &fault), 0);
    assert_int_equal(label->count, 1);
    json_decref(data);
    remove(path);
    remove(picture);
    remove(folder);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_from_elsewhere_pass_as_they_are),
        cmocka_unit_test(commands_for_nobody_are_refused),
        cmocka_unit_test(a_picture_from_elsewhere_is_a_label),
        cmocka_unit_test(commands_from_elsewhere_have_no_preview),
        cmocka_unit_test(what_is_out_already_is_left_away),
        cmocka_unit_test(a_template_brings_its_picture),
    };
    return cmocka_run_group_tests_name("render", tests, load_set, free_set);
}
