#include "lookout.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/changed.h"
#include "store/heat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TELL_US  250000 /* from one telling to the next: many turns are told at once */
#define PRIORITY 200    /* behind every scan, as other stations' screens are */

struct lookout {
    struct store *store;
    struct ui_server *const *ui;
    struct changed *changed;
    sd_event_source *follow, *tell;
};

static bool armed(sd_event_source *source)
{
    int enabled = SD_EVENT_OFF;
    sd_event_source_get_enabled(source, &enabled);
    return enabled != SD_EVENT_OFF;
}

static void arm(sd_event_source *source, uint64_t wait_us)
{
    if (armed(source))
        return;
    sd_event_source_set_time_relative(source, wait_us);
    sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* ---------------------------------------------------------------- the heat of bins */

static void follow_some(struct lookout *lookout)
{
    bool more = false;
    int result = heat_step(lookout->store, clock_wall_us(), &more);
    if (result)
        log_warning("the picks of bins cannot be reckoned just now: %s", strerror(-result));
    else if (more)
        arm(lookout->follow, 0);
}

static int on_follow(sd_event_source *source, uint64_t now, void *user)
{
    (void)source;
    (void)now;
    follow_some(user);
    return 0;
}

void lookout_asked(struct lookout *lookout, const char *kind)
{
    static const char *const warm[] = {"bins", "aisles", "heat"};
    for (size_t i = 0; i < COUNT(warm); i++)
        if (strcmp(kind, warm[i]) == 0 && !armed(lookout->follow))
            follow_some(lookout);
}

/* ---------------------------------------------------------------- what has changed */

void lookout_begin(struct lookout *lookout)
{
    changed_listen(lookout->changed, ui_server_tells(*lookout->ui));
}

static int on_tell(sd_event_source *source, uint64_t now, void *user)
{
    (void)source;
    (void)now;
    struct lookout *lookout = user;
    CLEANUP_BUF struct buf json = {0};
    if (!changed_take(lookout->changed, &json))
        return 0;
    ui_server_tell(*lookout->ui, buf_text(&json), json.length);
    arm(lookout->tell, TELL_US); /* for what comes meanwhile */
    return 0;
}

void lookout_turned(struct lookout *lookout)
{
    if (changed_any(lookout->changed))
        arm(lookout->tell, 0);
}

/* ---------------------------------------------------------------- open and close */

int lookout_new(sd_event *event, struct store *store, struct ui_server *const *ui, struct lookout **ret,
                struct error *error)
{
    CLEANUP(lookout_free_p) struct lookout *lookout = calloc(1, sizeof(*lookout));
    if (!lookout)
        return error_set(error, -ENOMEM, "out of memory");
    lookout->store = store;
    lookout->ui = ui;
    int result = changed_new(store, &lookout->changed);
    if (result >= 0)
        result = sd_event_add_time(event, &lookout->follow, CLOCK_MONOTONIC, 0, 1000, on_follow, lookout);
    if (result >= 0)
        result = sd_event_add_time(event, &lookout->tell, CLOCK_MONOTONIC, 0, 1000, on_tell, lookout);
    if (result < 0)
        return error_set(error, result, "the lists of this site cannot be followed");
    sd_event_source_set_enabled(lookout->follow, SD_EVENT_OFF);
    sd_event_source_set_enabled(lookout->tell, SD_EVENT_OFF);
    sd_event_source_set_priority(lookout->follow, PRIORITY);
    sd_event_source_set_priority(lookout->tell, PRIORITY);
    *ret = lookout;
    lookout = NULL;
    return 0;
}

struct lookout *lookout_free(struct lookout *lookout)
{
    if (!lookout)
        return NULL;
    sd_event_source_disable_unref(lookout->follow);
    sd_event_source_disable_unref(lookout->tell);
    changed_free(lookout->changed);
    free(lookout);
    return NULL;
}
