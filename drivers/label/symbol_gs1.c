/* GS1 element strings, for Code 128 and Data Matrix. libzint knows the rules of each AI; what it says of a broken one
 * is told here as a sentence. */
#include "base/text.h"
#include "drivers/label/printable.h"
#include "drivers/label/symbol_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zint.h>

#define GS         "\x1D"
#define STRING_MAX ((size_t)4 * SYMBOL_TEXT_MAX)

/* GS1 General Specifications 7.11, table 1. */
static const char cset82[] = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

/* GS1 General Specifications 7.8.5: elements that begin with these two digits have a length that every reader knows;
 * after all others FNC1 must stand, unless nothing follows. */
static bool has_known_length(const char *ai)
{
    static const char beginnings[] = "00 01 02 03 04 11 12 13 14 15 16 17 18 19 20 31 32 33 34 35 36 41";
    for (const char *known = beginnings;; known += 3) {
        if (strncmp(known, ai, 2) == 0)
            return true;
        if (!known[2])
            return false;
    }
}

/* The same elements in the three ways they are written. */
struct element_string {
    struct buf brackets; /* for libzint: "[10]ABC"; neither bracket is in CSET 82, so that a value stays a value */
    struct buf plain;    /* as scanned: "10ABC", GS */
    struct buf hri;      /* "(10)ABC" */
};

static void element_string_done(struct element_string *string)
{
    buf_done(&string->brackets);
    buf_done(&string->plain);
    buf_done(&string->hri);
}

static int check_ai(const char *field, const char *ai, struct label_fault *fault)
{
    size_t digits = strspn(ai, "0123456789");
    if (!ai[digits] && digits >= 2 && digits <= 4)
        return 0;
    return label_refuse(fault, -EINVAL, LABEL_CHARACTER, field,
                        "a GS1 application identifier of %s is not two to four digits", field);
}

static int add_element(const char *field, const struct gs1_element *element, bool last, struct element_string *string,
                       int64_t *removed, struct label_fault *fault)
{
    int result = check_ai(field, element->ai, fault);
    if (result)
        return result;
    if (strlen(element->value) > SYMBOL_TEXT_MAX)
        return symbol_too_long(field, "a GS1 code", fault);
    char what[LABEL_FIELD_MAX + 8];
    snprintf(what, sizeof(what), "(%s) of %s", element->ai, field);
    CLEANUP_BUF struct buf value = {0};
    result = printable_code(what, element->value, PRINTABLE_ASCII, "a GS1 code", &value, removed, fault);
    if (result && fault) /* the field is the whole code, the sentence names the element */
        text_copy(fault->field, sizeof(fault->field), field);
    if (result)
        return result;
    size_t good = strspn(value.data, cset82);
    if (value.data[good])
        return label_refuse(fault, -EINVAL, LABEL_CHARACTER, field, "%s contains \"%c\", which GS1 codes cannot carry",
                            what, value.data[good]);
    buf_printf(&string->brackets, "[%s]%s", element->ai, value.data);
    buf_printf(&string->plain, "%s%s%s", element->ai, value.data, last || has_known_length(element->ai) ? "" : GS);
    buf_printf(&string->hri, "(%s)%s", element->ai, value.data);
    return 0;
}

/* What libzint says of a broken rule, and how our sentence about the element ends. */
static const struct {
    const char *said, *end;
} rules[] = {
    {"Invalid AI", "is no GS1 application identifier"},
    {"Invalid data length", "does not have the length that GS1 wants"},
    {"Bad checksum", "has a wrong check digit"},
    {"Non-numeric", "must consist of digits"},
    {"Invalid month", "is no date; write YYMMDD"},
    {"Invalid day", "is no date; write YYMMDD"},
    {"AI (", "breaks a rule of GS1"},
};

static int refuse_rule(const char *field, const char *why, struct label_fault *fault)
{
    static const char ai_mark[] = "AI (", right_mark[] = "expected '";
    const char *ai = strstr(why, ai_mark), *right = strstr(why, right_mark);
    size_t rule = 0;
    while (rule < COUNT(rules) && !strstr(why, rules[rule].said))
        rule++;
    if (!ai || rule == COUNT(rules))
        return label_refuse(fault, -EINVAL, LABEL_CHARACTER, field, "%s breaks a rule of GS1", field);
    ai += strlen(ai_mark);
    int length = (int)strcspn(ai, ")");
    if (right)
        return label_refuse(fault, -EINVAL, LABEL_CHARACTER, field, "(%.*s) of %s %s; it should be %c", length, ai,
                            field, rules[rule].end, right[strlen(right_mark)]);
    return label_refuse(fault, -EINVAL, LABEL_CHARACTER, field, "(%.*s) of %s %s", length, ai, field, rules[rule].end);
}

static int take_texts(const char *field, struct element_string *string, struct symbol *symbol,
                      struct label_fault *fault)
{
    if (string->plain.failed || string->hri.failed)
        return symbol_no_memory(field, fault);
    symbol->text = string->plain.data;
    symbol->hri = string->hri.data;
    string->plain = string->hri = (struct buf){0};
    return 0;
}

static int draw(const struct symbol_request *request, struct zint_job *job, const char *carrier, struct symbol *symbol,
                int64_t *removed, struct label_fault *fault)
{
    CLEANUP(element_string_done)
    struct element_string string = {{.max = STRING_MAX}, {.max = STRING_MAX}, {.max = STRING_MAX}};
    if (request->element_count == 0)
        return label_refuse(fault, -EINVAL, LABEL_CHARACTER, request->field, "%s is empty, so there is nothing to scan",
                            request->field);
    for (size_t i = 0; i < request->element_count; i++) {
        int result = add_element(request->field, &request->elements[i], i + 1 == request->element_count, &string,
                                 removed, fault);
        if (result)
            return result;
    }
    if (string.brackets.failed) /* the longest of the three */
        return symbol_too_long(request->field, carrier, fault);
    job->input_mode = GS1_MODE;
    job->row_height = 1;
    job->data = string.brackets.data;
    char why[ZINT_WHY_MAX];
    int result = zint_encode(job, &symbol->modules, why);
    if (result == -ENOMEM)
        return symbol_no_memory(request->field, fault);
    if (result == -EOVERFLOW)
        return symbol_too_long(request->field, carrier, fault);
    return result ? refuse_rule(request->field, why, fault) : take_texts(request->field, &string, symbol, fault);
}

int symbol_gs1_128(const struct symbol_request *request, struct symbol *symbol, int64_t *removed,
                   struct label_fault *fault)
{
    struct zint_job job = {.symbology = BARCODE_GS1_128};
    int result = draw(request, &job, "GS1-128", symbol, removed, fault);
    if (!result)
        code128_read(&symbol->modules, symbol);
    return result;
}

int symbol_gs1_data_matrix(const struct symbol_request *request, struct symbol *symbol, int64_t *removed,
                           struct label_fault *fault)
{
    struct zint_job job = {.symbology = BARCODE_DATAMATRIX, .option_3 = DM_SQUARE};
    return draw(request, &job, "GS1 Data Matrix", symbol, removed, fault);
}
