#include "watch.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/process.h"
#include "store/journal.h"
#include "sync/site/trouble.h"
#include "told.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

/* ---------------------------------------------------------------- the state that people see */

int watch_write(const struct watch *watch, struct buf *json)
{
    struct sync_view sync = uplink_view(watch->uplink);
    json_text(json, "site", watch->config->site.site);
    json_text(json, "box", watch->config->site.box);
    json_int(json, "boot", uplink_boot(watch->uplink));
    int result = sync_view_write(&sync, "sync", json);
    if (!result)
        result = told_roster(watch->store, clock_mono_us(), json);
    disk_write(watch->disk, json);
    trust_write(watch->trust, watch->secure_port, json);
    turn_write(watch->turn, json);
    if (!result)
        result = care_write(watch->care, json);
    practice_write(watch->practice, json);
    json_open_array(json, "stations");
    for (size_t i = 0; i < watch->config->count; i++) {
        json_open_object(json, NULL);
        json_text(json, "id", watch->config->stations[i].id);
        json_text(json, "name", watch->config->stations[i].name);
        plugboard_write_station(watch->board, i, json);
        json_close_object(json);
    }
    json_close_array(json);
    plugboard_write_devices(watch->board, "devices", json);
    json_open_object(json, "health");
    watch_health(watch, json);
    json_close_object(json);
    return result;
}

/* ---------------------------------------------------------------- is it well */

bool watch_health(const struct watch *watch, struct buf *json)
{
    struct health_facts facts = {.disk = disk_now(watch->disk), .now_us = clock_wall_us()};
    int64_t outbox, oldest_us = 0, began_us = turn_oldest_us(watch->turn);
    facts.waited_us = began_us == INT64_MAX ? 0 : clock_mono_us() - began_us;
    facts.not_saved = turn_counters(watch->turn)->failed_commits > watch->counts->failed_before;
    bool read = care_view(watch->care, &facts.care) == 0 && journal_waiting(watch->store, &outbox, &oldest_us) == 0;
    facts.not_saved = facts.not_saved || !read;
    facts.late = oldest_us && facts.now_us - oldest_us > SITE_LATE_US;
    trust_until_us(watch->trust, &facts.tls_trouble);
    return health_write(&facts, json);
}

/* ---------------------------------------------------------------- what Prometheus counts */

struct counted {
    const struct watch *watch;
    struct care_view care;
    struct process_facts process;
    struct stream stream;
    int64_t outbox, oldest_us, parked, now_us;
};

static const struct counted *of(const void *facts)
{
    return facts;
}

METRIC_TELL(turns, turn_counters(of(facts)->watch->turn)->turns)
METRIC_TELL(events, turn_counters(of(facts)->watch->turn)->events)
METRIC_TELL(refused, turn_counters(of(facts)->watch->turn)->refused)
METRIC_TELL(failed, turn_counters(of(facts)->watch->turn)->failed_commits)
METRIC_TELL(full, turn_counters(of(facts)->watch->turn)->full)
METRIC_TELL(queue, (int64_t)turn_waiting(of(facts)->watch->turn))
METRIC_TELL(last_event, of(facts)->stream.last_seq)
METRIC_TELL(epoch, of(facts)->stream.epoch)
METRIC_TELL(outbox, of(facts)->outbox)
METRIC_TELL(parked, of(facts)->parked)
METRIC_TELL(link_up, site_port_up(uplink_view(of(facts)->watch->uplink).port))
METRIC_TELL(in_step, uplink_view(of(facts)->watch->uplink).site->state == SITE_SYNC)
METRIC_TELL(disk_free, disk_free_mib(of(facts)->watch->disk) << 20)
METRIC_TELL(disk_step, disk_now(of(facts)->watch->disk))
METRIC_TELL(database, of(facts)->care.database_bytes)
METRIC_TELL(wal, of(facts)->care.wal_bytes)
METRIC_TELL(sound, of(facts)->care.known.sound)
METRIC_TELL(written, of(facts)->care.known.written_bytes)
METRIC_TELL(resident, of(facts)->process.resident_bytes)
METRIC_TELL(descriptors, of(facts)->process.descriptors)
METRIC_TELL(pages, (int64_t)of(facts)->watch->pages)

static void tell_healthy(struct metric_out *out, const void *facts)
{
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    metric_int(out, watch_health(of(facts)->watch, &json), NULL);
}

static void tell_scans(struct metric_out *out, const void *facts)
{
    static const char *const verdicts[] = {
        [SCAN_ACCEPTED] = "accepted", [SCAN_REFUSED] = "refused", [SCAN_NOT_SAVED] = "not_saved"};
    for (size_t i = 0; i < COUNT(verdicts); i++)
        metric_int(out, of(facts)->watch->counts->scans[i], (const char *const[]){"verdict", verdicts[i], NULL});
}

static void tell_turn_time(struct metric_out *out, const void *facts)
{
    metric_histogram(out, &of(facts)->watch->counts->turn);
}

static void tell_commit_time(struct metric_out *out, const void *facts)
{
    metric_histogram(out, &of(facts)->watch->counts->commit);
}

/* What is not known is not told. */
static void tell_age(struct metric_out *out, int64_t since_us, int64_t now_us)
{
    if (since_us)
        metric_seconds(out, now_us - since_us, NULL);
}

static void tell_oldest(struct metric_out *out, const void *facts)
{
    metric_seconds(out, of(facts)->oldest_us ? of(facts)->now_us - of(facts)->oldest_us : 0, NULL);
}

static void tell_contact(struct metric_out *out, const void *facts)
{
    tell_age(out, of(facts)->stream.applied_wall_us, of(facts)->now_us);
}

static void tell_checked(struct metric_out *out, const void *facts)
{
    tell_age(out, of(facts)->care.known.checked_us, of(facts)->now_us);
}

static void tell_backup(struct metric_out *out, const void *facts)
{
    tell_age(out, of(facts)->care.known.backup_us, of(facts)->now_us);
}

static void tell_life(struct metric_out *out, const void *facts)
{
    if (of(facts)->care.wear.life_percent >= 0)
        metric_int(out, of(facts)->care.wear.life_percent, NULL);
}

static void tell_wear_days(struct metric_out *out, const void *facts)
{
    if (of(facts)->care.wear_days >= 0)
        metric_int(out, of(facts)->care.wear_days, NULL);
}

static void tell_certificates(struct metric_out *out, const void *facts)
{
    bool trouble;
    const struct counted *counted = of(facts);
    int64_t pages_us = trust_until_us(counted->watch->trust, &trouble);
    int64_t link_us = site_port_certificate_until_us(uplink_view(counted->watch->uplink).port);
    if (pages_us)
        metric_seconds(out, pages_us - counted->now_us, (const char *const[]){"of", "pages", NULL});
    if (link_us)
        metric_seconds(out, link_us - counted->now_us, (const char *const[]){"of", "link", NULL});
}

/* Of the newest, as the board looks at them: a long ledger keeps nobody waiting. */
static void tell_jobs(struct metric_out *out, const void *facts)
{
    struct sql_query *query = sql_select(of(facts)->watch->store->sql,
                                         "SELECT state, count(*) FROM print_job WHERE id > (SELECT coalesce(max(id), "
                                         "0) - 2000 FROM print_job) GROUP BY 1",
                                         SQL_NO_VALUES);
    while (sql_next(query))
        metric_int(out, sql_get_int(query, 1), (const char *const[]){"state", sql_get_text(query, 0), NULL});
    sql_done(query);
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* How many devices before this one are of its kind and state, itself included; -1: one behind it is, too. */
static int64_t alike(const json_t *devices, size_t at)
{
    const json_t *one = json_array_get(devices, at), *other;
    int64_t count = 0;
    size_t i;
    json_array_foreach(devices, i, other)
    {
        bool same = strcmp(text_of(one, "kind"), text_of(other, "kind")) == 0 &&
                    strcmp(text_of(one, "state"), text_of(other, "state")) == 0;
        if (same && i > at)
            return -1;
        count += same;
    }
    return count;
}

static void tell_devices(struct metric_out *out, const void *facts)
{
    CLEANUP_BUF struct buf json = {0};
    plugboard_write_devices(of(facts)->watch->board, NULL, &json);
    json_t *devices = json_loadb(buf_text(&json), json.length, 0, NULL);
    for (size_t i = 0; i < json_array_size(devices); i++) {
        const json_t *one = json_array_get(devices, i);
        int64_t count = alike(devices, i);
        if (count > 0)
            metric_int(out, count,
                       (const char *const[]){"kind", text_of(one, "kind"), "state", text_of(one, "state"), NULL});
    }
    json_decref(devices);
}

static const struct metric table[] = {
    {"floorhand_healthy", METRIC_GAUGE, "1 when the box can do its work, as GET /health says.", tell_healthy},
    {"floorhand_scans_total", METRIC_COUNTER, "Scans, by what became of them.", tell_scans},
    {"floorhand_turns_total", METRIC_COUNTER, "Turns taken: one commit each.", tell_turns},
    {"floorhand_events_total", METRIC_COUNTER, "Events decided upon.", tell_events},
    {"floorhand_events_refused_total", METRIC_COUNTER, "Events that a rule refused.", tell_refused},
    {"floorhand_failed_commits_total", METRIC_COUNTER, "Turns that could not be saved.", tell_failed},
    {"floorhand_queue_full_total", METRIC_COUNTER, "Events that found the queue full.", tell_full},
    {"floorhand_queue_events", METRIC_GAUGE, "Events that wait for their turn.", tell_queue},
    {"floorhand_turn_duration_seconds", METRIC_HISTOGRAM, "How long a turn took, its commit included.", tell_turn_time},
    {"floorhand_commit_duration_seconds", METRIC_HISTOGRAM, "How long a commit took.", tell_commit_time},
    {"floorhand_journal_events", METRIC_GAUGE, "The number of the last event in the journal.", tell_last_event},
    {"floorhand_epoch", METRIC_GAUGE, "The epoch that the journal is in.", tell_epoch},
    {"floorhand_outbox_events", METRIC_GAUGE, "Events that head office has not confirmed yet.", tell_outbox},
    {"floorhand_outbox_oldest_seconds", METRIC_GAUGE, "How long the oldest of them has waited.", tell_oldest},
    {"floorhand_link_up", METRIC_GAUGE, "1 when the link is connected to the broker.", tell_link_up},
    {"floorhand_in_step", METRIC_GAUGE, "1 when the site is in step with head office.", tell_in_step},
    {"floorhand_last_contact_seconds", METRIC_GAUGE, "How long ago head office confirmed something.", tell_contact},
    {"floorhand_parked_changes", METRIC_GAUGE, "Changes from head office that could not be applied.", tell_parked},
    {"floorhand_print_jobs", METRIC_GAUGE, "Of the newest 2000 print jobs, how many are in each state.", tell_jobs},
    {"floorhand_devices", METRIC_GAUGE, "Scanners, printers and scales, by their state.", tell_devices},
    {"floorhand_pages_open", METRIC_GAUGE, "Pages that are open.", tell_pages},
    {"floorhand_certificate_left_seconds", METRIC_GAUGE, "How long certificates hold.", tell_certificates},
    {"floorhand_disk_free_bytes", METRIC_GAUGE, "Free on the database's disk.", tell_disk_free},
    {"floorhand_disk_step", METRIC_GAUGE, "How full it is: 0 room, 1 warn, 2 low, 3 tight, 4 full.", tell_disk_step},
    {"floorhand_disk_written_bytes_total", METRIC_COUNTER,
     "Written to disks by this box's daemon since it was first "
     "counted.",
     tell_written},
    {"floorhand_disk_life_used_percent", METRIC_GAUGE, "Of the disk's life, as it says itself.", tell_life},
    {"floorhand_disk_wear_days", METRIC_GAUGE, "Days until what its maker allows is written.", tell_wear_days},
    {"floorhand_database_bytes", METRIC_GAUGE, "Length of the database.", tell_database},
    {"floorhand_wal_bytes", METRIC_GAUGE, "Length of its write-ahead log.", tell_wal},
    {"floorhand_database_sound", METRIC_GAUGE, "0 when the last reading of the whole database found damage.",
     tell_sound},
    {"floorhand_database_checked_seconds", METRIC_GAUGE, "How long ago that was.", tell_checked},
    {"floorhand_backup_age_seconds", METRIC_GAUGE, "How old the last good backup is.", tell_backup},
    {"process_resident_memory_bytes", METRIC_GAUGE, "Memory in use.", tell_resident},
    {"process_open_fds", METRIC_GAUGE, "Open descriptors.", tell_descriptors},
    {0},
};

int watch_metrics(const struct watch *watch, struct buf *text)
{
    struct counted counted = {.watch = watch, .now_us = clock_wall_us()};
    process_read(&counted.process);
    int result = care_view(watch->care, &counted.care);
    if (!result)
        result = store_stream(watch->store, &counted.stream);
    if (!result)
        result = journal_waiting(watch->store, &counted.outbox, &counted.oldest_us);
    if (!result)
        result = journal_parked(watch->store, &counted.parked);
    if (!result)
        metric_write(table, &counted, text);
    return result ? result : text->failed ? -ENOMEM : 0;
}

int watch_turn(void *user, enum turn_point point)
{
    struct watch_counts *counts = user;
    if (point == TURN_DECIDED)
        counts->decided_us = clock_mono_us();
    else if (point == TURN_COMMITTED && counts->decided_us)
        metric_observe(&counts->commit, clock_mono_us() - counts->decided_us);
    if (point == TURN_COMMITTED)
        counts->decided_us = 0;
    return 0;
}
