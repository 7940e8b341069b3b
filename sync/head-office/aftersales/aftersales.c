#include "sync/head-office/aftersales/aftersales.h"

#include "base/text.h"
#include "sync/head-office/aftersales/aftersale_follow.h"
#include "sync/head-office/aftersales/aftersale_goods.h"
#include "sync/head-office/aftersales/aftersale_lines.h"
#include "sync/head-office/aftersales/aftersale_orders.h"
#include "sync/head-office/aftersales/aftersale_stop.h"
#include "sync/head-office/marketing/order_points.h"

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

/* ---------------------------------------------------------------- its order */

/* The order that was bought, if it is here by now. */
static int find_order(struct office *office, struct aftersale *aftersale, struct error *error)
{
    struct sql_query *row =
        sql_select(office->sql, "SELECT number FROM orders WHERE shop = ?1 AND platform_order = ?2 AND origin = 'sale'",
                   sql_text(aftersale->shop), sql_text(aftersale->platform_order));
    if (sql_next(row))
        sql_copy_text(row, 0, aftersale->order, sizeof(aftersale->order));
    int result = sql_done(row);
    if (!result && *aftersale->order)
        result = sql_run(office->sql, "UPDATE aftersale SET order_number = ?2 WHERE number = ?1",
                         sql_text(aftersale->number), sql_text(aftersale->order));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* There was no room for all of it when it came: another case claimed the same, and may be over by now. */
static int is_cut(struct office *office, const struct aftersale *aftersale, bool *ret, struct error *error)
{
    int64_t total = 0;
    int result = aftersale_total(office, aftersale, &total, error);
    *ret = !result && strcmp(aftersale->state, "asked") == 0 && total < aftersale->platform_minor;
    return result;
}

/* What it claims follows the platform until it is over; what a person has said of it stays where the platform says
 * nothing new. */
static int claim(struct office *office, struct aftersale *aftersale, bool is_new, struct error *error)
{
    bool was_known = *aftersale->order;
    int result = was_known ? 0 : find_order(office, aftersale, error);
    if (result || !*aftersale->order || aftersale_is_over(aftersale))
        return result;
    if (strcmp(aftersale->state, "asked") == 0)
        result = aftersale_find_goods(office, aftersale, error);
    bool cut = false;
    if (!result && was_known && !is_new)
        result = is_cut(office, aftersale, &cut, error);
    return result || (was_known && !is_new && !cut) ? result : aftersale_claim_platform(office, aftersale, error);
}

/* ---------------------------------------------------------------- what the platform decided */

#define PLATFORM "platform"

/* Money that is paid and goods that were given up do not come back by a word of the platform. */
static int check_withdrawn(struct office *office, const struct aftersale *aftersale, bool *ret_may, struct error *error)
{
    int64_t paid = 0;
    *ret_may = strcmp(aftersale->state, "settled") != 0;
    if (*ret_may)
        return 0;
    int result = sql_number(office->sql, &paid, "SELECT count(*) FROM refund_due WHERE number = ?1 AND state = 'paid'",
                            sql_text(aftersale->number));
    *ret_may = !paid && strcmp(aftersale->goods, "left") == 0 && !*aftersale->new_order;
    if (!result && *ret_may)
        result =
            sql_run(office->sql, "UPDATE refund_due SET state = 'void' WHERE number = ?1", sql_text(aftersale->number));
    if (result)
        return office_failed(office->sql, result, error);
    return *ret_may ? order_points_refunded(office, aftersale->order, error)
                    : aftersale_trouble(office, aftersale->number,
                                        "the platform has closed it, though it is settled here", error);
}

/* The case goes as far as the platform has gone; what we have done beyond that stays. */
static int step(struct office *office, struct aftersale *aftersale, struct error *error)
{
    static const struct {
        const char *state, *act;
    } ways[] = {{"returning", AFTERSALE_AGREED},
                {"arrived", AFTERSALE_AGREED},
                {"done", AFTERSALE_PAID},
                {"closed", AFTERSALE_WITHDRAWN}};
    for (size_t i = 0; i < COUNT(ways); i++) {
        if (strcmp(ways[i].state, aftersale->platform_state) != 0)
            continue;
        bool may = true;
        int result =
            strcmp(ways[i].act, AFTERSALE_WITHDRAWN) == 0 ? check_withdrawn(office, aftersale, &may, error) : 0;
        return result || !may ? result : aftersale_try(office, aftersale, ways[i].act, PLATFORM, NULL, error);
    }
    return 0;
}

/* is_new: it claims something else than before. */
static int bring_up(struct office *office, struct aftersale *aftersale, bool later, bool is_new, struct error *error)
{
    bool closed = strcmp(aftersale->platform_state, "closed") == 0;
    bool again = later && !closed && aftersale_after(AFTERSALE_REOPENED, aftersale->state);
    int result = again ? aftersale_act(office, aftersale, AFTERSALE_REOPENED, PLATFORM, NULL, error) : 0;
    if (!result)
        result = claim(office, aftersale, is_new || again, error);
    if (!result)
        result = step(office, aftersale, error);
    return result ? result : aftersale_follow(office, aftersale, error);
}

/* Orders are locked before their cases, as sites' events do. */
static int lock_order(struct office *office, const char *shop, const struct platform_refund *refund)
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT number FROM orders WHERE shop = ?1 AND platform_order = ?2 AND origin = 'sale'" SQL_FOR_UPDATE,
        sql_text(shop), sql_text(refund->order));
    while (sql_next(row))
        ;
    return sql_done(row);
}

int aftersales_take(struct office *office, const char *shop, const struct platform_refund *refund, struct error *error)
{
    struct aftersale aftersale;
    char number[AFTERSALE_NUMBER_SIZE];
    int result = lock_order(office, shop, refund);
    if (!result)
        result = find(office, shop, refund, number);
    if (result)
        return office_failed(office->sql, result, error);
    bool is_new = !*number;
    if (is_new)
        result = make(office, shop, refund, number, error);
    if (!result)
        result = aftersale_load(office, number, &aftersale, error);
    if (result || refund->modified_us < aftersale.modified_us)
        return result;
    bool later = refund->modified_us > aftersale.modified_us;
    bool other = is_new || refund->amount_minor != aftersale.platform_minor ||
                 refund->quantity != aftersale.platform_pieces || strcmp(kind_of(refund->kind), aftersale.kind) != 0 ||
                 strcmp(state_of(refund), "unknown") == 0 || strcmp(aftersale.platform_state, "unknown") == 0;
    result = put(office, number, refund);
    if (result)
        return office_failed(office->sql, result, error);
    result = aftersale_load(office, number, &aftersale, error);
    if (!result && is_new)
        result = aftersale_opened(office, &aftersale, PLATFORM, error);
    return result ? result : bring_up(office, &aftersale, later, other, error);
}

/* ---------------------------------------------------------------- what came later */

int aftersales_find_order(struct office *office, const char *number, struct error *error)
{
    struct aftersale aftersale;
    int result = aftersale_load(office, number, &aftersale, error);
    if (!result) /* what is over was never gone through */
        result = aftersale_try(office, &aftersale, AFTERSALE_RESUMED, "", NULL, error);
    return result ? result : bring_up(office, &aftersale, false, true, error);
}

/* ---------------------------------------------------------------- what sites report */

#define AT_ONCE_MAX 64

struct numbers {
    char list[AT_ONCE_MAX][ORDERS_NUMBER_SIZE];
    size_t count;
};

/* Takes the query over. */
static int read_numbers(struct office *office, struct sql_query *row, struct numbers *ret, struct error *error)
{
    ret->count = 0;
    while (ret->count < AT_ONCE_MAX && sql_next(row))
        sql_copy_text(row, 0, ret->list[ret->count++], ORDERS_NUMBER_SIZE);
    int failed = sql_done(row);
    return failed ? office_failed(office->sql, failed, error) : 0;
}

static int follow_first(struct office *office, const char *first, struct error *error)
{
    struct numbers cases;
    int result = read_numbers(office,
                              sql_select(office->sql,
                                         "SELECT number FROM aftersale WHERE order_number = ?1 AND kind = 'refund' AND"
                                         " state NOT IN " AFTERSALE_DROPPED " ORDER BY number LIMIT 64",
                                         sql_text(first)),
                              &cases, error);
    for (size_t i = 0; i < cases.count && !result; i++) {
        struct aftersale aftersale;
        result = aftersale_load(office, cases.list[i], &aftersale, error);
        if (!result)
            result = aftersale_follow(office, &aftersale, error);
    }
    return result ? result : aftersale_send_rest(office, first, error);
}

/* The order that was stopped may have been several that were bought. */
static int follow_stop(struct office *office, const char *number, struct error *error)
{
    struct numbers firsts;
    int result = read_numbers(
        office,
        sql_select(office->sql, "SELECT number FROM orders WHERE number IN " AFTERSALE_SOURCES("?1") " ORDER BY number",
                   sql_text(number)),
        &firsts, error);
    for (size_t i = 0; i < firsts.count && !result; i++)
        result = follow_first(office, firsts.list[i], error);
    return result;
}

static int hear(struct office *office, const char *site, const struct wire_line *event, struct error *why)
{
    bool undone = strcmp(event->type, "scan.undone") == 0;
    const char *type = undone ? json_string_value(json_object_get(event->data, "undid")) : event->type;
    char name[AFTERSALE_NUMBER_SIZE] = "";
    struct aftersale aftersale;
    bool asked = false;
    int result = 0;
    if (type && strncmp(type, "return.", 7) == 0) {
        result = aftersale_goods_heard(office, site, type, event->data, undone ? -1 : 1, name, why);
        if (!result && *name)
            result = aftersale_load(office, name, &aftersale, why);
        return result || !*name ? result : aftersale_follow(office, &aftersale, why);
    }
    bool stopped = strcmp(event->type, "order.cancel_accepted") == 0;
    if (!stopped && strcmp(event->type, "order.cancel_rejected") != 0)
        return 0;
    const char *order = json_string_value(json_object_get(event->data, "order"));
    if (order)
        result = aftersale_stop_answered(office, site, order, stopped, &asked, why);
    return result || !asked ? result : follow_stop(office, order, why);
}

int aftersales_heard(struct office *office, const char *site, const struct wire_line *event, struct error *why)
{
    int result = hear(office, site, event, why);
    return result == -ENOENT || result == -EALREADY || result == -ERANGE ? -EINVAL : result;
}
