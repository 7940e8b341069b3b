/* What each language's answers say; whole captures are in tests/replay/printer. */
#include "drivers/printer/printer_status.h"

#include "base/cleanup.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The pieces of a ~HS answer, so that a case shows only what it is about. */
#define HS_1(fields) "\x02" fields "\x03\r\n"
#define HS_2(fields) "\x02" fields "\x03\r\n"
#define HS_3                                                                                                           \
    "\x02"                                                                                                             \
    "1234,0\x03\r\n"
#define GOOD_1  "030,0,0,1245,000,0,0,0,000,0,0,0"
#define GOOD_2  "000,0,0,0,0,2,4,0,00000000,1,000"
#define HS_GOOD HS_1(GOOD_1) HS_2(GOOD_2) HS_3
#define HQES(errors, warnings)                                                                                         \
    "\x02\r\n\r\n  PRINTER STATUS          \r\n   ERRORS:         " errors " \r\n   WARNINGS:       " warnings         \
    " \r\n\x03"
#define NONE        "0 00000000 00000000"
#define SGD_GOOD    "\"" GOOD_1 "\r\n" GOOD_2 "\r\n1234,0\""
#define BYTES(text) text, sizeof(text) - 1

struct answer {
    const char *protocol;
    const char *bytes;
    size_t length;
    const char *says; /* state, flags, and numbers that were said */
};

static void put_flag(char *text, const char *name, bool flag)
{
    if (flag) {
        strcat(text, " ");
        strcat(text, name);
    }
}

static void put_number(char *text, const char *name, int64_t number)
{
    if (number != PRINTER_NOT_SAID)
        sprintf(text + strlen(text), " %s=%lld", name, (long long)number);
}

static const char *in_words(const struct printer_status *is)
{
    static char text[256];
    snprintf(text, sizeof(text), "%s", printer_state_name(is->state));
    put_flag(text, "paper_out", is->paper_out);
    put_flag(text, "head_open", is->head_open);
    put_flag(text, "ribbon_out", is->ribbon_out);
    put_flag(text, "paused", is->paused);
    put_flag(text, "overheated", is->overheated);
    put_flag(text, "jammed", is->jammed);
    put_flag(text, "cutter_fault", is->cutter_fault);
    put_flag(text, "memory_full", is->memory_full);
    put_flag(text, "paper_low", is->paper_low);
    put_flag(text, "label_waiting", is->label_waiting);
    put_flag(text, "other_fault", is->other_fault);
    put_number(text, "formats", is->formats);
    put_number(text, "remaining", is->remaining);
    put_number(text, "odometer", is->odometer);
    return text;
}

static struct printer_status decode(const char *protocol, const void *bytes, size_t length)
{
    struct printer_status status;
    assert_int_equal(printer_status_decode(protocol, bytes, length, &status), 0);
    return status;
}

static void check(const struct answer *answers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct answer *answer = &answers[i];
        struct printer_status status = decode(answer->protocol, answer->bytes, answer->length);
        if (strcmp(in_words(&status), answer->says) != 0)
            fail_msg("%s, case %zu: it says \"%s\", not \"%s\"", answer->protocol, i, in_words(&status), answer->says);
    }
}

static void test_host_status(void **state)
{
    (void)state;
    static const struct answer answers[] = {
        {"zpl", BYTES(HS_GOOD), "ready formats=0 remaining=0"},
        {"zpl", BYTES(HS_1("030,1,0,1245,000,0,0,0,000,0,0,0") HS_2(GOOD_2) HS_3),
         "error paper_out formats=0 remaining=0"},
        {"zpl", BYTES(HS_1("030,0,1,1245,000,0,0,0,000,0,0,0") HS_2(GOOD_2) HS_3),
         "paused paused formats=0 remaining=0"},
        {"zpl", BYTES(HS_1("030,0,0,1245,003,0,0,0,000,0,0,0") HS_2(GOOD_2) HS_3), "busy formats=3 remaining=0"},
        {"zpl", BYTES(HS_1("030,0,0,1245,000,1,0,0,000,0,0,0") HS_2(GOOD_2) HS_3),
         "busy memory_full formats=0 remaining=0"},
        {"zpl", BYTES(HS_1("030,0,0,1245,000,0,1,0,000,0,0,0") HS_2(GOOD_2) HS_3),
         "error other_fault formats=0 remaining=0"},
        {"zpl", BYTES(HS_1("030,0,0,1245,000,0,0,1,000,0,0,0") HS_2(GOOD_2) HS_3), "busy formats=0 remaining=0"},
        {"zpl", BYTES(HS_1("030,0,0,1245,000,0,0,0,000,1,0,0") HS_2(GOOD_2) HS_3),
         "error other_fault formats=0 remaining=0"},
        {"zpl", BYTES(HS_1("030,0,0,1245,000,0,0,0,000,0,1,0") HS_2(GOOD_2) HS_3),
         "error other_fault formats=0 remaining=0"},
        {"zpl", BYTES(HS_1("030,0,0,1245,000,0,0,0,000,0,0,1") HS_2(GOOD_2) HS_3),
         "error overheated formats=0 remaining=0"},
        {"zpl", BYTES(HS_1(GOOD_1) HS_2("000,0,1,0,0,2,4,0,00000000,1,000") HS_3),
         "error head_open formats=0 remaining=0"},
        {"zpl", BYTES(HS_1(GOOD_1) HS_2("000,0,0,1,1,2,4,0,00000000,1,000") HS_3),
         "error ribbon_out formats=0 remaining=0"},
        {"zpl", BYTES(HS_1(GOOD_1) HS_2("000,0,0,0,0,1,4,1,00000000,1,000") HS_3),
         "busy label_waiting formats=0 remaining=0"},
        {"zpl", BYTES(HS_1(GOOD_1) HS_2("000,0,0,0,0,2,4,0,00000012,1,000") HS_3), "busy formats=0 remaining=12"},
        {"zpl", BYTES(HS_1("030,1,1,1245,002,0,0,0,000,0,0,0") HS_2("000,0,1,0,0,2,4,0,00000012,1,000") HS_3),
         "error paper_out head_open paused formats=2 remaining=12"},
        /* a print mode that is a letter, other line ends, fields of firmware to come, no STX and ETX */
        {"zpl", BYTES(HS_1(GOOD_1) HS_2("000,0,0,0,0,K,4,0,00000000,1,000") HS_3), "ready formats=0 remaining=0"},
        {"zpl", BYTES(GOOD_1 "\r" GOOD_2 "\r1234,0\r"), "ready formats=0 remaining=0"},
        {"zpl", BYTES(HS_1(GOOD_1 ",0,7") HS_2(GOOD_2 ",9") HS_3), "ready formats=0 remaining=0"},
        /* garbage before and between, and the last whole one of several */
        {"zpl",
         BYTES("\xff\x02\x02"
               "7,x\r\n" HS_GOOD),
         "ready formats=0 remaining=0"},
        {"zpl",
         BYTES(HS_GOOD HS_1("030,1,0,1245,000,0,0,0,000,0,0,0") HS_2(GOOD_2) HS_3 "\x02"
                                                                                  "030,0"),
         "error paper_out formats=0 remaining=0"},
        /* a field lost, letters in a flag, a line of another kind, silence */
        {"zpl", BYTES(HS_1("0,0,1245,000,0,0,0,000,0,0,0") HS_2(GOOD_2) HS_3), "unknown"},
        {"zpl", BYTES(HS_1("030,A,0,1245,000,0,0,0,000,0,0,0") HS_2(GOOD_2) HS_3), "unknown"},
        {"zpl", BYTES(HS_1(GOOD_1) HS_2("000,0,,0,0,2,4,0,00000000,1,000") HS_3), "unknown"},
        {"zpl", BYTES(HS_2(GOOD_2) HS_3), "unknown"},
        {"zpl", BYTES("ERROR\r\n"), "unknown"},
        {"zpl", BYTES(""), "unknown"},
    };
    check(answers, COUNT(answers));
}

static void test_extended_status(void **state)
{
    (void)state;
    static const struct answer answers[] = {
        {"hqes", BYTES(HQES(NONE, NONE)), "ready"},
        {"hqes", BYTES(HQES("1 00000000 00000001", NONE)), "error paper_out"},
        {"hqes", BYTES(HQES("1 00000000 00000002", NONE)), "error ribbon_out"},
        {"hqes", BYTES(HQES("1 00000000 00000004", NONE)), "error head_open"},
        {"hqes", BYTES(HQES("1 00000000 00000008", NONE)), "error cutter_fault"},
        {"hqes", BYTES(HQES("1 00000000 00000010", NONE)), "error overheated"},
        {"hqes", BYTES(HQES("1 00000000 00000020", NONE)), "error overheated"},
        {"hqes", BYTES(HQES("1 00000000 00000040", NONE)), "error other_fault"},
        {"hqes", BYTES(HQES("1 00000000 00001000", NONE)), "error jammed"},
        {"hqes", BYTES(HQES("1 00000000 00010000", NONE)), "paused paused"},
        {"hqes", BYTES(HQES("1 00000000 00010005", NONE)), "error paper_out head_open paused"},
        {"hqes", BYTES(HQES("1 00000000 A0000000", NONE)), "error other_fault"},
        {"hqes", BYTES(HQES("1 00000100 00000000", NONE)), "error other_fault"},
        {"hqes", BYTES(HQES("1 00000000 00000000", NONE)), "error other_fault"},
        {"hqes", BYTES(HQES("1 00000100 00000004", NONE)), "error head_open other_fault"},
        {"hqes", BYTES(HQES(NONE, "1 00000000 0000000a")), "ready paper_low"},
        {"hqes", BYTES(HQES(NONE, "1 00000000 00000002")), "ready"},
        {"hqes", BYTES("ERRORS: 0 00000000 00000000\nWARNINGS: 0 00000000 00000000"), "ready"},
        {"hqes", BYTES("EEERRORS: " HQES("1 00000000 00000001", NONE)), "error paper_out"},
        {"hqes", BYTES(HQES("0 0000000 00000000", NONE)), "unknown"},
        {"hqes", BYTES("ERRORS: none WARNINGS: none"), "unknown"},
    };
    check(answers, COUNT(answers));
}

static void test_variables(void **state)
{
    (void)state;
    static const struct answer answers[] = {
        {"sgd", BYTES(SGD_GOOD), "ready formats=0 remaining=0"},
        {"sgd", BYTES("\"4711\""), "unknown odometer=4711"},
        {"sgd", BYTES("\"4711\"" SGD_GOOD), "ready formats=0 remaining=0 odometer=4711"},
        {"sgd", BYTES(SGD_GOOD "\"4711\"\"4712\""), "ready formats=0 remaining=0 odometer=4712"},
        {"sgd", BYTES(SGD_GOOD "\"?\""), "ready formats=0 remaining=0"},
        {"sgd", BYTES("\"?\""), "unknown"},
        {"sgd", BYTES("\"?\"" SGD_GOOD), "ready formats=0 remaining=0"},
        {"sgd", BYTES("\"\"\"ZD220\"" SGD_GOOD), "ready formats=0 remaining=0"},
        {"sgd", BYTES("\"\""), "unknown"},
        {"sgd", BYTES("\"ready\""), "unknown"},
        {"sgd", BYTES("x\"y" SGD_GOOD), "ready formats=0 remaining=0"},
        {"sgd", BYTES("\"99999999999999999999\""), "unknown"},
        {"sgd", BYTES("4711"), "unknown"},
    };
    check(answers, COUNT(answers));
}

static void test_tspl(void **state)
{
    (void)state;
    static const struct answer answers[] = {
        {"tspl", BYTES("\x00"), "ready"},
        {"tspl", BYTES("\x01"), "error head_open"},
        {"tspl", BYTES("\x02"), "error jammed"},
        {"tspl", BYTES("\x05"), "error paper_out head_open"},
        {"tspl", BYTES("\x0a"), "error ribbon_out jammed"},
        {"tspl", BYTES("\x0d"), "error paper_out head_open ribbon_out"},
        {"tspl", BYTES("\x10"), "paused paused"},
        {"tspl", BYTES("\x20"), "busy"},
        {"tspl", BYTES("\x40"), "error head_open"},
        {"tspl", BYTES("\x80"), "error other_fault"},
        {"tspl", BYTES("\x00\r\n"), "ready"},
        {"tspl", BYTES("\r\n"), "unknown"},
        {"tspl", BYTES("\x00\x04"), "error paper_out"},
        {"tspl", BYTES("\x02\x00"), "ready"},
        {"tspl", BYTES("\x02@@@@\x03\r\n"), "ready"},
        {"tspl", BYTES("\x02P@@@\x03\r\n"), "busy"},
        {"tspl", BYTES("\x02`@@@\x03\r\n"), "paused paused"},
        {"tspl", BYTES("\x02K@@@\x03\r\n"), "paused paused"},
        {"tspl", BYTES("\x02L@@@\x03\r\n"), "busy label_waiting"},
        {"tspl",
         BYTES("\x02"
               "E@@A\x03\r\n"),
         "error paper_out"},
        {"tspl",
         BYTES("\x02"
               "E@@a\x03\r\n"),
         "error paper_out head_open"},
        {"tspl",
         BYTES("\x02"
               "E@AF\x03\r\n"),
         "error ribbon_out overheated jammed"},
        {"tspl",
         BYTES("\x02"
               "E@HH\x03\r\n"),
         "error jammed cutter_fault"},
        {"tspl",
         BYTES("\x02"
               "E@P@\x03\r\n"),
         "error memory_full other_fault"},
        {"tspl",
         BYTES("\x02"
               "E@@@\x03\r\n"),
         "error other_fault"},
        {"tspl", BYTES("\x02@@D@\x03\r\n"), "error other_fault"},
        {"tspl", BYTES("\x02@@P@\x03\r\n"), "error memory_full other_fault"},
        {"tspl", BYTES("\x02@H@@\x03\r\n"), "busy memory_full"},
        {"tspl", BYTES("\x02@A@@\x03\r\n"), "ready paper_low"},
        {"tspl", BYTES("\x02z@@@\x03\r\n"), "unknown"},
        {"tspl", BYTES("\x02@@"), "unknown"},
    };
    check(answers, COUNT(answers));
}

static void test_epl_and_cpcl(void **state)
{
    (void)state;
    static const struct answer answers[] = {
        {"epl", BYTES("00\r\n"), "ready"},
        {"epl", BYTES("07\r\n"), "error paper_out"},
        {"epl", BYTES("$11\r\n"), "error head_open"},
        {"epl", BYTES("$11\r\n$00\r\n"), "ready"},
        {"epl", BYTES("07,11\r\n"), "error paper_out head_open"},
        {"epl",
         BYTES("\x15"
               "07P003L00012\r\n"),
         "error paper_out"},
        {"epl", BYTES("62,81\r\n"), "error overheated cutter_fault"},
        {"epl", BYTES("92\r\n"), "paused paused"},
        {"epl", BYTES("12\n"), "paused paused"},
        {"epl", BYTES("01\r\n"), "error other_fault"},
        {"epl",
         BYTES("\xff\x13"
               "00\r\n"),
         "ready"},
        {"epl", BYTES("1300\r\n"), "unknown"},
        {"epl", BYTES("x 00\r\n"), "unknown"},
        {"epl", BYTES("0\r\n"), "unknown"},
        {"epl", BYTES("00,\r\n"), "unknown"},
        {"epl", BYTES("00"), "unknown"},
        {"epl", BYTES("\r\n\r\n"), "unknown"},
        {"cpcl", BYTES("\x00"), "ready"},
        {"cpcl", BYTES("\x01"), "busy"},
        {"cpcl", BYTES("\x02"), "error paper_out"},
        {"cpcl", BYTES("\x04"), "error head_open"},
        {"cpcl", BYTES("\x18"), "ready"},
        {"cpcl", BYTES("\x1f"), "error paper_out head_open"},
        {"cpcl", BYTES("\x80"), "error other_fault"},
        {"cpcl", BYTES("\x00\r\n"), "ready"},
    };
    check(answers, COUNT(answers));
}

static void test_escpos(void **state)
{
    (void)state;
    static const struct answer answers[] = {
        {"escpos", BYTES("\x12\x12\x12\x12"), "ready"},
        {"escpos", BYTES("\x16\x12\x12\x12"), "ready"}, /* a drawer is open */
        {"escpos", BYTES("\x1a\x16\x12\x12"), "error head_open"},
        {"escpos", BYTES("\x1a\x32\x12\x72"), "error paper_out"},
        {"escpos", BYTES("\x1a\x52\x1a\x12"), "error cutter_fault"},
        {"escpos", BYTES("\x1a\x52\x32\x12"), "error other_fault"},
        {"escpos", BYTES("\x1a\x52\x52\x12"), "error overheated"},
        {"escpos", BYTES("\x1a\x56\x52\x12"), "error head_open"},
        {"escpos", BYTES("\x1a\x12\x12\x12"), "error other_fault"},
        {"escpos", BYTES("\x1a\x1a\x12\x12"), "busy"},
        {"escpos", BYTES("\x12\x12\x12\x1e"), "ready paper_low"},
        {"escpos", BYTES("\x12"), "ready"},
        {"escpos", BYTES("\x1a"), "error other_fault"},
        {"escpos", BYTES("\x12\x11\x12\x13\x12\x12"), "ready"}, /* XON and XOFF between them */
        {"escpos", BYTES("\x12\x12\x12\x12\x1a\x16\x12\x12"), "error head_open"},
        {"escpos", BYTES("\x10\x00\x00\x0f"), "ready"},
        {"escpos", BYTES("\x18\x00\x0c\x00"), "error paper_out"},
        {"escpos", BYTES("\x38\x00\x00\x00"), "error head_open"},
        {"escpos", BYTES("\x18\x08\x00\x00"), "error cutter_fault"},
        {"escpos", BYTES("\x10\x00\x03\x00"), "ready paper_low"},
        {"escpos", BYTES("\x12\x12\x38\x00\x13\x00\x00\x12\x12"), "error head_open"},
        {"escpos", BYTES("\x10\x00\x00"), "unknown"},
        {"escpos", BYTES("\x10\x00\x12\x12\x12\x12"), "ready"},
        {"escpos", BYTES("\x11\x13"), "unknown"},
        {"escpos", BYTES("OK\r\n"), "unknown"},
    };
    check(answers, COUNT(answers));
}

static void test_port_status(void **state)
{
    (void)state;
    static const struct answer answers[] = {
        {"port-status", BYTES("\x18"), "ready"},
        {"port-status", BYTES("\x38"), "error paper_out"},
        {"port-status", BYTES("\x30"), "error paper_out"},
        {"port-status", BYTES("\x10"), "error other_fault"},
        {"port-status", BYTES("\x08"), "error other_fault"},
        {"port-status", BYTES("\x00"), "error other_fault"},
        {"port-status", BYTES(""), "unknown"},
    };
    check(answers, COUNT(answers));
    struct printer_status status;
    assert_int_equal(printer_status_decode("morse", "", 0, &status), -EINVAL);
    assert_int_equal(printer_status_decode("", "", 0, &status), -EINVAL);
}

/* Whichever byte it is, only these are good news. */
static void test_every_byte(void **state)
{
    (void)state;
    for (unsigned value = 0; value < 256; value++) {
        uint8_t byte = (uint8_t)value;
        assert_int_equal(decode("tspl", &byte, 1).state == PRINTER_READY, byte == 0);
        assert_int_equal(decode("tspl", &byte, 1).state == PRINTER_BUSY, byte == 0x20);
        assert_int_equal(decode("cpcl", &byte, 1).state == PRINTER_READY, (byte & 0xE7) == 0);
        assert_int_equal(decode("escpos", &byte, 1).state == PRINTER_READY, byte == 0x12 || byte == 0x16);
        assert_int_equal(decode("port-status", &byte, 1).state == PRINTER_READY, (byte & 0x38) == 0x18);
        assert_int_equal(decode("epl", &byte, 1).state, PRINTER_UNKNOWN);
        assert_int_equal(decode("zpl", &byte, 1).state, PRINTER_UNKNOWN);
    }
}

/* An answer that was cut short says nothing. whole: from how many bytes on it may count. */
static void test_truncated(void **state)
{
    (void)state;
    static const struct {
        const char *protocol, *bytes;
        size_t length, whole;
    } cases[] = {
        {"zpl", BYTES(HS_GOOD), sizeof(HS_GOOD) - 1 - 2},
        {"hqes", BYTES(HQES(NONE, NONE)), sizeof(HQES(NONE, NONE)) - 1 - 4},
        {"sgd", BYTES(SGD_GOOD), sizeof(SGD_GOOD) - 1},
        {"epl", BYTES("$00\r\n"), 4},
        {"tspl", BYTES("\x02@@@@\x03\r\n"), 6},
        {"escpos", BYTES("\x10\x00\x00\x00"), 4},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t length = 0; length <= cases[i].length; length++) {
            char *copy CLEANUP(cleanup_free) = malloc(length + 1); /* so that reading past its end is seen */
            assert_non_null(copy);
            memcpy(copy + 1, cases[i].bytes, length);
            enum printer_state is = decode(cases[i].protocol, copy + 1, length).state;
            bool jam = strcmp(cases[i].protocol, "tspl") == 0 && length == 1; /* STX is that, too */
            if (is != (jam ? PRINTER_ERROR : length < cases[i].whole ? PRINTER_UNKNOWN : PRINTER_READY))
                fail_msg("%s cut to %zu bytes is %s", cases[i].protocol, length, printer_state_name(is));
        }
}

/* Bytes of the kinds that answers are made of, in no order: nothing is read past their end, and nothing is ready. */
static void test_garbage(void **state)
{
    (void)state;
    static const char *const framed[] = {"zpl", "hqes", "sgd"};
    static const char *const single[] = {"tspl", "epl", "cpcl", "escpos", "port-status"};
    static const char alphabet[] = "\x02\x03\r\n,,,0001234\"?ERRORS: WARNINGS@A\x10\x12\x13\xff";
    uint64_t seed = 11;
    for (int round = 0; round < 4000; round++) {
        char bytes[300];
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        size_t length = (seed >> 33) % sizeof(bytes);
        for (size_t i = 0; i < length; i++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            bytes[i] = round % 2 ? (char)(seed >> 40) : alphabet[(seed >> 33) % (sizeof(alphabet) - 1)];
        }
        for (size_t i = 0; i < COUNT(framed); i++)
            assert_int_equal(decode(framed[i], bytes, length).state, PRINTER_UNKNOWN);
        for (size_t i = 0; i < COUNT(single); i++)
            decode(single[i], bytes, length);
    }
}

/* Half a megabyte that nearly is an answer, everywhere, is read in no time. */
static void test_long_input(void **state)
{
    (void)state;
    static char bytes[512 << 10];
    static const char *const protocols[] = {"zpl", "hqes", "sgd", "tspl", "epl", "cpcl", "escpos"};
    static const char *const patterns[] = {"0,",   "\x02",     "\"", "ERRORS:", "ERRORS: 0 00000000 00000000 ",
                                           "\x10", "\x12\x10", "1"};
    for (size_t p = 0; p < COUNT(patterns); p++) {
        for (size_t i = 0; i < sizeof(bytes); i++)
            bytes[i] = patterns[p][i % strlen(patterns[p])];
        bytes[sizeof(bytes) - 1] = '!';
        for (size_t i = 0; i < COUNT(protocols); i++)
            assert_true(decode(protocols[i], bytes, sizeof(bytes)).state <= PRINTER_ERROR);
    }
}

static void test_json(void **state)
{
    (void)state;
    struct buf json CLEANUP_BUF = {0};
    struct printer_status status = decode("tspl", "\x04", 1);
    printer_status_json(&status, NULL, &json);
    assert_string_equal(
        buf_text(&json),
        "{\"state\":\"error\",\"paper_out\":true,\"head_open\":false,\"ribbon_out\":false,\"paused\":false,"
        "\"overheated\":false,\"jammed\":false,\"cutter_fault\":false,\"memory_full\":false,"
        "\"paper_low\":false,\"label_waiting\":false,\"other_fault\":false,\"formats\":null,"
        "\"remaining\":null,\"odometer\":null}");
    buf_clear(&json);
    status = decode("sgd", BYTES(SGD_GOOD "\"4711\""));
    printer_status_json(&status, NULL, &json);
    assert_non_null(strstr(buf_text(&json), "\"formats\":0,\"remaining\":0,\"odometer\":4711}"));
}

static void test_identity(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        size_t length;
        const char *is; /* manufacturer|model|serial|language */
    } cases[] = {
        {BYTES(
             "MANUFACTURER:Zebra Technologies ;COMMAND SET:ZPL;MODEL:ZTC ZD220-203dpi ZPL;CLASS:PRINTER;OPTIONS:XML;"),
         "Zebra Technologies|ZTC ZD220-203dpi ZPL||zpl"},
        {BYTES("MFG:Munbyn;CMD:TSPL;MDL:RW403B;CMT:Label Printer;"), "Munbyn|RW403B||tspl"},
        {BYTES("MFG:4BARCODE;CMD:TSPL2;MDL:3B-363B;CLS:PRINTER;"), "4BARCODE|3B-363B||tspl"},
        {BYTES("mfg: Rollo ; Mdl:X1038;cmd: tspl ;S n:A1;"), "Rollo|X1038|A1|tspl"},
        {BYTES("MFG:A;MDL:B;CMD:ESC/POS;SERN:9;"), "A|B|9|escpos"},
        {BYTES("MFG:Epson;MDL:C;CMD:ESCLABEL;"), "Epson|C||unknown"},
        {BYTES("MFG:A;MDL:B;CMD:ZPL II,zpl;"), "A|B||zpl"},
        {BYTES("MFG:A;MDL:B;CMD:ZPL,XML;"), "A|B||zpl"},
        {BYTES("MFG:A;MDL:B;CMD:EPL2,CPCL;"), "A|B||unknown"},
        {BYTES("MFG:A;MDL:B ZPL;CMD:PCL,EPL;"), "A|B ZPL||unknown"},
        {BYTES("MFG:Zebra;MDL:ZTC GK420d (EPL);CMD:;"), "Zebra|ZTC GK420d (EPL)||epl"},
        {BYTES("MFG:Zebra;MDL:ZTC ZD220-203dpi ZPL;"), "Zebra|ZTC ZD220-203dpi ZPL||zpl"},
        {BYTES("MFG:Zebra;MDL:ZPL EPL;"), "Zebra|ZPL EPL||unknown"},
        {BYTES("MFG:A;MDL:B;"), "A|B||unknown"},
        {BYTES("MFG:A;MFG:Z;MDL:B;CMD:EPL"), "A|B||epl"},
        /* the length: right, in the other order, too long, without its own bytes, zero; NULs and old bytes behind */
        {BYTES("\x00\x17MFG:A;MDL:B;CMD:TSPL;"), "A|B||tspl"},
        {BYTES("\x17\x00MFG:A;MDL:B;CMD:TSPL;"), "A|B||tspl"},
        {BYTES("\x4d\x01MFG:A;MDL:B;CMD:TSPL;"), "A|B||tspl"},
        {BYTES("\x03\xffMFG:A;MDL:B;CMD:TSPL;"), "A|B||tspl"},
        {BYTES("\x00\x15MFG:A;MDL:B;CMD:TSPL;"), "A|B||tspl"},
        {BYTES("\x00\x00MFG:A;MDL:B;CMD:TSPL;\0\0;CMD:ZPL;"), "A|B||tspl"},
        {BYTES("\x00\x17MFG:A;MDL:B;CMD:TSPL;;x;CMD:ZPL;MDL:old;"), "A|B||tspl"},
        {BYTES("MFG:A;MDL:B;\0CMD:EPL;"), "A|B||unknown"},
        {BYTES("MFG:A\x01\x02"
               "B;MDL:\xff;"),
         "AB|\xff||unknown"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct printer_identity identity;
        char is[256];
        assert_int_equal(printer_identity_parse(cases[i].id, cases[i].length, &identity), 0);
        snprintf(is, sizeof(is), "%s|%s|%s|%s", identity.manufacturer, identity.model, identity.serial,
                 printer_language_name(identity.language));
        assert_string_equal(is, cases[i].is);
        for (size_t length = 0; length < cases[i].length; length++) {
            char *copy CLEANUP(cleanup_free) = malloc(length + 1);
            assert_non_null(copy);
            memcpy(copy + 1, cases[i].id, length);
            int r = printer_identity_parse(copy + 1, length, &identity);
            assert_true(r == 0 || r == -EINVAL);
        }
    }
}

static void test_no_identity(void **state)
{
    (void)state;
    static const char *const ids[] = {"", "\x05", "hello", ";;;", "MFG:", "MFG;MDL;", ":;", "MFG:Zebra"};
    struct printer_identity identity = {.model = "untouched"};
    for (size_t i = 0; i < COUNT(ids); i++)
        assert_int_equal(printer_identity_parse(ids[i], strlen(ids[i]), &identity), -EINVAL);
    assert_int_equal(printer_identity_parse("\0\0\0\0", 4, &identity), -EINVAL);
    assert_string_equal(identity.model, "untouched");
    char id[300] = "MFG:";
    memset(id + 4, 'x', 200);
    strcpy(id + 204, ";SERIALNUMBER:7;");
    assert_int_equal(printer_identity_parse(id, strlen(id), &identity), 0);
    assert_int_equal(strlen(identity.manufacturer), sizeof(identity.manufacturer) - 1);
    assert_string_equal(identity.serial, "7");
}

static void test_identity_json(void **state)
{
    (void)state;
    struct buf json CLEANUP_BUF = {0};
    struct printer_identity identity = {"A", "B", "", PRINTER_EPL};
    printer_identity_json(&identity, NULL, &json);
    assert_string_equal(buf_text(&json), "{\"manufacturer\":\"A\",\"model\":\"B\",\"language\":\"epl\"}");
    buf_clear(&json);
    strcpy(identity.serial, "7");
    printer_identity_json(&identity, NULL, &json);
    assert_string_equal(buf_text(&json),
                        "{\"manufacturer\":\"A\",\"model\":\"B\",\"language\":\"epl\",\"serial\":\"7\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_host_status),   cmocka_unit_test(test_extended_status),
        cmocka_unit_test(test_variables),     cmocka_unit_test(test_tspl),
        cmocka_unit_test(test_epl_and_cpcl),  cmocka_unit_test(test_escpos),
        cmocka_unit_test(test_port_status),   cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_truncated),     cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_long_input),    cmocka_unit_test(test_json),
        cmocka_unit_test(test_identity),      cmocka_unit_test(test_no_identity),
        cmocka_unit_test(test_identity_json),
    };
    return cmocka_run_group_tests_name("printer status", tests, NULL, NULL);
}
