#include "sync/head-office/customers/service_answers.h"

#include "base/text.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/customers/person_sql.h"
#include "sync/head-office/orders/order_life.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void service_say(struct service_about *about, const char *english, const char *chinese)
{
    struct buf *text = &about->answer->text;
    if (text->length > 0 && !about->answer->chinese)
        buf_putc(text, ' ');
    buf_puts(text, about->answer->chinese ? chinese : english);
}

void service_rest_on(struct service_about *about, const char *kind, const char *code)
{
    struct service_answer *answer = about->answer;
    if (answer->source_count == SERVICE_SOURCES_MAX)
        return;
    struct service_source *source = &answer->sources[answer->source_count++];
    source->kind = kind;
    text_copy(source->code, sizeof(source->code), code);
}

static bool is_proved(const struct service_about *about)
{
    return about->answer->proof == PROOF_PROVED;
}

/* ---------------------------------------------------------------- how far it is */

/* Over the order itself, or those that stand for it: its parts, or the one that it was merged into. */
struct progress {
    char state[ORDER_STATE_SIZE];
    int64_t orders, shipped, closed, ship_by_us;
    bool replaced;
};

#define STANDING                                                                                                       \
    "(SELECT x.number, x.state FROM orders x WHERE x.number = ?1 AND x.replaced = 0 UNION SELECT x.number, x.state "   \
    "FROM"                                                                                                             \
    " orders x WHERE x.of_order = ?1 AND x.origin = 'split' AND x.replaced = 0 UNION SELECT x.number, x.state FROM"    \
    " orders o JOIN orders x ON x.number = o.merged_into WHERE o.number = ?1)"

static int load_progress(struct service_about *about, struct progress *ret)
{
    struct sql *sql = about->office->sql;
    *ret = (struct progress){0};
    struct sql_query *row = sql_select(
        sql, "SELECT state, coalesce(ship_by_us, 0), replaced FROM orders WHERE number = ?1", sql_text(about->order));
    if (sql_next(row)) {
        sql_copy_text(row, 0, ret->state, sizeof(ret->state));
        ret->ship_by_us = sql_get_int(row, 1);
        ret->replaced = sql_get_int(row, 2) != 0;
    }
    int result = sql_done(row);
    if (result)
        return result;
    row =
        sql_select(sql,
                   "SELECT count(*), coalesce(sum(CASE WHEN s.state IN ('shipped', 'finished') THEN 1 ELSE 0 END), 0),"
                   " coalesce(sum(CASE WHEN s.state = 'closed' THEN 1 ELSE 0 END), 0) FROM " STANDING " s",
                   sql_text(about->order));
    if (sql_next(row)) {
        ret->orders = sql_get_int(row, 0);
        ret->shipped = sql_get_int(row, 1);
        ret->closed = sql_get_int(row, 2);
    }
    service_rest_on(about, "orders", about->order);
    return sql_done(row);
}

static bool is_gone(const struct progress *progress)
{
    return progress->shipped > 0;
}

static bool is_closed(const struct progress *progress)
{
    return progress->orders > 0 && progress->closed == progress->orders;
}

static void say_count(struct service_about *about, int64_t some, int64_t all)
{
    char english[96], chinese[96];
    snprintf(english, sizeof(english), "%" PRId64 " of its %" PRId64 " parts have left.", some, all);
    snprintf(chinese, sizeof(chinese), "订单分 %" PRId64 " 个部分发货，已发出 %" PRId64 " 个。", all, some);
    service_say(about, english, chinese);
}

/* A sentence in which "@" stands for the business day. */
static void say_day(struct service_about *about, const char *english, const char *chinese, int64_t time_us)
{
    char day[BUSINESS_DAY_SIZE];
    const char *sentence = about->answer->chinese ? chinese : english;
    size_t before = strcspn(sentence, "@");
    CLEANUP_BUF struct buf text = {0};
    business_day(time_us, about->zone_minutes, day);
    buf_put(&text, sentence, before);
    buf_puts(&text, day);
    buf_puts(&text, sentence + before + (sentence[before] != '\0'));
    service_say(about, buf_text(&text), buf_text(&text));
}

/* The states that it can be in before it leaves, as a buyer understands them. */
static const struct {
    const char *stage, *english, *chinese;
} stages[] = {
    {"pending_pay", "Your order is not paid yet.", "您的订单尚未付款。"},
    {"audit", "Your order is paid and is being checked.", "您的订单已付款，正在审核。"},
    {"exception", "Your order is paid and is being looked at by a colleague.", "您的订单已付款，正由工作人员核对。"},
    {"reserved", "Your order is paid, its goods are kept for you, and it goes to the warehouse next.",
     "您的订单已付款，商品已为您预留，即将交由仓库处理。"},
    {"released", "Your order is at the warehouse.", "您的订单已到仓库，等待拣货。"},
    {"floor", "Your order is being packed at the warehouse.", "您的订单正在仓库拣货打包。"},
};

static void say_stage(struct service_about *about, const char *state)
{
    const struct order_state *known = order_state_find(state);
    for (size_t i = 0; known && i < COUNT(stages); i++)
        if (strcmp(stages[i].stage, known->stage) == 0)
            service_say(about, stages[i].english, stages[i].chinese);
}

static void say_waiting(struct service_about *about, const struct progress *progress)
{
    if (progress->replaced)
        service_say(about, "Your order is being prepared.", "您的订单正在处理中。");
    else
        say_stage(about, progress->state);
    if (progress->ship_by_us > about->office->now_us)
        say_day(about, "It ships by @.", "预计不晚于 @ 发货。", progress->ship_by_us);
    else if (progress->ship_by_us > 0) {
        say_day(about, "It should have shipped by @; I have told a colleague.",
                "原应于 @ 前发货，已为您转交工作人员跟进。", progress->ship_by_us);
        about->hand_over = "it is late";
    }
}

/* ---------------------------------------------------------------- parcels */

static void say_parcel(struct service_about *about, struct sql_query *row)
{
    const char *parcel = sql_get_text(row, 0), *carrier = sql_get_text(row, 1), *waybill = sql_get_text(row, 2);
    int64_t left_us = sql_get_int(row, 3);
    char day[BUSINESS_DAY_SIZE] = "", english[320], chinese[320];
    if (left_us > 0)
        business_day(left_us, about->zone_minutes, day);
    snprintf(english, sizeof(english), "A parcel left%s%s with %.80s, waybill %.80s.", *day ? " on " : "", day, carrier,
             waybill);
    snprintf(chinese, sizeof(chinese), "包裹已%s%s由 %.80s 发出，运单号 %.80s。", *day ? "于 " : "", day, carrier,
             waybill);
    service_say(about, english, chinese);
    service_rest_on(about, "parcels", parcel);
    if (sql_get_int(row, 4) > 0) {
        char event[24];
        snprintf(event, sizeof(event), "%" PRId64, sql_get_int(row, 4));
        service_rest_on(about, "events", event);
    }
}

static int say_parcels(struct service_about *about)
{
    struct sql_query *row =
        sql_select(about->office->sql,
                   "SELECT p.parcel, coalesce(p.carrier, ''), coalesce(p.waybill, ''), coalesce(" EVENT_US(
                       "e.time") ", 0),"
                                 " coalesce(e.arrival, 0) FROM " STANDING
                                 " s JOIN parcel p ON p.number = s.number LEFT JOIN event e ON e.subject"
                                 " = 'parcel/' || p.parcel AND e.type = 'parcel.shipped' AND e.again = 0 WHERE "
                                 "p.manifest IS NOT NULL ORDER BY"
                                 " p.parcel LIMIT 3",
                   sql_text(about->order));
    while (sql_next(row))
        say_parcel(about, row);
    return sql_done(row);
}

static int say_gone(struct service_about *about, const struct progress *progress)
{
    if (progress->shipped < progress->orders - progress->closed)
        say_count(about, progress->shipped, progress->orders - progress->closed);
    else
        service_say(about, "Your order has left our warehouse.", "您的订单已发出。");
    if (is_proved(about))
        return say_parcels(about);
    if (about->is_withheld)
        service_say(about, "Its waybill is shown with the order at the platform.", "运单号请在平台订单详情中查看。");
    else
        service_say(about, "For the waybill, tell me the last four digits of the receiver's telephone, too.",
                    "如需运单号，请同时提供收件人手机后四位。");
    return 0;
}

/* ---------------------------------------------------------------- each question */

static void say_closed(struct service_about *about)
{
    service_say(about, "This order is closed: nothing will be sent for it.", "该订单已关闭，不会再发货。");
}

int service_answer_where(struct service_about *about)
{
    struct progress progress;
    int result = load_progress(about, &progress);
    if (result)
        return result;
    if (is_gone(&progress))
        return say_gone(about, &progress);
    if (is_closed(&progress))
        say_closed(about);
    else
        say_waiting(about, &progress);
    return 0;
}

struct wish {
    const char *late_english, *late_chinese; /* it has left */
    const char *english, *chinese, *hand_over;
};

/* A wish that somebody can see to as long as the order is there. */
static int answer_wish(struct service_about *about, const struct wish *wish)
{
    struct progress progress;
    int result = load_progress(about, &progress);
    if (result)
        return result;
    if (is_closed(&progress))
        say_closed(about);
    else if (is_gone(&progress))
        service_say(about, wish->late_english, wish->late_chinese);
    else {
        service_say(about, wish->english, wish->chinese);
        about->hand_over = wish->hand_over;
    }
    return 0;
}

int service_answer_address(struct service_about *about)
{
    return answer_wish(
        about,
        &(struct wish){"Your order has left: its address cannot be changed here any more. Please ask the carrier.",
                       "您的订单已发出，无法再修改地址，请联系快递公司。",
                       "Your order has not left yet. A colleague will change the address with you.",
                       "您的订单尚未发出，已为您转交工作人员修改地址。", "the address is to be changed"});
}

int service_answer_cancel(struct service_about *about)
{
    return answer_wish(
        about,
        &(struct wish){"Your order has left and cannot be stopped any more. You can send it back when it has come.",
                       "您的订单已发出，无法取消；收货后可申请退货。",
                       "Your order has not left yet. A colleague will see to the cancellation.",
                       "您的订单尚未发出，已为您转交工作人员办理取消。", "it is to be cancelled"});
}

static const struct {
    const char *state, *english, *chinese;
} case_states[] = {
    {"asked", "has been received and is being decided", "已收到，正在审核"},
    {"agreed", "has been agreed to", "已同意"},
    {"returning", "waits for the goods to come back", "等待商品寄回"},
    {"received", "has its goods back; they are being checked", "已收到退回商品，正在质检"},
    {"graded", "has its goods checked", "商品已质检"},
    {"settled", "is settled", "已完成"},
    {"refused", "was refused", "已被拒绝"},
    {"closed", "is closed", "已关闭"},
};

static void say_case(struct service_about *about, struct sql_query *row)
{
    const char *number = sql_get_text(row, 0), *state = sql_get_text(row, 1), *currency = sql_get_text(row, 3);
    int64_t minor = sql_get_int(row, 2);
    char english[256], chinese[256];
    size_t i = 0;
    while (i + 1 < COUNT(case_states) && strcmp(case_states[i].state, state) != 0)
        i++;
    snprintf(english, sizeof(english), "Your after-sales case %s.", case_states[i].english);
    snprintf(chinese, sizeof(chinese), "您的售后申请%s。", case_states[i].chinese);
    service_say(about, english, chinese);
    service_rest_on(about, "aftersales", number);
    if (minor > 0 && is_proved(about)) {
        bool paid = sql_get_int(row, 4) != 0;
        snprintf(english, sizeof(english), "A refund of %" PRId64 ".%02d %s %s.", minor / 100, (int)(minor % 100),
                 currency, paid ? "has been paid" : "is due");
        snprintf(chinese, sizeof(chinese), "退款 %" PRId64 ".%02d %s %s。", minor / 100, (int)(minor % 100), currency,
                 paid ? "已支付" : "待支付");
        service_say(about, english, chinese);
        service_rest_on(about, "refunds-due", number);
    }
}

int service_answer_refund(struct service_about *about)
{
    size_t count = 0;
    struct sql_query *row = sql_select(
        about->office->sql,
        "SELECT a.number, a.state, coalesce(d.amount_minor, 0), coalesce(d.currency, ''), CASE WHEN d.state ="
        " 'paid' THEN 1 ELSE 0 END FROM aftersale a LEFT JOIN refund_due d ON d.number = a.number AND d.state"
        " <> 'void' WHERE a.order_number = ?1 ORDER BY a.asked_us DESC, a.number LIMIT 3",
        sql_text(about->order));
    for (; sql_next(row); count++)
        say_case(about, row);
    int result = sql_done(row);
    if (result || count > 0)
        return result;
    service_rest_on(about, "orders", about->order);
    service_say(about, "Nothing has been asked to be refunded of this order. A colleague will help you.",
                "该订单暂无退款申请，已为您转交工作人员。");
    about->hand_over = "a refund is asked about, and there is no case";
    return 0;
}

int service_answer_invoice(struct service_about *about)
{
    int64_t number = 0;
    char series[65] = "", english[200], chinese[200], code[24];
    struct sql_query *row = sql_select(about->office->sql,
                                       "SELECT id, series, coalesce(number, 0) FROM invoice WHERE order_number = ?1 AND"
                                       " state IN ('issued', 'part_flushed') ORDER BY id DESC LIMIT 1",
                                       sql_text(about->order));
    bool found = sql_next(row);
    if (found) {
        snprintf(code, sizeof(code), "%" PRId64, sql_get_int(row, 0));
        sql_copy_text(row, 1, series, sizeof(series));
        number = sql_get_int(row, 2);
    }
    int result = sql_done(row);
    if (result)
        return result;
    service_rest_on(about, found ? "invoices" : "orders", found ? code : about->order);
    if (found && is_proved(about)) {
        snprintf(english, sizeof(english), "Its invoice is %s%s%" PRId64 ".", series, *series ? "-" : "", number);
        snprintf(chinese, sizeof(chinese), "发票已开具，号码 %s%s%" PRId64 "。", series, *series ? "-" : "", number);
        service_say(about, english, chinese);
    } else if (found)
        service_say(about,
                    "Its invoice was issued. For the number, tell me the last four digits of the receiver's"
                    " telephone, too.",
                    "发票已开具；如需号码，请同时提供收件人手机后四位。");
    else {
        service_say(about, "No invoice was issued yet. A colleague will ask you for its title.",
                    "尚未开具发票，已为您转交工作人员登记抬头。");
        about->hand_over = "an invoice is wanted";
    }
    return 0;
}
