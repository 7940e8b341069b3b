#include "sync/head-office/orders/rule_facts.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What all lines of the order sum up to. */
#define OVER_LINES(sum)                                                                                                \
    "(SELECT coalesce(sum(" sum "), 0) FROM order_line l LEFT JOIN item i ON i.sku = l.sku WHERE l.number = o.number)"

#define SOLD "CASE WHEN l.gift = 0 THEN "

/* Every field with its column: one table, and one statement made of it. Lists come from statements of their own. */
#define FIELDS(X)                                                                                                      \
    X("platform", FACT_TEXT, "o.platform", "the platform", "平台")                                                     \
    X("shop", FACT_TEXT, "coalesce(o.shop, '')", "the shop", "店铺")                                                   \
    X("origin", FACT_TEXT, "o.origin", "sale, split, merge, exchange, reissue or repair", "订单来源")                  \
    X("currency", FACT_TEXT, "o.currency", "the currency", "币种")                                                     \
    X("carrier", FACT_TEXT, "o.carrier", "who carries it; empty: not chosen", "快递")                                  \
    X("site", FACT_TEXT, "coalesce(o.site, '')", "where its stock is promised", "仓库")                                \
    X("receiver", FACT_TEXT, "o.receiver_name", "the receiver's name", "收货人")                                       \
    X("phone", FACT_TEXT, "o.receiver_phone", "the receiver's telephone", "收货电话")                                  \
    X("province", FACT_TEXT, "o.province", "province", "省份")                                                         \
    X("city", FACT_TEXT, "o.city", "city", "城市")                                                                     \
    X("district", FACT_TEXT, "o.district", "district", "区县")                                                         \
    X("address", FACT_TEXT, "o.province || o.city || o.district || o.receiver_address", "the whole address", "地址")   \
    X("buyer", FACT_TEXT, "o.buyer", "the buyer's name at the platform", "买家")                                       \
    X("buyer_note", FACT_TEXT, "o.buyer_note", "what the buyer wrote", "买家留言")                                     \
    X("seller_note", FACT_TEXT, "o.seller_note", "what the shop wrote", "卖家备注")                                    \
    X("priority", FACT_NUMBER, "o.priority", "priority", "优先级")                                                     \
    X("goods_minor", FACT_NUMBER, "o.goods_minor", "price of the goods, in minor units", "商品金额")                   \
    X("freight_minor", FACT_NUMBER, "o.freight_minor", "freight, in minor units", "运费")                              \
    X("paid_minor", FACT_NUMBER, "o.paid_minor", "what was paid, in minor units", "实付金额")                          \
    X("weight_g", FACT_NUMBER, OVER_LINES("l.quantity * i.weight_g"), "weight of the goods in grams", "重量（克）")    \
    X("pieces", FACT_NUMBER, OVER_LINES(SOLD "l.quantity ELSE 0 END"), "pieces, without gifts", "件数")                \
    X("lines", FACT_NUMBER, OVER_LINES(SOLD "1 ELSE 0 END"), "lines, without gifts", "行数")                           \
    X("hour", FACT_NUMBER, "(coalesce(o.paid_us, o.imported_us) + ?2 * 60000000) / 3600000000 % 24",                   \
      "hour of the day in which it was paid, 0 to 23", "付款时刻（时）")                                               \
    X("placed_s", FACT_NUMBER, "coalesce(o.placed_us, o.imported_us) / 1000000",                                       \
      "when it was placed, in seconds since 1970", "下单时间（秒）")                                                   \
    X("segment", FACT_LIST, "''", "level and segments of the member whose order it is", "会员等级与人群")              \
    X("sku", FACT_LIST, "''", "the items", "商品 SKU")                                                                 \
    X("title", FACT_LIST, "''", "what the platform calls the items", "商品标题")

#define AS_FIELD(name, type, column, english, chinese) {name, type, english, chinese},
const struct fact_field fact_fields[] = {FIELDS(AS_FIELD){0}};

#define AS_COLUMN(name, type, column, english, chinese) ", " column
static const char statement[] = "SELECT o.number" FIELDS(AS_COLUMN) " FROM orders o WHERE o.number = ?1";

#define FIELD_COUNT (COUNT(fact_fields) - 1)

/* ---------------------------------------------------------------- an order's facts */

static int read_fields(struct office *office, const char *number, int64_t offset_min, struct facts *facts)
{
    struct sql_query *row = sql_select(office->sql, statement, sql_text(number), sql_int(offset_min));
    bool found = sql_next(row);
    for (size_t i = 0; found && i < FIELD_COUNT; i++) {
        if (fact_fields[i].type == FACT_NUMBER)
            facts->values[i].number = sql_get_int(row, (int)i + 1);
        facts->values[i].text = facts->texts.length;
        if (fact_fields[i].type == FACT_TEXT)
            buf_puts(&facts->texts, sql_get_text(row, (int)i + 1));
        buf_putc(&facts->texts, '\0');
    }
    int failed = sql_done(row);
    return failed ? failed : found ? 0 : -ENOENT;
}

static void read_list(struct sql_query *row, const char *field, struct facts *facts)
{
    size_t i = 0;
    while (strcmp(fact_fields[i].name, field) != 0)
        i++;
    facts->values[i].text = facts->texts.length;
    buf_putc(&facts->texts, '\n');
    while (sql_next(row)) {
        buf_puts(&facts->texts, sql_get_text(row, 0));
        buf_putc(&facts->texts, '\n');
    }
    buf_putc(&facts->texts, '\0');
}

static int read_lists(struct office *office, const char *number, struct facts *facts)
{
    struct sql_query *skus = sql_select(
        office->sql, "SELECT sku FROM order_line WHERE number = ?1 AND sku IS NOT NULL AND gift = 0 ORDER BY line",
        sql_text(number));
    read_list(skus, "sku", facts);
    int result = sql_done(skus);
    struct sql_query *titles = sql_select(
        office->sql, "SELECT title FROM order_line WHERE number = ?1 AND title <> '' AND gift = 0 ORDER BY line",
        sql_text(number));
    read_list(titles, "title", facts);
    int failed_titles = sql_done(titles);
    struct sql_query *segments = sql_select(
        office->sql,
        "SELECT p.level FROM order_marketing m JOIN member p ON p.member = m.member WHERE m.number = ?1 AND p.level <>"
        " '' UNION SELECT g.segment FROM order_marketing m JOIN member_segment g ON g.member = m.member WHERE m.number"
        " = ?1 ORDER BY 1",
        sql_text(number));
    read_list(segments, "segment", facts);
    int failed = sql_done(segments);
    return result ? result : failed_titles ? failed_titles : failed;
}

int facts_load(struct office *office, const char *number, int64_t offset_min, struct facts *ret)
{
    *ret = (struct facts){.values = calloc(FIELD_COUNT, sizeof(*ret->values))};
    if (!ret->values)
        return -ENOMEM;
    int result = read_fields(office, number, offset_min, ret);
    if (!result)
        result = read_lists(office, number, ret);
    if (!result && ret->texts.failed)
        result = -ENOMEM;
    for (size_t i = 0; i < FIELD_COUNT && !result; i++)
        ret->values[i].at = ret->texts.data + ret->values[i].text;
    return result;
}

void facts_done(struct facts *facts)
{
    free(facts->values);
    buf_done(&facts->texts);
    facts->values = NULL;
}

/* ---------------------------------------------------------------- operators */

/* Whether test() holds for one of the parts of a value. An empty value has one part, which is empty. */
static bool any_part(const struct fact *fact, const char *value,
                     bool (*test)(const struct fact *fact, const char *part, size_t length))
{
    for (;;) {
        size_t length = strcspn(value, "|");
        if (test(fact, value, length))
            return true;
        if (!value[length])
            return false;
        value += length + 1;
    }
}

static bool is_part(const struct fact *fact, const char *part, size_t length)
{
    return strlen(fact->at) == length && memcmp(fact->at, part, length) == 0;
}

static bool has_part(const struct fact *fact, const char *part, size_t length)
{
    return length > 0 && memmem(fact->at, strlen(fact->at), part, length) != NULL;
}

static bool begins_with_part(const struct fact *fact, const char *part, size_t length)
{
    return length > 0 && strncmp(fact->at, part, length) == 0;
}

/* An entry of a list stands between line breaks. */
static bool lists_part(const struct fact *fact, const char *part, size_t length)
{
    for (const char *at = fact->at; length > 0 && (at = strchr(at, '\n')) != NULL && at[1];) {
        at++;
        if (strncmp(at, part, length) == 0 && at[length] == '\n')
            return true;
    }
    return false;
}

static bool is_number_part(const struct fact *fact, const char *part, size_t length)
{
    char text[24];
    int64_t number;
    return text_copy_n(text, sizeof(text), part, length) && text_to_int(text, INT64_MIN, INT64_MAX, &number) == 0 &&
           fact->number == number;
}

static bool text_is(const struct fact *fact, const char *value)
{
    return any_part(fact, value, is_part);
}

static bool text_is_not(const struct fact *fact, const char *value)
{
    return !any_part(fact, value, is_part);
}

static bool contains(const struct fact *fact, const char *value)
{
    return any_part(fact, value, has_part);
}

static bool contains_not(const struct fact *fact, const char *value)
{
    return !any_part(fact, value, has_part);
}

static bool begins(const struct fact *fact, const char *value)
{
    return any_part(fact, value, begins_with_part);
}

static bool has(const struct fact *fact, const char *value)
{
    return any_part(fact, value, lists_part);
}

static bool has_not(const struct fact *fact, const char *value)
{
    return !any_part(fact, value, lists_part);
}

/* Each entry is one of the parts, and there is one at least. */
static bool has_only(const struct fact *fact, const char *value)
{
    const char *at = fact->at + 1;
    for (const char *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
        bool named = false;
        for (const char *part = value; !named; part += strcspn(part, "|") + 1) {
            size_t length = strcspn(part, "|");
            named = length == (size_t)(end - at) && strncmp(at, part, length) == 0;
            if (!part[length])
                break;
        }
        if (!named)
            return false;
    }
    return fact->at[1] != '\0';
}

static bool number_is(const struct fact *fact, const char *value)
{
    return any_part(fact, value, is_number_part);
}

static bool number_is_not(const struct fact *fact, const char *value)
{
    return !any_part(fact, value, is_number_part);
}

static bool at_least(const struct fact *fact, const char *value)
{
    return fact->number >= atoll(value);
}

static bool at_most(const struct fact *fact, const char *value)
{
    return fact->number <= atoll(value);
}

/* Two operators of one name are of different types. */
const struct fact_operator fact_operators[] = {
    {"is", FACT_TEXT, text_is, "is one of these", "等于"},
    {"is", FACT_NUMBER, number_is, "is one of these", "等于"},
    {"is_not", FACT_TEXT, text_is_not, "is none of these", "不等于"},
    {"is_not", FACT_NUMBER, number_is_not, "is none of these", "不等于"},
    {"contains", FACT_TEXT | FACT_LIST, contains, "contains one of these", "包含"},
    {"contains_not", FACT_TEXT | FACT_LIST, contains_not, "contains none of these", "不包含"},
    {"begins", FACT_TEXT, begins, "begins with one of these", "开头是"},
    {"has", FACT_LIST, has, "one of them is one of these", "含有"},
    {"has_not", FACT_LIST, has_not, "none of them is one of these", "不含"},
    {"only", FACT_LIST, has_only, "all of them are of these", "仅含"},
    {"at_least", FACT_NUMBER, at_least, "is so much or more", "不小于"},
    {"at_most", FACT_NUMBER, at_most, "is so much or less", "不大于"},
    {0},
};

/* ---------------------------------------------------------------- conditions */

static const struct fact_field *find_field(const struct fact_field *field, const char *name)
{
    while (field->name && strcmp(field->name, name) != 0)
        field++;
    return field->name ? field : NULL;
}

static const struct fact_operator *find_operator(const char *name, enum fact_type type)
{
    const struct fact_operator *found = fact_operators;
    while (found->name && (strcmp(found->name, name) != 0 || !(found->types & type)))
        found++;
    return found->name ? found : NULL;
}

/* Limits are one number; elsewhere there may be several. */
static bool are_numbers(const char *value, bool several)
{
    for (;;) {
        char text[24];
        int64_t number;
        size_t length = strcspn(value, "|");
        if (!text_copy_n(text, sizeof(text), value, length) || text_to_int(text, INT64_MIN, INT64_MAX, &number) != 0)
            return false;
        if (!value[length] || !several)
            return !value[length];
        value += length + 1;
    }
}

int fact_condition_of(const struct fact_field *fields, const char *thing, const char *field, const char *operator,
                      const char * value, struct fact_condition *ret, struct error *error)
{
    *ret = (struct fact_condition){.field = find_field(fields, field)};
    if (!ret->field)
        return error_set(error, -EINVAL, "%s has no \"%s\" that a rule could ask for", thing, field);
    ret->operator= find_operator(operator, ret->field->type);
    if (!ret->operator)
        return error_set(error, -EINVAL, "\"%s\" cannot be asked of \"%s\"", operator, field);
    if (!text_copy(ret->value, sizeof(ret->value), value))
        return error_set(error, -EINVAL, "the value of \"%s\" is longer than %d bytes", field, RULE_VALUE_SIZE - 1);
    bool several = ret->operator->holds == number_is || ret->operator->holds == number_is_not;
    if (ret->field->type == FACT_NUMBER && !are_numbers(value, several))
        return error_set(error, -EINVAL, "\"%s\" is a number, and \"%s\" is not", field, value);
    return 0;
}

int fact_condition_make(const char *field, const char *operator, const char * value, struct fact_condition *ret,
                        struct error *error)
{
    return fact_condition_of(fact_fields, "an order", field, operator, value, ret, error);
}

bool fact_holds(const struct fact_condition *condition, const struct fact *fact)
{
    return condition->operator->holds(fact, condition->value);
}

bool fact_condition_holds(const struct fact_condition *condition, const struct facts *facts)
{
    return fact_holds(condition, &facts->values[condition->field - fact_fields]);
}
