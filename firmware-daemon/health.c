#include "health.h"

#include "base/json.h"

#include <stdio.h>
#include <systemd/sd-daemon.h>

#define DAY_US         (INT64_C(86400) * 1000000)
#define CHECK_OLD_US   (8 * DAY_US)
#define BACKUP_OLD_US  (3 * DAY_US)
#define LIFE_PERCENT   90
#define WEAR_DAYS      90
#define SIGNS_PER_SPAN 3 /* of WatchdogSec */

static bool not_saved(const struct health_facts *facts)
{
    return facts->not_saved;
}

static bool stuck(const struct health_facts *facts)
{
    return !health_moves(facts->waited_us);
}

static bool disk_full(const struct health_facts *facts)
{
    return facts->disk == DISK_FULL;
}

static bool damaged(const struct health_facts *facts)
{
    return !facts->care.known.sound;
}

static bool disk_fills(const struct health_facts *facts)
{
    return facts->disk != DISK_ROOM && facts->disk != DISK_FULL;
}

static bool is_older(const struct health_facts *facts, int64_t since_us, int64_t age_us)
{
    int64_t from_us = since_us ? since_us : facts->care.known.counted_us;
    return from_us && facts->now_us - from_us > age_us;
}

static bool unchecked(const struct health_facts *facts)
{
    return is_older(facts, facts->care.known.checked_us, CHECK_OLD_US);
}

static bool no_backup(const struct health_facts *facts)
{
    return facts->care.backup_wanted &&
           (facts->care.failed || is_older(facts, facts->care.known.backup_us, BACKUP_OLD_US));
}

static bool worn(const struct health_facts *facts)
{
    return facts->care.wear.life_percent >= LIFE_PERCENT || facts->care.wear.pre_eol >= 2 ||
           (facts->care.wear_days >= 0 && facts->care.wear_days < WEAR_DAYS);
}

static bool late(const struct health_facts *facts)
{
    return facts->late;
}

static bool tls(const struct health_facts *facts)
{
    return facts->tls_trouble;
}

static const struct {
    const char *what;
    bool stops; /* the work: 503 */
    bool (*stands)(const struct health_facts *facts);
    const char *en, *zh;
} table[] = {
    {"not_saved", true, not_saved, "The last scans could not be saved: look at the box's disk and its log.",
     "最近的扫码未能保存:请检查主机磁盘和日志。"},
    {"stuck", true, stuck, "Scans are not decided upon: the daemon is started anew by systemd.",
     "扫码长时间未处理:系统将自动重启服务。"},
    {"disk_full", true, disk_full, "The disk is full: no scan is taken. Make room on the box now.",
     "磁盘已满:已停止扫码,请立即清理主机磁盘。"},
    {"damaged", true, damaged,
     "The database is damaged: stop the box, keep its database aside and restore the last backup.",
     "数据库已损坏:请停机,保留现有数据库并恢复最近的备份。"},
    {"disk_fills", false, disk_fills, "The disk is filling: make room on the box.", "磁盘空间不足:请清理主机磁盘。"},
    {"unchecked", false, unchecked,
     "The database has not been read through for more than a week: look at the box's log, and at the setting "
     "quiet_hour.",
     "数据库超过一周未检查:请查看主机日志及设置 quiet_hour。"},
    {"no_backup", false, no_backup,
     "The nightly backup is missing: look at the folder that it goes to, its disk, and the box's log.",
     "缺少夜间备份:请检查备份目录、磁盘和主机日志。"},
    {"disk_worn", false, worn, "The box's disk is nearly worn out: have it replaced.",
     "主机磁盘即将达到寿命:请安排更换。"},
    {"late", false, late, "Events for head office have waited for more than ten minutes: have the link mended.",
     "上传总部的事件等待已超过十分钟:请修复连接。"},
    {"certificate", false, tls, "The certificate of the pages needs somebody: see floorhand trust.",
     "页面证书需要处理:见 floorhand trust。"},
};

/* Only an eMMC tells: the log of an NVMe or SATA disk is read by administrators alone (docs/operations.md). */
static void write_wear(const struct care_view *care, struct buf *json)
{
    char en[160], zh[160];
    double gigabytes = (double)care->known.written_bytes / 1e9;
    if (care->wear.life_percent >= 0) {
        snprintf(en, sizeof(en), "%d %% of its life are used; the box has written %.1f GB to it.",
                 care->wear.life_percent, gigabytes);
        snprintf(zh, sizeof(zh), "已用寿命 %d%%;主机已写入 %.1f GB。", care->wear.life_percent, gigabytes);
    } else {
        snprintf(en, sizeof(en), "Not known for this disk; the box has written %.1f GB to it.", gigabytes);
        snprintf(zh, sizeof(zh), "此磁盘不提供寿命信息;主机已写入 %.1f GB。", gigabytes);
    }
    json_words(json, "wear", en, zh);
}

bool health_write(const struct health_facts *facts, struct buf *json)
{
    bool healthy = true;
    for (size_t i = 0; i < COUNT(table); i++)
        healthy = healthy && !(table[i].stops && table[i].stands(facts));
    json_bool(json, "healthy", healthy);
    json_open_array(json, "wrong");
    for (size_t i = 0; i < COUNT(table); i++) {
        if (!table[i].stands(facts))
            continue;
        json_open_object(json, NULL);
        json_text(json, "what", table[i].what);
        json_bool(json, "stops", table[i].stops);
        json_words(json, "text", table[i].en, table[i].zh);
        json_close_object(json);
    }
    json_close_array(json);
    write_wear(&facts->care, json);
    return healthy;
}

/* ---------------------------------------------------------------- the watchdog */

struct watchdog {
    bool (*moves)(void *user);
    void *user;
    uint64_t span_us;
};

static int on_time(sd_event_source *source, uint64_t now, void *user)
{
    struct watchdog *watchdog = user;
    if (watchdog->moves(watchdog->user))
        sd_notify(0, "WATCHDOG=1");
    sd_event_source_set_time(source, now + watchdog->span_us / SIGNS_PER_SPAN);
    return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int health_watch(sd_event *event, bool (*moves)(void *user), void *user, sd_event_source **ret)
{
    static struct watchdog watchdog; /* a process has one */
    watchdog = (struct watchdog){.moves = moves, .user = user};
    int result = sd_watchdog_enabled(0, &watchdog.span_us);
    return result > 0 ? sd_event_add_time_relative(event, ret, CLOCK_MONOTONIC, 0, 1000, on_time, &watchdog) : result;
}
