/* What head office is asked to do with the bills of platforms and carriers. */
#include "base/json.h"
#include "sync/head-office/books/bills.h"
#include "sync/head-office/books/reconcile.h"
#include "sync/head-office/verb.h"

struct fields {
    char party[BOOKS_TEXT_SIZE], period[8], bucket[16], why[257], format[24], word[129], meaning[16];
    int64_t row;
};

#define TEXT(member)   OPTION_TEXT_AT(struct fields, member)
#define NUMBER(member) OPTION_NUMBER_AT(struct fields, member)
#define CHOICE(member) OPTION_CHOICE_AT(struct fields, member)

static const struct option_def month_fields[] = {{"party", TEXT(party), .help = "the shop's code, or the carrier"},
                                                 {"period", TEXT(period), .help = "the month, as 2026-11"},
                                                 {0}};
static const struct option_def force_fields[] = {
    {"row", NUMBER(row), .min = 1, .max = INT64_MAX, .help = "the row of the bill"},
    {"bucket", CHOICE(bucket), .choices = RECONCILE_BUCKETS, .help = "fee, rounding, timing or other"},
    {"why", TEXT(why), .help = "why it is all right, for people"},
    {0}};
static const struct option_def word_fields[] = {
    {"format", CHOICE(format), .choices = BILL_FORMATS, .help = "the kind of bill"},
    {"word", TEXT(word), .help = "as the bill calls it"},
    {"meaning", CHOICE(meaning), .choices = BILL_MEANINGS, .help = "what it is"},
    {0}};

static int compare(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct books books;
    struct reconcile_done done = {0};
    int result = books_open(call->office, call->who, &books, error);
    if (!result)
        result = reconcile_run(&books, fields->party, fields->period, &done, error);
    json_int(call->answer, "posted", done.posted);
    return result ? result : reconcile_report(&books, fields->party, fields->period, call->answer, error);
}

static int report(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct books books;
    int result = books_open(call->office, call->who, &books, error);
    return result ? result : reconcile_report(&books, fields->party, fields->period, call->answer, error);
}

static int force(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct books books;
    int result = books_open(call->office, call->who, &books, error);
    json_int(call->answer, "row", fields->row);
    return result ? result : reconcile_force(&books, fields->row, fields->bucket, fields->why, error);
}

static int explain(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int result =
        sql_run(call->office->sql,
                "INSERT INTO bill_word (format, word, meaning, who) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (format,"
                " word) DO UPDATE SET meaning = excluded.meaning, who = excluded.who",
                sql_text(fields->format), sql_text(fields->word), sql_text(fields->meaning), sql_text(call->who));
    json_text(call->answer, "word", fields->word);
    return result ? office_failed(call->office->sql, result, error) : 0;
}

const struct office_verb bill_verbs[] = {
    VERB("bill.compare", month_fields, compare, "Compare a month of bills with the books, and post what is certain",
         "对账"),
    VERB("bill.report", month_fields, report, "What a month of bills comes to", "对账报告"),
    VERB("bill.force", force_fields, force, "Say that a difference is all right, and why", "强制平账"),
    VERB("bill.word", word_fields, explain, "What a word of a bill means", "定义账单业务类型"),
    {0},
};
