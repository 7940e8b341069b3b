#include "sync/head-office/customers/rfm.h"

#include "sync/head-office/customers/person_sql.h"
#include "sync/head-office/customers/persons.h"

#define PERIOD PERSON_BOUGHT " AND " PERSON_BOUGHT_US " >= ?1 AND " PERSON_BOUGHT_US " < ?2"

const struct rfm_name rfm_names[] = {
    {"champion", {1, 1, 1}, "valued: lately, often, for much", "重要价值客户（高价值）"},
    {"promising", {1, 0, 1}, "to be grown: lately and for much, but seldom", "重要发展客户"},
    {"at_risk", {0, 1, 1}, "to be kept: often and for much, but long ago", "重要保持客户"},
    {"lost_value", {0, 0, 1}, "to be won back: for much, but seldom and long ago", "重要挽留客户"},
    {"loyal", {1, 1, 0}, "lately and often, for little", "一般价值客户"},
    {"new", {1, 0, 0}, "lately, seldom, for little", "一般发展客户"},
    {"cooling", {0, 1, 0}, "often, but long ago and for little", "一般保持客户"},
    {"lost", {0, 0, 0}, "seldom, long ago, for little", "一般挽留客户"},
    {0},
};

/* A person's fifth is that of the share of persons who are behind: equal figures have the same. */
#define FIFTH(column) "1 + 5 * (rank() OVER (ORDER BY " column ") - 1) / count(*) OVER ()"

static int reckon(struct office *office, const struct rfm_asked *asked)
{
    return sql_run(office->sql,
                   "INSERT INTO rfm (person, last_us, orders, paid_minor, recency, frequency, money) SELECT person,"
                   " last_us, orders, paid, " FIFTH("last_us") ", " FIFTH("orders") ", " FIFTH(
                       "paid") " FROM (SELECT"
                               " q.head AS person, max(" PERSON_BOUGHT_US
                               ") AS last_us, count(*) AS orders, CAST(sum(o.paid_minor)"
                               " AS BIGINT) AS paid FROM " PERSON_ORDERS " WHERE " PERIOD
                               " AND o.currency = ?3 GROUP BY q.head)"
                               " figures",
                   sql_int(asked->from_us), sql_int(asked->to_us), sql_text(asked->currency));
}

#define IS_HIGH(column) "CASE WHEN " column " >= 4 THEN 1 ELSE 0 END"

static int name_all(struct office *office)
{
    int result = 0;
    for (const struct rfm_name *name = rfm_names; name->name && !result; name++)
        result = sql_run(office->sql,
                         "UPDATE rfm SET name = ?1 WHERE " IS_HIGH("recency") " = ?2 AND " IS_HIGH(
                             "frequency") " = ?3 AND " IS_HIGH("money") " = ?4",
                         sql_text(name->name), sql_int(name->high[0]), sql_int(name->high[1]), sql_int(name->high[2]));
    return result;
}

static int group_all(struct office *office)
{
    int result = sql_run(office->sql, "DELETE FROM rfm_group", SQL_NO_VALUES);
    for (const struct rfm_name *name = rfm_names; name->name && !result; name++)
        result =
            sql_run(office->sql,
                    "INSERT INTO rfm_group (name, english, chinese, persons, orders, paid_minor) SELECT ?1, ?2, ?3,"
                    " count(*), CAST(coalesce(sum(orders), 0) AS BIGINT), CAST(coalesce(sum(paid_minor), 0) AS"
                    " BIGINT) FROM rfm WHERE name = ?1",
                    sql_text(name->name), sql_text(name->english), sql_text(name->chinese));
    return result;
}

static int note_run(struct office *office, const struct rfm_asked *asked, int64_t persons, int64_t others)
{
    return sql_run(office->sql,
                   "INSERT INTO rfm_run (id, from_us, to_us, currency, persons, other_orders, made_us, who) VALUES (1,"
                   " ?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE SET from_us = excluded.from_us, to_us ="
                   " excluded.to_us, currency = excluded.currency, persons = excluded.persons, other_orders ="
                   " excluded.other_orders, made_us = excluded.made_us, who = excluded.who",
                   sql_int(asked->from_us), sql_int(asked->to_us), sql_text(asked->currency), sql_int(persons),
                   sql_int(others), sql_int(office->now_us), sql_text(asked->who));
}

int rfm_compute(struct office *office, const struct rfm_asked *asked, int64_t *ret_persons, int64_t *ret_other_orders,
                struct error *error)
{
    int result = persons_hold(office->sql);
    if (!result)
        result = sql_run(office->sql, "DELETE FROM rfm", SQL_NO_VALUES);
    if (!result)
        result = reckon(office, asked);
    if (!result)
        result = name_all(office);
    if (!result)
        result = group_all(office);
    if (!result)
        result = sql_number(office->sql, ret_persons, "SELECT count(*) FROM rfm", SQL_NO_VALUES);
    if (!result)
        result = sql_number(office->sql, ret_other_orders,
                            "SELECT count(*) FROM " PERSON_ORDERS " WHERE " PERIOD " AND o.currency <> ?3",
                            sql_int(asked->from_us), sql_int(asked->to_us), sql_text(asked->currency));
    if (!result)
        result = note_run(office, asked, *ret_persons, *ret_other_orders);
    return result ? office_failed(office->sql, result, error) : 0;
}
