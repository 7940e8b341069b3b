#include "sync_view.h"

#include "base/clock.h"
#include "base/json.h"
#include "floor/floor.h"
#include "store/journal.h"
#include "sync/site/trouble.h"
#include "sync/wire/types.h"

#define NEWEST_PARKED 3

/* oldest_wall_us: when the oldest event that waits was written; 0 without one. */
static int gather(const struct sync_view *view, struct site_facts *ret, int64_t *ret_oldest_wall_us)
{
    *ret = (struct site_facts){.state = view->site->state,
                               .fence = view->site->fence,
                               .linked = site_port_linked(view->port),
                               .up = site_port_up(view->port),
                               .presence = site_presence_now(view->site),
                               .unanswered = view->site->tries};
    int64_t until_us = site_port_certificate_until_us(view->port);
    ret->certified = until_us != 0;
    ret->certificate_left_us = until_us - view->wall_us;
    *ret_oldest_wall_us = 0;
    int result = journal_waiting(view->store, &ret->outbox, ret_oldest_wall_us);
    if (!result)
        result = journal_parked(view->store, &ret->parked);
    if (*ret_oldest_wall_us && view->wall_us > *ret_oldest_wall_us)
        ret->oldest_us = view->wall_us - *ret_oldest_wall_us;
    return result;
}

int sync_view_write_link(const struct sync_view *view, struct buf *json, int64_t *ret_late_us)
{
    struct site_facts facts;
    int64_t oldest_wall_us;
    int result = gather(view, &facts, &oldest_wall_us);
    json_open_object(json, "link");
    json_bool(json, "up", facts.state == SITE_SYNC);
    json_int(json, "outbox", facts.outbox);
    json_int(json, "oldest_s", facts.oldest_us / 1000000);
    json_text(json, "alarm", site_alarm(&facts));
    json_close_object(json);
    *ret_late_us = facts.outbox > 0 && facts.oldest_us < SITE_LATE_US ? SITE_LATE_US - facts.oldest_us : -1;
    return result;
}

/* ---------------------------------------------------------------- all of it */

static void write_time(struct buf *json, const char *key, int64_t wall_us)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format(wall_us, text);
    json_text(json, key, wall_us ? text : NULL);
}

static const char *text_or_null(const char *text)
{
    return *text ? text : NULL;
}

static void write_connection(const struct sync_view *view, const struct site_facts *facts, struct buf *json)
{
    bool online = facts->presence == SITE_OFFICE_ONLINE;
    json_open_object(json, "link");
    json_bool(json, "running", facts->linked);
    json_bool(json, "up", facts->up);
    json_text(json, "why", text_or_null(site_port_why(view->port)));
    write_time(json, "certificate_until", site_port_certificate_until_us(view->port));
    json_close_object(json);
    json_open_object(json, "head_office");
    if (facts->presence == SITE_OFFICE_UNKNOWN)
        json_text(json, "online", NULL);
    else
        json_bool(json, "online", online);
    json_text(json, "since", online ? text_or_null(view->site->office_since) : NULL);
    json_close_object(json);
    json_text(json, "fault", text_or_null(view->site->fault.text));
}

static void write_events(const struct stream *stream, const struct site_facts *facts, int64_t oldest_wall_us,
                         struct buf *json)
{
    json_int(json, "epoch", stream->epoch);
    json_int(json, "last_seq", stream->last_seq);
    json_open_object(json, "outbox");
    json_int(json, "count", facts->outbox);
    write_time(json, "oldest", oldest_wall_us);
    json_int(json, "oldest_s", facts->oldest_us / 1000000);
    json_close_object(json);
    json_open_object(json, "applied");
    json_int(json, "seq", stream->applied_seq);
    write_time(json, "time", stream->applied_wall_us);
    json_close_object(json);
    json_int(json, "durable", stream->durable_seq);
    json_bool(json, "snapshot", stream->snapshot);
}

static void write_feed(const struct site *site, const struct stream *stream, struct buf *json)
{
    json_open_object(json, "feed");
    json_int(json, "seq", stream->feed_seq);
    if (site->feed_head < 0)
        json_text(json, "head", NULL);
    else
        json_int(json, "head", site->feed_head > stream->feed_seq ? site->feed_head : stream->feed_seq);
    json_close_object(json);
}

static int write_parked(struct store *store, int64_t count, struct buf *json)
{
    struct parked_change newest[NEWEST_PARKED];
    size_t shown, length;
    int result = journal_newest_parked(store, newest, NEWEST_PARKED, &shown);
    json_open_object(json, "parked");
    json_int(json, "count", count);
    json_open_array(json, "newest");
    for (size_t i = 0; i < shown; i++) {
        json_open_object(json, NULL);
        json_int(json, "feed_seq", newest[i].feed_seq);
        const char *name = wire_type_name(newest[i].type, &length);
        json_text_n(json, "type", name, length);
        json_words(json, "why", newest[i].why, floor_parked_why_zh(newest[i].why));
        json_close_object(json);
    }
    json_close_array(json);
    json_close_object(json);
    return result;
}

static void write_troubles(const struct site_facts *facts, struct buf *json)
{
    json_open_array(json, "troubles");
    for (enum site_trouble i = 0; i < SITE_TROUBLE_COUNT; i++) {
        const struct site_trouble_def *def = site_trouble_def(i);
        if (!def->stands(facts))
            continue;
        json_open_object(json, NULL);
        json_text(json, "trouble", def->name);
        json_words(json, "text", def->en, def->zh);
        json_close_object(json);
    }
    json_close_array(json);
}

int sync_view_write(const struct sync_view *view, const char *key, struct buf *json)
{
    struct site_facts facts;
    struct stream stream = {0};
    int64_t oldest_wall_us;
    int result = gather(view, &facts, &oldest_wall_us);
    if (!result)
        result = store_stream(view->store, &stream);
    const struct site_state_def *state = site_state_def(facts.state);
    json_open_object(json, key);
    json_text(json, "site", view->site->name);
    json_text(json, "box", view->site->box);
    json_text(json, "state", state->name);
    json_words(json, "text", state->en, state->zh);
    write_connection(view, &facts, json);
    write_events(&stream, &facts, oldest_wall_us, json);
    write_feed(view->site, &stream, json);
    if (!result)
        result = write_parked(view->store, facts.parked, json);
    write_troubles(&facts, json);
    json_close_object(json);
    return result;
}
