#include "sync/head-office/buying/purchase_receipts.h"

#include "base/clock.h"
#include "sync/head-office/buying/purchases.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* What is no time is the beginning of all. */
static int64_t moment_of(const char *time)
{
    int64_t us = 0;
    return clock_parse(time, &us) == 0 ? us : 0;
}

struct followed {
    struct sql *sql;
    const char *site, *number;
    int64_t time_us;
    char state[16];
    bool complete, confirmed, arrived, whole;
};

/* Two sites do not report of one. Its row is locked: what people do with it comes before or after. */
static int find(struct followed *followed, bool *ret_found)
{
    struct sql_query *row = sql_select(
        followed->sql,
        "SELECT state, complete, confirmed_us IS NOT NULL FROM purchase WHERE number = ?1 AND site = ?2 AND state <>"
        " 'draft'" SQL_FOR_UPDATE,
        sql_text(followed->number), sql_text(followed->site));
    *ret_found = sql_next(row);
    if (*ret_found) {
        sql_copy_text(row, 0, followed->state, sizeof(followed->state));
        followed->complete = sql_get_int(row, 1) != 0;
        followed->confirmed = sql_get_int(row, 2) != 0;
    }
    return sql_done(row);
}

static int look_at_lines(struct followed *followed)
{
    struct sql_query *row = sql_select(followed->sql,
                                       "SELECT coalesce(sum(CASE WHEN received + damaged > 0 THEN 1 ELSE 0 END), 0),"
                                       " coalesce(sum(CASE WHEN received + damaged < quantity THEN 1 ELSE 0 END), 0)"
                                       " FROM purchase_line WHERE number = ?1",
                                       sql_text(followed->number));
    if (sql_next(row)) {
        followed->arrived = sql_get_int(row, 0) > 0;
        followed->whole = followed->arrived && sql_get_int(row, 1) == 0;
    }
    return sql_done(row);
}

static const char *state_now(const struct followed *followed)
{
    if (strcmp(followed->state, "closed") == 0 || strcmp(followed->state, "cancelled") == 0)
        return followed->state;
    if (followed->whole || followed->complete)
        return "received";
    return followed->arrived ? "partly" : followed->confirmed ? "confirmed" : "sent";
}

static int follow(struct followed *followed)
{
    char who[80];
    int result = look_at_lines(followed);
    const char *after = state_now(followed);
    if (result || strcmp(after, followed->state) == 0)
        return result;
    struct office office = {.sql = followed->sql, .now_us = followed->time_us};
    snprintf(who, sizeof(who), "site/%s", followed->site);
    result = sql_run(followed->sql,
                     "UPDATE purchase SET state = ?2, received_us = CASE WHEN CAST(?2 AS TEXT) = 'received' THEN"
                     " CAST(?3 AS BIGINT) END WHERE number = ?1",
                     sql_text(followed->number), sql_text(after), sql_int(followed->time_us));
    return result ? result : purchases_note(&office, followed->number, "receive", followed->state, after, who, "");
}

int purchase_receipts_take(struct sql *sql, const struct purchase_receipt *receipt)
{
    struct followed followed = {
        .sql = sql, .site = receipt->site, .number = receipt->document, .time_us = moment_of(receipt->time)};
    bool found = false;
    int result = find(&followed, &found);
    if (result || !found)
        return result;
    result = sql_run(
        sql,
        "INSERT INTO purchase_line (number, sku, quantity, price_minor, received, damaged) SELECT ?1, i.sku,"
        " 0, 0, ?3, ?4 FROM item i WHERE i.sku = ?2 ON CONFLICT (number, sku) DO UPDATE SET received ="
        " purchase_line.received + excluded.received, damaged = purchase_line.damaged + excluded.damaged",
        sql_text(receipt->document), sql_text(receipt->sku), sql_int(receipt->received), sql_int(receipt->damaged));
    return result ? result : follow(&followed);
}

int purchase_receipts_close(struct sql *sql, const char *site, const char *document, const char *time)
{
    struct followed followed = {
        .sql = sql, .site = site, .number = document, .time_us = moment_of(time), .complete = true};
    bool found = false;
    int result = find(&followed, &found);
    if (result || !found)
        return result;
    followed.complete = true;
    result = sql_run(sql, "UPDATE purchase SET complete = 1 WHERE number = ?1", sql_text(document));
    return result ? result : follow(&followed);
}
