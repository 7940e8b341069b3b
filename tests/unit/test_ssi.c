/* The Simple Serial Interface's rules, one by one; noise is in test_ssi_noise.c, whole scans are in
 * tests/replay/scanner. */
#include "ssi_bench.h"

static void test_verdicts(void **state)
{
    (void)state;
    static const struct {
        enum scan_verdict verdict;
        const char *out;
    } cases[] = {{SCAN_ACCEPTED, "[]C0A1]AB0"}, {SCAN_REFUSED, "[]C0A1]AB10"}, {SCAN_NOT_SAVED, "[]C0A1]N6B10"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench bench CLEANUP_BENCH;
        start(&bench);
        send_data(&bench, CODE_128, 0, "A1");
        scanner_answer(bench.scanner, cases[i].verdict);
        assert_out(&bench, cases[i].out);
        scanner_answer(bench.scanner, cases[i].verdict); /* on nothing */
        assert_out(&bench, "");
    }
}

static void test_beeps_only_when_it_can_be_told(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    assert_true(scanner_beeps(bench.scanner));
    struct scanner *mute CLEANUP(scanner_free_p) = NULL;
    const struct scan_sink sink = {on_scan, on_aborted, NULL, &bench};
    assert_int_equal(scanner_new("ssi", &(struct scanner_settings){0}, &sink, &mute, NULL), 0);
    assert_false(scanner_beeps(mute));
    struct buf stream CLEANUP_BUF = {0};
    put_data(&stream, CODE_128, 0, "A1");
    scanner_feed(mute, stream.data, stream.length, 0);
    scanner_answer(mute, SCAN_ACCEPTED);
    assert_out(&bench, "[]C0A1]");
}

static void test_codes(void **state)
{
    (void)state;
    static const struct {
        uint8_t code;
        const char *data, *out;
    } cases[] = {
        {0x01, "A", "[]A0A]"},        {0x03, "A", "[]C0A]"},
        {0x08, "A", "[]E0A]"},        {0x0A, "A", "[]E4A]"},
        {0x0B, "A", "[]E0A]"},        {0x0F, "10A", "[]C110A]"},
        {0x11, "A", "[]L0A]"},        {0x1B, "A", "[]d1A]"},
        {0x1C, "A", "[]Q1A]"},        {0x2D, "A", "[]z0A]"},
        {0x30, "01", "[]e001]"},      {0x00, "NR", "[NR]"},
        {0xC8, "A", "[A]"},           {0x0F, "]C110A", "[]C110A]"},
        {0x1C, "]Q310A", "[]Q310A]"}, {0x1C, "]C1A", "[]Q1]C1A]"},
        {0x1C, "]Q", "[]Q1]Q]"},      {0x03, "A\r\n", "[]C0A]"},
        {0x03, "A\n", "[]C0A]"},      {0x03, "A\r\r", "[]C0A\r]"},
        {0x03, "\r\n", "A"},          {0x03, "", "A"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench bench CLEANUP_BENCH;
        start(&bench);
        send_data(&bench, cases[i].code, 0, cases[i].data);
        assert_out(&bench, cases[i].out);
    }
}

static void test_other_packets(void **state)
{
    (void)state;
    static const struct {
        uint8_t opcode;
        const char *data, *out;
    } cases[] = {{EVENT, "\x03", "A"}, {0xD4, "\x01", "A"}, {0xC6, "\xFF", "A"}, {0xA4, "PAAB", "A"}, {ACK, "", ""},
                 {NAK, "\x01", ""},    {NAK, "", ""},       {0xB1, "x", "N2"},   {0x80, "", "N2"},    {DATA, "", "N2"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench bench CLEANUP_BENCH;
        start(&bench);
        send_packet(&bench, cases[i].opcode, cases[i].data);
        assert_out(&bench, cases[i].out);
        assert_int_equal(scanner_deadline(bench.scanner), INT64_MAX);
    }
}

/* A tone that the decoder could not read is sent again, and not for ever. */
static void test_refused_tone(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    bench.answers = true;
    send_data(&bench, CODE_128, 0, "A1");
    for (int i = 0; i < 4; i++)
        send_packet(&bench, NAK, "\x01");
    assert_out(&bench, "[]C0A1]AB0B0againB0again");
    send_data(&bench, CODE_128, 0, "A1");
    send_packet(&bench, NAK, "\x06");
    send_packet(&bench, ACK, "");
    send_packet(&bench, NAK, "\x01");
    assert_out(&bench, "[]C0A1]AB0");
}

static void test_sent_again(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    send_data(&bench, CODE_128, RESENT, "A1"); /* never heard before */
    send_data(&bench, CODE_128, RESENT, "A1"); /* the verdict is to come */
    assert_out(&bench, "[]C0A1]");
    scanner_answer(bench.scanner, SCAN_REFUSED);
    send_data(&bench, CODE_128, RESENT, "A1");
    assert_out(&bench, "AB10A");
    send_data(&bench, CODE_128, RESENT, "A2");
    scanner_answer(bench.scanner, SCAN_NOT_SAVED);
    send_data(&bench, CODE_128, RESENT, "A2");
    scanner_answer(bench.scanner, SCAN_ACCEPTED);
    send_data(&bench, CODE_128, RESENT, "A2");
    assert_out(&bench, "[]C0A2]N6B10[]C0A2]AB0A");
    send_data(&bench, QR, RESENT, "A2"); /* another kind of code is another code */
    send_data(&bench, QR, 0, "A2");
    assert_out(&bench, "[]Q1A2][]Q1A2]");
    scanner_answer(bench.scanner, SCAN_ACCEPTED);
    assert_out(&bench, "");
    scanner_answer(bench.scanner, SCAN_ACCEPTED);
    assert_out(&bench, "AB0");
    send_data(&bench, QR, 0, "\xFF");
    send_data(&bench, QR, RESENT, "\xFF");
    assert_out(&bench, "<4>N6B10N6");
}

static void send_spoilt(struct bench *bench, uint8_t opcode, const char *data)
{
    struct buf stream CLEANUP_BUF = {0};
    put_packet(&stream, opcode, 0, data, strlen(data));
    stream.data[stream.length - 1] ^= 1;
    feed(bench, &stream);
}

/* The same code twice, the second time spoilt on the line: what is sent again then is the second. */
static void test_sent_again_after_a_bad_packet(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    bench.answers = true;
    send_data(&bench, CODE_128, 0, "A1");
    send_spoilt(&bench, DATA,
                "\x03"
                "A1");
    send_data(&bench, CODE_128, RESENT, "A1");
    assert_out(&bench, "[]C0A1]AB0N1[]C0A1]AB0");
    send_data(&bench, CODE_128, RESENT, "A1");
    send_spoilt(&bench, EVENT, "\x01");
    send_data(&bench, CODE_128, RESENT, "A1");
    assert_out(&bench, "AN1A");
}

static void test_unplugged_while_the_verdict_is_to_come(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    send_data(&bench, CODE_128, 0, "A1");
    scanner_reset(bench.scanner);
    send_data(&bench, CODE_128, RESENT, "A1");
    scanner_answer(bench.scanner, SCAN_ACCEPTED);
    send_data(&bench, CODE_128, RESENT, "A1");
    assert_out(&bench, "[]C0A1]AB0A");
}

static void test_several_packets(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    bench.answers = true;
    send_data(&bench, QR, MORE, "one ");
    assert_int_equal(scanner_deadline(bench.scanner), 5 * SECOND_US);
    send_data(&bench, QR, MORE | RESENT, "one ");
    send_data(&bench, QR, MORE, "two ");
    pass(&bench, 2 * SECOND_US);
    send_data(&bench, QR, MORE | RESENT, "two ");
    send_data(&bench, QR, MORE, "two "); /* the same once more, and meant */
    send_data(&bench, QR, 0, "three");
    send_data(&bench, QR, RESENT, "three");
    assert_out(&bench, "AAAAA[]Q1one two two three]AB0A");
    assert_int_equal(scanner_deadline(bench.scanner), INT64_MAX);
    send_data(&bench, QR, MORE, "same");
    pass(&bench, 2 * SECOND_US);
    send_data(&bench, QR, RESENT, "same"); /* the last piece, lost once, is no repetition of the one before */
    assert_out(&bench, "A[]Q1samesame]AB0");
}

/* What follows too late, or is of another kind, may be another scan: neither is read, and the worker hears it. */
static void test_pieces_that_do_not_fit(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    bench.answers = true;
    send_data(&bench, QR, MORE, "one");
    pass(&bench, SECOND_US);
    send_data(&bench, QR, 0, "late");
    assert_out(&bench, "A<10>N6B10");
    send_data(&bench, QR, MORE, "one");
    send_data(&bench, CODE_128, 0, "other");
    assert_out(&bench, "A<11>N6B10");
    send_data(&bench, QR, MORE, "one");
    pass(&bench, 5 * SECOND_US);
    assert_out(&bench, "A<6>");
    send_data(&bench, QR, RESENT, "two");
    send_data(&bench, CODE_128, 0, "A1");
    assert_out(&bench, "<6>N6B10[]C0A1]AB0");
    send_data(&bench, QR, MORE, "one ");
    pass(&bench, 12 * SECOND_US);
    send_data(&bench, QR, MORE | RESENT, "one "); /* from its beginning */
    send_data(&bench, QR, 0, "two");
    assert_out(&bench, "A<7>A[]Q1one two]AB0");
}

/* Silence in the middle of the second packet: the scan is gone, also when its packets are sent again. */
static void test_scan_cut_in_the_middle(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    bench.answers = true;
    send_data(&bench, QR, MORE, "one");
    scanner_feed(bench.scanner, "\x09\xF3\x00", 3, 0);
    assert_int_equal(scanner_deadline(bench.scanner), SECOND_US / 5);
    pass(&bench, SECOND_US / 5);
    assert_out(&bench, "A<9>");
    pass(&bench, 2 * SECOND_US);
    send_data(&bench, QR, MORE | RESENT, "two");
    send_data(&bench, QR, 0, "three");
    assert_out(&bench, "A<11>N6B10");
    send_data(&bench, CODE_128, 0, "A1");
    assert_out(&bench, "[]C0A1]AB0");
}

/* A decoder that does not wait after each packet goes on after the cut. One that waits sends the packet again. */
static void test_first_packet_cut(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    bench.answers = true;
    scanner_feed(bench.scanner, "\xFF\xF3\x00\x02", 4, 0);
    pass(&bench, SECOND_US);
    send_data(&bench, QR, 0, "two");
    assert_out(&bench, "<4><6>N6B10");
    scanner_feed(bench.scanner, "\xFF\xF3\x00\x02", 4, bench.now_us);
    pass(&bench, 2 * SECOND_US);
    send_data(&bench, QR, MORE | RESENT, "one ");
    send_data(&bench, QR, 0, "two");
    assert_out(&bench, "<4>A[]Q1one two]AB0");
}

/* As much noise as a packet: what follows at once may be the second of a scan. Sent again later, it is read. */
static void test_first_packet_unrecognisable(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    bench.answers = true;
    for (int i = 0; i < 80; i++)
        scanner_feed(bench.scanner, "\x04\xF3\x01", 3, 0); /* three bytes skipped at once */
    send_data(&bench, QR, 0, "two");
    assert_out(&bench, "<6>N6B10");
    for (int i = 0; i < 80; i++)
        scanner_feed(bench.scanner, "\x04\xF3\x01", 3, 0);
    pass(&bench, 2 * SECOND_US);
    send_data(&bench, QR, MORE | RESENT, "one ");
    send_data(&bench, QR, 0, "two");
    assert_out(&bench, "A[]Q1one two]AB0");
}

/* One piece is missing: what comes later, and in time, does not mend it. */
static void test_second_packet_bad(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    bench.answers = true;
    send_data(&bench, QR, MORE, "one ");
    send_spoilt(&bench, DATA,
                "\x1C"
                "two ");
    send_data(&bench, QR, MORE, "three ");
    pass(&bench, SECOND_US / 7);
    send_data(&bench, QR, MORE, "four ");
    pass(&bench, SECOND_US / 7);
    send_data(&bench, QR, 0, "five");
    assert_out(&bench, "AN1AA<22>N6B10");
}

static void test_too_long(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    for (int i = 0; i < 100; i++)
        send_data(&bench, QR, MORE, full((char)('A' + i % 4)));
    buf_clear(&bench.out);
    send_data(&bench, QR, 0, "end");
    send_data(&bench, QR, 0, "A1");
    assert_out(&bench, "<25006>N6B10[]Q1A1]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_beeps_only_when_it_can_be_told),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_other_packets),
        cmocka_unit_test(test_refused_tone),
        cmocka_unit_test(test_sent_again),
        cmocka_unit_test(test_sent_again_after_a_bad_packet),
        cmocka_unit_test(test_unplugged_while_the_verdict_is_to_come),
        cmocka_unit_test(test_several_packets),
        cmocka_unit_test(test_pieces_that_do_not_fit),
        cmocka_unit_test(test_scan_cut_in_the_middle),
        cmocka_unit_test(test_first_packet_cut),
        cmocka_unit_test(test_first_packet_unrecognisable),
        cmocka_unit_test(test_second_packet_bad),
        cmocka_unit_test(test_too_long),
    };
    return cmocka_run_group_tests_name("ssi", tests, NULL, NULL);
}
