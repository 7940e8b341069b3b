/* Whatever comes along a scale's line: cut and garbled messages, noise. Nothing of that is a weight. */
#include "unit/scale_bench.h"

/* One message of each protocol with a weight, ended so that it counts. */
static const struct {
    const char *protocol;
    const char *bytes;
    size_t length;
} whole[] = {
    {"mt-sics", BYTES("S S     100.00 g\r\n")},
    {"toledo-8217", BYTES("\00212.345\r")},
    {"toledo-continuous", BYTES("\002\x2D\x30\040001000000000\r\x33")},
    {"a-and-d", BYTES("ST,+0001.234 kg\r\n")},
    {"cas", BYTES("ST,GS,\x01\xC4,00013.50 kg\r\n")},
    {"cas", BYTES("00013.50\r\n")},
    {"cas", BYTES("\x01\x02S 01.234kg\x65\x03\x04")},
};

/* Where a message may end already: at the CR of CR LF. */
static size_t enough(size_t i)
{
    bool line = strcmp(whole[i].protocol, "mt-sics") == 0 || strcmp(whole[i].protocol, "a-and-d") == 0;
    return line ? whole[i].length - 1 : whole[i].length;
}

static void test_every_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(whole); i++) {
        for (size_t cut = 0; cut <= whole[i].length; cut++) {
            struct bench bench CLEANUP_BENCH;
            start(&bench, whole[i].protocol, "kg");
            scale_feed(bench.scale, whole[i].bytes, cut);
            assert_int_equal(bench.weights, cut >= enough(i));
            scale_feed(bench.scale, whole[i].bytes + cut, whole[i].length - cut);
            assert_int_equal(bench.weights, 1);
        }
    }
}

/* Half a message, its head or its tail, is no weight; after a reset not even together with what follows. */
static void test_every_truncation(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(whole); i++) {
        for (size_t cut = 1; cut < enough(i); cut++) {
            struct bench bench CLEANUP_BENCH;
            start(&bench, whole[i].protocol, "kg");
            scale_feed(bench.scale, whole[i].bytes, cut);
            scale_reset(bench.scale);
            scale_feed(bench.scale, whole[i].bytes + cut, whole[i].length - cut);
            assert_int_equal(bench.weights, 0);
            scale_reset(bench.scale);
            scale_feed(bench.scale, whole[i].bytes, whole[i].length);
            assert_int_equal(bench.weights, 1);
        }
    }
}

/* After half a message two whole ones give one weight at least, and never a wrong one. */
static void test_half_a_message_in_front(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(whole); i++) {
        struct bench good CLEANUP_BENCH;
        start(&good, whole[i].protocol, "kg");
        scale_feed(good.scale, whole[i].bytes, whole[i].length);
        for (size_t cut = 1; cut < enough(i); cut++) {
            struct bench bench CLEANUP_BENCH;
            start(&bench, whole[i].protocol, "kg");
            scale_feed(bench.scale, whole[i].bytes, cut);
            for (int twice = 0; twice < 2; twice++)
                scale_feed(bench.scale, whole[i].bytes, whole[i].length);
            assert_true(bench.weights >= 1);
            for (char *at = bench.out.data; (at = strstr(at, " mg;")); at++) {
                const char *number = at;
                while (number > bench.out.data && number[-1] != ';')
                    number--;
                assert_memory_equal(number, good.out.data, good.out.length);
            }
        }
    }
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Bytes of any value: nothing breaks, memory stays as it is, a person is told, and a whole message is read again. */
static void test_garbage(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(whole); i++) {
        struct bench bench CLEANUP_BENCH;
        uint32_t seed = 1;
        start(&bench, whole[i].protocol, "kg");
        for (int block = 0; block < 2000; block++) {
            uint8_t bytes[50];
            for (size_t at = 0; at < sizeof(bytes); at++)
                bytes[at] = (uint8_t)next_random(&seed);
            scale_feed(bench.scale, bytes, 1 + next_random(&seed) % sizeof(bytes));
        }
        assert_int_equal(bench.weights, 0);
        assert_non_null(strstr(buf_text(&bench.out), UNREADABLE));
        scale_feed(bench.scale, "\r\n", 2);
        for (int twice = 0; twice < 2; twice++)
            scale_feed(bench.scale, whole[i].bytes, whole[i].length);
        assert_true(bench.weights >= 1);
    }
}

/* One byte of a message is another one: what the protocol can notice is no weight, and nothing breaks. */
static void test_every_wrong_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(whole); i++) {
        bool summed = memchr("\x02\x01", whole[i].bytes[0], 2) && strcmp(whole[i].protocol, "toledo-8217") != 0;
        for (size_t at = 0; at < whole[i].length * 127; at++) {
            char bytes[32];
            memcpy(bytes, whole[i].bytes, whole[i].length);
            bytes[at / 127] = (char)(bytes[at / 127] ^ (int)(at % 127 + 1));
            struct bench bench CLEANUP_BENCH;
            start(&bench, whole[i].protocol, "kg");
            scale_feed(bench.scale, bytes, whole[i].length);
            assert_true(bench.weights <= 1);
            /* the STX of a next message in the place of the checksum: a scale that sends none */
            if (summed && !(at / 127 == whole[i].length - 1 && bytes[at / 127] == 0x02))
                assert_int_equal(bench.weights, 0);
        }
    }
}

static void test_noise_without_an_end(void **state)
{
    (void)state;
    static char block[65536];
    memset(block, 'x', sizeof(block));
    static const struct {
        const char *protocol;
        size_t readings; /* one a line; one each 64 bytes where there are no lines */
    } cases[] = {{"mt-sics", 1}, {"a-and-d", 1}, {"toledo-8217", 16384}, {"toledo-continuous", 16384}, {"cas", 16384}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench bench CLEANUP_BENCH;
        start(&bench, cases[i].protocol, "kg");
        for (int n = 0; n < 16; n++)
            scale_feed(bench.scale, block, sizeof(block));
        assert_int_equal(bench.out.length, cases[i].readings * strlen(UNREADABLE));
        assert_memory_equal(bench.out.data, UNREADABLE, strlen(UNREADABLE));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_split),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_half_a_message_in_front),
        cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_every_wrong_byte),
        cmocka_unit_test(test_noise_without_an_end),
    };
    return cmocka_run_group_tests_name("scale noise", tests, NULL, NULL);
}
