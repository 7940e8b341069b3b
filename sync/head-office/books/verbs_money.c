/* What head office is asked to do with its books. */
#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/books/cost.h"
#include "sync/head-office/books/money_post.h"
#include "sync/head-office/books/profit.h"
#include "sync/head-office/verb.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct fields {
    char key[129], order[BOOKS_TEXT_SIZE], sku[BOOKS_TEXT_SIZE], document[BOOKS_TEXT_SIZE], party[BOOKS_TEXT_SIZE];
    char period[8], to[8], day[11], currency[4], rate[24], method[8], group[16], only[BOOKS_TEXT_SIZE];
    char campaign[BOOKS_TEXT_SIZE], box[BOOKS_TEXT_SIZE], debit[12], credit[12], note[257];
    int64_t line, quantity, amount_minor, most;
};

#define TEXT(member)   OPTION_TEXT_AT(struct fields, member)
#define NUMBER(member) OPTION_NUMBER_AT(struct fields, member)
#define CHOICE(member) OPTION_CHOICE_AT(struct fields, member)
#define MONEY_MAX      INT64_C(1000000000000)
#define AMOUNT(words)                                                                                                  \
    {                                                                                                                  \
        "amount_minor", NUMBER(amount_minor), .min = 0, .max = MONEY_MAX, .help = words                                \
    }
#define SKU                                                                                                            \
    {                                                                                                                  \
        "sku", TEXT(sku), .help = "the item"                                                                           \
    }
#define PERIOD                                                                                                         \
    {                                                                                                                  \
        "period", TEXT(period), .fallback = "0000-00",                                                                 \
                                .help = "from this month on, as 2026-11; left out: from the first"                     \
    }
#define PERIOD_TO                                                                                                      \
    {                                                                                                                  \
        "to", TEXT(to), .fallback = "9999-12", .help = "up to this month; left out: to the last"                       \
    }

static const struct option_def post_fields[] = {
    {"most", NUMBER(most), .fallback = "1000", .min = 1, .max = 100000, .help = "so many facts of each kind"}, {0}};
static const struct option_def balance_fields[] = {PERIOD, PERIOD_TO, {0}};
static const struct option_def profit_fields[] = {
    {"by", CHOICE(group), .fallback = "all", .choices = PROFIT_GROUPS, .help = "what is summed up together"},
    {"only", TEXT(only), .fallback = "", .help = "this group alone"},
    PERIOD,
    PERIOD_TO,
    {0}};
static const struct option_def close_fields[] = {{"period", TEXT(period), .help = "the month, as 2026-11"}, {0}};
static const struct option_def rate_fields[] = {
    {"currency", TEXT(currency), .help = "the currency as three letters"},
    {"day", TEXT(day), .help = "from this day on, as 2026-11-27"},
    {"rate", TEXT(rate), .help = "what one unit is worth in base currency, as 7.123456"},
    {0}};
static const struct option_def refund_fields[] = {
    {"key", TEXT(key), .help = "of the refund: the same key is posted once"},
    {"order", TEXT(order), .help = "the order's number"},
    {"line", NUMBER(line), .fallback = "0", .max = 100000, .help = "the line; 0: the whole order"},
    AMOUNT("what the buyer gets back, in minor units"),
    {0}};
static const struct option_def campaign_fields[] = {{"order", TEXT(order), .help = "the order's number"},
                                                    {"campaign", TEXT(campaign), .help = "what made the buyer buy"},
                                                    {0}};
static const struct option_def packaging_fields[] = {
    {"box", TEXT(box), .help = "the kind of box"}, AMOUNT("what one costs, in minor units"), {0}};
static const struct option_def usual_fields[] = {SKU, AMOUNT("what one piece costs, in minor units"), {0}};
static const struct option_def method_fields[] = {
    SKU,
    {"method", CHOICE(method), .choices = "average|fifo", .help = "average of all pieces, or first in, first out"},
    {0}};
static const struct option_def purchase_fields[] = {
    {"document", TEXT(document), .help = "under which number the goods come"},
    SKU,
    {"quantity", NUMBER(quantity), .min = 1, .max = 1000000000, .help = "for so many pieces"},
    AMOUNT("what the supplier asks for all of them, in minor units"),
    {"currency", TEXT(currency), .fallback = "CNY", .help = "the currency as three letters"},
    {0}};
static const struct option_def entry_fields[] = {
    {"key", TEXT(key), .help = "of the fact: the same key is posted once"},
    {"debit", TEXT(debit), .help = "the account that is debited"},
    {"credit", TEXT(credit), .help = "the account that is credited"},
    AMOUNT("how much, in minor units"),
    {"currency", TEXT(currency), .fallback = "CNY", .help = "the currency as three letters"},
    {"order", TEXT(order), .fallback = "", .help = "the order that it is about, or nothing"},
    {"party", TEXT(party), .fallback = "", .help = "the supplier or carrier, or nothing"},
    {"note", TEXT(note), .help = "why, for people"},
    {0}};
static const struct option_def reverse_fields[] = {
    {"key", TEXT(key), .help = "of the entry"}, {"note", TEXT(note), .help = "why, for people"}, {0}};

/* ---------------------------------------------------------------- looking */

static int post(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct money_work done = {0};
    int result = money_work_inside(call->office, fields->most, &done, error);
    json_int(call->answer, "posted", done.posted);
    json_int(call->answer, "troubles", done.troubles);
    json_bool(call->answer, "more", done.more);
    return result;
}

static void tell_account(struct buf *json, struct sql_query *row)
{
    json_open_object(json, NULL);
    json_text(json, "account", sql_get_text(row, 0));
    json_text(json, "english", sql_get_text(row, 1));
    json_text(json, "chinese", sql_get_text(row, 2));
    json_int(json, "debit_minor", sql_get_int(row, 3));
    json_int(json, "credit_minor", sql_get_int(row, 4));
    json_int(json, "balance_minor", sql_get_int(row, 3) - sql_get_int(row, 4));
    json_close_object(json);
}

static int balance(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    CLEANUP_BUF struct buf wrong = {0};
    int64_t debit = 0, credit = 0, faults = 0;
    struct sql_query *row = sql_select(
        call->office->sql,
        "SELECT a.code, a.english, a.chinese, sum(b.debit_minor), sum(b.credit_minor) FROM books_balance b JOIN"
        " books_account a ON a.code = b.account WHERE b.period >= ?1 AND b.period <= ?2 GROUP BY a.code, a.english, "
        "a.chinese ORDER BY a.code",
        sql_text(fields->period), sql_text(fields->to));
    json_open_array(call->answer, "accounts");
    while (sql_next(row)) {
        tell_account(call->answer, row);
        debit += sql_get_int(row, 3);
        credit += sql_get_int(row, 4);
    }
    json_close_array(call->answer);
    int failed = sql_done(row);
    if (failed)
        return office_failed(call->office->sql, failed, error);
    json_int(call->answer, "debit_minor", debit);
    json_int(call->answer, "credit_minor", credit);
    int result = books_check(call->office, &wrong, &faults, error);
    json_text(call->answer, "wrong", faults > 0 ? buf_text(&wrong) : "");
    return result;
}

static void tell_profit(void *user, const struct profit *profit)
{
    struct buf *json = user;
    json_open_object(json, NULL);
    json_text(json, "name", profit->name);
    json_int(json, "revenue_minor", profit->revenue);
    json_int(json, "discounts_minor", profit->discounts);
    json_int(json, "refunds_minor", profit->refunds);
    json_int(json, "tax_minor", profit->tax);
    json_int(json, "goods_minor", profit->goods);
    json_int(json, "fees_minor", profit->fees);
    json_int(json, "freight_minor", profit->freight);
    json_int(json, "packaging_minor", profit->packaging);
    json_int(json, "other_minor", profit->other);
    json_int(json, "profit_minor", profit->profit);
    json_close_object(json);
}

static int tell_profits(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "by", fields->group);
    json_open_array(call->answer, "groups");
    int result = profit_each(call->office, fields->group, fields->period, fields->to,
                             *fields->only ? fields->only : NULL, tell_profit, call->answer, error);
    json_close_array(call->answer);
    return result;
}

/* ---------------------------------------------------------------- the books */

static int close_period(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct books books;
    int result = books_open(call->office, call->who, &books, error);
    json_text(call->answer, "closed", fields->period);
    return result ? result : books_close(&books, fields->period, error);
}

/* "7.123456" as millionths, with no float. */
static int read_micro(const char *text, int64_t *ret)
{
    char digits[24] = "";
    size_t whole = strspn(text, "0123456789");
    const char *rest = text[whole] == '.' ? text + whole + 1 : text + whole;
    size_t part = strspn(rest, "0123456789");
    if (whole == 0 || whole > 9 || part > 6 || rest[part] != '\0')
        return -EINVAL;
    snprintf(digits, sizeof(digits), "%.*s%.*s%.*s", (int)whole, text, (int)part, rest, 6 - (int)part, "000000");
    return text_to_int(digits, 1, INT64_MAX, ret);
}

static int set_rate(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int64_t micro, at_us;
    if (read_micro(fields->rate, &micro))
        return error_set(error, -EINVAL, "\"%s\" is no rate: expected one as 7.123456", fields->rate);
    if (strlen(fields->day) != 10 || fields->day[4] != '-' || business_time(fields->day, 0, &at_us))
        return error_set(error, -EINVAL, "\"%s\" is no day: expected one as 2026-11-27", fields->day);
    int result = sql_run(call->office->sql,
                         "INSERT INTO books_rate (currency, day, micro, who) VALUES (?1, ?2, ?3, ?4) ON CONFLICT"
                         " (currency, day) DO UPDATE SET micro = excluded.micro, who = excluded.who",
                         sql_text(fields->currency), sql_text(fields->day), sql_int(micro), sql_text(call->who));
    json_text(call->answer, "currency", fields->currency);
    json_int(call->answer, "micro", micro);
    return result ? office_failed(call->office->sql, result, error) : 0;
}

static int refund(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct books books;
    int result = books_open(call->office, call->who, &books, error);
    json_text(call->answer, "order", fields->order);
    return result ? result
                  : money_post_refund(&books, fields->key, fields->order, fields->line, fields->amount_minor,
                                      call->office->now_us, error);
}

static int enter(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct books books;
    char key[BOOKS_KEY_SIZE];
    CLEANUP_ENTRY struct books_entry entry = {
        .kind = "person", .key = key, .order = fields->order, .note = fields->note, .at_us = call->office->now_us};
    int64_t known = 0;
    int result = books_open(call->office, call->who, &books, error);
    if (!result)
        result =
            sql_number(call->office->sql, &known, "SELECT count(*) FROM books_account WHERE code = ?1 OR code = ?2",
                       sql_text(fields->debit), sql_text(fields->credit));
    if (!result && known != 2)
        return error_set(error, -ENOENT, "two different accounts of the books are needed: money.balance names them");
    if (!result && (strcmp(fields->debit, BOOKS_STOCK) == 0 || strcmp(fields->credit, BOOKS_STOCK) == 0))
        return error_set(error, -EPERM, "what stock is worth follows from its moves: use cost.purchase or a count");
    if (result)
        return result;
    snprintf(key, sizeof(key), "person/%s", fields->key);
    struct books_of of = {.order = fields->order, .party = fields->party};
    books_add(&books, &entry, fields->debit, fields->currency, fields->amount_minor, &of);
    books_add(&books, &entry, fields->credit, fields->currency, -fields->amount_minor, &of);
    json_text(call->answer, "key", key);
    return books_post(&books, &entry, error);
}

/* What moved stock is taken back by moving it back. */
static int reverse(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct books books;
    char key[BOOKS_KEY_SIZE];
    int result = books_open(call->office, call->who, &books, error);
    if (!result && strncmp(fields->key, "person/", 7) != 0)
        return error_set(error, -EPERM, "only what a person entered can be reversed: its key begins with \"person/\"");
    snprintf(key, sizeof(key), "reversal/%s", fields->key);
    json_text(call->answer, "key", key);
    return result ? result : books_reverse(&books, fields->key, key, fields->note, error);
}

/* ---------------------------------------------------------------- costs */

static int set_campaign(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int result = sql_run(call->office->sql,
                         "INSERT INTO order_campaign (number, campaign) VALUES (?1, ?2) ON CONFLICT (number) DO UPDATE"
                         " SET campaign = excluded.campaign",
                         sql_text(fields->order), sql_text(fields->campaign));
    json_text(call->answer, "order", fields->order);
    return office_named(call->office->sql, result, "order", fields->order, error);
}

static int set_packaging(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int result = sql_run(call->office->sql,
                         "INSERT INTO packaging_cost (box, minor) VALUES (?1, ?2) ON CONFLICT (box) DO UPDATE SET minor"
                         " = excluded.minor",
                         sql_text(fields->box), sql_int(fields->amount_minor));
    json_text(call->answer, "box", fields->box);
    return result ? office_failed(call->office->sql, result, error) : 0;
}

static int check_item(struct verb_call *call, const char *sku, struct books *books, struct error *error)
{
    int64_t found = 0;
    int result = books_open(call->office, call->who, books, error);
    if (result)
        return result;
    result = sql_number(call->office->sql, &found, "SELECT count(*) FROM item WHERE sku = ?1", sql_text(sku));
    json_text(call->answer, "sku", sku);
    if (result)
        return office_failed(call->office->sql, result, error);
    return found > 0 ? 0 : error_set(error, -ENOENT, "there is no item \"%s\"", sku);
}

static int set_usual(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct books books;
    int result = check_item(call, fields->sku, &books, error);
    return result ? result : cost_usual(&books, fields->sku, fields->amount_minor, error);
}

static int set_method(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct books books;
    int result = check_item(call, fields->sku, &books, error);
    return result ? result : cost_method(&books, fields->sku, fields->method, error);
}

static int set_purchase(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct books books;
    int result = check_item(call, fields->sku, &books, error);
    return result ? result
                  : cost_purchase(&books, fields->document, fields->sku, fields->quantity, fields->amount_minor,
                                  fields->currency, error);
}

const struct office_verb money_verbs[] = {
    VERB("money.post", post_fields, post, "Post what happened and is not in the books", "将业务过账"),
    VERB("money.balance", balance_fields, balance, "The trial balance, and what does not hold", "试算平衡表"),
    VERB("money.profit", profit_fields, tell_profits, "What was earned, by order, item, shop, platform, site, campaign",
         "利润分析"),
    VERB("money.close", close_fields, close_period, "Close a month: later facts count in the next", "结账"),
    VERB("money.rate", rate_fields, set_rate, "What a currency is worth from a day on", "设置汇率"),
    VERB("money.refund", refund_fields, refund, "Post what a buyer was given back", "登记退款"),
    VERB("money.entry", entry_fields, enter, "An entry by hand: payments, invoices of suppliers", "手工记账"),
    VERB("money.reverse", reverse_fields, reverse, "Take back an entry by hand", "冲销手工凭证"),
    VERB("money.campaign", campaign_fields, set_campaign, "Which campaign an order belongs to", "标记订单活动"),
    VERB("money.packaging", packaging_fields, set_packaging, "What a box costs", "设置包装成本"),
    VERB("cost.usual", usual_fields, set_usual, "What a piece costs where nothing else is known", "设置标准成本"),
    VERB("cost.method", method_fields, set_method, "How an item's cost is reckoned", "设置成本核算方法"),
    VERB("cost.purchase", purchase_fields, set_purchase, "What a supplier asks for goods, also later", "登记采购成本"),
    {0},
};
