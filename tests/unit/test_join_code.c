/* The code that joins a box: what is written comes back, whatever a scanner does to case and layout; what is damaged is
 * found. Does not ask head office: tests/unit/test_hq_join.c, tests/e2e/test_join.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drivers/scanner/keyboard_layout.h"
#include "sync/wire/join.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static void make(struct join_code *code, char text[JOIN_TEXT_SIZE])
{
    *code = (struct join_code){.host = "hq.example.com", .port = 8443, .site = "hz-07"};
    for (size_t i = 0; i < sizeof(code->pin); i++)
        code->pin[i] = (uint8_t)(17 * i + 3);
    for (size_t i = 0; i < sizeof(code->token); i++)
        code->token[i] = (uint8_t)(251 - 13 * i);
    assert_int_equal(join_code_write(code, text), 0);
}

static void assert_same(const struct join_code *read, const struct join_code *code)
{
    assert_string_equal(read->host, code->host);
    assert_string_equal(read->site, code->site);
    assert_int_equal(read->port, code->port);
    assert_memory_equal(read->pin, code->pin, sizeof(code->pin));
    assert_memory_equal(read->token, code->token, sizeof(code->token));
}

static void assert_reads(const char *text, const struct join_code *code)
{
    struct join_code read = {.port = 0};
    assert_true(join_code_is(text, strlen(text)));
    assert_int_equal(join_code_read(text, strlen(text), &read), 0);
    assert_same(&read, code);
}

static void what_is_written_comes_back(void **state)
{
    (void)state;
    struct join_code code;
    char text[JOIN_TEXT_SIZE], scanned[JOIN_TEXT_SIZE + 8];
    make(&code, text);
    assert_reads(text, &code);
    snprintf(scanned, sizeof(scanned), "]Q1%s\r\n", text); /* as a scanner says it was a QR code */
    assert_reads(scanned, &code);
    code = (struct join_code){.host = "2001:db8::1", .port = 65535, .site = "ab"};
    assert_int_equal(join_code_write(&code, text), 0);
    assert_reads(text, &code);
    memset(code.host, 'a', sizeof(code.host) - 1);
    memset(code.site, 'b', sizeof(code.site) - 1);
    assert_int_equal(join_code_write(&code, text), 0); /* the longest */
    assert_reads(text, &code);
}

static void what_cannot_be_is_not_written(void **state)
{
    (void)state;
    struct join_code code;
    char text[JOIN_TEXT_SIZE];
    make(&code, text);
    code.port = 65536;
    assert_int_equal(join_code_write(&code, text), -EINVAL);
    code.port = 443;
    snprintf(code.host, sizeof(code.host), "hq example");
    assert_int_equal(join_code_write(&code, text), -EINVAL);
    *code.host = '\0';
    assert_int_equal(join_code_write(&code, text), -EINVAL);
}

/* ---------------------------------------------------------------- what scanners do */

static void case_does_no_harm(void **state)
{
    (void)state;
    struct join_code code;
    char text[JOIN_TEXT_SIZE];
    make(&code, text);
    for (char *at = text; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    assert_reads(text, &code);
    for (char *at = text; *at; at += 2)
        *at = (char)toupper((unsigned char)*at);
    assert_reads(text, &code);
}

static int key_of(const struct keyboard_layout *layout, char letter)
{
    for (int key = 0; key <= KEY_USAGE_MAX; key++)
        if (layout->keys[key][0] == (uint32_t)tolower((unsigned char)letter))
            return key;
    return -1;
}

/* A scanner types by one layout what is read by another. */
static void layouts_do_no_harm(void **state)
{
    (void)state;
    static const char *const names[] = {"us", "uk", "de", "fr"};
    struct keyboard_layout layouts[4];
    struct join_code code;
    struct error error;
    char text[JOIN_TEXT_SIZE];
    make(&code, text);
    for (int i = 0; i < 4; i++)
        assert_int_equal(keyboard_layout_load(names[i], &layouts[i], &error), 0);
    for (int types = 0; types < 4; types++)
        for (int reads = 0; reads < 4; reads++) {
            char typed[JOIN_TEXT_SIZE] = "";
            for (size_t i = 0; text[i]; i++)
                typed[i] = (char)layouts[reads].keys[key_of(&layouts[types], text[i])][KEY_SHIFT];
            assert_reads(typed, &code);
        }
}

/* ---------------------------------------------------------------- damage */

static bool is_refused(const char *text)
{
    struct join_code read;
    return join_code_read(text, strlen(text), &read) == -EBADMSG;
}

static void every_wrong_character_is_found(void **state)
{
    (void)state;
    struct join_code code;
    char text[JOIN_TEXT_SIZE];
    make(&code, text);
    for (size_t i = 0; text[i]; i++) {
        char right = text[i];
        for (int wrong = ' '; wrong <= '~'; wrong++) {
            if (toupper(wrong) == right)
                continue;
            text[i] = (char)wrong;
            if (!is_refused(text))
                fail_msg("'%c' for '%c' at %zu was not found", wrong, right, i);
        }
        text[i] = right;
    }
    assert_reads(text, &code);
}

static void lost_doubled_and_swapped_characters_are_found(void **state)
{
    (void)state;
    struct join_code code;
    char text[JOIN_TEXT_SIZE], damaged[JOIN_TEXT_SIZE + 1];
    make(&code, text);
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++) {
        snprintf(damaged, sizeof(damaged), "%.*s%s", (int)i, text, text + i + 1);
        assert_true(is_refused(damaged));
        snprintf(damaged, sizeof(damaged), "%.*s%s", (int)i + 1, text, text + i);
        assert_true(is_refused(damaged));
        snprintf(damaged, sizeof(damaged), "%.*s", (int)i, text); /* the end is missing */
        assert_true(is_refused(damaged));
        if (i + 1 == length || text[i] == text[i + 1])
            continue;
        snprintf(damaged, sizeof(damaged), "%s", text);
        damaged[i] = text[i + 1];
        damaged[i + 1] = text[i];
        assert_true(is_refused(damaged));
    }
}

/* So that it is not kept as a code that nobody knows. */
static void a_damaged_one_is_still_known_for_what_it_is(void **state)
{
    (void)state;
    struct join_code code;
    char text[JOIN_TEXT_SIZE];
    make(&code, text);
    text[40] = '7';
    assert_true(join_code_is(text, strlen(text)));
    make(&code, text);
    text[2] = 'K';
    assert_true(join_code_is(text, strlen(text)));
    static const char *const others[] = {"", "FHBOX", "6901234567892", "TEA-100", "]C1TEA", "CMD:LOGOUT", "BOX"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(join_code_is(others[i], strlen(others[i])));
}

/* ---------------------------------------------------------------- what a box keeps */

static void what_a_box_keeps_is_read_again(void **state)
{
    (void)state;
    const struct join_kept kept = {.site = "hz-07",
                                   .box = "box-3f9a12cd",
                                   .host = "broker.example",
                                   .port = "8883",
                                   .topic_prefix = "t/acme",
                                   .ca_file = "/var/lib/floorhand/box-3f9a12cd-ca.pem"};
    struct join_kept read;
    struct error error;
    CLEANUP_BUF struct buf text = {0};
    char path[] = "/tmp/floorhand-joined-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");
    join_kept_write(&kept, &text);
    assert_int_equal(fputs(buf_text(&text), file) < 0, 0);
    fclose(file);
    assert_int_equal(join_kept_load(path, &read, &error), 0);
    remove(path);
    assert_string_equal(read.site, kept.site);
    assert_string_equal(read.box, kept.box);
    assert_string_equal(read.host, kept.host);
    assert_string_equal(read.port, kept.port);
    assert_string_equal(read.topic_prefix, kept.topic_prefix);
    assert_string_equal(read.ca_file, kept.ca_file);
    assert_string_equal(read.key_file, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_comes_back),
        cmocka_unit_test(what_cannot_be_is_not_written),
        cmocka_unit_test(case_does_no_harm),
        cmocka_unit_test(layouts_do_no_harm),
        cmocka_unit_test(every_wrong_character_is_found),
        cmocka_unit_test(lost_doubled_and_swapped_characters_are_found),
        cmocka_unit_test(a_damaged_one_is_still_known_for_what_it_is),
        cmocka_unit_test(what_a_box_keeps_is_read_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
