/* Draws every sample under tests/label/samples and writes its ZPL for the judge, which renders and decodes it. */
#include "drivers/label/templates.h"
#include "drivers/label/zpl.h"

#include <errno.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static void write_zpl(const char *sample, const struct buf *zpl)
{
    CLEANUP_BUF struct buf path = {0};
    const char *out = getenv("OUT"), *name = strrchr(sample, '/') + 1;
    buf_printf(&path, "%s/labels", out ? out : "build");
    assert_true(mkdir(path.data, 0755) == 0 || errno == EEXIST);
    buf_printf(&path, "/%.*s.zpl", (int)strcspn(name, "."), name);
    FILE *file = fopen(path.data, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(zpl->data, 1, zpl->length, file), zpl->length);
    assert_int_equal(fclose(file), 0);
}

static void draw_sample(const char *path)
{
    json_t *sample = json_load_file(path, 0, NULL);
    assert_non_null(sample);
    char *data = json_dumps(json_object_get(sample, "data"), JSON_COMPACT);
    const char *template_name = json_string_value(json_object_get(sample, "template"));
    CLEANUP(label_free_p) struct label *label = NULL;
    struct error error = {{0}};
    int result = label_from_json(template_name, data, strlen(data), 203, &label, &error);
    if (result)
        fail_msg("%s: %s", path, error.text);
    CLEANUP_BUF struct buf zpl = {0};
    assert_int_equal(zpl_from_label(label, 1, &zpl, &error), 0);
    assert_int_equal(label->missing, 0);
    write_zpl(path, &zpl);
    print_message("# %s: %zu bytes\n", path, zpl.length);
    free(data);
    json_decref(sample);
}

static void every_sample_can_be_drawn(void **state)
{
    (void)state;
    glob_t found;
    assert_int_equal(glob("tests/label/samples/*.json", 0, NULL, &found), 0);
    assert_true(found.gl_pathc >= 6);
    for (size_t i = 0; i < found.gl_pathc; i++)
        draw_sample(found.gl_pathv[i]);
    globfree(&found);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(every_sample_can_be_drawn)};
    return cmocka_run_group_tests_name("label samples", tests, NULL, NULL);
}
