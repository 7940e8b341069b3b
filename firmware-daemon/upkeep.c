#include "upkeep.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/own_command.h"
#include "base/process.h"
#include "disk.h"
#include "floor/settings.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#define PRIORITY_COPY 200 /* when nothing else waits */
#define STEP_PAGES    256 /* of 1 KiB: a step takes about a millisecond */
#define LOOK_US       60000000
#define LOOK_FIRST_US 1000000
#define HOUR_US       (INT64_C(3600) * 1000000)
#define DUE_US        (20 * HOUR_US) /* in the quiet hour: the last one is a night old */
#define OVERDUE_US    (48 * HOUR_US) /* at any hour: the box was off in the quiet one */
#define RETRY_US      HOUR_US
#define PATH_SIZE     400
#define NIGHTLY       "floorhand-"

/* What the copy is made for, and where it goes. */
enum aim { AIM_CHECK, AIM_NIGHTLY, AIM_ASKED };
enum state { CARE_IDLE, CARE_COPYING, CARE_READING };

struct care {
    sd_event *event;
    struct store *store;
    const struct site_config *config;
    care_found_fn *found;
    void *user;
    sd_event_source *timer, *step;
    enum state state;
    enum aim aim;
    struct sql_copy *copy;
    struct own_command *reader;
    int percent;
    char copying[PATH_SIZE], target[PATH_SIZE]; /* while it is made; where it is kept, "": nowhere */
    struct upkeep_found result;
    bool queued, told;    /* what was found is an event; and a row */
    struct error failed;  /* why the last try was not finished; "": it was */
    int64_t retry_us;     /* not before then, on the monotonic clock */
    int64_t written_base; /* bytes that were written before this process */
};

/* ---------------------------------------------------------------- what the disk has written */

static void read_text(const char *path, char *out, size_t capacity)
{
    FILE *file = fopen(path, "re");
    *out = '\0';
    if (!file)
        return;
    if (!fgets(out, (int)capacity, file))
        *out = '\0';
    fclose(file);
}

/* A partition's disk is one folder up. */
static void read_device(const char *sys, dev_t disk, const char *name, char *out, size_t capacity)
{
    static const char *const ups[] = {"", "../"};
    char path[PATH_SIZE];
    *out = '\0';
    for (size_t i = 0; i < COUNT(ups) && !*out; i++) {
        snprintf(path, sizeof(path), "%s/dev/block/%u:%u/%sdevice/%s", sys, major(disk), minor(disk), ups[i], name);
        read_text(path, out, capacity);
    }
}

void disk_wear_read(const char *sys, dev_t disk, struct disk_wear *ret)
{
    char life[32], spare[32];
    unsigned a = 0, b = 0, left = 0;
    *ret = (struct disk_wear){.life_percent = -1};
    read_device(sys, disk, "life_time", life, sizeof(life));
    read_device(sys, disk, "pre_eol_info", spare, sizeof(spare));
    if (sscanf(life, "%x %x", &a, &b) == 2 && (a || b))
        ret->life_percent = (int)(a > b ? a : b) * 10;
    if (sscanf(spare, "%x", &left) == 1 && left <= 3)
        ret->pre_eol = (int)left;
}

int64_t disk_wear_days(int64_t endurance_bytes, const struct upkeep *upkeep, int64_t now_us)
{
    int64_t hours = (now_us - upkeep->counted_us) / HOUR_US;
    if (endurance_bytes <= 0 || upkeep->counted_us == 0 || hours < 24 || upkeep->written_bytes <= 0)
        return -1;
    int64_t left = endurance_bytes - upkeep->written_bytes;
    int64_t day_bytes = upkeep->written_bytes / hours * 24;
    return left <= 0 ? 0 : left / (day_bytes > 0 ? day_bytes : 1);
}

/* Goes with the next commit. */
static void count_written(struct care *care)
{
    struct process_facts facts;
    process_read(&facts);
    care->store->written_bytes = care->written_base + facts.written_bytes;
}

/* ---------------------------------------------------------------- files */

static int name_nightly(struct care *care)
{
    char when[32];
    time_t now = (time_t)(clock_wall_us() / 1000000);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", &parts);
    int length = snprintf(care->target, sizeof(care->target), "%s/" NIGHTLY "%s-%s.db", care->config->backup_folder,
                          care->config->site, when);
    return length < (int)sizeof(care->target) - 8 ? 0 : -ENAMETOOLONG;
}

static int is_nightly(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return strncmp(entry->d_name, NIGHTLY, sizeof(NIGHTLY) - 1) == 0 && length > 3 &&
           strcmp(entry->d_name + length - 3, ".db") == 0;
}

/* The oldest go: their names are times. Backups of other sites in the same folder are left alone. */
static void prune(const struct care *care)
{
    struct dirent **entries;
    char ours[sizeof(NIGHTLY) + sizeof(care->config->site) + 1], path[PATH_SIZE + 260];
    int count = scandir(care->config->backup_folder, &entries, is_nightly, alphasort), kept = 0;
    int length = snprintf(ours, sizeof(ours), NIGHTLY "%s-", care->config->site);
    for (int i = count - 1; i >= 0; i--) {
        snprintf(path, sizeof(path), "%s/%s", care->config->backup_folder, entries[i]->d_name);
        if (strncmp(entries[i]->d_name, ours, (size_t)length) == 0 && ++kept > care->config->backup_keep)
            unlink(path);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

/* ---------------------------------------------------------------- a copy is made, read, and kept */

static void stop(struct care *care)
{
    care->step = sd_event_source_disable_unref(care->step);
    care->copy = sql_copy_end(care->copy);
    care->reader = own_command_close(care->reader);
    if (care->state != CARE_IDLE)
        sql_remove(care->copying);
    care->state = CARE_IDLE;
}

static void fail(struct care *care, const struct error *why)
{
    care->failed = *why;
    care->retry_us = clock_mono_us() + RETRY_US;
    log_about((struct log_about){.event = "database.unchecked"});
    log_warning("the database was not read through, and no backup made: %s", care->failed.text);
    stop(care);
}

/* Queued is not written down: until the turn is over, care_view() tells it from here. */
static void tell(struct care *care)
{
    care->queued = care->found(care->user, &care->result) == 0;
}

void care_noted(struct care *care)
{
    care->told = care->queued = true;
}

/* What the reading process prints: {"sound", "bytes", "seq", "why"}. */
static void on_line(void *user, const char *text, size_t length)
{
    struct care *care = user;
    json_t *root = json_loadb(text, length, 0, NULL);
    const char *why = json_string_value(json_object_get(root, "why"));
    care->result = (struct upkeep_found){.sound = json_is_true(json_object_get(root, "sound")),
                                         .bytes = json_integer_value(json_object_get(root, "bytes")),
                                         .seq = json_integer_value(json_object_get(root, "seq"))};
    snprintf(care->result.why, sizeof(care->result.why), "%s", why ? why : "");
    json_decref(root);
}

static int keep(struct care *care, struct error *error)
{
    if (!*care->target || !care->result.sound)
        return 0;
    int result = rename(care->copying, care->target) == 0 ? file_settle_folder(care->target) : -errno;
    if (result)
        return error_set(error, result, "%s cannot be written: %s", care->target, strerror(-result));
    care->result.kept = true;
    if (care->aim == AIM_NIGHTLY)
        prune(care);
    return 0;
}

static void on_end(void *user, bool failed)
{
    struct care *care = user;
    struct error why = {0};
    bool judged = care->result.sound || *care->result.why;
    if (failed || !judged)
        error_set(&why, -EIO, "the process that reads %s ended before it was done", care->copying);
    else
        keep(care, &why);
    if (*why.text) {
        fail(care, &why);
        return;
    }
    if (!care->result.sound) {
        log_about((struct log_about){.event = "database.checked"});
        log_error("the database is damaged: %s", care->result.why);
    }
    care->failed = (struct error){0};
    care->queued = care->told = false;
    stop(care);
    tell(care);
}

static void read_copy(struct care *care)
{
    static const struct own_command_ops ops = {on_line, on_end};
    const char *const words[] = {"--check-copy", care->copying, NULL};
    struct error why = {0};
    care->step = sd_event_source_disable_unref(care->step);
    care->copy = sql_copy_end(care->copy);
    care->state = CARE_READING;
    care->result = (struct upkeep_found){0};
    int result = own_command_start(care->event, words, -1, &ops, care, &care->reader);
    if (result == 0)
        return;
    error_set(&why, result, "the process that reads a copy cannot be started: %s", strerror(-result));
    fail(care, &why);
}

static int on_step(sd_event_source *source, void *user)
{
    (void)source;
    struct care *care = user;
    struct error why = {0};
    int result = sql_copy_step(care->copy, STEP_PAGES, &care->percent, &why);
    if (result == 0)
        read_copy(care);
    else if (result < 0)
        fail(care, &why);
    return 0;
}

static int begin_copy(struct care *care, struct error *error)
{
    int result = disk_has_room(care->copying, sql_bytes(care->store->sql), "a copy of the database", error);
    if (!result)
        result = sql_copy_begin(care->store->sql, care->copying, &care->copy, error);
    if (result)
        return result;
    result = sd_event_add_defer(care->event, &care->step, on_step, care);
    if (result < 0)
        return error_set(error, result, "the event loop has no room");
    sd_event_source_set_priority(care->step, PRIORITY_COPY);
    return sd_event_source_set_enabled(care->step, SD_EVENT_ON);
}

static int begin(struct care *care, enum aim aim, struct error *error)
{
    const char *database = care->config->database;
    if (care->state != CARE_IDLE)
        return error_set(error, -EBUSY, "a copy of the database is being made already: ask again in some minutes");
    care->aim = aim;
    *care->target = '\0';
    if (aim == AIM_ASKED)
        snprintf(care->target, sizeof(care->target), "%s.backup", database);
    if (aim == AIM_NIGHTLY && name_nightly(care) != 0)
        return error_set(error, -ENAMETOOLONG, "backup_folder is too long a path");
    snprintf(care->copying, sizeof(care->copying), "%.*s.new", PATH_SIZE - 5, *care->target ? care->target : database);
    sql_remove(care->copying);
    care->state = CARE_COPYING;
    care->percent = 0;
    int result = begin_copy(care, error);
    if (result < 0)
        stop(care);
    return result < 0 ? result : 0;
}

int care_backup(struct care *care, struct error *error)
{
    int result = begin(care, AIM_ASKED, error);
    if (!result)
        care->failed = (struct error){0};
    return result;
}

/* ---------------------------------------------------------------- by night */

static bool is_due(struct care *care)
{
    struct upkeep known = {0};
    int64_t quiet = 24, now_us = clock_wall_us();
    time_t now = (time_t)(now_us / 1000000);
    struct tm local;
    if (setting_get(care->store, SETTING_quiet_hour, &quiet) != 0 || quiet == 24 ||
        upkeep_load(care->store, &known) != 0)
        return false;
    localtime_r(&now, &local);
    bool wants = *care->config->backup_folder && known.backup_us < known.checked_us;
    int64_t last_us = wants ? known.backup_us : known.checked_us;
    int64_t age_us = now_us - last_us;
    return local.tm_hour == quiet ? age_us > DUE_US : last_us > 0 && age_us > OVERDUE_US;
}

void care_look(struct care *care)
{
    struct error why = {0};
    if (care->state != CARE_IDLE || clock_mono_us() < care->retry_us || !is_due(care))
        return;
    if (begin(care, *care->config->backup_folder ? AIM_NIGHTLY : AIM_CHECK, &why) != 0)
        fail(care, &why);
}

static int on_time(sd_event_source *source, uint64_t now, void *user)
{
    struct care *care = user;
    count_written(care);
    if (!care->queued)
        tell(care);
    care_look(care);
    sd_event_source_set_time(source, now + LOOK_US);
    return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* ---------------------------------------------------------------- what people see */

static int64_t file_bytes(const char *database, const char *suffix)
{
    char path[PATH_SIZE];
    struct stat facts;
    snprintf(path, sizeof(path), "%s%s", database, suffix);
    return stat(path, &facts) == 0 ? (int64_t)facts.st_size : 0;
}

int care_view(struct care *care, struct care_view *ret)
{
    struct stat facts;
    *ret = (struct care_view){.wear = {.life_percent = -1},
                              .wal_bytes = file_bytes(care->config->database, "-wal"),
                              .database_bytes = file_bytes(care->config->database, ""),
                              .backup_wanted = *care->config->backup_folder != '\0',
                              .failed = *care->failed.text != '\0',
                              .why = care->failed.text};
    count_written(care);
    if (stat(care->config->database, &facts) == 0)
        disk_wear_read("/sys", facts.st_dev, &ret->wear);
    int result = upkeep_load(care->store, &ret->known);
    if (!care->told && !care->result.sound) { /* it is no row yet */
        ret->known.sound = false;
        memcpy(ret->known.why, care->result.why, sizeof(ret->known.why));
    }
    ret->known.written_bytes = care->store->written_bytes;
    ret->wear_days = disk_wear_days(care->config->endurance_gb * 1000000000, &ret->known, clock_wall_us());
    return result;
}

static void write_time(struct buf *json, const char *key, int64_t wall_us)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format(wall_us, text);
    json_text(json, key, wall_us ? text : NULL);
}

static void write_known(struct buf *json, const char *key, int64_t number)
{
    if (number < 0)
        json_text(json, key, NULL);
    else
        json_int(json, key, number);
}

int care_write(struct care *care, struct buf *json)
{
    static const char *const states[] = {"idle", "copying", "reading"};
    struct care_view view;
    int result = care_view(care, &view);
    json_open_object(json, "upkeep");
    json_text(json, "state", states[care->state]);
    json_int(json, "percent", care->state == CARE_COPYING ? care->percent : 100);
    json_text(json, "failed", view.failed ? view.why : NULL);
    write_time(json, "checked", view.known.checked_us);
    json_bool(json, "sound", view.known.sound);
    json_text(json, "why", view.known.sound ? NULL : view.known.why);
    write_time(json, "backup", view.known.backup_us);
    json_int(json, "backup_seq", view.known.backup_seq);
    json_text(json, "backup_file", care->aim != AIM_CHECK && *care->target ? care->target : NULL);
    json_int(json, "database_bytes", view.database_bytes);
    json_int(json, "wal_bytes", view.wal_bytes);
    json_int(json, "written_bytes", view.known.written_bytes);
    write_known(json, "disk_life_percent", view.wear.life_percent);
    write_known(json, "disk_spare", view.wear.pre_eol ? view.wear.pre_eol : -1);
    write_known(json, "disk_days", view.wear_days);
    json_close_object(json);
    return result;
}

/* ---------------------------------------------------------------- open and close */

int care_open(sd_event *event, struct store *store, const struct site_config *config, care_found_fn *found, void *user,
              struct care **ret, struct error *error)
{
    struct upkeep known = {0};
    struct care *care = calloc(1, sizeof(*care));
    if (!care)
        return error_set(error, -ENOMEM, "out of memory");
    *care = (struct care){
        .event = event, .store = store, .config = config, .found = found, .user = user, .queued = true, .told = true};
    int result = upkeep_begin(store, clock_wall_us(), &known);
    care->written_base = known.written_bytes;
    if (!result)
        result = sd_event_add_time_relative(event, &care->timer, CLOCK_MONOTONIC, LOOK_FIRST_US, 0, on_time, care);
    if (result < 0) {
        care_close(care);
        return error_set(error, result, "the upkeep of the database cannot be begun");
    }
    *ret = care;
    return 0;
}

struct care *care_close(struct care *care)
{
    if (!care)
        return NULL;
    stop(care);
    sd_event_source_disable_unref(care->timer);
    free(care);
    return NULL;
}
