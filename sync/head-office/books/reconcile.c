#include "sync/head-office/books/reconcile.h"

#include "base/text.h"
#include "sync/head-office/business_day.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Of a shop's month: what is not forced, and whatever else there is of its orders. */
#define THE_MONTH "party = ?1 AND substr(day, 1, 7) = ?2"

struct run {
    struct books *books;
    const char *party, *period;
    struct reconcile_done *done;
};

static int failed(struct run *run, int result, struct error *error)
{
    return result ? office_failed(run->books->office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- which order */

#define MONTH_RUN(run, text) sql_run((run)->books->office->sql, text, sql_text((run)->party), sql_text((run)->period))

/* By the platform's number, else by ours; a carrier's by the parcel's waybill. */
static int find_orders(struct run *run)
{
    int result = MONTH_RUN(run, "UPDATE bill_row SET meaning = CASE WHEN w.meaning = 'sale' AND amount_minor < 0 THEN"
                                " 'refund' ELSE w.meaning END FROM bill_word w WHERE w.format = bill_row.format AND"
                                " w.word = bill_row.word AND bill_row.meaning = 'unknown' AND state <> 'forced'"
                                " AND " THE_MONTH);
    if (!result)
        result =
            MONTH_RUN(run, "UPDATE bill_row SET order_number = coalesce((SELECT min(o.number) FROM orders o WHERE"
                           " o.shop = bill_row.party AND o.platform_order = bill_row.reference AND o.origin = 'sale'),"
                           " (SELECT o.number FROM orders o WHERE o.number = bill_row.reference), '')"
                           " WHERE order_number = '' AND state <> 'forced' AND meaning <> 'freight' AND " THE_MONTH);
    if (!result)
        result = MONTH_RUN(run, "UPDATE bill_row SET order_number = coalesce((SELECT min(p.number) FROM parcel p WHERE"
                                " p.waybill = bill_row.reference), '') WHERE order_number = '' AND state <> 'forced'"
                                " AND meaning = 'freight' AND " THE_MONTH);
    return result;
}

/* ---------------------------------------------------------------- what needs no comparing */

/* A fee of no order is a fee; of an order that we do not know, a question. A waybill is paid for once. */
static int judge_others(struct run *run)
{
    int result = MONTH_RUN(
        run, "UPDATE bill_row SET state = CASE WHEN meaning = 'unknown' THEN 'review' WHEN meaning ="
             " 'transfer' OR order_number <> '' OR (meaning = 'fee' AND reference = '') THEN 'matched'"
             " ELSE 'missing_here' END, residue_minor = 0, bucket = '' WHERE state <> 'forced' AND " THE_MONTH);
    if (!result)
        result =
            MONTH_RUN(run, "UPDATE bill_row SET state = 'different', residue_minor = amount_minor, bucket = 'other'"
                           " WHERE meaning = 'freight' AND order_number <> '' AND state <> 'forced' AND EXISTS"
                           " (SELECT 1 FROM bill_row b WHERE b.party = bill_row.party AND b.reference ="
                           " bill_row.reference AND b.meaning = 'freight' AND b.id < bill_row.id) AND " THE_MONTH);
    return result;
}

/* ---------------------------------------------------------------- orders, one by one */

struct group {
    char order[BOOKS_TEXT_SIZE], meaning[16];
    int64_t last, billed, forced, fees; /* the last row that is not forced; sums of all rows */
    int64_t refunds, refund_rows;       /* given back by our books; told of by rows of their own */
    int64_t expected, total, newest_us; /* by our books; by the order itself */
};

struct groups {
    struct group *list;
    size_t count, room;
};

static void groups_done(struct groups *groups)
{
    free(groups->list);
}

static struct group *new_group(struct groups *groups)
{
    if (groups->count == groups->room) {
        size_t room = groups->room > 0 ? groups->room * 2 : 64;
        void *list = realloc(groups->list, room * sizeof(*groups->list));
        if (!list)
            return NULL;
        groups->list = list;
        groups->room = room;
    }
    return &groups->list[groups->count++];
}

/* What our books say of an order, itself and in whatever orders its lines were split or merged into. The account's own
 * index would be slow: it is kept from being used. */
#define OWED(kind)                                                                                                     \
    "coalesce((SELECT sum(l.debit_minor - l.credit_minor) FROM books_line l JOIN books_entry e ON e.id = l.entry "     \
    "WHERE"                                                                                                            \
    " l.account = '1122' AND e.kind = " kind " AND l.order_number = g.order_number), 0) + coalesce((SELECT"            \
    " sum(l.debit_minor - l.credit_minor) FROM order_line o JOIN books_line l ON l.order_number = o.number AND"        \
    " l.order_line = o.line JOIN books_entry e ON e.id = l.entry WHERE l.account || '' = '1122' AND e.kind = " kind    \
    " AND o.source_order = g.order_number AND o.source_order <> ''), 0)"

static int read_groups(struct run *run, struct groups *out, struct error *error)
{
    bool fits = true;
    struct sql_query *row = sql_select(
        run->books->office->sql,
        "SELECT g.order_number, g.meaning, g.last, g.billed, g.forced, g.newest_us,"
        " coalesce((SELECT sum(f.amount_minor) FROM bill_row f WHERE f.order_number = g.order_number AND f.meaning ="
        " 'fee'), 0),"
        " " OWED(
            "g.meaning") ","
                         " (SELECT goods_minor + freight_minor - discount_minor FROM orders o WHERE o.number = "
                         "g.order_number),"
                         " " OWED(
                             "'refund'") ","
                                         " (SELECT count(*) FROM bill_row r WHERE r.order_number = g.order_number AND "
                                         "r.meaning = 'refund')"
                                         " FROM (SELECT order_number, meaning, max(CASE WHEN state <> 'forced' THEN id "
                                         "ELSE 0 END) AS last,"
                                         "  sum(amount_minor) AS billed, sum(CASE WHEN state = 'forced' AND bucket <> "
                                         "'timing' THEN residue_minor ELSE 0"
                                         "  END) AS forced, max(at_us) AS newest_us FROM bill_row WHERE party = ?1 AND "
                                         "meaning IN ('sale', 'refund') AND"
                                         "  order_number IN (SELECT order_number FROM bill_row WHERE " THE_MONTH
                                         " AND order_number <> '')"
                                         "  GROUP BY order_number, meaning) AS g ORDER BY g.order_number, g.meaning",
        sql_text(run->party), sql_text(run->period));
    while (fits && sql_next(row)) {
        struct group *group = new_group(out);
        fits = group != NULL;
        if (!fits)
            break;
        *group = (struct group){.last = sql_get_int(row, 2),
                                .billed = sql_get_int(row, 3),
                                .forced = sql_get_int(row, 4),
                                .newest_us = sql_get_int(row, 5),
                                .fees = sql_get_int(row, 6),
                                .expected = sql_get_int(row, 7),
                                .total = sql_get_int(row, 8),
                                .refunds = sql_get_int(row, 9),
                                .refund_rows = sql_get_int(row, 10)};
        sql_copy_text(row, 0, group->order, sizeof(group->order));
        sql_copy_text(row, 1, group->meaning, sizeof(group->meaning));
    }
    int result = sql_done(row);
    return fits ? failed(run, result, error) : error_set(error, -ENOMEM, "out of memory");
}

/* Why a bill says more or less than we do, as far as can be seen. */
static const char *bucket_of(const struct run *run, const struct group *group, int64_t residue)
{
    const struct settings *settings = &run->books->settings;
    bool sale = strcmp(group->meaning, "sale") == 0;
    bool young = run->books->office->now_us - group->newest_us <= settings->bill_settle_days * BUSINESS_DAY_US;
    if (llabs(residue) <= settings->bill_rounding_minor)
        return "rounding";
    if (sale && group->billed > group->expected && group->billed <= group->total)
        return "timing"; /* the platform has paid for what has not left yet */
    if (sale && residue < 0 && group->fees == 0 && -residue * 5 <= group->expected)
        return "fee"; /* it kept something, and tells of no fee */
    return young ? "timing" : "other";
}

static int judge_group(struct run *run, const struct group *group, struct error *error)
{
    struct sql *sql = run->books->office->sql;
    int64_t residue = group->billed - group->expected - group->forced;
    bool sale = strcmp(group->meaning, "sale") == 0;
    if (group->last == 0)
        return 0;
    if (sale && group->refund_rows == 0 && residue == group->refunds)
        residue = 0; /* it was refunded before it was settled: the platform paid the rest */
    int result = sql_run(sql,
                         "UPDATE bill_row SET state = ?4, residue_minor = 0, bucket = '' WHERE party = ?1 AND"
                         " order_number = ?2 AND meaning = ?3 AND state <> 'forced'",
                         sql_text(run->party), sql_text(group->order), sql_text(group->meaning),
                         sql_text(residue == 0 ? "matched" : "different"));
    if (!result && residue != 0)
        result = sql_run(sql, "UPDATE bill_row SET residue_minor = ?2, bucket = ?3 WHERE id = ?1", sql_int(group->last),
                         sql_int(residue), sql_text(bucket_of(run, group, residue)));
    return failed(run, result, error);
}

static int judge_groups(struct run *run, struct error *error)
{
    CLEANUP(groups_done) struct groups groups = {0};
    int result = read_groups(run, &groups, error);
    for (size_t i = 0; i < groups.count && !result; i++)
        result = judge_group(run, &groups.list[i], error);
    return result;
}

/* ---------------------------------------------------------------- into the books */

#define STORED                                                                                                         \
    "SELECT id, party, meaning, order_number, currency, state, reference, at_us, amount_minor, residue_minor FROM"     \
    " bill_row"

static void take_stored(struct sql_query *row, struct bill_stored *ret)
{
    *ret = (struct bill_stored){.id = sql_get_int(row, 0),
                                .at_us = sql_get_int(row, 7),
                                .amount_minor = sql_get_int(row, 8),
                                .residue_minor = sql_get_int(row, 9)};
    sql_copy_text(row, 1, ret->party, sizeof(ret->party));
    sql_copy_text(row, 2, ret->meaning, sizeof(ret->meaning));
    sql_copy_text(row, 3, ret->order, sizeof(ret->order));
    sql_copy_text(row, 4, ret->currency, sizeof(ret->currency));
    sql_copy_text(row, 5, ret->state, sizeof(ret->state));
    sql_copy_text(row, 6, ret->reference, sizeof(ret->reference));
}

/* Those that are certain and not posted, as numbers one after the other; a waybill that comes twice is not certain. */
static int list_certain(struct run *run, struct buf *out, struct error *error)
{
    struct sql_query *row =
        sql_select(run->books->office->sql,
                   "SELECT id FROM bill_row WHERE " THE_MONTH
                   " AND (state = 'matched' OR (state = 'different' AND meaning <> 'freight'))"
                   " AND NOT EXISTS (SELECT 1 FROM books_entry e WHERE e.key = 'bill/' || bill_row.id)"
                   " ORDER BY id",
                   sql_text(run->party), sql_text(run->period));
    while (sql_next(row)) {
        int64_t id = sql_get_int(row, 0);
        buf_put(out, &id, sizeof(id));
    }
    int result = failed(run, sql_done(row), error);
    return result || !out->failed ? result : error_set(error, -ENOMEM, "out of memory");
}

static int read_stored(struct run *run, int64_t id, struct bill_stored *ret, struct error *error)
{
    struct sql_query *row = sql_select(run->books->office->sql, STORED " WHERE id = ?1", sql_int(id));
    if (sql_next(row))
        take_stored(row, ret);
    return failed(run, sql_done(row), error);
}

static int post_certain(struct run *run, struct error *error)
{
    CLEANUP_BUF struct buf ids = {.max = (size_t)1 << 30};
    int result = list_certain(run, &ids, error);
    for (size_t at = 0; at < ids.length && !result; at += sizeof(int64_t)) {
        struct bill_stored row = {0};
        int64_t id;
        bool posted = false;
        memcpy(&id, ids.data + at, sizeof(id));
        result = read_stored(run, id, &row, error);
        if (!result)
            result = bill_post(run->books, &row, &posted, error);
        run->done->rows++;
        run->done->posted += posted;
    }
    return result;
}

int reconcile_run(struct books *books, const char *party, const char *period, struct reconcile_done *ret,
                  struct error *error)
{
    struct run run = {.books = books, .party = party, .period = period, .done = ret};
    *ret = (struct reconcile_done){0};
    int result = find_orders(&run);
    if (!result)
        result = judge_others(&run);
    if (result)
        return failed(&run, result, error);
    result = judge_groups(&run, error);
    return result ? result : post_certain(&run, error);
}

/* ---------------------------------------------------------------- a person's word */

int reconcile_force(struct books *books, int64_t id, const char *bucket, const char *why, struct error *error)
{
    struct sql *sql = books->office->sql;
    struct bill_stored stored = {0};
    struct sql_query *row = sql_select(sql, STORED " WHERE id = ?1" SQL_FOR_UPDATE, sql_int(id));
    bool found = sql_next(row);
    if (found)
        take_stored(row, &stored);
    int result = sql_done(row);
    if (result)
        return office_failed(sql, result, error);
    if (!found)
        return error_set(error, -ENOENT, "there is no row %" PRId64 " of a bill", id);
    bool open = strcmp(stored.state, "missing_here") == 0 || strcmp(stored.state, "review") == 0 ||
                (strcmp(stored.state, "different") == 0 && stored.residue_minor != 0);
    if (!open)
        return error_set(error, -EALREADY, "there is nothing to force in row %" PRId64 ": it is %s", id, stored.state);
    result = bill_post_forced(books, &stored, bucket, why, error);
    if (result)
        return result;
    result = sql_run(
        sql, "UPDATE bill_row SET state = 'forced', bucket = ?2, why = ?3, who = ?4, forced_us = ?5 WHERE id = ?1",
        sql_int(id), sql_text(bucket), sql_text(why), sql_text(books->who), sql_int(books->office->now_us));
    return result ? office_failed(sql, result, error) : 0;
}
