/* Who promises the same few items at the same time: ours, and a loop of counters. */
#include "office_bench.h"

#include "base/clock.h"
#include "sync/head-office/orders/order_work.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/stock/promises.h"

#include <errno.h>
#include <string.h>

#define SILENT_HOURS 24
#define AT_ONCE      50 /* as serve */
#define BATCH_MAX    100

/* The orders of one transaction, those of one item behind each other: otherwise two loops would wait for each other. */
struct batch {
    char numbers[BATCH_MAX][ORDERS_NUMBER_SIZE];
    int64_t items[BATCH_MAX];
    size_t count;
};

static int64_t next_batch(const struct share *share, int64_t at, struct batch *out)
{
    int64_t items[BATCH_MAX], orders[BATCH_MAX];
    size_t count = 0;
    for (; at < share->orders && count < (size_t)share->per_commit; at += share->step, count++) {
        items[count] = at % HOT_ITEMS;
        orders[count] = at;
    }
    out->count = 0;
    for (int64_t item = 0; item < HOT_ITEMS; item++)
        for (size_t i = 0; i < count; i++)
            if (items[i] == item) {
                out->items[out->count] = item;
                promise_name(orders[i], out->numbers[out->count++]);
            }
    return at;
}

static int64_t each_batch(const char *path, const struct share *share,
                          void (*write)(struct office *office, const struct batch *batch))
{
    struct office office;
    struct batch batch;
    int64_t count = 0;
    must(share->per_commit <= BATCH_MAX ? 0 : -1, "too many in a transaction");
    bench_open(path, &office);
    int64_t start_us = wait_for_start();
    for (int64_t at = share->first; at < share->orders; count += (int64_t)batch.count) {
        at = next_batch(share, at, &batch);
        must(sql_run(office.sql, SQL_BEGIN_ROWS, SQL_NO_VALUES), sql_message(office.sql));
        write(&office, &batch);
        must(sql_run(office.sql, "COMMIT", SQL_NO_VALUES), sql_message(office.sql));
    }
    print_result(start_us, count);
    sql_close(office.sql);
    return 0;
}

/* ---------------------------------------------------------------- ours */

static void promise_batch(struct office *office, const struct batch *batch)
{
    struct error error = {0};
    struct promise_loads loads = {.count = 0}; /* as order_work.c does it */
    office->now_us = clock_wall_us();
    office->loads = &loads;
    if (batch->count > 1)
        must(promises_lock(office, batch->numbers, batch->count), sql_message(office->sql));
    for (size_t i = 0; i < batch->count; i++) {
        struct promise promise;
        must(promises_make(office, batch->numbers[i], 0, SILENT_HOURS, &promise, &error), error.text);
        must(*promise.site ? 0 : -1, "there is not enough");
    }
    office->loads = NULL;
}

int promises_ours(const char *path, const struct share *share)
{
    return (int)each_batch(path, share, promise_batch);
}

int promises_audit(const char *path)
{
    struct office office;
    struct error error = {0};
    struct order_work done = {.more = true};
    int64_t count = 0;
    bench_open(path, &office);
    int64_t start_us = wait_for_start();
    while (done.more || done.audited > 0) {
        office.now_us = clock_wall_us();
        must(order_work_audit(&office, AT_ONCE, &done, &error), error.text);
        count += done.audited;
    }
    print_result(start_us, count);
    sql_close(office.sql);
    return 0;
}

/* ---------------------------------------------------------------- counters */

static bool subtract(struct office *office, int64_t item, const char *site)
{
    char sku[TEXT_SIZE];
    item_name(item, sku);
    must(sql_run(office->sql, "UPDATE bench_free SET free = free - 1 WHERE site = ?1 AND sku = ?2 AND free >= 1",
                 sql_text(site), sql_text(sku)),
         sql_message(office->sql));
    return sql_changes(office->sql) > 0;
}

static void count_order(struct office *office, const char *number, int64_t item, bool whole)
{
    struct sql *sql = office->sql;
    char sku[TEXT_SIZE];
    const char *site = subtract(office, item, "site-0") ? "site-0" : "site-1";
    item_name(item, sku);
    must(strcmp(site, "site-0") == 0 || subtract(office, item, site) ? 0 : -1, "there is not enough");
    must(sql_post(sql,
                  "INSERT INTO reservation (number, line, site, sku, quantity, left_open) VALUES (?1, 1, ?2, ?3, 1, 1)",
                  sql_text(number), sql_text(site), sql_text(sku)),
         sql_message(sql));
    must(sql_post(sql, "UPDATE orders SET site = ?2, state = ?3 WHERE number = ?1", sql_text(number), sql_text(site),
                  sql_text(whole ? "reserved" : "audit")),
         sql_message(sql));
    if (whole)
        must(sql_post(sql,
                      "INSERT INTO order_history (number, time_us, act, before, after, who) VALUES (?1, ?2, 'reserved',"
                      " 'audit', 'reserved', '')",
                      sql_text(number), sql_int(office->now_us)),
             sql_message(sql));
}

static void count_batch(struct office *office, const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        count_order(office, batch->numbers[i], batch->items[i], false);
}

static void count_batch_whole(struct office *office, const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        count_order(office, batch->numbers[i], batch->items[i], true);
}

int promises_bare(const char *path, const struct share *share, bool whole)
{
    return (int)each_batch(path, share, whole ? count_batch_whole : count_batch);
}
