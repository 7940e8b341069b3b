#include "sync/head-office/customers/person_facts.h"

#include "sync/head-office/customers/consent.h"
#include "sync/head-office/customers/person_sql.h"

#include <errno.h>

#define PERIOD PERSON_BOUGHT " AND " PERSON_BOUGHT_US " >= ?1 AND " PERSON_BOUGHT_US " < ?2 AND o.currency = ?3"
#define DAY_US "86400000000"
#define NEVER  "1000000" /* days: longer than any limit that a person would set */

/* Of numbers: a column of the pass over persons p and their figures f. Of lists: a statement of their own, by person.
 */
#define LIST_OF(what, from)                                                                                            \
    "SELECT DISTINCT q.head, " what " FROM " PERSON_ORDERS from " WHERE " PERIOD " ORDER BY 1, 2"
#define FIELDS(X)                                                                                                      \
    X("orders", FACT_NUMBER, "coalesce(f.orders, 0)", "purchases", "购买次数")                                         \
    X("paid_minor", FACT_NUMBER, "coalesce(f.paid, 0)", "what was paid, in minor units", "消费金额")                   \
    X("refunded_minor", FACT_NUMBER, "coalesce(f.refunded, 0)", "what was given back, in minor units", "退款金额")     \
    X("average_minor", FACT_NUMBER, "coalesce(f.paid / f.orders, 0)", "what a purchase was on average", "客单价")      \
    X("returns", FACT_NUMBER, "coalesce(f.returned, 0)", "returns and exchanges", "退换次数")                          \
    X("days_since_last", FACT_NUMBER, "coalesce((?2 - f.last_us) / " DAY_US ", " NEVER ")",                            \
      "whole days since the last purchase", "距上次购买天数")                                                          \
    X("days_since_first", FACT_NUMBER, "coalesce((?2 - f.first_us) / " DAY_US ", " NEVER ")",                          \
      "whole days since the first purchase", "距首次购买天数")                                                         \
    X("platform", FACT_LIST, LIST_OF("o.platform", ""), "platforms that were bought on", "购买平台")                   \
    X("shop", FACT_LIST, LIST_OF("coalesce(o.shop, '')", ""), "shops that were bought in", "购买店铺")                 \
    X("province", FACT_LIST, LIST_OF("o.province", ""), "provinces that it was sent to", "收货省份")                   \
    X("sku", FACT_LIST,                                                                                                \
      LIST_OF("l.sku", " JOIN order_line l ON l.number = o.number AND l.gift = 0 AND l.sku IS NOT NULL"),              \
      "items that were bought", "购买商品")                                                                            \
    X("rfm", FACT_LIST,                                                                                                \
      "SELECT q.head, r.name FROM rfm r JOIN person q ON q.id = r.person WHERE ?1 < ?2 AND ?3 <> ''"                   \
      " ORDER BY 1, 2",                                                                                                \
      "the name by recency, frequency and money", "RFM 分层")                                                          \
    X("segment", FACT_LIST,                                                                                            \
      "SELECT DISTINCT q.head, m.segment FROM segment_member m JOIN person q ON q.id = m.person"                       \
      " WHERE ?1 < ?2 AND ?3 <> '' ORDER BY 1, 2",                                                                     \
      "segments that the person is in", "所属人群")                                                                    \
    X("may_write", FACT_LIST,                                                                                          \
      "SELECT q.head, c.channel FROM person_consent c JOIN person q ON q.id = c.person WHERE"                          \
      " c.given = 1 AND ?1 < ?2 AND ?3 <> '' AND " CONSENT_LAST " ORDER BY 1, 2",                                      \
      "ways of writing that are allowed", "允许的联系方式")

#define AS_FIELD(name, type, sql, english, chinese) {name, type, english, chinese},
const struct fact_field person_fields[] = {FIELDS(AS_FIELD){0}};
#define FIELD_COUNT (COUNT(person_fields) - 1)

#define NUMBER_OF_FACT_NUMBER(sql) ", " sql
#define NUMBER_OF_FACT_LIST(sql)
#define AS_COLUMN(name, type, sql, english, chinese) NUMBER_OF_##type(sql)
static const char statement[] =
    "SELECT p.id" FIELDS(AS_COLUMN) " FROM person p LEFT JOIN (SELECT q.head AS person, count(*) AS orders,"
                                    " CAST(sum(o.paid_minor) AS BIGINT) AS paid, CAST(sum(" PERSON_REFUNDED
                                    ") AS BIGINT) AS refunded, CAST(sum(" PERSON_RETURNS
                                    ") AS BIGINT) AS returned, min(" PERSON_BOUGHT_US
                                    ") AS first_us, max(" PERSON_BOUGHT_US ") AS last_us FROM " PERSON_ORDERS
                                    " WHERE " PERIOD " GROUP BY q.head) f ON f.person = p.id WHERE p.head = p.id"
                                    " ORDER BY p.id";

#define LIST_OF_FACT_NUMBER(sql)                   NULL
#define LIST_OF_FACT_LIST(sql)                     sql
#define AS_LIST(name, type, sql, english, chinese) LIST_OF_##type(sql),
static const char *const lists[] = {FIELDS(AS_LIST)};

/* ---------------------------------------------------------------- side by side, each by person */

struct pass {
    struct sql_query *persons, *lists[FIELD_COUNT];
    bool there[FIELD_COUNT]; /* the list has another entry: it stands on it */
    struct fact facts[FIELD_COUNT];
    struct buf texts;
};

static void read_list(struct pass *pass, size_t i, int64_t person)
{
    struct sql_query *list = pass->lists[i];
    pass->facts[i].text = pass->texts.length;
    buf_putc(&pass->texts, '\n');
    while (pass->there[i] && sql_get_int(list, 0) <= person) {
        if (sql_get_int(list, 0) == person) {
            buf_puts(&pass->texts, sql_get_text(list, 1));
            buf_putc(&pass->texts, '\n');
        }
        pass->there[i] = sql_next(list);
    }
    buf_putc(&pass->texts, '\0');
}

static int read_person(struct pass *pass, int64_t person)
{
    int column = 1;
    buf_clear(&pass->texts);
    buf_putc(&pass->texts, '\0'); /* the text of numbers */
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        pass->facts[i] = (struct fact){0};
        if (lists[i])
            read_list(pass, i, person);
        else
            pass->facts[i].number = sql_get_int(pass->persons, column++);
    }
    for (size_t i = 0; i < FIELD_COUNT; i++)
        pass->facts[i].at = buf_text(&pass->texts) + pass->facts[i].text;
    return pass->texts.failed ? -ENOMEM : 0;
}

static int end_pass(struct pass *pass)
{
    int result = sql_done(pass->persons);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        int failed = pass->lists[i] ? sql_done(pass->lists[i]) : 0;
        result = result ? result : failed;
    }
    buf_done(&pass->texts);
    return result;
}

int person_facts_each(struct office *office, const struct person_facts_asked *asked,
                      int (*take)(void *user, int64_t person, const struct fact *facts), void *user)
{
    const struct sql_value values[] = {sql_int(asked->from_us), sql_int(asked->to_us), sql_text(asked->currency), {0}};
    struct pass pass = {.persons = sql_select_values(office->sql, statement, values)};
    int result = 0;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        pass.lists[i] = lists[i] ? sql_select_values(office->sql, lists[i], values) : NULL;
        pass.there[i] = pass.lists[i] && sql_next(pass.lists[i]);
    }
    while (!result && sql_next(pass.persons)) {
        int64_t person = sql_get_int(pass.persons, 0);
        result = read_person(&pass, person);
        if (!result)
            result = take(user, person, pass.facts);
    }
    int failed = end_pass(&pass);
    return result ? result : failed;
}
