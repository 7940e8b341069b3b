#include "barcode/barcode.h"

#include "base/cleanup.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct barcode code;
static struct barcode_error fault;

static int parse(const char *text)
{
    return barcode_parse(text, strlen(text), &code, &fault);
}

/* "01=09521234543213 10=ABC" */
static const char *elements_of(const struct barcode *barcode)
{
    static char out[512];
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < barcode->count; i++)
        used += (size_t)snprintf(out + used, sizeof(out) - used, "%s%s=%s", i ? " " : "", barcode->elements[i].ai,
                                 barcode->values + barcode->elements[i].offset);
    return out;
}

static const struct {
    const char *text, *aim, *kind, *gtin14;
    unsigned flags;
    const char *elements;
} readable[] = {
    /* GS1 element strings: General Specifications, 952 is the demonstration prefix */
    {"]C1010952123454321310ABC\x1D"
     "17261231",
     "]C1", "gs1", "09521234543213", 0, "01=09521234543213 10=ABC 17=261231"},
    {"]d2010952123454321317261231\x1D" /* a needless separator */
     "10ABC",
     "]d2", "gs1", "09521234543213", 0, "01=09521234543213 17=261231 10=ABC"},
    {"]Q3010952123454321310ABC\x1D", "]Q3", "gs1", "09521234543213", 0, "01=09521234543213 10=ABC"},
    {"]Q4109", "]Q4", "gs1", "", 0, "10=9"},
    {"]J1109", "]J1", "gs1", "", 0, "10=9"},
    {"]d5109", "]d5", "gs1", "", 0, "10=9"},
    {"]d3109", "]d3", "plain", "", 0, ""}, /* FNC1 in the second place is an industry's own */
    {"]C2109", "]C2", "plain", "", 0, ""},
    {"]e00109521234543213", "]e0", "gs1", "09521234543213", 0, "01=09521234543213"},
    {"\x1D"
     "0109521234543213",
     "", "gs1", "09521234543213", 0, "01=09521234543213"},
    {"010952123454321310ABC\x1D"
     "17261231",
     "", "gs1", "09521234543213", 0, "01=09521234543213 10=ABC 17=261231"},
    {"0109521234543213", "", "gs1", "09521234543213", 0, "01=09521234543213"},
    {"010952123454321317261231", "", "gs1", "09521234543213", 0, "01=09521234543213 17=261231"},
    {"]C100106141412345678908", "]C1", "sscc", "", 0, "00=106141412345678908"},
    {"00106141412345678908", "", "sscc", "", 0, "00=106141412345678908"},
    {"]C1001061414123456789080209521234543213374", "]C1", "sscc", "", 0,
     "00=106141412345678908 02=09521234543213 37=4"},
    {"]C1020952123454321337100", "]C1", "gs1", "", 0, "02=09521234543213 37=100"},
    {"]C137100", "]C1", "gs1", "", 0, "37=100"},
    {"]C13103001250", "]C1", "gs1", "", 0, "3103=001250"},
    {"]C1391097812345", "]C1", "gs1", "", 0, "3910=97812345"},
    {"]C1800609521234543213"
     "0102",
     "]C1", "gs1", "09521234543213", 0, "8006=095212345432130102"},
    {"]C17007260101260131", "]C1", "gs1", "", 0, "7007=260101260131"},
    {"]C17007260101", "]C1", "gs1", "", 0, "7007=260101"},
    {"]C18008260101120030", "]C1", "gs1", "", 0, "8008=260101120030"},
    {"]C14330000500-", "]C1", "gs1", "", 0, "4330=000500-"},
    {"]C14324261200"
     "0930",
     "]C1", "gs1", "", 0, "4324=2612000930"},
    {"]C17040"
     "1AB_",
     "]C1", "gs1", "", 0, "7040=1AB_"},
    {"]C180131987654Ad4X4bL5ttr2310c2K", "]C1", "gs1", "", 0, "8013=1987654Ad4X4bL5ttr2310c2K"},
    {"]C18007GB82WEST12345698765432", "]C1", "gs1", "", 0, "8007=GB82WEST12345698765432"},
    {"]C110ABC\x1D"
     "10ABC",
     "]C1", "gs1", "", 0, "10=ABC 10=ABC"},
    {"]C117261200", "]C1", "gs1", "", 0, "17=261200"},
    {"]C117240229", "]C1", "gs1", "", 0, "17=240229"},
    {"]C191anything_at/all", "]C1", "gs1", "", 0, "91=anything_at/all"},
    /* the separator the printer forgot */
    {"]C110ABC17261231", "]C1", "gs1", "", BARCODE_POSSIBLE_MISSING_SEPARATOR, "10=ABC17261231"},
    {"]C110ABC17261231\x1D", "]C1", "gs1", "", 0, "10=ABC17261231"},
    {"]C110AB0109521234543213", "]C1", "gs1", "", BARCODE_POSSIBLE_MISSING_SEPARATOR, "10=AB0109521234543213"},
    {"]C110A17261231", "]C1", "gs1", "", BARCODE_POSSIBLE_MISSING_SEPARATOR, "10=A17261231"},
    {"]C110LOT7"
     "17261231"
     "21SER1",
     "]C1", "gs1", "", BARCODE_POSSIBLE_MISSING_SEPARATOR, "10=LOT71726123121SER1"},
    {"]d20109521234543213"
     "21SN417"
     "17261200"
     "10L7",
     "]d2", "gs1", "09521234543213", BARCODE_POSSIBLE_MISSING_SEPARATOR, "01=09521234543213 21=SN4171726120010L7"},
    {"]C110B42"
     "3103001250",
     "]C1", "gs1", "", BARCODE_POSSIBLE_MISSING_SEPARATOR, "10=B423103001250"},
    {"]C110B42"
     "422156",
     "]C1", "gs1", "", BARCODE_POSSIBLE_MISSING_SEPARATOR, "10=B42422156"},
    {"]C1240X9"
     "4109521234500018",
     "]C1", "gs1", "", BARCODE_POSSIBLE_MISSING_SEPARATOR, "240=X94109521234500018"},
    {"]C110123456"
     "17261231",
     "]C1", "gs1", "", BARCODE_POSSIBLE_MISSING_SEPARATOR, "10=12345617261231"},
    /* lots that only look a little like it */
    {"]C110LOT21A00123456", "]C1", "gs1", "", 0, "10=LOT21A00123456"},
    {"]C110B2104A12345", "]C1", "gs1", "", 0, "10=B2104A12345"},
    {"]C110L2010ABC", "]C1", "gs1", "", 0, "10=L2010ABC"},
    {"]C110L2001", "]C1", "gs1", "", 0, "10=L2001"},
    {"]C1102611051230", "]C1", "gs1", "", 0, "10=2611051230"}, /* 5 November 2026, 12:30 */
    {"]C110B42"
     "422999",
     "]C1", "gs1", "", 0, "10=B42422999"},
    {"]C110L3310254321", "]C1", "gs1", "", 0, "10=L3310254321"},
    {"]C12119980104", "]C1", "gs1", "", 0, "21=19980104"},
    {"]C110L2105", "]C1", "gs1", "", 0, "10=L2105"},
    {"]C110L2105031", "]C1", "gs1", "", 0, "10=L2105031"},
    {"]C110ABC17261331", "]C1", "gs1", "", 0, "10=ABC17261331"},
    {"010952123454321310ABC17261231", "", "gs1", "09521234543213", BARCODE_POSSIBLE_MISSING_SEPARATOR,
     "01=09521234543213 10=ABC17261231"},
    /* retail numbers */
    {"]E09521234543213", "]E0", "gtin", "09521234543213", 0, ""},
    {"9521234543213", "", "gtin", "09521234543213", 0, ""},
    {"]X09521234543213", "]X0", "gtin", "09521234543213", 0, ""},
    {"042100005264", "", "gtin", "00042100005264", 0, ""},
    {"]E00042100005264", "]E0", "gtin", "00042100005264", 0, ""},
    {"]E0425261", "]E0", "gtin", "00042100005264", 0, ""},
    {"]E004252614", "]E0", "gtin", "00042100005264", 0, ""},
    {"19521234543210", "", "gtin", "19521234543210", 0, ""},
    {"]I119521234543210", "]I1", "gtin", "19521234543210", 0, ""},
    {"]C0"
     "9521234543213",
     "]C0", "gtin", "09521234543213", 0, ""},
    {"96385074", "", "gtin", "00000096385074", 0, ""},
    {"]E496385074", "]E4", "gtin", "00000096385074", 0, ""},
    {"04252614", "", "gtin", "00042100005264", 0, ""},
    {"01234084", "", "gtin", "", BARCODE_AMBIGUOUS_8, ""},
    {"]X001234084", "]X0", "gtin", "", BARCODE_AMBIGUOUS_8, ""},
    {"]E401234084", "]E4", "gtin", "00000001234084", 0, ""},
    {"]E001234084", "]E0", "gtin", "00012340000084", 0, ""},
    {"]C001234084", "]C0", "plain", "", 0, ""},
    {"]E3977123456789812", "]E3", "gtin", "09771234567898", 0, ""},
    {"]E304210000526412345", "]E3", "gtin", "00042100005264", 0, ""},
    {"]E30425261412", "]E3", "gtin", "00042100005264", 0, ""},
    {"]E112", "]E1", "plain", "", 0, ""},
    {"]E09521234543214", "]E0", "plain", "", BARCODE_BAD_CHECK_DIGIT, ""},
    {"]E496385075", "]E4", "plain", "", BARCODE_BAD_CHECK_DIGIT, ""},
    {"9521234543214", "", "plain", "", BARCODE_BAD_CHECK_DIGIT, ""},
    {"9771234567898", "", "gtin", "09771234567898", 0, ""},
    {"9780306406157", "", "isbn", "09780306406157", 0, ""},
    {"9791090636071", "", "isbn", "09791090636071", 0, ""},
    {"9790260000438", "", "gtin", "09790260000438", 0, ""},
    {"2012345678903", "", "in_store", "", 0, ""},
    {"]E00212345678909", "]E0", "in_store", "", 0, ""},
    {"212345678909", "", "in_store", "", 0, ""},
    {"]E420123451", "]E4", "in_store", "", 0, ""},
    /* digital links */
    {"https://id.gs1.org/01/09521234543213", "", "digital_link", "09521234543213", 0, "01=09521234543213"},
    {"]Q1HTTPS://ID.GS1.ORG/01/09521234543213/10/ABC?17=261231", "]Q1", "digital_link", "09521234543213", 0,
     "01=09521234543213 10=ABC 17=261231"},
    {"]d1http://example.com/some/path/01/09521234543213/22/2A/10/L%2F1/21/S1#top", "]d1", "digital_link",
     "09521234543213", 0, "01=09521234543213 22=2A 10=L/1 21=S1"},
    {"https://example.com/01/09521234543213/235/XYZ", "", "digital_link", "09521234543213", 0,
     "01=09521234543213 235=XYZ"},
    {"https://example.com/00/106141412345678908?02=09521234543213&37=5&linkType=all", "", "digital_link", "", 0,
     "00=106141412345678908 02=09521234543213 37=5"},
    {"https://example.com/414/9521234500018/254/A1", "", "digital_link", "", 0, "414=9521234500018 254=A1"},
    {"https://example.com/8006/095212345432130102/21/9", "", "digital_link", "09521234543213", 0,
     "8006=095212345432130102 21=9"},
    {"https://example.com/01/9521234543213", "", "plain", "", 0, ""},
    {"https://example.com/01/09521234543213/21/S1/10/L1", "", "plain", "", 0, ""},
    {"https://example.com/01/09521234543213/10/L1/235/X", "", "plain", "", 0, ""},
    {"https://example.com/01/09521234543213?10=L1", "", "plain", "", 0, ""},
    {"https://example.com/gtin/09521234543213", "", "plain", "", 0, ""},
    {"https://example.com/01/09521234543213/10/L%2", "", "plain", "", 0, ""},
    {"https://example.com/01/09521234543213/10/L%20", "", "plain", "", 0, ""},
    {"https://example.com/01/09521234543213?17=261331", "", "plain", "", 0, ""},
    {"https://example.com/01/09521234543214", "", "plain", "", BARCODE_BAD_CHECK_DIGIT, ""},
    {"https:///01/09521234543213", "", "plain", "", 0, ""},
    {"HtTpS://Example.COM:8443/a/b/01/09521234543213", "", "digital_link", "09521234543213", 0, "01=09521234543213"},
    {"https://[2001:db8::1]/01/09521234543213", "", "digital_link", "09521234543213", 0, "01=09521234543213"},
    {"https://example.com/00/faux/00/106141412345678908", "", "digital_link", "", 0, "00=106141412345678908"},
    {"https://example.com/01/09521234543213/235/X?10=L1", "", "digital_link", "09521234543213", 0,
     "01=09521234543213 235=X 10=L1"},
    {"https://example.com/00/106141412345678908?10=L1&", "", "digital_link", "", 0, "00=106141412345678908 10=L1"},
    {"https://example.com/01/09521234543213/10/A+B?240=C%2BD&&x&17=261231", "", "digital_link", "09521234543213", 0,
     "01=09521234543213 10=A+B 240=C+D 17=261231"},
    {"https://example.com/01/09521234543213?99=A;B", "", "digital_link", "09521234543213", 0,
     "01=09521234543213 99=A;B"},
    {"https://example.com/01/09521234543213?3103=000195&3922=0299&linkType=gs1:pip", "", "digital_link",
     "09521234543213", 0, "01=09521234543213 3103=000195 3922=0299"},
    {"https://example.com/8010/9521ABC/8011/12", "", "digital_link", "", 0, "8010=9521ABC 8011=12"},
    {"https://example.com/8004/9521A/7040/1ABC", "", "digital_link", "", 0, "8004=9521A 7040=1ABC"},
    {"https://example.com/415/9521234500018/8020/R1", "", "digital_link", "", 0, "415=9521234500018 8020=R1"},
    {"https://example.com/415/9521234500018?8020=R1", "", "plain", "", 0, ""},
    {"https://example.com/01/09521234543213?21=S1", "", "plain", "", 0, ""},
    {"https://example.com/00/106141412345678908?21=S1", "", "plain", "", 0, ""},
    {"https://example.com/00/106141412345678908?03=09521234543213", "", "plain", "", 0, ""},
    {"https://example.com/03/09521234543213", "", "plain", "", 0, ""},
    {"https://example.com/01/09521234543213?240=A+B", "", "plain", "", 0, ""}, /* + is a blank there */
    {"https://example.com/01/09521234543213?17=261231&17=261231", "", "plain", "", 0, ""},
    {"https://example.com/01/09521234543213?45=1", "", "plain", "", 0, ""},
    {"https://example.com/01/09521234543213?17=", "", "plain", "", 0, ""},
    {"https://example.com/01/09521234543213/", "", "plain", "", 0, ""},
    {"https://example.com/01/09521234543213/10/", "", "plain", "", 0, ""},
    {"https://example.com/01/09521234543213/10/L%00", "", "plain", "", 0, ""},
    {"https://example.com/01/09521234543213/lot/L1", "", "plain", "", 0, ""},
    {"https://exa_mple.com/01/09521234543213", "", "plain", "", 0, ""},
    {"https://me@example.com/01/09521234543213", "", "plain", "", 0, ""},
    {"https://example.com/01/09521234543213/10/A B", "", "plain", "", 0, ""},
    {"https://例.com/01/09521234543213", "", "plain", "", 0, ""},
    {"https://id.gs1.org/AQnYUc1gmiCNV4JGLo", "", "plain", "", 0, ""}, /* compressed */
    {"https://example.com/", "", "plain", "", 0, ""},
    {"https://example.com", "", "plain", "", 0, ""},
    {"ftp://example.com/01/09521234543213", "", "plain", "", 0, ""},
    /* plain */
    {"A-01-02", "", "plain", "", 0, ""},
    {"]A0LOC-1", "]A0", "plain", "", 0, ""},
    {"]c1"
     "0109521234543213",
     "]c1", "plain", "", 0, ""}, /* case matters */
    {"]C00109521234543213", "]C0", "plain", "", 0, ""},
    {"]C0A\x1D"
     "B",
     "]C0", "plain", "", 0, ""},
    {"]", "", "plain", "", 0, ""},
    {"]Z", "", "plain", "", 0, ""},
    {"货位-03", "", "plain", "", 0, ""},
    {"106141412345678908", "", "plain", "", 0, ""},
    {"010952123454321399", "", "plain", "", 0, ""},
    {"010952123454321410ABC", "", "plain", "", 0, ""},
    {"00106141412345678907", "", "plain", "", 0, ""},
    {"[)>\x1E"
     "06\x1D"
     "1PABC\x1E\x04",
     "", "plain", "", 0, ""},
    {"à&àç(é&é\"'('\"é&\"", "", "plain", "", BARCODE_LAYOUT_SUSPECT, ""},
    {")!)(%@!@", "", "plain", "", BARCODE_LAYOUT_SUSPECT, ""},
    {"=!=)\"!\"§", "", "plain", "", BARCODE_LAYOUT_SUSPECT, ""},
    {"à&àç(é&", "", "plain", "", 0, ""},
    {"à&àç(é&éA", "", "plain", "", 0, ""},
};

static void test_reads(void **state)
{
    (void)state;
    char is[2048], wanted[2048];
    for (size_t i = 0; i < COUNT(readable); i++) {
        memset(&code, 0xA5, sizeof(code)); /* what was there before must not matter */
        if (parse(readable[i].text) != 0)
            fail_msg("%s: %s", readable[i].text, fault.message);
        snprintf(is, sizeof(is), "%s: %s %s %s %x %s", readable[i].text, code.aim, barcode_kind_name(code.kind),
                 code.gtin14, code.flags, elements_of(&code));
        snprintf(wanted, sizeof(wanted), "%s: %s %s %s %x %s", readable[i].text, readable[i].aim, readable[i].kind,
                 readable[i].gtin14, readable[i].flags, readable[i].elements);
        assert_string_equal(is, wanted);
    }
}

static const struct {
    const char *text;
    size_t position;
    const char *ai, *message;
} rejected[] = {
    {"", 0, "", "empty"},
    {"]C1", 3, "", "empty"},
    {"]E0", 3, "", "empty"},
    {"\x1D", 1, "", "empty"},
    {"\x1D\x1D"
     "10A",
     1, "", "two separators"},
    {"]C1\x1D"
     "10A",
     3, "", "two separators"},
    {"]C110A\x1D\x1D"
     "17261231",
     7, "", "two separators"},
    {"]C10109521234543214", 5, "01", "check digit"},
    {"]C1010952123454321", 5, "01", "too short"},
    {"]C101095212345\x1D"
     "10A",
     5, "01", "too short"},
    {"]C117261331", 5, "17", "date"},
    {"]C117260230", 5, "17", "date"},
    {"]C117230229", 5, "17", "date"},
    {"]C14326261200", 7, "4326", "date"},
    {"]C1432426120024"
     "30",
     13, "4324", "time"},
    {"]C13109001250", 3, "", "application identifier"},
    {"]C133", 3, "", "application identifier"},
    {"]C199", 5, "99", "value"},
    {"]C110AB CD", 7, "10", "character"},
    {"]C110A#", 6, "10", "character"},
    {"]C11012345678901234567890X", 25, "10", "too long"},
    {"]C130A", 5, "30", "digits"},
    {"]C110A\x1D"
     "10B",
     7, "10", "twice"},
    {"]C1800609521234543213"
     "0302",
     21, "8006", "piece"},
    {"]C143071a", 7, "4307", "capital"},
    {"]C180131987654Ad4X4bL5ttr2310cXK", 7, "8013", "check characters"},
    {"]C18007GB82WEST12345698765433", 7, "8007", "IBAN"},
    {"]C18010"
     "123a",
     10, "8010", "character"},
    {"]C1401AB12", 6, "401", "company prefix"},
    {"]C1423"
     "1567",
     9, "423", "too short"},
    {"]C1423"
     "156999",
     9, "423", "country code"},
    {"]C1422999", 6, "422", "country code"},
    {"]C14307XX", 7, "4307", "country code"},
    {"]C17030000A", 7, "7030", "country code"},
    {"]C139109951", 7, "3910", "currency code"},
    {"]C18001"
     "00001234512301",
     7, "8001", "zero"},
    {"]C143094100000000"
     "1000000000",
     7, "4309", "latitude"},
    {"]C1800310952123454321", 7, "8003", "begin with 0"},
    {"]C14302"
     "A%2",
     7, "4302", "%"},
    {"]C1货", 3, "", "application identifier"},
    {"A\x01"
     "B",
     1, "", "control"},
    {"A\x7F", 1, "", "control"},
    {"A\xC2\x85", 1, "", "control"},
    {"AB\xFF", 2, "", "UTF-8"},
    {"AB\xE8\xB4", 2, "", "UTF-8"},
    {"A\x1D"
     "B",
     0, "", "application identifier"},
};

static void test_rejects(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rejected); i++) {
        const char *text = rejected[i].text;
        if (parse(text) != -EBADMSG || !strstr(fault.message, rejected[i].message))
            fail_msg("%s: not refused for \"%s\"", text, rejected[i].message);
        if (fault.position != rejected[i].position || strcmp(fault.ai, rejected[i].ai) != 0)
            fail_msg("%s: (%s) at %zu, not (%s) at %zu", text, fault.ai, fault.position, rejected[i].ai,
                     rejected[i].position);
        assert_int_equal(barcode_parse(text, strlen(text), &code, NULL), -EBADMSG);
    }
    assert_int_equal(barcode_parse("A\0B", 3, &code, &fault), -EBADMSG);
}

static void put(char *at, const char *piece)
{
    while (*piece)
        *at++ = *piece++;
}

static void test_bounds(void **state)
{
    (void)state;
    static char text[BARCODE_TEXT_MAX + 4];
    memset(text, 'A', sizeof(text));
    assert_int_equal(barcode_parse(text, BARCODE_TEXT_MAX, &code, &fault), 0);
    assert_int_equal(code.length, BARCODE_TEXT_MAX);
    assert_int_equal(strlen(code.text), BARCODE_TEXT_MAX);
    assert_int_equal(barcode_parse(text, BARCODE_TEXT_MAX + 1, &code, &fault), -EBADMSG);
    put(text, "]Q1");
    assert_int_equal(barcode_parse(text, BARCODE_TEXT_MAX + 3, &code, &fault), 0);
    assert_int_equal(barcode_parse(text, BARCODE_TEXT_MAX + 4, &code, &fault), -EBADMSG);

    size_t used = 3;
    put(text, "]d2");
    for (size_t i = 0; i < BARCODE_ELEMENTS_MAX; i++, used += 4)
        put(text + used, "2001");
    assert_int_equal(barcode_parse(text, used, &code, &fault), 0);
    assert_int_equal(code.count, BARCODE_ELEMENTS_MAX);
    put(text + used, "2001");
    assert_int_equal(barcode_parse(text, used + 4, &code, &fault), -EBADMSG);
    assert_int_equal(fault.position, used);
}

static void test_text_is_the_same_however_it_was_marked(void **state)
{
    (void)state;
    static const char *const forms[] = {"]C10109521234543213"
                                        "10A",
                                        "\x1D"
                                        "010952123454321310A",
                                        "]d20109521234543213"
                                        "10A\x1D",
                                        "010952123454321310A"};
    for (size_t i = 0; i < COUNT(forms); i++) {
        assert_int_equal(parse(forms[i]), 0);
        assert_string_equal(code.text, "010952123454321310A");
        assert_int_equal(code.length, strlen(code.text));
        assert_string_equal(barcode_value(&code, "10"), "A");
        assert_null(barcode_value(&code, "17"));
    }
}

static void test_check_digits(void **state)
{
    (void)state;
    static const char *const right[] = {
        "9521234543213", "96385074", "042100005264", "19521234543210", "106141412345678908", "09521234500000005", "17"};
    for (size_t i = 0; i < COUNT(right); i++) {
        char wrong[20];
        size_t n = strlen(right[i]);
        assert_int_equal(barcode_check_digit(right[i], n - 1), right[i][n - 1]);
        for (int digit = '0'; digit <= '9'; digit++) {
            snprintf(wrong, sizeof(wrong), "%.*s%c", (int)n - 1, right[i], digit);
            assert_int_equal(barcode_check_digit_ok(wrong, n), digit == right[i][n - 1]);
        }
    }
    assert_false(barcode_check_digit_ok("0", 1));
    assert_false(barcode_check_digit_ok("", 0));
    assert_false(barcode_check_digit_ok("952123454321A", 13));
}

static void test_gtin14(void **state)
{
    (void)state;
    char gtin[15] = "unchanged";
    assert_int_equal(barcode_gtin14("9521234543214", 13, gtin), -EINVAL);
    assert_int_equal(barcode_gtin14("106141412345678908", 18, gtin), -EINVAL);
    assert_string_equal(gtin, "unchanged");
    assert_int_equal(barcode_gtin14("96385074", 8, gtin), 0);
    assert_string_equal(gtin, "00000096385074");
    assert_int_equal(barcode_item_gtin("19521234543210", gtin), 0);
    assert_string_equal(gtin, "09521234543213");
    assert_int_equal(barcode_item_gtin("09521234543213", gtin), 0);
    assert_string_equal(gtin, "09521234543213");
    assert_int_equal(barcode_item_gtin("99521234543216", gtin), -ENOENT);
    assert_int_equal(barcode_item_gtin("19521234543211", gtin), -EINVAL);
}

static void test_upc_e(void **state)
{
    (void)state;
    static const struct {
        const char *short_form, *upc_a;
    } pairs[] = {{"425261", "042100005264"},   {"654321", "065100004327"},  {"04252614", "042100005264"},
                 {"06543217", "065100004327"}, {"0123453", "012300000451"}, {"0123454", "012340000053"},
                 {"0123455", "012345000058"},  {"0123459", "012345000096"}, {"123450", "012000003455"},
                 {"1123450", "112000003452"}};
    for (size_t i = 0; i < COUNT(pairs); i++) {
        char upc_a[13];
        assert_int_equal(barcode_expand_upc_e(pairs[i].short_form, strlen(pairs[i].short_form), upc_a), 0);
        assert_string_equal(upc_a, pairs[i].upc_a);
    }
    static const char *const wrong[] = {"04252615", "2425261", "24252614", "42526", "425A61", "042526140"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        char upc_a[13] = "unchanged";
        assert_int_equal(barcode_expand_upc_e(wrong[i], strlen(wrong[i]), upc_a), -EINVAL);
        assert_string_equal(upc_a, "unchanged");
    }
}

static void test_dates(void **state)
{
    (void)state;
    static const struct {
        const char *yymmdd;
        int this_year;
        const char *date; /* NULL: refused */
    } dates[] = {
        {"261231", 2026, "2026-12-31"},
        {"260200", 2026, "2026-02-28"},
        {"280200", 2026, "2028-02-29"},
        {"761231", 2026, "2076-12-31"},
        {"770101", 2026, "1977-01-01"},
        {"250101", 2074, "2025-01-01"},
        {"250101", 2075, "2125-01-01"},
        {"000229", 1999, "2000-02-29"},
        {"991231", 2001, "1999-12-31"},
        {"990229", 2026, NULL},
        {"260001", 2026, NULL},
        {"261301", 2026, NULL},
        {"260431", 2026, NULL},
        {"26043", 2026, NULL},
        {"2604311", 2026, NULL},
        {"26A431", 2026, NULL},
        {"", 2026, NULL},
    };
    for (size_t i = 0; i < COUNT(dates); i++) {
        char date[11] = "unchanged";
        int r = barcode_date(dates[i].yymmdd, dates[i].this_year, date);
        assert_int_equal(r, dates[i].date ? 0 : -EINVAL);
        assert_string_equal(date, dates[i].date ? dates[i].date : "unchanged");
    }
}

/* Whatever the bytes, the answer keeps its promises (the sanitizer watches the rest). */
static void test_random_bytes(void **state)
{
    (void)state;
    static const char alphabet[] = "0123456789012345678901234567890123456789]CEQd[)>/%:htps.ABZz\x1D\x1E\xC3\xA9\xFF";
    uint64_t seed = 7;
    for (int round = 0; round < 20000; round++) {
        char text[80] = "";
        size_t length = 0, prefix = 0;
        static const char *const starts[] = {"", "]C1", "]d201", "\x1D", "https://a/01/", "]E0"};
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        prefix = (seed >> 40) % COUNT(starts);
        length = strlen(starts[prefix]);
        memcpy(text, starts[prefix], length);
        for (size_t wanted = length + (seed >> 33) % 50; length < wanted; length++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            text[length] = alphabet[(seed >> 33) % (sizeof(alphabet) - 1)];
        }
        fault.position = SIZE_MAX;
        int r = barcode_parse(text, length, &code, &fault);
        assert_true(r == 0 || (r == -EBADMSG && fault.position <= length));
        if (r != 0)
            continue;
        assert_int_equal(strlen(code.text), code.length);
        assert_true(code.gtin14[0] == '\0' || barcode_check_digit_ok(code.gtin14, 14));
        for (size_t i = 0; i < code.count; i++)
            assert_int_equal(strlen(code.values + code.elements[i].offset), code.elements[i].length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads),        cmocka_unit_test(test_rejects),
        cmocka_unit_test(test_bounds),       cmocka_unit_test(test_text_is_the_same_however_it_was_marked),

        cmocka_unit_test(test_check_digits), cmocka_unit_test(test_gtin14),
        cmocka_unit_test(test_upc_e),        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_random_bytes),
    };
    return cmocka_run_group_tests_name("barcode", tests, NULL, NULL);
}
