#include "sync/head-office/refunds.h"

#include <errno.h>

static const char *const kinds[] = {
    [PLATFORM_REFUND_ONLY] = "refund_only", [PLATFORM_RETURN] = "return", [PLATFORM_EXCHANGE] = "exchange",
    [PLATFORM_REISSUE] = "reissue",         [PLATFORM_REPAIR] = "repair",
};
static const char *const states[] = {
    [PLATFORM_REFUND_ASKED] = "asked", [PLATFORM_REFUND_RETURNING] = "returning", [PLATFORM_REFUND_ARRIVED] = "arrived",
    [PLATFORM_REFUND_DONE] = "done",   [PLATFORM_REFUND_CLOSED] = "closed",
};

static int write_refund(struct office *office, const char *shop, const struct platform_refund *refund)
{
    return sql_run(office->sql,
                   "INSERT INTO refund_seen (shop, id, order_id, line_id, kind, state, status, amount_minor, quantity,"
                   " modified_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (shop, id) DO UPDATE SET"
                   " order_id = excluded.order_id, line_id = excluded.line_id, kind = excluded.kind, state ="
                   " excluded.state, status = excluded.status, amount_minor = excluded.amount_minor, quantity ="
                   " excluded.quantity, modified_us = excluded.modified_us WHERE refund_seen.modified_us <="
                   " excluded.modified_us AND (refund_seen.kind, refund_seen.state, refund_seen.status,"
                   " refund_seen.amount_minor, refund_seen.quantity) IS DISTINCT FROM (excluded.kind, excluded.state,"
                   " excluded.status, excluded.amount_minor, excluded.quantity)",
                   sql_text(shop), sql_text(refund->id), sql_text(refund->order), sql_text(refund->line),
                   sql_text(kinds[refund->kind]), sql_text(states[refund->state]), sql_text(refund->status),
                   sql_int(refund->amount_minor), sql_int(refund->quantity), sql_int(refund->modified_us));
}

int refunds_take(struct office *office, const char *shop, const struct platform_refund *refund, bool *ret_changed,
                 struct error *error)
{
    int result = write_refund(office, shop, refund);
    *ret_changed = !result && sql_changes(office->sql) > 0;
    if (!result && *ret_changed)
        result = sql_run(office->sql,
                         "UPDATE platform_order SET again = 1 WHERE shop = ?1 AND id = ?2 AND number IN (SELECT number"
                         " FROM orders WHERE shop = ?1 AND platform_order = ?2 AND state NOT IN ('shipped', 'finished',"
                         " 'closed'))",
                         sql_text(shop), sql_text(refund->order));
    return result ? office_failed(office->sql, result, error) : 0;
}
