/* floorhand-hq shops, shops run. */
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "sync/head-office/command.h"
#include "sync/head-office/settings.h"
#include "sync/head-office/shops/listing_push.h"
#include "sync/head-office/shops/shop_work.h"
#include "sync/head-office/shops/stock_push.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#define TICK_US   50000   /* what others have written is seen within this */
#define LOOK_US   1000000 /* what may be sold is reckoned this often, whatever has changed */
#define AT_MOST   4       /* a part of the time, at most, goes into that */
#define FAILED_US 1000000

/* ---------------------------------------------------------------- what people see */

static void put_time(struct buf *json, const char *name, int64_t time_us)
{
    char text[CLOCK_TEXT_SIZE];
    if (time_us == 0) {
        json_text(json, name, NULL);
        return;
    }
    clock_format(time_us, text);
    json_text(json, name, text);
}

static void put_trouble(struct buf *json, struct sql_query *row)
{
    const struct shop_trouble *trouble = shop_trouble_find(sql_get_text(row, 4));
    json_text(json, "trouble", trouble ? trouble->name : "");
    if (!trouble)
        return;
    json_text(json, "english", trouble->english);
    json_text(json, "chinese", trouble->chinese);
    json_text(json, "said", sql_get_text(row, 5));
    put_time(json, "since", sql_get_int(row, 6));
}

static void put_shop(struct buf *json, struct sql_query *row)
{
    static const char *const counts[] = {"unmapped", "waiting", "uncertain", "refused", "attention", "not_taken"};
    json_open_object(json, NULL);
    json_text(json, "shop", sql_get_text(row, 0));
    json_text(json, "platform", sql_get_text(row, 1));
    json_text(json, "name", sql_get_text(row, 2));
    json_bool(json, "running", sql_get_int(row, 3) != 0);
    put_trouble(json, row);
    put_time(json, "heard", sql_get_int(row, 7));
    put_time(json, "waits_until", sql_get_int(row, 8));
    json_int(json, "clock_ahead_s", sql_get_int(row, 9) / SHOP_SECOND_US);
    put_time(json, "token_ends", sql_get_int(row, 10));
    put_time(json, "orders_until", sql_get_int(row, 11));
    json_text(json, "orders_said", sql_get_text(row, 12));
    put_time(json, "refunds_until", sql_get_int(row, 13));
    json_text(json, "refunds_said", sql_get_text(row, 14));
    for (int i = 0; i < (int)COUNT(counts); i++)
        json_int(json, counts[i], sql_get_int(row, 15 + i));
    json_close_object(json);
}

int command_shops(struct call *call, struct error *error)
{
    struct sql_query *row = sql_select(
        call->office.sql,
        "SELECT s.code, s.platform, s.name, s.running, h.trouble, h.said, h.since_us, h.heard_us, CASE WHEN h.wait_us >"
        " ?1 THEN h.wait_us ELSE 0 END, h.ahead_us, a.expires_us, coalesce(po.mark_us, 0), coalesce(po.said, ''),"
        " coalesce(pr.mark_us, 0), coalesce(pr.said, ''), (SELECT count(*) FROM listing l WHERE l.shop = s.code AND"
        " l.our_sku IS NULL), (SELECT count(*) FROM outbox o WHERE o.shop = s.code AND o.state IN ('waiting',"
        " 'sending')), (SELECT count(*) FROM outbox o WHERE o.shop = s.code AND o.state = 'uncertain'), (SELECT"
        " count(*) FROM outbox o WHERE o.shop = s.code AND o.state = 'refused'), (SELECT count(*) FROM attention n "
        "WHERE"
        " n.shop = s.code AND n.settled_us IS NULL), (SELECT count(*) FROM platform_order p WHERE p.shop = s.code AND"
        " p.number IS NULL) FROM shop s JOIN shop_account a ON a.shop = s.code JOIN shop_health h ON h.shop = s.code"
        " LEFT JOIN pull po ON po.shop = s.code AND po.kind = 'orders' LEFT JOIN pull pr ON pr.shop = s.code AND"
        " pr.kind = 'refunds' ORDER BY s.code",
        sql_int(call->office.now_us));
    CLEANUP_BUF struct buf json = {0};
    while (sql_next(row)) {
        put_shop(&json, row);
        command_print(&json);
    }
    int failed = sql_done(row);
    return failed ? office_failed(call->office.sql, failed, error) : 0;
}

/* ---------------------------------------------------------------- speaking for them */

struct runner {
    struct call *call;
    struct shop_work work;
    sigset_t signals;
    int64_t version, look_us; /* of the database; when what may be sold is reckoned next */
    bool failing;
};

/* 0: go on; -ECANCELED: a signal has come. */
static int pause_for(const struct runner *runner, int64_t us)
{
    const struct timespec time = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    return sigtimedwait(&runner->signals, NULL, &time) > 0 ? -ECANCELED : 0;
}

static int reckon(struct runner *runner, bool *ret_more, struct error *error)
{
    struct settings settings;
    int64_t count;
    int result = settings_load(&runner->call->office, &settings, error);
    bool more = false;
    if (!result)
        result = stock_push(&runner->call->office, settings.silent_hours, &count, ret_more, error);
    if (!result)
        result = listing_push(&runner->call->office, &count, &more, error);
    *ret_more |= more;
    return result;
}

/* When something was written, or a site has been silent for too long meanwhile; and never all the time. */
static int look_at_stock(struct runner *runner, struct error *error)
{
    struct office *office = &runner->call->office;
    int64_t now_us = clock_mono_us(), version = sql_data_version(office->sql);
    bool more = false;
    if (now_us < runner->look_us || (version == runner->version && now_us < runner->look_us + LOOK_US))
        return 0;
    office->now_us = clock_wall_us();
    int result = reckon(runner, &more, error);
    int64_t took_us = clock_mono_us() - now_us;
    runner->look_us = more ? 0 : now_us + AT_MOST * took_us;
    runner->version = version;
    return result;
}

static void tell(const struct shop_turn *turn)
{
    const struct shop_trouble *trouble = shop_trouble_find(turn->trouble);
    if (turn->orders.new + turn->orders.changed + turn->orders.not_taken + turn->refunds.changed + turn->writes +
            turn->refused >
        0)
        log_info("%s: %" PRId64 " orders read, %" PRId64 " new, %" PRId64 " changed, %" PRId64 " not taken; %" PRId64
                 " refunds; %" PRId64 " told, %" PRId64 " refused",
                 turn->shop, turn->orders.rows, turn->orders.new, turn->orders.changed, turn->orders.not_taken,
                 turn->refunds.changed, turn->writes, turn->refused);
    if (turn->other_trouble && trouble)
        log_warning("%s: %s", turn->shop, trouble->english);
    else if (turn->other_trouble)
        log_info("%s: all is well again", turn->shop);
}

/* As in serve: after an input or output error only opening the database anew tells what is in it. */
static int report(struct runner *runner, int result, const struct error *error)
{
    if (result == -ESTALE) { /* this program was too slow, and another one has the shop */
        log_warning("%s", error->text);
        return 0;
    }
    if (result && !runner->failing)
        log_error("%s", error->text);
    else if (!result && runner->failing)
        log_info("the database works again");
    runner->failing = result != 0;
    if (result == -EIO || result == -EBADMSG)
        return result;
    return result ? pause_for(runner, FAILED_US) : 0;
}

static int step(struct runner *runner, bool *ret_idle, struct error *error)
{
    struct shop_turn turn = {.shop = ""};
    int result = look_at_stock(runner, error);
    if (!result)
        result = shop_work_turn(&runner->work, &turn, error);
    *ret_idle = !result && !*turn.shop;
    if (!result && *turn.shop)
        tell(&turn);
    office_rollback(&runner->call->office);
    return report(runner, result, error);
}

static int loop(struct runner *runner, struct error *error)
{
    int result = 0;
    while (!result) {
        bool idle;
        sd_notify(0, "WATCHDOG=1");
        result = step(runner, &idle, error);
        if (!result && idle && runner->call->options.once)
            return 0;
        if (!result)
            result = pause_for(runner, idle ? TICK_US : 0);
    }
    return result == -ECANCELED ? 0 : result;
}

static void name_worker(struct runner *runner)
{
    char host[40] = "";
    gethostname(host, sizeof(host) - 1);
    snprintf(runner->work.worker.name, sizeof(runner->work.worker.name), "%s/%d", host, (int)getpid());
}

/* A program of this machine that is gone without a word: nobody has to wait until its time is over. */
static bool is_gone(const struct runner *runner, const char *worker)
{
    const char *slash = strrchr(worker, '/'), *own = strrchr(runner->work.worker.name, '/');
    size_t length = slash ? (size_t)(slash - worker) : 0;
    int64_t pid;
    if (!slash || length != (size_t)(own - runner->work.worker.name) ||
        strncmp(worker, runner->work.worker.name, length) != 0 || text_to_int(slash + 1, 1, INT32_MAX, &pid) != 0)
        return false;
    return kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static int take_over(struct runner *runner, struct error *error)
{
    struct office *office = &runner->call->office;
    char gone[SHOP_WORKER_SIZE];
    do {
        *gone = '\0';
        struct sql_query *row =
            sql_select(office->sql, "SELECT DISTINCT worker FROM shop_health WHERE worker <> ''", SQL_NO_VALUES);
        while (!*gone && sql_next(row))
            if (is_gone(runner, sql_get_text(row, 0)))
                sql_copy_text(row, 0, gone, sizeof(gone));
        int failed = sql_done(row);
        if (failed)
            return office_failed(office->sql, failed, error);
        failed = *gone ? shops_free(office, gone, error) : 0;
        if (failed)
            return failed;
    } while (*gone);
    return 0;
}

int command_shops_run(struct call *call, struct error *error)
{
    struct runner runner = {.call = call, .version = -1};
    const struct platform_curl_options options = {.ca_file = *call->options.ca_file ? call->options.ca_file : NULL,
                                                  .whole_ms = call->options.call_s * 1000};
    sigemptyset(&runner.signals);
    sigaddset(&runner.signals, SIGINT);
    sigaddset(&runner.signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &runner.signals, NULL);
    runner.work.worker =
        (struct shop_worker){.office = &call->office, .find = platform_find, .clock_us = clock_wall_us};
    name_worker(&runner);
    int result = platform_curl_new(&options, &runner.work.worker.transport);
    if (result)
        return error_set(error, result, "there is no memory");
    sd_notify(0, "READY=1");
    log_info("shops of %s are spoken for", sql_name(call->office.sql));
    result = take_over(&runner, error);
    if (!result)
        result = loop(&runner, error);
    int ended = shop_work_end(&runner.work, error);
    platform_transport_free(runner.work.worker.transport);
    return result ? result : ended;
}
