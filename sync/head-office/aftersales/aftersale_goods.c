#include "sync/head-office/aftersales/aftersale_goods.h"

#include "base/text.h"
#include "sync/head-office/aftersales/aftersale_lines.h"
#include "sync/head-office/sites/documents.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PIECES_MAX 1000000000

/* ---------------------------------------------------------------- to the site */

/* As the site knows the order: by the number of the one part that it has sent. */
static int name_order(struct office *office, const struct aftersale *aftersale, char out[ORDERS_NUMBER_SIZE])
{
    text_copy(out, ORDERS_NUMBER_SIZE, aftersale->order);
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT min(o.number) FROM orders o WHERE o.site = ?2 AND o.state IN ('shipped',"
                                       " 'finished') AND o.number IN " AFTERSALE_PARTS("?1") " HAVING count(*) = 1",
                                       sql_text(aftersale->order), sql_text(aftersale->site));
    if (sql_next(row))
        sql_copy_text(row, 0, out, ORDERS_NUMBER_SIZE);
    return sql_done(row);
}

/* A document has a line for each item. */
static int put_lines(struct office *office, const struct aftersale *aftersale, struct error *error)
{
    struct document_row document = {0};
    const char *column;
    int64_t changed = 0;
    snprintf(document.number, sizeof(document.number), "%s", aftersale->number);
    snprintf(document.kind, sizeof(document.kind), "return");
    snprintf(document.waybill, sizeof(document.waybill), "%s", aftersale->waybill);
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT sku, sum(quantity) FROM aftersale_line WHERE number = ?1 AND sku IS NOT"
                                       " NULL AND quantity > 0 GROUP BY sku ORDER BY sku",
                                       sql_text(aftersale->number));
    int result = name_order(office, aftersale, document.order);
    while (!result && sql_next(row)) {
        sql_copy_text(row, 0, document.sku, sizeof(document.sku));
        document.quantity = sql_get_int(row, 1);
        result = documents_put(office, aftersale->site, &document, &changed, &column, error);
    }
    int failed = sql_done(row);
    if (result || failed)
        return result ? result : office_failed(office->sql, failed, error);
    return changed > 0
               ? 0
               : error_set(error, -EINVAL, "case \"%s\" names no pieces that could come back", aftersale->number);
}

static int note_told(struct office *office, struct aftersale *aftersale, struct error *error)
{
    aftersale->told++;
    int result = sql_run(office->sql, "UPDATE aftersale SET told = ?2, site = ?3 WHERE number = ?1",
                         sql_text(aftersale->number), sql_int(aftersale->told), sql_text(aftersale->site));
    if (!result)
        result = sql_run(office->sql,
                         "INSERT INTO aftersale_document (site, document, number) VALUES (?1, ?2, ?2)"
                         " ON CONFLICT DO NOTHING",
                         sql_text(aftersale->site), sql_text(aftersale->number));
    return result ? office_named(office->sql, result, "site", aftersale->site, error) : 0;
}

int aftersale_announce(struct office *office, struct aftersale *aftersale, const char *who, struct error *error)
{
    int result;
    if (aftersale->told > 0)
        result = documents_tell_again(office, aftersale->number, aftersale->waybill, aftersale->told + 1, error);
    else {
        result = put_lines(office, aftersale, error);
        if (!result)
            result = documents_send(office, aftersale->site, error);
    }
    if (!result)
        result = note_told(office, aftersale, error);
    return result ? result : aftersale_try(office, aftersale, AFTERSALE_ANNOUNCED, who, aftersale->site, error);
}

/* ---------------------------------------------------------------- whose they are */

static int find_number(struct office *office, struct sql_query *row, char ret[AFTERSALE_NUMBER_SIZE],
                       struct error *error)
{
    *ret = '\0';
    if (sql_next(row))
        sql_copy_text(row, 0, ret, AFTERSALE_NUMBER_SIZE);
    int failed = sql_done(row);
    return failed ? office_failed(office->sql, failed, error) : 0;
}

/* A case of the order that waits for goods, the oldest. */
static int find_waiting(struct office *office, const char *order, char ret[AFTERSALE_NUMBER_SIZE], struct error *error)
{
    return find_number(
        office,
        sql_select(office->sql,
                   "SELECT number FROM aftersale a WHERE (order_number = ?1 OR order_number IN"
                   " " AFTERSALE_SOURCES(
                       "?1") ") AND kind IN ('return',"
                             " 'exchange', 'repair') AND state IN ('asked', 'agreed', 'returning') AND NOT EXISTS"
                             " (SELECT 1 FROM aftersale_goods g WHERE g.number = a.number AND g.received > 0)"
                             " ORDER BY CASE state WHEN 'asked' THEN 1 ELSE 0 END, asked_us, number LIMIT 1",
                   sql_text(order)),
        ret, error);
}

static int make(struct office *office, const char *site, const char *document, const char *order,
                char ret[AFTERSALE_NUMBER_SIZE], struct error *error)
{
    aftersale_number(office, ret);
    int result = sql_run(office->sql,
                         "INSERT INTO aftersale (number, kind, order_number, reason, site, asked_us, changed_us)"
                         " VALUES (?1, 'return', (SELECT min(number) FROM orders WHERE number IN " AFTERSALE_SOURCES(
                             "?2") " HAVING count(*) = 1), ?3, ?4, ?5, ?5)",
                         sql_text(ret), sql_text(order), sql_text(document), sql_text(site), sql_int(office->now_us));
    return result ? office_failed(office->sql, result, error) : 0;
}

static int find_case(struct office *office, const char *site, const char *document, const char *order,
                     char ret[AFTERSALE_NUMBER_SIZE], struct error *error)
{
    int result =
        find_number(office,
                    sql_select(office->sql, "SELECT number FROM aftersale_document WHERE site = ?1 AND document = ?2",
                               sql_text(site), sql_text(document)),
                    ret, error);
    if (!result && !*ret && *order)
        result = find_waiting(office, order, ret, error);
    else if (result || *ret)
        return result;
    if (!result && !*ret)
        result = make(office, site, document, order, ret, error);
    if (!result)
        result = sql_run(office->sql, "INSERT INTO aftersale_document (site, document, number) VALUES (?1, ?2, ?3)",
                         sql_text(site), sql_text(document), sql_text(ret));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- what happened to them */

struct heard {
    struct office *office;
    struct aftersale *aftersale;
    const json_t *data;
    int sign;
    const char *grade; /* "": received */
    const char *who;
};

static int add_goods(struct heard *heard, const json_t *goods, struct error *error)
{
    static const char statement[] =
        "INSERT INTO aftersale_goods (number, sku, received, grade_a, grade_b, grade_c, grade_d) VALUES (?1, ?2,"
        " CASE WHEN ?4 = '' THEN CAST(?3 AS BIGINT) ELSE 0 END, CASE WHEN ?4 = 'A' THEN CAST(?3 AS BIGINT) ELSE 0 END,"
        " CASE WHEN ?4 = 'B' THEN CAST(?3 AS BIGINT) ELSE 0 END, CASE WHEN ?4 = 'C' THEN CAST(?3 AS BIGINT) ELSE 0 END,"
        " CASE WHEN ?4 = 'D' THEN CAST(?3 AS BIGINT) ELSE 0 END) ON CONFLICT (number, sku) DO UPDATE SET"
        " received = aftersale_goods.received + excluded.received,"
        " grade_a = aftersale_goods.grade_a + excluded.grade_a, grade_b = aftersale_goods.grade_b + excluded.grade_b,"
        " grade_c = aftersale_goods.grade_c + excluded.grade_c, grade_d = aftersale_goods.grade_d + excluded.grade_d";
    const char *sku = json_string_value(json_object_get(goods, "sku"));
    json_int_t quantity = json_integer_value(json_object_get(goods, "quantity"));
    if (!sku || quantity < 1 || quantity > PIECES_MAX)
        return error_set(error, -EINVAL, "it does not say what came back");
    int result = sql_run(heard->office->sql, statement, sql_text(heard->aftersale->number), sql_text(sku),
                         sql_int(heard->sign * quantity), sql_text(heard->grade));
    return result == -EPERM ? error_set(error, -EINVAL, "there is no item \"%s\"", sku)
           : result         ? office_failed(heard->office->sql, result, error)
                            : 0;
}

static int add_all(struct heard *heard, struct error *error)
{
    const json_t *lines = json_object_get(heard->data, "lines");
    if (!json_is_array(lines))
        return add_goods(heard, heard->data, error);
    int result = 0;
    for (size_t i = 0; i < json_array_size(lines) && !result; i++)
        result = add_goods(heard, json_array_get(lines, i), error);
    return result;
}

/* What nobody had claimed is claimed as it comes. */
static int claim(struct heard *heard, struct error *error)
{
    struct aftersale *aftersale = heard->aftersale;
    bool own = !*aftersale->shop && aftersale->told == 0 && *aftersale->order;
    int64_t agreed;
    int result = sql_number(heard->office->sql, &agreed,
                            "SELECT count(*) FROM aftersale_history WHERE number = ?1 AND act IN ('agreed', 'opened')",
                            sql_text(aftersale->number));
    if (result)
        return office_failed(heard->office->sql, result, error);
    return own && agreed == 0 && !aftersale_is_over(aftersale) ? aftersale_claim_goods(heard->office, aftersale, error)
                                                               : 0;
}

static int received(struct heard *heard, struct error *error)
{
    int64_t pieces;
    struct aftersale *aftersale = heard->aftersale;
    int result = add_all(heard, error);
    if (!result)
        result = claim(heard, error);
    if (result)
        return result;
    result = sql_number(heard->office->sql, &pieces,
                        "SELECT coalesce(sum(received), 0) FROM aftersale_goods WHERE number = ?1",
                        sql_text(aftersale->number));
    if (result)
        return office_failed(heard->office->sql, result, error);
    if (text_is_listed("refused,closed", aftersale->state) && pieces > 0)
        return aftersale_trouble(heard->office, aftersale->number, "its goods have come all the same", error);
    return aftersale_try(heard->office, aftersale, pieces > 0 ? AFTERSALE_RECEIVED : AFTERSALE_UNRECEIVED, heard->who,
                         NULL, error);
}

static int graded(struct heard *heard, struct error *error)
{
    const char *grade = json_string_value(json_object_get(heard->data, "grade"));
    if (!grade || !text_is_listed("A,B,C,D", grade))
        return error_set(error, -EINVAL, "\"grade\" is missing or is none of A, B, C and D");
    heard->grade = grade;
    return add_all(heard, error);
}

static int closed(struct heard *heard, struct error *error)
{
    return aftersale_try(heard->office, heard->aftersale, AFTERSALE_GRADED, heard->who, NULL, error);
}

int aftersale_goods_heard(struct office *office, const char *site, const char *type, const json_t *data, int sign,
                          char ret_number[AFTERSALE_NUMBER_SIZE], struct error *error)
{
    static const struct {
        const char *event;
        int (*hear)(struct heard *heard, struct error *error);
    } events[] = {{"return.received", received}, {"return.graded", graded}, {"return.closed", closed}};
    *ret_number = '\0';
    for (size_t i = 0; i < COUNT(events); i++) {
        if (strcmp(events[i].event, type) != 0)
            continue;
        char who[WIRE_NAME_SIZE + 8];
        struct aftersale aftersale;
        const char *document = json_string_value(json_object_get(data, "document"));
        const char *order = json_string_value(json_object_get(data, "order"));
        snprintf(who, sizeof(who), "site/%s", site);
        struct heard heard = {office, &aftersale, data, sign, "", who};
        int result = document ? 0 : error_set(error, -EINVAL, "it does not say which return");
        if (!result)
            result = find_case(office, site, document, order ? order : "", ret_number, error);
        if (!result)
            result = aftersale_load(office, ret_number, &aftersale, error);
        return result ? result : events[i].hear(&heard, error);
    }
    return 0;
}

int aftersale_goods_good(struct office *office, const struct aftersale *aftersale, const char *grades, bool *ret,
                         struct error *error)
{
    int64_t bad = 1;
    int result = *grades ? sql_number(office->sql, &bad,
                                      "SELECT (SELECT count(*) FROM (SELECT sku, sum(quantity) AS pieces FROM"
                                      " aftersale_line WHERE number = ?1 GROUP BY sku) c LEFT JOIN aftersale_goods g ON"
                                      " g.number = ?1 AND g.sku = c.sku WHERE coalesce(g.received, 0) < c.pieces)"
                                      " + (SELECT CASE WHEN coalesce(sum(quantity), 0) > 0 THEN 0 ELSE 1 END FROM"
                                      " aftersale_line WHERE number = ?1)"
                                      " + (SELECT count(*) FROM aftersale_goods WHERE number = ?1 AND ((grade_a > 0 AND"
                                      " ?2 = 0) OR (grade_b > 0 AND ?3 = 0) OR (grade_c > 0 AND ?4 = 0) OR (grade_d > 0"
                                      " AND ?5 = 0)))",
                                      sql_text(aftersale->number), sql_int(text_is_listed(grades, "A")),
                                      sql_int(text_is_listed(grades, "B")), sql_int(text_is_listed(grades, "C")),
                                      sql_int(text_is_listed(grades, "D")))
                         : 0;
    *ret = !result && bad == 0;
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- unclaimed ones */

static int merge(struct office *office, struct aftersale *from, const char *to, const char *who, struct error *error)
{
    int result = sql_run(office->sql,
                         "INSERT INTO aftersale_goods (number, sku, received, grade_a, grade_b, grade_c, grade_d)"
                         " SELECT ?2, sku, received, grade_a, grade_b, grade_c, grade_d FROM aftersale_goods"
                         " WHERE number = ?1",
                         sql_text(from->number), sql_text(to));
    if (!result)
        result = sql_run(office->sql, "DELETE FROM aftersale_goods WHERE number = ?1", sql_text(from->number));
    if (!result)
        result = sql_run(office->sql, "UPDATE aftersale_document SET number = ?2 WHERE number = ?1",
                         sql_text(from->number), sql_text(to));
    if (result)
        return office_failed(office->sql, result, error);
    bool all = strcmp(from->state, "graded") == 0;
    struct aftersale waiting;
    result = aftersale_load(office, to, &waiting, error);
    if (!result)
        result = aftersale_act(office, &waiting, AFTERSALE_RECEIVED, who, from->number, error);
    if (!result && all)
        result = aftersale_act(office, &waiting, AFTERSALE_GRADED, who, from->number, error);
    return result ? result : aftersale_act(office, from, AFTERSALE_WITHDRAWN, who, to, error);
}

int aftersale_goods_match(struct office *office, struct aftersale *aftersale, const char *order, const char *who,
                          char ret_number[AFTERSALE_NUMBER_SIZE], struct error *error)
{
    if (*aftersale->order)
        return error_set(error, -EALREADY, "case \"%s\" is of order \"%s\" already", aftersale->number,
                         aftersale->order);
    if (!text_is_listed("received,graded", aftersale->state))
        return error_set(error, -EALREADY, "case \"%s\" is %s: nothing of it is here that is nobody's",
                         aftersale->number, aftersale->state);
    int result = find_waiting(office, order, ret_number, error);
    if (result)
        return result;
    if (*ret_number)
        return merge(office, aftersale, ret_number, who, error);
    snprintf(ret_number, AFTERSALE_NUMBER_SIZE, "%s", aftersale->number);
    result = sql_run(office->sql, "UPDATE aftersale SET order_number = ?2 WHERE number = ?1",
                     sql_text(aftersale->number), sql_text(order));
    text_copy(aftersale->order, sizeof(aftersale->order), order);
    return result ? office_named(office->sql, result, "order", order, error)
                  : aftersale_claim_goods(office, aftersale, error);
}
