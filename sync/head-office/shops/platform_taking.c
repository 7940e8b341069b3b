#include "sync/head-office/shops/platform_taking.h"

#include "base/text.h"
#include "sync/head-office/aftersales/aftersale_stop.h"
#include "sync/head-office/buying/demand.h"
#include "sync/head-office/customers/persons.h"
#include "sync/head-office/orders/assignments.h"
#include "sync/head-office/orders/order_split.h"
#include "sync/head-office/shops/attention.h"
#include "sync/head-office/stock/promises.h"
#include "sync/head-office/tenants/usage.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MINUTE_US INT64_C(60000000)

/* Where our order is, as far as the platform's word can move it. */
enum stage { STAGE_WAITING, STAGE_SITE, STAGE_SHIPPED, STAGE_FINISHED, STAGE_CLOSED, STAGES };

static enum stage stage_of(const struct taking *taking)
{
    static const struct {
        const char *stage;
        enum stage is;
    } stages[] = {{"released", STAGE_SITE},
                  {"floor", STAGE_SITE},
                  {"shipped", STAGE_SHIPPED},
                  {"finished", STAGE_FINISHED},
                  {"closed", STAGE_CLOSED}};
    const struct order_state *state = order_state_find(taking->state);
    for (size_t i = 0; i < COUNT(stages); i++)
        if (strcmp(stages[i].stage, state->stage) == 0)
            return stages[i].is;
    return STAGE_WAITING;
}

static bool is_unknown(const struct platform_order *order)
{
    return order->state == PLATFORM_UNPAID && (order->overlays & PLATFORM_HOLD) != 0;
}

static bool is_all_refunding(const struct platform_order *order)
{
    size_t count = 0;
    for (size_t i = 0; i < order->line_count; i++)
        count += (order->lines[i].overlays & PLATFORM_REFUNDING) != 0;
    return count == order->line_count;
}

/* ---------------------------------------------------------------- the row */

static const char *currency_of(const struct platform_order *order)
{
    return *order->currency ? order->currency : "CNY";
}

/* All of it but its lines: the row is written once. */
static int insert_order(const struct taking *taking)
{
    const struct platform_order *order = taking->order;
    CLEANUP_BUF struct buf address = {0};
    platform_taking_address(order, &address);
    return sql_post(
        taking->office->sql,
        "INSERT INTO orders (number, platform, carrier, priority, receiver_name, receiver_phone, receiver_address,"
        " province, city, district, sealed, state, imported_us, shop, platform_order, placed_us, platform_status,"
        " overlays, modified_us, paid_us, ship_by_us, buyer, buyer_note, seller_note, currency, goods_minor,"
        " freight_minor, discount_minor, platform_discount_minor, paid_minor) VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7,"
        " ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29)",
        sql_text(taking->number), sql_text(taking->source->platform), sql_text(taking->source->carrier),
        sql_masked(order->name), sql_masked(order->phone), sql_secret(buf_text(&address)), sql_text(order->province),
        sql_text(order->city), sql_text(order->district), sql_text(order->sealed), sql_text(taking->state),
        sql_int(taking->office->now_us), sql_text(taking->source->shop), sql_text(order->id),
        sql_ref(order->created_us), sql_text(order->status), sql_int(taking->overlays), sql_int(order->modified_us),
        sql_ref(order->paid_us), sql_ref(order->ship_by_us), sql_text(order->buyer), sql_text(order->buyer_note),
        sql_text(order->seller_note), sql_text(currency_of(order)), sql_int(order->goods_minor),
        sql_int(order->freight_minor), sql_int(order->discount_minor), sql_int(order->platform_discount_minor),
        sql_int(order->paid_minor));
}

static int load_order(struct taking *taking)
{
    struct sql_query *row =
        sql_select(taking->office->sql, "SELECT state, overlays, replaced FROM orders WHERE number = ?1" SQL_FOR_UPDATE,
                   sql_text(taking->number));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, taking->state, sizeof(taking->state));
        taking->before_overlays = sql_get_int(row, 1);
        taking->replaced = sql_get_int(row, 2) != 0;
    }
    int failed = sql_done(row);
    return failed ? failed : found ? 0 : -ENOENT;
}

/* *ret: something that a check looks at is other than before. */
static int find_changed(struct taking *taking, bool *ret)
{
    const struct platform_order *order = taking->order;
    int64_t same = 0;
    int result = sql_number(taking->office->sql, &same,
                            "SELECT count(*) FROM orders WHERE number = ?1 AND overlays = ?2 AND seller_note = ?3"
                            " AND buyer_note = ?4 AND paid_minor = ?5 AND goods_minor = ?6 AND buyer = ?7",
                            sql_text(taking->number), sql_int(taking->overlays), sql_text(order->seller_note),
                            sql_text(order->buyer_note), sql_int(order->paid_minor), sql_int(order->goods_minor),
                            sql_text(order->buyer));
    *ret = same == 0;
    return result;
}

static int write_order(struct taking *taking)
{
    const struct platform_order *order = taking->order;
    return sql_post(
        taking->office->sql,
        "UPDATE orders SET platform_status = ?2, overlays = ?3, modified_us = ?4, paid_us = ?5, ship_by_us ="
        " ?6, buyer = ?7, buyer_note = ?8, seller_note = ?9, currency = ?10, goods_minor = ?11, freight_minor"
        " = ?12, discount_minor = ?13, platform_discount_minor = ?14, paid_minor = ?15 WHERE number = ?1",
        sql_text(taking->number), sql_text(order->status), sql_int(taking->overlays), sql_int(order->modified_us),
        sql_ref(order->paid_us), sql_ref(order->ship_by_us), sql_text(order->buyer), sql_text(order->buyer_note),
        sql_text(order->seller_note), sql_text(currency_of(order)), sql_int(order->goods_minor),
        sql_int(order->freight_minor), sql_int(order->discount_minor), sql_int(order->platform_discount_minor),
        sql_int(order->paid_minor));
}

/* ---------------------------------------------------------------- following its platform */

static int nothing(struct taking *taking, struct error *error)
{
    (void)taking, (void)error;
    return 0;
}

/* Who did it, in an order's history. */
#define BY_PLATFORM "platform"

static int act(struct taking *taking, const char *what, const char *note, struct error *error)
{
    return order_life_act(taking->office, taking->number, what, BY_PLATFORM, note, error);
}

/* It waits for nothing any more. */
static int end_exceptions(struct taking *taking)
{
    return sql_run(taking->office->sql,
                   "UPDATE exception SET released_us = ?2 WHERE number = ?1 AND released_us IS NULL",
                   sql_text(taking->number), sql_int(taking->office->now_us));
}

static bool is_changed(const struct taking *taking)
{
    return taking->known && (taking->changed_receiver || taking->changed_lines || taking->changed_else);
}

static const char *what_changed(const struct taking *taking)
{
    return taking->changed_lines      ? "goods"
           : taking->changed_receiver ? "receiver"
           : taking->changed_else     ? "status, amount or note"
                                      : "";
}

/* Kept for a while, once: an order whose time is over is not promised anew. */
static int promise_unpaid(struct taking *taking, struct error *error)
{
    struct promise promise;
    int64_t hold_us = taking->settings->unpaid_hold_min * MINUTE_US;
    if (hold_us == 0 || (taking->known && !taking->changed_lines))
        return 0;
    int result = promises_make(taking->office, taking->number, taking->office->now_us + hold_us,
                               taking->settings->silent_hours, &promise, error);
    return result == -EINVAL ? 0 : result; /* an item is not known yet */
}

static int follow_unpaid(struct taking *taking, struct error *error)
{
    if (strcmp(taking->state, "pending_pay") != 0)
        return act(taking, ORDER_CHANGED, "its platform takes it to be unpaid", error);
    return is_unknown(taking->order) ? 0 : promise_unpaid(taking, error);
}

static int follow_paid(struct taking *taking, struct error *error)
{
    if (strcmp(taking->state, "pending_pay") == 0)
        return act(taking, ORDER_PAID, NULL, error);
    return is_changed(taking) ? act(taking, ORDER_CHANGED, what_changed(taking), error) : 0;
}

static int follow_elsewhere(struct taking *taking, struct error *error)
{
    int result = promises_free(taking->office, taking->number);
    if (!result)
        result = end_exceptions(taking);
    return result ? result : act(taking, ORDER_SHIPPED, taking->order->waybill, error);
}

static int cancel(struct taking *taking, struct error *error)
{
    char reason[PLATFORM_CODE_SIZE + 32];
    snprintf(reason, sizeof(reason), "cancelled at its platform: %s", taking->order->status);
    return orders_cancel(taking->office, taking->number, reason, BY_PLATFORM, error);
}

static int follow_cancelled(struct taking *taking, struct error *error)
{
    int result = stage_of(taking) == STAGE_WAITING ? end_exceptions(taking) : 0;
    return result ? result : cancel(taking, error);
}

/* A case of after-sales is told of by itself. */
static int follow_cancelled_late(struct taking *taking, struct error *error)
{
    int64_t cases = 0;
    int result = sql_number(taking->office->sql, &cases, "SELECT count(*) FROM aftersale WHERE order_number = ?1",
                            sql_text(taking->number));
    if (!result && cases == 0)
        result = attention_raise(taking->office, taking->source->shop, taking->number, ATTENTION_LATE,
                                 taking->order->status);
    return result ? office_failed(taking->office->sql, result, error) : 0;
}

static int follow_finished(struct taking *taking, struct error *error)
{
    return act(taking, ORDER_FINISHED, NULL, error);
}

/* ---------------------------------------------------------------- while a site has it */

#define REFUNDS_LATE_US (60 * MINUTE_US)

/* A refund is asked for, and a site works on the order. After-sales stops it when it hears of the refund, which is
 * soon, and sends it after all where that is refused; to cancel the order would say that nobody wants it any more.
 * Where no refunds are heard of, or only orders for long, this is all that is known. */
static int stop_refunding(struct office *office, const char *number, bool *ret_heard)
{
    int result =
        sql_run(office->sql,
                "UPDATE pull SET next_us = 0 WHERE shop = (SELECT shop FROM orders WHERE number = ?1) AND kind ="
                " 'refunds' AND (failures = 0 OR (said <> '' AND mark_us + ?2 > (SELECT o.mark_us FROM pull o WHERE"
                " o.shop = pull.shop AND o.kind = 'orders')))",
                sql_text(number), sql_int(REFUNDS_LATE_US));
    *ret_heard = !result && sql_changes(office->sql) > 0;
    return result;
}

/* Once: a second wish would be one for good. */
static int cancel_refunding(struct office *office, const char *number, struct error *error)
{
    bool heard;
    int64_t stops = 0;
    int result = stop_refunding(office, number, &heard);
    if (!result)
        result = sql_number(office->sql, &stops,
                            "SELECT count(*) FROM orders WHERE number = ?1 AND (cancelling = 1 OR"
                            " state = 'closed')",
                            sql_text(number));
    if (result)
        return office_failed(office->sql, result, error);
    return heard || stops ? 0 : orders_cancel(office, number, AFTERSALE_STOP_BEFORE, BY_PLATFORM, error);
}

static int ask_back(struct taking *taking, const char *why, struct error *error)
{
    struct order_move move = {0};
    int result = attention_raise(taking->office, taking->source->shop, taking->number, ATTENTION_CHANGED, why);
    if (!result)
        result = assignments_take_back(taking->office, taking->number, &move, error);
    taking->is_back = !result && move.done;
    if (result == -EBUSY && is_all_refunding(taking->order))
        return cancel_refunding(taking->office, taking->number, error);
    return result == -EBUSY || result == -EALREADY ? 0 : result; /* it is begun: a person decides */
}

static int follow_refunding(struct taking *taking, struct error *error)
{
    bool heard;
    int result = stop_refunding(taking->office, taking->number, &heard);
    if (result)
        return office_failed(taking->office->sql, result, error);
    return heard ? 0 : ask_back(taking, "a refund is asked for", error);
}

static int follow_at_site(struct taking *taking, struct error *error)
{
    int64_t stops = (taking->overlays & ~taking->before_overlays) & (PLATFORM_HOLD | PLATFORM_REFUNDING);
    if (taking->changed_lines || taking->changed_receiver)
        return ask_back(taking, what_changed(taking), error);
    if (stops & PLATFORM_HOLD)
        return ask_back(taking, "its platform holds it back", error);
    return stops ? follow_refunding(taking, error) : 0;
}

static int follow_elsewhere_at_site(struct taking *taking, struct error *error)
{
    int result = attention_raise(taking->office, taking->source->shop, taking->number, ATTENTION_ELSEWHERE,
                                 taking->order->waybill);
    return result ? result : orders_cancel(taking->office, taking->number, "shipped elsewhere", BY_PLATFORM, error);
}

/* ---------------------------------------------------------------- when other orders do it, or none */

struct heirs {
    struct taking *taking;
    int64_t left; /* of them are not shipped yet */
    struct error *error;
};

static int load_heir(struct heirs *heirs, const char *number, struct taking *ret)
{
    *ret = *heirs->taking;
    text_copy(ret->number, sizeof(ret->number), number);
    int result = load_order(ret);
    return result ? office_failed(ret->office->sql, result, heirs->error) : 0;
}

/* Its checks look at the platform's order, too. */
static int tell_heir(void *user, const char *number)
{
    struct heirs *heirs = user;
    struct taking heir;
    int result = load_heir(heirs, number, &heir);
    enum stage stage = stage_of(&heir);
    if (!result && heir.changed_receiver && (stage == STAGE_WAITING || stage == STAGE_SITE)) {
        result = platform_taking_receiver(&heir);
        result = result ? office_failed(heir.office->sql, result, heirs->error) : 0;
    }
    if (result)
        return result;
    switch (stage) {
    case STAGE_WAITING:
        heirs->left++;
        return order_life_check(heir.office, number, ORDER_CHANGED, heirs->error) == 0
                   ? act(&heir, ORDER_CHANGED, what_changed(heirs->taking), heirs->error)
                   : 0;
    case STAGE_SITE:
        heirs->left++;
        heir.before_overlays = heirs->taking->before_overlays;
        return follow_at_site(&heir, heirs->error);
    default:
        return 0;
    }
}

static int tell_heirs(struct taking *taking, int64_t *ret_left, struct error *error)
{
    struct heirs heirs = {.taking = taking, .error = error};
    int result = order_split_heirs(taking->office, taking->number, tell_heir, &heirs);
    *ret_left = heirs.left;
    return result;
}

/* Somebody there waits for it, and nobody here does it; or others do, and must hear of it. What they are sent as is a
 * person's to change. */
static int follow_closed_here(struct taking *taking, struct error *error)
{
    const char *shop = taking->source->shop;
    int64_t left;
    if (!taking->replaced)
        return (taking->order->overlays & (PLATFORM_REFUNDING | PLATFORM_REFUNDED)) != 0
                   ? 0
                   : attention_raise(taking->office, shop, taking->number, ATTENTION_CLOSED_HERE,
                                     taking->order->status);
    if (!is_changed(taking))
        return 0;
    int result = tell_heirs(taking, &left, error);
    if (!result && left > 0 && (taking->changed_receiver || taking->changed_lines))
        result = attention_raise(taking->office, shop, taking->number, ATTENTION_CHANGED, what_changed(taking));
    return result;
}

static int count_heir(void *user, const char *number)
{
    struct heirs *heirs = user;
    struct taking heir;
    int result = load_heir(heirs, number, &heir);
    enum stage stage = stage_of(&heir);
    heirs->left += !result && (stage == STAGE_WAITING || stage == STAGE_SITE);
    return result;
}

static int follow_heirs_elsewhere(struct taking *taking, struct error *error)
{
    struct heirs heirs = {.taking = taking, .error = error};
    int result = taking->replaced ? order_split_heirs(taking->office, taking->number, count_heir, &heirs) : 0;
    if (result || heirs.left == 0)
        return result;
    return attention_raise(taking->office, taking->source->shop, taking->number, ATTENTION_ELSEWHERE,
                           taking->order->waybill);
}

static int follow_heirs_cancelled(struct taking *taking, struct error *error)
{
    int result = taking->replaced ? cancel(taking, error) : 0;
    return result == -EALREADY ? follow_cancelled_late(taking, error) : result; /* some of it has gone too far */
}

int platform_taking_kept(struct office *office, const char *number, struct error *error)
{
    int64_t others = 0;
    int result = sql_number(office->sql, &others,
                            "SELECT count(*) FROM order_line WHERE number = ?1 AND gift = 0 AND (overlays & ?2) = 0",
                            sql_text(number), sql_int(PLATFORM_REFUNDING));
    if (result)
        return office_failed(office->sql, result, error);
    return others > 0 ? 0 : cancel_refunding(office, number, error);
}

/* ---------------------------------------------------------------- the whole */

static int (*const follows[][STAGES])(struct taking *taking, struct error *error) = {
    [PLATFORM_UNPAID] = {follow_unpaid, follow_at_site, nothing, nothing, nothing},
    [PLATFORM_PAID] = {follow_paid, follow_at_site, nothing, nothing, follow_closed_here},
    [PLATFORM_PART_SHIPPED] = {follow_paid, follow_at_site, nothing, nothing, follow_closed_here},
    [PLATFORM_SHIPPED] = {follow_elsewhere, follow_elsewhere_at_site, nothing, nothing, follow_heirs_elsewhere},
    [PLATFORM_COMPLETED] = {follow_elsewhere, follow_elsewhere_at_site, follow_finished, nothing,
                            follow_heirs_elsewhere},
    [PLATFORM_CANCELLED] = {follow_cancelled, follow_cancelled, follow_cancelled_late, nothing, follow_heirs_cancelled},
};

/* What it must not be picked for, whatever the platform's own words are: it is paid here and unpaid there, or somebody
 * has shipped a part of what is whole here. */
static void decide_overlays(struct taking *taking)
{
    const struct platform_order *order = taking->order;
    bool paid_here = taking->known && strcmp(taking->state, "pending_pay") != 0;
    taking->overlays = order->overlays;
    if ((order->state == PLATFORM_UNPAID && paid_here) ||
        (order->state == PLATFORM_PART_SHIPPED && stage_of(taking) == STAGE_WAITING))
        taking->overlays |= PLATFORM_HOLD;
}

/* What has left, or is closed, keeps what it was sent as. */
static int apply_parts(struct taking *taking)
{
    enum stage stage = stage_of(taking);
    bool gone = stage == STAGE_SHIPPED || stage == STAGE_FINISHED || stage == STAGE_CLOSED;
    if (gone) {
        taking->changed_receiver =
            *taking->receiver_hash && strcmp(taking->receiver_hash, taking->before_receiver) != 0;
        taking->changed_lines = strcmp(taking->lines_hash, taking->before_lines) != 0;
        taking->overlays &= ~(int64_t)PLATFORM_MASKED;
        return 0;
    }
    int result = platform_taking_receiver(taking);
    return result ? result : platform_taking_lines(taking);
}

static int note_status(struct taking *taking)
{
    const struct platform_order *order = taking->order;
    if (is_unknown(order))
        return attention_raise(taking->office, taking->source->shop, taking->number, ATTENTION_UNKNOWN_STATUS,
                               order->status);
    return taking->known ? attention_end(taking->office, taking->number, ATTENTION_UNKNOWN_STATUS) : 0;
}

static int apply_new(struct taking *taking)
{
    text_copy(taking->state, sizeof(taking->state), taking->order->state == PLATFORM_UNPAID ? "pending_pay" : "audit");
    decide_overlays(taking);
    taking->changed_receiver = *taking->receiver_hash != '\0';
    int result = insert_order(taking);
    if (!result)
        result = usage_count(taking->office, taking->settings->utc_offset_min, USAGE_ORDERS, 1);
    return result ? result : platform_taking_lines(taking);
}

static int apply_known(struct taking *taking)
{
    int result = load_order(taking);
    if (result)
        return result;
    decide_overlays(taking);
    result = apply_parts(taking);
    if (!result)
        result = find_changed(taking, &taking->changed_else);
    return result ? result : write_order(taking);
}

bool platform_taking_is_alone(const struct taking *taking)
{
    switch (taking->order->state) {
    case PLATFORM_UNPAID:
        return !is_unknown(taking->order) && taking->settings->unpaid_hold_min == 0;
    case PLATFORM_CANCELLED:
        return false;
    default:
        return true;
    }
}

int platform_taking_apply(struct taking *taking, struct error *error)
{
    int result = taking->known ? apply_known(taking) : apply_new(taking);
    if (!result)
        result = note_status(taking);
    if (!result && (!taking->known || taking->changed_receiver || taking->changed_else))
        result = persons_note_order(taking->office->sql, taking->number);
    if (!result)
        result = demand_note_order(taking->office->sql, taking->number);
    if (result)
        return office_failed(taking->office->sql, result, error);
    return follows[taking->order->state][stage_of(taking)](taking, error);
}
