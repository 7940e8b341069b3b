/* The books are kept up by themselves: events in the order they arrived, then orders whose lines are not posted. */
#include "base/text.h"
#include "sync/head-office/books/money_post.h"
#include "sync/wire/line.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define EVENT_TYPES                                                                                                    \
    "('parcel.shipped', 'receipt.line', 'receipt.pallet', 'adjust.posted', 'stock.imported', 'return.graded',"         \
    " 'scan.undone')"

struct run {
    struct books *books;
    struct money_work *done;
};

/* ---------------------------------------------------------------- one fact, alone */

static int keep_trouble(struct run *run, const char *key, const struct error *why)
{
    struct office *office = run->books->office;
    run->done->troubles++;
    return sql_run(office->sql,
                   "INSERT INTO books_trouble (key, why, time_us) VALUES (?1, ?2, ?3) ON CONFLICT (key) DO UPDATE SET"
                   " why = excluded.why WHERE books_trouble.why <> excluded.why",
                   sql_text(key), sql_text(why->text), sql_int(office->now_us));
}

static int post_stored(struct run *run, int64_t arrival, bool *ret_posted, struct error *error)
{
    struct sql *sql = run->books->office->sql;
    CLEANUP_BUF struct buf text = {0};
    char site[BOOKS_TEXT_SIZE] = "";
    struct sql_query *row = sql_select(sql, "SELECT site, line FROM event WHERE arrival = ?1", sql_int(arrival));
    if (sql_next(row)) {
        sql_copy_text(row, 0, site, sizeof(site));
        const char *line = sql_get_text(row, 1);
        buf_put(&text, line, strlen(line));
    }
    int failed = sql_done(row);
    if (failed)
        return office_failed(sql, failed, error);
    CLEANUP_LINE struct wire_line event = {0};
    int result = wire_line_parse(buf_text(&text), text.length, &event, error);
    return result ? result : money_post_event(run->books, site, &event, ret_posted, error);
}

/* "event/ARRIVAL", "order/NUMBER" or "refund/CASE" */
static int post_key(struct run *run, const char *key, bool *ret_posted, struct error *error)
{
    int64_t arrival = 0;
    if (strncmp(key, "event/", 6) == 0 && text_to_int(key + 6, 1, INT64_MAX, &arrival) == 0)
        return post_stored(run, arrival, ret_posted, error);
    if (strncmp(key, "refund/", 7) == 0)
        return money_post_due(run->books, key + 7, ret_posted, error);
    return money_post_shipped(run->books, key + 6, run->books->office->now_us, ret_posted, error);
}

/* Whether what failed is the fact's own fault: then all others go on. */
static bool is_trouble(int result)
{
    return result == -ENOENT || result == -EINVAL || result == -EBADMSG || result == -EMSGSIZE || result == -ERANGE;
}

static int post_alone(struct run *run, const char *key, struct error *error)
{
    struct sql *sql = run->books->office->sql;
    bool posted = false;
    int result = sql_run(sql, "SAVEPOINT fact", SQL_NO_VALUES);
    if (result)
        return office_failed(sql, result, error);
    int outcome = post_key(run, key, &posted, error);
    if (outcome && !is_trouble(outcome))
        return outcome;
    if (outcome)
        result = sql_run(sql, "ROLLBACK TO fact", SQL_NO_VALUES);
    if (!result)
        result = sql_run(sql, "RELEASE fact", SQL_NO_VALUES);
    run->done->posted += !outcome && posted;
    if (!result && outcome)
        result = keep_trouble(run, key, error);
    else if (!result)
        result = sql_run(sql, "DELETE FROM books_trouble WHERE key = ?1", sql_text(key));
    return result ? office_failed(sql, result, error) : 0;
}

/* ---------------------------------------------------------------- facts that wait */

/* The first word of each row is a key; they are read before any is posted. */
static int post_each(struct run *run, struct sql_query *row, int64_t *ret_count, struct error *error)
{
    CLEANUP_BUF struct buf keys = {0};
    *ret_count = 0;
    while (sql_next(row)) {
        const char *key = sql_get_text(row, 0);
        buf_put(&keys, key, strlen(key) + 1);
        ++*ret_count;
    }
    int result = sql_done(row);
    if (result)
        return office_failed(run->books->office->sql, result, error);
    if (keys.failed)
        return error_set(error, -ENOMEM, "out of memory");
    for (size_t at = 0; at < keys.length && !result; at += strlen(keys.data + at) + 1)
        result = post_alone(run, keys.data + at, error);
    return result;
}

static int post_troubles(struct run *run, int64_t most, struct error *error)
{
    int64_t count;
    return post_each(
        run, sql_select(run->books->office->sql, "SELECT key FROM books_trouble ORDER BY key LIMIT ?1", sql_int(most)),
        &count, error);
}

static int post_events(struct run *run, int64_t most, struct error *error)
{
    struct sql *sql = run->books->office->sql;
    int64_t cursor = 0, last = 0, count = 0;
    int result = sql_number(sql, &cursor, "SELECT arrival FROM books_cursor WHERE id = 1", SQL_NO_VALUES);
    if (!result)
        result = sql_number(sql, &last,
                            "SELECT coalesce(max(arrival), ?1) FROM (SELECT arrival FROM event WHERE arrival"
                            " > ?1 ORDER BY arrival LIMIT ?2) AS next",
                            sql_int(cursor), sql_int(most));
    if (result)
        return office_failed(sql, result, error);
    result = post_each(run,
                       sql_select(sql,
                                  "SELECT 'event/' || arrival FROM event WHERE arrival > ?1 AND arrival <= ?2 AND again"
                                  " = 0 AND type IN " EVENT_TYPES " ORDER BY arrival",
                                  sql_int(cursor), sql_int(last)),
                       &count, error);
    if (result)
        return result;
    if (last == cursor)
        return 0; /* nothing is written when nothing happened */
    run->done->more = true;
    result = sql_run(sql, "UPDATE books_cursor SET arrival = ?1 WHERE id = 1", sql_int(last));
    return result ? office_failed(sql, result, error) : 0;
}

/* Those that no event told of: another site's work, files. In the order of the index of what is not booked, which
 * PostgreSQL otherwise takes for as large as the table, and then reads that instead. */
static int post_orders(struct run *run, int64_t most, struct error *error)
{
    int64_t count = 0;
    int result = post_each(run,
                           sql_select(run->books->office->sql,
                                      "SELECT 'order/' || number FROM (SELECT DISTINCT number FROM order_line l WHERE"
                                      " shipped <> booked AND NOT EXISTS (SELECT 1 FROM books_trouble t WHERE t.key ="
                                      " 'order/' || l.number) ORDER BY number LIMIT ?1) AS few",
                                      sql_int(most)),
                           &count, error);
    run->done->more |= count == most;
    return result;
}

/* What became of goods that are still here is not known yet: whether they were sold at all. */
static int post_refunds(struct run *run, int64_t most, struct error *error)
{
    int64_t count = 0;
    int result =
        post_each(run,
                  sql_select(run->books->office->sql,
                             "SELECT 'refund/' || d.number FROM refund_due d JOIN aftersale a ON a.number = d.number"
                             " WHERE d.state = 'paid' AND d.booked = 0 AND (a.goods <> 'here' OR NOT EXISTS (SELECT 1"
                             " FROM aftersale_line l WHERE l.number = d.number AND l.quantity > 0)) AND NOT EXISTS"
                             " (SELECT 1 FROM books_trouble t WHERE t.key = 'refund/' || d.number) LIMIT ?1",
                             sql_int(most)),
                  &count, error);
    run->done->more |= count == most;
    return result;
}

int money_work_inside(struct office *office, int64_t most, struct money_work *ret, struct error *error)
{
    struct books books;
    struct run run = {.books = &books, .done = ret};
    *ret = (struct money_work){0};
    int result = books_open(office, "", &books, error);
    if (!result)
        result = post_troubles(&run, most, error);
    if (!result)
        result = post_events(&run, most, error);
    if (!result && !ret->more)
        result = post_orders(&run, most, error);
    return result || ret->more ? result : post_refunds(&run, most, error);
}

int money_work(struct office *office, int64_t most, struct money_work *ret, struct error *error)
{
    int result = office_begin(office, error);
    if (result)
        return result;
    result = money_work_inside(office, most, ret, error);
    if (!result)
        result = office_commit(office, error);
    office_rollback(office);
    return result;
}
