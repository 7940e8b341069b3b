#include "sync/head-office/api/http_meter.h"

#include "sync/head-office/tenants/usage.h"

#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)
#define LOOK_US   (5 * SECOND_US)

int64_t http_meter_take(struct http_meter *meter, int64_t mono_us)
{
    if (meter->minute_us == 0 || mono_us - meter->minute_us >= MINUTE_US) {
        meter->minute_us = mono_us;
        meter->calls = 0;
    }
    if (meter->limit != QUOTA_NONE && meter->calls >= meter->limit)
        return (meter->minute_us + MINUTE_US - mono_us + SECOND_US - 1) / SECOND_US;
    meter->calls++;
    meter->uncounted++;
    return 0;
}

int http_meter_tick(struct http_meter *meter, struct office *office, int64_t mono_us, bool writes, struct error *error)
{
    struct quotas quotas;
    if (mono_us < meter->look_us)
        return 0;
    meter->look_us = mono_us + LOOK_US;
    int result = quotas_load(office->sql, &quotas);
    if (result)
        return office_failed(office->sql, result, error);
    meter->limit = quotas.api_calls_per_min;
    if (!writes || meter->uncounted == 0)
        return 0;
    result = usage_count_today(office, USAGE_CALLS, meter->uncounted, error);
    if (!result)
        meter->uncounted = 0;
    return result;
}
