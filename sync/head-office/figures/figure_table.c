/* What figures there are. A figure is added as a line here; its kinds are in query_figures.c. */
#include "sync/head-office/figures/figure.h"

#include <string.h>

#define DURING(kind, value, ...)                                                                                       \
    {                                                                                                                  \
        kind, value, {__VA_ARGS__}, FIGURE_DURING                                                                      \
    }
#define AT(time, kind, value)                                                                                          \
    {                                                                                                                  \
        kind, value, {{0}}, time                                                                                       \
    }
#define BOUGHT                                                                                                         \
    {                                                                                                                  \
        "purchase", "yes"                                                                                              \
    }
#define BASE                                                                                                           \
    {                                                                                                                  \
        "base_currency", "yes"                                                                                         \
    }
#define NEW                                                                                                            \
    {                                                                                                                  \
        "buyer_is", "new"                                                                                              \
    }
#define RETURNING                                                                                                      \
    {                                                                                                                  \
        "buyer_is", "returning"                                                                                        \
    }
#define SHOPS                                                                                                          \
    {                                                                                                                  \
        "whole_shop", "yes"                                                                                            \
    }
#define ITEMS                                                                                                          \
    {                                                                                                                  \
        "whole_shop", "no"                                                                                             \
    }
#define TIMES      "day,week,month"
#define OF_SALES   TIMES ",hour,shop,platform,site,province,city,basket,buyer_is,rfm"
#define OF_SHIPPED TIMES ",hour,shop,platform,site,province"
#define OF_WORK    TIMES ",hour,site,worker,work"
#define OF_VISITS  TIMES ",shop,platform"

/* clang-format off */
/* A month is a cohort: its lines beside each other are how it came back. */
#define WITHIN(days)                                                                                                   \
    {"repurchase." days, "Repurchase within " days " days", days "天复购率",                                          \
     "Of the persons whose first purchase was in the period, the share that bought again within " days " days, so far."\
     " By month: cohorts.",                                                                                            \
     "首购落在此期间的客户中，" days "天内再次购买的比例（截至目前）；按月即为同期群。", "ten_thousandths",             \
     TIMES ",shop,platform,province",                                                                                  \
     {DURING("sales", NULL, NEW, {"again_days", days}), DURING("sales", NULL, BOUGHT, NEW)}, false}

const struct figure figures[] = {
    {"sales.revenue", "Revenue", "销售额",
     "What buyers paid for the orders they made in the period, in the currency of the books; orders that were given up whole do not count.",
     "买家在此期间所下订单的实付金额（本位币）；整单取消的不计。",
     "minor", OF_SALES, {DURING("sales", "paid_minor", BOUGHT, BASE)}, false},
    {"orders.count", "Orders", "订单数", "Orders that were bought in the period, as buyers made them; those given up whole do not count.",
     "此期间买家成交的订单数，按买家下单计；整单取消的不计。", "orders", OF_SALES, {DURING("sales", NULL, BOUGHT)}, false},
    {"orders.pieces", "Pieces sold", "销售件数", "Pieces of the orders that were bought in the period.", "此期间成交订单的商品件数。",
     "pieces", OF_SALES, {DURING("sales", "pieces", BOUGHT)}, false},
    {"orders.average", "Average order", "客单价", "Revenue over the orders that brought it, in the currency of the books.",
     "销售额除以对应的订单数（本位币）。", "minor_each", OF_SALES,
     {DURING("sales", "paid_minor", BOUGHT, BASE), DURING("sales", NULL, BOUGHT, BASE)}, false},
    {"orders.basket", "Pieces per order", "件单数", "Pieces over orders of the period.", "成交件数除以成交订单数。", "hundredths", OF_SALES,
     {DURING("sales", "pieces", BOUGHT), DURING("sales", NULL, BOUGHT)}, false},
    {"orders.cancelled", "Cancelled orders", "取消率", "Orders made in the period that were closed whole, over all orders made in it, paid or not.",
     "此期间下单后整单关闭的订单数，除以全部下单数（含未付款）。", "ten_thousandths", OF_SALES,
     {DURING("sales", NULL, {"cancelled", "yes"}), DURING("sales", NULL, {0})}, true},
    {"items.pieces", "Pieces by item", "商品销量", "Pieces of order lines that were bought in the period, gifts included.",
     "此期间成交的订单行件数，含赠品。", "pieces", TIMES ",sku,shop,platform,province", {DURING("sold-lines", "pieces", {0})}, false},
    {"items.revenue", "Revenue by item", "商品销售额", "What was paid for the order lines that were bought in the period, in the currency of the books, without carriage.",
     "此期间成交订单行的实付金额（本位币），不含运费。", "minor", TIMES ",sku,shop,platform,province",
     {DURING("sold-lines", "paid_minor", BASE)}, false},
    {"customers.new", "New customers", "新客数", "Persons whose first purchase, of all their accounts, was in the period.",
     "首次购买（按人，含其全部账号）落在此期间的客户数。", "persons", TIMES ",hour,shop,platform,province,city",
     {DURING("sales", NULL, BOUGHT, NEW)}, false},
    {"customers.returning", "Purchases of returning customers", "老客订单数", "Purchases of the period by persons who had bought before.",
     "此期间由曾经购买过的客户产生的订单数。", "orders", TIMES ",hour,shop,platform,province,city",
     {DURING("sales", NULL, BOUGHT, RETURNING)}, false},
    {"customers.returning_rate", "Share of returning customers", "老客占比", "Purchases by persons who had bought before, over all purchases of the period; those of nobody known are among all.",
     "老客订单数除以全部成交订单数（无法识别客户的计入分母）。", "ten_thousandths", TIMES ",hour,shop,platform,province,city",
     {DURING("sales", NULL, BOUGHT, RETURNING), DURING("sales", NULL, BOUGHT)}, false},
    {"repurchase.rate", "Repurchase", "复购率", "Of the persons whose first purchase was in the period, the share that has bought again since. By month: cohorts.",
     "首购落在此期间的客户中，至今再次购买的比例；按月即为同期群。", "ten_thousandths", TIMES ",shop,platform,province",
     {DURING("sales", NULL, NEW, {"again", "yes"}), DURING("sales", NULL, BOUGHT, NEW)}, false},
    WITHIN("30"), WITHIN("90"), WITHIN("180"),
    {"funnel.visits", "Visitors", "访客数", "Visitors of the shops by the imported counts, day by day: who comes on two days is counted twice.",
     "导入的店铺日访客数之和；同一人两天来访计两次。", "persons", OF_VISITS, {DURING("visits", "visits", SHOPS)}, false},
    {"funnel.cart_rate", "Visitors who put into the cart", "加购率", "Visitors who put something into the cart, over visitors, by the imported counts.",
     "加购人数除以访客数（导入数据）。", "ten_thousandths", OF_VISITS, {DURING("visits", "carts", SHOPS), DURING("visits", "visits", SHOPS)}, false},
    {"funnel.order_rate", "Visitors who ordered", "下单转化率", "Visitors who ordered, over visitors, by the imported counts.",
     "下单人数除以访客数（导入数据）。", "ten_thousandths", OF_VISITS, {DURING("visits", "orders", SHOPS), DURING("visits", "visits", SHOPS)}, false},
    {"funnel.paid_rate", "Visitors who paid", "支付转化率", "Visitors who paid, over visitors, by the imported counts.",
     "支付人数除以访客数（导入数据）。", "ten_thousandths", OF_VISITS, {DURING("visits", "paid", SHOPS), DURING("visits", "visits", SHOPS)}, false},
    {"funnel.items_paid_rate", "Visitors who paid, by item", "商品转化率", "Visitors of an item who paid for it, over its visitors, by the imported counts.",
     "商品支付人数除以商品访客数（导入数据）。", "ten_thousandths", OF_VISITS ",sku", {DURING("visits", "paid", ITEMS), DURING("visits", "visits", ITEMS)}, false},
    {"stock.value", "Stock", "库存金额", "What the goods in stock are worth by the books at the end of the period.",
     "期末账面库存金额。", "minor", "sku,site", {AT(FIGURE_AT_END, "stock-value", "base_minor")}, false},
    {"stock.turnover", "Stock turnover", "库存周转次数", "Cost of the goods sold in the period, over the mean of what the stock was worth at its beginning and at its end, by the books.",
     "期间销货成本除以期初与期末账面库存金额的平均值。", "turns", "sku",
     {DURING("goods-cost", "base_minor", {0}), AT(FIGURE_AT_BEGIN, "stock-value", "base_minor"), AT(FIGURE_AT_END, "stock-value", "base_minor")}, false},
    {"stock.dead", "Dead stock", "呆滞库存", "What the goods are worth that are in stock now and of which nothing has left since the beginning of the period.",
     "当前在库、且自期初以来没有发出过一件的商品金额。", "minor", "sku", {AT(FIGURE_AT_BEGIN, "idle-stock", "base_minor")}, true},
    {"stock.dead_pieces", "Dead stock in pieces", "呆滞件数", "Pieces of the goods that are in stock now and of which nothing has left since the beginning of the period.",
     "当前在库、且自期初以来没有发出过一件的商品件数。", "pieces", "sku", {AT(FIGURE_AT_BEGIN, "idle-stock", "pieces")}, true},
    {"floor.pick_rate", "Pieces picked per hour", "拣货效率（件）", "Pieces picked over the hours that were worked at picking. Worked is the time between two scans of a worker, where it is no longer than five minutes.",
     "拣货件数除以拣货工时；同一员工相邻两次扫描间隔不超过五分钟的计为工时。", "per_hour", TIMES ",hour,site,worker",
     {DURING("work-hours", "pieces", {"work", "pick"}), DURING("work-hours", "seconds", {"work", "pick"})}, false},
    {"floor.lines_per_hour", "Lines picked per hour", "拣货效率（行）", "Order lines picked over the hours that were worked at picking.",
     "拣货行数除以拣货工时。", "per_hour", TIMES ",hour,site,worker",
     {DURING("work-hours", "lines", {"work", "pick"}), DURING("work-hours", "seconds", {"work", "pick"})}, false},
    {"floor.pack_rate", "Parcels packed per hour", "打包效率", "Parcels packed over the hours that were worked at packing.",
     "打包包裹数除以打包工时。", "per_hour", TIMES ",hour,site,worker",
     {DURING("work-hours", "parcels", {"work", "pack"}), DURING("work-hours", "seconds", {"work", "pack"})}, false},
    {"floor.error_rate", "Refused scans", "扫描差错率", "Scans that were refused, over all scans.", "被拒绝的扫描数除以全部扫描数。", "ten_thousandths",
     OF_WORK, {DURING("work-hours", "errors", {0}), DURING("work-hours", "all_scans", {0})}, true},
    {"floor.hours", "Hours worked", "工时", "Time between two scans of a worker, where it is no longer than five minutes.",
     "同一员工相邻两次扫描间隔不超过五分钟的时间之和。", "hours", OF_WORK, {DURING("work-hours", "seconds", {0})}, false},
    {"floor.orders_per_hour", "Orders shipped per hour worked", "人时发货单量", "Orders whose last parcel left in the period, over all hours worked at the sites in it.",
     "期间内全部发出的订单数除以各仓总工时。", "per_hour", TIMES ",hour,site",
     {DURING("shipments", NULL, {0}), DURING("work-hours", "seconds", {0})}, false},
    {"ship.orders", "Orders shipped", "发货单量", "Orders whose last parcel left in the period.", "最后一个包裹在此期间发出的订单数。", "orders", OF_SHIPPED,
     {DURING("shipments", NULL, {0})}, false},
    {"ship.on_time", "Shipped on time", "准时发货率", "Of the orders that left in the period and had to leave by a time, those that did.",
     "期间内发出且有发货时限的订单中，按时发出的比例。", "ten_thousandths", OF_SHIPPED,
     {DURING("shipments", NULL, {"on_time", "yes"}), DURING("shipments", NULL, {"due", "yes"})}, false},
    {"ship.wait", "From payment to the door", "发货时长", "Mean time from when an order was paid until its last parcel left, of the orders that left in the period.",
     "期间内发出的订单从付款到最后一个包裹发出的平均时长。", "hours_each", OF_SHIPPED,
     {DURING("shipments", "waited_s", {0}), DURING("shipments", NULL, {0})}, true},
    {"exceptions.count", "Exceptions", "异常单数", "Exceptions of orders that were raised in the period.", "此期间产生的订单异常数。", "cases",
     TIMES ",hour,kind,shop,platform", {DURING("raised", NULL, {0})}, true},
    {"aftersales.count", "After-sales", "售后单数", "Cases of after-sales that were asked for in the period.", "此期间发起的售后单数。", "cases",
     TIMES ",kind,shop,platform", {DURING("claims", NULL, {0})}, true},
    {"aftersales.rate", "After-sales per order", "售后率", "Cases of after-sales asked for in the period, over the orders that left in it.",
     "此期间发起的售后单数除以期间发出的订单数。", "ten_thousandths", TIMES ",shop,platform",
     {DURING("claims", NULL, {0}), DURING("shipments", NULL, {0})}, true},
    {"complaints.rate", "Complaints per 1,000 orders", "千单投诉数", "Questions at the service desk of the period that were complaints, per 1,000 orders that left in it.",
     "此期间客服收到的投诉数，按期间每发出一千单计。", "per_thousand", TIMES ",shop,platform",
     {DURING("complaints", NULL, {0}), DURING("shipments", NULL, {0})}, true},
    {0},
};
/* clang-format on */

static const struct figure_unit units[] = {
    {"orders", 1, 1, 0, false},
    {"pieces", 1, 1, 0, false},
    {"persons", 1, 1, 0, false},
    {"cases", 1, 1, 0, false},
    {"minor", 1, 1, 2, false},
    {"minor_each", 1, 1, 2, false},
    {"ten_thousandths", 10000, 1, 2, true},
    {"hundredths", 100, 1, 2, false},
    {"per_thousand", 100000, 1, 2, false},
    {"per_hour", 360000, 1, 2, false},
    {"hours", 1, 36, 2, false},
    {"hours_each", 1, 36, 2, false},
    {"turns", 200, 1, 2, false},
    {0},
};

const struct figure *figure_find(const char *name)
{
    for (const struct figure *figure = figures; figure->name; figure++)
        if (strcmp(figure->name, name) == 0)
            return figure;
    return NULL;
}

const struct figure_unit *figure_unit_find(const char *name)
{
    const struct figure_unit *unit = units;
    while (unit->name && strcmp(unit->name, name) != 0)
        unit++;
    return unit;
}
