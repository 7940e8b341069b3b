/* The rows that figures are sums of (figure.h): kinds in the order of time, with each figure's cuts and splits as
 * filters and columns. A column that splits and the filter of its name say the same. */
#include "sync/head-office/customers/person_sql.h"
#include "sync/head-office/query_words.h"

#define YES(condition)      "CASE WHEN " condition " THEN 1 ELSE 0 END"
#define GIVEN(column)       "coalesce(" column ", '')"
#define SPLIT(name, column) BY_LOOKING(name, column " = ?")
#define SINCE(column)       BY_TIME("since", column " >= ?")
#define UNTIL(column)       BY_TIME("until", column " < ?")

/* The hour of the day by the clock of the business, 0 to 23. */
#define AHEAD_US                                                                                                       \
    "(SELECT coalesce(max(CAST(z.value AS BIGINT)), 480) * 60000000 FROM setting z WHERE z.name = 'utc_offset_min')"
#define HOUR_OF(column) "((" column " + " AHEAD_US ") / 3600000000) % 24"
#define IN_HOUR(column)                                                                                                \
    {                                                                                                                  \
        "hour", HOUR_OF(column) " = ?", true, QUERY_LOOKS                                                              \
    }
#define IN_BASE(column) column " = coalesce((SELECT max(z.value) FROM setting z WHERE z.name = 'base_currency'), 'CNY')"

#define PIECES_OF(number)                                                                                              \
    "(SELECT CAST(coalesce(sum(b.quantity), 0) AS BIGINT) FROM order_line b WHERE b.number = " number ")"
#define BASKET_OF(pieces)                                                                                              \
    "CASE WHEN " pieces " <= 1 THEN '1' WHEN " pieces " = 2 THEN '2' WHEN " pieces " <= 5 THEN '3-5' WHEN " pieces     \
    " <= 10 THEN '6-10' ELSE '11+' END"

/* ---------------------------------------------------------------- what buyers ordered */

#define HEAD_OF "(SELECT h.head FROM person_order p JOIN person h ON h.id = p.person WHERE p.number = o.number)"
/* buyers.h */
#define BUYER_IS                                                                                                       \
    "coalesce((SELECT CASE WHEN f.place = 1 THEN 'new' ELSE 'returning' END FROM buyer_sale f WHERE f.number ="        \
    " o.number), '')"
#define AGAIN       "EXISTS (SELECT 1 FROM buyer_sale f WHERE f.number = o.number AND f.again_us IS NOT NULL)"
#define AGAIN_AFTER "(SELECT f.again_us FROM buyer_sale f WHERE f.number = o.number) - " PERSON_BOUGHT_US
#define RFM_OF                                                                                                         \
    "coalesce((SELECT f.name FROM person_order p JOIN person h ON h.id = p.person JOIN rfm f ON f.person = h.head"     \
    " WHERE p.number = o.number), '')"
#define BOUGHT    "(" PERSON_BOUGHT ")"
#define CANCELLED "(o.state = 'closed' AND o.replaced = 0)"

static const struct query_column sale_columns[] = {
    TEXT("order", "o.number"),
    TEXT("shop", GIVEN("o.shop")),
    TEXT("platform", "o.platform"),
    TEXT("site", GIVEN("o.site")),
    TEXT("state", "o.state"),
    TIME("sold", PERSON_BOUGHT_US),
    NUMBER("hour", HOUR_OF(PERSON_BOUGHT_US)),
    FLAG("purchase", YES(BOUGHT)),
    FLAG("cancelled", YES(CANCELLED)),
    NUMBER("pieces", PIECES_OF("o.number")),
    TEXT("basket", BASKET_OF(PIECES_OF("o.number"))),
    TEXT("currency", "o.currency"),
    NUMBER("paid_minor", "o.paid_minor"),
    NUMBER("discount_minor", "o.discount_minor"),
    TEXT("province", "o.province"),
    TEXT("city", "o.city"),
    NUMBER("person", HEAD_OF),
    TEXT("buyer_is", BUYER_IS),
    TEXT("rfm", RFM_OF),
    {0},
};
static const struct query_filter sale_filters[] = {
    BY_INDEX("order", "o.number = ?"),
    SINCE(PERSON_BOUGHT_US),
    UNTIL(PERSON_BOUGHT_US),
    BY_LOOKING("purchase", WHETHER(BOUGHT)),
    BY_LOOKING("cancelled", WHETHER(CANCELLED)),
    BY_LOOKING("base_currency", WHETHER(IN_BASE("o.currency"))),
    SPLIT("shop", GIVEN("o.shop")),
    SPLIT("platform", PLAIN("o.platform")),
    SPLIT("site", GIVEN("o.site")),
    SPLIT("province", PLAIN("o.province")),
    SPLIT("city", PLAIN("o.city")),
    SPLIT("basket", BASKET_OF(PIECES_OF("o.number"))),
    SPLIT("buyer_is", BUYER_IS),
    BY_LOOKING("again", WHETHER(AGAIN)),
    {"again_days", AGAIN_AFTER " <= ? * 86400000000", true, QUERY_LOOKS},
    SPLIT("rfm", RFM_OF),
    IN_HOUR(PERSON_BOUGHT_US),
    {0},
};

static const struct query_column sold_columns[] = {
    TEXT("order", "o.number"),
    NUMBER("line", "l.line"),
    TEXT("shop", GIVEN("o.shop")),
    TEXT("platform", "o.platform"),
    TIME("sold", PERSON_BOUGHT_US),
    TEXT("sku", GIVEN("l.sku")),
    TEXT("title", SET("l.title")),
    NUMBER("pieces", "l.quantity"),
    TEXT("currency", "o.currency"),
    NUMBER("paid_minor", "l.paid_minor"),
    TEXT("province", "o.province"),
    FLAG("gift", "l.gift"),
    {0},
};
static const struct query_filter sold_filters[] = {
    BY_INDEX("order", "o.number = ?"),
    SINCE(PERSON_BOUGHT_US),
    UNTIL(PERSON_BOUGHT_US),
    BY_LOOKING("base_currency", WHETHER(IN_BASE("o.currency"))),
    SPLIT("sku", GIVEN("l.sku")),
    SPLIT("shop", GIVEN("o.shop")),
    SPLIT("platform", PLAIN("o.platform")),
    SPLIT("province", PLAIN("o.province")),
    {0},
};

/* ---------------------------------------------------------------- what left, and what went wrong */

#define ON_TIME "s.ship_by_us IS NOT NULL AND s.left_us <= s.ship_by_us"

static const struct query_column shipment_columns[] = {
    TEXT("order", "s.number"),
    TEXT("shop", "s.shop"),
    TEXT("platform", "s.platform"),
    TEXT("site", "s.site"),
    TEXT("province", "s.province"),
    TIME("sold", "s.sold_us"),
    TIME("left", "s.left_us"),
    TIME("ship_by", "s.ship_by_us"),
    FLAG("on_time", YES(ON_TIME)),
    NUMBER("waited_s", "(s.left_us - s.sold_us) / 1000000"),
    NUMBER("hour", HOUR_OF("s.left_us")),
    {0},
};
static const struct query_filter shipment_filters[] = {
    BY_INDEX("order", "s.number = ?"),
    SINCE("s.left_us"),
    UNTIL("s.left_us"),
    BY_LOOKING("due", WHETHER("s.ship_by_us IS NOT NULL")),
    BY_LOOKING("on_time", WHETHER(ON_TIME)),
    SPLIT("shop", PLAIN("s.shop")),
    SPLIT("platform", PLAIN("s.platform")),
    SPLIT("site", PLAIN("s.site")),
    SPLIT("province", PLAIN("s.province")),
    IN_HOUR("s.left_us"),
    {0},
};

static const struct query_column raised_columns[] = {
    NUMBER("exception", "e.id"),
    TEXT("order", "e.number"),
    TEXT("shop", GIVEN("o.shop")),
    TEXT("platform", "o.platform"),
    TEXT("kind", "e.kind"),
    TIME("raised", "e.raised_us"),
    TIME("released", "e.released_us"),
    NUMBER("hour", HOUR_OF("e.raised_us")),
    {0},
};
static const struct query_filter raised_filters[] = {
    SINCE("e.raised_us"),
    UNTIL("e.raised_us"),
    BY_LOOKING("open", WHETHER("e.released_us IS NULL")),
    SPLIT("kind", PLAIN("e.kind")),
    SPLIT("shop", GIVEN("o.shop")),
    SPLIT("platform", PLAIN("o.platform")),
    IN_HOUR("e.raised_us"),
    {0},
};

#define CLAIM_SHOP     "coalesce(a.shop, o.shop, '')"
#define CLAIM_PLATFORM "coalesce(o.platform, w.platform, '')"

static const struct query_column claim_columns[] = {
    TEXT("aftersale", "a.number"),    TEXT("order", "a.order_number"), TEXT("shop", CLAIM_SHOP),
    TEXT("platform", CLAIM_PLATFORM), TEXT("kind", "a.kind"),          TEXT("state", "a.state"),
    TEXT("reason", SET("a.reason")),  TIME("asked", "a.asked_us"),     {0},
};
static const struct query_filter claim_filters[] = {
    BY_INDEX("aftersale", "a.number = ?"),
    SINCE("a.asked_us"),
    UNTIL("a.asked_us"),
    BY_LOOKING("stands", WHETHER("a.state NOT IN ('refused', 'closed')")),
    SPLIT("kind", PLAIN("a.kind")),
    SPLIT("shop", CLAIM_SHOP),
    SPLIT("platform", CLAIM_PLATFORM),
    {0},
};

static const struct query_column complaint_columns[] = {
    NUMBER("answer", "a.id"),
    TIME("time", "a.time_us"),
    TEXT("order", "a.order_number"),
    TEXT("shop", GIVEN("o.shop")),
    TEXT("platform", GIVEN("o.platform")),
    NUMBER("ticket", "a.ticket"),
    TEXT("question", "a.question"),
    {0},
};
static const struct query_filter complaint_filters[] = {
    SINCE("a.time_us"), UNTIL("a.time_us"), SPLIT("shop", GIVEN("o.shop")), SPLIT("platform", GIVEN("o.platform")), {0},
};

/* ---------------------------------------------------------------- people on the floors, and in the shops */

static const struct query_column work_columns[] = {
    TIME("hour_begins", "w.hour_us"),
    NUMBER("hour", HOUR_OF("w.hour_us")),
    TEXT("site", "w.site"),
    TEXT("worker", "w.worker"),
    TEXT("work", "w.work"),
    NUMBER("scans", "w.scans"),
    NUMBER("errors", "w.errors"),
    NUMBER("all_scans", "w.scans + w.errors"),
    NUMBER("lines", "w.lines"),
    NUMBER("pieces", "w.pieces"),
    NUMBER("parcels", "w.parcels"),
    NUMBER("seconds", "w.seconds"),
    {0},
};
static const struct query_filter work_filters[] = {
    SINCE("w.hour_us"),
    UNTIL("w.hour_us"),
    SPLIT("site", PLAIN("w.site")),
    SPLIT("worker", PLAIN("w.worker")),
    SPLIT("work", PLAIN("w.work")),
    IN_HOUR("w.hour_us"),
    {0},
};

static const struct query_column visit_columns[] = {
    TEXT("shop", "v.shop"),       TEXT("platform", "s.platform"), TEXT("day", "v.day"),
    TEXT("sku", SET("v.sku")),    NUMBER("visits", "v.visits"),   NUMBER("carts", "v.carts"),
    NUMBER("orders", "v.orders"), NUMBER("paid", "v.paid"),       {0},
};
static const struct query_filter visit_filters[] = {
    SINCE("v.day_us"),
    UNTIL("v.day_us"),
    BY_LOOKING("whole_shop", WHETHER("v.sku = ''")),
    SPLIT("shop", PLAIN("v.shop")),
    SPLIT("platform", PLAIN("s.platform")),
    SPLIT("sku", PLAIN("v.sku")),
    {0},
};

/* ---------------------------------------------------------------- what lies here */

/* Lines of the books about goods; of both kinds the columns are the same. */
static const struct query_column goods_columns[] = {
    TIME("at", "e.at_us"),
    TEXT("entry", "e.key"),
    TEXT("account", "l.account"),
    TEXT("order", SET("l.order_number")),
    TEXT("sku", "l.sku"),
    TEXT("site", "l.site"),
    NUMBER("quantity", "l.quantity"),
    NUMBER("base_minor", "l.base_minor"),
    {0},
};
static const struct query_filter goods_filters[] = {
    SINCE("e.at_us"), UNTIL("e.at_us"), SPLIT("sku", PLAIN("l.sku")), SPLIT("site", PLAIN("l.site")), {0}};

static const struct query_column idle_columns[] = {
    TEXT("sku", "s.sku"),
    TEXT("name", "i.name"),
    TIME("idle_since", "s.since_us"),
    NUMBER("pieces", "c.quantity"),
    NUMBER("base_minor", "c.value_minor"),
    {0},
};
static const struct query_filter idle_filters[] = {
    BY_INDEX("sku", "s.sku = ?"), SINCE("s.since_us"), UNTIL("s.since_us"), {0}};

/* ---------------------------------------------------------------- what was kept */

static const struct query_column baseline_columns[] = {TEXT("baseline", "b.name"), TEXT("from", "b.from_day"),
                                                       TEXT("to", "b.to_day"),     TIME("set", "b.set_us"),
                                                       TEXT("who", SET("b.who")),  {0}};
static const struct query_filter baseline_filters[] = {BY_INDEX("baseline", "b.name = ?"), {0}};

static const struct query_column report_columns[] = {
    TEXT("day", "r.day"),
    TIME("made", "r.made_us"),
    NUMBER("to_look_at", "(SELECT count(*) FROM daily_figure f WHERE f.report = r.id AND f.look = 1)"),
    {0},
};
static const struct query_filter report_filters[] = {BY_INDEX("day", "r.day = ?"), {0}};
static const struct query_section report_sections[] = {{"figures", "daily-figures", "day", 0, 0}, {0}};

static const struct query_column daily_columns[] = {
    TEXT("day", "(SELECT r.day FROM daily_report r WHERE r.id = f.report)"),
    TEXT("figure", "f.figure"),
    TEXT("unit", "f.unit"),
    NUMBER("value", "f.value"),
    NUMBER("day_before", "f.before"),
    NUMBER("week_before", "f.week"),
    FLAG("look", "f.look"),
    {0},
};
static const struct query_filter daily_filters[] = {
    BY_INDEX("day", "f.report = (SELECT r.id FROM daily_report r WHERE r.day = ?)"),
    BY_LOOKING("figure", PLAIN("f.figure") " = ?"),
    {0},
};

/* clang-format off */
#define LINES "books_entry e JOIN books_line l ON l.entry = e.id"

const struct query office_figure_queries[] = {
    {"sales", "sale", "orders o", {PERSON_BOUGHT_US, "o.number"}, {false, true}, true, "o.origin = 'sale'", sale_columns,
     sale_filters, 0, 0},
    {"sold-lines", "sold", "orders o JOIN order_line l ON l.number = o.number", {PERSON_BOUGHT_US, "o.number", "l.line"},
     {false, true, false}, true, BOUGHT, sold_columns, sold_filters, 0, 0},
    {"shipments", "shipment", "order_left s", {"s.left_us", "s.number"},
     {false, true}, true, 0, shipment_columns, shipment_filters, 0, 0},
    {"raised", "raised", "exception e JOIN orders o ON o.number = e.number", {"e.raised_us", "e.id"}, {0}, true, 0,
     raised_columns, raised_filters, 0, 0},
    {"claims", "claim", "aftersale a LEFT JOIN orders o ON o.number = a.order_number LEFT JOIN shop w ON w.code = a.shop",
     {"a.asked_us", "a.number"}, {false, true}, true, 0, claim_columns, claim_filters, 0, 0},
    {"complaints", "complaint", "service_answer a LEFT JOIN orders o ON o.number = a.order_number", {"a.time_us", "a.id"},
     {0}, true, "a.intent = 'complaint'", complaint_columns, complaint_filters, 0, 0},
    {"work-hours", "work_hour", "work_hour w", {"w.hour_us", "w.site", "w.worker", "w.work"}, {false, true, true, true},
     true, 0, work_columns, work_filters, 0, 0},
    {"visits", "visit", "visit_count v JOIN shop s ON s.code = v.shop", {"v.day_us", "v.shop", "v.sku"},
     {false, true, true}, true, 0, visit_columns, visit_filters, 0, 0},
    {"stock-value", "stock_value", LINES, {"e.at_us", "e.id", "l.line"}, {0}, true, "l.account = '1405'", goods_columns,
     goods_filters, 0, 0},
    {"goods-cost", "goods_cost", LINES, {"e.at_us", "e.id", "l.line"}, {0}, true, "l.account IN ('6401', '6401.01')",
     goods_columns, goods_filters, 0, 0},
    {"idle-stock", "idle", "sku_idle s JOIN cost_item c ON c.sku = s.sku JOIN item i ON i.sku = s.sku",
     {"s.since_us", "s.sku"}, {false, true}, false, "c.quantity > 0", idle_columns, idle_filters, 0, 0},
    {"baselines", "baseline", "baseline b", {"b.name"}, {true}, false, 0, baseline_columns, baseline_filters, "baseline",
     0},
    {"daily-reports", "report", "daily_report r", {"r.id"}, {0}, true, 0, report_columns, report_filters, "day",
     report_sections},
    {"daily-figures", "daily_figure", "daily_figure f", {"f.report", "f.place"}, {0}, false, 0, daily_columns,
     daily_filters, 0, 0},
    {0},
};
/* clang-format on */
