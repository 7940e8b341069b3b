/* What head office is asked to do with invoices. */
#include "base/json.h"
#include "sync/head-office/books/invoices.h"
#include "sync/head-office/verb.h"

struct fields {
    char order[BOOKS_TEXT_SIZE], series[BOOKS_TEXT_SIZE], title[257], tax_number[BOOKS_TEXT_SIZE], why[257];
    int64_t invoice, line, quantity, tax_rate;
};

#define TEXT(member)    OPTION_TEXT_AT(struct fields, member)
#define PRIVATE(member) OPTION_PRIVATE_AT(struct fields, member)
#define NUMBER(member)  OPTION_NUMBER_AT(struct fields, member)
#define INVOICE                                                                                                        \
    {                                                                                                                  \
        "invoice", NUMBER(invoice), .min = 1, .max = INT64_MAX, .help = "the invoice, by the number of its draft"      \
    }

static const struct option_def draft_fields[] = {
    {"order", TEXT(order), .help = "the order's number"},
    {"title", PRIVATE(title), .help = "who the invoice is for"},
    {"tax_number", PRIVATE(tax_number), .fallback = "", .help = "the buyer's tax number, or nothing"},
    {"series", TEXT(series), .fallback = INVOICE_SERIES, .help = "which series of numbers"},
    {"tax_rate", NUMBER(tax_rate), .fallback = "-1", .min = -1, .max = 10000,
     .help = "in ten-thousandths; -1: as the setting says"},
    {0}};
static const struct option_def issue_fields[] = {INVOICE, {0}};
static const struct option_def drop_fields[] = {INVOICE, {"why", TEXT(why), .help = "why, for people"}, {0}};
static const struct option_def flush_fields[] = {
    INVOICE,
    {"line", NUMBER(line), .fallback = "0", .max = 100000, .help = "this line alone; 0: all that is left"},
    {"quantity", NUMBER(quantity), .fallback = "0", .max = 1000000000, .help = "so many of its pieces; 0: all"},
    {"why", TEXT(why), .help = "why, for people"},
    {0}};

static int tell(struct verb_call *call, int64_t id, struct error *error)
{
    struct sql_query *row = sql_select(call->office->sql,
                                       "SELECT series, number, state, net_minor, tax_minor, gross_minor, currency FROM"
                                       " invoice WHERE id = ?1",
                                       sql_int(id));
    json_int(call->answer, "invoice", id);
    if (sql_next(row)) {
        json_text(call->answer, "series", sql_get_text(row, 0));
        if (sql_get_null(row, 1))
            json_text(call->answer, "number", NULL);
        else
            json_int(call->answer, "number", sql_get_int(row, 1));
        json_text(call->answer, "state", sql_get_text(row, 2));
        json_int(call->answer, "net_minor", sql_get_int(row, 3));
        json_int(call->answer, "tax_minor", sql_get_int(row, 4));
        json_int(call->answer, "gross_minor", sql_get_int(row, 5));
        json_text(call->answer, "currency", sql_get_text(row, 6));
    }
    int failed = sql_done(row);
    return failed ? office_failed(call->office->sql, failed, error) : 0;
}

static int draft(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    const struct invoice_wanted wanted = {fields->order, fields->series, fields->title, fields->tax_number,
                                          fields->tax_rate};
    struct books books;
    int64_t id = 0;
    int result = books_open(call->office, call->who, &books, error);
    if (!result)
        result = invoice_draft(&books, &wanted, &id, error);
    return result ? result : tell(call, id, error);
}

static int issue(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct books books;
    int64_t number = 0;
    int result = books_open(call->office, call->who, &books, error);
    if (!result)
        result = invoice_issue(&books, fields->invoice, &number, error);
    return result ? result : tell(call, fields->invoice, error);
}

static int drop(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct books books;
    int result = books_open(call->office, call->who, &books, error);
    if (!result)
        result = invoice_drop(&books, fields->invoice, fields->why, error);
    return result ? result : tell(call, fields->invoice, error);
}

static int flush(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct books books;
    int64_t red = 0;
    int result = books_open(call->office, call->who, &books, error);
    if (!result)
        result = invoice_flush(&books, fields->invoice, fields->line, fields->quantity, fields->why, &red, error);
    return result ? result : tell(call, red, error);
}

const struct office_verb invoice_verbs[] = {
    VERB("invoice.draft", draft_fields, draft, "Draft an invoice of an order", "开具发票草稿"),
    VERB("invoice.issue", issue_fields, issue, "Issue a draft under the next number", "开具发票"),
    VERB("invoice.drop", drop_fields, drop, "Drop a draft", "作废发票草稿"),
    VERB("invoice.flush", flush_fields, flush, "Take an invoice back by a red one, whole or in part", "红冲发票"),
    {0},
};
