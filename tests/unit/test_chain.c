/* The hash chain gives the hashes that Python's hashlib gives, and everything that goes into a hash changes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/chain.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "wire_golden.h"

#include <string.h>

#define NONCE "k3v7q2m9x4c8b1n6z5t0r2w7ya"

static void assert_hash(const uint8_t hash[CHAIN_HASH_SIZE], const char *hex)
{
    uint8_t expected[CHAIN_HASH_SIZE];
    size_t length;
    assert_int_equal(text_from_hex(hex, strlen(hex), expected, sizeof(expected), &length), 0);
    assert_int_equal(length, CHAIN_HASH_SIZE);
    assert_memory_equal(hash, expected, CHAIN_HASH_SIZE);
}

static void hashes_are_those_of_another_program(void **state)
{
    (void)state;
    static char every_byte[256], longest[65536];
    for (size_t i = 0; i < sizeof(every_byte); i++)
        every_byte[i] = (char)i;
    memset(longest, 'x', sizeof(longest));
    const struct {
        const char *line;
        size_t length;
        const char *hash;
    } steps[] = {
        {"{\"sku\":\"tea\"}", 13, chain_18842},          {"", 0, chain_18843},
        {"{\"sku\":\"\xE8\x8C\xB6\"}", 13, chain_18844}, {every_byte, sizeof(every_byte), chain_18845},
        {longest, sizeof(longest), chain_18846},
    };
    uint8_t hash[CHAIN_HASH_SIZE], next[CHAIN_HASH_SIZE];
    chain_begin(hash, "hz-07", 3, 0, 0, NULL, NONCE);
    assert_hash(hash, chain_begun);
    for (size_t i = 0; i < COUNT(steps); i++) {
        chain_next(hash, 3, 18842 + (int64_t)i, steps[i].line, steps[i].length);
        assert_hash(hash, steps[i].hash);
    }
    chain_begin(next, "hz-07", 4, 3, 18846, hash, NONCE);
    assert_hash(next, chain_continued);
    chain_begin(next, "", UINT32_MAX, UINT32_MAX, INT64_MAX, hash, "");
    assert_hash(next, chain_of_no_names);
}

/* Every pair differs, those with the same letters in other places too. */
static void everything_in_a_beginning_counts(void **state)
{
    (void)state;
    static const uint8_t base[CHAIN_HASH_SIZE] = {1};
    static const struct {
        const char *name;
        int64_t epoch, base_epoch, base_seq;
        const uint8_t *base_hash;
        const char *nonce;
    } cases[] = {
        {"hz-07", 3, 2, 9, base, "abc"}, {"hz-0", 3, 2, 9, base, "7abc"}, {"hz-07a", 3, 2, 9, base, "bc"},
        {"hz-07", 4, 2, 9, base, "abc"}, {"hz-07", 3, 1, 9, base, "abc"}, {"hz-07", 3, 2, 8, base, "abc"},
        {"hz-07", 3, 2, 9, NULL, "abc"}, {"hz-07", 2, 3, 9, base, "abc"}, {"", 3, 2, 9, base, "hz-07abc"},
        {"hz-07abc", 3, 2, 9, base, ""}, {"hz-07", 3, 2, 9, base, "abd"},
    };
    uint8_t hashes[COUNT(cases)][CHAIN_HASH_SIZE];
    for (size_t i = 0; i < COUNT(cases); i++) {
        chain_begin(hashes[i], cases[i].name, cases[i].epoch, cases[i].base_epoch, cases[i].base_seq,
                    cases[i].base_hash, cases[i].nonce);
        for (size_t other = 0; other < i; other++)
            assert_memory_not_equal(hashes[i], hashes[other], CHAIN_HASH_SIZE);
    }
}

static void everything_in_a_step_counts(void **state)
{
    (void)state;
    static const struct {
        uint8_t before;
        int64_t epoch, seq;
        const char *line;
    } cases[] = {
        {0, 1, 7, "ab"}, {1, 1, 7, "ab"}, {0, 2, 7, "ab"},
        {0, 1, 8, "ab"}, {0, 7, 1, "ab"}, {0, 1, 7, "a"},
        {0, 1, 7, "ba"}, {0, 1, 7, ""},   {0, 1, 7 + ((int64_t)'a' << 56), "b"},
    };
    uint8_t hashes[COUNT(cases)][CHAIN_HASH_SIZE];
    for (size_t i = 0; i < COUNT(cases); i++) {
        memset(hashes[i], cases[i].before, CHAIN_HASH_SIZE);
        chain_next(hashes[i], cases[i].epoch, cases[i].seq, cases[i].line, strlen(cases[i].line));
        for (size_t other = 0; other < i; other++)
            assert_memory_not_equal(hashes[i], hashes[other], CHAIN_HASH_SIZE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_those_of_another_program),
        cmocka_unit_test(everything_in_a_beginning_counts),
        cmocka_unit_test(everything_in_a_step_counts),
    };
    return cmocka_run_group_tests_name("chain", tests, NULL, NULL);
}
