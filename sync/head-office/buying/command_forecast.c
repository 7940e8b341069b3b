/* floorhand-hq forecast run: what is asked for is counted, and every item forecast. serve runs it as a program of its
 * own, so that nothing else waits. */
#include "base/json.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/buying/demand.h"
#include "sync/head-office/buying/forecasts.h"
#include "sync/head-office/command.h"
#include "sync/head-office/settings.h"

#include <stdio.h>

#define COUNT_AT_ONCE 10000

static void tell_progress(void *user, int64_t done, int64_t total)
{
    (void)user;
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_int(&json, "done", done);
    json_int(&json, "total", total);
    json_close_object(&json);
    command_print(&json);
    fflush(stdout);
}

/* Of today: what is gone by now. */
static int mark_out(struct call *call, struct error *error)
{
    struct settings settings;
    int result = office_begin(&call->office, error);
    if (result)
        return result;
    result = settings_load(&call->office, &settings, error);
    if (!result)
        result = demand_mark_out(&call->office,
                                 business_day_of(business_today(call->office.now_us, settings.utc_offset_min)), error);
    if (!result)
        result = office_commit(&call->office, error);
    office_rollback(&call->office);
    return result;
}

static int make_all(struct call *call, int64_t *ret_made, struct error *error)
{
    const struct forecasts_job job = {
        .sku = "", .workers = call->options.workers, .progress = call->options.progress ? tell_progress : NULL};
    struct demand_work counted = {.more = true};
    int result = forecasts_begin(&call->office, error);
    while (!result && counted.more)
        result = demand_work(&call->office, COUNT_AT_ONCE, &counted, error);
    if (!result)
        result = mark_out(call, error);
    return result ? result : forecasts_make(&call->office, &job, ret_made, error);
}

int command_forecast_run(struct call *call, struct error *error)
{
    CLEANUP_BUF struct buf json = {0};
    struct error late = {0};
    int64_t made = 0;
    int result = make_all(call, &made, error);
    int ended = forecasts_end(&call->office, result ? error->text : "", result ? &late : error);
    if (result || ended)
        return result ? result : ended;
    json_open_object(&json, NULL);
    json_int(&json, "forecasts", made);
    json_close_object(&json);
    command_print(&json);
    return 0;
}
