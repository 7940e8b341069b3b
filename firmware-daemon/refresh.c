#include "refresh.h"

#include <time.h>

#define PRIORITY   200    /* behind every scan */
#define REFRESH_US 200000 /* after what happened */
#define AT_A_TIME  4      /* so that a scan need not wait for the others */

static int on_refresh(sd_event_source *source, uint64_t now, void *user)
{
    (void)now;
    struct refresh *refresh = user;
    for (size_t i = 0; i < AT_A_TIME && refresh->next < refresh->count; i++)
        refresh->publish(refresh->user, refresh->next++);
    bool ends = refresh->next == refresh->count;
    uint64_t wait_us = ends ? REFRESH_US : 0;
    if (ends)
        refresh->next = 0;
    if (ends && !refresh->again)
        return 0;
    refresh->again = refresh->again && !ends;
    sd_event_source_set_time_relative(source, wait_us);
    return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int refresh_init(struct refresh *refresh, sd_event *event)
{
    int result = sd_event_add_time(event, &refresh->source, CLOCK_MONOTONIC, 0, 1000, on_refresh, refresh);
    if (result < 0)
        return result;
    sd_event_source_set_enabled(refresh->source, SD_EVENT_OFF);
    return sd_event_source_set_priority(refresh->source, PRIORITY);
}

void refresh_done(struct refresh *refresh)
{
    refresh->source = sd_event_source_disable_unref(refresh->source);
}

void refresh_soon(struct refresh *refresh)
{
    int enabled = SD_EVENT_OFF;
    sd_event_source_get_enabled(refresh->source, &enabled);
    refresh->again = refresh->next > 0;
    if (enabled != SD_EVENT_OFF)
        return;
    sd_event_source_set_time_relative(refresh->source, REFRESH_US);
    sd_event_source_set_enabled(refresh->source, SD_EVENT_ONESHOT);
}
