/* What serial scales say, message by message; whole conversations are in tests/replay/scale. */
#include "drivers/driver.h"
#include "drivers/scale/mass.h"
#include "drivers/scale/scale.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A decoder and what came out of it, each reading ended by a semicolon. */
struct bench {
    struct scale *scale;
    struct buf out;
    size_t weights; /* readings with a weight or a count */
};

static void on_reading(void *user, const struct scale_reading *reading)
{
    struct bench *bench = user;
    bool stable = reading->state == SCALE_STABLE;
    assert_int_equal(stable, reading->has_weight || reading->has_count);
    assert_int_equal(reading->state == SCALE_ERROR, reading->why != NULL);
    bench->weights += stable;
    if (reading->has_weight)
        buf_printf(&bench->out, "%lld mg;", (long long)reading->milligrams);
    else if (reading->has_count)
        buf_printf(&bench->out, "%lld pieces;", (long long)reading->count);
    else
        buf_printf(&bench->out, "%s;", reading->why ? reading->why : scale_state_name(reading->state));
}

static void start(struct bench *bench, const char *protocol, const char *unit)
{
    *bench = (struct bench){0};
    struct scale_settings settings = {0};
    snprintf(settings.unit, sizeof(settings.unit), "%s", unit);
    const struct scale_sink sink = {on_reading, bench};
    assert_int_equal(scale_new(protocol, &settings, &sink, &bench->scale, NULL), 0);
}

static void stop(struct bench *bench)
{
    scale_free(bench->scale);
    buf_done(&bench->out);
}

#define CLEANUP_BENCH CLEANUP(stop)

static void feed_pieces(struct scale *scale, const void *bytes, size_t length, size_t piece)
{
    for (size_t at = 0; at < length; at += piece)
        scale_feed(scale, (const char *)bytes + at, piece < length - at ? piece : length - at);
}

/* Literals may hold zero bytes: the length is sizeof - 1. */
struct message {
    const char *bytes;
    size_t length;
    const char *out;
};
#define BYTES(literal) literal, sizeof(literal) - 1

#define UNREADABLE "unreadable: check its protocol, speed and parity;"
#define BAD_UNIT   "the unit is unknown, or no weight;"
#define NO_UNIT    "no unit: set the one that the scale shows;"
#define NO_UNIT_IN "no unit came with the weight;"
#define CHECKSUM   "wrong checksum: check cable and parity;"
#define TOO_LARGE  "the weight is too large to be true;"

static void check(const char *protocol, const char *unit, const struct message *messages, size_t count)
{
    static const size_t pieces[] = {1, 3, 8, 64, SIZE_MAX / 2};
    for (size_t i = 0; i < count; i++) {
        for (size_t p = 0; p < COUNT(pieces); p++) {
            struct bench bench CLEANUP_BENCH;
            start(&bench, protocol, unit);
            feed_pieces(bench.scale, messages[i].bytes, messages[i].length, pieces[p]);
            if (strcmp(buf_text(&bench.out), messages[i].out) != 0)
                fail_msg("%s, message %zu in pieces of %zu: \"%s\", not \"%s\"", protocol, i, pieces[p],
                         buf_text(&bench.out), messages[i].out);
        }
    }
}

/* ------------------------------------------------------------------------------------------- numbers and units */

static void test_units(void **state)
{
    (void)state;
    static const struct {
        const char *number, *unit;
        int64_t milligrams;
    } cases[] = {
        {"1", "kg", 1000000},
        {"1", "g", 1000},
        {"1", "mg", 1},
        {"1", "t", 1000000000},
        {"100", "lb", 45359237},
        {"1", "lb", 453592},   /* .37 */
        {"1.5", "lb", 680389}, /* 680388.555 */
        {"0.005", "lb", 2268}, /* 2267.96185 */
        {"1", "oz", 28350},    /* 28349.523125 */
        {"16", "oz", 453592},  /* a pound */
        {"1000000", "oz", 28349523125},
        {"10", "ozt", 311035}, /* 311034.768 */
        {"1", "ct", 200},
        {"0.0025", "ct", 1}, /* 0.5: away from zero */
        {"0.0024", "ct", 0},
        {"20", "dwt", 31103},   /* 31103.4768 */
        {"7000", "gr", 453592}, /* a pound */
        {"7000", "GN", 453592},
        {"1", "mom", 3750},
        {"1", "ton", 907184740},
        {"  12.340 ", " KG ", 12340000},
        {"+ 7.", "g", 7000},
        {".5", "g", 500},
        {"-0.5", "mg", -1}, /* half away from zero, below it too */
        {"0.499999999999999999", "mg", 0},
        {"9223372036854", "kg", 9223372036854000000},
        {"000000000000000000000001", "g", 1000},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct mass_number number;
        int64_t milligrams = 0;
        assert_int_equal(mass_number_parse(cases[i].number, strlen(cases[i].number), &number), 0);
        assert_int_equal(mass_milligrams(&number, mass_unit(cases[i].unit, strlen(cases[i].unit)), &milligrams), 0);
        assert_int_equal(milligrams, cases[i].milligrams);
    }
}

static void test_no_units(void **state)
{
    (void)state;
    static const char *const names[] = {"", " ", "k", "kgg", "tl", "tola", "%", "PC", "lb:oz", "k g"};
    for (size_t i = 0; i < COUNT(names); i++)
        assert_int_equal(mass_unit(names[i], strlen(names[i])), 0);
    assert_int_equal(mass_unit("kgX", 2), 1000000000000);
}

static void test_no_numbers(void **state)
{
    (void)state;
    static const char *const texts[] = {"",    " ",   "+",  "-",   ".",   "-.",    "1.2.3", "1,5", "1 2",
                                        "--1", "+-1", "1-", "1e3", "0x1", "1.5kg", "nan",   "\t1"};
    struct mass_number number = {.value = 77};
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_int_equal(mass_number_parse(texts[i], strlen(texts[i]), &number), -EINVAL);
    assert_int_equal(mass_number_parse("1234567890123456789", 19, &number), -ERANGE);
    assert_int_equal(mass_number_parse("0.0000000000000000001", 21, &number), -ERANGE);
    assert_int_equal(number.value, 77);
}

static void test_too_large(void **state)
{
    (void)state;
    int64_t milligrams = 77;
    const int64_t kg = mass_unit("kg", 2);
    assert_int_equal(mass_milligrams(&(struct mass_number){false, 9223372036855, 0}, kg, &milligrams), -ERANGE);
    assert_int_equal(mass_milligrams(&(struct mass_number){true, 9223372036855, 0}, kg, &milligrams), -ERANGE);
    assert_int_equal(mass_milligrams(&(struct mass_number){false, 999999999999999999, 18}, kg, &milligrams), -ERANGE);
    assert_int_equal(mass_milligrams(&(struct mass_number){false, 1, 18}, kg, &milligrams), -ERANGE);
    assert_int_equal(mass_milligrams(&(struct mass_number){false, 1, 19}, 1, &milligrams), -ERANGE);
    assert_int_equal(mass_milligrams(&(struct mass_number){false, 1, INT_MIN}, 1, &milligrams), -ERANGE);
    assert_int_equal(milligrams, 77);
    assert_int_equal(mass_milligrams(&(struct mass_number){false, 0, 18}, kg, &milligrams), 0);
    assert_int_equal(milligrams, 0);
}

/* -------------------------------------------------------------------------------------------------- protocols */

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
        {BYTES("\x02"
               "12.345\r"),
         "12345000 mg;"},
        {BYTES("\x02"
               "012.34\r"),
         "12340000 mg;"},
        {BYTES("\x02"
               "00.000\r"),
         "0 mg;"},
        {BYTES("\x02"
               "12.345N\r"),
         "12345000 mg;"},
        {BYTES("\x02"
               "-0.005\r"),
         "under_zero;"},
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
        {BYTES("\x02"
               "5\r"),
         UNREADABLE},
        {BYTES("\x02"
               "12.3A5\r"),
         UNREADABLE},
        {BYTES("12.345\r"), ""},
        {BYTES("\x02"
               "12.3\x02"
               "45.678\r"),
         "45678000 mg;"},
        {BYTES("\x02"
               "12\n345\r\x02"
               "00.500\r"),
         "500000 mg;"},
        {BYTES("\x02"
               "00000000000000012.345\r"),
         ""},
        {BYTES("\x02"
               "9999999999999999\r"),
         TOO_LARGE},
        {BYTES("\x82\xB1\xB2\x2E\x33\xB4\x35\x8D"), "12345000 mg;"}, /* parity */
    };
    check("toledo-8217", "kg", messages, COUNT(messages));
    static const struct message pounds[] = {{BYTES("\x02"
                                                   "01.50\r"),
                                             "680389 mg;"}};
    check("toledo-8217", "lb", pounds, COUNT(pounds));
    static const struct message ounces[] = {{BYTES("\x02"
                                                   "16.00\r"),
                                             "453592 mg;"}};
    check("toledo-8217", "oz", ounces, COUNT(ounces));
    static const struct message grams[] = {{BYTES("\x02"
                                                  "16.00\r"),
                                            "16000 mg;"}};
    check("toledo-8217", "g", grams, COUNT(grams));
    static const struct message unknown[] = {{BYTES("\x02"
                                                    "12.345\r"),
                                              NO_UNIT},
                                             {BYTES("\x02"
                                                    "00.000\r"),
                                              NO_UNIT},
                                             {BYTES("\x02?\x61\r"), "motion;"}};
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
        {BYTES("\x02\x2D\x30\x20"
               "001500000000\r"),
         ""}, /* more may come */
        {BYTES("\x02\x2D\x30\x20"
               "00150000000\r\x02"),
         ""}, /* a byte was lost */
        {BYTES("\x02\x02\x2D\x30\x20"
               "001500000000\r\x02"),
         "1500000 mg;"},
        {BYTES("\x02\x2D\x30\x20"
               "001500\x02\x2D\x30\x20"
               "001700000000\r\x02"),
         "1700000 mg;"},
        {BYTES("\x82\xAD\x30\xA0\x30\x30\xB1\x35\x30\x30\x30\x30\x30\x30\x30\x30\x8D\x82"), "1500000 mg;"},
    };
    check("toledo-continuous", "", messages, COUNT(messages));
}

/* 1.500 kg and 1.000 kg: their checksums are 0x2E and 0x33. That of 599.999 kg is 0x02, the code of STX. */
#define ONE_AND_A_HALF                                                                                                 \
    "\x02\x2D\x30\x20"                                                                                                 \
    "001500000000\r"
#define ONE                                                                                                            \
    "\x02\x2D\x30\x20"                                                                                                 \
    "001000000000\r"
#define SUM_IS_STX                                                                                                     \
    "\x02\x2D\x30\x20"                                                                                                 \
    "599999000000\r"

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

static void test_a_and_d(void **state)
{
    (void)state;
    static const struct message messages[] = {
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
        {BYTES("I\r\n"), "busy;"},
        {BYTES("?\r\n"), "it does not know the question: check its protocol;"},
        {BYTES("EC,E01\r\n"), "it cannot answer the question now;"},
        {BYTES("ST,\r\n"), UNREADABLE},
        {BYTES("ST\r\n"), UNREADABLE},
        {BYTES("ST,kg\r\n"), UNREADABLE},
        {BYTES("ST,+0001.234ST,+0001.234 kg\r\n"), UNREADABLE},
        {BYTES("T,+0001.234 kg\r\nST,+0001.234 kg\r\n"), UNREADABLE "1234000 mg;"},
        {BYTES("ST,+0001.2\0"
               "34 kg\r\n"),
         UNREADABLE},
        {BYTES("\x53\xD4\xAC\x2B\x30\x30\x30\xB1\x2E\xB2\x33\xB4\xA0\xEB\xE7\x8D\x0A"), "1234000 mg;"}, /* parity */
    };
    check("a-and-d", "", messages, COUNT(messages));
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

/* ----------------------------------------------------------------------------------------- whatever comes along */

/* One message of each protocol with a weight, ended so that it counts. */
static const struct {
    const char *protocol;
    const char *bytes;
    size_t length;
} whole[] = {
    {"mt-sics", BYTES("S S     100.00 g\r\n")},
    {"toledo-8217", BYTES("\x02"
                          "12.345\r")},
    {"toledo-continuous", BYTES(ONE "\x33")},
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

/* ---------------------------------------------------------------------------------------------------- the rest */

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
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_no_units),
        cmocka_unit_test(test_no_numbers),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_mt_sics),
        cmocka_unit_test(test_toledo_8217),
        cmocka_unit_test(test_toledo_continuous),
        cmocka_unit_test(test_checksum),
        cmocka_unit_test(test_a_and_d),
        cmocka_unit_test(test_cas),
        cmocka_unit_test(test_cas_cash_register),
        cmocka_unit_test(test_every_split),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_half_a_message_in_front),
        cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_every_wrong_byte),
        cmocka_unit_test(test_noise_without_an_end),
        cmocka_unit_test(test_questions),
        cmocka_unit_test(test_bad_settings),
        cmocka_unit_test(test_json),
    };
    return cmocka_run_group_tests_name("scale", tests, NULL, NULL);
}
