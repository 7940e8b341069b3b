/* floorhand-hq site add, sites. */
#include "base/clock.h"
#include "base/json.h"
#include "sync/head-office/catalogue/catalogue.h"
#include "sync/head-office/command.h"
#include "sync/head-office/orders/assignments.h"
#include "sync/head-office/sites/broker.h"
#include "sync/head-office/tenants/usage.h"

#include <errno.h>
#include <string.h>

static int check_names(const struct call *call, struct error *error)
{
    const char *id = call->arguments[0], *box = call->options.box;
    if (!wire_site_ok(id))
        return error_set(error, COMMAND_USAGE, "\"%s\" cannot name a site: use 2 to 32 of a-z, 0-9 and -", id);
    if (!*box)
        return error_set(error, COMMAND_USAGE, "say which box the site has with --box");
    if (!wire_box_ok(box))
        return error_set(error, COMMAND_USAGE, "\"%s\" cannot name a box: use 3 to 32 of a-z, 0-9 and -", box);
    return 0;
}

/* 0 and ret_known when the very same site is there already. */
static int check_known(struct call *call, bool *ret_known, struct error *error)
{
    const char *id = call->arguments[0], *box = call->options.box;
    struct sql_query *site =
        sql_select(call->office.sql, "SELECT id, box FROM site WHERE id = ?1 OR box = ?2", sql_text(id), sql_text(box));
    int result = 0;
    while (!result && sql_next(site)) {
        const char *known_id = sql_get_text(site, 0), *known_box = sql_get_text(site, 1);
        *ret_known = strcmp(known_id, id) == 0 && strcmp(known_box, box) == 0;
        if (!*ret_known)
            result =
                error_set(error, -EEXIST, "site \"%s\" with box \"%s\" is registered already", known_id, known_box);
    }
    int failed = sql_done(site);
    return failed ? office_failed(call->office.sql, failed, error) : result;
}

/* One that comes back is no former one. */
static int forget_former(struct sql *sql)
{
    return sql_run(sql, "DELETE FROM former_box WHERE box IN (SELECT box FROM site)", SQL_NO_VALUES);
}

static int add_site(struct call *call, struct error *error)
{
    bool known = false;
    int result = check_known(call, &known, error);
    if (result || known)
        return result;
    result = quota_check_sites(&call->office, error);
    if (result)
        return result;
    const char *id = call->arguments[0], *name = *call->options.name ? call->options.name : id;
    result = sql_run(call->office.sql, "INSERT INTO site (id, name, box, added_us) VALUES (?1, ?2, ?3, ?4)",
                     sql_text(id), sql_text(name), sql_text(call->options.box), sql_int(call->office.now_us));
    if (!result)
        result = forget_former(call->office.sql);
    if (!result)
        result = catalogue_send_all(&call->office, id);
    return result ? office_failed(call->office.sql, result, error) : 0;
}

int command_site_add(struct call *call, struct error *error)
{
    int result = check_names(call, error);
    if (!result)
        result = office_begin(&call->office, error);
    if (result)
        return result;
    result = add_site(call, error);
    if (!result)
        result = office_commit(&call->office, error);
    office_rollback(&call->office);
    if (result)
        return result;
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_text(&json, "site", call->arguments[0]);
    json_text(&json, "box", call->options.box);
    json_close_object(&json);
    command_print(&json);
    return 0;
}

int command_site_lease(struct call *call, struct error *error)
{
    const char *id = call->arguments[0];
    int64_t lease_s = call->options.lease_s;
    if (lease_s > 0 && lease_s < ASSIGNMENTS_LEASE_LEAST_S)
        return error_set(error, COMMAND_USAGE, "a lease is %d seconds at least, or 0 for ever",
                         ASSIGNMENTS_LEASE_LEAST_S);
    int result =
        sql_run(call->office.sql, "UPDATE site SET lease_s = ?2 WHERE id = ?1", sql_text(id), sql_int(lease_s));
    if (result)
        return office_failed(call->office.sql, result, error);
    if (sql_changes(call->office.sql) == 0)
        return error_set(error, -ENOENT, "there is no site \"%s\"", id);
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_text(&json, "site", id);
    json_int(&json, "lease_s", lease_s);
    json_close_object(&json);
    command_print(&json);
    return 0;
}

/* ---------------------------------------------------------------- how far the sites are */

#define SILENT_US (ASSIGNMENTS_SILENT_S * INT64_C(1000000))

struct site_standing {
    bool met;          /* it has spoken */
    const char *fault; /* of its row, "" for none */
    int64_t lost;      /* events up to here are nowhere any more */
    int64_t parked;    /* events that could not be interpreted */
    int64_t silent_us; /* since it was heard last */
    bool retired;
    int64_t certificate_left_us; /* of its certificate at the broker; only when it has one */
    bool certified;
};

static bool is_clone(const struct site_standing *site)
{
    return strcmp(site->fault, "clone") == 0;
}

static bool is_churn(const struct site_standing *site)
{
    return strcmp(site->fault, "churn") == 0;
}

static bool has_lost(const struct site_standing *site)
{
    return site->lost > 0;
}

static bool has_parked(const struct site_standing *site)
{
    return site->parked > 0;
}

static bool is_unmet(const struct site_standing *site)
{
    return !site->met;
}

static bool is_ending(const struct site_standing *site)
{
    return site->certified && !site->retired && site->certificate_left_us < CERTIFICATE_WARN_DAYS * CERTIFICATE_DAY_US;
}

static bool is_silent(const struct site_standing *site)
{
    return site->met && !site->retired && site->silent_us >= SILENT_US;
}

/* The heaviest first. */
static const struct {
    const char *name;
    bool (*stands)(const struct site_standing *site);
    const char *en, *zh;
} troubles[] = {
    {"clone", is_clone,
     "A box with another key or on another board says it is this site's, and nothing of it is taken: if it replaces "
     "the old one, say so with floorhand-hq site claim; otherwise stop it.",
     "有另一台主机(密钥或主板不同)自称属于本仓,其数据未被接收:若是更换的新机,请用 floorhand-hq site claim "
     "确认,否则请停用它"},
    {"churn", is_churn,
     "The box has changed its past more than three times in an hour: there are two of it. Nothing is taken: stop one, "
     "then say so with floorhand-hq site claim.",
     "主机的历史一小时内改变了三次以上:现场有两台同名主机,已停止接收;请停用其中一台,再用 floorhand-hq site claim 确认"},
    {"lost", has_lost,
     "Events up to the number in \"lost\" were deleted at the site, because a backup of this database held them, and "
     "are "
     "not here: this database is of an older backup. Restore the last one; if there is none, say so with floorhand-hq "
     "site claim.",
     "编号不大于 lost 的事件已随备份在现场删除,而这里没有:本数据库来自更旧的备份。请恢复最新备份;若已没有,请用 "
     "floorhand-hq site claim 确认"},
    {"parked", has_parked,
     "Events could not be interpreted: floorhand-hq parked says which and why; nothing is lost, put right what is "
     "missing here.",
     "有事件无法解读:请用 floorhand-hq parked 查看编号和原因,数据没有丢失,请补齐这里缺少的资料"},
    {"certificate", is_ending,
     "The site's certificate at the broker ends within a month: make a new one with floorhand-hq broker certificate, "
     "and put both files in place at the box; it needs no restart.",
     "本仓连接消息服务器的证书将在一个月内到期:请用 floorhand-hq broker certificate "
     "重新签发,并把两个文件放到现场主机,无需重启"},
    {"unmet", is_unmet,
     "The box has not spoken yet: write this site and this box into the configuration of floorhand-link there, and "
     "start it.",
     "主机尚未联系过总部:请在该主机的 floorhand-link 配置中填写本仓和本机名称并启动"},
    {"silent", is_silent,
     "Nothing was heard for twenty minutes: ask at the site whether box and network are on; the work goes on there, "
     "and "
     "changes wait here.",
     "超过二十分钟没有消息:请向现场确认主机和网络是否正常,现场可继续作业,变更在此等待"},
};

static void put_troubles(struct buf *json, const struct site_standing *site)
{
    json_open_array(json, "troubles");
    for (size_t i = 0; i < COUNT(troubles); i++) {
        if (!troubles[i].stands(site))
            continue;
        json_open_object(json, NULL);
        json_text(json, "trouble", troubles[i].name);
        json_words(json, "text", troubles[i].en, troubles[i].zh);
        json_close_object(json);
    }
    json_close_array(json);
}

static void put_time(struct buf *json, const char *key, struct sql_query *row, int column)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format(sql_get_int(row, column), text);
    json_text(json, key, sql_get_null(row, column) ? NULL : text);
}

static void put_site(struct buf *json, struct sql_query *row, int64_t now_us)
{
    const struct site_standing standing = {.met = !sql_get_null(row, 7),
                                           .fault = sql_get_text(row, 9),
                                           .lost = sql_get_int(row, 12),
                                           .parked = sql_get_int(row, 8),
                                           .silent_us = now_us - sql_get_int(row, 7),
                                           .retired = !sql_get_null(row, 13),
                                           .certificate_left_us = sql_get_int(row, 14) - now_us,
                                           .certified = !sql_get_null(row, 14)};
    json_open_object(json, NULL);
    json_text(json, "site", sql_get_text(row, 0));
    json_text(json, "name", sql_get_text(row, 1));
    json_text(json, "box", sql_get_text(row, 2));
    json_int(json, "epoch", sql_get_int(row, 3));
    json_int(json, "applied", sql_get_int(row, 4));
    json_int(json, "durable", sql_get_int(row, 10));
    json_int(json, "feed_head", sql_get_int(row, 5));
    json_int(json, "feed_acked", sql_get_int(row, 6));
    put_time(json, "last_seen", row, 7);
    json_int(json, "parked", standing.parked);
    json_int(json, "dropped", sql_get_int(row, 11));
    if (standing.lost)
        json_int(json, "lost", standing.lost);
    if (standing.retired)
        json_bool(json, "retired", true);
    put_time(json, "certificate_until", row, 14);
    put_troubles(json, &standing);
    json_close_object(json);
}

/* The next box that says hello is this site's, whatever its key and its board; what was fenced may come again. */
int command_site_claim(struct call *call, struct error *error)
{
    int64_t known = 0;
    int result = office_begin(&call->office, error);
    if (result)
        return result;
    result = sql_run(
        call->office.sql,
        "UPDATE site SET key = NULL, hardware = NULL, fault = NULL, lost_seq = 0, claimed_us = ?2, retired_us = NULL, "
        "box = "
        "CASE ?3 WHEN '' "
        "THEN box ELSE ?3 END WHERE id = ?1",
        sql_text(call->arguments[0]), sql_int(call->office.now_us), sql_text(call->options.box));
    known = sql_changes(call->office.sql);
    if (!result)
        result = forget_former(call->office.sql);
    if (result)
        office_failed(call->office.sql, result, error);
    else if (known == 0)
        result =
            error_set(error, -ENOENT, "there is no site \"%s\": floorhand-hq site list names them", call->arguments[0]);
    if (!result)
        result = office_commit(&call->office, error);
    office_rollback(&call->office);
    return result;
}

int command_sites(struct call *call, struct error *error)
{
    struct sql_query *site = sql_select(call->office.sql,
                                        "SELECT id, name, box, epoch, applied, feed_head, feed_acked, last_seen_us,"
                                        " (SELECT count(*) FROM parked p WHERE p.site = s.id), coalesce(fault, ''), "
                                        "durable_seq, dropped, lost_seq, retired_us, "
                                        "(SELECT max(c.until_us) FROM broker_certificate c WHERE c.site = s.id AND "
                                        "(c.name = s.box OR c.name LIKE '%/' || s.box)) FROM site s"
                                        " ORDER BY id",
                                        SQL_NO_VALUES);
    CLEANUP_BUF struct buf json = {0};
    while (sql_next(site)) {
        put_site(&json, site, call->office.now_us);
        command_print(&json);
    }
    int failed = sql_done(site);
    return failed ? office_failed(call->office.sql, failed, error) : 0;
}

int command_worker_revoke(struct call *call, struct error *error)
{
    int result = office_begin(&call->office, error);
    if (result)
        return result;
    result = catalogue_revoke_worker(&call->office, call->arguments[0], error);
    if (!result)
        result = office_commit(&call->office, error);
    office_rollback(&call->office);
    if (result)
        return result;
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_text(&json, "revoked", call->arguments[0]);
    json_close_object(&json);
    command_print(&json);
    return 0;
}
