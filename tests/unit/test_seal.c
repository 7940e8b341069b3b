/* Sealed texts: opened at their place alone, by whoever has the key, and not when anything about them was changed; the
 * file of keys, and what is said of one that is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/seal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define KEY_A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_B "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"
#define TEXT  "{\"name\":\"张三\",\"phone\":\"13812345678\"}"
#define PLACE "orders.receiver/SO-1"

struct rig {
    char folder[40], path[80];
    struct error error;
};

static int set_up(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));
    snprintf(rig->folder, sizeof(rig->folder), "/tmp/seal-XXXXXX");
    *state = rig;
    if (!mkdtemp(rig->folder))
        return -1;
    snprintf(rig->path, sizeof(rig->path), "%s/receiver.key", rig->folder);
    unsetenv("CREDENTIALS_DIRECTORY");
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    unlink(rig->path);
    rmdir(rig->folder);
    unsetenv("CREDENTIALS_DIRECTORY");
    free(rig);
    return 0;
}

static struct seal *keys(struct rig *rig, const char *text)
{
    struct seal *seal = NULL;
    assert_int_equal(file_keep(rig->path, text, strlen(text), 0600), 0);
    if (seal_open("receiver.key", rig->path, &seal, &rig->error) != 0)
        fail_msg("%s", rig->error.text);
    return seal;
}

static void put(const struct seal *seal, struct buf *ret)
{
    seal_put(seal, PLACE, TEXT, strlen(TEXT), ret);
    assert_false(ret->failed);
}

static void expect(const struct seal *seal, const char *place, const char *sealed, int result, const char *text)
{
    CLEANUP_BUF struct buf opened = {0};
    assert_int_equal(seal_get(seal, place, sealed, &opened), result);
    assert_string_equal(buf_text(&opened), text);
}

static void opens_what_it_sealed(void **state)
{
    CLEANUP(seal_free_p) struct seal *seal = keys(*state, KEY_A "\n");
    CLEANUP_BUF struct buf one = {0}, two = {0}, nothing = {0};
    put(seal, &one);
    put(seal, &two);
    assert_true(seal_is_sealed(one.data));
    assert_null(strstr(one.data, "138"));
    assert_string_not_equal(one.data, two.data); /* nobody sees that two are the same */
    expect(seal, PLACE, one.data, 0, TEXT);
    expect(seal, PLACE, two.data, 0, TEXT);
    expect(seal, PLACE, TEXT, 0, TEXT); /* from before there was a key */
    seal_put(seal, PLACE, "", 0, &nothing);
    assert_string_equal(buf_text(&nothing), "");
}

static void opens_nothing_that_was_changed(void **state)
{
    CLEANUP(seal_free_p) struct seal *seal = keys(*state, KEY_A "\n");
    CLEANUP_BUF struct buf sealed = {0};
    put(seal, &sealed);
    for (size_t i = 1; i < sealed.length; i++) {
        char kept = sealed.data[i];
        sealed.data[i] = kept == 'A' ? 'B' : 'A';
        expect(seal, PLACE, sealed.data, -EKEYREJECTED, "");
        sealed.data[i] = '!';
        expect(seal, PLACE, sealed.data, -EKEYREJECTED, "");
        sealed.data[i] = '\0';
        expect(seal, PLACE, sealed.data, -EKEYREJECTED, "");
        sealed.data[i] = kept;
    }
    expect(seal, "orders.receiver/SO-2", sealed.data, -EKEYREJECTED, ""); /* moved to another order */
    expect(seal, PLACE, "~", -EKEYREJECTED, "");
    expect(NULL, PLACE, sealed.data, -EKEYREJECTED, "");
    expect(seal, PLACE, sealed.data, 0, TEXT);
}

static void a_new_key_above_the_old_one(void **state)
{
    struct rig *rig = *state;
    CLEANUP_BUF struct buf sealed = {0}, again = {0};
    struct seal *seal = keys(rig, KEY_A "\n");
    put(seal, &sealed);
    seal_free(seal);
    seal = keys(rig, KEY_B "\n");
    expect(seal, PLACE, sealed.data, -EKEYREJECTED, "");
    seal_free(seal);
    seal = keys(rig, KEY_B "\n" KEY_A "\n");
    expect(seal, PLACE, sealed.data, 0, TEXT);
    put(seal, &again);
    seal_free(seal);
    seal = keys(rig, KEY_B);
    expect(seal, PLACE, again.data, 0, TEXT);
    seal_free(seal);
}

static void makes_a_key_of_its_own(void **state)
{
    struct rig *rig = *state;
    struct stat about;
    CLEANUP_BUF struct buf sealed = {0};
    struct seal *seal = NULL;
    assert_int_equal(seal_open("receiver.key", rig->path, &seal, &rig->error), 0);
    put(seal, &sealed);
    seal_free(seal);
    assert_int_equal(stat(rig->path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    seal = NULL;
    assert_int_equal(seal_open("receiver.key", rig->path, &seal, &rig->error), 0);
    expect(seal, PLACE, sealed.data, 0, TEXT);
    seal_free(seal);
}

/* systemd hands it over in a folder that nobody else can read. */
static void a_credential_comes_first(void **state)
{
    struct rig *rig = *state;
    CLEANUP_BUF struct buf sealed = {0};
    struct seal *seal = keys(rig, KEY_A "\n");
    put(seal, &sealed);
    seal_free(seal);
    setenv("CREDENTIALS_DIRECTORY", rig->folder, 1);
    seal = NULL;
    assert_int_equal(seal_open("receiver.key", "/nowhere/receiver.key", &seal, &rig->error), 0);
    expect(seal, PLACE, sealed.data, 0, TEXT);
    seal_free(seal);
    assert_int_equal(seal_open("another.key", rig->path, &seal, &rig->error), 0); /* none is handed over */
    expect(seal, PLACE, sealed.data, 0, TEXT);
    seal_free(seal);
}

static void says_what_is_wrong_with_the_file(void **state)
{
    struct rig *rig = *state;
    static const char *const bad[] = {"", "\n", "abc\n", KEY_A "0\n", KEY_A "\nx\n", "g" KEY_A};
    struct seal *seal = NULL;
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(file_keep(rig->path, bad[i], strlen(bad[i]), 0600), 0);
        assert_int_equal(seal_open("receiver.key", rig->path, &seal, &rig->error), -EBADMSG);
        assert_non_null(strstr(rig->error.text, "put the right file back"));
    }
    assert_int_equal(seal_open("receiver.key", "/nowhere/receiver.key", &seal, &rig->error), -ENOENT);
    assert_non_null(strstr(rig->error.text, "cannot be made"));
}

/* ---------------------------------------------------------------- to be compared */

static void same(const struct seal *seal, const char *place, const char *text, struct buf *ret)
{
    buf_clear(ret);
    seal_put_same(seal, place, text, strlen(text), ret);
    assert_false(ret->failed);
}

static void the_same_text_is_sealed_to_the_same_where_it_is_wanted(void **state)
{
    struct rig *rig = *state;
    CLEANUP(seal_free_p) struct seal *one = keys(rig, KEY_A), *other = keys(rig, KEY_B);
    CLEANUP_BUF struct buf a = {0}, b = {0}, opened = {0};
    same(one, PLACE, TEXT, &a);
    same(one, PLACE, TEXT, &b);
    assert_string_equal(buf_text(&a), buf_text(&b));
    assert_true(seal_is_sealed(buf_text(&a)));
    assert_int_equal(seal_get(one, PLACE, buf_text(&a), &opened), 0);
    assert_string_equal(buf_text(&opened), TEXT);
    same(one, PLACE, TEXT " ", &b);
    assert_string_not_equal(buf_text(&a), buf_text(&b));
    assert_int_not_equal(strncmp(buf_text(&a) + 7, buf_text(&b) + 7, 30), 0); /* nor is its nonce the same */
    same(one, "elsewhere", TEXT, &b);
    assert_string_not_equal(buf_text(&a), buf_text(&b));
    assert_int_equal(seal_get(one, PLACE, buf_text(&b), &opened), -EKEYREJECTED);
    same(other, PLACE, TEXT, &b);
    assert_string_not_equal(buf_text(&a), buf_text(&b));
    char name[SEAL_KEY_NAME_SIZE];
    seal_key_name(one, name);
    assert_true(seal_has_key(one, name));
    assert_false(seal_has_key(other, name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(opens_what_it_sealed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(opens_nothing_that_was_changed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_key_above_the_old_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(makes_a_key_of_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_credential_comes_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_text_is_sealed_to_the_same_where_it_is_wanted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_what_is_wrong_with_the_file, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
