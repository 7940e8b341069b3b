/* How head office is, for those who watch it: GET /health without a key, GET /metrics with one that may look at sites.
 */
#include "base/clock.h"
#include "base/json.h"
#include "base/metric.h"
#include "base/process.h"
#include "sync/head-office/api/http_internal.h"

#include <errno.h>
#include <stdio.h>

/* A whole day without a word of a site that has spoken before. */
#define SILENT_US (INT64_C(86400) * 1000000)

/* ---------------------------------------------------------------- is it well */

struct health {
    const struct office_state *state;
    bool answers;   /* the database */
    int64_t silent; /* sites */
};

static bool database(const struct health *health)
{
    return !health->answers || health->state->failing;
}

static bool broker(const struct health *health)
{
    return !health->state->connected;
}

static bool sites(const struct health *health)
{
    return health->silent > 0;
}

static const struct {
    const char *what;
    bool stops; /* the work: 503 */
    bool (*stands)(const struct health *health);
    const char *en, *zh;
} checks[] = {
    {"database", true, database, "The database cannot be read or written: look at its disk or server, and at the log.",
     "数据库无法读写:请检查磁盘或数据库服务器及日志。"},
    {"broker", true, broker, "The broker cannot be reached: sites are not heard. They work on, and nothing is lost.",
     "连不上消息服务器:收不到各仓数据。各仓可继续作业,数据不会丢失。"},
    {"sites", false, sites, "A site has not been heard for a day: floorhand-hq site list tells which.",
     "有仓库超过一天没有联系:请用 floorhand-hq site list 查看。"},
};

static bool write_health(const struct health *health, struct buf *json)
{
    bool healthy = true;
    for (size_t i = 0; i < COUNT(checks); i++)
        healthy = healthy && !(checks[i].stops && checks[i].stands(health));
    json_open_object(json, NULL);
    json_bool(json, "healthy", healthy);
    json_open_array(json, "wrong");
    for (size_t i = 0; i < COUNT(checks); i++) {
        if (!checks[i].stands(health))
            continue;
        json_open_object(json, NULL);
        json_text(json, "what", checks[i].what);
        json_bool(json, "stops", checks[i].stops);
        json_words(json, "text", checks[i].en, checks[i].zh);
        json_close_object(json);
    }
    json_close_array(json);
    json_close_object(json);
    return healthy;
}

static void look(struct office_http *http, struct health *ret)
{
    *ret = (struct health){.state = &http->state};
    ret->answers = sql_number(http->office->sql, &ret->silent, "SELECT count(*) FROM site WHERE last_seen_us < ?1",
                              sql_int(clock_wall_us() - SILENT_US)) == 0;
}

bool http_get_health(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    struct health health;
    look(http_of(request), &health);
    return web_answer_json(request, write_health(&health, &json) ? WEB_OK : WEB_UNAVAILABLE, &json);
}

/* ---------------------------------------------------------------- what Prometheus counts */

struct counted {
    struct office_http *http;
    struct process_facts process;
    struct health health;
};

static const struct counted *of(const void *facts)
{
    return facts;
}

METRIC_TELL(broker, of(facts)->http->state.connected)
METRIC_TELL(waiting, of(facts)->http->state.waiting)
METRIC_TELL(database, sql_bytes(of(facts)->http->office->sql))
METRIC_TELL(streams, (int64_t)web_server_streams(of(facts)->http->web))
METRIC_TELL(resident, of(facts)->process.resident_bytes)
METRIC_TELL(descriptors, of(facts)->process.descriptors)
METRIC_TELL(written, of(facts)->process.written_bytes)

static void tell_healthy(struct metric_out *out, const void *facts)
{
    CLEANUP_BUF struct buf json = {0};
    metric_int(out, write_health(&of(facts)->health, &json), NULL);
}

/* A row of each site: its name, and a number. */
static void tell_sites(struct metric_out *out, const void *facts, struct sql_query *query, bool age)
{
    (void)facts;
    int64_t now_us = clock_wall_us();
    while (sql_next(query)) {
        const char *const labels[] = {"site", sql_get_text(query, 0), NULL};
        if (!age)
            metric_int(out, sql_get_int(query, 1), labels);
        else if (!sql_get_null(query, 1))
            metric_seconds(out, now_us - sql_get_int(query, 1), labels);
    }
    sql_done(query);
}

static void tell_contact(struct metric_out *out, const void *facts)
{
    struct sql *sql = of(facts)->http->office->sql;
    tell_sites(out, facts, sql_select(sql, "SELECT id, last_seen_us FROM site ORDER BY id", SQL_NO_VALUES), true);
}

static void tell_applied(struct metric_out *out, const void *facts)
{
    struct sql *sql = of(facts)->http->office->sql;
    tell_sites(out, facts, sql_select(sql, "SELECT id, applied FROM site ORDER BY id", SQL_NO_VALUES), false);
}

static void tell_unbacked(struct metric_out *out, const void *facts)
{
    struct sql *sql = of(facts)->http->office->sql;
    tell_sites(out, facts,
               sql_select(sql,
                          "SELECT id, CASE WHEN applied > durable_seq THEN applied - durable_seq ELSE 0 END FROM site "
                          "ORDER BY id",
                          SQL_NO_VALUES),
               false);
}

static void tell_feed(struct metric_out *out, const void *facts)
{
    struct sql *sql = of(facts)->http->office->sql;
    tell_sites(out, facts, sql_select(sql, "SELECT id, feed_head - feed_acked FROM site ORDER BY id", SQL_NO_VALUES),
               false);
}

static const struct metric table[] = {
    {"floorhand_hq_healthy", METRIC_GAUGE, "1 when head office can do its work, as GET /health says.", tell_healthy},
    {"floorhand_hq_broker_connected", METRIC_GAUGE, "1 when it is connected to the broker.", tell_broker},
    {"floorhand_hq_queue_messages", METRIC_GAUGE, "Messages of sites that wait to be taken.", tell_waiting},
    {"floorhand_hq_site_applied_events", METRIC_GAUGE, "The last event of each site that is here.", tell_applied},
    {"floorhand_hq_site_last_contact_seconds", METRIC_GAUGE, "How long ago each site was heard.", tell_contact},
    {"floorhand_hq_site_unsent_changes", METRIC_GAUGE, "Changes that each site has not confirmed.", tell_feed},
    {"floorhand_hq_site_events_without_backup", METRIC_GAUGE, "Events of each site that no backup holds.",
     tell_unbacked},
    {"floorhand_hq_database_bytes", METRIC_GAUGE, "Length of the database.", tell_database},
    {"floorhand_hq_pages_open", METRIC_GAUGE, "Pages that follow what changes.", tell_streams},
    {"floorhand_hq_disk_written_bytes_total", METRIC_COUNTER, "Written to disks by this process since it started.",
     tell_written},
    {"process_resident_memory_bytes", METRIC_GAUGE, "Memory in use.", tell_resident},
    {"process_open_fds", METRIC_GAUGE, "Open descriptors.", tell_descriptors},
    {0},
};

bool http_get_metrics(struct web_request *request)
{
    struct limit limit;
    struct counted counted = {.http = http_of(request)};
    CLEANUP_BUF struct buf text = {0};
    if (access_read(asker_of(request), "sites", NULL, &limit) != 0 || limit_is_set(&limit))
        return http_forbid(request, -EACCES, "look at", "metrics of all sites");
    process_read(&counted.process);
    look(counted.http, &counted.health);
    metric_write(table, &counted, &text);
    return web_answer(request, WEB_OK, METRIC_CONTENT_TYPE, buf_text(&text), text.length);
}
