/* What serial scales say, message by message; whole conversations are in tests/replay/scale, cut, garbled and random
 * messages in test_scale_noise.c. */
#include "unit/scale_bench.h"

#include <errno.h>

static void test_mt_sics(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {BYTES("S S     100.00 g\r\n"), "100000 mg;"},
        {BYTES("S S      0.000 kg\r\n"), "0 mg;"},
        {BYTES("S S     -0.000 kg\r\n"), "0 mg;"},
        {BYTES("S S     -0.001 kg\r\n"), "under_zero;"},
        {BYTES("S S    12.3456 oz\r\n"), "349992 mg;"},
        {BYTES("S S      1.500 lb\r\n"), "680389 mg;"},
        {BYTES("S S        120 PCS\r\n"), "120 pieces;"},
        {BYTES("S S      120.5 PCS\r\n"), "the count is no whole number;"},
        {BYTES("S D     100.00 g\r\n"), "motion;"},
        {BYTES("S I\r\n"), "busy;"},
        {BYTES("S +\r\n"), "over_range;"},
        {BYTES("S -\r\n"), "under_zero;"},
        {BYTES("S L\r\n"), "it does not take the question;"},
        {BYTES("ES\r\n"), "it does not know the question: check its protocol;"},
        {BYTES("ET\r\n"), "the question was garbled: check speed and parity;"},
        {BYTES("EL\r\n"), "it cannot answer the question now;"},
        {BYTES("S S Error 10b\r\n"), "it reports a fault of its own;"},
        {BYTES("I4 A \"0123456789\"\r\n"), ""},
        {BYTES("\r\n\r\n\n"), ""},
        {BYTES("S S     100.00\r\n"), NO_UNIT_IN},
        {BYTES("S S     100.00 tola\r\n"), BAD_UNIT},
        {BYTES("S S     100.00 %\r\n"), BAD_UNIT},
        {BYTES("S S 999999999999999999 kg\r\n"), TOO_LARGE},
        {BYTES("S S 99999999999999999999 kg\r\n"), UNREADABLE},
        {BYTES("S S     10?.00 g\r\n"), UNREADABLE},
        {BYTES("S S     10\0.00 g\r\n"), UNREADABLE},
        {BYTES("S S g\r\n"), UNREADABLE},
        {BYTES("S S \r\n"), UNREADABLE},
        {BYTES("S\r\n"), UNREADABLE},
        {BYTES("S X     100.00 g\r\n"), UNREADABLE},
        {BYTES("00.00 g\r\nS S     100.00 g\r\n"), UNREADABLE "100000 mg;"},
        {BYTES("S S     1S S     100.00 g\r\n"), UNREADABLE},
        {BYTES("\xD3\xA0\x53\xA0\xA0\xA0\xB1\x30\x30\x2E\x30\x30\xA0\xE7\x8D\x0A"), "100000 mg;"}, /* parity */
    };
    check("mt-sics", "", messages, COUNT(messages));
}

static void test_toledo_8217(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {BYTES("\00212.345\r"), "12345000 mg;"},
        {BYTES("\002012.34\r"), "12340000 mg;"},
        {BYTES("\00200.000\r"), "0 mg;"},
        {BYTES("\00212.345N\r"), "12345000 mg;"},
        {BYTES("\002-0.005\r"), "under_zero;"},
        {BYTES("\x02?\x61\r"), "motion;"},
        {BYTES("\x02?\xE1\x8D"), "motion;"},
        {BYTES("\x02?\x62\r"), "over_range;"},
        {BYTES("\x02?\x64\r"), "under_zero;"},
        {BYTES("\x02?\x65\r"), "under_zero;"},
        {BYTES("\x02?\x68\r"), "busy;"},
        {BYTES("\x02?\x60\r"), "busy;"},
        {BYTES("\x02?\x01\r"), UNREADABLE},
        {BYTES("\x02?\r\r"), UNREADABLE},
        {BYTES("\x02\r"), UNREADABLE},
        {BYTES("\x02N\r"), UNREADABLE},
        {BYTES("\0025\r"), UNREADABLE},
        {BYTES("\00212.3A5\r"), UNREADABLE},
        {BYTES("12.345\r"), ""},
        {BYTES("\00212.3\00245.678\r"), "45678000 mg;"},
        {BYTES("\00212\n345\r\00200.500\r"), "500000 mg;"},
        {BYTES("\00200000000000000012.345\r"), ""},
        {BYTES("\0029999999999999999\r"), TOO_LARGE},
        {BYTES("\x82\xB1\xB2\x2E\x33\xB4\x35\x8D"), "12345000 mg;"}, /* parity */
    };
    check("toledo-8217", "kg", messages, COUNT(messages));
    static const struct message pounds[] = {{BYTES("\00201.50\r"), "680389 mg;"}};
    check("toledo-8217", "lb", pounds, COUNT(pounds));
    static const struct message ounces[] = {{BYTES("\00216.00\r"), "453592 mg;"}};
    check("toledo-8217", "oz", ounces, COUNT(ounces));
    static const struct message grams[] = {{BYTES("\00216.00\r"), "16000 mg;"}};
    check("toledo-8217", "g", grams, COUNT(grams));
    static const struct message unknown[] = {
        {BYTES("\00212.345\r"), NO_UNIT}, {BYTES("\00200.000\r"), NO_UNIT}, {BYTES("\x02?\x61\r"), "motion;"}};
    check("toledo-8217", "", unknown, COUNT(unknown));
}

/* Each message is followed by the STX of the next: the scale sends no checksum. */
#define CONTINUOUS(a, b, c, weight) BYTES("\x02" a b c weight "000000\r\x02")

static void test_toledo_continuous(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {CONTINUOUS("\x2C", "\x30", "\x20", " 12345"), "123450000 mg;"},   /* xxxx.xx kg */
        {CONTINUOUS("\x28", "\x30", "\x20", "000123"), "12300000000 mg;"}, /* xxxx00 */
        {CONTINUOUS("\x29", "\x30", "\x20", "000123"), "1230000000 mg;"},
        {CONTINUOUS("\x2A", "\x30", "\x20", "000123"), "123000000 mg;"},
        {CONTINUOUS("\x2B", "\x30", "\x20", "000123"), "12300000 mg;"},
        {CONTINUOUS("\x2D", "\x30", "\x20", "000123"), "123000 mg;"},
        {CONTINUOUS("\x2E", "\x30", "\x20", "000123"), "12300 mg;"},
        {CONTINUOUS("\x2F", "\x30", "\x20", "000123"), "1230 mg;"},
        {CONTINUOUS("\x3D", "\x31", "\x28", "001500"), "1500000 mg;"},    /* net, print request, counts by five */
        {CONTINUOUS("\x2D", "\x20", "\x20", "001500"), "680389 mg;"},     /* lb */
        {CONTINUOUS("\x2D", "\x20", "\x21", "001500"), "1500 mg;"},       /* g */
        {CONTINUOUS("\x2D", "\x20", "\x22", "001500"), "1500000000 mg;"}, /* t */
        {CONTINUOUS("\x2D", "\x20", "\x23", "001500"), "42524 mg;"},      /* oz */
        {CONTINUOUS("\x2D", "\x20", "\x24", "001500"), BAD_UNIT},
        {CONTINUOUS("\x2D", "\x20", "\x27", "001500"), BAD_UNIT}, /* no unit */
        {CONTINUOUS("\x2D", "\x30", "\x30", "001500"), "its display is expanded tenfold: switch that off;"},
        {CONTINUOUS("\x2D", "\x32", "\x20", "001500"), "under_zero;"},
        {CONTINUOUS("\x2D", "\x32", "\x20", "000000"), "0 mg;"},
        {CONTINUOUS("\x2D", "\x34", "\x20", "999999"), "over_range;"},
        {CONTINUOUS("\x2D", "\x36", "\x20", "999999"), "under_zero;"},
        {CONTINUOUS("\x2D", "\x38", "\x20", "001500"), "motion;"},
        {CONTINUOUS("\x2D", "\x70", "\x20", "001500"), "busy;"}, /* not zeroed since it was switched on */
        {CONTINUOUS("\x0D", "\x12", "\r", "001500"), "under_zero;"},
        {CONTINUOUS("\x2D", "\x10", "\x02", "001500"), "1500000000 mg;"}, /* an STX among the status words */
        {CONTINUOUS("\x2D", "\x30", "\x20", "0015A0"), UNREADABLE},
        {CONTINUOUS("\x2D", "\x30", "\x20", "0015.0"), UNREADABLE},
        {CONTINUOUS("\x2D", "\x30", "\x20", "-01500"), UNREADABLE},
        {CONTINUOUS("\x2D", "\x30", "\x20", "      "), UNREADABLE},
        {BYTES("\x02\x2D\x30\040001500000000\r"), ""},    /* more may come */
        {BYTES("\x02\x2D\x30\04000150000000\r\x02"), ""}, /* a byte was lost */
        {BYTES("\x02\x02\x2D\x30\040001500000000\r\x02"), "1500000 mg;"},
        {BYTES("\x02\x2D\x30\040001500\x02\x2D\x30\040001700000000\r\x02"), "1700000 mg;"},
        {BYTES("\x82\xAD\x30\xA0\x30\x30\xB1\x35\x30\x30\x30\x30\x30\x30\x30\x30\x8D\x82"), "1500000 mg;"},
    };
    check("toledo-continuous", "", messages, COUNT(messages));
}

/* 1.500 kg and 1.000 kg: their checksums are 0x2E and 0x33. That of 599.999 kg is 0x02, the code of STX. */
#define ONE_AND_A_HALF "\002\x2D\x30\040001500000000\r"
#define ONE            "\002\x2D\x30\040001000000000\r"
#define SUM_IS_STX     "\002\x2D\x30\040599999000000\r"

static void test_checksum(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {BYTES(ONE_AND_A_HALF "\x2E" ONE "\x33"), "1500000 mg;1000000 mg;"},
        {BYTES(ONE_AND_A_HALF "\xAE"), "1500000 mg;"}, /* with parity */
        {BYTES(ONE_AND_A_HALF "\x2F" ONE "\x33"), CHECKSUM "1000000 mg;"},
        {BYTES(ONE_AND_A_HALF "\x2E" ONE "\x34"), "1500000 mg;" CHECKSUM},
        {BYTES(SUM_IS_STX "\x02" ONE "\x33"), "599999000 mg;1000000 mg;"},
        {BYTES(SUM_IS_STX "\x02" ONE "\x34"), "599999000 mg;" CHECKSUM},
        /* once there was a right checksum, the STX of the next message does not do in its place */
        {BYTES(ONE_AND_A_HALF "\x2E" ONE ONE "\x33"), "1500000 mg;" CHECKSUM "1000000 mg;"},
        {BYTES(ONE_AND_A_HALF ONE ONE), "1500000 mg;1000000 mg;1000000 mg;"},
        /* a byte behind the CR of a scale that sent none: from there on it is waited for again */
        {BYTES(ONE ONE "\x33" ONE "\x34"), "1000000 mg;1000000 mg;" CHECKSUM},
    };
    check("toledo-continuous", "", messages, COUNT(messages));
}

static const struct message a_and_d_messages[] = {
    {BYTES("ST,+0001.234 kg\r\n"), "1234000 mg;"},
    {BYTES("ST,+001234.5  g\r\n"), "1234500 mg;"},
    {BYTES("ST,+000000.0  g\r\n"), "0 mg;"},
    {BYTES("ST,-000000.0  g\r\n"), "0 mg;"},
    {BYTES("ST,-000000.1  g\r\n"), "under_zero;"},
    {BYTES("ST,+00012.50 lb\r\n"), "5669905 mg;"},
    {BYTES("ST,+00012.50 oz\r\n"), "354369 mg;"},
    {BYTES("ST,+00012.50ozt\r\n"), "388793 mg;"},
    {BYTES("ST,+00012.50 ct\r\n"), "2500 mg;"},
    {BYTES("ST,+00012.50mom\r\n"), "46875 mg;"},
    {BYTES("ST,+00012.50dwt\r\n"), "19440 mg;"},
    {BYTES("ST,+00012.50 GN\r\n"), "810 mg;"},
    {BYTES("ST,+00012.50 tl\r\n"), BAD_UNIT},
    {BYTES("ST,+00012.50  t\r\n"), BAD_UNIT}, /* a tola or a tonne */
    {BYTES("ST,GS,+0012.50 t\r\n"), "12500000000 mg;"},
    {BYTES("ST,NT,-0012.50 t\r\n"), "under_zero;"},
    {BYTES("ST,GS,+00123.4kg\r\n"), "123400000 mg;"},
    {BYTES("ST,GS,   123.4,kg\r\n"), "123400000 mg;"},
    {BYTES("ST,+000.1278,  g\r\n"), "128 mg;"},
    {BYTES("ST,OK,+0001.234 kg\r\n"), "1234000 mg;"},
    {BYTES("ST,NT,HI,+0001.234 kg\r\n"), "1234000 mg;"},
    {BYTES("ST,--,+0001.234 kg\r\n"), "1234000 mg;"},
    {BYTES("ST,TR,+0001.234 kg\r\n"), "it sends the tare, not the weight;"},
    {BYTES("QT,+00012345 PC\r\n"), "12345 pieces;"},
    {BYTES("QT,+00000000 PC\r\n"), "0 pieces;"},
    {BYTES("QT,-00000005 PC\r\n"), "under_zero;"},
    {BYTES("QT,+00012345 kg\r\n"), UNREADABLE},
    {BYTES("ST,+00012345 PC\r\n"), BAD_UNIT},
    {BYTES("US,+0001.234 kg\r\n"), "motion;"},
    {BYTES("US,+00012345 PC\r\n"), "motion;"},
    {BYTES("OL,+999999.9  g\r\n"), "over_range;"},
    {BYTES("OL,+9999999E+19\r\n"), "over_range;"},
    {BYTES("OL,-99999999 PC\r\n"), "under_zero;"},
    {BYTES("OL,GS,--------kg\r\n"), "over_range;"},
    {BYTES("OL,GS,  -99.99kg\r\n"), "under_zero;"},
    {BYTES("OL,\r\n"), "over_range;"},
    {BYTES("UL,GS,--------,kg\r\n"), "under_zero;"},
    {BYTES("WT,+0001.234 kg\r\n"), "it does not say whether the load stands still;"},
    {BYTES("ST,+000123.4  %\r\n"), BAD_UNIT},
    {BYTES("ST,+0001.234   \r\n"), NO_UNIT_IN},
    {BYTES("ST,+0001.234\r\n"), NO_UNIT_IN},
    {BYTES("ST,+99999999999.9 kg\r\n"), "99999999999900000 mg;"},
    {BYTES("ST,+99999999999999999 kg\r\n"), TOO_LARGE},
    {BYTES("ST,+0001.234                                                    kg\r\nST,+0001.234 kg\r\n"),
     UNREADABLE "1234000 mg;"},
    {BYTES("I\r\n"), "busy;"},
    {BYTES("?\r\n"), "it does not know the question: check its protocol;"},
    {BYTES("EC,E01\r\n"), "it cannot answer the question now;"},
    {BYTES("ST,\r\n"), UNREADABLE},
    {BYTES("ST\r\n"), UNREADABLE},
    {BYTES("ST,kg\r\n"), UNREADABLE},
    {BYTES("ST,+0001.234ST,+0001.234 kg\r\n"), UNREADABLE},
    {BYTES("T,+0001.234 kg\r\nST,+0001.234 kg\r\n"), UNREADABLE "1234000 mg;"},
    {BYTES("ST,+0001.2\00034 kg\r\n"), UNREADABLE},
    {BYTES("\x53\xD4\xAC\x2B\x30\x30\x30\xB1\x2E\xB2\x33\xB4\xA0\xEB\xE7\x8D\x0A"), "1234000 mg;"}, /* parity */
};

static void test_a_and_d(void **state)
{
    (void)state;
    check("a-and-d", "", a_and_d_messages, COUNT(a_and_d_messages));
}

static void test_cas(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {BYTES("ST,GS,\x01\xC4,00013.50 kg\r\n"), "13500000 mg;"},
        {BYTES("ST,NT,\x01\xC2,  -13.50 kg\r\n"), "under_zero;"},
        {BYTES("ST,GS,\r\r,00013.50 kg\r\n"), "13500000 mg;"},
        {BYTES("ST,GS,\n\n,00013.50 kg\r\n"), "13500000 mg;"},
        {BYTES("ST,GS,\x01\x02,00013.50 kg\r\n"), "13500000 mg;"},
        {BYTES("ST,GS,\0\0,00013.50\0kg\r\n"), "13500000 mg;"},
        {BYTES("ST,GS,,,,00013.50, g\r\n"), "13500 mg;"},
        {BYTES("ST,GS,\x01\xC4,00013.50  t\r\n"), "13500000000 mg;"},
        {BYTES("ST,GS,\x01\xC4,00013.50   \r\n"), BAD_UNIT},
        {BYTES("ST,GS,\x01\xC4,000A3.50 kg\r\n"), UNREADABLE},
        {BYTES("ST,GS,\x01\xC4,         kg\r\n"), UNREADABLE},
        {BYTES("US,GS,\x01\x84,00013.50 kg\r\n"), "motion;"},
        {BYTES("OL,GS,\x01\x84,-------- kg\r\n"), "over_range;"},
        {BYTES("ST,GS,\x01\xC4.00013.50 kg\r\n"), ""},
        {BYTES("ST,TR,\x01\xC4,00013.50 kg\r\n"), ""}, /* neither gross nor net */
        {BYTES("ERR 01 \r\n"), "it reports a fault of its own;"},
        {BYTES("0013.50 kg\r\nST,GS,\x01\xC4,00013.50 kg\r\n"), "13500000 mg;"},
        {BYTES("ST,GS,\x01\xC4,0001ST,GS,\x01\xC4,00013.50 kg\r\n"), "13500000 mg;"},
        {BYTES("ST,GS,\x01\xC4,00013ST,GS,\r\n,00013.50 kg\r\n"), UNREADABLE}, /* cut so that CR LF fall in place */
        {BYTES("00013.50\r\n    2.50\r\n"), "13500000 mg;2500000 mg;"},
        {BYTES("   -2.50\r\n"), "under_zero;"},
        {BYTES("        \r\n"), UNREADABLE},
        {BYTES("3.50\r\n00013.50\r\n"), "13500000 mg;"},
        {BYTES("000100013.50\r\n    2.50\r\n"), "2500000 mg;"}, /* half a number in front: not cut to fit */
        {BYTES("\x06\x01\x02S 01.234kg\x65\x03\x04"), "1234000 mg;"},
        {BYTES("\x15"), "busy;"},
    };
    check("cas", "kg", messages, COUNT(messages));
    static const struct message unknown[] = {{BYTES("00013.50\r\n"), NO_UNIT},
                                             {BYTES("ST,GS,\x01\xC4,00013.50 kg\r\n"), "13500000 mg;"}};
    check("cas", "", unknown, COUNT(unknown));
}

static void test_cas_cash_register(void **state)
{
    (void)state;
    static const struct {
        const char *text; /* between STX and BCC */
        const char *out;
    } cases[] = {
        {"S 01.234kg", "1234000 mg;"}, {"S 01.234KG", "1234000 mg;"}, {"S 01.500lb", "680389 mg;"},
        {"S-01.234kg", "under_zero;"}, {"S-00.000kg", "0 mg;"},       {"U 01.234kg", "motion;"},
        {"SF01.234kg", "over_range;"}, {"UF------kg", "over_range;"}, {"S 01.234  ", BAD_UNIT},
        {"S 01.2x4kg", UNREADABLE},    {"X 01.234kg", UNREADABLE},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char bytes[16] = "\x01\x02";
        memcpy(bytes + 2, cases[i].text, 10);
        for (size_t at = 2; at < 12; at++)
            bytes[12] = (char)(bytes[12] ^ bytes[at]);
        memcpy(bytes + 13, "\x03\x04", 2);
        check("cas", "", &(struct message){bytes, 15, cases[i].out}, 1);
        bytes[12] ^= 0x04;
        check("cas", "", &(struct message){bytes, 15, CHECKSUM}, 1);
    }
}

static void test_questions(void **state)
{
    (void)state;
    static const struct message questions[] = {{BYTES("SI\r\n"), "mt-sics"},
                                               {BYTES("W"), "toledo-8217"},
                                               {BYTES("Q\r\n"), "a-and-d"},
                                               {BYTES("\x05\x11"), "cas"}};
    size_t length = 77;
    for (size_t i = 0; i < COUNT(questions); i++) {
        struct bench bench CLEANUP_BENCH;
        start(&bench, questions[i].out, "");
        assert_string_equal(scale_question(bench.scale, &length), questions[i].bytes);
        assert_int_equal(length, questions[i].length);
    }
    struct bench bench CLEANUP_BENCH;
    start(&bench, "toledo-continuous", "");
    assert_null(scale_question(bench.scale, &length));
    assert_int_equal(length, 0);
}

static void test_bad_settings(void **state)
{
    (void)state;
    static const struct {
        const char *protocol;
        struct scale_settings settings;
        const char *says;
    } cases[] = {
        {"sartorius", {.unit = "kg"}, "mt-sics, "},
        {"", {.unit = "kg"}, " or "},
        {"cas", {.unit = "st"}, "kg, g, lb or oz, not \"st\""},
        {"mt-sics", {.unit = "KG"}, "kg, g, lb or oz"},
        {"mt-sics", {.unit = {'k', 'g', ' ', 'x'}}, "not \"kg x\""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct scale_sink sink = {on_reading, NULL};
        struct scale *scale = NULL;
        struct error error = {0};
        assert_int_equal(scale_new(cases[i].protocol, &cases[i].settings, &sink, &scale, &error), -EINVAL);
        assert_non_null(strstr(error.text, cases[i].says));
        assert_null(scale);
    }
}

static void test_json(void **state)
{
    (void)state;
    static const struct {
        struct scale_reading reading;
        const char *json;
    } cases[] = {
        {{.state = SCALE_STABLE, .has_weight = true, .milligrams = 1234},
         "{\"state\":\"stable\",\"milligrams\":1234,\"count\":null}"},
        {{.state = SCALE_STABLE, .has_count = true, .count = 12},
         "{\"state\":\"stable\",\"milligrams\":null,\"count\":12}"},
        {{.state = SCALE_MOTION}, "{\"state\":\"motion\",\"milligrams\":null,\"count\":null}"},
        {{.state = SCALE_UNDER_ZERO}, "{\"state\":\"under_zero\",\"milligrams\":null,\"count\":null}"},
        {{.state = SCALE_OVER_RANGE}, "{\"state\":\"over_range\",\"milligrams\":null,\"count\":null}"},
        {{.state = SCALE_BUSY}, "{\"state\":\"busy\",\"milligrams\":null,\"count\":null}"},
        {{.state = SCALE_ERROR, .why = "no unit"},
         "{\"state\":\"error\",\"milligrams\":null,\"count\":null,\"why\":\"no unit\"}"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf json = {0};
        scale_reading_json(&cases[i].reading, &json);
        assert_string_equal(buf_text(&json), cases[i].json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mt_sics),           cmocka_unit_test(test_toledo_8217),
        cmocka_unit_test(test_toledo_continuous), cmocka_unit_test(test_checksum),
        cmocka_unit_test(test_a_and_d),           cmocka_unit_test(test_cas),
        cmocka_unit_test(test_cas_cash_register), cmocka_unit_test(test_questions),
        cmocka_unit_test(test_bad_settings),      cmocka_unit_test(test_json),
    };
    return cmocka_run_group_tests_name("scale", tests, NULL, NULL);
}
