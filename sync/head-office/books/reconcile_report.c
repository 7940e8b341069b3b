/* What a month of bills comes to. */
#include "base/json.h"
#include "sync/head-office/books/reconcile.h"
#include "sync/head-office/business_day.h"

static int tell_sums(struct books *books, const char *name, struct sql_query *row, struct buf *json,
                     struct error *error)
{
    json_open_array(json, name);
    while (sql_next(row)) {
        json_open_object(json, NULL);
        json_text(json, "name", sql_get_text(row, 0));
        json_int(json, "rows", sql_get_int(row, 1));
        json_int(json, "amount_minor", sql_get_int(row, 2));
        json_int(json, "residue_minor", sql_get_int(row, 3));
        json_close_object(json);
    }
    json_close_array(json);
    int failed = sql_done(row);
    return failed ? office_failed(books->office->sql, failed, error) : 0;
}

/* Orders that are in the books, and of whose money no row tells. What left lately may come yet. */
static struct sql_query *untold(struct books *books, const char *party, const char *period)
{
    return sql_select(books->office->sql,
                      "SELECT CASE WHEN at_us > ?3 THEN 'timing' ELSE 'other' END, count(*), sum(owed), sum(-owed) FROM"
                      " (SELECT l.order_number, min(e.at_us) AS at_us, sum(l.debit_minor - l.credit_minor) AS owed FROM"
                      " books_line l JOIN books_entry e ON e.id = l.entry WHERE l.account = '1122' AND e.kind = 'sale'"
                      " AND l.shop = ?1 AND substr(e.day, 1, 7) = ?2 AND NOT EXISTS (SELECT 1 FROM bill_row b WHERE"
                      " b.meaning = 'sale' AND (b.order_number = l.order_number OR b.order_number = (SELECT"
                      " o.source_order FROM order_line o WHERE o.number = l.order_number AND o.line = l.order_line AND "
                      "o.source_order <> ''))) "
                      "GROUP BY l.order_number) AS missing"
                      " GROUP BY 1 ORDER BY 1",
                      sql_text(party), sql_text(period),
                      sql_int(books->office->now_us - books->settings.bill_settle_days * BUSINESS_DAY_US));
}

int reconcile_report(struct books *books, const char *party, const char *period, struct buf *json, struct error *error)
{
    struct sql *sql = books->office->sql;
    json_text(json, "party", party);
    json_text(json, "period", period);
    int result =
        tell_sums(books, "states",
                  sql_select(sql,
                             "SELECT state, count(*), sum(amount_minor), sum(residue_minor) FROM bill_row WHERE"
                             " party = ?1 AND substr(day, 1, 7) = ?2 GROUP BY state ORDER BY state",
                             sql_text(party), sql_text(period)),
                  json, error);
    if (!result)
        result =
            tell_sums(books, "meanings",
                      sql_select(sql,
                                 "SELECT meaning, count(*), sum(amount_minor), sum(residue_minor) FROM bill_row WHERE"
                                 " party = ?1 AND substr(day, 1, 7) = ?2 GROUP BY meaning ORDER BY meaning",
                                 sql_text(party), sql_text(period)),
                      json, error);
    if (!result)
        result =
            tell_sums(books, "buckets",
                      sql_select(sql,
                                 "SELECT bucket, count(*), sum(amount_minor), sum(residue_minor) FROM bill_row WHERE"
                                 " party = ?1 AND substr(day, 1, 7) = ?2 AND bucket <> '' GROUP BY bucket ORDER BY"
                                 " bucket",
                                 sql_text(party), sql_text(period)),
                      json, error);
    return result ? result : tell_sums(books, "missing_at_platform", untold(books, party, period), json, error);
}
