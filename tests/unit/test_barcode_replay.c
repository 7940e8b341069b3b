/* Scans from the field: tests/replay/parse/NAME.in, the bytes as they came, and NAME.json, what they mean. */
#include "base/buf.h"
#include "tool/scan_report.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FOLDER "tests/replay/parse"

static void load(const char *name, const char *ending, struct buf *ret)
{
    char path[512], block[4096];
    snprintf(path, sizeof(path), FOLDER "/%.*s%s", (int)strcspn(name, "."), name, ending);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s cannot be read", path);
    size_t length;
    while ((length = fread(block, 1, sizeof(block), file)) > 0)
        buf_put(ret, block, length);
    fclose(file);
}

static void replay(const char *name)
{
    CLEANUP_BUF struct buf scan = {0};
    CLEANUP_BUF struct buf golden = {0};
    CLEANUP_BUF struct buf report = {0};
    load(name, ".in", &scan);
    load(name, ".json", &golden);
    scan_report_meaning(buf_text(&scan), scan.length, "", &report);
    buf_putc(&report, '\n');
    if (strcmp(buf_text(&report), buf_text(&golden)) != 0)
        fail_msg("%s/%s means\n%sand not\n%s", FOLDER, name, buf_text(&report), buf_text(&golden));
}

static void test_replay(void **state)
{
    (void)state;
    glob_t scans = {0}, goldens = {0};
    assert_int_equal(glob(FOLDER "/*.in", 0, NULL, &scans), 0); /* from the root of the source tree */
    assert_int_equal(glob(FOLDER "/*.json", 0, NULL, &goldens), 0);
    for (size_t i = 0; i < scans.gl_pathc; i++)
        replay(strrchr(scans.gl_pathv[i], '/') + 1);
    assert_int_equal(scans.gl_pathc, goldens.gl_pathc); /* no golden without its scan */
    globfree(&scans);
    globfree(&goldens);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_replay)};
    return cmocka_run_group_tests_name("barcode_replay", tests, NULL, NULL);
}
