/* Pictures of the items: what is found in the folder, and what never is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pictures.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PNG "\x89PNG\r\n\x1a\n"

static char folder[] = "/tmp/pictures-XXXXXX";

static void put(const char *name, const char *bytes, size_t length)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

static int read_of(const char *from, const char *sku, struct buf *bytes, const char **type)
{
    bytes->length = 0;
    bytes->failed = false;
    bytes->max = 64;
    return picture_read(from, sku, bytes, type);
}

static void a_picture_is_what_its_name_says(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf bytes = {0};
    const char *type = NULL;
    put("MUG.png", PNG "dots", 12);
    put("红杯 1.webp", "RIFF1234WEBP", 12);
    put("PEN.jpg", PNG "dots", 12);
    put("PEN.webp", "RIFF", 5);
    assert_int_equal(read_of(folder, "MUG", &bytes, &type), 0);
    assert_string_equal(type, "image/png");
    assert_int_equal(bytes.length, 12);
    assert_int_equal(read_of(folder, "红杯 1", &bytes, &type), 0);
    assert_string_equal(type, "image/webp");
    assert_int_equal(read_of(folder, "PEN", &bytes, &type), 0); /* the wrong one is passed over */
    assert_string_equal(type, "image/webp");
    assert_int_equal(bytes.length, 5);
}

static void what_is_none_is_not_found(void **state)
{
    (void)state;
    char path[128], target[128], large[65] = PNG;
    CLEANUP_BUF struct buf bytes = {0};
    const char *type = NULL;
    put("LARGE.png", large, sizeof(large));
    put(".hidden.png", PNG, 8);
    put("EMPTY.png", "", 0);
    snprintf(path, sizeof(path), "%s/LINK.png", folder);
    snprintf(target, sizeof(target), "%s/.hidden.png", folder);
    assert_int_equal(symlink(target, path), 0);
    snprintf(path, sizeof(path), "%s/PIPE.png", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    snprintf(path, sizeof(path), "../%s/MUG", folder + strlen("/tmp/"));
    const char *const names[] = {"LARGE", ".hidden", "EMPTY", "LINK", "PIPE", "NONE", "", "..", path};
    for (size_t i = 0; i < COUNT(names); i++)
        if (read_of(folder, names[i], &bytes, &type) != -ENOENT)
            fail_msg("%s was found", names[i]);
    assert_int_equal(read_of("", "MUG", &bytes, &type), -ENOENT);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
    (void)state;
    char command[160];
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command); /* NOLINT(cert-env33-c): a folder of our own */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_is_what_its_name_says),
        cmocka_unit_test(what_is_none_is_not_found),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
