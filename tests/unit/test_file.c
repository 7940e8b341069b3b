/* The folder that a file lies in, told from its path alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/file.h"

#include <string.h>

static void a_folder_is_told(void **state)
{
    static const struct {
        const char *path, *folder;
    } cases[] = {
        {"/var/lib/floorhand/site.db", "/var/lib/floorhand"},
        {"state/site.db", "state"},
        {"./site.db", "."},
        {"/site.db", "/"},
        {"site.db", "."},
        {"", "."},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char folder[64];
        if (!file_folder(cases[i].path, folder, sizeof(folder)) || strcmp(folder, cases[i].folder) != 0)
            fail_msg("%s lies in %s", cases[i].path, folder);
    }
}

static void a_folder_needs_no_more_room_than_its_path(void **state)
{
    char exact[sizeof("/a/b")], less[sizeof("/lib") - 1] = "x";
    (void)state;
    assert_true(file_folder("/a/b", exact, sizeof(exact)));
    assert_string_equal(exact, "/a");
    assert_false(file_folder("/lib/site.db", less, sizeof(less)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_is_told),
        cmocka_unit_test(a_folder_needs_no_more_room_than_its_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
