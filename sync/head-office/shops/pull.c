#include "sync/head-office/shops/pull.h"

#include "base/defect.h"
#include "base/text.h"
#include "sync/head-office/aftersales/refunds.h"
#include "sync/head-office/shops/platform_page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PAGES_MAX    100  /* of a window: where there are more, it is halved */
#define WIDTH_S      1800 /* of a window, where a platform does not care */
#define STEP_LEAST   SHOP_SECOND_US
#define FAILURES_MAX 3 /* at one page, then the window begins anew */
#define AGAIN_MOST   (600 * SHOP_SECOND_US)
#define NEVER_US     (86400 * SHOP_SECOND_US) /* a platform without this call is asked again tomorrow */

static const struct {
    const char *name;
    enum platform_verb verb;
} kinds[PULL_KINDS] = {[PULL_ORDERS] = {"orders", PLATFORM_ORDERS}, [PULL_REFUNDS] = {"refunds", PLATFORM_REFUNDS}};

struct reading {
    struct shop_worker *worker;
    struct shop *shop;
    struct pull_window *window;
    enum pull_kind kind;
    struct pull_done *done;
    int64_t failures;
};

/* ---------------------------------------------------------------- the mark */

static int64_t platform_now(const struct reading *reading)
{
    return reading->worker->office->now_us + reading->shop->ahead_us;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* How old what is asked for may be, at most. */
static int64_t oldest_us(const struct reading *reading)
{
    int64_t most_s = reading->shop->platform->caps.history_s, wanted_s = reading->shop->history_s;
    int64_t history_s = wanted_s > 0 && (most_s == 0 || wanted_s < most_s) ? wanted_s : most_s;
    return platform_now(reading) - history_s * SHOP_SECOND_US;
}

static int first_mark(struct reading *reading, int64_t *ret_mark)
{
    *ret_mark = oldest_us(reading);
    return sql_run(reading->worker->office->sql, "INSERT INTO pull (shop, kind, mark_us) VALUES (?1, ?2, ?3)",
                   sql_text(reading->shop->code), sql_text(kinds[reading->kind].name), sql_int(*ret_mark));
}

/* -EAGAIN: it is not time. */
static int load_mark(struct reading *reading, int64_t *ret_mark)
{
    int64_t next_us = 0;
    struct sql_query *row = sql_select(reading->worker->office->sql,
                                       "SELECT mark_us, next_us, failures FROM pull WHERE shop = ?1 AND kind = ?2",
                                       sql_text(reading->shop->code), sql_text(kinds[reading->kind].name));
    bool found = sql_next(row);
    if (found) {
        *ret_mark = sql_get_int(row, 0);
        next_us = sql_get_int(row, 1);
        reading->failures = sql_get_int(row, 2);
    }
    int failed = sql_done(row);
    if (failed || !found)
        return failed ? failed : first_mark(reading, ret_mark);
    return next_us > reading->worker->office->now_us ? -EAGAIN : 0;
}

/* ---------------------------------------------------------------- a window */

/* What is far behind is read as wide as it may be; halving sees to it that it is not too much. */
static int64_t width_us(const struct reading *reading, int64_t mark_us)
{
    const struct platform_caps *caps = &reading->shop->platform->caps;
    int64_t most_s = caps->window_max_s > 0 ? caps->window_max_s : WIDTH_S;
    if (reading->kind == PULL_REFUNDS && caps->refund_window_max_s > 0)
        most_s = caps->refund_window_max_s;
    int64_t width_s = caps->window_s > 0 ? smaller(caps->window_s, most_s) : most_s;
    bool behind = platform_now(reading) - mark_us > 2 * width_s * SHOP_SECOND_US;
    return (behind ? most_s : width_s) * SHOP_SECOND_US;
}

/* The overlap and what is new, together no wider than the platform advises; both are less where there is too much. */
static void open_window(struct reading *reading, int64_t mark_us)
{
    struct pull_window *window = reading->window;
    int64_t width = width_us(reading, mark_us), overlap = reading->shop->platform->caps.overlap_s * SHOP_SECOND_US;
    if (overlap >= width)
        overlap = width / 2;
    if (window->step_us == 0 || window->step_us > width - overlap)
        window->step_us = width - overlap;
    if (overlap > window->step_us)
        overlap = window->step_us;
    int64_t oldest = oldest_us(reading);
    *window = (struct pull_window){.open = true, .mark_us = mark_us, .step_us = window->step_us};
    window->from_us = mark_us - overlap > oldest ? mark_us - overlap : oldest;
    window->to_us =
        smaller((mark_us > window->from_us ? mark_us : window->from_us) + window->step_us, platform_now(reading));
    if (window->to_us < mark_us) /* the clock was set back */
        window->to_us = mark_us;
    if (window->to_us <= window->from_us)
        window->to_us = window->from_us + SHOP_SECOND_US;
}

static void halve(struct reading *reading)
{
    struct pull_window *window = reading->window;
    window->open = false;
    window->step_us = window->step_us / 2 > STEP_LEAST ? window->step_us / 2 : STEP_LEAST;
}

/* ---------------------------------------------------------------- a page */

static int take_refunds(struct reading *reading, const struct platform_answer *answer, struct error *error)
{
    int result = 0;
    for (size_t i = 0; i < answer->count && !result; i++) {
        bool changed = false;
        result = refunds_take(reading->worker->office, reading->shop->code, &answer->refunds[i], &changed, error);
        reading->done->changed += changed;
    }
    return result;
}

/* All of the window is here: the mark moves, unless somebody else has moved it. */
static int move_mark(void *user, struct error *error)
{
    struct reading *reading = user;
    struct office *office = reading->worker->office;
    struct pull_window *window = reading->window;
    bool here = window->to_us >= platform_now(reading) - reading->shop->poll_s * SHOP_SECOND_US;
    window->open = false;
    window->step_us = window->step_us * 2;
    reading->done->more |= !here;
    int result =
        sql_run(office->sql,
                "UPDATE pull SET mark_us = ?4, next_us = ?5, failures = 0, said = '' WHERE shop = ?1 AND kind = ?2 AND"
                " mark_us = ?3",
                sql_text(reading->shop->code), sql_text(kinds[reading->kind].name), sql_int(window->mark_us),
                sql_int(window->to_us), sql_int(here ? office->now_us + reading->shop->poll_s * SHOP_SECOND_US : 0));
    return result ? office_failed(office->sql, result, error) : 0;
}

static int store_orders(struct reading *reading, const struct platform_answer *answer, bool last, struct error *error)
{
    const struct platform_source source = {reading->shop->code, reading->shop->platform->name, reading->shop->carrier};
    const struct platform_page page = {.source = &source,
                                       .orders = answer->orders,
                                       .count = answer->count,
                                       .finish = last ? move_mark : NULL,
                                       .user = reading};
    struct platform_page_done done;
    int result = platform_page_store(reading->worker->office, &page, &done, error);
    reading->done->new += done.new;
    reading->done->changed += done.changed;
    reading->done->not_taken += done.not_taken;
    return result;
}

static int store_refunds(struct reading *reading, const struct platform_answer *answer, bool last, struct error *error)
{
    struct office *office = reading->worker->office;
    int result = office_begin(office, error);
    if (result)
        return result;
    result = take_refunds(reading, answer, error);
    if (!result && last)
        result = move_mark(reading, error);
    if (!result)
        result = office_commit(office, error);
    office_rollback(office);
    return result;
}

static int store(struct reading *reading, const struct platform_answer *answer, struct error *error)
{
    bool last = !*answer->cursor || DEFECT(22);
    int result = (reading->kind == PULL_ORDERS ? store_orders : store_refunds)(reading, answer, last, error);
    reading->done->rows += result ? 0 : (int64_t)answer->count;
    return result;
}

/* ---------------------------------------------------------------- what the platform says against it */

static int fail(struct reading *reading, const char *said, int64_t again_us, struct error *error)
{
    struct office *office = reading->worker->office;
    int64_t wait_us = smaller(SHOP_SECOND_US << smaller(reading->failures, 12), AGAIN_MOST);
    reading->failures++;
    int result = sql_run(
        office->sql, "UPDATE pull SET next_us = ?3, failures = ?4, said = ?5 WHERE shop = ?1 AND kind = ?2",
        sql_text(reading->shop->code), sql_text(kinds[reading->kind].name),
        sql_int(office->now_us + (again_us > 0 ? again_us : wait_us)), sql_int(reading->failures), sql_text(said));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* *ret_on: it may be tried again at once. */
static int judge(struct reading *reading, const struct platform_fault *fault, bool *ret_on, struct error *error)
{
    struct pull_window *window = reading->window;
    char said[sizeof(fault->message) + sizeof(fault->code) + 4];
    snprintf(said, sizeof(said), "%s (%s)", fault->message, fault->code);
    switch (fault->class) {
    case PLATFORM_AUTH_EXPIRED: {
        int result = shop_renew(reading->worker, reading->shop, ret_on, error);
        return result || *ret_on ? result : fail(reading, said, 0, error);
    }
    case PLATFORM_CLOCK:
        *ret_on = !*reading->shop->trouble; /* ours was corrected */
        return *ret_on ? 0 : fail(reading, said, 0, error);
    case PLATFORM_THROTTLED:
    case PLATFORM_AUTH_REVOKED:
    case PLATFORM_BAD_SIGN:
        return 0; /* the shop waits as a whole */
    case PLATFORM_PERMISSION:
        return fail(reading, said, AGAIN_MOST, error);
    case PLATFORM_RETRY:
        window->open = ++window->failures < FAILURES_MAX;
        return fail(reading, said, 0, error);
    default: /* too wide, too many, a cursor that is too old */
        halve(reading);
        return fail(reading, said, 0, error);
    }
}

/* *ret_on: there is more to ask at once. */
static int take_page(struct reading *reading, const struct platform_want *want, const struct platform_answer *answer,
                     bool *ret_on, struct error *error)
{
    struct pull_window *window = reading->window;
    int result = store(reading, answer, error);
    if (result)
        return result;
    window->failures = 0;
    *ret_on = true;
    if (!window->open)
        return 0;
    if (strcmp(answer->cursor, want->cursor) == 0) {
        *ret_on = false;
        halve(reading);
        return fail(reading, "it gives the same page again and again", 0, error);
    }
    text_copy(window->cursor, sizeof(window->cursor), answer->cursor);
    if (++window->pages >= PAGES_MAX && window->step_us > STEP_LEAST)
        halve(reading);
    return 0;
}

static int read_page(struct reading *reading, bool *ret_on, struct error *error)
{
    struct pull_window *window = reading->window;
    struct platform_want want = {.verb = kinds[reading->kind].verb, .from_us = window->from_us, .to_us = window->to_us};
    struct platform_answer answer;
    struct platform_fault fault;
    text_copy(want.cursor, sizeof(want.cursor), window->cursor);
    *ret_on = false;
    int result = shop_call(reading->worker, reading->shop, &want, &answer, &fault, error);
    reading->done->calls++;
    if (result == -ENOTSUP)
        return fail(reading, "", NEVER_US, error);
    if (result == -EINVAL || result == -E2BIG) {
        halve(reading);
        return fail(reading, error->text, 0, error);
    }
    if (result)
        return result;
    result = fault.class == PLATFORM_OK ? take_page(reading, &want, &answer, ret_on, error)
                                        : judge(reading, &fault, ret_on, error);
    platform_answer_done(&answer);
    return result;
}

int pull_turn(struct shop_worker *worker, struct shop *shop, struct pull *pull, enum pull_kind kind, int64_t most,
              struct pull_done *done, struct error *error)
{
    struct reading reading = {
        .worker = worker, .shop = shop, .window = &pull->windows[kind], .kind = kind, .done = done};
    bool on = true;
    for (int64_t i = 0; i < most && on; i++) {
        int64_t mark_us;
        int result = load_mark(&reading, &mark_us);
        if (result == -EAGAIN)
            return 0;
        if (result)
            return office_failed(worker->office->sql, result, error);
        if (!reading.window->open || reading.window->mark_us != mark_us)
            open_window(&reading, mark_us);
        result = read_page(&reading, &on, error);
        if (result)
            return result;
    }
    done->more |= on;
    return 0;
}

/* ---------------------------------------------------------------- single orders */

static int find_again(struct shop_worker *worker, const struct shop *shop, char *ret_id, size_t capacity)
{
    struct sql_query *row = sql_select(
        worker->office->sql, "SELECT id FROM platform_order WHERE shop = ?1 AND again = 1 ORDER BY id LIMIT 1",
        sql_text(shop->code));
    bool found = sql_next(row);
    if (found)
        sql_copy_text(row, 0, ret_id, capacity);
    int failed = sql_done(row);
    return failed ? failed : found ? 0 : -ENOENT;
}

/* The platform does not have it, or will not say: what was said of it before stands. */
static int give_up(struct shop_worker *worker, const struct shop *shop, const char *id, struct error *error)
{
    int result = sql_run(worker->office->sql, "UPDATE platform_order SET again = 0 WHERE shop = ?1 AND id = ?2",
                         sql_text(shop->code), sql_text(id));
    return result ? office_failed(worker->office->sql, result, error) : 0;
}

static bool is_of_call(enum platform_class class)
{
    return class == PLATFORM_NOT_FOUND || class == PLATFORM_PARAMETER || class == PLATFORM_PERMISSION ||
           class == PLATFORM_PERMANENT || class == PLATFORM_CONFLICT;
}

int pull_again(struct shop_worker *worker, struct shop *shop, int64_t most, struct pull_done *done, struct error *error)
{
    struct reading reading = {.worker = worker, .shop = shop, .kind = PULL_ORDERS, .done = done};
    int woken = platform_orders_wake(worker->office, shop->code, error);
    bool on = true;
    if (woken)
        return woken;
    for (int64_t i = 0; i < most && on; i++) {
        struct platform_want want = {.verb = PLATFORM_ORDER};
        struct platform_answer answer;
        struct platform_fault fault;
        int result = find_again(worker, shop, want.order, sizeof(want.order));
        if (result)
            return result == -ENOENT ? 0 : office_failed(worker->office->sql, result, error);
        result = shop_call(worker, shop, &want, &answer, &fault, error);
        done->calls++;
        on = !result && fault.class == PLATFORM_OK;
        if (result == -ENOTSUP || result == -EINVAL || (!result && is_of_call(fault.class)))
            result = give_up(worker, shop, want.order, error);
        else if (on)
            result = answer.count > 0 ? store_orders(&reading, &answer, false, error)
                                      : give_up(worker, shop, want.order, error);
        else if (!result && fault.class == PLATFORM_AUTH_EXPIRED)
            result = shop_renew(worker, shop, &on, error);
        platform_answer_done(&answer);
        if (result)
            return result;
    }
    done->more |= on;
    return 0;
}

/* ---------------------------------------------------------------- when */

int pull_next_us(struct office *office, const struct shop *shop, int64_t *ret, struct error *error)
{
    int64_t again = 0;
    int result = sql_number(office->sql, &again, "SELECT count(*) FROM platform_order WHERE shop = ?1 AND again = 1",
                            sql_text(shop->code));
    if (!result)
        result = sql_number(office->sql, ret,
                            "SELECT CASE WHEN count(*) < 2 THEN 0 ELSE min(next_us) END FROM pull WHERE shop = ?1",
                            sql_text(shop->code));
    if (again > 0)
        *ret = 0;
    return result ? office_failed(office->sql, result, error) : 0;
}

int pull_from(struct office *office, const char *shop, int64_t from_us, struct error *error)
{
    int result =
        sql_run(office->sql, "UPDATE pull SET mark_us = ?2, next_us = 0, failures = 0, said = '' WHERE shop = ?1",
                sql_text(shop), sql_int(from_us));
    return result ? office_failed(office->sql, result, error) : 0;
}
