#include "sync/head-office/orders/order_timeline.h"

#include "base/clock.h"
#include "base/json.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/wire/line.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* ---------------------------------------------------------------- words */

static const struct words {
    const char *what, *english, *chinese;
} words[] = {
    /* acts */
    {ORDER_PAID, "paid", "已付款"},
    {ORDER_HELD, "held by the check", "审核拦截"},
    {ORDER_FREED, "to be checked again", "重新审核"},
    {ORDER_CHANGED, "changed, to be checked again", "信息已修改，重新审核"},
    {ORDER_RESERVED, "checked, and stock promised", "审核通过，已锁定库存"},
    {ORDER_RELEASED, "handed to the site", "已下发仓库"},
    {ORDER_WITHDRAWN, "taken back from the site", "已从仓库撤回"},
    {ORDER_SHIPPED, "shipped by somebody else", "平台显示已发货"},
    {ORDER_FINISHED, "finished", "已完成"},
    {ORDER_CANCELLING, "its site is asked to cancel it", "已通知仓库取消"},
    {ORDER_CLOSED, "closed", "已关闭"},
    {ORDER_SPLIT, "split into others", "已拆单"},
    {ORDER_MERGED, "merged into another", "已合单"},
    {ORDER_RESTORED, "stands for itself again", "已恢复"},
    {ORDER_FORGOTTEN, "its receiver was deleted", "收货信息已删除"},
    {"split from", "made of a part of another", "由拆单生成"},
    {"merged from", "another was merged into it", "并入订单"},
    {"gift", "a gift was added", "已添加赠品"},
    /* events */
    {"order.received", "the site has it", "仓库已接单"},
    {"order.allocated", "stock found in the bins", "库存已分配"},
    {"order.parked", "parked", "已挂起"},
    {"order.cancel_accepted", "the site cancelled it", "仓库已取消"},
    {"order.cancel_rejected", "the site could not cancel it any more", "仓库无法取消"},
    {"order.released", "the site gave it back", "仓库已退回订单"},
    {"order.kept", "the site keeps it", "仓库保留订单"},
    {"order.kicked", "taken out of its wave", "已剔出波次"},
    {"order.refused", "not filled whole", "无法整单配齐"},
    {"order.to_shelf", "its goods go back to the shelf", "商品退回货架"},
    {"pick.started", "picking was begun", "开始拣货"},
    {"pick.located", "the picker is at the bin", "到达库位"},
    {"pick.line", "picked", "已拣"},
    {"pick.batch", "picked with others", "批量拣货"},
    {"pick.tote", "put into a tote", "放入周转箱"},
    {"pick.short", "missing in the bin", "库位缺货"},
    {"batch.short", "missing in the bin", "库位缺货"},
    {"pick.damaged", "found damaged", "发现破损"},
    {"batch.damaged", "found damaged", "发现破损"},
    {"pick.unpicked", "put back", "放回库位"},
    {"pick.skipped", "a bin was left for later", "跳过库位"},
    {"pick.claimed", "taken over in a zone", "分区领取"},
    {"pick.put_down", "put down for the next zone", "交接下一分区"},
    {"pick.staged", "picked, and stands for packing", "拣货完成，待打包"},
    {"pick.returned", "its goods were taken back", "拣货退回"},
    {"sow.line", "sorted into its slot", "播种"},
    {"slot.complete", "sorted whole", "播种完成"},
    {"pack.opened", "packing was begun", "开始打包"},
    {"pack.item", "checked into the parcel", "复核商品"},
    {"pack.reopened", "opened again", "重新打开"},
    {"parcel.boxed", "a box was chosen", "已选箱"},
    {"parcel.packed", "packed", "已打包"},
    {"parcel.weighed", "weighed", "已称重"},
    {"parcel.forced", "let pass by a supervisor", "主管放行"},
    {"parcel.unpacked", "unpacked", "已拆包"},
    {"waybill.assigned", "has a waybill", "已分配运单号"},
    {"label.printed", "labelled", "已打印面单"},
    {"label.voided", "its label was made void", "面单已作废"},
    {"parcel.shipped", "handed to the carrier", "已交接快递"},
    {"scan.undone", "the last scan was undone", "撤销上次扫描"},
};

static const struct words *find_words(const char *what)
{
    static const struct words none = {NULL, NULL, NULL};
    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(words[i].what, what) == 0)
            return &words[i];
    return &none;
}

static void fill_words(struct order_moment *moment)
{
    const struct words *found = find_words(moment->what);
    moment->english = found->english ? found->english : moment->what;
    moment->chinese = found->chinese ? found->chinese : moment->what;
}

void order_timeline_words(struct buf *json)
{
    for (size_t i = 0; i < COUNT(words); i++) {
        json_open_object(json, NULL);
        json_text(json, "what", words[i].what);
        json_text(json, "english", words[i].english);
        json_text(json, "chinese", words[i].chinese);
        json_close_object(json);
    }
}

/* ---------------------------------------------------------------- what a site reported */

/* 0: it is no time. */
static int64_t read_time(const char *text)
{
    int64_t time_us = 0;
    return clock_parse(text, &time_us) == 0 ? time_us : 0;
}

/* The order's own part of an event of several. */
static const json_t *own_line(const json_t *data, const char *number)
{
    size_t index;
    json_t *line;
    json_array_foreach(json_object_get(data, "lines"), index, line)
    {
        const char *order = json_string_value(json_object_get(line, "order"));
        if (order && strcmp(order, number) == 0)
            return line;
    }
    return NULL;
}

/* It is of the order, and not only of the wave that the order is in. */
static bool concerns(const struct wire_line *line, const char *number)
{
    const char *order = json_string_value(json_object_get(line->data, "order"));
    if (order)
        return strcmp(order, number) == 0;
    return strncmp(line->subject, "wave/", 5) != 0 || own_line(line->data, number) != NULL;
}

/* "sku T, quantity 2": what is worth telling, the order's own figures before those of all. */
static void write_figures(const struct wire_line *line, const char *number, struct buf *out)
{
    static const char *const members[] = {"undid",    "sku",    "quantity", "missing",   "location", "tote",
                                          "slot",     "box",    "parcel",   "weight_g",  "waybill",  "carrier",
                                          "manifest", "reason", "stage",    "supervisor"};
    const json_t *own = own_line(line->data, number);
    buf_clear(out);
    for (size_t i = 0; i < COUNT(members); i++) {
        const json_t *value = own ? json_object_get(own, members[i]) : NULL;
        value = value ? value : json_object_get(line->data, members[i]);
        const char *between = out->length > 0 ? ", " : "";
        if (json_is_string(value))
            buf_printf(out, "%s%s %s", between, members[i], json_string_value(value));
        else if (json_is_integer(value))
            buf_printf(out, "%s%s %" PRId64, between, members[i], (int64_t)json_integer_value(value));
    }
}

/* ---------------------------------------------------------------- the two streams as one */

struct telling {
    const char *number;
    int (*take)(void *user, const struct order_moment *moment);
    void *user;
    struct sql_query *acts, *events;
    bool act_there, event_there;
    int64_t act_us, event_us; /* of the next of each, never before the one that was told */
    struct wire_line line;    /* of the next event */
    struct buf figures;
};

static int64_t not_before(int64_t time_us, int64_t other_us)
{
    return time_us > other_us ? time_us : other_us;
}

static void next_act(struct telling *telling)
{
    telling->act_there = sql_next(telling->acts);
    if (telling->act_there)
        telling->act_us = not_before(sql_get_int(telling->acts, 0), telling->act_us);
}

/* Events that say nothing of this order, or that nobody can read, are passed over. */
static void next_event(struct telling *telling)
{
    struct error stale;
    wire_line_done(&telling->line);
    while ((telling->event_there = sql_next(telling->events))) {
        const char *text = sql_get_text(telling->events, 1);
        if (wire_line_parse(text, strlen(text), &telling->line, &stale) == 0) {
            if (concerns(&telling->line, telling->number))
                break;
            wire_line_done(&telling->line);
        }
    }
    if (telling->event_there)
        telling->event_us = not_before(read_time(telling->line.time), telling->event_us);
}

static int tell_act(struct telling *telling)
{
    struct order_moment moment = {.time_us = sql_get_int(telling->acts, 0),
                                  .site = "",
                                  .what = sql_get_text(telling->acts, 1),
                                  .who = sql_get_text(telling->acts, 2),
                                  .note = sql_get_text(telling->acts, 3)};
    fill_words(&moment);
    int result = telling->take(telling->user, &moment);
    next_act(telling);
    return result;
}

static int tell_event(struct telling *telling)
{
    const struct wire_line *line = &telling->line;
    const char *worker = json_string_value(json_object_get(line->json, "actor"));
    write_figures(line, telling->number, &telling->figures);
    struct order_moment moment = {.time_us = read_time(line->time),
                                  .site = sql_get_text(telling->events, 0),
                                  .what = line->type,
                                  .who = worker ? worker : "",
                                  .note = buf_text(&telling->figures)};
    fill_words(&moment);
    int result = telling->figures.failed ? -ENOMEM : telling->take(telling->user, &moment);
    next_event(telling);
    return result;
}

static int tell_all(struct telling *telling)
{
    int result = 0;
    next_act(telling);
    next_event(telling);
    while (!result && (telling->act_there || telling->event_there)) {
        bool act = telling->act_there && (!telling->event_there || telling->act_us <= telling->event_us);
        result = act ? tell_act(telling) : tell_event(telling);
    }
    return result;
}

/* Three ways to an order's events, each by its index. */
static const char its_events[] =
    "SELECT site, line FROM (SELECT e.arrival, e.site, e.line FROM event e WHERE e.subject = 'order/' || ?1 AND "
    "e.again ="
    " 0 UNION ALL SELECT e.arrival, e.site, e.line FROM parcel p JOIN event e ON e.subject = 'parcel/' || p.parcel "
    "WHERE"
    " p.number = ?1 AND e.again = 0 UNION ALL SELECT e.arrival, e.site, e.line FROM order_wave w JOIN event e ON "
    "e.subject"
    " = 'wave/' || w.wave AND e.site = w.site WHERE w.number = ?1 AND e.again = 0) told ORDER BY arrival";

int order_timeline(struct office *office, const char *number,
                   int (*take)(void *user, const struct order_moment *moment), void *user)
{
    int64_t found;
    int result = sql_number(office->sql, &found, "SELECT 1 FROM orders WHERE number = ?1", sql_text(number));
    if (result)
        return result;
    struct telling telling = {.number = number, .take = take, .user = user};
    telling.acts =
        sql_select(office->sql, "SELECT time_us, act, who, note FROM order_history WHERE number = ?1 ORDER BY id",
                   sql_text(number));
    telling.events = sql_select(office->sql, its_events, sql_text(number));
    result = tell_all(&telling);
    wire_line_done(&telling.line);
    buf_done(&telling.figures);
    int failed = sql_done(telling.acts), failed_too = sql_done(telling.events);
    return result ? result : failed ? failed : failed_too;
}

static int write_moment(void *user, const struct order_moment *moment)
{
    struct buf *json = user;
    char time[CLOCK_TEXT_SIZE];
    clock_format(moment->time_us, time);
    json_open_object(json, NULL);
    json_text(json, "time", time);
    json_text(json, "site", *moment->site ? moment->site : NULL);
    json_text(json, "what", moment->what);
    json_text(json, "english", moment->english);
    json_text(json, "chinese", moment->chinese);
    json_text(json, "who", moment->who);
    json_text(json, "note", moment->note);
    json_close_object(json);
    return 0;
}

int order_timeline_write(struct office *office, const char *number, const char *key, struct buf *json)
{
    json_open_array(json, key);
    int result = order_timeline(office, number, write_moment, json);
    json_close_array(json);
    return result;
}
