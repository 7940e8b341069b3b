/* Every application identifier against a second list of them, written from the standard in a notation of its own. */
#include "barcode/gs1.h"
#include "base/cleanup.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define VALUE_MAX   128
#define PARTS_MAX   5
#define TOTAL_OF_AI 536

/* Parts: n digits, x letters and signs, y capital letters and digits, z base64; 6 exactly, ..6 up to six, 2..4 from
 * two; :NAME a rule below; ? may be missing. A row with * needs no separator. */
static const struct row {
    const char *ai; /* "310", "91-99" */
    const char *form;
} rows[] = {
    {"00", "*n18:check"},
    {"01-03", "*n14:check"},
    {"10", "x..20"},
    {"11-13", "*n6:day0"},
    {"15-17", "*n6:day0"},
    {"20", "*n2"},
    {"21-22", "x..20"},
    {"235", "x..28"},
    {"240-241", "x..30"},
    {"242", "n..6"},
    {"243", "x..20"},
    {"250-251", "x..30"},
    {"253", "n13:check x..17?"},
    {"254", "x..20"},
    {"255", "n13:check n..12?"},
    {"30", "n..8"},
    {"3100-3105", "*n6"},
    {"3110-3115", "*n6"},
    {"3120-3125", "*n6"},
    {"3130-3135", "*n6"},
    {"3140-3145", "*n6"},
    {"3150-3155", "*n6"},
    {"3160-3165", "*n6"},
    {"3200-3205", "*n6"},
    {"3210-3215", "*n6"},
    {"3220-3225", "*n6"},
    {"3230-3235", "*n6"},
    {"3240-3245", "*n6"},
    {"3250-3255", "*n6"},
    {"3260-3265", "*n6"},
    {"3270-3275", "*n6"},
    {"3280-3285", "*n6"},
    {"3290-3295", "*n6"},
    {"3300-3305", "*n6"},
    {"3310-3315", "*n6"},
    {"3320-3325", "*n6"},
    {"3330-3335", "*n6"},
    {"3340-3345", "*n6"},
    {"3350-3355", "*n6"},
    {"3360-3365", "*n6"},
    {"3370-3375", "*n6"},
    {"3400-3405", "*n6"},
    {"3410-3415", "*n6"},
    {"3420-3425", "*n6"},
    {"3430-3435", "*n6"},
    {"3440-3445", "*n6"},
    {"3450-3455", "*n6"},
    {"3460-3465", "*n6"},
    {"3470-3475", "*n6"},
    {"3480-3485", "*n6"},
    {"3490-3495", "*n6"},
    {"3500-3505", "*n6"},
    {"3510-3515", "*n6"},
    {"3520-3525", "*n6"},
    {"3530-3535", "*n6"},
    {"3540-3545", "*n6"},
    {"3550-3555", "*n6"},
    {"3560-3565", "*n6"},
    {"3570-3575", "*n6"},
    {"3600-3605", "*n6"},
    {"3610-3615", "*n6"},
    {"3620-3625", "*n6"},
    {"3630-3635", "*n6"},
    {"3640-3645", "*n6"},
    {"3650-3655", "*n6"},
    {"3660-3665", "*n6"},
    {"3670-3675", "*n6"},
    {"3680-3685", "*n6"},
    {"3690-3695", "*n6"},
    {"37", "n..8"},
    {"3900-3909", "n..15"},
    {"3910-3919", "n3:currency n..15"},
    {"3920-3929", "n..15"},
    {"3930-3939", "n3:currency n..15"},
    {"3940-3943", "n4"},
    {"3950-3955", "n6"},
    {"400", "x..30"},
    {"401", "x..30:prefix"},
    {"402", "n17:check"},
    {"403", "x..30"},
    {"410-417", "*n13:check"},
    {"420", "x..20"},
    {"421", "n3:country x..9"},
    {"422", "n3:country"},
    {"423", "n3:country n3:country? n3:country? n3:country? n3:country?"},
    {"424", "n3:country"},
    {"425", "n3:country n3:country? n3:country? n3:country? n3:country?"},
    {"426", "n3:country"},
    {"427", "x..3"},
    {"4300-4301", "x..35:percent"},
    {"4302-4306", "x..70:percent"},
    {"4307", "x2:letters"},
    {"4308", "x..30"},
    {"4309", "n10:latitude n10:longitude"},
    {"4310-4311", "x..35:percent"},
    {"4312-4316", "x..70:percent"},
    {"4317", "x2:letters"},
    {"4318", "x..20"},
    {"4319", "x..30"},
    {"4320", "x..35:percent"},
    {"4321-4323", "n1:yesno"},
    {"4324-4325", "n6:day0 n4:time"},
    {"4326", "n6:date"},
    {"4330-4333", "n6 x1:hyphen?"},
    {"7001", "n13"},
    {"7002", "x..30"},
    {"7003", "n6:date n4:time"},
    {"7004", "n..4"},
    {"7005", "x..12"},
    {"7006", "n6:date"},
    {"7007", "n6:date n6:date?"},
    {"7008", "x..3"},
    {"7009", "x..10"},
    {"7010", "x..2"},
    {"7011", "n6:date n4:time?"},
    {"7020-7022", "x..20"},
    {"7023", "x..30:prefix"},
    {"7030-7039", "n3:country999 x..27"},
    {"7040", "n1 x1 x1 x1:importer"},
    {"7041", "x..4:package"},
    {"710-716", "x..20"},
    {"7230-7239", "x2 x..28"},
    {"7240", "x..20"},
    {"7241", "n2:media"},
    {"7242", "x..25"},
    {"7250", "n8:longdate"},
    {"7251", "n8:longdate n4:time"},
    {"7252", "n1:sex"},
    {"7253-7254", "x..40:percent"},
    {"7255", "x..10"},
    {"7256", "x..90:percent"},
    {"7257", "x..70:percent"},
    {"7258", "x3:birth"},
    {"7259", "x..40:percent"},
    {"8001", "n4:nonzero n5:nonzero n3:nonzero n1:winding n1"},
    {"8002", "x..20"},
    {"8003", "n1:zero n13:check x..16?"},
    {"8004", "x..30:prefix"},
    {"8005", "n6"},
    {"8006", "n14:check n4:piece"},
    {"8007", "x..34:iban"},
    {"8008", "n8:datehour n2..4:minute?"},
    {"8009", "x..50"},
    {"8010", "y..30:prefix"},
    {"8011", "n..12:nozero"},
    {"8012", "x..20"},
    {"8013", "x..25:model"},
    {"8014", "x..25:device"},
    {"8017-8018", "n18:check"},
    {"8019", "n..10"},
    {"8020", "x..25"},
    {"8026", "n14:check n4:piece"},
    {"8030", "z..90:padded"},
    {"8110", "x..70:coupon"},
    {"8111", "n4"},
    {"8112", "x..70:offer"},
    {"8200", "x..70"},
    {"90", "x..30"},
    {"91-99", "x..90"},
};

/* Values that obey the rule, separated by blanks, and values that do not though length and characters are right. NULL:
 * any filling will do, with a check digit where there must be one. */
static const struct rule {
    const char *name, *good, *bad;
} rules[] = {
    {"check", NULL, NULL},
    {"day0", "261200 240229 260131", "261332 260001 260230 260132"},
    {"date", "261231 240229", "261200 261301 230229"},
    {"longdate", "20261231 20240229 19000228", "20261200 20261301 20230229 19000229"},
    {"datehour", "26123123 26010100", "26123124 26130100 26120000"},
    {"time", "0000 2359", "2400 0060 9999"},
    {"minute", "00 59 5959", "60 0060 6000"},
    {"yesno", "0 1", "2 9"},
    {"zero", "0", "1"},
    {"nonzero", NULL, "0"},
    {"nozero", "0 1 10 123456789012", "01"},
    {"hyphen", "-", "+ 0 A"},
    {"piece", "0101 0102 9999", "0001 0100 0201"},
    {"latitude", "0000000000 1800000000", "1800000001 9999999999"},
    {"longitude", "0000000000 3600000000", "3600000001 9999999999"},
    {"country", "004 156 894", "000 001 895 999"},
    {"country999", "004 156 999", "000 895 998"},
    {"letters", "AD CN ZW", "AA ZZ cn C1 XK"},
    {"currency", "008 156 978 999", "000 001 998"},
    {"winding", "0 1 9", "2 8"},
    {"media", "01 10 80 99", "00 11 79"},
    {"sex", "0 1 2 9", "3 8"},
    {"birth", "1/1 1/9 9/9", "0/1 2/1 1/0 1-2 A/B"},
    {"importer", "A z 0 - _", "! + /"},
    {"prefix", "1234 9521 0000ABC", "123 A123 12A4"},
    {"percent", "A %20 A%2Fb", "% A% %2 %2G %%20"},
    {"package", "8 1A 200 APE", "pe P- P_1"},
    {"padded", "A AB= AB== A_-", "= == A=B A=== =A"},
    {"iban", "GB82WEST12345698765432 XK051212012345678906 BE71096123456769 LC14BOSL123456789012345678901234",
     "GB82WEST12345698765433 XX361234567890 BE7109612345676 GB82west12345698765432 CH5"},
    {"model", "1987654Ad4X4bL5ttr2310c2K 12345_ABCDEFGHIJKLMCP 7907665Bm8v2AB 12345678901234567890123NT",
     "1987654Ad4X4bL5ttr2310cXK 1987654Ad4X4bL5ttr2310c2X A87654Ad4X4bL5ttr2310c2K 22"},
    {"device", "1987654Ad4X4bL5ttr2310c2K 12345_abcdefghijklmN3", "1987654Ad4X4bL5ttr2310c2X"},
    {"coupon",
     "012345612345611110123 0123456123456111101231011012392110123012345632612314260101 "
     "0123456123456111101235012345661123456795291 0123456123456111101234260101 "
     "012345612345611110123131191236123456789012",
     "A12345612345611110123 712345612345611110123 012345612345601110123 012345612345661110123 012345612345611115123 "
     "01234561234561111012 0123456123456111101233260230 01234561234561111012332612 01234561234561111012332612314270101 "
     "012345612345611110123141101239 012345612345611110123101101237123456 0123456123456111101237 "
     "0123456123456111101235012345 012345612345611110123601234567 01234561234561111012393000 "
     "01234561234561111012390300 01234561234561111012390002 0123456123456111101239000"},
    {"offer", "001234561234560123456 061234567890121234569123456789012345",
     "201234561234560123456 071234561234560123456 00123456123456012345 0012345612345601234567 00123456123456012345A"},
};

/* Ones alone obey these. */
static bool obeyed_by_ones(const struct rule *rule)
{
    static const char *const names[] = {"percent", "package", "padded", "prefix", "nozero"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (strcmp(rule->name, names[i]) == 0)
            return true;
    return false;
}

struct part {
    char set;
    size_t min, max;
    bool optional;
    const struct rule *rule;
};

struct form {
    bool predefined;
    size_t count;
    struct part parts[PARTS_MAX];
};

static const struct rule *find_rule(const char *name, size_t length)
{
    for (size_t i = 0; i < COUNT(rules); i++)
        if (strlen(rules[i].name) == length && memcmp(rules[i].name, name, length) == 0)
            return &rules[i];
    fail_msg("no rule %s", name);
    return NULL;
}

static struct form read_form(const char *text)
{
    struct form form = {.predefined = *text == '*'};
    text += form.predefined;
    while (*text) {
        struct part *part = &form.parts[form.count++];
        char *end;
        part->set = *text++;
        part->min = *text == '.' ? 1 : strtoul(text, &end, 10);
        part->max = part->min;
        if (*text != '.')
            text = end;
        if (*text == '.') {
            part->max = strtoul(text + 2, &end, 10);
            text = end;
        }
        if (*text == ':') {
            size_t length = strcspn(text + 1, "? ");
            part->rule = find_rule(text + 1, length);
            text += 1 + length;
        }
        part->optional = *text == '?';
        text += part->optional;
        text += *text == ' ';
    }
    return form;
}

/* The word of a list with blanks between; false behind the last. */
static bool take_word(const char *list, size_t index, char out[VALUE_MAX])
{
    for (; index > 0; index--) {
        list += strcspn(list, " ");
        if (!*list)
            return false;
        list++;
    }
    snprintf(out, VALUE_MAX, "%.*s", (int)strcspn(list, " "), list);
    return true;
}

/* A right value of the part: its shortest or its longest. */
static void fill(const struct part *part, bool longest, char out[VALUE_MAX])
{
    size_t length = longest ? part->max : part->min;
    if (part->rule && part->rule->good && !(longest && obeyed_by_ones(part->rule))) {
        take_word(part->rule->good, 0, out);
        return;
    }
    memset(out, '1', length);
    out[length] = '\0';
    if (part->rule && strcmp(part->rule->name, "check") == 0)
        out[length - 1] = barcode_check_digit(out, length - 1);
}

static struct barcode code;
static struct barcode_error fault;

static int parse(const char *ai, const char *value, const char *rest)
{
    char text[2 * VALUE_MAX];
    snprintf(text, sizeof(text), "]C1%s%s%s", ai, value, rest);
    return barcode_parse(text, strlen(text), &code, &fault);
}

static void accept(const char *ai, const char *value)
{
    if (parse(ai, value, "") != 0)
        fail_msg("(%s)%s: %s", ai, value, fault.message);
    assert_int_equal(code.count, 1);
    assert_string_equal(code.elements[0].ai, ai);
    assert_string_equal(barcode_value(&code, ai), value);
}

static void refuse(const char *ai, const char *value, size_t position)
{
    if (parse(ai, value, "") != -EBADMSG)
        fail_msg("(%s)%s: accepted", ai, value);
    assert_string_equal(fault.ai, ai);
    if (fault.position != 3 + strlen(ai) + position)
        fail_msg("(%s)%s: fault at %zu, not at %zu", ai, value, fault.position - 3 - strlen(ai), position);
}

/* All parts before the index, and where they end. */
static size_t build(const struct form *form, size_t count, bool longest, char out[VALUE_MAX])
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        char value[VALUE_MAX];
        fill(&form->parts[i], longest, value);
        used += (size_t)snprintf(out + used, VALUE_MAX - used, "%s", value);
    }
    return used;
}

static size_t count_needed(const struct form *form)
{
    size_t count = 0;
    while (count < form->count && !form->parts[count].optional)
        count++;
    return count;
}

/* What may follow the part for the value to be whole. */
static void append_needed(const struct form *form, size_t from, char value[VALUE_MAX])
{
    for (size_t i = from; i < count_needed(form); i++) {
        char next[VALUE_MAX];
        fill(&form->parts[i], false, next);
        strncat(value, next, VALUE_MAX - strlen(value) - 1);
    }
}

static void check_part(const char *ai, const struct form *form, size_t index)
{
    const struct part *part = &form->parts[index];
    char value[VALUE_MAX], word[VALUE_MAX];
    size_t at = build(form, index, false, value);

    fill(part, false, word);
    word[0] = part->set == 'n' ? 'A' : part->set == 'y' ? '_' : part->set == 'z' ? '.' : '#';
    snprintf(value + at, VALUE_MAX - at, "%s", word);
    append_needed(form, index + 1, value);
    refuse(ai, value, at);

    for (size_t i = 0; part->rule && part->rule->good && take_word(part->rule->good, i, word); i++) {
        snprintf(value + at, VALUE_MAX - at, "%s", word);
        append_needed(form, index + 1, value);
        accept(ai, value);
    }
    for (size_t i = 0; part->rule && part->rule->bad && take_word(part->rule->bad, i, word); i++) {
        if (strcmp(word, "0") == 0 && part->min > 1)
            memset(word, '0', part->min), word[part->min] = '\0';
        snprintf(value + at, VALUE_MAX - at, "%s", word);
        append_needed(form, index + 1, value);
        refuse(ai, value, at);
    }
    if (part->rule && strcmp(part->rule->name, "check") == 0) {
        fill(part, false, word);
        word[part->min - 1] = word[part->min - 1] == '9' ? '0' : (char)(word[part->min - 1] + 1);
        snprintf(value + at, VALUE_MAX - at, "%s", word);
        append_needed(form, index + 1, value);
        refuse(ai, value, at);
    }
}

static void check_length(const char *ai, const struct form *form)
{
    char value[VALUE_MAX];
    size_t needed = count_needed(form);
    build(form, needed, false, value);
    accept(ai, value);
    size_t last = build(form, needed - 1, false, value);
    append_needed(form, needed - 1, value);
    if (!form->parts[needed - 1].rule || form->parts[needed - 1].min > 1) {
        value[strlen(value) - 1] = '\0';
        refuse(ai, value, last);
    }
    refuse(ai, "", 0);

    size_t whole = build(form, form->count, true, value);
    accept(ai, value);
    const struct part *end = &form->parts[form->count - 1];
    if (!form->predefined && (!end->rule || !end->rule->good || obeyed_by_ones(end->rule) || end->min == end->max)) {
        snprintf(value + whole, VALUE_MAX - whole, "1");
        refuse(ai, value, whole);
    }
}

/* Behind a predefined length the next element needs no separator; behind any other it does. */
static void check_separator(const char *ai, const struct form *form)
{
    const char *next = strcmp(ai, "240") == 0 ? "241" : "240";
    char value[VALUE_MAX], rest[8];
    build(form, count_needed(form), false, value);
    snprintf(rest, sizeof(rest), "\x1D%sX", next);
    if (parse(ai, value, rest) != 0 || code.count != 2)
        fail_msg("(%s)%s with separator: %s", ai, value, fault.message);
    assert_string_equal(barcode_value(&code, next), "X");
    bool two = parse(ai, value, rest + 1) == 0 && code.count == 2;
    if (two != form->predefined)
        fail_msg("(%s)%s without separator: %s", ai, value, two ? "two elements" : fault.message);
}

static void test_every_identifier(void **state)
{
    (void)state;
    unsigned total = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t digits = strcspn(rows[i].ai, "-");
        unsigned first = (unsigned)strtoul(rows[i].ai, NULL, 10), last = first;
        if (rows[i].ai[digits] == '-')
            last = (unsigned)strtoul(rows[i].ai + digits + 1, NULL, 10);
        struct form form = read_form(rows[i].form);
        for (unsigned number = first; number <= last; number++, total++) {
            char ai[12];
            snprintf(ai, sizeof(ai), "%0*u", (int)digits, number);
            check_length(ai, &form);
            for (size_t part = 0; part < form.count; part++)
                check_part(ai, &form, part);
            check_separator(ai, &form);
        }
    }
    assert_int_equal(total, TOTAL_OF_AI);
}

static void test_no_other_identifier(void **state)
{
    (void)state;
    static const unsigned ends[] = {100, 1000, 10000};
    unsigned total = 0;
    for (size_t i = 0; i < COUNT(ends); i++) {
        for (unsigned number = 0; number < ends[i]; number++) {
            char text[12];
            snprintf(text, sizeof(text), "%0*u", (int)i + 2, number);
            const struct gs1_ai *ai = gs1_find(text, i + 2);
            total += ai && ai->digits == i + 2;
        }
    }
    assert_int_equal(total, TOTAL_OF_AI);
    assert_null(gs1_find("", 0));
    assert_null(gs1_find("1", 1));
    assert_null(gs1_find("310", 3));
    assert_null(gs1_find("A0", 2));
    assert_null(gs1_find("8300", 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_identifier),
                                       cmocka_unit_test(test_no_other_identifier)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
