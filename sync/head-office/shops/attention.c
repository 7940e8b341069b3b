#include "sync/head-office/shops/attention.h"

#include <errno.h>
#include <inttypes.h>

const struct attention_kind attention_kinds[] = {
    {ATTENTION_UNKNOWN_STATUS, "its platform says a status that is not known: look there, and tell us",
     "平台订单状态未知，请到平台查看"},
    {ATTENTION_CHANGED,
     "it was changed at its platform while its site has it: it is asked back, if nobody has begun it",
     "下发后平台信息有变更，未开始作业的会自动收回"},
    {ATTENTION_ELSEWHERE, "its platform says that it was shipped, and it was not by us: its site is asked to stop",
     "平台显示已发货但非本系统发出，已通知仓库停止"},
    {ATTENTION_LATE,
     "it was cancelled at its platform when it had left: stop it at the carrier, or wait for its return",
     "发货后被取消，请拦截快递或等待退回"},
    {ATTENTION_CLOSED_HERE,
     "its platform wants it shipped, and it is closed here: make a new order, or cancel it there",
     "平台待发货但本地已关闭，请补单或在平台取消"},
    {ATTENTION_NOT_TAKEN, "it could not be taken from its platform", "平台订单无法接收"},
    {ATTENTION_NOT_TOLD, "its platform refuses what it was told of it: put it right, then outbox.retry or outbox.drop",
     "平台拒绝了回传，请处理后重试或放弃"},
    {ATTENTION_NO_WAYBILL,
     "its platform gives no waybill number for it: see to it there (numbers that are left, the address); what was"
     " refused wants outbox.retry, or outbox.drop and a number from a file",
     "平台未返回电子面单号，请检查余额和地址；被拒绝的请重试或改用导入的单号"},
    {ATTENTION_NOT_VOID,
     "its platform does not cancel a waybill number that it has no use for: it may be on its way, or will be billed",
     "平台拒绝取消面单号，包裹可能已揽收，请核对"},
    {0},
};

int attention_raise(struct office *office, const char *shop, const char *about, const char *kind, const char *detail)
{
    int64_t id;
    int result =
        sql_number(office->sql, &id,
                   "SELECT id FROM attention WHERE about = ?1 AND kind = ?2 AND settled_us IS NULL AND shop = ?3",
                   sql_text(about), sql_text(kind), sql_text(shop));
    if (result == -ENOENT)
        return sql_run(office->sql,
                       "INSERT INTO attention (shop, about, kind, detail, raised_us) VALUES (?1, ?2, ?3, ?4, ?5)",
                       sql_text(shop), sql_text(about), sql_text(kind), sql_text(detail), sql_int(office->now_us));
    return result
               ? result
               : sql_run(office->sql, "UPDATE attention SET detail = ?2 WHERE id = ?1", sql_int(id), sql_text(detail));
}

int attention_end(struct office *office, const char *about, const char *kind)
{
    return sql_run(office->sql,
                   "UPDATE attention SET settled_us = ?3 WHERE about = ?1 AND kind = ?2 AND settled_us IS NULL",
                   sql_text(about), sql_text(kind), sql_int(office->now_us));
}

int attention_settle(struct office *office, int64_t id, const char *who, struct error *error)
{
    int result = sql_run(office->sql,
                         "UPDATE attention SET settled_us = ?2, settled_by = ?3 WHERE id = ?1 AND settled_us IS NULL",
                         sql_int(id), sql_int(office->now_us), sql_text(who));
    if (result)
        return office_failed(office->sql, result, error);
    return sql_changes(office->sql) > 0
               ? 0
               : error_set(error, -ENOENT, "nothing of number %" PRId64 " waits for a person", id);
}
