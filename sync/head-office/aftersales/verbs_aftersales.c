/* What head office is asked to do about after-sales. */
#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/aftersales/aftersale_decide.h"
#include "sync/head-office/catalogue/catalogue.h"
#include "sync/head-office/verb.h"

#include <errno.h>
#include <string.h>

#define CLAIMS_MAX 100
#define AS_ASKED   "as_asked"

/* One struct for all of them: most say which case, and why. */
struct fields {
    char order[ORDERS_NUMBER_SIZE], number[AFTERSALE_NUMBER_SIZE], kind[AFTERSALE_WORD_SIZE];
    char lines[8192];
    char reason[257], key[65], carrier[65], waybill[65], phone[65], site[CATALOGUE_CODE_SIZE],
        new_sku[CATALOGUE_CODE_SIZE];
    int64_t freight_minor, amount_minor, pay_minor;
};

#define TEXT(member)    OPTION_TEXT_AT(struct fields, member)
#define PRIVATE(member) OPTION_PRIVATE_AT(struct fields, member)
#define NUMBER(member)  OPTION_NUMBER_AT(struct fields, member)
#define CHOICE(member)  OPTION_CHOICE_AT(struct fields, member)
#define MONEY_MAX       1000000000000

#define CASE                                                                                                           \
    {                                                                                                                  \
        "case", TEXT(number), .help = "the case's number"                                                              \
    }
#define REASON                                                                                                         \
    {                                                                                                                  \
        "reason", TEXT(reason), .fallback = "", .help = "why, for people"                                              \
    }

static const struct option_def open_fields[] = {
    {"order", TEXT(order), .help = "the order's number"},
    {"kind", CHOICE(kind), .choices = AFTERSALE_KINDS, .help = "what is asked for"},
    {"lines", TEXT(lines), .fallback = "",
     .help =
         "a list like [{\"line\":1,\"quantity\":2,\"amount_minor\":990,\"new_sku\":\"B\"}]; quantity 0: money alone;"
         " amount_minor left out: the pieces' share of what was paid; lines left out: all that is left of the order"},
    {"freight_minor", NUMBER(freight_minor), .fallback = "0", .min = 0, .max = MONEY_MAX,
     .help = "freight that is given back beside it"},
    {"carrier", TEXT(carrier), .fallback = "", .help = "who brings the goods back"},
    {"waybill", TEXT(waybill), .fallback = "", .help = "under which number they come"},
    {"key", TEXT(key), .fallback = "", .help = "your own number of the wish: said again it is the same case"},
    REASON,
    {0}};
static const struct option_def agree_fields[] = {
    CASE,
    {"kind", CHOICE(kind), .fallback = AS_ASKED, .choices = AS_ASKED "|" AFTERSALE_KINDS,
     .help = "what it is agreed to as"},
    {"site", TEXT(site), .fallback = "", .help = "where its goods come to; left out: where they came from"},
    {"new_sku", TEXT(new_sku), .fallback = "", .help = "the item that is sent in exchange; left out: as it was asked"},
    {"pay_minor", NUMBER(pay_minor), .fallback = "0", .min = 0, .max = MONEY_MAX,
     .help = "what the buyer pays for what is sent in exchange, beyond what was paid"},
    {0}};
static const struct option_def settle_fields[] = {
    CASE,
    {"amount_minor", NUMBER(amount_minor), .fallback = "-1", .min = -1, .max = MONEY_MAX,
     .help = "what is given back, no more than is claimed; -1: what is claimed for the pieces that came"},
    REASON,
    {0}};
static const struct option_def reason_fields[] = {CASE, REASON, {0}};
static const struct option_def case_fields[] = {CASE, {0}};
static const struct option_def waybill_fields[] = {
    CASE,
    {"carrier", TEXT(carrier), .fallback = "", .help = "who brings the goods back"},
    {"waybill", TEXT(waybill), .help = "under which number they come"},
    {0}};
static const struct option_def match_fields[] = {
    CASE,
    {"order", TEXT(order), .fallback = "", .help = "the order's number, ours or the platform's"},
    {"waybill", TEXT(waybill), .fallback = "", .help = "under which it left"},
    {"phone", PRIVATE(phone), .fallback = "", .help = "the receiver's telephone"},
    {0}};

/* ---------------------------------------------------------------- answers */

static int tell_goods(struct verb_call *call, const char *number, struct error *error)
{
    static const char *const figures[] = {"received", "a", "b", "c", "d"};
    struct sql_query *row = sql_select(call->office->sql,
                                       "SELECT sku, received, grade_a, grade_b, grade_c, grade_d FROM aftersale_goods"
                                       " WHERE number = ?1 ORDER BY sku",
                                       sql_text(number));
    json_open_array(call->answer, "goods");
    while (sql_next(row)) {
        json_open_object(call->answer, NULL);
        json_text(call->answer, "sku", sql_get_text(row, 0));
        for (size_t i = 0; i < COUNT(figures); i++)
            json_int(call->answer, figures[i], sql_get_int(row, (int)i + 1));
        json_close_object(call->answer);
    }
    json_close_array(call->answer);
    int failed = sql_done(row);
    return failed ? office_failed(call->office->sql, failed, error) : 0;
}

static int tell_case(struct verb_call *call, const char *number, struct error *error)
{
    static const char *const texts[] = {"case", "kind", "state", "order", "site", "new_order", "trouble", "refund"};
    struct sql_query *row = sql_select(
        call->office->sql,
        "SELECT a.number, a.kind, a.state, coalesce(a.order_number, ''), coalesce(a.site, ''),"
        " coalesce(a.new_order, ''), a.trouble, coalesce(d.state, ''), a.freight_minor + (SELECT"
        " coalesce(sum(x.amount_minor), 0) FROM aftersale_line x WHERE x.number = a.number) FROM aftersale a LEFT JOIN"
        " refund_due d ON d.number = a.number WHERE a.number = ?1",
        sql_text(number));
    if (sql_next(row)) {
        for (size_t i = 0; i < COUNT(texts); i++)
            json_text(call->answer, texts[i], sql_get_text(row, (int)i));
        json_int(call->answer, "amount_minor", sql_get_int(row, COUNT(texts)));
    }
    int failed = sql_done(row);
    return failed ? office_failed(call->office->sql, failed, error) : tell_goods(call, number, error);
}

/* ---------------------------------------------------------------- the verbs */

static int read_claim(const json_t *from, struct aftersale_claim *ret, struct error *error)
{
    const json_t *line = json_object_get(from, "line"), *quantity = json_object_get(from, "quantity");
    const json_t *amount = json_object_get(from, "amount_minor"), *sku = json_object_get(from, "new_sku");
    *ret = (struct aftersale_claim){.line = json_integer_value(line),
                                    .quantity = json_integer_value(quantity),
                                    .amount_minor = amount ? json_integer_value(amount) : AFTERSALE_SHARE};
    bool whole = json_is_integer(line) && json_is_integer(quantity) && (!amount || json_is_integer(amount)) &&
                 (!sku || json_is_string(sku)) &&
                 text_copy(ret->new_sku, sizeof(ret->new_sku), sku ? json_string_value(sku) : "");
    bool right = whole && ret->line > 0 && ret->quantity >= 0 && (!amount || ret->amount_minor >= 0);
    return right ? 0
                 : error_set(error, -EINVAL,
                             "a line needs \"line\" and \"quantity\", and may have \"amount_minor\" and \"new_sku\"");
}

static int read_claims(const char *text, struct aftersale_claim *out, size_t *ret_count, struct error *error)
{
    json_t *list = *text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : json_array();
    int result = json_is_array(list) ? 0 : error_set(error, -EINVAL, "\"lines\" is no list");
    if (!result && json_array_size(list) > CLAIMS_MAX)
        result = error_set(error, -E2BIG, "\"lines\" has more than %d members: make two cases of it", CLAIMS_MAX);
    *ret_count = result ? 0 : json_array_size(list);
    for (size_t i = 0; i < *ret_count && !result; i++)
        result = read_claim(json_array_get(list, i), &out[i], error);
    json_decref(list);
    return result;
}

static int open_case(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct aftersale_claim claims[CLAIMS_MAX];
    struct aftersale_wish wish = {.order = fields->order,
                                  .kind = fields->kind,
                                  .reason = fields->reason,
                                  .key = fields->key,
                                  .carrier = fields->carrier,
                                  .waybill = fields->waybill,
                                  .freight_minor = fields->freight_minor,
                                  .claims = claims};
    char number[AFTERSALE_NUMBER_SIZE];
    int result = read_claims(fields->lines, claims, &wish.count, error);
    if (!result)
        result = aftersale_open(call->office, &wish, call->who, number, error);
    return result ? result : tell_case(call, number, error);
}

static int agree(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    bool as_asked = strcmp(fields->kind, AS_ASKED) == 0;
    const struct aftersale_terms terms = {as_asked ? "" : fields->kind, fields->new_sku, fields->site,
                                          fields->pay_minor};
    int result = aftersale_agree(call->office, fields->number, &terms, call->who, error);
    return result ? result : tell_case(call, fields->number, error);
}

static int settle(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int result = aftersale_settle(call->office, fields->number, fields->amount_minor, fields->reason, call->who, error);
    return result ? result : tell_case(call, fields->number, error);
}

static int refuse(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int result = aftersale_refuse(call->office, fields->number, fields->reason, call->who, error);
    return result ? result : tell_case(call, fields->number, error);
}

static int close_case(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int result = aftersale_close(call->office, fields->number, fields->reason, call->who, error);
    return result ? result : tell_case(call, fields->number, error);
}

static int set_waybill(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int result = aftersale_set_waybill(call->office, fields->number, fields->carrier, fields->waybill, error);
    return result ? result : tell_case(call, fields->number, error);
}

static int match(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    const struct aftersale_trace trace = {fields->order, fields->waybill, fields->phone};
    char number[AFTERSALE_NUMBER_SIZE];
    int result = aftersale_match(call->office, fields->number, &trace, call->who, number, error);
    return result ? result : tell_case(call, number, error);
}

static int pay(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int result = aftersale_pay(call->office, fields->number, call->who, error);
    return result ? result : tell_case(call, fields->number, error);
}

const struct office_verb aftersale_verbs[] = {
    VERB("aftersale.open", open_fields, open_case, "Open an after-sales case for an order", "登记售后"),
    VERB("aftersale.agree", agree_fields, agree, "Agree to a case", "同意售后"),
    VERB("aftersale.refuse", reason_fields, refuse, "Refuse a case", "拒绝售后"),
    VERB("aftersale.settle", settle_fields, settle, "Settle a case: what is owed for it is due", "售后结案并应退款"),
    VERB("aftersale.close", reason_fields, close_case, "Close a case that the buyer takes back", "关闭售后"),
    VERB("aftersale.waybill", waybill_fields, set_waybill, "Say under which waybill goods come back", "登记退货运单"),
    VERB("aftersale.match", match_fields, match, "Say which order unclaimed goods are of", "认领无主件"),
    VERB("aftersale.paid", case_fields, pay, "Say that a refund that was due has been paid", "确认已退款"),
    {0},
};
