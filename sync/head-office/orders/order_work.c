#include "sync/head-office/orders/order_work.h"

#include "base/text.h"
#include "sync/head-office/aftersales/aftersales.h"
#include "sync/head-office/orders/exceptions.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/shops/waybill_parcels.h"
#include "sync/head-office/stock/promises.h"

#include <errno.h>
#include <stdlib.h>

#define AT_ONCE 50 /* orders of a transaction */

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

static int add_number(void *user, const char *number)
{
    struct numbers *numbers = user;
    if (numbers->count == numbers->room) {
        size_t room = numbers->room > 0 ? numbers->room * 2 : 64;
        void *list = reallocarray(numbers->list, room, sizeof(*numbers->list));
        if (!list)
            return -ENOMEM;
        numbers->list = list;
        numbers->room = room;
    }
    text_copy(numbers->list[numbers->count++], ORDERS_NUMBER_SIZE, number);
    return 0;
}

/* They are read before anything is done with them: doing it changes what is read. Takes the query over. */
static int read_numbers(struct sql_query *row, struct numbers *out)
{
    int result = 0;
    while (!result && sql_next(row))
        result = add_number(out, sql_get_text(row, 0));
    int failed = sql_done(row);
    return result ? result : failed;
}

struct worker {
    struct office *office;
    struct settings settings;
    struct rules rules;
    struct order_work *done;
    char site[WIRE_NAME_SIZE]; /* whose orders are released */
    int64_t chosen;            /* of the last kind of work */
};

/* Orders that nobody else is at, chosen and locked within the transaction in which something is done with each. */
struct job {
    int (*choose)(struct worker *worker, int64_t most, struct numbers *out);
    int (*before)(struct worker *worker, const struct numbers *numbers,
                  struct error *error); /* any of them is touched; may be NULL */
    int (*each)(struct worker *worker, const char *number, struct error *error);
};

static int do_some(struct worker *worker, const struct job *job, int64_t most, struct numbers *numbers,
                   struct error *error)
{
    int result = job->choose(worker, most, numbers);
    if (result)
        return office_failed(worker->office->sql, result, error);
    if (job->before)
        result = job->before(worker, numbers, error);
    for (size_t i = 0; i < numbers->count && !result; i++)
        result = job->each(worker, numbers->list[i], error);
    return result;
}

/* Each transaction is short: others wait for the items whose stock it promises. */
static int do_job(struct worker *worker, const struct job *job, int64_t most, struct error *error)
{
    int result = 0;
    for (int64_t left = most, count = 1; left > 0 && count > 0 && !result; left -= count) {
        CLEANUP_NUMBERS struct numbers numbers = {0};
        struct promise_loads loads = {.count = 0};
        result = office_begin_rows(worker->office, error);
        if (result)
            return result;
        worker->office->loads = &loads;
        result = do_some(worker, job, left < AT_ONCE ? left : AT_ONCE, &numbers, error);
        worker->office->loads = NULL;
        if (!result)
            result = office_commit(worker->office, error);
        office_rollback(worker->office);
        count = (int64_t)numbers.count;
        worker->chosen += count;
        worker->done->more |= count >= left;
    }
    return result;
}

/* ---------------------------------------------------------------- each kind of work */

static int choose_expired(struct worker *worker, int64_t most, struct numbers *out)
{
    return read_numbers(promises_expired(worker->office, most), out);
}

static int expire(struct worker *worker, const char *number, struct error *error)
{
    int result = promises_free(worker->office, number);
    worker->done->expired++;
    return result ? office_failed(worker->office->sql, result, error) : 0;
}

static int choose_wanted(struct worker *worker, int64_t most, struct numbers *out)
{
    CLEANUP_NUMBERS struct numbers wanted = {0};
    int result = promises_wanted(worker->office, worker->settings.silent_hours, most, add_number, &wanted);
    for (size_t i = 0; i < wanted.count && !result; i++)
        result = read_numbers(
            sql_select(worker->office->sql,
                       "SELECT number FROM orders WHERE number = ?1 AND state = 'exception'" SQL_SKIP_LOCKED,
                       sql_text(wanted.list[i])),
            out);
    return result;
}

static int retry(struct worker *worker, const char *number, struct error *error)
{
    worker->done->retried++;
    return exceptions_look_again(worker->office, number, error);
}

static int choose_new(struct worker *worker, int64_t most, struct numbers *out)
{
    return read_numbers(sql_select(worker->office->sql,
                                   "SELECT number FROM orders WHERE state = 'audit' ORDER BY priority DESC,"
                                   " coalesce(paid_us, imported_us), number LIMIT ?1" SQL_SKIP_LOCKED,
                                   sql_int(most)),
                        out);
}

/* Gifts first: their items are promised, too. */
static int lock_items(struct worker *worker, const struct numbers *numbers, struct error *error)
{
    int result = 0;
    for (size_t i = 0; i < numbers->count && !result; i++)
        result = rules_give(worker->office, &worker->settings, &worker->rules, numbers->list[i], error);
    if (result)
        return result;
    result = promises_lock(worker->office, (const char(*)[ORDERS_NUMBER_SIZE])numbers->list, numbers->count);
    return result ? office_failed(worker->office->sql, result, error) : 0;
}

static int audit(struct worker *worker, const char *number, struct error *error)
{
    bool passed = false;
    int result = exceptions_audit(worker->office, &worker->settings, &worker->rules, number, &passed, error);
    worker->done->audited++;
    worker->done->held += !result && !passed;
    return result;
}

/* In the same order as events come in: first the site, then its orders. */
static int choose_promised(struct worker *worker, int64_t most, struct numbers *out)
{
    struct sql_query *site =
        sql_select(worker->office->sql, "SELECT id FROM site WHERE id = ?1" SQL_FOR_UPDATE, sql_text(worker->site));
    sql_next(site);
    int result = sql_done(site);
    if (result)
        return result;
    return read_numbers(sql_select(worker->office->sql,
                                   "SELECT number FROM orders WHERE state = 'reserved' AND site = ?1 ORDER BY priority"
                                   " DESC, coalesce(paid_us, imported_us), number LIMIT ?2" SQL_SKIP_LOCKED,
                                   sql_text(worker->site), sql_int(most)),
                        out);
}

/* What a site cannot be told is kept back, and does not keep the others waiting. */
static int release(struct worker *worker, const char *number, struct error *error)
{
    struct sql *sql = worker->office->sql;
    struct error why = {0};
    int64_t count = 0;
    int result = sql_run(sql, "SAVEPOINT release", SQL_NO_VALUES);
    if (result)
        return office_failed(sql, result, error);
    result = orders_release(worker->office, NULL, number, "", &count, &why);
    bool unfit = result == -EINVAL || result == -EMSGSIZE;
    if (unfit && (result = sql_run(sql, "ROLLBACK TO release", SQL_NO_VALUES)) == 0)
        result = exceptions_hold(worker->office, number, "unfit", why.text, &why);
    if (!result)
        result = sql_run(sql, "RELEASE release", SQL_NO_VALUES);
    if (result)
        return error_set(error, result, "%s", *why.text ? why.text : sql_message(sql));
    worker->done->released += count;
    return 0;
}

/* Refunds that were heard of before their order. */
static int choose_refunds(struct worker *worker, int64_t most, struct numbers *out)
{
    return read_numbers(
        sql_select(worker->office->sql,
                   "SELECT number FROM aftersale a WHERE order_number IS NULL AND EXISTS (SELECT 1 FROM orders o"
                   " WHERE o.shop = a.shop AND o.platform_order = a.platform_order AND o.origin = 'sale')"
                   " ORDER BY number LIMIT ?1" SQL_SKIP_LOCKED,
                   sql_int(most)),
        out);
}

static int find_order(struct worker *worker, const char *number, struct error *error)
{
    return aftersales_find_order(worker->office, number, error);
}

/* Promised orders whose shop wants their numbers before they are released. */
static int choose_early(struct worker *worker, int64_t most, struct numbers *out)
{
    return read_numbers(
        sql_select(worker->office->sql,
                   "SELECT number FROM orders o WHERE state = 'reserved' AND waybill IS NULL AND EXISTS (SELECT 1 FROM"
                   " waybill_account a WHERE a.shop = o.shop AND a.carrier = o.carrier AND a.early = 1 AND a.active = 1"
                   " AND NOT EXISTS (SELECT 1 FROM waybill_parcel p LEFT JOIN waybill w ON w.number = p.waybill WHERE"
                   " p.number = o.number AND p.site = o.site AND p.account = a.id AND (p.waybill IS NULL OR w.state IN"
                   " ('stock', 'sent', 'live')))) ORDER BY priority DESC, coalesce(paid_us, imported_us), number LIMIT"
                   " ?1" SQL_SKIP_LOCKED,
                   sql_int(most)),
        out);
}

static int ask_number(struct worker *worker, const char *number, struct error *error)
{
    int result = waybill_parcels_ask(worker->office, number);
    return result && result != -ENOENT ? office_failed(worker->office->sql, result, error) : 0;
}

static const struct job early_job = {choose_early, NULL, ask_number};
static const struct job expire_job = {choose_expired, NULL, expire};
static const struct job refund_job = {choose_refunds, NULL, find_order};
static const struct job retry_job = {choose_wanted, NULL, retry};
static const struct job audit_job = {choose_new, lock_items, audit};
static const struct job release_job = {choose_promised, NULL, release};

/* ---------------------------------------------------------------- all of it */

/* Only where there is something a transaction is begun. */
static int is_any(struct worker *worker, bool *ret, struct error *error, const char *question)
{
    struct sql_query *row =
        sql_select_values(worker->office->sql, question, (struct sql_value[]){sql_int(worker->office->now_us), {0}});
    *ret = sql_next(row);
    if (*ret)
        sql_copy_text(row, 0, worker->site, sizeof(worker->site));
    int failed = sql_done(row);
    return failed ? office_failed(worker->office->sql, failed, error) : 0;
}

static int free_unpaid(struct worker *worker, int64_t most, struct error *error)
{
    static const char question[] = "SELECT o.number FROM reservation r JOIN orders o USING (number)"
                                   " WHERE r.expires_us <= ?1 AND o.state = 'pending_pay' LIMIT 1";
    bool any;
    int result = is_any(worker, &any, error, question);
    return result || !any ? result : do_job(worker, &expire_job, most, error);
}

static int check_waiting(struct worker *worker, int64_t most, struct error *error)
{
    static const char short_ones[] =
        "SELECT number FROM orders WHERE state = 'exception' AND lacks_pieces > 0 AND ?1 > 0"
        " LIMIT 1";
    static const char new_ones[] = "SELECT number FROM orders WHERE state = 'audit' AND ?1 > 0 LIMIT 1";
    bool any;
    int result = is_any(worker, &any, error, short_ones);
    if (!result && any)
        result = do_job(worker, &retry_job, most, error);
    if (!result)
        result = is_any(worker, &any, error, new_ones);
    return result || !any ? result : do_job(worker, &audit_job, most, error);
}

/* Site by site: first the one whose order is first. */
static int hand_out(struct worker *worker, int64_t most, struct error *error)
{
    static const char question[] = "SELECT site FROM orders WHERE state = 'reserved' AND ?1 > 0 ORDER BY priority DESC,"
                                   " coalesce(paid_us, imported_us), number LIMIT 1";
    int64_t before = -1;
    int result = 0;
    worker->chosen = 0;
    for (bool any = true; any && !result && worker->chosen > before && worker->chosen < most;) {
        before = worker->chosen;
        result = is_any(worker, &any, error, question);
        if (!result && any)
            result = do_job(worker, &release_job, most - before, error);
    }
    return result;
}

/* Two programs got in each other's way: what one of them did not do is done the next time. */
static int forgive(struct order_work *done, int result)
{
    done->more |= result == -EBUSY;
    return result == -EBUSY ? 0 : result;
}

static int load(struct worker *worker, struct error *error)
{
    int result = settings_load(worker->office, &worker->settings, error);
    return result ? result : rules_load(worker->office, &worker->rules, error);
}

static void worker_done(struct worker *worker)
{
    rules_done(&worker->rules);
}
#define CLEANUP_WORKER CLEANUP(worker_done)

static int ask_early(struct worker *worker, int64_t most, struct error *error)
{
    static const char question[] = "SELECT shop FROM waybill_account WHERE early = 1 AND active = 1 AND ?1 > 0 LIMIT 1";
    bool any;
    int result = is_any(worker, &any, error, question);
    return result || !any ? result : do_job(worker, &early_job, most, error);
}

static int find_orders(struct worker *worker, int64_t most, struct error *error)
{
    static const char question[] = "SELECT number FROM aftersale a WHERE order_number IS NULL AND EXISTS (SELECT 1 FROM"
                                   " orders o WHERE o.shop = a.shop AND o.platform_order = a.platform_order AND"
                                   " o.origin = 'sale') AND ?1 > 0 LIMIT 1";
    bool any;
    int result = is_any(worker, &any, error, question);
    return result || !any ? result : do_job(worker, &refund_job, most, error);
}

int order_work(struct office *office, int64_t most, struct order_work *ret, struct error *error)
{
    *ret = (struct order_work){0};
    CLEANUP_WORKER struct worker worker = {.office = office, .done = ret};
    int result = load(&worker, error);
    if (!result)
        result = free_unpaid(&worker, most, error);
    if (!result)
        result = find_orders(&worker, most, error);
    if (!result && worker.settings.audit_by_itself)
        result = check_waiting(&worker, most, error);
    if (!result)
        result = ask_early(&worker, most, error);
    if (!result && worker.settings.release_by_itself)
        result = hand_out(&worker, most, error);
    return forgive(ret, result);
}

int order_work_audit(struct office *office, int64_t most, struct order_work *ret, struct error *error)
{
    *ret = (struct order_work){0};
    CLEANUP_WORKER struct worker worker = {.office = office, .done = ret};
    int result = load(&worker, error);
    if (!result)
        result = check_waiting(&worker, most, error);
    return forgive(ret, result ? result : ask_early(&worker, most, error));
}

/* ---------------------------------------------------------------- what it would find */

/* Of the orders that were checked: after this row of the history. A rule that holds an order back is an exception; what
 * the other rules did is counted by themselves. */
static int read_hits(struct office *office, int64_t after, struct order_audit_hit *hits, size_t *ret_count)
{
    size_t count = 0;
    struct sql_query *row =
        sql_select(office->sql,
                   "WITH looked AS (SELECT number FROM order_history WHERE id > ?1) SELECT kind, rule,"
                   " count(DISTINCT number) FROM (SELECT e.kind, e.rule, e.number FROM looked JOIN exception e ON"
                   " e.number = looked.number WHERE e.released_us IS NULL UNION ALL SELECT r.kind, r.name, h.number"
                   " FROM looked JOIN rule_hit h ON h.number = looked.number JOIN rule r ON r.id = h.rule WHERE"
                   " r.kind <> 'hold') hits GROUP BY kind, rule ORDER BY 3 DESC, kind, rule",
                   sql_int(after));
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
    CLEANUP_WORKER struct worker worker = {.office = office, .done = &done};
    int64_t after = 0;
    int result = load(&worker, error);
    if (!result)
        result = office_begin(office, error);
    if (result)
        return result;
    result = sql_number(office->sql, &after, "SELECT coalesce(max(id), 0) FROM order_history", SQL_NO_VALUES);
    if (!result)
        result = do_some(&worker, &audit_job, INT64_MAX, &numbers, error);
    if (!result)
        result = read_hits(office, after, hits, ret_count);
    office_rollback(office);
    *ret_orders = done.audited;
    *ret_passed = done.audited - done.held;
    return result;
}
