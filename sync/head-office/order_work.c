#include "sync/head-office/order_work.h"

#include "sync/head-office/exceptions.h"
#include "sync/head-office/order_life.h"
#include "sync/head-office/orders.h"
#include "sync/head-office/promises.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- some orders at a time */

struct numbers {
    char (*list)[ORDERS_NUMBER_SIZE];
    size_t count, room;
};

static void numbers_done(struct numbers *numbers)
{
    free(numbers->list);
}
#define CLEANUP_NUMBERS CLEANUP(numbers_done)

/* They are read before anything is done with them: doing it changes what is read. Takes the query over. */
static int read_numbers(struct office *office, struct sql_query *row, struct numbers *out, struct error *error)
{
    bool fits = true;
    while (fits && sql_next(row)) {
        if (out->count == out->room) {
            size_t room = out->room > 0 ? out->room * 2 : 64;
            void *list = realloc(out->list, room * sizeof(*out->list));
            fits = list != NULL;
            if (fits) {
                out->list = list;
                out->room = room;
            }
        }
        if (fits)
            sql_copy_text(row, 0, out->list[out->count++], sizeof(*out->list));
    }
    int failed = sql_done(row);
    if (!fits)
        return error_set(error, -ENOMEM, "there is no memory");
    return failed ? office_failed(office->sql, failed, error) : 0;
}

struct worker {
    struct office *office;
    struct settings settings;
    struct order_work *done;
    int64_t most;
    const struct numbers *numbers;
};

static int in_transaction(struct worker *worker, int (*step)(struct worker *, struct error *), struct error *error)
{
    int result = office_begin(worker->office, error);
    if (result)
        return result;
    result = step(worker, error);
    if (!result)
        result = office_commit(worker->office, error);
    office_rollback(worker->office);
    return result;
}

/* ---------------------------------------------------------------- each kind of work */

static int expire(struct worker *worker, struct error *error)
{
    return promises_expire(worker->office, &worker->done->expired, error);
}

static int audit(struct worker *worker, struct error *error)
{
    int result = 0;
    for (size_t i = 0; i < worker->numbers->count && !result; i++) {
        bool passed;
        result = exceptions_audit(worker->office, &worker->settings, worker->numbers->list[i], &passed, error);
        if (result == -EALREADY) { /* another program was faster */
            result = 0;
            continue;
        }
        worker->done->audited++;
        worker->done->held += !result && !passed;
    }
    return result;
}

static int retry(struct worker *worker, struct error *error)
{
    int result = 0;
    for (size_t i = 0; i < worker->numbers->count && !result; i++, worker->done->retried++)
        result = exceptions_look_again(worker->office, worker->numbers->list[i], error);
    return result;
}

static int release(struct worker *worker, struct error *error)
{
    int result = 0;
    for (size_t i = 0; i < worker->numbers->count && !result; i++) {
        int64_t count = 0;
        result = orders_release(worker->office, NULL, worker->numbers->list[i], &count, error);
        if (result == -EALREADY)
            result = 0;
        worker->done->released += count;
    }
    return result;
}

static struct sql_query *waiting(struct worker *worker, const char *state)
{
    return sql_select(worker->office->sql,
                      "SELECT number FROM orders WHERE state = ?1 ORDER BY priority DESC, coalesce(paid_us,"
                      " imported_us), number LIMIT ?2",
                      sql_text(state), sql_int(worker->most));
}

/* Who waits for an item that one site has enough of by now, who paid first first: as many as it could be enough for. */
static struct sql_query *served(struct worker *worker)
{
    return sql_select(
        worker->office->sql,
        "SELECT o.number FROM orders o JOIN (SELECT w.sku, max(w.pieces) AS pieces FROM (SELECT i.sku, t.id,"
        " (SELECT coalesce(sum(s.quantity), 0) FROM stock s LEFT JOIN location l ON l.site = s.site AND l.code ="
        " s.location WHERE s.sku = i.sku AND s.site = t.id AND coalesce(l.kind, 'face') NOT IN ('damage', 'return',"
        " 'gate')) - (SELECT coalesce(sum(r.left_open), 0) FROM reservation r WHERE r.sku = i.sku AND r.site = t.id"
        " AND r.left_open > 0) AS pieces FROM (SELECT DISTINCT lacks AS sku FROM orders WHERE lacks IS NOT NULL AND"
        " state = 'exception') i CROSS JOIN site t) w GROUP BY w.sku) there ON there.sku = o.lacks"
        " WHERE o.state = 'exception' AND o.lacks_pieces <= there.pieces"
        " ORDER BY o.priority DESC, coalesce(o.paid_us, o.imported_us), o.number LIMIT ?1",
        sql_int(worker->most));
}

static int with_numbers(struct worker *worker, struct sql_query *row, int (*step)(struct worker *, struct error *),
                        struct error *error)
{
    CLEANUP_NUMBERS struct numbers numbers = {0};
    int result = read_numbers(worker->office, row, &numbers, error);
    if (result || numbers.count == 0)
        return result;
    worker->numbers = &numbers;
    worker->done->more |= (int64_t)numbers.count >= worker->most;
    return in_transaction(worker, step, error);
}

static int check_waiting(struct worker *worker, struct error *error)
{
    int result = with_numbers(worker, served(worker), retry, error);
    return result ? result : with_numbers(worker, waiting(worker, "audit"), audit, error);
}

static int free_unpaid(struct worker *worker, struct error *error)
{
    int64_t expired;
    int result = sql_number(worker->office->sql, &expired, "SELECT count(*) FROM reservation WHERE expires_us <= ?1",
                            sql_int(worker->office->now_us));
    if (result)
        return office_failed(worker->office->sql, result, error);
    return expired > 0 ? in_transaction(worker, expire, error) : 0;
}

int order_work(struct office *office, int64_t most, struct order_work *ret, struct error *error)
{
    *ret = (struct order_work){0};
    struct worker worker = {.office = office, .done = ret, .most = most};
    int result = settings_load(office, &worker.settings, error);
    if (!result)
        result = free_unpaid(&worker, error);
    if (!result && worker.settings.audit_by_itself)
        result = check_waiting(&worker, error);
    if (!result && worker.settings.release_by_itself)
        result = with_numbers(&worker, waiting(&worker, "reserved"), release, error);
    return result;
}

int order_work_audit(struct office *office, int64_t most, struct order_work *ret, struct error *error)
{
    *ret = (struct order_work){0};
    struct worker worker = {.office = office, .done = ret, .most = most};
    int result = settings_load(office, &worker.settings, error);
    return result ? result : check_waiting(&worker, error);
}

/* ---------------------------------------------------------------- what it would find */

static int read_hits(struct office *office, struct order_audit_hit *hits, size_t *ret_count)
{
    size_t count = 0;
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT kind, rule, count(DISTINCT number) FROM exception WHERE released_us IS"
                                       " NULL GROUP BY kind, rule ORDER BY 3 DESC, kind, rule",
                                       SQL_NO_VALUES);
    for (; count < ORDER_AUDIT_HITS_MAX && sql_next(row); count++) {
        sql_copy_text(row, 0, hits[count].kind, sizeof(hits[count].kind));
        sql_copy_text(row, 1, hits[count].rule, sizeof(hits[count].rule));
        hits[count].orders = sql_get_int(row, 2);
    }
    *ret_count = count;
    return sql_done(row);
}

int order_audit_try(struct office *office, struct order_audit_hit hits[ORDER_AUDIT_HITS_MAX], size_t *ret_count,
                    int64_t *ret_orders, int64_t *ret_passed, struct error *error)
{
    struct order_work done = {0};
    CLEANUP_NUMBERS struct numbers numbers = {0};
    struct worker worker = {.office = office, .done = &done, .most = INT64_MAX, .numbers = &numbers};
    int result = settings_load(office, &worker.settings, error);
    if (!result)
        result = office_begin(office, error);
    if (result)
        return result;
    result = read_numbers(office, waiting(&worker, "audit"), &numbers, error);
    if (!result)
        result = audit(&worker, error);
    if (!result)
        result = read_hits(office, hits, ret_count);
    office_rollback(office);
    *ret_orders = done.audited;
    *ret_passed = done.audited - done.held;
    return result;
}
