#include "sync/head-office/figures/buyers.h"

#include "sync/head-office/customers/person_sql.h"

int buyers_note(struct sql *sql, int64_t person)
{
    return person ? sql_post(sql, "INSERT INTO buyer_due (person) VALUES (?1)", sql_int(person)) : 0;
}

int buyers_note_order(struct sql *sql, const char *number)
{
    return sql_post(sql,
                    "INSERT INTO buyer_due (person, number) SELECT person, number FROM person_order WHERE number = ?1",
                    sql_text(number));
}

int buyers_note_phone(struct sql *sql, int64_t phone)
{
    return sql_post(
        sql,
        "INSERT INTO buyer_due (person, number) SELECT person, number FROM person_order WHERE phone = ?1 AND"
        " known = ?1",
        sql_int(phone));
}

/* What was done with orders may have made purchases of them, or the reverse. */
static int note_history(struct sql *sql, int64_t most, int64_t *ret_looked)
{
    int64_t from = 0, to = 0;
    int result = sql_number(sql, &from, "SELECT history FROM figure_cursor", SQL_NO_VALUES);
    if (!result)
        result = sql_number(sql, &to,
                            "SELECT coalesce(max(id), 0) FROM (SELECT id FROM order_history WHERE id > ?1 ORDER BY id"
                            " LIMIT ?2) h",
                            sql_int(from), sql_int(most));
    if (result || to <= from)
        return result;
    *ret_looked += to - from;
    result = sql_run(sql,
                     "INSERT INTO buyer_due (person, number) SELECT DISTINCT p.person, p.number FROM order_history h"
                     " JOIN person_order p ON p.number = h.number WHERE h.id > ?1 AND h.id <= ?2",
                     sql_int(from), sql_int(to));
    return result ? result : sql_run(sql, "UPDATE figure_cursor SET history = ?1", sql_int(to));
}

#define HEADS "(SELECT h.head FROM buyer_due d JOIN person h ON h.id = d.person WHERE d.id <= ?1)"

static int place_again(struct sql *sql, int64_t last)
{
    int result = sql_run(sql, "DELETE FROM buyer_sale WHERE number IN (SELECT number FROM buyer_due WHERE id <= ?1)",
                         sql_int(last));
    if (!result)
        result = sql_run(sql,
                         "DELETE FROM buyer_sale WHERE number IN (SELECT r.number FROM person q JOIN person_order r ON"
                         " r.person = q.id WHERE q.head IN " HEADS ")",
                         sql_int(last));
    if (!result)
        result = sql_run(sql,
                         "INSERT INTO buyer_sale (number, place, again_us) SELECT number, row_number() OVER w,"
                         " lead(sold_us) OVER w FROM (SELECT q.head AS head, o.number AS number, " PERSON_BOUGHT_US
                         " AS sold_us FROM " PERSON_ORDERS " WHERE q.head IN " HEADS " AND " PERSON_BOUGHT
                         ") bought WINDOW w AS (PARTITION BY head ORDER BY sold_us, number)",
                         sql_int(last));
    return result ? result : sql_run(sql, "DELETE FROM buyer_due WHERE id <= ?1", sql_int(last));
}

static int look_at_some(struct sql *sql, int64_t most, int64_t *ret_looked)
{
    int64_t last = 0, count = 0;
    int result = note_history(sql, most, ret_looked);
    struct sql_query *row =
        sql_select(sql,
                   "SELECT coalesce(max(id), 0), count(*) FROM (SELECT id FROM buyer_due ORDER BY id"
                   " LIMIT ?1) d",
                   sql_int(most));
    if (sql_next(row)) {
        last = sql_get_int(row, 0);
        count = sql_get_int(row, 1);
    }
    int failed = sql_done(row);
    *ret_looked += count;
    if (!result)
        result = failed;
    return result || count == 0 ? result : place_again(sql, last);
}

int buyers_work(struct office *office, int64_t most, struct figure_work *work, struct error *error)
{
    int64_t waits = 0, looked = 0;
    int result = sql_number(office->sql, &waits,
                            "SELECT CASE WHEN EXISTS (SELECT 1 FROM buyer_due) OR (SELECT history FROM figure_cursor) <"
                            " coalesce((SELECT max(id) FROM order_history), 0) THEN 1 ELSE 0 END",
                            SQL_NO_VALUES);
    if (result || !waits)
        return result ? office_failed(office->sql, result, error) : 0;
    result = office_begin(office, error);
    if (result)
        return result;
    result = look_at_some(office->sql, most, &looked);
    result = result ? office_failed(office->sql, result, error) : office_commit(office, error);
    office_rollback(office);
    work->looked += looked;
    work->more |= looked >= most;
    return result;
}
