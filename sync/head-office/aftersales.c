#include "sync/head-office/aftersales.h"

#include "base/text.h"
#include "sync/head-office/aftersale_life.h"

#include <errno.h>
#include <string.h>

static const char *kind_of(enum platform_refund_kind kind)
{
    static const char *const names[] = {[PLATFORM_REFUND_ONLY] = "refund",
                                        [PLATFORM_RETURN] = "return",
                                        [PLATFORM_EXCHANGE] = "exchange",
                                        [PLATFORM_REISSUE] = "reissue",
                                        [PLATFORM_REPAIR] = "repair"};
    return names[kind];
}

static const char *state_of(const struct platform_refund *refund)
{
    static const char *const names[] = {[PLATFORM_REFUND_ASKED] = "asked",
                                        [PLATFORM_REFUND_RETURNING] = "returning",
                                        [PLATFORM_REFUND_ARRIVED] = "arrived",
                                        [PLATFORM_REFUND_DONE] = "done",
                                        [PLATFORM_REFUND_CLOSED] = "closed"};
    return refund->unknown ? "unknown" : names[refund->state];
}

/* ---------------------------------------------------------------- the row */

/* *ret "": there is none yet. */
static int find(struct office *office, const char *shop, const struct platform_refund *refund,
                char ret[AFTERSALE_NUMBER_SIZE])
{
    *ret = '\0';
    struct sql_query *row =
        sql_select(office->sql, "SELECT number FROM aftersale WHERE shop = ?1 AND platform_refund = ?2", sql_text(shop),
                   sql_text(refund->id));
    if (sql_next(row))
        sql_copy_text(row, 0, ret, AFTERSALE_NUMBER_SIZE);
    return sql_done(row);
}

static int make(struct office *office, const char *shop, const struct platform_refund *refund,
                char ret[AFTERSALE_NUMBER_SIZE], struct error *error)
{
    aftersale_number(office, ret);
    int result = sql_run(office->sql,
                         "INSERT INTO aftersale (number, kind, shop, platform_refund, platform_order, platform_line,"
                         " asked_us, changed_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                         sql_text(ret), sql_text(kind_of(refund->kind)), sql_text(shop), sql_text(refund->id),
                         sql_text(refund->order), sql_text(refund->line),
                         sql_int(refund->created_us ? refund->created_us : office->now_us), sql_int(office->now_us));
    return office_named(office->sql, result, "shop", shop, error);
}

/* What was sent back is known sooner or later, and never forgotten again. */
static int put(struct office *office, const char *number, const struct platform_refund *refund)
{
    return sql_run(office->sql,
                   "UPDATE aftersale SET platform_status = ?2, platform_state = ?3, platform_minor = ?4,"
                   " platform_pieces = ?5, modified_us = ?6, reason = ?7,"
                   " carrier = CASE WHEN ?8 = '' THEN carrier ELSE ?8 END,"
                   " waybill = CASE WHEN ?9 = '' THEN waybill ELSE ?9 END,"
                   " kind = CASE WHEN state IN ('asked', 'refused', 'closed') THEN ?10 ELSE kind END WHERE number = ?1",
                   sql_text(number), sql_text(refund->status), sql_text(state_of(refund)),
                   sql_int(refund->amount_minor), sql_int(refund->quantity), sql_int(refund->modified_us),
                   sql_text(refund->reason), sql_text(refund->carrier), sql_text(refund->waybill),
                   sql_text(kind_of(refund->kind)));
}

/* ---------------------------------------------------------------- what the platform decided */

#define PLATFORM "platform"

/* The case goes as far as the platform has gone; what we have done beyond that stays. */
static int follow(struct office *office, struct aftersale *aftersale, bool later, struct error *error)
{
    static const struct {
        const char *state, *acts[2];
    } ways[] = {
        {"asked", {AFTERSALE_REOPENED}},
        {"unknown", {AFTERSALE_REOPENED}},
        {"returning", {AFTERSALE_REOPENED, AFTERSALE_AGREED}},
        {"arrived", {AFTERSALE_REOPENED, AFTERSALE_AGREED}},
        {"done", {AFTERSALE_REOPENED, AFTERSALE_PAID}},
        {"closed", {AFTERSALE_WITHDRAWN}},
    };
    int result = 0;
    for (size_t i = 0; i < COUNT(ways); i++)
        for (size_t k = 0; k < COUNT(ways[i].acts) && !result; k++) {
            const char *act = ways[i].acts[k];
            bool fits = strcmp(ways[i].state, aftersale->platform_state) == 0 && act;
            if (fits && (later || strcmp(act, AFTERSALE_REOPENED) != 0))
                result = aftersale_try(office, aftersale, act, PLATFORM, NULL, error);
        }
    return result;
}

int aftersales_take(struct office *office, const char *shop, const struct platform_refund *refund, struct error *error)
{
    struct aftersale aftersale;
    char number[AFTERSALE_NUMBER_SIZE];
    int result = find(office, shop, refund, number);
    if (result)
        return office_failed(office->sql, result, error);
    if (!*number)
        result = make(office, shop, refund, number, error);
    if (!result)
        result = aftersale_load(office, number, &aftersale, error);
    if (result || refund->modified_us < aftersale.modified_us)
        return result;
    bool later = refund->modified_us > aftersale.modified_us;
    result = put(office, number, refund);
    if (result)
        return office_failed(office->sql, result, error);
    result = aftersale_load(office, number, &aftersale, error);
    return result ? result : follow(office, &aftersale, later, error);
}
